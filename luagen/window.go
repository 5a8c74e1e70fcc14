package luagen

import (
	"github.com/prequel-db/prequel/lowering/phys"
	"github.com/prequel-db/prequel/luagen/lua"
	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// window translates the functions over one window. rows is sorted by partition and order; first and last are the positions
// of the partition at hand.
type window struct {
	g           *gen
	op          *phys.WindowRows
	rows        *lua.Var
	first, last lua.Expr
	// peerFirst and peerLast map a position to the first and last of the rows equal to it by the order.
	peerFirst, peerLast *lua.Var
	// groupOf maps a position to the number of its peer group, starts a number to the group's first position.
	groupOf, starts *lua.Var
	// startOffset and endOffset are the frame's offsets, computed once.
	startOffset, endOffset lua.Expr
}

// windowRows computes window functions and appends the results to the rows.
func (g *gen) windowRows(op *phys.WindowRows) {
	w := &window{g: g, op: op, rows: g.reg(op.List).v}
	size := &lua.Un{Op: "#", X: w.rows}
	w.offsets(size)
	if len(op.Partition) == 0 {
		first, last := lua.NewVar("first"), lua.NewVar("last")
		w.first, w.last = first, last
		body := g.inside(func() {
			g.emit(&lua.Local{Vars: []*lua.Var{first, last}, Values: []lua.Expr{lua.Int(1), size}})
			w.partition()
		})
		g.emit(&lua.Scope{Body: body})
		return
	}
	first, last := lua.NewVar("first"), lua.NewVar("last")
	w.first, w.last = first, last
	g.depth++
	body := g.inside(func() {
		next := lua.Op(last, "+", lua.Int(1))
		same := g.sameValues(op.Partition, &lua.Index{X: w.rows, I: last}, &lua.Index{X: w.rows, I: next})
		g.emit(lua.Let(last, first),
			&lua.While{Cond: lua.And(lua.Op(last, "<", size), same), Body: lua.Block{lua.Set(last, next)}})
		w.partition()
		g.emit(lua.Set(first, next))
	})
	g.depth--
	g.emit(&lua.Scope{Body: lua.Block{
		lua.Let(first, lua.Int(1)),
		&lua.While{Cond: lua.Op(first, "<=", size), Body: body},
	}})
}

// sameValues is the condition that two rows agree on keys, NULL being equal to NULL.
func (g *gen) sameValues(keys []phys.RowKey, a, b lua.Expr) lua.Expr {
	var conds []lua.Expr
	for _, k := range keys {
		pos := lua.Int(int64(k.Pos + 1))
		x, y := &lua.Index{X: a, I: pos}, &lua.Index{X: b, I: pos}
		if _, same := orderOf(k.Type); same || k.Type.Kind == value.Bool {
			conds = append(conds, lua.Op(x, "==", y))
			continue
		}
		equal := lua.Op(g.threeWay(k.Type, x, y), "==", lua.Int(0))
		if !k.Nullable {
			conds = append(conds, equal)
			continue
		}
		conds = append(conds, lua.Or(lua.Op(x, "==", y), lua.And(lua.Op(x, "~=", lua.Nil{}), lua.Op(y, "~=", lua.Nil{}), equal)))
	}
	return lua.And(conds...)
}

// mode is the frame's mode, the default spelled out.
func (w *window) mode() string {
	if w.op.Frame.Mode == "" {
		return "range"
	}
	return w.op.Frame.Mode
}

// bounds are the frame's ends, the default spelled out.
func (w *window) bounds() (start, end scalar.FrameBound) {
	if w.op.Frame.Mode == "" {
		return scalar.UnboundedPreceding, scalar.CurrentRow
	}
	return w.op.Frame.Start, w.op.Frame.End
}

// framed reports whether a function looks at the frame.
func framed(f *phys.WindowFunc) bool {
	if f.Agg != nil {
		return true
	}
	switch f.Name {
	case "first_value", "last_value", "nth_value":
		return true
	}
	return false
}

// partition translates the functions over the partition at hand.
func (w *window) partition() {
	start, end := w.bounds()
	peers, groups := false, false
	for i := range w.op.Funcs {
		f := &w.op.Funcs[i]
		switch {
		case framed(f):
			peers = peers || w.mode() != "rows" && !(start == scalar.UnboundedPreceding && end == scalar.UnboundedFollowing) ||
				w.op.Frame.Exclude == "group" || w.op.Frame.Exclude == "ties"
			groups = groups || w.mode() == "groups"
		case f.Name != "row_number" && f.Name != "ntile" && f.Name != "lag" && f.Name != "lead":
			peers = true
		}
	}
	if peers {
		w.findPeers(groups)
	}
	for i := range w.op.Funcs {
		w.function(&w.op.Funcs[i], w.op.Width+1+i)
	}
}

// findPeers fills the tables of peer groups.
func (w *window) findPeers(groups bool) {
	g := w.g
	w.peerFirst, w.peerLast = lua.NewVar("peer_first"), lua.NewVar("peer_last")
	start, i, j := lua.NewVar("start"), lua.NewVar("i"), lua.NewVar("j")
	g.emit(&lua.Local{Vars: []*lua.Var{w.peerFirst, w.peerLast}, Values: []lua.Expr{&lua.Table{}, &lua.Table{}}})
	opened := lua.Block{}
	if groups {
		w.groupOf, w.starts = lua.NewVar("group_of"), lua.NewVar("group_starts")
		g.emit(&lua.Local{Vars: []*lua.Var{w.groupOf, w.starts}, Values: []lua.Expr{
			&lua.Table{}, &lua.Table{Items: []lua.Item{{Value: w.first}}},
		}})
		opened = lua.Block{lua.Set(&lua.Index{X: w.starts, I: lua.Op(&lua.Un{Op: "#", X: w.starts}, "+", lua.Int(1))}, i)}
	}
	before := lua.Op(i, "-", lua.Int(1))
	differ := lua.Expr(lua.Bool(false))
	if len(w.op.Order) > 0 {
		same := g.sameValues(w.op.Order, &lua.Index{X: w.rows, I: before}, &lua.Index{X: w.rows, I: i})
		differ = lua.And(lua.Op(i, ">", w.first), lua.Not(same))
	}
	body := lua.Block{}
	if differ != lua.Bool(false) {
		change := append(lua.Block{
			&lua.NumFor{V: j, From: start, To: before, Body: lua.Block{lua.Set(&lua.Index{X: w.peerLast, I: j}, before)}},
			lua.Set(start, i),
		}, opened...)
		body = append(body, lua.When(differ, change...))
	}
	body = append(body, lua.Set(&lua.Index{X: w.peerFirst, I: i}, start))
	if groups {
		body = append(body, lua.Set(&lua.Index{X: w.groupOf, I: i}, &lua.Un{Op: "#", X: w.starts}))
	}
	k := lua.NewVar("j")
	g.emit(lua.Let(start, w.first),
		&lua.NumFor{V: i, From: w.first, To: w.last, Body: body},
		&lua.NumFor{V: k, From: start, To: w.last, Body: lua.Block{lua.Set(&lua.Index{X: w.peerLast, I: k}, w.last)}})
}

// each is a loop over the partition's positions.
func (w *window) each(body func(i *lua.Var)) {
	i := lua.NewVar("i")
	w.g.depth++
	b := w.g.inside(func() { body(i) })
	w.g.depth--
	w.g.emit(&lua.NumFor{V: i, From: w.first, To: w.last, Body: b})
}

// set stores a function's result in the row at position i.
func (w *window) set(i *lua.Var, column int, x lua.Expr) {
	w.g.emit(lua.Set(&lua.Index{X: &lua.Index{X: w.rows, I: i}, I: lua.Int(int64(column))}, x))
}

// at binds the columns of the row at a position for the rest of the scope.
func (w *window) at(position lua.Expr) {
	row := lua.Later(w.g.scope, "row", &lua.Index{X: w.rows, I: position}, false)
	list := w.g.reg(w.op.List)
	w.g.bindRow(row, w.op.Cols, func(i int) bool { return w.op.Cols[i] == 0 || w.g.mayBeNull(list, w.op.Cols[i], i) })
}

func (w *window) function(f *phys.WindowFunc, column int) {
	if f.Agg != nil {
		w.aggregate(f.Agg, column)
		return
	}
	g := w.g
	size := lua.Op(lua.Op(w.last, "-", w.first), "+", lua.Int(1))
	switch f.Name {
	case "row_number":
		w.each(func(i *lua.Var) { w.set(i, column, lua.Op(lua.Op(i, "-", w.first), "+", lua.Int(1))) })
	case "rank":
		w.each(func(i *lua.Var) {
			w.set(i, column, lua.Op(lua.Op(&lua.Index{X: w.peerFirst, I: i}, "-", w.first), "+", lua.Int(1)))
		})
	case "dense_rank":
		rank := lua.NewVar("rank")
		g.emit(lua.Let(rank, lua.Int(0)))
		w.each(func(i *lua.Var) {
			g.emit(lua.When(lua.Op(&lua.Index{X: w.peerFirst, I: i}, "==", i), lua.Set(rank, lua.Op(rank, "+", lua.Int(1)))))
			w.set(i, column, rank)
		})
	case "percent_rank":
		w.each(func(i *lua.Var) {
			rank := lua.Op(lua.Op(&lua.Index{X: w.peerFirst, I: i}, "-", w.first), "/", lua.Op(w.last, "-", w.first))
			w.set(i, column, lua.Op(lua.Op(lua.Op(w.last, ">", w.first), "and", rank), "or", lua.Int(0)))
		})
	case "cume_dist":
		w.each(func(i *lua.Var) {
			upTo := lua.Op(lua.Op(&lua.Index{X: w.peerLast, I: i}, "-", w.first), "+", lua.Int(1))
			w.set(i, column, lua.Op(upTo, "/", size))
		})
	case "ntile":
		w.ntile(f, column)
	case "lag", "lead":
		w.neighbour(f, column)
	case "first_value", "last_value", "nth_value":
		w.frameValue(f, column)
	default:
		fail("window function %s has no translation", f.Name)
	}
}

// ntile deals the partition out to n buckets, the first ones a row larger where it does not come out even. Its argument is
// that of the partition's first row.
func (w *window) ntile(f *phys.WindowFunc, column int) {
	g := w.g
	body := g.inside(func() {
		w.at(w.first)
		n := g.atom(g.value(f.Args[0]), "buckets")
		deal := g.inside(func() {
			refuse := &lua.Do{Call: invoke("raise", lua.Str("22014"), lua.Str("argument of ntile must be greater than zero"))}
			g.emit(lua.When(lua.Op(n, "<=", lua.Int(0)), refuse))
			size, large := lua.NewVar("size"), lua.NewVar("large")
			total := lua.Op(lua.Op(w.last, "-", w.first), "+", lua.Int(1))
			floor := func(x lua.Expr) lua.Expr {
				return lua.Compute(&lua.Field{X: lua.Global("math"), Name: "floor"}, x)
			}
			g.emit(lua.Let(size, floor(lua.Op(total, "/", n))), lua.Let(large, lua.Op(total, "%", n)))
			w.each(func(i *lua.Var) {
				at, whole := lua.NewVar("at"), lua.NewVar("whole")
				g.emit(lua.Let(at, lua.Op(i, "-", w.first)), lua.Let(whole, lua.Op(large, "*", lua.Op(size, "+", lua.Int(1)))))
				g.emit(&lua.If{
					Clauses: []lua.Clause{{Cond: lua.Op(at, "<", whole), Body: g.inside(func() {
						w.set(i, column, lua.Op(floor(lua.Op(at, "/", lua.Op(size, "+", lua.Int(1)))), "+", lua.Int(1)))
					})}},
					Else: g.inside(func() {
						w.set(i, column, lua.Op(lua.Op(large, "+", floor(lua.Op(lua.Op(at, "-", whole), "/", size))), "+", lua.Int(1)))
					}),
				})
			})
		})
		if g.nullable(f.Args[0]) {
			g.emit(lua.When(n, deal...))
			return
		}
		g.emit(deal...)
	})
	g.emit(lua.When(lua.Op(w.first, "<=", w.last), body...))
}

// neighbour is lag or lead: the value of another row of the partition, or a default where there is none.
func (w *window) neighbour(f *phys.WindowFunc, column int) {
	g := w.g
	op := "-"
	if f.Name == "lead" {
		op = "+"
	}
	w.each(func(i *lua.Var) {
		distance := lua.Int(1)
		result := lua.NewVar("value")
		var other lua.Expr
		nullable := false
		if len(f.Args) > 1 {
			w.at(i)
			distance = g.atom(g.value(f.Args[1]), "offset")
			nullable = g.nullable(f.Args[1])
			if len(f.Args) > 2 {
				other = g.value(f.Args[2])
			}
		}
		find := g.inside(func() {
			target := lua.NewVar("target")
			g.emit(lua.Let(target, lua.Op(i, op, distance)))
			branch := &lua.If{Clauses: []lua.Clause{{
				Cond: lua.And(lua.Op(target, ">=", w.first), lua.Op(target, "<=", w.last)),
				Body: g.inside(func() {
					w.at(target)
					g.emit(lua.Set(result, g.value(f.Args[0])))
				}),
			}}}
			if other != nil && !lua.IsNil(other) {
				branch.Else = lua.Block{lua.Set(result, other)}
			}
			g.emit(branch)
		})
		g.emit(lua.Let(result, nil))
		if nullable {
			g.emit(lua.When(distance, find...))
		} else {
			g.emit(&lua.Scope{Body: find})
		}
		w.set(i, column, result)
	})
}
