package builtin

import (
	"testing"

	"github.com/prequel-db/prequel/runtime/value"
)

// The rules are compared with PostgreSQL over every function, operator and cast in package sqlparse; here are the cases of
// PostgreSQL's own documentation, chapter 10.
func TestDocumentedResolution(t *testing.T) {
	u := NewUniverse(nil)
	operator := func(name string, l, r OID) string {
		o, err := u.Operator(name, l, r)
		if err != nil {
			return err.Message
		}
		if o.Left == 0 {
			return u.Format(o.Right)
		}
		return u.Format(o.Left) + " " + u.Format(o.Right)
	}
	function := func(name string, args ...OID) string {
		m, err := u.Function(name, args, false)
		if err != nil {
			return err.Message
		}
		return u.Signature(name, m.Args)
	}
	common := func(types ...OID) string {
		o, err := u.CommonType("UNION", types)
		if err != nil {
			return err.Message
		}
		return u.Format(o)
	}
	for _, c := range []struct{ got, want string }{
		{operator("||", TextOID, UnknownOID), "text text"},
		{operator("||", UnknownOID, UnknownOID), "text text"},
		{operator("@", 0, UnknownOID), "double precision"},
		{operator("~", 0, UnknownOID), "operator is not unique: ~ unknown"},
		{operator("+", UnknownOID, UnknownOID), "operator is not unique: unknown + unknown"},
		{operator("+", TextOID, Int4OID), "operator does not exist: text + integer"},
		{operator("=", VarcharOID, UnknownOID), "text text"},
		{function("round", Int4OID, Int4OID), "round(numeric, integer)"},
		{function("substr", UnknownOID, Int4OID), "substr(text, integer)"},
		{function("substr", VarcharOID, Int4OID), "substr(text, integer)"},
		{function("substr", Int4OID, Int4OID), "function substr(integer, integer) does not exist"},
		{function("concat", Int4OID, TextOID), `concat("any", "any")`},
		{common(UnknownOID, UnknownOID), "text"},
		{common(NumericOID, Int4OID), "numeric"},
		{common(Int4OID, Float4OID, UnknownOID), "real"},
		{common(Int4OID, TextOID), "UNION types integer and text cannot be matched"},
		{common(UnknownOID, DateOID), "date"},
	} {
		if c.got != c.want {
			t.Errorf("%s, not %s", c.got, c.want)
		}
	}
}

func TestTypesAndOIDs(t *testing.T) {
	mood := &value.EnumType{Name: "mood", Labels: []string{"sad"}}
	u := NewUniverse([]*value.EnumType{{Name: "first"}, mood})
	enum := value.Type{Kind: value.Enum, Enum: mood}
	for _, typ := range []value.Type{
		value.Of(value.Bool), value.Of(value.Int8), value.Of(value.Char), value.Of(value.JSONB), value.ArrayOf(value.Of(value.UUID)),
		enum, value.ArrayOf(enum),
	} {
		back, ok := u.TypeOf(u.OID(typ))
		if !ok || !back.Equal(typ) {
			t.Errorf("%s becomes %s", typ, back)
		}
	}
	if _, ok := u.TypeOf(u.TypeNamed("inet").OID); ok {
		t.Error("inet has values")
	}
	if u.TypeNamed("mood").Format != "mood" || u.TypeNamed("_mood").Format != "mood[]" || u.TypeNamed("nope") != nil {
		t.Error("enum types are not found by name")
	}
	if _, ok := u.Ordering(JSONOID); ok {
		t.Error("json has an order")
	}
	if o, ok := u.Ordering(u.OID(value.ArrayOf(enum))); !ok || o.Less.Proc.Src != "array_lt" {
		t.Error("arrays of enums have no order")
	}
}
