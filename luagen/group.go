package luagen

import (
	"github.com/prequel-db/prequel/lowering/phys"
	"github.com/prequel-db/prequel/luagen/lua"
	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// groupTable is how the groups of a GROUP BY are kept: without keys the state is in locals; otherwise each group is a table with
// named fields, found by key and listed in order of first appearance.
type groupTable struct {
	list, byKey *lua.Var
	keys        []string // field names of the keys
	aggs        []*aggState
	fields      map[string]bool
	row         lua.Expr // the group at hand, for states in fields
}

// aggState is one aggregate of a group table.
type aggState struct {
	agg *phys.Agg
	acc accumulator
	// ordered aggregates collect their rows and are computed at the end.
	ordered  bool
	distinct bool
	slots    []slot
	places   []keptAt
}

// slot is a part of an aggregate's state.
type slot struct {
	name string
	init lua.Expr // nil: absent until the first value
}

// keptAt is where a slot is kept: a local, or a field of the group.
type keptAt struct {
	v     *lua.Var
	field string
}

func (t *groupTable) at(p keptAt) lua.Expr {
	if p.v != nil {
		return p.v
	}
	return &lua.Field{X: t.row, Name: p.field}
}

func (t *groupTable) places(s *aggState) []lua.Expr {
	out := make([]lua.Expr, len(s.places))
	for i, p := range s.places {
		out[i] = t.at(p)
	}
	return out
}

// field makes a field name that no other part of the group has.
func (t *groupTable) field(hint string) string {
	base := lua.Identifier(hint)
	name := base
	for i := 2; t.fields[name]; i++ {
		name = base + string(rune('0'+i%10))
		if i >= 10 {
			name = base + "_" + itoa(i)
		}
	}
	t.fields[name] = true
	return name
}

// newGroups makes an empty group table.
func (g *gen) newGroups(op *phys.NewGroups) {
	t := &groupTable{fields: map[string]bool{}}
	loop, feed := g.facts.groups[op.Dst], g.facts.grouped[op.Dst]
	if !op.Scalar {
		reg := g.newReg(op.Dst, "groups")
		reg.groups = t
		t.list, t.byKey = reg.v, lua.NewVar("group_by_key")
		g.emit(&lua.Local{Vars: []*lua.Var{t.list, t.byKey}, Values: []lua.Expr{&lua.Table{}, &lua.Table{}}})
		if feed != nil {
			for i, k := range feed.Keys {
				hint := "key"
				if c, ok := k.(*scalar.Column); ok {
					hint = g.colName(c.ID)
				} else if loop != nil && i < len(loop.Keys) && loop.Keys[i] != 0 {
					hint = g.colName(loop.Keys[i])
				}
				t.keys = append(t.keys, t.field(hint))
			}
		}
	} else {
		g.bindReg(op.Dst, &register{groups: t})
	}
	for i := range op.Aggs {
		name := op.Aggs[i].Name
		if loop != nil && i < len(loop.Cols) && loop.Cols[i] != 0 {
			name = g.colName(loop.Cols[i])
		}
		s := g.newAggState(&op.Aggs[i], name)
		for _, sl := range s.slots {
			if !op.Scalar {
				s.places = append(s.places, keptAt{field: t.field(sl.name)})
				continue
			}
			v := lua.NewVar(sl.name)
			g.emit(lua.Let(v, sl.init))
			s.places = append(s.places, keptAt{v: v})
		}
		t.aggs = append(t.aggs, s)
	}
}

// newAggState chooses how an aggregate is computed.
func (g *gen) newAggState(a *phys.Agg, name string) *aggState {
	s := &aggState{agg: a, acc: g.accumulatorFor(a, name), distinct: a.Distinct}
	s.ordered = !s.acc.within && (len(a.OrderBy) > 0 || a.Distinct && s.acc.orderMatters)
	if s.ordered {
		s.slots = []slot{{name: name + "_rows"}}
	} else {
		s.slots = s.acc.slots
	}
	if s.distinct {
		s.slots = append(append([]slot(nil), s.slots...), slot{name: name + "_seen", init: &lua.Table{}})
	}
	return s
}

// groupRow adds the current row to its group.
func (g *gen) groupRow(op *phys.GroupRow) {
	t := g.reg(op.Groups).groups
	if t.list != nil {
		g.findGroup(t, op.Keys)
	}
	for i := range op.Aggs {
		g.feed(t, t.aggs[i], &op.Aggs[i])
	}
}

// findGroup finds the group of a row, or adds it.
func (g *gen) findGroup(t *groupTable, keys []scalar.Expr) {
	group := lua.NewVar("group")
	key := g.atom(g.mapKey(keys), "key")
	slot := &lua.Index{X: t.byKey, I: key}
	table := &lua.Table{}
	for i, x := range g.operands(keys) {
		table.Items = append(table.Items, lua.Item{Name: t.keys[i], Value: x})
	}
	for _, s := range t.aggs {
		for i, sl := range s.slots {
			if sl.init != nil {
				table.Items = append(table.Items, lua.Item{Name: s.places[i].field, Value: sl.init})
			}
		}
	}
	g.emit(lua.Let(group, slot),
		lua.When(lua.Not(group),
			lua.Set(group, table),
			lua.Set(slot, group),
			lua.Set(&lua.Index{X: t.list, I: lua.Op(&lua.Un{Op: "#", X: t.list}, "+", lua.Int(1))}, group)))
	t.row = group
}

// feed adds a row to an aggregate: filter, NULLs, DISTINCT, then the transition.
func (g *gen) feed(t *groupTable, s *aggState, a *phys.Agg) {
	if a.Filter != nil {
		cond := g.isTrue(a.Filter)
		g.emit(lua.When(cond, g.inside(func() { g.feedRow(t, s, a) })...))
		return
	}
	g.feedRow(t, s, a)
}

func (g *gen) feedRow(t *groupTable, s *aggState, a *phys.Agg) {
	inputs := a.Args
	if s.acc.within {
		inputs = []scalar.Expr{a.OrderBy[0].Expr}
	}
	args := g.operands(inputs)
	places := t.places(s)
	var guard lua.Expr
	if s.acc.strict && len(args) > 0 && lua.IsNil(args[0]) {
		return
	}
	if s.acc.strict && len(args) > 0 && g.nullable(inputs[0]) {
		args[0] = g.atom(args[0], "operand")
		guard = lua.Op(args[0], "~=", lua.Nil{})
		if !isBool(inputs[0]) {
			guard = args[0]
		}
	}
	if scale, ok := g.aggregated(s, inputs); ok {
		args[0] = decimalText(g.decimal(inputs[0], args[0], scale, scale), scale)
	}
	step := func() {
		switch {
		case s.ordered:
			g.collectRow(places[0], a, args)
		default:
			s.acc.step(g, places, args)
		}
	}
	if s.distinct {
		plain := step
		step = func() { g.onceOnly(places[len(places)-1], a, args, guard != nil, plain) }
	}
	if guard != nil {
		g.emit(lua.When(guard, g.inside(step)...))
		return
	}
	step()
}

// onceOnly runs f for arguments not seen before.
func (g *gen) onceOnly(seen lua.Expr, a *phys.Agg, args []lua.Expr, guarded bool, f func()) {
	var exprs []scalar.Expr
	for i := range args {
		if _, constant := a.Args[i].(*scalar.Const); constant {
			continue
		}
		args[i] = g.atom(args[i], "operand")
		exprs = append(exprs, g.temporary(a.Args[i].Type(), args[i], g.nullable(a.Args[i]) && !(guarded && i == 0)))
	}
	slot := &lua.Index{X: seen, I: g.atom(g.mapKey(exprs), "key")}
	g.emit(lua.When(lua.Not(slot), append(lua.Block{lua.Set(slot, lua.Bool(true))}, g.inside(f)...)...))
}

// collectRow keeps the arguments and sort keys of an ordered aggregate: {argument..., key...}.
func (g *gen) collectRow(rows lua.Expr, a *phys.Agg, args []lua.Expr) {
	table := &lua.Table{}
	for _, x := range args {
		table.Items = append(table.Items, lua.Item{Value: x})
	}
	for _, k := range a.OrderBy {
		table.Items = append(table.Items, lua.Item{Value: g.value(k.Expr)})
	}
	g.emit(lua.Set(rows, lua.Op(rows, "or", &lua.Table{})))
	g.append(rows, table)
}

// finish computes an aggregate's result.
func (g *gen) finish(t *groupTable, s *aggState) lua.Expr {
	places := t.places(s)
	if !s.ordered {
		return s.acc.final(g, places)
	}
	return g.finishOrdered(s, places[0])
}

// finishOrdered sorts the collected rows and runs the aggregate over them.
func (g *gen) finishOrdered(s *aggState, rows lua.Expr) lua.Expr {
	a := s.agg
	var keys []phys.RowKey
	for i, k := range a.OrderBy {
		keys = append(keys, phys.RowKey{Pos: len(a.Args) + i, Type: k.Expr.Type(), Nullable: true, Desc: k.Desc, NullsFirst: k.NullsFirst})
	}
	if len(keys) == 0 { // DISTINCT sorts by the arguments
		for i, x := range a.Args {
			if _, constant := x.(*scalar.Const); !constant {
				keys = append(keys, phys.RowKey{Pos: i, Type: x.Type(), Nullable: i > 0 || !s.acc.strict})
			}
		}
	}
	vars := make([]lua.Expr, len(s.acc.slots))
	for i, sl := range s.acc.slots {
		v := lua.NewVar(sl.name)
		g.emit(lua.Let(v, sl.init))
		vars[i] = v
	}
	body := g.inside(func() {
		list := g.atom(rows, "sorted")
		g.emit(&lua.Do{Call: compute("sort_rows", list, g.rowLess(keys))})
		g.eachOf(list, "row", func(row *lua.Var) {
			args := make([]lua.Expr, len(a.Args))
			for i := range args {
				args[i] = lua.Later(g.scope, "operand", &lua.Index{X: row, I: lua.Int(int64(i + 1))}, true)
			}
			s.acc.step(g, vars, args)
		})
	})
	g.emit(lua.When(rows, body...))
	return s.acc.final(g, vars)
}

// forGroups runs a body for each group.
func (g *gen) forGroups(op *phys.ForGroups, tail bool) {
	t := g.reg(op.Groups).groups
	if t.list == nil {
		g.emitGroup(t, op, tail)
		return
	}
	g.eachOf(t.list, "group", func(group *lua.Var) {
		t.row = group
		g.emitGroup(t, op, false)
	})
}

// emitGroup binds a group's keys and results and runs the body.
func (g *gen) emitGroup(t *groupTable, op *phys.ForGroups, tail bool) {
	feed := g.facts.grouped[op.Groups]
	for i, id := range op.Keys {
		if id == 0 || i >= len(t.keys) {
			continue
		}
		nullable := g.prog.Columns.Get(id).Nullable || feed == nil
		if c, ok := feed.Keys[i].(*scalar.Column); ok && !nullable {
			nullable = g.prog.Columns.Get(c.ID).Nullable
		}
		v := lua.Later(g.scope, g.colName(id), &lua.Field{X: t.row, Name: t.keys[i]}, true)
		g.bind(id, &column{expr: v, nullable: nullable})
	}
	for i, id := range op.Cols {
		if id == 0 {
			continue
		}
		s := t.aggs[i]
		x := g.finish(t, s)
		if lua.Atomic(x) && !g.facts.set[id] {
			g.bind(id, &column{expr: x, nullable: !s.acc.never, small: s.agg.Name == "count"})
			continue
		}
		g.bindLocal(id, x, !s.acc.never)
		g.cols[id].small = s.agg.Name == "count"
	}
	if t.list != nil {
		g.ops(op.Body, false)
		return
	}
	g.once(op.Body, tail)
}

// once runs the body of a loop that is entered exactly once. A Break in it needs a loop to leave.
func (g *gen) once(body []phys.Op, tail bool) {
	if breaks(body) {
		i := lua.NewVar("_")
		g.emit(&lua.NumFor{V: i, From: lua.Int(1), To: lua.Int(1), Body: g.body(body, false)})
		return
	}
	g.ops(body, tail)
}

// breaks reports whether a Break leaves the loop whose body this is.
func breaks(body []phys.Op) bool {
	found := false
	phys.Walk(body, func(op phys.Op) bool {
		if _, ok := op.(*phys.Break); ok {
			found = true
		}
		return !phys.Loops(op)
	})
	return found
}

// accumulator computes an aggregate from the values it is fed one by one.
type accumulator struct {
	slots []slot
	// strict aggregates are not fed rows whose first argument is NULL.
	strict bool
	// never says that the result is never NULL.
	never bool
	// within aggregates are fed the value of their ORDER BY, not their arguments, which are the same for all rows.
	within bool
	// orderMatters says that the result depends on the order of the rows.
	orderMatters bool
	step         func(g *gen, at, args []lua.Expr)
	final        func(g *gen, at []lua.Expr) lua.Expr
}

// first is the final function of an aggregate whose state is its result.
func first(_ *gen, at []lua.Expr) lua.Expr { return at[0] }

// kindOf is the kind of an aggregate's first argument.
func kindOf(a *phys.Agg) value.Kind {
	if len(a.Args) == 0 {
		return value.Unknown
	}
	return a.Args[0].Type().Kind
}
