package scalar

import (
	"strconv"
	"unicode/utf8"

	"github.com/prequel-db/prequel/runtime/value"
)

// Fits reports whether every value of an expression is one of varchar(n) as it is: those of columns that are no longer, and constants.
func Fits(e Expr, t value.Type) bool {
	if t.Kind != value.Varchar || t.Mod == 0 {
		return false
	}
	switch x := e.(type) {
	case *Column:
		return x.Typ.Kind == value.Varchar && x.Typ.Mod > 0 && x.Typ.Mod <= t.Mod
	case *Const:
		return x.Null || (x.Typ.Kind == value.Text || x.Typ.Kind == value.Varchar) && utf8.RuneCountInString(x.Text) <= t.Mod
	case *Relabel:
		return Fits(x.Arg, t)
	case *Coalesce:
		for _, a := range x.Args {
			if !Fits(a, t) {
				return false
			}
		}
		return true
	}
	return false
}

// DividesAlways reports whether a call divides a bigint by a constant that no bigint fails to be divided by: neither 0 nor -1.
func DividesAlways(c *Call) bool {
	switch c.Fn.Proc {
	case "int8div", "int84div", "int82div":
	default:
		return false
	}
	e := c.Args[1]
	for {
		switch x := e.(type) {
		case *Relabel:
			e = x.Arg
			continue
		case *Call:
			if x.Fn.Proc == "int48" || x.Fn.Proc == "int28" || x.Fn.Proc == "i2toi4" {
				e = x.Args[0]
				continue
			}
		case *Const:
			n, err := strconv.ParseInt(x.Text, 10, 64)
			return !x.Null && err == nil && n != 0 && n != -1
		}
		return false
	}
}
