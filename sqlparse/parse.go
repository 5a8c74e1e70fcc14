package sqlparse

import (
	"errors"
	"strings"
	"unicode/utf8"

	"github.com/prequel-db/prequel/sqlparse/bind"
	"github.com/prequel-db/prequel/sqlparse/diag"
	"github.com/prequel-db/prequel/sqlparse/token"

	pg "github.com/pganalyze/pg_query_go/v5"
	"github.com/pganalyze/pg_query_go/v5/parser"
)

const (
	// maxStatement bounds the text of one statement; PostgreSQL's own limit is 1 GB.
	maxStatement = 16 << 20
	// maxNesting bounds parentheses, brackets, CASE and chains of prefix operators, which the parser and its encoding of
	// trees follow by recursion.
	maxNesting = 500
	// maxChain bounds operators at one level, which make trees as deep as the chain is long.
	maxChain = 4000
)

// checkText refuses what would not reach the parser as it is.
func checkText(src *diag.Source) (diag.Diagnostic, bool) {
	if i := strings.IndexByte(src.Text, 0); i >= 0 {
		return diag.Encoding.At(diag.Span{Source: src, Start: i, End: i + 1}, "the text has a NUL byte"), false
	}
	if !utf8.ValidString(src.Text) {
		at := 0
		for at < len(src.Text) {
			r, n := utf8.DecodeRuneInString(src.Text[at:])
			if r == utf8.RuneError && n == 1 {
				break
			}
			at += n
		}
		return diag.Encoding.At(diag.Span{Source: src, Start: at, End: at + 1}, "the text is not valid UTF-8"), false
	}
	return diag.Diagnostic{}, true
}

// checkTokens refuses statements that PostgreSQL 15 scans differently from the parser (a newer version), or that are nested too
// deeply.
func checkTokens(text bind.Text, tokens []token.Token) error {
	if len(text.SQL) > maxStatement {
		return diag.TooComplex.At(place(text, 0, 1), "the statement is longer than %d MB", maxStatement>>20)
	}
	depth, run, chain := 0, 0, []int{0}
	for _, t := range tokens {
		word := t.Text(text.SQL)
		switch t.Kind {
		case token.Junk:
			return diag.Syntax.At(place(text, t.Start, t.End), "trailing junk after numeric literal at or near %q", word)
		case token.Op:
			run++
			chain[len(chain)-1]++
		case token.Ident:
			switch strings.ToLower(word) {
			case "not", "case", "is", "collate", "between", "like", "at", "cast", "exists", "union", "except", "intersect", "join", "select":
				run++
				chain[len(chain)-1]++
			case "and", "or", "when", "from", "where":
				run = 0
			default:
				run = 0
			}
		case token.Punct:
			switch word {
			case "(", "[":
				depth++
				chain = append(chain, 0)
			case ")", "]":
				depth = max(0, depth-1)
				if len(chain) > 1 {
					chain = chain[:len(chain)-1]
				}
			case ",", ";":
				chain[len(chain)-1] = 0
			case "::":
				chain[len(chain)-1]++
			}
			if word != "(" {
				run = 0
			}
		case token.Comment:
			continue
		default:
			run = 0
		}
		if depth > maxNesting || run > maxNesting || chain[len(chain)-1] > maxChain {
			return diag.TooComplex.At(place(text, t.Start, t.End), "the statement is nested too deeply").
				WithHelp("split it, or bind parts of it in WITH")
		}
	}
	return nil
}

func place(text bind.Text, start, end int) diag.Span {
	return diag.Span{Source: text.Source, Start: text.Origin(start), End: text.Origin(end)}
}

// parse parses the text of one statement.
func parse(text bind.Text) (*pg.Node, error) {
	tree, err := pg.Parse(text.SQL)
	if err != nil {
		return nil, syntaxError(text, err)
	}
	if len(tree.GetStmts()) != 1 || tree.Stmts[0].GetStmt().GetNode() == nil {
		return nil, diag.StatementCount.At(place(text, 0, len(text.SQL)), "one statement is expected, not %d", len(tree.GetStmts()))
	}
	return tree.Stmts[0].Stmt, nil
}

// syntaxError places the parser's error. Its cursor counts characters from 1.
func syntaxError(text bind.Text, err error) error {
	var e *parser.Error
	if !errors.As(err, &e) {
		return diag.TooComplex.At(place(text, 0, min(1, len(text.SQL))), "the statement cannot be parsed: %v", err)
	}
	at := 0
	for range e.Cursorpos - 1 {
		_, n := utf8.DecodeRuneInString(text.SQL[min(at, len(text.SQL)):])
		at += n
	}
	if e.Cursorpos <= 0 || at > len(text.SQL) {
		at = len(text.SQL)
	}
	code := diag.Syntax
	if strings.Contains(e.Message, "stack depth") {
		code = diag.TooComplex
	}
	return code.At(place(text, at, max(at, token.End(text.SQL, at))), "%s", e.Message)
}

// parsePiece numbers a statement's parameters and parses it.
func parsePiece(src *diag.Source, p piece) (*rewritten, *pg.Node, error) {
	sql := src.Text[p.start:p.end]
	tokens := make([]token.Token, 0, len(p.tokens))
	code := make([]token.Token, 0, len(p.tokens))
	for _, t := range p.tokens {
		if t.Start >= p.end {
			break // a trailing comment
		}
		t.Start -= p.start
		t.End -= p.start
		tokens = append(tokens, t)
		if t.Kind != token.Comment {
			code = append(code, t)
		}
	}
	if err := checkTokens(bind.Verbatim(src, sql, p.start), tokens); err != nil {
		return nil, nil, err
	}
	r, err := rewriteParams(src, p.start, sql, code)
	if err != nil {
		return nil, nil, err
	}
	tree, err := parse(r.text)
	return r, tree, err
}
