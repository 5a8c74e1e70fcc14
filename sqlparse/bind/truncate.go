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

// truncatesItsOwn reports whether a function that a query calls would truncate a table that the query reads.
func (s *stmt) truncatesItsOwn(q *bound.Query) bool {
	if len(s.callables) == 0 {
		return false
	}
	truncated := s.effectsOf([]bound.Stmt{&bound.Run{SQL: q}}).truncated
	found := false
	bound.TablesOf(q, func(t *catalog.Table) {
		found = found || slices.Contains(truncated, t) && !slices.Contains(s.open, t)
	})
	return found
}

// holding notes that the tables of a statement are in use, until the function that it returns is called.
func (s *stmt) holding(b bound.Body) (over func()) {
	var tables []*catalog.Table
	bound.TablesOf(b, func(t *catalog.Table) { tables = append(tables, t) })
	return s.hold(tables...)
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
