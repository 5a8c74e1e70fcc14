package bind

import (
	"github.com/prequel-db/prequel/sqlparse/bound"
	"github.com/prequel-db/prequel/sqlparse/catalog"
	"github.com/prequel-db/prequel/sqlparse/diag"
)

// checked refuses a write that a constraint which is not compiled could refuse: of a new row (changed is nil), or of these columns.
func (s *stmt) checked(t *catalog.Table, changed []int, span diag.Span) error {
	u := t.Unchecks(changed)
	if u == nil {
		return nil
	}
	return diag.UnsupportedDefinition.At(span, "the write could violate %s, which cannot be checked: %s", u.Name, u.Reason.Problem).
		WithHelp("%s", u.Reason.Help)
}

func assigned(set []bound.Assign) []int {
	out := make([]int, len(set))
	for i, a := range set {
		out[i] = a.Column
	}
	return out
}

// atOnce refuses writes inside functions and triggers to tables with foreign keys that are INITIALLY DEFERRED: there the end of the
// transaction checks them, behind other writes. A statement on its own is a transaction.
func (s *stmt) atOnce(t *catalog.Table, span diag.Span) error {
	if s.routine == nil {
		return nil
	}
	for _, child := range s.cat.Tables {
		for _, f := range child.ForeignKeys {
			if f.Deferred && (child == t || f.RefTable == t.Name) {
				return diag.UnsupportedDefinition.At(span, "in a function the foreign key %s, which is INITIALLY DEFERRED, is not supported", f.Name).
					WithHelp("declare it without INITIALLY DEFERRED, or write in a statement of its own")
			}
		}
	}
	return nil
}
