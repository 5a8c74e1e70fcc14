package lowering

import (
	"github.com/prequel-db/prequel/lowering/cost"
	"github.com/prequel-db/prequel/lowering/phys"
	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqlparse/bound"
	"github.com/prequel-db/prequel/sqlparse/catalog"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// kind is the number of a kind of event, from 1.
func (r *referential) kind(f foreignKey, what eventType) int {
	for i, k := range r.kinds {
		if k.trigger == nil && k.fk.ForeignKey == f.ForeignKey && k.what == what {
			return i + 1
		}
	}
	k := &eventKind{fk: f, what: what}
	add := func(rel *relation, cols []int) {
		for _, c := range cols {
			k.cols = append(k.cols, r.g.temp(rel.cols[c].Name, rel.cols[c].Type, false))
		}
	}
	switch what {
	case newReference:
		add(f.child, f.Columns)
	case lostKey:
		add(f.parent, f.RefColumns)
	case changedKey:
		add(f.parent, f.RefColumns)
		for _, c := range f.RefColumns {
			k.cols = append(k.cols, r.g.temp("new_"+f.parent.cols[c].Name, f.parent.cols[c].Type, f.parent.cols[c].Nullable))
		}
	}
	r.kinds = append(r.kinds, k)
	return len(r.kinds)
}

// finish works the events off, behind the statement's own changes.
func (r *referential) finish() {
	if r == nil || !r.late || len(r.kinds) == 0 || r.g.compound != nil {
		return
	}
	g := r.g
	drain := &phys.Drain{Events: r.events}
	for i := 0; i < len(r.kinds); i++ { // bodies add kinds
		k := r.kinds[i]
		body := g.loop(func() {
			for _, id := range k.cols {
				g.defined.Add(id)
			}
			r.cause = k
			if k.trigger != nil {
				r.fire(k)
			} else {
				r.event(k)
			}
		})
		drain.Kinds = append(drain.Kinds, phys.EventKind{Comment: k.comment(), Cols: k.cols, Body: body})
	}
	for i, k := range r.kinds {
		drain.Kinds[i].Rows = k.count(map[*eventKind]bool{})
	}
	g.emit(drain)
}

// count bounds the number of events of a kind. In a circle of actions, each referenced row is lost once.
func (k *eventKind) count(path map[*eventKind]bool) cost.Poly {
	if path[k] && k.trigger == nil {
		return cost.Size(k.fk.parent.sizeName())
	}
	path[k] = true
	defer delete(path, k)
	total := cost.Poly{}
	for _, c := range k.causes {
		times := cost.Const(1)
		if c.from != nil {
			times = c.from.count(path)
		}
		total = total.Add(times.Mul(c.rows))
	}
	return total
}

// comment says what an event means.
func (k *eventKind) comment() string {
	if k.trigger != nil {
		return "trigger " + k.trigger.Name + ": AFTER " + k.trigger.Event.String() + " ON " + k.trigger.Table.Name
	}
	child, parent := k.fk.child.table.Name, k.fk.parent.table.Name
	action := k.fk.action(k.what == changedKey)
	if action == "" {
		action = "NO ACTION"
	}
	switch k.what {
	case newReference:
		return k.fk.Name + ": a row of " + child + " refers to " + parent
	case lostKey:
		return k.fk.Name + ": ON DELETE " + action
	}
	return k.fk.Name + ": ON UPDATE " + action
}

// event writes what happens at an event.
func (r *referential) event(k *eventKind) {
	f, n := k.fk, len(k.fk.RefColumns)
	values := r.g.refs(k.cols)
	if k.what == newReference {
		r.checkReference(f, values, nil)
		return
	}
	update := k.what == changedKey
	key := values[:n]
	switch action := f.action(update); action {
	case "CASCADE":
		if !update {
			r.deleteRows(f, key)
			return
		}
		var set []bound.Assign
		for i, c := range f.Columns {
			set = append(set, bound.Assign{Column: c, Expr: assigned(values[n+i], f.child.cols[c].Type)})
		}
		r.updateRows(f, key, set)
	case "SET NULL", "SET DEFAULT":
		var set []bound.Assign
		for _, c := range f.Columns {
			col := f.child.table.Columns[c]
			e := scalar.Expr(scalar.NullOf(col.Type))
			if action == "SET DEFAULT" {
				if e = col.DefaultExpr; e == nil {
					r.g.fail(codeActionDefault.Code, f.Span, "the default of column "+col.Name+" cannot be used: "+col.DefaultProblem,
						"give the column a constant default, or use SET NULL")
					return
				}
			}
			set = append(set, bound.Assign{Column: c, Expr: e})
		}
		r.updateRows(f, key, set)
		if action == "SET DEFAULT" { // the default may be the very key
			r.restrict(f, key, update)
		}
	default:
		r.restrict(f, key, update)
	}
}

// narrowing are the conversions of integers on assignment that can fail.
var narrowing = map[[2]value.Kind]string{
	{value.Int8, value.Int4}: "int84", {value.Int8, value.Int2}: "int82", {value.Int4, value.Int2}: "i4toi2",
}

// assigned is a referenced key's new value as the referencing column takes it.
func assigned(e scalar.Expr, t value.Type) scalar.Expr {
	if proc := narrowing[[2]value.Kind{e.Type().Kind, t.Kind}]; proc != "" {
		return &scalar.Call{Node: scalar.Node{Typ: t}, Fn: &scalar.Func{Name: t.String(), Proc: proc, Strict: true}, Args: []scalar.Expr{e}}
	}
	if e.Type().Equal(t) {
		return e
	}
	if e.Type().SameBase(t) && t.Mod > 0 {
		return &scalar.Modify{Node: scalar.Node{Typ: t}, Arg: e}
	}
	return retyped(e, t)
}

// collect finds the rows that refer to a key and runs do for each of them, once all are found: do changes what was looked at.
func (r *referential) collect(f foreignKey, key []scalar.Expr, need []int, do func(old row)) {
	g := r.g
	n, ids := g.rowsLike(f.child, f.Columns, key, false, nil, need)
	list := g.reg("referring")
	cols := make([]scalar.ColumnID, len(need))
	for i, c := range need {
		cols[i] = ids[c]
	}
	g.emit(&phys.NewList{Dst: list})
	g.scope("", func() {
		n.produce(g, scalar.SetOf(cols...), func() { g.emit(&phys.AppendRow{List: list, Exprs: g.refs(cols)}) })
	})
	copies := g.tempsFor(f.child, need)
	r.rows = n.bound()
	g.emit(&phys.ForRows{List: list, Cols: copies, Rows: n.bound(), Body: g.loop(func() {
		old := row{}
		for i, c := range need {
			old[c] = g.ref(copies[i])
			g.defined.Add(copies[i])
		}
		do(old)
	})})
}

// deleteRows is CASCADE of a deleted key.
func (r *referential) deleteRows(f foreignKey, key []scalar.Expr) {
	need := union(r.g.known(f.child, nil), triggerNeeds(r.triggers, f.child))
	r.collect(f, key, need, func(old row) {
		r.g.before(firing(r.triggers, f.child, true, occasion{catalog.Deleting, nil, true}), old, nil, func() {
			r.g.apply(f.child, old, nil, nil)
			r.after(f.child, old, nil, nil, nil)
		})
	})
}

// updateRows is an action that assigns to the referencing columns.
func (r *referential) updateRows(f foreignKey, key []scalar.Expr, set []bound.Assign) {
	g := r.g
	u := &updater{g: g, rel: f.child, set: set, quiet: true, refs: r, triggers: r.triggers}
	for _, c := range f.child.table.Columns {
		u.new = append(u.new, g.temp(c.Name, c.Type, true))
	}
	r.collect(f, key, union(g.known(f.child, u.changed()), triggerNeeds(r.triggers, f.child)), func(old row) { u.change(old, always) })
}
