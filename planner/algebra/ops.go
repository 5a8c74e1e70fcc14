package algebra

import (
	"github.com/prequel-db/prequel/sqlparse/catalog"
	"github.com/prequel-db/prequel/sqlparse/diag"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// ColumnID names a column uniquely within a statement.
type ColumnID = scalar.ColumnID

// Rel is a relational operator over bags of rows. Sealed. Every operator's output columns have ids that are unique
// in the statement; an operator passes its input's ids through unless its comment says otherwise. A column that no
// input produces is an outer reference (inside Apply and subqueries).
type Rel interface {
	scalar.Relation
	isRel()
}

// Scan reads a base table or, after lowering chose what to maintain, a maintained relation. Cols[i] is the id of
// table column i, or 0 when nobody needs it. RowID, when not 0, is the id of the hidden row id of a table without a
// primary key.
type Scan struct {
	Table *catalog.Table
	Cols  []ColumnID
	RowID ColumnID
	Pos   diag.Span
}

// Values is a list of rows; one row and no columns is the relation that FROM-less SELECT reads.
type Values struct {
	Cols []ColumnID
	Rows [][]scalar.Expr
}

// Filter keeps the rows for which Cond is true.
type Filter struct {
	In   Rel
	Cond scalar.Expr
}

// Project computes Items for every row; its output is exactly Items.
type Project struct {
	In    Rel
	Items []Item
}

// Item is a computed column. A column passed through is an Item whose Expr is *scalar.Column with the same ID.
type Item struct {
	ID   ColumnID
	Expr scalar.Expr
}

// JoinKind is the kind of a join.
type JoinKind uint8

// The kinds of joins. Semi and Anti output the left side's columns only.
const (
	Inner JoinKind = iota
	Left
	Full
	Semi
	Anti
)

// Join combines rows of both sides for which On is true (nil: all). Right joins are written as Left with sides swapped.
// An Anti join with NullAware keeps a left row only if On is false (not unknown) for every right row: NOT IN.
type Join struct {
	Kind        JoinKind
	Left, Right Rel
	On          scalar.Expr
	NullAware   bool
}

// Apply evaluates Right once for each row of Left, whose columns Right may refer to. Kinds Inner, Left, Semi and Anti.
// NullAware is as in Join.
type Apply struct {
	Kind        JoinKind
	Left, Right Rel
	On          scalar.Expr
	NullAware   bool
}

// MaxOne passes its input's only row; several rows are error 21000. No row gives a row of NULLs.
type MaxOne struct{ In Rel }

// GroupBy has one row for each distinct combination of Keys (NULLs equal). Without Keys and with Scalar set it has
// exactly one row, for an empty input too. Output: Keys, then the aggregates' ids.
type GroupBy struct {
	In     Rel
	Keys   []ColumnID
	Aggs   []Agg
	Scalar bool
}

// Agg is an aggregate over the group's rows. Args, order and filter are expressions over the input.
type Agg struct {
	ID       ColumnID
	Name     string // count, sum, avg, min, max, ...
	Proc     string // with the argument's kind: sum_int4
	Args     []scalar.Expr
	Distinct bool
	OrderBy  []scalar.SortKey
	Within   bool
	Filter   scalar.Expr // nil: all rows
}

// GroupingSets is the union of GroupBys over the same input, one for each set; keys outside a set are NULL in its rows, and
// the grouping ids hold the bit mask of absent keys. Output: Keys, aggregates, GroupingID when not 0.
type GroupingSets struct {
	In         Rel
	Keys       []ColumnID // input columns
	Out        []ColumnID // the keys' output ids, nullable
	Sets       [][]int    // positions in Keys
	Aggs       []Agg
	GroupingID ColumnID
}

// Distinct removes duplicate rows (NULLs equal). With On it keeps, of the rows that agree on On, the first in Order.
type Distinct struct {
	In    Rel
	On    []ColumnID // nil: all columns
	Order []Order
}

// SetOpKind is the kind of a set operation.
type SetOpKind uint8

// The set operations.
const (
	Union SetOpKind = iota
	Intersect
	Except
)

// SetOp combines two inputs by position: column i of the output is Cols[i], from LeftCols[i] or RightCols[i].
type SetOp struct {
	Kind                SetOpKind
	All                 bool
	Left, Right         Rel
	Cols                []ColumnID
	LeftCols, RightCols []ColumnID
}

// Order is a sort key over a column of the input.
type Order struct {
	Col        ColumnID
	Desc       bool
	NullsFirst bool
}

// TopK orders its input and keeps Limit rows after Offset. Nil Limit keeps all; no Order keeps the input's order.
type TopK struct {
	In       Rel
	Order    []Order
	Limit    scalar.Expr // bigint, no input columns; NULL means none
	Offset   scalar.Expr
	WithTies bool
}

// Window adds the results of window functions that share a window.
type Window struct {
	In        Rel
	Partition []ColumnID
	Order     []Order
	Frame     scalar.Frame
	Funcs     []WindowFunc
}

// WindowFunc is one function over the window; Agg is set for aggregates.
type WindowFunc struct {
	ID   ColumnID
	Name string
	Args []scalar.Expr
	Agg  *Agg
}

// FuncScan calls functions and puts their results side by side: row i has the i-th row of each, NULLs for one that has no more.
// Ordinality, when not 0, is the row's number from 1.
//
// Value says that it stands for a call inside an expression: it has one row, and need not run when nobody reads that.
type FuncScan struct {
	Calls      []SetCall
	Ordinality ColumnID
	Value      bool
}

// SetCall is a call of a set-returning function, or any expression: one row. Cols are its columns.
type SetCall struct {
	Call scalar.Expr
	Cols []ColumnID
}

// Set reports whether the call is one of a set-returning function.
func (c SetCall) Set() bool {
	call, ok := c.Call.(*scalar.Call)
	return ok && call.Fn.Set
}

// RecursiveUnion evaluates Seed, then Step over the rows that the previous round added (read by the WorkTables of the same
// number), until none is added. Distinct drops rows seen before.
type RecursiveUnion struct {
	Seed, Step         Rel
	Work               int
	Distinct           bool
	Cols               []ColumnID
	SeedCols, StepCols []ColumnID
}

// WorkTable is a recursive reference inside the Step of the RecursiveUnion of that number.
type WorkTable struct {
	Work int
	Cols []ColumnID
}

// Delta is the one row of Table that is being changed, standing where Scan stood: a relation of exactly one row. Cols are
// as in Scan; RowID too. It occurs in maintenance queries only (package delta).
type Delta struct {
	Table *catalog.Table
	Cols  []ColumnID
	RowID ColumnID
}

func (*Scan) isRel()           {}
func (*Delta) isRel()          {}
func (*Values) isRel()         {}
func (*Filter) isRel()         {}
func (*Project) isRel()        {}
func (*Join) isRel()           {}
func (*Apply) isRel()          {}
func (*MaxOne) isRel()         {}
func (*GroupBy) isRel()        {}
func (*GroupingSets) isRel()   {}
func (*Distinct) isRel()       {}
func (*SetOp) isRel()          {}
func (*TopK) isRel()           {}
func (*Window) isRel()         {}
func (*FuncScan) isRel()       {}
func (*RecursiveUnion) isRel() {}
func (*WorkTable) isRel()      {}

// IsRelation marks the operators as usable in scalar.Subquery.
func (*Scan) IsRelation()           {}
func (*Delta) IsRelation()          {}
func (*Values) IsRelation()         {}
func (*Filter) IsRelation()         {}
func (*Project) IsRelation()        {}
func (*Join) IsRelation()           {}
func (*Apply) IsRelation()          {}
func (*MaxOne) IsRelation()         {}
func (*GroupBy) IsRelation()        {}
func (*GroupingSets) IsRelation()   {}
func (*Distinct) IsRelation()       {}
func (*SetOp) IsRelation()          {}
func (*TopK) IsRelation()           {}
func (*Window) IsRelation()         {}
func (*FuncScan) IsRelation()       {}
func (*RecursiveUnion) IsRelation() {}
func (*WorkTable) IsRelation()      {}
