package lowering

import (
	"github.com/prequel-db/prequel/lowering/phys"
	"github.com/prequel-db/prequel/planner/algebra"
	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqlparse/catalog"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// checkView raises 44000 for a new row that a view's check option refuses: one for which its condition is false or NULL. PostgreSQL asks
// behind the unique constraints and before foreign keys.
func (g *gen) checkView(t *catalog.Table, checks []algebra.ViewCheck, items []algebra.Item, new row) {
	yes := true
	for _, c := range checks {
		for _, it := range items {
			if it.ID != c.ID {
				continue
			}
			raise := &phys.Raise{
				SQLState: "44000", Message: []scalar.Expr{text("new row violates check option for view " + quoted(c.View))},
			}
			raise.Row, raise.RowCols = failingRow(t, new)
			refused := &scalar.IsBool{Node: scalar.Node{Typ: value.Of(value.Bool)}, Arg: g.prep(it.Expr), Value: &yes, Negated: true}
			g.emit(&phys.If{Cond: &phys.IsTrue{Expr: refused}, Then: []phys.Op{raise}})
		}
	}
}
