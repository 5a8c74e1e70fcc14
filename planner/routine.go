package planner

import (
	"github.com/prequel-db/prequel/planner/algebra"
	"github.com/prequel-db/prequel/planner/norm"
	"github.com/prequel-db/prequel/sqlparse/bound"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// routine plans the SQL inside a function. Each statement is planned by itself: between two of them the variables and the
// tables may have changed.
func (t *translator) routine(r *bound.Routine) algebra.Body {
	c := *r
	c.Body = t.embedded().Map(r.Body)
	return &algebra.Routine{Routine: &c}
}

// embedded translates what is inside functions.
func (t *translator) embedded() bound.RoutineMap {
	return bound.RoutineMap{Expr: t.expr, SQL: func(e bound.Embedded) bound.Embedded {
		b, _ := e.(bound.Body)
		out, _ := t.body(b).(bound.Embedded)
		return out
	}}
}

// routineCall plans the body of a declared function that an expression calls. It is a program of its own: nothing of the statement around it
// is part of it but the arguments.
func (t *translator) routineCall(c *scalar.Call) scalar.Expr {
	body, ok := c.Fn.Routine.(*bound.Routine)
	if !ok {
		return c
	}
	fn := t.routines[c.Fn]
	if fn == nil {
		f, planned := *c.Fn, &algebra.Routine{}
		f.Routine = planned
		fn = &f
		if t.routines == nil {
			t.routines = map[*scalar.Func]*scalar.Func{}
		}
		t.routines[c.Fn], t.routines[fn] = fn, fn // ahead of the body, which may call the function
		bare, _ := t.routine(body).(*algebra.Routine)
		env := &norm.Env{Columns: t.cols}
		if done, ok := normaliseRoutine(&algebra.Statement{Columns: t.cols}, bare, env).(*algebra.Routine); ok {
			*planned = *done
		}
	}
	out := *c
	out.Fn = fn
	return &out
}

// effects plans the functions of a write's triggers.
func (t *translator) effects(e bound.Effects) bound.Effects {
	return bound.Effects{Triggers: t.embedded().Triggers(e.Triggers), Tables: e.Tables}
}

// normaliseEffects normalises triggers. They see the tables while foreign keys may still be looked at.
func normaliseEffects(s *algebra.Statement, e bound.Effects, env *norm.Env) bound.Effects {
	defer func(held bool) { env.References = held }(env.References)
	env.References = false
	m := bound.RoutineMap{Expr: env.Expr, SQL: func(x bound.Embedded) bound.Embedded {
		inner := *s
		inner.Body, _ = x.(algebra.Body)
		Normalise(&inner, env)
		out, _ := inner.Body.(bound.Embedded)
		return out
	}}
	return bound.Effects{Triggers: m.Triggers(e.Triggers), Tables: e.Tables}
}

func normaliseRoutine(s *algebra.Statement, r *algebra.Routine, env *norm.Env) algebra.Body {
	return r.Map(env.Expr, func(b algebra.Body) algebra.Body {
		inner := *s
		inner.Body = b
		Normalise(&inner, env)
		return inner.Body
	})
}
