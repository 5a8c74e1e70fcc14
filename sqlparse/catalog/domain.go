package catalog

import (
	"fmt"
	"slices"
	"strings"

	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqlparse/diag"
)

// Domain is a CREATE DOMAIN: a type with constraints on its values. Expressions have its base type; what checks a value is the cast to the
// domain, and so is storing it in a column of the domain.
type Domain struct {
	Name string
	// Base is the type of the values; Parent is the domain that this one is over, nil for none.
	Base    value.Type
	Parent  *Domain
	NotNull bool
	// Default is the unparsed default of columns that have none, "" for none.
	Default     string
	DefaultSpan diag.Span
	// Checks are conditions over a row of one column, VALUE.
	Checks []*Check
	Span   diag.Span
}

// Domain returns the domain with that name, or nil.
func (c *Catalog) Domain(name string) *Domain {
	for _, d := range c.Domains {
		if d.Name == name {
			return d
		}
	}
	return nil
}

// Row is the row that the checks are conditions over.
func (d *Domain) Row() *Table {
	return &Table{Name: d.Name, Columns: []*Column{{Name: "value", Type: d.Base, Span: d.Span}}, Span: d.Span}
}

// RefusesNull reports whether the domain or one below it is NOT NULL.
func (d *Domain) RefusesNull() bool {
	return d != nil && (d.NotNull || d.Parent.RefusesNull())
}

// Ordered are the checks in the order in which PostgreSQL tests them: those of the domain below first, each by name.
func (d *Domain) Ordered() []*Check {
	if d == nil {
		return nil
	}
	own := slices.Clone(d.Checks)
	slices.SortStableFunc(own, func(a, b *Check) int { return strings.Compare(a.Name, b.Name) })
	return append(d.Parent.Ordered(), own...)
}

func formatDomain(b *strings.Builder, d *Domain) {
	fmt.Fprintf(b, "domain %s %s", d.Name, d.Base)
	if d.Parent != nil {
		fmt.Fprintf(b, " over %s", d.Parent.Name)
	}
	if d.NotNull {
		b.WriteString(" not null")
	}
	if d.Default != "" {
		b.WriteString(" default " + d.Default)
	}
	b.WriteByte('\n')
	for _, c := range d.Checks {
		fmt.Fprintf(b, "  check %s (%s)\n", c.Name, c.Text)
	}
}
