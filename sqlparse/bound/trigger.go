package bound

import (
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
	// Reads says whether Body holds SQL, and Tables are those whose rows that changes.
	Reads  bool
	Tables []*catalog.Table
}

// Effects are what a write does besides its own changes: the triggers that it can fire, in the order of their names for a table, and
// all tables whose rows change, by the write itself, foreign keys' actions, or triggers.
type Effects struct {
	Triggers []*Trigger
	Tables   []*catalog.Table
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
