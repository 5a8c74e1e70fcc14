package lowering

import (
	"slices"

	"github.com/prequel-db/prequel/lowering/phys"
	"github.com/prequel-db/prequel/planner/algebra"
	"github.com/prequel-db/prequel/planner/props"
	"github.com/prequel-db/prequel/sqlparse/catalog"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// The expressions of a table's unique indexes are columns of its relation behind those that are stored: structures have them in keys and
// orders as they have others, and scans find rows by them where a condition has the same expression. No row holds them. They follow from
// its columns where it is written.

// computedColumn is an expression of a unique index.
type computedColumn struct {
	key  string // how PostgreSQL prints it
	cond *catalog.Condition
	// guarded is set where only the rows of a partial index have a value, NULL standing for the others: it can fail for them.
	guarded string
}

// computedOf is what the expression at a place of a unique index is computed by.
func computedOf(u *catalog.Unique, at int) computedColumn {
	x := u.Exprs[at]
	if u.Predicate == nil || props.Total(x.Bound.Expr) {
		return computedColumn{key: x.Key, cond: x.Bound}
	}
	covered := u.Predicate.Over(func(c int) scalar.Expr {
		return &scalar.Column{Node: scalar.Node{Typ: u.Table.Columns[c].Type}, ID: x.Bound.Cols[c]}
	})
	guarded := &scalar.Case{Node: scalar.Node{Typ: x.Bound.Expr.Type()}, Whens: []scalar.When{{Cond: covered, Then: x.Bound.Expr}}}
	return computedColumn{key: x.Key, cond: &catalog.Condition{Expr: guarded, Cols: x.Bound.Cols}, guarded: u.Where}
}

func (c computedColumn) same(d computedColumn) bool { return c.key == d.key && c.guarded == d.guarded }

// addComputed adds the columns that the expressions of a table's unique indexes are.
func (r *relation) addComputed() {
	r.stored = len(r.cols)
	for _, u := range r.table.Uniques {
		for i, c := range u.Columns {
			if c >= 0 {
				continue
			}
			x := computedOf(u, i)
			if slices.ContainsFunc(r.computed, x.same) {
				continue
			}
			name := x.key
			if x.guarded != "" {
				name += " where " + x.guarded
			}
			for r.table.Column(name) >= 0 {
				name += "_"
			}
			may := nullable(x.cond.Expr, nil, func(id scalar.ColumnID) bool { return r.cols[slices.Index(x.cond.Cols, id)].Nullable })
			r.cols = append(r.cols, phys.Col{Name: name, Index: len(r.cols), Type: x.cond.Expr.Type(), Nullable: may})
			r.computed = append(r.computed, x)
		}
	}
}

// expression is what a computed column is, nil for a stored one.
func (r *relation) expression(col int) *catalog.Condition {
	if col < r.stored {
		return nil
	}
	return r.computed[col-r.stored].cond
}

// uniqueCols are the columns of a unique constraint.
func (r *relation) uniqueCols(u *catalog.Unique) []int {
	if u.Plain() {
		return u.Columns
	}
	out := slices.Clone(u.Columns)
	for i, c := range out {
		if c < 0 {
			out[i] = r.stored + slices.IndexFunc(r.computed, computedOf(u, i).same)
		}
	}
	return out
}

// reads are the stored columns that some columns follow from, in order.
func (r *relation) reads(cols []int) []int {
	var out []int
	for _, c := range cols {
		if e := r.expression(c); e != nil {
			out = append(out, e.Reads()...)
		} else {
			out = append(out, c)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// complete computes the columns of a row among cols (nil: all) that follow from those at hand. A column that does not change (changed is
// nil: all may) is that of the old row.
func (g *gen) complete(rel *relation, r, old row, changed map[int]bool, cols []int) {
	for c := rel.stored; c < len(rel.cols) && r != nil; c++ {
		if cols != nil && !contains(cols, c) {
			continue
		}
		e := rel.expression(c)
		switch {
		case r[c] != nil || slices.ContainsFunc(e.Reads(), func(i int) bool { return r[i] == nil }):
			continue
		case old != nil && changed != nil && !changed[c]:
			r[c] = old[c]
			continue
		}
		value := e.Over(func(i int) scalar.Expr { return r[i] })
		id := g.temp(rel.cols[c].Name, rel.cols[c].Type, g.nullable(value))
		g.let(id, value)
		r[c] = g.ref(id)
	}
}

// matcher tells which column of a relation an expression over a scan of it is.
func (r *relation) matcher(scan *algebra.Scan) func(scalar.Expr) (col int, ok bool) {
	pos := map[scalar.ColumnID]int{}
	for i, id := range scan.Cols {
		if id != 0 {
			pos[id] = i
		}
	}
	if scan.RowID != 0 && r.rowID >= 0 {
		pos[scan.RowID] = r.rowID
	}
	over := make([]scalar.Expr, len(r.computed))
	for i, x := range r.computed {
		if !slices.ContainsFunc(x.cond.Reads(), func(c int) bool { return scan.Cols[c] == 0 }) {
			over[i] = x.cond.Over(func(c int) scalar.Expr {
				return &scalar.Column{Node: scalar.Node{Typ: r.cols[c].Type}, ID: scan.Cols[c]}
			})
		}
	}
	return func(e scalar.Expr) (int, bool) {
		e = asStored(e)
		if c, ok := e.(*scalar.Column); ok {
			p, ok := pos[c.ID]
			return p, ok
		}
		for i, x := range over {
			if x != nil && scalar.Equal(asStored(x), e) {
				return r.stored + i, true
			}
		}
		return 0, false
	}
}
