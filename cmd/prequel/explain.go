package main

import (
	"context"
	"flag"
	"fmt"
	"strings"

	prequel "github.com/prequel-db/prequel"
)

var explainCommand = command{
	name: "explain", args: "[NAME...]", summary: "show what statements became, stage by stage",
	help: "Without a NAME it shows all statements.",
	setup: func(fs *flag.FlagSet) func(context.Context, *streams, []string) error {
		project := projectFlag(fs)
		project.strategy = strategyFlag(fs)
		stages := make([]string, 0, len(prequel.Stages)+1)
		for _, s := range prequel.Stages {
			stages = append(stages, string(s))
		}
		stage := fs.String("stage", "all", "the `STAGE` to show: "+strings.Join(append(stages, "all"), ", "))
		return func(_ context.Context, s *streams, names []string) error {
			c, err := load(s, project)
			if err != nil {
				return err
			}
			var wanted []prequel.Stage
			if *stage != "all" {
				wanted = []prequel.Stage{prequel.Stage(*stage)}
			}
			text, err := prequel.Explain(c.program, wanted, names)
			if err != nil {
				return usageError{err.Error()}
			}
			fmt.Fprint(s.out, text)
			return nil
		}
	},
}
