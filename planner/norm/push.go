package norm

import (
	"github.com/prequel-db/prequel/planner/algebra"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// PushFilters moves each conjunct of a filter as far towards the scans as it means the same there, so that it can drive an
// access path:
//
//   - through a projection, its computed columns replaced by their expressions;
//   - into both sides of inner joins, and into the preserved side of left, semi and anti joins. The other side of a left
//     join is closed: WHERE b.x = 1 also drops the row whose b is missing, ON b.x = 1 keeps it with NULLs;
//   - the ON condition of a left, semi or anti join that looks at the right side only, into the right side;
//   - below GROUP BY, DISTINCT and a window when it reads their keys only;
//   - into both inputs of a set operation;
//   - never below a TopK with a limit, which it would let choose other rows.
func PushFilters(r algebra.Rel) algebra.Rel {
	return push(r, nil)
}

// push rewrites r under conds, which all read r's output (and outer columns).
func push(r algebra.Rel, conds []scalar.Expr) algebra.Rel {
	switch x := r.(type) {
	case *algebra.Filter:
		return push(x.In, append(scalar.Conjuncts(inner(x.Cond)), conds...))
	case *algebra.Project:
		return pushProject(x, conds)
	case *algebra.Join:
		return pushJoin(x, conds)
	case *algebra.Apply:
		left, rest := split(conds, algebra.OutputSet(x.Left), algebra.OutputSet(x))
		c := *x
		c.Left, c.Right = push(x.Left, left), push(x.Right, nil)
		return filtered(&c, rest)
	case *algebra.GroupBy:
		below, rest := split(conds, scalar.SetOf(x.Keys...), algebra.OutputSet(x))
		if len(x.Keys) == 0 {
			below, rest = nil, conds
		}
		c := *x
		c.In = push(x.In, below)
		return filtered(&c, rest)
	case *algebra.Distinct:
		keys := algebra.OutputSet(x.In)
		if x.On != nil {
			keys = scalar.SetOf(x.On...)
		}
		below, rest := split(conds, keys, algebra.OutputSet(x))
		c := *x
		c.In = push(x.In, below)
		return filtered(&c, rest)
	case *algebra.Window:
		below, rest := split(conds, scalar.SetOf(x.Partition...), algebra.OutputSet(x))
		if len(x.Partition) == 0 {
			below, rest = nil, conds
		}
		c := *x
		c.In = push(x.In, below)
		return filtered(&c, rest)
	case *algebra.SetOp:
		return pushSetOp(x, conds)
	case *algebra.TopK:
		c := *x
		if x.Limit == nil && x.Offset == nil {
			c.In = push(x.In, conds)
			return &c
		}
		c.In = push(x.In, nil)
		return filtered(&c, conds)
	}
	return filtered(algebra.MapChildren(r, func(in algebra.Rel) algebra.Rel { return push(in, nil) }), conds)
}

// inner rewrites the relations inside an expression's subqueries.
func inner(e scalar.Expr) scalar.Expr {
	if e == nil || !scalar.HasSubquery(e) {
		return e
	}
	return scalar.Map(e, func(x scalar.Expr) scalar.Expr {
		s, ok := x.(*scalar.Subquery)
		if !ok {
			return x
		}
		rel, ok := s.Query.(algebra.Rel)
		if !ok {
			return x
		}
		c := *s
		c.Query = push(rel, nil)
		return &c
	})
}

func filtered(r algebra.Rel, conds []scalar.Expr) algebra.Rel {
	if len(conds) == 0 {
		return r
	}
	return &algebra.Filter{In: r, Cond: scalar.Conjunction(conds...)}
}

// split divides conditions into those that read, of the columns in all, only those in set (and maybe outer columns), and the
// rest. Conditions that read none of them stay where they are, and so do those with subqueries, which are costly wherever
// they run.
func split(conds []scalar.Expr, set, all scalar.ColSet) (in, rest []scalar.Expr) {
	for _, c := range conds {
		cols := scalar.ColumnsIn(c).Intersect(all)
		if cols.Intersects(set) && !scalar.HasSubquery(c) && !scalar.HasVolatile(c) && cols.SubsetOf(set) {
			in = append(in, c)
		} else {
			rest = append(rest, c)
		}
	}
	return in, rest
}

func pushProject(x *algebra.Project, conds []scalar.Expr) algebra.Rel {
	defs := map[algebra.ColumnID]scalar.Expr{}
	for _, it := range x.Items {
		defs[it.ID] = it.Expr
	}
	var below, rest []scalar.Expr
	for _, c := range conds {
		d := scalar.Substitute(c, defs)
		if scalar.HasVolatile(d) || scalar.HasSubquery(d) {
			rest = append(rest, c)
		} else {
			below = append(below, d)
		}
	}
	p := &algebra.Project{In: push(x.In, below), Items: make([]algebra.Item, len(x.Items))}
	for i, it := range x.Items {
		p.Items[i] = algebra.Item{ID: it.ID, Expr: inner(it.Expr)}
	}
	return filtered(p, rest)
}

func pushJoin(x *algebra.Join, conds []scalar.Expr) algebra.Rel {
	left, right := algebra.OutputSet(x.Left), algebra.OutputSet(x.Right)
	both := left.Union(right)
	on := scalar.Conjuncts(inner(x.On))
	if x.Kind == algebra.Left && rejectsNull(conds, right) {
		c := *x
		c.Kind = algebra.Inner
		return pushJoin(&c, conds)
	}
	c := *x
	switch x.Kind {
	case algebra.Inner:
		all := append(on, conds...)
		l, rest := split(all, left, both)
		r, rest := split(rest, right, both)
		c.Left, c.Right, c.On = push(x.Left, l), push(x.Right, r), scalar.Conjunction(rest...)
		return &c
	case algebra.Left, algebra.Semi, algebra.Anti:
		l, rest := split(conds, left, both)
		var r []scalar.Expr
		if !x.NullAware {
			r, on = split(on, right, both)
		}
		c.Left, c.Right, c.On = push(x.Left, l), push(x.Right, r), scalar.Conjunction(on...)
		return filtered(&c, rest)
	}
	c.Left, c.Right = push(x.Left, nil), push(x.Right, nil)
	return filtered(&c, conds)
}

// rejectsNull reports whether a condition is never true when all columns of the set are NULL: a comparison or IS NOT NULL
// directly on one of them. A left join under it is an inner join.
func rejectsNull(conds []scalar.Expr, set scalar.ColSet) bool {
	for _, c := range conds {
		switch x := c.(type) {
		case *scalar.Call:
			if scalar.ComparisonOf(x.Fn) == scalar.NotComparison {
				continue
			}
			for _, a := range x.Args {
				if col, ok := a.(*scalar.Column); ok && set.Has(col.ID) {
					return true
				}
			}
		case *scalar.IsNull:
			if col, ok := x.Arg.(*scalar.Column); ok && x.Negated && set.Has(col.ID) {
				return true
			}
		}
	}
	return false
}

func pushSetOp(x *algebra.SetOp, conds []scalar.Expr) algebra.Rel {
	left, right := map[algebra.ColumnID]algebra.ColumnID{}, map[algebra.ColumnID]algebra.ColumnID{}
	for i, id := range x.Cols {
		left[id], right[id] = x.LeftCols[i], x.RightCols[i]
	}
	below, rest := split(conds, scalar.SetOf(x.Cols...), scalar.SetOf(x.Cols...))
	var l, r []scalar.Expr
	for _, c := range below {
		l, r = append(l, scalar.Rename(c, left)), append(r, scalar.Rename(c, right))
	}
	c := *x
	c.Left, c.Right = push(x.Left, l), push(x.Right, r)
	return filtered(&c, rest)
}
