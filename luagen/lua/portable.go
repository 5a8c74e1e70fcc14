package lua

// Portable rewrites two assignments that gopher-lua, the embedded engine's Lua, compiles wrongly:
//
//   - v = x and y, where v is a local that exists and x is neither a comparison nor a local: it leaves v as it was when x is nil
//     or false. The value is computed into a variable of its own first.
//   - v = nil: it is merged with the declaration of the next local, and then either clears the locals between the two or, at the
//     end of a branch, leaves the declared one as it was. The nil is taken from a variable.
//
// Expressions that end in "or nil" have the second trouble too; they are for the caller to avoid.
func Portable(body Block) Block {
	p := portable{null: NewVar("null")}
	body = p.block(body)
	if p.used {
		return append(Block{Let(p.null, nil)}, body...)
	}
	return body
}

type portable struct {
	null *Var
	used bool
}

func (p *portable) block(b Block) Block {
	out := make(Block, 0, len(b))
	for _, s := range b {
		eachShallow(s, func(slot *Expr) {
			if f, ok := (*slot).(*Func); ok {
				f.Body = p.block(f.Body)
			}
		})
		for _, body := range bodies(s) {
			if *body != nil {
				*body = p.block(*body)
			}
		}
		if a, ok := s.(*Assign); ok && len(a.Targets) == 1 && len(a.Values) == 1 {
			if v, ok := a.Targets[0].(*Var); ok {
				switch {
				case IsNil(a.Values[0]):
					a.Values[0] = p.null
					p.used = true
				case keepsOld(a.Values[0], true, true):
					value := NewVar(v.Hint + " value")
					out = append(out, Let(value, a.Values[0]))
					a.Values[0] = value
				}
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
