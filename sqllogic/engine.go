package sqllogic

import (
	"context"
	"errors"
)

// Column is one column of an answer.
type Column struct {
	Name string
	Type string // PostgreSQL's name of the type, as in pg_type: int4, bool, text
}

// Engine runs SQL. An engine serves one script and is used by one goroutine.
//
// An error is what the statement does in SQL (a division by zero), and a script may expect it; an engine that can't run
// a statement which PostgreSQL could returns a Refusal. An error with a method SQLState() string has that code in reports.
type Engine interface {
	// Exec runs a statement for its effect and returns how many rows it affected (0 for a statement without such a
	// count). A query's rows are dropped.
	Exec(ctx context.Context, sql string) (affected int64, err error)
	// Query runs a statement for its rows. Values are in PostgreSQL's text format, nil is NULL.
	Query(ctx context.Context, sql string) ([]Column, [][]*string, error)
	// Close ends the engine's use of its resources.
	Close(ctx context.Context) error
}

// Statement is SQL with its place in the script.
type Statement struct {
	SQL   string
	Pos   Pos  // the first line of the SQL
	Query bool // it is asked for its rows
}

// Preparer is an engine that compiles ahead of time. Before the first statement of a segment runs, it is given all of
// them. A segment is a maximal run of schema changes followed by other statements; it includes statements that the
// script expects to fail.
type Preparer interface {
	Engine
	// Prepare returns one error for each statement, nil for those that compiled, or nil alone when all did. A
	// statement's error stands for running it.
	Prepare(ctx context.Context, segment []Statement) []error
}

// Sessions is an engine whose named connections differ from each other. With any other engine they are all the same.
type Sessions interface {
	Engine
	// Session returns the engine's connection of that name, which shares its data and is closed by the engine.
	Session(ctx context.Context, name string) (Engine, error)
}

// Refusal is an engine's error for a statement outside of what it supports.
type Refusal interface {
	error
	// RefusalCode is the code of the diagnostic, by which refusals are counted.
	RefusalCode() string
}

// refusalCode returns the code of a refusal, "" for any other error.
func refusalCode(err error) string {
	var r Refusal
	if errors.As(err, &r) {
		return r.RefusalCode()
	}
	return ""
}

// sqlState returns an error's SQLSTATE, "" when it has none.
func sqlState(err error) string {
	var s interface{ SQLState() string }
	if errors.As(err, &s) {
		return s.SQLState()
	}
	return ""
}

// Answer is what a statement did.
type Answer struct {
	Columns  []Column
	Rows     [][]*string
	Affected int64 // statements that were not asked for rows
	Err      error
}

// ask runs a record.
func ask(ctx context.Context, e Engine, r *Record) Answer {
	var a Answer
	if r.Kind == KindQuery {
		a.Columns, a.Rows, a.Err = e.Query(ctx, r.SQL)
	} else {
		a.Affected, a.Err = e.Exec(ctx, r.SQL)
	}
	return a
}
