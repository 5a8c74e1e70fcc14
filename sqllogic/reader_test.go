package sqllogic

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	_ "github.com/cockroachdb/datadriven" // registers -rewrite
	"github.com/rogpeppe/go-internal/txtar"
)

// rewriting reports whether goldens are to be written anew.
func rewriting() bool { return flag.Lookup("rewrite").Value.String() == "true" }

// TestRead reads each script of an archive and compares its records, or its errors, with the file named want.
func TestRead(t *testing.T) {
	archives, err := filepath.Glob("testdata/reader/*.txtar")
	if err != nil || len(archives) == 0 {
		t.Fatalf("no archives: %v", err)
	}
	for _, name := range archives {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			golden, err := filepath.Abs(name)
			if err != nil {
				t.Fatal(err)
			}
			t.Chdir(t.TempDir())
			var scripts []string
			want := -1
			for i, f := range archive.Files {
				if f.Name == "want" {
					want = i
					continue
				}
				if err := os.MkdirAll(filepath.Dir(f.Name), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(f.Name, f.Data, 0o644); err != nil {
					t.Fatal(err)
				}
				if !strings.Contains(f.Name, "/") && f.Name != "deep.slt" {
					scripts = append(scripts, f.Name)
				}
			}
			slices.Sort(scripts)
			var got strings.Builder
			for _, s := range scripts {
				script, err := Read(s, ReadOptions{Vars: map[string]string{"user_name": "ada"}})
				if err != nil {
					fmt.Fprintln(&got, err)
					continue
				}
				for i := range script.Records {
					fmt.Fprintln(&got, describe(&script.Records[i]))
				}
			}
			if rewriting() {
				archive.Files[want].Data = []byte(got.String())
				if err := os.WriteFile(golden, txtar.Format(archive), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if got.String() != string(archive.Files[want].Data) {
				t.Errorf("differs:\n%s", diff(strings.Split(string(archive.Files[want].Data), "\n"), strings.Split(got.String(), "\n")))
			}
		})
	}
}

// describe shows everything that a reader decided about a record.
func describe(r *Record) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s ", r.Pos)
	if r.Connection != "" {
		fmt.Fprintf(&b, "connection=%s ", r.Connection)
	}
	w := &r.Want
	switch r.Kind {
	case KindSleep:
		fmt.Fprintf(&b, "sleep %v", r.Sleep)
		return b.String()
	case KindSkip:
		fmt.Fprintf(&b, "skip (%s)", r.Reason)
		return b.String()
	case KindRefused:
		fmt.Fprintf(&b, "refused (%s)", r.Reason)
		return b.String()
	case KindStatement:
		b.WriteString("statement ")
	case KindQuery:
		b.WriteString("query ")
	}
	switch {
	case w.Error != nil:
		fmt.Fprintf(&b, "error(%s) ", w.Error)
	case w.Count != nil:
		fmt.Fprintf(&b, "count=%d ", *w.Count)
	case r.Kind == KindStatement:
		b.WriteString("ok ")
	default:
		fmt.Fprintf(&b, "types=%s format=%s sort=%s ", w.Types, []string{"classic", "rows", "values", "psql"}[w.Format],
			[]string{"none", "rows", "values"}[w.Sort])
		if w.Label != "" {
			fmt.Fprintf(&b, "label=%s ", w.Label)
		}
		switch {
		case w.Digest != nil:
			fmt.Fprintf(&b, "digest=%d:%s ", w.Digest.Values, w.Digest.MD5)
		case w.Checked:
			fmt.Fprintf(&b, "lines=%q ", w.Lines)
		default:
			b.WriteString("unchecked ")
		}
	}
	fmt.Fprintf(&b, "%q", r.SQL)
	return b.String()
}
