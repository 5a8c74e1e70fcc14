package prelude_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// decimals are random numerics of a scale: mostly short, some at the edge of 15 digits, some far beyond, NaN.
func decimals(seed uint64, n, scale int) []string {
	r := rand.New(rand.NewPCG(seed, 5))
	out := make([]string, n)
	for i := range out {
		digits := []int64{10, 1000, 1e7, 1e15, 1e15 + 3, 9e17}[r.IntN(6)]
		units := r.Int64N(digits)
		if r.IntN(4) == 0 { // next to the limit
			units = digits - 1 - units%5
		}
		text := fmt.Sprintf("%0*d", scale+1, units)
		if scale > 0 {
			text = text[:len(text)-scale] + "." + text[len(text)-scale:]
		}
		switch {
		case r.IntN(40) == 0:
			text = "NaN"
		case units != 0 && r.IntN(2) == 0:
			text = "-" + text
		}
		out[i] = text
	}
	return out
}

func pairs(a, b []string) [][]string {
	out := make([][]string, len(a))
	for i := range a {
		out[i] = []string{a[i], b[i]}
	}
	return out
}

func TestDecimals(t *testing.T) {
	o := newOracle(t)
	args := []string{"numeric", "numeric"}
	for _, scale := range []int{0, 2, 6, 12} {
		unit := fmt.Sprintf("decimal_units[%d]", scale)
		a, b := decimals(uint64(scale), 3000, scale), decimals(uint64(scale)+100, 3000, scale)
		for i := range b { // some are equal
			if i%7 == 0 {
				b[i] = a[i]
			}
		}
		of := fmt.Sprintf("decimal_of(a, %s), decimal_of(b, %[1]s), %d", unit, scale)
		o.run(t, check{
			lua: fmt.Sprintf("decimal_text(decimal_of(a, %s), %d)", unit, scale), sql: "a", args: args, ret: "numeric",
		}, pairs(a, b))
		for _, op := range []struct{ lua, sql, ret string }{
			{"decimal_text(decimal_add(" + of + "), %d)", "a + b", "numeric"},
			{"decimal_text(decimal_sub(" + of + "), %d)", "a - b", "numeric"},
			{"decimal_eq(" + of + ")", "a = b", "bool"},
			{"decimal_lt(" + of + ")", "a < b", "bool"},
		} {
			if op.ret == "numeric" {
				op.lua = fmt.Sprintf(op.lua, scale)
			}
			o.run(t, check{lua: op.lua, sql: op.sql, args: args, ret: op.ret}, pairs(a, b))
		}
	}
	for _, scales := range [][2]int{{0, 0}, {2, 2}, {4, 2}, {0, 6}, {6, 6}} {
		a, b := decimals(1, 3000, scales[0]), decimals(2, 3000, scales[1])
		product := fmt.Sprintf(
			"decimal_text(decimal_mul(decimal_of(a, decimal_units[%d]), decimal_of(b, decimal_units[%d]), %[1]d, %[2]d), %d)",
			scales[0], scales[1], scales[0]+scales[1])
		o.run(t, check{lua: product, sql: "a * b", args: args, ret: "numeric"}, pairs(a, b))
	}
	fit := fmt.Sprintf("decimal_text(decimal_fit(decimal_of(a, 100), 2, 1e12, %d), 2)", 12<<16+2+4)
	o.run(t, check{lua: fit, sql: "a::numeric(12,2)", args: args, ret: "numeric"}, pairs(decimals(3, 3000, 2), decimals(3, 3000, 2)))
	for _, scale := range []int{0, 2, 6} {
		var data [][]string
		all := decimals(uint64(scale)+7, 4000, scale)
		for i := 0; i < len(all); i += 1 + i%9 {
			data = append(data, all[i:min(len(all), i+1+i%9)])
		}
		step := fmt.Sprintf("state = decimal_tally(state, decimal_of(x, decimal_units[%d]), %[1]d)", scale)
		o.aggregate(t, "sum", "numeric", step, "r = numeric_total(state)", "sum(a)", "numeric", data)
		mixed := "if #x % 3 == 0 then state = numeric_tally(state, x) else " + step + " end" // both keep the same state
		o.aggregate(t, "sum", "numeric", mixed, "r = numeric_total(state)", "sum(a)", "numeric", data)
	}
}
