package lowering

import (
	"math"

	"github.com/prequel-db/prequel/lowering/cost"
	"github.com/prequel-db/prequel/lowering/phys"
	"github.com/prequel-db/prequel/planner/algebra"
	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// disjunctionNode reads a scan under a OR b by one access path for each alternative. The rows are those of the union of
// the scan under a and the scan under b AND a IS NOT TRUE, so that none comes twice.
type disjunctionNode struct {
	estimate
	scan     *algebra.Scan
	branches []branch
}

// branch is one alternative: filters hold what the path leaves over and that no earlier alternative is true.
type branch struct {
	access  *access
	filters []scalar.Expr
}

// splitOr looks for a disjunction all of whose alternatives fix a column by an equality; nil when there is none. A range alone
// bounds nothing: one pass over the table is then no worse. A subquery stands in one place only, so a conjunct with one is left to the caller, in rest.
func (g *gen) splitOr(scan *algebra.Scan, conjuncts []scalar.Expr, avail scalar.ColSet) (n *disjunctionNode, rest []scalar.Expr) {
	rel := g.m.relationOf(scan.Table)
	var common []scalar.Expr
	for _, c := range conjuncts {
		if scalar.HasSubquery(c) {
			rest = append(rest, c)
		} else {
			common = append(common, c)
		}
	}
	for i, c := range common {
		or, ok := c.(*scalar.Or)
		if !ok {
			continue
		}
		others := append(append([]scalar.Expr(nil), common[:i]...), common[i+1:]...)
		n = &disjunctionNode{scan: scan}
		n.size = cost.Const(0)
		var before []scalar.Expr
		for _, alternative := range or.Args {
			own := append(scalar.Conjuncts(alternative), others...)
			a := chooseAccess(scan, rel, own, avail, nil, g.nullable)
			if len(a.eq) == 0 {
				n = nil
				break
			}
			n.branches = append(n.branches, branch{access: a, filters: append(append([]scalar.Expr(nil), a.residual...), before...)})
			before = append(before, &scalar.IsBool{Node: scalar.Node{Typ: value.Of(value.Bool)}, Arg: alternative, Value: truth, Negated: true})
			n.n += a.estimate
			n.size = n.size.Add(a.fetched)
			n.micros += a.probeCost + costRow*a.estimate
		}
		if n != nil {
			n.n = math.Max(1, n.n)
			return n, rest
		}
	}
	return nil, nil
}

var truth = func() *bool { b := true; return &b }()

func (n *disjunctionNode) produce(g *gen, need scalar.ColSet, consume func()) {
	cols := keep(n.scan, need)
	rows := g.reg("rows")
	g.emit(&phys.NewList{Dst: rows})
	for _, b := range n.branches {
		within := need.Copy()
		for _, e := range b.filters {
			scalar.AddColumns(&within, e)
		}
		g.scope("", func() {
			b.access.produce(g, within.Intersect(algebra.OutputSet(n.scan)), func() {
				g.filter(b.filters, func() { g.emit(&phys.AppendRow{List: rows, Exprs: g.refs(cols)}) })
			})
		})
	}
	g.forRows(rows, cols, need, n.size, consume)
}
