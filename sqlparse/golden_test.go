package sqlparse_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"github.com/prequel-db/prequel/sqlparse"
	"github.com/prequel-db/prequel/sqlparse/bound"
	"github.com/prequel-db/prequel/sqlparse/catalog"
	"github.com/prequel-db/prequel/sqlparse/diag"
)

// TestGoldens prints what becomes of the SQL in testdata/bind. Commands: schema and migration apply definitions and print the
// schema (migration gives the file's name), bind binds a bare statement, queries an annotated file.
func TestGoldens(t *testing.T) {
	datadriven.Walk(t, filepath.Join("testdata", "bind"), func(t *testing.T, path string) {
		cat := &catalog.Catalog{}
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			name := "query.sql"
			if d.HasArg("file") {
				d.ScanArgs(t, "file", &name)
			}
			src := &diag.Source{Name: name, Text: d.Input}
			switch d.Cmd {
			case "schema":
				if !d.HasArg("extend") {
					cat = &catalog.Catalog{}
				}
				errs := sqlparse.Extend(cat, []*diag.Source{src})
				if d.HasArg("quiet") && len(errs) == 0 {
					return ""
				}
				return printed(catalog.Format(cat), errs)
			case "bind":
				st, errs := sqlparse.Bind(cat, src, sqlparse.Options{})
				if st == nil {
					return printed("", errs)
				}
				return printed(bound.Format(st), errs)
			case "queries":
				statements, errs := sqlparse.ParseQueries(cat, []*diag.Source{src})
				var b strings.Builder
				for _, st := range statements {
					b.WriteString(bound.Format(st))
					if st.Comment != "" {
						fmt.Fprintf(&b, "  comment %q\n", st.Comment)
					}
					fmt.Fprintf(&b, "  sql %q\n", st.SQL)
				}
				return printed(b.String(), errs)
			}
			d.Fatalf(t, "unknown command %s", d.Cmd)
			return ""
		})
	})
}

func printed(text string, errs diag.List) string {
	var b strings.Builder
	b.WriteString(text)
	for _, e := range errs {
		b.WriteString(e.String())
	}
	return b.String()
}
