package prelude

import "strings"

// identifiers returns, in order, the names that Lua source reads: not those in strings and comments, not fields after
// "." or ":", and not names directly before "=" (assignment targets and table keys), because no definition is ever
// assigned to. A local that shares a definition's name is returned all the same; a test refuses such locals.
func identifiers(src string) []string {
	var names []string
	field := false // the previous token was "." or ":"
	for i := 0; i < len(src); {
		c := src[i]
		switch {
		case c == '-' && strings.HasPrefix(src[i:], "--"):
			i += 2
			if n := longBracket(src[i:]); n > 0 {
				i += n
			} else {
				for i < len(src) && src[i] != '\n' {
					i++
				}
			}
			continue
		case c == '"' || c == '\'':
			i = skipQuoted(src, i)
		case c == '[' && longBracket(src[i:]) > 0:
			i += longBracket(src[i:])
		case isDigit(c) || c == '.' && i+1 < len(src) && isDigit(src[i+1]):
			i = skipNumber(src, i)
		case isLetter(c):
			start := i
			for i < len(src) && (isLetter(src[i]) || isDigit(src[i])) {
				i++
			}
			if !field && !assigned(src[i:]) {
				names = append(names, src[start:i])
			}
		case c == ' ' || c == '\t' || c == '\n' || c == '\r':
			i++
			continue
		case strings.HasPrefix(src[i:], "..."):
			i += 3
		case strings.HasPrefix(src[i:], ".."):
			i += 2
		case c == '.' || c == ':':
			field = true
			i++
			continue
		default:
			i++
		}
		field = false
	}
	return names
}

// assigned reports whether src, the text after a name, begins with "=" but not "==".
func assigned(src string) bool {
	src = strings.TrimLeft(src, " \t\r\n")
	return strings.HasPrefix(src, "=") && !strings.HasPrefix(src, "==")
}

// longBracket returns the length of the long string ([[...]], [=[...]=]) that src begins with, or 0.
func longBracket(src string) int {
	if src == "" || src[0] != '[' {
		return 0
	}
	level := 1
	for level < len(src) && src[level] == '=' {
		level++
	}
	if level >= len(src) || src[level] != '[' {
		return 0
	}
	closing := "]" + src[1:level] + "]"
	end := strings.Index(src[level+1:], closing)
	if end < 0 {
		return len(src)
	}
	return level + 1 + end + len(closing)
}

func skipQuoted(src string, i int) int {
	quote := src[i]
	for i++; i < len(src); i++ {
		switch src[i] {
		case '\\':
			i++
		case quote:
			return i + 1
		}
	}
	return len(src)
}

func skipNumber(src string, i int) int {
	for i < len(src) {
		c := src[i]
		switch {
		case isDigit(c) || isLetter(c):
			i++
			if (c == 'e' || c == 'E') && i < len(src) && (src[i] == '+' || src[i] == '-') {
				i++
			}
		case c == '.' && !strings.HasPrefix(src[i:], ".."):
			i++
		default:
			return i
		}
	}
	return i
}

func isDigit(c byte) bool  { return '0' <= c && c <= '9' }
func isLetter(c byte) bool { return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c == '_' }
