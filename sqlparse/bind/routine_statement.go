package bind

import (
	"github.com/prequel-db/prequel/sqlparse/bound"
	"github.com/prequel-db/prequel/sqlparse/catalog"
	"github.com/prequel-db/prequel/sqlparse/diag"
	"github.com/prequel-db/prequel/sqlparse/scalar"

	pg "github.com/pganalyze/pg_query_go/v5"
)

// callStatement binds a statement that is nothing but a call of a declared function; nil for any other.
func (s *stmt) callStatement(n *pg.Node) (bound.Body, error) {
	sel := n.GetSelectStmt()
	fc, from := s.loneCall(sel)
	if fc == nil || from && s.recursiveCall(fc) {
		return nil, nil
	}
	span := s.span(fc.Location)
	fn, args, err := s.callArguments(fc)
	if err != nil {
		return nil, err
	}
	if !fn.SetOf && s.recursiveCall(fc) {
		return nil, nil
	}
	text := s.text
	r, err := s.callRoutine(fn, args, span)
	s.text = text
	if err != nil {
		return nil, err
	}
	if !from && (len(r.Results) > 1 || fn.Table != nil) {
		return nil, diag.Composite.At(span, "the row that %s returns is not supported as a value", fn.Name).
			WithHelp("write SELECT * FROM %s(...)", fn.Name)
	}
	if len(r.Results) == 0 { // void shows as an empty text, and as NULL where it comes from SQL or STRICT
		r.Results = []bound.Result{{Name: fn.Name, Type: textType}}
		visit(r.Body, func(x bound.Stmt) {
			ret, ok := x.(*bound.Return)
			switch {
			case ok && (ret.Null || fn.Language == "sql"):
				ret.Exprs = []scalar.Expr{nullOf(textType, span)}
			case ok:
				ret.Exprs = []scalar.Expr{constant(textType, "", span)}
			}
		})
	}
	if from {
		return r, s.renameResults(r, fn, sel, span)
	}
	if name := sel.TargetList[0].GetResTarget().GetName(); name != "" {
		r.Results[0].Name = name
	}
	return r, nil
}

// renameResults applies the alias of FROM f(...) AS t(a, b).
func (s *stmt) renameResults(r *bound.Routine, fn *catalog.Function, sel *pg.SelectStmt, span diag.Span) error {
	alias := sel.FromClause[0].GetRangeFunction().GetAlias()
	if alias == nil {
		return nil
	}
	names := stringsOf(alias.Colnames)
	if len(names) > len(r.Results) {
		return diag.ColumnReference.At(span, "table %q has %d columns available but %d columns specified", alias.Aliasname, len(r.Results), len(names))
	}
	if len(names) == 0 && len(fn.Outputs()) == 0 && fn.Table == nil {
		names = []string{alias.Aliasname}
	}
	for i, n := range names {
		r.Results[i].Name = n
	}
	return nil
}

// Function binds a declared function as a statement of its own, whose parameters are the function's arguments.
func (b *Binder) Function(fn *catalog.Function) (*bound.Statement, error) {
	s := b.begin(Verbatim(fn.Span.Source, fn.Span.Source.Text[fn.Span.Start:fn.Span.End], fn.Span.Start))
	if fn.Refused != nil {
		return nil, *fn.Refused
	}
	var args []scalar.Expr
	for i, a := range fn.Inputs() {
		s.fixed = append(s.fixed, a.Type)
		p := s.param(i + 1)
		p.name, p.named = a.Name, a.Name != ""
		p.narg = isNullLiteral(a.Default)
		e, err := s.paramRef(int32(i+1), fn.Span)
		if err != nil {
			return nil, err
		}
		args = append(args, s.ofDomain(a.Domain, e, fn.Span))
	}
	r, err := s.callRoutine(fn, args, fn.Span)
	if err != nil {
		return nil, err
	}
	params, err := s.finishParams()
	if err != nil {
		return nil, err
	}
	if err := s.checkVolatile(r); err != nil {
		return nil, err
	}
	s.finishColumns()
	return &bound.Statement{Params: params, Columns: s.cols, Body: r, Span: fn.Span}, nil
}

func isNullLiteral(text string) bool {
	switch text {
	case "NULL", "null", "Null":
		return true
	}
	return false
}

// FunctionAt is the function declared inside a place, nil when there is none.
func (b *Binder) FunctionAt(at diag.Span) *catalog.Function {
	for _, f := range b.cat.Functions {
		if f.Span.Source == at.Source && f.Span.Start >= at.Start && f.Span.End <= at.End {
			return f
		}
	}
	return nil
}
