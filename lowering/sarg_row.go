package lowering

import (
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// rowEnd is what a comparison of rows says beyond its first column: (a, b, c) < (x, y, z) bounds a by x, loosely, and its rest is b
// by y and c by z. incl is that of the whole.
type rowEnd struct {
	rest []columnEnd
	incl bool
}

// columnEnd is a column and the value it is compared with.
type columnEnd struct {
	col  int // table column position
	expr scalar.Expr
}

// rowBound recognises a comparison of rows, which is written out: a < x OR (a = x AND (b < y OR (b = y AND c < z))), or flat,
// a < x OR (a = x AND b < y) OR (a = x AND b = y AND c < z).
func rowBound(or *scalar.Or, column func(scalar.Expr) (int, bool), known func(scalar.Expr) bool) (sarg, bool) {
	r := rowReader{column: column, known: known}
	ends, op, ok := r.read(or)
	if !ok {
		return sarg{}, false
	}
	s := sarg{
		kind: sargUpper, col: ends[0].col, expr: ends[0].expr, incl: true, loose: true,
		row: &rowEnd{rest: ends[1:], incl: op == scalar.LE || op == scalar.GE},
	}
	if upward(op) {
		s.kind = sargLower
	}
	return s, true
}

// upward reports whether a comparison bounds its left side from below.
func upward(op scalar.Comparison) bool { return op == scalar.GT || op == scalar.GE }

// exprs are the values of a bound, the first column's first.
func (s *sarg) exprs() []scalar.Expr {
	out := []scalar.Expr{s.expr}
	if s.row != nil {
		for _, end := range s.row.rest {
			out = append(out, end.expr)
		}
	}
	return out
}

// rowReader reads comparisons of columns with values that are known outside.
type rowReader struct {
	column func(scalar.Expr) (int, bool)
	known  func(scalar.Expr) bool
}

// comparison reads one column's comparison, the column to the left.
func (r rowReader) comparison(e scalar.Expr) (end columnEnd, op scalar.Comparison, ok bool) {
	c, ok := e.(*scalar.Call)
	if !ok {
		return end, op, false
	}
	p, left, right, op, ok := columnFirst(c, r.column)
	ok = ok && op != scalar.NotComparison && r.known(right) && orderable(left.Type(), right.Type())
	return columnEnd{p, right}, op, ok
}

func (r rowReader) read(e scalar.Expr) (ends []columnEnd, op scalar.Comparison, ok bool) {
	or, isOr := e.(*scalar.Or)
	if !isOr {
		end, op, ok := r.comparison(e)
		return []columnEnd{end}, op, ok && (op == scalar.LT || op == scalar.LE || upward(op))
	}
	for i, first := range or.Args {
		end, op, ok := r.comparison(first)
		if !ok || op != scalar.LT && op != scalar.GT {
			continue
		}
		var ties []scalar.Expr
		for j, other := range or.Args {
			if j == i {
				continue
			}
			rest, ok := r.without(other, end)
			if !ok {
				return nil, op, false
			}
			ties = append(ties, rest)
		}
		if len(ties) == 0 {
			return nil, op, false
		}
		tie := ties[0]
		if len(ties) > 1 {
			tie = &scalar.Or{Node: or.Node, Args: ties}
		}
		rest, last, ok := r.read(tie)
		return append([]columnEnd{end}, rest...), last, ok && upward(last) == upward(op)
	}
	return nil, op, false
}

// without takes the equality of an end out of a conjunction.
func (r rowReader) without(e scalar.Expr, end columnEnd) (rest scalar.Expr, ok bool) {
	var others []scalar.Expr
	for _, c := range scalar.Conjuncts(e) {
		if eq, op, is := r.comparison(c); !ok && is && op == scalar.EQ && eq.col == end.col && scalar.Equal(eq.expr, end.expr) {
			ok = true
			continue
		}
		others = append(others, c)
	}
	if len(others) == 1 {
		return others[0], ok
	}
	return scalar.Conjunction(others...), ok && len(others) > 0
}

// sharpen makes a bound of a comparison of rows as exact as the path's order allows: the columns behind the first take part
// while the order goes on with them, in the same direction, and no NULL is among them.
func (a *access) sharpen(s *sarg, nullable func(scalar.Expr) bool) {
	if s == nil || s.row == nil {
		return
	}
	sharp := 0
	for i, end := range s.row.rest {
		if a.rel.cols[end.col].Nullable || nullable(end.expr) {
			break
		}
		if i+1 == len(a.order) && !contains(a.eqCols(), end.col) && sortable(a.rel.cols[end.col].Type) {
			a.order = append(a.order, sortCol{col: end.col})
		}
		if i+1 == len(a.order) || a.order[i+1].col != end.col || a.order[i+1].desc {
			break
		}
		sharp++
	}
	if sharp == len(s.row.rest) {
		s.incl, s.loose = s.row.incl, false
	}
	s.row = &rowEnd{rest: s.row.rest[:sharp], incl: s.row.incl}
}
