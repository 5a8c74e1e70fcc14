package lowering

import (
	"github.com/prequel-db/prequel/lowering/phys"
)

// unfed leaves out loops over groups to which no row is added, once branches that are never taken are gone. Without keys there is a
// group all the same.
func unfed(ops []phys.Op) []phys.Op {
	for {
		dead := map[phys.Reg]bool{}
		phys.Walk(ops, func(op phys.Op) bool {
			if x, ok := op.(*phys.NewGroups); ok && !x.Scalar {
				dead[x.Dst] = true
			}
			return true
		})
		phys.Walk(ops, func(op phys.Op) bool {
			if x, ok := op.(*phys.GroupRow); ok {
				delete(dead, x.Groups)
			}
			return true
		})
		if len(dead) == 0 {
			return ops
		}
		ops = withoutGroups(ops, dead)
	}
}

// withoutGroups drops what makes and what reads group tables.
func withoutGroups(ops []phys.Op, dead map[phys.Reg]bool) []phys.Op {
	var out []phys.Op
	for _, op := range ops {
		switch x := op.(type) {
		case *phys.NewGroups:
			if dead[x.Dst] {
				continue
			}
		case *phys.ForGroups:
			if dead[x.Groups] {
				continue
			}
		}
		phys.MapBodies(op, func(body []phys.Op) []phys.Op { return withoutGroups(body, dead) })
		out = append(out, op)
	}
	return out
}
