package prequel

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/prequel-db/prequel/lowering/phys"
	"github.com/prequel-db/prequel/luagen"
)

// commands prints the commands that a statement is sent as. What the client fills in stands in angle brackets: a
// parameter, behind the form in which it is written (docs/values.md), or a packed row.
func commands(p *phys.Program, d *luagen.Direct) string {
	var b strings.Builder
	for _, n := range d.NotNull {
		fmt.Fprintf(&b, "# %s must not be NULL: column %s of %s\n", paramName(p, n.Param), n.Column, n.Table)
	}
	if len(d.EmptyIfNull) > 0 {
		var names []string
		for _, n := range d.EmptyIfNull {
			names = append(names, paramName(p, n))
		}
		fmt.Fprintf(&b, "# no row when NULL: %s\n", strings.Join(names, ", "))
	}
	for _, c := range d.Commands {
		var words []string
		for _, a := range c.Args {
			words = append(words, word(p, a))
		}
		b.WriteString(strings.Join(words, " ") + "\n")
	}
	return b.String()
}

func paramName(p *phys.Program, n int) string {
	if n > len(p.Params) {
		return "now()"
	}
	return p.Params[n-1].Name
}

func word(p *phys.Program, a luagen.Arg) string {
	var b strings.Builder
	b.WriteString(a.Prefix)
	for _, part := range a.Parts {
		switch {
		case part.Row != nil:
			var cols []string
			for _, c := range part.Row.Cols {
				switch {
				case c.Param > 0:
					cols = append(cols, paramName(p, c.Param))
				case c.Text != nil:
					cols = append(cols, strconv.Quote(*c.Text))
				default:
					cols = append(cols, "NULL")
				}
			}
			fmt.Fprintf(&b, "<row %s>", strings.Join(cols, ", "))
		case part.Param > 0:
			fmt.Fprintf(&b, "<%s %s>", part.Form, paramName(p, part.Param))
		default:
			quoted := strconv.Quote(part.Lit)
			b.WriteString(quoted[1 : len(quoted)-1])
		}
	}
	if a.Succ {
		b.WriteString("<next>")
	}
	return b.String()
}
