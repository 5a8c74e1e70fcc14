package lowering

import (
	"github.com/prequel-db/prequel/lowering/cost"
	"github.com/prequel-db/prequel/lowering/phys"
	"github.com/prequel-db/prequel/planner/algebra"
	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// extremeNode answers min(x) or max(x) without GROUP BY from the end of an index ordered by x. NULLs stand last in both
// directions, so that the first row has the answer, NULL when there is no other.
type extremeNode struct {
	estimate
	in  node
	arg scalar.ColumnID
	out scalar.ColumnID
}

// buildExtreme returns nil when no access path delivers the order.
func (g *gen) buildExtreme(x *algebra.GroupBy, avail scalar.ColSet) node {
	if len(x.Keys) > 0 || !x.Scalar || len(x.Aggs) != 1 {
		return nil
	}
	a := x.Aggs[0]
	if a.Name != "min" && a.Name != "max" || a.Filter != nil || len(a.Args) != 1 {
		return nil
	}
	col, ok := a.Args[0].(*scalar.Column)
	if !ok || !sortable(col.Type()) {
		return nil
	}
	one := &scalar.Const{Node: scalar.Node{Typ: value.Of(value.Int8)}, Text: "1"}
	top := &algebra.TopK{In: x.In, Limit: one, Order: []algebra.Order{{Col: col.ID, Desc: a.Name == "max"}}}
	n, ok := g.build(top, avail, nil).(*topKNode)
	if !ok || n.pushed == nil {
		return nil
	}
	return &extremeNode{estimate{n: 1, size: cost.Const(1), micros: n.micros}, n, col.ID, a.ID}
}

func (n *extremeNode) produce(g *gen, _ scalar.ColSet, consume func()) {
	g.cols.Get(n.out).Nullable = true
	g.declare(n.out)
	g.scope("", func() {
		n.in.produce(g, scalar.SetOf(n.arg), func() { g.emit(&phys.Set{Col: n.out, Expr: g.ref(n.arg)}) })
	})
	consume()
}
