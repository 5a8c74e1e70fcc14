package lowering

import (
	"slices"

	"github.com/prequel-db/prequel/lowering/cost"
	"github.com/prequel-db/prequel/lowering/phys"
	"github.com/prequel-db/prequel/planner/algebra"
	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqlparse/bound"
	"github.com/prequel-db/prequel/sqlparse/catalog"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// insert writes INSERT. Rows are computed and checked first; of several rows the changes are collected and applied when
// the last check is behind.
type insert struct {
	g       *gen
	x       *algebra.Insert
	rel     *relation
	checks  []constraint
	many    bool
	inserts phys.Reg // rows to insert
	updates phys.Reg // old and new rows to update
	stored  []int
	known   []int // the columns of an old row that DO UPDATE's change must know
	// seen holds, per constraint, the keys that rows have been given by this statement so far, and gone those that its
	// updates took away from rows; gone is 0 where DO UPDATE leaves the constraint's columns alone.
	seen, gone []phys.Reg
	// guards are the conditions under which the row being checked takes part in the constraints, nil: always.
	guards []scalar.Expr
	refs   *referential
	// single is set where several rows are stored one by one, as BEFORE triggers look at tables.
	single bool
	// before are the BEFORE triggers of the proposed rows.
	before []*bound.Trigger
	// trusted rows come from the source of truth and are not checked.
	trusted bool
	size    cost.Poly // rows of the source
	// proposed is the row being checked, which DO UPDATE calls excluded.
	proposed row
}

func (g *gen) insert(x *algebra.Insert, trusted bool) {
	rel := g.m.relationOf(x.Table)
	in := &insert{g: g, x: x, rel: rel, trusted: trusted, stored: g.stored(rel)}
	in.before = firing(x.Triggers, rel, true, occasion{event: catalog.Inserting})
	if !trusted {
		g.noteDrawn(x)
		in.checks = slices.DeleteFunc(constraintsOf(rel), func(c constraint) bool { return g.alwaysNew(x, c) })
		// What ON CONFLICT is about is looked at first.
		slices.SortStableFunc(in.checks, func(a, b constraint) int { return rank(in.arbiter(a)) - rank(in.arbiter(b)) })
	}
	events := []occasion{{event: catalog.Inserting}}
	if x.OnConflict != nil && x.OnConflict.DoUpdate {
		events = append(events, occasion{event: catalog.Updating, set: changedBy(rel, x.OnConflict.Set)})
	}
	g.perStatement(x.Triggers, rel, true, events...)
	src := g.build(x.Source, g.defined, nil)
	if len(in.before) > 0 || slices.ContainsFunc(x.Assign, scalar.HasVolatile) {
		stepwise(src)
	}
	in.size = src.bound()
	others := g.overlay(rel)
	in.many = several(src) || g.compound != nil
	in.single = in.many && look(x.Triggers, rel)
	if !trusted {
		c := changes{insert: true, many: in.many, rows: in.size}
		if x.OnConflict != nil && x.OnConflict.DoUpdate {
			c.update = in.changed()
			in.known = union(g.known(rel, c.update), triggerNeeds(x.Triggers, rel))
		}
		in.refs = g.referential(rel, c, x.Effects)
		in.stored = union(in.stored, triggerNeeds(x.Triggers, rel))
		// Collected rows keep what foreign keys look at.
		for _, f := range x.Table.ForeignKeys {
			in.stored = union(in.stored, f.Columns)
		}
		if c.update != nil {
			in.stored = union(in.stored, g.m.checkedColumns(rel, c.update))
		}
	}
	if in.many {
		if !in.single {
			in.inserts, in.updates = g.reg("inserts"), g.reg("updates")
			g.emit(&phys.NewList{Dst: in.inserts})
			if x.OnConflict != nil && x.OnConflict.DoUpdate {
				g.emit(&phys.NewList{Dst: in.updates})
			}
		}
		if others != nil {
			for _, c := range in.checks {
				in.seen, in.gone = append(in.seen, others.taken[c.name]), append(in.gone, others.gone[c.name])
			}
		} else {
			for range in.checks {
				r := g.reg("seen")
				g.emit(&phys.NewMap{Dst: r})
				in.seen = append(in.seen, r)
			}
			in.gone = in.moving()
		}
	}
	need := scalar.ColSet{}
	for _, e := range x.Assign {
		scalar.AddColumns(&need, e)
	}
	switch {
	case in.single && !drawnRows(src):
		in.oneByOne(src, need)
	case in.single:
		src.produce(g, need, in.row)
	case in.many: // the rows are collected, and stored afterwards
		g.steady(func() { src.produce(g, need, in.row) })
		in.applyAll()
	default:
		src.produce(g, need, in.row)
	}
	in.refs.finish()
	slices.Reverse(events)
	g.perStatement(x.Triggers, rel, false, events...)
	g.finishWrite(x.Outputs)
}

// drawnRows reports whether a source is rows that are computed one by one, and look at no table.
func drawnRows(src node) bool {
	switch x := src.(type) {
	case *projectNode:
		return drawnRows(x.in) && !slices.ContainsFunc(x.x.Items, func(it algebra.Item) bool { return scalar.HasSubquery(it.Expr) })
	case *valuesNode:
		return x.steps && !slices.ContainsFunc(x.x.Rows, func(row []scalar.Expr) bool { return slices.ContainsFunc(row, scalar.HasSubquery) })
	}
	return false
}

// oneByOne stores the rows one behind the other, when the source is read to its end.
func (in *insert) oneByOne(src node, need scalar.ColSet) {
	g := in.g
	rows, cols := g.reg("rows"), keep(in.x.Source, need)
	g.emit(&phys.NewList{Dst: rows})
	g.steady(func() { src.produce(g, need, func() { g.emit(&phys.AppendRow{List: rows, Exprs: g.refs(cols)}) }) })
	g.emit(&phys.ForRows{List: rows, Cols: cols, Rows: in.size, Body: g.loop(func() {
		g.define(cols, need)
		in.row()
	})})
}

// changed are the columns that DO UPDATE can change.
func (in *insert) changed() map[int]bool {
	return changedWith(in.x.Triggers, in.rel, in.x.OnConflict.Set, false)
}

// rank orders false behind true.
func rank(first bool) int {
	if first {
		return 0
	}
	return 1
}

// row computes, checks and (or collects for later) writes one row.
func (in *insert) row() {
	g, x := in.g, in.x
	new := row{}
	read := returningNeeds(x.Returning)
	sets := setBy(in.before)
	for i, e := range x.Assign {
		if !in.trusted && x.Table.Columns[i].GeneratedExpr != nil {
			continue
		}
		simple := false
		switch e.(type) {
		case *scalar.Param, *scalar.Const, *scalar.Column:
			simple = true
		}
		switch {
		case simple && (sets[i] || !read.Has(x.New[i])):
			new[i] = e
		case sets[i]: // the column is what the triggers make of it
			id := g.temp(in.rel.cols[i].Name, in.rel.cols[i].Type, g.nullable(e))
			g.let(id, e)
			new[i] = g.ref(id)
		default:
			g.cols.Get(x.New[i]).Nullable = g.nullable(e)
			g.let(x.New[i], e)
			new[i] = g.ref(x.New[i])
			if k, ok := e.(*scalar.Const); ok {
				new[i] = k // conditions on a literal are decided here
			}
		}
	}
	g.before(in.before, nil, new, func() {
		for i, id := range x.New {
			if sets[i] && read.Has(id) {
				g.cols.Get(id).Nullable = g.nullable(new[i])
				g.let(id, new[i])
				new[i] = g.ref(id)
			}
		}
		in.propose(new)
	})
}

// propose checks a row and stores it, or changes the one in its way.
func (in *insert) propose(new row) {
	g, x := in.g, in.x
	// PostgreSQL computes the whole row before it looks at constraints.
	if !in.trusted {
		g.generated(x.Table, new, x.New, nil)
		g.checkPartition(x.Table, new, nil)
		for i := range x.Assign {
			if !g.checkNotNull(x.Table, i, new[i], new) {
				return
			}
		}
		g.checkRow(x.Table, new, nil)
	}
	in.proposed = new
	if in.overwrites() {
		in.insertRow(new)
		return
	}
	in.check(new, 0)
}

// overwrites reports whether storing the proposed row is all that there is to do, be there an old row or not: the primary
// key is the only constraint, DO UPDATE sets every other stored column to the proposed value, and what structures hold of the
// old row is overwritten by what they hold of the new one.
func (in *insert) overwrites() bool {
	o, rel := in.x.OnConflict, in.rel
	if in.many || o == nil || !o.DoUpdate || o.Where != nil || len(in.x.Returning) > 0 || len(in.checks) != 1 || fires(in.x.Triggers, rel) ||
		!in.checks[0].primary || len(in.g.m.viewsOf(rel)) > 0 {
		return false
	}
	for _, k := range rel.key {
		if !identical(rel.cols[k].Type, rel.cols[k].Type) { // the stored key keeps its form
			return false
		}
	}
	for _, x := range rel.indexes {
		if x.s.Kind == phys.RowMap && sameInts(fieldsOf(x), rel.key) {
			continue
		}
		if !subset(x.columns(), rel.key) {
			return false
		}
	}
	set := map[int]scalar.Expr{}
	for _, a := range o.Set {
		set[a.Column] = a.Expr
	}
	for _, c := range in.g.m.checkedColumns(rel, changedBy(rel, o.Set)) { // the whole new row was checked
		if set[c] == nil && !contains(rel.key, c) {
			return false
		}
	}
	for c, e := range set { // the value was checked as the proposed row's
		col, ok := e.(*scalar.Column)
		if !ok || col.ID != o.Excluded[c] {
			return false
		}
	}
	for _, c := range in.stored {
		if set[c] == nil && !contains(rel.key, c) {
			return false
		}
	}
	return true
}

func fieldsOf(x *index) []int {
	out := make([]int, len(x.s.Field))
	for i, c := range x.s.Field {
		out[i] = c.Index
	}
	return out
}

// check tests the constraints from i on, then inserts.
func (in *insert) check(new row, i int) {
	g := in.g
	if i == len(in.checks) {
		for n, c := range in.checks {
			if in.many {
				g.where(in.guards[n], func() { g.emit(&phys.IfNew{Set: in.seen[n], Key: exprsAt(new, c.cols)}) })
			}
		}
		in.insertRow(new)
		return
	}
	c := in.checks[i]
	g.complete(in.rel, new, nil, nil, c.cols)
	key := exprsAt(new, c.cols)
	arbiter := in.arbiter(c)
	guard := in.guard(c, new)
	in.guards = append(in.guards[:i], guard)
	p := in.probe(i, c, key, guard, arbiter)
	onTaken := g.inside(func() {
		switch {
		case !arbiter:
			g.emit(g.duplicate(in.rel, c, key))
		case in.x.OnConflict.DoUpdate:
			in.updateOld(p)
		}
	})
	free := func() { in.check(new, i+1) }
	var taken phys.Cond = &phys.IsTrue{Expr: g.ref(p.taken)}
	if p.present {
		taken = &phys.Present{Reg: p.row}
	}
	switch {
	case !arbiter: // the error leaves the script, so the rest needs no nesting
		g.emit(&phys.If{Cond: taken, Then: onTaken})
		free()
	case len(onTaken) == 0:
		g.emit(&phys.If{Cond: &phys.Negate{Cond: taken}, Then: g.inside(free)})
	default:
		g.emit(&phys.If{Cond: taken, Then: onTaken, Else: g.inside(free)})
	}
}

// moving makes the sets of keys that updates take away.
func (in *insert) moving() []phys.Reg {
	out := make([]phys.Reg, len(in.checks))
	if in.x.OnConflict == nil {
		return out
	}
	changed := in.changed()
	for i, c := range in.checks {
		if c.touched(changed) && in.x.OnConflict.DoUpdate && !in.single {
			out[i] = in.g.reg("gone")
			in.g.emit(&phys.NewMap{Dst: out[i]})
		}
	}
	return out
}

// guard computes the condition under which the row takes part in a constraint, once where it is more than a test for NULL.
func (in *insert) guard(c constraint, new row) scalar.Expr {
	e := in.g.guard(c, new)
	if in.g.never(e) {
		return boolean(false)
	}
	if c.where == nil {
		return e
	}
	id := in.g.temp("covered", value.Of(value.Bool), in.g.nullable(e))
	in.g.let(id, e)
	return in.g.ref(id)
}

// probed is what is known of the row that holds a key.
type probed struct {
	taken scalar.ColumnID // boolean, unless present
	row   phys.Reg        // its packed row, when DO UPDATE needs it
	// present says that the key is taken when there is a row.
	present bool
	// freed says that earlier rows of the statement may have left the key.
	freed bool
	of    *index
	// cells, when not nil, has the columns of read that live apart, under the same field.
	cells *index
	field phys.Reg
	read  []int
	given row // those of its columns that equal the key's
	old   row // the row itself, where it was searched for instead
	// seen and key remember an updated row within the statement: it may not be affected twice.
	seen phys.Reg
	key  []scalar.Expr
	cols []int // key's columns
}

// probe looks a key up. A row outside of the constraint's guard conflicts with none.
func (in *insert) probe(i int, c constraint, key []scalar.Expr, guard scalar.Expr, arbiter bool) probed {
	g := in.g
	update := arbiter && in.x.OnConflict.DoUpdate
	p := probed{taken: g.temp("taken", value.Of(value.Bool), false), key: key, cols: c.cols}
	if in.many {
		p.seen, p.freed = in.seen[i], in.gone[i] != 0
	}
	if update {
		p.given = row{}
		for i, col := range c.cols {
			if c.where == nil && identical(in.rel.cols[col].Type, key[i].Type()) {
				p.given[col] = key[i]
			}
		}
		p.read = slices.DeleteFunc(in.oldColumns(), func(col int) bool { return p.given[col] != nil })
	}
	if c.where != nil {
		in.search(&p, c, guard, update)
	} else {
		in.look(&p, c, guard, update)
	}
	if in.many {
		g.where(guard, func() { in.probeBatch(i, key, p.taken, update) })
	}
	return p
}

// look finds the row with a key in a structure by that key.
func (in *insert) look(p *probed, c constraint, guard scalar.Expr, update bool) {
	g := in.g
	byPrefix := in.rel.prefixIndex(c.cols)
	if update || byPrefix == nil {
		parts := in.rel.rowParts(c.cols, p.read, g.prog.Name)
		p.of = parts[0]
		if len(parts) > 1 {
			p.cells = parts[1]
		}
		byPrefix = nil
	} else {
		p.of = byPrefix
	}
	g.touch(p.of)
	look := func(taken scalar.ColumnID) {
		if byPrefix != nil {
			g.countPrefix(byPrefix, c.cols, p.key, taken)
			return
		}
		k, f := g.reg("key"), g.reg("field")
		g.rowKey(p.of, p.key, k, f)
		if !update {
			g.emit(&phys.HExists{Dst: taken, Key: k, Field: f})
			g.defined.Add(taken)
			return
		}
		r := g.reg("row")
		g.emit(&phys.HGet{Dst: r, Key: k, Field: f})
		p.field = f
		if p.row != 0 {
			g.emit(&phys.SetReg{Dst: p.row, Src: r})
		} else {
			p.row = r
			if !p.freed {
				p.present = true
				return
			}
			g.let(taken, boolean(false))
		}
		g.emit(&phys.If{Cond: &phys.Present{Reg: r}, Then: []phys.Op{&phys.Set{Col: p.taken, Expr: boolean(true)}}})
	}
	if guard == nil {
		look(p.taken)
		return
	}
	g.let(p.taken, boolean(false))
	if update {
		p.row = g.reg("row")
		g.emit(&phys.DeclareReg{Reg: p.row})
	}
	g.where(guard, func() {
		if update {
			look(p.taken)
			return
		}
		t := g.temp("taken", value.Of(value.Bool), false)
		look(t)
		g.emit(&phys.Set{Col: p.taken, Expr: g.ref(t)})
	})
}

// search finds the row that a partial unique index has under a key among all rows with that key.
func (in *insert) search(p *probed, c constraint, guard scalar.Expr, update bool) {
	g := in.g
	g.let(p.taken, boolean(false))
	var copies []scalar.ColumnID
	if update {
		copies = make([]scalar.ColumnID, len(p.read))
		p.old = row{}
		for i, col := range p.read {
			copies[i] = g.temp(in.rel.cols[col].Name, in.rel.cols[col].Type, true)
			p.old[col] = g.ref(copies[i])
		}
		g.declare(copies...)
	}
	g.where(guard, func() {
		n, ids := g.rowsLike(in.rel, c.cols, p.key, c.unique.NullsNotDistinct, c.where, p.read)
		need := scalar.ColSet{}
		for _, col := range p.read {
			need.Add(ids[col])
		}
		depth := g.loops
		n.produce(g, need, func() {
			g.emit(&phys.Set{Col: p.taken, Expr: boolean(true)})
			for i, col := range p.read {
				g.emit(&phys.Set{Col: copies[i], Expr: g.ref(ids[col])})
			}
			g.stop(depth)
		})
	})
}

// oldColumns are the columns that DO UPDATE needs of the existing row.
func (in *insert) oldColumns() []int {
	o := in.x.OnConflict
	need := returningNeeds(in.x.Returning)
	set := scalar.ColSet{}
	for _, a := range o.Set {
		scalar.AddColumns(&set, a.Expr)
	}
	if o.Where != nil {
		scalar.AddColumns(&set, o.Where)
	}
	moved := map[int]bool{} // columns of keys and conditions that change
	for _, c := range in.g.m.checkedColumns(in.rel, in.changed()) {
		moved[c] = true
	}
	var read []int
	for i, id := range o.Old {
		if contains(in.known, i) || moved[i] || set.Has(id) || need.Has(in.x.New[i]) {
			read = append(read, i)
		}
	}
	if contains(in.known, in.rel.rowID) {
		read = append(read, in.rel.rowID)
	}
	if others := in.g.overlay(in.rel); others != nil && others.changed != 0 {
		read = union(read, in.rel.key)
	}
	return read
}

// arbiter reports whether ON CONFLICT names this constraint (or any).
func (in *insert) arbiter(c constraint) bool {
	o := in.x.OnConflict
	switch {
	case o == nil:
		return false
	case o.PrimaryKey || o.Uniques != nil:
		return c.primary && o.PrimaryKey || slices.Contains(o.Uniques, c.unique)
	}
	return true
}

// probeBatch corrects taken for what earlier rows of the same statement did: a key that one left is free, one that one has
// is not. For DO UPDATE the latter is an error.
func (in *insert) probeBatch(i int, key []scalar.Expr, taken scalar.ColumnID, update bool) {
	if in.gone[i] != 0 {
		in.g.emit(&phys.If{Cond: &phys.InSet{Set: in.gone[i], Key: key}, Then: []phys.Op{&phys.Set{Col: taken, Expr: boolean(false)}}})
	}
	then := []phys.Op{&phys.Set{Col: taken, Expr: boolean(true)}}
	if update {
		then = []phys.Op{secondTime("ON CONFLICT DO UPDATE")}
	}
	in.g.emit(&phys.If{Cond: &phys.InSet{Set: in.seen[i], Key: key}, Then: then})
}

// secondTime raises 21000.
func secondTime(command string) phys.Op {
	return &phys.Raise{SQLState: "21000", Message: []scalar.Expr{text(command + " command cannot affect row a second time")}}
}

// insertRow inserts the row, or collects it.
func (in *insert) insertRow(new row) {
	g := in.g
	g.checkView(in.x.Table, in.x.Checks, in.x.Returning, new)
	g.emit(&phys.AddCount{})
	g.returning(in.x.Returning, in.x.Outputs)
	if in.many && !in.single {
		g.emit(&phys.AppendRow{List: in.inserts, Exprs: exprsAt(new, in.storedTable())})
		return
	}
	in.refs.before(in.rel, nil, new, nil)
	in.apply(new)
}

// storedTable are the stored columns without the hidden row id, which is drawn when the row is written.
func (in *insert) storedTable() []int {
	var out []int
	for _, c := range in.stored {
		if c != in.rel.rowID {
			out = append(out, c)
		}
	}
	return out
}

func (in *insert) apply(new row) {
	g := in.g
	if in.rel.rowID >= 0 && contains(in.stored, in.rel.rowID) {
		id := g.temp("row_id", value.Of(value.Int8), false)
		key := g.reg("counter")
		s := in.rel.counter()
		g.touchStructure(s)
		g.emit(&phys.MakeKey{Dst: key, Of: s})
		g.emit(&phys.Incr{Dst: id, Key: key})
		g.defined.Add(id)
		new[in.rel.rowID] = g.ref(id)
	}
	g.apply(in.rel, nil, new, nil)
	in.refs.after(in.rel, nil, new, nil, nil)
}

// updateOld binds the existing row and changes it.
func (in *insert) updateOld(p probed) {
	g, o := in.g, in.x.OnConflict
	old := row{}
	var binds, cells []phys.Bind
	for i, id := range o.Old {
		if e := p.given[i]; e != nil {
			g.cols.Get(id).Nullable = g.nullable(e)
			g.let(id, e)
			old[i] = g.ref(id)
		}
	}
	for _, i := range p.read {
		id := scalar.ColumnID(0)
		if i == in.rel.rowID {
			id = g.temp("row_id", value.Of(value.Int8), false)
		} else {
			id = o.Old[i]
			g.cols.Get(id).Nullable = in.rel.cols[i].Nullable
		}
		old[i] = g.ref(id)
		if p.old != nil {
			g.cols.Get(id).Nullable = true
			g.let(id, p.old[i])
			continue
		}
		g.defined.Add(id)
		if p.cells != nil && contains(in.rel.hot, i) {
			_, pos := p.cells.bind(i)
			cells = append(cells, phys.Bind{Col: id, Pos: pos})
			continue
		}
		inKey, pos := p.of.bind(i)
		binds = append(binds, phys.Bind{Col: id, InKey: inKey, Pos: pos})
	}
	if len(binds) > 0 && p.old == nil {
		g.emit(&phys.Unpack{Src: p.row, Of: p.of.s, Binds: binds})
	}
	if len(cells) > 0 { // of a primary key, which has no guard: the field is in scope
		g.emit(&phys.Unpack{Src: g.cellsOf(p.cells, p.field), Of: p.cells.s, Binds: cells})
	}
	in.update(old, p)
}

// update is DO UPDATE's change of the existing row. Excluded columns are those of the proposed row.
func (in *insert) update(old row, p probed) {
	g, o := in.g, in.x.OnConflict
	used := scalar.ColSet{}
	for _, a := range o.Set {
		scalar.AddColumns(&used, a.Expr)
	}
	if o.Where != nil {
		scalar.AddColumns(&used, o.Where)
	}
	for i, id := range o.Excluded {
		if used.Has(id) {
			g.cols.Get(id).Nullable = g.nullable(in.proposed[i])
			if id != in.x.New[i] || !g.defined.Has(id) {
				g.let(id, in.proposed[i])
			}
		}
	}
	var changed phys.Reg
	if others := g.overlay(in.rel); others != nil && others.changed != 0 {
		changed = others.changed
		g.emit(&phys.If{Cond: &phys.InSet{Set: changed, Key: exprsAt(old, in.rel.key)}, Then: []phys.Op{secondTime("ON CONFLICT DO UPDATE")}})
	}
	g.where(o.Where, func() {
		u := &updater{
			g: g, rel: in.rel, stored: in.known, many: in.many && !in.single, list: in.updates, set: o.Set, new: in.newAfterConflict(),
			outputs: in.x.Outputs, refs: in.refs, triggers: in.x.Triggers, marks: changed,
		}
		ids := map[scalar.ColumnID]scalar.ColumnID{}
		for i, id := range in.x.New {
			ids[id] = u.new[i]
		}
		u.checks = in.x.Checks
		for _, it := range in.x.Returning {
			u.returning = append(u.returning, algebra.Item{ID: it.ID, Expr: scalar.Rename(it.Expr, ids)})
		}
		if in.many {
			u.gone, u.taken = map[string]phys.Reg{}, map[string]phys.Reg{}
			for i, c := range in.checks {
				u.gone[c.name], u.taken[c.name] = in.gone[i], in.seen[i]
			}
		}
		u.done = func(new row) {
			if !in.many {
				return
			}
			key := p.key // which the update may have changed
			for i, c := range p.cols {
				if u.changed()[c] {
					key = slices.Clone(key)
					key[i] = new[c]
				}
			}
			g.emit(&phys.IfNew{Set: p.seen, Key: key})
		}
		u.change(old, always)
	})
}

// newAfterConflict gives fresh ids to the updated row: those of the proposed one are taken. RETURNING is renamed to match.
func (in *insert) newAfterConflict() []scalar.ColumnID {
	out := make([]scalar.ColumnID, len(in.x.New))
	for i, id := range in.x.New {
		info := *in.g.cols.Get(id)
		out[i] = in.g.temp(info.Name, info.Type, true)
	}
	return out
}

// applyAll writes the collected rows.
func (in *insert) applyAll() {
	g := in.g
	cols := in.storedTable()
	each := func(f func(new row)) {
		ids := g.tempsFor(in.rel, cols)
		body := g.loop(func() {
			new := row{}
			for i, c := range cols {
				new[c] = g.ref(ids[i])
				g.defined.Add(ids[i])
			}
			f(new)
		})
		if len(body) > 0 {
			g.emit(&phys.ForRows{List: in.inserts, Cols: ids, Rows: in.size, Body: body})
		}
	}
	check := func() { each(func(new row) { in.refs.before(in.rel, nil, new, nil) }) }
	store := func() { each(in.apply) }
	if in.x.OnConflict == nil || !in.x.OnConflict.DoUpdate {
		g.applying(in.refs, in.size, check, store)
		return
	}
	u := &updater{
		g: g, rel: in.rel, stored: in.known, list: in.updates, set: in.x.OnConflict.Set, refs: in.refs, triggers: in.x.Triggers,
	}
	checkUpdates, storeUpdates := u.applyAll(in.size)
	g.applying(in.refs, in.size, func() {
		checkUpdates()
		check()
	}, func() { // An inserted row may have a key that an updated one left, never the other way round.
		storeUpdates()
		store()
	})
}

// tempsFor makes columns for values of a relation's columns.
func (g *gen) tempsFor(rel *relation, cols []int) []scalar.ColumnID {
	out := make([]scalar.ColumnID, len(cols))
	for i, c := range cols {
		out[i] = g.temp(rel.cols[c].Name, rel.cols[c].Type, rel.cols[c].Nullable)
	}
	return out
}
