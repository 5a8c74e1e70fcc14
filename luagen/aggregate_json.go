package luagen

import (
	"github.com/prequel-db/prequel/lowering/phys"
	"github.com/prequel-db/prequel/luagen/lua"
	"github.com/prequel-db/prequel/runtime/value"
)

// jsonAgg is json_agg or jsonb_agg: the texts of the values, NULLs included, are collected.
func jsonAgg(a *phys.Agg, name string, binary bool) (accumulator, string) {
	t := a.Args[0].Type()
	if what := noJSON(t); what != "" && t.Kind != value.Record {
		return accumulator{}, what
	}
	add := "json_add_element"
	if (t.Kind == value.Array || t.Kind == value.Record) && !binary {
		add = "json_add_line"
	}
	return accumulator{
		slots: []slot{{name: name + "_parts"}}, orderMatters: true,
		step: func(g *gen, at, args []lua.Expr) {
			text := args[0] // a row is JSON already
			if t.Kind != value.Record {
				text = g.unlessNull(args[0], t, true, func(x lua.Expr) lua.Expr { return g.toJSON(t, x, binary) })
			}
			g.emit(lua.Set(at[0], invoke(add, at[0], text)))
		},
		final: func(_ *gen, at []lua.Expr) lua.Expr { return lua.And(at[0], compute("json_agg", at[0])) },
	}, ""
}

// jsonObjectAgg is json_object_agg or jsonb_object_agg.
func jsonObjectAgg(a *phys.Agg, name string, binary bool) (accumulator, string) {
	key, member := a.Args[0].Type(), a.Args[1].Type()
	if what := noJSON(member); what != "" {
		return accumulator{}, what
	}
	if !canName(key) {
		return accumulator{}, "keys of type " + key.String()
	}
	return accumulator{
		slots: []slot{{name: name + "_members"}}, orderMatters: true,
		step: func(g *gen, at, args []lua.Expr) {
			k := g.unlessNull(args[0], key, true, func(x lua.Expr) lua.Expr { return g.jsonName(key, x) })
			v := g.unlessNull(args[1], member, true, func(x lua.Expr) lua.Expr { return g.toJSON(member, x, binary) })
			g.emit(lua.Set(at[0], invoke("json_add_member", at[0], k, v)))
		},
		final: func(_ *gen, at []lua.Expr) lua.Expr { return lua.And(at[0], compute(a.Name, at[0])) },
	}, ""
}

// regression is an aggregate over pairs: corr, the covariances and the regr family. Pairs with a NULL do not count.
func regression(a *phys.Agg, name string) (accumulator, string) {
	both := func(g *gen, args []lua.Expr, f func(y, x lua.Expr)) {
		y, x := g.atom(args[0], "y"), g.atom(args[1], "x")
		g.emit(lua.When(lua.And(y, x), g.inside(func() { f(y, x) })...))
	}
	if a.Name == "regr_count" {
		return accumulator{
			slots: []slot{{name, lua.Int(0)}}, never: true, final: first,
			step: func(g *gen, at, args []lua.Expr) {
				both(g, args, func(_, _ lua.Expr) { g.emit(lua.Set(at[0], lua.Op(at[0], "+", lua.Int(1)))) })
			},
		}, ""
	}
	return accumulator{
		slots: []slot{{name: name + "_state"}}, orderMatters: true,
		step: func(g *gen, at, args []lua.Expr) {
			both(g, args, func(y, x lua.Expr) { g.emit(lua.Set(at[0], invoke("float8_regr_accum", at[0], y, x))) })
		},
		final: func(_ *gen, at []lua.Expr) lua.Expr { return lua.And(at[0], compute("float8_"+a.Name, at[0])) },
	}, missingOf("float8_" + a.Name)
}
