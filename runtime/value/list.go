package value

import (
	"fmt"
	"strconv"
	"strings"
)

// AppendElement appends one element in its ARGV form to a list: a netstring, or ~ for NULL.
func AppendElement(dst []byte, elem Type, v Value) ([]byte, error) {
	if v.IsNull() {
		return append(dst, '~'), nil
	}
	var buf [64]byte
	form, err := AppendArgv(buf[:0], elem, v)
	if err != nil {
		return dst, err
	}
	dst = append(strconv.AppendInt(dst, int64(len(form)), 10), ':')
	return append(dst, form...), nil
}

// FromList makes an array value of elements.
func FromList(elem Type, elements []Value) Value {
	var list []byte
	for i, v := range elements {
		var err error
		if list, err = AppendElement(list, elem, v); err != nil {
			return Bad(errorf(stateSyntax, "array element %d: %v", i+1, err))
		}
	}
	return String(string(list))
}

// Elements decodes a list. It fails when the string is no list of elem's ARGV forms.
func Elements(elem Type, list string) ([]Value, error) {
	var out []Value
	for rest := list; rest != ""; {
		if rest[0] == '~' {
			out = append(out, Null)
			rest = rest[1:]
			continue
		}
		head, tail, ok := strings.Cut(rest, ":")
		n, err := strconv.Atoi(head)
		if !ok || err != nil || n < 0 || n > len(tail) {
			return nil, fmt.Errorf("bad list at byte %d", len(list)-len(rest))
		}
		v, err := DecodeArgv(elem, tail[:n])
		if err != nil {
			return nil, err
		}
		out = append(out, v)
		rest = tail[n:]
	}
	return out, nil
}
