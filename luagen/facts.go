package luagen

import (
	"slices"

	"github.com/prequel-db/prequel/lowering/phys"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// facts are what the translation of an instruction must know about instructions further down.
type facts struct {
	set       map[scalar.ColumnID]bool     // columns that Set assigns
	written   map[phys.Reg]bool            // registers that SetReg assigns
	same      []*phys.SameReg              // registers for values that are there already
	compared  map[phys.Reg]bool            // registers whose bytes are compared or copied
	ordered   map[phys.Reg]bool            // maps whose rows somebody walks in order of insertion
	groups    map[phys.Reg]*phys.ForGroups // the loop over a group table
	grouped   map[phys.Reg]*phys.GroupRow  // the first instruction that feeds it
	emits     int                          // instructions that add rows to the reply
	looped    bool                         // one of them is inside a loop
	emitsLast bool                         // the last of them has nothing after it
	scalar    map[phys.Reg]bool            // group tables of exactly one group
	moved     map[phys.Reg]bool            // lists that MoveList assigns
	counts    bool                         // AddCount occurs
	spends    bool                         // Spend occurs
	writes    bool                         // a command that writes occurs
	sessions  bool                         // something asks for what was drawn from a sequence
	early     map[*phys.Raise]bool         // errors before which nothing was written
}

func learn(prog *phys.Program) *facts {
	f := &facts{
		set: map[scalar.ColumnID]bool{}, written: map[phys.Reg]bool{}, compared: map[phys.Reg]bool{},
		ordered: map[phys.Reg]bool{}, groups: map[phys.Reg]*phys.ForGroups{}, grouped: map[phys.Reg]*phys.GroupRow{},
	}
	f.scalar, f.moved = map[phys.Reg]bool{}, map[phys.Reg]bool{}
	f.early = map[*phys.Raise]bool{}
	f.ops(prog.Body, false)
	f.beforeWrites(prog.Body, false)
	for _, s := range slices.Backward(f.same) {
		f.compared[s.Src] = f.compared[s.Src] || f.compared[s.Dst]
	}
	f.emitsLast = endsInEmit(prog.Body, f)
	return f
}

func (f *facts) ops(ops []phys.Op, loop bool) {
	for _, op := range ops {
		switch op := op.(type) {
		case *phys.Set:
			f.set[op.Col] = true
		case *phys.Once:
			f.set[op.Done] = true
		case *phys.SameReg:
			f.same = append(f.same, op)
		case *phys.SetReg:
			f.written[op.Dst] = true
			f.compared[op.Src] = true
		case *phys.If:
			f.cond(op.Cond)
		case *phys.ForMapRows:
			f.ordered[op.Map] = true
		case *phys.NewGroups:
			f.scalar[op.Dst] = op.Scalar
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
		case *phys.MoveList:
			f.moved[op.Dst] = true
		case *phys.Spend:
			f.spends = true
		case *phys.AddCount:
			f.counts = f.counts || op.Col == 0
			f.set[op.Col] = f.set[op.Col] || op.Col != 0
		case *phys.HSet, *phys.HDel, *phys.HSetNX, *phys.HIncrBy, *phys.ZAdd, *phys.ZRem, *phys.Incr, *phys.RestartSequence, *phys.RaiseSequence:
			f.writes = true
		case *phys.NextValue:
			f.writes = true
			f.sessions = f.sessions || op.Noted
		case *phys.SetValue:
			f.writes = true
			f.sessions = f.sessions || op.Noted
		case *phys.CurrentValue:
			f.sessions = true
		}
		for _, b := range phys.Bodies(op) {
			f.ops(b, loop || f.loops(op))
		}
	}
}

// loops reports whether an instruction's bodies may run more than once: those of the only group run once.
func (f *facts) loops(op phys.Op) bool {
	if groups, ok := op.(*phys.ForGroups); ok && f.scalar[groups.Groups] {
		return false
	}
	return phys.Loops(op)
}

// endsInEmit reports whether the last instruction, or the last one of the branches it ends in, adds to the reply.
func endsInEmit(ops []phys.Op, f *facts) bool {
	if len(ops) == 0 {
		return false
	}
	switch op := ops[len(ops)-1].(type) {
	case *phys.EmitRow, *phys.EmitPacked, *phys.EmitList:
		return true
	case *phys.If:
		return endsInEmit(op.Then, f) || endsInEmit(op.Else, f)
	case *phys.Block:
		return endsInEmit(op.Body, f)
	case *phys.ForGroups:
		return f.scalar[op.Groups] && !breaks(op.Body) && endsInEmit(op.Body, f)
	}
	return false
}

func (f *facts) cond(c phys.Cond) {
	switch c := c.(type) {
	case *phys.Negate:
		f.cond(c.Cond)
	case *phys.SameBytes:
		f.compared[c.A], f.compared[c.B] = true, true
	}
}

// beforeWrites notes the errors before which nothing was written, and returns whether something may be behind the instructions.
func (f *facts) beforeWrites(ops []phys.Op, wrote bool) bool {
	for _, op := range ops {
		if r, ok := op.(*phys.Raise); ok && !wrote {
			f.early[r] = true
		}
		before := wrote || phys.Loops(op) && writesInside(op) // what one round wrote stands before what the next one does
		wrote = before || phys.Writes(op)
		for _, b := range phys.Bodies(op) {
			wrote = f.beforeWrites(b, before) || wrote
		}
	}
	return wrote
}

// writesInside reports whether an instruction inside of another one writes.
func writesInside(op phys.Op) bool {
	found := false
	phys.Walk([]phys.Op{op}, func(op phys.Op) bool { found = found || phys.Writes(op); return true })
	return found
}
