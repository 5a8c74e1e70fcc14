package bind

import (
	"github.com/prequel-db/prequel/sqlparse/builtin"
	"github.com/prequel-db/prequel/sqlparse/diag"
	"github.com/prequel-db/prequel/sqlparse/scalar"

	pg "github.com/pganalyze/pg_query_go/v5"
)

// in binds x IN (a, b, ...) and NOT IN.
//
// As in PostgreSQL, the alternatives that refer to no column are converted to one common type and compared as a list;
// those that do are compared one by one. Alternatives whose comparisons turn out to be the same share one list.
func (s *stmt) in(sc *scope, name string, a *pg.A_Expr, span diag.Span) (scalar.Expr, error) {
	not := name == "<>"
	items := a.Rexpr.GetList().GetItems()
	if row := a.Lexpr.GetRowExpr(); row != nil {
		return s.rowIn(sc, row.Args, items, not, span)
	}
	left, err := s.expr(sc, a.Lexpr)
	if err != nil {
		return nil, err
	}
	var all, list, others []scalar.Expr
	for _, n := range items {
		e, err := s.expr(sc, n)
		if err != nil {
			return nil, err
		}
		all = append(all, e)
		if s.usesLevel(e, sc) {
			others = append(others, e)
		} else {
			list = append(list, e)
		}
	}
	var parts []scalar.Expr
	if len(list) > 1 {
		if part, err := s.inConstants(name, left, list, not, span); err != nil {
			return nil, err
		} else if part != nil {
			parts = append(parts, part)
			all = others
		}
	}
	for _, e := range all {
		if len(parts) > 0 && scalar.HasSubquery(left) {
			// A query may stand in one place only: its columns have ids of their own.
			if left, err = s.expr(sc, a.Lexpr); err != nil {
				return nil, err
			}
		}
		part, err := s.operator(name, left, e, span)
		if err != nil {
			return nil, err
		}
		parts = append(parts, part)
	}
	if not {
		return conjunction(parts, span), nil
	}
	return disjunction(parts, span), nil
}

// usesLevel reports whether an expression uses a column of this query level.
func (s *stmt) usesLevel(e scalar.Expr, sc *scope) bool { return s.refersTo(e, sc) }

// inConstants compares with a list of one type; nil when the alternatives have no common type.
func (s *stmt) inConstants(name string, left scalar.Expr, list []scalar.Expr, not bool, span diag.Span) (scalar.Expr, error) {
	oids := []builtin.OID{s.oid(left)}
	for _, e := range list {
		oids = append(oids, s.oid(e))
	}
	common, refusal := s.types.CommonType("", oids)
	if refusal != nil {
		return nil, nil
	}
	for _, o := range oids[1:] {
		if !s.types.CanCoerce([]builtin.OID{o}, []builtin.OID{common}, builtin.Implicit) {
			return nil, nil
		}
	}
	if s.types.ArrayOf(common) == 0 {
		return nil, nil
	}
	op, refusal := s.types.Operator(name, oids[0], common)
	if refusal != nil {
		return nil, asDiagnostic(refusal, span)
	}
	types, _, refusal := s.types.Generic([]builtin.OID{op.Left, op.Right}, []builtin.OID{oids[0], common}, op.Result)
	if refusal != nil {
		return nil, asDiagnostic(refusal, span)
	}
	l, err := s.coerce(left, types[0], builtin.Implicit, left.Span())
	if err != nil {
		return nil, err
	}
	fn, err := s.function(op.Proc, name, span)
	if err != nil {
		return nil, err
	}
	out := &scalar.InList{Node: scalar.Node{Typ: boolType, Pos: left.Span().Join(span)}, Left: l, Op: fn, All: not}
	for _, e := range list {
		x, err := s.coerce(e, common, builtin.Implicit, e.Span())
		if err != nil {
			return nil, err
		}
		if x, err = s.coerce(x, types[1], builtin.Implicit, e.Span()); err != nil {
			return nil, err
		}
		s.nameCompared(l, x)
		out.Pos = out.Pos.Join(e.Span())
		out.List = append(out.List, x)
	}
	return out, nil
}

// rowIn expands (a, b) IN ((1, 2), ...) into comparisons of rows.
func (s *stmt) rowIn(sc *scope, left, items []*pg.Node, not bool, span diag.Span) (scalar.Expr, error) {
	name := "="
	if not {
		name = "<>"
	}
	var parts []scalar.Expr
	for _, n := range items {
		row := n.GetRowExpr()
		if row == nil {
			return nil, diag.Composite.At(s.nodeSpan(n), "a row can be compared with rows only")
		}
		part, err := s.compareRows(sc, name, left, row.Args, span)
		if err != nil {
			return nil, err
		}
		parts = append(parts, part)
	}
	if not {
		return conjunction(parts, span), nil
	}
	return disjunction(parts, span), nil
}

// compareRows expands a comparison of rows. Ordering compares the first pair that differs; a pair with a NULL decides
// nothing, and the expansion gives NULL exactly where PostgreSQL's row comparison does.
func (s *stmt) compareRows(sc *scope, name string, left, right []*pg.Node, span diag.Span) (scalar.Expr, error) {
	if len(left) != len(right) {
		return nil, diag.Malformed.At(span, "unequal number of entries in row expressions")
	}
	if len(left) == 0 {
		return nil, diag.NotInPostgres.At(span, "cannot compare rows of zero length")
	}
	return comparePairs(name, len(left), span, func(op string, i int) (scalar.Expr, error) {
		return s.plainOperator(sc, op, &pg.A_Expr{Lexpr: left[i], Rexpr: right[i]}, span)
	})
}

// comparePairs expands a comparison of rows of n columns; pair compares two columns.
func comparePairs(name string, n int, span diag.Span, pair func(op string, i int) (scalar.Expr, error)) (scalar.Expr, error) {
	var parts []scalar.Expr
	switch name {
	case "=", "<>":
		for i := range n {
			e, err := pair(name, i)
			if err != nil {
				return nil, err
			}
			parts = append(parts, e)
		}
		if name == "=" {
			return conjunction(parts, span), nil
		}
		return disjunction(parts, span), nil
	case "<", "<=", ">", ">=":
		strict := name[:1]
		// (a, b) < (c, d)  is  a < c OR (a = c AND b < d)
		last := n - 1
		out, err := pair(name, last)
		if err != nil {
			return nil, err
		}
		for i := last - 1; i >= 0; i-- {
			less, err := pair(strict, i)
			if err != nil {
				return nil, err
			}
			equal, err := pair("=", i)
			if err != nil {
				return nil, err
			}
			out = disjunction([]scalar.Expr{less, conjunction([]scalar.Expr{equal, out}, span)}, span)
		}
		return out, nil
	}
	return nil, diag.NotInPostgres.At(span, "could not determine interpretation of row comparison operator %s", name).
		WithHelp("row comparison operators must be associated with btree operator families")
}
