package bind

import (
	"github.com/prequel-db/prequel/sqlparse/bound"
	"github.com/prequel-db/prequel/sqlparse/diag"
	"github.com/prequel-db/prequel/sqlparse/scalar"

	pg "github.com/pganalyze/pg_query_go/v5"
)

// findCTE resolves a WITH name through the surrounding queries.
func findCTE(sc *scope, name string) *cte {
	for ; sc != nil; sc = sc.parent {
		for i := len(sc.ctes) - 1; i >= 0; i-- {
			if sc.ctes[i].name == name {
				return sc.ctes[i]
			}
		}
	}
	return nil
}

// with binds WITH. In a recursive list a query may refer to itself; references to later queries are refused. Writes become parts of
// the statement.
func (s *stmt) with(sc *scope, w *pg.WithClause, out *[]*bound.CTE) error {
	if w == nil {
		return nil
	}
	for _, n := range w.Ctes {
		c := n.GetCommonTableExpr()
		span := s.span(c.GetLocation())
		for _, have := range sc.ctes {
			if have.name == c.Ctename {
				return diag.DuplicateAlias.At(span, "WITH query name %q specified more than once", c.Ctename)
			}
		}
		sel := c.Ctequery.GetSelectStmt()
		if sel == nil && w != s.outermost {
			return diag.NotInPostgres.At(span, "WITH clause containing a data-modifying statement must be at the top level")
		}
		if c.Ctequery.GetMergeStmt() != nil {
			return diag.NotInPostgres.At(span, "MERGE not supported in WITH query")
		}
		if c.SearchClause != nil || c.CycleClause != nil {
			return diag.UnsupportedClause.At(span, "SEARCH and CYCLE are not supported")
		}
		entry := &cte{name: c.Ctename, def: &bound.CTE{Name: c.Ctename}}
		aliases := stringsOf(c.Aliascolnames)
		if sel == nil {
			if err := s.part(sc, w, c, entry, aliases); err != nil {
				return err
			}
			continue
		}
		if w.Recursive {
			entry.pending, entry.aliases = true, aliases
			sc.ctes = append(sc.ctes, entry)
		}
		inner := newScope(sc)
		inner.defining = entry
		q, err := s.query(inner, sel, true)
		if err != nil {
			return err
		}
		entry.pending = false
		entry.def.Query = q
		entry.def.Recursive = entry.refs > 0 && entry.recursive
		if err := s.cteColumns(entry, visible(q), aliases, span); err != nil {
			return err
		}
		if !w.Recursive {
			sc.ctes = append(sc.ctes, entry)
		}
		entry.recursive = false
		*out = append(*out, entry.def)
	}
	return nil
}

// part binds a write in WITH. It sees the queries before it, and later ones its RETURNING.
func (s *stmt) part(sc *scope, w *pg.WithClause, c *pg.CommonTableExpr, entry *cte, aliases []string) error {
	if w.Recursive && mentionsIn(c.Ctequery.ProtoReflect(), c.Ctename) {
		return diag.BadRecursion.At(s.span(c.Location), "recursive query %q must not contain data-modifying statements", c.Ctename)
	}
	b, err := s.write(sc, c.Ctequery)
	if err != nil {
		return err
	}
	entry.def.Write = b
	if err := s.cteColumns(entry, outputs(b), aliases, s.span(c.Location)); err != nil {
		return err
	}
	sc.ctes = append(sc.ctes, entry)
	s.parts = append(s.parts, entry.def)
	return nil
}

// cteColumns describes the columns that references to the query see.
func (s *stmt) cteColumns(c *cte, cols []*bound.Target, aliases []string, span diag.Span) error {
	if len(aliases) > len(cols) {
		return diag.ColumnReference.At(span, "WITH query %q has %d columns available but %d columns specified", c.name, len(cols), len(aliases))
	}
	c.types = c.types[:0]
	c.def.Cols = nil
	for i, t := range cols {
		info := *s.cols.Get(t.ID)
		info.Name, info.Nullable = t.Name, s.facts[t.ID].nullable
		if i < len(aliases) {
			info.Name = aliases[i]
		}
		c.types = append(c.types, info)
		c.def.Cols = append(c.def.Cols, t.ID)
	}
	return nil
}

// recursiveColumns tells whether a set operation is the body of a recursive query that is being defined, whose columns are then
// those of its left side.
func (s *stmt) recursiveColumns(sc *scope, n *pg.SelectStmt, left *bound.Query) *cte {
	if sc.parent == nil || sc.parent.defining == nil || !sc.parent.defining.pending {
		return nil
	}
	c := sc.parent.defining
	if n.Op != pg.SetOperation_SETOP_UNION || !mentions(n.Rarg, c.name) {
		return nil
	}
	return c
}

// recursiveTerm binds the recursive side. Its columns must have the left side's types; a column is nullable when either side's
// is, so the side is bound again until that settles.
func (s *stmt) recursiveTerm(sc *scope, c *cte, op *bound.SetOp, n *pg.SelectStmt) (*bound.Query, error) {
	left := visible(op.Left)
	for i := range left {
		e, err := s.textIfUnknown(left[i].Expr)
		if err != nil {
			return nil, err
		}
		left[i].Expr = e
		s.retype(left[i].ID, e.Type())
	}
	if err := s.cteColumns(c, visible(op.Left), c.aliases, diag.Span{}); err != nil {
		return nil, err
	}
	for {
		c.recursive, c.refs = true, 0
		right, err := s.setOperand(sc, n.Rarg)
		if err != nil {
			return nil, err
		}
		if c.refs > 1 {
			return nil, diag.BadRecursion.At(s.text.span(firstToken(s.text.SQL)),
				"recursive reference to query %q must not appear more than once", c.name)
		}
		cols := visible(right)
		again := false
		for i := 0; i < len(cols) && i < len(c.types); i++ {
			if !cols[i].Expr.Type().SameBase(c.types[i].Type) {
				typ, err := s.commonType([]scalar.Expr{left[i].Expr, cols[i].Expr}, "UNION")
				if err != nil {
					return nil, err
				}
				if !typ.SameBase(c.types[i].Type) {
					return nil, diag.DatatypeMismatch.At(left[i].Span,
						"recursive query %q column %d has type %s in non-recursive term but type %s overall", c.name, i+1, c.types[i].Type, typ).
						WithHelp("cast the output of the non-recursive term to the correct type")
				}
			}
			if s.facts[cols[i].ID].nullable && !c.types[i].Nullable {
				c.types[i].Nullable, again = true, true
			}
		}
		if !again {
			return right, nil
		}
	}
}

// mentions reports whether a query reads a name anywhere in its FROM clauses or subqueries.
func mentions(n *pg.SelectStmt, name string) bool {
	return mentionsIn(n.ProtoReflect(), name)
}
