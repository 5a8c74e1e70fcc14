package prequel_test

import (
	"fmt"
	"slices"
)

// write is a random INSERT, UPDATE, DELETE, MERGE or TRUNCATE.
type write struct {
	with     []*part
	verb     string
	target   *fromItem
	cols     []*column // of INSERT
	rows     [][]*expr // of INSERT; nil expressions are DEFAULT
	conflict string    // "", NOTHING, NOTHING KEY, UPDATE
	// arbiter is the unique index that ON CONFLICT is about; nil: the primary key.
	arbiter *constraint
	// from is FROM of UPDATE, USING of DELETE, or what INSERT ... SELECT reads, its only row then being the SELECT list; join
	// finds one row of it for each of the target's.
	from      *fromItem
	join      *expr
	set       []setItem
	where     *expr // of UPDATE, DELETE and DO UPDATE
	returning []*expr
	actions   []*action // of MERGE
	options   string    // of TRUNCATE, and OVERRIDING of INSERT
}

type setItem struct {
	col  *column
	expr *expr    // nil: DEFAULT
	row  *rowItem // instead of one column
}

func (p *printer) write(w *write) {
	t := w.target.table
	p.with(w.with)
	switch w.verb {
	case "MERGE":
		p.merge(w)
	case "TRUNCATE":
		p.f("TRUNCATE %s%s", t.name, w.options)
	case "INSERT":
		p.f("INSERT INTO %s AS %s ", t.name, w.target.alias)
		p.columns("", w.cols)
		p.WriteString(w.options)
		if w.from != nil {
			for i, e := range w.rows[0] {
				p.lead(i, ", ", " SELECT ")
				p.expr(e)
			}
			p.f(" FROM %s AS %s", w.from.table.name, w.from.alias)
			p.clause(" WHERE ", w.where)
			break
		}
		p.WriteString(" VALUES ")
		for i, row := range w.rows {
			p.lead(i, ", (", "(")
			for j, e := range row {
				p.lead(j, ", ", "")
				p.orDefault(e)
			}
			p.WriteString(")")
		}
		switch w.conflict {
		case "NOTHING":
			p.WriteString(" ON CONFLICT DO NOTHING")
		case "NOTHING KEY", "UPDATE":
			p.WriteString(" ON CONFLICT ")
			if w.arbiter != nil {
				p.WriteString(w.arbiter.arbiter())
			} else {
				for i, k := range t.key {
					p.lead(i, ", ", "(")
					p.WriteString(k.name)
				}
				p.WriteString(")")
			}
			p.WriteString(map[string]string{"UPDATE": " DO UPDATE SET ", "NOTHING KEY": " DO NOTHING"}[w.conflict])
			p.set(w.set)
			p.clause(" WHERE ", w.where)
		}
	case "UPDATE":
		p.f("UPDATE %s%s SET ", t.name, w.alias())
		p.set(w.set)
		p.beside(w, " FROM ")
	case "DELETE":
		p.f("DELETE FROM %s%s", t.name, w.alias())
		p.beside(w, " USING ")
	}
	for i, e := range w.returning {
		p.lead(i, ", ", " RETURNING ")
		p.expr(e)
		p.f(" AS o%d", i)
	}
}

// alias names the target of an UPDATE or DELETE beside another table.
func (w *write) alias() string {
	if w.from == nil {
		return ""
	}
	return " AS " + w.target.alias
}

// beside writes FROM or USING, and WHERE.
func (p *printer) beside(w *write, word string) {
	where := w.where
	if w.from != nil {
		p.f("%s%s AS %s", word, w.from.table.name, w.from.alias)
		if where = w.join; w.where != nil {
			where = op(tBool, "(%s AND %s)", w.join, w.where)
		}
	}
	p.clause(" WHERE ", where)
}

func (p *printer) set(items []setItem) {
	for i, s := range items {
		p.lead(i, ", ", "")
		if s.row != nil {
			p.rowItem(s.row)
			continue
		}
		p.WriteString(s.col.name + " = ")
		p.orDefault(s.expr)
	}
}

func (p *printer) orDefault(e *expr) {
	if e == nil {
		p.WriteString("DEFAULT")
		return
	}
	p.expr(e)
}

// given is a parameter for a column. PostgreSQL checks those that are of domains before a statement begins, so that they hold values of the
// domain; in functions any.
func (g *generator) given(c *column, null, bad bool) *expr {
	if c.typ.domain() && len(g.vars) == 0 {
		null, bad = null && c.typ != tPrice, false
	}
	return &expr{typ: c.typ, param: &param{typ: c.typ, nullable: null, bad: bad}}
}

// loader is the INSERT of one whole row that fills a table; every column is a parameter.
func (g *generator) loader(t *table) *write {
	w := &write{verb: "INSERT", target: &fromItem{table: t, alias: "n"}}
	var row []*expr
	for _, c := range t.cols {
		if c.auto != "" && (c.always() || g.chance(70)) && len(t.cols) > 1 {
			continue
		}
		w.cols = append(w.cols, c)
		if c.always() {
			w.options = " OVERRIDING SYSTEM VALUE"
		}
		row = append(row, g.given(c, !c.notNull, true))
	}
	if len(row) == 0 {
		w.cols, row = t.cols[:1], []*expr{nil}
	}
	w.rows = [][]*expr{row}
	return w
}

func (g *generator) genWrite() *write {
	t := pick(g.r, g.writable())
	w := &write{target: &fromItem{table: t, alias: "n"}}
	switch {
	case g.chance(8) && !t.effectful():
		g.genMerge(w)
		return w
	case g.chance(7):
		if x := g.withWrite(); x != nil {
			return x
		}
	case g.chance(2) && g.truncates(t):
		w.verb = "TRUNCATE"
		w.options = pick(g.r, []string{"", " RESTART IDENTITY", " CONTINUE IDENTITY"})
		return w
	}
	g.writeThrough(w)
	g.plainWrite(w)
	return w
}

// truncates reports whether a table can be emptied as a whole: no other's foreign key leads to it.
func (g *generator) truncates(t *table) bool {
	return !slices.ContainsFunc(g.c.tables, func(child *table) bool { return child != t && t.parentOf(child) })
}

// plainWrite makes an INSERT, UPDATE or DELETE.
func (g *generator) plainWrite(w *write) {
	switch n := g.r.IntN(10); {
	case n < 4:
		w.verb = "INSERT"
		g.insert(w)
	case n < 8:
		w.verb = "UPDATE"
		g.beside(w)
		g.update(w)
	default:
		w.verb = "DELETE"
		g.beside(w)
		w.where = g.writeWhere(w)
	}
	if g.chance(35) {
		s := &scope{cols: w.target.scope()}
		for range 1 + g.r.IntN(3) {
			if g.chance(75) {
				w.returning = append(w.returning, colExpr(pick(g.r, s.cols)))
			} else {
				w.returning = append(w.returning, g.value(s, pick(g.r, columnTypes), 2))
			}
		}
	}
}

// beside gives an UPDATE or DELETE a second table at times, of which each target row finds at most one row by its key.
func (g *generator) beside(w *write) {
	other := pick(g.r, g.c.tables)
	if w.target.bare = other.key == nil || w.target.table.effectful() || g.chance(70); w.target.bare {
		return
	}
	w.from = &fromItem{table: other, alias: "u"}
	own := w.target.scope()
	for _, k := range other.key {
		to := g.bareParam(k.typ)
		for _, c := range own {
			if c.col.typ == k.typ && g.chance(60) {
				to = colExpr(c)
			}
		}
		eq := op(tBool, "(%s = %s)", colExpr(&scopeColumn{from: w.from, col: k}), to)
		if w.join == nil {
			w.join = eq
		} else {
			w.join = op(tBool, "(%s AND %s)", w.join, eq)
		}
	}
}

// insertSelect is INSERT ... SELECT over the rows of a table.
func (g *generator) insertSelect(w *write) {
	w.from = &fromItem{table: pick(g.r, g.c.tables), alias: "s"}
	if len(g.parts) > 0 {
		w.from.table = pick(g.r, g.parts).table
	}
	s := &scope{cols: w.from.scope()}
	row := make([]*expr, len(w.cols))
	for i, c := range w.cols {
		row[i] = g.value(s, c.typ, 1)
	}
	w.rows = [][]*expr{row}
	if g.chance(70) {
		w.where = g.where(s, true)
	}
}

func (g *generator) insert(w *write) {
	t := w.target.table
	for _, c := range t.cols {
		switch {
		case c.auto != "" && g.chance(70), c.always() && g.chance(70):
			continue
		case t.inKey(c) || c.notNull && !c.filled() || g.chance(75):
			w.cols = append(w.cols, c)
			if c.always() {
				w.options = pick(g.r, []string{" OVERRIDING SYSTEM VALUE", " OVERRIDING SYSTEM VALUE", " OVERRIDING USER VALUE"})
			}
		}
	}
	if len(w.cols) == 0 {
		w.cols = t.cols[:1]
	}
	if (g.chance(20) || len(g.parts) > 0 && g.chance(80)) && !t.effectful() && !t.draws(w.cols) && w.options != " OVERRIDING USER VALUE" &&
		(w.options != "" || !slices.ContainsFunc(w.cols, (*column).always)) {
		g.insertSelect(w)
		return
	}
	none := &scope{}
	for range []int{1, 1, 1, 2, 3}[g.r.IntN(5)] {
		row := make([]*expr, len(w.cols))
		for i, c := range w.cols {
			switch {
			case c.filled() && g.chance(15), c.always() && w.options == "":
			case c.typ == tInt8 && g.chance(5):
				row[i] = op(tInt8, "nextval('q0')")
			case g.chance(10) && c.typ.castTo() == c.typ.name && len(c.typ.bad) == 0:
				row[i] = g.value(none, c.typ, 1)
			default:
				row[i] = g.given(c, !c.notNull || g.chance(10), true)
			}
		}
		w.rows = append(w.rows, row)
	}
	switch g.r.IntN(5) {
	case 0:
		w.conflict = "NOTHING"
	case 1:
		if w.chooseArbiter(g) || t.key != nil {
			w.conflict = "NOTHING KEY"
		}
	case 2:
		if w.chooseArbiter(g) || t.key != nil {
			old := w.target.scope()
			excluded := (&fromItem{table: t, alias: "excluded"}).scope()
			s := &scope{cols: append(old, excluded...), risk: true}
			w.set = g.setList(w, s)
			if len(w.set) > 0 {
				w.conflict = "UPDATE"
				if g.chance(30) {
					s.risk = false
					w.where = g.cond(s, 1)
				}
			}
		}
	}
}

// chooseArbiter picks a unique index for ON CONFLICT.
func (w *write) chooseArbiter(g *generator) bool {
	for _, k := range w.target.table.constraints {
		if k.unique && (w.arbiter == nil || g.chance(50)) {
			w.arbiter = k
		}
	}
	return w.arbiter != nil
}

// setList assigns to columns outside the key.
func (g *generator) setList(w *write, s *scope) []setItem {
	var out []setItem
	t := w.target.table
	for _, i := range g.r.Perm(len(t.cols)) {
		c := t.cols[i]
		if t.inKey(c) || c.always() || len(out) > 0 && g.chance(60) {
			continue
		}
		item := setItem{col: c}
		switch {
		case c.hasDflt && g.chance(10):
		case g.chance(50):
			item.expr = g.given(c, !c.notNull || g.chance(10), false)
		default:
			item.expr = g.value(s, c.typ, 2)
		}
		out = append(out, item)
	}
	if len(out) > 0 && g.chance(15) {
		return g.rowOf(out, s)
	}
	return out
}

func (g *generator) update(w *write) {
	t := w.target.table
	s := &scope{cols: w.target.scope(), risk: true}
	if w.from != nil {
		s.cols = append(s.cols, w.from.scope()...)
	}
	w.set = g.setList(w, s)
	w.where = g.writeWhere(w)
	// A key moves one row at a time: with several, whether two rows meet on the way depends on PostgreSQL's order.
	if t.key != nil && (len(w.set) == 0 || g.chance(10)) {
		w.where = g.keyEquals(w)
		k := pick(g.r, t.key)
		w.set = append(w.set, setItem{col: k})
		if !k.always() {
			w.set[len(w.set)-1].expr = g.given(k, g.chance(10), false)
		}
	}
	if t.key != nil && g.chance(15) { // so does a unique column
		for _, c := range t.cols {
			if t.indexed(c) && !slices.Contains(t.key, c) && !c.always() && g.chance(60) {
				w.where = g.keyEquals(w)
				w.set = append(w.set, setItem{col: c, expr: g.given(c, !c.notNull, false)})
			}
		}
	}
	if len(w.set) == 0 {
		w.set = []setItem{{col: pick(g.r, t.cols)}}
		if c := w.set[0].col; !c.always() {
			w.set[0].expr = g.given(c, true, false)
		}
	}
}

// keyEquals fixes the whole primary key by parameters.
func (g *generator) keyEquals(w *write) *expr {
	var e *expr
	for _, k := range w.target.table.key {
		eq := op(tBool, "(%s = %s)", colExpr(&scopeColumn{from: w.target, col: k}), g.bareParam(k.typ))
		if e == nil {
			e = eq
		} else {
			e = op(tBool, "(%s AND %s)", e, eq)
		}
	}
	return e
}

func (g *generator) writeWhere(w *write) *expr {
	s := &scope{cols: w.target.scope()}
	switch {
	case w.target.table.key != nil && (g.chance(50) || w.target.table.effectful()):
		return g.keyEquals(w)
	case g.chance(90):
		return g.where(s, true)
	}
	return nil
}

// statement is a declared statement of the case.
type statement struct {
	name  string
	query *query
	write *write
	call  *routineCall
	// loader marks the statements that fill tables; they stay while shrinking as long as steps use them.
	loader bool
}

// sql prints the statement; params are in the order of their numbers.
func (s *statement) sql() (text string, params []*param) { return s.print(printer{}) }

func (s *statement) print(p printer) (text string, params []*param) {
	switch {
	case s.query != nil:
		p.query(s.query)
	case s.call != nil:
		p.routineCall(s.call)
	default:
		p.write(s.write)
	}
	return p.String(), p.params
}

// mode is the annotation after the name.
func (s *statement) mode() string {
	switch {
	case s.query != nil || s.call != nil || len(s.write.returning) > 0:
		return ":many"
	}
	return ":execrows"
}

// declared is the statement as it stands in a statement file; its parameters are named p1, p2 and so on.
func (s *statement) declared() string {
	text, _ := s.print(printer{named: true})
	return fmt.Sprintf("-- name: %s %s\n-- prequel: allow scan\n%s;\n", s.name, s.mode(), text)
}
