package prelude_test

import (
	"math/rand/v2"
	"testing"
)

const (
	plainLetters = "abcABZ 10-_%,'\\\"\nx"
	mixedLetters = "éß漢😀Éı" + plainLetters
)

var (
	anyText   = either(chars(8, plainLetters), chars(8, mixedLetters), chars(10, "ab "), chars(10, "éa漢"))
	shortText = either(chars(3, "ab"), chars(2, "aé "), anyText)
	position  = either(oneOf("-6", "-5", "-4", "-3", "-2", "-1", "0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10"),
		oneOf("2147483647", "-2147483648", "2147483640", "3", "-3"))
	truth = oneOf("t", "f")
)

func TestTextFunctions(t *testing.T) {
	o := newOracle(t)
	for _, c := range []struct {
		check
		rows [][]string
	}{
		{check{lua: "textlen", sql: "length(a)", args: []string{"text"}, ret: "int4"}, samples(2000, anyText)},
		{check{lua: "textoctetlen", sql: "octet_length(a)", args: []string{"text"}, ret: "int4"}, samples(200, anyText)},
		{check{lua: "textcat", sql: "a || b", args: []string{"text", "text"}, ret: "text"}, samples(200, anyText, anyText)},
		{check{lua: "text_substr", sql: "substr(a, b, c)", args: []string{"text", "int4", "int4"}, ret: "text"}, samples(3000, anyText, position, position)},
		{check{lua: "text_substr_no_len", sql: "substr(a, b)", args: []string{"text", "int4"}, ret: "text"}, samples(2000, anyText, position)},
		{check{lua: "text_left", sql: "left(a, b)", args: []string{"text", "int4"}, ret: "text"}, samples(3000, anyText, position)},
		{check{lua: "text_right", sql: "right(a, b)", args: []string{"text", "int4"}, ret: "text"}, samples(3000, anyText, position)},
		{check{lua: "textpos", sql: "strpos(a, b)", args: []string{"text", "text"}, ret: "int4"}, samples(3000, anyText, shortText)},
		{check{lua: "text_starts_with", sql: "starts_with(a, b)", args: []string{"text", "text"}, ret: "bool"}, samples(3000, anyText, shortText)},
		{check{lua: "text_reverse", sql: "reverse(a)", args: []string{"text"}, ret: "text"}, samples(2000, anyText)},
		{check{lua: "textoverlay", sql: "overlay(a placing b from c for d)", args: []string{"text", "text", "int4", "int4"}, ret: "text"}, samples(3000, anyText, shortText, position, position)},
		{check{lua: "textoverlay_no_len", sql: "overlay(a placing b from c)", args: []string{"text", "text", "int4"}, ret: "text"}, samples(3000, anyText, shortText, position)},
		{check{lua: "ascii", sql: "ascii(a)", args: []string{"text"}, ret: "int4"}, samples(1000, anyText)},
		{check{lua: "chr", sql: "chr(a)", args: []string{"int4"}, ret: "text"}, codePoints()},
		{check{lua: "ascii(chr(a))", sql: "ascii(chr(a))", args: []string{"int4"}, ret: "int4"}, codePoints()},
		{check{lua: "lower", sql: "lower(a)", args: []string{"text"}, ret: "text"}, samples(1000, anyText)},
		{check{lua: "upper", sql: "upper(a)", args: []string{"text"}, ret: "text"}, samples(1000, anyText)},
		{check{lua: "initcap", sql: "initcap(a)", args: []string{"text"}, ret: "text"}, samples(1000, anyText)},
		{check{lua: "btrim", sql: "btrim(a, b)", args: []string{"text", "text"}, ret: "text"}, samples(3000, anyText, shortText)},
		{check{lua: "ltrim", sql: "ltrim(a, b)", args: []string{"text", "text"}, ret: "text"}, samples(3000, anyText, shortText)},
		{check{lua: "rtrim", sql: "rtrim(a, b)", args: []string{"text", "text"}, ret: "text"}, samples(3000, anyText, shortText)},
		{check{lua: "btrim1", sql: "btrim(a)", args: []string{"text"}, ret: "text"}, samples(1000, anyText)},
		{check{lua: "ltrim1", sql: "ltrim(a)", args: []string{"text"}, ret: "text"}, samples(1000, anyText)},
		{check{lua: "rtrim1", sql: "rtrim(a)", args: []string{"text"}, ret: "text"}, samples(1000, anyText)},
		{check{lua: "repeat_", sql: "repeat(a, b)", args: []string{"text", "int4"}, ret: "text"}, samples(500, anyText, oneOf("-1", "0", "1", "2", "7"))},
		{check{lua: "repeat_", sql: "repeat(a, b)", args: []string{"text", "int4"}, ret: "text"}, [][]string{{"a", "2147483647"}, {"é", "2147483647"}}},
		{check{lua: "lpad", sql: "lpad(a, b, c)", args: []string{"text", "int4", "text"}, ret: "text"}, samples(3000, anyText, position, shortText)[:2000]},
		{check{lua: "rpad", sql: "rpad(a, b, c)", args: []string{"text", "int4", "text"}, ret: "text"}, samples(3000, anyText, position, shortText)[:2000]},
		{check{lua: "replace_text", sql: "replace(a, b, c)", args: []string{"text", "text", "text"}, ret: "text"}, samples(3000, anyText, shortText, shortText)},
		{check{lua: "split_part", sql: "split_part(a, b, c)", args: []string{"text", "text", "int4"}, ret: "text"}, samples(3000, anyText, shortText, position)},
		{check{lua: "translate", sql: "translate(a, b, c)", args: []string{"text", "text", "text"}, ret: "text"}, samples(3000, anyText, shortText, shortText)},
		{
			check{lua: "text_concat(b and a or nil, a, nil, c)", sql: "concat(case when b then a end, a, null, c)", args: []string{"text", "bool", "text"}, ret: "text"},
			samples(500, anyText, truth, anyText),
		},
		{
			check{
				lua: "text_concat_ws(b and a or nil, a, nil, not d and c or nil, a)", sql: "concat_ws(case when b then a end, a, null, case when not d then c end, a)",
				args: []string{"text", "bool", "text", "bool"}, ret: "text",
			},
			samples(500, anyText, truth, anyText, truth),
		},
	} {
		o.run(t, c.check, c.rows)
	}
}

func codePoints() [][]string {
	out := rows(3, 300, "int4")
	for _, code := range []string{
		"65", "127", "128", "2047", "2048", "55295", "55296", "57343", "57344", "65535", "65536", "1114111", "1114112", "8364", "128512",
	} {
		out = append(out, []string{code})
	}
	return out
}

func TestTextComparison(t *testing.T) {
	o := newOracle(t)
	near := samples(400, chars(3, "abé A"), chars(3, "abé A"))
	operators := []struct{ short, long, sql string }{
		{"eq", "eq", "="}, {"ne", "ne", "<>"}, {"lt", "_lt", "<"}, {"le", "_le", "<="}, {"gt", "_gt", ">"}, {"ge", "_ge", ">="},
	}
	bytes := samples(300, byteText(2, "\x00a\xff"), byteText(2, "\x00a\xff"))
	uuids := samples(100, oneOf(uuidTexts[:4]...), oneOf(uuidTexts[:4]...))
	bools := rows(1, 0, "bool", "bool")
	for _, op := range operators {
		sql := "a " + op.sql + " b"
		o.run(t, check{lua: "text" + op.long, sql: sql, args: []string{"text", "text"}, ret: "bool"}, near)
		o.run(t, check{lua: "bpchar" + op.short, sql: sql, args: []string{"bpchar", "bpchar"}, ret: "bool"}, near)
		o.run(t, check{lua: "bytea" + op.short, sql: sql, args: []string{"bytea", "bytea"}, ret: "bool"}, bytes)
		o.run(t, check{lua: "uuid_" + op.short, sql: sql, args: []string{"uuid", "uuid"}, ret: "bool"}, uuids)
		o.run(t, check{lua: "bool" + op.short, sql: sql, args: []string{"bool", "bool"}, ret: "bool"}, bools)
		if op.long != op.short {
			o.run(t, check{lua: "text_pattern" + op.long, sql: "a ~" + op.sql + "~ b", args: []string{"text", "text"}, ret: "bool"}, near)
			o.run(t, check{lua: "bpchar_pattern" + op.long, sql: "a ~" + op.sql + "~ b", args: []string{"bpchar", "bpchar"}, ret: "bool"}, near)
		}
	}
	for _, cmp := range []struct{ name, typ string }{
		{"bttextcmp", "text"},
		{"bttext_pattern_cmp", "text"},
		{"bpcharcmp", "bpchar"},
		{"btbpchar_pattern_cmp", "bpchar"},
		{"byteacmp", "bytea"},
		{"uuid_cmp", "uuid"},
		{"btboolcmp", "bool"},
	} {
		data := map[string][][]string{"text": near, "bpchar": near, "bytea": bytes, "uuid": uuids, "bool": bools}[cmp.typ]
		o.run(t, check{lua: cmp.name, sql: "sign(" + cmp.name + "(a, b))::int4", args: []string{cmp.typ, cmp.typ}, ret: "int4"}, data)
	}
	for _, name := range []string{"text_larger", "text_smaller"} {
		o.run(t, check{lua: name, sql: name + "(a, b)", args: []string{"text", "text"}, ret: "text"}, near)
	}
	for _, name := range []string{"bpchar_larger", "bpchar_smaller"} {
		o.run(t, check{lua: `"<" .. ` + name + `(a, b) .. ">"`, sql: "concat('<', " + name + "(a, b), '>')", args: []string{"bpchar", "bpchar"}, ret: "text"}, near)
	}
	o.run(t, check{lua: "booland_statefunc", sql: "a and b", args: []string{"bool", "bool"}, ret: "bool"}, bools)
	o.run(t, check{lua: "boolor_statefunc", sql: "a or b", args: []string{"bool", "bool"}, ret: "bool"}, bools)
}

var uuidTexts = []string{
	"a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", "{A0EEBC999C0B4EF8BB6D6BB9BD380A11}", "a0ee-bc99-9c0b-4ef8-bb6d-6bb9-bd38-0a11",
	"{b0eebc99-9c0b4ef8-bb6d6bb9-bd380a11}", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11-", "{a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11",
	"a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a1", "", " a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", "a0eebc9-99c0b-4ef8-bb6d-6bb9bd380a11",
	"a0eebc99--9c0b4ef8bb6d6bb9bd380a11", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11}", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a111",
}

func TestTextCasts(t *testing.T) {
	o := newOracle(t)
	boolWords := either(oneOf("t", "T", "tr", "TRUE", "yes", "y", "n", "No", "of", "off", "o", "on", "ON", " on ", "1", "0", "", " ", "01", "f",
		"fals", "falsey", "\ttrue\n", "offf"), anyText)
	uuids := either(words(10, "0123", "89ab", "CDEF", "-", "0123", "4567", "{", "}", "g"), oneOf(uuidTexts...))
	bytes := either(words(5, `\`, `\\`, `\000`, `\377`, `\400`, `\1`, "a", `\x`, "é"), words(7, "00", "fF", " ", "g", "1", "\n", "é"))
	withX := func(s sampler) sampler { return either(s, either(s, func(r *rand.Rand) string { return `\x` + s(r) })) }
	modifier := oneOf("-1", "3", "4", "5", "6", "7", "8", "9", "12")
	for _, c := range []struct {
		check
		rows [][]string
	}{
		{check{lua: "boolin", sql: "a::bool", args: []string{"text"}, ret: "bool"}, samples(600, boolWords)},
		{check{lua: "booltext", sql: "a::text", args: []string{"bool"}, ret: "text"}, rows(1, 0, "bool")},
		{check{lua: "boolout", sql: "concat(a)", args: []string{"bool"}, ret: "text"}, rows(1, 0, "bool")},
		{check{lua: "bool_int4", sql: "a::int4", args: []string{"bool"}, ret: "int4"}, rows(1, 0, "bool")},
		{check{lua: "int4_bool", sql: "a::bool", args: []string{"int4"}, ret: "bool"}, rows(1, 10, "int4")},
		{check{lua: "varchar", sql: `pg_catalog."varchar"(a, b, c)`, args: []string{"varchar", "int4", "bool"}, ret: "varchar"}, samples(3000, anyText, modifier, truth)},
		{
			check{lua: `bpchar(a, b, c) .. "|"`, sql: "concat(pg_catalog.bpchar(a, b, c), '|')", args: []string{"bpchar", "int4", "bool"}, ret: "text"},
			samples(3000, anyText, modifier, truth),
		},
		{check{lua: "bpcharlen", sql: "length(a)", args: []string{"bpchar"}, ret: "int4"}, samples(500, anyText)},
		{check{lua: "bpcharoctetlen", sql: "octet_length(a)", args: []string{"bpchar"}, ret: "int4"}, samples(500, anyText)},
		{check{lua: "uuid_in", sql: "a::uuid", args: []string{"text"}, ret: "uuid"}, samples(1000, uuids)},
		{check{lua: "byteain", sql: "a::bytea", args: []string{"text"}, ret: "bytea"}, samples(3000, withX(bytes))},
	} {
		o.run(t, c.check, c.rows)
	}
}

func TestTextLike(t *testing.T) {
	o := newOracle(t)
	subject := either(chars(10, "ab"), chars(8, "aé漢b"), chars(6, "a\\%_"))
	pattern := either(chars(7, "ab%_"), chars(7, "aé%_漢"), words(7, "a", "%", "_", `\`, `\%`, `\_`, `\\`))
	folded := either(pattern, anyText, oneOf("%A%", "_a%", "É%", `a\B%`))
	for _, c := range []struct {
		check
		rows [][]string
	}{
		{check{lua: "textlike", sql: "a like b", args: []string{"text", "text"}, ret: "bool"}, samples(10000, subject, pattern)},
		{check{lua: "textnlike", sql: "a not like b", args: []string{"text", "text"}, ret: "bool"}, samples(500, subject, pattern)},
		{check{lua: "texticlike", sql: "a ilike b", args: []string{"text", "text"}, ret: "bool"}, samples(3000, anyText, folded)},
		{check{lua: "texticnlike", sql: "a not ilike b", args: []string{"text", "text"}, ret: "bool"}, samples(500, anyText, folded)},
		{check{lua: "bytealike", sql: "a like b", args: []string{"bytea", "bytea"}, ret: "bool"}, samples(4000, byteText(8, "a\x00\xff"), byteText(7, "a\x00\xff%_"))},
		{check{lua: "byteanlike", sql: "a not like b", args: []string{"bytea", "bytea"}, ret: "bool"}, samples(2000, byteText(8, "a\x00\\"), byteText(7, "a\x00\xc3\\%_"))},
		{
			check{lua: "like_escape", sql: "like_escape(a, b)", args: []string{"text", "text"}, ret: "text"},
			samples(3000, either(anyText, pattern), either(shortText, oneOf("a", "é", `\`, "%"))),
		},
	} {
		o.run(t, c.check, c.rows)
	}
}
