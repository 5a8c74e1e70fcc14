package luagen

import (
	"fmt"
	"sort"
	"strings"

	"github.com/prequel-db/prequel/lowering/phys"
	"github.com/prequel-db/prequel/luagen/lua"
	"github.com/prequel-db/prequel/luagen/prelude"
)

// mayRaise reports whether a helper, or one it uses, raises.
func mayRaise(name string) bool {
	defs, err := prelude.Resolve([]string{name})
	if err != nil {
		return true
	}
	for _, d := range defs {
		if d.Name == "raise" {
			return true
		}
	}
	return false
}

// scriptText is a program as a plain script: its helpers and constants, then its body.
func scriptText(p *part) (string, error) {
	names := lua.Helpers(p.body)
	for _, c := range p.shared.decls {
		names = append(names, lua.Helpers(lua.Block{lua.Let(c.v, c.value)})...)
	}
	body := p.body
	if p.raises {
		names = append(names, "protect")
	}
	above, defs, err := preamble(names, p.shared)
	if err != nil {
		return "", err
	}
	standing := len(defs) + len(p.shared.decls)
	if p.raises {
		standing = 0 // the body is a function of its own
	}
	body, err = lua.Fit(body, standing)
	if err != nil {
		return "", err
	}
	chunk := append(lua.Block{}, above...)
	if len(above) > 0 {
		chunk = append(chunk, &lua.Blank{})
	}
	chunk = append(chunk, &lua.Comment{Text: header(p.prog)})
	if p.raises {
		run := lua.NewVar("run")
		if n := len(lua.Upvalues(nil, body)); n > 58 {
			return "", &lua.LimitError{What: "outer variables", Have: n, Most: 58}
		}
		chunk = append(chunk, &lua.LocalFunc{V: run, Body: body}, &lua.Blank{},
			&lua.Return{Values: []lua.Expr{lua.Invoke(lua.Helper("protect"), run)}})
	} else {
		chunk = append(chunk, body...)
	}
	lua.Name(chunk, defs...)
	return lua.Print(chunk), nil
}

// preamble is the text of helpers and the declarations of constants. It also returns the names it defines.
func preamble(names []string, shared *constants) (lua.Block, []string, error) {
	var out lua.Block
	defs, err := prelude.Resolve(unique(names))
	if err != nil {
		return nil, nil, err
	}
	var defined []string
	for _, d := range defs {
		defined = append(defined, d.Name)
	}
	if len(defs) > 0 {
		out = append(out, &lua.Verbatim{Text: prelude.Text(defs, true)})
	}
	for _, c := range shared.decls {
		out = append(out, lua.Let(c.v, c.value))
	}
	return out, defined, nil
}

func unique(names []string) []string {
	sorted := append([]string(nil), names...)
	sort.Strings(sorted)
	var out []string
	for i, n := range sorted {
		if i == 0 || n != sorted[i-1] {
			out = append(out, n)
		}
	}
	return out
}

// libraryText is the function library: shared helpers and constants at the top level, a function for each program.
func libraryText(parts []*part, shared *constants, opts Options) (string, error) {
	var names []string
	for _, p := range parts {
		names = append(names, lua.Helpers(p.body)...)
		if p.raises {
			names = append(names, "protect")
		}
	}
	for _, c := range shared.decls {
		names = append(names, lua.Helpers(lua.Block{lua.Let(c.v, c.value)})...)
	}
	above, defs, err := preamble(names, shared)
	if err != nil {
		return "", err
	}
	chunk := append(lua.Block{}, above...)
	for _, p := range parts {
		body, err := lua.Fit(p.body, len(p.params))
		if err != nil {
			return "", fmt.Errorf("%s: %w", p.prog.Name, err)
		}
		if n := len(lua.Upvalues(p.params, body)); n > 58 {
			return "", fmt.Errorf("%s: %w", p.prog.Name, &lua.LimitError{What: "outer variables", Have: n, Most: 58})
		}
		fn := lua.NewVar(snake(p.prog.Name))
		scope := lua.Block{&lua.Comment{Text: header(p.prog)}, &lua.LocalFunc{V: fn, Params: p.params, Body: body}}
		callback := lua.Expr(fn)
		if p.raises {
			keys, args := lua.NewVar("keys"), lua.NewVar("args")
			callback = &lua.Func{Params: []*lua.Var{keys, args}, Body: lua.Block{
				&lua.Return{Values: []lua.Expr{lua.Invoke(lua.Helper("protect"), fn, keys, args)}}}}
		}
		register := &lua.Table{Items: []lua.Item{
			{Name: "function_name", Value: lua.Str(p.prog.Name)},
			{Name: "callback", Value: callback},
		}}
		if p.prog.ReadOnly {
			register.Items = append(register.Items, lua.Item{Name: "flags", Value: &lua.Table{Items: []lua.Item{{Value: lua.Str("no-writes")}}}})
		}
		scope = append(scope, &lua.Do{Call: lua.Invoke(&lua.Field{X: lua.Global("redis"), Name: "register_function"}, register)})
		chunk = append(chunk, &lua.Blank{}, &lua.Scope{Body: scope})
	}
	lua.Name(chunk, defs...)
	return "#!lua name=" + opts.Library + "\n" + lua.Print(chunk), nil
}

// snake turns CamelCase into words.
func snake(name string) string {
	var b strings.Builder
	for i, r := range name {
		if i > 0 && r >= 'A' && r <= 'Z' {
			b.WriteByte(' ')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// header is the comment above a function: its SQL, its parameters, and the structures it uses.
func header(prog *phys.Program) string {
	var b strings.Builder
	b.WriteString(prog.Name)
	b.WriteByte('\n')
	for line := range strings.SplitSeq(strings.TrimSpace(prog.SQL), "\n") {
		b.WriteString("\n  " + strings.TrimRight(line, " \t\r"))
	}
	if len(prog.Params) > 0 {
		b.WriteString("\n")
	}
	for i, p := range prog.Params {
		null := ""
		if p.Nullable {
			null = ", may be NULL"
		}
		fmt.Fprintf(&b, "\nARGV[%d]: %s %s%s", i+1, strings.Join(strings.Fields(p.Name), " "), p.Type, null)
	}
	if usesNow(prog) {
		fmt.Fprintf(&b, "\nARGV[%d]: the time of the call", len(prog.Params)+1)
	}
	if len(prog.Structures) > 0 {
		b.WriteString("\n")
	}
	for _, s := range prog.Structures {
		fmt.Fprintf(&b, "\n%s: %s", s.Fingerprint, phys.Summary(s))
	}
	return b.String()
}
