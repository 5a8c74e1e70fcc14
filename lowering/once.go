package lowering

import (
	"github.com/prequel-db/prequel/lowering/phys"
	"github.com/prequel-db/prequel/planner/algebra"
	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// A subquery that does not depend on the rows around it is evaluated once: its result is declared before the outermost loop
// that leaves its outer columns alone, and computed when it is first needed, as PostgreSQL does with an InitPlan or a
// hashed SubPlan. Computed before, it could raise an error that no row asks for.

// frame is a loop around the point being written.
type frame struct {
	before  *[]phys.Op // what stands before the loop, in its block
	defined scalar.ColSet
}

// steady runs f, which only reads: within it subqueries may keep their results from one round of a loop to the next.
func (g *gen) steady(f func()) {
	frames, was := g.frames, g.keeps
	g.frames, g.keeps = nil, true
	f()
	g.frames, g.keeps = frames, was
}

// home is the outermost loop in whose rounds a relation is the same, nil when there is none.
func (g *gen) home(rel algebra.Rel) *frame { return g.homeOf(algebra.FreeColumns(rel)) }

// homeOf is the outermost loop before which columns are defined.
func (g *gen) homeOf(free scalar.ColSet) *frame {
	for _, f := range g.frames {
		if free.SubsetOf(f.defined) {
			return f
		}
	}
	return nil
}

// outside is the outermost loop in whose rounds columns and parameters are the same, nil when there is none. What can fail stays
// where it is: no round may come to it.
func (g *gen) outside(es ...scalar.Expr) *frame {
	var cols scalar.ColSet
	for _, e := range es {
		switch asStored(e).(type) {
		case *scalar.Column, *scalar.Param:
		default:
			return nil
		}
		if g.nullable(e) { // tested where it is needed
			return nil
		}
		scalar.AddColumns(&cols, e)
	}
	for _, f := range g.frames {
		if cols.SubsetOf(f.defined) {
			return f
		}
	}
	return nil
}

// ahead writes f in front of a loop.
func (g *gen) ahead(at *frame, f func()) {
	body := g.body
	g.body = at.before
	f()
	g.body = body
}

// flag declares a boolean in front of a loop that is false at first.
func (g *gen) flag(at *frame, name string) scalar.ColumnID {
	id := g.temp(name, value.Of(value.Bool), false)
	g.ahead(at, func() { g.let(id, boolean(false)) })
	return id
}

// once writes f so that it runs when it is first reached.
func (g *gen) once(at *frame, f func()) {
	done := g.flag(at, "done")
	g.emit(&phys.Once{Done: done, Body: g.inside(f)})
}

// setTrue is the assignment of true to a flag.
func setTrue(id scalar.ColumnID) phys.Op { return &phys.Set{Col: id, Expr: boolean(true)} }

// member evaluates x IN (subquery) by a set of the subquery's values.
func (g *gen) member(at *frame, n node, outs []scalar.ColumnID, left []scalar.Expr) scalar.Expr {
	set := g.reg("set")
	g.ahead(at, func() { g.emit(&phys.NewMap{Dst: set}) })
	var some, nulls scalar.ColumnID
	unknown := g.absent(left)
	if unknown != nil {
		some = g.flag(at, "some")
	}
	present := g.present(g.refs(outs))
	if present != nil {
		nulls = g.flag(at, "nulls")
	}
	g.once(at, func() {
		n.produce(g, scalar.SetOf(outs...), func() {
			if some != 0 {
				g.emit(setTrue(some))
			}
			add := []phys.Op{&phys.IfNew{Set: set, Key: g.refs(outs)}}
			if present == nil {
				g.emit(add[0])
				return
			}
			g.emit(&phys.If{Cond: &phys.IsTrue{Expr: present}, Then: add, Else: []phys.Op{setTrue(nulls)}})
		})
	})
	result := g.temp("result", value.Of(value.Bool), unknown != nil || nulls != 0)
	g.let(result, boolean(false))
	null := &phys.Set{Col: result, Expr: &scalar.Const{Node: scalar.Node{Typ: value.Of(value.Bool)}, Null: true}}
	find := &phys.If{Cond: &phys.InSet{Set: set, Key: left}, Then: []phys.Op{setTrue(result)}}
	if nulls != 0 {
		find.Else = []phys.Op{&phys.If{Cond: &phys.IsTrue{Expr: g.ref(nulls)}, Then: []phys.Op{null}}}
	}
	if unknown == nil {
		g.emit(find)
		return g.ref(result)
	}
	g.emit(&phys.If{
		Cond: &phys.IsTrue{Expr: unknown},
		Then: []phys.Op{&phys.If{Cond: &phys.IsTrue{Expr: g.ref(some)}, Then: []phys.Op{null}}},
		Else: []phys.Op{find},
	})
	return g.ref(result)
}

// absent is the condition that one of the expressions is NULL; nil when none can be.
func (g *gen) absent(es []scalar.Expr) scalar.Expr {
	var parts []scalar.Expr
	for _, e := range es {
		if g.nullable(e) {
			parts = append(parts, &scalar.IsNull{Node: scalar.Node{Typ: value.Of(value.Bool)}, Arg: e})
		}
	}
	if len(parts) < 2 {
		return scalar.Conjunction(parts...)
	}
	return &scalar.Or{Node: scalar.Node{Typ: value.Of(value.Bool)}, Args: parts}
}

// hashable reports whether a quantified comparison is a search for equal values: = ANY, or <> ALL of which it is the
// contrary. Of several columns none may be NULL: a row with a NULL can still differ for certain.
func (g *gen) hashable(s *scalar.Subquery, left []scalar.Expr, outs []scalar.ColumnID) bool {
	want := scalar.EQ
	if s.Kind == scalar.AllSubquery {
		want = scalar.NE
		if len(left) > 1 {
			return false
		}
	}
	for i, op := range s.Op {
		right := g.ref(outs[i])
		if scalar.ComparisonOf(op) != want || !equatable(left[i].Type(), right.Type()) ||
			len(left) > 1 && (g.nullable(left[i]) || g.nullable(right)) {
			return false
		}
	}
	return true
}

// kept is a node whose rows are kept in a list in front of a loop.
type kept struct {
	node
	list phys.Reg
	cols []scalar.ColumnID
}

// keepRows makes a node's rows last from one round of a loop to the next.
func (g *gen) keepRows(at *frame, n node, cols []scalar.ColumnID) node {
	list := g.reg("list")
	g.ahead(at, func() { g.emit(&phys.NewList{Dst: list}) })
	g.once(at, func() {
		n.produce(g, scalar.SetOf(cols...), func() { g.emit(&phys.AppendRow{List: list, Exprs: g.refs(cols)}) })
	})
	return &kept{n, list, cols}
}

func (k *kept) produce(g *gen, need scalar.ColSet, consume func()) {
	g.forRows(k.list, k.cols, need, k.bound(), consume)
}
