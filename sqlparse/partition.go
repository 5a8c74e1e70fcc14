package sqlparse

import (
	"fmt"
	"slices"
	"strings"

	"github.com/prequel-db/prequel/sqlparse/bind"
	"github.com/prequel-db/prequel/sqlparse/catalog"
	"github.com/prequel-db/prequel/sqlparse/diag"

	pg "github.com/pganalyze/pg_query_go/v5"
)

var partitionStrategies = map[string]string{"l": "list", "r": "range", "h": "hash"}

// partitioning reads PARTITION BY. The text of the keys is that of the statement.
func (d *ddl) partitioning(t *catalog.Table, spec *pg.PartitionSpec) (*catalog.Partitioning, error) {
	span := d.at(spec.Location)
	p := &catalog.Partitioning{Strategy: strategyName(spec.Strategy), Span: span}
	if p.Strategy == "" {
		return nil, diag.Malformed.At(span, "unrecognized partitioning strategy")
	}
	texts := d.listFrom(d.tokenAt(int(spec.Location)))
	for i, n := range spec.PartParams {
		e := n.GetPartitionElem()
		if e.GetName() == "" {
			if i >= len(texts) {
				return nil, diag.UnsupportedDefinition.At(span, "this partition key cannot be read")
			}
			p.Keys = append(p.Keys, "("+texts[i]+")")
			bind.ColumnNames(e.Expr, func(name string) {
				if c := t.Column(name); c >= 0 && !contains(p.Columns, c) {
					p.Columns = append(p.Columns, c)
				}
			})
			continue
		}
		c := t.Column(e.Name)
		if c < 0 {
			return nil, diag.UndefinedColumn.At(span, "column %q named in partition key does not exist", e.Name)
		}
		p.Keys = append(p.Keys, quoteName(e.Name))
		p.Columns = append(p.Columns, c)
	}
	return p, nil
}

func strategyName(s pg.PartitionStrategy) string {
	switch s {
	case pg.PartitionStrategy_PARTITION_STRATEGY_LIST:
		return "list"
	case pg.PartitionStrategy_PARTITION_STRATEGY_RANGE:
		return "range"
	case pg.PartitionStrategy_PARTITION_STRATEGY_HASH:
		return "hash"
	}
	return ""
}

// quoteName writes an identifier in quotes.
func quoteName(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

// listFrom is the text of each item of the first list in parentheses at or behind a token.
func (d *ddl) listFrom(i int) []string {
	for i < len(d.tokens) && d.word(i) != "(" {
		i++
	}
	var out []string
	depth := 0
	for from := i + 1; i < len(d.tokens); i++ {
		switch d.word(i) {
		case "(", "[":
			depth++
			continue
		case ")", "]":
			if depth--; depth > 0 {
				continue
			}
		case ",":
			if depth > 1 {
				continue
			}
		default:
			continue
		}
		if from < i {
			out = append(out, d.text.SQL[d.tokens[from].Start:d.tokens[i-1].End])
		}
		if from = i + 1; depth == 0 {
			break
		}
	}
	return out
}

// createPartition adds the partition that CREATE TABLE ... PARTITION OF declares.
func (d *ddl) createPartition(n *pg.CreateStmt, name string, span diag.Span) error {
	t, p, err := d.partitioned(n.InhRelations[0].GetRangeVar())
	if err != nil {
		return err
	}
	if len(n.TableElts) > 0 {
		return diag.UnsupportedDefinition.At(span, "a partition with columns or constraints of its own is not supported").
			WithHelp("declare them on %s", t.Name)
	}
	part, err := d.partition(p, name, n.Partbound, span)
	if err != nil {
		return err
	}
	if n.Partspec != nil {
		if part.Sub, err = d.partitioning(t, n.Partspec); err != nil {
			return err
		}
	}
	p.Parts = append(p.Parts, part)
	return nil
}

// partitioned finds what a partition is added to: a partitioned table, or a partition of one that is partitioned itself.
func (d *ddl) partitioned(v *pg.RangeVar) (*catalog.Table, *catalog.Partitioning, error) {
	name, err := d.tableName(v)
	if err != nil {
		return nil, nil, err
	}
	span := d.at(v.GetLocation())
	if t, part := d.cat.Partition(name); part != nil && part.Sub != nil {
		return t, part.Sub, nil
	}
	t := d.cat.Table(name)
	if t == nil {
		return nil, nil, diag.UndefinedTable.At(span, "relation %q does not exist", name)
	}
	if t.Partitioning == nil {
		return nil, nil, diag.WrongObject.At(span, "%q is not partitioned", name)
	}
	return t, t.Partitioning, nil
}

// partition reads FOR VALUES or DEFAULT.
func (d *ddl) partition(p *catalog.Partitioning, name string, b *pg.PartitionBoundSpec, span diag.Span) (*catalog.Partition, error) {
	out := &catalog.Partition{Name: name, Span: span}
	if b.GetIsDefault() {
		out.Default = true
		for _, other := range p.Parts {
			if other.Default {
				return nil, diag.BadDefinition.At(span, "partition %q conflicts with existing default partition %q", name, other.Name).WithState("42P17")
			}
		}
		return out, nil
	}
	if strategy := partitionStrategies[b.GetStrategy()]; strategy != p.Strategy {
		return nil, diag.BadDefinition.At(span, "invalid bound specification for a %s partition", p.Strategy).WithState("42P16")
	}
	from := d.tokenAt(int(b.Location))
	switch p.Strategy {
	case "hash":
		out.Modulus, out.Remainder = int(b.Modulus), int(b.Remainder)
		if out.Modulus <= 0 || out.Remainder < 0 || out.Remainder >= out.Modulus {
			return nil, diag.BadDefinition.At(span, "modulus and remainder do not fit").WithState("42P16")
		}
	case "list":
		out.Bound = listBound(p.Keys[0], d.listFrom(from), b.Listdatums)
	case "range":
		lower, upper := d.listFrom(from), d.listFrom(d.behindList(from))
		if len(lower) != len(p.Keys) || len(upper) != len(p.Keys) {
			return nil, diag.BadDefinition.At(span, "FROM must specify exactly one value per partitioning column").WithState("42P16")
		}
		out.Bound = rangeBound(p.Keys, lower, upper, b)
	}
	return out, nil
}

// behindList is the token behind the first list in parentheses at or behind a token.
func (d *ddl) behindList(i int) int {
	depth := 0
	for ; i < len(d.tokens); i++ {
		switch d.word(i) {
		case "(":
			depth++
		case ")":
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
	return i
}

// listBound is the condition of FOR VALUES IN: never NULL.
func listBound(key string, values []string, datums []*pg.Node) string {
	var some []string
	null := false
	for i, n := range datums {
		if n.GetAConst().GetIsnull() {
			null = true
		} else if i < len(values) {
			some = append(some, values[i])
		}
	}
	var parts []string
	if null {
		parts = append(parts, key+" IS NULL")
	}
	if len(some) > 0 {
		parts = append(parts, fmt.Sprintf("(%s IN (%s)) IS TRUE", key, strings.Join(some, ", ")))
	}
	return "(" + strings.Join(parts, " OR ") + ")"
}

// rangeBound is the condition of FOR VALUES FROM ... TO: from lower, below upper, column by column; never NULL.
func rangeBound(keys, lower, upper []string, b *pg.PartitionBoundSpec) string {
	var parts []string
	for _, k := range keys {
		parts = append(parts, k+" IS NOT NULL")
	}
	if c := beyondBound(keys, lower, b.Lowerdatums, ">", true); c != "" {
		parts = append(parts, c)
	}
	if c := beyondBound(keys, upper, b.Upperdatums, "<", false); c != "" {
		parts = append(parts, c)
	}
	return "(" + strings.Join(parts, " AND ") + ")"
}

// beyondBound is the condition that keys are beyond a bound; "" when it is no limit. MINVALUE and MAXVALUE end it: columns behind do not count.
func beyondBound(keys, values []string, datums []*pg.Node, op string, inclusive bool) string {
	if len(keys) == 0 {
		if inclusive {
			return "true"
		}
		return "false"
	}
	switch ref := datums[0].GetColumnRef(); {
	case ref != nil && strings.EqualFold(values[0], "minvalue"), ref != nil && strings.EqualFold(values[0], "maxvalue"):
		if (op == ">") == strings.EqualFold(values[0], "minvalue") {
			return "" // everything is beyond
		}
		return "false"
	}
	beyond := fmt.Sprintf("%s %s (%s)", keys[0], op, values[0])
	switch rest := beyondBound(keys[1:], values[1:], datums[1:], op, inclusive); rest {
	case "false":
		return beyond
	case "true", "":
		return fmt.Sprintf("%s %s= (%s)", keys[0], op, values[0])
	default:
		return fmt.Sprintf("(%s OR %s = (%s) AND %s)", beyond, keys[0], values[0], rest)
	}
}

// attaches reports whether ALTER TABLE does nothing but attach partitions.
func attaches(n *pg.AlterTableStmt) bool {
	for _, c := range n.Cmds {
		if c.GetAlterTableCmd().GetSubtype() != pg.AlterTableType_AT_AttachPartition {
			return false
		}
	}
	return true
}

// attachPartition makes a table that was declared on its own a partition.
func (d *ddl) attachPartition(t *catalog.Table, to *pg.RangeVar, c *pg.AlterTableCmd) error {
	cmd := c.Def.GetPartitionCmd()
	name, err := d.tableName(cmd.GetName())
	if err != nil {
		return err
	}
	_, p, err := d.partitioned(to)
	if err != nil {
		return err
	}
	own := d.cat.Table(name)
	if own == nil {
		return diag.UndefinedTable.At(d.at(cmd.Name.Location), "relation %q does not exist", name)
	}
	for i, other := range own.Columns {
		if len(own.Columns) != len(t.Columns) || t.Columns[i].Name != other.Name || !t.Columns[i].Type.Equal(other.Type) {
			return diag.UnsupportedDefinition.At(d.whole(), "the partition %s has other columns than %s, or in another order", name, t.Name).
				WithHelp("declare the same columns in the same order")
		}
	}
	if problem := ownConstraint(t, own); problem != "" {
		return diag.UnsupportedDefinition.At(d.whole(), "%s of the partition %s is not one of %s, which is not supported", problem, name, t.Name).
			WithHelp("declare it on %s", t.Name)
	}
	part, err := d.partition(p, name, cmd.Bound, d.whole())
	if err != nil {
		return err
	}
	part.Sub = own.Partitioning
	for _, key := range append([][]int{own.PrimaryKey}, uniqueColumns(own)...) {
		if len(key) > 0 {
			part.UniqueKeys = append(part.UniqueKeys, columnNames(own, key))
		}
	}
	if err := d.dropTable(own, false); err != nil {
		return err
	}
	p.Parts = append(p.Parts, part)
	return nil
}

func columnNames(t *catalog.Table, cols []int) []string {
	out := make([]string, len(cols))
	for i, c := range cols {
		out[i] = t.Columns[c].Name
	}
	return out
}

// ownConstraint names a constraint that the whole table does not have. Keys are compared when the schema is complete.
func ownConstraint(t, part *catalog.Table) string {
	for _, k := range part.Checks {
		if !slices.ContainsFunc(t.Checks, func(o *catalog.Check) bool { return o.Text == k.Text }) {
			return "the constraint " + k.Name
		}
	}
	for _, f := range part.ForeignKeys {
		if !slices.ContainsFunc(t.ForeignKeys, func(o *catalog.ForeignKey) bool {
			return o.RefTable == f.RefTable && slices.Equal(o.Columns, f.Columns)
		}) {
			return "the constraint " + f.Name
		}
	}
	for _, tr := range part.Triggers {
		return "the trigger " + tr.Name
	}
	return ""
}

// alterPartition applies ALTER TABLE to one partition. What the whole table has too changes nothing.
func (d *ddl) alterPartition(t *catalog.Table, part *catalog.Partition, n *pg.AlterTableStmt) error {
	for _, node := range n.Cmds {
		c := node.GetAlterTableCmd()
		k := c.GetDef().GetConstraint()
		switch {
		case ignoredAlterations[c.Subtype]:
		case c.Subtype == pg.AlterTableType_AT_ColumnDefault: // rows are added to the whole table
		case k != nil && (k.Contype == pg.ConstrType_CONSTR_PRIMARY || k.Contype == pg.ConstrType_CONSTR_UNIQUE) && k.Indexname == "":
			part.UniqueKeys = append(part.UniqueKeys, keyNames(k.Keys))
		default:
			return diag.UnsupportedStatement.At(d.whole(), "this ALTER TABLE of a partition is not supported").
				WithHelp("alter %s, of which %s is a partition", t.Name, part.Name)
		}
	}
	return nil
}

func keyNames(names []*pg.Node) []string {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = n.GetString_().GetSval()
	}
	return out
}

// indexPartition declares an index of one partition, which matters when it is unique.
func (d *ddl) indexPartition(t *catalog.Table, part *catalog.Partition, n *pg.IndexStmt) error {
	if !n.Unique {
		return nil
	}
	var key []string
	for _, p := range n.IndexParams {
		key = append(key, p.GetIndexElem().GetName())
	}
	if n.WhereClause != nil || slices.Contains(key, "") {
		return diag.UnsupportedDefinition.At(d.whole(), "a unique index of one partition is not supported").WithHelp("declare it on %s", t.Name)
	}
	part.UniqueKeys = append(part.UniqueKeys, key)
	return nil
}

// finishPartitions makes of a table's partitions what statements see of them: a condition that every row satisfies, and a view for each.
func (d *ddl) finishPartitions(t *catalog.Table) error {
	p := t.Partitioning
	if p == nil {
		return nil
	}
	for _, key := range append([][]int{t.PrimaryKey}, uniqueColumns(t)...) {
		for _, c := range p.AllColumns() {
			if len(key) > 0 && !contains(key, c) {
				return diag.NotInPostgres.At(t.Span, "unique constraint on partitioned table must include all partitioning columns: it lacks column %q", t.Columns[c].Name)
			}
		}
	}
	for _, name := range p.Names() {
		for _, key := range p.Find(name).UniqueKeys {
			if !hasKey(t, key) {
				return diag.UnsupportedDefinition.At(p.Span, "the unique key (%s) of the partition %s is not one of %s, which is not supported",
					strings.Join(key, ", "), name, t.Name).WithHelp("declare it on %s", t.Name)
			}
		}
	}
	t.Checks = keep(t.Checks, func(k *catalog.Check) bool { return !k.Partition })
	if len(p.Parts) == 0 {
		d.notes = append(d.notes, diag.NotCompiled.Note(t.Span, "no partition of %s is declared", t.Name).
			WithHelp("every row is taken to have one"))
	}
	if p.Strategy == "hash" && len(p.Parts) > 0 && p.Accepts() != "" {
		return diag.UnsupportedDefinition.At(t.Span, "partitions of %s by HASH leave rows out, which is not supported", t.Name).
			WithHelp("declare a partition for each remainder")
	}
	if condition := p.Accepts(); condition != "" {
		k := &catalog.Check{Name: t.Name, Text: condition, TextSpan: p.Span, Span: p.Span, Partition: true}
		var err error
		if k.Bound, err = d.types().Condition(t, condition, p.Span); err != nil {
			return err
		}
		t.Checks = append([]*catalog.Check{k}, t.Checks...)
	}
	columns := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		columns[i] = quoteName(c.Name)
	}
	for _, name := range p.Names() {
		condition, known := p.Holds(name)
		if !known {
			continue
		}
		query := "SELECT " + strings.Join(columns, ", ") + " FROM " + quoteName(t.Name) + " WHERE " + condition
		if v := d.view(name); v != nil {
			v.Query = query
			continue
		}
		d.cat.Views = append(d.cat.Views, &catalog.View{Name: name, Query: query, QuerySpan: p.Span, Span: p.Span})
	}
	return nil
}

// hasKey reports whether a table has a primary key or unique constraint over columns of those names.
func hasKey(t *catalog.Table, names []string) bool {
	var cols []int
	for _, name := range names {
		c := t.Column(name)
		if c < 0 {
			return false
		}
		cols = append(cols, c)
	}
	return isKey(t, cols)
}

func uniqueColumns(t *catalog.Table) [][]int {
	var out [][]int
	for _, u := range t.Uniques {
		out = append(out, u.Columns)
	}
	return out
}

// dropPartition forgets a partition. Its rows go with it, which the source's change brings.
func (d *ddl) dropPartition(t *catalog.Table, name string) {
	var drop func(p *catalog.Partitioning)
	drop = func(p *catalog.Partitioning) {
		if p == nil {
			return
		}
		p.Parts = keep(p.Parts, func(x *catalog.Partition) bool { return x.Name != name })
		for _, x := range p.Parts {
			drop(x.Sub)
		}
	}
	drop(t.Partitioning)
	d.cat.Views = keep(d.cat.Views, func(v *catalog.View) bool { return v.Name != name })
}
