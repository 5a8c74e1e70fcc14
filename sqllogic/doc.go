// Package sqllogic reads sqllogictest scripts and runs them on an engine, with PostgreSQL beside it as the judge.
//
// Its input is scripts in either dialect of the format (SQLite's, one value a line; sqllogictest-rs', one row a line), or
// tests of PostgreSQL's regression suite (an .sql file and psql's output). Its output is a Report: what passed, failed,
// was skipped and was refused, with the differing lines of every failure.
//
//	oracle, err := sqllogic.NewOracle(dsn)
//	runner := sqllogic.Runner{
//		Open:   func(ctx context.Context, s *sqllogic.Script) (sqllogic.Engine, error) { return open(ctx) },
//		Oracle: oracle,
//	}
//	files, err := sqllogic.Files([]string{"testdata/slt"})
//	report, err := runner.Run(ctx, files)
//	report.WriteSummary(os.Stdout)
//
// # Steps
//
// Read turns a file into Records: conditions, includes, loops and substitutions are resolved then, so that all SQL of a
// script is known before any of it runs. An engine that compiles ahead of time (Preparer) is given a segment at a time:
// everything up to the next schema change that follows data. Check compares an answer with the script, Same with
// PostgreSQL's.
//
// # What it promises
//
//   - An answer passes only if it is the script's answer, and with an oracle only if it is PostgreSQL's too, to the byte of
//     its text, or both fail.
//   - Order counts as far as the query fixes it: rows of a query without ORDER BY are compared as a bag, and rows that
//     agree on all sort keys may change places where all keys are output columns.
//   - A refusal (Refusal) is neither passed nor failed; it is counted by its code. Later records that depend on what a
//     refused statement would have done are counted with it.
//   - The scripts' engine name is postgresql: skipif and onlyif compare with that.
//
// # What reads differently here
//
// FLUSH and RisingWave's settings are skipped, and CREATE MATERIALIZED VIEW makes a plain view: these engines are never
// behind their writes. System commands are refused. Retry clauses run once.
//
// The package knows no compiler: it sees engines through the Engine interface, so that what is judged has no part in
// the judgement. The subpackage testdb starts the servers that tests need.
package sqllogic
