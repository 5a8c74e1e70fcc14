package lua

import "strconv"

// onlyGuard is the condition of an if without other branches, nil for other statements.
func onlyGuard(st Stat) *Clause {
	if i, ok := st.(*If); ok && len(i.Clauses) == 1 && i.Else == nil {
		return &i.Clauses[0]
	}
	return nil
}

// neverPasses reports whether what stands behind a block does not run.
func neverPasses(b Block) bool {
	if len(b) == 0 {
		return false
	}
	if last, ok := b[len(b)-1].(*Do); ok {
		call, ok := last.Call.(*Call)
		return ok && call.F == Expr(Helper("raise"))
	}
	return Leaves(b)
}

// firstImpure is the call of a statement's own expressions that is evaluated first of those that have effects or may fail.
func firstImpure(st Stat) Expr {
	var first Expr
	eachDirect(st, func(slot *Expr) { // what is outside comes before what is inside of it, which is evaluated earlier
		if call, ok := (*slot).(*Call); ok && !call.Pure && (first == nil || contains(first, call)) {
			first = call
		}
	})
	return first
}

func contains(x Expr, part *Call) bool {
	found := false
	eachExpr(&x, func(slot *Expr) { found = found || *slot == Expr(part) })
	return found
}

// compared decides the comparison of two numbers.
func compared(c *Bin) (holds Bool, ok bool) {
	l, isNumber := c.L.(Num)
	r, too := c.R.(Num)
	if !isNumber || !too {
		return false, false
	}
	a, err := strconv.ParseFloat(l.Text, 64)
	b, err2 := strconv.ParseFloat(r.Text, 64)
	if err != nil || err2 != nil {
		return false, false
	}
	switch c.Op {
	case "<":
		return a < b, true
	case "<=":
		return a <= b, true
	case ">":
		return a > b, true
	case ">=":
		return a >= b, true
	}
	return false, false
}
