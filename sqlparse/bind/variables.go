package bind

import (
	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqlparse/bound"
	"github.com/prequel-db/prequel/sqlparse/diag"
	"github.com/prequel-db/prequel/sqlparse/scalar"

	pg "github.com/pganalyze/pg_query_go/v5"
)

// variable is a name of a function's: a value, or a record with fields.
type variable struct {
	name     string
	at       int         // position in Routine.Vars, of a value
	value    scalar.Expr // a constant of the call, instead
	constant bool
	record   *record
}

// record is a variable of several values. Its shape is that of the table it is declared by or of the query last assigned to it in the
// text, which must be the same on all ways to a use.
type record struct {
	fields []field
	fixed  bool // declared by a table
	row    bool // NEW or OLD of a trigger
	depth  int  // branches and loops around the declaration
}

type field struct {
	name  string
	at    int         // position in Routine.Vars, -1 for one that is not there at the event
	value scalar.Expr // of such a one
}

// varScope is the names of one block.
type varScope struct {
	parent *varScope
	label  string
	vars   map[string]*variable
	// sql is set in functions of LANGUAGE sql, where a column hides an argument.
	sql bool
}

func (v *varScope) child(label string) *varScope {
	return &varScope{parent: v, label: label, vars: map[string]*variable{}, sql: v != nil && v.sql}
}

// find resolves a dotted name as PL/pgSQL does, innermost block first; used is how many parts the variable itself takes.
func (v *varScope) find(names []string) (found *variable, used int) {
	for sc := v; sc != nil; sc = sc.parent {
		if x := sc.vars[names[0]]; x != nil && (len(names) == 1 || x.record != nil) {
			return x, 1
		}
		if len(names) > 1 && sc.label == names[0] {
			if x := sc.vars[names[1]]; x != nil && (len(names) == 2 || x.record != nil) {
				return x, 2
			}
		}
	}
	return nil, 0
}

// variableRef is the variable that a reference means; nil when there is none.
func (s *stmt) variableRef(names []string, span diag.Span) (scalar.Expr, error) {
	if s.routine == nil {
		return nil, nil
	}
	x, used := s.routine.scope.find(names)
	if x == nil {
		return nil, nil
	}
	if x.record == nil {
		if used < len(names) {
			return nil, nil
		}
		if x.value != nil {
			return x.value, nil
		}
		return s.routine.ref(x.at, span), nil
	}
	if used == len(names) {
		return nil, diag.Composite.At(span, "the whole record %s is not supported as a value", x.name).WithHelp("name its fields")
	}
	if x.record.fields == nil {
		return nil, diag.UnsupportedRoutine.At(span, "record %q is used before a query is assigned to it in the text", x.name).
			WithHelp("declare it as table%%ROWTYPE, or assign it above")
	}
	for _, f := range x.record.fields {
		if f.name == names[used] {
			return s.routine.fieldRef(x, f, span), nil
		}
	}
	return nil, diag.UndefinedColumn.At(span, "record %q has no field %q", x.name, names[used])
}

// withVariables adds a function's variables to what a reference can mean: one that is both a column and a variable is an error in
// PL/pgSQL, and the column in SQL.
func (s *stmt) withVariables(names []string, span diag.Span, e scalar.Expr, err error) (scalar.Expr, error) {
	if s.routine == nil {
		return e, err
	}
	if err != nil {
		if d, ok := err.(diag.Diagnostic); !ok || d.SQLState != "42703" && d.SQLState != "42P01" && d.Code != diag.Composite.Code {
			return nil, err
		}
	} else if s.routine.scope.sql {
		return e, nil
	}
	v, verr := s.variableRef(names, span)
	switch {
	case err == nil && (v != nil || verr != nil):
		return nil, diag.AmbiguousColumn.At(span, "column reference %q is ambiguous", names[len(names)-1]).
			WithHelp("it could refer to either a PL/pgSQL variable or a table column: rename the variable, or write table.column")
	case verr != nil:
		return nil, verr
	case v != nil:
		return v, nil
	}
	return e, err
}

// checkNoVariable refuses a column's name that is a variable's too, where PostgreSQL reads it as an expression.
func (s *stmt) checkNoVariable(name string, span diag.Span) error {
	if s.routine == nil || s.routine.scope.sql {
		return nil
	}
	if x, _ := s.routine.scope.find([]string{name}); x != nil {
		return diag.AmbiguousColumn.At(span, "column reference %q is ambiguous", name).
			WithHelp("it could refer to either a PL/pgSQL variable or a table column: rename the variable, or use ON CONSTRAINT")
	}
	return nil
}

// newVar adds a variable without a name to look it up by.
func (r *routine) newVar(name string, t value.Type) int {
	r.out.Vars = append(r.out.Vars, bound.Var{Name: name, Type: t})
	return len(r.out.Vars) - 1
}

// declare makes a value's variable visible.
func (r *routine) declare(name string, t value.Type) *variable {
	v := &variable{name: name, at: r.newVar(name, t)}
	if name != "" {
		r.scope.vars[name] = v
	}
	return v
}

// shape gives a record its fields.
func (r *routine) shape(v *variable, names []string, types []value.Type) {
	v.record.fields = []field{}
	for i, n := range names {
		v.record.fields = append(v.record.fields, field{name: n, at: r.newVar(v.name+"_"+n, types[i])})
	}
}

// ref is a use of a variable.
func (r *routine) ref(at int, span diag.Span) scalar.Expr {
	r.used[at] = true
	v := r.out.Vars[at]
	return &scalar.Param{Node: scalar.Node{Typ: v.Type, Pos: span}, Number: scalar.FirstLocal + at, Name: v.Name}
}

// fieldRef is a use of a record's field.
func (r *routine) fieldRef(v *variable, f field, span diag.Span) scalar.Expr {
	if f.at >= 0 {
		return r.ref(f.at, span)
	}
	if r.missing == nil {
		r.missing = map[string]bool{}
	}
	r.missing[v.name] = true
	return f.value
}

// recordOf is the record that a reference names: its name alone, or with .* behind.
func (s *stmt) recordOf(n *pg.Node) *variable {
	ref := n.GetColumnRef()
	if s.routine == nil || ref == nil {
		return nil
	}
	fields := ref.Fields
	if fields[len(fields)-1].GetAStar() != nil {
		fields = fields[:len(fields)-1]
	}
	names := stringsOf(fields)
	if len(names) == 0 {
		return nil
	}
	if v, used := s.routine.scope.find(names); v != nil && used == len(names) && v.record != nil && v.record.fields != nil {
		return v
	}
	return nil
}

// fieldNodes are references to the fields of a record that a reference names.
func (s *stmt) fieldNodes(n *pg.Node) []*pg.Node {
	v := s.recordOf(n)
	if v == nil {
		return nil
	}
	ref := n.GetColumnRef()
	names := ref.Fields
	if names[len(names)-1].GetAStar() != nil {
		names = names[:len(names)-1]
	}
	var out []*pg.Node
	for _, f := range v.record.fields {
		fields := append(names[:len(names):len(names)], pg.MakeStrNode(f.name))
		out = append(out, &pg.Node{Node: &pg.Node_ColumnRef{ColumnRef: &pg.ColumnRef{Fields: fields, Location: ref.Location}}})
	}
	return out
}

// expandStars writes record.* out as the record's fields.
func (s *stmt) expandStars(list []*pg.Node) []*pg.Node {
	if s.routine == nil {
		return list
	}
	var out []*pg.Node
	for _, n := range list {
		if ref := n.GetColumnRef(); ref != nil && ref.Fields[len(ref.Fields)-1].GetAStar() != nil {
			if fields := s.fieldNodes(n); fields != nil {
				out = append(out, fields...)
				continue
			}
		}
		out = append(out, n)
	}
	return out
}

// positional is $n inside a function.
func (r *routine) positional(n int, span diag.Span) (scalar.Expr, error) {
	if n < 1 || n > len(r.args) {
		return nil, diag.UndefinedParam.At(span, "there is no parameter $%d", n)
	}
	return r.ref(r.args[n-1].at, span), nil
}
