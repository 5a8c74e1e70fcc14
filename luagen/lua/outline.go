package lua

// mostLoops is how many locals of their own the loops around a point may have in one function, nestedLoops how many when loops are
// moved out because of it.
const (
	mostLoops   = 100
	nestedLoops = 80
)

// ownLocals is the number of a loop's own locals, the hidden ones included; 0 for any other statement.
func ownLocals(s Stat) int {
	switch s := s.(type) {
	case *NumFor:
		return 4
	case *ForIn:
		return 3 + len(s.Vars)
	}
	return 0
}

// deepest is the largest number of loops' own locals around a point of a block, in one function.
func deepest(b Block) int {
	most := 0
	for _, s := range b {
		own := ownLocals(s)
		for _, body := range bodies(s) {
			most = max(most, own+deepest(*body))
		}
	}
	return most
}

// nesting is how deep blocks stand inside each other.
func nesting(b Block) int {
	most := 0
	for _, s := range b {
		for _, body := range bodies(s) {
			most = max(most, 1+nesting(*body))
		}
	}
	return most
}

// outline makes local functions of loops that nest too deep; own are the locals of the loops around the block.
//
//	for ... do                     for ... do
//	  for ... do     becomes         local function rest() for ... do ... end end
//	  end                            rest()
//	end                            end
func outline(b Block, own int) Block {
	var out Block
	for _, s := range b {
		inner := own + ownLocals(s)
		if ownLocals(s) > 0 && inner > nestedLoops && !returns(s) {
			rest := NewVar("rest")
			fn := &LocalFunc{V: rest, Body: outline(Block{s}, 0), outlined: true}
			out = append(out, fn, &Do{Call: Invoke(rest)})
			continue
		}
		if _, ok := s.(*LocalFunc); ok {
			inner = 0
		}
		for _, body := range bodies(s) {
			*body = outline(*body, inner)
		}
		out = append(out, s)
	}
	return out
}

// returns reports whether a statement leaves the function around it.
func returns(s Stat) bool {
	found := false
	eachStat(Block{s}, func(x Stat) {
		if _, ok := x.(*Return); ok {
			found = true
		}
	})
	return found
}

// crossing lists the locals that outlined functions use from outside: fields of one table, they count as one
// outer variable of the function.
func crossing(b Block) map[*Var]bool {
	locals, used := map[*Var]bool{}, map[*Var]bool{}
	eachStat(b, func(s Stat) {
		switch s := s.(type) {
		case *Local:
			for _, v := range s.Vars {
				locals[v] = true
			}
		case *LocalFunc:
			for _, x := range Upvalues(s.Params, s.Body) {
				if v, ok := x.(*Var); ok && s.outlined {
					used[v] = true
				}
			}
		}
	})
	for v := range used {
		if !locals[v] {
			delete(used, v)
		}
	}
	return used
}

// registersOf is about how many registers a statement's own expressions take while they are computed.
func registersOf(s Stat) int {
	switch s := s.(type) {
	case *Local: // of which any variable may become a field
		if len(s.Values) == 0 {
			return 2 * min(len(s.Vars), clearedTogether)
		}
		return len(s.Vars) + max(len(s.Vars), listRegisters(s.Values))
	case *Assign:
		return listRegisters(s.Targets) + listRegisters(s.Values)
	case *Return:
		return listRegisters(s.Values)
	}
	most := 0
	eachDirect(s, func(slot *Expr) { most = max(most, exprRegisters(*slot)) })
	return most
}

func listRegisters(xs []Expr) int {
	most := len(xs)
	for i, x := range xs {
		most = max(most, i+exprRegisters(x))
	}
	return most
}

// tableFlush is the number of items after which a table constructor stores them.
const tableFlush = 50

func exprRegisters(x Expr) int {
	switch x := x.(type) {
	case *Field:
		return exprRegisters(x.X)
	case *Index:
		return max(exprRegisters(x.X), 1+exprRegisters(x.I))
	case *Call:
		return 1 + max(exprRegisters(x.F), listRegisters(x.Args))
	case *Method:
		return 2 + max(exprRegisters(x.X), listRegisters(x.Args))
	case *Bin:
		if x.Op == ".." { // all operands stand side by side
			return exprRegisters(x.L) + exprRegisters(x.R)
		}
		return max(exprRegisters(x.L), 1+exprRegisters(x.R))
	case *Un:
		return exprRegisters(x.X)
	case *Only:
		return exprRegisters(x.X)
	case *Table:
		most := 1 + min(len(x.Items), tableFlush)
		for i, item := range x.Items {
			most = max(most, 1+i%tableFlush+exprRegisters(item.Value))
		}
		return most
	}
	return 1
}
