package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"time"

	"github.com/prequel-db/prequel/runtime"
)

var hydrateCommand = command{
	name: "hydrate", summary: "fill the store from the SQL source, as of one moment",
	help: "What the store held for this project is deleted first. Until the command has finished, calls of other\nclients fail with ErrNotHydrated. When it fails or is stopped, run it again.",
	setup: func(fs *flag.FlagSet) func(context.Context, *streams, []string) error {
		project := projectFlag(fs)
		engine, source := storeFlags(fs)
		return func(ctx context.Context, s *streams, args []string) error {
			if len(args) > 0 {
				return usagef("it takes no arguments")
			}
			c, err := load(s, project)
			if err != nil {
				return err
			}
			address := c.sourceAddress(*source)
			if address == "" {
				return errors.New("there is no source: give --source, or add source: to the project")
			}
			program, err := runtime.NewProgram(c.program.Manifest)
			if err != nil {
				return err
			}
			if *engine == "" {
				*engine = c.project.Engine
			}
			db, err := runtime.Open(ctx, *engine, program)
			if err != nil {
				return err
			}
			defer db.Close()
			stats, err := fill(ctx, db, address, s.out, s.err)
			if err != nil {
				return err
			}
			fmt.Fprintf(s.out, "%d rows of %d tables in %s; the store is ready for program %s\n",
				stats.Rows, stats.Tables, stats.Elapsed.Round(time.Millisecond), c.program.Manifest.Program)
			if *engine == "embedded" {
				fmt.Fprintln(s.out, "the embedded engine ends with this command; name another with --engine")
			}
			return nil
		}
	},
}
