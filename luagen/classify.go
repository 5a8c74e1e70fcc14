package luagen

import (
	"fmt"
	"strconv"

	"github.com/prequel-db/prequel/lowering/phys"
	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// Direct is a program that needs no script: its commands over parameters and constants.
type Direct struct {
	Commands []Command
	// EmptyIfNull lists parameters (positions from 1) whose NULL means that nothing is found.
	EmptyIfNull []int
	// NotNull lists parameters that a write stores in NOT NULL columns.
	NotNull []NotNull
	// Affected is the number of rows a write affects.
	Affected int
	// Counted says that the reply of the only command is that number.
	Counted bool
	UsesNow bool
}

// Command is the template of one Redis command; the first argument is its name.
type Command struct{ Args []Arg }

// NotNull names the column that a NULL parameter would violate.
type NotNull struct {
	Param         int // position from 1
	Table, Column string
	// Row is the row that is refused, nil when it is not known.
	Row []RowValue
}

// Classify chooses the lightest form that does what a program does, and says why. One read command whose whole reply is the
// answer is Native; unconditional writes are Multi (Native when there is one); everything else is a Function, and Direct is nil.
func Classify(prog *phys.Program, opts Options) (form phys.Form, why string, direct *Direct) {
	c := &classifier{
		gen: &gen{
			prog: prog, facts: learn(prog), root: opts.Root, cols: map[scalar.ColumnID]*column{}, decimals: map[scalar.ColumnID]computed{},
		},
		regs:    map[phys.Reg]Arg{},
		results: map[phys.Reg]bool{},
		out:     &Direct{UsesNow: usesNow(prog)},
	}
	c.gen.scope = &scope{}
	defer func() {
		if r := recover(); r != nil {
			f, ok := r.(failure)
			if !ok {
				panic(r)
			}
			form, why, direct = phys.Function, f.err.Error(), nil
		}
	}()
	c.ops(prog.Body, true)
	switch n := len(c.out.Commands); {
	case n == 0:
		return phys.Function, "it runs no command whose reply is the answer", nil
	case c.answered:
		return phys.Native, "the reply of one " + c.out.Commands[0].Args[0].Parts[0].Lit + " is the answer", c.out
	case prog.Reply.Kind != phys.NoRows:
		return phys.Function, "it computes its reply", nil
	case c.reads > 0:
		return phys.Function, "it counts what it reads", nil
	case c.out.Counted:
		return phys.Native, "the reply of one " + c.out.Commands[0].Args[0].Parts[0].Lit + " is the number of rows", c.out
	case n == 1:
		return phys.Native, "it is one unconditional write", c.out
	default:
		return phys.Multi, fmt.Sprintf("it is %d unconditional writes", n), c.out
	}
}

// classifier runs a program over templates. Its failures are the reasons for a function.
type classifier struct {
	gen      *gen
	regs     map[phys.Reg]Arg
	results  map[phys.Reg]bool // what the read command returned
	out      *Direct
	answered bool
	reads    int
	writes   int
}

func (c *classifier) ops(ops []phys.Op, outermost bool) {
	for i, op := range ops {
		if c.answered {
			fail("it does more than one read")
		}
		c.op(op, outermost && i == len(ops)-1)
	}
}

func (c *classifier) op(op phys.Op, last bool) {
	switch op := op.(type) {
	case *phys.Comment:
	case *phys.Block:
		c.ops(op.Body, last)
	case *phys.Let:
		c.let(op)
	case *phys.MakeKey:
		arg, ok := c.gen.keyTemplate(op)
		c.keep(op.Dst, arg, ok, "a key")
	case *phys.MakeField:
		var arg Arg
		var ok bool
		if op.Of.Bucket > 0 {
			ok = c.gen.bucketPart(&arg, op.Exprs[0], FormWithin, op.Of.Bucket)
		} else {
			ok = c.gen.nameTemplate(&arg, op.Exprs, op.Of.Field)
		}
		c.keep(op.Dst, arg, ok, "a field")
	case *phys.MakeSortKey:
		var arg Arg
		ok := c.gen.sortTemplate(&arg, op.Of, op.Exprs)
		c.keep(op.Dst, arg, ok, "a sort key")
	case *phys.Pack:
		c.pack(op)
	case *phys.HGet:
		c.read(op.Dst, "HGET", c.regs[op.Key], c.regs[op.Field])
	case *phys.HVals:
		c.read(op.Dst, "HVALS", c.regs[op.Key])
	case *phys.HGetAll:
		c.read(op.Dst, "HGETALL", c.regs[op.Key])
	case *phys.ZRange:
		c.zrange(op)
	case *phys.EmitPacked:
		c.answer(op.Src)
	case *phys.EmitList:
		c.answer(op.List)
	case *phys.If:
		c.branch(op, last)
	case *phys.HSet:
		c.write("HSET", c.regs[op.Key], c.regs[op.Field], c.regs[op.Value])
	case *phys.HSetNX:
		c.counted("HSETNX", c.regs[op.Key], c.regs[op.Field], c.regs[op.Value])
	case *phys.HDel:
		if op.Counted {
			c.counted("HDEL", c.regs[op.Key], c.regs[op.Field])
			break
		}
		c.write("HDEL", c.regs[op.Key], c.regs[op.Field])
	case *phys.ZAdd:
		c.write("ZADD", c.regs[op.Key], literalArg("0"), c.regs[op.Member])
	case *phys.ZRem:
		c.write("ZREM", c.regs[op.Key], c.regs[op.Member])
	case *phys.AddCount:
		c.out.Affected++
	default:
		fail("%s", reason(op))
	}
}

// reason says why an instruction needs a script.
func reason(op phys.Op) string {
	switch op.(type) {
	case *phys.HExists, *phys.Raise:
		return "it checks before it writes"
	case *phys.ForEach, *phys.ForMembers, *phys.ForPairs, *phys.Unpack, *phys.ForRows, *phys.ForMatches, *phys.ForMapRows, *phys.ForGroups:
		return "it looks into the rows it reads"
	case *phys.EmitRow:
		return "it computes its reply"
	case *phys.ForArray, *phys.HMGet:
		return "it runs over a list of values"
	case *phys.Incr:
		return "it draws a row id"
	case *phys.HIncrBy:
		return "it looks at a count that it changed"
	case *phys.ZCount, *phys.HLen:
		return "it computes with a count"
	case *phys.NewList, *phys.NewMap, *phys.NewGroups:
		return "it collects rows before it goes on"
	}
	return "it computes in steps"
}

func (c *classifier) keep(dst phys.Reg, arg Arg, ok bool, what string) {
	if !ok {
		fail("%s is made of more than parameters and constants", what)
	}
	c.regs[dst] = arg
}

// let follows copies of parameters and constants.
func (c *classifier) let(op *phys.Let) {
	if c.gen.facts.set[op.Col] {
		fail("it computes in steps")
	}
	switch s := c.gen.source(op.Expr).(type) {
	case *scalar.Param:
		c.gen.cols[op.Col] = &column{origin: s, nullable: c.gen.paramInfo(s.Number).Nullable}
	case *scalar.Const:
		c.gen.cols[op.Col] = &column{origin: s, nullable: s.Null}
	default:
		fail("it computes values")
	}
}

func literalArg(s string) Arg {
	var a Arg
	a.lit(s)
	return a
}

func (c *classifier) read(dst phys.Reg, name string, args ...Arg) {
	if c.writes > 0 || c.reads > 0 {
		fail("it does more than one read")
	}
	c.reads++
	c.results[dst] = true
	c.out.Commands = append(c.out.Commands, Command{append([]Arg{literalArg(name)}, args...)})
}

func (c *classifier) write(name string, args ...Arg) {
	if c.reads > 0 {
		fail("it writes what it has read")
	}
	c.writes++
	c.out.Commands = append(c.out.Commands, Command{append([]Arg{literalArg(name)}, args...)})
}

// counted adds the write whose reply is the number of affected rows, the only command.
func (c *classifier) counted(name string, args ...Arg) {
	c.write(name, args...)
	if c.writes > 1 {
		fail("it counts what one of its writes does")
	}
	c.out.Counted = true
}

// answer says that a register is the whole reply.
func (c *classifier) answer(r phys.Reg) {
	if !c.results[r] || c.gen.prog.Reply.Count {
		fail("it computes its reply")
	}
	c.answered = true
}

// branch accepts three conditions: that parameters of a read are not NULL, that a row was found, and that a parameter of a
// write is not NULL where its column must not be.
func (c *classifier) branch(op *phys.If, last bool) {
	switch cond := op.Cond.(type) {
	case *phys.Present:
		if c.results[cond.Reg] && len(op.Else) == 0 && last { // no row is no answer either way
			c.ops(op.Then, last)
			return
		}
	case *phys.IsTrue:
		if len(op.Else) > 0 {
			break
		}
		if params, ok := c.notNull(cond.Expr); ok && last && c.writes == 0 {
			c.out.EmptyIfNull = append(c.out.EmptyIfNull, params...)
			c.ops(op.Then, last)
			if c.writes > 0 {
				fail("it writes under a condition")
			}
			return
		}
		if null, ok := cond.Expr.(*scalar.IsNull); ok && !null.Negated && len(op.Then) == 1 {
			p, isParam := c.gen.source(null.Arg).(*scalar.Param)
			raise, raises := op.Then[0].(*phys.Raise)
			if isParam && raises && raise.SQLState == "23502" {
				c.out.NotNull = append(c.out.NotNull, NotNull{c.gen.argIndex(p.Number), raise.Table, raise.Column, c.failingRow(raise)})
				return
			}
		}
	}
	fail("it branches")
}

// failingRow is the row that an error shows, nil when some value of it is computed.
func (c *classifier) failingRow(raise *phys.Raise) []RowValue {
	if raise.RowCols != nil {
		return nil
	}
	var out []RowValue
	for _, e := range raise.Row {
		if via, ok := e.(*scalar.ViaText); ok {
			e = via.Arg
		}
		switch x := c.gen.source(e).(type) {
		case *scalar.Param:
			out = append(out, RowValue{Param: c.gen.argIndex(x.Number)})
		case *scalar.Const:
			v := RowValue{}
			if !x.Null {
				v.Text = &x.Text
			}
			out = append(out, v)
		default:
			return nil
		}
	}
	return out
}

// notNull lists the parameters of a conjunction of "parameter IS NOT NULL".
func (c *classifier) notNull(e scalar.Expr) ([]int, bool) {
	var params []int
	for _, x := range scalar.Conjuncts(e) {
		null, ok := x.(*scalar.IsNull)
		if !ok || !null.Negated {
			return nil, false
		}
		p, ok := c.gen.source(null.Arg).(*scalar.Param)
		if !ok {
			return nil, false
		}
		params = append(params, c.gen.argIndex(p.Number))
		c.gen.assume(p.Number)
	}
	return params, true
}

func (c *classifier) zrange(op *phys.ZRange) {
	from, to := c.edge(op.From, false), c.edge(op.To, true)
	args := []Arg{c.regs[op.Key]}
	if last, ok := lastOf(op); ok {
		args = append(args, literalArg("0"), literalArg(strconv.Itoa(last)))
		if op.Reverse {
			args = append(args, literalArg("REV"))
		}
		c.read(op.Dst, "ZRANGE", args...)
		return
	}
	limits := c.limits(op)
	switch {
	case op.Reverse:
		args = append(args, to, from, literalArg("BYLEX"), literalArg("REV"))
	default:
		args = append(args, from, to, literalArg("BYLEX"))
	}
	c.read(op.Dst, "ZRANGE", append(args, limits...)...)
}

func (c *classifier) edge(e phys.Edge, upper bool) Arg {
	if e.Key == 0 {
		if upper {
			return literalArg("+")
		}
		return literalArg("-")
	}
	key := c.regs[e.Key]
	arg := Arg{Prefix: "[", Parts: key.Parts, Succ: e.After}
	if upper {
		arg.Prefix = "("
	}
	return arg
}

func (c *classifier) limits(op *phys.ZRange) []Arg {
	if op.Offset == nil && op.Limit == nil {
		return nil
	}
	count := func(e scalar.Expr, form ArgForm, none string) Arg {
		if e == nil {
			return literalArg(none)
		}
		switch s := c.gen.source(e).(type) {
		case *scalar.Param:
			return Arg{Parts: []Part{{Param: c.gen.argIndex(s.Number), Form: form}}}
		case *scalar.Const:
			v := constValue(s)
			if v.IsNull() {
				return literalArg(none)
			}
			if v.Int() >= 0 {
				return literalArg(strconv.FormatInt(min(v.Int(), maxExact-1), 10))
			}
		}
		fail("it computes its limit")
		return Arg{}
	}
	return []Arg{literalArg("LIMIT"), count(op.Offset, FormOffset, "0"), count(op.Limit, FormLimit, "-1")}
}

// pack makes the template of a packed row, behind its sort key in a sorted set's member.
func (c *classifier) pack(op *phys.Pack) {
	var arg Arg
	if op.Key != 0 {
		arg.Parts = append(arg.Parts, c.regs[op.Key].Parts...)
	}
	row := &RowTemplate{Layout: layoutOf(op.Of)}
	for i, e := range op.Exprs {
		col := op.Of.Payload[i]
		switch s := c.gen.source(e).(type) {
		case *scalar.Param:
			if !sameForm(s.Typ, col.Type) || c.gen.paramMayBeNull(s.Number) && !col.Nullable && !c.checked(s.Number) {
				fail("it computes values")
			}
			row.Cols = append(row.Cols, RowValue{Param: c.gen.argIndex(s.Number)})
		case *scalar.Const:
			if !sameForm(s.Typ, col.Type) {
				fail("it computes values")
			}
			var text *string
			if v := constValue(s); !v.IsNull() {
				t := value.Format(s.Typ, v)
				text = &t
			}
			row.Cols = append(row.Cols, RowValue{Text: text})
		default:
			fail("it computes values")
		}
	}
	if len(row.Cols) > 0 {
		arg.Parts = append(arg.Parts, Part{Row: row})
	}
	c.regs[op.Dst] = arg
}

// checked reports whether a NULL parameter is refused before the call.
func (c *classifier) checked(number int) bool {
	for _, n := range c.out.NotNull {
		if n.Param == c.gen.argIndex(number) {
			return true
		}
	}
	return false
}
