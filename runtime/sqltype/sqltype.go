package sqltype

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math/big"
	"strconv"
	"time"
)

// Null is a value that may be NULL. The zero Null is NULL.
type Null[T any] struct {
	V     T
	Valid bool
}

// From makes a Null that is not NULL.
func From[T any](v T) Null[T] { return Null[T]{V: v, Valid: true} }

// FromPtr makes a Null of a pointer, NULL for nil.
func FromPtr[T any](p *T) Null[T] {
	if p == nil {
		return Null[T]{}
	}
	return From(*p)
}

// Ptr returns a pointer to the value, nil for NULL.
func (n Null[T]) Ptr() *T {
	if !n.Valid {
		return nil
	}
	return &n.V
}

// Or returns the value, or other for NULL.
func (n Null[T]) Or(other T) T {
	if !n.Valid {
		return other
	}
	return n.V
}

// MarshalJSON writes null or the value.
func (n Null[T]) MarshalJSON() ([]byte, error) {
	if !n.Valid {
		return []byte("null"), nil
	}
	return json.Marshal(n.V)
}

// UnmarshalJSON reads null or the value.
func (n *Null[T]) UnmarshalJSON(data []byte) error {
	if bytes.Equal(data, []byte("null")) {
		*n = Null[T]{}
		return nil
	}
	n.Valid = true
	return json.Unmarshal(data, &n.V)
}

// A Numeric is a decimal number of any precision: its text, as PostgreSQL prints it, with the zeros of its scale. It may also
// be "NaN", "Infinity" or "-Infinity". As a parameter it is any text that PostgreSQL reads as a numeric; the zero value "" is
// not one.
type Numeric string

// NumericFromInt makes a Numeric of an integer.
func NumericFromInt(n int64) Numeric { return Numeric(strconv.FormatInt(n, 10)) }

// String is the number's text.
func (n Numeric) String() string { return string(n) }

// Float64 is the nearest float64.
func (n Numeric) Float64() (float64, error) { return strconv.ParseFloat(string(n), 64) }

// Int64 is the number as an integer. It fails when it has a fraction that is not zero or does not fit.
func (n Numeric) Int64() (int64, error) {
	r, ok := n.Rat()
	if !ok || !r.IsInt() || !r.Num().IsInt64() {
		return 0, fmt.Errorf("numeric %s is no int64", n)
	}
	return r.Num().Int64(), nil
}

// Rat is the number exactly; ok is false for NaN and the infinities.
func (n Numeric) Rat() (r *big.Rat, ok bool) {
	for _, c := range []byte(n) {
		if (c < '0' || c > '9') && c != '-' && c != '+' && c != '.' {
			return nil, false
		}
	}
	return new(big.Rat).SetString(string(n))
}

// MarshalJSON writes a number, or a string for NaN and the infinities.
func (n Numeric) MarshalJSON() ([]byte, error) {
	if _, ok := n.Rat(); ok {
		return []byte(n), nil
	}
	return json.Marshal(string(n))
}

// UnmarshalJSON reads a number or a string.
func (n *Numeric) UnmarshalJSON(data []byte) error {
	var s string
	if len(data) > 0 && data[0] == '"' {
		if err := json.Unmarshal(data, &s); err != nil {
			return err
		}
		*n = Numeric(s)
		return nil
	}
	var number json.Number
	if err := json.Unmarshal(data, &number); err != nil {
		return err
	}
	*n = Numeric(number)
	return nil
}

// A UUID is its 16 bytes.
type UUID [16]byte

// ParseUUID reads the form with hyphens, or 32 hexadecimal digits.
func ParseUUID(s string) (UUID, error) {
	var u UUID
	digits := make([]byte, 0, 32)
	for i := range len(s) {
		if s[i] == '-' && (i == 8 || i == 13 || i == 18 || i == 23) && len(s) == 36 {
			continue
		}
		digits = append(digits, s[i])
	}
	if len(digits) != 32 {
		return u, fmt.Errorf("%q is no UUID", s)
	}
	if _, err := hex.Decode(u[:], digits); err != nil {
		return u, fmt.Errorf("%q is no UUID", s)
	}
	return u, nil
}

// String is the form with hyphens.
func (u UUID) String() string {
	h := hex.EncodeToString(u[:])
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}

// MarshalText implements encoding.TextMarshaler.
func (u UUID) MarshalText() ([]byte, error) { return []byte(u.String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler.
func (u *UUID) UnmarshalText(text []byte) (err error) {
	*u, err = ParseUUID(string(text))
	return err
}

// An Interval is a span of time in the parts that PostgreSQL keeps apart: a month has no fixed number of days, nor a day of
// hours.
type Interval struct {
	Months       int32
	Days         int32
	Microseconds int64
}

// IntervalFrom makes an interval of a duration, truncated to microseconds.
func IntervalFrom(d time.Duration) Interval { return Interval{Microseconds: d.Microseconds()} }

// AddTo adds the interval to a time: months, then days, then microseconds. Where the day does not exist in the month reached, it is
// the month's last, as in PostgreSQL.
func (i Interval) AddTo(t time.Time) time.Time {
	if i.Months != 0 {
		first := time.Date(t.Year(), t.Month()+time.Month(i.Months), 1, t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), t.Location())
		last := first.AddDate(0, 1, -1).Day()
		t = first.AddDate(0, 0, min(t.Day(), last)-1)
	}
	return t.AddDate(0, 0, int(i.Days)).Add(time.Duration(i.Microseconds) * time.Microsecond)
}
