package lowering

import (
	"math"

	"github.com/prequel-db/prequel/lowering/phys"
	"github.com/prequel-db/prequel/planner/algebra"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// setOpNode buffers the result of a set operation in a list.
type setOpNode struct {
	estimate
	x           *algebra.SetOp
	left, right node
}

func (g *gen) buildSetOp(x *algebra.SetOp, avail scalar.ColSet) node {
	n := &setOpNode{x: x, left: g.build(x.Left, avail, nil), right: g.build(x.Right, avail, nil)}
	n.n = n.left.rows() + n.right.rows()
	n.size = n.left.bound().Add(n.right.bound())
	if x.Kind != algebra.Union {
		n.n, n.size = math.Max(1, n.left.rows()/2), n.left.bound()
	}
	n.micros = n.left.time() + n.right.time() + (n.left.rows()+n.right.rows())*costRow
	return n
}

func (n *setOpNode) produce(g *gen, need scalar.ColSet, consume func()) {
	rows := g.reg("rows")
	g.emit(&phys.NewList{Dst: rows})
	side := func(in node, cols []scalar.ColumnID, f func(row []scalar.Expr)) {
		g.scope("", func() { in.produce(g, scalar.SetOf(cols...), func() { f(g.refs(cols)) }) })
	}
	add := func(row []scalar.Expr) { g.emit(&phys.AppendRow{List: rows, Exprs: row}) }
	x := n.x
	switch {
	case x.Kind == algebra.Union && x.All:
		side(n.left, x.LeftCols, add)
		side(n.right, x.RightCols, add)
	case x.Kind == algebra.Union:
		seen := g.reg("seen")
		g.emit(&phys.NewMap{Dst: seen})
		once := func(row []scalar.Expr) {
			g.emit(&phys.IfNew{Set: seen, Key: row, Body: g.inside(func() { add(row) })})
		}
		side(n.left, x.LeftCols, once)
		side(n.right, x.RightCols, once)
	default:
		counts := g.reg("counts")
		g.emit(&phys.NewMap{Dst: counts})
		side(n.right, x.RightCols, func(row []scalar.Expr) {
			g.emit(&phys.Tally{Counts: counts, Key: row, Delta: 1})
		})
		seen := phys.Reg(0)
		if !x.All {
			seen = g.reg("seen")
			g.emit(&phys.NewMap{Dst: seen})
		}
		side(n.left, x.LeftCols, func(row []scalar.Expr) {
			body := g.inside(func() {
				if x.All {
					add(row)
				} else {
					g.emit(&phys.IfNew{Set: seen, Key: row, Body: g.inside(func() { add(row) })})
				}
			})
			delta := 0
			if x.All {
				delta = -1 // each right row answers for one left row
			}
			g.emit(&phys.Tally{Counts: counts, Key: row, Delta: delta, Positive: x.Kind == algebra.Intersect, Body: body})
		})
	}
	g.forRows(rows, x.Cols, need, n.size, consume)
}
