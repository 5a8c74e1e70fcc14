package luagen

import (
	"strings"

	"github.com/prequel-db/prequel/lowering/phys"
	"github.com/prequel-db/prequel/luagen/lua"
	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// scopesFrom is the number of instructions from which blocks become scopes of their own, to keep the number of active locals
// down. Below it they would be noise.
const scopesFrom = 160

// ops translates a list of instructions. tail says that nothing follows them in the program.
func (g *gen) ops(ops []phys.Op, tail bool) {
	for i, op := range ops {
		g.op(op, tail && i == len(ops)-1)
		if g.gone() {
			return
		}
	}
}

// gone reports whether the block being written has left already: nothing may stand behind, as where a condition is known to hold.
func (g *gen) gone() bool { return lua.Leaves(*g.block) }

// body translates the instructions inside another one.
func (g *gen) body(ops []phys.Op, tail bool) lua.Block {
	g.depth++
	defer func() { g.depth-- }()
	return g.inside(func() { g.ops(ops, tail) })
}

func (g *gen) op(op phys.Op, tail bool) {
	switch op := op.(type) {
	case *phys.Comment:
		g.emit(&lua.Comment{Text: op.Text})
	case *phys.Block:
		g.scoped(op, tail)
	case *phys.Let:
		g.let(op)
	case *phys.Declare:
		g.declare(op)
	case *phys.Set:
		g.emit(lua.Set(g.column(op.Col).expr, g.value(op.Expr)))
	case *phys.DeclareReg:
		g.emit(lua.Let(g.newReg(op.Reg, "row").v, nil))
	case *phys.SameReg:
		g.bindReg(op.Dst, g.reg(op.Src))
	case *phys.SetReg:
		g.setReg(op)
	case *phys.If:
		g.branch(op, tail)
	case *phys.Once:
		done := g.column(op.Done).expr
		b := g.body(op.Body, false)
		if !lua.Leaves(b) {
			b = append(b, lua.Set(done, lua.Bool(true))) // not when it raises
		}
		g.emit(lua.When(lua.Not(done), b...))
	case *phys.Break:
		g.emit(&lua.Break{})
	case *phys.Raise:
		g.raise(op)
	case *phys.Unpack:
		g.unpack(op)
	case *phys.AddCount:
		g.addCount(op)
	case *phys.EmitRow:
		g.emitRow(op, tail)
	case *phys.EmitPacked:
		g.emitPacked(op, tail)
	case *phys.EmitList:
		g.emitList(op, tail)
	case *phys.ForGroups:
		g.forGroups(op, tail)
	case *phys.While:
		g.emit(&lua.While{Cond: g.cond(op.Cond), Body: g.body(op.Body, false)})
	default:
		if !g.controlOp(op) && !g.recursionOp(op) && !g.keyOp(op) && !g.commandOp(op) && !g.rowOp(op) && !g.setOp(op) && !g.mapOp(op) {
			fail("instruction %T has no translation", op)
		}
	}
}

func (g *gen) scoped(op *phys.Block, tail bool) {
	if op.Comment != "" {
		g.emit(&lua.Comment{Text: op.Comment})
	}
	if g.size < scopesFrom {
		g.ops(op.Body, tail)
		return
	}
	depth := g.depth // a block does not make its instructions conditional
	b := g.inside(func() { g.ops(op.Body, tail) })
	g.depth = depth
	g.emit(&lua.Scope{Body: b})
}

// let computes a column. A copy of what is a variable or literal already gets no local of its own.
func (g *gen) let(op *phys.Let) {
	nullable := g.nullable(op.Expr) && !op.NotNull
	if g.facts.set[op.Col] {
		g.bindLocal(op.Col, g.value(op.Expr), nullable || g.prog.Columns.Get(op.Col).Nullable)
		return
	}
	x := g.value(op.Expr)
	if op.Expr.Type().Kind == value.Numeric {
		d, ok := g.decimalOf(op.Expr)
		g.decimals[op.Col] = computed{d, ok}
		if ok && g.letDecimal(op.Col, x, d.Scale, nullable) {
			return
		}
	}
	if !lua.Atomic(x) || g.changes(op.Expr) {
		g.bindLocal(op.Col, x, nullable)
		g.cols[op.Col].small = g.small(op.Expr)
		return
	}
	c := &column{expr: x, nullable: nullable, small: g.small(op.Expr), digits: g.digits(op.Expr)}
	switch s := g.source(op.Expr).(type) {
	case *scalar.Param, *scalar.Const:
		c.origin = s
	}
	g.bind(op.Col, c)
}

// changes reports whether an expression reads a column that Set assigns.
func (g *gen) changes(e scalar.Expr) bool {
	return scalar.Any(e, func(x scalar.Expr) bool {
		c, ok := x.(*scalar.Column)
		return ok && g.facts.set[c.ID]
	})
}

func (g *gen) anyChanges(es []scalar.Expr) bool {
	for _, e := range es {
		if g.changes(e) {
			return true
		}
	}
	return false
}

func (g *gen) declare(op *phys.Declare) {
	l := &lua.Local{}
	for _, id := range op.Cols {
		v := lua.NewVar(g.colName(id))
		l.Vars = append(l.Vars, v)
		g.bind(id, &column{expr: v, nullable: true})
	}
	if len(l.Vars) > 0 {
		g.emit(l)
	}
}

func (g *gen) setReg(op *phys.SetReg) {
	src := g.reg(op.Src)
	x := lua.Expr(src.v)
	if src.missing {
		x = lua.Op(x, "or", g.nilVar())
	}
	g.emit(lua.Set(g.reg(op.Dst).v, x))
}

func (g *gen) branch(op *phys.If, tail bool) {
	cond := g.cond(op.Cond)
	if b, ok := cond.(lua.Bool); ok { // decided: no if at all
		taken := op.Then
		if !b {
			taken = op.Else
		}
		g.ops(taken, tail)
		return
	}
	var known []scalar.Expr
	if c, ok := op.Cond.(*phys.IsTrue); ok {
		known = g.notNull(c.Expr)
	}
	then := g.knowing(known, func() lua.Block { return g.body(op.Then, tail) })
	s := &lua.If{Clauses: []lua.Clause{{Cond: cond, Body: then}}}
	if len(op.Else) > 0 {
		s.Else = g.body(op.Else, tail)
		// else with nothing but an if is elseif
		if len(s.Else) == 1 {
			if inner, ok := s.Else[0].(*lua.If); ok {
				s.Clauses, s.Else = append(s.Clauses, inner.Clauses...), inner.Else
			}
		}
		if len(s.Clauses[0].Body) == 0 && len(s.Clauses) == 1 {
			s.Clauses[0] = lua.Clause{Cond: lua.Not(cond), Body: s.Else}
			s.Else = nil
		}
	}
	if len(s.Clauses) == 1 && len(s.Clauses[0].Body) == 0 {
		return
	}
	g.emit(s)
}

// cond translates a condition of the script.
func (g *gen) cond(c phys.Cond) lua.Expr {
	switch c := c.(type) {
	case *phys.IsTrue:
		return g.isTrue(c.Expr)
	case *phys.Present:
		return g.reg(c.Reg).v
	case *phys.Negate:
		if full, ok := c.Cond.(*phys.Full); ok {
			return lua.Op(&lua.Un{Op: "#", X: g.reg(full.List).v}, "<", g.reg(full.Limit).limit)
		}
		return lua.Not(g.cond(c.Cond))
	case *phys.ListEmpty:
		return lua.Op(&lua.Un{Op: "#", X: g.reg(c.List).v}, "==", lua.Int(0))
	case *phys.SameBytes:
		return lua.Op(g.bytes(c.A), "==", g.bytes(c.B))
	case *phys.Full:
		return lua.Op(&lua.Un{Op: "#", X: g.reg(c.List).v}, ">=", g.reg(c.Limit).limit)
	case *phys.InSet:
		return &lua.Index{X: g.reg(c.Set).v, I: g.mapKey(c.Key)}
	}
	fail("condition %T has no translation", c)
	return nil
}

// bytes is a register's string, nil when there is none.
func (g *gen) bytes(r phys.Reg) lua.Expr {
	reg := g.reg(r)
	if reg.missing {
		return lua.Op(reg.v, "or", g.nilVar())
	}
	return reg.v
}

// raise ends the call with an error.
func (g *gen) raise(op *phys.Raise) {
	args := []lua.Expr{lua.Str(op.SQLState), g.message(op.Message)}
	var fields []lua.Item
	if len(op.Detail) > 0 {
		fields = append(fields, lua.Item{Name: "detail", Value: g.message(op.Detail)})
	}
	if len(op.Row) > 0 {
		fields = append(fields, lua.Item{Name: "detail", Value: g.failingRow(op)})
	}
	for _, f := range []struct{ name, text string }{{"constraint", op.Constraint}, {"table", op.Table}, {"column", op.Column}} {
		if f.text != "" {
			fields = append(fields, lua.Item{Name: f.name, Value: lua.Str(f.text)})
		}
	}
	if len(fields) > 0 {
		args = append(args, &lua.Table{Items: fields})
	}
	if g.answer == nil && g.around == nil && (g.undo == nil || g.facts.early[op]) { // nothing is around that has to see it
		g.emit(&lua.Return{Values: []lua.Expr{invoke("refused", args...)}})
		return
	}
	g.emit(&lua.Do{Call: invoke("raise", args...)})
}

// failingRow shows the row that a constraint refuses, values beyond 64 bytes cut.
func (g *gen) failingRow(op *phys.Raise) lua.Expr {
	names := ""
	if op.RowCols != nil {
		names = "(" + strings.Join(op.RowCols, ", ") + ") = "
	}
	parts := []lua.Expr{lua.Str("Failing row contains " + names + "(")}
	for i, x := range g.operands(op.Row) {
		if i > 0 {
			parts = append(parts, lua.Str(", "))
		}
		e := op.Row[i]
		if via, ok := e.(*scalar.ViaText); ok {
			e = via.Arg
		}
		switch k, constant := e.(*scalar.Const); {
		case constant && k.Null:
			x = lua.Str("null")
		case longText(e.Type()):
			x = invoke("error_value", x)
		case g.nullable(op.Row[i]):
			x = lua.Op(x, "or", lua.Str("null"))
		}
		parts = append(parts, x)
	}
	return concat(append(parts, lua.Str(").")))
}

// longText reports whether a value's text can be longer than errors show.
func longText(t value.Type) bool {
	switch t.Kind {
	case value.Bool, value.Int2, value.Int4, value.Int8, value.Float4, value.Float8, value.Date, value.Time, value.Timestamp,
		value.Timestamptz, value.UUID:
		return false
	}
	return true
}

// message concatenates text expressions; NULL is shown as PostgreSQL shows it in details.
func (g *gen) message(parts []scalar.Expr) lua.Expr {
	xs := g.operands(parts)
	for i, e := range parts {
		if g.nullable(e) {
			xs[i] = lua.Op(xs[i], "or", lua.Str("null"))
		}
	}
	return concat(xs)
}
