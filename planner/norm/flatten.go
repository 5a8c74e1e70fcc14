package norm

import (
	"github.com/prequel-db/prequel/planner/algebra"
	"github.com/prequel-db/prequel/planner/props"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// flatten moves projections up: through joins, where they separate tables that could be joined in another order, and into one
// another. A projection that only passes columns through disappears.
//
// A computed column is then evaluated on joined rows instead of the rows of one side, as in PostgreSQL, which pulls subqueries
// up in the same way. On the padded side of a left join a computed column must be NULL in a padded row: it must be a
// column, or NULL whenever a column of its side is (coalesce(b.x, 0) is neither, so its projection stays).
func (e *Env) flatten(r algebra.Rel, need scalar.ColSet) algebra.Rel {
	r = e.flattenIn(r, false)
	// The root's consumer picks columns by id.
	if p, ok := r.(*algebra.Project); ok && passesThrough(p) && need.SubsetOf(algebra.OutputSet(p)) {
		e.fire("drop-project")
		return p.In
	}
	return r
}

// flattenIn rewrites r; exact says that r stands below DISTINCT, which compares all of its columns: the projection that
// says which stays, so that rules below may add columns.
func (e *Env) flattenIn(r algebra.Rel, exact bool) algebra.Rel {
	d, isDistinct := r.(*algebra.Distinct)
	r = algebra.MapChildren(r, func(in algebra.Rel) algebra.Rel { return e.flattenIn(in, isDistinct && d.On == nil) })
	switch x := r.(type) {
	case *algebra.Project:
		return e.mergeProjects(x, exact)
	case *algebra.Join:
		return e.joinOverProject(x)
	case *algebra.Apply:
		return e.applyOverProject(x)
	case *algebra.Filter:
		if f, ok := x.In.(*algebra.Filter); ok {
			e.fire("merge-filters")
			return &algebra.Filter{In: f.In, Cond: scalar.Conjunction(f.Cond, x.Cond)}
		}
		return e.antiFromLeft(x)
	}
	return r
}

// passesThrough reports whether a projection computes and renames nothing.
func passesThrough(p *algebra.Project) bool {
	for _, it := range p.Items {
		if !it.PassThrough() {
			return false
		}
	}
	return true
}

// mergeProjects makes one projection of two, unless that would evaluate something costly twice; and drops one that does
// nothing.
func (e *Env) mergeProjects(x *algebra.Project, exact bool) algebra.Rel {
	if passesThrough(x) && (!exact || fixedOutput(x.In) && len(x.Items) == algebra.OutputSet(x.In).Len()) {
		e.fire("drop-project")
		return x.In
	}
	in, ok := x.In.(*algebra.Project)
	if !ok {
		return x
	}
	defs := map[algebra.ColumnID]scalar.Expr{}
	for _, it := range in.Items {
		defs[it.ID] = it.Expr
	}
	uses := map[algebra.ColumnID]int{}
	nested := false
	for _, it := range x.Items {
		scalar.Walk(it.Expr, func(s scalar.Expr) bool {
			switch s := s.(type) {
			case *scalar.Column:
				uses[s.ID]++
			case *scalar.Subquery:
				nested = true
			}
			return true
		})
	}
	if nested {
		return x
	}
	for id, n := range uses {
		if n > 1 && !cheap(defs[id]) {
			return x
		}
	}
	e.fire("merge-projects")
	p := &algebra.Project{In: in.In, Items: make([]algebra.Item, len(x.Items))}
	for i, it := range x.Items {
		p.Items[i] = algebra.Item{ID: it.ID, Expr: scalar.Substitute(it.Expr, defs)}
	}
	return p
}

// fixedOutput reports whether an operator lists its columns itself.
func fixedOutput(r algebra.Rel) bool {
	switch r.(type) {
	case *algebra.GroupBy, *algebra.SetOp, *algebra.Scan, *algebra.Values:
		return true
	}
	return false
}

// cheap reports whether an expression may be evaluated twice instead of once.
func cheap(x scalar.Expr) bool {
	switch y := x.(type) {
	case nil, *scalar.Column, *scalar.Const, *scalar.Param:
		return true
	case *scalar.Relabel:
		return cheap(y.Arg)
	}
	return false
}

// joinOverProject moves the projections of a join's inputs above it.
func (e *Env) joinOverProject(x *algebra.Join) algebra.Rel {
	if x.Kind == algebra.Full {
		return x
	}
	c := *x
	var above []algebra.Item
	defs := map[algebra.ColumnID]scalar.Expr{}
	moved := false
	take := func(p *algebra.Project, output bool) algebra.Rel {
		for _, it := range p.Items {
			if !it.PassThrough() {
				defs[it.ID] = it.Expr
			}
			if output {
				above = append(above, it)
			}
		}
		moved = true
		return p.In
	}
	keep := func(r algebra.Rel) {
		for _, id := range algebra.OutputCols(r) {
			above = append(above, algebra.Item{ID: id, Expr: e.Columns.Ref(id)})
		}
	}
	if p, ok := x.Left.(*algebra.Project); ok && movable(p, x.On) {
		c.Left = take(p, true)
	} else {
		keep(x.Left)
	}
	output := x.Kind == algebra.Inner || x.Kind == algebra.Left
	p, ok := x.Right.(*algebra.Project)
	switch {
	case ok && movable(p, x.On) && (x.Kind != algebra.Left || paddable(p)):
		c.Right = take(p, output)
	case output:
		keep(x.Right)
	}
	if !moved {
		return x
	}
	e.fire("project-above-join")
	c.On = flat(scalar.Substitute(c.On, defs))
	return &algebra.Project{In: &c, Items: above}
}

// movable reports whether a projection can be evaluated after the join: not if its consumer's condition would make a copy
// of a query.
func movable(p *algebra.Project, on scalar.Expr) bool {
	var used scalar.ColSet
	if on != nil {
		used = scalar.ColumnsIn(on)
	}
	for _, it := range p.Items {
		if scalar.HasSubquery(it.Expr) || used.Has(it.ID) && !cheap(it.Expr) && !props.Total(it.Expr) {
			return false
		}
	}
	return true
}

// paddable reports whether all columns are NULL when the input's columns are.
func paddable(p *algebra.Project) bool {
	in := algebra.OutputSet(p.In)
	for _, it := range p.Items {
		if !scalar.Requires(&scalar.IsNull{Arg: it.Expr, Negated: true}).Intersects(in) {
			return false
		}
	}
	return true
}

// applyOverProject moves a renaming of an Apply's left side above it; the right side then refers to the original columns. A
// projection on the right side of an inner Apply moves up too, unless it computes from the left row something that
// the left side of an outer operator would see.
func (e *Env) applyOverProject(x *algebra.Apply) algebra.Rel {
	if p, ok := x.Left.(*algebra.Project); ok && columnsOnly(p) && allSameType(p) {
		e.fire("project-above-apply")
		defs := map[algebra.ColumnID]scalar.Expr{}
		items := append([]algebra.Item(nil), p.Items...)
		for _, it := range p.Items {
			if !it.PassThrough() {
				defs[it.ID] = it.Expr
			}
		}
		c := *x
		c.Left = p.In
		c.Right = algebra.MapExprs(x.Right, func(s scalar.Expr) scalar.Expr { return scalar.Substitute(s, defs) })
		c.On = flat(scalar.Substitute(x.On, defs))
		if x.Kind == algebra.Inner || x.Kind == algebra.Left {
			for _, id := range algebra.OutputCols(x.Right) {
				items = append(items, algebra.Item{ID: id, Expr: e.Columns.Ref(id)})
			}
		}
		return &algebra.Project{In: &c, Items: items}
	}
	p, ok := x.Right.(*algebra.Project)
	if !ok || x.Kind != algebra.Inner && (x.Kind != algebra.Left || !paddable(p)) || !movable(p, x.On) {
		return x
	}
	e.fire("project-above-apply")
	defs := map[algebra.ColumnID]scalar.Expr{}
	var items []algebra.Item
	for _, id := range algebra.OutputCols(x.Left) {
		items = append(items, algebra.Item{ID: id, Expr: e.Columns.Ref(id)})
	}
	for _, it := range p.Items {
		if !it.PassThrough() {
			defs[it.ID] = it.Expr
		}
		items = append(items, it)
	}
	c := *x
	c.Right = p.In
	c.On = flat(scalar.Substitute(x.On, defs))
	return &algebra.Project{In: &c, Items: items}
}

// allSameType reports whether the projection's columns are its input's without relabelling, so that conditions on them stay as
// they are.
func allSameType(p *algebra.Project) bool {
	for _, it := range p.Items {
		if _, ok := it.Expr.(*scalar.Column); !ok {
			return false
		}
	}
	return true
}
