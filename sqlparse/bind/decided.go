package bind

import (
	"strconv"

	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// decided evaluates a condition over constants, as the conditions of trigger functions on TG_OP and its like are. known is false
// for any other condition; one that is NULL does not hold.
func decided(e scalar.Expr) (holds, known bool) {
	v, known := truth(e)
	return v == yes, known
}

type logic uint8

const (
	no logic = iota
	unknown
	yes
)

func logical(b bool) logic {
	if b {
		return yes
	}
	return no
}

func truth(e scalar.Expr) (logic, bool) {
	switch x := e.(type) {
	case *scalar.Const:
		if x.Null {
			return unknown, true
		}
		return logical(x.Text == "t" || x.Text == "true"), x.Typ.Equal(boolType)
	case *scalar.Not:
		v, ok := truth(x.Arg)
		return yes - v, ok
	case *scalar.And:
		return junction(x.Args, no)
	case *scalar.Or:
		return junction(x.Args, yes)
	case *scalar.Call:
		return compared(x)
	case *scalar.InList:
		return listed(x)
	}
	return unknown, false
}

// junction is AND or OR, which one part of the given value decides.
func junction(args []scalar.Expr, by logic) (logic, bool) {
	out := yes - by
	for _, a := range args {
		v, ok := truth(a)
		switch {
		case !ok:
			return unknown, false
		case v == by:
			return v, true
		case v == unknown:
			out = unknown
		}
	}
	return out, true
}

// compared is a comparison of two texts or integers.
func compared(x *scalar.Call) (logic, bool) {
	if len(x.Args) != 2 {
		return unknown, false
	}
	a, ok := x.Args[0].(*scalar.Const)
	b, ok2 := x.Args[1].(*scalar.Const)
	if !ok || !ok2 {
		return unknown, false
	}
	order := 0
	switch x.Fn.Proc {
	case "texteq", "textne":
		if a.Text != b.Text {
			order = 1
		}
	case "int4eq", "int4ne", "int4lt", "int4le", "int4gt", "int4ge":
		m, err := strconv.ParseInt(a.Text, 10, 64)
		n, err2 := strconv.ParseInt(b.Text, 10, 64)
		if !a.Null && !b.Null && (err != nil || err2 != nil) {
			return unknown, false
		}
		switch {
		case m < n:
			order = -1
		case m > n:
			order = 1
		}
	default:
		return unknown, false
	}
	if a.Null || b.Null {
		return unknown, true
	}
	switch x.Fn.Proc {
	case "texteq", "int4eq":
		return logical(order == 0), true
	case "textne", "int4ne":
		return logical(order != 0), true
	case "int4lt":
		return logical(order < 0), true
	case "int4le":
		return logical(order <= 0), true
	case "int4gt":
		return logical(order > 0), true
	}
	return logical(order >= 0), true
}

// listed is IN over constants.
func listed(x *scalar.InList) (logic, bool) {
	by := yes
	if x.All {
		by = no
	}
	parts := make([]scalar.Expr, len(x.List))
	for i, e := range x.List {
		parts[i] = &scalar.Call{Node: x.Node, Fn: x.Op, Args: []scalar.Expr{x.Left, e}}
	}
	return junction(parts, by)
}
