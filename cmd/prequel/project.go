package main

import (
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	prequel "github.com/prequel-db/prequel"
	"github.com/prequel-db/prequel/sqlparse/diag"
)

// projectFlags say which project a command is about.
type projectFlags struct {
	file, sqlc, pkg *string
	allowScan       *bool
	strategy        *string // nil for the commands that have no such flag
}

// projectFlag declares -f and --sqlc with what belongs to them.
func projectFlag(fs *flag.FlagSet) projectFlags {
	return projectFlags{
		file:      fs.String("f", "prequel.yaml", "the project `FILE`"),
		sqlc:      fs.String("sqlc", "", "read a project of sqlc instead: its `FILE`, as it stands"),
		pkg:       fs.String("package", "", "the `PACKAGE` of sqlc's project that is meant, where it has several"),
		allowScan: fs.Bool("allow-scan", false, "accept reads of whole tables"),
	}
}

// name is the file that the flags name.
func (f projectFlags) name() string {
	if *f.sqlc != "" {
		return *f.sqlc
	}
	return *f.file
}

// compiled is a project with its compiled program.
type compiled struct {
	project *prequel.Project
	program *prequel.Compiled
}

// load reads and compiles a project. The error is a diag.List when the project has problems; warnings are written.
func load(s *streams, f projectFlags) (*compiled, error) {
	all, err := loadAll(s, f)
	if err != nil {
		return nil, err
	}
	if len(all) > 1 {
		var names []string
		for _, c := range all {
			names = append(names, c.project.GoPackage)
		}
		return nil, fmt.Errorf("%s has several packages: choose one with --package=%s", f.name(), strings.Join(names, "|"))
	}
	return all[0], nil
}

// loadAll is load for the packages of a project of sqlc, of which there may be several.
func loadAll(s *streams, f projectFlags) ([]*compiled, error) {
	projects, err := readProjects(s, f)
	if err != nil {
		return nil, err
	}
	var out []*compiled
	for _, p := range projects {
		c, err := compile(s, p, f)
		if err != nil {
			return nil, err
		}
		out = append(out, c)
	}
	return out, nil
}

func readProjects(s *streams, f projectFlags) ([]*prequel.Project, error) {
	var projects []*prequel.Project
	var problems diag.List
	var err error
	if *f.sqlc != "" {
		projects, problems, err = prequel.ReadSqlc(filepath.Clean(*f.sqlc))
	} else {
		var p *prequel.Project
		p, problems, err = prequel.ReadProject(filepath.Clean(*f.file))
		projects = append(projects, p)
	}
	switch {
	case errors.Is(err, fs.ErrNotExist) && *f.sqlc == "":
		return nil, fmt.Errorf("%s does not exist; start a project with: prequel init", *f.file)
	case err != nil:
		return nil, err
	case problems.HasErrors():
		return nil, problems
	}
	warn(s, problems)
	if *f.pkg == "" {
		return projects, nil
	}
	projects = slices.DeleteFunc(projects, func(p *prequel.Project) bool { return p.GoPackage != *f.pkg })
	if len(projects) == 0 {
		return nil, fmt.Errorf("%s has no package %s", f.name(), *f.pkg)
	}
	return projects, nil
}

// strategyFlag declares --strategy.
func strategyFlag(fs *flag.FlagSet) *string {
	return fs.String("strategy", "auto", "what is kept materialised: auto, maintain or read, as `WORD`")
}

// parseStrategy checks what --strategy was given.
func parseStrategy(word string) (prequel.Strategy, error) {
	switch s := prequel.Strategy(word); s {
	case prequel.Auto, prequel.Maintain, prequel.Read:
		return s, nil
	}
	return "", usagef("--strategy is auto, maintain or read, not %q", word)
}

func compile(s *streams, p *prequel.Project, f projectFlags) (*compiled, error) {
	cfg, problems := p.Config()
	if problems.HasErrors() {
		return nil, problems
	}
	cfg.AllowScan = *f.allowScan
	if f.strategy != nil {
		var err error
		if cfg.Strategy, err = parseStrategy(*f.strategy); err != nil {
			return nil, err
		}
	}
	program, problems := prequel.Compile(cfg)
	if problems.HasErrors() {
		return nil, problems
	}
	named := p.CheckNames(program)
	if named.HasErrors() {
		return nil, named
	}
	warn(s, append(problems, named...))
	return &compiled{p, program}, nil
}

func warn(s *streams, problems diag.List) {
	if len(problems) > 0 {
		printProblems(s.err, problems)
	}
}
