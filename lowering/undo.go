package lowering

import (
	"slices"

	"github.com/prequel-db/prequel/lowering/phys"
	"github.com/prequel-db/prequel/planner/props"
	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// needsUndo finds the first instruction by which a program can raise an error after it has written, nil when there is none: one that
// raises, or one with an expression that is not defined for all values.
func needsUndo(p *phys.Program) phys.Op {
	u := &undoFinder{}
	u.ops(p.Body)
	return u.found
}

type undoFinder struct {
	wrote bool
	found phys.Op
}

func (u *undoFinder) ops(ops []phys.Op) {
	for _, op := range ops {
		if u.found != nil {
			return
		}
		if u.wrote && raises(op) {
			u.found = op
		}
		if phys.Writes(op) {
			u.wrote = true
		}
		bodies := phys.Bodies(op)
		before, after := u.wrote, u.wrote
		for _, b := range bodies {
			u.wrote = before
			u.ops(b)
			after = after || u.wrote
		}
		u.wrote = after
		if after && !before && phys.Loops(op) { // what one round wrote stands before what the next one evaluates
			for _, b := range bodies {
				u.ops(b)
			}
		}
	}
}

// finalWrites lists the writes behind which nothing can raise an error, whatever way the program takes on. Commands do not fail there:
// Redis looks whether a script may write, and whether there is memory for it, before its first write only.
func finalWrites(ops []phys.Op) map[phys.Op]bool {
	out := map[phys.Op]bool{}
	var list func(ops []phys.Op, sure bool) bool
	list = func(ops []phys.Op, sure bool) bool { // sure: nothing behind them raises; so of what is before them in the end
		for _, op := range slices.Backward(ops) {
			if sure && phys.Writes(op) {
				out[op] = true
			}
			if _, caught := op.(*phys.Try); caught || phys.Loops(op) { // what one round writes stands before what the next one raises
				sure = sure && !canRaise(op)
			}
			inside := sure
			for _, b := range phys.Bodies(op) {
				inside = list(b, sure) && inside
			}
			sure = inside && !raises(op)
		}
		return sure
	}
	list(ops, true)
	return out
}

func raises(op phys.Op) bool {
	switch op := op.(type) {
	case *phys.Raise, *phys.Recur, *phys.NextValue, *phys.CurrentValue, *phys.SetValue:
		return true
	case *phys.ZRange:
		if !props.CountIsValid(op.Offset) || !props.CountIsValid(op.Limit) {
			return true
		}
	case *phys.RowOffset:
		return !props.CountIsValid(op.Offset)
	case *phys.RowLimit:
		return !props.CountIsValid(op.Limit)
	case *phys.GroupRow:
		for i := range op.Aggs {
			if a := &op.Aggs[i]; overflows(a) {
				return true
			}
		}
	}
	for _, e := range phys.Exprs(op) {
		if !defined(e) {
			return true
		}
	}
	return false
}

// overflows reports whether an aggregate can leave its type: sums of floats can, those of other types would need more rows than
// there can be.
func overflows(a *phys.Agg) bool {
	if a.Name != "sum" && a.Name != "avg" || len(a.Args) == 0 {
		return false
	}
	k := a.Args[0].Type().Kind
	return k == value.Float4 || k == value.Float8 || k == value.Interval
}

// small reports whether adding a term to an accumulator again and again would need more rows than there can be to leave its type.
func small(term scalar.Expr) bool {
	switch x := term.(type) {
	case *scalar.Const:
		return true
	case *scalar.Call:
		if x.Fn.Proc == "int28" || x.Fn.Proc == "int48" {
			return defined(x.Args[0])
		}
	}
	sum := &scalar.Func{Name: "+", Proc: "numeric_add", Strict: true}
	return term.Type().Kind == value.Numeric && props.Total(&scalar.Call{Fn: sum, Args: []scalar.Expr{term, term}})
}

// bare is a call of which only the constant arguments are known.
func bare(x *scalar.Call) *scalar.Call {
	b := *x
	b.Args = nil
	for i, a := range x.Args {
		b.Args = append(b.Args, a)
		if _, known := a.(*scalar.Const); !known {
			b.Args[i] = &scalar.Param{Node: scalar.Node{Typ: a.Type()}, Number: 1}
		}
	}
	return &b
}

// defined reports whether an expression has a value for all values of its columns.
func defined(e scalar.Expr) bool {
	ok := true
	scalar.Walk(e, func(x scalar.Expr) bool {
		switch x := x.(type) {
		case *scalar.Call:
			switch x.Fn.Proc {
			case "int8pl", "int8mi", "numeric_add", "numeric_sub", "numsum_add", "numsum_sub", "scalesum_add", "scalesum_sub":
				ok = ok && small(x.Args[1])
				return ok
			case "scalesum_value", "numsum_value":
				return true
			}
			ok = ok && (props.Total(x) || props.Total(bare(x)))
		case *scalar.ViaText:
			ok = ok && x.Typ.IsText()
		case *scalar.Modify, *scalar.InList, *scalar.AnyArray:
			ok = ok && props.Total(x)
		}
		return ok
	})
	return ok
}
