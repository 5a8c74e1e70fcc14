package lua

// Place declares the lazy variables of an owner that a body uses: each right before the first statement that needs it, in the
// innermost block that holds all its uses, and outside of loops and of functions inside.
func Place(body Block, owner any) Block {
	for {
		l := nextLazy(body, owner)
		if l == nil {
			return body
		}
		for _, v := range l.Vars {
			v.Lazy = nil
		}
		if l.Inline != nil && inlineOnce(body, l.Vars[0], l.Inline) {
			continue
		}
		body = declare(body, l)
	}
}

// nextLazy picks a lazy declaration in use that no other one in use depends on, the first in order of use.
func nextLazy(body Block, owner any) *Lazy {
	var order []*Lazy
	seen := map[*Lazy]bool{}
	needed := map[*Lazy]bool{}
	var note func(slot *Expr, by *Lazy)
	note = func(slot *Expr, by *Lazy) {
		v, ok := (*slot).(*Var)
		if !ok || v.Lazy == nil || v.Lazy == by || v.Lazy.Owner != owner {
			return
		}
		l := v.Lazy
		if by != nil {
			needed[l] = true
		}
		if seen[l] {
			return
		}
		seen[l] = true
		order = append(order, l)
		EachExpr(l.Decl, func(slot *Expr) { note(slot, l) })
	}
	EachExpr(body, func(slot *Expr) { note(slot, nil) })
	for _, l := range order {
		if !needed[l] {
			return l
		}
	}
	return nil
}

// mentions reports whether the expressions that visit walks over use a variable of l.
func (l *Lazy) mentioned(visit func(func(*Expr))) bool {
	found := false
	visit(func(slot *Expr) {
		if v, ok := (*slot).(*Var); ok && !found {
			for _, w := range l.Vars {
				found = found || v == w
			}
		}
	})
	return found
}

// declare inserts the declaration where one of its variables is first needed.
func declare(b Block, l *Lazy) Block {
	first, last := -1, -1
	for i, s := range b {
		if l.mentioned(func(f func(*Expr)) { eachInStat(s, f) }) {
			if first < 0 {
				first = i
			}
			last = i
		}
	}
	if first < 0 {
		return b
	}
	if s := b[first]; first == last && !repeats(s) && !l.mentioned(func(f func(*Expr)) { eachDirect(s, f) }) {
		var inside *Block
		n := 0
		for _, body := range bodies(s) {
			if l.mentioned(func(f func(*Expr)) { EachExpr(*body, f) }) {
				inside = body
				n++
			}
		}
		if n == 1 {
			*inside = declare(*inside, l)
			return b
		}
	}
	out := make(Block, 0, len(b)+len(l.Decl))
	out = append(out, b[:first]...)
	out = append(out, l.Decl...)
	return append(out, b[first:]...)
}

// inlineOnce replaces the only use of v by its value, unless that use is inside a loop or a function.
func inlineOnce(body Block, v *Var, value Expr) bool {
	n, bad := 0, false
	EachExpr(body, func(slot *Expr) {
		if *slot == Expr(v) {
			n++
		}
	})
	var look func(b Block, repeated bool)
	look = func(b Block, repeated bool) {
		for _, s := range b {
			direct := func(slot *Expr) {
				if *slot == Expr(v) && repeated {
					bad = true
				}
				if f, ok := (*slot).(*Func); ok {
					EachExpr(f.Body, func(slot *Expr) { bad = bad || *slot == Expr(v) })
				}
			}
			_, while := s.(*While)
			eachDirect(s, func(slot *Expr) {
				direct(slot)
				bad = bad || while && *slot == Expr(v)
			})
			for _, inner := range bodies(s) {
				look(*inner, repeated || repeats(s))
			}
		}
	}
	look(body, false)
	if n != 1 || bad {
		return false
	}
	EachExpr(body, func(slot *Expr) {
		if *slot == Expr(v) {
			*slot = value
		}
	})
	return true
}

// Prune drops declarations and assignments of variables that nothing reads, as long as their values have no effect, and the
// conditions and scopes that become empty by it.
func Prune(body Block) Block {
	for {
		p := pruner{reads: uses(body), writes: map[*Var]int{}}
		eachStat(body, func(s Stat) {
			if a, ok := s.(*Assign); ok {
				for _, t := range a.Targets {
					if v, ok := t.(*Var); ok {
						p.writes[v]++
					}
				}
			}
		})
		body = p.block(body)
		if !p.changed {
			return body
		}
	}
}

type pruner struct {
	reads, writes map[*Var]int
	changed       bool
}

func (p *pruner) block(b Block) Block {
	out := b[:0:0]
	for _, s := range b {
		eachDirect(s, func(slot *Expr) {
			if f, ok := (*slot).(*Func); ok {
				f.Body = p.block(f.Body)
			}
		})
		switch s := s.(type) {
		case *Local:
			if p.dead(s.Vars) && allPure(s.Values) {
				p.changed = true
				continue
			}
			if call, ok := onlyCall(s); ok && p.dead(s.Vars) {
				p.changed = true
				out = append(out, &Do{Call: call})
				continue
			}
		case *Assign:
			if v, ok := s.Targets[0].(*Var); ok && len(s.Targets) == 1 && p.reads[v] == 0 && allPure(s.Values) {
				p.changed = true
				continue
			}
		case *LocalFunc:
			if p.reads[s.V] == 0 {
				p.changed = true
				continue
			}
		}
		for _, body := range bodies(s) {
			had := *body != nil
			*body = p.block(*body)
			if had && *body == nil {
				*body = Block{}
			}
		}
		if empty(s) {
			p.changed = true
			continue
		}
		if i, ok := s.(*If); ok && len(i.Else) == 0 {
			i.Else = nil
		}
		out = append(out, s)
	}
	return out
}

func (p *pruner) dead(vars []*Var) bool {
	for _, v := range vars {
		if p.reads[v] > 0 || p.writes[v] > 0 {
			return false
		}
	}
	return true
}

// onlyCall is the call that a declaration of one variable stores.
func onlyCall(l *Local) (Expr, bool) {
	if len(l.Vars) != 1 || len(l.Values) != 1 {
		return nil, false
	}
	call, ok := l.Values[0].(*Call)
	return call, ok
}

func allPure(xs []Expr) bool {
	for _, x := range xs {
		if !pure(x) {
			return false
		}
	}
	return true
}

// empty reports whether a statement has become one without effect.
func empty(s Stat) bool {
	switch s := s.(type) {
	case *Scope:
		return onlyComments(s.Body)
	case *If:
		for _, c := range s.Clauses {
			if !pure(c.Cond) || len(c.Body) > 0 {
				return false
			}
		}
		return len(s.Else) == 0
	}
	return false
}

func onlyComments(b Block) bool {
	for _, s := range b {
		switch s.(type) {
		case *Comment, *Blank:
		default:
			return false
		}
	}
	return true
}
