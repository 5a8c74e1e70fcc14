package bind

import (
	"strings"

	"github.com/prequel-db/prequel/sqlparse/catalog"

	"github.com/prequel-db/prequel/sqlparse/bound"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// columnFacts is what is known of a column beyond its type.
type columnFacts struct {
	owner    *scope // the query level whose FROM produces it; nil for output columns
	nullable bool   // where it is produced
	// padded are the outer joins that replace it by NULL in rows without a partner.
	padded []*padding
	stored *stored // the table's column that it shows, nil for none
}

// stored is a column of a base table.
type stored struct {
	table  *catalog.Table
	column int
}

// padding is one side of an outer join that NULLs may replace. In a full join, at most one of the two sides is padded in a
// row.
type padding struct {
	other *padding
}

// extendWithNulls records that a join pads a side.
func (s *stmt) extendWithNulls(kind bound.JoinKind, left, right []scalar.ColumnID) {
	var l, r *padding
	switch kind {
	case bound.LeftJoin:
		r = &padding{}
	case bound.RightJoin:
		l = &padding{}
	case bound.FullJoin:
		l = &padding{}
		r = &padding{other: l}
		l.other = r
	}
	pad := func(ids []scalar.ColumnID, p *padding) {
		for _, id := range ids {
			f := &s.facts[id]
			f.padded = append(f.padded[:len(f.padded):len(f.padded)], p)
		}
	}
	if l != nil {
		pad(left, l)
	}
	if r != nil {
		pad(right, r)
	}
}

// factSet is what a query's conditions prove for the rows that pass: columns that are not NULL, and outer joins whose padded
// rows do not pass.
type factSet struct {
	notNull  map[scalar.ColumnID]bool
	unpadded map[*padding]bool
}

func (f *factSet) add(s *stmt, id scalar.ColumnID) {
	f.notNull[id] = true
	for _, p := range s.facts[id].padded {
		f.unpadded[p] = true
	}
}

// provenFacts collects what WHERE and the conditions of inner joins prove.
func (s *stmt) provenFacts(q *bound.Query) *factSet {
	f := &factSet{notNull: map[scalar.ColumnID]bool{}, unpadded: map[*padding]bool{}}
	s.assume(f, q.Where)
	for _, from := range q.From {
		s.assumeJoins(f, from)
	}
	return f
}

func (s *stmt) assumeJoins(f *factSet, from bound.From) {
	if j, ok := from.(*bound.JoinRef); ok && (j.Kind == bound.InnerJoin || j.Kind == bound.CrossJoin) {
		s.assume(f, j.On)
		s.assumeJoins(f, j.Left)
		s.assumeJoins(f, j.Right)
	}
}

func (s *stmt) assume(f *factSet, cond scalar.Expr) {
	if cond == nil {
		return
	}
	for _, id := range scalar.Requires(cond).Ordered() {
		f.add(s, id)
	}
}

// nullable reports whether an expression can be NULL in the rows for which facts hold.
func (s *stmt) nullable(e scalar.Expr, facts *factSet) bool {
	any := func(list ...scalar.Expr) bool {
		for _, x := range list {
			if s.nullable(x, facts) {
				return true
			}
		}
		return false
	}
	switch x := e.(type) {
	case nil:
		return true
	case *scalar.Column:
		return s.columnNullable(x.ID, facts, nil)
	case *scalar.Const:
		return x.Null
	case *scalar.Param:
		return x.Local() || x.Number > 0 && s.paramNullable(x.Number)
	case *scalar.Call:
		return s.callNullable(x, facts)
	case *scalar.And:
		return any(x.Args...)
	case *scalar.Or:
		return any(x.Args...)
	case *scalar.Not:
		return any(x.Arg)
	case *scalar.IsNull, *scalar.IsBool, *scalar.IsDistinct, *scalar.Grouping:
		return false
	case *scalar.Case:
		if x.Else == nil || any(x.Else) {
			return true
		}
		for _, w := range x.Whens {
			if any(w.Then) {
				return true
			}
		}
		return false
	case *scalar.Coalesce:
		return s.coalesceNullable(x, facts)
	case *scalar.NullIf:
		return true
	case *scalar.MinMax:
		for _, a := range x.Args {
			if !any(a) {
				return false
			}
		}
		return true
	case *scalar.InList:
		return any(x.Left) || any(x.List...)
	case *scalar.AnyArray:
		return true // an element may be NULL
	case *scalar.Relabel:
		return any(x.Arg)
	case *scalar.ViaText:
		return any(x.Arg)
	case *scalar.Modify:
		return any(x.Arg)
	case *scalar.ArrayExpr:
		return false
	case *scalar.Subquery:
		return s.subqueryNullable(x, facts)
	case *scalar.Agg:
		return aggregateNullable(x.Name, true)
	case *scalar.WindowCall:
		return s.windowNullable(x, facts)
	}
	return true
}

func (s *stmt) paramNullable(number int) bool {
	p := s.param(number)
	return p.narg || p.nullable
}

// columnNullable looks at a column's declaration, the outer joins around it and what is proven; without is a padding to leave
// out of account.
func (s *stmt) columnNullable(id scalar.ColumnID, facts *factSet, without *padding) bool {
	if facts != nil && facts.notNull[id] {
		return false
	}
	f := &s.facts[id]
	if f.nullable {
		return true
	}
	for _, p := range f.padded {
		if p != without && (facts == nil || !facts.unpadded[p]) {
			return true
		}
	}
	return false
}

// coalesceNullable knows that a full join pads one side at most: COALESCE(l.id, r.id) has a value if both ids do.
func (s *stmt) coalesceNullable(x *scalar.Coalesce, facts *factSet) bool {
	for _, a := range x.Args {
		if !s.nullable(a, facts) {
			return false
		}
	}
	for i, a := range x.Args {
		l := bareColumn(a)
		if l == nil {
			continue
		}
		for _, b := range x.Args[i+1:] {
			r := bareColumn(b)
			if r == nil {
				continue
			}
			for _, p := range s.facts[l.ID].padded {
				if p.other != nil && !s.columnNullable(l.ID, facts, p) && !s.columnNullable(r.ID, facts, p.other) {
					return false
				}
			}
		}
	}
	return true
}

// mayReturnNull are strict functions that give NULL for some arguments that are not.
var mayReturnNull = map[string]bool{
	"array_subscript": true, "array_length": true, "array_lower": true, "array_upper": true, "array_ndims": true, "array_dims": true,
	// no match
	"textregexsubstr": true, "regexp_match": true, "regexp_match_no_flags": true, "regexp_substr": true,
	"regexp_substr_no_start": true, "regexp_substr_no_n": true, "regexp_substr_no_flags": true, "regexp_substr_no_subexpr": true,
	// no such key, or JSON's null
	"json_object_field": true, "json_object_field_text": true, "json_array_element": true, "json_array_element_text": true,
	"json_extract_path": true, "json_extract_path_text": true, "jsonb_object_field": true, "jsonb_object_field_text": true,
	"jsonb_array_element": true, "jsonb_array_element_text": true, "jsonb_extract_path": true, "jsonb_extract_path_text": true,
	"jsonb_path_query_first": true, "jsonb_path_query_first_tz": true, "jsonb_path_match": true, "jsonb_path_match_opr": true,
	"jsonb_path_match_tz": true, "jsonb_path_exists": true, "jsonb_path_exists_opr": true, "jsonb_path_exists_tz": true,
	// infinity and NaN have no parts
	"numeric_min_scale": true, "numeric_scale": true, "timestamp_part": true, "timestamptz_part": true, "extract_timestamp": true,
	"extract_timestamptz": true, "extract_date": true, "timestamp_time": true, "timestamptz_time": true,
	// an empty format, or infinity
	"interval_to_char": true, "timestamp_to_char": true, "timestamptz_to_char": true, "numeric_to_number": true,
	"show_config_by_name_missing_ok": true,
}

// neverNull are functions that are not strict and always return a value.
var neverNull = map[string]bool{
	"row_text": true, "row_json": true,
	"text_concat": true, "pg_num_nulls": true, "pg_num_nonnulls": true, "json_build_object": true,
	"json_build_array": true, "jsonb_build_object": true, "jsonb_build_array": true, "json_build_object_noargs": true,
	"json_build_array_noargs": true, "jsonb_build_object_noargs": true, "jsonb_build_array_noargs": true, "quote_nullable": true,
	"array_append": true, "array_prepend": true,
}

func (s *stmt) callNullable(x *scalar.Call, facts *factSet) bool {
	if x.Fn.Set { // elements may be NULL; a series has none
		return !strings.HasPrefix(x.Fn.Proc, "generate_")
	}
	if !x.Fn.Strict {
		return !neverNull[x.Fn.Proc]
	}
	if mayReturnNull[x.Fn.Proc] || strings.HasPrefix(x.Fn.Proc, "pg_") {
		return true
	}
	for _, a := range x.Args {
		if s.nullable(a, facts) {
			return true
		}
	}
	return false
}

func (s *stmt) subqueryNullable(x *scalar.Subquery, facts *factSet) bool {
	q, _ := x.Query.(*bound.Query)
	switch x.Kind {
	case scalar.ExistsSubquery, scalar.ArraySubquery:
		return false
	case scalar.ScalarSubquery:
		return q == nil || !exactlyOneRow(q) || s.facts[visible(q)[0].ID].nullable
	}
	for _, l := range x.Left {
		if s.nullable(l, facts) {
			return true
		}
	}
	for _, t := range visible(q) {
		if s.facts[t.ID].nullable {
			return true
		}
	}
	return false
}

// exactlyOneRow reports whether a query returns one row whatever the data.
func exactlyOneRow(q *bound.Query) bool {
	if q.Limit != nil || q.Offset != nil || q.SetOp != nil || q.Having != nil {
		return false
	}
	if q.HasGroup {
		return len(q.GroupBy) == 0 && len(q.GroupingSets) <= 1
	}
	if len(q.Values) > 0 {
		return len(q.Values) == 1
	}
	return len(q.From) == 0 && q.Where == nil
}

// aggregateNullable reports whether an aggregate can be NULL; empty tells that a group may be without rows, or all its arguments
// NULL.
func aggregateNullable(name string, empty bool) bool {
	switch name {
	case "count", "regr_count":
		return false
	case "stddev", "stddev_samp", "variance", "var_samp", "covar_samp", "corr", "regr_slope", "regr_intercept", "regr_r2":
		return true // NULL for one row
	}
	return empty
}

func (s *stmt) windowNullable(x *scalar.WindowCall, facts *factSet) bool {
	if x.Agg != nil {
		empty := !holdsCurrentRow(x.Window.Frame) || x.Agg.Filter != nil
		return s.aggregateOver(x.Agg, facts, empty)
	}
	switch x.Name {
	case "row_number", "rank", "dense_rank", "percent_rank", "cume_dist", "ntile":
		return x.Name == "ntile" && s.nullable(x.Args[0], facts)
	case "first_value", "last_value":
		return !holdsCurrentRow(x.Window.Frame) || s.nullable(x.Args[0], facts)
	case "lag", "lead":
		return len(x.Args) < 3 || s.nullable(x.Args[0], facts) || s.nullable(x.Args[1], facts) || s.nullable(x.Args[2], facts)
	}
	return true
}

// holdsCurrentRow reports whether a frame has the current row in it always, so that it is never empty. The default frame does.
func holdsCurrentRow(f scalar.Frame) bool {
	return f.Mode == "" || f.Start <= scalar.CurrentRow && f.End >= scalar.CurrentRow && f.Exclude == ""
}

func (s *stmt) aggregateOver(a *scalar.Agg, facts *factSet, empty bool) bool {
	if a.Name == "array_agg" || a.Name == "json_agg" || a.Name == "jsonb_agg" {
		return empty // they keep NULLs
	}
	for _, arg := range a.Args {
		empty = empty || s.nullable(arg, facts)
	}
	for _, k := range a.OrderBy {
		if a.Within {
			empty = empty || s.nullable(k.Expr, facts)
		}
	}
	return aggregateNullable(a.Name, empty)
}

// outputNullable is nullable for an output expression, where aggregates have rows to work on and grouping sets leave columns
// out.
func (s *stmt) outputNullable(q *bound.Query, e scalar.Expr, facts *factSet) bool {
	if !q.HasGroup {
		return s.nullable(e, facts)
	}
	groupsHaveRows := len(q.GroupBy) > 0
	for _, set := range q.GroupingSets {
		groupsHaveRows = groupsHaveRows && len(set) > 0
	}
	var resolve func(x scalar.Expr) scalar.Expr
	resolve = func(x scalar.Expr) scalar.Expr {
		if _, isConst := x.(*scalar.Const); !isConst {
			for i, g := range q.GroupBy {
				if scalar.Equal(g, x) {
					return standIn(x, s.nullable(x, facts) || !inEverySet(q.GroupingSets, i))
				}
			}
		}
		if a, ok := x.(*scalar.Agg); ok {
			return standIn(x, s.aggregateOver(a, facts, !groupsHaveRows || a.Filter != nil))
		}
		return scalar.MapChildren(x, resolve)
	}
	return s.nullable(resolve(e), facts)
}

// standIn replaces an expression whose nullability is known by a constant that has it.
func standIn(e scalar.Expr, nullable bool) scalar.Expr {
	return &scalar.Const{Node: scalar.Node{Typ: e.Type()}, Null: nullable, Text: ""}
}

// finishColumns writes the final nullability into the column table. A column of FROM counts as nullable when an outer join may
// pad it, whatever WHERE proves: consumers see it before WHERE.
func (s *stmt) finishColumns() {
	for id := 1; id < len(s.cols.Infos); id++ {
		s.cols.Infos[id].Nullable = s.columnNullable(scalar.ColumnID(id), nil, nil)
	}
	if s.cols.Infos == nil {
		s.cols.Infos = []scalar.ColumnInfo{{}}
	}
}
