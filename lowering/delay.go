package lowering

import (
	"slices"

	"github.com/prequel-db/prequel/lowering/phys"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// delay moves writes behind checks that stand after them and do not see what they write: a write with no error behind it need not be
// taken back.
//
//	ZADD impressions                         row = HGET campaigns
//	row = HGET campaigns            =>       if row.remaining < price: raise
//	if row.remaining < price: raise          HSET campaigns
//	HSET campaigns                           ZADD impressions
//
// Instructions change places only where none reads or writes a structure that the other one writes. None moves out of a loop, a branch or
// a handler, nor across what leaves the program.
func delay(p *phys.Program) {
	d := &delayer{of: map[phys.Reg]*phys.Structure{}}
	phys.Walk(p.Body, func(op phys.Op) bool {
		if k, ok := op.(*phys.MakeKey); ok {
			d.of[k.Dst] = k.Of
		}
		return true
	})
	p.Body = d.ops(p.Body)
}

// delayer knows the structures of keys.
type delayer struct {
	of map[phys.Reg]*phys.Structure
}

func (d *delayer) ops(ops []phys.Op) []phys.Op {
	for _, op := range ops {
		phys.MapBodies(op, d.ops)
	}
	flat := opened(ops)
	last := -1 // the last instruction by which an error can be raised
	for i, op := range flat {
		if canRaise(op) {
			last = i
		}
	}
	var out []phys.Op
	var late waiting
	moved := false
	for i, op := range flat {
		e := d.effects(op)
		if i < last && e.known && e.closed && len(e.writes) > 0 && !canRaise(op) {
			late = append(late, write{op, e})
			continue
		}
		out = append(out, late.before(e)...)
		out = append(out, op)
		moved = moved || len(late) > 0
		if i >= last {
			out = append(out, late.rest()...)
		}
	}
	if !moved {
		return ops
	}
	return out
}

// write is an instruction that writes and waits for a later place.
type write struct {
	op phys.Op
	effects
}

// waiting are writes in their order.
type waiting []write

// before takes out the writes that must stand before an instruction, and those before them that must keep their order.
func (w *waiting) before(e effects) []phys.Op {
	if !e.known {
		return w.rest()
	}
	var now, kept waiting
	for _, x := range slices.Backward(*w) {
		if e.concerns(x.effects) || slices.ContainsFunc(now, func(y write) bool { return y.concerns(x.effects) }) {
			now = append(now, x)
		} else {
			kept = append(kept, x)
		}
	}
	slices.Reverse(now)
	slices.Reverse(kept)
	*w = kept
	return now.rest()
}

// rest takes all out.
func (w *waiting) rest() []phys.Op {
	var out []phys.Op
	for _, x := range *w {
		out = append(out, x.op)
	}
	*w = nil
	return out
}

// opened takes the blocks apart that do more than write one row: their parts are each of their own.
func opened(ops []phys.Op) []phys.Op {
	var out []phys.Op
	for _, op := range ops {
		b, ok := op.(*phys.Block)
		if !ok || b.Comment != "" || slices.ContainsFunc(b.Body, phys.Writes) {
			out = append(out, op)
			continue
		}
		out = append(out, opened(b.Body)...)
	}
	return out
}

// canRaise reports whether an instruction, or one inside of it, can raise an error.
func canRaise(op phys.Op) bool {
	found := false
	phys.Walk([]phys.Op{op}, func(op phys.Op) bool {
		found = found || raises(op)
		return !found
	})
	return found
}

// effects are what an instruction does, with those inside of it.
type effects struct {
	known         bool // it does no more than what is said here
	reads, writes []*phys.Structure
	// closed says that nothing outside of it refers to what it binds, and that it sets nothing.
	closed bool
	set    scalar.ColSet // columns that are given other values
	uses   scalar.ColSet // columns that are read
}

// effects lists what an instruction does.
func (d *delayer) effects(op phys.Op) effects {
	e := effects{known: true}
	_, e.closed = op.(*phys.Block)
	phys.Walk([]phys.Op{op}, func(op phys.Op) bool {
		switch x := op.(type) {
		case *phys.Comment, *phys.Block, *phys.If, *phys.Let, *phys.Declare, *phys.SameReg, *phys.MakeKey, *phys.MakeField, *phys.MakeSortKey,
			*phys.Pack, *phys.Unpack, *phys.Raise, *phys.NextValue, *phys.CurrentValue: // nothing else reads sequences, nobody takes them back
		case *phys.Set:
			e.set.Add(x.Col)
		case *phys.AddCount:
			e.set.Add(x.Col)
		default:
			e.row(d, op)
		}
		for _, x := range phys.Exprs(op) {
			e.uses.AddAll(scalar.ColumnsIn(x))
		}
		return e.known
	})
	e.closed = e.closed && e.set.Empty()
	return e
}

// row notes the structure that an instruction reads or writes.
func (e *effects) row(d *delayer, op phys.Op) {
	of := d.of[phys.Key(op)]
	del, _ := op.(*phys.HDel)
	_, putNew := op.(*phys.HSetNX)
	switch {
	case of == nil, putNew, del != nil && del.Counted: // the latter add to the number of affected rows
		e.known = false
	case phys.Writes(op):
		e.writes = append(e.writes, of)
	default:
		e.reads = append(e.reads, of)
	}
}

// concerns reports whether two instructions cannot change places.
func (e effects) concerns(other effects) bool {
	shared := func(a, b []*phys.Structure) bool {
		return slices.ContainsFunc(a, func(s *phys.Structure) bool { return slices.Contains(b, s) })
	}
	return shared(e.writes, other.writes) || shared(e.writes, other.reads) || shared(e.reads, other.writes) || e.set.Intersects(other.uses)
}
