package prelude

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

func libraryOf(t *testing.T, files map[string]string) (*library, error) {
	t.Helper()
	fsys := fstest.MapFS{}
	for name, text := range files {
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return load(fsys)
}

const sample = `-- A file's own comment.

--- late(a): uses what stands below and in another file.
-- More about it.
local function late(a)
  return early(a) + other.early + ("early"):len() -- not second
end

--- early(a): a plus one.
local function early(a) return a + one end

--- one: 1.
local one = 1

--- also(a): another name.
local also = early

--- standard: a standard function, which is no alias.
local standard = tostring
`

func TestResolve(t *testing.T) {
	lib, err := libraryOf(t, map[string]string{"b.lua": sample, "a.lua": "--- second(x): twice also.\nlocal function second(x)\n  return also(also(x))\nend\n"})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		names []string
		want  string
	}{
		{nil, ""},
		{[]string{"one"}, "one"},
		{[]string{"late"}, "one early late"},
		{[]string{"second"}, "one early also second"},
		{[]string{"late", "second"}, "one early also second late"},
		{[]string{"second", "late", "late"}, "one early also second late"},
	} {
		defs, err := lib.resolve(c.names)
		if err != nil {
			t.Fatalf("%v: %v", c.names, err)
		}
		var got []string
		for _, d := range defs {
			got = append(got, d.Name)
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%v: got %v, want %s", c.names, got, c.want)
		}
	}
	if _, err := lib.resolve([]string{"missing"}); err == nil || !strings.Contains(err.Error(), `"missing"`) {
		t.Errorf("an unknown name: %v", err)
	}
	also, standard := lib.defs[lib.byName["also"]], lib.defs[lib.byName["standard"]]
	if also.Alias != "early" || standard.Alias != "" {
		t.Errorf("aliases: %q, %q", also.Alias, standard.Alias)
	}
	late := lib.defs[lib.byName["late"]]
	if late.Doc != "late(a): uses what stands below and in another file.\nMore about it." {
		t.Errorf("documentation: %q", late.Doc)
	}
	if !slices.Equal(late.Deps, []string{"early"}) {
		t.Errorf("dependencies of late: %v", late.Deps)
	}
	defs, _ := lib.resolve([]string{"also"})
	want := "-- one: 1.\nlocal one = 1\n\n-- early(a): a plus one.\nlocal function early(a) return a + one end\n\n-- also(a): another name.\nlocal also = early\n"
	if got := Text(defs, true); got != want {
		t.Errorf("text: %q", got)
	}
	if got := Text(defs, false); got != "local one = 1\nlocal function early(a) return a + one end\nlocal also = early\n" {
		t.Errorf("text without documentation: %q", got)
	}
}

func TestMalformedLibraries(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{
			"--- a(): b.\nlocal function a() return b() end\n--- b(): c.\nlocal function b() return c() end\n--- c(): a.\nlocal function c() return a() end\n",
			"depend on each other: a -> b -> c -> a",
		},
		{"--- a: itself.\nlocal a = function() return a() end\n", "refers to itself"},
		{"--- a: 1.\nlocal a = 1\n--- a: 2.\nlocal a = 2\n", "already defined"},
		{"local a = 1\n", "x.lua:1: code without a doc comment"},
		{"--- a\nlocal a = 1\n", "the doc line must read"},
		{"--- b: 1.\nlocal a = 1\n", "the doc comment says b, the definition a"},
		{"--- a: 1.\na = 1\n", "not followed by its definition"},
	} {
		if _, err := libraryOf(t, map[string]string{"x.lua": c.text}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: got %v, want %s", c.text, err, c.want)
		}
	}
	if _, err := libraryOf(t, map[string]string{"x.lua": "--- f(n): calls itself.\nlocal function f(n) return n == 0 and 0 or f(n - 1) end\n"}); err != nil {
		t.Errorf("a function may call itself: %v", err)
	}
}

func TestIdentifiers(t *testing.T) {
	for _, c := range []struct{ source, want string }{
		{`a.b:c(d)`, "a d"},
		{`a..b...c`, "a b c"},
		{`"x" .. 'y\'z' .. w`, "w"},
		{"-- a\nb --[[ c\nd ]] e --[==[ f ]] ]==] g", "b e g"},
		{"[[a]] b [=[ c ]] ]=] t[i] t[u[1]]", "b t i t u"},
		{`{k = v, [w] = x, y}`, "v w x y"},
		{`a == b, c = d`, "a b d"},
		{`1e5 0x1F 3.e2 .5e-3 x1 5..y`, "x1 y"},
		{`s:sub(1, -2):upper()`, "s"},
		{`unfinished "string`, "unfinished"},
		{`--[[ unfinished`, ""},
	} {
		if got := strings.Join(identifiers(c.source), " "); got != c.want {
			t.Errorf("%s: got %s, want %s", c.source, got, c.want)
		}
	}
}

// TestLibrary loads the embedded files: a malformed library fails here first.
func TestLibrary(t *testing.T) {
	if _, err := standard(); err != nil {
		t.Fatal(err)
	}
	names := Names()
	if !slices.IsSorted(names) || len(names) == 0 {
		t.Errorf("%d names, sorted: %v", len(names), slices.IsSorted(names))
	}
	for _, name := range names {
		if !Has(name) {
			t.Errorf("Has(%q) is false", name)
		}
		if _, err := Resolve([]string{name}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if Has("no such name") || Canonical("no such name") != "no such name" {
		t.Error("an unknown name is known")
	}
	if sine, _ := Lookup("dsin"); !sine.Libm {
		t.Error("dsin is not marked as the C library's")
	}
	if root, _ := Lookup("dsqrt"); root.Libm {
		t.Error("dsqrt is exact everywhere but marked as the C library's")
	}
	if got := Canonical("int84pl"); got != "int8pl" {
		t.Errorf("Canonical(int84pl) = %s", got)
	}
	if got := Mentioned("local x = int4pl(a, wide_add(1, 2)) -- int4mi\nint4pl()"); !slices.Equal(got, []string{"int4pl", "wide_add"}) {
		t.Errorf("Mentioned: %v", got)
	}
}
