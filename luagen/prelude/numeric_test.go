package prelude_test

import (
	"fmt"
	"strings"
	"testing"
)

func TestNumericOperators(t *testing.T) {
	o := newOracle(t)
	args := []string{"numeric", "numeric"}
	data := rows(1, 5000, args...)
	for _, op := range []struct{ lua, sql string }{
		{"numeric_add", "a + b"},
		{"numeric_sub", "a - b"},
		{"numeric_mul", "a * b"},
		{"numeric_div", "a / b"},
		{"numeric_mod", "a % b"},
		{"numeric_div_trunc", "div(a, b)"},
		{"numeric_larger", "numeric_larger(a, b)"},
		{"numeric_smaller", "numeric_smaller(a, b)"},
		{"numeric_gcd", "gcd(a, b)"},
		{"numeric_lcm", "lcm(a, b)"},
	} {
		o.run(t, check{lua: op.lua, sql: op.sql, args: args, ret: "numeric"}, canonical(data))
	}
	for _, op := range []struct{ lua, sql string }{
		{"numeric_eq", "a = b"},
		{"numeric_ne", "a <> b"},
		{"numeric_lt", "a < b"},
		{"numeric_le", "a <= b"},
		{"numeric_gt", "a > b"},
		{"numeric_ge", "a >= b"},
	} {
		o.run(t, check{lua: op.lua, sql: op.sql, args: args, ret: "bool"}, canonical(data))
	}
	o.run(t, check{lua: "numeric_cmp", sql: "numeric_cmp(a, b)", args: args, ret: "int4"}, canonical(data))
}

// canonical rewrites the few edges that are not in the form numeric has in Lua, which is what PostgreSQL prints.
func canonical(rows [][]string) [][]string {
	out := make([][]string, len(rows))
	for i, row := range rows {
		out[i] = append([]string(nil), row...)
		for j, v := range row {
			if v == "1e30" {
				out[i][j] = "1" + strings.Repeat("0", 30)
			}
		}
	}
	return out
}

func TestNumericFunctions(t *testing.T) {
	o := newOracle(t)
	one := canonical(rows(2, 4000, "numeric"))
	for _, op := range []struct{ lua, sql, ret string }{
		{"numeric_uminus", "-a", "numeric"},
		{"numeric_uplus", "+a", "numeric"},
		{"numeric_abs", "abs(a)", "numeric"},
		{"numeric_sign", "sign(a)", "numeric"},
		{"numeric_inc", "numeric_inc(a)", "numeric"},
		{"numeric_floor", "floor(a)", "numeric"},
		{"numeric_ceil", "ceil(a)", "numeric"},
		{"numeric_round(a)", "round(a)", "numeric"},
		{"numeric_trunc(a)", "trunc(a)", "numeric"},
		{"numeric_scale", "scale(a)", "int4"},
		{"numeric_min_scale", "min_scale(a)", "int4"},
		{"numeric_trim_scale", "trim_scale(a)", "numeric"},
		{"numeric_out", "a::text", "text"},
		{"numeric_int2", "a::int2", "int2"},
		{"numeric_int4", "a::int4", "int4"},
		{"numeric_int8", "a::int8", "int8"},
		{"numeric_float8", "a::float8", "float8"},
		{"numeric_float4", "a::float4", "float4"},
	} {
		o.run(t, check{lua: op.lua, sql: op.sql, args: []string{"numeric"}, ret: op.ret}, one)
	}
	g := newGenerator(3)
	var places [][]string
	for _, row := range one {
		places = append(places, []string{row[0], fmt.Sprint(g.IntN(30) - 12)})
	}
	for _, n := range []string{"2147483647", "-2147483648", "2000", "2001", "-2000", "0"} {
		places = append(places, []string{"123.456", n}, []string{"999.995", n})
	}
	o.run(t, check{lua: "numeric_round", sql: "round(a, b)", args: []string{"numeric", "int4"}, ret: "numeric"}, places)
	o.run(t, check{lua: "numeric_trunc", sql: "trunc(a, b)", args: []string{"numeric", "int4"}, ret: "numeric"}, places)
}

func TestNumericTypmod(t *testing.T) {
	o := newOracle(t)
	for _, m := range []struct{ precision, scale int }{{10, 2}, {5, 0}, {3, 3}, {2, 5}, {4, -2}, {1000, 0}, {30, 10}, {1, 0}, {1, 1}, {6, 1000}} {
		data := canonical(rows(4, 400, "numeric"))
		for _, v := range []string{"99.99", "999.99", "9.5", "99.5", "0.9995", "0.99949", "0.000099", "0.00000999", "0.0000099999", "949", "950", "999949", "999950", "-5", "-0.5"} {
			data = append(data, []string{v})
		}
		o.run(t, check{
			lua: fmt.Sprintf("numeric_fit(a, %d, %d)", m.precision, m.scale), sql: fmt.Sprintf("a::numeric(%d,%d)", m.precision, m.scale),
			args: []string{"numeric"}, ret: "numeric",
		}, data)
		typmod := m.precision<<16 | m.scale&0x7ff + 4
		o.run(t, check{
			lua: fmt.Sprintf("numeric(a, %d)", typmod), sql: fmt.Sprintf("pg_catalog.numeric(a, %d)", typmod), args: []string{"numeric"}, ret: "numeric",
		}, data)
	}
	o.run(t, check{lua: "numeric(a, -1)", sql: "a", args: []string{"numeric"}, ret: "numeric"}, canonical(rows(5, 10, "numeric")))
}

func TestNumericCasts(t *testing.T) {
	o := newOracle(t)
	for lua, typ := range map[string]string{
		"int2_numeric": "int2", "int4_numeric": "int4", "int8_numeric": "int8", "float8_numeric": "float8", "float4_numeric": "float4",
	} {
		o.run(t, check{lua: lua, sql: "a::numeric", args: []string{typ}, ret: "numeric"}, rows(6, 3000, typ))
	}
	texts := append(floatTexts(), integerTexts()...)
	for _, s := range []string{
		"1e131071", "1e131072", "1e-16383", "1e-16384", "0e999999", "1e1073741823", "1e99999999999999999999", "1e-99999999999", "000000e5", "0.000e2", "1.50e1",
		"-nan", "+nan", "nan ", "-inf ", "infinit", "in", "1e", "1e+", ".e1", "-.5", "+.5e1", "5.e1", "0.1e-3", "12345e-3",
	} {
		texts = append(texts, []string{s})
	}
	o.run(t, check{lua: "numeric_in", sql: "a::numeric", args: []string{"text"}, ret: "numeric"}, texts)
}

func TestNumericLimits(t *testing.T) {
	o := newOracle(t)
	nines := strings.Repeat("9", 131072)
	tiny := "0." + strings.Repeat("0", 16382) + "1"
	data := [][]string{{nines, "1"}, {nines, "-1"}, {nines, "2"}, {nines, "0.5"}, {tiny, tiny}, {tiny, "0.5"}, {tiny, "0.4"}, {tiny, "3"}}
	for _, op := range []string{"add + ", "sub - ", "mul * ", "mod % "} {
		name, sign, _ := strings.Cut(op, " ")
		o.run(t, check{lua: "numeric_" + name, sql: "a " + sign + " b", args: []string{"numeric", "numeric"}, ret: "numeric"}, data)
	}
	o.run(t, check{lua: "numeric_round", sql: "round(a, b)", args: []string{"numeric", "int4"}, ret: "numeric"},
		[][]string{{nines, "0"}, {nines, "-131071"}, {nines, "-131072"}, {nines, "-131073"}, {tiny, "16383"}, {tiny, "16384"}})
	o.run(t, check{lua: "numeric_div", sql: "a / b", args: []string{"numeric", "numeric"}, ret: "numeric"}, data[4:])
}
