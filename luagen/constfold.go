package luagen

import (
	"strings"

	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// textCasts are the casts for which the text of the result is read from the text of the argument, and unaryMinus the negations.
var (
	textCasts = map[string]bool{
		"int4_numeric": true, "int8_numeric": true, "int2_numeric": true, "numeric_float8": true,
		"numeric_float4": true, "i4tod": true, "i2tod": true, "i8tod": true, "i4tof": true, "i2tof": true, "i8tof": true,
		"i2toi4": true, "int28": true, "int48": true, "i4toi2": true, "int84": true, "int82": true,
	}
	unaryMinus = map[string]bool{"int2um": true, "int4um": true, "int8um": true, "float8um": true, "float4um": true, "numeric_uminus": true}
)

// fold computes a cast or negation of a constant; it returns the expression as it is where that fails, so that the error is
// raised when, and only if, it is evaluated.
func fold(e scalar.Expr) scalar.Expr {
	var arg scalar.Expr
	minus := false
	switch e := e.(type) {
	case *scalar.ViaText:
		arg = e.Arg
	case *scalar.Call:
		minus = unaryMinus[e.Fn.Proc]
		if len(e.Args) == 1 && (minus || textCasts[e.Fn.Proc]) {
			arg = e.Args[0]
		}
	}
	if arg == nil {
		return e
	}
	c, ok := fold(arg).(*scalar.Const)
	if !ok {
		return e
	}
	out := &scalar.Const{Node: scalar.Node{Typ: e.Type(), Pos: e.Span()}, Null: c.Null}
	if c.Null {
		return out
	}
	// The text that the output function gives; NaN and the infinities have no sign of their own.
	v, err := value.Parse(c.Typ, c.Text)
	if err != nil || clockWord(c.Text) {
		return e
	}
	text := value.Format(c.Typ, v)
	if minus {
		switch {
		case strings.HasPrefix(text, "-"):
			text = text[1:]
		case text != "NaN":
			text = "-" + text
		}
	}
	t := e.Type().Base()
	if v, err = value.Parse(t, text); err != nil {
		return e
	}
	out.Typ, out.Text = t, value.Format(t, v)
	return out
}

// clockWord reports whether a text may depend on the time of the call: now, today, tomorrow, yesterday.
func clockWord(text string) bool {
	text = strings.ToLower(text)
	for _, w := range []string{"now", "today", "tomorrow", "yesterday"} {
		if strings.Contains(text, w) {
			return true
		}
	}
	return false
}
