package sqlparse

import (
	"github.com/prequel-db/prequel/sqlparse/catalog"
	"github.com/prequel-db/prequel/sqlparse/diag"

	pg "github.com/pganalyze/pg_query_go/v5"
)

// The bits of a trigger's timing and events, as PostgreSQL's trigger.h has them.
const (
	triggerBefore   = 1 << 1
	triggerInsert   = 1 << 2
	triggerDelete   = 1 << 3
	triggerUpdate   = 1 << 4
	triggerTruncate = 1 << 5
	triggerInstead  = 1 << 6
)

// createTrigger declares a trigger. One that uses what is not supported is noted: the writes that would fire it are refused,
// wherever they stand.
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
		Name: n.Trigname, Function: lastName(n.Funcname), Span: d.whole(), Before: n.Timing == triggerBefore,
		Insert: n.Events&triggerInsert != 0, Update: n.Events&triggerUpdate != 0, Delete: n.Events&triggerDelete != 0,
		Truncate: n.Events&triggerTruncate != 0, Statement: !n.Row,
	}
	for _, c := range n.Columns {
		at := t.Column(c.GetString_().GetSval())
		if at < 0 {
			return diag.UndefinedColumn.At(d.whole(), "column %q of relation %q does not exist", c.GetString_().GetSval(), t.Name)
		}
		tr.Columns = append(tr.Columns, at)
	}
	for _, a := range n.Args {
		tr.Args = append(tr.Args, a.GetString_().GetSval())
	}
	for _, other := range t.Triggers {
		if other.Name == tr.Name && !n.Replace {
			return diag.DuplicateObject.At(d.whole(), "trigger %q for relation %q already exists", tr.Name, t.Name)
		}
	}
	if n.WhenClause != nil {
		tr.When, tr.WhenSpan = d.parenthesised(int(n.Relation.Location), "when")
	}
	if err := d.checkTrigger(t, tr, n); err != nil {
		refused, ok := err.(diag.Diagnostic)
		if !ok || refused.SQLState != "" {
			return err
		}
		tr.Refused = &refused
		d.notes = append(d.notes, diag.NotCompiled.Note(d.whole(), "trigger %s on %s is not compiled: %s", tr.Name, t.Name, refused.Problem).
			WithHelp("statements that would fire it are refused"))
	}
	d.dropTrigger(t, tr.Name)
	t.Triggers = append(t.Triggers, tr)
	return nil
}

// checkTrigger says what is wrong with a trigger, or not supported about it (an error without SQLSTATE).
func (d *ddl) checkTrigger(t *catalog.Table, tr *catalog.Trigger, n *pg.CreateTrigStmt) error {
	unsupported := func(what, help string) error {
		return diag.UnsupportedDefinition.At(d.whole(), "%s", what).WithHelp("%s", help)
	}
	switch {
	case n.Timing == triggerInstead:
		return diag.NotInPostgres.At(d.whole(), "%q is a table", t.Name).WithState("42809").WithHelp("tables cannot have INSTEAD OF triggers")
	case n.Isconstraint:
		return unsupported("constraint triggers are not supported", "make it a trigger AFTER ... FOR EACH ROW")
	case t.Partitioning != nil && tr.Before && n.Row:
		return unsupported("triggers BEFORE ... FOR EACH ROW of a partitioned table are not supported", "use a trigger AFTER")
	case len(n.TransitionRels) > 0:
		return unsupported("transition tables are not supported", "use a trigger FOR EACH ROW")
	case tr.Truncate:
		return unsupported("triggers on TRUNCATE are not supported", "use DELETE, and a trigger on it")
	}
	fn := d.triggerFunction(tr.Function)
	switch {
	case fn == nil:
		return unsupported("the function "+tr.Function+" is not declared", "declare it in the schema, in PL/pgSQL")
	case fn.Refused != nil:
		return unsupported("the function "+fn.Name+" is not compiled", "change what the note on the function names")
	case !fn.Trigger:
		return diag.BadDefinition.At(d.whole(), "function %s must return type trigger", fn.Name).WithState("42P17")
	}
	if tr.When == "" {
		return nil
	}
	return d.types().CheckTrigger(t, tr)
}

// triggerFunction is the declared function without arguments of that name.
func (d *ddl) triggerFunction(name string) *catalog.Function {
	for _, f := range d.cat.Function(name) {
		if len(f.Inputs()) == 0 || f.Refused != nil {
			return f
		}
	}
	return nil
}

// enabling is a form of ALTER TABLE ... ENABLE or DISABLE TRIGGER.
type enabling struct {
	off bool
	// which are the triggers without a name: ALL, those of foreign keys included, or USER.
	all, user bool
}

// Triggers of replicas do not fire in the sessions of a service.
var enablings = map[pg.AlterTableType]enabling{
	pg.AlterTableType_AT_EnableTrig: {}, pg.AlterTableType_AT_EnableAlwaysTrig: {}, pg.AlterTableType_AT_EnableReplicaTrig: {off: true},
	pg.AlterTableType_AT_DisableTrig: {off: true}, pg.AlterTableType_AT_EnableTrigAll: {all: true},
	pg.AlterTableType_AT_DisableTrigAll: {all: true, off: true}, pg.AlterTableType_AT_EnableTrigUser: {user: true},
	pg.AlterTableType_AT_DisableTrigUser: {user: true, off: true},
}

// enableTriggers applies ALTER TABLE ... ENABLE and DISABLE TRIGGER.
func (d *ddl) enableTriggers(t *catalog.Table, name string, e enabling) error {
	if e.all && e.off {
		for _, other := range d.cat.Tables {
			for _, f := range other.ForeignKeys {
				if other == t || f.RefTable == t.Name {
					return diag.UnsupportedDefinition.At(d.whole(), "DISABLE TRIGGER ALL would leave the foreign key %s unchecked, which is not supported", f.Name).
						WithHelp("write DISABLE TRIGGER USER, or drop the constraint")
				}
			}
		}
	}
	found := e.all || e.user
	for _, tr := range t.Triggers {
		if e.all || e.user || tr.Name == name {
			tr.Disabled, found = e.off, true
		}
	}
	if !found {
		return diag.UndefinedObject.At(d.whole(), "trigger %q for table %q does not exist", name, t.Name)
	}
	return nil
}

// renameTrigger renames a trigger.
func (d *ddl) renameTrigger(n *pg.RenameStmt) error {
	t, err := d.table(n.Relation)
	if err != nil {
		return err
	}
	var found *catalog.Trigger
	for _, tr := range t.Triggers {
		switch tr.Name {
		case n.Newname:
			return diag.DuplicateObject.At(d.whole(), "trigger %q for relation %q already exists", n.Newname, t.Name)
		case n.Subname:
			found = tr
		}
	}
	if found == nil {
		return diag.UndefinedObject.At(d.whole(), "trigger %q for table %q does not exist", n.Subname, t.Name)
	}
	found.Name = n.Newname
	return nil
}
