package props

import (
	"github.com/prequel-db/prequel/planner/algebra"
	"github.com/prequel-db/prequel/sqlparse/catalog"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// Props is what is known about a relation.
type Props struct {
	Out     scalar.ColSet
	NotNull scalar.ColSet
	// Keys are sets of columns that identify a row, smallest first found; not all there are.
	Keys []scalar.ColSet
	// Deps are dependencies between columns beyond those of Keys.
	Deps []Dependency
	// lax are dependencies that hold between rows in which From is not NULL: unique constraints over nullable columns. They
	// become dependencies once From is known not to be NULL.
	lax []Dependency
	// someRow is set when there is at least one row.
	someRow bool
}

// Dependency says that rows with the same values in From have the same values in To. An empty From: To is the same in all rows.
type Dependency struct{ From, To scalar.ColSet }

// AtMostOne reports whether the relation never has two rows.
func (p *Props) AtMostOne() bool {
	for _, k := range p.Keys {
		if k.Empty() {
			return true
		}
	}
	return false
}

// ExactlyOne reports whether the relation always has one row.
func (p *Props) ExactlyOne() bool { return p.someRow && p.AtMostOne() }

// Unique reports whether no two rows have the same values in cols.
func (p *Props) Unique(cols scalar.ColSet) bool {
	all := p.Closure(cols)
	for _, k := range p.Keys {
		if k.SubsetOf(all) {
			return true
		}
	}
	return false
}

// Closure is the set of columns that cols determine.
func (p *Props) Closure(cols scalar.ColSet) scalar.ColSet {
	out := cols.Copy()
	for changed := true; changed; {
		changed = false
		for _, d := range p.Deps {
			if d.From.SubsetOf(out) && !d.To.SubsetOf(out) {
				out.AddAll(d.To)
				changed = true
			}
		}
		for _, k := range p.Keys {
			if k.SubsetOf(out) && !p.Out.SubsetOf(out) {
				out.AddAll(p.Out)
				changed = true
			}
		}
	}
	return out
}

// Reduce drops from cols what the rest determines, the last columns first.
func (p *Props) Reduce(cols scalar.ColSet) scalar.ColSet {
	ids := cols.Ordered()
	out := cols.Copy()
	for i := len(ids) - 1; i >= 0; i-- {
		out.Remove(ids[i])
		if !p.Closure(out).Has(ids[i]) {
			out.Add(ids[i])
		}
	}
	return out
}

const maxKeys = 6

// addKey adds a key, reduced; a key that contains a known one says nothing new.
func (p *Props) addKey(k scalar.ColSet) {
	k = p.Reduce(k)
	kept := p.Keys[:0:0]
	for _, old := range p.Keys {
		if old.SubsetOf(k) {
			return
		}
		if !k.SubsetOf(old) {
			kept = append(kept, old)
		}
	}
	if len(kept) < maxKeys {
		kept = append(kept, k)
	}
	p.Keys = kept
}

func (p *Props) addDep(from, to scalar.ColSet) {
	if to = to.Minus(from); !to.Empty() {
		p.Deps = append(p.Deps, Dependency{from, to})
	}
}

// Of derives a relation's properties.
func Of(r algebra.Rel) *Props { return Cache{}.Of(r) }

// Cache remembers the properties of relations, which never change. Make one with Cache{}.
type Cache map[algebra.Rel]*Props

// Of derives a relation's properties, once.
func (c Cache) Of(r algebra.Rel) *Props {
	if p, ok := c[r]; ok {
		return p
	}
	p := c.derive(r)
	c[r] = p
	return p
}

func (c Cache) derive(r algebra.Rel) *Props {
	p := &Props{Out: algebra.OutputSet(r)}
	switch x := r.(type) {
	case *algebra.Scan:
		p.table(x.Table, x.Cols, x.RowID)
	case *algebra.Delta:
		p.table(x.Table, x.Cols, x.RowID)
		p.Keys, p.someRow = []scalar.ColSet{{}}, true
	case *algebra.Values:
		p.values(x)
	case *algebra.Filter:
		in := c.Of(x.In)
		p.inherit(in)
		p.someRow = false
		p.holds(x.Cond)
	case *algebra.Project:
		p.project(x, c.Of(x.In))
	case *algebra.Join:
		p.join(x.Kind, c.Of(x.Left), c.Of(x.Right), x.On, scalar.ColSet{})
	case *algebra.Apply:
		l := c.Of(x.Left)
		p.join(x.Kind, l, c.Of(x.Right), x.On, algebra.FreeColumns(x.Right).Intersect(l.Out))
	case *algebra.MaxOne:
		in := c.Of(x.In)
		p.Keys, p.someRow = []scalar.ColSet{{}}, true
		if in.ExactlyOne() {
			p.NotNull = in.NotNull
		}
	case *algebra.GroupBy:
		p.groupBy(x, c.Of(x.In))
	case *algebra.GroupingSets:
		p.NotNull = countIDs(x.Aggs)
		p.NotNull.Add(x.GroupingID)
	case *algebra.Distinct:
		in := c.Of(x.In)
		p.inherit(in)
		if x.On == nil {
			p.addKey(p.Out)
		} else {
			p.addKey(scalar.SetOf(x.On...))
		}
	case *algebra.SetOp:
		p.setOp(x, c.Of(x.Left), c.Of(x.Right))
	case *algebra.TopK:
		in := c.Of(x.In)
		p.inherit(in)
		p.someRow = in.someRow && x.Limit == nil && x.Offset == nil
		if n, ok := x.Limit.(*scalar.Const); ok && !n.Null && (n.Text == "1" || n.Text == "0") && !x.WithTies {
			p.Keys = []scalar.ColSet{{}}
		}
	case *algebra.Window:
		p.window(x, c.Of(x.In))
	case *algebra.RecursiveUnion:
		if x.Distinct {
			p.addKey(p.Out)
		}
	case *algebra.FuncScan:
		if x.Ordinality != 0 {
			p.NotNull.Add(x.Ordinality)
			p.addKey(scalar.SetOf(x.Ordinality))
		}
		if x.Value {
			p.Keys, p.someRow = []scalar.ColSet{{}}, true
		}
	case *algebra.WorkTable:
	}
	return p
}

func (p *Props) inherit(in *Props) {
	p.NotNull, p.Keys, p.Deps, p.lax, p.someRow = in.NotNull.Copy(), in.Keys, in.Deps[:len(in.Deps):len(in.Deps)], in.lax, in.someRow
}

func (p *Props) table(t *catalog.Table, cols []algebra.ColumnID, rowID algebra.ColumnID) {
	for i, id := range cols {
		if t.Columns[i].NotNull {
			p.NotNull.Add(id)
		}
	}
	p.NotNull.Add(rowID)
	pick := func(positions []int) (scalar.ColSet, bool) {
		var s scalar.ColSet
		for _, c := range positions {
			if cols[c] == 0 {
				return s, false
			}
			s.Add(cols[c])
		}
		return s, true
	}
	if k, ok := pick(t.PrimaryKey); ok && len(t.PrimaryKey) > 0 {
		p.addKey(k)
	}
	if rowID != 0 {
		p.addKey(scalar.SetOf(rowID))
	}
	for _, u := range t.Uniques {
		if !u.Full() {
			continue
		}
		if k, ok := pick(u.Columns); ok {
			if u.NullsNotDistinct || k.SubsetOf(p.NotNull) {
				p.addKey(k)
			} else {
				p.lax = append(p.lax, Dependency{k, p.Out})
			}
		}
	}
}

func (p *Props) values(x *algebra.Values) {
	p.someRow = len(x.Rows) > 0
	if len(x.Rows) <= 1 {
		p.Keys = []scalar.ColSet{{}}
	}
	for i, id := range x.Cols {
		notNull := true
		for _, row := range x.Rows {
			notNull = notNull && NotNull(row[i], scalar.ColSet{})
		}
		if notNull {
			p.NotNull.Add(id)
		}
	}
}

// holds adds what follows from a condition that is true in every row.
func (p *Props) holds(cond scalar.Expr) {
	p.NotNull.AddAll(scalar.Requires(cond).Intersect(p.Out))
	for _, c := range scalar.Conjuncts(cond) {
		if n, ok := c.(*scalar.IsNull); ok && !n.Negated {
			if col, ok := n.Arg.(*scalar.Column); ok && p.Out.Has(col.ID) {
				p.addDep(scalar.ColSet{}, scalar.SetOf(col.ID))
			}
			continue
		}
		a, b, ok := sameValue(c)
		if !ok {
			continue
		}
		for range 2 {
			if col := scalar.BareColumn(a); col != nil && p.Out.Has(col.ID) {
				if of := scalar.ColumnsIn(b).Intersect(p.Out); of.Empty() {
					p.addDep(of, scalar.SetOf(col.ID))
				} else if other := scalar.BareColumn(b); other != nil {
					p.addDep(scalar.SetOf(other.ID), scalar.SetOf(col.ID))
				}
			}
			a, b = b, a
		}
	}
	p.promote()
	keys := p.Keys
	p.Keys = append([]scalar.ColSet(nil), keys...)
	for _, k := range keys {
		if r := p.Reduce(k); !r.Equal(k) {
			p.addKey(r)
		}
	}
}

// promote makes dependencies of the lax ones whose columns are not NULL.
func (p *Props) promote() {
	var rest []Dependency
	for _, d := range p.lax {
		if !d.From.SubsetOf(p.NotNull) {
			rest = append(rest, d)
			continue
		}
		p.addDep(d.From, d.To)
		if p.Out.SubsetOf(d.To) {
			p.addKey(d.From)
		}
	}
	p.lax = rest
}

// sameValue takes apart a = b and a IS NOT DISTINCT FROM b.
func sameValue(c scalar.Expr) (a, b scalar.Expr, ok bool) {
	if a, b, _, ok = scalar.Equality(c); ok {
		return a, b, true
	}
	if d, isD := c.(*scalar.IsDistinct); isD && d.Negated {
		return d.Left, d.Right, true
	}
	return nil, nil, false
}

// project carries facts over to the output's names for the columns.
func (p *Props) project(x *algebra.Project, in *Props) {
	p.someRow = in.someRow
	names := map[algebra.ColumnID][]algebra.ColumnID{}
	for _, it := range x.Items {
		if NotNull(it.Expr, in.NotNull) {
			p.NotNull.Add(it.ID)
		}
		if c := scalar.BareColumn(it.Expr); c != nil {
			names[c.ID] = append(names[c.ID], it.ID)
		}
	}
	// rename maps a set if all its columns are in the output; of several names for a column it takes the first.
	rename := func(s scalar.ColSet) (scalar.ColSet, bool) {
		var out scalar.ColSet
		for _, id := range s.Ordered() {
			if len(names[id]) == 0 {
				return out, false
			}
			out.Add(names[id][0])
		}
		return out, true
	}
	all := func(s scalar.ColSet) scalar.ColSet {
		var out scalar.ColSet
		for _, id := range s.Ordered() {
			for _, n := range names[id] {
				out.Add(n)
			}
		}
		return out
	}
	for _, d := range in.Deps {
		if from, ok := rename(d.From); ok {
			p.addDep(from, all(d.To))
		}
	}
	for _, it := range x.Items {
		if ids := names[bareID(it.Expr)]; len(ids) > 1 && ids[0] != it.ID {
			p.addDep(scalar.SetOf(ids[0]), scalar.SetOf(it.ID))
			p.addDep(scalar.SetOf(it.ID), scalar.SetOf(ids[0]))
		}
		p.computed(it, rename)
	}
	for _, k := range in.Keys {
		if renamed, ok := rename(k); ok {
			p.addKey(renamed)
		} else if through, ok := p.keyThroughDeps(k, in, names); ok {
			p.addKey(through)
		}
	}
	for _, d := range in.lax {
		if from, ok := rename(d.From); ok {
			to := all(d.To)
			if in.Out.SubsetOf(d.To) { // unique in the input, so unique here
				to = p.Out
			}
			p.lax = append(p.lax, Dependency{from, to})
		}
	}
}

func bareID(e scalar.Expr) algebra.ColumnID {
	if c := scalar.BareColumn(e); c != nil {
		return c.ID
	}
	return 0
}

// keyThroughDeps replaces the key's columns that are not in the output by columns that determine them: after a.x = b.y the
// output may hold b.y in place of a.x.
func (p *Props) keyThroughDeps(key scalar.ColSet, in *Props, names map[algebra.ColumnID][]algebra.ColumnID) (scalar.ColSet, bool) {
	var out scalar.ColSet
	for _, id := range key.Ordered() {
		if ids := names[id]; len(ids) > 0 {
			out.Add(ids[0])
			continue
		}
		found := false
		for _, d := range in.Deps {
			if !d.To.Has(id) || d.From.Len() > 1 {
				continue
			}
			if d.From.Empty() {
				found = true
				break
			}
			if ids := names[d.From.Ordered()[0]]; len(ids) > 0 {
				out.Add(ids[0])
				found = true
				break
			}
		}
		if !found {
			return out, false
		}
	}
	return out, true
}

// computed notes that a computed column depends on the columns it is computed from, where equal inputs are identical.
func (p *Props) computed(it algebra.Item, rename func(scalar.ColSet) (scalar.ColSet, bool)) {
	if scalar.BareColumn(it.Expr) != nil || scalar.HasSubquery(it.Expr) {
		return
	}
	exact := true
	scalar.Walk(it.Expr, func(e scalar.Expr) bool {
		if c, ok := e.(*scalar.Column); ok {
			exact = exact && scalar.ExactEquality(c.Typ)
		}
		return exact
	})
	if from, ok := rename(scalar.ColumnsIn(it.Expr)); ok && exact {
		p.addDep(from, scalar.SetOf(it.ID))
	}
}
