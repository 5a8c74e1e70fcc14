package prequel_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
)

// expr is a random SQL expression: text with a %s for each child and then one for the subquery, or a parameter, or a
// column.
type expr struct {
	text string
	kids []*expr
	sub  *query
	typ  *sqlType
	// risky expressions can raise an error. Whether PostgreSQL evaluates one for a row that another condition
	// discards is its own choice, so they stand only where every row counts.
	risky bool
	// vague results have several representations of one value (1.0 and 1.00), of which grouping may show any.
	vague bool
	// rank marks ranks among rows, agg aggregates, merged the column of a USING.
	rank, agg, merged bool
	param             *param
	col               *scopeColumn
}

// param is a parameter of a statement. Its number follows from the order of appearance.
type param struct {
	typ      *sqlType
	nullable bool
	// values to draw from; nil: those of the type.
	values []string
	// bad allows values that the column refuses. They stand in INSERT's rows only: elsewhere PostgreSQL may convert a
	// parameter while planning and fail although no row is found.
	bad bool
}

func (p *param) pick(r *rand.Rand) *string {
	if p.nullable && r.IntN(6) == 0 {
		return nil
	}
	v := p.values
	if v == nil {
		v = p.typ.pool
		if p.bad && len(p.typ.bad) > 0 && r.IntN(12) == 0 {
			v = p.typ.bad
		}
	}
	s := v[r.IntN(len(v))]
	return &s
}

// scopeColumn is a column of a FROM item, visible to expressions.
type scopeColumn struct {
	from *fromItem
	col  *column
	// as is what the column stands for instead: a call that other expressions use.
	as *expr
}

// scope is what an expression may refer to.
type scope struct {
	cols []*scopeColumn
	// outer are the columns of the queries around, which may stand anywhere too.
	outer []*scopeColumn
	// noParams forbids parameters: views.
	noParams bool
	// risk allows expressions that can raise.
	risk bool
}

// stored reports whether the columns in scope are those of one table. PostgreSQL 15 takes x = ANY of an empty array for NULL where an outer
// join may have left x out, which such an array is false for.
func (s *scope) stored() bool {
	for _, c := range s.cols {
		if c.from == nil || c.from != s.cols[0].from || c.from.table == nil || c.from.table.query != nil || c.from.table.made != nil {
			return false
		}
	}
	return len(s.outer) == 0
}

// printer writes SQL and numbers parameters.
type printer struct {
	strings.Builder
	params []*param
	// named writes parameters as a statement file does, so that it says which may be NULL.
	named bool
	// body writes parameters as those of a function whose body is printed.
	body bool
	// literals writes a value of its pool for each parameter: a trigger has none.
	literals bool
	// nested counts the subqueries around what is printed: inside, a column without its table would be the inner query's.
	nested int
}

func (p *printer) f(format string, args ...any) { fmt.Fprintf(p, format, args...) }

func (p *printer) expr(e *expr) {
	switch {
	case e.param != nil:
		n := slices.Index(p.params, e.param)
		if n < 0 {
			n = len(p.params)
			p.params = append(p.params, e.param)
		}
		switch {
		case p.literals:
			p.WriteString(e.param.typ.literal(e.param.typ.pool[n%len(e.param.typ.pool)]) + e.text)
		case p.body:
			p.f("p%d%s", n+1, e.text)
		case p.named && e.param.nullable:
			p.f("sqlc.narg(p%d)%s", n+1, e.text)
		case p.named:
			p.f("sqlc.arg(p%d)%s", n+1, e.text)
		default:
			p.f("$%d%s", n+1, e.text)
		}
	case e.col != nil:
		switch from := e.col.from; {
		case from.variable:
			p.WriteString(e.col.col.name)
		case !from.bare:
			p.f("%s.%s", from.alias, e.col.col.name)
		case p.nested > 0:
			p.f("%s.%s", from.table.name, e.col.col.name)
		default:
			p.WriteString(e.col.col.name)
		}
	default:
		rest := e.text
		next := func() {
			before, after, _ := strings.Cut(rest, "%s")
			p.WriteString(strings.ReplaceAll(before, "%%", "%"))
			rest = after
		}
		for _, k := range e.kids {
			next()
			p.expr(k)
		}
		if e.sub != nil {
			next()
			p.nested++
			p.query(e.sub)
			p.nested--
		}
		p.WriteString(strings.ReplaceAll(rest, "%%", "%"))
	}
}

// op makes an operator's node; the text is parenthesised unless it is a call.
func op(t *sqlType, text string, kids ...*expr) *expr {
	e := &expr{text: text, kids: kids, typ: t}
	for _, k := range kids {
		e.risky = e.risky || k.risky
		e.vague = e.vague || k.vague
	}
	return e
}

// asRisky marks an expression that can raise. Without a column in it PostgreSQL may or may not evaluate it while
// planning, for no row at all, so such an expression becomes NULL.
func (e *expr) asRisky() *expr {
	if !e.hasColumn() {
		return &expr{typ: e.typ, text: "NULL::" + e.typ.castTo()}
	}
	e.risky = true
	return e
}

func (e *expr) hasColumn() bool {
	return e.col != nil && !e.col.col.constant || e.sub != nil || slices.ContainsFunc(e.kids, (*expr).hasColumn)
}

// hasSub reports whether there is a subquery in an expression.
func (e *expr) hasSub() bool { return e.sub != nil || slices.ContainsFunc(e.kids, (*expr).hasSub) }

// aggregates reports whether there is an aggregate in an expression.
func (e *expr) aggregates() bool { return e.agg || slices.ContainsFunc(e.kids, (*expr).aggregates) }

func colExpr(c *scopeColumn) *expr {
	if c.as != nil {
		return c.as
	}
	return &expr{typ: c.col.typ, col: c}
}

func litExpr(t *sqlType, v string) *expr {
	return &expr{typ: t, text: strings.ReplaceAll(t.literal(v), "%", "%%")}
}

// paramExpr is a parameter with an explicit cast.
func (g *generator) paramExpr(t *sqlType) *expr {
	return &expr{typ: t, text: "::" + t.castTo(), param: &param{typ: t, nullable: g.chance(40)}}
}

// bareParam is a parameter whose type PostgreSQL infers from where it stands.
func (g *generator) bareParam(t *sqlType) *expr {
	return &expr{typ: t, param: &param{typ: t, nullable: g.chance(25)}}
}

// leaf is a column, literal or parameter of a type.
func (g *generator) leaf(s *scope, t *sqlType) *expr {
	var same []*scopeColumn
	for _, c := range s.cols {
		if c.col.typ == t {
			same = append(same, c)
		}
	}
	if g.chance(50) {
		same = append(same, ofType(s.outer, t)...)
	}
	for _, c := range g.vars {
		if c.col.typ == t && !s.noParams {
			same = append(same, c)
		}
	}
	switch n := g.r.IntN(10); {
	case n < 6 && len(same) > 0:
		return colExpr(pick(g.r, same))
	case n < 8 && !s.noParams:
		return g.paramExpr(t)
	case n == 8:
		return &expr{typ: t, text: "NULL::" + t.castTo()}
	}
	return litExpr(t, t.pick(g.r))
}

// value is an expression of a type, at most depth operators deep.
func (g *generator) value(s *scope, t *sqlType, depth int) *expr {
	if depth <= 0 || g.chance(30) {
		return g.leaf(s, t)
	}
	if g.chance(4) {
		if e := g.scalarSubquery(s, t); e != nil {
			return e
		}
	}
	switch g.r.IntN(10) {
	case 0:
		return op(t, "(CASE WHEN %s THEN %s ELSE %s END)", g.cond(s, depth-1), g.value(s, t, depth-1), g.value(s, t, depth-1))
	case 1:
		return op(t, "coalesce(%s, %s)", g.value(s, t, depth-1), g.value(s, t, depth-1))
	case 2:
		return op(t, "nullif(%s, %s)", g.value(s, t, depth-1), g.leaf(s, t))
	case 3:
		if t.family != "bool" {
			return op(t, pick(g.r, []string{"greatest", "least"})+"(%s, %s)", g.value(s, t, depth-1), g.value(s, t, depth-1))
		}
	}
	if g.chance(30) {
		if e := g.called(s, t, depth-1); e != nil {
			return e
		}
	}
	if g.chance(60) {
		if e := g.formOf(s, t, depth-1); e != nil {
			return e
		}
	}
	if e := g.ofType(s, t, depth-1); e != nil {
		return e
	}
	return g.leaf(s, t)
}

// ofType applies an operator or function whose result has the type; nil when there is none.
func (g *generator) ofType(s *scope, t *sqlType, depth int) *expr {
	switch t {
	case tBool:
		return g.cond(s, depth)
	case tInt2, tInt4, tInt8:
		return g.intValue(s, t, depth)
	case tNum:
		return g.numValue(s, depth)
	case tF8, tF4:
		return g.floatValue(s, t, depth)
	case tText:
		return g.textValue(s, depth)
	case tDate, tTs, tTstz:
		return g.timeValue(s, t, depth)
	case tJSONB:
		return g.jsonValue(s, depth)
	case tInt4s:
		return g.arrayValue(s, tInt4s, tInt4, depth)
	case tTexts:
		return g.arrayValue(s, tTexts, tText, depth)
	case tIvl:
		if s.risk {
			return op(t, pick(g.r, []string{"(%s + %s)", "(%s - %s)", "greatest(%s, %s)"}), g.value(s, tIvl, depth), g.leaf(s, tIvl)).asRisky()
		}
	case tUUID, tEnum, tBytea, tChar, tVchar, tNum92, tF8x, tTime:
		return nil
	}
	return nil
}

// jsonValue is an operator or function that gives jsonb.
func (g *generator) jsonValue(s *scope, depth int) *expr {
	switch g.r.IntN(7) {
	case 6:
		return op(tJSONB, "to_jsonb(ROW(%s, %s, %s))", g.value(s, tBool, depth), g.value(s, tText, depth), g.value(s, tJSONB, depth))
	case 0:
		return op(tJSONB, pick(g.r, []string{"(%s -> 'a')", "(%s -> 'b')", "(%s -> 0)", "(%s -> -1)", "(%s #> '{b,0}')", "(%s #> '{b,a}')"}), g.value(s, tJSONB, depth))
	case 1:
		return op(tJSONB, "(%s || %s)", g.value(s, tJSONB, depth), g.leaf(s, tJSONB))
	case 2:
		t := pick(g.r, []*sqlType{tInt4, tInt8, tText, tBool, tDate, tTs, tTstz, tInt4s, tTexts, tEnum, tUUID})
		return op(tJSONB, "to_jsonb((%s)::"+t.name+")", g.value(s, t, depth)) // a bare literal would have no type
	case 3:
		return op(tJSONB, "jsonb_build_object('a', %s, 'b', %s)", g.value(s, tInt4, depth), g.value(s, tText, depth))
	case 4:
		return op(tJSONB, "jsonb_build_array(%s, %s)", g.value(s, tInt8, depth), g.value(s, tJSONB, depth))
	}
	return op(tJSONB, "jsonb_strip_nulls(%s)", g.value(s, tJSONB, depth))
}

// arrayValue is an operator or function that gives an array.
func (g *generator) arrayValue(s *scope, t, elem *sqlType, depth int) *expr {
	switch g.r.IntN(7) {
	case 0:
		return op(t, "ARRAY[%s, %s]", g.value(s, elem, depth), g.value(s, elem, depth))
	case 1:
		return op(t, "(%s || %s)", g.value(s, t, depth), g.value(s, t, depth))
	case 2:
		return op(t, "array_append(%s, %s)", g.value(s, t, depth), g.value(s, elem, depth))
	case 3:
		return op(t, "array_prepend(%s, %s)", g.value(s, elem, depth), g.value(s, t, depth))
	case 4:
		return op(t, "array_remove(%s, %s)", g.value(s, t, depth), g.value(s, elem, depth))
	case 5:
		return op(t, "array_replace(%s, %s, %s)", g.value(s, t, depth), g.leaf(s, elem), g.leaf(s, elem))
	}
	return op(t, pick(g.r, []string{"(%s)[1:2]", "(%s)[2:]", "(%s)[:1]"}), g.value(s, t, depth))
}

func (g *generator) intValue(s *scope, t *sqlType, depth int) *expr {
	switch g.r.IntN(6) {
	case 0:
		if t == tInt4 {
			return op(t, pick(g.r, []string{"length(%s)", "ascii(%s)", "octet_length(%s)"}), g.value(s, tText, depth))
		}
	case 1:
		if t == tInt4 && g.chance(50) {
			return op(t, pick(g.r, []string{"cardinality(%s)", "array_length(%s, 1)", "(%s)[1]", "(%s)[3]", "array_position(%s, 2)"}), g.value(s, tInt4s, depth))
		}
		if t == tInt4 {
			return op(t, "strpos(%s, %s)", g.value(s, tText, depth), g.leaf(s, tText))
		}
		if t == tInt8 {
			return op(t, "(%s)::bigint", g.value(s, tInt4, depth))
		}
	case 2:
		if t != tInt2 {
			return op(t, "(CASE WHEN %s THEN 1 ELSE 0 END)::"+t.name, g.cond(s, depth))
		}
	}
	if !s.risk {
		return nil
	}
	switch g.r.IntN(5) {
	case 0:
		return op(t, "("+pick(g.r, []string{"-%s", "abs(%s)"})+")", g.value(s, t, depth)).asRisky()
	case 1:
		return op(t, pick(g.r, []string{"(%s / %s)", "(%s %% %s)"}), g.value(s, t, depth), g.leaf(s, t)).asRisky()
	case 2:
		return op(t, "(%s)::"+t.name, g.value(s, tNum, depth)).asRisky()
	}
	return op(t, pick(g.r, []string{"(%s + %s)", "(%s - %s)", "(%s * %s)"}), g.value(s, t, depth), g.value(s, t, depth)).asRisky()
}

func (g *generator) numValue(s *scope, depth int) *expr {
	var e *expr
	switch g.r.IntN(8) {
	case 0:
		e = op(tNum, "(%s)::numeric", g.value(s, pick(g.r, []*sqlType{tInt4, tInt8, tInt2}), depth))
	case 1:
		e = op(tNum, "(%s)::numeric", g.value(s, tNum92, depth))
	case 2:
		e = op(tNum, pick(g.r, []string{"abs(%s)", "-%s", "floor(%s)", "ceil(%s)", "sign(%s)", "trunc(%s)", "round(%s)"}), g.value(s, tNum, depth))
		e.text = "(" + e.text + ")"
	case 3:
		e = op(tNum, pick(g.r, []string{"round(%s, 2)", "trunc(%s, 1)", "round(%s, -1)"}), g.value(s, tNum, depth))
	case 4:
		if s.risk {
			e = op(tNum, pick(g.r, []string{"(%s / %s)", "(%s %% %s)"}), g.value(s, tNum, depth), g.leaf(s, tNum)).asRisky()
		}
	}
	if e == nil {
		e = op(tNum, pick(g.r, []string{"(%s + %s)", "(%s - %s)", "(%s * %s)"}), g.value(s, tNum, depth), g.value(s, tNum, depth))
	}
	e.vague = true
	return e
}

func (g *generator) floatValue(s *scope, t *sqlType, depth int) *expr {
	switch g.r.IntN(3) {
	case 0:
		return op(t, "(%s)::"+t.name, g.value(s, pick(g.r, []*sqlType{tInt4, tInt2}), depth))
	case 1:
		return op(t, "abs(%s)", g.value(s, t, depth))
	}
	if !s.risk {
		return nil
	}
	return op(t, pick(g.r, []string{"(%s + %s)", "(%s - %s)", "(%s * %s)", "(%s / %s)"}), g.value(s, t, depth), g.value(s, t, depth)).asRisky()
}

func (g *generator) textValue(s *scope, depth int) *expr {
	switch g.r.IntN(12) {
	case 11:
		row := pick(g.r, []string{"(ROW(%s, %s, %s))::text", "row_to_json(ROW(%s, %s, %s))::text", "concat_ws(':', VARIADIC ARRAY[(%s)::text, %s, (%s)::text])"})
		return op(tText, row, g.value(s, pick(g.r, []*sqlType{tInt4, tInt8, tBool, tDate, tUUID}), depth), g.value(s, tText, depth),
			g.value(s, pick(g.r, []*sqlType{tText, tInt4, tTstz, tEnum}), depth))
	case 8:
		return op(tText, pick(g.r, []string{"(%s ->> 'a')", "(%s ->> 0)", "(%s #>> '{b,1}')", "jsonb_typeof(%s)", "(%s)::text"}), g.value(s, tJSONB, depth))
	case 9:
		return op(tText, pick(g.r, []string{"array_to_string(%s, ',')", "array_to_string(%s, '-', '?')", "(%s)::text"}), g.value(s, pick(g.r, []*sqlType{tInt4s, tTexts}), depth))
	case 10:
		return op(tText, "(%s)::text", g.value(s, pick(g.r, []*sqlType{tIvl, tTime}), depth))
	case 0:
		return op(tText, pick(g.r, []string{"upper(%s)", "lower(%s)", "trim(%s)", "reverse(%s)", "ltrim(%s)", "rtrim(%s)"}), g.value(s, tText, depth))
	case 1:
		return op(tText, pick(g.r, []string{"substr(%s, 2)", "substring(%s from 1 for 2)", "left(%s, 2)", "right(%s, -1)", "left(%s, -1)"}), g.value(s, tText, depth))
	case 2:
		return op(tText, "replace(%s, %s, 'x')", g.value(s, tText, depth), g.leaf(s, tText))
	case 3:
		return op(tText, "(%s)::text", g.value(s, pick(g.r, []*sqlType{tInt4, tInt8, tBool, tVchar, tNum92, tDate, tTs, tUUID, tEnum, tF8}), depth))
	case 4:
		return op(tText, "lpad(%s, 4, '*')", g.value(s, tText, depth))
	case 5:
		return op(tText, "split_part(%s, 'b', 1)", g.value(s, tText, depth))
	}
	return op(tText, "(%s || %s)", g.value(s, tText, depth), g.value(s, tText, depth))
}

func (g *generator) timeValue(s *scope, t *sqlType, depth int) *expr {
	switch t {
	case tDate:
		if g.chance(50) {
			return op(tDate, "(%s)::date", g.value(s, tTs, depth))
		}
		if s.risk {
			return op(tDate, pick(g.r, []string{"(%s + 1)", "(%s - 30)", "(%s + 366)"}), g.value(s, tDate, depth)).asRisky()
		}
	case tTs:
		if g.chance(30) {
			return op(tTs, "(%s)::timestamp", g.value(s, tDate, depth)).asRisky()
		}
		return op(tTs, pick(g.r, []string{"date_trunc('hour', %s)", "date_trunc('month', %s)", "date_trunc('day', %s)", "date_trunc('minute', %s)"}), g.value(s, tTs, depth))
	case tTstz:
		return op(tTstz, pick(g.r, []string{"date_trunc('hour', %s)", "date_trunc('year', %s)", "date_trunc('second', %s)"}), g.value(s, tTstz, depth))
	}
	return nil
}

// cond is a boolean expression.
func (g *generator) cond(s *scope, depth int) *expr {
	if depth > 0 && g.chance(40) {
		switch g.r.IntN(5) {
		case 0:
			return op(tBool, "(NOT %s)", g.cond(s, depth-1))
		case 1, 2:
			return op(tBool, "(%s OR %s)", g.cond(s, depth-1), g.cond(s, depth-1))
		}
		return op(tBool, "(%s AND %s)", g.cond(s, depth-1), g.cond(s, depth-1))
	}
	return g.predicate(s, depth)
}

var comparisons = []string{"=", "=", "<>", "<", "<=", ">", ">="}

// predicate is a condition without AND, OR, NOT at its root.
func (g *generator) predicate(s *scope, depth int) *expr {
	if len(s.cols) == 0 {
		return op(tBool, "(%s "+pick(g.r, comparisons)+" %s)", g.leaf(s, tInt4), g.leaf(s, tInt4))
	}
	if depth > 0 && g.depth < mostNested && g.chance(12) {
		return g.subqueryPredicate(s)
	}
	if g.chance(15) {
		if e := g.formOf(s, tBool, depth-1); e != nil {
			return e
		}
	}
	c := pick(g.r, s.cols)
	col, t := colExpr(c), c.col.typ
	if t == tJSON {
		return op(tBool, "(%s IS NULL)", col)
	}
	if g.chance(30) {
		if e := g.keyed(s, c); e != nil {
			return e
		}
	}
	switch g.r.IntN(14) {
	case 0:
		return op(tBool, "(%s "+pick(g.r, []string{"IS NULL", "IS NOT NULL"})+")", g.value(s, t, depth-1))
	case 1:
		return op(tBool, "(%s "+pick(g.r, []string{"IS DISTINCT FROM", "IS NOT DISTINCT FROM"})+" %s)", col, g.leaf(s, t))
	case 2:
		return op(tBool, "(%s "+pick(g.r, []string{"", "NOT "})+"BETWEEN %s AND %s)", col, g.leaf(s, t), g.leaf(s, t))
	case 3:
		return op(tBool, "(%s "+pick(g.r, []string{"IN", "NOT IN"})+" (%s, %s, %s))", col, litExpr(t, t.pick(g.r)), litExpr(t, t.pick(g.r)), g.leaf(s, t))
	case 4:
		if t.family == "text" {
			return op(tBool, "(%s "+pick(g.r, []string{"LIKE", "NOT LIKE", "ILIKE"})+" "+pick(g.r, []string{"'a%%'", "'%%b'", "'_'", "'%%'", "'a\\%%b'", "'%%é%%'"})+")", col)
		}
		if t == tJSONB {
			if g.chance(50) {
				return op(tBool, pick(g.r, []string{"(%s ? 'a')", "(%s ?| '{a,b}')", "(%s ?& '{a,b}')"}), col)
			}
			return op(tBool, pick(g.r, []string{"(%s @> %s)", "(%s <@ %s)"}), col, g.leaf(s, t))
		}
		if t == tInt4s || t == tTexts {
			return op(tBool, pick(g.r, []string{"(%s @> %s)", "(%s <@ %s)", "(%s && %s)"}), col, g.leaf(s, t))
		}
		if t == tBool {
			return pick(g.r, []*expr{col, op(tBool, "(%s IS TRUE)", col), op(tBool, "(%s IS NOT FALSE)", col), op(tBool, "(%s IS UNKNOWN)", col)})
		}
	case 5:
		if !s.noParams {
			if a := anyArray(t); a != nil {
				p := &param{typ: a, nullable: g.chance(20)}
				if !s.stored() {
					p.values = a.pool[1:]
				}
				return op(tBool, "(%s = ANY(%s))", col, &expr{typ: a, text: "::" + a.name, param: p})
			}
		}
	case 6:
		if !s.noParams { // an optional filter
			p := &param{typ: t, nullable: true}
			return op(tBool, "(%s IS NULL OR %s "+pick(g.r, comparisons)+" %s)",
				&expr{typ: t, text: "::" + t.castTo(), param: p}, col, &expr{typ: t, text: "::" + t.castTo(), param: p})
		}
	case 7: // across types of a family
		if a := arrayOf(t); a != nil && g.chance(40) { // any operator, any array
			which := "ALL"
			if s.stored() {
				which = pick(g.r, []string{"ANY", "ALL", "SOME"})
			}
			return op(tBool, "(%s "+pick(g.r, comparisons)+" "+which+" (%s))", col, typed(g.value(s, a, depth-1)))
		}
		var near []*scopeColumn
		for _, o := range s.cols {
			if o != c && comparable(t, o.col.typ) {
				near = append(near, o)
			}
		}
		if len(near) > 0 {
			return op(tBool, "(%s "+pick(g.r, comparisons)+" %s)", col, colExpr(pick(g.r, near)))
		}
	case 13: // rows, as pages that go on behind a row's key compare them
		left, right := []*expr{col}, []*expr{g.leaf(s, t)}
		for _, i := range g.r.Perm(len(s.cols))[:min(len(s.cols), 1+g.r.IntN(2))] {
			if o := s.cols[i]; o != c && o.col.typ != tJSON {
				left, right = append(left, colExpr(o)), append(right, g.leaf(s, o.col.typ))
			}
		}
		row := "(" + strings.Repeat("%s, ", len(left)-1) + "%s)"
		if len(left) > 1 {
			return op(tBool, "("+row+pick(g.r, []string{" < ", " <= ", " > ", " >= ", " = "})+row+")", append(left, right...)...)
		}
	case 8, 9:
		if !s.noParams {
			return op(tBool, "(%s "+pick(g.r, comparisons)+" %s)", col, g.bareParam(t))
		}
	}
	return op(tBool, "(%s "+pick(g.r, comparisons)+" %s)", g.value(s, t, depth-1), g.value(s, t, depth-1))
}

// comparable tells whether PostgreSQL compares two types without a cast.
func comparable(a, b *sqlType) bool {
	num := func(t *sqlType) bool { return t.family == "int" || t.family == "num" || t.family == "float" }
	return a.family == b.family || num(a) && num(b)
}

// arrayOf is the type of arrays of a type; nil when there is none.
func arrayOf(t *sqlType) *sqlType {
	switch t {
	case tDate:
		return tDates
	case tEnum:
		return tMoods
	case tUUID:
		return tUUIDs
	}
	return anyArray(t)
}

func anyArray(t *sqlType) *sqlType {
	switch t {
	case tInt4:
		return tInt4s
	case tInt8:
		return tInt8s
	case tText:
		return tTexts
	}
	return nil
}
