package bind

import (
	"strings"

	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqlparse/builtin"
	"github.com/prequel-db/prequel/sqlparse/catalog"
	"github.com/prequel-db/prequel/sqlparse/scalar"

	pg "github.com/pganalyze/pg_query_go/v5"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// An index's expression is shown in the detail of an error as PostgreSQL's pg_get_indexdef prints it (ruleutils.c): casts that were implicit
// included, literals with their types, and parentheses where the pretty form has them. The bound expression has all of this but how a
// function was called, which is looked up in the parse tree. What cannot be told is not printed: the index is not compiled then.

// indexKey prints a bound index expression; ok is false where PostgreSQL's form is not known.
func indexKey(t *catalog.Table, c *catalog.Condition, tree *pg.Node, s *stmt) (key string, ok bool) {
	d := &indexdef{
		s: s, names: map[scalar.ColumnID]string{}, special: map[string]bool{}, plain: map[string]bool{}, texts: map[string]bool{},
		decimals: map[string]bool{}, ok: true,
	}
	for i, id := range c.Cols {
		d.names[id] = t.Columns[i].Name
	}
	d.look(tree.ProtoReflect())
	key = d.expr(c.Expr, nil, false)
	if call, isCall := c.Expr.(*scalar.Call); !functionLike(c.Expr) && !(isCall && d.function(call)) {
		key = "(" + key + ")"
	}
	return key, d.ok
}

// functionLike reports whether a form needs no parentheses of its own in an index, like a function's call, which function tells.
func functionLike(e scalar.Expr) bool {
	switch e.(type) {
	case *scalar.Coalesce, *scalar.MinMax, *scalar.NullIf:
		return true
	}
	return false
}

type indexdef struct {
	s     *stmt
	names map[scalar.ColumnID]string
	// special and plain are the functions that the source calls by syntax of their own, EXTRACT(... FROM ...), and like others; texts are
	// its string literals, and decimals the values of those that are not integers.
	special, plain, texts, decimals map[string]bool
	ok                              bool
}

// look collects what the bound expression does not tell.
func (d *indexdef) look(m protoreflect.Message) {
	switch n := m.Interface().(type) {
	case *pg.FuncCall:
		names := stringsOf(n.Funcname)
		if name := names[len(names)-1]; n.Funcformat == pg.CoercionForm_COERCE_SQL_SYNTAX {
			d.special[name] = true
		} else {
			d.plain[name] = true
		}
	case *pg.A_Const:
		switch v := n.Val.(type) {
		case *pg.A_Const_Sval:
			d.texts[v.Sval.Sval] = true
		case *pg.A_Const_Fval:
			if x, err := value.Parse(value.Of(value.Numeric), v.Fval.Fval); err == nil {
				d.decimals[value.Format(value.Of(value.Numeric), x)] = true
			}
		}
	}
	m.Range(func(f protoreflect.FieldDescriptor, v protoreflect.Value) bool {
		switch {
		case f.Kind() == protoreflect.MessageKind && f.IsList():
			for i := range v.List().Len() {
				d.look(v.List().Get(i).Message())
			}
		case f.Kind() == protoreflect.MessageKind && !f.IsMap():
			d.look(v.Message())
		}
		return true
	})
}

func (d *indexdef) unknown() string {
	d.ok = false
	return ""
}

// operatorName reports whether a function is an operator's.
func isOperator(f *scalar.Func) bool {
	return strings.Trim(f.Name, "+-*/<>=~!@#%^&|`?") == "" && f.Name != ""
}

// cast is what a node converts and to which type, when it is a conversion.
func (d *indexdef) cast(e scalar.Expr) (arg scalar.Expr, to value.Type, ok bool) {
	switch x := e.(type) {
	case *scalar.Relabel:
		return x.Arg, x.Typ, true
	case *scalar.ViaText:
		return x.Arg, x.Typ, true
	case *scalar.Modify:
		arg := x.Arg
		if inner, to, ok := d.cast(arg); ok && to.Equal(x.Typ.Base()) {
			arg = inner // the conversion to the type and that to its length are one
		}
		return arg, x.Typ, true
	case *scalar.Call:
		if isOperator(x.Fn) || d.plain[x.Fn.Name] || d.special[x.Fn.Name] || len(x.Args) == 0 {
			return nil, value.Type{}, false
		}
		from, to := d.s.oid(x.Args[0]), d.s.types.OID(x.Typ)
		if kind, _ := d.s.types.Path(to, from, builtin.Explicit); kind == builtin.Func {
			return x.Args[0], x.Typ, true
		}
	}
	return nil, value.Type{}, false
}

// function reports whether a call is printed as a function's.
func (d *indexdef) function(x *scalar.Call) bool {
	_, _, cast := d.cast(x)
	return !cast && !isOperator(x.Fn)
}

// expr prints an expression below a parent (nil: none).
func (d *indexdef) expr(e, parent scalar.Expr, paren bool) string {
	if paren && !d.simple(e, parent) {
		return "(" + d.expr(e, parent, false) + ")"
	}
	if arg, to, ok := d.cast(e); ok {
		if to.Kind == value.Enum || to.Kind == value.Array {
			return d.unknown()
		}
		return d.expr(arg, e, true) + "::" + to.String()
	}
	switch x := e.(type) {
	case *scalar.Column:
		return QuoteIdentifier(d.names[x.ID])
	case *scalar.Const:
		return d.constant(x)
	case *scalar.Call:
		if isOperator(x.Fn) {
			if len(x.Args) == 1 {
				return x.Fn.Name + " " + d.expr(x.Args[0], e, true)
			}
			return d.expr(x.Args[0], e, true) + " " + x.Fn.Name + " " + d.expr(x.Args[1], e, true)
		}
		return d.call(x)
	case *scalar.And:
		return d.list(x.Args, x, " AND ", true)
	case *scalar.Or:
		return d.list(x.Args, x, " OR ", true)
	case *scalar.Not:
		return "NOT " + d.expr(x.Arg, e, true)
	case *scalar.IsNull:
		return d.expr(x.Arg, e, true) + " IS" + not(x.Negated) + " NULL"
	case *scalar.IsBool:
		word := " UNKNOWN"
		if x.Value != nil && *x.Value {
			word = " TRUE"
		} else if x.Value != nil {
			word = " FALSE"
		}
		return d.expr(x.Arg, e, true) + " IS" + not(x.Negated) + word
	case *scalar.Coalesce:
		return "COALESCE(" + d.list(x.Args, x, ", ", false) + ")"
	case *scalar.NullIf:
		return "NULLIF(" + d.list([]scalar.Expr{x.Left, x.Right}, x, ", ", false) + ")"
	case *scalar.MinMax:
		name := "GREATEST("
		if x.Least {
			name = "LEAST("
		}
		return name + d.list(x.Args, x, ", ", false) + ")"
	case *scalar.ArrayExpr:
		return "ARRAY[" + d.list(x.Elems, x, ", ", false) + "]"
	case *scalar.InList:
		quantifier := " ANY (ARRAY["
		if x.All {
			quantifier = " ALL (ARRAY["
		}
		return d.expr(x.Left, e, true) + " " + x.Op.Name + quantifier + d.list(x.List, &scalar.ArrayExpr{}, ", ", false) + "])"
	}
	return d.unknown()
}

func not(negated bool) string {
	if negated {
		return " NOT"
	}
	return ""
}

func (d *indexdef) list(es []scalar.Expr, parent scalar.Expr, sep string, paren bool) string {
	parts := make([]string, len(es))
	for i, e := range es {
		parts[i] = d.expr(e, parent, paren)
	}
	return strings.Join(parts, sep)
}

// call prints a function's call.
func (d *indexdef) call(x *scalar.Call) string {
	name := x.Fn.Name
	if x.Fn.Routine != nil || strings.HasPrefix(name, "[") || d.special[name] && d.plain[name] {
		return d.unknown()
	}
	if !d.special[name] {
		if !d.plain[name] {
			return d.unknown()
		}
		return QuoteIdentifier(name) + "(" + d.list(x.Args, x, ", ", false) + ")"
	}
	arg := func(i int) string { return d.expr(x.Args[i], x, false) }
	switch name {
	case "timezone":
		return "(" + d.expr(x.Args[1], x, true) + " AT TIME ZONE " + d.expr(x.Args[0], x, true) + ")"
	case "extract":
		field, ok := x.Args[0].(*scalar.Const)
		if !ok {
			return d.unknown()
		}
		return "EXTRACT(" + field.Text + " FROM " + arg(1) + ")"
	case "position":
		return "POSITION((" + arg(1) + ") IN (" + arg(0) + "))"
	case "substring":
		switch out := "SUBSTRING(" + arg(0) + " FROM " + arg(1); len(x.Args) {
		case 2:
			return out + ")"
		case 3:
			return out + " FOR " + arg(2) + ")"
		}
	case "btrim", "ltrim", "rtrim":
		side := map[string]string{"btrim": "BOTH", "ltrim": "LEADING", "rtrim": "TRAILING"}[name]
		if len(x.Args) == 2 {
			return "TRIM(" + side + " " + arg(1) + " FROM " + arg(0) + ")"
		}
		return "TRIM(" + side + " FROM " + arg(0) + ")"
	}
	return d.unknown()
}

// constant prints a constant with its type where the text alone would have another. An integer literal that was converted when it was bound
// is printed as PostgreSQL keeps it, a conversion.
func (d *indexdef) constant(c *scalar.Const) string {
	typ := "::" + c.Typ.String()
	switch {
	case c.Typ.Kind == value.Enum:
		return d.unknown()
	case c.Null:
		return "NULL" + typ
	case c.Typ.Kind == value.Bool:
		return map[bool]string{true: "true", false: "false"}[c.Text == "t"]
	case isNumber(c.Typ.Kind) && strings.Trim(c.Text, "-0123456789") == "" && !d.decimals[c.Text]:
		whole := c.Text
		if strings.HasPrefix(whole, "-") {
			whole = quoteLiteral(whole) + "::integer"
		}
		switch {
		case c.Typ.Kind == value.Int4:
			return whole
		case d.texts[c.Text] || len(c.Text) > 9:
			return d.unknown()
		}
		return whole + typ
	case c.Typ.Kind == value.Numeric && c.Text[0] >= '0' && c.Text[0] <= '9' && strings.ContainsAny(c.Text, ".eE"):
		return c.Text
	}
	return quoteLiteral(c.Text) + typ
}

func quoteLiteral(s string) string {
	out := "'" + strings.ReplaceAll(strings.ReplaceAll(s, `\`, `\\`), "'", "''") + "'"
	if strings.Contains(s, `\`) {
		return "E" + out
	}
	return out
}

// QuoteIdentifier is a name as SQL has to write it.
func QuoteIdentifier(name string) string {
	plain := name != ""
	for i, r := range name {
		plain = plain && (r == '_' || r >= 'a' && r <= 'z' || i > 0 && r >= '0' && r <= '9')
	}
	if plain {
		if tokens, err := pg.Scan(name); err == nil && len(tokens.Tokens) == 1 {
			kind := tokens.Tokens[0].KeywordKind
			plain = kind == pg.KeywordKind_NO_KEYWORD || kind == pg.KeywordKind_UNRESERVED_KEYWORD
		}
	}
	if plain {
		return name
	}
	return `"` + strings.ReplaceAll(name, `"`, `""`) + `"`
}

// simple reports whether an expression needs no parentheses below a parent: isSimpleNode of ruleutils.c.
func (d *indexdef) simple(e, parent scalar.Expr) bool {
	if arg, _, ok := d.cast(e); ok {
		if _, isCall := e.(*scalar.Call); isCall {
			return true
		}
		return d.simple(arg, e)
	}
	switch x := e.(type) {
	case *scalar.Call:
		if !isOperator(x.Fn) {
			return true
		}
		if above, ok := parent.(*scalar.Call); ok && isOperator(above.Fn) {
			return simpleOperator(x, above)
		}
		return d.encloses(parent, true)
	case *scalar.IsNull, *scalar.IsBool, *scalar.IsDistinct:
		return d.encloses(parent, true)
	case *scalar.Not, *scalar.And:
		switch parent.(type) {
		case *scalar.And, *scalar.Or:
			return true
		}
		return d.encloses(parent, false)
	case *scalar.Or:
		if _, ok := parent.(*scalar.Or); ok {
			return true
		}
		return d.encloses(parent, false)
	case *scalar.InList, *scalar.AnyArray:
		return false
	}
	return true
}

// encloses reports whether a parent has parentheses of its own around its parts, or (where and is set) binds less.
func (d *indexdef) encloses(parent scalar.Expr, and bool) bool {
	switch p := parent.(type) {
	case *scalar.Call:
		return d.function(p) && !d.special[p.Fn.Name]
	case *scalar.ArrayExpr, *scalar.Coalesce, *scalar.MinMax, *scalar.NullIf:
		return true
	case *scalar.And, *scalar.Or, *scalar.Not:
		return and
	}
	return false
}

// simpleOperator decides by the precedence of the arithmetic operators.
func simpleOperator(x, parent *scalar.Call) bool {
	rank := func(c *scalar.Call) int {
		switch {
		case len(c.Args) != 2 || len(c.Fn.Name) != 1:
			return 0
		case strings.Contains("+-", c.Fn.Name):
			return 1
		case strings.Contains("*/%", c.Fn.Name):
			return 2
		}
		return 0
	}
	own, above := rank(x), rank(parent)
	switch {
	case own == 0 || above == 0 || own < above:
		return false
	case own > above:
		return true
	}
	return parent.Args[0] == scalar.Expr(x)
}
