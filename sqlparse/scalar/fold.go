package scalar

import (
	"math/big"
	"strings"

	"github.com/prequel-db/prequel/runtime/value"
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

// Fold computes a cast, a negation or integer arithmetic of constants; it returns the expression as it is where that fails, so that
// the error is raised when, and only if, it is evaluated.
func Fold(e Expr) Expr {
	switch x := e.(type) {
	case *ViaText:
		return foldText(e, x.Arg, false)
	case *Call:
		minus := unaryMinus[x.Fn.Proc]
		switch {
		case len(x.Args) == 1 && (minus || textCasts[x.Fn.Proc]):
			return foldText(e, x.Args[0], minus)
		case len(x.Args) == 2:
			return foldArithmetic(x)
		}
	}
	return e
}

// foldText computes what is read from the text of its argument.
func foldText(e, arg Expr, minus bool) Expr {
	c, ok := Fold(arg).(*Const)
	if !ok {
		return e
	}
	out := &Const{Node: Node{Typ: e.Type(), Pos: e.Span()}, Null: c.Null}
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

// foldArithmetic computes the four basic operations and remainders of integers.
func foldArithmetic(x *Call) Expr {
	op, ok := integerOperation(x.Fn.Proc)
	if !ok {
		return x
	}
	a, okA := integerConst(x.Args[0])
	b, okB := integerConst(x.Args[1])
	if !okA || !okB || (op == "div" || op == "mod") && b.Sign() == 0 {
		return x
	}
	n := new(big.Int)
	switch op {
	case "pl":
		n.Add(a, b)
	case "mi":
		n.Sub(a, b)
	case "mul":
		n.Mul(a, b)
	case "div":
		n.Quo(a, b)
	case "mod":
		n.Rem(a, b)
	}
	t := x.Typ.Base()
	if _, err := value.Parse(t, n.String()); err != nil {
		return x
	}
	return &Const{Node: Node{Typ: t, Pos: x.Pos}, Text: n.String()}
}

// integerOperation is the operation of procedures like int4pl and int84div.
func integerOperation(proc string) (op string, ok bool) {
	op, ok = strings.CutPrefix(proc, "int")
	op = strings.TrimLeft(op, "248")
	switch op {
	case "pl", "mi", "mul", "div", "mod":
		return op, ok
	}
	return "", false
}

// integerConst is the value of an integer constant.
func integerConst(e Expr) (*big.Int, bool) {
	c, ok := Fold(e).(*Const)
	if !ok || c.Null || c.Typ.Kind != value.Int2 && c.Typ.Kind != value.Int4 && c.Typ.Kind != value.Int8 {
		return nil, false
	}
	return new(big.Int).SetString(c.Text, 10)
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
