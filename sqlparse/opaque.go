package sqlparse

import (
	"slices"

	"github.com/prequel-db/prequel/sqlparse/bind"
	"github.com/prequel-db/prequel/sqlparse/catalog"
	"github.com/prequel-db/prequel/sqlparse/diag"

	pg "github.com/pganalyze/pg_query_go/v5"
)

// extensionTypes are the types that extensions bring.
var extensionTypes = map[string][]string{
	"citext": {"citext"}, "hstore": {"hstore"}, "ltree": {"ltree", "lquery", "ltxtquery"}, "cube": {"cube"}, "seg": {"seg"},
	"postgis": {"geometry", "geography", "box2d", "box3d", "raster"}, "vector": {"vector", "halfvec", "sparsevec"},
	"isn": {"ean13", "isbn", "isbn13", "ismn", "ismn13", "issn", "issn13", "upc"},
}

// createExtension notes the types that an extension brings.
func (d *ddl) createExtension(n *pg.CreateExtensionStmt) {
	for _, name := range extensionTypes[n.Extname] {
		if d.cat.RefusedType(name) == nil {
			d.refuseType(name, diag.UnsupportedType.At(d.whole(), "type %s of the extension %s is not supported", name, n.Extname))
		}
	}
}

// refuseType declares a type that is not compiled.
func (d *ddl) refuseType(name string, reason diag.Diagnostic) {
	d.cat.RefusedTypes = append(d.cat.RefusedTypes, &catalog.Refused{Name: name, Reason: reason})
}

// unsupportedType declares a type by a statement that has no counterpart here: columns of it are opaque.
func (d *ddl) unsupportedType(names []*pg.Node, what string) error {
	name, err := d.publicName(names, d.whole())
	if err != nil {
		return err
	}
	if d.enum(name) != nil || d.cat.Table(name) != nil || d.cat.Domain(name) != nil || d.cat.RefusedType(name) != nil {
		return diag.DuplicateObject.At(d.whole(), "type %q already exists", name)
	}
	reason := diag.UnsupportedType.At(d.whole(), "%s are not supported: %s", what, name)
	d.refuseType(name, reason)
	d.notes = append(d.notes, diag.NotCompiled.Note(d.whole(), "the type %s is not compiled: %s are not supported", name, what).
		WithHelp("statements that use it are refused"))
	return nil
}

// unsupported returns the diagnostic of something that PostgreSQL accepts and Prequel does not.
func unsupported(err error) (diag.Diagnostic, bool) {
	x, ok := err.(diag.Diagnostic)
	return x, ok && x.SQLState == ""
}

// opaqueColumn declares a column whose type is not supported: statements that leave it alone are compiled.
func (d *ddl) opaqueColumn(t *catalog.Table, n *pg.ColumnDef, reason diag.Diagnostic) error {
	o := &catalog.Opaque{Name: n.Colname, At: len(t.Columns), Reason: reason, Span: d.at(n.Location)}
	given, key := false, false
	for _, x := range n.Constraints {
		switch x.GetConstraint().GetContype() {
		case pg.ConstrType_CONSTR_NULL, pg.ConstrType_CONSTR_ATTR_NOT_DEFERRABLE, pg.ConstrType_CONSTR_ATTR_IMMEDIATE:
		case pg.ConstrType_CONSTR_NOTNULL:
			o.Required = true
		case pg.ConstrType_CONSTR_DEFAULT, pg.ConstrType_CONSTR_GENERATED, pg.ConstrType_CONSTR_IDENTITY:
			given = true
		case pg.ConstrType_CONSTR_UNIQUE:
			key = true // NULLs, which is all that statements can leave there, do not conflict
			if x.GetConstraint().GetNullsNotDistinct() {
				return reason
			}
		default:
			return reason
		}
	}
	if key && given {
		return reason
	}
	o.Required = o.Required && !given
	t.Opaques = append(t.Opaques, o)
	d.notes = append(d.notes, diag.NotCompiled.Note(o.Span, "column %s of %s is not compiled: %s", o.Name, t.Name, reason.Problem).
		WithHelp("statements that use it are refused, SELECT * among them"))
	return nil
}

// alterOpaque applies an alteration to an opaque column.
func (d *ddl) alterOpaque(t *catalog.Table, o *catalog.Opaque, c *pg.AlterTableCmd) error {
	switch c.Subtype {
	case pg.AlterTableType_AT_DropColumn:
		t.Opaques = keep(t.Opaques, func(x *catalog.Opaque) bool { return x != o })
	case pg.AlterTableType_AT_SetNotNull:
		o.Required = true
	case pg.AlterTableType_AT_DropNotNull:
		o.Required = false
	case pg.AlterTableType_AT_ColumnDefault:
		if c.Def != nil {
			o.Required = false
		}
	default:
		return o.Reason
	}
	return nil
}

// refuseView declares a view that is not compiled.
func (d *ddl) refuseView(v *pg.RangeVar, reason diag.Diagnostic) error {
	name, err := d.tableName(v)
	if err != nil {
		return err
	}
	d.cat.RefusedViews = append(d.cat.RefusedViews, &catalog.Refused{Name: name, Reason: reason})
	d.notes = append(d.notes, diag.NotCompiled.Note(d.whole(), "the view %s is not compiled: %s", name, reason.Problem).
		WithHelp("statements that read it are refused"))
	return nil
}

// createTableAs refuses what CREATE TABLE AS makes, and notes a materialized view, which changes nothing as long as nothing reads it.
func (d *ddl) createTableAs(n *pg.CreateTableAsStmt) error {
	if n.Objtype != pg.ObjectType_OBJECT_MATVIEW {
		return diag.UnsupportedStatement.At(d.whole(), "CREATE TABLE AS in a schema is not supported").WithHelp("declare the table with its columns")
	}
	return d.refuseView(n.Into.GetRel(), diag.UnsupportedStatement.At(d.whole(), "materialized views are not supported").
		WithHelp("declare it with CREATE VIEW: what queries need of it is kept up to date without REFRESH"))
}

// define notes what CREATE AGGREGATE and its like declare.
func (d *ddl) define(n *pg.DefineStmt) error {
	switch n.Kind {
	case pg.ObjectType_OBJECT_TYPE:
		return d.unsupportedType(n.Defnames, "base types")
	case pg.ObjectType_OBJECT_AGGREGATE, pg.ObjectType_OBJECT_COLLATION, pg.ObjectType_OBJECT_TSCONFIGURATION,
		pg.ObjectType_OBJECT_TSDICTIONARY, pg.ObjectType_OBJECT_TSPARSER, pg.ObjectType_OBJECT_TSTEMPLATE:
		d.notes = append(d.notes, diag.NotCompiled.Note(d.whole(), "%s is not compiled", bind.StatementName(d.text.SQL)).
			WithHelp("statements that use it are refused"))
		return nil
	}
	return diag.UnsupportedStatement.At(d.whole(), "%s in a schema is not supported", bind.StatementName(d.text.SQL)).
		WithHelp("remove it from the schema files given to Prequel")
}

// uncheck declares a constraint that is not compiled, over the columns that these expressions read.
func (d *ddl) uncheck(t *catalog.Table, name string, read []*pg.Node, reason diag.Diagnostic) {
	u := &catalog.Unchecked{Name: name, Reason: reason}
	add := func(column string) {
		if c := t.Column(column); c >= 0 && !contains(u.Columns, c) {
			u.Columns = append(u.Columns, c)
		}
	}
	for _, n := range read {
		if e := n.GetIndexElem(); e != nil {
			add(e.Name)
			n = e.Expr
		}
		bind.ColumnNames(n, add)
	}
	slices.Sort(u.Columns) // the fields of a node have no order
	t.Unchecked = append(t.Unchecked, u)
	d.notes = append(d.notes, diag.NotCompiled.Note(d.whole(), "%s of %s is not compiled: %s", name, t.Name, reason.Problem).
		WithHelp("writes that could violate it are refused"))
}

// checkUnchecked refuses foreign keys whose actions could violate a constraint that is not compiled.
func (d *ddl) checkUnchecked(t *catalog.Table) error {
	for _, f := range t.ForeignKeys {
		sets := f.OnUpdate == "CASCADE" || f.OnUpdate == "SET DEFAULT" || f.OnDelete == "SET DEFAULT"
		if u := t.Unchecks(append([]int{}, f.Columns...)); u != nil && sets {
			return u.Reason
		}
	}
	return nil
}
