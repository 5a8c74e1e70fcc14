package luagen_test

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"github.com/prequel-db/prequel/lowering/phys"
	"github.com/prequel-db/prequel/luagen"
)

// TestFunctions prints the translations of Go-made programs. Commands: function (the plain script without its
// helpers), library, direct (how it is called without a script).
func TestFunctions(t *testing.T) {
	datadriven.RunTest(t, "testdata/functions", func(t *testing.T, d *datadriven.TestData) string {
		if len(d.CmdArgs) != 1 || goldens[d.CmdArgs[0].Key] == nil {
			t.Fatalf("%s: which program?", d.Pos)
		}
		p := goldens[d.CmdArgs[0].Key]()
		opts := luagen.Options{Root: "{p}", Library: "prequel"}
		if d.Cmd == "direct" {
			return direct(p, opts)
		}
		out, err := luagen.Generate([]*phys.Program{p}, opts)
		if err != nil {
			return err.Error() + "\n"
		}
		switch d.Cmd {
		case "function":
			text := withoutHelpers(out.Functions[0].Script, p.Name)
			for _, k := range out.Functions[0].Keys {
				text += "declared: " + argText(k) + "\n"
			}
			return text
		case "library":
			return withoutHelpers(out.Library, p.Name)
		}
		t.Fatalf("%s: command %q", d.Pos, d.Cmd)
		return ""
	})
}

// withoutHelpers drops the text of helpers; constants stay.
func withoutHelpers(text, name string) string {
	head, body, ok := strings.Cut(text, "-- "+name+"\n")
	if !ok {
		return text
	}
	rest := ""
	for line := range strings.SplitSeq(head, "\n") {
		if strings.HasPrefix(line, "local ") && strings.Contains(line, "{[") || strings.HasPrefix(line, "#!") {
			rest += line + "\n"
		}
	}
	return rest + "-- " + name + "\n" + body
}

// TestNoUnusedHelper checks that every name a script defines above its body is used behind its definition.
func TestNoUnusedHelper(t *testing.T) {
	defined := regexp.MustCompile(`(?m)^local (?:function )?([a-z_0-9]+)`)
	for _, name := range goldenNames() {
		out, err := luagen.Generate([]*phys.Program{goldens[name]()}, luagen.Options{Root: root, Library: library})
		if err != nil {
			t.Fatal(err)
		}
		for _, text := range []string{out.Functions[0].Script, out.Library} {
			for _, at := range defined.FindAllStringSubmatchIndex(text, -1) {
				helper := text[at[2]:at[3]]
				if !regexp.MustCompile(`\b` + helper + `\b`).MatchString(text[at[3]:]) {
					t.Errorf("%s: %s is not used\n%s", name, helper, text)
				}
			}
		}
	}
}

func direct(p *phys.Program, opts luagen.Options) string {
	form, why, d := luagen.Classify(p, opts)
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s\n", [...]string{"native", "multi", "function"}[form], why)
	if d == nil {
		return b.String()
	}
	for _, c := range d.Commands {
		for i, a := range c.Args {
			if i > 0 {
				b.WriteByte(' ')
			}
			b.WriteString(argText(a))
		}
		b.WriteByte('\n')
	}
	if len(d.EmptyIfNull) > 0 {
		fmt.Fprintf(&b, "empty if NULL: %v\n", d.EmptyIfNull)
	}
	return b.String()
}

// argText shows a template: literals quoted where they are not words, parameters as {n form}.
func argText(a luagen.Arg) string {
	var parts []string
	for _, p := range a.Parts {
		switch {
		case p.Row != nil:
			var cols []string
			for _, c := range p.Row.Cols {
				switch {
				case c.Param > 0:
					cols = append(cols, fmt.Sprintf("$%d", c.Param))
				case c.Text == nil:
					cols = append(cols, "NULL")
				default:
					cols = append(cols, fmt.Sprintf("%q", *c.Text))
				}
			}
			parts = append(parts, "row("+strings.Join(cols, ", ")+")")
		case p.Param > 0:
			parts = append(parts, fmt.Sprintf("$%d as %s", p.Param, p.Form))
		default:
			text, err := json.Marshal(p.Lit)
			if err != nil {
				return err.Error()
			}
			parts = append(parts, string(text))
		}
	}
	s := strings.Join(parts, " .. ")
	if a.Succ {
		s = "succ(" + s + ")"
	}
	if a.Prefix != "" {
		s = fmt.Sprintf("%q .. %s", a.Prefix, s)
	}
	return "<" + s + ">"
}

// TestGoldensRun loads and calls every golden program on all engines: its text is not only pretty.
func TestGoldensRun(t *testing.T) {
	var progs []*phys.Program
	for _, name := range goldenNames() {
		progs = append(progs, goldens[name]())
	}
	out, err := luagen.Generate(progs, luagen.Options{Root: root, Library: library})
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range engines(t, out) {
		for i, p := range progs {
			if err := phys.Check(p); err != nil {
				t.Error(err)
			}
			var args []any
			for _, q := range p.Params {
				a := "1"
				if q.Nullable {
					a = ""
				}
				args = append(args, a)
			}
			var keys []string
			for k := range out.Functions[i].Keys {
				keys = append(keys, fmt.Sprintf("%s%s:%d", root, p.Name, k))
			}
			if reply, err := e.call(&out.Functions[i], keys, args); err != nil && !strings.Contains(err.Error(), "redis: nil") {
				t.Errorf("%s: %s: %s\n%s", e.name, p.Name, show(reply, err), out.Functions[i].Script)
			}
		}
	}
}

func goldenNames() []string {
	names := make([]string, 0, len(goldens))
	for n := range goldens {
		names = append(names, n)
	}
	slices.Sort(names)
	return names
}
