package lowering

import (
	"github.com/prequel-db/prequel/planner/delta"
	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// foldsIn reports whether a row more changes a group's aggregates by what it holds itself, so that the group need not be
// recomputed for it: a maximum can only grow. A row less can take the maximum away.
func (v *view) foldsIn() bool {
	for i := range v.Group.Recompute {
		if foldedIn(&v.Group.Recompute[i], nil, nil) == nil {
			return false
		}
	}
	return true
}

// foldedIn is an aggregate's value with one more argument, nil for an aggregate that has to be recomputed. A NULL argument leaves
// it as it is; a NULL value is that of no arguments.
func foldedIn(r *delta.Recompute, old, arg scalar.Expr) scalar.Expr {
	a := &r.Agg
	if a.Distinct {
		return nil
	}
	if old == nil { // the form only
		old, arg = &scalar.Const{Null: true}, &scalar.Const{Null: true}
		if len(a.Args) > 0 {
			arg = &scalar.Const{Node: scalar.Node{Typ: a.Args[0].Type()}, Null: true}
		}
	}
	boolean := scalar.Node{Typ: value.Of(value.Bool)}
	either := func(x scalar.Expr) scalar.Expr { // x, unless one of both is NULL
		return &scalar.Case{Node: scalar.Node{Typ: old.Type()}, Whens: []scalar.When{
			{Cond: &scalar.IsNull{Node: boolean, Arg: arg}, Then: old}, {Cond: &scalar.IsNull{Node: boolean, Arg: old}, Then: arg},
		}, Else: x}
	}
	switch a.Name {
	case "min", "max":
		if equality(arg.Type()).Proc == "" {
			return nil
		}
		return &scalar.MinMax{Node: scalar.Node{Typ: old.Type()}, Least: a.Name == "min", Less: less(arg.Type()), Args: []scalar.Expr{old, arg}}
	case "bool_and", "every":
		return either(&scalar.And{Node: boolean, Args: []scalar.Expr{old, arg}})
	case "bool_or":
		return either(&scalar.Or{Node: boolean, Args: []scalar.Expr{old, arg}})
	case "count":
		one := accumulated(old, integer("1"), "int8pl", "int8mi", 1)
		if len(a.Args) == 0 {
			return one
		}
		return &scalar.Case{Node: scalar.Node{Typ: old.Type()}, Whens: []scalar.When{{Cond: &scalar.IsNull{Node: boolean, Arg: arg}, Then: old}}, Else: one}
	}
	return nil
}

// foldIn adds a row of the core to its group.
func (g *gen) foldIn(v *view, ids map[scalar.ColumnID]scalar.ColumnID) {
	key := g.groupKey(v, ids)
	old, existed := g.groupRow(v, key)
	new := row{}
	for i, e := range key {
		new[i] = e
	}
	set := func(c int, e scalar.Expr) {
		id := g.temp(v.rel.cols[c].Name, v.rel.cols[c].Type, v.rel.cols[c].Nullable)
		g.let(id, e)
		new[c] = g.ref(id)
	}
	set(v.Group.Rows, accumulated(old[v.Group.Rows], integer("1"), "int8pl", "int8mi", 1))
	for i := range v.Group.Recompute {
		r := &v.Group.Recompute[i]
		var arg scalar.Expr
		if len(r.Agg.Args) > 0 {
			arg = scalar.Rename(r.Agg.Args[0], ids)
		}
		e := foldedIn(r, old[r.Pos], arg)
		if r.Agg.Filter != nil {
			e = &scalar.Case{
				Node:  scalar.Node{Typ: e.Type()},
				Whens: []scalar.When{{Cond: scalar.Rename(r.Agg.Filter, ids), Then: e}}, Else: old[r.Pos],
			}
		}
		set(r.Pos, e)
	}
	g.replace(v, old, new, existed)
}
