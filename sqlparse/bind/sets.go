package bind

import (
	"github.com/prequel-db/prequel/sqlparse/diag"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// expandsSets reports whether a set-returning function may stand where an expression is being bound: the query has a row for
// each row of the function.
func (sc *scope) expandsSets() bool {
	switch sc.clause {
	case inTargets, inOrderBy, inGroupBy, inDistinctOn:
		return sc.expands
	}
	return false
}

// checkSets refuses set-returning functions where PostgreSQL does: their rows would depend on whether they are evaluated.
func (s *stmt) checkSets(e scalar.Expr) error {
	if e == nil {
		return nil
	}
	var err error
	inside := func(x scalar.Expr, where string) {
		scalar.Walk(x, func(y scalar.Expr) bool {
			if y != x && setCall(y) && err == nil {
				err = diag.NotInPostgres.At(y.Span(), "set-returning functions are not allowed in %s", where)
			}
			return true
		})
	}
	scalar.Walk(e, func(x scalar.Expr) bool {
		switch x.(type) {
		case *scalar.Case:
			inside(x, "CASE")
		case *scalar.Coalesce:
			inside(x, "COALESCE")
		case *scalar.WindowCall:
			inside(x, "window function calls")
		case *scalar.Subquery:
			inside(x, "comparisons with a subquery")
		}
		return err == nil
	})
	return err
}

// setCall reports whether an expression is a call of a set-returning function.
func setCall(e scalar.Expr) bool {
	c, ok := e.(*scalar.Call)
	return ok && c.Fn.Set
}
