package value

import "math"

// Bind checks that a value can be a parameter of a type: it has the type's form and range and, being text, is valid. NULL
// passes. It is what stands between a caller's Go values and the wire.
func Bind(t Type, v Value) error {
	switch v.form {
	case formNull:
		return nil
	case formBad:
		return v.Err()
	}
	if err := check(t, v); err != nil {
		return err
	}
	switch t.Kind {
	case Int2, Int4:
		if lo, hi := intRange(t.Kind); v.n < lo || v.n > hi {
			return errorf(stateOutOfRange, "value \"%d\" is out of range for type %s", v.n, t.Base())
		}
	case Enum:
		if v.n < 1 || v.n > int64(len(t.Enum.Labels)) {
			return errorf(stateSyntax, "invalid input value for enum %s: ordinal %d", t.Enum.Name, v.n)
		}
	case Float4:
		if f := v.Float(); float64(float32(f)) != f && !math.IsNaN(f) {
			return errorf(stateOutOfRange, "%q is out of range for type real", quotable(Format(Of(Float8), v)))
		}
	case Text, Varchar, Char, JSON, JSONB, Unknown, Record:
		return CheckText(v.s)
	case UUID:
		if len(v.s) != 16 {
			return errorf(stateSyntax, "invalid input syntax for type uuid: %d bytes", len(v.s))
		}
	case Array:
		elements, err := Elements(*t.Elem, v.s)
		if err != nil {
			return err
		}
		for _, e := range elements {
			if err := Bind(*t.Elem, e); err != nil {
				return err
			}
		}
	}
	return nil
}

// FromNumeric makes a numeric of its text.
func FromNumeric(text string) Value {
	v, err := parseNumeric(Of(Numeric), text)
	if err != nil {
		return badFrom(err)
	}
	return v
}

// FromJSON makes a json of its text.
func FromJSON(text string) Value {
	v, err := parseJSON(text)
	if err != nil {
		return badFrom(err)
	}
	return v
}

// FromJSONB makes a jsonb of its text.
func FromJSONB(text string) Value {
	v, err := parseJSONB(text)
	if err != nil {
		return badFrom(err)
	}
	return v
}

// FromLabel makes an enum value of its label.
func FromLabel(t Type, label string) Value {
	v, err := parseEnum(t, label)
	if err != nil {
		return badFrom(err)
	}
	return v
}

func badFrom(err error) Value {
	if e, ok := err.(*Error); ok {
		return Bad(e)
	}
	return Bad(errorf(stateSyntax, "%v", err))
}

// Assign converts a value of one type to another as an assignment to a column does: integers to other widths (22003 when
// out of range) and to numeric, the length of varchar and char, the precision of numeric, the fraction of timestamps.
// Conversions that need more than that are the compiler's business and fail here.
func Assign(from, to Type, v Value) (Value, error) {
	if v.IsNull() {
		return v, nil
	}
	isInt := func(k Kind) bool { return k == Int2 || k == Int4 || k == Int8 }
	switch {
	case isInt(from.Kind) && isInt(to.Kind):
		if lo, hi := intRange(to.Kind); v.n < lo || v.n > hi {
			return Null, errorf(stateOutOfRange, "%s out of range", to)
		}
		return v, nil
	case isInt(from.Kind) && to.Kind == Numeric:
		d, err := splitDecimal(Format(from, v)).fit(to)
		return String(d.String()), err
	case from.IsText() && to.IsText():
		s := bytesOrder(from, v.s)
		if to.Kind == Char || from.Kind != Char {
			s = v.s
		}
		s, err := fitText(to, s)
		return String(s), err
	case from.Kind != to.Kind:
		return Null, errorf(stateNotSupported, "conversion from %s to %s outside a script", from, to)
	case to.Mod == 0:
		return v, nil
	}
	switch to.Kind {
	case Numeric:
		d, err := splitDecimal(v.s).fit(to)
		return String(d.String()), err
	case Time:
		return Int(roundFraction(v.n, to.Mod)), nil
	case Timestamp, Timestamptz:
		if v.n == TimestampInfinity || v.n == TimestampMinusInfinity {
			return v, nil
		}
		return Int(roundFraction(v.n, to.Mod)), nil
	case Interval:
		p, err := splitInterval(v.s)
		return FromInterval(p.months, p.days, roundFraction(p.micros, to.Mod)), err
	}
	return v, nil
}
