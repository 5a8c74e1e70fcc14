package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/prequel-db/prequel/runtime"
	_ "github.com/prequel-db/prequel/runtime/embedded" // the engine named embedded
	"github.com/prequel-db/prequel/runtime/hydrate"
)

// storeFlags declare --engine and --source.
func storeFlags(fs *flag.FlagSet) (engine, source *string) {
	return fs.String("engine", "", "the `URL` of the store: embedded or redis://...; the project's unless given"),
		fs.String("source", "", "the `URL` of the source: sqlite://FILE or postgres://...; the project's unless given")
}

// open connects to the store of a compiled project. The embedded engine starts empty each time, so it is filled from the
// source first, if there is one.
func (c *compiled) open(ctx context.Context, s *streams, engine, source string) (*runtime.DB, error) {
	program, err := runtime.NewProgram(c.program.Manifest)
	if err != nil {
		return nil, err
	}
	if engine == "" {
		engine = c.project.Engine
	}
	db, err := runtime.Open(ctx, engine, program)
	if err != nil || engine != "embedded" {
		return db, err
	}
	if address := c.sourceAddress(source); address != "" {
		_, err = fill(ctx, db, address, io.Discard, s.err)
	} else {
		err = db.Initialize(ctx)
	}
	if err != nil {
		db.Close()
		return nil, err
	}
	return db, nil
}

// sourceAddress is the source given, or else the project's. A SQLite file in the project file is relative to it.
func (c *compiled) sourceAddress(flag string) string {
	if flag != "" {
		return flag
	}
	file, isSQLite := strings.CutPrefix(c.project.Source, "sqlite://")
	if isSQLite && !filepath.IsAbs(file) {
		return "sqlite://" + filepath.Join(c.project.Dir(), file)
	}
	return c.project.Source
}

// fill hydrates a store: a line for each table to out, and while it lasts a line that is rewritten, if progress is a
// terminal.
func fill(ctx context.Context, db *runtime.DB, address string, out, progress io.Writer) (hydrate.Stats, error) {
	src, err := hydrate.Open(ctx, address)
	if err != nil {
		return hydrate.Stats{}, err
	}
	defer src.Close()
	live := isTerminal(progress)
	return hydrate.Run(ctx, db, src, hydrate.Options{
		Every: 200 * time.Millisecond,
		Progress: func(p hydrate.Progress) {
			switch {
			case p.Done:
				if live {
					fmt.Fprint(progress, "\r\x1b[K")
				}
				fmt.Fprintf(out, "%s: %d rows, %.0f rows/s\n", p.Table, p.Rows, p.Rate())
			case live:
				fmt.Fprintf(progress, "\r\x1b[K%s (%d of %d): %s, %.0f rows/s", p.Table, p.Number, p.Count, portion(p), p.Rate())
			}
		},
	})
}

func portion(p hydrate.Progress) string {
	if p.Total <= 0 {
		return fmt.Sprintf("%d rows", p.Rows)
	}
	return fmt.Sprintf("%d of %d rows (%d%%)", p.Rows, p.Total, min(100, 100*p.Rows/p.Total))
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
