package phys

import "github.com/prequel-db/prequel/sqlparse/scalar"

// Bodies lists the instruction lists inside an instruction, in program order.
func Bodies(op Op) [][]Op {
	switch op := op.(type) {
	case *Block:
		return [][]Op{op.Body}
	case *If:
		return [][]Op{op.Then, op.Else}
	case *Once:
		return [][]Op{op.Body}
	case *ForEach:
		return [][]Op{op.Body}
	case *ForMembers:
		return [][]Op{op.Body}
	case *ForPairs:
		return [][]Op{op.Body}
	case *ForArray:
		return [][]Op{op.Body}
	case *ForRows:
		return [][]Op{op.Body}
	case *ForMatches:
		return [][]Op{op.Body}
	case *ForMapRows:
		return [][]Op{op.Body}
	case *IfNew:
		return [][]Op{op.Body}
	case *Tally:
		return [][]Op{op.Body}
	case *ForGroups:
		return [][]Op{op.Body}
	case *Drain:
		out := make([][]Op, len(op.Kinds))
		for i := range op.Kinds {
			out[i] = op.Kinds[i].Body
		}
		return out
	case *While:
		return [][]Op{op.Body}
	case *ForSet:
		return [][]Op{op.Body}
	case *ForLists:
		return [][]Op{op.Body}
	}
	return controlBodies(op)
}

// SetBodies replaces the instruction lists inside an instruction, in the order of Bodies.
func SetBodies(op Op, bodies [][]Op) {
	switch op := op.(type) {
	case *Block:
		op.Body = bodies[0]
	case *If:
		op.Then, op.Else = bodies[0], bodies[1]
	case *ForEach:
		op.Body = bodies[0]
	case *ForMembers:
		op.Body = bodies[0]
	case *ForPairs:
		op.Body = bodies[0]
	case *ForArray:
		op.Body = bodies[0]
	case *ForRows:
		op.Body = bodies[0]
	case *ForMatches:
		op.Body = bodies[0]
	case *ForMapRows:
		op.Body = bodies[0]
	case *IfNew:
		op.Body = bodies[0]
	case *Tally:
		op.Body = bodies[0]
	case *ForGroups:
		op.Body = bodies[0]
	case *While:
		op.Body = bodies[0]
	case *ForSet:
		op.Body = bodies[0]
	case *ForLists:
		op.Body = bodies[0]
	case *Once:
		op.Body = bodies[0]
	case *Drain:
		for i := range op.Kinds {
			op.Kinds[i].Body = bodies[i]
		}
	default:
		setControlBodies(op, bodies)
	}
}

// Loops reports whether an instruction's bodies may run more than once.
func Loops(op Op) bool {
	switch op := op.(type) {
	case *Loop:
		return !op.Once
	case *ForEach, *ForMembers, *ForPairs, *ForArray, *ForRows, *ForMatches, *ForMapRows, *ForGroups, *Drain, *While, *ForSet, *ForLists:
		return true
	}
	return false
}

// Walk visits instructions and those inside them, in program order. A false from visit skips what is inside.
func Walk(ops []Op, visit func(Op) bool) {
	for _, op := range ops {
		if !visit(op) {
			continue
		}
		for _, body := range Bodies(op) {
			Walk(body, visit)
		}
	}
}

// Writes reports whether an instruction itself changes the store.
func Writes(op Op) bool {
	switch op.(type) {
	case *HSet, *HDel, *HIncrBy, *ZAdd, *ZRem, *Incr, *RestartSequence, *RaiseSequence:
		return true
	}
	return false
}

// Draws reports whether an instruction itself moves a sequence for good: a change of the store that no failure takes back.
func Draws(op Op) bool {
	switch op.(type) {
	case *NextValue, *SetValue:
		return true
	}
	return false
}

// Exprs lists the scalar expressions that an instruction itself evaluates, in order; those of instructions inside it are not
// among them.
func Exprs(op Op) []scalar.Expr {
	var out []scalar.Expr
	add := func(es ...scalar.Expr) {
		for _, e := range es {
			if e != nil {
				out = append(out, e)
			}
		}
	}
	switch op := op.(type) {
	case *Let:
		add(op.Expr)
	case *Set:
		add(op.Expr)
	case *MakeKey:
		add(op.Parts...)
	case *MakeField:
		add(op.Exprs...)
	case *MakeSortKey:
		add(op.Exprs...)
	case *Pack:
		add(op.Exprs...)
	case *ZRange:
		add(op.Offset, op.Limit)
	case *If:
		add(condExprs(op.Cond)...)
	case *ForArray:
		add(op.Array)
	case *AppendRow:
		add(op.Exprs...)
	case *SliceRows:
		add(op.Offset, op.Limit)
	case *RowLimit:
		add(op.Offset, op.Limit)
	case *ForSet:
		add(op.Call.Args...)
	case *MapAppend:
		add(op.Key...)
		add(op.Row...)
	case *ForMatches:
		add(op.Key...)
	case *IfNew:
		add(op.Key...)
	case *Tally:
		add(op.Key...)
	case *GroupRow:
		add(op.Keys...)
		for i := range op.Aggs {
			add(op.Aggs[i].exprs()...)
		}
	case *WindowRows:
		add(op.Frame.StartOffset, op.Frame.EndOffset)
		for _, f := range op.Funcs {
			add(f.Args...)
			if f.Agg != nil {
				add(f.Agg.exprs()...)
			}
		}
	case *EmitRow:
		add(op.Exprs...)
	case *Return:
		add(op.Exprs...)
	case *SetValue:
		add(op.Value, op.Called)
	case *RaiseSequence:
		add(op.Value)
	case *Raise:
		add(op.Message...)
		add(op.Detail...)
		add(op.Row...)
	}
	return out
}

func (a *Agg) exprs() []scalar.Expr {
	out := append([]scalar.Expr(nil), a.Args...)
	for _, k := range a.OrderBy {
		out = append(out, k.Expr)
	}
	if a.Filter != nil {
		out = append(out, a.Filter)
	}
	return out
}

func condExprs(c Cond) []scalar.Expr {
	switch c := c.(type) {
	case *IsTrue:
		return []scalar.Expr{c.Expr}
	case *Negate:
		return condExprs(c.Cond)
	case *InSet:
		return c.Key
	}
	return nil
}
