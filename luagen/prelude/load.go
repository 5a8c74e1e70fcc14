package prelude

import (
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"sort"
	"strings"
)

// A library is a parsed set of Lua files.
type library struct {
	defs   []Def // in topological order, files' order where dependencies leave a choice
	byName map[string]int
}

var (
	docLine   = regexp.MustCompile(`^--- ([a-zA-Z_][a-zA-Z0-9_]*)(\([^)]*\))?: .+`)
	localDef  = regexp.MustCompile(`^local (?:function )?([a-zA-Z_][a-zA-Z0-9_]*)`)
	aliasDef  = regexp.MustCompile(`^local [a-zA-Z_][a-zA-Z0-9_]* = ([a-zA-Z_][a-zA-Z0-9_]*)$`)
	constDef  = regexp.MustCompile(`^local [a-zA-Z_][a-zA-Z0-9_]* =`)
	docPrefix = "--- "
)

// load parses every *.lua file of fsys, in name order, and those of its directory redis, which has other sources of the same definitions.
func load(fsys fs.FS) (*library, error) {
	blocks, err := readBlocks(fsys, "*.lua")
	if err != nil {
		return nil, err
	}
	var defs []Def
	definedIn := map[string]string{}
	at := map[string]int{}
	for _, b := range blocks {
		if other, ok := definedIn[b.Name]; ok {
			return nil, fmt.Errorf("%s: %s is already defined in %s", b.file, b.Name, other)
		}
		definedIn[b.Name], at[b.Name] = b.file, len(defs)
		defs = append(defs, b.Def)
	}
	others, err := readBlocks(fsys, "redis/*.lua")
	if err != nil {
		return nil, err
	}
	for _, b := range others {
		i, ok := at[b.Name]
		if !ok || defs[i].Doc != b.Doc {
			return nil, fmt.Errorf("%s: there is no %s with the same documentation outside of redis/", b.file, b.Name)
		}
		defs[i].Redis = b.Source
	}
	for i := range defs {
		if err := findDeps(&defs[i], definedIn); err != nil {
			return nil, fmt.Errorf("%s: %w", definedIn[defs[i].Name], err)
		}
	}
	return order(defs)
}

// block is a definition and where it stands.
type block struct {
	Def
	file string
}

// readBlocks lists the definitions of the files that match a pattern, in name order.
func readBlocks(fsys fs.FS, pattern string) ([]block, error) {
	files, err := fs.Glob(fsys, pattern)
	if err != nil {
		return nil, err
	}
	sort.Strings(files)
	var out []block
	for _, file := range files {
		text, err := fs.ReadFile(fsys, file)
		if err != nil {
			return nil, err
		}
		defs, err := splitBlocks(file, string(text))
		if err != nil {
			return nil, err
		}
		for _, d := range defs {
			out = append(out, block{d, file})
		}
	}
	return out, nil
}

// splitBlocks cuts a file into definitions. A block runs from a line that begins with "--- " to the next such line;
// what stands before the first is the file's own comment.
func splitBlocks(file, text string) ([]Def, error) {
	lines := strings.Split(text, "\n")
	var defs []Def
	for i := 0; i < len(lines); {
		if !strings.HasPrefix(lines[i], docPrefix) {
			if len(defs) == 0 && (lines[i] == "" || strings.HasPrefix(lines[i], "--")) {
				i++
				continue
			}
			return nil, fmt.Errorf("%s:%d: code without a doc comment", file, i+1)
		}
		start := i
		m := docLine.FindStringSubmatch(lines[i])
		if m == nil {
			return nil, fmt.Errorf("%s:%d: the doc line must read \"--- name(args): what it returns\"", file, i+1)
		}
		doc := []string{strings.TrimPrefix(lines[i], docPrefix)}
		for i++; i < len(lines) && strings.HasPrefix(lines[i], "--") && !strings.HasPrefix(lines[i], docPrefix); i++ {
			doc = append(doc, strings.TrimPrefix(strings.TrimPrefix(lines[i], "--"), " "))
		}
		body := i
		for i < len(lines) && !strings.HasPrefix(lines[i], docPrefix) {
			i++
		}
		source := strings.TrimRight(strings.Join(lines[body:i], "\n"), " \n")
		def := localDef.FindStringSubmatch(source)
		if def == nil {
			return nil, fmt.Errorf("%s:%d: the doc comment of %s is not followed by its definition", file, start+1, m[1])
		}
		if def[1] != m[1] {
			return nil, fmt.Errorf("%s:%d: the doc comment says %s, the definition %s", file, start+1, m[1], def[1])
		}
		d := Def{Name: m[1], Doc: strings.Join(doc, "\n"), Source: source}
		d.Libm = strings.Contains(doc[0], "(libm)")
		if a := aliasDef.FindStringSubmatch(source); a != nil {
			d.Alias = a[1] // cleared by findDeps unless it names a definition
		}
		defs = append(defs, d)
	}
	return defs, nil
}

// findDeps fills d.Deps with the definitions its source mentions.
func findDeps(d *Def, defined map[string]string) error {
	seen := map[string]bool{}
	self := 0
	for _, name := range identifiers(d.Source) {
		if name == d.Name {
			self++
			continue
		}
		if _, ok := defined[name]; ok && !seen[name] {
			seen[name] = true
			d.Deps = append(d.Deps, name)
		}
	}
	sort.Strings(d.Deps)
	if constDef.MatchString(d.Source) && self > 0 {
		return fmt.Errorf("%s refers to itself, which a local constant cannot", d.Name)
	}
	if !seen[d.Alias] {
		d.Alias = ""
	}
	return nil
}

// order sorts definitions so that each follows its dependencies: repeatedly the first, in files' order, that is ready.
func order(defs []Def) (*library, error) {
	at := map[string]int{}
	for i, d := range defs {
		at[d.Name] = i
	}
	const (
		untouched = iota
		open
		done
	)
	state := make([]int, len(defs))
	lib := &library{byName: map[string]int{}}
	var path []string
	var visit func(i int) error
	visit = func(i int) error {
		switch state[i] {
		case done:
			return nil
		case open:
			return fmt.Errorf("definitions depend on each other: %s -> %s", strings.Join(path, " -> "), defs[i].Name)
		}
		state[i] = open
		path = append(path, defs[i].Name)
		for _, dep := range defs[i].Deps {
			if err := visit(at[dep]); err != nil {
				return err
			}
		}
		path = path[:len(path)-1]
		state[i] = done
		defs[i].Raises = defs[i].Name == "raise" || slices.ContainsFunc(defs[i].Deps, func(dep string) bool { return defs[at[dep]].Raises })
		lib.byName[defs[i].Name] = len(lib.defs)
		lib.defs = append(lib.defs, defs[i])
		return nil
	}
	for i := range defs {
		if err := visit(i); err != nil {
			return nil, err
		}
	}
	return lib, nil
}
