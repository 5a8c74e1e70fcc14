package bind

import (
	"github.com/prequel-db/prequel/sqlparse/diag"

	pg "github.com/pganalyze/pg_query_go/v5"
)

var lockNames = map[pg.LockClauseStrength]string{
	pg.LockClauseStrength_LCS_FORKEYSHARE: "FOR KEY SHARE", pg.LockClauseStrength_LCS_FORSHARE: "FOR SHARE",
	pg.LockClauseStrength_LCS_FORNOKEYUPDATE: "FOR NO KEY UPDATE", pg.LockClauseStrength_LCS_FORUPDATE: "FOR UPDATE",
}

// checkLocking accepts row locks where PostgreSQL does. They need nothing here: a call runs alone, so no other call sees or
// changes a row between its read and its end.
func (s *stmt) checkLocking(sc *scope, n *pg.SelectStmt) error {
	for _, c := range n.LockingClause {
		lock := c.GetLockingClause()
		name := lockNames[lock.GetStrength()]
		if what := lockObstacle(sc, n); what != "" {
			return diag.NotInPostgres.At(s.text.span(firstToken(s.text.SQL)), what, name)
		}
		for _, r := range lock.GetLockedRels() {
			v := r.GetRangeVar()
			if it, _ := s.tableByName(&scope{items: sc.items}, v.GetRelname(), s.tableSpan(v)); it == nil {
				return diag.UndefinedTable.At(s.tableSpan(v), "relation %q in %s clause not found in FROM clause", v.GetRelname(), name)
			}
		}
	}
	return nil
}

// lockObstacle is the message for what stands between locked rows and the result, "" for nothing.
func lockObstacle(sc *scope, n *pg.SelectStmt) string {
	switch {
	case len(n.DistinctClause) > 0:
		return "%s is not allowed with DISTINCT clause"
	case len(n.GroupClause) > 0:
		return "%s is not allowed with GROUP BY clause"
	case n.HavingClause != nil:
		return "%s is not allowed with HAVING clause"
	case sc.hasAggs:
		return "%s is not allowed with aggregate functions"
	case sc.hasWindows:
		return "%s is not allowed with window functions"
	}
	return ""
}
