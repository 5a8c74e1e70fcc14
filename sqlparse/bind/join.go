package bind

import (
	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqlparse/bound"
	"github.com/prequel-db/prequel/sqlparse/diag"
	"github.com/prequel-db/prequel/sqlparse/scalar"

	pg "github.com/pganalyze/pg_query_go/v5"
)

// join binds a JOIN: both sides, its condition, and the columns that USING and NATURAL merge.
func (s *stmt) join(sc *scope, j *pg.JoinExpr) (*source, error) {
	kind, err := s.joinKind(j)
	if err != nil {
		return nil, err
	}
	left, err := s.fromItem(sc, j.Larg)
	if err != nil {
		return nil, err
	}
	// The right side may refer to the left laterally.
	outside := len(sc.items)
	for _, it := range left.names {
		it.lateralOnly, it.lateralOK = true, kind == bound.InnerJoin || kind == bound.CrossJoin || kind == bound.LeftJoin
	}
	sc.items = append(sc.items, left.names...)
	right, err := s.fromItem(sc, j.Rarg)
	sc.items = sc.items[:outside:outside]
	for _, it := range left.names {
		it.lateralOnly = false
	}
	if err != nil {
		return nil, err
	}
	if err := checkNames(left.names, right.names); err != nil {
		return nil, err
	}
	names := append(append([]*item{}, left.names...), right.names...)
	ref := &bound.JoinRef{Kind: kind, Left: left.from, Right: right.from, Span: s.joinSpan(left, right)}
	src := &source{from: ref, ids: append(append([]scalar.ColumnID{}, left.ids...), right.ids...)}

	using := stringsOf(j.UsingClause)
	if j.IsNatural {
		using = commonNames(left.main, right.main)
	}
	merged, err := s.using(sc, ref, left, right, using)
	if err != nil {
		return nil, err
	}
	if j.Quals != nil {
		if ref.On, err = s.joinCondition(sc, names, j.Quals); err != nil {
			return nil, err
		}
	}
	if ref.On == nil && ref.Kind == bound.InnerJoin {
		ref.Kind = bound.CrossJoin // NATURAL without common columns
	}
	if ref.On == nil && ref.Kind != bound.CrossJoin {
		ref.On = constant(value.Of(value.Bool), "t", ref.Span) // an outer NATURAL join without common columns
	}
	s.extendWithNulls(kind, left.ids, right.ids)

	src.main = &item{cols: merged, namesColumns: true, place: ref.Span}
	src.main.cols = append(src.main.cols, rest(left.main, using)...)
	src.main.cols = append(src.main.cols, rest(right.main, using)...)
	for _, it := range names {
		it.namesColumns = false
	}
	src.names = append(names, src.main)
	if a := j.JoinUsingAlias; a != nil {
		it := &item{name: a.Aliasname, cols: append([]itemColumn{}, merged...), namesTable: true, place: ref.Span}
		if err := checkNames(names, []*item{it}); err != nil {
			return nil, err
		}
		src.names = append(src.names, it)
	}
	if j.Alias != nil {
		it, err := s.newItem("", j.Alias, append([]itemColumn{}, src.main.cols...), ref.Span)
		if err != nil {
			return nil, err
		}
		src.main, src.names = it, []*item{it} // the alias hides the sides
	}
	return src, nil
}

func (s *stmt) joinKind(j *pg.JoinExpr) (bound.JoinKind, error) {
	switch j.Jointype {
	case pg.JoinType_JOIN_INNER:
		if j.Quals == nil && len(j.UsingClause) == 0 && !j.IsNatural {
			return bound.CrossJoin, nil
		}
		return bound.InnerJoin, nil
	case pg.JoinType_JOIN_LEFT:
		return bound.LeftJoin, nil
	case pg.JoinType_JOIN_RIGHT:
		return bound.RightJoin, nil
	case pg.JoinType_JOIN_FULL:
		return bound.FullJoin, nil
	}
	return 0, diag.UnsupportedClause.At(s.text.between(0, len(s.text.SQL)), "this kind of join is not supported")
}

func (s *stmt) joinSpan(left, right *source) diag.Span {
	return left.main.place.Join(right.main.place)
}

// joinCondition binds ON, which sees the two sides of its join and surrounding queries.
func (s *stmt) joinCondition(sc *scope, names []*item, n *pg.Node) (scalar.Expr, error) {
	items, kind := sc.items, sc.clause
	sc.items, sc.clause = names, inJoin
	e, err := s.expr(sc, n)
	sc.items, sc.clause = items, kind
	if err != nil {
		return nil, err
	}
	return s.coerceBool(e, "JOIN/ON")
}

func commonNames(left, right *item) []string {
	var out []string
	for _, l := range left.cols {
		for _, r := range right.cols {
			if l.name == r.name {
				out = append(out, l.name)
				break
			}
		}
	}
	return out
}

// rest is the columns of a side that USING did not merge.
func rest(it *item, using []string) []itemColumn {
	var out []itemColumn
next:
	for _, c := range it.cols {
		for _, u := range using {
			if c.name == u {
				continue next
			}
		}
		out = append(out, c)
	}
	return out
}

// using binds USING columns: their equalities become the condition, and each pair one merged column.
func (s *stmt) using(sc *scope, ref *bound.JoinRef, left, right *source, names []string) ([]itemColumn, error) {
	var merged []itemColumn
	var equalities []scalar.Expr
	for i, name := range names {
		for _, before := range names[:i] {
			if before == name {
				return nil, diag.DuplicateColumn.At(ref.Span, "column name %q appears more than once in USING clause", name)
			}
		}
		l, err := usingColumn(left.main, name, "left", ref.Span)
		if err != nil {
			return nil, err
		}
		r, err := usingColumn(right.main, name, "right", ref.Span)
		if err != nil {
			return nil, err
		}
		eq, err := s.operator("=", l, r, ref.Span)
		if err != nil {
			return nil, err
		}
		equalities = append(equalities, eq)
		m, err := s.mergedColumn(ref.Kind, l, r, ref.Span)
		if err != nil {
			return nil, err
		}
		merged = append(merged, itemColumn{name: name, expr: m})
	}
	ref.On = conjunction(equalities, ref.Span)
	return merged, nil
}

func usingColumn(it *item, name, side string, span diag.Span) (scalar.Expr, error) {
	var found scalar.Expr
	for _, c := range it.cols {
		if c.name != name {
			continue
		}
		if found != nil {
			return nil, diag.AmbiguousColumn.At(span, "common column name %q appears more than once in %s table", name, side)
		}
		if err := c.unusable(span); err != nil {
			return nil, err
		}
		found = c.expr
	}
	if found == nil {
		return nil, diag.UndefinedColumn.At(span, "column %q specified in USING clause does not exist in %s table", name, side)
	}
	return found, nil
}

// mergedColumn is the value of a USING column: of the side that is never null-extended, or of whichever is present.
func (s *stmt) mergedColumn(kind bound.JoinKind, l, r scalar.Expr, span diag.Span) (scalar.Expr, error) {
	typ, err := s.commonType([]scalar.Expr{l, r}, "JOIN/USING")
	if err != nil {
		return nil, err
	}
	lc, err := s.coerceCommon(l, typ, "JOIN/USING")
	if err != nil {
		return nil, err
	}
	rc, err := s.coerceCommon(r, typ, "JOIN/USING")
	if err != nil {
		return nil, err
	}
	switch kind {
	case bound.LeftJoin:
		return lc, nil
	case bound.RightJoin:
		return rc, nil
	case bound.FullJoin:
		return &scalar.Coalesce{Node: scalar.Node{Typ: typ, Pos: span}, Args: []scalar.Expr{lc, rc}}, nil
	}
	if _, ok := lc.(*scalar.Column); !ok {
		if _, ok := rc.(*scalar.Column); ok {
			return rc, nil
		}
	}
	return lc, nil
}

// conjunction is the And of conditions, nil for none.
func conjunction(list []scalar.Expr, span diag.Span) scalar.Expr {
	switch len(list) {
	case 0:
		return nil
	case 1:
		return list[0]
	}
	return &scalar.And{Node: scalar.Node{Typ: value.Of(value.Bool), Pos: span}, Args: list}
}
