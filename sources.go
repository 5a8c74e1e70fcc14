package prequel

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqlparse/diag"
)

// ReadSources reads the project's schema and query files. A pattern that names no file is a diagnostic at its place in the
// project file.
func (p *Project) ReadSources() (schema, queries []*diag.Source, problems diag.List) {
	schema = p.readFiles("schema", p.Schema, &problems)
	queries = p.readFiles("queries", p.Queries, &problems)
	return schema, queries, problems
}

func (p *Project) readFiles(key string, patterns []string, problems *diag.List) []*diag.Source {
	var sources []*diag.Source
	seen := map[string]bool{}
	for _, pattern := range patterns {
		names, err := expand(p.Dir(), pattern)
		if err == nil && len(names) == 0 {
			err = errors.New("no file matches")
		}
		if err != nil {
			*problems = append(*problems, diag.Diagnostic{
				Code: codeConfig.Code, Severity: diag.Error, Span: p.find(pattern),
				Problem: fmt.Sprintf("%s: %q: %v", key, pattern, err),
				Help:    "paths are relative to the directory of " + filepath.Base(p.Path),
			})
			continue
		}
		for _, name := range names {
			if seen[name] {
				continue
			}
			seen[name] = true
			text, err := os.ReadFile(name)
			if err != nil {
				*problems = append(*problems, diag.Diagnostic{
					Code: codeConfig.Code, Severity: diag.Error, Span: p.find(pattern), Problem: err.Error(), Help: "make the file readable",
				})
				continue
			}
			sources = append(sources, &diag.Source{Name: name, Text: string(text)})
		}
	}
	return sources
}

// find is the span of the first occurrence of a path in the project file.
func (p *Project) find(pattern string) diag.Span {
	at := strings.Index(p.source.Text, pattern)
	if at < 0 {
		return diag.Span{Source: p.source}
	}
	return diag.Span{Source: p.source, Start: at, End: at + len(pattern)}
}

// expand lists the files that a file, directory or glob names, in the order of their names; numbers at the start of a
// name order as numbers, as migration tools order them.
func expand(dir, pattern string) ([]string, error) {
	full := pattern
	if !filepath.IsAbs(full) {
		full = filepath.Join(dir, pattern)
	}
	info, err := os.Stat(full)
	switch {
	case err == nil && info.IsDir():
		full = filepath.Join(escapeGlob(full), "*.sql")
	case err == nil:
		return []string{full}, nil
	case !errors.Is(err, fs.ErrNotExist):
		return nil, err
	case !strings.ContainsAny(pattern, "*?["):
		return nil, errors.New("no such file")
	}
	names, err := filepath.Glob(full)
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(names, func(a, b string) int { return compareNames(filepath.Base(a), filepath.Base(b)) })
	return names, nil
}

func escapeGlob(s string) string {
	return strings.NewReplacer(`*`, `\*`, `?`, `\?`, `[`, `\[`, `\`, `\\`).Replace(s)
}

var leadingNumber = regexp.MustCompile(`^0*([0-9]+)`)

func compareNames(a, b string) int {
	x, y := leadingNumber.FindStringSubmatch(a), leadingNumber.FindStringSubmatch(b)
	if x != nil && y != nil && x[1] != y[1] {
		return cmp.Or(cmp.Compare(len(x[1]), len(y[1])), cmp.Compare(x[1], y[1]))
	}
	return cmp.Compare(a, b)
}

// Config is the project's files and settings as Compile takes them. Problems are files that are missing; names of tables
// and statements are checked by CheckNames, once the program is compiled.
func (p *Project) Config() (Config, diag.List) {
	cfg := p.Settings()
	var problems diag.List
	cfg.Schema, cfg.Queries, problems = p.ReadSources()
	return cfg, problems
}

// Settings are what Config gives without the files, for those who have the texts from elsewhere.
func (p *Project) Settings() Config {
	cfg := Config{Rows: p.Rows, Rate: p.Rate, Widths: p.Widths, Values: p.Values, Hot: p.Hot, GeneratedRows: p.GeneratedRows}
	if p.GoPackage != "" {
		cfg.Root = "{" + p.GoPackage + "}"
	}
	return cfg
}

// CheckNames reports tables, columns and statements that the project file mentions and the program does not have; a type that only
// an override mentions is a note.
func (p *Project) CheckNames(c *Compiled) diag.List {
	var problems diag.List
	report := func(mentions []mention, what string, known []string) {
		for _, m := range mentions {
			if !slices.Contains(known, m.name) {
				problems = append(problems, diag.Diagnostic{
					Code: codeConfig.Code, Severity: diag.Error, Span: m.span,
					Problem: fmt.Sprintf("there is no %s %s", what, m.name), Help: "remove it, or correct the name",
				})
			}
		}
	}
	var tables, statements []string
	for _, t := range c.Catalog.Tables {
		tables = append(tables, t.Name)
		var columns []string
		for _, c := range t.Columns {
			columns = append(columns, c.Name)
		}
		report(p.columns[t.Name], "column", columns)
		report(p.hot[t.Name], "column", columns)
		for _, m := range p.hot[t.Name] {
			switch key := slices.Index(columns, m.name); {
			case len(t.PrimaryKey) == 0:
				problems = append(problems, codeConfig.At(m.span, "%s has no primary key to find %s by", t.Name, m.name).
					WithHelp("declare a primary key, or remove it"))
			case slices.Contains(t.PrimaryKey, key):
				problems = append(problems, codeConfig.At(m.span, "%s belongs to the primary key of %s, which cannot live apart", m.name, t.Name).
					WithHelp("remove it"))
			}
		}
	}
	for _, s := range c.Statements {
		statements = append(statements, s.Name)
	}
	report(p.tables, "table", tables)
	report(p.statements, "statement", statements)
	for _, m := range p.enums {
		if !slices.ContainsFunc(c.Catalog.Enums, func(e *value.EnumType) bool { return e.Name == m.name }) {
			problems = append(problems, codeIgnored.Note(m.span, "the override of %s is ignored: the schema has no such type", m.name))
		}
	}
	return problems
}
