package bind

import (
	"slices"
	"strings"

	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqlparse/builtin"
	"github.com/prequel-db/prequel/sqlparse/diag"
	"github.com/prequel-db/prequel/sqlparse/scalar"

	pg "github.com/pganalyze/pg_query_go/v5"
)

// funcCall binds name(args): a function, an aggregate, a window function, or a cast written as a call. The function is
// returned too when one was called. Set-returning functions are bound when allowSet says that rows can be taken.
func (s *stmt) funcCall(sc *scope, f *pg.FuncCall, allowSet bool) (scalar.Expr, *builtin.Proc, error) {
	span := s.span(f.Location)
	name, err := s.functionName(f, span)
	if err != nil {
		return nil, nil, err
	}
	if name == "pg_trigger_depth" && len(f.Args) == 0 { // known: triggers are compiled into what fires them
		return constant(value.Of(value.Int4), itoa(s.depth), span), nil, nil
	}
	if e, err := s.sequenceCall(sc, f, name, span); e != nil || err != nil {
		return e, nil, err
	}
	args, names, err := s.arguments(sc, f)
	if err != nil {
		return nil, nil, err
	}
	if f.AggWithinGroup {
		e, err := s.orderedSet(sc, f, name, args, span)
		return e, nil, err
	}
	if name == "row_to_json" {
		if e, ok, err := s.rowToJSON(args, span); ok || err != nil {
			return e, nil, err
		}
	}
	if err := s.rowsAsJSON(name, args); err != nil {
		return nil, nil, err
	}
	oids := make([]builtin.OID, len(args))
	for i, a := range args {
		oids[i] = s.oid(a)
	}
	if !s.types.Exact(name, oids) {
		if e, ok, err := s.castByName(name, f, args, span); ok {
			return e, nil, err
		}
	}
	procs, declared, err := s.candidates(name, span)
	if err != nil {
		return nil, nil, err
	}
	match, refusal := s.matchFunction(f, name, oids, names, procs)
	if refusal != nil {
		return nil, nil, s.noSuchCall(name, refusal, span)
	}
	if fn := declared[match.Proc]; fn != nil {
		e, err := s.declaredCall(sc, f, fn, args, names, allowSet)
		return e, match.Proc, err
	}
	if len(names) > 0 {
		if args, err = s.orderNamed(match, args, names, span); err != nil {
			return nil, nil, err
		}
		match.Args = match.Proc.Args
	} else if match.Defaults > 0 {
		if args, err = s.addDefaults(match, args, span); err != nil {
			return nil, nil, err
		}
	}
	args, result, err := s.convertArguments(match, args, span)
	if err != nil {
		return nil, nil, err
	}
	for _, a := range args {
		s.nameParam(a, name)
	}
	p := match.Proc
	args = s.collectVariadic(match, f, args)
	if err := checkDecoration(p, f, name, span); err != nil {
		return nil, nil, err
	}
	if p.Variadic == builtin.AnyOID && f.FuncVariadic {
		e, err := s.spread(p, name, args, result, span)
		return e, p, err
	}
	switch p.Kind {
	case 'a':
		e, err := s.aggregate(sc, f, p, args, result, span)
		return e, p, err
	case 'w':
		e, err := s.windowFunction(sc, f, p, args, result, span)
		return e, p, err
	}
	if p.Set && !allowSet && !sc.expandsSets() {
		return nil, nil, diag.SetReturning.At(span, "set-returning function %s is not allowed here", name).
			WithHelp("move it to FROM: CROSS JOIN LATERAL %s(...)", name)
	}
	e, err := s.call(p, name, args, result, span)
	return e, p, err
}

// functionName is the function's name; pg_catalog. is accepted before it.
func (s *stmt) functionName(f *pg.FuncCall, span diag.Span) (string, error) {
	names := stringsOf(f.Funcname)
	switch {
	case len(names) == 1, len(names) == 2 && names[0] == "pg_catalog",
		len(names) == 2 && names[0] == "public" && len(s.types.Procs(names[1])) == 0:
		return names[len(names)-1], nil
	case len(names) == 2 && names[0] == "sqlc":
		return "", diag.Macro.At(span, "sqlc.%s is not allowed here", names[1]).WithHelp("sqlc.arg and sqlc.narg take a name")
	case len(names) == 0:
		return "", diag.Syntax.At(span, "a function name is missing")
	}
	return "", diag.OtherSchema.At(span, "functions of schema %s are not supported", names[0])
}

// arguments binds the arguments; names holds the names of named ones, "" for positional.
func (s *stmt) arguments(sc *scope, f *pg.FuncCall) (args []scalar.Expr, names []string, err error) {
	for i, n := range f.Args {
		if named := n.GetNamedArgExpr(); named != nil {
			if names == nil {
				names = make([]string, i)
			}
			if slices.Contains(names, named.Name) {
				return nil, nil, diag.Malformed.At(s.span(named.Location), "argument name %q used more than once", named.Name)
			}
			names = append(names, named.Name)
			n = named.Arg
		} else if names != nil {
			return nil, nil, diag.Malformed.At(s.nodeSpan(n), "positional argument cannot follow named argument")
		}
		e, err := s.expr(sc, n)
		if err != nil {
			return nil, nil, err
		}
		args = append(args, e)
	}
	return args, names, nil
}

func (s *stmt) matchFunction(f *pg.FuncCall, name string, oids []builtin.OID, names []string, declared []*builtin.Proc) (*builtin.Match, *builtin.Error) {
	if len(names) > 0 {
		return s.types.Named(name, oids, names, declared...)
	}
	return s.types.Function(name, oids, f.FuncVariadic, declared...)
}

// castByName recognises a type's name used as a function: text(x), int4('5'). It comes before functions that are not an exact
// match.
func (s *stmt) castByName(name string, f *pg.FuncCall, args []scalar.Expr, span diag.Span) (scalar.Expr, bool, error) {
	if len(args) != 1 || f.FuncVariadic || f.AggStar || f.Over != nil {
		return nil, false, nil
	}
	t := s.types.TypeNamed(name)
	if t == nil {
		return nil, false, nil
	}
	source := s.oid(args[0])
	if _, literal := args[0].(*scalar.Const); source != builtin.UnknownOID || !literal {
		if kind, _ := s.types.Path(t.OID, source, builtin.Explicit); kind != builtin.Relabel && kind != builtin.IO {
			return nil, false, nil
		}
	}
	e, err := s.coerce(args[0], t.OID, builtin.Explicit, span)
	return e, true, err
}

// checkDecoration refuses what belongs to aggregates on plain functions.
func checkDecoration(p *builtin.Proc, f *pg.FuncCall, name string, span diag.Span) error {
	if p.Kind == 'a' {
		return nil
	}
	refuse := func(what string) error {
		return diag.WrongObject.At(span, "%s specified, but %s is not an aggregate function", what, name)
	}
	switch {
	case f.AggStar:
		return refuse(name + "(*)")
	case f.AggDistinct:
		return refuse("DISTINCT")
	case f.AggWithinGroup:
		return refuse("WITHIN GROUP")
	case len(f.AggOrder) > 0:
		return refuse("ORDER BY")
	case f.AggFilter != nil:
		return refuse("FILTER")
	case f.Over != nil && p.Kind != 'w':
		return diag.WrongObject.At(span, "OVER specified, but %s is not a window function nor an aggregate function", name)
	}
	return nil
}

// convertArguments converts arguments to the parameter types and returns the type of the result.
func (s *stmt) convertArguments(m *builtin.Match, args []scalar.Expr, span diag.Span) ([]scalar.Expr, builtin.OID, error) {
	actual := make([]builtin.OID, len(args))
	for i, a := range args {
		actual[i] = s.oid(a)
	}
	types, result, refusal := s.types.Generic(m.Args[:len(args)], actual, m.Proc.Result)
	if refusal != nil {
		return nil, 0, asDiagnostic(refusal, span)
	}
	out := make([]scalar.Expr, len(args))
	for i, a := range args {
		var err error
		if out[i], err = s.coerce(a, types[i], builtin.Implicit, a.Span()); err != nil {
			return nil, 0, err
		}
	}
	return out, result, nil
}

// collectVariadic makes the array that a VARIADIC parameter is. Functions over "any" take their arguments one by one.
func (s *stmt) collectVariadic(m *builtin.Match, f *pg.FuncCall, args []scalar.Expr) []scalar.Expr {
	p := m.Proc
	if p.Variadic == 0 || p.Variadic == builtin.AnyOID || f.FuncVariadic || m.Variadic == 0 {
		return args
	}
	s.rewrote()
	first := len(args) - m.Variadic
	elems := args[first:]
	array := &scalar.ArrayExpr{
		Node:  scalar.Node{Typ: value.ArrayOf(elems[0].Type().Base()), Pos: elems[0].Span()},
		Elems: append([]scalar.Expr{}, elems...),
	}
	return append(args[:first:first], array)
}

// orderNamed puts named arguments at their parameters' places and fills in defaults.
func (s *stmt) orderNamed(m *builtin.Match, args []scalar.Expr, names []string, span diag.Span) ([]scalar.Expr, error) {
	out := make([]scalar.Expr, len(m.Proc.Args))
	for i, n := range names {
		at := i
		if n != "" {
			for j, p := range m.Proc.Names {
				if p == n {
					at = j
				}
			}
		}
		out[at] = args[i]
	}
	for i, e := range out {
		if e == nil {
			d, err := s.defaultArgument(m.Proc, i, span)
			if err != nil {
				return nil, err
			}
			out[i] = d
		}
	}
	return out, nil
}

func (s *stmt) addDefaults(m *builtin.Match, args []scalar.Expr, span diag.Span) ([]scalar.Expr, error) {
	out := append([]scalar.Expr{}, args...)
	for i := len(args); i < len(m.Proc.Args); i++ {
		d, err := s.defaultArgument(m.Proc, i, span)
		if err != nil {
			return nil, err
		}
		out = append(out, d)
	}
	return out, nil
}

// defaultArgument binds the default expression of a builtin's parameter.
func (s *stmt) defaultArgument(p *builtin.Proc, i int, span diag.Span) (scalar.Expr, error) {
	text := p.Defaults[i-(len(p.Args)-len(p.Defaults))]
	e, err := s.fragment(text, span, []scalar.Expr{})
	if err != nil {
		return nil, err
	}
	return s.coerce(e, p.Args[i], builtin.Implicit, span)
}

// call applies a function to converted arguments.
func (s *stmt) call(p *builtin.Proc, name string, args []scalar.Expr, result builtin.OID, span diag.Span) (scalar.Expr, error) {
	if p.Volatility != 'i' {
		s.notLasting(name)
	}
	switch p.Src {
	case "now", "statement_timestamp":
		return s.now(span), nil // transaction_timestamp() has the same source
	}
	if inlined(p, args) {
		s.rewrote()
		e, err := s.fragment(p.Body, span, args)
		if err != nil {
			return nil, err
		}
		return s.coerce(e, result, builtin.Explicit, span)
	}
	fn, err := s.function(p, name, span)
	if err != nil {
		return nil, err
	}
	typ, err := s.typeOf(result, span)
	if err != nil {
		return nil, err
	}
	return &scalar.Call{Node: scalar.Node{Typ: typ, Pos: span}, Fn: fn, Args: args}, nil
}

// function describes a builtin to the planner. Functions with the same implementation share a Proc.
func (s *stmt) function(p *builtin.Proc, name string, span diag.Span) (*scalar.Func, error) {
	if p.Volatility == 'v' {
		return nil, diag.Volatile.At(span, "%s is volatile: its result differs between calls", name).
			WithHelp("compute the value in the client and pass it as a parameter")
	}
	key := funcKey{p.OID, name}
	if f := s.funcs[key]; f != nil {
		return f, nil
	}
	f := &scalar.Func{Name: name, Proc: p.Src, Strict: p.Strict, Set: p.Set, Immutable: p.Volatility == 'i'}
	if f.Proc == "" {
		f.Proc = s.types.UniqueName(p)
	}
	s.funcs[key] = f
	return f, nil
}

// inlined reports whether a function written in SQL is replaced by its body. An argument is never evaluated twice: a parameter that
// the body uses more than once must be a column, a constant or a parameter.
func inlined(p *builtin.Proc, args []scalar.Expr) bool {
	if p.Body == "" {
		return false
	}
	for i := range p.Args {
		if strings.Count(p.Body, "$"+string(rune('1'+i))) != 1 && !isLeaf(args[i]) {
			return false
		}
	}
	return true
}

// isLeaf reports whether evaluating an expression is reading a value.
func isLeaf(e scalar.Expr) bool {
	switch e := e.(type) {
	case *scalar.Column, *scalar.Const, *scalar.Param:
		return true
	case *scalar.Relabel:
		return isLeaf(e.Arg)
	}
	return false
}

// fragment binds a builtin's own SQL expression, with parameters replaced by bound arguments. Its errors stand at the call.
func (s *stmt) fragment(sql string, span diag.Span, args []scalar.Expr) (scalar.Expr, error) {
	tree, err := s.parse("SELECT "+sql, span)
	if err != nil {
		return nil, err
	}
	outer, before, links := s.text, s.substitute, s.links
	s.text = Text{Source: span.Source, SQL: "SELECT " + sql, Origin: func(int) int { return span.Start }}
	s.substitute = args
	e, err := s.expr(&scope{clause: inFunctionBody}, tree.GetSelectStmt().GetTargetList()[0].GetResTarget().GetVal())
	s.text, s.substitute, s.links = outer, before, links
	return e, err
}

// parse parses a text of one statement, once for each binder.
func (s *stmt) parse(sql string, span diag.Span) (*pg.Node, error) {
	if n := s.trees[sql]; n != nil {
		return n, nil
	}
	tree, err := pg.Parse(sql)
	if err != nil || len(tree.Stmts) != 1 {
		return nil, diag.Syntax.At(span, "the text %q cannot be parsed: %v", sql, err)
	}
	s.trees[sql] = tree.Stmts[0].Stmt
	return tree.Stmts[0].Stmt, nil
}

// textType is what untyped output becomes.
var textType = value.Of(value.Text)
