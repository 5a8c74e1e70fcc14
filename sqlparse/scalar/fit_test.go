package scalar

import (
	"testing"

	"github.com/prequel-db/prequel/runtime/value"
)

func TestFits(t *testing.T) {
	varchar := func(n int) value.Type {
		t := value.Of(value.Varchar)
		t.Mod = n
		return t
	}
	column := func(t value.Type) Expr { return &Column{Node: Node{Typ: t}, ID: 1} }
	text := func(s string) Expr { return &Const{Node: Node{Typ: value.Of(value.Text)}, Text: s} }
	for _, c := range []struct {
		e    Expr
		want bool
	}{
		{column(varchar(2)), true},
		{column(varchar(3)), false},
		{column(varchar(0)), false}, // of any length
		{column(value.Of(value.Text)), false},
		{text("é1"), true},
		{text("abc"), false},
		{&Coalesce{Args: []Expr{column(varchar(1)), text("XX")}}, true},
		{&Coalesce{Args: []Expr{column(varchar(2)), text("XXX")}}, false},
		{&Relabel{Node: Node{Typ: value.Of(value.Text)}, Arg: column(varchar(2))}, true},
		{NullOf(varchar(2)), true},
	} {
		if got := Fits(c.e, varchar(2)); got != c.want {
			t.Errorf("%s: %v, want %v", Format(c.e, nil), got, c.want)
		}
	}
}

func TestDividesAlways(t *testing.T) {
	bigint := value.Of(value.Int8)
	for _, c := range []struct {
		proc, by string
		want     bool
	}{{"int8div", "10", true}, {"int84div", "-7", true}, {"int8div", "0", false}, {"int82div", "-1", false}, {"int4div", "10", false}} {
		call := &Call{Fn: &Func{Name: "/", Proc: c.proc, Strict: true}, Args: []Expr{
			&Column{Node: Node{Typ: bigint}, ID: 1}, &Const{Node: Node{Typ: bigint}, Text: c.by},
		}}
		if got := DividesAlways(call); got != c.want {
			t.Errorf("%s by %s: %v, want %v", c.proc, c.by, got, c.want)
		}
	}
}
