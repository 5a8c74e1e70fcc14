package planner

import (
	"slices"

	"github.com/prequel-db/prequel/planner/algebra"
	"github.com/prequel-db/prequel/planner/props"
	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// computer adds computed columns to a relation: one Project over it, with what is a column already passed through.
type computer struct {
	t     *translator
	rel   algebra.Rel
	items []algebra.Item
}

// column is the id of a column that holds e.
func (c *computer) column(e scalar.Expr, name string) algebra.ColumnID {
	if x, ok := e.(*scalar.Column); ok && algebra.OutputSet(c.rel).Has(x.ID) {
		return x.ID
	}
	for _, it := range c.items {
		if scalar.Equal(it.Expr, e) {
			return it.ID
		}
	}
	c.rel, e = c.t.lift(c.rel, e)
	if x, ok := e.(*scalar.Column); ok && algebra.OutputSet(c.rel).Has(x.ID) {
		return x.ID
	}
	id := c.t.cols.New(name, e.Type(), true)
	c.items = append(c.items, algebra.Item{ID: id, Expr: e})
	return id
}

// value is an expression that is a column of the relation, or a constant.
func (c *computer) value(e scalar.Expr, name string) scalar.Expr {
	switch e.(type) {
	case nil:
		return nil
	case *scalar.Const, *scalar.Param:
		return e
	}
	return c.t.cols.Ref(c.column(e, name))
}

// done is the relation with the computed columns.
func (c *computer) done() algebra.Rel {
	if len(c.items) == 0 {
		return c.rel
	}
	p := &algebra.Project{In: c.rel}
	for _, id := range algebra.OutputCols(c.rel) {
		p.Items = append(p.Items, algebra.Item{ID: id, Expr: c.t.cols.Ref(id)})
	}
	p.Items = append(p.Items, c.items...)
	return p
}

// group adds the block's GROUP BY. From then on its keys, aggregates and grouping(...) are columns.
func (b *block) group() {
	t, q := b.t, b.q
	rel, exprs := t.expandSets(b.rel, t.exprs(q.GroupBy))
	below := &computer{t: t, rel: rel}
	keys := make([]algebra.ColumnID, len(q.GroupBy))
	for i, e := range exprs {
		keys[i] = below.column(e, "key")
	}
	var calls []*scalar.Agg
	var groupings []*scalar.Grouping
	b.eachOutput(func(e scalar.Expr) {
		scalar.Walk(t.expr(e), func(x scalar.Expr) bool {
			switch x := x.(type) {
			case *scalar.Agg:
				if !containsAgg(calls, x) {
					calls = append(calls, x)
				}
				return false
			case *scalar.Grouping:
				groupings = append(groupings, x)
				return false
			}
			return true
		})
	})
	aggs := make([]algebra.Agg, len(calls))
	for i, a := range calls {
		aggs[i] = t.aggregate(below, a)
	}
	if simpleGrouping(q.GroupingSets, len(keys)) {
		x := &algebra.GroupBy{In: below.done(), Aggs: aggs, Scalar: len(keys) == 0}
		for i, id := range keys {
			if !slices.Contains(x.Keys, id) {
				x.Keys = append(x.Keys, id)
			}
			b.replaced = append(b.replaced, replacement{t.expr(q.GroupBy[i]), t.cols.Ref(id)})
		}
		for _, g := range groupings { // every argument is part of the only set
			zero := &scalar.Const{Node: g.Node, Text: "0"}
			b.replaced = append(b.replaced, replacement{g, zero})
		}
		b.rel = x
	} else {
		b.groupingSets(below.done(), keys, aggs, groupings)
	}
	for i, a := range calls {
		b.replaced = append(b.replaced, replacement{a, t.cols.Ref(aggs[i].ID)})
	}
}

// simpleGrouping reports whether there is one grouping set, of all keys.
func simpleGrouping(sets [][]int, keys int) bool {
	return sets == nil || len(sets) == 1 && len(sets[0]) == keys
}

func containsAgg(list []*scalar.Agg, a *scalar.Agg) bool {
	for _, x := range list {
		if scalar.Equal(x, a) {
			return true
		}
	}
	return false
}

// eachOutput visits the expressions that are evaluated over groups.
func (b *block) eachOutput(visit func(scalar.Expr)) {
	for _, x := range b.q.Targets {
		visit(x.Expr)
	}
	if b.q.Having != nil {
		visit(b.q.Having)
	}
	for _, k := range b.q.OrderBy {
		visit(k.Expr)
	}
}

// aggregate computes an aggregate's arguments below the grouping. An argument that could raise an error is computed only for
// the rows that FILTER lets through.
func (t *translator) aggregate(below *computer, a *scalar.Agg) algebra.Agg {
	out := algebra.Agg{
		Name: a.Name, Proc: a.Proc, Distinct: a.Distinct, Within: a.Within,
		ID: t.cols.New(a.Name, a.Typ, a.Name != "count"),
	}
	filter := t.expr(a.Filter)
	if filter != nil && scalar.HasSubquery(filter) { // a query stands in one place only
		filter = below.value(filter, "filter")
		below.rel, below.items = below.done(), nil
	}
	arg := func(e scalar.Expr, name string) scalar.Expr {
		e = t.expr(e)
		if filter != nil && !props.Total(e) {
			e = &scalar.Case{Node: scalar.Node{Typ: e.Type(), Pos: e.Span()}, Whens: []scalar.When{{Cond: filter, Then: e}}}
		}
		return below.value(e, name)
	}
	for _, e := range a.Args {
		if a.Within { // direct arguments are evaluated once for each group, over its keys
			out.Args = append(out.Args, t.expr(e))
			continue
		}
		out.Args = append(out.Args, arg(e, "arg"))
	}
	for _, k := range a.OrderBy {
		k.Expr = arg(k.Expr, "order")
		out.OrderBy = append(out.OrderBy, k)
	}
	if filter != nil {
		out.Filter = below.value(filter, "filter")
	}
	return out
}

// groupingSets adds GROUPING SETS, ROLLUP and CUBE.
func (b *block) groupingSets(in algebra.Rel, keys []algebra.ColumnID, aggs []algebra.Agg, groupings []*scalar.Grouping) {
	t, q := b.t, b.q
	x := &algebra.GroupingSets{In: in, Keys: keys, Sets: q.GroupingSets, Aggs: aggs}
	for i, id := range keys {
		info := t.cols.Get(id)
		out := t.cols.New(info.Name, info.Type, true)
		x.Out = append(x.Out, out)
		b.replaced = append(b.replaced, replacement{t.expr(q.GroupBy[i]), t.cols.Ref(out)})
	}
	if len(groupings) > 0 {
		x.GroupingID = t.cols.New("grouping", value.Of(value.Int4), false)
		for _, g := range groupings {
			b.replaced = append(b.replaced, replacement{g, b.groupingValue(x, g)})
		}
	}
	b.rel = x
}

// groupingValue is grouping(...): a bit for each argument, the last the lowest, set when the argument is not in the row's set. It
// is looked up by the grouping id, which has such a bit for each key.
func (b *block) groupingValue(x *algebra.GroupingSets, g *scalar.Grouping) scalar.Expr {
	t := b.t
	eq := scalar.EqualityOf(value.Of(value.Int4))
	out := &scalar.Case{Node: g.Node}
	seen := map[int]bool{}
	for _, set := range x.Sets {
		id, bits := 0, 0
		for k := range x.Keys {
			id = id<<1 | absent(set, k)
		}
		for _, a := range g.Args {
			a = t.expr(a)
			for k, e := range b.q.GroupBy {
				if scalar.Equal(t.expr(e), a) {
					bits = bits<<1 | absent(set, k)
					break
				}
			}
		}
		if !seen[id] {
			seen[id] = true
			out.Whens = append(out.Whens, scalar.When{
				Cond: scalar.CompareCall(eq, t.cols.Ref(x.GroupingID), integer(id)), Then: integer(bits),
			})
		}
	}
	return out
}

func absent(set []int, key int) int {
	for _, k := range set {
		if k == key {
			return 0
		}
	}
	return 1
}
