package clientgen_test

import (
	"bytes"
	"flag"
	"go/format"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/prequel-db/prequel/runtime"
	"github.com/prequel-db/prequel/runtime/clientgen"
	"github.com/prequel-db/prequel/runtime/value"
)

var rewrite = flag.Bool("rewrite", false, "write the golden files anew")

func generate(t *testing.T) []clientgen.File {
	t.Helper()
	files, err := clientgen.Generate(manifest(), clientgen.Options{Package: "echodb", JSONTags: true})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func TestGolden(t *testing.T) {
	files := generate(t)
	for _, f := range files {
		golden := filepath.Join("testdata", "echodb", f.Name+".golden")
		if *rewrite {
			if err := os.MkdirAll(filepath.Dir(golden), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(golden, f.Content, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(f.Content, want) {
			t.Errorf("%s differs from its golden file; look at what changed with -rewrite", f.Name)
		}
		if strings.HasSuffix(f.Name, ".go") {
			if formatted, err := format.Source(f.Content); err != nil || !bytes.Equal(formatted, f.Content) {
				t.Errorf("%s is not formatted (%v)", f.Name, err)
			}
		}
	}
	for range 5 {
		for i, f := range generate(t) {
			if !bytes.Equal(f.Content, files[i].Content) {
				t.Fatalf("%s is different the next time", f.Name)
			}
		}
	}
}

func TestRefusals(t *testing.T) {
	for _, c := range []struct {
		change func(m *runtime.Manifest, o *clientgen.Options)
		want   string
	}{
		{func(_ *runtime.Manifest, o *clientgen.Options) { o.Package = "a-b" }, `package name "a-b"`},
		{func(m *runtime.Manifest, _ *clientgen.Options) { m.Functions[0].Name = "Batch" }, "has a method Batch already"},
		{func(m *runtime.Manifest, _ *clientgen.Options) { m.Functions[1].Name = "echoThing" }, "has a method EchoThing already"},
		{func(m *runtime.Manifest, _ *clientgen.Options) { m.Enums = nil }, "enum mood is not in the manifest"},
		{func(m *runtime.Manifest, _ *clientgen.Options) {
			m.Functions[0].Columns[0].Type = value.Of(value.Void)
		}, "type void has no Go type"},
		{func(m *runtime.Manifest, _ *clientgen.Options) { m.Functions[4].Mode = runtime.Many }, "has no columns"},
	} {
		m, o := manifest(), clientgen.Options{Package: "echodb"}
		c.change(m, &o)
		if _, err := clientgen.Generate(m, o); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("error %v, want %q", err, c.want)
		}
	}
}

// TestSeparateModule builds the client in a module of its own, as a user's is, and runs a program that calls every statement.
func TestSeparateModule(t *testing.T) {
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	write := func(name string, content []byte) {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, content, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	read := func(name string) []byte {
		t.Helper()
		content, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		return content
	}
	for _, f := range generate(t) {
		write("echodb/"+f.Name, f.Content)
	}
	write("main.go", read("testdata/app.go.txt"))
	// The versions of the repository's go.mod are in the module cache; nothing is fetched.
	mod := strings.Replace(string(read(filepath.Join(root, "go.mod"))), "module github.com/prequel-db/prequel", "module example.com/app", 1)
	mod += "\nrequire github.com/prequel-db/prequel v0.0.0\n\nreplace github.com/prequel-db/prequel => " + root + "\n"
	write("go.mod", []byte(mod))
	write("go.sum", read(filepath.Join(root, "go.sum")))
	for _, args := range [][]string{{"vet", "./..."}, {"run", "."}} {
		cmd := exec.Command("go", args...)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "GOFLAGS=-mod=mod", "GOPROXY=off", "GOWORK=off")
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("go %s: %v\n%s", strings.Join(args, " "), err, out)
		}
		if args[0] == "run" && !strings.HasSuffix(string(out), "all calls answered\n") {
			t.Errorf("the program says: %s", out)
		}
	}
}
