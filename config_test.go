package prequel_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	prequel "github.com/prequel-db/prequel"
	"github.com/prequel-db/prequel/sqlparse/diag"
)

// TestProject: each case of testdata/errors/project is a prequel.yaml and what it says, or every problem it has.
func TestProject(t *testing.T) {
	datadriven.RunTest(t, "testdata/errors/project", func(_ *testing.T, d *datadriven.TestData) string {
		p, problems := prequel.ParseProject(&diag.Source{Name: "prequel.yaml", Text: d.Input})
		var b strings.Builder
		for _, problem := range problems {
			b.WriteString(problem.String())
		}
		if !problems.HasErrors() {
			fmt.Fprintf(&b, "schema %q queries %q go %q in %q engine %q source %q rows %v widths %v values %v hot %v rate %v generated %d\n",
				p.Schema, p.Queries, p.GoPackage, p.GoOut, p.Engine, p.Source, p.Rows, p.Widths, p.Values, p.Hot, p.Rate, p.GeneratedRows)
		}
		return b.String()
	})
}

// TestReadSources: files, directories, globs and lists; migrations in their tools' order, without what undoes them.
func TestReadSources(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"one.sql":                "CREATE TABLE one (a int);",
		"mig/2_b.up.sql":         "CREATE TABLE b (a int);",
		"mig/2_b.down.sql":       "DROP TABLE b;",
		"mig/10_c.sql":           "-- +goose Up\nCREATE TABLE c (a int);\n-- +goose Down\nDROP TABLE c; -- é\n",
		"mig/001_a.sql":          "-- migrate:up\nCREATE TABLE a (a int);\n\n-- migrate:down\nDROP TABLE a;\n",
		"mig/11_d.sql":           "CREATE TABLE d (a int);\n---- create above / drop below ----\nDROP TABLE d;\n",
		"mig/notes.txt":          "not SQL",
		"odd [dir]/q.sql":        "-- name: Q :one\nSELECT 1;",
		"globbed/x1.sql":         "x1",
		"globbed/x2.sql":         "x2",
		"globbed/y.sql":          "y",
		"mig/12_e.sql/keep.sql":  "in a directory whose name ends in .sql",
		"migrations-are-in/this": "",
	} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.RemoveAll(filepath.Join(dir, "mig/12_e.sql")); err != nil {
		t.Fatal(err)
	}
	yaml := "version: 1\nschema: [one.sql, mig, one.sql]\nqueries: ['odd [dir]', globbed/x*.sql, none/*.sql, missing.sql]\n"
	p, problems := prequel.ParseProject(&diag.Source{Name: filepath.Join(dir, "prequel.yaml"), Text: yaml})
	if problems.HasErrors() {
		t.Fatal(problems)
	}
	schema, queries, problems := p.ReadSources()
	if got, want := names(t, dir, schema), []string{"one.sql", "mig/001_a.sql", "mig/2_b.down.sql", "mig/2_b.up.sql", "mig/10_c.sql", "mig/11_d.sql"}; !slices.Equal(got, want) {
		t.Errorf("schema files %q, want %q", got, want)
	}
	if got, want := names(t, dir, queries), []string{"odd [dir]/q.sql", "globbed/x1.sql", "globbed/x2.sql"}; !slices.Equal(got, want) {
		t.Errorf("query files %q, want %q", got, want)
	}
	catalog, wrong := prequel.ReadSchema(schema)
	var tables []string
	for _, table := range catalog.Tables {
		tables = append(tables, table.Name)
	}
	if want := []string{"one", "a", "b", "c", "d"}; wrong.HasErrors() || !slices.Equal(tables, want) {
		t.Errorf("tables %q, want %q: %v", tables, want, wrong)
	}
	if len(problems) != 2 || problems[0].Span.Text() != "none/*.sql" || problems[1].Span.Text() != "missing.sql" {
		t.Errorf("problems: %v", problems)
	}
}

func names(t *testing.T, dir string, sources []*diag.Source) []string {
	t.Helper()
	var out []string
	for _, s := range sources {
		rel, err := filepath.Rel(dir, s.Name)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, filepath.ToSlash(rel))
	}
	return out
}
