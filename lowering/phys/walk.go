package phys

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

// MapBodies replaces each instruction list inside an instruction by what f makes of it.
func MapBodies(op Op, f func([]Op) []Op) {
	bodies := Bodies(op)
	if len(bodies) == 0 {
		return
	}
	for i := range bodies {
		bodies[i] = f(bodies[i])
	}
	SetBodies(op, bodies)
}

// Loops reports whether an instruction's bodies may run more than once.
func Loops(op Op) bool {
	switch op := op.(type) {
	case *Loop:
		return !op.Once
	case *ForEach, *ForMembers, *ForPairs, *ForArray, *ForRows, *ForMatches, *ForMapRows, *ForGroups, *Drain, *While, *ForSet, *ForLists, *Recursion:
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
	case *HSet, *HDel, *HSetNX, *HIncrBy, *ZAdd, *ZRem, *Incr, *RestartSequence, *RaiseSequence:
		return true
	}
	return false
}

// Key is the key of what an instruction itself reads or writes by one command; 0 for those that run none, and for those on sequences and on
// several rows.
func Key(op Op) Reg {
	switch op := op.(type) {
	case *HGet:
		return op.Key
	case *HExists:
		return op.Key
	case *HSet:
		return op.Key
	case *HSetNX:
		return op.Key
	case *HDel:
		return op.Key
	case *HIncrBy:
		return op.Key
	case *HLen:
		return op.Key
	case *ZCount:
		return op.Key
	case *ZAdd:
		return op.Key
	case *ZRem:
		return op.Key
	}
	return 0
}

// Draws reports whether an instruction itself moves a sequence for good: a change of the store that no failure takes back.
func Draws(op Op) bool {
	switch op.(type) {
	case *NextValue, *SetValue:
		return true
	}
	return false
}
