package sqlparse_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/prequel-db/prequel/sqlparse"
)

// TestStatements compares the statements of testdata/oracle with PostgreSQL's analysis: columns, parameters, and the errors of
// wrong ones, place included.
func TestStatements(t *testing.T) {
	schema, err := os.ReadFile("testdata/oracle/schema.sql")
	if err != nil {
		t.Fatal(err)
	}
	paths, err := filepath.Glob("testdata/oracle/*.sql")
	if err != nil || len(paths) < 2 {
		t.Fatal("no statements", err)
	}
	o := newOracle(t, string(schema))
	for _, path := range paths {
		if filepath.Base(path) == "schema.sql" {
			continue
		}
		t.Run(filepath.Base(path), func(t *testing.T) {
			o.t = t
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			for _, sql := range sqlparse.Statements(string(text)) {
				o.compare(sql)
				want := o.postgres(sql)
				got, _ := o.prequel(sql)
				if want.at > 0 && got.message == want.message && got.at != want.at {
					t.Errorf("%s\n  %s\n  postgres points at %d, prequel at %d", sql, got.message, want.at, got.at)
				}
				if got.unsupported() {
					t.Logf("%s\n  %s", sql, got)
				}
			}
		})
	}
}
