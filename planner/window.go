package planner

import (
	"slices"
	"strconv"

	"github.com/prequel-db/prequel/planner/algebra"
	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

func integer(n int) *scalar.Const {
	return &scalar.Const{Node: scalar.Node{Typ: value.Of(value.Int4)}, Text: strconv.Itoa(n)}
}

// windows adds one Window for each different window of the block, in order of first use. From then on the calls are columns.
func (b *block) windows() {
	type group struct {
		window *scalar.Window
		calls  []*scalar.WindowCall
	}
	var groups []*group
	b.eachOutput(func(e scalar.Expr) {
		scalar.Walk(b.expr(e), func(x scalar.Expr) bool {
			c, ok := x.(*scalar.WindowCall)
			if !ok {
				return true
			}
			for _, g := range groups {
				if !scalar.EqualWindows(g.window, c.Window) {
					continue
				}
				for _, old := range g.calls {
					if scalar.Equal(old, c) {
						return false
					}
				}
				g.calls = append(g.calls, c)
				return false
			}
			groups = append(groups, &group{c.Window, []*scalar.WindowCall{c}})
			return false
		})
	})
	for _, g := range groups {
		b.window(g.window, g.calls)
	}
}

func (b *block) window(w *scalar.Window, calls []*scalar.WindowCall) {
	t := b.t
	below := &computer{t: t, rel: b.rel}
	x := &algebra.Window{Frame: w.Frame}
	for _, e := range w.PartitionBy {
		if id := below.column(e, "partition"); !slices.Contains(x.Partition, id) {
			x.Partition = append(x.Partition, id)
		}
	}
	for _, k := range w.OrderBy {
		if id := below.column(k.Expr, "order"); !orderedBy(x.Order, id) {
			x.Order = append(x.Order, algebra.Order{Col: id, Desc: k.Desc, NullsFirst: k.NullsFirst})
		}
	}
	for _, c := range calls {
		f := algebra.WindowFunc{ID: t.cols.New(c.Name, c.Typ, true), Name: c.Name}
		if c.Agg != nil {
			a := t.aggregate(below, c.Agg)
			a.ID = f.ID
			f.Agg = &a
		} else {
			for _, e := range c.Args {
				f.Args = append(f.Args, below.value(e, "arg"))
			}
		}
		x.Funcs = append(x.Funcs, f)
		b.replaced = append(b.replaced, replacement{c, t.cols.Ref(f.ID)})
	}
	x.In = below.done()
	b.rel = x
}
