package value_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqllogic/testdb"
)

func TestMain(m *testing.M) { testdb.Main(m) }

// An oracle asks PostgreSQL what a type's input makes of a text.
type oracle struct {
	t    *testing.T
	conn *pgx.Conn
	// lenient passes every refusal and judges only what is accepted.
	lenient bool
}

func newOracle(t *testing.T) *oracle {
	conn, err := pgx.Connect(t.Context(), testdb.Postgres(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close(context.Background()) })
	return &oracle{t: t, conn: conn}
}

// typeName is the type as SQL writes it where String is for messages.
func typeName(t value.Type) string { return t.String() }

// cast returns the text of text::type, or PostgreSQL's error. The text goes through the type's input function with the
// modifier, as a value stored in a column does.
func (o *oracle) cast(t value.Type, text string) (string, *pgconn.PgError) {
	o.t.Helper()
	literal := "E'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(text) + "'"
	if t.Kind == value.Varchar || t.Kind == value.Char {
		// An explicit cast cuts; a column refuses. The input function is called as COPY calls it.
		mod := -1
		if t.Mod > 0 {
			mod = t.Mod + 4
		}
		name := map[value.Kind]string{value.Varchar: "varcharin", value.Char: "bpcharin"}[t.Kind]
		return o.query(fmt.Sprintf("select textin(bpcharout(%s(%s::cstring, 0, %d)::bpchar))", name, literal, mod))
	}
	return o.query(fmt.Sprintf("select %s::%s", literal, typeName(t)))
}

func (o *oracle) query(sql string) (string, *pgconn.PgError) {
	o.t.Helper()
	res := o.conn.PgConn().Exec(o.t.Context(), sql)
	results, err := res.ReadAll()
	if err != nil {
		var pg *pgconn.PgError
		if !errors.As(err, &pg) {
			o.t.Fatalf("%s: %v", sql, err)
		}
		return "", pg
	}
	if len(results[0].Rows) == 0 {
		return "", nil
	}
	return string(results[0].Rows[0][0]), nil
}

// compare checks one input against PostgreSQL. Refusals (0A000) pass: they are what Prequel says of what it cannot do.
func (o *oracle) compare(t value.Type, text string) {
	o.t.Helper()
	v, err := value.Parse(t, text)
	var ours *value.Error
	if err != nil && !errors.As(err, &ours) {
		o.t.Errorf("%s %q: error %v is no *value.Error", t, text, err)
		return
	}
	if ours != nil && ours.SQLSTATE == "0A000" {
		return
	}
	want, pgErr := o.cast(t, text)
	switch {
	case pgErr != nil && ours == nil:
		o.t.Errorf("%s %q: is %q, PostgreSQL refuses: %s (%s)", t, text, value.Format(t, v), pgErr.Message, pgErr.Code)
	case ours != nil && o.lenient:
	case pgErr == nil && ours != nil:
		o.t.Errorf("%s %q: refused with %v, PostgreSQL says %q", t, text, ours, want)
	case pgErr != nil:
		if ours.SQLSTATE != pgErr.Code || ours.Message != pgErr.Message {
			o.t.Errorf("%s %q: refused with %s %s, PostgreSQL with %s %s", t, text, ours.SQLSTATE, ours.Message, pgErr.Code, pgErr.Message)
		}
		if ours.Detail != "" && ours.Detail != pgErr.Detail {
			o.t.Errorf("%s %q: detail %q, PostgreSQL's %q", t, text, ours.Detail, pgErr.Detail)
		}
	default:
		if got := value.Format(t, v); got != want {
			o.t.Errorf("%s %q: is %q, PostgreSQL's %q", t, text, got, want)
		}
		if _, pgErr := o.cast(t, want); pgErr != nil {
			return // the least interval
		}
		again, err := value.Parse(t, want)
		if err != nil || again != v && value.Compare(t, again, v) != 0 {
			o.t.Errorf("%s %q: its output %q reads back as %#v, not %#v (%v)", t, text, want, again, v, err)
		}
	}
}

func numericType(p, s int) value.Type { return value.Type{Kind: value.Numeric, Mod: p, Scale: s} }

func modified(k value.Kind, mod int) value.Type { return value.Type{Kind: k, Mod: mod} }

// TestParseAsPostgres holds the cases that a random generator would not find.
func TestParseAsPostgres(t *testing.T) {
	o := newOracle(t)
	if _, err := o.query("create type pg_temp.mood as enum ('sad', 'ok', 'so so', '\U0001F600')"); err != nil {
		t.Fatal(err)
	}
	mood := value.Type{Kind: value.Enum, Enum: &value.EnumType{Name: "mood", Labels: []string{"sad", "ok", "so so", "\U0001F600"}}}
	ints := []string{
		"", " ", "0", "-0", "+5", " 12 ", "\t12\n", "00012", "1 2", "12a", "0x10", "1_000", "1.0", "1e3", "--1", "+-1", "-",
		"32767", "32768", "-32768", "-32769", "2147483647", "2147483648", "-2147483648", "-2147483649",
		"9223372036854775807", "9223372036854775808", "-9223372036854775808", "-9223372036854775809", "99999999999999999999999", "\u0661",
	}
	floats := []string{
		"", "0", "-0", "1", " 1.5 ", ".5", "5.", ".", "1e", "1e+", "1e5", "1E-5", "1e400", "-1e400", "1e-400", "1e-320", "5e-324", "2e-324", "1e23",
		"9007199254740993", "NaN", "nan", "-nan", "+nan", "inf", "-Infinity", "+INF", "infinites", "0x10", "0x1.8p1", "0x", "0x.p1", "0x1p-2000", "1_0", "1e-46", "1e-40",
		"3.4028235e38", "3.4028236e38", "1e15", "1e14", "123456789012345678", "1e6", "999999", "123456.7", "0.0001", "0.00001", "0.1", "1.1", "16777217",
		"1.7976931348623157e308", "1.7976931348623159e308", "2.2250738585072011e-308", "0e999", "0.0e-999", "1d5", "1 2", "e5",
	}
	numerics := append([]string{
		"0e-20000", "0e-16383", "0e5", "1e131071", "1e131072", "1e-16383", "1e-16384", "-nan", "+inf", "1e2000000000", "1e-2000000000", "1e99999999999999999999",
		"-0.00", "0.000", "99999", "99949", "1e3", "49", "50", "0.05", "0.5", "0.995", "0.994", "123.456", "-123.455", "999.995", "1.", "1.e2", "1.5e-3x", "1e-3", "12e-1", "12.340e1",
		"000.1", "0001", "+.5e1", "1e+", "Infinity", "-Infinity", "infx", "NaN ", " NaN", "nanx", "0.1e-16383",
	}, append(ints, floats...)...)
	datetimes := []string{
		"", "2020-01-01", "2020-1-8", "2020-01-01 -05", "2020-01-01-05", "99-01-08", "1/8/99", "13/8/1999", "19990108", "990108", "1999008", "J2451187", "January 8, 1999",
		"8 Jan 1999", "1999-Jan-08", "Jan-08-1999", "08-Jan-1999", "Jan-08-99", "99-Jan-08", "January 8, 99 BC", "2020-02-30", "2019-02-29", "2020-02-29", "1900-02-29", "2020-13-01", "2020-00-01", "2020-01-00", "2020-01-32", "0000-01-01", "0001-01-01",
		"2020-01-01T10:20:30.1234567Z", "2020-01-01t102030", "20200101t102030", "20200101 102030", "20200101 102030.25", "2020-01-01 10:20 PM", "2020-01-01 12:20 AM", "2020-01-01 13:20 PM", "2020-01-01 13:20 AM", "2020-01-01 12:00 PM",
		"2020-01-01 24:00:00", "2020-01-01 24:00:01", "2020-01-01 25:00", "2020-01-01 23:59:60", "2020-01-01 23:59:61", "2020-01-01 23:60:00", "2020-01-01 10:00:00 america/new_york", "2020-01-01 10:00:00 EST", "2020-01-01 10:00:00 foo", "2020-01-01 10:00:00+16",
		"2020-01-01 10:00:00+15:59:59", "2020-01-01 10:00:00 +0530", "2020-01-01 10:00:00 +5:30", "2020-01-01 10:00:00UTC", "2020-01-01 10:00:00 UTC+3", "epoch", "infinity", "-infinity", "+infinity", "INFINITY", " infinity ", "inf", "now", "today", "yesterday", "tomorrow", "allballs", "294277-01-01",
		"294276-12-31 23:59:59.999999", "294276-12-31 23:59:59.9999999", "4714-11-24 BC", "4714-11-23 BC", "5874897-12-31", "5874898-01-01", "999999999-01-01", "99999999999-01-01", "10:20", "10", "102030", "10:20:30.5 PM", "1020", "24:00:00", "23:59:60", "10:20:30+05", "2020-01-01 10:20:30", "2020-01-01 10:20:30.999999999",
		"1999-12-31 23:59:59.9999999", "2020-01", "2020", "2020-01-01 10", "12:30:45.5.5", "1:2", "1:2:3:4", "2020-01-01 1:2:3", "2020-01-01 10:00:00 BC", "2020-01-01 AD", "2020-01-01 BC", "2020-01-01 10:00:00 z", "2020-01-01z", "2020-01-01 10:00:00 +05 +06", "2020-01-01 2020-01-02", "2020/01/02", "2020.01.02", "01-02-2020", "01.02.2020",
		"Sat Jan 4 2020 10:00", "2020-01-01 10:20:30.5555555", "00:00:00.0000005", "00:00:00.0000015", "23:59:59.9999999", "2020-01-01  10:20", "  2020-01-01", "2020-01-01,10:20", "foo", "2020-01-01 foo", "!", "2020-01-01 10:20:30,5", "2020-01-01 10:20:30.", "2020-01-01 10.5", "10:20.5", "2020-01-01 10:20:", "2020-01-01 :20", "1 Jan 2020", "Jan 2020", "1 2 3",
		"2020-01-01 10:00:00-00", "2020-01-01 10:00:00+00:00", "2020-01-01 10:00:00.1+00", "2020-01-01 10:00:00 -8", "2020-01-01 10:00:00+-8", "10000-01-01", "2020-01-01 00:00:00.000001", "44-03-15 BC", "0044-03-15 BC", "2020-06-15 10:00 PST", "December 31, 1999 23:59:59", "31 December 1999", "2020-12-31t23:59:59+01:00", "1970-01-01 00:00:00+00",
		"290000-01-01", "-2020-01-01", "2020--01-01", "2020-01-", "20-20-20", "2020-1-1 1:1 am", "0:0", "00:00:60", "12:34:56 am", "00:10 pm", "1e5", "2020-01-01\t10:20",
	}
	intervals := []string{
		"", "1 day", "1 day 2 hours", "1 year 2 mons", "1-2", "3 4:05:06", "P1Y2M3DT4H5M6S", "P1W", "PT", "P", "PT5S", "P1.5D", "PT1.5H", "@ 1 minute ago", "1.5 days", "1.5 months", "1.5 years", "1.5 weeks", "1 week", "1 decade", "1 century", "1 millennium", "1 microsecond", "1 ms", "5", "1.5", "-5", "1:2", "1:2:3", "1:2:3.4",
		"-1:2:3", "1:2.5", "-1 day", "-1 day +2:03:04", "1 day -2:03:04", "1 mon -1 day", "1 day 1 day", "1 foo", "foo", "ago", "1 day ago", "1 day ago 2", "1 2 3", "1 2", "1 2 days", "100:00:00", "1:60", "1:59:60", "1:59:61", "2147483647 days", "2147483648 days", "-2147483648 mons", "178956970 years", "178956971 years", "9223372036854775807 us",
		"9223372036854775808 us", "-9223372036854775808 us", "2562047788:00:54.775807", "2562047788:00:54.775808", "0", "0 days", "1y", "1h30m", "1 hr 30 mins", "1d", "1 mon", "1 sec", "1 us", "0.1 us", "0.5 us", "1.5 us", "0.0000005 s", "1.0000005 s", "0.1 day", "0.1 month", "0.333 year", "1.1 weeks", "-1.5 days", "-0.5 months", "-1-2", "+1-2", "1-12", "1-2 3", "1-2 3 4:05:06", "1e3 s", "1.", ".5", ".5 day", "1 day, 2 hours",
		"infinity", "P-1Y", "P1YT-5S", "p1y", "P1Y2", "1 day 24:00:00", "-3 days -04:05:06", "@ 1 year ago", "1 years 2 months 3 days 4 hours 5 minutes 6 seconds", "1.23456789 sec", "5 minutes 5 minutes", "12 mons", "13 mons", "-13 mons", "1 mon -13 days", "-1 mon 1 day", "00:00:00", "-00:00:01", "1 day 1", "1 hour 1", "1 milliseconds 1 seconds", "1 weeks 1 days",
		"1 m", "1 min", "1 S", "1 H", "1 D", "1 W", "1 Y", "1 C", "1 MIL", "1 dec", "+ 1 day", "- 1 day", "1-2 days", "1 day2 hours", " P1Y", "P1Y ", "1h30m", "2147483648 mons", "2147483647 mons 1 year", "99999999999 years", "1.5 mons 2147483647 days", "-1:60", "1 days ago ago", "ago 1 day", "3 1-2", "1-2 1", "1-2 foo", "3d4h",
	}
	byteas := []string{"", `\x`, `\xDEADbeef`, `\xde ad`, `\xd`, `\xdg`, `\xg`, "abc", `a\\b`, `\000\377`, `\400`, `\a`, `\12`, `a\`, "é", `\x é`, "\\x 0 1"}
	uuids := []string{"", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", "{a0eebc99-9c0b4ef8-bb6d6bb9-bd380a11}", "A0EEBC999C0B4EF8BB6D6BB9BD380A11", "a0ee-bc99-9c0b-4ef8-bb6d-6bb9-bd38-0a11", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a1", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a111", "{a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11}", "a0e-ebc99-9c0b-4ef8-bb6d-6bb9bd380a11", "g0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", " a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11-"}
	bools := []string{"", "t", "T", "tr", "true", "TRUE ", "truex", "f", "fals", "yes", "y", "no", "n", "on", "o", "of", "off", "offf", "1", "0", "2", "10", " t ", "\tfalse\n"}
	texts := []string{"", "a", "abc", "abcd", "abc ", "abc  ", "ab  d", "   ", "    ", "é漢😀", "é漢😀x", "quote ' \" \\", "line\nbreak", "\x01"}
	jsons := []string{
		"", "{}", "[]", " 1 ", "null", "nul", "true", `"a"`, `{"b":1,"a":[1, 2 ,{"x" : null}]}`, `{"aa":1,"b":2,"aa":3}`, "1.10", "-0", "-0.0", "1e2", "1E-3", "01", "1.", `"\u0041\u00e9\ud83d\ude00"`, `"\u0000"`, `"\ud800"`, `"\udc00"`, `"\ud800\ud800"`, "\"tab\tx\"", `"\/\b\f\n\r\t\"\\"`, `{"a"}`, `{a:1}`, `[1,]`, `[1 2]`,
		`"\x"`, `{"":1}`, `"é😀"`, "12345678901234567890.123456789012345678901234567890", "\u00a01", `"\u001f"`, `"\u007f"`, `{"a":{"c":1,"b":[]}}`, "[[[]]]", "{} {}", `"\ud800\u0041"`, `"\ud800x"`,
	}
	arrays := []string{"{}", " { } ", "{1}", "{1,2,3}", "{1, 2 ,3 }", "{NULL,null,Null}", `{"1"}`, "", "1", "{", "{1", "{1,", "{1,}", "{,1}", "{1}}", "{1}x", `{"1"2}`, `{1"2"}`, "[1:2]={1,2}", "{ 1 }", `{\1}`, `{"1}`, "{1,,2}", "{{1}}", `{x}`}
	textArrays := []string{"{}", `{a,"b c",NULL,"NULL","","a\"b","a\\b"}`, `{ a b , c }`, `{a\,b}`, `{\NULL}`, "{é,漢}", `{"{}"}`, `{a"b"}`, `{"a" "b"}`, "{a\tb}", `{\ }`}

	for _, c := range []struct {
		types  []value.Type
		inputs []string
	}{
		{[]value.Type{value.Of(value.Int2), value.Of(value.Int4), value.Of(value.Int8)}, ints},
		{[]value.Type{value.Of(value.Float4), value.Of(value.Float8)}, append(floats, ints...)},
		{[]value.Type{value.Of(value.Numeric), numericType(5, 2), numericType(2, 2), numericType(2, 4), numericType(3, -2), numericType(1, 3), numericType(5, 0), numericType(1000, 1000)}, numerics},
		{[]value.Type{
			value.Of(value.Date), value.Of(value.Timestamp), value.Of(value.Timestamptz), value.Of(value.Time),
			modified(value.Timestamp, 1), modified(value.Timestamptz, 4), modified(value.Time, 3), modified(value.Timestamp, 7),
		}, datetimes},
		{[]value.Type{value.Of(value.Interval)}, intervals},
		{[]value.Type{value.Of(value.Bytea)}, byteas},
		{[]value.Type{value.Of(value.UUID)}, uuids},
		{[]value.Type{value.Of(value.Bool)}, bools},
		{[]value.Type{value.Of(value.Text), value.Of(value.Varchar), modified(value.Varchar, 3), modified(value.Char, 3), modified(value.Char, 1)}, texts},
		{[]value.Type{value.Of(value.JSON), value.Of(value.JSONB)}, jsons},
		{[]value.Type{value.ArrayOf(value.Of(value.Int4))}, arrays},
		{[]value.Type{value.ArrayOf(value.Of(value.Text))}, textArrays},
		{[]value.Type{value.ArrayOf(value.Of(value.Date)), value.ArrayOf(value.Of(value.Bool)), value.ArrayOf(value.Of(value.Float8))}, []string{"{}", "{NULL}", "{2020-01-01}", `{"2020-01-01",NULL}`, "{t,f}", "{1.5,NaN}"}},
		{[]value.Type{mood}, []string{"", "sad", "ok", "so so", "\U0001F600", "SAD", " sad"}},
	} {
		for _, typ := range c.types {
			for _, in := range c.inputs {
				o.compare(typ, in)
			}
		}
	}
}

// TestFloatsAsPostgres: powers of two and random bits, where shortest digits are hard.
func TestFloatsAsPostgres(t *testing.T) {
	o := newOracle(t)
	var all []float64
	for e := -1074; e < 1024; e++ {
		p := math.Ldexp(1, e)
		all = append(all, p, math.Nextafter(p, 0), math.Nextafter(p, math.Inf(1)))
	}
	for e := range 309 {
		p := math.Pow10(e)
		all = append(all, p, math.Nextafter(p, 0), math.Nextafter(p, math.Inf(1)), 1/p)
	}
	rng := rand.New(rand.NewPCG(1, 2))
	for range 4000 {
		if f := math.Float64frombits(rng.Uint64()); !math.IsNaN(f) && !math.IsInf(f, 0) {
			all = append(all, f)
		}
		all = append(all, float64(rng.Int64()), float64(rng.Uint32())/100, math.Ldexp(float64(rng.Int64N(1<<53)), rng.IntN(80)))
	}
	for start := 0; start < len(all); start += 1000 {
		part := all[start:min(start+1000, len(all))]
		checkFloats(t, o, value.Float8, part)
		var narrow []float64
		for _, f := range part {
			if g := float64(float32(f)); !math.IsInf(g, 0) {
				narrow = append(narrow, g)
			}
		}
		for range 500 {
			if g := float64(math.Float32frombits(rng.Uint32())); !math.IsNaN(g) && !math.IsInf(g, 0) {
				narrow = append(narrow, g)
			}
		}
		checkFloats(t, o, value.Float4, narrow)
	}
}

// checkFloats compares the output of floats that PostgreSQL gets exactly, in hexadecimal.
func checkFloats(t *testing.T, o *oracle, k value.Kind, floats []float64) {
	t.Helper()
	var sql strings.Builder
	sql.WriteString("select concat_ws(' '")
	for i, f := range floats {
		if i%90 == 0 {
			sql.WriteString(", concat_ws(' '")
		}
		fmt.Fprintf(&sql, ", '%x'::%s", f, value.Of(k))
		if i%90 == 89 || i == len(floats)-1 {
			sql.WriteString(")")
		}
	}
	sql.WriteString(")")
	want, pgErr := o.query(sql.String())
	if pgErr != nil {
		t.Fatal(pgErr)
	}
	for i, w := range strings.Fields(want) {
		if got := value.Format(value.Of(k), value.Float(floats[i])); got != w {
			t.Errorf("%x as %s: is %q, PostgreSQL's %q", floats[i], value.Of(k), got, w)
		}
	}
}
