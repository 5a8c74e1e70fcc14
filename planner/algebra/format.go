package algebra

import (
	"strconv"
	"strings"

	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// Format prints r as an indented tree, one operator per line.
func Format(r Rel, cols *scalar.Columns) string {
	var b strings.Builder
	p := printer{cols: cols}
	p.tree(&b, r, 0)
	return b.String()
}

func formatInline(r Rel, cols *scalar.Columns) string {
	p := printer{cols: cols}
	return p.inline(r)
}

type printer struct{ cols *scalar.Columns }

func (p printer) tree(b *strings.Builder, r Rel, depth int) {
	b.WriteString(strings.Repeat("  ", depth))
	b.WriteString(p.line(r))
	b.WriteByte('\n')
	for _, c := range Children(r) {
		p.tree(b, c, depth+1)
	}
}

func (p printer) inline(r Rel) string {
	s := p.line(r)
	var parts []string
	for _, c := range Children(r) {
		parts = append(parts, p.inline(c))
	}
	switch len(parts) {
	case 0:
		return s
	case 1:
		return s + " <- " + parts[0]
	}
	return s + " <- {" + strings.Join(parts, "; ") + "}"
}

func (p printer) line(r Rel) string {
	switch x := r.(type) {
	case *Scan:
		return "scan " + x.Table.Name + " (" + p.ids(OutputCols(x)) + ")"
	case *Delta:
		return "delta " + x.Table.Name + " (" + p.ids(OutputCols(x)) + ")"
	case *Values:
		return p.values(x)
	case *Filter:
		return "filter " + p.expr(x.Cond)
	case *Project:
		parts := make([]string, len(x.Items))
		for i, it := range x.Items {
			parts[i] = p.id(it.ID)
			if !it.PassThrough() {
				parts[i] += " = " + p.expr(it.Expr)
			}
		}
		return "project " + strings.Join(parts, ", ")
	case *Join:
		return "join " + joinName(x.Kind, x.NullAware) + p.on(x.On)
	case *Apply:
		return "apply " + joinName(x.Kind, x.NullAware) + p.on(x.On)
	case *MaxOne:
		return "maxone"
	case *GroupBy:
		s := "group by [" + p.ids(x.Keys) + "]"
		if x.Scalar {
			s = "group scalar"
		}
		return s + p.aggs(x.Aggs)
	case *GroupingSets:
		return p.groupingSets(x)
	case *Distinct:
		if x.On == nil {
			return "distinct"
		}
		return "distinct on [" + p.ids(x.On) + "] order [" + p.order(x.Order) + "]"
	case *SetOp:
		return p.setOp(x)
	case *TopK:
		return p.topK(x)
	case *Window:
		return p.window(x)
	case *FuncScan:
		calls := make([]string, len(x.Calls))
		for i, c := range x.Calls {
			calls[i] = p.expr(c.Call)
		}
		return "function " + strings.Join(calls, ", ") + " (" + p.ids(OutputCols(x)) + ")"
	case *RecursiveUnion:
		s := "recursive union"
		if !x.Distinct {
			s += " all"
		}
		return s + " (" + p.ids(x.Cols) + ") seed (" + p.ids(x.SeedCols) + ") step (" + p.ids(x.StepCols) + ")"
	case *WorkTable:
		return "worktable (" + p.ids(x.Cols) + ")"
	}
	panic("algebra: unknown operator")
}

func (p printer) expr(e scalar.Expr) string { return scalar.Format(e, p.cols) }

func (p printer) id(id ColumnID) string { return scalar.FormatColumn(id, p.cols) }

func (p printer) ids(ids []ColumnID) string {
	parts := make([]string, len(ids))
	for i, id := range ids {
		parts[i] = p.id(id)
	}
	return strings.Join(parts, ", ")
}

func (p printer) exprs(list []scalar.Expr) string {
	parts := make([]string, len(list))
	for i, e := range list {
		parts[i] = p.expr(e)
	}
	return strings.Join(parts, ", ")
}

func (p printer) on(e scalar.Expr) string {
	if e == nil {
		return ""
	}
	return " on " + p.expr(e)
}

func joinName(k JoinKind, nullAware bool) string {
	name := [...]string{Inner: "inner", Left: "left", Full: "full", Semi: "semi", Anti: "anti"}[k]
	if nullAware {
		name += " null-aware"
	}
	return name
}

func (p printer) values(x *Values) string {
	rows := make([]string, len(x.Rows))
	for i, row := range x.Rows {
		rows[i] = "(" + p.exprs(row) + ")"
	}
	s := "values (" + p.ids(x.Cols) + ")"
	if len(rows) == 0 {
		return s + " empty"
	}
	return s + " " + strings.Join(rows, ", ")
}

func (p printer) aggs(aggs []Agg) string {
	if len(aggs) == 0 {
		return ""
	}
	parts := make([]string, len(aggs))
	for i, a := range aggs {
		parts[i] = p.id(a.ID) + " = " + p.agg(a)
	}
	return " " + strings.Join(parts, ", ")
}

func (p printer) agg(a Agg) string {
	return scalar.FormatAgg(a.Name, a.Args, a.Distinct, a.OrderBy, a.Within, a.Filter, p.cols)
}

func (p printer) groupingSets(x *GroupingSets) string {
	sets := make([]string, len(x.Sets))
	for i, set := range x.Sets {
		ids := make([]ColumnID, len(set))
		for j, k := range set {
			ids[j] = x.Keys[k]
		}
		sets[i] = "[" + p.ids(ids) + "]"
	}
	s := "grouping sets " + strings.Join(sets, " ") + " out (" + p.ids(x.Out) + ")"
	if x.GroupingID != 0 {
		s += " grouping " + p.id(x.GroupingID)
	}
	return s + p.aggs(x.Aggs)
}

func (p printer) setOp(x *SetOp) string {
	s := [...]string{Union: "union", Intersect: "intersect", Except: "except"}[x.Kind]
	if x.All {
		s += " all"
	}
	parts := make([]string, len(x.Cols))
	for i, id := range x.Cols {
		parts[i] = p.id(id) + " = " + p.id(x.LeftCols[i]) + "|" + p.id(x.RightCols[i])
	}
	return s + " (" + strings.Join(parts, ", ") + ")"
}

func (p printer) order(order []Order) string {
	parts := make([]string, len(order))
	for i, o := range order {
		parts[i] = p.id(o.Col) + scalar.FormatDirection(o.Desc, o.NullsFirst)
	}
	return strings.Join(parts, ", ")
}

func (p printer) topK(x *TopK) string {
	s := "topk"
	if len(x.Order) > 0 {
		s += " [" + p.order(x.Order) + "]"
	}
	if x.Limit != nil {
		s += " limit " + p.expr(x.Limit)
		if x.WithTies {
			s += " with ties"
		}
	}
	if x.Offset != nil {
		s += " offset " + p.expr(x.Offset)
	}
	return s
}

func (p printer) window(x *Window) string {
	s := "window"
	if len(x.Partition) > 0 {
		s += " partition [" + p.ids(x.Partition) + "]"
	}
	if len(x.Order) > 0 {
		s += " order [" + p.order(x.Order) + "]"
	}
	if x.Frame.Mode != "" {
		s += " " + p.frame(x.Frame)
	}
	for i, f := range x.Funcs {
		sep := ", "
		if i == 0 {
			sep = " "
		}
		s += sep + p.id(f.ID) + " = "
		if f.Agg != nil {
			s += p.agg(*f.Agg)
		} else {
			s += f.Name + "(" + p.exprs(f.Args) + ")"
		}
	}
	return s
}

func (p printer) frame(f scalar.Frame) string {
	bound := func(b scalar.FrameBound, offset scalar.Expr) string {
		switch b {
		case scalar.UnboundedPreceding:
			return "unbounded preceding"
		case scalar.OffsetPreceding:
			return p.expr(offset) + " preceding"
		case scalar.CurrentRow:
			return "current row"
		case scalar.OffsetFollowing:
			return p.expr(offset) + " following"
		case scalar.UnboundedFollowing:
			return "unbounded following"
		}
		return "bound " + strconv.Itoa(int(b))
	}
	s := f.Mode + " between " + bound(f.Start, f.StartOffset) + " and " + bound(f.End, f.EndOffset)
	if f.Exclude != "" {
		s += " exclude " + f.Exclude
	}
	return s
}
