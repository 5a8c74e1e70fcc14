package value

import (
	"fmt"
	"math"
)

// A Value is one SQL value of a type that its context knows. The zero Value is NULL. Values are small, immutable and
// comparable with ==, which is identity of representation, not SQL's equality (see Compare).
//
// Which of its three parts a value uses follows from the type's Kind:
//
//   - an integer: Bool (0, 1), Int2, Int4, Int8, Date, Time, Timestamp, Timestamptz (days and microseconds from
//     2000-01-01), Enum (ordinal from 1);
//   - a float: Float4, Float8;
//   - a string: Numeric (PostgreSQL's text), Text, Varchar, Char, Bytea, UUID (16 bytes), Interval
//     (months/days/microseconds), JSON, JSONB, Array (list of netstrings).
type Value struct {
	form form
	n    int64 // integers; IEEE bits of floats
	s    string
}

type form uint8

const (
	formNull form = iota
	formInt
	formFloat
	formString
	formBad // s is the message of an error met when making the value, n its SQLSTATE in base 36
)

// Null is the NULL of every type.
var Null Value

// Int is a value of an integer kind.
func Int(n int64) Value { return Value{form: formInt, n: n} }

// FromBool makes a boolean value.
func FromBool(b bool) Value {
	if b {
		return Int(1)
	}
	return Int(0)
}

// Float is a value of Float4 or Float8. A Float4's must be exact in float32.
func Float(f float64) Value { return Value{form: formFloat, n: int64(math.Float64bits(f))} }

// String is a value of a string kind.
func String(s string) Value { return Value{form: formString, s: s} }

// IsNull reports whether the value is NULL.
func (v Value) IsNull() bool { return v.form == formNull }

// Int is the integer of a value of an integer kind, 0 for others.
func (v Value) Int() int64 {
	if v.form == formInt {
		return v.n
	}
	return 0
}

// Bool is the truth of a boolean value; false for NULL.
func (v Value) Bool() bool { return v.form == formInt && v.n != 0 }

// Float is the number of a float value, 0 for others.
func (v Value) Float() float64 {
	if v.form == formFloat {
		return math.Float64frombits(uint64(v.n))
	}
	return 0
}

// Str is the string of a value of a string kind, "" for others.
func (v Value) Str() string {
	if v.form == formString {
		return v.s
	}
	return ""
}

// GoString shows the representation, for failing tests.
func (v Value) GoString() string {
	switch v.form {
	case formInt:
		return fmt.Sprintf("int %d", v.n)
	case formFloat:
		return fmt.Sprintf("float %v", v.Float())
	case formString:
		return fmt.Sprintf("string %q", v.s)
	case formBad:
		return fmt.Sprintf("bad %s", v.s)
	}
	return "NULL"
}

// formOf is the representation that values of a kind have.
func formOf(k Kind) form {
	switch k {
	case Bool, Int2, Int4, Int8, Date, Time, Timestamp, Timestamptz, Enum:
		return formInt
	case Float4, Float8:
		return formFloat
	}
	return formString
}

// check reports a value that does not have the representation of its type.
func check(t Type, v Value) error {
	if v.form == formBad {
		return v.Err()
	}
	if v.form != formOf(t.Kind) {
		return fmt.Errorf("value %#v has not the form of type %s", v, t)
	}
	return nil
}
