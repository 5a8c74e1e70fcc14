package phys

import (
	"github.com/prequel-db/prequel/lowering/cost"
	"github.com/prequel-db/prequel/planner/algebra"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// Recursion calls a function whose Body calls itself, by Recur: each call has columns of its own. Body ends with a GiveBack. A call more than
// Depth calls deep raises 54001.
//
// Body may run any number of times, as that of a loop, and around each Recur inside of it.
type Recursion struct {
	ID   int // unique in the program, from 1
	Name string
	In   []algebra.ColumnID // of Body, the arguments
	Call Recur              // the outermost call
	Body []Op
	// Depth is the number of calls that may stand inside of each other.
	Depth int
	Rows  cost.Poly // calls
}

// Recur calls the function of the Recursion with that id around it: Out are the values, or List the rows, that it gives back.
type Recur struct {
	ID   int
	Args []scalar.Expr
	Out  []algebra.ColumnID
	List Reg // 0 for a function that returns values
}

// GiveBack ends the Body of a Recursion with its values, or with the rows of a list.
type GiveBack struct {
	Exprs []scalar.Expr
	List  Reg
}

func (*Recursion) isOp() {}
func (*Recur) isOp()     {}
func (*GiveBack) isOp()  {}

func (f *formatter) recursionOp(op Op, depth int) bool {
	switch op := op.(type) {
	case *Recursion:
		f.line(depth, "function %s %d of %s%s", op.Name, op.ID, f.cols(op.In), rows(op.Rows))
		f.ops(op.Body, depth+1)
		f.call(&op.Call, depth)
	case *Recur:
		f.call(op, depth)
	case *GiveBack:
		if op.List != 0 {
			f.line(depth, "give back the rows of %s", f.reg(op.List))
		} else {
			f.line(depth, "give back %s", f.exprs(op.Exprs))
		}
	default:
		return false
	}
	return true
}

func (f *formatter) call(op *Recur, depth int) {
	if op.List != 0 {
		f.line(depth, "%s = call %d %s", f.reg(op.List), op.ID, f.exprs(op.Args))
		return
	}
	f.line(depth, "let %s = call %d %s", f.cols(op.Out), op.ID, f.exprs(op.Args))
}

// recursionOp checks the instructions of this file.
func (c *checker) recursionOp(op Op) bool {
	switch op := op.(type) {
	case *Recursion:
		c.called[op.ID]++
		before := c.written
		c.inner(op.Body, false, func() { c.bind(op.In...) })
		c.called[op.ID]--
		if !before && c.written && !c.p.Undo {
			c.failf(op, "a function that calls itself writes")
		}
		c.gives(&op.Call)
	case *Recur:
		if c.called[op.ID] == 0 {
			c.failf(op, "there is no function %d around it", op.ID)
		}
		c.gives(op)
	case *GiveBack:
		if op.List != 0 {
			c.use(op, listReg, op.List)
		}
	default:
		return false
	}
	return true
}

// gives binds what a call gives back.
func (c *checker) gives(op *Recur) {
	c.bind(op.Out...)
	if op.List != 0 {
		c.regs[op.List] = listReg
	}
}
