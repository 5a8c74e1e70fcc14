package prequel_test

import (
	"fmt"
	"slices"
)

// innerScope starts a subquery over one table: the FROM item, and a condition that mostly refers to the outer query.
func (g *generator) innerScope(s *scope, views bool) (*query, *scope) {
	g.aliases++
	f := &fromItem{table: pick(g.r, g.relations(!views)), alias: fmt.Sprintf("s%d", g.aliases)}
	q := &query{from: []*fromItem{f}}
	inner := &scope{cols: f.scope(), noParams: s.noParams}
	if g.chance(75) {
		if pairs := equalPairs(s.cols, inner.cols); len(pairs) > 0 {
			q.where = pick(g.r, pairs)
		}
	}
	if q.where == nil || g.chance(25) {
		g.depth++
		c := g.predicate(inner, 0)
		g.depth--
		if q.where == nil {
			q.where = c
		} else {
			q.where = op(tBool, "(%s AND %s)", q.where, c)
		}
	}
	return q, inner
}

// equalPairs are equalities between columns of one type on both sides.
func equalPairs(left, right []*scopeColumn) []*expr {
	var pairs []*expr
	for _, l := range left {
		for _, r := range right {
			if l.col.typ == r.col.typ {
				pairs = append(pairs, op(tBool, "(%s = %s)", colExpr(l), colExpr(r)))
			}
		}
	}
	return pairs
}

// subqueryPredicate is EXISTS or IN, negated or not.
func (g *generator) subqueryPredicate(s *scope) *expr {
	q, inner := g.innerScope(s, !s.noParams)
	if g.chance(50) {
		q.targets = []*expr{{typ: tInt4, text: "1"}}
		return &expr{typ: tBool, text: pick(g.r, []string{"(EXISTS (%s))", "(NOT EXISTS (%s))"}), sub: q}
	}
	var fitting []*scopeColumn
	outer := pick(g.r, s.cols)
	for _, c := range inner.cols {
		if c.col.typ == outer.col.typ {
			fitting = append(fitting, c)
		}
	}
	if len(fitting) == 0 {
		q.targets = []*expr{{typ: tInt4, text: "1"}}
		return &expr{typ: tBool, text: "(EXISTS (%s))", sub: q}
	}
	q.targets = []*expr{colExpr(pick(g.r, fitting))}
	if g.chance(40) {
		q.where = nil
	}
	e := op(tBool, pick(g.r, []string{"(%s IN (%s))", "(%s NOT IN (%s))"}), colExpr(outer))
	e.sub = q
	return e
}

// scalarSubquery is an aggregate over another table, so that it has one row; nil when no column of the type is at hand.
func (g *generator) scalarSubquery(s *scope, t *sqlType) *expr {
	if len(s.cols) == 0 || g.depth > 0 {
		return nil
	}
	q, inner := g.innerScope(s, !s.noParams)
	if t == tInt8 {
		q.targets = []*expr{{typ: tInt8, text: "count(*)"}}
		return &expr{typ: tInt8, text: "(%s)", sub: q}
	}
	if t == tBool || t == tUUID || t == tBytea || t == tJSONB { // without min and max
		return nil
	}
	i := slices.IndexFunc(inner.cols, func(c *scopeColumn) bool { return c.col.typ == t })
	if i < 0 {
		return nil
	}
	q.targets = []*expr{op(t, pick(g.r, []string{"min(%s)", "max(%s)"}), colExpr(inner.cols[i]))}
	return &expr{typ: t, text: "(%s)", sub: q}
}

// derived is a query in FROM. What uses it may discard its rows, so it raises nothing, as a view.
func (g *generator) derived(view bool) *table {
	g.depth++
	defer func() { g.depth-- }()
	q := g.genQuery(true)
	t := &table{query: q}
	for i, e := range q.targets {
		t.cols = append(t.cols, &column{name: fmt.Sprintf("o%d", i), typ: e.typ, constant: !e.hasColumn()})
	}
	return t
}

// madeRows is a function in FROM, a recursion, or a query with a set-returning function among its targets: one column.
func (g *generator) madeRows() *table {
	m := pick(g.r, []struct {
		typ  *sqlType
		text string
	}{
		{tInt4, "generate_series(-1, 3)"},
		{tInt4, "generate_series(3, 0, -2)"},
		{tInt8, "generate_series(2147483646::bigint, 2147483649)"},
		{tInt8, "generate_series(9223372036854775806, 9223372036854775807)"},
		{tNum, "generate_series(0.5, 2, 0.75)"},
		{tInt4, "unnest(ARRAY[1, 2, NULL, 2])"},
		{tText, "unnest(ARRAY['a', NULL, '', 'b'])"},
		{tText, `jsonb_array_elements_text('["a", null, 1.50, {"b": []}]')`},
		{tText, `json_object_keys('{"b": 1, "a": null, "b": 2}')`},
		{tJSONB, `jsonb_array_elements('[1, "a", null, [2]]')`},
		{tText, "string_to_table('a,b,,a', ',')"},
		{tText, "regexp_split_to_table('a-b--a', '-')"},
		{tInt4, "(SELECT unnest(ARRAY[3, 1, NULL]) + 0)"},
		{tInt4, "(SELECT generate_series(1, generate_series(1, 3)))"},
		{tInt4, "(WITH RECURSIVE r(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM r WHERE n < 4) SELECT n FROM r)"},
		{tInt4, "(WITH RECURSIVE r(n) AS (SELECT 1 UNION SELECT n * 3 % 7 FROM r) SELECT n FROM r)"},
		{tInt4, "(WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT n FROM r LIMIT 3)"},
	})
	return &table{name: m.text, made: true, cols: []*column{{name: "g", typ: m.typ, constant: true}}}
}

// setOperation combines a query with one whose columns have the same types.
func (g *generator) setOperation(q *query, view bool) {
	f := &fromItem{table: pick(g.r, g.relations(view)), alias: "u0"}
	s := &scope{cols: f.scope(), noParams: view}
	right := &query{from: []*fromItem{f}}
	for _, t := range q.targets {
		right.targets = append(right.targets, g.leaf(s, t.typ))
	}
	if g.chance(60) {
		g.depth++
		right.where = g.cond(s, 1)
		g.depth--
	}
	q.set = &setOperation{pick(g.r, []string{"UNION", "UNION ALL", "UNION ALL", "INTERSECT", "INTERSECT ALL", "EXCEPT", "EXCEPT ALL"}), right}
}

// window is a window function whose answer does not depend on the order of rows that are equal in it.
func (g *generator) window(q *query, s *scope) *expr {
	var kids []*expr
	over := "OVER ("
	if g.chance(70) {
		over += "PARTITION BY %s"
		kids = append(kids, colExpr(pick(g.r, s.cols)))
	}
	if total := len(q.from) == 1 && q.from[0].table.key != nil; total && g.chance(60) {
		over += " ORDER BY "
		for i, k := range q.from[0].table.key {
			if i > 0 {
				over += ", "
			}
			over += "%s" + pick(g.r, []string{"", " DESC"})
			kids = append(kids, colExpr(&scopeColumn{from: q.from[0], col: k}))
		}
		t := pick(g.r, s.cols)
		switch g.r.IntN(4) {
		case 0:
			return op(tInt8, "row_number() "+over+")", kids...)
		case 1:
			return op(t.col.typ, pick(g.r, []string{"lag(%s) ", "lead(%s) ", "first_value(%s) "})+over+")", append([]*expr{colExpr(t)}, kids...)...)
		}
		return op(tInt8, "count(*) "+over+pick(g.r, []string{")", " ROWS BETWEEN 1 PRECEDING AND CURRENT ROW)"}), kids...)
	}
	if g.chance(60) {
		over += " ORDER BY %s" + pick(g.r, []string{"", " DESC", " NULLS FIRST"})
		kids = append(kids, colExpr(pick(g.r, s.cols)))
		return op(tInt8, pick(g.r, []string{"rank() ", "dense_rank() ", "count(*) "})+over+")", kids...)
	}
	return op(tInt8, "count(*) "+over+")", kids...)
}
