package runtime

import (
	"math"
	"strings"
	"testing"

	"github.com/prequel-db/prequel/runtime/value"
)

func TestArguments(t *testing.T) {
	int2, int4, int8, text := value.Of(value.Int2), value.Of(value.Int4), value.Of(value.Int8), value.Of(value.Text)
	numeric := value.Type{Kind: value.Numeric, Mod: 5, Scale: 2}
	p := func(form Form, change func(*Part)) Part {
		part := Part{Param: 1, Form: form}
		if change != nil {
			change(&part)
		}
		return part
	}
	one := func(part Part) Arg { return Arg{Parts: []Part{part}} }
	as := func(typ value.Type) func(*Part) { return func(p *Part) { p.Type = &typ } }
	for _, c := range []struct {
		name string
		arg  Arg
		typ  value.Type
		v    value.Value
		want string // the argument, or "error: " and a part of the message
	}{
		{"literal", Arg{Parts: []Part{{Lit: "\xff\x00"}}}, int4, value.Int(1), "\xff\x00"},
		{"prefix alone", Arg{Prefix: "-"}, int4, value.Int(1), "-"},
		{"argv", one(p(FormArgv, nil)), int8, value.Int(math.MinInt64), "-9223372036854775808"},
		{"argv nullable", one(p(FormArgv, func(p *Part) { p.Nullable = true })), text, value.String(""), "="},
		{"argv NULL", one(p(FormArgv, func(p *Part) { p.Nullable = true })), text, value.Null, ""},
		{"argv NULL without place", one(p(FormArgv, nil)), text, value.Null, "error: NULL"},
		{"name with more", Arg{Parts: []Part{{Lit: "k:"}, p(FormName, func(p *Part) { p.More = true }), {Lit: ":"}, p(FormName, nil)}}, text, value.String("a:b"), "k:3:a:b:a:b"},
		{"sort", Arg{Prefix: "[", Parts: []Part{p(FormSort, nil)}}, int2, value.Int(1), "[\x80\x01"},
		{"sort desc succ", Arg{Prefix: "(", Parts: []Part{p(FormSort, func(p *Part) { p.Desc = true })}, Succ: true}, int2, value.Int(1), "(\x7f\xff"},
		{"succ carries", Arg{Prefix: "(", Parts: []Part{p(FormSort, nil)}, Succ: true}, int2, value.Int(255), "(\x81"},
		{"succ of the last", Arg{Prefix: "(", Parts: []Part{p(FormSort, nil)}, Succ: true}, int2, value.Int(math.MaxInt16), "+"},
		{"sort of a wider type", one(p(FormSort, as(int2))), int8, value.Int(7), "\x80\x07"},
		{"sort above", one(p(FormSort, as(int2))), int8, value.Int(1 << 40), "\xff\xff\xff"},
		{"sort above, succ", Arg{Prefix: "(", Parts: []Part{{Lit: "k"}, p(FormSort, as(int2))}, Succ: true}, int8, value.Int(1 << 40), "(l"},
		{"sort below", one(p(FormSort, as(int2))), int8, value.Int(-1 << 40), ""},
		{"sort below, succ", Arg{Prefix: "(", Parts: []Part{{Lit: "k"}, p(FormSort, as(int2))}, Succ: true}, int8, value.Int(-1 << 40), "(k"},
		{"sort above, desc, nullable", one(p(FormSort, func(p *Part) { p.Type, p.Desc, p.Nullable = &int2, true, true })), int8, value.Int(1 << 40), "\xfe"},
		{"sort below, desc, nullable", one(p(FormSort, func(p *Part) { p.Type, p.Desc, p.Nullable = &int2, true, true })), int8, value.Int(-1 << 40), "\xfe\xff\xff\xff"},
		{"name out of range", one(p(FormName, as(int2))), int8, value.Int(1 << 40), "1099511627776"},
		{"integer as numeric", one(p(FormArgv, as(numeric))), int4, value.Int(12), "12.00"},
		{"numeric overflow", one(p(FormArgv, as(numeric))), int4, value.Int(1000), "error: numeric field overflow"},
		{"pack", one(p(FormPack, nil)), int4, value.Int(-1), "\x7f\xff\xff\xff"},
		{"score", Arg{Prefix: "(", Parts: []Part{p(FormScore, nil)}}, int8, value.Int(-5), "(-5"},
		{"score beyond", one(p(FormScore, nil)), int8, value.Int(1<<53 + 1), "+inf"},
		{"score below", one(p(FormScore, nil)), int8, value.Int(-1<<53 - 1), "-inf"},
		{"score at the end", one(p(FormScore, nil)), int8, value.Int(1 << 53), "9007199254740992"},
		{"limit", one(p(FormLimit, nil)), int8, value.Int(10), "10"},
		{"limit NULL", one(p(FormLimit, nil)), int8, value.Null, "-1"},
		{"limit negative", one(p(FormLimit, nil)), int8, value.Int(-1), "error: LIMIT must not be negative (SQLSTATE 2201W)"},
		{"offset NULL", one(p(FormOffset, nil)), int8, value.Null, "0"},
		{"offset negative", one(p(FormOffset, nil)), int8, value.Int(-1), "error: OFFSET must not be negative (SQLSTATE 2201X)"},
		{"bucket", one(p(FormBucket, func(p *Part) { p.Size = 128 })), int4, value.Int(-1), "-1"},
		{"within", one(p(FormWithin, func(p *Part) { p.Size = 128 })), int4, value.Int(-1), "127"},
		{"bucket of the least", one(p(FormBucket, func(p *Part) { p.Size = 128 })), int8, value.Int(math.MinInt64), "-72057594037927936"},
		{"hash", one(p(FormHash, func(p *Part) { p.Size = 4 })), text, value.String("abc"), "a999"},
	} {
		fn := &Function{Name: "f", Params: []Param{{Name: "p", Type: c.typ, Nullable: true}}}
		w := writer{fn: fn, params: []value.Value{c.v}}
		got, err := w.arg(&c.arg, value.Null)
		if message, ok := strings.CutPrefix(c.want, "error: "); ok {
			if err == nil || !strings.Contains(err.Error(), message) {
				t.Errorf("%s: %q, %v; want an error with %q", c.name, got, err, message)
			}
			continue
		}
		if err != nil || got != c.want {
			t.Errorf("%s: %q, %v; want %q", c.name, got, err, c.want)
		}
	}
}

// TestBeyondBounds: a bound outside the column's type selects all or none of a sorted set's members, as the comparison does.
func TestBeyondBounds(t *testing.T) {
	int2 := value.Of(value.Int2)
	for _, desc := range []bool{false, true} {
		for _, bound := range []int64{-40000, -32768, -1, 0, 1, 32767, 40000} {
			for _, member := range []int64{-32768, -1, 0, 1, 32767} {
				key, err := value.AppendSort([]byte("k"), value.SortCol{Type: int2, Desc: desc}, value.Int(member))
				if err != nil {
					t.Fatal(err)
				}
				stored := string(key) + "payload"
				fn := &Function{Params: []Param{{Type: value.Of(value.Int8)}}}
				w := writer{fn: fn, params: []value.Value{value.Int(bound)}}
				part := []Part{{Lit: "k"}, {Param: 1, Form: FormSort, Type: &int2, Desc: desc}}
				start, err := w.arg(&Arg{Parts: part}, value.Null)
				if err != nil {
					t.Fatal(err)
				}
				end, err := w.arg(&Arg{Parts: part, Succ: true}, value.Null)
				if err != nil {
					t.Fatal(err)
				}
				before, through := stored < start, stored < end || end == "+"
				less, lessEqual := member < bound, member <= bound
				if desc {
					less, lessEqual = member > bound, member >= bound
				}
				if before != less || through != lessEqual {
					t.Errorf("desc %v, bound %d, member %d: before %v, through %v", desc, bound, member, before, through)
				}
			}
		}
	}
}

func TestParseRefusal(t *testing.T) {
	for _, c := range []struct {
		text   string
		blanks bool
		want   *Error
	}{
		{"PQ23505 duplicate key\tdetail=Key (a)=(x\\ty\\\\n) exists.\tconstraint=t_pkey\ttable=t", false, &Error{SQLSTATE: "23505", Message: "duplicate key", Detail: "Key (a)=(x\ty\\n) exists.", Constraint: "t_pkey", Table: "t"}},
		{"PQ23502 null column=a\tcolumn=b", false, &Error{SQLSTATE: "23502", Message: "null column=a", Column: "b"}},
		{"PQ23502 null detail=x y table=t column=b", true, &Error{SQLSTATE: "23502", Message: "null", Detail: "x y", Table: "t", Column: "b"}},
		{"PQ22012 division by zero", false, &Error{SQLSTATE: "22012", Message: "division by zero"}},
		{"PQ2201 short", false, nil},
		{"PQab012 lower", false, nil},
		{"ERR other", false, nil},
		{"WRONGTYPE x", false, nil},
	} {
		got, ok := parseRefusal(c.text, "", c.blanks)
		if ok != (c.want != nil) || ok && *got != *c.want {
			t.Errorf("%q: %+v, %v", c.text, got, ok)
		}
	}
}

func TestReplies(t *testing.T) {
	int4, text := value.Of(value.Int4), value.Of(value.Text)
	zero := "0"
	row := value.Layout{Cols: []value.LayoutCol{{Type: int4}}}
	nameAndCount := []From{{Kind: FromName}, {Kind: FromValue, Index: 1}}
	for _, c := range []struct {
		name  string
		cols  []Column
		reply Reply
		val   any
		want  string
	}{
		{"a hash in RESP3", []Column{{Type: text, Nullable: true}, {Type: int4}}, Reply{Shape: ShapeFlat, Width: 2, From: nameAndCount}, map[any]any{"=a": "5"}, "a,5;0"},
		{"a hash in RESP2", []Column{{Type: text, Nullable: true}, {Type: int4}}, Reply{Shape: ShapeFlat, Width: 2, From: nameAndCount}, []any{"=a", "5", "~", "6"}, "a,5 NULL,6;0"},
		{
			"scores in RESP3",
			[]Column{{Type: int4}, {Type: int4}},
			Reply{Shape: ShapePacked, Layout: &row, Score: true, From: []From{{Kind: FromRow}, {Kind: FromScore}}},
			[]any{[]any{"\x80\x00\x00\x01", float64(7)}},
			"1,7;0",
		},
		{
			"scores in RESP2",
			[]Column{{Type: int4}, {Type: int4}},
			Reply{Shape: ShapePacked, Layout: &row, Score: true, From: []From{{Kind: FromRow}, {Kind: FromScore}}},
			[]any{"\x80\x00\x00\x01", "7", "\x80\x00\x00\x02", "1e3"},
			"1,7 2,1000;0",
		},
		{
			"missing rows",
			[]Column{{Type: int4}},
			Reply{Shape: ShapePacked, Layout: &row, From: []From{{Kind: FromRow}}, Count: CountRows},
			[]any{nil, "\x80\x00\x00\x01", nil, nil, "\x80\x00\x00\x02"},
			"1 2;2",
		},
		{"no row", []Column{{Type: int4}}, Reply{Shape: ShapePacked, Layout: &row, From: []From{{Kind: FromRow}}}, nil, ";0"},
		{"default", []Column{{Type: int4}, {Type: text}}, Reply{Shape: ShapeFlat, Width: 2, From: []From{{Kind: FromValue, Text: &zero}, {Kind: FromValue, Index: 1}}}, []any{nil, nil}, "0,NULL;0"},
		{"absent group", []Column{{Type: int4}}, Reply{Shape: ShapeFlat, Width: 2, Present: 1, From: []From{{Kind: FromValue, Index: 1}}}, []any{nil, "5"}, ";0"},
		{"nothing sent", []Column{{Type: int4}}, Reply{Shape: ShapeFlat, Width: 1, From: []From{{Kind: FromValue, Text: &zero}}}, nil, "0;0"},
		{"count and rows", []Column{{Type: int4}}, Reply{Shape: ShapePacked, Layout: &row, From: []From{{Kind: FromRow}}, Count: CountReply}, []any{int64(3), "\x80\x00\x00\x01"}, "1;3"},
		{"count alone", nil, Reply{Shape: ShapeNone, Count: CountReply}, "12", ";12"},
		{"short row", []Column{{Type: int4}}, Reply{Shape: ShapePacked, Layout: &row, From: []From{{Kind: FromRow}}}, []any{"\x80"}, "error: column x: packed row of 1 bytes ends before column 0 of its layout"},
		{"odd width", []Column{{Type: int4}}, Reply{Shape: ShapeFlat, Width: 2, From: []From{{Kind: FromValue}}}, []any{"1"}, "error: reply of 1 values, 2 a row"},
		{"no number", []Column{{Type: int4}}, Reply{Shape: ShapeFlat, Width: 1, From: []From{{Kind: FromValue}}}, []any{"x"}, `error: column x: "x" is not the wire form of type integer`},
	} {
		for i := range c.cols {
			c.cols[i].Name = "x"
		}
		fn := &Function{Name: "f", Columns: c.cols, Reply: c.reply}
		s := &Statement{fn: fn}
		if err := s.checkReply(); err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		got := ""
		cur, err := newCursor(s, nil, c.val)
		if err == nil {
			var rows *Rows
			if rows, err = cur.Rows(); err == nil {
				var lines []string
				for _, r := range rows.Rows {
					var cells []string
					for _, v := range r {
						if v == nil {
							cells = append(cells, "NULL")
						} else {
							cells = append(cells, *v)
						}
					}
					lines = append(lines, strings.Join(cells, ","))
				}
				got = strings.Join(lines, " ") + ";" + value.Format(value.Of(value.Int8), value.Int(rows.Affected))
			}
		}
		if err != nil {
			got = "error: " + strings.TrimPrefix(err.Error(), "f: ")
		}
		if got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}
