package sqllogic

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// maxIterations bounds a loop: records are expanded before they run.
const maxIterations = 1_000_000

// loop reads a loop, whose body ends at its endloop, and reads the body once for each value of its variable:
//
//	loop i 0 3          i is 0, 1, 2
//	foreach t int text  t is int, text
//	for $t in int text  the same
//
// $i and ${i} in the body stand for the value. Loops nest.
func (p *parser) loop(pos Pos, words []string, rest []line) []line {
	depth := 1
	end := slices.IndexFunc(rest, func(l line) bool {
		switch {
		case loopStart.MatchString(l.text):
			depth++
		case strings.TrimSpace(l.text) == "endloop":
			depth--
		}
		return depth == 0
	})
	if end < 0 {
		p.fail(pos, "the loop has no endloop")
		return nil
	}
	body, after := rest[:end], rest[end+1:]
	if len(words) < 3 || !variableName.MatchString(strings.TrimPrefix(words[1], "$")) {
		p.fail(pos, "expected: loop VARIABLE FROM TO, or foreach VARIABLE VALUE...")
		return after
	}
	values := words[2:]
	switch {
	case words[0] == "loop":
		if !p.want(pos, words[1:], 3, "loop VARIABLE FROM TO") {
			return after
		}
		from, to := p.number(pos, words[2]), p.number(pos, words[3])
		if to-from > maxIterations {
			p.fail(pos, "the loop would run %d times; the limit is %d", to-from, maxIterations)
			return after
		}
		values = nil
		for ; from < to; from++ {
			values = append(values, strconv.FormatInt(from, 10))
		}
	case values[0] == "in":
		values = values[1:]
	}
	name := strings.TrimPrefix(words[1], "$")
	use := regexp.MustCompile(`\$(?:\{` + name + `\}|` + name + `\b)`)
	for _, value := range values {
		round := slices.Clone(body)
		for i := range round {
			round[i].text = use.ReplaceAllLiteralString(round[i].text, value)
		}
		p.lines(round)
		if p.halted {
			return nil
		}
	}
	return after
}

// loopStart is a loop inside a loop; SQL has lines that begin with FOR, so that one needs its IN.
var loopStart = regexp.MustCompile(`^(loop|foreach)\s|^for\s+\S+\s+in\s`)

var variableName = regexp.MustCompile(`^[A-Za-z_][A-Za-z_0-9]*$`)

// substitute replaces $name, ${name} and ${name:default} by variables; a default may itself contain variables, and \$
// and \\ stand for the characters. An unknown variable without a default is an error.
func (o *ReadOptions) substitute(text string) (string, error) {
	var out strings.Builder
	for i := 0; i < len(text); {
		switch c := text[i]; {
		case c == '\\' && i+1 < len(text):
			if next := text[i+1]; next != '$' && next != '\\' {
				return "", fmt.Errorf(`substitution: \%c: only \$ and \\ can be escaped`, next)
			}
			out.WriteByte(text[i+1])
			i += 2
		case c == '$' && strings.HasPrefix(text[i:], "${"):
			end := closingBrace(text, i+1)
			if end < 0 {
				return "", fmt.Errorf("substitution: ${ without }")
			}
			name, fallback, hasFallback := strings.Cut(text[i+2:end], ":")
			value, ok := o.lookup(name)
			if !ok {
				if !hasFallback {
					return "", fmt.Errorf("substitution: no variable %s", name)
				}
				var err error
				if value, err = o.substitute(fallback); err != nil {
					return "", err
				}
			}
			out.WriteString(value)
			i = end + 1
		case c == '$':
			end := i + 1
			for end < len(text) && isWord(text[end]) {
				end++
			}
			value, ok := o.lookup(text[i+1 : end])
			if !ok {
				return "", fmt.Errorf("substitution: no variable %q", text[i+1:end])
			}
			out.WriteString(value)
			i = end
		default:
			out.WriteByte(c)
			i++
		}
	}
	return out.String(), nil
}

func (o *ReadOptions) lookup(name string) (string, bool) {
	if value, ok := o.Vars[name]; ok {
		return value, true
	}
	return os.LookupEnv(name)
}

// closingBrace returns the index of the brace that closes the one at open, -1 when none does.
func closingBrace(text string, open int) int {
	depth := 0
	for i := open; i < len(text); i++ {
		switch text[i] {
		case '{':
			depth++
		case '}':
			depth--
			if depth == 0 {
				return i
			}
		}
	}
	return -1
}
