package delta

import (
	"github.com/prequel-db/prequel/planner/algebra"
	"github.com/prequel-db/prequel/planner/props"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// part is a relation taken apart: rows of core that meet conds, with the columns in defs computed from core's. The core has
// no parameters and cannot raise an error.
type part struct {
	core  algebra.Rel
	conds []scalar.Expr
	defs  map[algebra.ColumnID]scalar.Expr
	joins int
	// nonlinear is set when the core is more than scans, filters, projections and inner joins.
	nonlinear bool
}

// pull takes a relation apart. ok is false when something in it can only run at read.
func (s *splitter) pull(r algebra.Rel) (p part, ok bool) {
	switch x := r.(type) {
	case *algebra.Scan:
		return s.pullScan(x), true
	case *algebra.Filter:
		if p, ok = s.pull(x.In); ok {
			p = p.where(x.Cond)
		}
		return p, ok
	case *algebra.Project:
		if p, ok = s.pull(x.In); ok {
			for _, it := range x.Items {
				if !it.PassThrough() {
					p.defs[it.ID] = scalar.Substitute(it.Expr, p.defs)
				}
			}
		}
		return p, ok
	case *algebra.Join:
		if x.Kind == algebra.Inner {
			return s.pullInner(x)
		}
	}
	if !s.Recompute {
		return part{}, false
	}
	switch x := r.(type) {
	case *algebra.Join:
		return s.pullOuter(x)
	case *algebra.GroupBy:
		return s.pullGroup(x)
	case *algebra.Distinct:
		return s.pullDistinct(x)
	case *algebra.Window:
		return s.pullWindow(x)
	case *algebra.SetOp:
		return s.pullSetOp(x)
	}
	return part{}, false
}

func (s *splitter) pullScan(x *algebra.Scan) part {
	c := *x
	c.Cols = append([]algebra.ColumnID(nil), x.Cols...)
	for i, id := range c.Cols { // filters that made a column NOT NULL may end up above the view
		if id != 0 {
			s.cols.Get(id).Nullable = !x.Table.Columns[i].NotNull
		}
	}
	return part{core: &c, defs: map[algebra.ColumnID]scalar.Expr{}}
}

func (s *splitter) pullInner(x *algebra.Join) (part, bool) {
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
		conds: append(l.conds, r.conds...), defs: l.defs, nonlinear: l.nonlinear || r.nonlinear,
	}
	for id, e := range r.defs {
		p.defs[id] = e
	}
	if x.On != nil {
		p = p.where(x.On)
	}
	return p, true
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
	return !scalar.HasParams(e) && !scalar.HasVolatile(e) && !scalar.HasSubquery(e) && props.Total(e)
}

// withoutImplied drops from the conditions above the core column = value where the core equates the column with another for
// which they say the same: the view then needs one of the columns only.
func (p part) withoutImplied() part {
	equal := props.NewClasses()
	algebra.Walk(p.core, func(r algebra.Rel) bool {
		var cond scalar.Expr
		switch x := r.(type) {
		case *algebra.Filter:
			cond = x.Cond
		case *algebra.Join:
			if x.Kind != algebra.Inner {
				return false
			}
			cond = x.On
		default:
			return false
		}
		for _, c := range scalar.Conjuncts(cond) {
			equal.Add(c)
		}
		return true
	})
	var kept []scalar.Expr
	said := map[algebra.ColumnID][]scalar.Expr{}
next:
	for _, c := range p.conds {
		if t, k, ok := props.ConstantEqual(c); ok {
			root := equal.Root(t.Col.ID)
			for _, old := range said[root] {
				if scalar.Equal(old, k) {
					continue next
				}
			}
			said[root] = append(said[root], k)
		}
		kept = append(kept, c)
	}
	p.conds = kept
	return p
}

// whole is a part as one relation, when nothing of it has to stay above: its core with the computed columns.
func (s *splitter) whole(p part) (algebra.Rel, bool) {
	if len(p.conds) > 0 {
		return nil, false
	}
	if len(p.defs) == 0 {
		return p.core, true
	}
	pr := &algebra.Project{In: p.core}
	for _, id := range algebra.OutputCols(p.core) {
		pr.Items = append(pr.Items, algebra.Item{ID: id, Expr: s.column(id)})
	}
	for _, id := range sortedIDs(p.defs) {
		if !maintainable(p.defs[id]) {
			return nil, false
		}
		pr.Items = append(pr.Items, algebra.Item{ID: id, Expr: p.defs[id]})
	}
	return pr, true
}

func sortedIDs(defs map[algebra.ColumnID]scalar.Expr) []algebra.ColumnID {
	var set scalar.ColSet
	for id := range defs {
		set.Add(id)
	}
	return set.Ordered()
}
