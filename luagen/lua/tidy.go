package lua

// Tidy removes what a translation step by step leaves behind: neighbouring ifs on one variable become one, and a value that is
// named only to be returned is returned.
func Tidy(b Block) Block {
	var out Block
	for _, s := range b {
		eachShallow(s, func(slot *Expr) {
			if f, ok := (*slot).(*Func); ok {
				f.Body = Tidy(f.Body)
			}
		})
		if len(out) > 0 && mergeIfs(out[len(out)-1], s) {
			continue
		}
		if r, ok := s.(*Return); ok && len(out) > 0 && len(r.Values) == 1 {
			if l, ok := out[len(out)-1].(*Local); ok && len(l.Vars) == 1 && len(l.Values) == 1 && r.Values[0] == Expr(l.Vars[0]) {
				out[len(out)-1] = &Return{Values: l.Values}
				continue
			}
		}
		out = append(out, s)
	}
	for _, s := range out {
		for _, body := range bodies(s) {
			if *body != nil {
				*body = Tidy(*body)
			}
		}
	}
	return out
}

// mergeIfs moves the body of the second of two ifs to the end of the first one's, when both ask only whether the same variable
// holds and the first does not change that.
func mergeIfs(a, b Stat) bool {
	first, ok := a.(*If)
	if !ok || len(first.Clauses) != 1 || first.Else != nil {
		return false
	}
	second, ok := b.(*If)
	if !ok || len(second.Clauses) != 1 || second.Else != nil {
		return false
	}
	v, ok := first.Clauses[0].Cond.(*Var)
	if !ok || second.Clauses[0].Cond != Expr(v) || assigns(first.Clauses[0].Body, v) || leaves(first.Clauses[0].Body) {
		return false
	}
	first.Clauses[0].Body = append(first.Clauses[0].Body, second.Clauses[0].Body...)
	return true
}

func assigns(b Block, v *Var) bool {
	found := false
	eachStat(b, func(s Stat) {
		if a, ok := s.(*Assign); ok {
			for _, t := range a.Targets {
				found = found || t == Expr(v)
			}
		}
	})
	return found
}

// leaves reports whether a block ends in a return or break, behind which nothing may stand.
func leaves(b Block) bool {
	if len(b) == 0 {
		return false
	}
	switch b[len(b)-1].(type) {
	case *Return, *Break:
		return true
	}
	return false
}
