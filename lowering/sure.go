package lowering

import (
	"github.com/prequel-db/prequel/lowering/phys"
	"github.com/prequel-db/prequel/sqlparse/bound"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// values knows of a program's columns which never hold NULL, from where their values come: a structure's column that is NOT NULL, or an
// expression over such. (That a column of the statement is not nullable may say no more than that a filter will see to it.)
type values struct {
	params []bound.Param
	// present are columns that never hold NULL.
	present map[scalar.ColumnID]bool
	// absent are columns that hold nothing but NULL.
	absent map[scalar.ColumnID]bool
}

func valuesIn(p *phys.Program) *values {
	v := &values{params: p.Params, present: map[scalar.ColumnID]bool{}, absent: map[scalar.ColumnID]bool{}}
	bound, other := map[scalar.ColumnID]bool{}, map[scalar.ColumnID]bool{}
	phys.Walk(p.Body, func(op phys.Op) bool {
		switch x := op.(type) {
		case *phys.Let:
			bound[x.Col] = true
		case *phys.Unpack:
			for _, b := range x.Binds {
				bound[b.Col] = true
				other[b.Col] = other[b.Col] || nullableAt(x.Of, b)
			}
		case *phys.HExists:
			bound[x.Dst] = true
		case *phys.HLen:
			bound[x.Dst] = true
		case *phys.ZCount:
			bound[x.Dst] = true
		case *phys.HIncrBy:
			bound[x.Dst] = true
		case *phys.Incr:
			bound[x.Dst] = true
		case *phys.NextValue:
			bound[x.Dst] = true
		default:
			for _, c := range phys.Binds(op) {
				other[c] = true
			}
		}
		return true
	})
	for c := range bound {
		v.present[c] = c != 0 && !other[c]
	}
	for again := true; again; { // a column may be made by several instructions, in branches; one of them may give NULL
		again = false
		phys.Walk(p.Body, func(op phys.Op) bool {
			if x, ok := op.(*phys.Let); ok && v.present[x.Col] && !x.NotNull && !v.sure(x.Expr) {
				v.present[x.Col], again = false, true
			}
			return true
		})
	}
	v.noteAbsent(p, other)
	return v
}

// noteAbsent finds the columns that only copies of NULL make.
func (v *values) noteAbsent(p *phys.Program, other map[scalar.ColumnID]bool) {
	var lets []*phys.Let
	unpacked := map[scalar.ColumnID]bool{}
	phys.Walk(p.Body, func(op phys.Op) bool {
		switch x := op.(type) {
		case *phys.Let:
			lets = append(lets, x)
		case *phys.Unpack:
			for _, b := range x.Binds {
				unpacked[b.Col] = true
			}
		}
		return true
	})
	for _, x := range lets {
		v.absent[x.Col] = x.Col != 0 && !other[x.Col] && !unpacked[x.Col]
	}
	for again := true; again; {
		again = false
		for _, x := range lets {
			if v.absent[x.Col] && !v.void(x.Expr) {
				v.absent[x.Col], again = false, true
			}
		}
	}
}

// void reports whether an expression is NULL whatever happens.
func (v *values) void(e scalar.Expr) bool {
	switch x := scalar.Unconverted(e).(type) {
	case *scalar.Const:
		return x.Null
	case *scalar.Column:
		return v.absent[x.ID]
	}
	return false
}

// nullableAt reports whether a structure's column can be NULL.
func nullableAt(of *phys.Structure, b phys.Bind) bool {
	switch {
	case of.Kind == phys.CountMap && b.InKey:
		return of.Field[b.Pos].Nullable
	case of.Kind == phys.CountMap:
		return false
	case b.InKey:
		return of.Order[b.Pos].Nullable
	}
	return of.Payload[b.Pos].Nullable
}

// sure reports whether an expression is never NULL.
func (v *values) sure(e scalar.Expr) bool {
	return !nullable(e, v.params, func(c scalar.ColumnID) bool { return !v.present[c] })
}
