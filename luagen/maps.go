package luagen

import (
	"strconv"

	"github.com/prequel-db/prequel/lowering/phys"
	"github.com/prequel-db/prequel/luagen/lua"
	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// mapOp translates maps, sets and group tables.
func (g *gen) mapOp(op phys.Op) bool {
	switch op := op.(type) {
	case *phys.NewMap:
		reg := g.newReg(op.Dst, "map")
		g.emit(lua.Let(reg.v, &lua.Table{}))
		if g.facts.ordered[op.Dst] {
			reg.order = lua.NewVar(g.regName(op.Dst, "map") + "_rows")
			g.emit(lua.Let(reg.order, &lua.Table{}))
		}
	case *phys.MapAppend:
		g.mapAppend(op)
	case *phys.ForMatches:
		g.forMatches(op)
	case *phys.ForMapRows:
		g.forMapRows(op)
	case *phys.MarkRow:
		g.emit(lua.Set(&lua.Field{X: g.reg(op.Row).v, Name: "matched"}, lua.Bool(true)))
	case *phys.IfNew:
		g.ifNew(op)
	case *phys.Tally:
		g.tally(op)
	case *phys.NewGroups:
		g.newGroups(op)
	case *phys.GroupRow:
		g.groupRow(op)
	default:
		return false
	}
	return true
}

// mapKey is a table key that is equal for equal values and different for different ones, NULL being one value: the value itself
// where Lua's equality is SQL's, otherwise a text; several values are joined so that no two lists make the same text.
func (g *gen) mapKey(exprs []scalar.Expr) lua.Expr {
	switch len(exprs) {
	case 0:
		return lua.Bool(true)
	case 1:
		return g.singleKey(exprs[0])
	}
	xs := g.operands(exprs)
	var parts []lua.Expr
	for i, e := range exprs {
		if i > 0 {
			parts = append(parts, lua.Str(":"))
		}
		t := e.Type()
		part := func(x lua.Expr) lua.Expr {
			if t.Kind == value.UUID {
				return compute("name_part", x)
			}
			return g.nameOf(t, x, true)
		}
		if !g.nullable(e) {
			parts = append(parts, part(xs[i]))
			continue
		}
		x := g.atom(xs[i], "part")
		parts = append(parts, lua.Op(lua.And(present(x, isBool(e)), part(x)), "or", lua.Str("~")))
	}
	return concat(parts)
}

// singleKey is the key of one value. NULL is false, which no other value is; among booleans it is "".
func (g *gen) singleKey(e scalar.Expr) lua.Expr {
	x, nullable := g.value(e), g.nullable(e)
	if lua.IsNil(x) {
		if isBool(e) {
			return lua.Str("")
		}
		return lua.Bool(false)
	}
	text := func(x lua.Expr) lua.Expr { return x }
	switch t := e.Type(); t.Kind {
	case value.Bool:
		if !nullable {
			return x
		}
		x = g.atom(x, "key")
		return lua.Op(lua.Op(lua.Op(x, "==", lua.Nil{}), "and", lua.Str("")), "or", x)
	case value.Float4, value.Float8: // NaN is no table key
		text = func(x lua.Expr) lua.Expr { return compute("float_key", x) }
	case value.Int2, value.Int4, value.Date:
		text = besideIntegers
	case value.Int8, value.Time, value.Timestamp, value.Timestamptz:
		text = func(x lua.Expr) lua.Expr { return compute("int8_key", x) }
	case value.Numeric, value.Interval, value.Char, value.Array, value.JSONB:
		text = func(x lua.Expr) lua.Expr { return g.nameOf(t, x, false) }
	}
	if !nullable {
		return text(x)
	}
	x = g.atom(x, "key")
	key := text(x)
	if key != x {
		key = lua.And(x, key)
	}
	return lua.Op(key, "or", lua.Bool(false))
}

// besideIntegers moves an integer off the keys of a table's array part: Redis's Lua keeps scattered integers in the hash part by
// itself, but gopher-lua fills an array up to every integer key below 2^26, a gigabyte for a single number.
func besideIntegers(x lua.Expr) lua.Expr {
	if n, ok := x.(lua.Num); ok {
		if i, err := strconv.ParseInt(n.Text, 10, 32); err == nil {
			return lua.Num{Text: strconv.FormatFloat(float64(i)+0.5, 'f', 1, 64)}
		}
	}
	return lua.Op(x, "+", lua.Num{Text: "0.5"})
}

func (g *gen) mapAppend(op *phys.MapAppend) {
	m := g.reg(op.Map)
	key := g.atom(g.mapKey(op.Key), "key")
	g.noteNulls(m, op.Row)
	row := g.rowTable(op.Row)
	if m.order != nil {
		v := lua.NewVar("row")
		g.emit(lua.Let(v, row))
		g.append(m.order, v)
		row = v
	}
	matches := lua.NewVar("matches")
	g.emit(lua.Let(matches, &lua.Index{X: m.v, I: key}))
	body := lua.Block{}
	outer := g.block
	g.block = &body
	g.append(matches, row)
	g.block = outer
	g.emit(&lua.If{
		Clauses: []lua.Clause{{Cond: matches, Body: body}},
		Else:    lua.Block{lua.Set(&lua.Index{X: m.v, I: key}, &lua.Table{Items: []lua.Item{{Value: row}}})},
	})
}

func (g *gen) forMatches(op *phys.ForMatches) {
	m := g.reg(op.Map)
	matches := lua.NewVar("matches")
	g.emit(lua.Let(matches, &lua.Index{X: m.v, I: g.mapKey(op.Key)}))
	g.depth++
	body := g.inside(func() {
		g.eachOf(matches, "match", func(row *lua.Var) { g.mapRow(m, op.Row, row, op.Cols, op.Body) })
	})
	g.depth--
	g.emit(lua.When(matches, body...))
}

// mapRow binds a map's row and translates what is done with it.
func (g *gen) mapRow(m *register, reg phys.Reg, row *lua.Var, cols []scalar.ColumnID, body []phys.Op) {
	if reg != 0 {
		g.bindReg(reg, &register{v: row})
	}
	g.bindRow(row, cols, func(i int) bool { return g.mayBeNull(m, cols[i], i) })
	g.ops(body, false)
}

func (g *gen) forMapRows(op *phys.ForMapRows) {
	m := g.reg(op.Map)
	g.eachOf(m.order, "row", func(row *lua.Var) {
		if !op.Unmarked {
			g.mapRow(m, op.Row, row, op.Cols, op.Body)
			return
		}
		g.depth++
		body := g.inside(func() { g.mapRow(m, op.Row, row, op.Cols, op.Body) })
		g.depth--
		g.emit(lua.When(lua.Not(&lua.Field{X: row, Name: "matched"}), body...))
	})
}

func (g *gen) ifNew(op *phys.IfNew) {
	set := g.reg(op.Set).v
	if len(op.Body) == 0 {
		g.emit(lua.Set(&lua.Index{X: set, I: g.mapKey(op.Key)}, lua.Bool(true)))
		return
	}
	slot := &lua.Index{X: set, I: g.atom(g.mapKey(op.Key), "key")}
	body := append(lua.Block{lua.Set(slot, lua.Bool(true))}, g.body(op.Body, false)...)
	g.emit(lua.When(lua.Not(slot), body...))
}

func (g *gen) tally(op *phys.Tally) {
	counts := g.reg(op.Counts).v
	key := g.mapKey(op.Key)
	if op.Delta != 0 {
		key = g.atom(key, "key")
	}
	slot := &lua.Index{X: counts, I: key}
	before := lua.Op(slot, "or", lua.Int(0))
	if op.Delta != 0 && len(op.Body) > 0 {
		before = g.atom(before, "count")
	}
	if op.Delta > 0 {
		g.emit(lua.Set(slot, lua.Op(before, "+", lua.Int(int64(op.Delta)))))
	} else if op.Delta < 0 {
		g.emit(lua.Set(slot, lua.Op(before, "-", lua.Int(int64(-op.Delta)))))
	}
	if len(op.Body) == 0 {
		return
	}
	cond := lua.Op(before, "<=", lua.Int(0))
	if op.Positive {
		cond = lua.Op(before, ">", lua.Int(0))
	}
	g.emit(lua.When(cond, g.body(op.Body, false)...))
}
