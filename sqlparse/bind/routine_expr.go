package bind

import (
	"slices"
	"strings"

	"github.com/prequel-db/prequel/sqlparse/bound"
	"github.com/prequel-db/prequel/sqlparse/catalog"
	"github.com/prequel-db/prequel/sqlparse/diag"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// A declared function inside an expression is one of three things:
//
//   - an expression itself, where its body is no more than that: see inline;
//   - a call whose body is written out where it stands, as a subquery is, when it only reads. Such a call may stand wherever a
//     subquery may, and is evaluated when PostgreSQL would evaluate a subquery there;
//   - the same, but volatile, when it writes or draws from a sequence. It may stand only where it is fixed how often and in which
//     order PostgreSQL calls it.

// effects is what running statements does besides computing.
type effects struct {
	writes  bool             // tables or sequences
	plain   bool             // no SQL and no loop: nothing in it has columns
	tables  []*catalog.Table // that queries read
	changed []*catalog.Table // whose rows writes change
	// truncated are the tables that TRUNCATE empties.
	truncated []*catalog.Table
}

// size grows with what there is.
func (e *effects) size() int {
	n := len(e.tables) + len(e.changed) + len(e.truncated)
	if e.writes {
		n++
	}
	return n
}

// table notes that a table is read.
func (e *effects) table(t *catalog.Table) { add(&e.tables, t) }

func add(list *[]*catalog.Table, tables ...*catalog.Table) {
	for _, t := range tables {
		if !slices.Contains(*list, t) {
			*list = append(*list, t)
		}
	}
}

// callable is a declared function as expressions of a statement call it.
type callable struct {
	of      *catalog.Function
	open    []*catalog.Table // what was in use around it, which decides what TRUNCATE does in it
	fn      *scalar.Func
	body    *bound.Routine
	effects effects
	binding bool // its body is being bound
}

// callDeclared is the call of a declared function inside an expression, or in FROM when rows says so.
func (s *stmt) callDeclared(sc *scope, fn *catalog.Function, args []scalar.Expr, span diag.Span, rows bool) (scalar.Expr, error) {
	switch {
	case fn.Trigger:
		return nil, diag.NotInPostgres.At(span, "trigger functions can only be called as triggers")
	case fn.SetOf && !rows:
		return nil, diag.SetReturning.At(span, "the set-returning function %s is not supported here", fn.Name).
			WithHelp("move it to FROM: CROSS JOIN LATERAL %s(...)", fn.Name)
	case !rows && (len(resultColumns(fn)) > 1 || fn.Table != nil):
		return nil, diag.Composite.At(span, "the row that %s returns is not supported as a value", fn.Name).
			WithHelp("move it to FROM: CROSS JOIN LATERAL %s(...)", fn.Name)
	}
	c, err := s.callable(fn, span)
	if err != nil {
		return nil, err
	}
	if sc.clause == inGenerated && fn.Volatility != catalog.ImmutableFunction {
		return nil, diag.BadDefinition.At(span, "generation expression is not immutable").WithState("42P17").
			WithHelp("the function %s is not declared IMMUTABLE", fn.Name)
	}
	if fn.Volatility != catalog.ImmutableFunction {
		s.notLasting(fn.Name)
	}
	if !rows && !c.fn.Recursive {
		s.rewrote()
		if e, ok := inline(fn, c.body, args); ok {
			return e, nil
		}
	}
	if err := schemaCall(sc, fn, c, span); err != nil {
		return nil, err
	}
	typ := s.resultType(c.body)
	return &scalar.Call{Node: scalar.Node{Typ: typ, Pos: span}, Fn: c.fn, Args: args}, nil
}

// callableOf is the declared function that a call means, nil for a builtin.
func (s *stmt) callableOf(fn *scalar.Func) *callable {
	if fn.Routine != nil {
		for _, c := range s.callables {
			if c.fn == fn {
				return c
			}
		}
	}
	return nil
}

// schemaCall refuses in the expressions of a schema what cannot be evaluated there.
func schemaCall(sc *scope, fn *catalog.Function, c *callable, span diag.Span) error {
	if sc.clause != inCheck && sc.clause != inGenerated && sc.clause != inIndexPredicate && sc.clause != inIndexExpr || c.effects.plain && !c.effects.writes {
		return nil
	}
	what := "has queries or loops"
	if c.effects.writes {
		what = "writes"
	}
	return diag.UnsupportedRoutine.At(span, "the function %s %s, which is not supported in %s", fn.Name, what, clauseNames[sc.clause]).
		WithHelp("call a function of its arguments alone, or use a trigger")
}

// callable binds the body of a function, once for each statement where the same tables are in use around it.
func (s *stmt) callable(fn *catalog.Function, span diag.Span) (*callable, error) {
	open := s.open
	if !s.truncates() {
		open = nil
	}
	for _, c := range s.callables {
		if c.of == fn && slices.Equal(c.open, open) {
			c.fn.Recursive = c.fn.Recursive || c.binding
			return c, nil
		}
	}
	c := &callable{of: fn, open: open, fn: &scalar.Func{
		Name: fn.Name, Proc: routineProc + itoa(slices.Index(s.cat.Functions, fn)), Set: fn.SetOf,
		Stable: fn.Volatility != catalog.VolatileFunction,
	}}
	// What a function does that calls itself is what it does beside these calls: first it is bound as if they did nothing.
	for before := len(s.callables); ; {
		s.callables = append(s.callables[:before:before], c)
		if err := s.bindCallable(c, span); err != nil {
			return nil, err
		}
		found := s.effectsOf(c.body.Body)
		known := found.size() == c.effects.size()
		c.effects, c.fn.Volatile = found, found.writes
		if known || !c.fn.Recursive {
			return c, nil
		}
	}
}

// truncates reports whether some function may TRUNCATE, which asks what is in use around its call.
func (s *stmt) truncates() bool {
	return slices.ContainsFunc(s.cat.Functions, func(fn *catalog.Function) bool {
		return strings.Contains(strings.ToLower(fn.Body), "truncate")
	})
}

// bindCallable binds the body of a function that expressions call.
func (s *stmt) bindCallable(c *callable, span diag.Span) error {
	fn := c.of
	sh := newShared(&bound.Routine{Function: fn.Name, SetOf: fn.SetOf, Span: fn.Span, Results: resultColumns(fn)})
	c.body, c.fn.Routine = sh.out, sh.out
	r := &routine{shared: sh, s: s, fn: fn}
	end := sh.label()
	void := len(sh.out.Results) == 0 && !fn.SetOf
	if void { // its value is an empty text, and NULL where it comes from SQL or STRICT
		sh.out.Results = []bound.Result{{Name: fn.Name, Type: textType}}
	}
	if !fn.SetOf {
		for _, c := range sh.out.Results {
			v := r.newVar(c.Name, c.Type)
			sh.out.Out, sh.used[v] = append(sh.out.Out, v), true
		}
	}
	r.leave = func(values []scalar.Expr) []bound.Stmt {
		if void && (fn.Language == "sql" || r.unrun) {
			values = []scalar.Expr{nullOf(textType, span)}
		} else if void {
			values = []scalar.Expr{constant(textType, "", span)}
		}
		var out []bound.Stmt
		for i, v := range values {
			out = append(out, &bound.SetVar{Var: sh.out.Out[i], Expr: v, Span: span})
		}
		sh.left[end] = true
		return append(out, &bound.Leave{ID: end})
	}
	text := s.text
	c.binding = true
	body, err := r.bindBody(span)
	c.binding = false
	s.text = text
	sh.out.Body = sh.tidy([]bound.Stmt{&bound.Labelled{ID: end, Body: body}})
	return err
}

// routineProc begins the implementation's name of a declared function.
const routineProc = "routine "

// bindBody makes the statements of a function that expressions call: its arguments are given by whoever runs them.
func (r *routine) bindBody(span diag.Span) ([]bound.Stmt, error) {
	outer, substitute := r.s.text, r.s.substitute
	r.s.substitute = nil
	defer func() { r.s.text, r.s.substitute = outer, substitute }()
	return r.bind(nil, span)
}

// effectsOf is what statements do.
func (s *stmt) effectsOf(list []bound.Stmt) effects {
	out := effects{plain: true}
	var see func(e scalar.Expr)
	query := func(q *bound.Query) {
		out.plain = false
		bound.Tables(q, out.table)
		q.Exprs(func(e scalar.Expr) { see(e) })
	}
	see = func(e scalar.Expr) {
		scalar.Walk(e, func(x scalar.Expr) bool {
			switch x := x.(type) {
			case *scalar.Call:
				if x.Fn.Volatile && x.Fn.Proc != DomainCheck {
					out.writes = true
				}
				if c := s.callableOf(x.Fn); c != nil {
					out.writes = out.writes || c.effects.writes
					out.plain = out.plain && c.effects.plain
					add(&out.tables, c.effects.tables...)
					add(&out.changed, c.effects.changed...)
					add(&out.truncated, c.effects.truncated...)
				}
			case *scalar.Subquery:
				if q, ok := x.Query.(*bound.Query); ok {
					query(q)
				}
			}
			return true
		})
	}
	visit(list, func(x bound.Stmt) {
		if _, loop := x.(*bound.EachValue); loop {
			out.plain = false
		}
	})
	bound.RoutineMap{
		Expr: func(e scalar.Expr) scalar.Expr {
			see(e)
			return e
		},
		SQL: func(e bound.Embedded) bound.Embedded {
			if q, ok := e.(*bound.Query); ok {
				query(q)
				return e
			}
			out.writes, out.plain = true, false
			does := bound.EffectsOf(e.(bound.Body))
			add(&out.changed, does.Tables...)
			for _, t := range does.Triggers {
				add(&out.truncated, s.effectsOf(t.Body.Body).truncated...)
			}
			if d, ok := e.(*bound.Delete); ok && d.Truncate {
				add(&out.truncated, d.Table)
			}
			return e
		},
	}.Map(list)
	return out
}
