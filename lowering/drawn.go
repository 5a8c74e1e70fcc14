package lowering

import (
	"github.com/prequel-db/prequel/planner/algebra"
	"github.com/prequel-db/prequel/sqlparse/bound"
	"github.com/prequel-db/prequel/sqlparse/catalog"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// A key that a sequence gives needs no look whether it is taken, as long as nothing but the sequence gives it: every statement is known. A
// draw is never taken back, and loading moves the sequence behind the rows it brings. What statements do is noted while they are
// written, and they are written again when that changes.

// noteDrawn notes the columns with sequences that an INSERT gives values of another origin.
func (g *gen) noteDrawn(x *algebra.Insert) {
	for i, c := range x.Table.Columns {
		if c.Sequence != nil && (!drawnFrom(x.Assign[i], c.Sequence) || len(x.Triggers) > 0) {
			g.m.given[c] = true
		}
	}
	if x.OnConflict != nil {
		g.noteGiven(x.Table, x.OnConflict.Set)
	}
}

// noteGiven notes the columns with sequences that are assigned.
func (g *gen) noteGiven(t *catalog.Table, set []bound.Assign) {
	for _, a := range set {
		if c := t.Columns[a.Column]; c.Sequence != nil {
			g.m.given[c] = true
		}
	}
}

// drawnFrom reports whether an expression is the next value of a sequence.
func drawnFrom(e scalar.Expr, q *catalog.Sequence) bool {
	c, ok := e.(*scalar.Call)
	if ok && len(c.Args) == 1 && (c.Fn.Proc == "int84" || c.Fn.Proc == "int82") {
		c, ok = c.Args[0].(*scalar.Call)
	}
	if !ok || c.Fn.Proc != "nextval_oid" {
		return false
	}
	name, ok := c.Args[0].(*scalar.Const)
	return ok && name.Text == q.Name
}

// alwaysNew reports whether a key of an inserted row can be no other row's.
func (g *gen) alwaysNew(x *algebra.Insert, c constraint) bool {
	if c.where != nil || x.OnConflict != nil {
		return false
	}
	for _, i := range c.cols {
		for _, f := range x.Table.ForeignKeys { // their actions assign too
			if contains(f.Columns, i) {
				return false
			}
		}
		if i >= len(x.Table.Columns) {
			continue
		}
		col := x.Table.Columns[i]
		if q := col.Sequence; q != nil && q.Table == x.Table && q.Column == col && !q.Cycle && !g.m.given[col] && !g.m.set[q] {
			return true
		}
	}
	return false
}
