package lua

import "maps"

// Lua 5.1 allows 200 active locals and 60 upvalues in a function, and needs registers for what is being computed: a table
// constructor takes 50. gopher-lua has 200 registers in all.
const (
	mostLocals   = 120
	MostUpvalues = 58
	// Lua's parser goes 200 levels deep; functions around the body and expressions inside take some.
	mostNesting = 180
	// Lua numbers the declarations of a function's locals in 15 bits.
	mostDeclared = 1<<15 - 1
)

// budgets are the numbers of a function's locals that are tried, one after another: where expressions are wide or loops nest
// deep, fewer fit.
var budgets = []int{mostLocals, 90, 60, 30, 10}

// mostRegisters is how many registers locals and what is being computed may take together.
const mostRegisters = 190

// Fit keeps a function's body within Lua's limits: loops that nest too deep become functions of their own, and of the locals
// that are too many, those declared last become fields of a table declared at the top. above is the number of locals that
// stand above the body in the same function. Of the locals that a closure refers to, all become fields where they are more than Lua
// lets it. It fails when that is not enough.
func Fit(body Block, above int) (Block, error) {
	declared := 0
	eachStat(body, func(s Stat) { // a body is fitted once for each packaging
		declared += ownLocals(s)
		if l, ok := s.(*Local); ok {
			declared += len(l.Vars)
			for _, v := range l.Vars {
				v.spill = nil
			}
		}
	})
	if declared > mostDeclared {
		return nil, &LimitError{What: "declarations of locals", Have: declared, Most: mostDeclared}
	}
	if n := nesting(body); n > mostNesting {
		return nil, &LimitError{What: "nested blocks", Have: n, Most: mostNesting}
	}
	if err := fitApart(body); err != nil {
		return nil, err
	}
	return fitOne(body, above)
}

// fitApart fits the functions that may call themselves, the innermost first. The table of each one's fields is its own.
// Parameters become locals where closures refer to too many.
func fitApart(body Block) error {
	var err error
	eachFunction(body, func(f *LocalFunc) {
		if !f.Apart || err != nil {
			return
		}
		if err = fitApart(f.Body); err != nil {
			return
		}
		var fitted Block
		if fitted, err = fitOne(f.Body, len(f.Params)); err != nil {
			params, body := copied(f)
			if all, failed := fitOne(body, len(params)); failed == nil {
				f.Params, fitted, err = params, all, nil
			}
		}
		if err == nil { // one that does not fit stays, for a caller who makes it smaller
			f.Body = fitted
		}
	})
	return err
}

// copied is a function with locals in place of its parameters: these can be fields.
func copied(f *LocalFunc) (params []*Var, body Block) {
	for _, v := range f.Params {
		p := NewVar(v.Hint)
		params = append(params, p)
		body = append(body, Let(v, p))
	}
	return params, append(body, f.Body...)
}

// eachFunction visits the local functions of a block, but not those inside of one that may call itself.
func eachFunction(body Block, visit func(*LocalFunc)) {
	for _, s := range body {
		eachShallow(s, func(slot *Expr) {
			if f, ok := (*slot).(*Func); ok {
				eachFunction(f.Body, visit)
			}
		})
		f, ok := s.(*LocalFunc)
		if ok {
			visit(f)
		}
		if ok && f.Apart {
			continue
		}
		for _, inner := range bodies(s) {
			eachFunction(*inner, visit)
		}
	}
}

// fitOne fits a function's body beside those of the functions in it that may call themselves, which are fitted already.
func fitOne(body Block, above int) (Block, error) {
	if deepest(body) > mostLoops {
		body = outline(body, 0)
	}
	var f fitter
	shared := crossing(body)
	maps.Copy(shared, caught(body))
	for i := 0; i < len(budgets); {
		f = fitter{table: NewVar("more"), spills: map[*Var]bool{}, shared: shared, locals: map[*Var]bool{}, crowd: map[*Var]bool{}, most: budgets[i]}
		f.block(body, above)
		if f.err == nil && f.registers <= mostRegisters {
			break
		}
		if len(f.crowd) > 0 {
			maps.Copy(shared, f.crowd)
		} else {
			i++
		}
	}
	if f.err != nil {
		return nil, f.err
	}
	if len(f.spills) == 0 {
		return body, nil
	}
	eachStat(body, func(s Stat) {
		if l, ok := s.(*Local); ok {
			for _, v := range l.Vars {
				if f.spills[v] {
					v.spill = f.table
				}
			}
		}
	})
	return append(Block{Let(f.table, &Table{})}, body...), nil
}

type fitter struct {
	table     *Var
	spills    map[*Var]bool
	shared    map[*Var]bool // locals that are fields in any case
	most      int           // locals of a function
	registers int           // the most that a statement needs
	locals    map[*Var]bool // those that statements declare, which can be fields
	crowd     map[*Var]bool // those among them that closures with too many outer variables refer to
	err       error
}

// block walks a scope with active locals above it.
func (f *fitter) block(b Block, active int) {
	for _, s := range b {
		f.functions(s)
		f.registers = max(f.registers, active+registersOf(s))
		switch s := s.(type) {
		case *Local:
			for _, v := range s.Vars {
				f.locals[v] = true
				if f.shared[v] || active >= f.most {
					f.spills[v] = true
				} else {
					active++
				}
			}
		case *LocalFunc:
			active++
			if s.Apart {
				f.outer(s.Params, s.Body)
			} else {
				f.function(s.Params, s.Body)
			}
		case *NumFor:
			f.block(s.Body, f.loop(active, ownLocals(s)))
		case *ForIn:
			f.block(s.Body, f.loop(active, ownLocals(s)))
		default:
			for _, body := range bodies(s) {
				f.block(*body, active)
			}
		}
	}
}

// loop counts a loop's own locals, which cannot be spilled.
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
	f.outer(params, body)
}

// outer counts the variables around a function that it refers to.
func (f *fitter) outer(params []*Var, body Block) {
	n, fields := 0, 0
	outer := Upvalues(params, body)
	for _, x := range outer {
		if v, ok := x.(*Var); ok && f.spills[v] {
			fields = 1 // the table
		} else {
			n++
		}
	}
	if n += fields; n <= MostUpvalues {
		return
	}
	for _, x := range outer {
		if v, ok := x.(*Var); ok && f.locals[v] && !f.spills[v] {
			f.crowd[v] = true
		}
	}
	if f.err == nil {
		f.err = &LimitError{What: OuterVariables, Have: n, Most: MostUpvalues}
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
			if own[x] {
				return
			}
			if x.spill != nil {
				x = x.spill
			}
			if !seen[x] {
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
