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
	case CountMap:
		return "count map"
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

// Layout is the packed row of a structure. A row map's row of one integer is its decimal text: no longer on the whole, what names
// are made of, and what the server's own tools show.
func (s *Structure) Layout() value.Layout {
	l := value.Layout{Cols: make([]value.LayoutCol, len(s.Payload))}
	for i, c := range s.Payload {
		l.Cols[i] = value.LayoutCol{Type: c.Type, Nullable: c.Nullable}
	}
	l.Decimal = s.Kind == RowMap && len(l.Cols) == 1 && !l.Cols[0].Nullable && l.Cols[0].Type.IsInteger()
	return l
}

// Describe prints a structure: its summary, who asked for it, what its keys are named, and what each byte of its fields,
// members and rows means.
func Describe(s *Structure, root string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n", Summary(s))
	if len(s.Why) > 0 {
		fmt.Fprintf(&b, "  for       %s\n", strings.Join(s.Why, ", "))
	}
	if s.Memory.Large.Key > 0 {
		fmt.Fprintf(&b, "  memory    %s\n", DescribeMemory(s))
	}
	fmt.Fprintf(&b, "  key       %s%s%s\n", root, s.Fingerprint, keyParts(s))
	switch s.Kind {
	case RowMap:
		field := "(empty)"
		switch {
		case s.Bucket > 0:
			field = fmt.Sprintf("%s - %d * floor(%s / %d)", s.Field[0].Name, s.Bucket, s.Field[0].Name, s.Bucket)
		case len(s.Field) > 0:
			field = namedParts(s.Field)
		}
		fmt.Fprintf(&b, "  field     %s\n", field)
		layoutLines(&b, "value", s)
	case SortedSet:
		b.WriteString("  score     0\n")
		at := 0
		for i, c := range s.Order {
			label := ""
			if i == 0 {
				label = "member"
			}
			at = keyLine(&b, label, c, at)
		}
		layoutLines(&b, "row", s)
	case CountMap:
		fmt.Fprintf(&b, "  field     %s\n  value     %s, decimal\n", namedParts(s.Field), s.Payload[0].Name)
	case Counter:
		b.WriteString("  value     the last number given out, decimal\n")
	}
	return b.String()
}

func keyParts(s *Structure) string {
	switch {
	case s.Kind == RowMap && s.Bucket > 0:
		return fmt.Sprintf(":<floor(%s / %d)>", s.Field[0].Name, s.Bucket)
	case len(s.Partition) > 0:
		return ":" + namedParts(s.Partition)
	}
	return ""
}

// namedParts is how columns' name forms are joined.
func namedParts(cols []Col) string {
	out := make([]string, len(cols))
	for i, c := range cols {
		form := c.Name
		if i < len(cols)-1 && carriesLength(c.Type) {
			form = "length:" + form
		}
		if c.Nullable {
			form = "=" + form + " or ~"
		}
		out[i] = "<" + form + ">"
	}
	return strings.Join(out, ":")
}

// carriesLength reports whether the name form of a type says its length where another part follows.
func carriesLength(t value.Type) bool { return t.FixedWidth() == 0 }

// keyLine describes one column of a sort key that begins at byte at, or behind something of varying width when at is
// negative, and returns where the next one begins.
func keyLine(b *strings.Builder, label string, c OrderCol, at int) int {
	where := "then"
	width := c.Type.FixedWidth()
	if at >= 0 {
		where = fmt.Sprintf("%d..", at)
		if width > 0 && !c.Nullable {
			where = fmt.Sprintf("%d..%d", at, at+width-1)
		}
	}
	form := "its bytes, then \\0"
	switch {
	case width > 0:
		form = "big-endian, ordered"
	case c.Type.Kind == value.Numeric:
		form = "numeric key"
	case c.Type.Kind == value.Bytea:
		form = "its bytes, \\0 as \\0\\1, then \\0\\0"
	case c.Type.Kind == value.Interval:
		form = "total of microseconds, 16 bytes"
	}
	if c.Nullable {
		null := "\\2"
		if c.NullsFirst {
			null = "\\0"
		}
		form = "\\1 and " + form + "; NULL is " + null
	}
	if c.Desc {
		form += "; every byte complemented"
	}
	fmt.Fprintf(b, "  %-9s %-8s %s %s, %s\n", label, where, c.Name, c.Type, form)
	if at < 0 || width == 0 || c.Nullable {
		return -1
	}
	return at + width
}

// layoutLines describes the packed row.
func layoutLines(b *strings.Builder, label string, s *Structure) {
	if len(s.Payload) == 0 {
		if s.Kind == RowMap {
			fmt.Fprintf(b, "  %-9s (empty)\n", label)
		}
		return
	}
	names := make([]string, len(s.Payload))
	for i, c := range s.Payload {
		names[i] = c.Name
	}
	layout := s.Layout()
	for i, line := range strings.Split(strings.TrimRight(layout.Describe(names), "\n"), "\n") {
		if i > 0 {
			label = ""
		}
		fmt.Fprintf(b, "  %-9s %s\n", label, line)
	}
}
