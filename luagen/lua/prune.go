package lua

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
		eachShallow(s, func(slot *Expr) {
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
