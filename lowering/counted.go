package lowering

import (
	"github.com/prequel-db/prequel/lowering/phys"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// counted lets one command do what two do where the reply of the second says how many rows are affected: a row that is stored unless its
// key is taken is HSETNX, and one that is removed if it is there is the HDEL alone. Nothing else may look at the row, nor be written with it.
//
//	taken = HEXISTS key field                    row = HGET key field
//	if not taken: HSET key field value           if row: HDEL key field
//
// Such a program has no branch, and may need no function at all.
func counted(p *phys.Program) {
	if !p.Reply.Count || p.Reply.Kind != phys.NoRows {
		return
	}
	ops := straight(p.Body)
	if len(ops) == 0 {
		return
	}
	last, ok := ops[len(ops)-1].(*phys.If)
	if !ok || len(last.Else) > 0 {
		return
	}
	r := &rows{fields: map[phys.Reg]place{}, version: map[scalar.ColumnID]int{}, same: map[scalar.ColumnID]string{}}
	var out []phys.Op
	var probe phys.Op
	for _, op := range ops[:len(ops)-1] {
		switch x := op.(type) {
		case *phys.HExists, *phys.HGet:
			if probe != nil {
				return
			}
			probe = op
			continue
		case *phys.If: // the tests of NOT NULL
			if !ends(x.Then) || len(x.Else) > 0 || len(x.Then) > 1 {
				return
			}
		default:
			if !prepares(op) {
				return
			}
			r.op(op)
		}
		out = append(out, op)
	}
	write, before := onlyWrite(straight(last.Then))
	if write == nil {
		return
	}
	for _, op := range before {
		r.op(op)
	}
	switch x := probe.(type) {
	case *phys.HExists:
		set, ok := write.(*phys.HSet)
		if ok && absent(last.Cond, x.Dst) && r.sameRow(x.Key, x.Field, set.Key, set.Field) {
			p.Body = append(append(out, before...), &phys.HSetNX{Key: set.Key, Field: set.Field, Value: set.Value})
		}
	case *phys.HGet:
		del, ok := write.(*phys.HDel)
		if c, present := last.Cond.(*phys.Present); ok && present && c.Reg == x.Dst && r.sameRow(x.Key, x.Field, del.Key, del.Field) {
			p.Body = append(append(out, before...), &phys.HDel{Key: del.Key, Field: del.Field, Counted: true})
		}
	}
}

// sameRow reports whether two keys and fields are those of one row.
func (r *rows) sameRow(key, field, otherKey, otherField phys.Reg) bool {
	a, ok := r.at(key, field)
	b, also := r.at(otherKey, otherField)
	return ok && also && a == b
}

// straight are instructions without the blocks around them.
func straight(ops []phys.Op) []phys.Op {
	var out []phys.Op
	for _, op := range ops {
		if b, ok := op.(*phys.Block); ok && b.Comment == "" {
			out = append(out, straight(b.Body)...)
			continue
		}
		out = append(out, op)
	}
	return out
}

// prepares reports whether an instruction does no more than make the words of commands, so that it may as well run when it is not needed.
func prepares(op phys.Op) bool {
	switch x := op.(type) {
	case *phys.Comment, *phys.MakeKey, *phys.MakeField, *phys.Pack:
	case *phys.Let:
		return defined(x.Expr)
	default:
		return false
	}
	return true
}

// onlyWrite is the only write of instructions that count one row, with what prepares it; nil when they do more.
func onlyWrite(ops []phys.Op) (write phys.Op, before []phys.Op) {
	counts := 0
	for _, op := range ops {
		switch x := op.(type) {
		case *phys.AddCount:
			if x.Col != 0 {
				return nil, nil
			}
			counts++
		case *phys.HSet, *phys.HDel:
			if write != nil {
				return nil, nil
			}
			write = op
		default:
			if !prepares(op) {
				return nil, nil
			}
			before = append(before, op)
		}
	}
	if counts != 1 {
		return nil, nil
	}
	return write, before
}

// absent reports whether a condition is that a flag is false.
func absent(c phys.Cond, flag scalar.ColumnID) bool {
	id, ok := unset(c)
	return ok && id == flag
}
