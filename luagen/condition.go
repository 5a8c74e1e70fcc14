package luagen

import (
	"github.com/prequel-db/prequel/luagen/lua"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// isTrue translates a boolean expression to a Lua condition that is truthy exactly when the expression is true. Statements
// that it needs are emitted before.
func (g *gen) isTrue(e scalar.Expr) lua.Expr { return g.condition(e, true) }

// condition is truthy exactly when the expression is want: for false, neither true nor NULL.
func (g *gen) condition(e scalar.Expr, want bool) lua.Expr {
	switch e := e.(type) {
	case *scalar.Const:
		return lua.Bool(!e.Null && constValue(e).Bool() == want)
	case *scalar.Not:
		return g.condition(e.Arg, !want)
	case *scalar.And:
		return g.junction(terms(e.Args, false), want, want)
	case *scalar.Or:
		return g.junction(terms(e.Args, true), want, !want)
	case *scalar.IsNull:
		return g.isNull(e.Arg, e.Negated != want)
	case *scalar.IsBool:
		return g.isBool(e, want)
	case *scalar.IsDistinct:
		return g.isDistinct(e, want)
	case *scalar.Call:
		if e.Fn.Strict && !mayReturnNull[e.Fn.Proc] {
			return g.strictCondition(e, want)
		}
	case *scalar.InList:
		return g.inListCondition(e, want)
	case *scalar.Relabel:
		return g.condition(e.Arg, want)
	}
	x := g.value(e)
	switch {
	case lua.IsNil(x):
		return lua.Bool(false)
	case want:
		return x
	case g.nullable(e):
		return lua.Op(x, "==", lua.Bool(false))
	}
	return lua.Not(x)
}

// junction joins the conditions that each argument is want: by "and" when all, by "or" otherwise. Where a later argument needs
// statements, they are run only when the earlier ones did not decide.
func (g *gen) junction(args []scalar.Expr, want, all bool) lua.Expr {
	join := lua.Or
	if all {
		join = lua.And
	}
	out := g.condition(args[0], want)
	for _, a := range args[1:] {
		if out == lua.Bool(!all) {
			return out
		}
		body, x := g.capture(func() lua.Expr { return g.condition(a, want) })
		if len(body) == 0 {
			if x != lua.Bool(all) {
				out = join(out, x)
			}
			continue
		}
		holds := lua.NewVar("holds")
		g.emit(lua.Let(holds, out))
		undecided := lua.Expr(holds)
		if !all {
			undecided = lua.Not(holds)
		}
		g.emit(lua.When(undecided, append(body, lua.Set(holds, x))...))
		out = holds
	}
	return out
}

// isNull is the condition that an expression is NULL, or is not when want is false.
func (g *gen) isNull(e scalar.Expr, want bool) lua.Expr {
	if !g.nullable(e) {
		if g.canRaise(e) {
			g.evaluate(g.value(e))
		}
		return lua.Bool(!want)
	}
	if p, ok := g.source(e).(*scalar.Param); ok { // the raw form tells
		op := "~="
		if want {
			op = "=="
		}
		return lua.Op(g.rawParam(p.Number), op, lua.Str(""))
	}
	x := g.value(e)
	if lua.IsNil(x) {
		return lua.Bool(want)
	}
	if want {
		return lua.Op(x, "==", lua.Nil{})
	}
	return lua.Op(x, "~=", lua.Nil{})
}

// evaluate computes a value that nobody reads, for the error it may raise.
func (g *gen) evaluate(x lua.Expr) {
	if _, ok := x.(*lua.Call); ok {
		g.emit(&lua.Do{Call: x})
		return
	}
	g.emit(&lua.Do{Call: lua.Invoke(lua.Global("type"), x)})
}

// isBool is IS [NOT] TRUE, FALSE or UNKNOWN.
func (g *gen) isBool(e *scalar.IsBool, want bool) lua.Expr {
	holds := e.Negated != want
	if e.Value == nil {
		return g.isNull(e.Arg, holds)
	}
	x := g.condition(e.Arg, *e.Value)
	if holds {
		return x
	}
	return lua.Not(x)
}

// isDistinct compares two values of which NULL is one like any other.
func (g *gen) isDistinct(e *scalar.IsDistinct, want bool) lua.Expr {
	distinct := e.Negated != want
	if isNull(e.Right) {
		return g.isNull(e.Left, !distinct)
	}
	if isNull(e.Left) {
		return g.isNull(e.Right, !distinct)
	}
	left, right := g.nullable(e.Left), g.nullable(e.Right)
	if identity[e.Eq.Proc] {
		args := g.operands([]scalar.Expr{e.Left, e.Right})
		if distinct {
			return lua.Op(args[0], "~=", args[1])
		}
		return lua.Op(args[0], "==", args[1])
	}
	args := g.operands([]scalar.Expr{e.Left, e.Right})
	if left || right {
		args[0], args[1] = g.atom(args[0], "left"), g.atom(args[1], "right")
	}
	plain := func(i int, t scalar.Expr) scalar.Expr { return g.temporary(t.Type(), args[i], false) }
	equal := func(want bool) lua.Expr {
		return g.strictCondition(call(e.Eq, e.Pos, plain(0, e.Left), plain(1, e.Right)), want)
	}
	null := func(i int) lua.Expr { return lua.Op(args[i], "==", lua.Nil{}) }
	some := func(i int) lua.Expr { return lua.Op(args[i], "~=", lua.Nil{}) }
	switch {
	case !left && !right:
		return equal(!distinct)
	case left && right && distinct:
		// one is NULL and the other is not, or both are values and differ
		return lua.Or(lua.Op(null(0), "~=", null(1)), lua.And(some(0), equal(false)))
	case left && right:
		return lua.And(lua.Op(null(0), "==", null(1)), lua.Or(null(0), equal(true)))
	case left && distinct:
		return lua.Or(null(0), equal(false))
	case left:
		return lua.And(some(0), equal(true))
	case distinct:
		return lua.Or(null(1), equal(false))
	}
	return lua.And(some(1), equal(true))
}
