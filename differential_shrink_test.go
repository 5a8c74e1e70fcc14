package prequel_test

import (
	"slices"
	"time"
)

// shrinker makes a failing case smaller while it still fails. It changes the case in place, one small change at a time,
// and takes a change back when the case then passes.
type shrinker struct {
	c        *diffCase
	fails    func(*diffCase) bool
	deadline time.Time
	smaller  bool // something was removed in this round
}

// shrink runs rounds of removals until none helps or time is up. It starts with what makes each later attempt quicker: the calls
// behind the one at which the case fails, and then whole statements with their calls.
func shrink(c *diffCase, failed int, budget time.Duration, fails func(*diffCase) bool) {
	s := &shrinker{c: c, fails: fails, deadline: time.Now().Add(budget)}
	if all := c.steps; failed+1 < len(all) {
		s.try(func() { c.steps = all[:failed+1] }, func() { c.steps = all })
	}
	for {
		s.smaller = false
		s.statements()
		s.functions()
		s.steps()
		s.relations()
		for _, st := range c.stmts {
			if st.query != nil {
				s.query(st.query)
			} else if st.write != nil {
				s.write(st.write)
			}
		}
		s.routines()
		s.columns()
		s.arguments()
		if !s.smaller || time.Now().After(s.deadline) {
			return
		}
	}
}

// try makes a change and keeps it if the case still fails.
func (s *shrinker) try(change, undo func()) bool {
	if time.Now().After(s.deadline) {
		return false
	}
	change()
	if s.fails(s.c) {
		s.smaller = true
		return true
	}
	undo()
	return false
}

// removeRuns tries to remove elements of a list, large runs first.
func removeRuns[T any](s *shrinker, list *[]T, least int) {
	if len(*list) == 1 && least == 0 {
		old := *list
		s.try(func() { *list = nil }, func() { *list = old })
		return
	}
	for size := len(*list) / 2; size >= 1; size /= 2 {
		for at := 0; at+size <= len(*list); {
			old := *list
			if len(old)-size < least || !s.try(
				func() { *list = slices.Delete(slices.Clone(old), at, at+size) },
				func() { *list = old }) {
				at += size
			}
		}
	}
}

func (s *shrinker) steps() { removeRuns(s, &s.c.steps, 1) }

// statements removes statements with their calls, large runs first.
func (s *shrinker) statements() {
	for size := len(s.c.stmts) / 2; size >= 1; size /= 2 {
		for at := 0; at+size <= len(s.c.stmts); {
			if gone := slices.Clone(s.c.stmts[at : at+size]); !s.without(gone, s.c.routines) {
				at += size
			}
		}
	}
}

// without tries to do without some statements, with other functions than now.
func (s *shrinker) without(gone []*statement, routines []*routine) bool {
	stmts, steps, old := s.c.stmts, s.c.steps, s.c.routines
	return s.try(func() {
		s.c.stmts = slices.DeleteFunc(slices.Clone(stmts), func(x *statement) bool { return slices.Contains(gone, x) })
		s.c.steps = slices.DeleteFunc(slices.Clone(steps), func(x *step) bool { return slices.Contains(gone, x.stmt) })
		s.c.routines = routines
	}, func() { s.c.stmts, s.c.steps, s.c.routines = stmts, steps, old })
}

func (s *shrinker) query(q *query) {
	s.parts(&q.with)
	s.clearExpr(&q.limit)
	s.clearExpr(&q.offset)
	s.clearExpr(&q.having)
	s.clearExpr(&q.where)
	if old := q.order; len(old) > 0 {
		s.try(func() { q.order = nil }, func() { q.order = old })
		removeRuns(s, &q.order, 0)
	}
	removeRuns(s, &q.sets, 0)
	for _, set := range q.sets {
		for _, op := range []string{"UNION ALL", "UNION"} {
			if old := set.op; old != op {
				s.try(func() { set.op = op }, func() { set.op = old })
			}
		}
		s.query(set.right)
	}
	removeRuns(s, &q.ctes, 0)
	for _, c := range q.ctes {
		if c.query != nil {
			s.query(c.query)
		}
	}
	if old := q.groupBy; old != nil {
		s.try(func() { q.groupBy = nil }, func() { q.groupBy = old })
	}
	if old := q.on; old != nil {
		s.try(func() { q.on = nil }, func() { q.on = old })
	}
	removeRuns(s, &q.windows, 0)
	if q.distinct {
		s.try(func() { q.distinct = false }, func() { q.distinct = true })
	}
	if old := q.star; old != "" {
		s.try(func() { q.star = "" }, func() { q.star = old })
	}
	for i := len(q.targets) - 1; i >= 0 && q.star == "" && len(q.targets) > 1; i-- {
		targets, order := q.targets, q.order
		s.try(func() {
			q.targets = slices.Delete(slices.Clone(targets), i, i+1)
			q.order = nil
			for _, o := range order {
				if o.expr == nil && o.output == i+1 {
					continue
				}
				if o.expr == nil && o.output > i+1 {
					o.output--
				}
				q.order = append(q.order, o)
			}
		}, func() { q.targets, q.order = targets, order })
	}
	if q.groupBy == nil {
		removeRuns(s, &q.group, 0)
	}
	for i := len(q.from) - 1; i > 0; i-- {
		old := q.from
		s.try(func() { q.from = slices.Delete(slices.Clone(old), i, i+1) }, func() { q.from = old })
	}
	for _, f := range q.from {
		if f.inner {
			s.query(f.table.query)
		}
		if f.on != nil {
			s.expr(&f.on)
		}
		for _, x := range f.group {
			if x.on != nil {
				s.expr(&x.on)
			}
		}
		if join := f.join; join != "" && join != "JOIN" && f.on != nil {
			s.try(func() { f.join = "JOIN" }, func() { f.join = join })
		}
	}
	for i := range q.targets {
		s.expr(&q.targets[i])
	}
	for i := range q.group {
		s.expr(&q.group[i])
	}
	s.expr(&q.where)
	s.expr(&q.having)
}

func (s *shrinker) write(w *write) {
	s.parts(&w.with)
	s.actions(w)
	removeRuns(s, &w.returning, 0)
	removeRuns(s, &w.rows, 1)
	if old := w.arbiter; old != nil {
		s.try(func() { w.arbiter = nil }, func() { w.arbiter = old })
	}
	if old := w.conflict; old != "" {
		s.try(func() { w.conflict = "" }, func() { w.conflict = old })
	}
	removeRuns(s, &w.set, 1)
	s.clearExpr(&w.where)
	s.expr(&w.where)
	s.items(w.set)
	for i := range w.returning {
		s.expr(&w.returning[i])
	}
	for _, row := range w.rows {
		for i := range row {
			s.expr(&row[i])
		}
	}
}

func (s *shrinker) clearExpr(slot **expr) {
	if old := *slot; old != nil {
		s.try(func() { *slot = nil }, func() { *slot = old })
	}
}

// expr replaces an expression by one of its operands of the same type, or by a constant, and then goes down.
func (s *shrinker) expr(slot **expr) {
	for again := true; again; {
		again = false
		e := *slot
		if e == nil {
			return
		}
		for _, k := range e.kids {
			if k.typ == e.typ && s.try(func() { *slot = k }, func() { *slot = e }) {
				again = true
				break
			}
		}
	}
	e := *slot
	if len(e.kids) > 0 && e.typ != nil {
		if s.try(func() { *slot = litExpr(e.typ, e.typ.pool[0]) }, func() { *slot = e }) {
			return
		}
	}
	for i := range e.kids {
		s.expr(&e.kids[i])
	}
	if e.sub != nil {
		s.query(e.sub)
	}
}

// relations drops tables and views that nothing names; PostgreSQL tells when something does.
func (s *shrinker) relations() {
	removeRuns(s, &s.c.views, 0)
	removeRuns(s, &s.c.through, 0)
	for _, t := range s.c.tables {
		removeRuns(s, &t.constraints, 0)
		removeRuns(s, &t.triggers, 0)
	}
	removeRuns(s, &s.c.tables, 1)
	for _, v := range s.c.views {
		s.query(v.query)
	}
}

// columns drops table columns, with what INSERT gives them; a case in which something else names one does not fail as
// it did, because PostgreSQL refuses it.
func (s *shrinker) columns() {
	for _, t := range s.c.tables {
		for _, c := range slices.Clone(t.cols) {
			if t.inKey(c) || len(t.cols) == 1 {
				continue
			}
			var undo []func()
			s.try(func() {
				cols := t.cols
				t.cols = slices.DeleteFunc(slices.Clone(cols), func(x *column) bool { return x == c })
				undo = append(undo, func() { t.cols = cols })
				for _, st := range s.c.stmts {
					if w := st.write; w != nil && w.target.table == t && slices.Contains(w.cols, c) {
						undo = append(undo, w.dropColumn(c))
					}
				}
			}, func() {
				for _, u := range undo {
					u()
				}
			})
		}
		if u := t.uniq; u != nil {
			s.try(func() { t.uniq = nil }, func() { t.uniq = u })
		}
		for _, c := range t.cols {
			if c.hasDflt {
				s.try(func() { c.hasDflt = false }, func() { c.hasDflt = true })
			}
		}
	}
}

// dropColumn takes a column out of an INSERT and returns what puts it back.
func (w *write) dropColumn(c *column) (undo func()) {
	i := slices.Index(w.cols, c)
	cols, rows := w.cols, w.rows
	w.cols = slices.Delete(slices.Clone(cols), i, i+1)
	w.rows = make([][]*expr, len(rows))
	for r, row := range rows {
		w.rows[r] = slices.Delete(slices.Clone(row), i, i+1)
	}
	return func() { w.cols, w.rows = cols, rows }
}

// arguments replaces argument values by the plainest of their type.
func (s *shrinker) arguments() {
	for _, st := range s.c.steps {
		_, params := st.stmt.sql()
		for _, p := range params {
			old := st.args[p]
			plain := p.typ.pool[0]
			if old != nil && *old != plain {
				s.try(func() { st.args[p] = &plain }, func() { st.args[p] = old })
			}
		}
	}
}
