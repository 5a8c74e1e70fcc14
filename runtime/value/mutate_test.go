package value_test

import (
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/prequel-db/prequel/runtime/value"
)

// TestMutatedInputs asks PostgreSQL about texts that are almost right: what is accepted must be what PostgreSQL makes of it.
// PostgreSQL takes some that are hardly meant as values (words without numbers in an interval); refusing those is fine.
// PREQUEL_MUTATIONS sets their number per type (and the seed).
func TestMutatedInputs(t *testing.T) {
	o := newOracle(t)
	o.lenient = true
	n := 60
	if s := os.Getenv("PREQUEL_MUTATIONS"); s != "" {
		var err error
		if n, err = strconv.Atoi(s); err != nil {
			t.Fatal(err)
		}
	}
	rng := rand.New(rand.NewPCG(uint64(n), 1))
	pieces := map[value.Kind][]string{
		value.Int4:      {"0", "1", "9", "2147483647", "-", "+", " ", "x", "8"},
		value.Numeric:   {"0", "1", "9", "12.50", ".", "e", "-", "+", " ", "e5", "E-3", "NaN", "inf", "00", "5"},
		value.Float8:    {"0", "1", "9", "12.5", ".", "e", "-", "+", " ", "e5", "E-3", "e308", "e-320", "nan", "inf", "7"},
		value.Timestamp: {"2020-01-31", "1999-12-31", " ", "T", "10:20:30", ".5", ".999999", "23:59:60", "+02", "-08:30", "Z", " BC", "infinity", "24:00", " PM", "0001-01-01", "x", "12", " am"},
		value.Interval:  {"1", "-", " ", " day ", " mons ", " years ", "2.5", "10:20:30", ".5", "1-2", "ago", " hours", " sec", "30", "+", " weeks", "us", " m"},
		value.Bool:      {"t", "r", "u", "e", "f", "a", "l", "s", "y", "n", "o", "1", "0", " "},
		value.UUID:      {"a0ee", "BC99", "-", "9c0b", "{", "}", "4ef8", "bb6d6bb9bd380a11", "0", "g"},
		value.Bytea:     {`\x`, "de", "AD", " ", `\\`, `\001`, `\`, "é", "g", "0"},
		value.JSONB:     {"{", "}", "[", "]", ",", ":", `"a"`, `"b"`, "1", "1.50", "null", "true", " ", `"\u00e9"`, "-", "e2"},
		value.Date:      {"2020", "-", "01", "31", "/", "Jan", " ", "1", "BC", ".", "99", "February", ","},
	}
	types := []value.Type{value.ArrayOf(value.Of(value.Text)), value.ArrayOf(value.Of(value.Int4))}
	arrays := []string{"{", "}", ",", "1", `"`, "NULL", " ", `\`, "a", "23", `"x y"`}
	for _, k := range []value.Kind{value.Int4, value.Numeric, value.Float8, value.Timestamp, value.Interval, value.Bool, value.UUID, value.Bytea, value.JSONB, value.Date} {
		types = append(types, value.Of(k))
	}
	types = append(types, value.Of(value.Timestamptz), value.Of(value.JSON), numericType(6, 2))
	for _, typ := range types {
		from := pieces[typ.Kind]
		switch typ.Kind {
		case value.Array:
			from = arrays
		case value.Timestamptz:
			from = pieces[value.Timestamp]
		case value.JSON:
			from = pieces[value.JSONB]
		}
		for range n {
			var b strings.Builder
			for range 1 + rng.IntN(6) {
				b.WriteString(pick(rng, from...))
			}
			o.compare(typ, b.String())
		}
	}
}
