package bind

import (
	"strings"

	"github.com/prequel-db/prequel/sqlparse/bound"
	"github.com/prequel-db/prequel/sqlparse/diag"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// checkConstants refuses a division of constants by zero in a query's own expressions. PostgreSQL computes constants before it runs a
// query, so that it raises the error even where no row gets there, in a branch of CASE that nobody takes or over an empty table. What
// parameters or other constants decide is left alone: PostgreSQL leaves out the branches that these rule out. So are subqueries, which
// it may never plan.
func (s *stmt) checkConstants(body bound.Body) error {
	q, ok := body.(*bound.Query)
	if !ok || q.SetOp != nil {
		return nil
	}
	exprs := []scalar.Expr{q.Where, q.Having, q.Limit, q.Offset}
	for _, t := range q.Targets {
		exprs = append(exprs, t.Expr)
	}
	for _, k := range q.OrderBy {
		exprs = append(exprs, k.Expr)
	}
	for _, e := range exprs {
		if at := divisionByZero(e); at != nil {
			return diag.OtherError.At(at.Span(), "division by zero").WithState("22012").
				WithHelp("PostgreSQL computes constants before it runs the query, whether or not a row needs them")
		}
	}
	return nil
}

// divisionByZero finds a division of constants by zero that is computed ahead of the rows; nil when there is none.
func divisionByZero(e scalar.Expr) scalar.Expr {
	if e == nil {
		return nil
	}
	list := scalar.Children(e)
	switch x := e.(type) {
	case *scalar.Call:
		if len(x.Args) == 2 && divides(x.Fn.Proc) && isZero(x.Args[1]) {
			if c, ok := x.Args[0].(*scalar.Const); ok && !c.Null {
				return x
			}
		}
	case *scalar.Case:
		list = nil
		decided := false
		for _, w := range x.Whens {
			if decided = decided || !dependsOnRows(w.Cond); decided {
				break
			}
			list = append(list, w.Cond, w.Then)
		}
		if !decided && x.Else != nil {
			list = append(list, x.Else)
		}
	case *scalar.Coalesce:
		for i, a := range x.Args {
			if !dependsOnRows(a) {
				list = x.Args[:i+1]
				break
			}
		}
	case *scalar.And:
		list = unlessDecided(x.Args)
	case *scalar.Or:
		list = unlessDecided(x.Args)
	}
	for _, c := range list {
		if at := divisionByZero(c); at != nil {
			return at
		}
	}
	return nil
}

// unlessDecided are the conditions of a conjunction or disjunction, none where one of them could decide it without a row.
func unlessDecided(args []scalar.Expr) []scalar.Expr {
	for _, a := range args {
		if !dependsOnRows(a) {
			return nil
		}
	}
	return args
}

// dependsOnRows reports whether an expression has more to it than constants and parameters.
func dependsOnRows(e scalar.Expr) bool {
	found := false
	scalar.Walk(e, func(x scalar.Expr) bool {
		switch x.(type) {
		case *scalar.Column, *scalar.Subquery, *scalar.Agg, *scalar.WindowCall:
			found = true
		}
		return !found
	})
	return found
}

// divides reports whether a builtin divides integers, numerics or floats.
func divides(proc string) bool {
	switch proc {
	case "int2div", "int4div", "int8div", "int24div", "int42div", "int28div", "int82div", "int48div", "int84div", "int2mod", "int4mod",
		"int8mod", "numeric_div", "numeric_mod", "float4div", "float8div", "float48div", "float84div":
		return true
	}
	return false
}

func isZero(e scalar.Expr) bool {
	c, ok := e.(*scalar.Const)
	return ok && !c.Null && c.Text != "" && strings.Trim(c.Text, "0.") == ""
}
