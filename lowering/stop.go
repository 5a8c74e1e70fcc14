package lowering

import "github.com/prequel-db/prequel/lowering/phys"

// until writes a producer whose consumer may have had enough: done, emitted by the consumer last in its block, makes cond hold, and
// from then on nothing more of the producer runs. Break leaves one loop only, so each loop around is left in turn where cond
// holds behind it, and what follows the outermost one is skipped.
func (g *gen) until(cond phys.Cond, produce func(stop func(done phys.Op))) []phys.Op {
	depth := g.loops
	l := leaving{cond: cond, done: map[phys.Op]bool{}}
	ops := g.inside(func() {
		produce(func(done phys.Op) {
			if g.loops == depth { // the only row
				if _, set := done.(*phys.Set); set {
					g.emit(done)
				}
				return
			}
			l.done[done] = true
			g.emit(done)
			if _, set := done.(*phys.Set); set {
				g.emit(&phys.Break{})
			}
		})
	})
	ops, _ = l.ops(ops, false)
	return ops
}

type leaving struct {
	cond phys.Cond
	done map[phys.Op]bool
}

// ops rewrites a list; ends reports whether the condition may hold behind one of its instructions.
func (l leaving) ops(ops []phys.Op, loop bool) (out []phys.Op, ends bool) {
	for i, op := range ops {
		out = append(out, op)
		if l.done[op] {
			ends = true
			continue
		}
		bodies := phys.Bodies(op)
		inner := false
		for b, body := range bodies {
			rewritten, e := l.ops(body, loop || phys.Loops(op))
			bodies[b] = rewritten
			inner = inner || e
		}
		if !inner {
			continue
		}
		phys.SetBodies(op, bodies)
		ends = true
		switch {
		case phys.Loops(op) && loop:
			out = append(out, &phys.If{Cond: l.cond, Then: []phys.Op{&phys.Break{}}})
		case !loop && i < len(ops)-1:
			rest, _ := l.ops(ops[i+1:], loop)
			return append(out, &phys.If{Cond: &phys.Negate{Cond: l.cond}, Then: rest}), true
		}
	}
	return out, ends
}

// splice writes instructions.
func (g *gen) splice(ops []phys.Op) { *g.body = append(*g.body, ops...) }

// block writes instructions into a do ... end block.
func (g *gen) block(ops []phys.Op) {
	if len(ops) > 0 {
		g.emit(&phys.Block{Body: ops})
	}
}

// stop leaves the innermost of a producer's loops, if there is one; depth is the number of loops outside of it.
func (g *gen) stop(depth int) {
	if g.loops > depth {
		g.emit(&phys.Break{})
	}
}
