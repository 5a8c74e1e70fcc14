package bind

import (
	"slices"

	"github.com/prequel-db/prequel/sqlparse/bound"
	"github.com/prequel-db/prequel/sqlparse/builtin"
	"github.com/prequel-db/prequel/sqlparse/catalog"
	"github.com/prequel-db/prequel/sqlparse/diag"
	"github.com/prequel-db/prequel/sqlparse/scalar"

	pg "github.com/pganalyze/pg_query_go/v5"
)

func (s *stmt) update(around *scope, n *pg.UpdateStmt) (bound.Body, error) {
	to, err := s.targetOf(n.Relation, "update")
	if err != nil {
		return nil, err
	}
	t := to.table
	sc := newScope(around)
	out := &bound.Update{Table: t, Span: s.tableSpan(n.Relation)}
	if err := s.with(sc, n.WithClause, &out.With); err != nil {
		return nil, err
	}
	out.Old, out.New = s.tableColumns(sc, t), s.tableColumns(sc, t)
	own, err := to.item(s, n.Relation, out.Old)
	if err != nil {
		return nil, err
	}
	if out.From, err = s.fromBeside(sc, own, n.FromClause); err != nil {
		return nil, err
	}
	// PostgreSQL reads SET after FROM and WHERE.
	if out.Where, err = s.targetCondition(sc, to, out.Old, n.WhereClause, out.Span); err != nil {
		return nil, err
	}
	returning := &scope{parent: sc.parent, ctes: sc.ctes}
	if len(n.ReturningList) > 0 {
		renamed, err := to.item(s, n.Relation, out.New)
		if err != nil {
			return nil, err
		}
		returning.items = append([]*item{renamed}, sc.items[1:]...)
		for _, id := range out.New {
			s.facts[id].owner = returning
		}
		if out.Returning, err = s.returning(returning, n.ReturningList); err != nil {
			return nil, err
		}
	}
	sc.clause = inUpdateSet
	if out.Set, err = s.setList(sc, to, n.TargetList); err != nil {
		return nil, err
	}
	if out.Checks, err = to.checks(s, out.New, out.Span); err != nil {
		return nil, err
	}
	if out.Effects, err = s.effects(out, out.Span, func(f *triggers) error { return f.updated(t, assignedColumns(out.Set), false) }); err != nil {
		return nil, err
	}
	return out, snapshot(out.Effects, out.Span, append(targetExprs(out.Returning), checkExprs(out.Checks)...)...)
}

// targetCondition is WHERE of a write, with the conditions of the views that it goes through.
func (s *stmt) targetCondition(sc *scope, to *writeTarget, ids []scalar.ColumnID, where *pg.Node, span diag.Span) (scalar.Expr, error) {
	e, err := s.condition(sc, where, inWhere)
	if err != nil || len(to.levels) == 0 {
		return e, err
	}
	within, err := to.within(s, ids, span)
	switch {
	case err != nil || within == nil:
		return e, err
	case e == nil:
		return within, nil
	}
	return scalar.Conjunction(within, e), nil
}

func checkExprs(list []bound.ViewCheck) []scalar.Expr {
	var out []scalar.Expr
	for _, c := range list {
		out = append(out, c.Cond)
	}
	return out
}

func targetExprs(list []bound.Target) []scalar.Expr {
	var out []scalar.Expr
	for _, t := range list {
		out = append(out, t.Expr)
	}
	return out
}

func (s *stmt) delete(around *scope, n *pg.DeleteStmt) (bound.Body, error) {
	to, err := s.targetOf(n.Relation, "delete from")
	if err != nil {
		return nil, err
	}
	t := to.table
	sc := newScope(around)
	out := &bound.Delete{Table: t, Span: s.tableSpan(n.Relation)}
	if err := s.with(sc, n.WithClause, &out.With); err != nil {
		return nil, err
	}
	out.Old = s.tableColumns(sc, t)
	own, err := to.item(s, n.Relation, out.Old)
	if err != nil {
		return nil, err
	}
	if out.Using, err = s.fromBeside(sc, own, n.UsingClause); err != nil {
		return nil, err
	}
	if out.Where, err = s.targetCondition(sc, to, out.Old, n.WhereClause, out.Span); err != nil {
		return nil, err
	}
	if out.Returning, err = s.returning(sc, n.ReturningList); err != nil {
		return nil, err
	}
	if out.Effects, err = s.effects(out, out.Span, func(f *triggers) error { return f.deleted(t, false) }); err != nil {
		return nil, err
	}
	return out, snapshot(out.Effects, out.Span, targetExprs(out.Returning)...)
}

// fromBeside binds FROM or USING next to the written table, whose columns come first. Lateral items may not refer to it.
func (s *stmt) fromBeside(sc *scope, own *item, list []*pg.Node) ([]bound.From, error) {
	from, err := s.fromClause(sc, list)
	if err != nil {
		return nil, err
	}
	if err := checkNames([]*item{own}, sc.items); err != nil {
		return nil, err
	}
	sc.items = append([]*item{own}, sc.items...)
	return from, nil
}

// setList binds SET. A row form (a, b) = (x, y) or (a, b) = (SELECT ...) is one assignment for each column.
func (s *stmt) setList(sc *scope, to *writeTarget, list []*pg.Node) ([]bound.Assign, error) {
	t := to.table
	var out []bound.Assign
	for _, n := range list {
		r := n.GetResTarget()
		span := s.span(r.GetLocation())
		at, err := to.column(s, r, span)
		if err != nil {
			return nil, err
		}
		for _, before := range out {
			if before.Column == at {
				return nil, diag.Malformed.At(span, "multiple assignments to same column %q", t.Columns[at].Name)
			}
		}
		if err := s.movesRow(sc, t, at, span); err != nil {
			return nil, err
		}
		val, c := r.GetVal(), t.Columns[at]
		if len(to.levels) > 0 && saysDefault(val) {
			if c = to.defaulted(at); c == t.Columns[at] { // a view's column has no default but its domain's
				val = &pg.Node{Node: &pg.Node_AConst{AConst: &pg.A_Const{Isnull: true, Location: r.GetLocation()}}}
			}
		}
		e, err := s.setValue(sc, t, c, val, span)
		if err != nil {
			return nil, err
		}
		out = append(out, bound.Assign{Column: at, Expr: e})
	}
	return out, s.checked(t, assigned(out), s.text.span(firstToken(s.text.SQL)))
}

// saysDefault reports whether a column is SET to DEFAULT, by itself or in a row.
func saysDefault(n *pg.Node) bool {
	if m := n.GetMultiAssignRef(); m != nil {
		if row := m.Source.GetRowExpr(); row != nil && len(row.Args) == int(m.Ncolumns) {
			n = row.Args[m.Colno-1]
		}
	}
	return n.GetSetToDefault() != nil
}

// movesRow refuses assignments to a partition key where a row that moves to another partition is not just changed: ON CONFLICT refuses to
// move it, and triggers take it for a row deleted and one inserted.
func (s *stmt) movesRow(sc *scope, t *catalog.Table, column int, span diag.Span) error {
	p := t.Partitioning
	if p == nil || !slices.Contains(p.AllColumns(), column) {
		return nil
	}
	name := t.Columns[column].Name
	switch {
	case sc.clause == inConflict:
		return diag.UnsupportedUpsert.At(span, "DO UPDATE of the partition key %q is not supported", name).WithHelp("use DELETE and INSERT")
	case slices.ContainsFunc(t.Triggers, func(tr *catalog.Trigger) bool { return !tr.Statement && !tr.Disabled }):
		return diag.Triggered.At(span, "an UPDATE of the partition key %q of a table with triggers is not supported", name).
			WithHelp("use DELETE and INSERT")
	}
	return nil
}

func (s *stmt) setValue(sc *scope, t *catalog.Table, c *catalog.Column, n *pg.Node, span diag.Span) (scalar.Expr, error) {
	if m := n.GetMultiAssignRef(); m != nil {
		if link := m.Source.GetSubLink(); link != nil {
			e, at, err := s.multiAssign(sc, link, m)
			if err != nil {
				return nil, err
			}
			return s.assign(c, e, at)
		}
		row := m.Source.GetRowExpr()
		if row == nil {
			return nil, diag.NotInPostgres.At(s.nodeSpan(m.Source), "source for a multiple-column UPDATE item must be a sub-SELECT or ROW() expression")
		}
		if len(row.Args) != int(m.Ncolumns) {
			return nil, diag.Malformed.At(s.span(row.Location), "number of columns does not match number of values")
		}
		n = row.Args[m.Colno-1]
	}
	if n.GetSetToDefault() != nil {
		return s.defaultOf(t, c, span)
	}
	if c.Generated != "" {
		return nil, diag.GeneratedAlways.At(span, "column %q can only be updated to DEFAULT", c.Name).
			WithHelp("column %q is a generated column", c.Name)
	}
	if c.Always {
		return nil, diag.GeneratedAlways.At(span, "column %q can only be updated to DEFAULT", c.Name).
			WithHelp("column %q is an identity column defined as GENERATED ALWAYS", c.Name)
	}
	e, err := s.expr(sc, n)
	if err != nil {
		return nil, err
	}
	return s.assign(c, e, e.Span())
}

// multiAssign is one column of (a, b) = (SELECT x, y ...). The query is bound again for every column, as a query may stand in one
// place only; it gives the same row each time. The second result is the column's place in the query.
func (s *stmt) multiAssign(sc *scope, link *pg.SubLink, m *pg.MultiAssignRef) (scalar.Expr, diag.Span, error) {
	span := s.span(link.Location)
	q, err := s.query(sc, link.Subselect.GetSelectStmt(), true)
	if err != nil {
		return nil, span, err
	}
	cols := visible(q)
	if len(cols) != int(m.Ncolumns) {
		return nil, span, diag.Malformed.At(span, "number of columns does not match number of values")
	}
	one := cols[m.Colno-1 : m.Colno]
	typ := one[0].Expr.Type()
	if len(cols) > 1 {
		q = s.project(q, one, []scalar.Expr{s.column(one[0].ID, span)})
	}
	return &scalar.Subquery{Node: scalar.Node{Typ: typ, Pos: span}, Kind: scalar.ScalarSubquery, Query: q}, one[0].Span, nil
}

// samePredicate reports whether ON CONFLICT's WHERE is a partial index's predicate.
func (s *stmt) samePredicate(n *pg.Node, u *catalog.Unique, t *catalog.Table) (bool, error) {
	sc := newScope(nil)
	ids := s.tableColumns(sc, t)
	it := &item{name: t.Name, namesTable: true, namesColumns: true}
	it.cols = s.columnsOf(t, ids, diag.Span{})
	sc.items = []*item{it}
	sc.clause = inIndexPredicate
	given, err := s.expr(sc, n)
	if err != nil {
		return false, err
	}
	declared, err := s.boundText(sc, u.Where, u.WhereSpan)
	if err != nil {
		return false, err
	}
	return scalar.Equal(given, declared), nil
}

// boundText binds an expression kept as text in the catalog.
func (s *stmt) boundText(sc *scope, text string, span diag.Span) (scalar.Expr, error) {
	tree, err := s.parse("SELECT "+text, span)
	if err != nil {
		return nil, err
	}
	outer := s.text
	s.text = Verbatim(span.Source, "SELECT "+text, span.Start-len("SELECT "))
	e, err := s.expr(sc, tree.GetSelectStmt().GetTargetList()[0].GetResTarget().GetVal())
	s.text = outer
	return e, err
}

// Condition binds a CHECK constraint's or partial index's condition over a row of the table.
func (b *Binder) Condition(t *catalog.Table, text string, span diag.Span) (*catalog.Condition, error) {
	s, sc, c := b.overRow(t, text, span, inCheck)
	e, err := s.boundText(sc, text, span)
	if err != nil {
		return nil, err
	}
	c.Expr, err = s.coerceBool(e, "CHECK")
	return c, err
}

// Generated binds the expression of a generated column over a row of the table.
func (b *Binder) Generated(t *catalog.Table, col *catalog.Column) (*catalog.Condition, error) {
	s, sc, c := b.overRow(t, col.Generated, col.GeneratedSpan, inGenerated)
	e, err := s.boundText(sc, col.Generated, col.GeneratedSpan)
	if err != nil {
		return nil, err
	}
	var ok bool
	if c.Expr, ok, err = s.coerceTo(e, col.Type, builtin.Assignment, col.GeneratedSpan); err == nil && !ok {
		err = diag.DatatypeMismatch.At(col.GeneratedSpan, "column %q is of type %s but default expression is of type %s", col.Name,
			unmodified(col.Type), unmodified(e.Type()))
	}
	if err != nil {
		return nil, err
	}
	for _, i := range c.Reads() {
		if t.Columns[i].Generated != "" {
			return nil, diag.BadDefinition.At(col.GeneratedSpan, "cannot use generated column %q in column generation expression", t.Columns[i].Name).
				WithHelp("a generated column cannot reference another generated column").WithState("42P17")
		}
	}
	return c, nil
}

// overRow begins an expression of the schema over a row of a table.
func (b *Binder) overRow(t *catalog.Table, text string, span diag.Span, where clause) (*stmt, *scope, *catalog.Condition) {
	s := b.begin(Verbatim(span.Source, text, span.Start))
	sc := newScope(nil)
	c := &catalog.Condition{Cols: s.tableColumns(sc, t)}
	it := &item{name: t.Name, namesTable: true, namesColumns: true}
	it.cols = s.columnsOf(t, c.Cols, span)
	sc.items, sc.clause = []*item{it}, where
	return s, sc, c
}

// Default binds a column's default expression, as a check that it can be bound.
func (b *Binder) Default(t *catalog.Table, c *catalog.Column) (scalar.Expr, error) {
	s := b.begin(Verbatim(c.DefaultSpan.Source, c.Default, c.DefaultSpan.Start))
	return s.defaultOf(t, c, c.DefaultSpan)
}

// View binds a view's query, as a check that it can be bound.
func (b *Binder) View(v *catalog.View) (*bound.Query, error) {
	s := b.begin(Verbatim(v.QuerySpan.Source, v.Query, v.QuerySpan.Start))
	return s.bindView(v)
}
