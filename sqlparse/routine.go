package sqlparse

import (
	"github.com/prequel-db/prequel/sqlparse/bound"
	"github.com/prequel-db/prequel/sqlparse/catalog"
	"github.com/prequel-db/prequel/sqlparse/diag"

	pg "github.com/pganalyze/pg_query_go/v5"
)

// The bits of a trigger's events, as PostgreSQL's trigger.h has them.
const (
	triggerInsert = 1 << 2
	triggerDelete = 1 << 3
	triggerUpdate = 1 << 4
)

func (d *ddl) dropFunction(name string) {
	d.cat.Functions = keep(d.cat.Functions, func(f *catalog.Function) bool { return f.Name != name })
}

// createTrigger notes a trigger: the writes that would fire it are refused, wherever they stand.
func (d *ddl) createTrigger(n *pg.CreateTrigStmt) error {
	name, err := d.tableName(n.Relation)
	if err != nil {
		return err
	}
	t := d.cat.Table(name)
	if t == nil {
		if d.view(name) != nil {
			return nil // writing to views is refused anyway
		}
		return diag.UndefinedTable.At(d.at(n.Relation.Location), "relation %q does not exist", name)
	}
	tr := &catalog.Trigger{
		Name: n.Trigname, Function: lastName(n.Funcname), Span: d.whole(),
		Insert: n.Events&triggerInsert != 0, Update: n.Events&triggerUpdate != 0, Delete: n.Events&triggerDelete != 0,
	}
	for _, c := range n.Columns {
		at := t.Column(c.GetString_().GetSval())
		if at < 0 {
			return diag.UndefinedColumn.At(d.whole(), "column %q of relation %q does not exist", c.GetString_().GetSval(), t.Name)
		}
		tr.Columns = append(tr.Columns, at)
	}
	for _, other := range t.Triggers {
		if other.Name == tr.Name && !n.Replace {
			return diag.DuplicateObject.At(d.whole(), "trigger %q for relation %q already exists", tr.Name, t.Name)
		}
	}
	d.dropTrigger(t, tr.Name)
	t.Triggers = append(t.Triggers, tr)
	d.notes = append(d.notes, diag.NotCompiled.Note(d.whole(), "trigger %s on %s is not compiled", tr.Name, t.Name).
		WithHelp("statements that would fire it are refused"))
	return nil
}

func (d *ddl) dropTrigger(t *catalog.Table, name string) {
	t.Triggers = keep(t.Triggers, func(tr *catalog.Trigger) bool { return tr.Name != name })
}

// dropRoutine applies DROP FUNCTION, PROCEDURE and TRIGGER.
func (d *ddl) dropRoutine(n *pg.DropStmt) {
	for _, o := range n.Objects {
		if n.RemoveType == pg.ObjectType_OBJECT_TRIGGER {
			names := o.GetList().GetItems()
			if len(names) < 2 {
				continue
			}
			if t := d.cat.Table(names[len(names)-2].GetString_().GetSval()); t != nil {
				d.dropTrigger(t, lastName(names))
			}
			continue
		}
		name := lastName(o.GetObjectWithArgs().GetObjname())
		d.dropFunction(name)
		if n.Behavior == pg.DropBehavior_DROP_CASCADE {
			for _, t := range d.cat.Tables {
				t.Triggers = keep(t.Triggers, func(tr *catalog.Trigger) bool { return tr.Function != name })
			}
		}
	}
}

func lastName(names []*pg.Node) string {
	if len(names) == 0 {
		return ""
	}
	return names[len(names)-1].GetString_().GetSval()
}

// comment keeps what COMMENT ON says of tables and columns, for the client's documentation.
func (d *ddl) comment(n *pg.CommentStmt) {
	names := n.Object.GetList().GetItems()
	switch n.Objtype {
	case pg.ObjectType_OBJECT_TABLE:
		if t := d.cat.Table(lastName(names)); t != nil {
			t.Comment = n.Comment
		}
	case pg.ObjectType_OBJECT_COLUMN:
		if len(names) < 2 {
			return
		}
		t := d.cat.Table(names[len(names)-2].GetString_().GetSval())
		if t == nil {
			return
		}
		if at := t.Column(lastName(names)); at >= 0 {
			t.Columns[at].Comment = n.Comment
		}
	}
}

// checkTriggers refuses a write that fires a trigger, itself or by a foreign key's action.
func checkTriggers(cat *catalog.Catalog, body bound.Body) error {
	f := &firing{cat: cat, seen: map[string]bool{}}
	var span diag.Span
	switch b := body.(type) {
	case *bound.Insert:
		span = b.Span
		f.check(b.Table, func(t *catalog.Trigger) bool { return t.Insert })
		if c := b.OnConflict; c != nil && c.DoUpdate {
			f.update(b.Table, c.Set)
		}
	case *bound.Update:
		span = b.Span
		f.update(b.Table, b.Set)
	case *bound.Delete:
		span = b.Span
		f.remove(b.Table)
	case *bound.Routine:
		return checkRoutineTriggers(cat, b)
	case *bound.Query:
		return nil
	}
	if f.found == nil {
		return nil
	}
	return diag.Triggered.At(span, "the statement fires the trigger %s on %s (%s), which is not compiled", f.found.Name, f.table.Name, f.found.Span)
}

// checkRoutineTriggers looks at the writes inside a function.
func checkRoutineTriggers(cat *catalog.Catalog, r *bound.Routine) error {
	var err error
	bound.RoutineMap{SQL: func(e bound.Embedded) bound.Embedded {
		if b, ok := e.(bound.Body); ok && err == nil {
			err = checkTriggers(cat, b)
		}
		return e
	}}.Map(r.Body)
	return err
}

// firing finds the first trigger that a write fires.
type firing struct {
	cat   *catalog.Catalog
	seen  map[string]bool
	found *catalog.Trigger
	table *catalog.Table
}

func (f *firing) check(t *catalog.Table, fires func(*catalog.Trigger) bool) {
	for _, tr := range t.Triggers {
		if f.found == nil && fires(tr) {
			f.found, f.table = tr, t
		}
	}
}

func (f *firing) update(t *catalog.Table, set []bound.Assign) {
	cols := map[int]bool{}
	for _, a := range set {
		cols[a.Column] = true
	}
	f.change(t, cols)
}

// change follows an UPDATE of columns to the rows that refer to them.
func (f *firing) change(t *catalog.Table, cols map[int]bool) {
	f.check(t, func(tr *catalog.Trigger) bool {
		if !tr.Update || tr.Columns == nil {
			return tr.Update
		}
		for _, c := range tr.Columns {
			if cols[c] {
				return true
			}
		}
		return false
	})
	f.referring(t, "update", func(child *catalog.Table, k *catalog.ForeignKey) {
		touched := false
		for _, c := range k.RefColumns {
			touched = touched || cols[c]
		}
		if touched && acts(k.OnUpdate) {
			f.change(child, columnSet(k.Columns))
		}
	})
}

// remove follows a DELETE to the rows that refer to those deleted.
func (f *firing) remove(t *catalog.Table) {
	f.check(t, func(tr *catalog.Trigger) bool { return tr.Delete })
	f.referring(t, "delete", func(child *catalog.Table, k *catalog.ForeignKey) {
		switch {
		case k.OnDelete == "CASCADE":
			f.remove(child)
		case acts(k.OnDelete):
			f.change(child, columnSet(k.Columns))
		}
	})
}

// acts reports whether a foreign key's action writes to the referring rows.
func acts(action string) bool {
	return action == "CASCADE" || action == "SET NULL" || action == "SET DEFAULT"
}

func columnSet(cols []int) map[int]bool {
	out := map[int]bool{}
	for _, c := range cols {
		out[c] = true
	}
	return out
}

// referring visits the foreign keys that refer to a table, each once an event.
func (f *firing) referring(t *catalog.Table, event string, visit func(*catalog.Table, *catalog.ForeignKey)) {
	for _, child := range f.cat.Tables {
		for _, k := range child.ForeignKeys {
			key := event + " " + child.Name + " " + k.Name
			if k.RefTable != t.Name || f.seen[key] {
				continue
			}
			f.seen[key] = true
			visit(child, k)
		}
	}
}
