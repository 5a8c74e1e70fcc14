package luagen

import (
	"github.com/prequel-db/prequel/lowering/phys"
	"github.com/prequel-db/prequel/luagen/lua"
	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// rowOp translates lists and the loops over them.
func (g *gen) rowOp(op phys.Op) bool {
	switch op := op.(type) {
	case *phys.NewList:
		list := g.newReg(op.Dst, "rows")
		list.moved = g.facts.moved[op.Dst]
		g.emit(lua.Let(list.v, &lua.Table{}))
	case *phys.AppendReg:
		g.append(g.reg(op.List).v, g.reg(op.Src).v)
	case *phys.AppendRow:
		g.appendRow(op)
	case *phys.ForMembers:
		g.forMembers(op)
	case *phys.ForEach:
		g.loop(0, op.Body, func() { g.forEach(op) })
	case *phys.ForPairs:
		g.forPairs(op)
	case *phys.ForArray:
		g.loop(op.ID, op.Body, func() { g.forArray(op) })
	case *phys.ForRows:
		list := g.reg(op.List)
		g.loop(op.ID, op.Body, func() {
			g.eachOf(list.v, "row", func(row *lua.Var) {
				g.bindRow(row, op.Cols, func(i int) bool { return g.mayBeNull(list, op.Cols[i], i) })
				g.ops(op.Body, false)
			})
		})
	case *phys.Drain:
		g.drain(op)
	case *phys.SortRows:
		g.sortRows(op.List, op.Keys)
	case *phys.KeepRows:
		g.keepRows(op)
	case *phys.SkipRows:
		g.skipRows(op)
	case *phys.WindowRows:
		g.windowRows(op)
	default:
		return false
	}
	return true
}

// append adds a value to the end of a list.
func (g *gen) append(list, x lua.Expr) {
	g.emit(lua.Set(&lua.Index{X: list, I: lua.Op(&lua.Un{Op: "#", X: list}, "+", lua.Int(1))}, x))
}

// rowTable is a row of values: {a, b, c}.
func (g *gen) rowTable(exprs []scalar.Expr) lua.Expr {
	t := &lua.Table{}
	for _, x := range g.operands(exprs) {
		t.Items = append(t.Items, lua.Item{Value: x})
	}
	return t
}

func (g *gen) appendRow(op *phys.AppendRow) {
	list := g.reg(op.List)
	g.noteNulls(list, op.Exprs)
	g.append(list.v, g.rowTable(op.Exprs))
}

// noteNulls remembers which positions of a list's rows may be NULL.
func (g *gen) noteNulls(list *register, exprs []scalar.Expr) {
	for i, e := range exprs {
		if i == len(list.nulls) {
			list.nulls = append(list.nulls, false)
		}
		list.nulls[i] = list.nulls[i] || g.nullable(e)
	}
}

// mayBeNull reports whether a column bound to a position of a list's rows may be NULL.
func (g *gen) mayBeNull(list *register, id scalar.ColumnID, pos int) bool {
	if list.moved {
		return g.prog.Columns.Get(id).Nullable
	}
	return g.prog.Columns.Get(id).Nullable || pos >= len(list.nulls) || list.nulls[pos]
}

// eachOf is a loop over a list.
func (g *gen) eachOf(list lua.Expr, hint string, body func(item *lua.Var)) {
	i, item := lua.NewVar("i"), lua.NewVar(hint)
	g.depth++
	b := g.inside(func() {
		g.emit(lua.Let(item, &lua.Index{X: list, I: i}))
		body(item)
	})
	g.depth--
	g.emit(&lua.NumFor{V: i, From: lua.Int(1), To: &lua.Un{Op: "#", X: list}, Body: b})
}

func (g *gen) forEach(op *phys.ForEach) {
	list := g.reg(op.List)
	g.eachOf(list.v, g.regName(op.Item, "row"), func(item *lua.Var) {
		g.bindReg(op.Item, &register{v: item})
		if list.missing {
			g.emit(lua.When(item, g.body(op.Body, false)...))
			return
		}
		g.ops(op.Body, false)
	})
}

func (g *gen) forMembers(op *phys.ForMembers) {
	args := []lua.Expr{g.call, g.reg(op.Key).v}
	if lower, upper := g.edge(op.From, false), g.edge(op.To, true); op.From.Key != 0 || op.To.Key != 0 {
		args = append(args, lua.Bool(op.Reverse), lower, upper)
	} else if op.Reverse {
		args = append(args, lua.Bool(true))
	}
	item := lua.NewVar(g.regName(op.Item, "row"))
	g.bindReg(op.Item, &register{v: item})
	g.emit(&lua.ForIn{Vars: []*lua.Var{item}, Iter: invoke("each_member", args...), Body: g.body(op.Body, false)})
}

func (g *gen) forPairs(op *phys.ForPairs) {
	list := g.reg(op.List).v
	i, first, second := lua.NewVar("i"), lua.NewVar(g.regName(op.First, "field")), lua.NewVar(g.regName(op.Second, "count"))
	g.depth++
	b := g.inside(func() {
		g.emit(lua.Let(first, &lua.Index{X: list, I: i}), lua.Let(second, &lua.Index{X: list, I: lua.Op(i, "+", lua.Int(1))}))
		g.bindReg(op.First, &register{v: first})
		g.bindReg(op.Second, &register{v: second})
		g.ops(op.Body, false)
	})
	g.depth--
	g.emit(&lua.NumFor{V: i, From: lua.Int(1), To: &lua.Un{Op: "#", X: list}, Step: lua.Int(2), Body: b})
}

func (g *gen) forArray(op *phys.ForArray) {
	nullable, elementNull := g.nullable(op.Array), true
	var array, size lua.Expr
	if list, ok := op.Array.(*scalar.ArrayExpr); ok { // its length is known
		t := &lua.Table{}
		elementNull = false
		for _, e := range list.Elems {
			elementNull = elementNull || g.nullable(e)
			t.Items = append(t.Items, lua.Item{Value: g.value(e)})
		}
		nullable = false
		array, size = g.atom(t, "elements"), lua.Int(int64(len(list.Elems)))
	} else {
		array = g.atom(g.value(op.Array), "elements")
		size = &lua.Field{X: array, Name: "n"}
	}
	i := lua.NewVar("i")
	g.depth++
	b := g.inside(func() {
		v := lua.NewVar(g.colName(op.Col))
		g.emit(lua.Let(v, &lua.Index{X: array, I: i}))
		g.bind(op.Col, &column{expr: v, nullable: elementNull})
		g.ops(op.Body, false)
	})
	g.depth--
	loop := &lua.NumFor{V: i, From: lua.Int(1), To: size, Body: b}
	if nullable {
		g.emit(lua.When(array, loop))
		return
	}
	g.emit(loop)
}

// sortRows sorts a list stably.
func (g *gen) sortRows(list phys.Reg, keys []phys.RowKey) {
	if len(keys) == 0 {
		return
	}
	g.emit(&lua.Do{Call: compute("sort_rows", g.reg(list).v, g.rowLess(keys))})
}

// rowLess is the order of rows as a function.
func (g *gen) rowLess(keys []phys.RowKey) lua.Expr {
	a, b := lua.NewVar("a"), lua.NewVar("b")
	body := g.inside(func() { g.orderTests(keys, a, b) })
	return &lua.Func{Params: []*lua.Var{a, b}, Body: body}
}

// orderTests returns whether row a stands before row b.
func (g *gen) orderTests(keys []phys.RowKey, a, b *lua.Var) {
	for n, k := range keys {
		pos := lua.Int(int64(k.Pos + 1))
		x, y := lua.Expr(&lua.Index{X: a, I: pos}), lua.Expr(&lua.Index{X: b, I: pos})
		last := n == len(keys)-1
		g.orderTest(sortOrder{k.Type, k.Nullable, k.Desc, k.NullsFirst}, x, y, last)
	}
}

// sortOrder is how values of a type are ordered.
type sortOrder struct {
	typ                        value.Type
	nullable, desc, nullsFirst bool
}

// orderTest writes "if x and y differ then return whether x stands before y end"; last returns in any case.
func (g *gen) orderTest(o sortOrder, x, y lua.Expr, last bool) {
	class, same := orderOf(o.typ)
	less := func(x, y lua.Expr) lua.Expr {
		if o.desc {
			x, y = y, x
		}
		return comparison{class, "<"}.compare(x, y)
	}
	if last && same && !o.nullable {
		g.emit(&lua.Return{Values: []lua.Expr{less(x, y)}})
		return
	}
	p, q := g.atom(x, "x"), g.atom(y, "y")
	var differ lua.Block
	if o.nullable {
		null := func(v lua.Expr) lua.Expr { return lua.Op(v, "==", lua.Nil{}) }
		first := lua.Bool(o.nullsFirst)
		clauses := []lua.Clause{
			{Cond: null(p), Body: lua.Block{&lua.Return{Values: []lua.Expr{first}}}},
			{Cond: null(q), Body: lua.Block{&lua.Return{Values: []lua.Expr{!first}}}},
		}
		if same {
			differ = append(differ, &lua.If{Clauses: clauses}, &lua.Return{Values: []lua.Expr{less(p, q)}})
			g.emit(lua.When(lua.Op(p, "~=", q), differ...))
		} else {
			order := g.threeWay(o.typ, p, q)
			sign := lua.NewVar("order")
			inner := lua.Block{lua.Let(sign, order), lua.When(lua.Op(sign, "~=", lua.Int(0)), &lua.Return{Values: []lua.Expr{ahead(sign, o.desc)}})}
			g.emit(lua.When(lua.Op(p, "~=", q), &lua.If{Clauses: clauses, Else: inner}))
		}
		if last {
			g.emit(&lua.Return{Values: []lua.Expr{lua.Bool(false)}})
		}
		return
	}
	if same {
		g.emit(lua.When(lua.Op(p, "~=", q), &lua.Return{Values: []lua.Expr{less(p, q)}}))
		return
	}
	order := g.threeWay(o.typ, p, q)
	if last {
		g.emit(&lua.Return{Values: []lua.Expr{ahead(order, o.desc)}})
		return
	}
	sign := lua.NewVar("order")
	g.emit(lua.Let(sign, order), lua.When(lua.Op(sign, "~=", lua.Int(0)), &lua.Return{Values: []lua.Expr{ahead(sign, o.desc)}}))
}

// ahead is whether a three-way comparison puts the left side first.
func ahead(sign lua.Expr, desc bool) lua.Expr {
	if desc {
		return lua.Op(sign, ">", lua.Int(0))
	}
	return lua.Op(sign, "<", lua.Int(0))
}

// orderOf is how a type's values are compared; same says that equal SQL values are equal Lua values.
func orderOf(t value.Type) (class orderClass, same bool) {
	switch t.Kind {
	case value.Int2, value.Int4, value.Date, value.Enum:
		return plainOrder, true
	case value.Int8, value.Time, value.Timestamp, value.Timestamptz:
		return wideOrder, true
	case value.Text, value.Varchar, value.Bytea, value.UUID, value.Unknown:
		return byteOrder, true
	}
	return equalOnly, false
}

// threeWay compares two values of a type whose equality is not Lua's: -1, 0 or 1.
func (g *gen) threeWay(t value.Type, x, y lua.Expr) lua.Expr {
	name := map[value.Kind]string{
		value.Bool: "btboolcmp", value.Float4: "btfloat4cmp", value.Float8: "btfloat8cmp",
		value.Numeric: "numeric_cmp", value.Char: "bpcharcmp", value.Interval: "interval_cmp", value.JSONB: "jsonb_cmp",
	}[t.Kind]
	if t.Kind == value.Array {
		return compute("array_cmp", x, y, g.elementOrder(*t.Elem))
	}
	if name == "" {
		fail("type %s has no order", t)
	}
	return compute(name, x, y)
}

// elementOrder is a function that compares two elements of an array: -1, 0 or 1.
func (g *gen) elementOrder(t value.Type) lua.Expr {
	switch class, same := orderOf(t); {
	case same && class == byteOrder:
		return helper("bytes_cmp")
	case same && class == wideOrder:
		return helper("wide_cmp")
	case same:
		return helper("btint4cmp")
	}
	c := g.threeWay(t, lua.Nil{}, lua.Nil{}).(*lua.Call)
	return c.F
}

// skipRows drops the first rows of a list, in place.
func (g *gen) skipRows(op *phys.SkipRows) {
	list, skip := g.reg(op.List).v, g.reg(op.Skip).limit
	if skip == lua.Int(0) {
		return
	}
	i := lua.NewVar("i")
	moved := lua.Set(&lua.Index{X: list, I: i}, &lua.Index{X: list, I: lua.Op(i, "+", skip)})
	g.emit(&lua.NumFor{V: i, From: lua.Int(1), To: &lua.Un{Op: "#", X: list}, Body: lua.Block{moved}})
}

// keepRows drops the rows of a list behind the first, in place.
func (g *gen) keepRows(op *phys.KeepRows) {
	list, wanted := g.reg(op.List).v, g.reg(op.Limit).limit
	if wanted == unlimited {
		return
	}
	if len(op.Ties) > 0 {
		wanted = g.withTies(op, list, wanted)
	}
	i := lua.NewVar("i")
	g.emit(&lua.NumFor{
		V: i, From: &lua.Un{Op: "#", X: list}, To: lua.Op(wanted, "+", lua.Int(1)), Step: lua.Int(-1),
		Body: lua.Block{lua.Set(&lua.Index{X: list, I: i}, lua.Nil{})},
	})
}

// withTies counts the rows behind the last one that are equal to it by the keys.
func (g *gen) withTies(op *phys.KeepRows, list *lua.Var, count lua.Expr) lua.Expr {
	wanted, before := lua.NewVar("wanted"), lua.NewVar("before")
	a, b := lua.NewVar("a"), lua.NewVar("b")
	next := lua.Op(wanted, "+", lua.Int(1))
	g.emit(
		lua.Let(wanted, count),
		&lua.LocalFunc{V: before, Params: []*lua.Var{a, b}, Body: g.inside(func() { g.orderTests(op.Ties, a, b) })},
		&lua.While{
			Cond: lua.And(lua.Op(wanted, ">", lua.Int(0)), &lua.Index{X: list, I: next},
				lua.Not(lua.Compute(before, &lua.Index{X: list, I: wanted}, &lua.Index{X: list, I: next}))),
			Body: lua.Block{lua.Set(wanted, lua.Op(wanted, "+", lua.Int(1)))},
		},
	)
	return wanted
}
