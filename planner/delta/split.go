package delta

import (
	"github.com/prequel-db/prequel/planner/algebra"
	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// splitter rewrites one statement's query.
type splitter struct {
	cols  *scalar.Columns
	name  string
	views []*View
}

// Split returns the query with its maximal maintainable parts replaced by scans of views, and the views. cols, the
// statement's column table, gains columns.
func Split(root algebra.Rel, cols *scalar.Columns, name string) (algebra.Rel, []*View) {
	s := &splitter{cols: cols, name: name}
	out := s.rel(root)
	return out, s.views
}

// part is a relation taken apart: rows of core that meet conds, with the columns in defs computed from core's.
type part struct {
	core  algebra.Rel
	conds []scalar.Expr
	defs  map[algebra.ColumnID]scalar.Expr
	joins int
}

// rel maintains as much as possible of r.
func (s *splitter) rel(r algebra.Rel) algebra.Rel {
	switch x := r.(type) {
	case *algebra.GroupBy:
		if out := s.group(x); out != nil {
			return out
		}
	case *algebra.Distinct:
		if x.On == nil {
			g := &algebra.GroupBy{In: x.In, Keys: algebra.OutputCols(x.In)}
			if out := s.group(g); out != nil {
				return out
			}
		}
	}
	if p, ok := s.pull(r); ok && p.joins > 0 {
		return s.rows(p, algebra.OutputCols(r))
	}
	return algebra.MapChildren(r, s.rel)
}

// pull takes a tree of scans, filters, projections and inner joins apart.
func (s *splitter) pull(r algebra.Rel) (part, bool) {
	switch x := r.(type) {
	case *algebra.Scan:
		c := *x
		c.Cols = append([]algebra.ColumnID(nil), x.Cols...)
		for i, id := range c.Cols { // filters that made a column NOT NULL may end up above the view
			if id != 0 {
				s.cols.Get(id).Nullable = !x.Table.Columns[i].NotNull
			}
		}
		return part{core: &c, defs: map[algebra.ColumnID]scalar.Expr{}}, true
	case *algebra.Filter:
		p, ok := s.pull(x.In)
		if !ok {
			return p, false
		}
		return p.where(x.Cond), true
	case *algebra.Project:
		p, ok := s.pull(x.In)
		if !ok {
			return p, false
		}
		for _, it := range x.Items {
			if !it.PassThrough() {
				p.defs[it.ID] = scalar.Substitute(it.Expr, p.defs)
			}
		}
		return p, true
	case *algebra.Join:
		if x.Kind != algebra.Inner {
			return part{}, false
		}
		l, ok := s.pull(x.Left)
		if !ok {
			return l, false
		}
		r, ok := s.pull(x.Right)
		if !ok {
			return r, false
		}
		p := part{
			core: &algebra.Join{Kind: algebra.Inner, Left: l.core, Right: r.core}, joins: l.joins + r.joins + 1,
			conds: append(l.conds, r.conds...), defs: l.defs,
		}
		for id, e := range r.defs {
			p.defs[id] = e
		}
		if x.On != nil {
			p = p.where(x.On)
		}
		return p, true
	}
	return part{}, false
}

// where adds a condition: into the core what can be maintained, above it what cannot.
func (p part) where(cond scalar.Expr) part {
	var in []scalar.Expr
	for _, c := range scalar.Conjuncts(cond) {
		c = scalar.Substitute(c, p.defs)
		if maintainable(c) && scalar.ColumnsIn(c).SubsetOf(algebra.OutputSet(p.core)) {
			in = append(in, c)
		} else {
			p.conds = append(p.conds, c)
		}
	}
	if len(in) > 0 {
		p.core = &algebra.Filter{In: p.core, Cond: scalar.Conjunction(in...)}
	}
	return p
}

func maintainable(e scalar.Expr) bool {
	return !scalar.HasParams(e) && !scalar.HasVolatile(e) && Total(e)
}

// rows makes a view of a join's rows and reads it.
func (s *splitter) rows(p part, outs []algebra.ColumnID) algebra.Rel {
	need := scalar.ColSet{}
	for _, id := range outs {
		if d, ok := p.defs[id]; ok {
			scalar.AddColumns(&need, d)
		} else {
			need.Add(id)
		}
	}
	for _, c := range p.conds {
		scalar.AddColumns(&need, c)
	}
	key := s.keyOf(p.core)
	cols := need.Union(scalar.SetOf(key...)).Intersect(algebra.OutputSet(p.core)).Ordered()
	v := &View{Core: p.core, Columns: s.cols, Cols: cols, CoreKey: key, Why: []string{s.name}}
	var names []string
	var types []value.Type
	var nullable []bool
	var keyPos []int
	for i, id := range cols {
		info := s.cols.Get(id)
		names, types, nullable = append(names, info.Name), append(types, info.Type), append(nullable, info.Nullable)
		for _, k := range key {
			if k == id {
				keyPos = append(keyPos, i)
			}
		}
	}
	v.define(names, types, nullable, keyPos, "")
	s.views = append(s.views, v)
	scan := &algebra.Scan{Table: v.Table, Cols: append([]algebra.ColumnID(nil), cols...)}
	return project(filter(scan, p.conds), outs, p.defs)
}

func filter(r algebra.Rel, conds []scalar.Expr) algebra.Rel {
	if len(conds) == 0 {
		return r
	}
	return &algebra.Filter{In: r, Cond: scalar.Conjunction(conds...)}
}

// project outputs exactly outs, computing those that are defined.
func project(r algebra.Rel, outs []algebra.ColumnID, defs map[algebra.ColumnID]scalar.Expr) algebra.Rel {
	p := &algebra.Project{In: r}
	for _, id := range outs {
		e := defs[id]
		if e == nil {
			e = &scalar.Column{ID: id}
		}
		p.Items = append(p.Items, algebra.Item{ID: id, Expr: e})
	}
	return p
}

// keyOf adds the key columns of every scan of a core to its output and returns those that identify a row: the key of a
// table that is joined on it to a column of another is left out, since the other determines it.
func (s *splitter) keyOf(core algebra.Rel) []algebra.ColumnID {
	equal := equalities(core)
	type keyed struct {
		scan *algebra.Scan
		key  []algebra.ColumnID
	}
	var scans []keyed
	algebra.Walk(core, func(r algebra.Rel) bool {
		x, ok := r.(*algebra.Scan)
		if !ok {
			return true
		}
		k := keyed{scan: x}
		for _, c := range x.Table.PrimaryKey {
			if x.Cols[c] == 0 {
				col := x.Table.Columns[c]
				x.Cols[c] = s.cols.New(col.Name, col.Type, false)
			}
			k.key = append(k.key, x.Cols[c])
		}
		if len(k.key) == 0 {
			if x.RowID == 0 {
				x.RowID = s.cols.New("row id", value.Of(value.Int8), false)
			}
			k.key = []algebra.ColumnID{x.RowID}
		}
		scans = append(scans, k)
		return true
	})
	dropped := map[*algebra.Scan]bool{}
	for _, k := range scans {
		determined := len(scans) > 1
		for _, id := range k.key {
			determined = determined && equal.outside(id, k.scan, dropped)
		}
		if determined {
			dropped[k.scan] = true
		}
	}
	var out []algebra.ColumnID
	for _, k := range scans {
		if !dropped[k.scan] {
			out = append(out, k.key...)
		}
	}
	return out
}

// pairs are the column equalities that hold in a core.
type pairs map[algebra.ColumnID][]*algebra.Scan

// equalities collects, for each column, the scans that have an equal column.
func equalities(core algebra.Rel) pairs {
	owner := map[algebra.ColumnID]*algebra.Scan{}
	var conds []scalar.Expr
	algebra.Walk(core, func(r algebra.Rel) bool {
		switch x := r.(type) {
		case *algebra.Scan:
			for _, id := range x.Cols {
				if id != 0 {
					owner[id] = x
				}
			}
		case *algebra.Filter:
			conds = append(conds, scalar.Conjuncts(x.Cond)...)
		case *algebra.Join:
			conds = append(conds, scalar.Conjuncts(x.On)...)
		}
		return true
	})
	out := pairs{}
	for _, c := range conds {
		call, ok := c.(*scalar.Call)
		if !ok || len(call.Args) != 2 || scalar.ComparisonOf(call.Fn) != scalar.EQ {
			continue
		}
		a, okA := call.Args[0].(*scalar.Column)
		b, okB := call.Args[1].(*scalar.Column)
		if okA && okB {
			out[a.ID] = append(out[a.ID], owner[b.ID])
			out[b.ID] = append(out[b.ID], owner[a.ID])
		}
	}
	return out
}

// outside reports whether a column equals one of a scan that is still part of the key.
func (p pairs) outside(id algebra.ColumnID, own *algebra.Scan, dropped map[*algebra.Scan]bool) bool {
	for _, s := range p[id] {
		if s != nil && s != own && !dropped[s] {
			return true
		}
	}
	return false
}
