package luagen

import (
	"strconv"
	"strings"

	"github.com/prequel-db/prequel/luagen/lua"
	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// Arithmetic on numerics of which the scale is known runs on decimals: whole numbers of units of the last digit (see the prelude's
// numeric_decimal.lua). The text that a numeric is elsewhere is made where it is needed, of what is made of decimals, and the units of what
// is stored are taken where arithmetic needs them.

// decimalPrecision is the number of digits of a decimal's units, decimalScale the greatest scale of decimals.
const (
	decimalPrecision = 15
	decimalScale     = 12
)

// scaleOf is the scale of a decimal expression.
func (g *gen) scaleOf(e scalar.Expr) (int, bool) {
	d, ok := g.decimalOf(e)
	return d.Scale, ok
}

func (g *gen) decimalOf(e scalar.Expr) (scalar.Decimal, bool) {
	d, ok := scalar.DecimalOf(e, func(id scalar.ColumnID) (d scalar.Decimal, ok, known bool) {
		if g.facts.set[id] {
			return d, false, true
		}
		c, known := g.decimals[id]
		return c.Decimal, c.ok, known
	})
	return d, ok && d.Scale <= decimalScale
}

// computed says whether a column that was computed is a decimal.
type computed struct {
	scalar.Decimal
	ok bool
}

// decimalText is a decimal as text: of units at a scale.
func decimalText(units lua.Expr, scale int) lua.Expr {
	return compute("decimal_text", units, lua.Int(int64(scale)))
}

// unitsIn finds the units that a text was made of.
func (g *gen) unitsIn(x lua.Expr) lua.Expr {
	switch x := x.(type) {
	case *lua.Var:
		if u := g.units[x]; u != nil {
			return u
		}
	case *lua.Call:
		for _, made := range []string{"decimal_text", "int4_numeric", "int2_numeric"} {
			if x.F == helper(made) && len(x.Args) > 0 { // of NULL there is no argument
				return x.Args[0]
			}
		}
	}
	return nil
}

// decimal is a decimal expression, translated as x, in units of a scale, which is the expression's own or a greater one.
func (g *gen) decimal(e scalar.Expr, x lua.Expr, own, scale int) lua.Expr {
	if c, ok := scalar.Fold(e).(*scalar.Const); ok {
		whole, fraction, _ := strings.Cut(c.Text, ".")
		digits := whole + fraction + strings.Repeat("0", scale-own)
		if n, err := strconv.ParseInt(digits, 10, 64); err == nil && n < 1e15 && n > -1e15 {
			return lua.Int(n)
		}
	}
	u := g.unitsIn(x)
	if u == nil {
		u = compute("decimal_of", x, unit(own))
	}
	if own < scale {
		u = compute("decimal_mul", u, unit(scale-own), lua.Int(int64(own)), lua.Int(int64(scale-own)))
	}
	return u
}

// unit is 10 to a power.
func unit(scale int) lua.Expr { return lua.Num{Text: "1" + strings.Repeat("0", scale)} }

// decimalCall writes a call over decimals; nil where it is none.
func (g *gen) decimalCall(e *scalar.Call, xs []lua.Expr) lua.Expr {
	switch e.Fn.Proc {
	case "numeric_add", "numeric_sub", "numeric_mul", "numeric_eq", "numeric_ne", "numeric_lt", "numeric_le", "numeric_gt", "numeric_ge":
	default:
		return nil
	}
	a, ok := g.scaleOf(e.Args[0])
	b, both := g.scaleOf(e.Args[1])
	if !ok || !both {
		return nil
	}
	if e.Fn.Proc == "numeric_mul" {
		if a+b > decimalScale {
			return nil
		}
		product := compute("decimal_mul", g.decimal(e.Args[0], xs[0], a, a), g.decimal(e.Args[1], xs[1], b, b), lua.Int(int64(a)), lua.Int(int64(b)))
		return decimalText(product, a+b)
	}
	scale := max(a, b)
	x, y := g.decimal(e.Args[0], xs[0], a, scale), g.decimal(e.Args[1], xs[1], b, scale)
	apply := func(name string, x, y lua.Expr) lua.Expr { return compute(name, x, y, lua.Int(int64(scale))) }
	switch e.Fn.Proc {
	case "numeric_add", "numeric_sub":
		return decimalText(apply("decimal_"+strings.TrimPrefix(e.Fn.Proc, "numeric_"), x, y), scale)
	case "numeric_eq":
		return apply("decimal_eq", x, y)
	case "numeric_ne":
		return lua.Not(apply("decimal_eq", x, y))
	case "numeric_lt":
		return apply("decimal_lt", x, y)
	case "numeric_gt":
		return apply("decimal_lt", y, x)
	case "numeric_le":
		return lua.Not(apply("decimal_lt", y, x))
	}
	return lua.Not(apply("decimal_lt", x, y)) // NaN equals itself and is the greatest: one of two is less, or they are equal
}

// letDecimal computes a column that is made of decimals: its units, and its text where somebody needs that.
func (g *gen) letDecimal(id scalar.ColumnID, x lua.Expr, scale int, nullable bool) bool {
	var guards []lua.Expr
	if and, ok := x.(*lua.Bin); ok && and.Op == "and" {
		guards, x = []lua.Expr{and.L}, and.R
	}
	call, ok := x.(*lua.Call)
	if !ok || call.F != helper("decimal_text") {
		return false
	}
	units := lua.NewVar(g.colName(id))
	g.emit(lua.Let(units, lua.And(append(guards, call.Args[0])...)))
	text := decimalText(units, scale)
	if nullable {
		text = lua.And(units, text)
	}
	v := g.later(g.colName(id)+"_text", text)
	g.units[v] = units
	g.bind(id, &column{expr: v, nullable: nullable})
	return true
}

// aggregated is the scale of the decimals that a sum or average adds up.
func (g *gen) aggregated(s *aggState, inputs []scalar.Expr) (int, bool) {
	if s.ordered || s.agg.Name != "sum" && s.agg.Name != "avg" || inputs[0].Type().Kind != value.Numeric {
		return 0, false
	}
	return g.scaleOf(inputs[0])
}
