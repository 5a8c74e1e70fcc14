package bind

import (
	"strconv"

	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqlparse/builtin"
	"github.com/prequel-db/prequel/sqlparse/diag"
	"github.com/prequel-db/prequel/sqlparse/scalar"

	pg "github.com/pganalyze/pg_query_go/v5"
)

// rowValue is what a value of type record is made of. Its expression shows the row as text, (1,abc,); JSON functions and field
// selection take the fields themselves.
type rowValue struct {
	names  []string
	fields []scalar.Expr
	// exists is true where there is a row, false where an outer join found none; nil when there always is one.
	exists scalar.Expr
}

// rowText shows a row's fields, which come as arguments, as PostgreSQL prints rows.
var rowText = &scalar.Func{Name: "row", Proc: "row_text"}

// rowJSON makes a JSON object: of what stands between its members, and of names and values in turn.
var rowJSON = &scalar.Func{Name: "row_to_json", Proc: "row_json"}

// rowJSONB is the same for jsonb.
var rowJSONB = &scalar.Func{Name: "jsonb_build_object", Proc: "jsonb_build_object"}

// rowExpr binds ROW(a, b), whose fields are named f1, f2.
func (s *stmt) rowExpr(sc *scope, n *pg.RowExpr) (scalar.Expr, error) {
	r := &rowValue{}
	for _, a := range n.Args {
		if ref := a.GetColumnRef(); isStar(ref) {
			stars, err := s.star(sc, ref)
			if err != nil {
				return nil, err
			}
			for _, t := range stars {
				r.fields = append(r.fields, t.expr)
			}
			continue
		}
		e, err := s.expr(sc, a)
		if err != nil {
			return nil, err
		}
		if e.Type().Kind == value.Unknown {
			if e, _, err = s.coerceTo(e, textType, builtin.Implicit, e.Span()); err != nil {
				return nil, err
			}
		}
		r.fields = append(r.fields, e)
	}
	for i := range r.fields {
		r.names = append(r.names, "f"+strconv.Itoa(i+1))
	}
	return s.row(r, s.span(n.Location)), nil
}

// isStar reports whether a reference ends in *.
func isStar(ref *pg.ColumnRef) bool {
	return ref != nil && len(ref.Fields) > 0 && ref.Fields[len(ref.Fields)-1].GetAStar() != nil
}

// wholeRow is the row of a FROM item as a value: NULL, not a row of NULLs, where an outer join found none. A column that is never NULL
// in a row that exists tells the two apart.
func (s *stmt) wholeRow(it *item, span diag.Span) (scalar.Expr, error) {
	if it.isValue {
		return at(it.cols[0].expr, span), nil
	}
	r := &rowValue{}
	padded := false
	for _, c := range it.cols {
		if err := c.unusable(span); err != nil {
			return nil, err
		}
		r.names, r.fields = append(r.names, c.name), append(r.fields, at(c.expr, span))
		col, ok := c.expr.(*scalar.Column)
		if !ok {
			padded = true // a column that a join merges
			continue
		}
		f := &s.facts[col.ID]
		padded = padded || len(f.padded) > 0
		if r.exists == nil && !f.nullable {
			r.exists = &scalar.IsNull{Node: scalar.Node{Typ: boolType, Pos: span}, Arg: at(col, span), Negated: true}
		}
	}
	if !padded {
		r.exists = nil
	} else if r.exists == nil {
		return nil, diag.Composite.At(span, "%s may be missing, and has no column that tells by not being NULL", it.label()).
			WithHelp("name the columns, or add a constant to its SELECT list")
	}
	return s.row(r, span), nil
}

// row is the value of a row, as text.
func (s *stmt) row(r *rowValue, span diag.Span) scalar.Expr {
	node := scalar.Node{Typ: value.Of(value.Record), Pos: span}
	e := r.unlessMissing(&scalar.Call{Node: node, Fn: rowText, Args: r.fields})
	if s.rows == nil {
		s.rows = map[scalar.Expr]*rowValue{}
	}
	s.rows[e] = r
	return e
}

// unlessMissing is e, NULL where there is no row.
func (r *rowValue) unlessMissing(e scalar.Expr) scalar.Expr {
	if r.exists == nil {
		return e
	}
	node := scalar.Node{Typ: e.Type(), Pos: e.Span()}
	return &scalar.Case{Node: node, Whens: []scalar.When{{Cond: r.exists, Then: e}}}
}

// field selects a field of a row.
func (r *rowValue) field(name string, span diag.Span) (scalar.Expr, error) {
	var found scalar.Expr
	for i, n := range r.names {
		if n != name {
			continue
		}
		if found != nil {
			return nil, diag.AmbiguousColumn.At(span, "column reference %q is ambiguous", name)
		}
		found = r.fields[i]
	}
	if found == nil {
		return nil, diag.UndefinedColumn.At(span, "column %q not found in the row", name)
	}
	return found, nil
}

// rowFields expands (row).* in a list of targets; nil for anything else.
func (s *stmt) rowFields(sc *scope, a *pg.A_Indirection) ([]target, error) {
	if a == nil || a.Indirection[len(a.Indirection)-1].GetAStar() == nil {
		return nil, nil
	}
	e, err := s.indirection(sc, &pg.A_Indirection{Arg: a.Arg, Indirection: a.Indirection[:len(a.Indirection)-1]})
	if err != nil {
		return nil, err
	}
	r := s.rows[e]
	if r == nil {
		return nil, unknownRow(e.Span())
	}
	out := []target{}
	for i, f := range r.fields {
		out = append(out, target{expr: f, name: r.names[i], span: e.Span()})
	}
	return out, nil
}

// isNull tests a row: it is null when all its fields are, not null when none is.
func (r *rowValue) isNull(negated bool, span diag.Span) scalar.Expr {
	var tests []scalar.Expr
	for _, f := range r.fields {
		tests = append(tests, &scalar.IsNull{Node: scalar.Node{Typ: boolType, Pos: span}, Arg: f, Negated: negated})
	}
	if len(tests) == 0 {
		return scalar.Boolean(true)
	}
	return conjunction(tests, span)
}

// jsonArguments are the functions that show any value as JSON, and so the fields of a row; true for those of jsonb.
var jsonArguments = map[string]bool{
	"to_json": false, "json_agg": false, "json_object_agg": false, "json_build_array": false, "json_build_object": false,
	"to_jsonb": true, "jsonb_agg": true, "jsonb_object_agg": true, "jsonb_build_array": true, "jsonb_build_object": true,
}

// rowsAsJSON replaces rows among the arguments of JSON functions by JSON objects. json_agg, which puts rows on lines of their own,
// is told that they are rows by their type: its argument of type record is JSON.
func (s *stmt) rowsAsJSON(name string, args []scalar.Expr) error {
	binary, ok := jsonArguments[name]
	if !ok {
		return nil
	}
	for i, a := range args {
		r := s.rows[a]
		switch {
		case r != nil && name == "json_agg":
			object := s.jsonOf(r, a.Span(), false, ",")
			args[i] = relabel(object, scalar.Node{Typ: value.Of(value.Record), Pos: a.Span()})
		case r != nil:
			args[i] = s.jsonOf(r, a.Span(), binary, ",")
		case a.Type().Kind == value.Record:
			return unknownRow(a.Span())
		}
	}
	return nil
}

// unknownRow refuses a row that another expression made: its columns' names are not known.
func unknownRow(span diag.Span) error {
	return diag.Composite.At(span, "the fields of this row are not known").WithHelp("name the row's table itself, or its columns")
}

// rowToJSON binds row_to_json of a row; ok is false for other arguments.
func (s *stmt) rowToJSON(args []scalar.Expr, span diag.Span) (e scalar.Expr, ok bool, err error) {
	if len(args) == 0 || len(args) > 2 || args[0].Type().Kind != value.Record {
		return nil, false, nil
	}
	if s.rows[args[0]] == nil {
		return nil, false, unknownRow(args[0].Span())
	}
	separator := ","
	if len(args) == 2 {
		pretty, fits, err := s.coerceTo(args[1], boolType, builtin.Implicit, args[1].Span())
		if err != nil || !fits {
			return nil, false, err
		}
		c, constant := pretty.(*scalar.Const)
		switch {
		case !constant:
			return nil, false, diag.UnsupportedFunction.At(args[1].Span(), "row_to_json with a choice of its form is not supported").
				WithHelp("write true or false")
		case c.Null:
			return scalar.NullOf(value.Of(value.JSON)), true, nil
		case scalar.IsTrueConst(c):
			separator = ",\n "
		}
	}
	return s.jsonOf(s.rows[args[0]], span, false, separator), true, nil
}

// jsonOf is a row as a JSON object with its fields' names.
func (s *stmt) jsonOf(r *rowValue, span diag.Span, binary bool, separator string) scalar.Expr {
	var args []scalar.Expr
	for i, f := range r.fields {
		if inner := s.rows[f]; inner != nil {
			f = s.jsonOf(inner, f.Span(), binary, ",")
		}
		args = append(args, constant(textType, r.names[i], span), f)
	}
	if binary {
		return r.unlessMissing(&scalar.Call{Node: scalar.Node{Typ: value.Of(value.JSONB), Pos: span}, Fn: rowJSONB, Args: args})
	}
	args = append([]scalar.Expr{constant(textType, separator, span)}, args...)
	return r.unlessMissing(&scalar.Call{Node: scalar.Node{Typ: value.Of(value.JSON), Pos: span}, Fn: rowJSON, Args: args})
}

// comparesRow refuses rows as wholes where values are compared.
func comparesRow(e scalar.Expr, span diag.Span) error {
	if e.Type().Kind != value.Record {
		return nil
	}
	return diag.Composite.At(span, "rows are not compared as values").WithHelp("compare their columns: (a, b) = (c, d), or name the columns")
}
