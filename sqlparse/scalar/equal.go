package scalar

// Equal reports whether two expressions are the same but for their positions in the text. Relations inside subqueries
// are the same only when they are identical.
func Equal(a, b Expr) bool {
	if a == nil || b == nil {
		return a == b
	}
	if a == b {
		return true
	}
	if !a.Type().Equal(b.Type()) {
		return false
	}
	switch x := a.(type) {
	case *Column:
		y, ok := b.(*Column)
		return ok && x.ID == y.ID
	case *Const:
		y, ok := b.(*Const)
		return ok && x.Null == y.Null && x.Text == y.Text
	case *Param:
		y, ok := b.(*Param)
		return ok && x.Number == y.Number
	case *Call:
		y, ok := b.(*Call)
		return ok && x.Fn.Proc == y.Fn.Proc && !x.Fn.Volatile && equalLists(x.Args, y.Args)
	case *And:
		y, ok := b.(*And)
		return ok && equalLists(x.Args, y.Args)
	case *Or:
		y, ok := b.(*Or)
		return ok && equalLists(x.Args, y.Args)
	case *Not:
		y, ok := b.(*Not)
		return ok && Equal(x.Arg, y.Arg)
	case *IsNull:
		y, ok := b.(*IsNull)
		return ok && x.Negated == y.Negated && Equal(x.Arg, y.Arg)
	case *IsBool:
		y, ok := b.(*IsBool)
		if !ok || x.Negated != y.Negated || (x.Value == nil) != (y.Value == nil) {
			return false
		}
		return (x.Value == nil || *x.Value == *y.Value) && Equal(x.Arg, y.Arg)
	case *IsDistinct:
		y, ok := b.(*IsDistinct)
		return ok && x.Negated == y.Negated && x.Eq.Proc == y.Eq.Proc && Equal(x.Left, y.Left) && Equal(x.Right, y.Right)
	case *Case:
		y, ok := b.(*Case)
		if !ok || len(x.Whens) != len(y.Whens) {
			return false
		}
		for i := range x.Whens {
			if !Equal(x.Whens[i].Cond, y.Whens[i].Cond) || !Equal(x.Whens[i].Then, y.Whens[i].Then) {
				return false
			}
		}
		return Equal(x.Else, y.Else)
	case *Coalesce:
		y, ok := b.(*Coalesce)
		return ok && equalLists(x.Args, y.Args)
	case *NullIf:
		y, ok := b.(*NullIf)
		return ok && x.Eq.Proc == y.Eq.Proc && Equal(x.Left, y.Left) && Equal(x.Right, y.Right)
	case *MinMax:
		y, ok := b.(*MinMax)
		return ok && x.Least == y.Least && equalLists(x.Args, y.Args)
	case *InList:
		y, ok := b.(*InList)
		return ok && x.All == y.All && x.Op.Proc == y.Op.Proc && Equal(x.Left, y.Left) && equalLists(x.List, y.List)
	case *AnyArray:
		y, ok := b.(*AnyArray)
		return ok && x.All == y.All && x.Op.Proc == y.Op.Proc && Equal(x.Left, y.Left) && Equal(x.Array, y.Array)
	case *Relabel:
		y, ok := b.(*Relabel)
		return ok && Equal(x.Arg, y.Arg)
	case *ViaText:
		y, ok := b.(*ViaText)
		return ok && Equal(x.Arg, y.Arg)
	case *Modify:
		y, ok := b.(*Modify)
		return ok && x.Explicit == y.Explicit && Equal(x.Arg, y.Arg)
	case *ArrayExpr:
		y, ok := b.(*ArrayExpr)
		return ok && equalLists(x.Elems, y.Elems)
	case *Subquery:
		y, ok := b.(*Subquery)
		if !ok || x.Kind != y.Kind || x.Query != y.Query || len(x.Op) != len(y.Op) {
			return false
		}
		for i := range x.Op {
			if x.Op[i].Proc != y.Op[i].Proc {
				return false
			}
		}
		return equalLists(x.Left, y.Left)
	case *Grouping:
		y, ok := b.(*Grouping)
		return ok && equalLists(x.Args, y.Args)
	case *Agg:
		y, ok := b.(*Agg)
		return ok && equalAggs(x, y)
	case *WindowCall:
		y, ok := b.(*WindowCall)
		if !ok || x.Name != y.Name || (x.Agg == nil) != (y.Agg == nil) || !equalLists(x.Args, y.Args) {
			return false
		}
		return (x.Agg == nil || equalAggs(x.Agg, y.Agg)) && EqualWindows(x.Window, y.Window)
	}
	panic("scalar: unknown expression")
}

func equalLists(a, b []Expr) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if !Equal(a[i], b[i]) {
			return false
		}
	}
	return true
}

func equalKeys(a, b []SortKey) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i].Desc != b[i].Desc || a[i].NullsFirst != b[i].NullsFirst || !Equal(a[i].Expr, b[i].Expr) {
			return false
		}
	}
	return true
}

func equalAggs(a, b *Agg) bool {
	return a.Name == b.Name && a.Proc == b.Proc && a.Distinct == b.Distinct && a.Within == b.Within &&
		equalLists(a.Args, b.Args) && equalKeys(a.OrderBy, b.OrderBy) && Equal(a.Filter, b.Filter)
}

// EqualWindows reports whether two window definitions are the same.
func EqualWindows(a, b *Window) bool {
	if a == nil || b == nil {
		return a == b
	}
	f, g := a.Frame, b.Frame
	return f.Mode == g.Mode && f.Start == g.Start && f.End == g.End && f.Exclude == g.Exclude &&
		Equal(f.StartOffset, g.StartOffset) && Equal(f.EndOffset, g.EndOffset) &&
		equalLists(a.PartitionBy, b.PartitionBy) && equalKeys(a.OrderBy, b.OrderBy)
}
