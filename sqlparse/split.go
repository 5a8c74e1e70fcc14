package sqlparse

import (
	"strings"

	"github.com/prequel-db/prequel/sqlparse/token"
)

// piece is one statement of a text.
type piece struct {
	comments   []token.Token // before the first token
	start, end int           // from the first token to the end of the last, without the semicolon
	tokens     []token.Token // of the statement, comments inside included
}

// split cuts a text into statements at semicolons outside parentheses and BEGIN ATOMIC bodies. A last piece without tokens holds
// trailing comments.
func split(text string) []piece {
	var out []piece
	var cur piece
	depth, blocks := 0, 0
	begun := false
	flush := func() {
		if begun || len(cur.comments) > 0 {
			out = append(out, cur)
		}
		cur, depth, blocks, begun = piece{}, 0, 0, false
	}
	for _, t := range token.Scan(text) {
		if t.Kind == token.Comment && !begun {
			cur.comments = append(cur.comments, t)
			continue
		}
		word := t.Text(text)
		if t.Kind == token.Punct {
			switch word {
			case "(", "[":
				depth++
			case ")", "]":
				depth = max(0, depth-1)
			case ";":
				if depth == 0 && blocks == 0 {
					flush()
					continue
				}
			}
		}
		if t.Kind == token.Ident {
			blocks = atomicDepth(blocks, &cur, text, word)
		}
		if !begun {
			begun, cur.start = true, t.Start
		}
		if t.Kind != token.Comment {
			cur.end = t.End
		}
		cur.tokens = append(cur.tokens, t)
	}
	flush()
	return out
}

// atomicDepth tracks BEGIN ATOMIC ... END of SQL functions, whose bodies hold semicolons.
func atomicDepth(blocks int, cur *piece, text, word string) int {
	switch {
	case strings.EqualFold(word, "atomic"):
		if n := len(cur.tokens); n > 0 && strings.EqualFold(cur.tokens[n-1].Text(text), "begin") {
			return blocks + 1
		}
	case blocks > 0 && strings.EqualFold(word, "case"):
		return blocks + 1
	case blocks > 0 && strings.EqualFold(word, "end"):
		return blocks - 1
	}
	return blocks
}

// Statements cuts a text into its statements, without comments before them and semicolons.
func Statements(text string) []string {
	var out []string
	for _, p := range split(text) {
		if len(p.tokens) > 0 {
			out = append(out, text[p.start:p.end])
		}
	}
	return out
}
