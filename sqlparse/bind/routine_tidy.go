package bind

import (
	"strconv"

	"github.com/prequel-db/prequel/sqlparse/bound"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

func itoa(n int) string { return strconv.Itoa(n) }

// tidy drops what is left of a body's making: reports to variables that nothing reads, blocks that nothing leaves, and leaving where
// the end is anyway.
func (sh *shared) tidy(list []bound.Stmt) []bound.Stmt {
	for from, to := range sh.copies {
		sh.used[from] = sh.used[from] || sh.used[to]
	}
	list = sh.trim(list)
	sh.left = map[int]bool{}
	visit(list, func(s bound.Stmt) {
		if l, ok := s.(*bound.Leave); ok {
			sh.left[l.ID] = true
		}
	})
	return sh.flat(list)
}

// trim drops a Leave that stands at the end of what it leaves, and what stands behind one.
func (sh *shared) trim(list []bound.Stmt) []bound.Stmt {
	for _, s := range list {
		for _, body := range bodies(s) {
			*body = sh.trim(*body)
		}
		if l, ok := s.(*bound.Labelled); ok && !l.Loop {
			l.Body = withoutLast(l.Body, l.ID)
		}
	}
	return list
}

func withoutLast(list []bound.Stmt, id int) []bound.Stmt {
	if len(list) == 0 {
		return list
	}
	switch x := list[len(list)-1].(type) {
	case *bound.Leave:
		if x.ID == id {
			return withoutLast(list[:len(list)-1], id)
		}
	case *bound.IfStmt:
		x.Then, x.Else = withoutLast(x.Then, id), withoutLast(x.Else, id)
	case *bound.Labelled:
		if !x.Loop {
			x.Body = withoutLast(x.Body, id)
		}
	case *bound.Try:
		x.Body = withoutLast(x.Body, id)
		for i := range x.Handlers {
			x.Handlers[i].Body = withoutLast(x.Handlers[i].Body, id)
		}
	}
	return list
}

// flat removes blocks that nothing leaves and writes to variables that nothing reads.
func (sh *shared) flat(list []bound.Stmt) []bound.Stmt {
	var out []bound.Stmt
	for _, s := range list {
		for _, body := range bodies(s) {
			*body = sh.flat(*body)
		}
		sh.forget(s)
		switch x := s.(type) {
		case *bound.Labelled:
			if !x.Loop && !sh.left[x.ID] {
				out = append(out, x.Body...)
				continue
			}
		case *bound.SetVar:
			if !sh.used[x.Var] && !sh.results[x.Var] && simple(x.Expr) && !sh.out.Vars[x.Var].NotNull {
				continue
			}
		}
		out = append(out, s)
	}
	return out
}

// simple reports whether evaluating an expression can be left out.
func simple(e scalar.Expr) bool {
	switch e.(type) {
	case *scalar.Const, *scalar.Param:
		return true
	}
	return false
}

// forget drops reports to variables that nothing reads.
func (sh *shared) forget(s bound.Stmt) {
	drop := func(at *int) {
		if *at >= 0 && !sh.used[*at] {
			*at = -1
		}
	}
	switch x := s.(type) {
	case *bound.Run:
		drop(&x.Found)
		drop(&x.Count)
	case *bound.Each:
		drop(&x.Found)
	case *bound.EachValue:
		drop(&x.Found)
	case *bound.EmitQuery:
		drop(&x.Found)
		drop(&x.Count)
	case *bound.Try:
		drop(&x.State)
		drop(&x.Message)
		for i := range x.Fields {
			drop(&x.Fields[i])
		}
	}
}

// bodies are the lists of statements inside a statement.
func bodies(s bound.Stmt) []*[]bound.Stmt {
	switch x := s.(type) {
	case *bound.IfStmt:
		return []*[]bound.Stmt{&x.Then, &x.Else}
	case *bound.Labelled:
		return []*[]bound.Stmt{&x.Body}
	case *bound.Each:
		return []*[]bound.Stmt{&x.Body}
	case *bound.EachValue:
		return []*[]bound.Stmt{&x.Body}
	case *bound.Try:
		out := []*[]bound.Stmt{&x.Body}
		for i := range x.Handlers {
			out = append(out, &x.Handlers[i].Body)
		}
		return out
	}
	return nil
}

// visit calls f for every statement.
func visit(list []bound.Stmt, f func(bound.Stmt)) {
	for _, s := range list {
		f(s)
		for _, body := range bodies(s) {
			visit(*body, f)
		}
	}
}
