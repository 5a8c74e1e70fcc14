package props

import (
	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// Rejects reports whether a condition is never true in a row in which all columns of the set are NULL.
func Rejects(cond scalar.Expr, set scalar.ColSet) bool {
	switch x := cond.(type) {
	case *scalar.And:
		for _, a := range x.Args {
			if Rejects(a, set) {
				return true
			}
		}
		return false
	case *scalar.Or:
		for _, a := range x.Args {
			if !Rejects(a, set) {
				return false
			}
		}
		return true
	}
	return scalar.Requires(cond).Intersects(set)
}

// notNullProcs are strict procedures, besides comparisons, that return a value for arguments that are not NULL.
var notNullProcs = map[string]bool{
	"int2pl": true, "int2mi": true, "int2mul": true, "int2div": true, "int4pl": true, "int4mi": true, "int4mul": true,
	"int4div": true, "int4mod": true, "int8pl": true, "int8mi": true, "int8mul": true, "int8div": true, "int8mod": true,
	"int24pl": true, "int42pl": true, "int48pl": true, "int84pl": true, "int48mi": true, "int84mi": true, "int48mul": true,
	"int84mul": true, "int84div": true, "int48div": true, "int4um": true, "int8um": true, "int4abs": true, "int8abs": true,
	"numeric_add": true, "numeric_sub": true, "numeric_mul": true, "numeric_div": true, "numeric_mod": true, "numeric_round": true,
	"numeric_trunc": true, "numeric_ceil": true, "numeric_floor": true, "float8pl": true, "float8mi": true, "float8mul": true,
	"float8div": true, "timestamp_trunc": true, "timestamptz_trunc": true, "date_timestamp": true, "timestamp_date": true,
	"timestamptz_date": true, "i4toi2": true, "int84": true, "int82": true, "dtoi4": true, "dtoi8": true, "numeric_int4": true,
	"numeric_int8": true, "numeric_float8": true, "float8_numeric": true, "text_substr": true, "textlike": true, "textnlike": true,
	"numeric": true,
	// Sums of groups that have rows.
	"scalesum_value": true, "numsum_value": true,
}

// NotNull reports whether an expression is never NULL, given the columns that are not.
func NotNull(e scalar.Expr, cols scalar.ColSet) bool {
	all := func(list []scalar.Expr) bool {
		for _, x := range list {
			if !NotNull(x, cols) {
				return false
			}
		}
		return true
	}
	switch x := e.(type) {
	case *scalar.Column:
		return cols.Has(x.ID)
	case *scalar.Const:
		return !x.Null
	case *scalar.Param:
		return x.Number == 0
	case *scalar.Call:
		known := scalar.ComparisonOf(x.Fn) != scalar.NotComparison || totalProcs[x.Fn.Proc] || notNullProcs[x.Fn.Proc]
		return known && x.Fn.Proc != "array_length" && all(x.Args)
	case *scalar.And:
		return all(x.Args)
	case *scalar.Or:
		return all(x.Args)
	case *scalar.Not:
		return NotNull(x.Arg, cols)
	case *scalar.IsNull, *scalar.IsBool, *scalar.IsDistinct, *scalar.ArrayExpr:
		return true
	case *scalar.Case:
		if x.Else == nil || !NotNull(x.Else, cols) {
			return false
		}
		for _, w := range x.Whens {
			if !NotNull(w.Then, cols) {
				return false
			}
		}
		return true
	case *scalar.Coalesce:
		for _, a := range x.Args {
			if NotNull(a, cols) {
				return true
			}
		}
		return false
	case *scalar.MinMax:
		for _, a := range x.Args {
			if NotNull(a, cols) {
				return true
			}
		}
		return false
	case *scalar.InList:
		return NotNull(x.Left, cols) && all(x.List)
	case *scalar.Relabel:
		return NotNull(x.Arg, cols)
	case *scalar.Modify:
		return NotNull(x.Arg, cols) && x.Typ.Kind != value.Array
	case *scalar.Subquery:
		return x.Kind == scalar.ExistsSubquery || x.Kind == scalar.ArraySubquery
	}
	return false
}
