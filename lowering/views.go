package lowering

import (
	"math"
	"slices"
	"strings"

	"github.com/prequel-db/prequel/planner/algebra"
	"github.com/prequel-db/prequel/planner/delta"
	"github.com/prequel-db/prequel/sqlparse/catalog"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// view is a maintained relation.
type view struct {
	*delta.View
	rel *relation
	// needs are the columns of each base table that its maintenance reads from a changed row.
	needs map[*catalog.Table][]int
	// times is how often each base table occurs.
	times map[*catalog.Table]int
}

// viewsOf lists the views over a relation.
func (m *module) viewsOf(rel *relation) []*view {
	var out []*view
	for _, v := range m.views {
		if v.times[rel.table] > 0 {
			out = append(out, v)
		}
	}
	return out
}

// maintain replaces the maintainable parts of queries by scans of views, according to the strategy.
func (m *module) maintain(stmts []*algebra.Statement) []*algebra.Statement {
	if m.opts.Strategy == Read {
		return stmts
	}
	out := m.maintained(stmts)
	if m.opts.Strategy == Auto && len(m.views) > 0 {
		return m.maintained(stmts) // what is kept for one statement is read by the others too
	}
	return out
}

func (m *module) maintained(stmts []*algebra.Statement) []*algebra.Statement {
	out := make([]*algebra.Statement, len(stmts))
	for i, s := range stmts {
		c := *s
		c.Columns = copyColumns(s.Columns)
		switch b := s.Body.(type) {
		case *algebra.Query:
			c.Body = m.split(&c, b, stmts)
		case *algebra.Routine:
			c.Body = b.Map(nil, func(b algebra.Body) algebra.Body {
				if q, ok := b.(*algebra.Query); ok {
					return m.split(&c, q, stmts)
				}
				return b
			})
		}
		out[i] = &c
	}
	return out
}

// split replaces the maintainable parts of one query, which is the statement or inside of it, by scans of views.
func (m *module) split(s *algebra.Statement, q *algebra.Query, stmts []*algebra.Statement) *algebra.Query {
	var cols *scalar.Columns
	var root algebra.Rel
	var views []*delta.View
	if m.opts.Strategy == Maintain {
		cols = copyColumns(s.Columns)
		root, views = delta.Options{Recompute: true}.Split(q.Root, cols, s.Name)
	} else {
		cols, root, views = m.weighed(s, q, stmts)
	}
	if len(views) == 0 {
		return q
	}
	s.Columns = cols
	return &algebra.Query{Root: m.addViews(root, views), Outputs: q.Outputs, Constants: q.Constants}
}

// addViews registers views, one for each definition, and returns the query reading the registered ones.
func (m *module) addViews(root algebra.Rel, views []*delta.View) algebra.Rel {
	known := map[*catalog.Table]*catalog.Table{}
	registered := func(r algebra.Rel) algebra.Rel {
		s, ok := r.(*algebra.Scan)
		if !ok || known[s.Table] == nil || known[s.Table] == s.Table {
			return r
		}
		c := *s
		c.Table = known[s.Table]
		return &c
	}
	for _, d := range views { // a view of a view's rows comes after it
		d.Core = algebra.Rewrite(d.Core, registered)
		known[d.Table] = m.addView(d).Table
	}
	return algebra.Rewrite(root, registered)
}

func (m *module) addView(d *delta.View) *view {
	for _, v := range m.views {
		if v.Canonical == d.Canonical {
			v.Why = append(v.Why, d.Why...)
			return v
		}
	}
	g := newGen(m, d.Table.Name, "", &scalar.Columns{}, nil)
	v := &view{View: d, needs: map[*catalog.Table][]int{}, times: map[*catalog.Table]int{}}
	rows := 1.0
	algebra.Walk(d.Core, func(r algebra.Rel) bool {
		s, ok := r.(*algebra.Scan)
		if !ok {
			return true
		}
		base := m.relationOf(s.Table)
		rows = max(rows, base.rows)
		v.times[s.Table]++
		add := func(c int) {
			if !contains(v.needs[s.Table], c) {
				v.needs[s.Table] = append(v.needs[s.Table], c)
			}
		}
		for i, id := range s.Cols {
			if id != 0 {
				add(i)
			}
		}
		if s.RowID != 0 && !d.Additive() {
			add(base.rowID)
		}
		return true
	})
	core, _ := d.Import(g.cols)
	rows = math.Min(rows, g.build(core, scalar.ColSet{}, nil).rows())
	if d.Group != nil {
		rows = m.groups(d.Core, d.Cols, d.Columns, rows, rows/10)
	}
	v.rel = newRelation(d.Table, true, d.Canonical, rows)
	m.inheritWidths(v)
	m.inheritValues(v)
	if d.Group != nil && len(d.Group.Sums) == 0 && len(d.Group.Recompute) == 0 && len(d.Cols) > 0 {
		v.rel.counted = d.Group.Rows
	}
	m.relations[d.Table] = v.rel
	m.order = append(m.order, v.rel)
	at, _ := slices.BinarySearchFunc(m.views, v, func(a, b *view) int { return strings.Compare(a.Canonical, b.Canonical) })
	m.views = slices.Insert(m.views, at, v) // in the order of what they are: nothing depends on which statement asked first
	return v
}

// inheritWidths gives a view's columns that are columns of tables the widths expected there.
func (m *module) inheritWidths(v *view) {
	widths := map[algebra.ColumnID]float64{}
	var renamed []algebra.Item
	algebra.Walk(v.Core, func(r algebra.Rel) bool {
		switch r := r.(type) {
		case *algebra.Scan:
			base := m.relationOf(r.Table)
			for i, id := range r.Cols {
				if id != 0 {
					widths[id] = base.cols[i].Width
				}
			}
		case *algebra.Project:
			renamed = append(renamed, r.Items...)
		}
		return true
	})
	for _, item := range slices.Backward(renamed) { // a projection stands above those it takes its columns from
		if c, ok := item.Expr.(*scalar.Column); ok {
			widths[item.ID] = widths[c.ID]
		}
	}
	for i, id := range v.Cols {
		v.rel.cols[i].Width = widths[id]
	}
}

// selects reports whether a view is no more than some rows of one table. An index of them all would be read beyond the rows that are left
// out, and written for every change of the columns by which they are.
func selects(v *delta.View) bool {
	return v.Group == nil && !v.Recomputed && len(v.Tables()) == 1
}

// target is the table that a write changes.
func target(b algebra.Body) *catalog.Table {
	switch b := b.(type) {
	case *algebra.Insert:
		return b.Table
	case *algebra.Update:
		return b.Table
	case *algebra.Delete:
		return b.Table
	}
	return nil
}

func (m *module) rate(s *algebra.Statement) float64 {
	if r, ok := m.opts.Rates[s.Name]; ok {
		return r
	}
	return 1
}

// tablesOf lists the base tables that a view is computed from, by way of other views too.
func (m *module) tablesOf(v *view) []string {
	var out []string
	for t := range v.times {
		below := []string{t.Name}
		if at := slices.IndexFunc(m.views, func(w *view) bool { return w.Table == t }); at >= 0 {
			below = m.tablesOf(m.views[at])
		}
		out = append(out, below...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// needs lists for each base table the columns that its structures hold, that views over it read, or that sequences follow.
func (m *module) needs() map[string][]int {
	out := map[string][]int{}
	for _, r := range m.order {
		if r.isView {
			continue
		}
		var cols []int
		for _, x := range r.indexes {
			cols = union(cols, x.reads())
		}
		for _, v := range m.viewsOf(r) {
			cols = union(cols, v.needs[r.table])
		}
		for i, c := range r.table.Columns {
			if m.sequences[c.Sequence] != nil {
				cols = union(cols, []int{i})
			}
		}
		out[r.table.Name] = slices.DeleteFunc(cols, func(c int) bool { return c == r.rowID })
	}
	return out
}
