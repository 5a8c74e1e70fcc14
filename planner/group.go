package planner

import (
	"strconv"

	"github.com/prequel-db/prequel/planner/algebra"
	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqlparse/bound"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// grouper takes aggregates out of expressions.
type grouper struct {
	t    *translator
	keys []scalar.Expr
	ids  []algebra.ColumnID
	aggs []*scalar.Agg
	out  []algebra.ColumnID
	mask algebra.ColumnID // the grouping sets' mask of absent keys
}

func (g *grouper) group(q *bound.Query, in algebra.Rel) algebra.Rel {
	t := g.t
	p := &algebra.Project{In: in}
	for _, id := range algebra.OutputCols(in) {
		p.Items = append(p.Items, algebra.Item{ID: id, Expr: t.col(id)})
	}
	x := &algebra.GroupBy{Scalar: len(q.GroupBy) == 0}
	sets := len(q.GroupingSets) > 0
	for _, k := range q.GroupBy {
		e := t.expr(k)
		c, ok := e.(*scalar.Column)
		id := algebra.ColumnID(0)
		if ok {
			id = c.ID
		} else {
			id = t.cols.New("key", e.Type(), true)
			p.Items = append(p.Items, algebra.Item{ID: id, Expr: e})
		}
		g.keys, g.ids = append(g.keys, e), append(g.ids, id)
		x.Keys = append(x.Keys, id)
	}
	collect := func(e scalar.Expr) {
		if e == nil {
			return
		}
		scalar.Walk(t.expr(e), func(y scalar.Expr) bool {
			a, ok := y.(*scalar.Agg)
			if !ok {
				return true
			}
			for _, old := range g.aggs {
				if scalar.Equal(old, a) {
					return false
				}
			}
			id := t.cols.New(a.Name, a.Typ, a.Name != "count")
			g.aggs, g.out = append(g.aggs, a), append(g.out, id)
			x.Aggs = append(x.Aggs, algebra.Agg{ID: id, Name: a.Name, Proc: a.Proc, Args: a.Args, Distinct: a.Distinct, OrderBy: a.OrderBy, Within: a.Within, Filter: a.Filter})
			return false
		})
	}
	for _, tg := range q.Targets {
		collect(tg.Expr)
	}
	collect(q.Having)
	for _, k := range q.OrderBy {
		collect(k.Expr)
	}
	x.In = p
	if sets {
		return g.groupingSets(q, x)
	}
	g.dependent(q, x)
	return x
}

// dependent adds the columns that the grouping keys determine (those of a table whose primary key is among them) to the
// keys: the groups stay the same.
func (g *grouper) dependent(q *bound.Query, x *algebra.GroupBy) {
	in := algebra.OutputSet(x.In)
	var visit func(e scalar.Expr)
	visit = func(e scalar.Expr) {
		if e == nil {
			return
		}
		for _, k := range g.keys {
			if scalar.Equal(k, e) {
				return
			}
		}
		switch y := e.(type) {
		case *scalar.Agg, *scalar.Grouping:
			return
		case *scalar.Column:
			if in.Has(y.ID) && len(g.keys) > 0 {
				g.keys, g.ids = append(g.keys, y), append(g.ids, y.ID)
				x.Keys = append(x.Keys, y.ID)
			}
			return
		case *scalar.Subquery:
			for _, id := range scalar.ColumnsIn(e).Ordered() {
				visit(g.t.col(id))
			}
		}
		for _, c := range scalar.Children(e) {
			visit(c)
		}
	}
	for _, tg := range q.Targets {
		visit(g.t.expr(tg.Expr))
	}
	visit(g.t.expr(q.Having))
	for _, k := range q.OrderBy {
		visit(g.t.expr(k.Expr))
	}
}

// groupingSets turns a grouping into one for each set. Keys have new ids above it, since they can be NULL there.
func (g *grouper) groupingSets(q *bound.Query, x *algebra.GroupBy) algebra.Rel {
	t := g.t
	out := &algebra.GroupingSets{In: x.In, Keys: x.Keys, Sets: q.GroupingSets, Aggs: x.Aggs}
	for i, id := range x.Keys {
		info := *t.cols.Get(id)
		g.ids[i] = t.cols.New(info.Name, info.Type, true)
		out.Out = append(out.Out, g.ids[i])
	}
	out.GroupingID = t.cols.New("grouping", value.Of(value.Int8), false)
	g.mask = out.GroupingID
	return out
}

// grouping computes grouping(...) from the mask of absent keys: a bit for each argument, the last one lowest.
func (g *grouper) grouping(e *scalar.Grouping) scalar.Expr {
	int4 := scalar.Node{Typ: value.Of(value.Int4)}
	if g.mask == 0 {
		return &scalar.Const{Node: int4, Text: "0"}
	}
	fn := func(name, proc string, args ...scalar.Expr) scalar.Expr {
		return &scalar.Call{Node: int4, Fn: &scalar.Func{Name: name, Proc: proc, Strict: true}, Args: args}
	}
	num := func(n int) scalar.Expr { return &scalar.Const{Node: int4, Text: strconv.Itoa(n)} }
	mask := fn("int4", "int84", g.t.col(g.mask))
	var sum scalar.Expr = num(0)
	for _, a := range e.Args {
		bit := 0
		for i, k := range g.keys {
			if scalar.Equal(k, a) {
				bit = len(g.keys) - 1 - i
			}
		}
		set := fn("%", "int4mod", fn("/", "int4div", mask, num(1<<bit)), num(2))
		sum = fn("+", "int4pl", fn("*", "int4mul", sum, num(2)), set)
	}
	return sum
}

// replace rewrites keys and aggregates to the columns that hold them.
func (g *grouper) replace(e scalar.Expr) scalar.Expr {
	if e == nil || g.t == nil {
		return e
	}
	for i, k := range g.keys {
		if scalar.Equal(k, e) {
			return g.t.col(g.ids[i])
		}
	}
	if x, ok := e.(*scalar.Grouping); ok {
		return g.grouping(x)
	}
	if a, ok := e.(*scalar.Agg); ok {
		for i, old := range g.aggs {
			if scalar.Equal(old, a) {
				return g.t.col(g.out[i])
			}
		}
	}
	return scalar.MapChildren(e, g.replace)
}
