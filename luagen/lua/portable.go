package lua

// Portable rewrites assignments that gopher-lua, the embedded engine's Lua, compiles wrongly: in v = x and y, where v is a local
// that exists and x is neither a comparison nor a local, it leaves v as it was when x is nil or false. The value is computed
// into a variable of its own first. (The other one, v = nil before a declaration, is for the caller to avoid.)
func Portable(b Block) Block {
	out := make(Block, 0, len(b))
	for _, s := range b {
		eachShallow(s, func(slot *Expr) {
			if f, ok := (*slot).(*Func); ok {
				f.Body = Portable(f.Body)
			}
		})
		for _, body := range bodies(s) {
			if *body != nil {
				*body = Portable(*body)
			}
		}
		if a, ok := s.(*Assign); ok && len(a.Targets) == 1 && len(a.Values) == 1 {
			if v, ok := a.Targets[0].(*Var); ok && keepsOld(a.Values[0], true, true) {
				value := NewVar(v.Hint + " value")
				out = append(out, Let(value, a.Values[0]))
				a.Values[0] = value
			}
		}
		out = append(out, s)
	}
	return out
}

// keepsOld reports whether an operand that is not stored can end the evaluation of x. ends says that x's being false ends it,
// last that x's value is the result in any case.
func keepsOld(x Expr, ends, last bool) bool {
	b, ok := x.(*Bin)
	if ok && b.Op == "and" {
		return keepsOld(b.L, ends, false) || keepsOld(b.R, ends, last)
	}
	if ok && b.Op == "or" {
		return keepsOld(b.L, false, false) || keepsOld(b.R, ends, last)
	}
	return ends && !last && !stored(x)
}

// stored reports whether an operand's value arrives when it ends the evaluation: locals, constants and comparisons.
func stored(x Expr) bool {
	switch x := x.(type) {
	case *Var, Nil, Bool, Num, Str:
		return true
	case *Bin:
		switch x.Op {
		case "==", "~=", "<", "<=", ">", ">=":
			return true
		}
	}
	return false
}
