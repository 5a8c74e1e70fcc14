package planner

import (
	"github.com/prequel-db/prequel/planner/algebra"
	"github.com/prequel-db/prequel/planner/norm"
	"github.com/prequel-db/prequel/sqlparse/bound"
)

// routine plans the SQL inside a function. Each statement is planned by itself: between two of them the variables and the
// tables may have changed.
func (t *translator) routine(r *bound.Routine) algebra.Body {
	m := bound.RoutineMap{Expr: t.expr, SQL: func(e bound.Embedded) bound.Embedded {
		b, _ := e.(bound.Body)
		out, _ := t.body(b).(bound.Embedded)
		return out
	}}
	c := *r
	c.Body = m.Map(r.Body)
	return &algebra.Routine{Routine: &c}
}

func normaliseRoutine(s *algebra.Statement, r *algebra.Routine, env *norm.Env) algebra.Body {
	return r.Map(env.Expr, func(b algebra.Body) algebra.Body {
		inner := *s
		inner.Body = b
		Normalise(&inner, env)
		return inner.Body
	})
}
