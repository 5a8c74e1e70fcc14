package prequel_test

import (
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"slices"
	"strings"
)

// diffCase is one random program: a schema, statements, and calls of them.
type diffCase struct {
	seed   uint64
	tables []*table
	views  []*table
	// through are views that are written.
	through []*through
	// routines are functions, each of which may call those before it.
	routines []*routine
	stmts    []*statement
	steps    []*step
}

// step is one call. Args belong to the statement's parameters whatever their numbers, so that they survive shrinking.
type step struct {
	stmt *statement
	args map[*param]*string
}

// values are the arguments in the order of the parameters' numbers.
func (s *step) values() []*string {
	_, params := s.stmt.sql()
	out := make([]*string, len(params))
	for i, p := range params {
		out[i] = s.args[p]
	}
	return out
}

// relations are what FROM can name.
func (c *diffCase) relations(views bool) []*table {
	if !views {
		return c.tables
	}
	return append(append([]*table(nil), c.tables...), c.views...)
}

// schema is the DDL, one statement a line.
func (c *diffCase) schema() string {
	var b strings.Builder
	b.WriteString(typeDDL + ";\n" + sequenceDDL + ";\n")
	for _, t := range c.tables {
		b.WriteString(t.ddl() + ";\n")
	}
	for _, t := range c.tables {
		for _, k := range t.constraints {
			b.WriteString(k.ddl(t) + ";\n")
		}
	}
	for _, v := range c.views {
		b.WriteString(v.ddl() + ";\n")
	}
	for _, v := range c.through {
		b.WriteString(v.ddl() + ";\n")
	}
	text := c.queries()
	for _, r := range c.code() {
		text += r.ddl()
	}
	return withCalled(b.String(), text)
}

// ddl is the schema with the functions.
func (c *diffCase) ddl() string {
	text := c.schema()
	for _, r := range c.code() {
		text += r.ddl() + ";\n"
	}
	return text
}

// code lists the functions, those of triggers behind them.
func (c *diffCase) code() []*routine {
	list := slices.Clone(c.routines)
	for _, t := range c.tables {
		for _, tr := range t.triggers {
			list = append(list, tr.function)
		}
	}
	return list
}

// queries is the statement file.
func (c *diffCase) queries() string {
	var b strings.Builder
	for _, s := range c.stmts {
		b.WriteString(s.declared())
	}
	return b.String()
}

// hot are the columns that live apart: in every other case about a third of those that belong to no key. They depend on names
// alone, so that they stay the same while a case is shrunk.
func (c *diffCase) hot() map[string][]string {
	out := map[string][]string{}
	if c.seed%2 == 1 {
		return out
	}
	for _, t := range c.tables {
		for _, col := range t.cols {
			h := fnv.New32a()
			fmt.Fprint(h, c.seed, t.name, col.name)
			if h.Sum32()%3 == 0 && !slices.Contains(t.key, col) {
				out[t.name] = append(out[t.name], col.name)
			}
		}
	}
	return out
}

// String shows the whole case, for a failing test's message.
func (c *diffCase) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "-- seed %d\n", c.seed)
	for _, t := range c.tables {
		if hot := c.hot()[t.name]; len(hot) > 0 {
			fmt.Fprintf(&b, "-- hot in %s: %s\n", t.name, strings.Join(hot, ", "))
		}
	}
	b.WriteString(c.ddl() + c.queries())
	for _, s := range c.steps {
		fmt.Fprintf(&b, "-- call %s(%s)\n", s.stmt.name, showArgs(s))
	}
	return b.String()
}

func showArgs(s *step) string {
	var parts []string
	for _, v := range s.values() {
		if v != nil {
			parts = append(parts, fmt.Sprintf("%q", *v))
		} else {
			parts = append(parts, "NULL")
		}
	}
	return strings.Join(parts, ", ")
}

// generator draws a case.
type generator struct {
	r *rand.Rand
	c *diffCase
	// depth counts the queries around the one being made, aliases the names given to tables in subqueries.
	depth, aliases int
	// vars are the variables of the function whose body is being made.
	vars []*scopeColumn
	// only are the tables that writes may be about; nil: all.
	only []*table
	// parts are the writes in WITH that the query being made may read, ctes the queries.
	parts []*part
	ctes  []*table
}

func (g *generator) chance(percent int) bool { return g.r.IntN(100) < percent }

// size of the cases.
const (
	caseReads  = 9
	caseWrites = 6
	caseLoads  = 8
	caseCalls  = 11
)

// generate makes the case of a seed, the same one every time.
func generate(seed uint64) *diffCase {
	g := &generator{r: rand.New(rand.NewPCG(seed, 0x9e3779b97f4a7c15)), c: &diffCase{seed: seed}}
	c := g.c
	for i := range 1 + g.r.IntN(3) {
		c.tables = append(c.tables, g.genTable(fmt.Sprintf("r%d", i)))
	}
	if g.chance(50) {
		g.genConstraints()
	}
	for i := range g.r.IntN(2) {
		v := &table{name: fmt.Sprintf("v%d", i), query: g.genQuery(true)}
		for j, t := range v.query.targets {
			v.cols = append(v.cols, &column{name: fmt.Sprintf("o%d", j), typ: t.typ, constant: !t.hasColumn()})
		}
		c.views = append(c.views, v)
	}
	if g.chance(40) {
		g.genTriggers()
	}
	for _, t := range c.tables {
		if g.chance(25) {
			g.genThrough(t)
		}
	}
	var loaders, writes []*statement
	for _, t := range c.tables {
		loaders = append(loaders, &statement{name: "Load" + strings.ToUpper(t.name), write: g.loader(t), loader: true})
	}
	for i := range caseWrites {
		writes = append(writes, &statement{name: fmt.Sprintf("Write%d", i), write: g.genWrite()})
	}
	for i := range g.r.IntN(5) {
		r := g.genRoutine(fmt.Sprintf("f%d", i))
		c.routines = append(c.routines, r)
		rows := r.out || len(r.returns) > 0 && g.chance(30)
		writes = append(writes, &statement{name: fmt.Sprintf("Call%d", i), call: &routineCall{of: r, rows: rows}})
		if t := pick(g.r, c.tables); !r.set && !r.out && t.key != nil && g.chance(25) {
			call := &routineCall{of: r, from: &fromItem{table: t, alias: "t0"}, columns: map[*param]*scopeColumn{}}
			_, params := r.print()
			for _, q := range params {
				for _, col := range call.from.scope() {
					if col.col.typ == q.typ && g.chance(60) {
						call.columns[q] = col
					}
				}
			}
			writes = append(writes, &statement{name: fmt.Sprintf("Each%d", i), call: call})
		}
	}
	if g.chance(40) {
		if q := g.withQuery(); q != nil {
			writes = append(writes, &statement{name: "With0", query: q})
		}
	}
	if g.chance(30) {
		writes = append(writes, &statement{name: "Draw0", query: g.drawing()})
	}
	c.stmts = append(append(c.stmts, loaders...), writes...)
	for i := range caseReads {
		c.stmts = append(c.stmts, &statement{name: fmt.Sprintf("Read%d", i), query: g.genQuery(false)})
	}
	if c.constrained() || g.chance(50) { // whole tables, which keep every column alive
		for _, t := range c.tables {
			q := &query{from: []*fromItem{{table: t, alias: "t0"}}, star: pick(g.r, []string{"", "*", "t0.*"})}
			for _, s := range q.from[0].scope() {
				q.targets = append(q.targets, colExpr(s))
			}
			c.stmts = append(c.stmts, &statement{name: "All" + strings.ToUpper(t.name), query: q})
		}
	}
	for range caseLoads {
		for _, l := range loaders {
			g.call(l)
		}
	}
	g.readAll()
	for range caseCalls {
		s := pick(g.r, writes)
		if g.chance(20) {
			s = pick(g.r, loaders)
		}
		g.call(s)
		g.readAll()
	}
	return c
}

// readAll calls every query once.
func (g *generator) readAll() {
	for _, s := range g.c.stmts {
		if s.reads() {
			g.call(s)
		}
	}
}

// reads reports whether a statement changes nothing.
func (s *statement) reads() bool { return s.query != nil && len(s.query.with) == 0 && !s.query.draws }

// call draws arguments for a call.
func (g *generator) call(s *statement) {
	_, params := s.sql()
	st := &step{stmt: s, args: map[*param]*string{}}
	for _, p := range params {
		st.args[p] = p.pick(g.r)
	}
	g.c.steps = append(g.c.steps, st)
}
