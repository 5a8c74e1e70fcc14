package sqlparse

import (
	"strings"

	"github.com/prequel-db/prequel/sqlparse/bind"
	"github.com/prequel-db/prequel/sqlparse/catalog"
	"github.com/prequel-db/prequel/sqlparse/diag"
	"github.com/prequel-db/prequel/sqlparse/token"

	pg "github.com/pganalyze/pg_query_go/v5"
)

// ignoredAlterations change how PostgreSQL stores or guards a table, not what statements answer.
var ignoredAlterations = map[pg.AlterTableType]bool{
	pg.AlterTableType_AT_ChangeOwner: true, pg.AlterTableType_AT_SetStatistics: true, pg.AlterTableType_AT_SetOptions: true,
	pg.AlterTableType_AT_ResetOptions: true, pg.AlterTableType_AT_SetStorage: true, pg.AlterTableType_AT_SetCompression: true,
	pg.AlterTableType_AT_ClusterOn: true, pg.AlterTableType_AT_DropCluster: true,
	pg.AlterTableType_AT_SetLogged: true, pg.AlterTableType_AT_SetUnLogged: true, pg.AlterTableType_AT_SetAccessMethod: true,
	pg.AlterTableType_AT_SetTableSpace: true, pg.AlterTableType_AT_SetRelOptions: true, pg.AlterTableType_AT_ResetRelOptions: true,
	pg.AlterTableType_AT_ReplicaIdentity: true,
}

func (d *ddl) alterTable(n *pg.AlterTableStmt) error {
	name, err := d.tableName(n.Relation)
	if err != nil {
		return err
	}
	switch n.Objtype {
	case pg.ObjectType_OBJECT_TABLE:
	case pg.ObjectType_OBJECT_MATVIEW:
		return nil
	case pg.ObjectType_OBJECT_INDEX, pg.ObjectType_OBJECT_SEQUENCE:
		return nil // its owner or where it is stored
	case pg.ObjectType_OBJECT_VIEW:
		if len(n.Cmds) == 1 && n.Cmds[0].GetAlterTableCmd().GetSubtype() == pg.AlterTableType_AT_ChangeOwner {
			return nil
		}
		return diag.UnsupportedStatement.At(d.whole(), "ALTER VIEW is not supported").WithHelp("use CREATE OR REPLACE VIEW")
	default:
		return diag.UnsupportedStatement.At(d.whole(), "this ALTER is not supported")
	}
	t := d.cat.Table(name)
	if whole, part := d.cat.Partition(name); part != nil && !attaches(n) {
		return d.alterPartition(whole, part, n)
	} else if part != nil {
		t = whole
	}
	if t == nil {
		if n.MissingOk || d.onlyOwner(n) {
			return nil // pg_dump also alters the owner of views and sequences by ALTER TABLE
		}
		return diag.UndefinedTable.At(d.at(n.Relation.Location), "relation %q does not exist", name)
	}
	for _, c := range n.Cmds {
		cmd := c.GetAlterTableCmd()
		if cmd.Subtype == pg.AlterTableType_AT_AttachPartition {
			if err := d.attachPartition(t, n.Relation, cmd); err != nil {
				return err
			}
			continue
		}
		if err := d.alteration(t, cmd); err != nil {
			return err
		}
	}
	return nil
}

func (d *ddl) onlyOwner(n *pg.AlterTableStmt) bool {
	for _, c := range n.Cmds {
		if c.GetAlterTableCmd().GetSubtype() != pg.AlterTableType_AT_ChangeOwner {
			return false
		}
	}
	return true
}

func (d *ddl) alteration(t *catalog.Table, c *pg.AlterTableCmd) error {
	if ignoredAlterations[c.Subtype] {
		return nil
	}
	if o := t.Opaque(c.Name); o != nil && c.Subtype != pg.AlterTableType_AT_AddColumn && c.Subtype != pg.AlterTableType_AT_DropConstraint {
		return d.alterOpaque(t, o, c)
	}
	switch c.Subtype {
	case pg.AlterTableType_AT_ValidateConstraint:
		for _, f := range t.ForeignKeys {
			f.NotValid = f.NotValid && f.Name != c.Name
		}
		return nil
	case pg.AlterTableType_AT_AddColumn:
		return d.addColumn(t, c)
	case pg.AlterTableType_AT_DropColumn:
		return d.dropColumn(t, c)
	case pg.AlterTableType_AT_AddConstraint:
		if err := d.constraint(t, c.Def.GetConstraint()); err != nil {
			return err
		}
		return d.checkTable(t)
	case pg.AlterTableType_AT_DropConstraint:
		return d.dropConstraint(t, c)
	}
	if e, ok := enablings[c.Subtype]; ok {
		return d.enableTriggers(t, c.Name, e)
	}
	at := t.Column(c.Name)
	if c.Name == "" || at < 0 {
		if c.Name == "" {
			return diag.UnsupportedStatement.At(d.whole(), "this ALTER TABLE is not supported")
		}
		return diag.UndefinedColumn.At(d.whole(), "column %q of relation %q does not exist", c.Name, t.Name)
	}
	col := t.Columns[at]
	switch c.Subtype {
	case pg.AlterTableType_AT_SetNotNull:
		col.NotNull = true
	case pg.AlterTableType_AT_DropNotNull:
		for _, k := range t.PrimaryKey {
			if k == at {
				return diag.BadDefinition.At(d.whole(), "column %q is in a primary key", c.Name)
			}
		}
		col.NotNull = false
	case pg.AlterTableType_AT_ColumnDefault:
		return d.alterDefault(t, col, c)
	case pg.AlterTableType_AT_AddIdentity, pg.AlterTableType_AT_SetIdentity, pg.AlterTableType_AT_DropIdentity:
		return d.alterIdentity(t, col, c)
	case pg.AlterTableType_AT_AlterColumnType:
		return d.alterType(t, col, c)
	default:
		return diag.UnsupportedStatement.At(d.whole(), "this ALTER TABLE is not supported")
	}
	return nil
}

func (d *ddl) addColumn(t *catalog.Table, c *pg.AlterTableCmd) error {
	def := c.Def.GetColumnDef()
	exists := t.Column(def.Colname) >= 0 || t.Opaque(def.Colname) != nil
	if c.MissingOk && exists {
		return nil
	}
	if exists {
		return diag.DuplicateColumn.At(d.at(def.Location), "column %q of relation %q already exists", def.Colname, t.Name)
	}
	later, err := d.columnDef(t, def)
	for i := 0; err == nil && i < len(later); i++ {
		err = d.constraint(t, later[i])
	}
	if err != nil {
		return err
	}
	return d.checkTable(t)
}

func (d *ddl) alterDefault(t *catalog.Table, col *catalog.Column, c *pg.AlterTableCmd) error {
	switch {
	case col.Identity:
		help := "use ALTER COLUMN ... DROP IDENTITY instead"
		if c.Def != nil {
			help = ""
		}
		return diag.Malformed.At(d.whole(), "column %q of relation %q is an identity column", c.Name, t.Name).WithHelp("%s", help)
	case col.Generated != "":
		return diag.Malformed.At(d.whole(), "column %q of relation %q is a generated column", c.Name, t.Name)
	}
	if c.Def == nil {
		col.Default, col.Sequence = "", nil
		return d.checkDefault(t, col)
	}
	seq, err := d.drawnFrom(c.Def)
	if err != nil {
		return err
	}
	if seq != nil {
		col.Sequence, col.Default = seq, ""
		return d.checkDefault(t, col)
	}
	// The command's text ends with the expression: ... SET DEFAULT expression.
	for i := range d.tokens {
		if strings.EqualFold(d.word(i), "default") && d.names(i, c.Name) {
			col.Default, col.DefaultSpan = d.expressionFrom(i + 1)
			col.Sequence = nil
			return d.checkDefault(t, col)
		}
	}
	return diag.UnsupportedStatement.At(d.whole(), "the default of column %q cannot be read", c.Name)
}

// alterIdentity gives a column an identity, takes it away, or changes its sequence.
func (d *ddl) alterIdentity(t *catalog.Table, col *catalog.Column, c *pg.AlterTableCmd) error {
	refuse := func(format string, args ...any) error {
		return diag.BadDefinition.At(d.whole(), format, args...).WithState("55000")
	}
	if c.Subtype == pg.AlterTableType_AT_AddIdentity {
		k := c.Def.GetConstraint()
		switch {
		case col.Identity:
			return refuse("column %q of relation %q is already an identity column", col.Name, t.Name)
		case col.Sequence != nil || col.Default != "":
			return refuse("column %q of relation %q already has a default value", col.Name, t.Name)
		case !col.NotNull && !contains(t.PrimaryKey, t.Column(col.Name)):
			return refuse("column %q of relation %q must be declared NOT NULL before identity can be added", col.Name, t.Name)
		}
		col.Identity, col.Always = true, k.GetGeneratedWhen() == "a"
		if err := d.ownSequence(t, col, k.GetOptions()); err != nil {
			col.Identity, col.Always = false, false
			return err
		}
		return d.checkDefault(t, col)
	}
	if !col.Identity {
		if c.MissingOk {
			return nil
		}
		return refuse("column %q of relation %q is not an identity column", col.Name, t.Name)
	}
	if c.Subtype == pg.AlterTableType_AT_DropIdentity {
		own := col.Sequence
		d.dropSequences(func(s *catalog.Sequence) bool { return s == own })
		col.Identity, col.Always, col.Sequence = false, false, nil
		return d.checkDefault(t, col)
	}
	var options []*pg.Node
	for _, n := range c.Def.GetList().GetItems() {
		if e := n.GetDefElem(); e.GetDefname() == "generated" {
			col.Always = byte(e.GetArg().GetInteger().GetIval()) == 'a'
		} else {
			options = append(options, n)
		}
	}
	changed := *col.Sequence
	if err := d.sequenceOptions(&changed, options, false); err != nil {
		return err
	}
	*col.Sequence = changed
	return nil
}

// alterType changes a column's type. Rows are the source's, so that USING has nothing to convert; without it PostgreSQL wants a cast
// that an assignment would make.
func (d *ddl) alterType(t *catalog.Table, col *catalog.Column, c *pg.AlterTableCmd) error {
	def := c.Def.GetColumnDef()
	typ, domain, err := d.columnType(def.GetTypeName())
	if err != nil {
		return err
	}
	if def.GetCollClause() != nil {
		if err := bind.CheckCollation(def.CollClause, d.text); err != nil {
			return err
		}
	}
	if def.GetRawDefault() == nil && !d.types().Assignable(col.Type, typ) {
		return diag.DatatypeMismatch.At(d.whole(), "column %q cannot be cast automatically to type %s", col.Name, typ).
			WithHelp("You might need to specify \"USING %s::%s\".", col.Name, typ)
	}
	if col.Identity {
		if !isIntegerType(typ) {
			return diag.BadDefinition.At(d.whole(), "identity column type must be smallint, integer, or bigint").WithState("22023")
		}
		changed := *col.Sequence
		as := &pg.DefElem{Defname: "as", Arg: &pg.Node{Node: &pg.Node_TypeName{TypeName: def.GetTypeName()}}}
		if err := d.sequenceOptions(&changed, []*pg.Node{{Node: &pg.Node_DefElem{DefElem: as}}}, false); err != nil {
			return err
		}
		*col.Sequence = changed
	}
	before, of := col.Type, col.Domain
	col.Type, col.Domain = typ, domain
	if err := d.checkTable(t); err != nil {
		col.Type, col.Domain = before, of
		return err
	}
	return nil
}

// names reports whether the tokens before "SET DEFAULT" at position i name the column.
func (d *ddl) names(i int, column string) bool {
	if i < 2 {
		return false
	}
	w := d.word(i - 2)
	if d.tokens[i-2].Kind == token.Quoted {
		return strings.ReplaceAll(strings.Trim(w, `"`), `""`, `"`) == column
	}
	return strings.EqualFold(w, column)
}

// dropColumn removes a column with the constraints and indexes over it.
func (d *ddl) dropColumn(t *catalog.Table, c *pg.AlterTableCmd) error {
	at := t.Column(c.Name)
	if at < 0 {
		if c.MissingOk {
			return nil
		}
		return diag.UndefinedColumn.At(d.whole(), "column %q of relation %q does not exist", c.Name, t.Name)
	}
	if p := t.Partitioning; p != nil && contains(p.AllColumns(), at) {
		return diag.BadDefinition.At(d.whole(), "cannot drop column %q because it is part of the partition key of relation %q", c.Name, t.Name)
	}
	cascade := c.Behavior == pg.DropBehavior_DROP_CASCADE
	for _, other := range d.cat.Tables {
		for i := 0; i < len(other.ForeignKeys); i++ {
			f := other.ForeignKeys[i]
			if f.RefTable != t.Name || !contains(f.RefColumns, at) || other == t && contains(f.Columns, at) {
				continue
			}
			if !cascade {
				return diag.BadDefinition.At(d.whole(), "cannot drop column %s of table %s because other objects depend on it", c.Name, t.Name).
					WithState("2BP01").WithHelp("use DROP ... CASCADE to drop the dependent objects too")
			}
			other.ForeignKeys = append(other.ForeignKeys[:i], other.ForeignKeys[i+1:]...)
			i--
		}
	}
	for _, tr := range t.Triggers {
		if !cascade && (contains(tr.Columns, at) || d.mentions(tr.When, c.Name)) {
			return diag.BadDefinition.At(d.whole(), "cannot drop column %s of table %s because other objects depend on it", c.Name, t.Name).
				WithState("2BP01").WithHelp("use DROP ... CASCADE to drop the trigger %s too", tr.Name)
		}
	}
	t.Triggers = keep(t.Triggers, func(tr *catalog.Trigger) bool { return !contains(tr.Columns, at) && !d.mentions(tr.When, c.Name) })
	if contains(t.PrimaryKey, at) {
		t.PrimaryKey, t.PrimaryKeyName = nil, ""
	}
	t.Uniques = keep(t.Uniques, func(u *catalog.Unique) bool { return !contains(u.Columns, at) && !d.uniqueMentions(u, c.Name) })
	t.ForeignKeys = keep(t.ForeignKeys, func(f *catalog.ForeignKey) bool { return !contains(f.Columns, at) })
	t.Unchecked = keep(t.Unchecked, func(u *catalog.Unchecked) bool { return !contains(u.Columns, at) })
	t.Checks = keep(t.Checks, func(k *catalog.Check) bool { return !d.mentions(k.Text, c.Name) })
	t.Indexes = keep(t.Indexes, func(x *catalog.Index) bool { return !contains(x.Columns, at) })
	for _, o := range t.Opaques {
		if o.At > at {
			o.At--
		}
	}
	gone := t.Columns[at]
	d.dropSequences(func(s *catalog.Sequence) bool { return s.Column == gone })
	t.Columns = append(t.Columns[:at:at], t.Columns[at+1:]...)
	shift := func(cols []int) {
		for i := range cols {
			if cols[i] > at {
				cols[i]--
			}
		}
	}
	shift(t.PrimaryKey)
	if p := t.Partitioning; p != nil {
		shift(p.Columns)
		for _, name := range p.Names() {
			if sub := p.Find(name).Sub; sub != nil {
				shift(sub.Columns)
			}
		}
	}
	for _, u := range t.Uniques {
		shift(u.Columns) // -1 stays
	}
	for _, u := range t.Unchecked {
		shift(u.Columns)
	}
	for _, x := range t.Indexes {
		shift(x.Columns)
	}
	for _, f := range t.ForeignKeys {
		shift(f.Columns)
	}
	for _, tr := range t.Triggers {
		shift(tr.Columns)
	}
	for _, other := range d.cat.Tables {
		for _, f := range other.ForeignKeys {
			if f.RefTable == t.Name {
				shift(f.RefColumns)
			}
		}
	}
	return d.checkTable(t) // conditions hold positions of columns
}

func contains(list []int, x int) bool {
	for _, y := range list {
		if x == y {
			return true
		}
	}
	return false
}

func keep[T any](list []T, want func(T) bool) []T {
	var out []T
	for _, x := range list {
		if want(x) {
			out = append(out, x)
		}
	}
	return out
}

// mentions reports whether an identifier occurs in an SQL text.
func (d *ddl) mentions(text, name string) bool {
	for _, t := range token.Scan(text) {
		switch w := t.Text(text); t.Kind {
		case token.Ident:
			if strings.EqualFold(w, name) {
				return true
			}
		case token.Quoted:
			if strings.Trim(w, `"`) == name {
				return true
			}
		}
	}
	return false
}

func (d *ddl) dropConstraint(t *catalog.Table, c *pg.AlterTableCmd) error {
	if t.PrimaryKeyName == c.Name && len(t.PrimaryKey) > 0 {
		t.PrimaryKey, t.PrimaryKeyName = nil, "" // the columns stay NOT NULL
		return nil
	}
	before := len(t.Uniques) + len(t.Checks) + len(t.ForeignKeys) + len(t.Unchecked)
	t.Unchecked = keep(t.Unchecked, func(u *catalog.Unchecked) bool { return u.Name != c.Name })
	t.Uniques = keep(t.Uniques, func(u *catalog.Unique) bool { return u.Index || u.Name != c.Name })
	t.Checks = keep(t.Checks, func(k *catalog.Check) bool { return k.Name != c.Name })
	t.ForeignKeys = keep(t.ForeignKeys, func(f *catalog.ForeignKey) bool { return f.Name != c.Name })
	if len(t.Uniques)+len(t.Checks)+len(t.ForeignKeys)+len(t.Unchecked) == before && !c.MissingOk {
		return diag.UndefinedObject.At(d.whole(), "constraint %q of relation %q does not exist", c.Name, t.Name)
	}
	return nil
}

func (d *ddl) createView(n *pg.ViewStmt) error {
	name, err := d.tableName(n.View)
	if err != nil {
		return err
	}
	span := d.at(n.View.Location)
	if n.View.Relpersistence == "t" {
		return diag.UnsupportedDefinition.At(span, "temporary views are not supported")
	}
	old := d.view(name)
	if d.relationExists(name) && (old == nil || !n.Replace) {
		return diag.DuplicateObject.At(span, "relation %q already exists", name).WithState("42P07")
	}
	v := &catalog.View{Name: name, Span: span}
	for _, a := range n.Aliases {
		v.Columns = append(v.Columns, a.GetString_().GetSval())
	}
	var clause bool
	v.Check, clause = checkOption(n)
	v.Query, v.QuerySpan = d.viewQuery(clause)
	cols, err := d.viewColumns(v)
	if err != nil {
		if reason, ok := unsupported(err); ok && old == nil {
			return d.refuseView(n.View, reason)
		}
		return err
	}
	if v.Check != catalog.NoCheck {
		if err := d.types().Updatable(v, span); err != nil {
			return err
		}
	}
	if old != nil {
		before := d.checked[old]
		for i, c := range before {
			if i >= len(cols) || cols[i].name != c.name || !cols[i].typ.Equal(c.typ) {
				return diag.BadDefinition.At(span, "cannot change the columns of view %q", name).WithHelp("use DROP VIEW and CREATE VIEW")
			}
		}
		d.checked[old] = cols
		*old = *v
		return nil
	}
	d.cat.Views = append(d.cat.Views, v)
	d.checked[v] = cols
	return nil
}

// checkOption is a view's check option, and whether a clause says it behind the query.
func checkOption(n *pg.ViewStmt) (option catalog.CheckOption, clause bool) {
	switch n.WithCheckOption {
	case pg.ViewCheckOption_LOCAL_CHECK_OPTION:
		return catalog.LocalCheck, true
	case pg.ViewCheckOption_CASCADED_CHECK_OPTION:
		return catalog.CascadedCheck, true
	}
	for _, o := range n.Options {
		if e := o.GetDefElem(); strings.EqualFold(e.GetDefname(), "check_option") {
			switch strings.ToLower(e.GetArg().GetString_().GetSval() + strings.Join(typeNames(e.GetArg().GetTypeName().GetNames()), "")) {
			case "local":
				return catalog.LocalCheck, false
			case "cascaded":
				return catalog.CascadedCheck, false
			}
		}
	}
	return catalog.NoCheck, false
}

func typeNames(names []*pg.Node) []string {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = n.GetString_().GetSval()
	}
	return out
}

// viewQuery is the text after the AS that begins a view's query.
func (d *ddl) viewQuery(checkOption bool) (string, diag.Span) {
	depth := 0
	for i := range d.tokens {
		switch w := d.word(i); {
		case w == "(":
			depth++
		case w == ")":
			depth--
		case depth == 0 && strings.EqualFold(w, "as") && i+1 < len(d.tokens):
			last := len(d.tokens) - 1
			if checkOption { // WITH [LOCAL | CASCADED] CHECK OPTION
				for last > i && !strings.EqualFold(d.word(last), "with") {
					last--
				}
				last--
			}
			start, end := d.tokens[i+1].Start, d.tokens[last].End
			return d.text.SQL[start:end], place(d.text, start, end)
		}
	}
	return "", d.whole()
}

// viewColumns binds a view and describes its output.
func (d *ddl) viewColumns(v *catalog.View) ([]viewColumn, error) {
	q, err := d.types().View(v)
	if err != nil {
		return nil, err
	}
	var out []viewColumn
	seen := map[string]bool{}
	for _, t := range q.Targets {
		if t.Hidden {
			continue
		}
		if seen[t.Name] {
			return nil, diag.DuplicateColumn.At(t.Span, "column %q specified more than once", t.Name)
		}
		seen[t.Name] = true
		out = append(out, viewColumn{t.Name, t.Expr.Type()})
	}
	return out, nil
}
