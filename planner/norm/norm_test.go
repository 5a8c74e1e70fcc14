package norm_test

import (
	"sort"
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

// TestRules runs testdata: "schema" declares tables, "norm" normalises a statement and prints it. expect=(rules) names rules
// that must fire, expect-not=(rules) rules that must not; before prints the translation too.
func TestRules(t *testing.T) {
	fired := map[string]bool{}
	datadriven.Walk(t, "testdata", func(t *testing.T, path string) {
		cat := &catalog.Catalog{}
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			switch d.Cmd {
			case "schema":
				var problems diag.List
				if cat, problems = sqlparse.ParseSchema([]*diag.Source{{Name: "schema.sql", Text: d.Input}}); problems.HasErrors() {
					d.Fatalf(t, "%v", problems)
				}
				return ""
			case "norm":
				return normalise(t, d, cat, fired)
			}
			d.Fatalf(t, "unknown command %s", d.Cmd)
			return ""
		})
	})
	if len(fired) < 40 && !testing.Short() {
		t.Errorf("only %d rules fire in testdata", len(fired))
	}
}

func normalise(t *testing.T, d *datadriven.TestData, cat *catalog.Catalog, fired map[string]bool) string {
	command := ":exec"
	if strings.HasPrefix(d.Input, "SELECT") || strings.HasPrefix(d.Input, "WITH") || strings.Contains(d.Input, "RETURNING") {
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
		d.Fatalf(t, "translation: %v", err)
	}
	var out strings.Builder
	if d.HasArg("before") {
		out.WriteString(algebra.FormatStatement(s) + "--\n")
	}
	env := &norm.Env{Columns: s.Columns, Fired: map[string]int{}, References: true, Verify: true}
	planner.Normalise(s, env)
	if err := algebra.CheckStatement(s); err != nil {
		d.Fatalf(t, "%v", err)
	}
	for rule := range env.Fired {
		fired[rule] = true
	}
	for _, arg := range d.CmdArgs {
		for _, rule := range arg.Vals {
			if got := env.Fired[rule] > 0; (arg.Key == "expect" && !got) || (arg.Key == "expect-not" && got) {
				d.Fatalf(t, "%s=%s, and these fired: %s", arg.Key, rule, strings.Join(names(env.Fired), " "))
			}
		}
	}
	out.WriteString(algebra.FormatStatement(s))
	return out.String()
}

func names(m map[string]int) []string {
	var out []string
	for k := range m {
		out = append(out, k)
	}
	sort.Strings(out)
	return out
}
