package luagen

import (
	"github.com/prequel-db/prequel/luagen/lua"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// notNull lists the columns and parameters that cannot be NULL where an expression is true: those tested by IS NOT NULL, and
// the arguments of strict calls.
func (g *gen) notNull(e scalar.Expr) []scalar.Expr {
	var out []scalar.Expr
	for _, c := range scalar.Conjuncts(e) {
		if null, ok := c.(*scalar.IsNull); ok && null.Negated {
			out = append(out, g.leaves(null.Arg)...)
			continue
		}
		out = append(out, g.leaves(c)...)
	}
	return out
}

// leaves lists the columns and parameters whose NULL makes an expression NULL.
func (g *gen) leaves(e scalar.Expr) []scalar.Expr {
	switch e.(type) {
	case *scalar.Column, *scalar.Param:
		return []scalar.Expr{e}
	}
	if c, ok := e.(*scalar.Call); ok && c.Fn.Strict { // also those whose result may be NULL for other reasons
		var out []scalar.Expr
		for _, a := range c.Args {
			out = append(out, g.leaves(a)...)
		}
		return out
	}
	node, ok := g.strict(e)
	if !ok {
		return nil
	}
	var out []scalar.Expr
	for _, a := range node.args {
		out = append(out, g.leaves(a)...)
	}
	return out
}

// knowing translates a block in which columns and parameters are known not to be NULL.
func (g *gen) knowing(known []scalar.Expr, f func() lua.Block) lua.Block {
	var undo []func()
	for _, e := range known {
		switch e := e.(type) {
		case *scalar.Column:
			old := g.cols[e.ID]
			if old == nil || !old.nullable || g.facts.set[e.ID] {
				continue
			}
			c := *old
			c.nullable = false
			g.cols[e.ID] = &c
			undo = append(undo, func() { g.cols[e.ID] = old })
			if p, ok := old.origin.(*scalar.Param); ok {
				undo = append(undo, g.assume(p.Number))
			}
		case *scalar.Param:
			undo = append(undo, g.assume(e.Number))
		}
	}
	b := f()
	for i := len(undo) - 1; i >= 0; i-- {
		undo[i]()
	}
	return b
}

// assume notes that a parameter is not NULL, and returns what takes that back.
func (g *gen) assume(number int) func() {
	old := g.given[number]
	if g.given == nil {
		g.given = map[int]bool{}
	}
	g.given[number] = true
	return func() { g.given[number] = old }
}
