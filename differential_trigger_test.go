package prequel_test

import (
	"fmt"
	"slices"
)

// trigger is a random row trigger. A table whose triggers read or write tables is written a row at a time, as PostgreSQL leaves the
// order of several rows open, and no foreign key's action changes it.
type trigger struct {
	name     string
	table    *table
	before   bool
	events   []string // INSERT, UPDATE, DELETE
	of       []*column
	when     *expr
	function *routine
}

func (t *trigger) fires(event string) bool { return slices.Contains(t.events, event) }

func (t *trigger) ddl(r *routine) string {
	p := printer{literals: true}
	p.f("CREATE TRIGGER %s %s ", t.name, map[bool]string{true: "BEFORE", false: "AFTER"}[t.before])
	for i, e := range t.events {
		p.lead(i, " OR ", "")
		p.WriteString(e)
		if e == "UPDATE" {
			for j, c := range t.of {
				p.lead(j, ", ", " OF ")
				p.WriteString(c.name)
			}
		}
	}
	p.f(" ON %s FOR EACH ROW ", t.table.name)
	if t.when != nil {
		p.clause("WHEN (", t.when)
		p.WriteString(") ")
	}
	p.f("EXECUTE FUNCTION %s()", r.name)
	return p.String()
}

// effectful reports whether a trigger of the table reads or writes tables.
func (t *table) effectful() bool {
	return slices.ContainsFunc(t.triggers, func(tr *trigger) bool { return !tr.function.pure })
}

// firesSeveral reports whether a write to one row of the table can meet several errors, of which either may come first.
func (t *table) firesSeveral() bool {
	return slices.ContainsFunc(t.triggers, func(tr *trigger) bool { return tr.function.several() })
}

// actedOn reports whether a foreign key's action can change rows of the table.
func (t *table) actedOn() bool {
	return slices.ContainsFunc(t.constraints, func(k *constraint) bool { return k.parent != nil && k.actions != "" })
}

// genTriggers gives tables triggers. One that writes does so to tables behind its own, so that no chain has a circle.
func (g *generator) genTriggers() {
	for i := len(g.c.tables) - 1; i >= 0; i-- {
		t := g.c.tables[i]
		for n := g.r.IntN(3); n > 0; n-- {
			pure := t.key == nil || t.actedOn() || g.chance(40)
			var behind []*table
			for _, b := range g.c.tables[i+1:] {
				if !b.parentOf(t) {
					behind = append(behind, b)
				}
			}
			g.genTrigger(t, pure || len(behind) == 0, behind)
		}
	}
}

// parentOf reports whether a foreign key leads to the table from another.
func (t *table) parentOf(child *table) bool {
	return slices.ContainsFunc(child.constraints, func(k *constraint) bool { return k.parent == t })
}

func (g *generator) genTrigger(t *table, pure bool, behind []*table) {
	number := 0
	for _, other := range g.c.tables {
		number += len(other.triggers)
	}
	tr := &trigger{name: fmt.Sprintf("%s%d", pick(g.r, []string{"a", "t", "z"}), number), table: t, before: g.chance(60)}
	for _, e := range []string{"INSERT", "UPDATE", "DELETE"} {
		if g.chance(50) {
			tr.events = append(tr.events, e)
		}
	}
	if len(tr.events) == 0 {
		tr.events = []string{pick(g.r, []string{"INSERT", "UPDATE"})}
	}
	if tr.fires("UPDATE") && g.chance(25) {
		tr.of = t.cols[:1+g.r.IntN(len(t.cols))]
	}
	row := func(name string, fixed bool) []*scopeColumn {
		var out []*scopeColumn
		for _, c := range t.cols {
			out = append(out, &scopeColumn{from: &fromItem{variable: true}, col: &column{name: name + "." + c.name, typ: c.typ, fixed: fixed}})
		}
		return out
	}
	if len(tr.events) == 1 && g.chance(30) {
		rows := map[string][]*scopeColumn{"INSERT": row("NEW", true), "UPDATE": append(row("NEW", true), row("OLD", true)...), "DELETE": row("OLD", true)}
		tr.when = g.predicate(&scope{cols: rows[tr.events[0]], noParams: true}, 0)
	}
	r := &routine{name: fmt.Sprintf("tf%d", number), trigger: tr, pure: pure}
	tr.function = r
	b := &bodyGen{generator: g, r: r}
	defer func(vars []*scopeColumn, only []*table) { g.vars, g.only = vars, only }(g.vars, g.only)
	g.only = behind
	g.vars = nil
	if tr.fires("INSERT") || tr.fires("UPDATE") {
		g.vars = append(g.vars, row("NEW", !tr.before)...)
	}
	if tr.fires("DELETE") || tr.fires("UPDATE") {
		g.vars = append(g.vars, row("OLD", true)...)
	}
	for range g.r.IntN(2) {
		b.local(pick(g.r, columnTypes))
	}
	r.body = b.statements(1+g.r.IntN(3), 1)
	if tr.before && tr.fires("DELETE") && len(tr.events) > 1 { // a deleted row has no NEW to assign to
		r.body = []*node{bodyNode("IF TG_OP <> 'DELETE' THEN\n", r.body, "END IF;")}
	}
	t.triggers = append(t.triggers, tr)
	if !tr.before {
		r.tail = append(r.tail, bodyNode("RETURN NULL;"))
		return
	}
	if g.chance(20) {
		r.tail = append(r.tail, bodyNode("IF ", b.test(), " THEN RETURN NULL; END IF;"))
	}
	switch {
	case !tr.fires("DELETE"):
		r.tail = append(r.tail, bodyNode("RETURN NEW;"))
	case len(tr.events) == 1:
		r.tail = append(r.tail, bodyNode("RETURN OLD;"))
	case g.chance(50):
		r.tail = append(r.tail, bodyNode("RETURN coalesce(NEW, OLD);"))
	default:
		r.tail = append(r.tail, bodyNode("IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW;"))
	}
}
