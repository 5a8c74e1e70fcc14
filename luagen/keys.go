package luagen

import (
	"github.com/prequel-db/prequel/lowering/phys"
	"github.com/prequel-db/prequel/luagen/lua"
	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// keyOp translates what makes keys, fields, sort keys and rows.
func (g *gen) keyOp(op phys.Op) bool {
	switch op := op.(type) {
	case *phys.MakeKey:
		g.makeKey(op)
	case *phys.MakeField:
		if op.Of.Bucket > 0 {
			g.bindPure(op.Dst, "field", g.within(op.Exprs[0], op.Of.Bucket), op.Exprs, true)
			break
		}
		g.bindPure(op.Dst, "field", g.nameForm(op.Exprs, nullableCols(op.Of.Field)), op.Exprs, true)
	case *phys.MakeSortKey:
		g.bindPure(op.Dst, "sort_key", g.sortKey(op.Of, op.Exprs), op.Exprs, true)
		reg := g.reg(op.Dst)
		reg.behind = g.behind(op, reg)
	case *phys.Pack:
		x := g.packed(op.Of, op.Exprs)
		if _, text := x.(lua.Str); !text && g.facts.compared[op.Dst] && layoutOf(op.Of).Decimal { // a number is written as its text, but does not equal it
			x = lua.Op(x, "..", lua.Str(""))
		}
		if op.Key != 0 {
			x = concat(append(joined(g.reg(op.Key).v), joined(x)...))
		}
		g.bindPure(op.Dst, "packed", x, op.Exprs, false)
	default:
		return false
	}
	return true
}

// joined takes a concatenation apart.
func joined(x lua.Expr) []lua.Expr {
	if b, ok := x.(*lua.Bin); ok && b.Op == ".." {
		return append(joined(b.L), joined(b.R)...)
	}
	return []lua.Expr{x}
}

func nullableCols(cols []phys.Col) []bool {
	out := make([]bool, len(cols))
	for i, c := range cols {
		out[i] = c.Nullable
	}
	return out
}

// bindPure gives a register a value without effect: computed where it is needed, unless a column it reads can change.
func (g *gen) bindPure(dst phys.Reg, hint string, x lua.Expr, from []scalar.Expr, inline bool) {
	if v, ok := x.(*lua.Var); ok && !g.anyChanges(from) {
		g.bindReg(dst, &register{v: v})
		return
	}
	if g.anyChanges(from) || g.facts.written[dst] {
		g.emit(lua.Let(g.newReg(dst, hint).v, x))
		return
	}
	v := lua.Later(g.scope, g.regName(dst, hint), x, inline)
	g.bindReg(dst, &register{v: v})
}

// makeKey makes a key. One that depends on parameters and constants only, and is needed by every call, is declared: the client
// builds it.
func (g *gen) makeKey(op *phys.MakeKey) {
	if g.depth == 0 {
		if arg, ok := g.keyTemplate(op); ok {
			at := g.declareKey(arg)
			x := &lua.Index{X: g.keys, I: lua.Int(int64(at))}
			g.bindReg(op.Dst, &register{v: lua.Later(g.rootScope(), g.regName(op.Dst, "key"), x, true)})
			return
		}
	}
	parts := []lua.Expr{lua.Str(g.root + op.Of.Fingerprint)}
	if len(op.Parts) > 0 {
		parts = append(parts, lua.Str(":"))
		if op.Of.Bucket > 0 {
			parts = append(parts, g.bucket(op.Parts[0], op.Of.Bucket))
		} else {
			parts = append(parts, joined(g.nameForm(op.Parts, nullableCols(op.Of.Partition)))...)
		}
	}
	g.bindPure(op.Dst, "key", concat(parts), op.Parts, true)
}

// declareKey adds a key to the declared ones, unless it is there, and returns its position in KEYS.
func (g *gen) declareKey(key Arg) int {
	for i, k := range g.declared {
		if k.equal(key) {
			return i + 2
		}
	}
	g.declared = append(g.declared, key)
	return len(g.declared) + 1
}

// bucket is the number of the bucket that an integer falls into.
func (g *gen) bucket(e scalar.Expr, size int) lua.Expr {
	n := lua.Int(int64(size))
	floor := func(x lua.Expr) lua.Expr {
		return lua.Compute(&lua.Field{X: lua.Global("math"), Name: "floor"}, lua.Op(x, "/", n))
	}
	x := g.value(e)
	if !e.Type().Wide() {
		return floor(x)
	}
	x = g.atom(x, "id")
	bucket, rest := lua.NewVar("bucket"), lua.NewVar("rest")
	g.emit(&lua.Local{Vars: []*lua.Var{bucket}})
	g.emit(&lua.If{
		Clauses: []lua.Clause{{
			Cond: lua.Op(lua.Compute(lua.Global("type"), x), "==", lua.Str("number")),
			Body: lua.Block{lua.Set(bucket, floor(x))},
		}},
		Else: lua.Block{ // beyond 2^53
			lua.Let(rest, invoke("int8mod", x, n)),
			lua.Set(bucket, invoke("int8div", invoke("int8mi", x, rest), n)),
			lua.When(lua.Op(rest, "<", lua.Int(0)), lua.Set(bucket, invoke("int8mi", bucket, lua.Int(1)))),
		},
	})
	return compute("name_int", bucket)
}

// within is an integer's position in its bucket.
func (g *gen) within(e scalar.Expr, size int) lua.Expr {
	n := lua.Int(int64(size))
	x := g.value(e)
	if !e.Type().Wide() {
		return lua.Op(x, "%", n)
	}
	x = g.atom(x, "id")
	rest := lua.NewVar("rest")
	g.emit(
		lua.Let(rest, lua.Op(x, "%", n)),
		lua.When(lua.Op(lua.Compute(lua.Global("type"), x), "==", lua.Str("string")), // beyond 2^53
			lua.Set(rest, lua.Op(invoke("int8mod", x, n), "%", n))))
	return rest
}

// typed is an expression as a column of another integer width stores it.
func typed(e scalar.Expr, t value.Type) *value.Type {
	if e.Type().Kind == t.Kind || t.Kind == value.Varchar && e.Type().Kind == value.Text {
		return nil // the same bytes; a text longer than the column allows equals none of its values
	}
	return &t
}
