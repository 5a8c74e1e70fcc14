package runtime

import (
	"encoding/json"
	"time"

	"github.com/prequel-db/prequel/runtime/sqltype"
	"github.com/prequel-db/prequel/runtime/value"
)

// Parameters of calls, from the Go types that generated clients use. What cannot be a value (a time beyond PostgreSQL's range,
// a label that the enum does not have) is reported by the call.

// BoolParam makes a boolean.
func BoolParam(b bool) value.Value { return value.FromBool(b) }

// Int16Param makes a smallint.
func Int16Param(n int16) value.Value { return value.Int(int64(n)) }

// Int32Param makes an integer.
func Int32Param(n int32) value.Value { return value.Int(int64(n)) }

// Int64Param makes a bigint.
func Int64Param(n int64) value.Value { return value.Int(n) }

// Float32Param makes a real.
func Float32Param(f float32) value.Value { return value.Float(float64(f)) }

// Float64Param makes a double precision.
func Float64Param(f float64) value.Value { return value.Float(f) }

// StringParam makes a text, varchar or char.
func StringParam(s string) value.Value { return value.String(s) }

// BytesParam makes a bytea; nil is an empty one.
func BytesParam(b []byte) value.Value { return value.String(string(b)) }

// JSONParam makes a json.
func JSONParam(j json.RawMessage) value.Value { return value.FromJSON(string(j)) }

// JSONBParam makes a jsonb.
func JSONBParam(j json.RawMessage) value.Value { return value.FromJSONB(string(j)) }

// NumericParam makes a numeric.
func NumericParam(n sqltype.Numeric) value.Value { return value.FromNumeric(string(n)) }

// UUIDParam makes a uuid.
func UUIDParam(u sqltype.UUID) value.Value { return value.String(string(u[:])) }

// DateParam makes a date of t's year, month and day in t's own zone.
func DateParam(t time.Time) value.Value { return value.FromDate(t) }

// TimestampParam makes a timestamp of what a clock in t's zone shows.
func TimestampParam(t time.Time) value.Value { return value.FromTimestamp(t) }

// TimestamptzParam makes a timestamptz of an instant.
func TimestamptzParam(t time.Time) value.Value { return value.FromTimestamptz(t) }

// TimeParam makes a time of day of the duration since midnight.
func TimeParam(d time.Duration) value.Value { return value.FromTime(d) }

// IntervalParam makes an interval.
func IntervalParam(i sqltype.Interval) value.Value {
	return value.FromInterval(i.Months, i.Days, i.Microseconds)
}

// LabelParam makes a value of the enum t of its label.
func LabelParam(t value.Type, label string) value.Value { return value.FromLabel(t, label) }

// NullParam makes a value that may be NULL: NullParam(arg.Label, runtime.StringParam).
func NullParam[T any](n sqltype.Null[T], make func(T) value.Value) value.Value {
	if !n.Valid {
		return value.Null
	}
	return make(n.V)
}

// PtrParam is NullParam for pointers.
func PtrParam[T any](p *T, make func(T) value.Value) value.Value {
	if p == nil {
		return value.Null
	}
	return make(*p)
}

// ListParam makes an array of elements of type elem; nil is an empty one.
func ListParam[T any](elem value.Type, list []T, make func(T) value.Value) value.Value {
	var elements []value.Value
	for _, e := range list {
		elements = append(elements, make(e))
	}
	return value.FromList(elem, elements)
}

// NullBytesParam makes a bytea that may be NULL, which nil is.
func NullBytesParam(b []byte) value.Value {
	if b == nil {
		return value.Null
	}
	return BytesParam(b)
}

// NullJSONParam makes a json that may be NULL, which nil is.
func NullJSONParam(j json.RawMessage) value.Value {
	if j == nil {
		return value.Null
	}
	return JSONParam(j)
}

// NullJSONBParam makes a jsonb that may be NULL, which nil is.
func NullJSONBParam(j json.RawMessage) value.Value {
	if j == nil {
		return value.Null
	}
	return JSONBParam(j)
}

// NullListParam is ListParam for arrays that may be NULL, which nil is.
func NullListParam[T any](elem value.Type, list []T, make func(T) value.Value) value.Value {
	if list == nil {
		return value.Null
	}
	return ListParam(elem, list, make)
}

// LabelMaker is LabelParam of one enum, for NullParam and ListParam.
func LabelMaker[T ~string](t value.Type) func(T) value.Value {
	return func(label T) value.Value { return value.FromLabel(t, string(label)) }
}
