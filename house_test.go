package prequel_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// The house's rules that a machine can check: who may import whom, what a package must have, how files are named.

const module = "github.com/prequel-db/prequel"

// frontIR are the packages that hold what sqlparse hands on. They are apart from the parser so that no later stage
// links pg_query and its C code.
var frontIR = []string{"sqlparse/bound", "sqlparse/catalog", "sqlparse/diag", "sqlparse/scalar", "runtime/value"}

// importRule allows the packages in scope to import what may lists.
type importRule struct {
	scope  string
	may    []string
	reason string
}

// imports says which of this module's packages a package may import (tests may import more). The first row whose scope
// matches holds. A scope or an import that ends in /... stands for the folder and everything below it; "." is the root
// package.
var imports = []importRule{
	{"sqlparse/diag", nil, "everything reports through it"},
	{"sqlparse/bound", frontIR, "an IR knows no pass"},
	{"sqlparse/catalog", frontIR, "an IR knows no pass"},
	{"sqlparse/scalar", frontIR, "an IR knows no pass"},
	{"sqlparse/...", append([]string{"sqlparse/..."}, frontIR...), "parsing depends on no later stage"},
	{"planner/algebra", append([]string{"planner/algebra"}, frontIR...), "an IR knows no pass"},
	{"planner/...", append([]string{"planner/..."}, frontIR...), "planning reads bound statements only, and links no C"},
	{"lowering/phys", append([]string{"lowering/...", "planner/algebra"}, frontIR...), "an IR knows no pass"},
	{"lowering/cost", nil, "a polynomial is arithmetic"},
	{"lowering/...", append([]string{"lowering/...", "planner/algebra", "planner/delta", "planner/props"}, frontIR...), "lowering reads the planner's IR and what it knows about it, never its passes"},
	{"luagen/lua", nil, "a syntax tree knows no SQL"},
	{"luagen/...", append([]string{"luagen/...", "lowering/phys", "lowering/cost", "planner/algebra"}, frontIR...), "code generation reads the physical IR, never how it was chosen"},
	{"runtime/...", []string{"runtime/..."}, "applications link it: no part of the compiler comes along"},
	{"sqllogic/...", []string{"sqllogic/...", "runtime/..."}, "it judges engines from outside; the command plugs the compiler in"},
	{"cmd/...", []string{"cmd/...", ".", "sqllogic/...", "sqlparse/diag", "runtime/..."}, "a command is flags, input and output; the root package wires the stages"},
	{"examples/...", []string{"examples/...", ".", "runtime/..."}, "an example is what a user could write"},
	{".", []string{"sqlparse/...", "planner/...", "lowering/...", "luagen/...", "runtime/..."}, "it wires the stages and is used by commands"},
}

// onlyImporters says which packages alone may import a package from outside.
var onlyImporters = []struct {
	pkg       string // import path prefix
	importers []string
	reason    string
}{
	{"github.com/pganalyze/pg_query_go", []string{"sqlparse", "sqlparse/bind"}, "cgo and PostgreSQL's parse tree stay inside one stage"},
}

// folders are the top-level folders that may exist, each with what belongs there.
var folders = map[string]string{
	".ci":      "what continuous integration runs",
	"cmd":      "commands",
	"planner":  "algebra, normalisation, maintenance plans",
	"sqlparse": "text to bound statements",
	"lowering": "structures and programs",
	"luagen":   "programs to Lua",
	"runtime":  "what generated clients import",
	"sqllogic": "sqllogictest and the test servers",
	"testdata": "goldens over several stages",
	"examples": "small complete applications",
	"docs":     "documentation",
}

// vagueNames are file names that say nothing about what is inside, so that anything ends up there.
var vagueNames = regexp.MustCompile(`^(utils?|helpers?|common|misc|shared|stuff)(_test)?\.go$`)

// goPackage is what `go list -json` says of a package.
type goPackage struct {
	ImportPath string
	Dir        string
	Name       string
	Imports    []string
	GoFiles    []string
	CgoFiles   []string
}

// local returns a package's path below the module, "." for the root.
func local(importPath string) (string, bool) {
	if importPath == module {
		return ".", true
	}
	return strings.CutPrefix(importPath, module+"/")
}

// within reports whether a package is the one that pattern names or below a folder that it names with /...
func within(pkg, pattern string) bool {
	if folder, ok := strings.CutSuffix(pattern, "/..."); ok {
		return pkg == folder || strings.HasPrefix(pkg, folder+"/")
	}
	return pkg == pattern
}

// packages lists the module's packages.
func packages(t *testing.T) []goPackage {
	t.Helper()
	out, err := exec.Command("go", "list", "-e", "-json=ImportPath,Dir,Name,Imports,GoFiles,CgoFiles", "./...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var all []goPackage
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var p goPackage
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		if len(p.GoFiles)+len(p.CgoFiles) > 0 { // a folder of tests alone has nothing to document or to import
			all = append(all, p)
		}
	}
	if len(all) == 0 {
		t.Fatal("go list finds no package")
	}
	return all
}

// files lists the repository's files, tracked or about to be, with slashes.
func files(t *testing.T) []string {
	t.Helper()
	out, err := exec.Command("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard").Output()
	if err != nil {
		t.Fatalf("git ls-files: %v", err)
	}
	names := strings.Split(strings.TrimSuffix(string(out), "\x00"), "\x00")
	return slices.DeleteFunc(names, func(name string) bool {
		_, err := os.Lstat(name) // deleted in the work tree, still in the index
		return name == "" || err != nil
	})
}

func TestImports(t *testing.T) {
	for _, p := range packages(t) {
		pkg, ok := local(p.ImportPath)
		if !ok {
			t.Fatalf("%s is outside the module", p.ImportPath)
		}
		row := slices.IndexFunc(imports, func(r importRule) bool { return within(pkg, r.scope) })
		if row < 0 {
			t.Errorf("%s: no rule says what it may import; add one to the table", pkg)
			continue
		}
		for _, imp := range p.Imports {
			if imp, ok := local(imp); ok && !slices.ContainsFunc(imports[row].may, func(m string) bool { return within(imp, m) }) {
				t.Errorf("%s imports %s, and may import only %v of this module: %s", pkg, imp, imports[row].may, imports[row].reason)
			}
			for _, r := range onlyImporters {
				if strings.HasPrefix(imp, r.pkg) && !slices.Contains(r.importers, pkg) {
					t.Errorf("%s imports %s, which only %v may: %s", pkg, imp, r.importers, r.reason)
				}
			}
		}
	}
}

// generated reports whether a Go file says that a tool wrote it.
func generated(t *testing.T, name string) bool {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.PackageClauseOnly|parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	return ast.IsGenerated(f)
}

func TestPackageDocumentation(t *testing.T) {
	for _, p := range packages(t) {
		if !slices.ContainsFunc(append(p.GoFiles, p.CgoFiles...), func(f string) bool { return !generated(t, filepath.Join(p.Dir, f)) }) {
			continue // its generator documents it
		}
		f, err := parser.ParseFile(token.NewFileSet(), filepath.Join(p.Dir, "doc.go"), nil, parser.ParseComments)
		if err != nil {
			t.Errorf("%s has no doc.go that parses: %v", p.ImportPath, err)
			continue
		}
		want := "Package " + p.Name + " "
		if p.Name == "main" {
			want = "Command " + path.Base(p.ImportPath) + " "
		}
		if doc := f.Doc.Text(); !strings.HasPrefix(doc, want) {
			t.Errorf("%s: the comment in doc.go does not begin with %q", p.ImportPath, want)
		}
	}
}

func TestFileNames(t *testing.T) {
	for _, name := range files(t) {
		if vagueNames.MatchString(path.Base(name)) {
			t.Errorf("%s: name the file after its subject", name)
		}
	}
}

func TestFolders(t *testing.T) {
	for _, name := range files(t) {
		if top, _, nested := strings.Cut(name, "/"); nested && folders[top] == "" {
			t.Errorf("%s: %s is not one of the top-level folders", name, top)
		}
	}
}

// TestVocabulary: a sorted set is called SortedSet here, as the field does, and not by Redis's internal name.
func TestVocabulary(t *testing.T) {
	for _, name := range files(t) {
		if path.Ext(name) != ".go" {
			continue
		}
		fset := token.NewFileSet()
		f, err := parser.ParseFile(fset, name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		ast.Inspect(f, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok && strings.Contains(strings.ToLower(id.Name), "z"+"set") {
				t.Errorf("%s: identifier %s: say SortedSet", fset.Position(id.Pos()), id.Name)
			}
			return true
		})
	}
}

// TestNoLocalPaths: what works only on the machine where it was written does not belong in the repository.
func TestNoLocalPaths(t *testing.T) {
	root, err := filepath.Abs(".")
	if err != nil {
		t.Fatal(err)
	}
	places := []string{root}
	// The folder around the repository counts too, unless it is one that everybody has.
	if parent := filepath.Dir(root); parent != "/" && parent != filepath.Clean(os.TempDir()) {
		places = append(places, parent)
	}
	if home, err := os.UserHomeDir(); err == nil && home != "/" {
		places = append(places, home)
	}
	for i, p := range places {
		places[i] = regexp.QuoteMeta(filepath.ToSlash(p))
	}
	local := regexp.MustCompile(`(^|[^A-Za-z0-9_.])(` + strings.Join(places, "|") + `)/`)
	for _, name := range files(t) {
		text, err := os.ReadFile(name)
		if err != nil {
			if info, statErr := os.Stat(name); statErr == nil && info.IsDir() {
				continue // a submodule or a link to a folder
			}
			t.Fatal(err)
		}
		if bytes.IndexByte(text, 0) >= 0 {
			continue // not text
		}
		for i, line := range bytes.Split(text, []byte("\n")) {
			if m := local.Find(line); m != nil {
				t.Errorf("%s:%d: a path of this machine: %s", name, i+1, m)
			}
		}
	}
}
