package sqltype_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/prequel-db/prequel/runtime/sqltype"
)

func TestJSON(t *testing.T) {
	type row struct {
		ID     sqltype.UUID
		Amount sqltype.Numeric
		Note   sqltype.Null[string]
		N      sqltype.Null[int32]
	}
	id, err := sqltype.ParseUUID("a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11")
	if err != nil {
		t.Fatal(err)
	}
	in := row{ID: id, Amount: "12.50", Note: sqltype.From("x")}
	data, err := json.Marshal(in)
	if want := `{"ID":"a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11","Amount":12.50,"Note":"x","N":null}`; err != nil || string(data) != want {
		t.Fatalf("%s, want %s (%v)", data, want, err)
	}
	var out row
	if err := json.Unmarshal(data, &out); err != nil || out != in {
		t.Fatalf("%+v, want %+v (%v)", out, in, err)
	}
	if err := json.Unmarshal([]byte(`{"Amount":"NaN"}`), &out); err != nil || out.Amount != "NaN" {
		t.Fatalf("%+v (%v)", out, err)
	}
	if data, err = json.Marshal(sqltype.Numeric("NaN")); err != nil || string(data) != `"NaN"` {
		t.Fatalf("%s (%v)", data, err)
	}
	if _, err := sqltype.ParseUUID("a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a1"); err == nil {
		t.Error("a short UUID was read")
	}
}

func TestNumeric(t *testing.T) {
	for _, c := range []struct {
		n    sqltype.Numeric
		want int64
		ok   bool
	}{{"12.00", 12, true}, {"-9223372036854775808", -9223372036854775808, true}, {"9223372036854775808", 0, false}, {"1.5", 0, false}, {"NaN", 0, false}, {"", 0, false}, {"1/2", 0, false}} {
		got, err := c.n.Int64()
		if got != c.want || (err == nil) != c.ok {
			t.Errorf("%s: %d, %v", c.n, got, err)
		}
	}
	if f, err := sqltype.Numeric("0.1").Float64(); f != 0.1 || err != nil {
		t.Error(f, err)
	}
}

func TestIntervalAddTo(t *testing.T) {
	at := time.Date(2024, 1, 31, 10, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		i    sqltype.Interval
		want string
	}{
		{sqltype.Interval{Months: 1}, "2024-02-29T10:00:00Z"},
		{sqltype.Interval{Months: -2, Days: 1}, "2023-12-01T10:00:00Z"},
		{sqltype.IntervalFrom(90 * time.Minute), "2024-01-31T11:30:00Z"},
	} {
		if got := c.i.AddTo(at).Format(time.RFC3339); got != c.want {
			t.Errorf("%+v: %s, want %s", c.i, got, c.want)
		}
	}
}

func TestNull(t *testing.T) {
	n := sqltype.FromPtr[int](nil)
	if n.Valid || n.Ptr() != nil || n.Or(7) != 7 {
		t.Errorf("%+v", n)
	}
	if n = sqltype.From(3); *n.Ptr() != 3 || n.Or(7) != 3 {
		t.Errorf("%+v", n)
	}
}
