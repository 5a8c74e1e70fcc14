package planner

import (
	"slices"

	"github.com/prequel-db/prequel/planner/algebra"
	"github.com/prequel-db/prequel/sqlparse/bound"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// query translates a query block. Its output is the block's visible targets, in order.
func (t *translator) query(q *bound.Query) algebra.Rel { return t.block(q, t.source(q)) }

// block translates the clauses of q over what it reads.
func (t *translator) block(q *bound.Query, rel algebra.Rel) algebra.Rel {
	b := &block{t: t, q: q, rel: t.where(rel, t.expr(q.Where))}
	if q.HasGroup {
		b.group()
		b.rel = t.where(b.rel, b.expr(q.Having))
	}
	b.windows()
	return b.finish()
}

// block is the state of translating a query block: the relation so far, and what stands for the expressions that it already
// computes.
type block struct {
	t   *translator
	q   *bound.Query
	rel algebra.Rel
	// replaced are expressions that are columns from here on: grouping keys, aggregates, window functions.
	replaced []replacement
	// mapped are the relations of subqueries with the keys and aggregates in them replaced, so that each stays one.
	mapped map[algebra.Rel]algebra.Rel
}

type replacement struct {
	of scalar.Expr
	by scalar.Expr
}

// expr translates an expression over the relation so far.
func (b *block) expr(e scalar.Expr) scalar.Expr {
	if e == nil {
		return nil
	}
	return b.replace(b.t.expr(e))
}

// replace works from the root down: in count(a + 1) with a + 1 a grouping key, the key inside the aggregate is none.
func (b *block) replace(e scalar.Expr) scalar.Expr {
	if len(b.replaced) == 0 {
		return e
	}
	if _, constant := e.(*scalar.Const); !constant {
		for _, r := range b.replaced {
			if scalar.Equal(r.of, e) {
				return r.by
			}
		}
	}
	m := scalar.MapChildren(e, b.replace)
	if w, ok := m.(*scalar.WindowCall); ok { // recorded with its aggregates replaced
		for _, r := range b.replaced {
			if scalar.Equal(r.of, w) {
				return r.by
			}
		}
	}
	if s, ok := m.(*scalar.Subquery); ok {
		if rel, ok := s.Query.(algebra.Rel); ok {
			if r := b.within(rel); r != rel {
				c := *s
				c.Query = r
				return &c
			}
		}
	}
	return m
}

// within is replace for the relation of a subquery. No window function of the block stands in one.
func (b *block) within(rel algebra.Rel) algebra.Rel {
	r, ok := b.mapped[rel]
	if !ok {
		if b.mapped == nil {
			b.mapped = map[algebra.Rel]algebra.Rel{}
		}
		r = algebra.MapExprs(rel, b.replace)
		b.mapped[rel] = r
	}
	return r
}

// output is a target or sort key over the block's relation.
type output struct {
	id   algebra.ColumnID
	expr scalar.Expr
	// late outputs are computed after LIMIT: PostgreSQL evaluates subqueries in targets for the rows that it returns only. Volatile
	// functions are called for these too, and in their order.
	late bool
}

// finish adds the targets, DISTINCT, ORDER BY and LIMIT.
func (b *block) finish() algebra.Rel {
	t, q := b.t, b.q
	outs := make([]output, 0, len(q.Targets))
	for _, x := range q.Targets {
		outs = append(outs, output{id: x.ID, expr: b.expr(x.Expr)})
	}
	cut := q.Limit != nil || q.Offset != nil || len(q.OrderBy) > 0
	outs, order := b.order(outs)
	b.expandSets(outs)
	limited := q.Limit != nil || q.Offset != nil
	if cut && !q.Distinct && len(q.DistinctOn) == 0 {
		for i := range outs {
			late := limited && scalar.HasSubquery(outs[i].expr) || scalar.HasVolatile(outs[i].expr)
			outs[i].late = late && !orderedBy(order, outs[i].id)
		}
	}
	rel := b.project(outs, false)
	switch {
	case q.Distinct:
		rel = &algebra.Distinct{In: t.trim(rel, visible(q))}
	case len(q.DistinctOn) > 0:
		d := &algebra.Distinct{In: rel, Order: order}
		for _, e := range q.DistinctOn {
			d.On = append(d.On, e.(*scalar.Column).ID)
		}
		rel = d
	}
	if cut {
		rel = &algebra.TopK{In: rel, Order: order, Limit: t.expr(q.Limit), Offset: t.expr(q.Offset), WithTies: q.WithTies}
	}
	b.rel = rel
	return t.trim(b.project(outs, true), visible(q))
}

// expandSets gives the relation a row for each row of the set-returning functions in the outputs.
func (b *block) expandSets(outs []output) {
	exprs := make([]scalar.Expr, len(outs))
	for i, o := range outs {
		exprs[i] = o.expr
	}
	b.rel, exprs = b.t.expandSets(b.rel, exprs)
	for i := range outs {
		outs[i].expr = exprs[i]
	}
}

func orderedBy(order []algebra.Order, id algebra.ColumnID) bool {
	for _, o := range order {
		if o.Col == id {
			return true
		}
	}
	return false
}

// order finds the column of each sort key: an output, a column of the relation, or an output added for it.
func (b *block) order(outs []output) ([]output, []algebra.Order) {
	in := algebra.OutputSet(b.rel)
	var order []algebra.Order
	for _, k := range b.q.OrderBy {
		e := b.expr(k.Expr)
		id := algebra.ColumnID(0)
		for _, o := range outs {
			if c, ok := e.(*scalar.Column); ok && c.ID == o.id || scalar.Equal(o.expr, e) {
				id = o.id
				break
			}
		}
		if id == 0 {
			if c, ok := e.(*scalar.Column); ok && in.Has(c.ID) {
				id = c.ID
			} else {
				id = b.t.cols.New("order", e.Type(), true)
			}
			outs = append(outs, output{id: id, expr: e})
		}
		if !orderedBy(order, id) { // a second key on the same column decides nothing
			order = append(order, algebra.Order{Col: id, Desc: k.Desc, NullsFirst: k.NullsFirst})
		}
	}
	return outs, order
}

// project computes outputs over the block's relation: the early ones, with the columns that the late ones need; or the late
// ones, beside the early ones.
func (b *block) project(outs []output, late bool) algebra.Rel {
	p := &algebra.Project{In: b.rel}
	have, need := scalar.ColSet{}, scalar.ColSet{}
	count := 0
	for _, o := range outs {
		if o.late {
			count++
		}
	}
	if late && count == 0 {
		return b.rel
	}
	in := algebra.OutputSet(b.rel)
	steps := slices.ContainsFunc(outs, func(o output) bool { return callsVolatile(o.expr) })
	for _, o := range outs {
		switch {
		case o.late && !late:
			scalar.AddColumns(&need, o.expr)
			continue
		case late && !o.late:
			p.Items = append(p.Items, algebra.Item{ID: o.id, Expr: b.t.cols.Ref(o.id)})
		default:
			e := o.expr
			if !steps { // otherwise one after another
				p.In, e = b.t.lift(p.In, e)
			}
			p.Items = append(p.Items, algebra.Item{ID: o.id, Expr: e})
		}
		have.Add(o.id)
	}
	for _, id := range need.Intersect(in).Minus(have).Ordered() {
		p.Items = append(p.Items, algebra.Item{ID: id, Expr: b.t.cols.Ref(id)})
	}
	return p
}

// callsVolatile reports whether an expression calls a declared function that writes.
func callsVolatile(e scalar.Expr) bool {
	return scalar.Any(e, func(x scalar.Expr) bool {
		c, ok := x.(*scalar.Call)
		return ok && c.Fn.Volatile && c.Fn.Routine != nil
	})
}

// trim reduces a relation to the given columns, in that order.
func (t *translator) trim(rel algebra.Rel, ids []algebra.ColumnID) algebra.Rel {
	have := algebra.OutputCols(rel)
	if len(have) == len(ids) {
		same := true
		for i := range ids {
			same = same && have[i] == ids[i]
		}
		if same {
			return rel
		}
	}
	p := &algebra.Project{In: rel}
	for _, id := range ids {
		p.Items = append(p.Items, algebra.Item{ID: id, Expr: t.cols.Ref(id)})
	}
	return p
}
