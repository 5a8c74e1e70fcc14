package lowering

import (
	"github.com/prequel-db/prequel/lowering/phys"
	"github.com/prequel-db/prequel/planner/algebra"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// query writes a SELECT. When every output is a column of one stored row, rows are returned as they are stored and the
// client decodes them; otherwise the script computes the values. apart are the texts of relations that are not to be shared.
func (g *gen) query(q *algebra.Query, apart map[string]bool) {
	g.prog.ReadOnly = true
	g.keeps, g.sure = true, true
	g.constants(q.Constants)
	g.share(q.Root, apart)
	n := g.build(q.Root, scalar.ColSet{}, nil)
	if g.packed(n, q) {
		return
	}
	ids := make([]scalar.ColumnID, len(q.Outputs))
	for i, o := range q.Outputs {
		ids[i] = o.ID
	}
	n.produce(g, scalar.SetOf(ids...), func() { g.emit(&phys.EmitRow{Exprs: g.refs(ids)}) })
	g.prog.Reply = phys.Reply{Kind: phys.Flat, Outputs: g.replyColumns(q.Outputs)}
}

// storedRow finds the single access path behind projections that only rename and orders that cost nothing. ids maps
// output columns to the scan's.
func storedRow(n node, ids map[scalar.ColumnID]scalar.ColumnID) *clusterNode {
	switch x := n.(type) {
	case *clusterNode:
		if len(x.steps) == 1 && len(x.before) == 0 && x.steps[0].access != nil {
			return x
		}
	case *projectNode:
		from := map[scalar.ColumnID]scalar.ColumnID{}
		for _, it := range x.x.Items {
			c, ok := it.Expr.(*scalar.Column)
			if !ok {
				return nil
			}
			from[it.ID] = c.ID
		}
		for out, id := range ids {
			ids[out] = from[id]
		}
		return storedRow(x.in, ids)
	case *topKNode:
		cut := x.x.Limit != nil || x.x.Offset != nil
		if x.pushed != nil || !cut && (x.in.ordered() || len(x.x.Order) == 0) {
			return storedRow(x.in, ids)
		}
	}
	return nil
}

// packed writes a query whose rows are returned as stored.
func (g *gen) packed(n node, q *algebra.Query) bool {
	ids := map[scalar.ColumnID]scalar.ColumnID{}
	for _, o := range q.Outputs {
		ids[o.ID] = o.ID
	}
	c := storedRow(n, ids)
	if c == nil || len(q.Outputs) == 0 {
		return false
	}
	s := c.steps[0]
	a := s.access
	pos := map[scalar.ColumnID]int{}
	for i, id := range a.scan.Cols {
		if id != 0 {
			pos[id] = i
		}
	}
	if a.kind == accessCounts && (len(s.filters) > 0 || !a.rel.notNull(a.rel.key)) || a.kind == accessRow && a.rel.counted >= 0 {
		return false
	}
	outs := g.replyColumns(q.Outputs)
	var stored []int
	keys := a.keyExprs(nil)
	for i, o := range q.Outputs {
		p, ok := pos[ids[o.ID]]
		if !ok {
			return false
		}
		for k, col := range a.eqCols() {
			if param, isParam := keys[k].(*scalar.Param); isParam && col == p && param.Number > 0 && a.eq[k].kind == sargEq &&
				identical(a.rel.cols[p].Type, param.Type()) {
				outs[i].Param = param.Number
			}
		}
		if outs[i].Param == 0 {
			stored = append(stored, p)
		}
		outs[i].Nullable = outs[i].Nullable && a.rel.cols[p].Nullable
	}
	if a.kind == accessCounts && overlap(stored, a.eqCols()) {
		return false // a count map does not hold its partition's columns
	}
	filters := scalar.ColSet{}
	for _, e := range s.filters {
		scalar.AddColumns(&filters, e)
	}
	if a.inParts(stored, filters) {
		return false
	}
	a.packed = &packedReply{cols: stored}
	if len(s.filters) == 0 {
		a.packed.whole = true
		a.produce(g, scalar.ColSet{}, func() {})
	} else {
		a.produce(g, filters, func() {
			g.filter(s.filters, func() { g.emit(&phys.EmitPacked{Src: a.packed.row}) })
		})
	}
	for i := range outs {
		if outs[i].Param == 0 {
			outs[i].InKey, outs[i].Pos = a.packed.of.bind(pos[ids[q.Outputs[i].ID]])
		}
	}
	g.prog.Reply = phys.Reply{Kind: phys.Packed, Outputs: outs, Source: a.packed.of.s}
	return true
}

// packedReply asks a path to return stored rows: cols are the columns they must hold. whole rows need no look inside.
type packedReply struct {
	cols  []int
	whole bool
	of    *index
	row   phys.Reg
}
