package lowering

import (
	"slices"

	"github.com/prequel-db/prequel/lowering/cost"
	"github.com/prequel-db/prequel/lowering/phys"
	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqlparse/bound"
	"github.com/prequel-db/prequel/sqlparse/catalog"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// foreignKey is a foreign key between the stored rows of two tables, maybe the same.
type foreignKey struct {
	*catalog.ForeignKey
	child, parent *relation
}

// foreignKeys lists those of all tables, in the order of declaration.
func (m *module) foreignKeys() []foreignKey {
	var out []foreignKey
	for _, t := range m.cat.Tables {
		for _, f := range t.ForeignKeys {
			out = append(out, foreignKey{f, m.relationOf(t), m.relationOf(m.cat.Table(f.RefTable))})
		}
	}
	return out
}

// action is what ON DELETE (update false) or ON UPDATE says: "" is NO ACTION.
func (f foreignKey) action(update bool) string {
	if update {
		return f.OnUpdate
	}
	return f.OnDelete
}

// cascades reports whether an action changes the referencing rows.
func cascades(action string) bool { return action != "" && action != "RESTRICT" }

// changes describe what a statement does to the rows of a table.
type changes struct {
	insert, delete bool
	update         map[int]bool // changed columns, nil: none
	many           bool         // to several rows
	rows           cost.Poly    // to how many
}

// referential enforces the foreign keys that a statement's changes touch. PostgreSQL looks at them when the statement's own
// changes are done. Where these changes cannot affect what the check finds, it runs before the first write (early).
// Otherwise each changed row leaves events behind, which are worked off when all are written: a check, or an action that
// changes further rows, which leave events too. Its methods do nothing on a nil receiver: no foreign key is concerned.
type referential struct {
	g        *gen
	keys     []foreignKey // of the whole schema
	triggers []*bound.Trigger
	late     bool
	// moved are the relations whose rows actions of foreign keys change, gains those in which a key can come into being while
	// the statement runs.
	moved, gains map[*relation]bool
	reached      map[string]bool // foreign keys that reach has followed
	events       phys.Reg
	kinds        []*eventKind
	// cause is the kind of event whose action is being written, nil for the statement itself, and rows how many rows it changes.
	cause *eventKind
	rows  cost.Poly
}

// eventKind is a kind of event: what happened to a row, seen from a foreign key, or what fires an AFTER trigger.
type eventKind struct {
	trigger *bound.Trigger
	fk      foreignKey
	what    eventType
	cols    []scalar.ColumnID
	// causes are where its events come from.
	causes []eventCause
}

// eventCause is a place that leaves events behind: rows times for every event of a kind, nil: of the statement.
type eventCause struct {
	from *eventKind
	rows cost.Poly
}

type eventType uint8

const (
	newReference eventType = iota // a row refers to a key: its values
	lostKey                       // a referenced row is gone: its key
	changedKey                    // a referenced key has changed: the old key, the new key
)

// tableChanges are changes of one table.
type tableChanges struct {
	rel *relation
	changes
}

// touches reports whether a write changes which values some columns of a relation hold.
func (c tableChanges) touches(rel *relation, cols []int) bool {
	return c.rel == rel && (c.insert || c.delete || anyOf(c.update, cols))
}

// referential decides how a write's foreign keys are enforced. It is called before the first instruction that changes rows. The
// parts of a compound statement share what was decided for all of them.
func (g *gen) referential(rel *relation, c changes, effects bound.Effects) *referential {
	if g.compound != nil {
		return g.compound.refs
	}
	return g.enforce([]tableChanges{{rel, c}}, effects.Triggers)
}

// enforce decides how the foreign keys are enforced that the writes of a statement touch, nil when there are none.
func (g *gen) enforce(writes []tableChanges, triggers []*bound.Trigger) *referential {
	r := &referential{
		g: g, keys: g.m.foreignKeys(), triggers: triggers, moved: map[*relation]bool{}, gains: map[*relation]bool{}, reached: map[string]bool{},
	}
	concerned := false
	for i, w := range writes {
		others := slices.Delete(slices.Clone(writes), i, i+1)
		for _, f := range r.keys {
			out := f.child == w.rel && (w.insert || anyOf(w.update, f.Columns))
			lost, moves := f.parent == w.rel && w.delete, f.parent == w.rel && anyOf(w.update, f.RefColumns)
			concerned = concerned || out || lost || moves
			self := f.child == f.parent
			switch {
			case lost && (self || cascades(f.OnDelete)), moves && (self || w.many || cascades(f.OnUpdate)):
				r.late = true
			case out && self && (w.many || w.update != nil):
				r.late = true
			case out && slices.ContainsFunc(others, func(o tableChanges) bool { return o.touches(f.parent, f.RefColumns) }):
				r.late = true
			case (lost || moves) && slices.ContainsFunc(others, func(o tableChanges) bool {
				return o.touches(f.parent, f.RefColumns) || o.touches(f.child, f.Columns)
			}):
				r.late = true
			}
		}
		r.rows = w.rows
	}
	for _, t := range r.triggers {
		// What triggers write affects what checks find.
		r.late = r.late || !t.Before || concerned && t.Reads
		for _, w := range t.Tables {
			r.moved[g.m.relationOf(w)], r.gains[g.m.relationOf(w)] = true, true
		}
	}
	if !concerned && len(r.triggers) == 0 {
		return nil
	}
	if r.late {
		for _, w := range writes {
			r.gains[w.rel] = r.gains[w.rel] || w.insert || w.update != nil
			r.reach(w.rel, w.delete, w.update)
		}
		r.events = g.reg("events")
		g.emit(&phys.NewList{Dst: r.events})
	}
	return r
}

// reach finds the relations that actions change, beginning with a change of one.
func (r *referential) reach(rel *relation, delete bool, update map[int]bool) {
	for _, f := range r.keys {
		if f.parent != rel {
			continue
		}
		var next map[int]bool
		gone := false
		if delete && cascades(f.OnDelete) {
			if gone = f.OnDelete == "CASCADE"; !gone {
				next = columnSet(f.Columns)
			}
		}
		if anyOf(update, f.RefColumns) && cascades(f.OnUpdate) {
			next = columnSet(f.Columns)
		}
		key := f.Name + " " + f.child.table.Name
		if !gone && next == nil || r.reached[key] && (next == nil || r.gains[f.child]) {
			continue
		}
		r.reached[key] = true
		if next != nil {
			for c := range setBy(firing(r.triggers, f.child, true, occasion{catalog.Updating, generatedFrom(f.child, columnSet(f.Columns)), true})) {
				next[c] = true
			}
			next = generatedFrom(f.child, next)
		}
		r.moved[f.child] = true
		r.gains[f.child] = r.gains[f.child] || next != nil
		r.reach(f.child, gone, next)
	}
}

func columnSet(cols []int) map[int]bool {
	out := map[int]bool{}
	for _, c := range cols {
		out[c] = true
	}
	return out
}

// early reports whether there are checks that run before the first write.
func (r *referential) early() bool { return r != nil && !r.late }

// before checks, before the first write, what a row's change does to foreign keys.
func (r *referential) before(rel *relation, old, new row, changed map[int]bool) {
	if !r.early() {
		return
	}
	r.each(rel, old, new, changed, func(f foreignKey, what eventType, values []scalar.Expr) {
		switch what {
		case newReference:
			var own []scalar.Expr
			if f.child == f.parent { // a row may refer to itself
				own = exprsAt(new, f.RefColumns)
			}
			r.checkReference(f, values, own)
		case lostKey:
			r.restrict(f, values, false)
		case changedKey:
			r.restrict(f, values[:len(f.RefColumns)], true)
		}
	})
}

// The names of PostgreSQL's own triggers for foreign keys, on the table referred to and on the one that refers, begin so: they stand
// among the others in the order of names.
const (
	actionTrigger = "RI_ConstraintTrigger_a_"
	checkTrigger  = "RI_ConstraintTrigger_c_"
)

// after leaves the events of a row's change behind; set are the columns that an UPDATE assigns.
func (r *referential) after(rel *relation, old, new row, changed, set map[int]bool) {
	if r == nil || !r.late {
		return
	}
	event := catalog.Updating
	switch {
	case old == nil:
		event = catalog.Inserting
	case new == nil:
		event = catalog.Deleting
	}
	list := firing(r.triggers, rel, false, occasion{event, set, r.cause != nil})
	for len(list) > 0 && list[0].Name < actionTrigger {
		r.queue(list[0], old, new)
		list = list[1:]
	}
	leave := func(f foreignKey, what eventType, values []scalar.Expr) {
		kind := r.kind(f, what)
		r.kinds[kind-1].causes = append(r.kinds[kind-1].causes, eventCause{r.cause, r.rows})
		r.g.emit(&phys.AppendRow{List: r.events, Exprs: append([]scalar.Expr{smallInteger(kind)}, values...)})
	}
	r.referred(rel, old, new, changed, leave)
	for len(list) > 0 && list[0].Name < checkTrigger {
		r.queue(list[0], old, new)
		list = list[1:]
	}
	r.refers(rel, old, new, changed, leave)
	for _, t := range list {
		r.queue(t, old, new)
	}
}

func smallInteger(n int) scalar.Expr {
	return &scalar.Const{Node: scalar.Node{Typ: value.Of(value.Int4)}, Text: itoa(n)}
}

// each runs do for what a row's change means to each foreign key, under the condition that it means something: first for the
// keys that refer to the row, as PostgreSQL does.
func (r *referential) each(rel *relation, old, new row, changed map[int]bool, do func(foreignKey, eventType, []scalar.Expr)) {
	r.referred(rel, old, new, changed, do)
	r.refers(rel, old, new, changed, do)
}

// referred is each for the keys that refer to the row.
func (r *referential) referred(rel *relation, old, new row, changed map[int]bool, do func(foreignKey, eventType, []scalar.Expr)) {
	g := r.g
	for _, f := range r.keys {
		if f.parent != rel || old == nil || new != nil && !anyOf(changed, f.RefColumns) {
			continue
		}
		key := exprsAt(old, f.RefColumns)
		cond := g.present(key)
		if new == nil {
			g.where(cond, func() { do(f, lostKey, key) })
			continue
		}
		to := exprsAt(new, f.RefColumns)
		g.where(scalar.Conjunction(cond, differs(key, to)), func() { do(f, changedKey, append(slices.Clone(key), to...)) })
	}
}

// refers is each for the keys by which the row refers to others.
func (r *referential) refers(rel *relation, old, new row, changed map[int]bool, do func(foreignKey, eventType, []scalar.Expr)) {
	g := r.g
	for _, f := range r.keys {
		if f.child != rel || new == nil || old != nil && !anyOf(changed, f.Columns) {
			continue
		}
		key := exprsAt(new, f.Columns)
		cond := g.present(key)
		if old != nil {
			cond = scalar.Conjunction(cond, differs(exprsAt(old, f.Columns), key))
		}
		g.where(cond, func() { do(f, newReference, key) })
	}
}

// referenced looks for the row that a key refers to.
func (r *referential) referenced(f foreignKey, key []scalar.Expr) scalar.ColumnID {
	for _, c := range constraintsOf(f.parent) { // the key in the order of the constraint that is looked up
		if c.where != nil || len(c.cols) != len(f.RefColumns) || !subset(c.cols, f.RefColumns) {
			continue
		}
		ordered := make([]scalar.Expr, len(c.cols))
		for i, col := range c.cols {
			ordered[i] = retyped(key[slices.Index(f.RefColumns, col)], f.parent.cols[col].Type)
		}
		return r.g.keyExists(f.parent, c.cols, ordered)
	}
	panic("lowering: a foreign key without a unique constraint") // the catalog has checked
}

// checkReference raises 23503 when a row refers to a key that no row has. own is the referenced key of the row itself, nil for
// a foreign key to another table.
func (r *referential) checkReference(f foreignKey, key, own []scalar.Expr) {
	g := r.g
	check := func() {
		exists := r.referenced(f, key)
		g.emit(&phys.If{Cond: &phys.Negate{Cond: &phys.IsTrue{Expr: g.ref(exists)}}, Then: g.inside(func() {
			missing := func() {
				g.emit(&phys.Raise{
					SQLState: "23503", Table: f.child.table.Name, Constraint: f.Name,
					Detail: keyDetail(f.child.names(f.Columns), key, " is not present in table "+quoted(f.parent.table.Name)+"."),
					Message: []scalar.Expr{text("insert or update on table " + quoted(f.child.table.Name) +
						" violates foreign key constraint " + quoted(f.Name))},
				})
			}
			if !r.late || !r.moved[f.child] {
				missing()
				return
			}
			// A later action may have changed or removed the row.
			still := g.rowExists(f.child, f.Columns, key, false, nil)
			g.where(g.ref(still), missing)
		})})
	}
	if own == nil {
		check()
		return
	}
	for i := range own {
		own[i] = retyped(own[i], key[i].Type())
	}
	g.where(differs(key, own), check)
}

// restrict raises 23503 when rows still refer to a key that its row has lost.
func (r *referential) restrict(f foreignKey, key []scalar.Expr, update bool) {
	g := r.g
	raise := func() {
		found := g.rowExists(f.child, f.Columns, key, false, nil)
		g.emit(&phys.If{Cond: &phys.IsTrue{Expr: g.ref(found)}, Then: []phys.Op{&phys.Raise{
			SQLState: "23503", Table: f.child.table.Name, Constraint: f.Name,
			Detail: keyDetail(f.parent.names(f.RefColumns), key, " is still referenced from table "+quoted(f.child.table.Name)+"."),
			Message: []scalar.Expr{text("update or delete on table " + quoted(f.parent.table.Name) + " violates foreign key constraint " +
				quoted(f.Name) + " on table " + quoted(f.child.table.Name))},
		}}})
	}
	if !r.late || f.action(update) == "RESTRICT" || !r.gains[f.parent] {
		raise()
		return
	}
	// NO ACTION: another row may have the key by now.
	again := r.referenced(f, key)
	g.emit(&phys.If{Cond: &phys.Negate{Cond: &phys.IsTrue{Expr: g.ref(again)}}, Then: g.inside(raise)})
}
