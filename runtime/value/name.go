package value

import (
	"math"
	"strconv"
	"strings"
)

// A NameCol is one part of a key's name or a hash's field.
type NameCol struct {
	Type     Type
	Nullable bool
	// More says that another part follows, so that a variable form carries its length.
	More bool
}

// AppendName appends the name form of a value, without the ":" that joins it to the next part. NULL needs a nullable column.
func AppendName(dst []byte, c NameCol, v Value) ([]byte, error) {
	if v.IsNull() {
		if !c.Nullable {
			return dst, errorf(stateSyntax, "NULL in a key's name")
		}
		return append(dst, '~'), nil
	}
	if err := check(c.Type, v); err != nil {
		return dst, err
	}
	if c.Nullable {
		dst = append(dst, '=')
	}
	switch v.form {
	case formInt:
		return strconv.AppendInt(dst, v.n, 10), nil
	case formFloat:
		return appendNameFloat(dst, v.Float()), nil
	}
	s := v.s
	switch c.Type.Kind {
	case UUID:
		return append(dst, s...), nil
	case Numeric:
		if strings.IndexByte(s, '.') >= 0 {
			s = strings.TrimSuffix(strings.TrimRight(s, "0"), ".")
		}
	case Interval:
		// Intervals are equal when their lengths are, so the name is the length.
		p, err := splitInterval(s)
		if err != nil {
			return dst, err
		}
		s = p.total().String()
	default:
		s = bytesOrder(c.Type, s)
	}
	if c.More {
		dst = append(strconv.AppendInt(dst, int64(len(s)), 10), ':')
	}
	return append(dst, s...), nil
}

// appendNameFloat writes %.17g, with -0 as 0.
func appendNameFloat(dst []byte, f float64) []byte {
	if f == 0 || math.IsNaN(f) || math.IsInf(f, 0) {
		return appendFloat(dst, Float8, f+0)
	}
	return strconv.AppendFloat(dst, f, 'g', 17, 64)
}

// CutName reads one part of a name and returns what follows it. For the last part (c.More is false) everything belongs to
// it. The value is equal to the one written; numeric has lost the zeros of its scale.
func CutName(c NameCol, name string) (v Value, rest string, err error) {
	bad := errorf(stateSyntax, "%q is not the name form of type %s", quotable(name), c.Type)
	if c.Nullable {
		if body, ok := strings.CutPrefix(name, "~"); ok {
			return Null, body, nil
		}
		body, ok := strings.CutPrefix(name, "=")
		if !ok {
			return Null, "", bad
		}
		name = body
	}
	form := name
	if c.More {
		n := 16 // a uuid
		if c.Type.Kind != UUID {
			head, tail, ok := strings.Cut(name, ":")
			n = len(head)
			if ok && formOf(c.Type.Kind) == formString {
				if n, err = strconv.Atoi(head); err != nil {
					return Null, "", bad
				}
				name = tail
			}
		}
		if n < 0 || n > len(name) {
			return Null, "", bad
		}
		form, rest = name[:n], name[n:]
	}
	if c.Type.Kind == Interval {
		total, err := strconv.ParseInt(form, 10, 64)
		if err != nil {
			return Null, "", bad
		}
		return FromInterval(0, 0, total), rest, nil
	}
	if c.Type.Kind == Char {
		if form, err = fitText(c.Type, form); err != nil {
			return Null, "", err
		}
	}
	v, err = DecodeArgv(c.Type, form)
	return v, rest, err
}
