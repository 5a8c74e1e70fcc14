package delta

import (
	"slices"
	"strconv"
	"strings"

	"github.com/prequel-db/prequel/planner/algebra"
	"github.com/prequel-db/prequel/planner/norm"
	"github.com/prequel-db/prequel/planner/props"
	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// recomputed makes a view that is maintained by recomputing the affected parts. It returns nil when a change has no bounded
// effect, when nothing tells the rows apart, or when there are rows without any change.
func (s *splitter) recomputed(p part, outs []algebra.ColumnID) algebra.Rel {
	p = p.withoutImplied()
	core, key, ok := s.identify(p.core)
	if !ok || !props.TotalRel(core) || !props.EmptyOverEmpty(core) || algebra.HasParams(core) {
		return nil
	}
	affected, reason := AffectedKey(core)
	if reason != "" {
		return nil
	}
	for _, id := range affected {
		switch s.cols.Get(id).Type.Kind {
		case value.Array, value.JSON, value.JSONB: // no key of anything
			return nil
		}
	}
	v := &View{Columns: s.cols, CoreKey: key, Recomputed: true, Key: affected, Why: []string{s.name}}
	v.Cols = s.viewColumns(p, core, append(append([]algebra.ColumnID(nil), key...), affected...), outs)
	v.Core = (&norm.Env{Columns: s.cols}).Run(core, scalar.SetOf(v.Cols...))
	notNull := props.Of(v.Core).NotNull
	for _, id := range v.Cols {
		if !oneForm(s.cols.Get(id).Type) && scalar.SetOf(key...).Has(id) {
			return nil
		}
	}
	s.register(v, notNull, "\nrecomputed by "+formatKey(v))
	return s.read(v, p, outs)
}

// formatKey names the positions of the affected key among the view's columns.
func formatKey(v *View) string {
	var text []string
	for i, id := range v.Cols {
		if slices.Contains(v.Key, id) {
			text = append(text, strconv.Itoa(i))
		}
	}
	return strings.Join(text, " ")
}

// pullOuter maintains a left, semi or anti join. Conditions on the left side move above it; the right side must be free of
// parameters, except for equalities that follow from the left side's.
func (s *splitter) pullOuter(x *algebra.Join) (part, bool) {
	if x.Kind == algebra.Full || x.NullAware {
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
	on := scalar.Conjuncts(scalar.Substitute(orNothing(x.On), l.defs))
	r.conds = withoutFollowing(r.conds, l.conds, on)
	right, ok := s.whole(r)
	if !ok {
		return part{}, false
	}
	for _, c := range on {
		if !maintainable(c) {
			return part{}, false
		}
	}
	l.core = &algebra.Join{Kind: x.Kind, Left: l.core, Right: right, On: scalar.Conjunction(on...)}
	l.joins += r.joins + 1
	l.nonlinear = true
	return l, true
}

// withoutFollowing drops right = k where the join says left = right and the left side left = k.
func withoutFollowing(right, left, on []scalar.Expr) []scalar.Expr {
	equal := props.NewClasses()
	for _, c := range append(append([]scalar.Expr(nil), left...), on...) {
		equal.Add(c)
	}
	var kept []scalar.Expr
	for _, c := range right {
		if t, k, ok := props.ConstantEqual(c); ok {
			if known := equal.Constant(t); known != nil && scalar.Equal(known, k) {
				continue
			}
		}
		kept = append(kept, c)
	}
	return kept
}

// keyed checks that conditions may move above an operator that treats rows with different keys apart: they read its keys only, or
// fix a column by equality, which then becomes a key. It returns the keys.
func keyed(conds []scalar.Expr, keys []algebra.ColumnID, core scalar.ColSet) ([]algebra.ColumnID, bool) {
	set := scalar.SetOf(keys...)
	out := append([]algebra.ColumnID(nil), keys...)
	for _, c := range conds {
		if scalar.HasSubquery(c) {
			return nil, false
		}
		if cols := scalar.ColumnsIn(c).Intersect(core); !cols.Empty() && cols.SubsetOf(set) {
			continue
		}
		id, ok := pin(c, core)
		if !ok {
			return nil, false
		}
		if !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	return out, true
}

// over is a part's core with its computed columns below an operator, its conditions left to go above it.
func (s *splitter) over(p part) (algebra.Rel, []scalar.Expr, bool) {
	conds := p.conds
	p.conds = nil
	in, ok := s.whole(p)
	return in, conds, ok
}

// pullGroup maintains an aggregation inside a larger relation.
func (s *splitter) pullGroup(x *algebra.GroupBy) (part, bool) {
	p, ok := s.pull(x.In)
	if !ok {
		return p, false
	}
	in, conds, ok := s.over(p.withoutImplied())
	if !ok || x.Scalar && len(conds) > 0 {
		return part{}, false
	}
	keys, ok := keyed(conds, x.Keys, algebra.OutputSet(in))
	if !ok {
		return part{}, false
	}
	for _, k := range keys {
		if !oneForm(s.cols.Get(k).Type) {
			return part{}, false
		}
	}
	for _, a := range x.Aggs {
		if !props.TotalAgg(a) || orderedAgg[a.Name] && len(a.OrderBy) == 0 {
			return part{}, false
		}
	}
	g := &algebra.GroupBy{In: in, Keys: keys, Aggs: x.Aggs, Scalar: x.Scalar}
	return part{core: g, conds: conds, defs: map[algebra.ColumnID]scalar.Expr{}, joins: p.joins, nonlinear: true}, true
}

// orderedAgg are aggregates whose result depends on the order of rows, which a view does not have.
var orderedAgg = map[string]bool{"array_agg": true, "string_agg": true}

func (s *splitter) pullDistinct(x *algebra.Distinct) (part, bool) {
	p, ok := s.pull(x.In)
	if !ok || x.On != nil {
		return part{}, false
	}
	in, conds, ok := s.over(p.withoutImplied())
	if !ok {
		return part{}, false
	}
	cols, ok := keyed(conds, algebra.OutputCols(x.In), algebra.OutputSet(in))
	if !ok {
		return part{}, false
	}
	for _, id := range cols {
		if !oneForm(s.cols.Get(id).Type) {
			return part{}, false
		}
	}
	d := &algebra.Distinct{In: s.project(in, cols, nil)}
	return part{core: d, conds: conds, defs: map[algebra.ColumnID]scalar.Expr{}, joins: p.joins, nonlinear: true}, true
}

func (s *splitter) pullWindow(x *algebra.Window) (part, bool) {
	p, ok := s.pull(x.In)
	if !ok {
		return part{}, false
	}
	in, conds, ok := s.over(p.withoutImplied())
	if !ok {
		return part{}, false
	}
	partition, ok := keyed(conds, x.Partition, algebra.OutputSet(in))
	if !ok {
		return part{}, false
	}
	w := *x
	w.In, w.Partition = in, partition
	if !props.TotalRel(&w) {
		return part{}, false
	}
	return part{core: &w, conds: conds, defs: map[algebra.ColumnID]scalar.Expr{}, joins: p.joins, nonlinear: true}, true
}

func (s *splitter) pullSetOp(x *algebra.SetOp) (part, bool) {
	l, ok := s.pull(x.Left)
	if !ok {
		return part{}, false
	}
	r, ok := s.pull(x.Right)
	if !ok {
		return part{}, false
	}
	c := *x
	if c.Left, ok = s.whole(l); !ok {
		return part{}, false
	}
	if c.Right, ok = s.whole(r); !ok {
		return part{}, false
	}
	return part{core: &c, defs: map[algebra.ColumnID]scalar.Expr{}, joins: l.joins + r.joins, nonlinear: true}, true
}
