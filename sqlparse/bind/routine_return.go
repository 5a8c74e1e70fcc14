package bind

import (
	"strings"

	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqlparse/bound"
	"github.com/prequel-db/prequel/sqlparse/builtin"
	"github.com/prequel-db/prequel/sqlparse/diag"
	"github.com/prequel-db/prequel/sqlparse/plpgsql"
	"github.com/prequel-db/prequel/sqlparse/scalar"

	pg "github.com/pganalyze/pg_query_go/v5"
)

// returns binds RETURN.
func (r *routine) returns(x *plpgsql.Return) ([]bound.Stmt, error) {
	span := r.at(x.At)
	switch {
	case r.trigger != nil:
		return r.triggerReturn(x)
	case r.fn.SetOf:
		if x.Expr != nil {
			return nil, diag.Syntax.At(span, "RETURN cannot have a parameter in function returning set").WithHelp("use RETURN NEXT or RETURN QUERY")
		}
		return r.leave(nil), nil
	case len(r.outs) > 0:
		if x.Expr != nil {
			return nil, diag.Syntax.At(span, "RETURN cannot have a parameter in function with OUT parameters")
		}
		return r.leave(r.outRow()), nil
	case r.fn.Returns.Kind == value.Void:
		if x.Expr != nil {
			return nil, diag.Syntax.At(span, "RETURN cannot have a parameter in function returning void")
		}
		return r.leave(nil), nil
	case x.Expr == nil:
		return nil, diag.Syntax.At(span, "missing expression at or near %q", ";")
	}
	if r.guards > 0 && r.fn.Table == nil {
		return r.returnLate(*x.Expr)
	}
	before, row, err := r.row(*x.Expr)
	if err != nil {
		return nil, err
	}
	return append(before, r.leave(row)...), nil
}

// returnLate is RETURN inside of a block with handlers. The expression is evaluated there, its value converted behind the block.
func (r *routine) returnLate(at plpgsql.Range) ([]bound.Stmt, error) {
	span := r.at(at)
	before, e, err := r.value(at)
	if err != nil {
		return nil, err
	}
	t := resultColumns(r.fn)[0].Type
	now, err := r.convert(e, t, span)
	if err != nil {
		return nil, err
	}
	if _, fixed := now.(*scalar.Const); r.fn.Domain == nil && (fixed || now == e) {
		return append(before, r.leave([]scalar.Expr{now})...), nil
	}
	if e, err = r.s.textIfUnknown(e); err != nil {
		return nil, err
	}
	v := r.newVar("returned", unmodified(e.Type()))
	late := lateReturn{label: r.label()}
	result, err := r.convert(r.ref(v, span), t, span)
	if err != nil {
		return nil, err
	}
	late.result = r.leave([]scalar.Expr{r.s.ofDomain(r.fn.Domain, result, span)})
	r.late = append(r.late, late)
	r.left[late.label] = true
	return append(before, &bound.SetVar{Var: v, Expr: e, Span: span}, &bound.Leave{ID: late.label}), nil
}

// row is the value of an expression as the columns of the function's result.
func (r *routine) row(at plpgsql.Range) ([]bound.Stmt, []scalar.Expr, error) {
	span := r.at(at)
	cols := resultColumns(r.fn)
	if r.fn.Table == nil {
		before, e, err := r.value(at)
		if err != nil {
			return nil, nil, err
		}
		if e, err = r.convert(e, cols[0].Type, span); err != nil {
			return nil, nil, err
		}
		return before, []scalar.Expr{r.s.ofDomain(r.fn.Domain, e, span)}, nil
	}
	var values []scalar.Expr
	links := r.s.links
	text := at.In(r.fn.Body)
	if v := r.recordNamed(text); v != nil {
		for _, f := range v.record.fields {
			values = append(values, r.fieldRef(v, f, span))
		}
	} else if strings.EqualFold(text, "null") {
		for _, c := range cols {
			values = append(values, nullOf(c.Type, span))
		}
	} else {
		err := r.parsed("SELECT ", text, at, func(n *pg.Node) error {
			var err error
			targets := n.GetSelectStmt().GetTargetList()
			row := targets[0].GetResTarget().GetVal().GetRowExpr()
			if row == nil || len(targets) != 1 {
				return diag.UnsupportedRoutine.At(span, "returning this as a row is not supported").
					WithHelp("return a record variable, or (a, b, ...)")
			}
			values, err = r.s.exprs(newScope(nil), row.Args)
			return err
		})
		if err != nil {
			return nil, nil, err
		}
	}
	if len(values) != len(cols) {
		return nil, nil, diag.DatatypeMismatch.At(span, "returned record type does not match expected record type").
			WithHelp("%d columns are returned, %d expected", len(values), len(cols))
	}
	var before []bound.Stmt
	for i := range values {
		var err error
		if r.s.links > links {
			var held []bound.Stmt
			held, values[i] = r.queried(values[i], span)
			before = append(before, held...)
		}
		if values[i], err = r.convert(values[i], cols[i].Type, span); err != nil {
			return nil, nil, err
		}
	}
	return before, values, nil
}

func (r *routine) returnNext(x *plpgsql.ReturnNext) ([]bound.Stmt, error) {
	span := r.at(x.At)
	if err := r.returnsSet("NEXT", span); err != nil {
		return nil, err
	}
	if x.Expr == nil {
		if len(r.outs) == 0 {
			return nil, diag.Syntax.At(span, "RETURN NEXT must have a parameter")
		}
		return []bound.Stmt{&bound.Emit{Exprs: r.outRow()}}, nil
	}
	if len(r.outs) > 0 {
		return nil, diag.Syntax.At(span, "RETURN NEXT cannot have a parameter in function with OUT parameters")
	}
	before, row, err := r.row(*x.Expr)
	return append(before, &bound.Emit{Exprs: row}), err
}

// returnsSet refuses to add rows to what is not a set that the call returns.
func (r *routine) returnsSet(word string, span diag.Span) error {
	if !r.fn.SetOf {
		return diag.Syntax.At(span, "cannot use RETURN %s in a non-SETOF function", word)
	}
	return nil
}

func (r *routine) returnQuery(x *plpgsql.ReturnQuery) ([]bound.Stmt, error) {
	if err := r.returnsSet("QUERY", r.at(x.At)); err != nil {
		return nil, err
	}
	body, err := r.embedded("", x.Query.In(r.fn.Body), x.Query)
	if err != nil {
		return nil, err
	}
	return r.emitRows(body, r.at(x.At), builtin.Assignment)
}

// emitRows adds the rows of a query to the result.
func (r *routine) emitRows(body bound.Body, span diag.Span, ctx builtin.Context) ([]bound.Stmt, error) {
	cols, want := outputs(body), resultColumns(r.fn)
	mismatch := diag.DatatypeMismatch.At(span, "structure of query does not match function result type")
	if len(cols) != len(want) {
		return nil, mismatch.WithHelp("%d columns are returned, %d expected", len(cols), len(want))
	}
	out := &bound.EmitQuery{SQL: body.(bound.Embedded), Found: r.found, Count: r.count, Span: span}
	for i, c := range cols {
		e := scalar.Expr(r.s.column(c.ID, span))
		if !e.Type().SameBase(want[i].Type) && ctx != builtin.Assignment || !e.Type().SameBase(want[i].Type) {
			return nil, mismatch.WithHelp("returned type %s does not match expected type %s in column %d", e.Type(), want[i].Type, i+1)
		}
		out.Exprs = append(out.Exprs, e)
	}
	return []bound.Stmt{out}, nil
}

// shown is a value as RAISE shows it.
func (r *routine) shown(e scalar.Expr) scalar.Expr {
	if c, ok := e.(*scalar.Const); ok && c.Null {
		return r.text("<NULL>")
	}
	if e.Type().Kind == value.Unknown {
		if t, err := r.s.textIfUnknown(e); err == nil {
			e = t
		}
	}
	if e.Type().Kind != value.Text {
		e = &scalar.ViaText{Node: scalar.Node{Typ: textType, Pos: e.Span()}, Arg: e}
	}
	if c, ok := e.(*scalar.Const); ok && !c.Null {
		return e
	}
	return &scalar.Coalesce{Node: scalar.Node{Typ: textType, Pos: e.Span()}, Args: []scalar.Expr{e, r.text("<NULL>")}}
}

// raise binds RAISE. Levels below an error have nobody to tell; their arguments are evaluated for the errors they may be.
func (r *routine) raise(x *plpgsql.Raise) ([]bound.Stmt, error) {
	span := r.at(x.At)
	if x.Format == nil && x.Condition == nil && x.Options == nil {
		if r.caught == nil {
			return nil, diag.NotInPostgres.At(span, "RAISE without parameters cannot be used outside an exception handler").WithState("0Z002")
		}
		return []bound.Stmt{&bound.Reraise{}}, nil
	}
	var out []bound.Stmt
	raise := &bound.RaiseStmt{SQLState: "P0001", Span: span}
	if x.Condition != nil {
		states, others, err := r.condition(*x.Condition)
		if err != nil {
			return nil, err
		}
		if others {
			return nil, diag.UndefinedObject.At(span, "unrecognized exception condition %q", x.Condition.Name)
		}
		raise.SQLState = states[0]
		name := x.Condition.Name
		if name == "" {
			name = states[0]
		}
		raise.Message = []scalar.Expr{r.text(name)}
	}
	if x.Format != nil {
		before, message, err := r.message(x)
		if err != nil {
			return nil, err
		}
		out, raise.Message = before, message
	}
	for _, o := range x.Options {
		before, err := r.raiseOption(raise, o)
		if err != nil {
			return nil, err
		}
		out = append(out, before...)
	}
	if raise.Message == nil {
		raise.Message = []scalar.Expr{r.text(raise.SQLState)}
	}
	if x.Level == "exception" {
		return append(out, raise), nil
	}
	for _, e := range append(raise.Message, raise.Detail...) {
		if _, fixed := e.(*scalar.Const); !fixed {
			out = append(out, &bound.SetVar{Var: r.newVar("shown", textType), Expr: e, Span: span})
		}
	}
	return out, nil
}

// message fills the arguments into the format.
func (r *routine) message(x *plpgsql.Raise) (before []bound.Stmt, parts []scalar.Expr, err error) {
	text := *x.Format
	next := 0
	var fixed strings.Builder
	flush := func() {
		if fixed.Len() > 0 {
			parts = append(parts, r.text(fixed.String()))
			fixed.Reset()
		}
	}
	for i := 0; i < len(text); i++ {
		switch {
		case text[i] != '%':
			fixed.WriteByte(text[i])
		case i+1 < len(text) && text[i+1] == '%':
			fixed.WriteByte('%')
			i++
		case next == len(x.Args):
			return nil, nil, diag.Syntax.At(r.at(x.At), "too few parameters specified for RAISE")
		default:
			flush()
			b, e, err := r.value(x.Args[next])
			if err != nil {
				return nil, nil, err
			}
			before, parts = append(before, b...), append(parts, r.shown(e))
			next++
		}
	}
	flush()
	if next < len(x.Args) {
		return nil, nil, diag.Syntax.At(r.at(x.At), "too many parameters specified for RAISE")
	}
	if parts == nil {
		parts = []scalar.Expr{r.text("")}
	}
	return before, parts, nil
}

// raiseOption is one item of USING.
func (r *routine) raiseOption(raise *bound.RaiseStmt, o plpgsql.Option) ([]bound.Stmt, error) {
	before, e, err := r.value(o.Expr)
	if err != nil {
		return nil, err
	}
	text, fixed := "", false
	if c, ok := e.(*scalar.Const); ok && !c.Null {
		text, fixed = c.Text, true
	}
	need := func() error {
		if fixed {
			return nil
		}
		return diag.UnsupportedRoutine.At(r.at(o.Expr), "%s must be a constant here", o.Name).WithHelp("write '...'")
	}
	switch o.Name {
	case "MESSAGE":
		raise.Message = []scalar.Expr{r.shown(e)}
	case "DETAIL":
		raise.Detail = []scalar.Expr{r.shown(e)}
	case "ERRCODE":
		if err := need(); err != nil {
			return nil, err
		}
		c := plpgsql.Condition{Name: text, At: o.Expr}
		if len(text) == 5 && plpgsql.States(text) == nil {
			c = plpgsql.Condition{State: text, At: o.Expr}
		}
		states, others, err := r.condition(c)
		if err != nil || others {
			return nil, err
		}
		raise.SQLState = states[0]
	case "CONSTRAINT", "TABLE", "COLUMN":
		if err := need(); err != nil {
			return nil, err
		}
		switch o.Name {
		case "CONSTRAINT":
			raise.Constraint = text
		case "TABLE":
			raise.Table = text
		default:
			raise.Column = text
		}
	case "HINT", "DATATYPE", "SCHEMA":
	default:
		return nil, diag.Syntax.At(r.at(o.At), "unrecognized RAISE statement option")
	}
	return before, nil
}
