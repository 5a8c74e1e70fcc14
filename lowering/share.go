package lowering

import (
	"fmt"
	"slices"

	"github.com/prequel-db/prequel/lowering/phys"
)

// share lets statements that need the rows of a partition in no order, or in the first columns of an order, read the sorted set that another
// statement needs in more of an order: every write then has one structure less to keep.
//
//	pings per vehicle ordered by id             for a statement that counts a vehicle's pings
//	pings per vehicle ordered by at, id         serves for it as well
//
// What statements ask for is known when all have been written once; they are written again with fewer structures.
func (r *relation) share() {
	for _, x := range slices.Clone(r.indexes) {
		i := slices.IndexFunc(r.indexes, func(y *index) bool { return y != x && x.servedBy(y) })
		if i < 0 {
			continue
		}
		partition, own, other := fmt.Sprint(columnsOf(x.s.Partition)), sortCols(x.s.Order), sortCols(r.indexes[i].s.Order)
		if r.shared[partition] == nil {
			r.shared[partition] = map[string][]sortCol{}
		}
		for asked, order := range r.shared[partition] {
			if slices.Equal(order, own) {
				r.shared[partition][asked] = other
			}
		}
		for _, order := range x.asked {
			r.shared[partition][fmt.Sprint(order)] = other
			r.indexes[i].ask(order)
		}
		delete(r.byKey, x.id)
		r.indexes = slices.DeleteFunc(slices.Clone(r.indexes), func(y *index) bool { return y == x })
	}
}

// servedBy reports whether another sorted set has the rows in all orders that are asked of this one.
func (x *index) servedBy(y *index) bool {
	if x.s.Kind != phys.SortedSet || y.s.Kind != phys.SortedSet || len(x.asked) == 0 ||
		!slices.Equal(columnsOf(x.s.Partition), columnsOf(y.s.Partition)) {
		return false
	}
	has := sortCols(y.s.Order)
	return !slices.ContainsFunc(x.asked, func(order []sortCol) bool {
		return len(order) > len(has) || !slices.Equal(order, has[:len(order)])
	})
}

// ask notes an order that a statement relies on.
func (x *index) ask(order []sortCol) {
	if !slices.ContainsFunc(x.asked, func(o []sortCol) bool { return slices.Equal(o, order) }) {
		x.asked = append(x.asked, order)
	}
}

func sortCols(order []phys.OrderCol) []sortCol {
	out := make([]sortCol, len(order))
	for i, o := range order {
		out[i] = sortCol{col: o.Index, desc: o.Desc, nullsFirst: o.NullsFirst}
	}
	return out
}

func columnsOf(cols []phys.Col) []int {
	out := make([]int, len(cols))
	for i, c := range cols {
		out[i] = c.Index
	}
	return out
}
