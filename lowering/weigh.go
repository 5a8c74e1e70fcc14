package lowering

import (
	"maps"
	"math"
	"slices"

	"github.com/prequel-db/prequel/planner/algebra"
	"github.com/prequel-db/prequel/planner/delta"
	"github.com/prequel-db/prequel/sqlparse/bound"
	"github.com/prequel-db/prequel/sqlparse/catalog"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// The automatic strategy minimises the server's time. Each query has three ways: only what costs no more than an index is maintained; what
// follows from adding and taking away rows, too; and what is recomputed where rows change. Each way is weighed by microseconds a second: the
// query's rate times the time of its plan, and for each view that no other statement keeps the rates of the writes that change it times the
// time that takes. A statement without a declared rate is called once a second.
var ways = []delta.Options{{Selections: true}, {}, {Recompute: true}}

// worthMore is what a way with more views must save of the time of one with less: estimates are not exact.
const worthMore = 0.9

// weighed splits a query in the way that costs least.
func (m *module) weighed(s *algebra.Statement, q *algebra.Query, stmts []*algebra.Statement) (*scalar.Columns, algebra.Rel, []*delta.View) {
	var cols *scalar.Columns
	var root algebra.Rel
	var views []*delta.View
	least := math.Inf(1)
	for i, way := range ways {
		c := copyColumns(s.Columns)
		r, vs := way.Split(q.Root, c, s.Name)
		if i > 0 && len(vs) == 0 {
			continue
		}
		if micros := m.weigh(s, r, c, vs, stmts); i == 0 || micros < worthMore*least {
			cols, root, views, least = c, r, vs, micros
		}
	}
	return cols, root, views
}

// weigh is what a way of reading a query costs, in microseconds a second.
func (m *module) weigh(s *algebra.Statement, root algebra.Rel, cols *scalar.Columns, views []*delta.View, stmts []*algebra.Statement) float64 {
	kept, order, relations := slices.Clone(m.views), m.order, maps.Clone(m.relations)
	why := map[*view][]string{}
	for _, v := range m.views {
		why[v] = v.Why
	}
	root = m.addViews(root, views)
	var added []*view
	for _, v := range m.views {
		if !slices.Contains(kept, v) && !selects(v.View) {
			added = append(added, v)
		}
	}
	g := newGen(m, s.Name, s.SQL, copyColumns(cols), s.Params)
	g.scans = m.scans(s)
	total := m.rate(s) * g.build(root, scalar.ColSet{}, nil).time()
	for _, w := range stmts {
		for _, v := range added {
			total += m.rate(w) * m.upkeep(w, v)
		}
	}
	for v, names := range why {
		v.Why = names
	}
	m.views, m.order, m.relations = kept, order, relations
	return total
}

// upkeep is the time that a call of a statement spends on a view, in microseconds.
func (m *module) upkeep(w *algebra.Statement, v *view) float64 {
	bodies := []algebra.Body{w.Body}
	if r, ok := w.Body.(*algebra.Routine); ok {
		bodies = nil
		r.Each(func(b algebra.Body) { bodies = append(bodies, b) })
	}
	total := 0.0
	for _, outer := range bodies {
		for _, b := range algebra.Writes(outer) {
			times := 1.0
			if u, ok := b.(*algebra.Update); ok {
				if times = 2; !updates(u, v) {
					continue
				}
			}
			_, added := b.(*algebra.Insert)
			micros, _ := m.change(v, target(b), added)
			total += times * micros
		}
	}
	return total
}

// updates reports whether an UPDATE changes a column that a view, or one below it, reads.
func updates(u *algebra.Update, v *view) bool {
	reads, ok := v.needs[u.Table]
	return !ok || slices.ContainsFunc(reads, func(c int) bool {
		return slices.ContainsFunc(u.Set, func(a bound.Assign) bool { return a.Column == c })
	})
}

// change is what a row that comes into a table or goes costs a view, in microseconds, and how many rows of the view change. added says that the
// row is new, so that none refers to it.
func (m *module) change(v *view, t *catalog.Table, added bool) (micros, rows float64) {
	for below, times := range v.times {
		n := 1.0
		if below != t {
			at := slices.IndexFunc(m.views, func(w *view) bool { return w.Table == below })
			if at < 0 {
				continue
			}
			if _, n = m.change(m.views[at], t, added); n == 0 {
				continue
			}
		}
		for i := range times {
			c, r := m.occurrence(v, below, i, added && below == t)
			micros, rows = micros+n*c, rows+n*r
		}
	}
	return micros, rows
}

// occurrence is the part of change that one occurrence of a table in a view makes.
func (m *module) occurrence(v *view, t *catalog.Table, i int, added bool) (micros, rows float64) {
	g := newGen(m, v.Table.Name, "", &scalar.Columns{}, nil)
	core, ids := v.Import(g.cols)
	declared := func(*catalog.Table, *catalog.ForeignKey) bool { return true }
	if !v.Recomputed {
		res := delta.Residuals(core, t)[i]
		if added && res.Unreferenced(declared) {
			return 0, 0
		}
		n := g.build(res.Rel, deltaColumns(res.Delta), nil)
		return n.time() + n.rows()*v.rowUpkeep(), n.rows()
	}
	key := make([]scalar.ColumnID, len(v.Key))
	for k, id := range v.Key {
		key[k] = ids[id]
	}
	res := delta.Affected(core, key, t, g.cols)[i]
	if added && res.Unreferenced(declared) {
		return 0, 0
	}
	n := g.build(res.Rel, deltaColumns(res.Delta), nil)
	fresh, names := v.Import(g.cols)
	var known scalar.ColSet
	var now []scalar.Expr
	for _, id := range v.Key {
		info := v.Columns.Get(id)
		at := g.cols.New(info.Name, info.Type, info.Nullable)
		known.Add(at)
		now = append(now, same(g.cols.Ref(names[id]), g.cols.Ref(at)))
	}
	is := g.build(delta.Restrict(fresh, now, g.cols), known, nil)
	changed := n.rows() * is.rows()
	return n.time() + n.rows()*(is.time()+2*costCommand) + 2*changed*v.rowUpkeep(), changed
}

// deltaColumns are the columns of a changed row.
func deltaColumns(d *algebra.Delta) scalar.ColSet {
	known := scalar.SetOf(d.Cols...)
	known.Remove(0)
	if d.RowID != 0 {
		known.Add(d.RowID)
	}
	return known
}

// rowUpkeep is the time that a row of a view takes to be written, or a group to be brought up to date: the row and an index.
func (v *view) rowUpkeep() float64 {
	micros := 2 * costCommand
	if g := v.Group; g != nil {
		micros += 2*costCommand + costSum*float64(len(g.Sums))
		if len(g.Recompute) > 0 {
			micros *= 10
		}
	}
	return micros
}
