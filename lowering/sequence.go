package lowering

import (
	"slices"
	"strconv"

	"github.com/prequel-db/prequel/lowering/phys"
	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqlparse/catalog"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// openSequence is a sequence that a program draws from. It is read once when the program begins and stored when nothing can fail
// any more, so that a call that fails draws nothing.
type openSequence struct {
	of       *phys.Structure
	col      *catalog.Column
	key, reg phys.Reg
}

// behind is the value in front of the first one that a column's sequence draws.
func behind(c *catalog.Column) string {
	return strconv.FormatInt(max(c.Start, 1)-max(c.Increment, 1), 10)
}

// maxOf is the largest value that a sequence for a column of some type draws.
var maxOf = map[value.Kind]string{value.Int2: "32767", value.Int4: "2147483647", value.Int8: "9223372036854775807"}

// nextValue draws from the sequence that a call of nextval names: that of an identity or serial column.
func (g *gen) nextValue(c *scalar.Call) scalar.Expr {
	name := ""
	if k, ok := c.Args[0].(*scalar.Const); ok {
		name = k.Text
	}
	for _, t := range g.m.cat.Tables {
		for i, col := range t.Columns {
			if !col.Identity || t.Name+"_"+col.Name+"_seq" != name {
				continue
			}
			id := g.temp(col.Name, value.Of(value.Int8), false)
			g.emit(&phys.NextValue{Dst: id, Sequence: g.open(g.m.relationOf(t).sequence(i), col).reg, Name: name, By: max(col.Increment, 1), Max: maxOf[col.Type.Kind]})
			g.defined.Add(id)
			return g.ref(id)
		}
	}
	g.fail("PQ0301", c.Span(), "the sequence "+quoted(name)+" belongs to no column", "use an identity or serial column")
	return scalar.NullOf(c.Typ)
}

func (g *gen) open(s *phys.Structure, col *catalog.Column) *openSequence {
	for _, o := range g.sequences {
		if o.of == s {
			return o
		}
	}
	g.touchStructure(s)
	o := &openSequence{s, col, g.reg("sequence_key"), g.reg("sequence")}
	g.sequences = append(g.sequences, o)
	return o
}

// drawn puts the program's sequences around it.
func (g *gen) drawn() { g.prog.Body = g.drawing(g.prog.Body) }

// drawing puts the sequences that instructions draw from around them.
func (g *gen) drawing(body []phys.Op) []phys.Op {
	var before, after []phys.Op
	for _, o := range g.sequences {
		before = append(before, &phys.MakeKey{Dst: o.key, Of: o.of}, &phys.OpenSequence{Dst: o.reg, Key: o.key, Before: behind(o.col)})
		after = append(after, &phys.CloseSequence{Key: o.key, Sequence: o.reg})
	}
	return slices.Concat(before, body, after)
}

// raiseSequences moves the sequences that statements draw from on to what a loaded row holds.
func (g *gen) raiseSequences(rel *relation, new []scalar.Expr) {
	for i, col := range rel.table.Columns {
		s := rel.sequences[i]
		if s == nil {
			continue
		}
		g.touchStructure(s)
		value := new[i]
		g.where(g.present([]scalar.Expr{value}), func() {
			key := g.reg("sequence_key")
			g.emit(&phys.MakeKey{Dst: key, Of: s})
			g.emit(&phys.RaiseSequence{Key: key, Value: value, Before: behind(col)})
		})
	}
}
