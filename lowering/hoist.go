package lowering

import (
	"cmp"
	"slices"

	"github.com/prequel-db/prequel/lowering/phys"
	"github.com/prequel-db/prequel/planner/props"
	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// hoist takes out of loops what is the same in all of their rounds: an expression over parameters, and over columns that have their
// values before the loop, is computed in front of the outermost such loop.
//
//	for each row:                                      until = $1 + '1 year'
//	  if row.day < $1 + '1 year': ...        becomes   for each row:
//	                                                     if row.day < until: ...
//
// What can raise an error is computed there only if it has been computed before on every way to it; otherwise it is computed by the first
// round that comes to it (phys.Once), so that no round raises what none would have raised.
func (g *gen) hoist() {
	h := &hoister{g: g, mine: map[phys.Op]bool{}}
	g.prog.Body = h.ops(g.prog.Body, point{})
}

type hoister struct {
	g     *gen
	loops []*rounds // around the point, the outermost first
	mine  map[phys.Op]bool
	held  []result // at the instruction
}

// rounds is a loop whose body is being gone through.
type rounds struct {
	before []phys.Op     // what has been put in front of it
	fixed  scalar.ColSet // columns that have a value before the loop and keep it
	seen   []scalar.Expr // expressions that have been computed before the loop
	kept   []result
}

// result is an expression that is kept in a column; done tells whether it has been computed, 0 when it always has.
type result struct {
	expr scalar.Expr
	col  scalar.ColumnID
	done scalar.ColumnID
}

// point is what holds at a point of a program.
type point struct {
	defined scalar.ColSet
	seen    []scalar.Expr // expressions that have been computed on every way to it
	held    []result      // columns that hold expressions
}

// without is what is held when columns are given other values.
func without(held []result, changed scalar.ColSet) []result {
	return slices.DeleteFunc(slices.Clone(held), func(r result) bool {
		return changed.Has(r.col) || scalar.ColumnsIn(r.expr).Intersects(changed)
	})
}

func (h *hoister) ops(list []phys.Op, at point) []phys.Op {
	at.defined = at.defined.Copy()
	var out []phys.Op
	for _, op := range list {
		if h.mine[op] {
			out = append(out, op)
			continue
		}
		var evaluated []scalar.Expr
		for _, e := range phys.Exprs(op) {
			evaluated = h.evaluated(e, evaluated)
		}
		if _, aside := op.(*phys.WindowRows); aside {
			evaluated = nil
		}
		let, _ := op.(*phys.Let)
		var computed scalar.Expr
		if let != nil {
			computed = let.Expr
		}
		op, first := h.own(op, at.held)
		out = append(out, first...)
		at.seen = append(at.seen[:len(at.seen):len(at.seen)], evaluated...)
		bound := scalar.SetOf(phys.Binds(op)...)
		changed := written(op)
		inside := point{at.defined.Union(bound), at.seen, without(at.held, changed)}
		var loop *rounds
		if phys.Loops(op) && !single(op) {
			loop = &rounds{fixed: at.defined.Minus(changed), seen: at.seen}
			h.loops = append(h.loops, loop)
		}
		phys.MapBodies(op, func(body []phys.Op) []phys.Op { return h.ops(body, inside) })
		if loop != nil {
			h.loops = h.loops[:len(h.loops)-1]
			out = append(out, loop.before...)
		}
		at.defined.AddAll(bound)
		at.held = without(at.held, changed)
		if let != nil && worthKeeping(computed) && !scalar.HasVolatile(computed) && !scalar.ColumnsIn(computed).Has(let.Col) {
			at.held = append(at.held, result{expr: computed, col: let.Col})
		}
		out = append(out, op)
	}
	return out
}

// single reports whether a loop has one round at most.
func single(op phys.Op) bool {
	switch x := op.(type) {
	case *phys.ForGroups:
		return x.Rows.IsConst() && x.Rows.Eval(nil, 1) <= 1
	case *phys.ForEach:
		return x.Rows.IsConst() && x.Rows.Eval(nil, 1) <= 1
	case *phys.ForRows:
		return x.Rows.IsConst() && x.Rows.Eval(nil, 1) <= 1
	}
	return false
}

// written are the columns that an instruction gives values, and those inside it.
func written(op phys.Op) scalar.ColSet {
	var set scalar.ColSet
	phys.Walk([]phys.Op{op}, func(op phys.Op) bool {
		for _, id := range phys.Binds(op) {
			set.Add(id)
		}
		return true
	})
	return set
}

// own takes out of loops what an instruction itself computes, and returns what has to stand in front of the instruction now.
// What a column holds already is not computed again.
func (h *hoister) own(op phys.Op, held []result) (phys.Op, []phys.Op) {
	if len(h.loops) == 0 {
		if held = constantResults(held); len(held) == 0 {
			return op, nil
		}
	}
	h.held = held
	if x, ok := op.(*phys.If); ok && len(x.Else) == 0 {
		if cond, ok := x.Cond.(*phys.IsTrue); ok {
			return h.conjuncts(x, scalar.Conjuncts(cond.Expr))
		}
	}
	var first []phys.Op
	phys.MapExprs(op, func(e scalar.Expr) scalar.Expr { return h.expr(e, true, &first) })
	return op, first
}

// constantResults are those that vary with nothing. They are used outside of loops as well.
func constantResults(held []result) []result {
	var out []result
	for _, r := range held {
		if constant(r.expr) {
			out = append(out, r)
		}
	}
	return out
}

func constant(e scalar.Expr) bool {
	return !scalar.Any(e, func(x scalar.Expr) bool {
		switch x.(type) {
		case *scalar.Column, *scalar.Param:
			return true
		}
		return false
	})
}

// conjuncts is a branch under conditions that are tested one by one where something is computed in between.
func (h *hoister) conjuncts(x *phys.If, conds []scalar.Expr) (phys.Op, []phys.Op) {
	var first []phys.Op
	var group []scalar.Expr
	for i, c := range conds {
		var before []phys.Op
		c = h.expr(c, true, &before)
		if len(before) > 0 && i > 0 {
			rest, _ := h.conjuncts(&phys.If{Then: x.Then}, append([]scalar.Expr{c}, conds[i+1:]...))
			x.Then = append(before, rest)
			break
		}
		first = append(first, before...)
		group = append(group, c)
	}
	x.Cond = &phys.IsTrue{Expr: scalar.Conjunction(group...)}
	return x, first
}

// expr replaces what is the same in all rounds of a loop. certain says that the expression is computed whenever the point is reached;
// what the first round computes is appended to first.
func (h *hoister) expr(e scalar.Expr, certain bool, first *[]phys.Op) scalar.Expr {
	if e == nil || scalar.HasVolatile(e) || scalar.HasSubquery(e) {
		return e
	}
	if worthKeeping(e) {
		for _, r := range h.held {
			if scalar.Equal(r.expr, e) {
				return h.g.ref(r.col)
			}
		}
		if kept := h.keep(e, certain, first); kept != nil {
			return kept
		}
	}
	i := -1
	return scalar.MapChildren(e, func(c scalar.Expr) scalar.Expr {
		i++
		return h.expr(c, certain && h.certain(e, i), first)
	})
}

// worthKeeping reports whether an expression takes longer to compute than to keep.
func worthKeeping(e scalar.Expr) bool {
	if e.Type().Kind == value.Bool {
		return false
	}
	computes := scalar.Any(e, func(x scalar.Expr) bool {
		switch x.(type) {
		case *scalar.ViaText, *scalar.Modify, *scalar.Call:
			return true
		}
		return false
	})
	switch e.(type) {
	case *scalar.Call, *scalar.ViaText, *scalar.Modify, *scalar.Case, *scalar.Coalesce, *scalar.MinMax:
		return computes && (!constant(e) || computedConstant(e))
	}
	return false
}

// computedConstant reports whether something is left to compute of an expression over constants.
func computedConstant(e scalar.Expr) bool {
	if _, known := scalar.Fold(e).(*scalar.Const); known {
		return false
	}
	for {
		m, ok := e.(*scalar.Modify)
		if !ok {
			break
		}
		e = m.Arg
	}
	_, literal := e.(*scalar.Const)
	return !literal
}

// keep returns the column that holds an expression which the rounds of a loop share, nil when none does.
func (h *hoister) keep(e scalar.Expr, certain bool, first *[]phys.Op) scalar.Expr {
	cols := scalar.ColumnsIn(e)
	same := func(r result) bool { return scalar.Equal(r.expr, e) }
	safe := props.Total(e)
	for _, l := range h.loops {
		if !cols.SubsetOf(l.fixed) {
			continue
		}
		if i := slices.IndexFunc(l.kept, same); i >= 0 && l.kept[i].done == 0 {
			return h.g.ref(l.kept[i].col)
		}
		if safe || slices.ContainsFunc(l.seen, func(s scalar.Expr) bool { return scalar.Equal(s, e) }) {
			col := h.column(e)
			l.before = append(l.before, &phys.Let{Col: col, Expr: e})
			l.kept = append(l.kept, result{expr: e, col: col})
			return h.g.ref(col)
		}
	}
	if !certain || cheap(e) {
		return nil
	}
	for _, l := range h.loops {
		if !cols.SubsetOf(l.fixed) {
			continue
		}
		i := slices.IndexFunc(l.kept, same)
		if i < 0 {
			i = len(l.kept)
			r := result{expr: e, col: h.column(e), done: h.g.temp("done", value.Of(value.Bool), false)}
			l.kept = append(l.kept, r)
			l.before = append(l.before, &phys.Declare{Cols: []scalar.ColumnID{r.col}}, &phys.Let{Col: r.done, Expr: boolean(false)})
		}
		r := l.kept[i]
		once := &phys.Once{Done: r.done, Body: []phys.Op{&phys.Set{Col: r.col, Expr: e}}}
		h.mine[once] = true
		*first = append(*first, once)
		return h.g.ref(r.col)
	}
	return nil
}

// column makes a column for an expression, with the name of what it is computed from.
func (h *hoister) column(e scalar.Expr) scalar.ColumnID {
	if constant(e) {
		return h.g.temp("constant", e.Type(), h.g.nullable(e))
	}
	name := ""
	scalar.Walk(e, func(x scalar.Expr) bool {
		switch x := x.(type) {
		case *scalar.Column:
			name = cmp.Or(name, h.g.cols.Get(x.ID).Name)
		case *scalar.Param:
			if x.Number > 0 {
				name = cmp.Or(name, h.g.params[x.Number-1].Name)
			}
		}
		return name == ""
	})
	return h.g.temp("from_"+cmp.Or(name, "now"), e.Type(), h.g.nullable(e))
}

// cheap reports whether an expression is computed as soon as a flag is tested.
func cheap(e scalar.Expr) bool {
	switch e.Type().Kind {
	case value.Bool, value.Int2, value.Int4, value.Float4, value.Float8:
		return true
	}
	return false
}

// evaluated appends an expression and those of its parts that are computed whenever it is.
func (h *hoister) evaluated(e scalar.Expr, out []scalar.Expr) []scalar.Expr {
	if scalar.HasVolatile(e) || scalar.HasSubquery(e) {
		return out
	}
	if worthKeeping(e) && !props.Total(e) {
		out = append(out, e)
	}
	for i, c := range scalar.Children(e) {
		if h.certain(e, i) {
			out = h.evaluated(c, out)
		}
	}
	return out
}

// certain reports whether an expression's i-th operand is computed whenever the expression is.
func (h *hoister) certain(e scalar.Expr, i int) bool {
	if i == 0 {
		switch e.(type) {
		case *scalar.Case, *scalar.And, *scalar.Or, *scalar.Coalesce, *scalar.Call, *scalar.Relabel, *scalar.ViaText, *scalar.Modify,
			*scalar.IsNull, *scalar.Not, *scalar.IsBool, *scalar.IsDistinct, *scalar.InList, *scalar.AnyArray:
			return !h.mayBeSkipped(e, i)
		}
		return false
	}
	switch e.(type) {
	case *scalar.Call, *scalar.IsDistinct:
		return !h.mayBeSkipped(e, i)
	}
	return false
}

// mayBeSkipped reports whether another operand, being NULL, can decide a call before its i-th operand is computed.
func (h *hoister) mayBeSkipped(e scalar.Expr, i int) bool {
	c, ok := e.(*scalar.Call)
	if !ok {
		return false
	}
	for k, a := range c.Args {
		if k != i && h.g.nullable(a) {
			return true
		}
	}
	return false
}
