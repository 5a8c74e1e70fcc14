package luagen

import (
	"strconv"

	"github.com/prequel-db/prequel/lowering/phys"
	"github.com/prequel-db/prequel/luagen/lua"
	"github.com/prequel-db/prequel/luagen/prelude"
	"github.com/prequel-db/prequel/runtime/value"
)

func itoa(n int) string { return strconv.Itoa(n) }

// accumulatorFor is the translation of an aggregate; it fails for those that have none.
func (g *gen) accumulatorFor(a *phys.Agg, name string) accumulator {
	acc, missing := accumulatorOf(a, name)
	if missing != "" {
		fail("aggregate %s has no translation: %s", a.Name, missing)
	}
	return acc
}

// accumulatorOf is the same, and says what is missing.
func accumulatorOf(a *phys.Agg, name string) (acc accumulator, missing string) {
	kind := kindOf(a)
	switch a.Name {
	case "count":
		return accumulator{
			slots: []slot{{name, lua.Int(0)}}, strict: true, never: true, final: first,
			step: func(g *gen, at, _ []lua.Expr) { g.emit(lua.Set(at[0], lua.Op(at[0], "+", lua.Int(1)))) },
		}, ""
	case "sum":
		return sumOf(kind, name)
	case "avg":
		return averageOf(kind, name)
	case "min", "max":
		return extremeOf(a, name)
	case "bool_and", "every":
		return accumulator{slots: []slot{{name: name}}, strict: true, final: first, step: func(g *gen, at, args []lua.Expr) {
			g.emit(lua.Set(at[0], lua.Op(args[0], "and", lua.Op(at[0], "~=", lua.Bool(false)))))
		}}, ""
	case "bool_or":
		return accumulator{slots: []slot{{name: name}}, strict: true, final: first, step: func(g *gen, at, args []lua.Expr) {
			g.emit(lua.Set(at[0], lua.Op(args[0], "or", lua.Op(at[0], "==", lua.Bool(true)))))
		}}, ""
	case "bit_and", "bit_or", "bit_xor":
		prefix := map[value.Kind]string{value.Int2: "int2", value.Int4: "int4", value.Int8: "int8"}[kind]
		if prefix == "" {
			return acc, "of " + value.Of(kind).String()
		}
		return foldBy(name, prefix+a.Name[4:])
	case "string_agg":
		return stringAgg(name), ""
	case "array_agg":
		return arrayAgg(name), ""
	case "stddev", "stddev_samp", "stddev_pop", "variance", "var_samp", "var_pop":
		return spreadOf(a, kind, name)
	case "json_agg", "jsonb_agg":
		return jsonAgg(a, name, a.Name == "jsonb_agg")
	case "json_object_agg", "jsonb_object_agg":
		return jsonObjectAgg(a, name, a.Name == "jsonb_object_agg")
	case "corr", "covar_pop", "covar_samp", "regr_avgx", "regr_avgy", "regr_count", "regr_intercept", "regr_r2", "regr_slope",
		"regr_sxx", "regr_sxy", "regr_syy":
		return regression(a, name)
	case "percentile_cont", "percentile_disc", "mode":
		return orderedSet(a, name)
	}
	return acc, "it is not known"
}

// foldBy combines the values by a function of the prelude, the first one being the initial state.
func foldBy(name, proc string) (accumulator, string) {
	if !prelude.Has(proc) {
		return accumulator{}, proc
	}
	return accumulator{slots: []slot{{name: name}}, strict: true, final: first, step: func(g *gen, at, args []lua.Expr) {
		x := g.atom(args[0], "operand")
		g.emit(lua.Set(at[0], lua.Op(lua.Op(at[0], "and", invoke(proc, at[0], x)), "or", x)))
	}}, ""
}

// sumOf: integers add up to bigint, bigint to numeric.
func sumOf(kind value.Kind, name string) (accumulator, string) {
	switch kind {
	case value.Int2, value.Int4:
		return foldBy(name, "int8pl")
	case value.Int8:
		return wideSum(name, func(_ *gen, total lua.Expr, _ lua.Expr) lua.Expr { return total }, false), missingOf("numeric_add")
	case value.Float4:
		acc, missing := foldBy(name, "float4pl")
		acc.orderMatters = true
		return acc, missing
	case value.Float8:
		acc, missing := foldBy(name, "float8pl")
		acc.orderMatters = true
		return acc, missing
	case value.Numeric:
		return accumulator{
			slots: []slot{{name: name + "_state"}}, strict: true, step: tally,
			final: func(_ *gen, at []lua.Expr) lua.Expr { return lua.And(at[0], invoke("numeric_total", at[0])) },
		}, missingOf("numeric_tally", "numeric_total")
	case value.Interval:
		return foldBy(name, "interval_pl")
	}
	return accumulator{}, "of " + value.Of(kind).String()
}

// tally adds to a sum of numerics.
func tally(g *gen, at, args []lua.Expr) {
	if c, ok := args[0].(*lua.Call); ok && c.F == helper("decimal_text") {
		g.emit(lua.Set(at[0], invoke("decimal_tally", at[0], c.Args[0], c.Args[1])))
		return
	}
	g.emit(lua.Set(at[0], invoke("numeric_tally", at[0], args[0])))
}

// missingOf is the name of the first function that the prelude lacks, or "".
func missingOf(names ...string) string {
	for _, n := range names {
		if !prelude.Has(n) {
			return n
		}
	}
	return ""
}

// wideSum adds bigints. While the sum is a bigint it is kept as one; what is beyond is moved into a numeric.
func wideSum(name string, result func(g *gen, total, n lua.Expr) lua.Expr, counted bool) accumulator {
	slots := []slot{{name: name}, {name: name + "_beyond"}}
	if counted {
		slots = append(slots, slot{name + "_count", lua.Int(0)})
	}
	return accumulator{
		slots: slots, strict: true,
		step: func(g *gen, at, args []lua.Expr) {
			x := g.atom(args[0], "operand")
			next := lua.NewVar("total")
			g.emit(
				lua.Let(next, lua.Op(lua.Op(at[0], "and", compute("wide_add", at[0], x)), "or", g.nilVar())),
				lua.When(lua.And(at[0], lua.Not(next)),
					lua.Set(at[1], compute("numeric_add", lua.Op(at[1], "or", lua.Str("0")), compute("wide_text", at[0])))),
				lua.Set(at[0], lua.Op(next, "or", x)))
			if counted {
				g.emit(lua.Set(at[2], lua.Op(at[2], "+", lua.Int(1))))
			}
		},
		final: func(g *gen, at []lua.Expr) lua.Expr {
			total := lua.NewVar(name)
			g.emit(lua.Let(total, lua.And(at[0], compute("wide_text", at[0]))),
				lua.When(at[1], lua.Set(total, compute("numeric_add", total, at[1]))))
			var n lua.Expr
			if counted {
				n = at[2]
			}
			return result(g, total, n)
		},
	}
}

// averageOf: integers and numerics average to numeric, floats to double precision.
func averageOf(kind value.Kind, name string) (accumulator, string) {
	divide := func(total, n lua.Expr) lua.Expr { return lua.And(total, invoke("numeric_avg", total, n)) }
	count := slot{name + "_count", lua.Int(0)}
	counted := func(add func(g *gen, at, args []lua.Expr), final func(g *gen, at []lua.Expr) lua.Expr) accumulator {
		return accumulator{slots: []slot{{name: name + "_total"}, count}, strict: true, final: final, step: func(g *gen, at, args []lua.Expr) {
			add(g, at, args)
			g.emit(lua.Set(at[1], lua.Op(at[1], "+", lua.Int(1))))
		}}
	}
	adding := func(proc string) func(g *gen, at, args []lua.Expr) {
		return func(g *gen, at, args []lua.Expr) {
			x := g.atom(args[0], "operand")
			g.emit(lua.Set(at[0], lua.Op(lua.Op(at[0], "and", invoke(proc, at[0], x)), "or", x)))
		}
	}
	switch kind {
	case value.Int2, value.Int4:
		return counted(adding("int8pl"), func(_ *gen, at []lua.Expr) lua.Expr {
			return lua.And(at[0], invoke("int8_avg", at[0], at[1]))
		}), missingOf("int8_avg")
	case value.Int8:
		return wideSum(name, func(_ *gen, total, n lua.Expr) lua.Expr { return divide(total, n) }, true), missingOf("numeric_add", "numeric_avg")
	case value.Numeric:
		return counted(tally, func(_ *gen, at []lua.Expr) lua.Expr {
			return lua.And(at[0], invoke("numeric_avg", invoke("numeric_total", at[0]), at[1]))
		}), missingOf("numeric_tally", "numeric_avg")
	case value.Float4, value.Float8:
		return floatState(name, "float8_avg")
	case value.Interval:
		return counted(adding("interval_pl"), func(_ *gen, at []lua.Expr) lua.Expr {
			return lua.And(at[0], invoke("interval_div", at[0], at[1]))
		}), missingOf("interval_pl", "interval_div")
	}
	return accumulator{}, "of " + value.Of(kind).String()
}

// floatState keeps PostgreSQL's state of float aggregates, {n, sum, squares}: the transition is float8_accum.
func floatState(name, final string) (accumulator, string) {
	return accumulator{
		slots: []slot{{name: name + "_state"}}, strict: true, orderMatters: true,
		step: func(g *gen, at, args []lua.Expr) {
			g.emit(lua.Set(at[0], invoke("float8_accum", at[0], args[0])))
		},
		final: func(g *gen, at []lua.Expr) lua.Expr { return lua.And(at[0], invoke(final, at[0])) },
	}, missingOf("float8_accum", final)
}

// spreadOf is the family of variance and standard deviation.
func spreadOf(a *phys.Agg, kind value.Kind, name string) (accumulator, string) {
	final := map[string]string{"stddev": "stddev_samp", "variance": "var_samp"}[a.Name]
	if final == "" {
		final = a.Name
	}
	switch kind {
	case value.Float4, value.Float8:
		return floatState(name, "float8_"+final)
	case value.Int2, value.Int4, value.Int8, value.Numeric:
		return accumulator{
			slots: []slot{{name: name + "_state"}}, strict: true,
			step: func(g *gen, at, args []lua.Expr) {
				x := args[0]
				if kind != value.Numeric {
					x = compute("wide_text", x)
				}
				g.emit(lua.Set(at[0], invoke("numeric_accum", at[0], x)))
			},
			final: func(g *gen, at []lua.Expr) lua.Expr { return lua.And(at[0], invoke("numeric_"+final, at[0])) },
		}, missingOf("numeric_accum", "numeric_"+final)
	}
	return accumulator{}, "of " + value.Of(kind).String()
}

// extremeOf is min or max. For types whose equal values are one Lua value the order is written in place; for the others
// PostgreSQL's smaller and larger say which of two equal values stays.
func extremeOf(a *phys.Agg, name string) (accumulator, string) {
	kind := kindOf(a)
	if class, same := orderOf(value.Of(kind)); same {
		op := "<"
		if a.Name == "max" {
			op = ">"
		}
		return accumulator{slots: []slot{{name: name}}, strict: true, final: first, step: func(g *gen, at, args []lua.Expr) {
			x := g.atom(args[0], "operand")
			g.emit(lua.When(lua.Or(lua.Not(at[0]), comparison{class, op}.compare(x, at[0])), lua.Set(at[0], x)))
		}}, ""
	}
	if kind == value.Array {
		return extremeArray(a, name)
	}
	prefix := map[value.Kind]string{
		value.Float4: "float4", value.Float8: "float8", value.Numeric: "numeric_", value.Char: "bpchar_",
		value.Interval: "interval_",
	}[kind]
	if prefix == "" {
		return accumulator{}, "of " + value.Of(kind).String()
	}
	if a.Name == "min" {
		return foldBy(name, prefix+"smaller")
	}
	return foldBy(name, prefix+"larger")
}

// extremeArray is min or max of arrays.
func extremeArray(a *phys.Agg, name string) (accumulator, string) {
	elem := *a.Args[0].Type().Elem
	if what := unordered(elem); what != "" {
		return accumulator{}, what
	}
	proc := "array_smaller"
	if a.Name == "max" {
		proc = "array_larger"
	}
	return accumulator{slots: []slot{{name: name}}, strict: true, final: first, step: func(g *gen, at, args []lua.Expr) {
		x := g.atom(args[0], "operand")
		g.emit(lua.Set(at[0], lua.Op(lua.Op(at[0], "and", compute(proc, at[0], x, g.elementOrder(elem))), "or", x)))
	}}, ""
}

// stringAgg joins texts; each delimiter stands before its value, the first one's is not used.
func stringAgg(name string) accumulator {
	return accumulator{
		slots: []slot{{name: name + "_parts"}}, strict: true, orderMatters: true,
		step: func(g *gen, at, args []lua.Expr) {
			parts := at[0]
			more := g.inside(func() {
				if delimiter := args[1]; !lua.IsNil(delimiter) && delimiter != lua.Str("") {
					g.append(parts, lua.Op(delimiter, "or", lua.Str("")))
				}
				g.append(parts, args[0])
			})
			g.emit(&lua.If{
				Clauses: []lua.Clause{{Cond: parts, Body: more}},
				Else:    lua.Block{lua.Set(parts, &lua.Table{Items: []lua.Item{{Value: args[0]}}})},
			})
		},
		final: func(g *gen, at []lua.Expr) lua.Expr {
			return lua.And(at[0], compute("bytes_join", at[0], &lua.Un{Op: "#", X: at[0]}))
		},
	}
}

// arrayAgg collects values, NULLs included.
func arrayAgg(name string) accumulator {
	return accumulator{
		slots: []slot{{name: name}}, orderMatters: true, final: first,
		step: func(g *gen, at, args []lua.Expr) {
			n := &lua.Field{X: at[0], Name: "n"}
			g.emit(
				lua.Set(at[0], lua.Op(at[0], "or", &lua.Table{Items: []lua.Item{{Name: "n", Value: lua.Int(0)}}})),
				lua.Set(n, lua.Op(n, "+", lua.Int(1))),
				lua.Set(&lua.Index{X: at[0], I: n}, args[0]))
		},
	}
}
