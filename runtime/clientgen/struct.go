package clientgen

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/prequel-db/prequel/runtime/value"
)

// structType writes a struct.
func (g *generator) structType(name string, fields []field) {
	g.use(fields...)
	tags := namespace{}
	g.printf("type %s struct {\n", name)
	for _, f := range fields {
		for _, line := range commentLines(f.comment) {
			g.printf("%s\n", line)
		}
		g.printf("%s %s", f.goName, f.typ.field(f.nullable))
		if tag := g.tag(f, tags); tag != "" {
			g.printf(" `%s`", tag)
		}
		g.printf("\n")
	}
	g.printf("}\n\n")
}

// tag is the struct tag of a field; names are those given out in the struct.
func (g *generator) tag(f field, names namespace) string {
	if !g.options.JSONTags && !g.options.DBTags && f.tag == "" {
		return ""
	}
	name := names.pick(strings.Map(tagRune, f.sql))
	var parts []string
	if g.options.DBTags {
		parts = append(parts, fmt.Sprintf("db:%q", name))
	}
	if g.options.JSONTags {
		parts = append(parts, fmt.Sprintf("json:%q", g.options.jsonName(name)))
	}
	if f.tag != "" {
		parts = append(parts, f.tag)
	}
	return strings.Join(parts, " ")
}

// tagRune drops what a struct tag cannot hold.
func tagRune(r rune) rune {
	if r == '`' || r == '"' || r == '\\' || r == ',' || unicode.IsControl(r) {
		return -1
	}
	return r
}

// commentLines makes comment lines of a text.
func commentLines(text string) []string {
	var out []string
	for line := range strings.SplitSeq(strings.TrimSpace(text), "\n") {
		line = strings.Map(func(r rune) rune {
			if unicode.IsControl(r) && r != '\t' {
				return ' '
			}
			return r
		}, strings.TrimRight(line, " \t\r"))
		if text != "" {
			out = append(out, strings.TrimRight("// "+line, " "))
		}
	}
	return out
}

// enumNames are the constants of an enum's labels.
func enumNames(goName string, e value.EnumType) []string {
	names := namespace{}
	out := make([]string, len(e.Labels))
	for i, l := range e.Labels {
		suffix := exported(l)
		if len(words(l)) == 0 {
			suffix = "Empty"
		} else if unicode.IsDigit([]rune(words(l)[0])[0]) {
			suffix = strings.TrimPrefix(suffix, "X") // the enum's name stands before it
		}
		out[i] = names.pick(goName + suffix)
	}
	return out
}
