package bind

import (
	"slices"
	"strings"

	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqlparse/bound"
	"github.com/prequel-db/prequel/sqlparse/catalog"
	"github.com/prequel-db/prequel/sqlparse/diag"
	"github.com/prequel-db/prequel/sqlparse/plpgsql"
	"github.com/prequel-db/prequel/sqlparse/scalar"

	pg "github.com/pganalyze/pg_query_go/v5"
)

// trigger is what a routine that is a trigger's function knows of its call.
type trigger struct {
	*catalog.Trigger
	table    *catalog.Table
	event    catalog.Event
	old, new *variable
	skip     int // variable, -1 until something returns NULL
	end      int // the label behind the body
}

// declareRow declares NEW or OLD.
func (r *routine) declareRow(name string, there bool) *variable {
	v := &variable{name: name, record: &record{fixed: true, row: true}}
	t := r.trigger
	for _, c := range t.table.Columns {
		// Stored generated columns are computed behind the BEFORE triggers.
		if !there || c.Generated != "" && t.Before && name == "new" {
			v.record.fields = append(v.record.fields, field{name: c.Name, at: -1, value: nullOf(c.Type, r.fn.Span)})
			continue
		}
		at := r.newVar(name+"_"+c.Name, c.Type)
		v.record.fields = append(v.record.fields, field{name: c.Name, at: at})
		r.domains[at] = c.Domain
	}
	r.scope.vars[name] = v
	return v
}

// special declares a constant of the call.
func (r *routine) special(name string, e scalar.Expr) {
	r.scope.vars[name] = &variable{name: name, at: -1, value: e, constant: true}
}

// openTrigger begins the function of a trigger: its names.
func (s *stmt) openTrigger(t *catalog.Table, tr *catalog.Trigger, event catalog.Event, fn *catalog.Function) *routine {
	sh := newShared(&bound.Routine{Function: fn.Name, Span: fn.Span})
	r := &routine{shared: sh, s: s, fn: fn, trigger: &trigger{Trigger: tr, table: t, event: event, skip: -1}}
	r.scope = (*varScope)(nil).child(fn.Name)
	r.trigger.new = r.declareRow("new", event != catalog.Deleting && !tr.Statement)
	r.trigger.old = r.declareRow("old", event != catalog.Inserting && !tr.Statement)
	return r
}

// trigger binds what a trigger does at an event.
func (s *stmt) trigger(t *catalog.Table, tr *catalog.Trigger, event catalog.Event, cascaded bool, at diag.Span) (*bound.Trigger, error) {
	var fn *catalog.Function
	for _, f := range s.cat.Function(tr.Function) {
		if f.Trigger || f.Refused != nil {
			fn = f
		}
	}
	switch {
	case tr.Refused != nil:
		return nil, refusedTrigger(t, tr, at, tr.Refused.Problem)
	case fn == nil:
		return nil, refusedTrigger(t, tr, at, "there is no trigger function "+tr.Function)
	case fn.Refused != nil:
		return nil, refusedTrigger(t, tr, at, "the function "+fn.Name+" is not compiled: "+fn.Refused.Problem)
	}
	r := s.openTrigger(t, tr, event, fn)
	out := &bound.Trigger{Trigger: tr, Table: t, Event: event, Cascaded: cascaded, Body: r.out, Skip: -1}
	text, outer, substitute, depth := s.text, s.routine, s.substitute, s.depth
	s.routine, s.substitute = r, nil
	defer func() { s.text, s.routine, s.substitute, s.depth = text, outer, substitute, depth }()
	if cascaded { // a foreign key's action is a trigger of its own
		s.depth++
	}
	var err error
	if tr.When != "" {
		if out.Cond, err = r.when(); err != nil {
			return nil, err
		}
		if yes, known := decided(out.Cond); known {
			if out.Cond = nil; !yes {
				return nil, nil
			}
		}
	}
	for i, f := range s.firing {
		if f == tr {
			return nil, diag.Triggered.At(at, "the trigger %s on %s fires itself%s (%s), which is not supported", tr.Name, t.Name, by(s.firing[i+1:]), tr.Span).
				WithHelp("change NEW in a BEFORE trigger, or end the recursion with WHEN (pg_trigger_depth() = 0)")
		}
	}
	if !tr.Before { // behind the actions
		s.depth = depth
	}
	s.depth++
	if tr.Before && cascaded { // the foreign key's action is at work
		defer s.hold(t)()
	}
	s.firing = append(s.firing, tr)
	defer func() { s.firing = s.firing[:len(s.firing)-1] }()
	body, err := r.triggerBody()
	if err != nil {
		return nil, err
	}
	if r.results = map[int]bool{}; tr.Before && !tr.Statement && event != catalog.Deleting {
		for _, f := range r.trigger.new.record.fields {
			r.results[f.at] = true
		}
	}
	r.out.Body = r.tidy(body)
	r.describe(out)
	return out, r.oncePerStatement(out, at)
}

// oncePerStatement refuses what a trigger FOR EACH STATEMENT cannot do: it has no row, and what it wrote before its statement the statement
// would not see.
func (r *routine) oncePerStatement(t *bound.Trigger, at diag.Span) error {
	why := ""
	switch {
	case !t.Statement:
		return nil
	case t.Cascaded:
		why = "a trigger FOR EACH STATEMENT that a foreign key's action fires is not supported"
	case len(r.missing) > 0:
		why = "a trigger FOR EACH STATEMENT has no fields of NEW and OLD"
	case t.Before && len(t.Tables) > 0:
		why = "a trigger BEFORE a statement, FOR EACH STATEMENT, that writes is not supported"
	}
	if why == "" {
		return nil
	}
	return refusedTrigger(t.Table, t.Trigger, at, why)
}

func by(list []*catalog.Trigger) string {
	if len(list) == 0 {
		return ""
	}
	return " by way of " + list[0].Name
}

func refusedTrigger(t *catalog.Table, tr *catalog.Trigger, at diag.Span, why string) error {
	return diag.Triggered.At(at, "the statement fires the trigger %s on %s (%s), which is not compiled: %s", tr.Name, t.Name, tr.Span, why)
}

// when binds the condition.
func (r *routine) when() (scalar.Expr, error) {
	tr := r.trigger
	e, err := r.s.boundText(newScope(nil), tr.When, tr.WhenSpan)
	if err != nil {
		return nil, err
	}
	return r.s.coerceBool(e, "WHEN")
}

// CheckTrigger binds the condition of a trigger, as a check that it can be bound.
func (b *Binder) CheckTrigger(t *catalog.Table, tr *catalog.Trigger) error {
	s := b.begin(Verbatim(tr.WhenSpan.Source, tr.When, tr.WhenSpan.Start))
	refuse := func(what string) error {
		return diag.BadDefinition.At(tr.WhenSpan, "%s", what).WithState("42P17")
	}
	for _, event := range []catalog.Event{catalog.Inserting, catalog.Updating, catalog.Deleting} {
		if !tr.On(event, positions(tr.Columns)) {
			continue
		}
		r := s.openTrigger(t, tr, event, &catalog.Function{Name: tr.Function})
		s.routine = r
		links := s.links
		if _, err := r.when(); err != nil {
			return err
		}
		if s.links > links { // written here, unlike those of functions
			return diag.BadDefinition.At(tr.WhenSpan, "cannot use subquery in trigger WHEN condition").WithState("0A000")
		}
		switch {
		case tr.Statement && len(r.missing) > 0:
			return refuse("statement trigger's WHEN condition cannot reference column values")
		case event == catalog.Inserting && r.missing["old"]:
			return refuse("INSERT trigger's WHEN condition cannot reference OLD values")
		case event == catalog.Deleting && r.missing["new"]:
			return refuse("DELETE trigger's WHEN condition cannot reference NEW values")
		case r.missing["new"]:
			return refuse("BEFORE trigger's WHEN condition cannot reference NEW generated columns")
		}
	}
	return nil
}

// triggerBody binds the function.
func (r *routine) triggerBody() ([]bound.Stmt, error) {
	tr := r.trigger
	span := r.fn.Span
	text := func(name, v string) { r.special(name, constant(textType, v, span)) }
	text("tg_name", tr.Name)
	text("tg_op", tr.event.String())
	text("tg_table_name", tr.table.Name)
	text("tg_relname", tr.table.Name)
	text("tg_table_schema", "public")
	text("tg_level", map[bool]string{true: "STATEMENT", false: "ROW"}[tr.Statement])
	text("tg_when", map[bool]string{true: "BEFORE", false: "AFTER"}[tr.Before])
	r.special("tg_nargs", constant(value.Of(value.Int4), itoa(len(tr.Args)), span))
	body := r.reports(span)
	tr.end = r.label()
	r.leave = func([]scalar.Expr) []bound.Stmt {
		r.left[tr.end] = true
		return []bound.Stmt{&bound.Leave{ID: tr.end}}
	}
	own, err := r.plpgsqlBody()
	if err != nil {
		return nil, err
	}
	if tr.skip >= 0 {
		body = append(body, &bound.SetVar{Var: tr.skip, Expr: constant(boolType, "f", span), Span: span})
	}
	return append(body, &bound.Labelled{ID: tr.end, Body: own}), nil
}

// triggerReturn binds RETURN of a trigger's function. What an AFTER trigger returns is ignored.
func (r *routine) triggerReturn(x *plpgsql.Return) ([]bound.Stmt, error) {
	span := r.at(x.At)
	if x.Expr == nil {
		return nil, diag.Syntax.At(span, "missing expression at or near %q", ";")
	}
	tr := r.trigger
	row, null, err := r.returnedRow(x.Expr.In(r.fn.Body), r.at(*x.Expr))
	if err != nil {
		return nil, err
	}
	switch {
	case !tr.Before || tr.Statement:
		return r.leave(nil), nil
	case null:
		if tr.skip < 0 {
			tr.skip = r.newVar("skip", boolType)
		}
		r.used[tr.skip] = true
		set := &bound.SetVar{Var: tr.skip, Expr: constant(boolType, "t", span), Span: span}
		return append([]bound.Stmt{set}, r.leave(nil)...), nil
	case tr.event == catalog.Deleting || row == tr.new:
		return r.leave(nil), nil
	}
	if len(row.record.fields) != len(tr.new.record.fields) {
		return nil, diag.DatatypeMismatch.At(span, "returned row structure does not match the structure of the triggering table").
			WithHelp("%d columns are returned, %d expected", len(row.record.fields), len(tr.new.record.fields))
	}
	var out []bound.Stmt
	for i, f := range tr.new.record.fields {
		if f.at < 0 {
			continue // a generated column
		}
		from := r.fieldRef(row, row.record.fields[i], span)
		if to := r.out.Vars[f.at].Type; !from.Type().SameBase(to) {
			return nil, diag.DatatypeMismatch.At(span, "returned row structure does not match the structure of the triggering table").
				WithHelp("returned type %s does not match expected type %s in column %d", from.Type(), to, i+1)
		}
		e, err := r.convert(from, r.out.Vars[f.at].Type, span)
		if err != nil {
			return nil, err
		}
		out = append(out, &bound.SetVar{Var: f.at, Expr: e, Span: span})
	}
	return append(out, r.leave(nil)...), nil
}

// returnedRow is the record that a text names: NEW, OLD, COALESCE of both, a record, or NULL.
func (r *routine) returnedRow(text string, span diag.Span) (row *variable, null bool, err error) {
	tr := r.trigger
	if strings.EqualFold(text, "null") {
		return nil, true, nil
	}
	if inner, ok := coalesced(text); ok {
		for _, part := range inner {
			if row, null, err = r.returnedRow(strings.TrimSpace(part), span); err != nil || !null {
				return row, null, err
			}
		}
		return nil, true, nil
	}
	row = r.recordNamed(text)
	switch {
	case row == tr.new && row != nil:
		return row, tr.event == catalog.Deleting, nil
	case row == tr.old && row != nil:
		return row, tr.event == catalog.Inserting, nil
	}
	return nil, false, diag.UnsupportedRoutine.At(span, "returning this from a trigger is not supported").
		WithHelp("return NEW, OLD or NULL")
}

// coalesced are the arguments of a COALESCE of names.
func coalesced(text string) ([]string, bool) {
	rest := strings.TrimSpace(text)
	if len(rest) < 8 || !strings.EqualFold(rest[:8], "coalesce") {
		return nil, false
	}
	rest = strings.TrimSpace(rest[8:])
	if !strings.HasPrefix(rest, "(") || !strings.HasSuffix(rest, ")") || strings.Count(rest, "(") != 1 {
		return nil, false
	}
	return strings.Split(rest[1:len(rest)-1], ","), true
}

// describe says which variables hold the row, and what the body does.
func (r *routine) describe(out *bound.Trigger) {
	tr := r.trigger
	assigned := map[int]bool{}
	visit(r.out.Body, func(s bound.Stmt) {
		into := func(moves []bound.Move) {
			for _, m := range moves {
				assigned[m.Var] = true
			}
		}
		switch x := s.(type) {
		case *bound.SetVar:
			assigned[x.Var] = true
		case *bound.Run:
			into(x.Into)
		case *bound.Each:
			into(x.Into)
		case *bound.EachValue:
			into([]bound.Move{x.Into})
		}
	})
	body := r.out.Body
	if out.Cond != nil {
		body = append([]bound.Stmt{&bound.IfStmt{Cond: out.Cond}}, body...)
	}
	does := r.s.effectsOf(body)
	out.Reads, out.Tables = len(does.tables)+len(does.changed) > 0, does.changed
	if r.fn.Volatility != catalog.VolatileFunction {
		out.Snapshot = does.tables
	}
	vars := func(v *variable) []int {
		list := make([]int, len(v.record.fields))
		for i, f := range v.record.fields {
			if list[i] = f.at; f.at >= 0 && !r.used[f.at] && !assigned[f.at] {
				list[i] = -1
			}
		}
		return list
	}
	out.Old, out.New, out.Skip = vars(tr.old), vars(tr.new), tr.skip
	for i, v := range out.New {
		if v >= 0 && assigned[v] && tr.Before {
			out.Sets = append(out.Sets, i)
		}
	}
}

// triggers are what fires when a statement changes rows.
type triggers struct {
	s    *stmt
	at   diag.Span
	out  bound.Effects
	seen map[string]bool // foreign keys and triggers with their events
}

// inserted, updated and deleted add what fires at a change of a table's rows, and at what foreign keys' actions change then.
func (f *triggers) inserted(t *catalog.Table) error {
	_, err := f.on(t, catalog.Inserting, nil, false)
	return err
}

func (f *triggers) updated(t *catalog.Table, set map[int]bool, cascaded bool) error {
	set = withGenerated(t, set)
	changed, err := f.on(t, catalog.Updating, set, cascaded)
	if err != nil {
		return err
	}
	return f.referring(t, catalog.Updating, func(child *catalog.Table, k *catalog.ForeignKey) error {
		if slices.ContainsFunc(k.RefColumns, func(c int) bool { return changed[c] }) && acts(k.OnUpdate) {
			return f.updated(child, positions(k.Columns), true)
		}
		return nil
	})
}

func (f *triggers) deleted(t *catalog.Table, cascaded bool) error {
	if _, err := f.on(t, catalog.Deleting, nil, cascaded); err != nil {
		return err
	}
	return f.referring(t, catalog.Deleting, func(child *catalog.Table, k *catalog.ForeignKey) error {
		switch {
		case k.OnDelete == "CASCADE":
			return f.deleted(child, true)
		case acts(k.OnDelete):
			return f.updated(child, positions(k.Columns), true)
		}
		return nil
	})
}

// on binds the triggers of one event, in the order of their names. It returns the columns that an UPDATE can change with them.
func (f *triggers) on(t *catalog.Table, event catalog.Event, set map[int]bool, cascaded bool) (map[int]bool, error) {
	f.touch(t)
	changed := map[int]bool{}
	for c := range set {
		changed[c] = true
	}
	list := slices.Clone(t.Triggers)
	slices.SortFunc(list, func(a, b *catalog.Trigger) int { return strings.Compare(a.Name, b.Name) })
	for _, tr := range list {
		if !tr.On(event, set) {
			continue
		}
		key := "trigger " + event.String() + " " + t.Name + " " + tr.Name
		if cascaded {
			key = "cascaded " + key
		}
		if f.seen[key] {
			continue
		}
		f.seen[key] = true
		b, err := f.s.trigger(t, tr, event, cascaded, f.at)
		if err != nil {
			return nil, err
		}
		if b == nil {
			continue
		}
		f.out.Triggers = append(f.out.Triggers, b)
		f.touch(b.Tables...)
		for _, c := range b.Sets {
			changed[c] = true
		}
	}
	return withGenerated(t, changed), nil
}

func (f *triggers) touch(tables ...*catalog.Table) {
	for _, t := range tables {
		if !slices.Contains(f.out.Tables, t) {
			f.out.Tables = append(f.out.Tables, t)
		}
	}
}

// referring visits the foreign keys that refer to a table, each once an event.
func (f *triggers) referring(t *catalog.Table, event catalog.Event, visit func(*catalog.Table, *catalog.ForeignKey) error) error {
	for _, child := range f.s.cat.Tables {
		for _, k := range child.ForeignKeys {
			key := event.String() + " " + child.Name + " " + k.Name
			if k.RefTable != t.Name || f.seen[key] {
				continue
			}
			f.seen[key] = true
			if err := visit(child, k); err != nil {
				return err
			}
		}
	}
	return nil
}

// acts reports whether a foreign key's action writes to the referring rows.
func acts(action string) bool {
	return action == "CASCADE" || action == "SET NULL" || action == "SET DEFAULT"
}

func positions(cols []int) map[int]bool {
	out := map[int]bool{}
	for _, c := range cols {
		out[c] = true
	}
	return out
}

// withGenerated adds the generated columns over changed ones.
func withGenerated(t *catalog.Table, set map[int]bool) map[int]bool {
	for i, c := range t.Columns {
		if c.GeneratedExpr != nil && slices.ContainsFunc(c.GeneratedExpr.Reads(), func(x int) bool { return set[x] }) {
			set[i] = true
		}
	}
	return set
}

// effects are what a write does besides its own changes. The tables of the write are in use when its triggers run.
func (s *stmt) effects(write bound.Body, at diag.Span, changes func(*triggers) error) (bound.Effects, error) {
	defer s.holding(write)()
	f := &triggers{s: s, at: at, seen: map[string]bool{}}
	if err := changes(f); err != nil {
		return bound.Effects{}, err
	}
	for _, t := range f.out.Triggers {
		if t.Before && slices.Contains(t.Tables, t.Table) {
			return bound.Effects{}, diag.Triggered.At(at, "the trigger %s runs before a change of %s and writes to that table itself (%s), which is not supported",
				t.Name, t.Table.Name, t.Span).WithHelp("make it an AFTER trigger")
		}
		for _, seen := range t.Snapshot {
			if slices.Contains(f.out.Tables, seen) {
				return bound.Effects{}, diag.Triggered.At(at, "the trigger %s on %s (%s) reads %s as it was before the statement, which is not supported: its function is not VOLATILE",
					t.Name, t.Table.Name, t.Span, seen.Name).WithHelp("declare the function VOLATILE, so that it sees what the statement has done")
			}
		}
	}
	return f.out, nil
}

func assignedColumns(set []bound.Assign) map[int]bool {
	out := map[int]bool{}
	for _, a := range set {
		out[a.Column] = true
	}
	return out
}

// together refuses triggers that would see one part of a statement before the others: no part sees what another one changes.
func together(c *bound.Compound, at diag.Span) error {
	writes := map[*catalog.Table]int{}
	for _, b := range append([]bound.Body{c.Main}, partsOf(c)...) {
		if t := bound.TableOf(b); t != nil {
			writes[t]++
		}
	}
	for _, t := range bound.EffectsOf(c).Triggers {
		if t.Statement {
			return refusedTrigger(t.Table, t.Trigger, at, "a trigger FOR EACH STATEMENT that a write in WITH fires is not supported")
		}
		if t.Before && !t.Cascaded && (t.Reads || t.Skip >= 0 && writes[t.Table] > 1) {
			return diag.Triggered.At(at, "the trigger %s on %s (%s) runs before a part of this statement, between the others, which is not supported",
				t.Name, t.Table.Name, t.Span).WithHelp("make it an AFTER trigger, or write in statements of their own")
		}
	}
	return nil
}

func partsOf(c *bound.Compound) []bound.Body {
	var out []bound.Body
	for _, p := range c.Parts {
		out = append(out, p.Write)
	}
	return out
}

// snapshot refuses what reads tables at a time when BEFORE triggers have written: PostgreSQL would not see that.
func snapshot(fires bound.Effects, at diag.Span, exprs ...scalar.Expr) error {
	for _, t := range fires.Triggers {
		if !t.Before || len(t.Tables) == 0 {
			continue
		}
		for _, e := range exprs {
			if e != nil && scalar.HasSubquery(e) {
				return diag.Triggered.At(at, "the trigger %s on %s (%s) writes before a subquery of this statement reads, which is not supported",
					t.Name, t.Table.Name, t.Span).WithHelp("make it an AFTER trigger, or read in a statement of its own")
			}
		}
	}
	return nil
}

// triggerArgument is TG_ARGV[n], nil for any other subscript. Subscripts beyond the arguments give NULL.
func (s *stmt) triggerArgument(a *pg.A_Indirection) (scalar.Expr, error) {
	names := stringsOf(a.Arg.GetColumnRef().GetFields())
	if s.routine == nil || s.routine.trigger == nil || len(names) != 1 || names[0] != "tg_argv" {
		return nil, nil
	}
	span := s.nodeSpan(a.Arg)
	ix := a.Indirection[0].GetAIndices()
	k := ix.GetUidx().GetAConst()
	if len(a.Indirection) != 1 || ix.GetIsSlice() || k.GetIval() == nil {
		return nil, diag.UnsupportedRoutine.At(span, "TG_ARGV is supported with a constant subscript only").WithHelp("write TG_ARGV[0]")
	}
	args := s.routine.trigger.Args
	if n := int(k.GetIval().GetIval()); n < len(args) {
		return constant(textType, args[n], span), nil
	}
	return nullOf(textType, span), nil
}
