package luagen

import (
	"github.com/prequel-db/prequel/lowering/phys"
	"github.com/prequel-db/prequel/luagen/lua"
	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// orderedSet is an aggregate WITHIN GROUP: the values of its ORDER BY that are not NULL are collected, and sorted at the end. Its
// direct arguments are the same for all rows.
func orderedSet(a *phys.Agg, name string) (accumulator, string) {
	if len(a.OrderBy) != 1 {
		return accumulator{}, "without WITHIN GROUP"
	}
	key := a.OrderBy[0]
	t := key.Expr.Type()
	if what := unordered(t); what != "" {
		return accumulator{}, what
	}
	for _, arg := range a.Args {
		if scalar.Any(arg, func(x scalar.Expr) bool { _, ok := x.(*scalar.Column); return ok }) {
			return accumulator{}, "a fraction that differs from group to group"
		}
	}
	one := a.Name
	if one == "percentile_cont" {
		one += "_float8"
		if t.Kind == value.Interval {
			one = "percentile_cont_interval"
		}
	}
	return accumulator{
		slots:  []slot{{name: name + "_values", init: &lua.Table{Items: []lua.Item{{Name: "n", Value: lua.Int(0)}}}}},
		within: true, strict: true, orderMatters: true,
		step: func(g *gen, at, args []lua.Expr) {
			n := &lua.Field{X: at[0], Name: "n"}
			g.emit(lua.Set(n, lua.Op(n, "+", lua.Int(1))), lua.Set(&lua.Index{X: at[0], I: n}, args[0]))
		},
		final: func(g *gen, at []lua.Expr) lua.Expr {
			list := g.atom(at[0], "sorted")
			order := g.elementOrder(t)
			g.emit(&lua.Do{Call: compute("sort_rows", list, g.valueLess(t, key.Desc))})
			if a.Name == "mode" {
				return compute("sorted_mode", list, order)
			}
			fraction := g.value(a.Args[0])
			if a.Args[0].Type().Kind == value.Array {
				return invoke("percentile_each", list, fraction, helper(one))
			}
			return invoke(one, list, fraction)
		},
	}, ""
}

// valueLess is a function that tells which of two values of a type comes first.
func (g *gen) valueLess(t value.Type, desc bool) lua.Expr {
	a, b := lua.NewVar("a"), lua.NewVar("b")
	order := &lua.Call{F: g.elementOrder(t), Args: []lua.Expr{a, b}, Pure: true}
	return &lua.Func{Params: []*lua.Var{a, b}, Body: lua.Block{&lua.Return{Values: []lua.Expr{ahead(order, desc)}}}}
}
