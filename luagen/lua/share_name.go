package lua

import (
	"slices"
	"strings"
)

// hint wishes a name for a shared value: that of a variable that is the same, or what it is, or what it is made of.
func (s *sharer) hint(x Expr, copied *Var) string {
	if copied != nil {
		return copied.Hint
	}
	if b, ok := x.(*Bin); ok && b.Op == ".." {
		if l, ok := b.L.(Str); ok && strings.HasPrefix(string(l), "{") {
			return "key"
		}
		if r, ok := b.R.(*Bin); ok && r.L == Str(":") {
			return "name"
		}
	}
	what := "bytes"
	if c, ok := x.(*Call); ok {
		what = result(c.F)
	}
	hint := ""
	EachExpr(Block{&Return{Values: []Expr{x}}}, func(slot *Expr) {
		if v, ok := (*slot).(*Var); ok && hint == "" && !strings.HasSuffix(v.Hint, "bytes") && !slices.Contains(s.fixed, Expr(v)) {
			hint = v.Hint + " " + what
		}
	})
	if hint == "" {
		return what
	}
	return hint
}

// result says what kind of value a function gives.
func result(f Expr) string {
	name := ""
	switch f := f.(type) {
	case Helper:
		name = string(f)
	case Global:
		name = string(f)
	}
	for _, kind := range []struct{ prefix, what string }{
		{"name_", "name"},
		{"decimal_of", "units"},
		{"tostring", "text"},
		{"enc_", "bytes"},
		{"dec_", "value"},
		{"wide_parse", "value"},
		{"tonumber", "value"},
		{"int", "result"},
	} {
		if strings.HasPrefix(name, kind.prefix) {
			return kind.what
		}
	}
	return "bytes"
}
