package delta

import (
	"slices"

	"github.com/prequel-db/prequel/planner/algebra"
	"github.com/prequel-db/prequel/sqlparse/catalog"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// byIndex reports whether conditions find a row of a table by a unique index over expressions: each of them and of its columns equals
// something that the call knows, and the core has the index's predicate, if it has one. The index is there to be kept unique, so that no
// view need be.
func byIndex(core algebra.Rel, conds []scalar.Expr) bool {
	var filters []scalar.Expr
	for {
		f, ok := core.(*algebra.Filter)
		if !ok {
			break
		}
		filters, core = append(filters, scalar.Conjuncts(f.Cond)...), f.In
	}
	scan, ok := core.(*algebra.Scan)
	if !ok {
		return false
	}
	column := func(c int) scalar.Expr {
		return &scalar.Column{Node: scalar.Node{Typ: scan.Table.Columns[c].Type}, ID: scan.Cols[c]}
	}
	over := func(c *catalog.Condition) scalar.Expr { return c.Over(column) }
	out := algebra.OutputSet(scan)
	equated := func(e scalar.Expr) bool {
		return slices.ContainsFunc(conds, func(c scalar.Expr) bool {
			if id, ok := pin(c, out); ok {
				col := scalar.BareColumn(e)
				return col != nil && col.ID == id
			}
			found := false
			keyedBy(c, out, func(key scalar.Expr) scalar.Expr {
				found = found || scalar.Equal(key, e)
				return key
			})
			return found
		})
	}
	return slices.ContainsFunc(scan.Table.Uniques, func(u *catalog.Unique) bool {
		if u.Plain() || slices.ContainsFunc(u.Reads(), func(c int) bool { return scan.Cols[c] == 0 }) {
			return false
		}
		for i, c := range u.Columns {
			if c >= 0 && !equated(column(c)) || c < 0 && !equated(over(u.Exprs[i].Bound)) {
				return false
			}
		}
		if u.Predicate == nil {
			return true
		}
		for _, c := range scalar.Conjuncts(over(u.Predicate)) {
			if !slices.ContainsFunc(filters, func(f scalar.Expr) bool { return scalar.Equal(f, c) }) {
				return false
			}
		}
		return true
	})
}
