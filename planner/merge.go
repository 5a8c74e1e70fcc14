package planner

import (
	"strconv"

	"github.com/prequel-db/prequel/planner/algebra"
	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqlparse/bound"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// merge translates MERGE: a query pairs the rows and numbers the action for each pair, then each action changes the rows of its
// pairs. What several actions draw from sequences belongs to the query, as PostgreSQL goes from row to row, not from action to action.
func (t *translator) merge(b *bound.Merge) algebra.Body {
	rowID := t.rowID(b.Table)
	kind := algebra.Inner
	for _, a := range b.Actions {
		if !a.Matched {
			kind = algebra.Left
		}
	}
	scan := &algebra.Scan{Table: b.Table, Cols: b.Old, RowID: rowID, Pos: b.Span}
	if _, joined := b.Source.(*bound.JoinRef); joined { // an outer join's
		for _, id := range b.Cols {
			t.cols.Get(id).Nullable = true
		}
	}
	rel := combine(kind, t.from(b.Source), scan, t.expr(b.On))
	rel, action := t.lift(rel, t.expr(actionOf(b, t.cols.Ref(partner(b, rowID)))))
	cols := append(append([]algebra.ColumnID(nil), b.Old...), b.Cols...)
	if rowID != 0 {
		cols = append(cols, rowID)
	}
	pairs := &algebra.Project{In: rel}
	for _, id := range cols {
		pairs.Items = append(pairs.Items, algebra.Item{ID: id, Expr: t.cols.Ref(id)})
	}
	int4 := value.Of(value.Int4)
	chosen := t.cols.New("action", int4, true)
	pairs.Items = append(pairs.Items, algebra.Item{ID: chosen, Expr: action})
	drawn := t.drawn(b, pairs, chosen)
	root, _ := algebra.Fresh(drawn.rel, t.cols) // each action has the ids of its own rows
	t.recursions++
	work := t.recursions
	query := &algebra.Query{Root: root}
	for _, id := range algebra.OutputCols(root) {
		query.Outputs = append(query.Outputs, algebra.Output{ID: id, Name: t.cols.Get(id).Name, Nullable: t.cols.Get(id).Nullable})
	}
	out := &algebra.Compound{Merge: true, Parts: []algebra.Part{{Name: "pairs", Work: work, Body: query}}}
	for i, a := range b.Actions {
		id := t.cols.New("action", int4, true)
		table := &algebra.WorkTable{Work: work, Cols: append(append([]algebra.ColumnID(nil), cols...), id)}
		held := map[scalar.Expr]algebra.ColumnID{}
		for _, e := range drawn.exprs {
			held[e] = t.cols.New("drawn", e.Type(), true)
			table.Cols = append(table.Cols, held[e])
		}
		rows := filter(table, equal(t.cols.Ref(id), number(i+1)))
		when := "WHEN NOT MATCHED"
		if a.Matched {
			when = "WHEN MATCHED"
		}
		part := algebra.Part{Name: when + " " + strconv.Itoa(i+1)}
		switch w := a.Write.(type) {
		case *bound.Insert:
			x := &algebra.Insert{Table: w.Table, Source: rows, New: w.New, Effects: t.effects(w.Effects)}
			for _, e := range w.Assign {
				if id, ok := held[e]; ok {
					x.Assign = append(x.Assign, t.cols.Ref(id))
					continue
				}
				e = t.expr(e)
				x.Source, e = t.lift(x.Source, e)
				x.Assign = append(x.Assign, e)
			}
			part.Body = x
		case *bound.Update:
			x := &algebra.Update{Table: w.Table, Source: rows, Old: w.Old, New: w.New, RowID: rowID, Effects: t.effects(w.Effects)}
			for _, s := range w.Set {
				if id, ok := held[s.Expr]; ok {
					x.Set = append(x.Set, bound.Assign{Column: s.Column, Expr: t.cols.Ref(id)})
					continue
				}
				e := t.expr(s.Expr)
				x.Source, e = t.lift(x.Source, e)
				x.Set = append(x.Set, bound.Assign{Column: s.Column, Expr: e})
			}
			part.Body = x
		case *bound.Delete:
			part.Body = &algebra.Delete{Table: w.Table, Source: rows, Old: w.Old, RowID: rowID, Effects: t.effects(w.Effects)}
		default:
			continue
		}
		out.Parts = append(out.Parts, part)
	}
	return out
}

// drawing is the query of MERGE's pairs with the values that actions draw from sequences behind its columns.
type drawing struct {
	rel   algebra.Rel
	exprs []scalar.Expr // as the actions have them
}

// drawn adds to the pairs what actions draw, if more than one does. chosen is the column that says which action a pair has.
func (t *translator) drawn(b *bound.Merge, pairs *algebra.Project, chosen algebra.ColumnID) drawing {
	out := drawing{rel: pairs}
	actions := 0
	of := map[scalar.Expr]int{}
	for i, a := range b.Actions {
		before := len(out.exprs)
		note := func(e scalar.Expr) {
			if draws(e) {
				out.exprs, of[e] = append(out.exprs, e), i+1
			}
		}
		switch w := a.Write.(type) {
		case *bound.Insert:
			for _, e := range w.Assign {
				note(e)
			}
		case *bound.Update:
			for _, s := range w.Set {
				note(s.Expr)
			}
		}
		if len(out.exprs) > before {
			actions++
		}
	}
	if actions < 2 {
		out.exprs = nil
		return out
	}
	p := &algebra.Project{}
	for _, x := range pairs.Items {
		p.Items = append(p.Items, algebra.Item{ID: x.ID, Expr: t.cols.Ref(x.ID)})
	}
	for _, e := range out.exprs {
		var value scalar.Expr
		out.rel, value = t.lift(out.rel, t.expr(e))
		p.Items = append(p.Items, algebra.Item{ID: t.cols.New("drawn", e.Type(), true), Expr: &scalar.Case{
			Node:  scalar.Node{Typ: e.Type()},
			Whens: []scalar.When{{Cond: equal(t.cols.Ref(chosen), number(of[e])), Then: value}},
			Else:  scalar.NullOf(e.Type()),
		}})
	}
	p.In = out.rel
	out.rel = p
	return out
}

// draws reports whether an expression draws from a sequence.
func draws(e scalar.Expr) bool {
	return scalar.Any(e, func(x scalar.Expr) bool {
		c, ok := x.(*scalar.Call)
		return ok && c.Fn.Volatile && c.Fn.Proc != domainCheck
	})
}

// domainCheck is the implementation of a cast from a domain's base type to the domain.
const domainCheck = "domain_check"

// partner is a column of the target that is NULL only where there is no row.
func partner(b *bound.Merge, rowID algebra.ColumnID) algebra.ColumnID {
	if rowID != 0 {
		return rowID
	}
	return b.Old[b.Table.PrimaryKey[0]]
}

// actionOf is the number, from 1, of the action for a pair; NULL when there is none.
func actionOf(b *bound.Merge, partner scalar.Expr) scalar.Expr {
	boolean, int4 := scalar.Node{Typ: value.Of(value.Bool)}, scalar.Node{Typ: value.Of(value.Int4)}
	choose := func(matched bool) scalar.Expr {
		c := &scalar.Case{Node: int4, Else: scalar.NullOf(int4.Typ)}
		for i, a := range b.Actions {
			if a.Matched != matched {
				continue
			}
			if a.Cond == nil {
				c.Else = number(i + 1)
				break
			}
			c.Whens = append(c.Whens, scalar.When{Cond: a.Cond, Then: number(i + 1)})
		}
		if len(c.Whens) == 0 {
			return c.Else
		}
		return c
	}
	there := &scalar.IsNull{Node: boolean, Arg: partner, Negated: true}
	return &scalar.Case{Node: int4, Whens: []scalar.When{{Cond: there, Then: choose(true)}}, Else: choose(false)}
}

func number(n int) scalar.Expr {
	return &scalar.Const{Node: scalar.Node{Typ: value.Of(value.Int4)}, Text: strconv.Itoa(n)}
}

func equal(a, b scalar.Expr) scalar.Expr {
	return &scalar.Call{Node: scalar.Node{Typ: value.Of(value.Bool)}, Fn: scalar.EqualityOf(a.Type()), Args: []scalar.Expr{a, b}}
}
