package algebra

import (
	"strconv"
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
	default:
		p.body(&b, s.Body, 0)
	}
	for _, t := range EffectsOf(s.Body).Triggers {
		r := bound.RoutinePrinter{Columns: s.Columns, SQL: inner}
		b.WriteString(r.PrintTrigger(t, 1))
	}
	return b.String()
}

// body prints what SQL does, indented by depth levels.
func (p printer) body(b *strings.Builder, body Body, depth int) {
	switch x := body.(type) {
	case *Query:
		p.write(b, depth, "query ("+p.outputs(x.Outputs)+")\n")
		p.constants(b, depth, x.Constants)
		p.tree(b, x.Root, depth+1)
	case *Insert:
		p.write(b, depth, "insert "+x.Table.Name+"\n")
		p.constants(b, depth, x.Constants)
		for i, e := range x.Assign {
			p.write(b, depth+1, "set "+x.Table.Columns[i].Name+" = "+p.expr(e)+"\n")
		}
		p.onConflict(b, depth, x)
		p.checks(b, depth, x.Checks, x.Returning)
		p.returning(b, depth, x.Returning, x.Outputs)
		p.tree(b, x.Source, depth+1)
	case *Update:
		p.write(b, depth, "update "+x.Table.Name+" ("+p.ids(scanOutput(x.Old, x.RowID))+")"+multi(x.Multi)+"\n")
		p.constants(b, depth, x.Constants)
		for _, a := range x.Set {
			p.write(b, depth+1, "set "+x.Table.Columns[a.Column].Name+" = "+p.expr(a.Expr)+"\n")
		}
		p.checks(b, depth, x.Checks, x.Returning)
		p.returning(b, depth, x.Returning, x.Outputs)
		p.tree(b, x.Source, depth+1)
	case *Delete:
		p.write(b, depth, "delete "+x.Table.Name+" ("+p.ids(scanOutput(x.Old, x.RowID))+")"+multi(x.Multi)+"\n")
		p.constants(b, depth, x.Constants)
		p.returning(b, depth, x.Returning, x.Outputs)
		p.tree(b, x.Source, depth+1)
	case *Compound:
		for _, part := range x.Parts {
			work := ""
			if part.Work > 0 {
				work = "work table " + strconv.Itoa(part.Work) + " "
			}
			p.write(b, depth, "part "+work+part.Name+"\n")
			p.body(b, part.Body, depth+1)
		}
		p.body(b, x.Main, depth)
	}
}

// constants prints what is computed before all else.
func (p printer) constants(b *strings.Builder, depth int, list Constants) {
	for _, e := range list {
		p.write(b, depth+1, "constant "+p.expr(e)+"\n")
	}
}

// checks prints the conditions of views.
func (p printer) checks(b *strings.Builder, depth int, list []ViewCheck, items []Item) {
	for _, c := range list {
		for _, it := range items {
			if it.ID == c.ID {
				p.write(b, depth+1, "check "+c.View+": "+p.expr(it.Expr)+"\n")
			}
		}
	}
}

func (printer) write(b *strings.Builder, depth int, line string) {
	b.WriteString(strings.Repeat("  ", depth) + line)
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

func (p printer) returning(b *strings.Builder, depth int, items []Item, outs []Output) {
	if len(outs) == 0 {
		return
	}
	parts := make([]string, len(items))
	for i, it := range items {
		parts[i] = p.id(it.ID) + " = " + p.expr(it.Expr)
	}
	p.write(b, depth+1, "returning ("+p.outputs(outs)+") "+strings.Join(parts, ", ")+"\n")
}

func (p printer) onConflict(b *strings.Builder, depth int, x *Insert) {
	c := x.OnConflict
	if c == nil {
		return
	}
	p.write(b, depth+1, "on conflict "+conflictTarget(x, c))
	if !c.DoUpdate {
		b.WriteString("do nothing\n")
		return
	}
	b.WriteString("do update old (" + p.ids(scanOutput(c.Old, 0)) + ") excluded (" + p.ids(scanOutput(c.Excluded, 0)) + ")\n")
	for _, a := range c.Set {
		p.write(b, depth+2, "set "+x.Table.Columns[a.Column].Name+" = "+p.expr(a.Expr)+"\n")
	}
	if c.Where != nil {
		p.write(b, depth+2, "where "+scalar.Format(c.Where, p.cols)+"\n")
	}
}

func conflictTarget(x *Insert, c *bound.OnConflict) string {
	switch {
	case c.PrimaryKey:
		return "(primary key) "
	case c.Uniques != nil:
		names := make([]string, len(c.Uniques[0].Columns))
		for i, col := range c.Uniques[0].Columns {
			if col >= 0 {
				names[i] = x.Table.Columns[col].Name
			} else {
				names[i] = c.Uniques[0].Exprs[i].Key
			}
		}
		return "(" + strings.Join(names, ", ") + ") "
	}
	return ""
}
