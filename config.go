package prequel

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"

	"github.com/prequel-db/prequel/runtime/clientgen"
	"github.com/prequel-db/prequel/sqlparse/diag"
)

// Project is what prequel.yaml says. Paths are as written, relative to the file's directory.
type Project struct {
	// Path is the file it was read from, as shown in messages.
	Path string
	// Schema and Queries are files, directories or globs, in the order of the file. A directory means its *.sql
	// files in the order of their names.
	Schema  []string
	Queries []string
	// GoPackage names the generated client's package, GoOut the directory it and the manifest are written to.
	GoPackage string
	GoOut     string
	// Engine is "embedded" or a redis:// address; Source a sqlite:// or postgres:// address, "" for none.
	Engine string
	Source string
	// Rows is the expected number of rows of tables, Rate the expected calls of statements per second.
	Rows map[string]float64
	Rate map[string]float64
	// Widths is the expected length in bytes of values in tables' columns, by table and column.
	Widths map[string]map[string]float64
	// Values is the expected number of different values in tables' columns, by table and column.
	Values map[string]map[string]float64
	// Hot names the columns that live apart from the rest of the row, by table; a table without an entry is the compiler's choice.
	Hot map[string][]string
	// GeneratedRows is how many rows a call may make by WITH RECURSIVE and generate_series; 0 when the file does not say.
	GeneratedRows int64

	// Client says what the generated client is like beyond its package. Its overrides of enums are by name; see ClientOptions.
	Client clientgen.Options
	// PerSource has the methods of each query file in a file of its own, named after it with FileSuffix and ".go" behind.
	PerSource  bool
	FileSuffix string

	source *diag.Source
	// where tables, their columns and statements are mentioned, to report names that do not exist
	tables     []mention
	columns    map[string][]mention
	hot        map[string][]mention
	statements []mention
	enums      []mention // types of overrides that may be enums
}

// mention is a name in the file that must exist in the schema or among the statements.
type mention struct {
	name string
	span diag.Span
}

// Dir is the directory that the project's paths are relative to.
func (p *Project) Dir() string { return filepath.Dir(p.Path) }

// ReadProject reads prequel.yaml from path. Problems in the file come back as diagnostics with their positions; err is
// an unreadable file.
func ReadProject(path string) (*Project, diag.List, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, nil, err
	}
	p, problems := ParseProject(&diag.Source{Name: path, Text: string(text)})
	return p, problems, nil
}

// ParseProject reads the text of a prequel.yaml. The project is complete unless the list is an error.
func ParseProject(src *diag.Source) (*Project, diag.List) {
	r := &projectReader{src: src, p: newProject(src)}
	if n := r.document("version: 1"); n != nil {
		r.root(n)
	}
	return r.p, r.problems
}

func newProject(src *diag.Source) *Project {
	return &Project{
		Path: src.Name, Engine: "embedded", source: src, Rows: map[string]float64{}, Rate: map[string]float64{},
		Widths: map[string]map[string]float64{}, Values: map[string]map[string]float64{}, columns: map[string][]mention{},
		Hot: map[string][]string{}, hot: map[string][]mention{},
	}
}

// document reads the text; nil when it is no YAML. first is what such a file begins with.
func (r *projectReader) document(first string) *yaml.Node {
	var doc yaml.Node
	switch err := yaml.NewDecoder(bytes.NewReader([]byte(r.src.Text))).Decode(&doc); {
	case errors.Is(err, io.EOF):
		r.errorf(diag.Span{Source: r.src}, "start with: "+first, "the file is empty")
		return nil
	case err != nil:
		r.syntax(err)
		return nil
	}
	return doc.Content[0]
}

// projectReader walks the YAML tree, collecting problems.
type projectReader struct {
	src      *diag.Source
	p        *Project
	problems diag.List
	lenient  bool // keys that are not known are no errors
}

// field is a key that a mapping may have.
type field struct {
	key      string
	required bool
	read     func(key, val *yaml.Node)
}

func (r *projectReader) root(n *yaml.Node) {
	var version int
	r.mapping(n, "the file", []field{
		{"version", true, func(_, v *yaml.Node) {
			var err error
			if version, err = strconv.Atoi(v.Value); v.Kind != yaml.ScalarNode || err != nil || version != 1 {
				r.errorf(r.span(v), "write: version: 1", "this compiler reads version 1 of prequel.yaml, not %s", shown(v))
			}
		}},
		{"schema", true, func(_, v *yaml.Node) { r.p.Schema = r.paths(v, "schema") }},
		{"queries", true, func(_, v *yaml.Node) { r.p.Queries = r.paths(v, "queries") }},
		{"go", false, func(_, v *yaml.Node) {
			r.mapping(v, "go", []field{
				{"package", true, func(_, v *yaml.Node) { r.p.GoPackage = r.goPackage(v) }},
				{"out", true, func(_, v *yaml.Node) { r.p.GoOut = r.text(v, "a directory") }},
			})
		}},
		{"engine", false, func(_, v *yaml.Node) { r.p.Engine = r.address(v, "embedded", "redis", "rediss") }},
		{"source", false, func(_, v *yaml.Node) { r.p.Source = r.address(v, "", "sqlite", "postgres", "postgresql") }},
		{"generated_rows", false, func(_, v *yaml.Node) { r.p.GeneratedRows = int64(r.size(v)) }},
		{"tables", false, func(_, v *yaml.Node) {
			r.named(v, "tables", &r.p.tables, func(name string, v *yaml.Node) {
				r.mapping(v, "table "+name, []field{
					{"rows", false, func(_, v *yaml.Node) { r.p.Rows[name] = r.size(v) }},
					{"widths", false, func(_, v *yaml.Node) { r.figures(name, v, "widths", r.p.Widths, "length", "bytes: 12") }},
					{"values", false, func(_, v *yaml.Node) { r.figures(name, v, "values", r.p.Values, "count", "different values: 12") }},
					{"hot", false, func(_, v *yaml.Node) { r.hot(name, v) }},
				})
			})
		}},
		{"statements", false, func(_, v *yaml.Node) {
			r.named(v, "statements", &r.p.statements, func(name string, v *yaml.Node) {
				r.mapping(v, "statement "+name, []field{{"rate", false, func(_, v *yaml.Node) { r.p.Rate[name] = r.rate(v) }}})
			})
		}},
	})
}

// figures reads positive numbers for a table's columns: the expected lengths of values, say.
func (r *projectReader) figures(table string, n *yaml.Node, key string, into map[string]map[string]float64, what, of string) {
	numbers := map[string]float64{}
	var columns []mention
	r.named(n, key, &columns, func(name string, v *yaml.Node) {
		x, err := strconv.ParseFloat(v.Value, 64)
		if v.Kind != yaml.ScalarNode || err != nil || !(x > 0) || math.IsInf(x, 0) {
			r.errorf(r.span(v), "write a number of "+of, "%s is not a %s", shown(v), what)
		}
		numbers[name] = x
	})
	into[table], r.p.columns[table] = numbers, append(r.p.columns[table], columns...)
}

// hot reads the list of a table's columns that live apart.
func (r *projectReader) hot(table string, n *yaml.Node) {
	if n.Kind != yaml.SequenceNode {
		r.errorf(r.span(n), "write a list of columns: [balance, last_seen], or [] for none", "hot must be a list, not %s", shown(n))
		return
	}
	r.p.Hot[table] = []string{}
	for _, e := range n.Content {
		name := r.text(dealias(e), "the name of a column")
		r.p.Hot[table] = append(r.p.Hot[table], name)
		r.p.hot[table] = append(r.p.hot[table], mention{name, r.span(e)})
	}
}

// mapping reads a mapping whose keys are known: unknown, repeated and missing keys are errors.
func (r *projectReader) mapping(n *yaml.Node, what string, fields []field) {
	n = dealias(n)
	if n.Kind != yaml.MappingNode {
		r.errorf(r.span(n), "indent keys below it, one a line: "+fieldNames(fields), "%s must be a mapping, not %s", what, shown(n))
		return
	}
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, val := n.Content[i], n.Content[i+1]
		at := slices.IndexFunc(fields, func(f field) bool { return f.key == key.Value })
		switch {
		case at < 0 && r.lenient:
			r.note(r.span(key), "%s has a key %q that is not known here", what, key.Value)
		case at < 0:
			r.errorf(r.span(key), "the keys are: "+fieldNames(fields), "%s has no key %q", what, key.Value)
		case seen[key.Value]:
			r.errorf(r.span(key), "keep one of them", "key %q occurs twice", key.Value)
		default:
			seen[key.Value] = true
			fields[at].read(key, dealias(val))
		}
	}
	for _, f := range fields {
		if f.required && !seen[f.key] {
			r.errorf(r.span(n), "add: "+f.key+": ...", "%s lacks the key %q", what, f.key)
		}
	}
}

// named reads a mapping from names to settings and remembers where each name stands.
func (r *projectReader) named(n *yaml.Node, what string, mentions *[]mention, read func(name string, v *yaml.Node)) {
	if n.Kind == yaml.ScalarNode && n.Tag == "!!null" {
		return
	}
	if n.Kind != yaml.MappingNode {
		r.errorf(r.span(n), "write a name and its settings on each line", "%s must be a mapping, not %s", what, shown(n))
		return
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		if slices.ContainsFunc(*mentions, func(m mention) bool { return m.name == key.Value }) {
			r.errorf(r.span(key), "keep one of them", "%q occurs twice in %s", key.Value, what)
			continue
		}
		*mentions = append(*mentions, mention{key.Value, r.span(key)})
		read(key.Value, n.Content[i+1])
	}
}

// paths reads a path or a list of paths.
func (r *projectReader) paths(n *yaml.Node, what string) []string {
	help := "name a file, a directory or a glob, or a list of them"
	switch {
	case n.Kind == yaml.ScalarNode && n.Value != "" && n.Tag != "!!null":
		return []string{n.Value}
	case n.Kind == yaml.SequenceNode && len(n.Content) > 0:
		var out []string
		for _, e := range n.Content {
			out = append(out, r.text(dealias(e), "a path"))
		}
		return out
	}
	r.errorf(r.span(n), help, "%s must be a path or a list of paths, not %s", what, shown(n))
	return nil
}

func (r *projectReader) text(n *yaml.Node, want string) string {
	if n.Kind != yaml.ScalarNode || n.Value == "" || n.Tag == "!!null" {
		r.errorf(r.span(n), "write "+want, "expected %s, not %s", want, shown(n))
		return ""
	}
	return n.Value
}

var goIdentifier = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)

func (r *projectReader) goPackage(n *yaml.Node) string {
	name := r.text(n, "a package name")
	if name != "" && !goIdentifier.MatchString(name) {
		r.errorf(r.span(n), "use lower-case letters and digits", "%q is not a Go package name", name)
	}
	return name
}

// address reads a URL with one of the schemes, or the one plain word that is allowed in its place.
func (r *projectReader) address(n *yaml.Node, word string, schemes ...string) string {
	s := r.text(n, "an address")
	if s == "" || word != "" && s == word {
		return s
	}
	var known []string
	if word != "" {
		known = append(known, word)
	}
	for _, scheme := range schemes {
		if strings.HasPrefix(s, scheme+"://") {
			return s
		}
		known = append(known, scheme+"://...")
	}
	r.errorf(r.span(n), "use "+strings.Join(known, " or "), "%q is not an address that can be used here", s)
	return s
}

var (
	sizePattern = regexp.MustCompile(`^([0-9][0-9_]*(?:\.[0-9]+)?)([kMGT]?)$`)
	ratePattern = regexp.MustCompile(`^([0-9][0-9_]*(?:\.[0-9]+)?)([kMGT]?)/(s|min|h|d)$`)
	multiples   = map[string]float64{"": 1, "k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12}
	perSecond   = map[string]float64{"s": 1, "min": 1. / 60, "h": 1. / 3600, "d": 1. / 86400}
)

// size reads a count of rows: 1000, 1_000, 10k, 2.5M. The multiples are decimal.
func (r *projectReader) size(n *yaml.Node) float64 {
	m := sizePattern.FindStringSubmatch(n.Value)
	if n.Kind != yaml.ScalarNode || m == nil {
		r.errorf(r.span(n), "write a number, with k, M, G or T for thousands, millions and so on: 10M", "%s is not a number of rows", shown(n))
		return 0
	}
	return math.Round(number(m[1]) * multiples[m[2]])
}

// rate reads calls per unit of time: 30000/s, 30k/s, 12/min, 1/h, 1/d. The result is per second.
func (r *projectReader) rate(n *yaml.Node) float64 {
	m := ratePattern.FindStringSubmatch(n.Value)
	if n.Kind != yaml.ScalarNode || m == nil {
		r.errorf(r.span(n), "write a number of calls per s, min, h or d: 30000/s", "%s is not a rate", shown(n))
		return 0
	}
	return number(m[1]) * multiples[m[2]] * perSecond[m[3]]
}

func number(s string) float64 {
	f, err := strconv.ParseFloat(strings.ReplaceAll(s, "_", ""), 64)
	if err != nil {
		panic("prequel: the pattern admits only numbers: " + err.Error())
	}
	return f
}

func (r *projectReader) errorf(span diag.Span, help, format string, args ...any) {
	r.problems = append(r.problems, diag.Diagnostic{
		Code: codeConfig.Code, Severity: diag.Error, Span: span, Problem: fmt.Sprintf(format, args...), Help: help,
	})
}

// note reports what is ignored.
func (r *projectReader) note(span diag.Span, format string, args ...any) {
	r.problems = append(r.problems, codeIgnored.Note(span, format, args...))
}

var yamlLine = regexp.MustCompile(`^yaml: line ([0-9]+): `)

// syntax reports YAML that cannot be read. The library names a line in its text, counted from 1.
func (r *projectReader) syntax(err error) {
	text := err.Error()
	span := diag.Span{Source: r.src}
	if m := yamlLine.FindStringSubmatch(text); m != nil {
		line, _ := strconv.Atoi(m[1])
		start := offset(r.src.Text, line, 1)
		end := start + strings.IndexByte(r.src.Text[start:]+"\n", '\n')
		span.Start, span.End = start, end
		text = text[len(m[0]):]
	} else {
		text = strings.TrimPrefix(text, "yaml: ")
	}
	r.errorf(span, "check the indentation and the quotes of the line and of the one before", "this is not YAML: %s", text)
}

// span is where a node stands: a scalar's text, or the first line of a mapping or list.
func (r *projectReader) span(n *yaml.Node) diag.Span {
	start := offset(r.src.Text, n.Line, n.Column)
	rest, _, _ := strings.Cut(r.src.Text[start:], "\n")
	end := start + len(strings.TrimRight(rest, " \r"))
	if n.Kind == yaml.ScalarNode {
		width := len(n.Value)
		if n.Style == yaml.DoubleQuotedStyle || n.Style == yaml.SingleQuotedStyle {
			width += 2
		}
		end = min(end, start+max(width, 1))
	}
	return diag.Span{Source: r.src, Start: start, End: max(end, start)}
}

// offset is the byte offset of a line and a column, both counted from 1, the column in characters.
func offset(text string, line, column int) int {
	at := 0
	for ; line > 1; line-- {
		next := strings.IndexByte(text[at:], '\n')
		if next < 0 {
			return len(text)
		}
		at += next + 1
	}
	for ; column > 1 && at < len(text) && text[at] != '\n'; column-- {
		_, width := utf8.DecodeRuneInString(text[at:])
		at += width
	}
	return at
}

func dealias(n *yaml.Node) *yaml.Node {
	for n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	return n
}

func fieldNames(fields []field) string {
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = f.key
	}
	return strings.Join(names, ", ")
}

// shown describes a node's value in a message.
func shown(n *yaml.Node) string {
	switch n.Kind {
	case yaml.MappingNode:
		return "a mapping"
	case yaml.SequenceNode:
		if len(n.Content) == 0 {
			return "an empty list"
		}
		return "a list"
	}
	if n.Value == "" {
		return "nothing"
	}
	return strconv.Quote(n.Value)
}
