package scalar

import (
	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqlparse/diag"
)

// ColumnID names a column uniquely within a statement; 0 is none. It is never a position.
type ColumnID int32

// ColumnInfo describes a column of a statement.
type ColumnInfo struct {
	ID       ColumnID
	Name     string
	Type     value.Type
	Nullable bool
}

// Columns is a statement's column table: index i describes ColumnID i; index 0 is unused.
type Columns struct{ Infos []ColumnInfo }

// New adds a column and returns its id.
func (c *Columns) New(name string, typ value.Type, nullable bool) ColumnID {
	if len(c.Infos) == 0 {
		c.Infos = append(c.Infos, ColumnInfo{})
	}
	id := ColumnID(len(c.Infos))
	c.Infos = append(c.Infos, ColumnInfo{ID: id, Name: name, Type: typ, Nullable: nullable})
	return id
}

// Get returns a column's description.
func (c *Columns) Get(id ColumnID) *ColumnInfo { return &c.Infos[id] }

// Expr is a typed scalar expression. The set of nodes is sealed.
type Expr interface {
	Type() value.Type
	Span() diag.Span
	isExpr()
}

// Node carries what every expression has.
type Node struct {
	Typ value.Type
	Pos diag.Span
}

// Type is the type of the expression's value.
func (n Node) Type() value.Type { return n.Typ }

// Span is where the expression stands in the SQL text.
func (n Node) Span() diag.Span { return n.Pos }

func (n Node) isExpr() {}

// Column is a reference to a column.
type Column struct {
	Node
	ID ColumnID
}

// Const is a constant; Text is the value in PostgreSQL's text output.
type Const struct {
	Node
	Null bool
	Text string
}

// Param is a statement parameter. Number counts from 1; 0 is the hidden parameter now(), the time of the call. Numbers from
// FirstLocal on are variables of a function: constant while one of its statements runs, and columns once it is lowered.
type Param struct {
	Node
	Number int
	// Name is a variable's name, for people.
	Name string
}

// FirstLocal is the number of the first variable, beyond all parameters that a call can have.
const FirstLocal = 1 << 16

// Local reports whether the parameter is a function's variable.
func (p *Param) Local() bool { return p.Number >= FirstLocal }

// Func is a resolved builtin function or operator.
type Func struct {
	Name   string // as written in SQL: lower, +, ||
	Proc   string // pg_proc.prosrc of the resolved overload: int4pl, textcat
	Strict bool   // NULL when any argument is NULL
	// Set is set for functions that return rows. They occur in FROM only (and in bound queries' targets and keys).
	Set bool
	// Immutable is set for builtins whose result depends on nothing but the arguments: PostgreSQL computes them when it plans a statement
	// whose arguments are constants.
	Immutable bool
	// Volatile is set for functions whose result differs between calls with the same arguments within one statement.
	Volatile bool
	// Routine is the body of a declared function, nil for a builtin. A call of one is written out where it stands, like a subquery:
	// HasSubquery holds for it. Its body sees nothing of the call but the arguments. Stable says that it may be called once where a
	// statement would call it with the same arguments for each row.
	Routine Routine
	Stable  bool
	// Recursive is set for a declared function that calls itself, or others that call it: Routine leads back to the Func.
	Recursive bool
}

// Routine is the body of a declared function: *bound.Routine.
type Routine interface{ IsRoutine() }

// Call applies a function or operator.
type Call struct {
	Node
	Fn   *Func
	Args []Expr
}

// And is the three-valued conjunction of one or more booleans.
type And struct {
	Node
	Args []Expr
}

// Or is the three-valued disjunction of one or more booleans.
type Or struct {
	Node
	Args []Expr
}

// Not is three-valued negation.
type Not struct {
	Node
	Arg Expr
}

// IsNull is IS NULL, or IS NOT NULL when Negated.
type IsNull struct {
	Node
	Arg     Expr
	Negated bool
}

// IsBool is IS [NOT] TRUE, FALSE or (Value nil) UNKNOWN.
type IsBool struct {
	Node
	Arg     Expr
	Value   *bool
	Negated bool
}

// IsDistinct is IS DISTINCT FROM, or IS NOT DISTINCT FROM when Negated. Eq is the types' equality.
type IsDistinct struct {
	Node
	Eq          *Func
	Left, Right Expr
	Negated     bool
}

// When is a branch of CASE.
type When struct{ Cond, Then Expr }

// Case is a searched CASE (a simple CASE is bound to one, its operand compared in each condition). Else may be nil: NULL.
type Case struct {
	Node
	Whens []When
	Else  Expr
}

// Coalesce is the first argument that is not NULL; later ones are not evaluated.
type Coalesce struct {
	Node
	Args []Expr
}

// NullIf is NULL when Eq(Left, Right) is true, else Left.
type NullIf struct {
	Node
	Eq          *Func
	Left, Right Expr
}

// MinMax is GREATEST, or LEAST when Least; NULL arguments are ignored. Less is the type's `<`.
type MinMax struct {
	Node
	Least bool
	Less  *Func
	Args  []Expr
}

// InList is Left Op ANY (list), the IN (...) of constants and expressions; with All, Left Op ALL (list): NOT IN is <> ALL.
type InList struct {
	Node
	Left Expr
	Op   *Func
	List []Expr
	All  bool
}

// AnyArray is Left Op ANY (array), or ALL.
type AnyArray struct {
	Node
	Left, Array Expr
	Op          *Func
	All         bool
}

// Relabel changes the type without changing the value (binary-coercible casts).
type Relabel struct {
	Node
	Arg Expr
}

// ViaText casts by way of the text form: the source type's output function and the target's input function.
type ViaText struct {
	Node
	Arg Expr
}

// Modify applies the type modifier of Typ (length, precision, scale) to a value of the same base type. Explicit casts
// truncate text; assignments raise.
type Modify struct {
	Node
	Arg      Expr
	Explicit bool
}

// ArrayExpr is ARRAY[...].
type ArrayExpr struct {
	Node
	Elems []Expr
}

// Relation is a query inside an expression: *bound.Query out of the parser, an algebra operator in the planner.
type Relation interface{ IsRelation() }

// SubqueryKind says what an expression asks of a query.
type SubqueryKind uint8

// The kinds of subqueries.
const (
	ScalarSubquery SubqueryKind = iota // the value of the only row's only column, NULL for no row, error 21000 for several
	ExistsSubquery                     // whether there is a row
	AnySubquery                        // Left Op ANY (query); IN is = ANY
	AllSubquery                        // Left Op ALL (query); NOT IN is <> ALL
	ArraySubquery                      // ARRAY(query)
)

// Subquery is a query inside an expression. Query may refer to columns of the surrounding query.
type Subquery struct {
	Node
	Kind  SubqueryKind
	Left  []Expr  // for Any and All, one for each column of the query
	Op    []*Func // as many
	Query Relation
}

// SortKey orders by an expression.
type SortKey struct {
	Expr       Expr
	Desc       bool
	NullsFirst bool
}

// Agg is an aggregate call. It occurs in bound queries only; the algebra's GroupBy and Window operators take it out.
type Agg struct {
	Node
	Name     string // count, sum, ...
	Proc     string // unique name by argument type: count, sum_int4, avg_numeric, min_text: name_argkind
	Args     []Expr // empty for count(*)
	Distinct bool
	OrderBy  []SortKey
	// Within is set for ordered-set aggregates: OrderBy is the WITHIN GROUP clause.
	Within bool
	Filter Expr
}

// Grouping is grouping(...): a bit for each argument, set when it is not part of the current grouping set.
type Grouping struct {
	Node
	Args []Expr
}

// WindowCall is a function over a window. It occurs in bound queries only.
type WindowCall struct {
	Node
	Name   string
	Args   []Expr
	Agg    *Agg // set when an aggregate is used as a window function
	Window *Window
}

// Window is a window definition.
type Window struct {
	PartitionBy []Expr
	OrderBy     []SortKey
	Frame       Frame
}

// FrameBound kinds, in order of position.
type FrameBound uint8

// The bounds of a frame.
const (
	UnboundedPreceding FrameBound = iota
	OffsetPreceding
	CurrentRow
	OffsetFollowing
	UnboundedFollowing
)

// Frame is a window frame. The zero Mode means the default: RANGE UNBOUNDED PRECEDING to CURRENT ROW.
type Frame struct {
	Mode                   string // "", rows, range, groups
	Start, End             FrameBound
	StartOffset, EndOffset Expr
	Exclude                string // "", current row, group, ties
}
