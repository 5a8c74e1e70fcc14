package main

import (
	"context"
	"flag"
	"fmt"

	prequel "github.com/prequel-db/prequel"
	"github.com/prequel-db/prequel/runtime/hydrate"
	"github.com/prequel-db/prequel/runtime/verify"
)

var verifyCommand = command{
	name: "verify", summary: "recompute what the store maintains from its rows and compare",
	help: `Every structure is built anew from the store's own rows, or with --source from those of the source, and what
the store holds otherwise is printed; the command then fails. The store is only read. While others write, a
difference counts when two readings show it alike, and with --source the source must not run ahead of the
store; --atomic reads the store in one step, for which everybody else waits.`,
	setup: func(fs *flag.FlagSet) func(context.Context, *streams, []string) error {
		project := projectFlag(fs)
		engine := fs.String("engine", "", "the `URL` of the store: redis://...; the project's unless given")
		source := fs.String("source", "", "take the rows of the source at this `URL`: sqlite://FILE or postgres://...")
		scratch := fs.String("scratch", "embedded", "where structures are built: the `URL` of an empty Redis database")
		atomic := fs.Bool("atomic", false, "read the store in one step")
		return func(ctx context.Context, s *streams, args []string) error {
			if len(args) > 0 {
				return usagef("it takes no arguments")
			}
			c, err := load(s, project)
			if err != nil {
				return err
			}
			db, err := c.open(ctx, s, *engine, "")
			if err != nil {
				return err
			}
			defer db.Close()
			o := verify.Options{Scratch: *scratch, Atomic: *atomic}
			if *source != "" {
				src, err := hydrate.Open(ctx, *source)
				if err != nil {
					return err
				}
				defer src.Close()
				o.Source = src
			}
			report, err := prequel.Verify(ctx, db, o)
			if err != nil {
				return err
			}
			for _, d := range report.Differences {
				fmt.Fprintln(s.out, d)
			}
			for _, u := range report.Unchecked {
				fmt.Fprintf(s.out, "%s is not checked: table %s: %s\n", u.Structure, u.Table, u.Reason)
			}
			fmt.Fprintln(s.out, report.Summary())
			if len(report.Differences) > 0 {
				return errSilent
			}
			return nil
		}
	},
}
