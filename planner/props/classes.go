package props

import (
	"slices"

	"github.com/prequel-db/prequel/planner/algebra"
	"github.com/prequel-db/prequel/sqlparse/catalog"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// Term is a column as it stands in an equality, perhaps relabelled, with the equality's operator.
type Term struct {
	Col  *scalar.Column
	expr scalar.Expr
	fn   *scalar.Func
}

// Equals is the condition that the term equals a constant.
func (t Term) Equals(k scalar.Expr) scalar.Expr { return scalar.CompareCall(t.fn, t.expr, k) }

// Expr is the column as it stands in the equality.
func (t Term) Expr() scalar.Expr { return t.expr }

// ColumnsEqual takes apart the equality of two columns of one type.
func ColumnsEqual(c scalar.Expr) (a, b Term, ok bool) {
	l, r, fn, ok := scalar.Equality(c)
	if !ok || !l.Type().SameBase(r.Type()) || !scalar.ExactEquality(l.Type()) {
		return a, b, false
	}
	x, y := scalar.BareColumn(l), scalar.BareColumn(r)
	if x == nil || y == nil {
		return a, b, false
	}
	return Term{x, l, fn}, Term{y, r, fn}, true
}

// Refers reports whether conditions say that a row with the columns from refers to one of the table with the columns to by a foreign key:
// each of its columns equals the one that it refers to. The rows that were there before a constraint NOT VALID may refer to nothing.
func Refers(f *catalog.ForeignKey, from []algebra.ColumnID, table *catalog.Table, to []algebra.ColumnID, conds []scalar.Expr) bool {
	if f.NotValid || f.RefTable != table.Name {
		return false
	}
	for i, c := range f.Columns {
		a, b := from[c], to[f.RefColumns[i]]
		if !slices.ContainsFunc(conds, func(cond scalar.Expr) bool {
			x, y, ok := ColumnsEqual(cond)
			return ok && (x.Col.ID == a && y.Col.ID == b || x.Col.ID == b && y.Col.ID == a)
		}) {
			return false
		}
	}
	return len(f.Columns) > 0
}

// ConstantEqual takes apart the equality of a column with an expression without columns.
func ConstantEqual(c scalar.Expr) (t Term, k scalar.Expr, ok bool) {
	l, r, fn, ok := scalar.Equality(c)
	if !ok || !l.Type().SameBase(r.Type()) || !scalar.ExactEquality(l.Type()) {
		return t, nil, false
	}
	if scalar.BareColumn(l) == nil {
		l, r = r, l
	}
	x := scalar.BareColumn(l)
	if x == nil || !scalar.ColumnsIn(r).Empty() || scalar.HasSubquery(r) {
		return t, nil, false
	}
	return Term{x, l, fn}, r, true
}

// Classes are the equality classes of columns, each with the constant it equals, if any.
type Classes struct {
	parent    map[algebra.ColumnID]algebra.ColumnID
	constants map[algebra.ColumnID]scalar.Expr // by root
	Terms     []Term                           // in order of appearance
	seen      scalar.ColSet
}

// NewClasses makes an empty set of classes.
func NewClasses() *Classes {
	return &Classes{parent: map[algebra.ColumnID]algebra.ColumnID{}, constants: map[algebra.ColumnID]scalar.Expr{}}
}

// Root names the class of a column.
func (c *Classes) Root(id algebra.ColumnID) algebra.ColumnID {
	for c.parent[id] != 0 && c.parent[id] != id {
		id = c.parent[id]
	}
	return id
}

func (c *Classes) note(t Term) algebra.ColumnID {
	if !c.seen.Has(t.Col.ID) {
		c.seen.Add(t.Col.ID)
		c.Terms = append(c.Terms, t)
	}
	return c.Root(t.Col.ID)
}

// Add takes an equality into account.
func (c *Classes) Add(cond scalar.Expr) {
	if a, b, ok := ColumnsEqual(cond); ok {
		ra, rb := c.note(a), c.note(b)
		if ra == rb {
			return
		}
		c.parent[rb] = ra
		if k := c.constants[rb]; k != nil && c.constants[ra] == nil {
			c.constants[ra] = k
		}
		return
	}
	if t, k, ok := ConstantEqual(cond); ok {
		if r := c.note(t); c.constants[r] == nil {
			c.constants[r] = k
		}
	}
}

// Constant is what the term's class equals, nil when that is not known.
func (c *Classes) Constant(t Term) scalar.Expr { return c.constants[c.Root(t.Col.ID)] }
