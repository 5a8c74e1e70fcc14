package lowering

import (
	"github.com/prequel-db/prequel/lowering/phys"
	"github.com/prequel-db/prequel/planner/algebra"
	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// selection is a view that is no more than the rows of one table that meet conditions: an updated row stays in it, comes or goes.
type selection struct {
	conds []scalar.Expr
	// pos are the table's columns (its row id among them) by the core's ids.
	pos map[scalar.ColumnID]int
}

// selectionOf recognises a selection.
func selectionOf(v *view) (selection, bool) {
	s := selection{pos: map[scalar.ColumnID]int{}}
	if !selects(v.View) {
		return s, false
	}
	for r := v.Core; ; {
		switch x := r.(type) {
		case *algebra.Filter:
			s.conds = append(s.conds, scalar.Conjuncts(x.Cond)...)
			r = x.In
			continue
		case *algebra.Scan:
			for i, id := range x.Cols {
				if id != 0 {
					s.pos[id] = i
				}
			}
			if x.RowID != 0 {
				s.pos[x.RowID] = len(x.Cols)
			}
			return s, true
		}
		return s, false
	}
}

// over is an expression of the core over a row of the table.
func (s selection) over(e scalar.Expr, r row) scalar.Expr {
	return scalar.Map(e, func(x scalar.Expr) scalar.Expr {
		if c, ok := x.(*scalar.Column); ok {
			return r[s.pos[c.ID]]
		}
		return x
	})
}

// row is the view's row for a row of the table.
func (s selection) row(v *view, r row) row {
	out := row{}
	for i, id := range v.Cols {
		out[i] = r[s.pos[id]]
	}
	return out
}

// updateSelection brings a selection up to date with an updated row.
func (g *gen) updateSelection(v *view, s selection, old, new row, changed map[int]bool) {
	within := map[int]bool{}
	for i, id := range v.Cols {
		if changed[s.pos[id]] {
			within[i] = true
		}
	}
	var same, before, after []scalar.Expr // conditions that the update leaves as they were, and the others
	for _, c := range s.conds {
		moves := scalar.Any(c, func(x scalar.Expr) bool {
			col, ok := x.(*scalar.Column)
			return ok && changed[s.pos[col.ID]]
		})
		if !moves {
			same = append(same, s.over(c, new))
			continue
		}
		before, after = append(before, s.over(c, old)), append(after, s.over(c, new))
	}
	was, is := s.row(v, old), s.row(v, new)
	g.where(scalar.Conjunction(same...), func() {
		if len(before) == 0 {
			g.apply(v.rel, was, is, within)
			return
		}
		holds := func(name string, conds []scalar.Expr) scalar.Expr {
			e := scalar.Conjunction(conds...)
			id := g.temp(name, value.Of(value.Bool), g.nullable(e))
			g.let(id, e)
			return g.ref(id)
		}
		selected, stays := holds("was_selected", before), holds("is_selected", after)
		come := &phys.If{Cond: &phys.IsTrue{Expr: stays}, Then: g.inside(func() { g.apply(v.rel, nil, is, nil) })}
		gone := g.inside(func() { g.apply(v.rel, was, nil, nil) })
		update := g.inside(func() { g.apply(v.rel, was, is, within) })
		if len(update) > 0 {
			stay := &phys.If{Cond: &phys.IsTrue{Expr: stays}, Then: update, Else: gone}
			g.emit(&phys.If{Cond: &phys.IsTrue{Expr: selected}, Then: []phys.Op{stay}, Else: []phys.Op{come}})
			return
		}
		moves := &scalar.IsDistinct{Node: scalar.Node{Typ: value.Of(value.Bool)}, Left: selected, Right: stays, Eq: equality(value.Of(value.Bool))}
		g.where(moves, func() {
			g.emit(&phys.If{Cond: &phys.IsTrue{Expr: selected}, Then: gone, Else: []phys.Op{come}})
		})
	})
}
