package lowering

import (
	"github.com/prequel-db/prequel/lowering/cost"
	"github.com/prequel-db/prequel/lowering/phys"
	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// outerExprs lists the expressions over columns bound outside that the path's key is made of.
func (a *access) outerExprs() []scalar.Expr {
	var out []scalar.Expr
	add := func(s *sarg) {
		if s == nil {
			return
		}
		if s.expr != nil {
			out = append(out, s.exprs()...)
		}
		out = append(out, s.list...)
	}
	for i := range a.eq {
		add(&a.eq[i])
	}
	add(a.lower)
	add(a.upper)
	return out
}

// produce writes the fetch of the path's rows and runs consume for each, the residual filters left to the caller.
func (a *access) produce(g *gen, need scalar.ColSet, consume func()) {
	// A comparison with NULL finds nothing.
	var mayBeNull []scalar.Expr
	for i := range a.eq {
		if a.eq[i].kind == sargEq {
			mayBeNull = append(mayBeNull, a.eq[i].expr)
		}
	}
	if a.lower != nil {
		mayBeNull = append(mayBeNull, a.lower.expr)
	}
	if a.upper != nil {
		mayBeNull = append(mayBeNull, a.upper.expr)
	}
	g.where(g.present(mayBeNull), func() {
		if a.multi == nil {
			a.fetch(g, nil, need, consume)
			return
		}
		a.forEachValue(g, func(v scalar.Expr) { a.fetch(g, v, need, consume) })
	})
}

// forEachValue runs f for each distinct non-NULL value of the list.
func (a *access) forEachValue(g *gen, f func(scalar.Expr)) {
	typ := a.rel.cols[a.multi.col].Type
	v := g.temp(a.rel.cols[a.multi.col].Name, typ, true)
	array, size, distinct := a.multi.expr, cost.Size("elements"), false
	if array == nil {
		array = &scalar.ArrayExpr{Node: scalar.Node{Typ: value.ArrayOf(typ)}, Elems: a.multi.list}
		size, distinct = cost.Const(float64(len(a.multi.list))), distinctConstants(a.multi.list)
	}
	seen := phys.Reg(0)
	if !distinct {
		seen = g.reg("seen")
		g.emit(&phys.NewMap{Dst: seen})
	}
	g.emit(&phys.ForArray{Col: v, Array: g.prep(array), Rows: size, Body: g.loop(func() {
		g.defined.Add(v)
		if distinct {
			f(g.ref(v))
			return
		}
		g.where(&scalar.IsNull{Node: scalar.Node{Typ: value.Of(value.Bool)}, Arg: g.ref(v), Negated: true}, func() {
			g.emit(&phys.IfNew{Set: seen, Key: []scalar.Expr{g.ref(v)}, Body: g.inside(func() { f(g.ref(v)) })})
		})
	})})
}

// distinctConstants reports whether a list holds constants, none of them NULL or equal to another.
func distinctConstants(list []scalar.Expr) bool {
	seen := map[string]bool{}
	for _, e := range list {
		c, ok := e.(*scalar.Const)
		if !ok || c.Null || seen[c.Text] || !scalar.ExactEquality(c.Type()) { // their text is that of PostgreSQL's output
			return false
		}
		seen[c.Text] = true
	}
	return true
}

// keyExprs are the values of the path's equality columns, value standing in for the list's.
func (a *access) keyExprs(listValue scalar.Expr) []scalar.Expr {
	out := make([]scalar.Expr, len(a.eq))
	for i := range a.eq {
		out[i] = a.eq[i].expr
		if a.multi != nil && a.eq[i].col == a.multi.col {
			out[i] = listValue
		}
	}
	return out
}

func (a *access) eqCols() []int {
	out := make([]int, len(a.eq))
	for i := range a.eq {
		out[i] = a.eq[i].col
	}
	return out
}

// fetch writes the command and the loop over its rows.
func (a *access) fetch(g *gen, listValue scalar.Expr, need scalar.ColSet, consume func()) {
	keys := a.keyExprs(listValue)
	// A column bound by equality needs no reading back where equal values are identical.
	given := map[int]scalar.Expr{}
	for i, c := range a.eqCols() {
		if identical(a.rel.cols[c].Type, keys[i].Type()) {
			given[c] = keys[i]
		}
	}
	var read []int
	cols := map[int]scalar.ColumnID{}
	for i, id := range a.scan.Cols {
		if need.Has(id) {
			cols[i] = id
		}
	}
	if a.scan.RowID != 0 && need.Has(a.scan.RowID) {
		cols[a.rel.rowID] = a.scan.RowID
	}
	for i := range a.rel.cols {
		if cols[i] != 0 && given[i] == nil {
			read = append(read, i)
		}
	}
	if a.kind == accessCounts && overlap(read, a.eqCols()) {
		a.kind = accessRange // a count map does not hold its partition's columns
	}
	bindGiven := func() {
		for i := range a.rel.cols {
			if cols[i] != 0 && given[i] != nil {
				g.let(cols[i], given[i])
			}
		}
	}
	bind := func(x *index, name, row phys.Reg, cs []int) {
		binds := make([]phys.Bind, 0, len(cs))
		for _, c := range cs {
			inKey, pos := x.bind(c)
			binds = append(binds, phys.Bind{Col: cols[c], InKey: inKey, Pos: pos})
			g.defined.Add(cols[c])
		}
		if len(binds) > 0 {
			g.emit(&phys.Unpack{Src: row, Name: name, Of: x.s, Binds: binds})
		}
	}
	unpackNamed := func(x *index, name, row phys.Reg) {
		bind(x, name, row, read)
		bindGiven()
		consume()
	}
	unpack := func(x *index, row phys.Reg) { unpackNamed(x, 0, row) }
	unpackParts := func(parts []*index, row, field phys.Reg) {
		rest, hot := a.rel.split(read)
		bind(parts[0], 0, row, rest)
		bind(parts[1], 0, g.cellsOf(parts[1], field), hot)
		bindGiven()
		consume()
	}
	request := read
	if a.packed != nil {
		request = append(append([]int(nil), read...), a.packed.cols...)
	}
	emitWhole := a.packed != nil && a.packed.whole
	row := g.reg("row")
	use := func(x *index) {
		g.touch(x)
		if a.packed != nil {
			a.packed.of, a.packed.row = x, row
		}
	}
	list := func(x *index, rows phys.Reg) {
		if emitWhole && a.multi == nil {
			g.emit(&phys.EmitList{List: rows})
			return
		}
		g.emit(&phys.ForEach{Item: row, List: rows, Rows: a.fetched, Body: g.loop(func() {
			if emitWhole {
				g.emit(&phys.EmitPacked{Src: row})
			} else {
				unpack(x, row)
			}
		})})
	}
	switch a.kind {
	case accessRow:
		if a.packed == nil && a.rel.counted >= 0 && subset(read, []int{a.rel.counted}) {
			if x := a.rel.counts(g.prog.Name); x != nil {
				use(x)
				key, field := g.reg("key"), g.reg("field")
				g.countKey(x, a.valuesByColumn(keys), key, field)
				g.emit(&phys.HGet{Dst: row, Key: key, Field: field})
				g.emit(&phys.If{Cond: &phys.Present{Reg: row}, Then: g.inside(func() { unpack(x, row) })})
				return
			}
		}
		parts := a.rel.rowParts(a.eqCols(), request, g.prog.Name)
		x := parts[0]
		use(x)
		key, field := g.reg("key"), g.reg("field")
		g.rowKey(x, keys, key, field)
		g.emit(&phys.HGet{Dst: row, Key: key, Field: field})
		switch {
		case emitWhole:
			g.emit(&phys.EmitPacked{Src: row})
		case len(parts) > 1:
			g.emit(&phys.If{Cond: &phys.Present{Reg: row}, Then: g.inside(func() { unpackParts(parts, row, field) })})
		default:
			g.emit(&phys.If{Cond: &phys.Present{Reg: row}, Then: g.inside(func() { unpack(x, row) })})
		}
	case accessCounts:
		x := a.rel.countMap(a.eqCols(), g.prog.Name)
		use(x)
		key, rows := g.reg("key"), g.reg("groups")
		g.emit(&phys.MakeKey{Dst: key, Of: x.s, Parts: keys})
		g.emit(&phys.HGetAll{Dst: rows, Key: key, Rows: a.fetched})
		if emitWhole {
			g.emit(&phys.EmitList{List: rows})
			return
		}
		name := g.reg("name")
		g.emit(&phys.ForPairs{First: name, Second: row, List: rows, Rows: a.fetched, Body: g.loop(func() {
			unpackNamed(x, name, row)
		})})
	case accessRange:
		x := a.rel.sortedSet(a.eqCols(), a.order, request, g.prog.Name)
		use(x)
		if a.pieces && a.packed == nil && a.limit == nil && a.offset == nil {
			key := g.reg("key")
			g.emit(&phys.MakeKey{Dst: key, Of: x.s, Parts: keys})
			from, to := a.edges(g, x)
			g.emit(&phys.ForMembers{
				Item: row, Key: key, From: from, To: to, Reverse: a.reverse, Rows: a.fetched, Body: g.loop(func() { unpack(x, row) }),
			})
			return
		}
		rows := g.reg("rows")
		a.zrange(g, x, keys, rows)
		list(x, rows)
	default:
		parts := a.rel.rowParts(a.rel.key, request, g.prog.Name)
		x := parts[0]
		use(x)
		key, rows := g.reg("key"), g.reg("rows")
		g.emit(&phys.MakeKey{Dst: key, Of: x.s})
		if len(parts) == 1 {
			g.emit(&phys.HVals{Dst: rows, Key: key, Rows: a.fetched})
			list(x, rows)
			return
		}
		field := g.reg("field")
		g.emit(&phys.HGetAll{Dst: rows, Key: key, Rows: a.fetched})
		g.emit(&phys.ForPairs{First: field, Second: row, List: rows, Rows: a.fetched, Body: g.loop(func() {
			unpackParts(parts, row, field)
		})})
	}
}

// valuesByColumn are the path's equality values by the relation's columns.
func (a *access) valuesByColumn(keys []scalar.Expr) row {
	out := row{}
	for i, c := range a.eqCols() {
		out[c] = keys[i]
	}
	return out
}

// countKey makes a count map's key and field for one group.
func (g *gen) countKey(x *index, group row, key, field phys.Reg) {
	g.emit(&phys.MakeKey{Dst: key, Of: x.s, Parts: valuesOf(x.s.Partition, group)})
	g.emit(&phys.MakeField{Dst: field, Of: x.s, Exprs: valuesOf(x.s.Field, group)})
}

// rowKey makes a row map's key and field.
func (g *gen) rowKey(x *index, exprs []scalar.Expr, key, field phys.Reg) {
	mk := &phys.MakeKey{Dst: key, Of: x.s}
	if x.s.Bucket > 0 {
		mk.Parts = exprs
	}
	g.emit(mk)
	g.emit(&phys.MakeField{Dst: field, Of: x.s, Exprs: exprs})
}

// zrange reads the path's range of a sorted set into a list.
func (a *access) zrange(g *gen, x *index, keys []scalar.Expr, rows phys.Reg) {
	key := g.reg("key")
	g.emit(&phys.MakeKey{Dst: key, Of: x.s, Parts: keys})
	z := &phys.ZRange{Dst: rows, Key: key, Reverse: a.reverse, Offset: a.offset, Limit: a.limit, Rows: a.fetched}
	z.From, z.To = a.edges(g, x)
	g.emit(z)
}

// edges makes the ends of the path's range.
func (a *access) edges(g *gen, x *index) (from, to phys.Edge) {
	edge := func(s *sarg, after bool) phys.Edge {
		if s == nil {
			return phys.Edge{}
		}
		r := g.reg("bound")
		mk := func() { g.emit(&phys.MakeSortKey{Dst: r, Of: x.s, Exprs: g.prepAll(s.exprs())}) }
		if at := g.outside(s.exprs()...); at != nil {
			g.ahead(at, mk)
		} else {
			mk()
		}
		return phys.Edge{Key: r, After: after}
	}
	return edge(a.lower, a.lower != nil && !a.lower.incl), edge(a.upper, a.upper != nil && a.upper.incl)
}

// touch records that the program uses a structure.
func (g *gen) touch(x *index) { g.touchStructure(x.s) }

func (g *gen) touchStructure(s *phys.Structure) {
	for _, t := range g.prog.Structures {
		if t == s {
			return
		}
	}
	g.prog.Structures = append(g.prog.Structures, s)
}

// identical reports whether a value equal to one of the column's type is the same value, to the last digit.
func identical(col, v value.Type) bool {
	if !col.Equal(v) && !(plainText(col) && plainText(v)) {
		return false
	}
	switch col.Kind {
	case value.Numeric, value.Float4, value.Float8, value.Char:
		return false // 1.0 = 1.00, -0 = 0, 'a' = 'a '
	}
	return true
}
