package luagen

import (
	"github.com/prequel-db/prequel/luagen/lua"
	"github.com/prequel-db/prequel/luagen/prelude"
)

// orderClass is how values of a type are compared in Lua.
type orderClass uint8

const (
	plainOrder orderClass = iota // Lua's own operators
	wideOrder                    // equality is Lua's, order takes a helper for numbers beyond 2^53
	byteOrder                    // equality is Lua's, order is that of bytes
	equalOnly                    // booleans: equality is Lua's, the rest has functions
)

// comparison is a builtin that compares: its class and Lua operator.
type comparison struct {
	class orderClass
	op    string
}

// comparisons maps the builtins that are compiled in place. Floats, numerics, intervals and char(n) are not among them: their
// equality is not that of Lua's values.
var comparisons = map[string]comparison{}

// identity holds the equalities for which equal SQL values are equal Lua values and the other way round.
var identity = map[string]bool{}

// free are the casts between types of one Lua form.
var free = map[string]bool{
	"i2toi4": true, "int28": true, "int48": true, "int2up": true, "int4up": true, "int8up": true, "float4up": true,
	"float8up": true, "ftod": true, "timestamp_timestamptz": true, "timestamptz_timestamp": true, "i4tod": true, "i2tod": true,
}

func init() {
	add := func(class orderClass, ops map[string]string, names ...string) {
		for _, name := range names {
			for suffix, op := range ops {
				comparisons[name+suffix] = comparison{class, op}
				if op == "==" {
					identity[name+suffix] = true
				}
			}
		}
	}
	short := map[string]string{"eq": "==", "ne": "~=", "lt": "<", "le": "<=", "gt": ">", "ge": ">="}
	long := map[string]string{"_eq": "==", "_ne": "~=", "_lt": "<", "_le": "<=", "_gt": ">", "_ge": ">="}
	equality := map[string]string{"eq": "==", "ne": "~="}
	add(plainOrder, short, "int2", "int4", "int24", "int42")
	add(plainOrder, long, "date", "enum")
	add(wideOrder, short, "int8", "int84", "int48", "int82", "int28")
	add(wideOrder, long, "timestamp", "timestamptz", "time")
	add(byteOrder, equality, "text")
	add(byteOrder, map[string]string{"_lt": "<", "_le": "<=", "_gt": ">", "_ge": ">="}, "text")
	add(byteOrder, short, "bytea")
	add(byteOrder, long, "uuid")
	add(equalOnly, equality, "bool")
}

// mayReturnNull are strict builtins whose result can be NULL though no argument is.
var mayReturnNull = map[string]bool{
	"array_lower": true, "array_upper": true, "array_length": true, "array_dims": true, "array_ndims": true, "array_subscript": true,
	// no match
	"regexp_match": true, "regexp_match_no_flags": true, "textregexsubstr": true, "textregexsubstr_escape": true,
	"similar_substring": true, "regexp_substr": true, "regexp_substr_no_start": true, "regexp_substr_no_n": true,
	"regexp_substr_no_flags": true, "regexp_substr_no_subexpr": true,
	// no such member, or JSON's null
	"json_object_field": true, "json_object_field_text": true, "json_array_element": true, "json_array_element_text": true,
	"json_extract_path": true, "json_extract_path_text": true, "jsonb_object_field": true, "jsonb_object_field_text": true,
	"jsonb_array_element": true, "jsonb_array_element_text": true, "jsonb_extract_path": true, "jsonb_extract_path_text": true,
	// infinity and NaN have no parts
	"numeric_scale": true, "numeric_min_scale": true, "timestamp_time": true, "timestamptz_time": true, "timestamp_part": true,
	"timestamptz_part": true, "extract_timestamp": true, "extract_timestamptz": true, "extract_date": true,
	// an empty format, or infinity
	"timestamp_to_char": true, "timestamptz_to_char": true, "interval_to_char": true, "numeric_to_number": true,
}

// neverNull are builtins that take NULLs and never return one.
var neverNull = map[string]bool{
	"text_concat": true, "json_build_object": true, "json_build_array": true, "jsonb_build_object": true, "jsonb_build_array": true,
	"json_build_object_noargs": true, "json_build_array_noargs": true, "jsonb_build_object_noargs": true,
	"jsonb_build_array_noargs": true, "pg_num_nulls": true, "pg_num_nonnulls": true, "quote_nullable": true,
	"array_append": true, "array_prepend": true, "array_fill": true, "enum_first": true, "enum_last": true, "enum_range_all": true,
	"enum_range_bounds": true, "row_text": true, "row_json": true,
}

// calm are builtins that cannot fail on values of their argument types, comparisons and free casts apart.
var calm = map[string]bool{
	"textcat": true, "lower": true, "upper": true, "initcap": true, "textlen": true, "textoctetlen": true, "btrim": true, "btrim1": true,
	"ltrim": true, "ltrim1": true, "rtrim": true, "rtrim1": true, "replace_text": true, "text_left": true, "text_right": true,
	"text_reverse": true, "textpos": true, "text_starts_with": true, "text_substr_no_len": true, "translate": true, "ascii": true,
	"boollt": true, "boolle": true, "boolgt": true, "boolge": true, "bool_int4": true, "int4_bool": true, "booltext": true,
	"float8eq": true, "float8ne": true, "float8lt": true, "float8le": true, "float8gt": true, "float8ge": true,
	"float4eq": true, "float4ne": true, "float4lt": true, "float4le": true, "float4gt": true, "float4ge": true,
	"float48eq": true, "float48ne": true, "float48lt": true, "float48le": true, "float48gt": true, "float48ge": true,
	"float84eq": true, "float84ne": true, "float84lt": true, "float84le": true, "float84gt": true, "float84ge": true,
	"float8abs": true, "float8um": true, "float4abs": true, "float4um": true, "i8tod": true, "i4tof": true, "i2tof": true,
	"dround": true, "dtrunc": true, "dceil": true, "dfloor": true, "dsign": true,
	"numeric_eq": true, "numeric_ne": true, "numeric_lt": true, "numeric_le": true, "numeric_gt": true, "numeric_ge": true,
	"numeric_abs": true, "numeric_uminus": true, "numeric_sign": true, "int4_numeric": true, "int8_numeric": true, "int2_numeric": true,
	"bpchareq": true, "bpcharne": true, "bpcharlt": true, "bpcharle": true, "bpchargt": true, "bpcharge": true, "bpcharlen": true,
	"interval_eq": true, "interval_ne": true, "interval_lt": true, "interval_le": true, "interval_gt": true, "interval_ge": true,
	"int4and": true, "int4or": true, "int4xor": true, "int4not": true, "int8and": true, "int8or": true, "int8xor": true, "int8not": true,
	"int4larger": true, "int4smaller": true, "text_larger": true, "text_smaller": true,
}

// mathFunctions are builtins that are a function of Lua's math library, called without a helper between.
var mathFunctions = map[string]string{
	"float8abs": "abs", "float4abs": "abs", "dceil": "ceil", "dfloor": "floor", "datan": "atan", "datan2": "atan2", "dsinh": "sinh",
	"dcosh": "cosh", "dtanh": "tanh",
}

// procHelper is the prelude's function for a builtin: its prosrc, with an underscore behind it where that is a word of Lua.
func procHelper(proc string) (string, bool) {
	if name := renamed[proc]; name != "" {
		proc = name
	}
	for _, name := range []string{proc, proc + "_"} {
		if prelude.Has(name) {
			return name, true
		}
	}
	return "", false
}

// compare writes a comparison in place.
func (c comparison) compare(a, b lua.Expr) lua.Expr {
	if c.op == "==" || c.op == "~=" || c.class == plainOrder {
		return lua.Op(a, c.op, b)
	}
	if c.op == ">" || c.op == ">=" {
		a, b = b, a
	}
	less := c.op == "<" || c.op == ">"
	switch {
	case c.class == wideOrder && less:
		return compute("wide_lt", a, b)
	case c.class == wideOrder:
		return compute("wide_le", a, b)
	case less:
		return compute("bytes_lt", a, b)
	}
	return lua.Not(compute("bytes_lt", b, a))
}

// opposite is the comparison that holds exactly when c does not.
func (c comparison) opposite() comparison {
	ops := map[string]string{"==": "~=", "~=": "==", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}
	return comparison{c.class, ops[c.op]}
}
