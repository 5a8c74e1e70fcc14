package value

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

func parseJSON(text string) (Value, error) {
	if !json.Valid([]byte(text)) {
		return Null, errorf(stateSyntax, "invalid input syntax for type json")
	}
	return String(text), nil
}

// parseJSONB reads JSON and gives the text that PostgreSQL prints for jsonb: keys ordered by length and bytes, the last of
// equal keys, one blank after each colon and comma, numbers as numeric.
func parseJSONB(text string) (Value, error) {
	if !json.Valid([]byte(text)) {
		return Null, errorf(stateSyntax, "invalid input syntax for type json")
	}
	r := jsonReader{rest: text}
	var b strings.Builder
	if err := r.value(&b); err != nil {
		return Null, err
	}
	return String(b.String()), nil
}

// A jsonReader rewrites JSON that is known to be valid.
type jsonReader struct{ rest string }

func (r *jsonReader) skip() { r.rest = strings.TrimLeft(r.rest, " \t\r\n") }

// eat takes c, after white space, if it comes next.
func (r *jsonReader) eat(c byte) bool {
	r.skip()
	if r.rest[0] != c {
		return false
	}
	r.rest = r.rest[1:]
	return true
}

func (r *jsonReader) value(b *strings.Builder) error {
	r.skip()
	switch c := r.rest[0]; {
	case c == '{':
		return r.object(b)
	case c == '[':
		r.rest = r.rest[1:]
		b.WriteByte('[')
		for first := true; !r.eat(']'); first = false {
			if !first {
				r.eat(',')
				b.WriteString(", ")
			}
			if err := r.value(b); err != nil {
				return err
			}
		}
		b.WriteByte(']')
	case c == '"':
		s, err := r.str()
		if err != nil {
			return err
		}
		writeJSONString(b, s)
	case c == '-' || isDigit(c):
		n := span(r.rest, func(c byte) bool { return isDigit(c) || strings.IndexByte("+-.eE", c) >= 0 })
		d, err := parseDecimal(r.rest[:n])
		if err != nil {
			return err
		}
		b.WriteString(d.String())
		r.rest = r.rest[n:]
	default: // true, false, null
		n := span(r.rest, isLetter)
		b.WriteString(r.rest[:n])
		r.rest = r.rest[n:]
	}
	return nil
}

func (r *jsonReader) object(b *strings.Builder) error {
	type pair struct{ key, value string }
	var pairs []pair
	r.rest = r.rest[1:]
	for first := true; !r.eat('}'); first = false {
		if !first {
			r.eat(',')
			r.skip()
		}
		key, err := r.str()
		if err != nil {
			return err
		}
		r.eat(':')
		var inner strings.Builder
		if err := r.value(&inner); err != nil {
			return err
		}
		pairs = append(pairs, pair{key, inner.String()})
	}
	slices.SortStableFunc(pairs, func(x, y pair) int {
		return cmp.Or(len(x.key)-len(y.key), strings.Compare(x.key, y.key))
	})
	b.WriteByte('{')
	first := true
	for i, p := range pairs {
		if i+1 < len(pairs) && pairs[i+1].key == p.key {
			continue
		}
		if !first {
			b.WriteString(", ")
		}
		first = false
		writeJSONString(b, p.key)
		b.WriteString(": ")
		b.WriteString(p.value)
	}
	b.WriteByte('}')
	return nil
}

// str reads a string. jsonb, unlike json, must hold its characters, so \u0000 and lone surrogates are refused.
func (r *jsonReader) str() (string, error) {
	r.rest = r.rest[1:]
	var b strings.Builder
	for {
		n := strings.IndexAny(r.rest, `"\`)
		b.WriteString(r.rest[:n])
		c := r.rest[n]
		r.rest = r.rest[n+1:]
		if c == '"' {
			return b.String(), nil
		}
		c = r.rest[0]
		r.rest = r.rest[1:]
		if c != 'u' {
			b.WriteByte(unescaped(c))
			continue
		}
		high := r.hex4()
		switch {
		case high == 0:
			return "", errorf(stateCharacter, "unsupported Unicode escape sequence").detail(`\u0000 cannot be converted to text.`)
		case high >= 0xdc00 && high < 0xe000:
			return "", errorf(stateSyntax, "invalid input syntax for type json").
				detail("Unicode low surrogate must follow a high surrogate.")
		case high >= 0xd800 && high < 0xdc00:
			if !strings.HasPrefix(r.rest, `\u`) {
				return "", errorf(stateSyntax, "invalid input syntax for type json").
					detail("Unicode low surrogate must follow a high surrogate.")
			}
			r.rest = r.rest[2:]
			low := r.hex4()
			if low >= 0xd800 && low < 0xdc00 {
				return "", errorf(stateSyntax, "invalid input syntax for type json").
					detail("Unicode high surrogate must not follow a high surrogate.")
			}
			if low < 0xdc00 || low >= 0xe000 {
				return "", errorf(stateSyntax, "invalid input syntax for type json").
					detail("Unicode low surrogate must follow a high surrogate.")
			}
			high = 0x10000 + (high-0xd800)<<10 + (low - 0xdc00)
		}
		b.WriteString(string(utf8.AppendRune(nil, high)))
	}
}

func (r *jsonReader) hex4() rune {
	var n rune
	for i := range 4 {
		n = n<<4 | rune(hexDigit(r.rest[i]))
	}
	r.rest = r.rest[4:]
	return n
}

func hexDigit(c byte) byte {
	switch {
	case isDigit(c):
		return c - '0'
	default:
		return (c | 0x20) - 'a' + 10
	}
}

func unescaped(c byte) byte {
	switch c {
	case 'b':
		return '\b'
	case 'f':
		return '\f'
	case 'n':
		return '\n'
	case 'r':
		return '\r'
	case 't':
		return '\t'
	}
	return c
}

func writeJSONString(b *strings.Builder, s string) {
	b.WriteByte('"')
	for i := range len(s) {
		switch c := s[i]; c {
		case '\b':
			b.WriteString(`\b`)
		case '\f':
			b.WriteString(`\f`)
		case '\n':
			b.WriteString(`\n`)
		case '\r':
			b.WriteString(`\r`)
		case '\t':
			b.WriteString(`\t`)
		case '"', '\\':
			b.WriteByte('\\')
			b.WriteByte(c)
		default:
			if c < ' ' {
				fmt.Fprintf(b, `\u%04x`, c)
			} else {
				b.WriteByte(c)
			}
		}
	}
	b.WriteByte('"')
}
