package luagen

import (
	"github.com/prequel-db/prequel/lowering/phys"
	"github.com/prequel-db/prequel/luagen/lua"
	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// unpack binds columns of a stored row or member. Each is decoded where it is first needed.
func (g *gen) unpack(op *phys.Unpack) {
	if op.Of.Kind == phys.CountMap {
		g.unpackCount(op)
		return
	}
	src := g.reg(op.Src)
	row := lua.Expr(src.v)
	if g.facts.written[op.Src] { // the register may change before the column is read
		row = g.atomCopy(row, "row")
	}
	want := map[bool]map[int][]phys.Bind{true: {}, false: {}}
	for _, b := range op.Binds {
		if b.Col != 0 {
			want[b.InKey][b.Pos] = append(want[b.InKey][b.Pos], b)
		}
	}
	r := &rowReader{g: g, row: row, at: place{fixed: 1}}
	if op.Of.Kind == phys.SortedSet {
		r.key(op.Of, want[true], len(want[false]) > 0)
	}
	r.payload(op.Of, want[false])
}

// unpackCount binds columns from a field and a count of a count map.
func (g *gen) unpackCount(op *phys.Unpack) {
	for _, b := range op.Binds {
		if b.Col == 0 {
			continue
		}
		if !b.InKey {
			g.bindLocal(b.Col, lua.Compute(lua.Global("tonumber"), g.reg(op.Src).v), false)
			g.cols[b.Col].small = true
			continue
		}
		c := op.Of.Field[b.Pos]
		name := lua.Expr(g.reg(op.Name).v)
		if !c.Nullable {
			g.bindLocal(b.Col, nameValue(c.Type, name), false)
			continue
		}
		v := lua.NewVar(g.colName(b.Col))
		g.emit(lua.Let(v, nil), lua.When(lua.Op(name, "~=", lua.Str("~")), lua.Set(v, nameValue(c.Type, lua.Send(name, "sub", lua.Int(2))))))
		g.bind(b.Col, &column{expr: v, nullable: true})
	}
}

// nameValue is the value that the name form of a hash field's only column stands for.
func nameValue(t value.Type, name lua.Expr) lua.Expr {
	switch t.Kind {
	case value.Bool:
		return lua.Op(name, "==", lua.Str("1"))
	case value.Int2, value.Int4, value.Date, value.Enum:
		return lua.Compute(lua.Global("tonumber"), name)
	case value.Int8, value.Timestamp, value.Timestamptz, value.Time:
		return compute("wide_parse", name)
	}
	return name
}

// atomCopy copies a variable that may be assigned later.
func (g *gen) atomCopy(x lua.Expr, hint string) lua.Expr {
	v := lua.NewVar(hint)
	g.emit(lua.Let(v, x))
	return v
}

// place is a byte position in a row: base, when set, plus fixed.
type place struct {
	base  lua.Expr
	fixed int
}

func (p place) plus(n int) place { return place{p.base, p.fixed + n} }

func (p place) expr() lua.Expr {
	switch {
	case p.base == nil:
		return lua.Int(int64(p.fixed))
	case p.fixed == 0:
		return p.base
	case p.fixed < 0:
		return lua.Op(p.base, "-", lua.Int(int64(-p.fixed)))
	}
	return lua.Op(p.base, "+", lua.Int(int64(p.fixed)))
}

// rowReader writes lazy declarations that decode a row from left to right.
type rowReader struct {
	g   *gen
	row lua.Expr
	at  place
	// stored is where the column being bound stands; nil outside the packed row.
	stored *stored
	// digits is set while the row is the decimal text of the column being bound.
	digits lua.Expr
}

// stored is the place of a column's bytes, its length included, in a packed row of a structure.
type stored struct {
	of    *phys.Structure
	row   lua.Expr
	pos   int   // in the payload
	begin place // of the packed row
	start place
	end   *place // nil for the last column, which takes the rest
}

// lazily declares variables by statements that run where one of them is first needed.
func (r *rowReader) lazily(decl []lua.Stat, inline lua.Expr, vars ...*lua.Var) {
	l := &lua.Lazy{Owner: r.g.scope, Vars: vars, Decl: decl, Inline: inline}
	for _, v := range vars {
		v.Lazy = l
	}
}

// bind gives columns the value x, computed where it is needed.
func (r *rowReader) bind(binds []phys.Bind, hint string, x lua.Expr, nullable bool) {
	if len(binds) == 0 {
		return
	}
	v := r.g.later(r.hint(binds, hint), x)
	r.bindVar(binds, v, nullable)
}

func (r *rowReader) bindVar(binds []phys.Bind, v *lua.Var, nullable bool) {
	for _, b := range binds {
		x := lua.Expr(v)
		if r.g.facts.set[b.Col] { // Set assigns it later: it needs a variable of its own
			r.g.bindLocal(b.Col, x, true)
			continue
		}
		r.g.bind(b.Col, &column{expr: x, nullable: nullable, stored: r.stored, digits: r.digits})
	}
}

func (r *rowReader) hint(binds []phys.Bind, name string) string {
	if len(binds) > 0 {
		return r.g.colName(binds[0].Col)
	}
	return name
}

// key reads the columns of a sort key; past says that the payload behind it is needed.
func (r *rowReader) key(of *phys.Structure, want map[int][]phys.Bind, past bool) {
	last := -1
	for i := range of.Order {
		if len(want[i]) > 0 {
			last = i
		}
	}
	if past {
		last = len(of.Order) - 1
	}
	for i := 0; i <= last; i++ {
		c := of.Order[i]
		switch {
		case !sortCol(c).Lossless() && len(want[i]) > 0:
			fail("column %s of type %s cannot be read back from a sort key", c.Name, c.Type)
		case c.Type.FixedWidth() > 0 && !c.Nullable:
			r.bind(want[i], c.Name, r.keyFixed(c, r.at), false)
			r.at = r.at.plus(c.Type.FixedWidth())
		case c.Type.FixedWidth() > 0:
			r.keyNullableFixed(c, want[i])
		default:
			r.keyVariable(c, want[i], i < last || past)
		}
	}
}

// keyFixed decodes a column of fixed width at a place.
func (r *rowReader) keyFixed(c phys.OrderCol, at place) lua.Expr {
	if !c.Desc {
		return r.fixed(c.Type, at)
	}
	switch c.Type.Kind {
	case value.Int2, value.Int4, value.Date:
		return lua.Op(lua.Int(-1), "-", r.fixed(c.Type, at))
	case value.Bool:
		return lua.Op(lua.Send(r.row, "byte", at.expr()), "==", lua.Int(254))
	case value.Enum:
		if c.Type.FixedWidth() == 1 {
			return lua.Op(lua.Int(255), "-", r.fixed(c.Type, at))
		}
		return lua.Op(lua.Int(65535), "-", r.fixed(c.Type, at))
	}
	bytes := compute("bytes_invert", lua.Send(r.row, "sub", at.expr(), at.plus(c.Type.FixedWidth()-1).expr()))
	if c.Type.Kind == value.UUID {
		return bytes
	}
	return compute(fixedCodec("dec_", c.Type), bytes, lua.Int(1))
}

// fixed decodes a value of fixed width at a place.
func (r *rowReader) fixed(t value.Type, at place) lua.Expr {
	switch {
	case t.Kind == value.UUID:
		return lua.Send(r.row, "sub", at.expr(), at.plus(15).expr())
	case t.Kind == value.Bool:
		return lua.Op(lua.Send(r.row, "byte", at.expr()), "==", lua.Int(1))
	case t.Kind == value.Enum && t.FixedWidth() == 1:
		return lua.Send(r.row, "byte", at.expr())
	}
	return compute(fixedCodec("dec_", t), r.row, at.expr())
}

// marked is the condition that the null marker at the current place says "a value follows".
func (r *rowReader) marked(c phys.OrderCol) lua.Expr {
	mark := int64(1)
	if c.Desc {
		mark = 254
	}
	return lua.Op(lua.Send(r.row, "byte", r.at.expr()), "==", lua.Int(mark))
}

// keyNullableFixed reads a marker and, unless it says NULL, a column of fixed width.
func (r *rowReader) keyNullableFixed(c phys.OrderCol, binds []phys.Bind) {
	if len(binds) == 0 { // only where it ends
		end := lua.Op(lua.Op(r.marked(c), "and", r.at.plus(1+c.Type.FixedWidth()).expr()), "or", r.at.plus(1).expr())
		r.at = place{base: r.g.later("at", end)}
		return
	}
	v, next := lua.NewVar(r.hint(binds, c.Name)), lua.NewVar("at")
	decl := []lua.Stat{
		lua.Let(v, nil),
		lua.Let(next, r.at.plus(1).expr()),
		lua.When(r.marked(c), &lua.Assign{
			Targets: []lua.Expr{v, next},
			Values:  []lua.Expr{r.keyFixed(c, r.at.plus(1)), r.at.plus(1 + c.Type.FixedWidth()).expr()},
		}),
	}
	r.lazily(decl, nil, v, next)
	r.bindVar(binds, v, true)
	r.at = place{base: next}
}

// keyVariable reads a column of variable width: text, bytea or numeric, which end themselves.
func (r *rowReader) keyVariable(c phys.OrderCol, binds []phys.Bind, past bool) {
	decoder := map[value.Kind]string{
		value.Text: "dec_text_key", value.Varchar: "dec_text_key", value.Char: "dec_text_key",
		value.JSON: "dec_text_key", value.Bytea: "dec_bytea_key", value.Numeric: "dec_numeric_key", value.Interval: "dec_interval_key",
	}[c.Type.Kind]
	if decoder == "" {
		fail("type %s cannot be read from a sort key", c.Type)
	}
	v := lua.NewVar(r.hint(binds, c.Name))
	next := lua.NewVar("at")
	start := r.at
	if c.Nullable {
		start = start.plus(1)
	}
	var decl []lua.Stat
	if c.Desc {
		// The complement of the rest of the row is read from its first byte.
		rest := lua.NewVar("rest")
		decl = []lua.Stat{
			lua.Let(rest, compute("bytes_invert", lua.Send(r.row, "sub", start.expr()))),
			&lua.Assign{Targets: []lua.Expr{v, next}, Values: []lua.Expr{compute(decoder, rest, lua.Int(1))}},
			lua.Set(next, lua.Op(next, "+", start.plus(-1).expr())),
		}
	} else {
		decl = []lua.Stat{&lua.Assign{Targets: []lua.Expr{v, next}, Values: []lua.Expr{compute(decoder, r.row, start.expr())}}}
	}
	switch {
	case c.Nullable:
		decl = []lua.Stat{lua.Let(v, nil), lua.Let(next, start.expr()), lua.When(r.marked(c), decl...)}
	case c.Desc:
		decl = []lua.Stat{&lua.Local{Vars: []*lua.Var{v, next}}, &lua.Scope{Body: decl}}
	default:
		vars := []*lua.Var{v, next}
		if !past {
			vars = vars[:1]
		}
		decl = []lua.Stat{&lua.Local{Vars: vars, Values: []lua.Expr{compute(decoder, r.row, start.expr())}}}
	}
	if c.Type.Kind == value.Char { // a key leaves out the blanks at the end
		decl = append(decl, restoreBlanks(c, v)...)
	}
	r.lazily(decl, nil, v, next)
	r.bindVar(binds, v, c.Nullable)
	r.at = place{base: next}
}

// restoreBlanks restores the blanks of a char(n).
func restoreBlanks(c phys.OrderCol, v *lua.Var) []lua.Stat {
	pad := lua.Set(v, compute("bpchar", v, lua.Int(int64(c.Type.Mod+4)), lua.Bool(true)))
	if c.Nullable {
		return []lua.Stat{lua.When(v, pad)}
	}
	return []lua.Stat{pad}
}

// payload reads columns of a packed row that begins at the current place.
func (r *rowReader) payload(of *phys.Structure, want map[int][]phys.Bind) {
	if len(want) == 0 {
		return
	}
	layout := layoutOf(of)
	if layout.Decimal {
		r.digits = r.row
		r.bind(want[0], of.Payload[0].Name, nameValue(of.Payload[0].Type, r.row), false)
		return
	}
	places := layout.Places()
	nulls := make([]*lua.Var, layout.BitmapSize())
	for i := range nulls {
		nulls[i] = r.g.later("nulls", lua.Send(r.row, "byte", r.at.plus(i).expr()))
	}
	next := r.at.plus(layout.FixedSize())
	lastWanted := -1
	for i := range layout.Cols {
		if len(want[i]) > 0 {
			lastWanted = i
		}
	}
	for i, c := range layout.Cols {
		p := places[i]
		var x lua.Expr
		r.stored = &stored{of: of, row: r.row, pos: i, begin: r.at, start: next}
		switch {
		case i > lastWanted:
			return
		case p.Offset >= 0:
			if len(want[i]) == 0 {
				continue
			}
			end := r.at.plus(p.Offset + c.Type.FixedWidth())
			r.stored.start, r.stored.end = r.at.plus(p.Offset), &end
			x = r.fixed(c.Type, r.at.plus(p.Offset))
		case p.Last:
			x = r.row
			if next.base != nil || next.fixed > 1 {
				x = lua.Send(r.row, "sub", next.expr())
			}
			x = r.variable(c.Type, x)
		default:
			size, at := lua.NewVar("size"), lua.NewVar("at")
			r.lazily([]lua.Stat{&lua.Local{Vars: []*lua.Var{size, at}, Values: []lua.Expr{compute("len_get", r.row, next.expr())}}}, nil, size, at)
			if len(want[i]) > 0 {
				x = r.variable(c.Type, lua.Send(r.row, "sub", at, lua.Op(lua.Op(at, "+", size), "-", lua.Int(1))))
			}
			end := r.g.later("at", lua.Op(at, "+", size))
			next = place{base: end}
			r.stored.end = &place{base: end}
		}
		if len(want[i]) == 0 {
			continue
		}
		if !c.Nullable {
			r.bind(want[i], of.Payload[i].Name, x, false)
			continue
		}
		r.nullable(want[i], of.Payload[i].Name, c.Type, r.hasValue(nulls, p.NullBit, layout), x)
	}
}

// variable turns the bytes of a column of variable width into its value.
func (r *rowReader) variable(t value.Type, bytes lua.Expr) lua.Expr {
	if t.Kind == value.Array {
		return r.g.decodeList(t, bytes)
	}
	return bytes
}

// hasValue is the condition that a bit of the null bitmap is clear.
func (r *rowReader) hasValue(nulls []*lua.Var, bit int, layout value.Layout) lua.Expr {
	b := nulls[bit/8]
	used := 0
	for _, c := range layout.Cols {
		if c.Nullable {
			used++
		}
	}
	if used == 1 {
		return lua.Op(b, "==", lua.Int(0))
	}
	weight := int64(1) << (bit % 8)
	if bit%8 == 0 {
		return lua.Op(lua.Op(b, "%", lua.Int(2)), "==", lua.Int(0))
	}
	return lua.Op(lua.Op(b, "%", lua.Int(2*weight)), "<", lua.Int(weight))
}

// nullable binds a column that is x under a condition and NULL otherwise.
func (r *rowReader) nullable(binds []phys.Bind, hint string, t value.Type, has, x lua.Expr) {
	v := lua.NewVar(r.hint(binds, hint))
	if t.Kind == value.Bool {
		r.lazily([]lua.Stat{lua.Let(v, nil), lua.When(has, lua.Set(v, x))}, nil, v)
	} else {
		r.lazily([]lua.Stat{lua.Let(v, lua.Op(lua.And(has, x), "or", r.g.nilVar()))}, nil, v)
	}
	r.bindVar(binds, v, true)
}

// bindRow binds the columns of a buffered row: row[1], row[2], ...
func (g *gen) bindRow(row lua.Expr, cols []scalar.ColumnID, nullable func(pos int) bool) {
	for i, id := range cols {
		if id == 0 {
			continue
		}
		x := &lua.Index{X: row, I: lua.Int(int64(i + 1))}
		if g.facts.set[id] {
			g.bindLocal(id, x, true)
			continue
		}
		v := lua.Later(g.scope, g.colName(id), x, true)
		g.bind(id, &column{expr: v, nullable: nullable(i)})
	}
}
