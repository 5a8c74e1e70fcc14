package prequel_test

import (
	"fmt"
	"slices"
	"strings"
)

// fromItem is a table or view in FROM, joined to those before it.
type fromItem struct {
	table *table
	alias string
	bare  bool // columns are written without the alias
	inner bool // the table is a derived one, written in place
	// variable marks the variables of a function, which are no table's.
	variable bool
	join     string // "" for the first, else JOIN, LEFT JOIN, CROSS JOIN
	on       *expr
}

func (f *fromItem) scope() []*scopeColumn {
	var out []*scopeColumn
	for _, c := range f.table.cols {
		out = append(out, &scopeColumn{from: f, col: c})
	}
	return out
}

// query is a random SELECT.
type query struct {
	with          []*part
	draws         bool // from sequences
	distinct      bool
	targets       []*expr
	from          []*fromItem
	where         *expr
	group         []*expr
	having        *expr
	set           *setOperation
	order         []orderItem
	limit, offset *expr
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
	p.WriteString("SELECT ")
	if q.distinct {
		p.WriteString("DISTINCT ")
	}
	for i, t := range q.targets {
		if i > 0 {
			p.WriteString(", ")
		}
		p.expr(t)
		p.f(" AS o%d", i)
	}
	for i, f := range q.from {
		if i == 0 {
			p.WriteString(" FROM ")
		} else {
			p.f(" %s ", f.join)
		}
		if f.inner {
			p.WriteString("(")
			p.query(f.table.query)
			p.WriteString(")")
		} else {
			p.WriteString(f.table.name)
		}
		if !f.bare {
			p.WriteString(" " + f.alias)
			if f.table.made {
				p.WriteString("(" + f.table.cols[0].name + ")")
			}
		}
		if f.on != nil {
			p.WriteString(" ON ")
			p.expr(f.on)
		}
	}
	p.clause(" WHERE ", q.where)
	for i, e := range q.group {
		p.lead(i, ", ", " GROUP BY ")
		p.expr(e)
	}
	p.clause(" HAVING ", q.having)
	if q.set != nil {
		p.f(" %s ", q.set.op)
		p.query(q.set.right)
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
	p.clause(" LIMIT ", q.limit)
	p.clause(" OFFSET ", q.offset)
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

// vague tells whether the result may show any of several representations of a value.
func (q *query) vague() bool {
	if q.distinct || len(q.group) > 0 || q.set != nil {
		return true
	}
	for _, f := range q.from {
		if f.table.query != nil && f.table.query.vague() {
			return true
		}
	}
	for _, t := range q.targets {
		if t.vague || t.sub != nil || strings.Contains(t.text, "m(") || strings.Contains(t.text, "min(") || strings.Contains(t.text, "max(") {
			return true
		}
	}
	return false
}

// genQuery makes a SELECT. A view's query has no parameters and no ORDER BY.
func (g *generator) genQuery(view bool) *query {
	q := &query{}
	s := &scope{noParams: view}
	n := []int{1, 1, 1, 1, 2, 2, 2, 3}[g.r.IntN(8)]
	if g.chance(2) {
		n = 0
	}
	for i := range n {
		f := &fromItem{table: pick(g.r, g.relations(view)), alias: fmt.Sprintf("t%d", i)}
		if g.depth == 0 && g.chance(8) {
			f.inner, f.table = true, g.derived(view)
		} else if g.chance(6) {
			f.table = g.madeRows()
		}
		cols := f.scope()
		if i > 0 {
			f.join = pick(g.r, []string{"JOIN", "JOIN", "LEFT JOIN", "LEFT JOIN", "CROSS JOIN"})
			before := s.cols
			s.cols = append(slices.Clone(before), cols...)
			if f.join != "CROSS JOIN" {
				f.on = g.joinCond(s, before, cols)
			}
		} else {
			s.cols = cols
		}
		q.from = append(q.from, f)
	}
	if n > 0 && g.chance(75) {
		q.where = g.where(s, n == 1)
	}
	// Every row of the result counts only if nothing cuts it off.
	limit := !view && g.chance(30)
	switch g.r.IntN(10) {
	case 0, 1, 2:
		g.grouped(q, s, limit)
	case 3:
		if n > 0 {
			q.distinct = true
			g.plain(q, s, 2, limit)
			break
		}
		fallthrough
	default:
		g.plain(q, s, 6, limit)
	}
	if g.depth == 0 && n > 0 && g.chance(8) {
		g.setOperation(q, view)
	}
	if !view {
		g.orderAndLimit(q, s, limit)
	}
	return q
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
	if e := referenceCond(left, right); e != nil && g.chance(50) {
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

// where is a condition that often fixes a key or a part of it, as real statements do.
func (g *generator) where(s *scope, single bool) *expr {
	var parts []*expr
	if !s.noParams && g.chance(55) {
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
	for len(parts) > 1 {
		parts = append(parts[:len(parts)-2], op(tBool, "(%s AND %s)", parts[len(parts)-2], parts[len(parts)-1]))
	}
	return parts[0]
}

// plain makes targets without aggregates.
func (g *generator) plain(q *query, s *scope, most int, limit bool) {
	if len(s.cols) > 0 && !q.distinct && g.chance(8) {
		q.targets = append(q.targets, g.window(q, s))
	}
	t := *s
	t.risk = !limit && !s.noParams // what uses a view may discard its rows
	for range 1 + g.r.IntN(most) {
		if len(s.cols) > 0 && g.chance(70) {
			q.targets = append(q.targets, colExpr(pick(g.r, s.cols)))
			continue
		}
		q.targets = append(q.targets, g.value(&t, g.targetType(s), 2))
	}
}

// targetType is a type of some column in scope, or any.
func (g *generator) targetType(s *scope) *sqlType {
	if len(s.cols) > 0 && g.chance(70) {
		return pick(g.r, s.cols).col.typ
	}
	return pick(g.r, columnTypes)
}

// grouped makes a GROUP BY query, or with no keys one over all rows.
func (g *generator) grouped(q *query, s *scope, limit bool) {
	if len(s.cols) > 0 {
		for range g.r.IntN(3) {
			k := colExpr(pick(g.r, s.cols))
			if g.chance(20) {
				k = g.value(s, k.typ, 1)
			}
			if k.col == nil && len(k.kids) == 0 { // a constant or parameter would be a position or untyped
				continue
			}
			q.group = append(q.group, k)
			if g.chance(80) {
				q.targets = append(q.targets, k)
			}
		}
	}
	t := *s
	t.risk = false
	for range 1 + g.r.IntN(3) {
		q.targets = append(q.targets, g.aggregate(&t))
	}
	if g.chance(25) {
		a := g.aggregate(&t)
		lit := litExpr(a.typ, a.typ.pick(g.r))
		q.having = op(tBool, "(%s "+pick(g.r, comparisons)+" %s)", a, lit)
		if !s.noParams && g.chance(50) {
			q.having.kids[1] = g.paramExpr(a.typ)
		}
	}
}

// aggregate is an aggregate call. Sums of bigint are numeric; sums of integers are bigint; floats are summed only from
// pools whose sums are exact in any order.
func (g *generator) aggregate(s *scope) *expr {
	filter := ""
	var kids []*expr
	arg := func(t *sqlType) *expr {
		if t == nil {
			c := pick(g.r, s.cols)
			if g.chance(25) {
				return g.value(s, c.col.typ, 1)
			}
			return colExpr(c)
		}
		var same []*scopeColumn
		for _, c := range s.cols {
			if c.col.typ == t {
				same = append(same, c)
			}
		}
		if len(same) > 0 && g.chance(75) {
			return colExpr(pick(g.r, same))
		}
		return g.value(s, t, 1)
	}
	distinct := ""
	if g.chance(20) {
		distinct = "DISTINCT "
	}
	var e *expr
	n := g.r.IntN(10)
	if len(s.cols) == 0 {
		n = 0
	}
	switch n {
	case 0, 1:
		e = op(tInt8, "count(*)")
	case 2:
		e = op(tInt8, "count("+distinct+"%s)", arg(nil))
	case 3, 4:
		t := pick(g.r, []*sqlType{tInt2, tInt4, tInt8, tNum, tNum92, tF8})
		out := map[*sqlType]*sqlType{tInt2: tInt8, tInt4: tInt8, tInt8: tNum, tNum: tNum, tNum92: tNum, tF8: tF8}[t]
		e = op(out, "sum("+distinct+"%s)", arg(t))
	case 5:
		t := pick(g.r, []*sqlType{tInt2, tInt4, tInt8, tNum, tNum92})
		e = op(tNum, "avg("+distinct+"%s)", arg(t))
	default:
		a := arg(nil)
		if t := a.typ; t == tBool || t == tUUID || t == tBytea || t == tJSONB { // PostgreSQL 15 has no min and max of these
			e = op(tInt8, "count("+distinct+"%s)", a)
			break
		}
		out := a.typ.plain()
		if out == tVchar {
			out = tText
		}
		if out == tNum92 {
			out = tNum
		}
		e = op(out, pick(g.r, []string{"min", "max"})+"(%s)", a)
	}
	if g.chance(15) && len(s.cols) > 0 {
		filter = " FILTER (WHERE %s)"
		kids = []*expr{g.predicate(s, 1)}
	}
	e.text += filter
	e.kids = append(e.kids, kids...)
	return e
}

// orderAndLimit orders, always totally when rows are cut off: by the key of the only table, or by every output.
func (g *generator) orderAndLimit(q *query, s *scope, limit bool) {
	suffix := func() string {
		return pick(g.r, []string{"", "", " DESC", " ASC NULLS FIRST", " DESC NULLS LAST"})
	}
	if !limit && g.chance(50) {
		return
	}
	plain := q.set == nil && len(q.group) == 0 && q.having == nil && !q.distinct && !slices.ContainsFunc(q.targets, isAggregate)
	if plain && len(q.from) == 1 && q.from[0].table.key != nil && g.chance(60) {
		dir := suffix()
		if g.chance(40) {
			q.order = append(q.order, orderItem{expr: colExpr(pick(g.r, s.cols)), suffix: dir})
		}
		for _, k := range q.from[0].table.key {
			q.order = append(q.order, orderItem{expr: colExpr(&scopeColumn{from: q.from[0], col: k}), suffix: dir})
		}
	} else {
		for _, i := range g.r.Perm(len(q.targets)) {
			q.order = append(q.order, orderItem{output: i + 1, suffix: suffix()})
		}
	}
	if !limit {
		return
	}
	q.limit = g.count()
	if g.chance(30) {
		q.offset = g.count()
	}
}

// isAggregate recognises what aggregate makes.
func isAggregate(e *expr) bool {
	name, _, ok := strings.Cut(e.text, "(")
	return ok && slices.Contains([]string{"count", "sum", "avg", "min", "max"}, name)
}

// count is a LIMIT or OFFSET.
func (g *generator) count() *expr {
	values := []string{"0", "1", "2", "3", "5", "100"}
	if g.chance(50) {
		if g.chance(10) {
			values = append(values, "-1")
		}
		return &expr{typ: tInt8, param: &param{typ: tInt8, values: values, nullable: g.chance(10)}}
	}
	return &expr{typ: tInt8, text: pick(g.r, values)}
}
