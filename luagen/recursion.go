package luagen

import (
	"github.com/prequel-db/prequel/lowering/phys"
	"github.com/prequel-db/prequel/luagen/lua"
)

// descent is the Lua function of a phys.Recursion.
type descent struct {
	fn    *lua.Var
	depth *lua.Var // of the call: its first parameter
}

// recursionOp translates functions that call themselves.
//
//	local function factorial(depth, n)
//	  if depth > 100 then
//	    raise("54001", "stack depth limit exceeded")
//	  end
//	  ...
//	  local value = factorial(depth + 1, n - 1)
//	  ...
//	  return result
//	end
//	local value = factorial(1, tonumber(ARGV[1]))
func (g *gen) recursionOp(op phys.Op) bool {
	switch op := op.(type) {
	case *phys.Recursion:
		g.recursion(op)
	case *phys.Recur:
		g.recur(op)
	case *phys.GiveBack:
		if op.List != 0 {
			g.emit(&lua.Return{Values: []lua.Expr{g.reg(op.List).v}})
		} else {
			g.emit(&lua.Return{Values: g.operands(op.Exprs)})
		}
	default:
		return false
	}
	return true
}

func (g *gen) recursion(op *phys.Recursion) {
	d := descent{lua.NewVar(op.Name), lua.NewVar("depth")}
	if g.descents == nil {
		g.descents = map[int]descent{}
	}
	g.descents[op.ID] = d
	fn := &lua.LocalFunc{V: d.fn, Params: []*lua.Var{d.depth}, Apart: true}
	around := g.around
	exits, answer, problem := g.exits, g.answer, g.problem
	g.exits, g.answer, g.problem, g.around = []*exit{{barrier: true}}, nil, nil, &d
	g.depth++
	fn.Body = g.inside(func() {
		tooDeep := &lua.Do{Call: invoke("raise", lua.Str("54001"), lua.Str("stack depth limit exceeded"))}
		g.emit(lua.When(lua.Op(d.depth, ">", lua.Int(int64(op.Depth))), tooDeep))
		for _, id := range op.In {
			v := lua.NewVar(g.colName(id))
			fn.Params = append(fn.Params, v)
			if g.facts.set[id] { // a local, which may become a field
				g.bindLocal(id, v, true)
			} else {
				g.bind(id, &column{expr: v, nullable: true})
			}
		}
		g.ops(op.Body, false)
	})
	g.depth--
	g.exits, g.answer, g.problem, g.around = exits, answer, problem, around
	g.emit(fn)
	g.recur(&op.Call)
}

// recur calls a function that calls itself.
func (g *gen) recur(op *phys.Recur) {
	depth := lua.Int(1)
	if g.around != nil {
		depth = lua.Op(g.around.depth, "+", lua.Int(1))
	}
	call := lua.Invoke(g.descents[op.ID].fn, append([]lua.Expr{depth}, g.operands(op.Args)...)...)
	l := &lua.Local{Values: []lua.Expr{call}}
	if op.List != 0 {
		l.Vars = []*lua.Var{g.newReg(op.List, "rows").v}
	}
	for _, id := range op.Out {
		v := lua.NewVar(g.colName(id))
		l.Vars = append(l.Vars, v)
		g.bind(id, &column{expr: v, nullable: true})
	}
	g.emit(l)
}
