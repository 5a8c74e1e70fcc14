package main

import (
	"context"
	"flag"
	"fmt"
	"runtime/debug"
)

var versionCommand = command{
	name: "version", summary: "print the version",
	setup: func(*flag.FlagSet) func(context.Context, *streams, []string) error {
		return func(_ context.Context, s *streams, args []string) error {
			if len(args) > 0 {
				return usagef("it takes no arguments")
			}
			fmt.Fprintln(s.out, "prequel "+version())
			return nil
		}
	},
}

// version is the module's version, as the go command recorded it, with the commit for builds from a work tree.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	v := info.Main.Version
	if v == "" {
		v = "(devel)"
	}
	for _, setting := range info.Settings {
		if setting.Key == "vcs.revision" && v == "(devel)" {
			v += " " + setting.Value
		}
	}
	return v + " " + info.GoVersion
}
