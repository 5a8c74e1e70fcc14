package norm

import (
	"slices"

	"github.com/prequel-db/prequel/planner/algebra"
	"github.com/prequel-db/prequel/planner/props"
	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// decorrelate makes joins of Applys where the right side depends on the left row by conditions only. Aggregations per left row
// and the like stay: at read a lookup for each left row is the right plan for them, and Unnest is there for maintenance.
func (e *Env) decorrelate(r algebra.Rel, _ scalar.ColSet) algebra.Rel {
	return algebra.Rewrite(r, func(x algebra.Rel) algebra.Rel {
		if a, ok := x.(*algebra.Apply); ok {
			return e.apply(a)
		}
		return x
	})
}

func (e *Env) apply(x *algebra.Apply) algebra.Rel {
	if x.NullAware {
		return e.nullAware(x)
	}
	c := *x
	if c.Kind == algebra.Semi || c.Kind == algebra.Anti {
		e.existence(&c)
		if out, done := e.existsAlways(&c); done {
			return out
		}
	}
	if m := e.dropMaxOne(c.Right); m != c.Right {
		c.Right = m
	}
	left := algebra.OutputSet(c.Left)
	if algebra.FreeColumns(c.Right).Intersects(left) && pullable(c.Right, left, c.Kind) {
		right, conds := pullUp(c.Right, left)
		e.fire("decorrelate")
		c.Right = right
		c.On = scalar.Conjunction(append(conds, scalar.Conjuncts(c.On)...)...)
	}
	if algebra.FreeColumns(c.Right).Intersects(left) {
		return e.unchanged(x, &c)
	}
	// An uncorrelated subquery runs once, whether or not there are left rows. When that can raise an error it has to wait for
	// the first left row, as in PostgreSQL.
	if (c.Kind == algebra.Inner || c.Kind == algebra.Left) && !props.TotalRel(c.Right) && hasMaxOneOrCompute(c.Right) {
		return e.unchanged(x, &c)
	}
	e.fire("apply-to-join")
	return &algebra.Join{Kind: c.Kind, Left: c.Left, Right: c.Right, On: c.On}
}

func (e *Env) unchanged(x, c *algebra.Apply) algebra.Rel {
	if *x == *c {
		return x
	}
	return c
}

// hasMaxOneOrCompute reports whether evaluating a relation for no left row could raise an error that the tables alone do
// not: anything but scans, joins and filters, which run row by row when they are asked.
func hasMaxOneOrCompute(r algebra.Rel) bool {
	found := false
	algebra.Walk(r, func(x algebra.Rel) bool {
		switch x.(type) {
		case *algebra.Scan, *algebra.Filter, *algebra.Join:
		default:
			found = true
		}
		return !found
	})
	return found
}

// nullAware writes NOT IN out: the row is dropped when a comparison is true or unknown. Without correlation the join says
// so itself; when neither side can be NULL nothing is unknown.
func (e *Env) nullAware(x *algebra.Apply) algebra.Rel {
	c := *x
	c.NullAware = false
	e.fire("null-aware")
	notNull := e.of(x.Left).NotNull.Union(e.of(x.Right).NotNull)
	if props.NotNull(single(x.On), notNull) {
		return e.apply(&c)
	}
	if !algebra.FreeColumns(x.Right).Intersects(algebra.OutputSet(x.Left)) {
		return &algebra.Join{Kind: algebra.Anti, Left: x.Left, Right: x.Right, On: x.On, NullAware: true}
	}
	no := false
	c.On = scalar.Conjunction(&scalar.IsBool{
		Node: scalar.Node{Typ: value.Of(value.Bool), Pos: x.On.Span()}, Arg: single(x.On),
		Value: &no, Negated: true,
	})
	return e.apply(&c)
}

// existence drops from a relation of which only the presence of a matching row matters what does not change that: ORDER
// BY, DISTINCT, projections, grouping, and a LIMIT when there is nothing to match.
func (e *Env) existence(c *algebra.Apply) {
	for {
		if c.On == nil && recurs(c.Right) { // and may not come to an end by itself
			c.Right = e.oneWanted(oneRow(c.Right))
			return
		}
		switch r := c.Right.(type) {
		case *algebra.Distinct:
			if r.On != nil && c.On != nil {
				return
			}
			c.Right = r.In
		case *algebra.TopK:
			if r.Limit != nil && (c.On != nil || !positive(r.Limit)) || r.Offset != nil {
				if c.On == nil {
					c.Right = e.oneWanted(r)
				}
				return
			}
			c.Right = r.In
		case *algebra.Project:
			defs, simple := definitions(r, c.On)
			if !simple {
				return
			}
			c.On = flat(scalar.Substitute(c.On, defs))
			c.Right = r.In
		case *algebra.GroupBy:
			if r.Scalar || c.On != nil && !scalar.ColumnsIn(c.On).Intersect(algebra.OutputSet(r)).SubsetOf(scalar.SetOf(r.Keys...)) {
				return
			}
			c.Right = r.In
		default:
			return
		}
		e.fire("existence")
	}
}

// recurs reports whether a relation is computed by recursion.
func recurs(r algebra.Rel) bool {
	found := false
	algebra.Walk(r, func(x algebra.Rel) bool {
		_, recursive := x.(*algebra.RecursiveUnion)
		found = found || recursive
		return !found
	})
	return found
}

// oneRow is a relation with a LIMIT on top, or below projections on top.
func oneRow(r algebra.Rel) algebra.Rel {
	in := r
	for {
		switch x := in.(type) {
		case *algebra.Project:
			in = x.In
			continue
		case *algebra.TopK:
			if x.Limit != nil || x.Offset != nil {
				return r
			}
		}
		return &algebra.TopK{In: r, Limit: scalar.Bigint("1")}
	}
}

// oneWanted has the LIMIT of a relation of which only the presence of a row matters ask for one row: PostgreSQL asks for no more, and rows
// behind the first raise no error.
func (e *Env) oneWanted(r algebra.Rel) algebra.Rel {
	switch x := r.(type) {
	case *algebra.Project:
		if in := e.oneWanted(x.In); in != x.In {
			return &algebra.Project{In: in, Items: x.Items}
		}
	case *algebra.TopK:
		if x.Limit == nil && x.Offset == nil || atMostOne(x.Limit) {
			return r
		}
		e.fire("limit-of-existence")
		c := *x
		one := scalar.Bigint("1")
		if c.Limit = one; x.Limit != nil && !positive(x.Limit) {
			c.Limit = extreme(true, x.Limit, one)
		}
		return &c
	}
	return r
}

// atMostOne reports whether a LIMIT is 1 or less by how it is written.
func atMostOne(limit scalar.Expr) bool {
	switch x := limit.(type) {
	case *scalar.Const:
		return !x.Null && (x.Text == "1" || x.Text == "0")
	case *scalar.MinMax:
		return x.Least && slices.ContainsFunc(x.Args, atMostOne)
	}
	return false
}

func positive(limit scalar.Expr) bool {
	c, ok := limit.(*scalar.Const)
	return ok && !c.Null && c.Text != "0" && c.Text[0] != '-'
}

// definitions maps a projection's columns to their expressions. simple reports whether none that cond uses holds a query.
func definitions(p *algebra.Project, cond scalar.Expr) (defs map[algebra.ColumnID]scalar.Expr, simple bool) {
	used := scalar.ColSet{}
	if cond != nil {
		used = scalar.ColumnsIn(cond)
	}
	defs, simple = map[algebra.ColumnID]scalar.Expr{}, true
	for _, it := range p.Items {
		defs[it.ID] = it.Expr
		if used.Has(it.ID) && scalar.HasSubquery(it.Expr) {
			simple = false
		}
	}
	return defs, simple
}

// flat rebuilds a condition as a conjunction after a substitution.
func flat(e scalar.Expr) scalar.Expr {
	if e == nil {
		return nil
	}
	return scalar.Conjunction(e)
}

// existsAlways decides EXISTS over a relation that always has a row.
func (e *Env) existsAlways(c *algebra.Apply) (algebra.Rel, bool) {
	if c.On != nil {
		return nil, false
	}
	g, ok := c.Right.(*algebra.GroupBy)
	v, isValues := c.Right.(*algebra.Values)
	if !(ok && g.Scalar) && !(isValues && len(v.Rows) > 0) {
		return nil, false
	}
	e.fire("exists-always")
	if c.Kind == algebra.Anti {
		return empty(c.Left), true
	}
	return c.Left, true
}

// dropMaxOne removes the check for several rows where there cannot be: the keys of the tables, with the left row's columns
// as constants, say so. Under a left Apply no row is a row of NULLs already.
func (e *Env) dropMaxOne(r algebra.Rel) algebra.Rel {
	switch x := r.(type) {
	case *algebra.MaxOne:
		if e.of(x.In).AtMostOne() {
			e.fire("max-one-by-key")
			return x.In
		}
	case *algebra.Project:
		m, ok := x.In.(*algebra.MaxOne)
		if ok && e.of(m.In).AtMostOne() && columnsOnly(x) {
			e.fire("max-one-by-key")
			return &algebra.Project{In: m.In, Items: x.Items}
		}
	}
	return r
}

func columnsOnly(p *algebra.Project) bool {
	for _, it := range p.Items {
		if scalar.BareColumn(it.Expr) == nil {
			return false
		}
	}
	return true
}

// pullable reports whether all references of r to the columns in left stand in conditions that pullUp can take out.
func pullable(r algebra.Rel, left scalar.ColSet, kind algebra.JoinKind) bool {
	if !algebra.FreeColumns(r).Intersects(left) {
		return true
	}
	switch x := r.(type) {
	case *algebra.Filter:
		for _, c := range scalar.Conjuncts(x.Cond) {
			if scalar.HasSubquery(c) && scalar.ColumnsIn(c).Intersects(left) {
				return false
			}
		}
		return pullable(x.In, left, kind)
	case *algebra.Project:
		// Computed columns would be evaluated before the condition above them.
		if !columnsOnly(x) && kind != algebra.Inner || itemsUse(x, left) {
			return false
		}
		return pullable(x.In, left, kind)
	case *algebra.Join:
		on := x.On != nil && scalar.ColumnsIn(x.On).Intersects(left)
		switch x.Kind {
		case algebra.Inner:
			return !(on && scalar.HasSubquery(x.On)) && pullable(x.Left, left, kind) && pullable(x.Right, left, kind)
		case algebra.Left, algebra.Semi, algebra.Anti:
			return !on && !algebra.FreeColumns(x.Right).Intersects(left) && pullable(x.Left, left, kind)
		}
	}
	return false
}

func itemsUse(p *algebra.Project, cols scalar.ColSet) bool {
	for _, it := range p.Items {
		if scalar.ColumnsIn(it.Expr).Intersects(cols) {
			return true
		}
	}
	return false
}

// pullUp takes the conditions on left out of r, which pullable has looked at, and makes the columns they need outputs.
func pullUp(r algebra.Rel, left scalar.ColSet) (algebra.Rel, []scalar.Expr) {
	if !algebra.FreeColumns(r).Intersects(left) {
		return r, nil
	}
	switch x := r.(type) {
	case *algebra.Filter:
		in, conds := pullUp(x.In, left)
		var stay []scalar.Expr
		for _, c := range scalar.Conjuncts(x.Cond) {
			if scalar.ColumnsIn(c).Intersects(left) {
				conds = append(conds, c)
			} else {
				stay = append(stay, c)
			}
		}
		return filtered(in, stay), conds
	case *algebra.Project:
		in, conds := pullUp(x.In, left)
		p := &algebra.Project{In: in, Items: append([]algebra.Item(nil), x.Items...)}
		have := algebra.OutputSet(x)
		below := algebra.OutputSet(in)
		for _, c := range conds {
			scalar.Walk(c, func(e scalar.Expr) bool {
				if col, ok := e.(*scalar.Column); ok && below.Has(col.ID) && !have.Has(col.ID) {
					have.Add(col.ID)
					p.Items = append(p.Items, algebra.Item{ID: col.ID, Expr: &scalar.Column{Node: scalar.Node{Typ: col.Typ}, ID: col.ID}})
				}
				return true
			})
		}
		return p, conds
	case *algebra.Join:
		c := *x
		var l, rt []scalar.Expr
		c.Left, l = pullUp(x.Left, left)
		c.Right, rt = pullUp(x.Right, left)
		conds := append(l, rt...)
		var stay []scalar.Expr
		for _, p := range scalar.Conjuncts(x.On) {
			if scalar.ColumnsIn(p).Intersects(left) {
				conds = append(conds, p)
			} else {
				stay = append(stay, p)
			}
		}
		c.On = scalar.Conjunction(stay...)
		return &c, conds
	}
	panic("norm: not pullable")
}
