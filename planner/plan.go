package planner

import (
	"github.com/prequel-db/prequel/planner/algebra"
	"github.com/prequel-db/prequel/planner/norm"
	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqlparse/bound"
	"github.com/prequel-db/prequel/sqlparse/catalog"
	"github.com/prequel-db/prequel/sqlparse/diag"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// Plan translates a bound statement to algebra.
func Plan(s *bound.Statement) (*algebra.Statement, diag.List) {
	t := &translator{cols: s.Columns, ctes: map[*bound.CTE]algebra.Rel{}}
	if t.cols == nil {
		t.cols = &scalar.Columns{}
	}
	out := &algebra.Statement{Name: s.Name, Columns: t.cols, Params: s.Params, Options: s.Options, SQL: s.SQL, Span: s.Span}
	switch b := s.Body.(type) {
	case *bound.Query:
		rel, outs := t.query(b)
		out.Body = &algebra.Query{Root: rel, Outputs: outs}
	case *bound.Insert:
		x := &algebra.Insert{Table: b.Table, Assign: t.exprs(b.Assign), OnConflict: b.OnConflict, New: b.New}
		if b.Source == nil {
			x.Source = oneRow()
		} else {
			x.Source, _ = t.query(b.Source)
		}
		x.Returning, x.Outputs = t.targets(b.Returning)
		out.Body = x
	case *bound.Update:
		x := &algebra.Update{Table: b.Table, Old: b.Old, New: b.New, Multi: len(b.From) > 0}
		for _, a := range b.Set {
			x.Set = append(x.Set, bound.Assign{Column: a.Column, Expr: t.expr(a.Expr)})
		}
		x.RowID = t.rowID(b.Table)
		x.Source = t.target(b.Table, b.Old, x.RowID, b.From, b.Where)
		x.Returning, x.Outputs = t.targets(b.Returning)
		out.Body = x
	case *bound.Delete:
		x := &algebra.Delete{Table: b.Table, Old: b.Old, Multi: len(b.Using) > 0}
		x.RowID = t.rowID(b.Table)
		x.Source = t.target(b.Table, b.Old, x.RowID, b.Using, b.Where)
		x.Returning, x.Outputs = t.targets(b.Returning)
		out.Body = x
	}
	out.Body = simplify(out.Body)
	return out, t.diags
}

// simplify applies the rules of planner/norm to the statement's relation.
func simplify(body algebra.Body) algebra.Body {
	switch b := body.(type) {
	case *algebra.Query:
		b.Root = norm.PushFilters(b.Root)
	case *algebra.Insert:
		b.Source = norm.PushFilters(b.Source)
	case *algebra.Update:
		b.Source = norm.PushFilters(b.Source)
	case *algebra.Delete:
		b.Source = norm.PushFilters(b.Source)
	}
	return body
}

func oneRow() algebra.Rel { return &algebra.Values{Rows: [][]scalar.Expr{{}}} }

type translator struct {
	cols  *scalar.Columns
	ctes  map[*bound.CTE]algebra.Rel
	diags diag.List
}

func (t *translator) rowID(table *catalog.Table) algebra.ColumnID {
	if len(table.PrimaryKey) > 0 {
		return 0
	}
	return t.cols.New("row id", value.Of(value.Int8), false)
}

func (t *translator) target(table *catalog.Table, old []algebra.ColumnID, rowID algebra.ColumnID, from []bound.From, where scalar.Expr) algebra.Rel {
	var rel algebra.Rel = &algebra.Scan{Table: table, Cols: old, RowID: rowID}
	for _, f := range from {
		rel = &algebra.Join{Kind: algebra.Inner, Left: rel, Right: t.from(f)}
	}
	return t.filter(rel, where)
}

func (t *translator) filter(rel algebra.Rel, cond scalar.Expr) algebra.Rel {
	if cond == nil {
		return rel
	}
	return &algebra.Filter{In: rel, Cond: scalar.Conjunction(t.expr(cond))}
}

func (t *translator) exprs(es []scalar.Expr) []scalar.Expr {
	out := make([]scalar.Expr, len(es))
	for i, e := range es {
		out[i] = t.expr(e)
	}
	return out
}

// expr translates the queries inside an expression.
func (t *translator) expr(e scalar.Expr) scalar.Expr {
	if e == nil {
		return nil
	}
	return scalar.Map(e, func(x scalar.Expr) scalar.Expr {
		if s, ok := x.(*scalar.Subquery); ok {
			if q, ok := s.Query.(*bound.Query); ok {
				c := *s
				c.Query, _ = t.query(q)
				return &c
			}
		}
		return x
	})
}

func (t *translator) targets(ts []bound.Target) ([]algebra.Item, []algebra.Output) {
	var items []algebra.Item
	var outs []algebra.Output
	for _, x := range ts {
		items = append(items, algebra.Item{ID: x.ID, Expr: t.expr(x.Expr)})
		if !x.Hidden {
			outs = append(outs, algebra.Output{ID: x.ID, Name: x.Name})
		}
	}
	return items, outs
}

func (t *translator) from(f bound.From) algebra.Rel {
	switch x := f.(type) {
	case *bound.TableRef:
		return &algebra.Scan{Table: x.Table, Cols: x.Cols, Pos: x.Span}
	case *bound.SubqueryRef:
		rel, _ := t.query(x.Query)
		return rel
	case *bound.CTERef:
		if x.CTE.Recursive {
			t.diags = append(t.diags, diag.Diagnostic{Code: "PQ0301", Severity: diag.Error, Span: x.Span,
				Problem: "WITH RECURSIVE is not supported", Help: "unroll the recursion to a fixed depth, or keep the closure in a table"})
			return &algebra.Values{Cols: x.Cols}
		}
		rel, _ := t.query(x.CTE.Query)
		fresh, ids := algebra.Fresh(rel, t.cols)
		p := &algebra.Project{In: fresh}
		outs := visible(x.CTE.Query)
		for i, id := range x.Cols {
			from := ids[outs[i]]
			p.Items = append(p.Items, algebra.Item{ID: id, Expr: t.col(from)})
		}
		return p
	case *bound.JoinRef:
		l, r := t.from(x.Left), t.from(x.Right)
		on := t.expr(x.On)
		switch x.Kind {
		case bound.LeftJoin:
			return &algebra.Join{Kind: algebra.Left, Left: l, Right: r, On: on}
		case bound.RightJoin:
			return &algebra.Join{Kind: algebra.Left, Left: r, Right: l, On: on}
		case bound.FullJoin:
			return &algebra.Join{Kind: algebra.Full, Left: l, Right: r, On: on}
		}
		return &algebra.Join{Kind: algebra.Inner, Left: l, Right: r, On: on}
	case *bound.FuncRef:
		return &algebra.FuncScan{Call: t.expr(x.Call), Cols: x.Cols, Ordinality: x.Ordinality}
	}
	return oneRow()
}

func visible(q *bound.Query) []algebra.ColumnID {
	var out []algebra.ColumnID
	for _, x := range q.Targets {
		if !x.Hidden {
			out = append(out, x.ID)
		}
	}
	return out
}

func (t *translator) col(id algebra.ColumnID) scalar.Expr {
	return &scalar.Column{Node: scalar.Node{Typ: t.cols.Get(id).Type}, ID: id}
}

// lateral reports whether a FROM item may refer to items on its left.
func lateral(rel algebra.Rel, left algebra.Rel) bool {
	return algebra.FreeColumns(rel).Intersects(algebra.OutputSet(left))
}

func (t *translator) query(q *bound.Query) (algebra.Rel, []algebra.Output) {
	var rel algebra.Rel
	switch {
	case q.SetOp != nil:
		l, _ := t.query(q.SetOp.Left)
		r, _ := t.query(q.SetOp.Right)
		kind := map[string]algebra.SetOpKind{"union": algebra.Union, "intersect": algebra.Intersect, "except": algebra.Except}[q.SetOp.Op]
		rel = &algebra.SetOp{Kind: kind, All: q.SetOp.All, Left: l, Right: r, Cols: q.SetOp.Cols,
			LeftCols: visible(q.SetOp.Left), RightCols: visible(q.SetOp.Right)}
	case q.Values != nil:
		v := &algebra.Values{Cols: q.ValuesCols}
		for _, row := range q.Values {
			v.Rows = append(v.Rows, t.exprs(row))
		}
		rel = v
	default:
		for _, f := range q.From {
			r := t.from(f)
			switch {
			case rel == nil:
				rel = r
			case lateral(r, rel):
				rel = &algebra.Apply{Kind: algebra.Inner, Left: rel, Right: r}
			default:
				rel = &algebra.Join{Kind: algebra.Inner, Left: rel, Right: r}
			}
		}
		if rel == nil {
			rel = oneRow()
		}
	}
	rel = t.filter(rel, q.Where)
	g := &grouper{t: t}
	if q.HasGroup {
		rel = g.group(q, rel)
	}
	replace := g.replace
	if q.Having != nil {
		rel = t.filter(rel, replace(t.expr(q.Having)))
	}
	w := &windower{t: t, in: rel}
	p := &algebra.Project{}
	for _, x := range q.Targets {
		p.Items = append(p.Items, algebra.Item{ID: x.ID, Expr: w.replace(replace(t.expr(x.Expr)))})
	}
	// ORDER BY over anything but a target is computed beside the targets.
	var order []algebra.Order
	for _, k := range q.OrderBy {
		e := w.replace(replace(t.expr(k.Expr)))
		id := algebra.ColumnID(0)
		if c, ok := e.(*scalar.Column); ok {
			for _, it := range p.Items {
				if it.ID == c.ID {
					id = c.ID
				}
			}
		}
		if id == 0 {
			for _, it := range p.Items {
				if scalar.Equal(it.Expr, e) {
					id = it.ID
				}
			}
		}
		if id == 0 {
			id = t.cols.New("order", e.Type(), true)
			p.Items = append(p.Items, algebra.Item{ID: id, Expr: e})
		}
		order = append(order, algebra.Order{Col: id, Desc: k.Desc, NullsFirst: k.NullsFirst})
	}
	p.In = w.finish()
	rel = p
	if q.DistinctOn != nil {
		rel = t.distinctOn(q, p, order, func(e scalar.Expr) scalar.Expr { return w.replace(replace(t.expr(e))) })
	}
	if q.Distinct {
		if len(p.Items) > len(visible(q)) {
			d := &algebra.Project{In: rel}
			for _, id := range visible(q) {
				d.Items = append(d.Items, algebra.Item{ID: id, Expr: t.col(id)})
			}
			rel = d
		}
		rel = &algebra.Distinct{In: rel}
	}
	if len(order) > 0 || q.Limit != nil || q.Offset != nil {
		rel = &algebra.TopK{In: rel, Order: order, Limit: t.expr(q.Limit), Offset: t.expr(q.Offset), WithTies: q.WithTies}
	}
	var outs []algebra.Output
	for _, x := range q.Targets {
		if !x.Hidden {
			outs = append(outs, algebra.Output{ID: x.ID, Name: x.Name})
		}
	}
	if len(outs) < len(algebra.OutputCols(rel)) {
		d := &algebra.Project{In: rel}
		for _, o := range outs {
			d.Items = append(d.Items, algebra.Item{ID: o.ID, Expr: t.col(o.ID)})
		}
		rel = d
	}
	return rel, outs
}
