package phys_test

import (
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"github.com/prequel-db/prequel/lowering/cost"
	"github.com/prequel-db/prequel/lowering/phys"
	"github.com/prequel-db/prequel/planner/algebra"
	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqlparse/bound"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

var (
	integer = value.Of(value.Int4)
	bigint  = value.Of(value.Int8)
	text    = value.Of(value.Text)
	boolean = value.Of(value.Bool)
	instant = value.Of(value.Timestamptz)
)

func pings() *phys.Structure {
	return &phys.Structure{
		Kind: phys.SortedSet, Relation: "pings", Name: "pings_by_vehicle_at", Fingerprint: "a1b2c3",
		Partition: []phys.Col{{Name: "vehicle_id", Type: integer}, {Name: "kind", Type: text, Nullable: true}},
		Order: []phys.OrderCol{
			{Col: phys.Col{Name: "at", Type: instant}, Desc: true},
			{Col: phys.Col{Name: "note", Type: text, Nullable: true}, NullsFirst: true},
			{Col: phys.Col{Name: "id", Type: integer}},
		},
		Payload: []phys.Col{{Name: "speed", Type: value.Of(value.Float8), Nullable: true}, {Name: "label", Type: text}, {Name: "tags", Type: text}},
		Memory:  phys.Memory{Large: phys.Footprint{Row: 88, Key: 800}, Small: phys.Footprint{Row: 40, Key: 100}}, Rows: cost.Size("rows(pings)"), Why: []string{"RecentPings"},
	}
}

func vehicles() *phys.Structure {
	return &phys.Structure{
		Kind: phys.RowMap, Relation: "vehicles", Name: "vehicles", Fingerprint: "d4e5f6", Bucket: 128,
		Field: []phys.Col{{Name: "id", Type: bigint}}, Payload: []phys.Col{{Name: "label", Type: text}},
	}
}

func statuses() *phys.Structure {
	return &phys.Structure{
		Kind: phys.RowMap, Relation: "vehicles", Name: "vehicles_by_status", Fingerprint: "0f0f0f",
		Field: []phys.Col{{Name: "status", Type: text}, {Name: "id", Type: integer}},
	}
}

func rowIDs() *phys.Structure {
	return &phys.Structure{Kind: phys.Counter, Relation: "log", Name: "log_row_id", Fingerprint: "777777"}
}

func node(t value.Type) scalar.Node { return scalar.Node{Typ: t} }

func param(n int, t value.Type) scalar.Expr { return &scalar.Param{Node: node(t), Number: n} }

// everything is a program with every instruction; it need not make sense, but must be legal.
func everything() *phys.Program {
	cols := &scalar.Columns{}
	var ids []algebra.ColumnID
	col := func(name string, t value.Type) scalar.Expr {
		id := cols.New(name, t, true)
		ids = append(ids, id)
		return &scalar.Column{Node: node(t), ID: id}
	}
	at, speed, n, taken, total, g := col("at", instant), col("speed", value.Of(value.Float8)), col("n", bigint), col("taken", boolean),
		col("total", bigint), col("g", text)
	id := func(e scalar.Expr) algebra.ColumnID { return e.(*scalar.Column).ID }
	s, v := pings(), vehicles()
	const key, bound1, list, row, field, packed, member, set, counts, matches, groups, other, mark, saved, skip, wanted phys.Reg = 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16
	plus := &scalar.Call{Node: node(bigint), Fn: &scalar.Func{Name: "+", Proc: "int8pl", Strict: true}, Args: []scalar.Expr{n, n}}
	sum := []phys.Agg{{Name: "sum", Args: []scalar.Expr{n}, Filter: taken, Type: value.Of(value.Numeric)}, {Name: "count", Type: bigint}}
	keys := []phys.RowKey{{Pos: 0, Type: bigint, Desc: true}, {Pos: 1, Type: text, Nullable: true, NullsFirst: true}}
	return &phys.Program{
		Name: "Everything", Columns: cols, Params: []bound.Param{{Number: 1, Name: "vehicle", Type: integer}},
		RegNames: map[phys.Reg]string{
			key: "key", bound1: "bound", list: "rows", row: "row", field: "field", packed: "packed", member: "packed",
			set: "seen", counts: "counts", matches: "by_id", groups: "groups", other: "list", mark: "mark", saved: "saved",
			skip: "skip", wanted: "wanted",
		},
		Reply: phys.Reply{Kind: phys.Flat, Count: true, Outputs: make([]phys.ReplyColumn, 2)},
		Bound: phys.Bound{Commands: cost.Const(3).Add(cost.Size("$limit")), Rows: cost.Size("$limit"), Class: phys.Output},
		Body: []phys.Op{
			&phys.Comment{Text: "two\nlines"},
			&phys.MakeKey{Dst: key, Of: s, Parts: []scalar.Expr{param(1, integer), &scalar.Const{Node: node(text), Null: true}}},
			&phys.MakeSortKey{Dst: bound1, Of: s, Exprs: []scalar.Expr{param(0, instant)}},
			&phys.ZRange{
				Dst: list, Key: key, From: phys.Edge{Key: bound1}, To: phys.Edge{Key: bound1, After: true}, Reverse: true,
				Limit: param(1, integer), Offset: param(1, integer), Rows: cost.Size("$limit"),
			},
			&phys.DeclareReg{Reg: saved},
			&phys.Let{Col: id(n), Expr: &scalar.Const{Node: node(bigint), Text: "0"}},
			&phys.Let{Col: id(speed), Expr: &scalar.Const{Node: node(value.Of(value.Float8)), Null: true}},
			&phys.Declare{Cols: []algebra.ColumnID{id(taken), id(g)}},
			&phys.NewMap{Dst: set}, &phys.NewMap{Dst: counts}, &phys.NewMap{Dst: matches},
			&phys.NewGroups{Dst: groups, Aggs: sum}, &phys.NewList{Dst: other},
			&phys.ForEach{Item: row, List: list, Rows: cost.Size("$limit"), Body: []phys.Op{
				&phys.SetReg{Dst: saved, Src: row},
				&phys.Unpack{Src: row, Of: s, Binds: []phys.Bind{{Col: id(at), InKey: true, Pos: 0}, {Col: id(speed), Pos: 0}}},
				&phys.Let{Col: id(n), Expr: &scalar.Const{Node: node(bigint), Text: "1"}},
				&phys.Set{Col: id(taken), Expr: &scalar.IsNull{Node: node(boolean), Arg: speed}},
				&phys.GroupRow{Groups: groups, Keys: []scalar.Expr{g}, Aggs: sum},
				&phys.If{
					Cond: &phys.Negate{Cond: &phys.IsTrue{Expr: taken}}, Then: []phys.Op{&phys.Break{}},
					Else: []phys.Op{&phys.AppendRow{List: other, Exprs: []scalar.Expr{n, g}}},
				},
				&phys.IfNew{Set: set, Key: []scalar.Expr{at}, Body: []phys.Op{&phys.MapAppend{Map: matches, Key: []scalar.Expr{n}, Row: []scalar.Expr{g}}}},
				&phys.Tally{Counts: counts, Key: []scalar.Expr{n}, Delta: -1, Positive: true, Body: []phys.Op{&phys.AddCount{}}},
			}},
			&phys.SortRows{List: other, Keys: keys},
			&phys.RowOffset{Dst: skip, Offset: param(1, integer)},
			&phys.RowLimit{Dst: wanted, Skip: skip, Limit: param(1, integer)},
			&phys.KeepRows{List: other, Limit: wanted, Ties: keys},
			&phys.SkipRows{List: other, Skip: skip},
			&phys.WindowRows{
				List: other, Width: 2, Order: keys[:1], Cols: []algebra.ColumnID{id(n), id(g)},
				Funcs: []phys.WindowFunc{{Name: "rank", Type: bigint}, {Name: "sum", Agg: &sum[0], Type: bigint}},
			},
			&phys.ForRows{List: other, Cols: []algebra.ColumnID{id(n), 0}, Body: []phys.Op{
				&phys.ForMatches{Map: matches, Key: []scalar.Expr{plus}, Row: mark, Cols: []algebra.ColumnID{id(g)}, Body: []phys.Op{
					&phys.MarkRow{Row: mark}, &phys.EmitRow{Exprs: []scalar.Expr{n, g}},
				}},
			}},
			&phys.ForMapRows{Map: matches, Cols: []algebra.ColumnID{id(g)}, Unmarked: true, Body: []phys.Op{}},
			&phys.ForGroups{
				Groups: groups, Keys: []algebra.ColumnID{id(g)}, Aggs: sum, Cols: []algebra.ColumnID{id(total), 0}, Rows: cost.Const(4),
				Body: []phys.Op{&phys.EmitRow{Exprs: []scalar.Expr{g, total}}},
			},
			&phys.ForArray{Col: id(n), Array: &scalar.Const{Node: node(value.ArrayOf(bigint)), Text: "{1,2}"}, Body: []phys.Op{&phys.AppendReg{List: list, Src: key}}},
			&phys.If{Cond: &phys.InSet{Set: set, Key: []scalar.Expr{n}}, Then: []phys.Op{&phys.Raise{
				SQLState: "23505", Constraint: "pk", Table: "pings",
				Message: []scalar.Expr{&scalar.Const{Node: node(text), Text: "taken"}}, Detail: []scalar.Expr{g},
			}}},
			&phys.Block{Comment: "vehicles", Body: []phys.Op{
				&phys.MakeKey{Dst: key, Of: v, Parts: []scalar.Expr{n}}, &phys.MakeField{Dst: field, Of: v, Exprs: []scalar.Expr{n}},
				&phys.HGet{Dst: row, Key: key, Field: field}, &phys.HExists{Dst: id(taken), Key: key, Field: field}, &phys.HLen{Dst: id(n), Key: key},
				&phys.HVals{Dst: list, Key: key, Rows: cost.Const(2)}, &phys.HMGet{Dst: other, Key: key, Fields: list},
				&phys.ZCount{Dst: id(n), Key: key}, &phys.Incr{Dst: id(n), Key: key},
				&phys.Pack{Dst: packed, Of: v, Exprs: []scalar.Expr{g}}, &phys.Pack{Dst: member, Of: s, Key: bound1, Exprs: []scalar.Expr{speed, g, g}},
				&phys.If{Cond: &phys.Negate{Cond: &phys.SameBytes{A: packed, B: member}}, Then: []phys.Op{
					&phys.HSet{Key: key, Field: field, Value: packed}, &phys.HDel{Key: key, Field: field},
					&phys.ZAdd{Key: key, Member: member}, &phys.ZRem{Key: key, Member: member},
				}},
				&phys.If{Cond: &phys.ListEmpty{List: list}, Then: []phys.Op{&phys.If{Cond: &phys.Present{Reg: row}}}},
			}},
		},
	}
}

func TestPrintedForms(t *testing.T) {
	datadriven.RunTest(t, "testdata/printed", func(t *testing.T, d *datadriven.TestData) string {
		switch d.Cmd {
		case "program":
			p := everything()
			if err := phys.Check(p); err != nil {
				return err.Error() + "\n"
			}
			return phys.Format(p)
		case "structures":
			var out []string
			for _, s := range []*phys.Structure{pings(), vehicles(), statuses(), rowIDs()} {
				out = append(out, phys.Describe(s, "{fleet}"))
			}
			return strings.Join(out, "\n")
		}
		t.Fatalf("command %q", d.Cmd)
		return ""
	})
}

// TestCheck breaks a legal program in one place at a time.
func TestCheck(t *testing.T) {
	one := func() scalar.Expr { return &scalar.Const{Node: node(bigint), Text: "1"} }
	write := []phys.Op{
		&phys.MakeKey{Dst: 1, Of: statuses()}, &phys.MakeField{Dst: 2, Of: statuses(), Exprs: []scalar.Expr{one(), one()}},
		&phys.Pack{Dst: 3, Of: statuses()}, &phys.HSet{Key: 1, Field: 2, Value: 3},
	}
	raise := &phys.Raise{SQLState: "23505"}
	list := &phys.NewList{Dst: 9}
	for _, c := range []struct {
		name string
		ops  []phys.Op
		want string // "" for legal
	}{
		{"write", write, ""},
		{"raise before write", append([]phys.Op{raise}, write...), ""},
		{"raise after write", append(write[:4:4], raise), "23505 is raised after a write"},
		{"raise and write in different branches", []phys.Op{&phys.If{
			Cond: &phys.IsTrue{Expr: &scalar.Const{Node: node(boolean), Text: "t"}},
			Then: write, Else: []phys.Op{raise},
		}}, ""},
		{"raise in a loop that writes", []phys.Op{list, &phys.ForRows{List: 9, Body: append([]phys.Op{raise}, write...)}}, "is raised in a loop that writes"},
		{"register before value", []phys.Op{&phys.HDel{Key: 1, Field: 2}}, "register #1  is used before it has a value"},
		{"register of a branch", []phys.Op{&phys.If{Cond: &phys.IsTrue{Expr: one()}, Then: write[:1]}, &phys.HVals{Dst: 2, Key: 1}}, "is used before it has a value"},
		{"wrong kind", []phys.Op{list, &phys.HVals{Dst: 2, Key: 9}}, "holds a list, not a string"},
		{"column before value", []phys.Op{list, &phys.AppendRow{List: 9, Exprs: []scalar.Expr{&scalar.Column{Node: node(bigint), ID: 1}}}}, "column c:1 is used before it has a value"},
		{"set without declare", []phys.Op{&phys.Set{Col: 1, Expr: one()}}, "is not declared"},
		{"break outside", []phys.Op{&phys.Break{}}, "stands outside of a loop"},
		{"break not last", []phys.Op{list, &phys.ForRows{List: 9, Body: []phys.Op{&phys.Break{}, &phys.AddCount{}}}}, "not last in its block"},
		{"too few values", []phys.Op{&phys.MakeField{Dst: 2, Of: statuses(), Exprs: []scalar.Expr{one()}}}, "1 values for 2 columns of vehicles_by_status"},
		{"position", []phys.Op{write[2], &phys.Unpack{Src: 3, Of: statuses(), Binds: []phys.Bind{{Col: 1, Pos: 0}}}}, "position 0 of 0"},
		{"reply", []phys.Op{&phys.EmitRow{Exprs: []scalar.Expr{one()}}}, "1 values in a reply of 0 columns"},
		{"parameter", []phys.Op{&phys.Let{Col: 1, Expr: param(2, bigint)}}, "parameter $2 of 0"},
	} {
		cols := &scalar.Columns{}
		cols.New("c", bigint, false)
		err := phys.Check(&phys.Program{Name: "P", Columns: cols, Body: c.ops})
		switch {
		case err == nil && c.want != "":
			t.Errorf("%s: no error, want %q", c.name, c.want)
		case err != nil && (c.want == "" || !strings.Contains(err.Error(), c.want)):
			t.Errorf("%s: error %q, want %q", c.name, err, c.want)
		}
	}
}

// TestFormatOp: an instruction's first line needs no layout of what stands inside, which may be unknown yet.
func TestFormatOp(t *testing.T) {
	p := &phys.Program{RegNames: map[phys.Reg]string{1: "row"}}
	unknown := &phys.Unpack{Src: 1, Of: statuses(), Binds: []phys.Bind{{Pos: -1}}}
	op := &phys.If{Cond: &phys.Present{Reg: 1}, Then: []phys.Op{unknown}, Else: []phys.Op{unknown}}
	if got := phys.FormatOp(p, op); got != "if row present" {
		t.Errorf("got %q", got)
	}
}
