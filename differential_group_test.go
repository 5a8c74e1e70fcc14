package prequel_test

import (
	"slices"
	"strings"
)

// grouped makes a GROUP BY query, or with no keys one over all rows. What it shows are expressions over the keys and aggregates.
func (g *generator) grouped(q *query, s *scope, sp spec) {
	own := *s
	own.outer, own.risk = nil, false // an aggregate of outer columns would be the outer query's
	over := &scope{noParams: s.noParams, outer: s.outer}
	keyed := slices.DeleteFunc(slices.Clone(q.from), func(f *fromItem) bool { return f.table == nil || f.table.key == nil || f.table.made != nil })
	switch {
	case len(s.cols) == 0 || sp.one:
	case len(keyed) > 0 && g.chance(12): // what depends on a primary key
		f := pick(g.r, keyed)
		for _, k := range f.table.key {
			q.group = append(q.group, colExpr(&scopeColumn{from: f, col: k}))
		}
		over.cols = f.scope()
	default:
		for range g.r.IntN(4) {
			k := colExpr(pick(g.r, s.cols))
			if g.chance(20) {
				k = g.value(&own, k.typ, 1)
			}
			if k.typ == tJSON || k.col == nil && len(k.kids) == 0 && !k.merged { // a constant or parameter would be a position or untyped
				continue
			}
			q.group = append(q.group, k)
			if k.col != nil {
				over.cols = append(over.cols, k.col)
			} else if k.sub == nil {
				over.cols = append(over.cols, pseudo(k))
			}
		}
		if len(q.group) > 0 && !slices.ContainsFunc(q.group, (*expr).hasSub) && !merged(q.group) && g.chance(30) { // PostgreSQL 15 computes queries anew there
			over.cols = append(over.cols, pseudo(g.groupingSets(q)))
		}
	}
	shown := func(k *expr) {
		if k.typ != tJSON {
			q.targets = append(q.targets, k)
		}
	}
	if q.groupBy == nil && g.chance(30) && !slices.ContainsFunc(s.cols, func(c *scopeColumn) bool { return strings.HasPrefix(c.col.name, "o") }) {
		q.named = pick(g.r, []string{"ordinal", "alias"})
	}
	if sp.types == nil {
		for _, k := range q.group {
			if g.chance(80) {
				shown(k)
			}
		}
	}
	var aggregates []*expr
	for range 1 + g.r.IntN(3) {
		a := g.aggregate(q, &own)
		aggregates = append(aggregates, a)
		if a.typ != tJSON {
			over.cols = append(over.cols, pseudo(a))
		}
	}
	if g.chance(25) {
		q.having = g.having(over, aggregates)
	}
	if sp.types != nil {
		for _, t := range sp.types {
			q.targets = append(q.targets, g.value(over, t, 2))
		}
		return
	}
	for _, a := range aggregates {
		if a.typ == tJSON && !sp.top {
			a = op(tText, "(%s)::text", a)
		}
		q.targets = append(q.targets, a)
	}
	if len(over.cols) > 0 && g.chance(30) {
		q.targets = append(q.targets, g.value(over, pick(g.r, over.cols).col.typ, 2))
	}
	if len(q.group) > 0 && q.groupBy == nil && g.chance(12) {
		var keys []*expr
		for _, k := range q.group {
			if k.typ.ordered() || k.typ == tBool || k.typ == tUUID {
				keys = append(keys, k)
			}
		}
		if len(keys) < len(q.group) {
			keys = nil
		}
		q.targets = append(q.targets, g.window(q, over, keys))
	}
}

// merged reports whether PostgreSQL 15 takes keys for others than they are in some grouping sets: it writes queries and views out, and
// two columns that compute the same become one; and what it can compute ahead is never NULL.
func merged(keys []*expr) bool {
	written := 0
	for _, k := range keys {
		if !k.hasColumn() {
			return true
		}
		if k.readsQuery() {
			written++
		}
	}
	return written > 1
}

func (e *expr) readsQuery() bool {
	c := e.col
	return c != nil && c.from != nil && c.from.table != nil && c.from.table.query != nil || slices.ContainsFunc(e.kids, (*expr).readsQuery)
}

// having is a condition over keys and aggregates.
func (g *generator) having(over *scope, aggregates []*expr) *expr {
	a := pick(g.r, aggregates)
	if g.chance(40) || a.typ == tJSON {
		return g.cond(over, 1)
	}
	e := op(tBool, "(%s "+pick(g.r, comparisons)+" %s)", a, litExpr(a.typ, a.typ.pick(g.r)))
	if !over.noParams && g.chance(50) {
		e.kids[1] = g.paramExpr(a.typ)
	}
	return e
}

// groupingSets groups by several sets of the query's expressions. What comes back tells them apart.
func (g *generator) groupingSets(q *query) *expr {
	all := strings.Repeat("%s, ", len(q.group)-1) + "%s"
	switch n := g.r.IntN(5); {
	case n == 0:
		q.groupBy = op(nil, "ROLLUP ("+all+")", q.group...)
	case n == 1:
		q.groupBy = op(nil, "CUBE ("+all+")", q.group...)
	case n == 2 && len(q.group) > 1:
		q.groupBy = op(nil, "%s, "+pick(g.r, []string{"ROLLUP", "CUBE"})+" ("+strings.TrimPrefix(all, "%s, ")+")", q.group...)
	default:
		kids := slices.Clone(q.group) // each stands in one of the sets
		sets := []string{"(" + all + ")"}
		for range 1 + g.r.IntN(3) {
			set := ""
			for _, k := range q.group {
				if g.chance(50) {
					set, kids = set+", %s", append(kids, k)
				}
			}
			set = "(" + strings.TrimPrefix(set, ", ") + ")"
			if set != "()" && g.chance(20) {
				set = pick(g.r, []string{"ROLLUP ", "CUBE "}) + set
			}
			sets = append(sets, set)
		}
		q.groupBy = op(nil, "GROUPING SETS ("+strings.Join(sets, ", ")+")", kids...)
	}
	return op(tInt4, "grouping("+all+")", q.group...)
}

// aggregateForms are aggregates whose result does not depend on the order of rows, or says it: %%o stands for an order that is total, or
// for one by the first operand.
var aggregateForms = []struct {
	result   *sqlType
	text     string
	operands []*sqlType
}{
	{tBool, "bool_and(%s)", []*sqlType{tBool}},
	{tBool, "bool_or(%s)", []*sqlType{tBool}},
	{tBool, "every(%s)", []*sqlType{tBool}},
	{tInt4, "bit_and(%s)", []*sqlType{tInt4}},
	{tInt2, "bit_or(%s)", []*sqlType{tInt2}},
	{tInt8, "bit_xor(%s)", []*sqlType{tInt8}},
	{tText, "string_agg(%s, ','~)", []*sqlType{tText}},
	{tText, "string_agg(DISTINCT %s, '-' ORDER BY %s)", []*sqlType{tText}},
	{tText, "string_agg((%s)::text, %s~)", []*sqlType{tInt4, tText}},
	{tText, "string_agg(encode(%s, 'hex'), ','~)", []*sqlType{tBytea}},
	{tInt4s, "array_agg(%s~)", []*sqlType{tInt4}},
	{tInt8s, "array_agg(DISTINCT %s ORDER BY %s DESC)", []*sqlType{tInt8}},
	{tTexts, "array_agg((%s)::text~)", []*sqlType{tText}},
	{tDates, "array_agg(%s~)", []*sqlType{tDate}},
	{tMoods, "array_agg(%s~)", []*sqlType{tEnum}},
	{tUUIDs, "array_agg(DISTINCT %s)", []*sqlType{tUUID}},
	{tJSON, "json_agg(%s~)", []*sqlType{tInt4}},
	{tJSON, "json_agg((%s)::text~)", []*sqlType{tText}},
	{tJSON, "json_object_agg(coalesce(%s, ''), %s~)", []*sqlType{tText, tInt4}},
	{tJSONB, "jsonb_agg(%s~)", []*sqlType{tTstz}},
	{tJSONB, "jsonb_agg(%s~)", []*sqlType{tBool}},
	{tJSONB, "jsonb_agg(DISTINCT %s)", []*sqlType{tEnum}},
	{tJSONB, "jsonb_object_agg(coalesce(%s, ''), %s~)", []*sqlType{tText, tInt4}},
	{tNum, "stddev(%s)", []*sqlType{tInt4}},
	{tNum, "stddev_pop(%s)", []*sqlType{tInt2}},
	{tNum, "stddev_samp(%s)", []*sqlType{tNum92}},
	{tNum, "variance(%s)", []*sqlType{tNum92}},
	{tNum, "var_pop(%s)", []*sqlType{tInt8}},
	{tNum, "var_samp(%s)", []*sqlType{tInt4}},
	{tF8, "percentile_cont(0.25) WITHIN GROUP (ORDER BY %s)", []*sqlType{tF8}},
	{tF8, "percentile_cont(0.5) WITHIN GROUP (ORDER BY %s DESC)", []*sqlType{tInt4}},
	{tIvl, "percentile_cont(0.5) WITHIN GROUP (ORDER BY %s)", []*sqlType{tIvl}},
	{tF8s, "percentile_cont(ARRAY[0.1, NULL, 1]) WITHIN GROUP (ORDER BY %s)", []*sqlType{tInt4}},
	{tInt4, "percentile_disc(0.5) WITHIN GROUP (ORDER BY %s)", []*sqlType{tInt4}},
	{tDate, "percentile_disc(0) WITHIN GROUP (ORDER BY %s DESC)", []*sqlType{tDate}},
	{tEnum, "percentile_disc(1) WITHIN GROUP (ORDER BY %s)", []*sqlType{tEnum}},
	{tTexts, "percentile_disc(ARRAY[0.9, 0.1]) WITHIN GROUP (ORDER BY (%s)::text)", []*sqlType{tText}},
	{tInt4, "mode() WITHIN GROUP (ORDER BY %s)", []*sqlType{tInt4}},
	{tTstz, "mode() WITHIN GROUP (ORDER BY %s DESC)", []*sqlType{tTstz}},
	{tBool, "mode() WITHIN GROUP (ORDER BY %s)", []*sqlType{tBool}},
	{tInt8, "rank(2) WITHIN GROUP (ORDER BY %s)", []*sqlType{tInt4}},
	{tInt8, "dense_rank('b') WITHIN GROUP (ORDER BY (%s)::text DESC)", []*sqlType{tText}},
	{tF8, "percent_rank(2) WITHIN GROUP (ORDER BY %s)", []*sqlType{tInt4}},
	{tF8, "cume_dist(2) WITHIN GROUP (ORDER BY %s)", []*sqlType{tInt4}},
	{tInt8, "regr_count(%s, %s)", []*sqlType{tF8, tF8}},
}

// aggregate is an aggregate call. Sums of bigint are numeric; sums of integers are bigint; floats are summed only from
// pools whose sums are exact in any order.
func (g *generator) aggregate(q *query, s *scope) *expr {
	e := g.aggregateCall(q, s)
	e.vague, e.agg = true, true
	if g.chance(15) && len(s.cols) > 0 {
		e.text += " FILTER (WHERE %s)"
		e.kids = append(e.kids, g.predicate(s, 1))
	}
	return e
}

func (g *generator) aggregateCall(q *query, s *scope) *expr {
	if len(s.cols) == 0 {
		return op(tInt8, "count(*)")
	}
	arg := func(t *sqlType) *expr {
		if t == nil {
			c := pick(g.r, s.cols)
			if g.chance(25) {
				return g.value(s, c.col.typ, 1)
			}
			return colExpr(c)
		}
		if same := ofType(s.cols, t); len(same) > 0 && g.chance(75) {
			return colExpr(pick(g.r, same))
		}
		return g.value(s, t, 1)
	}
	distinct := ""
	if g.chance(20) {
		distinct = "DISTINCT "
	}
	n := g.r.IntN(15)
	switch n {
	case 0, 1:
		return op(tInt8, "count(*)")
	case 2:
		a := arg(nil)
		if a.typ == tJSON {
			distinct = ""
		}
		return op(tInt8, "count("+distinct+"%s)", a)
	case 3, 4:
		t := pick(g.r, []*sqlType{tInt2, tInt4, tInt8, tNum, tNum92, tF8, tIvl})
		out := map[*sqlType]*sqlType{tInt2: tInt8, tInt4: tInt8, tInt8: tNum, tNum: tNum, tNum92: tNum, tF8: tF8, tIvl: tIvl}[t]
		return op(out, "sum("+distinct+"%s)", arg(t))
	case 5:
		t := pick(g.r, []*sqlType{tInt2, tInt4, tInt8, tNum, tNum92})
		return op(tNum, "avg("+distinct+"%s)", arg(t))
	case 6, 7, 8, 9, 10:
		if e := g.aggregateForm(q, s, arg); e != nil {
			return e
		}
	}
	a := arg(nil)
	out := a.typ.plain()
	switch out { // PostgreSQL 15 has no min and max of these
	case tBool, tUUID, tBytea, tJSONB:
		return op(tInt8, "count("+distinct+"%s)", a)
	case tJSON:
		return op(tInt8, "count(%s)", a)
	case tVchar:
		out = tText
	case tNum92:
		out = tNum
	}
	return op(out, pick(g.r, []string{"min", "max"})+"(%s)", a)
}

// aggregateForm is one of the forms, of those that take a column if there are such.
func (g *generator) aggregateForm(q *query, s *scope, arg func(*sqlType) *expr) *expr {
	f := pick(g.r, aggregateForms)
	for range 8 {
		if len(ofType(s.cols, f.operands[0])) > 0 {
			break
		}
		f = pick(g.r, aggregateForms)
	}
	var kids []*expr
	for _, t := range f.operands {
		kids = append(kids, arg(t))
	}
	if strings.Contains(f.text, "(DISTINCT %s") && strings.Count(f.text, "%s") > len(kids) {
		kids = append(kids, kids[0])
	}
	if len(kids) > len(f.operands) {
		kids[0], kids[1] = typed(kids[0]), typed(kids[0])
	}
	if strings.Contains(f.text, "WITHIN GROUP") {
		for i := range kids { // constants there would be parameters without a type
			kids[i] = typed(kids[i])
		}
	}
	text := f.text
	if hypothetical := strings.Contains(text, "rank(") || strings.Contains(text, "cume_dist("); hypothetical && kids[0].col == nil {
		return nil // a call of a declared function would be refused
	}
	if strings.Contains(text, "~") {
		order := ""
		if keys := q.keys(s); keys != nil && g.chance(60) {
			for _, k := range keys {
				order += ", %s" + pick(g.r, []string{"", " DESC"})
				kids = append(kids, k)
			}
		} else {
			for i := range f.operands {
				order += ", %s" + pick(g.r, []string{"", " DESC", " NULLS FIRST"})
				kids = append(kids, typed(kids[i]))
			}
		}
		text = strings.Replace(text, "~", " ORDER BY "+strings.TrimPrefix(order, ", "), 1)
	}
	return op(f.result, text, kids...)
}

// typed is an expression whose type PostgreSQL knows without what stands around it.
func typed(e *expr) *expr {
	if e.col != nil || e.typ == nil {
		return e
	}
	return op(e.typ, "(%s)::"+e.typ.castTo(), e)
}
