package bind

import (
	"slices"

	"github.com/prequel-db/prequel/sqlparse/bound"
	"github.com/prequel-db/prequel/sqlparse/diag"
	"github.com/prequel-db/prequel/sqlparse/scalar"

	pg "github.com/pganalyze/pg_query_go/v5"
)

// groupSpec is GROUP BY: the targets to group by, and the grouping sets over them (nil: one set of all).
type groupSpec struct {
	targets []int
	sets    [][]int // positions in targets
	// rows are the rows that are grouped by, ofRows the groups that are there as fields of them.
	rows   []scalar.Expr
	ofRows map[int]bool
}

// addRow groups by a row's fields and returns their positions in the GROUP BY list.
func (s *stmt) addRow(targets *[]target, g *groupSpec, e scalar.Expr, r *rowValue, span diag.Span) ([]int, error) {
	var out []int
	g.rows = append(g.rows, e)
	for _, f := range fieldTargets(targets, r, span) {
		if err := s.checkGroupable(&(*targets)[f], span); err != nil {
			return nil, err
		}
		before := len(g.targets)
		at := g.add(f)
		if at == before {
			if g.ofRows == nil {
				g.ofRows = map[int]bool{}
			}
			g.ofRows[at] = true
		}
		out = append(out, at)
	}
	return out, nil
}

// maxGroupingSets is PostgreSQL's limit.
const maxGroupingSets = 4096

// groupBy binds GROUP BY, grouping sets included.
func (s *stmt) groupBy(sc *scope, targets *[]target, n *pg.SelectStmt) (*groupSpec, error) {
	g := &groupSpec{}
	var product [][]int
	special := false
	for _, item := range n.GroupClause {
		sets, grouped, err := s.groupItem(sc, targets, g, item)
		if err != nil {
			return nil, err
		}
		special = special || grouped
		if product == nil {
			product = sets
			continue
		}
		if len(product)*len(sets) > maxGroupingSets {
			return nil, diag.TooComplex.At(s.nodeSpan(item), "too many grouping sets present (maximum %d)", maxGroupingSets)
		}
		var next [][]int
		for _, a := range product {
			for _, b := range sets {
				next = append(next, union(a, b))
			}
		}
		product = next
	}
	if special {
		if n.GroupDistinct {
			product = distinctSets(product)
		}
		g.sets = product
	}
	return g, nil
}

func union(a, b []int) []int {
	out := append([]int{}, a...)
next:
	for _, x := range b {
		for _, y := range out {
			if x == y {
				continue next
			}
		}
		out = append(out, x)
	}
	return out
}

func distinctSets(sets [][]int) [][]int {
	var out [][]int
next:
	for _, a := range sets {
		for _, b := range out {
			if len(a) == len(b) && len(union(a, b)) == len(a) {
				continue next
			}
		}
		out = append(out, a)
	}
	return out
}

// groupItem binds one entry: an expression is one set of one; ROLLUP, CUBE and GROUPING SETS are several. grouped reports the
// latter, and ().
func (s *stmt) groupItem(sc *scope, targets *[]target, g *groupSpec, n *pg.Node) (sets [][]int, grouped bool, err error) {
	set := n.GetGroupingSet()
	if set == nil {
		one, err := s.groupExprs(sc, targets, g, n)
		return [][]int{one}, false, err
	}
	var parts [][]int
	switch set.Kind {
	case pg.GroupingSetKind_GROUPING_SET_EMPTY:
		return [][]int{{}}, true, nil
	case pg.GroupingSetKind_GROUPING_SET_SETS:
		for _, c := range set.Content {
			inner, _, err := s.groupItem(sc, targets, g, c)
			if err != nil {
				return nil, true, err
			}
			sets = append(sets, inner...)
		}
		return sets, true, nil
	}
	for _, c := range set.Content {
		one, err := s.groupExprs(sc, targets, g, c)
		if err != nil {
			return nil, true, err
		}
		parts = append(parts, one)
	}
	switch set.Kind {
	case pg.GroupingSetKind_GROUPING_SET_ROLLUP:
		for k := len(parts); k >= 0; k-- {
			sets = append(sets, join(parts[:k], -1))
		}
		return sets, true, nil
	case pg.GroupingSetKind_GROUPING_SET_CUBE:
		if len(parts) > 12 {
			return nil, true, diag.TooComplex.At(s.span(set.Location), "CUBE is limited to 12 elements")
		}
		for mask := 1<<len(parts) - 1; mask >= 0; mask-- {
			sets = append(sets, join(parts, mask))
		}
		return sets, true, nil
	}
	return nil, true, diag.UnsupportedClause.At(s.span(set.Location), "this grouping set is not supported")
}

// join is the union of the parts whose bit is set in mask.
func join(parts [][]int, mask int) []int {
	out := []int{}
	for i, p := range parts {
		if mask>>i&1 == 1 {
			out = union(out, p)
		}
	}
	return out
}

// groupExprs binds an expression, or a parenthesised list of them, and returns positions in the GROUP BY list.
func (s *stmt) groupExprs(sc *scope, targets *[]target, g *groupSpec, n *pg.Node) ([]int, error) {
	nodes := []*pg.Node{n}
	if row := n.GetRowExpr(); row != nil {
		nodes = row.Args
	}
	if list := n.GetList(); list != nil {
		nodes = list.Items
	}
	var out []int
	for _, n := range nodes {
		sc.clause = inGroupBy
		i, err := s.outputColumn(sc, targets, n, inGroupBy)
		if err != nil {
			return nil, err
		}
		t := &(*targets)[i]
		if t.expr, err = s.textIfUnknown(t.expr); err != nil {
			return nil, err
		}
		if r := s.rows[t.expr]; r != nil && r.plain() {
			fields, err := s.addRow(targets, g, t.expr, r, s.nodeSpan(n))
			if err != nil {
				return nil, err
			}
			out = union(out, fields)
			continue
		}
		if err := s.checkGroupable(t, s.nodeSpan(n)); err != nil {
			return nil, err
		}
		at := g.add(i)
		delete(g.ofRows, at)
		out = union(out, []int{at})
	}
	return out, nil
}

// groupTarget groups by a target, by its fields when it is a row.
func (s *stmt) groupTarget(targets *[]target, g *groupSpec, i int) error {
	t := (*targets)[i]
	r := s.rows[t.expr]
	if r == nil {
		delete(g.ofRows, g.add(i))
		return s.checkGroupable(&t, t.span)
	}
	_, err := s.addRow(targets, g, t.expr, r, t.span)
	return err
}

// add returns the position of a target in the GROUP BY list.
func (g *groupSpec) add(target int) int {
	for i, t := range g.targets {
		if t == target {
			return i
		}
	}
	g.targets = append(g.targets, target)
	return len(g.targets) - 1
}

func (s *stmt) checkGroupable(t *target, span diag.Span) error {
	var err error
	scalar.Walk(t.expr, func(e scalar.Expr) bool {
		switch e.(type) {
		case *scalar.Agg, *scalar.Grouping:
			err = diag.Grouping.At(e.Span(), "aggregate functions are not allowed in GROUP BY")
		case *scalar.WindowCall:
			err = diag.Windowing.At(e.Span(), "window functions are not allowed in GROUP BY")
		}
		return err == nil
	})
	if err != nil {
		return err
	}
	return s.checkEquality(t.expr, span)
}

// install writes GROUP BY into the query.
func (g *groupSpec) install(q *bound.Query, targets []target) {
	for _, t := range g.targets {
		q.GroupBy = append(q.GroupBy, targets[t].expr)
	}
	q.GroupingSets = g.sets
}

// grouper checks that what a grouped query outputs is determined by its groups.
type grouper struct {
	*stmt
	sc *scope
	q  *bound.Query
	// common are the GROUP BY columns present in every grouping set; with a primary key among them a table's other
	// columns are determined too.
	common map[scalar.ColumnID]bool
	added  map[scalar.ColumnID]bool
	// groups are the expressions that are grouped by, rows among them and not the fields that stand for these.
	groups []scalar.Expr
}

// checkGrouping refuses output that mixes groups with single rows, and adds columns that depend on a grouped primary key to GROUP
// BY, where they change nothing.
func (s *stmt) checkGrouping(sc *scope, q *bound.Query, spec *groupSpec, targets []target) error {
	g := &grouper{stmt: s, sc: sc, q: q, common: map[scalar.ColumnID]bool{}, added: map[scalar.ColumnID]bool{}}
	declared := q.GroupBy
	g.groups = spec.rows
	for i, e := range declared {
		if spec.ofRows[i] {
			continue
		}
		g.groups = append(g.groups, e)
		if c, ok := e.(*scalar.Column); ok && inEverySet(q.GroupingSets, i) {
			g.common[c.ID] = true
		}
	}
	if slices.ContainsFunc(declared, scalar.HasSubquery) {
		for i := range targets {
			targets[i].expr = g.settle(targets[i].expr)
		}
		q.Having = g.settle(q.Having)
		for _, call := range sc.groupingCalls {
			for i, a := range call.Args {
				call.Args[i] = g.settle(a)
			}
		}
	}
	for _, call := range sc.groupingCalls {
		for _, a := range call.Args {
			if !g.isGrouped(a, declared) {
				return diag.Grouping.At(a.Span(), "arguments to GROUPING must be grouping expressions of the associated query level")
			}
		}
	}
	for _, t := range targets {
		if t.field {
			continue
		}
		if err := g.check(t.expr, false); err != nil {
			return err
		}
	}
	if q.Having != nil {
		return g.check(q.Having, false)
	}
	return nil
}

func inEverySet(sets [][]int, position int) bool {
	for _, set := range sets {
		found := false
		for _, p := range set {
			found = found || p == position
		}
		if !found {
			return false
		}
	}
	return true
}

func (g *grouper) isGrouped(e scalar.Expr, groups []scalar.Expr) bool {
	for _, b := range groups {
		if scalar.Equal(b, e) {
			return true
		}
	}
	return false
}

// settle puts the expressions that are grouped by in the place of those that are written alike: the queries in them are the same.
func (g *grouper) settle(e scalar.Expr) scalar.Expr {
	switch e.(type) {
	case nil, *scalar.Agg, *scalar.Grouping:
		return e
	}
	if scalar.HasSubquery(e) {
		for _, b := range g.q.GroupBy {
			if g.equal(b, e) {
				return b
			}
		}
	}
	return scalar.MapChildren(e, g.settle)
}

// check walks an output expression down to grouping expressions and aggregates; subquery is set inside a subquery.
func (g *grouper) check(e scalar.Expr, subquery bool) error {
	if _, constant := e.(*scalar.Const); !constant && g.isGrouped(e, g.groups) {
		return nil
	}
	switch x := e.(type) {
	case *scalar.Agg, *scalar.Grouping:
		return nil
	case *scalar.Column:
		if g.facts[x.ID].owner != g.sc {
			return nil
		}
		return g.column(x, subquery)
	case *scalar.Subquery:
		if q, ok := x.Query.(*bound.Query); ok {
			var err error
			q.Exprs(func(inner scalar.Expr) {
				if err == nil {
					err = g.check(inner, true)
				}
			})
			if err != nil {
				return err
			}
		}
	}
	for _, c := range scalar.Children(e) {
		if err := g.check(c, subquery); err != nil {
			return err
		}
	}
	return nil
}

// column accepts a column that depends on a grouped primary key.
func (g *grouper) column(c *scalar.Column, subquery bool) error {
	if ref := tableOf(g.q.From, c.ID); ref != nil && g.hasKey(ref) {
		if !g.added[c.ID] {
			g.added[c.ID] = true
			g.q.GroupBy = append(g.q.GroupBy, g.stmt.column(c.ID, c.Pos))
			for i := range g.q.GroupingSets {
				g.q.GroupingSets[i] = append(g.q.GroupingSets[i], len(g.q.GroupBy)-1)
			}
		}
		return nil
	}
	name := g.qualified(c)
	if subquery {
		return diag.Grouping.At(c.Pos, "subquery uses ungrouped column %q from outer query", name).
			WithHelp("add it to GROUP BY, or aggregate it")
	}
	return diag.Grouping.At(c.Pos, "column %q must appear in the GROUP BY clause or be used in an aggregate function", name).
		WithHelp("add it to GROUP BY, or aggregate it")
}

func (g *grouper) qualified(c *scalar.Column) string {
	for _, it := range g.sc.items {
		if !it.namesTable {
			continue
		}
		for _, col := range it.cols {
			if k, ok := col.expr.(*scalar.Column); ok && k.ID == c.ID {
				return it.name + "." + col.name
			}
		}
	}
	return g.cols.Get(c.ID).Name
}

func (g *grouper) hasKey(ref *bound.TableRef) bool {
	if len(ref.Table.PrimaryKey) == 0 {
		return false
	}
	for _, p := range ref.Table.PrimaryKey {
		if !g.common[ref.Cols[p]] {
			return false
		}
	}
	return true
}

// tableOf finds the table that produces a column.
func tableOf(list []bound.From, id scalar.ColumnID) *bound.TableRef {
	for _, f := range list {
		switch f := f.(type) {
		case *bound.TableRef:
			for _, c := range f.Cols {
				if c == id {
					return f
				}
			}
		case *bound.JoinRef:
			if t := tableOf([]bound.From{f.Left, f.Right}, id); t != nil {
				return t
			}
		}
	}
	return nil
}
