package prelude_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// Fields for make_date and its like: mostly right, sometimes beyond the calendar.
var (
	makeYear  = either(oneOf("0", "-1", "-4713", "-4714", "-4715", "5874897", "5874898", "294276", "294277", "2147483647", "-2147483648"), within(1, 3000), within(-300, 300))
	makeMonth = either(within(1, 12), within(1, 12), within(-1, 14))
	makeDay   = either(within(1, 28), within(1, 31), within(-1, 33))
	makeClock = func(r *rand.Rand) string {
		seconds := either(within(0, 59), oneOf("59.9999999", "60", "60.5", "-1", "0.0000005", "59.9999995", "1.123456789", "NaN", "Infinity", "1e10", "-0"))
		return strings.Join([]string{either(within(0, 23), oneOf("24", "25", "-1"))(r), either(within(0, 59), oneOf("60", "-1"))(r), seconds(r)}, " ")
	}
)

// within draws integers from low to high.
func within(low, high int) sampler {
	return func(r *rand.Rand) string { return fmt.Sprint(low + r.IntN(high-low+1)) }
}

// TestTimesFromFields compares make_date and its like with PostgreSQL.
func TestTimesFromFields(t *testing.T) {
	o := newTemporalOracle(t)
	date := []string{"int4", "int4", "int4"}
	dated := append(date[:3:3], "text")
	// The clock's fields come as one text, since the harness has four arguments.
	const (
		split = `tonumber(d:match("^%S+")), tonumber(d:match(" (%S+) ")), arg_f8(d:match("%S+$")))`
		clock = "split_part(d, ' ', 1)::int, split_part(d, ' ', 2)::int, split_part(d, ' ', 3)::float8)"
	)
	o.runTemporal(t, check{lua: "make_date", sql: "make_date(a, b, c)", args: date, ret: "date"}, samples(3000, makeYear, makeMonth, makeDay))
	moments := samples(3000, makeYear, makeMonth, makeDay, makeClock)
	for _, f := range []struct{ name, args, ret string }{
		{"make_timestamp", "(a, b, c, ", "timestamp"}, {"make_timestamptz", "(a, b, c, ", "timestamptz"}, {"make_time", "(", "time"},
	} {
		o.runTemporal(t, check{lua: f.name + f.args + split, sql: f.name + f.args + clock, args: dated, ret: f.ret}, moments)
	}
	overflowing["make_interval"] = true // PostgreSQL 15 lets sums beyond an integer wrap around
	wide := either(within(-100, 100), within(-100, 100), within(-100000, 100000), oneOf("0", "0", "178956970", "2147483647", "-2147483648"))
	o.runTemporal(t, check{
		lua: "make_interval(a, b, c, b, " + split, sql: "make_interval(a, b, c, b, " + clock, args: dated, ret: "interval",
	}, samples(3000, wide, wide, wide, func(r *rand.Rand) string {
		return wide(r) + " " + wide(r) + " " + either(factor, factor, oneOf("1e13", "-1e13", "9e12", "NaN", "Infinity"))(r)
	}))
}

// TestTimeZones compares AT TIME ZONE with PostgreSQL for zones of a fixed offset.
func TestTimeZones(t *testing.T) {
	o := newTemporalOracle(t)
	zone := oneOf("UTC", "utc", "GMT", "Etc/UTC", "+05", "-05", "+05:30", "-11:45:10", "7", "Etc/GMT+5", "Etc/GMT-14", "Zulu")
	offset := oneOf("05:30", "-08:00", "00:00", "14:00:00.7", "-00:00:00.7", "1 day", "1 mon 2 days", "15:59:59", "00:00:59.999999")
	for _, f := range []struct{ name, arg, ret string }{{"timestamp", "timestamp", "timestamptz"}, {"timestamptz", "timestamptz", "timestamp"}} {
		o.runTemporal(t, check{lua: f.name + "_zone", sql: "timezone(a, b)", args: []string{"text", f.arg}, ret: f.ret}, samples(2000, zone, temporals[f.arg].random))
		o.runTemporal(t, check{lua: f.name + "_izone", sql: "timezone(a, b)", args: []string{"interval", f.arg}, ret: f.ret}, samples(2000, offset, temporals[f.arg].random))
	}
	o.runTemporal(t, check{lua: "timestamptz_trunc_zone", sql: "date_trunc(a, b, c)", args: []string{"text", "timestamptz", "text"}, ret: "timestamptz"},
		samples(2000, oneOf("day", "week", "hour", "month", "century", "minute"), zonedSampler(moment), zone))
	for _, name := range []string{"America/New_York", "PST", "Etc/GMT+12:30", "nowhere"} {
		for _, e := range o.engines {
			script := check{lua: "timestamp_zone(a, 0)", args: []string{"text"}, ret: "timestamptz"}.script(t)
			got, err := e.Eval(t.Context(), script, nil, name).StringSlice()
			if err != nil {
				t.Fatal(err)
			}
			if !strings.HasPrefix(got[0], "PQ0A000 ") {
				t.Errorf("%s: zone %q: got %q, want 0A000", e.name, name, got[0])
			}
		}
	}
}

// TestTimeModifiers compares the type modifiers with PostgreSQL's casts.
func TestTimeModifiers(t *testing.T) {
	o := newTemporalOracle(t)
	for _, typ := range []string{"timestamp", "timestamptz", "time", "interval"} {
		for digits := range 7 {
			c := check{lua: fmt.Sprintf("%s_scale(a, %d)", typ, digits), sql: fmt.Sprintf("a::%s(%d)", typ, digits), args: []string{typ}, ret: typ}
			rows := temporalRows(500, typ)
			if typ == "interval" && digits == 4 {
				// PostgreSQL 15 adds half a unit first, which wraps around though the rounded longest interval fits.
				rows = slices.DeleteFunc(rows, func(row []string) bool { return strings.Contains(row[0], "2562047788:00:54") })
			}
			o.runTemporal(t, c, rows)
		}
	}
	for _, f := range []struct {
		fields string
		bits   int
	}{
		{"year", 1 << 2},
		{"month", 1 << 1},
		{"day", 1 << 3},
		{"hour", 1 << 10},
		{"minute", 1 << 11},
		{"second", 1 << 12},
		{"year to month", 3 << 1},
		{"day to hour", 1<<3 | 1<<10},
		{"day to minute", 1<<3 | 3<<10},
		{"day to second", 1<<3 | 7<<10},
		{"hour to minute", 3 << 10},
		{"hour to second", 7 << 10},
		{"minute to second", 6 << 10},
	} {
		c := check{lua: fmt.Sprintf("interval_scale(a, %d)", f.bits<<16|0xffff), sql: "a::interval " + f.fields, args: []string{"interval"}, ret: "interval"}
		o.runTemporal(t, c, temporalRows(300, "interval"))
	}
	c := check{lua: fmt.Sprintf("interval_scale(a, %d)", (1<<3|7<<10)<<16|2), sql: "a::interval day to second(2)", args: []string{"interval"}, ret: "interval"}
	o.runTemporal(t, c, temporalRows(300, "interval"))
}

// TestOverlaps compares OVERLAPS with PostgreSQL, NULLs included: the fourth argument says which ends are NULL.
func TestOverlaps(t *testing.T) {
	o := newTemporalOracle(t)
	day := either(within(1, 9), within(1, 4))
	instant := func(r *rand.Rand) string { return "2024-01-0" + day(r) }
	hour := func(r *rand.Rand) string { return "0" + day(r) + ":00" }
	for _, f := range []struct {
		name, typ string
		value     sampler
	}{{"overlaps_timestamp", "timestamp", instant}, {"overlaps_time", "time", hour}} {
		for _, c := range []struct{ lua, sql string }{
			{"(a, b, c, a)", "(a, b) overlaps (c, a)"},
			{"(a, b, c, c)", "(a, b) overlaps (c, c)"},
			{"(a, a, b, c)", "(a, a) overlaps (b, c)"},
			{"(a, nil, b, c)", "(a, null) overlaps (b, c)"},
			{"(nil, a, b, c)", "(null, a) overlaps (b, c)"},
			{"(a, b, c, nil)", "(a, b) overlaps (c, null)"},
			{"(a, b, nil, c)", "(a, b) overlaps (null, c)"},
			{"(a, nil, b, nil)", "(a, null) overlaps (b, null)"},
			{"(nil, nil, b, c)", "(null, null) overlaps (b, c)"},
			{"(a, b, nil, nil)", "(a, b) overlaps (null, null)"},
		} {
			o.runTemporal(t, check{lua: f.name + c.lua, sql: strings.ReplaceAll(c.sql, "null", "null::"+f.typ), args: []string{f.typ, f.typ, f.typ}, ret: "bool"}, samples(400, f.value, f.value, f.value))
		}
		four := check{lua: f.name, sql: "(a, b) overlaps (c, d)", args: []string{f.typ, f.typ, f.typ, f.typ}, ret: "bool"}
		o.runTemporal(t, four, samples(2000, f.value, f.value, f.value, f.value))
	}
}
