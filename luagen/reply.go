package luagen

import (
	"github.com/prequel-db/prequel/lowering/phys"
	"github.com/prequel-db/prequel/luagen/lua"
	"github.com/prequel-db/prequel/runtime/value"
)

// reply is how the answer is collected.
type reply struct {
	rows  lua.Expr // the array, collected or empty
	n     *lua.Var // its length, for rows of several values
	count lua.Expr // affected rows: a local, or a number when it is always the same
	done  bool     // the last statement has returned
}

// direct reports whether the only instruction that emits may return its row at once.
func (g *gen) direct(tail bool) bool {
	return tail && g.facts.emits == 1 && !g.facts.looped && !g.prog.Reply.Count
}

// beginReply declares what collects the answer.
func (g *gen) beginReply() {
	r := g.reply
	if g.prog.Reply.Count {
		if n, fixed := g.fixedCount(); fixed {
			r.count = lua.Int(n)
		} else {
			affected := lua.NewVar("affected")
			r.count = affected
			g.emit(lua.Let(affected, lua.Int(0)))
		}
	}
	if g.prog.Reply.Kind == phys.NoRows {
		return
	}
	if g.facts.emits == 0 || !g.facts.looped && g.facts.emits == 1 && !g.prog.Reply.Count && g.facts.emitsLast {
		r.rows = &lua.Table{}
		return
	}
	rows := lua.NewVar("reply")
	r.rows = rows
	first := &lua.Table{}
	if g.prog.Reply.Count {
		first.Items = []lua.Item{{Value: r.count}} // known already when it is fixed
		if _, local := r.count.(*lua.Var); local {
			first.Items[0].Value = lua.Int(0)
		}
	}
	g.emit(lua.Let(rows, first))
	if g.prog.Reply.Kind == phys.Flat && len(g.prog.Reply.Outputs) > 1 && g.facts.looped {
		r.n = lua.NewVar("n")
		g.emit(lua.Let(r.n, lua.Int(int64(len(first.Items)))))
	}
}

// endReply returns the answer.
func (g *gen) endReply() {
	r := g.reply
	switch {
	case r.done, ended(g.prog.Body), g.gone():
	case g.prog.Reply.Kind == phys.NoRows && r.count != nil:
		g.emit(&lua.Return{Values: []lua.Expr{r.count}})
	case g.prog.Reply.Kind == phys.NoRows:
		g.emit(&lua.Return{Values: []lua.Expr{lua.Int(0)}})
	default:
		if _, fixed := r.rows.(*lua.Table); fixed && r.count != nil { // no row is ever emitted
			g.emit(&lua.Return{Values: []lua.Expr{&lua.Table{Items: []lua.Item{{Value: r.count}}}}})
			return
		}
		if _, local := r.count.(*lua.Var); local {
			g.emit(lua.Set(&lua.Index{X: r.rows, I: lua.Int(1)}, r.count))
		}
		g.emit(&lua.Return{Values: []lua.Expr{r.rows}})
	}
}

func (g *gen) addCount(op *phys.AddCount) {
	if op.Col != 0 {
		n := g.column(op.Col).expr
		g.emit(lua.Set(n, lua.Op(n, "+", lua.Int(1))))
		return
	}
	if n, ok := g.reply.count.(*lua.Var); ok {
		g.emit(lua.Set(n, lua.Op(n, "+", lua.Int(1))))
	}
}

// countReply makes the reply of a command, the last of its program, the number of affected rows.
func (g *gen) countReply(x lua.Expr) {
	g.emit(&lua.Return{Values: []lua.Expr{x}})
	g.reply.done = true
}

// fixedCount is the number of affected rows when every call affects as many.
func (g *gen) fixedCount() (n int64, fixed bool) { return countOf(g.prog.Body) }

// countOf is by how much instructions let the number of affected rows grow, where that is the same on all ways through them that end
// without an error.
func countOf(ops []phys.Op) (n int64, fixed bool) {
	for _, op := range ops {
		switch op := op.(type) {
		case *phys.AddCount:
			if op.Col == 0 {
				n++
			}
			continue
		case *phys.HSetNX:
			return 0, false
		case *phys.HDel:
			if op.Counted {
				return 0, false
			}
		case *phys.If:
			then, ok := countOf(op.Then)
			otherwise, also := countOf(op.Else)
			switch {
			case !ok || !also:
				return 0, false
			case raised(op.Then):
				then = otherwise
			case raised(op.Else):
				otherwise = then
			}
			if then != otherwise {
				return 0, false
			}
			n += then
			continue
		}
		_, block := op.(*phys.Block)
		for _, b := range phys.Bodies(op) {
			inside, ok := countOf(b)
			if !ok || inside > 0 && !block {
				return 0, false
			}
			n += inside
		}
	}
	return n, true
}

// raised reports whether instructions end with an error.
func raised(ops []phys.Op) bool {
	if len(ops) == 0 {
		return false
	}
	_, ok := ops[len(ops)-1].(*phys.Raise)
	return ok
}

// give returns a finished reply, or makes it the one.
func (g *gen) give(x lua.Expr, tail bool) {
	if g.direct(tail) {
		g.emit(&lua.Return{Values: []lua.Expr{x}})
		if g.depth == 0 {
			g.reply.done = true
		}
		return
	}
	g.emit(lua.Set(g.reply.rows, x))
}

func (g *gen) emitRow(op *phys.EmitRow, tail bool) {
	xs := g.operands(op.Exprs)
	for i, e := range op.Exprs {
		xs[i] = g.replyForm(e.Type(), xs[i], g.nullable(e))
	}
	if len(xs) == 0 { // SELECT FROM: a row without columns is a value that nobody reads
		xs = []lua.Expr{lua.Int(1)}
	}
	r := g.reply
	if !g.facts.looped && g.facts.emits == 1 && !g.prog.Reply.Count {
		g.give(onlyRow(xs), tail)
		return
	}
	if r.n == nil {
		for _, x := range xs {
			g.emit(lua.Set(&lua.Index{X: r.rows, I: lua.Op(&lua.Un{Op: "#", X: r.rows}, "+", lua.Int(1))}, x))
		}
		return
	}
	for i, x := range xs {
		g.emit(lua.Set(&lua.Index{X: r.rows, I: lua.Op(r.n, "+", lua.Int(int64(i+1)))}, x))
	}
	g.emit(lua.Set(r.n, lua.Op(r.n, "+", lua.Int(int64(len(xs))))))
}

// onlyRow is a reply of one row. A single value is a reply of its own: a table costs the server as much as reading a field.
func onlyRow(xs []lua.Expr) lua.Expr {
	if len(xs) == 1 {
		return xs[0]
	}
	t := &lua.Table{}
	for _, x := range xs {
		t.Items = append(t.Items, lua.Item{Value: x})
	}
	return t
}

func (g *gen) emitPacked(op *phys.EmitPacked, tail bool) {
	src := g.reg(op.Src).v
	if !g.facts.looped && g.facts.emits == 1 && !g.prog.Reply.Count {
		g.give(src, tail)
		return
	}
	rows := g.reply.rows
	g.emit(lua.Set(&lua.Index{X: rows, I: lua.Op(&lua.Un{Op: "#", X: rows}, "+", lua.Int(1))}, src))
}

// emitList makes a list the reply. Missing rows inside it are nulls, which the client skips.
func (g *gen) emitList(op *phys.EmitList, tail bool) {
	if g.prog.Reply.Count {
		fail("a list cannot be the reply of a statement that counts rows")
	}
	g.give(g.reg(op.List).v, tail)
}

// replyForm is a value as a reply carries it: NULL is false, a boolean 1 or 0, a float its text.
func (g *gen) replyForm(t value.Type, x lua.Expr, nullable bool) lua.Expr {
	if lua.IsNil(x) {
		return lua.Bool(false)
	}
	if b, ok := x.(lua.Bool); ok {
		if b {
			return lua.Int(1)
		}
		return lua.Int(0)
	}
	form := x
	switch t.Kind {
	case value.Bool:
		if nullable {
			x = g.atom(x, "holds")
			return lua.And(lua.Op(x, "~=", lua.Nil{}), lua.Op(lua.Op(x, "and", lua.Int(1)), "or", lua.Int(0)))
		}
		return lua.Op(lua.Op(x, "and", lua.Int(1)), "or", lua.Int(0))
	case value.Float4, value.Float8:
		if nullable {
			x = g.atom(x, "number")
		}
		form = lua.Send(lua.Str("%.17g"), "format", x)
		if nullable {
			form = lua.And(x, form)
		}
	case value.Array:
		if nullable {
			x = g.atom(x, "elements")
		}
		form = g.encodeList(t, x)
		if nullable {
			form = lua.And(x, form)
		}
	}
	if nullable {
		return lua.Op(form, "or", lua.Bool(false))
	}
	return form
}
