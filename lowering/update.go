package lowering

import (
	"github.com/prequel-db/prequel/lowering/cost"
	"github.com/prequel-db/prequel/lowering/phys"
	"github.com/prequel-db/prequel/planner/algebra"
	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqlparse/bound"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// updater changes rows: it computes and checks the new row, then applies the change or collects it for later.
type updater struct {
	g         *gen
	rel       *relation
	stored    []int
	many      bool
	list      phys.Reg
	set       []bound.Assign
	new       []scalar.ColumnID
	returning []algebra.Item
	outputs   []algebra.Output
	// gone and taken are, per constraint whose columns change, the keys that earlier rows of the statement left and took.
	gone, taken map[string]phys.Reg
}

// changed are the columns that SET names.
func (u *updater) changed() map[int]bool {
	out := map[int]bool{}
	for _, a := range u.set {
		out[a.Column] = true
	}
	return out
}

// change computes the new row from the old one, whose needed columns are bound, checks it, and applies or collects it. It
// returns nil when the change always fails.
func (u *updater) change(old row) row {
	g := u.g
	new := row{}
	for c, e := range old {
		new[c] = e
	}
	for _, a := range u.set {
		id := u.new[a.Column]
		g.cols.Get(id).Nullable = g.nullable(a.Expr)
		if k, ok := a.Expr.(*scalar.Const); ok && k.Null && !g.checkNotNull(u.rel.table, a.Column, k) {
			return nil
		}
		g.let(id, a.Expr)
		new[a.Column] = g.ref(id)
		g.checkNotNull(u.rel.table, a.Column, new[a.Column])
	}
	need := returningNeeds(u.returning)
	for i, id := range u.new {
		if need.Has(id) && !u.changed()[i] && new[i] != nil {
			g.cols.Get(id).Nullable = g.nullable(new[i])
			g.let(id, new[i])
		}
	}
	u.checkKeys(old, new)
	g.emit(&phys.AddCount{})
	g.returning(u.returning, u.outputs)
	if !u.many {
		g.apply(u.rel, old, new, u.changed())
		return new
	}
	var values []scalar.Expr
	for _, c := range u.stored {
		values = append(values, old[c])
	}
	for _, c := range u.stored {
		if u.changed()[c] {
			values = append(values, new[c])
		}
	}
	g.emit(&phys.AppendRow{List: u.list, Exprs: values})
	return new
}

// checkKeys raises 23505 when a changed unique key belongs to another row.
func (u *updater) checkKeys(old, new row) {
	g := u.g
	changed := u.changed()
	for _, c := range g.constraints(u.rel) {
		moves := false
		for _, col := range c.cols {
			moves = moves || changed[col]
		}
		if !moves {
			continue
		}
		from, to := exprsAt(old, c.cols), exprsAt(new, c.cols)
		check := func() {
			x := u.rel.rowMap(c.cols, nil, g.prog.Name)
			g.touch(x)
			k, f := g.reg("key"), g.reg("field")
			exists := g.temp("taken", value.Of(value.Bool), false)
			g.rowKey(x, to, k, f)
			g.emit(&phys.HExists{Dst: exists, Key: k, Field: f})
			g.defined.Add(exists)
			if u.many {
				// A key that an earlier row of the statement left is free, one that it took is not.
				g.emit(&phys.If{Cond: &phys.InSet{Set: u.gone[c.name], Key: to}, Then: []phys.Op{&phys.Set{Col: exists, Expr: boolean(false)}}})
				g.emit(&phys.If{Cond: &phys.InSet{Set: u.taken[c.name], Key: to}, Then: []phys.Op{&phys.Set{Col: exists, Expr: boolean(true)}}})
			}
			g.emit(&phys.If{Cond: &phys.IsTrue{Expr: g.ref(exists)}, Then: []phys.Op{g.duplicate(u.rel, c, to)}})
			if u.many {
				g.emit(&phys.IfNew{Set: u.gone[c.name], Key: from})
				g.emit(&phys.IfNew{Set: u.taken[c.name], Key: to})
			}
		}
		var differs []scalar.Expr
		for i := range from {
			differs = append(differs, &scalar.IsDistinct{
				Node: scalar.Node{Typ: value.Of(value.Bool)}, Left: from[i], Right: to[i],
				Eq: equality(from[i].Type()),
			})
		}
		cond := differs[0]
		if len(differs) > 1 {
			cond = &scalar.Or{Node: scalar.Node{Typ: value.Of(value.Bool)}, Args: differs}
		}
		if p := g.present(to); p != nil {
			cond = scalar.Conjunction(p, cond)
		}
		g.where(cond, check)
	}
}

// equality is the = of a type.
func equality(t value.Type) *scalar.Func {
	proc := map[value.Kind]string{
		value.Bool: "booleq", value.Int2: "int2eq", value.Int4: "int4eq", value.Int8: "int8eq",
		value.Float4: "float4eq", value.Float8: "float8eq", value.Numeric: "numeric_eq", value.Text: "texteq", value.Varchar: "texteq",
		value.Char: "bpchareq", value.Bytea: "byteaeq", value.Date: "date_eq", value.Time: "time_eq", value.Timestamp: "timestamp_eq",
		value.Timestamptz: "timestamp_eq", value.Interval: "interval_eq", value.UUID: "uuid_eq", value.Enum: "enum_eq",
	}[t.Kind]
	return &scalar.Func{Name: "=", Proc: proc, Strict: true}
}

// applyAll applies the collected changes.
func (u *updater) applyAll(size cost.Poly) {
	g := u.g
	changed := u.changed()
	var newCols []int
	for _, c := range u.stored {
		if changed[c] {
			newCols = append(newCols, c)
		}
	}
	oldIDs, newIDs := g.tempsFor(u.rel, u.stored), g.tempsFor(u.rel, newCols)
	all := append(append([]scalar.ColumnID(nil), oldIDs...), newIDs...)
	g.emit(&phys.ForRows{List: u.list, Cols: all, Rows: size, Body: g.loop(func() {
		old, new := row{}, row{}
		for i, c := range u.stored {
			old[c] = g.ref(oldIDs[i])
			new[c] = old[c]
		}
		for i, c := range newCols {
			new[c] = g.ref(newIDs[i])
		}
		for _, id := range all {
			g.defined.Add(id)
		}
		g.apply(u.rel, old, new, changed)
	})})
}

// update writes UPDATE.
func (g *gen) update(x *algebra.Update) {
	rel := g.m.relationOf(x.Table)
	g.enforceable(x.Table, false)
	for _, a := range x.Set {
		for _, t := range g.m.cat.Tables {
			for _, f := range t.ForeignKeys {
				if f.RefTable == x.Table.Name && contains(f.RefColumns, a.Column) {
					g.enforceable(x.Table, true)
				}
			}
		}
	}
	src := g.build(x.Source, scalar.ColSet{}, nil)
	u := &updater{g: g, rel: rel, set: x.Set, new: x.New, returning: x.Returning, outputs: x.Outputs}
	u.stored = g.known(rel, u.changed())
	need := returningNeeds(x.Returning)
	for i, id := range x.New { // RETURNING an unchanged column reads the old one
		if need.Has(id) && !u.changed()[i] {
			need.Add(x.Old[i])
		}
	}
	for _, a := range x.Set {
		scalar.AddColumns(&need, a.Expr)
	}
	g.changeRows(u, src, x.Source, x.Old, x.RowID, x.Multi, need, func(old row) { u.change(old) })
	g.finishWrite(x.Outputs)
}

// delete writes DELETE.
func (g *gen) delete(x *algebra.Delete) {
	rel := g.m.relationOf(x.Table)
	g.enforceable(x.Table, true)
	src := g.build(x.Source, scalar.ColSet{}, nil)
	u := &updater{g: g, rel: rel, stored: g.known(rel, nil)}
	g.changeRows(u, src, x.Source, x.Old, x.RowID, x.Multi, returningNeeds(x.Returning), func(old row) {
		g.emit(&phys.AddCount{})
		g.returning(x.Returning, x.Outputs)
		if !u.many {
			g.apply(rel, old, nil, nil)
			return
		}
		g.emit(&phys.AppendRow{List: u.list, Exprs: exprsAt(old, u.stored)})
	})
	g.finishWrite(x.Outputs)
}

// changeRows runs change for each row the source finds and, when there can be several, applies what it collected.
func (g *gen) changeRows(u *updater, src node, rel algebra.Rel, oldIDs []scalar.ColumnID, rowID scalar.ColumnID, multi bool,
	need scalar.ColSet, change func(row),
) {
	u.many = !(src.bound().IsConst() && src.bound().Eval(nil, 1) <= 1)
	if u.many {
		u.list = g.reg("changes")
		g.emit(&phys.NewList{Dst: u.list})
		u.gone, u.taken = map[string]phys.Reg{}, map[string]phys.Reg{}
		changed := u.changed()
		for _, c := range g.constraints(u.rel) {
			for _, col := range c.cols {
				if changed[col] && u.gone[c.name] == 0 {
					u.gone[c.name], u.taken[c.name] = g.reg("gone"), g.reg("taken_keys")
					g.emit(&phys.NewMap{Dst: u.gone[c.name]})
					g.emit(&phys.NewMap{Dst: u.taken[c.name]})
				}
			}
		}
	}
	id := func(c int) scalar.ColumnID {
		if c == u.rel.rowID {
			return rowID
		}
		return oldIDs[c]
	}
	// The needed columns: what the structures hold, what the expressions read, and the key that tells target rows apart.
	all := need.Copy()
	for _, c := range u.stored {
		all.Add(id(c))
	}
	var seen phys.Reg
	if multi {
		for _, k := range u.rel.key {
			all.Add(id(k))
		}
		seen = g.reg("seen")
		g.emit(&phys.NewMap{Dst: seen})
	}
	body := func() {
		old := row{}
		for c := range u.rel.cols {
			if i := id(c); i != 0 && all.Has(i) {
				old[c] = g.ref(i)
			}
		}
		change(old)
	}
	src.produce(g, all, func() {
		if !multi {
			body()
			return
		}
		var key []scalar.Expr
		for _, k := range u.rel.key {
			key = append(key, g.ref(id(k)))
		}
		g.emit(&phys.IfNew{Set: seen, Key: key, Body: g.inside(body)})
	})
	if !u.many {
		return
	}
	if u.set != nil {
		u.applyAll(src.bound())
		return
	}
	ids := g.tempsFor(u.rel, u.stored)
	g.emit(&phys.ForRows{List: u.list, Cols: ids, Rows: src.bound(), Body: g.loop(func() {
		old := row{}
		for i, c := range u.stored {
			old[c] = g.ref(ids[i])
			g.defined.Add(ids[i])
		}
		g.apply(u.rel, old, nil, nil)
	})})
}
