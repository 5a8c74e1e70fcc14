package luagen_test

import (
	"github.com/prequel-db/prequel/lowering/phys"
	"github.com/prequel-db/prequel/planner/algebra"
	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqlparse/bound"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// builder makes a program for the goldens.
type builder struct {
	p    *phys.Program
	regs phys.Reg
}

func build(name, sql string, params ...bound.Param) *builder {
	for i := range params {
		params[i].Number = i + 1
	}
	return &builder{p: &phys.Program{Name: name, SQL: sql, Params: params, Columns: &scalar.Columns{}, RegNames: map[phys.Reg]string{}}}
}

func (b *builder) reg(name string) phys.Reg {
	b.regs++
	b.p.RegNames[b.regs] = name
	return b.regs
}

func (b *builder) col(name string, t value.Type, nullable bool) (scalar.ColumnID, scalar.Expr) {
	id := b.p.Columns.New(name, t, nullable)
	return id, &scalar.Column{Node: node(t), ID: id}
}

func (b *builder) arg(n int) scalar.Expr { return param(n, b.p.Params[n-1].Type) }

func (b *builder) flat(n int) {
	b.p.Reply = phys.Reply{Kind: phys.Flat, Outputs: make([]phys.ReplyColumn, n)}
}

func (b *builder) use(s ...*phys.Structure) { b.p.Structures = append(b.p.Structures, s...) }

func (b *builder) body(ops ...phys.Op) *phys.Program {
	b.p.Body = ops
	return b.p
}

var (
	instant = value.Of(value.Timestamptz)
	numeric = value.Of(value.Numeric)
	status  = value.Type{Kind: value.Enum, Enum: &value.EnumType{Name: "status", Labels: []string{"active", "retired"}}}
)

func arg(name string, t value.Type) bound.Param { return bound.Param{Name: name, Type: t} }

func optional(name string, t value.Type) bound.Param {
	return bound.Param{Name: name, Type: t, Nullable: true}
}

func vehicleMap() *phys.Structure {
	return &phys.Structure{
		Kind: phys.RowMap, Relation: "vehicles", Name: "vehicles", Fingerprint: "3f9a01", Field: []phys.Col{{Name: "id", Type: integer}},
		Payload: []phys.Col{{Name: "fleet_id", Type: integer}, {Name: "status", Type: status}, {Name: "label", Type: text, Nullable: true}},
	}
}

func vehiclesByFleet() *phys.Structure {
	return &phys.Structure{
		Kind: phys.SortedSet, Relation: "vehicles", Name: "vehicles_by_fleet", Fingerprint: "77c2d4",
		Partition: []phys.Col{{Name: "fleet_id", Type: integer}}, Order: []phys.OrderCol{{Col: phys.Col{Name: "id", Type: integer}}},
		Payload: []phys.Col{{Name: "status", Type: status}},
	}
}

func pingSeries() *phys.Structure {
	return &phys.Structure{
		Kind: phys.SortedSet, Relation: "pings", Name: "pings_by_vehicle_at", Fingerprint: "a1b2c3",
		Partition: []phys.Col{{Name: "vehicle_id", Type: integer}}, Order: []phys.OrderCol{{Col: phys.Col{Name: "at", Type: instant}}},
		Payload: []phys.Col{{Name: "speed", Type: double, Nullable: true}, {Name: "lat", Type: double}},
	}
}

func is(e scalar.Expr, negated bool) scalar.Expr {
	return &scalar.IsNull{Node: node(boolean), Arg: e, Negated: negated}
}

func and(es ...scalar.Expr) scalar.Expr { return &scalar.And{Node: node(boolean), Args: es} }

func or(es ...scalar.Expr) scalar.Expr { return &scalar.Or{Node: node(boolean), Args: es} }

func when(cond scalar.Expr, then ...phys.Op) phys.Op {
	return &phys.If{Cond: &phys.IsTrue{Expr: cond}, Then: then}
}

// goldens are the programs of testdata/functions, by name.
var goldens = map[string]func() *phys.Program{
	"point-read":      pointRead,
	"optional-filter": optionalFilter,
	"whole-rows":      wholeRows,
	"insert":          insert,
	"update":          update,
	"aggregate":       aggregate,
	"group":           group,
	"hash-join":       hashJoin,
	"sort-and-slice":  sortAndSlice,
	"distinct":        distinct,
	"window":          windowed,
	"logic":           logic,
	"hostile":         hostile,
	"multi":           multi,
	"many-locals":     manyLocals,
}

// pointRead returns columns of one row.
func pointRead() *phys.Program {
	b := build("VehicleByID", "SELECT label, status FROM vehicles WHERE id = $1", arg("id", integer))
	s := vehicleMap()
	b.use(s)
	b.flat(2)
	b.p.ReadOnly = true
	key, field, row := b.reg("key"), b.reg("field"), b.reg("row")
	label, labelE := b.col("label", text, true)
	st, stE := b.col("status", status, false)
	return b.body(
		&phys.MakeKey{Dst: key, Of: s}, &phys.MakeField{Dst: field, Of: s, Exprs: []scalar.Expr{b.arg(1)}},
		&phys.HGet{Dst: row, Key: key, Field: field},
		&phys.If{Cond: &phys.Present{Reg: row}, Then: []phys.Op{
			&phys.Unpack{Src: row, Of: s, Binds: []phys.Bind{{Col: st, Pos: 1}, {Col: label, Pos: 2}}},
			&phys.EmitRow{Exprs: []scalar.Expr{labelE, stE}},
		}})
}

// optionalFilter reads a range of time with an optional minimum.
func optionalFilter() *phys.Program {
	b := build("Pings", "SELECT at, speed FROM pings\nWHERE vehicle_id = $1 AND at >= $2 AND at < $3 AND ($4 IS NULL OR speed >= $4)\nORDER BY at DESC LIMIT $5",
		arg("vehicle_id", integer), arg("from", instant), arg("until", instant), optional("min_speed", double), arg("limit", bigint))
	s := pingSeries()
	b.use(s)
	b.flat(2)
	b.p.ReadOnly = true
	key, from, to, rows, row := b.reg("key"), b.reg("from"), b.reg("until"), b.reg("rows"), b.reg("row")
	at, atE := b.col("at", instant, false)
	speed, speedE := b.col("speed", double, true)
	return b.body(
		&phys.MakeKey{Dst: key, Of: s, Parts: []scalar.Expr{b.arg(1)}},
		&phys.MakeSortKey{Dst: from, Of: s, Exprs: []scalar.Expr{b.arg(2)}},
		&phys.MakeSortKey{Dst: to, Of: s, Exprs: []scalar.Expr{b.arg(3)}},
		&phys.ZRange{Dst: rows, Key: key, From: phys.Edge{Key: from}, To: phys.Edge{Key: to}, Reverse: true},
		&phys.ForEach{Item: row, List: rows, Body: []phys.Op{
			&phys.Unpack{Src: row, Of: s, Binds: []phys.Bind{{Col: at, InKey: true, Pos: 0}, {Col: speed, Pos: 0}}},
			when(or(is(b.arg(4), false), apply(boolean, "float8ge", speedE, b.arg(4))),
				&phys.EmitRow{Exprs: []scalar.Expr{atE, speedE}}),
		}})
}

// wholeRows returns stored members, and needs no script.
func wholeRows() *phys.Program {
	b := build("RecentPings", "SELECT at, speed, lat FROM pings WHERE vehicle_id = $1 AND at >= $2 ORDER BY at DESC LIMIT $3",
		optional("vehicle_id", integer), arg("since", instant), optional("limit", bigint))
	s := pingSeries()
	b.use(s)
	b.p.ReadOnly = true
	b.p.Reply = phys.Reply{Kind: phys.Packed, Source: s}
	key, from, rows := b.reg("key"), b.reg("since"), b.reg("rows")
	return b.body(when(is(b.arg(1), true),
		&phys.MakeKey{Dst: key, Of: s, Parts: []scalar.Expr{b.arg(1)}},
		&phys.MakeSortKey{Dst: from, Of: s, Exprs: []scalar.Expr{b.arg(2)}},
		&phys.ZRange{Dst: rows, Key: key, From: phys.Edge{Key: from}, Reverse: true, Limit: b.arg(3)},
		&phys.EmitList{List: rows}))
}

// insert checks a primary key and maintains two structures.
func insert() *phys.Program {
	b := build("AddVehicle", "INSERT INTO vehicles (id, fleet_id, status, label) VALUES ($1, $2, 'active', $3)",
		arg("id", integer), arg("fleet_id", integer), optional("label", text))
	m, f := vehicleMap(), vehiclesByFleet()
	b.use(m, f)
	b.p.Reply = phys.Reply{Count: true}
	taken, takenE := b.col("taken", boolean, false)
	key, field, row, set, sortKey, member := b.reg("key"), b.reg("field"), b.reg("row"), b.reg("fleet"), b.reg("sort_key"), b.reg("member")
	active := constant(status, "active")
	return b.body(
		&phys.MakeKey{Dst: key, Of: m}, &phys.MakeField{Dst: field, Of: m, Exprs: []scalar.Expr{b.arg(1)}},
		&phys.HExists{Dst: taken, Key: key, Field: field},
		when(takenE, &phys.Raise{
			SQLState: "23505", Constraint: "vehicles_pkey", Table: "vehicles",
			Message: []scalar.Expr{constant(text, `duplicate key value violates unique constraint "vehicles_pkey"`)},
			Detail:  []scalar.Expr{constant(text, "Key (id)=("), &scalar.ViaText{Node: node(text), Arg: b.arg(1)}, constant(text, ") already exists.")},
		}),
		&phys.AddCount{},
		&phys.Block{Comment: "vehicles", Body: []phys.Op{
			&phys.Pack{Dst: row, Of: m, Exprs: []scalar.Expr{b.arg(2), active, b.arg(3)}}, &phys.HSet{Key: key, Field: field, Value: row},
		}},
		&phys.Block{Comment: "vehicles_by_fleet", Body: []phys.Op{
			&phys.MakeKey{Dst: set, Of: f, Parts: []scalar.Expr{b.arg(2)}}, &phys.MakeSortKey{Dst: sortKey, Of: f, Exprs: []scalar.Expr{b.arg(1)}},
			&phys.Pack{Dst: member, Of: f, Key: sortKey, Exprs: []scalar.Expr{active}}, &phys.ZAdd{Key: set, Member: member},
		}})
}

// update changes an indexed column.
func update() *phys.Program {
	b := build("MoveVehicle", "UPDATE vehicles SET fleet_id = $2 WHERE id = $1", arg("id", integer), arg("fleet_id", integer))
	m, f := vehicleMap(), vehiclesByFleet()
	b.use(m, f)
	b.p.Reply = phys.Reply{Count: true}
	key, field, row, packed := b.reg("key"), b.reg("field"), b.reg("row"), b.reg("packed")
	oldKey, newKey, sk, old, new := b.reg("old_fleet"), b.reg("new_fleet"), b.reg("sort_key"), b.reg("old_member"), b.reg("new_member")
	fleet, fleetE := b.col("fleet_id", integer, false)
	st, stE := b.col("status", status, false)
	label, labelE := b.col("label", text, true)
	return b.body(
		&phys.MakeKey{Dst: key, Of: m}, &phys.MakeField{Dst: field, Of: m, Exprs: []scalar.Expr{b.arg(1)}},
		&phys.HGet{Dst: row, Key: key, Field: field},
		&phys.If{Cond: &phys.Present{Reg: row}, Then: []phys.Op{
			&phys.Unpack{Src: row, Of: m, Binds: []phys.Bind{{Col: fleet, Pos: 0}, {Col: st, Pos: 1}, {Col: label, Pos: 2}}},
			&phys.AddCount{},
			&phys.Pack{Dst: packed, Of: m, Exprs: []scalar.Expr{b.arg(2), stE, labelE}}, &phys.HSet{Key: key, Field: field, Value: packed},
			&phys.MakeKey{Dst: oldKey, Of: f, Parts: []scalar.Expr{fleetE}}, &phys.MakeKey{Dst: newKey, Of: f, Parts: []scalar.Expr{b.arg(2)}},
			&phys.MakeSortKey{Dst: sk, Of: f, Exprs: []scalar.Expr{b.arg(1)}},
			&phys.Pack{Dst: old, Of: f, Key: sk, Exprs: []scalar.Expr{stE}}, &phys.Pack{Dst: new, Of: f, Key: sk, Exprs: []scalar.Expr{stE}},
			&phys.ZRem{Key: oldKey, Member: old}, &phys.ZAdd{Key: newKey, Member: new},
		}})
}

// scanPings loops over a vehicle's pings with speed bound.
func (b *builder) scanPings(s *phys.Structure, speed scalar.ColumnID, body ...phys.Op) []phys.Op {
	key, rows, row := b.reg("key"), b.reg("rows"), b.reg("row")
	return []phys.Op{
		&phys.MakeKey{Dst: key, Of: s, Parts: []scalar.Expr{b.arg(1)}},
		&phys.ZRange{Dst: rows, Key: key},
		&phys.ForEach{Item: row, List: rows, Body: append([]phys.Op{
			&phys.Unpack{Src: row, Of: s, Binds: []phys.Bind{{Col: speed, Pos: 0}}},
		}, body...)},
	}
}

// aggregate computes over all rows: one group, kept in locals.
func aggregate() *phys.Program {
	b := build("SpeedOf", "SELECT count(*), max(speed), avg(speed) FROM pings WHERE vehicle_id = $1", arg("vehicle_id", integer))
	s := pingSeries()
	b.use(s)
	b.flat(3)
	b.p.ReadOnly = true
	speed, speedE := b.col("speed", double, true)
	n, nE := b.col("count", bigint, false)
	top, topE := b.col("top", double, true)
	mean, meanE := b.col("mean", double, true)
	aggs := []phys.Agg{{Name: "count", Type: bigint}, {Name: "max", Args: []scalar.Expr{speedE}, Type: double}, {Name: "avg", Args: []scalar.Expr{speedE}, Type: double}}
	groups := b.reg("groups")
	ops := append([]phys.Op{&phys.NewGroups{Dst: groups, Aggs: aggs, Scalar: true}}, b.scanPings(s, speed, &phys.GroupRow{Groups: groups, Aggs: aggs})...)
	return b.body(append(ops, &phys.ForGroups{
		Groups: groups, Aggs: aggs, Cols: []algebra.ColumnID{n, top, mean},
		Body: []phys.Op{&phys.EmitRow{Exprs: []scalar.Expr{nE, topE, meanE}}},
	})...)
}

// group counts the vehicles of a fleet by status.
func group() *phys.Program {
	b := build("FleetStatus", "SELECT status, count(*), string_agg(DISTINCT id::text, ',') FROM vehicles WHERE fleet_id = $1 GROUP BY status HAVING count(*) > 1",
		arg("fleet_id", integer))
	s := vehiclesByFleet()
	b.use(s)
	b.flat(3)
	b.p.ReadOnly = true
	key, rows, row, groups := b.reg("key"), b.reg("rows"), b.reg("row"), b.reg("groups")
	id, idE := b.col("id", integer, false)
	st, stE := b.col("status", status, false)
	n, nE := b.col("count", bigint, false)
	ids, idsE := b.col("ids", text, true)
	aggs := []phys.Agg{
		{Name: "count", Type: bigint},
		{Name: "string_agg", Args: []scalar.Expr{&scalar.ViaText{Node: node(text), Arg: idE}, constant(text, ",")}, Distinct: true, Type: text},
	}
	return b.body(
		&phys.MakeKey{Dst: key, Of: s, Parts: []scalar.Expr{b.arg(1)}}, &phys.NewGroups{Dst: groups, Aggs: aggs},
		&phys.ZRange{Dst: rows, Key: key},
		&phys.ForEach{Item: row, List: rows, Body: []phys.Op{
			&phys.Unpack{Src: row, Of: s, Binds: []phys.Bind{{Col: id, InKey: true, Pos: 0}, {Col: st, Pos: 0}}},
			&phys.GroupRow{Groups: groups, Keys: []scalar.Expr{stE}, Aggs: aggs},
		}},
		&phys.ForGroups{Groups: groups, Keys: []algebra.ColumnID{st}, Aggs: aggs, Cols: []algebra.ColumnID{n, ids}, Body: []phys.Op{
			when(apply(boolean, "int8gt", nE, constant(bigint, "1")), &phys.EmitRow{Exprs: []scalar.Expr{stE, nE, idsE}}),
		}})
}

// hashJoin is a full join of two buffered inputs.
func hashJoin() *phys.Program {
	b := build("Both", "SELECT a.id, b.id, b.status FROM a FULL JOIN b ON a.id = b.id")
	b.flat(3)
	b.p.ReadOnly = true
	x, xE := b.col("id", integer, true)
	y, yE := b.col("id", integer, true)
	st, stE := b.col("status", status, true)
	list, m, match := b.reg("left"), b.reg("by_id"), b.reg("match")
	found, foundE := b.col("found", boolean, false)
	truth := func(s string) scalar.Expr { return constant(boolean, s) }
	null := func(t value.Type) scalar.Expr { return &scalar.Const{Node: node(t), Null: true} }
	return b.body(
		&phys.NewList{Dst: list}, &phys.NewMap{Dst: m},
		&phys.AppendRow{List: list, Exprs: []scalar.Expr{constant(integer, "1")}},
		&phys.MapAppend{Map: m, Key: []scalar.Expr{constant(integer, "2")}, Row: []scalar.Expr{constant(integer, "2"), constant(status, "retired")}},
		&phys.ForRows{List: list, Cols: []algebra.ColumnID{x}, Body: []phys.Op{
			&phys.Let{Col: found, Expr: truth("f")},
			&phys.ForMatches{Map: m, Key: []scalar.Expr{xE}, Row: match, Cols: []algebra.ColumnID{y, st}, Body: []phys.Op{
				&phys.Set{Col: found, Expr: truth("t")}, &phys.MarkRow{Row: match}, &phys.EmitRow{Exprs: []scalar.Expr{xE, yE, stE}},
			}},
			&phys.If{Cond: &phys.Negate{Cond: &phys.IsTrue{Expr: foundE}}, Then: []phys.Op{&phys.EmitRow{Exprs: []scalar.Expr{xE, null(integer), null(status)}}}},
		}},
		&phys.ForMapRows{Map: m, Cols: []algebra.ColumnID{y, st}, Unmarked: true, Body: []phys.Op{&phys.EmitRow{Exprs: []scalar.Expr{null(integer), yE, stE}}}})
}

// sortAndSlice orders by two keys and returns a page.
func sortAndSlice() *phys.Program {
	b := build("Page", "SELECT name, price FROM items ORDER BY price DESC NULLS LAST, name LIMIT 10 OFFSET $1", arg("offset", bigint))
	b.flat(2)
	b.p.ReadOnly = true
	name, nameE := b.col("name", text, false)
	price, priceE := b.col("price", numeric, true)
	list, skip, wanted := b.reg("items"), b.reg("skip"), b.reg("wanted")
	return b.body(
		&phys.NewList{Dst: list},
		&phys.AppendRow{List: list, Exprs: []scalar.Expr{constant(text, "nail"), constant(numeric, "0.10")}},
		&phys.SortRows{List: list, Keys: []phys.RowKey{{Pos: 1, Type: numeric, Nullable: true, Desc: true}, {Pos: 0, Type: text}}},
		&phys.RowOffset{Dst: skip, Offset: b.arg(1)},
		&phys.RowLimit{Dst: wanted, Skip: skip, Limit: constant(bigint, "10")},
		&phys.KeepRows{List: list, Limit: wanted},
		&phys.SkipRows{List: list, Skip: skip},
		&phys.ForRows{List: list, Cols: []algebra.ColumnID{name, price}, Body: []phys.Op{&phys.EmitRow{Exprs: []scalar.Expr{nameE, priceE}}}})
}

// distinct and EXCEPT ALL over rows of two columns.
func distinct() *phys.Program {
	b := build("Odd", "(SELECT a, b FROM t EXCEPT ALL SELECT a, b FROM u) UNION SELECT $1, $2", optional("a", integer), arg("b", text))
	b.flat(1)
	b.p.ReadOnly = true
	counts, seen := b.reg("counts"), b.reg("seen")
	key := []scalar.Expr{b.arg(1), b.arg(2)}
	return b.body(
		&phys.NewMap{Dst: counts}, &phys.NewMap{Dst: seen},
		&phys.Tally{Counts: counts, Key: key, Delta: 1},
		&phys.Tally{Counts: counts, Key: key, Delta: -1, Body: []phys.Op{
			&phys.IfNew{Set: seen, Key: key, Body: []phys.Op{&phys.EmitRow{Exprs: []scalar.Expr{b.arg(2)}}}},
		}},
		&phys.IfNew{Set: seen, Key: key, Body: []phys.Op{&phys.EmitRow{Exprs: []scalar.Expr{b.arg(2)}}}})
}

// windowed ranks rows and sums along them.
func windowed() *phys.Program {
	b := build("Ranked", "SELECT g, rank() OVER w, sum(x) OVER w, lag(x) OVER w FROM t WINDOW w AS (PARTITION BY g ORDER BY x)")
	b.flat(4)
	b.p.ReadOnly = true
	g, gE := b.col("g", text, true)
	x, xE := b.col("x", integer, false)
	rank, rankE := b.col("rank", bigint, false)
	sum, sumE := b.col("sum", bigint, true)
	lag, lagE := b.col("lag", integer, true)
	list := b.reg("rows")
	keys := []phys.RowKey{{Pos: 0, Type: text, Nullable: true}, {Pos: 1, Type: integer}}
	return b.body(
		&phys.NewList{Dst: list},
		&phys.AppendRow{List: list, Exprs: []scalar.Expr{constant(text, "a"), constant(integer, "1")}},
		&phys.SortRows{List: list, Keys: keys},
		&phys.WindowRows{List: list, Width: 2, Partition: keys[:1], Order: keys[1:], Cols: []algebra.ColumnID{g, x}, Funcs: []phys.WindowFunc{
			{Name: "rank", Type: bigint},
			{Name: "sum", Type: bigint, Agg: &phys.Agg{Name: "sum", Args: []scalar.Expr{xE}, Type: bigint}},
			{Name: "lag", Args: []scalar.Expr{xE}, Type: integer},
		}},
		&phys.ForRows{List: list, Cols: []algebra.ColumnID{g, x, rank, sum, lag}, Body: []phys.Op{&phys.EmitRow{Exprs: []scalar.Expr{gE, rankE, sumE, lagE}}}})
}

// logic shows three-valued logic in conditions and values.
func logic() *phys.Program {
	b := build("Logic", "SELECT ... WHERE NOT (a = b AND c < 5) AND s NOT IN (...)", optional("a", integer), arg("b", integer),
		optional("c", bigint), optional("s", text), optional("ids", value.ArrayOf(integer)), optional("flag", boolean))
	b.flat(5)
	b.p.ReadOnly = true
	a, bb, c, s, ids, flag := b.arg(1), b.arg(2), b.arg(3), b.arg(4), b.arg(5), b.arg(6)
	var list []scalar.Expr
	for _, x := range []string{"ant", "bee", "cat", "dog", "elk"} {
		list = append(list, constant(text, x))
	}
	in := &scalar.InList{Node: node(boolean), Left: s, Op: named("<>", "textne"), List: list, All: true}
	anyOf := &scalar.AnyArray{Node: node(boolean), Left: bb, Array: ids, Op: named("=", "int4eq")}
	eq := apply(boolean, "int4eq", a, bb)
	less := apply(boolean, "int8lt", c, constant(bigint, "5"))
	return b.body(when(and(&scalar.Not{Node: node(boolean), Arg: and(eq, less)}, in),
		&phys.EmitRow{Exprs: []scalar.Expr{
			or(eq, flag),
			anyOf,
			&scalar.Case{Node: node(text), Whens: []scalar.When{{Cond: eq, Then: s}, {Cond: anyOf, Then: constant(text, "any")}}},
			&scalar.Coalesce{Node: node(integer), Args: []scalar.Expr{a, apply(integer, "int4pl", bb, constant(integer, "1"))}},
			&scalar.IsDistinct{Node: node(boolean), Eq: fn("float8eq"), Left: constant(double, "NaN"), Right: &scalar.Const{Node: node(double), Null: true}},
		}}))
}

// hostile has names and constants that try to be code.
func hostile() *phys.Program {
	b := build("Hostile", "SELECT 'it''s' AS \"end\" -- ]] \x00 --[[ os.exit()\r\nFROM t\u2028;", arg("end", text), arg("a b\n--[[", text), arg("redis", text), arg("", text))
	b.flat(6)
	b.p.ReadOnly = true
	_, col := b.col("]]end", text, false)
	id := col.(*scalar.Column).ID
	twice := apply(text, "textcat", b.arg(1), b.arg(1))
	cat := apply(text, "textcat", apply(text, "textcat", twice, b.arg(2)), apply(text, "textcat", b.arg(3), b.arg(4)))
	return b.body(
		&phys.Comment{Text: "]] x\nos.exit() \x1b[31m"},
		&phys.Let{Col: id, Expr: cat},
		&phys.EmitRow{Exprs: []scalar.Expr{
			col, constant(text, "\"\\\n\x01]]é\t'"), b.arg(2), apply(text, "textcat", b.arg(3), b.arg(3)),
			constant(value.Of(value.Bytea), `\x00ff0a22`), constant(double, "-Infinity"),
		}})
}

// multi is a fixed list of writes.
func multi() *phys.Program {
	b := build("Forget", "DELETE ...", arg("id", integer), arg("fleet_id", integer))
	m, f := vehicleMap(), vehiclesByFleet()
	b.use(m, f)
	key, field, row, set, sk, member := b.reg("key"), b.reg("field"), b.reg("row"), b.reg("set"), b.reg("sort_key"), b.reg("member")
	return b.body(
		&phys.MakeKey{Dst: key, Of: m}, &phys.MakeField{Dst: field, Of: m, Exprs: []scalar.Expr{b.arg(1)}},
		&phys.Pack{Dst: row, Of: m, Exprs: []scalar.Expr{b.arg(2), constant(status, "active"), &scalar.Const{Node: node(text), Null: true}}},
		&phys.HSet{Key: key, Field: field, Value: row},
		&phys.MakeKey{Dst: set, Of: f, Parts: []scalar.Expr{b.arg(2)}}, &phys.MakeSortKey{Dst: sk, Of: f, Exprs: []scalar.Expr{b.arg(1)}},
		&phys.Pack{Dst: member, Of: f, Key: sk, Exprs: []scalar.Expr{constant(status, "active")}}, &phys.ZAdd{Key: set, Member: member})
}

// manyLocals needs more locals than a Lua function has.
func manyLocals() *phys.Program {
	b := build("Many", "SELECT ...", arg("x", integer))
	var ops []phys.Op
	var sums []scalar.Expr
	x := b.arg(1)
	for range 300 {
		id, e := b.col("sum", integer, false)
		ops = append(ops, &phys.Let{Col: id, Expr: apply(integer, "int4pl", x, constant(integer, "1"))})
		sums = append(sums, e)
		x = e
	}
	b.flat(len(sums))
	return b.body(append(ops, &phys.EmitRow{Exprs: sums})...)
}
