package lua

import (
	"fmt"
	"strconv"
)

// Expr is a Lua expression. Sealed.
type Expr interface{ isExpr() }

// Var is a local variable; two variables are the same when their addresses are. It is its own use as an expression.
type Var struct {
	Hint string // wished name, any text
	Lazy *Lazy  // how the variable comes to be, when no statement declares it

	name  string
	spill *Var // the table that holds the variable as a field, when it is no local
}

// Lazy is a declaration that Place puts where its variables are needed. It has no effect, so that it may run later than it
// was asked for, or never.
type Lazy struct {
	// Owner is the scope the declaration must stay in: what was handed to Place.
	Owner any
	Vars  []*Var
	// Decl declares Vars.
	Decl []Stat
	// Inline, when set, is the value of the only variable, which replaces it where it is read once.
	Inline Expr
}

// Later makes a variable declared by "local v = x" where it is needed. Read once outside of loops, it is replaced by x when
// inline is set.
func Later(owner any, hint string, x Expr, inline bool) *Var {
	v := NewVar(hint)
	v.Lazy = &Lazy{Owner: owner, Vars: []*Var{v}, Decl: []Stat{Let(v, x)}}
	if inline {
		v.Lazy.Inline = x
	}
	return v
}

// NewVar makes a variable whose name will resemble hint.
func NewVar(hint string) *Var { return &Var{Hint: hint} }

// Spill makes the variable a field of a table.
func (v *Var) Spill(table *Var) { v.spill = table }

// Nil is nil.
type Nil struct{}

// Bool is true or false.
type Bool bool

// Num is a number, written as Text.
type Num struct{ Text string }

// Str is a string of any bytes.
type Str string

// Helper is a function or constant that stands above the script: a definition of the prelude.
type Helper string

// Global is a name of Lua's or Redis' environment.
type Global string

// Field is X.Name.
type Field struct {
	X    Expr
	Name string
}

// Index is X[I].
type Index struct{ X, I Expr }

// Call is F(Args...). Pure says that it has no effect and cannot fail, so that it may be dropped when nobody reads it.
type Call struct {
	F    Expr
	Args []Expr
	Pure bool
}

// Method is X:Name(Args...).
type Method struct {
	X    Expr
	Name string
	Args []Expr
}

// Bin is a binary operation.
type Bin struct {
	Op   string
	L, R Expr
}

// Un is a unary operation: not, - or #.
type Un struct {
	Op string
	X  Expr
}

// Only is (X): the first of several results.
type Only struct{ X Expr }

// Table is a table constructor.
type Table struct{ Items []Item }

// Item is a field of a table constructor: positional when Name is empty and Key nil.
type Item struct {
	Name  string
	Key   Expr
	Value Expr
}

// Func is an anonymous function.
type Func struct {
	Params []*Var
	Body   Block
}

func (*Var) isExpr()    {}
func (Nil) isExpr()     {}
func (Bool) isExpr()    {}
func (Num) isExpr()     {}
func (Str) isExpr()     {}
func (Helper) isExpr()  {}
func (Global) isExpr()  {}
func (*Field) isExpr()  {}
func (*Index) isExpr()  {}
func (*Call) isExpr()   {}
func (*Method) isExpr() {}
func (*Bin) isExpr()    {}
func (*Un) isExpr()     {}
func (*Only) isExpr()   {}
func (*Table) isExpr()  {}
func (*Func) isExpr()   {}

// Stat is a Lua statement. Sealed.
type Stat interface{ isStat() }

// Block is a list of statements: a scope.
type Block []Stat

// Local declares variables.
type Local struct {
	Vars   []*Var
	Values []Expr
}

// Assign is Targets = Values.
type Assign struct{ Targets, Values []Expr }

// Do evaluates a call for its effect.
type Do struct{ Call Expr }

// Scope is do ... end.
type Scope struct{ Body Block }

// If is if ... elseif ... else ... end.
type If struct {
	Clauses []Clause
	Else    Block // nil: none
}

// Clause is a condition and what it guards.
type Clause struct {
	Cond Expr
	Body Block
}

// NumFor is for V = From, To[, Step] do ... end.
type NumFor struct {
	V              *Var
	From, To, Step Expr
	Body           Block
}

// ForIn is for Vars in Iter do ... end.
type ForIn struct {
	Vars []*Var
	Iter Expr
	Body Block
}

// While is while Cond do ... end; with Once, repeat ... until true: a block that break leaves.
type While struct {
	Cond Expr
	Once bool
	Body Block
}

// Return ends a function.
type Return struct{ Values []Expr }

// Break leaves a loop.
type Break struct{}

// LocalFunc is local function V(Params) ... end. Apart says that it may call itself: each call has variables of its own.
type LocalFunc struct {
	V        *Var
	Params   []*Var
	Body     Block
	Apart    bool
	outlined bool // it was moved out of its place by Fit, which makes fields of the locals that it uses
}

// Comment is one or several lines of comment.
type Comment struct{ Text string }

// Blank is an empty line.
type Blank struct{}

// Verbatim is finished Lua text, printed with the block's indentation: prelude definitions.
type Verbatim struct{ Text string }

// Import makes a local of a helper that is a field of a table: local name = from.name.
type Import struct {
	Name string
	From *Var
}

func (*Local) isStat()     {}
func (*Assign) isStat()    {}
func (*Do) isStat()        {}
func (*Scope) isStat()     {}
func (*If) isStat()        {}
func (*NumFor) isStat()    {}
func (*ForIn) isStat()     {}
func (*While) isStat()     {}
func (*Return) isStat()    {}
func (*Break) isStat()     {}
func (*LocalFunc) isStat() {}
func (*Comment) isStat()   {}
func (*Blank) isStat()     {}
func (*Verbatim) isStat()  {}
func (*Import) isStat()    {}

// Int is an integer literal.
func Int(n int64) Expr { return Num{strconv.FormatInt(n, 10)} }

// Invoke is f(args...).
func Invoke(f Expr, args ...Expr) Expr { return &Call{F: f, Args: args} }

// Compute is f(args...) for a function without effect.
func Compute(f Expr, args ...Expr) Expr { return &Call{F: f, Args: args, Pure: true} }

// Send is x:name(args...).
func Send(x Expr, name string, args ...Expr) Expr { return &Method{X: x, Name: name, Args: args} }

// Op is l op r.
func Op(l Expr, op string, r Expr) Expr { return &Bin{Op: op, L: l, R: r} }

// And is the conjunction of conditions; of none it is true. A variable is tested once.
func And(conds ...Expr) Expr {
	var flat []Expr
	for _, c := range conds {
		flat = append(flat, conjuncts(c)...)
	}
	out := flat[:0]
	seen := map[*Var]bool{}
	for i, c := range flat {
		v, ok := c.(*Var)
		if ok && seen[v] && i < len(flat)-1 {
			continue
		}
		seen[v] = true
		out = append(out, c)
	}
	return chain("and", true, out)
}

func conjuncts(x Expr) []Expr {
	if b, ok := x.(*Bin); ok && b.Op == "and" {
		return append(conjuncts(b.L), conjuncts(b.R)...)
	}
	return []Expr{x}
}

// Or is the disjunction of conditions; of none it is false.
func Or(conds ...Expr) Expr { return chain("or", false, conds) }

func chain(op string, unit Bool, conds []Expr) Expr {
	var out Expr
	for i, c := range conds {
		switch {
		case c == unit && i < len(conds)-1:
		case out == nil:
			out = c
		case out == !unit: // what follows is not evaluated
		default:
			out = &Bin{Op: op, L: out, R: c}
		}
	}
	if out == nil {
		return unit
	}
	return out
}

// Not is the negation of a condition; a comparison for equality is turned around.
func Not(x Expr) Expr {
	switch x := x.(type) {
	case Bool:
		return !x
	case *Un:
		if x.Op == "not" {
			if IsCondition(x.X) {
				return x.X
			}
		}
	case *Bin:
		switch x.Op {
		case "==":
			return &Bin{Op: "~=", L: x.L, R: x.R}
		case "~=":
			return &Bin{Op: "==", L: x.L, R: x.R}
		}
	}
	return &Un{Op: "not", X: x}
}

// IsCondition reports whether an expression can only be true or false.
func IsCondition(x Expr) bool {
	switch x := x.(type) {
	case Bool:
		return true
	case *Un:
		return x.Op == "not"
	case *Bin:
		switch x.Op {
		case "==", "~=", "<", "<=", ">", ">=":
			return true
		case "and", "or":
			return IsCondition(x.L) && IsCondition(x.R)
		}
	}
	return false
}

// Atomic reports whether an expression may be written twice: evaluating it costs nothing and has no effect.
func Atomic(x Expr) bool {
	switch x := x.(type) {
	case *Var, Nil, Bool, Num, Helper, Global:
		return true
	case Str:
		return len(x) <= 16
	case *Un:
		_, num := x.X.(Num)
		return x.Op == "-" && num
	}
	return false
}

// IsNil reports whether an expression is the literal nil.
func IsNil(x Expr) bool {
	_, ok := x.(Nil)
	return ok
}

// Set is v = x.
func Set(v, x Expr) Stat { return &Assign{Targets: []Expr{v}, Values: []Expr{x}} }

// Let is local v = x; without a value it is local v.
func Let(v *Var, x Expr) Stat {
	if x == nil {
		return &Local{Vars: []*Var{v}}
	}
	return &Local{Vars: []*Var{v}, Values: []Expr{x}}
}

// When is if cond then body end.
func When(cond Expr, body ...Stat) Stat {
	return &If{Clauses: []Clause{{Cond: cond, Body: body}}}
}

// OuterVariables is what a function refers to of the scopes around it.
const OuterVariables = "outer variables"

// LimitError reports a function that Lua 5.1 cannot hold.
type LimitError struct {
	What       string // OuterVariables, nested blocks, loops' locals
	Have, Most int
}

func (e *LimitError) Error() string {
	return fmt.Sprintf("the script needs %d %s in one function, Lua allows %d", e.Have, e.What, e.Most)
}
