package bind

import (
	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqlparse/builtin"
	"github.com/prequel-db/prequel/sqlparse/diag"
	"github.com/prequel-db/prequel/sqlparse/scalar"

	pg "github.com/pganalyze/pg_query_go/v5"
)

// caseExpr binds CASE. The operand of a simple CASE is compared in each condition.
func (s *stmt) caseExpr(sc *scope, c *pg.CaseExpr) (scalar.Expr, error) {
	span := s.span(c.Location)
	var operand scalar.Expr
	if c.Arg != nil {
		e, err := s.expr(sc, c.Arg)
		if err != nil {
			return nil, err
		}
		if operand, err = s.textIfUnknown(e); err != nil {
			return nil, err
		}
	}
	out := &scalar.Case{Node: scalar.Node{Pos: span}}
	var results []scalar.Expr
	for _, n := range c.Args {
		w := n.GetCaseWhen()
		cond, err := s.expr(sc, w.GetExpr())
		if err != nil {
			return nil, err
		}
		if operand != nil {
			if len(out.Whens) > 0 && scalar.HasSubquery(operand) {
				if operand, err = s.expr(sc, c.Arg); err != nil { // a query may stand in one place only
					return nil, err
				}
			}
			cond, err = s.operator("=", operand, cond, s.span(w.Location))
		}
		if err == nil {
			cond, err = s.coerceBool(cond, "CASE/WHEN")
		}
		if err != nil {
			return nil, err
		}
		then, err := s.expr(sc, w.GetResult())
		if err != nil {
			return nil, err
		}
		out.Whens = append(out.Whens, scalar.When{Cond: cond})
		results = append(results, then)
	}
	// PostgreSQL looks at ELSE first when it chooses the type.
	if c.Defresult != nil {
		e, err := s.expr(sc, c.Defresult)
		if err != nil {
			return nil, err
		}
		results = append([]scalar.Expr{e}, results...)
	} else {
		results = append([]scalar.Expr{&scalar.Const{Node: scalar.Node{Pos: span}, Null: true}}, results...)
	}
	typ, err := s.commonType(results, "CASE")
	if err != nil {
		return nil, err
	}
	out.Typ = typ
	for i, e := range results {
		branch := "CASE/WHEN"
		if i == 0 {
			branch = "CASE/ELSE"
		}
		if results[i], err = s.coerceCommon(e, typ, branch); err != nil {
			return nil, err
		}
	}
	if c.Defresult != nil {
		out.Else = results[0]
	}
	for i := range out.Whens {
		out.Whens[i].Then = results[i+1]
	}
	return out, nil
}

// alternatives binds expressions of which one is the result, and gives them one type.
func (s *stmt) alternatives(sc *scope, list []*pg.Node, what string) ([]scalar.Expr, value.Type, error) {
	args, err := s.exprs(sc, list)
	if err != nil {
		return nil, value.Type{}, err
	}
	typ, err := s.commonType(args, what)
	if err != nil {
		return nil, value.Type{}, err
	}
	for i, a := range args {
		if args[i], err = s.coerceCommon(a, typ, what); err != nil {
			return nil, value.Type{}, err
		}
	}
	return args, typ, nil
}

func (s *stmt) coalesce(sc *scope, c *pg.CoalesceExpr) (scalar.Expr, error) {
	args, typ, err := s.alternatives(sc, c.Args, "COALESCE")
	if err != nil {
		return nil, err
	}
	s.nameAlternatives(args)
	return &scalar.Coalesce{Node: scalar.Node{Typ: typ, Pos: s.span(c.Location)}, Args: args}, nil
}

// nameAlternatives names parameters after the column they stand in for.
func (s *stmt) nameAlternatives(args []scalar.Expr) {
	for _, a := range args {
		if c := bareColumn(a); c != nil {
			for _, b := range args {
				s.nameAfter(b, c)
			}
			return
		}
	}
}

func (s *stmt) minMax(sc *scope, m *pg.MinMaxExpr) (scalar.Expr, error) {
	what := "GREATEST"
	if m.Op == pg.MinMaxOp_IS_LEAST {
		what = "LEAST"
	}
	span := s.span(m.Location)
	args, typ, err := s.alternatives(sc, m.Args, what)
	if err != nil {
		return nil, err
	}
	if err := comparesRow(args[0], span); err != nil {
		return nil, err
	}
	less, err := s.lessThan(typ, span)
	if err != nil {
		return nil, err
	}
	return &scalar.MinMax{Node: scalar.Node{Typ: typ, Pos: span}, Least: what == "LEAST", Less: less, Args: args}, nil
}

// lessThan is the type's order, or PostgreSQL's refusal when it has none.
func (s *stmt) lessThan(typ value.Type, span diag.Span) (*scalar.Func, error) {
	o, ok := s.types.Ordering(s.types.OID(typ))
	if !ok {
		return nil, diag.UndefinedFunction.At(span, "could not identify a comparison function for type %s", unmodified(typ))
	}
	return s.function(o.Less.Proc, "<", span)
}

// array binds ARRAY[...]. A cast around it gives its elements their type directly.
func (s *stmt) array(sc *scope, a *pg.A_ArrayExpr, target *value.Type) (scalar.Expr, error) {
	span := s.span(a.Location)
	elems := make([]scalar.Expr, len(a.Elements))
	nested := false
	for i, n := range a.Elements {
		var err error
		if inner := n.GetAArrayExpr(); inner != nil {
			elems[i], err = s.array(sc, inner, target)
			nested = true
		} else {
			elems[i], err = s.expr(sc, n)
			nested = nested || err == nil && elems[i].Type().Kind == value.Array
		}
		if err != nil {
			return nil, err
		}
	}
	out := &scalar.ArrayExpr{Node: scalar.Node{Pos: span}, Elems: elems}
	if nested {
		return nil, diag.UnsupportedType.At(span, "arrays of more than one dimension are not supported")
	}
	if target != nil {
		out.Typ = unmodified(*target)
		for i, e := range elems {
			x, ok, err := s.coerceTo(e, unmodified(*target.Elem), builtin.Explicit, e.Span())
			if err != nil {
				return nil, err
			}
			if !ok {
				return nil, cannotCast(e.Type(), *target.Elem, e.Span())
			}
			elems[i] = x
		}
		return out, nil
	}
	if len(elems) == 0 {
		return nil, diag.Indeterminate.At(span, "cannot determine type of empty array").
			WithHelp("explicitly cast to the desired type, for example ARRAY[]::integer[]")
	}
	typ, err := s.commonType(elems, "ARRAY")
	if err != nil {
		return nil, err
	}
	typ = typ.Base()
	for i, e := range elems {
		if elems[i], err = s.coerceCommon(e, typ, "ARRAY"); err != nil {
			return nil, err
		}
	}
	out.Typ = value.ArrayOf(typ)
	return out, nil
}

// indirection binds subscripts. The function names are Prequel's own: PostgreSQL subscripts without a function.
func (s *stmt) indirection(sc *scope, a *pg.A_Indirection) (scalar.Expr, error) {
	if e, err := s.triggerArgument(a); e != nil || err != nil {
		return e, err
	}
	e, err := s.expr(sc, a.Arg)
	if err != nil {
		return nil, err
	}
	for _, n := range a.Indirection {
		ix := n.GetAIndices()
		if r := s.rows[e]; r != nil && n.GetString_() != nil {
			if e, err = r.field(n.GetString_().Sval, e.Span()); err != nil {
				return nil, err
			}
			continue
		}
		if ix == nil {
			return nil, diag.Composite.At(e.Span(), "field selection from a composite value is not supported")
		}
		if e, err = s.subscript(sc, e, ix); err != nil {
			return nil, err
		}
	}
	return e, nil
}

// subscriptJSON binds a subscript of jsonb, which is a path of one step.
func (s *stmt) subscriptJSON(sc *scope, e scalar.Expr, ix *pg.A_Indices) (scalar.Expr, error) {
	if ix.IsSlice {
		return nil, diag.DatatypeMismatch.At(e.Span(), "jsonb subscript does not support slices")
	}
	step, err := s.expr(sc, ix.Uidx)
	if err != nil {
		return nil, err
	}
	text := value.Of(value.Text)
	if k := step.Type().Kind; isInteger(k) {
		if step, _, err = s.coerceTo(step, value.Of(value.Int4), builtin.Implicit, step.Span()); err != nil {
			return nil, err
		}
		step = &scalar.ViaText{Node: scalar.Node{Typ: text, Pos: step.Span()}, Arg: step}
	} else {
		t, ok, err := s.coerceTo(step, text, builtin.Implicit, step.Span())
		if err != nil {
			return nil, err
		}
		if !ok {
			return nil, diag.DatatypeMismatch.At(step.Span(), "subscript type %s is not supported", unmodified(step.Type())).
				WithHelp("jsonb subscript must be coercible to either integer or text")
		}
		step = t
	}
	path := &scalar.ArrayExpr{Node: scalar.Node{Typ: value.ArrayOf(text), Pos: step.Span()}, Elems: []scalar.Expr{step}}
	fn := &scalar.Func{Name: "[]", Proc: "jsonb_extract_path", Strict: true}
	return &scalar.Call{Node: scalar.Node{Typ: e.Type(), Pos: e.Span()}, Fn: fn, Args: []scalar.Expr{e, path}}, nil
}

func (s *stmt) subscript(sc *scope, e scalar.Expr, ix *pg.A_Indices) (scalar.Expr, error) {
	span := e.Span()
	if e.Type().Kind == value.JSONB {
		return s.subscriptJSON(sc, e, ix)
	}
	if e.Type().Kind != value.Array {
		return nil, diag.DatatypeMismatch.At(span, "cannot subscript type %s because it does not support subscripting", unmodified(e.Type()))
	}
	bound := func(n *pg.Node, missing string) (scalar.Expr, error) {
		if n == nil {
			return constant(value.Of(value.Int4), missing, span), nil
		}
		x, err := s.expr(sc, n)
		if err != nil {
			return nil, err
		}
		out, ok, err := s.coerceTo(x, value.Of(value.Int4), builtin.Assignment, x.Span())
		if err == nil && !ok {
			err = diag.DatatypeMismatch.At(x.Span(), "array subscript must have type integer")
		}
		return out, err
	}
	upper, err := bound(ix.Uidx, "2147483647")
	if err != nil {
		return nil, err
	}
	if !ix.IsSlice {
		fn := &scalar.Func{Name: "[]", Proc: "array_subscript", Strict: true}
		return &scalar.Call{Node: scalar.Node{Typ: e.Type().Elem.Base(), Pos: span}, Fn: fn, Args: []scalar.Expr{e, upper}}, nil
	}
	lower, err := bound(ix.Lidx, "1") // where arrays begin
	if err != nil {
		return nil, err
	}
	fn := &scalar.Func{Name: "[:]", Proc: "array_slice", Strict: true}
	return &scalar.Call{Node: scalar.Node{Typ: e.Type(), Pos: span}, Fn: fn, Args: []scalar.Expr{e, lower, upper}}, nil
}
