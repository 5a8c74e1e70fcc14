package delta

import (
	"github.com/prequel-db/prequel/planner/algebra"
	"github.com/prequel-db/prequel/planner/norm"
	"github.com/prequel-db/prequel/planner/props"
	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// Options choose what becomes a view.
type Options struct {
	// Recompute allows views that are not linear: outer, semi and anti joins, windows, set operations, and aggregations over
	// these. Their View.Recomputed is set.
	Recompute bool
	// Selections makes only views that are some rows of one table, which cost no more than the index that they stand for.
	Selections bool
}

// splitter rewrites one statement's query.
type splitter struct {
	Options
	cols  *scalar.Columns
	name  string
	views []*View
	// limited is set below a LIMIT: of the rows only the first are looked at, so that those which a filter leaves out are better not there.
	limited bool
}

// Split returns the query with its maximal maintainable parts replaced by scans of views, and the views. cols, the
// statement's column table, gains columns.
func Split(root algebra.Rel, cols *scalar.Columns, name string) (algebra.Rel, []*View) {
	return Options{}.Split(root, cols, name)
}

// Split is the function Split with options.
func (o Options) Split(root algebra.Rel, cols *scalar.Columns, name string) (algebra.Rel, []*View) {
	s := &splitter{Options: o, cols: cols, name: name}
	need := algebra.OutputSet(root)
	if o.Recompute {
		root = (&norm.Env{Columns: cols}).Unnest(root, need)
	}
	out := s.rel(root)
	if len(s.views) == 0 {
		return root, nil
	}
	// What is left of the query around a view may be simpler now.
	out = (&norm.Env{Columns: cols}).Run(out, need)
	if ordered := s.ordered(out); ordered != out {
		out = (&norm.Env{Columns: cols}).Run(ordered, need)
	}
	return out, s.views
}

// rel maintains as much as possible of r.
func (s *splitter) rel(r algebra.Rel) algebra.Rel {
	switch x := r.(type) {
	case *algebra.TopK:
		outer := s.limited
		s.limited = outer || x.Limit != nil && len(x.Order) > 0
		out := algebra.MapChildren(r, s.rel)
		s.limited = outer
		return out
	case *algebra.GroupBy:
		if s.Selections {
			break
		}
		g := *x
		if out := s.group(&g); out != nil {
			return out
		}
		if g.In != x.In { // the rows are a view, the aggregation runs at read
			return &g
		}
	case *algebra.Distinct:
		if x.On == nil && !s.Selections {
			g := &algebra.GroupBy{In: x.In, Keys: algebra.OutputCols(x.In)}
			if out := s.group(g); out != nil {
				return out
			}
			if g.In != x.In {
				return &algebra.Distinct{In: s.project(g.In, g.Keys, nil)}
			}
		}
	}
	if aggregates(r) { // better kept up to date by itself: what is above it is computed at read
		return algebra.MapChildren(r, s.rel)
	}
	if p, ok := s.pull(r); ok {
		switch {
		case p.nonlinear && !groupsOnly(r):
			if out := s.recomputed(p, algebra.OutputCols(r)); out != nil {
				return out
			}
		case p.nonlinear || p.joins > 0 && s.Selections:
		default:
			keyed, found := s.expressionKeys(p)
			if found || p.joins > 0 || s.limited && filtered(p.core) {
				return s.rows(keyed, algebra.OutputCols(r))
			}
		}
	}
	return algebra.MapChildren(r, s.rel)
}

// filtered reports whether a core leaves rows of its table out.
func filtered(core algebra.Rel) bool {
	_, ok := core.(*algebra.Filter)
	return ok
}

// aggregates reports whether r filters or projects the groups of an aggregation.
func aggregates(r algebra.Rel) bool {
	for {
		switch x := r.(type) {
		case *algebra.Filter:
			r = x.In
		case *algebra.Project:
			r = x.In
		default:
			return false
		}
		if _, ok := r.(*algebra.GroupBy); ok {
			return true
		}
	}
}

// groupsOnly reports whether all that is not linear in r are aggregations of linear parts: these are better views of their own, kept
// by adding and taking away, and looked up when the rest is read.
func groupsOnly(r algebra.Rel) bool {
	switch x := r.(type) {
	case *algebra.GroupBy:
		return linear(x.In)
	case *algebra.Distinct:
		return x.On == nil && linear(x.In)
	case *algebra.Join:
		if x.Kind != algebra.Inner {
			return false
		}
	case *algebra.Filter, *algebra.Project, *algebra.Scan, *algebra.Values:
	default:
		return false
	}
	for _, c := range algebra.Children(r) {
		if !groupsOnly(c) {
			return false
		}
	}
	return true
}

// linear reports whether r consists of scans, filters, projections and inner joins.
func linear(r algebra.Rel) bool {
	switch x := r.(type) {
	case *algebra.Join:
		if x.Kind != algebra.Inner {
			return false
		}
	case *algebra.Filter, *algebra.Project, *algebra.Scan:
	default:
		return false
	}
	for _, c := range algebra.Children(r) {
		if !linear(c) {
			return false
		}
	}
	return true
}

// rows makes a view of a join's rows and reads it.
func (s *splitter) rows(p part, outs []algebra.ColumnID) algebra.Rel {
	p = p.withoutImplied()
	core, key, _ := s.identify(p.core)
	v := &View{Core: core, Columns: s.cols, CoreKey: key, Why: []string{s.name}}
	v.Cols = s.viewColumns(p, core, key, outs)
	s.register(v, props.Of(core).NotNull, "")
	return s.read(v, p, outs)
}

// viewColumns are the columns that a view of rows keeps: what the statement reads, and the key.
func (s *splitter) viewColumns(p part, core algebra.Rel, key, outs []algebra.ColumnID) []algebra.ColumnID {
	need := scalar.SetOf(key...)
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
	return need.Intersect(algebra.OutputSet(core)).Ordered()
}

// register makes a view's table, of whose columns notNull are never NULL.
func (s *splitter) register(v *View, notNull scalar.ColSet, suffix string) {
	key := scalar.SetOf(v.CoreKey...)
	var names []string
	var types []value.Type
	var nulls []bool
	var keyPos []int
	for i, id := range v.Cols {
		info := s.cols.Get(id)
		info.Nullable = !notNull.Has(id)
		names, types, nulls = append(names, info.Name), append(types, info.Type), append(nulls, info.Nullable)
		if key.Has(id) {
			keyPos = append(keyPos, i)
		}
	}
	v.define(names, types, nulls, keyPos, suffix)
	s.views = append(s.views, v)
}

// read scans a view under the conditions that could not be maintained, and computes the outputs.
func (s *splitter) read(v *View, p part, outs []algebra.ColumnID) algebra.Rel {
	scan := &algebra.Scan{Table: v.Table, Cols: append([]algebra.ColumnID(nil), v.Cols...)}
	return s.project(filter(scan, p.conds), outs, p.defs)
}

func filter(r algebra.Rel, conds []scalar.Expr) algebra.Rel {
	if len(conds) == 0 {
		return r
	}
	return &algebra.Filter{In: r, Cond: scalar.Conjunction(conds...)}
}

// project outputs exactly outs, computing those that are defined.
func (s *splitter) project(r algebra.Rel, outs []algebra.ColumnID, defs map[algebra.ColumnID]scalar.Expr) algebra.Rel {
	p := &algebra.Project{In: r}
	for _, id := range outs {
		e := defs[id]
		if e == nil {
			e = s.column(id)
		}
		p.Items = append(p.Items, algebra.Item{ID: id, Expr: e})
	}
	return p
}
