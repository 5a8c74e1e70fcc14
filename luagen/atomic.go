package luagen

import (
	"fmt"
	"slices"

	"github.com/prequel-db/prequel/luagen/lua"
	"github.com/prequel-db/prequel/luagen/prelude"
)

// atomicName is the name of the function that runs batches: one that no program has.
func atomicName(parts []*part) string {
	name := "atomic"
	for n := 2; slices.ContainsFunc(parts, func(p *part) bool { return p.prog.Name == name }); n++ {
		name = fmt.Sprintf("atomic_%d", n)
	}
	return name
}

// batches is the scope of the function that runs batches of the functions in a table.
func (l *libraryPlan) batches(name string, functions *lua.Var, standing map[string]bool) (lua.Block, []string, error) {
	defs, err := prelude.Resolve([]string{"atomic_run"})
	if err != nil {
		return nil, nil, err
	}
	defs = slices.DeleteFunc(defs, func(d prelude.Def) bool { return standing[d.Name] })
	var names []string
	for _, d := range defs {
		names = append(names, d.Name)
	}
	keys, args := lua.NewVar("keys"), lua.NewVar("args")
	call := &lua.Field{X: lua.Global("redis"), Name: "call"}
	run := lua.Invoke(lua.Helper("atomic_run"), call, functions, keys, args)
	register := &lua.Table{Items: []lua.Item{
		{Name: "function_name", Value: lua.Str(name)},
		{Name: "callback", Value: &lua.Func{Params: []*lua.Var{keys, args}, Body: lua.Block{&lua.Return{Values: []lua.Expr{run}}}}},
	}}
	return lua.Block{
		&lua.Verbatim{Text: prelude.Text(defs, true)}, &lua.Blank{},
		&lua.Do{Call: lua.Invoke(&lua.Field{X: lua.Global("redis"), Name: "register_function"}, register)},
	}, names, nil
}
