package bind

import (
	"strings"

	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqlparse/bound"
	"github.com/prequel-db/prequel/sqlparse/builtin"
	"github.com/prequel-db/prequel/sqlparse/catalog"
	"github.com/prequel-db/prequel/sqlparse/diag"
	"github.com/prequel-db/prequel/sqlparse/plpgsql"
	"github.com/prequel-db/prequel/sqlparse/scalar"
	"github.com/prequel-db/prequel/sqlparse/token"

	pg "github.com/pganalyze/pg_query_go/v5"
)

// loneCall finds the call of a declared function that a SELECT is: SELECT f(...), or SELECT * FROM f(...). A name that a builtin function
// has too may mean either, and is left to what binds expressions.
func (s *stmt) loneCall(sel *pg.SelectStmt) (fc *pg.FuncCall, fromClause bool) {
	if sel == nil || len(s.cat.Functions) == 0 || len(sel.TargetList) != 1 {
		return nil, false
	}
	val := sel.TargetList[0].GetResTarget().GetVal()
	fc = val.GetFuncCall()
	if fc == nil && len(sel.FromClause) == 1 {
		rf := sel.FromClause[0].GetRangeFunction()
		ref := val.GetColumnRef()
		if rf == nil || ref == nil || len(ref.Fields) != 1 || ref.Fields[0].GetAStar() == nil || len(rf.Functions) != 1 || rf.Ordinality ||
			len(rf.Coldeflist) > 0 {
			return nil, false
		}
		fc = rf.Functions[0].GetList().GetItems()[0].GetFuncCall()
		bare := &pg.SelectStmt{
			WhereClause: sel.WhereClause, HavingClause: sel.HavingClause, GroupClause: sel.GroupClause, SortClause: sel.SortClause,
			LimitCount: sel.LimitCount, LimitOffset: sel.LimitOffset, DistinctClause: sel.DistinctClause, WithClause: sel.WithClause, Op: sel.Op,
		}
		sel, fromClause = bare, true
	}
	if fc == nil || !plainTarget(sel) {
		return nil, false
	}
	names := stringsOf(fc.Funcname)
	name := names[len(names)-1]
	if len(names) == 2 && names[0] != "public" || len(s.types.Procs(name)) > 0 || s.cat.Function(name) == nil {
		return nil, false
	}
	return fc, fromClause
}

// declared is the call of a declared function that a statement of a function's is, nil for any other statement. What returns a set, or calls
// itself, is a query like others here.
func (r *routine) declared(sel *pg.SelectStmt) *pg.FuncCall {
	fc, _ := r.s.loneCall(sel)
	if fc == nil || r.s.recursiveCall(fc) {
		return nil
	}
	names := stringsOf(fc.Funcname)
	for _, fn := range r.s.cat.Function(names[len(names)-1]) {
		if fn.SetOf && fn.Refused == nil {
			return nil
		}
	}
	return fc
}

// declaredCall binds a call of a declared function with bound arguments.
func (s *stmt) declaredCall(sc *scope, fc *pg.FuncCall, fn *catalog.Function, args []scalar.Expr, names []string, rows bool) (scalar.Expr, error) {
	span := s.span(fc.Location)
	if err := checkDecoration(&builtin.Proc{Kind: 'f'}, fc, fn.Name, span); err != nil {
		return nil, err
	}
	args, err := s.declaredArguments(fn, args, names)
	if err != nil {
		return nil, err
	}
	return s.callDeclared(sc, fn, args, span, rows)
}

func refusedCall(fn *catalog.Function, span diag.Span) error {
	return diag.UnsupportedFunction.At(span, "function %s is declared in the schema (%s) and not compiled: %s", fn.Name, fn.Span, fn.Refused.Problem).
		WithHelp("write out what it does")
}

// inline binds a call inside another function. The variables that hold its result come back beside its statements.
func (r *routine) inline(fc *pg.FuncCall) (*catalog.Function, []bound.Stmt, []int, error) {
	span := r.s.span(fc.Location)
	fn, args, err := r.s.callArguments(fc)
	if err != nil {
		return nil, nil, nil, err
	}
	var results []int
	for _, c := range resultColumns(fn) {
		results = append(results, r.newVar(c.Name, c.Type))
	}
	id := r.label()
	callee := &routine{shared: r.shared, s: r.s, caller: r, fn: fn, depth: r.depth}
	callee.leave = func(values []scalar.Expr) []bound.Stmt {
		var out []bound.Stmt
		for i, v := range values {
			out = append(out, &bound.SetVar{Var: results[i], Expr: v, Span: span})
		}
		r.left[id] = true
		return append(out, &bound.Leave{ID: id})
	}
	text := r.s.text
	body, err := callee.bind(args, span)
	r.s.text = text
	if err != nil {
		return nil, nil, nil, err
	}
	return fn, []bound.Stmt{&bound.Labelled{ID: id, Body: body}}, results, nil
}

// sqlCall is SELECT f(...) INTO v and SELECT * INTO ... FROM f(...), which done says it was.
func (r *routine) sqlCall(x *plpgsql.SQL) (out []bound.Stmt, done bool, err error) {
	err = r.parsed("", x.Text, x.At, func(n *pg.Node) error {
		fc := r.declared(n.GetSelectStmt())
		if fc == nil {
			return nil
		}
		done = true
		if x.Into == nil {
			return diag.NotInPostgres.At(r.at(x.At), "query has no destination for result data").WithState("42601").
				WithHelp("add INTO, or use PERFORM when the result is not wanted")
		}
		fn, stmts, results, err := r.inline(fc)
		if err != nil {
			return err
		}
		out = stmts
		var names []string
		var types []value.Type
		var values []scalar.Expr
		for i, c := range resultColumns(fn) {
			names, types = append(names, c.Name), append(types, c.Type)
			values = append(values, r.ref(results[i], r.at(x.At)))
		}
		into, err := r.into(x.Into, names, types)
		if err != nil {
			return err
		}
		moves, err := r.movesTo(into, values, x.Into)
		for _, m := range moves {
			out = append(out, &bound.SetVar{Var: m.Var, Expr: m.Expr, Span: r.at(x.At)})
		}
		out = append(out, r.foundIs(true, r.at(x.At)), r.countIsOne(r.at(x.At)))
		return err
	})
	return out, done, err
}

// rowType is the table that a declaration takes its fields from: table%ROWTYPE, or a table's name.
func (r *routine) rowType(at plpgsql.Range) (*catalog.Table, error) {
	var names []string
	toks := token.Scan(at.In(r.fn.Body))
	for i := 0; i < len(toks); i++ {
		switch w := toks[i].Text(at.In(r.fn.Body)); {
		case toks[i].Kind == token.Ident || toks[i].Kind == token.Quoted:
			names = append(names, plpgsql.Fold(w))
		case w == "%" && i+1 < len(toks) && strings.EqualFold(toks[i+1].Text(at.In(r.fn.Body)), "rowtype"):
			name := names[len(names)-1]
			if t := r.s.cat.Table(name); t != nil {
				return t, nil
			}
			return nil, diag.UndefinedTable.At(r.at(at), "relation %q does not exist", name)
		case w == ".":
		default:
			return nil, nil
		}
	}
	if len(names) == 1 || len(names) == 2 && names[0] == "public" {
		return r.s.cat.Table(names[len(names)-1]), nil
	}
	return nil, nil
}

// typeAt is the type that a declaration names, with the domain that it is the base of, nil when it is none.
func (r *routine) typeAt(at plpgsql.Range) (t value.Type, domain *catalog.Domain, err error) {
	text := at.In(r.fn.Body)
	if body, ok := cutSuffixFold(text, "%type"); ok {
		parts := strings.Split(strings.TrimSpace(body), ".")
		for i := range parts {
			parts[i] = plpgsql.Fold(strings.TrimSpace(parts[i]))
		}
		if v, used := r.scope.find(parts); v != nil && v.record == nil && used == len(parts) {
			return r.out.Vars[v.at].Type, r.domains[v.at], nil
		}
		return columnTypeNamed(r.s.cat, parts, r.at(at))
	}
	err = r.parsed("SELECT NULL::", text, at, func(n *pg.Node) error {
		cast := n.GetSelectStmt().GetTargetList()[0].GetResTarget().GetVal().GetTypeCast()
		if cast == nil {
			return diag.Syntax.At(r.at(at), "a type is expected here")
		}
		var err error
		if domain, err = r.s.Domain(cast.TypeName, r.s.text); err != nil || domain != nil {
			if domain != nil {
				t = domain.Base
			}
			return err
		}
		t, err = r.s.Type(cast.TypeName, r.s.text)
		return err
	})
	return t, domain, err
}

func cutSuffixFold(s, suffix string) (string, bool) {
	compact := strings.ReplaceAll(s, "% ", "%")
	if len(compact) >= len(suffix) && strings.EqualFold(compact[len(compact)-len(suffix):], suffix) {
		return compact[:len(compact)-len(suffix)], true
	}
	return s, false
}

// columnTypeNamed is the type of table.column, and its domain.
func columnTypeNamed(cat *catalog.Catalog, names []string, span diag.Span) (value.Type, *catalog.Domain, error) {
	if len(names) == 3 && names[0] == "public" {
		names = names[1:]
	}
	if len(names) != 2 {
		return value.Type{}, nil, diag.UndefinedObject.At(span, "type %q does not exist", strings.Join(names, ".")+"%TYPE")
	}
	t := cat.Table(names[0])
	if t == nil {
		return value.Type{}, nil, diag.UndefinedTable.At(span, "relation %q does not exist", names[0])
	}
	c := t.Column(names[1])
	if c < 0 {
		return value.Type{}, nil, diag.UndefinedColumn.At(span, "column %q of relation %q does not exist", names[1], names[0])
	}
	return t.Columns[c].Type, t.Columns[c].Domain, nil
}

// ColumnType is the type of table.column%TYPE, and its domain; ok is false for other type names.
func ColumnType(cat *catalog.Catalog, n *pg.TypeName, text Text) (t value.Type, domain *catalog.Domain, ok bool, err error) {
	if !n.GetPctType() {
		return t, nil, false, nil
	}
	t, domain, err = columnTypeNamed(cat, stringsOf(n.Names), text.span(n.Location))
	return t, domain, true, err
}

// compare applies a comparison operator to two values of one integer type.
func (r *routine) compare(op string, a, b scalar.Expr) scalar.Expr {
	e, err := r.operator(op, a, b, a.Span())
	if err != nil {
		panic("bind: no operator " + op)
	}
	return e
}

// operator applies an operator.
func (r *routine) operator(op string, a, b scalar.Expr, span diag.Span) (scalar.Expr, error) {
	return r.s.operator(op, a, b, span)
}

// sqlBody binds the statements of a function of LANGUAGE sql; the last one gives the result.
func (r *routine) sqlBody() ([]bound.Stmt, error) {
	body := r.fn.Body
	var parts []plpgsql.Range
	depth, start, end := 0, -1, 0
	flush := func() {
		if start >= 0 {
			parts = append(parts, plpgsql.Range{Start: start, End: end})
		}
		start = -1
	}
	for _, t := range token.Scan(body) {
		if t.Kind == token.Comment {
			continue
		}
		switch t.Text(body) {
		case "(":
			depth++
		case ")":
			depth--
		case ";":
			if depth == 0 {
				flush()
				continue
			}
		}
		if start < 0 {
			start = t.Start
		}
		end = t.End
	}
	flush()
	var out []bound.Stmt
	for i, at := range parts {
		b, err := r.embedded("", at.In(body), at)
		if err != nil {
			return nil, err
		}
		last := i == len(parts)-1
		if last && r.fn.Returns.Kind != value.Void {
			result, err := r.sqlResult(b, r.at(at))
			return append(out, result...), err
		}
		if several, ok := b.(*bound.Routine); ok { // TRUNCATE
			if out = append(out, several.Body...); !r.falls(out) {
				return out, nil
			}
			continue
		}
		out = append(out, &bound.Run{SQL: b.(bound.Embedded), Found: -1, Count: -1, Span: r.at(at)})
	}
	if r.fn.Returns.Kind != value.Void {
		return nil, diag.BadDefinition.At(r.fn.BodySpan, "return type mismatch in function declared to return %s", r.fn.Returns).WithState("42P13")
	}
	return append(out, r.leave(nil)...), nil
}

// sqlResult makes the last statement's rows the result.
func (r *routine) sqlResult(b bound.Body, span diag.Span) ([]bound.Stmt, error) {
	if r.fn.SetOf {
		out, err := r.emitRows(b, span, builtin.Implicit)
		return append(out, r.leave(nil)...), err
	}
	cols, want := outputs(b), resultColumns(r.fn)
	if len(cols) != len(want) {
		return nil, diag.BadDefinition.At(span, "return type mismatch in function declared to return %s", r.fn.Returns).WithState("42P13").
			WithHelp("final statement returns %d columns, %d are expected", len(cols), len(want))
	}
	run := &bound.Run{SQL: b.(bound.Embedded), Found: -1, Count: -1, Span: span}
	var values []scalar.Expr
	for i, c := range cols {
		e, ok, err := r.s.coerceTo(r.s.column(c.ID, span), want[i].Type, builtin.Assignment, span)
		if err != nil {
			return nil, err
		}
		if !ok {
			return nil, diag.BadDefinition.At(span, "return type mismatch in function declared to return %s", r.fn.Returns).WithState("42P13").
				WithHelp("actual return type is %s", c.Expr.Type())
		}
		v := r.newVar(want[i].Name, want[i].Type)
		run.Into = append(run.Into, bound.Move{Var: v, Expr: r.s.ofDomain(r.fn.Domain, e, span), Row: true})
		values = append(values, r.ref(v, span))
	}
	return append([]bound.Stmt{run}, r.leave(values)...), nil
}
