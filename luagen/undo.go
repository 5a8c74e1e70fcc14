package luagen

import (
	"strings"

	"github.com/prequel-db/prequel/lowering/phys"
	"github.com/prequel-db/prequel/luagen/lua"
	"github.com/prequel-db/prequel/planner/algebra"
)

// write runs a command that changes the store. Where the program takes writes back, a helper of the prelude does it, and keeps
// what undoes it.
func (g *gen) write(op phys.Op, name string, args ...lua.Expr) lua.Expr {
	if !g.undoes(op) {
		return g.command(name, args...)
	}
	if name == "ZADD" { // all scores are 0
		args = []lua.Expr{args[0], args[2]}
	}
	return invoke("undo_"+strings.ToLower(name), append([]lua.Expr{g.call, g.undo}, args...)...)
}

// undoes reports whether a write may have to be taken back.
func (g *gen) undoes(op phys.Op) bool { return g.undo != nil && !g.prog.Final[op] }

// drain translates the loop over events.
func (g *gen) drain(op *phys.Drain) {
	list := g.reg(op.Events).v
	at, event := lua.NewVar("at"), lua.NewVar("event")
	kind := &lua.Index{X: event, I: lua.Int(1)}
	g.depth++
	body := g.inside(func() {
		g.emit(lua.Let(event, &lua.Index{X: list, I: at}), lua.Set(at, lua.Op(at, "+", lua.Int(1))))
		choose := &lua.If{}
		for i := range op.Kinds {
			k := &op.Kinds[i]
			b := g.inside(func() {
				if k.Comment != "" {
					g.emit(&lua.Comment{Text: k.Comment})
				}
				cols := append([]algebra.ColumnID{0}, k.Cols...)
				g.bindRow(event, cols, func(i int) bool { return g.prog.Columns.Get(cols[i]).Nullable })
				g.ops(k.Body, false)
			})
			choose.Clauses = append(choose.Clauses, lua.Clause{Cond: lua.Op(kind, "==", lua.Int(int64(i+1))), Body: b})
		}
		if len(choose.Clauses) == 1 { // every event is of the only kind
			g.emit(choose.Clauses[0].Body...)
			return
		}
		last := len(choose.Clauses) - 1
		choose.Else = choose.Clauses[last].Body
		choose.Clauses = choose.Clauses[:last]
		g.emit(choose)
	})
	g.depth--
	g.emit(lua.Let(at, lua.Int(1)), &lua.While{Cond: lua.Op(at, "<=", &lua.Un{Op: "#", X: list}), Body: body})
}
