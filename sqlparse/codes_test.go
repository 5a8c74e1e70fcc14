package sqlparse_test

import (
	"strings"
	"testing"

	"github.com/prequel-db/prequel/sqlparse"
	"github.com/prequel-db/prequel/sqlparse/diag"
)

// TestCodes compiles the example of every code of the front end: it must get that code first, with the SQLSTATE it is declared
// with, an excerpt, and a help line where only Prequel refuses.
func TestCodes(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range diag.Codes {
		if seen[c.Code] {
			t.Errorf("%s is declared twice", c.Code)
		}
		seen[c.Code] = true
		if !strings.HasPrefix(c.Code, "PQ00") && !strings.HasPrefix(c.Code, "PQ01") && !strings.HasPrefix(c.Code, "PQ02") || c.Example == "" {
			continue
		}
		errs := diagnose(t, c.Example)
		if len(errs) == 0 {
			t.Errorf("%s: the example is accepted: %s", c.Code, c.Example)
			continue
		}
		if e := errs[0]; e.Code != c.Code || e.SQLState != c.SQLState || e.Span.Source == nil {
			t.Errorf("%s: the example gets:\n%s(SQLSTATE %q, not %q)", c.Code, e, e.SQLState, c.SQLState)
		}
		if e := errs[0]; strings.HasPrefix(c.Code, "PQ02") && e.Help == "" {
			t.Errorf("%s: the refusal says no way out:\n%s", c.Code, e)
		}
	}
}

// diagnose runs an example through the entrance it is written for.
func diagnose(t *testing.T, text string) diag.List {
	t.Helper()
	cat, errs := sqlparse.ParseSchema([]*diag.Source{{Name: "schema.sql", Text: diag.ExampleSchema}})
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	src := &diag.Source{Name: "example.sql", Text: text}
	switch {
	case strings.HasPrefix(text, "CREATE"):
		return sqlparse.Extend(cat, []*diag.Source{src})
	case strings.Contains(text, "-- name:"), strings.HasSuffix(text, ";"):
		_, errs = sqlparse.ParseQueries(cat, []*diag.Source{src})
	default:
		_, errs = sqlparse.Bind(cat, src, sqlparse.Options{})
	}
	return errs
}
