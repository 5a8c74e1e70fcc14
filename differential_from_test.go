package prequel_test

import (
	"fmt"
	"slices"
	"strings"
)

// fromItem is a table or view in FROM, joined to those before it.
type fromItem struct {
	table   *table
	alias   string
	bare    bool // columns are written without the alias
	inner   bool // the table is a derived one, written in place
	lateral bool // it refers to those before it
	// variable marks the variables of a function, which are no table's.
	variable bool
	group    []*fromItem // joined in parentheses, instead of a table
	join     string      // "" for the first, else JOIN, LEFT JOIN, CROSS JOIN
	on       *expr
	using    []string
	joined   string // the alias of what USING joins, or ""
}

// scope is the columns an item brings.
func (f *fromItem) scope() []*scopeColumn {
	var out []*scopeColumn
	for _, x := range flat([]*fromItem{f}) {
		for _, c := range x.table.cols {
			out = append(out, &scopeColumn{from: x, col: c})
		}
	}
	return out
}

// flat replaces items in parentheses by what stands in them.
func flat(list []*fromItem) []*fromItem {
	var out []*fromItem
	for _, f := range list {
		if f.group != nil {
			out = append(out, flat(f.group)...)
		} else {
			out = append(out, f)
		}
	}
	return out
}

func (p *printer) from(list []*fromItem) {
	for i, f := range list {
		switch {
		case i > 0 && f.join == ",":
			p.WriteString(", ")
		case i > 0:
			p.f(" %s ", f.join)
		}
		if f.lateral {
			p.WriteString("LATERAL ")
		}
		switch t := f.table; {
		case f.group != nil:
			p.WriteString("(")
			p.from(f.group)
			p.WriteString(")")
		case f.inner:
			p.WriteString("(")
			p.query(t.query)
			p.WriteString(")")
		case t.made != nil:
			p.expr(t.made)
		default:
			p.WriteString(t.name)
		}
		if !f.bare && f.group == nil {
			p.WriteString(" " + f.alias)
			if f.table.made != nil {
				p.columns("", f.table.cols)
			}
		}
		if f.on != nil {
			p.WriteString(" ON ")
			p.expr(f.on)
		}
		for j, name := range f.using {
			p.lead(j, ", ", " USING (")
			p.WriteString(name)
		}
		if f.using != nil {
			p.WriteString(")" + f.joined)
		}
	}
}

// from draws FROM: tables, views, derived tables, functions and lists, joined in all ways.
func (g *generator) from(q *query, s *scope, sp spec) {
	n := []int{1, 1, 1, 1, 2, 2, 2, 3}[g.r.IntN(8)]
	switch {
	case g.depth > 0:
		n = []int{1, 1, 1, 1, 1, 2}[g.r.IntN(6)]
	case g.chance(2):
		n = 0
	}
	for i := range n {
		f := g.fromItem(s, sp)
		f.alias = g.alias(i)
		q.from = append(q.from, f)
		g.join(q, s, f, i == n-1)
	}
}

// alias names a table: t0, t1 and so on, and inside a query names that nothing around has.
func (g *generator) alias(i int) string {
	if g.depth == 0 {
		return fmt.Sprintf("t%d", i)
	}
	g.aliases++
	return fmt.Sprintf("s%d", g.aliases)
}

// fromItem draws what stands in FROM behind the columns in scope.
func (g *generator) fromItem(s *scope, sp spec) *fromItem {
	f := &fromItem{}
	switch n := g.r.IntN(100); {
	case n < 8 && g.depth < 2:
		f.inner = true
		if f.lateral = len(s.cols) > 0 && g.chance(50); f.lateral {
			f.table = g.derived(spec{view: sp.view, outer: append(plainColumns(s.cols), sp.outer...)})
		} else {
			f.table = g.derived(spec{view: sp.view})
		}
	case n < 13:
		f.table = g.madeRows()
	case n < 17 && len(s.cols) > 0:
		if f.table = g.lateralRows(s); f.table != nil {
			f.lateral = g.chance(50) // functions need not say so
			break
		}
		fallthrough
	case n < 20:
		f.table = g.list(sp)
	case n < 23 && g.depth == 0 && len(s.cols) > 0:
		g.depth++
		inner, is := &query{}, &scope{noParams: s.noParams}
		for i := range 2 {
			x := &fromItem{table: pick(g.r, g.relations(sp.view)), alias: g.alias(i)}
			inner.from = append(inner.from, x)
			g.join(inner, is, x, false)
		}
		g.depth--
		f.group = inner.from
	default:
		f.table = pick(g.r, g.relations(sp.view))
	}
	return f
}

// plainColumns are those that stand for no call.
func plainColumns(cols []*scopeColumn) []*scopeColumn {
	return slices.DeleteFunc(slices.Clone(cols), func(c *scopeColumn) bool { return c.as != nil })
}

// join joins the last item to those before it and adds its columns to the scope.
func (g *generator) join(q *query, s *scope, f *fromItem, last bool) {
	cols := f.scope()
	if len(q.from) == 1 {
		s.cols = cols
		return
	}
	before := s.cols
	s.cols = append(slices.Clone(before), cols...)
	kinds := []string{"JOIN", "JOIN", "JOIN", "LEFT JOIN", "LEFT JOIN", "LEFT JOIN", "CROSS JOIN", "RIGHT JOIN", "FULL JOIN"}
	tied := f.lateral || f.table != nil && f.table.made != nil && f.table.made.hasColumn()
	if tied {
		kinds = []string{"JOIN", "LEFT JOIN", "CROSS JOIN"}
	}
	if last && q.from[1] == f {
		kinds = append(kinds, ",")
	}
	f.join = pick(g.r, kinds)
	switch {
	case f.join == "," || f.join == "CROSS JOIN":
		return
	case f.group == nil && !tied && g.chance(20) && g.using(s, before, f, last):
		return
	case f.join == "FULL JOIN": // PostgreSQL joins so by equalities only
		var pairs []*expr
		for _, l := range before {
			for _, r := range cols {
				if l.col.typ == r.col.typ && !l.col.constant && !r.col.constant && l.col.typ != tJSON {
					pairs = append(pairs, op(tBool, "(%s = %s)", colExpr(l), colExpr(r)))
				}
			}
		}
		if len(pairs) > 0 {
			f.on = pick(g.r, pairs)
			if g.chance(30) {
				f.on = and(f.on, g.predicate(s, 0))
			}
			return
		}
		f.join = "LEFT JOIN"
	}
	if tied && g.chance(60) {
		f.on = &expr{typ: tBool, text: "true"}
		return
	}
	f.on = g.joinCond(s, before, cols)
}

// using joins by columns of the same name: with USING by some, NATURAL by all.
func (g *generator) using(s *scope, before []*scopeColumn, f *fromItem, last bool) bool {
	var common []*column
	natural := true
	for _, c := range f.table.cols {
		var same []*scopeColumn
		for _, b := range before {
			if b.as == nil && b.col.name == c.name {
				same = append(same, b)
			}
		}
		switch {
		case len(same) == 0:
		case len(same) == 1 && f.join != "FULL JOIN" && same[0].col.typ != c.typ && comparable(same[0].col.typ, c.typ):
			f.using = append(f.using, c.name) // its type is the common one
			natural = false
		case len(same) == 1 && same[0].col.typ == c.typ && c.typ != tJSON && !c.constant && !same[0].col.constant:
			common = append(common, c)
		default:
			natural = false
		}
	}
	if len(common) == 0 || len(f.using) > 0 {
		return len(f.using) > 0
	}
	if natural && g.chance(40) {
		f.join = "NATURAL " + f.join
		return true
	}
	for _, c := range common {
		if len(f.using) > 0 && g.chance(50) {
			break
		}
		f.using = append(f.using, c.name)
		merged := &scopeColumn{from: &fromItem{alias: "j" + f.alias}, col: &column{name: c.name, typ: c.typ}}
		switch {
		case g.chance(60) || f.joined != "":
			f.joined = " AS j" + f.alias
		case last && len(f.using) == 1:
			merged = &scopeColumn{as: &expr{typ: c.typ, text: c.name, merged: true}, col: &column{typ: c.typ}}
		default:
			continue
		}
		s.cols = append(s.cols, merged)
	}
	return true
}

// ofTables are the columns that stand in a table themselves.
func ofTables(cols []*scopeColumn) []*scopeColumn {
	return slices.DeleteFunc(slices.Clone(cols), func(c *scopeColumn) bool { return c.from == nil || c.from.table == nil })
}

// joinCond is mostly an equality, alone or with more.
func (g *generator) joinCond(s *scope, left, right []*scopeColumn) *expr {
	var pairs []*expr
	for _, l := range left {
		for _, r := range right {
			if l.col.typ == r.col.typ || comparable(l.col.typ, r.col.typ) && g.chance(30) {
				pairs = append(pairs, op(tBool, "(%s = %s)", colExpr(l), colExpr(r)))
			}
		}
	}
	on := *s
	if e := referenceCond(ofTables(left), ofTables(right)); e != nil && g.chance(50) {
		return e
	}
	if len(pairs) == 0 || g.chance(8) {
		return g.predicate(&on, 1)
	}
	e := pick(g.r, pairs)
	switch {
	case g.chance(20):
		e = op(tBool, "(%s AND %s)", e, g.predicate(&on, 1))
	case g.chance(20):
		e = op(tBool, "(%s AND %s)", e, pick(g.r, pairs))
	}
	return e
}

// derived is a query in FROM or WITH. What uses it may discard its rows, so it raises nothing, as a view.
func (g *generator) derived(sp spec) *table {
	g.depth++
	defer func() { g.depth-- }()
	var q *query
	if g.chance(15) {
		q = g.ranked(sp)
	} else {
		q = g.query(sp)
	}
	t := &table{query: q}
	for i, e := range q.targets {
		t.cols = append(t.cols, &column{name: fmt.Sprintf("o%d", i), typ: e.typ, constant: !e.hasColumn()})
	}
	return t
}

// list is VALUES in FROM.
func (g *generator) list(sp spec) *table {
	t := &table{}
	none := &scope{noParams: sp.view}
	rows := 1 + g.r.IntN(3)
	for i := range 1 + g.r.IntN(3) {
		t.cols = append(t.cols, &column{name: fmt.Sprintf("g%d", i), typ: pick(g.r, []*sqlType{tInt4, tInt8, tText, tDate, tTstz, tBool, tEnum, tUUID}), constant: true})
	}
	row := "(" + strings.Repeat("%s, ", len(t.cols)-1) + "%s)"
	var kids []*expr
	for range rows {
		for _, c := range t.cols {
			kids = append(kids, op(c.typ, "("+"%s)::"+c.typ.name, g.leaf(none, c.typ)))
		}
	}
	t.made = op(nil, "(VALUES "+strings.Repeat(row+", ", rows-1)+row+")", kids...)
	return t
}

// madeRows is a function in FROM, a recursion, or a query with a set-returning function among its targets.
func (g *generator) madeRows() *table {
	m := pick(g.r, []struct {
		text  string
		types []*sqlType
	}{
		{"generate_series(-1, 3)", []*sqlType{tInt4}},
		{"generate_series(3, 0, -2)", []*sqlType{tInt4}},
		{"generate_series(2147483646::bigint, 2147483649)", []*sqlType{tInt8}},
		{"generate_series(9223372036854775806, 9223372036854775807)", []*sqlType{tInt8}},
		{"generate_series(0.5, 2, 0.75)", []*sqlType{tNum}},
		{"generate_series('2024-02-28'::timestamp, '2024-03-01', '18 hours')", []*sqlType{tTs}},
		{"unnest(ARRAY[1, 2, NULL, 2])", []*sqlType{tInt4}},
		{"unnest(ARRAY['a', NULL, '', 'b'])", []*sqlType{tText}},
		{"unnest(ARRAY[3, 2], ARRAY['a', 'b', NULL])", []*sqlType{tInt4, tText}},
		{`jsonb_array_elements_text('["a", null, 1.50, {"b": []}]')`, []*sqlType{tText}},
		{`json_object_keys('{"b": 1, "a": null, "b": 2}')`, []*sqlType{tText}},
		{`jsonb_array_elements('[1, "a", null, [2]]')`, []*sqlType{tJSONB}},
		{`jsonb_each('{"a": 1, "b": [null]}')`, []*sqlType{tText, tJSONB}},
		{`jsonb_each_text('{"a": 1, "b": null, "c": "x"}')`, []*sqlType{tText, tText}},
		{"string_to_table('a,b,,a', ',')", []*sqlType{tText}},
		{"regexp_split_to_table('a-b--a', '-')", []*sqlType{tText}},
		{"regexp_matches('ab abb', 'a(b+)', 'g')", []*sqlType{tTexts}},
		{"generate_subscripts(ARRAY['a', 'b', NULL], 1)", []*sqlType{tInt4}},
		{"(SELECT unnest(ARRAY[3, 1, NULL]) + 0)", []*sqlType{tInt4}},
		{"(SELECT generate_series(1, generate_series(1, 3)))", []*sqlType{tInt4}},
		{"(WITH RECURSIVE r(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM r WHERE n < 4) SELECT n FROM r)", []*sqlType{tInt4}},
		{"(WITH RECURSIVE r(n) AS (SELECT 1 UNION SELECT n * 3 % 7 FROM r) SELECT n FROM r)", []*sqlType{tInt4}},
		{"(WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT n FROM r LIMIT 3)", []*sqlType{tInt4}},
	})
	return g.functionRows(op(nil, strings.ReplaceAll(m.text, "%", "%%")), m.types)
}

// functionRows is the table of a function, with the rows' numbers at times.
func (g *generator) functionRows(call *expr, types []*sqlType) *table {
	t := &table{made: call}
	for i, typ := range types {
		t.cols = append(t.cols, &column{name: fmt.Sprintf("g%d", i), typ: typ, constant: !call.hasColumn()})
	}
	if !strings.HasPrefix(call.text, "(") && g.chance(30) {
		call.text += " WITH ORDINALITY"
		n := &column{name: "n", typ: tInt8, constant: !call.hasColumn()}
		t.cols, t.key = append(t.cols, n), []*column{n}
	}
	return t
}

// rowsOf is a call of a set-returning function over columns.
func (g *generator) rowsOf(s *scope) *expr {
	calls := []struct {
		result, operand *sqlType
		text            string
	}{
		{tInt4, tInt4, "generate_series(1, (%s %% 3))"},
		{tInt4, tInt4s, "unnest(%s)"},
		{tText, tTexts, "unnest(%s)"},
		{tText, tText, "regexp_split_to_table(%s, 'b')"},
		{tText, tText, "string_to_table(%s, 'b')"},
		{tTexts, tText, "regexp_matches(%s, '(a)|(b)', 'g')"},
		{tText, tJSONB, "jsonb_object_keys(CASE WHEN jsonb_typeof(%s) = 'object' THEN '{\"a\": 1, \"b\": 2}'::jsonb END)"},
		{tJSONB, tTexts, "jsonb_array_elements(to_jsonb(%s))"},
		{tInt4, tInt4s, "generate_subscripts(%s, 1)"},
	}
	g.r.Shuffle(len(calls), func(i, j int) { calls[i], calls[j] = calls[j], calls[i] })
	for _, c := range calls {
		if fit := ofType(s.cols, c.operand); len(fit) > 0 {
			return op(c.result, c.text, colExpr(pick(g.r, fit)))
		}
	}
	return op(tInt4, "generate_series(1, 2)")
}

// lateralRows is a set-returning function of columns before it; nil without a column that one takes.
func (g *generator) lateralRows(s *scope) *table {
	call := g.rowsOf(&scope{cols: plainColumns(s.cols)})
	if !call.hasColumn() {
		return nil
	}
	return g.functionRows(call, []*sqlType{call.typ})
}

// recursion follows a table from row to row: what a column says is looked for in another.
func (g *generator) recursion(sp spec) (*expr, *table) {
	t := pick(g.r, g.c.tables)
	f := &fromItem{table: t, alias: g.alias(0)}
	own := f.scope()
	to := pick(g.r, own)
	from := pick(g.r, ofType(own, to.col.typ))
	g.depth++
	start := g.cond(&scope{cols: own, noParams: sp.view}, 1)
	g.depth--
	kind := pick(g.r, []string{"UNION", "UNION", "UNION ALL"})
	head := op(nil, "SELECT %s, 0 FROM "+t.name+" "+f.alias+" WHERE %s", colExpr(to), start)
	tail := op(nil, "SELECT %s, d + 1 FROM "+t.name+" "+f.alias+" JOIN \x00 r ON %s = r.a WHERE d < 2", colExpr(to), colExpr(from))
	return op(nil, head.text+" "+kind+" "+tail.text, append(head.kids, tail.kids...)...), &table{
		cols: []*column{{name: "a", typ: to.col.typ}, {name: "d", typ: tInt4}},
		most: fmt.Sprintf("WITH RECURSIVE r(a, d) AS (SELECT %[2]s, 0 FROM %[1]s %[4]s SELECT s.%[2]s, d + 1 FROM %[1]s s JOIN r ON s.%[3]s = r.a WHERE d < 2) SELECT count(*) FROM r",
			t.name, to.col.name, from.col.name, kind),
	}
}

// replaceName puts a recursive query's name where it refers to itself.
func replaceName(text, name string) string { return strings.ReplaceAll(text, "\x00", name) }
