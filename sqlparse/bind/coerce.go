package bind

import (
	"errors"
	"strings"
	"unicode/utf8"

	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqlparse/builtin"
	"github.com/prequel-db/prequel/sqlparse/diag"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// coerceTo converts an expression to a type, modifiers included. ok is false when the context does not allow the conversion.
func (s *stmt) coerceTo(e scalar.Expr, to value.Type, ctx builtin.Context, span diag.Span) (out scalar.Expr, ok bool, err error) {
	target := s.types.OID(to)
	if !s.types.CanCoerce([]builtin.OID{s.oid(e)}, []builtin.OID{target}, ctx) {
		return nil, false, nil
	}
	out, err = s.coerce(e, target, ctx, span)
	if err != nil {
		return nil, false, err
	}
	return s.fit(out, to, ctx, span), true, nil
}

// fit applies the modifier of a type to an expression of the same base type.
func (s *stmt) fit(e scalar.Expr, to value.Type, ctx builtin.Context, span diag.Span) scalar.Expr {
	if !hasModifier(to) && hasModifier(e.Type()) && ctx == builtin.Explicit {
		return relabel(e, scalar.Node{Typ: unmodified(e.Type()), Pos: span}) // the modifier is cast away, the value stays
	}
	if !hasModifier(to) || sameType(e.Type(), to) {
		return e
	}
	if c, ok := e.(*scalar.Const); ok {
		node := scalar.Node{Typ: to, Pos: c.Pos}
		if c.Null {
			return &scalar.Const{Node: node, Null: true}
		}
		// A constant that fits is adjusted here. One that does not is an error, or is cut, when the statement runs.
		if v, err := value.Parse(to, c.Text); err == nil {
			return &scalar.Const{Node: node, Text: value.Format(to, v)}
		}
	}
	return &scalar.Modify{Node: scalar.Node{Typ: to, Pos: span}, Arg: e, Explicit: ctx == builtin.Explicit}
}

// coerce converts to a type that CanCoerce has approved. The result has no modifier unless the expression already had the
// type.
func (s *stmt) coerce(e scalar.Expr, target builtin.OID, ctx builtin.Context, span diag.Span) (scalar.Expr, error) {
	source := s.oid(e)
	if source == target {
		return e, nil
	}
	if target == builtin.AnyOID {
		// Arguments of "any" keep their type; a literal is text to every function that takes "any".
		if c, ok := e.(*scalar.Const); ok && source == builtin.UnknownOID {
			return s.literal(c, value.Of(value.Text))
		}
		return e, nil
	}
	if source == builtin.RecordArrayOID || source == 0 {
		return nil, diag.UnsupportedExpression.At(span, "a value of this type is not supported here")
	}
	if target == builtin.NameOID && ctx == builtin.Implicit {
		return s.nameLiteral(e, span)
	}
	to, err := s.typeOf(target, span)
	if err != nil {
		return nil, err
	}
	switch x := e.(type) {
	case *scalar.Const:
		if source == builtin.UnknownOID {
			return s.literal(x, to)
		}
		if x.Null {
			return &scalar.Const{Node: scalar.Node{Typ: to, Pos: x.Pos}, Null: true}, nil
		}
	case *scalar.Param:
		if source == builtin.UnknownOID {
			return s.settle(x, to, span)
		}
	}
	kind, proc := s.types.Path(target, source, ctx)
	node := scalar.Node{Typ: to, Pos: e.Span()}
	switch kind {
	case builtin.Relabel:
		return relabel(e, node), nil
	case builtin.Func:
		return s.castCall(proc, e, node, ctx)
	case builtin.IO:
		if stableText(e.Type()) || stableText(to) {
			s.notLasting("the cast from " + e.Type().String() + " to " + to.String())
		}
		return &scalar.ViaText{Node: node, Arg: e}, nil
	case builtin.Array:
		return s.castArray(e, proc, node)
	}
	return nil, cannotCast(e.Type(), to, span)
}

// nameLiteral is an argument of type name, such as that of an encoding, which must be a literal. It is a text here.
func (s *stmt) nameLiteral(e scalar.Expr, span diag.Span) (scalar.Expr, error) {
	c, ok := e.(*scalar.Const)
	if !ok {
		return nil, diag.UnsupportedType.At(span, "an argument of type name must be a literal")
	}
	text := c.Text
	for len(text) > maxName {
		_, size := utf8.DecodeLastRuneInString(text)
		text = text[:len(text)-size]
	}
	return &scalar.Const{Node: scalar.Node{Typ: value.Of(value.Text), Pos: c.Pos}, Text: text, Null: c.Null}, nil
}

// maxName is the length of a name in bytes.
const maxName = 63

// relabel changes the type of an expression; a constant takes the type, since its text stays.
func relabel(e scalar.Expr, node scalar.Node) scalar.Expr {
	if c, ok := e.(*scalar.Const); ok && c.Typ.IsText() && node.Typ.IsText() && c.Typ.Kind != value.Char {
		return &scalar.Const{Node: node, Null: c.Null, Text: c.Text}
	}
	return &scalar.Relabel{Node: node, Arg: e}
}

// castCall applies a conversion function. Constants of the integer types are converted here, when they fit.
func (s *stmt) castCall(proc *builtin.Proc, e scalar.Expr, node scalar.Node, ctx builtin.Context) (scalar.Expr, error) {
	if c, ok := e.(*scalar.Const); ok && !c.Null && isInteger(c.Typ.Kind) && isNumber(node.Typ.Kind) {
		if v, err := value.Parse(node.Typ, c.Text); err == nil {
			return &scalar.Const{Node: node, Text: value.Format(node.Typ, v)}, nil
		}
	}
	args := []scalar.Expr{e}
	if len(proc.Args) > 1 {
		args = append(args, constant(value.Of(value.Int4), "-1", node.Pos))
	}
	if len(proc.Args) > 2 {
		explicit := "f"
		if ctx == builtin.Explicit {
			explicit = "t"
		}
		args = append(args, constant(value.Of(value.Bool), explicit, node.Pos))
	}
	return s.call(proc, proc.Name, args, s.types.OID(node.Typ), node.Pos)
}

func isInteger(k value.Kind) bool { return k == value.Int2 || k == value.Int4 || k == value.Int8 }

func isNumber(k value.Kind) bool {
	return isInteger(k) || k == value.Numeric || k == value.Float4 || k == value.Float8
}

func constant(t value.Type, text string, span diag.Span) *scalar.Const {
	return &scalar.Const{Node: scalar.Node{Typ: t, Pos: span}, Text: text}
}

// castArray converts an array element by element. There is no node for it: where the elements' conversion is the same by way
// of their text (input and output functions, widening integers), the array goes that way; other arrays are refused.
func (s *stmt) castArray(e scalar.Expr, elem *builtin.Proc, node scalar.Node) (scalar.Expr, error) {
	if a, ok := e.(*scalar.ArrayExpr); ok && a.Typ.Kind == value.Array {
		out := &scalar.ArrayExpr{Node: node}
		for _, x := range a.Elems {
			target := s.types.OID(*node.Typ.Elem)
			if x.Type().Kind == value.Array {
				target = s.types.OID(node.Typ)
			}
			y, err := s.coerce(x, target, builtin.Explicit, x.Span())
			if err != nil {
				return nil, err
			}
			out.Elems = append(out.Elems, y)
		}
		return out, nil
	}
	if elem == nil || isInteger(e.Type().Elem.Kind) && (isInteger(node.Typ.Elem.Kind) || node.Typ.Elem.Kind == value.Numeric) {
		return &scalar.ViaText{Node: node, Arg: e}, nil
	}
	return nil, diag.UnsupportedExpression.At(node.Pos, "a cast from %s to %s is not supported", e.Type(), node.Typ).
		WithHelp("pass the array with the type it is compared with")
}

// literal reads an untyped literal as a value of a type.
func (s *stmt) literal(c *scalar.Const, to value.Type) (scalar.Expr, error) {
	if c.Null {
		return &scalar.Const{Node: scalar.Node{Typ: to, Pos: c.Pos}, Null: true}, nil
	}
	return s.parseLiteral(c.Text, to, c.Pos)
}

func (s *stmt) parseLiteral(text string, to value.Type, span diag.Span) (scalar.Expr, error) {
	switch to.Kind {
	case value.Text, value.Varchar, value.Char:
		if !hasModifier(to) {
			return constant(to, text, span), nil
		}
	case value.Record, value.Void, value.Unknown:
		return nil, diag.Composite.At(span, "a literal of type %s is not supported", to)
	}
	v, err := value.Parse(to, text)
	if err != nil {
		return nil, literalError(err, span)
	}
	return constant(to, value.Format(to, v), span), nil
}

func literalError(err error, span diag.Span) error {
	var e *value.Error
	if !errors.As(err, &e) {
		return diag.BadLiteral.At(span, "%s", err)
	}
	if strings.HasPrefix(e.SQLSTATE, "0A") {
		return diag.ServerDependent.At(span, "%s", e.Message).
			WithHelp("write the value in ISO form, with its offset where the type has one")
	}
	return diag.ForState(e.SQLSTATE).At(span, "%s", e.Message).WithState(e.SQLSTATE)
}

func cannotCast(from, to value.Type, span diag.Span) error {
	return diag.CannotCoerce.At(span, "cannot cast type %s to %s", unmodified(from), unmodified(to))
}

// coerceBool converts a condition to boolean.
func (s *stmt) coerceBool(e scalar.Expr, clause string) (scalar.Expr, error) {
	return s.coerceClause(e, value.Of(value.Bool), clause)
}

// coerceClause converts an expression to the type its place demands.
func (s *stmt) coerceClause(e scalar.Expr, to value.Type, clause string) (scalar.Expr, error) {
	out, ok, err := s.coerceTo(e, to, builtin.Assignment, e.Span())
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, diag.DatatypeMismatch.At(e.Span(), "argument of %s must be type %s, not type %s", clause, to, unmodified(e.Type()))
	}
	return out, nil
}

// commonType is the type of several alternatives (10.5), with the modifier they share.
func (s *stmt) commonType(exprs []scalar.Expr, what string) (value.Type, error) {
	oids := make([]builtin.OID, len(exprs))
	for i, e := range exprs {
		oids[i] = s.oid(e)
	}
	o, err := s.types.CommonType(what, oids)
	if err != nil {
		at := exprs[len(exprs)-1].Span()
		for i := range exprs { // the first that does not fit, as PostgreSQL points at
			if _, err := s.types.CommonType(what, oids[:i+1]); err != nil {
				at = exprs[i].Span()
				break
			}
		}
		return value.Type{}, asDiagnostic(err, at)
	}
	t, diagnostic := s.typeOf(o, exprs[0].Span())
	if diagnostic != nil {
		return value.Type{}, diagnostic
	}
	for i, e := range exprs {
		if !e.Type().SameBase(t) || i > 0 && !e.Type().Equal(exprs[0].Type()) {
			return t, nil
		}
	}
	return exprs[0].Type(), nil
}

// coerceCommon converts an alternative to the common type; modifiers are not enforced.
func (s *stmt) coerceCommon(e scalar.Expr, to value.Type, what string) (scalar.Expr, error) {
	target := s.types.OID(to)
	if !s.types.CanCoerce([]builtin.OID{s.oid(e)}, []builtin.OID{target}, builtin.Implicit) {
		return nil, diag.CannotCoerce.At(e.Span(), "%s could not convert type %s to %s", what, unmodified(e.Type()), unmodified(to))
	}
	return s.coerce(e, target, builtin.Implicit, e.Span())
}

// textIfUnknown gives an output literal or parameter that nothing else has typed the type text.
func (s *stmt) textIfUnknown(e scalar.Expr) (scalar.Expr, error) {
	if e.Type().Kind != value.Unknown {
		return e, nil
	}
	return s.coerce(e, builtin.TextOID, builtin.Implicit, e.Span())
}
