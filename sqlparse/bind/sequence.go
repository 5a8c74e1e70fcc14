package bind

import (
	"strings"

	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqlparse/builtin"
	"github.com/prequel-db/prequel/sqlparse/catalog"
	"github.com/prequel-db/prequel/sqlparse/diag"
	"github.com/prequel-db/prequel/sqlparse/scalar"

	pg "github.com/pganalyze/pg_query_go/v5"
)

// sequenceFuncs are the functions over sequences by name and number of arguments, with their implementations.
var sequenceFuncs = map[string]map[int]string{
	"nextval": {1: "nextval_oid"}, "currval": {1: "currval_oid"}, "lastval": {0: "lastval"}, "setval": {2: "setval_oid", 3: "setval3_oid"},
}

// sequenceCall binds nextval, currval, lastval and setval; nil for other functions. Which sequence they mean is known when they are
// bound: the first argument of the call is then the sequence's name.
func (s *stmt) sequenceCall(sc *scope, f *pg.FuncCall, name string, span diag.Span) (scalar.Expr, error) {
	proc := sequenceFuncs[name][len(f.Args)]
	if proc == "" || f.Over != nil || f.AggStar || f.FuncVariadic {
		return nil, nil
	}
	call := &scalar.Call{
		Node: scalar.Node{Typ: value.Of(value.Int8), Pos: span}, Fn: &scalar.Func{Name: name, Proc: proc, Strict: true, Volatile: true},
	}
	if len(f.Args) == 0 {
		return call, nil
	}
	seq, err := s.SequenceArgument(f, s.text)
	if err != nil {
		return nil, err
	}
	call.Args = append(call.Args, constant(textType, seq.Name, span))
	for i, n := range f.Args[1:] {
		e, err := s.expr(sc, n)
		if err != nil {
			return nil, err
		}
		if e, err = s.coerce(e, []builtin.OID{builtin.Int8OID, builtin.BoolOID}[i], builtin.Implicit, e.Span()); err != nil {
			return nil, err
		}
		call.Args = append(call.Args, e)
	}
	return call, nil
}

// nextOf draws the value of a column whose default is a sequence. A value that its column's type always holds needs no cast.
func (s *stmt) nextOf(c *catalog.Column, span diag.Span) (scalar.Expr, error) {
	call := &scalar.Call{
		Node: scalar.Node{Typ: value.Of(value.Int8), Pos: span}, Args: []scalar.Expr{constant(textType, c.Sequence.Name, span)},
		Fn: &scalar.Func{Name: "nextval", Proc: "nextval_oid", Strict: true, Volatile: true},
	}
	switch c.Type.Kind {
	case value.Int2, value.Int4:
		if low, high := catalog.Limits(c.Type.Kind); c.Sequence.Min >= low && c.Sequence.Max <= high {
			call.Typ = c.Type
			return call, nil
		}
	}
	e, ok, err := s.coerceTo(call, c.Type, builtin.Assignment, span)
	if err == nil && !ok {
		err = diag.DatatypeMismatch.At(span, "column %q is of type %s but default expression is of type bigint", c.Name, unmodified(c.Type))
	}
	return e, err
}

// SequenceArgument finds the sequence that the first argument of a function names: a literal, as it stands or cast to regclass, or
// pg_get_serial_sequence of literals.
func (b *Binder) SequenceArgument(f *pg.FuncCall, text Text) (*catalog.Sequence, error) {
	n := f.Args[0]
	at := text.span(f.Location)
	if c := n.GetFuncCall(); c != nil {
		if names := stringsOf(c.Funcname); names[len(names)-1] == "pg_get_serial_sequence" && len(c.Args) == 2 {
			return b.serialSequence(c, at)
		}
	}
	literal, ok := regclassLiteral(n)
	if !ok {
		return nil, diag.UnsupportedExpression.At(at, "which sequence is meant is computed").WithHelp("write its name: %s('name')", stringsOf(f.Funcname)[0])
	}
	name, err := b.qualified(literal, at)
	if err != nil {
		return nil, err
	}
	if seq := b.cat.Sequence(name); seq != nil {
		return seq, nil
	}
	if b.cat.Table(name) != nil {
		return nil, diag.WrongObject.At(at, "%q is not a sequence", name)
	}
	return nil, diag.UndefinedTable.At(at, "relation %q does not exist", name)
}

// serialSequence is the sequence that pg_get_serial_sequence('table', 'column') names.
func (b *Binder) serialSequence(f *pg.FuncCall, at diag.Span) (*catalog.Sequence, error) {
	table, ok := regclassLiteral(f.Args[0])
	column, also := regclassLiteral(f.Args[1])
	if !ok || !also {
		return nil, diag.UnsupportedExpression.At(at, "which sequence is meant is computed").WithHelp("write the names of the table and the column")
	}
	name, err := b.qualified(table, at)
	if err != nil {
		return nil, err
	}
	t := b.cat.Table(name)
	if t == nil {
		return nil, diag.UndefinedTable.At(at, "relation %q does not exist", name)
	}
	i := t.Column(column)
	if i < 0 {
		return nil, diag.UndefinedColumn.At(at, "column %q of relation %q does not exist", column, name)
	}
	for _, seq := range b.cat.OwnedBy(t) {
		if seq.Column == t.Columns[i] {
			return seq, nil
		}
	}
	return nil, diag.UnsupportedExpression.At(at, "column %q of table %q owns no sequence", column, name).
		WithHelp("pg_get_serial_sequence would be NULL: name a serial or identity column")
}

// regclassLiteral is the text of a string constant, also behind casts to text and regclass.
func regclassLiteral(n *pg.Node) (string, bool) {
	for n.GetTypeCast() != nil {
		switch names := stringsOf(n.GetTypeCast().GetTypeName().GetNames()); names[len(names)-1] {
		case "regclass", "text":
		default:
			return "", false
		}
		n = n.GetTypeCast().GetArg()
	}
	c := n.GetAConst()
	return c.GetSval().GetSval(), c.GetSval() != nil
}

// qualified reads a name as PostgreSQL's casts to regclass do: in lower case unless quoted, after public. or nothing.
func (b *Binder) qualified(text string, at diag.Span) (string, error) {
	var parts []string
	for rest := strings.TrimSpace(text); ; {
		var part string
		if strings.HasPrefix(rest, `"`) {
			end := 1
			for ; end < len(rest); end++ {
				if rest[end] == '"' {
					if end+1 == len(rest) || rest[end+1] != '"' {
						break
					}
					end++
				}
			}
			if end >= len(rest) {
				return "", diag.Malformed.At(at, "invalid name syntax").WithState("42602")
			}
			part, rest = strings.ReplaceAll(rest[1:end], `""`, `"`), rest[end+1:]
		} else {
			end := strings.IndexByte(rest+".", '.')
			part, rest = strings.ToLower(strings.TrimSpace(rest[:end])), rest[end:]
		}
		if part == "" {
			return "", diag.Malformed.At(at, "invalid name syntax").WithState("42602")
		}
		parts = append(parts, part)
		if rest = strings.TrimSpace(rest); rest == "" {
			break
		}
		if rest[0] != '.' {
			return "", diag.Malformed.At(at, "invalid name syntax").WithState("42602")
		}
		rest = strings.TrimSpace(rest[1:])
	}
	if len(parts) > 2 || len(parts) == 2 && parts[0] != "public" {
		return "", diag.OtherSchema.At(at, "schema %s is not supported", parts[0]).WithHelp("declare everything in schema public")
	}
	return parts[len(parts)-1], nil
}
