package delta

import (
	"slices"

	"github.com/prequel-db/prequel/planner/algebra"
	"github.com/prequel-db/prequel/planner/props"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// An aggregation over a join of which not all can be maintained may be that of fewer relations: what each group joins with one row of, at
// most, is joined with the groups as well as with their rows.
//
//	group by [o.id, o.day] sum(l.quantity)              join inner o.id = l.order
//	  join inner o.id = l.order                 becomes   group by [l.order] sum(l.quantity)
//	    scan lines l                                        scan lines l
//	    orders under a condition with parameters o        orders under a condition with parameters o
//
// A relation comes apart when the aggregates do not read it, a key of it is equated with columns that are the same in all rows of a group,
// and what else is asked of it is asked of such columns.
type apart struct {
	leaves []algebra.Rel // still below the aggregation
	conds  []scalar.Expr
	keys   []algebra.ColumnID

	above      []algebra.Rel // what has come apart, the last one first
	aboveConds []scalar.Expr
}

func (s *splitter) apart(x *algebra.GroupBy) algebra.Rel {
	if len(x.Keys) == 0 {
		return nil
	}
	a, aggs, ok := takeApart(x)
	if !ok {
		return nil
	}
	read := scalar.ColSet{}
	for _, g := range aggs {
		for _, e := range g.Args {
			scalar.AddColumns(&read, e)
		}
		for _, k := range g.OrderBy {
			scalar.AddColumns(&read, k.Expr)
		}
		if g.Filter != nil {
			scalar.AddColumns(&read, g.Filter)
		}
	}
	for a.pull(read) {
	}
	if len(a.above) == 0 {
		return nil
	}
	below := a.leaves[0]
	for _, l := range a.leaves[1:] {
		below = &algebra.Join{Kind: algebra.Inner, Left: below, Right: l}
	}
	below = filter(below, a.conds)
	inner := &algebra.GroupBy{In: below, Keys: a.keys, Aggs: aggs}
	out := s.group(inner)
	if out == nil && inner.In == below {
		return nil
	}
	if out == nil { // the rows are a view
		out = inner
	}
	for _, l := range slices.Backward(a.above) {
		out = &algebra.Join{Kind: algebra.Inner, Left: out, Right: s.rel(l)}
	}
	outs := slices.Clone(x.Keys)
	for _, g := range x.Aggs {
		outs = append(outs, g.ID)
	}
	return s.project(filter(out, a.aboveConds), outs, nil)
}

// takeApart lists what an aggregation's input joins, and the aggregates over that.
func takeApart(x *algebra.GroupBy) (*apart, []algebra.Agg, bool) {
	a := &apart{keys: slices.Clone(x.Keys)}
	aggs := slices.Clone(x.Aggs)
	in := x.In
	if p, ok := in.(*algebra.Project); ok {
		defs := map[algebra.ColumnID]scalar.Expr{}
		for _, it := range p.Items {
			if it.PassThrough() {
				continue
			}
			if slices.Contains(x.Keys, it.ID) {
				return nil, nil, false
			}
			defs[it.ID] = it.Expr
		}
		for i := range aggs {
			args := make([]scalar.Expr, len(aggs[i].Args))
			for k, e := range aggs[i].Args {
				args[k] = scalar.Substitute(e, defs)
			}
			aggs[i].Args = args
			if aggs[i].Filter != nil {
				aggs[i].Filter = scalar.Substitute(aggs[i].Filter, defs)
			}
			if len(aggs[i].OrderBy) > 0 {
				return nil, nil, false
			}
		}
		in = p.In
	}
	if !a.flatten(in) || len(a.leaves) < 2 {
		return nil, nil, false
	}
	return a, aggs, true
}

func (a *apart) flatten(r algebra.Rel) bool {
	var conds []scalar.Expr
	switch x := r.(type) {
	case *algebra.Filter:
		if !a.flatten(x.In) {
			return false
		}
		conds = scalar.Conjuncts(x.Cond)
	case *algebra.Join:
		if x.Kind != algebra.Inner {
			a.leaves = append(a.leaves, r)
			return true
		}
		if !a.flatten(x.Left) || !a.flatten(x.Right) {
			return false
		}
		conds = scalar.Conjuncts(x.On)
	case *algebra.Apply:
		return false
	default:
		a.leaves = append(a.leaves, r)
		return true
	}
	a.conds = append(a.conds, conds...)
	return !slices.ContainsFunc(conds, func(c scalar.Expr) bool { return scalar.HasSubquery(c) || scalar.HasVolatile(c) })
}

// pull takes one relation out from under the aggregation. read are the columns that the aggregates read.
func (a *apart) pull(read scalar.ColSet) bool {
	if len(a.leaves) == 1 {
		return false
	}
	fixed := a.fixed()
	for i, leaf := range a.leaves {
		own := algebra.OutputSet(leaf)
		if own.Intersects(read) || !algebra.FreeColumns(leaf).Empty() {
			continue
		}
		var mine, rest []scalar.Expr
		var outside, equated scalar.ColSet
		partner := map[algebra.ColumnID]props.Term{}
		for _, c := range a.conds {
			in := scalar.ColumnsIn(c)
			if !in.Intersects(own) {
				rest = append(rest, c)
				continue
			}
			mine = append(mine, c)
			outside.AddAll(in.Minus(own))
			if u, v, ok := props.ColumnsEqual(c); ok && own.Has(u.Col.ID) != own.Has(v.Col.ID) {
				if own.Has(v.Col.ID) {
					u, v = v, u
				}
				equated.Add(u.Col.ID)
				if w, ok := partner[u.Col.ID]; ok { // what equals the same column stays equal below
					rest = append(rest, w.Equals(v.Expr()))
				} else {
					partner[u.Col.ID] = v
				}
			}
		}
		if !outside.SubsetOf(fixed) || !props.Of(leaf).Unique(equated.Intersect(own)) {
			continue
		}
		a.leaves = slices.Delete(slices.Clone(a.leaves), i, i+1)
		a.conds = rest
		a.above, a.aboveConds = append(a.above, leaf), append(a.aboveConds, mine...)
		keys := outside.Ordered()
		for _, k := range a.keys {
			if !own.Has(k) && !slices.Contains(keys, k) {
				keys = append(keys, k)
			}
		}
		a.keys = keys
		return true
	}
	return false
}

// fixed are the columns that have one value in all rows of a group: the keys, what is equated with them, and the columns of relations of
// which such columns make up a key.
func (a *apart) fixed() scalar.ColSet {
	fixed := scalar.SetOf(a.keys...)
	for {
		before := fixed.Copy()
		for _, c := range a.conds {
			if u, v, ok := props.ColumnsEqual(c); ok && (fixed.Has(u.Col.ID) || fixed.Has(v.Col.ID)) {
				fixed.Add(u.Col.ID)
				fixed.Add(v.Col.ID)
			}
		}
		for _, leaf := range a.leaves {
			if own := algebra.OutputSet(leaf); props.Of(leaf).Unique(own.Intersect(fixed)) {
				fixed.AddAll(own)
			}
		}
		if fixed.SubsetOf(before) {
			return fixed
		}
	}
}
