package lowering

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/prequel-db/prequel/lowering/phys"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// reuse removes the second of two reads of a stored row where nothing can have changed it in between, and tells writes what they replace
// where that has been read: to take such a write back costs no command.
//
// What is known of a row is the register that holds it. It is forgotten when the structure is written, except that the writer of a row
// knows it; when a column that its field is made of is assigned; and where the register is not visible.
func reuse(p *phys.Program) {
	r := &rows{fields: map[phys.Reg]place{}, version: map[scalar.ColumnID]int{}, same: map[scalar.ColumnID]string{}}
	p.Body = r.ops(p.Body)
}

// place is a field of a structure, as the values that it is made of.
type place struct {
	of    *phys.Structure
	value string
}

// rows is what is known at a point of a program.
type rows struct {
	keys, fields map[phys.Reg]place
	known        map[place]phys.Reg // of a key and field
	// version counts the assignments of a column; same names what a column is a copy of.
	version map[scalar.ColumnID]int
	same    map[scalar.ColumnID]string
}

func (r *rows) ops(ops []phys.Op) []phys.Op {
	var out []phys.Op
	for _, op := range ops {
		out = append(out, r.op(op))
	}
	return out
}

func (r *rows) op(op phys.Op) phys.Op {
	switch x := op.(type) {
	case *phys.Let:
		r.same[x.Col] = r.name(x.Expr)
	case *phys.MakeKey:
		r.note(&r.keys, x.Dst, x.Of, x.Parts)
	case *phys.MakeField:
		r.note(&r.fields, x.Dst, x.Of, x.Exprs)
	case *phys.HGet:
		at, ok := r.at(x.Key, x.Field)
		if !ok {
			return op
		}
		if old, ok := r.known[at]; ok {
			return &phys.SameReg{Dst: x.Dst, Src: old}
		}
		r.learn(at, x.Dst)
	case *phys.HSet:
		at, ok := r.at(x.Key, x.Field)
		if !ok {
			r.forget(r.keys[x.Key].of)
			return op
		}
		c := *x
		if old, known := r.known[at]; known {
			c.Old = old
		}
		r.forget(at.of)
		r.learn(at, x.Value)
		return &c
	case *phys.HDel, *phys.HIncrBy:
		r.forget(r.keys[phys.Key(op)].of)
	}
	bodies := phys.Bodies(op)
	if len(bodies) == 0 {
		r.effects(op)
		return op
	}
	_, block := op.(*phys.Block)
	_, choice := op.(*phys.If)
	r.inside(bodies, !block && phys.Loops(op), choice)
	phys.SetBodies(op, bodies)
	return op
}

// inside goes through instructions inside of another one, and forgets behind them what they change. Of a choice's bodies only one runs.
func (r *rows) inside(bodies [][]phys.Op, loops, choice bool) {
	if loops { // by an earlier round
		for _, b := range bodies {
			r.effectsOf(b)
		}
	}
	for i, b := range bodies {
		inner := &rows{
			keys: maps.Clone(r.keys), fields: maps.Clone(r.fields), known: maps.Clone(r.known), version: maps.Clone(r.version),
			same: maps.Clone(r.same),
		}
		if !choice {
			for _, earlier := range bodies[:i] {
				inner.effectsOf(earlier)
			}
		}
		bodies[i] = inner.ops(b)
	}
	for _, b := range bodies {
		r.effectsOf(b)
	}
}

// effectsOf forgets what instructions change, wherever in them they do.
func (r *rows) effectsOf(ops []phys.Op) {
	keys := maps.Clone(r.keys)
	if keys == nil {
		keys = map[phys.Reg]place{}
	}
	phys.Walk(ops, func(op phys.Op) bool {
		if k, ok := op.(*phys.MakeKey); ok {
			keys[k.Dst] = place{of: k.Of}
		}
		return true
	})
	phys.Walk(ops, func(op phys.Op) bool {
		switch op.(type) {
		case *phys.HSet, *phys.HDel, *phys.HIncrBy:
			r.forget(keys[phys.Key(op)].of)
		default:
			r.effects(op)
		}
		return true
	})
}

// effects notes the columns that an instruction assigns.
func (r *rows) effects(op phys.Op) {
	switch x := op.(type) {
	case *phys.Set:
		source := r.name(x.Expr)
		r.bound(x.Col)
		if _, copied := x.Expr.(*scalar.Column); copied {
			r.same[x.Col] = source
		}
		// What is a copy of the column, or was made with it, is of its former value: names carry the version.
	case *phys.AddCount, *phys.Declare, *phys.Unpack, *phys.HExists, *phys.HLen, *phys.ZCount, *phys.HIncrBy, *phys.Incr,
		*phys.NextValue, *phys.CurrentValue, *phys.SetValue:
		r.bound(phys.Binds(op)...)
	case *phys.Recursion:
		r.bound(phys.Binds(op)...)
	case *phys.Recur:
		r.forget(nil)
		r.bound(phys.Binds(op)...)
	case *phys.SetReg:
		maps.DeleteFunc(r.known, func(_ place, reg phys.Reg) bool { return reg == x.Dst })
	}
}

// bound notes that columns have other values than before.
func (r *rows) bound(cols ...scalar.ColumnID) {
	for _, c := range cols {
		r.version[c]++
		delete(r.same, c)
	}
}

func (r *rows) note(into *map[phys.Reg]place, dst phys.Reg, of *phys.Structure, exprs []scalar.Expr) {
	if *into == nil {
		*into = map[phys.Reg]place{}
	}
	parts := make([]string, len(exprs))
	for i, e := range exprs {
		parts[i] = r.name(e)
	}
	(*into)[dst] = place{of, strings.Join(parts, "\x00")}
}

// at is the place of a row.
func (r *rows) at(key, field phys.Reg) (place, bool) {
	k, ok := r.keys[key]
	f, known := r.fields[field]
	if !ok || !known || k.of.Kind != phys.RowMap {
		return place{}, false
	}
	return place{k.of, k.value + "\x01" + f.value}, true
}

func (r *rows) learn(at place, reg phys.Reg) {
	if r.known == nil {
		r.known = map[place]phys.Reg{}
	}
	r.known[at] = reg
}

func (r *rows) forget(of *phys.Structure) {
	maps.DeleteFunc(r.known, func(at place, _ phys.Reg) bool { return of == nil || at.of == of })
}

// name is a text that is the same for expressions that have the same value.
func (r *rows) name(e scalar.Expr) string {
	e = asStored(e)
	if c, ok := e.(*scalar.Column); ok {
		if same, ok := r.same[c.ID]; ok {
			return same
		}
		return fmt.Sprintf("#%d.%d", c.ID, r.version[c.ID])
	}
	columns := scalar.ColumnsIn(e).Ordered()
	names := make([]string, len(columns))
	for i, id := range columns {
		names[i] = fmt.Sprint(id, "=", r.version[id])
		if same, ok := r.same[id]; ok {
			names[i] = fmt.Sprint(id, "=", same)
		}
	}
	slices.Sort(names)
	return scalar.Format(e, nil) + "{" + strings.Join(names, ",") + "}"
}
