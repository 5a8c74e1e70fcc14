package prelude_test

import (
	"math/rand/v2"
	"strings"
	"testing"
)

// dateTemplates are the templates that people write, and ones at the edges of the template language.
var dateTemplates = []string{
	"YYYY-MM-DD", "YYYY-MM-DD HH24:MI:SS", "DD/MM/YYYY", "Mon DD, YYYY", "Month", "FMMonth FMDD, YYYY", "HH12:MI AM", "HH:MI:SS.US pm", "IYYY-IW",
	"IYYY-\"W\"IW-ID", "YYYY\"Q\"Q", "Day", "DAY DY Dy dy day", "FMDay, DDth", "DDTH ddth FMDDTH", "MS US FF1 FF2 FF3 FF4 FF5 FF6", "SSSS SSSSS", "J",
	"CC", "Y,YYY YYYY YYY YY Y", "IYYY IYY IY I", "RM rm FMRM", "WW W D ID IDDD DDD Q", "AD BC a.d. B.C. A.M. p.m.", "TZ tz TZH TZM OF FMOF", "YYYYMMDDHH24MISS",
	"FMYYYY-FMMM-FMDD", "TMMonth TMDay TMmon", "yyyy-mm-dd\"T\"hh24:mi:ss\"Z\"", "\\\"YYYY\\\"", "\"a\\\"b\\\\c\" YYYY", "é漢YYYYé", "FX YYYY", "HHth YYYYth MSth Qth CCth Jth",
	"FMFMDD FMx FM", "yy mONTH mON dAY", "DDSP DDSPTH", "\"unended YYYY", " ", "x", "FMHH12 FMHH24 FMMI FMSS FMDDD FMIW FMWW FMCC",
}

var numberTemplates = []string{
	"9", "0", "999", "000", "9990", "0999", "9999.99", "0000.00", "999,999.99", "FM999,999,990.00", "FM9990.099", "FM999.999", "FM9.9", "9.9", "FM90.9", "S999", "999S",
	"S999.99", "999.99S", "MI999", "999MI", "PL999", "999PL", "SG999", "999SG", "999PR", "FM999PR", "999.9PR", "9G999D99", "L999.99", "999th", "999TH", "999.9th", "RN", "FMRN",
	"rn", "99V99", "99V9", "9EEEE", "9.99EEEE", "9.9999999EEEE", "B999", "FMB999", "\"text: \"999\" end\"", "9 9 9", "FM9,999", "0,000,000", "FM0,000,000.0000", ".99", "FM.99",
	"99.", "FM99.", "\\\"999\\\"", "FMS999", "FM999MI", "FM999PL", "FM999SG", "999,", ",999", "V9", "999V", "999999999999999999", "9999999999999999999.99999999999999999",
	"S9S", "S9MI", "9PRS", "9PR9", "9.9.9", "9V9.9", "9.9V9", "EEEE9", "9EEEEEEEE", "S9EEEE", "FM9EEEE", "", "x", "é999", "FM000", "FM09.90", "09.99", "9.90", "C999", "sg0.9", "SP9",
	"9PLMI", "FM9999999999", "0.0", "00.00S", "S00.00", "PR9", "9D9G9", "FM9D9",
}

// TestDateToChar compares to_char of moments and spans with PostgreSQL.
func TestDateToChar(t *testing.T) {
	o := newTemporalOracle(t)
	for _, f := range []struct{ name, typ string }{
		{"timestamp_to_char", "timestamp"}, {"timestamptz_to_char", "timestamptz"}, {"interval_to_char", "interval"},
	} {
		var data [][]string
		for _, template := range append(dateTemplates, "") {
			if f.typ == "interval" && strings.ContainsAny(template, "IJij") { // refused with 0A000
				continue
			}
			for _, e := range temporals[f.typ].edges {
				data = append(data, []string{e, template})
			}
		}
		template := oneOf(dateTemplates...)
		if f.typ != "interval" {
			template = either(template, words(5, "YYYY", "IYYY", "MM", "DD", "Month", "FM", "day", "HH24", "MI", "SS", "th", "TH", "y", "Y", "\"", "\\", "d", "D", " ", "-", "M", "q", "tz"))
		}
		for _, row := range samples(3000, temporals[f.typ].random, template) {
			if f.typ != "interval" || !strings.ContainsAny(row[1], "IJij") {
				data = append(data, row)
			}
		}
		o.runTemporal(t, check{lua: f.name, sql: "to_char(a, b)", args: []string{f.typ, "text"}, ret: "text"}, data)
	}
}

// TestNumberToChar compares to_char of numbers with PostgreSQL.
func TestNumberToChar(t *testing.T) {
	o := newTemporalOracle(t)
	g := newGenerator(21)
	template := either(oneOf(numberTemplates...), oneOf(numberTemplates...),
		words(6, "9", "9", "0", "99", ",", ".", "S", "MI", "PL", "PR", "SG", "FM", "D", "G", "V", "L", "B", "th", "x", "EEEE", "RN", " "))
	for _, f := range []struct{ name, typ string }{
		{"int4_to_char", "int4"}, {"int8_to_char", "int8"}, {"numeric_to_char", "numeric"}, {"float8_to_char", "float8"}, {"float4_to_char", "float4"},
	} {
		value := func(r *rand.Rand) string {
			if r.IntN(2) == 0 {
				return oneOf("0", "1", "-1", "12", "-12", "123", "-123", "111", "4000", "3999", "1234", "-1234567")(r)
			}
			if f.typ == "numeric" || f.typ == "float8" || f.typ == "float4" {
				if r.IntN(2) == 0 {
					return oneOf("0.1", "-0.1", "0.5", "1.5", "12.345", "-12.345", "0.09", "-0.001", "9.99", "99.95", "1234.5678", "0.0", "10.00", "-999.99", "100.10")(r)
				}
			}
			return g.value(f.typ)
		}
		var data [][]string
		for _, template := range numberTemplates {
			for _, e := range append([]string{"12", "-12", "1234", "-485", "111"}, edges[f.typ]...) {
				if f.typ == "numeric" && e == "1e30" { // no form of a numeric in Lua
					e = "1000000000000000000000000000000"
				}
				data = append(data, []string{e, template})
			}
		}
		data = append(data, samples(4000, value, template)...)
		o.runTemporal(t, check{lua: f.name, sql: "to_char(a, b)", args: []string{f.typ, "text"}, ret: "text"}, data)
	}
}
