package prelude_test

import (
	"context"
	"encoding/hex"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/prequel-db/prequel/runtime/value"
)

// A form is one column of docs/values.md for one type: how the prelude writes and reads it, and how package value does.
type form struct {
	name string
	lua  string // over x, the value in its Lua form, and s, the expected bytes; yields a string
	want func(t value.Type, v value.Value) ([]byte, error)
}

func packed(t value.Type, v value.Value) ([]byte, error) { return value.AppendPacked(nil, t, v) }

func sortKey(t value.Type, v value.Value) ([]byte, error) {
	return value.AppendSort(nil, value.SortCol{Type: t}, v)
}

func descending(t value.Type, v value.Value) ([]byte, error) {
	return value.AppendSort(nil, value.SortCol{Type: t, Desc: true}, v)
}

func name(t value.Type, v value.Value) ([]byte, error) {
	return value.AppendName(nil, value.NameCol{Type: t}, v)
}

func namePart(t value.Type, v value.Value) ([]byte, error) {
	return value.AppendName(nil, value.NameCol{Type: t, More: true}, v)
}

// argv is the ARGV form of the value: the answer to reading back.
func argv(t value.Type, v value.Value) ([]byte, error) { return value.AppendArgv(nil, t, v) }

// codecs are the forms of each type. back turns a Lua value into its ARGV form, arg does the opposite.
var codecs = []struct {
	kind      value.Kind
	typ       string
	arg, back string
	forms     []form
}{
	{value.Bool, "bool", "arg_bool(%s)", "name_bool(%s)", []form{
		{"enc_bool", "enc_bool(x)", packed},
		{"name_bool", "name_bool(x)", name},
		{"invert", "bytes_invert(enc_bool(x))", descending},
		{"dec_bool", "name_bool(dec_bool('!' .. enc_bool(x), 2))", argv},
	}},
	{value.Int2, "int2", "tonumber(%s)", "int4out(%s)", []form{
		{"enc_i2", "enc_i2(x)", packed},
		{"enc_i2", "enc_i2(x)", sortKey},
		{"name_int", "name_int(x)", name},
		{"dec_i2", "int4out(dec_i2('!!' .. enc_i2(x) .. '!', 3))", argv},
		{"invert", "bytes_invert(enc_i2(x))", descending},
	}},
	{value.Int4, "int4", "tonumber(%s)", "int4out(%s)", []form{
		{"enc_i4", "enc_i4(x)", packed},
		{"enc_i4", "enc_i4(x)", sortKey},
		{"name_int", "name_int(x)", name},
		{"dec_i4", "int4out(dec_i4('!!' .. enc_i4(x) .. '!', 3))", argv},
		{"invert", "enc_i4(-1 - x)", descending},
	}},
	{value.Int8, "int8", "wide_parse(%s)", "wide_text(%s)", []form{
		{"enc_i8", "enc_i8(x)", packed},
		{"enc_i8", "enc_i8(x)", sortKey},
		{"name_int", "name_int(x)", name},
		{"dec_i8", "wide_text(dec_i8('!' .. enc_i8(x) .. '!', 2))", argv},
		{"dec_i8 is canonical", "wide_text(dec_i8(enc_i8(x), 1) == x and x or 0 / 0)", argv},
		{"invert", "bytes_invert(enc_i8(x))", descending},
	}},
	{value.Float8, "float8", "arg_f8(%s)", "float8out(%s)", []form{
		{"enc_f8", "enc_f8(x)", packed},
		{"enc_f8_key", "enc_f8_key(x)", sortKey},
		{"name_f8", "name_f8(x)", name},
		{"dec_f8", "float8out(dec_f8('!' .. enc_f8(x) .. '!', 2))", argv},
		{"invert", "bytes_invert(enc_f8_key(x))", descending},
	}},
	{value.Float4, "float4", "arg_f4(%s)", "float4out(%s)", []form{
		{"enc_f4", "enc_f4(x)", packed},
		{"enc_f4_key", "enc_f4_key(x)", sortKey},
		{"name_f8", "name_f8(x)", name},
		{"dec_f4", "float8out(dec_f4('!' .. enc_f4(x) .. '!', 2))", argv},
	}},
	{value.Numeric, "numeric", "%s", "%s", []form{
		{"enc_numeric_key", "enc_numeric_key(x)", sortKey},
		{"name_numeric", "name_numeric(x)", name},
		{"invert", "bytes_invert(enc_numeric_key(x))", descending},
		{"name_part", "name_part(name_numeric(x))", namePart},
		{"dec_numeric_key", "trimmed('!' .. enc_numeric_key(x) .. '!')", name},
	}},
	{value.Text, "text", "%s", "%s", []form{
		{"enc_text_key", "enc_text_key(x)", sortKey},
		{"name_part", "name_part(x)", namePart},
		{"dec_text_key", "(dec_text_key('!!' .. enc_text_key(x) .. 'a\\0', 3))", argv},
		{
			"dec_text_key next", "x .. ('%.0f'):format(select(2, dec_text_key('!!' .. enc_text_key(x) .. 'a\\0', 3)))",
			func(_ value.Type, v value.Value) ([]byte, error) {
				return []byte(v.Str() + strconv.Itoa(len(v.Str())+4)), nil
			},
		},
	}},
	{value.Bytea, "bytea", "%s", "%s", []form{
		{"enc_bytea_key", "enc_bytea_key(x)", sortKey},
		{"name_part", "name_part(x)", namePart},
		{"invert", "bytes_invert(enc_bytea_key(x))", descending},
		{"dec_bytea_key", "(dec_bytea_key('\\0' .. enc_bytea_key(x) .. '\\1', 2))", argv},
	}},
}

// codecSamples are values of a type, as text that value.Parse reads.
func codecSamples(typ string, n int) []string {
	g := newGenerator(21)
	switch typ {
	case "text", "bytea":
		out := []string{"", "a", "\x00", "\x00\x00", "a\x00", "\x01", "\xff\xff", strings.Repeat("x", 254), strings.Repeat("x", 255), strings.Repeat("\x00y", 700), strings.Repeat("\x00", 3000)}
		for range n {
			b := make([]byte, g.IntN(20))
			for i := range b {
				b[i] = byte([]int{0, 1, 255, 65 + g.IntN(26), g.IntN(256)}[g.IntN(5)])
			}
			out = append(out, string(b))
		}
		if typ == "text" {
			for i, s := range out {
				out[i] = strings.ToValidUTF8(strings.ReplaceAll(s, "\x00", "n"), "é")
			}
		}
		return out
	}
	var out []string
	for _, row := range canonical(rows(20, n, typ)) {
		out = append(out, row[0])
	}
	if typ == "numeric" {
		for _, zeros := range []int{31998, 31999, 32000, 32001, 131071} {
			out = append(out, "7"+strings.Repeat("0", zeros), "-7"+strings.Repeat("0", zeros))
		}
		for _, zeros := range []int{15000, 16381} {
			out = append(out, "0."+strings.Repeat("0", zeros)+"12", "-0."+strings.Repeat("0", zeros)+"12")
		}
	}
	return out
}

func TestCodecs(t *testing.T) {
	ctx := context.Background()
	engines := withLibraries(newEngines(t))
	for _, c := range codecs {
		typ := value.Of(c.kind)
		var values []value.Value
		var args []any
		for _, s := range codecSamples(c.typ, 1500) {
			v := value.String(s)
			if c.kind != value.Text && c.kind != value.Bytea {
				var err error
				if v, err = value.Parse(typ, s); err != nil {
					t.Fatalf("%s %q: %v", c.typ, s, err)
				}
			}
			arg, err := value.AppendArgv(nil, typ, v)
			if err != nil {
				t.Fatal(err)
			}
			values, args = append(values, v), append(args, string(arg))
		}
		for _, f := range c.forms {
			body := fmt.Sprintf(`
local function trimmed(s)
  local value, after = dec_numeric_key(s, 2)
  assert(after == #s)
  return value
end
local out = {}
for i = 1, #ARGV do
  local x = %s
  out[i] = %s
end
return out
`, fmt.Sprintf(c.arg, "ARGV[i]"), f.lua)
			for _, e := range engines {
				got, err := e.Eval(ctx, linkAs(t, body, e.library), nil, args...).StringSlice()
				if err != nil {
					t.Fatalf("%s: %s %s: %v", e.name, c.typ, f.name, err)
				}
				failures := 0
				for i, v := range values {
					want, err := f.want(typ, v)
					if err != nil {
						t.Fatalf("%s %s of %v: %v", c.typ, f.name, args[i], err)
					}
					if got[i] == string(want) || sameFloat(c.kind, got[i], string(want)) {
						continue
					}
					if failures++; failures < 4 {
						t.Errorf("%s: %s %s of %.60q: got %s, want %s", e.name, c.typ, f.name, args[i], brief(got[i]), brief(string(want)))
					}
				}
			}
		}
	}
}

// sameFloat allows the prelude to print the shortest digits where package value prints seventeen, for texts that are read
// back rather than compared.
func sameFloat(kind value.Kind, a, b string) bool {
	if kind != value.Float4 && kind != value.Float8 || strings.IndexByte(a, 0) >= 0 || strings.IndexByte(a, 0xff) >= 0 {
		return false
	}
	x, err1 := strconv.ParseFloat(a, 64)
	y, err2 := strconv.ParseFloat(b, 64)
	return err1 == nil && err2 == nil && math.Float64bits(x) == math.Float64bits(y)
}

func brief(s string) string {
	if len(s) > 60 {
		s = s[:60]
	}
	return hex.EncodeToString([]byte(s)) + " " + strconv.Quote(s)
}

// TestCodecOrder checks that keys order as PostgreSQL orders their values, equal values having equal keys.
func TestCodecOrder(t *testing.T) {
	for _, c := range codecs {
		typ := value.Of(c.kind)
		type pair struct {
			v   value.Value
			key string
		}
		var pairs []pair
		for _, s := range codecSamples(c.typ, 400) {
			v := value.String(s)
			if c.kind != value.Text && c.kind != value.Bytea {
				v, _ = value.Parse(typ, s)
			}
			key, err := sortKey(typ, v)
			if err != nil {
				t.Fatal(err)
			}
			pairs = append(pairs, pair{v, string(key)})
		}
		slices.SortFunc(pairs, func(a, b pair) int { return strings.Compare(a.key, b.key) })
		for i := 1; i < len(pairs); i++ {
			a, b := pairs[i-1], pairs[i]
			if order := value.Compare(typ, a.v, b.v); order > 0 || (order == 0) != (a.key == b.key) {
				t.Errorf("%s: keys of %#v and %#v order against their values", c.typ, a.v, b.v)
			}
		}
	}
}

func TestLengthsListsAndUnsigned(t *testing.T) {
	ctx := context.Background()
	body := `
local out = {}
for _, n in ipairs({0, 1, 254, 255, 256, 65535, 16777216, 4294967295}) do
  local put = len_put(n)
  local back, after = len_get("!" .. put, 2)
  assert(back == n and after == #put + 2)
  out[#out + 1] = put
end
for _, n in ipairs({0, 1, 255}) do assert(dec_u1("!" .. enc_u1(n), 2) == n) end
for _, n in ipairs({0, 255, 256, 65535}) do assert(dec_u2("!" .. enc_u2(n), 2) == n); out[#out + 1] = enc_u2(n) end
for _, n in ipairs({0, 256, 4294967295}) do assert(dec_u4("!" .. enc_u4(n), 2) == n); out[#out + 1] = enc_u4(n) end
local list = list_decode(ARGV[1])
assert(list.n == 5 and list[1] == "abc" and list[2] == nil and list[3] == "" and list[4] == "~" and list[5] == "1:\0:")
out[#out + 1] = list_encode(list)
local numbers = list_decode("2:10~2:-7", tonumber)
assert(numbers.n == 3 and numbers[1] == 10 and numbers[2] == nil and numbers[3] == -7)
out[#out + 1] = list_encode(numbers, int4out)
assert(list_decode("").n == 0 and list_encode({n = 0}) == "")
assert(arg_nullable("") == nil and arg_nullable("=") == "" and arg_nullable("==x") == "=x")
return out
`
	want := []string{
		"\x00", "\x01", "\xfe", "\xff\x00\x00\x00\xff", "\xff\x00\x00\x01\x00", "\xff\x00\x00\xff\xff", "\xff\x01\x00\x00\x00", "\xff\xff\xff\xff\xff",
		"\x00\x00", "\x00\xff", "\x01\x00", "\xff\xff", "\x00\x00\x00\x00", "\x00\x00\x01\x00", "\xff\xff\xff\xff",
		"3:abc~0:1:~4:1:\x00:", "2:10~2:-7",
	}
	for _, e := range withLibraries(newEngines(t)) {
		got, err := e.Eval(ctx, linkAs(t, body, e.library), nil, "3:abc~0:1:~4:1:\x00:").StringSlice()
		if err != nil {
			t.Fatalf("%s: %v", e.name, err)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: got %q, want %q", e.name, got, want)
		}
	}
}

// TestLexAfter compares the end of a range behind one wide integer with that behind its bytes.
func TestLexAfter(t *testing.T) {
	script := link(t, `
local out = {}
for i = 1, #ARGV do
  local w = wide_parse(ARGV[i])
  out[2 * i - 1] = lex_after_i8("[", w)
  out[2 * i] = lex_after("[", enc_i8(w))
end
return out
`)
	numbers := []any{
		"0", "-1", "1", "255", "256", "-256", "4294967295", "4294967296", "9007199254740989", "9007199254740990", "9007199254740991",
		"9007199254740992", "9007199254740993", "-9007199254740992", "-9007199254740993", "9223372036854775806", "9223372036854775807",
		"-9223372036854775808",
	}
	for _, e := range newEngines(t) {
		got, err := e.Eval(context.Background(), script, nil, numbers...).StringSlice()
		if err != nil || len(got) != 2*len(numbers) {
			t.Fatalf("%s: %v %v", e.name, got, err)
		}
		for i, n := range numbers {
			// Behind the bytes is the shortest such end; no member that begins with eight bytes stands between the two.
			for k := 2 * i; k < 2*i+2; k++ {
				if got[k] != "+" {
					got[k] += strings.Repeat("\x00", 9-len(got[k]))
				}
			}
			if got[2*i] != got[2*i+1] {
				t.Errorf("%s: behind %s is %q, behind its bytes %q", e.name, n, got[2*i], got[2*i+1])
			}
		}
	}
}
