package bound

import (
	"slices"
	"strings"

	"github.com/prequel-db/prequel/sqlparse/catalog"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// Trigger is a row trigger bound for one event: what a write runs for each row that it changes that way, itself or by a foreign
// key's action. A write has those that it can fire.
type Trigger struct {
	*catalog.Trigger
	Table *catalog.Table
	Event catalog.Event
	// Cascaded is set where a foreign key's action makes the change: pg_trigger_depth() is another there.
	Cascaded bool
	// Old and New are the variables of Body that hold the row's columns, by position; -1 for those that nothing reads or sets.
	Old, New []int
	// Sets are the columns of the new row that a BEFORE trigger may change.
	Sets []int
	// Skip is the variable of Body that tells that the function returned NULL and the row is left as it is; -1 when it never does.
	Skip int
	// Cond is WHEN over the variables, nil without one.
	Cond scalar.Expr
	Body *Routine
	// Reads says whether Body or Cond look at tables or change rows, and Tables are those whose rows they change.
	Reads  bool
	Tables []*catalog.Table
	// Snapshot are the tables that a STABLE or IMMUTABLE function looks at, which sees them as they were before the statement.
	Snapshot []*catalog.Table
}

// Effects are what a write does besides its own changes: the triggers that it can fire, in the order of their names for a table, and
// all tables whose rows change, by the write itself, foreign keys' actions, or triggers.
type Effects struct {
	Triggers []*Trigger
	Tables   []*catalog.Table
}

// Join are the effects of several writes together: a trigger that more than one of them fires is there once.
func Join(list ...Effects) Effects {
	var out Effects
	for _, e := range list {
		for _, t := range e.Triggers {
			if !slices.ContainsFunc(out.Triggers, func(o *Trigger) bool {
				return o.Trigger == t.Trigger && o.Event == t.Event && o.Cascaded == t.Cascaded
			}) {
				out.Triggers = append(out.Triggers, t)
			}
		}
		for _, t := range e.Tables {
			if !slices.Contains(out.Tables, t) {
				out.Tables = append(out.Tables, t)
			}
		}
	}
	slices.SortStableFunc(out.Triggers, func(a, b *Trigger) int { return strings.Compare(a.Name, b.Name) })
	return out
}

// EffectsOf are the effects of a statement.
func EffectsOf(b Body) Effects {
	switch b := b.(type) {
	case *Insert:
		return b.Effects
	case *Update:
		return b.Effects
	case *Delete:
		return b.Effects
	case *Merge:
		var all []Effects
		for _, a := range b.Actions {
			all = append(all, EffectsOf(a.Write))
		}
		return Join(all...)
	case *Compound:
		all := []Effects{EffectsOf(b.Main)}
		for _, p := range b.Parts {
			all = append(all, EffectsOf(p.Write))
		}
		return Join(all...)
	}
	return Effects{}
}

// Map copies triggers with the expressions and the embedded SQL of their bodies replaced.
func (m RoutineMap) Triggers(list []*Trigger) []*Trigger {
	var out []*Trigger
	for _, t := range list {
		c := *t
		c.Cond = m.expr(t.Cond)
		body := *t.Body
		body.Body = m.Map(body.Body)
		c.Body = &body
		out = append(out, &c)
	}
	return out
}

// PrintTrigger prints a trigger with its body, indented by depth.
func (p *RoutinePrinter) PrintTrigger(t *Trigger, depth int) string {
	p.routine = t.Body
	timing := "after"
	if t.Before {
		timing = "before"
	}
	cascaded := ""
	if t.Cascaded {
		cascaded = " by a foreign key"
	}
	p.line(depth, "trigger %s %s %s on %s%s", t.Name, timing, strings.ToLower(t.Event.String()), t.Table.Name, cascaded)
	rows := func(name string, vars []int) {
		var out []string
		for c, v := range vars {
			if v >= 0 {
				out = append(out, t.Table.Columns[c].Name+" "+p.variable(v))
			}
		}
		if out != nil {
			p.line(depth+1, "%s (%s)", name, strings.Join(out, ", "))
		}
	}
	rows("old", t.Old)
	rows("new", t.New)
	if t.Cond != nil {
		p.line(depth+1, "when %s", p.expr(t.Cond))
	}
	if t.Skip >= 0 {
		p.line(depth+1, "skip %s", p.variable(t.Skip))
	}
	p.stmts(depth+1, t.Body.Body)
	return p.b.String()
}
