package lowering

import (
	"github.com/prequel-db/prequel/lowering/phys"
	"github.com/prequel-db/prequel/planner/algebra"
	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// selection is a view that is no more than the rows of one table that meet conditions, with values computed of them: an updated row stays in
// it, comes or goes.
type selection struct {
	conds []scalar.Expr
	// pos are the table's columns (its row id among them) by the core's ids.
	pos map[scalar.ColumnID]int
	// defs are the columns that are computed.
	defs map[scalar.ColumnID]scalar.Expr
}

// selectionOf recognises a selection.
func selectionOf(v *view) (selection, bool) {
	s := selection{pos: map[scalar.ColumnID]int{}, defs: map[scalar.ColumnID]scalar.Expr{}}
	if !selects(v.View) {
		return s, false
	}
	for r := v.Core; ; {
		switch x := r.(type) {
		case *algebra.Filter:
			s.conds = append(s.conds, scalar.Conjuncts(x.Cond)...)
			r = x.In
			continue
		case *algebra.Project:
			for _, it := range x.Items {
				if !it.PassThrough() {
					s.defs[it.ID] = it.Expr
				}
			}
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
			if def, ok := s.defs[c.ID]; ok {
				return s.over(def, r)
			}
			return r[s.pos[c.ID]]
		}
		return x
	})
}

// moves reports whether an expression of the core reads a changed column.
func (s selection) moves(e scalar.Expr, changed map[int]bool) bool {
	return scalar.Any(e, func(x scalar.Expr) bool {
		c, ok := x.(*scalar.Column)
		if !ok {
			return false
		}
		if def, ok := s.defs[c.ID]; ok {
			return s.moves(def, changed)
		}
		return changed[s.pos[c.ID]]
	})
}

// selectedRow is the view's row for a row of the table.
func (g *gen) selectedRow(v *view, s selection, r row) row {
	out := row{}
	for i, id := range v.Cols {
		def, computed := s.defs[id]
		if !computed {
			out[i] = r[s.pos[id]]
			continue
		}
		e := s.over(def, r)
		temp := g.temp(v.rel.cols[i].Name, def.Type(), g.nullable(e))
		g.let(temp, e)
		out[i] = g.ref(temp)
	}
	return out
}

// updateSelection brings a selection up to date with an updated row.
func (g *gen) updateSelection(v *view, s selection, old, new row, changed map[int]bool) {
	within := map[int]bool{}
	for i, id := range v.Cols {
		if def, ok := s.defs[id]; ok && s.moves(def, changed) || !ok && changed[s.pos[id]] {
			within[i] = true
		}
	}
	var same, before, after []scalar.Expr // conditions that the update leaves as they were, and the others
	for _, c := range s.conds {
		if !s.moves(c, changed) {
			same = append(same, s.over(c, new))
			continue
		}
		before, after = append(before, s.over(c, old)), append(after, s.over(c, new))
	}
	g.where(scalar.Conjunction(same...), func() {
		was, is := g.selectedRow(v, s, old), g.selectedRow(v, s, new)
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
