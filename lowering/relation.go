package lowering

import (
	"fmt"
	"slices"
	"strings"

	"github.com/prequel-db/prequel/lowering/cost"
	"github.com/prequel-db/prequel/lowering/phys"
	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqlparse/catalog"
)

// relation is a stored relation: a base table or a maintained view. Its columns are the table's, followed by the hidden
// row id when the table has no primary key, and by what is computed of them.
type relation struct {
	table *catalog.Table
	cols  []phys.Col
	// key holds the positions of the primary key, or of the row id.
	key   []int
	rowID int // position of the hidden row id, -1 when there is none
	// stored is the number of columns that rows hold; behind them are those of the expressions in computed.
	stored   int
	computed []computedColumn
	isView   bool
	def      string // the definition, part of the fingerprint
	rows     float64
	values   map[int]float64 // how many values a column has, where that is known
	indexes  []*index
	byKey    map[string]*index
	// shared has the orders of the sorted sets that serve for others as well, by partition and the order that is asked for (see share).
	shared map[string]map[string][]sortCol
	ids    *phys.Structure // draws row ids
	// hot are columns that live apart from the rest of the row, in cells of their own. Key columns are not among them.
	hot []int
	// counted is the position of a view's row count when it has no other column beside its keys, -1 otherwise.
	counted int
}

// index is a structure under construction: its payload grows while statements ask for columns.
type index struct {
	rel     *relation
	id      string // partition, order and kind: what makes it the same index
	s       *phys.Structure
	payload map[int]bool
	// asked are the orders that statements rely on, of a sorted set: the first columns of its order, or none.
	asked [][]sortCol
	// partial is set for a row map without the rows whose field would have NULLs.
	partial bool
	// spare is set for a count map that only lookups use: another one serves them as well.
	spare bool
}

func newRelation(t *catalog.Table, isView bool, def string, rows float64) *relation {
	r := &relation{table: t, isView: isView, def: def, rowID: -1, counted: -1, rows: rows, byKey: map[string]*index{}, shared: map[string]map[string][]sortCol{}}
	for i, c := range t.Columns {
		r.cols = append(r.cols, phys.Col{Name: c.Name, Index: i, Type: c.Type, Nullable: !c.NotNull})
	}
	r.key = t.PrimaryKey
	for _, k := range r.key {
		r.cols[k].Nullable = r.cols[k].Nullable && isView // a base table's key has no NULLs
	}
	if len(r.key) == 0 && !isView {
		r.rowID = len(r.cols)
		r.cols = append(r.cols, phys.Col{Name: "row id", Index: r.rowID, Type: value.Of(value.Int8)})
		r.key = []int{r.rowID}
	}
	r.addComputed()
	return r
}

// sizeName is the named size for the relation's row count.
func (r *relation) sizeName() string { return "rows(" + r.table.Name + ")" }

// perName is the named size for the rows that share one value of the partition columns.
func (r *relation) perName(partition []int) string {
	if len(partition) == 0 {
		return r.sizeName()
	}
	return r.table.Name + "/" + strings.Join(r.names(partition), ",")
}

func (r *relation) names(cols []int) []string {
	out := make([]string, len(cols))
	for i, c := range cols {
		out[i] = r.cols[c].Name
	}
	return out
}

func (r *relation) notNull(cols []int) bool {
	for _, c := range cols {
		if r.cols[c].Nullable {
			return false
		}
	}
	return true
}

// union lists the elements of both, in order.
func union(a, b []int) []int {
	out := slices.Concat(a, b)
	slices.Sort(out)
	return slices.Compact(out)
}

func subset(xs, of []int) bool {
	for _, x := range xs {
		if !contains(of, x) {
			return false
		}
	}
	return true
}

// overlap reports whether the lists share an element.
func overlap(xs, of []int) bool {
	for _, x := range xs {
		if contains(of, x) {
			return true
		}
	}
	return false
}

func contains(xs []int, x int) bool {
	for _, y := range xs {
		if x == y {
			return true
		}
	}
	return false
}

// sortCol is a requested order column.
type sortCol struct {
	col              int
	desc, nullsFirst bool
}

// counter is the structure that draws hidden row ids.
func (r *relation) counter() *phys.Structure {
	if r.ids == nil {
		r.ids = &phys.Structure{Kind: phys.Counter, Relation: r.table.Name, Name: r.table.Name + "_row_ids"}
		r.ids.Fingerprint = fingerprint(&index{rel: r, s: r.ids})
		r.ids.Memory = phys.Estimate(r.ids, r.rows)
	}
	return r.ids
}

// rowMap asks for the hash of rows by the given unique columns, with at least the columns need in the packed row. Where some
// of these live apart, see rowParts. Rows with NULL in a column that is unique among other values only are not in it.
func (r *relation) rowMap(field, need []int, why string) *index {
	return r.hashBy(fmt.Sprint("map ", field), field, need, why)
}

// hashBy is the row map of the given identity.
func (r *relation) hashBy(id string, field, need []int, why string) *index {
	x := r.byKey[id]
	if x == nil {
		x = &index{rel: r, id: id, payload: map[int]bool{}, s: &phys.Structure{
			Kind: phys.RowMap, Relation: r.table.Name, Name: r.table.Name, Rows: cost.Size(r.sizeName()),
		}}
		if !sameInts(field, r.key) {
			x.s.Name += "_by_" + strings.Join(r.names(field), "_")
		}
		if strings.HasPrefix(id, cellsID) {
			x.s.Name += "_cells"
		}
		x.partial = r.repeatsNull(field)
		for _, f := range field {
			col := r.cols[f]
			col.Nullable = col.Nullable && !x.partial
			x.s.Field = append(x.s.Field, col)
		}
		r.add(x)
	}
	x.need(need, why)
	return x
}

// repeatsNull reports whether several rows may have NULL in columns that are unique otherwise.
func (r *relation) repeatsNull(unique []int) bool {
	if r.isView || sameInts(unique, r.key) || r.notNull(unique) {
		return false
	}
	return !slices.ContainsFunc(r.table.Uniques, func(u *catalog.Unique) bool {
		return u.NullsNotDistinct && u.Predicate == nil && sameInts(r.uniqueCols(u), unique)
	})
}

// sortedSet asks for the sorted sets of rows partitioned by some columns and ordered by others. The relation's key is appended
// to the order so that members are unique.
func (r *relation) sortedSet(partition []int, order []sortCol, need []int, why string) *index {
	asked := order
	if other, ok := r.shared[fmt.Sprint(partition)][fmt.Sprint(asked)]; ok {
		order = other
	}
	order = r.completeOrder(partition, order)
	id := fmt.Sprint("set ", partition, order)
	x := r.byKey[id]
	if x == nil {
		x = &index{rel: r, id: id, payload: map[int]bool{}, s: &phys.Structure{
			Kind: phys.SortedSet, Relation: r.table.Name, Name: r.table.Name, Rows: cost.Size(r.sizeName()),
		}}
		for _, p := range partition {
			x.s.Partition = append(x.s.Partition, r.cols[p])
		}
		if len(partition) > 0 {
			x.s.Name += "_by_" + strings.Join(r.names(partition), "_")
		}
		names := []string{}
		for _, o := range order {
			x.s.Order = append(x.s.Order, phys.OrderCol{Col: r.cols[o.col], Desc: o.desc, NullsFirst: o.nullsFirst})
			name := r.cols[o.col].Name
			if o.desc {
				name += "_desc"
			}
			if o.nullsFirst {
				name += "_nulls_first"
			}
			names = append(names, name)
		}
		x.s.Name += "_order_" + strings.ReplaceAll(strings.Join(names, "_"), " ", "")
		r.add(x)
	}
	x.ask(asked)
	x.need(need, why)
	return x
}

// nameable reports whether a column's value can be told from its name form.
func nameable(t value.Type) bool {
	switch t.Kind {
	case value.Bool, value.Int2, value.Int4, value.Int8, value.Date, value.Time, value.Timestamp, value.Timestamptz,
		value.UUID, value.Enum, value.Text, value.Varchar, value.Bytea:
		return true
	}
	return false
}

// countMap asks for the hashes of counts partitioned by all key columns but one.
func (r *relation) countMap(partition []int, why string) *index {
	id := fmt.Sprint("count ", partition)
	x := r.byKey[id]
	if x != nil {
		x.spare = false
	} else {
		r.indexes = slices.DeleteFunc(slices.Clone(r.indexes), func(y *index) bool {
			if y.spare {
				delete(r.byKey, y.id)
			}
			return y.spare
		})
		x = &index{rel: r, id: id, payload: map[int]bool{r.counted: true}, s: &phys.Structure{
			Kind: phys.CountMap, Relation: r.table.Name, Name: r.table.Name, Rows: cost.Size(r.sizeName()),
		}}
		for _, c := range r.key {
			if contains(partition, c) {
				continue
			}
			x.s.Field = append(x.s.Field, r.cols[c])
		}
		for _, p := range partition {
			x.s.Partition = append(x.s.Partition, r.cols[p])
		}
		if len(partition) > 0 {
			x.s.Name += "_by_" + strings.Join(r.names(partition), "_")
		}
		r.add(x)
	}
	x.need(nil, why)
	return x
}

// countable reports whether the groups that share the values of some columns can be one hash of counts.
func (r *relation) countable(partition []int) bool {
	if r.counted < 0 || len(partition) != len(r.key)-1 || !subset(partition, r.key) {
		return false
	}
	for _, c := range r.key {
		if !contains(partition, c) && !nameable(r.cols[c].Type) {
			return false
		}
	}
	return true
}

// counts is a count map to look a group up in and to count it by: one that some statement reads, or else any.
func (r *relation) counts(why string) *index {
	for _, x := range r.indexes {
		if x.s.Kind == phys.CountMap {
			x.need(nil, why)
			return x
		}
	}
	for i := len(r.key) - 1; i >= 0; i-- {
		partition := append(append([]int(nil), r.key[:i]...), r.key[i+1:]...)
		if r.countable(partition) {
			x := r.countMap(partition, why)
			x.spare = true
			return x
		}
	}
	return nil
}

// prefixIndex is a sorted set in which the rows with given values of some unique columns are one range, when there is no
// row map by those columns anyway: its partition and the first columns of its order are those columns.
func (r *relation) prefixIndex(cols []int) *index {
	if r.byKey[fmt.Sprint("map ", cols)] != nil {
		return nil
	}
	for _, x := range r.indexes {
		if x.s.Kind != phys.SortedSet {
			continue
		}
		n := 0
		fits := true
		for _, p := range x.s.Partition {
			fits = fits && contains(cols, p.Index)
			n++
		}
		for i := 0; n < len(cols) && i < len(x.s.Order); i++ {
			fits = fits && contains(cols, x.s.Order[i].Index)
			n++
		}
		if fits && n == len(cols) {
			x.ask(sortCols(x.s.Order[:n-len(x.s.Partition)]))
			return x
		}
	}
	return nil
}

// completeOrder appends the key columns that neither the partition nor the order has.
func (r *relation) completeOrder(partition []int, order []sortCol) []sortCol {
	out := append([]sortCol(nil), order...)
	have := append([]int(nil), partition...)
	for _, o := range order {
		have = append(have, o.col)
	}
	for _, k := range r.key {
		if !contains(have, k) {
			out = append(out, sortCol{col: k})
		}
	}
	if len(out) == 0 && len(r.key) > 0 { // the partition is the key: one member a set
		out = append(out, sortCol{col: r.key[0]})
	}
	return out
}

// add keeps the indexes in the order of what they are, so that nothing depends on which statement asked first.
func (r *relation) add(x *index) {
	r.byKey[x.id] = x
	at, _ := slices.BinarySearchFunc(r.indexes, x, func(a, b *index) int { return strings.Compare(a.id, b.id) })
	r.indexes = slices.Insert(slices.Clone(r.indexes), at, x)
}

// need adds columns to the packed row unless the key of a member already gives them back.
func (x *index) need(cols []int, why string) {
	for _, c := range cols {
		if x.inKey(c) < 0 {
			x.payload[c] = true
		}
	}
	for _, w := range x.s.Why {
		if w == why {
			return
		}
	}
	if why != "" {
		x.s.Why = append(x.s.Why, why)
	}
}

// inKey is the position in a member's sort key from which the column can be read back exactly, -1 when there is none.
func (x *index) inKey(col int) int {
	if x.s.Kind == phys.CountMap && x.s.Field[0].Index == col {
		return 0
	}
	if x.s.Kind != phys.SortedSet {
		return -1
	}
	for i, o := range x.s.Order {
		if o.Index == col && losslessKey(o.Type) {
			return i
		}
	}
	return -1
}

// losslessKey reports whether a sort key holds the value itself, not only its order.
func losslessKey(t value.Type) bool {
	switch t.Kind {
	case value.Bool, value.Int2, value.Int4, value.Int8, value.Date, value.Time, value.Timestamp, value.Timestamptz,
		value.UUID, value.Enum, value.Text, value.Varchar, value.Bytea:
		return true
	}
	return false
}

// freeze lays the packed row out: fixed-width columns first, each group in table order.
func (x *index) freeze() {
	var fixed, variable []phys.Col
	for _, c := range x.rel.cols {
		if !x.payload[c.Index] {
			continue
		}
		if c.Type.FixedWidth() > 0 {
			fixed = append(fixed, c)
		} else {
			variable = append(variable, c)
		}
	}
	x.s.Payload = append(fixed, variable...)
	x.s.Fingerprint = fingerprint(x)
	x.s.Memory = phys.Estimate(x.s, x.rel.rows)
}

// bind says where a column is in a stored row of the structure.
func (x *index) bind(col int) (inKey bool, pos int) {
	if p := x.inKey(col); p >= 0 {
		return true, p
	}
	for i, c := range x.s.Payload {
		if c.Index == col {
			return false, i
		}
	}
	return false, -1
}

// columns lists all columns the structure's content depends on.
func (x *index) columns() []int {
	var out []int
	add := func(c phys.Col) {
		if !contains(out, c.Index) {
			out = append(out, c.Index)
		}
	}
	for _, c := range x.s.Partition {
		add(c)
	}
	for _, c := range x.s.Field {
		add(c)
	}
	for _, c := range x.s.Order {
		add(c.Col)
	}
	for _, c := range x.rel.cols {
		if x.payload[c.Index] {
			add(c)
		}
	}
	return out
}

// reads are the stored columns that the structure's content follows from.
func (x *index) reads() []int { return x.rel.reads(x.columns()) }

func sameInts(a, b []int) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

// small reports whether the relation is a table declared so small that it is scanned rather than indexed once more.
func (r *relation) small() bool { return !r.isView && r.rows <= smallTable }
