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
	case StageStructures:
		return structures(p)
	case StageLua:
		return c.Lua.Functions[i].Script
	case StageCost:
		return fmt.Sprintf("%s: %s commands, %s rows", p.Bound.Class, p.Bound.Commands, p.Bound.Rows)
	}
	return ""
}

// structures lists what a program reads and writes.
func structures(p *phys.Program) string {
	var b strings.Builder
	for _, s := range p.Structures {
		fmt.Fprintf(&b, "%s %s\n", s.Fingerprint, phys.Summary(s))
	}
	return b.String()
}
