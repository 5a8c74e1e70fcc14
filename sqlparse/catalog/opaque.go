package catalog

import "github.com/prequel-db/prequel/sqlparse/diag"

// Opaque is a column whose type has no values here. Statements that leave it alone are compiled as if it were not there.
type Opaque struct {
	Name string
	// At is the number of columns of the table, those in Columns, that stand before it.
	At int
	// Reason is why the type is not supported.
	Reason diag.Diagnostic
	// Required says that a row needs a value: it is NOT NULL and has no default, so that nothing can be inserted.
	Required bool
	Span     diag.Span
}

// Opaque returns the opaque column of that name, or nil.
func (t *Table) Opaque(name string) *Opaque {
	for _, o := range t.Opaques {
		if o.Name == name {
			return o
		}
	}
	return nil
}

// Refused is an object of the schema that is not compiled: a type, or a view. What depends on it is refused.
type Refused struct {
	Name   string
	Reason diag.Diagnostic
}

// RefusedType returns the type of that name that is not compiled, or nil.
func (c *Catalog) RefusedType(name string) *Refused { return find(c.RefusedTypes, name) }

// RefusedView returns the view of that name that is not compiled, or nil.
func (c *Catalog) RefusedView(name string) *Refused { return find(c.RefusedViews, name) }

func find(list []*Refused, name string) *Refused {
	for _, r := range list {
		if r.Name == name {
			return r
		}
	}
	return nil
}
