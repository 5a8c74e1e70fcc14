package scalar

import "github.com/prequel-db/prequel/runtime/value"

var boolType = value.Of(value.Bool)

// Ref is a reference to a column of the table.
func (c *Columns) Ref(id ColumnID) *Column {
	return &Column{Node: Node{Typ: c.Get(id).Type}, ID: id}
}

// Refs are references to columns of the table.
func (c *Columns) Refs(ids []ColumnID) []Expr {
	out := make([]Expr, len(ids))
	for i, id := range ids {
		out[i] = c.Ref(id)
	}
	return out
}

// Boolean is the constant true or false.
func Boolean(v bool) *Const {
	text := "f"
	if v {
		text = "t"
	}
	return &Const{Node: Node{Typ: boolType}, Text: text}
}

// Bigint is a bigint constant, given in decimal.
func Bigint(decimal string) *Const {
	return &Const{Node: Node{Typ: value.Of(value.Int8)}, Text: decimal}
}

// NullOf is the NULL of a type.
func NullOf(t value.Type) *Const { return &Const{Node: Node{Typ: t}, Null: true} }

// IsTrueConst reports whether e is the constant true.
func IsTrueConst(e Expr) bool {
	c, ok := e.(*Const)
	return ok && !c.Null && c.Typ.Kind == value.Bool && (c.Text == "t" || c.Text == "true")
}

// IsFalseOrNullConst reports whether e is the constant false or NULL: a condition that keeps no row.
func IsFalseOrNullConst(e Expr) bool {
	c, ok := e.(*Const)
	return ok && (c.Null || c.Typ.Kind == value.Bool && !IsTrueConst(e))
}

// Negate is the three-valued negation of a condition, without a Not where there is an operator for it.
func Negate(e Expr) Expr {
	switch x := e.(type) {
	case *Not:
		return x.Arg
	case *Const:
		if x.Typ.Kind == value.Bool && !x.Null {
			return Boolean(!IsTrueConst(x))
		}
	case *Call:
		if f, ok := Negator(x.Fn); ok {
			c := *x
			c.Fn = f
			return &c
		}
	case *IsNull:
		c := *x
		c.Negated = !x.Negated
		return &c
	case *IsBool:
		c := *x
		c.Negated = !x.Negated
		return &c
	case *IsDistinct:
		c := *x
		c.Negated = !x.Negated
		return &c
	case *InList:
		if f, ok := Negator(x.Op); ok {
			c := *x
			c.Op, c.All = f, !x.All
			return &c
		}
	case *AnyArray:
		if f, ok := Negator(x.Op); ok {
			c := *x
			c.Op, c.All = f, !x.All
			return &c
		}
	}
	return &Not{Node: Node{Typ: boolType, Pos: e.Span()}, Arg: e}
}

// CompareCall is f(a, b), a boolean.
func CompareCall(f *Func, a, b Expr) *Call {
	return &Call{Node: Node{Typ: boolType, Pos: a.Span()}, Fn: f, Args: []Expr{a, b}}
}

var equalityProcs = map[value.Kind]string{
	value.Bool: "booleq", value.Int2: "int2eq", value.Int4: "int4eq", value.Int8: "int8eq", value.Float4: "float4eq",
	value.Float8: "float8eq", value.Numeric: "numeric_eq", value.Text: "texteq", value.Varchar: "texteq", value.Char: "bpchareq",
	value.Bytea: "byteaeq", value.Date: "date_eq", value.Time: "time_eq", value.Timestamp: "timestamp_eq",
	value.Timestamptz: "timestamp_eq", value.Interval: "interval_eq", value.UUID: "uuid_eq", value.Enum: "enum_eq",
	value.JSONB: "jsonb_eq", value.Array: "array_eq", value.Record: "record_eq",
}

// EqualityOf is a type's equality with itself, nil for types without one.
func EqualityOf(t value.Type) *Func {
	proc, ok := equalityProcs[t.Kind]
	if !ok {
		return nil
	}
	return &Func{Name: "=", Proc: proc, Strict: true}
}

// LessOf is a type's `<` with itself, nil for types without an order that keys have.
func LessOf(t value.Type) *Func {
	switch t.Kind {
	case value.Text, value.Varchar:
		return &Func{Name: "<", Proc: "text_lt", Strict: true}
	case value.Interval, value.JSONB, value.Array, value.Record:
		return nil
	}
	eq := EqualityOf(t)
	if eq == nil {
		return nil
	}
	return withComparison(eq, LT, replaceOp(eq.Proc, EQ, LT))
}

// NotDistinct is a IS NOT DISTINCT FROM b, for values of one type.
func NotDistinct(a, b Expr) *IsDistinct {
	return &IsDistinct{Node: Node{Typ: boolType}, Eq: EqualityOf(a.Type()), Left: a, Right: b, Negated: true}
}

// ExactEquality reports whether equal values of the type are the same in every respect, so that one can stand for the
// other. Equal numerics may differ in scale, floats in the sign of zero, char(n) in padding, intervals in units.
func ExactEquality(t value.Type) bool {
	switch t.Kind {
	case value.Bool, value.Int2, value.Int4, value.Int8, value.Text, value.Varchar, value.Bytea, value.Date, value.Time,
		value.Timestamp, value.Timestamptz, value.UUID, value.Enum:
		return true
	case value.Array:
		return ExactEquality(*t.Elem)
	}
	return false
}

// Equality takes apart a condition a = b. ok is false for anything else.
func Equality(e Expr) (a, b Expr, fn *Func, ok bool) {
	c, isCall := e.(*Call)
	if !isCall || len(c.Args) != 2 || ComparisonOf(c.Fn) != EQ {
		return nil, nil, nil, false
	}
	return c.Args[0], c.Args[1], c.Fn, true
}

// Unconverted looks through conversions, all of which make NULL of NULL.
func Unconverted(e Expr) Expr {
	for {
		switch x := e.(type) {
		case *Relabel:
			e = x.Arg
		case *Modify:
			e = x.Arg
		case *ViaText:
			e = x.Arg
		default:
			return e
		}
	}
}

// BareColumn is the column that e is, looking through relabelling (varchar as text); nil for anything else.
func BareColumn(e Expr) *Column {
	for {
		switch x := e.(type) {
		case *Column:
			return x
		case *Relabel:
			e = x.Arg
		default:
			return nil
		}
	}
}
