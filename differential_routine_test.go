package prequel_test

import (
	"fmt"
	"slices"
	"strings"
)

// routine is a random function. The parameters of what stands in its body are the function's own.
type routine struct {
	name    string
	sql     bool // LANGUAGE sql
	strict  bool
	returns []*variable // the result: one value, a row of OUT parameters or a TABLE's; empty: void
	set     bool        // SETOF or TABLE
	out     bool        // OUT parameters or TABLE, not RETURNS type
	declare []*variable
	body    []*node
	tail    []*node // RETURN, which no shrinking removes
	// trigger is what fires the function; pure says that it neither reads nor writes tables.
	trigger *trigger
	pure    bool
	// descends says that the function calls itself: its first parameter is how deep it may do so.
	descends bool
}

// ownArguments stands for the arguments with which a function calls itself: one less deep, and its own parameters.
const ownArguments = "\x00"

// depthOfCalls is how deep functions that call themselves do.
const depthOfCalls = 2

// variable is a variable or a result column of a function.
type variable struct {
	name string
	typ  *sqlType
	// as is what DECLARE says when it is not the type's name: t%ROWTYPE, record.
	as      string
	notNull bool
	init    *expr
}

// column is the variable as expressions see it.
func (v *variable) column() *scopeColumn {
	return &scopeColumn{from: &fromItem{variable: true}, col: &column{name: v.name, typ: v.typ, notNull: v.notNull}}
}

// node is a statement of a body: text with what stands in it, in order.
type node struct {
	pieces []piece
	// several says that errors of several rows can meet, of which either may come first.
	several bool
	vague   bool
}

// piece is a part of a node; one field is set.
type piece struct {
	text  string
	expr  *expr
	write *write
	query *query
	block []*node
	call  *routine // with an argument for each of its parameters
	args  map[*param]*expr
}

// bodyNode makes a node of strings, expressions, writes, queries, lists of nodes.
func bodyNode(parts ...any) *node {
	n := &node{}
	for _, p := range parts {
		switch p := p.(type) {
		case string:
			n.pieces = append(n.pieces, piece{text: p})
		case *expr:
			n.pieces = append(n.pieces, piece{expr: p})
		case *write:
			n.pieces = append(n.pieces, piece{write: p})
			n.several = n.several || p.several()
		case *query:
			n.pieces = append(n.pieces, piece{query: p})
			n.vague = n.vague || p.vague()
		case []*node:
			n.pieces = append(n.pieces, piece{block: p})
			n.several = n.several || severalIn(p)
		case piece:
			n.pieces = append(n.pieces, p)
			n.several = n.several || p.call != nil && p.call.several()
		default:
			panic(fmt.Sprintf("a node of %T", p))
		}
	}
	return n
}

func severalIn(list []*node) bool {
	return slices.ContainsFunc(list, func(n *node) bool { return n.several })
}

func (r *routine) several() bool { return severalIn(r.body) || severalIn(r.tail) }

func (r *routine) vague() bool {
	return slices.ContainsFunc(slices.Concat(r.body, r.tail), func(n *node) bool { return n.vague })
}

// routine finds a function by its name.
func (c *diffCase) routine(name string) *routine {
	for _, r := range c.code() {
		if r.name == name {
			return r
		}
	}
	return nil
}

// reaches reports whether a function is another or calls it, directly or not.
func (r *routine) reaches(other *routine) bool {
	return r == other || reach(r.body, other) || reach(r.tail, other)
}

func reach(list []*node, other *routine) bool {
	return slices.ContainsFunc(list, func(n *node) bool {
		return slices.ContainsFunc(n.pieces, func(x piece) bool { return x.call != nil && x.call.reaches(other) || reach(x.block, other) })
	})
}

// print gives the body's text and the parameters in it.
func (r *routine) print() (body string, params []*param) {
	p := printer{body: true, literals: r.trigger != nil}
	defer func() {
		own := "depth - 1"
		for i := range params {
			own += fmt.Sprintf(", p%d", i+1)
		}
		body = strings.ReplaceAll(body, ownArguments, own)
	}()
	if r.sql {
		p.nodes(r.body)
		return p.String(), p.params
	}
	if len(r.declare) > 0 {
		p.WriteString("DECLARE\n")
	}
	for _, v := range r.declare {
		p.f("  %s %s", v.name, v.as)
		if v.as == "" {
			p.WriteString(v.typ.castTo())
		}
		if v.notNull {
			p.WriteString(" NOT NULL")
		}
		p.clause(" := ", v.init)
		p.WriteString(";\n")
	}
	p.WriteString("BEGIN\n")
	p.nodes(r.body)
	p.nodes(r.tail)
	p.WriteString("END ")
	return p.String(), p.params
}

func (p *printer) nodes(list []*node) {
	for _, n := range list {
		for _, x := range n.pieces {
			switch {
			case x.expr != nil:
				p.expr(x.expr)
			case x.write != nil:
				p.write(x.write)
			case x.query != nil:
				p.query(x.query)
			case x.call != nil:
				p.WriteString(x.call.name + "(")
				_, params := x.call.print()
				for i, q := range params {
					p.WriteString(x.call.before(i, len(params)))
					p.expr(x.args[q])
				}
				if len(params) == 0 {
					p.WriteString(x.call.before(0, 0))
				}
				p.WriteString(")")
			case x.text != "":
				p.WriteString(x.text)
			default:
				p.nodes(x.block)
			}
		}
		p.WriteString("\n")
	}
}

// ddl declares the function.
func (r *routine) ddl() string {
	body, params := r.print()
	if r.trigger != nil {
		return fmt.Sprintf("CREATE FUNCTION %s() RETURNS trigger LANGUAGE plpgsql AS $$\n%s$$;\n%s", r.name, body, r.trigger.ddl(r))
	}
	var list []string
	if r.descends {
		list = append(list, "depth integer")
	}
	for i, q := range params {
		list = append(list, fmt.Sprintf("p%d %s", i+1, q.typ.castTo())) // of a domain: what it is over
	}
	result := "void"
	var columns []string
	for _, v := range r.returns {
		columns = append(columns, v.name+" "+v.typ.castTo())
	}
	switch {
	case r.out && r.set:
		result = "TABLE (" + strings.Join(columns, ", ") + ")"
	case r.out:
		list, result = append(list, "OUT "+strings.Join(columns, ", OUT ")), ""
	case len(r.returns) > 0:
		result = r.returns[0].typ.castTo()
		if r.set {
			result = "SETOF " + result
		}
	}
	if result != "" {
		result = " RETURNS " + result
	}
	language := "plpgsql"
	if r.sql {
		language = "sql"
	}
	strict := ""
	if r.strict {
		strict = " STRICT"
	}
	return fmt.Sprintf("CREATE FUNCTION %s(%s)%s LANGUAGE %s%s AS $$\n%s$$", r.name, strings.Join(list, ", "), result, language, strict, body)
}

// before is what stands in front of the i-th of n arguments, or of the end of a list without any.
func (r *routine) before(i, n int) string {
	switch {
	case i > 0:
		return ", "
	case r.descends && n > 0:
		return fmt.Sprintf("%d, ", depthOfCalls)
	case r.descends:
		return fmt.Sprint(depthOfCalls)
	}
	return ""
}

// routineCall is a statement that calls a function.
type routineCall struct {
	of *routine
	// rows says SELECT * FROM f(), not SELECT f().
	rows bool
	// from is a table for each row of which, in the order of its key, the function is called; columns are those that are arguments.
	from    *fromItem
	columns map[*param]*scopeColumn
}

func (p *printer) routineCall(c *routineCall) {
	_, params := c.of.print()
	before, after := "SELECT ", " AS o0"
	if c.rows {
		before, after = "SELECT * FROM ", ""
	}
	p.WriteString(before + c.of.name + "(")
	if len(params) == 0 {
		p.WriteString(c.of.before(0, 0))
	}
	for i, q := range params {
		p.WriteString(c.of.before(i, len(params)))
		if col := c.columns[q]; col != nil {
			p.expr(op(q.typ, "(%s)::"+q.typ.castTo(), colExpr(col)))
			continue
		}
		p.expr(&expr{typ: q.typ, param: q})
	}
	p.WriteString(")" + after)
	if c.from != nil {
		p.WriteString(" FROM " + c.from.table.name + " " + c.from.alias + " ORDER BY ")
		for i, k := range c.from.table.key {
			p.lead(i, ", ", "")
			p.WriteString(c.from.alias + "." + k.name)
		}
	}
}

// routines lets the shrinker into functions.
func (s *shrinker) routines() {
	for _, r := range s.c.code() {
		s.nodes(&r.body, true)
		s.nodes(&r.tail, false)
		for _, v := range r.declare {
			s.clearExpr(&v.init)
			if v.notNull {
				s.try(func() { v.notNull = false }, func() { v.notNull = true })
			}
		}
		removeRuns(s, &r.declare, 0)
		if r.strict {
			s.try(func() { r.strict = false }, func() { r.strict = true })
		}
	}
}

// functions removes functions with the statements that call them, and those that call these.
func (s *shrinker) functions() {
	for _, r := range slices.Backward(slices.Clone(s.c.routines)) {
		var gone []*statement
		for _, st := range s.c.stmts {
			if st.call != nil && st.call.of.reaches(r) {
				gone = append(gone, st)
			}
		}
		s.without(gone, slices.DeleteFunc(slices.Clone(s.c.routines), func(x *routine) bool { return x.reaches(r) }))
	}
}

// nodes shrinks statements of a body; where they are not needed, it removes some and puts what stands inside of a block or branch
// in its place.
func (s *shrinker) nodes(list *[]*node, free bool) {
	if free {
		removeRuns(s, list, 0)
		for i := 0; i < len(*list); i++ {
			old := *list
			for _, x := range old[i].pieces {
				if len(x.block) > 0 && s.try(func() { *list = slices.Replace(slices.Clone(old), i, i+1, x.block...) }, func() { *list = old }) {
					i--
					break
				}
			}
		}
	}
	for _, n := range *list {
		for i := range n.pieces {
			x := &n.pieces[i]
			switch {
			case x.expr != nil:
				s.expr(&x.expr)
				s.constant(&x.expr)
			case x.write != nil:
				s.write(x.write)
				for _, row := range x.write.rows {
					for i := range row {
						s.constant(&row[i])
					}
				}
				for i := range x.write.set {
					s.constant(&x.write.set[i].expr)
				}
			case x.query != nil:
				s.query(x.query)
			case x.call != nil:
				_, params := x.call.print()
				for _, q := range params {
					arg := x.args[q]
					old := arg
					set := func() { x.args[q] = litExpr(q.typ, q.typ.pool[0]) }
					if len(old.kids) > 0 || old.param != nil {
						s.try(set, func() { x.args[q] = old })
					}
				}
			case x.text == "":
				s.nodes(&x.block, true)
			}
		}
	}
}

// constant replaces a parameter by a value of its type.
func (s *shrinker) constant(slot **expr) {
	if e := *slot; e != nil && e.param != nil {
		s.try(func() { *slot = litExpr(e.typ, e.typ.pool[0]) }, func() { *slot = e })
	}
}
