package scalar

// OpenRelation is a relation inside an expression whose outer references the walkers can see: the planner's operators.
// Relations that do not implement it (queries out of the parser) are opaque to Columns, Map and Substitute.
type OpenRelation interface {
	Relation
	// OuterColumns are the columns that the relation uses and does not produce.
	OuterColumns() ColSet
	// MapExprs replaces every expression e inside the relation by f(e), where f is applied to whole expressions.
	MapExprs(f func(Expr) Expr) Relation
	// HasParams reports whether a parameter occurs inside the relation.
	HasParams() bool
}

// Children lists e's direct subexpressions in the order in which they stand in SQL.
func Children(e Expr) []Expr {
	var out []Expr
	MapChildren(e, func(c Expr) Expr {
		out = append(out, c)
		return c
	})
	return out
}

// MapChildren replaces each direct subexpression c of e by f(c). The result is e itself when nothing changed, otherwise
// a copy. Expressions of a relation inside a Subquery are not children.
func MapChildren(e Expr, f func(Expr) Expr) Expr {
	switch x := e.(type) {
	case nil, *Column, *Const, *Param:
		return e
	case *Call:
		if args, ok := mapList(x.Args, f); ok {
			c := *x
			c.Args = args
			return &c
		}
	case *And:
		if args, ok := mapList(x.Args, f); ok {
			c := *x
			c.Args = args
			return &c
		}
	case *Or:
		if args, ok := mapList(x.Args, f); ok {
			c := *x
			c.Args = args
			return &c
		}
	case *Not:
		if a := f(x.Arg); a != x.Arg {
			c := *x
			c.Arg = a
			return &c
		}
	case *IsNull:
		if a := f(x.Arg); a != x.Arg {
			c := *x
			c.Arg = a
			return &c
		}
	case *IsBool:
		if a := f(x.Arg); a != x.Arg {
			c := *x
			c.Arg = a
			return &c
		}
	case *IsDistinct:
		if l, r := f(x.Left), f(x.Right); l != x.Left || r != x.Right {
			c := *x
			c.Left, c.Right = l, r
			return &c
		}
	case *Case:
		return mapCase(x, f)
	case *Coalesce:
		if args, ok := mapList(x.Args, f); ok {
			c := *x
			c.Args = args
			return &c
		}
	case *NullIf:
		if l, r := f(x.Left), f(x.Right); l != x.Left || r != x.Right {
			c := *x
			c.Left, c.Right = l, r
			return &c
		}
	case *MinMax:
		if args, ok := mapList(x.Args, f); ok {
			c := *x
			c.Args = args
			return &c
		}
	case *InList:
		l := f(x.Left)
		if list, ok := mapList(x.List, f); ok || l != x.Left {
			c := *x
			c.Left, c.List = l, list
			return &c
		}
	case *AnyArray:
		if l, a := f(x.Left), f(x.Array); l != x.Left || a != x.Array {
			c := *x
			c.Left, c.Array = l, a
			return &c
		}
	case *Relabel:
		if a := f(x.Arg); a != x.Arg {
			c := *x
			c.Arg = a
			return &c
		}
	case *ViaText:
		if a := f(x.Arg); a != x.Arg {
			c := *x
			c.Arg = a
			return &c
		}
	case *Modify:
		if a := f(x.Arg); a != x.Arg {
			c := *x
			c.Arg = a
			return &c
		}
	case *ArrayExpr:
		if elems, ok := mapList(x.Elems, f); ok {
			c := *x
			c.Elems = elems
			return &c
		}
	case *Subquery:
		if left, ok := mapList(x.Left, f); ok {
			c := *x
			c.Left = left
			return &c
		}
	case *Grouping:
		if args, ok := mapList(x.Args, f); ok {
			c := *x
			c.Args = args
			return &c
		}
	case *Agg:
		return mapAgg(x, f)
	case *WindowCall:
		return mapWindowCall(x, f)
	default:
		panic("scalar: unknown expression")
	}
	return e
}

func mapList(list []Expr, f func(Expr) Expr) ([]Expr, bool) {
	var out []Expr
	for i, e := range list {
		m := f(e)
		if m != e && out == nil {
			out = append(make([]Expr, 0, len(list)), list[:i]...)
		}
		if out != nil {
			out = append(out, m)
		}
	}
	if out == nil {
		return list, false
	}
	return out, true
}

func mapOptional(e Expr, f func(Expr) Expr) Expr {
	if e == nil {
		return nil
	}
	return f(e)
}

func mapCase(x *Case, f func(Expr) Expr) Expr {
	changed := false
	whens := make([]When, len(x.Whens))
	for i, w := range x.Whens {
		whens[i] = When{Cond: f(w.Cond), Then: f(w.Then)}
		changed = changed || whens[i] != w
	}
	els := mapOptional(x.Else, f)
	if !changed && els == x.Else {
		return x
	}
	c := *x
	c.Whens, c.Else = whens, els
	return &c
}

func mapKeys(keys []SortKey, f func(Expr) Expr) ([]SortKey, bool) {
	changed := false
	out := make([]SortKey, len(keys))
	for i, k := range keys {
		out[i] = k
		out[i].Expr = f(k.Expr)
		changed = changed || out[i].Expr != k.Expr
	}
	if !changed {
		return keys, false
	}
	return out, true
}

func mapAgg(x *Agg, f func(Expr) Expr) Expr {
	args, a := mapList(x.Args, f)
	keys, b := mapKeys(x.OrderBy, f)
	filter := mapOptional(x.Filter, f)
	if !a && !b && filter == x.Filter {
		return x
	}
	c := *x
	c.Args, c.OrderBy, c.Filter = args, keys, filter
	return &c
}

func mapWindowCall(x *WindowCall, f func(Expr) Expr) Expr {
	c := *x
	changed := false
	var ok bool
	c.Args, ok = mapList(x.Args, f)
	changed = changed || ok
	if x.Agg != nil {
		if a := mapAgg(x.Agg, f).(*Agg); a != x.Agg {
			c.Agg, changed = a, true
		}
	}
	if x.Window != nil {
		w := *x.Window
		var p, o bool
		w.PartitionBy, p = mapList(w.PartitionBy, f)
		w.OrderBy, o = mapKeys(w.OrderBy, f)
		w.Frame.StartOffset = mapOptional(w.Frame.StartOffset, f)
		w.Frame.EndOffset = mapOptional(w.Frame.EndOffset, f)
		if p || o || w.Frame != x.Window.Frame {
			c.Window, changed = &w, true
		}
	}
	if !changed {
		return x
	}
	return &c
}

// Walk visits e and its subexpressions, parents first. A false from visit skips the node's children.
func Walk(e Expr, visit func(Expr) bool) {
	if e == nil || !visit(e) {
		return
	}
	MapChildren(e, func(c Expr) Expr {
		Walk(c, visit)
		return c
	})
}

// Map rewrites e from the leaves up: children first, then f on the (possibly copied) node. Open relations inside
// subqueries are rewritten too.
func Map(e Expr, f func(Expr) Expr) Expr {
	if e == nil {
		return nil
	}
	m := MapChildren(e, func(c Expr) Expr { return Map(c, f) })
	if s, ok := m.(*Subquery); ok {
		if open, ok := s.Query.(OpenRelation); ok {
			if r := open.MapExprs(func(x Expr) Expr { return Map(x, f) }); r != s.Query {
				c := *s
				c.Query = r
				m = &c
			}
		}
	}
	return f(m)
}

// ColumnsIn is the set of columns that e refers to, the outer references of relations inside included.
func ColumnsIn(e Expr) ColSet {
	var s ColSet
	AddColumns(&s, e)
	return s
}

// AddColumns adds the columns that e refers to.
func AddColumns(s *ColSet, e Expr) {
	Walk(e, func(x Expr) bool {
		switch x := x.(type) {
		case *Column:
			s.Add(x.ID)
		case *Subquery:
			if open, ok := x.Query.(OpenRelation); ok {
				s.AddAll(open.OuterColumns())
			}
		}
		return true
	})
}

// HasParams reports whether e depends on a parameter, now() included.
func HasParams(e Expr) bool {
	return Any(e, func(x Expr) bool {
		switch x := x.(type) {
		case *Param:
			return true
		case *Subquery:
			open, ok := x.Query.(OpenRelation)
			return ok && open.HasParams()
		}
		return false
	})
}

// HasVolatile reports whether e calls a volatile function (relations inside subqueries are not looked into).
func HasVolatile(e Expr) bool {
	return Any(e, func(x Expr) bool {
		c, ok := x.(*Call)
		return ok && c.Fn.Volatile
	})
}

// HasSubquery reports whether e has a relation, or calls a declared function: whether evaluating it takes instructions.
func HasSubquery(e Expr) bool {
	return Any(e, func(x Expr) bool {
		switch x := x.(type) {
		case *Subquery:
			return true
		case *Call:
			return x.Fn.Routine != nil
		}
		return false
	})
}

// Any reports whether test holds for e or one of its subexpressions.
func Any(e Expr, test func(Expr) bool) bool {
	found := false
	Walk(e, func(x Expr) bool {
		if !found && test(x) {
			found = true
		}
		return !found
	})
	return found
}

// Substitute replaces references to the given columns by expressions.
func Substitute(e Expr, by map[ColumnID]Expr) Expr {
	if len(by) == 0 {
		return e
	}
	return Map(e, func(x Expr) Expr {
		if c, ok := x.(*Column); ok {
			if r, ok := by[c.ID]; ok {
				return r
			}
		}
		return x
	})
}

// Rename replaces column ids.
func Rename(e Expr, ids map[ColumnID]ColumnID) Expr {
	if len(ids) == 0 {
		return e
	}
	return Map(e, func(x Expr) Expr {
		if c, ok := x.(*Column); ok {
			if id, ok := ids[c.ID]; ok && id != c.ID {
				d := *c
				d.ID = id
				return &d
			}
		}
		return x
	})
}
