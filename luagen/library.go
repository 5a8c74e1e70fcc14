package luagen

import (
	"fmt"
	"slices"
	"sort"

	"github.com/prequel-db/prequel/luagen/lua"
	"github.com/prequel-db/prequel/luagen/prelude"
)

// mostShared is how many helpers and constants stand at the top level of a library: Lua allows 200 locals there too.
const mostShared = 140

// mostLocals is how many locals the top level and the scope of a function have together for helpers and constants that are shared.
const mostLocals = 185

// libraryText is the function library: what several functions use at the top level, a scope for each function with what it alone
// uses.
func libraryText(parts []*part, shared *constants, opts Options) (string, error) {
	l := &libraryPlan{closures: map[string][]string{}, uses: map[string]int{}, number: map[*lua.Var]int{}}
	for i, c := range shared.decls {
		l.number[c.v] = i
	}
	needs := make([][]string, len(parts))
	for i, p := range parts {
		l.used = append(l.used, l.constantsIn(p.body))
		var err error
		if needs[i], err = l.need(p, shared, l.used[i]); err != nil {
			return "", fmt.Errorf("%s: %w", p.prog.Name, err)
		}
	}
	own, common := l.constants(parts, shared)
	top := l.choose(helpersOf(common), mostShared-min(len(common), mostConstants))
	shown, err := prelude.Resolve(top)
	if err != nil {
		return "", err
	}
	chunk := (*helperTable)(nil).definitions(shown, nil, nil, mostShared, true)
	defs := defNames(shown)
	shownConstants := declareConstants(common, mostConstants)
	chunk = append(chunk, shownConstants...)
	var functions *lua.Var
	if len(opts.Callable) > 0 {
		functions = lua.NewVar("functions")
		chunk = append(chunk, lua.Let(functions, &lua.Table{}))
	}
	standing := map[string]bool{}
	for _, name := range top {
		standing[name] = true
	}
	for i, p := range parts {
		batches := functions
		if !opts.Callable[p.prog.Name] {
			batches = nil
		}
		scope, names, err := l.function(p, needs[i], standing, len(shownConstants), own[i], batches)
		if err != nil {
			return "", fmt.Errorf("%s: %w", p.prog.Name, err)
		}
		defs = append(defs, names...)
		chunk = append(chunk, &lua.Blank{}, &lua.Scope{Body: scope})
	}
	if functions != nil {
		scope, names, err := l.batches(atomicName(parts), functions, standing)
		if err != nil {
			return "", err
		}
		defs = append(defs, names...)
		chunk = append(chunk, &lua.Blank{}, &lua.Scope{Body: scope})
	}
	lua.Name(chunk, unique(defs)...)
	return "#!lua name=" + opts.Library + "\n" + lua.Print(chunk), nil
}

// libraryPlan decides which helpers are shared.
type libraryPlan struct {
	closures map[string][]string // a helper with all that it uses
	uses     map[string]int      // how many functions need a helper
	number   map[*lua.Var]int    // the constants
	used     [][]int             // each function's constants
}

// constantsIn lists the constants that a body uses, each once.
func (l *libraryPlan) constantsIn(b lua.Block) []int {
	var out []int
	seen := map[int]bool{}
	lua.EachExpr(b, func(slot *lua.Expr) {
		v, ok := (*slot).(*lua.Var)
		if !ok {
			return
		}
		if n, ok := l.number[v]; ok && !seen[n] {
			seen[n] = true
			out = append(out, n)
		}
	})
	return out
}

// closure lists a helper and what it uses.
func (l *libraryPlan) closure(name string) ([]string, error) {
	if c, ok := l.closures[name]; ok {
		return c, nil
	}
	defs, err := prelude.Resolve([]string{name})
	if err != nil {
		return nil, err
	}
	var c []string
	for _, d := range defs {
		c = append(c, d.Name)
	}
	l.closures[name] = c
	return c, nil
}

// need lists all helpers behind a function, and counts them.
func (l *libraryPlan) need(p *part, shared *constants, used []int) ([]string, error) {
	direct := lua.Helpers(p.body)
	if p.raises {
		direct = append(direct, p.entry)
	}
	for _, n := range used {
		direct = append(direct, helpersOf(shared.decls[n:n+1])...)
	}
	var all []string
	for _, name := range direct {
		c, err := l.closure(name)
		if err != nil {
			return nil, err
		}
		all = append(all, c...)
	}
	all = unique(all)
	for _, name := range all {
		l.uses[name]++
	}
	return all, nil
}

// choose picks the helpers of the top level: all while they fit, otherwise those that are needed there and those that most functions
// use, each with what it uses itself.
func (l *libraryPlan) choose(needed []string, most int) []string {
	var names []string
	for name := range l.uses {
		names = append(names, name)
	}
	sort.Slice(names, func(i, j int) bool {
		if l.uses[names[i]] != l.uses[names[j]] {
			return l.uses[names[i]] > l.uses[names[j]]
		}
		return names[i] < names[j]
	})
	if len(names) <= most {
		return names
	}
	chosen := map[string]bool{}
	var out []string
	for _, name := range append(unique(needed), names...) {
		c, err := l.closure(name)
		if err != nil || l.uses[name] < 2 {
			continue
		}
		var more []string
		for _, n := range c {
			if !chosen[n] {
				more = append(more, n)
			}
		}
		if len(out)+len(more) > most {
			continue
		}
		for _, n := range more {
			chosen[n] = true
		}
		out = append(out, more...)
	}
	return out
}

// mostConstants is how many constants are locals of the top level; more become fields of one table.
const mostConstants = 40

// constants divides the constants into those that one function uses and those that several do.
func (l *libraryPlan) constants(parts []*part, shared *constants) (own [][]constant, common []constant) {
	own = make([][]constant, len(parts))
	users := make([][]int, len(shared.decls))
	for i, used := range l.used {
		for _, n := range used {
			users[n] = append(users[n], i)
		}
	}
	for n, c := range shared.decls {
		switch len(users[n]) {
		case 0: // was needed by what has been pruned
		case 1:
			own[users[n][0]] = append(own[users[n][0]], c)
		default:
			common = append(common, c)
		}
	}
	return own, common
}

// declareConstants declares constants, in a table when they are more than most.
func declareConstants(list []constant, most int) lua.Block {
	var out lua.Block
	var table *lua.Var
	if len(list) > most {
		table = lua.NewVar("constants")
		out = append(out, lua.Let(table, &lua.Table{}))
	}
	for _, c := range list {
		if table != nil {
			c.v.Spill(table)
		}
		out = append(out, lua.Let(c.v, c.value))
	}
	return out
}

// function is the scope of one function: helpers and constants that stand here alone, the function, its registration.
// shown is how many constants stand above all functions. functions, when not nil, is the table of what atomic batches call.
func (l *libraryPlan) function(
	p *part, need []string, standing map[string]bool, shown int, own []constant, functions *lua.Var,
) (lua.Block, []string, error) {
	var rest []string
	for _, name := range need {
		if !standing[name] {
			rest = append(rest, name)
		}
	}
	defs, err := prelude.Resolve(rest)
	if err != nil {
		return nil, nil, err
	}
	defs = slices.DeleteFunc(defs, func(d prelude.Def) bool { return standing[d.Name] })
	room := mostLocals - len(standing) - shown - min(len(own), mostConstants)
	body, constants, table, err := fitted(p, len(p.params), shown, own, len(defs) > room)
	if err != nil {
		return nil, nil, err
	}
	direct := append(lua.Helpers(body), helpersOf(own)...)
	if p.raises {
		direct = append(direct, p.entry)
	}
	scope := table.definitions(defs, direct, standing, room, true)
	if len(scope) > 0 {
		scope = append(scope, &lua.Blank{})
	}
	scope = append(scope, constants...)
	fn := lua.NewVar(snake(p.prog.Name))
	scope = append(scope, &lua.Comment{Text: header(p.prog)}, &lua.LocalFunc{V: fn, Params: p.params, Body: body})
	callback := lua.Expr(fn)
	if p.raises {
		keys, args := lua.NewVar("keys"), lua.NewVar("args")
		params := []*lua.Var{keys, args}
		given := []lua.Expr{keys, args}
		if p.outer != nil {
			params, given = append(params, p.outer), append(given, p.outer)
		}
		callback = &lua.Func{Params: params, Body: lua.Block{&lua.Return{Values: []lua.Expr{p.enter(fn, given...)}}}}
	}
	if functions != nil {
		slot := &lua.Index{X: functions, I: lua.Str(p.prog.Name)}
		scope = append(scope, lua.Set(slot, callback))
		callback = slot
	}
	register := &lua.Table{Items: []lua.Item{
		{Name: "function_name", Value: lua.Str(p.prog.Name)},
		{Name: "callback", Value: callback},
	}}
	if p.prog.ReadOnly {
		register.Items = append(register.Items, lua.Item{Name: "flags", Value: &lua.Table{Items: []lua.Item{{Value: lua.Str("no-writes")}}}})
	}
	scope = append(scope, &lua.Do{Call: lua.Invoke(&lua.Field{X: lua.Global("redis"), Name: "register_function"}, register)})
	return scope, defNames(defs), nil
}
