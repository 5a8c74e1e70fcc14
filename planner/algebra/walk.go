package algebra

import "github.com/prequel-db/prequel/sqlparse/scalar"

// Children lists r's inputs, left to right.
func Children(r Rel) []Rel {
	switch x := r.(type) {
	case *Scan, *Delta, *Values, *FuncScan, *WorkTable:
		return nil
	case *Filter:
		return []Rel{x.In}
	case *Project:
		return []Rel{x.In}
	case *Join:
		return []Rel{x.Left, x.Right}
	case *Apply:
		return []Rel{x.Left, x.Right}
	case *MaxOne:
		return []Rel{x.In}
	case *GroupBy:
		return []Rel{x.In}
	case *GroupingSets:
		return []Rel{x.In}
	case *Distinct:
		return []Rel{x.In}
	case *SetOp:
		return []Rel{x.Left, x.Right}
	case *TopK:
		return []Rel{x.In}
	case *Window:
		return []Rel{x.In}
	case *RecursiveUnion:
		return []Rel{x.Seed, x.Step}
	}
	panic("algebra: unknown operator")
}

// MapChildren replaces each input c of r by f(c); r itself is returned when nothing changed.
func MapChildren(r Rel, f func(Rel) Rel) Rel {
	switch x := r.(type) {
	case *Scan, *Delta, *Values, *FuncScan, *WorkTable:
		return r
	case *Filter:
		if in := f(x.In); in != x.In {
			return &Filter{In: in, Cond: x.Cond}
		}
	case *Project:
		if in := f(x.In); in != x.In {
			return &Project{In: in, Items: x.Items}
		}
	case *Join:
		if l, rt := f(x.Left), f(x.Right); l != x.Left || rt != x.Right {
			c := *x
			c.Left, c.Right = l, rt
			return &c
		}
	case *Apply:
		if l, rt := f(x.Left), f(x.Right); l != x.Left || rt != x.Right {
			c := *x
			c.Left, c.Right = l, rt
			return &c
		}
	case *MaxOne:
		if in := f(x.In); in != x.In {
			return &MaxOne{In: in}
		}
	case *GroupBy:
		if in := f(x.In); in != x.In {
			c := *x
			c.In = in
			return &c
		}
	case *GroupingSets:
		if in := f(x.In); in != x.In {
			c := *x
			c.In = in
			return &c
		}
	case *Distinct:
		if in := f(x.In); in != x.In {
			c := *x
			c.In = in
			return &c
		}
	case *SetOp:
		if l, rt := f(x.Left), f(x.Right); l != x.Left || rt != x.Right {
			c := *x
			c.Left, c.Right = l, rt
			return &c
		}
	case *TopK:
		if in := f(x.In); in != x.In {
			c := *x
			c.In = in
			return &c
		}
	case *Window:
		if in := f(x.In); in != x.In {
			c := *x
			c.In = in
			return &c
		}
	case *RecursiveUnion:
		if s, t := f(x.Seed), f(x.Step); s != x.Seed || t != x.Step {
			c := *x
			c.Seed, c.Step = s, t
			return &c
		}
	default:
		panic("algebra: unknown operator")
	}
	return r
}

// Walk visits r and the operators below it, parents first. A false from visit skips the node's inputs. Relations
// inside expressions are not visited.
func Walk(r Rel, visit func(Rel) bool) {
	if !visit(r) {
		return
	}
	for _, c := range Children(r) {
		Walk(c, visit)
	}
}

// Rewrite rebuilds r from the leaves up: inputs first, then f on the (possibly copied) node.
func Rewrite(r Rel, f func(Rel) Rel) Rel {
	return f(MapChildren(r, func(c Rel) Rel { return Rewrite(c, f) }))
}

// Count is the number of operators in r.
func Count(r Rel) int {
	n := 0
	Walk(r, func(Rel) bool { n++; return true })
	return n
}

// Exprs lists r's own expressions.
func Exprs(r Rel) []scalar.Expr {
	var out []scalar.Expr
	MapOwnExprs(r, func(e scalar.Expr) scalar.Expr {
		out = append(out, e)
		return e
	})
	return out
}

// MapExprs replaces every expression e in r and below by f(e).
func MapExprs(r Rel, f func(scalar.Expr) scalar.Expr) Rel {
	return Rewrite(r, func(x Rel) Rel { return MapOwnExprs(x, f) })
}

// MapOwnExprs replaces each of r's own expressions e by f(e); r itself is returned when nothing changed.
func MapOwnExprs(r Rel, f func(scalar.Expr) scalar.Expr) Rel {
	switch x := r.(type) {
	case *Scan, *Delta, *MaxOne, *Distinct, *SetOp, *RecursiveUnion, *WorkTable:
		return r
	case *Values:
		changed := false
		rows := make([][]scalar.Expr, len(x.Rows))
		for i, row := range x.Rows {
			rows[i] = row
			if m, ok := mapExprList(row, f); ok {
				rows[i], changed = m, true
			}
		}
		if changed {
			return &Values{Cols: x.Cols, Rows: rows}
		}
	case *Filter:
		if c := f(x.Cond); c != x.Cond {
			return &Filter{In: x.In, Cond: c}
		}
	case *Project:
		changed := false
		items := make([]Item, len(x.Items))
		for i, it := range x.Items {
			items[i] = Item{ID: it.ID, Expr: f(it.Expr)}
			changed = changed || items[i].Expr != it.Expr
		}
		if changed {
			return &Project{In: x.In, Items: items}
		}
	case *Join:
		if on := mapExpr(x.On, f); on != x.On {
			c := *x
			c.On = on
			return &c
		}
	case *Apply:
		if on := mapExpr(x.On, f); on != x.On {
			c := *x
			c.On = on
			return &c
		}
	case *GroupBy:
		if aggs, ok := mapAggs(x.Aggs, f); ok {
			c := *x
			c.Aggs = aggs
			return &c
		}
	case *GroupingSets:
		if aggs, ok := mapAggs(x.Aggs, f); ok {
			c := *x
			c.Aggs = aggs
			return &c
		}
	case *TopK:
		l, o := mapExpr(x.Limit, f), mapExpr(x.Offset, f)
		if l != x.Limit || o != x.Offset {
			c := *x
			c.Limit, c.Offset = l, o
			return &c
		}
	case *Window:
		return mapWindow(x, f)
	case *FuncScan:
		changed := false
		calls := append([]SetCall(nil), x.Calls...)
		for i, call := range calls {
			calls[i].Call = call.mapExpr(f)
			changed = changed || calls[i].Call != call.Call
		}
		if changed {
			return &FuncScan{Calls: calls, Ordinality: x.Ordinality, Value: x.Value}
		}
	default:
		panic("algebra: unknown operator")
	}
	return r
}

// mapExpr maps the call. A set-returning one is no value, so what maps values sees its arguments.
func (c SetCall) mapExpr(f func(scalar.Expr) scalar.Expr) scalar.Expr {
	if c.Set() {
		return scalar.MapChildren(c.Call, f)
	}
	return f(c.Call)
}

func mapExpr(e scalar.Expr, f func(scalar.Expr) scalar.Expr) scalar.Expr {
	if e == nil {
		return nil
	}
	return f(e)
}

func mapExprList(list []scalar.Expr, f func(scalar.Expr) scalar.Expr) ([]scalar.Expr, bool) {
	changed := false
	out := make([]scalar.Expr, len(list))
	for i, e := range list {
		out[i] = f(e)
		changed = changed || out[i] != e
	}
	if !changed {
		return list, false
	}
	return out, true
}

func mapAgg(a Agg, f func(scalar.Expr) scalar.Expr) (Agg, bool) {
	args, changed := mapExprList(a.Args, f)
	a.Args = args
	keys := make([]scalar.SortKey, len(a.OrderBy))
	keysChanged := false
	for i, k := range a.OrderBy {
		keys[i] = k
		keys[i].Expr = f(k.Expr)
		keysChanged = keysChanged || keys[i].Expr != k.Expr
	}
	if keysChanged {
		a.OrderBy, changed = keys, true
	}
	if flt := mapExpr(a.Filter, f); flt != a.Filter {
		a.Filter, changed = flt, true
	}
	return a, changed
}

func mapAggs(aggs []Agg, f func(scalar.Expr) scalar.Expr) ([]Agg, bool) {
	changed := false
	out := make([]Agg, len(aggs))
	for i, a := range aggs {
		m, ok := mapAgg(a, f)
		out[i], changed = m, changed || ok
	}
	if !changed {
		return aggs, false
	}
	return out, true
}

func mapWindow(x *Window, f func(scalar.Expr) scalar.Expr) Rel {
	changed := false
	c := *x
	c.Funcs = make([]WindowFunc, len(x.Funcs))
	for i, w := range x.Funcs {
		args, ok := mapExprList(w.Args, f)
		w.Args, changed = args, changed || ok
		if w.Agg != nil {
			if a, ok := mapAgg(*w.Agg, f); ok {
				w.Agg, changed = &a, true
			}
		}
		c.Funcs[i] = w
	}
	c.Frame.StartOffset = mapExpr(x.Frame.StartOffset, f)
	c.Frame.EndOffset = mapExpr(x.Frame.EndOffset, f)
	if !changed && c.Frame == x.Frame {
		return x
	}
	return &c
}
