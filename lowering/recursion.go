package lowering

import (
	"github.com/prequel-db/prequel/lowering/cost"
	"github.com/prequel-db/prequel/lowering/phys"
	"github.com/prequel-db/prequel/sqlparse/bound"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// A declared function that calls itself, or others that call it, is a function of the program where a call of it is evaluated; calls inside
// of it are calls of that one.

// descent is a function whose body is being written.
type descent struct {
	fn *scalar.Func
	id int
}

// mostCalls is how deep calls of a function may stand inside of each other, below what any engine's stack holds: Lua has room for 200 calls
// of pcall, and the embedded engine for 256 functions in all.
const mostCalls = 100

// depthOf is how deep a function may call itself. Each block with handlers around such a call takes two functions of the stack more.
func depthOf(body []phys.Op) int {
	return min(mostCalls, 220/(1+2*handlersAround(body, 0)))
}

// handlersAround is the largest number of blocks with handlers around a call.
func handlersAround(ops []phys.Op, around int) int {
	most := 0
	for _, op := range ops {
		switch op.(type) {
		case *phys.Recur:
			most = max(most, around)
		case *phys.Try:
			for _, b := range phys.Bodies(op) {
				most = max(most, handlersAround(b, around+1))
			}
		default:
			for _, b := range phys.Bodies(op) {
				most = max(most, handlersAround(b, around))
			}
		}
	}
	return most
}

// descend writes the call of a function that calls itself: what it gives back, or the list of its rows.
func (g *gen) descend(c *scalar.Call) (out []scalar.ColumnID, list phys.Reg) {
	call := phys.Recur{Args: g.prepAll(c.Args)}
	body := g.bodyOf(c)
	if c.Fn.Set {
		call.List = g.reg("rows")
	} else {
		for _, v := range body.Out {
			call.Out = append(call.Out, g.temp(body.Vars[v].Name, body.Vars[v].Type, true))
		}
	}
	done := func() ([]scalar.ColumnID, phys.Reg) {
		for _, id := range call.Out {
			g.defined.Add(id)
		}
		g.effects = g.effects || c.Fn.Volatile
		return call.Out, call.List
	}
	for _, d := range g.descents {
		if d.fn == c.Fn {
			call.ID = d.id
			g.emit(&call)
			return done()
		}
	}
	g.labels++
	call.ID = g.labels
	g.descents = append(g.descents, descent{c.Fn, call.ID})
	op := &phys.Recursion{ID: call.ID, Name: c.Fn.Name, Call: call, Rows: cost.Size("calls of " + c.Fn.Name)}
	inner, frames, keeps := g.inner, g.frames, g.keeps
	g.inner, g.frames, g.keeps = nil, nil, false
	op.Body = g.inside(func() { g.descentBody(op, body, c.Fn.Set) })
	g.inner, g.frames, g.keeps = inner, frames, keeps
	g.descents = g.descents[:len(g.descents)-1]
	op.Depth = depthOf(op.Body)
	g.emit(op)
	return done()
}

// descentBody writes the body of a function that calls itself.
func (g *gen) descentBody(op *phys.Recursion, body *bound.Routine, set bool) {
	p := g.newRoutine(body)
	p.trigger = true
	for _, v := range body.In {
		op.In = append(op.In, p.vars[v])
		g.cols.Get(p.vars[v]).Nullable = true
		g.defined.Add(p.vars[v])
		p.declared[v] = true
	}
	g.spend(op.Name, true)
	if set {
		p.rows = g.reg("rows")
		g.emit(&phys.NewList{Dst: p.rows})
		p.top(body.Body)
		g.emit(&phys.GiveBack{List: p.rows})
		return
	}
	p.top(body.Body)
	back := &phys.GiveBack{}
	for _, v := range body.Out {
		if !p.declared[v] { // of a body that always fails
			g.declare(p.vars[v])
		}
		back.Exprs = append(back.Exprs, g.ref(p.vars[v]))
	}
	g.emit(back)
}
