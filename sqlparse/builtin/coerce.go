package builtin

import "fmt"

// Error is a rule's refusal, as PostgreSQL words it.
type Error struct {
	SQLState string
	Message  string
	Hint     string
}

func (e *Error) Error() string { return e.Message }

func errorf(sqlstate, format string, args ...any) *Error {
	return &Error{SQLState: sqlstate, Message: fmt.Sprintf(format, args...)}
}

// Context is how freely a conversion may be chosen.
type Context uint8

// The contexts: each allows what the ones before allow.
const (
	Implicit   Context = iota
	Assignment         // storing into a column
	Explicit           // CAST, ::
)

// PathKind is how a conversion is done.
type PathKind uint8

// The kinds of conversions.
const (
	NoPath  PathKind = iota
	Relabel          // same representation
	Func             // call of a function
	Array            // element by element
	IO               // output function, then input function
)

func (c *Cast) allowed(ctx Context) bool {
	switch c.Context {
	case 'i':
		return true
	case 'a':
		return ctx >= Assignment
	}
	return ctx >= Explicit
}

// Path says how a value of type source becomes one of type target; the function is set for kind Func.
func (u *Universe) Path(target, source OID, ctx Context) (PathKind, *Proc) {
	if source == target {
		return Relabel, nil
	}
	if c := u.t.casts[[2]OID{source, target}]; c != nil {
		if !c.allowed(ctx) {
			return NoPath, nil
		}
		switch c.Method {
		case 'f':
			return Func, c.Proc
		case 'i':
			return IO, nil
		}
		return Relabel, nil
	}
	// int2vector and oidvector look like arrays, but no array becomes one.
	if te, se := u.ElemOf(target), u.ElemOf(source); te != 0 && se != 0 && target != int2vectorOID && target != oidvectorOID {
		switch kind, p := u.Path(te, se, ctx); kind {
		case NoPath:
		case Relabel:
			return Relabel, nil
		default:
			return Array, p
		}
	}
	// Every type converts to and from strings through its text form: to strings in assignments, from them when asked for.
	if c, _ := u.category(target); ctx >= Assignment && c == 'S' {
		return IO, nil
	}
	if c, _ := u.category(source); ctx >= Explicit && c == 'S' {
		return IO, nil
	}
	return NoPath, nil
}

func isPolymorphic(o OID) bool {
	switch o {
	case AnyElementOID, AnyArrayOID, AnyNonArrayOID, AnyEnumOID, AnyRangeOID, AnyMultirangeOID, AnyCompatibleOID,
		AnyCompatibleArrayOID, AnyCompatibleNonArrayOID, AnyCompatibleRangeOID, AnyCompatibleMultirangeOID:
		return true
	}
	return false
}

// CanCoerce reports whether values of the input types can become the target types, polymorphic targets included.
func (u *Universe) CanCoerce(inputs, targets []OID, ctx Context) bool {
	generic := false
	for i, in := range inputs {
		target := targets[i]
		switch {
		case in == target, target == AnyOID, in == UnknownOID:
			generic = generic || isPolymorphic(target)
		case isPolymorphic(target):
			generic = true
		case in == RecordArrayOID && target == RecordArrayOID:
		default:
			if kind, _ := u.Path(target, in, ctx); kind == NoPath {
				return false
			}
		}
	}
	if generic {
		_, _, err := u.generic(targets, inputs, 0, true)
		return err == nil
	}
	return true
}

// Generic resolves polymorphic parameter types by the actual argument types: it returns the concrete parameter types and the
// concrete result type.
func (u *Universe) Generic(declared, actual []OID, result OID) ([]OID, OID, *Error) {
	any := isPolymorphic(result)
	for _, d := range declared {
		any = any || isPolymorphic(d)
	}
	if !any {
		return declared, result, nil
	}
	return u.generic(declared, actual, result, false)
}

// generic implements Generic; with lenient set, arguments of unknown type never fail (the check made while choosing a
// candidate, before literals are converted).
func (u *Universe) generic(declared, actual []OID, result OID, lenient bool) ([]OID, OID, *Error) {
	var elem, array, rng, compatible OID
	var nonArray, isEnum, unknowns, compatibleNonArray, compatibleUnknowns bool
	var compatibles []OID
	for i, d := range declared {
		a := actual[i]
		switch d {
		case AnyElementOID, AnyNonArrayOID, AnyEnumOID:
			nonArray = nonArray || d == AnyNonArrayOID
			isEnum = isEnum || d == AnyEnumOID
			if a == UnknownOID {
				unknowns = true
				continue
			}
			if elem != 0 && a != elem {
				return nil, 0, notAlike(u, "anyelement", elem, a)
			}
			elem = a
		case AnyArrayOID:
			if a == UnknownOID {
				unknowns = true
				continue
			}
			if array != 0 && a != array {
				return nil, 0, notAlike(u, "anyarray", array, a)
			}
			array = a
		case AnyRangeOID, AnyMultirangeOID, AnyCompatibleRangeOID, AnyCompatibleMultirangeOID:
			if a == UnknownOID {
				unknowns = true
				continue
			}
			want := byte('r')
			if d == AnyMultirangeOID || d == AnyCompatibleMultirangeOID {
				want = 'm'
			}
			if t := u.Type(a); t == nil || t.Kind != want {
				return nil, 0, errorf("42804", "argument declared %s is not a range type but type %s", u.Format(d), u.Format(a))
			}
			rng = a
		case AnyCompatibleOID, AnyCompatibleNonArrayOID:
			compatibleNonArray = compatibleNonArray || d == AnyCompatibleNonArrayOID
			if a == UnknownOID {
				compatibleUnknowns = true
				continue
			}
			compatibles = append(compatibles, a)
		case AnyCompatibleArrayOID:
			if a == UnknownOID {
				compatibleUnknowns = true
				continue
			}
			e := u.ElemOf(a)
			if e == 0 {
				return nil, 0, errorf("42804", "argument declared %s is not an array but type %s", "anycompatiblearray", u.Format(a))
			}
			compatibles = append(compatibles, e)
		}
	}
	if array != 0 {
		e := u.ElemOf(array)
		if e == 0 {
			return nil, 0, errorf("42804", "argument declared %s is not an array but type %s", "anyarray", u.Format(array))
		}
		if elem == 0 {
			elem = e
		} else if elem != e {
			return nil, 0, &Error{
				SQLState: "42804", Message: "argument declared anyarray is not consistent with argument declared anyelement",
				Hint: u.Format(array) + " versus " + u.Format(elem),
			}
		}
	}
	if elem == 0 && unknowns && rng == 0 && !lenient {
		return nil, 0, errorf("42804", "could not determine polymorphic type because input has type unknown")
	}
	if elem != 0 && nonArray && u.ElemOf(elem) != 0 {
		return nil, 0, errorf("42804", "type matched to anynonarray is an array type: %s", u.Format(elem))
	}
	if t := u.Type(elem); isEnum && (t == nil || t.Kind != 'e') {
		return nil, 0, errorf("42804", "type matched to anyenum is not an enum type: %s", u.Format(elem))
	}
	if len(compatibles) > 0 {
		c, err := u.CommonType("", compatibles)
		if err == nil && !u.allCoerce(compatibles, c) {
			err = errorf("42804", "arguments of anycompatible family cannot be cast to a common type")
		}
		if err != nil {
			if err.Message == "" {
				err = errorf("42804", "arguments of anycompatible family cannot be cast to a common type")
			}
			return nil, 0, err
		}
		if compatibleNonArray && u.ElemOf(c) != 0 {
			return nil, 0, errorf("42804", "type matched to anycompatiblenonarray is an array type: %s", u.Format(c))
		}
		compatible = c
	} else if compatibleUnknowns {
		compatible = TextOID
	}
	resolve := func(d OID) OID {
		switch d {
		case AnyElementOID, AnyNonArrayOID, AnyEnumOID:
			return elem
		case AnyArrayOID:
			if array != 0 {
				return array
			}
			return u.ArrayOf(elem)
		case AnyCompatibleOID, AnyCompatibleNonArrayOID:
			return compatible
		case AnyCompatibleArrayOID:
			return u.ArrayOf(compatible)
		case AnyRangeOID, AnyMultirangeOID, AnyCompatibleRangeOID, AnyCompatibleMultirangeOID:
			return rng
		}
		return d
	}
	out := make([]OID, len(declared))
	for i, d := range declared {
		out[i] = resolve(d)
		if out[i] == 0 && !lenient {
			return nil, 0, errorf("42704", "could not find array type for data type %s", u.Format(elem))
		}
	}
	return out, resolve(result), nil
}

func notAlike(u *Universe, family string, a, b OID) *Error {
	return &Error{
		SQLState: "42804", Message: fmt.Sprintf("arguments declared %q are not all alike", family),
		Hint: u.Format(a) + " versus " + u.Format(b),
	}
}

func (u *Universe) allCoerce(from []OID, to OID) bool {
	for _, f := range from {
		if !u.CanCoerce([]OID{f}, []OID{to}, Implicit) {
			return false
		}
	}
	return true
}

// CommonType is the type that UNION, CASE, VALUES, IN and their like give to expressions of several types. What begins the
// message when there is none ("CASE types integer and text cannot be matched"); an empty what gives an error without text.
func (u *Universe) CommonType(what string, types []OID) (OID, *Error) {
	best := types[0]
	same := best != UnknownOID
	for _, t := range types[1:] {
		same = same && t == best
	}
	if same {
		return best, nil
	}
	category, preferred := u.category(best)
	for _, t := range types[1:] {
		if t == UnknownOID || t == best {
			continue
		}
		c, p := u.category(t)
		switch {
		case best == UnknownOID:
			best, category, preferred = t, c, p
		case c != category:
			if what == "" {
				return 0, &Error{SQLState: "42804"}
			}
			return 0, errorf("42804", "%s types %s and %s cannot be matched", what, u.Format(best), u.Format(t))
		case !preferred && u.CanCoerce([]OID{best}, []OID{t}, Implicit) && !u.CanCoerce([]OID{t}, []OID{best}, Implicit):
			best, category, preferred = t, c, p
		}
	}
	if best == UnknownOID {
		return TextOID, nil
	}
	return best, nil
}
