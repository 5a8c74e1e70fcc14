package bind

import (
	"github.com/prequel-db/prequel/sqlparse/bound"
	"github.com/prequel-db/prequel/sqlparse/catalog"
	"github.com/prequel-db/prequel/sqlparse/diag"
	"github.com/prequel-db/prequel/sqlparse/scalar"

	pg "github.com/pganalyze/pg_query_go/v5"
)

// merge binds MERGE. The condition of the join and WHEN MATCHED see both sides, WHEN NOT MATCHED sees the source alone.
func (s *stmt) merge(n *pg.MergeStmt) (bound.Body, error) {
	t, err := s.targetTable(n.Relation, func(v *catalog.View) error {
		return diag.NotInPostgres.At(s.tableSpan(n.Relation), "cannot execute MERGE on relation %q", v.Name).
			WithHelp("This operation is not supported for views.")
	})
	if err != nil {
		return nil, err
	}
	sc := newScope(nil)
	out := &bound.Merge{Table: t, Span: s.tableSpan(n.Relation)}
	if err := s.with(sc, n.WithClause, &out.With); err != nil {
		return nil, err
	}
	if len(s.parts) > 0 {
		return nil, diag.UnsupportedStatement.At(out.Span, "MERGE behind writes in WITH is not supported").
			WithHelp("write in a statement of its own, in one function")
	}
	if err := unreachable(s, n.MergeWhenClauses); err != nil {
		return nil, err
	}
	out.Old = s.tableColumns(sc, t)
	own := s.tableItem(t, n.Relation, out.Old)
	src, err := s.fromItem(sc, n.SourceRelation)
	if err != nil {
		return nil, err
	}
	if err := checkNames([]*item{own}, src.names); err != nil {
		return nil, err
	}
	out.Source, out.Cols = src.from, src.ids
	source := &scope{parent: sc.parent, ctes: sc.ctes, items: src.names}
	sc.items = append([]*item{own}, src.names...)
	sc.clause = inJoin
	e, err := s.expr(sc, n.JoinCondition)
	if err != nil {
		return nil, err
	}
	if out.On, err = s.coerceBool(e, "JOIN/ON"); err != nil {
		return nil, err
	}
	for _, c := range n.MergeWhenClauses {
		w := c.GetMergeWhenClause()
		sees := source
		if w.Matched {
			sees = sc
		}
		a := bound.MergeAction{Matched: w.Matched}
		if a.Cond, err = s.condition(sees, w.Condition, inMergeWhen); err != nil {
			return nil, err
		}
		if a.Write, err = s.mergeAction(sees, out, w); err != nil {
			return nil, err
		}
		out.Actions = append(out.Actions, a)
	}
	for _, t := range bound.EffectsOf(out).Triggers {
		if t.Statement {
			return nil, refusedTrigger(t.Table, t.Trigger, out.Span, "a trigger FOR EACH STATEMENT that MERGE fires is not supported")
		}
		if t.Before && !t.Cascaded && t.Reads {
			return nil, diag.Triggered.At(out.Span, "the trigger %s on %s (%s) reads or writes before a change that MERGE makes, which is not supported",
				t.Name, t.Table.Name, t.Span).WithHelp("make it an AFTER trigger")
		}
	}
	return out, nil
}

// unreachable refuses a WHEN clause behind one of its kind that has no condition.
func unreachable(s *stmt, list []*pg.Node) error {
	always := map[bool]bool{}
	for _, c := range list {
		w := c.GetMergeWhenClause()
		if always[w.Matched] {
			return diag.Malformed.At(s.text.span(firstToken(s.text.SQL)), "unreachable WHEN clause specified after unconditional WHEN clause")
		}
		always[w.Matched] = w.Condition == nil
	}
	return nil
}

// mergeAction binds what a WHEN clause does, nil for nothing.
func (s *stmt) mergeAction(sc *scope, m *bound.Merge, w *pg.MergeWhenClause) (bound.Body, error) {
	t := m.Table
	var err error
	switch w.CommandType {
	case pg.CmdType_CMD_UPDATE:
		out := &bound.Update{Table: t, Old: m.Old, New: s.tableColumns(sc, t), Span: m.Span}
		sc.clause = inUpdateSet
		if out.Set, err = s.setList(sc, &writeTarget{table: t}, w.TargetList); err != nil {
			return nil, err
		}
		out.Effects, err = s.effects(out, out.Span, func(f *triggers) error { return f.updated(t, assignedColumns(out.Set), false) })
		return out, err
	case pg.CmdType_CMD_DELETE:
		out := &bound.Delete{Table: t, Old: m.Old, Span: m.Span}
		out.Effects, err = s.effects(out, out.Span, func(f *triggers) error { return f.deleted(t, false) })
		return out, err
	case pg.CmdType_CMD_INSERT:
		out := &bound.Insert{Table: t, Span: m.Span, New: s.tableColumns(newScope(nil), t)}
		cols, err := s.insertColumns(&writeTarget{table: t}, w.TargetList)
		if err != nil {
			return nil, err
		}
		out.Assign = make([]scalar.Expr, len(t.Columns))
		if len(w.Values) > 0 {
			if err := s.insertRow(sc, t, cols, w.Values, len(w.TargetList) > 0, out.Assign); err != nil {
				return nil, err
			}
		}
		if err := s.defaults(&writeTarget{table: t}, out.Assign, w.Override, out.Span); err != nil {
			return nil, err
		}
		out.Effects, err = s.effects(out, out.Span, func(f *triggers) error { return f.inserted(t) })
		return out, err
	}
	return nil, nil
}
