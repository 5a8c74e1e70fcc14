package planner

import (
	"github.com/prequel-db/prequel/planner/algebra"
	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqlparse/bound"
	"github.com/prequel-db/prequel/sqlparse/catalog"
)

func (t *translator) insert(b *bound.Insert) algebra.Body {
	x := &algebra.Insert{Table: b.Table, Assign: t.exprs(b.Assign), New: b.New, Source: oneRow()}
	if b.Source != nil {
		x.Source = t.query(b.Source)
		for i := range x.Assign {
			x.Source, x.Assign[i] = t.lift(x.Source, x.Assign[i])
		}
	}
	if b.OnConflict != nil {
		c := *b.OnConflict
		c.Set = append([]bound.Assign(nil), c.Set...)
		for i := range c.Set {
			c.Set[i].Expr = t.expr(c.Set[i].Expr)
		}
		c.Where = t.expr(c.Where)
		x.OnConflict = &c
	}
	x.Returning, x.Outputs = t.returning(b.Returning)
	x.Checks = t.checks(b.Checks, &x.Returning)
	x.Effects = t.effects(b.Effects)
	return x
}

func (t *translator) update(b *bound.Update) algebra.Body {
	x := &algebra.Update{Table: b.Table, Old: b.Old, New: b.New, RowID: t.rowID(b.Table), Multi: len(b.From) > 0}
	x.Source = t.where(t.fromList(&algebra.Scan{Table: b.Table, Cols: b.Old, RowID: x.RowID, Pos: b.Span}, b.From), t.expr(b.Where))
	for _, a := range b.Set {
		e := t.expr(a.Expr)
		x.Source, e = t.lift(x.Source, e)
		x.Set = append(x.Set, bound.Assign{Column: a.Column, Expr: e})
	}
	x.Returning, x.Outputs = t.returning(b.Returning)
	x.Checks = t.checks(b.Checks, &x.Returning)
	x.Effects = t.effects(b.Effects)
	return x
}

func (t *translator) delete(b *bound.Delete) algebra.Body {
	x := &algebra.Delete{Truncate: b.Truncate, Restart: b.Restart, Table: b.Table, Old: b.Old, RowID: t.rowID(b.Table), Multi: len(b.Using) > 0}
	x.Source = t.where(t.fromList(&algebra.Scan{Table: b.Table, Cols: b.Old, RowID: x.RowID, Pos: b.Span}, b.Using), t.expr(b.Where))
	x.Returning, x.Outputs = t.returning(b.Returning)
	x.Effects = t.effects(b.Effects)
	return x
}

// compound numbers the parts first: each is a work table for those behind it.
func (t *translator) compound(b *bound.Compound) algebra.Body {
	for _, c := range b.Parts {
		t.recursions++
		t.working[c] = t.recursions
	}
	x := &algebra.Compound{}
	for _, c := range b.Parts {
		x.Parts = append(x.Parts, algebra.Part{Name: c.Name, Work: t.working[c], Body: t.body(c.Write)})
	}
	x.Main = t.body(b.Main)
	return x
}

// rowID is an id for the hidden row id that identifies rows of a table without a primary key, 0 for other tables.
func (t *translator) rowID(table *catalog.Table) algebra.ColumnID {
	if len(table.PrimaryKey) > 0 {
		return 0
	}
	return t.cols.New("row id", value.Of(value.Int8), false)
}

func (t *translator) returning(targets []bound.Target) ([]algebra.Item, []algebra.Output) {
	var items []algebra.Item
	for _, x := range targets {
		items = append(items, algebra.Item{ID: x.ID, Expr: t.expr(x.Expr)})
	}
	return items, t.outputs(targets)
}

// checks computes the conditions of views among what RETURNING reads.
func (t *translator) checks(list []bound.ViewCheck, items *[]algebra.Item) []algebra.ViewCheck {
	var out []algebra.ViewCheck
	for _, c := range list {
		*items = append(*items, algebra.Item{ID: c.ID, Expr: t.expr(c.Cond)})
		out = append(out, algebra.ViewCheck{View: c.View, ID: c.ID})
	}
	return out
}
