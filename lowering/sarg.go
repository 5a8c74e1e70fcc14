package lowering

import (
	"github.com/prequel-db/prequel/planner/algebra"
	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// sargKind says how a conjunct can drive an access path.
type sargKind uint8

const (
	sargEq    sargKind = iota // column = expr
	sargSame                  // column IS NOT DISTINCT FROM expr, column IS NULL
	sargIn                    // column = ANY (list or array)
	sargLower                 // column > or >= expr
	sargUpper                 // column < or <= expr
)

// sarg is a conjunct that restricts one column of a scan by values known outside of it.
type sarg struct {
	kind     sargKind
	col      int // table column position
	expr     scalar.Expr
	list     []scalar.Expr // sargIn over a list
	incl     bool          // sargLower, sargUpper
	loose    bool          // sargLower, sargUpper: some rows within the bound do not meet the conjunct, which stays a filter
	row      *rowEnd       // sargLower, sargUpper: the bound is col's part of a comparison of rows
	conjunct int           // index of the conjunct it replaces
}

// sargs finds the conjuncts that can drive an access path of the scan, given the columns that are known outside.
func sargs(scan *algebra.Scan, rel *relation, conjuncts []scalar.Expr, avail scalar.ColSet) []sarg {
	column := rel.matcher(scan)
	// Keys and fields have the name form of what is looked for: an integer's decimals, of whatever width. One that does not fit the column
	// is no row's. The elements of a list are taken as the column's type, which it must fit.
	equals := func(col, v scalar.Expr) bool { return equatable(col.Type(), v.Type()) }
	fitting := func(col, v scalar.Expr) bool {
		return equals(col, v) && v.Type().FixedWidth() <= col.Type().FixedWidth()
	}
	known := func(e scalar.Expr) bool {
		return !scalar.HasSubquery(e) && scalar.ColumnsIn(e).SubsetOf(avail)
	}
	// A column that is never NULL is the same as what it equals.
	same := func(col int) sargKind {
		if rel.cols[col].Nullable {
			return sargSame
		}
		return sargEq
	}
	var out []sarg
	for i, c := range conjuncts {
		switch x := c.(type) {
		case *scalar.Call:
			p, l, r, op, ok := columnFirst(x, column)
			if !ok || !known(r) {
				continue
			}
			switch op {
			case scalar.EQ:
				if equals(l, r) {
					out = append(out, sarg{kind: sargEq, col: p, expr: r, conjunct: i})
				}
			case scalar.LT, scalar.LE:
				if s, ok := endOfRange(sargUpper, op == scalar.LE, l.Type(), r); ok {
					s.col, s.conjunct = p, i
					out = append(out, s)
				}
			case scalar.GT, scalar.GE:
				if s, ok := endOfRange(sargLower, op == scalar.GE, l.Type(), r); ok {
					s.col, s.conjunct = p, i
					out = append(out, s)
				}
			}
		case *scalar.IsDistinct:
			l, r := x.Left, x.Right
			p, ok := column(l)
			if !ok {
				if p, ok = column(r); !ok {
					continue
				}
				l, r = r, l
			}
			if x.Negated && known(r) && equals(l, r) {
				out = append(out, sarg{kind: same(p), col: p, expr: r, conjunct: i})
			}
		case *scalar.IsNull:
			if p, ok := column(x.Arg); ok && !x.Negated && rel.cols[p].Nullable {
				null := &scalar.Const{Node: scalar.Node{Typ: x.Arg.Type()}, Null: true}
				out = append(out, sarg{kind: sargSame, col: p, expr: null, conjunct: i})
			}
		case *scalar.Or:
			if s, ok := rowBound(x, column, known); ok {
				s.conjunct = i
				out = append(out, s)
			}
		case *scalar.InList:
			p, ok := column(x.Left)
			if !ok || x.All || scalar.ComparisonOf(x.Op) != scalar.EQ {
				continue
			}
			fits := true
			for _, e := range x.List {
				fits = fits && known(e) && fitting(x.Left, e)
			}
			if fits {
				out = append(out, sarg{kind: sargIn, col: p, list: x.List, conjunct: i})
			}
		case *scalar.AnyArray:
			p, ok := column(x.Left)
			if ok && !x.All && scalar.ComparisonOf(x.Op) == scalar.EQ && known(x.Array) &&
				x.Array.Type().Kind == value.Array && equatable(x.Left.Type(), *x.Array.Type().Elem) &&
				x.Array.Type().Elem.FixedWidth() <= x.Left.Type().FixedWidth() {
				out = append(out, sarg{kind: sargIn, col: p, expr: x.Array, conjunct: i})
			}
		case *scalar.Column:
			if p, ok := column(x); ok {
				out = append(out, sarg{kind: sargEq, col: p, expr: boolean(true), conjunct: i})
			}
		case *scalar.Not:
			if p, ok := column(x.Arg); ok {
				out = append(out, sarg{kind: sargEq, col: p, expr: boolean(false), conjunct: i})
			}
		}
	}
	return out
}

// columnFirst takes a comparison apart, one of whose sides is a column: it comes to stand on the left.
func columnFirst(c *scalar.Call, column func(scalar.Expr) (int, bool)) (col int, left, right scalar.Expr, op scalar.Comparison, ok bool) {
	if len(c.Args) != 2 {
		return 0, nil, nil, scalar.NotComparison, false
	}
	left, right, op = c.Args[0], c.Args[1], scalar.ComparisonOf(c.Fn)
	if col, ok = column(left); !ok {
		left, right, op = right, left, commute(op)
		col, ok = column(left)
	}
	return col, left, right, op, ok
}

// endOfRange is a range's end at the value of e, for a column of type t. date + interval is a timestamp: dates up to it are dates up to its
// day, which itself is one of them or not.
func endOfRange(kind sargKind, incl bool, t value.Type, e scalar.Expr) (sarg, bool) {
	switch {
	case orderable(t, e.Type()):
		return sarg{kind: kind, expr: e, incl: incl}, true
	case t.Kind == value.Date && e.Type().Kind == value.Timestamp:
		day := &scalar.Call{Node: scalar.Node{Typ: t, Pos: e.Span()}, Fn: &scalar.Func{Name: "date", Proc: "timestamp_date", Strict: true}, Args: []scalar.Expr{e}}
		return sarg{kind: kind, expr: day, incl: true, loose: true}, true
	}
	return sarg{}, false
}

func boolean(b bool) scalar.Expr {
	text := "f"
	if b {
		text = "t"
	}
	return &scalar.Const{Node: scalar.Node{Typ: value.Of(value.Bool)}, Text: text}
}

// asStored is the expression below relabellings of one text type as another: varchar is compared as text, and both have the
// same bytes in keys.
func asStored(e scalar.Expr) scalar.Expr {
	for {
		r, ok := e.(*scalar.Relabel)
		if !ok || !plainText(r.Type()) || !plainText(r.Arg.Type()) {
			return e
		}
		e = r.Arg
	}
}

// commute mirrors a comparison whose operands change sides.
func commute(op scalar.Comparison) scalar.Comparison {
	switch op {
	case scalar.LT:
		return scalar.GT
	case scalar.LE:
		return scalar.GE
	case scalar.GT:
		return scalar.LT
	case scalar.GE:
		return scalar.LE
	}
	return op
}

// equatable reports whether equality of values of the two types is equality of their name forms.
func equatable(a, b value.Type) bool {
	integer := func(t value.Type) bool {
		return t.Kind == value.Int2 || t.Kind == value.Int4 || t.Kind == value.Int8
	}
	if integer(a) && integer(b) || plainText(a) && plainText(b) {
		return true
	}
	switch a.Kind {
	case value.Interval, value.JSON, value.JSONB, value.Array, value.Record:
		return false // equal values may have different forms
	}
	return a.SameBase(b)
}

// orderable reports whether a range bound of type b can be written as a sort key of a column of type a.
func orderable(a, b value.Type) bool {
	switch a.Kind {
	case value.Char:
		return a.Mod > 0 && a.SameBase(b) // a key leaves out the blanks: without a length they cannot be restored
	case value.Interval, value.JSON, value.JSONB, value.Array, value.Record:
		return false
	}
	return a.SameBase(b) || plainText(a) && plainText(b)
}

func plainText(t value.Type) bool { return t.Kind == value.Text || t.Kind == value.Varchar }

// sortable reports whether a sorted set can be ordered by a column of the type.
func sortable(t value.Type) bool { return orderable(t, t) }
