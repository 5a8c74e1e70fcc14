package norm

import (
	"github.com/prequel-db/prequel/planner/algebra"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// pushSetOp moves a condition on the result into both inputs, under their names for the columns. For EXCEPT too: a row
// that the condition drops neither appears nor takes another away.
func (e *Env) pushSetOp(x *algebra.SetOp, conds []scalar.Expr) algebra.Rel {
	left, right := map[algebra.ColumnID]algebra.ColumnID{}, map[algebra.ColumnID]algebra.ColumnID{}
	for i, id := range x.Cols {
		left[id], right[id] = x.LeftCols[i], x.RightCols[i]
	}
	all := scalar.SetOf(x.Cols...)
	below, rest := split(conds, all, all)
	if len(below) > 0 {
		e.fire("push-into-set-operation")
	}
	var l, r []scalar.Expr
	for _, c := range below {
		l, r = append(l, scalar.Rename(c, left)), append(r, scalar.Rename(c, right))
	}
	c := *x
	c.Left, c.Right = e.pushInto(x.Left, l), e.pushInto(x.Right, r)
	if c.Left == x.Left && c.Right == x.Right {
		return filtered(x, rest)
	}
	return filtered(&c, rest)
}
