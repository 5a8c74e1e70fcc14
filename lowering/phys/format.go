package phys

import (
	"fmt"
	"strings"

	"github.com/prequel-db/prequel/runtime/value"
)

// String is the kind's name in printed forms.
func (k StructureKind) String() string {
	switch k {
	case RowMap:
		return "row map"
	case SortedSet:
		return "sorted set"
	case Counter:
		return "counter"
	}
	return fmt.Sprintf("kind %d", uint8(k))
}

// Summary describes a structure on one line: its name, kind, and what it is keyed, ordered and filled by.
func Summary(s *Structure) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s, %s", s.Name, s.Kind)
	if len(s.Partition) > 0 {
		b.WriteString(" per " + colNames(s.Partition))
	}
	if len(s.Field) > 0 {
		b.WriteString(" by " + colNames(s.Field))
	}
	if s.Bucket > 0 {
		fmt.Fprintf(&b, " in buckets of %d", s.Bucket)
	}
	if len(s.Order) > 0 {
		b.WriteString(" ordered by " + orderNames(s.Order))
	}
	if len(s.Payload) > 0 {
		b.WriteString(" with " + colNames(s.Payload))
	}
	return b.String()
}

func colNames(cols []Col) string {
	out := make([]string, len(cols))
	for i, c := range cols {
		out[i] = c.Name
	}
	return strings.Join(out, ", ")
}

func orderNames(cols []OrderCol) string {
	out := make([]string, len(cols))
	for i, c := range cols {
		out[i] = c.Name
		if c.Desc {
			out[i] += " desc"
		}
		if c.Nullable && c.NullsFirst {
			out[i] += " nulls first"
		}
	}
	return strings.Join(out, ", ")
}

// Layout is the packed row of a structure.
func (s *Structure) Layout() value.Layout {
	l := value.Layout{Cols: make([]value.LayoutCol, len(s.Payload))}
	for i, c := range s.Payload {
		l.Cols[i] = value.LayoutCol{Type: c.Type, Nullable: c.Nullable}
	}
	return l
}
