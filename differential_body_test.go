package prequel_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
)

// bodyGen draws the body of a function. What it draws has one outcome: loops go over rows in an order that leaves no choice, and
// handlers look at SQLSTATE only where one statement can fail in one way.
type bodyGen struct {
	*generator
	r     *routine
	names int
	// loops counts the loops around, whole the statements drawn.
	loops, whole int
}

// mostParams is how many parameters a function can have in PostgreSQL, its result's among them.
const mostParams = 100

// genRoutine makes a function that may call those before it.
func (g *generator) genRoutine(name string) *routine {
	for {
		r := g.drawRoutine(name)
		if _, params := r.print(); len(params)+len(r.returns) <= mostParams {
			return r
		}
	}
}

func (g *generator) drawRoutine(name string) *routine {
	r := &routine{name: name, strict: g.chance(8)}
	b := &bodyGen{generator: g, r: r}
	defer func(old []*scopeColumn) { g.vars = old }(g.vars)
	g.vars = nil
	if g.chance(12) {
		b.sqlBody()
		return r
	}
	shape := g.r.IntN(10)
	switch {
	case shape < 1:
	case shape < 5: // one value
		r.returns = []*variable{{name: "ret0", typ: pick(g.r, columnTypes)}}
	case shape < 7: // OUT parameters
		r.out = true
		for i := range 1 + g.r.IntN(2) {
			r.returns = append(r.returns, &variable{name: fmt.Sprintf("ret%d", i), typ: pick(g.r, columnTypes)})
		}
	default:
		r.set, r.out = true, true
		for i := range 1 + g.r.IntN(3) {
			r.returns = append(r.returns, &variable{name: fmt.Sprintf("ret%d", i), typ: pick(g.r, columnTypes)})
		}
	}
	if r.out {
		for _, v := range r.returns {
			g.vars = append(g.vars, v.column())
		}
	}
	for range 1 + g.r.IntN(4) {
		t := pick(g.r, columnTypes)
		init := g.leaf(&scope{}, t)
		v := b.local(t)
		if g.chance(50) {
			v.init = init
		}
		if of := g.columnOf(t); of != "" && g.chance(30) {
			v.as = of + "%TYPE"
		}
		for _, d := range domains { // which PostgreSQL checks at the beginning, too
			if v.as == "" && d.base == t && (v.init != nil || d != tPrice) && g.chance(8) {
				v.as = d.name
			}
		}
		if v.notNull = v.init != nil && g.chance(10); v.notNull {
			v.init = litExpr(v.typ, v.typ.pick(g.r))
		}
	}
	r.body = b.statements(2+g.r.IntN(4), 2)
	switch {
	case r.set && g.chance(40):
		r.tail = append(r.tail, b.returnQuery())
	case r.out || len(r.returns) == 0:
		r.tail = append(r.tail, bodyNode("RETURN;"))
	default:
		r.tail = append(r.tail, bodyNode("RETURN ", b.pure(r.returns[0].typ), ";"))
	}
	return r
}

// columnOf names a column of a type, "" when there is none.
func (g *generator) columnOf(t *sqlType) string {
	for _, table := range g.c.tables {
		for _, c := range table.cols {
			if c.typ == t {
				return table.name + "." + c.name
			}
		}
	}
	return ""
}

// local declares a variable.
func (b *bodyGen) local(t *sqlType) *variable {
	v := &variable{name: fmt.Sprintf("l%d", b.names), typ: t}
	b.names++
	b.r.declare = append(b.r.declare, v)
	b.vars = append(b.vars, v.column())
	return v
}

// pure is an expression over variables and parameters alone.
func (b *bodyGen) pure(t *sqlType) *expr { return b.value(b.here(), t, 2) }

func (b *bodyGen) here() *scope { return &scope{cols: b.vars, risk: true} }

// test is a condition over variables.
func (b *bodyGen) test() *expr {
	s := b.here()
	s.risk = false
	return b.cond(s, 1)
}

// target is a variable to assign to; nil when there is none of a wanted type. Fields of rows are assigned to as such only (t is nil).
func (b *bodyGen) target(t *sqlType) *scopeColumn {
	var fit []*scopeColumn
	for _, v := range b.vars {
		if (t == nil || v.col.typ == t) && !v.col.fixed && (t == nil || !strings.Contains(v.col.name, ".")) {
			fit = append(fit, v)
		}
	}
	if len(fit) == 0 {
		return nil
	}
	return pick(b.rng(), fit)
}

func (b *bodyGen) statements(n, depth int) []*node {
	var out []*node
	for range n {
		if x := b.statement(depth); x != nil {
			out = append(out, x)
		}
	}
	return out
}

// scoped draws statements whose variables end with them.
func (b *bodyGen) scoped(n, depth int) []*node {
	old := b.vars
	b.vars = slices.Clone(old)
	defer func() { b.vars = old }()
	return b.statements(n, depth)
}

func (b *bodyGen) statement(depth int) *node {
	b.whole++
	n := b.rng().IntN(24)
	if depth == 0 {
		n = b.rng().IntN(14)
	}
	if b.r.pure { // variables alone
		n = []int{0, 0, 9, 14}[b.rng().IntN(4)]
		if depth == 0 {
			n = 0
		}
	}
	switch {
	case n < 3:
		return b.assign()
	case n < 7:
		return b.writing()
	case n < 9:
		if b.chance(25) {
			return b.rowInto()
		}
		return b.selectInto()
	case n < 10:
		return b.raise()
	case n < 11:
		switch {
		case !b.r.set:
			return b.assign()
		case b.chance(30):
			return b.returnQuery()
		}
		return b.returnNext()
	case n < 12:
		return b.calling()
	case n < 13:
		if b.loops > 0 {
			return bodyNode(pick(b.rng(), []string{"EXIT WHEN ", "CONTINUE WHEN "}), b.test(), ";")
		}
		if v := b.target(tInt8); v != nil {
			return bodyNode("GET DIAGNOSTICS " + v.col.name + " = ROW_COUNT;")
		}
		return b.assign()
	case n < 14:
		if v := b.target(tBool); v != nil {
			return bodyNode(v.col.name + " := FOUND;")
		}
		return b.writing()
	case n < 17:
		return b.branch(depth - 1)
	case n < 21:
		return b.loop(depth - 1)
	}
	return b.guarded(depth - 1)
}

func (b *bodyGen) assign() *node {
	v := b.target(nil)
	if v == nil {
		return nil
	}
	t := v.col.typ
	if b.chance(15) { // what assignment converts
		for _, from := range [][2]*sqlType{{tInt8, tInt4}, {tText, tInt4}, {tNum, tInt8}, {tText, tVchar}, {tInt4, tInt8}, {tF8, tInt4}, {tTs, tDate}, {tText, tNum}} {
			if from[0] == t {
				t = from[1]
				break
			}
		}
	}
	return bodyNode(v.col.name+" := ", b.pure(t), ";")
}

// writing is an INSERT, UPDATE or DELETE, at times with RETURNING INTO.
func (b *bodyGen) writing() *node {
	w := b.genWrite()
	if b.chance(30) && !w.several() { // one row at most
		w.returning = nil
		s := &scope{cols: w.target.scope()}
		var into []string
		for _, c := range s.cols {
			if v := b.target(c.col.typ); v != nil && !slices.Contains(into, v.col.name) && b.chance(60) {
				w.returning = append(w.returning, colExpr(c))
				into = append(into, v.col.name)
			}
		}
		if len(into) > 0 {
			return bodyNode(w, " INTO "+strings.Join(into, ", ")+";")
		}
	}
	w.returning = nil
	return bodyNode(w, ";")
}

// keyed is a query of a table with a key; nil when the case has none.
func (b *bodyGen) keyed() (q *query, s *scope) {
	tables := slices.DeleteFunc(slices.Clone(b.c.tables), func(t *table) bool { return t.key == nil })
	if len(tables) == 0 {
		return nil, nil
	}
	f := &fromItem{table: pick(b.rng(), tables), alias: "t0"}
	s = &scope{cols: f.scope()}
	q = &query{from: []*fromItem{f}}
	if b.chance(70) {
		q.where = b.where(s, true)
	}
	for _, k := range f.table.key {
		q.order = append(q.order, orderItem{expr: colExpr(&scopeColumn{from: f, col: k}), suffix: pick(b.rng(), []string{"", " DESC"})})
	}
	return q, s
}

func (b *bodyGen) selectInto() *node {
	q, s := b.keyed()
	if q == nil {
		return b.assign()
	}
	if b.chance(35) { // an aggregate: always one row
		v := b.target(tInt8)
		if v == nil {
			return b.assign()
		}
		q.order = nil
		q.targets = []*expr{op(tInt8, "count(*)")}
		for _, c := range s.cols {
			if c.col.typ == tInt8 || c.col.typ == tInt4 {
				q.targets = []*expr{op(tInt8, pick(b.rng(), []string{"max(%s)::bigint", "min(%s)::bigint", "count(DISTINCT %s)"}), colExpr(c))}
			}
		}
		return bodyNode(q, " INTO "+v.col.name+";")
	}
	var into []string
	for _, c := range s.cols {
		if v := b.target(c.col.typ); v != nil && !slices.Contains(into, v.col.name) {
			q.targets = append(q.targets, colExpr(c))
			into = append(into, v.col.name)
		}
	}
	if len(into) == 0 {
		q.order = nil
		return bodyNode("PERFORM 1 FROM "+q.from[0].table.name+" t0", piece{expr: op(tBool, " WHERE %s", orTrue(q.where))}, ";")
	}
	switch b.rng().IntN(4) {
	case 0:
		return bodyNode(q, " INTO STRICT "+strings.Join(into, ", ")+";")
	case 1:
		q.limit = litExpr(tInt4, "1")
	}
	return bodyNode(q, " INTO "+strings.Join(into, ", ")+";")
}

// rowInto reads a whole row into a variable of the table's row type.
func (b *bodyGen) rowInto() *node {
	q, s := b.keyed()
	if q == nil {
		return b.assign()
	}
	t := q.from[0].table
	name := fmt.Sprintf("l%d", b.names)
	b.names++
	b.r.declare = append(b.r.declare, &variable{name: name, as: t.name + "%ROWTYPE"})
	row := &fromItem{alias: name, variable: true}
	for _, c := range s.cols {
		q.targets = append(q.targets, colExpr(c))
		b.vars = append(b.vars, &scopeColumn{from: row, col: &column{name: name + "." + c.col.name, typ: c.col.typ}})
	}
	return bodyNode(q, " INTO "+name+";")
}

func orTrue(e *expr) *expr {
	if e == nil {
		return &expr{typ: tBool, text: "true"}
	}
	return e
}

func (b *bodyGen) raise() *node {
	what := pick(b.rng(), []string{
		"RAISE NOTICE 'note';", "RAISE EXCEPTION 'stop';", "RAISE EXCEPTION 'stop' USING ERRCODE = 'P0077';",
		"RAISE unique_violation;", "RAISE EXCEPTION 'coded' USING ERRCODE = 'check_violation';",
	})
	return bodyNode("IF ", b.test(), " THEN "+what+" END IF;")
}

func (b *bodyGen) returnNext() *node {
	var parts []*node
	for _, v := range b.r.returns {
		parts = append(parts, bodyNode(v.name+" := ", b.pure(v.typ), ";"))
	}
	return bodyNode(append(parts, bodyNode("RETURN NEXT;")))
}

// returnQuery is a query of the function's result columns.
func (b *bodyGen) returnQuery() *node {
	f := &fromItem{table: pick(b.rng(), b.c.relations(true)), alias: "t0"}
	s := &scope{cols: f.scope()}
	q := &query{from: []*fromItem{f}}
	for _, v := range b.r.returns {
		q.targets = append(q.targets, op(v.typ, "(%s)::"+v.typ.castTo(), b.value(s, v.typ, 2)))
	}
	if b.chance(60) {
		q.where = b.where(s, true)
	}
	return bodyNode("RETURN QUERY ", q, ";")
}

// calling calls a function declared before.
func (b *bodyGen) calling() *node {
	if b.r.trigger == nil && !b.r.sql && b.loops == 0 && b.chance(30) {
		return b.callingItself()
	}
	if len(b.c.routines) == 0 || b.r.trigger != nil {
		return b.assign()
	}
	f := pick(b.rng(), b.c.routines)
	if b.chance(30) {
		if n := b.callingPerRow(f); n != nil {
			return n
		}
	}
	call := b.callOf(f, b.here())
	if f.set || f.out || len(f.returns) == 0 {
		return bodyNode("PERFORM ", call, ";")
	}
	if v := b.target(f.returns[0].typ); v != nil {
		return bodyNode(v.col.name+" := ", call, ";")
	}
	return bodyNode("PERFORM ", call, ";")
}

// callingItself calls the function that the statement stands in.
func (b *bodyGen) callingItself() *node {
	r := b.r
	r.descends = true
	call := r.name + "(" + ownArguments + ")"
	does := "PERFORM " + call + ";"
	switch {
	case r.set && b.chance(70):
		does = "RETURN QUERY SELECT * FROM " + call + ";"
	case r.set || r.out && b.chance(50):
		does = "PERFORM * FROM " + call + ";"
	case r.out:
		var results []string
		for _, v := range r.returns {
			results = append(results, v.name)
		}
		list := strings.Join(results, ", ")
		does = "SELECT * INTO " + list + " FROM " + call + ";"
	case len(r.returns) > 0:
		if v := b.target(r.returns[0].typ); v != nil {
			does = v.col.name + " := " + call + ";"
		}
	}
	return bodyNode("IF depth > 0 THEN " + does + " END IF;")
}

// callOf is a call with arguments of a scope.
func (b *bodyGen) callOf(f *routine, s *scope) piece {
	_, params := f.print()
	args := map[*param]*expr{}
	for _, q := range params {
		args[q] = op(q.typ, "(%s)::"+q.typ.castTo(), b.leaf(s, q.typ))
	}
	return piece{call: f, args: args}
}

// callingPerRow calls a function for the rows of a table in the order of its key, or for the first one; nil where it cannot be.
func (b *bodyGen) callingPerRow(f *routine) *node {
	q, s := b.keyed()
	if q == nil || f.set || b.loops > 0 {
		return nil
	}
	t := q.from[0]
	var keys []string
	for _, k := range t.table.key {
		keys = append(keys, t.alias+"."+k.name)
	}
	rows := []any{" FROM " + t.table.name + " " + t.alias, piece{expr: op(tBool, " WHERE %s", orTrue(q.where))}, " ORDER BY " + strings.Join(keys, ", ") + ";"}
	call := b.callOf(f, s)
	if !f.out && len(f.returns) > 0 && b.chance(40) {
		if v := b.target(f.returns[0].typ); v != nil {
			return bodyNode(append([]any{"SELECT ", call, " INTO " + v.col.name}, rows...)...)
		}
	}
	if f.out {
		return nil
	}
	return bodyNode(append([]any{"PERFORM ", call}, rows...)...)
}

func (b *bodyGen) branch(depth int) *node {
	if b.chance(25) {
		return bodyNode("CASE\nWHEN ", b.test(), " THEN\n", b.scoped(1, depth), "WHEN ", b.test(), " THEN\n", b.scoped(1, depth), "ELSE\n", b.scoped(1, depth), "END CASE;")
	}
	parts := []any{"IF ", b.test(), " THEN\n", b.scoped(1+b.rng().IntN(2), depth)}
	if b.chance(30) {
		parts = append(parts, "ELSIF ", b.test(), " THEN\n", b.scoped(1, depth))
	}
	if b.chance(50) {
		parts = append(parts, "ELSE\n", b.scoped(1, depth))
	}
	return bodyNode(append(parts, "END IF;")...)
}

func (b *bodyGen) loop(depth int) *node {
	b.loops++
	defer func() { b.loops-- }()
	old := b.vars
	b.vars = slices.Clone(old)
	defer func() { b.vars = old }()
	name := fmt.Sprintf("i%d", b.names)
	b.names++
	switch b.rng().IntN(5) {
	case 0:
		b.vars = append(b.vars, (&variable{name: name, typ: tInt4}).column())
		head := pick(b.rng(), []string{"1..3", "REVERSE 3..1", "0..6 BY 2", "2..1"})
		return bodyNode("FOR "+name+" IN "+head+" LOOP\n", b.statements(1+b.rng().IntN(2), depth), "END LOOP;")
	case 1:
		v := &variable{name: name, typ: tInt4, init: litExpr(tInt4, "0")}
		b.r.declare = append(b.r.declare, v)
		// The first statement counts, so that it ends; a shrunk one without it does not and is taken back by PostgreSQL's timeout.
		return bodyNode("WHILE "+name+" < 3 AND ", b.test(), " LOOP\n"+name+" := "+name+" + 1;\n", b.statements(1+b.rng().IntN(2), depth), "END LOOP;")
	case 2:
		v := &variable{name: name, typ: tInt4}
		b.r.declare = append(b.r.declare, v)
		arr := b.leaf(b.here(), tInt4s)
		b.vars = append(b.vars, v.column())
		return bodyNode("FOREACH "+name+" IN ARRAY coalesce(", arr, ", '{}') LOOP\n", b.statements(1+b.rng().IntN(2), depth), "END LOOP;")
	}
	q, s := b.keyed()
	if q == nil {
		return b.assign()
	}
	rec := &fromItem{alias: name, variable: true}
	for i, c := range s.cols {
		q.targets = append(q.targets, colExpr(c))
		b.vars = append(b.vars, &scopeColumn{from: rec, col: &column{name: fmt.Sprintf("%s.o%d", name, i), typ: c.col.typ, fixed: true}})
	}
	if b.chance(30) {
		q.limit = litExpr(tInt4, "2")
	}
	b.r.declare = append(b.r.declare, &variable{name: name, as: "record"})
	return bodyNode("FOR "+name+" IN ", q, " LOOP\n", b.statements(1+b.rng().IntN(2), depth), "END LOOP;")
}

// guarded is a block with a handler.
func (b *bodyGen) guarded(depth int) *node {
	body := b.scoped(1+b.rng().IntN(3), depth)
	handler := b.scoped(1, 0)
	if severalIn(body) {
		return bodyNode("BEGIN\n", body, "EXCEPTION WHEN OTHERS THEN\n", handler, "END;")
	}
	if v := b.target(tText); v != nil && b.chance(50) {
		handler = append(handler, bodyNode(v.col.name+" := CASE WHEN SQLSTATE ~ '^(23|P0)' THEN SQLSTATE ELSE 'data' END;"))
	}
	when := pick(b.rng(), []string{
		"OTHERS", "unique_violation OR check_violation", "raise_exception", "not_null_violation", "foreign_key_violation", "integrity_constraint_violation",
		"no_data_found OR too_many_rows",
	})
	parts := []any{"BEGIN\n", body, "EXCEPTION WHEN " + when + " THEN\n", handler}
	if when != "OTHERS" && b.chance(50) {
		parts = append(parts, "WHEN OTHERS THEN\n", b.scoped(1, 0))
		if b.chance(25) {
			parts = append(parts, "RAISE;\n")
		}
	}
	return bodyNode(append(parts, "END;")...)
}

// sqlBody is a function in SQL: writes, and a query or RETURNING at the end.
func (b *bodyGen) sqlBody() {
	b.r.sql = true
	for range b.rng().IntN(3) {
		w := b.genWrite()
		w.returning = nil
		b.r.body = append(b.r.body, bodyNode(w, ";"))
	}
	if b.chance(30) {
		return // void
	}
	q, s := b.keyed()
	if q == nil {
		return
	}
	c := pick(b.rng(), s.cols)
	q.targets = []*expr{colExpr(c)}
	b.r.returns = []*variable{{name: "ret0", typ: c.col.typ}}
	b.r.set = b.chance(50)
	b.r.body = append(b.r.body, bodyNode(q, ";"))
}

func (b *bodyGen) rng() *rand.Rand { return b.generator.r }
