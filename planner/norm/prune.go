package norm

import (
	"github.com/prequel-db/prequel/planner/algebra"
	"github.com/prequel-db/prequel/planner/props"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// prune removes what nobody reads: columns of scans and projections, aggregates and window functions, whole operators that only
// compute such columns, and left joins that can neither add nor drop rows. PostgreSQL does not evaluate unused columns of
// subqueries either, so an error in one disappears there too; columns of VALUES it does evaluate, and those stay if
// they can raise.
func (e *Env) prune(r algebra.Rel, need scalar.ColSet) algebra.Rel {
	below := need.Union(algebra.Uses(r))
	switch x := r.(type) {
	case *algebra.Scan:
		return e.pruneScan(x, need)
	case *algebra.Values:
		return e.pruneValues(x, need)
	case *algebra.Project:
		return e.pruneProject(x, need)
	case *algebra.Join:
		return e.pruneJoin(x, need, below)
	case *algebra.Apply:
		return e.pruneApply(x, need, below)
	case *algebra.GroupBy:
		return e.pruneGroupBy(x, need)
	case *algebra.GroupingSets:
		aggs := keepAggs(x.Aggs, need)
		if len(aggs) < len(x.Aggs) || x.GroupingID != 0 && !need.Has(x.GroupingID) {
			e.fire("prune-aggregate")
			c := *x
			c.Aggs = aggs
			if !need.Has(x.GroupingID) {
				c.GroupingID = 0
			}
			x = &c
		}
		return e.pruneInputs(x, algebra.Uses(x))
	case *algebra.Distinct:
		if x.On == nil {
			below = algebra.OutputSet(x.In)
		}
	case *algebra.SetOp:
		return e.pruneSetOp(x, need)
	case *algebra.Window:
		return e.pruneWindow(x, need)
	case *algebra.RecursiveUnion:
		below = scalar.SetOf(x.SeedCols...).Union(scalar.SetOf(x.StepCols...))
	case *algebra.MaxOne:
		if e.of(x.In).ExactlyOne() {
			e.fire("max-one-of-one")
			return e.prune(x.In, need)
		}
	}
	return e.pruneInputs(r, below)
}

func (e *Env) pruneInputs(r algebra.Rel, need scalar.ColSet) algebra.Rel {
	return algebra.MapChildren(r, func(in algebra.Rel) algebra.Rel { return e.prune(in, need) })
}

func (e *Env) pruneScan(x *algebra.Scan, need scalar.ColSet) algebra.Rel {
	if algebra.OutputSet(x).SubsetOf(need) {
		return x
	}
	e.fire("prune-scan")
	c := *x
	c.Cols = make([]algebra.ColumnID, len(x.Cols))
	for i, id := range x.Cols {
		if need.Has(id) {
			c.Cols[i] = id
		}
	}
	if !need.Has(x.RowID) {
		c.RowID = 0
	}
	return &c
}

func (e *Env) pruneValues(x *algebra.Values, need scalar.ColSet) algebra.Rel {
	drop := make([]bool, len(x.Cols))
	any := false
	for i, id := range x.Cols {
		drop[i] = !need.Has(id)
		for _, row := range x.Rows {
			drop[i] = drop[i] && props.Total(row[i])
		}
		any = any || drop[i]
	}
	if !any {
		return x
	}
	e.fire("prune-values")
	c := &algebra.Values{Rows: make([][]scalar.Expr, len(x.Rows))}
	for i, id := range x.Cols {
		if drop[i] {
			continue
		}
		c.Cols = append(c.Cols, id)
		for j, row := range x.Rows {
			c.Rows[j] = append(c.Rows[j], row[i])
		}
	}
	for j := range c.Rows {
		if c.Rows[j] == nil {
			c.Rows[j] = []scalar.Expr{}
		}
	}
	return c
}

func (e *Env) pruneProject(x *algebra.Project, need scalar.ColSet) algebra.Rel {
	var items []algebra.Item
	var below scalar.ColSet
	for _, it := range x.Items {
		if need.Has(it.ID) || scalar.HasVolatile(it.Expr) {
			items = append(items, it)
			scalar.AddColumns(&below, it.Expr)
		}
	}
	in := e.prune(x.In, below)
	if len(items) == len(x.Items) {
		if in == x.In {
			return x
		}
		return &algebra.Project{In: in, Items: items}
	}
	e.fire("prune-project")
	if len(items) == 0 {
		return in
	}
	return &algebra.Project{In: in, Items: items}
}

func (e *Env) pruneJoin(x *algebra.Join, need, below scalar.ColSet) algebra.Rel {
	left, right := algebra.OutputSet(x.Left), algebra.OutputSet(x.Right)
	if x.Kind == algebra.Left && !need.Intersects(right) && e.known.MatchesOne(x.Left, x.Right, x.On) {
		e.fire("drop-left-join")
		return e.prune(x.Left, need)
	}
	if x.Kind == algebra.Inner {
		if r, ok := e.dropReferred(x.Left, x.Right, x.On, need); ok {
			return e.prune(r, need)
		}
		if r, ok := e.dropReferred(x.Right, x.Left, x.On, need); ok {
			return e.prune(r, need)
		}
	}
	if x.Kind == algebra.Inner && x.On == nil {
		if !need.Intersects(right) && e.of(x.Right).ExactlyOne() && props.TotalRel(x.Right) {
			e.fire("drop-one-row")
			return e.prune(x.Left, need)
		}
		if !need.Intersects(left) && e.of(x.Left).ExactlyOne() && props.TotalRel(x.Left) {
			e.fire("drop-one-row")
			return e.prune(x.Right, need)
		}
	}
	return e.pruneInputs(x, below)
}

// pruneApply drops a subquery whose value nobody reads; PostgreSQL does not evaluate it then.
func (e *Env) pruneApply(x *algebra.Apply, need, below scalar.ColSet) algebra.Rel {
	right := algebra.OutputSet(x.Right)
	if !need.Intersects(right) && x.On == nil {
		p := e.of(x.Right)
		if x.Kind == algebra.Left && p.AtMostOne() || x.Kind == algebra.Inner && p.ExactlyOne() {
			e.fire("drop-apply")
			return e.prune(x.Left, need)
		}
	}
	return e.pruneInputs(x, below.Union(algebra.FreeColumns(x.Right)))
}

func keepAggs(aggs []algebra.Agg, need scalar.ColSet) []algebra.Agg {
	var out []algebra.Agg
	for _, a := range aggs {
		if need.Has(a.ID) {
			out = append(out, a)
		}
	}
	return out
}

func (e *Env) pruneGroupBy(x *algebra.GroupBy, need scalar.ColSet) algebra.Rel {
	if aggs := keepAggs(x.Aggs, need); len(aggs) < len(x.Aggs) {
		e.fire("prune-aggregate")
		c := *x
		c.Aggs = aggs
		x = &c
	}
	if x.Scalar && len(x.Aggs) == 0 {
		e.fire("prune-aggregation")
		return &algebra.Values{Rows: [][]scalar.Expr{{}}}
	}
	return e.pruneInputs(x, algebra.Uses(x))
}

// pruneSetOp drops unused columns of UNION ALL; the other operations compare whole rows.
func (e *Env) pruneSetOp(x *algebra.SetOp, need scalar.ColSet) algebra.Rel {
	if x.Kind == algebra.Union && x.All && !scalar.SetOf(x.Cols...).SubsetOf(need) {
		e.fire("prune-union")
		c := *x
		c.Cols, c.LeftCols, c.RightCols = nil, nil, nil
		for i, id := range x.Cols {
			if need.Has(id) {
				c.Cols, c.LeftCols, c.RightCols = append(c.Cols, id), append(c.LeftCols, x.LeftCols[i]), append(c.RightCols, x.RightCols[i])
			}
		}
		x = &c
	}
	return e.pruneInputs(x, algebra.Uses(x))
}

func (e *Env) pruneWindow(x *algebra.Window, need scalar.ColSet) algebra.Rel {
	var funcs []algebra.WindowFunc
	for _, f := range x.Funcs {
		if need.Has(f.ID) {
			funcs = append(funcs, f)
		}
	}
	if len(funcs) == 0 {
		e.fire("prune-window")
		return e.prune(x.In, need)
	}
	if len(funcs) < len(x.Funcs) {
		e.fire("prune-window")
		c := *x
		c.Funcs = funcs
		x = &c
	}
	return e.pruneInputs(x, need.Union(algebra.Uses(x)))
}
