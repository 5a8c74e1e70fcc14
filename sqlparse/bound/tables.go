package bound

import (
	"github.com/prequel-db/prequel/sqlparse/catalog"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// Tables visits the base tables that a query reads, those of the queries inside it included.
func Tables(q *Query, visit func(*catalog.Table)) { tables(q, map[*CTE]bool{}, visit) }

// tables goes into each WITH query once.
func tables(q *Query, seen map[*CTE]bool, visit func(*catalog.Table)) {
	named := func(c *CTE) {
		if c.Query != nil && !seen[c] {
			seen[c] = true
			tables(c.Query, seen, visit)
		}
	}
	var from func(f From)
	from = func(f From) {
		switch f := f.(type) {
		case *TableRef:
			visit(f.Table)
		case *SubqueryRef:
			tables(f.Query, seen, visit)
		case *JoinRef:
			from(f.Left)
			from(f.Right)
		case *CTERef:
			named(f.CTE)
		case *FuncRef:
		}
	}
	for _, c := range q.With {
		named(c)
	}
	if q.SetOp != nil {
		tables(q.SetOp.Left, seen, visit)
		tables(q.SetOp.Right, seen, visit)
	}
	for _, f := range q.From {
		from(f)
	}
	q.Exprs(func(e scalar.Expr) {
		scalar.Walk(e, func(x scalar.Expr) bool {
			if s, ok := x.(*scalar.Subquery); ok {
				if inner, ok := s.Query.(*Query); ok {
					tables(inner, seen, visit)
				}
			}
			return true
		})
	})
}

// TablesOf visits the base tables that a statement reads or writes itself: those that are in use while its triggers run.
func TablesOf(b Body, visit func(*catalog.Table)) {
	part := func(with []*CTE, from []From, exprs []scalar.Expr, returning []Target) {
		q := &Query{With: with, From: from, Targets: append([]Target(nil), returning...)}
		for _, e := range exprs {
			if e != nil {
				q.Targets = append(q.Targets, Target{Expr: e})
			}
		}
		Tables(q, visit)
		for _, c := range with {
			if c.Write != nil {
				TablesOf(c.Write, visit)
			}
		}
	}
	values := func(set []Assign) []scalar.Expr {
		var out []scalar.Expr
		for _, a := range set {
			out = append(out, a.Expr)
		}
		return out
	}
	if t := TableOf(b); t != nil {
		visit(t)
	}
	switch b := b.(type) {
	case *Query:
		part(b.With, nil, nil, nil)
		Tables(b, visit)
	case *Insert:
		exprs := b.Assign
		if o := b.OnConflict; o != nil {
			exprs = append(append(append([]scalar.Expr(nil), exprs...), values(o.Set)...), o.Where)
		}
		part(b.With, nil, append(checks(b.Checks), exprs...), b.Returning)
		if b.Source != nil {
			TablesOf(b.Source, visit)
		}
	case *Update:
		part(b.With, b.From, append(append(values(b.Set), b.Where), checks(b.Checks)...), b.Returning)
	case *Delete:
		part(b.With, b.Using, []scalar.Expr{b.Where}, b.Returning)
	case *Merge:
		part(b.With, []From{b.Source}, []scalar.Expr{b.On}, nil)
	case *Compound:
		for _, p := range b.Parts {
			TablesOf(p.Write, visit)
		}
		TablesOf(b.Main, visit)
	}
}

func checks(list []ViewCheck) []scalar.Expr {
	var out []scalar.Expr
	for _, c := range list {
		out = append(out, c.Cond)
	}
	return out
}
