package bind

import (
	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqlparse/bound"
	"github.com/prequel-db/prequel/sqlparse/diag"
	"github.com/prequel-db/prequel/sqlparse/scalar"

	pg "github.com/pganalyze/pg_query_go/v5"
)

// subLink binds a query inside an expression.
func (s *stmt) subLink(sc *scope, l *pg.SubLink) (scalar.Expr, error) {
	s.links++
	span := s.span(l.Location)
	sel := l.Subselect.GetSelectStmt()
	if sel == nil {
		return nil, diag.UnsupportedExpression.At(span, "this subquery is not supported")
	}
	q, err := s.query(sc, sel, true)
	if err != nil {
		return nil, err
	}
	s.queries = append(s.queries, link{query: q, sc: sc, node: sel})
	cols := visible(q)
	out := &scalar.Subquery{Node: scalar.Node{Typ: boolType, Pos: span}, Query: q}
	switch l.SubLinkType {
	case pg.SubLinkType_EXISTS_SUBLINK:
		out.Kind = scalar.ExistsSubquery
		return out, nil
	case pg.SubLinkType_EXPR_SUBLINK, pg.SubLinkType_ARRAY_SUBLINK:
		if len(cols) != 1 {
			return nil, diag.Malformed.At(span, "subquery must return only one column")
		}
		out.Typ = cols[0].Expr.Type()
		if l.SubLinkType == pg.SubLinkType_ARRAY_SUBLINK {
			if out.Typ.Kind == value.Array {
				return nil, diag.UnsupportedType.At(span, "arrays of more than one dimension are not supported")
			}
			out.Kind, out.Typ = scalar.ArraySubquery, value.ArrayOf(out.Typ.Base())
		}
		return out, nil
	case pg.SubLinkType_ANY_SUBLINK, pg.SubLinkType_ALL_SUBLINK:
		out.Kind = scalar.AnySubquery
		if l.SubLinkType == pg.SubLinkType_ALL_SUBLINK {
			out.Kind = scalar.AllSubquery
		}
		return out, s.quantified(sc, l, out, cols, span)
	}
	return nil, diag.UnsupportedExpression.At(span, "this form of subquery is not supported")
}

func visible(q *bound.Query) []*bound.Target {
	var out []*bound.Target
	for i := range q.Targets {
		if !q.Targets[i].Hidden {
			out = append(out, &q.Targets[i])
		}
	}
	return out
}

// quantified binds the left side of IN, ANY and ALL and chooses an operator for each column. When an operator wants another
// type than the query's column has, the query's output is converted.
func (s *stmt) quantified(sc *scope, l *pg.SubLink, out *scalar.Subquery, cols []*bound.Target, span diag.Span) error {
	name := "="
	if len(l.OperName) > 0 {
		var err error
		if name, err = s.operatorName(l.OperName, span); err != nil {
			return err
		}
	}
	nodes := []*pg.Node{l.Testexpr}
	if row := l.Testexpr.GetRowExpr(); row != nil {
		nodes = row.Args
	}
	switch {
	case len(nodes) < len(cols):
		return diag.Malformed.At(span, "subquery has too many columns")
	case len(nodes) > len(cols):
		return diag.Malformed.At(span, "subquery has too few columns")
	}
	if len(nodes) > 1 && name != "=" && name != "<>" {
		// TRUE = ANY (SELECT row op columns): the comparison moves into the query.
		holds, err := s.comparedRows(sc, name, nodes, out.Query.(*bound.Query), cols, span)
		if err != nil {
			return err
		}
		yes := &scalar.Const{Node: scalar.Node{Typ: boolType, Pos: span}, Text: "t"}
		fn, l1, _, err := s.comparison("=", yes, s.column(holds.Targets[0].ID, span), span)
		if err != nil {
			return err
		}
		out.Query, out.Left, out.Op = holds, []scalar.Expr{l1}, []*scalar.Func{fn}
		return nil
	}
	targets := make([]scalar.Expr, len(cols))
	changed := false
	for i, n := range nodes {
		left, err := s.expr(sc, n)
		if err != nil {
			return err
		}
		right := s.column(cols[i].ID, span)
		fn, lx, rx, err := s.comparison(name, left, right, span)
		if err != nil {
			return err
		}
		targets[i] = rx
		changed = changed || rx != scalar.Expr(right)
		out.Left = append(out.Left, lx)
		out.Op = append(out.Op, fn)
	}
	if changed {
		out.Query = s.project(out.Query.(*bound.Query), cols, targets)
	}
	return nil
}

// rowSubquery compares a row with the only row of a query: NULL when there is none, an error when there are several.
func (s *stmt) rowSubquery(sc *scope, name string, left []*pg.Node, l *pg.SubLink, span diag.Span) (scalar.Expr, error) {
	sel := l.Subselect.GetSelectStmt()
	if sel == nil {
		return nil, diag.UnsupportedExpression.At(span, "this subquery is not supported")
	}
	q, err := s.query(sc, sel, true)
	if err != nil {
		return nil, err
	}
	cols := visible(q)
	switch {
	case len(left) < len(cols):
		return nil, diag.Malformed.At(span, "subquery has too many columns")
	case len(left) > len(cols):
		return nil, diag.Malformed.At(span, "subquery has too few columns")
	}
	holds, err := s.comparedRows(sc, name, left, q, cols, span)
	if err != nil {
		return nil, err
	}
	return &scalar.Subquery{Node: scalar.Node{Typ: boolType, Pos: span}, Kind: scalar.ScalarSubquery, Query: holds}, nil
}

// comparedRows wraps a query so that its only column is the comparison of a row with its own rows.
func (s *stmt) comparedRows(sc *scope, name string, left []*pg.Node, q *bound.Query, cols []*bound.Target, span diag.Span) (*bound.Query, error) {
	inner := newScope(nil)
	row := make([]scalar.Expr, len(left))
	for i, n := range left {
		var err error
		if row[i], err = s.expr(sc, n); err != nil {
			return nil, err
		}
		s.facts[cols[i].ID].owner = inner
	}
	e, err := comparePairs(name, len(row), span, func(op string, i int) (scalar.Expr, error) {
		fn, l, r, err := s.comparison(op, row[i], s.column(cols[i].ID, span), span)
		if err != nil {
			return nil, err
		}
		return &scalar.Call{Node: scalar.Node{Typ: boolType, Pos: span}, Fn: fn, Args: []scalar.Expr{l, r}}, nil
	})
	if err != nil {
		return nil, err
	}
	id := s.newColumn(nil, "compared", boolType, true)
	return &bound.Query{
		From:    []bound.From{&bound.SubqueryRef{Query: q, Alias: "compared"}},
		Targets: []bound.Target{{ID: id, Name: "compared", Expr: e, Span: span}},
	}, nil
}

// project wraps a query so that its output columns are converted.
func (s *stmt) project(q *bound.Query, cols []*bound.Target, exprs []scalar.Expr) *bound.Query {
	sc := newScope(nil)
	outer := &bound.Query{From: []bound.From{&bound.SubqueryRef{Query: q, Alias: "converted"}}}
	for i, e := range exprs {
		s.facts[cols[i].ID].owner = sc
		id := s.newColumn(nil, cols[i].Name, e.Type(), s.nullable(e, nil))
		outer.Targets = append(outer.Targets, bound.Target{ID: id, Name: cols[i].Name, Expr: e, Span: e.Span()})
	}
	return outer
}
