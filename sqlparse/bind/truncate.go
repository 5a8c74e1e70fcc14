package bind

import (
	"github.com/prequel-db/prequel/sqlparse/bound"
	"github.com/prequel-db/prequel/sqlparse/catalog"
	"github.com/prequel-db/prequel/sqlparse/diag"

	pg "github.com/pganalyze/pg_query_go/v5"
)

// truncate binds TRUNCATE of one table as the deletion of its rows.
func (s *stmt) truncate(n *pg.TruncateStmt) (bound.Body, error) {
	first := n.Relations[0].GetRangeVar()
	if len(n.Relations) > 1 {
		return nil, diag.UnsupportedClause.At(s.tableSpan(n.Relations[1].GetRangeVar()), "TRUNCATE of several tables is not supported").
			WithHelp("declare a statement for each table")
	}
	t, err := s.targetTable(first)
	if err != nil {
		return nil, err
	}
	span := s.tableSpan(first)
	for _, other := range s.cat.Tables {
		for _, f := range other.ForeignKeys {
			if f.RefTable != t.Name || other == t {
				continue
			}
			if n.Behavior == pg.DropBehavior_DROP_CASCADE {
				return nil, diag.UnsupportedClause.At(span, "TRUNCATE CASCADE is not supported: table %q references %q", other.Name, t.Name).
					WithHelp("use DELETE")
			}
			return nil, diag.NotInPostgres.At(span, "cannot truncate a table referenced in a foreign key constraint").
				WithHelp("table %q references %q: use DELETE", other.Name, t.Name)
		}
	}
	if n.RestartSeqs {
		for _, c := range t.Columns {
			if c.Identity {
				return nil, diag.UnsupportedClause.At(span, "RESTART IDENTITY is not supported: column %q draws from a sequence", c.Name).
					WithHelp("leave it out: the sequence goes on")
			}
		}
	}
	for _, tr := range t.Triggers {
		if tr.Truncate {
			return nil, refusedTrigger(t, tr, span, "triggers on TRUNCATE are not supported")
		}
	}
	out := &bound.Delete{Table: t, Truncate: true, Span: span}
	out.Tables = []*catalog.Table{t}
	out.Old = s.tableColumns(newScope(nil), t)
	return out, nil
}
