package sqlparse

import (
	"sort"
	"strconv"
	"strings"

	"github.com/prequel-db/prequel/sqlparse/diag"
	"github.com/prequel-db/prequel/sqlparse/token"

	pg "github.com/pganalyze/pg_query_go/v5"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// LiftedLiteral is a literal that Lift took out of a statement.
type LiftedLiteral struct {
	Name string // of the parameter that stands for it: p1, p2, ... in order of the text
	// Kind is int4, int8 or numeric for a number, which the parameter has as its type, and string for a quoted literal, whose
	// type comes from its context.
	Kind string
	Text string // the value: digits with sign, or the string without quotes
}

// Lift replaces literals by named parameters, so that statements of one shape have one text. The shape means what the statement
// means when the parameters have the literals' values: a number's parameter is cast to the number's type, a string's is left to
// inference as the literal was.
//
//	SELECT id FROM t WHERE n > 5 AND s = 'x'   becomes   SELECT id FROM t WHERE n > (@p1::int4) AND s = (@p2)
//
// Left alone are: ordinals and everything else in GROUP BY, ORDER BY, DISTINCT ON and window definitions, and the SELECT list and
// HAVING where those must match it; NULL, true, false; literals whose value is part of what the statement is (patterns of LIKE,
// strings that are arguments of functions, keys of JSON operators, array literals, interval '1' day). A text that does not parse, or
// is not a query or a write, comes back as it is.
func Lift(sql string) (shape string, params []LiftedLiteral, err error) {
	src := &diag.Source{Name: "statement", Text: sql}
	if d, ok := checkText(src); !ok {
		return "", nil, diag.List{d}
	}
	p, err := onlyPiece(src)
	if err != nil {
		return sql, nil, nil
	}
	r, tree, err := parsePiece(src, p)
	if err != nil || len(r.edits) > 0 || hasParams(p, sql) {
		return sql, nil, nil // the compiler reports the error; statements with parameters of their own stay as they are
	}
	l := &lifter{sql: r.text.SQL, found: map[int]*literal{}}
	for _, t := range token.Scan(l.sql) {
		if t.Kind != token.Comment {
			l.tokens = append(l.tokens, t)
		}
	}
	if l.dividesByZero() {
		return sql, nil, nil // PostgreSQL computes that ahead of the statement
	}
	switch tree.GetNode().(type) {
	case *pg.Node_SelectStmt, *pg.Node_InsertStmt, *pg.Node_UpdateStmt, *pg.Node_DeleteStmt:
		l.walk(tree.ProtoReflect(), lifting{numbers: true, strings: true})
	}
	text, params := l.rewrite()
	return text, params, nil
}

// dividesByZero reports whether the statement has a division by a literal zero.
func (l *lifter) dividesByZero() bool {
	for i, t := range l.tokens[:max(len(l.tokens)-1, 0)] {
		op, by := t.Text(l.sql), l.tokens[i+1].Text(l.sql)
		if (op == "/" || op == "%") && by[0] >= '0' && by[0] <= '9' && strings.Trim(by, "0.") == "" {
			return true
		}
	}
	return false
}

func hasParams(p piece, sql string) bool {
	for _, t := range p.tokens {
		if t.Kind == token.Param {
			return true
		}
	}
	return false
}

// lifting says which literals may be lifted at a place.
type lifting struct{ numbers, strings bool }

// literal is a literal to lift: the text from start to end becomes the parameter, cast to a type unless that is empty.
type literal struct {
	start, end int
	kind, text string
	cast       string
}

type lifter struct {
	sql    string
	tokens []token.Token    // without comments
	found  map[int]*literal // by place
	names  []int            // places of AS "?column?"
}

// walk visits a tree; in says what may be lifted below.
func (l *lifter) walk(m protoreflect.Message, in lifting) {
	switch n := m.Interface().(type) {
	case *pg.SelectStmt:
		l.selectStmt(n, in)
	case *pg.A_Const:
		l.constant(n, in)
	case *pg.ResTarget:
		l.node(n.Val, in)
		if c := n.Val.GetAConst(); c != nil && n.Name == "" {
			l.keepName(int(c.Location))
		}
	case *pg.TypeCast:
		l.typeCast(n, in)
	case *pg.FuncCall:
		l.funcCall(n, in)
	case *pg.A_Expr:
		l.aExpr(n, in)
	case *pg.NullTest:
		if n.Arg.GetAConst() == nil {
			l.fields(m, in)
		}
	case *pg.A_Indirection, *pg.WindowDef, *pg.SortBy, *pg.GroupingSet, *pg.LockingClause, *pg.RangeTableSample, *pg.RangeFunction, *pg.TypeName,
		*pg.InferClause:
	default:
		l.fields(m, in)
	}
}

// fields visits everything directly below.
func (l *lifter) fields(m protoreflect.Message, in lifting) {
	m.Range(func(f protoreflect.FieldDescriptor, v protoreflect.Value) bool {
		switch {
		case f.Kind() != protoreflect.MessageKind || f.IsMap():
		case f.IsList():
			for i := range v.List().Len() {
				l.walk(v.List().Get(i).Message(), in)
			}
		default:
			l.walk(v.Message(), in)
		}
		return true
	})
}

func (l *lifter) node(n *pg.Node, in lifting) {
	if n != nil {
		l.walk(n.ProtoReflect(), in)
	}
}

func (l *lifter) nodes(list []*pg.Node, in lifting) {
	for _, n := range list {
		l.node(n, in)
	}
}

func (l *lifter) selectStmt(n *pg.SelectStmt, in lifting) {
	if n.WithClause != nil {
		l.walk(n.WithClause.ProtoReflect(), in)
	}
	l.nodes(n.FromClause, in)
	l.node(n.WhereClause, in)
	l.nodes(n.ValuesLists, in)
	for _, side := range []*pg.SelectStmt{n.Larg, n.Rarg} {
		if side != nil {
			l.selectStmt(side, in)
		}
	}
	for _, limit := range []*pg.Node{n.LimitCount, n.LimitOffset} {
		// A bare parameter is bigint here, and so is the literal in the end.
		if c := limit.GetAConst(); c.GetIval() != nil {
			l.constant(c, in)
			if found := l.found[int(c.Location)]; found != nil {
				found.cast = ""
			}
		} else {
			l.node(limit, in)
		}
	}
	if mustMatch(n) {
		return
	}
	l.nodes(n.TargetList, in)
	l.node(n.HavingClause, in)
}

// mustMatch reports whether the SELECT list has to match expressions with literals elsewhere in the query.
func mustMatch(n *pg.SelectStmt) bool {
	if hasConstant(n.GroupClause) {
		return true
	}
	return len(n.DistinctClause) > 0 && (hasConstant(n.SortClause) || hasConstant(n.DistinctClause))
}

func hasConstant(list []*pg.Node) bool {
	for _, n := range list {
		if n != nil && holdsConstant(n.ProtoReflect()) {
			return true
		}
	}
	return false
}

func holdsConstant(m protoreflect.Message) bool {
	if _, ok := m.Interface().(*pg.A_Const); ok {
		return true
	}
	found := false
	m.Range(func(f protoreflect.FieldDescriptor, v protoreflect.Value) bool {
		switch {
		case f.Kind() != protoreflect.MessageKind || f.IsMap():
		case f.IsList():
			for i := 0; i < v.List().Len() && !found; i++ {
				found = holdsConstant(v.List().Get(i).Message())
			}
		default:
			found = holdsConstant(v.Message())
		}
		return !found
	})
	return found
}

// liftedOperators are the operators whose string operands may be parameters.
var liftedOperators = map[string]bool{
	"=": true, "<>": true, "<": true, ">": true, "<=": true, ">=": true, "+": true, "-": true, "*": true, "/": true, "%": true, "||": true,
}

func (l *lifter) aExpr(n *pg.A_Expr, in lifting) {
	name := ""
	if len(n.Name) > 0 {
		name = n.Name[len(n.Name)-1].GetString_().GetSval()
	}
	switch n.Kind {
	case pg.A_Expr_Kind_AEXPR_LIKE, pg.A_Expr_Kind_AEXPR_ILIKE, pg.A_Expr_Kind_AEXPR_SIMILAR:
		l.node(n.Lexpr, in)
		return
	case pg.A_Expr_Kind_AEXPR_OP_ANY, pg.A_Expr_Kind_AEXPR_OP_ALL:
		l.node(n.Lexpr, in)
		if n.Rexpr.GetAConst() == nil && n.Rexpr.GetTypeCast() == nil {
			l.node(n.Rexpr, in)
		}
		return
	case pg.A_Expr_Kind_AEXPR_OP:
		in.strings = in.strings && liftedOperators[name]
	}
	l.node(n.Lexpr, in)
	l.node(n.Rexpr, in)
}

// funcCall lifts numbers among a function's arguments. Strings there are fields, formats and patterns more often than data, and
// window functions and ordered-set aggregates take constants.
func (l *lifter) funcCall(n *pg.FuncCall, in lifting) {
	if n.Over != nil || n.AggWithinGroup {
		return
	}
	in.strings = false
	l.nodes(n.Args, in)
	l.node(n.AggFilter, lifting{numbers: in.numbers, strings: in.numbers})
}

// typeCast lifts a typed literal: '...'::type and CAST('...' AS type) keep their cast, type '...' gets one.
func (l *lifter) typeCast(n *pg.TypeCast, in lifting) {
	c := n.Arg.GetAConst()
	if c == nil {
		l.node(n.Arg, in)
		return
	}
	if c.GetSval() == nil {
		l.constant(c, in)
		return
	}
	if !in.numbers || len(n.TypeName.GetArrayBounds()) > 0 || isIntervalField(n.TypeName) {
		return
	}
	l.constant(c, lifting{numbers: true, strings: true})
	found := l.found[int(c.Location)]
	if found == nil {
		return
	}
	if at := int(n.TypeName.GetLocation()); at < found.start { // type '...', if nothing but the type's name stands between
		name := strings.TrimSpace(l.sql[at:found.start])
		if strings.ContainsAny(name, "'") || strings.HasPrefix(name, "::") {
			delete(l.found, int(c.Location))
			return
		}
		found.start, found.cast = at, name
	}
}

// isIntervalField recognises interval '1' day, whose unit is part of the type.
func isIntervalField(t *pg.TypeName) bool {
	names := t.GetNames()
	return len(names) > 0 && names[len(names)-1].GetString_().GetSval() == "interval" && len(t.Typmods) > 0
}

// keepName gives an output column that was a bare number the name it had: the cast would give it another. The name goes behind the
// parentheses around the number.
func (l *lifter) keepName(location int) {
	lit := l.found[location]
	if lit == nil || lit.cast == "" {
		return
	}
	open, at := 0, lit.end
	for i := len(l.tokens) - 1; i >= 0; i-- {
		if l.tokens[i].Start < lit.start {
			if l.tokens[i].Text(l.sql) != "(" {
				break
			}
			open++
		}
	}
	for _, t := range l.tokens {
		if t.Start >= lit.end && open > 0 && t.Text(l.sql) == ")" {
			open--
			at = t.End
		} else if t.Start >= lit.end {
			break
		}
	}
	l.names = append(l.names, at)
}

// constant lifts a constant if its place and form allow.
func (l *lifter) constant(c *pg.A_Const, in lifting) {
	if c == nil || c.Isnull || c.Location < 0 || l.found[int(c.Location)] != nil {
		return
	}
	lit := &literal{start: int(c.Location)}
	t, ok := token.Next(l.sql, lit.start)
	if !ok || t.Start != lit.start {
		return
	}
	switch v := c.Val.(type) {
	case *pg.A_Const_Ival:
		lit.kind, lit.text = "int4", strconv.Itoa(int(v.Ival.GetIval()))
	case *pg.A_Const_Fval:
		lit.kind, lit.text = numberKind(v.Fval.GetFval())
	case *pg.A_Const_Sval:
		if !in.strings || t.Kind != token.String {
			return
		}
		// Strings on several lines are one literal.
		lit.kind, lit.text, lit.end = "string", v.Sval.GetSval(), t.End
		if next, ok := token.Next(l.sql, t.End); ok && next.Kind == token.String {
			return
		}
		l.found[lit.start] = lit
		return
	default:
		return
	}
	if !in.numbers {
		return
	}
	if t.Kind == token.Op && t.Text(l.sql) == "-" { // a negative number
		if t, ok = token.Next(l.sql, t.End); !ok {
			return
		}
	}
	if t.Kind != token.Number {
		return
	}
	lit.end, lit.cast = t.End, lit.kind
	l.found[lit.start] = lit
}

// numberKind is the type of a numeric literal that is not a plain integer.
func numberKind(text string) (kind, value string) {
	n, err := strconv.ParseInt(text, 10, 64)
	switch {
	case err != nil:
		return "numeric", text
	case n == int64(int32(n)):
		return "int4", strconv.FormatInt(n, 10)
	}
	return "int8", strconv.FormatInt(n, 10)
}

// rewrite writes the shape.
func (l *lifter) rewrite() (string, []LiftedLiteral) {
	list := make([]*literal, 0, len(l.found))
	for _, lit := range l.found {
		list = append(list, lit)
	}
	sort.Slice(list, func(i, j int) bool { return list[i].start < list[j].start })
	sort.Ints(l.names)
	var b strings.Builder
	var params []LiftedLiteral
	done := 0
	copyTo := func(end int) {
		for len(l.names) > 0 && l.names[0] <= end {
			b.WriteString(l.sql[done:l.names[0]])
			b.WriteString(` AS "?column?"`)
			done, l.names = l.names[0], l.names[1:]
		}
		b.WriteString(l.sql[done:end])
	}
	for _, lit := range list {
		if lit.start < done {
			continue
		}
		copyTo(lit.start)
		name := "p" + strconv.Itoa(len(params)+1)
		params = append(params, LiftedLiteral{Name: name, Kind: lit.kind, Text: lit.text})
		b.WriteString("(@" + name)
		if lit.cast != "" {
			b.WriteString("::" + lit.cast)
		}
		b.WriteString(")")
		done = lit.end
	}
	copyTo(len(l.sql))
	return b.String(), params
}
