package scalar_test

import (
	"testing"

	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

var (
	intNode  = scalar.Node{Typ: value.Of(value.Int4)}
	boolNode = scalar.Node{Typ: value.Of(value.Bool)}
	textNode = scalar.Node{Typ: value.Of(value.Text)}
)

func column(id scalar.ColumnID) *scalar.Column { return &scalar.Column{Node: intNode, ID: id} }

func integer(text string) *scalar.Const { return &scalar.Const{Node: intNode, Text: text} }

func call(name, proc string, args ...scalar.Expr) *scalar.Call {
	n := intNode
	if scalar.ComparisonOf(&scalar.Func{Name: name, Proc: proc}) != scalar.NotComparison {
		n = boolNode
	}
	return &scalar.Call{Node: n, Fn: &scalar.Func{Name: name, Proc: proc, Strict: true}, Args: args}
}

// everything has each kind of node, with columns 1 to 9.
func everything() scalar.Expr {
	eq := &scalar.Func{Name: "=", Proc: "int4eq", Strict: true}
	lt := &scalar.Func{Name: "<", Proc: "int4lt", Strict: true}
	yes := true
	return &scalar.And{Node: boolNode, Args: []scalar.Expr{
		call("=", "int4eq", column(1), call("+", "int4pl", integer("1"), &scalar.Param{Node: intNode, Number: 1})),
		&scalar.Or{Node: boolNode, Args: []scalar.Expr{
			&scalar.Not{Node: boolNode, Arg: &scalar.IsNull{Node: boolNode, Arg: column(2), Negated: true}},
			&scalar.IsBool{Node: boolNode, Arg: scalar.Boolean(false), Value: &yes},
			&scalar.IsDistinct{Node: boolNode, Eq: eq, Left: column(3), Right: integer("3")},
		}},
		&scalar.InList{Node: boolNode, Op: eq, Left: column(4), List: []scalar.Expr{integer("4"), column(5)}},
		&scalar.AnyArray{Node: boolNode, Op: eq, Left: column(6), Array: &scalar.ArrayExpr{
			Node: scalar.Node{Typ: value.ArrayOf(value.Of(value.Int4))}, Elems: []scalar.Expr{integer("6")},
		}},
		call("=", "int4eq",
			&scalar.Case{Node: intNode, Whens: []scalar.When{{Cond: scalar.Boolean(true), Then: column(7)}}, Else: integer("7")},
			&scalar.Coalesce{Node: intNode, Args: []scalar.Expr{
				&scalar.NullIf{Node: intNode, Eq: eq, Left: column(8), Right: integer("8")},
				&scalar.MinMax{Node: intNode, Less: lt, Args: []scalar.Expr{column(9), integer("9")}},
			}}),
	}}
}

func TestFormat(t *testing.T) {
	want := ":1 = (1 + $1) AND (NOT (:2 IS NOT NULL) OR false IS TRUE OR :3 IS DISTINCT FROM 3) AND :4 = ANY (4, :5) AND " +
		":6 = ANY (ARRAY[6]) AND CASE WHEN true THEN :7 ELSE 7 END = coalesce(nullif(:8, 8), greatest(:9, 9))"
	if got := scalar.Format(everything(), nil); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	for _, x := range []struct {
		e    scalar.Expr
		want string
	}{
		{&scalar.Const{Node: textNode, Text: "it's"}, "'it''s'"},
		{scalar.NullOf(value.Of(value.Date)), "NULL::date"},
		{scalar.Bigint("-5"), "'-5'::bigint"},
		{&scalar.Const{Node: scalar.Node{Typ: value.Of(value.Numeric)}, Text: "1.50"}, "1.50"},
		{&scalar.Param{Node: scalar.Node{Typ: value.Of(value.Timestamptz)}}, "now()"},
		{&scalar.Relabel{Node: textNode, Arg: column(1)}, ":1::text"},
		{&scalar.Modify{Node: scalar.Node{Typ: value.Type{Kind: value.Varchar, Mod: 3}}, Arg: column(1)}, "assign(:1, character varying(3))"},
	} {
		if got := scalar.Format(x.e, nil); got != x.want {
			t.Errorf("got %s, want %s", got, x.want)
		}
	}
}

func TestColumns(t *testing.T) {
	got := scalar.ColumnsIn(everything()).Ordered()
	for i := range 9 {
		if len(got) != 9 || got[i] != scalar.ColumnID(i+1) {
			t.Fatalf("columns %v", got)
		}
	}
	if !scalar.HasParams(everything()) || scalar.HasParams(column(1)) {
		t.Error("parameters are not seen, or seen where there are none")
	}
}

// TestMap: what does not change keeps its identity, and what changes leaves the original alone.
func TestMap(t *testing.T) {
	e := everything()
	if scalar.Map(e, func(x scalar.Expr) scalar.Expr { return x }) != e {
		t.Error("the identity copies")
	}
	before := scalar.Format(e, nil)
	renamed := scalar.Rename(e, map[scalar.ColumnID]scalar.ColumnID{9: 19})
	if scalar.Format(e, nil) != before {
		t.Error("renaming changed the original")
	}
	if set := scalar.ColumnsIn(renamed); set.Has(9) || !set.Has(19) {
		t.Errorf("columns %v after renaming", set.Ordered())
	}
	if scalar.Equal(e, renamed) || !scalar.Equal(e, everything()) || !scalar.Equal(renamed, renamed) {
		t.Error("Equal is not equality")
	}
	back := scalar.Substitute(renamed, map[scalar.ColumnID]scalar.Expr{19: column(9)})
	if !scalar.Equal(e, back) {
		t.Error("substitution does not undo the renaming")
	}
}

func TestNegate(t *testing.T) {
	for _, x := range []struct {
		e    scalar.Expr
		want string
	}{
		{call("<", "int4lt", column(1), column(2)), ":1 >= :2"},
		{&scalar.IsNull{Node: boolNode, Arg: column(1)}, ":1 IS NOT NULL"},
		{&scalar.Not{Node: boolNode, Arg: scalar.Boolean(true)}, "true"},
		{&scalar.Or{Node: boolNode, Args: []scalar.Expr{scalar.Boolean(true), scalar.Boolean(false)}}, "NOT (true OR false)"},
		{
			&scalar.InList{Node: boolNode, Op: &scalar.Func{Name: "=", Proc: "int4eq"}, Left: column(1), List: []scalar.Expr{integer("1")}},
			":1 <> ALL (1)",
		},
	} {
		if got := scalar.Format(scalar.Negate(x.e), nil); got != x.want {
			t.Errorf("got %s, want %s", got, x.want)
		}
	}
}

func TestConjuncts(t *testing.T) {
	a, b, c := scalar.Boolean(true), scalar.Boolean(false), scalar.Boolean(true)
	nested := scalar.Conjunction(a, scalar.Conjunction(b, c))
	if got := scalar.Conjuncts(nested); len(got) != 3 || got[0] != scalar.Expr(a) || got[2] != scalar.Expr(c) {
		t.Errorf("conjuncts %v", got)
	}
	if scalar.Conjunction() != nil || scalar.Conjuncts(nil) != nil {
		t.Error("the empty conjunction is not nil")
	}
}

func TestColSet(t *testing.T) {
	s := scalar.SetOf(1, 64, 200, 0)
	if s.Len() != 3 || s.Has(0) || !s.Has(200) || s.Has(63) {
		t.Errorf("set %v", s.Ordered())
	}
	u := s.Union(scalar.SetOf(2))
	if s.Has(2) || !u.Has(2) || !s.SubsetOf(u) || u.SubsetOf(s) {
		t.Error("union changes its operand, or is not a superset")
	}
	if d := u.Minus(s).Ordered(); len(d) != 1 || d[0] != 2 {
		t.Errorf("difference %v", d)
	}
	if i := u.Intersect(scalar.SetOf(200, 300)).Ordered(); len(i) != 1 || i[0] != 200 {
		t.Errorf("intersection %v", i)
	}
	c := s.Copy()
	c.Remove(200)
	c.Remove(999)
	if !s.Has(200) || c.Has(200) || c.Equal(s) || !c.Equal(scalar.SetOf(64, 1)) || !(scalar.ColSet{}).Empty() {
		t.Error("removal is wrong")
	}
}
