package lowering

import (
	"math"

	"github.com/prequel-db/prequel/lowering/cost"
	"github.com/prequel-db/prequel/lowering/phys"
	"github.com/prequel-db/prequel/planner/algebra"
	"github.com/prequel-db/prequel/planner/delta"
	"github.com/prequel-db/prequel/planner/props"
	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqlparse/diag"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// joinNode is an outer, semi or anti join, or an Apply: for each left row it visits the matching right rows, either by
// evaluating the right side anew (probe) or in a buffer filled once.
type joinNode struct {
	estimate
	kind        algebra.JoinKind
	left        node
	leftRel     algebra.Rel
	right       algebra.Rel
	probe       node // right side under the join condition, its left columns bound
	buffered    *step
	bufferedOn  []scalar.Expr // what the hash keys do not decide
	singleMatch bool
	// distinct are the columns of the left side that an Apply's right side depends on, when several left rows may agree in them:
	// it is evaluated once for each of their values.
	distinct []scalar.ColumnID
	apart    node // the right side without its conditions on, when distinct holds
	on       []scalar.Expr
}

func (g *gen) buildJoin(x *algebra.Join, avail scalar.ColSet, want *wanted) node {
	on := x.On
	if x.Kind == algebra.Anti && x.NullAware && on != nil {
		no := false
		on = &scalar.IsBool{Node: scalar.Node{Typ: value.Of(value.Bool), Pos: on.Span()}, Arg: on, Value: &no, Negated: true}
	}
	if x.Kind == algebra.Full {
		return g.buildFullJoin(x, avail)
	}
	return g.newJoin(x.Kind, x.Left, x.Right, on, avail, want, true)
}

// buildApply evaluates the right side once for all left rows with the same values of the columns that it depends on: once at all when it
// depends on none. Computed when the first such row comes, it raises no error that no row asks for.
func (g *gen) buildApply(x *algebra.Apply, avail scalar.ColSet, want *wanted) node {
	n := g.newJoin(x.Kind, x.Left, x.Right, x.On, avail, want, false)
	on := algebra.FreeColumns(x.Right).Intersect(algebra.OutputSet(x.Left))
	if x.NullAware || n.left.bound().IsConst() || props.Of(x.Left).Unique(on) {
		return n
	}
	n.distinct = on.Ordered()
	n.apart = g.build(x.Right, avail.Union(on), nil)
	n.on = scalar.Conjuncts(x.On)
	n.singleMatch = false
	rows := math.Max(1, n.left.rows())
	times := 1.0
	for range n.distinct {
		times *= math.Sqrt(rows)
	}
	n.micros = n.left.time() + math.Min(times, rows)*n.apart.time() + rows*(2+n.apart.rows())*costLua
	return n
}

func (g *gen) newJoin(kind algebra.JoinKind, l, r algebra.Rel, on scalar.Expr, avail scalar.ColSet, want *wanted, mayBuffer bool) *joinNode {
	n := &joinNode{kind: kind, leftRel: l, right: r}
	n.left = g.build(l, avail, want.of(algebra.OutputSet(l))) // its rows are gone through in their order
	n.inOrder = n.left.ordered()
	leftCols := algebra.OutputSet(l)
	n.probe = g.build(g.restrict(r, scalar.Conjuncts(on)), avail.Union(leftCols), nil)
	n.singleMatch = n.probe.bound().IsConst() && n.probe.bound().Eval(nil, 1) <= 1
	rows := math.Max(1, n.left.rows())
	n.micros = n.left.time() + rows*n.probe.time()
	n.n = rows * math.Max(1, n.probe.rows())
	n.size = n.left.bound().Mul(n.probe.bound())
	if mayBuffer && rows >= 4 && !algebra.FreeColumns(r).Intersects(leftCols) {
		n.tryBuffer(g, on, avail, rows)
	}
	if kind == algebra.Semi || kind == algebra.Anti {
		n.n, n.size = math.Max(1, rows/2), n.left.bound()
	}
	return n
}

// restrict is a relation under conditions, which may read columns bound around it. They are pushed down to where they choose among
// stored rows: an aggregate is then computed for the groups that are asked for alone.
func (g *gen) restrict(rel algebra.Rel, conds []scalar.Expr) algebra.Rel {
	if len(conds) == 0 {
		return rel
	}
	derived := false
	algebra.Walk(rel, func(r algebra.Rel) bool {
		switch x := r.(type) {
		case *algebra.Scan, *algebra.Filter:
		case *algebra.Join:
			derived = derived || x.Kind != algebra.Inner
		default:
			derived = true
		}
		return !derived
	})
	if !derived {
		return &algebra.Filter{In: rel, Cond: scalar.Conjunction(conds...)}
	}
	return delta.Restrict(rel, conds, g.cols)
}

// tryBuffer reads the right side once when that is cheaper than probing it for every left row.
func (n *joinNode) tryBuffer(g *gen, on scalar.Expr, avail scalar.ColSet, rows float64) {
	c := &cluster{}
	c.leaf(n.right)
	keys, rest := hashKeys(c, 0, scalar.Conjuncts(on), avail.Union(algebra.OutputSet(n.leftRel)))
	in := g.build(n.right, avail, nil)
	match := g.matching(n.right, math.Max(1, in.rows()), keys)
	micros := n.left.time() + in.time() + in.rows()*costRow + rows*(2+match)*costLua
	if micros >= n.micros {
		return
	}
	n.buffered = &step{in: in, keys: keys, fetched: in.bound()}
	n.bufferedOn = rest
	n.micros = micros
	n.n = rows * match
	n.size = n.left.bound().Mul(in.bound())
	n.singleMatch = false
}

func (n *joinNode) produce(g *gen, need scalar.ColSet, consume func()) {
	rightOut := algebra.OutputSet(n.right)
	rightNeed := need.Intersect(rightOut)
	fromLeft := need.Union(algebra.FreeColumns(n.right))
	bufferNeed := rightNeed
	if n.apart != nil {
		for _, e := range n.on {
			scalar.AddColumns(&fromLeft, e)
		}
	} else if n.buffered != nil {
		for _, k := range n.buffered.keys {
			scalar.AddColumns(&fromLeft, k.outer)
		}
		for _, e := range n.bufferedOn {
			scalar.AddColumns(&fromLeft, e)
			bufferNeed = bufferNeed.Union(scalar.ColumnsIn(e).Intersect(rightOut))
		}
	} else if c, ok := n.probe.(*clusterNode); ok {
		for _, e := range c.expressions() {
			scalar.AddColumns(&fromLeft, e)
		}
		for _, s := range c.steps {
			fromLeft.AddAll(algebra.FreeColumns(c.input(s)))
		}
	} else {
		fromLeft = algebra.OutputSet(n.leftRel)
	}
	var buf *buffer
	if n.buffered != nil {
		buf = g.fill(n.right, n.buffered, bufferNeed)
	}
	matches := func(body func()) {
		if buf != nil {
			buf.matches(g, n.buffered, func() { g.filter(n.bufferedOn, body) })
			return
		}
		if n.apart != nil {
			n.remembered(g, rightNeed, body)
			return
		}
		n.probe.produce(g, rightNeed, body)
	}
	n.left.produce(g, fromLeft.Intersect(algebra.OutputSet(n.leftRel)), func() {
		switch n.kind {
		case algebra.Inner:
			matches(consume)
		case algebra.Left:
			n.outer(g, rightNeed, matches, consume)
		default:
			n.semi(g, matches, consume)
		}
	})
}

// remembered visits the right rows of the current left row, which it evaluates when no left row before had the same values of the columns
// that they depend on.
func (n *joinNode) remembered(g *gen, need scalar.ColSet, body func()) {
	for _, e := range n.on {
		need = need.Union(scalar.ColumnsIn(e))
	}
	cols := keep(n.right, need)
	need = scalar.SetOf(cols...)
	visit := func() { g.filter(n.on, body) }
	at := g.homeOf(algebra.FreeColumns(n.right).Minus(scalar.SetOf(n.distinct...)))
	switch {
	case at == nil:
		n.apart.produce(g, need, visit)
		return
	case len(n.distinct) == 0:
		g.keepRows(at, n.apart, cols).produce(g, need, visit)
		return
	}
	seen, rows := g.reg("seen"), g.reg("by_key")
	g.ahead(at, func() {
		g.emit(&phys.NewMap{Dst: seen})
		g.emit(&phys.NewMap{Dst: rows})
	})
	key := g.refs(n.distinct)
	g.emit(&phys.IfNew{Set: seen, Key: key, Body: g.inside(func() {
		n.apart.produce(g, need, func() { g.emit(&phys.MapAppend{Map: rows, Key: key, Row: g.refs(cols)}) })
	})})
	g.emit(&phys.ForMatches{Map: rows, Key: key, Cols: cols, Rows: n.apart.bound(), Body: g.loop(func() {
		g.define(cols, need)
		visit()
	})})
}

// expressions lists all expressions that a cluster evaluates.
func (n *clusterNode) expressions() []scalar.Expr {
	out := append([]scalar.Expr(nil), n.before...)
	for _, s := range n.steps {
		out = append(out, s.filters...)
		if s.access != nil {
			out = append(out, s.access.outerExprs()...)
		}
		for _, k := range s.keys {
			out = append(out, k.outer, k.inner)
		}
	}
	return append(out, n.c.conjuncts...)
}

// outer runs consume for every match, or once with NULLs when there is none.
func (n *joinNode) outer(g *gen, need scalar.ColSet, matches func(func()), consume func()) {
	cols := keep(n.right, need)
	for _, id := range cols {
		g.cols.Get(id).Nullable = true
	}
	if n.singleMatch {
		copies := make([]scalar.ColumnID, len(cols))
		for i, id := range cols {
			copies[i] = g.temp(g.cols.Get(id).Name, g.cols.Get(id).Type, true)
		}
		g.declare(copies...)
		g.scope("", func() {
			matches(func() {
				for i, id := range cols {
					g.emit(&phys.Set{Col: copies[i], Expr: g.ref(id)})
				}
			})
		})
		for i, id := range cols {
			g.let(id, g.ref(copies[i]))
		}
		consume()
		return
	}
	list := g.reg("matches")
	g.emit(&phys.NewList{Dst: list})
	g.scope("", func() {
		matches(func() { g.emit(&phys.AppendRow{List: list, Exprs: g.refs(cols)}) })
	})
	g.emit(&phys.If{Cond: &phys.ListEmpty{List: list}, Then: []phys.Op{
		&phys.AppendRow{List: list, Exprs: g.nulls(cols)},
	}})
	size := n.probe.bound()
	if n.buffered != nil {
		size = n.buffered.fetched
	}
	g.forRows(list, cols, need, size.Max(cost.Const(1)), consume)
}

func (g *gen) nulls(cols []scalar.ColumnID) []scalar.Expr {
	out := make([]scalar.Expr, len(cols))
	for i, id := range cols {
		out[i] = &scalar.Const{Node: scalar.Node{Typ: g.cols.Get(id).Type}, Null: true}
	}
	return out
}

// semi runs consume when there is a match (semi) or none (anti).
func (n *joinNode) semi(g *gen, matches func(func()), consume func()) {
	found := g.temp("found", value.Of(value.Bool), false)
	g.let(found, boolean(false))
	if n.buffered == nil && n.apart == nil {
		glance(n.probe)
	}
	g.block(g.until(&phys.IsTrue{Expr: g.ref(found)}, func(stop func(phys.Op)) {
		matches(func() { stop(&phys.Set{Col: found, Expr: boolean(true)}) })
	}))
	cond := g.ref(found)
	if n.kind == algebra.Anti {
		cond = &scalar.Not{Node: scalar.Node{Typ: value.Of(value.Bool)}, Arg: cond}
	}
	g.emit(&phys.If{Cond: &phys.IsTrue{Expr: cond}, Then: g.inside(consume)})
}

// fullJoinNode buffers the right side in a map, marks the rows that match, and adds those that did not.
type fullJoinNode struct {
	estimate
	x           *algebra.Join
	left, right node
	keys        []hashKey
}

func (g *gen) buildFullJoin(x *algebra.Join, avail scalar.ColSet) node {
	n := &fullJoinNode{x: x, left: g.build(x.Left, avail, nil), right: g.build(x.Right, avail, nil)}
	c := &cluster{}
	c.leaf(x.Right)
	n.keys, _ = hashKeys(c, 0, scalar.Conjuncts(x.On), algebra.OutputSet(x.Left))
	if !mergeable(x) {
		g.fail(diag.NotInPostgres.Code, x.On.Span(), "FULL JOIN is only supported with merge-joinable or hash-joinable join conditions",
			"add an equality between columns of both sides, or write it as LEFT JOIN UNION ALL the rows for which NOT EXISTS holds")
	}
	n.n = n.left.rows() + n.right.rows()
	n.size = n.left.bound().Mul(n.right.bound()).Add(n.left.bound()).Add(n.right.bound())
	n.micros = n.left.time() + n.right.time() + n.n*costRow
	return n
}

// mergeable reports whether PostgreSQL has a way to do a full join: one of its conditions equates the sides, or all are constants.
func mergeable(x *algebra.Join) bool {
	l, r := algebra.OutputSet(x.Left), algebra.OutputSet(x.Right)
	constant := true
	for _, c := range scalar.Conjuncts(x.On) {
		if a, b, _, ok := scalar.Equality(c); ok {
			u, v := scalar.ColumnsIn(a), scalar.ColumnsIn(b)
			if !u.Empty() && !v.Empty() && (u.SubsetOf(l) && v.SubsetOf(r) || u.SubsetOf(r) && v.SubsetOf(l)) {
				return true
			}
		}
		_, isConst := c.(*scalar.Const)
		constant = constant && isConst
	}
	return constant
}

func (n *fullJoinNode) produce(g *gen, need scalar.ColSet, consume func()) {
	leftOut, rightOut := algebra.OutputSet(n.x.Left), algebra.OutputSet(n.x.Right)
	on := scalar.ColSet{}
	if n.x.On != nil {
		on = scalar.ColumnsIn(n.x.On)
	}
	lcols := keep(n.x.Left, need)
	rcols := keep(n.x.Right, need.Union(on))
	outs := append(append([]scalar.ColumnID(nil), lcols...), keep(n.x.Right, need)...)
	rows, byKey := g.reg("joined"), g.reg("by_key")
	inner, outer := []scalar.Expr{integer("1")}, []scalar.Expr{integer("1")}
	if len(n.keys) > 0 {
		inner, outer = nil, nil
		for _, k := range n.keys {
			inner, outer = append(inner, k.inner), append(outer, k.outer)
		}
	}
	g.emit(&phys.NewList{Dst: rows})
	g.emit(&phys.NewMap{Dst: byKey})
	g.scope("", func() {
		n.right.produce(g, need.Union(on).Intersect(rightOut), func() {
			g.emit(&phys.MapAppend{Map: byKey, Key: inner, Row: g.refs(rcols)})
		})
	})
	g.scope("", func() {
		n.left.produce(g, need.Union(on).Intersect(leftOut), func() {
			found := g.temp("found", value.Of(value.Bool), false)
			g.let(found, boolean(false))
			g.where(g.present(outer), func() {
				row := g.reg("match")
				g.emit(&phys.ForMatches{Map: byKey, Key: outer, Row: row, Cols: rcols, Rows: n.right.bound(), Body: g.loop(func() {
					g.where(n.x.On, func() {
						g.emit(&phys.Set{Col: found, Expr: boolean(true)})
						g.emit(&phys.MarkRow{Row: row})
						g.emit(&phys.AppendRow{List: rows, Exprs: g.refs(outs)})
					})
				})})
			})
			none := append(g.refs(lcols), g.nulls(keep(n.x.Right, need))...)
			g.emit(&phys.If{Cond: &phys.Negate{Cond: &phys.IsTrue{Expr: g.ref(found)}}, Then: []phys.Op{
				&phys.AppendRow{List: rows, Exprs: none},
			}})
		})
	})
	g.scope("", func() {
		g.emit(&phys.ForMapRows{Map: byKey, Cols: rcols, Unmarked: true, Rows: n.right.bound(), Body: []phys.Op{
			&phys.AppendRow{List: rows, Exprs: append(g.nulls(lcols), g.refs(keep(n.x.Right, need))...)},
		}})
	})
	for _, id := range outs {
		g.cols.Get(id).Nullable = true
	}
	g.forRows(rows, outs, need, n.size, consume)
}
