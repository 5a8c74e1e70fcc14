package luagen

import (
	"errors"
	"maps"
	"slices"
	"sort"

	"github.com/prequel-db/prequel/luagen/lua"
	"github.com/prequel-db/prequel/luagen/prelude"
)

// A function of Lua's has 200 locals and refers to 60 variables around it. A program that needs more helpers than that has them as
// fields of one table, but for the few that it uses most; of more definitions than one scope can hold, several scopes are made.
//
//	local helpers = {}                            local helpers = {}
//	do                                            local function wide_add(a, b) ... end
//	  local function wide_add(a, b) ... end       helpers.wide_add = wide_add
//	  helpers.wide_add = wide_add            or   local function run() ... helpers.wide_add(x, y) ... end
//	end
//	do
//	  local wide_add = helpers.wide_add
//	  local function int8pl(a, b) ... end
//	  helpers.int8pl = int8pl
//	end

// maxDefs is how many definitions of the prelude stand in one scope: beside them are locals of the script, and what is being computed: the
// items of a table, of which gopher-lua holds 50 (lua.Fit).
const maxDefs = 135

// keptLocal is how many helpers and constants a function refers to directly where the other helpers are fields.
const keptLocal = 40

// fewConstants is how many constants of its own such a function has as locals.
const fewConstants = 10

// helperTable has the helpers that are fields.
type helperTable struct {
	v      *lua.Var
	fields map[string]bool
}

// fitted keeps a part's function within Lua's limits, below above locals of the same function, and declares the constants that it alone
// uses; shared are others that it may refer to. table is not nil where some of the helpers are fields of one; grouped asks for that.
func fitted(p *part, above, shared int, own []constant, grouped bool) (body, constants lua.Block, table *helperTable, err error) {
	if !grouped {
		constants = declareConstants(own, mostConstants)
		body, err = fitBody(p, p.body, above)
		var limit *lua.LimitError
		if !errors.As(err, &limit) || limit.What != lua.OuterVariables {
			return body, constants, nil, err
		}
	}
	constants = declareConstants(own, fewConstants)
	table = &helperTable{v: lua.NewVar("helpers"), fields: map[string]bool{}}
	list := mostUsed(p.body)
	for _, kept := range []int{keptLocal, keptLocal / 2, 0} { // the fewer, the more room for parameters
		for _, name := range list[min(len(list), max(0, kept-shared-len(constants))):] {
			table.fields[name] = true
		}
		table.rewrite(p.body)
		var limit *lua.LimitError
		if body, err = fitBody(p, p.body, above); !errors.As(err, &limit) || limit.What != lua.OuterVariables {
			break
		}
	}
	return body, constants, table, err
}

func fitBody(p *part, body lua.Block, above int) (lua.Block, error) {
	body, err := lua.Fit(body, above)
	if err != nil {
		return nil, err
	}
	if n := len(lua.Upvalues(p.params, body)); n > lua.MostUpvalues {
		return nil, &lua.LimitError{What: lua.OuterVariables, Have: n, Most: lua.MostUpvalues}
	}
	return body, nil
}

// mostUsed lists the helpers of a block, those that stand in it most often first.
func mostUsed(b lua.Block) []string {
	times := map[string]int{}
	lua.EachExpr(b, func(slot *lua.Expr) {
		if h, ok := (*slot).(lua.Helper); ok {
			times[string(h)]++
		}
	})
	list := lua.Helpers(b)
	slices.Sort(list)
	sort.SliceStable(list, func(i, j int) bool { return times[list[i]] > times[list[j]] })
	return list
}

// rewrite makes fields of the helpers in a block.
func (t *helperTable) rewrite(b lua.Block) {
	if t == nil {
		return
	}
	lua.EachExpr(b, func(slot *lua.Expr) {
		if h, ok := (*slot).(lua.Helper); ok && t.fields[string(h)] {
			*slot = &lua.Field{X: t.v, Name: string(h)}
		}
	})
}

// definitions is the text of helpers, in several scopes where they are more than there is room for, and the table of those that are
// fields; nil has none. direct are those that are needed as locals, standing those that are visible already.
func (t *helperTable) definitions(defs []prelude.Def, direct []string, standing map[string]bool, room int, docs bool) lua.Block {
	var out lua.Block
	if t == nil || len(defs) <= room {
		if len(defs) > 0 {
			out = append(out, &lua.Verbatim{Text: prelude.Text(defs, docs)})
		}
		if t != nil {
			out = append(out, &lua.Blank{}, lua.Let(t.v, t.of(t.fields)))
		}
		return out
	}
	own := map[string]bool{}
	for _, d := range defs {
		own[d.Name] = true
	}
	outside := map[string]bool{} // fields that stand around the scopes
	for name := range t.fields {
		outside[name] = !own[name]
	}
	out = append(out, lua.Let(t.v, t.of(outside)))
	for _, s := range scopesOf(defs, standing, room) {
		var body lua.Block
		for _, name := range s.imports {
			body = append(body, &lua.Import{Name: name, From: t.v})
		}
		body = append(body, &lua.Verbatim{Text: prelude.Text(s.defs, docs)})
		for _, d := range s.defs {
			body = append(body, lua.Set(&lua.Field{X: t.v, Name: d.Name}, lua.Helper(d.Name)))
		}
		out = append(out, &lua.Scope{Body: body})
	}
	for _, name := range unique(direct) {
		if own[name] {
			out = append(out, &lua.Import{Name: name, From: t.v})
		}
	}
	return out
}

// of is a table of helpers that are locals.
func (t *helperTable) of(names map[string]bool) *lua.Table {
	out := &lua.Table{}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		if names[name] {
			out.Items = append(out.Items, lua.Item{Name: name, Value: lua.Helper(name)})
		}
	}
	return out
}

// defScope is some of the definitions, with those of earlier scopes that they use.
type defScope struct {
	defs    []prelude.Def
	imports []string
}

// scopesOf divides definitions, each of which stands behind those that it uses, into scopes with room locals.
func scopesOf(defs []prelude.Def, standing map[string]bool, room int) []defScope {
	var out []defScope
	var s defScope
	here := map[string]bool{}
	for _, d := range defs {
		missing := func() (out []string) {
			for _, dep := range d.Deps {
				if !standing[dep] && !here[dep] {
					out = append(out, dep)
				}
			}
			return out
		}
		more := missing()
		if len(s.defs) > 0 && len(s.defs)+len(s.imports)+1+len(more) > room {
			out = append(out, s)
			s, here = defScope{}, map[string]bool{}
			more = missing()
		}
		for _, name := range more {
			here[name] = true
		}
		here[d.Name] = true
		s.imports, s.defs = append(s.imports, more...), append(s.defs, d)
	}
	return append(out, s)
}
