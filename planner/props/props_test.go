package props_test

import (
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"github.com/prequel-db/prequel/planner"
	"github.com/prequel-db/prequel/planner/algebra"
	"github.com/prequel-db/prequel/planner/props"
	"github.com/prequel-db/prequel/sqlparse"
	"github.com/prequel-db/prequel/sqlparse/catalog"
	"github.com/prequel-db/prequel/sqlparse/diag"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// TestProps prints what is known of a query's result, whose translation is not normalised.
func TestProps(t *testing.T) {
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
			return describe(t, d, cat)
		})
	})
}

func describe(t *testing.T, d *datadriven.TestData, cat *catalog.Catalog) string {
	stmts, problems := sqlparse.ParseQueries(cat, []*diag.Source{{Name: "q.sql", Text: "-- name: Q :many\n" + d.Input + ";"}})
	if problems.HasErrors() {
		d.Fatalf(t, "%v", problems)
	}
	s, problems := planner.Translate(stmts[0])
	if problems.HasErrors() {
		d.Fatalf(t, "%v", problems)
	}
	root := s.Body.(*algebra.Query).Root
	p := props.Of(root)
	names := func(set scalar.ColSet) string {
		var out []string
		for _, id := range set.Intersect(p.Out).Ordered() {
			out = append(out, s.Columns.Get(id).Name)
		}
		return "(" + strings.Join(out, ", ") + ")"
	}
	var b strings.Builder
	b.WriteString("keys")
	for _, k := range p.Keys {
		b.WriteString(" " + names(k))
	}
	b.WriteString("\nnot null " + names(p.NotNull) + "\nfixed " + names(p.Closure(scalar.ColSet{})) + "\n")
	if p.ExactlyOne() {
		b.WriteString("exactly one row\n")
	}
	if props.EmptyOverEmpty(root) {
		b.WriteString("empty over empty tables\n")
	}
	if props.TotalRel(root) {
		b.WriteString("total\n")
	}
	return b.String()
}
