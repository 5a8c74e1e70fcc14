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
	names := lua.Helpers(p.body)
	plan := &libraryPlan{number: map[*lua.Var]int{}}
	for i, c := range p.shared.decls {
		plan.number[c.v] = i
	}
	used := &constants{}
	for _, n := range plan.constantsIn(p.body) {
		c := p.shared.decls[n]
		used.decls = append(used.decls, c)
		names = append(names, lua.Helpers(lua.Block{lua.Let(c.v, c.value)})...)
	}
	body := p.body
	if p.raises {
		names = append(names, p.entry)
	}
	above, defs, err := preamble(names, used, false)
	if err != nil {
		return "", err
	}
	standing := len(defs) + len(used.decls)
	wrapped := p.raises || standing > crowded
	if wrapped {
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
	if wrapped {
		run := lua.NewVar("run")
		if n := len(lua.Upvalues(nil, body)); n > lua.MostUpvalues {
			return "", &lua.LimitError{What: "outer variables", Have: n, Most: lua.MostUpvalues}
		}
		entry := lua.Invoke(run)
		if p.raises {
			entry = p.enter(run)
		}
		chunk = append(chunk, &lua.LocalFunc{V: run, Params: p.params, Body: body}, &lua.Blank{}, &lua.Return{Values: []lua.Expr{entry}})
	} else {
		chunk = append(chunk, body...)
	}
	lua.Name(chunk, defs...)
	return lua.Print(chunk), nil
}

// preamble is the text of helpers, with their documentation when docs is set, and the declarations of constants. It also
// returns the names it defines. (A program has thousands of scripts at times; there the documentation would be most of the text.)
func preamble(names []string, shared *constants, docs bool) (lua.Block, []string, error) {
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
		out = append(out, &lua.Verbatim{Text: prelude.Text(defs, docs)})
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
