package algebra

import "github.com/prequel-db/prequel/sqlparse/scalar"

// OutputCols lists the columns that r produces, in order.
func OutputCols(r Rel) []ColumnID {
	switch x := r.(type) {
	case *Scan:
		return scanOutput(x.Cols, x.RowID)
	case *Delta:
		return scanOutput(x.Cols, x.RowID)
	case *Values:
		return x.Cols
	case *Filter:
		return OutputCols(x.In)
	case *Project:
		ids := make([]ColumnID, len(x.Items))
		for i, it := range x.Items {
			ids[i] = it.ID
		}
		return ids
	case *Join:
		return joinOutput(x.Kind, x.Left, x.Right)
	case *Apply:
		return joinOutput(x.Kind, x.Left, x.Right)
	case *MaxOne:
		return OutputCols(x.In)
	case *GroupBy:
		ids := make([]ColumnID, 0, len(x.Keys)+len(x.Aggs))
		ids = append(ids, x.Keys...)
		for _, a := range x.Aggs {
			ids = append(ids, a.ID)
		}
		return ids
	case *GroupingSets:
		ids := append([]ColumnID(nil), x.Out...)
		for _, a := range x.Aggs {
			ids = append(ids, a.ID)
		}
		if x.GroupingID != 0 {
			ids = append(ids, x.GroupingID)
		}
		return ids
	case *Distinct:
		return OutputCols(x.In)
	case *SetOp:
		return x.Cols
	case *TopK:
		return OutputCols(x.In)
	case *Window:
		in := OutputCols(x.In)
		ids := append(make([]ColumnID, 0, len(in)+len(x.Funcs)), in...)
		for _, f := range x.Funcs {
			ids = append(ids, f.ID)
		}
		return ids
	case *FuncScan:
		var ids []ColumnID
		for _, c := range x.Calls {
			ids = append(ids, c.Cols...)
		}
		if x.Ordinality != 0 {
			ids = append(ids, x.Ordinality)
		}
		return ids
	case *RecursiveUnion:
		return x.Cols
	case *WorkTable:
		return x.Cols
	}
	panic("algebra: unknown operator")
}

func scanOutput(cols []ColumnID, rowID ColumnID) []ColumnID {
	ids := make([]ColumnID, 0, len(cols)+1)
	for _, c := range cols {
		if c != 0 {
			ids = append(ids, c)
		}
	}
	if rowID != 0 {
		ids = append(ids, rowID)
	}
	return ids
}

func joinOutput(kind JoinKind, left, right Rel) []ColumnID {
	l := OutputCols(left)
	if kind == Semi || kind == Anti {
		return l
	}
	r := OutputCols(right)
	return append(append(make([]ColumnID, 0, len(l)+len(r)), l...), r...)
}

// OutputSet is the set of columns that r produces.
func OutputSet(r Rel) scalar.ColSet {
	switch x := r.(type) {
	case *Filter:
		return OutputSet(x.In)
	case *TopK:
		return OutputSet(x.In)
	case *Distinct:
		return OutputSet(x.In)
	}
	return scalar.SetOf(OutputCols(r)...)
}

// Produced is the set of columns that r or an operator below it introduces. Relations inside expressions are not included.
func Produced(r Rel) scalar.ColSet {
	var s scalar.ColSet
	Walk(r, func(x Rel) bool {
		for _, id := range introduced(x) {
			s.Add(id)
		}
		return true
	})
	return s
}

// introduced lists the columns that x itself makes: those it does not pass through from an input.
func introduced(r Rel) []ColumnID {
	switch x := r.(type) {
	case *Scan, *Delta, *Values, *SetOp, *FuncScan, *WorkTable, *RecursiveUnion, *GroupingSets:
		return OutputCols(x)
	case *Project:
		var ids []ColumnID
		for _, it := range x.Items {
			if !it.PassThrough() {
				ids = append(ids, it.ID)
			}
		}
		return ids
	case *GroupBy:
		return aggIDs(x.Aggs)
	case *Window:
		ids := make([]ColumnID, len(x.Funcs))
		for i, f := range x.Funcs {
			ids[i] = f.ID
		}
		return ids
	}
	return nil
}

func aggIDs(aggs []Agg) []ColumnID {
	ids := make([]ColumnID, len(aggs))
	for i, a := range aggs {
		ids[i] = a.ID
	}
	return ids
}

// PassThrough reports whether the item passes an input column on under its own id.
func (it Item) PassThrough() bool {
	c, ok := it.Expr.(*scalar.Column)
	return ok && c.ID == it.ID
}

// Uses is the set of columns that r's own expressions and column lists refer to: what it needs from its inputs and, for
// outer references, from around it.
func Uses(r Rel) scalar.ColSet {
	var s scalar.ColSet
	for _, e := range Exprs(r) {
		scalar.AddColumns(&s, e)
	}
	addIDs := func(ids []ColumnID) {
		for _, id := range ids {
			s.Add(id)
		}
	}
	addOrder := func(order []Order) {
		for _, o := range order {
			s.Add(o.Col)
		}
	}
	switch x := r.(type) {
	case *GroupBy:
		addIDs(x.Keys)
	case *GroupingSets:
		addIDs(x.Keys)
	case *Distinct:
		addIDs(x.On)
		addOrder(x.Order)
	case *SetOp:
		addIDs(x.LeftCols)
		addIDs(x.RightCols)
	case *TopK:
		addOrder(x.Order)
	case *Window:
		addIDs(x.Partition)
		addOrder(x.Order)
	case *RecursiveUnion:
		addIDs(x.SeedCols)
		addIDs(x.StepCols)
	}
	return s
}

// FreeColumns is the set of r's outer references: columns used in r that nothing in r produces.
func FreeColumns(r Rel) scalar.ColSet {
	free := Uses(r)
	var in scalar.ColSet
	for _, c := range Children(r) {
		in.AddAll(scalar.SetOf(OutputCols(c)...))
		free.AddAll(FreeColumns(c))
	}
	// An Apply's right side sees the left side's columns; other operators' inputs do not see each other, but ids are unique
	// so that removing all inputs' columns at once is the same.
	return free.Minus(in)
}

// HasParams reports whether a parameter or now() occurs anywhere in r.
func HasParams(r Rel) bool {
	found := false
	Walk(r, func(x Rel) bool {
		if !found {
			for _, e := range Exprs(x) {
				found = found || scalar.HasParams(e)
			}
		}
		return !found
	})
	return found
}
