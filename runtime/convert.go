package runtime

import (
	"database/sql"
	"database/sql/driver"
	"encoding"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"time"

	"github.com/prequel-db/prequel/runtime/value"
)

// PtrOf is a column that may be NULL as a pointer, nil for NULL: PtrOf(c, 2, (*runtime.Cursor).Int32).
func PtrOf[T any](c *Cursor, i int, get func(*Cursor, int) T) *T {
	if c.IsNull(i) {
		return nil
	}
	v := get(c, i)
	return &v
}

// As is a column as a type that the user chose for it. In this order: a sql.Scanner scans what database/sql's drivers for
// PostgreSQL give; a pointer is nil for NULL and else points to what As makes of its element; json and jsonb are unmarshalled; a value
// is converted when Go converts its type without loss; an encoding.TextUnmarshaler reads PostgreSQL's text. What none of these
// can do stops the cursor.
func As[T any](c *Cursor, i int) T {
	var out T
	if err := assign(reflect.ValueOf(&out).Elem(), c.stmt.fn.Columns[i].Type, c.Value(i)); err != nil {
		c.fail(fmt.Errorf("column %s: %w", c.stmt.fn.Columns[i].Name, err))
	}
	return out
}

// Maker makes parameters of a type that the user chose; see As for the order of what is tried.
func Maker[T any](t value.Type) func(T) value.Value {
	return func(x T) value.Value {
		v, err := valueOf(t, reflect.ValueOf(&x).Elem())
		var refused *value.Error
		switch {
		case errors.As(err, &refused):
			return value.Bad(refused)
		case err != nil:
			return value.Bad(&value.Error{SQLSTATE: "22000", Message: err.Error()})
		}
		return v
	}
}

// driverValue is a value as database/sql's drivers for PostgreSQL hand it to a Scanner: int64, float64, bool, []byte, string or
// time.Time.
func driverValue(t value.Type, v value.Value) (driver.Value, error) {
	if v.IsNull() {
		return nil, nil
	}
	switch t.Kind {
	case value.Bool:
		return v.Bool(), nil
	case value.Int2, value.Int4, value.Int8:
		return v.Int(), nil
	case value.Float4, value.Float8:
		return v.Float(), nil
	case value.Date:
		return value.ToDate(v)
	case value.Timestamp, value.Timestamptz:
		return value.ToTimestamp(v)
	case value.Bytea, value.JSON, value.JSONB:
		return []byte(v.Str()), nil
	}
	return value.Format(t, v), nil
}

// plainValue is a value as the Go type that clients have for its type when the user chooses none.
func plainValue(t value.Type, v value.Value) (any, error) {
	switch t.Kind {
	case value.UUID:
		var u [16]byte
		copy(u[:], v.Str())
		return u, nil
	case value.Time:
		return value.ToTime(v), nil
	}
	return driverValue(t, v)
}

func assign(dst reflect.Value, t value.Type, v value.Value) error {
	if s, ok := dst.Addr().Interface().(sql.Scanner); ok {
		from, err := driverValue(t, v)
		if err != nil {
			return err
		}
		return s.Scan(from)
	}
	if dst.Kind() == reflect.Pointer {
		if v.IsNull() {
			return nil
		}
		dst.Set(reflect.New(dst.Type().Elem()))
		return assign(dst.Elem(), t, v)
	}
	if v.IsNull() {
		if dst.Kind() == reflect.Slice || dst.Kind() == reflect.Map || dst.Kind() == reflect.Interface {
			return nil
		}
		return fmt.Errorf("it is NULL, for which %s has no place", dst.Type())
	}
	if t.Kind == value.Array && dst.Kind() == reflect.Slice {
		return assignList(dst, *t.Elem, v)
	}
	if isJSON(t) && dst.Type() != reflect.TypeFor[json.RawMessage]() && dst.Type() != reflect.TypeFor[string]() && dst.Type() != reflect.TypeFor[[]byte]() {
		return json.Unmarshal([]byte(v.Str()), dst.Addr().Interface())
	}
	plain, err := plainValue(t, v)
	if err != nil {
		return err
	}
	if convert(dst, reflect.ValueOf(plain)) {
		return nil
	}
	if u, ok := dst.Addr().Interface().(encoding.TextUnmarshaler); ok {
		return u.UnmarshalText([]byte(value.Format(t, v)))
	}
	return fmt.Errorf("%s %s is no value of %s", t, value.Format(t, v), dst.Type())
}

func isJSON(t value.Type) bool { return t.Kind == value.JSON || t.Kind == value.JSONB }

func assignList(dst reflect.Value, elem value.Type, v value.Value) error {
	elements, err := value.Elements(elem, v.Str())
	if err != nil {
		return err
	}
	list := reflect.MakeSlice(dst.Type(), len(elements), len(elements))
	for i, e := range elements {
		if err := assign(list.Index(i), elem, e); err != nil {
			return fmt.Errorf("element %d: %w", i+1, err)
		}
	}
	dst.Set(list)
	return nil
}

// convert sets dst to a value of another type when nothing is lost.
func convert(dst, from reflect.Value) bool {
	switch {
	case from.CanInt() && dst.CanInt():
		if dst.OverflowInt(from.Int()) {
			return false
		}
		dst.SetInt(from.Int())
	case from.CanInt() && dst.CanUint():
		if from.Int() < 0 || dst.OverflowUint(uint64(from.Int())) {
			return false
		}
		dst.SetUint(uint64(from.Int()))
	case from.CanFloat() && dst.CanFloat():
		if float64(float32(from.Float())) != from.Float() && dst.Kind() == reflect.Float32 && from.Float() == from.Float() {
			return false
		}
		dst.SetFloat(from.Float())
	case from.CanInt() && dst.Kind() == reflect.String: // Go would make a character of it
		return false
	case dst.Kind() == reflect.Interface && from.Type().Implements(dst.Type()):
		dst.Set(from)
	case dst.Kind() != reflect.Interface && from.CanConvert(dst.Type()):
		dst.Set(from.Convert(dst.Type()))
	default:
		return false
	}
	return true
}

func valueOf(t value.Type, x reflect.Value) (value.Value, error) {
	if x.Kind() == reflect.Pointer && x.IsNil() || x.Kind() == reflect.Interface && x.IsNil() {
		return value.Null, nil
	}
	if s, ok := x.Interface().(driver.Valuer); ok {
		from, err := s.Value()
		if err != nil || from == nil {
			return value.Null, err
		}
		return fromPlain(t, reflect.ValueOf(from))
	}
	if x.Kind() == reflect.Pointer || x.Kind() == reflect.Interface {
		return valueOf(t, x.Elem())
	}
	if t.Kind == value.Array && x.Kind() == reflect.Slice {
		if x.IsNil() {
			return value.Null, nil
		}
		elements := make([]value.Value, x.Len())
		for i := range elements {
			var err error
			if elements[i], err = valueOf(*t.Elem, x.Index(i)); err != nil {
				return value.Null, fmt.Errorf("element %d: %w", i+1, err)
			}
		}
		return value.FromList(*t.Elem, elements), nil
	}
	if isJSON(t) && x.Kind() != reflect.String && !(x.Kind() == reflect.Slice && x.Type().Elem().Kind() == reflect.Uint8) {
		text, err := json.Marshal(x.Interface())
		if err != nil {
			return value.Null, err
		}
		return value.Parse(t, string(text))
	}
	if v, err := fromPlain(t, x); !errors.Is(err, errNoForm) {
		return v, err
	}
	if m, ok := x.Interface().(encoding.TextMarshaler); ok {
		text, err := m.MarshalText()
		if err != nil {
			return value.Null, err
		}
		return value.Parse(t, string(text))
	}
	return value.Null, fmt.Errorf("%s cannot be a parameter of type %s", x.Type(), t)
}

// errNoForm says that a Go value is not of a kind that fromPlain knows for the type.
var errNoForm = errors.New("no form")

// fromPlain is a value of a type made of a Go value of a basic kind, a time.Time, a UUID's 16 bytes, or text in PostgreSQL's form.
func fromPlain(t value.Type, x reflect.Value) (value.Value, error) {
	if x.CanConvert(reflect.TypeFor[time.Time]()) && x.Kind() == reflect.Struct {
		at := x.Convert(reflect.TypeFor[time.Time]()).Interface().(time.Time)
		switch t.Kind {
		case value.Date:
			return value.FromDate(at), nil
		case value.Timestamp:
			return value.FromTimestamp(at), nil
		case value.Timestamptz:
			return value.FromTimestamptz(at), nil
		}
		return value.Null, errNoForm
	}
	switch {
	case t.Kind == value.UUID && x.Kind() == reflect.Array && x.Len() == 16 && x.Type().Elem().Kind() == reflect.Uint8:
		var u [16]byte
		reflect.Copy(reflect.ValueOf(&u).Elem(), x)
		return value.String(string(u[:])), nil
	case x.Kind() == reflect.Slice && x.Type().Elem().Kind() == reflect.Uint8:
		if t.Kind == value.Bytea {
			return value.String(string(x.Bytes())), nil
		}
		return value.Parse(t, string(x.Bytes()))
	case x.Kind() == reflect.String && t.Kind == value.Bytea:
		return value.String(x.String()), nil
	case x.Kind() == reflect.String:
		return value.Parse(t, x.String())
	case t.Kind == value.Time && x.Type().ConvertibleTo(reflect.TypeFor[time.Duration]()) && x.CanInt():
		return value.FromTime(time.Duration(x.Int())), nil
	case x.CanInt(), x.CanUint(), x.CanFloat():
		return fromNumber(t, x)
	case x.Kind() == reflect.Bool && t.Kind == value.Bool:
		return value.FromBool(x.Bool()), nil
	}
	return value.Null, errNoForm
}

func fromNumber(t value.Type, x reflect.Value) (value.Value, error) {
	switch t.Kind {
	case value.Int2, value.Int4, value.Int8, value.Numeric, value.Float4, value.Float8:
	default:
		return value.Null, errNoForm
	}
	switch {
	case x.CanInt():
		return value.Parse(t, strconv.FormatInt(x.Int(), 10))
	case x.CanUint():
		return value.Parse(t, strconv.FormatUint(x.Uint(), 10))
	}
	return value.Parse(t, value.Format(value.Of(value.Float8), value.Float(x.Float())))
}
