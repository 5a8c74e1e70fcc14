package norm

import (
	"strconv"

	"github.com/prequel-db/prequel/planner/algebra"
	"github.com/prequel-db/prequel/planner/props"
	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// windows has windows see only the rows that their results need.
func (e *Env) windows(r algebra.Rel, _ scalar.ColSet) algebra.Rel {
	return algebra.Rewrite(r, func(x algebra.Rel) algebra.Rel {
		switch x := x.(type) {
		case *algebra.Window:
			return e.constantPartition(x)
		case *algebra.TopK:
			return e.limitBelowWindows(x)
		case *algebra.Filter:
			if r := e.rankOfOne(x); r != x {
				return r
			}
			return e.limitByRank(x)
		}
		return x
	})
}

// constantPartition drops partition columns that have one value in all rows.
func (e *Env) constantPartition(x *algebra.Window) algebra.Rel {
	constant := e.of(x.In).Closure(scalar.ColSet{})
	var kept []algebra.ColumnID
	for _, id := range x.Partition {
		if !constant.Has(id) {
			kept = append(kept, id)
		}
	}
	if len(kept) == len(x.Partition) {
		return x
	}
	e.fire("constant-partition")
	c := *x
	c.Partition = kept
	return &c
}

// limitBelowWindows keeps the first rows of an order before windows in the same order are computed, where these look back
// only: what the rows behind the last one wanted are then makes no difference.
func (e *Env) limitBelowWindows(x *algebra.TopK) algebra.Rel {
	if x.Limit == nil || x.WithTies {
		return x
	}
	in := x.In
	p, _ := in.(*algebra.Project)
	if p != nil {
		in = p.In
	}
	var windows []*algebra.Window
	for w, ok := in.(*algebra.Window); ok; w, ok = in.(*algebra.Window) {
		windows = append(windows, w)
		in = w.In
	}
	if len(windows) == 0 || limited(in) || e.of(in).AtMostOne() || !totalItems(p) {
		return x
	}
	order, ok := orderBelow(x.Order, p, windows)
	if !ok {
		return x
	}
	for _, w := range windows {
		if isPrefix(order, w.Order) {
			order = w.Order
		}
	}
	for _, w := range windows {
		if !isPrefix(w.Order, order) || !e.looksBack(w, in) {
			return x
		}
	}
	e.fire("limit-below-window")
	var r algebra.Rel = &algebra.TopK{In: in, Order: order, Limit: rowsUpTo(x.Limit, x.Offset)}
	for i := len(windows) - 1; i >= 0; i-- {
		w := *windows[i]
		w.In = r
		r = &w
	}
	if p != nil {
		r = &algebra.Project{In: r, Items: p.Items}
	}
	c := *x
	c.In = r
	return &c
}

// limitByRank keeps the first rows only of those that a window numbers, where a condition on the number says how many: rank leaves
// those that tie with the last. The condition stays, so that more rows would do no harm.
func (e *Env) limitByRank(x *algebra.Filter) algebra.Rel {
	w, ok := x.In.(*algebra.Window)
	if !ok || len(w.Order) == 0 || limited(w.In) || e.of(w.In).AtMostOne() || !e.looksBack(w, w.In) {
		return x
	}
	for _, c := range scalar.Conjuncts(x.Cond) {
		f, most := numberUpTo(c, w)
		if f == nil || f.Name != "row_number" && f.Name != "rank" {
			continue
		}
		e.fire("limit-by-rank")
		in := *w
		in.In = &algebra.TopK{In: w.In, Order: w.Order, Limit: most, WithTies: f.Name == "rank"}
		return &algebra.Filter{In: &in, Cond: x.Cond}
	}
	return x
}

// numberUpTo takes apart a condition that bounds a window function's result by a constant or a parameter: the limit is not negative.
func numberUpTo(c scalar.Expr, w *algebra.Window) (*algebra.WindowFunc, scalar.Expr) {
	call, ok := c.(*scalar.Call)
	if !ok || len(call.Args) != 2 {
		return nil, nil
	}
	op := scalar.ComparisonOf(call.Fn)
	left, right := call.Args[0], call.Args[1]
	if bareColumn(left) == 0 {
		f, ok := scalar.Commutator(call.Fn)
		if !ok {
			return nil, nil
		}
		left, right, op = right, left, scalar.ComparisonOf(f)
	}
	_, f := windowOf(bareColumn(left), []*algebra.Window{w})
	if f == nil || op != scalar.LT && op != scalar.LE && op != scalar.EQ {
		return nil, nil
	}
	bigint := scalar.Node{Typ: value.Of(value.Int8)}
	switch k := right.(type) {
	case *scalar.Const:
		if n, err := strconv.ParseUint(k.Text, 10, 62); err == nil && !k.Null {
			return f, scalar.Bigint(strconv.FormatUint(n, 10))
		}
	case *scalar.Param:
		most := scalar.Expr(k)
		switch k.Type().Kind {
		case value.Int8:
		case value.Int4:
			most = &scalar.Call{Node: bigint, Fn: &scalar.Func{Name: "int8", Proc: "int48", Strict: true}, Args: []scalar.Expr{k}}
		default:
			return nil, nil
		}
		return f, extreme(false, most, scalar.Bigint("0"))
	}
	return nil, nil
}

// limited reports whether r is cut off already.
func limited(r algebra.Rel) bool {
	for {
		switch x := r.(type) {
		case *algebra.Project:
			r = x.In
		case *algebra.TopK:
			return x.Limit != nil
		default:
			return false
		}
	}
}

func totalItems(p *algebra.Project) bool {
	if p != nil {
		for _, it := range p.Items {
			if !props.Total(it.Expr) {
				return false
			}
		}
	}
	return true
}

// orderBelow is an order over the input of windows that an order over their output, behind a projection, follows from. A rank
// stands for the order of its window.
func orderBelow(order []algebra.Order, p *algebra.Project, windows []*algebra.Window) ([]algebra.Order, bool) {
	var out []algebra.Order
	for _, o := range order {
		if p != nil {
			for _, it := range p.Items {
				if it.ID == o.Col {
					if o.Col = bareColumn(it.Expr); o.Col == 0 {
						return nil, false
					}
					break
				}
			}
		}
		w, f := windowOf(o.Col, windows)
		switch {
		case w == nil:
			out = append(out, o)
		case f.Name == "rank" || f.Name == "dense_rank" || f.Name == "row_number":
			if o.Desc || len(w.Partition) > 0 || len(out) > 0 {
				return nil, false
			}
			out = append(out, w.Order...)
			if f.Name == "row_number" {
				return out, true // nothing is left to decide
			}
		default:
			return nil, false
		}
	}
	return out, true
}

func bareColumn(x scalar.Expr) algebra.ColumnID {
	if c, ok := x.(*scalar.Column); ok {
		return c.ID
	}
	return 0
}

// windowOf finds the function that gives a column.
func windowOf(id algebra.ColumnID, windows []*algebra.Window) (*algebra.Window, *algebra.WindowFunc) {
	for _, w := range windows {
		for i := range w.Funcs {
			if w.Funcs[i].ID == id {
				return w, &w.Funcs[i]
			}
		}
	}
	return nil, nil
}

func isPrefix(a, b []algebra.Order) bool {
	if len(a) > len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

// looksBack reports whether a window's results for a row depend on no row behind it in the window's order, and cannot fail.
func (e *Env) looksBack(w *algebra.Window, in algebra.Rel) bool {
	if len(w.Partition) > 0 {
		return false
	}
	var cols scalar.ColSet
	for _, o := range w.Order {
		cols.Add(o.Col)
	}
	rows := w.Frame.Mode == "rows" && w.Frame.StartOffset == nil && w.Frame.EndOffset == nil
	frame := rows && w.Frame.End <= scalar.CurrentRow ||
		w.Frame.Mode == "" && len(w.Order) > 0 && e.of(in).Unique(cols) // a row's peers belong to its frame
	for _, f := range w.Funcs {
		for _, a := range f.Args {
			if !props.Total(a) {
				return false
			}
		}
		switch {
		case f.Agg != nil:
			if !frame || !props.TotalAgg(*f.Agg) {
				return false
			}
		case f.Name == "row_number":
		case f.Name == "rank", f.Name == "dense_rank":
		case f.Name == "lag":
			if len(f.Args) > 1 {
				return false
			}
		case f.Name == "first_value":
			if !frame {
				return false
			}
		default:
			return false
		}
	}
	return true
}

// farOff stands for an offset or a limit beyond it, of which two can be added.
const farOff = "2305843009213693952" // 2^61

// rowsUpTo is how many rows a limit needs with those that an offset skips: NULL is no limit, or no offset. It fails as the limit does
// only where there is no offset, whose own error comes first.
func rowsUpTo(limit, offset scalar.Expr) scalar.Expr {
	if offset == nil {
		return limit
	}
	zero, far := scalar.Bigint("0"), scalar.Bigint(farOff)
	return plus(extreme(false, extreme(true, limit, far), zero), extreme(true, extreme(false, offset, zero), far))
}

// extreme is LEAST or GREATEST of bigints, which pass over NULL.
func extreme(least bool, args ...scalar.Expr) scalar.Expr {
	bigint := value.Of(value.Int8)
	return &scalar.MinMax{Node: scalar.Node{Typ: bigint}, Less: scalar.LessOf(bigint), Least: least, Args: args}
}

// plus adds bigints.
func plus(a, b scalar.Expr) scalar.Expr {
	return &scalar.Call{
		Node: scalar.Node{Typ: value.Of(value.Int8)}, Fn: &scalar.Func{Name: "+", Proc: "int8pl", Strict: true}, Args: []scalar.Expr{a, b},
	}
}
