package scalar

// Requires is the set of columns that cannot be NULL in a row for which the condition is true.
func Requires(cond Expr) ColSet {
	switch x := cond.(type) {
	case nil:
		return ColSet{}
	case *And:
		var s ColSet
		for _, a := range x.Args {
			s.AddAll(Requires(a))
		}
		return s
	case *Or:
		s := Requires(x.Args[0])
		for _, a := range x.Args[1:] {
			s = s.Intersect(Requires(a))
		}
		return s
	case *IsNull:
		if x.Negated {
			return strictIn(x.Arg)
		}
		return ColSet{}
	case *IsBool:
		switch {
		case x.Value == nil && x.Negated, x.Value != nil && !x.Negated && !*x.Value:
			return strictIn(x.Arg)
		case x.Value != nil && !x.Negated:
			return Requires(x.Arg)
		}
		return ColSet{}
	case *IsDistinct:
		// a IS NOT DISTINCT FROM b with b never NULL.
		if x.Negated {
			if c, ok := x.Right.(*Const); ok && !c.Null {
				return strictIn(x.Left)
			}
		}
		return ColSet{}
	case *Subquery:
		var s ColSet
		if x.Kind == AnySubquery {
			for i, l := range x.Left {
				if x.Op[i].Strict {
					s.AddAll(strictIn(l))
				}
			}
		}
		return s
	case *AnyArray:
		// Over an empty array ANY is false, not NULL, and ALL true whatever the left side is.
		if x.Op.Strict && !x.All {
			return strictIn(x.Left)
		}
		return ColSet{}
	}
	return strictIn(cond)
}

// strictIn is the set of columns that make an expression NULL when one of them is NULL.
func strictIn(e Expr) ColSet {
	var s ColSet
	switch x := e.(type) {
	case *Column:
		s.Add(x.ID)
	case *Call:
		if x.Fn.Strict {
			for _, a := range x.Args {
				s.AddAll(strictIn(a))
			}
		}
	case *Not:
		return strictIn(x.Arg)
	case *Relabel:
		return strictIn(x.Arg)
	case *ViaText:
		return strictIn(x.Arg)
	case *Modify:
		return strictIn(x.Arg)
	case *InList:
		if x.Op.Strict && len(x.List) > 0 {
			return strictIn(x.Left)
		}
	case *Coalesce:
		if len(x.Args) == 1 {
			return strictIn(x.Args[0])
		}
	}
	return s
}
