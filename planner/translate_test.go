package planner_test

import (
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"github.com/prequel-db/prequel/planner"
	"github.com/prequel-db/prequel/planner/algebra"
	"github.com/prequel-db/prequel/planner/norm"
	"github.com/prequel-db/prequel/sqlparse"
	"github.com/prequel-db/prequel/sqlparse/catalog"
	"github.com/prequel-db/prequel/sqlparse/diag"
)

// TestTranslate runs testdata: "schema" declares tables, "translate" prints a statement's algebra as it was written, "plan" the
// normalised one. Both are verified.
func TestTranslate(t *testing.T) {
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
			return translate(t, d, cat)
		})
	})
}

func translate(t *testing.T, d *datadriven.TestData, cat *catalog.Catalog) string {
	command := ":exec"
	if strings.HasPrefix(d.Input, "SELECT") || strings.HasPrefix(d.Input, "WITH") || strings.HasPrefix(d.Input, "VALUES") ||
		strings.Contains(d.Input, "RETURNING") {
		command = ":many"
	}
	stmts, problems := sqlparse.ParseQueries(cat, []*diag.Source{{Name: "q.sql", Text: "-- name: Q " + command + "\n" + d.Input + ";"}})
	if problems.HasErrors() {
		d.Fatalf(t, "%v", problems)
	}
	s, problems := planner.Translate(stmts[0])
	if problems.HasErrors() {
		d.Fatalf(t, "%v", problems)
	}
	if err := algebra.CheckStatement(s); err != nil {
		d.Fatalf(t, "%v", err)
	}
	before := algebra.FormatStatement(s)
	planner.Normalise(s, &norm.Env{Columns: s.Columns, Verify: true})
	if err := algebra.CheckStatement(s); err != nil {
		d.Fatalf(t, "%v", err)
	}
	if d.Cmd == "plan" {
		return algebra.FormatStatement(s)
	}
	return before
}
