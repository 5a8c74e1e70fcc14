package bind

import (
	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqlparse/builtin"
	"github.com/prequel-db/prequel/sqlparse/diag"
	"github.com/prequel-db/prequel/sqlparse/scalar"

	pg "github.com/pganalyze/pg_query_go/v5"
)

// aExpr binds an operator expression in any of the forms the grammar folds into one node.
func (s *stmt) aExpr(sc *scope, a *pg.A_Expr) (scalar.Expr, error) {
	span := s.span(a.Location)
	name, err := s.operatorName(a.Name, span)
	if err != nil {
		return nil, err
	}
	switch a.Kind {
	case pg.A_Expr_Kind_AEXPR_OP:
		return s.plainOperator(sc, name, a, span)
	case pg.A_Expr_Kind_AEXPR_OP_ANY, pg.A_Expr_Kind_AEXPR_OP_ALL:
		return s.anyArray(sc, name, a, span)
	case pg.A_Expr_Kind_AEXPR_DISTINCT, pg.A_Expr_Kind_AEXPR_NOT_DISTINCT:
		return s.isDistinct(sc, a, span)
	case pg.A_Expr_Kind_AEXPR_NULLIF:
		return s.nullIf(sc, a, span)
	case pg.A_Expr_Kind_AEXPR_IN:
		return s.in(sc, name, a, span)
	case pg.A_Expr_Kind_AEXPR_LIKE, pg.A_Expr_Kind_AEXPR_ILIKE, pg.A_Expr_Kind_AEXPR_SIMILAR:
		return s.plainOperator(sc, name, a, span)
	case pg.A_Expr_Kind_AEXPR_BETWEEN, pg.A_Expr_Kind_AEXPR_NOT_BETWEEN, pg.A_Expr_Kind_AEXPR_BETWEEN_SYM,
		pg.A_Expr_Kind_AEXPR_NOT_BETWEEN_SYM:
		return s.between(sc, a, span)
	}
	return nil, diag.UnsupportedExpression.At(span, "this operator expression is not supported")
}

// operatorName is the operator's name; OPERATOR(pg_catalog.+) is accepted.
func (s *stmt) operatorName(names []*pg.Node, span diag.Span) (string, error) {
	list := stringsOf(names)
	if len(list) == 0 {
		return "", nil
	}
	if len(list) > 1 && list[0] != "pg_catalog" {
		return "", diag.OtherSchema.At(span, "operators of schema %s are not supported", list[0])
	}
	return list[len(list)-1], nil
}

func (s *stmt) plainOperator(sc *scope, name string, a *pg.A_Expr, span diag.Span) (scalar.Expr, error) {
	if a.Lexpr.GetRowExpr() != nil {
		if link := a.Rexpr.GetSubLink(); link != nil && link.SubLinkType == pg.SubLinkType_EXPR_SUBLINK {
			return s.rowSubquery(sc, name, a.Lexpr.GetRowExpr().Args, link, span)
		}
		if a.Rexpr.GetRowExpr() != nil {
			return s.compareRows(sc, name, a.Lexpr.GetRowExpr().Args, a.Rexpr.GetRowExpr().Args, span)
		}
	}
	if a.Lexpr == nil {
		e, err := s.expr(sc, a.Rexpr)
		if err != nil {
			return nil, err
		}
		return s.prefix(name, e, span)
	}
	left, err := s.expr(sc, a.Lexpr)
	if err != nil {
		return nil, err
	}
	right, err := s.expr(sc, a.Rexpr)
	if err != nil {
		return nil, err
	}
	return s.operator(name, left, right, span)
}

// operator applies a binary operator to bound operands.
func (s *stmt) operator(name string, left, right scalar.Expr, span diag.Span) (scalar.Expr, error) {
	if l, r := s.rows[left], s.rows[right]; l != nil && r != nil && rowOrders[name] {
		return s.compareRecords(name, l, r, span)
	}
	fn, l, r, result, err := s.resolveOperator(name, left, right, span)
	if err != nil {
		return nil, err
	}
	return s.call(fn.proc, fn.name, []scalar.Expr{l, r}, result, left.Span().Join(span).Join(right.Span()))
}

// chosen is a function or operator picked for a call.
type chosen struct {
	proc *builtin.Proc
	name string
}

// resolveOperator chooses a binary operator and converts its operands.
func (s *stmt) resolveOperator(name string, left, right scalar.Expr, span diag.Span) (
	fn chosen, l, r scalar.Expr, result builtin.OID, err error,
) {
	lo, ro := s.oid(left), s.oid(right)
	op, refusal := s.types.Operator(name, lo, ro)
	if refusal != nil {
		return fn, nil, nil, 0, asDiagnostic(refusal, span)
	}
	types, result, refusal := s.types.Generic([]builtin.OID{op.Left, op.Right}, []builtin.OID{lo, ro}, op.Result)
	if refusal != nil {
		return fn, nil, nil, 0, asDiagnostic(refusal, span)
	}
	if l, err = s.coerce(left, types[0], builtin.Implicit, left.Span()); err != nil {
		return fn, nil, nil, 0, err
	}
	if r, err = s.coerce(right, types[1], builtin.Implicit, right.Span()); err != nil {
		return fn, nil, nil, 0, err
	}
	s.nameCompared(l, r)
	return chosen{op.Proc, name}, l, r, result, nil
}

func (s *stmt) prefix(name string, e scalar.Expr, span diag.Span) (scalar.Expr, error) {
	op, refusal := s.types.Operator(name, 0, s.oid(e))
	if refusal != nil {
		return nil, asDiagnostic(refusal, span)
	}
	arg, err := s.coerce(e, op.Right, builtin.Implicit, e.Span())
	if err != nil {
		return nil, err
	}
	return s.call(op.Proc, name, []scalar.Expr{arg}, op.Result, span.Join(e.Span()))
}

// comparison resolves an operator that must give a boolean and is kept as a function of its node.
func (s *stmt) comparison(name string, left, right scalar.Expr, span diag.Span) (*scalar.Func, scalar.Expr, scalar.Expr, error) {
	fn, l, r, result, err := s.resolveOperator(name, left, right, span)
	if err != nil {
		return nil, nil, nil, err
	}
	if result != builtin.BoolOID {
		return nil, nil, nil, diag.DatatypeMismatch.At(span, "operator %s must return type boolean, not type %s", name, s.types.Format(result))
	}
	f, err := s.function(fn.proc, fn.name, span)
	return f, l, r, err
}

func (s *stmt) isDistinct(sc *scope, a *pg.A_Expr, span diag.Span) (scalar.Expr, error) {
	negated := a.Kind == pg.A_Expr_Kind_AEXPR_NOT_DISTINCT
	lr, rr := s.fieldNodes(a.Lexpr), s.fieldNodes(a.Rexpr)
	if lr == nil || rr == nil {
		lr, rr = a.Lexpr.GetRowExpr().GetArgs(), a.Rexpr.GetRowExpr().GetArgs()
	}
	if lr != nil && rr != nil {
		if len(lr) != len(rr) {
			return nil, diag.Malformed.At(span, "unequal number of entries in row expressions")
		}
		var parts []scalar.Expr
		for i := range lr {
			e, err := s.distinctPair(sc, lr[i], rr[i], negated, span)
			if err != nil {
				return nil, err
			}
			parts = append(parts, e)
		}
		if negated {
			return conjunction(parts, span), nil
		}
		return disjunction(parts, span), nil
	}
	return s.distinctPair(sc, a.Lexpr, a.Rexpr, negated, span)
}

func (s *stmt) distinctPair(sc *scope, ln, rn *pg.Node, negated bool, span diag.Span) (scalar.Expr, error) {
	left, err := s.expr(sc, ln)
	if err != nil {
		return nil, err
	}
	right, err := s.expr(sc, rn)
	if err != nil {
		return nil, err
	}
	node := scalar.Node{Typ: boolType, Pos: left.Span().Join(right.Span())}
	for _, pair := range [2][2]scalar.Expr{{left, right}, {right, left}} {
		if c, ok := pair[1].(*scalar.Const); ok && c.Null && c.Typ.Kind == value.Unknown {
			return &scalar.IsNull{Node: node, Arg: pair[0], Negated: !negated}, nil // IS DISTINCT FROM NULL
		}
	}
	eq, l, r, err := s.comparison("=", left, right, span)
	if err != nil {
		return nil, err
	}
	s.allowNull(l)
	s.allowNull(r)
	return &scalar.IsDistinct{Node: node, Eq: eq, Left: l, Right: r, Negated: negated}, nil
}

func (s *stmt) nullIf(sc *scope, a *pg.A_Expr, span diag.Span) (scalar.Expr, error) {
	left, err := s.expr(sc, a.Lexpr)
	if err != nil {
		return nil, err
	}
	right, err := s.expr(sc, a.Rexpr)
	if err != nil {
		return nil, err
	}
	eq, l, r, err := s.comparison("=", left, right, span)
	if err != nil {
		return nil, err
	}
	return &scalar.NullIf{Node: scalar.Node{Typ: l.Type(), Pos: span}, Eq: eq, Left: l, Right: r}, nil
}

// between expands BETWEEN; the tested expression is bound once for each comparison, as PostgreSQL does.
func (s *stmt) between(sc *scope, a *pg.A_Expr, span diag.Span) (scalar.Expr, error) {
	bounds := a.Rexpr.GetList().GetItems()
	if len(bounds) != 2 {
		return nil, diag.Malformed.At(span, "BETWEEN needs two bounds")
	}
	compare := func(op string, n *pg.Node) (scalar.Expr, error) {
		return s.plainOperator(sc, op, &pg.A_Expr{Lexpr: a.Lexpr, Rexpr: n}, span)
	}
	within := func(lo, hi *pg.Node) (scalar.Expr, error) {
		ge, err := compare(">=", lo)
		if err != nil {
			return nil, err
		}
		le, err := compare("<=", hi)
		if err != nil {
			return nil, err
		}
		return conjunction([]scalar.Expr{ge, le}, span), nil
	}
	outside := func(lo, hi *pg.Node) (scalar.Expr, error) {
		lt, err := compare("<", lo)
		if err != nil {
			return nil, err
		}
		gt, err := compare(">", hi)
		if err != nil {
			return nil, err
		}
		return disjunction([]scalar.Expr{lt, gt}, span), nil
	}
	both := func(one func(lo, hi *pg.Node) (scalar.Expr, error)) (x, y scalar.Expr, err error) {
		if x, err = one(bounds[0], bounds[1]); err != nil {
			return nil, nil, err
		}
		y, err = one(bounds[1], bounds[0])
		return x, y, err
	}
	switch a.Kind {
	case pg.A_Expr_Kind_AEXPR_BETWEEN:
		return within(bounds[0], bounds[1])
	case pg.A_Expr_Kind_AEXPR_NOT_BETWEEN:
		return outside(bounds[0], bounds[1])
	case pg.A_Expr_Kind_AEXPR_BETWEEN_SYM:
		x, y, err := both(within)
		if err != nil {
			return nil, err
		}
		return disjunction([]scalar.Expr{x, y}, span), nil
	}
	x, y, err := both(outside)
	if err != nil {
		return nil, err
	}
	return conjunction([]scalar.Expr{x, y}, span), nil
}

// disjunction is the Or of conditions.
func disjunction(list []scalar.Expr, span diag.Span) scalar.Expr {
	if len(list) == 1 {
		return list[0]
	}
	return &scalar.Or{Node: scalar.Node{Typ: boolType, Pos: span}, Args: list}
}

// anyArray binds x op ANY (array) and ALL.
func (s *stmt) anyArray(sc *scope, name string, a *pg.A_Expr, span diag.Span) (scalar.Expr, error) {
	left, err := s.expr(sc, a.Lexpr)
	if err != nil {
		return nil, err
	}
	array, err := s.expr(sc, a.Rexpr)
	if err != nil {
		return nil, err
	}
	all := a.Kind == pg.A_Expr_Kind_AEXPR_OP_ALL
	lo, ao := s.oid(left), s.oid(array)
	elem := builtin.UnknownOID
	if ao != builtin.UnknownOID {
		if elem = s.types.ElemOf(ao); elem == 0 {
			return nil, diag.WrongObject.At(span, "op ANY/ALL (array) requires array on right side")
		}
	}
	op, refusal := s.types.Operator(name, lo, elem)
	if refusal != nil {
		return nil, asDiagnostic(refusal, span)
	}
	types, result, refusal := s.types.Generic([]builtin.OID{op.Left, op.Right}, []builtin.OID{lo, elem}, op.Result)
	if refusal != nil {
		return nil, asDiagnostic(refusal, span)
	}
	if result != builtin.BoolOID {
		return nil, diag.WrongObject.At(span, "op ANY/ALL (array) requires operator to yield boolean")
	}
	l, err := s.coerce(left, types[0], builtin.Implicit, left.Span())
	if err != nil {
		return nil, err
	}
	target := s.types.ArrayOf(types[1])
	if target == 0 {
		return nil, diag.UndefinedObject.At(span, "could not find array type for data type %s", s.types.Format(types[1]))
	}
	arr, err := s.coerce(array, target, builtin.Implicit, array.Span())
	if err != nil {
		return nil, err
	}
	if c := bareColumn(l); c != nil {
		s.nameAfter(arr, c)
	}
	fn, err := s.function(op.Proc, name, span)
	if err != nil {
		return nil, err
	}
	return &scalar.AnyArray{
		Node: scalar.Node{Typ: boolType, Pos: left.Span().Join(span).Join(array.Span())},
		Left: l, Array: arr, Op: fn, All: all,
	}, nil
}
