package prequel_test

import "slices"

// suffix is how an ORDER BY item orders.
func (g *generator) suffix() string {
	return pick(g.r, []string{"", "", " DESC", " ASC NULLS FIRST", " DESC NULLS LAST"})
}

// distinctOn makes a query of the first row for each value; false when no order is total.
func (g *generator) distinctOn(q *query, s *scope, sp spec) bool {
	keys := q.keys(s)
	cols := slices.DeleteFunc(plainColumns(s.cols), func(c *scopeColumn) bool { return c.col.typ == tJSON })
	if keys == nil || len(cols) == 0 {
		return false
	}
	for range 1 + g.r.IntN(2) {
		q.on = append(q.on, colExpr(pick(g.r, cols)))
	}
	for _, e := range q.on {
		q.order = append(q.order, orderItem{expr: e, suffix: g.suffix()})
	}
	if g.chance(40) {
		q.order = append(q.order, orderItem{expr: colExpr(pick(g.r, cols)), suffix: g.suffix()})
	}
	for _, k := range keys {
		q.order = append(q.order, orderItem{expr: k, suffix: g.suffix()})
	}
	sp.top = false
	g.plain(q, s, sp, 4)
	return true
}

// orderAndLimit orders, always totally when rows are cut off: by the keys of the tables, or by every output.
func (g *generator) orderAndLimit(q *query, s *scope, limit bool) {
	if len(q.on) > 0 {
		if limit {
			g.cut(q)
		}
		return
	}
	// PostgreSQL 15 takes a column that a condition fixes for fixed in all grouping sets.
	if !limit && g.chance(50) || q.groupBy != nil {
		return
	}
	grouped := len(q.group) > 0 || q.having != nil || slices.ContainsFunc(q.targets, (*expr).aggregates)
	plain := len(q.sets) == 0 && !grouped && !q.distinct && !q.srf
	t := *s
	t.risk = false
	if keys := q.keys(s); plain && keys != nil && g.chance(60) {
		dir := g.suffix()
		if g.chance(40) {
			q.order = append(q.order, orderItem{expr: colExpr(pick(g.r, s.cols)), suffix: dir})
		}
		if e := g.value(&t, g.targetType(s), 2); g.chance(15) && (e.col != nil || len(e.kids) > 0) && e.typ != tJSON {
			q.order = append(q.order, orderItem{expr: e, suffix: g.suffix()})
		}
		for _, k := range keys {
			q.order = append(q.order, orderItem{expr: k, suffix: dir})
		}
	} else {
		if grouped && len(q.sets) == 0 && !q.distinct && g.chance(20) {
			own := t
			own.outer = nil
			if a := g.aggregate(q, &own); a.typ != tJSON {
				q.order = append(q.order, orderItem{expr: a, suffix: g.suffix()})
			}
		}
		for _, i := range g.r.Perm(len(q.targets)) {
			if q.targets[i].typ != tJSON {
				q.order = append(q.order, orderItem{output: i + 1, suffix: g.suffix()})
			} else if limit {
				limit = false
			}
		}
		if g.chance(6) && len(q.order) > 0 && limit { // what ties with the last row stays
			q.order = q.order[:1]
			q.ties = true
		}
	}
	if limit {
		g.cut(q)
	}
}

// cut draws LIMIT and OFFSET.
func (g *generator) cut(q *query) {
	q.limit = g.count()
	if q.ties {
		q.limit = &expr{typ: tInt8, text: pick(g.r, []string{"0", "1", "2", "4"})}
		return
	}
	if g.chance(30) {
		q.offset = g.count()
	}
}

// count is a LIMIT or OFFSET.
func (g *generator) count() *expr {
	values := []string{"0", "1", "2", "3", "5", "100"}
	switch n := g.r.IntN(20); {
	case n < 9:
		if g.depth == 0 && g.chance(10) { // whether a query in another is run at all is open
			values = append(values, "-1")
		}
		return &expr{typ: tInt8, param: &param{typ: tInt8, values: values, nullable: g.chance(10)}}
	case n < 10:
		return op(tInt8, "(%s + 1)", &expr{typ: tInt8, text: "::bigint", param: &param{typ: tInt8, values: values}})
	case n < 11:
		f := &fromItem{table: pick(g.r, g.relations(true)), alias: g.alias(9)}
		return &expr{typ: tInt8, text: "(%s)", sub: &query{from: []*fromItem{f}, targets: []*expr{op(tInt8, "count(*)")}}}
	}
	return &expr{typ: tInt8, text: pick(g.r, values)}
}

// orderedOutputs says which leading ORDER BY items are outputs: on those, the sequence of rows is compared.
func (q *query) orderedOutputs() []int {
	var out []int
	for _, o := range q.order {
		if o.expr != nil {
			break
		}
		out = append(out, o.output-1)
	}
	return out
}

// total tells whether ORDER BY leaves no choice.
func (q *query) total() bool {
	outputs := map[int]bool{}
	for _, o := range q.order {
		if o.expr == nil {
			outputs[o.output] = true
		}
	}
	if len(outputs) == len(q.targets) {
		return true
	}
	if len(q.group) > 0 || q.distinct || len(q.sets) > 0 || q.srf || len(q.order) == 0 {
		return false
	}
	for _, f := range q.items() {
		if f.table.key == nil {
			return false
		}
		for _, k := range f.table.key {
			if !slices.ContainsFunc(q.order, func(o orderItem) bool {
				return o.expr != nil && o.expr.col != nil && o.expr.col.col == k && o.expr.col.from == f
			}) {
				return false
			}
		}
	}
	return true
}
