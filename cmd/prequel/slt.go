package main

import (
	"context"
	"errors"
	"flag"
	"fmt"

	prequel "github.com/prequel-db/prequel"
	"github.com/prequel-db/prequel/cmd/prequel/replay"
	"github.com/prequel-db/prequel/sqllogic"
)

var sltCommand = command{
	name: "slt", args: "FILE|DIR...", summary: "run sqllogictest files through the whole pipeline",
	help: `All statements of a file are compiled ahead of time, and a change of the schema after data starts a new program that
carries the rows over. Both dialects of the format are read. With --oracle each record also runs in PostgreSQL, and any
difference fails. The last line is "N passed, N failed, N skipped"; the exit status is 1 when anything failed.`,
	setup: func(fs *flag.FlagSet) func(context.Context, *streams, []string) error {
		engine := fs.String("engine", "embedded", "the `URL` of the store: embedded or redis://...")
		strategy := strategyFlag(fs)
		oracle := fs.String("oracle", "", "the `URL` of a PostgreSQL that judges each record: postgres://...")
		asJSON := fs.Bool("json", false, "print the report as JSON")
		noLift := fs.Bool("no-lift", false, "compile literals as they stand, a function for each statement")
		refused := fs.String("refused", "fail", "what a refused statement is: fail or skip, as `WORD`")
		score := fs.Bool("score", false, "count records that PostgreSQL itself does not pass as skipped; needs --oracle")
		trust := fs.Bool("trust-oracle", false, "take PostgreSQL's answers as the only expectation, not the scripts'; needs --oracle")
		setup := fs.String("setup", "", "run the statements of `FILE` before each script")
		perFile := fs.Bool("files", false, "a line for each file in the report")
		verbose := fs.Bool("v", false, "list refused statements as they come")
		return func(ctx context.Context, s *streams, args []string) error {
			if len(args) == 0 {
				return usagef("which files?")
			}
			chosen, err := parseStrategy(*strategy)
			if err != nil {
				return err
			}
			if *refused != "fail" && *refused != "skip" {
				return usagef("--refused is fail or skip, not %q", *refused)
			}
			if *score && *oracle == "" {
				return usagef("--score needs --oracle")
			}
			if *trust && *oracle == "" {
				return usagef("--trust-oracle needs --oracle")
			}
			files, err := sqllogic.Files(args)
			if err != nil {
				return err
			}
			options := replay.Options{Store: *engine, Strategy: chosen, Lift: prequel.Lift}
			if *noLift {
				options.Lift = nil
			}
			runner := sqllogic.Runner{
				Open: func(_ context.Context, script *sqllogic.Script) (sqllogic.Engine, error) {
					return replay.New(script, options), nil
				},
				Score: *score, Trust: *trust, SkipRefused: *refused == "skip", Log: s.err, LogRefused: *verbose,
			}
			if *oracle != "" {
				if runner.Oracle, err = sqllogic.NewOracle(*oracle); err != nil {
					return err
				}
			}
			if *setup != "" {
				if runner.Setup, err = sqllogic.ReadAny(*setup, runner.Read); err != nil {
					return err
				}
			}
			report, err := runner.Run(ctx, files)
			if err != nil {
				return err
			}
			switch {
			case *asJSON:
				err = report.WriteJSON(s.out)
			case *perFile:
				err = errors.Join(report.WriteFiles(s.out), report.WriteSummary(s.out))
			default:
				err = report.WriteSummary(s.out)
			}
			if err != nil {
				return fmt.Errorf("write the report: %w", err)
			}
			if _, failed, _ := report.Totals(); failed > 0 {
				return errSilent
			}
			return nil
		}
	},
}
