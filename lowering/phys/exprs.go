package phys

import (
	"github.com/prequel-db/prequel/planner/algebra"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// Exprs lists the scalar expressions that an instruction itself evaluates, in order; those of instructions inside it are not
// among them.
func Exprs(op Op) []scalar.Expr {
	var out []scalar.Expr
	add := func(es ...scalar.Expr) {
		for _, e := range es {
			if e != nil {
				out = append(out, e)
			}
		}
	}
	switch op := op.(type) {
	case *Let:
		add(op.Expr)
	case *Set:
		add(op.Expr)
	case *MakeKey:
		add(op.Parts...)
	case *MakeField:
		add(op.Exprs...)
	case *MakeSortKey:
		add(op.Exprs...)
	case *Pack:
		add(op.Exprs...)
	case *ZRange:
		add(op.Offset, op.Limit)
	case *If:
		add(condExprs(op.Cond)...)
	case *ForArray:
		add(op.Array)
	case *AppendRow:
		add(op.Exprs...)
	case *RowOffset:
		add(op.Offset)
	case *RowLimit:
		add(op.Limit)
	case *ForSet:
		add(op.Call.Args...)
	case *MapAppend:
		add(op.Key...)
		add(op.Row...)
	case *ForMatches:
		add(op.Key...)
	case *IfNew:
		add(op.Key...)
	case *Tally:
		add(op.Key...)
	case *GroupRow:
		add(op.Keys...)
		for i := range op.Aggs {
			add(op.Aggs[i].exprs()...)
		}
	case *WindowRows:
		add(op.Frame.StartOffset, op.Frame.EndOffset)
		for _, f := range op.Funcs {
			add(f.Args...)
			if f.Agg != nil {
				add(f.Agg.exprs()...)
			}
		}
	case *EmitRow:
		add(op.Exprs...)
	case *Return:
		add(op.Exprs...)
	case *Recursion:
		add(op.Call.Args...)
	case *Recur:
		add(op.Args...)
	case *GiveBack:
		add(op.Exprs...)
	case *SetValue:
		add(op.Value, op.Called)
	case *RaiseSequence:
		add(op.Value)
	case *Raise:
		add(op.Message...)
		add(op.Detail...)
		add(op.Row...)
	}
	return out
}

func (a *Agg) exprs() []scalar.Expr {
	out := append([]scalar.Expr(nil), a.Args...)
	for _, k := range a.OrderBy {
		out = append(out, k.Expr)
	}
	if a.Filter != nil {
		out = append(out, a.Filter)
	}
	return out
}

func condExprs(c Cond) []scalar.Expr {
	switch c := c.(type) {
	case *IsTrue:
		return []scalar.Expr{c.Expr}
	case *Negate:
		return condExprs(c.Cond)
	case *InSet:
		return c.Key
	}
	return nil
}

// MapExprs replaces the scalar expressions that an instruction evaluates each time it is reached. Those over rows that the instruction
// itself goes through (aggregates, windows, the condition of a While) are left alone.
func MapExprs(op Op, f func(scalar.Expr) scalar.Expr) {
	one := func(e *scalar.Expr) {
		if *e != nil {
			*e = f(*e)
		}
	}
	list := func(es *[]scalar.Expr) {
		out := make([]scalar.Expr, len(*es)) // an expression may stand in other instructions too
		for i, e := range *es {
			out[i] = e
			one(&out[i])
		}
		*es = out
	}
	switch op := op.(type) {
	case *Let:
		one(&op.Expr)
	case *Set:
		one(&op.Expr)
	case *MakeKey:
		list(&op.Parts)
	case *MakeField:
		list(&op.Exprs)
	case *MakeSortKey:
		list(&op.Exprs)
	case *Pack:
		list(&op.Exprs)
	case *If:
		op.Cond = mapCond(op.Cond, f)
	case *ForArray:
		one(&op.Array)
	case *AppendRow:
		list(&op.Exprs)
	case *MapAppend:
		list(&op.Key)
		list(&op.Row)
	case *ForMatches:
		list(&op.Key)
	case *IfNew:
		list(&op.Key)
	case *Tally:
		list(&op.Key)
	case *EmitRow:
		list(&op.Exprs)
	case *Return:
		list(&op.Exprs)
	case *Recursion:
		list(&op.Call.Args)
	case *Recur:
		list(&op.Args)
	case *GiveBack:
		list(&op.Exprs)
	case *Raise:
		list(&op.Message)
		list(&op.Detail)
		list(&op.Row)
	}
}

func mapCond(c Cond, f func(scalar.Expr) scalar.Expr) Cond {
	switch c := c.(type) {
	case *IsTrue:
		return &IsTrue{Expr: f(c.Expr)}
	case *Negate:
		return &Negate{Cond: mapCond(c.Cond, f)}
	case *InSet:
		key := make([]scalar.Expr, len(c.Key))
		for i, e := range c.Key {
			key[i] = f(e)
		}
		return &InSet{Set: c.Set, Key: key}
	}
	return c
}

// Binds lists the columns that an instruction itself gives a value, for what follows it or for what is inside it.
func Binds(op Op) []algebra.ColumnID {
	var out []algebra.ColumnID
	add := func(ids ...algebra.ColumnID) {
		for _, id := range ids {
			if id != 0 {
				out = append(out, id)
			}
		}
	}
	switch op := op.(type) {
	case *Let:
		add(op.Col)
	case *Declare:
		add(op.Cols...)
	case *Set:
		add(op.Col)
	case *Once:
		add(op.Done)
	case *AddCount:
		add(op.Col)
	case *Unpack:
		for _, b := range op.Binds {
			add(b.Col)
		}
	case *HIncrBy:
		add(op.Dst)
	case *HExists:
		add(op.Dst)
	case *HLen:
		add(op.Dst)
	case *ZCount:
		add(op.Dst)
	case *Incr:
		add(op.Dst)
	case *NextValue:
		add(op.Dst)
	case *CurrentValue:
		add(op.Dst)
	case *SetValue:
		add(op.Dst)
	case *ForArray:
		add(op.Col)
	case *ForRows:
		add(op.Cols...)
	case *ForMatches:
		add(op.Cols...)
	case *ForMapRows:
		add(op.Cols...)
	case *ForGroups:
		add(op.Keys...)
		add(op.Cols...)
	case *ForSet:
		add(op.Cols...)
		add(op.Ordinality)
	case *ForLists:
		for _, cols := range op.Cols {
			add(cols...)
		}
		add(op.Ordinality)
	case *Drain:
		for i := range op.Kinds {
			add(op.Kinds[i].Cols...)
		}
	case *Try:
		add(op.Caught()...)
	case *Recursion:
		add(op.In...)
		add(op.Call.Out...)
	case *Recur:
		add(op.Out...)
	}
	return out
}
