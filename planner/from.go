package planner

import (
	"github.com/prequel-db/prequel/planner/algebra"
	"github.com/prequel-db/prequel/sqlparse/bound"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// source translates what a query block reads: FROM, VALUES or a set operation.
func (t *translator) source(q *bound.Query) algebra.Rel {
	switch {
	case q.SetOp != nil:
		op := q.SetOp
		kind := map[string]algebra.SetOpKind{"union": algebra.Union, "intersect": algebra.Intersect, "except": algebra.Except}[op.Op]
		return &algebra.SetOp{
			Kind: kind, All: op.All, Left: t.query(op.Left), Right: t.query(op.Right), Cols: op.Cols,
			LeftCols: visible(op.Left), RightCols: visible(op.Right),
		}
	case q.Values != nil:
		v := &algebra.Values{Cols: q.ValuesCols}
		for _, row := range q.Values {
			v.Rows = append(v.Rows, t.exprs(row))
		}
		return v
	}
	return t.fromList(nil, q.From)
}

// fromList joins a comma list to rel (nil: to nothing).
func (t *translator) fromList(rel algebra.Rel, list []bound.From) algebra.Rel {
	for _, f := range list {
		r := t.from(f)
		if rel == nil {
			rel = r
		} else {
			rel = combine(algebra.Inner, rel, r, nil)
		}
	}
	if rel == nil {
		return oneRow()
	}
	return rel
}

// combine is a join, or an Apply when the right side refers to the left one (LATERAL).
func combine(kind algebra.JoinKind, l, r algebra.Rel, on scalar.Expr) algebra.Rel {
	on = scalar.Conjunction(on)
	if algebra.FreeColumns(r).Intersects(algebra.OutputSet(l)) {
		return &algebra.Apply{Kind: kind, Left: l, Right: r, On: on}
	}
	return &algebra.Join{Kind: kind, Left: l, Right: r, On: on}
}

func (t *translator) from(f bound.From) algebra.Rel {
	switch x := f.(type) {
	case *bound.TableRef:
		return &algebra.Scan{Table: x.Table, Cols: x.Cols, Pos: x.Span}
	case *bound.SubqueryRef:
		return t.query(x.Query)
	case *bound.CTERef:
		return t.cteRef(x)
	case *bound.FuncRef:
		f := &algebra.FuncScan{Ordinality: x.Ordinality}
		for _, c := range x.Calls {
			f.Calls = append(f.Calls, algebra.SetCall{Call: t.expr(c.Call), Cols: c.Cols})
		}
		return f
	case *bound.JoinRef:
		return t.join(x)
	}
	panic("planner: unknown FROM item")
}

func (t *translator) join(x *bound.JoinRef) algebra.Rel {
	l, r := t.from(x.Left), t.from(x.Right)
	on := t.expr(x.On)
	switch x.Kind {
	case bound.LeftJoin:
		return combine(algebra.Left, l, r, on)
	case bound.RightJoin:
		return combine(algebra.Left, r, l, on)
	case bound.FullJoin:
		return combine(algebra.Full, l, r, on)
	}
	if on != nil && scalar.HasSubquery(on) {
		return t.where(combine(algebra.Inner, l, r, nil), on)
	}
	return combine(algebra.Inner, l, r, on)
}

// cteRef inlines a WITH query, with ids of its own for each use. PostgreSQL evaluates a query that is used twice once; since no
// function is volatile here, that makes no difference.
func (t *translator) cteRef(x *bound.CTERef) algebra.Rel {
	if number, ok := t.working[x.CTE]; ok {
		return &algebra.WorkTable{Work: number, Cols: x.Cols}
	}
	var rel algebra.Rel
	if x.CTE.Recursive {
		rel = t.recursive(x.CTE)
	} else {
		rel = t.query(x.CTE.Query)
	}
	fresh, ids := algebra.Fresh(rel, t.cols)
	p := &algebra.Project{In: fresh}
	for i, id := range visible(x.CTE.Query) {
		if to, ok := ids[id]; ok {
			id = to
		}
		p.Items = append(p.Items, algebra.Item{ID: x.Cols[i], Expr: t.cols.Ref(id)})
	}
	return p
}

// recursive translates WITH RECURSIVE: the binder has checked that the query is a UNION that refers to itself once, in
// its right side, and has no clauses of its own.
func (t *translator) recursive(c *bound.CTE) algebra.Rel {
	op := c.Query.SetOp
	t.recursions++
	u := &algebra.RecursiveUnion{
		Work: t.recursions, Distinct: !op.All, Cols: op.Cols, SeedCols: visible(op.Left), StepCols: visible(op.Right),
	}
	u.Seed = t.query(op.Left)
	t.working[c] = u.Work
	u.Step = t.query(op.Right)
	delete(t.working, c)
	return t.block(c.Query, u)
}
