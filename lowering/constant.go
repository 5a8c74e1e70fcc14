package lowering

import (
	"github.com/prequel-db/prequel/lowering/phys"
	"github.com/prequel-db/prequel/planner/algebra"
)

// constants computes a statement's constants before all else of it. hoist has what they give used where they stand.
func (g *gen) constants(list algebra.Constants) {
	for _, e := range list {
		g.emit(&phys.Let{Col: g.temp("constant", e.Type(), g.nullable(e)), Expr: g.prep(e)})
	}
}
