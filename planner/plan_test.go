package planner_test

import (
	"os"
	"testing"
	"time"

	"github.com/prequel-db/prequel/planner"
	"github.com/prequel-db/prequel/planner/algebra"
	"github.com/prequel-db/prequel/planner/norm"
	"github.com/prequel-db/prequel/sqlparse"
	"github.com/prequel-db/prequel/sqlparse/bound"
	"github.com/prequel-db/prequel/sqlparse/diag"
)

// service is a real service's schema and statements.
func service(t testing.TB) []*bound.Statement {
	t.Helper()
	const dir = "../../shared/corpora/sqlc/ssoready__ssoready/sqlc/"
	read := func(name string) []*diag.Source {
		text, err := os.ReadFile(dir + name)
		if err != nil {
			t.Fatalf("the corpus is missing: %v", err)
		}
		return []*diag.Source{{Name: name, Text: string(text)}}
	}
	cat, problems := sqlparse.ParseSchema(read("schema.sql"))
	if problems.HasErrors() {
		t.Fatal(problems)
	}
	stmts, problems := sqlparse.ParseQueries(cat, read("queries.sql"))
	if len(stmts) < 50 {
		t.Fatalf("%d statements, %v", len(stmts), problems)
	}
	return stmts
}

// TestService plans a real service's statements with the verifier on.
func TestService(t *testing.T) {
	for _, s := range service(t) {
		out, problems := planner.Translate(s)
		if problems.HasErrors() {
			t.Errorf("%s: %v", s.Name, problems)
			continue
		}
		if err := algebra.CheckStatement(out); err != nil {
			t.Errorf("%s: %v", s.Name, err)
		}
		planner.Normalise(out, &norm.Env{Columns: out.Columns, Verify: true})
		if err := algebra.CheckStatement(out); err != nil {
			t.Errorf("%s, normalised: %v", s.Name, err)
		}
	}
}

// TestSpeed: a thousand statements are planned in well under a third of a second.
func TestSpeed(t *testing.T) {
	stmts := service(t)
	start := time.Now()
	n := 0
	for n < 1000 {
		for _, s := range stmts {
			planner.Plan(s)
			n++
		}
	}
	per := time.Since(start) / time.Duration(n)
	if limit := 3 * time.Millisecond; per > limit {
		t.Errorf("%v a statement, the limit is %v", per, limit)
	}
	t.Logf("%v a statement", per)
}

func BenchmarkPlan(b *testing.B) {
	stmts := service(b)
	for i := range b.N {
		planner.Plan(stmts[i%len(stmts)])
	}
}
