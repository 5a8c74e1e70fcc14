package bind

import (
	"slices"
	"strings"

	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqlparse/bound"
	"github.com/prequel-db/prequel/sqlparse/diag"
	"github.com/prequel-db/prequel/sqlparse/plpgsql"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

func (r *routine) stmts(list []plpgsql.Stmt) ([]bound.Stmt, error) {
	out := []bound.Stmt{}
	for _, x := range list {
		b, err := r.stmt(x)
		if err != nil {
			return nil, err
		}
		for _, one := range b {
			if out = append(out, one); !r.falls(out) { // nothing runs what stands behind
				return out, nil
			}
		}
	}
	return out, nil
}

// nested binds statements that run under a condition, or repeatedly.
func (r *routine) nested(list []plpgsql.Stmt) ([]bound.Stmt, error) {
	r.depth++
	defer func() { r.depth-- }()
	return r.stmts(list)
}

func (r *routine) stmt(x plpgsql.Stmt) ([]bound.Stmt, error) {
	switch x := x.(type) {
	case *plpgsql.Null:
		return nil, nil
	case *plpgsql.Block:
		return r.block(x)
	case *plpgsql.Assign:
		return r.assign(x)
	case *plpgsql.If:
		return r.ifStmt(x)
	case *plpgsql.Case:
		return r.caseStmt(x)
	case *plpgsql.Loop:
		return r.loop(x)
	case *plpgsql.ForRange:
		return r.forRange(x)
	case *plpgsql.ForQuery:
		return r.forQuery(x)
	case *plpgsql.Foreach:
		return r.foreach(x)
	case *plpgsql.Exit:
		return r.exit(x)
	case *plpgsql.Return:
		return r.returns(x)
	case *plpgsql.ReturnNext:
		return r.returnNext(x)
	case *plpgsql.ReturnQuery:
		return r.returnQuery(x)
	case *plpgsql.Raise:
		return r.raise(x)
	case *plpgsql.SQL:
		return r.sql(x)
	case *plpgsql.Perform:
		return r.perform(x)
	case *plpgsql.Diagnostics:
		return r.diagnostics(x)
	case *plpgsql.Assert:
		return r.assert(x)
	}
	return nil, diag.UnsupportedRoutine.At(r.fn.BodySpan, "a statement of this kind is not supported")
}

// block binds DECLARE, the statements and EXCEPTION. Leaving a labelled block goes on behind it.
func (r *routine) block(b *plpgsql.Block) ([]bound.Stmt, error) {
	outer, loops := r.scope, r.loops
	r.scope = outer.child(b.Label)
	defer func() { r.scope, r.loops = outer, loops }()
	var out []bound.Stmt
	for _, d := range b.Decls {
		set, err := r.decl(d)
		if err != nil {
			return nil, err
		}
		out = append(out, set...)
	}
	id := 0
	if b.Label != "" {
		id = r.label()
		r.loops = append(r.loops[:len(r.loops):len(r.loops)], &loop{label: b.Label, exit: id})
	}
	var err error
	var body []bound.Stmt
	if len(b.Handlers) == 0 {
		body, err = r.stmts(b.Body)
	} else {
		body, err = r.try(b)
	}
	if err != nil {
		return nil, err
	}
	if id != 0 {
		body = []bound.Stmt{&bound.Labelled{ID: id, Body: body}}
	}
	return append(out, body...), nil
}

func (r *routine) try(b *plpgsql.Block) ([]bound.Stmt, error) {
	r.guards++
	body, err := r.nested(b.Body)
	r.guards--
	if err != nil {
		return nil, err
	}
	t := &bound.Try{Body: body}
	outer, caught := r.scope, r.caught
	defer func() { r.scope, r.caught = outer, caught }()
	r.scope, r.caught = outer.child(""), t
	state, message := r.declare("sqlstate", textType), r.declare("sqlerrm", textType)
	state.constant, message.constant = true, true
	t.State, t.Message = state.at, message.at
	for i := range t.Fields {
		t.Fields[i] = -1
	}
	for _, h := range b.Handlers {
		c := bound.Catch{}
		for _, cond := range h.Conditions {
			states, others, err := r.condition(cond)
			if err != nil {
				return nil, err
			}
			c.States, c.Others = append(c.States, states...), c.Others || others
		}
		if c.Body, err = r.nested(h.Body); err != nil {
			return nil, err
		}
		t.Handlers = append(t.Handlers, c)
	}
	return []bound.Stmt{t}, nil
}

// condition are the SQLSTATEs that a condition stands for.
func (r *routine) condition(c plpgsql.Condition) (states []string, others bool, err error) {
	if c.State != "" {
		return []string{c.State}, false, nil
	}
	if c.Name == "others" {
		return nil, true, nil
	}
	states = plpgsql.States(c.Name)
	if states == nil {
		return nil, false, diag.UndefinedObject.At(r.at(c.At), "unrecognized exception condition %q", c.Name)
	}
	return states, false, nil
}

// decl declares a variable, with the statements that give it its first value.
func (r *routine) decl(d plpgsql.Decl) ([]bound.Stmt, error) {
	span := r.at(d.At)
	if r.scope.vars[d.Name] != nil {
		return nil, diag.DuplicateColumn.At(span, "duplicate declaration of %q", d.Name).WithState("42601")
	}
	if d.Alias != "" {
		return nil, r.alias(d, span)
	}
	table, err := r.rowType(d.Type)
	if err != nil {
		return nil, err
	}
	if table != nil || strings.EqualFold(d.Type.In(r.fn.Body), "record") {
		if d.Default != nil || d.NotNull {
			return nil, diag.UnsupportedRoutine.At(span, "a record with a default or NOT NULL is not supported").WithHelp("assign it after BEGIN")
		}
		v := &variable{name: d.Name, record: &record{depth: r.depth, fixed: table != nil}}
		r.scope.vars[d.Name] = v
		if table == nil {
			return nil, nil
		}
		var names []string
		var types []value.Type
		for _, c := range table.Columns {
			names, types = append(names, c.Name), append(types, c.Type)
		}
		r.shape(v, names, types)
		for i, c := range table.Columns {
			r.domains[v.record.fields[i].at] = c.Domain
		}
		return r.clear(v, span), nil
	}
	t, domain, err := r.typeAt(d.Type)
	if err != nil {
		return nil, err
	}
	// The default is bound before the name is in view.
	initial := nullOf(t, span)
	var before []bound.Stmt
	if d.Default != nil {
		if before, initial, err = r.value(*d.Default); err != nil {
			return nil, err
		}
		if initial, err = r.convert(initial, t, r.at(*d.Default)); err != nil {
			return nil, err
		}
	} else if d.NotNull {
		return nil, diag.NotInPostgres.At(span, "variable %q must have a default value, since it's declared NOT NULL", d.Name).WithState("22004")
	}
	v := r.declare(d.Name, t)
	v.constant = d.Constant
	r.out.Vars[v.at].NotNull, r.domains[v.at] = d.NotNull, domain
	return append(before, &bound.SetVar{Var: v.at, Expr: r.s.ofDomain(domain, initial, span), Span: span}), nil
}

func (r *routine) alias(d plpgsql.Decl, span diag.Span) error {
	if rest, ok := strings.CutPrefix(d.Alias, "$"); ok {
		for i, a := range r.args {
			if itoa(i+1) == rest {
				r.scope.vars[d.Name] = a
				return nil
			}
		}
		return diag.UndefinedParam.At(span, "there is no parameter %s", d.Alias)
	}
	v, _ := r.scope.find([]string{d.Alias})
	if v == nil {
		return diag.UndefinedObject.At(span, "variable %q does not exist", d.Alias)
	}
	r.scope.vars[d.Name] = v
	return nil
}

// clear sets all fields of a record to NULL.
func (r *routine) clear(v *variable, span diag.Span) []bound.Stmt {
	var out []bound.Stmt
	for _, f := range v.record.fields {
		out = append(out, &bound.SetVar{Var: f.at, Expr: nullOf(r.out.Vars[f.at].Type, span), Span: span})
	}
	return out
}

// target is the variable that a statement assigns.
func (r *routine) target(t plpgsql.Target) (*variable, error) {
	span := r.at(t.At)
	if strings.HasPrefix(t.Parts[0], "$") {
		for i, a := range r.args {
			if "$"+itoa(i+1) == t.Parts[0] {
				return a, nil
			}
		}
	}
	v, used := r.scope.find(t.Parts)
	if v == nil {
		return nil, diag.Syntax.At(span, "%q is not a known variable", strings.Join(t.Parts, "."))
	}
	if v.constant {
		return nil, diag.NotInPostgres.At(span, "variable %q is declared CONSTANT", v.name).WithState("22005")
	}
	if used == len(t.Parts) {
		return v, nil
	}
	if v.record != nil {
		for _, f := range v.record.fields {
			if f.name == t.Parts[used] {
				if f.at < 0 {
					return nil, diag.UnsupportedRoutine.At(span, "assigning %s here is not supported", strings.Join(t.Parts, ".")).
						WithHelp("the event has no such row, or the column is generated")
				}
				return &variable{name: f.name, at: f.at}, nil
			}
		}
	}
	return nil, diag.UndefinedColumn.At(span, "record %q has no field %q", v.name, t.Parts[used])
}

func (r *routine) assign(x *plpgsql.Assign) ([]bound.Stmt, error) {
	v, err := r.target(x.Target)
	if err != nil {
		return nil, err
	}
	span := r.at(x.Target.At)
	if v.record != nil {
		return r.assignRecord(v, x)
	}
	before, e, err := r.assigned(x.Expr, v.at)
	if err != nil {
		return nil, err
	}
	return append(before, &bound.SetVar{Var: v.at, Expr: e, Span: span}), nil
}

// assignRecord is record := record, or record := NULL.
func (r *routine) assignRecord(v *variable, x *plpgsql.Assign) ([]bound.Stmt, error) {
	span := r.at(x.Expr)
	text := x.Expr.In(r.fn.Body)
	if strings.EqualFold(text, "null") && v.record.fields != nil && !v.record.row {
		return r.clear(v, span), nil
	}
	from := r.recordNamed(text)
	if from == nil || from.record.fields == nil {
		return nil, diag.UnsupportedRoutine.At(span, "assigning this to a record is not supported").WithHelp("use SELECT ... INTO")
	}
	var names []string
	var types []value.Type
	for _, f := range from.record.fields {
		names, types = append(names, f.name), append(types, r.fieldRef(from, f, span).Type())
	}
	if err := r.take(v, names, types, span); err != nil {
		return nil, err
	}
	var out []bound.Stmt
	for i, f := range v.record.fields {
		if f.at < 0 {
			continue
		}
		e, err := r.converted(r.fieldRef(from, from.record.fields[i], span), f.at, span)
		if err != nil {
			return nil, err
		}
		out = append(out, &bound.SetVar{Var: f.at, Expr: e, Span: span})
	}
	return out, nil
}

// recordNamed is the record that a text names, nil when it names none.
func (r *routine) recordNamed(text string) *variable {
	parts := strings.Split(text, ".")
	for i, p := range parts {
		parts[i] = plpgsql.Fold(strings.TrimSpace(p))
		if parts[i] == "" {
			return nil
		}
	}
	if v, used := r.scope.find(parts); v != nil && v.record != nil && used == len(parts) {
		return v
	}
	return nil
}

// take prepares a record for values of a shape.
func (r *routine) take(v *variable, names []string, types []value.Type, span diag.Span) error {
	rec := v.record
	if rec.fixed {
		return nil
	}
	same := rec.fields != nil && len(rec.fields) == len(names)
	for i := 0; same && i < len(names); i++ {
		same = rec.fields[i].name == names[i] && sameType(r.out.Vars[rec.fields[i].at].Type, unmodified(types[i]))
	}
	if same {
		return nil
	}
	if rec.fields != nil && r.depth > rec.depth {
		return diag.UnsupportedRoutine.At(span, "record %q is given other columns than before", v.name).
			WithHelp("declare a record for each query")
	}
	plain := make([]value.Type, len(types))
	for i, t := range types {
		plain[i] = unmodified(t)
	}
	r.shape(v, names, plain)
	return nil
}

func (r *routine) ifStmt(x *plpgsql.If) ([]bound.Stmt, error) {
	before, cond, err := r.boolean(x.Cond, "IF")
	if err != nil {
		return nil, err
	}
	if yes, known := decided(cond); known { // by the call: what is not run need not fit it
		list := x.Else
		if yes {
			list = x.Then
		}
		out, err := r.stmts(list)
		return append(before, out...), err
	}
	out := &bound.IfStmt{Cond: cond}
	if out.Then, err = r.nested(x.Then); err != nil {
		return nil, err
	}
	if out.Else, err = r.nested(x.Else); err != nil {
		return nil, err
	}
	return append(before, out), nil
}

// boolean binds a condition.
func (r *routine) boolean(at plpgsql.Range, where string) ([]bound.Stmt, scalar.Expr, error) {
	before, e, err := r.value(at)
	if err != nil {
		return nil, nil, err
	}
	e, err = r.convert(e, boolType, r.at(at))
	return before, e, err
}

// caseStmt compares the operand, evaluated once, with each value in turn. Without a match and ELSE it is an error.
func (r *routine) caseStmt(x *plpgsql.Case) ([]bound.Stmt, error) {
	var out []bound.Stmt
	outer := r.scope
	defer func() { r.scope = outer }()
	const operand = "__Case__Variable__" // as PostgreSQL names it
	if x.Operand != nil {
		before, e, err := r.value(*x.Operand)
		if err != nil {
			return nil, err
		}
		if e, err = r.s.textIfUnknown(e); err != nil {
			return nil, err
		}
		r.scope = outer.child("")
		out = append(out, before...)
		if k, ok := e.(*scalar.Const); ok {
			r.scope.vars[operand] = &variable{name: operand, value: k}
		} else {
			v := &variable{name: operand, at: r.newVar("case_value", e.Type())}
			r.scope.vars[operand] = v
			out = append(out, &bound.SetVar{Var: v.at, Expr: e, Span: r.at(*x.Operand)})
		}
	}
	otherwise, err := r.nested(x.Else)
	if err != nil {
		return nil, err
	}
	if !x.HasElse {
		otherwise = []bound.Stmt{&bound.RaiseStmt{SQLState: "20000", Message: []scalar.Expr{r.text("case not found")}, Span: r.at(x.At)}}
	}
	for i := len(x.Whens) - 1; i >= 0; i-- {
		w := x.Whens[i]
		var conds []scalar.Expr
		var before []bound.Stmt
		for _, at := range w.Exprs {
			prefix := "SELECT "
			if x.Operand != nil {
				prefix = `SELECT "` + operand + `" = `
			}
			b, e, err := r.prefixed(prefix, at, nil)
			if err == nil {
				e, err = r.convert(e, boolType, r.at(at))
			}
			if err != nil {
				return nil, err
			}
			before, conds = append(before, b...), append(conds, e)
		}
		cond := conds[0]
		if len(conds) > 1 {
			cond = &scalar.Or{Node: scalar.Node{Typ: boolType}, Args: conds}
		}
		yes, known := decided(cond)
		if known && !yes {
			otherwise = append(before, otherwise...)
			continue
		}
		then, err := r.nested(w.Body)
		if err != nil {
			return nil, err
		}
		if known {
			otherwise = append(before, then...)
			continue
		}
		otherwise = append(before, &bound.IfStmt{Cond: cond, Then: then, Else: otherwise})
	}
	return append(out, otherwise...), nil
}

// diagnostics reads ROW_COUNT, and in a handler the error.
func (r *routine) diagnostics(x *plpgsql.Diagnostics) ([]bound.Stmt, error) {
	var out []bound.Stmt
	for _, item := range x.Items {
		v, err := r.target(item.Target)
		if err != nil {
			return nil, err
		}
		at := r.at(item.At)
		from := -1
		switch {
		case !x.Stacked && item.Kind == "ROW_COUNT":
			from = r.count
		case x.Stacked && r.caught != nil && item.Kind == "RETURNED_SQLSTATE":
			from = r.caught.State
		case x.Stacked && r.caught != nil && item.Kind == "MESSAGE_TEXT":
			from = r.caught.Message
		case x.Stacked && r.caught != nil && strings.HasSuffix(item.Kind, "_NAME"):
			if i := slices.Index(bound.ErrorFields[:], strings.ToLower(strings.TrimSuffix(item.Kind, "_NAME"))); i >= 0 {
				if r.caught.Fields[i] < 0 {
					r.caught.Fields[i] = r.newVar(bound.ErrorFields[i], textType)
				}
				from = r.caught.Fields[i]
			}
		}
		if from < 0 || v.record != nil {
			return nil, diag.UnsupportedRoutine.At(at, "GET DIAGNOSTICS %s is not supported here", item.Kind).
				WithHelp("ROW_COUNT, and in a handler RETURNED_SQLSTATE, MESSAGE_TEXT, CONSTRAINT_NAME, TABLE_NAME and COLUMN_NAME, are known")
		}
		e, err := r.converted(r.ref(from, at), v.at, at)
		if err != nil {
			return nil, err
		}
		out = append(out, &bound.SetVar{Var: v.at, Expr: e, Span: at})
	}
	return out, nil
}

func (r *routine) assert(x *plpgsql.Assert) ([]bound.Stmt, error) {
	before, cond, err := r.boolean(x.Cond, "ASSERT")
	if err != nil {
		return nil, err
	}
	message := []scalar.Expr{r.text("assertion failed")}
	var late []bound.Stmt
	if x.Message != nil {
		b, e, err := r.value(*x.Message)
		if err != nil {
			return nil, err
		}
		late = b
		message = []scalar.Expr{r.shown(e)}
	}
	yes := true
	failed := &scalar.IsBool{Node: scalar.Node{Typ: boolType, Pos: r.at(x.Cond)}, Arg: cond, Value: &yes, Negated: true}
	then := append(late, &bound.RaiseStmt{SQLState: "P0004", Message: message, Span: r.at(x.At)})
	return append(before, &bound.IfStmt{Cond: failed, Then: then}), nil
}
