package lowering

import (
	"slices"

	"github.com/prequel-db/prequel/lowering/phys"
	"github.com/prequel-db/prequel/planner/algebra"
	"github.com/prequel-db/prequel/planner/props"
	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqlparse/bound"
	"github.com/prequel-db/prequel/sqlparse/diag"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// gen writes one program.
type gen struct {
	m       *module
	prog    *phys.Program
	cols    *scalar.Columns
	params  []bound.Param
	body    *[]phys.Op
	nextReg phys.Reg
	labels  int // ids of loops that are given away
	loops   int // enclosing loops of the instruction being written
	// frames are these loops where results may be kept from one round to the next (keeps), the outermost first.
	frames []*frame
	keeps  bool
	// shared are the derived relations that the query reads in several places; begin is the point before all of it.
	shared map[algebra.Rel]*shared
	begin  *frame
	// sure is set at points of the query that every call comes to, once.
	sure bool
	// defined holds the columns that have a value at the point being written.
	defined scalar.ColSet
	pos     diag.Span
	// work holds the rows of the last round of each recursion that is being written.
	work map[int]phys.Reg
	// empty are columns that hold nothing but NULL.
	empty scalar.ColSet
	// sequences are those that the program uses, in order of first use.
	sequences []*keyedSequence
	// inner takes the rows and counts of a write inside a function.
	inner *embedded
	// compound is the statement of several writes that is being written, nil for a single one, and parts the rows of those that
	// have run.
	compound *compound
	parts    map[int]*partRows
	// effects is set once a function that writes is called in an expression: the program is no read then.
	effects bool
	// descents are the functions that call themselves around the point.
	descents []descent
	// within is set inside a function that a statement runs: the statement's foreign keys may still have to be looked at.
	within bool
	// loading is set in a program that hydrates a table.
	loading bool
	// scans is set where reading whole tables is allowed.
	scans bool
	// added is set while what follows from a new row is written to which no row refers yet.
	added bool
}

func newGen(m *module, name, sql string, cols *scalar.Columns, params []bound.Param) *gen {
	g := &gen{m: m, cols: cols, params: params, work: map[int]phys.Reg{}, parts: map[int]*partRows{}, prog: &phys.Program{
		Name: name, SQL: sql, Columns: cols, Params: params, RegNames: map[phys.Reg]string{},
	}}
	g.body = &g.prog.Body
	return g
}

// emit appends an instruction.
func (g *gen) emit(op phys.Op) {
	if g.inner != nil && g.inner.takes(g, op) {
		return
	}
	*g.body = append(*g.body, op)
}

// reg makes a register with a suggested name.
func (g *gen) reg(name string) phys.Reg {
	g.nextReg++
	g.prog.RegNames[g.nextReg] = name
	return g.nextReg
}

// inside collects the instructions that f writes.
func (g *gen) inside(f func()) []phys.Op {
	outer, defined, empty, sure := g.body, g.defined, g.empty, g.sure
	var ops []phys.Op
	g.body, g.defined, g.empty, g.sure = &ops, defined.Copy(), empty.Copy(), false
	f()
	g.body, g.defined, g.empty, g.sure = outer, defined, empty, sure
	return ops
}

// loop collects the instructions of a loop's body.
func (g *gen) loop(f func()) []phys.Op {
	g.loops++
	frames := g.frames
	if g.keeps {
		g.frames = append(frames[:len(frames):len(frames)], &frame{g.body, g.defined.Copy()})
	}
	ops := g.inside(f)
	g.loops--
	g.frames = frames
	return ops
}

// where writes f under a condition; a nil condition always holds.
func (g *gen) where(cond scalar.Expr, f func()) {
	if cond == nil {
		f()
		return
	}
	if g.never(cond) {
		return
	}
	cond = g.prep(cond)
	g.emit(&phys.If{Cond: &phys.IsTrue{Expr: cond}, Then: g.inside(f)})
}

// never reports whether a condition is false or NULL, or asks that what is always NULL is not NULL.
func (g *gen) never(cond scalar.Expr) bool {
	if cond == nil {
		return false
	}
	total := props.Total(cond)
	for _, c := range scalar.Conjuncts(cond) {
		if scalar.IsFalseOrNullConst(c) || total && g.alwaysNull(c) {
			return true
		}
		if n, ok := c.(*scalar.IsNull); ok && n.Negated && (total || isConst(n.Arg)) && g.alwaysNull(n.Arg) {
			return true
		}
	}
	return false
}

func isConst(e scalar.Expr) bool {
	_, ok := e.(*scalar.Const)
	return ok
}

// let computes an expression into a column.
func (g *gen) let(id scalar.ColumnID, e scalar.Expr) {
	e = g.prep(e)
	if g.alwaysNull(e) {
		g.empty.Add(id)
	}
	g.emit(&phys.Let{Col: id, Expr: e})
	g.defined.Add(id)
}

// alwaysNull reports whether an expression is NULL on any row: behind a test for that nothing need be written.
func (g *gen) alwaysNull(e scalar.Expr) bool {
	switch x := scalar.Unconverted(e).(type) {
	case *scalar.Const:
		return x.Null
	case *scalar.Column:
		return g.empty.Has(x.ID)
	case *scalar.Call:
		return x.Fn.Strict && slices.ContainsFunc(x.Args, g.alwaysNull)
	}
	return false
}

// declare introduces columns as NULL.
func (g *gen) declare(ids ...scalar.ColumnID) {
	if len(ids) == 0 {
		return
	}
	g.emit(&phys.Declare{Cols: ids})
	for _, id := range ids {
		g.defined.Add(id)
	}
}

// temp makes a column for a value of the compiler's own.
func (g *gen) temp(name string, t value.Type, nullable bool) scalar.ColumnID {
	return g.cols.New(name, t, nullable)
}

// ref is a reference to a column.
func (g *gen) ref(id scalar.ColumnID) scalar.Expr {
	return &scalar.Column{Node: scalar.Node{Typ: g.cols.Get(id).Type}, ID: id}
}

func (g *gen) refs(ids []scalar.ColumnID) []scalar.Expr {
	out := make([]scalar.Expr, len(ids))
	for i, id := range ids {
		out[i] = g.ref(id)
	}
	return out
}

// fail records a diagnostic; the statement's program is not used then.
func (g *gen) fail(code string, at diag.Span, problem, help string) {
	if at.Source == nil {
		at = g.pos
	}
	g.m.diags = append(g.m.diags, diag.Diagnostic{Code: code, Severity: diag.Error, Span: at, Problem: problem, Help: help})
}

// nullable reports whether an expression can be NULL; when in doubt it can.
func (g *gen) nullable(e scalar.Expr) bool {
	return nullable(e, g.params, func(c scalar.ColumnID) bool { return g.cols.Get(c).Nullable })
}

// nullable reports whether an expression can be NULL, where column says which columns can.
func nullable(e scalar.Expr, params []bound.Param, column func(scalar.ColumnID) bool) bool {
	may := func(e scalar.Expr) bool { return nullable(e, params, column) }
	switch x := e.(type) {
	case *scalar.Column:
		return column(x.ID)
	case *scalar.Const:
		return x.Null
	case *scalar.Param:
		if x.Number == 0 {
			return false
		}
		return x.Local() || params[x.Number-1].Nullable
	case *scalar.Call:
		if !x.Fn.Strict {
			return true
		}
		for _, a := range x.Args {
			if may(a) {
				return true
			}
		}
		return !scalarTotalResult(x)
	case *scalar.Relabel:
		return may(x.Arg)
	case *scalar.Modify:
		return may(x.Arg)
	case *scalar.ViaText:
		return may(x.Arg)
	case *scalar.IsNull, *scalar.IsBool, *scalar.IsDistinct:
		return false
	case *scalar.Coalesce:
		for _, a := range x.Args {
			if !may(a) {
				return false
			}
		}
		return true
	}
	return true
}

// neverNull are functions other than operators that return a value for values.
var neverNull = map[string]bool{
	"int28": true, "int48": true, "i2toi4": true, "int2_numeric": true, "int4_numeric": true,
	"int8_numeric": true, "i2tod": true, "i4tod": true, "i8tod": true, "ftod": true, "lower": true, "upper": true, "textlen": true,
	"timestamp_date": true, "timestamptz_date": true, "date_timestamp": true, "date_timestamptz": true,
}

// scalarTotalResult reports whether a strict call over values that are not NULL gives one. Operators do; of the
// functions only those that are known to.
func scalarTotalResult(c *scalar.Call) bool {
	if scalar.ComparisonOf(c.Fn) != scalar.NotComparison || neverNull[c.Fn.Proc] {
		return true
	}
	for _, r := range c.Fn.Name {
		if r >= 'a' && r <= 'z' || r == '_' || r == '[' { // an array may have no such element
			return false
		}
	}
	switch c.Typ.Kind {
	case value.JSON, value.JSONB, value.Array:
		return false // -> of a missing member is NULL
	case value.Text:
		return c.Fn.Name == "||"
	}
	return true
}

func integer(n string) scalar.Expr {
	return &scalar.Const{Node: scalar.Node{Typ: value.Of(value.Int8)}, Text: n}
}

func text(s string) scalar.Expr {
	return &scalar.Const{Node: scalar.Node{Typ: value.Of(value.Text)}, Text: s}
}

// prep writes the code of the subqueries and of the calls over sequences inside an expression and replaces them by columns.
func (g *gen) prep(e scalar.Expr) scalar.Expr {
	if e == nil || !scalar.HasSubquery(e) && !scalar.HasVolatile(e) {
		return e
	}
	var rewrite func(scalar.Expr) scalar.Expr
	rewrite = func(e scalar.Expr) scalar.Expr {
		if s, ok := e.(*scalar.Subquery); ok {
			return g.subquery(s)
		}
		if c, ok := e.(*scalar.Call); ok && c.Fn.Routine != nil {
			return g.routineCall(c)
		} else if ok && isSequenceCall(c) {
			return g.sequenceCall(c)
		} else if ok && c.Fn.Proc == domainCheck {
			return g.domainCheck(c)
		}
		if takesSteps(e) {
			switch x := e.(type) {
			case *scalar.Coalesce:
				return g.firstPresent(x)
			case *scalar.Case:
				return g.branches(x)
			case *scalar.And:
				return g.untilDecided(x, x.Args, false)
			case *scalar.Or:
				return g.untilDecided(x, x.Args, true)
			}
		}
		return scalar.MapChildren(e, rewrite)
	}
	return rewrite(e)
}

func (g *gen) prepAll(es []scalar.Expr) []scalar.Expr {
	out := make([]scalar.Expr, len(es))
	for i, e := range es {
		out[i] = g.prep(e)
	}
	return out
}
