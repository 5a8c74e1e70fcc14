package lowering

import (
	"github.com/prequel-db/prequel/lowering/cost"
	"github.com/prequel-db/prequel/lowering/phys"
	"github.com/prequel-db/prequel/planner/algebra"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// recursiveNode runs WITH RECURSIVE in rounds, as PostgreSQL does: the seed's rows are the first round, each further one is the step
// over the rows of the round before. A round's rows are passed on before the next one is computed, so that a consumer that has
// enough ends a recursion without end.
type recursiveNode struct {
	estimate
	x          *algebra.RecursiveUnion
	seed, step node
}

// The rounds of a recursion and the rows of its largest round are not known beforehand. Together they are at most the budget.
const (
	roundsSize = "rounds"
	roundSize  = "rows per round"
)

// assumedRounds is how many rounds the cost model expects.
const assumedRounds = 10

func (g *gen) buildRecursive(x *algebra.RecursiveUnion, avail scalar.ColSet) node {
	n := &recursiveNode{x: x, seed: g.build(x.Seed, avail, nil)}
	n.step = g.build(x.Step, avail, nil)
	n.n = n.seed.rows() * assumedRounds
	n.size = cost.Size(roundsSize).Mul(cost.Size(roundSize))
	n.micros = n.seed.time() + assumedRounds*n.step.time() + n.n*costRow
	return n
}

// workNode reads the rows of the round before, or those of a part of the statement.
type workNode struct {
	estimate
	x *algebra.WorkTable
}

func (g *gen) buildWorkTable(x *algebra.WorkTable) node {
	if p := g.parts[x.Work]; p != nil {
		n := float64(assumedRounds)
		if p.size.IsConst() {
			n = p.size.Eval(nil, 1)
		}
		return &workNode{estimate{n: n, size: p.size, micros: n * costLua}, x}
	}
	return &workNode{estimate{n: assumedRounds, size: cost.Size(roundSize), micros: assumedRounds * costLua}, x}
}

func (n *workNode) produce(g *gen, need scalar.ColSet, consume func()) {
	list := g.work[n.x.Work]
	if p := g.parts[n.x.Work]; p != nil {
		list = p.list
	}
	g.forRows(list, n.x.Cols, need, n.size, consume)
}

func (n *recursiveNode) produce(g *gen, need scalar.ColSet, consume func()) {
	x := n.x
	work := g.reg("round")
	var seen phys.Reg
	if x.Distinct {
		seen = g.reg("seen")
		g.emit(&phys.NewMap{Dst: seen})
	}
	fill := func(in node, cols []scalar.ColumnID, list phys.Reg) {
		g.emit(&phys.NewList{Dst: list})
		g.scope("", func() {
			in.produce(g, scalar.SetOf(cols...), func() {
				add := func() {
					g.spend("WITH RECURSIVE", true)
					g.emit(&phys.AppendRow{List: list, Exprs: g.refs(cols)})
				}
				if !x.Distinct {
					add()
					return
				}
				g.emit(&phys.IfNew{Set: seen, Key: g.refs(cols), Body: g.inside(add)})
			})
		})
	}
	fill(n.seed, x.SeedCols, work)
	g.emit(&phys.While{
		Cond: &phys.Negate{Cond: &phys.ListEmpty{List: work}}, Times: cost.Size(roundsSize),
		Body: g.loop(func() {
			g.forRows(work, x.Cols, need, cost.Size(roundSize), consume)
			outer, nested := g.work[x.Work]
			g.work[x.Work] = work
			next := g.reg("next_round")
			fill(n.step, x.StepCols, next)
			if delete(g.work, x.Work); nested {
				g.work[x.Work] = outer
			}
			g.emit(&phys.MoveList{Dst: work, Src: next})
		}),
	})
	for i, id := range x.Cols { // what a later round adds, an earlier one may not have
		c := g.cols.Get(id)
		c.Nullable = c.Nullable || g.cols.Get(x.SeedCols[i]).Nullable || g.cols.Get(x.StepCols[i]).Nullable
	}
}
