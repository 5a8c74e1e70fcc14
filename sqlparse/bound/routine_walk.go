package bound

import "github.com/prequel-db/prequel/sqlparse/scalar"

// RoutineMap says what Map replaces; each may be nil.
type RoutineMap struct {
	Expr func(scalar.Expr) scalar.Expr
	SQL  func(Embedded) Embedded
}

// Map copies statements with their expressions and embedded SQL replaced, in program order.
func (m RoutineMap) Map(list []Stmt) []Stmt {
	if list == nil {
		return nil
	}
	out := make([]Stmt, len(list))
	for i, s := range list {
		out[i] = m.stmt(s)
	}
	return out
}

func (m RoutineMap) expr(e scalar.Expr) scalar.Expr {
	if e == nil || m.Expr == nil {
		return e
	}
	return m.Expr(e)
}

func (m RoutineMap) exprs(list []scalar.Expr) []scalar.Expr {
	if list == nil {
		return nil
	}
	out := make([]scalar.Expr, len(list))
	for i, e := range list {
		out[i] = m.expr(e)
	}
	return out
}

func (m RoutineMap) sql(s Embedded) Embedded {
	if m.SQL == nil {
		return s
	}
	return m.SQL(s)
}

func (m RoutineMap) moves(list []Move) []Move {
	var out []Move
	for _, v := range list {
		out = append(out, Move{v.Var, m.expr(v.Expr), v.Row})
	}
	return out
}

func (m RoutineMap) stmt(s Stmt) Stmt {
	switch x := s.(type) {
	case *SetVar:
		c := *x
		c.Expr = m.expr(x.Expr)
		return &c
	case *IfStmt:
		return &IfStmt{Cond: m.expr(x.Cond), Then: m.Map(x.Then), Else: m.Map(x.Else)}
	case *Labelled:
		return &Labelled{ID: x.ID, Loop: x.Loop, Body: m.Map(x.Body)}
	case *Each:
		c := *x
		c.SQL, c.Into, c.Body = m.sql(x.SQL), m.moves(x.Into), m.Map(x.Body)
		return &c
	case *EachValue:
		c := *x
		c.Array, c.Into.Expr, c.Body = m.expr(x.Array), m.expr(x.Into.Expr), m.Map(x.Body)
		return &c
	case *Run:
		c := *x
		c.SQL, c.Into = m.sql(x.SQL), m.moves(x.Into)
		return &c
	case *Emit:
		return &Emit{Exprs: m.exprs(x.Exprs)}
	case *EmitQuery:
		c := *x
		c.SQL, c.Exprs = m.sql(x.SQL), m.exprs(x.Exprs)
		return &c
	case *Return:
		return &Return{Exprs: m.exprs(x.Exprs)}
	case *RaiseStmt:
		c := *x
		c.Message, c.Detail = m.exprs(x.Message), m.exprs(x.Detail)
		return &c
	case *Try:
		c := *x
		c.Body = m.Map(x.Body)
		c.Handlers = nil
		for _, h := range x.Handlers {
			c.Handlers = append(c.Handlers, Catch{States: h.States, Others: h.Others, Body: m.Map(h.Body)})
		}
		return &c
	}
	return s // Leave, Reraise
}
