package value_test

import (
	"bytes"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/prequel-db/prequel/runtime/value"
)

// scalarTypes are the types that values are generated of.
func scalarTypes() []value.Type {
	small := value.Type{Kind: value.Enum, Enum: &value.EnumType{Name: "small", Labels: []string{"a", "b", "c"}}}
	labels := make([]string, 300)
	for i := range labels {
		labels[i] = strings.Repeat("x", i+1)
	}
	large := value.Type{Kind: value.Enum, Enum: &value.EnumType{Name: "large", Labels: labels}}
	types := []value.Type{small, large, modified(value.Char, 4), modified(value.Varchar, 40), numericType(20, 4)}
	for _, k := range []value.Kind{
		value.Bool, value.Int2, value.Int4, value.Int8, value.Float4, value.Float8, value.Numeric, value.Text, value.Varchar, value.Char,
		value.Bytea, value.Date, value.Time, value.Timestamp, value.Timestamptz, value.Interval, value.UUID, value.JSON, value.JSONB,
	} {
		types = append(types, value.Of(k))
	}
	return types
}

func pick[T any](rng *rand.Rand, from ...T) T { return from[rng.IntN(len(from))] }

// randomValue generates values that lie close together as well as at the ends of their range, so that orders are tested.
func randomValue(rng *rand.Rand, t value.Type) value.Value {
	parse := func(text string) value.Value {
		v, err := value.Parse(t, text)
		if err != nil {
			panic(err)
		}
		return v
	}
	integer := func(lo, hi int64) int64 {
		return pick(rng, lo, hi, min(max(0, lo), hi), min(max(rng.Int64N(7)-3, lo), hi), lo+int64(rng.Uint64N(uint64(hi-lo))))
	}
	letters := func(alphabet []string) string {
		var b strings.Builder
		for range rng.IntN(6) {
			b.WriteString(pick(rng, alphabet...))
		}
		return b.String()
	}
	switch t.Kind {
	case value.Bool:
		return value.FromBool(rng.IntN(2) == 0)
	case value.Int2:
		return value.Int(integer(math.MinInt16, math.MaxInt16))
	case value.Int4:
		return value.Int(integer(math.MinInt32, math.MaxInt32))
	case value.Date:
		return value.Int(pick(rng, value.DateInfinity, value.DateMinusInfinity, integer(-2451545, 2145031948)))
	case value.Int8:
		return value.Int(pick(rng, int64(rng.Uint64()), integer(math.MinInt64/2, math.MaxInt64/2), math.MinInt64, math.MaxInt64, 1<<53+rng.Int64N(3)-1))
	case value.Time:
		return value.Int(integer(0, 86400000000))
	case value.Timestamp, value.Timestamptz:
		return value.Int(pick(rng, value.TimestampInfinity, value.TimestampMinusInfinity, integer(-211813488000000000, 9223371331199999999)))
	case value.Enum:
		return value.Int(integer(1, int64(len(t.Enum.Labels))))
	case value.Float8:
		return value.Float(pick(rng, math.Float64frombits(rng.Uint64()), 0, math.Copysign(0, -1), math.NaN(), math.Inf(1), math.Inf(-1), rng.NormFloat64(), math.MaxFloat64, 5e-324, -5e-324))
	case value.Float4:
		return value.Float(float64(pick(rng, math.Float32frombits(rng.Uint32()), 0, float32(math.Copysign(0, -1)), float32(math.NaN()), float32(math.Inf(1)), float32(math.Inf(-1)), rng.Float32(), 1e-45)))
	case value.Numeric:
		digits := []string{"0", "9", "10", "99", "100", "5", "12", "120"}
		text := pick(rng, "", "-") + letters(digits) + "0" + pick(rng, "", "."+letters(digits))
		if t.Mod == 0 {
			text += pick(rng, "", "", "e5", "e-5", "e31990", "e-16000", "e32005", "e131000")
		}
		if v, err := value.Parse(t, pick(rng, text, text, text, text, text, "NaN")); err == nil {
			return v
		}
		return parse(text[:min(len(text), 5)])
	case value.Text, value.Varchar, value.JSON, value.JSONB:
		if t.Kind == value.JSON || t.Kind == value.JSONB {
			return parse(pick(rng, `{}`, `[1, 2]`, `{"b": 1, "a": "é"}`, `"x"`, `1.50`))
		}
		return parse(letters([]string{"a", "b", "\x01", "\x7f", "é", "😀", " ", "~", strings.Repeat("x", 5)}))
	case value.Char:
		return parse(letters([]string{"a", "\x01", " ", "é"})[:0] + pick(rng, "", "a", "a\x01", "ab", "é", "a b", "b"))
	case value.Bytea:
		return value.String(letters([]string{"\x00", "\x01", "\xff", "a", "\xfe", strings.Repeat("\x00", 300)}))
	case value.UUID:
		b := make([]byte, 16)
		for i := range b {
			b[i] = pick(rng, byte(rng.Uint32()), 0, 255)
		}
		return value.String(string(b))
	case value.Interval:
		part := func() int32 { return int32(pick(rng, 0, 0, 1, -1, 30, -30, math.MaxInt32, math.MinInt32)) }
		return value.FromInterval(part(), part(), pick(rng, 0, 1, -1, 86400000000, -86400000000, math.MaxInt64, math.MinInt64, rng.Int64N(1e9)))
	}
	panic(t.String())
}

func TestTextRoundTrip(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for _, typ := range scalarTypes() {
		for range 2000 {
			v := randomValue(rng, typ)
			text := value.Format(typ, v)
			back, err := value.Parse(typ, text)
			if typ.Kind == value.Interval && err != nil && strings.Contains(v.Str(), "-9223372036854775808") {
				continue // PostgreSQL does not read its own output of the least interval either
			}
			if err != nil || back != v && !bothNaN(back, v) {
				t.Fatalf("%s: %#v prints %q, which reads as %#v (%v)", typ, v, text, back, err)
			}
		}
	}
}

func bothNaN(a, b value.Value) bool { return math.IsNaN(a.Float()) && math.IsNaN(b.Float()) }

func TestWireRoundTrip(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	for _, typ := range scalarTypes() {
		for range 2000 {
			v := randomValue(rng, typ)
			if err := value.Bind(typ, v); err != nil {
				t.Fatalf("%s: %#v does not bind: %v", typ, v, err)
			}
			argv, err := value.AppendArgv(nil, typ, v)
			if err != nil {
				t.Fatal(err)
			}
			back, err := value.DecodeReply(typ, string(argv))
			if err != nil || back != v && !bothNaN(back, v) {
				t.Fatalf("%s: %#v travels as %q, which reads as %#v (%v)", typ, v, argv, back, err)
			}
			list, err := value.AppendElement([]byte("~"), typ, v)
			if err != nil {
				t.Fatal(err)
			}
			elements, err := value.Elements(typ, string(list)+"~")
			if err != nil || len(elements) != 3 || !elements[0].IsNull() || elements[1] != v && !bothNaN(elements[1], v) || !elements[2].IsNull() {
				t.Fatalf("%s: list %q reads as %#v (%v)", typ, list, elements, err)
			}
		}
	}
}

func TestPackedRows(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 8))
	types := append(scalarTypes(), value.ArrayOf(value.Of(value.Text)))
	for range 3000 {
		cols := make([]value.LayoutCol, rng.IntN(12))
		for i := range cols {
			cols[i] = value.LayoutCol{Type: pick(rng, types...), Nullable: rng.IntN(2) == 0}
		}
		layout, pos := value.NewLayout(cols...)
		if err := layout.Check(); err != nil {
			t.Fatal(err)
		}
		values := make([]value.Value, len(cols))
		for i, c := range cols {
			switch {
			case c.Nullable && rng.IntN(3) == 0:
			case c.Type.Kind == value.Array:
				values[pos[i]] = value.FromList(*c.Type.Elem, []value.Value{value.String("a"), value.Null})
			default:
				values[pos[i]] = randomValue(rng, c.Type)
			}
		}
		row, err := layout.Pack(values)
		if err != nil {
			t.Fatal(err)
		}
		back, err := layout.Unpack(row)
		if err != nil {
			t.Fatal(err)
		}
		r := value.NewRowReader(&layout)
		r.Reset(row)
		for _, i := range rng.Perm(len(cols)) {
			one, err := r.Value(i)
			if err != nil {
				t.Fatal(err)
			}
			if one != back[i] && !bothNaN(one, back[i]) || one != values[i] && !bothNaN(one, values[i]) {
				t.Fatalf("column %d of %v: wrote %#v, unpacked %#v, read alone %#v", i, layout.Cols, values[i], back[i], one)
			}
		}
		// A row cut short is refused or shorter in its last column, never a panic or another column's bytes.
		if len(row) > 0 {
			_, _ = layout.Unpack(row[:rng.IntN(len(row))])
		}
	}
}

func TestPackRefuses(t *testing.T) {
	l, _ := value.NewLayout(value.LayoutCol{Type: value.Of(value.Int4)})
	if _, err := l.Pack([]value.Value{value.Null}); err == nil {
		t.Error("NULL was packed into a column that is not nullable")
	}
	if _, err := l.Pack([]value.Value{value.String("1")}); err == nil {
		t.Error("a string was packed as an integer")
	}
	if _, err := l.Unpack("\x80\x00"); err == nil {
		t.Error("a short row was unpacked")
	}
	bad := value.Layout{Cols: []value.LayoutCol{{Type: value.Of(value.Text)}, {Type: value.Of(value.Int4)}}}
	if err := bad.Check(); err == nil {
		t.Error("a fixed column after a variable one passed")
	}
}

func TestDecimalRow(t *testing.T) {
	l := value.Layout{Cols: []value.LayoutCol{{Type: value.Of(value.Int4)}}, Decimal: true}
	if err := l.Check(); err != nil {
		t.Fatal(err)
	}
	for n, want := range map[int64]string{0: "0", -7: "-7", 2147483647: "2147483647", -2147483648: "-2147483648"} {
		row, err := l.Pack([]value.Value{value.Int(n)})
		if err != nil || row != want {
			t.Errorf("%d is packed as %q, %v", n, row, err)
		}
		if back, err := l.Unpack(row); err != nil || back[0].Int() != n {
			t.Errorf("%q is unpacked as %v, %v", row, back, err)
		}
	}
	for _, v := range []value.Value{value.Null, value.String("1")} {
		if row, err := l.Pack([]value.Value{v}); err == nil {
			t.Errorf("%v was packed as %q", v, row)
		}
	}
	for _, row := range []string{"", "x", "2147483648"} {
		if back, err := l.Unpack(row); err == nil {
			t.Errorf("%q was unpacked as %v", row, back)
		}
	}
	for _, bad := range []value.Layout{
		{Cols: []value.LayoutCol{{Type: value.Of(value.Int4), Nullable: true}}, Decimal: true},
		{Cols: []value.LayoutCol{{Type: value.Of(value.Float8)}}, Decimal: true},
		{Cols: []value.LayoutCol{{Type: value.Of(value.Int4)}, {Type: value.Of(value.Int4)}}, Decimal: true},
	} {
		if bad.Check() == nil {
			t.Errorf("layout %v passed as decimal", bad)
		}
	}
}

// sortCols generates a key's columns. The same values must come out of it in the order that SQL gives.
func sortCols(rng *rand.Rand, types []value.Type) []value.SortCol {
	cols := make([]value.SortCol, 1+rng.IntN(3))
	for i := range cols {
		cols[i] = value.SortCol{Type: pick(rng, types...), Nullable: rng.IntN(2) == 0, Desc: rng.IntN(2) == 0, NullsFirst: rng.IntN(2) == 0}
	}
	return cols
}

// compareRows is the order that docs/values.md promises for sort keys.
func compareRows(cols []value.SortCol, a, b []value.Value) int {
	for i, c := range cols {
		order := 0
		switch {
		case a[i].IsNull() && b[i].IsNull():
		case a[i].IsNull():
			order = 1
			if c.NullsFirst {
				order = -1
			}
		case b[i].IsNull():
			order = -1
			if c.NullsFirst {
				order = 1
			}
		default:
			order = value.Compare(c.Type, a[i], b[i])
		}
		if c.Desc {
			order = -order
		}
		if order != 0 {
			return order
		}
	}
	return 0
}

func sign(n int) int { return min(max(n, -1), 1) }

func TestSortKeyOrder(t *testing.T) {
	rng := rand.New(rand.NewPCG(9, 10))
	types := slices.DeleteFunc(scalarTypes(), func(t value.Type) bool { return t.Kind == value.JSON || t.Kind == value.JSONB })
	for range 400 {
		cols := sortCols(rng, types)
		rows := make([][]value.Value, 20)
		keys := make([][]byte, len(rows))
		for i := range rows {
			for _, c := range cols {
				v := value.Null
				if !c.Nullable || rng.IntN(4) > 0 {
					v = randomValue(rng, c.Type)
				}
				rows[i] = append(rows[i], v)
				var err error
				if keys[i], err = value.AppendSort(keys[i], c, v); err != nil {
					t.Fatal(err)
				}
			}
		}
		for i := range rows {
			for j := range rows {
				if got, want := bytes.Compare(keys[i], keys[j]), sign(compareRows(cols, rows[i], rows[j])); got != want {
					t.Fatalf("%+v: keys of %#v and %#v compare %d, the values %d", cols, rows[i], rows[j], got, want)
				}
			}
			rest := string(keys[i]) + "payload"
			for k, c := range cols {
				v, tail, err := value.CutSort(c, rest)
				if err != nil {
					t.Fatal(err)
				}
				rest = tail
				want := rows[i][k]
				if v.IsNull() != want.IsNull() || !v.IsNull() && (c.Lossless() && v != want || value.Compare(c.Type, v, want) != 0) {
					if c.Type.Kind != value.Interval { // a total beyond the parts' range cannot be split again
						t.Fatalf("%+v: key of %#v reads as %#v", c, want, v)
					}
				}
			}
			if rest != "payload" {
				t.Fatalf("%+v: key leaves %q", cols, rest)
			}
			if rest, err := value.SkipSort(cols, string(keys[i])+"p"); err != nil || rest != "p" {
				t.Fatalf("%+v: SkipSort leaves %q (%v)", cols, rest, err)
			}
		}
	}
}

// TestSortKeyBytes holds the bytes that the Lua side must make too.
func TestSortKeyBytes(t *testing.T) {
	for _, c := range []struct {
		col  value.SortCol
		text string
		want string
	}{
		{value.SortCol{Type: value.Of(value.Int4)}, "-1", "\x7f\xff\xff\xff"},
		{value.SortCol{Type: value.Of(value.Int2), Desc: true}, "1", "\x7f\xfe"},
		{value.SortCol{Type: value.Of(value.Text), Nullable: true}, "ab", "\x01ab\x00"},
		{value.SortCol{Type: value.Of(value.Text), Nullable: true, Desc: true}, "ab", "\xfe\x9e\x9d\xff"},
		{value.SortCol{Type: value.Of(value.Bytea)}, `\x6100ff`, "a\x00\x01\xff\x00\x00"},
		{value.SortCol{Type: value.Of(value.Numeric)}, "120.50", "\x04\x80\x03\x0d\x06\x00"},
		{value.SortCol{Type: value.Of(value.Numeric)}, "-0.001", "\x02\x80\x01\xf4\xff"},
		{value.SortCol{Type: value.Of(value.Numeric)}, "0.00", "\x03"},
		{value.SortCol{Type: value.Of(value.Numeric)}, "NaN", "\x06"},
		{value.SortCol{Type: value.Of(value.Float8)}, "-0", "\x80\x00\x00\x00\x00\x00\x00\x00"},
		{value.SortCol{Type: value.Of(value.Float8)}, "NaN", "\xff\xf8\x00\x00\x00\x00\x00\x00"},
		{value.SortCol{Type: value.Of(value.Float8)}, "-1", "\x40\x0f\xff\xff\xff\xff\xff\xff"},
	} {
		v, err := value.Parse(c.col.Type, c.text)
		if err != nil {
			t.Fatal(err)
		}
		got, err := value.AppendSort(nil, c.col, v)
		if err != nil || string(got) != c.want {
			t.Errorf("%+v %s: key %q, want %q (%v)", c.col, c.text, got, c.want, err)
		}
	}
	for _, c := range []struct {
		col  value.SortCol
		want string
	}{
		{value.SortCol{Nullable: true}, "\x02"},
		{value.SortCol{Nullable: true, NullsFirst: true}, "\x00"},
		{value.SortCol{Nullable: true, Desc: true}, "\xfd"},
		{value.SortCol{Nullable: true, Desc: true, NullsFirst: true}, "\xff"},
	} {
		if got, err := value.AppendSort(nil, c.col, value.Null); err != nil || string(got) != c.want {
			t.Errorf("%+v NULL: key %q, want %q (%v)", c.col, got, c.want, err)
		}
	}
}

func TestSucc(t *testing.T) {
	for _, c := range []struct{ prefix, want string }{{"a", "b"}, {"a\xff", "b"}, {"\x00", "\x01"}, {"a\xfe\xff\xff", "a\xff"}, {"", ""}, {"\xff\xff", ""}} {
		got, ok := value.Succ(c.prefix)
		if got != c.want || ok != (c.want != "") {
			t.Errorf("Succ(%q) = %q, %v, want %q", c.prefix, got, ok, c.want)
		}
	}
}

func TestNames(t *testing.T) {
	rng := rand.New(rand.NewPCG(11, 12))
	for _, typ := range scalarTypes() {
		for range 1000 {
			a, b := randomValue(rng, typ), randomValue(rng, typ)
			col := value.NameCol{Type: typ, Nullable: rng.IntN(2) == 0, More: rng.IntN(2) == 0}
			x, err := value.AppendName(nil, col, a)
			if err != nil {
				t.Fatal(err)
			}
			y, err := value.AppendName(nil, col, b)
			if err != nil {
				t.Fatal(err)
			}
			if (string(x) == string(y)) != (value.Compare(typ, a, b) == 0) {
				t.Fatalf("%s: names of %#v and %#v are %q and %q", typ, a, b, x, y)
			}
			if typ.Kind == value.Interval && len(x) >= 19 {
				continue // a length beyond 64 bits is a name that cannot be read back
			}
			tail := ""
			if col.More {
				tail = ":rest"
			}
			v, rest, err := value.CutName(col, string(x)+tail)
			if err != nil || rest != tail || value.Compare(typ, v, a) != 0 {
				t.Fatalf("%+v: name %q of %#v reads as %#v and leaves %q (%v)", col, x, a, v, rest, err)
			}
		}
	}
	for _, c := range []struct {
		typ  value.Type
		text string
		more bool
		want string
	}{
		{value.Of(value.Float8), "0.1", false, "0.10000000000000001"},
		{value.Of(value.Float8), "1e300", false, "1.0000000000000001e+300"},
		{value.Of(value.Float8), "100000", false, "100000"},
		{value.Of(value.Float8), "-0", false, "0"},
		{value.Of(value.Numeric), "12.500", true, "4:12.5"},
		{value.Of(value.Numeric), "100.00", false, "100"},
		{value.Of(value.Text), "a:b", true, "3:a:b"},
		{value.Of(value.Bool), "t", true, "1"},
		{modified(value.Char, 5), "ab", false, "ab"},
		{value.Of(value.Interval), "1 mon", false, "2592000000000"},
	} {
		v, err := value.Parse(c.typ, c.text)
		if err != nil {
			t.Fatal(err)
		}
		got, err := value.AppendName(nil, value.NameCol{Type: c.typ, More: c.more}, v)
		if err != nil || string(got) != c.want {
			t.Errorf("%s %s: name %q, want %q (%v)", c.typ, c.text, got, c.want, err)
		}
	}
}

func TestDescribe(t *testing.T) {
	l, _ := value.NewLayout(
		value.LayoutCol{Type: value.Of(value.Text)},
		value.LayoutCol{Type: value.Of(value.Int4), Nullable: true},
		value.LayoutCol{Type: value.Of(value.Numeric), Nullable: true},
		value.LayoutCol{Type: value.Of(value.Bool)},
	)
	want := `0.0      n is null
0.1      price is null
1..4     n integer, big-endian, sign flipped
5        ok boolean, 0 or 1
6..      name text, length (1 byte, or 255 and 4), its bytes
then     price numeric, decimal text, to the end
`
	if got := l.Describe([]string{"n", "ok", "name", "price"}); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

func TestBindRefuses(t *testing.T) {
	mood := value.Type{Kind: value.Enum, Enum: &value.EnumType{Name: "mood", Labels: []string{"sad"}}}
	for _, c := range []struct {
		typ   value.Type
		v     value.Value
		state string
	}{
		{value.Of(value.Text), value.String("a\x00b"), "22021"},
		{value.Of(value.Text), value.String("a\xffb"), "22021"},
		{value.Of(value.Int2), value.Int(40000), "22003"},
		{value.Of(value.Float4), value.Float(0.1), "22003"},
		{mood, value.Int(2), "22P02"},
		{mood, value.FromLabel(mood, "ok"), "22P02"},
		{value.Of(value.UUID), value.String("short"), "22P02"},
		{value.Of(value.Numeric), value.FromNumeric("1x"), "22P02"},
		{value.ArrayOf(value.Of(value.Text)), value.FromList(value.Of(value.Text), []value.Value{value.String("\xff")}), "22021"},
	} {
		err := value.Bind(c.typ, c.v)
		if e, ok := err.(*value.Error); !ok || e.SQLSTATE != c.state {
			t.Errorf("%s %#v: error %v, want SQLSTATE %s", c.typ, c.v, err, c.state)
		}
	}
	if err := value.Bind(value.Of(value.Int4), value.String("1")); err == nil {
		t.Error("a string was bound as an integer")
	}
}

func TestCheckText(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"plain é 😀", ""},
		{"a\x00", `invalid byte sequence for encoding "UTF8": 0x00 (SQLSTATE 22021)`},
		{"\xff\xfe", `invalid byte sequence for encoding "UTF8": 0xff (SQLSTATE 22021)`},
		{"\xe3\x80", `invalid byte sequence for encoding "UTF8": 0xe3 0x80 (SQLSTATE 22021)`},
		{"\xc3(", `invalid byte sequence for encoding "UTF8": 0xc3 0x28 (SQLSTATE 22021)`},
		{"\xed\xa0\x80", `invalid byte sequence for encoding "UTF8": 0xed 0xa0 0x80 (SQLSTATE 22021)`},
	} {
		got := ""
		if err := value.CheckText(c.text); err != nil {
			got = err.Error()
		}
		if got != c.want {
			t.Errorf("%q: %s, want %s", c.text, got, c.want)
		}
	}
}
