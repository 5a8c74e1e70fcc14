package lowering

import (
	"slices"

	"github.com/prequel-db/prequel/lowering/cost"
	"github.com/prequel-db/prequel/lowering/phys"
	"github.com/prequel-db/prequel/planner/algebra"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// compound writes a statement with writes in its WITH. PostgreSQL shows all parts the state before the statement. So every part
// first computes and checks its rows, reading what is stored, which no part has changed yet; then the rows are stored, part after
// part, each change maintaining structures that hold the changes before it; foreign keys come last.
//
// What the parts do to each other is what PostgreSQL's executor does. A part runs when the main statement reads it, or a part that
// it reads; the rest run behind the main statement, the last one first. A key that an earlier part took is taken, one that it left
// is free. A row that an earlier part changed is passed over, and ON CONFLICT DO UPDATE may not meet one.
type compound struct {
	merge    bool                   // MERGE refuses what parts of WITH pass over
	overlays map[*relation]*overlay // of the tables that several parts write
	refs     *referential
	pending  []pendingWrite
}

// overlay is what the parts of a statement have done to a table that is still stored as it was.
type overlay struct {
	// gone and taken are, per unique constraint, the keys that rows left and took.
	gone, taken map[string]phys.Reg
	// changed are the rows that were updated or deleted, by their key; 0 where a single part does that.
	changed phys.Reg
}

// pendingWrite is what a write has still to do when its rows are computed.
type pendingWrite struct {
	rows         cost.Poly
	check, store func()
}

// partRows are the rows of a part's RETURNING.
type partRows struct {
	list phys.Reg
	size cost.Poly
}

// applying ends a write whose rows are collected: check looks at foreign keys before the first row is stored by store. In a
// compound statement both wait for the other parts. rows bounds how many there are.
func (g *gen) applying(refs *referential, rows cost.Poly, check, store func()) {
	if g.compound != nil {
		g.compound.pending = append(g.compound.pending, pendingWrite{rows, check, store})
		return
	}
	if refs.early() {
		check()
	}
	store()
}

// writeCompound writes a statement of several parts. main writes the main statement in place of the usual; nil: the usual.
func (g *gen) writeCompound(x *algebra.Compound, main func()) {
	c := &compound{merge: x.Merge, overlays: map[*relation]*overlay{}}
	outer := g.compound
	g.compound = c
	c.refs = g.enforce(c.changes(g, x), algebra.EffectsOf(x).Triggers)
	c.open(g, x)
	reply := phys.Reply{Kind: phys.NoRows, Count: true}
	for _, part := range runOrder(x) {
		if part == nil {
			g.main(x.Main, main)
			reply = g.prog.Reply
			continue
		}
		if x.Merge {
			g.emit(&phys.Comment{Text: part.Name})
			if q, ok := part.Body.(*algebra.Query); ok {
				g.pairs(q, part.Work)
			} else {
				g.write(part.Body)
				reply = g.prog.Reply
			}
			continue
		}
		g.part(part)
	}
	if c.refs.early() {
		for _, p := range c.pending {
			p.check()
		}
	}
	for _, p := range c.pending {
		if c.refs != nil {
			c.refs.rows = p.rows
		}
		p.store()
	}
	g.compound = outer
	c.refs.finish()
	g.prog.Reply = reply
}

// main writes the main statement, which decides the reply.
func (g *gen) main(b algebra.Body, write func()) {
	q, query := b.(*algebra.Query)
	switch {
	case write != nil:
		write()
	case query:
		n := g.build(q.Root, g.defined, nil)
		ids := make([]scalar.ColumnID, len(q.Outputs))
		for i, o := range q.Outputs {
			ids[i] = o.ID
		}
		g.steady(func() {
			g.scope("", func() {
				n.produce(g, scalar.SetOf(ids...), func() { g.emit(&phys.EmitRow{Exprs: g.refs(ids)}) })
			})
		})
		g.prog.Reply = phys.Reply{Kind: phys.Flat, Outputs: g.replyColumns(q.Outputs)}
	default:
		g.write(b)
	}
}

// pairs reads the pairs of MERGE into a list.
func (g *gen) pairs(q *algebra.Query, work int) {
	n := g.build(q.Root, g.defined, nil)
	rows := &partRows{list: g.reg("pairs"), size: n.bound()}
	g.emit(&phys.NewList{Dst: rows.list})
	ids := make([]scalar.ColumnID, len(q.Outputs))
	for i, o := range q.Outputs {
		ids[i] = o.ID
	}
	g.steady(func() {
		g.scope("", func() {
			n.produce(g, scalar.SetOf(ids...), func() { g.emit(&phys.AppendRow{List: rows.list, Exprs: g.refs(ids)}) })
		})
	})
	g.parts[work] = rows
}

// part writes a part, whose rows go to a list.
func (g *gen) part(p *algebra.Part) {
	g.emit(&phys.Comment{Text: p.Name})
	outputs := algebra.Outputs(p.Body)
	rows := &partRows{}
	in := &embedded{outputs: outputs}
	if len(outputs) > 0 {
		rows.list = g.reg(p.Name)
		g.emit(&phys.NewList{Dst: rows.list})
		in.values = func(exprs []scalar.Expr) { g.emit(&phys.AppendRow{List: rows.list, Exprs: exprs}) }
	}
	inner := g.inner
	g.inner = in
	g.write(p.Body)
	g.inner = inner
	rows.size = g.compound.pending[len(g.compound.pending)-1].rows
	g.parts[p.Work] = rows
}

// runOrder lists the parts in the order in which they run; nil stands for the main statement.
func runOrder(x *algebra.Compound) []*algebra.Part {
	var order []*algebra.Part
	if x.Merge {
		for i := range x.Parts {
			order = append(order, &x.Parts[i])
		}
		return order
	}
	var visit func(p *algebra.Part)
	needs := func(b algebra.Body) {
		reads := workTables(b)
		for i := range x.Parts {
			if reads[x.Parts[i].Work] {
				visit(&x.Parts[i])
			}
		}
	}
	visit = func(p *algebra.Part) {
		if !slices.Contains(order, p) {
			needs(p.Body)
			order = append(order, p)
		}
	}
	needs(x.Main)
	order = append(order, nil)
	for i := range x.Parts {
		visit(&x.Parts[len(x.Parts)-1-i])
	}
	return order
}

// workTables are the work tables that a statement reads.
func workTables(b algebra.Body) map[int]bool {
	out := map[int]bool{}
	var rel func(r algebra.Rel) algebra.Rel
	expr := func(e scalar.Expr) scalar.Expr {
		scalar.Walk(e, func(x scalar.Expr) bool {
			if s, ok := x.(*scalar.Subquery); ok {
				if r, ok := s.Query.(algebra.Rel); ok {
					rel(r)
				}
			}
			return true
		})
		return e
	}
	rel = func(r algebra.Rel) algebra.Rel {
		algebra.Walk(r, func(x algebra.Rel) bool {
			if w, ok := x.(*algebra.WorkTable); ok {
				out[w.Work] = true
			}
			for _, e := range algebra.Exprs(x) {
				expr(e)
			}
			return true
		})
		return r
	}
	algebra.Map(b, rel, expr)
	return out
}

// changes are what the parts do to their tables.
func (c *compound) changes(g *gen, x *algebra.Compound) []tableChanges {
	var out []tableChanges
	for _, b := range algebra.Writes(x) {
		w := tableChanges{rel: g.m.relationOf(target(b)), changes: changes{many: true}}
		switch b := b.(type) {
		case *algebra.Insert:
			w.insert = true
			if b.OnConflict != nil && b.OnConflict.DoUpdate {
				w.update = changedWith(b.Triggers, w.rel, b.OnConflict.Set, false)
			}
		case *algebra.Update:
			w.update = changedWith(b.Triggers, w.rel, b.Set, false)
		case *algebra.Delete:
			w.delete = true
		}
		out = append(out, w)
	}
	return out
}

// open makes what the parts keep for each other.
func (c *compound) open(g *gen, x *algebra.Compound) {
	writes := c.changes(g, x)
	times, changing := map[*relation]int{}, map[*relation]int{}
	for _, w := range writes {
		times[w.rel]++
		if w.delete || w.update != nil {
			changing[w.rel]++
		}
	}
	for _, w := range writes {
		if times[w.rel] == 1 && !x.Merge {
			continue
		}
		o := c.overlays[w.rel]
		if o == nil {
			o = &overlay{gone: map[string]phys.Reg{}, taken: map[string]phys.Reg{}}
			c.overlays[w.rel] = o
			if changing[w.rel] > 1 || x.Merge && changing[w.rel] > 0 {
				o.changed = g.reg("changed_" + w.rel.table.Name)
				g.emit(&phys.NewMap{Dst: o.changed})
			}
		}
		for _, k := range constraintsOf(w.rel) {
			if o.taken[k.name] == 0 && (w.insert || w.update != nil && k.touched(w.update)) {
				o.gone[k.name], o.taken[k.name] = g.reg("gone_"+k.name), g.reg("taken_"+k.name)
				g.emit(&phys.NewMap{Dst: o.gone[k.name]})
				g.emit(&phys.NewMap{Dst: o.taken[k.name]})
			}
		}
	}
}

// overlay is what several parts of the statement have done to a table, nil where there is only one.
func (g *gen) overlay(rel *relation) *overlay {
	if g.compound == nil {
		return nil
	}
	return g.compound.overlays[rel]
}

// leave notes the keys of a row that is deleted.
func (o *overlay) leave(g *gen, rel *relation, old row) {
	g.complete(rel, old, nil, nil, nil)
	for _, c := range constraintsOf(rel) {
		if o.gone[c.name] != 0 {
			g.where(g.guard(c, old), func() { g.emit(&phys.IfNew{Set: o.gone[c.name], Key: exprsAt(old, c.cols)}) })
		}
	}
}

// leaves are the columns that leave reads.
func (o *overlay) leaves(rel *relation) []int {
	var out []int
	for _, c := range constraintsOf(rel) {
		if o.gone[c.name] != 0 {
			out = union(out, c.reads())
		}
	}
	return out
}
