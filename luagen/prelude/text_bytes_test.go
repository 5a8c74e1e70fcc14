package prelude_test

import (
	"math/rand/v2"
	"testing"
)

func TestTextQuoting(t *testing.T) {
	o := newOracle(t)
	names := either(anyText, oneOf("select", "user", "name", "a1", "_x", "1a", "A", "table", "between", "zone", "double", "ab", "year", "éa", "a$", ""))
	template := words(5, "a", "%s", "%I", "%L", "%%", "%1$s", "%2$L", "%3$s", "%-6s", "%6s", "%*s", "%-*1$s", "%*2$L", "%0$s", "%", "%d", "%5", "%é", "%2147483648s", "%1$-8I", "%10L",
		"%*1s", "%03s", "%--4s", "%4$s", "é")
	width := either(oneOf("3", "-5", "0", "12"), names)
	four := []string{"text", "text", "text", "text"}
	for _, c := range []struct {
		check
		rows [][]string
	}{
		{check{lua: "quote_ident", sql: "quote_ident(a)", args: []string{"text"}, ret: "text"}, samples(1500, names)},
		{check{lua: "quote_literal", sql: "quote_literal(a)", args: []string{"text"}, ret: "text"}, samples(1500, names)},
		{check{lua: "quote_nullable(a ~= '' and a or nil)", sql: "quote_nullable(nullif(a, ''))", args: []string{"text"}, ret: "text"}, samples(500, names)},
		{check{lua: "text_format_nv", sql: "format(a)", args: []string{"text"}, ret: "text"}, samples(500, template)},
		{check{lua: "text_format", sql: "format(a, b, c, d)", args: four, ret: "text"}, samples(5000, template, names, width, names)},
		{check{lua: "text_format(a, b ~= '' and b or nil, c)", sql: "format(a, nullif(b, ''), c)", args: []string{"text", "text", "text"}, ret: "text"}, samples(2000, template, width, names)},
	} {
		o.run(t, c.check, c.rows)
	}
}

func TestByteaFunctions(t *testing.T) {
	o := newOracle(t)
	bytes := either(byteText(8, "\x00\\ab% \xff\x80"), byteText(3, "\x00a"), byteText(20, "\x00\x01\x02\x7f\x80\xfe\xffA"))
	few := byteText(2, "\x00\\a\xff")
	index := either(oneOf("-1", "0", "1", "2", "3", "7", "8", "40", "2147483647"), oneOf("0", "1", "2", "3", "4", "5", "6"))
	bit := either(index, oneOf("9", "15", "16", "23", "9223372036854775807", "-9223372036854775808"))
	value := oneOf("0", "1", "2", "255", "256", "-1", "-300", "65")
	for _, c := range []struct {
		check
		rows [][]string
	}{
		{check{lua: "byteacat", sql: "a || b", args: []string{"bytea", "bytea"}, ret: "bytea"}, samples(200, bytes, bytes)},
		{check{lua: "byteaoctetlen", sql: "length(a)", args: []string{"bytea"}, ret: "int4"}, samples(200, bytes)},
		{check{lua: "bytea_substr", sql: "substr(a, b, c)", args: []string{"bytea", "int4", "int4"}, ret: "bytea"}, samples(2000, bytes, position, position)},
		{check{lua: "bytea_substr_no_len", sql: "substr(a, b)", args: []string{"bytea", "int4"}, ret: "bytea"}, samples(1000, bytes, position)},
		{check{lua: "byteapos", sql: "position(b in a)", args: []string{"bytea", "bytea"}, ret: "int4"}, samples(2000, bytes, few)},
		{check{lua: "byteaoverlay", sql: "overlay(a placing b from c for d)", args: []string{"bytea", "bytea", "int4", "int4"}, ret: "bytea"}, samples(2000, bytes, few, position, position)},
		{check{lua: "byteaoverlay_no_len", sql: "overlay(a placing b from c)", args: []string{"bytea", "bytea", "int4"}, ret: "bytea"}, samples(1000, bytes, few, position)},
		{check{lua: "byteatrim", sql: "btrim(a, b)", args: []string{"bytea", "bytea"}, ret: "bytea"}, samples(2000, bytes, few)},
		{check{lua: "bytealtrim", sql: "ltrim(a, b)", args: []string{"bytea", "bytea"}, ret: "bytea"}, samples(1000, bytes, few)},
		{check{lua: "byteartrim", sql: "rtrim(a, b)", args: []string{"bytea", "bytea"}, ret: "bytea"}, samples(1000, bytes, few)},
		{check{lua: "byteaGetByte", sql: "get_byte(a, b)", args: []string{"bytea", "int4"}, ret: "int4"}, samples(1000, bytes, index)},
		{check{lua: "byteaSetByte", sql: "set_byte(a, b, c)", args: []string{"bytea", "int4", "int4"}, ret: "bytea"}, samples(1000, bytes, index, value)},
		{check{lua: "byteaGetBit", sql: "get_bit(a, b)", args: []string{"bytea", "int8"}, ret: "int4"}, samples(1000, bytes, bit)},
		{check{lua: "byteaSetBit", sql: "set_bit(a, b, c)", args: []string{"bytea", "int8", "int4"}, ret: "bytea"}, samples(1000, bytes, bit, value)},
		{check{lua: "bytea_bit_count", sql: "bit_count(a)", args: []string{"bytea"}, ret: "int8"}, samples(500, bytes)},
		{check{lua: "like_escape_bytea", sql: "like_escape(a, b)", args: []string{"bytea", "bytea"}, ret: "bytea"}, samples(2000, bytes, few)},
	} {
		o.run(t, c.check, c.rows)
	}
}

func TestTextEncodings(t *testing.T) {
	o := newOracle(t)
	long := func(r *rand.Rand) string { return byteText(200, "\x00\x01ab\xff\x80\\=")(r) }
	encoded := either(words(9, "QUJD", "YQ==", "YWI=", "=", "A", "/+", " ", "\n", "*", "é", "AA"), words(6, "00", "fF", " ", "g", "1", "é"), words(5, `\`, `\\`, `\000`, `\377`, `\400`, "a", "é"))
	encoding := oneOf("hex", "HEX", "base64", "escape", "base65", "")
	for _, c := range []struct {
		check
		rows [][]string
	}{
		{check{lua: "binary_encode", sql: "encode(a, b)", args: []string{"bytea", "text"}, ret: "text"}, samples(2000, long, encoding)},
		{check{lua: "binary_decode", sql: "decode(a, b)", args: []string{"text", "text"}, ret: "bytea"}, samples(5000, encoded, encoding)},
		{check{lua: "binary_decode(binary_encode(a, b), b)", sql: "a", args: []string{"bytea", "text"}, ret: "bytea"}, samples(1000, long, oneOf("hex", "base64", "escape"))},
		{check{lua: "md5_text", sql: "md5(a)", args: []string{"text"}, ret: "text"}, samples(150, either(anyText, chars(150, mixedLetters)))},
		{check{lua: "md5_bytea", sql: "md5(a)", args: []string{"bytea"}, ret: "text"}, samples(150, either(long, byteText(70, "\x00\xff")))},
		{check{lua: "sha224_bytea", sql: "sha224(a)", args: []string{"bytea"}, ret: "bytea"}, samples(60, either(long, byteText(140, "\x00\xff")))},
		{check{lua: "sha256_bytea", sql: "sha256(a)", args: []string{"bytea"}, ret: "bytea"}, samples(60, either(long, byteText(140, "\x00\xff")))},
		{check{lua: "sha384_bytea", sql: "sha384(a)", args: []string{"bytea"}, ret: "bytea"}, samples(60, either(long, byteText(140, "\x00\xff")))},
		{check{lua: "sha512_bytea", sql: "sha512(a)", args: []string{"bytea"}, ret: "bytea"}, samples(60, either(long, byteText(140, "\x00\xff")))},
		{check{lua: "pg_convert_from", sql: "convert_from(a, b)", args: []string{"bytea", "text"}, ret: "text"}, samples(3000, byteText(4, "a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\xed\xa0\x00\xf4\x90\xc1\xe0\xff"), oneOf("UTF8", "utf-8"))},
		{check{lua: "pg_convert_to", sql: "convert_to(a, b)", args: []string{"text", "text"}, ret: "bytea"}, samples(100, anyText, oneOf("UTF8", "utf-8"))},
	} {
		o.run(t, c.check, c.rows)
	}
}

func TestTextArrays(t *testing.T) {
	o := newOracle(t)
	// An array is shown as its elements' lengths and contents.
	show := `(function(list)
    if list == nil then return nil end
    local parts = {}
    for i = 1, list.n do parts[i] = list[i] == nil and "~" or #list[i] .. ":" .. list[i] end
    return table.concat(parts)
  end)`
	sqlShow := func(expr string) string {
		return "(case when " + expr + " is not null then (select coalesce(string_agg(coalesce(octet_length(e) || ':' || e, '~'), '' order by i), '') from unnest(" + expr + ") with ordinality x(e, i)) end)"
	}
	null := func(name string) string { return "(" + name + " ~= 'NULL' and " + name + " or nil)" }
	piece := either(shortText, oneOf("NULL", ",", "a"))
	subject := either(anyText, words(6, "a", ",", "b", "é", ",,"), oneOf("NULL", ""))
	for _, c := range []struct{ lua, sql string }{
		{"text_to_array(" + null("a") + ", " + null("b") + ")", "string_to_array(nullif(a, 'NULL'), nullif(b, 'NULL'))"},
		{"text_to_array_null(" + null("a") + ", " + null("b") + ", " + null("c") + ")", "string_to_array(nullif(a, 'NULL'), nullif(b, 'NULL'), nullif(c, 'NULL'))"},
	} {
		o.run(t, check{lua: show + "(" + c.lua + ")", sql: sqlShow(c.sql), args: []string{"text", "text", "text"}, ret: "text"}, samples(3000, subject, piece, piece))
	}
	for _, c := range []struct{ lua, sql string }{
		{"array_to_text(text_to_array_null(a, ',', 'a'), b)", "array_to_string(string_to_array(a, ',', 'a'), b)"},
		{"array_to_text_null(text_to_array_null(a, ',', 'a'), " + null("b") + ", " + null("c") + ")", "array_to_string(string_to_array(a, ',', 'a'), nullif(b, 'NULL'), nullif(c, 'NULL'))"},
	} {
		o.run(t, check{lua: c.lua, sql: c.sql, args: []string{"text", "text", "text"}, ret: "text"}, samples(2000, subject, piece, piece))
	}
}
