package scalar

import (
	"strings"

	"github.com/prequel-db/prequel/runtime/value"
)

// Decimal describes an expression of numeric whose values, those that are not NaN, all have the same number of digits behind the point.
type Decimal struct {
	Whole int // at most so many digits before the point
	Scale int
}

// decimalDigits is the number of digits up to which an expression is taken for a decimal: far from what overflows.
const decimalDigits = 1000

// KnownDecimals says of a column whether it is a decimal; where that is not known its type decides. It may be nil.
type KnownDecimals func(ColumnID) (d Decimal, ok, known bool)

// DecimalOf tells whether an expression's values are decimals: numeric(p,s), constants, and what sums, differences and products make of
// them by PostgreSQL's rules for scales. Evaluating one cannot fail, apart from its casts.
func DecimalOf(e Expr, columns KnownDecimals) (Decimal, bool) {
	d, ok := decimalOf(e, columns)
	return d, ok && d.Whole+d.Scale <= decimalDigits
}

func decimalOf(e Expr, columns KnownDecimals) (Decimal, bool) {
	switch x := e.(type) {
	case *Column:
		if columns != nil {
			if d, ok, known := columns(x.ID); known {
				return d, ok
			}
		}
	case *Const:
		return constantDecimal(x)
	case *Case:
		all := make([]Expr, 0, len(x.Whens)+1)
		for _, w := range x.Whens {
			all = append(all, w.Then)
		}
		if x.Else != nil {
			all = append(all, x.Else)
		}
		return sameDecimal(all, columns)
	case *Coalesce:
		return sameDecimal(x.Args, columns)
	case *Call:
		return calledDecimal(x, columns)
	}
	return typedDecimal(e.Type())
}

func typedDecimal(t value.Type) (Decimal, bool) {
	if t.Kind != value.Numeric || t.Mod == 0 || t.Scale < 0 {
		return Decimal{}, false
	}
	return Decimal{Whole: max(t.Mod-t.Scale, 1), Scale: t.Scale}, true
}

func constantDecimal(c *Const) (Decimal, bool) {
	text := strings.TrimPrefix(c.Text, "-")
	whole, fraction, _ := strings.Cut(text, ".")
	if c.Typ.Kind != value.Numeric || c.Null || whole == "" || strings.Trim(whole+fraction, "0123456789") != "" {
		return Decimal{}, false
	}
	return Decimal{Whole: len(whole), Scale: len(fraction)}, true
}

// sameDecimal is that of expressions of which one is the value; NULL is any's.
func sameDecimal(es []Expr, columns KnownDecimals) (Decimal, bool) {
	var out Decimal
	found := false
	for _, e := range es {
		if c, ok := e.(*Const); ok && c.Null {
			continue
		}
		d, ok := decimalOf(e, columns)
		if !ok || found && d.Scale != out.Scale {
			return Decimal{}, false
		}
		out, found = Decimal{Whole: max(d.Whole, out.Whole), Scale: d.Scale}, true
	}
	return out, found
}

func calledDecimal(c *Call, columns KnownDecimals) (Decimal, bool) {
	switch c.Fn.Proc {
	case "int2_numeric":
		return Decimal{Whole: 5}, true
	case "int4_numeric":
		return Decimal{Whole: 10}, true
	case "int8_numeric":
		return Decimal{Whole: 19}, true
	case "numeric_uminus", "numeric_uplus", "numeric_abs":
		return decimalOf(c.Args[0], columns)
	case "numeric_add", "numeric_sub", "numeric_mul":
		a, ok := decimalOf(c.Args[0], columns)
		b, both := decimalOf(c.Args[1], columns)
		if !ok || !both {
			return Decimal{}, false
		}
		if c.Fn.Proc == "numeric_mul" {
			return Decimal{Whole: a.Whole + b.Whole, Scale: a.Scale + b.Scale}, true
		}
		return Decimal{Whole: max(a.Whole, b.Whole) + 1, Scale: max(a.Scale, b.Scale)}, true
	}
	return typedDecimal(c.Typ)
}
