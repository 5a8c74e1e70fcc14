package planner

import (
	"github.com/prequel-db/prequel/planner/algebra"
	"github.com/prequel-db/prequel/sqlparse/bound"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// windower takes window calls out of expressions: one Window operator for each distinct window, over a projection that
// computes partition and order keys that are not columns.
type windower struct {
	t     *translator
	in    algebra.Rel
	calls []*scalar.WindowCall
	ids   []algebra.ColumnID
	specs []*windowSpec
}

type windowSpec struct {
	window *scalar.Window
	op     *algebra.Window
}

// replace rewrites window calls to the columns that hold their results.
func (w *windower) replace(e scalar.Expr) scalar.Expr {
	if e == nil {
		return nil
	}
	if c, ok := e.(*scalar.WindowCall); ok {
		return w.t.col(w.call(c))
	}
	return scalar.MapChildren(e, w.replace)
}

func (w *windower) call(c *scalar.WindowCall) algebra.ColumnID {
	for i, old := range w.calls {
		if scalar.Equal(old, c) {
			return w.ids[i]
		}
	}
	t := w.t
	id := t.cols.New(c.Name, c.Typ, true)
	w.calls, w.ids = append(w.calls, c), append(w.ids, id)
	f := algebra.WindowFunc{ID: id, Name: c.Name, Args: c.Args}
	if c.Agg != nil {
		a := c.Agg
		f.Agg = &algebra.Agg{ID: id, Name: a.Name, Proc: a.Proc, Args: a.Args, Distinct: a.Distinct, OrderBy: a.OrderBy, Filter: a.Filter}
	}
	for _, s := range w.specs {
		if scalar.EqualWindows(s.window, c.Window) {
			s.op.Funcs = append(s.op.Funcs, f)
			return id
		}
	}
	s := &windowSpec{window: c.Window, op: &algebra.Window{Frame: c.Window.Frame, Funcs: []algebra.WindowFunc{f}}}
	w.specs = append(w.specs, s)
	return id
}

// finish builds the operators.
func (w *windower) finish() algebra.Rel {
	rel := w.in
	for _, s := range w.specs {
		p := &algebra.Project{In: rel}
		for _, id := range algebra.OutputCols(rel) {
			p.Items = append(p.Items, algebra.Item{ID: id, Expr: w.t.col(id)})
		}
		key := func(e scalar.Expr) algebra.ColumnID {
			if c, ok := e.(*scalar.Column); ok {
				return c.ID
			}
			id := w.t.cols.New("key", e.Type(), true)
			p.Items = append(p.Items, algebra.Item{ID: id, Expr: e})
			return id
		}
		for _, e := range s.window.PartitionBy {
			s.op.Partition = append(s.op.Partition, key(e))
		}
		for _, k := range s.window.OrderBy {
			s.op.Order = append(s.op.Order, algebra.Order{Col: key(k.Expr), Desc: k.Desc, NullsFirst: k.NullsFirst})
		}
		s.op.In = rel
		if len(p.Items) > len(algebra.OutputCols(rel)) {
			s.op.In = p
		}
		rel = s.op
	}
	return rel
}

// distinctOn keeps the first row, in the query's order, of those that agree on the ON expressions, which are computed beside the
// targets where they are not among them.
func (t *translator) distinctOn(q *bound.Query, p *algebra.Project, order []algebra.Order, translate func(scalar.Expr) scalar.Expr) algebra.Rel {
	d := &algebra.Distinct{In: p, On: []algebra.ColumnID{}, Order: order}
	for _, on := range q.DistinctOn {
		e := translate(on)
		id := algebra.ColumnID(0)
		for _, it := range p.Items {
			if c, ok := e.(*scalar.Column); ok && c.ID == it.ID || scalar.Equal(it.Expr, e) {
				id = it.ID
			}
		}
		if id == 0 {
			id = t.cols.New("on", e.Type(), true)
			p.Items = append(p.Items, algebra.Item{ID: id, Expr: e})
		}
		d.On = append(d.On, id)
	}
	return d
}
