package delta

import (
	"regexp"
	"slices"

	"github.com/prequel-db/prequel/planner/algebra"
	"github.com/prequel-db/prequel/planner/props"
	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

var identifier = regexp.MustCompile(`^[a-z][a-z_0-9]*$`)

// A condition that an expression over stored columns equals something which the call knows is a lookup when the expression is a column: the
// view has it beside the row, as an index on an expression does.
//
//	filter lower(email) = $1        filter key = $1
//	  scan users             =>       scan view (project key = lower(email)
//	                                    scan users)

// expressionKeys computes what such conditions look for in the core, and writes the conditions over the computed columns. found is false when
// there are none, or when a key of the core is known anyway.
func (s *splitter) expressionKeys(p part) (out part, found bool) {
	core := algebra.OutputSet(p.core)
	var pinned scalar.ColSet
	for _, c := range p.conds {
		if id, ok := pin(c, core); ok {
			pinned.Add(id)
		}
	}
	if props.Of(p.core).Unique(pinned) || byIndex(p.core, p.conds) {
		return p, false
	}
	var items []algebra.Item
	key := func(e scalar.Expr) scalar.Expr {
		name := "key"
		if call, ok := e.(*scalar.Call); ok && identifier.MatchString(call.Fn.Name) {
			name = call.Fn.Name
		}
		return s.computed(&items, name, e, props.Of(p.core).NotNull)
	}
	conds := slices.Clone(p.conds)
	for i, c := range conds {
		conds[i] = keyedBy(c, core, key)
	}
	if len(items) == 0 {
		return p, false
	}
	pr := &algebra.Project{In: p.core}
	for _, id := range core.Ordered() {
		pr.Items = append(pr.Items, algebra.Item{ID: id, Expr: s.column(id)})
	}
	pr.Items = append(pr.Items, items...)
	p.core, p.conds = pr, conds
	return p, true
}

// keyedBy replaces the expression that a condition equates with something known by the column that key makes of it.
func keyedBy(c scalar.Expr, core scalar.ColSet, key func(scalar.Expr) scalar.Expr) scalar.Expr {
	known := func(e scalar.Expr) bool { return !scalar.ColumnsIn(e).Intersects(core) && !scalar.HasSubquery(e) }
	switch x := c.(type) {
	case *scalar.Call:
		if len(x.Args) != 2 || scalar.ComparisonOf(x.Fn) != scalar.EQ {
			return c
		}
		for i, a := range x.Args {
			if computedKey(a, core) && known(x.Args[1-i]) {
				out := *x
				out.Args = slices.Clone(x.Args)
				out.Args[i] = key(a)
				return &out
			}
		}
	case *scalar.InList:
		if !x.All && scalar.ComparisonOf(x.Op) == scalar.EQ && computedKey(x.Left, core) && !slices.ContainsFunc(x.List, func(e scalar.Expr) bool { return !known(e) }) {
			out := *x
			out.Left = key(x.Left)
			return &out
		}
	case *scalar.AnyArray:
		if !x.All && scalar.ComparisonOf(x.Op) == scalar.EQ && computedKey(x.Left, core) && known(x.Array) {
			out := *x
			out.Left = key(x.Left)
			return &out
		}
	}
	return c
}

// computedKey reports whether an expression over a core's columns can be a key: it is computed, never fails, and its equal values have one
// form in keys.
func computedKey(e scalar.Expr, core scalar.ColSet) bool {
	if !computedOver(e, core) || !maintainable(e) {
		return false
	}
	switch e.Type().Kind {
	case value.Bool, value.Interval, value.JSON, value.JSONB, value.Array, value.Record:
		return false
	}
	return true
}

// computedOver reports whether an expression is computed of some of the columns, and no other.
func computedOver(e scalar.Expr, cols scalar.ColSet) bool {
	in := scalar.ColumnsIn(e)
	return !in.Empty() && in.SubsetOf(cols) && scalar.BareColumn(e) == nil
}

// computed is a column among items for an expression over columns of which notNull are never NULL.
func (s *splitter) computed(items *[]algebra.Item, name string, e scalar.Expr, notNull scalar.ColSet) scalar.Expr {
	if i := slices.IndexFunc(*items, func(it algebra.Item) bool { return scalar.Equal(it.Expr, e) }); i >= 0 {
		return s.column((*items)[i].ID)
	}
	id := s.cols.New(name, e.Type(), !props.NotNull(e, notNull))
	*items = append(*items, algebra.Item{ID: id, Expr: e})
	return s.column(id)
}
