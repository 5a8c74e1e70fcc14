package scalar

import (
	"testing"

	"github.com/prequel-db/prequel/runtime/value"
)

func TestDecimalOf(t *testing.T) {
	numeric := func(p, s int) value.Type { return value.Type{Kind: value.Numeric, Mod: p, Scale: s} }
	plain := value.Of(value.Numeric)
	col := func(t value.Type) Expr { return &Column{Node: Node{Typ: t}, ID: 1} }
	num := func(s string) Expr { return &Const{Node: Node{Typ: plain}, Text: s} }
	call := func(proc string, args ...Expr) Expr {
		return &Call{Node: Node{Typ: plain}, Fn: &Func{Proc: proc, Strict: true}, Args: args}
	}
	none := Decimal{Scale: -1}
	for _, c := range []struct {
		e    Expr
		want Decimal
	}{
		{col(numeric(15, 2)), Decimal{13, 2}},
		{col(numeric(3, 5)), Decimal{1, 5}},
		{col(numeric(3, -2)), none},
		{col(plain), none},
		{&Param{Node: Node{Typ: plain}, Number: 1}, none},
		{num("-12.50"), Decimal{2, 2}},
		{num("NaN"), none},
		{num("1e5"), none},
		{NullOf(plain), none},
		{call("numeric_sub", num("1"), col(numeric(15, 2))), Decimal{14, 2}},
		{call("numeric_mul", col(numeric(15, 2)), call("numeric_add", num("1"), col(numeric(6, 4)))), Decimal{16, 6}},
		{call("numeric_mul", col(numeric(15, 2)), col(plain)), none},
		{call("numeric_mul", col(numeric(900, 2)), col(numeric(900, 2))), none}, // too long to be sure of
		{call("numeric_div", col(numeric(15, 2)), num("2")), none},
		{call("int4_numeric", &Column{Node: Node{Typ: value.Of(value.Int4)}, ID: 2}), Decimal{10, 0}},
		{&Coalesce{Node: Node{Typ: plain}, Args: []Expr{col(numeric(5, 2)), num("0.00")}}, Decimal{3, 2}},
		{&Coalesce{Node: Node{Typ: plain}, Args: []Expr{col(numeric(5, 2)), num("0")}}, none},
		{&Case{Node: Node{Typ: plain}, Whens: []When{{Then: NullOf(plain)}}, Else: col(numeric(5, 2))}, Decimal{3, 2}},
	} {
		got, ok := DecimalOf(c.e, nil)
		if !ok {
			got = none
		}
		if got != c.want {
			t.Errorf("%s: %v, want %v", Format(c.e, nil), got, c.want)
		}
	}
	known := func(ColumnID) (d Decimal, ok, known bool) { return Decimal{3, 1}, true, true }
	if got, ok := DecimalOf(col(plain), known); !ok || got != (Decimal{3, 1}) {
		t.Errorf("a column that is known to be a decimal: %v, %v", got, ok)
	}
}
