package lowering

import (
	"slices"

	"github.com/prequel-db/prequel/lowering/phys"
	"github.com/prequel-db/prequel/planner/algebra"
	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqlparse/bound"
	"github.com/prequel-db/prequel/sqlparse/catalog"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// A trigger is written where it fires. BEFORE triggers stand between the computing of a row and its checks; they change the new row,
// or leave the row out. AFTER triggers are events, which are worked off with those of foreign keys when the statement's own changes
// are done. Where the function of a BEFORE trigger has SQL, rows are changed one by one, as it may look at what was done before;
// otherwise the rows are collected first and changed behind the last check, as without triggers.

// occasion is what fires triggers: an event, by the statement itself or by a foreign key's action.
type occasion struct {
	event    catalog.Event
	set      map[int]bool // the columns that an UPDATE assigns
	cascaded bool
}

// firing lists the triggers of a table that fire before or after an event, in order.
func firing(list []*bound.Trigger, rel *relation, before bool, o occasion) []*bound.Trigger {
	var out []*bound.Trigger
	for _, t := range list {
		if !t.Statement && t.Table == rel.table && t.Event == o.event && t.Before == before && t.Cascaded == o.cascaded && t.On(o.event, o.set) {
			out = append(out, t)
		}
	}
	return out
}

// fires reports whether a change of a table's rows fires any trigger.
func fires(list []*bound.Trigger, rel *relation) bool {
	return slices.ContainsFunc(list, func(t *bound.Trigger) bool { return t.Table == rel.table })
}

// look reports whether the functions of BEFORE triggers of a table have SQL.
func look(list []*bound.Trigger, rel *relation) bool {
	return slices.ContainsFunc(list, func(t *bound.Trigger) bool { return t.Table == rel.table && t.Before && t.Reads && !t.Statement })
}

// skips reports whether BEFORE triggers of a table may leave rows as they are.
func skips(list []*bound.Trigger, rel *relation) bool {
	return slices.ContainsFunc(list, func(t *bound.Trigger) bool {
		return t.Table == rel.table && t.Before && t.Skip >= 0 && !t.Statement && !t.Cascaded
	})
}

// setBy are the columns that BEFORE triggers may change.
func setBy(list []*bound.Trigger) map[int]bool {
	out := map[int]bool{}
	for _, t := range list {
		for _, c := range t.Sets {
			out[c] = true
		}
	}
	return out
}

// changedWith are the columns of an updated row that can change: those that SET names, those that BEFORE triggers change, and the
// generated columns over them.
func changedWith(list []*bound.Trigger, rel *relation, set []bound.Assign, cascaded bool) map[int]bool {
	out := changedBy(rel, set)
	for c := range setBy(firing(list, rel, true, occasion{catalog.Updating, out, cascaded})) {
		out[c] = true
	}
	return generatedFrom(rel, out)
}

// triggerNeeds are the columns that a table's triggers look at.
func triggerNeeds(list []*bound.Trigger, rel *relation) []int {
	var out []int
	for _, t := range list {
		if t.Table != rel.table {
			continue
		}
		for _, vars := range [][]int{t.Old, t.New} {
			for c, v := range vars {
				if v >= 0 && !contains(out, c) {
					out = append(out, c)
				}
			}
		}
	}
	slices.Sort(out)
	return out
}

// instance begins one place of a trigger's function. Columns of the row that it never assigns stand for its variables.
func (g *gen) instance(t *bound.Trigger, old, new row) *routine {
	p := g.newRoutine(algebra.FreshRoutine(t.Body, g.cols))
	p.trigger = true
	p.alias = map[int]scalar.Expr{}
	hold := func(vars []int, r row) {
		for c, v := range vars {
			if v >= 0 && p.sets[v] == 0 && r != nil && r[c] != nil {
				p.alias[v] = r[c]
			}
		}
	}
	hold(t.Old, old)
	hold(t.New, new)
	return p
}

// give assigns the columns of the row to the variables that the function changes too, where it may look at them first.
func (p *routine) give(vars []int, r row, always bool) {
	for c, v := range vars {
		if v < 0 || p.alias[v] != nil || r == nil || r[c] == nil || !always && assignedFirst(p.r.Body, v) {
			continue
		}
		p.let(v, r[c], p.sets[v] == 0)
		p.g.cols.Get(p.vars[v]).Nullable = true
		p.declared[v] = true
	}
}

// assignedFirst reports whether statements assign a variable before anything can look at it, or end without having done so.
func assignedFirst(list []bound.Stmt, v int) bool {
	for _, s := range list {
		if x, ok := s.(*bound.SetVar); ok && x.Var == v && !mentions(x.Expr, v) {
			return true
		}
		if !passes(s, v) {
			return false
		}
	}
	return false
}

// passes reports whether a statement is over, if it ends at all, without having looked at or assigned a variable.
func passes(s bound.Stmt, v int) bool {
	none := func(list []scalar.Expr) bool {
		return !slices.ContainsFunc(list, func(e scalar.Expr) bool { return mentions(e, v) })
	}
	all := func(list []bound.Stmt) bool {
		return !slices.ContainsFunc(list, func(s bound.Stmt) bool { return !passes(s, v) })
	}
	switch x := s.(type) {
	case *bound.SetVar:
		return x.Var != v && !mentions(x.Expr, v)
	case *bound.RaiseStmt:
		return none(x.Message) && none(x.Detail)
	case *bound.IfStmt:
		return !mentions(x.Cond, v) && all(x.Then) && all(x.Else)
	}
	return false
}

// mentions reports whether an expression reads a variable, or may: its subqueries are not looked at.
func mentions(e scalar.Expr, v int) bool {
	found := scalar.HasSubquery(e)
	scalar.Walk(e, func(x scalar.Expr) bool {
		if p, ok := x.(*scalar.Param); ok && p.Number == scalar.FirstLocal+v {
			found = true
		}
		return true
	})
	return found
}

// before runs BEFORE triggers on a row, one behind the other. They change new; then runs unless one of them leaves the row as it is.
func (g *gen) before(list []*bound.Trigger, old, new row, then func()) {
	if len(list) == 0 {
		then()
		return
	}
	t := list[0]
	p := g.instance(t, old, new)
	inner := g.inner
	g.inner = nil
	if len(p.r.Body) > 0 {
		g.emit(&phys.Comment{Text: "trigger " + t.Name})
	}
	if t.Cond == nil {
		p.give(t.Old, old, false)
		p.give(t.New, new, false)
		p.top(p.r.Body)
	} else {
		p.give(t.Old, old, true)
		p.give(t.New, new, true)
		if t.Skip >= 0 {
			g.let(p.vars[t.Skip], boolean(false))
			p.declared[t.Skip] = true
		}
		g.where(p.expr(t.Cond), func() { p.top(p.r.Body) })
	}
	g.inner = inner
	for _, c := range t.Sets {
		new[c] = g.ref(p.vars[t.New[c]])
	}
	rest := func() { g.before(list[1:], old, new, then) }
	if t.Skip < 0 {
		rest()
		return
	}
	g.where(&scalar.Not{Node: scalar.Node{Typ: value.Of(value.Bool)}, Arg: g.ref(p.vars[t.Skip])}, rest)
}

// perStatement runs the triggers of a table that fire once for a statement, before or after it, event by event.
func (g *gen) perStatement(list []*bound.Trigger, rel *relation, before bool, events ...occasion) {
	inner := g.inner
	g.inner = nil
	for _, o := range events {
		for _, t := range list {
			if !t.Statement || t.Table != rel.table || t.Event != o.event || t.Before != before || !t.On(o.event, o.set) {
				continue
			}
			g.scope("trigger "+t.Name, func() {
				p := g.instance(t, nil, nil)
				if t.Cond == nil {
					p.top(p.r.Body)
				} else {
					g.where(p.expr(t.Cond), func() { p.top(p.r.Body) })
				}
			})
		}
	}
	g.inner = inner
}

// queue leaves the event of an AFTER trigger behind.
func (r *referential) queue(t *bound.Trigger, old, new row) {
	g := r.g
	var cond scalar.Expr
	if t.Cond != nil {
		cond = g.instance(t, old, new).expr(t.Cond)
	}
	g.where(cond, func() {
		kind := r.triggerKind(t)
		r.kinds[kind-1].causes = append(r.kinds[kind-1].causes, eventCause{r.cause, r.rows})
		values := []scalar.Expr{smallInteger(kind)}
		for c, v := range t.Old {
			if v >= 0 {
				values = append(values, old[c])
			}
		}
		for c, v := range t.New {
			if v >= 0 {
				values = append(values, new[c])
			}
		}
		g.emit(&phys.AppendRow{List: r.events, Exprs: values})
	})
}

// triggerKind is the number of the kind of event that fires an AFTER trigger.
func (r *referential) triggerKind(t *bound.Trigger) int {
	for i, k := range r.kinds {
		if k.trigger == t {
			return i + 1
		}
	}
	k := &eventKind{trigger: t}
	for _, vars := range [][]int{t.Old, t.New} {
		for c, v := range vars {
			if v >= 0 {
				col := t.Table.Columns[c]
				k.cols = append(k.cols, r.g.temp(col.Name, col.Type, !col.NotNull && !contains(t.Table.PrimaryKey, c)))
			}
		}
	}
	r.kinds = append(r.kinds, k)
	return len(r.kinds)
}

// fire writes what happens at the event of an AFTER trigger.
func (r *referential) fire(k *eventKind) {
	g, t := r.g, k.trigger
	cols := k.cols
	take := func(vars []int) row {
		out := row{}
		for c, v := range vars {
			if v >= 0 {
				out[c] = g.ref(cols[0])
				cols = cols[1:]
			}
		}
		return out
	}
	old := take(t.Old)
	new := take(t.New)
	p := g.instance(t, old, new)
	inner := g.inner
	g.inner = nil
	p.give(t.Old, old, false)
	p.give(t.New, new, false)
	p.top(p.r.Body)
	g.inner = inner
}
