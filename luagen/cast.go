package luagen

import (
	"github.com/prequel-db/prequel/luagen/lua"
	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// outputProcs and inputProcs are the types' output and input functions in the prelude. Text types need none.
var outputProcs = map[value.Kind]string{
	value.Bool: "boolout", value.Int2: "int2out", value.Int4: "int4out", value.Int8: "int8out", value.Float4: "float4out",
	value.Float8: "float8out", value.Bytea: "byteaout", value.Date: "date_out", value.Time: "time_out",
	value.Timestamp: "timestamp_out", value.Timestamptz: "timestamptz_out", value.Interval: "interval_out", value.UUID: "uuid_out",
	value.Array: "array_out",
}

var inputProcs = map[value.Kind]string{
	value.Bool: "boolin", value.Int2: "int2in", value.Int4: "int4in", value.Int8: "int8in", value.Float4: "float4in",
	value.Float8: "float8in", value.Numeric: "numeric_in", value.Bytea: "byteain", value.Date: "date_in", value.Time: "time_in",
	value.Timestamp: "timestamp_in", value.Timestamptz: "timestamptz_in", value.Interval: "interval_in", value.UUID: "uuid_in",
	value.JSON: "json_in", value.JSONB: "jsonb_in", value.Array: "array_in",
}

// isString reports whether a type's Lua form is its text form.
func isString(t value.Type) bool {
	switch t.Kind {
	case value.Text, value.Varchar, value.Char, value.Unknown, value.Numeric, value.JSON, value.JSONB, value.Record:
		return true
	}
	return false
}

// viaText is a cast by way of text in a value context.
func (g *gen) viaText(e *scalar.ViaText) lua.Expr {
	if !g.nullable(e.Arg) {
		return g.convert(e, g.value(e.Arg))
	}
	return g.strictValue(e, false)
}

// convert casts a value that is not NULL by way of its text. Modifiers are Modify's business.
func (g *gen) convert(e *scalar.ViaText, x lua.Expr) lua.Expr {
	from, to := e.Arg.Type(), e.Typ
	text := x
	raw := g.decimalParam(e.Arg)
	switch {
	case isString(from):
	case raw != nil:
		text = raw
	case from.Kind == value.Enum:
		text = &lua.Index{X: g.enumLabels(from.Enum), I: x}
	case from.Kind == value.Array:
		text = g.arrayOut(from, x)
	default:
		name, ok := outputProcs[from.Kind]
		if !ok {
			fail("type %s has no text output", from)
		}
		text = compute(name, x)
	}
	switch {
	case to.IsText() || to.Kind == value.Unknown:
		return text
	case to.Kind == value.Enum:
		return g.enumIn(to, text)
	case to.Kind == value.Array:
		return g.arrayIn(to, text)
	}
	name, ok := inputProcs[to.Kind]
	if !ok {
		fail("type %s has no text input", to)
	}
	return invoke(name, text)
}

// decimalParam is an integer parameter as it travels, which is its text; nil for anything else.
func (g *gen) decimalParam(e scalar.Expr) lua.Expr {
	p, ok := g.source(e).(*scalar.Param)
	if !ok {
		return nil
	}
	switch e.Type().Kind {
	case value.Int2, value.Int4, value.Int8:
	default:
		return nil
	}
	if g.paramInfo(p.Number).Nullable {
		return lua.Send(g.rawParam(p.Number), "sub", lua.Int(2))
	}
	return g.rawParam(p.Number)
}

// enumIn looks a label up, or raises 22P02. It writes no statement: what may be NULL is tested around the expression.
func (g *gen) enumIn(t value.Type, text lua.Expr) lua.Expr {
	ordinals := g.enumOrdinals(t.Enum)
	if !lua.Atomic(text) {
		return invoke("enum_in", ordinals, lua.Str(t.Enum.Name), text)
	}
	refuse := invoke("raise", lua.Str("22P02"),
		lua.Op(lua.Op(lua.Str("invalid input value for enum "+t.Enum.Name+": \""), "..", text), "..", lua.Str("\"")))
	return lua.Op(&lua.Index{X: ordinals, I: text}, "or", refuse)
}

// modify applies a type modifier in a value context.
func (g *gen) modify(e *scalar.Modify) lua.Expr {
	if !g.nullable(e.Arg) {
		return g.applyModifier(e, g.value(e.Arg))
	}
	return g.strictValue(e, false)
}

// applyModifier applies the modifier of a type to a value that is not NULL.
func (g *gen) applyModifier(e *scalar.Modify, x lua.Expr) lua.Expr {
	t := e.Typ
	if t.Mod == 0 || scalar.Fits(e.Arg, t) {
		return x
	}
	length := func(name string) lua.Expr {
		args := []lua.Expr{x, lua.Int(int64(t.Mod + 4))}
		if e.Explicit {
			args = append(args, lua.Bool(true))
		}
		return &lua.Call{F: helper(name), Args: args, Pure: e.Explicit}
	}
	switch t.Kind {
	case value.Varchar:
		return length("varchar")
	case value.Char:
		return length("bpchar")
	case value.Numeric:
		mod := lua.Int(int64(t.Mod<<16|t.Scale&0x7ff) + 4)
		if u := g.unitsIn(x); u != nil && t.Mod <= decimalPrecision {
			if own, ok := g.scaleOf(e.Arg); ok && own == t.Scale {
				return decimalText(invoke("decimal_fit", u, lua.Int(int64(own)), unit(t.Mod), mod), own)
			}
		}
		return invoke(modifierProcs[t.Kind], x, mod)
	case value.Time, value.Timestamp, value.Timestamptz:
		return invoke(modifierProcs[t.Kind], x, lua.Int(int64(t.Mod-1)))
	case value.Interval: // all fields
		return invoke(modifierProcs[t.Kind], x, lua.Int(0x7fff<<16+int64(t.Mod-1)))
	case value.Array:
		fail("the modifier of %s has no translation", t)
	}
	return x
}

// modifierProcs are the functions that apply a modifier, given as pg_attribute's typmod.
var modifierProcs = map[value.Kind]string{
	value.Numeric: "numeric", value.Time: "time_scale", value.Timestamp: "timestamp_scale",
	value.Timestamptz: "timestamptz_scale", value.Interval: "interval_scale",
}
