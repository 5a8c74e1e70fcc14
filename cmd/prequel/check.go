package main

import (
	"context"
	"flag"
	"fmt"
)

var checkCommand = command{
	name: "check", summary: "report every problem of every statement, writing nothing",
	setup: func(fs *flag.FlagSet) func(context.Context, *streams, []string) error {
		project := projectFlag(fs)
		return func(_ context.Context, s *streams, args []string) error {
			if len(args) > 0 {
				return usagef("it takes no arguments")
			}
			all, err := loadAll(s, project)
			if err != nil {
				return err
			}
			for _, c := range all {
				name := project.name()
				if len(all) > 1 {
					name += " " + c.project.GoPackage
				}
				m := c.program.Manifest
				fmt.Fprintf(s.out, "%s: %d statements, %d structures, program %s\n", name, len(c.program.Statements), len(m.Structures), m.Program)
			}
			return nil
		}
	},
}
