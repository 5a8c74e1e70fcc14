package lua

// eachExpr visits the slots of an expression and of all expressions in it, outer before inner, function bodies included.
func eachExpr(slot *Expr, visit func(*Expr)) {
	visit(slot)
	switch x := (*slot).(type) {
	case *Field:
		eachExpr(&x.X, visit)
	case *Index:
		eachExpr(&x.X, visit)
		eachExpr(&x.I, visit)
	case *Call:
		eachExpr(&x.F, visit)
		eachExprs(x.Args, visit)
	case *Method:
		eachExpr(&x.X, visit)
		eachExprs(x.Args, visit)
	case *Bin:
		eachExpr(&x.L, visit)
		eachExpr(&x.R, visit)
	case *Un:
		eachExpr(&x.X, visit)
	case *Only:
		eachExpr(&x.X, visit)
	case *Table:
		for i := range x.Items {
			if x.Items[i].Key != nil {
				eachExpr(&x.Items[i].Key, visit)
			}
			eachExpr(&x.Items[i].Value, visit)
		}
	case *Func:
		EachExpr(x.Body, visit)
	}
}

// eachPart visits the function and the arguments of a call, or the string and the arguments of a method.
func eachPart(x Expr, visit func(*Expr)) {
	switch x := x.(type) {
	case *Call:
		visit(&x.F)
		for i := range x.Args {
			visit(&x.Args[i])
		}
	case *Method:
		visit(&x.X)
		for i := range x.Args {
			visit(&x.Args[i])
		}
	}
}

func eachExprs(xs []Expr, visit func(*Expr)) {
	for i := range xs {
		eachExpr(&xs[i], visit)
	}
}

// EachExpr visits every expression slot of a block, in the order of the text.
func EachExpr(b Block, visit func(*Expr)) {
	for _, s := range b {
		eachInStat(s, visit)
	}
}

func eachInStat(s Stat, visit func(*Expr)) {
	eachDirect(s, visit)
	for _, body := range bodies(s) {
		EachExpr(*body, visit)
	}
}

// eachDirect visits the expressions of a statement itself, not those of the blocks in it.
func eachDirect(s Stat, visit func(*Expr)) {
	switch s := s.(type) {
	case *Local:
		eachExprs(s.Values, visit)
	case *Assign:
		eachExprs(s.Targets, visit)
		eachExprs(s.Values, visit)
	case *Do:
		eachExpr(&s.Call, visit)
	case *If:
		for i := range s.Clauses {
			eachExpr(&s.Clauses[i].Cond, visit)
		}
	case *NumFor:
		eachExpr(&s.From, visit)
		eachExpr(&s.To, visit)
		if s.Step != nil {
			eachExpr(&s.Step, visit)
		}
	case *ForIn:
		eachExpr(&s.Iter, visit)
	case *While:
		eachExpr(&s.Cond, visit)
	case *Return:
		eachExprs(s.Values, visit)
	}
}

// bodies lists the blocks inside a statement.
func bodies(s Stat) []*Block {
	switch s := s.(type) {
	case *Scope:
		return []*Block{&s.Body}
	case *If:
		var out []*Block
		for i := range s.Clauses {
			out = append(out, &s.Clauses[i].Body)
		}
		return append(out, &s.Else)
	case *NumFor:
		return []*Block{&s.Body}
	case *ForIn:
		return []*Block{&s.Body}
	case *While:
		return []*Block{&s.Body}
	case *LocalFunc:
		return []*Block{&s.Body}
	}
	return nil
}

// repeats reports whether the blocks in a statement may run more than once, or later.
func repeats(s Stat) bool {
	switch s.(type) {
	case *NumFor, *ForIn, *While, *LocalFunc:
		return true
	}
	return false
}

// Helpers lists the names of the helpers a block uses, each once, in order of first use.
func Helpers(b Block) []string {
	var out []string
	seen := map[string]bool{}
	EachExpr(b, func(slot *Expr) {
		if h, ok := (*slot).(Helper); ok && !seen[string(h)] {
			seen[string(h)] = true
			out = append(out, string(h))
		}
	})
	return out
}

// uses counts the reads of every variable; being the target of an assignment is no read.
func uses(b Block) map[*Var]int {
	counts := map[*Var]int{}
	EachExpr(b, func(slot *Expr) {
		if v, ok := (*slot).(*Var); ok {
			counts[v]++
		}
	})
	eachStat(b, func(s Stat) {
		if a, ok := s.(*Assign); ok {
			for _, t := range a.Targets {
				if v, ok := t.(*Var); ok {
					counts[v]--
				}
			}
		}
	})
	return counts
}

// eachStat visits all statements once each, those in nested blocks and function bodies included.
func eachStat(b Block, visit func(Stat)) {
	for _, s := range b {
		visit(s)
		eachShallow(s, func(slot *Expr) {
			if f, ok := (*slot).(*Func); ok {
				eachStat(f.Body, visit)
			}
		})
		for _, body := range bodies(s) {
			eachStat(*body, visit)
		}
	}
}

// pure reports whether dropping an expression changes nothing. Only strings' methods are called, which do not fail.
func pure(x Expr) bool {
	ok := true
	eachExpr(&x, func(slot *Expr) {
		if call, isCall := (*slot).(*Call); isCall {
			ok = ok && call.Pure
		}
	})
	return ok
}

// clone copies an expression without functions, so that what a pass does to one does not happen to the other.
func clone(x Expr) Expr {
	list := func(xs []Expr) []Expr {
		out := make([]Expr, len(xs))
		for i, x := range xs {
			out[i] = clone(x)
		}
		return out
	}
	switch x := x.(type) {
	case *Field:
		return &Field{X: clone(x.X), Name: x.Name}
	case *Index:
		return &Index{X: clone(x.X), I: clone(x.I)}
	case *Call:
		return &Call{F: clone(x.F), Args: list(x.Args), Pure: x.Pure}
	case *Method:
		return &Method{X: clone(x.X), Name: x.Name, Args: list(x.Args)}
	case *Bin:
		return &Bin{Op: x.Op, L: clone(x.L), R: clone(x.R)}
	case *Un:
		return &Un{Op: x.Op, X: clone(x.X)}
	case *Only:
		return &Only{X: clone(x.X)}
	case *Table:
		out := &Table{Items: make([]Item, len(x.Items))}
		for i, it := range x.Items {
			out.Items[i] = Item{Name: it.Name, Value: clone(it.Value)}
			if it.Key != nil {
				out.Items[i].Key = clone(it.Key)
			}
		}
		return out
	}
	return x
}
