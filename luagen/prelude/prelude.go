package prelude

import (
	"embed"
	"fmt"
	"sort"
	"strings"
	"sync"
)

//go:embed *.lua redis/*.lua
var sources embed.FS

// A Def is one definition of the prelude.
type Def struct {
	Name string
	// Doc is the documentation without comment marks; its first line is "name(args): what it returns".
	Doc string
	// Source is the definition's Lua text without its documentation and without a final newline.
	Source string
	// Redis is Source for libraries of functions, which Redis alone runs; empty where that is the same. It refers to what Source does.
	Redis string
	// Deps are the definitions that Source refers to, sorted.
	Deps []string
	// Libm says that the function is the C library's and may differ in the last digit from one platform to another; its doc
	// line says "(libm)".
	Libm bool
	// Raises says that the definition, or one it uses, raises errors.
	Raises bool
	// Alias is the definition this one is another name for ("local a = b"), or empty.
	Alias string
}

var standard = sync.OnceValues(func() (*library, error) { return load(sources) })

// Has reports whether the prelude defines name.
func Has(name string) bool {
	lib, err := standard()
	if err != nil {
		return false
	}
	_, ok := lib.byName[name]
	return ok
}

// Names returns the names of all definitions, sorted.
func Names() []string {
	lib, err := standard()
	if err != nil {
		return nil
	}
	names := make([]string, 0, len(lib.defs))
	for _, d := range lib.defs {
		names = append(names, d.Name)
	}
	sort.Strings(names)
	return names
}

// Lookup returns the definition of name.
func Lookup(name string) (Def, bool) {
	lib, err := standard()
	if err != nil {
		return Def{}, false
	}
	i, ok := lib.byName[name]
	if !ok {
		return Def{}, false
	}
	return lib.defs[i], true
}

// Canonical follows aliases: the name whose definition does the work of name. A caller that asks for canonical names
// gets scripts without alias lines. An unknown name is returned as it is.
func Canonical(name string) string {
	for {
		d, ok := Lookup(name)
		if !ok || d.Alias == "" {
			return name
		}
		name = d.Alias
	}
}

// Resolve returns the named definitions and all they depend on, each after its dependencies and otherwise in the order
// of the library's files. It fails when a name is unknown, and when the library itself is malformed.
func Resolve(names []string) ([]Def, error) {
	lib, err := standard()
	if err != nil {
		return nil, err
	}
	return lib.resolve(names)
}

// Text prints definitions in the given order: those of a library with their documentation, separated by blank lines.
func Text(defs []Def, library bool) string {
	var b strings.Builder
	for i, d := range defs {
		source := d.Source
		if library && d.Redis != "" {
			source = d.Redis
		}
		if library {
			if i > 0 {
				b.WriteByte('\n')
			}
			for line := range strings.SplitSeq(d.Doc, "\n") {
				b.WriteString(strings.TrimRight("-- "+line, " "))
				b.WriteByte('\n')
			}
		}
		b.WriteString(source)
		b.WriteByte('\n')
	}
	return b.String()
}

func (lib *library) resolve(names []string) ([]Def, error) {
	needed := make([]bool, len(lib.defs))
	var mark func(i int)
	mark = func(i int) {
		if needed[i] {
			return
		}
		needed[i] = true
		for _, dep := range lib.defs[i].Deps {
			mark(lib.byName[dep])
		}
	}
	for _, name := range names {
		i, ok := lib.byName[name]
		if !ok {
			return nil, fmt.Errorf("prelude: no definition of %q", name)
		}
		mark(i)
	}
	var defs []Def
	for i, d := range lib.defs { // lib.defs is in topological order already
		if needed[i] {
			defs = append(defs, d)
		}
	}
	return defs, nil
}

// Mentioned returns the definitions that Lua source mentions, in order of first mention: the names to give to Resolve
// for a script written by hand.
func Mentioned(source string) []string {
	lib, err := standard()
	if err != nil {
		return nil
	}
	var names []string
	seen := map[string]bool{}
	for _, name := range identifiers(source) {
		if _, ok := lib.byName[name]; ok && !seen[name] {
			seen[name] = true
			names = append(names, name)
		}
	}
	return names
}
