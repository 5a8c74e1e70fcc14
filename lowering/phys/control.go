package phys

import (
	"github.com/prequel-db/prequel/lowering/cost"
	"github.com/prequel-db/prequel/planner/algebra"
	"github.com/prequel-db/prequel/sqlparse/bound"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// Loop repeats Body until a Leave ends it. With Once it is a block that Leave can leave.
type Loop struct {
	ID   int // unique in the program, from 1
	Once bool
	Body []Op
	Rows cost.Poly // rounds
}

// Leave goes on behind the Loop, ForRows or ForArray with that id around it. It stands last in its block.
type Leave struct{ ID int }

// Return ends the call with one row, or with Collected with the rows emitted so far. It stands last in its block.
type Return struct {
	Exprs     []scalar.Expr
	Collected bool
}

// Try runs Body. An error with an SQLSTATE that a handler is for takes back what Body wrote, binds State and Message (text
// columns, 0 for none) and runs the handler; any other goes on.
type Try struct {
	Body           []Op
	State, Message algebra.ColumnID
	Fields         [len(bound.ErrorFields)]algebra.ColumnID // of the error, in the order of bound.ErrorFields
	Handlers       []Handler
}

// Handler is a part of Try. A state that ends in 000 is for its whole class, Others for all.
type Handler struct {
	States []string
	Others bool
	Body   []Op
}

// Caught are the columns that describe the error; 0 stands for one that nothing reads.
func (t *Try) Caught() []algebra.ColumnID {
	return append([]algebra.ColumnID{t.State, t.Message}, t.Fields[:]...)
}

// Reraise raises the error that the handler around it is for.
type Reraise struct{}

func (*Loop) isOp()    {}
func (*Leave) isOp()   {}
func (*Return) isOp()  {}
func (*Try) isOp()     {}
func (*Reraise) isOp() {}

// controlBodies lists the instruction lists inside an instruction of this file.
func controlBodies(op Op) [][]Op {
	switch op := op.(type) {
	case *Loop:
		return [][]Op{op.Body}
	case *Try:
		out := [][]Op{op.Body}
		for _, h := range op.Handlers {
			out = append(out, h.Body)
		}
		return out
	case *Recursion:
		return [][]Op{op.Body}
	}
	return nil
}

// setControlBodies replaces the instruction lists inside an instruction of this file.
func setControlBodies(op Op, bodies [][]Op) {
	switch op := op.(type) {
	case *Loop:
		op.Body = bodies[0]
	case *Try:
		op.Body = bodies[0]
		for i := range op.Handlers {
			op.Handlers[i].Body = bodies[i+1]
		}
	case *Recursion:
		op.Body = bodies[0]
	}
}

func (f *formatter) controlOp(op Op, depth int) bool {
	switch op := op.(type) {
	case *Loop:
		kind := "loop"
		if op.Once {
			kind = "block"
		}
		f.line(depth, "%s %d%s", kind, op.ID, rows(op.Rows))
		f.ops(op.Body, depth+1)
	case *Leave:
		f.line(depth, "leave %d", op.ID)
	case *Return:
		if op.Collected {
			f.line(depth, "return the rows")
		} else {
			f.line(depth, "return %s", f.exprs(op.Exprs))
		}
	case *Try:
		f.line(depth, "try")
		f.ops(op.Body, depth+1)
		for _, h := range op.Handlers {
			states := "others"
			if !h.Others {
				states = ""
				for i, s := range h.States {
					if i > 0 {
						states += ", "
					}
					states += s
				}
			}
			fields := ""
			for i, id := range op.Fields {
				if id != 0 {
					fields += ", " + bound.ErrorFields[i] + " " + f.col(id)
				}
			}
			f.line(depth, "catch %s as %s, %s%s", states, f.col(op.State), f.col(op.Message), fields)
			f.ops(h.Body, depth+1)
		}
	case *Reraise:
		f.line(depth, "raise again")
	default:
		return false
	}
	return true
}

// controlOp checks the instructions of this file.
func (c *checker) controlOp(op Op, loop bool) bool {
	switch op := op.(type) {
	case *Loop:
		c.leaves[op.ID]++
		if op.Once {
			c.inner(op.Body, true, nil)
		} else {
			c.body(op, op.Body, nil)
		}
		c.leaves[op.ID]--
	case *Leave:
		if c.leaves[op.ID] == 0 {
			c.failf(op, "there is no loop %d around it", op.ID)
		}
	case *Return:
		if !op.Collected && len(op.Exprs) != len(c.p.Reply.Outputs) {
			c.failf(op, "%d values in a reply of %d columns", len(op.Exprs), len(c.p.Reply.Outputs))
		}
	case *Try:
		before := c.written
		c.inner(op.Body, loop, nil)
		after := c.written
		for _, h := range op.Handlers {
			c.written = before
			c.inner(h.Body, loop, func() { c.bind(op.Caught()...) })
			after = after || c.written
		}
		c.written = after
	case *Reraise:
	default:
		return false
	}
	return true
}
