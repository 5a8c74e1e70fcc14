package catalog

import (
	"slices"

	"github.com/prequel-db/prequel/sqlparse/diag"
)

// Unchecked is a constraint that is not compiled: writes that could violate it are refused.
type Unchecked struct {
	Name string
	// Columns are the columns whose change can violate it; an inserted row always can.
	Columns []int
	Reason  diag.Diagnostic
}

// Unchecks returns the first constraint that cannot be checked for a new row (changed is nil), or for a row whose changed columns are these.
func (t *Table) Unchecks(changed []int) *Unchecked {
	for _, u := range t.Unchecked {
		if changed == nil || slices.ContainsFunc(changed, func(c int) bool { return slices.Contains(u.Columns, c) }) {
			return u
		}
	}
	return nil
}
