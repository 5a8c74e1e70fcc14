package lua

// Lua 5.1 allows 200 active locals and 60 upvalues in a function, and needs registers for what is being computed: a table
// constructor takes 50. gopher-lua has 200 registers in all.
const (
	mostLocals   = 120
	MostUpvalues = 58
)

// Fit keeps a function's body within Lua's limits: of the locals that are too many, those declared last become fields of a
// table declared at the top. above is the number of locals that stand above the body in the same function. It fails
// when closures refer to more variables than Lua lets them.
func Fit(body Block, above int) (Block, error) {
	f := fitter{table: NewVar("more"), spills: map[*Var]bool{}}
	f.block(body, above)
	if f.err != nil {
		return nil, f.err
	}
	if len(f.spills) == 0 {
		return body, nil
	}
	return append(Block{Let(f.table, &Table{})}, body...), nil
}

type fitter struct {
	table  *Var
	spills map[*Var]bool
	err    error
}

// block walks a scope with active locals above it.
func (f *fitter) block(b Block, active int) {
	for _, s := range b {
		f.functions(s)
		switch s := s.(type) {
		case *Local:
			for _, v := range s.Vars {
				if active >= mostLocals {
					v.spill = f.table
					f.spills[v] = true
				} else {
					active++
				}
			}
		case *LocalFunc:
			active++
			f.function(s.Params, s.Body)
		case *NumFor:
			f.block(s.Body, f.loop(active, 4))
		case *ForIn:
			f.block(s.Body, f.loop(active, 3+len(s.Vars)))
		default:
			for _, body := range bodies(s) {
				f.block(*body, active)
			}
		}
	}
}

// loop counts a loop's own locals, the hidden ones included, which cannot be spilled.
func (f *fitter) loop(active, own int) int {
	if most := mostLocals + 25; active+own > most && f.err == nil {
		f.err = &LimitError{What: "nested loops' locals", Have: active + own, Most: most}
	}
	return active + own
}

// functions looks into the functions among a statement's expressions.
func (f *fitter) functions(s Stat) {
	eachShallow(s, func(slot *Expr) {
		if fn, ok := (*slot).(*Func); ok {
			f.function(fn.Params, fn.Body)
		}
	})
}

func (f *fitter) function(params []*Var, body Block) {
	f.block(body, len(params))
	if n := len(Upvalues(params, body)); n > MostUpvalues && f.err == nil {
		f.err = &LimitError{What: "outer variables", Have: n, Most: MostUpvalues}
	}
}

// Upvalues lists what a function uses of the scopes around it: variables and helpers, each once, in order of first use.
func Upvalues(params []*Var, body Block) []Expr {
	own := map[*Var]bool{}
	for _, p := range params {
		own[p] = true
	}
	note := func(s Stat) {
		switch s := s.(type) {
		case *Local:
			for _, v := range s.Vars {
				own[v] = true
			}
		case *NumFor:
			own[s.V] = true
		case *ForIn:
			for _, v := range s.Vars {
				own[v] = true
			}
		case *LocalFunc:
			own[s.V] = true
			for _, p := range s.Params {
				own[p] = true
			}
		}
	}
	eachStat(body, note)
	EachExpr(body, func(slot *Expr) {
		if fn, ok := (*slot).(*Func); ok {
			for _, p := range fn.Params {
				own[p] = true
			}
		}
	})
	var out []Expr
	seen := map[Expr]bool{}
	EachExpr(body, func(slot *Expr) {
		switch x := (*slot).(type) {
		case *Var:
			if !own[x] && !seen[x] {
				seen[x] = true
				out = append(out, x)
			}
		case Helper:
			if !seen[x] {
				seen[x] = true
				out = append(out, x)
			}
		}
	})
	return out
}
