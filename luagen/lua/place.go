package lua

import "sort"

// Place declares the lazy variables of an owner that a body uses: each right before the first statement that needs it, in the
// innermost block that holds all its uses, and outside of loops and of functions inside. One that is read once, and marked to
// be replaced by its value, is. What an error shows on the way to it is computed where it is raised: a value that is read there first
// and again behind it is no declaration in front of both, so that a call without errors does not pay for what it does not need.
func Place(body Block, owner any) Block {
	for {
		p := placer{owner: owner, uses: map[*Lazy]*lazyUse{}}
		p.block(body, false, false)
		ready := p.ready()
		if len(ready) == 0 {
			return body
		}
		want := map[*Lazy]int{} // in order of first use
		for _, u := range ready {
			for _, v := range u.lazy.Vars {
				v.Lazy = nil
			}
			u.only()
			for _, slot := range u.cold {
				*slot = clone(u.lazy.Inline)
			}
			if u.lazy.Inline != nil && u.count == 1 && !u.repeated {
				*u.slot = u.lazy.Inline
				continue
			}
			want[u.lazy] = len(want)
		}
		body = declare(body, want)
	}
}

// placer finds the uses of an owner's lazy variables.
type placer struct {
	owner any
	uses  map[*Lazy]*lazyUse
	order []*lazyUse
}

// lazyUse is what is known of the uses of one declaration.
type lazyUse struct {
	lazy     *Lazy
	count    int
	repeated bool // one of them is in a loop or function
	slot     *Expr
	cold     []*Expr // those on the way to an error, before any other
}

// only makes the uses on the way to errors the declaration's when there are no others.
func (u *lazyUse) only() {
	if u.count == 0 {
		u.count, u.slot, u.cold = len(u.cold), u.cold[0], nil
	}
}

func (p *placer) block(b Block, repeated, cold bool) {
	for _, s := range b {
		_, loop := s.(*While)
		eachShallow(s, func(slot *Expr) {
			p.note(slot, repeated || loop, cold)
			if f, ok := (*slot).(*Func); ok {
				p.block(f.Body, true, false)
			}
		})
		for _, inner := range bodies(s) {
			p.block(*inner, repeated || repeats(s), raises(*inner))
		}
	}
}

// raises reports whether a block ends in an error.
func raises(b Block) bool {
	if len(b) == 0 {
		return false
	}
	var last Expr
	switch st := b[len(b)-1].(type) {
	case *Do:
		last = st.Call
	case *Return:
		if len(st.Values) == 1 {
			last = st.Values[0]
		}
	}
	call, ok := last.(*Call)
	return ok && (call.F == Expr(Helper("raise")) || call.F == Expr(Helper("refused")))
}

// lazyOf is the declaration that a slot's variable waits for.
func (p *placer) lazyOf(slot *Expr) *Lazy {
	if v, ok := (*slot).(*Var); ok && v.Lazy != nil && v.Lazy.Owner == p.owner {
		return v.Lazy
	}
	return nil
}

func (p *placer) note(slot *Expr, repeated, cold bool) {
	l := p.lazyOf(slot)
	if l == nil {
		return
	}
	u := p.uses[l]
	if u == nil {
		u = &lazyUse{lazy: l}
		p.uses[l] = u
		p.order = append(p.order, u)
	}
	if cold && u.count == 0 && !repeated && l.Inline != nil {
		u.cold = append(u.cold, slot)
		return
	}
	u.count++
	u.slot = slot
	u.repeated = u.repeated || repeated
}

// ready lists the declarations in use that no other one in use depends on, in order of first use.
func (p *placer) ready() []*lazyUse {
	needed := map[*Lazy]bool{}
	seen := map[*Lazy]bool{}
	var mark func(l *Lazy)
	mark = func(l *Lazy) {
		if seen[l] {
			return
		}
		seen[l] = true
		EachExpr(l.Decl, func(slot *Expr) {
			if d := p.lazyOf(slot); d != nil && d != l {
				needed[d] = true
				mark(d)
			}
		})
	}
	for _, u := range p.order {
		mark(u.lazy)
	}
	var out []*lazyUse
	for _, u := range p.order {
		if !needed[u.lazy] {
			out = append(out, u)
		}
	}
	return out
}

// declare inserts declarations where one of their variables is first needed. The numbers are their order among those that
// go to the same place.
func declare(b Block, want map[*Lazy]int) Block {
	if len(want) == 0 {
		return b
	}
	of := map[*Var]*Lazy{}
	for l := range want {
		for _, v := range l.Vars {
			of[v] = l
		}
	}
	spots := map[*Lazy]*spot{}
	for i, s := range b {
		eachDirect(s, func(slot *Expr) { noteSpot(spots, of, slot, i, -1) })
		for k, body := range bodies(s) {
			where := k
			if repeats(s) {
				where = -1
			}
			EachExpr(*body, func(slot *Expr) { noteSpot(spots, of, slot, i, where) })
		}
	}
	before := make([][]*Lazy, len(b))
	deeper := map[*Block]map[*Lazy]int{}
	for l, sp := range spots {
		if sp.inside >= 0 && !sp.several {
			body := bodies(b[sp.first])[sp.inside]
			if deeper[body] == nil {
				deeper[body] = map[*Lazy]int{}
			}
			deeper[body][l] = want[l]
			continue
		}
		before[sp.first] = append(before[sp.first], l)
	}
	for body, inner := range deeper {
		*body = declare(*body, inner)
	}
	out := make(Block, 0, len(b)+len(want))
	for i, s := range b {
		list := before[i]
		sort.Slice(list, func(x, y int) bool { return want[list[x]] < want[list[y]] })
		for _, l := range list {
			out = append(out, l.Decl...)
		}
		out = append(out, s)
	}
	return out
}

// spot is where a block uses a declaration: the first statement; the block inside it that holds all uses, unless several
// places do.
type spot struct {
	first, inside int // inside is -1 for the statement itself
	several       bool
}

func noteSpot(spots map[*Lazy]*spot, of map[*Var]*Lazy, slot *Expr, i, inside int) {
	v, ok := (*slot).(*Var)
	if !ok || of[v] == nil {
		return
	}
	sp := spots[of[v]]
	if sp == nil {
		spots[of[v]] = &spot{first: i, inside: inside}
		return
	}
	if sp.first != i || sp.inside != inside {
		sp.several = true
	}
}
