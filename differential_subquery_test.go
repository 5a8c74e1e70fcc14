package prequel_test

import (
	"slices"
	"strings"
)

// mostNested is how many queries stand in one another.
const mostNested = 3

// subquery is a query in an expression over a scope, whose columns it may use at any place; types are those of its columns.
func (g *generator) subquery(s *scope, types []*sqlType, one bool) *query {
	g.depth++
	defer func() { g.depth-- }()
	outer := append(plainColumns(s.cols), s.outer...)
	return g.query(spec{view: s.noParams, outer: outer, types: types, one: one})
}

// innerScope starts a subquery over one table: the FROM item, and a condition that mostly refers to the outer query.
func (g *generator) innerScope(s *scope, views bool) (*query, *scope) {
	g.aliases++
	g.depth++
	defer func() { g.depth-- }()
	f := &fromItem{table: pick(g.r, g.relations(!views)), alias: g.alias(0)}
	q := &query{from: []*fromItem{f}}
	inner := &scope{cols: f.scope(), noParams: s.noParams}
	if g.chance(75) {
		if pairs := equalPairs(plainColumns(s.cols), inner.cols); len(pairs) > 0 {
			q.where = pick(g.r, pairs)
		}
	}
	if q.where == nil || g.chance(25) {
		q.where = and(q.where, g.predicate(inner, 0))
	}
	return q, inner
}

// equalPairs are equalities between columns of one type on both sides.
func equalPairs(left, right []*scopeColumn) []*expr {
	var pairs []*expr
	for _, l := range left {
		for _, r := range right {
			if l.col.typ == r.col.typ && l.col.typ != tJSON {
				pairs = append(pairs, op(tBool, "(%s = %s)", colExpr(l), colExpr(r)))
			}
		}
	}
	return pairs
}

// subqueryPredicate is EXISTS, IN, ANY or ALL, negated or not, or a comparison with a subquery's row.
func (g *generator) subqueryPredicate(s *scope) *expr {
	exists := []string{"(EXISTS (%s))", "(NOT EXISTS (%s))"}
	if g.chance(50) { // over one table
		q, inner := g.innerScope(s, !s.noParams)
		outer := pick(g.r, s.cols)
		fitting := ofType(inner.cols, outer.col.typ)
		if len(fitting) == 0 || outer.col.typ == tJSON || g.chance(50) {
			q.targets = []*expr{{typ: tInt4, text: "1"}}
			return &expr{typ: tBool, text: pick(g.r, exists), sub: q}
		}
		q.targets = []*expr{colExpr(pick(g.r, fitting))}
		if g.chance(40) {
			q.where = nil
		}
		return g.among(q, colExpr(outer))
	}
	if g.chance(30) {
		return &expr{typ: tBool, text: pick(g.r, exists), sub: g.subquery(s, nil, false)}
	}
	var left []*expr
	var types []*sqlType
	for range 1 + g.r.IntN(4)/3 {
		if c := pick(g.r, s.cols); c.col.typ != tJSON {
			left, types = append(left, colExpr(c)), append(types, c.col.typ.plain())
		}
	}
	if len(left) == 0 {
		return &expr{typ: tBool, text: exists[0], sub: g.subquery(s, nil, false)}
	}
	q := g.subquery(s, types, false)
	for i, t := range q.targets {
		q.targets[i] = typed(t)
	}
	return g.among(q, left...)
}

// among compares values with a query's rows.
func (g *generator) among(q *query, left ...*expr) *expr {
	row := "%s"
	forms := []string{"IN", "IN", "NOT IN", "NOT IN", "= ANY", "<> ALL"}
	if len(left) > 1 {
		row = "(" + strings.Repeat("%s, ", len(left)-1) + "%s)"
	}
	if g.chance(30) {
		forms = []string{pick(g.r, comparisons) + pick(g.r, []string{" ANY", " SOME", " ALL"})}
	}
	e := op(tBool, "("+row+" "+pick(g.r, forms)+" (%s))", left...)
	e.sub = q
	return e
}

// scalarSubquery has one row at most: an aggregate, the row of a key, or the first in an order; nil when no column of the type is at hand.
func (g *generator) scalarSubquery(s *scope, t *sqlType) *expr {
	if len(s.cols) == 0 || g.depth >= mostNested {
		return nil
	}
	if t == tInt4s || t == tTexts {
		return g.arraySubquery(s, t)
	}
	q, inner := g.innerScope(s, !s.noParams)
	own := *s
	own.cols = plainColumns(s.cols)
	f := q.from[0]
	fit := ofType(inner.cols, t)
	switch n := g.r.IntN(4); {
	case n == 0 && f.table.key != nil && len(fit) > 0:
		q.where = nil
		for _, k := range f.table.key {
			q.where = and(q.where, op(tBool, "(%s = %s)", colExpr(&scopeColumn{from: f, col: k}), g.leaf(&own, k.typ)))
		}
		q.targets = []*expr{colExpr(pick(g.r, fit))}
		return &expr{typ: t, text: "(%s)", sub: q}
	case n == 1 && f.table.key != nil && len(fit) > 0:
		for _, k := range f.table.key {
			q.order = append(q.order, orderItem{expr: colExpr(&scopeColumn{from: f, col: k}), suffix: g.suffix()})
		}
		q.limit = &expr{typ: tInt8, text: "1"}
		if g.chance(30) {
			q.offset = &expr{typ: tInt8, text: "1"}
		}
		q.targets = []*expr{colExpr(pick(g.r, fit))}
		return &expr{typ: t, text: "(%s)", sub: q}
	case n == 2 && s.risk && len(fit) > 0 && g.chance(30): // an error of more than one row
		q.targets = []*expr{colExpr(pick(g.r, fit))}
		return (&expr{typ: t, text: "(%s)", sub: q}).asRisky()
	case n == 3 && g.depth < 2 && t.ordered():
		sub := g.subquery(s, []*sqlType{t}, false)
		sub.order, sub.limit, sub.offset, sub.ties = nil, nil, nil, false
		x := &fromItem{table: &table{query: sub, cols: []*column{{name: "o0", typ: t, constant: !sub.targets[0].hasColumn()}}}, inner: true, lateral: false}
		g.aliases++
		x.alias = "x" + g.alias(0)
		sub.targets[0] = typed(sub.targets[0])
		all := &query{from: []*fromItem{x}, targets: []*expr{op(t, pick(g.r, []string{"min(%s)", "max(%s)"}), colExpr(&scopeColumn{from: x, col: x.table.cols[0]}))}}
		return &expr{typ: t, text: "(%s)", sub: all}
	}
	if t == tInt8 {
		q.targets = []*expr{{typ: tInt8, text: "count(*)"}}
		return &expr{typ: tInt8, text: "(%s)", sub: q}
	}
	if t == tBool || t == tUUID || t == tBytea || t == tJSONB || len(fit) == 0 { // without min and max
		return nil
	}
	q.targets = []*expr{op(t, pick(g.r, []string{"min(%s)", "max(%s)"}), colExpr(pick(g.r, fit)))}
	return &expr{typ: t, text: "(%s)", sub: q}
}

// arraySubquery is an array of a subquery's rows, in their order.
func (g *generator) arraySubquery(s *scope, t *sqlType) *expr {
	elem := map[*sqlType]*sqlType{tInt4s: tInt4, tTexts: tText}[t]
	q, inner := g.innerScope(s, !s.noParams)
	fit := slices.DeleteFunc(ofType(inner.cols, elem), func(c *scopeColumn) bool { return c.col.typ != elem })
	if len(fit) == 0 {
		return nil
	}
	q.targets = []*expr{colExpr(pick(g.r, fit))}
	q.order = []orderItem{{output: 1, suffix: g.suffix()}}
	return &expr{typ: t, text: "ARRAY(%s)", sub: q}
}
