package main

import (
	"context"
	"flag"
	"fmt"
	"slices"
	"strings"

	"github.com/prequel-db/prequel/runtime"
	"github.com/prequel-db/prequel/runtime/value"
)

var callCommand = command{
	name: "call", args: "NAME [PARAM=VALUE...]", summary: "run one declared statement",
	help: "Values are in PostgreSQL's text form: at='2025-06-01 12:00:00+00', ids={1,2}. A parameter that is left out is\nNULL. The embedded engine is filled from the project's source before the call.",
	setup: func(fs *flag.FlagSet) func(context.Context, *streams, []string) error {
		project := projectFlag(fs)
		engine, source := storeFlags(fs)
		asJSON := fs.Bool("json", false, "print rows as JSON")
		return func(ctx context.Context, s *streams, args []string) error {
			if len(args) == 0 {
				return usagef("which statement?")
			}
			c, err := load(s, project)
			if err != nil {
				return err
			}
			params, err := arguments(args[1:])
			if err != nil {
				return err
			}
			fn := c.function(args[0])
			if fn == nil {
				return fmt.Errorf("there is no statement %s; there are: %s", args[0], strings.Join(c.names(), ", "))
			}
			db, err := c.open(ctx, s, *engine, *source)
			if err != nil {
				return err
			}
			defer db.Close()
			statement := db.Program().MustStatement(fn.Name)
			values, err := statement.ParseParams(params)
			if err != nil {
				return err
			}
			return show(ctx, s, db, statement, values, *asJSON)
		}
	},
}

// arguments reads PARAM=VALUE words.
func arguments(words []string) (map[string]*string, error) {
	params := map[string]*string{}
	for _, w := range words {
		name, text, ok := strings.Cut(w, "=")
		if !ok || name == "" {
			return nil, usagef("%q is not PARAM=VALUE", w)
		}
		if _, twice := params[name]; twice {
			return nil, usagef("parameter %s is given twice", name)
		}
		params[name] = &text
	}
	return params, nil
}

// function finds a declared statement.
func (c *compiled) function(name string) *runtime.Function {
	for i, f := range c.program.Manifest.Functions {
		if f.Name == name && slices.Contains(c.names(), name) {
			return &c.program.Manifest.Functions[i]
		}
	}
	return nil
}

// names are the declared statements.
func (c *compiled) names() []string {
	var names []string
	for _, s := range c.program.Statements {
		names = append(names, s.Name)
	}
	return names
}

// show runs the statement and prints what it gives: rows, or the number of affected rows.
func show(ctx context.Context, s *streams, db *runtime.DB, statement *runtime.Statement, values []value.Value, asJSON bool) error {
	fn := statement.Function()
	cursor, err := db.Query(ctx, statement, values...)
	if err != nil {
		return err
	}
	var rows [][]value.Value
	for cursor.Next() {
		row := make([]value.Value, len(fn.Columns))
		for i := range row {
			row[i] = cursor.Value(i)
		}
		if rows = append(rows, row); fn.Mode.Call() == runtime.One {
			break
		}
	}
	if err := cursor.Err(); err != nil {
		return err
	}
	switch {
	case asJSON && len(fn.Columns) > 0:
		return printJSON(s.out, fn.Columns, rows)
	case asJSON && fn.Mode.Call() == runtime.ExecRows:
		fmt.Fprintf(s.out, "{\"affected\": %d}\n", cursor.Affected())
	case asJSON:
		fmt.Fprintln(s.out, "{}")
	case len(fn.Columns) > 0:
		printTable(s.out, fn.Columns, rows)
	case fn.Mode.Call() == runtime.ExecRows:
		fmt.Fprintf(s.out, "%d rows affected\n", cursor.Affected())
	default:
		fmt.Fprintln(s.out, "done")
	}
	return nil
}
