package main

import (
	"context"
	"flag"
	"fmt"
)

var checkCommand = command{
	name: "check", summary: "report every problem of every statement, writing nothing",
	setup: func(fs *flag.FlagSet) func(context.Context, *streams, []string) error {
		file := projectFlag(fs)
		return func(_ context.Context, s *streams, args []string) error {
			if len(args) > 0 {
				return usagef("it takes no arguments")
			}
			c, err := load(s, *file)
			if err != nil {
				return err
			}
			m := c.program.Manifest
			fmt.Fprintf(s.out, "%s: %d statements, %d structures, program %s\n", *file, len(c.program.Statements), len(m.Structures), m.Program)
			return nil
		}
	},
}
