package luagen

import (
	"github.com/prequel-db/prequel/luagen/lua"
	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqlparse/bound"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// paramInfo describes a parameter by its number; 0 is the time of the call.
func (g *gen) paramInfo(number int) bound.Param {
	if number == 0 {
		return bound.Param{Name: "now", Type: value.Of(value.Timestamptz)}
	}
	if number > len(g.prog.Params) {
		fail("parameter $%d of %d", number, len(g.prog.Params))
	}
	return g.prog.Params[number-1]
}

// argIndex is the position in ARGV: parameters in their order, the hidden one behind them.
func (g *gen) argIndex(number int) int {
	if number == 0 {
		return len(g.prog.Params) + 1
	}
	return number
}

// rawParam is the parameter as it travels.
func (g *gen) rawParam(number int) lua.Expr {
	return &lua.Index{X: g.args, I: lua.Int(int64(g.argIndex(number)))}
}

// param is a parameter's value, decoded once where it is first needed.
func (g *gen) param(number int) lua.Expr {
	if v := g.params[number]; v != nil {
		return v
	}
	info := g.paramInfo(number)
	v := lua.NewVar(info.Name)
	lazy := &lua.Lazy{Owner: g.rootScope(), Vars: []*lua.Var{v}}
	raw := g.rawParam(number)
	if !info.Nullable {
		x := g.decodeArg(info.Type, raw)
		lazy.Decl, lazy.Inline = []lua.Stat{lua.Let(v, x)}, x
	} else {
		lazy.Decl = g.decodeNullableArg(v, info.Type, raw)
	}
	v.Lazy = lazy
	g.params[number] = v
	return v
}

// rootScope is the scope of the function's body.
func (g *gen) rootScope() *scope {
	s := g.scope
	for s.outer != nil {
		s = s.outer
	}
	return s
}

// numeral reports whether the ARGV form of a type is a numeral that tonumber reads exactly.
func numeral(t value.Type) bool {
	switch t.Kind {
	case value.Int2, value.Int4, value.Date, value.Enum:
		return true
	}
	return false
}

// decodeArg turns the ARGV form of a type into its Lua form.
func (g *gen) decodeArg(t value.Type, raw lua.Expr) lua.Expr {
	switch {
	case numeral(t):
		return lua.Compute(lua.Global("tonumber"), raw)
	case t.Wide():
		return compute("wide_parse", raw)
	}
	switch t.Kind {
	case value.Bool:
		return lua.Op(raw, "==", lua.Str("1"))
	case value.Float4, value.Float8:
		return compute(floatHelper("arg_", t), raw)
	case value.Array:
		return g.decodeList(t, raw)
	}
	return raw
}

// decodeNullableArg declares v as the value of a nullable parameter, which travels as "" or "=" and the ARGV form.
func (g *gen) decodeNullableArg(v *lua.Var, t value.Type, raw lua.Expr) []lua.Stat {
	rest := lua.Send(raw, "sub", lua.Int(2))
	if numeral(t) { // tonumber("") is nil
		return []lua.Stat{lua.Let(v, lua.Compute(lua.Global("tonumber"), rest))}
	}
	given := lua.Op(raw, "~=", lua.Str(""))
	if t.Kind == value.Bool {
		return []lua.Stat{lua.Let(v, nil), lua.When(given, lua.Set(v, lua.Op(raw, "==", lua.Str("=1"))))}
	}
	return []lua.Stat{lua.Let(v, lua.Op(lua.And(given, g.decodeArg(t, rest)), "or", g.nilVar()))}
}

// decodeList turns a list of netstrings into an array value.
func (g *gen) decodeList(t value.Type, list lua.Expr) lua.Expr {
	if f := g.argDecoder(*t.Elem); f != nil {
		return compute("list_decode", list, f)
	}
	return compute("list_decode", list)
}

// argDecoder is a function from the ARGV form of a type to its Lua form; nil when they are the same.
func (g *gen) argDecoder(t value.Type) lua.Expr {
	switch {
	case numeral(t):
		return lua.Global("tonumber")
	case t.Wide():
		return helper("wide_parse")
	}
	switch t.Kind {
	case value.Bool:
		return helper("arg_bool")
	case value.Float4, value.Float8:
		return helper(floatHelper("arg_", t))
	}
	return nil
}

// argEncoder is a function from the Lua form of a type to its ARGV form; nil when they are the same.
func (g *gen) argEncoder(t value.Type) lua.Expr {
	switch {
	case numeral(t), t.Wide():
		return helper("name_int")
	}
	switch t.Kind {
	case value.Bool:
		return helper("name_bool")
	case value.Float4, value.Float8:
		return helper("float8out")
	}
	return nil
}

// encodeList turns an array value into a list of netstrings.
func (g *gen) encodeList(t value.Type, x lua.Expr) lua.Expr {
	if f := g.argEncoder(*t.Elem); f != nil {
		return compute("list_encode", x, f)
	}
	return compute("list_encode", x)
}

// source looks through copies and relabellings to the parameter or constant an expression is, or returns it as it is.
func (g *gen) source(e scalar.Expr) scalar.Expr {
	for {
		e = scalar.Fold(e)
		switch x := e.(type) {
		case *scalar.Relabel:
			if !sameForm(x.Arg.Type(), x.Typ) {
				return e
			}
			e = x.Arg
		case *scalar.Column:
			c := g.cols[x.ID]
			if c == nil || c.origin == nil {
				return e
			}
			e = c.origin
		default:
			return e
		}
	}
}

// sameForm reports whether two types share all their forms: Lua, packed, key, name and ARGV.
func sameForm(a, b value.Type) bool {
	if a.Kind == b.Kind {
		return true
	}
	text := func(t value.Type) bool {
		return t.Kind == value.Text || t.Kind == value.Varchar || t.Kind == value.Unknown
	}
	return text(a) && text(b)
}

// floatHelper is the name of a codec function for a float type.
func floatHelper(prefix string, t value.Type) string {
	if t.Kind == value.Float4 {
		return prefix + "f4"
	}
	return prefix + "f8"
}
