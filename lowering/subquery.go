package lowering

import (
	"github.com/prequel-db/prequel/lowering/phys"
	"github.com/prequel-db/prequel/planner/algebra"
	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// subquery evaluates a query inside an expression at this point of the program and returns a reference to its result.
func (g *gen) subquery(s *scalar.Subquery) scalar.Expr {
	rel, ok := s.Query.(algebra.Rel)
	if !ok {
		g.fail("PQ0302", s.Span(), "this form of subquery is not supported", "write it as a join, or use array_agg in a derived table")
		return &scalar.Const{Node: s.Node, Null: true}
	}
	outs := algebra.OutputCols(rel)
	at := g.home(rel)
	avail := g.defined
	if at != nil {
		avail = at.defined
	}
	n := g.build(rel, avail, nil)
	switch s.Kind {
	case scalar.ExistsSubquery:
		return g.exists(at, n)
	case scalar.ScalarSubquery:
		return g.single(at, n, outs[0])
	case scalar.ArraySubquery:
		return g.array(at, n, outs[0], s.Typ)
	}
	left := g.prepAll(s.Left)
	if at == nil {
		return g.quantified(n, outs, left, s)
	}
	if !g.hashable(s, left, outs) {
		return g.quantified(g.keepRows(at, n, outs), outs, left, s)
	}
	found := g.member(at, n, outs, left)
	if s.Kind == scalar.AllSubquery {
		found = &scalar.Not{Node: scalar.Node{Typ: value.Of(value.Bool), Pos: s.Pos}, Arg: found}
	}
	return found
}

// evaluated writes a subquery's evaluation behind the declaration of its result: here, or with a home once.
func (g *gen) evaluated(at *frame, declare, evaluate func()) {
	if at == nil {
		declare()
		g.scope("", evaluate)
		return
	}
	g.ahead(at, declare)
	g.once(at, evaluate)
}

// scope writes f into a do ... end block.
func (g *gen) scope(comment string, f func()) {
	sure := g.sure
	body := g.inside(func() {
		g.sure = sure
		f()
	})
	if len(body) > 0 {
		g.emit(&phys.Block{Comment: comment, Body: body})
	}
}

func (g *gen) exists(at *frame, n node) scalar.Expr {
	found := g.temp("found", value.Of(value.Bool), false)
	glance(n)
	g.evaluated(at, func() { g.let(found, boolean(false)) }, func() {
		g.splice(g.until(&phys.IsTrue{Expr: g.ref(found)}, func(stop func(phys.Op)) {
			n.produce(g, scalar.ColSet{}, func() { stop(&phys.Set{Col: found, Expr: boolean(true)}) })
		}))
	})
	return g.ref(found)
}

func (g *gen) single(at *frame, n node, out scalar.ColumnID) scalar.Expr {
	result := g.temp(g.cols.Get(out).Name, g.cols.Get(out).Type, true)
	found := g.temp("found", value.Of(value.Bool), false)
	g.evaluated(at, func() { g.declare(result) }, func() {
		g.let(found, boolean(false))
		n.produce(g, scalar.SetOf(out), func() {
			g.emit(&phys.If{Cond: &phys.IsTrue{Expr: g.ref(found)}, Then: []phys.Op{moreThanOneRow()}})
			g.emit(&phys.Set{Col: found, Expr: boolean(true)})
			g.emit(&phys.Set{Col: result, Expr: g.ref(out)})
		})
	})
	return g.ref(result)
}

// array collects the rows of ARRAY(query) in their order; no row makes an empty array.
func (g *gen) array(at *frame, n node, out scalar.ColumnID, typ value.Type) scalar.Expr {
	result := g.temp(g.cols.Get(out).Name, typ, true)
	g.evaluated(at, func() { g.declare(result) }, func() {
		collect := phys.Agg{Name: "array_agg", Proc: "array_agg", Args: []scalar.Expr{g.ref(out)}, Type: typ}
		groups := g.reg("elements")
		g.emit(&phys.NewGroups{Dst: groups, Aggs: []phys.Agg{collect}, Scalar: true})
		g.scope("", func() {
			n.produce(g, scalar.SetOf(out), func() {
				g.emit(&phys.GroupRow{Groups: groups, Aggs: []phys.Agg{collect}})
			})
		})
		list := g.temp("list", typ, true)
		empty := &scalar.Const{Node: scalar.Node{Typ: typ}, Text: "{}"}
		g.emit(&phys.ForGroups{
			Groups: groups, Aggs: []phys.Agg{collect}, Cols: []scalar.ColumnID{list},
			Body: []phys.Op{&phys.Set{Col: result, Expr: &scalar.Coalesce{Node: scalar.Node{Typ: typ}, Args: []scalar.Expr{g.ref(list), empty}}}},
		})
	})
	return g.ref(result)
}

func moreThanOneRow() phys.Op {
	return &phys.Raise{SQLState: "21000", Message: []scalar.Expr{text("more than one row returned by a subquery used as an expression")}}
}

// quantified evaluates ANY and ALL in three-valued logic: ANY starts false, becomes NULL at the first unknown comparison
// and is true for good at the first true one; ALL is its dual.
func (g *gen) quantified(n node, outs []scalar.ColumnID, left []scalar.Expr, s *scalar.Subquery) scalar.Expr {
	all := s.Kind == scalar.AllSubquery
	result := g.temp("result", value.Of(value.Bool), true)
	g.let(result, boolean(all))
	decision := g.ref(result)
	if all {
		decision = &scalar.Not{Node: scalar.Node{Typ: value.Of(value.Bool)}, Arg: decision}
	}
	g.block(g.until(&phys.IsTrue{Expr: decision}, func(stop func(phys.Op)) {
		n.produce(g, scalar.SetOf(outs...), func() {
			var parts []scalar.Expr
			for i, op := range s.Op {
				parts = append(parts, &scalar.Call{
					Node: scalar.Node{Typ: value.Of(value.Bool), Pos: s.Pos}, Fn: op,
					Args: []scalar.Expr{left[i], g.ref(outs[i])},
				})
			}
			same := g.temp("compared", value.Of(value.Bool), true)
			if len(parts) > 1 && scalar.ComparisonOf(s.Op[0]) == scalar.NE { // rows differ when any of their columns do
				parts = []scalar.Expr{&scalar.Or{Node: scalar.Node{Typ: value.Of(value.Bool), Pos: s.Pos}, Args: parts}}
			}
			g.let(same, scalar.Conjunction(parts...))
			decided := g.ref(same)
			if all {
				decided = &scalar.Not{Node: decided.(*scalar.Column).Node, Arg: decided}
			}
			g.emit(&phys.If{
				Cond: &phys.IsTrue{Expr: decided},
				Then: g.inside(func() { stop(&phys.Set{Col: result, Expr: boolean(!all)}) }),
				Else: []phys.Op{&phys.If{
					Cond: &phys.IsTrue{Expr: &scalar.IsNull{Node: scalar.Node{Typ: value.Of(value.Bool)}, Arg: g.ref(same)}},
					Then: []phys.Op{&phys.Set{Col: result, Expr: &scalar.Const{Node: scalar.Node{Typ: value.Of(value.Bool)}, Null: true}}},
				}},
			})
		})
	}))
	return g.ref(result)
}
