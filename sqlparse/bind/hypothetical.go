package bind

import (
	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqlparse/builtin"
	"github.com/prequel-db/prequel/sqlparse/diag"
	"github.com/prequel-db/prequel/sqlparse/scalar"

	pg "github.com/pganalyze/pg_query_go/v5"
)

// hypothetical binds rank(x) WITHIN GROUP (ORDER BY y) and its like: the place that a row of these values would have in its group, which
// is a count of the rows that sort before it.
func (s *stmt) hypothetical(sc *scope, f *pg.FuncCall, name string, direct []scalar.Expr, keys []scalar.SortKey, span diag.Span) (scalar.Expr, error) {
	if len(direct) != len(keys) {
		return nil, diag.UndefinedFunction.At(span, "function %s does not exist", name).
			WithHelp("the number of direct arguments (here %d) must match the number of ordering columns (here %d)", len(direct), len(keys))
	}
	h := &hypothesis{stmt: s, sc: sc, span: span}
	var err error
	if h.filter, err = s.aggregateFilter(sc, f); err != nil {
		return nil, err
	}
	for i := range keys {
		pair := []scalar.Expr{direct[i], keys[i].Expr}
		typ, err := s.commonType(pair, "WITHIN GROUP")
		if err != nil {
			return nil, err
		}
		for j := range pair {
			if pair[j], err = s.coerceCommon(pair[j], typ, "WITHIN GROUP"); err != nil {
				return nil, err
			}
		}
		if s.usesLevel(pair[0], sc) || scalar.HasSubquery(pair[0]) || scalar.HasSubquery(pair[1]) {
			return nil, diag.UnsupportedFunction.At(span, "%s of a value that depends on rows is not supported", name).
				WithHelp("pass the value as a parameter, and name columns in ORDER BY")
		}
		h.values, keys[i].Expr = append(h.values, pair[0]), pair[1]
	}
	h.keys = keys
	before, err := h.before(0)
	if err != nil {
		return nil, err
	}
	switch name {
	case "dense_rank":
		return h.denseRank(before)
	case "percent_rank":
		return h.share(before, false)
	case "cume_dist":
		same, err := h.same(0)
		if err != nil {
			return nil, err
		}
		return h.share(disjunction([]scalar.Expr{before, same}, span), true)
	}
	count, err := h.count(before, nil)
	if err != nil {
		return nil, err
	}
	return s.operator("+", count, scalar.Bigint("1"), span)
}

// hypothesis is a row that is compared with those of its group.
type hypothesis struct {
	*stmt
	sc     *scope
	filter scalar.Expr // FILTER, nil without one
	keys   []scalar.SortKey
	values []scalar.Expr // of the row, one for each key
	span   diag.Span
}

func (h *hypothesis) isNull(e scalar.Expr, negated bool) scalar.Expr {
	return &scalar.IsNull{Node: scalar.Node{Typ: boolType, Pos: h.span}, Arg: e, Negated: negated}
}

// before is true for the rows that sort before the hypothetical one from the i-th key on.
func (h *hypothesis) before(i int) (scalar.Expr, error) {
	k, v := h.keys[i], h.values[i]
	op := "<"
	if k.Desc {
		op = ">"
	}
	beyond, err := h.operator(op, k.Expr, v, h.span)
	if err != nil {
		return nil, err
	}
	nulls := conjunction([]scalar.Expr{h.isNull(k.Expr, !k.NullsFirst), h.isNull(v, k.NullsFirst)}, h.span)
	first := disjunction([]scalar.Expr{beyond, nulls}, h.span)
	if i+1 == len(h.keys) {
		return first, nil
	}
	rest, err := h.before(i + 1)
	if err != nil {
		return nil, err
	}
	same, err := h.equal(i)
	if err != nil {
		return nil, err
	}
	return disjunction([]scalar.Expr{first, conjunction([]scalar.Expr{same, rest}, h.span)}, h.span), nil
}

// equal is true where the i-th key is that of the hypothetical row, NULLs being equal.
func (h *hypothesis) equal(i int) (scalar.Expr, error) {
	eq, left, right, err := h.comparison("=", h.keys[i].Expr, h.values[i], h.span)
	if err != nil {
		return nil, err
	}
	return &scalar.IsDistinct{Node: scalar.Node{Typ: boolType, Pos: h.span}, Eq: eq, Left: left, Right: right, Negated: true}, nil
}

// same is true for the rows that the hypothetical one ties with from the i-th key on.
func (h *hypothesis) same(i int) (scalar.Expr, error) {
	var parts []scalar.Expr
	for ; i < len(h.keys); i++ {
		e, err := h.equal(i)
		if err != nil {
			return nil, err
		}
		parts = append(parts, e)
	}
	return conjunction(parts, h.span), nil
}

// count counts the group's rows that satisfy a condition (nil: all), or the distinct values of an expression among them.
func (h *hypothesis) count(cond, distinct scalar.Expr) (scalar.Expr, error) {
	agg := &scalar.Agg{Node: scalar.Node{Typ: value.Of(value.Int8), Pos: h.span}, Name: "count", Proc: "count"}
	if distinct != nil {
		agg.Args, agg.Distinct = []scalar.Expr{distinct}, true
	}
	switch {
	case cond == nil:
		agg.Filter = h.filter
	case h.filter == nil:
		agg.Filter = cond
	default:
		agg.Filter = conjunction([]scalar.Expr{h.filter, cond}, h.span)
	}
	return agg, h.placeAggregate(h.sc, agg, h.span)
}

// denseRank counts the distinct keys before the row, NULL among them.
func (h *hypothesis) denseRank(before scalar.Expr) (scalar.Expr, error) {
	if len(h.keys) > 1 {
		return nil, diag.UnsupportedFunction.At(h.span, "dense_rank WITHIN GROUP over several keys is not supported").WithHelp("use one key")
	}
	k := h.keys[0]
	count, err := h.count(before, k.Expr)
	if err != nil {
		return nil, err
	}
	nulls, err := h.count(conjunction([]scalar.Expr{before, h.isNull(k.Expr, false)}, h.span), nil)
	if err != nil {
		return nil, err
	}
	any, err := h.operator(">", nulls, scalar.Bigint("0"), h.span)
	if err != nil {
		return nil, err
	}
	one := &scalar.Case{
		Node: scalar.Node{Typ: value.Of(value.Int8), Pos: h.span}, Whens: []scalar.When{{Cond: any, Then: scalar.Bigint("2")}}, Else: scalar.Bigint("1"),
	}
	return h.operator("+", count, one, h.span)
}

// share is the part of the group's rows that satisfy a condition; own counts the hypothetical row among both.
func (h *hypothesis) share(cond scalar.Expr, own bool) (scalar.Expr, error) {
	part, err := h.count(cond, nil)
	if err != nil {
		return nil, err
	}
	all, err := h.count(nil, nil)
	if err != nil {
		return nil, err
	}
	none := all
	both := []scalar.Expr{part, all}
	for i := range both {
		if own {
			if both[i], err = h.operator("+", both[i], scalar.Bigint("1"), h.span); err != nil {
				return nil, err
			}
		}
		if both[i], err = h.coerce(both[i], builtin.Float8OID, builtin.Explicit, h.span); err != nil {
			return nil, err
		}
	}
	quotient, err := h.operator("/", both[0], both[1], h.span)
	if err != nil || own {
		return quotient, err
	}
	empty, err := h.operator("=", none, scalar.Bigint("0"), h.span)
	if err != nil {
		return nil, err
	}
	zero := constant(value.Of(value.Float8), "0", h.span)
	return &scalar.Case{
		Node: scalar.Node{Typ: value.Of(value.Float8), Pos: h.span}, Whens: []scalar.When{{Cond: empty, Then: zero}}, Else: quotient,
	}, nil
}
