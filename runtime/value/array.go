package value

import "strings"

// parseArray reads a one-dimensional array literal. More dimensions and lower bounds other than 1 are refused.
func parseArray(t Type, text string) (Value, error) {
	malformed := func(detail string) error {
		return errorf(stateSyntax, "malformed array literal: %q", quotable(trimSpaceLeft(text))).detail("%s", detail)
	}
	s := trimSpace(text)
	if strings.HasPrefix(s, "[") {
		bounds, body, ok := strings.Cut(s, "=")
		if !ok || !strings.HasPrefix(bounds, "[1:") {
			return Null, errorf(stateNotSupported, "array %q has bounds that do not begin at 1", quotable(text))
		}
		s = trimSpace(body)
	}
	if !strings.HasPrefix(s, "{") {
		return Null, malformed(`Array value must start with "{" or dimension information.`)
	}
	s = trimSpace(s[1:])
	if strings.HasPrefix(s, "{") {
		return Null, errorf(stateNotSupported, "array %q has more than one dimension", quotable(text))
	}
	if strings.HasPrefix(s, "}") {
		if s != "}" {
			return Null, malformed("Junk after closing right brace.")
		}
		return String(""), nil
	}
	var list []byte
	for {
		element, quoted, rest, ok := arrayElement(s)
		if !ok {
			return Null, malformed("Unexpected end of input.")
		}
		if rest[0] == '"' {
			return Null, malformed("Unexpected array element.")
		}
		if rest[0] == '{' || rest[0] == '\\' {
			return Null, malformed(`Unexpected "` + rest[:1] + `" character.`)
		}
		if element == "" && !quoted {
			return Null, malformed(`Unexpected "` + rest[:1] + `" character.`)
		}
		v := Null
		if quoted || !strings.EqualFold(element, "null") {
			var err error
			if v, err = Parse(*t.Elem, element); err != nil {
				return Null, err
			}
		}
		var err error
		if list, err = AppendElement(list, *t.Elem, v); err != nil {
			return Null, err
		}
		if rest[0] == '}' {
			if trimSpace(rest[1:]) != "" {
				return Null, malformed("Junk after closing right brace.")
			}
			return String(string(list)), nil
		}
		s = trimSpaceLeft(rest[1:])
	}
}

func trimSpaceLeft(s string) string { return strings.TrimLeft(s, " \t\n\v\f\r") }

// arrayElement reads one element up to the delimiter that ends it, which begins rest.
func arrayElement(s string) (element string, quoted bool, rest string, ok bool) {
	var b strings.Builder
	escaped := false
	keep := 0 // length up to the last character that is not a blank to be trimmed
	for i := 0; i < len(s); i++ {
		switch c := s[i]; c {
		case '\\':
			if quoted {
				return b.String()[:keep], quoted, s[i:], true
			}
			if i++; i == len(s) {
				return "", false, "", false
			}
			b.WriteByte(s[i])
			keep = b.Len()
			escaped = true
		case '"':
			if quoted || keep > 0 {
				return b.String()[:keep], quoted, s[i:], true
			}
			quoted = true
			for i++; ; i++ {
				if i >= len(s) {
					return "", false, "", false
				}
				if s[i] == '"' {
					break
				}
				if s[i] == '\\' {
					if i++; i == len(s) {
						return "", false, "", false
					}
				}
				b.WriteByte(s[i])
			}
			keep = b.Len()
		case ',', '}', '{':
			return b.String()[:keep], quoted || escaped, s[i:], true
		default:
			if quoted && strings.IndexByte(" \t\n\v\f\r", c) < 0 {
				return b.String()[:keep], quoted, `"`, true
			}
			b.WriteByte(c)
			if strings.IndexByte(" \t\n\v\f\r", c) < 0 {
				keep = b.Len()
			}
		}
	}
	return "", false, "", false
}

// appendArray writes PostgreSQL's array output.
func appendArray(dst []byte, t Type, list string) []byte {
	elements, err := Elements(*t.Elem, list)
	if err != nil {
		return append(dst, list...)
	}
	dst = append(dst, '{')
	for i, v := range elements {
		if i > 0 {
			dst = append(dst, ',')
		}
		if v.IsNull() {
			dst = append(dst, "NULL"...)
			continue
		}
		text := Format(*t.Elem, v)
		if text != "" && !strings.EqualFold(text, "null") && !strings.ContainsAny(text, "{}\",\\ \t\n\v\f\r") {
			dst = append(dst, text...)
			continue
		}
		dst = append(dst, '"')
		for i := range len(text) {
			if text[i] == '"' || text[i] == '\\' {
				dst = append(dst, '\\')
			}
			dst = append(dst, text[i])
		}
		dst = append(dst, '"')
	}
	return append(dst, '}')
}
