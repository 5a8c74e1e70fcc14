package luagen

import (
	"testing"

	"github.com/prequel-db/prequel/lowering/phys"
	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqlparse/bound"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

func TestTry(t *testing.T) {
	cols := &scalar.Columns{}
	i4, ts, f8, txt := value.Of(value.Int4), value.Of(value.Timestamptz), value.Of(value.Float8), value.Of(value.Text)
	id := cols.New("vehicle_id", i4, false)
	at := cols.New("at", ts, false)
	sp := cols.New("speed", f8, true)
	note := cols.New("note", txt, true)
	label := cols.New("label", txt, false)
	_ = id
	st := &phys.Structure{Kind: phys.SortedSet, Relation: "pings", Name: "pings_by_vehicle_at", Fingerprint: "a1b2c3",
		Partition: []phys.Col{{Name: "vehicle_id", Type: i4}},
		Order:     []phys.OrderCol{{Col: phys.Col{Name: "at", Type: ts}}},
		Payload: []phys.Col{{Name: "speed", Type: f8, Nullable: true}, {Name: "note", Type: txt, Nullable: true},
			{Name: "label", Type: txt}}}
	p := func(n int, t value.Type) scalar.Expr { return &scalar.Param{Node: scalar.Node{Typ: t}, Number: n} }
	c := func(id scalar.ColumnID) scalar.Expr {
		return &scalar.Column{Node: scalar.Node{Typ: cols.Get(id).Type}, ID: id}
	}
	op := func(proc string, args ...scalar.Expr) scalar.Expr {
		return &scalar.Call{Node: scalar.Node{Typ: value.Of(value.Bool)}, Fn: &scalar.Func{Name: proc, Proc: proc, Strict: true}, Args: args}
	}
	prog := &phys.Program{Name: "RecentPings", SQL: "SELECT at, speed, note\nFROM pings WHERE vehicle_id = $1 AND at >= $2 -- ]]",
		Columns: cols, ReadOnly: true,
		Params: []bound.Param{{Number: 1, Name: "vehicle_id", Type: i4}, {Number: 2, Name: "since", Type: ts}, {Number: 3, Name: "min speed", Type: f8, Nullable: true},
			{Number: 4, Name: "limit", Type: value.Of(value.Int8)}},
		RegNames:   map[phys.Reg]string{1: "key", 2: "bound", 3: "rows", 4: "row"},
		Structures: []*phys.Structure{st},
		Reply:      phys.Reply{Kind: phys.Flat, Outputs: make([]phys.ReplyColumn, 3)},
		Body: []phys.Op{
			&phys.MakeKey{Dst: 1, Of: st, Parts: []scalar.Expr{p(1, i4)}},
			&phys.MakeSortKey{Dst: 2, Of: st, Exprs: []scalar.Expr{p(2, ts)}},
			&phys.ZRange{Dst: 3, Key: 1, From: phys.Edge{Key: 2}, Reverse: true, Limit: p(4, value.Of(value.Int8))},
			&phys.ForEach{Item: 4, List: 3, Body: []phys.Op{
				&phys.Unpack{Src: 4, Of: st, Binds: []phys.Bind{{Col: at, InKey: true, Pos: 0}, {Col: sp, Pos: 0}, {Col: note, Pos: 1}, {Col: label, Pos: 2}}},
				&phys.If{Cond: &phys.IsTrue{Expr: &scalar.Or{Node: scalar.Node{Typ: value.Of(value.Bool)}, Args: []scalar.Expr{
					&scalar.IsNull{Node: scalar.Node{Typ: value.Of(value.Bool)}, Arg: p(3, f8)}, op("float8ge", c(sp), p(3, f8))}}},
					Then: []phys.Op{&phys.EmitRow{Exprs: []scalar.Expr{c(at), c(sp), c(note)}}}},
			}},
		}}
	out, err := Generate([]*phys.Program{prog}, Options{Root: "{p}", Library: "prequel_fp"})
	if err != nil {
		t.Fatal(err)
	}
	t.Log("\n" + out.Functions[0].Script)
	t.Log("\n" + out.Library)
}
