package bound

import "github.com/prequel-db/prequel/sqlparse/scalar"

// Exprs visits every expression of a query's own clauses, and those of the queries in its FROM and WITH. Queries inside
// expressions are not entered; see Columns.
func (q *Query) Exprs(visit func(scalar.Expr)) {
	for _, c := range q.With {
		c.Query.Exprs(visit)
	}
	if q.SetOp != nil {
		q.SetOp.Left.Exprs(visit)
		q.SetOp.Right.Exprs(visit)
	}
	for _, row := range q.Values {
		visitAll(row, visit)
	}
	for _, f := range q.From {
		fromExprs(f, visit)
	}
	visitAll([]scalar.Expr{q.Where}, visit)
	visitAll(q.GroupBy, visit)
	visitAll([]scalar.Expr{q.Having}, visit)
	for _, t := range q.Targets {
		visit(t.Expr)
	}
	visitAll(q.DistinctOn, visit)
	for _, k := range q.OrderBy {
		visit(k.Expr)
	}
	visitAll([]scalar.Expr{q.Limit, q.Offset}, visit)
}

func visitAll(list []scalar.Expr, visit func(scalar.Expr)) {
	for _, e := range list {
		if e != nil {
			visit(e)
		}
	}
}

func fromExprs(f From, visit func(scalar.Expr)) {
	switch f := f.(type) {
	case *SubqueryRef:
		f.Query.Exprs(visit)
	case *FuncRef:
		for _, c := range f.Calls {
			visit(c.Call)
		}
	case *JoinRef:
		fromExprs(f.Left, visit)
		fromExprs(f.Right, visit)
		if f.On != nil {
			visit(f.On)
		}
	case *TableRef, *CTERef:
	}
}

// Columns visits every column reference of an expression, those inside its subqueries included.
func Columns(e scalar.Expr, visit func(*scalar.Column)) {
	scalar.Walk(e, func(x scalar.Expr) bool {
		switch x := x.(type) {
		case *scalar.Column:
			visit(x)
		case *scalar.Subquery:
			if q, ok := x.Query.(*Query); ok {
				q.Exprs(func(inner scalar.Expr) { Columns(inner, visit) })
			}
		}
		return true
	})
}
