package props

import "github.com/prequel-db/prequel/planner/algebra"

// EmptyOverEmpty reports whether a relation has no rows while no table has any. It has rows only after a write to one of its tables then,
// and is what it should be in a store that holds nothing.
func EmptyOverEmpty(r algebra.Rel) bool {
	switch x := r.(type) {
	case *algebra.Scan:
		return true
	case *algebra.Values:
		return len(x.Rows) == 0
	case *algebra.Filter:
		return EmptyOverEmpty(x.In)
	case *algebra.Project:
		return EmptyOverEmpty(x.In)
	case *algebra.Join:
		switch x.Kind {
		case algebra.Inner, algebra.Semi:
			return EmptyOverEmpty(x.Left) || EmptyOverEmpty(x.Right)
		case algebra.Full:
			return EmptyOverEmpty(x.Left) && EmptyOverEmpty(x.Right)
		}
		return EmptyOverEmpty(x.Left)
	case *algebra.Apply:
		return EmptyOverEmpty(x.Left)
	case *algebra.GroupBy:
		return (len(x.Keys) > 0 || !x.Scalar) && EmptyOverEmpty(x.In)
	case *algebra.Distinct:
		return EmptyOverEmpty(x.In)
	case *algebra.SetOp:
		switch x.Kind {
		case algebra.Union:
			return EmptyOverEmpty(x.Left) && EmptyOverEmpty(x.Right)
		case algebra.Intersect:
			return EmptyOverEmpty(x.Left) || EmptyOverEmpty(x.Right)
		}
		return EmptyOverEmpty(x.Left)
	case *algebra.TopK:
		return EmptyOverEmpty(x.In)
	case *algebra.Window:
		return EmptyOverEmpty(x.In)
	}
	return false
}
