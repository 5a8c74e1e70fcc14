package prelude_test

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"
)

// pieces of the text of dates and times: what is usual, what is odd and accepted, and what is nearly right.
var (
	datePieces = []string{
		"2024-02-29", "2023-02-29", "1999-01-08", "January 8, 1999", "1/8/1999", "1/18/99", "01/02/03", "1999-Jan-08", "Jan-08-1999", "08-Jan-1999",
		"08-Jan-99", "Jan-08-99", "19990108", "990108", "1999.008", "J2451187", "J 2451187", "January 8, 99 BC", "99-Jan-08", "1-Jan2020", "0001-01-01 BC",
		"2000-13-01", "2000-00-10", "2000-1-1", "2000/1/1", "2000.1.1", "20.1.1", "12.31.2000", "Feb 30 2000", "may 5", "5 may 2001", "2001 may 5", "99999-12-31",
		"300000-01-01", "6000000-01-01", "4714-11-23 BC", "4714-11-24 BC", "0000-01-01", "2020 123", "2020123", "1-2", "3", "monday 2020-01-06", "epoch",
		"infinity", "-infinity", "+infinity", "Infinity", "2020-06-15 AD", "2020-06-15BC", "J0", "J-1", "J2451187.5", "julian 2451545", "2147483648-01-01",
		"oct 5 2020", "sept 5 2020", "Thursday, January 8, 1999", "2020-W10", "12/31", "1999-01-08-", "-1999-01-08", "2020-1-", "20200", "Jan", "d 5",
	}
	timePieces = []string{
		"04:05:06.789", "04:05:06", "04:05", "040506", "040506.5", "0405", "04:05 AM", "04:05 PM", "12:00 am", "12:00pm", "13:00 pm", "4:5:6", "24:00", "24:00:01",
		"23:59:60", "23:59:59.9999999", "25:00", "04:60", "T040506", "t04:05:06", "T 04:05", "4", "04:", "04::05", "04:05:06:07", "04:05.5", ".5", "12:30:.5",
		"00:00:00.0000005", "00:00:00.0000015", "allballs", "1:2:3.4567891", "04:05:06 789", "990000", "236060", "2361", "04:05am pm", "1.5", "123.4", "12345",
	}
	zonePieces = []string{
		"Z", "z", "UTC", "utc", "GMT", "zulu", "+00", "+01", "-08", "-8", "+8:00", "-08:30", "+0830", "+083015", "-08:30:15", "+16", "+15:59:59", "-15:60", "+1:2:3:4",
		"+5.5", "UT", "Etc/UTC", "+14 BC", "dst", "UTC dst", "-infinity", "+ 05", "- 5:30", "+",
	}
	joints = []string{" ", " ", " ", "T", "", ",", "  ", "\t", "_", ";"}
)

// datetimes joins a date, a time and a zone, each of which may be missing or stand elsewhere, and now and then breaks a character.
func datetimes(r *rand.Rand) string {
	date, clock, zone := datePieces[r.IntN(len(datePieces))], timePieces[r.IntN(len(timePieces))], zonePieces[r.IntN(len(zonePieces))]
	if r.IntN(3) > 0 {
		date = fmt.Sprintf("%d-%02d-%02d", 1500+r.IntN(1000), r.IntN(14), r.IntN(33))
	}
	if r.IntN(3) > 0 {
		clock = fmt.Sprintf("%02d:%02d:%02d.%d", r.IntN(25), r.IntN(61), r.IntN(62), r.IntN(100000000))
	}
	joint := func() string { return joints[r.IntN(len(joints))] }
	var text string
	switch r.IntN(10) {
	case 0:
		text = date
	case 1:
		text = clock
	case 2:
		text = clock + joint() + date
	case 3:
		text = clock + joint() + zone
	case 4:
		text = date + joint() + zone
	case 5, 6, 7:
		text = date + joint() + clock
	default:
		text = date + joint() + clock + []string{"", " "}[r.IntN(2)] + zone
	}
	if r.IntN(8) == 0 && text != "" {
		i := r.IntN(len(text))
		text = text[:i] + []string{"", "x", " ", "-", ":", "1", ".", "é", "/"}[r.IntN(9)] + text[i+r.IntN(2):]
	}
	return text
}

func TestTimeInput(t *testing.T) {
	o := newTemporalOracle(t)
	data := samples(12000, datetimes)
	for _, p := range append(append(datePieces, timePieces...), zonePieces...) {
		data = append(data, []string{p})
	}
	for _, typ := range []string{"date", "time", "timestamp", "timestamptz"} {
		o.run(t, check{lua: typ + "_in", sql: "a::" + typ, args: []string{"text"}, ret: typ}, supported(data))
	}
}

// refused finds what may be a zone of a zone table or one that POSIX describes, and labelled numbers: Prequel refuses both.
var refused = regexp.MustCompile(`(?i)[a-z]{2}[-+]?\d|[a-z][-+.]\d|[a-su-z]\d|tt|etc/|(?:\b|_)(d|h|m|mm|s|y|dow|doy)\b`)

// supported leaves out what Prequel refuses.
func supported(data [][]string) [][]string {
	var out [][]string
	for _, row := range data {
		if !refused.MatchString(row[0]) {
			out = append(out, row)
		}
	}
	return out
}

func TestTimeInputRefuses(t *testing.T) {
	o := newTemporalOracle(t)
	for _, text := range []string{"now", "today", "tomorrow", "yesterday", "2020-01-01 10:00 PST", "2020-01-01 10:00 America/New_York", "2020-01-01 10:00 EST5EDT"} {
		for _, e := range o.engines {
			got, err := e.Eval(t.Context(), check{lua: "timestamp_in", args: []string{"text"}, ret: "timestamp"}.script(t), nil, text).StringSlice()
			if err != nil {
				t.Fatal(err)
			}
			if !strings.HasPrefix(got[0], "PQ0A000 ") {
				t.Errorf("%s: %q: got %q, want 0A000", e.name, text, got[0])
			}
		}
	}
}

var intervalUnits = []string{
	"us", "usec", "microseconds", "ms", "msec", "milliseconds", "s", "sec", "seconds", "m", "min", "minutes", "h", "hr", "hours", "d", "day", "days", "w", "weeks", "mon",
	"months", "qtr", "y", "yr", "years", "decades", "c", "centuries", "mil", "millennia", "ago", "@", "fortnight", "dow", "",
}

func intervalTexts(r *rand.Rand) string {
	number := func() string {
		return []string{
			fmt.Sprint(r.IntN(40)), fmt.Sprint(-r.IntN(400)), fmt.Sprintf("%.1f", r.Float64()*10), fmt.Sprintf("%.7f", r.Float64()*3-1.5), "+3", ".5", "-.5", "2147483648",
			"9223372036854775808", "1-2", "-1-2", "1-13", "5.", "178956970", "1e3", "-0.3",
		}[r.IntN(16)]
	}
	clock := func() string {
		return []string{"", "-", "+"}[r.IntN(3)] + []string{"04:05", "4:5:6.789", "100:00:00.0000005", "1:60", "2562047789:00", "1:2.5", "01:02:03:04", "04:05:"}[r.IntN(8)]
	}
	unit := func() string { return intervalUnits[r.IntN(len(intervalUnits))] }
	switch r.IntN(4) {
	case 0: // ISO 8601
		var b strings.Builder
		b.WriteString("P")
		for range r.IntN(4) {
			b.WriteString(number() + []string{"Y", "M", "W", "D", "T", "-", "", "H", "S", ":"}[r.IntN(10)])
		}
		if r.IntN(2) == 0 {
			b.WriteString("T")
			for range r.IntN(4) {
				b.WriteString(number() + []string{"H", "M", "S", ":", ""}[r.IntN(5)])
			}
		}
		return b.String()
	case 1:
		return []string{
			"P1Y2M3DT4H5M6.7S", "P20200203T040506", "P2020-02-03T04:05:06", "PT36H", "P0.5Y", "P-1Y", "P1Y-2M", "PT1.5M", "P1.5W", "P1,5D", "P", "PT", "P1", "P2020-13", "PT10:20:30.5",
			"@ 1 minute", "1 day ago", "-1 day ago", "1 year 2 mons 3 days 04:05:06", "1 2", "1 2:3", "ago", "", " ", "1 day 1 day", "day 1", "1 +02:03", "1 -02:03:04",
			"178956970 years 8 months", "-178956970 years -8 months", "-178956970 years -9 months", "200000000 years", "1.5 years", "0.99 mons", "1.7 weeks", "1.01 centuries", "1 day -1.5 hours",
			"2147483647 days 1 day", "1 year 1-2", "infinity", "-infinity", "1 d 2 h 3 m 4 s", "1.2 3", "1 day 2 3", "3 4:5", "1mon", "1mon2days", "P1YT", "+1 day", "- 5 days",
		}[r.IntN(49)]
	}
	var parts []string
	for range 1 + r.IntN(3) {
		switch r.IntN(6) {
		case 0:
			parts = append(parts, clock())
		case 1:
			parts = append(parts, number())
		default:
			parts = append(parts, number()+[]string{"", " "}[r.IntN(2)]+unit())
		}
	}
	return strings.Join(parts, []string{" ", " ", ""}[r.IntN(3)])
}

func TestIntervalInput(t *testing.T) {
	o := newTemporalOracle(t)
	o.run(t, check{lua: "interval_in", sql: "a::interval", args: []string{"text"}, ret: "interval"}, samples(12000, intervalTexts))
}
