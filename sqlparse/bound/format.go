package bound

import (
	"fmt"
	"strings"

	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// Format prints a statement as an indented tree, one clause a line.
func Format(s *Statement) string {
	f := &formatter{cols: s.Columns}
	head := "statement"
	if s.Name != "" {
		head += " " + s.Name + " :" + s.Command
	}
	if s.Options.AllowScan {
		head += " (allow scan)"
	}
	f.line(0, "%s", head)
	for _, p := range s.Params {
		f.line(1, "$%d %s %s%s", p.Number, p.Name, p.Type, mark(p.Nullable))
	}
	if r, ok := s.Body.(*Routine); ok {
		f.b.WriteString(f.routines().Print(r, 1))
		return f.b.String()
	}
	if q, ok := s.Body.(*Query); ok {
		f.line(1, "query")
		f.query(2, q)
		return f.b.String()
	}
	f.body(1, s.Body)
	return f.b.String()
}

// routines prints routines.
func (f *formatter) routines() *RoutinePrinter {
	return &RoutinePrinter{Columns: f.cols, SQL: func(e Embedded) []string {
		in := &formatter{cols: f.cols}
		if b, ok := e.(Body); ok {
			in.body(0, b)
		}
		return strings.Split(strings.TrimRight(in.b.String(), "\n"), "\n")
	}}
}

func (f *formatter) effects(depth int, e Effects) {
	for _, t := range e.Triggers {
		f.b.WriteString(f.routines().PrintTrigger(t, depth))
	}
}

// body prints what SQL does.
func (f *formatter) body(depth int, b Body) {
	switch b := b.(type) {
	case *Query:
		f.query(depth, b)
	case *Insert:
		f.insert(depth, b)
	case *Update:
		f.update(depth, b)
	case *Delete:
		f.delete(depth, b)
	case *Merge:
		f.line(depth, "merge %s", b.Table.Name)
		f.with(depth+1, b.With)
		f.line(depth+1, "old (%s)", f.ids(b.Old))
		f.from(depth+1, b.Source)
		f.line(depth+1, "on %s", f.expr(b.On))
		for _, a := range b.Actions {
			when, cond := "not matched", ""
			if a.Matched {
				when = "matched"
			}
			if a.Cond != nil {
				cond = " and " + f.expr(a.Cond)
			}
			f.line(depth+1, "when %s%s", when, cond)
			f.body(depth+2, a.Write)
		}
	case *Compound:
		for _, c := range b.Parts {
			f.line(depth, "part %s(%s)", c.Name, f.ids(c.Cols))
			f.body(depth+1, c.Write)
		}
		f.line(depth, "main")
		f.body(depth+1, b.Main)
	}
}

func mark(nullable bool) string {
	if nullable {
		return "?"
	}
	return ""
}

type formatter struct {
	b    strings.Builder
	cols *scalar.Columns
}

func (f *formatter) line(depth int, format string, args ...any) {
	f.b.WriteString(strings.Repeat("  ", depth))
	fmt.Fprintf(&f.b, format, args...)
	f.b.WriteByte('\n')
}

// expr prints an expression; its queries are printed inline.
func (f *formatter) expr(e scalar.Expr) string { return scalar.Format(e, f.cols) }

func (f *formatter) exprs(list []scalar.Expr) string {
	parts := make([]string, len(list))
	for i, e := range list {
		parts[i] = f.expr(e)
	}
	return strings.Join(parts, ", ")
}

func (f *formatter) ids(ids []scalar.ColumnID) string {
	parts := make([]string, len(ids))
	for i, id := range ids {
		parts[i] = scalar.FormatColumn(id, f.cols)
	}
	return strings.Join(parts, ", ")
}

func (f *formatter) query(depth int, q *Query) {
	f.with(depth, q.With)
	switch {
	case q.SetOp != nil:
		all := ""
		if q.SetOp.All {
			all = " all"
		}
		f.line(depth, "%s%s (%s)", q.SetOp.Op, all, f.ids(q.SetOp.Cols))
		f.line(depth+1, "query")
		f.query(depth+2, q.SetOp.Left)
		f.line(depth+1, "query")
		f.query(depth+2, q.SetOp.Right)
	case len(q.Values) > 0:
		f.line(depth, "values (%s)", f.ids(q.ValuesCols))
		for _, row := range q.Values {
			f.line(depth+1, "(%s)", f.exprs(row))
		}
	}
	for _, x := range q.From {
		f.from(depth, x)
	}
	if q.Where != nil {
		f.line(depth, "where %s", f.expr(q.Where))
	}
	f.group(depth, q)
	f.targets(depth, "target", q.Targets)
	if q.Distinct {
		f.line(depth, "distinct")
	}
	if q.DistinctOn != nil {
		f.line(depth, "distinct on %s", f.exprs(q.DistinctOn))
	}
	for _, k := range q.OrderBy {
		f.line(depth, "order by %s%s", f.expr(k.Expr), scalar.FormatDirection(k.Desc, k.NullsFirst))
	}
	if q.Offset != nil {
		f.line(depth, "offset %s", f.expr(q.Offset))
	}
	if q.Limit != nil {
		ties := ""
		if q.WithTies {
			ties = " with ties"
		}
		f.line(depth, "limit %s%s", f.expr(q.Limit), ties)
	}
}

func (f *formatter) with(depth int, list []*CTE) {
	for _, c := range list {
		recursive := ""
		if c.Recursive {
			recursive = "recursive "
		}
		f.line(depth, "with %s%s(%s)", recursive, c.Name, f.ids(c.Cols))
		f.query(depth+1, c.Query)
	}
}

func (f *formatter) group(depth int, q *Query) {
	if !q.HasGroup {
		return
	}
	if len(q.GroupBy) == 0 && q.GroupingSets == nil {
		f.line(depth, "group by ()")
	} else {
		f.line(depth, "group by %s", f.exprs(q.GroupBy))
	}
	for _, set := range q.GroupingSets {
		parts := make([]string, len(set))
		for i, p := range set {
			parts[i] = f.expr(q.GroupBy[p])
		}
		f.line(depth+1, "set (%s)", strings.Join(parts, ", "))
	}
	if q.Having != nil {
		f.line(depth, "having %s", f.expr(q.Having))
	}
}

func (f *formatter) targets(depth int, word string, list []Target) {
	for _, t := range list {
		hidden := ""
		if t.Hidden {
			hidden = "hidden "
		}
		info := f.cols.Get(t.ID)
		embed := ""
		if t.Embed != "" {
			embed = " in " + t.Embed
		}
		f.line(depth, "%s%s %s:%d %s%s = %s%s", hidden, word, t.Name, t.ID, info.Type, mark(info.Nullable), f.expr(t.Expr), embed)
	}
}

func (f *formatter) from(depth int, x From) {
	switch x := x.(type) {
	case *TableRef:
		alias := ""
		if x.Alias != x.Table.Name {
			alias = " as " + x.Alias
		}
		f.line(depth, "from %s(%s)%s", x.Table.Name, f.ids(x.Cols), alias)
	case *SubqueryRef:
		lateral := ""
		if x.Lateral {
			lateral = "lateral "
		}
		f.line(depth, "from %squery as %s", lateral, x.Alias)
		f.query(depth+1, x.Query)
	case *CTERef:
		f.line(depth, "from with %s(%s)", x.CTE.Name, f.ids(x.Cols))
	case *FuncRef:
		lateral, ordinality := "", ""
		if x.Lateral {
			lateral = "lateral "
		}
		if x.Ordinality != 0 {
			ordinality = " with ordinality " + scalar.FormatColumn(x.Ordinality, f.cols)
		}
		calls := make([]string, len(x.Calls))
		for i, c := range x.Calls {
			calls[i] = fmt.Sprintf("%s as (%s)", f.expr(c.Call), f.ids(c.Cols))
		}
		f.line(depth, "from %s%s%s", lateral, strings.Join(calls, ", "), ordinality)
	case *JoinRef:
		on := ""
		if x.On != nil {
			on = " on " + f.expr(x.On)
		}
		f.line(depth, "%s join%s", joinNames[x.Kind], on)
		f.from(depth+1, x.Left)
		f.from(depth+1, x.Right)
	}
}

var joinNames = [...]string{InnerJoin: "inner", LeftJoin: "left", RightJoin: "right", FullJoin: "full", CrossJoin: "cross"}

func (f *formatter) insert(depth int, x *Insert) {
	f.line(depth, "insert %s", x.Table.Name)
	f.with(depth+1, x.With)
	if x.Source != nil {
		f.line(depth+1, "source")
		f.query(depth+2, x.Source)
	}
	for i, e := range x.Assign {
		f.line(depth+1, "%s = %s", x.Table.Columns[i].Name, f.expr(e))
	}
	f.line(depth+1, "new (%s)", f.ids(x.New))
	if c := x.OnConflict; c != nil {
		f.conflict(depth+1, x, c)
	}
	f.targets(depth+1, "returning", x.Returning)
	f.effects(depth+1, x.Effects)
}

func (f *formatter) conflict(depth int, x *Insert, c *OnConflict) {
	target := "any"
	switch {
	case c.PrimaryKey:
		target = "primary key"
	case c.Uniques != nil:
		target = "unique " + c.Uniques[0].Name
	}
	if !c.DoUpdate {
		f.line(depth, "on conflict %s: nothing", target)
		return
	}
	f.line(depth, "on conflict %s: update", target)
	f.line(depth+1, "old (%s)", f.ids(c.Old))
	f.line(depth+1, "excluded (%s)", f.ids(c.Excluded))
	for _, a := range c.Set {
		f.line(depth+1, "set %s = %s", x.Table.Columns[a.Column].Name, f.expr(a.Expr))
	}
	if c.Where != nil {
		f.line(depth+1, "where %s", f.expr(c.Where))
	}
}

func (f *formatter) update(depth int, x *Update) {
	f.line(depth, "update %s", x.Table.Name)
	f.with(depth+1, x.With)
	f.line(depth+1, "old (%s)", f.ids(x.Old))
	f.line(depth+1, "new (%s)", f.ids(x.New))
	for _, from := range x.From {
		f.from(depth+1, from)
	}
	if x.Where != nil {
		f.line(depth+1, "where %s", f.expr(x.Where))
	}
	for _, a := range x.Set {
		f.line(depth+1, "set %s = %s", x.Table.Columns[a.Column].Name, f.expr(a.Expr))
	}
	f.targets(depth+1, "returning", x.Returning)
	f.effects(depth+1, x.Effects)
}

func (f *formatter) delete(depth int, x *Delete) {
	f.line(depth, "delete %s", x.Table.Name)
	f.with(depth+1, x.With)
	f.line(depth+1, "old (%s)", f.ids(x.Old))
	for _, from := range x.Using {
		f.from(depth+1, from)
	}
	if x.Where != nil {
		f.line(depth+1, "where %s", f.expr(x.Where))
	}
	f.targets(depth+1, "returning", x.Returning)
	f.effects(depth+1, x.Effects)
}

// FormatInline prints a query inside an expression, on one line.
func (q *Query) FormatInline(cols *scalar.Columns) string {
	f := &formatter{cols: cols}
	f.query(0, q)
	lines := strings.Split(strings.TrimSpace(f.b.String()), "\n")
	for i, l := range lines {
		lines[i] = strings.TrimSpace(l)
	}
	return strings.Join(lines, "; ")
}
