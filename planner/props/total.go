package props

import (
	"regexp"
	"strings"

	"github.com/prequel-db/prequel/planner/algebra"
	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// totalProcs are procedures, besides comparisons, that return for all arguments. Integer arithmetic is not among them
// (overflow), nor are float operations, most casts, and LIKE with an unknown pattern (a trailing escape raises).
var totalProcs = map[string]bool{
	"textcat": true, "lower": true, "upper": true, "initcap": true, "textlen": true, "textoctetlen": true, "text_reverse": true,
	"btrim": true, "ltrim": true, "rtrim": true, "btrim1": true, "ltrim1": true, "rtrim1": true, "textpos": true,
	"text_starts_with": true, "md5_text": true, "text_left": true, "text_right": true, "text_substr_no_len": true,
	"replace_text": true, "ascii": true, "bpcharlen": true, "bpcharoctetlen": true, "translate": true,
	"i2toi4": true, "int28": true, "int48": true, "int2_numeric": true, "int4_numeric": true, "int8_numeric": true,
	"i2tod": true, "i4tod": true, "i8tod": true, "i2tof": true, "i4tof": true, "i8tof": true, "ftod": true,
	"int4_bool": true, "bool_int4": true, "booltext": true,
	"int2and": true, "int2or": true, "int2xor": true, "int2not": true, "int4and": true, "int4or": true, "int4xor": true,
	"int4not": true, "int8and": true, "int8or": true, "int8xor": true, "int8not": true, "int4up": true, "int2up": true,
	"int8up": true, "numeric_uplus": true, "numeric_uminus": true, "numeric_abs": true, "numeric_sign": true,
	"text_concat":  true,
	"sha224_bytea": true, "sha256_bytea": true, "sha384_bytea": true, "sha512_bytea": true,
	"text_larger": true, "text_smaller": true, "array_append": true, "array_length": true,
}

// truncUnits are the field names that date_trunc takes.
var truncUnits = map[string]bool{
	"microseconds": true, "milliseconds": true, "second": true, "minute": true, "hour": true,
	"day": true, "week": true, "month": true, "quarter": true, "year": true, "decade": true, "century": true, "millennium": true,
}

// dateFields are the fields that extract takes of every date, the infinite ones too.
var dateFields = map[string]bool{
	"day": true, "week": true, "month": true, "quarter": true, "year": true, "decade": true, "century": true, "millennium": true,
	"dow": true, "isodow": true, "doy": true, "isoyear": true,
}

// WholeField reports whether a call extracts a field of a date that every date has, as a whole number.
func WholeField(x *scalar.Call) bool {
	if x.Fn.Proc != "extract_date" {
		return false
	}
	f, ok := stripRelabel(x.Args[0]).(*scalar.Const)
	return ok && dateFields[strings.ToLower(f.Text)]
}

// Total reports whether an expression can be evaluated on any row without raising an error.
func Total(e scalar.Expr) bool {
	return !scalar.Any(e, func(x scalar.Expr) bool {
		switch x := x.(type) {
		case *scalar.Call:
			return !totalCall(x)
		case *scalar.ViaText:
			_, known := scalar.Fold(x).(*scalar.Const)
			return !known
		case *scalar.Agg, *scalar.WindowCall:
			return true
		case *scalar.InList:
			return scalar.ComparisonOf(x.Op) == scalar.NotComparison
		case *scalar.AnyArray:
			return scalar.ComparisonOf(x.Op) == scalar.NotComparison
		case *scalar.Modify:
			return (x.Typ.Kind != value.Varchar && x.Typ.Kind != value.Char || !x.Explicit) && !scalar.Fits(x.Arg, x.Typ)
		case *scalar.Subquery:
			return !totalSubquery(x)
		}
		return false
	})
}

func totalCall(x *scalar.Call) bool {
	if scalar.ComparisonOf(x.Fn) != scalar.NotComparison || totalProcs[x.Fn.Proc] || scalar.DividesAlways(x) {
		return true
	}
	switch x.Fn.Proc {
	case "textlike", "textnlike", "texticlike", "texticnlike", "bpcharlike", "bpcharnlike":
		p, ok := stripRelabel(x.Args[1]).(*scalar.Const)
		return ok && (p.Null || !strings.HasSuffix(p.Text, `\`))
	case "timestamp_trunc", "timestamptz_trunc":
		u, ok := stripRelabel(x.Args[0]).(*scalar.Const)
		return ok && (u.Null || truncUnits[strings.ToLower(u.Text)])
	case "numeric_add", "numeric_sub", "numeric_mul":
		return bounded(x, 0)
	case "text_substr": // but for a negative length
		n, ok := x.Args[2].(*scalar.Const)
		return ok && !strings.HasPrefix(n.Text, "-")
	case "extract_date":
		return WholeField(x)
	case "date_pl_interval", "date_mi_interval", "timestamp_pl_interval", "timestamp_mi_interval":
		return shiftsNear(x)
	}
	_, known := scalar.Fold(x).(*scalar.Const)
	return known
}

// shiftsNear reports whether a constant time of the years 1000 to 9999 is moved by a constant interval without a number above 999.
func shiftsNear(x *scalar.Call) bool {
	at, okAt := x.Args[0].(*scalar.Const)
	by, okBy := x.Args[1].(*scalar.Const)
	return okAt && okBy && nearTime.MatchString(at.Text) && !farShift.MatchString(by.Text)
}

var (
	nearTime = regexp.MustCompile(`^[1-9][0-9]{3}-[0-9]{2}-[0-9]{2}( [0-9:.]*)?$`)
	farShift = regexp.MustCompile(`[0-9]{4}`)
)

func stripRelabel(e scalar.Expr) scalar.Expr {
	for {
		r, ok := e.(*scalar.Relabel)
		if !ok {
			return e
		}
		e = r.Arg
	}
}

// bounded reports whether a numeric expression's size has a bound far below what numeric can hold, so that sums and
// products of it cannot overflow: columns of a declared precision, integers and constants are bounded.
func bounded(e scalar.Expr, depth int) bool {
	if depth > 8 {
		return false
	}
	switch x := stripRelabel(e).(type) {
	case *scalar.Const:
		return true
	case *scalar.Call:
		switch x.Fn.Proc {
		case "int2_numeric", "int4_numeric", "int8_numeric":
			return Total(x.Args[0])
		case "numeric_add", "numeric_sub", "numeric_mul", "numeric_uminus", "numeric_abs":
			for _, a := range x.Args {
				if !bounded(a, depth+1) {
					return false
				}
			}
			return true
		}
	case *scalar.Column:
		return x.Typ.Kind == value.Numeric && x.Typ.Mod > 0
	case *scalar.Case:
		for _, w := range x.Whens {
			if !bounded(w.Then, depth+1) {
				return false
			}
		}
		return x.Else == nil || bounded(x.Else, depth+1)
	case *scalar.Coalesce:
		for _, a := range x.Args {
			if !bounded(a, depth+1) {
				return false
			}
		}
		return true
	}
	return false
}

func totalSubquery(x *scalar.Subquery) bool {
	rel, ok := x.Query.(algebra.Rel)
	if !ok || !TotalRel(rel) {
		return false
	}
	for _, op := range x.Op {
		if scalar.ComparisonOf(op) == scalar.NotComparison {
			return false
		}
	}
	return x.Kind != scalar.ScalarSubquery || Of(rel).AtMostOne()
}

// totalAggs are aggregates that return for all inputs. Sums of floats overflow; a sum of integers would need more rows than
// there can be.
var totalAggs = map[string]bool{
	"count": true, "sum": true, "avg": true, "min": true, "max": true, "bool_and": true, "bool_or": true,
	"every": true, "bit_and": true, "bit_or": true, "bit_xor": true, "array_agg": true, "string_agg": true,
}

// TotalAgg reports whether an aggregate can be computed over any rows without raising an error.
func TotalAgg(a algebra.Agg) bool {
	if !totalAggs[a.Name] {
		return false
	}
	for _, e := range a.Args {
		if k := e.Type().Kind; !Total(e) || (k == value.Float4 || k == value.Float8 || k == value.Interval) && (a.Name == "sum" || a.Name == "avg") {
			return false
		}
	}
	for _, k := range a.OrderBy {
		if !Total(k.Expr) {
			return false
		}
	}
	return a.Filter == nil || Total(a.Filter)
}

var totalWindowFuncs = map[string]bool{
	"row_number": true, "rank": true, "dense_rank": true, "percent_rank": true, "cume_dist": true,
	"lag": true, "lead": true, "first_value": true, "last_value": true,
}

// TotalRel reports whether a relation can be evaluated without raising an error, whatever the data.
func TotalRel(r algebra.Rel) bool {
	total := true
	algebra.Walk(r, func(x algebra.Rel) bool {
		total = total && totalOp(x)
		return total
	})
	return total
}

func totalOp(r algebra.Rel) bool {
	switch x := r.(type) {
	case *algebra.MaxOne:
		return Of(x.In).AtMostOne()
	case *algebra.TopK:
		return CountIsValid(x.Limit) && CountIsValid(x.Offset)
	case *algebra.FuncScan, *algebra.RecursiveUnion:
		return false
	case *algebra.GroupBy:
		return totalAggList(x.Aggs)
	case *algebra.GroupingSets:
		return totalAggList(x.Aggs)
	case *algebra.Window:
		for _, f := range x.Funcs {
			if f.Agg != nil && !TotalAgg(*f.Agg) || f.Agg == nil && !totalWindowFuncs[f.Name] {
				return false
			}
		}
		if x.Frame.StartOffset != nil || x.Frame.EndOffset != nil {
			return false
		}
	}
	for _, e := range algebra.Exprs(r) {
		if !Total(e) {
			return false
		}
	}
	return true
}

func totalAggList(aggs []algebra.Agg) bool {
	for _, a := range aggs {
		if !TotalAgg(a) {
			return false
		}
	}
	return true
}

// CountIsValid reports whether a LIMIT or OFFSET cannot be negative, which would raise.
func CountIsValid(e scalar.Expr) bool {
	if e == nil {
		return true
	}
	c, ok := e.(*scalar.Const)
	return ok && !strings.HasPrefix(c.Text, "-")
}
