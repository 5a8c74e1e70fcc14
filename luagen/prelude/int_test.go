package prelude_test

import (
	"fmt"
	"testing"
)

func TestIntegerOperators(t *testing.T) {
	o := newOracle(t)
	operators := map[string]string{"pl": "+", "mi": "-", "mul": "*", "div": "/", "eq": "=", "ne": "<>", "lt": "<", "le": "<=", "gt": ">", "ge": ">="}
	order := []string{"pl", "mi", "mul", "div", "eq", "ne", "lt", "le", "gt", "ge"}
	widths := []struct{ prefix, left, right, result string }{
		{"int2", "int2", "int2", "int2"},
		{"int4", "int4", "int4", "int4"},
		{"int8", "int8", "int8", "int8"},
		{"int24", "int2", "int4", "int4"},
		{"int42", "int4", "int2", "int4"},
		{"int28", "int2", "int8", "int8"},
		{"int82", "int8", "int2", "int8"},
		{"int48", "int4", "int8", "int8"},
		{"int84", "int8", "int4", "int8"},
	}
	for _, w := range widths {
		n := 300
		if w.left == w.right {
			n = 3000
		}
		data := rows(1, n, w.left, w.right)
		for i, op := range order {
			ret := w.result
			if i >= 4 {
				ret = "bool"
			}
			o.run(t, check{lua: w.prefix + op, sql: fmt.Sprintf("a %s b", operators[op]), args: []string{w.left, w.right}, ret: ret}, data)
		}
		cmp := "bt" + w.prefix + "cmp"
		o.run(t, check{lua: cmp, sql: "sign(" + cmp + "(a, b))::int4", args: []string{w.left, w.right}, ret: "int4"}, data)
	}
}

func TestIntegerFunctions(t *testing.T) {
	o := newOracle(t)
	for _, typ := range []string{"int2", "int4", "int8"} {
		one, two := rows(2, 2000, typ), rows(3, 2000, typ, typ)
		for lua, sql := range map[string]string{
			"um": "-a", "up": "+a", "abs": "abs(a)", "not": "~a", "out": "a::text",
		} {
			ret := typ
			if lua == "out" {
				ret = "text"
			}
			o.run(t, check{lua: typ + lua, sql: sql, args: []string{typ}, ret: ret}, one)
		}
		for lua, sql := range map[string]string{
			"mod": "a % b", "and": "a & b", "or": "a | b", "xor": "a # b", "larger": "greatest(a, b)", "smaller": "least(a, b)",
		} {
			o.run(t, check{lua: typ + lua, sql: sql, args: []string{typ, typ}, ret: typ}, two)
		}
		shifts := rows(4, 1000, typ, "int4")
		o.run(t, check{lua: typ + "shl", sql: "a << b", args: []string{typ, "int4"}, ret: typ}, shifts)
		o.run(t, check{lua: typ + "shr", sql: "a >> b", args: []string{typ, "int4"}, ret: typ}, shifts)
		if typ != "int2" {
			o.run(t, check{lua: typ + "gcd", sql: "gcd(a, b)", args: []string{typ, typ}, ret: typ}, two)
			o.run(t, check{lua: typ + "lcm", sql: "lcm(a, b)", args: []string{typ, typ}, ret: typ}, two)
			o.run(t, check{lua: typ + "inc", sql: typ + "inc(a)", args: []string{typ}, ret: typ}, one)
		}
	}
	o.run(t, check{lua: "int8dec", sql: "a - 1", args: []string{"int8"}, ret: "int8"}, rows(5, 500, "int8"))
}

func TestIntegerCasts(t *testing.T) {
	o := newOracle(t)
	for _, c := range []check{
		{lua: "i2toi4", sql: "a::int4", args: []string{"int2"}, ret: "int4"},
		{lua: "int28", sql: "a::int8", args: []string{"int2"}, ret: "int8"},
		{lua: "int48", sql: "a::int8", args: []string{"int4"}, ret: "int8"},
		{lua: "i4toi2", sql: "a::int2", args: []string{"int4"}, ret: "int2"},
		{lua: "int84", sql: "a::int4", args: []string{"int8"}, ret: "int4"},
		{lua: "int82", sql: "a::int2", args: []string{"int8"}, ret: "int2"},
		{lua: "to_hex32", sql: "to_hex(a)", args: []string{"int4"}, ret: "text"},
		{lua: "to_hex64", sql: "to_hex(a)", args: []string{"int8"}, ret: "text"},
	} {
		o.run(t, c, rows(6, 1000, c.args[0]))
	}
}

// integerTexts spell integers, near misses and nonsense.
func integerTexts() [][]string {
	texts := []string{
		"", " ", "abc", "1", "+1", "-1", "--1", "+-1", "+", "-", " 12 ", "\t12\n", "12 3", "1.0", "1e3", "0x10", "0", "-0", "+0", "000", "00012", "-00012",
		"32767", "32768", "-32768", "-32769", "2147483647", "2147483648", "-2147483648", "-2147483649", "9223372036854775807",
		"9223372036854775808", "-9223372036854775808", "-9223372036854775809", "9007199254740993", "99999999999999999999x", "1x",
		"18446744073709551616", "00000000000000000000000000000001", "9999999999999999999999999999999", "१", "1\u00a0", `a"b`, "1_000",
	}
	g := newGenerator(7)
	for range 500 {
		texts = append(texts, []string{"", " ", "0"}[g.IntN(3)]+g.integer(63)+[]string{"", "", "", " ", "z"}[g.IntN(5)], g.integer(31), g.integer(15))
	}
	var out [][]string
	for _, s := range texts {
		out = append(out, []string{s})
	}
	return out
}

func TestIntegerInput(t *testing.T) {
	o := newOracle(t)
	for _, typ := range []string{"int2", "int4", "int8"} {
		o.run(t, check{lua: typ + "in", sql: "a::" + typ, args: []string{"text"}, ret: typ}, integerTexts())
	}
}
