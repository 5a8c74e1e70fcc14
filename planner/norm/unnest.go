package norm

import (
	"github.com/prequel-db/prequel/planner/algebra"
	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// Unnest turns the Applys that are left into joins, for maintenance: at read a lookup for each left row is mostly better,
// but a maintained relation has no "each left row". An aggregation that depends on the left row by equalities becomes an
// aggregation by these columns, joined:
//
//	apply inner                                  project ..., n = coalesce(n', 0)
//	  scan vehicles (id)                           join left on vehicle_id = id
//	  group scalar n = count(*)         becomes      scan vehicles (id)
//	    filter vehicle_id = id                       group by [vehicle_id] n' = count(*)
//	      scan pings (vehicle_id)                      scan pings (vehicle_id)
//
// A left row without rows of its own meets no group: counts are 0 then, the other aggregates NULL, as they are over no rows.
// (This is the special case of Neumann and Kemper, "Unnesting Arbitrary Queries", BTW 2015, in which the equalities make the
// domain of outer values superfluous.) An Apply that does not have this form stays, and runs at read.
func (e *Env) Unnest(r algebra.Rel, need scalar.ColSet) algebra.Rel {
	before := e.changes
	r = algebra.Rewrite(r, func(x algebra.Rel) algebra.Rel {
		if a, ok := x.(*algebra.Apply); ok {
			return e.unnestAggregation(a)
		}
		return x
	})
	if e.changes == before {
		return r
	}
	return e.Run(r, need)
}

func (e *Env) unnestAggregation(x *algebra.Apply) algebra.Rel {
	g, ok := x.Right.(*algebra.GroupBy)
	if !ok || !g.Scalar || x.On != nil || x.Kind != algebra.Inner && x.Kind != algebra.Left {
		return x
	}
	left := algebra.OutputSet(x.Left)
	if !algebra.FreeColumns(g).Intersects(left) || !pullable(g.In, left, algebra.Inner) {
		return x
	}
	for _, a := range g.Aggs {
		if aggUses(a, left) {
			return x
		}
	}
	in, conds := pullUp(g.In, left)
	inner := algebra.OutputSet(in)
	c := &algebra.GroupBy{In: in}
	for _, cond := range conds {
		a, b, _, ok := scalar.Equality(cond)
		if !ok {
			return x
		}
		key := scalar.BareColumn(a)
		if key == nil || !inner.Has(key.ID) {
			key, b = scalar.BareColumn(b), a
		}
		if key == nil || !inner.Has(key.ID) || scalar.ColumnsIn(b).Intersects(inner) {
			return x
		}
		if !scalar.SetOf(c.Keys...).Has(key.ID) {
			c.Keys = append(c.Keys, key.ID)
		}
	}
	e.fire("unnest-aggregation")
	p := &algebra.Project{}
	for _, id := range algebra.OutputCols(x.Left) {
		p.Items = append(p.Items, algebra.Item{ID: id, Expr: e.Columns.Ref(id)})
	}
	for _, a := range g.Aggs {
		info := *e.Columns.Get(a.ID)
		id := a.ID
		a.ID = e.Columns.New(info.Name, info.Type, true)
		c.Aggs = append(c.Aggs, a)
		var out scalar.Expr = e.Columns.Ref(a.ID)
		if a.Name == "count" {
			out = &scalar.Coalesce{Node: scalar.Node{Typ: value.Of(value.Int8)}, Args: []scalar.Expr{out, scalar.Bigint("0")}}
		}
		p.Items = append(p.Items, algebra.Item{ID: id, Expr: out})
	}
	p.In = &algebra.Join{Kind: algebra.Left, Left: x.Left, Right: c, On: scalar.Conjunction(conds...)}
	return p
}

func aggUses(a algebra.Agg, cols scalar.ColSet) bool {
	uses := algebra.Uses(&algebra.GroupBy{In: &algebra.Values{}, Aggs: []algebra.Agg{a}})
	return uses.Intersects(cols)
}
