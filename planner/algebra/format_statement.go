package algebra

import (
	"strings"

	"github.com/prequel-db/prequel/sqlparse/bound"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// FormatStatement prints a statement: a header line with what it does and returns, then the tree that finds its rows.
func FormatStatement(s *Statement) string {
	var b strings.Builder
	p := printer{cols: s.Columns}
	inner := func(e bound.Embedded) []string {
		part := *s
		part.Body, _ = e.(Body)
		return strings.Split(strings.TrimRight(FormatStatement(&part), "\n"), "\n")
	}
	switch x := s.Body.(type) {
	case *Routine:
		r := bound.RoutinePrinter{Columns: s.Columns, SQL: inner}
		b.WriteString(r.Print(x.Routine, 0))
	case *Query:
		b.WriteString("query (" + p.outputs(x.Outputs) + ")\n")
		p.tree(&b, x.Root, 1)
	case *Insert:
		b.WriteString("insert " + x.Table.Name + "\n")
		for i, e := range x.Assign {
			b.WriteString("  set " + x.Table.Columns[i].Name + " = " + p.expr(e) + "\n")
		}
		p.onConflict(&b, x)
		p.returning(&b, x.Returning, x.Outputs)
		p.tree(&b, x.Source, 1)
	case *Update:
		b.WriteString("update " + x.Table.Name + " (" + p.ids(scanOutput(x.Old, x.RowID)) + ")" + multi(x.Multi) + "\n")
		for _, a := range x.Set {
			b.WriteString("  set " + x.Table.Columns[a.Column].Name + " = " + p.expr(a.Expr) + "\n")
		}
		p.returning(&b, x.Returning, x.Outputs)
		p.tree(&b, x.Source, 1)
	case *Delete:
		b.WriteString("delete " + x.Table.Name + " (" + p.ids(scanOutput(x.Old, x.RowID)) + ")" + multi(x.Multi) + "\n")
		p.returning(&b, x.Returning, x.Outputs)
		p.tree(&b, x.Source, 1)
	}
	for _, t := range EffectsOf(s.Body).Triggers {
		r := bound.RoutinePrinter{Columns: s.Columns, SQL: inner}
		b.WriteString(r.PrintTrigger(t, 1))
	}
	return b.String()
}

func multi(m bool) string {
	if m {
		return " multi"
	}
	return ""
}

func (p printer) outputs(outs []Output) string {
	parts := make([]string, len(outs))
	for i, o := range outs {
		parts[i] = p.id(o.ID)
		if name, _, _ := strings.Cut(parts[i], ":"); name != o.Name {
			parts[i] = o.Name + "=" + parts[i]
		}
	}
	return strings.Join(parts, ", ")
}

func (p printer) returning(b *strings.Builder, items []Item, outs []Output) {
	if len(outs) == 0 {
		return
	}
	parts := make([]string, len(items))
	for i, it := range items {
		parts[i] = p.id(it.ID) + " = " + p.expr(it.Expr)
	}
	b.WriteString("  returning (" + p.outputs(outs) + ") " + strings.Join(parts, ", ") + "\n")
}

func (p printer) onConflict(b *strings.Builder, x *Insert) {
	c := x.OnConflict
	if c == nil {
		return
	}
	b.WriteString("  on conflict " + conflictTarget(x, c))
	if !c.DoUpdate {
		b.WriteString("do nothing\n")
		return
	}
	b.WriteString("do update old (" + p.ids(scanOutput(c.Old, 0)) + ") excluded (" + p.ids(scanOutput(c.Excluded, 0)) + ")\n")
	for _, a := range c.Set {
		b.WriteString("    set " + x.Table.Columns[a.Column].Name + " = " + p.expr(a.Expr) + "\n")
	}
	if c.Where != nil {
		b.WriteString("    where " + scalar.Format(c.Where, p.cols) + "\n")
	}
}

func conflictTarget(x *Insert, c *bound.OnConflict) string {
	switch {
	case c.PrimaryKey:
		return "(primary key) "
	case c.Unique != nil:
		names := make([]string, len(c.Unique.Columns))
		for i, col := range c.Unique.Columns {
			names[i] = x.Table.Columns[col].Name
		}
		return "(" + strings.Join(names, ", ") + ") "
	}
	return ""
}
