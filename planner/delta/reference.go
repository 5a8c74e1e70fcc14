package delta

import (
	"slices"

	"github.com/prequel-db/prequel/planner/algebra"
	"github.com/prequel-db/prequel/planner/props"
	"github.com/prequel-db/prequel/sqlparse/catalog"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// Unreferenced reports whether a residual is empty for a row that is new in a table: it joins the row with rows that refer to it, and no row
// refers to one that was not there. holds says which foreign keys can be relied on.
//
//	fleets (the new row) JOIN vehicles ON vehicles.fleet_id = fleets.id      no rows
func (r Residual) Unreferenced(holds func(child *catalog.Table, f *catalog.ForeignKey) bool) bool {
	return unreferenced{r.Delta, holds}.empty(r.Rel)
}

type unreferenced struct {
	row   *algebra.Delta
	holds func(child *catalog.Table, f *catalog.ForeignKey) bool
}

func (u unreferenced) empty(r algebra.Rel) bool {
	switch x := r.(type) {
	case *algebra.Filter, *algebra.Project, *algebra.Join:
		return u.emptyJoin(r)
	case *algebra.GroupBy:
		return !x.Scalar && u.empty(x.In)
	case *algebra.Distinct:
		return u.empty(x.In)
	case *algebra.TopK:
		return u.empty(x.In)
	case *algebra.Window:
		return u.empty(x.In)
	}
	return false
}

// emptyJoin looks at a tree of filters, projections and inner or semi joins.
func (u unreferenced) emptyJoin(r algebra.Rel) bool {
	var conds []scalar.Expr
	var leaves []algebra.Rel
	var flatten func(algebra.Rel)
	flatten = func(r algebra.Rel) {
		switch x := r.(type) {
		case *algebra.Filter:
			conds = append(conds, scalar.Conjuncts(x.Cond)...)
			flatten(x.In)
		case *algebra.Project:
			flatten(x.In)
		case *algebra.Join:
			switch x.Kind {
			case algebra.Inner, algebra.Semi:
				conds = append(conds, scalar.Conjuncts(x.On)...)
				flatten(x.Left)
				flatten(x.Right)
			case algebra.Left, algebra.Anti:
				flatten(x.Left)
			default:
				leaves = append(leaves, r)
			}
		default:
			leaves = append(leaves, r)
		}
	}
	flatten(r)
	if len(leaves) == 1 && leaves[0] == r { // a full join
		return false
	}
	if !slices.Contains(leaves, algebra.Rel(u.row)) {
		return slices.ContainsFunc(leaves, u.empty)
	}
	return slices.ContainsFunc(leaves, func(l algebra.Rel) bool {
		s, ok := l.(*algebra.Scan)
		return ok && slices.ContainsFunc(s.Table.ForeignKeys, func(f *catalog.ForeignKey) bool {
			return s.Table != u.row.Table && u.holds(s.Table, f) && props.Refers(f, s.Cols, u.row.Table, u.row.Cols, conds)
		})
	})
}
