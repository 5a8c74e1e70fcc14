package prequel_test

import (
	"fmt"
	"slices"
)

// query is a random SELECT.
type query struct {
	with     []*part
	ctes     []*cte
	draws    bool // from sequences
	distinct bool
	on       []*expr // of DISTINCT ON
	targets  []*expr
	star     string // what stands for the targets, or ""
	from     []*fromItem
	where    *expr
	group    []*expr
	// groupBy is GROUP BY with grouping sets over group's expressions; nil: it lists them.
	groupBy *expr
	// named says how GROUP BY refers to an expression that is a target: "", ordinal, or alias.
	named   string
	having  *expr
	windows []*expr // WINDOW w0 AS, w1 AS and so on
	sets    []*setOperation
	order   []orderItem
	limit   *expr
	offset  *expr
	ties    bool // FETCH FIRST limit ROWS WITH TIES
	srf     bool // a target is a set-returning function
}

// setOperation combines the query, without its ORDER BY and LIMIT, with another.
type setOperation struct {
	op    string
	right *query
}

// orderItem orders by an output column's number (from 1) or, when that is 0, by an expression.
type orderItem struct {
	output int
	expr   *expr
	suffix string
}

func (p *printer) query(q *query) {
	p.with(q.with)
	p.ctes(q.ctes)
	p.WriteString("SELECT ")
	if q.distinct {
		p.WriteString("DISTINCT ")
	}
	for i, e := range q.on {
		p.lead(i, ", ", "DISTINCT ON (")
		p.expr(e)
	}
	if len(q.on) > 0 {
		p.WriteString(") ")
	}
	p.WriteString(q.star)
	for i, t := range q.targets {
		if q.star != "" {
			break
		}
		p.lead(i, ", ", "")
		p.expr(t)
		p.f(" AS o%d", i)
	}
	if len(q.from) > 0 {
		p.WriteString(" FROM ")
		p.from(q.from)
	}
	p.clause(" WHERE ", q.where)
	p.groupBy(q)
	p.clause(" HAVING ", q.having)
	for i, w := range q.windows {
		p.lead(i, ", ", " WINDOW ")
		p.f("w%d AS (", i)
		p.expr(w)
		p.WriteString(")")
	}
	for _, s := range q.sets {
		p.f(" %s ", s.op)
		if r := s.right; len(r.sets) > 0 || len(r.order) > 0 || r.limit != nil || len(r.ctes) > 0 {
			p.WriteString("(")
			p.query(r)
			p.WriteString(")")
		} else {
			p.query(r)
		}
	}
	for i, o := range q.order {
		p.lead(i, ", ", " ORDER BY ")
		if o.expr != nil {
			p.expr(o.expr)
		} else {
			p.f("%d", o.output)
		}
		p.WriteString(o.suffix)
	}
	if q.ties && q.limit != nil {
		p.clause(" OFFSET ", q.offset)
		p.WriteString(" FETCH FIRST (")
		p.expr(q.limit)
		p.WriteString(") ROWS WITH TIES")
		return
	}
	p.clause(" LIMIT ", q.limit)
	p.clause(" OFFSET ", q.offset)
}

func (p *printer) groupBy(q *query) {
	if q.groupBy != nil && len(q.group) > 0 {
		p.clause(" GROUP BY ", q.groupBy)
		return
	}
	for i, e := range q.group {
		p.lead(i, ", ", " GROUP BY ")
		switch n := slices.Index(q.targets, e); {
		case n >= 0 && q.named == "ordinal":
			p.f("%d", n+1)
		case n >= 0 && q.named == "alias":
			p.f("o%d", n)
		default:
			p.expr(e)
		}
	}
}

func (p *printer) clause(keyword string, e *expr) {
	if e != nil {
		p.WriteString(keyword)
		p.expr(e)
	}
}

// lead writes what stands before item i of a list.
func (p *printer) lead(i int, separator, first string) {
	if i == 0 {
		separator = first
	}
	p.WriteString(separator)
}

// exprs are the query's expressions but those in FROM.
func (q *query) exprs() []*expr {
	list := slices.Concat([]*expr{q.where, q.having, q.limit, q.offset}, q.targets, q.group, q.on, q.windows)
	for _, o := range q.order {
		list = append(list, o.expr)
	}
	return slices.DeleteFunc(list, func(e *expr) bool { return e == nil })
}

// items are the tables in FROM, those in parentheses too.
func (q *query) items() []*fromItem { return flat(q.from) }

// vague tells whether the result may show any of several representations of a value.
func (q *query) vague() bool {
	if q.distinct || len(q.group) > 0 || len(q.sets) > 0 {
		return true
	}
	for _, f := range q.items() {
		if f.table.query != nil && f.table.query.vague() {
			return true
		}
	}
	return slices.ContainsFunc(q.targets, func(t *expr) bool { return t.vague || t.hasSub() })
}

// spec is what a query is drawn for.
type spec struct {
	view  bool           // it has no parameters
	top   bool           // a statement of its own, each of whose rows counts
	outer []*scopeColumn // of the queries around it
	types []*sqlType     // of the targets; nil: any
	one   bool           // it has one row at most
}

// genQuery makes a SELECT. A view's query has no parameters and no ORDER BY.
func (g *generator) genQuery(view bool) *query { return g.query(spec{view: view, top: !view}) }

func (g *generator) query(sp spec) *query {
	q := &query{}
	s := &scope{noParams: sp.view, outer: sp.outer}
	if len(g.parts) == 0 && (g.depth == 0 && g.chance(10) || g.depth == 1 && g.chance(4)) {
		defer func(n int) { g.ctes = g.ctes[:n] }(len(g.ctes))
		g.genCTEs(q, sp)
	}
	g.from(q, s, sp)
	single := len(q.from) == 1
	if len(q.from) > 0 && g.chance(75) {
		q.where = g.where(s, single && sp.top)
	}
	if top := g.topRanks(q, sp); top != nil {
		q.where = and(q.where, top)
	}
	// Every row of the result counts only if nothing cuts it off.
	limit := !sp.view && g.chance(30) || sp.one
	s.risk = !limit && sp.top
	switch n := g.r.IntN(20); {
	case n < 6:
		g.grouped(q, s, sp)
	case n < 7 && len(q.from) > 0:
		q.distinct = true
		g.plain(q, s, sp, 2)
	case n < 8 && g.distinctOn(q, s, sp):
	default:
		g.plain(q, s, sp, 6)
	}
	if len(q.from) > 0 && len(q.on) == 0 && (g.depth == 0 && g.chance(8) || g.depth > 0 && g.chance(5)) {
		g.setOperations(q, s, sp)
	}
	if !sp.view || g.depth > 0 && g.chance(30) {
		g.orderAndLimit(q, s, limit)
	}
	return q
}

// and is a conjunction with what may be missing.
func and(a, b *expr) *expr {
	if a == nil {
		return b
	}
	return op(tBool, "(%s AND %s)", a, b)
}

// where is a condition that often fixes a key or a part of it, as real statements do.
func (g *generator) where(s *scope, single bool) *expr {
	var parts []*expr
	if !s.noParams && s.cols[0].from != nil && s.cols[0].from.table != nil && g.chance(55) {
		f := s.cols[0].from
		keys := f.table.key
		for i, k := range keys {
			c := &scopeColumn{from: f, col: k}
			if i == len(keys)-1 && g.chance(40) {
				parts = append(parts, op(tBool, "(%s "+pick(g.r, []string{">=", ">", "<", "<=", "="})+" %s)", colExpr(c), g.bareParam(k.typ)))
				if g.chance(50) {
					parts = append(parts, op(tBool, "(%s "+pick(g.r, []string{"<", "<="})+" %s)", colExpr(c), g.bareParam(k.typ)))
				}
				continue
			}
			parts = append(parts, op(tBool, "(%s = %s)", colExpr(c), g.bareParam(k.typ)))
		}
	}
	if len(parts) == 0 || g.chance(30) {
		t := *s
		t.risk = single && len(parts) == 0 && g.chance(15)
		parts = append(parts, g.cond(&t, 2))
	}
	var e *expr
	for _, p := range parts {
		e = and(e, p)
	}
	return e
}

// plain makes targets without aggregates.
func (g *generator) plain(q *query, s *scope, sp spec, most int) {
	t := *s
	keys := q.keys(s)
	if len(s.cols) > 0 && !q.distinct && g.chance(20) {
		t.cols = slices.Clone(t.cols)
		for range 1 + g.r.IntN(2) {
			w := g.window(q, s, keys)
			t.cols = append(t.cols, pseudo(w))
			if sp.types == nil {
				q.targets = append(q.targets, w)
			}
		}
	}
	if sp.types != nil {
		t.risk = false
		for _, typ := range sp.types {
			q.targets = append(q.targets, g.value(&t, typ, 2))
		}
		return
	}
	if q.srf = sp.top && !q.distinct && g.chance(6); q.srf { // whether errors count where it has no row is open
		t.risk = false
		q.targets = append(q.targets, g.rowsOf(s))
	}
	for range 1 + g.r.IntN(most) {
		row := g.wholeRow(q)
		switch {
		case row != nil && g.chance(4):
			q.targets = append(q.targets, row)
		case len(t.cols) > 0 && g.chance(65):
			q.targets = append(q.targets, colExpr(pick(g.r, t.cols)))
		default:
			q.targets = append(q.targets, g.value(&t, g.targetType(s), 2))
		}
	}
}

// wholeRow is a row of a table in FROM as one value; nil when there is none.
func (g *generator) wholeRow(q *query) *expr {
	items := slices.DeleteFunc(q.items(), func(f *fromItem) bool { return !slices.Contains(g.c.tables, f.table) })
	if len(items) == 0 {
		return nil
	}
	f := pick(g.r, items)
	name := f.alias
	numbers := slices.ContainsFunc(f.table.cols, func(c *column) bool { return !exact(c.typ) }) // of equal rows grouping shows any
	if !numbers && g.chance(50) {
		return &expr{typ: tJSONB, text: "to_jsonb(" + name + ")"}
	}
	return &expr{typ: tText, text: pick(g.r, []string{"(" + name + ")::text", "row_to_json(" + name + ")::text"})}
}

// pseudo makes a call a column of a scope, so that expressions use it.
func pseudo(e *expr) *scopeColumn {
	return &scopeColumn{as: e, col: &column{typ: e.typ, constant: !e.hasColumn()}}
}

// targetType is a type of some column in scope, or any.
func (g *generator) targetType(s *scope) *sqlType {
	if len(s.cols) > 0 && g.chance(70) {
		return pick(g.r, s.cols).col.typ
	}
	return pick(g.r, columnTypes)
}

// keys are columns in which no two rows of FROM are the same; nil when a table has no key.
func (q *query) keys(s *scope) []*expr {
	var out []*expr
	for _, f := range q.items() {
		if f.table.key == nil {
			return nil
		}
		for _, k := range f.table.key {
			out = append(out, colExpr(&scopeColumn{from: f, col: k}))
		}
	}
	return out
}

// setOperations combines a query with others whose columns have the same types.
func (g *generator) setOperations(q *query, s *scope, sp spec) {
	var types []*sqlType
	for _, t := range q.targets {
		if t.typ == tJSON || q.srf {
			return
		}
		types = append(types, t.typ)
		if sp.top && g.chance(15) { // PostgreSQL finds the common type
			types[len(types)-1] = pick(g.r, t.typ.near())
		}
	}
	for range 1 + g.r.IntN(2)*g.r.IntN(2) {
		var right *query
		if g.chance(50) {
			g.depth++
			right = g.query(spec{view: sp.view, types: types, outer: sp.outer})
			g.depth--
		} else {
			f := &fromItem{table: pick(g.r, g.relations(sp.view)), alias: g.setAlias()}
			own := &scope{cols: f.scope(), noParams: sp.view, outer: sp.outer}
			right = &query{from: []*fromItem{f}}
			for _, t := range types {
				right.targets = append(right.targets, g.leaf(own, t))
			}
			if g.chance(60) {
				g.depth++
				right.where = g.cond(own, 1)
				g.depth--
			}
		}
		kind := pick(g.r, []string{"UNION", "UNION ALL", "UNION ALL", "INTERSECT", "INTERSECT ALL", "EXCEPT", "EXCEPT ALL"})
		q.sets = append(q.sets, &setOperation{kind, right})
	}
}

// setAlias names the table of a query behind UNION: u0, or inside a query a name that nothing around has.
func (g *generator) setAlias() string {
	if g.depth == 0 {
		return "u0"
	}
	return g.alias(0)
}

// cte is a query in WITH; step is its recursive definition instead.
type cte struct {
	table *table
	query *query
	hint  string // MATERIALIZED or not
	step  *expr
}

func (p *printer) ctes(list []*cte) {
	lead := "WITH "
	for _, c := range list {
		if c.step != nil {
			lead = "WITH RECURSIVE "
		}
	}
	for i, c := range list {
		p.lead(i, ", ", lead)
		if c.step != nil {
			p.f("%s(a, d) AS (", c.table.name)
			p.expr(c.step)
		} else {
			p.f("%s AS %s(", c.table.name, c.hint)
			p.query(c.query)
		}
		p.WriteString(")")
	}
	if len(list) > 0 {
		p.WriteString(" ")
	}
}

// genCTEs draws queries in WITH, which the rest of the statement may name as often as it likes.
func (g *generator) genCTEs(q *query, sp spec) {
	for range 1 + g.r.IntN(2) {
		g.aliases++
		c := &cte{hint: pick(g.r, []string{"", "", "MATERIALIZED ", "NOT MATERIALIZED "})}
		if g.chance(30) {
			c.step, c.table = g.recursion(sp)
		} else {
			c.table = g.derived(spec{view: sp.view, outer: sp.outer})
			c.query = c.table.query
		}
		c.table.name = fmt.Sprintf("cte%d", g.aliases)
		if c.step != nil {
			c.step.text = replaceName(c.step.text, c.table.name)
		}
		q.ctes = append(q.ctes, c)
		g.ctes = append(g.ctes, c.table)
	}
}
