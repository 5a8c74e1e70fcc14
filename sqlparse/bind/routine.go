package bind

import (
	"errors"
	"strings"
	"unicode/utf8"

	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqlparse/bound"
	"github.com/prequel-db/prequel/sqlparse/builtin"
	"github.com/prequel-db/prequel/sqlparse/catalog"
	"github.com/prequel-db/prequel/sqlparse/diag"
	"github.com/prequel-db/prequel/sqlparse/plpgsql"
	"github.com/prequel-db/prequel/sqlparse/scalar"
	"github.com/prequel-db/prequel/sqlparse/token"

	pg "github.com/pganalyze/pg_query_go/v5"
	"github.com/pganalyze/pg_query_go/v5/parser"
)

// routine is the state of binding one function's body. A function that it calls is bound into the same bound.Routine, by a
// routine of its own.
type routine struct {
	*shared
	s      *stmt
	caller *routine
	fn     *catalog.Function
	scope  *varScope
	args   []*variable // the inputs, for $n
	outs   []*variable // OUT arguments
	found  int         // the variable FOUND
	count  int         // the variable that GET DIAGNOSTICS reads as ROW_COUNT
	counts bool        // whether the body may read ROW_COUNT
	loops  []*loop     // around the statement, innermost last
	depth  int         // branches, loops and handlers around it
	caught *bound.Try  // whose handler it stands in
	unrun  bool        // RETURN is that of a STRICT function which does not run
	guards int         // blocks with handlers around it, whose errors they catch
	late   []lateReturn
	// trigger is set where the function is a trigger's; missing are NEW and OLD where fields that are not there were read.
	trigger *trigger
	missing map[string]bool
	// leave is how RETURN ends the function, given the result's values in order.
	leave func(values []scalar.Expr) []bound.Stmt
}

// lateReturn is a RETURN inside of a block with handlers: its value becomes one of the result's type behind the block, where the handlers
// don't catch what fails.
type lateReturn struct {
	label  int
	result []bound.Stmt
}

// shared is what all functions of one call have in common.
type shared struct {
	out    *bound.Routine
	used   map[int]bool // variables that something reads
	labels int
	left   map[int]bool // Labelled and loops that a Leave names
	// results are variables whose last value counts, whether or not something reads it here: the row that a trigger hands on.
	results map[int]bool
	// domains are those of variables that have one: what is assigned to them is checked.
	domains map[int]*catalog.Domain
	// copies are variables that matter only when the one they are copied to does.
	copies map[int]int
}

// loop is a loop or labelled block around a statement.
type loop struct {
	label string
	exit  int
	next  int // what CONTINUE leaves; 0 for a block
	// reports says that FOUND becomes whether the loop ran, however it is left.
	reports bool
}

// callRoutine binds a call of a declared function as a whole statement.
func (s *stmt) callRoutine(fn *catalog.Function, args []scalar.Expr, span diag.Span) (*bound.Routine, error) {
	out := &bound.Routine{Function: fn.Name, SetOf: fn.SetOf, Span: span}
	sh := newShared(out)
	out.Results = resultColumns(fn)
	r := &routine{shared: sh, s: s, fn: fn}
	r.leave = func(values []scalar.Expr) []bound.Stmt { return []bound.Stmt{&bound.Return{Exprs: values}} }
	body, err := r.bind(args, span)
	if err != nil {
		return nil, err
	}
	out.Body = sh.tidy(body)
	return out, nil
}

// resultColumns are the columns of a function's result.
func resultColumns(fn *catalog.Function) []bound.Result {
	var out []bound.Result
	switch outs := fn.Outputs(); {
	case len(outs) > 0:
		for i, a := range outs {
			name := a.Name
			if name == "" {
				name = "column" + itoa(i+1)
			}
			if len(outs) == 1 && a.Name == "" {
				name = fn.Name
			}
			out = append(out, bound.Result{Name: name, Type: a.Type})
		}
	case fn.Table != nil:
		for _, c := range fn.Table.Columns {
			out = append(out, bound.Result{Name: c.Name, Type: c.Type})
		}
	case fn.Returns.Kind != value.Void:
		out = append(out, bound.Result{Name: fn.Name, Type: fn.Returns})
	}
	return out
}

// bind makes the statements of the function: its arguments as variables, unless they are nil and given by whoever runs it, then its body.
func (r *routine) bind(args []scalar.Expr, span diag.Span) ([]bound.Stmt, error) {
	for c := r.caller; c != nil; c = c.caller {
		if c.fn == r.fn {
			return nil, diag.UnsupportedRoutine.At(span, "the function %s calls itself, which is not supported", r.fn.Name).
				WithHelp("use WITH RECURSIVE, or a loop")
		}
	}
	if r.fn.Trigger {
		return nil, diag.NotInPostgres.At(span, "trigger functions can only be called as triggers")
	}
	s := r.s
	over, err := s.holdingGiven(args)
	if err != nil {
		return nil, err
	}
	defer over()
	outer := s.routine
	s.routine = r
	defer func() { s.routine = outer }()
	r.scope = (*varScope)(nil).child(r.fn.Name)
	r.scope.sql = r.fn.Language == "sql"
	r.found, r.count = -1, -1
	var body []bound.Stmt
	if !r.scope.sql {
		body = r.reports(span)
	}
	in := 0
	for _, a := range r.fn.Args {
		v := r.declare(a.Name, a.Type)
		r.domains[v.at] = a.Domain
		if a.Mode == catalog.ArgIn || a.Mode == catalog.ArgInOut {
			if args != nil {
				body = append(body, &bound.SetVar{Var: v.at, Expr: args[in], Span: span})
			} else {
				r.out.In = append(r.out.In, v.at)
			}
			r.args = append(r.args, v)
			in++
		}
		if a.Mode != catalog.ArgIn {
			r.outs = append(r.outs, v)
			if a.Mode != catalog.ArgInOut {
				body = append(body, &bound.SetVar{Var: v.at, Expr: nullOf(a.Type, span), Span: span})
			}
		}
	}
	if r.fn.Strict && len(r.args) > 0 {
		guard := []bound.Stmt{r.nullForNull(span)}
		if args == nil { // it begins the body
			body = append(guard, body...)
		} else {
			body = append(body, guard...)
		}
	}
	var own []bound.Stmt
	if r.scope.sql {
		own, err = r.sqlBody()
	} else {
		own, err = r.plpgsqlBody()
	}
	if err != nil {
		return nil, err
	}
	return append(body, own...), nil
}

// reports declares FOUND and ROW_COUNT, and returns what gives them their first values.
func (r *routine) reports(span diag.Span) []bound.Stmt {
	r.found = r.declare("found", boolType).at
	r.count = r.newVar("row_count", value.Of(value.Int8))
	r.counts = strings.Contains(strings.ToLower(r.fn.Body), "row_count")
	return []bound.Stmt{
		&bound.SetVar{Var: r.found, Expr: constant(boolType, "f", span), Span: span},
		&bound.SetVar{Var: r.count, Expr: constant(value.Of(value.Int8), "0", span), Span: span},
	}
}

// nullForNull ends a STRICT function at once when an argument is NULL.
func (r *routine) nullForNull(span diag.Span) bound.Stmt {
	var nulls, values []scalar.Expr
	for _, a := range r.args {
		nulls = append(nulls, &scalar.IsNull{Node: scalar.Node{Typ: boolType, Pos: span}, Arg: r.ref(a.at, span)})
	}
	if !r.fn.SetOf {
		for _, c := range resultColumns(r.fn) {
			values = append(values, nullOf(c.Type, span))
		}
	}
	cond := nulls[0]
	if len(nulls) > 1 {
		cond = &scalar.Or{Node: scalar.Node{Typ: boolType, Pos: span}, Args: nulls}
	}
	r.unrun = true
	then := r.leave(values)
	r.unrun = false
	for _, x := range then {
		if ret, ok := x.(*bound.Return); ok {
			ret.Null = true
		}
	}
	return &bound.IfStmt{Cond: cond, Then: then}
}

func (r *routine) plpgsqlBody() ([]bound.Stmt, error) {
	block, err := plpgsql.Parse(r.fn.Body)
	if err != nil {
		return nil, r.unread(err)
	}
	body, err := r.block(block)
	if err != nil {
		return nil, err
	}
	if r.falls(body) {
		body = append(body, r.end()...)
	}
	for _, l := range r.late {
		body = append([]bound.Stmt{&bound.Labelled{ID: l.label, Body: body}}, l.result...)
	}
	return body, nil
}

// end is what happens when control reaches the end of the body.
func (r *routine) end() []bound.Stmt {
	switch {
	case r.trigger != nil:
	case r.fn.SetOf || r.fn.Returns.Kind == value.Void || len(r.outs) > 0:
		return r.leave(r.outValues())
	}
	what := "function"
	if r.trigger != nil {
		what = "trigger procedure"
	}
	return []bound.Stmt{&bound.RaiseStmt{
		SQLState: "2F005", Message: []scalar.Expr{r.text("control reached end of " + what + " without RETURN")}, Span: r.fn.BodySpan,
	}}
}

// unread places a refusal of the reader.
func (r *routine) unread(err error) error { return unreadBody(r.fn, err) }

func unreadBody(fn *catalog.Function, err error) error {
	var e *plpgsql.Error
	if !errors.As(err, &e) {
		return diag.Syntax.At(fn.BodySpan, "%v", err)
	}
	at := spanIn(fn, e.At)
	if e.Unsupported {
		return diag.UnsupportedRoutine.At(at, "%s", e.Message).WithHelp("%s", e.Help)
	}
	return diag.Syntax.At(at, "%s", e.Message)
}

// CheckRoutine reads the body of a function, without binding it.
func CheckRoutine(fn *catalog.Function) error {
	if _, err := plpgsql.Parse(fn.Body); err != nil {
		return unreadBody(fn, err)
	}
	return nil
}

// spanIn is the place in the source of a range of a body.
func spanIn(fn *catalog.Function, at plpgsql.Range) diag.Span {
	return diag.Span{Source: fn.BodySpan.Source, Start: fn.Origin(at.Start), End: fn.Origin(at.End)}
}

func (r *routine) at(at plpgsql.Range) diag.Span { return spanIn(r.fn, at) }

func (r *routine) text(s string) scalar.Expr { return constant(textType, s, diag.Span{}) }

func nullOf(t value.Type, span diag.Span) scalar.Expr {
	return &scalar.Const{Node: scalar.Node{Typ: t, Pos: span}, Null: true}
}

// outValues are the values of the OUT arguments; nil for a function without, and for one that returns a set.
func (r *routine) outValues() []scalar.Expr {
	if r.fn.SetOf {
		return nil
	}
	return r.outRow()
}

func (r *routine) outRow() []scalar.Expr {
	var out []scalar.Expr
	for _, v := range r.outs {
		out = append(out, r.ref(v.at, r.fn.Span))
	}
	return out
}

// parsed parses a text of the body with words before it, and runs f while the text is what is being bound.
func (r *routine) parsed(prefix, text string, at plpgsql.Range, f func(*pg.Node) error) error {
	s := r.s
	sql := prefix + text
	origin := func(o int) int { return r.fn.Origin(at.Start + max(0, o-len(prefix))) }
	src := Text{Source: r.fn.BodySpan.Source, SQL: sql, Origin: origin}
	tree, err := pg.Parse(sql)
	if err != nil {
		var e *parser.Error
		place := r.at(at)
		if errors.As(err, &e) && e.Cursorpos > 0 {
			o := 0
			for range e.Cursorpos - 1 {
				_, n := utf8.DecodeRuneInString(sql[min(o, len(sql)):])
				o += n
			}
			place = src.between(o, max(o, token.End(sql, o)))
			return diag.Syntax.At(place, "%s", e.Message)
		}
		return diag.Syntax.At(place, "%v", err)
	}
	if len(tree.Stmts) != 1 {
		return diag.Syntax.At(r.at(at), "one statement is expected here")
	}
	outer := s.text
	s.text = src
	s.maxWork += 4 * len(sql)
	err = f(tree.Stmts[0].Stmt)
	s.text = outer
	return err
}

// convert converts a value to a variable's type as PL/pgSQL assigns: by an assignment cast, or by way of text where there is
// none.
func (r *routine) convert(e scalar.Expr, to value.Type, span diag.Span) (scalar.Expr, error) {
	out, ok, err := r.s.coerceTo(e, to, builtin.Assignment, span)
	if err != nil || ok {
		return out, err
	}
	if to.Kind == value.Array || e.Type().Kind == value.Array {
		return nil, cannotCast(e.Type(), to, span)
	}
	via := &scalar.ViaText{Node: scalar.Node{Typ: unmodified(to), Pos: span}, Arg: e}
	return r.s.fit(via, to, builtin.Assignment, span), nil
}

// converted converts a value to that of a variable, of whose domain it must be.
func (r *routine) converted(e scalar.Expr, v int, span diag.Span) (scalar.Expr, error) {
	out, err := r.convert(e, r.out.Vars[v].Type, span)
	if err != nil {
		return nil, err
	}
	return r.s.ofDomain(r.domains[v], out, span), nil
}

// newShared begins a call.
func newShared(out *bound.Routine) *shared {
	return &shared{
		out: out, used: map[int]bool{}, left: map[int]bool{}, results: map[int]bool{}, copies: map[int]int{}, domains: map[int]*catalog.Domain{},
	}
}

// label makes the id of a loop or block.
func (sh *shared) label() int {
	sh.labels++
	return sh.labels
}

// falls reports whether control can reach the end of statements.
func (r *routine) falls(list []bound.Stmt) bool {
	if len(list) == 0 {
		return true
	}
	switch x := list[len(list)-1].(type) {
	case *bound.Return, *bound.RaiseStmt, *bound.Reraise, *bound.Leave:
		return false
	case *bound.IfStmt:
		return r.falls(x.Then) || r.falls(x.Else)
	case *bound.Labelled:
		return r.left[x.ID] || !x.Loop && r.falls(x.Body)
	case *bound.Try:
		for _, h := range x.Handlers {
			if r.falls(h.Body) {
				return true
			}
		}
		return r.falls(x.Body)
	}
	return true
}
