package lowering

import (
	"github.com/prequel-db/prequel/lowering/cost"
	"github.com/prequel-db/prequel/lowering/phys"
)

// first has a loop that is left in its first round read one row only: EXISTS without further conditions asks for a member, not for all.
//
//	rows = ZRANGE key                    rows = ZRANGE key limit 1
//	for each row in rows:      becomes   for each row in rows:
//	  set found = true                     set found = true
//	  break                                break
func first(ops []phys.Op) []phys.Op {
	for i, op := range ops {
		phys.MapBodies(op, first)
		loop, ok := op.(*phys.ForEach)
		if !ok || i == 0 || !leaves(loop.Body) {
			continue
		}
		if z, ok := ops[i-1].(*phys.ZRange); ok && z.Dst == loop.List && z.Limit == nil && z.Offset == nil {
			z.Limit = integer("1")
			z.Rows, loop.Rows = cost.Const(1), cost.Const(1)
		}
	}
	return ops
}

// leaves reports whether a loop's body leaves it in any case.
func leaves(body []phys.Op) bool {
	if len(body) == 0 {
		return false
	}
	_, breaks := body[len(body)-1].(*phys.Break)
	return breaks
}
