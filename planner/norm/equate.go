package norm

import (
	"github.com/prequel-db/prequel/planner/algebra"
	"github.com/prequel-db/prequel/planner/props"
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
	fixed := props.NewClasses()
	for _, cond := range regionConds(c.Left) {
		fixed.Add(cond)
	}
	right := algebra.OutputSet(c.Right)
	known := e.fixedColumns(c.Right)
	var derived []scalar.Expr
	on := scalar.Conjuncts(j.On)
	for _, cond := range on {
		l, rt, ok := props.ColumnsEqual(cond)
		if !ok {
			continue
		}
		if right.Has(l.Col.ID) {
			l, rt = rt, l
		}
		if right.Has(l.Col.ID) || !right.Has(rt.Col.ID) {
			continue
		}
		if k := fixed.Constant(l); k != nil && !known.Has(rt.Col.ID) {
			if d := rt.Equals(k); !containsExpr(on, d) && !containsExpr(derived, d) && !fixes(regionConds(c.Right), rt.Col.ID) {
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
	cl := props.NewClasses()
	for _, c := range conds {
		cl.Add(c)
	}
	inside := algebra.OutputSet(r)
	known := e.fixedColumns(r)
	var derived []scalar.Expr
	for _, t := range cl.Terms {
		k := cl.Constant(t)
		if k == nil || !inside.Has(t.Col.ID) || known.Has(t.Col.ID) {
			continue
		}
		if d := t.Equals(k); !fixes(conds, t.Col.ID) && !containsExpr(derived, d) {
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
		if t, _, ok := props.ConstantEqual(c); ok && t.Col.ID == id {
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
