package lowering

import (
	"slices"

	"github.com/prequel-db/prequel/lowering/phys"
	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqlparse/bound"
	"github.com/prequel-db/prequel/sqlparse/catalog"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// keyedSequence is a sequence that a program uses, and the register of its key, which is made when the program begins.
type keyedSequence struct {
	of  *phys.Structure
	key phys.Reg
}

// sequence is a sequence's structure.
func (m *module) sequence(q *catalog.Sequence) *phys.Structure {
	if s := m.sequences[q]; s != nil {
		return s
	}
	s := &phys.Structure{Kind: phys.Counter, Relation: q.Name, Name: q.Name, Sequence: &phys.Sequence{
		Name: q.Name, First: q.First, Start: q.Start, By: q.Increment, Min: q.Min, Max: q.Max, Cycle: q.Cycle,
	}}
	s.Fingerprint = sequenceFingerprint(s)
	s.Memory = phys.Estimate(s, 1)
	m.sequences[q] = s
	return s
}

// drawnBy reports whether a program uses a sequence that some column of the table draws from.
func (m *module) drawnBy(t *catalog.Table) bool {
	return slices.ContainsFunc(t.Columns, func(c *catalog.Column) bool { return m.sequences[c.Sequence] != nil })
}

// isSequenceCall reports whether a call is that of a function over sequences: an instruction, not an expression.
func isSequenceCall(c *scalar.Call) bool {
	switch c.Fn.Proc {
	case "nextval_oid", "currval_oid", "lastval", "setval_oid", "setval3_oid":
		return true
	}
	return false
}

// sequenceCall writes a call of nextval, currval, lastval or setval.
func (g *gen) sequenceCall(c *scalar.Call) scalar.Expr {
	var q *catalog.Sequence
	if len(c.Args) > 0 {
		q = g.m.cat.Sequence(c.Args[0].(*scalar.Const).Text)
	}
	id := g.temp(c.Fn.Name, c.Typ, false)
	switch c.Fn.Proc {
	case "lastval":
		for _, other := range g.m.cat.Sequences {
			g.m.observed[other] = true
		}
		g.emit(&phys.CurrentValue{Dst: id})
	case "currval_oid":
		g.m.observed[q] = true
		g.emit(&phys.CurrentValue{Dst: id, Of: g.m.sequence(q)})
	case "nextval_oid":
		k := g.keyedSequence(q)
		g.emit(&phys.NextValue{Dst: id, Of: k.of, Key: k.key, Noted: g.m.observed[q]})
	default:
		g.m.set[q] = true
		return g.setValue(c, q, id)
	}
	g.defined.Add(id)
	return g.ref(id)
}

// setValue writes a call of setval, which does nothing and is NULL where an argument is.
func (g *gen) setValue(c *scalar.Call, q *catalog.Sequence, id scalar.ColumnID) scalar.Expr {
	args := g.prepAll(c.Args[1:])
	k := g.keyedSequence(q)
	set := &phys.SetValue{Dst: id, Of: k.of, Key: k.key, Value: args[0], Noted: g.m.observed[q]}
	if len(args) > 1 {
		set.Called = args[1]
	}
	if !slices.ContainsFunc(args, g.nullable) {
		g.emit(set)
		g.defined.Add(id)
		return g.ref(id)
	}
	out := g.temp(c.Fn.Name, c.Typ, true)
	g.declare(out)
	g.where(g.present(args), func() {
		g.emit(set)
		g.emit(&phys.Set{Col: out, Expr: g.ref(id)})
	})
	return g.ref(out)
}

func (g *gen) keyedSequence(q *catalog.Sequence) *keyedSequence {
	s := g.m.sequence(q)
	for _, k := range g.sequences {
		if k.of == s {
			return k
		}
	}
	g.touchStructure(s)
	k := &keyedSequence{s, g.reg("sequence_key")}
	g.sequences = append(g.sequences, k)
	return k
}

// keyed puts the keys of the program's sequences in front of it. A program that draws is no read.
func (g *gen) keyed() {
	var keys []phys.Op
	for _, k := range g.sequences {
		keys = append(keys, &phys.MakeKey{Dst: k.key, Of: k.of})
	}
	g.prog.Body = append(keys, g.prog.Body...)
	g.prog.ReadOnly = g.prog.ReadOnly && !g.effects
	phys.Walk(g.prog.Body, func(op phys.Op) bool {
		if phys.Draws(op) {
			g.prog.ReadOnly = false
		}
		return true
	})
}

// restart lets the sequences that a table owns begin again.
func (g *gen) restart(t *catalog.Table) {
	for _, q := range g.m.cat.OwnedBy(t) {
		if g.m.sequences[q] != nil { // no statement uses the others
			k := g.keyedSequence(q)
			g.emit(&phys.RestartSequence{Of: k.of, Key: k.key})
		}
	}
}

// raiseSequences moves the sequences that columns draw from on to what a loaded row holds. One that cycles has no largest value.
func (g *gen) raiseSequences(rel *relation, new []scalar.Expr) {
	for i, col := range rel.table.Columns {
		if g.m.sequences[col.Sequence] == nil || col.Sequence.Cycle || !isInteger(col.Type) {
			continue
		}
		value := new[i]
		g.where(g.present([]scalar.Expr{value}), func() {
			k := g.keyedSequence(col.Sequence)
			g.emit(&phys.RaiseSequence{Of: k.of, Key: k.key, Value: value})
		})
	}
}

func isInteger(t value.Type) bool {
	return t.Kind == value.Int2 || t.Kind == value.Int4 || t.Kind == value.Int8
}

// position writes the program that moves a sequence to where the source has it.
func (m *module) position(q *catalog.Sequence) *phys.Program {
	typ := value.Of(value.Int8)
	g := newGen(m, loaderName(q.Name), "SELECT last_value FROM "+q.Name+" of the source of truth", &scalar.Columns{},
		[]bound.Param{{Number: 1, Name: "last_value", Type: typ}})
	k := g.keyedSequence(q)
	g.emit(&phys.RaiseSequence{Of: k.of, Key: k.key, Value: &scalar.Param{Node: scalar.Node{Typ: typ}, Number: 1}})
	g.keyed()
	return g.prog
}
