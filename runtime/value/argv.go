package value

import (
	"fmt"
	"math"
	"strconv"
)

// AppendArgv appends the ARGV form of a value that is not NULL: the fourth column of the table in docs/values.md.
func AppendArgv(dst []byte, t Type, v Value) ([]byte, error) {
	if err := check(t, v); err != nil {
		return dst, err
	}
	switch v.form {
	case formInt:
		return strconv.AppendInt(dst, v.n, 10), nil
	case formFloat:
		// A real travels with the digits of its double, so that Lua's tonumber gives the number itself.
		return appendFloat(dst, Float8, v.Float()), nil
	}
	return append(dst, v.s...), nil
}

// AppendArgvNullable appends the form of a nullable parameter: empty for NULL, = and the ARGV form otherwise.
func AppendArgvNullable(dst []byte, t Type, v Value) ([]byte, error) {
	if v.IsNull() {
		return dst, nil
	}
	return AppendArgv(append(dst, '='), t, v)
}

// DecodeArgv reads an ARGV form. It fails on text that no encoder writes.
func DecodeArgv(t Type, s string) (Value, error) {
	switch formOf(t.Kind) {
	case formInt:
		n, err := strconv.ParseInt(s, 10, 64)
		if err != nil {
			return Null, fmt.Errorf("%q is not the wire form of type %s", s, t)
		}
		return Int(n), nil
	case formFloat:
		f, err := strconv.ParseFloat(s, 64)
		if err != nil {
			return decodeOddFloat(t, s)
		}
		if t.Kind == Float4 {
			f = float64(float32(f))
		}
		return Float(f), nil
	}
	if t.Kind == UUID && len(s) != 16 {
		return Null, fmt.Errorf("%d bytes are not the wire form of type uuid", len(s))
	}
	return String(s), nil
}

// decodeOddFloat reads the spellings of C's printf that Go's parser does not take.
func decodeOddFloat(t Type, s string) (Value, error) {
	if s == "-nan" {
		return Float(math.NaN()), nil
	}
	return Null, fmt.Errorf("%q is not the wire form of type %s", s, t)
}

// DecodeReply reads a value of a reply as go-redis gives it: nil for NULL, int64 or string.
func DecodeReply(t Type, reply any) (Value, error) {
	switch r := reply.(type) {
	case nil:
		return Null, nil
	case string:
		return DecodeArgv(t, r)
	case int64:
		switch formOf(t.Kind) {
		case formInt:
			return Int(r), nil
		case formFloat:
			return Float(float64(r)), nil
		}
		if t.Kind == Numeric {
			return String(strconv.FormatInt(r, 10)), nil
		}
	}
	return Null, fmt.Errorf("reply %T is not a value of type %s", reply, t)
}
