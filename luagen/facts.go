package luagen

import (
	"github.com/prequel-db/prequel/lowering/phys"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// facts are what the translation of an instruction must know about instructions further down.
type facts struct {
	set      map[scalar.ColumnID]bool     // columns that Set assigns
	written  map[phys.Reg]bool            // registers that SetReg assigns
	compared map[phys.Reg]bool            // registers whose bytes are compared or copied
	ordered  map[phys.Reg]bool            // maps whose rows somebody walks in order of insertion
	marked   bool                         // rows carry a mark
	groups   map[phys.Reg]*phys.ForGroups // the loop over a group table
	grouped  map[phys.Reg]*phys.GroupRow  // the first instruction that feeds it
	emits    int                          // instructions that add rows to the reply
	looped   bool                         // one of them is inside a loop
	counts   bool                         // AddCount occurs
	writes   bool                         // a command that writes occurs
}

func learn(prog *phys.Program) *facts {
	f := &facts{set: map[scalar.ColumnID]bool{}, written: map[phys.Reg]bool{}, compared: map[phys.Reg]bool{},
		ordered: map[phys.Reg]bool{}, groups: map[phys.Reg]*phys.ForGroups{}, grouped: map[phys.Reg]*phys.GroupRow{}}
	f.ops(prog.Body, false)
	return f
}

func (f *facts) ops(ops []phys.Op, loop bool) {
	for _, op := range ops {
		switch op := op.(type) {
		case *phys.Set:
			f.set[op.Col] = true
		case *phys.SetReg:
			f.written[op.Dst] = true
			f.compared[op.Src] = true
		case *phys.If:
			f.cond(op.Cond)
		case *phys.ForMapRows:
			f.ordered[op.Map] = true
		case *phys.MarkRow:
			f.marked = true
		case *phys.ForGroups:
			if f.groups[op.Groups] == nil {
				f.groups[op.Groups] = op
			}
		case *phys.GroupRow:
			if f.grouped[op.Groups] == nil {
				f.grouped[op.Groups] = op
			}
		case *phys.EmitRow, *phys.EmitPacked, *phys.EmitList:
			f.emits++
			f.looped = f.looped || loop
		case *phys.AddCount:
			f.counts = true
		case *phys.HSet, *phys.HDel, *phys.ZAdd, *phys.ZRem, *phys.Incr:
			f.writes = true
		}
		for _, b := range phys.Bodies(op) {
			f.ops(b, loop || phys.Loops(op))
		}
	}
}

func (f *facts) cond(c phys.Cond) {
	switch c := c.(type) {
	case *phys.Negate:
		f.cond(c.Cond)
	case *phys.SameBytes:
		f.compared[c.A], f.compared[c.B] = true, true
	}
}
