package catalog

import (
	"fmt"
	"strings"
)

// Format prints a schema, one object a line, in order of declaration.
func Format(c *Catalog) string {
	var b strings.Builder
	for _, e := range c.Enums {
		fmt.Fprintf(&b, "enum %s (%s)\n", e.Name, strings.Join(e.Labels, ", "))
	}
	for _, d := range c.Domains {
		formatDomain(&b, d)
	}
	for _, s := range c.Sequences {
		formatSequence(&b, s)
	}
	for _, t := range c.Tables {
		formatTable(&b, t)
	}
	for _, v := range c.Views {
		fmt.Fprintf(&b, "view %s", v.Name)
		if v.Columns != nil {
			fmt.Fprintf(&b, "(%s)", strings.Join(v.Columns, ", "))
		}
		fmt.Fprintf(&b, " = %s\n", strings.Join(strings.Fields(v.Query), " "))
	}
	for _, f := range c.Functions {
		formatFunction(&b, f)
	}
	return b.String()
}

func formatTable(b *strings.Builder, t *Table) {
	fmt.Fprintf(b, "table %s\n", t.Name)
	for _, c := range t.Columns {
		fmt.Fprintf(b, "  column %s %s", c.Name, c.Type)
		if c.NotNull {
			b.WriteString(" not null")
		}
		switch {
		case c.Always:
			b.WriteString(" identity always")
		case c.Identity:
			b.WriteString(" identity")
		case c.Sequence != nil:
			b.WriteString(" next of " + c.Sequence.Name)
		case c.Generated != "":
			b.WriteString(" generated " + c.Generated)
		case c.Default != "":
			b.WriteString(" default " + c.Default)
		}
		b.WriteByte('\n')
	}
	for _, o := range t.Opaques {
		fmt.Fprintf(b, "  opaque %s: %s\n", o.Name, o.Reason.Problem)
	}
	names := func(cols []int) string {
		out := make([]string, len(cols))
		for i, c := range cols {
			if out[i] = "(expression)"; c >= 0 {
				out[i] = t.Columns[c].Name
			}
		}
		return strings.Join(out, ", ")
	}
	if t.PrimaryKey != nil {
		fmt.Fprintf(b, "  primary key %s (%s)\n", t.PrimaryKeyName, names(t.PrimaryKey))
	}
	for _, u := range t.Uniques {
		keys := make([]string, len(u.Columns))
		for i, c := range u.Columns {
			if c >= 0 {
				keys[i] = t.Columns[c].Name
			} else {
				keys[i] = u.Exprs[i].Key
			}
		}
		fmt.Fprintf(b, "  unique %s (%s)", u.Name, strings.Join(keys, ", "))
		if u.NullsNotDistinct {
			b.WriteString(" nulls not distinct")
		}
		if u.Where != "" {
			b.WriteString(" where " + u.Where)
		}
		b.WriteByte('\n')
	}
	for _, u := range t.Unchecked {
		fmt.Fprintf(b, "  unchecked %s (%s)\n", u.Name, names(u.Columns))
	}
	for _, f := range t.ForeignKeys {
		fmt.Fprintf(b, "  foreign key %s (%s) references %s %v", f.Name, names(f.Columns), f.RefTable, f.RefColumns)
		if f.OnDelete != "" {
			b.WriteString(" on delete " + strings.ToLower(f.OnDelete))
		}
		if f.OnUpdate != "" {
			b.WriteString(" on update " + strings.ToLower(f.OnUpdate))
		}
		if f.Deferred {
			b.WriteString(" deferred")
		}
		if f.NotValid {
			b.WriteString(" not valid")
		}
		b.WriteByte('\n')
	}
	for _, c := range t.Checks {
		fmt.Fprintf(b, "  check %s (%s)\n", c.Name, c.Text)
	}
	for _, i := range t.Indexes {
		fmt.Fprintf(b, "  index %s (%s)\n", i.Name, names(i.Columns))
	}
	formatPartitioning(b, t.Partitioning)
	for _, tr := range t.Triggers {
		formatTrigger(b, t, tr)
	}
}
