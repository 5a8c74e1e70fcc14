package lua

import "strings"

// caught lists the variables that gopher-lua, the embedded engine's Lua, loses sight of: when an error is caught it cuts every
// closure off from the locals around it, those that still run included, which then assign to copies. So a variable that is
// assigned, and that a function refers to inside of which an error may be caught, must not be a local.
func caught(body Block) map[*Var]bool {
	assigned := map[*Var]bool{}
	eachStat(body, func(s Stat) {
		switch s := s.(type) {
		case *Assign:
			for _, t := range s.Targets {
				if v, ok := t.(*Var); ok {
					assigned[v] = true
				}
			}
		}
	})
	out := map[*Var]bool{}
	function := func(params []*Var, body Block) {
		if !catches(body) {
			return
		}
		for _, x := range Upvalues(params, body) {
			if v, ok := x.(*Var); ok && assigned[v] {
				out[v] = true
			}
		}
	}
	EachExpr(body, func(slot *Expr) {
		if f, ok := (*slot).(*Func); ok {
			function(f.Params, f.Body)
		}
	})
	eachStat(body, func(s Stat) {
		if f, ok := s.(*LocalFunc); ok {
			function(f.Params, f.Body)
		}
	})
	return out
}

// catches reports whether an error may be caught while a block runs: by pcall, by the helpers of sequences and of budgets, which
// ask the server what it may refuse, or in a local function that it calls, which may be one around it.
func catches(b Block) bool {
	found := false
	EachExpr(b, func(slot *Expr) {
		switch x := (*slot).(type) {
		case *Call:
			_, local := x.F.(*Var)
			found = found || local
		case Global:
			found = found || x == "pcall"
		case Helper:
			found = found || strings.HasPrefix(string(x), "sequence_") || strings.HasPrefix(string(x), "budget_")
		}
	})
	return found
}
