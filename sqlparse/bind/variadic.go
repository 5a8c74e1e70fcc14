package bind

import (
	"github.com/prequel-db/prequel/sqlparse/builtin"
	"github.com/prequel-db/prequel/sqlparse/diag"
	"github.com/prequel-db/prequel/sqlparse/scalar"

	"github.com/prequel-db/prequel/runtime/value"
)

// overArray is what a function over VARIADIC "any" does with the elements of an array, in SQL.
var overArray = map[string]string{
	"text_concat":       "array_to_string($1, '')",
	"text_concat_ws":    "array_to_string($2, $1)",
	"pg_num_nulls":      "cardinality(array_positions($1, NULL))",
	"pg_num_nonnulls":   "cardinality(array_remove($1, NULL))",
	"jsonb_build_array": "to_jsonb($1)",
	"text_format":       "$2::text[]", // the arguments of text_format_array
}

// spread applies a function over VARIADIC "any" to an array written in place of its arguments. An array that is written out is taken
// apart; what takes one from elsewhere is another function.
func (s *stmt) spread(p *builtin.Proc, name string, args []scalar.Expr, result builtin.OID, span diag.Span) (scalar.Expr, error) {
	last := args[len(args)-1]
	if last.Type().Kind != value.Array {
		return nil, diag.DatatypeMismatch.At(last.Span(), "VARIADIC argument must be an array")
	}
	if list, ok := last.(*scalar.ArrayExpr); ok {
		return s.call(p, name, append(args[:len(args)-1:len(args)-1], list.Elems...), result, span)
	}
	body, ok := overArray[p.Src]
	if !ok {
		return nil, diag.UnsupportedFunction.At(span, "%s with a VARIADIC array is not supported", name).
			WithHelp("pass the elements one by one, or use array_to_string")
	}
	e, err := s.fragment(body, span, args)
	if err != nil || p.Src != "text_format" {
		return e, err
	}
	fn := &scalar.Func{Name: name, Proc: "text_format_array"}
	return &scalar.Call{Node: scalar.Node{Typ: textType, Pos: span}, Fn: fn, Args: []scalar.Expr{args[0], e}}, nil
}
