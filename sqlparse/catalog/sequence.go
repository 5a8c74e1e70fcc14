package catalog

import (
	"fmt"
	"math"
	"strings"

	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqlparse/diag"
)

// Sequence is a CREATE SEQUENCE, or the sequence that an identity or serial column brings along.
type Sequence struct {
	Name string
	Type value.Kind // Int2, Int4 or Int8
	// The values go from Start by Increment, which is not 0, up to Max or down to Min; with Cycle they begin again at the other end.
	Start, Increment, Min, Max int64
	Cycle                      bool
	// First is the value that a store without data draws first: Start, unless RESTART or setval in the schema says otherwise.
	First int64
	// Table and Column own the sequence (OWNED BY), nil for none: it is dropped with them, and TRUNCATE RESTART IDENTITY restarts it.
	Table  *Table
	Column *Column
	Span   diag.Span
}

// Sequence returns the sequence with that name, or nil.
func (c *Catalog) Sequence(name string) *Sequence {
	for _, s := range c.Sequences {
		if s.Name == name {
			return s
		}
	}
	return nil
}

// OwnedBy lists the sequences that a table's columns own.
func (c *Catalog) OwnedBy(t *Table) []*Sequence {
	var out []*Sequence
	for _, s := range c.Sequences {
		if s.Table == t {
			out = append(out, s)
		}
	}
	return out
}

// Limits are the smallest and the largest value of an integer type.
func Limits(k value.Kind) (low, high int64) {
	switch k {
	case value.Int2:
		return math.MinInt16, math.MaxInt16
	case value.Int4:
		return math.MinInt32, math.MaxInt32
	}
	return math.MinInt64, math.MaxInt64
}

func formatSequence(b *strings.Builder, s *Sequence) {
	fmt.Fprintf(b, "sequence %s %s from %d by %d in %d..%d", s.Name, value.Of(s.Type), s.First, s.Increment, s.Min, s.Max)
	if s.Cycle {
		b.WriteString(" cycle")
	}
	if s.Start != s.First {
		fmt.Fprintf(b, " start %d", s.Start)
	}
	if s.Table != nil {
		fmt.Fprintf(b, " owned by %s.%s", s.Table.Name, s.Column.Name)
	}
	b.WriteByte('\n')
}
