package bind

import (
	"github.com/prequel-db/prequel/sqlparse/bound"
	"github.com/prequel-db/prequel/sqlparse/scalar"

	pg "github.com/pganalyze/pg_query_go/v5"
)

// An expression that is written twice is one to GROUP BY, ORDER BY and DISTINCT, the queries in it included. These have columns of their
// own wherever they are bound, so that they are told by their text and by the scope that it was bound in.

// link is a query inside an expression.
type link struct {
	query *bound.Query
	sc    *scope
	node  *pg.SelectStmt
	text  string // of node, once it was asked for
}

// sameText reports whether two queries inside expressions are written alike in one scope.
func (a *link) sameText(b *link) bool {
	if a.sc != b.sc {
		return false
	}
	for _, l := range []*link{a, b} {
		if l.text != "" {
			continue
		}
		stmt := &pg.RawStmt{Stmt: &pg.Node{Node: &pg.Node_SelectStmt{SelectStmt: l.node}}}
		text, err := pg.Deparse(&pg.ParseResult{Stmts: []*pg.RawStmt{stmt}})
		if err != nil {
			return false
		}
		l.text = text
	}
	return a.text == b.text
}

// equal reports whether two expressions are the same to PostgreSQL.
func (s *stmt) equal(a, b scalar.Expr) bool {
	if scalar.Equal(a, b) {
		return true
	}
	return scalar.HasSubquery(a) && scalar.HasSubquery(b) && scalar.Equal(s.merged(a), s.merged(b))
}

// merged is an expression with the first of the queries that are written alike in the place of each.
func (s *stmt) merged(e scalar.Expr) scalar.Expr {
	return scalar.Map(e, func(x scalar.Expr) scalar.Expr {
		sub, ok := x.(*scalar.Subquery)
		if !ok {
			return x
		}
		var own *link
		for i := range s.queries {
			if s.queries[i].query == sub.Query {
				own = &s.queries[i]
			}
		}
		if own == nil {
			return x
		}
		for i := range s.queries {
			if first := &s.queries[i]; first.sameText(own) {
				c := *sub
				c.Query = first.query
				return &c
			}
		}
		return x
	})
}
