package prequel_test

import (
	"slices"
	"strings"
)

// form is an operator or function: its text has a %s for each operand.
type form struct {
	result   *sqlType
	text     string
	operands []*sqlType
	// risky forms raise errors for some operands.
	risky bool
}

func of(t ...*sqlType) []*sqlType { return t }

// forms are what random expressions apply.
var forms = slices.Concat(textForms, patternForms, mathForms, timeForms, formatForms, jsonForms, arrayForms, otherForms)

var textForms = []form{
	{tText, "initcap(%s)", of(tText), false},
	{tText, "btrim(%s, 'ab')", of(tText), false},
	{tText, "trim(BOTH 'a' FROM %s)", of(tText), false},
	{tText, "trim(LEADING %s FROM %s)", of(tText, tText), false},
	{tText, "repeat(%s, 2)", of(tText), false},
	{tText, "translate(%s, 'abé', 'xy')", of(tText), false},
	{tText, "overlay(%s PLACING 'Z' FROM 2 FOR 1)", of(tText), false},
	{tText, "concat(%s, %s, %s)", of(tText, tInt4, tBool), false},
	{tText, "concat_ws('-', %s, %s, %s)", of(tText, tInt8, tVchar), false},
	{tText, "rpad(%s, 5, 'xy')", of(tText), false},
	{tText, "split_part(%s, 'b', -1)", of(tText), false},
	{tText, "quote_ident(%s)", of(tText), false},
	{tText, "quote_literal((%s)::text)", of(tText), false},
	{tText, "quote_nullable((%s)::text)", of(tText), false},
	{tText, "md5(%s)", of(tText), false},
	{tText, "encode(%s, 'hex')", of(tBytea), false},
	{tText, "encode(%s, 'base64')", of(tBytea), false},
	{tText, "encode(%s, 'escape')", of(tBytea), false},
	{tText, "to_hex(%s)", of(tInt4), false},
	{tText, "chr(%s)", of(tInt4), true},
	{tText, "format('%%1$s|%%2$L', %s, %s)", of(tText, tText), false},
	{tText, "format('%%2$5s:%%1$-4s', %s, %s)", of(tInt4, tBool), false},
	{tText, "format('%%1$I', (%s)::text)", of(tText), true},
	{tText, "(%s || %s)", of(tText, tInt4), false},
	{tText, "(%s || %s)", of(tDate, tText), false},
	{tText, "left(%s, %s)", of(tText, tInt4), false},
	{tText, "substr(%s, 2, 3)", of(tText), false},
	{tText, "(%s)::char(3)::text", of(tText), false},
	{tText, "(%s COLLATE \"C\")", of(tText), false},
	{tBytea, "decode(%s, 'hex')", of(tText), true},
	{tBytea, "decode(%s, 'escape')", of(tText), true},
	{tBytea, "convert_to(%s, 'UTF8')", of(tText), false},
	{tBytea, "(%s || %s)", of(tBytea, tBytea), false},
	{tBytea, "substring(%s FROM 2)", of(tBytea), false},
	{tBytea, "sha256(%s)", of(tBytea), false},
	{tInt4, "length(%s)", of(tBytea), false},
	{tInt4, "char_length(%s)", of(tVchar), false},
	{tInt4, "bit_length(%s)", of(tText), false},
	{tInt4, "position(%s IN %s)", of(tText, tText), false},
	{tInt4, "get_byte(%s, 0)", of(tBytea), true},
	{tBool, "starts_with(%s, %s)", of(tText, tText), false},
	{tBool, "(%s ^@ %s)", of(tText, tText), false},
}

var patternForms = []form{
	{tBool, "(%s LIKE %s)", of(tText, tPattern), false},
	{tBool, "(%s NOT ILIKE %s)", of(tText, tPattern), false},
	{tBool, "(%s LIKE 'a!%%%%' ESCAPE '!')", of(tText), false},
	{tBool, "(%s LIKE ANY (ARRAY['a%%', '_b']))", of(tText), false},
	{tBool, "(%s NOT LIKE ALL (ARRAY['a%%', '_b', NULL]))", of(tText), false},
	{tBool, "(%s SIMILAR TO '(a|b)+%%')", of(tText), false},
	{tBool, "(%s NOT SIMILAR TO '[A-Za-z]{1,2}')", of(tText), false},
	{tBool, "(%s ~ '^[ab]+$')", of(tText), false},
	{tBool, "(%s ~ '(a|ab)(c|bcd)?$')", of(tText), false},
	{tBool, "(%s ~* 'B')", of(tText), false},
	{tBool, "(%s !~ 'a.?b')", of(tText), false},
	{tBool, "(%s !~* '^.{2}$')", of(tText), false},
	{tBool, `(%s ~ '[[:space:]]|\d|\W')`, of(tText), false},
	{tBool, "(%s ~ %s)", of(tText, tRegex), false},
	{tBool, "regexp_like(%s, 'A', 'i')", of(tText), false},
	{tText, "substring(%s FROM 'a(.)')", of(tText), false},
	{tText, `substring(%s SIMILAR '%%#"b+#"%%' ESCAPE '#')`, of(tText), false},
	{tText, `regexp_replace(%s, '(a)(b)?', '[\2\1\&]', 'g')`, of(tText), false},
	{tText, "regexp_replace(%s, '[aeiou]|^', '-')", of(tText), false},
	{tText, "regexp_replace(%s, 'B', 'x', 2, 0, 'i')", of(tText), false},
	{tText, "regexp_substr(%s, 'b.*', 1)", of(tText), false},
	{tInt4, "regexp_count(%s, 'a|b')", of(tText), false},
	{tInt4, "regexp_instr(%s, 'b')", of(tText), false},
	{tTexts, "regexp_match(%s, '(a)|(b)')", of(tText), false},
	{tTexts, "regexp_split_to_array(%s, 'b*')", of(tText), false},
}

var mathForms = []form{
	{tInt4, "mod(%s, 3)", of(tInt4), false},
	{tInt8, "(%s + %s)", of(tInt4, tInt8), true},
	{tInt8, "(%s * %s)", of(tInt8, tInt2), true},
	{tInt4, "(%s - %s)", of(tInt2, tInt4), true},
	{tNum, "(%s * %s)", of(tInt4, tNum), false},
	{tNum, "(%s - %s)", of(tNum92, tInt8), false},
	{tNum, "(%s + %s)", of(tNum92, tNum92), false},
	{tF8, "(%s + %s)", of(tF8, tInt4), true},
	{tF8, "(%s * %s)", of(tF4, tF8), true},
	{tF8, "(%s / 3)", of(tF8x), true},
	{tBool, "(%s BETWEEN %s AND %s)", of(tInt4, tInt2, tInt8), false},
	{tBool, "(%s IN (1, 2.0, %s))", of(tInt8, tNum), false},
	{tBool, "(%s = %s)", of(tVchar, tText), false},
	{tInt8, "mod(%s, %s)", of(tInt8, tInt8), true},
	{tNum, "div(%s, %s)", of(tNum, tNum), true},
	{tInt4, "gcd(%s, 6)", of(tInt4), true},
	{tInt8, "lcm(%s, 6)", of(tInt8), true},
	{tInt4, "(%s & %s)", of(tInt4, tInt4), false},
	{tInt8, "(%s | %s)", of(tInt8, tInt8), false},
	{tInt4, "(%s # %s)", of(tInt4, tInt4), false},
	{tInt4, "(~ %s)", of(tInt4), false},
	{tInt4, "(%s << 3)", of(tInt4), false},
	{tInt8, "(%s >> 2)", of(tInt8), false},
	{tInt2, "(%s & 3::smallint)", of(tInt2), false},
	{tInt4, "width_bucket(%s, 0, 10, 4)", of(tNum), true},
	{tInt4, "width_bucket(%s, ARRAY[0, 2, 100])", of(tInt4), false},
	{tInt4, "sign(%s)::integer", of(tInt4), false},
	{tInt4, "(%s)::integer", of(tBool), false},
	{tInt4, "(%s)::integer", of(tInt2), false},
	{tInt4, "(%s)::integer", of(tText), true},
	{tInt4, "(%s)::integer", of(tF8), true},
	{tInt2, "(%s)::smallint", of(tInt8), true},
	{tInt8, "(%s)::bigint", of(tNum), true},
	{tInt4, "num_nulls(%s, %s, 1)", of(tInt4, tInt4), false},
	{tInt4, "num_nonnulls(%s, %s)", of(tInt8, tInt8), false},
	{tNum, "scale(%s)::numeric", of(tNum92), false},
	{tNum, "trim_scale(%s)", of(tNum), false},
	{tNum, "round(%s, 3)", of(tNum), false},
	{tNum, "power(%s, 2)", of(tNum92), false},
	{tNum, "(%s ^ 3::numeric)", of(tNum92), false},
	{tNum, "sqrt(abs(%s))", of(tNum92), false},
	{tNum, "(%s)::numeric", of(tText), true},
	{tNum, "(%s)::numeric(6,1)", of(tNum), true},
	{tNum, "extract(epoch FROM %s)", of(tTs), false},
	{tNum, "greatest(%s, %s)", of(tInt4, tNum), false},
	{tF8, "sqrt(abs(%s))", of(tF8), false},
	{tF8, "floor(%s)", of(tF8), false},
	{tF8, "round(%s)", of(tF8), false},
	{tF8, "trunc(%s)", of(tF8), false},
	{tF8, "ceil(%s)", of(tF8x), false},
	{tF8, "(%s)::double precision", of(tNum92), false},
	{tF8, "(%s)::double precision", of(tF4), false},
	{tF8, "(-%s)", of(tF8x), false},
	{tF8, "sign(%s)", of(tF8), false},
	{tF4, "(%s)::real", of(tF8), true},
	{tBool, "(%s)::boolean", of(tInt4), false},
}

var timeForms = []form{
	{tNum, "extract(year FROM %s)", of(tTs), false},
	{tNum, "extract(month FROM %s)", of(tDate), false},
	{tNum, "extract(day FROM %s)", of(tTstz), false},
	{tNum, "extract(isoyear FROM %s)", of(tDate), false},
	{tNum, "extract(week FROM %s)", of(tDate), false},
	{tNum, "extract(dow FROM %s)", of(tTs), false},
	{tNum, "extract(doy FROM %s)", of(tTs), false},
	{tNum, "extract(quarter FROM %s)", of(tDate), false},
	{tNum, "extract(decade FROM %s)", of(tTs), false},
	{tNum, "extract(century FROM %s)", of(tDate), false},
	{tNum, "extract(microseconds FROM %s)", of(tTime), false},
	{tNum, "extract(second FROM %s)", of(tTime), false},
	{tNum, "extract(epoch FROM %s)", of(tTstz), false},
	{tNum, "extract(epoch FROM %s)", of(tIvl), false},
	{tNum, "extract(hour FROM %s)", of(tIvl), false},
	{tNum, "extract(julian FROM %s)", of(tDate), false},
	{tF8, "date_part('hour', %s)", of(tTs), false},
	{tF8, "date_part('isodow', %s)", of(tTstz), false},
	{tF8, "date_part('day', %s)", of(tIvl), false},
	{tF8, "date_part('minute', %s)", of(tTime), false},
	{tTs, "date_trunc('week', %s)", of(tTs), false},
	{tTs, "date_trunc('quarter', %s)", of(tTs), false},
	{tTs, "date_trunc('decade', %s)", of(tTs), false},
	{tTs, "date_trunc('century', %s)", of(tTs), false},
	{tTstz, "date_trunc('day', %s)", of(tTstz), false},
	{tTstz, "date_trunc('millisecond', %s)", of(tTstz), false},
	{tIvl, "date_trunc('hour', %s)", of(tIvl), false},
	{tTs, "date_bin('15 minutes', %s, '2001-01-01')", of(tTs), true},
	{tIvl, "age(%s, '2000-01-31'::timestamp)", of(tTs), true},
	{tIvl, "age(%s, %s)", of(tTstz, tTstz), true},
	{tIvl, "(%s - %s)", of(tTs, tTs), true},
	{tIvl, "(%s - %s)", of(tTstz, tTstz), true},
	{tInt4, "(%s - %s)", of(tDate, tDate), true},
	{tTs, "(%s + %s)", of(tTs, tIvl), true},
	{tTs, "(%s - %s)", of(tDate, tIvl), true},
	{tTs, "(%s + %s)", of(tDate, tTime), true},
	{tTstz, "(%s + %s)", of(tTstz, tIvl), true},
	{tTstz, "(%s - '1 day 2 hours'::interval)", of(tTstz), true},
	{tDate, "(%s + %s)", of(tDate, tInt4), true},
	{tDate, "make_date(%s, 2, 28)", of(tInt4), true},
	{tDate, "make_date(2024, %s, 29)", of(tInt4), true},
	{tTime, "make_time(%s, 30, 1.5)", of(tInt4), true},
	{tTs, "make_timestamp(2024, %s, 29, 1, 2, 3.25)", of(tInt4), true},
	{tIvl, "make_interval(months => %s)", of(tInt2), false},
	{tIvl, "make_interval(days => %s, hours => 5)", of(tInt2), false},
	{tTime, "(%s + %s)", of(tTime, tIvl), false},
	{tTime, "(%s - '30 minutes'::interval)", of(tTime), false},
	{tIvl, "(%s - %s)", of(tTime, tTime), false},
	{tIvl, "(%s * 2)", of(tIvl), false},
	{tIvl, "(%s / 3)", of(tIvl), false},
	{tIvl, "(- %s)", of(tIvl), false},
	{tIvl, "justify_days(%s)", of(tIvl), false},
	{tIvl, "justify_hours(%s)", of(tIvl), false},
	{tIvl, "justify_interval(%s)", of(tIvl), false},
	{tTstz, "(%s AT TIME ZONE 'UTC')", of(tTs), false},
	{tTs, "(%s AT TIME ZONE 'UTC')", of(tTstz), false},
	{tTs, "(%s AT TIME ZONE '+05:30')", of(tTstz), false},
	{tTstz, "(%s AT TIME ZONE INTERVAL '-03:00')", of(tTs), false},
	{tTs, "(%s)::timestamp(0)", of(tTs), false},
	{tTime, "(%s)::time", of(tTs), false},
	{tDate, "(%s)::date", of(tTstz), false},
	{tTstz, "to_timestamp(%s)", of(tF8), true},
	{tTstz, "to_timestamp(%s, 'YYYY-MM-DD HH24:MI')", of(tText), true},
	{tDate, "to_date(%s, 'DD Mon YYYY')", of(tText), true},
	{tDate, "to_date((%s)::text, 'YYYYMMDD')", of(tInt4), true},
	{tBool, "isfinite(%s)", of(tDate), false},
	{tBool, "isfinite(%s)", of(tTs), false},
	{tBool, "((%s, '2024-03-01'::timestamp) OVERLAPS ('2000-01-01'::timestamp, %s))", of(tTs, tTs), false},
	{tBool, "(%s < %s)", of(tDate, tTs), false},
	{tBool, "(%s >= %s)", of(tTs, tTstz), false},
	{tBool, "(%s < %s)", of(tIvl, tIvl), false},
}

var formatForms = []form{
	{tText, "to_char(%s, 'YYYY-MM-DD HH24:MI:SS.US')", of(tTs), false},
	{tText, "to_char(%s, 'Dy, FMDDth Month YYYY')", of(tDate), false},
	{tText, "to_char(%s, 'IYYY-IW-ID HH12:MI AM')", of(tTstz), false},
	{tText, "to_char(%s, 'DDD Q WW CC J')", of(tTs), false},
	{tText, `to_char(%s, '"at" HH24hMI" h" TZ')`, of(tTstz), false},
	{tText, "to_char(%s, 'DD HH24:MI:SS')", of(tIvl), false},
	{tText, "to_char(%s, 'FM999,999,990.00')", of(tNum92), false},
	{tText, "to_char(%s, '9999MI')", of(tInt4), false},
	{tText, "to_char(%s, 'S00009')", of(tInt8), false},
	{tText, "to_char(%s, 'FM0.999EEEE')", of(tNum92), true},
	{tText, "to_char(%s, 'RN')", of(tInt4), false},
	{tText, "to_char(%s, '99.9PR')", of(tF8), false},
	{tText, "(%s)::text", of(tTstz), false},
	{tText, "(%s)::text", of(tF4), false},
	{tText, "(%s)::text", of(tF8x), false},
	{tText, "(%s)::text", of(tBytea), false},
	{tText, "(%s)::text", of(tMoods), false},
	{tVchar, "(%s)::varchar(6)", of(tText), false},
	{tChar, "(%s)::char(3)", of(tText), false},
}

var jsonForms = []form{
	{tJSONB, "jsonb_set(%s, '{a}', %s)", of(tJSONB, tJSONB), true},
	{tJSONB, "jsonb_set(%s, '{b,1}', '\"z\"', false)", of(tJSONB), true},
	{tJSONB, "jsonb_insert(%s, '{b,0}', '7')", of(tJSONB), true},
	{tJSONB, "(%s - 'a')", of(tJSONB), true},
	{tJSONB, "(%s - 0)", of(tJSONB), true},
	{tJSONB, "(%s - '{a,b}'::text[])", of(tJSONB), true},
	{tJSONB, "(%s #- '{b,0}')", of(tJSONB), true},
	{tJSONB, "(%s #> '{b,-1}')", of(tJSONB), false},
	{tJSONB, "(%s)['b']", of(tJSONB), false},
	{tJSONB, "(%s)['b'][0]", of(tJSONB), false},
	{tJSONB, "jsonb_extract_path(%s, 'b', '0')", of(tJSONB), false},
	{tJSONB, "jsonb_object(ARRAY['a', 'b'], ARRAY[%s, %s])", of(tText, tText), false},
	{tJSONB, "to_jsonb(%s)", of(tNum92), false},
	{tJSONB, "to_jsonb(%s)", of(tMoods), false},
	{tJSONB, "jsonb_build_object('t', %s, 'd', %s)", of(tTs, tDate), false},
	{tJSONB, "(%s || '{\"z\": [1]}')", of(tJSONB), false},
	{tText, "jsonb_pretty(%s)", of(tJSONB), false},
	{tText, "(%s -> 'b' ->> 0)", of(tJSONB), false},
	{tText, "(%s #>> '{}')", of(tJSONB), false},
	{tText, "jsonb_extract_path_text(%s, 'a')", of(tJSONB), false},
	{tText, "row_to_json(ROW(%s, %s))::text", of(tInt4, tText), false},
	{tText, "json_build_object('k', %s, 'v', %s)::text", of(tBool, tTstz), false},
	{tText, "json_build_array(%s, %s)::text", of(tInt4s, tF8), false},
	{tText, "to_json(%s)::text", of(tTexts), false},
	{tText, "array_to_json(%s)::text", of(tInt4s), false},
	{tText, "((%s)::text::json ->> 'a')", of(tJSONB), false},
	{tText, "((%s)::text::json #>> '{b,0}')", of(tJSONB), false},
	{tText, "json_typeof((%s)::text::json)", of(tJSONB), false},
	{tInt4, "jsonb_array_length(%s)", of(tJSONB), true},
	{tInt4, "(%s ->> 'a')::integer", of(tJSONB), true},
	{tInt4, "(%s)::integer", of(tJSONB), true},
	{tBool, "(%s ? %s)", of(tJSONB, tText), false},
	{tBool, "(%s @> '{\"a\": 1}')", of(tJSONB), false},
	{tBool, "(%s <@ '[1, \"a\", {\"b\": true}, null]')", of(tJSONB), false},
	{tBool, "(%s ?| %s)", of(tJSONB, tTexts), false},
	{tBool, "(%s ->> 'a' IS NULL)", of(tJSONB), false},
}

var arrayForms = []form{
	{tInt4s, "array_cat(%s, %s)", of(tInt4s, tInt4s), false},
	{tInt4s, "ARRAY[%s, NULL, %s]", of(tInt4, tInt4), false},
	{tInt4s, "array_positions(%s, 2)", of(tInt4s), false},
	{tInt4s, "array_fill(%s, ARRAY[2])", of(tInt4), false},
	{tInt4s, "trim_array(%s, 1)", of(tInt4s), true},
	{tTexts, "string_to_array(%s, 'b')", of(tText), false},
	{tTexts, "string_to_array(%s, NULL)", of(tText), false},
	{tTexts, "string_to_array(%s, ',', 'a')", of(tText), false},
	{tTexts, "(%s)::text[]", of(tInt4s), false},
	{tTexts, "(%s || %s)", of(tTexts, tText), false},
	{tDates, "ARRAY[%s, %s]", of(tDate, tDate), false},
	{tDates, "array_append(%s, %s)", of(tDates, tDate), false},
	{tMoods, "ARRAY[%s, 'ok'::mood]", of(tEnum), false},
	{tMoods, "enum_range(%s)", of(tEnum), false},
	{tMoods, "enum_range(NULL, %s)", of(tEnum), false},
	{tText, "array_dims(%s)", of(tInt4s), false},
	{tText, "(%s)[1]", of(tTexts), false},
	{tText, "(%s)[2:3]::text", of(tTexts), false},
	{tInt4, "array_ndims(%s)", of(tTexts), false},
	{tInt4, "array_upper(%s, 1)", of(tInt4s), false},
	{tInt4, "array_lower(%s, 1)", of(tTexts), false},
	{tInt4, "array_position(%s, %s)", of(tTexts, tText), false},
	{tInt4, "(%s)[%s]", of(tInt4s, tInt4), false},
	{tDate, "(%s)[1]", of(tDates), false},
	{tEnum, "(%s)[2]", of(tMoods), false},
	{tBool, "(%s = ANY (%s))", of(tInt4, tInt4s), false},
	{tBool, "(%s <> ALL (%s))", of(tText, tTexts), false},
	{tBool, "(%s >= ANY (%s))", of(tEnum, tMoods), false},
	{tBool, "(%s @> ARRAY[1])", of(tInt4s), false},
	{tBool, "(%s && ARRAY[2, 3])", of(tInt4s), false},
	{tBool, "(%s < %s)", of(tInt4s, tInt4s), false},
	{tBool, "(%s @> %s)", of(tDates, tDates), false},
	{tBool, "(ARRAY[%s, %s] <@ ARRAY['a', 'b', ''])", of(tText, tText), false},
}

var otherForms = []form{
	{tEnum, "enum_first(%s)", of(tEnum), false},
	{tEnum, "enum_last(%s)", of(tEnum), false},
	{tEnum, "(%s)::mood", of(tText), true},
	{tText, "(CASE %s WHEN 1 THEN 'one' WHEN 2 THEN %s END)", of(tInt4, tText), false},
	{tInt4, "(CASE WHEN %s THEN %s WHEN %s THEN 7 END)", of(tBool, tInt4, tBool), false},
	{tInt4, "coalesce(%s, %s, -1)", of(tInt4, tInt4), false},
	{tInt8, "coalesce(%s, %s)", of(tInt4, tInt8), false},
	{tInt8, "greatest(%s, %s, NULL)", of(tInt8, tInt4), false},
	{tText, "least(%s, %s, 'b')", of(tText, tText), false},
	{tBool, "((%s, %s) IS NULL)", of(tInt4, tText), false},
	{tBool, "((%s, %s) IS NOT NULL)", of(tInt4, tDate), false},
	{tBool, "((%s, %s) IS DISTINCT FROM (1, 'a'))", of(tInt4, tText), false},
	{tBool, "((%s, %s) IN ((1, 'a'), (2, NULL), (3, 'b')))", of(tInt4, tText), false},
	{tBool, "(ROW(%s, %s) >= ROW(%s, 2))", of(tText, tInt4, tText), false},
	{tBool, "((%s, %s) <> (%s, %s))", of(tInt4, tDate, tInt8, tDate), false},
	{tBool, "(%s BETWEEN SYMMETRIC 3 AND %s)", of(tInt4, tInt4), false},
	{tBool, "(%s IS NOT UNKNOWN)", of(tBool), false},
	{tBool, "(%s IS NOT TRUE)", of(tBool), false},
	{tBool, "(%s = %s)", of(tChar, tChar), false},
	{tBool, "(%s < %s)", of(tEnum, tEnum), false},
	{tBool, "(%s IS DISTINCT FROM %s)", of(tJSONB, tJSONB), false},
	{tBool, "(%s <> %s)", of(tUUID, tUUID), false},
	{tBool, "(%s = %s)", of(tF8, tNum), false},
	{tBool, "(%s <= %s)", of(tF4, tF8), false},
	{tUUID, "(%s)::text::uuid", of(tUUID), false},
	{tUUID, "(%s)::uuid", of(tText), true},
}

// formOf applies a form whose result has the type; nil when there is none that may stand in the scope.
func (g *generator) formOf(s *scope, t *sqlType, depth int) *expr {
	fitting := formsByResult[t]
	for range 4 {
		if len(fitting) == 0 {
			return nil
		}
		f := pick(g.r, fitting)
		if f.risky && !s.risk || strings.Contains(f.text, " ANY (%s)") && !s.stored() || !g.near(s, f) && g.chance(80) {
			continue
		}
		var kids []*expr
		for _, o := range f.operands {
			switch o {
			case tPattern, tRegex:
				kids = append(kids, g.patternValue(s, o))
			default:
				kids = append(kids, typedText(g.value(s, o, depth)))
			}
		}
		e := op(t, f.text, kids...)
		if f.risky {
			e = e.asRisky()
		}
		e.vague = e.vague || t == tNum
		return e
	}
	return nil
}

// near reports whether a column may be the form's first operand.
func (g *generator) near(s *scope, f form) bool {
	return len(ofType(s.cols, f.operands[0])) > 0
}

// typedText gives literals the type that they are drawn for.
func typedText(e *expr) *expr {
	if e.col == nil && e.param == nil && len(e.kids) == 0 && e.sub == nil && !e.agg {
		return typed(e)
	}
	return e
}

// patternValue is a pattern: written out, or a parameter.
func (g *generator) patternValue(s *scope, t *sqlType) *expr {
	if s.noParams || g.chance(50) {
		return litExpr(tText, t.pick(g.r))
	}
	return &expr{typ: tText, text: "::text", param: &param{typ: tText, values: t.pool, nullable: g.chance(20)}}
}

// Patterns are texts.
var (
	tPattern = &sqlType{name: "text", pool: []string{"a%", "%b", "_", "%", `a\%b`, "", "a_b", "%é%", "__"}}
	tRegex   = &sqlType{name: "text", pool: []string{"a", "^a", "b$", "a|b", "[^a]", "(a)(b)?", "a{1,2}", "é", `\w+`, "^$", "(?i)A"}}
)

var formsByResult = func() map[*sqlType][]form {
	m := map[*sqlType][]form{}
	for _, f := range forms {
		m[f.result] = append(m[f.result], f)
	}
	return m
}()
