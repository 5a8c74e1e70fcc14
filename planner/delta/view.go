package delta

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/prequel-db/prequel/planner/algebra"
	"github.com/prequel-db/prequel/planner/props"
	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqlparse/catalog"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// View is a maintained relation. Without GroupBy its rows are Core's rows, identified by the keys of the tables joined. With
// Group they are Core's groups.
type View struct {
	// Table describes the view's rows as a table: what reads of it scan.
	Table *catalog.Table
	// Core is a tree of scans, filters, projections and inner joins without parameters.
	Core algebra.Rel
	// Columns is the column table of Core's ids.
	Columns *scalar.Columns
	// Cols are Core's ids of the view's columns (of its keys, for a grouped view).
	Cols []algebra.ColumnID
	// CoreKey are Core's ids that identify its rows.
	CoreKey []algebra.ColumnID
	// Recomputed is set when Core is not linear. A change of a row then recomputes the rows that have an affected value of Key
	// (see Affected and Restrict); Residuals do not apply.
	Recomputed bool
	// Key are the columns of Core, among Cols, by which a recomputed view changes.
	Key []algebra.ColumnID
	// Group describes the accumulators that follow the keys; nil for a view of rows.
	Group *Group
	// Canonical is the definition's text, independent of the statement it came from.
	Canonical string
	Why       []string
}

// Group says how a grouped view's rows are kept.
type Group struct {
	// Rows is the position of the row count; a group without rows is deleted.
	Rows int
	// Sums are the accumulators, by signed addition.
	Sums []Sum
	// Recompute are the aggregates of a group of which one cannot be taken back (min, max, DISTINCT, ...): it is recomputed
	// when a change touches it, and has no Sums.
	Recompute []Recompute
}

// Sum is an accumulator: the count of non-NULL arguments, or their sum.
type Sum struct {
	Pos    int         // position in the view's table
	Arg    scalar.Expr // over Core's columns; nil counts rows
	Count  bool
	Filter scalar.Expr
	// Add and Sub are the procedures that put a term into the accumulator and take it out again. The accumulator of no rows
	// is the constant 0 of its type.
	Add, Sub string
}

// Recompute is an aggregate kept as its result.
type Recompute struct {
	Pos int
	Agg algebra.Agg
}

// Tables lists the base tables of a view in order of first appearance.
func (v *View) Tables() []*catalog.Table {
	var out []*catalog.Table
	seen := map[*catalog.Table]bool{}
	for _, s := range v.scans() {
		if !seen[s.Table] {
			seen[s.Table] = true
			out = append(out, s.Table)
		}
	}
	return out
}

// Additive reports whether a changed row is added to its group or taken away without a look at which row it is: the core is one table's,
// and no aggregate is recomputed.
func (v *View) Additive() bool {
	return v.Group != nil && len(v.Group.Recompute) == 0 && !v.Recomputed && len(v.scans()) == 1
}

func (v *View) scans() []*algebra.Scan {
	var out []*algebra.Scan
	algebra.Walk(v.Core, func(r algebra.Rel) bool {
		if s, ok := r.(*algebra.Scan); ok {
			out = append(out, s)
		}
		return true
	})
	return out
}

// Import copies the core into another statement's column table. ids maps the view's ids to the new ones.
func (v *View) Import(into *scalar.Columns) (core algebra.Rel, ids map[algebra.ColumnID]algebra.ColumnID) {
	ids = map[algebra.ColumnID]algebra.ColumnID{}
	notNull := producedNotNull(v.Core)
	for _, id := range algebra.Produced(v.Core).Ordered() {
		info := v.Columns.Get(id)
		ids[id] = into.New(info.Name, info.Type, !notNull.Has(id))
	}
	return algebra.Rename(v.Core, ids), ids
}

// producedNotNull are the columns that are not NULL where they are produced. The statement that a view was made of may know more: its
// conditions stand above the view.
func producedNotNull(r algebra.Rel) scalar.ColSet {
	var out scalar.ColSet
	algebra.Walk(r, func(x algebra.Rel) bool {
		switch x.(type) {
		case *algebra.Filter, *algebra.Join, *algebra.TopK: // which produce none
		default:
			below := scalar.ColSet{}
			for _, c := range algebra.Children(x) {
				below = below.Union(algebra.OutputSet(c))
			}
			out = out.Union(props.Of(x).NotNull.Minus(below))
		}
		return true
	})
	return out
}

// Residual is the maintenance query for one occurrence of a table: the core with that scan replaced by the changed row.
type Residual struct {
	Rel   algebra.Rel
	Delta *algebra.Delta
}

// Residuals gives the maintenance queries of a core (imported or not) for a changed row of table, one for each time the
// table occurs.
func Residuals(core algebra.Rel, table *catalog.Table) []Residual {
	var scans []*algebra.Scan
	algebra.Walk(core, func(r algebra.Rel) bool {
		if s, ok := r.(*algebra.Scan); ok && s.Table == table {
			scans = append(scans, s)
		}
		return true
	})
	var out []Residual
	for _, s := range scans {
		d := &algebra.Delta{Table: table, Cols: s.Cols, RowID: s.RowID}
		rel := algebra.Rewrite(core, func(r algebra.Rel) algebra.Rel {
			if r == algebra.Rel(s) {
				return d
			}
			return r
		})
		out = append(out, Residual{Rel: rel, Delta: d})
	}
	return out
}

// define names the view and makes its table. suffix tells views over one core apart.
func (v *View) define(names []string, types []value.Type, nullable []bool, key []int, suffix string) {
	if !v.Recomputed {
		v.prune()
	}
	print := v.canonical() + suffix
	sum := sha256.Sum256([]byte(print))
	v.Canonical = print
	var parts []string
	for _, t := range v.Tables() {
		parts = append(parts, t.Name)
	}
	name := "view_" + strings.Join(parts, "_") + "_" + hex.EncodeToString(sum[:4])
	v.Table = &catalog.Table{Name: name, PrimaryKey: key}
	used := map[string]int{}
	for i, n := range names {
		used[n]++
		if used[n] > 1 {
			n = fmt.Sprintf("%s_%d", n, used[n])
		}
		v.Table.Columns = append(v.Table.Columns, &catalog.Column{Name: n, Type: types[i], NotNull: !nullable[i]})
	}
}

// prune drops the columns of scans that nothing reads. The scans are the view's own copies.
func (v *View) prune() {
	used := scalar.SetOf(v.Cols...).Union(scalar.SetOf(v.CoreKey...))
	add := func(e scalar.Expr) {
		if e != nil {
			scalar.AddColumns(&used, e)
		}
	}
	if v.Group != nil {
		for _, s := range v.Group.Sums {
			add(s.Arg)
			add(s.Filter)
		}
		for _, r := range v.Group.Recompute {
			add(r.Agg.Filter)
			for _, e := range r.Agg.Args {
				add(e)
			}
			for _, k := range r.Agg.OrderBy {
				add(k.Expr)
			}
		}
	}
	algebra.Walk(v.Core, func(r algebra.Rel) bool {
		switch x := r.(type) {
		case *algebra.Filter:
			add(x.Cond)
		case *algebra.Join:
			add(x.On)
		case *algebra.Project:
			for _, it := range x.Items {
				if !it.PassThrough() {
					add(it.Expr)
				}
			}
		}
		return true
	})
	v.Core = algebra.Rewrite(v.Core, func(r algebra.Rel) algebra.Rel {
		switch x := r.(type) {
		case *algebra.Scan:
			for i, id := range x.Cols {
				if !used.Has(id) {
					x.Cols[i] = 0
				}
			}
		case *algebra.Project:
			p := &algebra.Project{In: x.In}
			for _, it := range x.Items {
				if used.Has(it.ID) {
					p.Items = append(p.Items, it)
				}
			}
			return p
		}
		return r
	})
}

// canonical prints the core with its columns numbered in order of appearance.
func (v *View) canonical() string {
	cols := &scalar.Columns{}
	ids := map[algebra.ColumnID]algebra.ColumnID{}
	for _, s := range v.scans() {
		for i, id := range s.Cols {
			if id != 0 {
				ids[id] = cols.New(s.Table.Columns[i].Name, s.Table.Columns[i].Type, !s.Table.Columns[i].NotNull)
			}
		}
		if s.RowID != 0 {
			ids[s.RowID] = cols.New("row id", value.Of(value.Int8), false)
		}
	}
	for _, id := range algebra.Produced(v.Core).Ordered() {
		if ids[id] == 0 {
			info := v.Columns.Get(id)
			ids[id] = cols.New("expr", info.Type, info.Nullable)
		}
	}
	var b strings.Builder
	b.WriteString(algebra.Format(algebra.Rename(v.Core, ids), cols))
	for _, id := range v.Cols {
		fmt.Fprintf(&b, "%s ", scalar.FormatColumn(ids[id], cols))
	}
	if v.Group != nil {
		for _, s := range v.Group.Sums {
			fmt.Fprintf(&b, "\n%v %s %s", s.Count, s.Add, formatOr(s.Arg, ids, cols))
			if s.Filter != nil {
				fmt.Fprintf(&b, " filter %s", formatOr(s.Filter, ids, cols))
			}
		}
		for _, r := range v.Group.Recompute {
			fmt.Fprintf(&b, "\n%s %v", r.Agg.Proc, r.Agg.Distinct)
			for _, e := range r.Agg.Args {
				fmt.Fprintf(&b, " %s", formatOr(e, ids, cols))
			}
			if r.Agg.Filter != nil {
				fmt.Fprintf(&b, " filter %s", formatOr(r.Agg.Filter, ids, cols))
			}
			for _, k := range r.Agg.OrderBy {
				fmt.Fprintf(&b, " order %s %v %v", formatOr(k.Expr, ids, cols), k.Desc, k.NullsFirst)
			}
		}
	}
	return b.String()
}

func formatOr(e scalar.Expr, ids map[algebra.ColumnID]algebra.ColumnID, cols *scalar.Columns) string {
	if e == nil {
		return "*"
	}
	return scalar.Format(scalar.Rename(e, ids), cols)
}
