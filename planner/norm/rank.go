package norm

import (
	"slices"

	"github.com/prequel-db/prequel/planner/algebra"
	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// rankOfOne replaces the ranks of a whole table by counts, where a condition on a key leaves one row: its rank is one more than
// the number of rows before it, which an ordered structure tells without reading them.
//
//	SELECT rank FROM (SELECT id, rank() OVER (ORDER BY score DESC) FROM players) WHERE id = $1
//
//	1 + (SELECT count(*) FROM players o WHERE o.score > p.score)   of the row p with id = $1
func (e *Env) rankOfOne(x *algebra.Filter) algebra.Rel {
	w, ok := x.In.(*algebra.Window)
	if !ok || len(w.Order) == 0 || !ofOneTable(w.In) || e.of(w.In).AtMostOne() || !e.countable(w) {
		return x
	}
	in := algebra.OutputSet(w.In)
	var ofRow, others []scalar.Expr
	for _, c := range scalar.Conjuncts(x.Cond) {
		if own := scalar.ColumnsIn(c); !scalar.HasSubquery(c) && !scalar.HasVolatile(c) && own.Intersects(in) && !own.Intersects(results(w)) {
			ofRow = append(ofRow, c)
		} else {
			others = append(others, c)
		}
	}
	row := filtered(w.In, ofRow)
	if len(ofRow) == 0 || !e.of(row).AtMostOne() {
		return x
	}
	e.fire("rank-of-one-row")
	rank := scalar.Expr(scalar.Bigint("1"))
	for from, to := 0, 0; from < len(w.Order); from = to {
		for to = from + 1; to < len(w.Order) && w.Order[to].Desc == w.Order[from].Desc; {
			to++
		}
		count, n := e.countBefore(w, from, to)
		row = &algebra.Apply{Kind: algebra.Inner, Left: row, Right: count}
		rank = plus(rank, e.Columns.Ref(n))
	}
	p := &algebra.Project{In: row}
	for _, id := range algebra.OutputCols(w.In) {
		p.Items = append(p.Items, algebra.Item{ID: id, Expr: e.Columns.Ref(id)})
	}
	for _, f := range w.Funcs {
		p.Items = append(p.Items, algebra.Item{ID: f.ID, Expr: rank})
	}
	return filtered(p, others)
}

// countBefore counts the rows of a window's input that are equal to a row in the sort columns up to one, and before it in the next
// ones, which have one direction: a range.
func (e *Env) countBefore(w *algebra.Window, from, to int) (algebra.Rel, algebra.ColumnID) {
	other, ids := algebra.Fresh(w.In, e.Columns)
	compare := func(fn *scalar.Func, id algebra.ColumnID) scalar.Expr {
		return scalar.CompareCall(fn, e.Columns.Ref(ids[id]), e.Columns.Ref(id))
	}
	same := func(id algebra.ColumnID) scalar.Expr { return compare(scalar.EqualityOf(e.Columns.Get(id).Type), id) }
	var conds []scalar.Expr
	for _, id := range w.Partition {
		conds = append(conds, same(id))
	}
	for _, o := range w.Order[:from] {
		conds = append(conds, same(o.Col))
	}
	var before scalar.Expr
	for i := to - 1; i >= from; i-- {
		o := w.Order[i]
		less := scalar.LessOf(e.Columns.Get(o.Col).Type)
		if o.Desc {
			less, _ = scalar.Commutator(less)
		}
		first := compare(less, o.Col)
		if before == nil {
			before = first
			continue
		}
		boolean := scalar.Node{Typ: first.Type()}
		before = &scalar.Or{Node: boolean, Args: []scalar.Expr{first, scalar.Conjunction(same(o.Col), before)}}
	}
	conds = append(conds, before)
	n := e.Columns.New("count", value.Of(value.Int8), false)
	return &algebra.GroupBy{In: filtered(other, conds), Scalar: true, Aggs: []algebra.Agg{{ID: n, Name: "count", Proc: "count"}}}, n
}

// countable reports whether a window's functions are counts of the rows before: rank, and row_number where no two rows are peers. Comparisons
// tell the order of values that are not NULL.
func (e *Env) countable(w *algebra.Window) bool {
	p := e.of(w.In)
	key := scalar.SetOf(w.Partition...)
	for _, o := range w.Order {
		key.Add(o.Col)
	}
	if !key.SubsetOf(p.NotNull) {
		return false
	}
	for _, id := range key.Ordered() {
		if scalar.LessOf(e.Columns.Get(id).Type) == nil {
			return false
		}
	}
	return !slices.ContainsFunc(w.Funcs, func(f algebra.WindowFunc) bool {
		return f.Agg != nil || f.Name != "rank" && (f.Name != "row_number" || !p.Unique(key))
	})
}

// ofOneTable reports whether r is a table's rows under conditions, with columns computed of them.
func ofOneTable(r algebra.Rel) bool {
	simple := func(e scalar.Expr) bool { return !scalar.HasSubquery(e) && !scalar.HasVolatile(e) }
	switch x := r.(type) {
	case *algebra.Scan:
		return true
	case *algebra.Filter:
		return simple(x.Cond) && ofOneTable(x.In)
	case *algebra.Project:
		return ofOneTable(x.In) && !slices.ContainsFunc(x.Items, func(it algebra.Item) bool { return !simple(it.Expr) })
	}
	return false
}

// results are the columns that a window adds.
func results(w *algebra.Window) scalar.ColSet {
	var out scalar.ColSet
	for _, f := range w.Funcs {
		out.Add(f.ID)
	}
	return out
}
