package value

import (
	"fmt"
	"strings"
)

// Kind is the base of an SQL type.
type Kind uint8

// The kinds. Their order is part of manifests: append only.
const (
	Unknown Kind = iota // the type of an untyped literal or NULL
	Bool
	Int2
	Int4
	Int8
	Float4
	Float8
	Numeric
	Text
	Varchar
	Char // character(n), blank padded
	Bytea
	Date
	Time
	Timestamp
	Timestamptz
	Interval
	UUID
	Enum
	JSON
	JSONB
	Array
	Record
	Void
)

// Type is an SQL type. The zero value is Unknown. Types are compared with Equal.
type Type struct {
	Kind Kind `json:"kind"`
	// Mod is the type modifier: the length of varchar(n) and char(n), the fractional digits of time, timestamp,
	// timestamptz and interval, the precision of numeric. 0 means none, except that fractional digits are stored plus one.
	Mod int `json:"mod,omitempty"`
	// Scale is the scale of numeric(p,s), meaningful when Mod > 0; it may be negative.
	Scale int `json:"scale,omitempty"`
	// Enum describes an enum type.
	Enum *EnumType `json:"enum,omitempty"`
	// Elem is the element type of an array.
	Elem *Type `json:"elem,omitempty"`
}

// EnumType names an enum and its labels in order; ordinals start at 1.
type EnumType struct {
	Name   string   `json:"name"`
	Labels []string `json:"labels"`
}

// Ordinal returns the position of label from 1, or 0 when it is not a label.
func (e *EnumType) Ordinal(label string) int {
	for i, l := range e.Labels {
		if l == label {
			return i + 1
		}
	}
	return 0
}

var kindNames = map[Kind]string{
	Unknown: "unknown", Bool: "boolean", Int2: "smallint", Int4: "integer", Int8: "bigint", Float4: "real",
	Float8: "double precision", Numeric: "numeric", Text: "text", Varchar: "character varying", Char: "character",
	Bytea: "bytea", Date: "date", Time: "time without time zone", Timestamp: "timestamp without time zone",
	Timestamptz: "timestamp with time zone", Interval: "interval", UUID: "uuid", JSON: "json", JSONB: "jsonb",
	Record: "record", Void: "void",
}

// String is the type's name as PostgreSQL's format_type prints it.
func (t Type) String() string {
	switch t.Kind {
	case Enum:
		return t.Enum.Name
	case Array:
		return t.Elem.String() + "[]"
	case Numeric:
		if t.Mod > 0 {
			return fmt.Sprintf("numeric(%d,%d)", t.Mod, t.Scale)
		}
	case Varchar, Char:
		if t.Mod > 0 {
			return fmt.Sprintf("%s(%d)", kindNames[t.Kind], t.Mod)
		}
	case Time, Timestamp, Timestamptz:
		if t.Mod > 0 {
			first, rest, _ := strings.Cut(kindNames[t.Kind], " ")
			return fmt.Sprintf("%s(%d) %s", first, t.Mod-1, rest)
		}
	}
	return kindNames[t.Kind]
}

// Equal reports whether two types are the same, modifiers included.
func (t Type) Equal(u Type) bool {
	return t.SameBase(u) && t.Mod == u.Mod && t.Scale == u.Scale
}

// SameBase reports whether two types differ at most in their modifiers.
func (t Type) SameBase(u Type) bool {
	if t.Kind != u.Kind {
		return false
	}
	switch t.Kind {
	case Enum:
		return t.Enum.Name == u.Enum.Name
	case Array:
		return t.Elem.SameBase(*u.Elem)
	}
	return true
}

// Base is the type without its modifier.
func (t Type) Base() Type {
	t.Mod, t.Scale = 0, 0
	return t
}

// Of is the plain type of a kind.
func Of(k Kind) Type { return Type{Kind: k} }

// ArrayOf is the array type over elem.
func ArrayOf(elem Type) Type { return Type{Kind: Array, Elem: &elem} }

// IsInteger reports whether the type is smallint, integer or bigint.
func (t Type) IsInteger() bool { return t.Kind == Int2 || t.Kind == Int4 || t.Kind == Int8 }

// IsText reports whether values of the type are strings of characters.
func (t Type) IsText() bool { return t.Kind == Text || t.Kind == Varchar || t.Kind == Char }

// FixedWidth is the number of bytes a packed value takes, or 0 for variable width.
func (t Type) FixedWidth() int {
	switch t.Kind {
	case Bool:
		return 1
	case Int2:
		return 2
	case Int4, Float4, Date:
		return 4
	case Int8, Float8, Time, Timestamp, Timestamptz:
		return 8
	case UUID:
		return 16
	case Enum:
		if len(t.Enum.Labels) > 255 {
			return 2
		}
		return 1
	}
	return 0
}

// Wide reports whether the type's Lua form is a wide integer (docs/values.md).
func (t Type) Wide() bool {
	switch t.Kind {
	case Int8, Time, Timestamp, Timestamptz:
		return true
	}
	return false
}
