package scalar

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/prequel-db/prequel/runtime/value"
)

// Format prints e as SQL-like text for plans. A column is printed as name:id; with nil cols as :id. Nested operators
// are parenthesised whatever their precedence, so that the text is unambiguous.
func Format(e Expr, cols *Columns) string {
	f := formatter{cols: cols}
	f.expr(e, false)
	return f.b.String()
}

// FormatColumn prints a column as name:id.
func FormatColumn(id ColumnID, cols *Columns) string {
	if cols != nil && int(id) < len(cols.Infos) {
		return cols.Infos[id].Name + ":" + strconv.Itoa(int(id))
	}
	return ":" + strconv.Itoa(int(id))
}

// FormattedRelation is a relation that can print itself inside an expression, on one line.
type FormattedRelation interface {
	FormatInline(cols *Columns) string
}

type formatter struct {
	b    strings.Builder
	cols *Columns
}

func (f *formatter) str(parts ...string) {
	for _, p := range parts {
		f.b.WriteString(p)
	}
}

func (f *formatter) list(list []Expr, sep string, nested bool) {
	for i, e := range list {
		if i > 0 {
			f.str(sep)
		}
		f.expr(e, nested)
	}
}

// infix prints body in parentheses when it stands inside another operator.
func (f *formatter) infix(nested bool, body func()) {
	if nested {
		f.str("(")
	}
	body()
	if nested {
		f.str(")")
	}
}

// connective prints a conjunction or disjunction. Conditions bind tighter than it, so that only connectives inside it are
// parenthesised.
func (f *formatter) connective(args []Expr, op string, nested bool) {
	if len(args) == 1 {
		f.expr(args[0], nested)
		return
	}
	f.infix(nested, func() {
		for i, a := range args {
			if i > 0 {
				f.str(op)
			}
			_, and := a.(*And)
			_, or := a.(*Or)
			f.expr(a, and || or)
		}
	})
}

func (f *formatter) call(name string, args ...Expr) {
	f.str(name, "(")
	f.list(args, ", ", false)
	f.str(")")
}

func (f *formatter) expr(e Expr, nested bool) {
	switch x := e.(type) {
	case nil:
		f.str("none")
	case *Column:
		f.str(FormatColumn(x.ID, f.cols))
	case *Const:
		f.str(formatConst(x))
	case *Param:
		switch {
		case x.Number == 0:
			f.str("now()")
		case x.Local():
			f.str(x.Name, "#", strconv.Itoa(x.Number-FirstLocal))
		default:
			f.str("$", strconv.Itoa(x.Number))
		}
	case *Call:
		f.function(x, nested)
	case *And:
		f.connective(x.Args, " AND ", nested)
	case *Or:
		f.connective(x.Args, " OR ", nested)
	case *Not:
		f.infix(nested, func() { f.str("NOT "); f.expr(x.Arg, true) })
	case *IsNull:
		f.infix(nested, func() { f.expr(x.Arg, true); f.str(" IS ", not(x.Negated), "NULL") })
	case *IsBool:
		f.infix(nested, func() { f.expr(x.Arg, true); f.str(" IS ", not(x.Negated), truth(x.Value)) })
	case *IsDistinct:
		f.infix(nested, func() {
			f.expr(x.Left, true)
			f.str(" IS ", not(x.Negated), "DISTINCT FROM ")
			f.expr(x.Right, true)
		})
	case *Case:
		f.str("CASE")
		for _, w := range x.Whens {
			f.str(" WHEN ")
			f.expr(w.Cond, false)
			f.str(" THEN ")
			f.expr(w.Then, false)
		}
		if x.Else != nil {
			f.str(" ELSE ")
			f.expr(x.Else, false)
		}
		f.str(" END")
	case *Coalesce:
		f.call("coalesce", x.Args...)
	case *NullIf:
		f.call("nullif", x.Left, x.Right)
	case *MinMax:
		name := "greatest"
		if x.Least {
			name = "least"
		}
		f.call(name, x.Args...)
	case *InList:
		f.infix(nested, func() {
			f.expr(x.Left, true)
			f.str(" ", x.Op.Name, quantifier(x.All), "(")
			f.list(x.List, ", ", false)
			f.str(")")
		})
	case *AnyArray:
		f.infix(nested, func() {
			f.expr(x.Left, true)
			f.str(" ", x.Op.Name, quantifier(x.All), "(")
			f.expr(x.Array, false)
			f.str(")")
		})
	case *Relabel:
		f.expr(x.Arg, true)
		f.str("::", x.Typ.String())
	case *ViaText:
		f.expr(x.Arg, true)
		f.str("::text::", x.Typ.String())
	case *Modify:
		if x.Explicit {
			f.expr(x.Arg, true)
			f.str("::", x.Typ.String())
		} else {
			f.str("assign(")
			f.expr(x.Arg, false)
			f.str(", ", x.Typ.String(), ")")
		}
	case *ArrayExpr:
		f.str("ARRAY[")
		f.list(x.Elems, ", ", false)
		f.str("]")
	case *Subquery:
		f.subquery(x, nested)
	case *Agg:
		f.agg(x)
	case *Grouping:
		f.call("grouping", x.Args...)
	case *WindowCall:
		if x.Agg != nil {
			f.agg(x.Agg)
		} else {
			f.call(x.Name, x.Args...)
		}
		f.str(" OVER (...)")
	default:
		panic("scalar: unknown expression")
	}
}

func (f *formatter) function(x *Call, nested bool) {
	operator := x.Fn.Name != "" && !isIdentStart(x.Fn.Name[0])
	switch {
	case operator && len(x.Args) == 2:
		f.infix(nested, func() {
			f.expr(x.Args[0], true)
			f.str(" ", x.Fn.Name, " ")
			f.expr(x.Args[1], true)
		})
	case operator && len(x.Args) == 1:
		f.infix(nested, func() { f.str(x.Fn.Name, " "); f.expr(x.Args[0], true) })
	default:
		f.call(x.Fn.Name, x.Args...)
	}
}

func isIdentStart(c byte) bool {
	return c == '_' || c == '"' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= 0x80
}

func (f *formatter) subquery(x *Subquery, nested bool) {
	inner := "(query)"
	if r, ok := x.Query.(FormattedRelation); ok {
		inner = "(" + r.FormatInline(f.cols) + ")"
	}
	switch x.Kind {
	case ScalarSubquery:
		f.str(inner)
	case ExistsSubquery:
		f.str("EXISTS ", inner)
	case ArraySubquery:
		f.str("ARRAY ", inner)
	case AnySubquery, AllSubquery:
		f.infix(nested, func() {
			if len(x.Left) == 1 {
				f.expr(x.Left[0], true)
			} else {
				f.str("(")
				f.list(x.Left, ", ", false)
				f.str(")")
			}
			f.str(" ", x.Op[0].Name, quantifier(x.Kind == AllSubquery), inner)
		})
	}
}

func (f *formatter) agg(x *Agg) {
	f.str(FormatAgg(x.Name, x.Args, x.Distinct, x.OrderBy, x.Within, x.Filter, f.cols))
}

// FormatAgg prints an aggregate call.
func FormatAgg(name string, args []Expr, distinct bool, order []SortKey, within bool, filter Expr, cols *Columns) string {
	f := formatter{cols: cols}
	f.str(name, "(")
	if distinct {
		f.str("DISTINCT ")
	}
	if len(args) == 0 && !within {
		f.str("*")
	}
	f.list(args, ", ", false)
	if len(order) > 0 && !within {
		f.str(" ORDER BY ")
		f.keys(order)
	}
	f.str(")")
	if within {
		f.str(" WITHIN GROUP (ORDER BY ")
		f.keys(order)
		f.str(")")
	}
	if filter != nil {
		f.str(" FILTER (")
		f.expr(filter, false)
		f.str(")")
	}
	return f.b.String()
}

func (f *formatter) keys(keys []SortKey) {
	for i, k := range keys {
		if i > 0 {
			f.str(", ")
		}
		f.expr(k.Expr, false)
		f.str(FormatDirection(k.Desc, k.NullsFirst))
	}
}

// FormatDirection prints a sort direction as SQL does, leaving out what is the default: ascending, and NULLs as if
// they were larger than every value.
func FormatDirection(desc, nullsFirst bool) string {
	s := ""
	if desc {
		s = " DESC"
	}
	if nullsFirst != desc {
		if nullsFirst {
			return s + " NULLS FIRST"
		}
		return s + " NULLS LAST"
	}
	return s
}

func not(negated bool) string {
	if negated {
		return "NOT "
	}
	return ""
}

func truth(v *bool) string {
	switch {
	case v == nil:
		return "UNKNOWN"
	case *v:
		return "TRUE"
	}
	return "FALSE"
}

func quantifier(all bool) string {
	if all {
		return " ALL "
	}
	return " ANY "
}

func formatConst(c *Const) string {
	if c.Null {
		return "NULL::" + c.Typ.String()
	}
	switch c.Typ.Kind {
	case value.Bool:
		if c.Text == "t" || c.Text == "true" {
			return "true"
		}
		return "false"
	case value.Int4:
		return c.Text
	case value.Text, value.Unknown:
		return quote(c.Text)
	case value.Numeric:
		if c.Typ.Mod == 0 && strings.ContainsAny(c.Text, ".eE") {
			return c.Text
		}
	}
	return fmt.Sprintf("%s::%s", quote(c.Text), c.Typ)
}

func quote(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }
