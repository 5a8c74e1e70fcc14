package prequel

import (
	"errors"
	"slices"

	"github.com/prequel-db/prequel/lowering"
	"github.com/prequel-db/prequel/lowering/phys"
	"github.com/prequel-db/prequel/luagen"
	"github.com/prequel-db/prequel/luagen/lua"
	"github.com/prequel-db/prequel/planner"
	"github.com/prequel-db/prequel/planner/algebra"
	"github.com/prequel-db/prequel/runtime"
	"github.com/prequel-db/prequel/sqlparse"
	"github.com/prequel-db/prequel/sqlparse/bound"
	"github.com/prequel-db/prequel/sqlparse/catalog"
	"github.com/prequel-db/prequel/sqlparse/diag"
)

// Strategy says what of the queries is kept materialised: Auto decides by cost, the other two are the extremes. All
// three give the same answers.
type Strategy = lowering.Strategy

// The strategies.
const (
	Auto     = lowering.Auto
	Maintain = lowering.Maintain
	Read     = lowering.Read
)

// Source is a text with the name that messages show for it.
type Source = diag.Source

// Config is what a program is compiled from.
type Config struct {
	// Schema is the DDL and Queries the annotated statements, in order.
	Schema, Queries []*diag.Source
	// Strategy is Auto when empty.
	Strategy Strategy
	// AllowScan accepts reads of whole tables, as "-- prequel: allow scan" does for one statement.
	AllowScan bool
	// GeneratedRows is how many rows WITH RECURSIVE and generate_series may make in one call; a call that makes more fails with
	// SQLSTATE 53400. 0 is a million.
	GeneratedRows int64
	// Rows is the expected number of rows of tables, Rate the expected calls of statements per second.
	Rows, Rate map[string]float64
	// Widths is the expected length in bytes of values in tables' columns of types without a fixed one, such as text.
	Widths map[string]map[string]float64
	// Values is the expected number of different values in tables' columns, which the cost model guesses otherwise.
	Values map[string]map[string]float64
	// Hot names columns that live apart from the rest of a table's row because they are changed on their own. A table without
	// an entry is the compiler's choice.
	Hot map[string][]string
	// Root begins the name of every key, with the hash tag that keeps them in one slot; "{prequel}" when empty.
	// Programs that share a server need different roots.
	Root string
}

// Compiled is a program with what every stage made of it, statements in the order of their declaration.
type Compiled struct {
	Catalog    *catalog.Catalog
	Statements []*bound.Statement
	Planned    []*algebra.Statement
	Module     *lowering.Module
	// Functions are the statements' translations, followed by those of the programs that hydration runs.
	Functions []Function
	// Manifest is what clients and tools need to call the program.
	Manifest *runtime.Manifest
}

// Compile runs every stage. It reports all problems of all statements in the order of the text: a statement that one
// stage refuses takes no part in later ones. The program is nil when the list is an error, and complete otherwise; the
// list may then hold warnings.
func Compile(cfg Config) (*Compiled, diag.List) {
	c := &Compiled{}
	var problems, found diag.List
	if c.Catalog, problems = sqlparse.ParseSchema(cfg.Schema); problems.HasErrors() {
		problems.Sort(cfg.Schema)
		return nil, problems
	}
	c.Statements, found = sqlparse.ParseQueries(c.Catalog, cfg.Queries)
	problems = append(problems, found...)
	for _, s := range c.Statements {
		if q, ok := s.Body.(*bound.Query); ok && returnsColumns(s.Command) && !slices.ContainsFunc(q.Targets, visible) {
			problems = append(problems, diag.CommandMismatch.At(s.Span, "the statement has no columns, so it cannot be :%s", s.Command).
				WithHelp("name a column after SELECT, or use :exec"))
			continue
		}
		p, found := planner.Plan(s)
		problems = append(problems, found...)
		if !found.HasErrors() {
			c.Planned = append(c.Planned, p)
		}
	}
	c.Module, found = lowering.Lower(c.Catalog, c.Planned, lowering.Options{
		Strategy: cfg.Strategy, AllowScan: cfg.AllowScan, GeneratedRows: cfg.GeneratedRows, Rows: cfg.Rows, Widths: cfg.Widths, Values: cfg.Values, Hot: cfg.Hot, Rates: cfg.Rate,
	})
	problems = append(problems, found...)
	problems.Sort(append(append([]*diag.Source(nil), cfg.Schema...), cfg.Queries...))
	if problems.HasErrors() {
		return nil, problems
	}
	root := cfg.Root
	if root == "" {
		root = "{prequel}"
	}
	if err := c.assemble(root); err != nil {
		return nil, append(problems, c.untranslated(root, err)...)
	}
	return c, problems
}

func visible(t bound.Target) bool { return !t.Hidden }

// untranslated reports every statement that has no translation to Lua. err is the failure of the whole.
func (c *Compiled) untranslated(root string, err error) diag.List {
	var problems diag.List
	for i, p := range c.Module.Programs {
		missing := luagen.Check(p)
		for _, m := range missing {
			at := m.Span
			if at.Source == nil {
				at = c.Planned[i].Span
			}
			problems = append(problems, diag.Diagnostic{
				Code: codeGenerate.Code, Severity: diag.Error, Span: at, Problem: m.What + " is not supported",
				Help: "compute it in the client and pass it as a parameter, or after the call",
			})
		}
		if len(missing) > 0 {
			continue
		}
		if _, err := luagen.Generate([]*phys.Program{p}, luagen.Options{Root: root, Library: libraryName}); err != nil {
			d := diag.Diagnostic{
				Code: codeGenerate.Code, Severity: diag.Error, Span: c.Planned[i].Span, Problem: err.Error(), Help: "rewrite the statement without what it names",
			}
			var limit *lua.LimitError
			if errors.As(err, &limit) {
				d.Code, d.Help = codeTooLarge.Code, "divide it: functions, and what foreign keys and triggers do, are written out at each place that needs them"
			}
			problems = append(problems, d)
		}
	}
	if len(problems) == 0 {
		problems = diag.List{{Code: codeGenerate.Code, Severity: diag.Error, Problem: err.Error()}}
	}
	return problems
}

// returnsColumns reports whether callers of a command read columns.
func returnsColumns(command string) bool {
	mode := runtime.Mode(command).Call()
	return mode == runtime.One || mode == runtime.Many
}
