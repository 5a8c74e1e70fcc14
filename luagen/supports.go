package luagen

import (
	"github.com/prequel-db/prequel/lowering/phys"
	"github.com/prequel-db/prequel/luagen/prelude"
	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqlparse/diag"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// Missing is something that has no translation.
type Missing struct {
	What string
	Span diag.Span
}

// Supports reports whether an expression has a translation; if not, what has none and where it stands.
func Supports(e scalar.Expr) (missing string, at diag.Span, ok bool) {
	ok = true
	scalar.Walk(e, func(x scalar.Expr) bool {
		if ok {
			if m := unsupported(x); m != "" {
				missing, at, ok = m, x.Span(), false
			}
		}
		return ok
	})
	return missing, at, ok
}

// Check lists what of a program has no translation, in program order: the first of each expression, aggregates and window
// functions.
func Check(prog *phys.Program) []Missing {
	var out []Missing
	add := func(what string, at diag.Span) { out = append(out, Missing{what, at}) }
	phys.Walk(prog.Body, func(op phys.Op) bool {
		for _, e := range phys.Exprs(op) {
			if what, at, ok := Supports(e); !ok {
				add(what, at)
			}
		}
		switch op := op.(type) {
		case *phys.ForSet:
			if what := SupportsSet(op.Call.Fn); what != "" {
				add(what, op.Call.Pos)
			}
		case *phys.NewGroups:
			for i := range op.Aggs {
				if what := SupportsAggregate(&op.Aggs[i]); what != "" {
					add(what, aggregateSpan(&op.Aggs[i]))
				}
			}
		case *phys.WindowRows:
			for i := range op.Funcs {
				if what := SupportsWindow(op, &op.Funcs[i]); what != "" {
					add(what, diag.Span{})
				}
			}
		}
		return true
	})
	return out
}

func aggregateSpan(a *phys.Agg) diag.Span {
	if len(a.Args) > 0 {
		return a.Args[0].Span()
	}
	return diag.Span{}
}

// SupportsAggregate says what an aggregate lacks to be translated; "" when it can be.
func SupportsAggregate(a *phys.Agg) string {
	_, missing := accumulatorOf(a, a.Name)
	if missing == "" {
		return ""
	}
	return "the aggregate " + a.Name + " (" + missing + ")"
}

// SupportsWindow is the same for a window function.
func SupportsWindow(op *phys.WindowRows, f *phys.WindowFunc) string {
	if f.Agg != nil {
		if f.Agg.Distinct || len(f.Agg.OrderBy) > 0 {
			return "DISTINCT or ORDER BY in a window aggregate"
		}
		if what := SupportsAggregate(f.Agg); what != "" {
			return what
		}
	} else if !windowFunctions[f.Name] {
		return "the window function " + f.Name
	}
	if op.Frame.Mode != "range" || op.Frame.StartOffset == nil && op.Frame.EndOffset == nil || len(op.Order) != 1 {
		return ""
	}
	switch t := op.Order[0].Type; t.Kind {
	case value.Int2, value.Int4, value.Int8, value.Float4, value.Float8, value.Numeric,
		value.Date, value.Time, value.Timestamp, value.Timestamptz, value.Interval:
	default:
		return "RANGE with an offset over " + t.String()
	}
	return ""
}

var windowFunctions = map[string]bool{
	"row_number": true, "rank": true, "dense_rank": true, "percent_rank": true, "cume_dist": true,
	"ntile": true, "lag": true, "lead": true, "first_value": true, "last_value": true, "nth_value": true,
}

// unsupported says what a node itself lacks.
func unsupported(e scalar.Expr) string {
	switch e := e.(type) {
	case *scalar.Const:
		if e.Null {
			return ""
		}
		if _, err := value.Parse(e.Typ, e.Text); err != nil {
			return "the constant " + e.Text + " of type " + e.Typ.String() + ": " + err.Error()
		}
	case *scalar.Call:
		switch e.Fn.Proc {
		case "row_json":
			for i := 2; i < len(e.Args); i += 2 {
				if what := noJSON(e.Args[i].Type()); what != "" {
					return e.Fn.Name + " (" + what + ")"
				}
			}
			return ""
		case "row_text":
			for _, a := range e.Args {
				if what := unprintable(a.Type()); what != "" && a.Type().Kind != value.Array {
					return "a row (" + what + ")"
				}
			}
		}
		if p, ok := polymorphics[e.Fn.Proc]; ok && p.lacks != nil {
			if what := p.lacks(e); what != "" {
				return e.Fn.Name + " (" + what + ")"
			}
		}
		return missingFunc(e.Fn)
	case *scalar.InList:
		return missingFunc(e.Op)
	case *scalar.AnyArray:
		return missingFunc(e.Op)
	case *scalar.IsDistinct:
		return missingFunc(e.Eq)
	case *scalar.NullIf:
		return missingFunc(e.Eq)
	case *scalar.MinMax:
		return missingFunc(e.Less)
	case *scalar.ViaText:
		return missingCast(e.Arg.Type(), e.Typ)
	case *scalar.Modify:
		return missingModifier(e.Typ)
	case *scalar.Subquery:
		return "a subquery inside an expression"
	case *scalar.Agg, *scalar.WindowCall, *scalar.Grouping:
		return "an aggregate or window function inside an expression"
	}
	return ""
}

func missingFunc(f *scalar.Func) string {
	if _, ok := comparisons[f.Proc]; ok || free[f.Proc] || mathFunctions[f.Proc] != "" || f.Proc == "textcat" {
		return ""
	}
	if _, ok := procHelper(f.Proc); ok {
		return ""
	}
	if f.Name == "" {
		return "the function " + f.Proc
	}
	return "the function or operator " + f.Name
}

func missingCast(from, to value.Type) string {
	what := "the cast of " + from.String() + " to " + to.String()
	output := func(t value.Type) bool {
		return isString(t) || t.Kind == value.Enum || prelude.Has(outputProcs[t.Kind])
	}
	input := func(t value.Type) bool {
		return t.IsText() || t.Kind == value.Unknown || t.Kind == value.Enum || prelude.Has(inputProcs[t.Kind])
	}
	if !output(from) || !input(to) || from.Kind == value.Array && !output(*from.Elem) || to.Kind == value.Array && !input(*to.Elem) {
		return what
	}
	return ""
}

func missingModifier(t value.Type) string {
	if t.Mod == 0 || t.Kind == value.Varchar || t.Kind == value.Char {
		return ""
	}
	if name, ok := modifierProcs[t.Kind]; !ok || !prelude.Has(name) {
		return "the length of " + t.String()
	}
	return ""
}
