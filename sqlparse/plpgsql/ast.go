package plpgsql

// Range is a piece of the body's text, in bytes.
type Range struct{ Start, End int }

// In is the text of the range.
func (r Range) In(body string) string { return body[r.Start:r.End] }

// Block is DECLARE ... BEGIN ... EXCEPTION ... END.
type Block struct {
	Label    string
	Decls    []Decl
	Body     []Stmt
	Handlers []Handler
	At       Range // BEGIN
}

// Decl declares a variable, or another name for one when Alias is set.
type Decl struct {
	Name     string
	Constant bool
	Type     Range
	NotNull  bool
	Default  *Range
	Alias    string // the other name: $1, or a variable
	At       Range
}

// Handler is WHEN condition [OR condition ...] THEN statements.
type Handler struct {
	Conditions []Condition
	Body       []Stmt
	At         Range
}

// Condition is the name of an error, or its SQLSTATE.
type Condition struct {
	Name, State string
	At          Range
}

// Target is a variable that is assigned: v, label.v, record.field, label.record.field.
type Target struct {
	Parts []string
	At    Range
}

// Stmt is a statement. Sealed.
type Stmt interface{ isStmt() }

// Assign is target := expression.
type Assign struct {
	Target Target
	Expr   Range
}

// If is IF; an ELSIF is an If in Else.
type If struct {
	Cond Range
	Then []Stmt
	Else []Stmt
	At   Range
}

// Case is CASE; Operand is nil for the searched form.
type Case struct {
	Operand *Range
	Whens   []When
	Else    []Stmt
	HasElse bool
	At      Range
}

// When is one branch of Case; the simple form may list several values.
type When struct {
	Exprs []Range
	Body  []Stmt
}

// Loop is LOOP, and WHILE when Cond is set.
type Loop struct {
	Label string
	Cond  *Range
	Body  []Stmt
	At    Range
}

// ForRange is FOR i IN [REVERSE] a .. b [BY c].
type ForRange struct {
	Label    string
	Var      string
	Reverse  bool
	From, To Range
	By       *Range
	Body     []Stmt
	At       Range
}

// ForQuery is FOR targets IN query.
type ForQuery struct {
	Label   string
	Targets []Target
	Query   Range
	Body    []Stmt
	At      Range
}

// Foreach is FOREACH target IN ARRAY expression.
type Foreach struct {
	Label  string
	Target Target
	Array  Range
	Body   []Stmt
	At     Range
}

// Exit is EXIT, or CONTINUE.
type Exit struct {
	Continue bool
	Label    string
	When     *Range
	At       Range
}

// Return is RETURN; Expr is nil without a value.
type Return struct {
	Expr *Range
	At   Range
}

// ReturnNext is RETURN NEXT.
type ReturnNext struct {
	Expr *Range
	At   Range
}

// ReturnQuery is RETURN QUERY.
type ReturnQuery struct {
	Query Range
	At    Range
}

// Raise is RAISE. A bare one, in a handler, has no level's text and no condition.
type Raise struct {
	Level     string // exception, warning, notice, info, log, debug
	Format    *string
	Args      []Range
	Condition *Condition
	Options   []Option
	At        Range
}

// Option is name = expression after USING, its name in upper case.
type Option struct {
	Name string
	Expr Range
	At   Range
}

// SQL is a statement of SQL; SQL text outside INTO ... is as in the body, INTO and its targets are blanks.
type SQL struct {
	At     Range
	Text   string // of At, with the INTO clause blanked
	Into   []Target
	Strict bool
}

// Perform is PERFORM: Query is what follows the word.
type Perform struct {
	Query Range
	At    Range
}

// Diagnostics is GET [STACKED] DIAGNOSTICS.
type Diagnostics struct {
	Stacked bool
	Items   []DiagnosticsItem
	At      Range
}

// DiagnosticsItem is target = ITEM.
type DiagnosticsItem struct {
	Target Target
	Kind   string // upper case
	At     Range
}

// Assert is ASSERT condition [, message].
type Assert struct {
	Cond    Range
	Message *Range
	At      Range
}

// Null is NULL.
type Null struct{}

func (*Block) isStmt()       {}
func (*Assign) isStmt()      {}
func (*If) isStmt()          {}
func (*Case) isStmt()        {}
func (*Loop) isStmt()        {}
func (*ForRange) isStmt()    {}
func (*ForQuery) isStmt()    {}
func (*Foreach) isStmt()     {}
func (*Exit) isStmt()        {}
func (*Return) isStmt()      {}
func (*ReturnNext) isStmt()  {}
func (*ReturnQuery) isStmt() {}
func (*Raise) isStmt()       {}
func (*SQL) isStmt()         {}
func (*Perform) isStmt()     {}
func (*Diagnostics) isStmt() {}
func (*Assert) isStmt()      {}
func (*Null) isStmt()        {}

// Error is why a body was not read.
type Error struct {
	At          Range
	Message     string
	Unsupported bool // PostgreSQL would run it
	Help        string
}

func (e *Error) Error() string { return e.Message }
