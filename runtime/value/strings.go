package value

import (
	"encoding/hex"
	"strings"
	"unicode/utf8"
)

// fitText applies the length of varchar(n) and char(n) as an assignment does: only blanks may be cut off. char(n) is
// padded to its length.
func fitText(t Type, s string) (string, error) {
	if t.Mod == 0 || t.Kind == Text {
		return s, nil
	}
	n := utf8.RuneCountInString(s)
	if n > t.Mod {
		cut := byteIndex(s, t.Mod)
		if strings.Trim(s[cut:], " ") != "" {
			return "", errorf(stateTooLong, "value too long for type %s", t)
		}
		return s[:cut], nil
	}
	if t.Kind == Char {
		s += strings.Repeat(" ", t.Mod-n)
	}
	return s, nil
}

// byteIndex is the offset of the n-th character.
func byteIndex(s string, n int) int {
	for i := range s {
		if n == 0 {
			return i
		}
		n--
	}
	return len(s)
}

// bytesOrder is the part of a string value that takes part in comparisons: char(n) ignores blanks at its end.
func bytesOrder(t Type, s string) string {
	if t.Kind == Char {
		return strings.TrimRight(s, " ")
	}
	return s
}

// parseBytea reads both input formats of bytea, hex and escape.
func parseBytea(text string) (Value, error) {
	if digits, ok := strings.CutPrefix(text, `\x`); ok {
		return parseHexBytea(digits)
	}
	bad := errorf(stateSyntax, "invalid input syntax for type bytea")
	out := make([]byte, 0, len(text))
	for i := 0; i < len(text); i++ {
		if text[i] != '\\' {
			out = append(out, text[i])
			continue
		}
		rest := text[i+1:]
		switch {
		case strings.HasPrefix(rest, `\`):
			out = append(out, '\\')
			i++
		case len(rest) >= 3 && rest[0] >= '0' && rest[0] <= '3' && isOctal(rest[1]) && isOctal(rest[2]):
			out = append(out, (rest[0]-'0')<<6|(rest[1]-'0')<<3|(rest[2]-'0'))
			i += 3
		default:
			return Null, bad
		}
	}
	return String(string(out)), nil
}

func isOctal(c byte) bool { return c >= '0' && c <= '7' }

func parseHexBytea(digits string) (Value, error) {
	out := make([]byte, 0, len(digits)/2)
	for i := 0; i < len(digits); i++ {
		if strings.IndexByte(" \n\t\r", digits[i]) >= 0 {
			continue
		}
		var pair [1]byte
		if strings.IndexByte("0123456789abcdefABCDEF", digits[i]) < 0 {
			return Null, badHexDigit(digits[i:])
		}
		if i+1 == len(digits) {
			return Null, errorf(stateParameter, "invalid hexadecimal data: odd number of digits")
		}
		if _, err := hex.Decode(pair[:], []byte(digits[i:i+2])); err != nil {
			return Null, badHexDigit(digits[i+1:])
		}
		out = append(out, pair[0])
		i++
	}
	return String(string(out)), nil
}

func badHexDigit(s string) error {
	_, n := utf8.DecodeRuneInString(s)
	return errorf(stateParameter, "invalid hexadecimal digit: %q", quotable(s[:n]))
}

// parseUUID reads 32 hexadecimal digits with optional hyphens after each group of four and optional braces around.
func parseUUID(text string) (Value, error) {
	s := text
	if strings.HasPrefix(s, "{") {
		if !strings.HasSuffix(s, "}") {
			return Null, badSyntax("uuid", text)
		}
		s = s[1 : len(s)-1]
	}
	var out [16]byte
	for i := range out {
		if len(s) < 2 {
			return Null, badSyntax("uuid", text)
		}
		if _, err := hex.Decode(out[i:i+1], []byte(s[:2])); err != nil {
			return Null, badSyntax("uuid", text)
		}
		s = s[2:]
		if i%2 == 1 && i < 15 {
			s = strings.TrimPrefix(s, "-")
		}
	}
	if s != "" {
		return Null, badSyntax("uuid", text)
	}
	return String(string(out[:])), nil
}

func appendUUID(dst []byte, s string) []byte {
	for i := range len(s) {
		if i == 4 || i == 6 || i == 8 || i == 10 {
			dst = append(dst, '-')
		}
		dst = hex.AppendEncode(dst, []byte{s[i]})
	}
	return dst
}

func parseEnum(t Type, text string) (Value, error) {
	n := t.Enum.Ordinal(text)
	if n == 0 {
		return Null, errorf(stateSyntax, "invalid input value for enum %s: %q", t.Enum.Name, quotable(text))
	}
	return Int(int64(n)), nil
}
