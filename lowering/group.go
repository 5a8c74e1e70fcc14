package lowering

import (
	"math"

	"github.com/prequel-db/prequel/lowering/cost"
	"github.com/prequel-db/prequel/lowering/phys"
	"github.com/prequel-db/prequel/planner/algebra"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// groupNode aggregates in the script: a table of groups, filled row by row.
type groupNode struct {
	estimate
	in node
	x  *algebra.GroupBy
	// count is set when the only aggregate is count(*) over one whole access path, which a command answers.
	count *access
}

func (g *gen) buildGroupBy(x *algebra.GroupBy, avail scalar.ColSet) node {
	if n := g.buildExtreme(x, avail); n != nil {
		return n
	}
	n := &groupNode{x: x, in: g.build(x.In, avail, nil)}
	n.n, n.size = 1, cost.Const(1)
	if len(x.Keys) > 0 && !fixed(x, avail) {
		n.n, n.size = g.m.groups(x.In, x.Keys, g.cols, math.Max(1, n.in.rows()/3), n.in.rows()/3), n.in.bound()
	}
	each := costRow
	for _, a := range x.Aggs {
		each += costAgg + evaluating(a.Args...)
	}
	n.micros = n.in.time() + n.in.rows()*each
	if a := plainAccess(n.in); a != nil && len(x.Keys) == 0 && x.Scalar && onlyCount(x.Aggs) && a.kind != accessRow {
		n.count, n.micros = a, 2*costCommand
	}
	return n
}

// fixed reports whether all rows that are grouped have the same key: each of its columns equals something bound outside.
func fixed(x *algebra.GroupBy, outside scalar.ColSet) bool {
	c := &cluster{}
	c.flatten(x.In)
	var equal scalar.ColSet
	for _, e := range c.conjuncts {
		call, ok := e.(*scalar.Call)
		if !ok || len(call.Args) != 2 || scalar.ComparisonOf(call.Fn) != scalar.EQ || scalar.HasSubquery(e) {
			continue
		}
		for i, arg := range call.Args {
			if col, ok := arg.(*scalar.Column); ok && scalar.ColumnsIn(call.Args[1-i]).SubsetOf(outside) {
				equal.Add(col.ID)
			}
		}
	}
	return scalar.SetOf(x.Keys...).SubsetOf(equal)
}

// plainAccess is the access path of a node that is one and nothing else.
func plainAccess(n node) *access {
	switch x := n.(type) {
	case *projectNode:
		return plainAccess(x.in)
	case *clusterNode:
		if len(x.steps) == 1 && len(x.before) == 0 && x.steps[0].access != nil && len(x.steps[0].filters) == 0 &&
			x.steps[0].access.multi == nil {
			return x.steps[0].access
		}
	}
	return nil
}

func onlyCount(aggs []algebra.Agg) bool {
	for _, a := range aggs {
		if a.Name != "count" || len(a.Args) > 0 || a.Filter != nil || a.Distinct {
			return false
		}
	}
	return len(aggs) > 0
}

func (n *groupNode) produce(g *gen, need scalar.ColSet, consume func()) {
	if n.count != nil && !n.count.guarded(g) {
		n.countRows(g, consume)
		return
	}
	var aggs []phys.Agg
	var ids []scalar.ColumnID
	below := scalar.SetOf(n.x.Keys...)
	for _, a := range n.x.Aggs {
		if !need.Has(a.ID) {
			continue
		}
		aggs = append(aggs, g.aggregate(a))
		ids = append(ids, a.ID)
		aggColumns(&below, a)
	}
	groups := g.reg("groups")
	g.emit(&phys.NewGroups{Dst: groups, Aggs: aggs, Scalar: n.x.Scalar && len(n.x.Keys) == 0})
	g.scope("", func() {
		n.in.produce(g, below, func() {
			row := make([]phys.Agg, len(aggs))
			for i, a := range aggs {
				a.Args, a.Filter = g.prepAll(a.Args), g.prep(a.Filter)
				row[i] = a
			}
			g.emit(&phys.GroupRow{Groups: groups, Keys: g.refs(n.x.Keys), Aggs: row})
		})
	})
	g.emit(&phys.ForGroups{Groups: groups, Keys: n.x.Keys, Aggs: aggs, Cols: ids, Rows: n.size, Body: g.loop(func() {
		g.define(n.x.Keys, below)
		g.define(ids, need)
		consume()
	})})
}

// aggColumns adds the columns that an aggregate reads.
func aggColumns(set *scalar.ColSet, a algebra.Agg) {
	for _, e := range a.Args {
		scalar.AddColumns(set, e)
	}
	if a.Filter != nil {
		scalar.AddColumns(set, a.Filter)
	}
	for _, k := range a.OrderBy {
		scalar.AddColumns(set, k.Expr)
	}
}

func (g *gen) aggregate(a algebra.Agg) phys.Agg {
	return phys.Agg{
		Name: a.Name, Proc: a.Proc, Args: a.Args, Distinct: a.Distinct, OrderBy: a.OrderBy, Filter: a.Filter,
		Type: g.cols.Get(a.ID).Type,
	}
}

// guarded reports whether the path's fetch stands under a condition (a NULL bound finds nothing).
func (a *access) guarded(g *gen) bool {
	for i := range a.eq {
		if a.eq[i].kind == sargEq && g.nullable(a.eq[i].expr) {
			return true
		}
	}
	return a.lower != nil && g.nullable(a.lower.expr) || a.upper != nil && g.nullable(a.upper.expr)
}

// countRows answers count(*) with one command.
func (n *groupNode) countRows(g *gen, consume func()) {
	a := n.count
	first := n.x.Aggs[0].ID
	key := g.reg("key")
	if a.kind == accessScan {
		x := a.rel.rowMap(a.rel.key, nil, g.prog.Name)
		g.touch(x)
		g.emit(&phys.MakeKey{Dst: key, Of: x.s})
		g.emit(&phys.HLen{Dst: first, Key: key})
	} else {
		x := a.rel.sortedSet(a.eqCols(), a.order, nil, g.prog.Name)
		g.touch(x)
		g.emit(&phys.MakeKey{Dst: key, Of: x.s, Parts: a.keyExprs(nil)})
		c := &phys.ZCount{Dst: first, Key: key}
		c.From, c.To = a.edges(g, x)
		g.emit(c)
	}
	g.defined.Add(first)
	for _, agg := range n.x.Aggs[1:] {
		g.let(agg.ID, g.ref(first))
	}
	consume()
}

// distinctNode drops duplicates as they come.
type distinctNode struct {
	estimate
	in node
	x  *algebra.Distinct
}

func (g *gen) buildDistinct(x *algebra.Distinct, avail scalar.ColSet) node {
	in := g.build(x.In, avail, &wanted{x.Order, false})
	return &distinctNode{estimate{math.Max(1, in.rows()/2), in.bound(), in.time() + in.rows()*costRow, false}, in, x}
}

func (n *distinctNode) produce(g *gen, need scalar.ColSet, consume func()) {
	seen := g.reg("seen")
	out := algebra.OutputCols(n.x.In)
	g.emit(&phys.NewMap{Dst: seen})
	if n.x.On == nil {
		n.in.produce(g, scalar.SetOf(out...), func() {
			g.emit(&phys.IfNew{Set: seen, Key: g.refs(out), Body: g.inside(consume)})
		})
		return
	}
	all := need.Union(scalar.SetOf(n.x.On...))
	for _, o := range n.x.Order {
		all.Add(o.Col)
	}
	body := func() { g.emit(&phys.IfNew{Set: seen, Key: g.refs(n.x.On), Body: g.inside(consume)}) }
	if n.in.ordered() {
		n.in.produce(g, all, body)
		return
	}
	list, cols := g.collect(n.in, n.x.In, all)
	g.emit(&phys.SortRows{List: list, Keys: g.rowKeys(cols, n.x.Order)})
	g.forRows(list, cols, all, n.in.bound(), body)
}

// collect buffers a node's rows in a list of the columns needed.
func (g *gen) collect(n node, rel algebra.Rel, need scalar.ColSet) (phys.Reg, []scalar.ColumnID) {
	cols := keep(rel, need)
	return g.collectInto(n, cols), cols
}

// collectInto writes a node's rows into a list, with the given columns in that order.
func (g *gen) collectInto(n node, cols []scalar.ColumnID) phys.Reg {
	list := g.reg("rows")
	g.emit(&phys.NewList{Dst: list})
	g.scope("", func() {
		n.produce(g, scalar.SetOf(cols...), func() { g.emit(&phys.AppendRow{List: list, Exprs: g.refs(cols)}) })
	})
	return list
}

// rowKeys translates an order over columns to one over the positions of a buffered row.
func (g *gen) rowKeys(cols []scalar.ColumnID, order []algebra.Order) []phys.RowKey {
	var out []phys.RowKey
	for _, o := range order {
		for i, id := range cols {
			if id == o.Col {
				info := g.cols.Get(id)
				out = append(out, phys.RowKey{Pos: i, Type: info.Type, Nullable: info.Nullable, Desc: o.Desc, NullsFirst: o.NullsFirst})
				break
			}
		}
	}
	return out
}
