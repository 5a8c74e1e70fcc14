package luagen

import (
	"strconv"

	"github.com/prequel-db/prequel/lowering/phys"
	"github.com/prequel-db/prequel/luagen/lua"
	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// chunk is how many arguments a command gets at most: unpack is limited, by Redis' Lua to 7,999 and by the embedded engine's
// to less.
const chunk = 2500

// commandOp translates the instructions that run a command.
func (g *gen) commandOp(op phys.Op) bool {
	switch op := op.(type) {
	case *phys.HGet:
		x := g.command("HGET", g.reg(op.Key).v, g.reg(op.Field).v)
		missing := true
		if g.facts.compared[op.Dst] {
			x, missing = lua.Op(x, "or", g.nilVar()), false
		}
		reg := g.newReg(op.Dst, "row")
		reg.missing = missing
		g.emit(lua.Let(reg.v, x))
	case *phys.HMGet:
		g.hmget(op)
	case *phys.HVals:
		g.emit(lua.Let(g.newReg(op.Dst, "rows").v, g.command("HVALS", g.reg(op.Key).v)))
	case *phys.HGetAll:
		g.emit(lua.Let(g.newReg(op.Dst, "rows").v, g.command("HGETALL", g.reg(op.Key).v)))
	case *phys.HIncrBy:
		by := lua.Int(int64(op.By))
		if !g.undoes(op) { // a number would be made a string at each call
			by = lua.Str(strconv.Itoa(op.By))
		}
		g.bindLocal(op.Dst, g.write(op, "HINCRBY", g.reg(op.Key).v, g.reg(op.Field).v, by), false)
		g.cols[op.Dst].small = true
	case *phys.HExists:
		x := lua.Op(g.command("HEXISTS", g.reg(op.Key).v, g.reg(op.Field).v), "==", lua.Int(1))
		g.bindLocal(op.Dst, x, false)
	case *phys.HLen:
		g.bindLocal(op.Dst, g.command("HLEN", g.reg(op.Key).v), false)
		g.cols[op.Dst].small = true
	case *phys.ZRange:
		g.zrange(op)
	case *phys.ZCount:
		g.zcount(op)
	case *phys.HSet:
		if args := []lua.Expr{g.reg(op.Key).v, g.reg(op.Field).v, g.reg(op.Value).v}; op.Old != 0 && g.undoes(op) {
			g.emit(&lua.Do{Call: invoke("undo_row", append([]lua.Expr{g.call, g.undo}, append(args, g.reg(op.Old).v)...)...)})
		} else {
			g.emit(&lua.Do{Call: g.write(op, "HSET", args...)})
		}
	case *phys.HSetNX:
		g.countReply(g.command("HSETNX", g.reg(op.Key).v, g.reg(op.Field).v, g.reg(op.Value).v))
	case *phys.HDel:
		if op.Counted {
			g.countReply(g.command("HDEL", g.reg(op.Key).v, g.reg(op.Field).v))
			break
		}
		g.emit(&lua.Do{Call: g.write(op, "HDEL", g.reg(op.Key).v, g.reg(op.Field).v)})
	case *phys.ZAdd:
		g.emit(&lua.Do{Call: g.write(op, "ZADD", g.reg(op.Key).v, lua.Str("0"), g.reg(op.Member).v)})
	case *phys.ZRem:
		g.emit(&lua.Do{Call: g.write(op, "ZREM", g.reg(op.Key).v, g.reg(op.Member).v)})
	case *phys.Incr:
		g.bindLocal(op.Dst, g.write(op, "INCR", g.reg(op.Key).v), false)
	case *phys.NextValue, *phys.CurrentValue, *phys.SetValue, *phys.RestartSequence, *phys.RaiseSequence:
		g.sequence(op)
	default:
		return false
	}
	return true
}

// hmget reads many fields, as many to a command as unpack takes.
func (g *gen) hmget(op *phys.HMGet) {
	fields := g.reg(op.Fields).v
	reg := g.newReg(op.Dst, "rows")
	reg.missing = true
	from, i, part := lua.NewVar("from"), lua.NewVar("i"), lua.NewVar("part")
	last := lua.Compute(&lua.Field{X: lua.Global("math"), Name: "min"}, lua.Op(from, "+", lua.Int(chunk-1)), &lua.Un{Op: "#", X: fields})
	g.emit(
		lua.Let(reg.v, &lua.Table{}),
		&lua.NumFor{V: from, From: lua.Int(1), To: &lua.Un{Op: "#", X: fields}, Step: lua.Int(chunk), Body: lua.Block{
			lua.Let(part, g.command("HMGET", g.reg(op.Key).v, lua.Compute(lua.Global("unpack"), fields, from, last))),
			&lua.NumFor{V: i, From: lua.Int(1), To: &lua.Un{Op: "#", X: part}, Body: lua.Block{
				lua.Set(&lua.Index{X: reg.v, I: lua.Op(lua.Op(from, "+", i), "-", lua.Int(1))}, &lua.Index{X: part, I: i}),
			}},
		}},
	)
}

// edge is an end of a lexicographic range as a command takes it.
func (g *gen) edge(e phys.Edge, upper bool) lua.Expr {
	if e.Key == 0 {
		if upper {
			return lua.Str("+")
		}
		return lua.Str("-")
	}
	mark := lua.Str("[")
	if upper {
		mark = "("
	}
	key := g.reg(e.Key).v
	if !e.After {
		return concat(append([]lua.Expr{mark}, joined(key)...))
	}
	if v := g.reg(e.Key).behind[mark]; v != nil {
		return v
	}
	return compute("lex_after", mark, key)
}

// behind declares the ends of ranges behind all members that begin with a sort key, each of which is computed where it is first needed,
// outside of loops around the ranges.
func (g *gen) behind(op *phys.MakeSortKey, key *register) map[lua.Str]*lua.Var {
	out := map[lua.Str]*lua.Var{}
	for _, mark := range []lua.Str{"[", "("} {
		x := compute("lex_after", mark, key.v)
		if len(op.Exprs) == 1 && fixedWide(op.Of.Order[0]) && !g.anyChanges(op.Exprs) {
			if _, constant := g.source(op.Exprs[0]).(*scalar.Const); !constant {
				x = compute("lex_after_i8", mark, g.value(op.Exprs[0]))
			}
		}
		out[mark] = lua.Later(g.scope, "behind", x, false)
	}
	return out
}

// fixedWide reports whether a column of a sort key is no more than its eight bytes, ascending.
func fixedWide(c phys.OrderCol) bool {
	return !c.Nullable && !c.Desc && (c.Type.Kind == value.Int8 || c.Type.Kind == value.Timestamp || c.Type.Kind == value.Timestamptz)
}

func (g *gen) zrange(op *phys.ZRange) {
	key := g.reg(op.Key).v
	from, to := g.edge(op.From, false), g.edge(op.To, true)
	args := []lua.Expr{key}
	if last, ok := lastOf(op); ok {
		args = append(args, lua.Int(0), lua.Int(int64(last)))
		if op.Reverse {
			args = append(args, lua.Str("REV"))
		}
		g.emit(lua.Let(g.newReg(op.Dst, "rows").v, g.command("ZRANGE", args...)))
		return
	}
	limits := g.limits(op.Offset, op.Limit)
	switch {
	case op.Reverse:
		args = append(args, to, from, lua.Str("BYLEX"), lua.Str("REV"))
	default:
		args = append(args, from, to, lua.Str("BYLEX"))
	}
	args = append(args, limits...)
	g.emit(lua.Let(g.newReg(op.Dst, "rows").v, g.command("ZRANGE", args...)))
}

// lastOf is the index of the last member of a range that begins with the first one and ends at a constant number of members, or at the
// last one (-1).
func lastOf(op *phys.ZRange) (int, bool) {
	if op.From.Key != 0 || op.To.Key != 0 || op.Offset != nil {
		return 0, false
	}
	if op.Limit == nil {
		return -1, true
	}
	c, ok := op.Limit.(*scalar.Const)
	if !ok || c.Null {
		return 0, false
	}
	n, err := strconv.Atoi(c.Text)
	return n - 1, err == nil && n > 0
}

func (g *gen) zcount(op *phys.ZCount) {
	key := g.reg(op.Key).v
	count := g.command("ZCARD", key)
	if op.From.Key != 0 || op.To.Key != 0 {
		from, to := g.edge(op.From, false), g.edge(op.To, true)
		count = g.command("ZLEXCOUNT", key, from, to)
	}
	g.bindLocal(op.Dst, count, false)
	g.cols[op.Dst].small = true
}

// limits are the LIMIT arguments of a range: nothing when neither is given.
func (g *gen) limits(offset, limit scalar.Expr) []lua.Expr {
	if offset == nil && limit == nil {
		return nil
	}
	skip, count := lua.Int(0), lua.Int(-1)
	if offset != nil {
		skip = g.rowCount(offset, "offset", "2201X", "OFFSET must not be negative", lua.Int(0))
	}
	if limit != nil {
		count = g.rowCount(limit, "limit", "2201W", "LIMIT must not be negative", lua.Int(-1))
	}
	return []lua.Expr{lua.Str("LIMIT"), skip, count}
}

// rowCount is the number that OFFSET or LIMIT says, none when it is NULL. A negative one raises. Beyond 2^53 any number means all.
func (g *gen) rowCount(e scalar.Expr, hint, state, message string, none lua.Expr) lua.Expr {
	refuse := &lua.Do{Call: invoke("raise", lua.Str(state), lua.Str(message))}
	if c, ok := g.source(e).(*scalar.Const); ok {
		v := constValue(c)
		switch {
		case v.IsNull():
			return none
		case v.Int() < 0:
			g.emit(refuse)
			return none
		}
		return lua.Int(min(v.Int(), maxExact-1))
	}
	nullable := g.nullable(e)
	var x lua.Expr
	if p, ok := g.source(e).(*scalar.Param); ok {
		x = g.rawParam(p.Number)
		if g.paramInfo(p.Number).Nullable {
			x = lua.Send(x, "sub", lua.Int(2))
		}
	} else {
		x = g.value(e)
	}
	n := lua.NewVar(hint)
	g.emit(lua.Let(n, lua.Compute(lua.Global("tonumber"), x)))
	negative := lua.Op(n, "<", lua.Int(0))
	if nullable {
		negative = lua.Op(n, "and", negative)
	}
	g.emit(lua.When(negative, refuse))
	capped := lua.Expr(n)
	if e.Type().Wide() {
		capped = lua.Compute(&lua.Field{X: lua.Global("math"), Name: "min"}, n, lua.Int(maxExact-1))
	}
	if nullable {
		return lua.Op(lua.Op(n, "and", capped), "or", none)
	}
	return capped
}
