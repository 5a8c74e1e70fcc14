package main

import (
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"path/filepath"

	prequel "github.com/prequel-db/prequel"
	"github.com/prequel-db/prequel/sqlparse/diag"
)

// projectFlag declares -f.
func projectFlag(fs *flag.FlagSet) *string {
	return fs.String("f", "prequel.yaml", "the project `FILE`")
}

// compiled is a project with its compiled program.
type compiled struct {
	project *prequel.Project
	program *prequel.Compiled
}

// load reads and compiles a project. The error is a diag.List when the project has problems; warnings are written.
func load(s *streams, file string) (*compiled, error) {
	p, problems, err := prequel.ReadProject(filepath.Clean(file))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s does not exist; start a project with: prequel init", file)
	}
	if err != nil {
		return nil, err
	}
	if problems.HasErrors() {
		return nil, problems
	}
	cfg, problems := p.Config()
	if problems.HasErrors() {
		return nil, problems
	}
	program, problems := prequel.Compile(cfg)
	if problems.HasErrors() {
		return nil, problems
	}
	if unknown := p.CheckNames(program); unknown.HasErrors() {
		return nil, unknown
	}
	warn(s, problems)
	return &compiled{p, program}, nil
}

func warn(s *streams, problems diag.List) {
	if len(problems) > 0 {
		printProblems(s.err, problems)
	}
}
