package bind

import (
	"slices"

	"github.com/prequel-db/prequel/sqlparse/bound"
	"github.com/prequel-db/prequel/sqlparse/catalog"
	"github.com/prequel-db/prequel/sqlparse/diag"
	"github.com/prequel-db/prequel/sqlparse/scalar"

	pg "github.com/pganalyze/pg_query_go/v5"
)

// A write may name a view, as long as a row of the view is a row of a table: PostgreSQL calls such views automatically updatable (CREATE VIEW,
// "Updatable Views"). It becomes a write to the table: the view's columns are expressions over the table's row, its WHERE is a condition of
// UPDATE and DELETE, and its check option is asked of each new row.

// writeTarget is what a write names: a table, or a view of one.
type writeTarget struct {
	table *catalog.Table
	// levels are the views, from the one that is named to the one that reads the table; none for a table.
	levels []*viewLevel
	doing  string // what PostgreSQL's errors call the write: insert into, update, delete from
}

// viewLevel is a view that a write goes through.
type viewLevel struct {
	view  *catalog.View
	query *pg.SelectStmt
	from  *pg.RangeVar
	names []string
	// below has for each column the position of that which it is of the level below, -1 for an expression.
	below []int
}

// targetOf is the table or view that a write names.
func (s *stmt) targetOf(v *pg.RangeVar, doing string) (*writeTarget, error) {
	t, view, err := s.relation(v)
	if err != nil {
		return nil, err
	}
	out := &writeTarget{table: t, doing: doing}
	span := s.tableSpan(v)
	for view != nil {
		if _, part := s.cat.Partition(view.Name); part != nil {
			return nil, diag.UnsupportedStatement.At(span, "writing to the partition %q is not supported", view.Name).WithHelp("write to its table")
		}
		level, err := s.viewLevel(view, doing, span)
		if err != nil {
			return nil, err
		}
		out.levels = append(out.levels, level)
		if out.table, view, err = s.relation(level.from); err != nil {
			return nil, err
		}
	}
	for i := len(out.levels) - 1; i >= 0; i-- {
		if err := s.mapLevel(out, i, span); err != nil {
			return nil, err
		}
	}
	return out, s.atOnce(out.table, span)
}

// viewLevel checks that rows of a view are rows of what it reads.
func (s *stmt) viewLevel(v *catalog.View, doing string, span diag.Span) (*viewLevel, error) {
	tree, err := s.parse(v.Query, v.QuerySpan)
	if err != nil {
		return nil, err
	}
	q := tree.GetSelectStmt()
	problem := s.notUpdatable(v, q)
	level := &viewLevel{view: v, query: q}
	if problem == "" {
		level.from = q.FromClause[0].GetRangeVar()
		return level, nil
	}
	return nil, diag.NotInPostgres.At(span, "cannot %s view %q", doing, v.Name).WithState("55000").WithHelp("%s", problem)
}

// notUpdatable is why rows of a view are no rows of a table, in PostgreSQL's words and order; "" when they are.
func (s *stmt) notUpdatable(v *catalog.View, q *pg.SelectStmt) string {
	containing := func(what string) string { return "Views containing " + what + " are not automatically updatable." }
	returning := func(what string) string { return "Views that return " + what + " are not automatically updatable." }
	switch {
	case len(q.DistinctClause) > 0:
		return containing("DISTINCT")
	case len(q.GroupClause) > 0:
		return containing("GROUP BY")
	case q.HavingClause != nil:
		return containing("HAVING")
	case isSetOperation(q):
		return containing("UNION, INTERSECT, or EXCEPT")
	case q.WithClause != nil:
		return containing("WITH")
	case q.LimitCount != nil || q.LimitOffset != nil:
		return containing("LIMIT or OFFSET")
	}
	if view, err := s.bindView(v); err == nil {
		is := func(kind func(scalar.Expr) bool) bool {
			return slices.ContainsFunc(visible(view), func(t *bound.Target) bool { return scalar.Any(t.Expr, kind) })
		}
		switch {
		case view.HasGroup:
			return returning("aggregate functions")
		case is(func(e scalar.Expr) bool { _, ok := e.(*scalar.WindowCall); return ok }):
			return returning("window functions")
		case is(func(e scalar.Expr) bool { c, ok := e.(*scalar.Call); return ok && c.Fn.Set }):
			return returning("set-returning functions")
		}
	}
	if len(q.FromClause) != 1 || q.FromClause[0].GetRangeVar() == nil {
		return "Views that do not select from a single table or view are not automatically updatable."
	}
	return ""
}

// mapLevel finds what the columns of a view are of the level below it.
func (s *stmt) mapLevel(t *writeTarget, i int, span diag.Span) error {
	var below []itemColumn
	var ids []scalar.ColumnID
	if i+1 < len(t.levels) {
		cols, _, err := s.viewRow(t, i+1, s.tableColumns(newScope(nil), t.table), span)
		if err != nil {
			return err
		}
		for _, c := range cols {
			id := s.newColumn(nil, c.name, c.expr.Type(), true)
			ids = append(ids, id)
			below = append(below, itemColumn{name: c.name, expr: s.column(id, span)})
		}
	} else {
		ids = s.tableColumns(newScope(nil), t.table)
		below = s.columnsOf(t.table, ids, span)
	}
	level := t.levels[i]
	cols, _, err := s.overLevel(level, below, span)
	if err != nil {
		return err
	}
	updatable := false
	for _, c := range cols {
		at := -1
		if col, ok := c.expr.(*scalar.Column); ok {
			at = slices.Index(ids, col.ID)
		}
		updatable = updatable || at >= 0
		level.names, level.below = append(level.names, c.name), append(level.below, at)
	}
	if !updatable {
		return diag.NotInPostgres.At(span, "cannot %s view %q", t.doing, level.view.Name).WithState("55000").
			WithHelp("Views that have no updatable columns are not automatically updatable.")
	}
	return nil
}

// viewRow gives the columns of the view at a level over a row of the table with these ids, and the conditions of that level and of those
// below it, the lowest first; nil where a level has none.
func (s *stmt) viewRow(t *writeTarget, i int, ids []scalar.ColumnID, span diag.Span) (cols []itemColumn, conds []scalar.Expr, err error) {
	if i == len(t.levels) {
		return s.columnsOf(t.table, ids, span), nil, nil
	}
	below, conds, err := s.viewRow(t, i+1, ids, span)
	if err != nil {
		return nil, nil, err
	}
	cols, cond, err := s.overLevel(t.levels[i], below, span)
	return cols, append(conds, cond), err
}

// overLevel binds a view's columns and condition over the columns of what it reads.
func (s *stmt) overLevel(l *viewLevel, below []itemColumn, span diag.Span) (cols []itemColumn, cond scalar.Expr, err error) {
	outer, views := s.text, s.views
	s.text, s.views = Verbatim(l.view.QuerySpan.Source, l.view.Query, l.view.QuerySpan.Start), views+1
	defer func() { s.text, s.views = outer, views }()
	it, err := s.newItem(l.from.Relname, l.from.Alias, slices.Clone(below), span)
	if err != nil {
		return nil, nil, err
	}
	sc := newScope(nil)
	sc.items = []*item{it}
	targets, err := s.targetList(sc, l.query.TargetList, inTargets)
	if err != nil {
		return nil, nil, err
	}
	for i, x := range targets {
		if x.expr, err = s.textIfUnknown(x.expr); err != nil {
			return nil, nil, err
		}
		if i < len(l.view.Columns) {
			x.name = l.view.Columns[i]
		}
		cols = append(cols, itemColumn{name: x.name, expr: x.expr})
	}
	cond, err = s.condition(sc, l.query.WhereClause, inWhere)
	return cols, cond, err
}

// item names a row of the target, whose table's columns have these ids, as the statement does.
func (t *writeTarget) item(s *stmt, v *pg.RangeVar, ids []scalar.ColumnID) (*item, error) {
	if len(t.levels) == 0 {
		return s.tableItem(t.table, v, ids), nil
	}
	span := s.tableSpan(v)
	cols, _, err := s.viewRow(t, 0, ids, span)
	if err != nil {
		return nil, err
	}
	it := &item{name: v.Relname, relation: v.Relname, cols: cols, namesTable: true, namesColumns: true, place: span}
	if v.Alias != nil {
		it.name = v.Alias.Aliasname
	}
	return it, nil
}

// within is the condition that a row of the table is one of the view, nil for a table.
func (t *writeTarget) within(s *stmt, ids []scalar.ColumnID, span diag.Span) (scalar.Expr, error) {
	_, conds, err := s.viewRow(t, 0, ids, span)
	conds = slices.DeleteFunc(conds, func(e scalar.Expr) bool { return e == nil })
	if len(conds) == 0 || err != nil {
		return nil, err
	}
	return scalar.Conjunction(conds...), nil
}

// checks are what the views' check options ask of a new row, the lowest view's first. A cascaded one asks for the views below too.
func (t *writeTarget) checks(s *stmt, ids []scalar.ColumnID, span diag.Span) ([]bound.ViewCheck, error) {
	_, conds, err := s.viewRow(t, 0, ids, span)
	if err != nil {
		return nil, err
	}
	var out []bound.ViewCheck
	cascaded := false
	for i, l := range t.levels {
		cond := conds[len(conds)-1-i]
		cascaded = cascaded || l.view.Check == catalog.CascadedCheck
		if cond != nil && (cascaded || l.view.Check == catalog.LocalCheck) {
			id := s.newColumn(nil, "check", cond.Type(), true)
			out = append([]bound.ViewCheck{{View: l.view.Name, Cond: cond, ID: id}}, out...)
		}
	}
	return out, nil
}

// name is what errors call the target.
func (t *writeTarget) name() string {
	if len(t.levels) > 0 {
		return t.levels[0].view.Name
	}
	return t.table.Name
}

// column is the position of the table's column that a column of the target is.
func (t *writeTarget) column(s *stmt, r *pg.ResTarget, span diag.Span) (int, error) {
	if len(t.levels) == 0 {
		return s.assignedColumn(t.table, r, span)
	}
	at := slices.Index(t.levels[0].names, r.Name)
	if at < 0 {
		return 0, diag.UndefinedColumn.At(span, "column %q of relation %q does not exist", r.Name, t.name())
	}
	if len(r.Indirection) > 0 {
		return 0, diag.UnsupportedClause.At(span, "assigning to a part of column %q is not supported", r.Name).WithHelp("assign the whole column")
	}
	return t.follow(at, span)
}

// follow is column by the position in the view.
func (t *writeTarget) follow(at int, span diag.Span) (int, error) {
	for _, l := range t.levels {
		name := l.names[at]
		if at = l.below[at]; at < 0 {
			return 0, diag.NotInPostgres.At(span, "cannot %s column %q of view %q", t.doing, name, l.view.Name).
				WithHelp("View columns that are not columns of their base relation are not updatable.")
		}
	}
	return at, nil
}

// defaulted is the column whose default a row gets that is given none: through a view a domain's default comes before that of the column.
func (t *writeTarget) defaulted(at int) *catalog.Column {
	c := t.table.Columns[at]
	if len(t.levels) == 0 || c.Domain == nil || c.Domain.Default == "" {
		return c
	}
	for i := range t.levels[0].names {
		if to, err := t.follow(i, diag.Span{}); err == nil && to == at {
			plain := *c
			plain.Default, plain.Sequence = "", nil
			return &plain
		}
	}
	return c
}

// forUpdate is the target of ON CONFLICT DO UPDATE.
func (t *writeTarget) forUpdate() *writeTarget {
	out := *t
	out.doing = "update"
	return &out
}

// Updatable says why WITH CHECK OPTION does not fit a view, nil when it does.
func (b *Binder) Updatable(v *catalog.View, at diag.Span) error {
	s := b.begin(Verbatim(v.QuerySpan.Source, v.Query, v.QuerySpan.Start))
	tree, err := s.parse(v.Query, v.QuerySpan)
	if err != nil {
		return err
	}
	if problem := s.notUpdatable(v, tree.GetSelectStmt()); problem != "" {
		return diag.NotInPostgres.At(at, "WITH CHECK OPTION is supported only on automatically updatable views").WithHelp("%s", problem)
	}
	return nil
}
