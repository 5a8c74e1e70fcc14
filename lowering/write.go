package lowering

import (
	"fmt"
	"strings"

	"github.com/prequel-db/prequel/lowering/phys"
	"github.com/prequel-db/prequel/planner/algebra"
	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqlparse/catalog"
	"github.com/prequel-db/prequel/sqlparse/diag"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// enforceable reports (as diagnostics) the constraints of a written table that are not enforced.
func (g *gen) enforceable(t *catalog.Table, deletes bool) {
	for _, c := range t.Checks {
		if !deletes {
			g.fail("PQ0401", diag.Span{}, fmt.Sprintf("table %q has the CHECK constraint %q, which is not enforced yet", t.Name, c.Name),
				"drop the constraint from the declared schema, or leave this write to the source database")
		}
	}
	for _, f := range t.ForeignKeys {
		if !deletes {
			g.fail("PQ0402", diag.Span{}, fmt.Sprintf("table %q has the foreign key %q, which is not enforced yet", t.Name, f.Name),
				"drop the constraint from the declared schema, or leave this write to the source database")
		}
	}
	if !deletes {
		return
	}
	for _, o := range g.m.cat.Tables {
		for _, f := range o.ForeignKeys {
			if f.RefTable == t.Name {
				g.fail("PQ0402", diag.Span{}, fmt.Sprintf("table %q is referenced by the foreign key %q of %q, which is not enforced yet", t.Name, f.Name, o.Name),
					"drop the constraint from the declared schema, or leave this write to the source database")
			}
		}
	}
}

// checkNotNull raises 23502 where a NULL would be stored in a NOT NULL column. It returns false when that is always so
// and nothing behind it can run.
func (g *gen) checkNotNull(t *catalog.Table, col int, e scalar.Expr) bool {
	c := t.Columns[col]
	if !c.NotNull && !contains(t.PrimaryKey, col) || !g.nullable(e) {
		return true
	}
	raise := &phys.Raise{
		SQLState: "23502", Table: t.Name, Column: c.Name,
		Message: []scalar.Expr{text("null value in column " + quoted(c.Name) + " of relation " + quoted(t.Name) + " violates not-null constraint")},
	}
	if k, ok := e.(*scalar.Const); ok && k.Null {
		g.emit(raise)
		return false
	}
	g.emit(&phys.If{
		Cond: &phys.IsTrue{Expr: &scalar.IsNull{Node: scalar.Node{Typ: value.Of(value.Bool)}, Arg: e}},
		Then: []phys.Op{raise},
	})
	return true
}

// constraint is a unique constraint to check: the primary key or a UNIQUE.
type constraint struct {
	name    string
	cols    []int
	nulls   bool // some column can be NULL: rows with NULLs do not conflict
	primary bool
	unique  *catalog.Unique
}

func (g *gen) constraints(rel *relation) []constraint {
	t := rel.table
	var out []constraint
	if len(t.PrimaryKey) > 0 {
		out = append(out, constraint{name: t.PrimaryKeyName, cols: t.PrimaryKey, primary: true})
	}
	for _, u := range t.Uniques {
		if u.Where != "" || u.NullsNotDistinct {
			g.fail("PQ0403", u.Span, fmt.Sprintf("the unique index %q has a WHERE clause or NULLS NOT DISTINCT, which is not enforced yet", u.Name),
				"drop it from the declared schema, or leave this write to the source database")
			continue
		}
		out = append(out, constraint{name: u.Name, cols: u.Columns, nulls: !rel.notNull(u.Columns), unique: u})
	}
	return out
}

// duplicate raises 23505 for a key.
func (g *gen) duplicate(rel *relation, c constraint, key []scalar.Expr) phys.Op {
	detail := []scalar.Expr{text("Key (" + strings.Join(rel.names(c.cols), ", ") + ")=(")}
	for i, e := range key {
		if i > 0 {
			detail = append(detail, text(", "))
		}
		detail = append(detail, asText(e))
	}
	detail = append(detail, text(") already exists."))
	return &phys.Raise{
		SQLState: "23505", Table: rel.table.Name, Constraint: c.name, Detail: detail,
		Message: []scalar.Expr{text("duplicate key value violates unique constraint " + quoted(c.name))},
	}
}

// quoted is a name as PostgreSQL's messages show it, whatever is in it.
func quoted(name string) string { return `"` + name + `"` }

// asText is an expression's value in PostgreSQL's text form.
func asText(e scalar.Expr) scalar.Expr {
	if plainText(e.Type()) {
		return e
	}
	return &scalar.ViaText{Node: scalar.Node{Typ: value.Of(value.Text)}, Arg: e}
}

// exprsAt picks the values of some columns.
func exprsAt(r row, cols []int) []scalar.Expr {
	out := make([]scalar.Expr, len(cols))
	for i, c := range cols {
		out[i] = r[c]
	}
	return out
}

// stored lists the columns of a relation that its structures or the views over it need.
func (g *gen) stored(rel *relation) []int {
	set := map[int]bool{}
	for _, x := range rel.indexes {
		for _, c := range x.columns() {
			set[c] = true
		}
	}
	for _, v := range g.m.viewsOf(rel) {
		for _, c := range v.needs[rel.table] {
			set[c] = true
		}
	}
	var out []int
	for i := range rel.cols {
		if set[i] {
			out = append(out, i)
		}
	}
	return out
}

// known lists the columns of an old row that its change must know, a subset of stored: those of the structures and views that
// the changed columns touch. A row that is deleted (changed is nil) leaves a row map by its field alone.
func (g *gen) known(rel *relation, changed map[int]bool) []int {
	set := map[int]bool{}
	for _, x := range rel.indexes {
		switch {
		case changed == nil && x.s.Kind == phys.RowMap:
			for _, c := range x.s.Field {
				set[c.Index] = true
			}
		case x.touched(changed):
			for _, c := range x.columns() {
				set[c] = true
			}
		}
	}
	for _, v := range g.m.viewsOf(rel) {
		if v.concerned(rel, changed) {
			for _, c := range v.needs[rel.table] {
				set[c] = true
			}
		}
	}
	keys := [][]int{rel.table.PrimaryKey}
	for _, u := range rel.table.Uniques {
		keys = append(keys, u.Columns)
	}
	for _, key := range keys { // one that changes is compared
		for _, c := range key {
			if changed[c] {
				for _, k := range key {
					set[k] = true
				}
			}
		}
	}
	var out []int
	for i := range rel.cols {
		if set[i] {
			out = append(out, i)
		}
	}
	return out
}

// returning writes the RETURNING row.
func (g *gen) returning(items []algebra.Item, outputs []algebra.Output) {
	if len(outputs) == 0 {
		return
	}
	exprs := make([]scalar.Expr, len(outputs))
	for i, o := range outputs {
		for _, it := range items {
			if it.ID == o.ID {
				exprs[i] = g.prep(it.Expr)
			}
		}
	}
	g.emit(&phys.EmitRow{Exprs: exprs})
}

// returningNeeds are the columns that RETURNING reads.
func returningNeeds(items []algebra.Item) scalar.ColSet {
	set := scalar.ColSet{}
	for _, it := range items {
		scalar.AddColumns(&set, it.Expr)
	}
	return set
}

// finishWrite describes the reply of a write.
func (g *gen) finishWrite(outputs []algebra.Output) {
	g.prog.Reply = phys.Reply{Kind: phys.NoRows, Count: true}
	if len(outputs) > 0 {
		g.prog.Reply.Kind = phys.Flat
		g.prog.Reply.Outputs = g.replyColumns(outputs)
	}
}

func (g *gen) replyColumns(outputs []algebra.Output) []phys.ReplyColumn {
	out := make([]phys.ReplyColumn, len(outputs))
	for i, o := range outputs {
		info := g.cols.Get(o.ID)
		out[i] = phys.ReplyColumn{Name: o.Name, Type: info.Type, Nullable: info.Nullable, ID: o.ID}
	}
	return out
}
