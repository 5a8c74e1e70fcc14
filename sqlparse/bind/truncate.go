package bind

import (
	"slices"

	"github.com/prequel-db/prequel/sqlparse/bound"
	"github.com/prequel-db/prequel/sqlparse/catalog"
	"github.com/prequel-db/prequel/sqlparse/diag"
	"github.com/prequel-db/prequel/sqlparse/scalar"

	pg "github.com/pganalyze/pg_query_go/v5"
)

// truncate binds TRUNCATE as the deletion of a table's rows; that of several tables is a function of as many statements. A table that is
// referenced is truncated together with those that refer to it: they are named, or CASCADE adds them.
func (s *stmt) truncate(n *pg.TruncateStmt) (bound.Body, error) {
	var tables []*catalog.Table
	for _, r := range n.Relations {
		t, err := s.targetTable(r.GetRangeVar(), func(v *catalog.View) error {
			return diag.WrongObject.At(s.tableSpan(r.GetRangeVar()), "%q is not a table", v.Name)
		})
		if err != nil {
			return nil, err
		}
		if !slices.Contains(tables, t) {
			tables = append(tables, t)
		}
	}
	span := s.tableSpan(n.Relations[0].GetRangeVar())
	for i := 0; i < len(tables); i++ { // CASCADE appends
		for _, other := range s.cat.Tables {
			refers := slices.ContainsFunc(other.ForeignKeys, func(f *catalog.ForeignKey) bool { return f.RefTable == tables[i].Name })
			if !refers || slices.Contains(tables, other) {
				continue
			}
			if n.Behavior != pg.DropBehavior_DROP_CASCADE {
				return nil, diag.NotInPostgres.At(span, "cannot truncate a table referenced in a foreign key constraint").
					WithHelp("table %q references %q: truncate both, or use TRUNCATE ... CASCADE", other.Name, tables[i].Name)
			}
			tables = append(tables, other)
		}
	}
	all := &bound.Routine{Function: "truncate", Span: span}
	for _, t := range tables {
		if slices.Contains(s.open, t) {
			all.Body = []bound.Stmt{&bound.RaiseStmt{SQLState: "55006", Span: span, Message: []scalar.Expr{constant(textType,
				"cannot TRUNCATE \""+t.Name+"\" because it is being used by active queries in this session", span)}}}
			return all, nil
		}
		for _, tr := range t.Triggers {
			if tr.Truncate && !tr.Disabled {
				return nil, refusedTrigger(t, tr, span, "triggers on TRUNCATE are not supported")
			}
		}
		one := &bound.Delete{Table: t, Truncate: true, Restart: n.RestartSeqs, Span: span}
		one.Tables = []*catalog.Table{t}
		one.Old = s.tableColumns(newScope(nil), t)
		if len(tables) == 1 {
			return one, nil
		}
		all.Body = append(all.Body, &bound.Run{SQL: one, Found: -1, Count: -1, Span: span})
	}
	return all, nil
}

// truncatesItsOwn reports whether a function that a query calls would truncate a table that the query reads. PostgreSQL does not read what
// constants rule out: where they may, the query is refused.
func (s *stmt) truncatesItsOwn(q *bound.Query) (bool, error) {
	if len(s.callables) == 0 {
		return false, nil
	}
	truncated := s.effectsOf([]bound.Stmt{&bound.Run{SQL: q}}).truncated
	found := false
	bound.TablesOf(q, func(t *catalog.Table) {
		found = found || slices.Contains(truncated, t) && !slices.Contains(s.open, t)
	})
	if !found {
		return false, nil
	}
	return true, constantChoice(q)
}

// constantChoice refuses an expression of a query that chooses between operands by a constant.
func constantChoice(q *bound.Query) error {
	var out scalar.Expr
	fixed := func(e scalar.Expr) bool {
		_, known := truth(e)
		return known
	}
	var see func(e scalar.Expr)
	see = func(e scalar.Expr) {
		scalar.Walk(e, func(x scalar.Expr) bool {
			by := false
			switch x := x.(type) {
			case *scalar.And:
				by = slices.ContainsFunc(x.Args, fixed)
			case *scalar.Or:
				by = slices.ContainsFunc(x.Args, fixed)
			case *scalar.Case:
				by = slices.ContainsFunc(x.Whens, func(w scalar.When) bool { return fixed(w.Cond) })
			case *scalar.Coalesce:
				by = slices.ContainsFunc(x.Args[:len(x.Args)-1], func(a scalar.Expr) bool {
					_, constant := a.(*scalar.Const)
					return constant
				})
			case *scalar.Subquery:
				if inner, ok := x.Query.(*bound.Query); ok {
					inner.Exprs(see)
				}
			}
			if by && out == nil {
				out = x
			}
			return out == nil
		})
	}
	q.Exprs(see)
	if out == nil {
		return nil
	}
	return diag.UnsupportedRoutine.At(out.Span(), "a constant decides here what is read, beside a function that truncates, which is not supported").
		WithHelp("leave out what the constant rules out")
}

// alone binds an expression that is a statement of its own, as query does one with FROM.
func (s *stmt) alone(n *pg.Node) (*scope, scalar.Expr, error) {
	sc := newScope(nil)
	e, err := s.expr(sc, n)
	if err != nil {
		return sc, nil, err
	}
	if own, err := s.truncatesItsOwn(queryOf(e)); err != nil || !own {
		return sc, e, err
	}
	defer s.holding(queryOf(e))()
	sc = newScope(nil)
	e, err = s.expr(sc, n)
	return sc, e, err
}

// queryOf is a query of nothing but expressions.
func queryOf(exprs ...scalar.Expr) *bound.Query {
	q := &bound.Query{}
	for _, e := range exprs {
		q.Targets = append(q.Targets, bound.Target{Expr: e})
	}
	return q
}

// holding notes that the tables of a statement are in use, until the function that it returns is called.
func (s *stmt) holding(b bound.Body) (over func()) {
	var tables []*catalog.Table
	bound.TablesOf(b, func(t *catalog.Table) { tables = append(tables, t) })
	return s.hold(tables...)
}

// holdingGiven notes that the tables of a call's arguments are in use.
func (s *stmt) holdingGiven(args []scalar.Expr) (over func(), err error) {
	q, before := queryOf(args...), len(s.open)
	over = s.holding(q)
	if len(s.open) > before && s.truncates() {
		if err = constantChoice(q); err != nil {
			over()
		}
	}
	return over, err
}

func (s *stmt) hold(tables ...*catalog.Table) (over func()) {
	outer := s.open
	s.open = slices.Clone(outer)
	for _, t := range tables {
		if !slices.Contains(s.open, t) {
			s.open = append(s.open, t)
		}
	}
	return func() { s.open = outer }
}
