package luagen

import (
	"github.com/prequel-db/prequel/luagen/lua"
	"github.com/prequel-db/prequel/luagen/prelude"
	"github.com/prequel-db/prequel/runtime/value"
)

// jsonForms are the prelude's functions that write a value as JSON; what is not listed becomes a string by its output function.
var jsonForms = map[value.Kind]struct{ json, jsonb string }{
	value.Bool: {"json_bool", "json_bool"},
	value.Int2: {"json_int", "json_int"}, value.Int4: {"json_int", "json_int"}, value.Int8: {"json_int", "json_int"},
	value.Numeric: {"json_number", "json_number"},
	value.Float4:  {"json_float4", "jsonb_from_float4"}, value.Float8: {"json_float8", "jsonb_from_float8"},
	value.Text: {"json_quote", "json_quote"}, value.Varchar: {"json_quote", "json_quote"}, value.Char: {"json_quote", "json_quote"},
	value.Unknown:   {"json_quote", "json_quote"},
	value.Date:      {"json_date", "json_date"},
	value.Timestamp: {"json_timestamp", "json_timestamp"}, value.Timestamptz: {"json_timestamptz", "json_timestamptz"},
	value.JSON: {"json_same", "jsonb_in"}, value.JSONB: {"json_same", "json_same"},
}

// noJSON says that values of a type cannot be written as JSON; "" when they can.
func noJSON(t value.Type) string {
	if t.Kind == value.Array {
		return noJSON(*t.Elem)
	}
	if _, ok := jsonForms[t.Kind]; ok || t.Kind == value.Enum || prelude.Has(outputProcs[t.Kind]) {
		return ""
	}
	return "JSON of " + t.String()
}

// toJSON writes a value that is not NULL as json, or as jsonb when binary.
func (g *gen) toJSON(t value.Type, x lua.Expr, binary bool) lua.Expr {
	switch t.Kind {
	case value.Array:
		separator := lua.Str(",")
		if binary {
			separator = ", "
		}
		return compute("json_list", x, g.jsonFunction(*t.Elem, binary), separator)
	case value.Enum:
		return compute("json_quote", &lua.Index{X: g.enumLabels(t.Enum), I: x})
	case value.JSONB:
		return x
	}
	form, ok := jsonForms[t.Kind]
	switch {
	case !ok:
		return compute("json_quote", compute(outputProcs[t.Kind], x))
	case !binary && form.json == "json_same":
		return x
	case binary && form.jsonb == "jsonb_in":
		return invoke(form.jsonb, x)
	case binary:
		return compute(form.jsonb, x)
	}
	return compute(form.json, x)
}

// jsonFunction is a function that writes a value as JSON.
func (g *gen) jsonFunction(t value.Type, binary bool) lua.Expr {
	if form, ok := jsonForms[t.Kind]; ok {
		if binary {
			return helper(form.jsonb)
		}
		return helper(form.json)
	}
	element := lua.NewVar("element")
	body := g.inside(func() { g.emit(&lua.Return{Values: []lua.Expr{g.toJSON(t, element, binary)}}) })
	return &lua.Func{Params: []*lua.Var{element}, Body: body}
}

// canName reports whether values of a type can be the names of an object's members.
func canName(t value.Type) bool {
	return t.Kind != value.Array && t.Kind != value.JSON && t.Kind != value.JSONB && t.Kind != value.Record
}

// jsonName is a value, which is not NULL, as the name of an object's member: its JSON form without quotes.
func (g *gen) jsonName(t value.Type, x lua.Expr) lua.Expr {
	switch t.Kind {
	case value.Bool, value.Int2, value.Int4, value.Int8:
		return g.toJSON(t, x, false)
	case value.Timestamp, value.Timestamptz:
		return compute("json_unquote", g.toJSON(t, x, false))
	case value.Enum:
		return &lua.Index{X: g.enumLabels(t.Enum), I: x}
	}
	if isString(t) {
		return x
	}
	return compute(outputProcs[t.Kind], x)
}
