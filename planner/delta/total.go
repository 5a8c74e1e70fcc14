package delta

import (
	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// totalProcs are procedures that return for all arguments. An expression made of others must not be evaluated by a write:
// PostgreSQL raises its error when the query is run, not when the row is stored.
var totalProcs = map[string]bool{
	"textcat": true, "lower": true, "upper": true, "textlen": true, "textoctetlen": true, "btrim1": true, "ltrim1": true,
	"rtrim1": true, "text_reverse": true, "textpos": true, "text_starts_with": true, "md5_text": true,
	"text_left": true, "text_right": true, "text_substr_no_len": true, "replace_text": true, "initcap": true,
	"i2toi4": true, "int28": true, "int48": true, "i4toi2": false,
	"int2_numeric": true, "int4_numeric": true, "int8_numeric": true, "i4tod": true, "i2tod": true, "i8tod": true, "ftod": true,
	"int4_bool": true, "bool_int4": true, "booltext": true,
	"timestamptz_trunc": true, "timestamp_trunc": true,
}

// Total reports whether an expression can be evaluated on any row without raising an error.
func Total(e scalar.Expr) bool {
	return !scalar.Any(e, func(x scalar.Expr) bool {
		switch x := x.(type) {
		case *scalar.Call:
			return scalar.ComparisonOf(x.Fn) == scalar.NotComparison && !totalProcs[x.Fn.Proc]
		case *scalar.ViaText, *scalar.Subquery:
			return true
		case *scalar.Modify:
			return x.Typ.Kind != value.Varchar && x.Typ.Kind != value.Char || !x.Explicit
		}
		return false
	})
}
