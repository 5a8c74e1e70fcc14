package algebra

import (
	"github.com/prequel-db/prequel/sqlparse/bound"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// Routine is a call of a function: its statements as they were bound, with the plans of the SQL inside. Variables are parameters in
// the plans (scalar.Param with a number from scalar.FirstLocal on): constant while one of them runs.
type Routine struct{ *bound.Routine }

func (*Routine) isBody() {}

// IsRoutine marks the planned body of a declared function that expressions call.
func (*Routine) IsRoutine() {}

// IsEmbedded marks a plan as usable inside routines.
func (*Query) IsEmbedded() {}

// IsEmbedded marks a plan as usable inside routines.
func (*Compound) IsEmbedded() {}

// IsEmbedded marks a plan as usable inside routines.
func (*Insert) IsEmbedded() {}

// IsEmbedded marks a plan as usable inside routines.
func (*Update) IsEmbedded() {}

// IsEmbedded marks a plan as usable inside routines.
func (*Delete) IsEmbedded() {}

// Map copies a routine with its expressions and plans replaced; either function may be nil.
func (r *Routine) Map(expr func(scalar.Expr) scalar.Expr, body func(Body) Body) *Routine {
	m := bound.RoutineMap{Expr: expr}
	if body != nil {
		m.SQL = func(e bound.Embedded) bound.Embedded {
			b, _ := e.(Body)
			out, _ := body(b).(bound.Embedded)
			return out
		}
	}
	c := *r.Routine
	c.Body = m.Map(r.Body)
	return &Routine{&c}
}

// Each visits the plans of a routine, in the order of the text.
func (r *Routine) Each(visit func(Body)) {
	r.Map(nil, func(b Body) Body {
		visit(b)
		return b
	})
}
