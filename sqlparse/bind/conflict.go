package bind

import (
	"slices"
	"sort"

	"github.com/prequel-db/prequel/sqlparse/bound"
	"github.com/prequel-db/prequel/sqlparse/catalog"
	"github.com/prequel-db/prequel/sqlparse/diag"
	"github.com/prequel-db/prequel/sqlparse/scalar"

	pg "github.com/pganalyze/pg_query_go/v5"
)

// onConflict binds ON CONFLICT: which constraint it is about, and what to do. Subqueries see the WITH queries of around.
func (s *stmt) onConflict(around *scope, n *pg.InsertStmt, to *writeTarget) (*bound.OnConflict, error) {
	t := to.table
	c := n.OnConflictClause
	out := &bound.OnConflict{Span: s.span(c.Location)}
	update := c.Action == pg.OnConflictAction_ONCONFLICT_UPDATE
	if c.Infer == nil {
		if update {
			return nil, diag.Malformed.At(out.Span, "ON CONFLICT DO UPDATE requires inference specification or constraint name").
				WithHelp("for example, ON CONFLICT (column_name)")
		}
	} else if err := s.arbiter(out, c.Infer, n.Relation, to); err != nil {
		return nil, err
	}
	if !update {
		return out, nil
	}
	out.DoUpdate = true
	sc := newScope(around)
	out.Old, out.Excluded = s.tableColumns(sc, t), s.tableColumns(sc, t)
	excluded, err := to.item(s, n.Relation, out.Excluded)
	if err != nil {
		return nil, err
	}
	excluded.name, excluded.relation = "excluded", ""
	own, err := to.item(s, n.Relation, out.Old)
	if err != nil {
		return nil, err
	}
	if err := checkNames([]*item{own}, []*item{excluded}); err != nil {
		return nil, err
	}
	sc.items = []*item{own, excluded}
	sc.clause = inConflict
	if out.Set, err = s.setList(sc, to.forUpdate(), c.TargetList); err != nil {
		return nil, err
	}
	out.Where, err = s.condition(sc, c.WhereClause, inWhere)
	return out, err
}

// arbiter finds the constraint that ON CONFLICT means.
func (s *stmt) arbiter(out *bound.OnConflict, in *pg.InferClause, relation *pg.RangeVar, to *writeTarget) error {
	t := to.table
	span := s.span(in.Location)
	if in.Conname != "" {
		if len(to.levels) > 0 {
			return diag.UndefinedObject.At(span, "constraint %q for table %q does not exist", in.Conname, to.name())
		}
		if in.Conname == t.PrimaryKeyName && len(t.PrimaryKey) > 0 {
			out.PrimaryKey = true
			return nil
		}
		for _, u := range t.Uniques {
			if u.Name == in.Conname && !u.Index {
				out.Uniques = []*catalog.Unique{u}
				return nil
			}
		}
		return diag.UndefinedObject.At(span, "constraint %q for table %q does not exist", in.Conname, t.Name)
	}
	var cols []int
	var exprs []scalar.Expr
	var sc *scope
	var ids []scalar.ColumnID // of the expressions
	for _, n := range in.IndexElems {
		e := n.GetIndexElem()
		if e.GetExpr() != nil {
			if sc == nil {
				sc, ids = s.targetScope(t, relation)
			}
			x, err := s.expr(sc, e.Expr)
			if err != nil {
				return err
			}
			if c, ok := x.(*scalar.Column); ok { // a column in parentheses
				cols = append(cols, slices.Index(ids, c.ID))
				continue
			}
			exprs = append(exprs, x)
			continue
		}
		if err := s.checkNoVariable(e.GetName(), span); err != nil {
			return err
		}
		at := t.Column(e.GetName())
		if at < 0 {
			return diag.UndefinedColumn.At(span, "column %q does not exist", e.GetName())
		}
		cols = append(cols, at)
	}
	out.PrimaryKey = exprs == nil && sameSet(cols, t.PrimaryKey)
	for _, u := range t.Uniques {
		if !s.over(u, cols, exprs, ids) {
			continue
		}
		if u.Where == "" {
			out.Uniques = append(out.Uniques, u)
			continue
		}
		if in.WhereClause != nil {
			same, err := s.samePredicate(in.WhereClause, u, t)
			if err != nil {
				return err
			}
			if same {
				out.Uniques = append(out.Uniques, u)
			}
		}
	}
	if out.PrimaryKey || out.Uniques != nil {
		return nil
	}
	return diag.ColumnReference.At(span, "there is no unique or exclusion constraint matching the ON CONFLICT specification")
}

// over reports whether a constraint is over these columns and expressions, in any order. ids are the columns of the expressions.
func (s *stmt) over(u *catalog.Unique, cols []int, exprs []scalar.Expr, ids []scalar.ColumnID) bool {
	var own []int
	var declared []*catalog.IndexExpr
	for i, c := range u.Columns {
		if c >= 0 {
			own = append(own, c)
		} else {
			declared = append(declared, u.Exprs[i])
		}
	}
	for _, e := range exprs {
		if !slices.ContainsFunc(declared, func(x *catalog.IndexExpr) bool { return s.sameIndexExpr(e, ids, x) }) {
			return false
		}
	}
	for _, x := range declared {
		if !slices.ContainsFunc(exprs, func(e scalar.Expr) bool { return s.sameIndexExpr(e, ids, x) }) {
			return false
		}
	}
	return sameSet(cols, own) || len(cols)+len(own) == 0 && len(exprs) > 0
}

func sameSet(a, b []int) bool {
	x, y := unique(a), unique(b)
	if len(x) != len(y) || len(x) == 0 {
		return false
	}
	for i := range x {
		if x[i] != y[i] {
			return false
		}
	}
	return true
}

func unique(list []int) []int {
	out := append([]int{}, list...)
	sort.Ints(out)
	n := 0
	for i, v := range out {
		if i == 0 || v != out[n-1] {
			out[n] = v
			n++
		}
	}
	return out[:n]
}
