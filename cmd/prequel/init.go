package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
)

var initCommand = command{
	name: "init", args: "[DIR]", summary: "start a project: prequel.yaml, a schema and a statement to change",
	help: "DIR is the current directory unless given, and is made when missing. Files that exist are left alone.",
	setup: func(*flag.FlagSet) func(context.Context, *streams, []string) error {
		return func(_ context.Context, s *streams, args []string) error {
			switch len(args) {
			case 0:
				return initProject(s, ".")
			case 1:
				return initProject(s, args[0])
			}
			return usagef("one directory, not %d", len(args))
		}
	},
}

// starter are the files of a new project.
var starter = []struct{ name, text string }{
	{"prequel.yaml", `version: 1
schema: schema.sql      # a file, a directory, a glob or a list of them
queries: queries/
go: {package: store, out: ./store}
engine: embedded        # or redis://localhost:6379
# source: postgres://localhost/app   # or sqlite://app.db
# tables:
#   users: {rows: 1M}
# statements:
#   GetUser: {rate: 5000/s}
`},
	{"schema.sql", `CREATE TABLE users (
    id    bigint PRIMARY KEY,
    email text NOT NULL,
    name  text
);
`},
	{"queries/users.sql", `-- name: GetUser :one
SELECT id, email, name FROM users WHERE id = $1;

-- name: AddUser :exec
INSERT INTO users (id, email, name) VALUES (@id, @email, @name);
`},
}

func initProject(s *streams, dir string) error {
	for _, f := range starter {
		name := filepath.Join(dir, filepath.FromSlash(f.name))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			return err
		}
		file, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
		if os.IsExist(err) {
			fmt.Fprintf(s.out, "kept    %s\n", name)
			continue
		}
		if err != nil {
			return err
		}
		if _, err := file.WriteString(f.text); err != nil {
			return err
		}
		if err := file.Close(); err != nil {
			return err
		}
		fmt.Fprintf(s.out, "created %s\n", name)
	}
	fmt.Fprintln(s.out, "next: prequel check, then prequel generate")
	return nil
}
