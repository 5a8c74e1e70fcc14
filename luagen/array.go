package luagen

import (
	"strings"

	"github.com/prequel-db/prequel/luagen/lua"
	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// lookupFrom is the length of an IN list of constants from which a table is faster than a chain of comparisons.
const lookupFrom = 5

// comparisonsOf rewrites IN to the comparisons it stands for, the left side evaluated once.
func (g *gen) comparisonsOf(e *scalar.InList) []scalar.Expr {
	left := e.Left
	if _, ok := left.(*scalar.Column); !ok && len(e.List) > 1 {
		left = g.temporary(left.Type(), g.value(left), g.nullable(left))
	}
	out := make([]scalar.Expr, len(e.List))
	for i, x := range e.List {
		out[i] = &scalar.Call{Node: e.Node, Fn: e.Op, Args: []scalar.Expr{left, x}}
	}
	return out
}

// inListValue is IN or NOT IN as a value.
func (g *gen) inListValue(e *scalar.InList) lua.Expr {
	if len(e.List) == 0 {
		return lua.Bool(e.All)
	}
	if !g.anyNullable(e.List) && !isBool(e.Left) {
		// NULL only when the left side is: guard it and ask the condition.
		x := g.atom(g.value(e.Left), "operand")
		y := *e
		y.Left = g.temporary(e.Left.Type(), x, false)
		body, cond := g.capture(func() lua.Expr { return boolean(g.inListCondition(&y, true)) })
		if len(body) == 0 {
			if g.nullable(e.Left) {
				return lua.And(x, cond)
			}
			return cond
		}
	}
	return g.logicValue(g.comparisonsOf(e), !e.All)
}

// negateInList turns IN into NOT IN and back: not (x op ANY list) is x negated-op ALL list.
func negateInList(e *scalar.InList) (*scalar.InList, bool) {
	op, ok := scalar.Negator(e.Op)
	if !ok {
		return nil, false
	}
	y := *e
	y.Op, y.All = op, !e.All
	return &y, true
}

// inListCondition is the condition that x op ANY (list), or ALL, is want.
func (g *gen) inListCondition(e *scalar.InList, want bool) lua.Expr {
	if len(e.List) == 0 {
		return lua.Bool(e.All == want)
	}
	c, ok := comparisons[e.Op.Proc]
	// x = ANY (constants) and its opposite x <> ALL (constants) are lookups.
	if ok && len(e.List) >= lookupFrom && (c.op == "==" && !e.All || c.op == "~=" && e.All) {
		if table, null, ok := g.lookupTable(e.List); ok {
			found := (c.op == "==") == want
			if !found && null {
				g.evaluateOperand(e.Left)
				return lua.Bool(false) // compared with the NULL, no answer is certain
			}
			x := g.value(e.Left)
			if found {
				return &lua.Index{X: table, I: x} // indexing by nil gives nil
			}
			x = g.atom(x, "operand")
			absent := lua.Not(&lua.Index{X: table, I: x})
			if g.nullable(e.Left) {
				return lua.And(present(x, isBool(e.Left)), absent)
			}
			return absent
		}
	}
	return g.junction(g.comparisonsOf(e), want, e.All == want)
}

func (g *gen) evaluateOperand(e scalar.Expr) {
	if g.canRaise(e) {
		g.evaluate(g.value(e))
	}
}

// lookupTable is a shared table whose keys are constants; null tells that a NULL is among them.
func (g *gen) lookupTable(list []scalar.Expr) (table lua.Expr, null, ok bool) {
	var key strings.Builder
	t := &lua.Table{}
	seen := map[lua.Expr]bool{}
	for _, e := range list {
		c, isConst := scalar.Fold(e).(*scalar.Const)
		if !isConst {
			return nil, false, false
		}
		if c.Null {
			null = true
			continue
		}
		x := g.literal(c.Typ, constValue(c))
		if !lua.Atomic(x) {
			if _, str := x.(lua.Str); !str {
				return nil, false, false
			}
		}
		if !seen[x] {
			seen[x] = true
			t.Items = append(t.Items, lua.Item{Key: x, Value: lua.Bool(true)})
			key.WriteString(c.Typ.String() + "\x00" + c.Text + "\x00")
		}
	}
	return g.shared.add("in "+key.String(), "listed", func() lua.Expr { return t }), null, true
}

// anyArrayValue is x op ANY (array), or ALL, as a value. PostgreSQL's order: a NULL array is NULL, an empty one decides,
// then a NULL operand is NULL.
func (g *gen) anyArrayValue(e *scalar.AnyArray) lua.Expr {
	xs := g.operands([]scalar.Expr{e.Left, e.Array})
	left, array := g.atom(xs[0], "operand"), g.atom(xs[1], "elements")
	result := lua.NewVar("holds")
	i, elem := lua.NewVar("i"), lua.NewVar("element")
	loop := g.inside(func() {
		g.emit(lua.Let(elem, &lua.Index{X: array, I: i}))
		pair := call(e.Op, e.Pos, g.temporary(e.Left.Type(), left, g.nullable(e.Left)), g.temporary(*e.Array.Type().Elem, elem, true))
		holds := lua.NewVar("outcome")
		g.emit(lua.Let(holds, g.value(pair)))
		decided := lua.Expr(holds)
		if e.All {
			decided = lua.Op(holds, "==", lua.Bool(false))
		}
		g.emit(&lua.If{Clauses: []lua.Clause{
			{Cond: decided, Body: lua.Block{lua.Set(result, holds), &lua.Break{}}},
			{Cond: lua.Op(holds, "==", lua.Nil{}), Body: lua.Block{lua.Set(result, holds)}},
		}})
	})
	walk := &lua.NumFor{V: i, From: lua.Int(1), To: &lua.Field{X: array, Name: "n"}, Body: loop}
	if g.nullable(e.Array) {
		g.emit(lua.Let(result, nil), lua.When(array, lua.Set(result, lua.Bool(e.All)), walk))
	} else {
		g.emit(lua.Let(result, lua.Bool(e.All)), walk)
	}
	return result
}

// arrayOut is an array's text form.
func (g *gen) arrayOut(t value.Type, x lua.Expr) lua.Expr {
	if f := g.outputFunction(*t.Elem); f != nil {
		return compute("array_out", x, f)
	}
	return compute("array_out", x)
}

// arrayIn reads an array's text form.
func (g *gen) arrayIn(t value.Type, text lua.Expr) lua.Expr {
	elem := *t.Elem
	if isString(elem) && elem.Kind != value.Numeric && elem.Kind != value.JSON && elem.Kind != value.JSONB {
		return invoke("array_in", text)
	}
	if elem.Kind == value.Enum {
		v := lua.NewVar("text")
		body := g.inside(func() { g.emit(&lua.Return{Values: []lua.Expr{g.enumIn(elem, v)}}) })
		return invoke("array_in", text, &lua.Func{Params: []*lua.Var{v}, Body: body})
	}
	name, ok := inputProcs[elem.Kind]
	if !ok {
		fail("type %s has no text input", t)
	}
	return invoke("array_in", text, helper(name))
}
