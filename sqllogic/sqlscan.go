package sqllogic

import "strings"

// The runner needs to know a few things about SQL without understanding it: where a statement ends, whether it orders
// its rows, which table it writes. Tokens are enough for that; the compiler's parser is not used, since it is what is
// being tested.

type tokenKind int

const (
	tokenWord   tokenKind = iota // an identifier or keyword, folded to lower case
	tokenQuoted                  // a quoted identifier, without its quotes
	tokenNumber                  // a number
	tokenString                  // a string constant
	tokenSymbol                  // any other character
)

type token struct {
	kind       tokenKind
	text       string
	start, end int // byte offsets
	depth      int // how many brackets are open around it; a bracket itself counts as outside
}

// is reports whether the token is the given keyword or symbol.
func (t token) is(text string) bool {
	return (t.kind == tokenWord || t.kind == tokenSymbol) && t.text == text
}

// name returns the identifier that the token is, if it is one.
func (t token) name() (string, bool) {
	return t.text, t.kind == tokenWord || t.kind == tokenQuoted
}

// scan splits SQL into tokens by PostgreSQL's lexical rules (documentation, 4.1); comments and blanks are left out. It
// accepts anything: an unfinished string or comment ends with the text, and open reports that.
func scan(sql string) (tokens []token, open bool) {
	depth := 0
	for i := 0; i < len(sql); {
		start := i
		add := func(kind tokenKind, text string, end int) {
			tokens = append(tokens, token{kind, text, start, end, depth})
			i = end
		}
		c := sql[i]
		switch {
		case c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v':
			i++
		case strings.HasPrefix(sql[i:], "--"):
			n := strings.IndexByte(sql[i:], '\n')
			if n < 0 {
				return tokens, open
			}
			i += n + 1
		case strings.HasPrefix(sql[i:], "/*"):
			end, closed := blockComment(sql, i)
			i, open = end, open || !closed
		case c == '\'':
			end, closed := quoted(sql, i, '\'', false)
			add(tokenString, sql[start:end], end)
			open = open || !closed
		case c == '"':
			end, closed := quoted(sql, i, '"', false)
			text := strings.TrimSuffix(sql[start+1:end], `"`)
			add(tokenQuoted, strings.ReplaceAll(text, `""`, `"`), end)
			open = open || !closed
		case c == '$':
			if end, closed, ok := dollarQuoted(sql, i); ok {
				add(tokenString, sql[start:end], end)
				open = open || !closed
			} else {
				add(tokenSymbol, "$", i+1)
			}
		case isDigit(c):
			end := i + 1
			for end < len(sql) && (isWord(sql[end]) || sql[end] == '.') {
				end++
			}
			add(tokenNumber, sql[start:end], end)
		case isWordStart(c):
			end := i + 1
			for end < len(sql) && (isWord(sql[end]) || sql[end] == '$') {
				end++
			}
			word := strings.ToLower(sql[start:end])
			// A prefix belongs to the constant behind it: E'..', B'..', X'..', N'..'.
			if end < len(sql) && sql[end] == '\'' && len(word) == 1 && strings.Contains("ebxn", word) {
				stop, closed := quoted(sql, end, '\'', word == "e")
				add(tokenString, sql[start:stop], stop)
				open = open || !closed
			} else {
				add(tokenWord, word, end)
			}
		case c == '(' || c == '[':
			add(tokenSymbol, string(c), i+1)
			depth++
		case c == ')' || c == ']':
			depth = max(depth-1, 0)
			add(tokenSymbol, string(c), i+1)
		default:
			add(tokenSymbol, string(c), i+1)
		}
	}
	return tokens, open || depth > 0
}

// blockComment returns the end of the comment that begins at i; comments nest.
func blockComment(sql string, i int) (end int, closed bool) {
	depth := 0
	for i < len(sql) {
		switch {
		case strings.HasPrefix(sql[i:], "/*"):
			depth++
			i += 2
		case strings.HasPrefix(sql[i:], "*/"):
			depth--
			i += 2
			if depth == 0 {
				return i, true
			}
		default:
			i++
		}
	}
	return i, false
}

// quoted returns the end of the quoted text that begins with a quote at i. A doubled quote stands for one; with
// escapes a backslash takes the next character along.
func quoted(sql string, i int, quote byte, escapes bool) (end int, closed bool) {
	for i++; i < len(sql); i++ {
		switch {
		case escapes && sql[i] == '\\':
			i++
		case sql[i] == quote && i+1 < len(sql) && sql[i+1] == quote:
			i++
		case sql[i] == quote:
			return i + 1, true
		}
	}
	return len(sql), false
}

// dollarQuoted returns the end of the dollar-quoted string that begins at i; ok is false when none does.
func dollarQuoted(sql string, i int) (end int, closed, ok bool) {
	j := i + 1
	for j < len(sql) && isWord(sql[j]) {
		j++
	}
	if j >= len(sql) || sql[j] != '$' || (j > i+1 && isDigit(sql[i+1])) {
		return 0, false, false
	}
	tag := sql[i : j+1]
	n := strings.Index(sql[j+1:], tag)
	if n < 0 {
		return len(sql), false, true
	}
	return j + 1 + n + len(tag), true, true
}

func isDigit(c byte) bool     { return '0' <= c && c <= '9' }
func isWordStart(c byte) bool { return c == '_' || 'a' <= c|0x20 && c|0x20 <= 'z' || c >= 0x80 }
func isWord(c byte) bool      { return isWordStart(c) || isDigit(c) }
