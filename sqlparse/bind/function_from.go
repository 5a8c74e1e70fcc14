package bind

import (
	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqlparse/bound"
	"github.com/prequel-db/prequel/sqlparse/builtin"
	"github.com/prequel-db/prequel/sqlparse/diag"
	"github.com/prequel-db/prequel/sqlparse/scalar"

	pg "github.com/pganalyze/pg_query_go/v5"
)

// fromFunctions binds functions in FROM: one, or several side by side.
type fromFunctions struct {
	s     *stmt
	sc    *scope
	ref   *bound.FuncRef
	src   *source
	cols  []itemColumn
	span  diag.Span
	alias *pg.Alias
	alone bool
}

// rangeFunction binds functions in FROM: their rows are the item's rows.
func (s *stmt) rangeFunction(sc *scope, r *pg.RangeFunction) (*source, error) {
	whole := s.text.between(0, len(s.text.SQL))
	var calls []*pg.Node
	var defs [][]*pg.Node // column definition lists by call
	for _, f := range r.Functions {
		items := f.GetList().GetItems()
		list := r.Coldeflist
		if len(items) > 1 && len(items[1].GetList().GetItems()) > 0 {
			list = items[1].GetList().GetItems()
		}
		parts := unnested(items[0])
		calls, defs = append(calls, parts...), append(defs, list)
		for range parts[1:] {
			defs = append(defs, nil)
		}
	}
	span := whole
	if loc := firstLocation(calls[0]); loc >= 0 {
		span = s.span(loc)
	}
	ref := &bound.FuncRef{Span: span}
	b := &fromFunctions{s: s, sc: sc, ref: ref, src: &source{from: ref}, span: span, alias: r.Alias, alone: len(calls) == 1}
	for i, c := range calls {
		if err := b.add(c, defs[i]); err != nil {
			return nil, err
		}
	}
	if r.Ordinality {
		ref.Ordinality = b.column("ordinality", value.Of(value.Int8), false)
	}
	name, _ := figureName(calls[0])
	main, err := s.newItem(name, r.Alias, b.cols, span)
	if err != nil {
		return nil, err
	}
	main.isValue = b.alone && !r.Ordinality && len(b.cols) == 1 && len(defs[0]) == 0 && len(ref.Calls) == 1
	b.src.main, b.src.names = main, []*item{main}
	return b.src, nil
}

// unnested takes unnest(a, b) apart, which stands for unnest(a) and unnest(b) side by side.
func unnested(call *pg.Node) []*pg.Node {
	f := call.GetFuncCall()
	if f == nil || len(f.Args) < 2 || len(f.Funcname) != 1 || f.Funcname[0].GetString_().GetSval() != "unnest" ||
		f.FuncVariadic || f.AggStar || f.AggDistinct || len(f.AggOrder) > 0 || f.AggFilter != nil || f.Over != nil {
		return []*pg.Node{call}
	}
	var out []*pg.Node
	for _, a := range f.Args {
		one := &pg.FuncCall{Funcname: f.Funcname, Args: []*pg.Node{a}, Location: f.Location}
		out = append(out, &pg.Node{Node: &pg.Node_FuncCall{FuncCall: one}})
	}
	return out
}

// add binds one function with its columns, which a function of records has from its column definition list.
func (b *fromFunctions) add(call *pg.Node, defs []*pg.Node) error {
	s, sc := b.s, b.sc
	span := b.span
	if loc := firstLocation(call); loc >= 0 {
		span = s.span(loc)
	}
	before, kind := sc.lateral, sc.clause
	sc.lateral, sc.clause = true, inFromFunction // functions are always lateral
	var fn scalar.Expr
	var proc *builtin.Proc
	fields, call, err := b.recordFields(call, defs, span)
	if err != nil {
		return err
	}
	if f := call.GetFuncCall(); f != nil {
		fn, proc, err = s.funcCall(sc, f, true)
	} else {
		fn, err = s.expr(sc, call)
	}
	sc.lateral, sc.clause = before, kind
	if err != nil {
		return err
	}
	b.ref.Lateral = b.ref.Lateral || s.refersTo(fn, sc)
	c := bound.FuncCall{Call: fn}
	switch {
	case fields != nil && (proc == nil || recordForms[proc.Src] == ""):
		return diag.Malformed.At(span, "a column definition list is only allowed for functions returning \"record\"")
	case fields != nil:
		c.Call = recordCall(fn, proc, fields)
		for _, f := range fields {
			c.Cols = append(c.Cols, b.column(f.name, f.typ, true))
		}
	case proc != nil && recordForms[proc.Src] != "":
		return diag.Malformed.At(span, "a column definition list is required for functions returning \"record\"").
			WithHelp("AS x(a integer, b text)")
	case proc != nil && len(proc.Outs) > 1:
		for i, o := range proc.Outs {
			typ, err := s.typeOf(o, span)
			if err != nil {
				return err
			}
			c.Cols = append(c.Cols, b.column(proc.OutNames[i], typ, true))
		}
	case fn.Type().Kind == value.Record:
		return diag.Composite.At(span, "a function that returns records is not supported")
	default:
		name, _ := figureName(call)
		switch {
		case proc != nil && len(proc.OutNames) == 1:
			name = proc.OutNames[0]
		case b.alias != nil && b.alone:
			name = b.alias.Aliasname
		}
		c.Cols = append(c.Cols, b.column(name, fn.Type(), !b.alone || s.functionRowsNullable(proc, fn)))
	}
	b.ref.Calls = append(b.ref.Calls, c)
	return nil
}

// column adds a column to the item.
func (b *fromFunctions) column(name string, typ value.Type, nullable bool) scalar.ColumnID {
	id := b.s.newColumn(b.sc, name, typ, nullable)
	b.src.ids = append(b.src.ids, id)
	b.cols = append(b.cols, itemColumn{name: name, expr: b.s.column(id, b.span)})
	return id
}

// functionRowsNullable reports whether a set-returning function may produce NULL values.
func (s *stmt) functionRowsNullable(proc *builtin.Proc, fn scalar.Expr) bool {
	if proc == nil || !proc.Set {
		return s.nullable(fn, nil)
	}
	switch proc.Name {
	case "generate_series", "generate_subscripts", "regexp_split_to_table", "json_object_keys", "jsonb_object_keys",
		"json_array_elements", "jsonb_array_elements":
		return false
	}
	return true
}

// refersTo reports whether an expression uses a column of that query level.
func (s *stmt) refersTo(e scalar.Expr, sc *scope) bool {
	found := false
	s.eachColumn(e, func(c *scalar.Column) {
		found = found || s.facts[c.ID].owner == sc
	})
	return found
}
