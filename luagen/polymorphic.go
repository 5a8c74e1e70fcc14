package luagen

import (
	"github.com/prequel-db/prequel/luagen/lua"
	"github.com/prequel-db/prequel/luagen/prelude"
	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// A polymorphic builtin works on values of any type: what PostgreSQL looks up by the types of its arguments at run time, its
// function in the prelude is passed.
type polymorphic struct {
	// lacks says what the argument types lack, "" when nothing.
	lacks func(e *scalar.Call) string
	// args are the arguments of the prelude's function.
	args func(g *gen, e *scalar.Call, xs []lua.Expr) []lua.Expr
}

var polymorphics = map[string]polymorphic{}

func init() {
	// The comparison of elements comes behind the arguments, the array being the first of them.
	comparing := polymorphic{
		lacks: func(e *scalar.Call) string { return unordered(elementOf(e)) },
		args: func(g *gen, e *scalar.Call, xs []lua.Expr) []lua.Expr {
			return append(xs, g.elementOrder(elementOf(e)))
		},
	}
	for _, proc := range []string{
		"array_eq", "array_ne", "array_lt", "array_le", "array_gt", "array_ge", "array_larger", "array_smaller", "btarraycmp",
		"array_remove", "array_replace", "array_position", "array_position_start", "array_positions", "arraycontained",
		"arraycontains", "arrayoverlap",
	} {
		polymorphics[proc] = comparing
	}
	printing := polymorphic{
		lacks: func(e *scalar.Call) string { return unprintable(elementOf(e)) },
		args: func(g *gen, e *scalar.Call, xs []lua.Expr) []lua.Expr {
			if f := g.outputFunction(elementOf(e)); f != nil {
				return append(xs, f)
			}
			return xs
		},
	}
	polymorphics["array_to_text"], polymorphics["array_to_text_null"] = printing, printing

	// Functions of an enum type are given the number of its labels.
	counted := polymorphic{args: func(_ *gen, e *scalar.Call, xs []lua.Expr) []lua.Expr {
		t := e.Args[0].Type()
		if t.Kind != value.Enum {
			fail("%s of %s, which is no enum", e.Fn.Name, t)
		}
		return append(xs, lua.Int(int64(len(t.Enum.Labels))))
	}}
	for _, proc := range []string{"enum_first", "enum_last", "enum_range_all", "enum_range_bounds"} {
		polymorphics[proc] = counted
	}
	polymorphics["width_bucket_array"] = polymorphic{
		lacks: func(e *scalar.Call) string { return unordered(e.Args[0].Type()) },
		args: func(g *gen, e *scalar.Call, xs []lua.Expr) []lua.Expr {
			return append(xs, g.elementOrder(e.Args[0].Type()))
		},
	}

	for proc, binary := range map[string]bool{"to_json": false, "to_jsonb": true, "array_to_json": false} {
		polymorphics[proc] = polymorphic{
			lacks: func(e *scalar.Call) string { return noJSON(e.Args[0].Type()) },
			args: func(g *gen, e *scalar.Call, xs []lua.Expr) []lua.Expr {
				return []lua.Expr{g.toJSON(e.Args[0].Type(), xs[0], binary)}
			},
		}
	}
	for prefix, binary := range map[string]bool{"json": false, "jsonb": true} {
		build := func(names bool) polymorphic {
			return polymorphic{
				lacks: func(e *scalar.Call) string {
					for i, a := range e.Args {
						if what := noJSON(a.Type()); what != "" {
							return what
						}
						if names && i%2 == 0 && !canName(a.Type()) {
							return "an object's key of type " + a.Type().String()
						}
					}
					return ""
				},
				args: func(g *gen, e *scalar.Call, xs []lua.Expr) []lua.Expr {
					return []lua.Expr{g.arrayTable(len(xs), func(i int) lua.Expr {
						t, nullable := e.Args[i].Type(), g.nullable(e.Args[i])
						form := func(x lua.Expr) lua.Expr { return g.toJSON(t, x, binary) }
						if names && i%2 == 0 {
							form = func(x lua.Expr) lua.Expr { return g.jsonName(t, x) }
						}
						return g.unlessNull(xs[i], t, nullable, form)
					})}
				},
			}
		}
		polymorphics[prefix+"_build_array"], polymorphics[prefix+"_build_array_noargs"] = build(false), build(false)
		polymorphics[prefix+"_build_object"], polymorphics[prefix+"_build_object_noargs"] = build(true), build(true)
	}
	counting := polymorphic{args: func(g *gen, e *scalar.Call, xs []lua.Expr) []lua.Expr {
		return []lua.Expr{g.arrayTable(len(xs), func(i int) lua.Expr { return lua.Op(xs[i], "==", lua.Nil{}) })}
	}}
	polymorphics["pg_num_nulls"], polymorphics["pg_num_nonnulls"] = counting, counting
}

// elementOf is the element type of a call's first argument.
func elementOf(e *scalar.Call) value.Type {
	if t := e.Args[0].Type(); t.Kind == value.Array {
		return *t.Elem
	}
	fail("%s of %s, which is no array", e.Fn.Name, e.Args[0].Type())
	return value.Type{}
}

// renamed are builtins whose function in the prelude bears another name.
var renamed = map[string]string{
	"to_json": "json_same", "to_jsonb": "json_same", "array_to_json": "json_same",
	"json_build_array_noargs": "json_build_array", "jsonb_build_array_noargs": "jsonb_build_array",
	"json_build_object_noargs": "json_build_object", "jsonb_build_object_noargs": "jsonb_build_object",
}

// unlessNull applies a form to a value that may be NULL, which stays nil.
func (g *gen) unlessNull(x lua.Expr, t value.Type, nullable bool, form func(lua.Expr) lua.Expr) lua.Expr {
	if lua.IsNil(x) {
		return x
	}
	if !nullable {
		return form(x)
	}
	x = g.atom(x, "member")
	return lua.Op(lua.And(present(x, t.Kind == value.Bool), form(x)), "or", g.nilVar())
}

// unordered says that values of a type have no order; "" when they have one.
func unordered(t value.Type) string {
	if _, same := orderOf(t); same {
		return ""
	}
	switch t.Kind {
	case value.Bool, value.Float4, value.Float8, value.Numeric, value.Char, value.Interval, value.JSONB:
		return ""
	}
	return "an order of " + t.String()
}

// unprintable says that values of a type have no text; "" when they have one.
func unprintable(t value.Type) string {
	if isString(t) || t.Kind == value.Enum || prelude.Has(outputProcs[t.Kind]) {
		return ""
	}
	return "the text of " + t.String()
}

// outputFunction is a type's output function; nil where the Lua form is the text.
func (g *gen) outputFunction(t value.Type) lua.Expr {
	switch {
	case isString(t):
		return nil
	case t.Kind == value.Enum:
		ordinal := lua.NewVar("ordinal")
		return &lua.Func{
			Params: []*lua.Var{ordinal},
			Body:   lua.Block{&lua.Return{Values: []lua.Expr{&lua.Index{X: g.enumLabels(t.Enum), I: ordinal}}}},
		}
	}
	name, ok := outputProcs[t.Kind]
	if !ok {
		fail("type %s has no text output", t)
	}
	return helper(name)
}
