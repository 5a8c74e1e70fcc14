package prequel_test

import "slices"

// action is a WHEN clause of MERGE.
type action struct {
	matched bool
	cond    *expr
	do      string // NOTHING, DELETE, UPDATE or INSERT
	set     []setItem
	cols    []*column
	values  []*expr // of INSERT; nil expressions are DEFAULT
}

func (p *printer) merge(w *write) {
	p.f("MERGE INTO %s AS %s USING %s AS %s", w.target.table.name, w.target.alias, w.from.table.name, w.from.alias)
	p.clause(" ON ", w.join)
	for _, a := range w.actions {
		p.WriteString(map[bool]string{true: " WHEN MATCHED", false: " WHEN NOT MATCHED"}[a.matched])
		p.clause(" AND ", a.cond)
		p.WriteString(" THEN ")
		switch a.do {
		case "NOTHING":
			p.WriteString("DO NOTHING")
		case "DELETE":
			p.WriteString("DELETE")
		case "UPDATE":
			p.WriteString("UPDATE SET ")
			p.set(a.set)
		case "INSERT":
			p.columns("INSERT ", a.cols)
			for i, e := range a.values {
				p.lead(i, ", ", " VALUES (")
				p.orDefault(e)
			}
			p.WriteString(")")
		}
	}
}

// columns writes a list of columns in parentheses.
func (p *printer) columns(before string, cols []*column) {
	for i, c := range cols {
		p.lead(i, ", ", before+"(")
		p.WriteString(c.name)
	}
	p.WriteString(")")
}

// genMerge makes a MERGE whose outcome does not depend on the order in which pairs of rows are met: a key that one action leaves is not
// taken by another. It has no trigger that reads or writes tables.
func (g *generator) genMerge(w *write) {
	w.verb = "MERGE"
	t := w.target.table
	w.from = &fromItem{table: pick(g.r, g.relations(false)), alias: "u"}
	source, own := w.from.scope(), w.target.scope()
	given := map[*column]*expr{} // what the join says the target's columns are
	equal := func(c *scopeColumn, to *expr) {
		given[c.col] = to
		eq := op(tBool, "(%s = %s)", colExpr(c), to)
		if w.join == nil {
			w.join = eq
		} else {
			w.join = op(tBool, "(%s AND %s)", w.join, eq)
		}
	}
	for _, c := range own {
		if slices.Contains(t.key, c.col) {
			to := g.bareParam(c.col.typ)
			if fit := ofType(source, c.col.typ); len(fit) > 0 {
				to = colExpr(pick(g.r, fit))
			}
			equal(c, to)
		}
	}
	if t.key == nil {
		if pairs := equalPairs(own, source); len(pairs) > 0 {
			w.join = pick(g.r, pairs)
		} else {
			w.join = op(tBool, "(%s IS NOT DISTINCT FROM %s)", colExpr(own[0]), g.leaf(&scope{}, own[0].col.typ))
		}
	}
	both := &scope{cols: append(slices.Clone(source), own...)}
	leaves, takes := false, false
	last := map[bool]bool{} // whether an action without a condition stands before
	for range 1 + g.r.IntN(3) {
		a := &action{matched: g.chance(60)}
		if last[a.matched] {
			continue
		}
		s := both
		if !a.matched {
			s = &scope{cols: source}
		}
		if g.chance(50) {
			a.cond = g.cond(s, 1)
		}
		last[a.matched] = a.cond == nil
		risky := *s
		risky.risk = true
		switch n := g.r.IntN(10); {
		case n == 0:
			a.do = "NOTHING"
		case a.matched && n < 4:
			a.do, leaves = "DELETE", true
		case a.matched:
			if a.do, a.set = "UPDATE", g.setList(w, &risky); len(a.set) == 0 {
				a.do = "NOTHING"
			}
		default:
			a.do, takes = "INSERT", true
			g.mergeInsert(t, a, given, &risky)
		}
		w.actions = append(w.actions, a)
	}
	unique := t.uniq != nil || slices.ContainsFunc(t.constraints, func(k *constraint) bool { return k.unique })
	if leaves && takes && unique || t.draws(w.inserted()) {
		w.actions = slices.DeleteFunc(w.actions, func(a *action) bool { return a.do == "INSERT" })
	}
	if len(w.actions) == 0 {
		w.actions = []*action{{matched: true, do: "NOTHING"}}
	}
}

// inserted are the columns that an INSERT action gives values: what draws numbers is given by all of them.
func (w *write) inserted() []*column {
	for _, a := range w.actions {
		if a.do == "INSERT" {
			return a.cols
		}
	}
	return w.target.table.cols
}

// mergeInsert gives the action a row: keys as the join has them.
func (g *generator) mergeInsert(t *table, a *action, given map[*column]*expr, s *scope) {
	for _, c := range t.cols {
		if c.always() || c.auto == "" && !slices.Contains(t.key, c) && (c.hasDflt && g.chance(40) || !c.notNull && g.chance(20)) {
			continue
		}
		e := given[c]
		if e == nil {
			e = g.value(s, c.typ, 1)
		}
		a.cols, a.values = append(a.cols, c), append(a.values, e)
	}
	if len(a.cols) == 0 {
		a.cols, a.values = t.cols[:1], []*expr{nil}
	}
}

// ofType are the columns of a type.
func ofType(cols []*scopeColumn, t *sqlType) []*scopeColumn {
	var out []*scopeColumn
	for _, c := range cols {
		if c.col.typ == t {
			out = append(out, c)
		}
	}
	return out
}

// actions lets the shrinker into a MERGE.
func (s *shrinker) actions(w *write) {
	if w.actions == nil {
		return
	}
	removeRuns(s, &w.actions, 1)
	for _, a := range w.actions {
		s.clearExpr(&a.cond)
		s.expr(&a.cond)
		removeRuns(s, &a.set, 1)
		s.items(a.set)
		for i := range a.values {
			s.expr(&a.values[i])
		}
	}
	s.expr(&w.join)
}
