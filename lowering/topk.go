package lowering

import (
	"math"
	"strconv"

	"github.com/prequel-db/prequel/lowering/cost"
	"github.com/prequel-db/prequel/lowering/phys"
	"github.com/prequel-db/prequel/planner/algebra"
	"github.com/prequel-db/prequel/planner/props"
	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// topKNode orders and cuts. Where the access path delivers the order the sort disappears, and where nothing filters
// behind it the limit moves into the command, unless a NULL parameter keeps the command from running: a negative limit is an
// error all the same.
type topKNode struct {
	estimate
	in     node
	x      *algebra.TopK
	pushed *access
}

func (g *gen) buildTopK(x *algebra.TopK, avail scalar.ColSet) node {
	n := &topKNode{x: x, in: g.build(x.In, avail, &wanted{x.Order, x.Limit != nil})}
	n.n, n.size, n.micros = n.in.rows(), n.in.bound(), n.in.time()
	if !n.in.ordered() && len(x.Order) > 0 {
		n.micros += n.n * math.Log2(n.n+1) * costLua
	}
	a := plainAccess(n.in)
	if x.Limit != nil && !x.WithTies { // any number of rows may tie
		n.n, n.size = limitOf(g, x.Limit, n.in)
	}
	if a != nil && a.kind == accessRange && (a.sorted || len(x.Order) == 0) && !x.WithTies && (x.Limit != nil || x.Offset != nil) && !a.guarded(g) &&
		!scalar.HasSubquery(orTrue(x.Limit)) && !scalar.HasSubquery(orTrue(x.Offset)) {
		n.pushed = a
		a.limit, a.offset = x.Limit, x.Offset
		if x.Limit != nil {
			a.fetched = n.size
			n.micros = 2*costCommand + n.n*costRow
		}
	}
	return n
}

func orTrue(e scalar.Expr) scalar.Expr {
	if e == nil {
		return boolean(true)
	}
	return e
}

// limitOf estimates the rows after a limit.
func limitOf(g *gen, limit scalar.Expr, in node) (float64, cost.Poly) {
	if k, bound, ok := g.amount(limit); ok {
		return math.Min(k, in.rows()), bound
	}
	return in.rows(), in.bound()
}

// amount estimates a number of rows that constants and parameters say, and bounds it; false for anything else.
func (g *gen) amount(e scalar.Expr) (n float64, bound cost.Poly, ok bool) {
	switch x := e.(type) {
	case *scalar.Const:
		k, err := strconv.ParseUint(x.Text, 10, 50)
		return float64(k), cost.Const(float64(k)), err == nil && !x.Null
	case *scalar.Param:
		if x.Number > 0 && !x.Local() {
			return 20, cost.Size("$" + g.params[x.Number-1].Name), true
		}
	case *scalar.Relabel:
		return g.amount(x.Arg)
	case *scalar.Call:
		if x.Fn.Proc == "int8pl" {
			a, boundA, okA := g.amount(x.Args[0])
			b, boundB, okB := g.amount(x.Args[1])
			return a + b, boundA.Add(boundB), okA && okB
		}
	case *scalar.MinMax:
		return g.extreme(x)
	}
	return 0, nil, false
}

// extreme is amount of LEAST, which any argument bounds, or GREATEST, which takes all.
func (g *gen) extreme(x *scalar.MinMax) (n float64, bound cost.Poly, ok bool) {
	for _, a := range x.Args {
		k, b, known := g.amount(a)
		switch {
		case !known && x.Least:
		case !known:
			return 0, nil, false
		case !ok:
			n, bound, ok = k, b, true
		case x.Least && k < n:
			n, bound = k, b
		case !x.Least:
			n, bound = math.Max(n, k), bound.Max(b)
		}
	}
	return n, bound, ok
}

func (n *topKNode) produce(g *gen, need scalar.ColSet, consume func()) {
	sorted := n.in.ordered() || len(n.x.Order) == 0
	cut := n.x.Limit != nil || n.x.Offset != nil
	if n.pushed != nil || sorted && !cut {
		n.in.produce(g, need, consume)
		return
	}
	all := need.Copy()
	if !n.in.ordered() || n.x.WithTies {
		for _, o := range n.x.Order {
			all.Add(o.Col)
		}
	}
	if !cut {
		list, cols := g.collect(n.in, n.x.In, all)
		g.emit(&phys.SortRows{List: list, Keys: g.rowKeys(cols, n.x.Order)})
		g.forRows(list, cols, need, n.size, consume)
		return
	}
	cols := keep(n.x.In, all)
	first := sorted && !n.x.WithTies
	if first {
		hasty(n.in)
		if n.x.Offset == nil && isOne(n.x.Limit) {
			n.one(g, cols, consume)
			return
		}
	}
	list := g.reg("rows")
	g.emit(&phys.NewList{Dst: list})
	skip, full, some := n.bounds(g, list)
	fill := func() { n.sorted(g, full, list, cols, sorted) }
	if first && full != nil {
		fill = func() { g.block(n.first(g, full, cols)) }
	} else {
		some = some || full == nil || n.total()
	}
	if some {
		fill()
	} else {
		g.emit(&phys.If{Cond: &phys.Negate{Cond: full}, Then: g.inside(fill)})
	}
	if skip != 0 {
		g.emit(&phys.SkipRows{List: list, Skip: skip})
	}
	g.forRows(list, cols, need, n.size, consume)
}

// bounds computes OFFSET, then LIMIT, as PostgreSQL does before it asks for a row: what is wrong with them is said first, and no row fails
// where none is wanted. full holds when a list has all rows that are looked at, nil: no LIMIT; some says that these are more than none.
func (n *topKNode) bounds(g *gen, list phys.Reg) (skip phys.Reg, full *phys.Full, some bool) {
	if n.x.Offset != nil {
		offset := g.prep(n.x.Offset)
		skip = g.reg("skip")
		g.emit(&phys.RowOffset{Dst: skip, Offset: offset})
	}
	if n.x.Limit != nil {
		count := g.prep(n.x.Limit)
		full = &phys.Full{List: list, Limit: g.reg("wanted")}
		g.emit(&phys.RowLimit{Dst: full.Limit, Skip: skip, Limit: count})
		k, ok := count.(*scalar.Const)
		some = ok && k.Text != "0"
	}
	return skip, full, some
}

// total reports whether no row of the input can fail. A limit below windows is the same one, which has been computed by then.
func (n *topKNode) total() bool {
	return props.TotalRel(algebra.Rewrite(n.x.In, func(r algebra.Rel) algebra.Rel {
		if t, ok := r.(*algebra.TopK); ok && t.Limit != nil && t.Offset == nil && scalar.Equal(t.Limit, n.x.Limit) {
			return t.In
		}
		return r
	}))
}

// first collects rows until there are as many as the limit says. Like PostgreSQL it asks its input for no more, which a
// recursion without end relies on, and rows behind the limit raise no error.
func (n *topKNode) first(g *gen, full *phys.Full, cols []scalar.ColumnID) []phys.Op {
	return g.until(full, func(stop func(phys.Op)) {
		n.in.produce(g, scalar.SetOf(cols...), func() {
			g.emit(&phys.AppendRow{List: full.List, Exprs: g.refs(cols)})
			stop(&phys.If{Cond: full, Then: []phys.Op{&phys.Break{}}})
		})
	})
}

// sorted collects all rows, sorts them and keeps as many as the limit says.
func (n *topKNode) sorted(g *gen, full *phys.Full, list phys.Reg, cols []scalar.ColumnID, already bool) {
	g.scope("", func() {
		n.in.produce(g, scalar.SetOf(cols...), func() { g.emit(&phys.AppendRow{List: list, Exprs: g.refs(cols)}) })
	})
	if !already {
		g.emit(&phys.SortRows{List: list, Keys: g.rowKeys(cols, n.x.Order)})
	}
	if full != nil {
		k := &phys.KeepRows{List: list, Limit: full.Limit}
		if n.x.WithTies {
			k.Ties = g.rowKeys(cols, n.x.Order)
		}
		g.emit(k)
	}
}

// isOne reports whether a LIMIT is 1.
func isOne(e scalar.Expr) bool {
	k, ok := e.(*scalar.Const)
	return ok && k.Text == "1"
}

// one runs consume for the first row, behind the loop that finds it.
func (n *topKNode) one(g *gen, cols []scalar.ColumnID, consume func()) {
	found := g.temp("found", value.Of(value.Bool), false)
	g.let(found, boolean(false))
	copies := make([]scalar.ColumnID, len(cols))
	for i, id := range cols {
		copies[i] = g.temp(g.cols.Get(id).Name, g.cols.Get(id).Type, g.cols.Get(id).Nullable) // NULL only as long as nothing is found
	}
	g.declare(copies...)
	g.block(g.until(&phys.IsTrue{Expr: g.ref(found)}, func(stop func(phys.Op)) {
		n.in.produce(g, scalar.SetOf(cols...), func() {
			for i, id := range cols {
				g.emit(&phys.Set{Col: copies[i], Expr: g.ref(id)})
			}
			stop(&phys.Set{Col: found, Expr: boolean(true)})
		})
	}))
	g.emit(&phys.If{Cond: &phys.IsTrue{Expr: g.ref(found)}, Then: g.inside(func() {
		for i, id := range cols {
			g.let(id, g.ref(copies[i]))
		}
		consume()
	})})
}

// pieceful is the number of rows from which a range of which one row is looked for is read in pieces: reading fewer at once costs less than a
// second command.
const pieceful = 16

// glance has a node of which one row is enough read a long range in pieces. Where every row is one the first is fetched alone anyway.
func glance(n node) {
	if c, ok := n.(*clusterNode); ok && len(c.steps) > 0 {
		if a := c.steps[0].access; a == nil || a.reads < pieceful || len(c.steps) == 1 && len(a.residual) == 0 {
			return
		}
		hasty(n)
	}
}

// hasty has the outermost loop of a node read its range in pieces: it is left as soon as a row is found, before most of the range has
// been looked at.
func hasty(n node) {
	switch x := n.(type) {
	case *projectNode:
		hasty(x.in)
	case *joinNode:
		hasty(x.left)
	case *clusterNode:
		if len(x.steps) == 0 {
			return
		}
		if s := x.steps[0]; s.access != nil {
			s.access.pieces = s.access.kind == accessRange && s.access.multi == nil
		} else if len(x.steps) == 1 {
			hasty(s.in)
		}
	}
}
