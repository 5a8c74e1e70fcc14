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
	d, ok := prelude.Lookup(name)
	return !ok || d.Raises
}

// crowded is the number of helpers from which a script's body is a function of its own: helpers are locals, and those of one
// function are limited.
const crowded = 50

// scriptText is a program as a plain script: its helpers and constants, then its body.
func scriptText(p *part) (string, error) {
	plan := &libraryPlan{number: map[*lua.Var]int{}}
	for i, c := range p.shared.decls {
		plan.number[c.v] = i
	}
	used := &constants{}
	for _, n := range plan.constantsIn(p.body) {
		used.decls = append(used.decls, p.shared.decls[n])
	}
	outside := helpersOf(used.decls) // what is referred to by other than the body
	if p.raises {
		outside = append(outside, p.entry)
	}
	defs, err := prelude.Resolve(unique(append(lua.Helpers(p.body), outside...)))
	if err != nil {
		return "", err
	}
	standing := len(defs) + len(used.decls)
	wrapped := p.raises || standing > crowded
	if wrapped {
		standing = 0 // the body is a function of its own
	}
	body, constants, table, err := fitted(p, standing, 0, used.decls, wrapped && len(defs) > maxDefs)
	if err != nil {
		return "", err
	}
	direct := append(lua.Helpers(body), outside...)
	chunk := append(table.definitions(defs, direct, nil, maxDefs, false), constants...)
	if len(chunk) > 0 {
		chunk = append(chunk, &lua.Blank{})
	}
	chunk = append(chunk, &lua.Comment{Text: header(p.prog)})
	if wrapped {
		run := lua.NewVar("run")
		entry := lua.Invoke(run)
		if p.raises {
			entry = p.enter(run)
		}
		chunk = append(chunk, &lua.LocalFunc{V: run, Params: p.params, Body: body}, &lua.Blank{}, &lua.Return{Values: []lua.Expr{entry}})
	} else {
		chunk = append(chunk, body...)
	}
	lua.Name(chunk, defNames(defs)...)
	return lua.Print(chunk), nil
}

// helpersOf lists the helpers that constants are made with.
func helpersOf(list []constant) []string {
	var out []string
	for _, c := range list {
		out = append(out, lua.Helpers(lua.Block{lua.Let(c.v, c.value)})...)
	}
	return out
}

func defNames(defs []prelude.Def) []string {
	out := make([]string, len(defs))
	for i, d := range defs {
		out[i] = d.Name
	}
	return out
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
