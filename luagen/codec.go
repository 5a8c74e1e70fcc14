package luagen

import (
	"github.com/prequel-db/prequel/lowering/phys"
	"github.com/prequel-db/prequel/luagen/lua"
	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// concat joins strings; neighbouring literals become one.
func concat(parts []lua.Expr) lua.Expr {
	var flat []lua.Expr
	for _, p := range parts {
		if s, ok := p.(lua.Str); ok {
			if s == "" {
				continue
			}
			if n := len(flat); n > 0 {
				if t, ok := flat[n-1].(lua.Str); ok {
					flat[n-1] = t + s
					continue
				}
			}
		}
		flat = append(flat, p)
	}
	if len(flat) == 0 {
		return lua.Str("")
	}
	out := flat[len(flat)-1]
	for i := len(flat) - 2; i >= 0; i-- {
		out = lua.Op(flat[i], "..", out)
	}
	return out
}

// constBytes is the form of a constant, when an expression is one.
func (g *gen) constBytes(e scalar.Expr, form func(value.Type, value.Value) ([]byte, error)) (lua.Expr, bool) {
	c, ok := g.source(e).(*scalar.Const)
	if !ok {
		return nil, false
	}
	b, err := form(c.Typ, constValue(c))
	if err != nil {
		fail("constant %q: %v", c.Text, err)
	}
	return lua.Str(b), true
}

// nameForm is the name form of values: the parts of a key or a hash field, joined by ":".
func (g *gen) nameForm(exprs []scalar.Expr, nullable []bool) lua.Expr {
	var parts []lua.Expr
	for i, e := range exprs {
		if i > 0 {
			parts = append(parts, lua.Str(":"))
		}
		parts = append(parts, g.namePart(e, nullable[i], i < len(exprs)-1))
	}
	return concat(parts)
}

// namePart is the name form of one value.
func (g *gen) namePart(e scalar.Expr, nullable, more bool) lua.Expr {
	t := e.Type()
	if x, ok := g.constBytes(e, func(t value.Type, v value.Value) ([]byte, error) {
		return value.AppendName(nil, value.NameCol{Type: t, Nullable: nullable, More: more}, v)
	}); ok {
		return x
	}
	if p, ok := g.source(e).(*scalar.Param); ok && wireIsName(t) && (!more || t.FixedWidth() > 0) {
		info := g.paramInfo(p.Number)
		raw := g.rawParam(p.Number)
		switch {
		case info.Nullable && nullable: // "=" and the value is the name form already
			return lua.Op(lua.And(lua.Op(raw, "~=", lua.Str("")), raw), "or", lua.Str("~"))
		case info.Nullable:
			return lua.Send(raw, "sub", lua.Int(2))
		case nullable:
			return lua.Op(lua.Str("="), "..", raw)
		}
		return raw
	}
	if text := g.digits(e); text != nil {
		if nullable {
			return concat([]lua.Expr{lua.Str("="), text})
		}
		return text
	}
	x := g.value(e)
	if !nullable {
		return g.nameOf(t, x, more)
	}
	if !g.nullable(e) {
		return concat([]lua.Expr{lua.Str("="), g.nameOf(t, x, more)})
	}
	x = g.atom(x, "part")
	return lua.Op(lua.And(present(x, isBool(e)), concat([]lua.Expr{lua.Str("="), g.nameOf(t, x, more)})), "or", lua.Str("~"))
}

// digits is the decimal text of a column that was read from it and is not NULL, nil for any other expression.
func (g *gen) digits(e scalar.Expr) lua.Expr {
	switch e := e.(type) {
	case *scalar.Column:
		if c := g.cols[e.ID]; c != nil {
			return c.digits
		}
	case *scalar.Relabel:
		return g.digits(e.Arg)
	}
	return nil
}

// wireIsName reports whether the ARGV form of a type is its name form. Where another part follows, types of varying width
// need their length before it.
func wireIsName(t value.Type) bool {
	switch t.Kind {
	case value.Bool, value.Int2, value.Int4, value.Int8, value.Date, value.Time, value.Timestamp, value.Timestamptz, value.Enum,
		value.UUID, value.Text, value.Varchar, value.Bytea, value.JSON:
		return true
	}
	return false
}

// nameOf is the name form of a value that is not NULL, or a number that becomes it where it is joined to strings or given to a command.
func (g *gen) nameOf(t value.Type, x lua.Expr, more bool) lua.Expr {
	switch t.Kind {
	case value.Bool:
		return compute("name_bool", x)
	case value.Int2, value.Int4, value.Date, value.Enum:
		g.isNumber(x)
		return x // at most ten digits, which Lua prints exactly
	case value.Int8, value.Time, value.Timestamp, value.Timestamptz:
		return compute("name_wide", x)
	case value.Float4, value.Float8:
		return compute("name_f8", x)
	case value.UUID:
		return x
	case value.Numeric:
		x = compute("name_numeric", x)
	case value.Interval:
		x = compute("name_interval", x)
	case value.Char:
		x = compute("rtrim1", x)
	case value.Array:
		x = g.nameOfArray(t, x)
	case value.JSONB:
		x = compute("name_jsonb", x)
	case value.JSON, value.Record:
		fail("values of type %s cannot be told apart by their bytes", t)
	}
	if more {
		return compute("name_part", x)
	}
	return x
}

// nameOfArray is the name form of an array: a list. Elements whose equal values differ in form are in their name form.
func (g *gen) nameOfArray(t value.Type, x lua.Expr) lua.Expr {
	switch t.Elem.Kind {
	case value.Float4, value.Float8:
		return compute("list_encode", x, helper("name_f8"))
	case value.Numeric:
		return compute("list_encode", x, helper("name_numeric"))
	case value.Interval:
		return compute("list_encode", x, helper("name_interval"))
	case value.Char:
		return compute("list_encode", x, helper("rtrim1"))
	case value.JSONB:
		return compute("list_encode", x, helper("name_jsonb"))
	}
	return g.encodeList(t, x)
}

// sortKey is the sort key of the first columns of a structure's order.
func (g *gen) sortKey(of *phys.Structure, exprs []scalar.Expr) lua.Expr {
	if len(exprs) > len(of.Order) {
		fail("sort key of %d columns for structure %s of %d", len(exprs), of.Name, len(of.Order))
	}
	parts := make([]lua.Expr, len(exprs))
	for i, e := range exprs {
		parts[i] = g.sortPart(of.Order[i], e)
	}
	return concat(parts)
}

// sortCol is a column of a structure's order as the value codec describes it.
func sortCol(c phys.OrderCol) value.SortCol {
	return value.SortCol{Type: c.Type, Nullable: c.Nullable, Desc: c.Desc, NullsFirst: c.NullsFirst}
}

// sortPart is one column of a sort key.
func (g *gen) sortPart(c phys.OrderCol, e scalar.Expr) lua.Expr {
	if !sameCodec(e.Type(), c.Type) {
		fail("a value of type %s in the sort key column %s of type %s", e.Type(), c.Name, c.Type)
	}
	if k, ok := g.source(e).(*scalar.Const); ok {
		b, err := value.AppendSort(nil, sortCol(c), constValue(k))
		if err != nil {
			fail("constant %q: %v", k.Text, err)
		}
		return lua.Str(b)
	}
	mark, null := "", "\x02"
	if c.NullsFirst {
		null = "\x00"
	}
	if c.Nullable {
		mark = "\x01"
	}
	if c.Desc {
		mark, null = invert(mark), invert(null)
	}
	x := g.value(e)
	if !c.Nullable || !g.nullable(e) {
		return concat([]lua.Expr{lua.Str(mark), g.sortForm(c, x)})
	}
	x = g.atom(x, c.Name)
	return lua.Op(lua.And(present(x, isBool(e)), concat([]lua.Expr{lua.Str(mark), g.sortForm(c, x)})), "or", lua.Str(null))
}

func invert(s string) string {
	b := []byte(s)
	for i := range b {
		b[i] = ^b[i]
	}
	return string(b)
}

// sameCodec reports whether values of type a can be written by the codec of type b: the same kind, or an integer of less width.
func sameCodec(a, b value.Type) bool {
	width := map[value.Kind]int{value.Int2: 1, value.Int4: 2, value.Int8: 3}
	if wa, wb := width[a.Kind], width[b.Kind]; wa > 0 && wb > 0 {
		return wa <= wb
	}
	return sameForm(a, b)
}

// sortForm is the form of a value that is not NULL in a sort key, complemented when the column is descending.
func (g *gen) sortForm(c phys.OrderCol, x lua.Expr) lua.Expr {
	if c.Desc {
		switch c.Type.Kind { // complementing the bytes is complementing the number
		case value.Int2, value.Int4, value.Date:
			return compute(fixedCodec("enc_", c.Type), lua.Op(lua.Int(-1), "-", x))
		case value.Bool:
			return lua.Op(lua.Op(x, "and", lua.Str("\xfe")), "or", lua.Str("\xff"))
		}
		c.Desc = false
		return compute("bytes_invert", g.sortForm(c, x))
	}
	switch c.Type.Kind {
	case value.Float4, value.Float8:
		return compute(floatHelper("enc_", c.Type)+"_key", x)
	case value.Numeric:
		return compute("enc_numeric_key", x)
	case value.Bytea:
		return compute("enc_bytea_key", x)
	case value.Text, value.Varchar, value.JSON:
		return lua.Op(x, "..", lua.Str("\x00"))
	case value.Char:
		return lua.Op(compute("rtrim1", x), "..", lua.Str("\x00"))
	case value.Interval:
		return compute("enc_interval_key", x)
	}
	if c.Type.FixedWidth() == 0 {
		fail("type %s has no order", c.Type)
	}
	return g.fixedForm(c.Type, x)
}

// fixedCodec is the codec function for a type of fixed width: prefix enc_ or dec_.
func fixedCodec(prefix string, t value.Type) string {
	switch t.Kind {
	case value.Bool:
		return prefix + "bool"
	case value.Int2:
		return prefix + "i2"
	case value.Int4, value.Date:
		return prefix + "i4"
	case value.Int8, value.Time, value.Timestamp, value.Timestamptz:
		return prefix + "i8"
	case value.Float4:
		return prefix + "f4"
	case value.Float8:
		return prefix + "f8"
	case value.Enum:
		if t.FixedWidth() == 2 {
			return prefix + "u2"
		}
		return prefix + "u1"
	}
	fail("type %s has no fixed width", t)
	return ""
}

// fixedForm packs a value of fixed width that is not NULL.
func (g *gen) fixedForm(t value.Type, x lua.Expr) lua.Expr {
	if t.Kind == value.UUID {
		return x
	}
	return compute(fixedCodec("enc_", t), x)
}

// layoutOf is the layout of a structure's payload, whose columns stand in layout order.
func layoutOf(of *phys.Structure) value.Layout {
	l := of.Layout()
	if err := l.Check(); err != nil {
		fail("structure %s: %v", of.Name, err)
	}
	return l
}

// packed is a packed row: null bitmap, fixed columns, variable columns with their lengths.
func (g *gen) packed(of *phys.Structure, exprs []scalar.Expr) lua.Expr {
	if len(exprs) != len(of.Payload) {
		fail("%d values for the %d columns of structure %s", len(exprs), len(of.Payload), of.Name)
	}
	layout := layoutOf(of)
	places := layout.Places()
	for i, e := range exprs {
		if !sameCodec(e.Type(), of.Payload[i].Type) {
			fail("a value of type %s in column %s of type %s", e.Type(), of.Payload[i].Name, of.Payload[i].Type)
		}
	}
	if layout.Decimal {
		return g.namePart(exprs[0], false, false)
	}
	kept := g.keptColumns(of, exprs)
	var computed []scalar.Expr // what is not copied from a row
	for i, e := range exprs {
		if kept[i] == nil {
			computed = append(computed, e)
		}
	}
	values := g.operands(computed)
	xs := make([]lua.Expr, len(exprs))
	for i := range exprs {
		if kept[i] != nil {
			continue
		}
		xs[i], values = values[0], values[1:]
		if g.nullable(exprs[i]) && of.Payload[i].Nullable {
			xs[i] = g.atom(xs[i], of.Payload[i].Name)
		}
	}
	var parts []lua.Expr
	if len(kept) == 0 || kept[0] == nil || layout.BitmapSize() == 0 {
		parts = append(parts, g.nullBitmap(layout, exprs, xs))
	}
	for i := 0; i < len(of.Payload); i++ {
		if kept[i] != nil {
			last := i
			for last+1 < len(kept) && kept[last+1] != nil {
				last++
			}
			parts = append(parts, g.copied(kept[i], kept[last], i == 0))
			i = last
			continue
		}
		c := of.Payload[i]
		x, may := xs[i], g.nullable(exprs[i]) && c.Nullable
		if c.Type.FixedWidth() > 0 {
			parts = append(parts, g.packedFixed(c.Type, exprs[i], x, may))
			continue
		}
		form := g.variableForm(c.Type, x, may)
		if !places[i].Last {
			form = g.atom(form, c.Name+"_bytes")
			parts = append(parts, lengthOf(form))
		}
		parts = append(parts, form)
	}
	return concat(parts)
}

// keptColumns says which columns of a row being packed are those of a row of the same structure, as they were: their bytes can
// be copied. A row whose null bitmap may change, or has columns that are kept but none before them, is packed anew.
func (g *gen) keptColumns(of *phys.Structure, exprs []scalar.Expr) []*stored {
	kept := make([]*stored, len(exprs))
	var row lua.Expr
	for i, e := range exprs {
		c, ok := e.(*scalar.Column)
		if !ok || g.cols[c.ID] == nil {
			continue
		}
		s := g.cols[c.ID].stored
		if s == nil || s.of != of || s.pos != i || row != nil && s.row != row {
			continue
		}
		row, kept[i] = s.row, s
	}
	for i, c := range of.Payload {
		if c.Nullable && (kept[i] == nil || kept[0] == nil) {
			return make([]*stored, len(exprs))
		}
	}
	return kept
}

// copied are the bytes of a run of columns, from the null bitmap on when it begins the row.
func (g *gen) copied(first, last *stored, begins bool) lua.Expr {
	start := first.start
	if begins {
		start = first.begin
	}
	if last.end == nil {
		return lua.Send(first.row, "sub", start.expr())
	}
	return lua.Send(first.row, "sub", start.expr(), last.end.plus(-1).expr())
}

// lengthOf is the length in front of a variable column.
func lengthOf(form lua.Expr) lua.Expr {
	if s, ok := form.(lua.Str); ok && len(s) < 255 {
		return lua.Str([]byte{byte(len(s))})
	}
	return compute("len_put", &lua.Un{Op: "#", X: form})
}

// packedFixed packs a column of fixed width; NULL leaves zero bytes.
func (g *gen) packedFixed(t value.Type, e scalar.Expr, x lua.Expr, nullable bool) lua.Expr {
	zeros := lua.Str(make([]byte, t.FixedWidth()))
	if b, ok := g.constBytes(e, func(_ value.Type, v value.Value) ([]byte, error) {
		if v.IsNull() {
			return []byte(zeros), nil
		}
		return value.AppendPacked(nil, t, v)
	}); ok {
		return b
	}
	form := g.fixedForm(t, x)
	if !nullable {
		return form
	}
	if t.Kind == value.UUID {
		return lua.Op(x, "or", zeros)
	}
	return lua.Op(lua.And(present(x, t.Kind == value.Bool), form), "or", zeros)
}

// variableForm packs a column of variable width; NULL is empty.
func (g *gen) variableForm(t value.Type, x lua.Expr, nullable bool) lua.Expr {
	if lua.IsNil(x) {
		return lua.Str("")
	}
	form := x
	if t.Kind == value.Array {
		form = g.encodeList(t, x)
	}
	if !nullable {
		return form
	}
	if t.Kind == value.Array {
		form = lua.And(x, form)
	}
	return lua.Op(form, "or", lua.Str(""))
}

// nullBitmap is the bitmap in front of a packed row, one bit for each nullable column, lowest first.
func (g *gen) nullBitmap(layout value.Layout, exprs []scalar.Expr, xs []lua.Expr) lua.Expr {
	size := layout.BitmapSize()
	if size == 0 {
		return lua.Str("")
	}
	known := make([]int, size)
	open := make([][]lua.Expr, size)
	bit := 0
	for i, c := range layout.Cols {
		if !c.Nullable {
			continue
		}
		at, weight := bit/8, 1<<(bit%8)
		bit++
		switch {
		case lua.IsNil(xs[i]):
			known[at] += weight
		case g.nullable(exprs[i]):
			null := lua.Op(lua.Op(xs[i], "==", lua.Nil{}), "and", lua.Int(int64(weight)))
			open[at] = append(open[at], lua.Op(null, "or", lua.Int(0)))
		}
	}
	var parts []lua.Expr
	for at := range size {
		if len(open[at]) == 0 {
			parts = append(parts, lua.Str([]byte{byte(known[at])}))
			continue
		}
		sum := open[at][0]
		if len(open[at]) == 1 && known[at] == 0 { // one column: the byte itself
			b := sum.(*lua.Bin)
			weight := b.L.(*lua.Bin).R.(lua.Num)
			parts = append(parts, lua.Op(lua.Op(b.L.(*lua.Bin).L, "and", lua.Str([]byte{byteOf(weight)})), "or", lua.Str("\x00")))
			continue
		}
		for _, x := range open[at][1:] {
			sum = lua.Op(sum, "+", x)
		}
		if known[at] > 0 {
			sum = lua.Op(sum, "+", lua.Int(int64(known[at])))
		}
		parts = append(parts, lua.Compute(&lua.Field{X: lua.Global("string"), Name: "char"}, sum))
	}
	return concat(parts)
}

func byteOf(n lua.Num) byte {
	var b int
	for _, c := range n.Text {
		b = b*10 + int(c-'0')
	}
	return byte(b)
}
