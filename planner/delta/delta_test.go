package delta_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"github.com/prequel-db/prequel/planner"
	"github.com/prequel-db/prequel/planner/algebra"
	"github.com/prequel-db/prequel/planner/delta"
	"github.com/prequel-db/prequel/sqlparse"
	"github.com/prequel-db/prequel/sqlparse/catalog"
	"github.com/prequel-db/prequel/sqlparse/diag"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// TestSplit runs testdata: "schema" declares tables; "split" prints what is left to read of a query and the views it reads, with
// recompute those that are not linear too; "maintain" prints, for each view and each of its tables, the queries that a changed
// row asks, and for recomputed views the restricted definition.
func TestSplit(t *testing.T) {
	datadriven.Walk(t, "testdata", func(t *testing.T, path string) {
		cat := &catalog.Catalog{}
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			if d.Cmd == "schema" {
				var problems diag.List
				if cat, problems = sqlparse.ParseSchema([]*diag.Source{{Name: "schema.sql", Text: d.Input}}); problems.HasErrors() {
					d.Fatalf(t, "%v", problems)
				}
				return ""
			}
			return split(t, d, cat)
		})
	})
}

func split(t *testing.T, d *datadriven.TestData, cat *catalog.Catalog) string {
	stmts, problems := sqlparse.ParseQueries(cat, []*diag.Source{{Name: "q.sql", Text: "-- name: Q :many\n" + d.Input + ";"}})
	if problems.HasErrors() {
		d.Fatalf(t, "%v", problems)
	}
	s, problems := planner.Plan(stmts[0])
	if problems.HasErrors() {
		d.Fatalf(t, "%v", problems)
	}
	root := s.Body.(*algebra.Query).Root
	out, views := delta.Options{Recompute: d.HasArg("recompute")}.Split(root, s.Columns, "Q")
	if err := algebra.Check(out, s.Columns, scalar.ColSet{}); err != nil {
		d.Fatalf(t, "what is left to read: %v", err)
	}
	var b strings.Builder
	b.WriteString(algebra.Format(out, s.Columns))
	for _, v := range views {
		if err := algebra.Check(v.Core, v.Columns, scalar.ColSet{}); err != nil {
			d.Fatalf(t, "view: %v", err)
		}
		describe(&b, v)
		if d.Cmd == "maintain" {
			maintain(t, d, &b, v)
		}
	}
	return b.String()
}

func columnNames(cols *scalar.Columns, ids []algebra.ColumnID) string {
	var out []string
	for _, id := range ids {
		out = append(out, scalar.FormatColumn(id, cols))
	}
	return strings.Join(out, ", ")
}

func describe(b *strings.Builder, v *delta.View) {
	kind := "rows"
	switch {
	case v.Group != nil:
		kind = "groups"
	case v.Recomputed:
		kind = "recomputed by " + columnNames(v.Columns, v.Key)
	}
	var cols []string
	for i, c := range v.Table.Columns {
		text := c.Name + " " + c.Type.String()
		if !c.NotNull {
			text += " null"
		}
		for _, k := range v.Table.PrimaryKey {
			if k == i {
				text += " key"
			}
		}
		cols = append(cols, text)
	}
	fmt.Fprintf(b, "-- view of %s (%s)\n", kind, strings.Join(cols, ", "))
	b.WriteString(algebra.Format(v.Core, v.Columns))
	if v.Group == nil {
		return
	}
	for _, s := range v.Group.Sums {
		what := "sum"
		if s.Count {
			what = "count"
		}
		arg, filter := "*", ""
		if s.Arg != nil {
			arg = scalar.Format(s.Arg, v.Columns)
		}
		if s.Filter != nil {
			filter = " filter " + scalar.Format(s.Filter, v.Columns)
		}
		fmt.Fprintf(b, "  %s = %s(%s)%s\n", v.Table.Columns[s.Pos].Name, what, arg, filter)
	}
	for _, r := range v.Group.Recompute {
		fmt.Fprintf(b, "  %s = %s, recomputed\n", v.Table.Columns[r.Pos].Name,
			scalar.FormatAgg(r.Agg.Name, r.Agg.Args, r.Agg.Distinct, r.Agg.OrderBy, r.Agg.Within, r.Agg.Filter, v.Columns))
	}
}

func maintain(t *testing.T, d *datadriven.TestData, b *strings.Builder, v *delta.View) {
	for _, table := range v.Tables() {
		core, ids := v.Import(v.Columns)
		var residuals []delta.Residual
		if v.Recomputed {
			key := make([]algebra.ColumnID, len(v.Key))
			for i, k := range v.Key {
				key[i] = ids[k]
			}
			residuals = delta.Affected(core, key, table, v.Columns)
		} else {
			residuals = delta.Residuals(core, table)
		}
		for _, r := range residuals {
			if err := algebra.Check(r.Rel, v.Columns, scalar.ColSet{}); err != nil {
				d.Fatalf(t, "%v", err)
			}
			fmt.Fprintf(b, "-- a row of %s changes\n", table.Name)
			b.WriteString(algebra.Format(r.Rel, v.Columns))
		}
	}
	if !v.Recomputed {
		return
	}
	core, ids := v.Import(v.Columns)
	var conds []scalar.Expr
	for i, k := range v.Key {
		ref := v.Columns.Ref(ids[k])
		conds = append(conds, scalar.NotDistinct(ref, &scalar.Param{Node: scalar.Node{Typ: ref.Typ}, Number: i + 1}))
	}
	b.WriteString("-- the rows of a key\n")
	b.WriteString(algebra.Format(delta.Restrict(core, conds, v.Columns), v.Columns))
}
