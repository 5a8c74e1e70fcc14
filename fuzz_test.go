package prequel_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	prequel "github.com/prequel-db/prequel"
	"github.com/prequel-db/prequel/runtime/clientgen"
	"github.com/prequel-db/prequel/sqlparse/diag"
)

// FuzzCompile: no text makes the compiler panic, and what it does not compile has a diagnostic. The seeds are the goldens'
// statements.
func FuzzCompile(f *testing.F) {
	schema, err := os.ReadFile("testdata/pipeline/schema.sql")
	if err != nil {
		f.Fatal(err)
	}
	goldens, err := filepath.Glob("testdata/pipeline/*.test")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range goldens {
		text, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		_, input, _ := strings.Cut(string(text), "\npipeline")
		_, input, _ = strings.Cut(input, "\n")
		input, _, _ = strings.Cut(input, "\n----")
		f.Add(input, false)
		f.Add(input, true)
	}
	f.Fuzz(func(t *testing.T, queries string, maintain bool) {
		cfg := prequel.Config{
			Schema:   []*diag.Source{{Name: "schema.sql", Text: string(schema)}},
			Queries:  []*diag.Source{{Name: "queries.sql", Text: queries}},
			Strategy: prequel.Read, AllowScan: true,
		}
		if maintain {
			cfg.Strategy = prequel.Maintain
		}
		program, problems := prequel.Compile(cfg)
		if program == nil && !problems.HasErrors() {
			t.Error("neither a program nor an error")
		}
		for _, p := range problems {
			if p.Code == "" || p.Problem == "" || p.String() == "" {
				t.Errorf("an empty diagnostic: %#v", p)
			}
		}
		if program == nil {
			return
		}
		if _, err := prequel.Explain(program, nil, nil); err != nil {
			t.Error(err)
		}
		if _, err := program.Files(clientgen.Options{Package: "fuzzdb"}); err != nil {
			t.Error(err)
		}
	})
}
