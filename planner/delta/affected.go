package delta

import (
	"github.com/prequel-db/prequel/planner/algebra"
	"github.com/prequel-db/prequel/planner/norm"
	"github.com/prequel-db/prequel/planner/props"
	"github.com/prequel-db/prequel/sqlparse/catalog"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// A relation that is not linear changes in more rows than those that the changed row is part of: a left join withdraws the
// row of NULLs, a window function renumbers its partition. It is maintained by recomputing what is affected. AffectedKey chooses
// output columns such that, from a changed row, a query (Affected) finds a superset of the values of these columns whose
// rows change; Restrict gives those rows anew.
//
//	vehicles LEFT JOIN pings ON pings.vehicle_id = vehicles.id      key: vehicles.id
//	  a changed vehicle affects its own id; a changed ping its vehicle_id
//	row_number() OVER (PARTITION BY vehicle_id ORDER BY at) over pings      key: vehicle_id
//
// Along the path from the changed row, outer, semi and anti joins become inner joins, and conditions on columns that are not
// known there are dropped, so that the query finds more rather than less.

// AffectedKey is the smallest set of output columns by which def can be recomputed in parts, whichever of its tables changes.
// reason says why there is none.
func AffectedKey(def algebra.Rel) (key []algebra.ColumnID, reason string) {
	available := algebra.OutputSet(def)
	for _, at := range scansOf(def) {
		a := affector{at: at}
		known, ok := a.known(def)
		if !ok {
			return nil, a.reason
		}
		available = available.Intersect(known)
	}
	p := props.Of(def)
	set := p.Reduce(available)
	if set.Empty() && !p.AtMostOne() {
		return nil, "a change may affect every row"
	}
	return set.Ordered(), ""
}

// Affected gives, for each time table occurs in def, the query over the changed row (the Delta leaf) that finds the values of key
// whose rows may change. Its output is the key columns under their own ids; a value may come up several times. cols gains
// columns.
func Affected(def algebra.Rel, key []algebra.ColumnID, table *catalog.Table, cols *scalar.Columns) []Residual {
	var out []Residual
	for _, at := range scansOf(def) {
		if at.Table != table {
			continue
		}
		a := affector{at: at, cols: cols, delta: &algebra.Delta{Table: table, Cols: at.Cols, RowID: at.RowID}}
		r := a.reach(def, scalar.SetOf(key...))
		p := &algebra.Project{In: r.rel}
		for _, id := range key {
			p.Items = append(p.Items, algebra.Item{ID: id, Expr: cols.Ref(id)})
		}
		env := &norm.Env{Columns: cols}
		rel := env.Run(p, scalar.SetOf(key...))
		out = append(out, Residual{Rel: rel, Delta: findDelta(rel, a.delta)})
	}
	return out
}

// findDelta is the changed row's leaf after normalisation, which may have dropped columns of it.
func findDelta(r algebra.Rel, d *algebra.Delta) *algebra.Delta {
	found := d
	algebra.Walk(r, func(x algebra.Rel) bool {
		if y, ok := x.(*algebra.Delta); ok {
			found = y
		}
		return true
	})
	return found
}

// Restrict is def under conditions on its output, pushed down as far as they go.
func Restrict(def algebra.Rel, conds []scalar.Expr, cols *scalar.Columns) algebra.Rel {
	if len(conds) == 0 {
		return def
	}
	env := &norm.Env{Columns: cols}
	return env.Run(&algebra.Filter{In: def, Cond: scalar.Conjunction(conds...)}, algebra.OutputSet(def))
}

func scansOf(r algebra.Rel) []*algebra.Scan {
	var out []*algebra.Scan
	algebra.Walk(r, func(x algebra.Rel) bool {
		if s, ok := x.(*algebra.Scan); ok {
			out = append(out, s)
		}
		return true
	})
	return out
}

// affector follows the way of a change of one scan's table up a definition.
type affector struct {
	at     *algebra.Scan
	delta  *algebra.Delta
	cols   *scalar.Columns
	reason string
}

func (a *affector) within(r algebra.Rel) bool {
	found := false
	algebra.Walk(r, func(x algebra.Rel) bool {
		found = found || x == algebra.Rel(a.at)
		return !found
	})
	return found
}

func (a *affector) refuse(reason string) (scalar.ColSet, bool) {
	a.reason = reason
	return scalar.ColSet{}, false
}

// known is the set of r's columns whose values are known, from the changed row, for all rows of r that may change.
func (a *affector) known(r algebra.Rel) (scalar.ColSet, bool) {
	switch x := r.(type) {
	case *algebra.Scan:
		return algebra.OutputSet(x), true
	case *algebra.Filter:
		return a.known(x.In)
	case *algebra.Project:
		in, ok := a.known(x.In)
		var out scalar.ColSet
		for _, it := range x.Items {
			if c := scalar.ColumnsIn(it.Expr); c.SubsetOf(in) && !scalar.HasSubquery(it.Expr) {
				out.Add(it.ID)
			}
		}
		return out, ok
	case *algebra.Join:
		return a.knownJoin(x)
	case *algebra.GroupBy:
		in, ok := a.known(x.In)
		return in.Intersect(scalar.SetOf(x.Keys...)), ok
	case *algebra.Distinct:
		in, ok := a.known(x.In)
		if x.On != nil {
			in = in.Intersect(scalar.SetOf(x.On...))
		}
		return in, ok
	case *algebra.Window:
		in, ok := a.known(x.In)
		return in.Intersect(scalar.SetOf(x.Partition...)), ok
	case *algebra.SetOp:
		side, cols := x.Left, x.LeftCols
		if a.within(x.Right) {
			side, cols = x.Right, x.RightCols
		}
		in, ok := a.known(side)
		var out scalar.ColSet
		for i, id := range cols {
			if in.Has(id) {
				out.Add(x.Cols[i])
			}
		}
		return out, ok
	case *algebra.TopK:
		if x.Limit == nil && x.Offset == nil {
			return a.known(x.In)
		}
		return a.refuse("LIMIT chooses among all rows")
	}
	return a.refuse("this operator is not maintained")
}

func (a *affector) knownJoin(x *algebra.Join) (scalar.ColSet, bool) {
	switch {
	case x.Kind == algebra.Full:
		return a.refuse("FULL JOIN is not maintained")
	case x.NullAware:
		return a.refuse("NOT IN over a column that may be NULL: one NULL affects every row")
	}
	side, other := x.Left, x.Right
	right := a.within(x.Right)
	if right {
		side, other = x.Right, x.Left
	}
	in, ok := a.known(side)
	if !ok {
		return in, false
	}
	switch {
	case x.Kind == algebra.Inner:
		return in.Union(algebra.OutputSet(other)), true
	case right: // the partners on the left side, found by what is known of the condition
		return algebra.OutputSet(x.Left), true
	case x.Kind == algebra.Left && scalar.ColumnsIn(orNothing(x.On)).SubsetOf(in.Union(algebra.OutputSet(x.Right))):
		return in.Union(algebra.OutputSet(x.Right)), true
	}
	return in, true
}

func orNothing(e scalar.Expr) scalar.Expr {
	if e == nil {
		return scalar.Boolean(true)
	}
	return e
}

// reached is a query for the rows that may change; cols are the columns that it gives.
type reached struct {
	rel  algebra.Rel
	cols scalar.ColSet
}

// reach makes the query for the affected rows of r, with at least the columns in need, which are known.
func (a *affector) reach(r algebra.Rel, need scalar.ColSet) reached {
	switch x := r.(type) {
	case *algebra.Scan:
		return reached{a.delta, algebra.OutputSet(x)}
	case *algebra.Filter:
		in := a.reach(x.In, need)
		return in.where(scalar.Conjuncts(x.Cond))
	case *algebra.Project:
		var below scalar.ColSet
		for _, it := range x.Items {
			if need.Has(it.ID) {
				scalar.AddColumns(&below, it.Expr)
			}
		}
		in := a.reach(x.In, below)
		p := &algebra.Project{In: in.rel}
		for _, it := range x.Items {
			if scalar.ColumnsIn(it.Expr).SubsetOf(in.cols) && !scalar.HasSubquery(it.Expr) {
				p.Items = append(p.Items, it)
			}
		}
		return reached{p, algebra.OutputSet(p)}
	case *algebra.Join:
		return a.reachJoin(x, need)
	case *algebra.GroupBy:
		return a.reach(x.In, need).only(scalar.SetOf(x.Keys...))
	case *algebra.Distinct:
		in := a.reach(x.In, need)
		if x.On != nil {
			in = in.only(scalar.SetOf(x.On...))
		}
		return in
	case *algebra.Window:
		return a.reach(x.In, need).only(scalar.SetOf(x.Partition...))
	case *algebra.TopK:
		return a.reach(x.In, need)
	case *algebra.SetOp:
		side, cols := x.Left, x.LeftCols
		if a.within(x.Right) {
			side, cols = x.Right, x.RightCols
		}
		var below scalar.ColSet
		for i, id := range x.Cols {
			if need.Has(id) {
				below.Add(cols[i])
			}
		}
		in := a.reach(side, below)
		p := &algebra.Project{In: in.rel}
		for i, id := range x.Cols {
			if in.cols.Has(cols[i]) && need.Has(id) {
				p.Items = append(p.Items, algebra.Item{ID: id, Expr: a.cols.Ref(cols[i])})
			}
		}
		return reached{p, algebra.OutputSet(p)}
	}
	panic("delta: reach of what known refuses")
}

// only narrows what is known to the columns by which an operator treats rows apart: the affected rows share these.
func (r reached) only(cols scalar.ColSet) reached { return reached{r.rel, r.cols.Intersect(cols)} }

// where keeps the conditions that can be decided.
func (r reached) where(conds []scalar.Expr) reached {
	if known := decidable(conds, r.cols); len(known) > 0 {
		r.rel = &algebra.Filter{In: r.rel, Cond: scalar.Conjunction(known...)}
	}
	return r
}

func decidable(conds []scalar.Expr, cols scalar.ColSet) []scalar.Expr {
	var out []scalar.Expr
	for _, c := range conds {
		if scalar.ColumnsIn(c).SubsetOf(cols) && !scalar.HasSubquery(c) {
			out = append(out, c)
		}
	}
	return out
}

func (a *affector) reachJoin(x *algebra.Join, need scalar.ColSet) reached {
	side, other, right := x.Left, x.Right, false
	if a.within(x.Right) {
		side, other, right = x.Right, x.Left, true
	}
	known, _ := a.known(side)
	on := scalar.Conjuncts(x.On)
	below := need
	for _, c := range on {
		below = below.Union(scalar.ColumnsIn(c))
	}
	s := a.reach(side, below.Intersect(known))
	if need.SubsetOf(s.cols) && (x.Kind == algebra.Inner || !right) {
		return s // the other side could only narrow it
	}
	cols := s.cols.Union(algebra.OutputSet(other))
	if right && x.Kind != algebra.Inner {
		cols = algebra.OutputSet(other)
	}
	if right || x.Kind == algebra.Inner {
		if p, ok := a.byEquality(s, on, need); ok {
			return p
		}
	}
	j := &algebra.Join{
		Kind: algebra.Inner, Left: s.rel, Right: other,
		On: scalar.Conjunction(decidable(on, s.cols.Union(algebra.OutputSet(other)))...),
	}
	if x.Kind == algebra.Left && !right {
		j.Kind = algebra.Left
	}
	return reached{j, cols}
}

// byEquality reads the needed columns of the other side off the join condition, where it equates them with known ones.
func (a *affector) byEquality(s reached, on []scalar.Expr, need scalar.ColSet) (reached, bool) {
	p := &algebra.Project{In: s.rel}
	var present []scalar.Expr
	for _, id := range need.Ordered() {
		if s.cols.Has(id) {
			p.Items = append(p.Items, algebra.Item{ID: id, Expr: a.cols.Ref(id)})
			continue
		}
		from := algebra.ColumnID(0)
		for _, c := range on {
			l, r, ok := props.ColumnsEqual(c)
			if !ok {
				continue
			}
			if r.Col.ID == id {
				l, r = r, l
			}
			if l.Col.ID == id && s.cols.Has(r.Col.ID) && l.Col.Typ.SameBase(r.Col.Typ) {
				from = r.Col.ID
			}
		}
		if from == 0 {
			return reached{}, false
		}
		ref := a.cols.Ref(from)
		p.Items = append(p.Items, algebra.Item{ID: id, Expr: ref})
		present = append(present, scalar.Negate(&scalar.IsNull{Node: scalar.Node{Typ: scalar.Boolean(true).Typ}, Arg: ref}))
	}
	p.In = reached{s.rel, s.cols}.where(present).rel
	return reached{p, need}, true
}
