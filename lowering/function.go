package lowering

import (
	"math"
	"math/big"

	"github.com/prequel-db/prequel/lowering/cost"
	"github.com/prequel-db/prequel/lowering/phys"
	"github.com/prequel-db/prequel/planner/algebra"
	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// funcNode calls functions that return rows. One alone is walked as it goes; several are collected first and put side by side.
type funcNode struct {
	estimate
	x *algebra.FuncScan
}

func (g *gen) buildFuncScan(x *algebra.FuncScan) node {
	n := &funcNode{x: x}
	n.size = cost.Poly{}
	for _, c := range x.Calls {
		rows, size := setSize(c.Call)
		n.n = math.Max(n.n, rows)
		n.size = n.size.Max(size)
		n.micros += rows * costLua
	}
	n.inOrder = false
	return n
}

// routineRows is assumed of declared functions that return sets.
const routineRows = 10

// setCall is the call of a set-returning function, nil for an expression: one row.
func setCall(e scalar.Expr) *scalar.Call {
	if c, ok := e.(*scalar.Call); ok && c.Fn.Set {
		return c
	}
	return nil
}

// seriesRows and elementRows are assumed of functions whose number of rows is not known.
const (
	seriesRows  = 100
	elementRows = 10
)

// setSize estimates the rows of a function in FROM, and bounds them.
func setSize(e scalar.Expr) (float64, cost.Poly) {
	c := setCall(e)
	switch {
	case c == nil:
		return 1, cost.Const(1)
	case c.Fn.Routine != nil:
		return routineRows, cost.Size("rows of " + c.Fn.Name)
	case c.Fn.Name == "generate_series":
		if n, ok := seriesLength(c); ok {
			return n, cost.Const(n)
		}
		return seriesRows, cost.Size("series")
	}
	if len(c.Args) == 1 {
		if a, ok := c.Args[0].(*scalar.ArrayExpr); ok {
			return float64(len(a.Elems)), cost.Const(float64(len(a.Elems)))
		}
	}
	return elementRows, cost.Size("elements")
}

// seriesLength is the number of rows of a generate_series over integer constants.
func seriesLength(c *scalar.Call) (float64, bool) {
	args := []int64{0, 0, 1}
	for i, a := range c.Args {
		k, ok := a.(*scalar.Const)
		if !ok || k.Null {
			return 0, false
		}
		switch k.Typ.Kind {
		case value.Int2, value.Int4, value.Int8:
		default:
			return 0, false
		}
		v, err := value.Parse(k.Typ, k.Text)
		if err != nil {
			return 0, false
		}
		args[i] = v.Int()
	}
	if args[2] == 0 {
		return 0, false
	}
	// Exact: the difference of two numbers of 64 bits needs one more, and a length of 1 has consequences.
	span := new(big.Int).Sub(big.NewInt(args[1]), big.NewInt(args[0]))
	if span.Sign() != 0 && (span.Sign() < 0) != (args[2] < 0) {
		return 0, true
	}
	n, _ := span.Quo(span, big.NewInt(args[2])).Float64()
	return n + 1, true
}

func (n *funcNode) produce(g *gen, need scalar.ColSet, consume func()) {
	x := n.x
	number := scalar.ColumnID(0)
	if need.Has(x.Ordinality) {
		number = x.Ordinality
	}
	if len(x.Calls) == 1 {
		n.single(g, x.Calls[0], number, need, consume)
		return
	}
	op := &phys.ForLists{Ordinality: number, Rows: n.size}
	for _, c := range x.Calls {
		list := g.reg("list")
		g.emit(&phys.NewList{Dst: list})
		cols := c.Cols
		copies := make([]scalar.ColumnID, len(cols))
		for i, id := range cols {
			copies[i] = g.temp(g.cols.Get(id).Name, g.cols.Get(id).Type, true)
			g.cols.Get(id).Nullable = true
		}
		g.scope("", func() {
			n.single(g, algebra.SetCall{Call: c.Call, Cols: copies}, 0, scalar.SetOf(copies...), func() {
				g.emit(&phys.AppendRow{List: list, Exprs: g.refs(copies)})
			})
		})
		op.Lists = append(op.Lists, list)
		op.Cols = append(op.Cols, needed(cols, need))
	}
	op.Body = g.loop(func() {
		for _, c := range x.Calls {
			g.define(c.Cols, need)
		}
		g.define([]scalar.ColumnID{number}, need)
		consume()
	})
	g.emit(op)
}

// single runs consume for each row of one function.
func (n *funcNode) single(g *gen, c algebra.SetCall, number scalar.ColumnID, need scalar.ColSet, consume func()) {
	if call, ok := c.Call.(*scalar.Call); ok && call.Fn.Routine != nil {
		g.routineRows(call, c.Cols, number, need, consume)
		return
	}
	call := setCall(c.Call)
	if call == nil {
		g.let(c.Cols[0], c.Call)
		if number != 0 {
			g.let(number, integer("1"))
		}
		consume()
		return
	}
	_, size := setSize(call)
	call = g.prep(call).(*scalar.Call)
	g.emit(&phys.ForSet{Call: call, Cols: needed(c.Cols, need), Ordinality: number, Rows: size, Body: g.loop(func() {
		if call.Fn.Name == "generate_series" && (!size.IsConst() || size.Eval(nil, 0) > float64(g.m.opts.budget())) {
			g.spend("generate_series", false)
		}
		g.define(c.Cols, need)
		g.define([]scalar.ColumnID{number}, need)
		consume()
	})})
}

// DefaultGeneratedRows is the number of rows that recursion and generate_series may make in one call.
const DefaultGeneratedRows = 1_000_000

func (o Options) budget() int64 {
	if o.GeneratedRows > 0 {
		return o.GeneratedRows
	}
	return DefaultGeneratedRows
}

// spend counts a row that is made, not read: a loop without end must not block the server.
func (g *gen) spend(what string, recursive bool) {
	g.prog.Budget = g.m.opts.budget()
	g.emit(&phys.Spend{What: what, Recursive: recursive})
}
