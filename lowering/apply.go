package lowering

import (
	"github.com/prequel-db/prequel/lowering/phys"
	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// row gives the value of each needed column of a stored row, by position. nil stands for no row.
type row map[int]scalar.Expr

// apply writes the change of one row: insert has no old row, delete no new one. changed limits an update to the columns
// that can differ; nil means all. Everything it evaluates has been checked; from here on nothing fails.
func (g *gen) apply(rel *relation, old, new row, changed map[int]bool) {
	if old != nil && new != nil && changed != nil {
		g.m.changes[rel] = append(g.m.changes[rel], changed)
	}
	g.complete(rel, old, nil, nil, nil)
	g.complete(rel, new, old, changed, nil)
	lost := g.viewsBefore(rel, old, new, changed)
	for _, x := range rel.indexes {
		if old != nil && new != nil && !x.touched(changed) {
			continue
		}
		g.touch(x)
		g.writeIndex(x, old, new, changed)
	}
	g.viewsAfter(rel, old, new, changed, lost)
}

// writeIndex writes the change of one row to one structure.
func (g *gen) writeIndex(x *index, old, new row, changed map[int]bool) {
	g.scope("", func() {
		if x.s.Kind == phys.RowMap {
			g.writeRow(x, old, new, changed)
		} else {
			g.writeMember(x, old, new, changed)
		}
	})
}

// touched reports whether a structure depends on one of the changed columns.
func (x *index) touched(changed map[int]bool) bool {
	if changed == nil {
		return true
	}
	for _, c := range x.columns() {
		if changed[c] {
			return true
		}
	}
	return false
}

func anyChanged(cols []phys.Col, changed map[int]bool) bool {
	for _, c := range cols {
		if changed == nil || changed[c.Index] {
			return true
		}
	}
	return false
}

func valuesOf(cols []phys.Col, r row) []scalar.Expr {
	out := make([]scalar.Expr, len(cols))
	for i, c := range cols {
		out[i] = r[c.Index]
	}
	return out
}

func (g *gen) writeRow(x *index, old, new row, changed map[int]bool) {
	moved := old != nil && new != nil && anyChanged(x.s.Field, changed)
	if old != nil && (new == nil || moved) {
		g.where(g.kept(x, old), func() {
			key, field := g.reg("key"), g.reg("field")
			g.rowKey(x, valuesOf(x.s.Field, old), key, field)
			g.emit(&phys.HDel{Key: key, Field: field})
		})
	}
	if new != nil {
		g.where(g.kept(x, new), func() {
			key, field, packed := g.reg("key"), g.reg("field"), g.reg("row")
			g.rowKey(x, valuesOf(x.s.Field, new), key, field)
			g.emit(&phys.Pack{Dst: packed, Of: x.s, Exprs: valuesOf(x.s.Payload, new)})
			g.emit(&phys.HSet{Key: key, Field: field, Value: packed})
		})
	}
}

// kept is the condition under which a row map has a row, nil when it has every row.
func (g *gen) kept(x *index, r row) scalar.Expr {
	if !x.partial {
		return nil
	}
	return g.present(valuesOf(x.s.Field, r))
}

func (g *gen) writeMember(x *index, old, new row, changed map[int]bool) {
	member := func(r row) (key, m phys.Reg) {
		key, m = g.reg("key"), g.reg("member")
		g.emit(&phys.MakeKey{Dst: key, Of: x.s, Parts: valuesOf(x.s.Partition, r)})
		order := make([]scalar.Expr, len(x.s.Order))
		for i, o := range x.s.Order {
			order[i] = r[o.Index]
		}
		sortKey := g.reg("sort_key")
		g.emit(&phys.MakeSortKey{Dst: sortKey, Of: x.s, Exprs: order})
		g.emit(&phys.Pack{Dst: m, Of: x.s, Key: sortKey, Exprs: valuesOf(x.s.Payload, r)})
		return key, m
	}
	switch {
	case old == nil:
		key, m := member(new)
		g.emit(&phys.ZAdd{Key: key, Member: m})
	case new == nil:
		key, m := member(old)
		g.emit(&phys.ZRem{Key: key, Member: m})
	default:
		oldKey, oldMember := member(old)
		newKey, newMember := member(new)
		swap := []phys.Op{&phys.ZRem{Key: oldKey, Member: oldMember}, &phys.ZAdd{Key: newKey, Member: newMember}}
		if anyChanged(x.s.Partition, changed) {
			*g.body = append(*g.body, swap...)
			return
		}
		g.emit(&phys.If{Cond: &phys.Negate{Cond: &phys.SameBytes{A: oldMember, B: newMember}}, Then: swap})
	}
}

// countPrefix sets taken to whether a sorted set holds a row with the given values of the unique columns that its
// partition and the beginning of its order are.
func (g *gen) countPrefix(x *index, cols []int, values []scalar.Expr, taken scalar.ColumnID) {
	by := row{}
	for i, c := range cols {
		by[c] = values[i]
	}
	key, prefix := g.reg("key"), g.reg("prefix")
	g.emit(&phys.MakeKey{Dst: key, Of: x.s, Parts: valuesOf(x.s.Partition, by)})
	var order []scalar.Expr
	for _, o := range x.s.Order[:len(cols)-len(x.s.Partition)] {
		order = append(order, by[o.Index])
	}
	g.emit(&phys.MakeSortKey{Dst: prefix, Of: x.s, Exprs: order})
	n := g.temp("same_key", value.Of(value.Int4), false)
	g.emit(&phys.ZCount{Dst: n, Key: key, From: phys.Edge{Key: prefix}, To: phys.Edge{Key: prefix, After: true}})
	g.defined.Add(n)
	positive := &scalar.Func{Name: ">", Proc: "int4gt", Strict: true}
	g.let(taken, &scalar.Call{Node: scalar.Node{Typ: value.Of(value.Bool)}, Fn: positive, Args: []scalar.Expr{g.ref(n), integer("0")}})
}
