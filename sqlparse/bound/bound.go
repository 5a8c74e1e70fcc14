package bound

import (
	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqlparse/catalog"
	"github.com/prequel-db/prequel/sqlparse/diag"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// Statement is one declared statement, with names and types resolved.
type Statement struct {
	Name    string // from "-- name: X :many"
	Command string // :one :many :exec :execrows, without the colon
	SQL     string // text without annotations and trailing semicolon
	Options Options
	Params  []Param
	Columns *scalar.Columns // every column id of the statement
	Body    Body
	Span    diag.Span
	Comment string // the user's comment lines above the statement, for the client's documentation
}

// Options come from "-- prequel: ..." comments.
type Options struct {
	AllowScan bool
}

// Param is a statement parameter.
type Param struct {
	Number   int // from 1
	Name     string
	Type     value.Type
	Nullable bool
	// Table and Column name the column of a table that the parameter is first compared with or stored in, "" for none.
	Table, Column string
}

// Body is what a statement does. Sealed: *Query, *Insert, *Update, *Delete, *Merge, *Compound, *Routine.
type Body interface{ isBody() }

// Merge joins Source with the rows of Table, under the ids Old; each pair, and each row of Source without a partner, gets the first
// action of its kind whose condition holds.
type Merge struct {
	With    []*CTE
	Table   *catalog.Table
	Old     []scalar.ColumnID
	Source  From
	Cols    []scalar.ColumnID // Source's columns
	On      scalar.Expr
	Actions []MergeAction
	Span    diag.Span
}

// MergeAction is a WHEN clause.
type MergeAction struct {
	Matched bool
	Cond    scalar.Expr // nil: always
	// Write is *Insert, *Update or *Delete without a source of its own, nil for DO NOTHING.
	Write Body
}

// Compound is a statement with writes in its WITH: all parts see the state before the statement, and the rows of a part's RETURNING
// are what the others read by a CTERef. Parts are in the order of the text.
type Compound struct {
	Parts []*CTE // with Write set
	Main  Body
}

// Query is a SELECT, VALUES or set operation, like PostgreSQL's Query node. Clauses apply in SQL's order: From, Where, GroupBy,
// Having, windows, Targets, Distinct, OrderBy, Offset, Limit. Expressions refer to columns of From by id; a column that no
// From item here produces belongs to a surrounding query.
type Query struct {
	With []*CTE
	// SetOp replaces From..Having; Targets then pass its columns through.
	SetOp *SetOp
	// Values replaces From..Having; ValuesCols are its columns.
	Values     [][]scalar.Expr
	ValuesCols []scalar.ColumnID

	From    []From // comma list: cross product; nil: one row without columns
	Where   scalar.Expr
	GroupBy []scalar.Expr
	// GroupingSets lists positions in GroupBy; nil means one set of all. HasGroup tells GROUP BY () from no GROUP BY.
	GroupingSets [][]int
	HasGroup     bool // GROUP BY, HAVING or an aggregate is present
	Having       scalar.Expr
	Targets      []Target
	Distinct     bool
	DistinctOn   []scalar.Expr
	OrderBy      []scalar.SortKey // over From's columns, or target ids for DISTINCT and set operations
	Limit        scalar.Expr      // bigint; nil: none
	Offset       scalar.Expr
	WithTies     bool
}

// Target is an output column. Hidden ones (ORDER BY expressions) are not part of the result.
type Target struct {
	ID     scalar.ColumnID // fresh id of the output column
	Name   string
	Expr   scalar.Expr
	Hidden bool
	Embed  string // what sqlc.embed names, for each of the columns that it stands for
	Span   diag.Span
}

// SetOp combines two queries by position. Cols are the fresh ids of the result's columns.
type SetOp struct {
	Op          string // union, intersect, except
	All         bool
	Left, Right *Query
	Cols        []scalar.ColumnID
}

// CTE is a WITH query, or a write whose RETURNING is read.
type CTE struct {
	Name      string
	Query     *Query
	Write     Body // *Insert, *Update or *Delete in place of Query, nil for a query
	Recursive bool // Query.SetOp is a UNION whose right side refers to the CTE by CTERef
	Cols      []scalar.ColumnID
}

// From is an item of FROM. Sealed.
type From interface{ isFrom() }

// TableRef reads a base table. Cols has an id for each column of the table.
type TableRef struct {
	Table *catalog.Table
	Alias string
	Cols  []scalar.ColumnID
	Span  diag.Span
}

// SubqueryRef reads a derived table, view or VALUES list. Its columns are the ids of the query's visible targets.
type SubqueryRef struct {
	Query   *Query
	Alias   string
	Lateral bool
	Span    diag.Span
}

// CTERef reads a WITH query; Cols are fresh ids for this use.
type CTERef struct {
	CTE  *CTE
	Cols []scalar.ColumnID
	Span diag.Span
}

// FuncRef reads set-returning functions side by side (ROWS FROM), mostly one.
type FuncRef struct {
	Calls      []FuncCall
	Ordinality scalar.ColumnID // 0 without WITH ORDINALITY
	Lateral    bool
	Span       diag.Span
}

// FuncCall is a function of a FuncRef with its columns.
type FuncCall struct {
	Call scalar.Expr
	Cols []scalar.ColumnID
}

// JoinKind is the kind of a join.
type JoinKind uint8

// The kinds of joins SQL can write.
const (
	InnerJoin JoinKind = iota
	LeftJoin
	RightJoin
	FullJoin
	CrossJoin
)

// JoinRef is a JOIN. For USING and NATURAL, On is the conjunction of equalities; the merged columns are expressions
// at their uses (the left column, or COALESCE of both in a full join).
type JoinRef struct {
	Kind        JoinKind
	Left, Right From
	On          scalar.Expr // nil for a cross join
	Span        diag.Span
}

// Insert adds rows. For each row of Source, Assign gives the value of every column of the table (defaults and
// assignment casts included) over the source's columns.
type Insert struct {
	With       []*CTE // read by Source
	Table      *catalog.Table
	Source     *Query // nil: one row, Assign has no columns
	Assign     []scalar.Expr
	OnConflict *OnConflict
	New        []scalar.ColumnID // the inserted row's columns, for Returning and Set's target side
	Checks     []ViewCheck
	Returning  []Target
	Effects
	Span diag.Span
}

// OnConflict is ON CONFLICT. A nil Columns and no constraint means any conflict (DO NOTHING only).
type OnConflict struct {
	// The constraints that it is about, as PostgreSQL infers them: all over the columns that are named. None: any.
	PrimaryKey bool
	Uniques    []*catalog.Unique
	DoUpdate   bool
	Old        []scalar.ColumnID // the existing row's columns
	Excluded   []scalar.ColumnID // the proposed row's columns
	Set        []Assign
	Where      scalar.Expr
	Span       diag.Span
}

// ViewCheck is a condition, over the new row's columns, that a view's check option asks for. ID is a column for its value.
type ViewCheck struct {
	View string
	Cond scalar.Expr
	ID   scalar.ColumnID
}

// Assign sets a column.
type Assign struct {
	Column int // position in the table
	Expr   scalar.Expr
}

// Update changes rows. Old are the target's columns before, New after; Returning refers to New (and From).
type Update struct {
	With      []*CTE
	Table     *catalog.Table
	Old, New  []scalar.ColumnID
	From      []From
	Set       []Assign
	Where     scalar.Expr
	Checks    []ViewCheck
	Returning []Target
	Effects
	Span diag.Span
}

// Delete removes rows. TRUNCATE is one of all rows that counts none and looks at no foreign key; with Restart the sequences that the
// table owns begin again.
type Delete struct {
	Truncate  bool
	Restart   bool
	With      []*CTE
	Table     *catalog.Table
	Old       []scalar.ColumnID
	Using     []From
	Where     scalar.Expr
	Returning []Target
	Effects
	Span diag.Span
}

func (*Query) isBody()    {}
func (*Insert) isBody()   {}
func (*Update) isBody()   {}
func (*Delete) isBody()   {}
func (*Merge) isBody()    {}
func (*Compound) isBody() {}

// TableOf is the table that a write changes, nil for other statements.
func TableOf(b Body) *catalog.Table {
	switch b := b.(type) {
	case *Insert:
		return b.Table
	case *Update:
		return b.Table
	case *Delete:
		return b.Table
	case *Merge:
		return b.Table
	}
	return nil
}

// Results are the output columns of a query, or of a write's RETURNING; nil for a write without.
func Results(b Body) []Target {
	switch b := b.(type) {
	case *Query:
		return b.Targets
	case *Insert:
		return b.Returning
	case *Update:
		return b.Returning
	case *Delete:
		return b.Returning
	case *Compound:
		return Results(b.Main)
	}
	return nil
}

func (*TableRef) isFrom()    {}
func (*SubqueryRef) isFrom() {}
func (*CTERef) isFrom()      {}
func (*FuncRef) isFrom()     {}
func (*JoinRef) isFrom()     {}

// IsRelation marks a query as usable inside expressions.
func (*Query) IsRelation() {}
