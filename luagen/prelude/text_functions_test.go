package prelude

import (
	"math/rand"
	"testing"
)

var (
	asciiSet = []string{"a", "b", "c", "A", "B", "Z", " ", "1", "0", "-", "_", "%", ",", "'", "\\", "\"", "\n", "x"}
	mixedSet = append([]string{"é", "ß", "漢", "😀", "É", "ı"}, asciiSet...)
	anyText  = mix(words(asciiSet, 8), words(mixedSet, 8), words([]string{"a", "b", " "}, 10), words([]string{"é", "a", "漢"}, 10))
	tiny     = mix(words([]string{"a", "b"}, 3), words([]string{"a", "é", " "}, 2), anyText)
	small    = ints(-6, 12, 2147483647, -2147483648, 2147483640)
)

func TestTextFunctions(t *testing.T) {
	o := newOracle(t)
	for _, s := range []spec{
		{"textlen($1)", "length($1)", []gen{anyText}, 0},
		{"textoctetlen($1)", "octet_length($1)", []gen{anyText}, 200},
		{"bit_length_sql_text($1)", "bit_length($1)", []gen{anyText}, 200},
		{"textcat($1, $2)", "$1 || $2", []gen{anyText, anyText}, 200},
		{"text_substr($1, $2, $3)", "substr($1, $2, $3)", []gen{anyText, small, small}, 0},
		{"text_substr_no_len($1, $2)", "substr($1, $2)", []gen{anyText, small}, 0},
		{"text_left($1, $2)", "left($1, $2)", []gen{anyText, small}, 0},
		{"text_right($1, $2)", "right($1, $2)", []gen{anyText, small}, 0},
		{"textpos($1, $2)", "strpos($1, $2)", []gen{anyText, tiny}, 0},
		{"text_starts_with($1, $2)", "starts_with($1, $2)", []gen{anyText, tiny}, 0},
		{"text_reverse($1)", "reverse($1)", []gen{anyText}, 0},
		{"textoverlay($1, $2, $3, $4)", "overlay($1 placing $2 from $3 for $4)", []gen{anyText, tiny, small, small}, 0},
		{"textoverlay_no_len($1, $2, $3)", "overlay($1 placing $2 from $3)", []gen{anyText, tiny, small}, 0},
		{"ascii($1)", "ascii($1)", []gen{anyText}, 0},
		{"chr($1)", "chr($1)", []gen{mix(ints(-3, 300), ints(0, 1200000), ints(55000, 58000, 2147483647, -2147483648))}, 0},
		{"lower($1)", "lower($1)", []gen{anyText}, 1000},
		{"upper($1)", "upper($1)", []gen{anyText}, 1000},
		{"initcap($1)", "initcap($1)", []gen{anyText}, 1000},
		{"btrim($1, $2)", "btrim($1, $2)", []gen{anyText, tiny}, 0},
		{"ltrim($1, $2)", "ltrim($1, $2)", []gen{anyText, tiny}, 0},
		{"rtrim($1, $2)", "rtrim($1, $2)", []gen{anyText, tiny}, 0},
		{"btrim1($1)", "btrim($1)", []gen{anyText}, 1000},
		{"ltrim1($1)", "ltrim($1)", []gen{anyText}, 1000},
		{"rtrim1($1)", "rtrim($1)", []gen{anyText}, 1000},
		{"repeat_($1, $2)", "repeat($1, $2)", []gen{anyText, ints(-2, 9, 2147483647)}, 500},
		{"lpad($1, $2, $3)", "lpad($1, $2, $3)", []gen{anyText, ints(-2, 14, 2147483647, 268435455), tiny}, 0},
		{"rpad($1, $2, $3)", "rpad($1, $2, $3)", []gen{anyText, ints(-2, 14, 2147483647, 268435455), tiny}, 0},
		{"lpad_sql_text_int4($1, $2)", "lpad($1, $2)", []gen{anyText, ints(-2, 14)}, 500},
		{"rpad_sql_text_int4($1, $2)", "rpad($1, $2)", []gen{anyText, ints(-2, 14)}, 500},
		{"replace_text($1, $2, $3)", "replace($1, $2, $3)", []gen{anyText, tiny, tiny}, 0},
		{"split_part($1, $2, $3)", "split_part($1, $2, $3)", []gen{anyText, tiny, ints(-4, 4, 2147483647, -2147483648)}, 0},
		{"translate($1, $2, $3)", "translate($1, $2, $3)", []gen{anyText, tiny, tiny}, 0},
		{"text_concat($1, $2, $3)", "concat($1, $2, $3)", []gen{orNull(anyText, "text"), orNull(anyText, "text"), orNull(anyText, "text")}, 500},
		{"text_concat_ws($1, $2, $3)", "concat_ws($1, $2, $3)", []gen{orNull(tiny, "text"), orNull(anyText, "text"), orNull(anyText, "text")}, 500},
	} {
		o.run(t, s)
	}
}

func TestTextCompare(t *testing.T) {
	o := newOracle(t)
	near := words([]string{"a", "b", "é", " ", "A"}, 3)
	padded := func(sql string) string { return sql }
	_ = padded
	for fn, op := range map[string]string{"texteq": "=", "textne": "<>", "text_lt": "<", "text_le": "<=", "text_gt": ">", "text_ge": ">=", "text_pattern_lt": "~<~", "text_pattern_ge": "~>=~"} {
		o.run(t, spec{fn + "($1, $2)", "$1 " + op + " $2", []gen{near, near}, 300})
	}
	for fn, op := range map[string]string{"bpchareq": "=", "bpcharne": "<>", "bpcharlt": "<", "bpcharle": "<=", "bpchargt": ">", "bpcharge": ">="} {
		o.run(t, spec{fn + "($1, $2)", "$1::bpchar " + op + " $2::bpchar", []gen{near, near}, 300})
	}
	b := rawBytes(2)
	for fn, op := range map[string]string{"byteaeq": "=", "byteane": "<>", "bytealt": "<", "byteale": "<=", "byteagt": ">", "byteage": ">="} {
		o.run(t, spec{fn + "($1, $2)", "$1 " + op + " $2", []gen{b, b}, 300})
	}
	for fn, op := range map[string]string{"booleq": "=", "boolne": "<>", "boollt": "<", "boolle": "<=", "boolgt": ">", "boolge": ">="} {
		o.run(t, spec{fn + "($1, $2)", "$1 " + op + " $2", []gen{bools(), bools()}, 20})
	}
	for _, fn := range []string{"text_larger", "text_smaller", "bttextcmp", "bttext_pattern_cmp"} {
		o.run(t, spec{fn + "($1, $2)", "sign(bttextcmp($1,$2))", []gen{near, near}, 0}.as(fn))
	}
}

func (s spec) as(fn string) spec {
	s.n = 300
	switch fn {
	case "text_larger", "text_smaller":
		s.sql = fn + "($1, $2)"
	}
	return s
}

func TestTextCast(t *testing.T) {
	o := newOracle(t)
	boolWords := mix(oneOf("t", "T", "tr", "TRUE", "yes", "y", "n", "No", "of", "off", "o", "on", "ON", " on ", "1", "0", "", " ", "01", "f", "fals", "falsey", "\ttrue\n", "offf"), anyText)
	uuids := func() gen {
		return mix(words([]string{"0123", "89ab", "CDEF", "-", "0123", "4567", "{", "}", "g"}, 10), oneOf(
			"a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", "{a0eebc999c0b4ef8bb6d6bb9bd380a11}", "a0eebc999c0b4ef8bb6d6bb9bd380a11",
			"a0ee-bc99-9c0b-4ef8-bb6d-6bb9-bd38-0a11", "{a0eebc99-9c0b4ef8-bb6d6bb9-bd380a11}", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11-", "A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11",
			"{a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a1", "", " a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", "a0eebc9-99c0b-4ef8-bb6d-6bb9bd380a11", "a0eebc99--9c0b4ef8bb6d6bb9bd380a11"))
	}()
	escaped := mix(words([]string{"\\", "\\\\", "\\000", "\\377", "\\400", "\\1", "a", "\\x", "é"}, 5), words([]string{"\\x", "00", "fF", " ", "g", "1", "\n", "é"}, 6),
		words([]string{"\\x"}, 1))
	for _, s := range []spec{
		{"boolin($1)", "$1::boolean", []gen{boolWords}, 1000},
		{"booltext($1)", "$1::text", []gen{bools()}, 10},
		{"boolout($1)", "concat($1)", []gen{bools()}, 10},
		{"bool_int4($1)", "$1::int", []gen{bools()}, 10},
		{"int4_bool($1)", "$1::int::bool", []gen{ints(-2, 2)}, 10},
		{"varchar($1, $2, $3)", "pg_catalog.\"varchar\"($1, $2, $3)", []gen{anyText, ints(4, 12, -1, 3), bools()}, 0},
		{"bpchar($1, $2, $3)", "concat('|', bpchar($1::bpchar, $2, $3), '|')", []gen{anyText, ints(4, 12, -1, 3), bools()}, 0},
		{"bpcharlen($1)", "length($1::bpchar)", []gen{anyText}, 500},
		{"bpcharoctetlen($1)", "octet_length($1::bpchar)", []gen{anyText}, 500},
		{"uuid_out(uuid_in($1))", "$1::uuid", []gen{uuids}, 1000},
		{"byteaout(byteain($1))", "$1::bytea", []gen{escaped}, 0},
	} {
		if s.lua[:6] == "bpchar" && s.n == 0 {
			s.lua = `"|" .. ` + s.lua + ` .. "|"`
		}
		o.run(t, s)
	}
}

func TestTextLike(t *testing.T) {
	o := newOracle(t)
	subject := mix(words([]string{"a", "b"}, 10), words([]string{"a", "é", "漢", "b"}, 8), words([]string{"a", "\\", "%", "_"}, 6))
	pattern := mix(words([]string{"a", "b", "%", "_"}, 7), words([]string{"a", "é", "%", "_", "漢"}, 7), words([]string{"a", "%", "_", "\\", "\\%", "\\_", "\\\\"}, 7))
	bsub := func(g gen) gen {
		return g
	}
	_ = bsub
	bytesOf := func(alphabet string, max int) gen {
		return func(r *rand.Rand) (string, string) {
			b := make([]byte, r.Intn(max+1))
			for i := range b {
				b[i] = alphabet[r.Intn(len(alphabet))]
			}
			return luaText(string(b)), sqlBytea(string(b))
		}
	}
	for _, s := range []spec{
		{"textlike($1, $2)", "$1 like $2", []gen{subject, pattern}, 12000},
		{"textnlike($1, $2)", "$1 not like $2", []gen{subject, pattern}, 1000},
		{"texticlike($1, $2)", "$1 ilike $2", []gen{anyText, mix(pattern, anyText, oneOf("%A%", "_a%", "É%", "a\\B%"))}, 3000},
		{"texticnlike($1, $2)", "$1 not ilike $2", []gen{anyText, pattern}, 1000},
		{"bytealike($1, $2)", "$1 like $2", []gen{bytesOf("a\x00\xff", 8), bytesOf("a\x00\xff%_", 7)}, 5000},
		{"byteanlike($1, $2)", "$1 not like $2", []gen{bytesOf("a\x00\\", 8), bytesOf("a\x00\xc3\\%_", 7)}, 2000},
		{"like_escape($1, $2)", "like_escape($1, $2)", []gen{mix(anyText, pattern), mix(tiny, oneOf("a", "é", "\\", "%"))}, 3000},
	} {
		o.run(t, s)
	}
}
