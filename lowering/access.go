package lowering

import (
	"math"
	"sort"

	"github.com/prequel-db/prequel/lowering/cost"
	"github.com/prequel-db/prequel/planner/algebra"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// accessKind is the way rows are fetched.
type accessKind uint8

const (
	accessScan   accessKind = iota // all rows of a row map
	accessRow                      // one row by a unique key
	accessRange                    // a range of a sorted set
	accessCounts                   // the groups of a count map
)

// access is an access path of one scan.
type access struct {
	kind     accessKind
	scan     *algebra.Scan
	rel      *relation
	eq       []sarg // accessRow: the unique key's columns in field order; accessRange: the partition's in order
	multi    *sarg  // one of eq's columns runs over a list
	lower    *sarg
	upper    *sarg
	order    []sortCol
	reverse  bool
	sorted   bool // rows arrive in the wanted order
	residual []scalar.Expr
	// limit and offset, when set, are applied by the command.
	limit, offset scalar.Expr
	// pieces has a range read in growing pieces by a loop that will be left early.
	pieces bool
	// packed is set when the stored rows themselves are the reply.
	packed    *packedReply
	estimate  float64   // rows a probe gives, after the residual
	reads     float64   // rows a probe reads
	fetched   cost.Poly // rows a probe reads
	probeCost float64   // microseconds
}

// Microseconds, from the measurements in docs/benchmarks.md: a command inside a script, a row decoded and looped over.
const (
	costCommand = 0.6
	costRow     = 0.35
	costLua     = 0.15
)

// wanted is an order that a consumer would like rows to arrive in. Without a limit all rows are read anyway, so that an order
// is worth an index only where rows are partitioned already.
type wanted struct {
	order   []algebra.Order
	limited bool
}

// through is the same wish below a projection: nil when a key is computed there.
func (w *wanted) through(x *algebra.Project) *wanted {
	if w == nil {
		return nil
	}
	below := &wanted{limited: w.limited}
	for _, o := range w.order {
		for _, it := range x.Items {
			if c, ok := it.Expr.(*scalar.Column); ok && it.ID == o.Col {
				below.order = append(below.order, algebra.Order{Col: c.ID, Desc: o.Desc, NullsFirst: o.NullsFirst})
			}
		}
	}
	if len(below.order) < len(w.order) {
		return nil
	}
	return below
}

// limit reports whether only the first rows in an order are wanted.
func (w *wanted) limit() bool { return w != nil && w.limited && len(w.order) > 0 }

// of is the same wish of a side of a join: nil when a key is another side's.
func (w *wanted) of(cols scalar.ColSet) *wanted {
	if w == nil {
		return nil
	}
	for _, o := range w.order {
		if !cols.Has(o.Col) {
			return nil
		}
	}
	return w
}

// smallTable is the declared size up to which a table is scanned rather than indexed once more.
const smallTable = 200

// chooseAccess picks the path for a scan under conjuncts, all of whose columns are the scan's or in avail. want is an order the
// consumer would like. nullable tells of expressions over avail.
func chooseAccess(scan *algebra.Scan, rel *relation, conjuncts []scalar.Expr, avail scalar.ColSet, want *wanted, nullable func(scalar.Expr) bool) *access {
	found := sargs(scan, rel, conjuncts, avail)
	a := &access{scan: scan, rel: rel}
	used := map[int]bool{}
	byCol := map[int]*sarg{}
	for i := range found {
		s := &found[i]
		switch s.kind {
		case sargEq, sargSame:
			if old := byCol[s.col]; old == nil || old.kind == sargIn || old.kind == sargSame && s.kind == sargEq {
				byCol[s.col] = s
			}
		case sargIn:
			if byCol[s.col] == nil {
				byCol[s.col] = s
			}
		}
	}
	a.chooseKey(byCol, found, want)
	a.sharpen(a.lower, nullable)
	a.sharpen(a.upper, nullable)
	for i := range a.eq {
		used[a.eq[i].conjunct] = true
	}
	if a.lower != nil {
		used[a.lower.conjunct] = !a.lower.loose && !a.nullsWithin(a.lower)
	}
	if a.upper != nil {
		used[a.upper.conjunct] = !a.upper.loose && !a.nullsWithin(a.upper)
	}
	for i, c := range conjuncts {
		if !used[i] {
			a.residual = append(a.residual, c)
		}
	}
	a.estimateRows()
	return a
}

// chooseKey decides on the kind of path and its key.
func (a *access) chooseKey(byCol map[int]*sarg, found []sarg, want *wanted) {
	cols := make([]int, 0, len(byCol))
	for c := range byCol {
		cols = append(cols, c)
	}
	sort.Ints(cols)
	// One list at most: the first column that has one; the others' lists stay filters.
	var eqCols []int
	for _, c := range cols {
		if byCol[c].kind == sargIn {
			if a.multi != nil {
				continue
			}
			a.multi = byCol[c]
		}
		eqCols = append(eqCols, c)
	}
	if key := a.uniqueKey(eqCols, byCol); key != nil {
		a.kind = accessRow
		a.setKey(key, byCol)
		return
	}
	if a.rel.small() {
		a.multi = nil
		return
	}
	a.setKey(eqCols, byCol)
	order, reverse, matched := a.wantedOrder(want, eqCols)
	if matched && !want.limited && (len(eqCols) == 0 || a.rel.countable(eqCols)) {
		matched = false // counts change with every row: sorting them when they are read costs less than keeping them sorted
	}
	for i := range found {
		s := &found[i]
		if s.kind != sargLower && s.kind != sargUpper || contains(eqCols, s.col) {
			continue
		}
		if matched && order[0].col != s.col {
			continue // the wanted order is worth more when the rest is read in order anyway
		}
		if a.lower != nil && a.lower.col != s.col || a.upper != nil && a.upper.col != s.col {
			continue
		}
		if s.kind == sargLower && a.lower == nil {
			a.lower = s
		} else if s.kind == sargUpper && a.upper == nil {
			a.upper = s
		}
	}
	if matched && a.multi == nil {
		a.order, a.reverse, a.sorted = order, reverse, true
	} else if a.lower != nil {
		a.order = []sortCol{{col: a.lower.col}}
	} else if a.upper != nil {
		a.order = []sortCol{{col: a.upper.col}}
	}
	if len(a.order) == 0 && a.rel.countable(eqCols) {
		a.kind = accessCounts
		return
	}
	if len(eqCols) == 0 && len(a.order) == 0 {
		a.kind = accessScan
		return
	}
	a.kind = accessRange
}

func (a *access) setKey(cols []int, byCol map[int]*sarg) {
	hasMulti := false
	for _, c := range cols {
		a.eq = append(a.eq, *byCol[c])
		hasMulti = hasMulti || byCol[c] == a.multi
	}
	if !hasMulti {
		a.multi = nil
	}
}

// uniqueKey is a unique key of the relation, in key order, all of whose columns are bound by equality to a value.
func (a *access) uniqueKey(eqCols []int, byCol map[int]*sarg) []int {
	bound := func(key []int) bool {
		for _, c := range key {
			if byCol[c] == nil || byCol[c].kind == sargSame && a.rel.cols[c].Nullable {
				return false
			}
		}
		return len(key) > 0 && subset(key, eqCols)
	}
	if bound(a.rel.key) && (!a.rel.isView || a.rel.notNull(a.rel.key)) {
		return a.rel.key
	}
	for _, u := range a.rel.table.Uniques {
		if key := a.rel.uniqueCols(u); u.Where == "" && bound(key) {
			return key
		}
	}
	// A view's key may hold NULLs; they are part of the field's name form.
	if a.rel.isView && len(a.rel.key) > 0 {
		for _, c := range a.rel.key {
			if byCol[c] == nil {
				return nil
			}
		}
		if subset(a.rel.key, eqCols) {
			return a.rel.key
		}
	}
	return nil
}

// wantedOrder translates a wanted order into a sorted set's order: ascending with NULLs last first, read backwards where
// that fits the request.
func (a *access) wantedOrder(want *wanted, eqCols []int) (order []sortCol, reverse, ok bool) {
	if want == nil || len(want.order) == 0 {
		return nil, false, false
	}
	pos := map[scalar.ColumnID]int{}
	for i, id := range a.scan.Cols {
		if id != 0 {
			pos[id] = i
		}
	}
	if a.scan.RowID != 0 {
		pos[a.scan.RowID] = a.rel.rowID
	}
	var cols []int
	for _, w := range want.order {
		p, found := pos[w.Col]
		if !found || !sortable(a.rel.cols[p].Type) {
			return nil, false, false
		}
		if contains(eqCols, p) || contains(cols, p) {
			continue // constant, or decided by an earlier key
		}
		if len(order) == 0 {
			reverse = w.Desc
		}
		c := sortCol{col: p, desc: w.Desc != reverse}
		if a.rel.cols[p].Nullable {
			// Within the key's bytes: reading backwards and complementing both turn NULLs around.
			c.nullsFirst = w.NullsFirst != w.Desc
		}
		order = append(order, c)
		cols = append(cols, p)
		if subset(a.rel.key, append(append([]int(nil), eqCols...), cols...)) {
			break // already total
		}
	}
	return order, reverse, len(order) > 0
}

// estimateRows fills in the estimates from the relation's declared size.
func (a *access) estimateRows() {
	n := math.Max(a.rel.rows, 1)
	var cols []int
	for _, e := range a.eq {
		cols = append(cols, e.col)
	}
	switch a.kind {
	case accessRow:
		a.fetched = cost.Const(1)
		a.estimate = 1
		a.probeCost = costCommand + costRow
	case accessRange, accessCounts:
		a.fetched = cost.Size(a.rel.perName(cols))
		a.estimate = n
		for _, c := range cols {
			a.estimate /= a.rel.distinct(c)
		}
		if a.lower != nil {
			a.estimate *= shareRange
		}
		if a.upper != nil {
			a.estimate *= shareRange
		}
		a.estimate = math.Max(a.estimate, 1)
		a.probeCost = 2*costCommand + a.estimate*costRow
	default:
		a.fetched = cost.Size(a.rel.sizeName())
		a.estimate = n
		a.probeCost = 2*costCommand + n*costRow
	}
	if a.multi != nil {
		k := 4.0
		if a.multi.expr == nil {
			k = float64(len(a.multi.list))
			a.fetched = a.fetched.Mul(cost.Const(k))
		} else {
			a.fetched = a.fetched.Mul(cost.Size("elements"))
		}
		a.estimate *= k
		a.probeCost *= k
	}
	a.reads = a.estimate
	a.probeCost += a.estimate * evaluating(a.residual...)
	for _, e := range a.residual {
		a.estimate = math.Max(1, a.estimate*a.rel.selectivity(a.scan, e))
	}
}

// nullsWithin reports whether the range that a bound leaves open on its other side contains NULLs, so that the bound's
// conjunct must stay a filter.
func (a *access) nullsWithin(s *sarg) bool {
	if !a.rel.cols[s.col].Nullable || a.lower != nil && a.upper != nil {
		return false
	}
	nullsFirst := len(a.order) > 0 && a.order[0].nullsFirst
	return (s == a.lower) != nullsFirst
}
