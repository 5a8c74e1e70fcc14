package sqlparse

import (
	"reflect"

	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqlparse/bind"
	"github.com/prequel-db/prequel/sqlparse/catalog"
	"github.com/prequel-db/prequel/sqlparse/diag"
	"github.com/prequel-db/prequel/sqlparse/token"

	pg "github.com/pganalyze/pg_query_go/v5"
)

// ParseSchema reads schema files, in order, into a catalog. Migration files may be given as they are: sections and files that undo a
// migration are skipped. The catalog holds what has no error.
func ParseSchema(sources []*diag.Source) (*catalog.Catalog, diag.List) {
	cat := &catalog.Catalog{}
	errs := Extend(cat, sources)
	return cat, errs
}

// Extend applies further schema statements to a catalog, which it changes.
func Extend(cat *catalog.Catalog, sources []*diag.Source) diag.List {
	var errs diag.List
	d := &ddl{cat: cat, checked: map[*catalog.View][]viewColumn{}}
	for _, src := range sources {
		if isDownFile(src.Name) {
			continue
		}
		if bad, ok := checkText(src); !ok {
			errs = append(errs, bad)
			continue
		}
		d.src, d.sql = src, withoutDown(src)
		for _, p := range split(d.sql) {
			if len(p.tokens) == 0 {
				continue
			}
			d.notes = nil
			if err := d.piece(p); err != nil {
				errs = append(errs, toList(err)...)
			}
			errs = append(errs, d.notes...)
		}
	}
	return append(errs, d.finish()...)
}

// ddl is the state of reading a schema.
type ddl struct {
	cat     *catalog.Catalog
	src     *diag.Source
	sql     string // the source without down sections
	text    bind.Text
	tokens  []token.Token // of the statement, comments left out, offsets in text.SQL
	checked map[*catalog.View][]viewColumn
	notes   diag.List    // on the statement, warnings
	binder  *bind.Binder // nil after the types of the schema changed
}

// viewColumn is an output column of a view when it was created.
type viewColumn struct {
	name string
	typ  value.Type
}

// types is a binder over the schema as it is now.
func (d *ddl) types() *bind.Binder {
	if d.binder == nil {
		d.binder = bind.New(d.cat)
	}
	return d.binder
}

func (d *ddl) piece(p piece) error {
	sql := d.sql[p.start:p.end]
	d.text = bind.Verbatim(d.src, sql, p.start)
	d.tokens = nil
	for _, t := range p.tokens {
		if t.Kind != token.Comment && t.End <= p.end {
			d.tokens = append(d.tokens, token.Token{Kind: t.Kind, Start: t.Start - p.start, End: t.End - p.start})
		}
	}
	if err := checkTokens(d.text, d.tokens); err != nil {
		return err
	}
	tree, err := parse(d.text)
	if err != nil {
		return err
	}
	return d.statement(tree)
}

// whole is the place of the statement: its first words.
func (d *ddl) whole() diag.Span {
	end := d.tokens[0].End
	if len(d.tokens) > 1 && d.tokens[1].Kind == token.Ident {
		end = d.tokens[1].End
	}
	return place(d.text, d.tokens[0].Start, end)
}

func (d *ddl) at(location int32) diag.Span {
	if location < 0 {
		return d.whole()
	}
	return place(d.text, int(location), token.End(d.text.SQL, int(location)))
}

// statement applies one statement. What has no effect on the answers of statements is accepted and ignored: settings,
// privileges, owners, extensions, statistics, transactions around DDL.
func (d *ddl) statement(n *pg.Node) error {
	switch n := n.GetNode().(type) {
	case *pg.Node_CreateStmt:
		return d.createTable(n.CreateStmt)
	case *pg.Node_CreateEnumStmt:
		return d.createEnum(n.CreateEnumStmt)
	case *pg.Node_AlterEnumStmt:
		return d.alterEnum(n.AlterEnumStmt)
	case *pg.Node_IndexStmt:
		return d.createIndex(n.IndexStmt)
	case *pg.Node_AlterTableStmt:
		return d.alterTable(n.AlterTableStmt)
	case *pg.Node_RenameStmt:
		return d.rename(n.RenameStmt)
	case *pg.Node_ViewStmt:
		return d.createView(n.ViewStmt)
	case *pg.Node_DropStmt:
		return d.drop(n.DropStmt)
	case *pg.Node_CreateSchemaStmt:
		if n.CreateSchemaStmt.Schemaname == "public" || n.CreateSchemaStmt.IfNotExists && len(n.CreateSchemaStmt.SchemaElts) == 0 {
			return nil
		}
		return diag.OtherSchema.At(d.whole(), "schema %s is not supported", n.CreateSchemaStmt.Schemaname).
			WithHelp("declare tables in schema public")
	case *pg.Node_SelectStmt:
		if isSetConfig(n.SelectStmt) {
			return nil
		}
		if done, err := d.setval(n.SelectStmt); done {
			return err
		}
	case *pg.Node_CreateTableAsStmt:
		return d.createTableAs(n.CreateTableAsStmt)
	case *pg.Node_CompositeTypeStmt:
		v := n.CompositeTypeStmt.Typevar
		if _, err := d.tableName(v); err != nil {
			return err
		}
		return d.unsupportedType([]*pg.Node{pg.MakeStrNode(v.Relname)}, "composite types")
	case *pg.Node_CreateRangeStmt:
		return d.unsupportedType(n.CreateRangeStmt.TypeName, "range types")
	case *pg.Node_DefineStmt:
		return d.define(n.DefineStmt)
	case *pg.Node_RefreshMatViewStmt:
		return nil // statements that read a materialized view are refused
	case *pg.Node_CreateExtensionStmt:
		d.createExtension(n.CreateExtensionStmt)
		return nil
	case *pg.Node_CreateSeqStmt:
		return d.createSequence(n.CreateSeqStmt)
	case *pg.Node_CreateDomainStmt:
		return d.createDomain(n.CreateDomainStmt)
	case *pg.Node_AlterDomainStmt:
		return d.alterDomain(n.AlterDomainStmt)
	case *pg.Node_AlterSeqStmt:
		return d.alterSequence(n.AlterSeqStmt)
	case *pg.Node_CreateFunctionStmt:
		return d.createFunction(n.CreateFunctionStmt)
	case *pg.Node_CreateTrigStmt:
		return d.createTrigger(n.CreateTrigStmt)
	case *pg.Node_CommentStmt:
		d.comment(n.CommentStmt)
		return nil
	case *pg.Node_InsertStmt, *pg.Node_UpdateStmt, *pg.Node_DeleteStmt, *pg.Node_CopyStmt:
		d.notes = append(d.notes, diag.NotCompiled.Note(d.whole(), "%s in a schema changes rows, which are the source's", bind.StatementName(d.text.SQL)).
			WithHelp("hydration brings the source's rows as they are then"))
		return nil
	case *pg.Node_VariableSetStmt, *pg.Node_GrantStmt, *pg.Node_GrantRoleStmt,
		*pg.Node_AlterDefaultPrivilegesStmt, *pg.Node_AlterOwnerStmt,
		*pg.Node_TransactionStmt, *pg.Node_CreateStatsStmt, *pg.Node_VacuumStmt, *pg.Node_AlterExtensionStmt,
		*pg.Node_CreateRoleStmt, *pg.Node_AlterRoleStmt, *pg.Node_LockStmt, *pg.Node_SecLabelStmt, *pg.Node_AlterStatsStmt,
		*pg.Node_AlterFunctionStmt, *pg.Node_CreatePublicationStmt, *pg.Node_AlterPublicationStmt, *pg.Node_CreateEventTrigStmt,
		*pg.Node_VariableShowStmt, *pg.Node_AlterDatabaseSetStmt, *pg.Node_AlterDatabaseStmt:
		return nil
	}
	return diag.UnsupportedStatement.At(d.whole(), "%s in a schema is not supported", bind.StatementName(d.text.SQL)).
		WithHelp("remove it from the schema files given to Prequel")
}

// isSetConfig recognises SELECT pg_catalog.set_config(...), which pg_dump writes.
func isSetConfig(sel *pg.SelectStmt) bool {
	if len(sel.TargetList) != 1 || len(sel.FromClause) > 0 {
		return false
	}
	names := sel.TargetList[0].GetResTarget().GetVal().GetFuncCall().GetFuncname()
	return len(names) > 0 && names[len(names)-1].GetString_().GetSval() == "set_config"
}

// finish checks what only the whole schema decides: that views still mean what they meant when they were created.
func (d *ddl) finish() diag.List {
	var errs diag.List
	d.notes = nil
	for _, t := range d.cat.Tables {
		for _, c := range t.Columns {
			c.Quoted = bind.QuoteIdentifier(c.Name)
		}
		if err := d.finishPartitions(t); err != nil {
			errs = append(errs, toList(err)...)
		}
		if err := d.checkUnchecked(t); err != nil {
			errs = append(errs, toList(err)...)
		}
	}
	errs = append(errs, d.notes...)
	for _, v := range d.cat.Views {
		before, ok := d.checked[v]
		if !ok {
			continue
		}
		after, err := d.viewColumns(v)
		if err != nil {
			errs = append(errs, toList(err)...)
			continue
		}
		if !reflect.DeepEqual(before, after) {
			errs = append(errs, diag.UnsupportedDefinition.At(v.Span, "the columns of view %q change with a later change of its tables", v.Name).
				WithHelp("list the columns instead of *, or create the view last"))
		}
	}
	return errs
}

func (d *ddl) createEnum(n *pg.CreateEnumStmt) error {
	name, err := d.publicName(n.TypeName, d.whole())
	if err != nil {
		return err
	}
	if d.enum(name) != nil || d.cat.Table(name) != nil || d.cat.Domain(name) != nil || d.cat.RefusedType(name) != nil {
		return diag.DuplicateObject.At(d.whole(), "type %q already exists", name)
	}
	e := &value.EnumType{Name: name}
	for _, v := range n.Vals {
		label := v.GetString_().GetSval()
		if e.Ordinal(label) > 0 {
			return diag.DuplicateObject.At(d.whole(), "enum label %q is used twice", label).WithState("23505")
		}
		e.Labels = append(e.Labels, label)
	}
	d.cat.Enums = append(d.cat.Enums, e)
	d.binder = nil
	return nil
}

func (d *ddl) enum(name string) *value.EnumType {
	for _, e := range d.cat.Enums {
		if e.Name == name {
			return e
		}
	}
	return nil
}

// alterEnum adds or renames a label. The type is shared by its columns, so it changes in place.
func (d *ddl) alterEnum(n *pg.AlterEnumStmt) error {
	name, err := d.publicName(n.TypeName, d.whole())
	if err != nil {
		return err
	}
	e := d.enum(name)
	if e == nil {
		return diag.UndefinedObject.At(d.whole(), "type %q does not exist", name)
	}
	exists := e.Ordinal(n.NewVal) > 0
	if n.OldVal != "" {
		at := e.Ordinal(n.OldVal)
		if at == 0 {
			return diag.BadDefinition.At(d.whole(), "%q is not an existing enum label", n.OldVal).WithState("22023")
		}
		if exists {
			return diag.DuplicateObject.At(d.whole(), "enum label %q already exists", n.NewVal)
		}
		e.Labels[at-1] = n.NewVal
		return nil
	}
	if exists {
		if n.SkipIfNewValExists {
			return nil
		}
		return diag.DuplicateObject.At(d.whole(), "enum label %q already exists", n.NewVal)
	}
	at := len(e.Labels)
	if n.NewValNeighbor != "" {
		at = e.Ordinal(n.NewValNeighbor)
		if at == 0 {
			return diag.BadDefinition.At(d.whole(), "%q is not an existing enum label", n.NewValNeighbor).WithState("22023")
		}
		if !n.NewValIsAfter {
			at--
		}
	}
	e.Labels = append(e.Labels[:at], append([]string{n.NewVal}, e.Labels[at:]...)...)
	return nil
}

// publicName is the last part of a dotted name whose schema, if any, is public.
func (d *ddl) publicName(names []*pg.Node, span diag.Span) (string, error) {
	var parts []string
	for _, n := range names {
		parts = append(parts, n.GetString_().GetSval())
	}
	if len(parts) > 1 && parts[len(parts)-2] != "public" {
		return "", diag.OtherSchema.At(span, "schema %s is not supported", parts[len(parts)-2]).WithHelp("declare everything in schema public")
	}
	if len(parts) == 0 {
		return "", diag.Syntax.At(span, "a name is missing")
	}
	return parts[len(parts)-1], nil
}

// tableName is the name of a relation whose schema, if any, is public.
func (d *ddl) tableName(v *pg.RangeVar) (string, error) {
	if v.GetSchemaname() != "" && v.Schemaname != "public" {
		return "", diag.OtherSchema.At(d.at(v.Location), "schema %s is not supported", v.Schemaname).
			WithHelp("declare everything in schema public")
	}
	return v.GetRelname(), nil
}

// table finds the table that a statement changes.
func (d *ddl) table(v *pg.RangeVar) (*catalog.Table, error) {
	name, err := d.tableName(v)
	if err != nil {
		return nil, err
	}
	t := d.cat.Table(name)
	if t == nil {
		return nil, diag.UndefinedTable.At(d.at(v.Location), "relation %q does not exist", name)
	}
	return t, nil
}

// relationExists reports whether a table, view, sequence or index has the name: they share one space of names.
func (d *ddl) relationExists(name string) bool {
	if d.cat.Table(name) != nil || d.view(name) != nil || d.cat.Sequence(name) != nil {
		return true
	}
	if _, part := d.cat.Partition(name); part != nil || d.cat.RefusedView(name) != nil {
		return true
	}
	for _, t := range d.cat.Tables {
		if t.PrimaryKeyName == name {
			return true
		}
		for _, u := range t.Uniques {
			if u.Name == name {
				return true
			}
		}
		for _, i := range t.Indexes {
			if i.Name == name {
				return true
			}
		}
		for _, u := range t.Unchecked {
			if u.Name == name {
				return true
			}
		}
	}
	return false
}

func (d *ddl) view(name string) *catalog.View {
	for _, v := range d.cat.Views {
		if v.Name == name {
			return v
		}
	}
	return nil
}
