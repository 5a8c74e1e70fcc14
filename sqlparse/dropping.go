package sqlparse

import (
	"slices"

	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqlparse/catalog"
	"github.com/prequel-db/prequel/sqlparse/diag"

	pg "github.com/pganalyze/pg_query_go/v5"
)

// ignoredDrops are kinds of objects whose creation is ignored too.
var ignoredDrops = map[pg.ObjectType]bool{
	pg.ObjectType_OBJECT_EXTENSION: true, pg.ObjectType_OBJECT_STATISTIC_EXT: true,
	pg.ObjectType_OBJECT_ROLE: true, pg.ObjectType_OBJECT_POLICY: true, pg.ObjectType_OBJECT_EVENT_TRIGGER: true,
	pg.ObjectType_OBJECT_PUBLICATION: true, pg.ObjectType_OBJECT_AGGREGATE: true, pg.ObjectType_OBJECT_COLLATION: true,
	pg.ObjectType_OBJECT_TSCONFIGURATION: true, pg.ObjectType_OBJECT_TSDICTIONARY: true,
}

func (d *ddl) drop(n *pg.DropStmt) error {
	if ignoredDrops[n.RemoveType] {
		return nil
	}
	switch n.RemoveType {
	case pg.ObjectType_OBJECT_FUNCTION, pg.ObjectType_OBJECT_PROCEDURE, pg.ObjectType_OBJECT_ROUTINE, pg.ObjectType_OBJECT_TRIGGER:
		d.dropRoutine(n)
		return nil
	}
	for _, o := range n.Objects {
		names := o.GetList().GetItems()
		if t := o.GetTypeName(); t != nil {
			names = t.Names
		}
		name, err := d.publicName(names, d.whole())
		if err != nil {
			return err
		}
		if err := d.dropOne(n, name); err != nil {
			return err
		}
	}
	return nil
}

func (d *ddl) dropOne(n *pg.DropStmt, name string) error {
	cascade := n.Behavior == pg.DropBehavior_DROP_CASCADE
	missing := func(kind string) error {
		if n.MissingOk {
			return nil
		}
		return diag.UndefinedTable.At(d.whole(), "%s %q does not exist", kind, name)
	}
	switch n.RemoveType {
	case pg.ObjectType_OBJECT_TABLE:
		if whole, part := d.cat.Partition(name); part != nil {
			d.dropPartition(whole, name)
			return nil
		}
		t := d.cat.Table(name)
		if t == nil {
			return missing("table")
		}
		for _, part := range t.Partitioning.Names() {
			d.dropPartition(t, part)
		}
		return d.dropTable(t, cascade)
	case pg.ObjectType_OBJECT_VIEW, pg.ObjectType_OBJECT_MATVIEW:
		if d.cat.RefusedView(name) != nil {
			d.cat.RefusedViews = keep(d.cat.RefusedViews, func(r *catalog.Refused) bool { return r.Name != name })
			return nil
		}
		v := d.view(name)
		if v == nil {
			return missing("view")
		}
		d.cat.Views = keep(d.cat.Views, func(w *catalog.View) bool { return w != v })
		return d.dropBrokenViews(cascade, "view", name)
	case pg.ObjectType_OBJECT_SEQUENCE:
		s := d.cat.Sequence(name)
		if s == nil {
			return missing("sequence")
		}
		return d.dropSequence(s, cascade)
	case pg.ObjectType_OBJECT_INDEX:
		for _, t := range d.cat.Tables {
			before := len(t.Indexes) + len(t.Uniques) + len(t.Unchecked)
			t.Unchecked = keep(t.Unchecked, func(u *catalog.Unchecked) bool { return u.Name != name })
			t.Indexes = keep(t.Indexes, func(i *catalog.Index) bool { return i.Name != name })
			t.Uniques = keep(t.Uniques, func(u *catalog.Unique) bool { return !u.Index || u.Name != name })
			if len(t.Indexes)+len(t.Uniques)+len(t.Unchecked) < before {
				return nil
			}
		}
		return missing("index")
	case pg.ObjectType_OBJECT_TYPE, pg.ObjectType_OBJECT_DOMAIN:
		if d.cat.RefusedType(name) != nil {
			d.cat.RefusedTypes = keep(d.cat.RefusedTypes, func(r *catalog.Refused) bool { return r.Name != name })
			return nil
		}
		if x := d.cat.Domain(name); x != nil {
			return d.dropDomain(x)
		}
		e := d.enum(name)
		if e == nil || n.RemoveType == pg.ObjectType_OBJECT_DOMAIN {
			if n.MissingOk {
				return nil
			}
			return diag.UndefinedObject.At(d.whole(), "type %q does not exist", name)
		}
		for _, t := range d.cat.Tables {
			for _, c := range t.Columns {
				if usesEnum(c.Type, e) {
					return d.dependents("type", name)
				}
			}
		}
		d.cat.Enums = keep(d.cat.Enums, func(x *value.EnumType) bool { return x != e })
		d.binder = nil
		return nil
	}
	return diag.UnsupportedStatement.At(d.whole(), "this DROP is not supported")
}

func usesEnum(t value.Type, e *value.EnumType) bool {
	return t.Enum == e || t.Elem != nil && usesEnum(*t.Elem, e)
}

func (d *ddl) dependents(kind, name string) error {
	return diag.BadDefinition.At(d.whole(), "cannot drop %s %s because other objects depend on it", kind, name).WithState("2BP01").
		WithHelp("drop the dependent objects first")
}

func (d *ddl) dropTable(t *catalog.Table, cascade bool) error {
	for _, other := range d.cat.Tables {
		if other == t {
			continue
		}
		kept := keep(other.ForeignKeys, func(f *catalog.ForeignKey) bool { return f.RefTable != t.Name })
		if len(kept) < len(other.ForeignKeys) && !cascade {
			return d.dependents("table", t.Name)
		}
		other.ForeignKeys = kept
	}
	owned := d.cat.OwnedBy(t)
	for _, other := range d.cat.Tables {
		for _, c := range other.Columns {
			if other == t || c.Sequence == nil || c.Sequence.Table != t {
				continue
			}
			if !cascade {
				return d.dependents("table", t.Name)
			}
			c.Sequence = nil
			if err := d.checkDefault(other, c); err != nil {
				return err
			}
		}
	}
	tables := d.cat.Tables
	d.cat.Tables = keep(tables, func(x *catalog.Table) bool { return x != t })
	if err := d.dropBrokenViews(cascade, "table", t.Name); err != nil {
		d.cat.Tables = tables
		return err
	}
	d.dropSequences(func(s *catalog.Sequence) bool { return slices.Contains(owned, s) })
	return nil
}

// dropBrokenViews removes the views that no longer bind; without CASCADE there may be none.
func (d *ddl) dropBrokenViews(cascade bool, kind, name string) error {
	for again := true; again; {
		again = false
		for _, v := range d.cat.Views {
			if _, err := d.viewColumns(v); err == nil {
				continue
			}
			if !cascade {
				return d.dependents(kind, name)
			}
			d.cat.Views = keep(d.cat.Views, func(w *catalog.View) bool { return w != v })
			again = true
			break
		}
	}
	return nil
}

func (d *ddl) rename(n *pg.RenameStmt) error {
	switch n.RenameType {
	case pg.ObjectType_OBJECT_TABLE, pg.ObjectType_OBJECT_VIEW, pg.ObjectType_OBJECT_INDEX, pg.ObjectType_OBJECT_SEQUENCE:
		return d.renameRelation(n)
	case pg.ObjectType_OBJECT_COLUMN:
		return d.renameColumn(n)
	case pg.ObjectType_OBJECT_TABCONSTRAINT:
		return d.renameConstraint(n)
	case pg.ObjectType_OBJECT_DOMAIN:
		x, err := d.domain(n.Object.GetList().GetItems())
		if err == nil {
			x.Name = n.Newname
		}
		return err
	case pg.ObjectType_OBJECT_DOMCONSTRAINT:
		x, err := d.domain(n.Object.GetList().GetItems())
		if err != nil {
			return err
		}
		for _, c := range x.Checks {
			if c.Name == n.Subname {
				c.Name = n.Newname
				return nil
			}
		}
		return diag.UndefinedObject.At(d.whole(), "constraint %q for domain %q does not exist", n.Subname, x.Name)
	case pg.ObjectType_OBJECT_TYPE:
		name, err := d.publicName(n.Object.GetList().GetItems(), d.whole())
		if err != nil {
			return err
		}
		e := d.enum(name)
		if e == nil {
			return diag.UndefinedObject.At(d.whole(), "type %q does not exist", name)
		}
		if d.enum(n.Newname) != nil {
			return diag.DuplicateObject.At(d.whole(), "type %q already exists", n.Newname)
		}
		e.Name = n.Newname
		d.binder = nil
		return nil
	case pg.ObjectType_OBJECT_TRIGGER:
		return d.renameTrigger(n)
	}
	return diag.UnsupportedStatement.At(d.whole(), "this RENAME is not supported")
}

func (d *ddl) renameRelation(n *pg.RenameStmt) error {
	name, err := d.tableName(n.Relation)
	if err != nil {
		return err
	}
	if d.relationExists(n.Newname) {
		return diag.DuplicateObject.At(d.whole(), "relation %q already exists", n.Newname).WithState("42P07")
	}
	if err := d.checkViewsDoNotMention(name); err != nil {
		return err
	}
	if t := d.cat.Table(name); t != nil {
		for _, other := range d.cat.Tables {
			for _, f := range other.ForeignKeys {
				if f.RefTable == name {
					f.RefTable = n.Newname
				}
			}
		}
		t.Name = n.Newname
		return nil
	}
	if v := d.view(name); v != nil {
		v.Name = n.Newname
		return nil
	}
	if s := d.cat.Sequence(name); s != nil {
		return d.renameSequence(s, n.Newname)
	}
	for _, t := range d.cat.Tables {
		if t.PrimaryKeyName == name && name != "" {
			t.PrimaryKeyName = n.Newname
			return nil
		}
		for _, u := range t.Uniques {
			if u.Name == name {
				u.Name = n.Newname
				return nil
			}
		}
		for _, i := range t.Indexes {
			if i.Name == name {
				i.Name = n.Newname
				return nil
			}
		}
	}
	if n.MissingOk {
		return nil
	}
	return diag.UndefinedTable.At(d.at(n.Relation.Location), "relation %q does not exist", name)
}

// checkViewsDoNotMention refuses a renaming that views would have to follow: they are kept as text.
func (d *ddl) checkViewsDoNotMention(name string) error {
	for _, v := range d.cat.Views {
		if d.mentions(v.Query, name) {
			return diag.UnsupportedDefinition.At(d.whole(), "%q cannot be renamed: view %q mentions it", name, v.Name).
				WithHelp("rename before the view is created")
		}
	}
	return nil
}

func (d *ddl) renameColumn(n *pg.RenameStmt) error {
	t, err := d.table(n.Relation)
	if err != nil {
		if n.MissingOk {
			return nil
		}
		return err
	}
	if o := t.Opaque(n.Subname); o != nil {
		o.Name = n.Newname
		return nil
	}
	at := t.Column(n.Subname)
	if at < 0 {
		return diag.UndefinedColumn.At(d.whole(), "column %q does not exist", n.Subname)
	}
	if t.Column(n.Newname) >= 0 {
		return diag.DuplicateColumn.At(d.whole(), "column %q of relation %q already exists", n.Newname, t.Name)
	}
	if err := d.checkViewsDoNotMention(n.Subname); err != nil {
		return err
	}
	for _, c := range t.Checks {
		if d.mentions(c.Text, n.Subname) {
			return diag.UnsupportedDefinition.At(d.whole(), "column %q cannot be renamed: constraint %q mentions it", n.Subname, c.Name).
				WithHelp("rename before the constraint is added")
		}
	}
	for _, u := range t.Uniques {
		if d.uniqueMentions(u, n.Subname) {
			return diag.UnsupportedDefinition.At(d.whole(), "column %q cannot be renamed: index %q mentions it", n.Subname, u.Name).
				WithHelp("rename before the index is created")
		}
	}
	for _, tr := range t.Triggers {
		if d.mentions(tr.When, n.Subname) {
			return diag.UnsupportedDefinition.At(d.whole(), "column %q cannot be renamed: trigger %q mentions it", n.Subname, tr.Name).
				WithHelp("rename before the trigger is created")
		}
	}
	t.Columns[at].Name = n.Newname
	return nil
}

func (d *ddl) renameConstraint(n *pg.RenameStmt) error {
	t, err := d.table(n.Relation)
	if err != nil {
		return err
	}
	if t.PrimaryKeyName == n.Subname && len(t.PrimaryKey) > 0 {
		t.PrimaryKeyName = n.Newname
		return nil
	}
	for _, u := range t.Uniques {
		if u.Name == n.Subname {
			u.Name = n.Newname
			return nil
		}
	}
	for _, c := range t.Checks {
		if c.Name == n.Subname {
			c.Name = n.Newname
			return nil
		}
	}
	for _, f := range t.ForeignKeys {
		if f.Name == n.Subname {
			f.Name = n.Newname
			return nil
		}
	}
	return diag.UndefinedObject.At(d.whole(), "constraint %q for table %q does not exist", n.Subname, t.Name)
}
