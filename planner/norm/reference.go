package norm

import (
	"slices"

	"github.com/prequel-db/prequel/planner/algebra"
	"github.com/prequel-db/prequel/planner/props"
	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqlparse/catalog"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// Foreign keys hold between statements: a row whose key columns are not NULL has exactly one partner in the table that it
// refers to. So a left join along a foreign key is an inner join, and a joined table of which only the key is read
// disappears:
//
//	orders o LEFT JOIN customers c ON c.id = o.customer      inner join, when o.customer is not NULL
//	orders o JOIN customers c ON c.id = o.customer           orders o, when no other column of c is read
//
// Inside triggers they need not hold yet: ON DELETE CASCADE deletes after the row that is referred to. Env.References says where
// they do.

// reference is a join along a foreign key.
type reference struct {
	// from has for each column of the table referred to that is part of the key the column that refers to it.
	from map[algebra.ColumnID]props.Term
	// conds are conditions on the key alone that the table referred to is filtered by.
	conds []scalar.Expr
}

// reference takes a join apart whose condition is that left refers to right: each row of left that has no NULL in the referring columns
// meets exactly one row of right, before right's own conditions.
func (e *Env) reference(left, right algebra.Rel, on scalar.Expr) (reference, bool) {
	ref := reference{from: map[algebra.ColumnID]props.Term{}}
	if !e.References || on == nil {
		return ref, false
	}
	if f, ok := right.(*algebra.Filter); ok {
		ref.conds, right = scalar.Conjuncts(f.Cond), f.In
	}
	to, ok := right.(*algebra.Scan)
	if !ok {
		return ref, false
	}
	equal := scalar.Conjuncts(on)
	for _, c := range equal {
		a, b, ok := props.ColumnsEqual(c)
		if !ok {
			return ref, false
		}
		if slices.Contains(to.Cols, a.Col.ID) {
			a, b = b, a
		}
		if !slices.Contains(to.Cols, b.Col.ID) || slices.Contains(to.Cols, a.Col.ID) || ref.from[b.Col.ID].Col != nil {
			return ref, false
		}
		ref.from[b.Col.ID] = a
	}
	for _, c := range ref.conds {
		if scalar.HasSubquery(c) || scalar.HasVolatile(c) {
			return ref, false
		}
		for _, id := range scalar.ColumnsIn(c).Ordered() {
			if ref.from[id].Col == nil && algebra.OutputSet(to).Has(id) {
				return ref, false
			}
		}
	}
	found := false
	algebra.Walk(left, func(r algebra.Rel) bool {
		s, ok := r.(*algebra.Scan)
		found = found || ok && slices.ContainsFunc(s.Table.ForeignKeys, func(f *catalog.ForeignKey) bool {
			return len(f.Columns) == len(equal) && props.Refers(f, s.Cols, to.Table, to.Cols, equal)
		})
		return !found
	})
	return ref, found
}

// columns are those that refer.
func (r reference) columns() scalar.ColSet {
	var out scalar.ColSet
	for _, t := range r.from {
		out.Add(t.Col.ID)
	}
	return out
}

// alwaysMeets reports whether every row of left has a partner in right.
func (e *Env) alwaysMeets(left, right algebra.Rel, on scalar.Expr) bool {
	ref, ok := e.reference(left, right, on)
	return ok && len(ref.conds) == 0 && ref.columns().SubsetOf(e.of(left).NotNull)
}

// dropReferred drops the right side of an inner join when it is referred to by the left one and of its columns only the key is needed, which
// the referring columns are equal to.
func (e *Env) dropReferred(left, right algebra.Rel, on scalar.Expr, need scalar.ColSet) (algebra.Rel, bool) {
	ref, ok := e.reference(left, right, on)
	if !ok {
		return nil, false
	}
	wanted := need.Intersect(algebra.OutputSet(right))
	defs := map[algebra.ColumnID]scalar.Expr{}
	for to, from := range ref.from {
		if e.Columns.Get(to).Type != from.Col.Type() {
			if wanted.Has(to) || len(ref.conds) > 0 {
				return nil, false
			}
			continue
		}
		defs[to] = from.Col
	}
	for _, id := range wanted.Ordered() {
		if defs[id] == nil {
			return nil, false
		}
	}
	e.fire("drop-referred")
	var conds []scalar.Expr
	for _, c := range ref.conds {
		conds = append(conds, flat(scalar.Substitute(c, defs)))
	}
	present := e.of(left).NotNull
	for _, id := range ref.columns().Ordered() {
		if !present.Has(id) {
			conds = append(conds, &scalar.IsNull{Node: scalar.Node{Typ: value.Of(value.Bool)}, Arg: e.Columns.Ref(id), Negated: true})
		}
	}
	out := filtered(left, conds)
	if wanted.Empty() {
		return out, true
	}
	p := &algebra.Project{In: out}
	for _, id := range algebra.OutputCols(left) {
		p.Items = append(p.Items, algebra.Item{ID: id, Expr: e.Columns.Ref(id)})
	}
	for _, id := range wanted.Ordered() {
		p.Items = append(p.Items, algebra.Item{ID: id, Expr: defs[id]})
	}
	return p, true
}
