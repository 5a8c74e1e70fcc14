package lowering

import (
	"github.com/prequel-db/prequel/lowering/phys"
	"github.com/prequel-db/prequel/planner/algebra"
	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

func (n *clusterNode) produce(g *gen, need scalar.ColSet, consume func()) {
	g.where(scalar.Conjunction(n.before...), func() {
		// Columns that a step and everything after it read.
		wants := make([]scalar.ColSet, len(n.steps))
		after := need
		for i := len(n.steps) - 1; i >= 0; i-- {
			s := n.steps[i]
			for _, e := range s.filters {
				after = after.Union(scalar.ColumnsIn(e))
			}
			wants[i] = after
			after = after.Copy()
			if s.access != nil {
				for _, e := range s.access.outerExprs() {
					scalar.AddColumns(&after, e)
				}
			} else {
				for _, k := range s.keys {
					scalar.AddColumns(&after, k.outer)
				}
				after.AddAll(algebra.FreeColumns(n.input(s)))
			}
		}
		// Buffers do not depend on the rows around them: fill them first.
		buffers := make([]*buffer, len(n.steps))
		for i, s := range n.steps {
			if i > 0 && s.in != nil && !n.dependent(s, g.defined) {
				buffers[i] = g.fill(n.c.leaves[s.leaf], s, wants[i])
			}
		}
		n.run(g, 0, wants, buffers, consume)
	})
}

// dependent reports whether a step's input refers to columns that only earlier steps bind.
func (n *clusterNode) dependent(s *step, bound scalar.ColSet) bool {
	return !algebra.FreeColumns(n.input(s)).SubsetOf(bound)
}

// input is the relation that a step reads.
func (n *clusterNode) input(s *step) algebra.Rel {
	if s.lookUp != nil {
		return s.lookUp
	}
	return n.c.leaves[s.leaf]
}

func (n *clusterNode) run(g *gen, i int, wants []scalar.ColSet, buffers []*buffer, consume func()) {
	if i == len(n.steps) {
		consume()
		return
	}
	s := n.steps[i]
	next := func() {
		g.filter(s.filters, func() { n.run(g, i+1, wants, buffers, consume) })
	}
	want := wants[i].Intersect(n.c.outs[s.leaf])
	switch {
	case s.access != nil:
		s.access.produce(g, want, next)
	case buffers[i] != nil:
		buffers[i].matches(g, s, next)
	default:
		keys := make([]scalar.Expr, 0, len(s.keys))
		for _, k := range s.keys {
			want = want.Union(scalar.ColumnsIn(k.inner))
			keys = append(keys, k.cond)
		}
		s.in.produce(g, want, func() { g.filter(keys, next) })
	}
}

// filter writes f under conjuncts, in their order. Conjuncts with subqueries come last.
func (g *gen) filter(conjuncts []scalar.Expr, f func()) {
	var plain, heavy []scalar.Expr
	for _, e := range conjuncts {
		if scalar.HasSubquery(e) {
			heavy = append(heavy, e)
		} else {
			plain = append(append(plain, g.nullParams(e)...), e)
		}
	}
	g.where(scalar.Conjunction(plain...), func() {
		if len(heavy) == 0 {
			f()
			return
		}
		g.where(heavy[0], func() { g.filter(heavy[1:], f) })
	})
}

// nullParams are the conditions under which a strict condition over parameters is worth evaluating: PostgreSQL folds it to
// NULL when a parameter is, and with it the errors its other arguments could raise.
func (g *gen) nullParams(e scalar.Expr) []scalar.Expr {
	call, ok := e.(*scalar.Call)
	if !ok || !call.Fn.Strict {
		return nil
	}
	var out []scalar.Expr
	for _, a := range call.Args {
		for {
			r, ok := a.(*scalar.Relabel)
			if !ok {
				break
			}
			a = r.Arg
		}
		if p, ok := a.(*scalar.Param); ok && g.nullable(p) {
			out = append(out, &scalar.IsNull{Node: scalar.Node{Typ: value.Of(value.Bool)}, Arg: p, Negated: true})
		}
	}
	return out
}

// buffer holds a leaf's rows in a list, or in a map by the hash keys.
type buffer struct {
	reg  phys.Reg
	cols []scalar.ColumnID
}

// fill reads a leaf into a buffer.
func (g *gen) fill(leaf algebra.Rel, s *step, want scalar.ColSet) *buffer {
	name := "list"
	if len(s.keys) > 0 {
		name = "by_key"
	}
	b := &buffer{reg: g.reg(name), cols: keep(leaf, want)}
	row := g.refs(b.cols)
	need := scalar.SetOf(b.cols...)
	if len(s.keys) == 0 {
		g.emit(&phys.NewList{Dst: b.reg})
		g.scope("", func() {
			s.in.produce(g, need, func() { g.emit(&phys.AppendRow{List: b.reg, Exprs: row}) })
		})
		return b
	}
	var keys []scalar.Expr
	for _, k := range s.keys {
		keys = append(keys, k.inner)
		scalar.AddColumns(&need, k.inner)
	}
	g.emit(&phys.NewMap{Dst: b.reg})
	g.scope("", func() {
		s.in.produce(g, need, func() {
			g.where(g.present(keys), func() {
				g.emit(&phys.MapAppend{Map: b.reg, Key: g.prepAll(keys), Row: row})
			})
		})
	})
	return b
}

// present is the condition that none of the expressions is NULL; nil when none can be.
func (g *gen) present(es []scalar.Expr) scalar.Expr {
	var parts []scalar.Expr
	for _, e := range es {
		if g.nullable(e) {
			parts = append(parts, &scalar.IsNull{Node: scalar.Node{Typ: value.Of(value.Bool)}, Arg: e, Negated: true})
		}
	}
	return scalar.Conjunction(parts...)
}

// matches loops over the buffered rows that match the current row.
func (b *buffer) matches(g *gen, s *step, consume func()) {
	need := scalar.SetOf(b.cols...)
	if len(s.keys) == 0 {
		g.forRows(b.reg, b.cols, need, s.fetched, consume)
		return
	}
	var keys []scalar.Expr
	for _, k := range s.keys {
		keys = append(keys, k.outer)
	}
	g.where(g.present(keys), func() {
		g.emit(&phys.ForMatches{Map: b.reg, Key: keys, Cols: b.cols, Rows: s.fetched, Body: g.loop(func() {
			g.define(b.cols, need)
			consume()
		})})
	})
}
