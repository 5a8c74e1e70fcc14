package luagen

import (
	"fmt"
	"strings"

	"github.com/prequel-db/prequel/lowering/phys"
	"github.com/prequel-db/prequel/luagen/lua"
	"github.com/prequel-db/prequel/luagen/prelude"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// gen translates one program.
type gen struct {
	prog   *phys.Program
	facts  *facts
	shared *constants
	// keys and args are what KEYS and ARGV are called in the packaging.
	keys, args lua.Expr
	call       *lua.Var // redis.call
	undo       *lua.Var // what takes writes back, nil in programs that need not
	session    *lua.Var // what was drawn from sequences, nil in programs that do not ask
	budget     *lua.Var // of rows that the call may make
	// exits are the loops and protected calls around the instruction, innermost last; flags tell them to go on leaving.
	exits  []*exit
	flags  map[int]*lua.Var
	answer *answer // around a Return inside of a Try
	// descents are the functions that call themselves, by the ids of their instructions; around is the innermost one, nil outside.
	descents map[int]descent
	around   *descent
	problem  *lua.Var // the error that the handler around is for
	null     *lua.Var // a variable that is nil
	// given are nullable parameters that are known not to be NULL.
	given map[int]bool
	root  string // begins every key

	block  *lua.Block
	scope  *scope
	params map[int]*lua.Var
	cols   map[scalar.ColumnID]*column
	regs   map[phys.Reg]*register
	reply  *reply
	depth  int // instructions around the current one that make it conditional or repeat it
	size   int // instructions in the program
	// declared are KEYS[2] and on.
	declared []Arg
	temps    scalar.ColumnID // counts down: columns of the translation's own
	// decimals are the columns that were computed and may be decimals, units what the text of one was made of.
	decimals map[scalar.ColumnID]computed
	units    map[*lua.Var]lua.Expr
	numbers  map[*lua.Var]bool // variables that hold numbers which name keys and fields
}

// scope is a Lua block being written. What is bound in it is forgotten at its end.
type scope struct {
	outer *scope
	undo  []func()
}

// column is a bound SQL column.
type column struct {
	expr     lua.Expr // atomic
	nullable bool
	// small says that a bigint is known to be a Lua number.
	small bool
	// origin is what the column is a copy of: a parameter or constant, whose wire form may be used as it is.
	origin scalar.Expr
	// stored says where the column stands in a packed row, nil when it comes from elsewhere.
	stored *stored
	// digits is the decimal text that the column, an integer, was read from; nil when it was not.
	digits lua.Expr
}

// register is a bound register.
type register struct {
	v *lua.Var
	// missing says that the value can be false (a reply's null) where a register would be nil.
	missing bool
	// behind is, for a sort key, the end of a range behind all members that begin with it, by its mark.
	behind map[lua.Str]*lua.Var
	// order is the list of a map's rows in order of insertion, when somebody asks for it.
	order *lua.Var
	// groups describes a group table.
	groups *groupTable
	// limit is the number of a RowOffset or RowLimit.
	limit lua.Expr
	// moved says that the list is exchanged for another one (MoveList): nulls does not tell all.
	moved bool
	// nulls tells which positions of a list's rows may be NULL, as far as rows were appended.
	nulls []bool
}

// failure is how deep code reports what cannot be translated: Generate catches it.
type failure struct{ err error }

// fail ends the translation of the program.
func fail(format string, args ...any) {
	panic(failure{fmt.Errorf(format, args...)})
}

// emit appends statements to the block being written.
func (g *gen) emit(stats ...lua.Stat) {
	for _, s := range stats {
		if a, ok := s.(*lua.Assign); ok && len(a.Values) == 1 && lua.IsNil(a.Values[0]) {
			if _, local := a.Targets[0].(*lua.Var); local {
				a.Values[0] = g.nilVar() // see lua.Portable
			}
		}
		*g.block = append(*g.block, s)
	}
}

// inside writes a block of its own, and declares in it what it bound and used.
func (g *gen) inside(f func()) lua.Block {
	var b lua.Block
	outer := g.block
	g.block, g.scope = &b, &scope{outer: g.scope}
	f()
	for i := len(g.scope.undo) - 1; i >= 0; i-- {
		g.scope.undo[i]()
	}
	b = lua.Place(b, g.scope)
	g.block, g.scope = outer, g.scope.outer
	return b
}

// capture writes statements apart without a scope of their own, so that the caller decides where they go.
func (g *gen) capture(f func() lua.Expr) (lua.Block, lua.Expr) {
	var b lua.Block
	outer := g.block
	g.block = &b
	x := f()
	g.block = outer
	return b, x
}

// helper is a reference to a function of the prelude.
func helper(name string) lua.Expr {
	if !prelude.Has(name) {
		fail("the prelude has no function %s", name)
	}
	return lua.Helper(prelude.Canonical(name))
}

// invoke calls a function of the prelude.
func invoke(name string, args ...lua.Expr) lua.Expr { return lua.Invoke(helper(name), args...) }

// compute calls a function of the prelude that cannot fail.
func compute(name string, args ...lua.Expr) lua.Expr { return lua.Compute(helper(name), args...) }

// atom makes an expression that may be written several times: a local when it is not one already.
func (g *gen) atom(x lua.Expr, hint string) lua.Expr {
	if lua.Atomic(x) {
		return x
	}
	v := lua.NewVar(hint)
	g.emit(lua.Let(v, x))
	return v
}

// later binds a value that is computed where it is needed in the current scope.
func (g *gen) later(hint string, x lua.Expr) *lua.Var { return lua.Later(g.scope, hint, x, true) }

// bind gives a column its value for the rest of the scope.
func (g *gen) bind(id scalar.ColumnID, c *column) {
	old := g.cols[id]
	g.cols[id] = c
	g.scope.undo = append(g.scope.undo, func() { g.cols[id] = old })
}

// bindReg gives a register its variable for the rest of the scope.
func (g *gen) bindReg(r phys.Reg, reg *register) {
	old := g.regs[r]
	g.regs[r] = reg
	g.scope.undo = append(g.scope.undo, func() { g.regs[r] = old })
}

// newReg binds a register to a new variable with its suggested name.
func (g *gen) newReg(r phys.Reg, hint string) *register {
	reg := &register{v: lua.NewVar(g.regName(r, hint))}
	g.bindReg(r, reg)
	return reg
}

func (g *gen) regName(r phys.Reg, hint string) string {
	if name := g.prog.RegNames[r]; name != "" {
		return name
	}
	return hint
}

func (g *gen) reg(r phys.Reg) *register {
	reg := g.regs[r]
	if reg == nil {
		fail("register r%d is used before it has a value", r)
	}
	return reg
}

func (g *gen) column(id scalar.ColumnID) *column {
	c := g.cols[id]
	if c == nil {
		fail("column %s is used before it has a value", g.colName(id))
	}
	return c
}

func (g *gen) colName(id scalar.ColumnID) string {
	if id > 0 && int(id) < len(g.prog.Columns.Infos) {
		if name := g.prog.Columns.Get(id).Name; name != "" {
			return name
		}
	}
	return fmt.Sprintf("c%d", id)
}

// bindLocal gives a column a local computed now.
func (g *gen) bindLocal(id scalar.ColumnID, x lua.Expr, nullable bool) *lua.Var {
	v := lua.NewVar(g.colName(id))
	g.emit(lua.Let(v, x))
	g.bind(id, &column{expr: v, nullable: nullable})
	return v
}

// command calls Redis.
func (g *gen) command(name string, args ...lua.Expr) lua.Expr {
	return lua.Invoke(g.call, append([]lua.Expr{lua.Str(name)}, args...)...)
}

// isNumber notes that an expression that names a key or a field is a number, of at most ten digits.
func (g *gen) isNumber(x lua.Expr) {
	if v, ok := x.(*lua.Var); ok {
		g.numbers[v] = true
	}
}

// takesTexts reports whether a call makes texts of numbers: one of Redis' commands, or of a helper that runs one.
func (g *gen) takesTexts(c *lua.Call) bool {
	if c.F == lua.Expr(g.call) {
		return true
	}
	h, ok := c.F.(lua.Helper)
	return ok && strings.HasPrefix(string(h), "undo_")
}

// constants are the tables that functions share: enum labels, lists of IN. They stand above the functions.
type constants struct {
	byKey map[string]*lua.Var
	decls []constant
}

type constant struct {
	v     *lua.Var
	value lua.Expr
}

// add returns the variable of a constant, the same one for the same key.
func (c *constants) add(key, hint string, make func() lua.Expr) *lua.Var {
	if v := c.byKey[key]; v != nil {
		return v
	}
	if c.byKey == nil {
		c.byKey = map[string]*lua.Var{}
	}
	v := lua.NewVar(hint)
	c.byKey[key] = v
	c.decls = append(c.decls, constant{v, make()})
	return v
}
