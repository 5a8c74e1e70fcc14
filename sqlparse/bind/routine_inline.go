package bind

import (
	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqlparse/bound"
	"github.com/prequel-db/prequel/sqlparse/catalog"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// inline is the expression that a function's body amounts to: assignments, branches and a result, without SQL and loops.
//
//	IF x < 0 THEN RETURN -x; END IF; RETURN x;     becomes     CASE WHEN x < 0 THEN -x ELSE x END
//
// A value that takes computing stays in one place and is evaluated there whenever the function is called, so that it raises the same
// errors; ok is false otherwise. PostgreSQL puts functions of LANGUAGE sql into expressions itself, and then evaluates an argument only
// when the expression around it comes to it.
func inline(fn *catalog.Function, r *bound.Routine, args []scalar.Expr) (e scalar.Expr, ok bool) {
	if len(r.Out) != 1 || r.SetOf {
		return nil, false
	}
	x := &inliner{r: r, out: r.Out[0], behind: map[int]func(values) (scalar.Expr, bool){}, held: map[int]scalar.Expr{}, left: maxInlined}
	env := values{}
	for i, v := range r.In {
		env = x.set(env, v, args[i])
	}
	body := r.Body
	if fn.Strict && len(r.In) > 0 {
		body = behindGuard(body)
	}
	result := func(env values) (scalar.Expr, bool) {
		e := env[x.out]
		return e, e != nil
	}
	if e, ok = x.exec(body, env, result); ok && fn.Strict && len(r.In) > 0 && !strictInAll(e, r, args) {
		x.left = maxInlined
		e, ok = x.exec(r.Body, env, result)
	}
	if !ok || scalar.HasVolatile(e) {
		return nil, false
	}
	if fn.Language != "sql" && len(x.held) > 1 { // which of them fails first would be open
		return nil, false
	}
	for v, held := range x.held {
		n, always := uses(e, v)
		for _, other := range x.held {
			more, _ := uses(other, v)
			n += more
		}
		if n > 1 || fn.Language != "sql" && (n == 0 || !always) || scalar.HasSubquery(held) && n != 1 {
			return nil, false
		}
	}
	return x.fill(e), true
}

// behindGuard is the body of a STRICT function without the test that begins it.
func behindGuard(body []bound.Stmt) []bound.Stmt {
	if l, ok := body[0].(*bound.Labelled); ok {
		c := *l
		c.Body = behindGuard(l.Body)
		return append([]bound.Stmt{&c}, body[1:]...)
	}
	return body[1:]
}

// maxInlined bounds the statements that are visited, as what stands behind a branch is part of both of its ways.
const maxInlined = 60

// firstHeld is the number of the parameter that stands for a held value, beyond all variables: arguments may read the caller's.
const firstHeld = 1 << 24

// values are the expressions that variables hold at a point.
type values map[int]scalar.Expr

type inliner struct {
	r      *bound.Routine
	out    int // the variable of the result
	behind map[int]func(values) (scalar.Expr, bool)
	// held are values that take computing, by the variable that stands for them until the end.
	held map[int]scalar.Expr
	left int
}

func (x *inliner) set(env values, v int, e scalar.Expr) values {
	out := values{}
	for k, w := range env {
		out[k] = w
	}
	out[v] = e
	if v != x.out && !isLeaf(e) {
		x.held[v] = e
		out[v] = &scalar.Param{Node: scalar.Node{Typ: x.r.Vars[v].Type, Pos: e.Span()}, Number: firstHeld + v}
	}
	return out
}

// read puts what the variables hold into an expression.
func (x *inliner) read(e scalar.Expr, env values) (scalar.Expr, bool) {
	ok := true
	out := scalar.Map(e, func(y scalar.Expr) scalar.Expr {
		switch y := y.(type) {
		case *scalar.Subquery:
			ok = false
		case *scalar.Param:
			if y.Local() {
				v := env[y.Number-scalar.FirstLocal]
				ok = ok && v != nil
				return v
			}
		}
		return y
	})
	return out, ok
}

func (x *inliner) exec(list []bound.Stmt, env values, next func(values) (scalar.Expr, bool)) (scalar.Expr, bool) {
	if x.left--; x.left < 0 {
		return nil, false
	}
	if len(list) == 0 {
		return next(env)
	}
	rest := func(env values) (scalar.Expr, bool) { return x.exec(list[1:], env, next) }
	switch s := list[0].(type) {
	case *bound.SetVar:
		e, ok := x.read(s.Expr, env)
		if !ok || x.r.Vars[s.Var].NotNull || x.held[s.Var] != nil {
			return nil, false
		}
		return rest(x.set(env, s.Var, e))
	case *bound.Run:
		e, ok := x.only(s, env)
		if !ok {
			return nil, false
		}
		return rest(x.set(env, s.Into[0].Var, e))
	case *bound.IfStmt:
		return x.branch(s, env, rest)
	case *bound.Labelled:
		if s.Loop {
			return nil, false
		}
		x.behind[s.ID] = rest
		return x.exec(s.Body, env, rest)
	case *bound.Leave:
		if x.behind[s.ID] == nil {
			return nil, false
		}
		return x.behind[s.ID](env)
	}
	return nil, false
}

// only is the value of SELECT expression.
func (x *inliner) only(s *bound.Run, env values) (scalar.Expr, bool) {
	q, ok := s.SQL.(*bound.Query)
	if !ok || len(s.Into) != 1 || s.Strict || s.Found >= 0 || s.Count >= 0 || len(q.With) > 0 || q.SetOp != nil || q.Values != nil ||
		len(q.From) > 0 || q.Where != nil || q.HasGroup || q.Distinct || len(q.DistinctOn) > 0 || len(q.OrderBy) > 0 || q.Limit != nil ||
		q.Offset != nil || len(q.Targets) != 1 {
		return nil, false
	}
	t := q.Targets[0]
	if scalar.Any(t.Expr, func(e scalar.Expr) bool {
		switch e := e.(type) {
		case *scalar.Agg, *scalar.WindowCall:
			return true
		case *scalar.Call:
			return e.Fn.Set
		}
		return false
	}) {
		return nil, false
	}
	return x.read(scalar.Substitute(s.Into[0].Expr, map[scalar.ColumnID]scalar.Expr{t.ID: t.Expr}), env)
}

func (x *inliner) branch(s *bound.IfStmt, env values, rest func(values) (scalar.Expr, bool)) (scalar.Expr, bool) {
	cond, ok := x.read(s.Cond, env)
	if !ok {
		return nil, false
	}
	then, ok := x.exec(s.Then, env, rest)
	if !ok {
		return nil, false
	}
	els, ok := x.exec(s.Else, env, rest)
	if !ok {
		return nil, false
	}
	out := &scalar.Case{Node: scalar.Node{Typ: x.r.Vars[x.out].Type, Pos: cond.Span()}, Whens: []scalar.When{{Cond: cond, Then: then}}, Else: els}
	if more, ok := els.(*scalar.Case); ok && more.Typ.Equal(out.Typ) {
		out.Whens, out.Else = append(out.Whens, more.Whens...), more.Else
	}
	return out, true
}

// fill puts the values that were held back into their places.
func (x *inliner) fill(e scalar.Expr) scalar.Expr {
	return scalar.Map(e, func(y scalar.Expr) scalar.Expr {
		if p, ok := y.(*scalar.Param); ok && p.Number >= firstHeld {
			return x.fill(x.held[p.Number-firstHeld])
		}
		return y
	})
}

// uses counts the uses of a variable; always says that one of them is evaluated whenever the expression is.
func uses(e scalar.Expr, v int) (n int, always bool) {
	var walk func(e scalar.Expr, sure bool)
	walk = func(e scalar.Expr, sure bool) {
		if p, ok := e.(*scalar.Param); ok && p.Number == firstHeld+v {
			n++
			always = always || sure
		}
		first := true
		lazy := false
		switch e.(type) {
		case *scalar.And, *scalar.Or, *scalar.Coalesce, *scalar.Case, *scalar.InList:
			lazy = true
		}
		for _, c := range scalar.Children(e) {
			walk(c, sure && (first || !lazy))
			first = false
		}
	}
	walk(e, true)
	return n, always
}

// strictInAll reports whether an expression is NULL by itself when one of the arguments is.
func strictInAll(e scalar.Expr, r *bound.Routine, args []scalar.Expr) bool {
	for i, v := range r.In {
		if k, ok := args[i].(*scalar.Const); ok && !k.Null {
			continue
		}
		arg := args[i]
		if !isLeaf(arg) {
			arg = &scalar.Param{Node: scalar.Node{Typ: r.Vars[v].Type}, Number: firstHeld + v}
		}
		if !strictIn(e, arg) {
			return false
		}
	}
	return true
}

func strictIn(e, arg scalar.Expr) bool {
	if scalar.Equal(e, arg) {
		return true
	}
	switch x := e.(type) {
	case *scalar.Call:
		if x.Fn.Strict {
			for _, a := range x.Args {
				if strictIn(a, arg) {
					return true
				}
			}
		}
	case *scalar.Relabel:
		return strictIn(x.Arg, arg)
	case *scalar.Modify:
		return strictIn(x.Arg, arg)
	case *scalar.ViaText:
		return strictIn(x.Arg, arg)
	case *scalar.Not:
		return strictIn(x.Arg, arg)
	}
	return false
}

// resultType is the type of a call's value.
func (s *stmt) resultType(r *bound.Routine) value.Type {
	switch {
	case len(r.Results) == 1:
		return r.Results[0].Type
	default:
		return value.Of(value.Record)
	}
}
