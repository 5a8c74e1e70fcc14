package bind

import (
	"strconv"
	"strings"

	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqlparse/bound"
	"github.com/prequel-db/prequel/sqlparse/builtin"
	"github.com/prequel-db/prequel/sqlparse/diag"
	"github.com/prequel-db/prequel/sqlparse/scalar"

	pg "github.com/pganalyze/pg_query_go/v5"
)

var boolType = value.Of(value.Bool)

// baseWork bounds the expressions bound for one statement, beyond four for each byte of its text. BETWEEN and row comparisons bind
// operands more than once and views are expanded at every use, so that nesting them multiplies.
const baseWork = 50_000

// expr binds an expression. Untyped literals and parameters keep the type unknown until their context types them.
func (s *stmt) expr(sc *scope, n *pg.Node) (scalar.Expr, error) {
	if s.work++; s.work > s.maxWork {
		return nil, diag.TooComplex.At(s.nodeSpan(n), "the statement is too complex once it is expanded").
			WithHelp("compute repeated operands once, in a subquery in FROM")
	}
	switch n := n.GetNode().(type) {
	case *pg.Node_ColumnRef:
		return s.columnRef(sc, n.ColumnRef)
	case *pg.Node_AConst:
		return s.constant(n.AConst)
	case *pg.Node_ParamRef:
		span := s.span(n.ParamRef.Location)
		if s.substitute != nil {
			return s.substitute[n.ParamRef.Number-1], nil
		}
		if s.routine != nil {
			return s.routine.positional(int(n.ParamRef.Number), span)
		}
		return s.paramRef(n.ParamRef.Number, span)
	case *pg.Node_AExpr:
		return s.aExpr(sc, n.AExpr)
	case *pg.Node_BoolExpr:
		return s.boolExpr(sc, n.BoolExpr)
	case *pg.Node_NullTest:
		return s.nullTest(sc, n.NullTest)
	case *pg.Node_BooleanTest:
		return s.booleanTest(sc, n.BooleanTest)
	case *pg.Node_FuncCall:
		e, _, err := s.funcCall(sc, n.FuncCall, false)
		return e, err
	case *pg.Node_TypeCast:
		return s.typeCast(sc, n.TypeCast)
	case *pg.Node_CaseExpr:
		return s.caseExpr(sc, n.CaseExpr)
	case *pg.Node_CoalesceExpr:
		return s.coalesce(sc, n.CoalesceExpr)
	case *pg.Node_MinMaxExpr:
		return s.minMax(sc, n.MinMaxExpr)
	case *pg.Node_SubLink:
		return s.subLink(sc, n.SubLink)
	case *pg.Node_AArrayExpr:
		return s.array(sc, n.AArrayExpr, nil)
	case *pg.Node_SqlvalueFunction:
		return s.sqlValue(n.SqlvalueFunction)
	case *pg.Node_CollateClause:
		return s.collate(sc, n.CollateClause)
	case *pg.Node_GroupingFunc:
		return s.grouping(sc, n.GroupingFunc)
	case *pg.Node_AIndirection:
		return s.indirection(sc, n.AIndirection)
	case *pg.Node_RowExpr:
		return s.rowExpr(sc, n.RowExpr)
	case *pg.Node_SetToDefault:
		return nil, diag.Malformed.At(s.span(n.SetToDefault.Location), "DEFAULT is not allowed in this context")
	case *pg.Node_NamedArgExpr:
		return nil, diag.UnsupportedExpression.At(s.span(n.NamedArgExpr.Location), "a named argument is not supported here")
	case nil:
		return nil, diag.UnsupportedExpression.At(s.text.between(0, len(s.text.SQL)), "an expression is missing")
	}
	return nil, diag.UnsupportedExpression.At(s.nodeSpan(n), "this expression is not supported (%s)", nodeName(n))
}

// nodeSpan is the place of the first token below a node that has a location, else the whole statement.
func (s *stmt) nodeSpan(n *pg.Node) diag.Span {
	if loc := firstLocation(n); loc >= 0 {
		return s.span(loc)
	}
	return s.text.between(0, len(s.text.SQL))
}

func (s *stmt) exprs(sc *scope, list []*pg.Node) ([]scalar.Expr, error) {
	out := make([]scalar.Expr, len(list))
	for i, n := range list {
		e, err := s.expr(sc, n)
		if err != nil {
			return nil, err
		}
		out[i] = e
	}
	return out, nil
}

func (s *stmt) constant(c *pg.A_Const) (scalar.Expr, error) {
	span := s.span(c.Location)
	if c.Isnull {
		return &scalar.Const{Node: scalar.Node{Pos: span}, Null: true}, nil
	}
	switch v := c.Val.(type) {
	case *pg.A_Const_Ival:
		return constant(value.Of(value.Int4), strconv.Itoa(int(v.Ival.GetIval())), span), nil
	case *pg.A_Const_Fval:
		return s.number(v.Fval.GetFval(), span)
	case *pg.A_Const_Boolval:
		text := "f"
		if v.Boolval.GetBoolval() {
			text = "t"
		}
		return constant(boolType, text, span), nil
	case *pg.A_Const_Sval:
		return &scalar.Const{Node: scalar.Node{Pos: span}, Text: v.Sval.GetSval()}, nil
	}
	return nil, diag.UnsupportedType.At(span, "bit string literals are not supported").WithHelp("use bytea: '\\x00'")
}

// number types a numeric literal that is not a plain integer: the first of integer, bigint and numeric that holds it.
func (s *stmt) number(text string, span diag.Span) (scalar.Expr, error) {
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		typ := value.Of(value.Int8)
		if n == int64(int32(n)) {
			typ = value.Of(value.Int4)
		}
		return constant(typ, strconv.FormatInt(n, 10), span), nil
	}
	return s.parseLiteral(text, value.Of(value.Numeric), span)
}

func (s *stmt) boolExpr(sc *scope, b *pg.BoolExpr) (scalar.Expr, error) {
	span := s.span(b.Location)
	name := map[pg.BoolExprType]string{pg.BoolExprType_AND_EXPR: "AND", pg.BoolExprType_OR_EXPR: "OR", pg.BoolExprType_NOT_EXPR: "NOT"}[b.Boolop]
	args := make([]scalar.Expr, len(b.Args))
	for i, n := range b.Args {
		e, err := s.expr(sc, n)
		if err != nil {
			return nil, err
		}
		if args[i], err = s.coerceBool(e, name); err != nil {
			return nil, err
		}
	}
	node := scalar.Node{Typ: boolType, Pos: span}
	switch b.Boolop {
	case pg.BoolExprType_AND_EXPR:
		return &scalar.And{Node: node, Args: args}, nil
	case pg.BoolExprType_OR_EXPR:
		return &scalar.Or{Node: node, Args: args}, nil
	}
	return s.negate(args[0], node)
}

// negate is NOT; NOT (x = ANY (query)), which is how the parser reads NOT IN, becomes x <> ALL (query).
func (s *stmt) negate(e scalar.Expr, node scalar.Node) (scalar.Expr, error) {
	if q, ok := e.(*scalar.Subquery); ok && q.Kind == scalar.AnySubquery && len(q.Op) == 1 && q.Op[0].Name == "=" {
		if ne, ok := scalar.Negator(q.Op[0]); ok {
			out := *q
			out.Kind, out.Op = scalar.AllSubquery, []*scalar.Func{ne}
			return &out, nil
		}
	}
	return &scalar.Not{Node: node, Arg: e}, nil
}

func (s *stmt) nullTest(sc *scope, t *pg.NullTest) (scalar.Expr, error) {
	span := s.span(t.Location)
	negated := t.Nulltesttype == pg.NullTestType_IS_NOT_NULL
	node := scalar.Node{Typ: boolType, Pos: span}
	if row := t.Arg.GetRowExpr(); row != nil {
		// A row is null when all its fields are, not null when none is.
		args, err := s.exprs(sc, row.Args)
		if err != nil {
			return nil, err
		}
		for i, a := range args {
			args[i] = &scalar.IsNull{Node: node, Arg: a, Negated: negated}
		}
		return conjunction(args, span), nil
	}
	arg, err := s.expr(sc, t.Arg)
	if err != nil {
		return nil, err
	}
	if r := s.rows[arg]; r != nil {
		return r.isNull(negated, arg.Span().Join(span)), nil
	}
	s.allowNull(arg)
	return &scalar.IsNull{Node: scalar.Node{Typ: boolType, Pos: arg.Span().Join(span)}, Arg: arg, Negated: negated}, nil
}

func (s *stmt) booleanTest(sc *scope, t *pg.BooleanTest) (scalar.Expr, error) {
	arg, err := s.expr(sc, t.Arg)
	if err != nil {
		return nil, err
	}
	out := &scalar.IsBool{Node: scalar.Node{Typ: boolType, Pos: s.span(t.Location)}}
	var name string
	yes, no := true, false
	switch t.Booltesttype {
	case pg.BoolTestType_IS_TRUE:
		out.Value, name = &yes, "IS TRUE"
	case pg.BoolTestType_IS_NOT_TRUE:
		out.Value, out.Negated, name = &yes, true, "IS NOT TRUE"
	case pg.BoolTestType_IS_FALSE:
		out.Value, name = &no, "IS FALSE"
	case pg.BoolTestType_IS_NOT_FALSE:
		out.Value, out.Negated, name = &no, true, "IS NOT FALSE"
	case pg.BoolTestType_IS_UNKNOWN:
		name = "IS UNKNOWN"
	default:
		out.Negated, name = true, "IS NOT UNKNOWN"
	}
	out.Arg, err = s.coerceBool(arg, name)
	return out, err
}

func (s *stmt) typeCast(sc *scope, c *pg.TypeCast) (scalar.Expr, error) {
	span := s.span(c.Location)
	domain, err := s.Domain(c.TypeName, s.text)
	if err != nil {
		return nil, err
	}
	if domain != nil {
		e, err := s.expr(sc, c.Arg)
		if err != nil {
			return nil, err
		}
		out, ok, err := s.coerceTo(e, domain.Base, builtin.Explicit, e.Span())
		if err == nil && !ok {
			err = cannotCast(e.Type(), domain.Base, span)
		}
		return s.ofDomain(domain, out, span), err
	}
	typ, field, err := s.typeName(c.TypeName, s.text)
	if err != nil {
		return nil, err
	}
	if a := c.Arg.GetAArrayExpr(); a != nil && typ.Kind == value.Array {
		e, err := s.array(sc, a, &typ)
		if err != nil {
			return nil, err
		}
		return s.fit(e, typ, builtin.Explicit, span), nil
	}
	if p := c.Arg.GetParamRef(); p != nil && p.Number > 0 && p.Number <= maxParams && s.substitute == nil && s.routine == nil {
		if info := s.param(int(p.Number)); !info.used {
			info.unnamed = true
		}
	}
	e, err := s.expr(sc, c.Arg)
	if err != nil {
		return nil, err
	}
	if field != "" {
		if e, err = intervalField(e, field); err != nil {
			return nil, err
		}
	}
	out, ok, err := s.coerceTo(e, typ, builtin.Explicit, e.Span())
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, cannotCast(e.Type(), typ, span)
	}
	return out, nil
}

// intervalField gives the literal of interval '5' day its unit.
func intervalField(e scalar.Expr, field string) (scalar.Expr, error) {
	c, ok := e.(*scalar.Const)
	if !ok || c.Typ.Kind != value.Unknown || c.Null {
		return nil, diag.UnsupportedType.At(e.Span(), "an interval restricted to %s is supported for literals only", field)
	}
	text := strings.TrimSpace(c.Text)
	if _, err := strconv.ParseInt(text, 10, 32); err != nil {
		return nil, diag.UnsupportedType.At(e.Span(), "an interval restricted to %s needs an integer literal", field).
			WithHelp("write the units inside the literal: interval '1 day 2 hours'")
	}
	out := *c
	out.Text = text + " " + field
	return &out, nil
}

// collate accepts COLLATE "C", which is the order everything has.
func (s *stmt) collate(sc *scope, c *pg.CollateClause) (scalar.Expr, error) {
	e, err := s.expr(sc, c.Arg)
	if err != nil {
		return nil, err
	}
	if err := CheckCollation(c, s.text); err != nil {
		return nil, err
	}
	if k := e.Type().Kind; k == value.Unknown {
		return s.textIfUnknown(e)
	} else if !e.Type().IsText() {
		return nil, diag.DatatypeMismatch.At(s.span(c.Location), "collations are not supported by type %s", unmodified(e.Type()))
	}
	return e, nil
}

// CheckCollation refuses collations other than byte order.
func CheckCollation(c *pg.CollateClause, text Text) error {
	names := stringsOf(c.GetCollname())
	if len(names) > 0 {
		switch name := names[len(names)-1]; name {
		case "C", "POSIX", "ucs_basic":
			return nil
		default:
			return diag.Collation.At(text.span(c.GetLocation()), "collation %q is not supported", name).
				WithHelp("text is ordered by bytes: use COLLATE \"C\"")
		}
	}
	return diag.Collation.At(text.span(c.GetLocation()), "the collation is not supported")
}

// sqlValue binds CURRENT_DATE and its like. All are casts of the time of the call, in UTC.
func (s *stmt) sqlValue(f *pg.SQLValueFunction) (scalar.Expr, error) {
	span := s.span(f.Location)
	to := value.Type{}
	switch f.Op {
	case pg.SQLValueFunctionOp_SVFOP_CURRENT_DATE:
		to.Kind = value.Date
	case pg.SQLValueFunctionOp_SVFOP_CURRENT_TIMESTAMP, pg.SQLValueFunctionOp_SVFOP_CURRENT_TIMESTAMP_N:
		to.Kind = value.Timestamptz
	case pg.SQLValueFunctionOp_SVFOP_LOCALTIMESTAMP, pg.SQLValueFunctionOp_SVFOP_LOCALTIMESTAMP_N:
		to.Kind = value.Timestamp
	case pg.SQLValueFunctionOp_SVFOP_LOCALTIME, pg.SQLValueFunctionOp_SVFOP_LOCALTIME_N:
		to.Kind = value.Time
	case pg.SQLValueFunctionOp_SVFOP_CURRENT_TIME, pg.SQLValueFunctionOp_SVFOP_CURRENT_TIME_N:
		return nil, diag.UnsupportedType.At(span, "type time with time zone is not supported").WithHelp("use localtime")
	default:
		return nil, diag.UnsupportedFunction.At(span, "%s is not supported", sqlValueNames[f.Op]).WithHelp("pass the value as a parameter")
	}
	if f.Typmod >= 0 {
		to.Mod = int(min(f.Typmod, 6)) + 1
	}
	e, ok, err := s.coerceTo(s.now(span), to, builtin.Explicit, span)
	if err == nil && !ok {
		err = cannotCast(value.Of(value.Timestamptz), to, span)
	}
	return e, err
}

// now is the time of the call.
func (s *stmt) now(span diag.Span) scalar.Expr {
	s.notLasting("now")
	return &scalar.Param{Node: scalar.Node{Typ: value.Of(value.Timestamptz), Pos: span}}
}

// eachColumn visits an expression's column references, those inside subqueries included.
func (s *stmt) eachColumn(e scalar.Expr, visit func(*scalar.Column)) { bound.Columns(e, visit) }
