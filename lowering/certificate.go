package lowering

import (
	"strings"

	"github.com/prequel-db/prequel/lowering/cost"
	"github.com/prequel-db/prequel/lowering/phys"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// certify computes a program's bound by walking its instructions: a command counts once for every time the loops around it can
// run, and every loop says how often that is.
func (m *module) certify(p *phys.Program) {
	commands, rows := newCost(commandsOf(p.Undo)).walk(p.Body)
	p.Bound.Commands, p.Bound.Rows = commands.Add(cost.Const(1)), rows // one for the readiness check
	if p.Undo {
		bare, _ := newCost(commandsOf(false)).walk(p.Body)
		p.Bound.Bare = bare.Add(cost.Const(1))
	}
	p.Bound.Class = m.classify(p, rows)
}

// costOf adds up what instructions cost.
type costOf struct {
	// one is what an instruction costs itself, whatever is inside it.
	one func(phys.Op) charge
	// once holds what a Once costs by its flag, until the list of instructions is reached that declares the flag: it runs
	// once for each time that list does.
	once map[scalar.ColumnID]charge
}

func newCost(one func(phys.Op) charge) costOf { return costOf{one, map[scalar.ColumnID]charge{}} }

// charge is what a part of a program costs.
type charge struct{ commands, rows cost.Poly }

// commandsOf counts the commands of instructions and the rows that they read. With undo, a write reads what it replaces and may
// be taken back.
func commandsOf(undo bool) func(phys.Op) charge {
	write := func(reads bool) cost.Poly {
		switch {
		case !undo:
			return cost.Const(1)
		case reads:
			return cost.Const(3)
		}
		return cost.Const(2)
	}
	one := cost.Const(1)
	return func(op phys.Op) charge {
		switch x := op.(type) {
		case *phys.HGet, *phys.HExists, *phys.ZCount, *phys.HLen, *phys.SetValue:
			return charge{commands: one}
		case *phys.HSet:
			return charge{commands: write(x.Old == 0)}
		case *phys.HDel, *phys.RestartSequence:
			return charge{commands: write(true)}
		case *phys.HSetNX, *phys.ZAdd, *phys.ZRem, *phys.Incr, *phys.HIncrBy:
			return charge{commands: write(false)}
		case *phys.NextValue:
			if !x.Of.Sequence.Counts() {
				return charge{commands: cost.Const(2)}
			}
			return charge{commands: one}
		case *phys.RaiseSequence:
			return charge{commands: cost.Const(2)}
		case *phys.HVals:
			return charge{one, x.Rows}
		case *phys.HGetAll:
			return charge{one, x.Rows}
		case *phys.ZRange:
			return charge{one, x.Rows}
		case *phys.HMGet:
			return charge{one.Add(x.Rows), x.Rows}
		}
		return charge{}
	}
}

func (w costOf) walk(ops []phys.Op) (commands, rows cost.Poly) {
	commands, rows = cost.Poly{}, cost.Poly{}
	one := cost.Const(1)
	for _, op := range ops {
		self := w.one(op)
		commands, rows = commands.Add(self.commands), rows.Add(self.rows)
		switch x := op.(type) {
		case *phys.Drain:
			for i := range x.Kinds {
				commands, rows = w.loop(commands, rows, x.Kinds[i].Body, x.Kinds[i].Rows)
			}
		case *phys.Block:
			c, r := w.walk(x.Body)
			commands, rows = commands.Add(c), rows.Add(r)
		case *phys.If:
			c, r := w.walk(x.Then)
			d, s := w.walk(x.Else)
			commands, rows = commands.Add(c.Max(d)), rows.Add(r.Max(s))
		case *phys.Loop:
			times := one
			if !x.Once {
				times = x.Rows
			}
			commands, rows = w.loop(commands, rows, x.Body, times)
		case *phys.Try:
			c, r := w.walk(x.Body)
			hc, hr := cost.Poly{}, cost.Poly{}
			for _, h := range x.Handlers {
				kc, kr := w.walk(h.Body)
				hc, hr = hc.Max(kc), hr.Max(kr)
			}
			commands, rows = commands.Add(c).Add(hc), rows.Add(r).Add(hr)
		case *phys.Recursion:
			commands, rows = w.loop(commands, rows, x.Body, x.Rows)
		case *phys.ForEach:
			commands, rows = w.loop(commands, rows, x.Body, x.Rows)
		case *phys.ForMembers:
			commands, rows = w.loop(commands.Add(cost.Const(3)), rows.Add(x.Rows), x.Body, x.Rows)
		case *phys.ForPairs:
			commands, rows = w.loop(commands, rows, x.Body, x.Rows)
		case *phys.ForArray:
			commands, rows = w.loop(commands, rows, x.Body, x.Rows)
		case *phys.ForRows:
			commands, rows = w.loop(commands, rows, x.Body, x.Rows)
		case *phys.ForMatches:
			commands, rows = w.loop(commands, rows, x.Body, x.Rows)
		case *phys.ForMapRows:
			commands, rows = w.loop(commands, rows, x.Body, x.Rows)
		case *phys.ForGroups:
			commands, rows = w.loop(commands, rows, x.Body, x.Rows)
		case *phys.While:
			commands, rows = w.loop(commands, rows.Add(x.Times), x.Body, x.Times)
		case *phys.ForSet:
			commands, rows = w.loop(commands, rows.Add(x.Rows), x.Body, x.Rows)
		case *phys.ForLists:
			commands, rows = w.loop(commands, rows, x.Body, x.Rows)
		case *phys.IfNew:
			c, r := w.walk(x.Body)
			commands, rows = commands.Add(c), rows.Add(r)
		case *phys.Tally:
			c, r := w.walk(x.Body)
			commands, rows = commands.Add(c), rows.Add(r)
		case *phys.Once:
			c, r := w.walk(x.Body)
			w.once[x.Done] = charge{c, r}
		}
	}
	for _, op := range ops {
		if x, ok := op.(*phys.Let); ok {
			if once, ok := w.once[x.Col]; ok {
				commands, rows = commands.Add(once.commands), rows.Add(once.rows)
			}
		}
	}
	return commands, rows
}

func (w costOf) loop(commands, rows cost.Poly, body []phys.Op, times cost.Poly) (cost.Poly, cost.Poly) {
	c, r := w.walk(body)
	return commands.Add(times.Mul(c)), rows.Add(times.Mul(r))
}

// classify names the growth of a bound. Reading whole tables is a scan, unless they are declared small; reading nothing but rows that are returned is
// output; rows that are looked at without being returned are bounded by the named sizes.
func (m *module) classify(p *phys.Program, rows cost.Poly) phys.Class {
	small := map[string]bool{}
	for _, r := range m.order {
		small[r.sizeName()] = r.small()
	}
	for _, s := range append(rows.Sizes(), p.Bound.Commands.Sizes()...) {
		if strings.HasPrefix(s, "rows(") && !small[s] {
			return phys.ScanCls
		}
	}
	sorted := false
	for _, s := range p.Structures {
		sorted = sorted || s.Kind == phys.SortedSet
	}
	switch {
	case rows.IsConst() && p.Bound.Commands.IsConst() && sorted:
		return phys.Log
	case rows.IsConst() && p.Bound.Commands.IsConst():
		return phys.Constant
	case returnsAll(p.Body):
		return phys.Output
	}
	return phys.Bounded
}

// returnsAll reports whether every row fetched is returned.
func returnsAll(ops []phys.Op) bool {
	for _, op := range ops {
		switch x := op.(type) {
		case *phys.EmitList:
			return true
		case *phys.ForEach:
			for _, in := range x.Body {
				switch in.(type) {
				case *phys.EmitPacked, *phys.EmitRow:
					return true
				}
			}
		}
	}
	return false
}
