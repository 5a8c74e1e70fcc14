package planner

import (
	"github.com/prequel-db/prequel/planner/algebra"
	"github.com/prequel-db/prequel/planner/props"
	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// where filters rel: the conjuncts without subqueries first, as PostgreSQL orders conditions by cost, then each of the others
// as a semi join, an anti join, or a filter over what lift makes of it.
func (t *translator) where(rel algebra.Rel, cond scalar.Expr) algebra.Rel {
	var plain, rest []scalar.Expr
	for _, c := range scalar.Conjuncts(cond) {
		if scalar.HasSubquery(c) {
			rest = append(rest, c)
		} else {
			plain = append(plain, c)
		}
	}
	rel = filter(rel, plain...)
	for _, c := range rest {
		if !props.Total(c) && !scalar.ColumnsIn(c).Intersects(algebra.OutputSet(rel)) {
			rel = filter(rel, c)
			continue
		}
		if r, ok := t.semi(rel, c); ok {
			rel = r
			continue
		}
		var e scalar.Expr
		rel, e = t.lift(rel, c)
		rel = filter(rel, e)
	}
	return rel
}

// semi translates a conjunct that is EXISTS, IN, ANY, ALL or the negation of one:
//
//	EXISTS q, NOT EXISTS q         semi, anti join
//	x op ANY q                     semi join on x op y
//	NOT (x op ANY q)               null-aware anti join on x op y: kept if no comparison is true or unknown
//	x op ALL q                     null-aware anti join on NOT (x op y)
//	NOT (x op ALL q)               semi join on NOT (x op y): some comparison is false
func (t *translator) semi(rel algebra.Rel, c scalar.Expr) (algebra.Rel, bool) {
	negated := false
	for {
		n, ok := c.(*scalar.Not)
		if !ok {
			break
		}
		c, negated = n.Arg, !negated
	}
	s, ok := c.(*scalar.Subquery)
	if !ok {
		return nil, false
	}
	right, ok := s.Query.(algebra.Rel)
	if !ok {
		return nil, false
	}
	a := &algebra.Apply{Kind: algebra.Semi, Left: rel, Right: right}
	switch s.Kind {
	case scalar.ExistsSubquery:
		if negated {
			a.Kind = algebra.Anti
		}
		return a, true
	case scalar.AnySubquery, scalar.AllSubquery:
		left := make([]scalar.Expr, len(s.Left))
		for i, e := range s.Left {
			a.Left, left[i] = t.lift(a.Left, e)
		}
		all := s.Kind == scalar.AllSubquery
		a.On = scalar.Conjunction(t.compareRows(left, s.Op, algebra.OutputCols(right), all))
		if all != negated {
			a.Kind, a.NullAware = algebra.Anti, true
		}
		return a, true
	}
	return nil, false
}

// compareRows is left op right for rows of columns, or its negation. A row comparison is = of all columns or <> of any.
func (t *translator) compareRows(left []scalar.Expr, ops []*scalar.Func, right []algebra.ColumnID, negate bool) scalar.Expr {
	parts := make([]scalar.Expr, len(left))
	for i, l := range left {
		parts[i] = scalar.CompareCall(ops[i], l, t.cols.Ref(right[i]))
		if negate {
			parts[i] = scalar.Negate(parts[i])
		}
	}
	if len(parts) == 1 {
		return parts[0]
	}
	node := scalar.Node{Typ: value.Of(value.Bool), Pos: left[0].Span()}
	if (scalar.ComparisonOf(ops[0]) == scalar.NE) != negate {
		return &scalar.Or{Node: node, Args: parts}
	}
	return &scalar.And{Node: node, Args: parts}
}

// lift moves subqueries out of an expression over rel into rel. It moves those that PostgreSQL evaluates whenever it
// evaluates the expression; and of those that it evaluates only sometimes (in branches of CASE and COALESCE, and in AND and OR
// behind the first operand) the ones that can neither raise an error nor depend on the row, so that evaluating them always
// and once is the same. ANY, ALL and ARRAY stay, and EXISTS when it depends on the row: at read they stop at the first row that
// decides.
func (t *translator) lift(rel algebra.Rel, e scalar.Expr) (algebra.Rel, scalar.Expr) {
	if e == nil || !scalar.HasSubquery(e) {
		return rel, e
	}
	l := &lifter{t: t, rel: rel}
	e = l.expr(e, false)
	return l.rel, e
}

type lifter struct {
	t   *translator
	rel algebra.Rel
}

// expr rewrites e; lazy says that e may not be evaluated for every row.
func (l *lifter) expr(e scalar.Expr, lazy bool) scalar.Expr {
	if !scalar.HasSubquery(e) {
		return e
	}
	switch x := e.(type) {
	case *scalar.Subquery:
		m := scalar.MapChildren(x, func(c scalar.Expr) scalar.Expr { return l.expr(c, lazy) }).(*scalar.Subquery)
		return l.subquery(m, lazy)
	case *scalar.Call:
		if x.Fn.Routine != nil && !x.Fn.Volatile {
			c, _ := scalar.MapChildren(x, func(c scalar.Expr) scalar.Expr { return l.expr(c, lazy) }).(*scalar.Call)
			if lazy {
				return c
			}
			return l.call(c)
		}
	case *scalar.And, *scalar.Or, *scalar.Coalesce, *scalar.Case:
		first := true // MapChildren visits in order of evaluation
		return scalar.MapChildren(e, func(c scalar.Expr) scalar.Expr {
			out := l.expr(c, lazy || !first)
			first = false
			return out
		})
	}
	return scalar.MapChildren(e, func(c scalar.Expr) scalar.Expr { return l.expr(c, lazy) })
}

// call applies a declared function. One that is the same for all rows may be called before any is looked for, as PostgreSQL does to find
// them by its value.
func (l *lifter) call(c *scalar.Call) scalar.Expr {
	id := l.t.cols.New(c.Fn.Name, c.Typ, true)
	right := &algebra.FuncScan{Calls: []algebra.SetCall{{Call: c, Cols: []algebra.ColumnID{id}}}, Value: c.Fn.Stable}
	if c.Fn.Stable {
		l.rel = combine(algebra.Inner, l.rel, right, nil)
	} else {
		l.rel = &algebra.Apply{Kind: algebra.Inner, Left: l.rel, Right: right}
	}
	return &scalar.Column{Node: scalar.Node{Typ: c.Typ, Pos: c.Pos}, ID: id}
}

func (l *lifter) subquery(s *scalar.Subquery, lazy bool) scalar.Expr {
	rel, ok := s.Query.(algebra.Rel)
	if !ok {
		return s
	}
	fixed := !algebra.FreeColumns(rel).Intersects(algebra.OutputSet(l.rel))
	total := props.TotalRel(rel)
	switch s.Kind {
	case scalar.ScalarSubquery:
		p := l.t.known.Of(rel)
		if lazy && !(fixed && total && p.AtMostOne()) {
			return s
		}
		return l.scalar(s, rel, p)
	case scalar.ExistsSubquery:
		if fixed && total {
			return l.exists(rel)
		}
	}
	return s
}

// scalar applies a query that gives one value: for no row NULL, for several rows an error.
func (l *lifter) scalar(s *scalar.Subquery, rel algebra.Rel, p *props.Props) scalar.Expr {
	out := algebra.OutputCols(rel)[0]
	info := *l.t.cols.Get(out)
	id := l.t.cols.New(info.Name, s.Typ, !p.ExactlyOne() || info.Nullable)
	kind := algebra.Left
	switch {
	case p.ExactlyOne():
		kind = algebra.Inner
	case !p.AtMostOne():
		rel = &algebra.MaxOne{In: rel}
	}
	right := &algebra.Project{In: rel, Items: []algebra.Item{{ID: id, Expr: l.t.cols.Ref(out)}}}
	l.rel = &algebra.Apply{Kind: kind, Left: l.rel, Right: right}
	return &scalar.Column{Node: scalar.Node{Typ: s.Typ, Pos: s.Pos}, ID: id}
}

// exists applies a query of which only the presence of a row matters, and which is the same for all rows: it counts the first
// row.
func (l *lifter) exists(rel algebra.Rel) scalar.Expr {
	t := l.t
	n := t.cols.New("count", value.Of(value.Int8), false)
	flag := t.cols.New("exists", value.Of(value.Bool), false)
	first := &algebra.TopK{In: rel, Limit: scalar.Bigint("1")}
	count := &algebra.GroupBy{In: first, Scalar: true, Aggs: []algebra.Agg{{ID: n, Name: "count", Proc: "count"}}}
	some := scalar.CompareCall(&scalar.Func{Name: ">", Proc: "int8gt", Strict: true}, t.cols.Ref(n), scalar.Bigint("0"))
	right := &algebra.Project{In: count, Items: []algebra.Item{{ID: flag, Expr: some}}}
	l.rel = &algebra.Apply{Kind: algebra.Inner, Left: l.rel, Right: right}
	return t.cols.Ref(flag)
}
