package bind

import (
	"strings"

	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqlparse/builtin"
	"github.com/prequel-db/prequel/sqlparse/catalog"
	"github.com/prequel-db/prequel/sqlparse/diag"
	"github.com/prequel-db/prequel/sqlparse/scalar"

	pg "github.com/pganalyze/pg_query_go/v5"
)

// candidates are the declared functions of a name as PostgreSQL's rules choose among functions. Of several functions none may be one
// that is not compiled: it could be the one that is meant.
func (s *stmt) candidates(name string, span diag.Span) ([]*builtin.Proc, map[*builtin.Proc]*catalog.Function, error) {
	var procs []*builtin.Proc
	by := map[*builtin.Proc]*catalog.Function{}
	for _, fn := range s.cat.Function(name) {
		if fn.Refused != nil {
			return nil, nil, refusedCall(fn, span)
		}
		p := &builtin.Proc{Name: name, Kind: 'f', Strict: fn.Strict, Set: fn.SetOf}
		for _, a := range fn.Inputs() {
			p.Args = append(p.Args, s.types.OID(a.Type))
			p.Names = append(p.Names, a.Name)
			if a.Default != "" {
				p.Defaults = append(p.Defaults, a.Default)
			}
		}
		cols := resultColumns(fn)
		for _, c := range cols {
			if len(fn.Outputs()) > 0 || fn.Table != nil {
				p.Outs, p.OutNames = append(p.Outs, s.types.OID(c.Type)), append(p.OutNames, c.Name)
			}
		}
		procs = append(procs, p)
		by[p] = fn
	}
	return procs, by, nil
}

// declaredMatch chooses among the declared functions and the builtin ones of a call's name.
func (s *stmt) declaredMatch(fc *pg.FuncCall, name string, args []scalar.Expr, names []string) (*catalog.Function, error) {
	span := s.span(fc.Location)
	procs, by, err := s.candidates(name, span)
	if err != nil {
		return nil, err
	}
	oids := make([]builtin.OID, len(args))
	for i, a := range args {
		oids[i] = s.oid(a)
	}
	match, refusal := s.matchFunction(fc, name, oids, names, procs)
	if refusal != nil {
		return nil, s.noSuchCall(name, refusal, span)
	}
	return by[match.Proc], checkDecoration(match.Proc, fc, name, span)
}

// noSuchCall is why no function takes the arguments, with the declared ones.
func (s *stmt) noSuchCall(name string, refusal *builtin.Error, span diag.Span) error {
	var have []string
	for _, fn := range s.cat.Function(name) {
		var in []string
		for _, a := range fn.Inputs() {
			in = append(in, a.Type.String())
		}
		have = append(have, name+"("+strings.Join(in, ", ")+")")
	}
	if refusal.SQLState != "42883" || have == nil {
		return asDiagnostic(refusal, span)
	}
	return diag.UndefinedFunction.At(span, "%s", refusal.Message).WithHelp("declared is %s", strings.Join(have, ", "))
}

// declaredArguments converts the arguments of a call and puts them in the order of the function's inputs, with defaults filled in.
func (s *stmt) declaredArguments(fn *catalog.Function, args []scalar.Expr, names []string) ([]scalar.Expr, error) {
	in := fn.Inputs()
	out := make([]scalar.Expr, len(in))
	for i, e := range args {
		at := i
		if i < len(names) && names[i] != "" {
			for j, a := range in {
				if a.Name == names[i] {
					at = j
				}
			}
		}
		conv, err := s.argument(e, in[at].Type, builtin.Implicit, e.Span())
		if err != nil {
			return nil, err
		}
		s.nameParam(conv, in[at].Name)
		if strings.EqualFold(in[at].Default, "null") {
			s.allowNull(conv)
		}
		out[at] = s.ofDomain(in[at].Domain, conv, e.Span())
	}
	for i, a := range in {
		if out[i] != nil {
			continue
		}
		outer := s.routine
		s.routine = nil
		e, err := s.boundText(newScope(nil), a.Default, a.DefaultSpan)
		s.routine = outer
		if err != nil {
			return nil, err
		}
		if out[i], err = s.argument(e, a.Type, builtin.Assignment, a.DefaultSpan); err != nil {
			return nil, err
		}
		out[i] = s.ofDomain(a.Domain, out[i], a.DefaultSpan)
	}
	return out, nil
}

func (s *stmt) argument(e scalar.Expr, to value.Type, ctx builtin.Context, span diag.Span) (scalar.Expr, error) {
	conv, ok, err := s.coerceTo(e, to, ctx, span)
	if err == nil && !ok {
		err = cannotCast(e.Type(), to, span)
	}
	return conv, err
}

// callArguments binds a call that is a statement of its own, or of a function's: which function it means, and its arguments in the
// order of the function's inputs.
func (s *stmt) callArguments(fc *pg.FuncCall) (*catalog.Function, []scalar.Expr, error) {
	args, argNames, err := s.arguments(newScope(nil), fc)
	if err != nil {
		return nil, nil, err
	}
	names := stringsOf(fc.Funcname)
	fn, err := s.declaredMatch(fc, names[len(names)-1], args, argNames)
	if err != nil {
		return nil, nil, err
	}
	args, err = s.declaredArguments(fn, args, argNames)
	return fn, args, err
}
