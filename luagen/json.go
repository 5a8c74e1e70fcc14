package luagen

import (
	"fmt"
	"strings"

	"github.com/prequel-db/prequel/luagen/lua"
	"github.com/prequel-db/prequel/luagen/prelude"
	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqlparse/scalar"
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

// rowJSON writes a row as a JSON object: the first argument stands between members, the others are names and values in turn.
func (g *gen) rowJSON(e *scalar.Call, xs []lua.Expr) lua.Expr {
	separator, _ := xs[0].(lua.Str)
	parts := []lua.Expr{lua.Str("{")}
	for i := 1; i < len(xs); i += 2 {
		name := jsonString(string(xs[i].(lua.Str))) + ":"
		if i > 1 {
			name = string(separator) + name
		}
		t, nullable := e.Args[i+1].Type(), g.nullable(e.Args[i+1])
		member := lua.Expr(lua.Str("null"))
		if !lua.IsNil(xs[i+1]) {
			member = g.unlessNull(xs[i+1], t, nullable, func(x lua.Expr) lua.Expr { return g.toJSON(t, x, false) })
			if nullable {
				member = lua.Op(member, "or", lua.Str("null"))
			}
		}
		parts = append(parts, lua.Str(name), member)
	}
	return concat(append(parts, lua.Str("}")))
}

// jsonArguments are a set-returning function's arguments without those that tell it the columns of its rows.
func jsonArguments(call *scalar.Call) []scalar.Expr {
	if call.Fn.Proc == "json_record" || call.Fn.Proc == "json_record_rows" {
		return call.Args[:1]
	}
	return call.Args
}

// recordColumns tells json_record its columns: for each its name, and the function that reads it from JSON.
func (g *gen) recordColumns(call *scalar.Call) lua.Expr {
	table := &lua.Table{}
	binary := call.Args[0].Type().Kind == value.JSONB
	for i := 1; i < len(call.Args); i += 2 {
		name := call.Args[i].(*scalar.Const).Text
		column := &lua.Table{Items: []lua.Item{{Value: lua.Str(name)}, {Value: g.jsonReader(call.Args[i+1].Type(), binary)}}}
		table.Items = append(table.Items, lua.Item{Value: column})
	}
	return table
}

// jsonReader is a function that makes a value of a type of JSON text, or of the text of a jsonb when binary; null does not occur.
func (g *gen) jsonReader(t value.Type, binary bool) lua.Expr {
	switch {
	case t.Kind == value.JSON, t.Kind == value.JSONB && binary:
		return helper("json_same")
	case t.Kind == value.JSONB:
		return helper("jsonb_in")
	case t.IsText() && t.Mod == 0 && t.Kind != value.Char:
		return helper("json_as_text")
	}
	member := lua.NewVar("member")
	body := g.inside(func() {
		text := scalar.NullOf(value.Of(value.Text)) // for its type
		var x lua.Expr
		if t.Kind == value.Array {
			array := lua.NewVar("text")
			read := g.inside(func() { g.emit(&lua.Return{Values: []lua.Expr{g.arrayIn(t, array)}}) })
			x = invoke("json_element_values", member, g.jsonReader(*t.Elem, binary), &lua.Func{Params: []*lua.Var{array}, Body: read})
		} else {
			x = g.convert(&scalar.ViaText{Node: scalar.Node{Typ: t}, Arg: text}, invoke("json_as_text", member))
			x = g.applyModifier(&scalar.Modify{Node: scalar.Node{Typ: t}}, x)
		}
		g.emit(&lua.Return{Values: []lua.Expr{x}})
	})
	return &lua.Func{Params: []*lua.Var{member}, Body: body}
}

// jsonString is a text as a JSON string, escaped as PostgreSQL escapes it.
func jsonString(text string) string {
	var b strings.Builder
	b.WriteByte('"')
	for i := range len(text) {
		c := text[i]
		switch short := strings.IndexByte("\"\\\b\f\n\r\t", c); {
		case short >= 0:
			b.WriteString(`\` + `"\bfnrt`[short:short+1])
		case c < ' ':
			fmt.Fprintf(&b, `\u%04x`, c)
		default:
			b.WriteByte(c)
		}
	}
	b.WriteByte('"')
	return b.String()
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
