package lowering

import (
	"github.com/prequel-db/prequel/lowering/phys"
	"github.com/prequel-db/prequel/planner/props"
	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// Expressions that do not evaluate all of their operands become branches where an operand has an effect: nextval in the branch of a
// CASE that is not taken draws nothing.

// takesSteps reports whether evaluating an expression calls functions that have an effect, or takes queries or functions' bodies that may
// fail: an operand of the kind is evaluated only when PostgreSQL does.
func takesSteps(e scalar.Expr) bool {
	return scalar.HasVolatile(e) || scalar.Any(e, func(x scalar.Expr) bool {
		switch x := x.(type) {
		case *scalar.Call:
			return x.Fn.Routine != nil
		case *scalar.Subquery:
			return !props.Total(x)
		}
		return false
	})
}

// firstPresent computes a COALESCE.
func (g *gen) firstPresent(x *scalar.Coalesce) scalar.Expr {
	out := g.temp("coalesce", x.Typ, true)
	g.declare(out)
	var rest func(args []scalar.Expr)
	rest = func(args []scalar.Expr) {
		g.emit(&phys.Set{Col: out, Expr: g.prep(args[0])})
		if len(args) > 1 {
			g.where(&scalar.IsNull{Node: scalar.Node{Typ: value.Of(value.Bool)}, Arg: g.ref(out)}, func() { rest(args[1:]) })
		}
	}
	rest(x.Args)
	return g.ref(out)
}

// branches computes a CASE.
func (g *gen) branches(x *scalar.Case) scalar.Expr {
	out := g.temp("case", x.Typ, true)
	g.declare(out)
	set := func(e scalar.Expr) []phys.Op {
		return g.inside(func() { g.emit(&phys.Set{Col: out, Expr: g.prep(e)}) })
	}
	var rest func(whens []scalar.When)
	rest = func(whens []scalar.When) {
		if len(whens) == 0 {
			if x.Else != nil {
				g.emit(&phys.Set{Col: out, Expr: g.prep(x.Else)})
			}
			return
		}
		cond := g.prep(whens[0].Cond)
		g.emit(&phys.If{Cond: &phys.IsTrue{Expr: cond}, Then: set(whens[0].Then), Else: g.inside(func() { rest(whens[1:]) })})
	}
	rest(x.Whens)
	return g.ref(out)
}

// untilDecided computes an AND, which false decides, or an OR, which true does.
func (g *gen) untilDecided(x scalar.Expr, args []scalar.Expr, decided bool) scalar.Expr {
	typ := scalar.Node{Typ: value.Of(value.Bool)}
	out := g.temp("condition", typ.Typ, true)
	g.declare(out)
	combine := func(e scalar.Expr) scalar.Expr {
		if decided {
			return &scalar.Or{Node: typ, Args: []scalar.Expr{g.ref(out), e}}
		}
		return &scalar.And{Node: typ, Args: []scalar.Expr{g.ref(out), e}}
	}
	var rest func(args []scalar.Expr)
	rest = func(args []scalar.Expr) {
		g.where(&scalar.IsBool{Node: typ, Arg: g.ref(out), Value: &decided, Negated: true}, func() {
			g.emit(&phys.Set{Col: out, Expr: combine(g.prep(args[0]))})
			if len(args) > 1 {
				rest(args[1:])
			}
		})
	}
	g.emit(&phys.Set{Col: out, Expr: g.prep(args[0])})
	if len(args) > 1 {
		rest(args[1:])
	}
	return g.ref(out)
}
