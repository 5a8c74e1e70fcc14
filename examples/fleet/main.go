package main

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	prequel "github.com/prequel-db/prequel"
	"github.com/prequel-db/prequel/examples/fleet/fleetdb"
	"github.com/prequel-db/prequel/runtime"
	_ "github.com/prequel-db/prequel/runtime/embedded"
	"github.com/prequel-db/prequel/runtime/hydrate"
)

//go:embed prequel.yaml schema.sql queries
var project embed.FS

func main() {
	engine := flag.String("engine", "embedded", "where to run: embedded or redis://host:port")
	source := flag.String("source", "", "keep the SQLite source in this file")
	calls := flag.Int("calls", 200, "how often to call each read")
	flag.Parse()
	if err := run(context.Background(), os.Stdout, *engine, *source, *calls); err != nil {
		fmt.Fprintln(os.Stderr, "fleet:", err)
		os.Exit(1)
	}
}

// run is the whole example. source may be "", for a file that is removed again.
func run(ctx context.Context, out io.Writer, engine, source string, calls int) error {
	if source == "" {
		dir, err := os.MkdirTemp("", "fleet")
		if err != nil {
			return err
		}
		defer os.RemoveAll(dir)
		source = filepath.Join(dir, "fleet.db")
	}
	start := time.Now()
	if err := writeSource(ctx, source); err != nil {
		return fmt.Errorf("write the source: %w", err)
	}
	fmt.Fprintf(out, "source    SQLite, written in %s\n", since(start))

	start = time.Now()
	compiled, err := compile()
	if err != nil {
		return err
	}
	m := compiled.Manifest
	if m.Program != fleetdb.Program().Manifest().Program {
		return errors.New("fleetdb is not what the statements compile to: run go generate ./examples/fleet")
	}
	fmt.Fprintf(out, "compiled  %d statements to %d structures in %s, program %s\n\n", len(compiled.Statements), len(m.Structures), since(start), m.Program)
	printStructures(out, m)
	printForms(out, compiled)

	db, err := fleetdb.Open(ctx, engine)
	if err != nil {
		return err
	}
	defer db.Close()
	if err := fill(ctx, out, db, source); err != nil {
		return err
	}
	sqlite, err := sql.Open("sqlite", "file:"+source+"?mode=ro")
	if err != nil {
		return err
	}
	defer sqlite.Close()
	app := &dispatcher{q: fleetdb.New(db), source: sqlite, out: out, calls: calls}
	return app.day(ctx)
}

func since(t time.Time) time.Duration { return time.Since(t).Round(time.Millisecond) }

// compile compiles the project that is part of the binary.
func compile() (*prequel.Compiled, error) {
	read := func(name string) (*prequel.Source, error) {
		text, err := fs.ReadFile(project, name)
		return &prequel.Source{Name: name, Text: string(text)}, err
	}
	yaml, err := read("prequel.yaml")
	if err != nil {
		return nil, err
	}
	p, problems := prequel.ParseProject(yaml)
	if problems.HasErrors() {
		return nil, problems
	}
	cfg := p.Settings()
	schema, err := read("schema.sql")
	if err != nil {
		return nil, err
	}
	cfg.Schema = append(cfg.Schema, schema)
	names, err := fs.Glob(project, "queries/*.sql")
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		queries, err := read(name)
		if err != nil {
			return nil, err
		}
		cfg.Queries = append(cfg.Queries, queries)
	}
	c, problems := prequel.Compile(cfg)
	if problems.HasErrors() {
		return nil, problems
	}
	return c, nil
}

func printStructures(out io.Writer, m *runtime.Manifest) {
	fmt.Fprintln(out, "structures")
	for _, s := range m.Structures {
		var parts []string
		add := func(what string, names []string) {
			if len(names) > 0 {
				parts = append(parts, what+" "+strings.Join(names, ", "))
			}
		}
		add("per", columnNames(s.Partition))
		add("by", columnNames(s.Field))
		var order []string
		for _, o := range s.Order {
			order = append(order, o.Name)
		}
		add("ordered by", order)
		add("with", s.Fields)
		fmt.Fprintf(out, "  %s  %s: %s %s\n", s.Fingerprint, s.Name, s.Kind, strings.Join(parts, "; "))
	}
}

func columnNames(cols []runtime.Column) []string {
	var names []string
	for _, c := range cols {
		names = append(names, c.Name)
	}
	return names
}

func printForms(out io.Writer, c *prequel.Compiled) {
	fmt.Fprintln(out, "\nstatements")
	for i, s := range c.Statements {
		fn := &c.Manifest.Functions[i]
		fmt.Fprintf(out, "  %-16s %-8s %s, at most %s\n", s.Name, fn.Form(), fn.Class, fn.Bound)
	}
}

// fill hydrates the store and says how fast.
func fill(ctx context.Context, out io.Writer, db *runtime.DB, file string) error {
	src, err := hydrate.Open(ctx, "sqlite://"+file)
	if err != nil {
		return err
	}
	defer src.Close()
	fmt.Fprintln(out, "\nhydrated")
	stats, err := hydrate.Run(ctx, db, src, hydrate.Options{Progress: func(p hydrate.Progress) {
		if p.Done {
			fmt.Fprintf(out, "  %-9s %7d rows, %6.0f rows/s\n", p.Table, p.Rows, p.Rate())
		}
	}})
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "  %d rows in %s\n", stats.Rows, stats.Elapsed.Round(time.Millisecond))
	return nil
}
