package catalog

import (
	"fmt"
	"slices"
	"strings"

	"github.com/prequel-db/prequel/sqlparse/diag"
)

// Partitioning is what is known of a table's partitions. All rows are the table's own: partitions only bound which rows there may be, and
// name some of them.
type Partitioning struct {
	Strategy string   // list, range, hash
	Keys     []string // column names, quoted, and expressions in parentheses
	Columns  []int    // the positions of the columns that the keys read
	Parts    []*Partition
	Span     diag.Span
}

// Partition is one partition. Its name can be read as a view can.
type Partition struct {
	Name    string
	Default bool
	// Bound is the condition on the keys that FOR VALUES amounts to, "" for DEFAULT and for HASH.
	Bound string
	// Modulus and Remainder are those of a partition by HASH.
	Modulus, Remainder int
	// UniqueKeys are the columns of its own unique constraints, which the whole table must have.
	UniqueKeys [][]string
	// Sub is set for a partition that is partitioned itself.
	Sub  *Partitioning
	Span diag.Span
}

// Find returns the partition of that name, at any depth, or nil.
func (p *Partitioning) Find(name string) *Partition {
	if p == nil {
		return nil
	}
	for _, part := range p.Parts {
		if part.Name == name {
			return part
		}
		if found := part.Sub.Find(name); found != nil {
			return found
		}
	}
	return nil
}

// Partition returns the table with a partition of that name and the partition, or nil.
func (c *Catalog) Partition(name string) (*Table, *Partition) {
	for _, t := range c.Tables {
		if p := t.Partitioning.Find(name); p != nil {
			return t, p
		}
	}
	return nil, nil
}

// Accepts is the condition under which some partition takes a row; "" when one always does. It is never NULL.
func (p *Partitioning) Accepts() string {
	var parts []string
	rest := 1.0 // what no modulus covers
	for _, part := range p.Parts {
		inner := ""
		if part.Sub != nil {
			inner = part.Sub.Accepts()
		}
		switch {
		case p.Strategy == "hash":
			if rest -= 1 / float64(part.Modulus); rest < 1e-9 {
				return ""
			}
		case part.Default && inner == "":
			return ""
		case part.Default:
			parts = append(parts, "("+p.Rest()+" AND "+inner+")")
		case inner == "":
			parts = append(parts, part.Bound)
		default:
			parts = append(parts, "("+part.Bound+" AND "+inner+")")
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return "(" + strings.Join(parts, " OR ") + ")"
}

// Rest is the condition of the rows that the default partition takes.
func (p *Partitioning) Rest() string {
	var bounds []string
	for _, part := range p.Parts {
		if !part.Default {
			bounds = append(bounds, part.Bound)
		}
	}
	if len(bounds) == 0 {
		return "true"
	}
	return "NOT (" + strings.Join(bounds, " OR ") + ")"
}

// Holds is the condition of a partition's rows; ok is false when it is not known, for partitions by HASH.
func (p *Partitioning) Holds(name string) (condition string, ok bool) {
	for _, part := range p.Parts {
		own, known := part.Bound, p.Strategy != "hash"
		if part.Default {
			own = p.Rest()
		}
		if part.Name == name {
			return own, known
		}
		if part.Sub.Find(name) != nil {
			inner, ok := part.Sub.Holds(name)
			return own + " AND " + inner, known && ok
		}
	}
	return "", false
}

// each calls f for every partition, at any depth.
func (p *Partitioning) each(f func(*Partition)) {
	if p == nil {
		return
	}
	for _, part := range p.Parts {
		f(part)
		part.Sub.each(f)
	}
}

// Names are the partitions' names, at any depth.
func (p *Partitioning) Names() []string {
	var out []string
	p.each(func(part *Partition) { out = append(out, part.Name) })
	return out
}

// AllColumns are the positions of the columns that decide where a row goes, those of partitions that are partitioned included.
func (p *Partitioning) AllColumns() []int {
	out := slices.Clone(p.Columns)
	p.each(func(part *Partition) {
		if part.Sub != nil {
			out = append(out, part.Sub.Columns...)
		}
	})
	return out
}

func formatPartitioning(b *strings.Builder, p *Partitioning) {
	if p == nil {
		return
	}
	fmt.Fprintf(b, "  partition by %s (%s)\n", p.Strategy, strings.Join(p.Keys, ", "))
	for _, name := range p.Names() {
		fmt.Fprintf(b, "  partition %s\n", name)
	}
}
