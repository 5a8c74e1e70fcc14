package bind

import (
	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqlparse/catalog"
	"github.com/prequel-db/prequel/sqlparse/diag"
	"github.com/prequel-db/prequel/sqlparse/scalar"

	pg "github.com/pganalyze/pg_query_go/v5"
)

// lasting watches the binding of an expression whose value is kept, that of an index: it must be the same whenever it is computed.
type lasting struct {
	// changing is a function that was met and that is not IMMUTABLE, "" for none.
	changing string
	// rewritten is set when the bound expression has another shape than PostgreSQL's: a function was replaced by its body.
	rewritten bool
}

// notLasting notes a function that is not IMMUTABLE.
func (s *stmt) notLasting(name string) {
	if s.lasting != nil {
		s.lasting.changing = name
	}
}

// rewrote notes that a call was replaced.
func (s *stmt) rewrote() {
	if s.lasting != nil {
		s.lasting.rewritten = true
	}
}

// stableText reports whether the text form of a type's values depends on settings: a cast by way of it is not IMMUTABLE.
func stableText(t value.Type) bool {
	switch t.Kind {
	case value.Date, value.Timestamp, value.Timestamptz, value.Interval, value.Enum, value.Array, value.Record:
		return true
	}
	return false
}

// Predicate binds a partial unique index's condition over a row of the table.
func (b *Binder) Predicate(t *catalog.Table, text string, span diag.Span) (*catalog.Condition, error) {
	s, sc, c := b.overRow(t, text, span, inIndexPredicate)
	s.lasting = &lasting{}
	e, err := s.lastingText(sc, text, span, "functions in index predicate must be marked IMMUTABLE")
	if err != nil {
		return nil, err
	}
	c.Expr, err = s.coerceBool(e, "WHERE")
	return c, err
}

// IndexExpr binds an expression of a unique index over a row of the table.
func (b *Binder) IndexExpr(t *catalog.Table, x *catalog.IndexExpr) error {
	s, sc, c := b.overRow(t, x.Text, x.TextSpan, inIndexExpr)
	s.lasting = &lasting{}
	e, err := s.lastingText(sc, x.Text, x.TextSpan, "functions in index expression must be marked IMMUTABLE")
	if err != nil {
		return err
	}
	if e, err = s.textIfUnknown(e); err != nil {
		return err
	}
	c.Expr = e
	if scalar.HasSubquery(e) {
		return diag.NotInPostgres.At(x.TextSpan, "cannot use subquery in index expression")
	}
	switch e.Type().Kind {
	case value.Record, value.Void:
		return diag.Composite.At(x.TextSpan, "a unique index over %s is not supported", e.Type()).WithHelp("name its columns")
	case value.JSON:
		return diag.UndefinedObject.At(x.TextSpan, "data type json has no default operator class for access method \"btree\"")
	}
	tree, err := s.parse("SELECT "+x.Text, x.TextSpan)
	if err != nil {
		return err
	}
	key, ok := indexKey(t, c, tree, s)
	if !ok || s.lasting.rewritten {
		return diag.UnsupportedDefinition.At(x.TextSpan, "this expression is not supported in a unique index").
			WithHelp("store the expression in a generated column, with a unique constraint")
	}
	x.Bound, x.Key = c, key
	return nil
}

// lastingText binds a text of the catalog of which every function must be IMMUTABLE.
func (s *stmt) lastingText(sc *scope, text string, span diag.Span, problem string) (scalar.Expr, error) {
	e, err := s.boundText(sc, text, span)
	if d, ok := err.(diag.Diagnostic); ok && d.Code == diag.Volatile.Code {
		s.lasting.changing = text
		err = nil
	}
	if err == nil && s.lasting.changing != "" {
		err = diag.BadDefinition.At(span, "%s", problem).WithState("42P17").
			WithHelp("%s is not IMMUTABLE: its result can differ between calls", s.lasting.changing)
	}
	return e, err
}

// sameIndexExpr reports whether an expression of ON CONFLICT's target is one of a unique index, over the same columns.
func (s *stmt) sameIndexExpr(given scalar.Expr, ids []scalar.ColumnID, x *catalog.IndexExpr) bool {
	declared := x.Bound.Over(func(i int) scalar.Expr {
		info := s.cols.Get(ids[i])
		return &scalar.Column{Node: scalar.Node{Typ: info.Type}, ID: ids[i]}
	})
	return scalar.Equal(given, declared)
}

// targetScope is the scope of ON CONFLICT's target: a row of the table.
func (s *stmt) targetScope(t *catalog.Table, n *pg.RangeVar) (*scope, []scalar.ColumnID) {
	sc := newScope(nil)
	ids := s.tableColumns(sc, t)
	it := &item{name: t.Name, namesTable: true, namesColumns: true}
	if a := n.GetAlias().GetAliasname(); a != "" {
		it.name = a
	}
	it.cols = s.columnsOf(t, ids, diag.Span{})
	sc.items, sc.clause = []*item{it}, inIndexPredicate
	return sc, ids
}
