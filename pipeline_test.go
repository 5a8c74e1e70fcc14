package prequel_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	prequel "github.com/prequel-db/prequel"
	"github.com/prequel-db/prequel/sqlparse/diag"
)

// TestPipeline: each file of testdata/pipeline is one query shape and everything it becomes: SQL, algebra, maintenance,
// structures, script, Lua and cost. A change of the compiler is read as a change of these files.
func TestPipeline(t *testing.T) {
	schema, err := os.ReadFile("testdata/pipeline/schema.sql")
	if err != nil {
		t.Fatal(err)
	}
	shapes := 0
	datadriven.Walk(t, "testdata/pipeline", func(t *testing.T, path string) {
		if !strings.HasSuffix(path, ".test") {
			return
		}
		shapes++
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			cfg := prequel.Config{
				Schema:  []*diag.Source{{Name: "schema.sql", Text: string(schema)}},
				Queries: []*diag.Source{{Name: "queries.sql", Text: d.Input}},
			}
			if d.HasArg("strategy") {
				var strategy string
				d.ScanArgs(t, "strategy", &strategy)
				cfg.Strategy = prequel.Strategy(strategy)
			}
			for _, a := range d.CmdArgs {
				if a.Key == "hot" { // hot=(table, column, ...)
					cfg.Hot = map[string][]string{a.Vals[0]: a.Vals[1:]}
				}
			}
			program, problems := prequel.Compile(cfg)
			if problems.HasErrors() {
				d.Fatalf(t, "%s", render(problems))
			}
			text, err := prequel.Explain(program, nil, nil)
			if err != nil {
				d.Fatalf(t, "%v", err)
			}
			assertClasses(t, d, program)
			return render(problems) + text
		})
	})
	if shapes < 40 {
		t.Errorf("%d query shapes", shapes)
	}
}

// assertClasses compares the growth classes that a case names in its own words, class=(Statement:class, ...), with those that
// its statements have: -rewrite does not let a worse plan pass.
func assertClasses(t *testing.T, d *datadriven.TestData, program *prequel.Compiled) {
	t.Helper()
	var want, got []string
	for _, a := range d.CmdArgs {
		if a.Key == "class" {
			want = append(want, a.Vals...)
		}
	}
	for _, p := range program.Module.Programs {
		got = append(got, p.Name+":"+string(p.Bound.Class))
	}
	if !slices.Equal(want, got) {
		d.Fatalf(t, "the case says class=(%s), its statements are class=(%s)", strings.Join(want, ", "), strings.Join(got, ", "))
	}
}

// render is what the command prints for problems.
func render(problems diag.List) string {
	var b strings.Builder
	for _, p := range problems {
		b.WriteString(p.String())
	}
	return b.String()
}

// TestRefusals: each case of testdata/errors/*.test and testdata/unsupported/*.test is a statement file (or a schema,
// when the directive says so) and the whole of what the compiler says about it. Errors are what PostgreSQL refuses
// too, unsupported what it would run.
func TestRefusals(t *testing.T) {
	schema, err := os.ReadFile("testdata/pipeline/schema.sql")
	if err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{"testdata/errors", "testdata/unsupported"} {
		datadriven.Walk(t, dir, func(t *testing.T, path string) {
			if !strings.HasSuffix(path, ".test") {
				return
			}
			datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
				cfg := prequel.Config{Schema: []*diag.Source{{Name: "schema.sql", Text: string(schema)}}}
				source := &diag.Source{Name: "queries.sql", Text: d.Input}
				switch d.Cmd {
				case "schema": // with write=(...), a statement that writes to it
					source.Name = "more.sql"
					cfg.Schema = append(cfg.Schema, source)
					if d.HasArg("write") {
						var words []string
						for _, a := range d.CmdArgs {
							if a.Key == "write" {
								words = a.Vals
							}
						}
						cfg.Queries = []*diag.Source{{Name: "queries.sql", Text: "-- name: W :exec\n" + strings.Join(words, ", ")}}
					}
				case "queries":
					cfg.Queries = []*diag.Source{source}
				case "query": // one statement without a name
					source.Text = "-- name: Q :many\n" + d.Input + "\n"
					cfg.Queries = []*diag.Source{source}
				default:
					d.Fatalf(t, "unknown directive %s", d.Cmd)
				}
				_, problems := prequel.Compile(cfg)
				if !problems.HasErrors() {
					return "accepted\n"
				}
				return render(problems)
			})
		})
	}
}
