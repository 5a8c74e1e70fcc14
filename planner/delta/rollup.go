package delta

import (
	"slices"

	"github.com/prequel-db/prequel/planner/algebra"
	"github.com/prequel-db/prequel/planner/props"
	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// A condition with parameters may read columns that are no keys of the groups: a range of days, a pattern. The aggregation is then
// maintained in finer groups, by these columns too, and the groups that meet the condition are aggregated once more at read:
//
//	group by [status] n = count(*)                     group by [status] n = sum(n')
//	  filter shipped <= $1               becomes         filter shipped <= $1
//	    scan lines (status, shipped)                       scan view (status, shipped, n')
//
// Of a condition the parts without parameters become keys as a whole: size BETWEEN 1 AND 5 is one boolean, not fifty sizes. An
// aggregate's CASE whose conditions are the same for all rows of a finer group is the CASE of aggregates. When the finer groups are as
// many as the rows nothing is gained, and the aggregation runs at read.
type rollup struct {
	s     *splitter
	core  scalar.ColSet
	items []algebra.Item // computed keys
	keys  []algebra.ColumnID
	inner []algebra.Agg // over the rows of a finer group
	outer []algebra.Agg // over the finer groups
	// notNull are columns of the core.
	notNull scalar.ColSet
	fails   bool
}

func (s *splitter) rollup(x *algebra.GroupBy) algebra.Rel {
	p, ok := s.linear(x)
	if !ok {
		return nil
	}
	p = p.withoutImplied()
	r := &rollup{s: s, core: algebra.OutputSet(p.core)}
	for _, id := range r.core.Ordered() {
		if !s.cols.Get(id).Nullable {
			r.notNull.Add(id)
		}
	}
	keys := map[algebra.ColumnID]scalar.Expr{} // the groups' keys over the finer groups'
	for _, k := range x.Keys {
		e := s.column(k)
		if d, ok := p.defs[k]; ok {
			e = d
		}
		if !r.maintained(e) || !oneValue(e) {
			return nil
		}
		keys[k] = r.key(e)
	}
	own := len(r.keys)
	conds := make([]scalar.Expr, len(p.conds))
	for i, c := range p.conds {
		conds[i] = r.keyed(c)
	}
	whole := make([]algebra.Agg, len(x.Aggs))
	defs := map[algebra.ColumnID]scalar.Expr{}
	for _, a := range x.Aggs {
		defs[a.ID] = r.aggregate(a, p.defs)
	}
	if r.fails {
		return nil
	}
	base := &algebra.Project{In: p.core, Items: r.items}
	for _, id := range r.core.Ordered() {
		base.Items = append(base.Items, algebra.Item{ID: id, Expr: s.column(id)})
	}
	for i, a := range x.Aggs { // as keys are, over what the core and its computed keys are
		c := a
		c.Args, c.Filter = nil, nil
		for _, e := range a.Args {
			c.Args = append(c.Args, scalar.Substitute(e, p.defs))
		}
		if a.Filter != nil {
			c.Filter = scalar.Substitute(a.Filter, p.defs)
		}
		whole[i] = c
	}
	if props.Of(base).Unique(scalar.SetOf(r.keys...)) {
		return nil
	}
	outs := slices.Clone(x.Keys)
	for _, a := range x.Aggs {
		outs = append(outs, a.ID)
	}
	if len(r.keys) == own && !x.Scalar { // the conditions are over the keys in other words
		if out := s.accumulated(&algebra.GroupBy{In: base, Keys: r.keys, Aggs: whole}); out != nil {
			return s.project(filter(out, conds), outs, keys)
		}
		return nil
	}
	finer := s.accumulated(&algebra.GroupBy{In: base, Keys: r.keys, Aggs: r.inner})
	if finer == nil {
		return nil
	}
	finer = filter(finer, conds)
	below := slices.Clone(x.Keys)
	for _, id := range algebra.OutputCols(finer) {
		if keys[id] == nil {
			below = append(below, id)
		}
	}
	finer = s.project(finer, below, keys)
	return s.project(&algebra.GroupBy{In: finer, Keys: x.Keys, Aggs: r.outer, Scalar: x.Scalar}, outs, defs)
}

// keyed is a condition over keys: its parts without parameters become keys.
func (r *rollup) keyed(e scalar.Expr) scalar.Expr {
	if !scalar.ColumnsIn(e).Intersects(r.core) {
		return e
	}
	if scalar.HasSubquery(e) || scalar.HasVolatile(e) {
		r.fails = true
		return e
	}
	switch x := e.(type) {
	case *scalar.Relabel:
		return scalar.MapChildren(e, r.keyed)
	case *scalar.Column:
		if r.core.Has(x.ID) && !oneForm(x.Typ) {
			r.fails = true
			return e
		}
	}
	if r.maintained(e) && oneValue(e) {
		return r.key(e)
	}
	return scalar.MapChildren(e, r.keyed)
}

// maintained reports whether an expression is over the core alone: columns of outer rows are like parameters.
func (r *rollup) maintained(e scalar.Expr) bool {
	return maintainable(e) && scalar.ColumnsIn(e).SubsetOf(r.core)
}

func (r *rollup) key(e scalar.Expr) scalar.Expr {
	id := algebra.ColumnID(0)
	if i := slices.IndexFunc(r.items, func(it algebra.Item) bool { return scalar.Equal(it.Expr, e) }); i >= 0 {
		id = r.items[i].ID
	} else if c := scalar.BareColumn(e); c != nil {
		id = c.ID
	} else {
		id = r.s.cols.New("part", e.Type(), true)
		r.items = append(r.items, algebra.Item{ID: id, Expr: e})
	}
	if !slices.Contains(r.keys, id) {
		r.keys = append(r.keys, id)
	}
	return r.s.column(id)
}

// aggregate splits an aggregate and returns its result over the outer ones.
func (r *rollup) aggregate(a algebra.Agg, defs map[algebra.ColumnID]scalar.Expr) scalar.Expr {
	num, wide := value.Of(value.Numeric), value.Of(value.Int8)
	result := r.s.cols.Get(a.ID).Type
	var above scalar.Expr
	if a.Filter != nil {
		if a.Filter = scalar.Substitute(a.Filter, defs); !r.maintained(a.Filter) || a.Distinct {
			above, a.Filter = r.keyed(a.Filter), nil
		}
	}
	args := make([]scalar.Expr, len(a.Args))
	for i, e := range a.Args {
		args[i] = scalar.Substitute(e, defs)
	}
	a.Args = args
	if len(a.OrderBy) > 0 || len(args) > 1 || a.Within {
		r.fails = true
		return nil
	}
	if a.Distinct {
		a.Args = []scalar.Expr{r.keyed(args[0])}
		return r.over(a, a.Name, a.Args[0], above, result)
	}
	switch a.Name {
	case "count":
		n := r.over(a, "sum", r.partial(a, wide), above, num)
		return &scalar.Coalesce{Node: scalar.Node{Typ: wide}, Args: []scalar.Expr{call("numeric_int8", wide, n), scalar.Bigint("0")}}
	case "sum":
		total := r.over(a, "sum", r.partial(a, result), above, num)
		if result.Kind == value.Int8 {
			return call("numeric_int8", wide, total)
		}
		return total
	case "avg":
		sum, n := a, a
		sum.Name, n.Name = "sum", "count"
		part := num
		switch args[0].Type().Kind {
		case value.Int2, value.Int4:
			part = wide
		}
		total := r.over(a, "sum", r.partial(sum, part), above, num)
		rows := r.over(a, "sum", r.partial(n, wide), above, num)
		none := &scalar.Call{
			Node: scalar.Node{Typ: value.Of(value.Bool)}, Fn: &scalar.Func{Name: "=", Proc: "numeric_eq", Strict: true},
			Args: []scalar.Expr{rows, call("int8_numeric", num, scalar.Bigint("0"))},
		}
		return &scalar.Case{
			Node:  scalar.Node{Typ: num},
			Whens: []scalar.When{{Cond: none, Then: &scalar.Const{Node: scalar.Node{Typ: num}, Null: true}}}, Else: call("numeric_div", num, total, rows),
		}
	case "min", "max", "bool_and", "bool_or", "every", "bit_and", "bit_or", "bit_xor":
		return r.over(a, a.Name, r.partial(a, result), above, result)
	}
	r.fails = true
	return nil
}

// over aggregates finer groups' results.
func (r *rollup) over(a algebra.Agg, name string, part, above scalar.Expr, t value.Type) scalar.Expr {
	if part == nil || r.fails {
		r.fails = true
		return nil
	}
	out := algebra.Agg{Name: name, Proc: a.Proc, Args: []scalar.Expr{part}, Distinct: a.Distinct, Filter: above}
	if name == "sum" && !a.Distinct {
		out.Proc = map[bool]string{true: "sum_int8", false: "sum_numeric"}[part.Type().Kind == value.Int8]
	}
	for _, o := range r.outer {
		if o.Name == out.Name && o.Distinct == out.Distinct && sameExpr(o.Args[0], part) && sameExpr(o.Filter, above) {
			return r.s.column(o.ID)
		}
	}
	out.ID = r.s.cols.New(a.Name, t, true)
	r.outer = append(r.outer, out)
	return r.s.column(out.ID)
}

// partial is an aggregate of a finer group's rows, of type t.
func (r *rollup) partial(a algebra.Agg, t value.Type) scalar.Expr {
	var arg scalar.Expr
	if len(a.Args) > 0 {
		arg = a.Args[0]
	}
	if arg != nil && !r.maintained(arg) {
		c, ok := arg.(*scalar.Case)
		if !ok || a.Filter != nil {
			r.fails = true
			return nil
		}
		out := &scalar.Case{Node: scalar.Node{Typ: t}}
		branch := func(e scalar.Expr) scalar.Expr {
			if e == nil {
				return nil
			}
			b := a
			b.Args = []scalar.Expr{e}
			return r.partial(b, t)
		}
		for _, w := range c.Whens {
			out.Whens = append(out.Whens, scalar.When{Cond: r.keyed(w.Cond), Then: branch(w.Then)})
		}
		if out.Else = branch(c.Else); out.Else == nil {
			none := &scalar.Const{Node: scalar.Node{Typ: arg.Type()}, Null: true}
			out.Else = branch(none)
		}
		return out
	}
	if k, ok := arg.(*scalar.Const); ok && a.Name == "sum" && a.Filter == nil && k.Text == "0" && !k.Null {
		return &scalar.Const{Node: scalar.Node{Typ: t}, Text: "0"} // a group has rows
	}
	if a.Name == "count" && arg != nil && !a.Distinct && props.NotNull(arg, r.notNull) { // all of the rows
		a.Args, a.Proc, arg = nil, "count", nil
	}
	for _, o := range r.inner {
		if o.Name == a.Name && len(o.Args) == len(a.Args) && sameExpr(o.Filter, a.Filter) && (arg == nil || sameExpr(o.Args[0], arg)) {
			return r.s.column(o.ID)
		}
	}
	a.ID = r.s.cols.New(a.Name, t, a.Name != "count")
	if arg != nil && a.Name == "count" {
		a.Proc = "count"
	}
	r.inner = append(r.inner, a)
	return r.s.column(a.ID)
}
