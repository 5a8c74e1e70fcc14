package bind

import (
	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqlparse/bound"
	"github.com/prequel-db/prequel/sqlparse/diag"
	"github.com/prequel-db/prequel/sqlparse/scalar"

	pg "github.com/pganalyze/pg_query_go/v5"
)

// query binds a SELECT, VALUES or set operation. With resolve set, output columns of unknown type become text. Which tables it holds while
// functions run in it is known when it is bound: it is bound again where that changes what TRUNCATE does in them.
func (s *stmt) query(parent *scope, n *pg.SelectStmt, resolve bool) (*bound.Query, error) {
	parts := s.parts
	q, err := s.queryOnce(parent, n, resolve)
	if err != nil {
		return nil, err
	}
	if own, err := s.truncatesItsOwn(q); err != nil || !own {
		return q, err
	}
	s.parts = parts
	defer s.holding(q)()
	return s.queryOnce(parent, n, resolve)
}

func (s *stmt) queryOnce(parent *scope, n *pg.SelectStmt, resolve bool) (*bound.Query, error) {
	sc := newScope(parent)
	q := &bound.Query{}
	if err := s.with(sc, n.WithClause, &q.With); err != nil {
		return nil, err
	}
	if err := s.checkSelect(n); err != nil {
		return nil, err
	}
	var err error
	switch {
	case isSetOperation(n):
		err = s.setOperation(sc, q, n)
	case len(n.ValuesLists) > 0:
		err = s.values(sc, q, n)
	default:
		err = s.selectCore(sc, q, n, resolve)
	}
	if err != nil {
		return nil, err
	}
	return q, s.checkLocking(sc, n)
}

// checkSelect refuses what PostgreSQL refuses before it looks at any name, and clauses that have no counterpart here.
func (s *stmt) checkSelect(n *pg.SelectStmt) error {
	start := s.text.span(firstToken(s.text.SQL))
	if n.IntoClause != nil {
		return diag.UnsupportedStatement.At(start, "SELECT INTO is not supported").
			WithHelp("declare the table, and use INSERT ... SELECT")
	}
	for _, c := range n.LockingClause {
		name := lockNames[c.GetLockingClause().GetStrength()]
		switch {
		case isSetOperation(n):
			return diag.NotInPostgres.At(start, "%s is not allowed with UNION/INTERSECT/EXCEPT", name)
		case len(n.ValuesLists) > 0:
			return diag.NotInPostgres.At(start, "%s cannot be applied to VALUES", name)
		}
	}
	return nil
}

func isSetOperation(n *pg.SelectStmt) bool {
	return n.Op != pg.SetOperation_SETOP_NONE && n.Op != pg.SetOperation_SET_OPERATION_UNDEFINED
}

// target is an output column being bound.
type target struct {
	expr   scalar.Expr
	name   string
	hidden bool
	field  bool // it is there as a field of a row that is grouped or sorted by
	embed  string
	span   diag.Span
	id     scalar.ColumnID
}

// selectCore binds SELECT ... FROM ... WHERE ... in the order in which PostgreSQL looks at the clauses, which decides what type a
// parameter gets.
func (s *stmt) selectCore(sc *scope, q *bound.Query, n *pg.SelectStmt, resolve bool) error {
	for _, w := range n.WindowClause {
		def := w.GetWindowDef()
		if found, _ := findWindow(sc.windows, def.Name); found != nil {
			return diag.Windowing.At(s.span(def.Location), "window %q is already defined", def.Name)
		}
		sc.windows = append(sc.windows, def)
	}
	var err error
	if q.From, err = s.fromClause(sc, n.FromClause); err != nil {
		return err
	}
	sc.expands = true
	targets, err := s.targetList(sc, n.TargetList, inTargets)
	if err != nil {
		return err
	}
	if q.Where, err = s.condition(sc, n.WhereClause, inWhere); err != nil {
		return err
	}
	if q.Having, err = s.condition(sc, n.HavingClause, inHaving); err != nil {
		return err
	}
	order, err := s.orderBy(sc, &targets, n.SortClause)
	if err != nil {
		return err
	}
	groups, err := s.groupBy(sc, &targets, n)
	if err != nil {
		return err
	}
	distinct, err := s.distinct(sc, &targets, order, n)
	if err != nil {
		return err
	}
	if distinct.rows {
		// Rows of which one stands for all that are equal: one group for each.
		distinct.all, groups = false, &groupSpec{}
		for i := range targets {
			if err := s.groupTarget(&targets, groups, i); err != nil {
				return err
			}
		}
	}
	if err := s.limit(sc, q, n); err != nil {
		return err
	}
	for i := range sc.windows {
		sc.clause = inWindow
		if _, err := s.namedWindow(sc, sc.windows[i], i); err != nil {
			return err
		}
	}
	if resolve {
		for i := range targets {
			if targets[i].expr, err = s.textIfUnknown(targets[i].expr); err != nil {
				return err
			}
		}
	}
	q.HasGroup = sc.hasAggs || n.HavingClause != nil || len(n.GroupClause) > 0 || distinct.rows
	if q.HasGroup {
		groups.install(q, targets)
		if err := s.checkGrouping(sc, q, groups, targets); err != nil {
			return err
		}
	}
	s.finishTargets(q, targets, order, distinct)
	for _, t := range q.Targets {
		if err := s.checkSets(t.Expr); err != nil {
			return err
		}
	}
	return nil
}

// condition binds WHERE or HAVING.
func (s *stmt) condition(sc *scope, n *pg.Node, c clause) (scalar.Expr, error) {
	if n == nil {
		return nil, nil
	}
	sc.clause = c
	e, err := s.expr(sc, n)
	if err != nil {
		return nil, err
	}
	return s.coerceBool(e, clauseNames[c])
}

// targetList binds output columns, * expanded.
func (s *stmt) targetList(sc *scope, list []*pg.Node, c clause) ([]target, error) {
	sc.clause = c
	var out []target
	for _, n := range list {
		r := n.GetResTarget()
		if ref := r.GetVal().GetColumnRef(); isStar(ref) {
			stars, err := s.star(sc, ref)
			if err != nil {
				return nil, err
			}
			out = append(out, stars...)
			continue
		}
		if fields, err := s.rowFields(sc, r.GetVal().GetAIndirection()); fields != nil || err != nil {
			if err != nil {
				return nil, err
			}
			out = append(out, fields...)
			continue
		}
		e, err := s.expr(sc, r.GetVal())
		if err != nil {
			return nil, err
		}
		name := r.GetName()
		if name != "" {
			s.nameParam(e, name)
		} else if name, _ = figureName(r.GetVal()); name == "" {
			name = "?column?"
		}
		out = append(out, target{expr: e, name: name, span: e.Span()})
	}
	return out, nil
}

// star expands * and table.*.
func (s *stmt) star(sc *scope, ref *pg.ColumnRef) ([]target, error) {
	span := s.refSpan(ref)
	embed := ""
	if s.views == 0 { // a view's text has places of its own
		embed = s.embeds[int(ref.Location)]
	}
	names := stringsOf(ref.Fields[:len(ref.Fields)-1])
	if len(names) == 2 && names[0] == "public" {
		names = names[1:]
	}
	var out []target
	var bad error
	add := func(it *item) {
		for _, c := range it.cols {
			if bad == nil {
				bad = c.unusable(span)
			}
			if c.opaque != nil {
				continue
			}
			out = append(out, target{expr: at(c.expr, span), name: c.name, embed: embed, span: span})
		}
	}
	switch len(names) {
	case 0:
		found := false
		for _, it := range sc.items {
			if it.namesColumns {
				found = true
				add(it)
			}
		}
		if !found {
			return nil, diag.Malformed.At(span, "SELECT * with no tables specified is not valid")
		}
	case 1:
		it, err := s.tableByName(sc, names[0], span)
		if err != nil {
			return nil, err
		}
		if it == nil {
			for _, n := range s.expandStars([]*pg.Node{{Node: &pg.Node_ColumnRef{ColumnRef: ref}}}) {
				if n.GetColumnRef() == ref {
					return nil, s.missingTable(sc, names[0], span)
				}
				fields := n.GetColumnRef().Fields
				e, err := s.variableRef(stringsOf(fields), span)
				if err != nil {
					return nil, err
				}
				out = append(out, target{expr: e, name: fields[len(fields)-1].GetString_().GetSval(), span: span})
			}
			return out, nil
		}
		add(it)
	default:
		return nil, diag.OtherSchema.At(span, "schema %s is not supported", names[0])
	}
	return out, bad
}

// limit binds LIMIT and OFFSET; both are bigint.
func (s *stmt) limit(sc *scope, q *bound.Query, n *pg.SelectStmt) error {
	one := func(node *pg.Node, c clause, name string) (scalar.Expr, error) {
		if node == nil {
			return nil, nil
		}
		sc.clause = c
		e, err := s.expr(sc, node)
		if err != nil {
			return nil, err
		}
		if e, err = s.coerceClause(e, value.Of(value.Int8), clauseNames[c]); err != nil {
			return nil, err
		}
		if s.usesLevel(e, sc) {
			return nil, diag.ColumnReference.At(e.Span(), "argument of %s must not contain variables", clauseNames[c])
		}
		s.nameParam(e, name)
		if k, ok := e.(*scalar.Const); ok && k.Null {
			return nil, nil // LIMIT NULL, LIMIT ALL
		}
		return e, nil
	}
	var err error
	if q.Offset, err = one(n.LimitOffset, inOffset, "offset"); err != nil {
		return err
	}
	if q.Limit, err = one(n.LimitCount, inLimit, "limit"); err != nil {
		return err
	}
	if n.LimitOption == pg.LimitOption_LIMIT_OPTION_WITH_TIES {
		if len(n.SortClause) == 0 {
			return diag.Malformed.At(s.nodeSpan(n.LimitCount), "WITH TIES cannot be specified without ORDER BY clause")
		}
		if n.LimitCount.GetAConst().GetIsnull() {
			return diag.Malformed.At(s.nodeSpan(n.LimitCount), "row count cannot be null in FETCH FIRST ... WITH TIES clause").WithState("2201W")
		}
		q.WithTies = true
	}
	return nil
}

// finishTargets gives output columns their ids and writes ORDER BY and DISTINCT down.
//
// A sort key is an expression over FROM. With DISTINCT it is an output column, and with DISTINCT ON the expressions that are
// not in the SELECT list become hidden output columns. An output column that holds a query is referred to by id always,
// as a query may stand in one place only.
func (s *stmt) finishTargets(q *bound.Query, targets []target, order []sortItem, distinct distinctSpec) {
	facts := s.provenFacts(q)
	for i := range targets {
		t := &targets[i]
		if t.hidden && !distinct.on {
			continue
		}
		t.id = s.newColumn(nil, t.name, t.expr.Type(), s.outputNullable(q, t.expr, facts))
		q.Targets = append(q.Targets, bound.Target{ID: t.id, Name: t.name, Expr: t.expr, Hidden: t.hidden, Embed: t.embed, Span: t.span})
	}
	ref := func(i int, span diag.Span) scalar.Expr {
		t := &targets[i]
		if t.id != 0 && (distinct.all || distinct.on || scalar.HasSubquery(t.expr)) {
			return s.column(t.id, span)
		}
		return t.expr
	}
	for _, o := range order {
		o.key.Expr = ref(o.target, o.span)
		q.OrderBy = append(q.OrderBy, o.key)
	}
	q.Distinct = distinct.all
	for _, i := range distinct.targets {
		q.DistinctOn = append(q.DistinctOn, ref(i, targets[i].span))
	}
}
