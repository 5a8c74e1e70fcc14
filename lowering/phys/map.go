package phys

import "github.com/prequel-db/prequel/sqlparse/scalar"

// Rewrite replaces all scalar expressions of an instruction, also those that MapExprs leaves alone because they are evaluated for the rows
// that the instruction goes through.
func Rewrite(op Op, f func(scalar.Expr) scalar.Expr) {
	MapExprs(op, f)
	one := func(e *scalar.Expr) {
		if *e != nil {
			*e = f(*e)
		}
	}
	list := func(es []scalar.Expr) []scalar.Expr {
		out := make([]scalar.Expr, len(es)) // an expression may stand in other instructions too
		for i, e := range es {
			out[i] = f(e)
		}
		return out
	}
	agg := func(a Agg) Agg {
		a.Args = list(a.Args)
		a.OrderBy = append([]scalar.SortKey(nil), a.OrderBy...)
		for i := range a.OrderBy {
			one(&a.OrderBy[i].Expr)
		}
		one(&a.Filter)
		return a
	}
	aggs := func(in []Agg) []Agg {
		out := make([]Agg, len(in))
		for i := range in {
			out[i] = agg(in[i])
		}
		return out
	}
	switch op := op.(type) {
	case *ZRange:
		one(&op.Offset)
		one(&op.Limit)
	case *While:
		op.Cond = mapCond(op.Cond, f)
	case *RowOffset:
		one(&op.Offset)
	case *RowLimit:
		one(&op.Limit)
	case *ForSet:
		c := *op.Call
		c.Args = list(c.Args)
		op.Call = &c
	case *NewGroups:
		op.Aggs = aggs(op.Aggs)
	case *GroupRow:
		op.Keys, op.Aggs = list(op.Keys), aggs(op.Aggs)
	case *ForGroups:
		op.Aggs = aggs(op.Aggs)
	case *WindowRows:
		one(&op.Frame.StartOffset)
		one(&op.Frame.EndOffset)
		funcs := make([]WindowFunc, len(op.Funcs))
		for i, w := range op.Funcs {
			w.Args = list(w.Args)
			if w.Agg != nil {
				a := agg(*w.Agg)
				w.Agg = &a
			}
			funcs[i] = w
		}
		op.Funcs = funcs
	case *SetValue:
		one(&op.Value)
		one(&op.Called)
	case *RaiseSequence:
		one(&op.Value)
	}
}
