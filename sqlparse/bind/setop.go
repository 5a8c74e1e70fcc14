package bind

import (
	"strconv"
	"strings"

	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqlparse/bound"
	"github.com/prequel-db/prequel/sqlparse/builtin"
	"github.com/prequel-db/prequel/sqlparse/diag"
	"github.com/prequel-db/prequel/sqlparse/scalar"

	pg "github.com/pganalyze/pg_query_go/v5"
)

var setOpNames = map[pg.SetOperation]string{
	pg.SetOperation_SETOP_UNION: "union", pg.SetOperation_SETOP_INTERSECT: "intersect", pg.SetOperation_SETOP_EXCEPT: "except",
}

// setOperation binds UNION, INTERSECT or EXCEPT with its ORDER BY and LIMIT.
func (s *stmt) setOperation(sc *scope, q *bound.Query, n *pg.SelectStmt) error {
	op := &bound.SetOp{Op: setOpNames[n.Op], All: n.All}
	q.SetOp = op
	var err error
	if op.Left, err = s.setOperand(sc, n.Larg); err != nil {
		return err
	}
	if c := s.recursiveColumns(sc, n, op.Left); c != nil {
		if op.Right, err = s.recursiveTerm(sc, c, op, n); err != nil {
			return err
		}
	} else if op.Right, err = s.setOperand(sc, n.Rarg); err != nil {
		return err
	}
	if err := s.matchColumns(sc, op, n); err != nil {
		return err
	}
	names := visible(op.Left)
	var targets []target
	cols := itemColumns(s, op.Cols)
	for i, id := range op.Cols {
		targets = append(targets, target{expr: cols[i].expr, name: names[i].Name, span: names[i].Span})
		s.facts[id].owner = sc
	}
	return s.finishSetQuery(sc, q, targets, cols, n)
}

func itemColumns(s *stmt, ids []scalar.ColumnID) []itemColumn {
	out := make([]itemColumn, len(ids))
	for i, id := range ids {
		out[i] = itemColumn{name: s.cols.Get(id).Name, expr: s.column(id, diag.Span{})}
	}
	return out
}

// finishSetQuery binds ORDER BY and LIMIT over the result's columns and passes them to the targets.
func (s *stmt) finishSetQuery(sc *scope, q *bound.Query, targets []target, cols []itemColumn, n *pg.SelectStmt) error {
	sc.items = []*item{{cols: cols, namesColumns: true}}
	count := len(targets)
	order, err := s.orderBy(sc, &targets, n.SortClause)
	if err != nil {
		return err
	}
	if len(targets) > count {
		return diag.NotInPostgres.At(targets[count].span, "invalid UNION/INTERSECT/EXCEPT ORDER BY clause").
			WithHelp("only result column names can be used, not expressions or functions; put the query into FROM and order outside")
	}
	if err := s.limit(sc, q, n); err != nil {
		return err
	}
	for i := range targets {
		t := &targets[i]
		c := t.expr.(*scalar.Column)
		t.id = s.newColumn(nil, t.name, t.expr.Type(), s.facts[c.ID].nullable)
		q.Targets = append(q.Targets, bound.Target{ID: t.id, Name: t.name, Expr: t.expr, Span: t.span})
	}
	for _, o := range order {
		o.key.Expr = s.column(targets[o.target].id, o.span)
		q.OrderBy = append(q.OrderBy, o.key)
	}
	return nil
}

// setOperand binds a side. A nested set operation without clauses of its own is bound in the same way.
func (s *stmt) setOperand(sc *scope, n *pg.SelectStmt) (*bound.Query, error) {
	inner := newScope(sc)
	inner.lateral = sc.lateral
	// Literals stay untyped until the columns of both sides are matched.
	return s.query(inner, n, false)
}

// matchColumns gives each pair of columns its common type and the result its ids.
func (s *stmt) matchColumns(sc *scope, op *bound.SetOp, n *pg.SelectStmt) error {
	left, right := visible(op.Left), visible(op.Right)
	name := strings.ToUpper(op.Op)
	if len(left) != len(right) {
		at := diag.Span{}
		if len(right) > 0 {
			at = right[0].Span
		}
		return diag.Malformed.At(at, "each %s query must have the same number of columns", name)
	}
	lx, rx := make([]scalar.Expr, len(left)), make([]scalar.Expr, len(right))
	for i := range left {
		lx[i], rx[i] = s.operandColumn(op.Left, left[i]), s.operandColumn(op.Right, right[i])
		typ, err := s.commonType([]scalar.Expr{lx[i], rx[i]}, name)
		if err != nil {
			return err
		}
		if err := s.convertColumn(op.Left, left[i], typ, name); err != nil {
			return err
		}
		if err := s.convertColumn(op.Right, right[i], typ, name); err != nil {
			return err
		}
		if op.Op != "union" || !op.All {
			if err := comparesRow(lx[i], left[i].Span); err != nil {
				return err
			}
			if _, ok := s.types.Ordering(s.types.OID(typ)); !ok {
				return diag.UndefinedFunction.At(left[i].Span, "could not identify an equality operator for type %s", unmodified(typ))
			}
		}
		nullable := s.facts[left[i].ID].nullable
		rn := s.facts[right[i].ID].nullable
		switch op.Op {
		case "union":
			nullable = nullable || rn
		case "intersect":
			nullable = nullable && rn
		}
		op.Cols = append(op.Cols, s.newColumn(sc, left[i].Name, typ, nullable))
	}
	op.Left, op.Right = s.settleOperand(op.Left, left, op.Cols), s.settleOperand(op.Right, right, op.Cols)
	return nil
}

// operandColumn stands for a side's column when types are chosen: the literal or parameter itself while it has no type.
func (s *stmt) operandColumn(q *bound.Query, t *bound.Target) scalar.Expr {
	if t.Expr.Type().Kind == value.Unknown {
		return t.Expr
	}
	return &scalar.Column{Node: scalar.Node{Typ: t.Expr.Type(), Pos: t.Span}, ID: t.ID}
}

// convertColumn types an untyped output column in place. Typed columns are converted by settleOperand.
func (s *stmt) convertColumn(q *bound.Query, t *bound.Target, typ value.Type, what string) error {
	if t.Expr.Type().Kind != value.Unknown {
		if !s.types.CanCoerce([]builtin.OID{s.oid(t.Expr)}, []builtin.OID{s.types.OID(typ)}, builtin.Implicit) {
			return diag.CannotCoerce.At(t.Span, "%s could not convert type %s to %s", what, unmodified(t.Expr.Type()), unmodified(typ))
		}
		return nil
	}
	e, err := s.coerceCommon(t.Expr, typ, what)
	if err != nil {
		return err
	}
	t.Expr = e
	s.retype(t.ID, e.Type())
	return nil
}

func (s *stmt) retype(id scalar.ColumnID, typ value.Type) { s.cols.Get(id).Type = typ }

// settleOperand converts a side's columns to the result's types: in its target list where nothing depends on the old types, else by
// a projection around it.
func (s *stmt) settleOperand(q *bound.Query, cols []*bound.Target, result []scalar.ColumnID) *bound.Query {
	exprs := make([]scalar.Expr, len(cols))
	changed := false
	plain := q.SetOp == nil && !q.Distinct && q.DistinctOn == nil && len(q.OrderBy) == 0 && len(q.With) == 0
	for i, t := range cols {
		typ := s.cols.Get(result[i]).Type
		exprs[i] = s.column(t.ID, t.Span)
		if t.Expr.Type().SameBase(typ) {
			continue
		}
		changed = true
		from := exprs[i]
		if plain {
			from = t.Expr
		}
		// CanCoerce has been asked, so this cannot fail for a type that values have.
		if e, err := s.coerce(from, s.types.OID(typ), builtin.Implicit, t.Span); err == nil {
			exprs[i] = e
			if plain {
				t.Expr = e
				s.retype(t.ID, e.Type())
			}
		}
	}
	if !changed || plain {
		return q
	}
	return s.project(q, cols, exprs)
}

// values binds VALUES (...), ....
func (s *stmt) values(sc *scope, q *bound.Query, n *pg.SelectStmt) error {
	rows, err := s.valuesRows(sc, n)
	if err != nil {
		return err
	}
	for col := range rows[0] {
		column := make([]scalar.Expr, len(rows))
		for i := range rows {
			column[i] = rows[i][col]
		}
		typ, err := s.commonType(column, "VALUES")
		if err != nil {
			return err
		}
		nullable := false
		for i := range rows {
			if rows[i][col], err = s.coerceCommon(column[i], typ, "VALUES"); err != nil {
				return err
			}
			nullable = nullable || s.nullable(rows[i][col], nil)
		}
		q.ValuesCols = append(q.ValuesCols, s.newColumn(sc, "column"+strconv.Itoa(col+1), typ, nullable))
	}
	q.Values = rows
	cols := itemColumns(s, q.ValuesCols)
	targets := make([]target, len(cols))
	for i, c := range cols {
		targets[i] = target{expr: c.expr, name: c.name, span: rows[0][i].Span()}
	}
	return s.finishSetQuery(sc, q, targets, cols, n)
}

func (s *stmt) valuesRows(sc *scope, n *pg.SelectStmt) ([][]scalar.Expr, error) {
	sc.clause = inValues
	var rows [][]scalar.Expr
	for _, l := range n.ValuesLists {
		row, err := s.exprs(sc, l.GetList().GetItems())
		if err != nil {
			return nil, err
		}
		if len(rows) > 0 && len(row) != len(rows[0]) {
			return nil, diag.Malformed.At(row[0].Span(), "VALUES lists must all be the same length")
		}
		rows = append(rows, row)
	}
	return rows, nil
}
