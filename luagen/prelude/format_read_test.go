package prelude_test

import (
	"math/rand/v2"
	"testing"
)

// readCases are texts with the template they are meant for, and ones where reading has its own mind.
var readCases = [][]string{
	{"2024-02-29", "YYYY-MM-DD"},
	{"2023-02-29", "YYYY-MM-DD"},
	{"20240229", "YYYYMMDD"},
	{"2024/2/9", "YYYY-MM-DD"},
	{" 2024  - 02 - 29 ", "YYYY-MM-DD"},
	{"05 Dec 2000", "DD Mon YYYY"},
	{"5 december 2000", "DD Month YYYY"},
	{"05Dec2000", "DDMonYYYY"},
	{"Dezember", "Month"},
	{"12:30:45 PM", "HH12:MI:SS AM"},
	{"13:30", "HH12:MI"},
	{"00:30 am", "HH:MI am"},
	{"12:00 a.m.", "HH:MI p.m."},
	{"23:59:59.123456", "HH24:MI:SS.US"},
	{"23:59:59.12", "HH24:MI:SS.MS"},
	{"23:59:59.123456", "HH24:MI:SS.FF3"},
	{"23:59:59.1", "HH24:MI:SS.FF1"},
	{"24:00:00", "HH24:MI:SS"},
	{"86399", "SSSS"},
	{"3661", "SSSSS"},
	{"2024 366", "YYYY DDD"},
	{"2023 366", "YYYY DDD"},
	{"366", "DDD"},
	{"2020-53-7", "IYYY-IW-ID"},
	{"2020-53", "IYYY-IW"},
	{"2020-366", "IYYY-IDDD"},
	{"2020-01", "IYYY-MM"},
	{"2024 5", "YYYY WW"},
	{"2024 02 3", "YYYY MM W"},
	{"2451545", "J"},
	{"24", "YY"},
	{"70", "YY"},
	{"069", "YYY"},
	{"519", "YYY"},
	{"520", "YYY"},
	{"5", "Y"},
	{"2,024-03-04", "Y,YYY-MM-DD"},
	{"2x024", "Y,YYY"},
	{"19", "CC"},
	{"19 05", "CC YY"},
	{"20 00", "CC YY"},
	{"0044-03-15 BC", "YYYY-MM-DD BC"},
	{"44 b.c.", "YYYY A.D."},
	{"6 50 BC", "CC YY BC"},
	{"XII", "RM"},
	{"iv 2024", "rm YYYY"},
	{"IIII", "RM"},
	{"Friday 2024", "Day YYYY"},
	{"fri", "DY"},
	{"Fry", "DY"},
	{"2024-13-01", "YYYY-MM-DD"},
	{"2024-00-01", "YYYY-MM-DD"},
	{"2024-01-32", "YYYY-MM-DD"},
	{"02-31", "MM-DD"},
	{"", "YYYY"},
	{"2024", ""},
	{"2024", "YYYYMM"},
	{"20241", "YYYYMM"},
	{"2024a1", "YYYYMM"},
	{"abc", "YYYY"},
	{"99999999999", "YYYY"},
	{"999999", "YYYY"},
	{"5874898", "YYYY"},
	{"2024-01-01 2025", "YYYY-MM-DD YYYY"},
	{"2024 q3", "YYYY \"q\"Q"},
	{"2024-01-01T10:20:30+02", "YYYY-MM-DD\"T\"HH24:MI:SSTZH"},
	{"10:20 -05:30", "HH24:MI TZH:TZM"},
	{"10:20-05", "HH24:MI TZH"},
	{"10:20 - 05", "HH24:MI  TZH"},
	{"10 30", "HH24 TZM"},
	{"10:20+16", "HH24:MITZH"},
	{"10 UTC", "HH24 TZ"},
	{"10 +01", "HH24 OF"},
	{"1st 2nd", "DDth MMTH"},
	{"15th of May", "DDth \"of\" Mon"},
	{"2024-1-2", "FXYYYY-MM-DD"},
	{"2024-01-02", "FXYYYY-MM-DD"},
	{"2024 01 02", "FXYYYY-MM-DD"},
	{"2024  01", "FXYYYY MM"},
	{"2024-1-2", "FXFMYYYY-FMMM-FMDD"},
	{"2024-01-02", "YYYYxMMxDD"},
	{"a2024", "\"ab\"YYYY"},
	{"2024--01", "YYYY-MM"},
	{"2024 -- 01", "YYYY-MM"},
	{"-44", "YYYY"},
	{"-44 BC", "YYYY BC"},
	{"+2024", "YYYY"},
	{"2024.01", "YYYY.MM"},
	{"éa2024", "éaYYYY"},
	{"Sat Sat", "Dy Dy"},
	{"2000-01-01 00:00:61", "YYYY-MM-DD HH24:MI:SS"},
	{"294276-12-31 23:59:59.9999999", "YYYY-MM-DD HH24:MI:SS.US"},
	{"4714-11-24 BC", "YYYY-MM-DD BC"},
	{"4714-11-23 BC", "YYYY-MM-DD BC"},
	{"0", "YYYY"},
	{"1 1", "D ID"},
	{"2024 8", "YYYY D"},
	{"2020 10 9", "IYYY IW ID"},
}

// TestReadByTemplate compares to_date and to_timestamp with PostgreSQL.
func TestReadByTemplate(t *testing.T) {
	o := newTemporalOracle(t)
	templates := words(6, "YYYY", "YYYY", "MM", "DD", "Mon", "Month", "HH24", "HH12", "MI", "SS", "MS", "US", "FF2", "AM", "BC", "-", "/", " ", ":", "FM", "FX", "\"x\"", "YY", "Y", "DDD", "IW", "IYYY",
		"ID", "J", "CC", "Day", "th", "TZH", "TZM", "Q", "WW", "RM", "SSSS", "x", "1")
	texts := either(words(6, "2024", "24", "1", "02", "12", "29", "31", "-", "/", " ", ":", "Jan", "december", "am", "PM", "BC", "friday", "x", "+", "123456", "0", "th", "iv"),
		words(8, "1", "2", "0", "-", " ", "12", "03"))
	random := samples(6000, texts, templates)
	r := rand.New(rand.NewPCG(3, 4))
	written := make([][]string, 0, 2000) // what to_char would write is read back
	for range 1000 {
		for _, template := range []string{"YYYY-MM-DD HH24:MI:SS.US", "YYYYMMDDHH24MISS"} {
			text := moment(r)
			if template[4] == 'M' {
				text = text[:4] + text[5:7] + text[8:10] + text[11:13] + text[14:16] + text[17:19]
			}
			written = append(written, []string{text, template})
		}
	}
	for _, data := range [][][]string{readCases, random, written} {
		o.runTemporal(t, check{lua: "to_date", sql: "to_date(a, b)", args: []string{"text", "text"}, ret: "date"}, data)
		o.runTemporal(t, check{lua: "to_timestamp", sql: "to_timestamp(a, b)", args: []string{"text", "text"}, ret: "timestamptz"}, data)
	}
}
