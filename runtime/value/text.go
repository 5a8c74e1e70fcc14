package value

import "strconv"

// Parse reads PostgreSQL's text input of a type: what a quoted literal of the type means, with DateStyle ISO and time zone
// UTC. Its errors are *Error, with PostgreSQL's SQLSTATE and message; forms that PostgreSQL takes and Prequel does not have
// SQLSTATE 0A000. The modifier of the type is applied as on input and assignment: varchar(n) may lose only blanks.
func Parse(t Type, text string) (Value, error) {
	if err := CheckText(text); err != nil {
		return Null, err
	}
	switch t.Kind {
	case Bool:
		return parseBool(text)
	case Int2, Int4, Int8:
		return parseInt(t, text)
	case Float4, Float8:
		return parseFloat(t, text)
	case Numeric:
		return parseNumeric(t, text)
	case Text, Unknown, Record:
		return String(text), nil
	case Varchar, Char:
		s, err := fitText(t, text)
		if err != nil {
			return Null, err
		}
		return String(s), nil
	case Bytea:
		return parseBytea(text)
	case Date, Time, Timestamp, Timestamptz:
		return parseDatetime(t, text)
	case Interval:
		return parseInterval(t, text)
	case UUID:
		return parseUUID(text)
	case Enum:
		return parseEnum(t, text)
	case JSON:
		return parseJSON(text)
	case JSONB:
		return parseJSONB(text)
	case Array:
		return parseArray(t, text)
	}
	return Null, errorf(stateNotSupported, "type %s has no text input", t)
}

// ParsePtr is Parse for text that may be NULL (nil).
func ParsePtr(t Type, text *string) (Value, error) {
	if text == nil {
		return Null, nil
	}
	return Parse(t, *text)
}

// Format is PostgreSQL's text output of a value that is not NULL.
func Format(t Type, v Value) string {
	switch v.form {
	case formString:
		switch t.Kind {
		case Bytea, UUID, Interval, Array:
		default:
			return v.s
		}
	case formNull:
		return ""
	}
	return string(AppendText(nil, t, v))
}

// FormatPtr is Format, nil for NULL.
func FormatPtr(t Type, v Value) *string {
	if v.IsNull() {
		return nil
	}
	s := Format(t, v)
	return &s
}

// AppendText appends PostgreSQL's text output of a value that is not NULL.
func AppendText(dst []byte, t Type, v Value) []byte {
	switch t.Kind {
	case Bool:
		if v.n != 0 {
			return append(dst, 't')
		}
		return append(dst, 'f')
	case Int2, Int4, Int8:
		return strconv.AppendInt(dst, v.n, 10)
	case Float4, Float8:
		return appendFloat(dst, t.Kind, v.Float())
	case Date, Timestamp, Timestamptz:
		return appendDatetime(dst, t.Kind, v.n)
	case Time:
		return appendClock(dst, v.n)
	case Bytea:
		dst = append(dst, `\x`...)
		const digits = "0123456789abcdef"
		for i := range len(v.s) {
			dst = append(dst, digits[v.s[i]>>4], digits[v.s[i]&15])
		}
		return dst
	case UUID:
		return appendUUID(dst, v.s)
	case Interval:
		p, err := splitInterval(v.s)
		if err != nil {
			return append(dst, v.s...)
		}
		return appendInterval(dst, p)
	case Enum:
		if v.n >= 1 && v.n <= int64(len(t.Enum.Labels)) {
			return append(dst, t.Enum.Labels[v.n-1]...)
		}
		return strconv.AppendInt(dst, v.n, 10)
	case Array:
		return appendArray(dst, t, v.s)
	}
	return append(dst, v.s...)
}
