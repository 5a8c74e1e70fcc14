package luagen

import (
	"strconv"

	"github.com/prequel-db/prequel/lowering/phys"
	"github.com/prequel-db/prequel/luagen/lua"
)

// sequence translates the instructions over sequences.
func (g *gen) sequence(op phys.Op) {
	switch op := op.(type) {
	case *phys.NextValue:
		s := op.Of.Sequence
		small := wide(s.Min) && wide(s.Max)
		key, x := g.reg(op.Key).v, lua.Expr(nil)
		switch {
		case s.Counts() && small:
			x = invoke("sequence_next", g.call, key, lua.Int(s.Max), lua.Str(s.Name))
		case s.Counts() && s.Max == maxBigint:
			x = invoke("sequence_next_wide", g.call, key, lua.Str(s.Name))
		default:
			x = invoke("sequence_draw", g.call, key, g.described(s))
		}
		if op.Noted {
			x = invoke("sequence_note", g.session, lua.Str(s.Name), x, lua.Bool(true))
		}
		g.bindLocal(op.Dst, x, false)
		g.cols[op.Dst].small = small
	case *phys.SetValue:
		called := lua.Expr(lua.Bool(true))
		if op.Called != nil {
			called = g.value(op.Called)
		}
		s := op.Of.Sequence
		x := invoke("sequence_set", g.call, g.reg(op.Key).v, g.described(s), g.value(op.Value), called)
		if op.Noted && op.Called != nil { // only a value that counts as drawn is the current one
			v := g.bindLocal(op.Dst, x, false)
			note := invoke("sequence_note", g.session, lua.Str(s.Name), v)
			g.emit(lua.When(called, &lua.Do{Call: note}))
			return
		}
		if op.Noted {
			x = invoke("sequence_note", g.session, lua.Str(s.Name), x)
		}
		g.bindLocal(op.Dst, x, false)
	case *phys.CurrentValue:
		args := []lua.Expr{g.session}
		if op.Of != nil {
			args = append(args, lua.Str(op.Of.Sequence.Name))
		}
		g.bindLocal(op.Dst, invoke("sequence_current", args...), false)
	case *phys.RestartSequence:
		s := op.Of.Sequence
		if s.First == s.Start {
			g.emit(&lua.Do{Call: g.write(op, "DEL", g.reg(op.Key).v)})
			return
		}
		g.emit(&lua.Do{Call: g.write(op, "SET", g.reg(op.Key).v, lua.Str(strconv.FormatInt(s.Start-s.By, 10)))})
	case *phys.RaiseSequence:
		g.emit(&lua.Do{Call: invoke("sequence_raise", g.call, g.reg(op.Key).v, g.described(op.Of.Sequence), g.value(op.Value))})
	}
}

const maxBigint = 1<<63 - 1

// wide reports whether an integer is a number in its Lua form.
func wide(n int64) bool { return n < 1<<53 && n > -1<<53 }

// described is the table that describes a sequence.
func (g *gen) described(s *phys.Sequence) lua.Expr {
	return g.shared.add("sequence "+s.Name, "sequence", func() lua.Expr {
		number := func(n int64) lua.Expr {
			if wide(n) {
				return lua.Int(n)
			}
			return lua.Str(strconv.FormatInt(n, 10))
		}
		t := &lua.Table{Items: []lua.Item{
			{Name: "name", Value: lua.Str(s.Name)},
			{Name: "first", Value: number(s.First)},
			{Name: "by", Value: number(s.By)},
			{Name: "min", Value: number(s.Min)},
			{Name: "max", Value: number(s.Max)},
		}}
		if s.Cycle {
			t.Items = append(t.Items, lua.Item{Name: "cycle", Value: lua.Bool(true)})
		}
		return t
	})
}

// openSession begins what currval reads, in a program that draws or asks for what was drawn.
func (g *gen) openSession(p *part) {
	if !g.facts.sessions {
		return
	}
	g.session = lua.NewVar("session")
	outer := g.nilVar()
	if p.outer != nil {
		outer = p.outer
	}
	g.emit(lua.Let(g.session, invoke("sequence_session", outer)))
}
