package norm

import (
	"github.com/prequel-db/prequel/planner/algebra"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// equate derives equalities with constants from equality classes. In a tree of inner joins and filters
//
//	a.x = b.y AND a.x = $1        implies b.y = $1
//
// The equality of the columns stays, though it says nothing new then: a maintained join has no parameters. A left join's condition may be strengthened by what holds for the rows of
// its preserved side, as may a semi or anti join's. Only equalities by one operator class are combined, of types whose equal
// values are identical.
func (e *Env) equate(r algebra.Rel, _ scalar.ColSet) algebra.Rel { return e.equateIn(r) }

func (e *Env) equateIn(r algebra.Rel) algebra.Rel {
	switch x := r.(type) {
	case *algebra.Filter:
		return e.equateRegion(r)
	case *algebra.Join:
		if x.Kind == algebra.Inner {
			return e.equateRegion(r)
		}
	}
	return e.equateBelow(r)
}

// equateBelow handles the inputs of an operator that is no part of a region, and hands a left, semi or anti join's right side
// what its left side fixes.
func (e *Env) equateBelow(r algebra.Rel) algebra.Rel {
	j, ok := r.(*algebra.Join)
	if !ok || j.Kind == algebra.Full || j.NullAware || j.On == nil {
		return algebra.MapChildren(r, e.equateIn)
	}
	c := *j
	c.Left, c.Right = e.equateIn(j.Left), e.equateIn(j.Right)
	fixed := newClasses()
	for _, cond := range regionConds(c.Left) {
		fixed.add(cond)
	}
	right := algebra.OutputSet(c.Right)
	known := e.fixedColumns(c.Right)
	var derived []scalar.Expr
	on := scalar.Conjuncts(j.On)
	for _, cond := range on {
		l, rt, ok := columnsEqual(cond)
		if !ok {
			continue
		}
		if right.Has(l.col.ID) {
			l, rt = rt, l
		}
		if right.Has(l.col.ID) || !right.Has(rt.col.ID) {
			continue
		}
		if k := fixed.constant(l); k != nil && !known.Has(rt.col.ID) {
			if d := rt.equals(k); !containsExpr(on, d) && !containsExpr(derived, d) && !fixes(regionConds(c.Right), rt.col.ID) {
				derived = append(derived, d)
			}
		}
	}
	if len(derived) > 0 {
		e.fire("equate-right-side")
		c.On = scalar.Conjunction(append(on[:len(on):len(on)], derived...)...)
	}
	if c == *j {
		return j
	}
	return &c
}

// equateRegion handles a maximal tree of filters and inner joins.
func (e *Env) equateRegion(r algebra.Rel) algebra.Rel {
	r = e.regionInputs(r)
	conds := regionConds(r)
	cl := newClasses()
	for _, c := range conds {
		cl.add(c)
	}
	inside := algebra.OutputSet(r)
	known := e.fixedColumns(r)
	var derived []scalar.Expr
	for _, t := range cl.terms {
		k := cl.constant(t)
		if k == nil || !inside.Has(t.col.ID) || known.Has(t.col.ID) {
			continue
		}
		if d := t.equals(k); !fixes(conds, t.col.ID) && !containsExpr(derived, d) {
			derived = append(derived, d)
		}
	}
	if len(derived) == 0 {
		return r
	}
	e.fire("equate-constant")
	return filtered(r, derived)
}

// fixedColumns are the columns that are the same in all rows of what a region is built over.
func (e *Env) fixedColumns(r algebra.Rel) scalar.ColSet {
	switch x := r.(type) {
	case *algebra.Filter:
		return e.fixedColumns(x.In)
	case *algebra.Join:
		if x.Kind == algebra.Inner {
			return e.fixedColumns(x.Left).Union(e.fixedColumns(x.Right))
		}
	}
	return e.of(r).Closure(scalar.ColSet{})
}

// fixes reports whether a condition says that the column equals a constant.
func fixes(conds []scalar.Expr, id algebra.ColumnID) bool {
	for _, c := range conds {
		if t, _, ok := constantEqual(c); ok && t.col.ID == id {
			return true
		}
	}
	return false
}

// regionInputs applies the pass to what a region is built over.
func (e *Env) regionInputs(r algebra.Rel) algebra.Rel {
	switch x := r.(type) {
	case *algebra.Filter:
		return algebra.MapChildren(r, e.regionInputs)
	case *algebra.Join:
		if x.Kind == algebra.Inner {
			return algebra.MapChildren(r, e.regionInputs)
		}
	}
	return e.equateBelow(r)
}

// regionConds lists the conjuncts of a tree of filters and inner joins, with those of the left sides of other joins, which hold
// for their output too.
func regionConds(r algebra.Rel) []scalar.Expr {
	switch x := r.(type) {
	case *algebra.Filter:
		return append(regionConds(x.In), scalar.Conjuncts(x.Cond)...)
	case *algebra.Join:
		switch x.Kind {
		case algebra.Inner:
			return append(append(regionConds(x.Left), regionConds(x.Right)...), scalar.Conjuncts(x.On)...)
		case algebra.Left, algebra.Semi, algebra.Anti:
			return regionConds(x.Left)
		}
	case *algebra.Apply:
		if x.Kind != algebra.Full {
			return regionConds(x.Left)
		}
	}
	return nil
}

// term is a column as it stands in an equality, perhaps relabelled, with the equality's operator.
type term struct {
	col  *scalar.Column
	expr scalar.Expr
	fn   *scalar.Func
}

// equals is the condition that the term equals a constant.
func (t term) equals(k scalar.Expr) scalar.Expr { return scalar.CompareCall(t.fn, t.expr, k) }

// columnsEqual takes apart the equality of two columns of one type.
func columnsEqual(c scalar.Expr) (a, b term, ok bool) {
	l, r, fn, ok := scalar.Equality(c)
	if !ok || !l.Type().SameBase(r.Type()) || !scalar.ExactEquality(l.Type()) {
		return a, b, false
	}
	x, y := scalar.BareColumn(l), scalar.BareColumn(r)
	if x == nil || y == nil {
		return a, b, false
	}
	return term{x, l, fn}, term{y, r, fn}, true
}

// constantEqual takes apart the equality of a column with an expression without columns.
func constantEqual(c scalar.Expr) (t term, k scalar.Expr, ok bool) {
	l, r, fn, ok := scalar.Equality(c)
	if !ok || !l.Type().SameBase(r.Type()) || !scalar.ExactEquality(l.Type()) {
		return t, nil, false
	}
	if scalar.BareColumn(l) == nil {
		l, r = r, l
	}
	x := scalar.BareColumn(l)
	if x == nil || !scalar.ColumnsIn(r).Empty() || scalar.HasSubquery(r) {
		return t, nil, false
	}
	return term{x, l, fn}, r, true
}

// classes are the equality classes of columns, each with the constant it equals, if any.
type classes struct {
	parent    map[algebra.ColumnID]algebra.ColumnID
	constants map[algebra.ColumnID]scalar.Expr // by root
	terms     []term                           // in order of appearance
	seen      scalar.ColSet
}

func newClasses() *classes {
	return &classes{parent: map[algebra.ColumnID]algebra.ColumnID{}, constants: map[algebra.ColumnID]scalar.Expr{}}
}

func (c *classes) root(id algebra.ColumnID) algebra.ColumnID {
	for c.parent[id] != 0 && c.parent[id] != id {
		id = c.parent[id]
	}
	return id
}

func (c *classes) note(t term) algebra.ColumnID {
	if !c.seen.Has(t.col.ID) {
		c.seen.Add(t.col.ID)
		c.terms = append(c.terms, t)
	}
	return c.root(t.col.ID)
}

// add takes an equality into account.
func (c *classes) add(cond scalar.Expr) {
	if a, b, ok := columnsEqual(cond); ok {
		ra, rb := c.note(a), c.note(b)
		if ra == rb {
			return
		}
		c.parent[rb] = ra
		if k := c.constants[rb]; k != nil && c.constants[ra] == nil {
			c.constants[ra] = k
		}
		return
	}
	if t, k, ok := constantEqual(cond); ok {
		if r := c.note(t); c.constants[r] == nil {
			c.constants[r] = k
		}
	}
}

func (c *classes) constant(t term) scalar.Expr { return c.constants[c.root(t.col.ID)] }
