package sqlparse

import (
	"strconv"
	"strings"

	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqlparse/bind"
	"github.com/prequel-db/prequel/sqlparse/catalog"
	"github.com/prequel-db/prequel/sqlparse/diag"
	"github.com/prequel-db/prequel/sqlparse/token"

	pg "github.com/pganalyze/pg_query_go/v5"
)

func (d *ddl) createTable(n *pg.CreateStmt) (err error) {
	name, err := d.tableName(n.Relation)
	if err != nil {
		return err
	}
	span := d.at(n.Relation.Location)
	if d.relationExists(name) {
		if n.IfNotExists {
			return nil
		}
		return diag.DuplicateObject.At(span, "relation %q already exists", name).WithState("42P07")
	}
	switch {
	case n.Relation.Relpersistence == "t":
		return diag.UnsupportedDefinition.At(span, "temporary tables are not supported")
	case n.Partbound != nil:
		return d.createPartition(n, name, span)
	case len(n.InhRelations) > 0:
		return diag.UnsupportedDefinition.At(span, "INHERITS is not supported").
			WithHelp("declare a table with a column that tells the kinds of rows apart")
	case n.OfTypename != nil:
		return diag.UnsupportedDefinition.At(span, "a table OF a type is not supported")
	}
	t := &catalog.Table{Name: name, Span: span}
	// The table joins the catalog last, so that an error leaves nothing behind; foreign keys to itself are resolved against t.
	var later []*pg.Constraint
	sequences := d.cat.Sequences
	defer func() {
		if err != nil {
			d.cat.Sequences = sequences
		}
	}()
	for _, e := range n.TableElts {
		switch e := e.GetNode().(type) {
		case *pg.Node_ColumnDef:
			own, err := d.columnDef(t, e.ColumnDef)
			if err != nil {
				return err
			}
			later = append(later, own...)
		case *pg.Node_Constraint:
			later = append(later, e.Constraint)
		case *pg.Node_TableLikeClause:
			if err := d.like(t, e.TableLikeClause); err != nil {
				return err
			}
		default:
			return diag.UnsupportedDefinition.At(span, "this element of CREATE TABLE is not supported").
				WithHelp("list the columns")
		}
	}
	for _, c := range later {
		if err := d.constraint(t, c); err != nil {
			return err
		}
	}
	if n.Partspec != nil {
		if t.Partitioning, err = d.partitioning(t, n.Partspec); err != nil {
			return err
		}
	}
	d.cat.Tables = append(d.cat.Tables, t)
	if err := d.checkTable(t); err != nil {
		d.cat.Tables = d.cat.Tables[:len(d.cat.Tables)-1]
		return err
	}
	return nil
}

// checkTable binds defaults and conditions, so that their errors appear where they are declared.
func (d *ddl) checkTable(t *catalog.Table) error {
	for _, c := range t.Columns {
		if err := d.checkDefault(t, c); err != nil {
			return err
		}
		c.GeneratedExpr = nil
		if c.Generated != "" {
			var err error
			if c.GeneratedExpr, err = d.types().Generated(t, c); err != nil {
				return err
			}
		}
	}
	for _, c := range t.Checks {
		var err error
		if c.Bound, err = d.types().Condition(t, c.Text, c.TextSpan); err != nil {
			return err
		}
	}
	for _, u := range t.Uniques {
		u.Predicate = nil
		for i, c := range u.Columns {
			if c < 0 {
				if err := d.types().IndexExpr(t, u.Exprs[i]); err != nil {
					return err
				}
			}
		}
		if u.Where == "" {
			continue
		}
		var err error
		if u.Predicate, err = d.types().Predicate(t, u.Where, u.WhereSpan); err != nil {
			return err
		}
	}
	return nil
}

// checkDefault binds a default. A volatile one is accepted here: it is refused where an INSERT relies on it.
func (d *ddl) checkDefault(t *catalog.Table, c *catalog.Column) error {
	c.DefaultExpr, c.DefaultProblem = nil, ""
	e, err := d.types().Default(t, c)
	if x, ok := err.(diag.Diagnostic); ok && x.Code == diag.Volatile.Code {
		c.DefaultProblem = x.Problem
		return nil
	}
	c.DefaultExpr = e
	return err
}

var serialTypes = map[string]value.Kind{
	"smallserial": value.Int2, "serial2": value.Int2, "serial": value.Int4, "serial4": value.Int4, "bigserial": value.Int8,
	"serial8": value.Int8,
}

// columnDef adds a column and returns the constraints written with it, their columns filled in.
func (d *ddl) columnDef(t *catalog.Table, n *pg.ColumnDef) ([]*pg.Constraint, error) {
	span := d.at(n.Location)
	if t.Column(n.Colname) >= 0 || t.Opaque(n.Colname) != nil {
		return nil, diag.DuplicateColumn.At(span, "column %q specified more than once", n.Colname)
	}
	c := &catalog.Column{Name: n.Colname, Span: span}
	serial := false
	if names := n.GetTypeName().GetNames(); len(names) == 1 && len(n.TypeName.ArrayBounds) == 0 {
		var kind value.Kind
		if kind, serial = serialTypes[names[0].GetString_().GetSval()]; serial {
			c.Type, c.NotNull = value.Of(kind), true
		}
	}
	if !serial {
		var err error
		if c.Type, c.Domain, err = d.columnType(n.TypeName); err != nil {
			if reason, ok := unsupported(err); ok {
				err = d.opaqueColumn(t, n, reason)
			}
			return nil, err
		}
	}
	if n.CollClause != nil {
		if err := bind.CheckCollation(n.CollClause, d.text); err != nil {
			return nil, err
		}
	}
	t.Columns = append(t.Columns, c)
	if serial {
		if err := d.ownSequence(t, c, nil); err != nil {
			return nil, err
		}
	}
	var later []*pg.Constraint
	for _, x := range n.Constraints {
		k := x.GetConstraint()
		at := d.at(k.GetLocation())
		switch k.GetContype() {
		case pg.ConstrType_CONSTR_NULL, pg.ConstrType_CONSTR_ATTR_NOT_DEFERRABLE, pg.ConstrType_CONSTR_ATTR_IMMEDIATE:
		case pg.ConstrType_CONSTR_NOTNULL:
			c.NotNull = true
		case pg.ConstrType_CONSTR_DEFAULT:
			if c.Sequence != nil {
				return nil, diag.BadDefinition.At(at, "multiple default values specified for column %q of table %q", c.Name, t.Name).WithState("42601")
			}
			c.Default, c.DefaultSpan = d.defaultText(int(k.Location))
			var err error
			if c.Sequence, err = d.drawnFrom(k.RawExpr); err != nil {
				return nil, err
			} else if c.Sequence != nil {
				c.Default = ""
			}
		case pg.ConstrType_CONSTR_IDENTITY:
			c.Identity, c.NotNull, c.Always = true, true, k.GeneratedWhen == "a"
			if serial || c.Default != "" || c.Sequence != nil {
				return nil, diag.BadDefinition.At(at, "both default and identity specified for column %q of table %q", c.Name, t.Name).WithState("42601")
			}
			if err := d.ownSequence(t, c, k.Options); err != nil {
				return nil, err
			}
		case pg.ConstrType_CONSTR_GENERATED:
			c.Generated, c.GeneratedSpan = d.parenthesised(int(k.Location), "as")
		case pg.ConstrType_CONSTR_PRIMARY, pg.ConstrType_CONSTR_UNIQUE:
			k.Keys = []*pg.Node{pg.MakeStrNode(n.Colname)}
			later = append(later, k)
		case pg.ConstrType_CONSTR_FOREIGN:
			k.FkAttrs = []*pg.Node{pg.MakeStrNode(n.Colname)}
			later = append(later, k)
		case pg.ConstrType_CONSTR_CHECK:
			later = append(later, k)
		case pg.ConstrType_CONSTR_ATTR_DEFERRABLE, pg.ConstrType_CONSTR_ATTR_DEFERRED:
			// They follow the constraint that they belong to.
			if n := len(later); n > 0 && later[n-1].Contype == pg.ConstrType_CONSTR_FOREIGN {
				later[n-1].Deferrable = true
				later[n-1].Initdeferred = later[n-1].Initdeferred || k.Contype == pg.ConstrType_CONSTR_ATTR_DEFERRED
				continue
			}
			return nil, diag.UnsupportedDefinition.At(at, "deferrable constraints are not supported").
				WithHelp("constraints are checked at once: remove DEFERRABLE")
		default:
			return nil, diag.UnsupportedDefinition.At(at, "this column constraint is not supported")
		}
	}
	return later, nil
}

// endsDefault are the words that cannot belong to a column's default expression.
var endsDefault = map[string]bool{
	"not": true, "null": true, "constraint": true, "primary": true, "unique": true, "check": true, "references": true, "generated": true,
	"collate": true, "deferrable": true, "initially": true, "using": true,
}

// defaultText is the text of the default expression after the DEFAULT at a location.
func (d *ddl) defaultText(location int) (string, diag.Span) {
	i := d.tokenAt(location)
	for i < len(d.tokens) && !strings.EqualFold(d.word(i), "default") {
		i++
	}
	return d.expressionFrom(i + 1)
}

// expressionFrom is the text from a token to where an expression of a definition ends.
func (d *ddl) expressionFrom(i int) (string, diag.Span) {
	depth, from := 0, i
	for ; i < len(d.tokens); i++ {
		w := d.word(i)
		switch w {
		case "(", "[":
			depth++
			continue
		case ")", "]":
			depth--
		}
		if depth < 0 || depth == 0 && (w == "," || i > from && d.tokens[i].Kind == token.Ident && endsDefault[strings.ToLower(w)]) {
			break
		}
	}
	if from >= i {
		return "", d.whole()
	}
	start, end := d.tokens[from].Start, d.tokens[i-1].End
	return d.text.SQL[start:end], place(d.text, start, end)
}

func (d *ddl) word(i int) string { return d.tokens[i].Text(d.text.SQL) }

func (d *ddl) tokenAt(location int) int {
	for i, t := range d.tokens {
		if t.Start >= location {
			return i
		}
	}
	return len(d.tokens)
}

// parenthesised is the text inside the parentheses after a keyword that follows a location.
func (d *ddl) parenthesised(location int, keyword string) (string, diag.Span) {
	i := d.tokenAt(location)
	for i < len(d.tokens) && !strings.EqualFold(d.word(i), keyword) {
		i++
	}
	i += 2 // the keyword and its parenthesis
	depth := 0
	from := i
	for ; i < len(d.tokens); i++ {
		switch d.word(i) {
		case "(":
			depth++
		case ")":
			depth--
		}
		if depth < 0 {
			break
		}
	}
	if from >= i || i > len(d.tokens) {
		return "", d.whole()
	}
	start, end := d.tokens[from].Start, d.tokens[i-1].End
	return d.text.SQL[start:end], place(d.text, start, end)
}

// constraint adds a table constraint.
func (d *ddl) constraint(t *catalog.Table, k *pg.Constraint) error {
	span := d.at(k.Location)
	if (k.Deferrable || k.Initdeferred) && k.Contype != pg.ConstrType_CONSTR_FOREIGN {
		return diag.UnsupportedDefinition.At(span, "deferrable constraints are not supported").
			WithHelp("constraints are checked at once: remove DEFERRABLE")
	}
	switch k.Contype {
	case pg.ConstrType_CONSTR_PRIMARY, pg.ConstrType_CONSTR_UNIQUE:
		return d.keyConstraint(t, k, span)
	case pg.ConstrType_CONSTR_CHECK:
		text, at := d.parenthesised(int(k.Location), "check")
		c := &catalog.Check{Name: k.Conname, Text: text, TextSpan: at, Span: span}
		if c.Name == "" {
			c.Name = d.constraintName(t, onlyColumn(t, k.RawExpr), "check")
		}
		t.Checks = append(t.Checks, c)
		return nil
	case pg.ConstrType_CONSTR_FOREIGN:
		return d.foreignKey(t, k, span)
	case pg.ConstrType_CONSTR_EXCLUSION: // it needs an operator class of an index method
		var read []*pg.Node
		for _, e := range k.Exclusions {
			read = append(read, e.GetList().GetItems()[0])
		}
		name := k.Conname
		if name == "" {
			name = d.freeName(objectName(t.Name, "", "excl"))
		}
		d.uncheck(t, name, append(read, k.WhereClause), diag.UnsupportedDefinition.At(span, "EXCLUDE constraints are not supported"))
		return nil
	case pg.ConstrType_CONSTR_ATTR_NOT_DEFERRABLE, pg.ConstrType_CONSTR_ATTR_IMMEDIATE:
		return nil
	}
	return diag.UnsupportedDefinition.At(span, "this table constraint is not supported")
}

// keyConstraint adds PRIMARY KEY or UNIQUE, also over an index made before (USING INDEX).
func (d *ddl) keyConstraint(t *catalog.Table, k *pg.Constraint, span diag.Span) error {
	var cols []int
	if k.Indexname != "" {
		found := false
		for i, u := range t.Uniques {
			if u.Name == k.Indexname && !u.Plain() {
				return diag.WrongObject.At(span, "index %q contains expressions", k.Indexname)
			}
			if u.Name == k.Indexname && u.Where == "" {
				cols, found = u.Columns, true
				t.Uniques = append(t.Uniques[:i], t.Uniques[i+1:]...)
				break
			}
		}
		if !found {
			return diag.UndefinedObject.At(span, "index %q does not exist", k.Indexname)
		}
		if k.Conname == "" {
			k.Conname = k.Indexname
		}
	} else {
		var err error
		if cols, err = columnPositions(t, k.Keys, span, "in key"); err != nil {
			return err
		}
	}
	if k.Contype == pg.ConstrType_CONSTR_PRIMARY {
		if len(t.PrimaryKey) > 0 {
			return diag.BadDefinition.At(span, "multiple primary keys for table %q are not allowed", t.Name)
		}
		t.PrimaryKey, t.PrimaryKeyName = cols, k.Conname
		if t.PrimaryKeyName == "" {
			t.PrimaryKeyName = d.freeName(objectName(t.Name, "", "pkey"))
		}
		for _, c := range cols {
			t.Columns[c].NotNull = true
		}
		return nil
	}
	u := &catalog.Unique{Name: k.Conname, Columns: cols, NullsNotDistinct: k.NullsNotDistinct, Span: span}
	if u.Name == "" {
		u.Name = d.freeName(objectName(t.Name, joinedNames(t, cols), "key"))
	}
	t.Uniques = append(t.Uniques, u)
	return nil
}

func columnPositions(t *catalog.Table, names []*pg.Node, span diag.Span, what string) ([]int, error) {
	var out []int
	for _, n := range names {
		name := n.GetString_().GetSval()
		c := t.Column(name)
		if o := t.Opaque(name); o != nil {
			return nil, o.Reason
		}
		if c < 0 {
			if what == "in key" {
				return nil, diag.UndefinedColumn.At(span, "column %q named in key does not exist", name)
			}
			return nil, diag.UndefinedColumn.At(span, "column %q referenced in foreign key constraint does not exist", name)
		}
		for _, before := range out {
			if before == c {
				return nil, diag.DuplicateColumn.At(span, "column %q appears twice in the constraint", name)
			}
		}
		out = append(out, c)
	}
	return out, nil
}

func joinedNames(t *catalog.Table, cols []int) string {
	names := make([]string, len(cols))
	for i, c := range cols {
		names[i] = t.Columns[c].Name
	}
	return strings.Join(names, "_")
}

// onlyColumn is the name of the one column that a condition refers to, "" if there are several or none.
func onlyColumn(t *catalog.Table, n *pg.Node) string {
	names := map[string]bool{}
	bind.ColumnNames(n, func(name string) {
		if t.Column(name) >= 0 {
			names[name] = true
		}
	})
	for name := range names {
		if len(names) == 1 {
			return name
		}
	}
	return ""
}

// maxName is the length of PostgreSQL's identifiers in bytes.
const maxName = 63

// objectName builds table_column_label, the parts shortened alike to fit, as PostgreSQL names constraints.
func objectName(table, column, label string) string {
	rest := maxName - len(label) - 1
	if column != "" {
		rest--
	}
	for len(table)+len(column) > rest {
		if len(table) > len(column) {
			table = table[:len(table)-1]
		} else {
			column = column[:len(column)-1]
		}
	}
	if column != "" {
		table += "_" + column
	}
	return table + "_" + label
}

// freeName makes a relation's name unique by a number.
func (d *ddl) freeName(name string) string {
	for n := 1; ; n++ {
		candidate := name
		if n > 1 {
			candidate += strconv.Itoa(n - 1)
		}
		if !d.relationExists(candidate) {
			return candidate
		}
	}
}

// constraintName makes a name that no constraint of the table has.
func (d *ddl) constraintName(t *catalog.Table, column, label string) string {
	for n := 0; ; n++ {
		l := label
		if n > 0 {
			l += strconv.Itoa(n)
		}
		name := objectName(t.Name, column, l)
		taken := t.PrimaryKeyName == name
		for _, c := range t.Checks {
			taken = taken || c.Name == name
		}
		for _, u := range t.Uniques {
			taken = taken || u.Name == name
		}
		for _, f := range t.ForeignKeys {
			taken = taken || f.Name == name
		}
		if !taken {
			return name
		}
	}
}

var fkActions = map[string]string{"": "", "a": "", "r": "RESTRICT", "c": "CASCADE", "n": "SET NULL", "d": "SET DEFAULT"}

func (d *ddl) foreignKey(t *catalog.Table, k *pg.Constraint, span diag.Span) error {
	name, err := d.tableName(k.Pktable)
	if err != nil {
		return err
	}
	ref := d.cat.Table(name)
	if name == t.Name {
		ref = t
	}
	if ref == nil {
		return diag.UndefinedTable.At(span, "relation %q does not exist", name)
	}
	if k.FkMatchtype != "" && k.FkMatchtype != "s" {
		return diag.UnsupportedDefinition.At(span, "MATCH FULL is not supported").WithHelp("use NOT NULL columns and MATCH SIMPLE")
	}
	if len(k.FkDelSetCols) > 0 {
		return diag.UnsupportedDefinition.At(span, "a column list after ON DELETE SET is not supported")
	}
	f := &catalog.ForeignKey{Name: k.Conname, RefTable: name, Deferred: k.Initdeferred, NotValid: k.SkipValidation, OnDelete: fkActions[k.FkDelAction], OnUpdate: fkActions[k.FkUpdAction], Span: span}
	if f.Columns, err = columnPositions(t, k.FkAttrs, span, "in foreign key"); err != nil {
		return err
	}
	if len(k.PkAttrs) == 0 {
		if f.RefColumns = append([]int{}, ref.PrimaryKey...); len(f.RefColumns) == 0 {
			return diag.BadDefinition.At(span, "there is no primary key for referenced table %q", name).WithState("42704")
		}
	} else if f.RefColumns, err = columnPositions(ref, k.PkAttrs, span, "in foreign key"); err != nil {
		return err
	}
	if len(f.Columns) != len(f.RefColumns) {
		return diag.BadDefinition.At(span, "number of referencing and referenced columns for foreign key disagree").WithState("42830")
	}
	if !isKey(ref, f.RefColumns) {
		return diag.BadDefinition.At(span, "there is no unique constraint matching given keys for referenced table %q", name).WithState("42830")
	}
	for i, c := range f.Columns {
		a, b := t.Columns[c].Type, ref.Columns[f.RefColumns[i]].Type
		if !a.SameBase(b) && !(a.IsText() && b.IsText()) && !(isIntegerType(a) && isIntegerType(b)) {
			return diag.UnsupportedDefinition.At(span, "a foreign key from %s to %s is not supported", a, b).WithHelp("use one type on both sides")
		}
	}
	if f.Name == "" {
		f.Name = d.constraintName(t, joinedNames(t, f.Columns), "fkey")
	}
	t.ForeignKeys = append(t.ForeignKeys, f)
	return nil
}

func isIntegerType(t value.Type) bool {
	return t.Kind == value.Int2 || t.Kind == value.Int4 || t.Kind == value.Int8
}

// isKey reports whether the columns are a primary key or a full unique constraint, in any order.
func isKey(t *catalog.Table, cols []int) bool {
	same := func(key []int) bool {
		if len(key) != len(cols) {
			return false
		}
		for _, a := range key {
			found := false
			for _, b := range cols {
				found = found || a == b
			}
			if !found {
				return false
			}
		}
		return true
	}
	if same(t.PrimaryKey) {
		return true
	}
	for _, u := range t.Uniques {
		if u.Full() && same(u.Columns) {
			return true
		}
	}
	return false
}
