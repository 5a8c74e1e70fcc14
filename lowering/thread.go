package lowering

import (
	"slices"

	"github.com/prequel-db/prequel/lowering/phys"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// thread has a branch on a flag follow the branch that set it. What a function looks for is reported to a flag, and then asked about:
//
//	if row: ...; set found = true          if not row: raise
//	if NOT found: raise                    ...; set found = true
//
// The second branch has to end the call, so that what was inside the first can stand behind it. Nothing else changes: instructions keep
// their order on either way. Where the flag is set inside of several branches, one in the other, each of them ends the call so: what a
// join looks for is there or not step by step.
func thread(ops []phys.Op) []phys.Op {
	var out []phys.Op
	for _, op := range ops {
		phys.MapBodies(op, thread)
		if joined, ok := threadIf(out, op); ok {
			out = joined
			continue
		}
		out = append(out, op)
	}
	return out
}

// threadIf joins a branch on a flag to the instructions before it.
func threadIf(before []phys.Op, op phys.Op) ([]phys.Op, bool) {
	ask, ok := op.(*phys.If)
	if !ok || len(ask.Else) > 0 || !ends(ask.Then) {
		return nil, false
	}
	flag, ok := unset(ask.Cond)
	if !ok {
		return nil, false
	}
	flat := before
	for len(flat) > 0 {
		b, ok := flat[len(flat)-1].(*phys.Block)
		if !ok || b.Comment != "" {
			break
		}
		flat = append(slices.Clone(flat[:len(flat)-1]), b.Body...)
	}
	if len(flat) == 0 {
		return nil, false
	}
	first, ok := flat[len(flat)-1].(*phys.If)
	if !ok || !knownFalse(flat[:len(flat)-1], flag) {
		return nil, false
	}
	steps, ok := unnest(first, flag)
	branches := 0
	for _, s := range steps {
		if s.cond != nil {
			branches++
		}
	}
	if !ok || branches > 1 && (!repeatable(ask.Then) || branches > mostThreaded) {
		return nil, false
	}
	out := slices.Clone(flat[:len(flat)-1])
	for i, s := range steps {
		op := s.op
		if s.cond != nil {
			then := ask.Then
			if i > 0 {
				then = repeat(then)
			}
			op = &phys.If{Cond: opposite(s.cond), Then: then}
		}
		out = append(out, op)
	}
	return out, true
}

// mostThreaded is the number of branches up to which the end of a call is repeated in each.
const mostThreaded = 5

// unnested is a part of what a branch holds: an instruction, or the condition of a branch behind which the rest stands.
type unnested struct {
	op   phys.Op
	cond phys.Cond
}

// unnest takes a branch that sets a flag, or a branch inside of it that does, apart.
func unnest(first *phys.If, flag scalar.ColumnID) ([]unnested, bool) {
	if len(first.Else) > 0 || len(first.Then) == 0 {
		return nil, false
	}
	out := []unnested{{cond: first.Cond}}
	add := func(ops []phys.Op) {
		for _, op := range ops {
			out = append(out, unnested{op: op})
		}
	}
	if sets(first.Then, flag) {
		add(first.Then)
		return out, true
	}
	last := len(first.Then) - 1
	inner, ok := first.Then[last].(*phys.If)
	if !ok || !keeps(first.Then[:last], flag) {
		return nil, false
	}
	add(first.Then[:last])
	rest, ok := unnest(inner, flag)
	return append(out, rest...), ok
}

// repeatable reports whether instructions may stand in several places: they define nothing.
func repeatable(ops []phys.Op) bool {
	for _, op := range ops {
		switch op.(type) {
		case *phys.Raise, *phys.Return, *phys.Reraise:
		default:
			return false
		}
	}
	return true
}

// repeat copies repeatable instructions.
func repeat(ops []phys.Op) []phys.Op {
	out := make([]phys.Op, len(ops))
	for i, op := range ops {
		switch x := op.(type) {
		case *phys.Raise:
			c := *x
			op = &c
		case *phys.Return:
			c := *x
			op = &c
		}
		out[i] = op
	}
	return out
}

// opposite is the condition that holds when c does not.
func opposite(c phys.Cond) phys.Cond {
	if n, ok := c.(*phys.Negate); ok {
		return n.Cond
	}
	return &phys.Negate{Cond: c}
}

// unset is the flag whose being false is the condition.
func unset(c phys.Cond) (scalar.ColumnID, bool) {
	negated := false
	for {
		n, ok := c.(*phys.Negate)
		if !ok {
			break
		}
		c, negated = n.Cond, !negated
	}
	t, ok := c.(*phys.IsTrue)
	if !ok {
		return 0, false
	}
	e := t.Expr
	if n, ok := e.(*scalar.Not); ok {
		e, negated = n.Arg, !negated
	}
	col, ok := e.(*scalar.Column)
	if !ok || !negated {
		return 0, false
	}
	return col.ID, true
}

// ends reports whether instructions end the call.
func ends(ops []phys.Op) bool {
	if len(ops) == 0 {
		return false
	}
	switch ops[len(ops)-1].(type) {
	case *phys.Raise, *phys.Reraise, *phys.Return:
		return true
	}
	return false
}

// sets reports whether instructions, none of which leaves, set a flag to true last.
func sets(ops []phys.Op, flag scalar.ColumnID) bool {
	set := false
	for _, op := range ops {
		if s, ok := op.(*phys.Set); ok && s.Col == flag {
			c, isConst := s.Expr.(*scalar.Const)
			set = isConst && !c.Null && c.Text == "t"
		} else if !keeps([]phys.Op{op}, flag) {
			return false
		}
	}
	return set
}

// keeps reports whether instructions leave a flag alone, and nothing around them.
func keeps(ops []phys.Op, flag scalar.ColumnID) bool {
	ok := true
	phys.Walk(ops, func(op phys.Op) bool {
		switch op := op.(type) {
		case *phys.Break, *phys.Leave:
			ok = false
		case *phys.Set:
			ok = ok && op.Col != flag
		}
		return true
	})
	return ok
}

// knownFalse reports whether a flag is false behind instructions.
func knownFalse(ops []phys.Op, flag scalar.ColumnID) bool {
	for i := len(ops) - 1; i >= 0; i-- {
		if e := madeOf(ops[i], flag); e != nil {
			return isFalse(e)
		}
		assigned := false
		phys.Walk(ops[i:i+1], func(op phys.Op) bool {
			s, ok := op.(*phys.Set)
			assigned = assigned || ok && s.Col == flag
			return true
		})
		if assigned {
			return false
		}
	}
	return false
}
