package norm

import (
	"github.com/prequel-db/prequel/planner/algebra"
	"github.com/prequel-db/prequel/planner/props"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// reduce removes operators that change nothing and replaces operators by stricter ones, as keys allow.
func (e *Env) reduce(r algebra.Rel, _ scalar.ColSet) algebra.Rel {
	return algebra.Rewrite(r, func(x algebra.Rel) algebra.Rel {
		switch x := x.(type) {
		case *algebra.Distinct:
			return e.reduceDistinct(x)
		case *algebra.SetOp:
			return e.reduceSetOp(x)
		case *algebra.TopK:
			return e.reduceTopK(x)
		case *algebra.Join:
			return e.reduceJoin(x)
		case *algebra.GroupBy:
			return e.reduceGroupBy(x)
		}
		return x
	})
}

// reduceDistinct drops DISTINCT over rows that a key tells apart, and an ORDER BY below it.
func (e *Env) reduceDistinct(x *algebra.Distinct) algebra.Rel {
	if x.On == nil && len(e.of(x.In).Keys) > 0 || x.On != nil && e.of(x.In).Unique(scalar.SetOf(x.On...)) {
		e.fire("distinct-by-key")
		return x.In
	}
	if in := e.unordered(x.In); in != x.In && x.On == nil {
		return &algebra.Distinct{In: in}
	}
	return x
}

// unordered drops an ORDER BY that the consumer does not see.
func (e *Env) unordered(r algebra.Rel) algebra.Rel {
	if t, ok := r.(*algebra.TopK); ok && t.Limit == nil && t.Offset == nil {
		e.fire("drop-order")
		return t.In
	}
	return r
}

// reduceSetOp drops DISTINCT in the inputs of an operation that removes duplicates itself.
func (e *Env) reduceSetOp(x *algebra.SetOp) algebra.Rel {
	if x.All {
		return x
	}
	side := func(r algebra.Rel, cols []algebra.ColumnID) algebra.Rel {
		r = e.unordered(r)
		if d, ok := r.(*algebra.Distinct); ok && d.On == nil && algebra.OutputSet(d).Equal(scalar.SetOf(cols...)) {
			e.fire("distinct-in-set-operation")
			return d.In
		}
		return r
	}
	c := *x
	c.Left, c.Right = side(x.Left, x.LeftCols), side(x.Right, x.RightCols)
	if c.Left == x.Left && c.Right == x.Right {
		return x
	}
	return &c
}

// reduceTopK drops sort columns that decide nothing: constants, and columns that earlier ones determine. It drops ORDER BY and a
// LIMIT of at least one over at most one row, and an ORDER BY below another.
func (e *Env) reduceTopK(x *algebra.TopK) algebra.Rel {
	c := *x
	p := e.of(x.In)
	var given scalar.ColSet
	var order []algebra.Order
	single := p.AtMostOne()
	for _, o := range x.Order {
		if !single && !p.Closure(given).Has(o.Col) {
			order = append(order, o)
		}
		given.Add(o.Col)
	}
	tied := x.WithTies && x.Limit != nil && len(order) == 0 // all rows: WITH TIES needs an order to say so
	if len(order) < len(x.Order) && !tied {
		e.fire("drop-sort-column")
		c.Order = order
	}
	if single && x.Limit != nil && positive(x.Limit) && x.Offset == nil {
		e.fire("limit-of-one-row")
		c.Limit = nil
	}
	if len(c.Order) == 0 && c.Limit == nil && c.Offset == nil {
		return c.In
	}
	if len(c.Order) > 0 && !tied {
		if in, ok := c.In.(*algebra.TopK); ok && in.Limit == nil && in.Offset == nil {
			e.fire("drop-order")
			c.In = in.In
		}
	}
	if len(c.Order) == len(x.Order) && c.Limit == x.Limit && c.In == x.In {
		return x
	}
	return &c
}

// reduceJoin makes an anti join plain when no comparison is unknown, and a semi join inner when no row has two partners, a left join
// when none is without one. An inner join can be evaluated from either side.
func (e *Env) reduceJoin(x *algebra.Join) algebra.Rel {
	c := *x
	switch {
	case x.Kind == algebra.Anti && x.NullAware:
		if props.NotNull(x.On, e.of(x.Left).NotNull.Union(e.of(x.Right).NotNull)) {
			e.fire("not-in-of-not-null")
			c.NullAware = false
		}
	case x.Kind == algebra.Semi && e.known.MatchesOne(x.Left, x.Right, x.On):
		e.fire("semi-to-inner")
		c.Kind = algebra.Inner
	case x.Kind == algebra.Left && e.alwaysMeets(x.Left, x.Right, x.On):
		e.fire("left-to-inner-by-reference")
		c.Kind = algebra.Inner
	}
	if x.Kind != algebra.Full || x.On != nil {
		c.Left, c.Right = e.unordered(x.Left), e.unordered(x.Right)
	}
	if c.Kind == algebra.Semi || c.Kind == algebra.Anti { // what has just become an inner join needs its right side distinct
		if d, ok := c.Right.(*algebra.Distinct); ok && d.On == nil {
			e.fire("distinct-in-semi")
			c.Right = d.In
		}
	}
	if c == *x {
		return x
	}
	return &c
}

// orderSensitive are aggregates whose result depends on the order of rows.
var orderSensitive = map[string]bool{
	"array_agg": true, "string_agg": true, "json_agg": true, "jsonb_agg": true,
	"json_object_agg": true, "jsonb_object_agg": true,
}

// reduceGroupBy drops an ORDER BY that no aggregate sees, and grouping by a key without aggregates.
func (e *Env) reduceGroupBy(x *algebra.GroupBy) algebra.Rel {
	sensitive := false
	for _, a := range x.Aggs {
		sensitive = sensitive || orderSensitive[a.Name] && len(a.OrderBy) == 0
	}
	if !sensitive {
		if in := e.unordered(x.In); in != x.In {
			c := *x
			c.In = in
			x = &c
		}
	}
	if !x.Scalar && len(x.Aggs) == 0 && e.of(x.In).Unique(scalar.SetOf(x.Keys...)) {
		e.fire("group-by-key")
		return e.columns(x.In, x.Keys)
	}
	return x
}
