package phys

import (
	"errors"
	"fmt"

	"github.com/prequel-db/prequel/planner/algebra"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// Check verifies a program: registers and columns have a value where they are used and are used as what they are, Break stands last
// in a loop, structures are given as many values as they have columns, nothing is raised after a write, and the reply is
// of its kind. It returns all violations.
func Check(p *Program) error {
	c := &checker{p: p, cols: map[algebra.ColumnID]bool{}, regs: map[Reg]regKind{}, leaves: map[int]int{}, called: map[int]int{}}
	c.ops(p.Body, false)
	return errors.Join(c.errs...)
}

// regKind is what a register holds.
type regKind uint8

const (
	noReg regKind = iota
	anyString
	listReg
	limitReg
	offsetReg
	mapReg
	groupsReg
	rowReg
)

var regKindNames = [...]string{"nothing", "a string", "a list", "a limit", "an offset", "a map", "groups", "a row"}

type checker struct {
	p       *Program
	cols    map[algebra.ColumnID]bool
	regs    map[Reg]regKind
	errs    []error
	written bool        // a write may have happened that is not taken back
	leaves  map[int]int // loops around the instruction, by id
	called  map[int]int // functions around it, by id
}

func (c *checker) failf(op Op, format string, args ...any) {
	c.errs = append(c.errs, fmt.Errorf("%s: %T: %s", c.p.Name, op, fmt.Sprintf(format, args...)))
}

// ops checks a list in the current scope.
func (c *checker) ops(ops []Op, loop bool) {
	for i, op := range ops {
		if _, ok := op.(*Break); ok && (!loop || i != len(ops)-1) {
			c.failf(op, "stands outside of a loop, or not last in its block")
		}
		c.op(op, loop)
	}
}

// inner checks a list in a scope of its own.
func (c *checker) inner(ops []Op, loop bool, bind func()) {
	cols, regs := c.cols, c.regs
	c.cols, c.regs = map[algebra.ColumnID]bool{}, map[Reg]regKind{}
	for k, v := range cols {
		c.cols[k] = v
	}
	for k, v := range regs {
		c.regs[k] = v
	}
	if bind != nil {
		bind()
	}
	c.ops(ops, loop)
	c.cols, c.regs = cols, regs
}

// body checks what a loop repeats: what one round wrote stands before what the next one raises.
func (c *checker) body(op Op, ops []Op, bind func()) {
	before := c.written
	c.inner(ops, true, bind)
	if before || !c.written {
		return
	}
	Walk(ops, func(inner Op) bool {
		if r, ok := inner.(*Raise); ok {
			c.failf(op, "%s is raised in a loop that writes", r.SQLState)
		}
		return true
	})
}

func (c *checker) bind(ids ...algebra.ColumnID) {
	for _, id := range ids {
		if id != 0 {
			c.cols[id] = true
		}
	}
}

// use checks that a register holds what an instruction needs.
func (c *checker) use(op Op, kind regKind, regs ...Reg) {
	for _, r := range regs {
		switch have := c.regs[r]; {
		case have == noReg:
			c.failf(op, "register #%d %s is used before it has a value", r, c.p.RegNames[r])
		case have != kind:
			c.failf(op, "register #%d %s holds %s, not %s", r, c.p.RegNames[r], regKindNames[have], regKindNames[kind])
		}
	}
}

func (c *checker) exprs(op Op, es []scalar.Expr) {
	for _, e := range es {
		scalar.Walk(e, func(x scalar.Expr) bool {
			switch x := x.(type) {
			case *scalar.Column:
				if !c.cols[x.ID] {
					c.failf(op, "column %s is used before it has a value", scalar.FormatColumn(x.ID, c.p.Columns))
				}
			case *scalar.Param:
				if x.Number < 0 || x.Number > len(c.p.Params) {
					c.failf(op, "parameter $%d of %d", x.Number, len(c.p.Params))
				}
			case *scalar.Subquery, *scalar.Agg, *scalar.WindowCall, *scalar.Grouping:
				c.failf(op, "%T inside an expression", x)
			}
			return true
		})
	}
}

func (c *checker) op(op Op, loop bool) {
	switch op.(type) {
	case *WindowRows: // its expressions see the rows' columns
	default:
		c.exprs(op, Exprs(op))
	}
	if Writes(op) && (!c.p.Undo || c.p.Final[op]) {
		c.written = true
	}
	switch op := op.(type) {
	case *Block:
		c.inner(op.Body, loop, nil)
	case *Let:
		c.bind(op.Col)
	case *Declare:
		c.bind(op.Cols...)
	case *Set:
		if !c.cols[op.Col] {
			c.failf(op, "column %s is not declared", scalar.FormatColumn(op.Col, c.p.Columns))
		}
	case *DeclareReg:
		c.regs[op.Reg] = anyString
	case *SameReg:
		c.use(op, anyString, op.Src)
		c.regs[op.Dst] = anyString
	case *SetReg:
		c.use(op, anyString, op.Dst, op.Src)
	case *If:
		c.cond(op, op.Cond)
		before := c.written
		c.inner(op.Then, loop, nil)
		then := c.written
		c.written = before
		c.inner(op.Else, loop, nil)
		c.written = c.written || then
	case *Once:
		if !c.cols[op.Done] {
			c.failf(op, "column %s is not declared", scalar.FormatColumn(op.Done, c.p.Columns))
		}
		c.inner(op.Body, false, nil)
	case *Raise:
		if c.written {
			c.failf(op, "%s is raised after a write", op.SQLState)
		}
	case *EmitRow:
		if c.p.Reply.Kind != Flat || len(op.Exprs) != len(c.p.Reply.Outputs) {
			c.failf(op, "%d values in a reply of %d columns", len(op.Exprs), len(c.p.Reply.Outputs))
		}
	case *EmitPacked:
		c.use(op, anyString, op.Src)
		c.packed(op)
	case *EmitList:
		c.use(op, listReg, op.List)
		c.packed(op)
	default:
		if !c.codecOp(op) && !c.commandOp(op) && !c.controlOp(op, loop) && !c.recursionOp(op) {
			c.listOp(op, loop)
		}
	}
}

func (c *checker) packed(op Op) {
	if c.p.Reply.Kind != Packed || c.p.Reply.Source == nil {
		c.failf(op, "in a program whose reply is not packed")
	}
}

func (c *checker) cond(op Op, cond Cond) {
	switch cond := cond.(type) {
	case *Present:
		c.use(op, anyString, cond.Reg)
	case *Negate:
		c.cond(op, cond.Cond)
	case *ListEmpty:
		c.use(op, listReg, cond.List)
	case *SameBytes:
		c.use(op, anyString, cond.A, cond.B)
	case *Full:
		c.use(op, listReg, cond.List)
		c.use(op, limitReg, cond.Limit)
	case *InSet:
		c.use(op, mapReg, cond.Set)
	}
}

// count checks the number of values given to a structure.
func (c *checker) count(op Op, s *Structure, have, want int, exact bool) {
	if have > want || exact && have != want {
		c.failf(op, "%d values for %d columns of %s", have, want, s.Name)
	}
}

func (c *checker) codecOp(op Op) bool {
	switch op := op.(type) {
	case *MakeKey:
		want := len(op.Of.Partition)
		if op.Of.Kind == RowMap && op.Of.Bucket > 0 {
			want = 1
		}
		c.count(op, op.Of, len(op.Parts), want, true)
		c.regs[op.Dst] = anyString
	case *MakeField:
		c.count(op, op.Of, len(op.Exprs), len(op.Of.Field), true)
		c.regs[op.Dst] = anyString
	case *MakeSortKey:
		c.count(op, op.Of, len(op.Exprs), len(op.Of.Order), false)
		c.regs[op.Dst] = anyString
	case *Pack:
		if op.Key != 0 {
			c.use(op, anyString, op.Key)
		}
		c.count(op, op.Of, len(op.Exprs), len(op.Of.Payload), true)
		c.regs[op.Dst] = anyString
	case *Unpack:
		c.use(op, anyString, op.Src)
		for _, b := range op.Binds {
			n := len(op.Of.Payload)
			switch {
			case b.InKey && op.Of.Kind == CountMap:
				c.use(op, anyString, op.Name)
				n = len(op.Of.Field)
			case b.InKey:
				n = len(op.Of.Order)
			}
			if b.Pos < 0 || b.Pos >= n {
				c.failf(op, "position %d of %d in %s", b.Pos, n, op.Of.Name)
			}
			c.bind(b.Col)
		}
	default:
		return false
	}
	return true
}

func (c *checker) commandOp(op Op) bool {
	switch op := op.(type) {
	case *HGet:
		c.use(op, anyString, op.Key, op.Field)
		c.regs[op.Dst] = anyString
	case *HMGet:
		c.use(op, anyString, op.Key)
		c.use(op, listReg, op.Fields)
		c.regs[op.Dst] = listReg
	case *HVals:
		c.use(op, anyString, op.Key)
		c.regs[op.Dst] = listReg
	case *HGetAll:
		c.use(op, anyString, op.Key)
		c.regs[op.Dst] = listReg
	case *HIncrBy:
		c.use(op, anyString, op.Key, op.Field)
		c.bind(op.Dst)
	case *HExists:
		c.use(op, anyString, op.Key, op.Field)
		c.bind(op.Dst)
	case *HLen:
		c.use(op, anyString, op.Key)
		c.bind(op.Dst)
	case *ZRange:
		c.use(op, anyString, op.Key)
		c.edges(op, op.From, op.To)
		c.regs[op.Dst] = listReg
	case *ZCount:
		c.use(op, anyString, op.Key)
		c.edges(op, op.From, op.To)
		c.bind(op.Dst)
	case *HSet:
		c.use(op, anyString, op.Key, op.Field, op.Value)
	case *HDel:
		c.use(op, anyString, op.Key, op.Field)
	case *HSetNX:
		c.use(op, anyString, op.Key, op.Field, op.Value)
	case *ZAdd:
		c.use(op, anyString, op.Key, op.Member)
	case *ZRem:
		c.use(op, anyString, op.Key, op.Member)
	case *Incr:
		c.use(op, anyString, op.Key)
		c.bind(op.Dst)
	case *NextValue:
		c.use(op, anyString, op.Key)
		c.bind(op.Dst)
	case *CurrentValue:
		c.bind(op.Dst)
	case *SetValue:
		c.use(op, anyString, op.Key)
		c.bind(op.Dst)
	case *RestartSequence:
		c.use(op, anyString, op.Key)
	case *RaiseSequence:
		c.use(op, anyString, op.Key)
	default:
		return false
	}
	return true
}

func (c *checker) edges(op Op, edges ...Edge) {
	for _, e := range edges {
		if e.Key != 0 {
			c.use(op, anyString, e.Key)
		}
	}
}

func (c *checker) listOp(op Op, loop bool) {
	switch op := op.(type) {
	case *NewList:
		c.regs[op.Dst] = listReg
	case *AppendReg:
		c.use(op, listReg, op.List)
		c.use(op, anyString, op.Src)
	case *AppendRow:
		c.use(op, listReg, op.List)
	case *ForEach:
		c.use(op, listReg, op.List)
		c.body(op, op.Body, func() { c.regs[op.Item] = anyString })
	case *ForMembers:
		c.use(op, anyString, op.Key)
		c.edges(op, op.From, op.To)
		c.body(op, op.Body, func() { c.regs[op.Item] = anyString })
	case *ForPairs:
		c.use(op, listReg, op.List)
		c.body(op, op.Body, func() { c.regs[op.First], c.regs[op.Second] = anyString, anyString })
	case *ForArray:
		c.leaves[op.ID]++
		c.body(op, op.Body, func() { c.bind(op.Col) })
		c.leaves[op.ID]--
	case *ForRows:
		c.use(op, listReg, op.List)
		c.leaves[op.ID]++
		c.body(op, op.Body, func() { c.bind(op.Cols...) })
		c.leaves[op.ID]--
	case *SortRows:
		c.use(op, listReg, op.List)
	case *RowOffset:
		c.regs[op.Dst] = offsetReg
	case *RowLimit:
		if op.Skip != 0 {
			c.use(op, offsetReg, op.Skip)
		}
		c.regs[op.Dst] = limitReg
	case *KeepRows:
		c.use(op, listReg, op.List)
		c.use(op, limitReg, op.Limit)
	case *SkipRows:
		c.use(op, listReg, op.List)
		c.use(op, offsetReg, op.Skip)
	case *MoveList:
		c.use(op, listReg, op.Dst, op.Src)
	case *While:
		c.cond(op, op.Cond)
		c.body(op, op.Body, nil)
	case *ForSet:
		c.body(op, op.Body, func() { c.bind(op.Cols...); c.bind(op.Ordinality) })
	case *ForLists:
		c.use(op, listReg, op.Lists...)
		if len(op.Lists) != len(op.Cols) {
			c.failf(op, "%d lists and the columns of %d", len(op.Lists), len(op.Cols))
		}
		c.body(op, op.Body, func() {
			for _, cols := range op.Cols {
				c.bind(cols...)
			}
			c.bind(op.Ordinality)
		})
	case *Spend:
		if c.p.Budget <= 0 {
			c.failf(op, "in a program without a budget")
		}
	case *WindowRows:
		c.use(op, listReg, op.List)
		c.inner(nil, false, func() {
			c.bind(op.Cols...)
			c.exprs(op, Exprs(op))
		})
	case *NewMap:
		c.regs[op.Dst] = mapReg
	case *MapAppend:
		c.use(op, mapReg, op.Map)
	case *ForMatches:
		c.use(op, mapReg, op.Map)
		c.body(op, op.Body, func() { c.bindRow(op.Row, op.Cols) })
	case *ForMapRows:
		c.use(op, mapReg, op.Map)
		c.body(op, op.Body, func() { c.bindRow(op.Row, op.Cols) })
	case *MarkRow:
		c.use(op, rowReg, op.Row)
	case *IfNew:
		c.use(op, mapReg, op.Set)
		c.inner(op.Body, loop, nil)
	case *Tally:
		c.use(op, mapReg, op.Counts)
		c.inner(op.Body, loop, nil)
	case *NewGroups:
		c.regs[op.Dst] = groupsReg
	case *GroupRow:
		c.use(op, groupsReg, op.Groups)
	case *ForGroups:
		c.use(op, groupsReg, op.Groups)
		c.body(op, op.Body, func() { c.bind(op.Keys...); c.bind(op.Cols...) })
	case *Drain:
		c.use(op, listReg, op.Events)
		for i := range op.Kinds {
			c.body(op, op.Kinds[i].Body, func() { c.bind(op.Kinds[i].Cols...) })
		}
	case *Comment, *Break, *AddCount:
	default:
		c.failf(op, "is not known")
	}
}

func (c *checker) bindRow(row Reg, cols []algebra.ColumnID) {
	if row != 0 {
		c.regs[row] = rowReg
	}
	c.bind(cols...)
}
