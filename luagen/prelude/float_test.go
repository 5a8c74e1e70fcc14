package prelude_test

import (
	"fmt"
	"math"
	"strconv"
	"testing"
)

func TestFloatText(t *testing.T) {
	o := newOracle(t)
	o.run(t, check{lua: "float8out", sql: "a::text", args: []string{"float8"}, ret: "text"}, append(rows(1, 6000, "float8"), halfwayRows()...))
	o.run(t, check{lua: "float4out", sql: "a::text", args: []string{"float4"}, ret: "text"}, rows(2, 6000, "float4"))
}

// halfwayRows are integers of which some short decimal text lies exactly halfway between two doubles.
func halfwayRows() [][]string {
	out := [][]string{}
	for exponent := 16; exponent <= 40; exponent++ {
		for d := range 300 {
			f, _ := strconv.ParseFloat(fmt.Sprintf("%de%d", d+1, exponent), 64)
			out = append(out, []string{formatFloat(f, 64)}, []string{formatFloat(-math.Nextafter(f, 0), 64)})
		}
	}
	return out
}

func TestFloatOperators(t *testing.T) {
	o := newOracle(t)
	types := []struct{ prefix, left, right, result string }{
		{"float8", "float8", "float8", "float8"},
		{"float4", "float4", "float4", "float4"},
		{"float48", "float4", "float8", "float8"},
		{"float84", "float8", "float4", "float8"},
	}
	for _, w := range types {
		args := []string{w.left, w.right}
		data := rows(3, 2000, args...)
		for op, sql := range map[string]string{"pl": "a + b", "mi": "a - b", "mul": "a * b", "div": "a / b"} {
			o.run(t, check{lua: w.prefix + op, sql: sql, args: args, ret: w.result}, data)
		}
		for op, sql := range map[string]string{"eq": "a = b", "ne": "a <> b", "lt": "a < b", "le": "a <= b", "gt": "a > b", "ge": "a >= b"} {
			o.run(t, check{lua: w.prefix + op, sql: sql, args: args, ret: "bool"}, data)
		}
		cmp := "bt" + w.prefix + "cmp"
		o.run(t, check{lua: cmp, sql: cmp + "(a, b)", args: args, ret: "int4"}, data)
		if w.left == w.right {
			one := rows(4, 1000, w.left)
			for op, sql := range map[string]string{"um": "-a", "up": "+a", "abs": "abs(a)"} {
				o.run(t, check{lua: w.prefix + op, sql: sql, args: args[:1], ret: w.result}, one)
			}
			o.run(t, check{lua: w.prefix + "larger", sql: w.prefix + "larger(a, b)", args: args, ret: w.result}, data)
			o.run(t, check{lua: w.prefix + "smaller", sql: w.prefix + "smaller(a, b)", args: args, ret: w.result}, data)
		}
	}
}

func TestFloatFunctions(t *testing.T) {
	o := newOracle(t)
	one := rows(5, 2000, "float8")
	for _, c := range []check{
		{lua: "dround", sql: "round(a)"},
		{lua: "dtrunc", sql: "trunc(a)"},
		{lua: "dceil", sql: "ceil(a)"},
		{lua: "dfloor", sql: "floor(a)"},
		{lua: "dsign", sql: "sign(a)"},
		{lua: "dsqrt", sql: "sqrt(a)"},
		{lua: "degrees", sql: "degrees(a)"},
		{lua: "radians", sql: "radians(a)"},
		{lua: "dexp", sql: "exp(a)", ulps: 2},
		{lua: "datan", sql: "atan(a)", ulps: 2},
		{lua: "dtanh", sql: "tanh(a)", ulps: 4},
		{lua: "dpi()", sql: "pi()"},
	} {
		c.args, c.ret = []string{"float8"}, "float8"
		o.run(t, c, one)
	}
	// Go's own sine and its kin lose more than a few units in the last place for large arguments, and its logarithm is
	// wrong for denormals.
	var small, normal, normals [][]string
	for _, row := range one {
		f, _ := strconv.ParseFloat(row[0], 64)
		if f != f || math.IsInf(f, 0) || math.Abs(f) < 1e4 {
			small = append(small, row)
		}
		if !denormal(row[0]) {
			normal = append(normal, row)
		}
	}
	o.run(t, check{lua: "dlog1", sql: "ln(a)", args: []string{"float8"}, ret: "float8", ulps: 2}, normal)
	o.run(t, check{lua: "dlog10", sql: "log(a)", args: []string{"float8"}, ret: "float8", ulps: 4}, normal)
	for lua, sql := range map[string]string{
		"dsin": "sin(a)", "dcos": "cos(a)", "dtan": "tan(a)", "dcot": "cot(a)", "dasin": "asin(a)", "dacos": "acos(a)",
		"dsinh": "sinh(a)", "dcosh": "cosh(a)",
	} {
		o.run(t, check{lua: lua, sql: sql, args: []string{"float8"}, ret: "float8", ulps: 300}, small)
	}
	two := rows(6, 2000, "float8", "float8")
	for _, row := range two {
		if !denormal(row[0]) {
			normals = append(normals, row)
		}
	}
	two = normals
	o.run(t, check{lua: "dpow", sql: "power(a, b)", args: []string{"float8", "float8"}, ret: "float8", ulps: 300}, two)
	o.run(t, check{lua: "datan2", sql: "atan2(a, b)", args: []string{"float8", "float8"}, ret: "float8", ulps: 2}, two)
}

func denormal(text string) bool {
	f, _ := strconv.ParseFloat(text, 64)
	return f != 0 && math.Abs(f) < 0x1p-1022
}

func TestFloatCasts(t *testing.T) {
	o := newOracle(t)
	for _, c := range []check{
		{lua: "dtoi2", sql: "a::int2", args: []string{"float8"}, ret: "int2"},
		{lua: "dtoi4", sql: "a::int4", args: []string{"float8"}, ret: "int4"},
		{lua: "dtoi8", sql: "a::int8", args: []string{"float8"}, ret: "int8"},
		{lua: "ftoi2", sql: "a::int2", args: []string{"float4"}, ret: "int2"},
		{lua: "ftoi4", sql: "a::int4", args: []string{"float4"}, ret: "int4"},
		{lua: "ftoi8", sql: "a::int8", args: []string{"float4"}, ret: "int8"},
		{lua: "dtof", sql: "a::float4", args: []string{"float8"}, ret: "float4"},
		{lua: "ftod", sql: "a::float8", args: []string{"float4"}, ret: "float8"},
		{lua: "i2tof", sql: "a::float4", args: []string{"int2"}, ret: "float4"},
		{lua: "i4tof", sql: "a::float4", args: []string{"int4"}, ret: "float4"},
		{lua: "i8tof", sql: "a::float4", args: []string{"int8"}, ret: "float4"},
		{lua: "i2tod", sql: "a::float8", args: []string{"int2"}, ret: "float8"},
		{lua: "i4tod", sql: "a::float8", args: []string{"int4"}, ret: "float8"},
		{lua: "i8tod", sql: "a::float8", args: []string{"int8"}, ret: "float8"},
	} {
		o.run(t, c, rows(7, 3000, c.args[0]))
	}
	// Bigints around the point halfway between two reals, where rounding by way of a double goes wrong.
	var halfway [][]string
	g := newGenerator(8)
	for range 500 {
		f := int64(math.Float32frombits(uint32(0x5a000000 + g.IntN(0x04ffffff))))
		half := (int64(math.Nextafter32(float32(f), math.MaxFloat32)) - f) / 2
		for d := int64(-1); d <= 1; d++ {
			halfway = append(halfway, []string{strconv.FormatInt(f+half+d, 10)}, []string{strconv.FormatInt(-f-half-d, 10)})
		}
	}
	o.run(t, check{lua: "i8tof", sql: "a::float4", args: []string{"int8"}, ret: "float4"}, halfway)
}

// floatTexts spell floats in every manner, and things that are none.
func floatTexts() [][]string {
	texts := []string{
		"", " ", "abc", "1", "+1", "-1", "--1", " 12 ", "1.5", ".5", "5.", ".", "1e5", "1E+5", "1e-5", "1e", "1e+", "e5", "1 2", "-0", "0", "000.500", "1e400", "-1e400",
		"1e-400", "0e400", "1e38", "4e38", "3.4028235e38", "3.4028236e38", "1e-45", "7e-46", "7.1e-46", "1e-46", "1.7976931348623157e308",
		"1.7976931348623159e308", "5e-324", "2e-324", "3e-324", "NaN", "nan", "NAN", "-NaN", "nan(1)", "inf", "-INF", "+Infinity", "infinit", "Infinityx",
		"0123", "00", "08", "1_0", "1,0", "9007199254740993", "16777217", "16777217.000000000000000000000001", "33554434.999999999999999",
		"0.000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000001e100",
		"123456789012345678901234567890123456789012345678901234567890", "1.00000005960464477539062500001", "1.000000059604644775390625",
		"1.00000005960464477539062499999", "1.00000017881393432617187500001", "1.00000017881393432617187499999", "1.000000178813934326171875",
	}
	g := newGenerator(9)
	for range 400 {
		texts = append(texts, g.value("float8"), strconv.FormatFloat(g.float(), 'f', g.IntN(20), 64), g.numeric(), fmt.Sprintf("%se%d", g.numeric(), g.IntN(60)-30))
	}
	var out [][]string
	for _, s := range texts {
		out = append(out, []string{s})
	}
	return out
}

func TestFloatInput(t *testing.T) {
	o := newOracle(t)
	o.run(t, check{lua: "float8in", sql: "a::float8", args: []string{"text"}, ret: "float8"}, floatTexts())
	o.run(t, check{lua: "float4in", sql: "a::float4", args: []string{"text"}, ret: "float4"}, floatTexts())
}

func TestWidthBucketFloat(t *testing.T) {
	o := newOracle(t)
	args := []string{"float8", "float8", "float8", "int4"}
	data := rows(10, 2000, "float8", "float8", "float8", "int4")
	for _, row := range rows(11, 200, "float8", "int4") {
		data = append(data, []string{row[0], "-3.5", "100", row[1]}, []string{row[0], "100", "0", row[1]})
	}
	o.run(t, check{lua: "width_bucket_float8", sql: "width_bucket(a, b, c, d)", args: args, ret: "int4"}, data)
}
