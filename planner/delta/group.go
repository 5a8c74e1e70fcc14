package delta

import (
	"github.com/prequel-db/prequel/planner/algebra"
	"github.com/prequel-db/prequel/planner/props"
	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// group maintains an aggregation. It returns nil when that has to run at read.
func (s *splitter) group(x *algebra.GroupBy) algebra.Rel {
	if out := s.accumulated(x); out != nil {
		return out
	}
	if out := s.rollup(x); out != nil {
		return out
	}
	return s.apart(x)
}

// linear takes the input of an aggregation apart, when it is linear. What is not is made a view of its own, whose rows are recomputed
// and whose changes the aggregation adds up: it need not recompute whole groups then.
func (s *splitter) linear(x *algebra.GroupBy) (part, bool) {
	p, ok := s.pull(x.In)
	if !ok || !p.nonlinear {
		return p, ok
	}
	if groupsOnly(x.In) {
		return part{}, false
	}
	used := algebra.Uses(x).Union(scalar.SetOf(x.Keys...))
	var outs []algebra.ColumnID
	for _, id := range algebra.OutputCols(x.In) {
		if used.Has(id) {
			outs = append(outs, id)
		}
	}
	rows := s.recomputed(p, outs)
	if rows == nil {
		return part{}, false
	}
	x.In = rows
	return s.pull(rows)
}

// accumulated maintains one row for each group with exact accumulators, from which the results are computed at read. Equalities with
// parameters below the aggregation become keys: within one value of the column the groups are the same.
func (s *splitter) accumulated(x *algebra.GroupBy) algebra.Rel {
	p, ok := s.linear(x)
	if !ok {
		return nil
	}
	p = p.withoutImplied()
	core := algebra.OutputSet(p.core)
	// Keys that are computed are computed in the core.
	keys := append([]algebra.ColumnID(nil), x.Keys...)
	var computed []algebra.Item
	for _, k := range x.Keys {
		if d, ok := p.defs[k]; ok {
			if !maintainable(d) || !scalar.ColumnsIn(d).SubsetOf(core) {
				return nil
			}
			computed = append(computed, algebra.Item{ID: k, Expr: d})
		}
	}
	for _, k := range keys {
		if d := p.defs[k]; !oneForm(s.cols.Get(k).Type) && (d == nil || !oneValue(d)) {
			return nil
		}
	}
	keys, ok = keyed(p.conds, keys, core)
	if !ok {
		return nil
	}
	v := &View{Columns: s.cols, Cols: keys, Group: &Group{}, Why: []string{s.name}}
	m := &members{s: s, v: v, core: core, notNull: props.Of(p.core).NotNull}
	keysNotNull := m.notNull.Copy()
	for _, it := range computed {
		if props.NotNull(it.Expr, m.notNull) {
			keysNotNull.Add(it.ID)
		}
	}
	for _, k := range keys {
		info := s.cols.Get(k)
		info.Nullable = !keysNotNull.Has(k)
		m.add(info.Name, info.Type, info.Nullable)
	}
	v.Group.Rows = m.add("rows", value.Of(value.Int8), false)
	for _, a := range x.Aggs {
		m.whole = m.whole || !m.additive(a)
	}
	defs := map[algebra.ColumnID]scalar.Expr{}
	for _, a := range x.Aggs {
		e := m.aggregate(a, p.defs)
		if e == nil {
			return nil
		}
		defs[a.ID] = e
	}
	v.Core, v.CoreKey, _ = s.identify(p.core)
	if len(computed) > 0 {
		pr := &algebra.Project{In: v.Core}
		for _, id := range algebra.OutputCols(v.Core) {
			pr.Items = append(pr.Items, algebra.Item{ID: id, Expr: s.column(id)})
		}
		pr.Items = append(pr.Items, computed...)
		v.Core = pr
	}
	keyPos := make([]int, len(keys))
	for i := range keys {
		keyPos[i] = i
	}
	v.define(m.names, m.types, m.nullable, keyPos, "\ngroup")
	s.views = append(s.views, v)
	scan := &algebra.Scan{Table: v.Table, Cols: make([]algebra.ColumnID, len(m.names))}
	copy(scan.Cols, keys)
	for pos, id := range m.ids {
		scan.Cols[pos] = id
	}
	read := filter(scan, p.conds)
	outs := append([]algebra.ColumnID(nil), x.Keys...)
	for _, a := range x.Aggs {
		outs = append(outs, a.ID)
	}
	if len(x.Keys) > 0 || !x.Scalar {
		present := props.Of(scan).NotNull
		for id, e := range defs {
			if props.NotNull(e, present) { // a group has rows
				s.cols.Get(id).Nullable = false
			}
		}
		return s.project(read, outs, defs)
	}
	// An aggregation without keys has exactly one row: a missing group reads as the aggregates of no rows.
	for _, id := range m.ids {
		s.cols.Get(id).Nullable = true
	}
	read = &algebra.Join{Kind: algebra.Left, Left: &algebra.Values{Rows: [][]scalar.Expr{{}}}, Right: read}
	for id, e := range defs {
		defs[id] = m.orNoRows(id, e)
	}
	return s.project(read, outs, defs)
}

// pin recognises column = value, where value does not depend on the core's columns.
func pin(c scalar.Expr, core scalar.ColSet) (algebra.ColumnID, bool) {
	call, ok := c.(*scalar.Call)
	if !ok || len(call.Args) != 2 || scalar.ComparisonOf(call.Fn) != scalar.EQ {
		return 0, false
	}
	for i, a := range call.Args {
		col, ok := a.(*scalar.Column)
		if !ok || !core.Has(col.ID) || scalar.ColumnsIn(call.Args[1-i]).Intersects(core) || scalar.HasSubquery(c) {
			continue
		}
		return col.ID, oneForm(col.Type())
	}
	return 0, false
}

// oneForm reports whether equal values of a type are the same to the last digit. Groups by other types (1.0 and 1.00, 0 and
// -0) show one of the values present, which a maintained group does not know: they run at read.
func oneForm(t value.Type) bool {
	switch t.Kind {
	case value.Float4, value.Float8, value.Interval, value.JSON, value.JSONB, value.Array:
		return false
	case value.Numeric, value.Char: // a scale, a length
		return t.Mod > 0
	}
	return true
}

// oneValue reports whether equal values of an expression are the same to the last digit.
func oneValue(e scalar.Expr) bool {
	if c, ok := e.(*scalar.Call); ok && props.WholeField(c) { // a numeric, without digits behind the point
		return true
	}
	return oneForm(e.Type())
}

// members collects the columns of a grouped view.
type members struct {
	s        *splitter
	v        *View
	names    []string
	types    []value.Type
	nullable []bool
	ids      map[int]algebra.ColumnID // accumulators' ids at read, by position
	core     scalar.ColSet
	notNull  scalar.ColSet // columns of the core
	whole    bool          // an aggregate must be recomputed, so that the others may be as well
}

// additive reports whether an aggregate is kept by adding and taking away terms.
func (m *members) additive(a algebra.Agg) bool {
	if a.Distinct || len(a.OrderBy) > 0 {
		return false
	}
	if a.Name == "sum" || a.Name == "avg" {
		switch a.Args[0].Type().Kind {
		case value.Int2, value.Int4, value.Int8, value.Numeric:
			return true
		}
	}
	return a.Name == "count"
}

func (m *members) add(name string, t value.Type, nullable bool) int {
	m.names, m.types, m.nullable = append(m.names, name), append(m.types, t), append(m.nullable, nullable)
	return len(m.names) - 1
}

// read is a reference to a view column at read time.
func (m *members) read(pos int) scalar.Expr {
	if m.ids == nil {
		m.ids = map[int]algebra.ColumnID{}
	}
	if m.ids[pos] == 0 {
		m.ids[pos] = m.s.cols.New(m.names[pos], m.types[pos], m.nullable[pos])
	}
	return m.s.column(m.ids[pos])
}

func (s *splitter) column(id algebra.ColumnID) scalar.Expr {
	return &scalar.Column{Node: scalar.Node{Typ: s.cols.Get(id).Type}, ID: id}
}

// accumulator finds or adds an accumulator.
func (m *members) accumulator(name string, t value.Type, sum Sum) int {
	for _, o := range m.v.Group.Sums {
		if o.Count == sum.Count && sameExpr(o.Arg, sum.Arg) && sameExpr(o.Filter, sum.Filter) && m.types[o.Pos].Equal(t) {
			return o.Pos
		}
	}
	sum.Pos = m.add(name, t, false)
	m.v.Group.Sums = append(m.v.Group.Sums, sum)
	return sum.Pos
}

func sameExpr(a, b scalar.Expr) bool {
	if a == nil || b == nil {
		return a == nil && b == nil
	}
	return scalar.Equal(a, b)
}

// aggregate adds what an aggregate needs to the view and returns its result as an expression over the view's columns,
// nil when it cannot be maintained.
func (m *members) aggregate(a algebra.Agg, defs map[algebra.ColumnID]scalar.Expr) scalar.Expr {
	args := make([]scalar.Expr, len(a.Args))
	for i, e := range a.Args {
		args[i] = scalar.Substitute(e, defs)
		if !m.maintained(args[i]) {
			return nil
		}
	}
	var cond scalar.Expr
	if a.Filter != nil {
		if cond = scalar.Substitute(a.Filter, defs); !m.maintained(cond) {
			return nil
		}
	}
	info := m.s.cols.Get(a.ID)
	switch {
	case a.Name == "count" && len(args) == 0 && cond == nil:
		return m.read(m.v.Group.Rows)
	case m.whole:
	case a.Name == "count":
		return m.read(m.count(args, cond))
	default:
		return m.sum(a, args[0], cond, info.Type)
	}
	return m.recompute(a, args, cond, info.Type)
}

// maintained reports whether an expression is over the core alone: a subquery may look at outer rows.
func (m *members) maintained(e scalar.Expr) bool {
	return maintainable(e) && scalar.ColumnsIn(e).SubsetOf(m.core)
}

func (m *members) count(args []scalar.Expr, cond scalar.Expr) int {
	if cond == nil && (len(args) == 0 || props.NotNull(args[0], m.notNull)) {
		return m.v.Group.Rows
	}
	sum := Sum{Count: true, Filter: cond, Add: "int8pl", Sub: "int8mi"}
	if len(args) > 0 {
		sum.Arg = args[0]
	}
	return m.accumulator("count", value.Of(value.Int8), sum)
}

// sum keeps exact sums, of integers and numerics: those of floats depend on the order of addition. Numerics may be NaN, and the
// scale of their sum depends on the rows there are, so that their accumulators remember more than the sum (see the prelude's
// scalesum and numsum).
func (m *members) sum(a algebra.Agg, arg, cond scalar.Expr, result value.Type) scalar.Expr {
	t := arg.Type()
	num := value.Of(value.Numeric)
	total := num
	acc, s := value.Of(value.Int8), Sum{Filter: cond, Add: "int8pl", Sub: "int8mi"}
	switch t.Kind {
	case value.Int2:
		s.Arg = call("int28", acc, arg)
	case value.Int4:
		s.Arg = call("int48", acc, arg)
	case value.Int8:
		acc, s.Add, s.Sub = num, "numeric_add", "numeric_sub"
		s.Arg = call("int8_numeric", acc, arg)
	case value.Numeric:
		acc, s.Arg, s.Add, s.Sub = value.Of(value.Text), arg, "numsum_add", "numsum_sub"
		if d, ok := scalar.DecimalOf(arg, nil); ok {
			s.Add, s.Sub = "scalesum_add", "scalesum_sub"
			total.Mod, total.Scale = d.Whole+d.Scale+19, d.Scale // of less than 10^19 rows
		}
	}
	count := m.count([]scalar.Expr{arg}, cond)
	n := m.read(count)
	e := m.read(m.accumulator("sum", acc, s))
	switch s.Add {
	case "scalesum_add":
		e = call("scalesum_value", total, e)
	case "numsum_add":
		e = call("numsum_value", num, e)
	}
	if a.Name == "avg" {
		if acc.Kind == value.Int8 {
			e = call("int8_numeric", num, e)
		}
		e = call("numeric_div", num, e, call("int8_numeric", num, n))
	}
	if count == m.v.Group.Rows { // a group has rows
		return e
	}
	none := call("int8eq", value.Of(value.Bool), n, scalar.Bigint("0"))
	return &scalar.Case{
		Node:  scalar.Node{Typ: result},
		Whens: []scalar.When{{Cond: none, Then: &scalar.Const{Node: scalar.Node{Typ: result}, Null: true}}}, Else: e,
	}
}

func call(proc string, t value.Type, args ...scalar.Expr) scalar.Expr {
	name := proc
	if proc == "int8eq" {
		name = "="
	}
	return &scalar.Call{Node: scalar.Node{Typ: t}, Fn: &scalar.Func{Name: name, Proc: proc, Strict: true}, Args: args}
}

// recompute keeps an aggregate's result; groups are recomputed when they change. Sums of floats depend on the order of
// addition, and aggregates without ORDER BY that collect values on the order of rows: they run at read.
func (m *members) recompute(a algebra.Agg, args []scalar.Expr, cond scalar.Expr, t value.Type) scalar.Expr {
	switch a.Name {
	case "min", "max", "count", "sum", "avg", "bool_and", "bool_or", "every", "bit_and", "bit_or", "bit_xor":
	default:
		return nil
	}
	if len(args) == 1 && (a.Name == "sum" || a.Name == "avg") {
		switch args[0].Type().Kind {
		case value.Int2, value.Int4, value.Int8, value.Numeric:
		default:
			return nil
		}
	}
	c := a
	c.Args, c.Filter = args, cond
	for _, r := range m.v.Group.Recompute {
		if r.Agg.Proc == c.Proc && r.Agg.Distinct == c.Distinct && len(r.Agg.Args) == len(args) && sameExpr(r.Agg.Filter, cond) &&
			(len(args) == 0 || sameExpr(r.Agg.Args[0], args[0])) {
			return m.read(r.Pos)
		}
	}
	pos := m.add(a.Name, t, a.Name != "count")
	m.v.Group.Recompute = append(m.v.Group.Recompute, Recompute{Pos: pos, Agg: c})
	return m.read(pos)
}

// orNoRows is an aggregate's result where the group is missing: zero for a count, NULL for everything else.
func (m *members) orNoRows(id algebra.ColumnID, e scalar.Expr) scalar.Expr {
	if c, ok := e.(*scalar.Column); ok {
		for pos, x := range m.ids {
			if x == c.ID && m.isCount(pos) {
				zero := &scalar.Const{Node: scalar.Node{Typ: value.Of(value.Int8)}, Text: "0"}
				return &scalar.Coalesce{Node: scalar.Node{Typ: value.Of(value.Int8)}, Args: []scalar.Expr{e, zero}}
			}
		}
	}
	return e
}

func (m *members) isCount(pos int) bool {
	if pos == m.v.Group.Rows {
		return true
	}
	for _, s := range m.v.Group.Sums {
		if s.Pos == pos {
			return s.Count
		}
	}
	for _, r := range m.v.Group.Recompute {
		if r.Pos == pos {
			return r.Agg.Name == "count"
		}
	}
	return false
}
