package luagen_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/prequel-db/prequel/lowering/phys"
	"github.com/prequel-db/prequel/luagen"
	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqlparse/bound"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// byNumber is a sorted set of integers without payload, one set for each group.
func byNumber() *phys.Structure {
	return &phys.Structure{
		Kind: phys.SortedSet, Name: "by_number", Fingerprint: "num", Partition: []phys.Col{{Name: "g", Type: text}},
		Order: []phys.OrderCol{{Col: phys.Col{Name: "n", Type: integer}}},
	}
}

// rangeProgram reads members between two edges.
func rangeProgram(name string, z phys.ZRange, params []bound.Param, edges ...scalar.Expr) *phys.Program {
	cols := &scalar.Columns{}
	n := cols.New("n", integer, false)
	s := byNumber()
	z.Dst, z.Key = 3, 1
	p := &phys.Program{
		Name: name, Columns: cols, Params: params, ReadOnly: true,
		RegNames: map[phys.Reg]string{1: "key", 3: "members", 4: "member", 10: "bound", 11: "bound"},
		Reply:    phys.Reply{Kind: phys.Flat, Outputs: make([]phys.ReplyColumn, 1)},
		Body:     []phys.Op{&phys.MakeKey{Dst: 1, Of: s, Parts: []scalar.Expr{constant(text, "a")}}},
	}
	for i, e := range edges {
		p.Body = append(p.Body, &phys.MakeSortKey{Dst: phys.Reg(10 + i), Of: s, Exprs: []scalar.Expr{e}})
	}
	p.Body = append(p.Body, &z, &phys.ForEach{Item: 4, List: 3, Body: []phys.Op{
		&phys.Unpack{Src: 4, Of: s, Binds: []phys.Bind{{Col: n, InKey: true, Pos: 0}}},
		&phys.EmitRow{Exprs: []scalar.Expr{&scalar.Column{Node: node(integer), ID: n}}},
	}})
	return p
}

type rangeCase struct {
	prog *phys.Program
	args []any
	want string
}

func TestRanges(t *testing.T) {
	lo, hi := phys.Reg(10), phys.Reg(11)
	limits := []bound.Param{{Number: 1, Name: "limit", Type: bigint, Nullable: true}, {Number: 2, Name: "offset", Type: bigint, Nullable: true}}
	maxInt := constant(integer, "2147483647")
	cases := []rangeCase{
		{rangeProgram("All", phys.ZRange{}, nil), nil, "[-5 0 3 7 2147483647]"},
		{rangeProgram("Backwards", phys.ZRange{Reverse: true}, nil), nil, "[2147483647 7 3 0 -5]"},
		{rangeProgram("From", phys.ZRange{From: phys.Edge{Key: lo}}, nil, constant(integer, "0")), nil, "[0 3 7 2147483647]"},
		{rangeProgram("After", phys.ZRange{From: phys.Edge{Key: lo, After: true}}, nil, constant(integer, "0")), nil, "[3 7 2147483647]"},
		{rangeProgram("AfterLast", phys.ZRange{From: phys.Edge{Key: lo, After: true}}, nil, maxInt), nil, "[]"},
		{rangeProgram("UpToLast", phys.ZRange{To: phys.Edge{Key: lo, After: true}}, nil, maxInt), nil, "[-5 0 3 7 2147483647]"},
		{rangeProgram("Below", phys.ZRange{To: phys.Edge{Key: lo}}, nil, constant(integer, "3")), nil, "[-5 0]"},
		{rangeProgram("Exact", phys.ZRange{From: phys.Edge{Key: lo}, To: phys.Edge{Key: hi, After: true}, Reverse: true}, nil,
			constant(integer, "0"), constant(integer, "7")), nil, "[7 3 0]"},
		{rangeProgram("First", phys.ZRange{Limit: constant(bigint, "2")}, nil), nil, "[-5 0]"},
		{rangeProgram("None", phys.ZRange{Limit: constant(bigint, "0")}, nil), nil, "[]"},
		{rangeProgram("Negative", phys.ZRange{Limit: constant(bigint, "-1")}, nil), nil, "error: PQ2201W LIMIT must not be negative"},
		{rangeProgram("Page", phys.ZRange{Limit: param(1, bigint), Offset: param(2, bigint)}, limits), []any{"=2", "=1"}, "[0 3]"},
		{rangeProgram("Page", phys.ZRange{Limit: param(1, bigint), Offset: param(2, bigint), Reverse: true}, limits), []any{"=2", ""}, "[2147483647 7]"},
		{rangeProgram("Page", phys.ZRange{Limit: param(1, bigint), Offset: param(2, bigint)}, limits), []any{"", "=3"}, "[7 2147483647]"},
		{rangeProgram("Page", phys.ZRange{Limit: param(1, bigint), Offset: param(2, bigint)}, limits), []any{"=9223372036854775807", "=9223372036854775807"}, "[]"},
		{rangeProgram("Page", phys.ZRange{Limit: param(1, bigint), Offset: param(2, bigint)}, limits), []any{"=-1", "=-1"}, "error: PQ2201X OFFSET must not be negative"},
		{rangeProgram("Page", phys.ZRange{Limit: param(1, bigint), Offset: param(2, bigint)}, limits), []any{"=-1", ""}, "error: PQ2201W LIMIT must not be negative"},
	}
	wrapped := rangeProgram("Known", phys.ZRange{Limit: param(1, bigint)}, limits)
	wrapped.Body = []phys.Op{when(and(is(param(1, bigint), true), apply(boolean, "int8gt", param(2, bigint), constant(bigint, "0"))), wrapped.Body...)}
	cases = append(cases, []rangeCase{
		{wrapped, []any{"=2", "=1"}, "[-5 0]"}, {wrapped, []any{"", "=1"}, "[]"}, {wrapped, []any{"=2", ""}, "[]"},
	}...)
	var progs []*phys.Program
	for i := range cases {
		p := *cases[i].prog
		p.Name += fmt.Sprint(i)
		progs = append(progs, &p)
	}
	out, err := luagen.Generate(progs, luagen.Options{Root: root, Library: library})
	if err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	for _, e := range engines(t, out) {
		for _, n := range []int64{-5, 0, 3, 7, 2147483647} {
			key, err := value.AppendSort(nil, value.SortCol{Type: integer}, value.Int(n))
			if err != nil {
				t.Fatal(err)
			}
			if err := e.client.Do(ctx, "ZADD", root+"num:a", 0, string(key)).Err(); err != nil {
				t.Fatal(err)
			}
		}
		for i, c := range cases {
			if got := show(e.call(&out.Functions[i], keysOf(&out.Functions[i]), c.args)); got != c.want {
				t.Errorf("%s: %s%v = %s, want %s\n%s", e.name, c.prog.Name, c.args, got, c.want, out.Functions[i].Script)
			}
		}
	}
}

// keysOf are a function's declared keys, as far as they are literal.
func keysOf(f *luagen.Function) []string {
	var keys []string
	for _, k := range f.Keys {
		s := ""
		for _, p := range k.Parts {
			s += p.Lit
		}
		keys = append(keys, s)
	}
	return keys
}

// TestBuckets stores rows in buckets by ids of all signs and sizes, and reads them back one by one and by the bucket.
func TestBuckets(t *testing.T) {
	s := &phys.Structure{
		Kind: phys.RowMap, Name: "rows", Fingerprint: "bkt", Bucket: 128, Field: []phys.Col{{Name: "id", Type: bigint}},
		Payload: []phys.Col{{Name: "note", Type: text}},
	}
	params := []bound.Param{{Number: 1, Name: "id", Type: bigint}, {Number: 2, Name: "note", Type: text}}
	cols := &scalar.Columns{}
	id, note := cols.New("copy", bigint, false), cols.New("note", text, false)
	col := func(id scalar.ColumnID) scalar.Expr { return &scalar.Column{Node: node(cols.Get(id).Type), ID: id} }
	sum := apply(bigint, "int8pl", param(1, bigint), constant(bigint, "0")) // computed, so that no key is declared
	write := &phys.Program{
		Name: "Write", Columns: cols, Params: params, Body: []phys.Op{
			&phys.Let{Col: id, Expr: sum},
			&phys.MakeKey{Dst: 1, Of: s, Parts: []scalar.Expr{col(id)}}, &phys.MakeField{Dst: 2, Of: s, Exprs: []scalar.Expr{col(id)}},
			&phys.Pack{Dst: 3, Of: s, Exprs: []scalar.Expr{param(2, text)}}, &phys.HSet{Key: 1, Field: 2, Value: 3}, &phys.AddCount{},
		},
		Reply: phys.Reply{Count: true},
	}
	read := &phys.Program{
		Name: "Read", Columns: cols, Params: params[:1], ReadOnly: true, Body: []phys.Op{
			&phys.MakeKey{Dst: 1, Of: s, Parts: []scalar.Expr{param(1, bigint)}}, &phys.MakeField{Dst: 2, Of: s, Exprs: []scalar.Expr{param(1, bigint)}},
			&phys.HGet{Dst: 3, Key: 1, Field: 2},
			&phys.If{Cond: &phys.Present{Reg: 3}, Then: []phys.Op{
				&phys.Unpack{Src: 3, Of: s, Binds: []phys.Bind{{Col: note, Pos: 0}}}, &phys.EmitRow{Exprs: []scalar.Expr{col(note)}},
			}},
		},
		Reply: phys.Reply{Kind: phys.Flat, Outputs: make([]phys.ReplyColumn, 1)},
	}
	out, err := luagen.Generate([]*phys.Program{write, read}, luagen.Options{Root: root, Library: library})
	if err != nil {
		t.Fatal(err)
	}
	ids := []string{
		"0", "127", "128", "-1", "-128", "-129", "9007199254740992", "9007199254740993", "-9007199254740993",
		"9223372036854775807", "-9223372036854775808", "-9223372036854775807",
	}
	buckets := []string{
		"0", "0", "1", "-1", "-1", "-2", "70368744177664", "70368744177664", "-70368744177665", "72057594037927935",
		"-72057594037927936", "-72057594037927936",
	}
	within := []string{"0", "127", "0", "127", "0", "127", "0", "1", "127", "127", "0", "1"}
	for _, e := range engines(t, out) {
		for i, id := range ids {
			if got := show(e.call(&out.Functions[0], nil, []any{id, "row " + id})); got != "1" {
				t.Fatalf("%s: write %s: %s\n%s", e.name, id, got, out.Functions[0].Script)
			}
			stored, err := e.client.HGet(context.Background(), root+"bkt:"+buckets[i], within[i]).Result()
			if err != nil || stored != "row "+id {
				t.Errorf("%s: row %s is not in bucket %s at %s: %q %v\n%s", e.name, id, buckets[i], within[i], stored, err, out.Functions[0].Script)
			}
			want := fmt.Sprintf("%q", "row "+id)
			if got := show(e.call(&out.Functions[1], []string{root + "bkt:" + buckets[i]}, []any{id})); got != want {
				t.Errorf("%s: read %s: %s, want %s\n%s", e.name, id, got, want, out.Functions[1].Script)
			}
		}
		if got := show(e.call(&out.Functions[1], []string{root + "bkt:0"}, []any{"5"})); got != "[]" {
			t.Errorf("%s: read of a missing row: %s", e.name, got)
		}
	}
}

// TestNotReady calls a function of a store that holds nothing.
func TestNotReady(t *testing.T) {
	out, err := luagen.Generate([]*phys.Program{rangeProgram("Cold", phys.ZRange{}, nil)}, luagen.Options{Root: root, Library: library})
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range engines(t, out) {
		e.client.Del(context.Background(), root+"ready:x")
		if got := show(e.call(&out.Functions[0], []string{root + "num:a"}, nil)); !strings.HasPrefix(got, "error: PQNOTREADY ") {
			t.Errorf("%s: %s", e.name, got)
		}
	}
}

// TestManyFields reads more fields than one command takes.
func TestManyFields(t *testing.T) {
	const n = 6000
	s := &phys.Structure{
		Kind: phys.RowMap, Name: "rows", Fingerprint: "many", Field: []phys.Col{{Name: "id", Type: integer}},
		Payload: []phys.Col{{Name: "v", Type: integer}},
	}
	cols := &scalar.Columns{}
	id, v, total := cols.New("id", integer, true), cols.New("v", integer, false), cols.New("total", bigint, true)
	col := func(id scalar.ColumnID) scalar.Expr { return &scalar.Column{Node: node(cols.Get(id).Type), ID: id} }
	sum := []phys.Agg{{Name: "sum", Args: []scalar.Expr{col(v)}, Type: bigint}}
	prog := &phys.Program{
		Name: "Many", Columns: cols, ReadOnly: true,
		Params: []bound.Param{{Number: 1, Name: "ids", Type: value.ArrayOf(integer)}},
		Body: []phys.Op{
			&phys.MakeKey{Dst: 1, Of: s}, &phys.NewList{Dst: 2},
			&phys.ForArray{Col: id, Array: param(1, value.ArrayOf(integer)), Body: []phys.Op{
				&phys.MakeField{Dst: 3, Of: s, Exprs: []scalar.Expr{col(id)}}, &phys.AppendReg{List: 2, Src: 3},
			}},
			&phys.HMGet{Dst: 4, Key: 1, Fields: 2},
			&phys.NewGroups{Dst: 5, Aggs: sum, Scalar: true},
			&phys.ForEach{Item: 6, List: 4, Body: []phys.Op{
				&phys.Unpack{Src: 6, Of: s, Binds: []phys.Bind{{Col: v, Pos: 0}}}, &phys.GroupRow{Groups: 5, Aggs: sum},
			}},
			&phys.ForGroups{Groups: 5, Aggs: sum, Cols: []scalar.ColumnID{total}, Body: []phys.Op{&phys.EmitRow{Exprs: []scalar.Expr{col(total)}}}},
		}, Reply: phys.Reply{Kind: phys.Flat, Outputs: make([]phys.ReplyColumn, 1)},
	}
	out, err := luagen.Generate([]*phys.Program{prog}, luagen.Options{Root: root, Library: library})
	if err != nil {
		t.Fatal(err)
	}
	var list strings.Builder
	want := 0
	for i := range n {
		fmt.Fprintf(&list, "%d:%d", len(fmt.Sprint(i)), i)
		if i%2 == 0 { // the odd ones are missing
			want += i
		}
	}
	for _, e := range engines(t, out) {
		pipe := e.client.Pipeline()
		for i := 0; i < n; i += 2 {
			pipe.HSet(context.Background(), root+"many", fmt.Sprint(i), i) // a row of one integer is decimal
		}
		if _, err := pipe.Exec(context.Background()); err != nil {
			t.Fatal(err)
		}
		if got := show(e.call(&out.Functions[0], []string{root + "many"}, []any{list.String()})); got != fmt.Sprint(want) {
			t.Errorf("%s: %s, want %d\n%s", e.name, got, want, out.Functions[0].Script)
		}
	}
}
