package lowering

import (
	"math"

	"github.com/prequel-db/prequel/lowering/cost"
	"github.com/prequel-db/prequel/lowering/phys"
	"github.com/prequel-db/prequel/planner/algebra"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// windowNode buffers its input sorted by partition and order, and adds the functions' results to each row.
type windowNode struct {
	estimate
	in node
	x  *algebra.Window
}

func (g *gen) buildWindow(x *algebra.Window, avail scalar.ColSet) node {
	in := g.build(x.In, avail, nil)
	micros := in.time() + in.rows()*(math.Log2(in.rows()+2)*costLua+costRow)
	return &windowNode{estimate{in.rows(), in.bound(), micros, false}, in, x}
}

func (n *windowNode) produce(g *gen, need scalar.ColSet, consume func()) {
	all := need.Union(scalar.SetOf(n.x.Partition...))
	for _, o := range n.x.Order {
		all.Add(o.Col)
	}
	w := &phys.WindowRows{Frame: n.x.Frame}
	var ids []scalar.ColumnID
	for _, f := range n.x.Funcs {
		pf := phys.WindowFunc{Name: f.Name, Args: f.Args, Type: g.cols.Get(f.ID).Type}
		for _, e := range f.Args {
			scalar.AddColumns(&all, e)
		}
		if f.Agg != nil {
			a := g.aggregate(*f.Agg)
			a.Type = pf.Type
			pf.Agg = &a
			aggColumns(&all, *f.Agg)
		}
		w.Funcs = append(w.Funcs, pf)
		ids = append(ids, f.ID)
	}
	list, cols := g.collect(n.in, n.x.In, all)
	var partition []algebra.Order
	for _, id := range n.x.Partition {
		partition = append(partition, algebra.Order{Col: id})
	}
	w.List, w.Width, w.Cols = list, len(cols), cols
	w.Partition, w.Order = g.rowKeys(cols, partition), g.rowKeys(cols, n.x.Order)
	if keys := append(append([]phys.RowKey(nil), w.Partition...), w.Order...); len(keys) > 0 {
		g.emit(&phys.SortRows{List: list, Keys: keys})
	}
	w.Frame.StartOffset, w.Frame.EndOffset = g.prep(w.Frame.StartOffset), g.prep(w.Frame.EndOffset)
	g.emit(w)
	g.forRows(list, append(append([]scalar.ColumnID(nil), cols...), ids...), need, n.size, consume)
}

// groupingSetsNode buffers the input once and groups it by each set in turn.
type groupingSetsNode struct {
	estimate
	in node
	x  *algebra.GroupingSets
}

func (g *gen) buildGroupingSets(x *algebra.GroupingSets, avail scalar.ColSet) node {
	in := g.build(x.In, avail, nil)
	sets := float64(len(x.Sets))
	return &groupingSetsNode{estimate{
		in.rows() * sets, in.bound().Mul(cost.Const(sets)).Add(cost.Const(sets)),
		in.time() + in.rows()*sets*costRow, false,
	}, in, x}
}

func (n *groupingSetsNode) produce(g *gen, need scalar.ColSet, consume func()) {
	below := scalar.SetOf(n.x.Keys...)
	var aggs []phys.Agg
	var ids []scalar.ColumnID
	for _, a := range n.x.Aggs {
		aggs = append(aggs, g.aggregate(a))
		ids = append(ids, a.ID)
		aggColumns(&below, a)
	}
	list, cols := g.collect(n.in, n.x.In, below)
	rows := g.reg("grouped")
	g.emit(&phys.NewList{Dst: rows})
	for _, set := range n.x.Sets {
		keys := make([]scalar.ColumnID, len(set))
		for i, p := range set {
			keys[i] = n.x.Keys[p]
		}
		g.scope("", func() {
			groups := g.reg("groups")
			g.emit(&phys.NewGroups{Dst: groups, Aggs: aggs, Scalar: len(set) == 0})
			g.forRows(list, cols, below, n.in.bound(), func() {
				g.emit(&phys.GroupRow{Groups: groups, Keys: g.refs(keys), Aggs: aggs})
			})
			row := g.nulls(n.x.Out)
			mask := 0
			for p := range n.x.Keys {
				mask = mask<<1 | 1
				for i, q := range set {
					if p == q {
						row[p] = g.ref(keys[i])
						mask &^= 1
					}
				}
			}
			row = append(row, g.refs(ids)...)
			if n.x.GroupingID != 0 {
				row = append(row, integer(itoa(mask)))
			}
			g.emit(&phys.ForGroups{Groups: groups, Keys: keys, Aggs: aggs, Cols: ids, Rows: n.in.bound(), Body: []phys.Op{
				&phys.AppendRow{List: rows, Exprs: row},
			}})
		})
	}
	g.forRows(rows, algebra.OutputCols(n.x), need, n.size, consume)
}
