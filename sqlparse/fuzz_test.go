package sqlparse_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/prequel-db/prequel/sqlparse"
	"github.com/prequel-db/prequel/sqlparse/bound"
	"github.com/prequel-db/prequel/sqlparse/diag"
)

// FuzzFrontEnd feeds any text to every entrance of the package: nothing may panic, every refusal must print, and what is bound
// must print too.
func FuzzFrontEnd(f *testing.F) {
	paths, err := filepath.Glob("testdata/oracle/*.sql")
	if err != nil || len(paths) == 0 {
		f.Fatal("no seeds", err)
	}
	var schema string
	for _, p := range paths {
		text, err := os.ReadFile(p)
		if err != nil {
			f.Fatal(err)
		}
		if filepath.Base(p) == "schema.sql" {
			schema = string(text)
		}
		for _, s := range sqlparse.Statements(string(text)) {
			f.Add(s)
		}
	}
	for _, s := range []string{
		"", ";", "-- name: A :one\nSELECT @a, sqlc.narg('b')::int;", "SELECT '\x00'", "SELECT '\xff'", "SELECT $0", "SELECT $99999",
		"SELECT 1_000, 0x1F, 1x", "-- +goose Down\nDROP TABLE users;", "/* /* */ SELECT", "SELECT $a$ $b$ $a$", "SELECT \"a\"\"b\"",
		"SELECT " + strings.Repeat("(", 600), "SELECT " + strings.Repeat("-", 600) + "1", "SELECT " + strings.Repeat("1+", 5000) + "1",
		"SELECT " + strings.Repeat("NOT ", 600) + "true", "SELECT 1" + strings.Repeat(" UNION SELECT 1", 600),
		"SELECT 1" + strings.Repeat("::int", 5000), "SELECT " + strings.Repeat("CASE WHEN true THEN ", 600) + "1",
		"SELECT * FROM users" + strings.Repeat(" JOIN users ON true", 600), "SELECT users" + strings.Repeat(".a", 3000),
		"SELECT tags" + strings.Repeat("[1]", 3000) + " FROM users", "SELECT 1 " + strings.Repeat("IS NULL ", 3000),
		"SELECT " + strings.Repeat("(", 100) + "true" + strings.Repeat(" BETWEEN false AND true)", 100),
		"SELECT 1 FROM users GROUP BY CUBE (id, name, age, email, active, tags), CUBE (id, name, age, email, active, tags), CUBE (id, name, age)",
		"CREATE TABLE x (a int DEFAULT (1), b text CHECK (b > 'x'), PRIMARY KEY (a))", "ALTER TABLE users DROP COLUMN name",
		"ALTER TABLE users ALTER id SET DEFAULT 5, ADD q int[] DEFAULT '{}'", "DROP TABLE users CASCADE", "CREATE VIEW v AS SELECT * FROM v",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		cat, errs := sqlparse.ParseSchema([]*diag.Source{{Name: "schema.sql", Text: schema}})
		if len(errs) > 0 {
			t.Fatal(errs)
		}
		src := &diag.Source{Name: "fuzz.sql", Text: text}
		check := func(st *bound.Statement, errs diag.List) {
			if st == nil && len(errs) == 0 {
				t.Fatal("neither a statement nor an error")
			}
			for _, e := range errs {
				if e.Code == "" || e.Problem == "" || e.String() == "" {
					t.Fatalf("an empty diagnostic: %#v", e)
				}
			}
			if st != nil && bound.Format(st) == "" {
				t.Fatal("a statement without a printed form")
			}
		}
		st, errs := sqlparse.Bind(cat, src, sqlparse.Options{})
		check(st, errs)
		statements, errs := sqlparse.ParseQueries(cat, []*diag.Source{src})
		for _, st := range statements {
			check(st, nil)
		}
		_ = errs.Error()
		if shape, params, err := sqlparse.Lift(text); err == nil && len(params) > 0 {
			sqlparse.Bind(cat, &diag.Source{Name: "shape", Text: shape}, sqlparse.Options{})
		}
		_ = sqlparse.Extend(cat, []*diag.Source{src}).Error()
	})
}
