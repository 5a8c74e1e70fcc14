package value_test

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"testing"

	"github.com/prequel-db/prequel/runtime/value"
)

// FuzzParse: no text panics; what is read prints as text that reads as the same value; errors are *value.Error.
func FuzzParse(f *testing.F) {
	types := append(scalarTypes(), value.ArrayOf(value.Of(value.Text)), value.ArrayOf(value.Of(value.Numeric)))
	for i, text := range []string{"1.5e3", "2020-01-01 10:20:30.5+02", "1 year 2 mons -3 days 4:05:06.7", `{a,"b\"",NULL}`, `{"a":[1,"\u00e9"]}`, `\xde ad`, "-inf", "tru"} {
		f.Add(uint8(i), text)
	}
	f.Fuzz(func(t *testing.T, which uint8, text string) {
		typ := types[int(which)%len(types)]
		v, err := value.Parse(typ, text)
		if err != nil {
			if e := (*value.Error)(nil); !errors.As(err, &e) || len(e.SQLSTATE) != 5 {
				t.Fatalf("%s %q: error %v", typ, text, err)
			}
			return
		}
		if err := value.Bind(typ, v); err != nil {
			t.Fatalf("%s %q: parsed value does not bind: %v", typ, text, err)
		}
		printed := value.Format(typ, v)
		again, err := value.Parse(typ, printed)
		if typ.Kind == value.Interval && err != nil {
			return // PostgreSQL does not read the output of the least interval either
		}
		if err != nil || again != v && !bothNaN(again, v) {
			t.Fatalf("%s %q: prints %q, which reads as %#v, not %#v (%v)", typ, text, printed, again, v, err)
		}
	})
}

// FuzzUnpack: no bytes panic; what unpacks packs to a row that unpacks to the same.
func FuzzUnpack(f *testing.F) {
	types := scalarTypes()
	f.Add(uint64(1), []byte{0, 1, 2, 3})
	f.Fuzz(func(t *testing.T, seed uint64, row []byte) {
		rng := rand.New(rand.NewPCG(seed, 0))
		cols := make([]value.LayoutCol, rng.IntN(6))
		for i := range cols {
			cols[i] = value.LayoutCol{Type: pick(rng, types...), Nullable: rng.IntN(2) == 0}
		}
		layout, _ := value.NewLayout(cols...)
		values, err := layout.Unpack(string(row))
		if err != nil {
			return
		}
		packed, err := layout.Pack(values)
		if err != nil {
			t.Fatal(err)
		}
		again, err := layout.Unpack(packed)
		if err != nil {
			t.Fatal(err)
		}
		for i := range values {
			if values[i] != again[i] && !bothNaN(values[i], again[i]) {
				t.Fatalf("column %d: %#v became %#v", i, values[i], again[i])
			}
		}
	})
}

// FuzzSortOrder: the order of keys is the order of values, for texts that the fuzzer finds.
func FuzzSortOrder(f *testing.F) {
	types := scalarTypes()
	f.Add(uint8(6), "1.5", "-1.50", false)
	f.Add(uint8(11), "a", "a\x01", true)
	f.Fuzz(func(t *testing.T, which uint8, left, right string, desc bool) {
		typ := types[int(which)%len(types)]
		if typ.Kind == value.JSON || typ.Kind == value.JSONB {
			return
		}
		a, errA := value.Parse(typ, left)
		b, errB := value.Parse(typ, right)
		if errA != nil || errB != nil {
			return
		}
		col := value.SortCol{Type: typ, Desc: desc}
		x, errA := value.AppendSort(nil, col, a)
		y, errB := value.AppendSort(nil, col, b)
		if errA != nil || errB != nil {
			t.Fatal(errA, errB)
		}
		want := sign(value.Compare(typ, a, b))
		if desc {
			want = -want
		}
		if got := bytes.Compare(x, y); got != want {
			t.Fatalf("%s: keys of %q and %q compare %d, the values %d", typ, left, right, got, want)
		}
	})
}
