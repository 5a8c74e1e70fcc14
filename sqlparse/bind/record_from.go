package bind

import (
	"strings"

	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqlparse/builtin"
	"github.com/prequel-db/prequel/sqlparse/diag"
	"github.com/prequel-db/prequel/sqlparse/scalar"

	pg "github.com/pganalyze/pg_query_go/v5"
)

// recordField is a column that the query gives to a function which returns records.
type recordField struct {
	name string
	typ  value.Type
}

// recordForms are the functions that make records of JSON, and the implementations that are also told the columns: as arguments
// behind the JSON, the name and a NULL of the type for each.
var recordForms = map[string]string{
	"json_to_record": "json_record", "jsonb_to_record": "json_record",
	"json_to_recordset": "json_record_rows", "jsonb_to_recordset": "json_record_rows",
}

// recordCall tells a function its columns. Those that return a set have no rows for NULL.
func recordCall(fn scalar.Expr, proc *builtin.Proc, fields []recordField) scalar.Expr {
	call := *fn.(*scalar.Call)
	form := recordForms[proc.Src]
	call.Fn = &scalar.Func{Name: call.Fn.Name, Proc: form, Set: true, Strict: form == "json_record_rows"}
	call.Args = call.Args[:1:1]
	for _, f := range fields {
		call.Args = append(call.Args, constant(textType, f.name, call.Pos), scalar.NullOf(f.typ))
	}
	return &call
}

// recordFields reads a column definition list. json_populate_record(NULL::t, x) is json_to_record(x) with the columns of t, which it
// becomes.
func (b *fromFunctions) recordFields(call *pg.Node, defs []*pg.Node, span diag.Span) ([]recordField, *pg.Node, error) {
	var fields []recordField
	seen := map[string]bool{}
	for _, n := range defs {
		def := n.GetColumnDef()
		typ, err := b.s.Type(def.GetTypeName(), b.s.text)
		if err != nil {
			return nil, nil, err
		}
		if seen[def.Colname] {
			return nil, nil, diag.DuplicateColumn.At(span, "column name %q specified more than once", def.Colname)
		}
		seen[def.Colname] = true
		fields = append(fields, recordField{def.Colname, typ})
	}
	f := call.GetFuncCall()
	if f == nil || fields != nil || len(f.Args) != 2 {
		return fields, call, nil
	}
	names := stringsOf(f.Funcname)
	kind, set, ok := strings.Cut(names[len(names)-1], "_populate_record")
	cast := f.Args[0].GetTypeCast()
	if !ok || set != "" && set != "set" || cast == nil || !cast.Arg.GetAConst().GetIsnull() {
		return nil, call, nil
	}
	types := stringsOf(cast.TypeName.Names)
	table := b.s.cat.Table(types[len(types)-1])
	if table == nil {
		return nil, call, nil
	}
	for _, c := range table.Columns {
		fields = append(fields, recordField{c.Name, c.Type})
	}
	name := &pg.Node{Node: &pg.Node_String_{String_: &pg.String{Sval: kind + "_to_record" + set}}}
	one := &pg.FuncCall{Funcname: []*pg.Node{name}, Args: f.Args[1:], Location: f.Location}
	return fields, &pg.Node{Node: &pg.Node_FuncCall{FuncCall: one}}, nil
}
