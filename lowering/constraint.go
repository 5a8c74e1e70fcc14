package lowering

import (
	"slices"
	"strings"

	"github.com/prequel-db/prequel/lowering/phys"
	"github.com/prequel-db/prequel/planner/algebra"
	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqlparse/catalog"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// constraint is a unique constraint to check: the primary key, a UNIQUE or a unique index.
type constraint struct {
	rel     *relation
	name    string
	cols    []int
	nulls   bool // some column can be NULL, and rows with NULLs do not conflict
	primary bool
	unique  *catalog.Unique
	// where limits the constraint to some rows: a partial unique index. nil: all.
	where *catalog.Condition
}

// reads are the columns whose values decide whether two rows conflict.
func (c constraint) reads() []int {
	out := c.rel.reads(c.cols)
	if c.where != nil {
		for _, i := range c.where.Reads() {
			if !contains(out, i) {
				out = append(out, i)
			}
		}
	}
	return out
}

// keys are the columns and expressions as SQL has them: unlike those of foreign keys, PostgreSQL quotes these names.
func (c constraint) keys() []string {
	out := make([]string, len(c.cols))
	for i, col := range c.cols {
		switch {
		case col >= c.rel.stored:
			out[i] = c.rel.computed[col-c.rel.stored].key
		case c.rel.table.Columns[col].Quoted != "":
			out[i] = c.rel.table.Columns[col].Quoted
		default:
			out[i] = c.rel.cols[col].Name
		}
	}
	return out
}

// touched reports whether a change of these columns (nil: of all) can make a row conflict.
func (c constraint) touched(changed map[int]bool) bool {
	return changed == nil || slices.ContainsFunc(c.reads(), func(i int) bool { return changed[i] })
}

// constraintsOf lists the unique constraints of a table, the primary key first.
func constraintsOf(rel *relation) []constraint {
	t := rel.table
	var out []constraint
	if len(t.PrimaryKey) > 0 {
		out = append(out, constraint{rel: rel, name: t.PrimaryKeyName, cols: t.PrimaryKey, primary: true})
	}
	for _, u := range t.Uniques {
		c := constraint{rel: rel, name: u.Name, cols: rel.uniqueCols(u), unique: u, where: u.Predicate}
		c.nulls = !u.NullsNotDistinct && !rel.notNull(c.cols)
		out = append(out, c)
	}
	return out
}

// guard is the condition under which a row takes part in a constraint, nil when every row does.
func (g *gen) guard(c constraint, r row) scalar.Expr {
	var parts []scalar.Expr
	if c.nulls {
		parts = append(parts, g.present(exprsAt(r, c.cols)))
	}
	if c.where != nil {
		parts = append(parts, c.where.Over(func(i int) scalar.Expr { return r[i] }))
	}
	return scalar.Conjunction(parts...)
}

// duplicate raises 23505 for a key.
func (g *gen) duplicate(rel *relation, c constraint, key []scalar.Expr) phys.Op {
	return &phys.Raise{
		SQLState: "23505", Table: rel.table.Name, Constraint: c.name, Detail: keyDetail(c.keys(), key, " already exists."),
		Message: []scalar.Expr{text("duplicate key value violates unique constraint " + quoted(c.name))},
	}
}

// keyDetail is PostgreSQL's way to show a key: Key (a, b)=(1, x) already exists.
func keyDetail(names []string, key []scalar.Expr, after string) []scalar.Expr {
	detail := []scalar.Expr{text("Key (" + strings.Join(names, ", ") + ")=(")}
	for i, e := range key {
		if i > 0 {
			detail = append(detail, text(", "))
		}
		detail = append(detail, asText(e))
	}
	return append(detail, text(")"+after))
}

// rowsLike makes the query of a relation's rows that are equal to a key in some columns and satisfy a condition (nil: any). NULLs
// are equal to each other where same is set. It returns the query with the ids of the needed columns.
func (g *gen) rowsLike(rel *relation, cols []int, key []scalar.Expr, same bool, where *catalog.Condition, need []int) (node, map[int]scalar.ColumnID) {
	scan := &algebra.Scan{Table: rel.table, Cols: make([]scalar.ColumnID, len(rel.table.Columns))}
	ids := map[int]scalar.ColumnID{}
	var column func(i int) scalar.Expr
	column = func(i int) scalar.Expr {
		if e := rel.expression(i); e != nil {
			return e.Over(column)
		}
		if ids[i] == 0 {
			ids[i] = g.temp(rel.cols[i].Name, rel.cols[i].Type, rel.cols[i].Nullable)
			if i == rel.rowID {
				scan.RowID = ids[i]
			} else {
				scan.Cols[i] = ids[i]
			}
		}
		return g.ref(ids[i])
	}
	boolNode := scalar.Node{Typ: value.Of(value.Bool)}
	var conds []scalar.Expr
	for i, c := range cols {
		left, right := column(c), retyped(key[i], rel.cols[c].Type)
		if same {
			conds = append(conds, &scalar.IsDistinct{Node: boolNode, Left: left, Right: right, Negated: true, Eq: equality(left.Type())})
		} else {
			conds = append(conds, &scalar.Call{Node: boolNode, Fn: equality(left.Type()), Args: []scalar.Expr{left, right}})
		}
	}
	if where != nil {
		conds = append(conds, scalar.Conjuncts(where.Over(column))...)
	}
	for _, c := range need {
		column(c)
	}
	return g.build(&algebra.Filter{In: scan, Cond: scalar.Conjunction(conds...)}, g.defined, nil), ids
}

// retyped gives a key's value the type of a column that it is compared with: a foreign key may differ from what it refers to in
// length or in the width of integers, whose values look alike.
func retyped(e scalar.Expr, t value.Type) scalar.Expr {
	if e.Type().Equal(t) {
		return e
	}
	if k, ok := e.(*scalar.Const); ok && k.Null {
		return scalar.NullOf(t)
	}
	return &scalar.Relabel{Node: scalar.Node{Typ: t}, Arg: e}
}

// checkRow raises 23514 for a new row that a CHECK constraint refuses. changed limits the constraints to those that can have
// become false; nil means all. PostgreSQL tests them in the order of their names.
func (g *gen) checkRow(t *catalog.Table, new row, changed map[int]bool) {
	checks := slices.Clone(t.Checks)
	slices.SortStableFunc(checks, func(a, b *catalog.Check) int { return strings.Compare(a.Name, b.Name) })
	for _, k := range checks {
		if k.Partition || !readsAny(k.Bound, changed) {
			continue
		}
		values, names := failingRow(t, new)
		g.unless(k, new, &phys.Raise{
			SQLState: "23514", Table: t.Name, Constraint: k.Name, Row: values, RowCols: names,
			Message: []scalar.Expr{text("new row for relation " + quoted(t.Name) + " violates check constraint " + quoted(k.Name))},
		})
	}
}

// unless raises an error where a CHECK constraint is false for a row.
func (g *gen) unless(k *catalog.Check, r row, raise *phys.Raise) {
	no := false
	cond := g.prep(k.Bound.Over(func(i int) scalar.Expr { return r[i] }))
	g.emit(&phys.If{
		Cond: &phys.IsTrue{Expr: &scalar.IsBool{Node: scalar.Node{Typ: value.Of(value.Bool)}, Arg: cond, Value: &no}},
		Then: []phys.Op{raise},
	})
}

// checkPartition raises 23514 for a new row that no partition takes. PostgreSQL looks for the partition before it looks at constraints.
func (g *gen) checkPartition(t *catalog.Table, new row, changed map[int]bool) {
	for _, k := range t.Checks {
		if k.Partition && readsAny(k.Bound, changed) {
			g.unless(k, new, &phys.Raise{
				SQLState: "23514", Table: t.Name,
				Message: []scalar.Expr{text("no partition of relation " + quoted(t.Name) + " found for row")},
			})
		}
	}
}

// readsAny reports whether a condition reads one of the changed columns. nil stands for all of them.
func readsAny(c *catalog.Condition, changed map[int]bool) bool {
	return changed == nil || slices.ContainsFunc(c.Reads(), func(i int) bool { return changed[i] })
}

// checkedColumns are the columns of a row that its constraints read when others of its columns change (nil: when it is deleted).
func (m *module) checkedColumns(rel *relation, changed map[int]bool) []int {
	var out []int
	if changed != nil {
		for _, c := range rel.table.Columns {
			if c.GeneratedExpr != nil && readsAny(c.GeneratedExpr, changed) {
				out = append(out, c.GeneratedExpr.Reads()...)
			}
		}
		for _, k := range rel.table.Checks {
			if readsAny(k.Bound, changed) {
				out = append(out, k.Bound.Reads()...)
			}
		}
		for _, c := range constraintsOf(rel) {
			if c.touched(changed) {
				out = append(out, c.reads()...)
			}
		}
	}
	for _, f := range m.foreignKeys() {
		if f.child == rel && changed != nil && anyOf(changed, f.Columns) {
			out = append(out, f.Columns...)
		}
		if f.parent == rel && (changed == nil || anyOf(changed, f.RefColumns)) {
			out = append(out, f.RefColumns...)
		}
	}
	return out
}

func anyOf(set map[int]bool, cols []int) bool {
	return slices.ContainsFunc(cols, func(c int) bool { return set[c] })
}

// differs is true when two lists of values are not the same, NULLs being equal to each other.
func differs(from, to []scalar.Expr) scalar.Expr {
	var parts []scalar.Expr
	for i := range from {
		parts = append(parts, &scalar.IsDistinct{
			Node: scalar.Node{Typ: value.Of(value.Bool)}, Left: from[i], Right: to[i], Eq: equality(from[i].Type()),
		})
	}
	if len(parts) == 1 {
		return parts[0]
	}
	return &scalar.Or{Node: scalar.Node{Typ: value.Of(value.Bool)}, Args: parts}
}
