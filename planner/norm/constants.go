package norm

import (
	"slices"

	"github.com/prequel-db/prequel/planner/algebra"
	"github.com/prequel-db/prequel/planner/props"
	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// Constants lists what PostgreSQL computes when it plans a relation, of which the columns in need are used, and expressions over it:
// calls of immutable functions with constant arguments, as large as they are, which may raise an error. Columns that nobody uses it does
// not plan; nor what a condition rules out that constants or parameters decide, as far as the values that it plans for tell it.
func (e *Env) Constants(r algebra.Rel, need scalar.ColSet, exprs ...scalar.Expr) algebra.Constants {
	c := &constants{env: &Env{Columns: e.Columns, References: e.References, known: props.Cache{}}}
	if !c.mayHave(r, exprs) {
		return nil
	}
	for _, x := range exprs {
		c.of(x)
	}
	c.relation(r, need)
	return c.list
}

type constants struct {
	env  *Env // of its own: what is pruned here is no step of the statement's passes
	list algebra.Constants
}

// mayHave says whether there is any such expression, wherever it stands. There hardly ever is.
func (c *constants) mayHave(r algebra.Rel, exprs []scalar.Expr) bool {
	may := func(e scalar.Expr) bool {
		return e != nil && scalar.Any(c.env.foldExpr(e), func(x scalar.Expr) bool {
			if s, ok := x.(*scalar.Subquery); ok {
				rel, ok := s.Query.(algebra.Rel)
				return ok && c.mayHave(rel, nil)
			}
			return raises(x)
		})
	}
	found := slices.ContainsFunc(exprs, may)
	algebra.Walk(r, func(x algebra.Rel) bool {
		found = found || slices.ContainsFunc(algebra.Exprs(x), may)
		return !found
	})
	return found
}

func (c *constants) relation(r algebra.Rel, need scalar.ColSet) {
	algebra.Walk(r, func(x algebra.Rel) bool {
		switch x.(type) {
		case *algebra.Filter, *algebra.Join, *algebra.Apply: // PostgreSQL leaves out joins after it has computed their conditions
			c.own(x)
		}
		return true
	})
	algebra.Walk(c.env.prune(r, need), func(x algebra.Rel) bool {
		c.own(x)
		return true
	})
}

func (c *constants) own(r algebra.Rel) {
	for _, e := range algebra.Exprs(r) {
		c.of(e)
	}
}

// of adds the constants of an expression.
func (c *constants) of(e scalar.Expr) {
	if e == nil {
		return
	}
	c.inside(c.env.foldExpr(e))
}

func (c *constants) inside(e scalar.Expr) {
	if raises(e) {
		if !slices.ContainsFunc(c.list, func(old scalar.Expr) bool { return scalar.Equal(old, e) }) {
			c.list = append(c.list, e)
		}
		return
	}
	list := scalar.Children(e)
	switch x := e.(type) {
	case *scalar.Subquery:
		if rel, ok := x.Query.(algebra.Rel); ok && x.Kind != scalar.ExistsSubquery {
			c.relation(rel, scalar.SetOf(algebra.OutputCols(rel)...))
		}
	case *scalar.Case:
		list = nil
		for i, w := range x.Whens {
			if !dependsOnRows(w.Cond) {
				break
			}
			list = append(list, w.Cond, w.Then)
			if i == len(x.Whens)-1 && x.Else != nil {
				list = append(list, x.Else)
			}
		}
	case *scalar.Coalesce:
		if i := slices.IndexFunc(x.Args, func(a scalar.Expr) bool { return !dependsOnRows(a) }); i >= 0 {
			list = x.Args[:i+1]
		}
	case *scalar.And, *scalar.Or:
		if slices.ContainsFunc(list, func(a scalar.Expr) bool { return !dependsOnRows(a) }) {
			return
		}
	}
	for _, x := range list {
		c.inside(x)
	}
}

// raises reports whether an expression is computed from constants alone, by functions of which one may raise an error. A condition is not
// computed as a whole: what is compared in it is.
func raises(e scalar.Expr) bool {
	switch x := e.(type) {
	case *scalar.And, *scalar.Or, *scalar.Not, *scalar.IsNull, *scalar.IsBool, *scalar.IsDistinct:
		return false
	case *scalar.Call:
		if scalar.ComparisonOf(x.Fn) != scalar.NotComparison {
			return false
		}
	}
	varies := scalar.Any(e, func(x scalar.Expr) bool {
		switch x := x.(type) {
		case *scalar.Const, *scalar.Relabel, *scalar.Case, *scalar.Coalesce, *scalar.NullIf, *scalar.MinMax, *scalar.ArrayExpr,
			*scalar.And, *scalar.Or, *scalar.Not, *scalar.IsNull, *scalar.IsBool, *scalar.IsDistinct, *scalar.InList, *scalar.AnyArray:
			return false
		case *scalar.Call:
			return !x.Fn.Immutable || x.Fn.Set
		case *scalar.Modify:
			return !plainText(x.Typ)
		case *scalar.ViaText:
			return !plainText(x.Typ) || !plainText(x.Arg.Type())
		}
		return true
	})
	return !varies && !props.Total(e)
}

// plainText reports whether a type's text form depends on no setting and no catalog.
func plainText(t value.Type) bool {
	switch t.Kind {
	case value.Bool, value.Int2, value.Int4, value.Int8, value.Float4, value.Float8, value.Numeric, value.Text, value.Varchar, value.Char,
		value.UUID, value.JSON, value.JSONB:
		return true
	}
	return false
}

// dependsOnRows reports whether an expression has more to it than constants and parameters.
func dependsOnRows(e scalar.Expr) bool {
	return scalar.Any(e, func(x scalar.Expr) bool {
		switch x.(type) {
		case *scalar.Column, *scalar.Subquery, *scalar.Agg, *scalar.WindowCall:
			return true
		}
		return false
	})
}
