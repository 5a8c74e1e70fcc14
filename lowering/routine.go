package lowering

import (
	"slices"

	"github.com/prequel-db/prequel/lowering/cost"
	"github.com/prequel-db/prequel/lowering/phys"
	"github.com/prequel-db/prequel/planner/algebra"
	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqlparse/bound"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// routine writes a function: its variables are columns of the program, its statements instructions, and the SQL inside is lowered
// as that of a statement of its own, with the variables bound around it.
type routine struct {
	g    *gen
	r    *bound.Routine
	vars []scalar.ColumnID
	// sets counts the assignments of each variable in the text; one that has a single one needs no variable of its own.
	sets     []int
	declared []bool
	// alias are expressions that stand for variables which are never assigned.
	alias map[int]scalar.Expr
	// labels is what is added to the ids of loops, which are unique in the program.
	labels int
	// trigger is set for the function of a trigger or of a call in an expression, which runs inside another statement.
	trigger bool
	// rows is the list that takes the rows of a set, of a call in FROM; 0 where they are the reply.
	rows phys.Reg
	// catches is set when errors can be caught, after which variables are looked at.
	catches bool
	// unread are the variables that a statement would report to and nobody reads there.
	unread map[bound.Stmt]map[int]bool
	// null are the variables that hold NULL at the point being written for certain.
	null map[int]bool
}

func (g *gen) newRoutine(r *bound.Routine) *routine {
	p := &routine{g: g, r: r, sets: make([]int, len(r.Vars)), declared: make([]bool, len(r.Vars)), labels: g.labels}
	for _, v := range r.Vars {
		p.vars = append(p.vars, g.temp(v.Name, v.Type, true))
	}
	countSets(r.Body, p.sets)
	p.catches, p.null = tries(r.Body), map[int]bool{}
	p.findUnread(r.Body)
	g.labels += lastLabel(r.Body)
	return p
}

// lastLabel is the largest id of a loop.
func lastLabel(list []bound.Stmt) int {
	last := 0
	for _, s := range list {
		switch x := s.(type) {
		case *bound.Labelled:
			last = max(last, x.ID, lastLabel(x.Body))
		case *bound.Each:
			last = max(last, x.ID, lastLabel(x.Body))
		case *bound.EachValue:
			last = max(last, x.ID, lastLabel(x.Body))
		case *bound.IfStmt:
			last = max(last, lastLabel(x.Then), lastLabel(x.Else))
		case *bound.Try:
			last = max(last, lastLabel(x.Body))
			for _, h := range x.Handlers {
				last = max(last, lastLabel(h.Body))
			}
		}
	}
	return last
}

func (g *gen) routine(x *algebra.Routine) {
	p := g.newRoutine(x.Routine)
	g.prog.ReadOnly = true
	x.Each(func(b algebra.Body) {
		if _, query := b.(*algebra.Query); !query {
			g.prog.ReadOnly = false
		}
	})
	reply := phys.Reply{Kind: phys.NoRows}
	if len(x.Results) > 0 {
		reply.Kind = phys.Flat
		for _, c := range x.Results {
			id := g.temp(c.Name, c.Type, true)
			reply.Outputs = append(reply.Outputs, phys.ReplyColumn{Name: c.Name, Type: c.Type, Nullable: true, ID: id})
		}
	}
	p.top(x.Body)
	g.prog.Reply = reply
}

// findUnread notes which reports of statements nobody reads.
func (p *routine) findUnread(body []bound.Stmt) {
	p.unread = map[bound.Stmt]map[int]bool{}
	if p.catches {
		return
	}
	var note func(list []bound.Stmt, v int, used map[bound.Stmt]bool)
	note = func(list []bound.Stmt, v int, used map[bound.Stmt]bool) {
		for _, s := range list {
			if !used[s] {
				if p.unread[s] == nil {
					p.unread[s] = map[int]bool{}
				}
				p.unread[s][v] = true
			}
			for _, inner := range bodiesOf(s) {
				note(inner, v, used)
			}
		}
	}
	for v := range p.r.Vars {
		if p.sets[v] > 1 {
			note(body, v, reported(body, v))
		}
	}
}

// report is the variable that a statement reports to, -1 when nobody reads it.
func (p *routine) report(s bound.Stmt, v int) int {
	if v >= 0 && p.unread[s][v] {
		return -1
	}
	return v
}

// bodiesOf lists the statements inside a statement.
func bodiesOf(s bound.Stmt) [][]bound.Stmt {
	switch x := s.(type) {
	case *bound.IfStmt:
		return [][]bound.Stmt{x.Then, x.Else}
	case *bound.Labelled:
		return [][]bound.Stmt{x.Body}
	case *bound.Each:
		return [][]bound.Stmt{x.Body}
	case *bound.EachValue:
		return [][]bound.Stmt{x.Body}
	}
	return nil
}

// countSets counts the assignments of each variable.
func countSets(list []bound.Stmt, sets []int) {
	into := func(moves []bound.Move, more ...int) {
		for _, m := range moves {
			sets[m.Var]++
		}
		for _, v := range more {
			if v >= 0 {
				sets[v] += 2 // before the statement and by it
			}
		}
	}
	for _, s := range list {
		switch x := s.(type) {
		case *bound.SetVar:
			sets[x.Var]++
		case *bound.Each:
			into(x.Into, x.Found)
			countSets(x.Body, sets)
		case *bound.EachValue:
			into([]bound.Move{x.Into}, x.Found)
			countSets(x.Body, sets)
		case *bound.Run:
			into(x.Into, x.Found, x.Count)
		case *bound.EmitQuery:
			into(nil, x.Found, x.Count)
		case *bound.IfStmt:
			countSets(x.Then, sets)
			countSets(x.Else, sets)
		case *bound.Labelled:
			countSets(x.Body, sets)
		case *bound.Try:
			countSets(x.Body, sets)
			for _, h := range x.Handlers {
				countSets(h.Body, sets)
			}
		}
	}
}

// top writes the function's outermost statements. Variables come into being here, so that all that follows sees them.
func (p *routine) top(list []bound.Stmt) {
	defer func(within bool) { p.g.within = within }(p.g.within)
	p.g.within = p.g.within || p.trigger
	for _, s := range list {
		if x, ok := s.(*bound.SetVar); ok && !p.declared[x.Var] {
			p.first(x)
			continue
		}
		var fresh []scalar.ColumnID
		for v, n := range assignments([]bound.Stmt{s}, len(p.vars)) {
			if n > 0 && !p.declared[v] {
				p.declared[v] = true
				fresh = append(fresh, p.vars[v])
			}
		}
		p.g.declare(fresh...)
		for _, id := range fresh {
			p.null[slices.Index(p.vars, id)] = true
		}
		p.stmt(s)
	}
}

func assignments(list []bound.Stmt, vars int) []int {
	sets := make([]int, vars)
	countSets(list, sets)
	return sets
}

// first gives a variable its first value.
func (p *routine) first(x *bound.SetVar) {
	g := p.g
	e := g.prep(p.expr(x.Expr))
	p.declared[x.Var] = true
	if p.sets[x.Var] == 1 {
		g.cols.Get(p.vars[x.Var]).Nullable = g.nullable(e)
	}
	if c, ok := e.(*scalar.Const); ok && c.Null {
		g.declare(p.vars[x.Var])
		p.null[x.Var] = true
	} else {
		p.let(x.Var, e, p.sets[x.Var] == 1)
	}
	if p.r.Vars[x.Var].NotNull && g.nullable(e) {
		p.refuseNull(x.Var, g.ref(p.vars[x.Var]))
	}
}

// let gives a variable the value that it begins with. One that does not keep it need not stay NULL.
func (p *routine) let(v int, e scalar.Expr, kept bool) {
	p.g.let(p.vars[v], e)
	if !kept {
		p.g.empty.Remove(p.vars[v])
	}
}

// refuseNull raises an error when a variable that is declared NOT NULL would become NULL.
func (p *routine) refuseNull(v int, e scalar.Expr) {
	g := p.g
	g.where(&scalar.IsNull{Node: scalar.Node{Typ: value.Of(value.Bool)}, Arg: e}, func() {
		g.emit(&phys.Raise{SQLState: "22004", Message: []scalar.Expr{
			text("null value cannot be assigned to variable " + quoted(p.r.Vars[v].Name) + " declared NOT NULL"),
		}})
	})
}

// put gives a variable a value that is ready to be evaluated. One that refuses NULL keeps the value that it had, which a handler may
// look at.
func (p *routine) put(v int, e scalar.Expr) {
	g := p.g
	if p.r.Vars[v].NotNull && g.nullable(e) {
		switch e.(type) {
		case *scalar.Column, *scalar.Const:
		default:
			id := g.temp(p.r.Vars[v].Name, e.Type(), true)
			g.let(id, e)
			e = g.ref(id)
		}
		p.refuseNull(v, e)
	}
	g.emit(&phys.Set{Col: p.vars[v], Expr: e})
}

// expr replaces variables by the columns that hold them.
func (p *routine) expr(e scalar.Expr) scalar.Expr {
	if e == nil {
		return nil
	}
	return scalar.Map(e, func(x scalar.Expr) scalar.Expr {
		switch x := x.(type) {
		case *scalar.Param:
			if x.Local() {
				if e := p.alias[x.Number-scalar.FirstLocal]; e != nil {
					return e
				}
				return &scalar.Column{Node: x.Node, ID: p.vars[x.Number-scalar.FirstLocal]}
			}
		case *scalar.Subquery:
			if rel, ok := x.Query.(algebra.Rel); ok {
				c := *x
				c.Query = p.rel(rel)
				return &c
			}
		}
		return x
	})
}

func (p *routine) exprs(list []scalar.Expr) []scalar.Expr {
	out := make([]scalar.Expr, len(list))
	for i, e := range list {
		out[i] = p.g.prep(p.expr(e))
	}
	return out
}

func (p *routine) rel(r algebra.Rel) algebra.Rel { return algebra.MapExprs(r, p.expr) }

func (p *routine) stmts(list []bound.Stmt) []phys.Op {
	return p.g.inside(func() {
		for _, s := range list {
			p.stmt(s)
		}
	})
}

func (p *routine) stmt(s bound.Stmt) {
	defer p.assigned(s)
	switch s.(type) {
	case *bound.Labelled, *bound.Each, *bound.EachValue, *bound.Try:
		p.assigned(s) // by an earlier round
	}
	g := p.g
	switch x := s.(type) {
	case *bound.SetVar:
		p.set(x)
	case *bound.IfStmt:
		p.branch(x)
	case *bound.Labelled:
		id := p.labels + x.ID
		g.emit(&phys.Loop{ID: id, Once: !x.Loop, Body: p.stmts(x.Body), Rows: cost.Size("rounds" + itoa(id))})
	case *bound.Leave:
		g.emit(&phys.Leave{ID: p.labels + x.ID})
	case *bound.Each:
		p.each(x)
	case *bound.EachValue:
		p.eachValue(x)
	case *bound.Run:
		p.run(x)
	case *bound.Emit:
		p.emitRow(x.Exprs)
	case *bound.EmitQuery:
		p.emitQuery(x)
	case *bound.Return:
		g.emit(&phys.Return{Exprs: p.exprs(x.Exprs), Collected: p.r.SetOf})
	case *bound.RaiseStmt:
		g.emit(&phys.Raise{
			SQLState: x.SQLState, Message: p.exprs(x.Message), Detail: p.exprs(x.Detail), Constraint: x.Constraint, Table: x.Table,
			Column: x.Column,
		})
	case *bound.Reraise:
		g.emit(&phys.Reraise{})
	case *bound.Try:
		p.try(x)
	}
}

// emitRow adds a row to the result.
func (p *routine) emitRow(exprs []scalar.Expr) {
	if p.rows != 0 {
		p.g.emit(&phys.AppendRow{List: p.rows, Exprs: p.exprs(exprs)})
		return
	}
	p.g.emit(&phys.EmitRow{Exprs: p.exprs(exprs)})
}

// assigned forgets what is known of the variables that a statement assigns.
func (p *routine) assigned(s bound.Stmt) {
	for v, n := range assignments([]bound.Stmt{s}, len(p.vars)) {
		if n > 0 {
			delete(p.null, v)
		}
	}
}

// set assigns a variable that exists.
func (p *routine) set(x *bound.SetVar) {
	g := p.g
	if c, ok := x.Expr.(*scalar.Const); ok {
		p.put(x.Var, c)
		return
	}
	e := p.expr(x.Expr)
	write := func() { p.put(x.Var, g.prep(e)) }
	if scalar.HasSubquery(e) {
		g.scope("", write)
		return
	}
	write()
}

func (p *routine) branch(x *bound.IfStmt) {
	g := p.g
	cond := p.expr(x.Cond)
	write := func(cond scalar.Expr) {
		g.emit(&phys.If{Cond: &phys.IsTrue{Expr: cond}, Then: p.stmts(x.Then), Else: p.stmts(x.Else)})
	}
	write(g.prep(cond))
}

func (p *routine) try(x *bound.Try) {
	g := p.g
	t := &phys.Try{Body: p.stmts(x.Body)}
	bind := func(v int) scalar.ColumnID {
		if v < 0 {
			return 0
		}
		p.declared[v] = true
		return p.vars[v]
	}
	t.State, t.Message = bind(x.State), bind(x.Message)
	for i, v := range x.Fields {
		t.Fields[i] = bind(v)
	}
	for _, h := range x.Handlers {
		t.Handlers = append(t.Handlers, phys.Handler{States: h.States, Others: h.Others, Body: g.inside(func() {
			for _, id := range t.Caught() {
				if id != 0 {
					g.defined.Add(id)
				}
			}
			for _, s := range h.Body {
				p.stmt(s)
			}
		})})
	}
	g.emit(t)
}
