package token

import (
	"strings"
	"unicode/utf8"
)

// Kind is the kind of a token.
type Kind uint8

// The kinds of tokens.
const (
	Ident   Kind = iota // unquoted identifier or keyword
	Quoted              // "identifier", U&"identifier"
	Number              // 1, 1.5, 1e10
	String              // '...', E'...', U&'...', N'...', $tag$...$tag$
	Bits                // B'..', X'..'
	Param               // $1
	Op                  // operator
	Punct               // ( ) [ ] , ; . : :: := ..
	Comment             // -- ... or /* ... */
	Junk                // digits directly followed by letters: 1x, 0x1F, 1_000
	Invalid             // unterminated or unexpected
)

// Token is a piece of the text, from Start to End.
type Token struct {
	Kind       Kind
	Start, End int
}

// Text is the token's text.
func (t Token) Text(src string) string { return src[t.Start:t.End] }

// Scan returns all tokens, comments included, white space left out.
func Scan(src string) []Token {
	out := make([]Token, 0, len(src)/5)
	for at := 0; ; {
		t, ok := Next(src, at)
		if !ok {
			return out
		}
		out = append(out, t)
		at = t.End
	}
}

// Next returns the first token at or after an offset; false when only white space is left.
func Next(src string, at int) (Token, bool) {
	for at < len(src) && isSpace(src[at]) {
		at++
	}
	if at >= len(src) {
		return Token{}, false
	}
	kind, end := scan(src, at)
	return Token{Kind: kind, Start: at, End: end}, true
}

func isSpace(c byte) bool { return c == ' ' || '\t' <= c && c <= '\r' }

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func isIdentStart(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c == '_' || c >= utf8.RuneSelf
}

func isIdentPart(c byte) bool { return isIdentStart(c) || isDigit(c) || c == '$' }

const operatorBytes = "~!@#^&|`?+-*/%<>="

func isOperator(c byte) bool { return strings.IndexByte(operatorBytes, c) >= 0 }

// scan recognises the token that starts at a byte that is not white space.
func scan(src string, at int) (Kind, int) {
	rest := src[at:]
	c := rest[0]
	switch {
	case strings.HasPrefix(rest, "--"):
		if i := strings.IndexAny(rest, "\n\r"); i >= 0 {
			return Comment, at + i
		}
		return Comment, len(src)
	case strings.HasPrefix(rest, "/*"):
		return blockComment(src, at)
	case c == '\'':
		return plainString(src, at, at+1, String)
	case c == '"':
		return quoted(src, at, at+1)
	case c == '$':
		return dollar(src, at)
	case isDigit(c), c == '.' && len(rest) > 1 && isDigit(rest[1]):
		return number(src, at)
	case isIdentStart(c):
		return word(src, at)
	case isOperator(c):
		return Op, operatorEnd(src, at)
	case strings.HasPrefix(rest, "::"), strings.HasPrefix(rest, ":="), strings.HasPrefix(rest, ".."):
		return Punct, at + 2
	case strings.IndexByte("()[],;.:", c) >= 0:
		return Punct, at + 1
	}
	return Invalid, at + 1
}

// blockComment scans /* ... */, which nest.
func blockComment(src string, at int) (Kind, int) {
	depth := 0
	for i := at; i+1 < len(src); i++ {
		switch src[i : i+2] {
		case "/*":
			depth++
			i++
		case "*/":
			depth--
			i++
			if depth == 0 {
				return Comment, i + 1
			}
		}
	}
	return Invalid, len(src)
}

// plainString scans to the closing quote; a doubled quote stands for one.
func plainString(src string, at, body int, kind Kind) (Kind, int) {
	for i := body; i < len(src); i++ {
		if src[i] != '\'' {
			continue
		}
		if i+1 < len(src) && src[i+1] == '\'' {
			i++
			continue
		}
		return kind, i + 1
	}
	return Invalid, len(src)
}

// escapeString scans E'...', where a backslash escapes the next byte.
func escapeString(src string, body int) (Kind, int) {
	for i := body; i < len(src); i++ {
		switch {
		case src[i] == '\\':
			i++
		case src[i] == '\'' && i+1 < len(src) && src[i+1] == '\'':
			i++
		case src[i] == '\'':
			return String, i + 1
		}
	}
	return Invalid, len(src)
}

func quoted(src string, at, body int) (Kind, int) {
	for i := body; i < len(src); i++ {
		if src[i] != '"' {
			continue
		}
		if i+1 < len(src) && src[i+1] == '"' {
			i++
			continue
		}
		return Quoted, i + 1
	}
	return Invalid, len(src)
}

// dollar scans a parameter or a dollar-quoted string.
func dollar(src string, at int) (Kind, int) {
	i := at + 1
	if i < len(src) && isDigit(src[i]) {
		for i < len(src) && isDigit(src[i]) {
			i++
		}
		if i < len(src) && isIdentStart(src[i]) {
			return Junk, identEnd(src, i)
		}
		return Param, i
	}
	if i < len(src) && isIdentStart(src[i]) {
		for i < len(src) && isIdentPart(src[i]) && src[i] != '$' {
			i++
		}
	}
	if i >= len(src) || src[i] != '$' {
		return Invalid, at + 1
	}
	tag := src[at : i+1]
	if end := strings.Index(src[i+1:], tag); end >= 0 {
		return String, i + 1 + end + len(tag)
	}
	return Invalid, len(src)
}

func number(src string, at int) (Kind, int) {
	i := at
	digits := func() {
		for i < len(src) && isDigit(src[i]) {
			i++
		}
	}
	digits()
	if i < len(src) && src[i] == '.' && !strings.HasPrefix(src[i:], "..") {
		i++
		digits()
	}
	if i < len(src) && (src[i] == 'e' || src[i] == 'E') {
		j := i + 1
		if j < len(src) && (src[j] == '+' || src[j] == '-') {
			j++
		}
		if j < len(src) && isDigit(src[j]) {
			i = j
			digits()
		}
	}
	if i < len(src) && isIdentStart(src[i]) {
		return Junk, identEnd(src, i)
	}
	return Number, i
}

func identEnd(src string, i int) int {
	for i < len(src) && isIdentPart(src[i]) {
		i++
	}
	return i
}

// word scans an identifier, or the string or quoted identifier that a letter introduces.
func word(src string, at int) (Kind, int) {
	rest := src[at:]
	if len(rest) > 1 && rest[1] == '\'' {
		switch rest[0] {
		case 'e', 'E':
			return escapeString(src, at+2)
		case 'b', 'B', 'x', 'X':
			return plainString(src, at, at+2, Bits)
		case 'n', 'N':
			return plainString(src, at, at+2, String)
		}
	}
	if len(rest) > 2 && (rest[0] == 'u' || rest[0] == 'U') && rest[1] == '&' {
		switch rest[2] {
		case '\'':
			return plainString(src, at, at+3, String)
		case '"':
			return quoted(src, at, at+3)
		}
	}
	return Ident, identEnd(src, at)
}

// operatorEnd applies the rules of 4.1.3: an operator stops before a comment, and ends in + or - only if it has another of
// ~ ! @ # % ^ & | ` ?.
func operatorEnd(src string, at int) int {
	end := at
	for end < len(src) && isOperator(src[end]) {
		end++
	}
	op := src[at:end]
	for _, comment := range []string{"--", "/*"} {
		if i := strings.Index(op, comment); i > 0 {
			op = op[:i]
		}
	}
	for len(op) > 1 && (op[len(op)-1] == '+' || op[len(op)-1] == '-') && !strings.ContainsAny(op[:len(op)-1], "~!@#%^&|`?") {
		op = op[:len(op)-1]
	}
	return at + len(op)
}

// End is where the token that starts at an offset ends; the offset itself when none starts there.
func End(src string, at int) int {
	if at < 0 || at >= len(src) {
		return at
	}
	if t, ok := Next(src, at); ok && t.Start == at {
		return t.End
	}
	return at
}
