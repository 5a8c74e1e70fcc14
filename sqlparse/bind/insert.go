package bind

import (
	"slices"

	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqlparse/bound"
	"github.com/prequel-db/prequel/sqlparse/builtin"
	"github.com/prequel-db/prequel/sqlparse/catalog"
	"github.com/prequel-db/prequel/sqlparse/diag"
	"github.com/prequel-db/prequel/sqlparse/scalar"

	pg "github.com/pganalyze/pg_query_go/v5"
)

// insertColumn is a column that INSERT gives a value.
type insertColumn struct {
	at   int // position in the table
	name string
	span diag.Span
	// refused is why a view's column cannot be given a value.
	refused error
}

func (s *stmt) insert(around *scope, n *pg.InsertStmt) (bound.Body, error) {
	to, err := s.targetOf(n.Relation, "insert into")
	if err != nil {
		return nil, err
	}
	t := to.table
	sc := newScope(around)
	out := &bound.Insert{Table: t, Span: s.tableSpan(n.Relation)}
	if err := s.with(sc, n.WithClause, &out.With); err != nil {
		return nil, err
	}
	cols, err := s.insertColumns(to, n.Cols)
	if err != nil {
		return nil, err
	}
	defer s.hold(t)()
	values := make([]scalar.Expr, len(t.Columns)) // nil: the default
	sel := n.SelectStmt.GetSelectStmt()
	switch {
	case sel == nil: // DEFAULT VALUES
	case len(sel.ValuesLists) == 1 && len(sel.SortClause) == 0 && sel.LimitCount == nil && sel.LimitOffset == nil && sel.WithClause == nil:
		err = s.insertRow(sc, t, cols, sel.ValuesLists[0].GetList().GetItems(), len(n.Cols) > 0, values)
	case len(sel.ValuesLists) > 0 && len(sel.SortClause) == 0 && sel.LimitCount == nil && sel.LimitOffset == nil && sel.WithClause == nil:
		err = s.insertRows(sc, to, cols, sel, n, values, out)
	default:
		err = s.insertSelect(sc, t, cols, sel, len(n.Cols) > 0, values, out)
	}
	if err != nil {
		return nil, err
	}
	if err := s.defaults(to, values, n.Override, out.Span); err != nil {
		return nil, err
	}
	out.Assign = values
	target := newScope(nil)
	out.New = s.tableColumns(target, t)
	if n.OnConflictClause != nil {
		if out.OnConflict, err = s.onConflict(sc, n, to); err != nil {
			return nil, err
		}
	}
	own, err := to.item(s, n.Relation, out.New)
	if err != nil {
		return nil, err
	}
	target.items = []*item{own}
	target.parent = sc
	if out.Checks, err = to.checks(s, out.New, out.Span); err != nil {
		return nil, err
	}
	if out.Returning, err = s.returning(target, n.ReturningList); err != nil {
		return nil, err
	}
	late := append(targetExprs(out.Returning), checkExprs(out.Checks)...)
	out.Effects, err = s.effects(out, out.Span, func(f *triggers) error {
		if err := f.inserted(t); err != nil || out.OnConflict == nil || !out.OnConflict.DoUpdate {
			return err
		}
		late = append(late, out.OnConflict.Where)
		for _, a := range out.OnConflict.Set {
			late = append(late, a.Expr)
		}
		return f.updated(t, assignedColumns(out.OnConflict.Set), false)
	})
	if err != nil {
		return nil, err
	}
	return out, snapshot(out.Effects, out.Span, late...)
}

// refuseOpaque refuses a column that cannot be used.
func (s *stmt) refuseOpaque(o *catalog.Opaque, span diag.Span) error {
	c := itemColumn{opaque: o}
	return c.unusable(span)
}

// defaults fills in what an inserted row is not given.
func (s *stmt) defaults(to *writeTarget, values []scalar.Expr, override pg.OverridingKind, span diag.Span) error {
	t := to.table
	if err := s.checked(t, nil, span); err != nil {
		return err
	}
	for _, o := range t.Opaques {
		if o.Required {
			return s.refuseOpaque(o, span)
		}
	}
	for i, c := range t.Columns {
		if c.Identity && override == pg.OverridingKind_OVERRIDING_USER_VALUE {
			values[i] = nil // the sequence's value, whatever is given
		}
		if values[i] == nil {
			e, err := s.defaultOf(t, to.defaulted(i), span)
			if err != nil {
				return err
			}
			values[i] = e
		} else if c.Generated != "" {
			return diag.GeneratedAlways.At(span, "cannot insert a non-DEFAULT value into column %q", c.Name).
				WithHelp("column %q is a generated column", c.Name)
		} else if c.Always && override != pg.OverridingKind_OVERRIDING_SYSTEM_VALUE {
			return diag.GeneratedAlways.At(span, "cannot insert a non-DEFAULT value into column %q", c.Name).
				WithHelp("column %q is an identity column defined as GENERATED ALWAYS; use OVERRIDING SYSTEM VALUE to override", c.Name)
		}
	}
	return nil
}

// targetTable is the table that a write names which cannot be about a view; refused is PostgreSQL's error for one.
func (s *stmt) targetTable(v *pg.RangeVar, refused func(*catalog.View) error) (*catalog.Table, error) {
	t, view, err := s.relation(v)
	if err != nil {
		return nil, err
	}
	if view != nil {
		return nil, refused(view)
	}
	return t, s.atOnce(t, s.tableSpan(v))
}

// tableColumns makes ids for a row of a table.
func (s *stmt) tableColumns(sc *scope, t *catalog.Table) []scalar.ColumnID {
	ids := make([]scalar.ColumnID, len(t.Columns))
	for i, c := range t.Columns {
		ids[i] = s.newColumn(sc, c.Name, c.Type, !c.NotNull && !c.Domain.RefusesNull())
		s.facts[ids[i]].stored = &stored{t, i}
	}
	return ids
}

// tableItem names a row of a table as the statement does.
func (s *stmt) tableItem(t *catalog.Table, v *pg.RangeVar, ids []scalar.ColumnID) *item {
	span := s.tableSpan(v)
	it := &item{name: t.Name, relation: t.Name, namesTable: true, namesColumns: true, place: span}
	if v.Alias != nil {
		it.name = v.Alias.Aliasname
	}
	it.cols = s.columnsOf(t, ids, span)
	return it
}

// insertColumns resolves the column list; without one, all columns in order.
func (s *stmt) insertColumns(to *writeTarget, list []*pg.Node) ([]insertColumn, error) {
	var out []insertColumn
	t := to.table
	if len(list) == 0 && len(to.levels) > 0 {
		for i, name := range to.levels[0].names {
			at, err := to.follow(i, s.text.span(firstToken(s.text.SQL)))
			out = append(out, insertColumn{at: at, name: name, refused: err})
		}
		return out, nil
	}
	if len(list) == 0 {
		if len(t.Opaques) > 0 {
			return nil, s.refuseOpaque(t.Opaques[0], s.text.span(firstToken(s.text.SQL)))
		}
		for i, c := range t.Columns {
			out = append(out, insertColumn{at: i, name: c.Name})
		}
		return out, nil
	}
	for _, n := range list {
		r := n.GetResTarget()
		span := s.span(r.GetLocation())
		at, err := to.column(s, r, span)
		if err != nil {
			return nil, err
		}
		for _, before := range out {
			if before.at == at {
				return nil, diag.DuplicateColumn.At(span, "column %q specified more than once", r.Name)
			}
		}
		out = append(out, insertColumn{at: at, name: r.Name, span: span})
	}
	return out, nil
}

// assignedColumn finds the column that INSERT or UPDATE names.
func (s *stmt) assignedColumn(t *catalog.Table, r *pg.ResTarget, span diag.Span) (int, error) {
	at := t.Column(r.Name)
	if o := t.Opaque(r.Name); o != nil {
		return 0, s.refuseOpaque(o, span)
	}
	if at < 0 {
		return 0, diag.UndefinedColumn.At(span, "column %q of relation %q does not exist", r.Name, t.Name)
	}
	if len(r.Indirection) > 0 {
		return 0, diag.UnsupportedClause.At(span, "assigning to a part of column %q is not supported", r.Name).WithHelp("assign the whole column")
	}
	return at, nil
}

func checkCounts(given, wanted int, explicit bool, place diag.Span, missing diag.Span) error {
	if given > wanted {
		return diag.Malformed.At(place, "INSERT has more expressions than target columns")
	}
	if explicit && given < wanted {
		return diag.Malformed.At(missing, "INSERT has more target columns than expressions")
	}
	return nil
}

// insertRow binds VALUES of one row: the row's expressions are the assignments.
func (s *stmt) insertRow(sc *scope, t *catalog.Table, cols []insertColumn, row []*pg.Node, explicit bool, values []scalar.Expr) error {
	row = s.expandStars(row)
	if err := s.checkRow(row, cols, explicit); err != nil {
		return err
	}
	sc.clause = inValues
	for i, n := range row {
		if cols[i].refused != nil {
			return cols[i].refused
		}
		c := t.Columns[cols[i].at]
		if n.GetSetToDefault() != nil {
			continue
		}
		e, err := s.expr(sc, n)
		if err != nil {
			return err
		}
		if values[cols[i].at], err = s.assign(c, e, e.Span()); err != nil {
			return err
		}
	}
	return nil
}

func (s *stmt) checkRow(row []*pg.Node, cols []insertColumn, explicit bool) error {
	var extra, missing diag.Span
	if len(row) > len(cols) {
		extra = s.nodeSpan(row[len(cols)])
	} else if len(row) < len(cols) {
		missing = cols[len(row)].span
	}
	return checkCounts(len(row), len(cols), explicit, extra, missing)
}

// assign converts a value to a column's type as an assignment does, and lets the column describe a parameter.
func (s *stmt) assign(c *catalog.Column, e scalar.Expr, span diag.Span) (scalar.Expr, error) {
	from := e.Type()
	out, ok, err := s.coerceTo(e, c.Type, builtin.Assignment, span)
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, diag.DatatypeMismatch.At(span, "column %q is of type %s but expression is of type %s", c.Name, unmodified(c.Type), unmodified(from)).
			WithHelp("you will need to rewrite or cast the expression")
	}
	s.nameParam(out, c.Name)
	s.describe(out, s.storage(c))
	if !c.NotNull {
		s.allowNull(out)
	}
	return s.ofDomain(c.Domain, out, span), nil
}

// insertRows binds VALUES of several rows as a query whose columns have the table's types. A column that is DEFAULT in all rows is
// left out of it.
func (s *stmt) insertRows(sc *scope, to *writeTarget, cols []insertColumn, sel *pg.SelectStmt, n *pg.InsertStmt,
	values []scalar.Expr, out *bound.Insert,
) error {
	t := to.table
	q := &bound.Query{Values: make([][]scalar.Expr, len(sel.ValuesLists))}
	inner := newScope(sc)
	inner.clause = inValues
	width := len(sel.ValuesLists[0].GetList().GetItems())
	for _, l := range sel.ValuesLists {
		items := l.GetList().GetItems()
		if len(items) != width {
			return diag.Malformed.At(s.nodeSpan(items[0]), "VALUES lists must all be the same length")
		}
		if err := s.checkRow(items, cols, len(n.Cols) > 0); err != nil {
			return err
		}
	}
	for _, c := range cols[:width] {
		if c.refused != nil {
			return c.refused
		}
	}
	overridden := n.Override == pg.OverridingKind_OVERRIDING_USER_VALUE
	var given []insertColumn
	for i := range width {
		if !allDefault(sel.ValuesLists, i) {
			given = append(given, cols[i])
		}
	}
	for r, l := range sel.ValuesLists {
		for i, n := range l.GetList().GetItems() {
			c := t.Columns[cols[i].at]
			if !slices.Contains(given, cols[i]) {
				continue
			}
			var e scalar.Expr
			var err error
			if n.GetSetToDefault() != nil && overridden && c.Identity {
				e = scalar.NullOf(c.Type) // the row draws its number once, whatever is given
			} else if n.GetSetToDefault() != nil {
				e, err = s.defaultOf(t, to.defaulted(cols[i].at), s.nodeSpan(n))
			} else if e, err = s.expr(inner, n); err == nil {
				e, err = s.assign(c, e, e.Span())
			}
			if err != nil {
				return err
			}
			q.Values[r] = append(q.Values[r], e)
		}
	}
	for i, to := range given {
		c := t.Columns[to.at]
		nullable := false
		for _, row := range q.Values {
			nullable = nullable || s.nullable(row[i], nil)
		}
		id := s.newColumn(inner, c.Name, c.Type, nullable)
		q.ValuesCols = append(q.ValuesCols, id)
		tid := s.newColumn(sc, c.Name, c.Type, nullable)
		span := q.Values[0][i].Span()
		q.Targets = append(q.Targets, bound.Target{ID: tid, Name: c.Name, Expr: s.column(id, span), Span: span})
		values[to.at] = s.column(tid, span)
	}
	out.Source = q
	return nil
}

// allDefault reports whether every row says DEFAULT for a column.
func allDefault(rows []*pg.Node, i int) bool {
	for _, l := range rows {
		if l.GetList().GetItems()[i].GetSetToDefault() == nil {
			return false
		}
	}
	return true
}

// insertSelect binds INSERT ... SELECT. An untyped literal or parameter in the SELECT list takes the column's type.
func (s *stmt) insertSelect(sc *scope, t *catalog.Table, cols []insertColumn, sel *pg.SelectStmt, explicit bool,
	values []scalar.Expr, out *bound.Insert,
) error {
	q, err := s.query(sc, sel, false)
	if err != nil {
		return err
	}
	targets := visible(q)
	var extra, missing diag.Span
	if len(targets) > len(cols) {
		extra = targets[len(cols)].Span
	} else if len(targets) < len(cols) {
		missing = cols[len(targets)].span
	}
	if err := checkCounts(len(targets), len(cols), explicit, extra, missing); err != nil {
		return err
	}
	for i, target := range targets {
		if cols[i].refused != nil {
			return cols[i].refused
		}
		c := t.Columns[cols[i].at]
		if target.Expr.Type().Kind == value.Unknown {
			if target.Expr, err = s.assign(c, target.Expr, target.Span); err != nil {
				return err
			}
			s.retype(target.ID, target.Expr.Type())
		}
		s.facts[target.ID].owner = sc
		if values[cols[i].at], err = s.assign(c, s.column(target.ID, target.Span), target.Span); err != nil {
			return err
		}
	}
	out.Source = q
	return nil
}

// defaultOf is the value of a column that is given none.
func (s *stmt) defaultOf(t *catalog.Table, c *catalog.Column, span diag.Span) (scalar.Expr, error) {
	if c.Domain == nil || c.Generated != "" {
		return s.plainDefault(t, c, span)
	}
	plain := *c
	if c.Default == "" && c.Sequence == nil {
		plain.Default, plain.DefaultSpan = c.Domain.Default, c.Domain.DefaultSpan
	}
	e, err := s.plainDefault(t, &plain, span)
	if err != nil {
		return nil, err
	}
	return s.ofDomain(c.Domain, e, span), nil
}

// plainDefault is the default as a value of the column's base type.
func (s *stmt) plainDefault(t *catalog.Table, c *catalog.Column, span diag.Span) (scalar.Expr, error) {
	if c.Generated != "" { // computed from the row when it is written
		return scalar.NullOf(c.Type), nil
	}
	if c.Sequence != nil {
		return s.nextOf(c, span)
	}
	if c.Default == "" {
		return s.literal(&scalar.Const{Node: scalar.Node{Pos: span}, Null: true}, c.Type)
	}
	tree, err := s.parse("SELECT "+c.Default, c.DefaultSpan)
	if err != nil {
		return nil, err
	}
	outer := s.text
	const prefix = len("SELECT ")
	s.text = Verbatim(c.DefaultSpan.Source, "SELECT "+c.Default, c.DefaultSpan.Start-prefix)
	e, err := s.expr(&scope{clause: inDefault}, tree.GetSelectStmt().GetTargetList()[0].GetResTarget().GetVal())
	s.text = outer
	if err != nil {
		if d, ok := err.(diag.Diagnostic); ok && d.Code == diag.Volatile.Code {
			d.Span = span // the statement that relies on the default is to be changed
			d.Problem = "the default of column " + c.Name + " cannot be used: " + d.Problem
			return nil, d
		}
		return nil, err
	}
	out, ok, err := s.coerceTo(e, c.Type, builtin.Assignment, c.DefaultSpan)
	if err == nil && !ok {
		err = diag.DatatypeMismatch.At(c.DefaultSpan, "column %q is of type %s but default expression is of type %s", c.Name, unmodified(c.Type),
			unmodified(e.Type()))
	}
	return out, err
}

// returning binds RETURNING.
func (s *stmt) returning(sc *scope, list []*pg.Node) ([]bound.Target, error) {
	if len(list) == 0 {
		return nil, nil
	}
	targets, err := s.targetList(sc, list, inReturning)
	if err != nil {
		return nil, err
	}
	var out []bound.Target
	for _, t := range targets {
		e, err := s.textIfUnknown(t.expr)
		if err != nil {
			return nil, err
		}
		id := s.newColumn(nil, t.name, e.Type(), s.nullable(e, nil))
		out = append(out, bound.Target{ID: id, Name: t.name, Expr: e, Embed: t.embed, Span: t.span})
	}
	return out, nil
}
