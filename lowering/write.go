package lowering

import (
	"github.com/prequel-db/prequel/lowering/phys"
	"github.com/prequel-db/prequel/planner/algebra"
	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqlparse/catalog"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// write writes a statement that changes rows.
func (g *gen) write(b algebra.Body) {
	switch b := b.(type) {
	case *algebra.Insert:
		g.insert(b, false)
	case *algebra.Update:
		g.update(b)
	case *algebra.Delete:
		g.delete(b)
	case *algebra.Compound:
		g.writeCompound(b, nil)
	}
}

// checkNotNull raises 23502 where a NULL would be stored in a NOT NULL column. It returns false when that is always so
// and nothing behind it can run. new is the row that it is part of.
func (g *gen) checkNotNull(t *catalog.Table, col int, e scalar.Expr, new row) bool {
	c := t.Columns[col]
	if !c.NotNull && !contains(t.PrimaryKey, col) || !g.nullable(e) {
		return true
	}
	raise := &phys.Raise{
		SQLState: "23502", Table: t.Name, Column: c.Name,
		Message: []scalar.Expr{text("null value in column " + quoted(c.Name) + " of relation " + quoted(t.Name) + " violates not-null constraint")},
	}
	raise.Row, raise.RowCols = failingRow(t, new)
	if g.alwaysNull(e) {
		g.emit(raise)
		return false
	}
	g.emit(&phys.If{
		Cond: &phys.IsTrue{Expr: &scalar.IsNull{Node: scalar.Node{Typ: value.Of(value.Bool)}, Arg: e}},
		Then: []phys.Op{raise},
	})
	return true
}

// failingRow is what an error shows of the row that a constraint refuses: all values, or those that are at hand with their names, as
// PostgreSQL shows a row to a user who may not see all of it.
func failingRow(t *catalog.Table, new row) (values []scalar.Expr, names []string) {
	for i, c := range t.Columns {
		if new[i] != nil {
			values, names = append(values, asText(new[i])), append(names, c.Name)
		}
	}
	if len(values) == len(t.Columns) {
		names = nil
	}
	return values, names
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
		for _, c := range x.reads() {
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
			for _, c := range rel.reads(fieldsOf(x)) {
				set[c] = true
			}
		case x.touched(changed):
			for _, c := range x.reads() {
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
	for _, c := range g.m.checkedColumns(rel, changed) {
		set[c] = true
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
		out[i] = phys.ReplyColumn{Name: o.Name, Type: info.Type, Nullable: o.Nullable, ID: o.ID}
	}
	return out
}
