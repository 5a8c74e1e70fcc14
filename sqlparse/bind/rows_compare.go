package bind

import (
	"github.com/prequel-db/prequel/sqlparse/diag"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// rowOrders are the operators that compare rows as values.
var rowOrders = map[string]bool{"=": true, "<>": true, "<": true, "<=": true, ">": true, ">=": true}

// plain reports whether the fields can be named more than once: a subquery stands in one place.
func (r *rowValue) plain() bool {
	for _, f := range r.fields {
		if scalar.HasSubquery(f) {
			return false
		}
	}
	return true
}

// compareRecords compares rows as values: field by field, NULLs being equal and greater than everything. It is NULL where a row is missing.
func (s *stmt) compareRecords(name string, left, right *rowValue, span diag.Span) (scalar.Expr, error) {
	if len(left.fields) != len(right.fields) {
		return nil, diag.Composite.At(span, "rows with different numbers of columns are not compared").WithHelp("compare their columns")
	}
	for i := range left.fields {
		if a, b := left.fields[i].Type(), right.fields[i].Type(); !a.SameBase(b) {
			return nil, diag.Composite.At(span, "rows with columns of different types, %s and %s, are not compared", unmodified(a), unmodified(b)).
				WithHelp("compare their columns")
		}
	}
	if !left.plain() || !right.plain() {
		return nil, comparesRow(s.row(left, span), span)
	}
	var out scalar.Expr
	var err error
	switch name {
	case "=", "<>":
		out, err = s.sameFields(left, right, span)
	case "<", ">=":
		out, err = s.lessFields(left, right, 0, span)
	default:
		out, err = s.lessFields(right, left, 0, span)
	}
	if err != nil {
		return nil, err
	}
	if name == "<>" || name == ">=" || name == "<=" {
		out = scalar.Negate(out)
	}
	return left.unlessMissing(right.unlessMissing(out)), nil
}

// sameFields is true when all fields are the same.
func (s *stmt) sameFields(left, right *rowValue, span diag.Span) (scalar.Expr, error) {
	parts := []scalar.Expr{}
	for i := range left.fields {
		e, err := s.sameField(left.fields[i], right.fields[i], span)
		if err != nil {
			return nil, err
		}
		parts = append(parts, e)
	}
	if len(parts) == 0 {
		return scalar.Boolean(true), nil
	}
	return conjunction(parts, span), nil
}

func (s *stmt) sameField(left, right scalar.Expr, span diag.Span) (scalar.Expr, error) {
	eq, l, r, err := s.comparison("=", left, right, span)
	if err != nil {
		return nil, err
	}
	return &scalar.IsDistinct{Node: scalar.Node{Typ: boolType, Pos: span}, Eq: eq, Left: l, Right: r, Negated: true}, nil
}

// lessFields is true when the left row sorts before the right one from the i-th field on; it is never NULL.
func (s *stmt) lessFields(left, right *rowValue, i int, span diag.Span) (scalar.Expr, error) {
	if i == len(left.fields) {
		return scalar.Boolean(false), nil
	}
	a, b := left.fields[i], right.fields[i]
	lt, l, r, err := s.comparison("<", a, b, span)
	if err != nil {
		return nil, err
	}
	node := scalar.Node{Typ: boolType, Pos: span}
	yes := true
	first := disjunction([]scalar.Expr{
		&scalar.IsBool{Node: node, Arg: &scalar.Call{Node: node, Fn: lt, Args: []scalar.Expr{l, r}}, Value: &yes},
		conjunction([]scalar.Expr{&scalar.IsNull{Node: node, Arg: a, Negated: true}, &scalar.IsNull{Node: node, Arg: b}}, span),
	}, span)
	if i+1 == len(left.fields) {
		return first, nil
	}
	same, err := s.sameField(a, b, span)
	if err != nil {
		return nil, err
	}
	rest, err := s.lessFields(left, right, i+1, span)
	if err != nil {
		return nil, err
	}
	return disjunction([]scalar.Expr{first, conjunction([]scalar.Expr{same, rest}, span)}, span), nil
}

// fieldTargets are the positions of a row's fields among the targets, hidden ones where the SELECT list does not have them.
func fieldTargets(targets *[]target, r *rowValue, span diag.Span) []int {
	var out []int
	for i, f := range r.fields {
		at := -1
		for j, t := range *targets {
			if scalar.Equal(t.expr, f) {
				at = j
				break
			}
		}
		if at < 0 {
			at = len(*targets)
			*targets = append(*targets, target{expr: f, name: r.names[i], hidden: true, field: true, span: span})
		}
		out = append(out, at)
	}
	return out
}
