package lowering

import (
	"maps"
	"slices"

	"github.com/prequel-db/prequel/lowering/phys"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// settle makes values of variables: where each assignment of a variable stands behind its declaration, none inside of a branch or loop,
// every point of the program sees one assignment or none, and each can be a column of its own (the static single assignment form of what
// needs no joins of control flow). Columns never change: copies of them are known to be copies, and what is never NULL is known not to be.
//
//	declare id                     let id = custid
//	set id = custid                HGET accounts id
//	HGET accounts id       =>      let id' = NULL
//	set id = NULL
//
// A variable that a loop assigns, with a flag, is a value behind the branch that the flag decides:
//
//	declare id                     declare id
//	for ...: if ...:               for ...: if ...:
//	  set id = x; set found = true    set id = x; set found = true
//	if NOT found: return           if NOT found: return
//	                               let id' = id, not NULL
func (g *gen) settle(ops []phys.Op) []phys.Op {
	variables, set := settled(ops)
	if len(variables)+len(set) > 0 {
		s := &settler{g: g, values: valuesIn(g.prog), variables: variables, set: set, now: map[scalar.ColumnID]scalar.Expr{}}
		ops = s.ops(s.flat(ops))
	}
	for _, op := range ops {
		g.settleInside(op)
	}
	return ops
}

func (g *gen) settleInside(op phys.Op) {
	if b, ok := op.(*phys.Block); ok && b.Comment == "" {
		for _, inner := range b.Body {
			g.settleInside(inner)
		}
		return
	}
	phys.MapBodies(op, g.settle)
}

// settled lists the variables that are declared among instructions, or blocks of them: those that are assigned there only, and those
// that are assigned inside of other instructions.
func settled(ops []phys.Op) (here, inside map[scalar.ColumnID]bool) {
	declared, inner := map[scalar.ColumnID]bool{}, map[scalar.ColumnID]bool{}
	assigned := map[scalar.ColumnID]bool{}
	within := func(op phys.Op) {
		phys.Walk([]phys.Op{op}, func(op phys.Op) bool {
			switch x := op.(type) {
			case *phys.Set:
				inner[x.Col] = true
			case *phys.AddCount:
				inner[x.Col] = true
			case *phys.Once:
				inner[x.Done] = true
			}
			return true
		})
	}
	var list func(ops []phys.Op)
	list = func(ops []phys.Op) {
		for _, op := range ops {
			switch x := op.(type) {
			case *phys.Let:
				declared[x.Col] = true
			case *phys.Declare:
				for _, c := range x.Cols {
					declared[c] = true
				}
			case *phys.Set:
				assigned[x.Col] = true
			case *phys.Block:
				if x.Comment == "" {
					list(x.Body)
				} else {
					within(op)
				}
			default:
				within(op)
			}
		}
	}
	list(ops)
	here, inside = map[scalar.ColumnID]bool{}, map[scalar.ColumnID]bool{}
	for c := range declared {
		switch {
		case inner[c]:
			inside[c] = true
		case assigned[c]:
			here[c] = true
		}
	}
	return here, inside
}

// settler rewrites instructions in which variables are assigned.
type settler struct {
	g      *gen
	values *values
	// variables are assigned here only, set inside of instructions too.
	variables, set map[scalar.ColumnID]bool
	// now is what a variable is at the point reached.
	now map[scalar.ColumnID]scalar.Expr
}

func (s *settler) ops(ops []phys.Op) []phys.Op {
	var out []phys.Op
	for i, op := range ops {
		switch x := op.(type) {
		case *phys.Declare:
			var kept []scalar.ColumnID
			for _, c := range x.Cols {
				if s.variables[c] {
					s.now[c] = scalar.NullOf(s.g.cols.Get(c).Type)
				} else {
					kept = append(kept, c)
				}
			}
			if len(kept) == 0 {
				continue
			}
			x.Cols = kept
		case *phys.Let:
			s.reads(op)
			if s.variables[x.Col] {
				out = append(out, s.assign(x.Col, x.Expr)...)
				continue
			}
		case *phys.Set:
			s.reads(op)
			if s.variables[x.Col] {
				out = append(out, s.assign(x.Col, x.Expr)...)
				continue
			}
		case *phys.If:
			s.reads(op)
			out = append(append(out, op), s.found(ops[:i], x, ops[i+1:])...)
			continue
		default:
			s.reads(op)
		}
		out = append(out, op)
	}
	return out
}

// flat opens the blocks in which variables are declared or assigned: what stands behind them sees that.
func (s *settler) flat(ops []phys.Op) []phys.Op {
	var out []phys.Op
	for _, op := range ops {
		if b, ok := op.(*phys.Block); ok && b.Comment == "" {
			inner := s.flat(b.Body)
			if slices.ContainsFunc(inner, s.concerns) {
				out = append(out, inner...)
				continue
			}
		}
		out = append(out, op)
	}
	return out
}

// concerns reports whether an instruction itself declares or assigns a variable.
func (s *settler) concerns(op phys.Op) bool {
	of := func(c scalar.ColumnID) bool { return s.variables[c] || s.set[c] }
	switch x := op.(type) {
	case *phys.Let:
		return of(x.Col)
	case *phys.Declare:
		return slices.ContainsFunc(x.Cols, of)
	case *phys.Set:
		return of(x.Col)
	}
	return false
}

// assign makes an assignment a column of its own, or a constant.
func (s *settler) assign(c scalar.ColumnID, e scalar.Expr) []phys.Op {
	info := *s.g.cols.Get(c)
	if k, ok := e.(*scalar.Const); ok && k.Typ.Equal(info.Type) {
		s.now[c] = k
		return nil
	}
	id := s.g.cols.New(info.Name, info.Type, s.g.nullable(e))
	s.now[c] = s.g.ref(id)
	return []phys.Op{&phys.Let{Col: id, Expr: e}}
}

// reads puts the values in place of variables in an instruction and those inside of it.
func (s *settler) reads(op phys.Op) {
	phys.Walk([]phys.Op{op}, func(op phys.Op) bool {
		phys.Rewrite(op, func(e scalar.Expr) scalar.Expr {
			return scalar.Map(e, func(e scalar.Expr) scalar.Expr {
				if c, ok := e.(*scalar.Column); ok && s.now[c.ID] != nil {
					return s.now[c.ID]
				}
				return e
			})
		})
		return true
	})
}

// found makes values of the variables that were assigned with the flag of a branch which ends where the flag is not set.
func (s *settler) found(before []phys.Op, ask *phys.If, after []phys.Op) []phys.Op {
	flag, ok := unset(ask.Cond)
	if !ok || !s.set[flag] || len(ask.Else) > 0 || !ends(ask.Then) {
		return nil
	}
	from := len(before) - 1 // where the flag is false
	for ; from >= 0 && !assignsFalse(before[from], flag); from-- {
	}
	if from < 0 {
		return nil
	}
	region := before[from+1:]
	for _, op := range region {
		if x, ok := op.(*phys.Set); ok && x.Col == flag {
			return nil
		}
	}
	var out []phys.Op
	for _, c := range s.with(region, flag) {
		if s.set[c] && !assignedIn(after, c) {
			info := s.g.cols.Get(c)
			id := s.g.cols.New(info.Name, info.Type, false)
			out = append(out, &phys.Let{Col: id, Expr: s.g.ref(c), NotNull: true})
			s.now[c] = s.g.ref(id)
		}
	}
	return out
}

// with lists the variables that are assigned values wherever a flag is set to true, and never NULL, in order.
func (s *settler) with(region []phys.Op, flag scalar.ColumnID) []scalar.ColumnID {
	var common []scalar.ColumnID
	ok, times := true, 0
	null := map[scalar.ColumnID]bool{}
	var list func(ops []phys.Op, lets map[scalar.ColumnID]bool)
	list = func(ops []phys.Op, lets map[scalar.ColumnID]bool) { // lets are the columns made around, and whether they are never NULL
		lets = maps.Clone(lets)
		sure := func(e scalar.Expr) bool {
			return !nullable(e, s.values.params, func(c scalar.ColumnID) bool {
				present, near := lets[c]
				return !present && (near || !s.values.present[c])
			})
		}
		at, run := -1, 0 // where the flag is set, and where the assignments around that begin
		for i, op := range ops {
			switch x := op.(type) {
			case *phys.Let:
				lets[x.Col] = sure(x.Expr)
			case *phys.Set:
				null[x.Col] = null[x.Col] || !sure(x.Expr)
				if x.Col == flag {
					ok = ok && at < 0 && scalar.IsTrueConst(x.Expr)
					at = i
				}
				continue
			case *phys.AddCount:
				null[x.Col] = true
			case *phys.Try, *phys.Once:
				ok = false
			}
			if at < 0 {
				run = i + 1
			}
			for _, b := range phys.Bodies(op) {
				list(b, lets)
			}
		}
		if at < 0 {
			return
		}
		var here []scalar.ColumnID
		for _, op := range ops[run:] {
			x, isSet := op.(*phys.Set)
			if !isSet {
				break
			}
			if x.Col != flag {
				here = append(here, x.Col)
			}
		}
		if times++; times == 1 {
			common = here
		} else {
			common = slices.DeleteFunc(common, func(c scalar.ColumnID) bool { return !slices.Contains(here, c) })
		}
	}
	list(region, map[scalar.ColumnID]bool{})
	if !ok || times == 0 {
		return nil
	}
	return slices.DeleteFunc(common, func(c scalar.ColumnID) bool { return null[c] })
}

func assignsFalse(op phys.Op, flag scalar.ColumnID) bool { return isFalse(madeOf(op, flag)) }

// madeOf is what an instruction itself makes a column, nil when it does not.
func madeOf(op phys.Op, col scalar.ColumnID) scalar.Expr {
	switch x := op.(type) {
	case *phys.Let:
		if x.Col == col {
			return x.Expr
		}
	case *phys.Set:
		if x.Col == col {
			return x.Expr
		}
	}
	return nil
}

func isFalse(e scalar.Expr) bool {
	c, ok := e.(*scalar.Const)
	return ok && !c.Null && c.Text == "f"
}

func assignedIn(ops []phys.Op, col scalar.ColumnID) bool {
	found := false
	phys.Walk(ops, func(op phys.Op) bool {
		switch x := op.(type) {
		case *phys.Set:
			found = found || x.Col == col
		case *phys.AddCount:
			found = found || x.Col == col
		case *phys.Declare:
			found = found || slices.Contains(x.Cols, col)
		}
		return true
	})
	return found
}
