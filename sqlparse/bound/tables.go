package bound

import (
	"github.com/prequel-db/prequel/sqlparse/catalog"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// Tables visits the base tables that a query reads, those of the queries inside it included.
func Tables(q *Query, visit func(*catalog.Table)) {
	var from func(f From)
	from = func(f From) {
		switch f := f.(type) {
		case *TableRef:
			visit(f.Table)
		case *SubqueryRef:
			Tables(f.Query, visit)
		case *JoinRef:
			from(f.Left)
			from(f.Right)
		case *FuncRef, *CTERef:
		}
	}
	for _, c := range q.With {
		if c.Query != nil {
			Tables(c.Query, visit)
		}
	}
	if q.SetOp != nil {
		Tables(q.SetOp.Left, visit)
		Tables(q.SetOp.Right, visit)
	}
	for _, f := range q.From {
		from(f)
	}
	q.Exprs(func(e scalar.Expr) {
		scalar.Walk(e, func(x scalar.Expr) bool {
			if s, ok := x.(*scalar.Subquery); ok {
				if inner, ok := s.Query.(*Query); ok {
					Tables(inner, visit)
				}
			}
			return true
		})
	})
}
