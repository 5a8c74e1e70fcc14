package bind

import (
	"slices"

	"github.com/prequel-db/prequel/sqlparse/bound"
	"github.com/prequel-db/prequel/sqlparse/catalog"
	"github.com/prequel-db/prequel/sqlparse/diag"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// checkVolatile refuses functions over sequences where it is not fixed how often and in which order PostgreSQL calls them. They may
// stand where each row of a statement's result, or that it writes, is computed once.
//
// A declared function that writes may stand where what runs around it is over or has not begun: in the expressions of functions, in the
// values of INSERT, in the SELECT list of a statement, which is computed row by row when the rows are found, and alone in FROM. One that is
// volatile and reads what its statement writes would see how far the statement is.
func (s *stmt) checkVolatile(body bound.Body) error {
	c := &volatileCheck{s: s}
	c.body(body)
	for _, called := range s.callables {
		c.body(called.body)
	}
	return c.err
}

type volatileCheck struct {
	s       *stmt
	err     error
	written []*catalog.Table // by the statement that is looked at
	parts   bool             // it is one of several writes that run at the same time
}

// fetching is how the rows of a query are asked for.
type fetching uint8

const (
	toTheEnd  fetching = iota // all of them, or the first one alone, before anything else runs
	inPieces                  // by FOR, whose body runs in between
	withWrite                 // by a write, which is behind the query
	anyhow
)

func (c *volatileCheck) body(body any) {
	if b, ok := body.(bound.Body); ok {
		outer := c.written
		defer func() { c.written = outer }()
		c.written = slices.Clone(bound.EffectsOf(b).Tables)
		if t := bound.TableOf(b); t != nil {
			c.written = append(c.written, t)
		}
		for _, t := range bound.EffectsOf(b).Triggers {
			c.body(t.Body)
		}
	}
	switch x := body.(type) {
	case *bound.Query:
		if c.parts {
			c.output(x, anyhow)
		} else {
			c.output(x, toTheEnd)
		}
	case *bound.Insert:
		c.with(x.With)
		switch {
		case x.Source == nil && !c.parts: // what the only row is made of is computed before it is written
			written := c.written
			c.written = nil
			c.beside(append(append(targetExprs(x.Returning), conflictExprs(x.OnConflict)...), x.Assign...))
			c.visit(x.Assign, true)
			c.written = written
		case x.Source == nil:
			c.once(x.Assign...)
		case c.parts:
			c.output(x.Source, anyhow)
			c.once(x.Assign...)
		default:
			c.output(x.Source, withWrite)
			c.once(x.Assign...)
		}
		if o := x.OnConflict; o != nil {
			c.set(o.Set)
			c.never(o.Where)
		}
		c.targets(x.Returning)
	case *bound.Update:
		c.with(x.With)
		c.from(x.From)
		c.never(x.Where)
		c.set(x.Set)
		c.targets(x.Returning)
	case *bound.Delete:
		c.with(x.With)
		c.from(x.Using)
		c.never(x.Where)
		c.targets(x.Returning)
	case *bound.Merge:
		c.with(x.With)
		c.from([]bound.From{x.Source})
		c.never(x.On)
		for _, a := range x.Actions {
			c.never(a.Cond)
			switch w := a.Write.(type) {
			case *bound.Insert:
				c.once(w.Assign...)
			case *bound.Update:
				c.set(w.Set)
			}
		}
	case *bound.Compound:
		outer := c.parts
		c.parts = true
		for _, p := range x.Parts {
			c.body(p.Write)
		}
		c.body(x.Main)
		c.parts = outer
	case *bound.Routine:
		outer := c.parts
		c.parts = false
		defer func() { c.parts = outer }()
		loops := map[bound.Embedded]bool{}
		visit(x.Body, func(s bound.Stmt) {
			if each, ok := s.(*bound.Each); ok {
				loops[each.SQL] = true
			}
		})
		bound.RoutineMap{
			Expr: func(e scalar.Expr) scalar.Expr {
				if e != nil {
					c.steps(e)
				}
				return e
			},
			SQL: func(e bound.Embedded) bound.Embedded {
				if q, ok := e.(*bound.Query); ok && loops[e] {
					c.output(q, inPieces)
				} else {
					c.body(e)
				}
				return e
			},
		}.Map(x.Body)
	}
}

// output checks a query whose rows are all computed and used once, or not at all.
func (c *volatileCheck) output(q *bound.Query, how fetching) {
	if q.SetOp != nil || q.Distinct || len(q.DistinctOn) > 0 {
		q.Exprs(c.never)
		return
	}
	c.with(q.With)
	for _, row := range q.Values {
		c.once(row...)
	}
	if call := loneWriter(q); call != nil && how != anyhow { // it runs to its end before the first row is looked at
		c.steps(call.Args...)
	} else {
		c.from(q.From)
	}
	c.never(q.Where)
	for _, e := range q.GroupBy {
		c.never(e)
	}
	c.never(q.Having)
	var visible []scalar.Expr
	for _, t := range q.Targets {
		if t.Hidden {
			c.never(t.Expr)
		} else {
			visible = append(visible, t.Expr)
		}
	}
	switch {
	case q.Offset != nil: // the rows that it leaves out are computed, too
		for _, e := range visible {
			c.never(e)
		}
	case q.Values != nil || how == withWrite || how == anyhow || how == inPieces && len(q.From) > 0:
		c.once(visible...)
	default:
		c.steps(visible...)
	}
	for _, k := range q.OrderBy {
		c.never(k.Expr)
		for _, t := range q.Targets {
			if col, ok := k.Expr.(*scalar.Column); ok && col.ID == t.ID || scalar.HasVolatile(t.Expr) && scalar.Equal(k.Expr, t.Expr) {
				c.never(t.Expr)
			}
		}
	}
	c.never(q.Limit)
	c.never(q.Offset)
}

// loneWriter is the call of a function that writes which is all that a query reads, and which it calls whatever happens.
func loneWriter(q *bound.Query) *scalar.Call {
	if len(q.From) != 1 || q.Limit != nil || len(q.With) > 0 {
		return nil
	}
	ref, ok := q.From[0].(*bound.FuncRef)
	if !ok || len(ref.Calls) != 1 || ref.Lateral {
		return nil
	}
	call, ok := ref.Calls[0].Call.(*scalar.Call)
	if !ok || call.Fn.Routine == nil || !call.Fn.Volatile {
		return nil
	}
	alone := true
	bound.Tables(q, func(*catalog.Table) { alone = false })
	if q.Where != nil {
		for _, e := range scalar.Conjuncts(q.Where) { // one without columns is decided before the call
			cols := scalar.ColumnsIn(e)
			alone = alone && !cols.Empty()
		}
	}
	if !alone {
		return nil
	}
	return call
}

func (c *volatileCheck) with(list []*bound.CTE) {
	for _, x := range list {
		if x.Write != nil {
			c.body(x.Write)
		} else {
			x.Query.Exprs(c.never)
		}
	}
}

func (c *volatileCheck) from(list []bound.From) {
	(&bound.Query{From: list}).Exprs(c.never)
}

func (c *volatileCheck) set(list []bound.Assign) {
	for _, a := range list {
		c.once(a.Expr)
	}
}

func (c *volatileCheck) targets(list []bound.Target) {
	for _, t := range list {
		c.once(t.Expr)
	}
}

// steps accepts functions that write, one after another.
func (c *volatileCheck) steps(list ...scalar.Expr) {
	c.beside(list)
	c.visit(list, true)
}

// beside refuses what reads the state before the statement where a function writes.
func (c *volatileCheck) beside(list []scalar.Expr) {
	var writer *scalar.Call
	var reader scalar.Expr
	for _, e := range list {
		scalar.Walk(e, func(x scalar.Expr) bool {
			switch x := x.(type) {
			case *scalar.Call:
				f := c.s.callableOf(x.Fn)
				switch {
				case f == nil:
				case f.effects.writes && writer == nil:
					writer = x
				case !f.effects.writes && x.Fn.Stable && len(f.effects.tables) > 0:
					reader = x
				}
			case *scalar.Subquery:
				if q, ok := x.Query.(*bound.Query); ok {
					bound.Tables(q, func(*catalog.Table) { reader = x })
				}
			}
			return true
		})
	}
	if writer != nil && reader != nil && c.err == nil {
		c.err = diag.UnsupportedRoutine.At(reader.Span(), "this reads tables beside a call of %s, which writes: it would have to see the state before",
			writer.Fn.Name).WithHelp("make statements of them, one after another")
	}
}

// conflictExprs are the expressions of ON CONFLICT.
func conflictExprs(o *bound.OnConflict) []scalar.Expr {
	if o == nil {
		return nil
	}
	var out []scalar.Expr
	for _, a := range o.Set {
		out = append(out, a.Expr)
	}
	if o.Where != nil {
		out = append(out, o.Where)
	}
	return out
}

// once accepts functions over sequences, but none in what aggregates, windows and subqueries compute.
func (c *volatileCheck) once(list ...scalar.Expr) { c.visit(list, false) }

func (c *volatileCheck) visit(list []scalar.Expr, writers bool) {
	for _, e := range list {
		if e == nil {
			continue
		}
		scalar.Walk(e, func(x scalar.Expr) bool {
			switch x := x.(type) {
			case *scalar.Agg, *scalar.WindowCall, *scalar.Subquery:
				c.never(x)
				return false
			case *scalar.Call:
				c.reads(x)
				if x.Fn.Routine != nil && x.Fn.Volatile && !writers && c.err == nil {
					c.err = writesBeside(x)
				}
			}
			return true
		})
	}
}

// writesBeside refuses a function that writes where the statement around is not over.
func writesBeside(x *scalar.Call) error {
	return diag.UnsupportedRoutine.At(x.Span(), "a call of %s, which writes, is not supported here: the statement around it reads or writes at the same time",
		x.Fn.Name).WithHelp("in PL/pgSQL, call it before: v := %s(...); or in the body of a loop over the rows", x.Fn.Name)
}

// reads refuses a volatile function that looks at a table while its statement writes to it.
func (c *volatileCheck) reads(x *scalar.Call) {
	f := c.s.callableOf(x.Fn)
	if f == nil || x.Fn.Stable || c.err != nil {
		return
	}
	for _, t := range f.effects.tables {
		if slices.Contains(c.written, t) {
			c.err = diag.UnsupportedRoutine.At(x.Span(), "%s is volatile and reads %s while the statement writes to it: it would have to see each row that is done", x.Fn.Name, t.Name).
				WithHelp("declare the function STABLE, so that it sees the state before the statement")
			return
		}
	}
}

// never refuses volatile functions anywhere in an expression.
func (c *volatileCheck) never(e scalar.Expr) {
	if e == nil {
		return
	}
	scalar.Walk(e, func(x scalar.Expr) bool {
		switch x := x.(type) {
		case *scalar.Call:
			c.reads(x)
			if x.Fn.Proc == DomainCheck && c.err == nil {
				c.err = diag.Volatile.At(x.Span(), "a cast to the domain %s can fail: whether it is evaluated here depends on how the statement is run", x.Fn.Name).
					WithHelp("cast in a SELECT list, VALUES, SET, RETURNING or a function")
			}
			if x.Fn.Volatile && x.Fn.Routine != nil && c.err == nil {
				c.err = writesBeside(x)
			}
			if x.Fn.Volatile && c.err == nil {
				c.err = diag.Volatile.At(x.Span(), "%s is volatile: how often it is called here depends on how the statement is run", x.Fn.Name).
					WithHelp("call it in a SELECT list, VALUES, SET, RETURNING, a default or a function")
			}
		case *scalar.Subquery:
			if q, ok := x.Query.(*bound.Query); ok {
				q.Exprs(c.never)
			}
		}
		return true
	})
}
