package bind

import (
	"strings"

	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqlparse/bound"
	"github.com/prequel-db/prequel/sqlparse/catalog"
	"github.com/prequel-db/prequel/sqlparse/diag"
	"github.com/prequel-db/prequel/sqlparse/plpgsql"
	"github.com/prequel-db/prequel/sqlparse/scalar"

	pg "github.com/pganalyze/pg_query_go/v5"
)

// value binds an expression of the body. What it needs to run first (a call of a declared function, an aggregate with its FROM)
// comes back beside it.
func (r *routine) value(at plpgsql.Range) ([]bound.Stmt, scalar.Expr, error) {
	return r.prefixed("SELECT ", at, nil)
}

// assigned binds an expression for a variable. The conversion is a part of it, but for a function's result and rows of a FROM,
// which are converted behind it.
func (r *routine) assigned(at plpgsql.Range, v int) (before []bound.Stmt, e scalar.Expr, err error) {
	span := r.at(at)
	done := false
	before, e, err = r.prefixed("SELECT ", at, func(e scalar.Expr) (scalar.Expr, error) {
		done = true
		return r.converted(e, v, span)
	})
	if err != nil || done {
		return before, e, err
	}
	e, err = r.converted(e, v, span)
	return before, e, err
}

// prefixed binds an expression behind other words; fit, when there is one, converts it.
func (r *routine) prefixed(prefix string, at plpgsql.Range, fit func(scalar.Expr) (scalar.Expr, error)) (before []bound.Stmt, e scalar.Expr, err error) {
	err = r.parsed(prefix, at.In(r.fn.Body), at, func(n *pg.Node) error {
		sel := n.GetSelectStmt()
		if len(sel.GetTargetList()) != 1 {
			return diag.Malformed.At(r.at(at), "query returned %d columns", len(sel.GetTargetList()))
		}
		if fc := r.declared(sel); fc != nil {
			fn, stmts, results, err := r.inline(fc)
			if err != nil {
				return err
			}
			before = stmts
			if len(results) != 1 {
				return diag.Composite.At(r.at(at), "the function %s returns %d columns", fn.Name, len(results)).
					WithHelp("use SELECT * INTO ... FROM %s(...)", fn.Name)
			}
			e = r.ref(results[0], r.at(at))
			return nil
		}
		if plainTarget(sel) {
			var sc *scope
			var err error
			links := r.s.links
			sc, e, err = r.s.alone(sel.TargetList[0].GetResTarget().GetVal())
			if err == nil && !sc.hasAggs && !sc.hasWindows {
				if fit != nil {
					e, err = fit(e)
				}
				if err == nil && r.s.links > links {
					before, e = r.queried(e, r.at(at))
				}
				return err
			}
			if err != nil {
				return err
			}
		}
		q, err := r.s.query(nil, sel, true)
		if err != nil {
			return err
		}
		t := visible(q)[0]
		v := r.newVar("value", unmodified(t.Expr.Type()))
		before = []bound.Stmt{&bound.Run{
			SQL: q, Into: []bound.Move{{Var: v, Expr: r.s.column(t.ID, t.Span)}}, Single: true, Found: -1, Count: r.count, Span: r.at(at),
		}}
		e = r.ref(v, r.at(at))
		return nil
	})
	return before, e, err
}

// queried sets ROW_COUNT as evaluating an expression with a query in it does: to 1, once it has succeeded. Expressions without one leave
// it alone.
func (r *routine) queried(e scalar.Expr, span diag.Span) ([]bound.Stmt, scalar.Expr) {
	if !r.counts {
		return nil, e
	}
	var out []bound.Stmt
	if _, fixed := e.(*scalar.Const); !fixed {
		v := r.newVar("value", unmodified(e.Type()))
		out = []bound.Stmt{&bound.SetVar{Var: v, Expr: e, Span: span}}
		e = r.ref(v, span)
	}
	return append(out, r.countIsOne(span)), e
}

// plainTarget reports whether a SELECT is no more than an expression.
func plainTarget(n *pg.SelectStmt) bool {
	return len(n.FromClause) == 0 && n.WhereClause == nil && n.HavingClause == nil && len(n.GroupClause) == 0 && len(n.SortClause) == 0 &&
		n.LimitCount == nil && n.LimitOffset == nil && len(n.DistinctClause) == 0 && n.WithClause == nil && !isSetOperation(n)
}

// outputs are the columns that embedded SQL returns.
func outputs(b bound.Body) []*bound.Target {
	if q, ok := b.(*bound.Query); ok {
		return visible(q)
	}
	if c, ok := b.(*bound.Compound); ok {
		return outputs(c.Main)
	}
	list := bound.Results(b)
	var out []*bound.Target
	for i := range list {
		out = append(out, &list[i])
	}
	return out
}

// embedded binds a statement of SQL.
func (r *routine) embedded(prefix, text string, at plpgsql.Range) (body bound.Body, err error) {
	err = r.parsed(prefix, text, at, func(n *pg.Node) error {
		body, err = r.s.statement(n)
		return err
	})
	if _, query := body.(*bound.Query); err == nil && !query && r.fn.Volatility != catalog.VolatileFunction {
		return nil, diag.NotInPostgres.At(r.at(at), "%s is not allowed in a non-volatile function", commandOf(body)).
			WithHelp("declare the function VOLATILE")
	}
	return body, err
}

// commandOf is the name of a statement's command.
func commandOf(b bound.Body) string {
	switch b := b.(type) {
	case *bound.Insert:
		return "INSERT"
	case *bound.Update:
		return "UPDATE"
	case *bound.Merge:
		return "MERGE"
	case *bound.Delete:
		if !b.Truncate {
			return "DELETE"
		}
	case *bound.Compound:
		return commandOf(b.Main)
	case *bound.Query:
		return "SELECT"
	}
	return "TRUNCATE TABLE"
}

// into lists the variables that a result's columns are assigned to: a record's fields, or values one by one.
func (r *routine) into(targets []plpgsql.Target, names []string, types []value.Type) ([]int, error) {
	var out []int
	for _, t := range targets {
		v, err := r.target(t)
		if err != nil {
			return nil, err
		}
		if v.record == nil {
			out = append(out, v.at)
			continue
		}
		if len(targets) > 1 {
			return nil, diag.Malformed.At(r.at(t.At), "record variable cannot be part of multiple-item INTO list")
		}
		if v.record.row {
			return nil, diag.UnsupportedRoutine.At(r.at(t.At), "assigning a row to %s is not supported", strings.ToUpper(v.name)).
				WithHelp("assign its fields")
		}
		if err := r.take(v, names, types, r.at(t.At)); err != nil {
			return nil, err
		}
		for _, f := range v.record.fields {
			out = append(out, f.at)
		}
	}
	return out, nil
}

// moves assigns the columns of a result to targets. Missing columns are NULL, what is too many is left out.
func (r *routine) moves(targets []plpgsql.Target, cols []*bound.Target) ([]bound.Move, error) {
	var names []string
	var types []value.Type
	var values []scalar.Expr
	for _, c := range cols {
		names, types = append(names, c.Name), append(types, c.Expr.Type())
		values = append(values, r.s.column(c.ID, c.Span))
	}
	into, err := r.into(targets, names, types)
	if err != nil {
		return nil, err
	}
	return r.movesTo(into, values, targets)
}

// movesTo assigns values to variables.
func (r *routine) movesTo(into []int, values []scalar.Expr, targets []plpgsql.Target) ([]bound.Move, error) {
	var out []bound.Move
	row := false
	if len(targets) > 0 {
		v, err := r.target(targets[0])
		if err != nil {
			return nil, err
		}
		row = v.record != nil
	}
	for i, at := range into {
		span := r.at(targets[0].At)
		value := nullOf(r.out.Vars[at].Type, span)
		if i >= len(values) {
			out = append(out, bound.Move{Var: at, Expr: r.s.ofDomain(r.domains[at], value, span), Row: row})
			continue
		}
		e, err := r.converted(values[i], at, span)
		if err != nil {
			return nil, err
		}
		out = append(out, bound.Move{Var: at, Expr: e, Row: row})
	}
	return out, nil
}

// sql is a statement of SQL: a query with INTO, or a write.
func (r *routine) sql(x *plpgsql.SQL) ([]bound.Stmt, error) {
	span := r.at(x.At)
	if stmts, done, err := r.sqlCall(x); done || err != nil {
		return stmts, err
	}
	body, err := r.embedded("", x.Text, x.At)
	if err != nil {
		return nil, err
	}
	cols := outputs(body)
	if x.Into == nil && len(cols) > 0 {
		d := diag.NotInPostgres.At(span, "query has no destination for result data").WithState("42601").WithHelp("add INTO")
		if _, query := body.(*bound.Query); query {
			d = d.WithHelp("add INTO, or use PERFORM when the result is not wanted")
		}
		return nil, d
	}
	if x.Into != nil && len(cols) == 0 {
		return nil, diag.Malformed.At(span, "INTO used with a command that cannot return data")
	}
	moves, err := r.moves(x.Into, cols)
	if err != nil {
		return nil, err
	}
	switch b := body.(type) {
	case *bound.Routine: // TRUNCATE of several tables, or of one that is in use
		if last, ok := b.Body[len(b.Body)-1].(*bound.Run); ok {
			last.Count = r.count
		}
		return b.Body, nil
	case *bound.Delete:
		if b.Truncate { // leaves FOUND alone
			return []bound.Stmt{&bound.Run{SQL: b, Found: -1, Count: r.count, Span: span}}, nil
		}
	}
	return []bound.Stmt{&bound.Run{
		SQL: body.(bound.Embedded), Into: moves, Strict: x.Strict, Found: r.found, Count: r.count, Span: span,
	}}, nil
}

func (r *routine) perform(x *plpgsql.Perform) ([]bound.Stmt, error) {
	var out []bound.Stmt
	err := r.parsed("SELECT ", x.Query.In(r.fn.Body), x.Query, func(n *pg.Node) error {
		sel := n.GetSelectStmt()
		if fc := r.declared(sel); fc != nil {
			_, stmts, _, err := r.inline(fc)
			out = append(stmts, r.foundIs(true, r.at(x.At)), r.countIsOne(r.at(x.At)))
			return err
		}
		if fc, from := r.s.loneCall(sel); fc != nil && !from { // of a function that returns a set
			sel = rowsOf(fc)
		}
		q, err := r.s.query(nil, sel, true)
		if err != nil {
			return err
		}
		out = []bound.Stmt{&bound.Run{SQL: q, Found: r.found, Count: r.count, Span: r.at(x.At)}}
		return nil
	})
	return out, err
}

// rowsOf is SELECT FROM f(...): the rows of a call, without columns.
func rowsOf(fc *pg.FuncCall) *pg.SelectStmt {
	call := &pg.Node{Node: &pg.Node_FuncCall{FuncCall: fc}}
	item := &pg.Node{Node: &pg.Node_List{List: &pg.List{Items: []*pg.Node{call, {}}}}}
	from := &pg.RangeFunction{Functions: []*pg.Node{item}}
	return &pg.SelectStmt{
		FromClause: []*pg.Node{{Node: &pg.Node_RangeFunction{RangeFunction: from}}}, LimitOption: pg.LimitOption_LIMIT_OPTION_DEFAULT,
		Op: pg.SetOperation_SETOP_NONE,
	}
}

// foundIs sets FOUND.
func (r *routine) foundIs(v bool, span diag.Span) bound.Stmt {
	text := "f"
	if v {
		text = "t"
	}
	return &bound.SetVar{Var: r.found, Expr: constant(boolType, text, span), Span: span}
}

// countIsOne sets ROW_COUNT to 1.
func (r *routine) countIsOne(span diag.Span) bound.Stmt {
	return &bound.SetVar{Var: r.count, Expr: constant(value.Of(value.Int8), "1", span), Span: span}
}

// enter begins a loop: what EXIT and CONTINUE inside it leave.
func (r *routine) enter(label string) *loop {
	l := &loop{label: label, exit: r.label(), next: r.label()}
	r.loops = append(r.loops[:len(r.loops):len(r.loops)], l)
	return l
}

// loopBody binds the statements of a loop.
func (r *routine) loopBody(l *loop, list []plpgsql.Stmt) ([]bound.Stmt, error) {
	body, err := r.nested(list)
	r.loops = r.loops[:len(r.loops)-1]
	if err != nil {
		return nil, err
	}
	return []bound.Stmt{&bound.Labelled{ID: l.next, Body: body}}, nil
}

func (r *routine) loop(x *plpgsql.Loop) ([]bound.Stmt, error) {
	l := r.enter(x.Label)
	var head []bound.Stmt
	if x.Cond != nil {
		before, cond, err := r.boolean(*x.Cond, "WHILE")
		if err != nil {
			return nil, err
		}
		yes := true
		over := &scalar.IsBool{Node: scalar.Node{Typ: boolType, Pos: r.at(*x.Cond)}, Arg: cond, Value: &yes, Negated: true}
		head = append(before, &bound.IfStmt{Cond: over, Then: []bound.Stmt{&bound.Leave{ID: l.exit}}})
		r.left[l.exit] = true
	}
	body, err := r.loopBody(l, x.Body)
	if err != nil {
		return nil, err
	}
	return []bound.Stmt{&bound.Labelled{ID: l.exit, Loop: true, Body: append(head, body...)}}, nil
}

func (r *routine) exit(x *plpgsql.Exit) ([]bound.Stmt, error) {
	word := "EXIT"
	if x.Continue {
		word = "CONTINUE"
	}
	id := 0
	var leave []bound.Stmt
	for i := len(r.loops) - 1; i >= 0 && id == 0; i-- {
		l := r.loops[i]
		switch {
		case x.Label != "" && l.label != x.Label, x.Label == "" && l.next == 0:
			if l.reports && leave == nil { // left from inside, it has run
				leave = []bound.Stmt{r.foundIs(true, r.at(x.At))}
			}
		case x.Continue:
			id = l.next
		default:
			id = l.exit
		}
	}
	if id == 0 {
		return nil, diag.Syntax.At(r.at(x.At), "%s cannot be used here", word).WithHelp("no loop or label of that name surrounds it")
	}
	r.left[id] = true
	leave = append(leave, &bound.Leave{ID: id})
	if x.When == nil {
		return leave, nil
	}
	before, cond, err := r.boolean(*x.When, word)
	if err != nil {
		return nil, err
	}
	return append(before, &bound.IfStmt{Cond: cond, Then: leave}), nil
}

// forQuery loops over the rows of a query.
func (r *routine) forQuery(x *plpgsql.ForQuery) ([]bound.Stmt, error) {
	span := r.at(x.At)
	body, err := r.embedded("", x.Query.In(r.fn.Body), x.Query)
	if err != nil {
		return nil, err
	}
	moves, err := r.moves(x.Targets, outputs(body))
	if err != nil {
		return nil, err
	}
	for _, m := range moves {
		if !m.Row && r.domains[m.Var].RefusesNull() { // which it would become, without a round
			return nil, diag.UnsupportedRoutine.At(span, "a loop over a query into a variable of the domain %s is not supported", r.domains[m.Var].Name).
				WithHelp("loop into a record, and assign its field")
		}
	}
	l := r.enter(x.Label)
	l.reports = true
	if q, ok := body.(*bound.Query); ok { // a write is over before the first round
		defer r.s.holding(q)()
	}
	inner, err := r.loopBody(l, x.Body)
	if err != nil {
		return nil, err
	}
	return []bound.Stmt{&bound.Each{
		ID: l.exit, SQL: body.(bound.Embedded), Into: moves, Body: inner, Found: r.found, Span: span,
	}}, nil
}

// foreach loops over the elements of an array.
func (r *routine) foreach(x *plpgsql.Foreach) ([]bound.Stmt, error) {
	span := r.at(x.At)
	before, array, err := r.value(x.Array)
	if err != nil {
		return nil, err
	}
	if array.Type().Kind != value.Array {
		return nil, diag.DatatypeMismatch.At(r.at(x.Array), "FOREACH expression must yield an array, not type %s", array.Type())
	}
	v, err := r.target(x.Target)
	if err != nil {
		return nil, err
	}
	if v.record != nil {
		return nil, diag.UnsupportedRoutine.At(r.at(x.Target.At), "FOREACH over a record is not supported")
	}
	held := r.newVar("elements", array.Type())
	before = append(before, &bound.SetVar{Var: held, Expr: array, Span: span},
		r.refuseNull(held, "22004", "FOREACH expression must not be null", span))
	elem := r.s.newColumn(nil, "element", *array.Type().Elem, true)
	e, err := r.converted(r.s.column(elem, span), v.at, span)
	if err != nil {
		return nil, err
	}
	l := r.enter(x.Label)
	l.reports = true
	inner, err := r.loopBody(l, x.Body)
	if err != nil {
		return nil, err
	}
	return append(before, &bound.EachValue{
		ID: l.exit, Array: r.ref(held, span), Elem: elem, Into: bound.Move{Var: v.at, Expr: e}, Body: inner, Found: r.found, Span: span,
	}), nil
}

// refuseNull raises an error when a variable is NULL.
func (r *routine) refuseNull(at int, state, message string, span diag.Span) bound.Stmt {
	return &bound.IfStmt{
		Cond: &scalar.IsNull{Node: scalar.Node{Typ: boolType, Pos: span}, Arg: r.ref(at, span)},
		Then: []bound.Stmt{&bound.RaiseStmt{SQLState: state, Message: []scalar.Expr{r.text(message)}, Span: span}},
	}
}

// forRange counts: bounds and step are evaluated once.
func (r *routine) forRange(x *plpgsql.ForRange) ([]bound.Stmt, error) {
	span := r.at(x.At)
	i4 := value.Of(value.Int4)
	var out []bound.Stmt
	bind := func(name, what string, at plpgsql.Range) (int, error) {
		before, e, err := r.value(at)
		if err != nil {
			return 0, err
		}
		if e, err = r.convert(e, i4, r.at(at)); err != nil {
			return 0, err
		}
		v := r.newVar(name, i4)
		out = append(append(out, before...), &bound.SetVar{Var: v, Expr: e, Span: r.at(at)})
		if c, ok := e.(*scalar.Const); !ok || c.Null {
			out = append(out, r.refuseNull(v, "22004", what+" of FOR loop cannot be null", span))
		}
		return v, nil
	}
	first, err := bind("first", "lower bound", x.From)
	if err != nil {
		return nil, err
	}
	last, err := bind("last", "upper bound", x.To)
	if err != nil {
		return nil, err
	}
	step := -1
	if x.By != nil {
		if step, err = bind("step", "BY value", *x.By); err != nil {
			return nil, err
		}
		out = append(out, &bound.IfStmt{
			Cond: r.compare("<=", r.ref(step, span), constant(i4, "0", span)),
			Then: []bound.Stmt{&bound.RaiseStmt{
				SQLState: "22023", Message: []scalar.Expr{r.text("BY value of FOR loop must be greater than zero")}, Span: span,
			}},
		})
	}
	// The loop counts in bigint, so that its end at the limits of integer is no overflow.
	outer := r.scope
	r.scope = outer.child(x.Label)
	defer func() { r.scope = outer }()
	i8 := value.Of(value.Int8)
	next := r.newVar("next", i8)
	wide := func(e scalar.Expr) scalar.Expr {
		w, err := r.convert(e, i8, span)
		if err != nil {
			return e
		}
		return w
	}
	v := r.declare(x.Var, i4)
	op, over := "+", ">"
	if x.Reverse {
		op, over = "-", "<"
	}
	by := scalar.Expr(constant(i8, "1", span))
	if step >= 0 {
		by = wide(r.ref(step, span))
	}
	narrow, err := r.convert(r.ref(next, span), i4, span)
	if err != nil {
		return nil, err
	}
	advanced, err := r.operator(op, r.ref(next, span), by, span)
	if err != nil {
		return nil, err
	}
	l := r.enter(x.Label)
	l.reports, r.left[l.exit] = true, true
	inner, err := r.loopBody(l, x.Body)
	if err != nil {
		return nil, err
	}
	body := []bound.Stmt{
		&bound.IfStmt{Cond: r.compare(over, r.ref(next, span), wide(r.ref(last, span))), Then: []bound.Stmt{&bound.Leave{ID: l.exit}}},
		&bound.SetVar{Var: v.at, Expr: narrow, Span: span},
	}
	ran := r.newVar("ran", boolType)
	r.copies[ran] = r.found
	out = append(out, &bound.SetVar{Var: ran, Expr: constant(boolType, "f", span), Span: span})
	body = append(body, &bound.SetVar{Var: ran, Expr: constant(boolType, "t", span), Span: span})
	body = append(body, inner...)
	body = append(body, &bound.SetVar{Var: next, Expr: advanced, Span: span})
	out = append(out, &bound.SetVar{Var: next, Expr: wide(r.ref(first, span)), Span: span},
		&bound.Labelled{ID: l.exit, Loop: true, Body: body})
	whether := &scalar.Param{Node: scalar.Node{Typ: boolType, Pos: span}, Number: scalar.FirstLocal + ran, Name: "ran"}
	return append(out, &bound.SetVar{Var: r.found, Expr: whether, Span: span}), nil
}
