package catalog

import (
	"fmt"
	"slices"
	"strings"

	"github.com/prequel-db/prequel/sqlparse/diag"
)

// Trigger is a trigger of a table. What it does is bound anew for every write that fires it.
type Trigger struct {
	Name     string
	Function string
	Args     []string // TG_ARGV
	Before   bool     // else AFTER
	// The events that fire it; Columns are those whose mention in an UPDATE's SET does, nil for any.
	Insert, Update, Delete, Truncate bool
	Columns                          []int
	// When is the text of the condition, "" for none.
	When     string
	WhenSpan diag.Span
	Span     diag.Span
	// Statement says that it fires once for each statement, else for each row.
	Statement bool
	// Disabled says that nothing fires it.
	Disabled bool
	// Refused is why the trigger is not compiled, nil when it is: a write that fires it is refused then.
	Refused *diag.Diagnostic
}

// Event is what a write does to a row.
type Event uint8

// The events.
const (
	Inserting Event = iota
	Updating
	Deleting
)

// String is the event as TG_OP names it.
func (e Event) String() string { return [...]string{"INSERT", "UPDATE", "DELETE"}[e] }

// On reports whether an event fires the trigger; set are the columns that an UPDATE assigns.
func (t *Trigger) On(e Event, set map[int]bool) bool {
	if t.Disabled {
		return false
	}
	switch e {
	case Inserting:
		return t.Insert
	case Deleting:
		return t.Delete
	}
	return t.Update && (t.Columns == nil || slices.ContainsFunc(t.Columns, func(c int) bool { return set[c] }))
}

// formatTrigger prints a trigger as a line of its table.
func formatTrigger(b *strings.Builder, t *Table, tr *Trigger) {
	if tr.Refused != nil {
		fmt.Fprintf(b, "  trigger %s, not compiled\n", tr.Name)
		return
	}
	timing := "after"
	if tr.Before {
		timing = "before"
	}
	if tr.Statement {
		timing += " statement"
	}
	if tr.Disabled {
		timing = "disabled, " + timing
	}
	var events []string
	if tr.Insert {
		events = append(events, "insert")
	}
	if tr.Update {
		of := ""
		for i, c := range tr.Columns {
			if of += ", "; i == 0 {
				of = " of "
			}
			of += t.Columns[c].Name
		}
		events = append(events, "update"+of)
	}
	if tr.Delete {
		events = append(events, "delete")
	}
	fmt.Fprintf(b, "  trigger %s %s %s", tr.Name, timing, strings.Join(events, " or "))
	if tr.When != "" {
		b.WriteString(" when " + tr.When)
	}
	fmt.Fprintf(b, " execute %s(%s)\n", tr.Function, strings.Join(tr.Args, ", "))
}

// HasBeforeUpdate reports whether a table has BEFORE triggers on UPDATE for each row, be they fired or not.
func (t *Table) HasBeforeUpdate() bool {
	return slices.ContainsFunc(t.Triggers, func(x *Trigger) bool { return x.Before && x.Update && !x.Statement })
}
