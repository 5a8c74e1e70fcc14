package algebra

import "github.com/prequel-db/prequel/sqlparse/scalar"

// Fresh copies r, giving a new id to every column that r produces, and returns the copy with the mapping from old to
// new ids. Outer references stay. Two uses of one definition (a CTE, a structure) become disjoint this way.
func Fresh(r Rel, cols *scalar.Columns) (Rel, map[ColumnID]ColumnID) {
	ids := map[ColumnID]ColumnID{}
	addFresh(r, cols, ids)
	return Rename(r, ids), ids
}

func addFresh(r Rel, cols *scalar.Columns, ids map[ColumnID]ColumnID) {
	Walk(r, func(x Rel) bool {
		for _, id := range introduced(x) {
			if _, ok := ids[id]; !ok {
				info := *cols.Get(id)
				ids[id] = cols.New(info.Name, info.Type, info.Nullable)
			}
		}
		for _, e := range Exprs(x) {
			addFreshExpr(e, cols, ids)
		}
		return true
	})
}

// Rename replaces column ids in r, where they are produced as well as where they are used.
func Rename(r Rel, ids map[ColumnID]ColumnID) Rel {
	if len(ids) == 0 {
		return r
	}
	n := renamer{ids: ids}
	return n.rel(r)
}

type renamer struct {
	ids map[ColumnID]ColumnID
}

func (n *renamer) id(id ColumnID) ColumnID {
	if to, ok := n.ids[id]; ok {
		return to
	}
	return id
}

func (n *renamer) list(ids []ColumnID) []ColumnID {
	if ids == nil {
		return nil
	}
	out := make([]ColumnID, len(ids))
	for i, id := range ids {
		out[i] = n.id(id)
	}
	return out
}

func (n *renamer) order(order []Order) []Order {
	out := append([]Order(nil), order...)
	for i := range out {
		out[i].Col = n.id(out[i].Col)
	}
	return out
}

func (n *renamer) aggs(aggs []Agg) []Agg {
	out := append([]Agg(nil), aggs...)
	for i := range out {
		out[i].ID = n.id(out[i].ID)
	}
	return out
}

func (n *renamer) expr(e scalar.Expr) scalar.Expr {
	return scalar.Map(e, func(x scalar.Expr) scalar.Expr {
		switch x := x.(type) {
		case *scalar.Column:
			if to := n.id(x.ID); to != x.ID {
				c := *x
				c.ID = to
				return &c
			}
		case *scalar.Subquery:
			// Map renamed the uses inside; the ids produced inside are renamed here.
			if inner, ok := x.Query.(Rel); ok {
				c := *x
				c.Query = n.rel(inner)
				return &c
			}
		}
		return x
	})
}

func (n *renamer) rel(r Rel) Rel {
	r = MapOwnExprs(MapChildren(r, n.rel), n.expr)
	switch x := r.(type) {
	case *Scan:
		return &Scan{Table: x.Table, Cols: n.list(x.Cols), RowID: n.id(x.RowID), Pos: x.Pos}
	case *Delta:
		return &Delta{Table: x.Table, Cols: n.list(x.Cols), RowID: n.id(x.RowID)}
	case *Values:
		return &Values{Cols: n.list(x.Cols), Rows: x.Rows}
	case *Project:
		items := append([]Item(nil), x.Items...)
		for i := range items {
			items[i].ID = n.id(items[i].ID)
		}
		return &Project{In: x.In, Items: items}
	case *GroupBy:
		return &GroupBy{In: x.In, Keys: n.list(x.Keys), Aggs: n.aggs(x.Aggs), Scalar: x.Scalar}
	case *GroupingSets:
		return &GroupingSets{
			In: x.In, Keys: n.list(x.Keys), Out: n.list(x.Out), Sets: x.Sets, Aggs: n.aggs(x.Aggs),
			GroupingID: n.id(x.GroupingID),
		}
	case *Distinct:
		return &Distinct{In: x.In, On: n.list(x.On), Order: n.order(x.Order)}
	case *SetOp:
		c := *x
		c.Cols, c.LeftCols, c.RightCols = n.list(x.Cols), n.list(x.LeftCols), n.list(x.RightCols)
		return &c
	case *TopK:
		c := *x
		c.Order = n.order(x.Order)
		return &c
	case *Window:
		c := *x
		c.Partition, c.Order = n.list(x.Partition), n.order(x.Order)
		c.Funcs = append([]WindowFunc(nil), x.Funcs...)
		for i, f := range c.Funcs {
			c.Funcs[i].ID = n.id(f.ID)
			if f.Agg != nil {
				a := *f.Agg
				a.ID = n.id(a.ID)
				c.Funcs[i].Agg = &a
			}
		}
		return &c
	case *FuncScan:
		calls := append([]SetCall(nil), x.Calls...)
		for i := range calls {
			calls[i].Cols = n.list(calls[i].Cols)
		}
		return &FuncScan{Calls: calls, Ordinality: n.id(x.Ordinality), Value: x.Value}
	case *RecursiveUnion:
		c := *x
		c.Cols, c.SeedCols, c.StepCols = n.list(x.Cols), n.list(x.SeedCols), n.list(x.StepCols)
		return &c
	case *WorkTable:
		return &WorkTable{Work: x.Work, Cols: n.list(x.Cols)}
	}
	return r
}
