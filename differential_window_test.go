package prequel_test

import (
	"fmt"
	"slices"
	"strings"
)

// overClause is what stands behind OVER.
type overClause struct {
	text string
	kids []*expr
	// total says that no two rows of a partition are peers; first is the first expression in the order, or nil.
	total bool
	first *expr
}

// window is a window function whose answer does not depend on the order of peers. Keys are a total order of the rows; nil: none.
func (g *generator) window(q *query, s *scope, keys []*expr) *expr {
	w := g.over(s, keys)
	name := "OVER (" + w.text + ")"
	if g.chance(20) {
		name = fmt.Sprintf("OVER w%d", len(q.windows))
		if w.text == "" || g.chance(30) {
			name = fmt.Sprintf("OVER (w%d)", len(q.windows))
			if strings.Contains(w.text, "BETWEEN") || strings.Contains(w.text, "ROWS ") || strings.Contains(w.text, "RANGE ") || strings.Contains(w.text, "GROUPS ") {
				name = fmt.Sprintf("OVER w%d", len(q.windows)) // a frame is not inherited
			}
		}
		q.windows = append(q.windows, op(nil, w.text, w.kids...))
		w.kids = nil
	}
	e := g.windowCall(q, s, w)
	e.text += " " + name
	e.kids = append(e.kids, w.kids...)
	return e
}

// windowCall is the function, without OVER.
func (g *generator) windowCall(q *query, s *scope, w *overClause) *expr {
	own := *s
	own.outer, own.risk = nil, false
	arg := func(t *sqlType) *expr {
		if same := ofType(s.cols, t); len(same) > 0 && g.chance(85) {
			return colExpr(pick(g.r, same))
		}
		return typed(g.value(&own, t, 1))
	}
	switch n := g.r.IntN(10); {
	case n < 2:
		e := op(tInt8, pick(g.r, []string{"rank()", "dense_rank()"}))
		e.rank = true
		if g.chance(30) {
			e = op(tF8, pick(g.r, []string{"percent_rank()", "cume_dist()"}))
		}
		return e
	case n < 6 && w.total:
		c := pick(g.r, s.cols)
		x := colExpr(c)
		switch g.r.IntN(8) {
		case 0, 1:
			e := op(tInt8, "row_number()")
			e.rank = true
			return e
		case 2:
			return op(tInt4, pick(g.r, []string{"ntile(3)", "ntile(1)", "ntile(100)"}))
		case 3:
			return op(c.col.typ, pick(g.r, []string{"lag(%s)", "lead(%s)", "lag(%s, 2)", "lead(%s, 0)", "lag(%s, -1)"}), x)
		case 4:
			t := c.col.typ.plain()
			if t == tNum92 || t == tVchar || t == tChar { // the default's modifier and the value's make one type or another
				return op(t, "lag(%s, 1)", x)
			}
			return op(t, pick(g.r, []string{"lag(%s, 1, %s)", "lead(%s, 2, %s)"}), op(t, "(%s)::"+t.castTo(), x), typed(g.leaf(&own, t)))
		case 5:
			return op(c.col.typ, pick(g.r, []string{"nth_value(%s, 1)", "nth_value(%s, 2)"}), x)
		}
		return op(c.col.typ, pick(g.r, []string{"first_value(%s)", "last_value(%s)"}), x)
	case n < 7 && w.first != nil && exact(w.first.typ):
		return op(w.first.typ, pick(g.r, []string{"first_value(%s)", "last_value(%s)"}), w.first)
	}
	var e *expr
	switch n := g.r.IntN(14); {
	case n < 3 || len(s.cols) == 0:
		e = op(tInt8, "count(*)")
	case n < 4:
		e = op(tInt8, "count(%s)", colExpr(pick(g.r, s.cols)))
	case n < 6:
		t := pick(g.r, []*sqlType{tInt2, tInt4, tInt8, tNum92, tNum})
		out := map[*sqlType]*sqlType{tInt2: tInt8, tInt4: tInt8, tInt8: tNum, tNum: tNum, tNum92: tNum}[t]
		e = op(out, "sum(%s)", arg(t))
	case n < 7:
		e = op(tNum, pick(g.r, []string{"avg(%s)", "stddev(%s)", "var_pop(%s)"}), arg(pick(g.r, []*sqlType{tInt4, tInt8, tNum92})))
	case n < 8:
		e = op(tBool, pick(g.r, []string{"bool_and(%s)", "bool_or(%s)"}), arg(tBool))
	case n < 9:
		e = op(tInt4, pick(g.r, []string{"bit_and(%s)", "bit_or(%s)"}), arg(tInt4))
	case n < 10 && w.total:
		e = op(tText, "string_agg(%s, ',')", arg(tText))
	case n < 11 && w.total:
		e = op(tInt4s, "array_agg(%s)", arg(tInt4))
	default:
		x := colExpr(pick(g.r, s.cols))
		switch t := x.typ.plain(); t {
		case tBool, tUUID, tBytea, tJSONB, tJSON:
			e = op(tInt8, "count(%s)", x)
		case tVchar:
			e = op(tText, "max(%s)", x)
		case tNum92:
			e = op(tNum, "min(%s)", x)
		default:
			e = op(t, pick(g.r, []string{"min(%s)", "max(%s)"}), x)
		}
	}
	e.vague = true
	if g.chance(12) && len(plainColumns(s.cols)) == len(s.cols) && len(s.cols) > 0 {
		e.text += " FILTER (WHERE %s)"
		e.kids = append(e.kids, g.predicate(&own, 0))
	}
	return e
}

// exact reports whether values of a type that are equal are the same.
func exact(t *sqlType) bool {
	switch t.plain() {
	case tInt2, tInt4, tInt8, tText, tVchar, tDate, tTs, tTstz, tUUID, tBytea, tEnum, tTime, tBool:
		return true
	}
	return false
}

// over draws partitions, order and frame.
func (g *generator) over(s *scope, keys []*expr) *overClause {
	w := &overClause{}
	own := *s
	own.outer, own.risk = nil, false
	if g.chance(60) && len(s.cols) > 0 {
		lead := "PARTITION BY "
		for range 1 + g.r.IntN(4)/3 {
			k := colExpr(pick(g.r, s.cols))
			if g.chance(10) {
				k = typed(g.value(&own, k.typ, 1))
			}
			if k.typ == tJSON {
				continue
			}
			w.text, w.kids = w.text+lead+"%s", append(w.kids, k)
			lead = ", "
		}
	}
	var order []*expr
	if len(s.cols) > 0 && (keys == nil || g.chance(40)) && g.chance(75) {
		for range 1 + g.r.IntN(4)/3 {
			k := colExpr(pick(g.r, s.cols))
			if g.chance(10) {
				k = typed(g.value(&own, k.typ, 1))
			}
			if k.typ != tJSON {
				order = append(order, k)
			}
		}
	}
	if keys != nil && g.chance(80) {
		order, w.total = append(order, keys...), true
	}
	for i, k := range order {
		lead := ", "
		if i == 0 {
			lead = "ORDER BY "
			if w.text != "" {
				lead = " ORDER BY "
			}
			w.first = k
		}
		w.text += lead + "%s" + pick(g.r, []string{"", "", " DESC", " NULLS FIRST", " DESC NULLS LAST"})
		w.kids = append(w.kids, k)
	}
	if len(order) > 0 && g.chance(45) || g.chance(5) {
		g.frame(s, w, order)
	}
	return w
}

// frame adds a frame to a window.
func (g *generator) frame(s *scope, w *overClause, order []*expr) {
	mode, offset := "", ""
	switch n := g.r.IntN(3); {
	case n == 0 && w.total:
		mode, offset = "ROWS", pick(g.r, []string{"1", "2", "0", "3"})
	case n == 1 && len(order) > 0:
		mode, offset = "GROUPS", pick(g.r, []string{"1", "2", "0"})
	default:
		mode = "RANGE"
		if len(order) == 1 {
			switch order[0].typ.plain() {
			case tInt2, tInt4, tInt8:
				offset = pick(g.r, []string{"1", "2", "0", "1000"})
			case tNum, tNum92:
				offset = pick(g.r, []string{"1.5", "0", "100"})
			case tF8, tF4, tF8x:
				offset = pick(g.r, []string{"'1.5'::double precision", "'0'::double precision", "'Infinity'::double precision"})
			case tDate, tTs, tTstz:
				offset = pick(g.r, []string{"'1 day'::interval", "'1 month'::interval", "'1000 years'::interval"})
			case tTime, tIvl:
				offset = pick(g.r, []string{"'1 hour'::interval", "'0'::interval"})
			}
		}
	}
	var computed *expr
	if slices.Contains([]string{"0", "1", "2", "3", "1000"}, offset) && g.chance(15) {
		computed, offset = g.frameOffset(s), "%s"
	}
	bounds := []string{"UNBOUNDED PRECEDING", "CURRENT ROW", "UNBOUNDED FOLLOWING"}
	if offset != "" {
		bounds = []string{"UNBOUNDED PRECEDING", offset + " PRECEDING", "CURRENT ROW", offset + " FOLLOWING", "UNBOUNDED FOLLOWING"}
	}
	start := g.r.IntN(len(bounds) - 1)
	before := strings.Count(w.text, "%s")
	if g.chance(25) && bounds[start] != "UNBOUNDED FOLLOWING" && !strings.HasSuffix(bounds[start], "FOLLOWING") {
		w.text += " " + mode + " " + bounds[start]
	} else {
		end := max(1, start+g.r.IntN(len(bounds)-start))
		w.text += " " + mode + " BETWEEN " + bounds[start] + " AND " + bounds[end]
	}
	for range strings.Count(w.text, "%s") - before {
		w.kids = append(w.kids, computed)
	}
	if g.chance(30) {
		w.text += pick(g.r, []string{" EXCLUDE CURRENT ROW", " EXCLUDE GROUP", " EXCLUDE TIES", " EXCLUDE NO OTHERS"})
	}
}

// frameOffset is an offset that is known when the window is computed. It is none that fails: whether a window is computed at all is open
// in a query inside another.
func (g *generator) frameOffset(s *scope) *expr {
	if !s.noParams && g.chance(50) {
		return &expr{typ: tInt8, text: "::bigint", param: &param{typ: tInt8, values: []string{"0", "1", "2"}}}
	}
	f := &fromItem{table: pick(g.r, g.c.tables), alias: g.alias(9)}
	return &expr{typ: tInt8, text: "(%s)", sub: &query{from: []*fromItem{f}, targets: []*expr{op(tInt8, "count(*)")}}}
}

// ranked is the query behind top-k per group: a rank among a table's columns.
func (g *generator) ranked(sp spec) *query {
	q := &query{}
	f := &fromItem{table: pick(g.r, g.relations(sp.view)), alias: g.alias(0)}
	q.from = []*fromItem{f}
	s := &scope{cols: f.scope(), noParams: sp.view, outer: sp.outer}
	if g.chance(40) {
		q.where = g.where(s, false)
	}
	if sp.types != nil {
		g.plain(q, s, sp, 1)
		return q
	}
	for _, c := range s.cols {
		if g.chance(70) {
			q.targets = append(q.targets, colExpr(c))
		}
	}
	keys := q.keys(s)
	w := g.over(s, keys)
	call := "rank()"
	switch {
	case w.total:
		call = pick(g.r, []string{"row_number()", "row_number()", "rank()", "dense_rank()"})
	case g.chance(50):
		call = "dense_rank()"
	}
	e := op(tInt8, call+" OVER ("+w.text+")", w.kids...)
	e.rank = true
	q.targets = append(q.targets, e)
	return q
}

// topRanks is a condition on the ranks that derived tables show; nil when there are none.
func (g *generator) topRanks(q *query, sp spec) *expr {
	var out *expr
	for _, f := range q.items() {
		if f.table.query == nil {
			continue
		}
		for i, t := range f.table.query.targets {
			if !t.rank || g.chance(25) {
				continue
			}
			c := colExpr(&scopeColumn{from: f, col: f.table.cols[i]})
			k := litExpr(tInt8, pick(g.r, []string{"1", "2", "3"}))
			if !sp.view && g.chance(50) {
				k = &expr{typ: tInt8, param: &param{typ: tInt8, values: []string{"0", "1", "2", "5"}}}
			}
			out = and(out, op(tBool, pick(g.r, []string{"(%s <= %s)", "(%s <= %s)", "(%s = %s)", "(%s < %s)", "(%s > %s)"}), c, k))
		}
	}
	return out
}
