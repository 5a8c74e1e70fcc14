package luagen

import (
	"github.com/prequel-db/prequel/lowering/phys"
	"github.com/prequel-db/prequel/luagen/lua"
	"github.com/prequel-db/prequel/sqlparse/bound"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// exit is a Lua loop, or the function of a Try, that leaving something further out has to go through.
type exit struct {
	id      int  // of the instruction that can be left; 0 for other loops
	barrier bool // a function: break ends here, return goes through
	// through are the ids that something inside leaves, further out.
	through []int
}

// answer is where a Return inside a Try puts the reply until the function around is left.
type answer struct {
	v    *lua.Var
	used bool
}

// controlOp translates the instructions of functions.
func (g *gen) controlOp(op phys.Op) bool {
	switch op := op.(type) {
	case *phys.Loop:
		g.loop(op.ID, op.Body, func() {
			g.emit(&lua.While{Cond: lua.Bool(true), Once: op.Once, Body: g.body(op.Body, false)})
		})
	case *phys.Leave:
		g.leave(op.ID)
	case *phys.Return:
		g.returns(op)
	case *phys.Try:
		g.try(op)
	case *phys.Reraise:
		g.emit(&lua.Do{Call: lua.Invoke(lua.Global("error"), g.problem, lua.Int(0))})
	default:
		return false
	}
	return true
}

// flagged declares the flag of an instruction that something inside other loops leaves.
func (g *gen) flagged(id int, body []phys.Op) {
	if id == 0 || !leftFromInside(id, body, false) {
		return
	}
	v := lua.NewVar("leave")
	if g.flags == nil {
		g.flags = map[int]*lua.Var{}
	}
	g.flags[id] = v
	g.emit(lua.Let(v, lua.Bool(false)))
}

// leftFromInside reports whether a Leave for id stands inside a loop or Try below.
func leftFromInside(id int, ops []phys.Op, inside bool) bool {
	for _, op := range ops {
		if l, ok := op.(*phys.Leave); ok && l.ID == id && inside {
			return true
		}
		within := inside || phys.Loops(op)
		switch op.(type) {
		case *phys.Loop, *phys.Try:
			within = true
		}
		for _, b := range phys.Bodies(op) {
			if leftFromInside(id, b, within) {
				return true
			}
		}
	}
	return false
}

// leave goes on behind the instruction with that id: break, where it is the innermost loop; otherwise a flag tells every loop
// between to break too.
func (g *gen) leave(id int) {
	last := len(g.exits) - 1
	if g.exits[last].id == id {
		g.emit(&lua.Break{})
		return
	}
	if g.flags[id] == nil {
		fail("leaving %d from here has no translation", id)
	}
	g.emit(lua.Set(g.flags[id], lua.Bool(true)))
	for i := last; i >= 0 && g.exits[i].id != id; i-- {
		g.exits[i].through = append(g.exits[i].through, id)
	}
	if g.exits[last].barrier {
		g.emit(&lua.Return{})
	} else {
		g.emit(&lua.Break{})
	}
}

// leaveOn ends a loop or Try: what was left through it is left further.
func (g *gen) leaveOn() {
	g.leaveFurther(g.outside())
}

// outside takes the innermost exit off.
func (g *gen) outside() *exit {
	last := len(g.exits) - 1
	done := g.exits[last]
	g.exits = g.exits[:last]
	return done
}

// leaveFurther goes on leaving what was left through an exit.
func (g *gen) leaveFurther(done *exit) {
	last := len(g.exits)
	seen := map[int]bool{}
	for _, id := range done.through {
		if seen[id] {
			continue
		}
		seen[id] = true
		on := lua.Stat(&lua.Break{})
		if g.exits[last-1].barrier && g.exits[last-1].id != id {
			on = &lua.Return{}
		}
		g.emit(lua.When(g.flags[id], on))
	}
}

// loop translates a loop, which a Leave may name.
func (g *gen) loop(id int, body []phys.Op, f func()) {
	g.flagged(id, body)
	g.exits = append(g.exits, &exit{id: id})
	f()
	g.leaveOn()
}

// returns ends the call. Inside a Try it ends the function there, and the reply waits outside.
func (g *gen) returns(op *phys.Return) {
	var reply lua.Expr
	switch {
	case op.Collected:
		reply = g.reply.rows
	case len(op.Exprs) == 0:
		reply = lua.Int(0)
	default:
		xs := g.operands(op.Exprs)
		for i, e := range op.Exprs {
			xs[i] = g.replyForm(e.Type(), xs[i], g.nullable(e))
		}
		reply = onlyRow(xs)
	}
	if g.answer == nil {
		g.emit(&lua.Return{Values: []lua.Expr{reply}})
		return
	}
	g.answer.used = true
	g.emit(lua.Set(g.answer.v, reply), &lua.Return{})
}

// try runs a body in a protected call.
func (g *gen) try(op *phys.Try) {
	outermost := g.answer == nil
	if outermost {
		g.answer = &answer{v: lua.NewVar("answer")}
	}
	here := g.answer
	used := here.used
	here.used = false
	mark := lua.NewVar("mark")
	g.exits = append(g.exits, &exit{barrier: true})
	body := g.body(op.Body, false)
	done := g.outside()
	if outermost {
		g.answer = nil
	}
	ok, problem := lua.NewVar("ok"), lua.NewVar("problem")
	if here.used && outermost {
		g.emit(lua.Let(here.v, nil))
	}
	if g.undo != nil {
		g.emit(lua.Let(mark, &lua.Un{Op: "#", X: g.undo}))
	}
	g.emit(&lua.Local{Vars: []*lua.Var{ok, problem}, Values: []lua.Expr{lua.Invoke(lua.Global("pcall"), &lua.Func{Body: body})}})
	outer := g.problem
	g.problem = problem
	failed := g.conditional(func() { g.handlers(op, problem, mark) })
	g.problem = outer
	g.emit(lua.When(lua.Not(ok), failed...))
	if here.used {
		stop := &lua.Return{}
		if outermost {
			stop.Values = []lua.Expr{here.v}
		}
		g.emit(lua.When(lua.Op(here.v, "~=", lua.Nil{}), stop))
	}
	g.leaveFurther(done)
	here.used = here.used || used
}

// conditional writes a conditional block.
func (g *gen) conditional(f func()) lua.Block {
	g.depth++
	defer func() { g.depth-- }()
	return g.inside(f)
}

// handlers chooses the handler of an error. Errors that are not SQL's go on.
func (g *gen) handlers(op *phys.Try, problem, mark *lua.Var) {
	if g.undo != nil {
		g.emit(&lua.Do{Call: invoke("undo_to", g.call, g.undo, mark)})
	}
	state := lua.NewVar("state")
	g.emit(lua.Let(state, invoke("sqlstate_of", problem)))
	bind := func(id scalar.ColumnID, x lua.Expr) {
		if id != 0 {
			g.bind(id, &column{expr: x})
		}
	}
	bind(op.State, state)
	bind(op.Message, &lua.Field{X: problem, Name: "message"})
	for i, id := range op.Fields {
		if id != 0 {
			bind(id, invoke("problem_field", problem, lua.Str(bound.ErrorFields[i])))
		}
	}
	choose := &lua.If{}
	for _, h := range op.Handlers {
		body := g.body(h.Body, false)
		if h.Others {
			// As in PostgreSQL, others are all but a failed assertion.
			choose.Clauses = append(choose.Clauses, lua.Clause{Cond: lua.Op(state, "~=", lua.Str("P0004")), Body: body})
			continue
		}
		var cond lua.Expr
		for _, s := range h.States {
			c := lua.Op(state, "==", lua.Str(s))
			if len(s) == 5 && s[2:] == "000" {
				c = lua.Op(lua.Send(state, "sub", lua.Int(1), lua.Int(2)), "==", lua.Str(s[:2]))
			}
			if cond == nil {
				cond = c
			} else {
				cond = lua.Or(cond, c)
			}
		}
		choose.Clauses = append(choose.Clauses, lua.Clause{Cond: cond, Body: body})
	}
	choose.Else = lua.Block{&lua.Do{Call: lua.Invoke(lua.Global("error"), problem, lua.Int(0))}}
	g.emit(choose)
}

// ended reports whether control never reaches the end of instructions.
func ended(ops []phys.Op) bool {
	if len(ops) == 0 {
		return false
	}
	switch op := ops[len(ops)-1].(type) {
	case *phys.Return:
		return true
	case *phys.If:
		return ended(op.Then) && ended(op.Else)
	case *phys.Block:
		return ended(op.Body)
	case *phys.Raise, *phys.Reraise:
		return false // a call, which may be followed by a return
	}
	return false
}
