package lowering

import (
	"slices"

	"github.com/prequel-db/prequel/lowering/cost"
	"github.com/prequel-db/prequel/lowering/phys"
	"github.com/prequel-db/prequel/planner/algebra"
	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// node is an operator with its physical choices made. produce writes code that runs consume's code once for each row,
// with at least the needed columns (of those the operator outputs) bound. Columns that were bound outside stay visible.
type node interface {
	produce(g *gen, need scalar.ColSet, consume func())
	// rows is the estimated number of rows, bound its symbolic upper bound.
	rows() float64
	bound() cost.Poly
	// time is the estimated cost in microseconds of producing all rows once.
	time() float64
	// ordered reports whether the rows come in the order that was asked for when the node was built.
	ordered() bool
}

// estimate is the part of a node that holds its figures.
type estimate struct {
	n       float64
	size    cost.Poly
	micros  float64
	inOrder bool
}

func (e estimate) rows() float64    { return e.n }
func (e estimate) bound() cost.Poly { return e.size }
func (e estimate) time() float64    { return e.micros }
func (e estimate) ordered() bool    { return e.inOrder }

// build makes the node of a relation. avail are the columns bound outside of it, want the order its consumer would like.
func (g *gen) build(rel algebra.Rel, avail scalar.ColSet, want *wanted) node {
	if s := g.shared[rel]; s != nil {
		return &sharedNode{g.buildOperator(rel, scalar.ColSet{}, nil), s, algebra.OutputCols(rel)}
	}
	return g.buildOperator(rel, avail, want)
}

func (g *gen) buildOperator(rel algebra.Rel, avail scalar.ColSet, want *wanted) node {
	switch x := rel.(type) {
	case *algebra.Scan, *algebra.Filter:
		return g.buildCluster(rel, avail, want)
	case *algebra.Join:
		if x.Kind == algebra.Inner {
			return g.buildCluster(rel, avail, want)
		}
		return g.buildJoin(x, avail, want)
	case *algebra.Apply:
		if c := (&cluster{}); x.Kind == algebra.Inner {
			if c.flatten(x); len(c.leaves) > 1 {
				return g.buildCluster(rel, avail, want)
			}
		}
		return g.buildApply(x, avail, want)
	case *algebra.Values:
		return &valuesNode{estimate: estimate{n: float64(len(x.Rows)), size: cost.Const(float64(len(x.Rows))), micros: costLua}, x: x}
	case *algebra.Project:
		in := g.build(x.In, avail, want.through(x))
		var exprs []scalar.Expr
		for _, it := range x.Items {
			if !it.PassThrough() {
				exprs = append(exprs, it.Expr)
			}
		}
		return &projectNode{estimate{in.rows(), in.bound(), in.time() + (costLua+evaluating(exprs...))*in.rows(), in.ordered()}, in, x}
	case *algebra.MaxOne:
		in := g.build(x.In, avail, nil)
		return &maxOneNode{estimate{n: 1, size: cost.Const(1), micros: in.time()}, in, x}
	case *algebra.GroupBy:
		return g.buildGroupBy(x, avail)
	case *algebra.Distinct:
		return g.buildDistinct(x, avail)
	case *algebra.SetOp:
		return g.buildSetOp(x, avail)
	case *algebra.TopK:
		return g.buildTopK(x, avail)
	case *algebra.Window:
		return g.buildWindow(x, avail)
	case *algebra.Delta:
		return &deltaNode{estimate{n: 1, size: cost.Const(1)}}
	case *algebra.GroupingSets:
		return g.buildGroupingSets(x, avail)
	case *algebra.FuncScan:
		return g.buildFuncScan(x)
	case *algebra.RecursiveUnion:
		return g.buildRecursive(x, avail)
	case *algebra.WorkTable:
		return g.buildWorkTable(x)
	}
	panic("lowering: unknown operator")
}

// deltaNode is the changed row of a maintenance query: its columns are bound already.
type deltaNode struct{ estimate }

func (*deltaNode) produce(_ *gen, _ scalar.ColSet, consume func()) { consume() }

// valuesNode is a list of rows, all of which are computed before the first one is used; with steps each is computed when the one before it
// has been.
type valuesNode struct {
	estimate
	x     *algebra.Values
	steps bool
}

// stepwise has rows computed one by one where they draw from sequences, as what uses them does too: draws keep PostgreSQL's order.
func stepwise(n node) {
	switch x := n.(type) {
	case *projectNode:
		stepwise(x.in)
	case *valuesNode:
		x.steps = slices.ContainsFunc(x.x.Rows, func(row []scalar.Expr) bool { return slices.ContainsFunc(row, scalar.HasVolatile) })
	}
}

func (n *valuesNode) produce(g *gen, need scalar.ColSet, consume func()) {
	switch len(n.x.Rows) {
	case 0:
		g.declare(n.x.Cols...)
		g.emit(&phys.If{Cond: &phys.IsTrue{Expr: boolean(false)}, Then: g.inside(consume)})
	case 1:
		for i, id := range n.x.Cols {
			if need.Has(id) || scalar.HasVolatile(n.x.Rows[0][i]) {
				g.let(id, n.x.Rows[0][i])
			}
		}
		consume()
	default:
		if n.steps {
			n.inSteps(g, consume)
			return
		}
		list := g.reg("rows")
		g.emit(&phys.NewList{Dst: list})
		for _, row := range n.x.Rows {
			g.emit(&phys.AppendRow{List: list, Exprs: g.prepAll(row)})
		}
		g.forRows(list, n.x.Cols, need, n.size, consume)
	}
}

// inSteps goes through the numbers of the rows, and computes in each round the row of that number.
func (n *valuesNode) inSteps(g *gen, consume func()) {
	list, number := g.reg("numbers"), g.temp("number", value.Of(value.Int4), false)
	g.emit(&phys.NewList{Dst: list})
	for i := range n.x.Rows {
		g.emit(&phys.AppendRow{List: list, Exprs: []scalar.Expr{smallInteger(i)}})
	}
	g.forRows(list, []scalar.ColumnID{number}, scalar.SetOf(number), n.size, func() {
		for _, id := range n.x.Cols {
			g.cols.Get(id).Nullable = true
		}
		g.declare(n.x.Cols...)
		is := &scalar.Func{Name: "=", Proc: "int4eq", Strict: true}
		var from func(i int)
		from = func(i int) {
			row := func() {
				for c, e := range n.x.Rows[i] {
					g.emit(&phys.Set{Col: n.x.Cols[c], Expr: g.prep(e)})
				}
			}
			if i == len(n.x.Rows)-1 {
				row()
				return
			}
			g.emit(&phys.If{
				Cond: &phys.IsTrue{Expr: scalar.CompareCall(is, g.ref(number), smallInteger(i))},
				Then: g.inside(row), Else: g.inside(func() { from(i + 1) }),
			})
		}
		from(0)
		consume()
	})
}

// forRows loops over a list of rows, binding the needed columns.
func (g *gen) forRows(list phys.Reg, cols []scalar.ColumnID, need scalar.ColSet, size cost.Poly, consume func()) {
	g.emit(&phys.ForRows{List: list, Cols: needed(cols, need), Rows: size, Body: g.loop(func() {
		g.define(cols, need)
		consume()
	})})
}

// needed replaces the columns that are not needed by 0.
func needed(cols []scalar.ColumnID, need scalar.ColSet) []scalar.ColumnID {
	out := make([]scalar.ColumnID, len(cols))
	for i, id := range cols {
		if need.Has(id) {
			out[i] = id
		}
	}
	return out
}

func (g *gen) define(cols []scalar.ColumnID, need scalar.ColSet) {
	for _, id := range cols {
		if need.Has(id) {
			g.defined.Add(id)
		}
	}
}

// keep lists the columns of rel that are needed: what a buffered row holds.
func keep(rel algebra.Rel, need scalar.ColSet) []scalar.ColumnID {
	var out []scalar.ColumnID
	for _, id := range algebra.OutputCols(rel) {
		if need.Has(id) {
			out = append(out, id)
		}
	}
	return out
}

// projectNode computes columns.
type projectNode struct {
	estimate
	in node
	x  *algebra.Project
}

func (n *projectNode) produce(g *gen, need scalar.ColSet, consume func()) {
	below := scalar.ColSet{}
	for _, it := range n.x.Items {
		if need.Has(it.ID) || scalar.HasVolatile(it.Expr) {
			scalar.AddColumns(&below, it.Expr)
		}
	}
	produce := n.in.produce
	if several(n.in) && slices.ContainsFunc(n.x.Items, func(it algebra.Item) bool { return callsWriter(it.Expr) }) {
		produce = n.collected
	}
	produce(g, below, func() {
		for _, it := range n.x.Items {
			if c, ok := it.Expr.(*scalar.Column); ok && c.ID == it.ID {
				continue
			}
			if need.Has(it.ID) || scalar.HasVolatile(it.Expr) {
				g.let(it.ID, it.Expr)
			}
		}
		consume()
	})
}

// collected reads all rows of the input first: what is computed of them writes, which they do not see.
func (n *projectNode) collected(g *gen, need scalar.ColSet, consume func()) {
	list, cols := g.reg("rows"), keep(n.x.In, need)
	g.emit(&phys.NewList{Dst: list})
	g.scope("", func() {
		n.in.produce(g, need, func() { g.emit(&phys.AppendRow{List: list, Exprs: g.refs(cols)}) })
	})
	g.forRows(list, cols, need, n.in.bound(), consume)
}

// callsWriter reports whether an expression calls a declared function that writes.
func callsWriter(e scalar.Expr) bool {
	return scalar.Any(e, func(x scalar.Expr) bool {
		c, ok := x.(*scalar.Call)
		return ok && c.Fn.Routine != nil && c.Fn.Volatile
	})
}

// maxOneNode passes one row on; a second one is an error, none a row of NULLs.
type maxOneNode struct {
	estimate
	in node
	x  *algebra.MaxOne
}

func (n *maxOneNode) produce(g *gen, need scalar.ColSet, consume func()) {
	outs := keep(n.x.In, need)
	// The row may not exist: its columns are nullable from here on, under the same ids, so they are copied out.
	copies := make([]scalar.ColumnID, len(outs))
	for i, id := range outs {
		copies[i] = g.temp(g.cols.Get(id).Name, g.cols.Get(id).Type, true)
	}
	found := g.temp("found", value.Of(value.Bool), false)
	g.declare(copies...)
	g.let(found, boolean(false))
	g.scope("", func() {
		n.in.produce(g, scalar.SetOf(outs...), func() {
			g.emit(&phys.If{Cond: &phys.IsTrue{Expr: g.ref(found)}, Then: []phys.Op{moreThanOneRow()}})
			g.emit(&phys.Set{Col: found, Expr: boolean(true)})
			for i, id := range outs {
				g.emit(&phys.Set{Col: copies[i], Expr: g.ref(id)})
			}
		})
	})
	for i, id := range outs {
		g.cols.Get(id).Nullable = true
		g.let(id, g.ref(copies[i]))
	}
	consume()
}
