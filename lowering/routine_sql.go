package lowering

import (
	"slices"

	"github.com/prequel-db/prequel/lowering/cost"
	"github.com/prequel-db/prequel/lowering/phys"
	"github.com/prequel-db/prequel/planner/algebra"
	"github.com/prequel-db/prequel/planner/props"
	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqlparse/bound"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// embedded takes what a write inside a function would have replied: the rows of RETURNING and the number of rows.
type embedded struct {
	outputs []algebra.Output
	row     func()              // runs with the outputs bound
	values  func([]scalar.Expr) // takes the outputs' values in place of row
	counted func()
}

// takes handles an instruction that replies, in place of emitting it.
func (e *embedded) takes(g *gen, op phys.Op) bool {
	switch op := op.(type) {
	case *phys.AddCount:
		if op.Col != 0 {
			return false
		}
		e.alone(g, e.counted)
	case *phys.EmitRow:
		if e.values != nil {
			e.alone(g, func() { e.values(op.Exprs) })
			return true
		}
		e.alone(g, func() {
			for i, o := range e.outputs {
				if c, ok := op.Exprs[i].(*scalar.Column); ok && c.ID == o.ID { // the main query's
					continue
				}
				g.cols.Get(o.ID).Nullable = g.nullable(op.Exprs[i])
				g.let(o.ID, op.Exprs[i])
			}
			e.row()
		})
	default:
		return false
	}
	return true
}

// alone runs f with instructions going where they go otherwise.
func (e *embedded) alone(g *gen, f func()) {
	if f == nil {
		return
	}
	g.inner = nil
	f()
	g.inner = e
}

// statement writes one embedded statement into a scope of its own.
func (p *routine) statement(f func()) {
	g := p.g
	if p.trigger { // part of the statement that fires it
		g.scope("", f)
		return
	}
	if body := g.inside(f); len(body) > 0 {
		g.emit(&phys.Block{Body: body})
	}
}

// assign moves a result's columns to variables.
func (p *routine) assign(moves []bound.Move) {
	for _, m := range moves {
		p.put(m.Var, p.g.prep(p.expr(m.Expr)))
	}
}

// moved are the columns that moves read.
func moved(moves []bound.Move) scalar.ColSet {
	set := scalar.ColSet{}
	for _, m := range moves {
		scalar.AddColumns(&set, m.Expr)
	}
	return set
}

// tooMany raises the error of a second row. A handler finds it reported.
func (p *routine) tooMany(o *outcome) []phys.Op {
	return p.g.inside(func() {
		if p.catches {
			o.row()
			o.end()
		}
		p.g.emit(&phys.Raise{SQLState: "P0003", Message: []scalar.Expr{text("query returned more than one row")}})
	})
}

func noRow() phys.Op {
	return &phys.Raise{SQLState: "P0002", Message: []scalar.Expr{text("query returned no rows")}}
}

// run runs a statement for its effect, its first row, or both.
func (p *routine) run(x *bound.Run) {
	p.statement(func() {
		switch b := p.body(x.SQL).(type) {
		case *algebra.Query:
			p.g.constants(b.Constants)
			p.runQuery(x, b.Root)()
		case *algebra.Compound:
			q, ok := b.Main.(*algebra.Query)
			if !ok {
				p.runWrite(x)
				return
			}
			done := func() {}
			p.g.writeCompound(b, func() { done = p.runQuery(x, q.Root) })
			done()
		default:
			p.runWrite(x)
		}
	})
}

// outcome keeps what a statement reports until it is over: it may itself read the variables that it reports to.
type outcome struct {
	p            *routine
	found, count int
	got          scalar.ColumnID // whether there was a row
	n            scalar.ColumnID // how many
}

// begin declares what is needed to report: whether there was a row when wanted by the variables or need.
func (p *routine) begin(found, count int, need bool) *outcome {
	g := p.g
	o := &outcome{p: p, found: found, count: count}
	if found >= 0 || need {
		o.got = g.temp("got", value.Of(value.Bool), false)
		g.let(o.got, boolean(false))
	}
	if count >= 0 {
		o.countRows()
	}
	return o
}

func (o *outcome) countRows() {
	o.n = o.p.g.temp("row_count", value.Of(value.Int8), false)
	o.p.g.let(o.n, integer("0"))
}

func (o *outcome) row() {
	if o.got != 0 {
		o.p.g.emit(&phys.Set{Col: o.got, Expr: boolean(true)})
	}
	if o.n != 0 {
		o.p.g.emit(&phys.AddCount{Col: o.n})
	}
}

func (o *outcome) end() {
	g := o.p.g
	if o.found >= 0 {
		g.emit(&phys.Set{Col: o.p.vars[o.found], Expr: g.ref(o.got)})
	}
	if o.count >= 0 {
		g.emit(&phys.Set{Col: o.p.vars[o.count], Expr: g.ref(o.n)})
	}
}

// runQuery reads the first row; a second one is an error under STRICT. The variables are assigned by what it returns.
func (p *routine) runQuery(x *bound.Run, rel algebra.Rel) (assign func()) {
	g := p.g
	if len(x.Into) == 0 && !x.Strict && p.report(x, x.Found) < 0 && p.report(x, x.Count) < 0 && idle(x.SQL) {
		return func() {} // PERFORM, and nobody asks what it found
	}
	n := g.build(rel, g.defined, nil)
	if p.direct(x) {
		p.readInto(x, n)
		return func() {}
	}
	o := p.begin(p.report(x, x.Found), p.report(x, x.Count), len(x.Into) > 0 || x.Strict)
	if x.Single && o.n == 0 {
		o.countRows()
	}
	// The row is kept apart until the query is over, as the query may read the variables.
	row := p.keepRow(x)
	p.firstRow(x, n, o, func() { p.keep(row) })
	return func() { p.finish(x, o, row) }
}

// keptRow is a row of which a statement's variables become columns: moves are over what holds the row.
type keptRow struct {
	cols  []scalar.ColumnID // of the result
	held  []scalar.ColumnID
	moves []bound.Move
}

// keepRow declares what holds a row until its statement is over. Converting the values to the variables' types comes behind that.
func (p *routine) keepRow(x *bound.Run) keptRow {
	g := p.g
	row := keptRow{cols: moved(x.Into).Ordered()}
	ids := map[scalar.ColumnID]scalar.ColumnID{}
	for _, id := range row.cols {
		name, typ := g.cols.Get(id).Name, g.cols.Get(id).Type
		for _, m := range x.Into {
			if c, ok := m.Expr.(*scalar.Column); ok && c.ID == id {
				name = p.r.Vars[m.Var].Name
			}
		}
		ids[id] = g.temp(name, typ, true)
		row.held = append(row.held, ids[id])
	}
	for _, m := range x.Into {
		row.moves = append(row.moves, bound.Move{Var: m.Var, Expr: scalar.Rename(m.Expr, ids), Row: m.Row})
	}
	g.declare(row.held...)
	return row
}

// keep keeps the row that is bound.
func (p *routine) keep(row keptRow) {
	for i, id := range row.cols {
		p.g.emit(&phys.Set{Col: row.held[i], Expr: p.g.ref(id)})
	}
}

// finish reports what a statement found, and then assigns the row.
func (p *routine) finish(x *bound.Run, o *outcome, row keptRow) {
	o.end()
	if x.Single {
		several := &scalar.Func{Name: ">", Proc: "int8gt", Strict: true}
		p.g.where(scalar.CompareCall(several, p.g.ref(o.n), scalar.Bigint("1")), func() {
			p.g.emit(&phys.Raise{SQLState: "21000", Message: []scalar.Expr{text("query returned more than one row")}})
		})
	}
	if x.Strict {
		p.g.emit(&phys.If{Cond: &phys.Negate{Cond: &phys.IsTrue{Expr: p.g.ref(o.got)}}, Then: []phys.Op{noRow()}})
	}
	for i, m := range row.moves {
		if m.Row && o.got != 0 && scalar.HasVolatile(m.Expr) { // a value of a domain is checked when there is one
			row.moves[i].Expr = &scalar.Case{
				Node: scalar.Node{Typ: m.Expr.Type()}, Whens: []scalar.When{{Cond: p.g.ref(o.got), Then: m.Expr}}, Else: scalar.NullOf(m.Expr.Type()),
			}
		}
	}
	p.assign(row.moves)
}

// direct reports whether a query's row can be assigned as soon as it is found: nothing looks at the variables before the query is over.
func (p *routine) direct(x *bound.Run) bool {
	if _, alone := x.SQL.(*algebra.Query); !alone || p.catches || x.Strict || x.Single || p.report(x, x.Count) >= 0 {
		return false
	}
	into := map[int]bool{x.Found: true}
	for _, m := range x.Into {
		if into[m.Var] || p.r.Vars[m.Var].NotNull || scalar.HasVolatile(m.Expr) {
			return false
		}
		into[m.Var] = true
	}
	reads := func(v int) bool { return into[v] }
	for _, m := range x.Into {
		if exprReads(m.Expr, reads) {
			return false
		}
	}
	return !planReads(x.SQL, reads)
}

// readInto assigns the first row to the variables, which are NULL when there is none.
func (p *routine) readInto(x *bound.Run, n node) {
	g := p.g
	targets := make([]scalar.ColumnID, len(x.Into))
	for i, m := range x.Into {
		targets[i] = p.vars[m.Var]
		if !p.null[m.Var] {
			g.emit(&phys.Set{Col: targets[i], Expr: &scalar.Const{Node: scalar.Node{Typ: p.r.Vars[m.Var].Type}, Null: true}})
		}
	}
	o := &outcome{p: p, found: -1, count: -1}
	if found := p.report(x, x.Found); found >= 0 {
		o.got = p.vars[found]
		g.emit(&phys.Set{Col: o.got, Expr: boolean(false)})
	}
	if o.got == 0 && several(n) && len(x.Into) > 0 { // loops inside of loops go on
		o.got = g.temp("got", value.Of(value.Bool), false)
		g.let(o.got, boolean(false))
	}
	p.firstRow(x, n, o, func() {
		for i, m := range x.Into {
			g.emit(&phys.Set{Col: targets[i], Expr: g.prep(p.expr(m.Expr))})
		}
	})
}

// mayFail reports whether a query can raise an error.
func mayFail(sql bound.Embedded) bool {
	q, ok := sql.(*algebra.Query)
	if !ok {
		return true
	}
	fails := false
	algebra.MapExprs(q.Root, func(e scalar.Expr) scalar.Expr {
		fails = fails || !props.Total(e)
		return e
	})
	algebra.Walk(q.Root, func(r algebra.Rel) bool { // of a function that returns a set the expressions are the arguments alone
		f, ok := r.(*algebra.FuncScan)
		fails = fails || ok && slices.ContainsFunc(f.Calls, algebra.SetCall.Set)
		return true
	})
	return fails
}

// idle reports whether a query does nothing but return rows: it raises no error and draws from no sequence.
func idle(sql bound.Embedded) bool {
	q, ok := sql.(*algebra.Query)
	if !ok || mayFail(sql) {
		return false
	}
	quiet := true
	algebra.MapExprs(q.Root, func(e scalar.Expr) scalar.Expr {
		quiet = quiet && !scalar.HasVolatile(e) && !scalar.HasSubquery(e)
		return e
	})
	return quiet
}

// computed are the columns that a query computes: those that are assigned, and all of them where one may raise an error.
func computed(x *bound.Run) scalar.ColSet {
	if !mayFail(x.SQL) {
		return moved(x.Into)
	}
	set := scalar.ColSet{}
	for _, o := range algebra.Outputs(x.SQL.(algebra.Body)) {
		set.Add(o.ID)
	}
	return set
}

// firstRow looks for the first row and keeps it, or counts all rows where the statement asks for that.
func (p *routine) firstRow(x *bound.Run, n node, o *outcome, keep func()) {
	g := p.g
	depth := g.loops
	all := x.Strict || x.Single || len(x.Into) == 0 && (o.n != 0 || mayFail(x.SQL)) // PERFORM runs to the end
	one := !several(n)
	if !all {
		hasty(n)
	}
	g.steady(func() {
		g.scope("", func() {
			n.produce(g, computed(x), func() {
				switch {
				case x.Strict && !one:
					g.emit(&phys.If{Cond: &phys.IsTrue{Expr: g.ref(o.got)}, Then: p.tooMany(o)})
				case x.Single && !one:
					g.emit(&phys.If{Cond: &phys.Negate{Cond: &phys.IsTrue{Expr: g.ref(o.got)}}, Then: g.inside(keep)})
					o.row()
					return
				case one || all:
				case g.loops == depth+1:
					keep()
					o.row()
					g.emit(&phys.Break{})
					return
				case len(x.Into) > 0 && g.loops > depth:
					g.emit(&phys.If{Cond: &phys.Negate{Cond: &phys.IsTrue{Expr: g.ref(o.got)}}, Then: g.inside(func() {
						keep()
						o.row()
					})})
					return
				}
				keep()
				o.row()
				if !all && !one && len(x.Into) == 0 {
					g.stop(depth)
				}
			})
		})
	})
}

// runWrite runs a write. RETURNING INTO takes its only row.
func (p *routine) runWrite(x *bound.Run) {
	g := p.g
	o := p.begin(p.report(x, x.Found), p.report(x, x.Count), len(x.Into) > 0 || x.Strict)
	row := p.keepRow(x)
	in := &embedded{outputs: algebra.Outputs(x.SQL.(algebra.Body))}
	depth := g.loops
	in.counted = func() {
		if (len(x.Into) > 0 || x.Strict) && g.loops > depth {
			g.emit(&phys.If{Cond: &phys.IsTrue{Expr: g.ref(o.got)}, Then: p.tooMany(o)})
		}
		o.row()
	}
	in.row = func() { p.keep(row) }
	p.write(x.SQL, in)
	p.finish(x, o, row)
}

// write writes INSERT, UPDATE or DELETE with its reply going to in.
func (p *routine) write(sql bound.Embedded, in *embedded) {
	g := p.g
	outer := g.inner
	g.inner = in
	b := p.body(sql)
	g.constants(algebra.ConstantsOf(b))
	g.write(b)
	g.inner = outer
}

// body replaces the variables in a plan by the columns that hold them.
func (p *routine) body(sql bound.Embedded) algebra.Body {
	b, _ := sql.(algebra.Body)
	return algebra.Map(b, p.rel, p.expr)
}

// collect reads all rows of a statement into a list of the needed columns, and returns their bound.
func (p *routine) collect(sql bound.Embedded, cols []scalar.ColumnID) (phys.Reg, cost.Poly) {
	g := p.g
	list := g.reg("rows")
	g.emit(&phys.NewList{Dst: list})
	size := cost.Size("rows returned")
	p.statement(func() {
		if q, ok := sql.(*algebra.Query); ok {
			g.constants(q.Constants)
			n := g.build(p.rel(q.Root), g.defined, nil)
			size = n.bound()
			n.produce(g, scalar.SetOf(cols...), func() { g.emit(&phys.AppendRow{List: list, Exprs: g.refs(cols)}) })
			return
		}
		p.write(sql, &embedded{outputs: algebra.Outputs(sql.(algebra.Body)), row: func() { g.emit(&phys.AppendRow{List: list, Exprs: g.refs(cols)}) }})
	})
	return list, size
}

// each loops over the rows of a statement, all of which are read first: what the body writes does not change them.
func (p *routine) each(x *bound.Each) {
	g := p.g
	g.emit(&phys.Block{Body: g.inside(func() {
		cols := moved(x.Into).Ordered()
		list, size := p.collect(x.SQL, cols)
		fresh := make([]scalar.ColumnID, len(cols))
		ids := map[scalar.ColumnID]scalar.ColumnID{}
		for i, id := range cols {
			info := *g.cols.Get(id)
			fresh[i] = g.temp(info.Name, info.Type, true)
			ids[id] = fresh[i]
		}
		g.emit(&phys.ForRows{ID: p.labels + x.ID, List: list, Cols: fresh, Rows: size, Body: g.loop(func() {
			g.define(fresh, scalar.SetOf(fresh...))
			var moves []bound.Move
			for _, m := range x.Into {
				moves = append(moves, bound.Move{Var: m.Var, Expr: scalar.Rename(m.Expr, ids)})
			}
			p.assign(moves)
			p.rest(x.Body)
		})})
		// A loop over no rows leaves NULL in its targets.
		if none := g.inside(func() {
			for _, m := range x.Into {
				if p.r.Vars[m.Var].NotNull || p.readOutside(m.Var, x.Body) {
					p.put(m.Var, &scalar.Const{Node: scalar.Node{Typ: p.r.Vars[m.Var].Type}, Null: true})
				}
			}
		}); len(none) > 0 {
			g.emit(&phys.If{Cond: &phys.ListEmpty{List: list}, Then: none})
		}
		if p.report(x, x.Found) >= 0 {
			g.emit(&phys.If{
				Cond: &phys.ListEmpty{List: list},
				Then: []phys.Op{&phys.Set{Col: p.vars[x.Found], Expr: boolean(false)}},
				Else: []phys.Op{&phys.Set{Col: p.vars[x.Found], Expr: boolean(true)}},
			})
		}
	})})
}

// rest writes the statements of a loop into its body.
func (p *routine) rest(list []bound.Stmt) {
	for _, s := range list {
		p.stmt(s)
	}
}

func (p *routine) eachValue(x *bound.EachValue) {
	g := p.g
	g.emit(&phys.Block{Body: g.inside(func() {
		o := p.begin(p.report(x, x.Found), -1, false)
		g.emit(&phys.ForArray{ID: p.labels + x.ID, Col: x.Elem, Array: g.prep(p.expr(x.Array)), Rows: cost.Size("elements"), Body: g.loop(func() {
			g.defined.Add(x.Elem)
			o.row()
			p.assign([]bound.Move{x.Into})
			p.rest(x.Body)
		})})
		o.end()
	})})
}

// emitQuery adds a query's rows to the reply.
func (p *routine) emitQuery(x *bound.EmitQuery) {
	g := p.g
	g.emit(&phys.Block{Body: g.inside(func() {
		o := p.begin(p.report(x, x.Found), p.report(x, x.Count), false)
		var moves []bound.Move
		for _, e := range x.Exprs {
			moves = append(moves, bound.Move{Expr: e})
		}
		emit := func() {
			o.row()
			p.emitRow(x.Exprs)
		}
		p.statement(func() {
			if q, ok := x.SQL.(*algebra.Query); ok {
				g.build(p.rel(q.Root), g.defined, nil).produce(g, moved(moves), emit)
				return
			}
			p.write(x.SQL, &embedded{outputs: algebra.Outputs(x.SQL.(algebra.Body)), row: emit})
		})
		o.end()
	})})
}
