package lowering

import (
	"strings"

	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// Microseconds of Lua, measured as costLua is: a call of a function, one on decimals, one that looks for a pattern; a value of a width of its
// own taken out of a row; an aggregate that takes a value; a maintained sum that is read, changed and written as text.
const (
	costCall    = 0.06
	costDecimal = 0.12
	costPattern = 0.6
	costText    = 0.08
	costAgg     = 0.2
	costSum     = 0.5
)

// evaluating estimates the time that evaluating expressions takes for each row.
func evaluating(es ...scalar.Expr) float64 {
	total := 0.0
	for _, e := range es {
		scalar.Walk(e, func(x scalar.Expr) bool {
			switch x := x.(type) {
			case *scalar.Column:
				if x.Typ.FixedWidth() == 0 {
					total += costText
				}
			case *scalar.Call:
				switch {
				case strings.Contains(x.Fn.Proc, "like") || strings.Contains(x.Fn.Proc, "regex"):
					total += costPattern
				case x.Typ.Kind == value.Numeric || len(x.Args) > 0 && x.Args[0].Type().Kind == value.Numeric:
					total += costDecimal
				default:
					total += costCall
				}
			}
			return true
		})
	}
	return total
}
