package lowering

import (
	"maps"
	"strings"

	"github.com/prequel-db/prequel/lowering/cost"
	"github.com/prequel-db/prequel/lowering/phys"
	"github.com/prequel-db/prequel/planner/algebra"
	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqlparse/bound"
	"github.com/prequel-db/prequel/sqlparse/catalog"
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
	checks    []algebra.ViewCheck
	// quiet changes are no part of what the statement counts: those of foreign keys' actions.
	quiet bool
	refs  *referential
	// triggers are all that the statement can fire.
	triggers []*bound.Trigger
	// done runs behind each change, nil: nothing.
	done func(new row)
	// gone and taken are, per constraint whose columns change, the keys that earlier rows of the statement left and took.
	gone, taken map[string]phys.Reg
	// marks takes the keys of rows once they are changed, where that is not known before the BEFORE triggers are asked; 0 elsewhere.
	marks phys.Reg
}

// mark notes that a row is changed.
func (u *updater) mark(old row) {
	if u.marks != 0 {
		u.g.emit(&phys.IfNew{Set: u.marks, Key: exprsAt(old, u.rel.key)})
	}
}

// changed are the columns that can change: see changedWith.
func (u *updater) changed() map[int]bool { return changedWith(u.triggers, u.rel, u.set, u.quiet) }

// before are the BEFORE triggers that each change fires.
func (u *updater) before() []*bound.Trigger {
	return firing(u.triggers, u.rel, true, occasion{catalog.Updating, changedBy(u.rel, u.set), u.quiet})
}

func changedBy(rel *relation, set []bound.Assign) map[int]bool {
	out := map[int]bool{}
	for _, a := range set {
		out[a.Column] = true
	}
	return generatedFrom(rel, out)
}

// generatedFrom adds the generated and the computed columns over changed ones.
func generatedFrom(rel *relation, out map[int]bool) map[int]bool {
	for i, c := range rel.table.Columns {
		if c.GeneratedExpr != nil && readsAny(c.GeneratedExpr, out) {
			out[i] = true
		}
	}
	for c := rel.stored; c < len(rel.cols); c++ {
		if readsAny(rel.expression(c), out) {
			out[c] = true
		}
	}
	return out
}

// assign computes the new row from the old one, whose needed columns are bound. given are the values that SET gives where no trigger
// changes them.
func (u *updater) assign(old row) (new row, given map[int]scalar.Expr) {
	g := u.g
	new = maps.Clone(old)
	given = map[int]scalar.Expr{}
	sets := setBy(u.before())
	for _, a := range u.set {
		given[a.Column] = a.Expr
		if u.rel.table.Columns[a.Column].GeneratedExpr != nil {
			continue
		}
		id := u.new[a.Column]
		if sets[a.Column] {
			id = g.temp(u.rel.cols[a.Column].Name, u.rel.cols[a.Column].Type, true)
			delete(given, a.Column)
		}
		g.cols.Get(id).Nullable = g.nullable(a.Expr)
		g.let(id, a.Expr)
		new[a.Column] = g.ref(id)
	}
	return new, given
}

// change computes the new row of an old one, runs the BEFORE triggers, checks the row, and applies or collects the change. once runs what
// is done to a row once only, though the statement may meet it again. PostgreSQL checks a row that it meets again, too, unless the table has
// BEFORE triggers: it sees that the row has been changed when it asks them, or else when it stores the new one.
func (u *updater) change(old row, once func(body func())) {
	g, changed := u.g, u.changed()
	new, given := u.assign(old)
	if !u.rel.table.HasBeforeUpdate() {
		if u.check(new, changed, given) {
			once(func() {
				u.mark(old)
				u.finish(old, new, changed)
			})
		}
		return
	}
	before := u.before()
	sets := setBy(before)
	once(func() {
		g.before(before, old, new, func() {
			u.mark(old)
			for c := range u.rel.stored {
				if sets[c] && c != u.rel.rowID {
					g.cols.Get(u.new[c]).Nullable = g.nullable(new[c])
					g.let(u.new[c], new[c])
					new[c] = g.ref(u.new[c])
				}
			}
			if u.check(new, changed, given) {
				u.finish(old, new, changed)
			}
		})
	})
}

// always runs what is done to a row that is met once.
func always(body func()) { body() }

// check looks at a new row by itself. given are the values that SET gave. It reports whether any row can be good.
func (u *updater) check(new row, changed map[int]bool, given map[int]scalar.Expr) bool {
	g := u.g
	g.generated(u.rel.table, new, u.new, changed)
	for c := u.rel.stored; c < len(u.rel.cols); c++ {
		delete(new, c)
	}
	g.checkPartition(u.rel.table, new, changed)
	for c := range u.rel.table.Columns {
		e := new[c]
		if k, ok := given[c].(*scalar.Const); ok {
			e = k
		}
		if changed[c] && !g.checkNotNull(u.rel.table, c, e, new) {
			return false
		}
	}
	g.checkRow(u.rel.table, new, changed)
	return true
}

// finish checks a new row against others, and applies or collects the change.
func (u *updater) finish(old, new row, changed map[int]bool) {
	g := u.g
	need := returningNeeds(u.returning)
	for i, id := range u.new {
		if need.Has(id) && !changed[i] && new[i] != nil {
			g.cols.Get(id).Nullable = g.nullable(new[i])
			g.let(id, new[i])
		}
	}
	u.checkKeys(old, new)
	g.checkView(u.rel.table, u.checks, u.returning, new)
	if !u.quiet {
		g.emit(&phys.AddCount{})
		g.returning(u.returning, u.outputs)
	}
	if !u.many {
		u.refs.before(u.rel, old, new, changed)
		g.apply(u.rel, old, new, changed)
		u.refs.after(u.rel, old, new, changed, changedBy(u.rel, u.set))
		u.finished(new)
		return
	}
	var values []scalar.Expr
	for _, c := range u.stored {
		values = append(values, old[c])
	}
	for _, c := range u.stored {
		if changed[c] {
			values = append(values, new[c])
		}
	}
	g.emit(&phys.AppendRow{List: u.list, Exprs: values})
	u.finished(new)
}

func (u *updater) finished(new row) {
	if u.done != nil {
		u.done(new)
	}
}

// generated computes the generated columns of a new row that read one of the changed columns (nil: all) into ids.
func (g *gen) generated(t *catalog.Table, new row, ids []scalar.ColumnID, changed map[int]bool) {
	for i, c := range t.Columns {
		if c.GeneratedExpr == nil || !readsAny(c.GeneratedExpr, changed) {
			continue
		}
		e := c.GeneratedExpr.Over(func(i int) scalar.Expr { return new[i] })
		g.cols.Get(ids[i]).Nullable = g.nullable(e)
		g.let(ids[i], e)
		new[i] = g.ref(ids[i])
	}
}

// checkKeys raises 23505 when a changed unique key belongs to another row.
func (u *updater) checkKeys(old, new row) {
	g := u.g
	changed := u.changed()
	for _, c := range constraintsOf(u.rel) {
		if !c.touched(changed) {
			continue
		}
		g.complete(u.rel, old, nil, nil, c.cols)
		g.complete(u.rel, new, old, changed, c.cols)
		from, to := exprsAt(old, c.cols), exprsAt(new, c.cols)
		moves := scalar.Expr(nil)
		if anyOf(changed, c.cols) {
			moves = differs(from, to)
		}
		if c.where == nil {
			cond := moves
			if p := g.guard(c, new); p != nil {
				cond = scalar.Conjunction(p, cond)
			}
			g.where(cond, func() { u.checkKey(c, from, to) })
			continue
		}
		u.checkPartial(c, old, new, moves)
	}
}

// checkPartial is checkKeys for a partial unique index: a row may enter it, leave it, or move in it.
func (u *updater) checkPartial(c constraint, old, new row, moves scalar.Expr) {
	g := u.g
	was, is := g.temp("was_covered", value.Of(value.Bool), true), g.temp("is_covered", value.Of(value.Bool), true)
	covered := func(id scalar.ColumnID, r row) scalar.Expr {
		e := g.guard(c, r)
		g.cols.Get(id).Nullable = g.nullable(e)
		g.let(id, e)
		return g.ref(id)
	}
	before, after := covered(was, old), covered(is, new)
	yes := true
	boolNode := scalar.Node{Typ: value.Of(value.Bool)}
	differ := []scalar.Expr{&scalar.IsBool{Node: boolNode, Arg: before, Value: &yes, Negated: true}}
	left := []scalar.Expr{&scalar.IsBool{Node: boolNode, Arg: after, Value: &yes, Negated: true}}
	if moves != nil {
		differ, left = append(differ, moves), append(left, moves)
	}
	from, to := exprsAt(old, c.cols), exprsAt(new, c.cols)
	if u.many {
		g.where(scalar.Conjunction(before, &scalar.Or{Node: boolNode, Args: left}), func() {
			g.emit(&phys.IfNew{Set: u.gone[c.name], Key: from})
		})
	}
	g.where(scalar.Conjunction(after, &scalar.Or{Node: boolNode, Args: differ}), func() { u.checkKey(c, nil, to) })
}

// checkKey raises 23505 when a key that a row moves to is taken. from is the key that it leaves, nil when that is noted already.
func (u *updater) checkKey(c constraint, from, to []scalar.Expr) {
	g := u.g
	var exists scalar.ColumnID
	if c.where != nil {
		exists = g.rowExists(u.rel, c.cols, to, c.unique.NullsNotDistinct, c.where)
	} else {
		exists = g.keyExists(u.rel, c.cols, to)
	}
	if u.many {
		// A key that an earlier row of the statement left is free, one that it took is not.
		g.emit(&phys.If{Cond: &phys.InSet{Set: u.gone[c.name], Key: to}, Then: []phys.Op{&phys.Set{Col: exists, Expr: boolean(false)}}})
		g.emit(&phys.If{Cond: &phys.InSet{Set: u.taken[c.name], Key: to}, Then: []phys.Op{&phys.Set{Col: exists, Expr: boolean(true)}}})
	}
	g.emit(&phys.If{Cond: &phys.IsTrue{Expr: g.ref(exists)}, Then: []phys.Op{g.duplicate(u.rel, c, to)}})
	if u.many {
		if from != nil {
			g.emit(&phys.IfNew{Set: u.gone[c.name], Key: from})
		}
		g.emit(&phys.IfNew{Set: u.taken[c.name], Key: to})
	}
}

// keyExists looks a unique key up.
func (g *gen) keyExists(rel *relation, cols []int, key []scalar.Expr) scalar.ColumnID {
	x := rel.rowMap(cols, nil, g.prog.Name)
	g.touch(x)
	k, f := g.reg("key"), g.reg("field")
	exists := g.temp("taken", value.Of(value.Bool), false)
	g.rowKey(x, key, k, f)
	g.emit(&phys.HExists{Dst: exists, Key: k, Field: f})
	g.defined.Add(exists)
	return exists
}

// rowExists looks for a row with a key that is not unique, or unique among the rows that satisfy a condition only.
func (g *gen) rowExists(rel *relation, cols []int, key []scalar.Expr, same bool, where *catalog.Condition) scalar.ColumnID {
	found := g.temp("found", value.Of(value.Bool), false)
	g.let(found, boolean(false))
	n, _ := g.rowsLike(rel, cols, key, same, where, nil)
	depth := g.loops
	g.scope("", func() {
		n.produce(g, scalar.ColSet{}, func() {
			g.emit(&phys.Set{Col: found, Expr: boolean(true)})
			g.stop(depth)
		})
	})
	return found
}

// equality is the = of a type. Values of json, which has none, are compared as texts.
func equality(t value.Type) *scalar.Func {
	if f := scalar.EqualityOf(t); f != nil {
		return f
	}
	return scalar.EqualityOf(value.Of(value.Text))
}

// less is the < of a type.
func less(t value.Type) *scalar.Func {
	proc := strings.TrimSuffix(equality(t).Proc, "eq") + "lt"
	if proc == "textlt" {
		proc = "text_lt"
	}
	return &scalar.Func{Name: "<", Proc: proc, Strict: true}
}

// applyAll gives what checks foreign keys for the collected changes, and what applies them.
func (u *updater) applyAll(size cost.Poly) (check, store func()) {
	g := u.g
	changed := u.changed()
	var newCols []int
	for _, c := range u.stored {
		if changed[c] {
			newCols = append(newCols, c)
		}
	}
	each := func(f func(old, new row)) {
		oldIDs, newIDs := g.tempsFor(u.rel, u.stored), g.tempsFor(u.rel, newCols)
		all := append(append([]scalar.ColumnID(nil), oldIDs...), newIDs...)
		body := g.loop(func() {
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
			f(old, new)
		})
		if len(body) > 0 {
			g.emit(&phys.ForRows{List: u.list, Cols: all, Rows: size, Body: body})
		}
	}
	check = func() {
		each(func(old, new row) { u.refs.before(u.rel, old, new, changed) })
	}
	store = func() {
		each(func(old, new row) {
			g.apply(u.rel, old, new, changed)
			u.refs.after(u.rel, old, new, changed, changedBy(u.rel, u.set))
		})
	}
	return check, store
}

// update writes UPDATE.
func (g *gen) update(x *algebra.Update) {
	rel := g.m.relationOf(x.Table)
	g.noteGiven(x.Table, x.Set)
	event := occasion{event: catalog.Updating, set: changedBy(rel, x.Set)}
	g.perStatement(x.Triggers, rel, true, event)
	src := g.build(x.Source, g.defined, nil)
	u := &updater{g: g, rel: rel, set: x.Set, new: x.New, returning: x.Returning, outputs: x.Outputs, checks: x.Checks, triggers: x.Triggers}
	u.stored = union(g.known(rel, u.changed()), triggerNeeds(x.Triggers, rel))
	need := returningNeeds(x.Returning)
	for i, id := range x.New { // RETURNING an unchanged column reads the old one
		if need.Has(id) && !u.changed()[i] {
			need.Add(x.Old[i])
		}
	}
	u.refs = g.referential(rel, changes{update: u.changed(), many: several(src), rows: src.bound()}, x.Effects)
	for _, a := range x.Set {
		scalar.AddColumns(&need, a.Expr)
	}
	g.changeRows(u, src, x.Source, x.Old, x.RowID, x.Multi, need, u.change)
	u.refs.finish()
	g.perStatement(x.Triggers, rel, false, event)
	g.finishWrite(x.Outputs)
}

// several reports whether a source can give more than one row.
func several(src node) bool { return !(src.bound().IsConst() && src.bound().Eval(nil, 1) <= 1) }

// delete writes DELETE.
func (g *gen) delete(x *algebra.Delete) {
	rel := g.m.relationOf(x.Table)
	event := occasion{event: catalog.Deleting}
	g.perStatement(x.Triggers, rel, true, event)
	src := g.build(x.Source, g.defined, nil)
	u := &updater{g: g, rel: rel, stored: union(g.known(rel, nil), triggerNeeds(x.Triggers, rel)), triggers: x.Triggers}
	if !x.Truncate { // no other table refers to a truncated one
		u.refs = g.referential(rel, changes{delete: true, many: several(src), rows: src.bound()}, x.Effects)
	}
	if x.Restart {
		g.restart(x.Table)
	}
	need := returningNeeds(x.Returning)
	others := g.overlay(rel)
	if others != nil {
		for _, i := range others.leaves(rel) {
			need.Add(x.Old[i])
		}
	}
	remove := func(old row) {
		u.mark(old)
		if others != nil {
			others.leave(g, rel, old)
		}
		if !x.Truncate {
			g.emit(&phys.AddCount{})
		}
		g.returning(x.Returning, x.Outputs)
		if !u.many {
			u.refs.before(rel, old, nil, nil)
			g.apply(rel, old, nil, nil)
			u.refs.after(rel, old, nil, nil, nil)
			return
		}
		g.emit(&phys.AppendRow{List: u.list, Exprs: exprsAt(old, u.stored)})
	}
	g.changeRows(u, src, x.Source, x.Old, x.RowID, x.Multi, need, func(old row, once func(body func())) {
		once(func() { g.before(firing(x.Triggers, rel, true, event), old, nil, func() { remove(old) }) })
	})
	u.refs.finish()
	g.perStatement(x.Triggers, rel, false, event)
	g.finishWrite(x.Outputs)
}

// changeRows runs change for each row the source finds and, when there can be several, applies what it collected. A row that the source
// finds again is changed once: change runs what it does to a row inside of once. A row that a BEFORE trigger leaves as it is has not been
// changed, and the trigger is asked again.
func (g *gen) changeRows(u *updater, src node, rel algebra.Rel, oldIDs []scalar.ColumnID, rowID scalar.ColumnID, multi bool,
	need scalar.ColSet, change func(old row, once func(body func())),
) {
	others := g.overlay(u.rel)
	single := several(src) && look(u.triggers, u.rel) // several rows, one by one
	u.many = (several(src) || g.compound != nil) && !single
	if u.many {
		u.list = g.reg("changes")
		g.emit(&phys.NewList{Dst: u.list})
		u.gone, u.taken = map[string]phys.Reg{}, map[string]phys.Reg{}
		changed := u.changed()
		for _, c := range constraintsOf(u.rel) {
			if others != nil {
				u.gone[c.name], u.taken[c.name] = others.gone[c.name], others.taken[c.name]
			} else if u.set != nil && c.touched(changed) {
				u.gone[c.name], u.taken[c.name] = g.reg("gone"), g.reg("taken_keys")
				g.emit(&phys.NewMap{Dst: u.gone[c.name]})
				g.emit(&phys.NewMap{Dst: u.taken[c.name]})
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
	if others != nil && others.changed != 0 {
		seen = others.changed
	} else if multi {
		seen = g.reg("seen")
		g.emit(&phys.NewMap{Dst: seen})
	}
	if seen != 0 {
		for _, k := range u.rel.key {
			all.Add(id(k))
		}
	}
	merges := g.compound != nil && g.compound.merge
	if seen != 0 && (merges || skips(u.triggers, u.rel)) {
		u.marks = seen
	}
	once := func(body func()) {
		var key []scalar.Expr
		for _, k := range u.rel.key {
			if seen != 0 {
				key = append(key, g.ref(id(k)))
			}
		}
		again := &phys.InSet{Set: seen, Key: key}
		switch {
		case seen == 0:
			body()
		case merges:
			g.emit(&phys.If{Cond: again, Then: []phys.Op{secondTime("MERGE")}})
			body()
		case u.marks != 0:
			g.emit(&phys.If{Cond: &phys.Negate{Cond: again}, Then: g.inside(body)})
		default:
			g.emit(&phys.IfNew{Set: seen, Key: key, Body: g.inside(body)})
		}
	}
	body := func() {
		old := row{}
		for c := range u.rel.stored {
			if i := id(c); i != 0 && all.Has(i) {
				old[c] = g.ref(i)
			}
		}
		change(old, once)
	}
	change1 := body
	var rows phys.Reg
	var cols []scalar.ColumnID
	if single {
		rows, cols = g.reg("rows"), keep(rel, all)
		g.emit(&phys.NewList{Dst: rows})
		body = func() { g.emit(&phys.AppendRow{List: rows, Exprs: g.refs(cols)}) }
	}
	find := func() { src.produce(g, all, body) }
	if u.many || single {
		g.steady(find) // the rows found are changed afterwards
	} else {
		find()
	}
	if single {
		g.emit(&phys.ForRows{List: rows, Cols: cols, Rows: src.bound(), Body: g.loop(func() {
			g.define(cols, all)
			change1()
		})})
	}
	if !u.many {
		return
	}
	if u.set != nil {
		check, store := u.applyAll(src.bound())
		g.applying(u.refs, src.bound(), check, store)
		return
	}
	each := func(f func(old row)) {
		ids := g.tempsFor(u.rel, u.stored)
		body := g.loop(func() {
			old := row{}
			for i, c := range u.stored {
				old[c] = g.ref(ids[i])
				g.defined.Add(ids[i])
			}
			f(old)
		})
		if len(body) > 0 {
			g.emit(&phys.ForRows{List: u.list, Cols: ids, Rows: src.bound(), Body: body})
		}
	}
	check := func() {
		each(func(old row) { u.refs.before(u.rel, old, nil, nil) })
	}
	g.applying(u.refs, src.bound(), check, func() {
		each(func(old row) {
			g.apply(u.rel, old, nil, nil)
			u.refs.after(u.rel, old, nil, nil, nil)
		})
	})
}
