package prequel_test

import (
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	prequel "github.com/prequel-db/prequel"
)

// app is a module of its own with generated clients, as a user's is.
type app struct {
	t   *testing.T
	dir string
}

func newApp(t *testing.T) *app {
	t.Helper()
	root, err := filepath.Abs(".")
	if err != nil {
		t.Fatal(err)
	}
	a := &app{t, t.TempDir()}
	a.copy("testdata/sqlc/module/uuid/uuid.go.txt", "uuid/uuid.go")
	a.write("uuid/go.mod", []byte("module example.com/uuid\n\ngo 1.24\n"))
	a.copy("testdata/sqlc/module/own.go.txt", "own/own.go")
	// The versions of the repository's go.mod are in the module cache; nothing is fetched.
	mod := strings.Replace(a.read("go.mod"), "module github.com/prequel-db/prequel", "module example.com/app", 1)
	mod += "\nrequire (\n\tgithub.com/prequel-db/prequel v0.0.0\n\texample.com/uuid v0.0.0\n\tgithub.com/google/uuid v0.0.0\n)\n"
	mod += "\nreplace (\n\tgithub.com/prequel-db/prequel => " + root + "\n\texample.com/uuid => ./uuid\n\tgithub.com/google/uuid => ./google\n)\n"
	mod = withoutLine(mod, "github.com/google/uuid v1")
	a.write("go.mod", []byte(mod))
	a.copy("go.sum", "go.sum")
	a.copy("testdata/sqlc/module/uuid/uuid.go.txt", "google/uuid.go")
	a.write("google/go.mod", []byte("module github.com/google/uuid\n\ngo 1.24\n"))
	return a
}

func withoutLine(text, part string) string {
	return strings.Join(slices.DeleteFunc(strings.SplitAfter(text, "\n"), func(l string) bool { return strings.Contains(l, part) }), "")
}

func (a *app) read(name string) string {
	a.t.Helper()
	content, err := os.ReadFile(name)
	if err != nil {
		a.t.Fatal(err)
	}
	return string(content)
}

func (a *app) copy(from, to string) { a.write(to, []byte(a.read(from))) }

func (a *app) write(name string, content []byte) {
	a.t.Helper()
	path := filepath.Join(a.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		a.t.Fatal(err)
	}
	if err := os.WriteFile(path, content, 0o644); err != nil {
		a.t.Fatal(err)
	}
}

// client writes a package's client.
func (a *app) client(p *prequel.Project, c *prequel.Compiled) {
	a.t.Helper()
	files, err := c.Files(p.ClientOptions(c))
	if err != nil {
		a.t.Fatal(err)
	}
	for name, content := range files {
		a.write(filepath.Join(p.GoPackage, name), content)
	}
}

func (a *app) run(args ...string) string {
	a.t.Helper()
	cmd := exec.Command("go", args...)
	cmd.Dir = a.dir
	cmd.Env = append(os.Environ(), "GOFLAGS=-mod=mod", "GOPROXY=off", "GOWORK=off")
	out, err := cmd.CombinedOutput()
	if err != nil {
		a.t.Fatalf("go %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return string(out)
}

func readSqlc(t *testing.T, path string) *prequel.Project {
	t.Helper()
	projects, problems, err := prequel.ReadSqlc(path)
	if errors.Is(err, fs.ErrNotExist) {
		t.Fatalf("the test corpora are missing: %v", err)
	}
	if err != nil || problems.HasErrors() || len(projects) != 1 {
		t.Fatalf("%d projects, %v %v", len(projects), err, problems)
	}
	return projects[0]
}

// TestSqlcClient generates the client of a project of sqlc in a module of its own and runs a program that calls all of it.
func TestSqlcClient(t *testing.T) {
	a := newApp(t)
	p := readSqlc(t, "testdata/sqlc/sqlc.yaml")
	cfg, problems := p.Config()
	c, found := prequel.Compile(cfg)
	if problems = append(problems, found...); problems.HasErrors() {
		t.Fatal(problems)
	}
	var notes []string
	for _, n := range problems {
		notes = append(notes, n.Problem)
	}
	if want := []string{"trigger noted on orders is not compiled: triggers on TRUNCATE are not supported"}; !slices.Equal(notes, want) {
		t.Errorf("notes %q, want %q", notes, want)
	}
	a.client(p, c)
	a.copy("testdata/sqlc/module/main.go.txt", "main.go")
	a.run("vet", ".", "./shop")
	if out := a.run("run", "."); !strings.HasSuffix(out, "all calls answered\n") {
		t.Errorf("the program says: %s", out)
	}
}

// TestSqlcCorpora compiles whole projects of others, without an annotation of ours, and builds their clients.
func TestSqlcCorpora(t *testing.T) {
	a := newApp(t)
	for _, project := range []struct {
		path       string
		statements int
	}{{"techschool__simplebank/sqlc.yaml", 20}, {"ssoready__ssoready/sqlc/sqlc.yaml", 136}} {
		p := readSqlc(t, filepath.Join("../shared/corpora/sqlc", project.path))
		cfg, problems := p.Config()
		if problems.HasErrors() {
			t.Fatal(problems)
		}
		c, problems := prequel.Compile(cfg)
		if problems.HasErrors() {
			t.Fatal(problems)
		}
		if len(c.Statements) != project.statements {
			t.Errorf("%s: %d statements, not %d", project.path, len(c.Statements), project.statements)
		}
		a.client(p, c)
		a.run("vet", "./"+p.GoPackage)
	}
}
