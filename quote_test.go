package prequel_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	prequel "github.com/prequel-db/prequel"
)

// quoted marks a fenced block of a document whose text comes from the project itself:
//
//	<!-- explain RecentPings algebra -->     one stage of a statement of examples/fleet
//	<!-- sql queries/pings.sql RecentPings --> a statement of examples/fleet as written
//	<!-- go fleetdb/queries.go RecentPings --> a Go declaration of examples/fleet
//	<!-- function examples/offer/schema.sql decide --> a function in SQL or Lua, with the comment above it
var quoted = regexp.MustCompile("(?m)^<!-- (explain|sql|go|function) (\\S+)(?: (\\S+))? -->\n```(\\w*)\n((?s:.*?))^```$")

// TestQuotations: what the documents show is what the compiler says today.
func TestQuotations(t *testing.T) {
	documents, err := filepath.Glob("docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	fleet := compileFleet(t)
	found := 0
	for _, name := range append(documents, "README.md") {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		want := quoted.ReplaceAllStringFunc(string(text), func(block string) string {
			found++
			m := quoted.FindStringSubmatch(block)
			body := quotation(t, fleet, m[1], m[2], m[3])
			return fmt.Sprintf("<!-- %s -->\n```%s\n%s\n```", strings.TrimRight(strings.Join(m[1:4], " "), " "), m[4], strings.TrimSpace(body))
		})
		golden(t, name, want)
	}
	if found == 0 {
		t.Error("no document quotes anything")
	}
}

// compileFleet compiles examples/fleet.
func compileFleet(t *testing.T) *prequel.Compiled {
	t.Helper()
	p, problems, err := prequel.ReadProject("examples/fleet/prequel.yaml")
	if err != nil || problems.HasErrors() {
		t.Fatal(err, problems)
	}
	cfg, problems := p.Config()
	if problems.HasErrors() {
		t.Fatal(problems)
	}
	c, problems := prequel.Compile(cfg)
	if problems.HasErrors() {
		t.Fatal(problems)
	}
	return c
}

func quotation(t *testing.T, fleet *prequel.Compiled, kind, arg, name string) string {
	t.Helper()
	switch kind {
	case "explain":
		text, err := prequel.Explain(fleet, []prequel.Stage{prequel.Stage(name)}, []string{arg})
		if err != nil {
			t.Fatal(err)
		}
		_, body, ok := strings.Cut(text, "-- "+name+"\n")
		if !ok {
			t.Fatalf("explain %s %s prints no such stage", arg, name)
		}
		return body
	case "sql":
		text := readFleet(t, arg)
		at := strings.Index(text, "-- name: "+name+" ")
		if at < 0 {
			t.Fatalf("%s has no statement %s", arg, name)
		}
		statement, _, _ := strings.Cut(text[at:], ";")
		return statement + ";"
	case "function":
		return functionText(t, arg, name)
	}
	return goDeclaration(t, arg, name)
}

// functionText is a function of a file in SQL or Lua, with the comment above it, moved to the left edge.
func functionText(t *testing.T, file, name string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	begin := regexp.MustCompile(`^(\s*)(?:local function|CREATE FUNCTION) ` + name + `\(`)
	lines := strings.Split(string(text), "\n")
	at := slices.IndexFunc(lines, begin.MatchString)
	if at < 0 {
		t.Fatalf("%s has no function %s", file, name)
	}
	indent := begin.FindStringSubmatch(lines[at])[1]
	first := at
	for first > 0 && strings.HasPrefix(lines[first-1], indent+"--") {
		first--
	}
	size := slices.IndexFunc(lines[at:], func(line string) bool { return line == indent+"end" || line == "END $$;" })
	if size < 0 {
		t.Fatalf("%s: function %s does not end", file, name)
	}
	out := lines[first : at+size+1]
	for i := range out {
		out[i] = strings.TrimPrefix(out[i], indent)
	}
	return strings.Join(out, "\n")
}

func readFleet(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("examples/fleet", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// goDeclaration is a type or function with its comment.
func goDeclaration(t *testing.T, file, name string) string {
	t.Helper()
	text := readFleet(t, file)
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, file, text, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range f.Decls {
		var doc *ast.CommentGroup
		found := false
		switch d := d.(type) {
		case *ast.FuncDecl:
			found, doc = d.Name.Name == name, d.Doc
		case *ast.GenDecl:
			doc = d.Doc
			found = slices.ContainsFunc(d.Specs, func(s ast.Spec) bool {
				ts, ok := s.(*ast.TypeSpec)
				return ok && ts.Name.Name == name
			})
		}
		if found {
			start := d.Pos()
			if doc != nil {
				start = doc.Pos()
			}
			return text[fset.Position(start).Offset:fset.Position(d.End()).Offset]
		}
	}
	t.Fatalf("%s declares no %s", file, name)
	return ""
}
