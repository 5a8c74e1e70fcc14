package props

import (
	"github.com/prequel-db/prequel/planner/algebra"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

func countIDs(aggs []algebra.Agg) scalar.ColSet {
	var s scalar.ColSet
	for _, a := range aggs {
		if a.Name == "count" {
			s.Add(a.ID)
		}
	}
	return s
}

// valueAggs give a value as soon as one argument has one.
var valueAggs = map[string]bool{
	"sum": true, "avg": true, "min": true, "max": true, "bool_and": true, "bool_or": true, "every": true,
	"bit_and": true, "bit_or": true, "bit_xor": true, "string_agg": true,
}

func (p *Props) groupBy(x *algebra.GroupBy, in *Props) {
	keys := scalar.SetOf(x.Keys...)
	p.NotNull = in.NotNull.Intersect(keys).Union(countIDs(x.Aggs))
	if x.Scalar {
		p.Keys, p.someRow = []scalar.ColSet{{}}, true
		return
	}
	p.someRow = in.someRow
	for _, a := range x.Aggs {
		if a.Filter != nil || len(a.Args) == 0 {
			continue
		}
		if a.Name == "array_agg" || valueAggs[a.Name] && NotNull(a.Args[0], in.NotNull) {
			p.NotNull.Add(a.ID)
		}
	}
	for _, d := range in.Deps {
		if d.From.SubsetOf(keys) {
			p.addDep(d.From, d.To.Intersect(keys))
		}
	}
	for _, k := range in.Keys {
		if k.SubsetOf(keys) {
			p.addKey(k)
		}
	}
	p.addKey(keys)
}

func (p *Props) setOp(x *algebra.SetOp, l, r *Props) {
	left, right := map[algebra.ColumnID]algebra.ColumnID{}, map[algebra.ColumnID]algebra.ColumnID{}
	for i, id := range x.Cols {
		left[id], right[id] = x.LeftCols[i], x.RightCols[i]
	}
	for _, id := range x.Cols {
		ln, rn := l.NotNull.Has(left[id]), r.NotNull.Has(right[id])
		switch x.Kind {
		case algebra.Union:
			ln = ln && rn
		case algebra.Intersect:
			ln = ln || rn
		}
		if ln {
			p.NotNull.Add(id)
		}
	}
	if x.Kind == algebra.Union {
		p.someRow = l.someRow || r.someRow
	} else {
		// The rows are rows of the left side, each at most as often as there.
		back := map[algebra.ColumnID]algebra.ColumnID{}
		for i, id := range x.Cols {
			if back[x.LeftCols[i]] == 0 {
				back[x.LeftCols[i]] = id
			}
		}
		for _, k := range l.Keys {
			var s scalar.ColSet
			ok := true
			for _, id := range k.Ordered() {
				ok = ok && back[id] != 0
				s.Add(back[id])
			}
			if ok {
				p.addKey(s)
			}
		}
	}
	if !x.All {
		p.addKey(p.Out)
	}
}

func (p *Props) window(x *algebra.Window, in *Props) {
	p.inherit(in)
	for _, f := range x.Funcs {
		switch {
		case f.Agg != nil:
			if f.Agg.Name == "count" {
				p.NotNull.Add(f.ID)
			}
		case f.Name == "row_number":
			p.NotNull.Add(f.ID)
			k := scalar.SetOf(x.Partition...)
			k.Add(f.ID)
			p.addKey(k)
		case f.Name == "rank", f.Name == "dense_rank", f.Name == "percent_rank", f.Name == "cume_dist":
			p.NotNull.Add(f.ID)
		}
	}
}
