package luagen

import (
	"github.com/prequel-db/prequel/luagen/lua"
	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqlparse/diag"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// value translates an expression to a Lua expression that is nil exactly when the SQL value is NULL. Statements that it
// needs are emitted before.
func (g *gen) value(e scalar.Expr) lua.Expr {
	switch e := scalar.Fold(e).(type) {
	case *scalar.Column:
		return g.column(e.ID).expr
	case *scalar.Const:
		return g.literal(e.Typ, constValue(e))
	case *scalar.Param:
		return g.param(e.Number)
	case *scalar.Relabel:
		return g.value(e.Arg)
	case *scalar.Call:
		return g.callValue(e)
	case *scalar.And:
		return g.logicValue(terms(e.Args, false), false)
	case *scalar.Or:
		return g.logicValue(terms(e.Args, true), true)
	case *scalar.Not:
		return g.notValue(e)
	case *scalar.IsNull, *scalar.IsBool, *scalar.IsDistinct:
		return boolean(g.isTrue(e))
	case *scalar.Case:
		return g.caseValue(e)
	case *scalar.Coalesce:
		return g.coalesceValue(e)
	case *scalar.NullIf:
		return g.nullIfValue(e)
	case *scalar.MinMax:
		return g.minMaxValue(e)
	case *scalar.InList:
		return g.inListValue(e)
	case *scalar.AnyArray:
		return g.anyArrayValue(e)
	case *scalar.ViaText:
		return g.viaText(e)
	case *scalar.Modify:
		return g.modify(e)
	case *scalar.ArrayExpr:
		return g.arrayTable(len(e.Elems), func(i int) lua.Expr { return g.value(e.Elems[i]) })
	}
	fail("expression %T has no translation", e)
	return nil
}

// nullable reports whether an expression may be NULL; when in doubt it may.
func (g *gen) nullable(e scalar.Expr) bool {
	switch e := e.(type) {
	case *scalar.Column:
		return g.column(e.ID).nullable
	case *scalar.Const:
		return e.Null
	case *scalar.Param:
		return g.paramMayBeNull(e.Number)
	case *scalar.Relabel:
		return g.nullable(e.Arg)
	case *scalar.ViaText:
		return g.nullable(e.Arg)
	case *scalar.Modify:
		return g.nullable(e.Arg)
	case *scalar.Not:
		return g.nullable(e.Arg)
	case *scalar.And:
		return g.anyNullable(e.Args)
	case *scalar.Or:
		return g.anyNullable(e.Args)
	case *scalar.IsNull, *scalar.IsBool, *scalar.IsDistinct, *scalar.ArrayExpr:
		return false
	case *scalar.Call:
		return !e.Fn.Strict && !neverNull[e.Fn.Proc] || mayReturnNull[e.Fn.Proc] || e.Fn.Strict && g.anyNullable(e.Args)
	case *scalar.Coalesce:
		for _, a := range e.Args {
			if !g.nullable(a) {
				return false
			}
		}
		return true
	case *scalar.MinMax:
		for _, a := range e.Args {
			if !g.nullable(a) {
				return false
			}
		}
		return true
	case *scalar.Case:
		if e.Else == nil || g.nullable(e.Else) {
			return true
		}
		for _, w := range e.Whens {
			if g.nullable(w.Then) {
				return true
			}
		}
		return false
	case *scalar.InList:
		return g.nullable(e.Left) || g.anyNullable(e.List)
	}
	return true
}

func (g *gen) anyNullable(es []scalar.Expr) bool {
	for _, e := range es {
		if g.nullable(e) {
			return true
		}
	}
	return false
}

func isBool(e scalar.Expr) bool { return e.Type().Kind == value.Bool }

// boolean turns a condition into a value that is exactly true or false.
func boolean(cond lua.Expr) lua.Expr {
	if lua.IsCondition(cond) {
		return cond
	}
	return lua.Not(lua.Not(cond))
}

// terms are the operands of AND (OR when stop is true) without constants that change nothing, or the one that decides.
func terms(args []scalar.Expr, stop bool) []scalar.Expr {
	var out []scalar.Expr
	for _, a := range args {
		x, truth := a, true
		for {
			n, ok := x.(*scalar.Not)
			if !ok {
				break
			}
			x, truth = n.Arg, !truth
		}
		c, ok := x.(*scalar.Const)
		if !ok || c.Null {
			out = append(out, a)
			continue
		}
		if constValue(c).Bool() == truth == stop {
			return []scalar.Expr{a}
		}
	}
	if len(out) == 0 {
		return args[:1]
	}
	return out
}

// logicValue is AND, or OR when stop is true: it stops at the first operand that equals stop, and is NULL when an operand is
// and none equals stop.
func (g *gen) logicValue(args []scalar.Expr, stop bool) lua.Expr {
	exact := true // x and y is SQL's AND when x cannot be NULL
	for _, a := range args[:len(args)-1] {
		exact = exact && !g.nullable(a)
	}
	if exact {
		var out lua.Expr
		for i, a := range args {
			body, x := g.capture(func() lua.Expr { return g.value(a) })
			if len(body) > 0 && i > 0 {
				break
			}
			g.emit(body...)
			if out == nil {
				out = x
			} else if stop {
				out = lua.Op(out, "or", x)
			} else {
				out = lua.Op(out, "and", x)
			}
			if i == len(args)-1 {
				return out
			}
		}
	}
	result := lua.NewVar("holds")
	g.emit(lua.Let(result, g.value(args[0])))
	g.logicRest(result, args[1:], stop)
	return result
}

// logicRest combines result with the remaining operands.
func (g *gen) logicRest(result *lua.Var, args []scalar.Expr, stop bool) {
	if len(args) == 0 {
		return
	}
	isStop := lua.Op(result, "~=", lua.Bool(stop))
	if stop {
		isStop = lua.Not(result)
	}
	body := g.inside(func() {
		next := g.atom(g.value(args[0]), "next_holds")
		// NULL stays NULL unless the next operand decides; anything else gives way to it.
		cond := lua.Or(lua.Op(next, "==", lua.Bool(false)), result)
		if stop {
			cond = lua.Or(next, lua.Op(result, "==", lua.Bool(false)))
		}
		g.emit(lua.When(cond, lua.Set(result, next)))
		g.logicRest(result, args[1:], stop)
	})
	g.emit(lua.When(isStop, body...))
}

// notValue negates: the operand's own negation where it has one, three-valued otherwise.
func (g *gen) notValue(e *scalar.Not) lua.Expr {
	switch arg := e.Arg.(type) {
	case *scalar.Not:
		return g.value(arg.Arg)
	case *scalar.And:
		return g.logicValue(terms(negated(arg.Args), true), true)
	case *scalar.Or:
		return g.logicValue(terms(negated(arg.Args), false), false)
	case *scalar.Call:
		if arg.Fn.Strict && !mayReturnNull[arg.Fn.Proc] {
			return g.strictValue(arg, true)
		}
	case *scalar.InList:
		if in, ok := negateInList(arg); ok {
			return g.value(in)
		}
	}
	if !g.nullable(e.Arg) {
		return lua.Not(g.value(e.Arg))
	}
	result := lua.NewVar("holds")
	x := g.atom(g.value(e.Arg), "holds")
	g.emit(lua.Let(result, nil), lua.When(lua.Op(x, "~=", lua.Nil{}), lua.Set(result, lua.Not(x))))
	return result
}

func negated(args []scalar.Expr) []scalar.Expr {
	out := make([]scalar.Expr, len(args))
	for i, a := range args {
		out[i] = &scalar.Not{Node: scalar.Node{Typ: a.Type(), Pos: a.Span()}, Arg: a}
	}
	return out
}

// caseValue is CASE: "c and a or b" where a is never nil or false, an if otherwise.
func (g *gen) caseValue(e *scalar.Case) lua.Expr {
	e = decided(e)
	if len(e.Whens) == 0 {
		if e.Else == nil {
			return lua.Nil{}
		}
		return g.value(e.Else)
	}
	if len(e.Whens) == 1 && !isBool(e) && !g.nullable(e.Whens[0].Then) {
		var cond, then, other lua.Expr
		body, _ := g.capture(func() lua.Expr { cond = g.isTrue(e.Whens[0].Cond); return nil })
		inner, _ := g.capture(func() lua.Expr {
			then = g.value(e.Whens[0].Then)
			other = g.nilVar()
			if e.Else != nil && !isNull(e.Else) {
				other = g.value(e.Else)
			}
			return nil
		})
		if len(inner) == 0 {
			g.emit(body...)
			return lua.Op(lua.Op(cond, "and", then), "or", other)
		}
	}
	result := lua.NewVar("chosen")
	g.emit(lua.Let(result, nil))
	g.caseBranches(result, e.Whens, e.Else)
	return result
}

// decided drops the branches of a CASE whose condition is a constant.
func decided(e *scalar.Case) *scalar.Case {
	out := *e
	out.Whens = nil
	for _, w := range e.Whens {
		c, ok := w.Cond.(*scalar.Const)
		switch {
		case !ok:
			out.Whens = append(out.Whens, w)
		case !c.Null && constValue(c).Bool():
			out.Else = w.Then
			return &out
		}
	}
	return &out
}

// caseBranches assigns the first branch whose condition is true. A condition that needs statements begins a new if in the else.
func (g *gen) caseBranches(result *lua.Var, whens []scalar.When, other scalar.Expr) {
	chain := &lua.If{}
	for i, w := range whens {
		before, cond := g.capture(func() lua.Expr { return g.isTrue(w.Cond) })
		if i > 0 && len(before) > 0 {
			chain.Else = g.inside(func() { g.caseBranches(result, whens[i:], other) })
			g.emit(chain)
			return
		}
		g.emit(before...)
		chain.Clauses = append(chain.Clauses, lua.Clause{Cond: cond, Body: g.chosen(result, w.Then)})
	}
	if other != nil {
		chain.Else = g.chosen(result, other)
		if isNull(other) {
			chain.Else = nil
		}
	}
	g.emit(chain)
}

// chosen is the body of a branch; result is NULL already.
func (g *gen) chosen(result *lua.Var, e scalar.Expr) lua.Block {
	if isNull(e) {
		return lua.Block{&lua.Comment{Text: "NULL"}}
	}
	return g.inside(func() { g.emit(lua.Set(result, g.value(e))) })
}

// isNull reports whether an expression is the literal NULL.
func isNull(e scalar.Expr) bool {
	c, ok := e.(*scalar.Const)
	return ok && c.Null
}

// nilVar is a variable that is nil, for expressions that end in "or nil" (see lua.Portable).
func (g *gen) nilVar() lua.Expr {
	if g.null == nil {
		g.null = lua.NewVar("null")
		g.null.Lazy = &lua.Lazy{Owner: g.rootScope(), Vars: []*lua.Var{g.null}, Decl: []lua.Stat{lua.Let(g.null, nil)}}
	}
	return g.null
}

// coalesceValue is "a or b" for values that are never false, an if for booleans.
func (g *gen) coalesceValue(e *scalar.Coalesce) lua.Expr {
	args := e.Args
	for i, a := range args { // what follows a value that is never NULL is not evaluated
		if !g.nullable(a) {
			args = args[:i+1]
			break
		}
	}
	args = withoutNulls(args)
	out := g.value(args[0])
	for _, a := range args[1:] {
		body, x := g.capture(func() lua.Expr { return g.value(a) })
		if len(body) == 0 && !isBool(e) {
			out = lua.Op(out, "or", x)
			continue
		}
		result := lua.NewVar("chosen")
		g.emit(lua.Let(result, out))
		g.emit(lua.When(lua.Op(result, "==", lua.Nil{}), append(body, lua.Set(result, x))...))
		out = result
	}
	return out
}

// withoutNulls drops the literal NULLs, all but one when there is nothing else.
func withoutNulls(args []scalar.Expr) []scalar.Expr {
	var out []scalar.Expr
	for _, a := range args {
		if !isNull(a) {
			out = append(out, a)
		}
	}
	if len(out) == 0 {
		return args[:1]
	}
	return out
}

// nullIfValue is Left, or NULL when it equals Right.
func (g *gen) nullIfValue(e *scalar.NullIf) lua.Expr {
	left := g.atom(g.value(e.Left), "left")
	if lua.IsNil(left) {
		return left
	}
	tmp := g.temporary(e.Left.Type(), left, g.nullable(e.Left))
	equal := g.isTrue(call(e.Eq, e.Pos, tmp, e.Right))
	if b, ok := equal.(lua.Bool); ok {
		if b {
			return lua.Nil{}
		}
		return left
	}
	result := lua.NewVar("chosen")
	g.emit(lua.Let(result, nil), lua.When(lua.Not(equal), lua.Set(result, left)))
	return result
}

// minMaxValue is GREATEST or LEAST: NULLs do not count, the first of equals stays.
func (g *gen) minMaxValue(e *scalar.MinMax) lua.Expr {
	hint := "greatest"
	if e.Least {
		hint = "least"
	}
	result := lua.NewVar(hint)
	args := g.operands(e.Args)
	g.emit(lua.Let(result, args[0]))
	best := g.temporary(e.Typ, result, false)
	for i, a := range e.Args[1:] {
		x := g.atom(args[i+1], "candidate")
		sides := []scalar.Expr{best, g.temporary(e.Typ, x, false)}
		if e.Least {
			sides[0], sides[1] = sides[1], sides[0]
		}
		better := g.strictCondition(call(e.Less, e.Pos, sides...), true)
		if g.allNullable(e.Args[:i+1]) { // there may be no best yet
			better = lua.Or(lua.Op(result, "==", lua.Nil{}), better)
		}
		if g.nullable(a) {
			better = lua.And(present(x, isBool(e)), better)
		}
		g.emit(lua.When(better, lua.Set(result, x)))
	}
	return result
}

// call applies a boolean function.
func call(fn *scalar.Func, pos diag.Span, args ...scalar.Expr) *scalar.Call {
	return &scalar.Call{Node: scalar.Node{Typ: value.Of(value.Bool), Pos: pos}, Fn: fn, Args: args}
}

func (g *gen) allNullable(es []scalar.Expr) bool {
	for _, e := range es {
		if !g.nullable(e) {
			return false
		}
	}
	return true
}

// temporary is an expression for a Lua value of a type: a column of the translation's own.
func (g *gen) temporary(t value.Type, x lua.Expr, nullable bool) scalar.Expr {
	g.temps--
	g.bind(g.temps, &column{expr: g.atom(x, "operand"), nullable: nullable})
	return &scalar.Column{Node: scalar.Node{Typ: t}, ID: g.temps}
}

// present is the condition that a value is not NULL.
func present(x lua.Expr, boolean bool) lua.Expr {
	if boolean {
		return lua.Op(x, "~=", lua.Nil{})
	}
	return x
}
