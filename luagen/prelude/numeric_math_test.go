package prelude_test

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"testing"
)

// mathRows are numerics of moderate size, where transcendental functions are worth comparing, and every edge.
func mathRows(seed uint64, n, columns int) [][]string {
	types := make([]string, columns)
	for i := range types {
		types[i] = "numeric"
	}
	out := canonical(rows(seed, 0, types...))
	g := newGenerator(seed)
	for range n {
		row := make([]string, columns)
		for i := range row {
			whole, fraction := strings.TrimLeft(g.digits(g.IntN(4)), "0"), g.digits(g.IntN(20))
			if whole == "" {
				whole = "0"
			}
			if g.IntN(4) == 0 {
				whole, fraction = []string{"0", "1"}[g.IntN(2)], strings.Repeat([]string{"0", "9"}[g.IntN(2)], g.IntN(25))+fraction
			}
			row[i] = whole
			if fraction != "" {
				row[i] += "." + fraction
			}
			if g.IntN(4) == 0 && strings.Trim(row[i], "0.") != "" {
				row[i] = "-" + row[i]
			}
		}
		out = append(out, row)
	}
	return out
}

func TestNumericMath(t *testing.T) {
	o := newOracle(t)
	one := append(mathRows(1, 400, 1), canonical(rows(2, 100, "numeric"))...)
	for _, n := range []string{"6000", "2500.5", "-5999.9", "-6000", "-6001", "1000", "-1000", "2.302585092994045684", "2.302585092994045685", "-2.302585092994045684"} {
		one = append(one, []string{n})
	}
	for _, f := range []struct{ lua, sql string }{
		{"numeric_sqrt", "sqrt(a)"}, {"numeric_exp", "exp(a)"}, {"numeric_ln", "ln(a)"},
	} {
		data := one
		if f.lua == "numeric_exp" { // takes miniredis long where the result has hundreds of digits
			data = sample(one, 3)
		}
		o.run(t, check{lua: f.lua, sql: f.sql, args: []string{"numeric"}, ret: "numeric"}, data)
	}
	two := sample(mathRows(3, 1500, 2), 5)
	o.run(t, check{lua: "numeric_log", sql: "log(a, b)", args: []string{"numeric", "numeric"}, ret: "numeric"}, two)
}

func TestNumericPower(t *testing.T) {
	o := newOracle(t)
	data := mathRows(4, 1000, 2)
	g := newGenerator(5)
	for range 1500 {
		data = append(data, []string{g.numeric(), fmt.Sprint(g.IntN(60) - 30)})
		data = append(data, []string{mathRows(g.Uint64(), 1, 1)[36][0], fmt.Sprint(g.IntN(600) - 300)})
	}
	for _, row := range [][]string{
		{"2", "2147483647"},
		{"0.5", "2147483647"},
		{"1.0000001", "2147483647"},
		{"2", "-2147483648"},
		{"10", "131071"},
		{"10", "131072"},
		{"1", "2147483648"},
		{"-1", "2147483648"},
		{"-1", "2147483649"},
		{"-2", "99999999999"},
		{"0.9", "1e15"},
		{"10", "-1000"},
		{"10", "-1020"},
	} {
		data = append(data, []string{row[0], strings.Replace(row[1], "1e15", "1000000000000000", 1)})
	}
	o.run(t, check{lua: "numeric_power", sql: "power(a, b)", args: []string{"numeric", "numeric"}, ret: "numeric"}, affordable(sample(data, 3)))
}

// sample keeps every nth row.
func sample(data [][]string, n int) [][]string {
	var kept [][]string
	for i := 0; i < len(data); i += n {
		kept = append(kept, data[i])
	}
	return kept
}

// affordable leaves out powers of many hundred digits, which take miniredis long.
func affordable(data [][]string) [][]string {
	var kept [][]string
	for _, row := range data {
		base, _ := strconv.ParseFloat(row[0], 64)
		exponent, _ := strconv.ParseFloat(row[1], 64)
		if digits := math.Log10(math.Abs(base)) * exponent; digits < 400 || digits > 400000 || math.IsNaN(digits) {
			kept = append(kept, row)
		}
	}
	return kept
}
