package luagen

import (
	"strconv"
	"strings"

	"github.com/prequel-db/prequel/lowering/phys"
	"github.com/prequel-db/prequel/luagen/lua"
	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// offsets computes the frame's offsets before the first row. As PostgreSQL does, they are looked at whether there is a row or not, and
// whatever the functions are; but that one of RANGE is negative shows only where it is added to a row's value.
func (w *window) offsets(size lua.Expr) {
	w.startOffset = w.offset(w.op.Frame.StartOffset, "starting", size)
	w.endOffset = w.offset(w.op.Frame.EndOffset, "ending", size)
}

func (w *window) offset(e scalar.Expr, which string, size lua.Expr) lua.Expr {
	if e == nil {
		return nil
	}
	g := w.g
	rows := w.mode() != "range"
	literal, fixed := e.(*scalar.Const)
	fixed = fixed && !literal.Null && (e.Type().Kind == value.Int4 || e.Type().Kind == value.Int8) && !strings.HasPrefix(literal.Text, "-")
	if fixed && rows {
		if n, err := strconv.ParseInt(literal.Text, 10, 32); err == nil {
			return lua.Int(n)
		}
	}
	v := lua.NewVar(which + "_offset")
	x := g.value(e)
	clock := !rows && w.op.Order[0].Type.Kind == value.Time
	switch {
	case rows:
		x = lua.Compute(lua.Global("tonumber"), x)
	case clock && g.nullable(e):
		x = g.atom(x, which+"_span")
		x = lua.And(x, compute("interval_clock", x))
	case clock: // of an offset from a time of day only that part counts
		x = compute("interval_clock", x)
	}
	g.emit(lua.Let(v, x))
	if g.nullable(e) {
		g.emit(lua.When(lua.Op(v, "==", lua.Nil{}), &lua.Do{Call: invoke("raise", lua.Str("22004"), lua.Str("frame "+which+" offset must not be null"))}))
	}
	switch {
	case fixed:
	case rows:
		g.emit(lua.When(lua.Op(v, "<", lua.Int(0)),
			&lua.Do{Call: invoke("raise", lua.Str("22013"), lua.Str("frame "+which+" offset must not be negative"))}))
	default:
		negative := lua.Op(v, "<", lua.Int(0))
		if !clock {
			negative = w.negative(e.Type(), v)
		}
		wrong := &lua.Do{Call: invoke("raise", lua.Str("22013"), lua.Str("invalid preceding or following size in window function"))}
		if key := w.op.Order[0]; key.Nullable {
			i := lua.NewVar("i")
			value := &lua.Index{X: &lua.Index{X: w.rows, I: i}, I: lua.Int(int64(key.Pos + 1))}
			g.emit(lua.When(negative, &lua.NumFor{V: i, From: lua.Int(1), To: size, Body: lua.Block{
				lua.When(lua.Op(value, "~=", lua.Nil{}), wrong),
			}}))
		} else {
			g.emit(lua.When(lua.And(lua.Op(size, ">", lua.Int(0)), negative), wrong))
		}
	}
	return v
}

// negative is the condition that a RANGE offset is below zero (or NaN).
func (w *window) negative(t value.Type, v lua.Expr) lua.Expr {
	switch t.Kind {
	case value.Int2, value.Int4:
		return lua.Op(v, "<", lua.Int(0))
	case value.Int8:
		return compute("wide_lt", v, lua.Int(0))
	case value.Float4, value.Float8:
		return &lua.Un{Op: "not", X: lua.Op(v, ">=", lua.Int(0))}
	case value.Numeric:
		return lua.Or(lua.Op(v, "==", lua.Str("NaN")), lua.Op(compute("numeric_cmp", v, lua.Str("0")), "<", lua.Int(0)))
	case value.Interval:
		return lua.Op(compute("interval_cmp", v, lua.Str("0/0/0")), "<", lua.Int(0))
	}
	fail("a RANGE frame with an offset of type %s has no translation", t)
	return nil
}

// frame gives the first and last position of the frame of row i. RANGE offsets move two positions along with i, which are
// declared before the loop by pointers.
func (w *window) frame(i lua.Expr, p *pointers) (lo, hi lua.Expr) {
	start, end := w.bounds()
	switch w.mode() {
	case "rows":
		return w.clamp(w.rowBound(i, start, w.startOffset), true), w.clamp(w.rowBound(i, end, w.endOffset), false)
	case "groups":
		return w.groupBound(i, start, w.startOffset, true), w.groupBound(i, end, w.endOffset, false)
	}
	return w.rangeBound(i, start, p.lo, true), w.rangeBound(i, end, p.hi, false)
}

// rowBound is an end of a ROWS frame before it is clamped to the partition.
func (w *window) rowBound(i lua.Expr, b scalar.FrameBound, offset lua.Expr) lua.Expr {
	switch b {
	case scalar.UnboundedPreceding:
		return w.first
	case scalar.UnboundedFollowing:
		return w.last
	case scalar.OffsetPreceding:
		return lua.Op(i, "-", offset)
	case scalar.OffsetFollowing:
		return lua.Op(i, "+", offset)
	}
	return i
}

func (w *window) clamp(x lua.Expr, low bool) lua.Expr {
	if _, ok := x.(*lua.Bin); !ok {
		return x
	}
	if low {
		return lua.Compute(&lua.Field{X: lua.Global("math"), Name: "max"}, w.first, x)
	}
	return lua.Compute(&lua.Field{X: lua.Global("math"), Name: "min"}, w.last, x)
}

// groupBound is an end of a GROUPS frame.
func (w *window) groupBound(i lua.Expr, b scalar.FrameBound, offset lua.Expr, low bool) lua.Expr {
	switch b {
	case scalar.UnboundedPreceding:
		return w.first
	case scalar.UnboundedFollowing:
		return w.last
	case scalar.CurrentRow:
		if low {
			return &lua.Index{X: w.peerFirst, I: i}
		}
		return &lua.Index{X: w.peerLast, I: i}
	}
	op := "+"
	if b == scalar.OffsetPreceding {
		op = "-"
	}
	group := lua.Op(&lua.Index{X: w.groupOf, I: i}, op, offset)
	if low {
		start := &lua.Index{X: w.starts, I: group}
		if b == scalar.OffsetPreceding { // before the first group is the first
			return lua.Op(start, "or", w.first)
		}
		return lua.Op(start, "or", lua.Op(w.last, "+", lua.Int(1)))
	}
	// A group ends before the next one starts. No next group is the partition's end, or, before the first group, an empty frame.
	next := lua.Op(group, "+", lua.Int(1))
	after := lua.Op(&lua.Index{X: w.starts, I: next}, "or", lua.Op(w.last, "+", lua.Int(1)))
	if b == scalar.OffsetPreceding {
		after = lua.Op(lua.Op(lua.Op(next, "<", lua.Int(1)), "and", w.first), "or", after)
	}
	return lua.Op(after, "-", lua.Int(1))
}

// rangeBound is an end of a RANGE frame.
func (w *window) rangeBound(i lua.Expr, b scalar.FrameBound, pointer *lua.Var, low bool) lua.Expr {
	switch b {
	case scalar.UnboundedPreceding:
		return w.first
	case scalar.UnboundedFollowing:
		return w.last
	case scalar.CurrentRow:
		if low {
			return &lua.Index{X: w.peerFirst, I: i}
		}
		return &lua.Index{X: w.peerLast, I: i}
	}
	return pointer
}

// pointers are the positions that RANGE offsets move; nil where the end has none.
type pointers struct{ lo, hi *lua.Var }

func (w *window) pointers() *pointers {
	p := &pointers{}
	if w.mode() != "range" {
		return p
	}
	if w.op.Frame.StartOffset != nil {
		p.lo = lua.NewVar("frame_first")
		w.g.emit(lua.Let(p.lo, w.first))
	}
	if w.op.Frame.EndOffset != nil {
		p.hi = lua.NewVar("frame_last")
		w.g.emit(lua.Let(p.hi, lua.Op(w.first, "-", lua.Int(1))))
	}
	return p
}

// advance moves the pointers to the frame of row i.
func (w *window) advance(i lua.Expr, p *pointers) {
	start, end := w.bounds()
	if p.lo != nil {
		w.seek(i, p.lo, start, w.startOffset, true)
	}
	if p.hi != nil {
		w.seek(i, p.hi, end, w.endOffset, false)
	}
}

// seek moves a pointer forward: the low one past the rows that stand before the frame, the high one up to the last row that
// does not stand behind it. As rows are sorted both only ever move forward.
func (w *window) seek(i lua.Expr, pointer *lua.Var, b scalar.FrameBound, offset lua.Expr, low bool) {
	g := w.g
	if len(w.op.Order) != 1 {
		fail("a RANGE frame with an offset needs one ORDER BY column")
	}
	k := w.op.Order[0]
	pos := lua.Int(int64(k.Pos + 1))
	current := g.atom(&lua.Index{X: &lua.Index{X: w.rows, I: i}, I: pos}, "current")
	subtract := (b == scalar.OffsetPreceding) != k.Desc
	edge := lua.NewVar("edge")
	limit := w.shifted(k.Type, current, offset, subtract)
	if k.Nullable {
		g.emit(lua.Let(edge, lua.And(lua.Op(current, "~=", lua.Nil{}), limit)))
	} else {
		g.emit(lua.Let(edge, limit))
	}
	at := lua.Expr(pointer)
	if !low {
		at = lua.Op(pointer, "+", lua.Int(1))
	}
	x := lua.NewVar("x")
	// Does the row at hand stand before (low) or behind (high) the frame?
	outside := w.beyond(k.Type, x, current, edge, subtract, low != k.Desc)
	if k.Nullable {
		// Among NULLs and values only the placement of NULLs decides: a NULL is outside of a value's frame on the side where
		// NULLs stand, and a value outside of the frame of a NULL on the other.
		nullOut, valueOut := lua.Bool(low == k.NullsFirst), lua.Bool(low != k.NullsFirst)
		outside = lua.Or(
			lua.And(lua.Op(x, "==", lua.Nil{}), lua.Op(current, "~=", lua.Nil{}), nullOut),
			lua.And(lua.Op(x, "~=", lua.Nil{}), lua.Op(current, "==", lua.Nil{}), valueOut),
			lua.And(lua.Op(x, "~=", lua.Nil{}), lua.Op(current, "~=", lua.Nil{}), outside))
	}
	stop := lua.Not(outside)
	if !low {
		stop = outside
	}
	g.emit(&lua.While{Cond: lua.Op(at, "<=", w.last), Body: lua.Block{
		lua.Let(x, &lua.Index{X: &lua.Index{X: w.rows, I: at}, I: pos}),
		lua.When(stop, &lua.Break{}),
		lua.Set(pointer, lua.Op(pointer, "+", lua.Int(1))),
	}})
}

// shifted is current - offset or current + offset; for bigint nil when that is outside of the type.
func (w *window) shifted(t value.Type, current, offset lua.Expr, subtract bool) lua.Expr {
	pick := func(minus, plus string) lua.Expr {
		name := plus
		if subtract {
			name = minus
		}
		return invoke(name, current, offset)
	}
	switch t.Kind {
	case value.Int2, value.Int4, value.Time:
		// The offset may be wider; as a double the sum is exact, or far outside of the type.
		op := "+"
		if subtract {
			op = "-"
		}
		return lua.Op(current, op, offset)
	case value.Int8:
		return pick("wide_sub", "wide_add")
	case value.Float4, value.Float8:
		op := "+"
		if subtract {
			op = "-"
		}
		return lua.Op(current, op, offset)
	case value.Numeric:
		return pick("numeric_sub", "numeric_add")
	case value.Timestamp, value.Timestamptz:
		return pick("timestamp_mi_interval", "timestamp_pl_interval")
	case value.Date:
		return pick("date_mi_interval", "date_pl_interval")
	case value.Interval:
		return pick("interval_mi", "interval_pl")
	}
	fail("a RANGE frame with an offset over type %s has no translation", t)
	return nil
}

// beyond is the condition that x is less than the edge, or greater.
func (w *window) beyond(t value.Type, x, current, edge lua.Expr, subtract, less bool) lua.Expr {
	ordered := func(cmp string) lua.Expr {
		op := ">"
		if less {
			op = "<"
		}
		return lua.Op(compute(cmp, x, edge), op, lua.Int(0))
	}
	switch t.Kind {
	case value.Int2, value.Int4, value.Time:
		if less {
			return lua.Op(x, "<", edge)
		}
		return lua.Op(x, ">", edge)
	case value.Int8: // an edge outside of bigint stands beyond everything
		cond := compute("wide_lt", x, edge)
		if !less {
			cond = compute("wide_lt", edge, x)
		}
		if subtract == less {
			return lua.And(edge, cond)
		}
		return lua.Or(lua.Not(edge), cond)
	case value.Float4, value.Float8:
		// NaN is the greatest value; an edge of NaN out of two infinities excludes nothing.
		number, nan := lua.Op(x, "==", x), lua.Op(x, "~=", x)
		if less {
			return lua.And(number, lua.Or(lua.Op(x, "<", edge), lua.Op(current, "~=", current)))
		}
		return lua.Or(lua.Op(x, ">", edge), lua.And(nan, lua.Op(current, "==", current)))
	case value.Numeric:
		return ordered("numeric_cmp")
	case value.Date: // the edge is a timestamp
		return ordered("date_cmp_timestamp")
	case value.Interval:
		return ordered("interval_cmp")
	}
	return ordered("wide_cmp")
}

// included is the condition that position j of the frame of row i is not excluded; nil for none.
func (w *window) included(i, j lua.Expr) lua.Expr {
	peer := func() lua.Expr {
		return lua.Or(lua.Op(j, "<", &lua.Index{X: w.peerFirst, I: i}), lua.Op(j, ">", &lua.Index{X: w.peerLast, I: i}))
	}
	switch w.op.Frame.Exclude {
	case "current row":
		return lua.Op(j, "~=", i)
	case "group":
		return peer()
	case "ties":
		return lua.Or(lua.Op(j, "==", i), peer())
	}
	return nil
}

// peersAgree reports whether rows that are equal by the order have the same frame.
func (w *window) peersAgree() bool {
	return w.mode() != "rows" && (w.op.Frame.Exclude == "" || w.op.Frame.Exclude == "group")
}

// aggregate computes an aggregate over each row's frame: along the partition where frames only grow, otherwise anew for each row, or
// for the first of its peers where these have the same frame.
func (w *window) aggregate(a *phys.Agg, column int) {
	g := w.g
	s := g.newAggState(a, a.Name)
	if s.ordered || s.distinct {
		fail("a window aggregate with DISTINCT or ORDER BY has no translation")
	}
	t := &groupTable{}
	declare := func() {
		s.places = nil
		for _, sl := range s.slots {
			v := lua.NewVar(sl.name)
			g.emit(lua.Let(v, sl.init))
			s.places = append(s.places, keptAt{v: v})
		}
	}
	feed := func(j lua.Expr) {
		w.at(j)
		g.feed(t, s, a)
	}
	start, end := w.bounds()
	body := g.inside(func() {
		switch {
		case start == scalar.UnboundedPreceding && end == scalar.UnboundedFollowing && w.op.Frame.Exclude == "":
			declare()
			w.each(func(j *lua.Var) { feed(j) })
			result := g.atom(g.finish(t, s), "result")
			w.each(func(i *lua.Var) { w.set(i, column, result) })
		case start == scalar.UnboundedPreceding && w.op.Frame.Exclude == "" && a.Name != "array_agg":
			declare()
			p := w.pointers()
			fed := lua.NewVar("fed")
			g.emit(lua.Let(fed, lua.Op(w.first, "-", lua.Int(1))))
			w.each(func(i *lua.Var) {
				w.advance(i, p)
				_, hi := w.frame(i, p)
				hi = g.atom(hi, "upto")
				g.emit(&lua.While{Cond: lua.Op(fed, "<", hi), Body: g.inside(func() {
					g.emit(lua.Set(fed, lua.Op(fed, "+", lua.Int(1))))
					feed(fed)
				})})
				w.set(i, column, g.finish(t, s))
			})
		default:
			p := w.pointers()
			w.each(func(i *lua.Var) {
				anew := func() {
					w.advance(i, p)
					lo, hi := w.frame(i, p)
					declare()
					w.eachInFrame(i, lo, hi, feed)
					w.set(i, column, g.finish(t, s))
				}
				if !w.peersAgree() {
					anew()
					return
				}
				before := &lua.Index{X: &lua.Index{X: w.rows, I: lua.Op(i, "-", lua.Int(1))}, I: lua.Int(int64(column))}
				g.emit(&lua.If{
					Clauses: []lua.Clause{{
						Cond: lua.Op(&lua.Index{X: w.peerFirst, I: i}, "<", i), Body: g.inside(func() { w.set(i, column, before) }),
					}},
					Else: g.inside(anew),
				})
			})
		}
	})
	g.emit(&lua.Scope{Body: body})
}

// eachInFrame is a loop over the positions of a frame that are not excluded.
func (w *window) eachInFrame(i, lo, hi lua.Expr, f func(j lua.Expr)) {
	g := w.g
	j := lua.NewVar("j")
	body := g.inside(func() {
		if cond := w.included(i, j); cond != nil {
			g.emit(lua.When(cond, g.inside(func() { f(j) })...))
			return
		}
		f(j)
	})
	g.emit(&lua.NumFor{V: j, From: lo, To: hi, Body: body})
}

// frameValue is first_value, last_value or nth_value.
func (w *window) frameValue(f *phys.WindowFunc, column int) {
	g := w.g
	body := g.inside(func() {
		p := w.pointers()
		w.each(func(i *lua.Var) {
			w.advance(i, p)
			lo, hi := w.frame(i, p)
			result := lua.NewVar("value")
			g.emit(lua.Let(result, nil))
			take := func(j lua.Expr) lua.Block {
				return g.inside(func() {
					w.at(j)
					g.emit(lua.Set(result, g.value(f.Args[0])))
				})
			}
			switch {
			case f.Name == "nth_value":
				w.nthValue(f, i, lo, hi, take)
			case w.op.Frame.Exclude == "":
				lo, hi = g.atom(lo, "from"), g.atom(hi, "upto")
				at := lo
				if f.Name == "last_value" {
					at = hi
				}
				g.emit(lua.When(lua.Op(lo, "<=", hi), take(at)...))
			default:
				j := lua.NewVar("j")
				found := append(take(j), &lua.Break{})
				walk := &lua.NumFor{V: j, From: lo, To: hi, Body: lua.Block{lua.When(w.included(i, j), found...)}}
				if f.Name == "last_value" {
					walk.From, walk.To, walk.Step = hi, lo, lua.Int(-1)
				}
				g.emit(walk)
			}
			w.set(i, column, result)
		})
	})
	g.emit(&lua.Scope{Body: body})
}

// nthValue takes the n-th row of the frame; n is the current row's.
func (w *window) nthValue(f *phys.WindowFunc, i, lo, hi lua.Expr, take func(lua.Expr) lua.Block) {
	g := w.g
	var n lua.Expr
	nullable := false
	g.emit(g.inside(func() {
		w.at(i)
		n = g.atom(g.value(f.Args[1]), "nth")
		nullable = g.nullable(f.Args[1])
	})...)
	find := g.inside(func() {
		g.emit(lua.When(lua.Op(n, "<=", lua.Int(0)),
			&lua.Do{Call: invoke("raise", lua.Str("22016"), lua.Str("argument of nth_value must be greater than zero"))}))
		if w.op.Frame.Exclude == "" {
			lo, hi := g.atom(lo, "from"), g.atom(hi, "upto")
			at := lua.NewVar("target")
			g.emit(lua.Let(at, lua.Op(lua.Op(lo, "+", n), "-", lua.Int(1))), lua.When(lua.Op(at, "<=", hi), take(at)...))
			return
		}
		j, seen := lua.NewVar("j"), lua.NewVar("seen")
		found := append(take(j), &lua.Break{})
		g.emit(lua.Let(seen, lua.Int(0)), &lua.NumFor{V: j, From: lo, To: hi, Body: lua.Block{
			lua.When(w.included(i, j), lua.Set(seen, lua.Op(seen, "+", lua.Int(1))), lua.When(lua.Op(seen, "==", n), found...)),
		}})
	})
	if nullable {
		g.emit(lua.When(n, find...))
		return
	}
	g.emit(&lua.Scope{Body: find})
}
