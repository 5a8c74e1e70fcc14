package prequel_test

import (
	"flag"
	"fmt"
	"go/ast"
	"go/doc"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	prequel "github.com/prequel-db/prequel"
	"github.com/prequel-db/prequel/sqlparse/diag"
)

// rewrite is datadriven's flag: with it, goldens and generated documents are written instead of compared.
func rewrite() bool { return flag.Lookup("rewrite").Value.String() == "true" }

// golden compares a generated document with the file in the tree.
func golden(t *testing.T, name, want string) {
	t.Helper()
	if rewrite() {
		if err := os.WriteFile(name, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	have, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if string(have) != want {
		t.Errorf("%s is stale; run: go test -run %s -rewrite .", name, t.Name())
	}
}

// irPackages are documented in docs/ir.md, with the interface whose implementations are the operators.
var irPackages = []struct {
	dir, title string
	sealed     []string // marker methods
}{
	{"sqlparse/scalar", "Scalar expressions", []string{"isExpr"}},
	{"sqlparse/bound", "Bound statements", []string{"isBody", "isFrom"}},
	{"planner/algebra", "Algebra", []string{"isRel", "isBody"}},
	{"lowering/phys", "Physical programs", []string{"isOp", "isCond"}},
}

// TestIRReference: docs/ir.md lists every operator of every IR with the comment that stands over it in the source.
func TestIRReference(t *testing.T) {
	var b strings.Builder
	b.WriteString("# The intermediate representations\n\n" +
		"Every operator of every stage, generated from the comments in the source (`go generate .`). How they follow one\n" +
		"another is in [architecture.md](architecture.md); the printed forms are in testdata/pipeline.\n")
	for _, p := range irPackages {
		pkg := parseDir(t, p.dir)
		fmt.Fprintf(&b, "\n## %s (`%s`)\n\n%s\n", p.title, p.dir, strings.TrimSpace(pkg.Synopsis(pkg.Doc)))
		ops := implementations(pkg, p.sealed)
		if len(ops) == 0 {
			t.Fatalf("%s: no operator found", p.dir)
		}
		b.WriteString("\n| operator | meaning |\n|---|---|\n")
		for _, op := range ops {
			text := strings.Join(strings.Fields(op.Doc), " ")
			if text == "" {
				t.Errorf("%s.%s has no comment", pkg.Name, op.Name)
			}
			fmt.Fprintf(&b, "| `%s` | %s |\n", op.Name, strings.ReplaceAll(text, "|", `\|`))
		}
	}
	golden(t, "docs/ir.md", b.String())
}

// parseDir reads a package's documentation, tests left out.
func parseDir(t *testing.T, dir string) *doc.Package {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	fset := token.NewFileSet()
	var files []*ast.File
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(fset, name, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, f)
	}
	pkg, err := doc.NewFromFiles(fset, files, module+"/"+dir, doc.AllDecls)
	if err != nil {
		t.Fatal(err)
	}
	return pkg
}

// implementations are the types that have one of the marker methods, in the order of their names.
func implementations(pkg *doc.Package, markers []string) []*doc.Type {
	var out []*doc.Type
	for _, typ := range pkg.Types {
		if slices.ContainsFunc(typ.Methods, func(m *doc.Func) bool { return slices.Contains(markers, m.Name) && m.Level == 0 && typ.Name != "Node" }) ||
			embeds(typ, "Node") {
			out = append(out, typ)
		}
	}
	return out
}

// embeds reports whether a type is a struct that embeds the named one.
func embeds(typ *doc.Type, name string) bool {
	for _, s := range typ.Decl.Specs {
		if st, ok := s.(*ast.TypeSpec).Type.(*ast.StructType); ok {
			for _, f := range st.Fields.List {
				if id, ok := f.Type.(*ast.Ident); ok && len(f.Names) == 0 && id.Name == name {
					return true
				}
			}
		}
	}
	return false
}

// documentedSchema is what the examples of codes are compiled over.
const documentedSchema = `CREATE TABLE users (
    id   bigint PRIMARY KEY,
    name text NOT NULL,
    age  integer
);
CREATE TABLE orders (
    id      bigint PRIMARY KEY,
    user_id bigint NOT NULL,
    total   numeric(12,2) NOT NULL
);
CREATE TABLE events (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL
);
`

// TestUnsupportedReference: docs/unsupported.md lists every code, with an example and what the compiler says about it.
func TestUnsupportedReference(t *testing.T) {
	var b strings.Builder
	b.WriteString("# What is refused\n\n" +
		"Every diagnostic has a code that never changes its meaning. This page lists them all, generated from the compiler\n" +
		"(`go generate .`): the example is compiled, and the message is what `prequel check` prints. Codes PQ01xx are what\n" +
		"PostgreSQL refuses too, with its SQLSTATE; the others are what PostgreSQL would run and Prequel does not, or not yet.\n\n" +
		"The examples are compiled over this schema:\n\n```sql\n" + documentedSchema + "```\n")
	codes := slices.Clone(diag.Codes)
	slices.SortStableFunc(codes, func(a, b *diag.Code) int { return strings.Compare(a.Code, b.Code) })
	for i, c := range codes {
		if i > 0 && codes[i-1].Code == c.Code {
			t.Errorf("code %s is declared twice: %s; %s", c.Code, codes[i-1].Title, c.Title)
		}
		fmt.Fprintf(&b, "\n## %s: %s\n", c.Code, c.Title)
		if c.SQLState != "" {
			fmt.Fprintf(&b, "\nPostgreSQL's SQLSTATE is %s.\n", c.SQLState)
		}
		if c.Example == "" || c == diag.StatementCount { // which tools get that compile one bare statement
			continue
		}
		problems := compileExample(c.Example)
		if !slices.ContainsFunc(problems, func(d diag.Diagnostic) bool { return d.Code == c.Code }) {
			t.Errorf("%s (%s): the example gives %v:\n%s", c.Code, c.Title, problems, c.Example)
		}
		fmt.Fprintf(&b, "\n```\n%s```\n", printable(render(problems)))
	}
	golden(t, "docs/unsupported.md", b.String())
}

// compileExample compiles a declaration, a statement file or a bare statement.
func compileExample(example string) diag.List {
	cfg := prequel.Config{Schema: []*diag.Source{{Name: "schema.sql", Text: documentedSchema}}, AllowScan: true}
	source := &diag.Source{Name: "example.sql", Text: example}
	verb, _, _ := strings.Cut(strings.ToUpper(strings.TrimSpace(example)), " ")
	switch {
	case verb == "CREATE" || verb == "ALTER" || verb == "DROP":
		cfg.Schema = append(cfg.Schema, source)
	case strings.HasPrefix(example, "-- name:") || example == "SELECT 1;":
		cfg.Queries = []*diag.Source{source}
	default:
		source.Text = "-- name: Example :" + command(verb) + "\n" + example
		cfg.Queries = []*diag.Source{source}
	}
	_, problems := prequel.Compile(cfg)
	return problems
}

// command is an annotation that fits most statements that begin with a word.
func command(verb string) string {
	if verb == "INSERT" || verb == "UPDATE" || verb == "DELETE" {
		return "exec"
	}
	return "many"
}

// printable replaces NUL bytes, which would make a file binary.
func printable(s string) string { return strings.ReplaceAll(s, "\x00", "\\0") }
