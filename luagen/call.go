package luagen

import (
	"math"
	"strconv"
	"strings"

	"github.com/prequel-db/prequel/luagen/lua"
	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// operands translates expressions that are all evaluated, in order. Where a later one needs statements, the earlier ones that can
// fail are computed before them, so that of several errors the first one is raised.
func (g *gen) operands(es []scalar.Expr) []lua.Expr {
	xs := make([]lua.Expr, len(es))
	for i, e := range es {
		body, x := g.capture(func() lua.Expr { return g.value(e) })
		if len(body) > 0 {
			g.settle(es[:i], xs[:i])
		}
		g.emit(body...)
		xs[i] = x
	}
	return xs
}

// settle computes the values that can fail.
func (g *gen) settle(es []scalar.Expr, xs []lua.Expr) {
	for i, e := range es {
		if g.canRaise(e) {
			xs[i] = g.atom(xs[i], "operand")
		}
	}
}

// canRaise reports whether evaluating an expression can fail; when in doubt it can.
func (g *gen) canRaise(e scalar.Expr) bool {
	e = scalar.Fold(e)
	if c, ok := e.(*scalar.Call); ok {
		_, compares := comparisons[c.Fn.Proc]
		if !compares && !free[c.Fn.Proc] && !calm[c.Fn.Proc] && !scalar.DividesAlways(c) {
			if _, decimal := g.decimalOf(c); !decimal {
				return true
			}
		}
	}
	switch e := e.(type) {
	case *scalar.ViaText:
		if !e.Typ.IsText() {
			return true
		}
	case *scalar.Modify:
		if (!e.Explicit || !e.Typ.IsText()) && !scalar.Fits(e.Arg, e.Typ) {
			return true
		}
	case *scalar.InList, *scalar.AnyArray, *scalar.NullIf, *scalar.IsDistinct, *scalar.MinMax:
		// their operators compare, which no type's comparison fails at
	}
	raises := false
	scalar.Walk(e, func(x scalar.Expr) bool {
		if x != e && !raises {
			raises = g.canRaise(x)
		}
		return x == e
	})
	return raises
}

// strictNode is an expression that is NULL exactly when one of its arguments is.
type strictNode struct {
	args  []scalar.Expr
	build func(xs []lua.Expr) lua.Expr
}

// strict takes a strict expression apart.
func (g *gen) strict(e scalar.Expr) (strictNode, bool) {
	switch e := e.(type) {
	case *scalar.Relabel:
		return g.strict(e.Arg)
	case *scalar.Call:
		if e.Fn.Strict && !mayReturnNull[e.Fn.Proc] {
			return strictNode{e.Args, func(xs []lua.Expr) lua.Expr { return g.apply(e, xs) }}, true
		}
	case *scalar.ViaText:
		return strictNode{[]scalar.Expr{e.Arg}, func(xs []lua.Expr) lua.Expr { return g.convert(e, xs[0]) }}, true
	case *scalar.Modify:
		return strictNode{[]scalar.Expr{e.Arg}, func(xs []lua.Expr) lua.Expr { return g.applyModifier(e, xs[0]) }}, true
	}
	return strictNode{}, false
}

// operand is a translated argument of a strict expression.
type operand struct {
	x lua.Expr
	// guards must not be NULL where x is used.
	guards []guard
	// direct is set for a nullable argument that is guarded by itself.
	direct bool
}

// guard is an atomic value that must not be NULL.
type guard struct {
	x    lua.Expr
	bool bool
}

// strictOperands translates the arguments of a strict expression, and lists what must not be NULL before they are used. Strict
// calls among the arguments become part of the whole: a + lower(b) asks for a and b. That is legal where the inner call cannot
// fail, or where nothing else can keep it from being evaluated: PostgreSQL evaluates all arguments first.
func (g *gen) strictOperands(args []scalar.Expr) (guards []guard, out []operand) {
	open := 0
	for _, a := range args {
		if g.nullable(a) {
			open++
		}
	}
	out = make([]operand, len(args))
	for i, a := range args {
		body, x := g.capture(func() lua.Expr {
			switch {
			case !g.nullable(a) && open > 0 && g.canRaise(a): // fails even where another argument is NULL
				return g.atom(g.value(a), "operand")
			case !g.nullable(a):
				return g.value(a)
			}
			if node, ok := g.strict(a); ok && (open == 1 || !g.canRaise(a)) {
				gs, os := g.strictOperands(node.args)
				out[i].guards = gs
				return node.build(values(os))
			}
			out[i].guardItself(g.atom(g.value(a), "operand"), isBool(a))
			return out[i].x
		})
		if len(body) > 0 { // what can fail and stands before is computed before
			for j := range i {
				if !g.canRaise(args[j]) || lua.Atomic(out[j].x) {
					continue
				}
				if len(out[j].guards) > 0 {
					out[j].guardItself(g.atom(g.guarded(out[j].guards, out[j].x), "operand"), isBool(args[j]))
				} else {
					out[j].x = g.atom(out[j].x, "operand")
				}
			}
		}
		g.emit(body...)
		out[i].x = x
	}
	for _, o := range out {
		guards = append(guards, o.guards...)
	}
	return dedupe(guards), out
}

// guardItself makes an operand one that is tested and used as a variable.
func (o *operand) guardItself(x lua.Expr, isBool bool) {
	o.x, o.direct = x, true
	if b, ok := x.(lua.Bool); ok && isBool { // never NULL
		o.x, o.direct = b, false
		return
	}
	o.guards = []guard{{x, isBool}}
}

func values(os []operand) []lua.Expr {
	xs := make([]lua.Expr, len(os))
	for i, o := range os {
		xs[i] = o.x
	}
	return xs
}

func dedupe(guards []guard) []guard {
	var out []guard
	for _, gd := range guards {
		seen := false
		for _, o := range out {
			seen = seen || o.x == gd.x
		}
		if !seen {
			out = append(out, gd)
		}
	}
	return out
}

// conditions are the guards as Lua conditions.
func conditions(guards []guard) []lua.Expr {
	out := make([]lua.Expr, len(guards))
	for i, gd := range guards {
		if lua.IsNil(gd.x) { // the literal NULL
			return []lua.Expr{lua.Bool(false)}
		}
		out[i] = present(gd.x, gd.bool)
	}
	return out
}

// callValue is a function call in a value context.
func (g *gen) callValue(e *scalar.Call) lua.Expr {
	if e.Fn.Strict && !mayReturnNull[e.Fn.Proc] {
		return g.strictValue(e, false)
	}
	if !e.Fn.Strict {
		return g.apply(e, g.textOperands(e))
	}
	guards, os := g.strictOperands(e.Args)
	return g.guarded(guards, g.apply(e, values(os)))
}

// strictValue is a strict expression's value: guards and the call joined by "and", which is nil when a guard is. not negates a
// boolean one.
func (g *gen) strictValue(e scalar.Expr, not bool) lua.Expr {
	node, _ := g.strict(e)
	guards, os := g.strictOperands(node.args)
	if c, ok := e.(*scalar.Call); ok && not {
		return g.guarded(guards, g.comparisonOr(c, values(os), false))
	}
	return g.guarded(guards, node.build(values(os)))
}

func (g *gen) guarded(guards []guard, x lua.Expr) lua.Expr {
	if len(guards) == 0 {
		return x
	}
	chain := true
	for _, gd := range guards {
		if lua.IsNil(gd.x) {
			return lua.Nil{}
		}
		chain = chain && !gd.bool
	}
	if len(guards) == 1 && guards[0].x == x { // the call does nothing
		return x
	}
	if chain {
		return lua.And(append(conditions(guards), x)...)
	}
	result := lua.NewVar("result")
	g.emit(lua.Let(result, nil), lua.When(lua.And(conditions(guards)...), lua.Set(result, x)))
	return result
}

// strictCondition is the condition that a strict boolean call is want.
func (g *gen) strictCondition(e *scalar.Call, want bool) lua.Expr {
	guards, os := g.strictOperands(e.Args)
	c, compares := g.comparison(e)
	if !want {
		c = c.opposite()
	}
	if compares && c.op == "==" {
		// nil equals nothing but nil, so one side that is not NULL guards both.
		a, b := os[0], os[1]
		var drop []lua.Expr
		switch {
		case a.direct && b.direct && a.x == b.x:
		case a.direct && b.direct:
			drop = []lua.Expr{b.x}
		case a.direct && !g.nullable(e.Args[1]):
			drop = []lua.Expr{a.x}
		case b.direct && !g.nullable(e.Args[0]):
			drop = []lua.Expr{b.x}
		}
		var kept []guard
		for _, gd := range guards {
			if len(drop) == 0 || gd.x != drop[0] || lua.IsNil(drop[0]) {
				kept = append(kept, gd)
			}
		}
		guards = kept
	}
	x := g.comparisonOr(e, values(os), want)
	return lua.And(append(conditions(guards), x)...)
}

// comparison is the comparison that a call is. Between bigints that are known to be Lua numbers it is Lua's own.
func (g *gen) comparison(e *scalar.Call) (comparison, bool) {
	c, ok := comparisons[e.Fn.Proc]
	if ok && c.class == wideOrder && g.small(e.Args[0]) && g.small(e.Args[1]) {
		c.class = plainOrder
	}
	return c, ok
}

// small reports whether an integer's Lua form is known to be a number.
func (g *gen) small(e scalar.Expr) bool {
	switch e := e.(type) {
	case *scalar.Column:
		if c := g.cols[e.ID]; c != nil && c.small {
			return true
		}
	case *scalar.Const:
		if v := constValue(e); e.Typ.Wide() {
			return !v.IsNull() && v.Int() >= -maxExact && v.Int() <= maxExact
		}
	case *scalar.Relabel:
		return g.small(e.Arg)
	case *scalar.Call:
		if (e.Fn.Proc == "int48" || e.Fn.Proc == "int28") && len(e.Args) == 1 {
			return true
		}
	}
	switch e.Type().Kind {
	case value.Int2, value.Int4, value.Date:
		return true
	}
	return false
}

// comparisonOr applies a boolean call, negated when want is false.
func (g *gen) comparisonOr(e *scalar.Call, xs []lua.Expr, want bool) lua.Expr {
	if c, ok := g.comparison(e); ok && !want {
		return c.opposite().compare(xs[0], xs[1])
	}
	x := g.apply(e, xs)
	if want {
		return x
	}
	return lua.Not(x)
}

// shift is the number of microseconds that a sum or difference with a literal interval moves a timestamp by, where it is no more than that:
// months and days depend on the calendar.
func shift(e *scalar.Call) (int64, bool) {
	sign := int64(1)
	switch e.Fn.Proc {
	case "timestamp_pl_interval", "timestamptz_pl_interval":
	case "timestamp_mi_interval", "timestamptz_mi_interval":
		sign = -1
	default:
		return 0, false
	}
	c, ok := e.Args[1].(*scalar.Const)
	if !ok || c.Null {
		return 0, false
	}
	parts := strings.Split(constValue(c).Str(), "/")
	if len(parts) != 3 || parts[0] != "0" || parts[1] != "0" {
		return 0, false
	}
	micros, err := strconv.ParseInt(parts[2], 10, 64)
	return sign * micros, err == nil && micros < maxExact && micros > -maxExact
}

// apply writes a call with values that are not NULL (as far as the function is strict).
func (g *gen) apply(e *scalar.Call, xs []lua.Expr) lua.Expr {
	proc := e.Fn.Proc
	if c, ok := g.comparison(e); ok {
		return c.compare(xs[0], xs[1])
	}
	if free[proc] {
		return xs[0]
	}
	if x := g.decimalCall(e, xs); x != nil {
		return x
	}
	if x := floatComparison(proc, e.Args, xs); x != nil {
		return x
	}
	if proc == "row_json" {
		return g.rowJSON(e, xs)
	}
	if scalar.DividesAlways(e) {
		return compute("wide_quotient", xs...)
	}
	if proc == "textcat" {
		return concat(append(joined(xs[0]), joined(xs[1])...))
	}
	if name := mathFunctions[proc]; name != "" {
		return lua.Compute(&lua.Field{X: lua.Global("math"), Name: name}, xs...)
	}
	if micros, ok := shift(e); ok {
		return invoke("timestamp_shift", xs[0], lua.Int(micros))
	}
	if p, ok := polymorphics[proc]; ok {
		xs = p.args(g, e, xs)
		if renamed[proc] == "json_same" {
			return xs[0]
		}
	}
	name, ok := procHelper(proc)
	if !ok {
		fail("the prelude has no function %s", proc)
	}
	if !countsArguments[proc] {
		xs = trimNil(xs)
	}
	return &lua.Call{F: helper(name), Args: xs, Pure: calm[proc]}
}

// countsArguments are the builtins to which a NULL at the end is not the same as no argument.
var countsArguments = map[string]bool{"text_format": true, "row_text": true}

// trimNil drops the NULLs at the end of an argument list.
func trimNil(xs []lua.Expr) []lua.Expr {
	n := len(xs)
	for n > 0 && lua.IsNil(xs[n-1]) {
		n--
	}
	return xs[:n]
}

// floatComparison compares a float with a constant that is not NaN in place: x > c is written not (x <= c), because NaN is the
// greatest float in PostgreSQL.
func floatComparison(proc string, args []scalar.Expr, xs []lua.Expr) lua.Expr {
	rest, ok := strings.CutPrefix(proc, "float")
	if !ok || len(args) != 2 {
		return nil
	}
	op, ok := map[string]string{"eq": "==", "ne": "~=", "lt": "<", "le": "<=", "gt": ">", "ge": ">="}[strings.TrimLeft(rest, "48")]
	if !ok {
		return nil
	}
	ordinary := func(e scalar.Expr) bool {
		c, ok := scalar.Fold(e).(*scalar.Const)
		return ok && !c.Null && !math.IsNaN(constValue(c).Float())
	}
	a, b := xs[0], xs[1]
	if ordinary(args[0]) {
		a, b = b, a
		op = map[string]string{"==": "==", "~=": "~=", "<": ">", ">": "<", "<=": ">=", ">=": "<="}[op]
	} else if !ordinary(args[1]) {
		return nil
	}
	switch op {
	case ">":
		return &lua.Un{Op: "not", X: lua.Op(a, "<=", b)}
	case ">=":
		return &lua.Un{Op: "not", X: lua.Op(a, "<", b)}
	}
	return lua.Op(a, op, b)
}

// textOperands translates the arguments of a function that takes NULLs. concat and its like take any type and show it as text.
func (g *gen) textOperands(e *scalar.Call) []lua.Expr {
	if !anyToText[e.Fn.Proc] {
		return g.operands(e.Args)
	}
	args := make([]scalar.Expr, len(e.Args))
	for i, a := range e.Args {
		args[i] = a
		if k := a.Type().Kind; k != value.Text && k != value.Varchar && k != value.Char && k != value.Unknown {
			args[i] = &scalar.ViaText{Node: scalar.Node{Typ: value.Of(value.Text), Pos: a.Span()}, Arg: a}
		}
	}
	return g.operands(args)
}

// anyToText are the functions whose arguments are converted by their types' output functions.
var anyToText = map[string]bool{"text_concat": true, "text_concat_ws": true, "text_format": true, "text_format_nv": true, "row_text": true}
