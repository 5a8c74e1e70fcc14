package lowering

import (
	"github.com/prequel-db/prequel/lowering/cost"
	"github.com/prequel-db/prequel/lowering/phys"
	"github.com/prequel-db/prequel/planner/algebra"
	"github.com/prequel-db/prequel/planner/delta"
	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqlparse/catalog"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// pending holds what the views of a changed table lose, computed before the table's own structures change. Only views
// in which the table occurs several times need it: for the others the rest of the view is the same before and after.
type pending map[*view]lostRows

// lostRows are collected in a list; size bounds their number.
type lostRows struct {
	list phys.Reg
	size cost.Poly
}

// viewsBefore computes the rows that disappear from views with several occurrences of the table.
func (g *gen) viewsBefore(rel *relation, old, _ row, changed map[int]bool) pending {
	p := pending{}
	if old == nil {
		return p
	}
	for _, v := range g.m.viewsOf(rel) {
		if v.times[rel.table] < 2 && !v.Recomputed || !v.concerned(rel, changed) {
			continue
		}
		if v.Recomputed {
			p[v] = g.affectedBefore(v, rel, old)
			continue
		}
		list := g.reg("lost")
		g.emit(&phys.NewList{Dst: list})
		size := g.affected(v, rel, old, func(ids map[scalar.ColumnID]scalar.ColumnID) {
			g.emit(&phys.AppendRow{List: list, Exprs: g.refs(v.buffered(ids))})
		})
		p[v] = lostRows{list, size}
	}
	return p
}

// buffered are the columns of a view's core that its maintenance needs.
func (v *view) buffered(ids map[scalar.ColumnID]scalar.ColumnID) []scalar.ColumnID {
	var out []scalar.ColumnID
	for _, id := range v.coreNeeds().Ordered() {
		out = append(out, ids[id])
	}
	return out
}

// coreNeeds are the core's columns that a changed row of it is applied with.
func (v *view) coreNeeds() scalar.ColSet {
	set := scalar.SetOf(v.Cols...)
	if v.Group != nil {
		for _, s := range v.Group.Sums {
			if s.Arg != nil {
				scalar.AddColumns(&set, s.Arg)
			}
			if s.Filter != nil {
				scalar.AddColumns(&set, s.Filter)
			}
		}
		for _, r := range v.Group.Recompute {
			if r.Agg.Filter != nil {
				scalar.AddColumns(&set, r.Agg.Filter)
			}
			for _, e := range r.Agg.Args {
				scalar.AddColumns(&set, e)
			}
		}
	}
	if v.Additive() {
		return set
	}
	return set.Union(scalar.SetOf(v.CoreKey...))
}

// concerned reports whether a change of these columns can change the view.
func (v *view) concerned(rel *relation, changed map[int]bool) bool {
	if changed == nil {
		return true
	}
	for _, c := range v.needs[rel.table] {
		if changed[c] {
			return true
		}
	}
	return false
}

// affected runs consume for every row of the view's core that the changed row takes part in, against the current state
// of everything else, and returns a bound of their number. ids maps the core's columns to those bound.
func (g *gen) affected(v *view, rel *relation, r row, consume func(ids map[scalar.ColumnID]scalar.ColumnID)) cost.Poly {
	size := cost.Poly{}
	times := v.times[rel.table]
	var seen phys.Reg
	if times > 1 {
		seen = g.reg("seen")
		g.emit(&phys.NewMap{Dst: seen})
	}
	for i := range times {
		core, ids := v.Import(g.cols)
		res := delta.Residuals(core, rel.table)[i]
		if g.unreferenced(res) {
			continue
		}
		g.scope("", func() {
			g.bindDelta(res.Delta, rel, r)
			n := g.build(res.Rel, g.defined, nil)
			size = size.Add(n.bound())
			need := scalar.ColSet{}
			for _, id := range v.coreNeeds().Ordered() {
				need.Add(ids[id])
			}
			n.produce(g, need, func() {
				if times == 1 {
					consume(ids)
					return
				}
				var key []scalar.Expr
				for _, id := range v.CoreKey {
					key = append(key, g.ref(ids[id]))
				}
				g.emit(&phys.IfNew{Set: seen, Key: key, Body: g.inside(func() { consume(ids) })})
			})
		})
	}
	return size
}

// unreferenced reports whether a residual of a new row is empty, since no row refers to that row yet. Hydration loads tables behind those that they
// refer to. A statement of several writes may have stored rows that refer to what it stores next, and so may one that runs a trigger.
func (g *gen) unreferenced(res delta.Residual) bool {
	return g.added && res.Unreferenced(func(child *catalog.Table, f *catalog.ForeignKey) bool {
		return !g.loading || g.m.loadedBefore(f.RefTable, child.Name)
	})
}

// bindDelta binds the changed row's values to the columns of its leaf.
func (g *gen) bindDelta(d *algebra.Delta, rel *relation, r row) {
	bind := func(id scalar.ColumnID, c int) {
		if id == 0 || r[c] == nil {
			return
		}
		g.cols.Get(id).Nullable = g.nullable(r[c])
		g.let(id, r[c])
	}
	for i, id := range d.Cols {
		bind(id, i)
	}
	if d.RowID != 0 {
		bind(d.RowID, rel.rowID)
	}
}

// viewsAfter brings the views up to date once the table's own structures are.
func (g *gen) viewsAfter(rel *relation, old, new row, changed map[int]bool, lost pending) {
	defer func(added bool) { g.added = added }(g.added)
	g.added = old == nil && g.compound == nil && !g.within
	for _, v := range g.m.viewsOf(rel) {
		if old != nil && new != nil && !v.concerned(rel, changed) {
			continue
		}
		g.scope("maintain "+v.Table.Name, func() {
			switch {
			case v.Recomputed:
				g.where(g.differs(v, rel, old, new, changed), func() { g.refreshAffected(v, rel, new, lost[v]) })
			case v.Group != nil && len(v.Group.Recompute) > 0:
				g.recompute(v, rel, old, new, lost[v])
			case lost[v].list != 0:
				g.forLost(v, lost[v], func(ids map[scalar.ColumnID]scalar.ColumnID) { g.change(v, ids, -1) })
				if new != nil {
					g.affected(v, rel, new, func(ids map[scalar.ColumnID]scalar.ColumnID) { g.change(v, ids, 1) })
				}
			default:
				if s, ok := selectionOf(v); ok && old != nil && new != nil && changed != nil {
					g.where(g.differs(v, rel, old, new, changed), func() { g.updateSelection(v, s, old, new, changed) })
					return
				}
				g.where(g.differs(v, rel, old, new, changed), func() {
					if old != nil {
						g.affected(v, rel, old, func(ids map[scalar.ColumnID]scalar.ColumnID) { g.change(v, ids, -1) })
					}
					if new != nil {
						g.affected(v, rel, new, func(ids map[scalar.ColumnID]scalar.ColumnID) { g.change(v, ids, 1) })
					}
				})
			}
		})
	}
}

// differs is the condition that an update changes a column that a view needs; nil when that cannot be told cheaply.
func (g *gen) differs(v *view, rel *relation, old, new row, changed map[int]bool) scalar.Expr {
	if old == nil || new == nil || changed == nil {
		return nil
	}
	var from, to []scalar.Expr
	for _, c := range v.needs[rel.table] {
		if !changed[c] {
			continue
		}
		if !scalar.ExactEquality(rel.cols[c].Type) || old[c] == nil || new[c] == nil {
			return nil
		}
		from, to = append(from, old[c]), append(to, new[c])
	}
	return differs(from, to)
}

// forLost runs consume for each row collected before the change.
func (g *gen) forLost(v *view, lost lostRows, consume func(map[scalar.ColumnID]scalar.ColumnID)) {
	ids := map[scalar.ColumnID]scalar.ColumnID{}
	var cols []scalar.ColumnID
	for _, id := range v.coreNeeds().Ordered() {
		info := v.Columns.Get(id)
		ids[id] = g.temp(info.Name, info.Type, true)
		cols = append(cols, ids[id])
	}
	g.forRows(lost.list, cols, scalar.SetOf(cols...), lost.size, func() { consume(ids) })
}

// change adds a row to a view (sign 1) or takes it away (-1).
func (g *gen) change(v *view, ids map[scalar.ColumnID]scalar.ColumnID, sign int) {
	if v.Group != nil {
		g.accumulate(v, ids, sign)
		return
	}
	r := row{}
	for i, id := range v.Cols {
		r[i] = g.ref(ids[id])
	}
	if sign > 0 {
		g.apply(v.rel, nil, r, nil)
	} else {
		g.apply(v.rel, r, nil, nil)
	}
}

// groupRow reads the stored row of a group: its columns, zero or NULL where there is none, and whether there is one.
func (g *gen) groupRow(v *view, key []scalar.Expr) (old row, existed scalar.ColumnID) {
	var read []int
	for c := len(v.Cols); c < len(v.rel.cols); c++ {
		read = append(read, c)
	}
	x := v.rel.rowMap(v.rel.key, read, g.prog.Name)
	g.touch(x)
	k, f, packed := g.reg("key"), g.reg("field"), g.reg("group")
	g.rowKey(x, key, k, f)
	g.emit(&phys.HGet{Dst: packed, Key: k, Field: f})
	old = row{}
	for i, e := range key {
		old[i] = e
	}
	existed = g.temp("existed", value.Of(value.Bool), false)
	g.let(existed, boolean(false))
	var binds []phys.Bind
	var set []phys.Op
	for _, c := range read {
		id := g.temp(v.rel.cols[c].Name, v.rel.cols[c].Type, v.rel.cols[c].Nullable)
		in := g.temp(v.rel.cols[c].Name, v.rel.cols[c].Type, v.rel.cols[c].Nullable)
		if v.rel.cols[c].Nullable {
			g.declare(id)
		} else {
			g.let(id, &scalar.Const{Node: scalar.Node{Typ: v.rel.cols[c].Type}, Text: "0"})
		}
		old[c] = g.ref(id)
		inKey, pos := x.bind(c)
		binds = append(binds, phys.Bind{Col: in, InKey: inKey, Pos: pos})
		set = append(set, &phys.Set{Col: id, Expr: g.ref(in)})
	}
	then := append([]phys.Op{&phys.Unpack{Src: packed, Of: x.s, Binds: binds}}, set...)
	then = append(then, &phys.Set{Col: existed, Expr: boolean(true)})
	g.emit(&phys.If{Cond: &phys.Present{Reg: packed}, Then: then})
	return old, existed
}

// groupKey is the key of the group that a row of the core belongs to.
func (g *gen) groupKey(v *view, ids map[scalar.ColumnID]scalar.ColumnID) []scalar.Expr {
	key := make([]scalar.Expr, len(v.Cols))
	for i, id := range v.Cols {
		key[i] = g.ref(ids[id])
	}
	return key
}

// accumulate adds a core row to its group's accumulators or takes it away.
func (g *gen) accumulate(v *view, ids map[scalar.ColumnID]scalar.ColumnID, sign int) {
	key := g.groupKey(v, ids)
	if v.rel.counted >= 0 && v.rel.counts("") != nil {
		g.count(v.rel, key, sign)
		return
	}
	old, existed := g.groupRow(v, key)
	new := row{}
	for i, e := range key {
		new[i] = e
	}
	set := func(c int, e scalar.Expr) {
		id := g.temp(v.rel.cols[c].Name, v.rel.cols[c].Type, false)
		g.let(id, e)
		new[c] = g.ref(id)
	}
	set(v.Group.Rows, accumulated(old[v.Group.Rows], integer("1"), "int8pl", "int8mi", sign))
	for _, s := range v.Group.Sums {
		var cond scalar.Expr
		if s.Filter != nil {
			cond = scalar.Rename(s.Filter, ids)
		}
		term := integer("1")
		if s.Arg != nil {
			arg := scalar.Rename(s.Arg, ids)
			cond = scalar.Conjunction(cond, g.present([]scalar.Expr{arg}))
			if !s.Count {
				term = arg
			}
		}
		sum := accumulated(old[s.Pos], term, s.Add, s.Sub, sign)
		if cond != nil {
			sum = &scalar.Case{Node: scalar.Node{Typ: sum.Type()}, Whens: []scalar.When{{Cond: cond, Then: sum}}, Else: old[s.Pos]}
		}
		set(s.Pos, sum)
	}
	if sign > 0 {
		g.replace(v, old, new, existed)
		return
	}
	empty := &scalar.Call{
		Node: scalar.Node{Typ: value.Of(value.Bool)}, Fn: equality(value.Of(value.Int8)),
		Args: []scalar.Expr{new[v.Group.Rows], integer("0")},
	}
	g.emit(&phys.If{
		Cond: &phys.IsTrue{Expr: empty},
		Then: g.inside(func() { g.apply(v.rel, old, nil, nil) }),
		Else: g.inside(func() { g.apply(v.rel, old, new, v.accumulators()) }),
	})
}

// accumulators are the columns of a grouped view that are not keys.
func (v *view) accumulators() map[int]bool {
	out := map[int]bool{}
	for c := len(v.Cols); c < len(v.rel.cols); c++ {
		out[c] = true
	}
	return out
}

// replace writes a group's new row over the old one, if there is one.
func (g *gen) replace(v *view, old, new row, existed scalar.ColumnID) {
	onlyMap := len(g.m.viewsOf(v.rel)) == 0
	for _, x := range v.rel.indexes {
		onlyMap = onlyMap && x.s.Kind == phys.RowMap
	}
	if onlyMap { // writing a field is the same whether it exists or not
		g.apply(v.rel, nil, new, nil)
		return
	}
	g.emit(&phys.If{
		Cond: &phys.IsTrue{Expr: g.ref(existed)},
		Then: g.inside(func() { g.apply(v.rel, old, new, v.accumulators()) }),
		Else: g.inside(func() { g.apply(v.rel, nil, new, nil) }),
	})
}

// accumulated is an accumulator with a term put in or, when sign is negative, taken out.
func accumulated(acc, term scalar.Expr, add, sub string, sign int) scalar.Expr {
	f := &scalar.Func{Name: "+", Proc: add, Strict: true}
	if sign < 0 {
		f = &scalar.Func{Name: "-", Proc: sub, Strict: true}
	}
	return &scalar.Call{Node: scalar.Node{Typ: acc.Type()}, Fn: f, Args: []scalar.Expr{acc, term}}
}

// recompute evaluates the groups that a change touches anew.
func (g *gen) recompute(v *view, rel *relation, old, new row, lost lostRows) {
	if old == nil && v.foldsIn() {
		g.affected(v, rel, new, func(ids map[scalar.ColumnID]scalar.ColumnID) { g.foldIn(v, ids) })
		return
	}
	seen := g.reg("groups_done")
	g.emit(&phys.NewMap{Dst: seen})
	group := func(ids map[scalar.ColumnID]scalar.ColumnID) {
		key := g.groupKey(v, ids)
		g.emit(&phys.IfNew{Set: seen, Key: key, Body: g.inside(func() { g.recomputeGroup(v, key) })})
	}
	switch {
	case lost.list != 0:
		g.forLost(v, lost, group)
	case old != nil:
		g.affected(v, rel, old, group)
	}
	if new != nil {
		g.affected(v, rel, new, group)
	}
}

// recomputeGroup evaluates one group from the base tables and stores the result.
func (g *gen) recomputeGroup(v *view, key []scalar.Expr) {
	old, existed := g.groupRow(v, key)
	core, ids := v.Import(g.cols)
	var conds []scalar.Expr
	gb := &algebra.GroupBy{In: core}
	for i, id := range v.Cols {
		conds = append(conds, same(g.ref(ids[id]), key[i]))
		gb.Keys = append(gb.Keys, ids[id])
	}
	gb.In = pushInto(core, conds)
	new := row{}
	for i, e := range key {
		new[i] = e
	}
	results := map[int]scalar.ColumnID{}
	agg := func(pos int, a algebra.Agg) {
		a.ID = g.temp(v.rel.cols[pos].Name, v.rel.cols[pos].Type, v.rel.cols[pos].Nullable)
		results[pos] = a.ID
		gb.Aggs = append(gb.Aggs, a)
	}
	agg(v.Group.Rows, algebra.Agg{Name: "count", Proc: "count"})
	for _, r := range v.Group.Recompute {
		a := r.Agg
		a.Args = nil
		for _, e := range r.Agg.Args {
			a.Args = append(a.Args, scalar.Rename(e, ids))
		}
		if a.Filter != nil {
			a.Filter = scalar.Rename(a.Filter, ids)
		}
		agg(r.Pos, a)
	}
	found := g.temp("found", value.Of(value.Bool), false)
	g.let(found, boolean(false))
	need := scalar.ColSet{}
	type pair struct{ out, in scalar.ColumnID }
	var pairs []pair
	for c := len(v.Cols); c < len(v.rel.cols); c++ {
		out := g.temp(v.rel.cols[c].Name, v.rel.cols[c].Type, true)
		pairs = append(pairs, pair{out, results[c]})
		g.declare(out)
		need.Add(results[c])
		new[c] = g.ref(out)
	}
	n := g.build(gb, g.defined, nil)
	g.scope("", func() {
		n.produce(g, need, func() {
			g.emit(&phys.Set{Col: found, Expr: boolean(true)})
			for _, p := range pairs {
				g.emit(&phys.Set{Col: p.out, Expr: g.ref(p.in)})
			}
		})
	})
	g.emit(&phys.If{
		Cond: &phys.IsTrue{Expr: g.ref(found)},
		Then: g.inside(func() { g.replace(v, old, new, existed) }),
		Else: []phys.Op{&phys.If{Cond: &phys.IsTrue{Expr: g.ref(existed)}, Then: g.inside(func() { g.apply(v.rel, old, nil, nil) })}},
	})
}

// pushInto filters a core. A projection of computed keys keeps the conditions on them above it.
func pushInto(core algebra.Rel, conds []scalar.Expr) algebra.Rel {
	p, ok := core.(*algebra.Project)
	if !ok {
		return &algebra.Filter{In: core, Cond: scalar.Conjunction(conds...)}
	}
	below := algebra.OutputSet(p.In)
	var in, above []scalar.Expr
	for _, c := range conds {
		if d := c.(*scalar.IsDistinct); below.Has(d.Left.(*scalar.Column).ID) {
			in = append(in, c)
		} else {
			above = append(above, c)
		}
	}
	q := *p
	if len(in) > 0 {
		q.In = &algebra.Filter{In: p.In, Cond: scalar.Conjunction(in...)}
	}
	if len(above) == 0 {
		return &q
	}
	return &algebra.Filter{In: &q, Cond: scalar.Conjunction(above...)}
}
