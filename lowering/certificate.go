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
	commands, rows := costOf{p.Undo, map[scalar.ColumnID]charge{}}.walk(p.Body)
	p.Bound.Commands, p.Bound.Rows = commands.Add(cost.Const(1)), rows // one for the readiness check
	p.Bound.Class = m.classify(p, rows)
}

// costOf adds up what instructions cost. With undo, a write reads what it replaces and may be taken back.
type costOf struct {
	undo bool
	// once holds what a Once costs by its flag, until the list of instructions is reached that declares the flag: it runs
	// once for each time that list does.
	once map[scalar.ColumnID]charge
}

// charge is what a part of a program costs.
type charge struct{ commands, rows cost.Poly }

// write is the number of commands of a write; reads says that it must read the value that it replaces to take it back.
func (w costOf) write(reads bool) cost.Poly {
	switch {
	case !w.undo:
		return cost.Const(1)
	case reads:
		return cost.Const(3)
	}
	return cost.Const(2)
}

func (w costOf) walk(ops []phys.Op) (commands, rows cost.Poly) {
	commands, rows = cost.Poly{}, cost.Poly{}
	one := cost.Const(1)
	for _, op := range ops {
		switch x := op.(type) {
		case *phys.HGet, *phys.HExists, *phys.ZCount, *phys.HLen, *phys.OpenSequence:
			commands = commands.Add(one)
		case *phys.HSet, *phys.HDel, *phys.CloseSequence:
			commands = commands.Add(w.write(true))
		case *phys.ZAdd, *phys.ZRem, *phys.Incr, *phys.HIncrBy:
			commands = commands.Add(w.write(false))
		case *phys.RaiseSequence:
			commands = commands.Add(cost.Const(2))
		case *phys.Drain:
			for i := range x.Kinds {
				commands, rows = w.loop(commands, rows, x.Kinds[i].Body, x.Kinds[i].Rows)
			}
		case *phys.HVals:
			commands, rows = commands.Add(one), rows.Add(x.Rows)
		case *phys.HGetAll:
			commands, rows = commands.Add(one), rows.Add(x.Rows)
		case *phys.ZRange:
			commands, rows = commands.Add(one), rows.Add(x.Rows)
		case *phys.HMGet:
			commands, rows = commands.Add(one).Add(x.Rows), rows.Add(x.Rows)
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
		case *phys.ForEach:
			commands, rows = w.loop(commands, rows, x.Body, x.Rows)
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
