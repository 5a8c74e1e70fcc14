package lowering

import (
	"slices"

	"github.com/prequel-db/prequel/lowering/cost"
	"github.com/prequel-db/prequel/lowering/phys"
	"github.com/prequel-db/prequel/planner/algebra"
	"github.com/prequel-db/prequel/planner/delta"
	"github.com/prequel-db/prequel/planner/props"
	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// affectedKeys runs consume for the values of a recomputed view's key whose rows a changed row may affect, against the current
// state of everything else; a value may come up several times. It returns a bound of their number. NULL is no value of a column that is
// never NULL in the view, whatever it is in the tables below: no row of the view has it.
func (g *gen) affectedKeys(v *view, rel *relation, r row, consume func(key []scalar.Expr)) cost.Poly {
	size := cost.Poly{}
	for i := range v.times[rel.table] {
		core, ids := v.Import(g.cols)
		key := make([]scalar.ColumnID, len(v.Key))
		for k, id := range v.Key {
			key[k] = ids[id]
		}
		res := delta.Affected(core, key, rel.table, g.cols)[i]
		if g.unreferenced(res) {
			continue
		}
		notNull := props.Of(res.Rel).NotNull
		var values []scalar.Expr
		for k, id := range key {
			g.cols.Get(id).Nullable = !notNull.Has(id)
			if !v.Columns.Get(v.Key[k]).Nullable {
				values = append(values, g.ref(id))
			}
		}
		g.scope("", func() {
			g.bindDelta(res.Delta, rel, r)
			n := g.build(res.Rel, g.defined, nil)
			size = size.Add(n.bound())
			n.produce(g, scalar.SetOf(key...), func() {
				g.where(g.present(values), func() { consume(g.refs(key)) })
			})
		})
	}
	return size
}

// affectedBefore collects the key values that the old row affects, before it goes.
func (g *gen) affectedBefore(v *view, rel *relation, old row) lostRows {
	list := g.reg("affected")
	g.emit(&phys.NewList{Dst: list})
	size := g.affectedKeys(v, rel, old, func(key []scalar.Expr) { g.emit(&phys.AppendRow{List: list, Exprs: key}) })
	return lostRows{list, size}
}

// refreshAffected recomputes the parts of a view that a change affects.
func (g *gen) refreshAffected(v *view, rel *relation, new row, lost lostRows) {
	seen, come := g.reg("refreshed"), phys.Reg(0)
	g.emit(&phys.NewMap{Dst: seen})
	// A row may move from one value of the key to another: unless the value tells rows apart, all that go are gone before
	// the first comes.
	if !subset(v.rel.key, v.keyColumns()) {
		come = g.reg("come")
		g.emit(&phys.NewList{Dst: come})
	}
	size := cost.Poly{}
	refresh := func(key []scalar.Expr) {
		g.emit(&phys.IfNew{Set: seen, Key: key, Body: g.inside(func() { size = g.refresh(v, key, come) })})
	}
	if lost.list != 0 {
		cols := make([]scalar.ColumnID, len(v.Key))
		for i, id := range v.Key {
			info := v.Columns.Get(id)
			cols[i] = g.temp(info.Name, info.Type, info.Nullable)
		}
		g.forRows(lost.list, cols, scalar.SetOf(cols...), lost.size, func() { refresh(g.refs(cols)) })
	}
	times := lost.size
	if new != nil {
		times = times.Add(g.affectedKeys(v, rel, new, refresh))
	}
	if come != 0 {
		fresh := g.tempsFor(v.rel, v.positions())
		g.forRows(come, fresh, scalar.SetOf(fresh...), times.Mul(size), func() { g.apply(v.rel, nil, g.rowOf(fresh), nil) })
	}
}

// positions are those of a recomputed view's columns.
func (v *view) positions() []int {
	out := make([]int, len(v.Cols))
	for i := range v.Cols {
		out[i] = i
	}
	return out
}

// keyColumns are the positions of the columns by whose values a view is recomputed.
func (v *view) keyColumns() []int {
	var out []int
	for i, id := range v.Cols {
		if slices.Contains(v.Key, id) {
			out = append(out, i)
		}
	}
	return out
}

// refresh replaces the rows of a view that have the given values of its key by what its definition says now: those that come
// are appended to a list, when there is one, or else stored. It returns a bound of their number.
func (g *gen) refresh(v *view, key []scalar.Expr, list phys.Reg) cost.Poly {
	stored := &algebra.Scan{Table: v.Table, Cols: make([]scalar.ColumnID, len(v.Cols))}
	for i, c := range v.rel.cols {
		stored.Cols[i] = g.cols.New(c.Name, c.Type, c.Nullable)
	}
	core, ids := v.Import(g.cols)
	fresh := make([]scalar.ColumnID, len(v.Cols))
	var then, now []scalar.Expr
	for i, id := range v.Cols {
		fresh[i] = ids[id]
		for k, at := range v.Key {
			if at == id {
				then = append(then, same(g.cols.Ref(stored.Cols[i]), key[k]))
				now = append(now, same(g.cols.Ref(fresh[i]), key[k]))
			}
		}
	}
	var old algebra.Rel = stored
	if len(then) > 0 {
		old = &algebra.Filter{In: stored, Cond: scalar.Conjunction(then...)}
	}
	was, is := g.build(old, g.defined, nil), g.build(delta.Restrict(core, now, g.cols), g.defined, nil)
	var gone, come phys.Reg
	if list == 0 {
		gone, come = g.collectInto(was, stored.Cols), g.collectInto(is, fresh)
	} else {
		gone = g.collectInto(was, stored.Cols)
		g.scope("", func() {
			is.produce(g, scalar.SetOf(fresh...), func() { g.emit(&phys.AppendRow{List: list, Exprs: g.refs(fresh)}) })
		})
	}
	g.forRows(gone, stored.Cols, scalar.SetOf(stored.Cols...), was.bound(), func() { g.apply(v.rel, g.rowOf(stored.Cols), nil, nil) })
	if list == 0 {
		g.forRows(come, fresh, scalar.SetOf(fresh...), is.bound(), func() { g.apply(v.rel, nil, g.rowOf(fresh), nil) })
	}
	return is.bound()
}

// rowOf is a row of columns that stand in a relation's order.
func (g *gen) rowOf(cols []scalar.ColumnID) row {
	r := row{}
	for i, id := range cols {
		r[i] = g.ref(id)
	}
	return r
}

// same is a IS NOT DISTINCT FROM b.
func same(a, b scalar.Expr) scalar.Expr {
	return &scalar.IsDistinct{Node: scalar.Node{Typ: value.Of(value.Bool)}, Left: a, Right: b, Negated: true, Eq: equality(a.Type())}
}
