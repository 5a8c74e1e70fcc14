package norm

import (
	"github.com/prequel-db/prequel/planner/algebra"
	"github.com/prequel-db/prequel/planner/props"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// push moves each conjunct of a filter as far towards the scans as it means the same there, so that it can drive an access
// path:
//
//   - through a projection, its computed columns replaced by their expressions;
//   - into both sides of inner joins, and into the preserved side of left, semi and anti joins. The other side of a left
//     join is closed: WHERE b.x = 1 also drops the row whose b is missing, ON b.x = 1 keeps it with NULLs;
//   - the ON condition of a left, semi or anti join that looks at the right side only, into the right side;
//   - below GROUP BY, DISTINCT and a window when it reads their keys only;
//   - into both inputs of a set operation;
//   - below an ORDER BY, never below a LIMIT, which it would let choose other rows.
//
// PostgreSQL does all of this too, so an expression that can raise is evaluated on rows that it might evaluate it on. Conjuncts
// with queries inside stay where they are: they cost more than what filtering early saves.
func (e *Env) push(r algebra.Rel, _ scalar.ColSet) algebra.Rel { return e.pushInto(r, nil) }

// pushInto rewrites r under conds, which read r's output and outer columns.
func (e *Env) pushInto(r algebra.Rel, conds []scalar.Expr) algebra.Rel {
	switch x := r.(type) {
	case *algebra.Filter:
		if len(conds) > 0 {
			e.fire("merge-filters")
		}
		own := scalar.Conjuncts(x.Cond)
		all := append(own[:len(own):len(own)], conds...)
		out := e.pushInto(x.In, all)
		if f, ok := out.(*algebra.Filter); ok && f.In == x.In && sameExprs(scalar.Conjuncts(f.Cond), own) {
			return x
		}
		return out
	case *algebra.Project:
		return e.pushProject(x, conds)
	case *algebra.Join:
		return e.pushJoin(x, conds)
	case *algebra.Apply:
		return e.pushApply(x, conds)
	case *algebra.GroupBy:
		return e.pushKeys(x, x.In, conds, x.Keys, "push-below-group")
	case *algebra.Distinct:
		keys := x.On
		if keys == nil {
			keys = algebra.OutputCols(x.In)
		}
		return e.pushKeys(x, x.In, conds, keys, "push-below-distinct")
	case *algebra.Window:
		return e.pushKeys(x, x.In, conds, x.Partition, "push-below-window")
	case *algebra.SetOp:
		return e.pushSetOp(x, conds)
	case *algebra.TopK:
		if x.Limit == nil && x.Offset == nil && len(conds) > 0 && !anySubquery(conds) {
			e.fire("push-below-order")
			return e.input(x, conds)
		}
		return filtered(e.input(x, nil), conds)
	}
	return filtered(algebra.MapChildren(r, func(in algebra.Rel) algebra.Rel { return e.pushInto(in, nil) }), conds)
}

// input rewrites the only input of r under conds.
func (e *Env) input(r algebra.Rel, conds []scalar.Expr) algebra.Rel {
	return algebra.MapChildren(r, func(in algebra.Rel) algebra.Rel { return e.pushInto(in, conds) })
}

func anySubquery(conds []scalar.Expr) bool {
	for _, c := range conds {
		if scalar.HasSubquery(c) {
			return true
		}
	}
	return false
}

// split divides conditions into those that read, of the columns in all, at least one and only such that are in set, and the
// rest.
func split(conds []scalar.Expr, set, all scalar.ColSet) (in, rest []scalar.Expr) {
	for _, c := range conds {
		cols := scalar.ColumnsIn(c).Intersect(all)
		if !cols.Empty() && cols.SubsetOf(set) && !scalar.HasSubquery(c) {
			in = append(in, c)
		} else {
			rest = append(rest, c)
		}
	}
	return in, rest
}

// pushKeys moves conditions on the keys below an operator that treats rows with different keys apart.
func (e *Env) pushKeys(r, in algebra.Rel, conds []scalar.Expr, keys []algebra.ColumnID, rule string) algebra.Rel {
	var below []scalar.Expr
	rest := conds
	if len(keys) > 0 {
		below, rest = split(conds, scalar.SetOf(keys...), algebra.OutputSet(r))
	}
	if len(below) > 0 {
		e.fire(rule)
	}
	return filtered(algebra.MapChildren(r, func(algebra.Rel) algebra.Rel { return e.pushInto(in, below) }), rest)
}

func (e *Env) pushProject(x *algebra.Project, conds []scalar.Expr) algebra.Rel {
	if len(conds) == 0 {
		return e.input(x, nil)
	}
	defs := map[algebra.ColumnID]scalar.Expr{}
	for _, it := range x.Items {
		defs[it.ID] = it.Expr
	}
	var below, rest []scalar.Expr
	for _, c := range conds {
		d := scalar.Substitute(c, defs)
		if scalar.HasSubquery(d) {
			rest = append(rest, c)
			continue
		}
		below = append(below, scalar.Conjuncts(e.foldExpr(d))...)
	}
	if len(below) > 0 {
		e.fire("push-below-project")
	}
	return filtered(e.input(x, below), rest)
}

// pushApply moves conditions on the left side there; on the right side of an inner Apply, into it.
func (e *Env) pushApply(x *algebra.Apply, conds []scalar.Expr) algebra.Rel {
	left, right := algebra.OutputSet(x.Left), algebra.OutputSet(x.Right)
	both := left.Union(right)
	c := *x
	if c.Kind == algebra.Left && rejects(conds, right) {
		e.fire("left-to-inner")
		c.Kind = algebra.Inner
	}
	l, rest := split(conds, left, both)
	var r []scalar.Expr
	if c.Kind == algebra.Inner {
		r, rest = split(rest, right, both)
	}
	if len(l)+len(r) > 0 {
		e.fire("push-into-apply")
	}
	c.Left, c.Right = e.pushInto(x.Left, l), e.pushInto(x.Right, r)
	return filtered(e.unchanged(x, &c), rest)
}

func (e *Env) pushJoin(x *algebra.Join, conds []scalar.Expr) algebra.Rel {
	left, right := algebra.OutputSet(x.Left), algebra.OutputSet(x.Right)
	both := left.Union(right)
	c := *x
	kind, mirrored := e.strengthen(x, conds, left, right)
	c.Kind = kind
	if mirrored {
		c.Left, c.Right = x.Right, x.Left
		left, right = right, left
	}
	on := scalar.Conjuncts(c.On)
	var l, r, rest []scalar.Expr
	switch c.Kind {
	case algebra.Inner:
		all := append(on[:len(on):len(on)], conds...)
		l, all = split(all, left, both)
		r, all = split(all, right, both)
		on, rest = apart(all)
	case algebra.Left, algebra.Anti:
		l, rest = split(conds, left, both)
		if !c.NullAware {
			r, on = split(on, right, both)
		}
	case algebra.Semi:
		l, rest = split(conds, left, both)
		var own []scalar.Expr
		own, on = split(on, left, both)
		l = append(own, l...)
		r, on = split(on, right, both)
	case algebra.Full:
		rest = conds
	}
	if len(l)+len(r) > 0 || c.Kind == algebra.Inner && len(rest) < len(conds) {
		e.fire("push-into-join")
	}
	c.Left, c.Right = e.pushInto(c.Left, l), e.pushInto(c.Right, r)
	if !sameExprs(on, scalar.Conjuncts(x.On)) {
		c.On = scalar.Conjunction(on...)
	}
	if c == *x {
		return filtered(x, rest)
	}
	return filtered(&c, rest)
}

// apart separates conditions with queries inside, which are not evaluated as join conditions.
func apart(conds []scalar.Expr) (plain, queries []scalar.Expr) {
	for _, c := range conds {
		if scalar.HasSubquery(c) {
			queries = append(queries, c)
		} else {
			plain = append(plain, c)
		}
	}
	return plain, queries
}

// rejects reports whether one of the conditions is never true when all columns of the set are NULL.
func rejects(conds []scalar.Expr, set scalar.ColSet) bool {
	for _, c := range conds {
		if props.Rejects(c, set) {
			return true
		}
	}
	return false
}
