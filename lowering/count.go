package lowering

import (
	"github.com/prequel-db/prequel/lowering/phys"
	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// count adds a row to a group of which only the number of rows is kept, or takes it away. The command that changes the
// count says what it was, so that nothing is read before.
func (g *gen) count(rel *relation, key []scalar.Expr, sign int) {
	group := row{}
	for i, e := range key {
		group[i] = e
	}
	var maps, others []*index
	for _, x := range rel.indexes {
		g.touch(x)
		if x.s.Kind == phys.CountMap {
			maps = append(maps, x)
		} else {
			others = append(others, x)
		}
	}
	var n scalar.ColumnID
	var remove []phys.Op
	for _, x := range maps {
		k, f := g.reg("key"), g.reg("field")
		g.countKey(x, group, k, f)
		n = g.temp(rel.cols[rel.counted].Name, value.Of(value.Int8), false)
		g.emit(&phys.HIncrBy{Dst: n, Key: k, Field: f, By: sign})
		g.defined.Add(n)
		remove = append(remove, &phys.HDel{Key: k, Field: f})
	}
	if sign > 0 && len(others) == 0 {
		return
	}
	// The group as the other structures hold it, and as they should.
	with := func(rows scalar.Expr) row {
		r := row{rel.counted: rows}
		for c, e := range group {
			r[c] = e
		}
		return r
	}
	add, edge := "int8mi", "1"
	if sign < 0 {
		add, edge = "int8pl", "0"
	}
	before := with(&scalar.Call{
		Node: scalar.Node{Typ: value.Of(value.Int8)}, Fn: &scalar.Func{Name: "-", Proc: add, Strict: true},
		Args: []scalar.Expr{g.ref(n), integer("1")},
	})
	after := with(g.ref(n))
	counted := map[int]bool{rel.counted: true}
	each := func(old, new row) {
		for _, x := range others {
			g.writeIndex(x, old, new, counted)
		}
	}
	atEdge := &scalar.Call{
		Node: scalar.Node{Typ: value.Of(value.Bool)}, Fn: equality(value.Of(value.Int8)), Args: []scalar.Expr{g.ref(n), integer(edge)},
	}
	then := g.inside(func() {
		if sign > 0 {
			each(nil, after)
			return
		}
		*g.body = append(*g.body, remove...)
		each(before, nil)
	})
	g.emit(&phys.If{Cond: &phys.IsTrue{Expr: atEdge}, Then: then, Else: g.inside(func() { each(before, after) })})
}
