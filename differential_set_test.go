package prequel_test

import "fmt"

// rowItem assigns several columns at once, from a row of expressions or from a query.
type rowItem struct {
	cols []*column
	row  []*expr
	sub  *query
}

func (p *printer) rowItem(r *rowItem) {
	p.columns("", r.cols)
	p.WriteString(" = ")
	if r.sub != nil {
		p.WriteString("(")
		p.nested++
		p.query(r.sub)
		p.nested--
		p.WriteString(")")
		return
	}
	for i, e := range r.row {
		p.lead(i, ", ", "ROW(")
		p.orDefault(e)
	}
	p.WriteString(")")
}

// rowOf makes assignments to single columns one of a row. The query gives one row at most: that of a key, or of an aggregate.
func (g *generator) rowOf(items []setItem, s *scope) []setItem {
	r := &rowItem{}
	for _, it := range items {
		r.cols, r.row = append(r.cols, it.col), append(r.row, it.expr)
	}
	if g.chance(40) {
		return []setItem{{row: r}}
	}
	t := pick(g.r, g.c.tables)
	g.aliases++
	f := &fromItem{table: t, alias: fmt.Sprintf("s%d", g.aliases)}
	q := &query{from: []*fromItem{f}}
	for _, k := range t.key {
		eq := op(tBool, "(%s = %s)", colExpr(&scopeColumn{from: f, col: k}), g.leaf(s, k.typ))
		if q.where == nil {
			q.where = eq
		} else {
			q.where = op(tBool, "(%s AND %s)", q.where, eq)
		}
	}
	for _, c := range r.cols {
		fit := ofType(f.scope(), c.typ)
		switch {
		case t.key == nil && len(fit) > 0 && c.typ.ordered():
			q.targets = append(q.targets, op(c.typ, "max(%s)", colExpr(pick(g.r, fit))))
		case t.key == nil && c.typ == tInt8:
			q.targets = append(q.targets, op(tInt8, "count(*)"))
		case t.key != nil && len(fit) > 0:
			q.targets = append(q.targets, colExpr(pick(g.r, fit)))
		case t.key != nil:
			q.targets = append(q.targets, g.leaf(s, c.typ))
		default:
			return []setItem{{row: r}}
		}
	}
	r.row, r.sub = nil, q
	return []setItem{{row: r}}
}

// ordered reports whether PostgreSQL 15 has min and max of a type, with that type as their result.
func (t *sqlType) ordered() bool {
	switch t {
	case tBool, tUUID, tBytea, tJSONB, tVchar, tNum92:
		return false
	}
	return !t.domain()
}

// items lets the shrinker into SET.
func (s *shrinker) items(list []setItem) {
	for i := range list {
		it := &list[i]
		if it.row == nil {
			s.expr(&it.expr)
			continue
		}
		for j := range it.row.row {
			s.expr(&it.row.row[j])
		}
		if old := *it; it.row.sub == nil && len(it.row.row) == 1 {
			s.try(func() { *it = setItem{col: old.row.cols[0], expr: old.row.row[0]} }, func() { *it = old })
		}
		if it.row != nil && it.row.sub != nil {
			s.clearExpr(&it.row.sub.where)
		}
	}
}
