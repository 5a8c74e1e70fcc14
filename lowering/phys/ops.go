package phys

import (
	"github.com/prequel-db/prequel/lowering/cost"
	"github.com/prequel-db/prequel/planner/algebra"
	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqlparse/bound"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// Reg is a script variable that is not an SQL value: a key, a packed row, a list, a map. 0 is none. SQL values live in
// columns (scalar.ColumnID), each a Lua local in the form docs/values.md gives.
type Reg int32

// Program is one statement's script.
type Program struct {
	Name     string
	SQL      string
	Columns  *scalar.Columns
	Params   []bound.Param
	RegNames map[Reg]string // suggested Lua names
	Body     []Op
	Reply    Reply
	ReadOnly bool
	// Undo is set when something can be raised after a write: writes then remember what they replace, and an error takes
	// them back. Each write costs a command more where the old value must be read, and one more when it is taken back.
	Undo bool
	// UndoFor is the first instruction, as it is printed, that can raise behind a write.
	UndoFor string
	// Final are writes behind which nothing can be raised: nobody asks them to be taken back.
	Final map[Op]bool
	// Structures read or written, in order of first use.
	Structures []*Structure
	// Bound is what one call can cost; Class summarises it.
	Bound Bound
	// Budget is the number of rows that one call may make out of nothing (Spend).
	Budget int64
	// Why the form (native, multi, function) was chosen.
	Form    Form
	FormWhy string
}

// Form is how a call reaches Redis.
type Form uint8

// The forms, lightest first.
const (
	Native   Form = iota // one command
	Multi                // a fixed list of commands in MULTI/EXEC
	Function             // FCALL or EVALSHA
)

// Class is the growth class of a bound.
type Class string

// The classes.
const (
	Constant Class = "constant"
	Log      Class = "log"
	Output   Class = "output"
	Bounded  Class = "bounded"
	ScanCls  Class = "scan"
)

// Bound is a certificate: at most this many commands and rows touched in a call.
type Bound struct {
	Commands cost.Poly
	// Bare is what Commands would be if nothing had to be taken back; set where something has.
	Bare  cost.Poly
	Rows  cost.Poly
	Class Class
}

// Reply says what a call returns.
type Reply struct {
	Kind ReplyKind
	// Outputs are the result's columns, in order.
	Outputs []ReplyColumn
	// Source is the structure whose stored rows or members a Packed reply carries.
	Source *Structure
	// Count is set when the number of affected rows comes first: {n, rows...}.
	Count bool
}

// ReplyKind is the form of a reply.
type ReplyKind uint8

// The kinds of replies.
const (
	NoRows ReplyKind = iota // nothing, or the count alone
	Packed                  // an array of stored rows (RowMap), members (SortedSet) or fields and counts in turn (CountMap), decoded and projected by the client
	Flat                    // one array with len(Outputs) values for each row, in reply form
)

// ReplyColumn is a column of the result.
type ReplyColumn struct {
	Name     string
	Type     value.Type
	Nullable bool
	ID       algebra.ColumnID
	// For Packed: the position in Source.Order (InKey) or in Source.Payload.
	InKey bool
	Pos   int
	// For Packed from a RowMap whose field is a parameter: the value is the parameter itself (1-based), 0 otherwise.
	Param int
}

// Op is a script instruction. Sealed. "Commands" in a comment is the number of Redis commands it runs.
type Op interface{ isOp() }

// Comment writes a comment line into the script.
type Comment struct{ Text string }

// Block is a scope: do ... end.
type Block struct {
	Comment string
	Body    []Op
}

// Let computes an expression into a new column local. NotNull says that it cannot be NULL there, whatever it is made of.
type Let struct {
	Col     algebra.ColumnID
	Expr    scalar.Expr
	NotNull bool
}

// Declare introduces column locals as NULL, to be assigned by Set in inner scopes.
type Declare struct{ Cols []algebra.ColumnID }

// Set assigns an expression to a declared column local.
type Set struct {
	Col  algebra.ColumnID
	Expr scalar.Expr
}

// DeclareReg introduces a register as nil.
type DeclareReg struct{ Reg Reg }

// SetReg copies a register.
type SetReg struct{ Dst, Src Reg }

// SameReg is another register for a value that is there already; neither is assigned again.
type SameReg struct{ Dst, Src Reg }

// MakeKey makes the Redis key of a structure: root .. fingerprint [.. ":" .. name form of Parts]. For a bucketed RowMap,
// Parts is the field's expression and the key that of its bucket. A key whose Parts are constants and parameters may be
// declared by the client (KEYS).
type MakeKey struct {
	Dst   Reg
	Of    *Structure
	Parts []scalar.Expr
}

// MakeField makes a hash field: the name form of Exprs. With Bucket > 0 the field within the bucket.
type MakeField struct {
	Dst   Reg
	Of    *Structure
	Exprs []scalar.Expr
}

// MakeSortKey makes the sort key of the first len(Exprs) columns of Of.Order.
type MakeSortKey struct {
	Dst   Reg
	Of    *Structure
	Exprs []scalar.Expr
}

// Pack makes the packed payload of a structure from one expression for each of its Payload columns; with Key set, the key's
// bytes come first (a sorted set's member).
type Pack struct {
	Dst   Reg
	Of    *Structure
	Key   Reg
	Exprs []scalar.Expr
}

// Unpack binds columns from a stored row or member of a structure. Positions index Of.Order (InKey) or Of.Payload. For a
// CountMap Src is the count and Name, needed for a bind InKey, the hash field.
type Unpack struct {
	Src, Name Reg
	Of        *Structure
	Binds     []Bind
}

// Bind is one column taken from a stored row.
type Bind struct {
	Col   algebra.ColumnID
	InKey bool
	Pos   int
}

// HGet reads a field; Dst is nil when it is missing. Commands: 1.
type HGet struct {
	Dst, Key, Field Reg
}

// HMGet reads several fields of one hash into a list (false where missing), at most 2,500 in one command. Commands:
// ceil(n/2500).
type HMGet struct {
	Dst, Key, Fields Reg
	Rows             cost.Poly
}

// HVals reads all rows of a hash. Commands: 1.
type HVals struct {
	Dst, Key Reg
	Rows     cost.Poly
}

// HGetAll reads a hash into a list of fields and values, in turn. Commands: 1.
type HGetAll struct {
	Dst, Key Reg
	Rows     cost.Poly
}

// HIncrBy adds By to a field and binds the sum, below 2^53 by construction, to a bigint column. Commands: 1.
type HIncrBy struct {
	Dst        algebra.ColumnID
	Key, Field Reg
	By         int
}

// HExists tests a field into a boolean column. Commands: 1.
type HExists struct {
	Dst        algebra.ColumnID
	Key, Field Reg
}

// Edge is one end of a range of members. Key 0 means unbounded.
type Edge struct {
	Key Reg
	// After places the edge behind every member that starts with Key, otherwise it stands before all of them. So the
	// range of one prefix is {Key} to {Key, After}.
	After bool
}

// ZRange reads members between two edges in byte order, or backwards. Limit and Offset are optional bigint
// expressions (a NULL limit is none). Commands: 1.
type ZRange struct {
	Dst, Key      Reg
	From, To      Edge // From is the lower edge, also when Reverse
	Reverse       bool
	Offset, Limit scalar.Expr
	Rows          cost.Poly
}

// ZCount counts members between two edges into a bigint column. Commands: 1.
type ZCount struct {
	Dst      algebra.ColumnID
	Key      Reg
	From, To Edge
}

// HLen counts a hash's fields into a bigint column. Commands: 1.
type HLen struct {
	Dst algebra.ColumnID
	Key Reg
}

// Cond is a condition of the script. Sealed.
type Cond interface{ isCond() }

// IsTrue holds when the boolean expression is true (not false, not NULL).
type IsTrue struct{ Expr scalar.Expr }

// Present holds when a register is not nil.
type Present struct{ Reg Reg }

// Negate holds when Cond does not.
type Negate struct{ Cond Cond }

// ListEmpty holds when a list has no element.
type ListEmpty struct{ List Reg }

// InSet holds when IfNew has added the key to the set.
type InSet struct {
	Set Reg
	Key []scalar.Expr
}

// SameBytes holds when two registers hold the same string.
type SameBytes struct{ A, B Reg }

// Full holds when a list has as many rows as a RowLimit asks for.
type Full struct{ List, Limit Reg }

// If branches.
type If struct {
	Cond       Cond
	Then, Else []Op
}

// Once runs Body when it is first reached; Done is a boolean column that was declared false where the results of Body are kept.
type Once struct {
	Done algebra.ColumnID
	Body []Op
}

// Break leaves the innermost loop. It stands last in its block.
type Break struct{}

// ForEach runs Body for each element of a list of strings; false elements (missing rows) are skipped.
type ForEach struct {
	Item, List Reg
	Body       []Op
	Rows       cost.Poly
}

// ForMembers runs Body for each member between two edges in byte order, or backwards, and is likely left early: the first 8 are read at
// once, then 64, then the rest. Body does not write what is read. Commands: at most 3.
type ForMembers struct {
	Item, Key Reg
	From, To  Edge // From is the lower edge, also when Reverse
	Reverse   bool
	Body      []Op
	Rows      cost.Poly
}

// ForPairs runs Body for each two elements of a list.
type ForPairs struct {
	First, Second, List Reg
	Body                []Op
	Rows                cost.Poly
}

// ForArray runs Body for each element of an array value, NULLs included.
type ForArray struct {
	ID    int // for Leave; 0 for none
	Col   algebra.ColumnID
	Array scalar.Expr
	Body  []Op
	Rows  cost.Poly
}

// NewList makes an empty list.
type NewList struct{ Dst Reg }

// AppendReg appends a register to a list.
type AppendReg struct{ List, Src Reg }

// AppendRow appends a row (a table of the expressions' values) to a list.
type AppendRow struct {
	List  Reg
	Exprs []scalar.Expr
}

// ForRows runs Body for each row of a list, its values bound to Cols (0: not needed).
type ForRows struct {
	ID   int // for Leave; 0 for none
	List Reg
	Cols []algebra.ColumnID
	Body []Op
	Rows cost.Poly
}

// Drain runs, for each event of a list, the body of its kind, until none is left; bodies append further events. An event is
// a row whose first value is the number of its kind, from 1; the values behind it are bound to the kind's Cols.
type Drain struct {
	Events Reg
	Kinds  []EventKind
}

// EventKind is what Drain does with the events of one kind.
type EventKind struct {
	Comment string
	Cols    []algebra.ColumnID // 0: not needed
	Body    []Op
	Rows    cost.Poly // how many there can be
}

// RowKey orders rows by their value at Pos.
type RowKey struct {
	Pos        int
	Type       value.Type
	Nullable   bool
	Desc       bool
	NullsFirst bool
}

// SortRows sorts a list of rows, stably.
type SortRows struct {
	List Reg
	Keys []RowKey
}

// RowOffset is the number of rows that OFFSET passes over, none for NULL. A negative one raises 2201X.
type RowOffset struct {
	Dst    Reg
	Offset scalar.Expr
}

// RowLimit is the number of rows that a consumer looks at before LIMIT ends it: those that the RowOffset Skip passes over (0: none) and
// Limit more; none where Limit is 0, no end for NULL. A negative one raises 2201W.
type RowLimit struct {
	Dst, Skip Reg
	Limit     scalar.Expr
}

// KeepRows drops the rows behind the first Limit, a RowLimit. With Ties, rows equal to the last by Keys stay.
type KeepRows struct {
	List, Limit Reg
	Ties        []RowKey
}

// SkipRows drops the first Skip rows, a RowOffset.
type SkipRows struct{ List, Skip Reg }

// MoveList makes Dst the list that Src is.
type MoveList struct{ Dst, Src Reg }

// While runs Body as long as Cond holds.
type While struct {
	Cond  Cond
	Body  []Op
	Times cost.Poly
}

// ForSet runs Body for each row of a set-returning function, its columns bound to Cols (0: not needed) and the row's number
// from 1 to Ordinality.
type ForSet struct {
	Call       *scalar.Call
	Cols       []algebra.ColumnID
	Ordinality algebra.ColumnID
	Body       []Op
	Rows       cost.Poly
}

// ForLists runs Body for the first rows of all lists, then for the second ones, up to the end of the longest: a list that has
// ended gives NULLs. Cols has the columns of each list (0: not needed); Ordinality as in ForSet.
type ForLists struct {
	Lists      []Reg
	Cols       [][]algebra.ColumnID
	Ordinality algebra.ColumnID
	Body       []Op
	Rows       cost.Poly
}

// Spend takes a row from the program's Budget; with none left it raises 53400. What names what makes the rows. A Recursive one also
// looks at the clock, and raises 53400 after four seconds. Commands: none; a TIME for every 256 rows is not counted.
type Spend struct {
	What      string
	Recursive bool
}

// NewMap makes an empty map.
type NewMap struct{ Dst Reg }

// MapAppend adds a row under a key (equal values, equal keys; the caller keeps NULLs out when they must not match).
type MapAppend struct {
	Map Reg
	Key []scalar.Expr
	Row []scalar.Expr
}

// ForMatches runs Body for each row under a key, in order of insertion, values bound to Cols. Mark, when not 0, names a
// position in the row that is set to true for each row visited and for which the body reached a MarkRow.
type ForMatches struct {
	Map  Reg
	Key  []scalar.Expr
	Row  Reg // the row itself, for MarkRow; may be 0
	Cols []algebra.ColumnID
	Body []Op
	Rows cost.Poly
}

// ForMapRows runs Body for all rows of a map in order of insertion; Row as in ForMatches. With Unmarked only rows that no
// MarkRow marked.
type ForMapRows struct {
	Map      Reg
	Row      Reg
	Cols     []algebra.ColumnID
	Unmarked bool
	Body     []Op
	Rows     cost.Poly
}

// MarkRow marks a map's row as matched (full and right-side joins).
type MarkRow struct{ Row Reg }

// IfNew runs Body when the key was not yet in the set, and adds it (DISTINCT; NULLs equal).
type IfNew struct {
	Set  Reg
	Key  []scalar.Expr
	Body []Op
}

// Tally adds Delta to the count kept under a key and runs Body when the count before was greater than zero (Positive)
// or, with Positive false, when it was not (INTERSECT and EXCEPT).
type Tally struct {
	Counts   Reg
	Key      []scalar.Expr
	Delta    int
	Positive bool
	Body     []Op
}

// Agg is an aggregate computed in the script.
type Agg struct {
	Name     string
	Proc     string
	Args     []scalar.Expr
	Distinct bool
	OrderBy  []scalar.SortKey
	Filter   scalar.Expr
	Type     value.Type
}

// GroupRow adds the current row to its group. Groups is made by NewGroups with the same Aggs.
type GroupRow struct {
	Groups Reg
	Keys   []scalar.Expr
	Aggs   []Agg
}

// NewGroups makes an empty group table. With Scalar (no keys) the single group exists from the start.
type NewGroups struct {
	Dst    Reg
	Aggs   []Agg
	Scalar bool
}

// ForGroups runs Body for each group in order of first appearance, keys and final aggregate values bound.
type ForGroups struct {
	Groups Reg
	Keys   []algebra.ColumnID
	Aggs   []Agg
	Cols   []algebra.ColumnID // aggregates' results
	Body   []Op
	Rows   cost.Poly
}

// WindowRows computes window functions over a list of rows that is sorted by (partition, order): each function's
// result is appended to every row at position Width, Width+1, ...
type WindowRows struct {
	List      Reg
	Width     int
	Partition []RowKey
	Order     []RowKey
	Frame     scalar.Frame
	Funcs     []WindowFunc
	// Cols name the row's values for the functions' argument expressions.
	Cols []algebra.ColumnID
}

// WindowFunc is a function of WindowRows.
type WindowFunc struct {
	Name string
	Args []scalar.Expr
	Agg  *Agg
	Type value.Type
}

// EmitRow appends a row of values to a Flat reply.
type EmitRow struct{ Exprs []scalar.Expr }

// EmitPacked appends one stored row or member to a Packed reply, unmodified; a nil register adds nothing.
type EmitPacked struct{ Src Reg }

// EmitList makes a list the whole Packed reply.
type EmitList struct{ List Reg }

// AddCount adds one to the number of affected rows, or to an integer column that holds it.
type AddCount struct{ Col algebra.ColumnID }

// Raise ends the call with an error. Nothing has been written before it, unless the program takes writes back (Undo).
type Raise struct {
	SQLState string
	Message  []scalar.Expr // text expressions, concatenated
	Detail   []scalar.Expr
	// Row, when there is one, is the detail instead: the row that is refused, as text expressions; RowCols names its columns, nil for all
	// of the table.
	Row     []scalar.Expr
	RowCols []string
	// Constraint, Table, Column as PostgreSQL's error fields; may be empty.
	Constraint, Table, Column string
}

// HSet writes a field. Old is what was read from it, 0 when that is not known. Commands: 1.
type HSet struct{ Key, Field, Value, Old Reg }

// HDel removes a field. With Counted the number of affected rows grows by what it has removed. Commands: 1.
type HDel struct {
	Key, Field Reg
	Counted    bool
}

// HSetNX writes a field that is not there yet, and adds to the number of affected rows whether it has. Commands: 1.
type HSetNX struct{ Key, Field, Value Reg }

// ZAdd adds a member with score 0. Commands: 1.
type ZAdd struct{ Key, Member Reg }

// ZRem removes a member. Commands: 1.
type ZRem struct{ Key, Member Reg }

// NextValue draws the next value of a sequence, in Dst's type, an integer. Beyond the last one it raises 2200H and draws nothing. A draw
// is never taken back, as in PostgreSQL: what fails later leaves a gap. With Noted it is kept for CurrentValue. Commands: 1 for a
// sequence that counts 1, 2, 3, ... (Sequence.Counts), else 2.
type NextValue struct {
	Dst   algebra.ColumnID
	Of    *Structure
	Key   Reg
	Noted bool
}

// CurrentValue is the value last drawn from a sequence in this call, or batch: a bigint. Of is nil for that of any sequence (lastval).
// It raises 55000 when nothing was drawn.
type CurrentValue struct {
	Dst algebra.ColumnID
	Of  *Structure
}

// SetValue moves a sequence to a value (a bigint), and binds it: the next one drawn is behind it, or is it where Called (nil: true) is
// false. It raises 22003 outside of the sequence's limits. It is never taken back. Commands: 1.
type SetValue struct {
	Dst           algebra.ColumnID
	Of            *Structure
	Key           Reg
	Value, Called scalar.Expr
	Noted         bool
}

// RestartSequence lets a sequence begin at its start again. Commands: 1.
type RestartSequence struct {
	Of  *Structure
	Key Reg
}

// RaiseSequence moves a sequence on to a value (an integer) that is in use, unless it is there already. Commands: 2.
type RaiseSequence struct {
	Of    *Structure
	Key   Reg
	Value scalar.Expr
}

// Incr adds one to a Counter and binds the new value (a bigint). Commands: 1.
type Incr struct {
	Dst algebra.ColumnID
	Key Reg
}
