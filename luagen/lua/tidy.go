package lua

// Tidy removes what a translation step by step leaves behind: neighbouring ifs on one variable become one, as do neighbouring
// literals, and a value that is named only to be returned is returned.
func Tidy(b Block) Block {
	var out Block
	for _, s := range b {
		eachShallow(s, func(slot *Expr) {
			switch x := (*slot).(type) {
			case *Func:
				x.Body = Tidy(x.Body)
			case *Bin:
				if x.Op == ".." {
					*slot = joinLiterals(x)
				}
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

// joinLiterals makes neighbouring literals of a concatenation one.
func joinLiterals(x *Bin) Expr {
	parts := operands(x, "..")
	var out []Expr
	for _, p := range parts {
		if s, ok := p.(Str); ok && len(out) > 0 {
			if t, ok := out[len(out)-1].(Str); ok {
				out[len(out)-1] = t + s
				continue
			}
		}
		out = append(out, p)
	}
	if len(out) == len(parts) {
		return x
	}
	joined := out[len(out)-1]
	for i := len(out) - 2; i >= 0; i-- {
		joined = &Bin{Op: "..", L: out[i], R: joined}
	}
	return joined
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
	if !ok || second.Clauses[0].Cond != Expr(v) || assigns(first.Clauses[0].Body, v) || Leaves(first.Clauses[0].Body) {
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

// Leaves reports whether a block ends in a return or break, behind which nothing may stand.
func Leaves(b Block) bool {
	if len(b) == 0 {
		return false
	}
	switch b[len(b)-1].(type) {
	case *Return, *Break:
		return true
	}
	return false
}
