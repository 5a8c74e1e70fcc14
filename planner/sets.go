package planner

import (
	"github.com/prequel-db/prequel/planner/algebra"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// expandSets replaces the set-returning functions in expressions over rel by columns, and gives rel a row for each of theirs. Those of
// one depth run side by side, one that has ended giving NULL while the others go on; those whose arguments hold others run for each
// row of these (PostgreSQL's ProjectSet).
func (t *translator) expandSets(rel algebra.Rel, exprs []scalar.Expr) (algebra.Rel, []scalar.Expr) {
	for {
		var calls []*scalar.Call
		for _, e := range exprs {
			innerSets(e, &calls)
		}
		if len(calls) == 0 {
			return rel, exprs
		}
		f := &algebra.FuncScan{}
		for _, c := range calls {
			call := *c
			call.Args = make([]scalar.Expr, len(c.Args))
			for i, a := range c.Args {
				rel, call.Args[i] = t.lift(rel, a)
			}
			f.Calls = append(f.Calls, algebra.SetCall{Call: &call, Cols: []algebra.ColumnID{t.cols.New(c.Fn.Name, c.Typ, true)}})
		}
		rel = combine(algebra.Inner, rel, f, nil)
		out := make([]scalar.Expr, len(exprs))
		for i, e := range exprs {
			out[i] = e
			if e != nil {
				out[i] = scalar.Map(e, func(x scalar.Expr) scalar.Expr {
					for n, c := range calls {
						if scalar.Equal(x, c) {
							return t.cols.Ref(f.Calls[n].Cols[0])
						}
					}
					return x
				})
			}
		}
		exprs = out
	}
}

// innerSets collects the calls of set-returning functions that have none in their arguments, equal ones once.
func innerSets(e scalar.Expr, calls *[]*scalar.Call) {
	if e == nil {
		return
	}
	scalar.Walk(e, func(x scalar.Expr) bool {
		c, ok := x.(*scalar.Call)
		if !ok || !c.Fn.Set {
			return true
		}
		for _, a := range c.Args {
			if hasSet(a) {
				return true
			}
		}
		for _, have := range *calls {
			if scalar.Equal(have, c) {
				return false
			}
		}
		*calls = append(*calls, c)
		return false
	})
}

func hasSet(e scalar.Expr) bool {
	return scalar.Any(e, func(x scalar.Expr) bool {
		c, ok := x.(*scalar.Call)
		return ok && c.Fn.Set
	})
}
