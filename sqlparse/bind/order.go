package bind

import (
	"github.com/prequel-db/prequel/sqlparse/diag"
	"github.com/prequel-db/prequel/sqlparse/scalar"

	pg "github.com/pganalyze/pg_query_go/v5"
)

// sortItem is an entry of ORDER BY: a target, hidden if the SELECT list does not have it.
type sortItem struct {
	target int
	key    scalar.SortKey // Expr is set when the targets are final
	span   diag.Span
	// field says that it is one of the fields of a row that is sorted by.
	field bool
}

// sortKey reads direction and NULLS of an ORDER BY entry and checks that the type has an order.
func (s *stmt) sortKey(e scalar.Expr, by *pg.SortBy, span diag.Span) (scalar.SortKey, error) {
	key := scalar.SortKey{Expr: e}
	switch by.SortbyDir {
	case pg.SortByDir_SORTBY_DESC:
		key.Desc = true
	case pg.SortByDir_SORTBY_USING:
		names := stringsOf(by.UseOp)
		switch names[len(names)-1] {
		case "<":
		case ">":
			key.Desc = true
		default:
			return key, diag.WrongObject.At(s.span(by.Location), "operator %s is not a valid ordering operator", names[len(names)-1])
		}
	}
	key.NullsFirst = key.Desc
	switch by.SortbyNulls {
	case pg.SortByNulls_SORTBY_NULLS_FIRST:
		key.NullsFirst = true
	case pg.SortByNulls_SORTBY_NULLS_LAST:
		key.NullsFirst = false
	}
	if err := comparesRow(e, span); err != nil {
		return key, err
	}
	if _, ok := s.types.Ordering(s.oid(e)); !ok {
		return key, diag.UndefinedFunction.At(span, "could not identify an ordering operator for type %s", unmodified(e.Type())).
			WithHelp("use an explicit cast to a type that has an order")
	}
	return key, nil
}

// orderBy binds ORDER BY: output names, ordinals, or expressions over FROM.
func (s *stmt) orderBy(sc *scope, targets *[]target, list []*pg.Node) ([]sortItem, error) {
	var out []sortItem
	for _, by := range sortList(list) {
		sc.clause = inOrderBy
		i, err := s.outputColumn(sc, targets, by.GetNode(), inOrderBy)
		if err != nil {
			return nil, err
		}
		t := &(*targets)[i]
		if t.expr, err = s.textIfUnknown(t.expr); err != nil {
			return nil, err
		}
		span := s.nodeSpan(by.GetNode())
		if r := s.rows[t.expr]; r != nil && r.plain() {
			if out, err = s.orderByRow(targets, out, r, by, span); err != nil {
				return nil, err
			}
			continue
		}
		key, err := s.sortKey(t.expr, by, span)
		if err != nil {
			return nil, err
		}
		duplicate := false
		for _, o := range out {
			duplicate = duplicate || o.target == i
		}
		if !duplicate { // sorting again by an equal key changes nothing
			out = append(out, sortItem{target: i, key: key, span: span})
		}
	}
	return out, nil
}

// orderByRow sorts by a row's fields, NULL being the greatest value. Rows that an outer join did not find stand where NULLS says.
func (s *stmt) orderByRow(targets *[]target, out []sortItem, r *rowValue, by *pg.SortBy, span diag.Span) ([]sortItem, error) {
	add := func(at int, key scalar.SortKey) {
		for _, o := range out {
			if o.target == at {
				return
			}
		}
		out = append(out, sortItem{target: at, key: key, span: span, field: true})
	}
	if r.exists != nil {
		key, err := s.sortKey(r.exists, by, span)
		if err != nil {
			return nil, err
		}
		at := fieldTargets(targets, &rowValue{names: []string{"?column?"}, fields: []scalar.Expr{r.exists}}, span)[0]
		add(at, scalar.SortKey{Desc: !key.NullsFirst})
	}
	for _, at := range fieldTargets(targets, r, span) {
		key, err := s.sortKey((*targets)[at].expr, by, span)
		if err != nil {
			return nil, err
		}
		key.NullsFirst = key.Desc
		add(at, key)
	}
	return out, nil
}

// sortList expands rows: ORDER BY (a, b) DESC orders as a DESC, b DESC do. Fields compare with NULL as the largest value, and a NULLS
// option would be about the row as a whole, which is never NULL.
func sortList(list []*pg.Node) []*pg.SortBy {
	var out []*pg.SortBy
	for _, n := range list {
		by := n.GetSortBy()
		row := by.GetNode().GetRowExpr()
		if row == nil {
			out = append(out, by)
			continue
		}
		for _, field := range row.Args {
			out = append(out, &pg.SortBy{Node: field, SortbyDir: by.SortbyDir, UseOp: by.UseOp, Location: by.Location})
		}
	}
	return out
}

// outputColumn finds what an entry of ORDER BY, GROUP BY or DISTINCT ON means: the name of an output column, its ordinal, or
// an expression, which becomes a hidden target unless it equals one.
func (s *stmt) outputColumn(sc *scope, targets *[]target, n *pg.Node, c clause) (int, error) {
	if ref := n.GetColumnRef(); ref != nil && len(ref.Fields) == 1 && ref.Fields[0].GetString_() != nil {
		name := ref.Fields[0].GetString_().Sval
		inputFirst := false
		if c == inGroupBy {
			// In GROUP BY a column of FROM wins over an output name.
			e, err := s.columnByName(&scope{items: sc.items, lateral: sc.lateral}, name, s.span(ref.Location))
			inputFirst = e != nil || err != nil
		}
		if !inputFirst {
			i, err := s.namedTarget(*targets, name, s.span(ref.Location), c)
			if i >= 0 || err != nil {
				return i, err
			}
		}
	}
	if k := n.GetAConst(); k != nil {
		span := s.span(k.Location)
		if k.GetIval() == nil || k.Isnull {
			return 0, diag.Malformed.At(span, "non-integer constant in %s", clauseNames[c])
		}
		position := int(k.GetIval().GetIval())
		at := 0
		for i, t := range *targets {
			if !t.hidden {
				at++
				if at == position {
					return i, nil
				}
			}
		}
		return 0, diag.ColumnReference.At(span, "%s position %d is not in select list", clauseNames[c], position)
	}
	e, err := s.expr(sc, n)
	if err != nil {
		return 0, err
	}
	for i, t := range *targets {
		if s.equal(t.expr, e) {
			return i, nil
		}
	}
	name, _ := figureName(n)
	if name == "" {
		name = "?column?"
	}
	*targets = append(*targets, target{expr: e, name: name, hidden: true, span: e.Span()})
	return len(*targets) - 1, nil
}

// namedTarget finds an output column by name, -1 when there is none. Several are fine as long as they are the same.
func (s *stmt) namedTarget(targets []target, name string, span diag.Span, c clause) (int, error) {
	found := -1
	for i, t := range targets {
		if t.hidden || t.name != name {
			continue
		}
		if found >= 0 && !s.equal(targets[found].expr, t.expr) {
			return 0, diag.AmbiguousColumn.At(span, "%s %q is ambiguous", clauseNames[c], name)
		}
		if found < 0 {
			found = i
		}
	}
	return found, nil
}

// distinctSpec is DISTINCT or DISTINCT ON (targets).
type distinctSpec struct {
	all, on bool
	targets []int
	spans   []diag.Span
	// rows says that rows are among the targets of DISTINCT, whose fields are compared.
	rows bool
}

func (s *stmt) distinct(sc *scope, targets *[]target, order []sortItem, n *pg.SelectStmt) (distinctSpec, error) {
	var d distinctSpec
	if len(n.DistinctClause) == 0 {
		return d, nil
	}
	if n.DistinctClause[0].GetNode() == nil { // plain DISTINCT is a list of one empty node
		d.all = true
		for _, o := range order {
			if (*targets)[o.target].hidden && !o.field {
				return d, diag.ColumnReference.At(o.span, "for SELECT DISTINCT, ORDER BY expressions must appear in select list")
			}
		}
		for i := range *targets {
			t := &(*targets)[i]
			var err error
			if t.expr, err = s.textIfUnknown(t.expr); err != nil {
				return d, err
			}
			if r := s.rows[t.expr]; r != nil && r.plain() && !sc.hasAggs && !sc.hasWindows && len(n.GroupClause) == 0 && n.HavingClause == nil {
				d.rows = true
				continue
			}
			if err := s.checkEquality(t.expr, t.span); err != nil {
				return d, err
			}
		}
		return d, nil
	}
	d.on = true
	for _, e := range n.DistinctClause {
		sc.clause = inDistinctOn
		i, err := s.outputColumn(sc, targets, e, inDistinctOn)
		if err != nil {
			return d, err
		}
		if err := s.checkEquality((*targets)[i].expr, s.nodeSpan(e)); err != nil {
			return d, err
		}
		d.targets = append(d.targets, i)
		d.spans = append(d.spans, s.nodeSpan(e))
	}
	return d, d.matchOrder(order)
}

// matchOrder checks that the ON expressions come first in ORDER BY.
func (d distinctSpec) matchOrder(order []sortItem) error {
	in := func(target int) bool {
		for _, t := range d.targets {
			if t == target {
				return true
			}
		}
		return false
	}
	seen := map[int]bool{}
	for _, o := range order {
		if in(o.target) {
			seen[o.target] = true
			continue
		}
		for i, t := range d.targets {
			if !seen[t] {
				return diag.ColumnReference.At(d.spans[i], "SELECT DISTINCT ON expressions must match initial ORDER BY expressions")
			}
		}
		break
	}
	return nil
}
