package luagen_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/prequel-db/prequel/lowering/phys"
	"github.com/prequel-db/prequel/luagen"
	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqlparse/bound"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

var mood = value.Type{Kind: value.Enum, Enum: &value.EnumType{Name: "mood", Labels: []string{"sad", "ok", "happy"}}}

// storedTypes are the types that rows can hold, with values in text form.
var storedTypes = []struct {
	typ    value.Type
	values []string
	order  bool // can stand in a sort key, and be read back from it
}{
	{boolean, []string{"t", "f"}, true},
	{value.Of(value.Int2), []string{"-32768", "0", "32767"}, true},
	{integer, []string{"-2147483648", "-1", "2147483647"}, true},
	{bigint, []string{"-9223372036854775808", "-9007199254740993", "5", "9223372036854775807"}, true},
	{value.Of(value.Date), []string{"2024-02-29", "infinity", "0044-03-15 BC"}, true},
	{value.Of(value.Time), []string{"00:00:00", "23:59:59.999999"}, true},
	{value.Of(value.Timestamptz), []string{"2024-02-29 12:00:00.000001+00", "-infinity"}, true},
	{value.Of(value.Float4), []string{"1.5", "-0", "NaN", "-Infinity", "1e-45"}, false},
	{double, []string{"1.5", "-0", "NaN", "Infinity", "5e-324", "-1.7976931348623157e308"}, false},
	{value.Of(value.UUID), []string{"00000000-0000-0000-0000-000000000000", "ffffffff-0102-0304-0506-0708090a0bff"}, true},
	{mood, []string{"sad", "happy"}, true},
	{text, []string{"", "a", "a\x01b", "üñ", "\xf4\x8f\xbf\xbf", string(make300())}, true},
	{value.Type{Kind: value.Varchar, Mod: 10}, []string{"abc"}, true},
	{value.Type{Kind: value.Char, Mod: 4}, []string{"ab  "}, true},
	{value.Of(value.Bytea), []string{`\x`, `\x00`, `\x0000ff01`, `\xff`}, true},
	{value.Of(value.Numeric), []string{"0.00", "1.50", "-12345678901234567890.001", "NaN", "1e-20"}, false},
	{value.ArrayOf(integer), []string{"{}", "{1,NULL,-3}"}, false},
	{value.ArrayOf(text), []string{"{}", `{"a b",NULL,""}`}, false},
}

func make300() []byte {
	b := make([]byte, 300)
	for i := range b {
		b[i] = 'x'
	}
	return b
}

// codecCase stores one row of all its columns and reads it back.
type codecCase struct {
	types       []value.Type
	nullable    []bool
	desc, first bool
	write, read int // programs
	structure   *phys.Structure
	layoutPos   []int
	params      []bound.Param
	orderTypes  []int // columns in the sort key
}

// TestStoredForms stores rows of every type in a row map and in sorted sets (ascending, descending, NULLs first and last),
// compares the bytes with the Go codec's, and reads them back.
func TestStoredForms(t *testing.T) {
	var cases []codecCase
	var progs []*phys.Program
	for variant := range 6 {
		c := codecCase{desc: variant == 2 || variant == 3, first: variant%2 == 1}
		for i, s := range storedTypes {
			c.types = append(c.types, s.typ)
			c.nullable = append(c.nullable, variant >= 1 && (i+variant)%3 > 0 || variant == 5)
		}
		c.build(variant, &progs)
		cases = append(cases, c)
	}
	out, err := luagen.Generate(progs, luagen.Options{Root: root, Library: library})
	if err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	for _, e := range engines(t, out) {
		for n := range 20 {
			for _, c := range cases {
				vals, args := c.row(n)
				wantRow, wantMember, name := c.expected(t, vals)
				c.checkKeys(t, out.Functions[c.write].Keys)
				keys := []string{root + "aa", root + "bb:" + name}
				if reply, err := e.call(&out.Functions[c.write], keys, args); err != nil {
					t.Fatalf("%s: %v %v\n%s", e.name, reply, err, out.Functions[c.write].Script)
				}
				row, err := e.client.HGet(ctx, root+"aa", name).Result()
				if err != nil || row != wantRow {
					t.Fatalf("%s: row %q, want %q (%v)\n%s", e.name, row, wantRow, err, out.Functions[c.write].Script)
				}
				members, err := e.client.ZRange(ctx, root+"bb:"+name, 0, -1).Result()
				if err != nil || len(members) != 1 || members[0] != wantMember {
					t.Fatalf("%s: members %q, want %q (%v)\n%s", e.name, members, wantMember, err, out.Functions[c.write].Script)
				}
				reply, err := e.call(&out.Functions[c.read], keys, args)
				if err != nil {
					t.Fatalf("%s: %v\n%s", e.name, err, out.Functions[c.read].Script)
				}
				c.checkReply(t, e.name, vals, reply.([]any), out.Functions[c.read].Script)
				e.client.FlushAll(ctx)
				e.client.Set(ctx, root+"ready:x", "1", 0)
			}
		}
	}
}

// row picks the n-th combination of values: the values, and the arguments.
func (c *codecCase) row(n int) ([]value.Value, []any) {
	var vals []value.Value
	var args []any
	for i, t := range c.types {
		v := value.Null
		if !c.nullable[i] || (n+i)%4 > 0 {
			var err error
			if v, err = value.Parse(t, storedTypes[i].values[(n+i)%len(storedTypes[i].values)]); err != nil {
				panic(err)
			}
		}
		vals = append(vals, v)
		var arg []byte
		var err error
		if c.nullable[i] {
			arg, err = value.AppendArgvNullable(nil, t, v)
		} else {
			arg, err = value.AppendArgv(nil, t, v)
		}
		if err != nil {
			panic(err)
		}
		args = append(args, string(arg))
	}
	return vals, args
}

// build makes the writing and the reading program. The row map and the sorted set are named by the columns whose name form is
// their value; the set is ordered by all that can be, and carries the rest.
func (c *codecCase) build(variant int, progs *[]*phys.Program) {
	var cols []value.LayoutCol
	for i, t := range c.types {
		cols = append(cols, value.LayoutCol{Type: t, Nullable: c.nullable[i]})
		c.params = append(c.params, bound.Param{Number: i + 1, Name: fmt.Sprintf("p%d", i), Type: t, Nullable: c.nullable[i]})
	}
	layout, pos := value.NewLayout(cols...)
	c.layoutPos = pos
	inverse := make([]int, len(pos))
	for i, p := range pos {
		inverse[p] = i
	}
	rowMap := &phys.Structure{Kind: phys.RowMap, Name: "rows", Fingerprint: "aa"}
	set := &phys.Structure{Kind: phys.SortedSet, Name: "members", Fingerprint: "bb"}
	var names, packed, order, rest []scalar.Expr
	p := func(i int) scalar.Expr { return param(i+1, c.types[i]) }
	for k := range layout.Cols {
		i := inverse[k]
		col := phys.Col{Name: fmt.Sprintf("c%d", i), Type: c.types[i], Nullable: c.nullable[i]}
		rowMap.Payload = append(rowMap.Payload, col)
		packed = append(packed, p(i))
		if !storedTypes[i].order {
			set.Payload = append(set.Payload, col)
			rest = append(rest, p(i))
		}
	}
	for i, s := range storedTypes {
		col := phys.Col{Name: fmt.Sprintf("c%d", i), Type: s.typ, Nullable: c.nullable[i]}
		if s.typ.Kind != value.Array {
			rowMap.Field = append(rowMap.Field, col)
			names = append(names, p(i))
		}
		if s.order {
			set.Order = append(set.Order, phys.OrderCol{Col: col, Desc: c.desc, NullsFirst: c.first})
			order = append(order, p(i))
			c.orderTypes = append(c.orderTypes, i)
		}
	}
	set.Partition = rowMap.Field
	c.structure = set
	c.write = len(*progs)
	*progs = append(*progs, &phys.Program{
		Name: fmt.Sprintf("Write%d", variant), Columns: &scalar.Columns{}, Params: c.params,
		RegNames: map[phys.Reg]string{5: "sort_key", 6: "member", 3: "packed"},
		Body: []phys.Op{
			&phys.MakeKey{Dst: 1, Of: rowMap},
			&phys.MakeField{Dst: 2, Of: rowMap, Exprs: names},
			&phys.Pack{Dst: 3, Of: rowMap, Exprs: packed},
			&phys.HSet{Key: 1, Field: 2, Value: 3},
			&phys.MakeKey{Dst: 4, Of: set, Parts: names},
			&phys.MakeSortKey{Dst: 5, Of: set, Exprs: order},
			&phys.Pack{Dst: 6, Of: set, Key: 5, Exprs: rest},
			&phys.ZAdd{Key: 4, Member: 6},
			&phys.AddCount{},
		}, Reply: phys.Reply{Count: true},
	})
	columns := &scalar.Columns{}
	unpackRow, unpackMember := &phys.Unpack{Src: 3, Of: rowMap}, &phys.Unpack{Src: 7, Of: set}
	var emit, emitMember []scalar.Expr
	for k := range layout.Cols {
		i := inverse[k]
		id := columns.New(fmt.Sprintf("c%d", i), c.types[i], c.nullable[i])
		unpackRow.Binds = append(unpackRow.Binds, phys.Bind{Col: id, Pos: k})
		emit = append(emit, &scalar.Column{Node: node(c.types[i]), ID: id})
	}
	for k, o := range set.Order {
		id := columns.New(o.Name, o.Type, o.Nullable)
		unpackMember.Binds = append(unpackMember.Binds, phys.Bind{Col: id, InKey: true, Pos: k})
		emitMember = append(emitMember, &scalar.Column{Node: node(o.Type), ID: id})
	}
	for k, col := range set.Payload {
		id := columns.New(col.Name, col.Type, col.Nullable)
		unpackMember.Binds = append(unpackMember.Binds, phys.Bind{Col: id, Pos: k})
		emitMember = append(emitMember, &scalar.Column{Node: node(col.Type), ID: id})
	}
	c.read = len(*progs)
	*progs = append(*progs, &phys.Program{
		Name: fmt.Sprintf("Read%d", variant), Columns: columns, Params: c.params, ReadOnly: true,
		Body: []phys.Op{
			&phys.MakeKey{Dst: 1, Of: rowMap},
			&phys.MakeField{Dst: 2, Of: rowMap, Exprs: names},
			&phys.HGet{Dst: 3, Key: 1, Field: 2},
			&phys.If{Cond: &phys.Present{Reg: 3}, Then: []phys.Op{unpackRow, &phys.EmitRow{Exprs: emit}}},
			&phys.MakeKey{Dst: 4, Of: set, Parts: names},
			&phys.MakeSortKey{Dst: 5, Of: set, Exprs: order},
			&phys.ZRange{Dst: 6, Key: 4, From: phys.Edge{Key: 5}, To: phys.Edge{Key: 5, After: true}},
			&phys.ForEach{Item: 7, List: 6, Body: []phys.Op{unpackMember, &phys.EmitRow{Exprs: emitMember}}},
		}, Reply: phys.Reply{Kind: phys.Flat, Outputs: make([]phys.ReplyColumn, len(emit))},
	})
}

// expected is what the Go codec makes of a row: packed, as a member, and the name.
func (c *codecCase) expected(t *testing.T, vals []value.Value) (row, member, name string) {
	t.Helper()
	fail := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	var cols, restCols []value.LayoutCol
	ordered := make([]value.Value, len(vals))
	for i, p := range c.layoutPos {
		ordered[p] = vals[i]
	}
	for i, ty := range c.types {
		cols = append(cols, value.LayoutCol{Type: ty, Nullable: c.nullable[i]})
	}
	layout, _ := value.NewLayout(cols...)
	row, err := layout.Pack(ordered)
	fail(err)
	var key []byte
	for _, i := range c.orderTypes {
		key, err = value.AppendSort(key, value.SortCol{Type: c.types[i], Nullable: c.nullable[i], Desc: c.desc, NullsFirst: c.first}, vals[i])
		fail(err)
	}
	var rest []value.Value
	for i, ty := range c.types {
		if !storedTypes[i].order {
			restCols = append(restCols, value.LayoutCol{Type: ty, Nullable: c.nullable[i]})
			rest = append(rest, vals[i])
		}
	}
	restLayout, pos := value.NewLayout(restCols...)
	sorted := make([]value.Value, len(rest))
	for i, p := range pos {
		sorted[p] = rest[i]
	}
	payload, err := restLayout.Pack(sorted)
	fail(err)
	var nm []byte
	last := 0
	for i, s := range storedTypes {
		if s.typ.Kind != value.Array {
			last = i
		}
	}
	for i, s := range storedTypes {
		if s.typ.Kind == value.Array {
			continue
		}
		if len(nm) > 0 {
			nm = append(nm, ':')
		}
		nm, err = value.AppendName(nm, value.NameCol{Type: s.typ, Nullable: c.nullable[i], More: i != last}, vals[i])
		fail(err)
	}
	return row, string(key) + payload, string(nm)
}

// checkKeys checks that both keys are declared: their parts are parameters.
func (c *codecCase) checkKeys(t *testing.T, keys []luagen.Arg) {
	t.Helper()
	if len(keys) != 2 || len(keys[0].Parts) != 1 || keys[0].Parts[0].Lit != root+"aa" {
		t.Fatalf("declared keys %+v", keys)
	}
}

func (c *codecCase) checkReply(t *testing.T, engine string, vals []value.Value, reply []any, script string) {
	t.Helper()
	if len(reply) != 2*len(vals) {
		t.Fatalf("%s: %d values in reply, want %d\n%s", engine, len(reply), 2*len(vals), script)
	}
	check := func(i int, got any) {
		v, err := value.DecodeReply(c.types[i], got)
		if err != nil {
			t.Fatalf("%s: %v", engine, err)
		}
		if value.Format(c.types[i], v) != value.Format(c.types[i], vals[i]) || v.IsNull() != vals[i].IsNull() {
			t.Fatalf("%s: column %d of type %s came back as %#v, want %#v\n%s", engine, i, c.types[i], v, vals[i], script)
		}
	}
	for i, p := range c.layoutPos {
		check(i, reply[p])
	}
	at := len(vals)
	for _, i := range c.orderTypes {
		check(i, reply[at])
		at++
	}
	var rest []value.LayoutCol
	var which []int
	for i, s := range storedTypes {
		if !s.order {
			rest = append(rest, value.LayoutCol{Type: s.typ})
			which = append(which, i)
		}
	}
	_, pos := value.NewLayout(rest...)
	for k, i := range which {
		check(i, reply[at+pos[k]])
	}
}
