package prelude_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// temporalSQL turns a value into the Lua form of its type, as PostgreSQL's binary format has it. Time types reach Lua that
// way, so that a test of arithmetic does not depend on the input functions.
var temporalSQL = map[string]string{
	"date":        "('x' || encode(date_send(%s::date), 'hex'))::bit(32)::int4::text",
	"time":        "('x' || encode(time_send(%s::time), 'hex'))::bit(64)::int8::text",
	"timestamp":   "('x' || encode(timestamp_send(%s::timestamp), 'hex'))::bit(64)::int8::text",
	"timestamptz": "('x' || encode(timestamptz_send(%s::timestamptz), 'hex'))::bit(64)::int8::text",
	"interval": "(('x' || substr(encode(interval_send(%[1]s::interval), 'hex'), 25, 8))::bit(32)::int4 || '/' || " +
		"('x' || substr(encode(interval_send(%[1]s::interval), 'hex'), 17, 8))::bit(32)::int4 || '/' || " +
		"('x' || substr(encode(interval_send(%[1]s::interval), 'hex'), 1, 16))::bit(64)::int8)",
}

func init() {
	for typ, out := range map[string]string{
		"date": "date_out(r)", "time": "time_out(r)", "timestamp": "timestamp_out(r)", "timestamptz": "timestamptz_out(r)",
		"interval": "interval_out(r)",
	} {
		luaOfText[typ], textOfLua[typ] = "wide_parse(%s)", out
	}
	luaOfText["interval"] = "%s"
}

var (
	timestampEdges = []string{
		"infinity", "-infinity", "4714-11-24 00:00:00 BC", "4714-11-24 00:00:00.000001 BC", "294276-12-31 23:59:59.999999", "294276-12-01 00:00:00",
		"2000-01-01 00:00:00", "1999-12-31 23:59:59.999999", "2000-01-01 00:00:00.000001", "1970-01-01 00:00:00", "2024-02-29 12:34:56.789012",
		"2023-02-28 23:59:59.5", "1900-03-01 01:02:03.000004", "0001-01-01 00:00:00", "0001-12-31 23:59:59.999999 BC", "0005-02-29 00:00:00 BC",
		"0100-12-31 00:00:00", "0101-01-01 00:00:00", "2001-01-01 10:00:00", "0005-02-28 06:00:00 BC", "2285-06-05 23:47:34.740992",
		"2285-06-05 23:47:34.740993", "1714-07-28 00:12:25.259007", "2024-12-30 00:00:00", "2021-01-03 08:09:10.11", "2100-01-31 00:00:00",
	}
	dateEdges = []string{
		"infinity", "-infinity", "4714-11-24 BC", "4714-11-25 BC", "5874897-12-31", "294276-12-31", "294277-01-01", "2000-01-01", "1999-12-31",
		"2024-02-29", "2023-02-28", "1900-02-28", "0001-01-01", "0001-12-31 BC", "0005-02-29 BC", "2020-12-31", "2021-01-01", "2021-01-31", "10000-01-01",
	}
	timeEdges     = []string{"00:00:00", "00:00:00.000001", "23:59:59.999999", "24:00:00", "12:34:56.789012", "12:30:00", "01:02:03.5", "00:59:59.9"}
	intervalEdges = []string{
		"0", "1 microsecond", "-1 microsecond", "1 second", "0.5 seconds", "1 minute", "-1 hour", "23:59:59.999999", "24:00:00", "-24:00:00", "25:00:00",
		"1 day", "-1 day", "1 day -24:00:00", "30 days", "-30 days", "31 days", "1 mon", "-1 mon", "1 mon -30 days", "13 mons", "1 year", "-1 year",
		"1 year 2 mons 3 days 04:05:06.789", "-1 year -2 mons +3 days -04:05:06.7", "1 mon -1 day", "-1 mon +1 day", "-1 day +02:03:00", "100 years", "1000 years -1 mons",
		"2147483647 mons", "-2147483648 mons", "2147483647 days", "-2147483648 days", "2562047788:00:54.775807", "-2562047788:00:54.775807",
		"2501999792:59:00.740993", "178956970 years 7 mons 2147483647 days 2562047788:00:54.775807", "35 days 36:00:00", "-35 days +36:00:00",
	}
	factorEdges = []string{
		"0", "1", "-1", "0.5", "1.5", "-2.5", "0.1", "1e-7", "3", "7", "12", "1e10", "1e300", "NaN", "Infinity", "-Infinity", "0.333333333333333", "86400",
	}
	unitWords = []string{
		"microseconds", "milliseconds", "second", "minute", "hour", "day", "week", "month", "quarter", "year", "decade", "century", "millennium",
		"epoch", "dow", "doy", "isodow", "isoyear", "julian", "timezone", "timezone_hour", "timezone_minute", "us", "msec", "sec", "mins", "H", "Days", "mon",
		"yrs", "C", "mil", "qtr", "nonsense", "", "microsecondsxyz", "m", "mm", "jd", "y", "now", "today", "bc", "ad", "dst",
	}
)

// moment is a timestamp: any, or one near the present, or one of recorded history.
func moment(r *rand.Rand) string {
	var micros int64
	switch r.IntN(4) {
	case 0:
		micros = -211813488000000000 + r.Int64N(211813488000000000-1)
	case 1:
		micros = r.Int64N(9223371331200000000)
	case 2:
		micros = -62135596800000000 + r.Int64N(124000000000000000)
	default:
		micros = r.Int64N(3000000000000000) - 1500000000000000
	}
	switch r.IntN(4) {
	case 0:
		micros -= micros % 1000000
	case 1:
		micros -= micros % 86400000000
	}
	seconds := micros / 1000000
	t := time.Unix(946684800+seconds, (micros-seconds*1000000)*1000).UTC()
	text := fmt.Sprintf("-%02d-%02d %02d:%02d:%02d.%06d", t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), t.Nanosecond()/1000)
	if t.Year() > 0 {
		return fmt.Sprintf("%04d", t.Year()) + text
	}
	return fmt.Sprintf("%04d", 1-t.Year()) + text + " BC"
}

// anyDay is the date of a moment, sometimes one after the last timestamp.
func anyDay(r *rand.Rand) string {
	if r.IntN(6) == 0 {
		return fmt.Sprintf("%d-%02d-%02d", 294000+r.IntN(5500000), 1+r.IntN(12), 1+r.IntN(28))
	}
	date, rest, _ := strings.Cut(moment(r), " ")
	if strings.HasSuffix(rest, " BC") {
		date += " BC"
	}
	return date
}

func anyClock(r *rand.Rand) string {
	return fmt.Sprintf("%02d:%02d:%02d.%06d", r.IntN(24), r.IntN(60), r.IntN(60), r.IntN(1000000)/[]int{1, 1, 1000000}[r.IntN(3)])
}

// span is an interval whose fields have any signs, seldom so large that arithmetic overflows.
func span(r *rand.Rand) string {
	months, days, hours := 300, 500, 100
	if r.IntN(5) == 0 {
		months, days, hours = 2147483647, 2147483647, 2500000000
	}
	pick := func(limit int) int {
		if r.IntN(4) == 0 {
			return 0
		}
		return r.IntN(2*limit) - limit
	}
	sign := []string{"", "-"}[r.IntN(2)]
	return fmt.Sprintf("%d mons %d days %s%d:%02d:%02d.%06d", pick(months), pick(days), sign, max(pick(hours), 0), r.IntN(60), r.IntN(60), r.IntN(1000000))
}

func factor(r *rand.Rand) string {
	return []string{
		fmt.Sprint(r.IntN(2000) - 1000), fmt.Sprintf("%.2f", r.Float64()*20-10), fmt.Sprintf("%.17g", r.Float64()), fmt.Sprintf("%.3g", (r.Float64()-0.5)*1e6),
	}[r.IntN(4)]
}

// A temporal draws values of a time type: its edges, then random ones.
type temporal struct {
	edges  []string
	random sampler
}

var temporals = map[string]temporal{
	"timestamp":   {timestampEdges, either(moment, moment, oneOf(timestampEdges...))},
	"timestamptz": {zoned(timestampEdges), either(zonedSampler(moment), oneOf(zoned(timestampEdges)...))},
	"date":        {dateEdges, either(anyDay, anyDay, oneOf(dateEdges...))},
	"time":        {timeEdges, either(anyClock, oneOf(timeEdges...))},
	"interval":    {intervalEdges, either(span, span, oneOf(intervalEdges...))},
	"float8":      {factorEdges, either(factor, oneOf(factorEdges...))},
	"int4":        {[]string{"0", "1", "-1", "365", "2147483647", "-2147483648"}, oneOf("0", "1", "-1", "28", "-31", "1000", "-100000", "2147483647", "-2147483648")},
	"text":        {unitWords, oneOf(unitWords...)},
}

// zoned puts UTC's offset where timestamptz has it.
func zoned(texts []string) []string {
	out := make([]string, len(texts))
	for i, s := range texts {
		switch body, bc := strings.CutSuffix(s, " BC"); {
		case strings.HasSuffix(s, "infinity"):
			out[i] = s
		case bc:
			out[i] = body + "+00 BC"
		default:
			out[i] = s + "+00"
		}
	}
	return out
}

func zonedSampler(s sampler) sampler {
	return func(r *rand.Rand) string { return zoned([]string{s(r)})[0] }
}

// temporalRows are all edges of one or two arguments (some of three) with each other, then n random rows.
func temporalRows(n int, types ...string) [][]string {
	out := [][]string{nil}
	columns := make([]sampler, len(types))
	for i, typ := range types {
		columns[i] = temporals[typ].random
		if i > 1 {
			continue
		}
		var next [][]string
		for _, row := range out {
			for _, e := range temporals[typ].edges {
				next = append(next, append(row[:len(row):len(row)], e))
			}
		}
		out = next
	}
	r := rand.New(rand.NewPCG(5, 8))
	for i := range out {
		for j := 2; j < len(types); j++ {
			out[i] = append(out[i], columns[j](r))
		}
	}
	return append(out, samples(n, columns...)...)
}

// runTemporal is run for checks with arguments of time types.
func (o *oracle) runTemporal(t *testing.T, c check, rows [][]string) {
	t.Helper()
	ctx := context.Background()
	want := o.ask(t, c, rows)
	forms := make([][]string, len(rows))
	for i := range rows {
		forms[i] = append([]string(nil), rows[i]...)
	}
	for col, typ := range c.args {
		form, ok := temporalSQL[typ]
		if !ok {
			continue
		}
		column := make([]string, len(rows))
		for i, row := range rows {
			column[i] = row[col]
		}
		result, err := o.pg.Query(ctx, "select "+fmt.Sprintf(form, "v")+" from unnest($1::text[]) with ordinality x(v, row) order by row", column)
		if err != nil {
			t.Fatal(err)
		}
		texts, err := pgx.CollectRows(result, pgx.RowTo[string])
		if err != nil {
			t.Fatal(err)
		}
		for i := range forms {
			forms[i][col] = texts[i]
		}
	}
	script := c.script(t)
	name, _, _ := strings.Cut(c.lua, "(")
	overflows := overflowing[name] || overflowing[c.lua]
	for _, e := range o.engines {
		failures := 0
		for from := 0; from < len(rows); from += 500 {
			to := min(from+500, len(rows))
			var argv []any
			for _, row := range forms[from:to] {
				for _, v := range row {
					argv = append(argv, v)
				}
			}
			got, err := e.Eval(ctx, script, nil, argv...).StringSlice()
			if err != nil {
				t.Fatalf("%s: %s: %v", e.name, c.lua, err)
			}
			for i := from; i < to; i++ {
				if got[i-from] == want[i] || overflows && strings.HasSuffix(got[i-from], " out of range") && strings.HasPrefix(got[i-from], "PQ22008 ") {
					continue
				}
				if failures++; failures <= 5 {
					t.Errorf("%s: %s of %q: got %q, want %q", e.name, c.lua, rows[i], got[i-from], want[i])
				}
			}
		}
		if failures > 5 {
			t.Errorf("%s: %s: %d of %d rows differ", e.name, c.lua, failures, len(rows))
		}
	}
}

// newTemporalOracle is an oracle whose PostgreSQL is in UTC, the zone of the compiled functions.
func newTemporalOracle(t *testing.T) *oracle {
	t.Helper()
	o := newOracle(t)
	if _, err := o.pg.Exec(context.Background(), "set timezone to 'UTC'"); err != nil {
		t.Fatal(err)
	}
	return o
}
