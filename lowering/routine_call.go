package lowering

import (
	"github.com/prequel-db/prequel/lowering/cost"
	"github.com/prequel-db/prequel/lowering/phys"
	"github.com/prequel-db/prequel/planner/algebra"
	"github.com/prequel-db/prequel/sqlparse/bound"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// A call of a declared function inside an expression is written out where it is evaluated: the arguments become the variables of its
// body, and its result a column.

// bodyOf is the body of a declared function, with columns of its own for this place.
func (g *gen) bodyOf(c *scalar.Call) *bound.Routine {
	var r *bound.Routine
	switch body := c.Fn.Routine.(type) {
	case *algebra.Routine:
		r = body.Routine
	case *bound.Routine: // of the schema, without SQL
		r = body
	}
	return algebra.FreshRoutine(r, g.cols)
}

// called writes the body of a call. rows, when not 0, takes what a function that returns a set emits.
func (g *gen) called(c *scalar.Call, rows phys.Reg) *routine {
	body := g.bodyOf(c)
	args := g.prepAll(c.Args)
	p := g.newRoutine(body)
	p.trigger, p.rows = true, rows
	p.alias = map[int]scalar.Expr{}
	inner, frames, keeps := g.inner, g.frames, g.keeps
	g.inner, g.frames, g.keeps = nil, nil, false
	for i, v := range body.In {
		switch a := args[i].(type) {
		case *scalar.Column, *scalar.Const, *scalar.Param:
			if p.sets[v] == 0 {
				p.alias[v] = a
				continue
			}
		}
		p.let(v, args[i], p.sets[v] == 0)
		if p.sets[v] == 0 {
			g.cols.Get(p.vars[v]).Nullable = g.nullable(args[i])
		}
		p.declared[v] = true
	}
	p.top(body.Body)
	for _, v := range body.Out { // of a body that always fails
		if !p.declared[v] {
			g.declare(p.vars[v])
		}
	}
	g.inner, g.frames, g.keeps = inner, frames, keeps
	if c.Fn.Volatile {
		g.effects = true
	}
	return p
}

// routineCall writes a call whose value an expression takes.
func (g *gen) routineCall(c *scalar.Call) scalar.Expr {
	return g.routineValues(c)[0]
}

// routineRows runs consume for each row of a declared function.
func (g *gen) routineRows(c *scalar.Call, cols []scalar.ColumnID, number scalar.ColumnID, need scalar.ColSet, consume func()) {
	if !c.Fn.Set {
		for i, value := range g.routineValues(c) {
			if id := cols[i]; need.Has(id) {
				g.cols.Get(id).Nullable = true
				g.let(id, value)
			}
		}
		if number != 0 {
			g.let(number, integer("1"))
		}
		consume()
		return
	}
	list := g.routineList(c)
	for _, id := range cols {
		g.cols.Get(id).Nullable = true
	}
	size := cost.Size("rows of " + c.Fn.Name)
	if number == 0 {
		g.forRows(list, cols, need, size, consume)
		return
	}
	g.emit(&phys.ForLists{
		Lists: []phys.Reg{list}, Cols: [][]scalar.ColumnID{needed(cols, need)}, Ordinality: number, Rows: size, Body: g.loop(func() {
			g.define(cols, need)
			g.define([]scalar.ColumnID{number}, need)
			consume()
		}),
	})
}

// routineValues writes a call, and returns the values of its result.
func (g *gen) routineValues(c *scalar.Call) []scalar.Expr {
	if c.Fn.Recursive {
		out, _ := g.descend(c)
		return g.refs(out)
	}
	p := g.called(c, 0)
	var out []scalar.Expr
	for _, v := range p.r.Out {
		out = append(out, g.ref(p.vars[v]))
	}
	return out
}

// routineList writes a call of a function that returns a set, whose rows go to the list.
func (g *gen) routineList(c *scalar.Call) phys.Reg {
	if c.Fn.Recursive {
		_, list := g.descend(c)
		return list
	}
	list := g.reg("rows")
	g.emit(&phys.NewList{Dst: list})
	g.scope("", func() { g.called(c, list) })
	return list
}
