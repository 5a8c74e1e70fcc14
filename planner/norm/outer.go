package norm

import (
	"github.com/prequel-db/prequel/planner/algebra"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// strengthen makes an outer join stricter when the conditions above drop the rows that it pads anyway. A condition that is
// never true for NULL (a comparison, IS NOT NULL; not IS NULL, not COALESCE) on the padded side drops them:
//
//	a LEFT JOIN b ON p WHERE b.x > 1        inner join
//	a FULL JOIN b ON p WHERE a.x > 1        left join: rows of b without an a have no a.x
//
// mirrored says that the result is a left join with the sides exchanged.
func (e *Env) strengthen(x *algebra.Join, conds []scalar.Expr, left, right scalar.ColSet) (kind algebra.JoinKind, mirrored bool) {
	switch x.Kind {
	case algebra.Left:
		if rejects(conds, right) {
			e.fire("left-to-inner")
			return algebra.Inner, false
		}
	case algebra.Full:
		l, r := rejects(conds, left), rejects(conds, right)
		switch {
		case l && r:
			e.fire("full-to-inner")
			return algebra.Inner, false
		case l:
			e.fire("full-to-left")
			return algebra.Left, false
		case r:
			e.fire("full-to-left")
			return algebra.Left, true
		}
	}
	return x.Kind, false
}

// antiFromLeft recognises the left join that asks for what has no partner:
//
//	a LEFT JOIN b ON b.x = a.x WHERE b.x IS NULL        a ANTI JOIN b, b's columns NULL
//
// It holds when the tested column is not NULL in every row that matches: because b's column never is, or because the
// condition would not be true. On a nullable column that the condition does not require, a matching row passes the test too.
func (e *Env) antiFromLeft(x *algebra.Filter) algebra.Rel {
	j, ok := x.In.(*algebra.Join)
	if !ok || j.Kind != algebra.Left {
		return x
	}
	right := algebra.OutputSet(j.Right)
	present := e.of(j.Right).NotNull.Union(scalar.Requires(j.On)).Intersect(right)
	conds := scalar.Conjuncts(x.Cond)
	for i, c := range conds {
		n, ok := c.(*scalar.IsNull)
		if !ok || n.Negated {
			continue
		}
		col, ok := n.Arg.(*scalar.Column)
		if !ok || !present.Has(col.ID) {
			continue
		}
		e.fire("left-to-anti")
		rest := append(append([]scalar.Expr(nil), conds[:i]...), conds[i+1:]...)
		partners, ids := algebra.Fresh(j.Right, e.Columns) // their own ids are NULL columns from here on
		anti := &algebra.Join{Kind: algebra.Anti, Left: j.Left, Right: partners, On: flat(scalar.Rename(j.On, ids))}
		return filtered(e.padded(anti, algebra.OutputCols(j.Right)), rest)
	}
	return x
}
