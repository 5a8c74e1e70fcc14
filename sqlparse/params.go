package sqlparse

import (
	"sort"
	"strconv"
	"strings"

	"github.com/prequel-db/prequel/sqlparse/bind"
	"github.com/prequel-db/prequel/sqlparse/diag"
	"github.com/prequel-db/prequel/sqlparse/token"
)

// rewritten is a statement's text with named parameters numbered, and the way back to the source.
type rewritten struct {
	text   bind.Text
	named  []bind.NamedParam
	embeds map[int]string // the tables of sqlc.embed by offset in text
	edits  []edit
}

// edit is a replaced piece: newStart in the rewritten text, start and end in the original.
type edit struct {
	newStart, newEnd int
	start, end       int
}

// rewriteParams replaces @name, sqlc.arg(name) and sqlc.narg(name) by $n. A name keeps one number; numbers that the text uses itself
// are left out. sqlc.embed(t) becomes t.*, and IN (sqlc.slice(name)) a comparison with ANY element of an array.
func rewriteParams(src *diag.Source, base int, sql string, tokens []token.Token) (*rewritten, error) {
	w := &paramWriter{src: src, base: base, sql: sql, used: map[int]bool{}, numbers: map[string]int{}}
	for _, t := range tokens {
		if t.Kind == token.Param {
			if n, err := strconv.Atoi(t.Text(sql)[1:]); err == nil {
				w.used[n] = true
			}
		}
	}
	for i := 0; i < len(tokens); {
		n, err := w.take(tokens[:i], tokens[i:])
		if err != nil {
			return nil, err
		}
		i += max(1, n)
	}
	return w.finish(), nil
}

type paramWriter struct {
	src     *diag.Source
	base    int
	sql     string
	out     strings.Builder
	copied  int
	edits   []edit
	used    map[int]bool
	numbers map[string]int
	next    int
	named   []bind.NamedParam
	embeds  map[int]string
}

func (w *paramWriter) span(a, b int) diag.Span {
	return diag.Span{Source: w.src, Start: w.base + a, End: w.base + b}
}

// take rewrites a named parameter or macro that starts the tokens and returns how many tokens it took. before are those that
// precede it.
func (w *paramWriter) take(before, tokens []token.Token) (int, error) {
	text := func(i int) string {
		if i < len(tokens) {
			return tokens[i].Text(w.sql)
		}
		return ""
	}
	first := tokens[0]
	if first.Kind == token.Op && text(0) == "@" && len(tokens) > 1 && tokens[1].Start == first.End &&
		(tokens[1].Kind == token.Ident || tokens[1].Kind == token.Quoted) {
		w.replace(first.Start, tokens[1].End, identifier(text(1)), false)
		return 2, nil
	}
	if first.Kind != token.Ident || !strings.EqualFold(text(0), "sqlc") || text(1) != "." || text(3) != "(" {
		return 0, nil
	}
	macro := strings.ToLower(text(2))
	switch macro {
	case "arg", "narg", "embed", "slice":
	default:
		return 0, diag.Macro.At(w.span(first.Start, tokens[2].End), "sqlc.%s does not exist", macro).
			WithHelp("sqlc.arg, sqlc.narg, sqlc.embed and sqlc.slice are known")
	}
	if text(5) != ")" || len(tokens) < 6 {
		return 0, diag.Macro.At(w.span(first.Start, tokens[min(3, len(tokens)-1)].End), "sqlc.%s takes one name", macro)
	}
	var name string
	switch tokens[4].Kind {
	case token.Ident, token.Quoted:
		name = identifier(text(4))
	case token.String:
		name = strings.Trim(text(4), "'")
	}
	if name == "" {
		return 0, diag.Macro.At(w.span(tokens[4].Start, tokens[4].End), "sqlc.%s takes a name", macro)
	}
	switch macro {
	case "embed":
		w.embed(first.Start, tokens[5].End, text(4), name)
	case "slice":
		return w.slice(before, tokens, name)
	default:
		w.replace(first.Start, tokens[5].End, name, macro == "narg")
	}
	return 6, nil
}

// embed writes table.* for sqlc.embed(table). written is the name as it stands there.
func (w *paramWriter) embed(start, end int, written, name string) {
	w.out.WriteString(w.sql[w.copied:start])
	at := w.out.Len()
	if written[0] == '\'' {
		written = quoteIdentifier(name)
	}
	w.out.WriteString(written + ".*")
	w.edits = append(w.edits, edit{at, w.out.Len(), start, end})
	w.copied = end
	if w.embeds == nil {
		w.embeds = map[int]string{}
	}
	w.embeds[at] = name
}

func quoteIdentifier(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

// slice writes IN (sqlc.slice(name)) as = ANY($n), and NOT IN as <> ALL($n): what a list of the array's elements means.
func (w *paramWriter) slice(before, tokens []token.Token, name string) (int, error) {
	word := func(back int) string {
		if back > len(before) {
			return ""
		}
		return strings.ToLower(before[len(before)-back].Text(w.sql))
	}
	if word(1) != "(" || word(2) != "in" || len(tokens) < 7 || tokens[6].Text(w.sql) != ")" {
		return 0, diag.Macro.At(w.span(tokens[0].Start, tokens[5].End), "sqlc.slice stands alone in the parentheses of IN").
			WithHelp("write: column IN (sqlc.slice(%s)), or use an array: = ANY(@%s)", name, name)
	}
	start, operator := before[len(before)-2].Start, "= ANY("
	if word(3) == "not" {
		start, operator = before[len(before)-3].Start, "<> ALL("
	}
	w.out.WriteString(w.sql[w.copied:start])
	at := w.out.Len()
	w.out.WriteString(operator)
	w.edits = append(w.edits, edit{at, w.out.Len(), start, tokens[0].Start})
	w.copied = tokens[0].Start
	w.replace(tokens[0].Start, tokens[5].End, name, false)
	return 6, nil
}

// identifier is the name a token means: folded to lower case unless quoted. Parameter names keep their case, as sqlc's do.
func identifier(text string) string {
	if strings.HasPrefix(text, `"`) {
		return strings.ReplaceAll(strings.Trim(text, `"`), `""`, `"`)
	}
	return text
}

func (w *paramWriter) replace(start, end int, name string, nullable bool) {
	number, ok := w.numbers[name]
	if !ok {
		w.next++
		for w.used[w.next] {
			w.next++
		}
		number = w.next
		w.numbers[name] = number
		for len(w.named) < number {
			w.named = append(w.named, bind.NamedParam{})
		}
		w.named[number-1].Name = name
	}
	w.named[number-1].Nullable = w.named[number-1].Nullable || nullable
	w.out.WriteString(w.sql[w.copied:start])
	at := w.out.Len()
	w.out.WriteString("$" + strconv.Itoa(number))
	w.edits = append(w.edits, edit{at, w.out.Len(), start, end})
	w.copied = end
}

func (w *paramWriter) finish() *rewritten {
	w.out.WriteString(w.sql[w.copied:])
	r := &rewritten{named: w.named, embeds: w.embeds, edits: w.edits}
	base := w.base
	r.text = bind.Text{Source: w.src, SQL: w.out.String(), Origin: func(o int) int { return base + r.origin(o) }}
	return r
}

// origin maps an offset of the rewritten text to the original.
func (r *rewritten) origin(o int) int {
	i := sort.Search(len(r.edits), func(i int) bool { return r.edits[i].newStart > o }) - 1
	if i < 0 {
		return o
	}
	e := r.edits[i]
	if o < e.newEnd {
		if o == e.newStart {
			return e.start
		}
		return e.end
	}
	return e.end + o - e.newEnd
}
