package luagen

import (
	"github.com/prequel-db/prequel/lowering/phys"
	"github.com/prequel-db/prequel/luagen/lua"
	"github.com/prequel-db/prequel/luagen/prelude"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// setForm is how a set-returning function gives its rows.
type setForm struct {
	helper string // the prelude's function
	// series says that it returns an iterator, otherwise an array: of values, or of rows when it has several columns.
	series bool
}

// setFunctions are the set-returning functions that have a translation. The prelude's text functions return arrays; their
// set-returning forms are the same functions under another name.
var setFunctions = map[string]setForm{
	"generate_series_int4":           {"series_int4", true},
	"generate_series_step_int4":      {"series_int4", true},
	"generate_series_int8":           {"series_int8", true},
	"generate_series_step_int8":      {"series_int8", true},
	"generate_series_numeric":        {"series_numeric", true},
	"generate_series_step_numeric":   {"series_numeric", true},
	"generate_series_timestamp":      {"series_timestamp", true},
	"generate_series_timestamptz":    {"series_timestamp", true},
	"generate_subscripts":            {"array_subscripts", false},
	"generate_subscripts_nodir":      {"array_subscripts", false},
	"text_to_table":                  {"text_to_table", false},
	"text_to_table_null":             {"text_to_table", false},
	"regexp_split_to_table":          {"regexp_split_to_table", false},
	"regexp_split_to_table_no_flags": {"regexp_split_to_table", false},
	"regexp_matches":                 {"regexp_matches", false},
	"regexp_matches_no_flags":        {"regexp_matches", false},
}

// setFormOf finds the translation of a set-returning function. What is not listed has one when the prelude has a function of its
// name, which returns an array.
func setFormOf(f *scalar.Func) (setForm, bool) {
	if f.Proc == "array_unnest" {
		return setForm{}, true
	}
	if form, ok := setFunctions[f.Proc]; ok {
		return form, prelude.Has(form.helper)
	}
	name, ok := procHelper(f.Proc)
	return setForm{helper: name}, ok
}

// SupportsSet says what a set-returning function lacks to be translated; "" when it can be.
func SupportsSet(f *scalar.Func) string {
	if _, ok := setFormOf(f); ok {
		return ""
	}
	return "the function " + f.Name + " (" + f.Proc + ")"
}

// setOp translates what makes rows out of functions and recursion.
func (g *gen) setOp(op phys.Op) bool {
	switch op := op.(type) {
	case *phys.RowOffset:
		skip := g.rowCount(op.Offset, "offset", "2201X", "OFFSET must not be negative", lua.Int(0))
		g.bindReg(op.Dst, &register{limit: g.atom(skip, g.regName(op.Dst, "skip"))})
	case *phys.RowLimit:
		g.rowLimit(op)
	case *phys.MoveList:
		g.emit(lua.Set(g.reg(op.Dst).v, g.reg(op.Src).v))
	case *phys.ForSet:
		g.forSet(op)
	case *phys.ForLists:
		g.forLists(op)
	case *phys.Spend:
		g.spend(op)
	default:
		return false
	}
	return true
}

// rowLimit computes offset + limit.
func (g *gen) rowLimit(op *phys.RowLimit) {
	count := g.rowCount(op.Limit, "limit", "2201W", "LIMIT must not be negative", unlimited)
	if op.Skip != 0 && count != lua.Int(0) && count != unlimited {
		_, known := count.(lua.Num)
		count = g.atom(count, "limit")
		wanted := lua.Op(g.reg(op.Skip).limit, "+", count)
		if !known {
			wanted = lua.Op(lua.Op(lua.Op(count, ">", lua.Int(0)), "and", wanted), "or", lua.Int(0))
		}
		count = wanted
	}
	g.bindReg(op.Dst, &register{limit: g.atom(count, g.regName(op.Dst, "wanted"))})
}

// unlimited is the RowLimit of LIMIT NULL.
var unlimited lua.Expr = lua.Num{Text: "math.huge"}

// spend takes a row from the budget.
func (g *gen) spend(op *phys.Spend) {
	if op.Recursive {
		g.emit(&lua.Do{Call: invoke("budget_round", g.budget, lua.Str(op.What), g.call)})
		return
	}
	g.emit(&lua.Do{Call: invoke("budget_spend", g.budget, lua.Str(op.What))})
}

// forSet loops over a function's rows.
func (g *gen) forSet(op *phys.ForSet) {
	form, ok := setFormOf(op.Call.Fn)
	if !ok {
		fail("the prelude has no function %s", op.Call.Fn.Proc)
	}
	// A strict function gives no rows for a NULL argument.
	var conds []lua.Expr
	xs := g.operands(op.Call.Args)
	for _, x := range xs[:len(jsonArguments(op.Call))] {
		if op.Call.Fn.Strict && lua.IsNil(x) {
			return
		}
	}
	if op.Call.Fn.Strict {
		for i, a := range jsonArguments(op.Call) {
			if g.nullable(a) {
				xs[i] = g.atom(xs[i], "argument")
				conds = append(conds, present(xs[i], isBool(a)))
			}
		}
	}
	body := g.inside(func() {
		switch {
		case form.series:
			g.forSeries(op, form, xs)
		case form.helper == "":
			g.forElements(op, xs[0])
		case form.helper == "json_record", form.helper == "json_record_rows":
			g.forElements(op, invoke(form.helper, xs[0], g.recordColumns(op.Call)))
		default:
			g.forElements(op, invoke(form.helper, trimNil(xs)...))
		}
	})
	if len(conds) > 0 {
		g.emit(lua.When(lua.And(conds...), body...))
		return
	}
	g.emit(body...)
}

// forElements loops over an array.
func (g *gen) forElements(op *phys.ForSet, array lua.Expr) {
	array = g.atom(array, "elements")
	i := lua.NewVar("i")
	g.depth++
	body := g.inside(func() {
		if len(op.Cols) == 1 && len(jsonArguments(op.Call)) == len(op.Call.Args) {
			if id := op.Cols[0]; id != 0 {
				g.bindLocal(id, &lua.Index{X: array, I: i}, g.prog.Columns.Get(id).Nullable)
			}
		} else {
			row := lua.NewVar("row")
			g.emit(lua.Let(row, &lua.Index{X: array, I: i}))
			g.bindRow(row, op.Cols, func(pos int) bool { return g.prog.Columns.Get(op.Cols[pos]).Nullable })
		}
		if op.Ordinality != 0 {
			g.bind(op.Ordinality, &column{expr: i, small: true})
		}
		g.ops(op.Body, false)
	})
	g.depth--
	g.emit(&lua.NumFor{V: i, From: lua.Int(1), To: &lua.Field{X: array, Name: "n"}, Body: body})
}

// forSeries loops over a series. One of integers that Lua's numbers hold is Lua's own loop, when its step is known.
func (g *gen) forSeries(op *phys.ForSet, form setForm, xs []lua.Expr) {
	args := op.Call.Args
	v := lua.NewVar("v")
	if id := op.Cols[0]; id != 0 {
		v = lua.NewVar(g.colName(id))
	}
	number := lua.NewVar("number")
	if op.Ordinality != 0 {
		number = lua.NewVar(g.colName(op.Ordinality))
		g.emit(lua.Let(number, lua.Int(0)))
	}
	plain := form.helper == "series_int4" || form.helper == "series_int8" && g.small(args[0]) && g.small(args[1])
	var step lua.Expr
	if plain && len(args) == 3 {
		k, ok := scalar.Fold(args[2]).(*scalar.Const)
		plain = ok && !k.Null && k.Text != "0" && g.small(args[2])
		step = xs[2]
	}
	g.depth++
	body := g.inside(func() {
		if op.Ordinality != 0 {
			g.emit(lua.Set(number, lua.Op(number, "+", lua.Int(1))))
			g.bind(op.Ordinality, &column{expr: number, small: true})
		}
		if id := op.Cols[0]; id != 0 {
			if g.facts.set[id] {
				g.bindLocal(id, v, false)
			} else {
				g.bind(id, &column{expr: v, small: plain})
			}
		}
		g.ops(op.Body, false)
	})
	g.depth--
	if plain {
		g.emit(&lua.NumFor{V: v, From: xs[0], To: xs[1], Step: step, Body: body})
		return
	}
	g.emit(&lua.ForIn{Vars: []*lua.Var{v}, Iter: invoke(form.helper, trimNil(xs)...), Body: body})
}

// forLists loops over lists side by side.
func (g *gen) forLists(op *phys.ForLists) {
	sizes := make([]lua.Expr, len(op.Lists))
	for i, l := range op.Lists {
		sizes[i] = &lua.Un{Op: "#", X: g.reg(l).v}
	}
	i := lua.NewVar("i")
	g.depth++
	body := g.inside(func() {
		for n, l := range op.Lists {
			row := lua.NewVar("row")
			g.emit(lua.Let(row, &lua.Index{X: g.reg(l).v, I: i}))
			for pos, id := range op.Cols[n] {
				if id == 0 {
					continue
				}
				x := lua.Expr(&lua.Index{X: row, I: lua.Int(int64(pos + 1))})
				g.bindLocal(id, lua.And(row, x), true)
			}
		}
		if op.Ordinality != 0 {
			g.bind(op.Ordinality, &column{expr: i, small: true})
		}
		g.ops(op.Body, false)
	})
	g.depth--
	most := lua.Compute(&lua.Field{X: lua.Global("math"), Name: "max"}, sizes...)
	g.emit(&lua.NumFor{V: i, From: lua.Int(1), To: most, Body: body})
}
