package prequel

import (
	"fmt"
	"slices"
	"strings"

	"github.com/prequel-db/prequel/lowering/phys"
	"github.com/prequel-db/prequel/planner/algebra"
)

// Stage is a printed form of a statement.
type Stage string

// The stages, in the order of the pipeline.
const (
	StageAlgebra    Stage = "algebra"    // the planned relational expression
	StageDelta      Stage = "delta"      // what a write changes in each structure
	StageStructures Stage = "structures" // the Redis structures the statement reads and writes, byte by byte
	StageScript     Stage = "script"     // the physical program
	StageLua        Stage = "lua"        // the emitted function, or the native commands
	StageCost       Stage = "cost"       // the certificate
)

// Stages lists the stages in order.
var Stages = []Stage{StageAlgebra, StageDelta, StageStructures, StageScript, StageLua, StageCost}

// Explain prints stages (all when none is given) of the named statements (all when none is named), the SQL first. It
// fails on a stage or statement that does not exist.
func Explain(c *Compiled, stages []Stage, names []string) (string, error) {
	if len(stages) == 0 {
		stages = Stages
	}
	for _, s := range stages {
		if !slices.Contains(Stages, s) {
			return "", fmt.Errorf("there is no stage %q", s)
		}
	}
	var chosen []int
	for i, s := range c.Planned {
		if len(names) == 0 || slices.Contains(names, s.Name) {
			chosen = append(chosen, i)
		}
	}
	for _, n := range names {
		if !slices.ContainsFunc(c.Planned, func(s *algebra.Statement) bool { return s.Name == n }) {
			return "", fmt.Errorf("there is no statement %q", n)
		}
	}
	var b strings.Builder
	for n, i := range chosen {
		if n > 0 {
			b.WriteByte('\n')
		}
		fmt.Fprintf(&b, "== %s\n%s\n", c.Planned[i].Name, strings.TrimSpace(c.Planned[i].SQL))
		for _, s := range stages {
			fmt.Fprintf(&b, "-- %s\n", s)
			text := strings.TrimRight(c.stage(s, i), "\n")
			if text != "" {
				b.WriteString(text + "\n")
			}
		}
	}
	return b.String(), nil
}

// stage prints one stage of statement i.
func (c *Compiled) stage(s Stage, i int) string {
	p := c.Module.Programs[i]
	switch s {
	case StageAlgebra:
		return algebra.FormatStatement(c.Planned[i])
	case StageDelta:
		return c.views(p)
	case StageStructures:
		return structures(p)
	case StageScript:
		return phys.Format(p)
	case StageLua:
		f := &c.Functions[i]
		if f.Direct != nil {
			return fmt.Sprintf("%s\n%s", form(p), commands(p, f.Direct))
		}
		return fmt.Sprintf("-- %s\n%s", form(p), body(f))
	case StageCost:
		text := fmt.Sprintf("%s: at most %s commands, %s rows", p.Bound.Class, p.Bound.Commands, p.Bound.Rows)
		if p.Undo {
			text += fmt.Sprintf("\nundo: an error can follow a write, first at: %s\n"+
				"without it the call would be at most %s commands; the others read what writes replace and take them back", p.UndoFor, p.Bound.Bare)
		}
		return text
	}
	return ""
}

// form says how the statement reaches Redis, and why no lighter way would do.
func form(p *phys.Program) string {
	return [...]string{phys.Native: "native command", phys.Multi: "MULTI/EXEC", phys.Function: "function"}[p.Form] + ": " + p.FormWhy
}

// body is the part of a script that is the statement's own; the helpers of the prelude above it are named only. The
// whole is in the generated functions.lua.
func body(f *Function) string {
	start := strings.Index(f.Lua.Script, "-- "+f.Program.Name+"\n--\n")
	if start < 0 {
		return f.Lua.Script
	}
	var helpers []string
	for line := range strings.Lines(f.Lua.Script[:start]) {
		if rest, ok := strings.CutPrefix(line, "local function "); ok {
			name, _, _ := strings.Cut(rest, "(")
			helpers = append(helpers, name)
		} else if rest, ok := strings.CutPrefix(line, "local "); ok && strings.Contains(rest, "function(") { // one of two, as the server is
			name, _, _ := strings.Cut(rest, " ")
			helpers = append(helpers, name)
		}
	}
	text := f.Lua.Script[start:]
	if len(helpers) > 0 {
		text = "-- helpers: " + strings.Join(helpers, ", ") + "\n" + text
	}
	return text
}

// views prints the maintained relations that a program reads or keeps.
func (c *Compiled) views(p *phys.Program) string {
	var b strings.Builder
	for _, v := range c.Module.Views {
		if slices.ContainsFunc(p.Structures, func(s *phys.Structure) bool { return s.Relation == v.Name }) {
			fmt.Fprintf(&b, "%s\n%s\n", v.Name, indent(v.Def))
		}
	}
	return b.String()
}

func indent(text string) string {
	return "  " + strings.ReplaceAll(strings.TrimSpace(text), "\n", "\n  ")
}

// structures describes what a program reads and writes: each structure's keys, and its packed rows byte by byte.
func structures(p *phys.Program) string {
	var b strings.Builder
	for _, s := range p.Structures {
		fmt.Fprintf(&b, "%s %s\n", s.Fingerprint, phys.Summary(s))
		switch {
		case s.Kind == phys.CountMap:
			fmt.Fprintf(&b, "  %s by field %s, decimal\n", s.Payload[0].Name, s.Field[0].Name)
		case len(s.Payload) > 0:
			names := make([]string, len(s.Payload))
			for i, c := range s.Payload {
				names[i] = c.Name
			}
			layout := s.Layout()
			fmt.Fprintln(&b, indent(layout.Describe(names)))
		}
		fmt.Fprintf(&b, "  %s\n", phys.DescribeMemory(s))
	}
	return b.String()
}
