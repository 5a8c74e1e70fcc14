package bound

import (
	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqlparse/diag"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// Routine is a call of a declared function, with its body: the functions that it calls are part of it. Expressions refer to
// variables by scalar.Param with a number from scalar.FirstLocal on.
type Routine struct {
	Function string
	Vars     []Var
	Body     []Stmt
	// Results are the columns of the result, for SetOf of each row. Without any the function returns nothing.
	Results []Result
	SetOf   bool
	Span    diag.Span
	// In are the variables of the arguments and Out those of the result, of a routine that an expression calls: it ends at the end of its
	// Body, and the rows of one that is SetOf are those of its Emits.
	In, Out []int
}

// IsRoutine marks the body of a declared function.
func (*Routine) IsRoutine() {}

// Var is a variable; its number is scalar.FirstLocal plus its position.
type Var struct {
	Name string
	Type value.Type
	// NotNull refuses NULL with 22004.
	NotNull bool
}

// Result is a column of a routine's result.
type Result struct {
	Name string
	Type value.Type
}

// Embedded is SQL inside a routine: a Body of this package, or the plan that the planner made of it.
type Embedded interface{ IsEmbedded() }

// Stmt is a statement of a routine. Sealed.
type Stmt interface{ isStmt() }

// SetVar assigns a value, which has the variable's type. A variable's declaration is a SetVar too.
type SetVar struct {
	Var  int // position in Vars
	Expr scalar.Expr
	Span diag.Span
}

// IfStmt branches; a condition that is NULL does not hold.
type IfStmt struct {
	Cond scalar.Expr
	Then []Stmt
	Else []Stmt
}

// Labelled is a list of statements that Leave can leave; with Loop it is repeated until something leaves it.
type Labelled struct {
	ID   int // unique in the routine, from 1
	Loop bool
	Body []Stmt
}

// Leave goes on behind a Labelled.
type Leave struct{ ID int }

// Each runs Body for every row of a query or a write's RETURNING, all of which are read before the first round. Columns are assigned to Into, by
// position; ID is the loop's for Leave.
type Each struct {
	ID    int
	SQL   Embedded
	Into  []Move
	Body  []Stmt
	Found int // the variable that becomes whether there was a row, -1 for none
	Span  diag.Span
}

// EachValue runs Body for every element of an array.
type EachValue struct {
	ID    int
	Array scalar.Expr
	Elem  scalar.ColumnID
	Into  Move
	Body  []Stmt
	Found int
	Span  diag.Span
}

// Move is the assignment of a result's column to a variable. Expr is over the result's columns. Row says that the variable is part of a
// row, which as a whole is NULL where there is no result: nothing is converted then.
type Move struct {
	Var  int
	Expr scalar.Expr
	Row  bool
}

// Run runs a query or write. The first row, or NULLs, is assigned to Into. Strict demands exactly one row, Single at most one; a write's
// several rows are an error in any case when Into is given.
type Run struct {
	SQL    Embedded
	Into   []Move
	Strict bool
	Single bool
	Found  int // variable, -1 for none
	Count  int // variable that becomes the number of rows, -1 for none
	Span   diag.Span
}

// Emit adds a row to the result of a SetOf routine.
type Emit struct{ Exprs []scalar.Expr }

// EmitQuery adds a query's rows to the result. Exprs are over its columns.
type EmitQuery struct {
	SQL   Embedded
	Exprs []scalar.Expr
	Found int
	Count int
	Span  diag.Span
}

// Return ends the call; Exprs are the result's columns, none for SetOf. Null says that what has no columns returns NULL, as a STRICT
// function of void does.
type Return struct {
	Exprs []scalar.Expr
	Null  bool
}

// RaiseStmt raises an error. Message and Detail are text expressions, concatenated; their NULLs show as <NULL>.
type RaiseStmt struct {
	SQLState                  string
	Message, Detail           []scalar.Expr
	Constraint, Table, Column string
	Span                      diag.Span
}

// Reraise raises the error that the handler around it caught.
type Reraise struct{}

// Try runs Body; when it raises an error that a handler is for, what Body wrote is undone and the handler runs.
type Try struct {
	Body     []Stmt
	Handlers []Catch
	// State and Message are the variables that the error's code and text are assigned to, -1 for none.
	State, Message int
	// Fields are those of what the error is about, "" where it has none, in the order of ErrorFields.
	Fields [len(ErrorFields)]int
}

// ErrorFields are what an error names beside its code and text: GET STACKED DIAGNOSTICS calls them CONSTRAINT_NAME, TABLE_NAME and COLUMN_NAME.
var ErrorFields = [...]string{"constraint", "table", "column"}

// Catch is a handler of Try. States lists codes; one that ends in 000 is its whole class. Others is for all of them.
type Catch struct {
	States []string
	Others bool
	Body   []Stmt
}

func (*SetVar) isStmt()    {}
func (*IfStmt) isStmt()    {}
func (*Labelled) isStmt()  {}
func (*Leave) isStmt()     {}
func (*Each) isStmt()      {}
func (*EachValue) isStmt() {}
func (*Run) isStmt()       {}
func (*Emit) isStmt()      {}
func (*EmitQuery) isStmt() {}
func (*Return) isStmt()    {}
func (*RaiseStmt) isStmt() {}
func (*Reraise) isStmt()   {}
func (*Try) isStmt()       {}

func (*Routine) isBody() {}

// IsEmbedded marks a query as usable inside routines.
func (*Query) IsEmbedded() {}

// IsEmbedded marks a write as usable inside routines.
func (*Merge) IsEmbedded() {}

// IsEmbedded marks a statement as usable inside routines.
func (*Compound) IsEmbedded() {}

// IsEmbedded marks a write as usable inside routines.
func (*Insert) IsEmbedded() {}

// IsEmbedded marks a write as usable inside routines.
func (*Update) IsEmbedded() {}

// IsEmbedded marks a write as usable inside routines.
func (*Delete) IsEmbedded() {}
