package prelude_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
)

// edges are the values of a type at which arithmetic changes its behaviour.
var edges = map[string][]string{
	"bool": {"t", "f"},
	"int2": {"0", "1", "-1", "2", "-2", "7", "255", "256", "32767", "-32767", "-32768"},
	"int4": {
		"0", "1", "-1", "2", "-3", "10", "31", "32", "65535", "65536", "46341", "2147483647", "2147483646",
		"-2147483647", "-2147483648",
	},
	"int8": {
		"0", "1", "-1", "2", "-3", "10", "1000000000", "-1000000000", "2147483648", "-2147483649", "4294967295", "4294967296",
		"3037000500", "9007199254740991", "9007199254740992", "9007199254740993", "-9007199254740991", "-9007199254740992",
		"-9007199254740993", "9007199254740994", "999999999999999999", "1000000000000000000", "9223372036854775806",
		"9223372036854775807", "-9223372036854775807", "-9223372036854775808",
	},
	"numeric": {
		"0", "0.0", "0.000", "1", "-1", "1.0", "10", "0.1", "-0.1", "0.5", "-0.5", "1.5", "2.5", "-2.5", "0.05", "9999", "10000",
		"9999.9999", "0.0001", "0.00009999", "123456789.123456789", "999999999999999", "1000000000000000", "-99999999999999.9",
		"9007199254740993", "9223372036854775807", "-9223372036854775808", "9223372036854775807.5", "12345678901234567890123456789.0123456789",
		"-0.000000000000000000000000000001", "1e30", "100000000000000000000.00000", "3.1415926535897932384626433832795",
		"NaN", "Infinity", "-Infinity",
	},
	"float8": {
		"0", "-0", "1", "-1", "0.5", "-0.5", "1.5", "2.5", "-2.5", "0.1", "0.2", "0.3", "100", "32767.5", "-32768.5", "2147483647",
		"2147483647.5", "-2147483648.5", "4503599627370497.5", "9007199254740991", "9007199254740992", "9007199254740994",
		"9223372036854774784", "9223372036854775807", "-9223372036854775808", "1e15", "999999999999999", "123456789012345.6",
		"1e-4", "9.999999e-5", "1e23", "8.41e21", "5.684341886080802e-14", "1e100", "1.7976931348623157e308", "-1.7976931348623157e308",
		"2.2250738585072014e-308", "2.225073858507201e-308", "5e-324", "-5e-324", "1.3407807929942596e154", "1e-200",
		"NaN", "Infinity", "-Infinity",
	},
	"float4": {
		"0", "-0", "1", "-1", "0.5", "-0.5", "1.5", "2.5", "0.1", "0.2", "0.3", "100000", "999999", "1000000", "16777216", "16777215", "33554432",
		"2147483648", "9223371487098961920", "9223372036854775808", "-9223372036854775808", "1e-4", "1e-5", "3.4028235e38", "-3.4028235e38",
		"1.17549435e-38", "1.1754942e-38", "1e-45", "-1e-45", "1.8446744e19", "1e-23", "8589973000", "NaN", "Infinity", "-Infinity",
	},
	"text": {""},
}

// A generator makes random values that a type's operators meet, from a fixed seed.
type generator struct{ *rand.Rand }

func newGenerator(seed uint64) generator { return generator{rand.New(rand.NewPCG(seed, 1))} }

func (g generator) value(typ string) string {
	if e := edges[typ]; g.IntN(12) == 0 {
		return e[g.IntN(len(e))]
	}
	switch typ {
	case "bool":
		return []string{"t", "f"}[g.IntN(2)]
	case "int2":
		return g.integer(15)
	case "int4":
		return g.integer(31)
	case "int8":
		return g.integer(63)
	case "numeric":
		return g.numeric()
	case "float8":
		return formatFloat(g.float(), 64)
	case "float4":
		return formatFloat(float64(g.float32()), 32)
	}
	panic("no generator for " + typ)
}

// integer has up to bits bits, every magnitude equally likely.
func (g generator) integer(bits int) string {
	n := g.Int64() >> (62 - g.IntN(bits))
	if g.IntN(2) == 0 {
		n = -n
	}
	return strconv.FormatInt(n, 10)
}

// numeric has mostly few digits, sometimes some dozens, seldom hundreds.
func (g generator) numeric() string {
	limit := []int{4, 8, 8, 15, 17, 25, 40}[g.IntN(7)]
	if g.IntN(60) == 0 {
		limit = 300
	}
	whole, fraction := g.digits(g.IntN(limit)), g.digits(g.IntN(limit))
	switch g.IntN(4) {
	case 0:
		fraction = ""
	case 1:
		fraction = fraction[:min(len(fraction), 2)]
	}
	if g.IntN(10) == 0 { // long runs of nines and zeros carry far
		whole = strings.Repeat("9", len(whole))
		fraction = strings.Repeat([]string{"9", "0"}[g.IntN(2)], len(fraction))
	}
	whole = strings.TrimLeft(whole, "0")
	if whole == "" {
		whole = "0"
	}
	if fraction != "" {
		fraction = "." + fraction
	}
	text := whole + fraction
	if g.IntN(2) == 0 && strings.Trim(text, "0.") != "" {
		text = "-" + text
	}
	return text
}

func (g generator) digits(n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = '0' + byte(g.IntN(10))
	}
	return string(b)
}

func (g generator) float() float64 {
	switch g.IntN(5) {
	case 0: // any bits
		f := math.Float64frombits(g.Uint64())
		if math.IsNaN(f) {
			return 0
		}
		return f
	case 1: // few decimals
		return float64(g.IntN(2000000)-1000000) / math.Pow10(g.IntN(7))
	case 2: // integers of any size
		return math.Trunc(math.Ldexp(g.Float64()-0.5, g.IntN(80)))
	case 3: // powers of two and their neighbours
		f := math.Ldexp(1, g.IntN(2098)-1074)
		return math.Float64frombits(math.Float64bits(f) + uint64(g.IntN(3)) - 1)
	}
	return math.Ldexp(g.Float64()-0.5, g.IntN(40)-20)
}

func (g generator) float32() float32 {
	switch g.IntN(3) {
	case 0:
		f := math.Float32frombits(g.Uint32())
		if f != f {
			return 0
		}
		return f
	case 1:
		return math.Float32frombits(math.Float32bits(float32(math.Ldexp(1, g.IntN(276)-149))) + uint32(g.IntN(3)) - 1)
	}
	return float32(g.float())
}

func formatFloat(f float64, bits int) string {
	switch {
	case math.IsNaN(f):
		return "NaN"
	case math.IsInf(f, 1):
		return "Infinity"
	case math.IsInf(f, -1):
		return "-Infinity"
	}
	if bits == 32 { // the exact value of the single as a double, which both sides read alike
		return fmt.Sprintf("%.17g", f)
	}
	return strconv.FormatFloat(f, 'g', 17, 64)
}
