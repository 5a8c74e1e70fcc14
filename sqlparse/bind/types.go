package bind

import (
	"strings"

	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqlparse/builtin"
	"github.com/prequel-db/prequel/sqlparse/diag"

	pg "github.com/pganalyze/pg_query_go/v5"
)

// The bits of an interval's field mask (PostgreSQL's datetime.h) for single fields, and the mask of "all fields".
var intervalFields = map[int32]string{1 << 2: "year", 1 << 1: "month", 1 << 3: "day", 1 << 10: "hour", 1 << 11: "minute", 1 << 12: "second"}

const allIntervalFields = 0x7FFF

// Type resolves a type name as written in a cast or column definition.
func (b *Binder) Type(t *pg.TypeName, text Text) (value.Type, error) {
	typ, _, err := b.typeName(t, text)
	return typ, err
}

// typeName resolves a type name. A restriction of interval to a single field is returned beside the type: it matters to
// literals only (interval '1' day).
func (b *Binder) typeName(t *pg.TypeName, text Text) (typ value.Type, field string, err error) {
	span := text.span(t.GetLocation())
	names := stringsOf(t.GetNames())
	if t.GetSetof() {
		return typ, "", diag.UnsupportedType.At(span, "SETOF is not supported here")
	}
	if t.GetPctType() {
		return typ, "", diag.UnsupportedType.At(span, "%%TYPE is not supported").WithHelp("name the column's type")
	}
	switch {
	case len(names) == 2 && (names[0] == "pg_catalog" || names[0] == "public"):
		names = names[1:]
	case len(names) > 1:
		return typ, "", diag.OtherSchema.At(span, "schema %s is not supported", names[0]).WithHelp("keep types in schema public")
	case len(names) == 0:
		return typ, "", diag.Syntax.At(span, "a type name is missing")
	}
	found := b.types.TypeNamed(names[0])
	if found == nil && b.cat.Domain(names[0]) != nil {
		return typ, "", diag.UnsupportedType.At(span, "the domain %s is not supported here", names[0]).
			WithHelp("use its base type, and cast values to the domain")
	}
	if r := b.cat.RefusedType(names[0]); found == nil && r != nil {
		return typ, "", diag.UnsupportedType.At(span, "%s", r.Reason.Problem).WithHelp("%s", r.Reason.Help)
	}
	if found == nil {
		return typ, "", diag.UndefinedObject.At(span, "type %q does not exist", names[0])
	}
	elem, ok := b.types.TypeOf(found.OID)
	if !ok || elem.Kind == value.Void || elem.Kind == value.Unknown {
		return typ, "", diag.UnsupportedType.At(span, "type %s is not supported", found.Format).WithHelp("%s", typeHelp(found.Name))
	}
	if elem.Kind == value.Record {
		return typ, "", diag.Composite.At(span, "composite types are not supported")
	}
	base := &elem
	if elem.Kind == value.Array {
		base = elem.Elem
	}
	if len(t.GetTypmods()) > 0 {
		if field, err = modify(base, t.GetTypmods(), text, span); err != nil {
			return typ, "", err
		}
	}
	if len(t.GetArrayBounds()) > 0 && elem.Kind != value.Array {
		elem = value.ArrayOf(elem) // PostgreSQL ignores the number of dimensions and the bounds
	}
	return elem, field, nil
}

func typeHelp(name string) string {
	switch name {
	case "timetz":
		return "use time or timestamptz"
	case "money":
		return "use numeric"
	case "name", "char":
		return "use text"
	case "bit", "varbit":
		return "use bytea or text"
	}
	return "store it as text"
}

// modify applies type modifiers, with PostgreSQL's limits.
func modify(t *value.Type, mods []*pg.Node, text Text, span diag.Span) (field string, err error) {
	args := make([]int32, len(mods))
	for i, m := range mods {
		c := m.GetAConst()
		if c.GetIval() == nil {
			return "", diag.BadLiteral.At(span, "type modifiers must be simple constants or identifiers").WithState("42601")
		}
		args[i] = c.GetIval().GetIval()
	}
	bad := func(format string, args ...any) error {
		return diag.BadLiteral.At(span, format, args...).WithState("22023")
	}
	switch t.Kind {
	case value.Varchar, value.Char:
		name := "varchar"
		if t.Kind == value.Char {
			name = "char"
		}
		switch {
		case len(args) != 1:
			return "", bad("invalid type modifier")
		case args[0] < 1:
			return "", bad("length for type %s must be at least 1", name)
		case args[0] > 10485760:
			return "", bad("length for type %s cannot exceed 10485760", name)
		}
		t.Mod = int(args[0])
	case value.Numeric:
		switch {
		case len(args) > 2:
			return "", bad("invalid NUMERIC type modifier")
		case args[0] < 1 || args[0] > 1000:
			return "", bad("NUMERIC precision %d must be between 1 and 1000", args[0])
		case len(args) == 2 && (args[1] < -1000 || args[1] > 1000):
			return "", bad("NUMERIC scale %d must be between -1000 and 1000", args[1])
		}
		t.Mod = int(args[0])
		if len(args) == 2 {
			t.Scale = int(args[1])
		}
	case value.Time, value.Timestamp, value.Timestamptz:
		if len(args) != 1 {
			return "", bad("invalid type modifier")
		}
		if args[0] < 0 {
			return "", bad("%s(%d) precision must not be negative", strings.ToUpper(t.String()), args[0])
		}
		t.Mod = int(min(args[0], 6)) + 1 // PostgreSQL reduces larger precisions to 6 with a warning
	case value.Interval:
		if args[0] != allIntervalFields {
			name, ok := intervalFields[args[0]]
			if !ok {
				return "", diag.UnsupportedType.At(span, "an interval restricted to several fields is not supported").
					WithHelp("write the units inside the literal: interval '1 day 2 hours'")
			}
			field = name
		}
		if len(args) == 2 {
			t.Mod = int(min(args[1], 6)) + 1
		}
	default:
		return "", diag.BadLiteral.At(span, "type modifier is not allowed for type %q", t.String()).WithState("42601")
	}
	return field, nil
}

// unmodified is the type without modifiers, for types of columns whose alternatives differ in them.
func unmodified(t value.Type) value.Type {
	t = t.Base()
	if t.Kind == value.Array {
		return value.ArrayOf(t.Elem.Base())
	}
	return t
}

// hasModifier reports whether values must be adjusted to the type's length or precision.
func hasModifier(t value.Type) bool {
	if t.Kind == value.Array {
		return hasModifier(*t.Elem)
	}
	return t.Mod != 0
}

// sameType reports whether two types are the same, modifiers of array elements included.
func sameType(a, b value.Type) bool {
	if a.Kind == value.Array && b.Kind == value.Array {
		return sameType(*a.Elem, *b.Elem)
	}
	return a.Equal(b)
}

// Assignable reports whether PostgreSQL stores values of one type in a column of the other.
func (b *Binder) Assignable(from, to value.Type) bool {
	return b.types.CanCoerce([]builtin.OID{b.types.OID(from)}, []builtin.OID{b.types.OID(to)}, builtin.Assignment)
}
