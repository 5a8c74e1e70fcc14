package algebra

import (
	"github.com/prequel-db/prequel/sqlparse/bound"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// FreshRoutine copies a routine, giving a new id to every column that the SQL inside produces: the same function may then run at
// several places of a program. The functions of triggers that its writes fire are shared with the original.
func FreshRoutine(r *bound.Routine, cols *scalar.Columns) *bound.Routine {
	ids := map[ColumnID]ColumnID{}
	fresh := func(list ...ColumnID) {
		for _, id := range list {
			if _, ok := ids[id]; !ok && id != 0 {
				info := *cols.Get(id)
				ids[id] = cols.New(info.Name, info.Type, info.Nullable)
			}
		}
	}
	expr := func(e scalar.Expr) {
		if e != nil {
			addFreshExpr(e, cols, ids)
		}
	}
	items := func(list []Item) {
		for _, it := range list {
			fresh(it.ID)
			expr(it.Expr)
		}
	}
	bodies := bound.RoutineMap{Expr: func(e scalar.Expr) scalar.Expr {
		expr(e)
		return e
	}, SQL: func(e bound.Embedded) bound.Embedded {
		switch b := e.(type) {
		case *Query:
			addFresh(b.Root, cols, ids)
		case *Insert:
			addFresh(b.Source, cols, ids)
			fresh(b.New...)
			items(b.Returning)
			for _, a := range b.Assign {
				expr(a)
			}
			if o := b.OnConflict; o != nil {
				fresh(o.Old...)
				fresh(o.Excluded...)
				expr(o.Where)
				for _, a := range o.Set {
					expr(a.Expr)
				}
			}
		case *Update:
			addFresh(b.Source, cols, ids)
			fresh(b.New...)
			items(b.Returning)
			for _, a := range b.Set {
				expr(a.Expr)
			}
		case *Delete:
			addFresh(b.Source, cols, ids)
			items(b.Returning)
		}
		return e
	}}
	bodies.Map(r.Body)
	visitElements(r.Body, func(x *bound.EachValue) { fresh(x.Elem) })
	n := renamer{ids: ids}
	out := *r
	out.Body = bound.RoutineMap{Expr: n.expr, SQL: n.body}.Map(r.Body)
	visitElements(out.Body, func(x *bound.EachValue) { x.Elem = n.id(x.Elem) })
	return &out
}

// visitElements visits the loops over arrays.
func visitElements(list []bound.Stmt, visit func(*bound.EachValue)) {
	for _, s := range list {
		switch x := s.(type) {
		case *bound.EachValue:
			visit(x)
			visitElements(x.Body, visit)
		case *bound.Each:
			visitElements(x.Body, visit)
		case *bound.IfStmt:
			visitElements(x.Then, visit)
			visitElements(x.Else, visit)
		case *bound.Labelled:
			visitElements(x.Body, visit)
		case *bound.Try:
			visitElements(x.Body, visit)
			for _, h := range x.Handlers {
				visitElements(h.Body, visit)
			}
		}
	}
}

// addFreshExpr makes new ids for what the queries inside an expression produce.
func addFreshExpr(e scalar.Expr, cols *scalar.Columns, ids map[ColumnID]ColumnID) {
	scalar.Walk(e, func(y scalar.Expr) bool {
		if s, ok := y.(*scalar.Subquery); ok {
			if inner, ok := s.Query.(Rel); ok {
				addFresh(inner, cols, ids)
			}
		}
		return true
	})
}

// body renames the columns of a plan.
func (n *renamer) body(e bound.Embedded) bound.Embedded {
	switch b := e.(type) {
	case *Query:
		return &Query{Root: n.rel(b.Root), Outputs: n.outputs(b.Outputs)}
	case *Insert:
		c := *b
		c.Source, c.New, c.Returning, c.Outputs = n.rel(b.Source), n.list(b.New), n.items(b.Returning), n.outputs(b.Outputs)
		c.Checks = n.checks(b.Checks)
		c.Assign = make([]scalar.Expr, len(b.Assign))
		for i, a := range b.Assign {
			c.Assign[i] = n.expr(a)
		}
		if b.OnConflict != nil {
			o := *b.OnConflict
			o.Old, o.Excluded, o.Set = n.list(o.Old), n.list(o.Excluded), n.set(o.Set)
			if o.Where != nil {
				o.Where = n.expr(o.Where)
			}
			c.OnConflict = &o
		}
		return &c
	case *Update:
		c := *b
		c.Source, c.Old, c.New, c.RowID = n.rel(b.Source), n.list(b.Old), n.list(b.New), n.id(b.RowID)
		c.Set, c.Returning, c.Outputs = n.set(b.Set), n.items(b.Returning), n.outputs(b.Outputs)
		c.Checks = n.checks(b.Checks)
		return &c
	case *Delete:
		c := *b
		c.Source, c.Old, c.RowID = n.rel(b.Source), n.list(b.Old), n.id(b.RowID)
		c.Returning, c.Outputs = n.items(b.Returning), n.outputs(b.Outputs)
		return &c
	}
	return e
}

func (n *renamer) checks(list []ViewCheck) []ViewCheck {
	out := make([]ViewCheck, len(list))
	for i, c := range list {
		out[i] = ViewCheck{View: c.View, ID: n.id(c.ID)}
	}
	return out
}

func (n *renamer) set(list []bound.Assign) []bound.Assign {
	var out []bound.Assign
	for _, a := range list {
		out = append(out, bound.Assign{Column: a.Column, Expr: n.expr(a.Expr)})
	}
	return out
}

func (n *renamer) items(list []Item) []Item {
	var out []Item
	for _, it := range list {
		out = append(out, Item{ID: n.id(it.ID), Expr: n.expr(it.Expr)})
	}
	return out
}

func (n *renamer) outputs(list []Output) []Output {
	var out []Output
	for _, o := range list {
		out = append(out, Output{ID: n.id(o.ID), Name: o.Name})
	}
	return out
}
