package lowering

import (
	"slices"

	"github.com/prequel-db/prequel/planner/algebra"
	"github.com/prequel-db/prequel/sqlparse/bound"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// reports finds the statements whose report to a variable (FOUND, ROW_COUNT) somebody reads: most are overwritten by the next
// statement's, unread.
type reports struct {
	v     int // the variable
	used  map[bound.Stmt]bool
	leave map[int]bool // by the id of a Labelled or loop: whether the variable is read behind it
}

// reported lists the statements that report to a variable somebody reads. The body has no Try: an error leads from anywhere inside one to
// its handlers.
func reported(body []bound.Stmt, v int) map[bound.Stmt]bool {
	r := &reports{v: v, used: map[bound.Stmt]bool{}, leave: map[int]bool{}}
	r.list(body, false)
	return r.used
}

// tries reports whether an error can be caught.
func tries(list []bound.Stmt) bool {
	for _, s := range list {
		switch x := s.(type) {
		case *bound.Try:
			return true
		case *bound.IfStmt:
			if tries(x.Then) || tries(x.Else) {
				return true
			}
		case *bound.Labelled:
			if tries(x.Body) {
				return true
			}
		case *bound.Each:
			if tries(x.Body) {
				return true
			}
		case *bound.EachValue:
			if tries(x.Body) {
				return true
			}
		}
	}
	return false
}

// list goes through statements backwards. live says whether the variable is read behind them, the result whether before them.
func (r *reports) list(list []bound.Stmt, live bool) bool {
	for i := len(list) - 1; i >= 0; i-- {
		live = r.stmt(list[i], live)
	}
	return live
}

func (r *reports) stmt(s bound.Stmt, live bool) bool {
	switch x := s.(type) {
	case *bound.Run:
		if x.Found == r.v || x.Count == r.v {
			r.used[s] = r.used[s] || live
			live = false
		}
		return live || r.reads(s)
	case *bound.EmitQuery:
		if x.Found == r.v || x.Count == r.v {
			r.used[s] = r.used[s] || live
			live = false
		}
		return live || r.reads(s)
	case *bound.SetVar:
		return live && x.Var != r.v || r.reads(s)
	case *bound.IfStmt:
		then := r.list(x.Then, live)
		other := r.list(x.Else, live)
		return then || other || r.readsExpr(x.Cond)
	case *bound.Labelled:
		r.leave[x.ID] = live
		return r.list(x.Body, live || x.Loop && r.readsAny(x.Body)) || live && x.Loop
	case *bound.Leave:
		return r.leave[x.ID]
	case *bound.Return:
		return r.reads(s)
	case *bound.Each:
		if x.Found == r.v {
			r.used[s] = r.used[s] || live
		}
		r.leave[x.ID] = live
		return r.list(x.Body, live || r.readsAny(x.Body)) || live || r.reads(s)
	case *bound.EachValue:
		if x.Found == r.v {
			r.used[s] = r.used[s] || live
		}
		r.leave[x.ID] = live
		return r.list(x.Body, live || r.readsAny(x.Body)) || live || r.reads(s)
	case *bound.RaiseStmt:
		return r.reads(s)
	}
	return live || r.reads(s)
}

// readsAny reports whether statements read the variable anywhere.
func (r *reports) readsAny(list []bound.Stmt) bool { return r.readers(list) > 0 }

// readers counts the expressions and the embedded SQL in which statements read the variable.
func (r *reports) readers(list []bound.Stmt) int {
	n := 0
	m := bound.RoutineMap{
		Expr: func(e scalar.Expr) scalar.Expr {
			if r.readsExpr(e) {
				n++
			}
			return e
		},
		SQL: func(e bound.Embedded) bound.Embedded {
			if r.readsSQL(e) {
				n++
			}
			return e
		},
	}
	m.Map(list)
	return n
}

// readOutside reports whether a routine reads a variable anywhere but in the body of a loop.
func (p *routine) readOutside(v int, body []bound.Stmt) bool {
	r := &reports{v: v}
	return slices.Contains(p.r.Out, v) || r.readers(p.r.Body) > r.readers(body)
}

func (r *reports) reads(s bound.Stmt) bool { return r.readsAny([]bound.Stmt{s}) }

func (r *reports) readsExpr(e scalar.Expr) bool { return e != nil && readsVar(e, r.v) }

func (r *reports) readsSQL(e bound.Embedded) bool {
	return planReads(e, func(v int) bool { return v == r.v })
}

// readsVar reports whether an expression reads a variable.
func readsVar(e scalar.Expr, v int) bool {
	return exprReads(e, func(w int) bool { return w == v })
}

// exprReads reports whether an expression, or a plan in it, reads one of the variables.
func exprReads(e scalar.Expr, wanted func(v int) bool) bool {
	return scalar.Any(e, func(x scalar.Expr) bool {
		switch x := x.(type) {
		case *scalar.Param:
			return x.Local() && wanted(x.Number-scalar.FirstLocal)
		case *scalar.Subquery:
			rel, ok := x.Query.(algebra.Rel)
			return ok && relReads(rel, wanted)
		}
		return false
	})
}

func relReads(rel algebra.Rel, wanted func(v int) bool) bool {
	found := false
	algebra.MapExprs(rel, func(e scalar.Expr) scalar.Expr {
		found = found || exprReads(e, wanted)
		return e
	})
	return found
}

// planReads reports whether embedded SQL reads one of the variables.
func planReads(sql bound.Embedded, wanted func(v int) bool) bool {
	found := false
	see := func(e scalar.Expr) scalar.Expr {
		found = found || e != nil && exprReads(e, wanted)
		return e
	}
	assigns := func(list []bound.Assign) {
		for _, a := range list {
			see(a.Expr)
		}
	}
	items := func(list []algebra.Item) {
		for _, it := range list {
			see(it.Expr)
		}
	}
	switch b := sql.(type) {
	case *algebra.Query:
		return relReads(b.Root, wanted)
	case *algebra.Insert:
		found = relReads(b.Source, wanted)
		for _, e := range b.Assign {
			see(e)
		}
		items(b.Returning)
		if o := b.OnConflict; o != nil {
			assigns(o.Set)
			see(o.Where)
		}
	case *algebra.Update:
		found = relReads(b.Source, wanted)
		assigns(b.Set)
		items(b.Returning)
	case *algebra.Delete:
		found = relReads(b.Source, wanted)
		items(b.Returning)
	default:
		return true
	}
	return found
}
