package lowering

import (
	"maps"

	"github.com/prequel-db/prequel/lowering/phys"
	"github.com/prequel-db/prequel/planner/props"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// decided leaves branches out of the program that are never taken, or always.
func (g *gen) decided() {
	d := &decider{values: valuesIn(g.prog), moving: map[phys.Reg]bool{}}
	phys.Walk(g.prog.Body, func(op phys.Op) bool {
		if x, ok := op.(*phys.SetReg); ok {
			d.moving[x.Dst] = true
		}
		return true
	})
	g.prog.Body = unfed(d.ops(g.prog.Body, map[phys.Reg]bool{}))
}

// decider knows which registers are assigned more than once: what they hold is not followed.
type decider struct {
	values *values
	moving map[phys.Reg]bool
}

// ops leaves out the branches whose conditions are known: that a row is there which was read before and found, that a column which
// is never NULL is not; and what stands where no call comes. there has the registers that hold a row for certain.
func (d *decider) ops(ops []phys.Op, there map[phys.Reg]bool) []phys.Op {
	var out []phys.Op
	for i, op := range ops {
		if d.keyOfNull(op) {
			return out
		}
		switch x := op.(type) {
		case *phys.SameReg:
			if there[x.Src] {
				there[x.Dst] = true
			}
		case *phys.Block:
			x.Body = d.ops(x.Body, there)
			out = append(out, op)
			continue
		}
		x, ok := op.(*phys.If)
		if !ok {
			phys.MapBodies(op, func(body []phys.Op) []phys.Op { return d.ops(body, maps.Clone(there)) })
			out = append(out, op)
			continue
		}
		if holds, known := d.known(x.Cond, there); known {
			taken := x.Then
			if !holds {
				taken = x.Else
			}
			rest := append(append([]phys.Op(nil), taken...), ops[i+1:]...)
			if leavesList(taken) {
				rest = taken
			}
			return append(out, d.ops(rest, there)...)
		}
		inThen, inElse := maps.Clone(there), maps.Clone(there)
		d.learn(x.Cond, true, inThen)
		d.learn(x.Cond, false, inElse)
		x.Then, x.Else = d.ops(x.Then, inThen), d.ops(x.Else, inElse)
		out = append(out, x)
		if leavesList(x.Then) {
			d.learn(x.Cond, false, there)
		}
	}
	return out
}

// known evaluates a condition.
func (d *decider) known(c phys.Cond, there map[phys.Reg]bool) (holds, known bool) {
	switch c := c.(type) {
	case *phys.Present:
		return true, there[c.Reg]
	case *phys.Negate:
		holds, known = d.known(c.Cond, there)
		return !holds, known
	case *phys.IsTrue:
		return d.isTrue(c.Expr)
	}
	return false, false
}

// isTrue tells whether an expression is true, where that is known.
func (d *decider) isTrue(e scalar.Expr) (holds, known bool) {
	switch e := e.(type) {
	case *scalar.IsNull:
		if k, ok := e.Arg.(*scalar.Const); ok {
			return k.Null != e.Negated, true
		}
		if d.values.void(e.Arg) {
			return !e.Negated, true
		}
		return e.Negated, d.values.sure(e.Arg) && defined(e.Arg)
	case *scalar.Const:
		return scalar.IsTrueConst(e), true
	case *scalar.Not:
		if k, ok := e.Arg.(*scalar.Const); ok {
			return !k.Null && !scalar.IsTrueConst(k), true
		}
	case *scalar.And:
		return d.joined(e.Args, true)
	case *scalar.Or:
		return d.joined(e.Args, false)
	}
	return false, false
}

// joined tells whether a conjunction (all is set) or a disjunction is true. What can fail keeps what stands behind it from deciding.
func (d *decider) joined(args []scalar.Expr, all bool) (holds, known bool) {
	known = true
	for _, a := range args {
		one, sure := d.isTrue(a)
		switch {
		case sure && one != all:
			return one, true
		case !sure && !props.Total(a):
			return false, false
		case !sure:
			known = false
		}
	}
	return all, known
}

// keyOfNull reports whether an instruction makes a key out of NULL where there is none: no call comes there. What guards it may be
// known no better than that it is not true for NULL.
func (d *decider) keyOfNull(op phys.Op) bool {
	void := func(exprs []scalar.Expr, nullable func(i int) bool) bool {
		for i, e := range exprs {
			if d.values.void(e) && !nullable(i) {
				return true
			}
		}
		return false
	}
	switch x := op.(type) {
	case *phys.MakeKey:
		return void(x.Parts, func(i int) bool { return x.Of.Bucket == 0 && x.Of.Partition[i].Nullable })
	case *phys.MakeField:
		return void(x.Exprs, func(i int) bool { return x.Of.Field[i].Nullable })
	case *phys.MakeSortKey:
		return void(x.Exprs, func(i int) bool { return x.Of.Order[i].Nullable })
	case *phys.Pack:
		return void(x.Exprs, func(i int) bool { return x.Of.Payload[i].Nullable })
	}
	return false
}

// learn notes which registers hold a row where a condition holds, or does not.
func (d *decider) learn(c phys.Cond, holds bool, there map[phys.Reg]bool) {
	switch c := c.(type) {
	case *phys.Present:
		if holds && !d.moving[c.Reg] {
			there[c.Reg] = true
		}
	case *phys.Negate:
		d.learn(c.Cond, !holds, there)
	}
}

// leavesList reports whether nothing of a list of instructions leads behind it.
func leavesList(ops []phys.Op) bool {
	if ends(ops) {
		return true
	}
	if len(ops) == 0 {
		return false
	}
	switch ops[len(ops)-1].(type) {
	case *phys.Break, *phys.Leave:
		return true
	}
	return false
}
