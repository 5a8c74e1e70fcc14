package delta

import (
	"slices"

	"github.com/prequel-db/prequel/planner/algebra"
	"github.com/prequel-db/prequel/planner/props"
	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// Groups may be wanted in the order of what is computed of their accumulators, or a range of that: the largest average, the sum of a numeric,
// the groups HAVING more than so much. A view of the groups has the computed value as a column, and thus an order:
//
//	topk [avg desc] limit 10                          topk [avg desc] limit 10
//	  project avg = numeric_div(sum, rows)     =>       scan view (project avg = numeric_div(sum, rows)
//	    scan groups                                       scan groups)

// ordered gives such columns to the groups that r reads.
func (s *splitter) ordered(r algebra.Rel) algebra.Rel {
	return algebra.Rewrite(r, func(r algebra.Rel) algebra.Rel {
		switch x := r.(type) {
		case *algebra.TopK:
			if x.Limit != nil && len(x.Order) > 0 {
				return s.orderedFirst(x)
			}
		case *algebra.Filter:
			return s.orderedRange(x)
		}
		return r
	})
}

// orderedFirst makes columns of what the first rows are computed by.
func (s *splitter) orderedFirst(x *algebra.TopK) algebra.Rel {
	var projects []*algebra.Project // the outermost first
	in := x.In
	for p, ok := in.(*algebra.Project); ok; p, ok = in.(*algebra.Project) {
		projects = append(projects, p)
		in = p.In
	}
	f, filters := in.(*algebra.Filter)
	if filters {
		in = f.In
	}
	scan, v := s.groupsOf(in)
	if v == nil {
		return x
	}
	c := &computed{s: s, v: v, scan: scan}
	by := map[algebra.ColumnID]scalar.Expr{} // the columns that take the place of those sorted by
	for _, o := range x.Order {
		e := s.column(o.Col)
		for _, p := range projects {
			defs := map[algebra.ColumnID]scalar.Expr{}
			for _, it := range p.Items {
				defs[it.ID] = it.Expr
			}
			e = scalar.Substitute(e, defs)
		}
		if col := c.column(e); col != e {
			by[o.Col] = col
		}
	}
	if len(c.items) == 0 {
		return x
	}
	var need scalar.ColSet
	if filters {
		scalar.AddColumns(&need, f.Cond)
	}
	for _, p := range projects {
		for _, it := range p.Items {
			scalar.AddColumns(&need, it.Expr)
		}
	}
	in = c.view(need)
	if filters {
		in = &algebra.Filter{In: in, Cond: f.Cond}
	}
	for i, p := range slices.Backward(projects) {
		items := slices.Clone(p.Items)
		if i > 0 {
			for _, it := range c.items {
				items = append(items, algebra.Item{ID: it.ID, Expr: s.column(it.ID)})
			}
		} else {
			for k, it := range items {
				if col := by[it.ID]; col != nil {
					items[k].Expr = col
				}
			}
		}
		in = &algebra.Project{In: in, Items: items}
	}
	out := *x
	out.In = in
	return &out
}

// orderedRange makes columns of what a condition compares with something else.
func (s *splitter) orderedRange(x *algebra.Filter) algebra.Rel {
	scan, v := s.groupsOf(x.In)
	if v == nil {
		return x
	}
	own := algebra.OutputSet(scan)
	c := &computed{s: s, v: v, scan: scan}
	conds := slices.Clone(scalar.Conjuncts(x.Cond))
	for i, cond := range conds {
		call, ok := cond.(*scalar.Call)
		if !ok || len(call.Args) != 2 {
			continue
		}
		switch scalar.ComparisonOf(call.Fn) {
		case scalar.LT, scalar.LE, scalar.GT, scalar.GE:
		default:
			continue
		}
		for k, a := range call.Args {
			if other := call.Args[1-k]; !scalar.ColumnsIn(other).Intersects(own) && !scalar.HasSubquery(other) {
				args := slices.Clone(call.Args)
				args[k] = c.column(a)
				with := *call
				with.Args = args
				conds[i] = &with
				break
			}
		}
	}
	if len(c.items) == 0 {
		return x
	}
	return &algebra.Filter{In: c.view(own), Cond: scalar.Conjunction(conds...)}
}

// groupsOf recognises the scan of a view of groups that have more than a count.
func (s *splitter) groupsOf(r algebra.Rel) (*algebra.Scan, *View) {
	scan, ok := r.(*algebra.Scan)
	if !ok {
		return nil, nil
	}
	i := slices.IndexFunc(s.views, func(v *View) bool {
		return v.Table == scan.Table && v.Group != nil && len(v.Group.Sums)+len(v.Group.Recompute) > 0 && len(v.Table.PrimaryKey) > 0
	})
	if i < 0 {
		return nil, nil
	}
	return scan, s.views[i]
}

// computed collects the columns that a view of groups computes of them.
type computed struct {
	s     *splitter
	v     *View
	scan  *algebra.Scan
	items []algebra.Item // by the scan's columns
}

// column is a column for an expression over the groups, or the expression where it cannot be one.
func (c *computed) column(e scalar.Expr) scalar.Expr {
	if !c.can(e) {
		return e
	}
	return c.s.computed(&c.items, "value", e, props.Of(c.scan).NotNull)
}

// can reports whether an expression is computed of a group and never fails.
func (c *computed) can(e scalar.Expr) bool {
	if !computedOver(e, algebra.OutputSet(c.scan)) {
		return false
	}
	switch e.Type().Kind {
	case value.Bool, value.Float4, value.Float8, value.Interval, value.JSON, value.JSONB, value.Array, value.Record:
		return false
	}
	return maintainable(c.plain(e))
}

// plain leaves out what never fails over a group's accumulators.
func (c *computed) plain(e scalar.Expr) scalar.Expr {
	return scalar.Map(e, func(x scalar.Expr) scalar.Expr {
		call, ok := x.(*scalar.Call)
		if !ok {
			return x
		}
		switch call.Fn.Proc {
		case "scalesum_value", "numsum_value":
			return call.Args[0]
		case "numeric_div": // an average: a group has rows, or the division is not come to
			if n, ok := call.Args[1].(*scalar.Call); ok && n.Fn.Proc == "int8_numeric" && c.isCount(n.Args[0]) {
				return call.Args[0]
			}
		}
		return x
	})
}

// isCount reports whether an expression is one of the group's counts.
func (c *computed) isCount(e scalar.Expr) bool {
	col, ok := e.(*scalar.Column)
	if !ok {
		return false
	}
	pos := slices.Index(c.scan.Cols, col.ID)
	return pos == c.v.Group.Rows || slices.ContainsFunc(c.v.Group.Sums, func(sum Sum) bool { return sum.Count && sum.Pos == pos })
}

// view makes the view of the groups with the computed columns, and reads it in the scan's place. need are the scan's columns that are read.
func (c *computed) view(need scalar.ColSet) algebra.Rel {
	s := c.s
	own, ids := algebra.Fresh(c.scan, s.cols)
	core, _ := own.(*algebra.Scan)
	core.Cols = slices.Clone(core.Cols)
	v := &View{Columns: s.cols, Why: []string{s.name}}
	read := &algebra.Scan{}
	for pos, id := range core.Cols {
		key := slices.Contains(c.v.Table.PrimaryKey, pos)
		if id == 0 && key {
			col := c.v.Table.Columns[pos]
			id = s.cols.New(col.Name, col.Type, !col.NotNull)
			core.Cols[pos] = id
		}
		if id == 0 {
			continue
		}
		if key {
			v.CoreKey = append(v.CoreKey, id)
		}
		if key || need.Has(c.scan.Cols[pos]) {
			v.Cols, read.Cols = append(v.Cols, id), append(read.Cols, c.scan.Cols[pos])
		}
	}
	p := &algebra.Project{In: core}
	for _, id := range v.Cols {
		p.Items = append(p.Items, algebra.Item{ID: id, Expr: s.column(id)})
	}
	for _, it := range c.items {
		info := *s.cols.Get(it.ID)
		id := s.cols.New(info.Name, info.Type, info.Nullable)
		p.Items = append(p.Items, algebra.Item{ID: id, Expr: scalar.Rename(it.Expr, ids)})
		v.Cols, read.Cols = append(v.Cols, id), append(read.Cols, it.ID)
	}
	v.Core = p
	s.register(v, props.Of(p).NotNull, "")
	read.Table = v.Table
	return read
}
