package luagen_test

import (
	"context"
	"fmt"
	"math/rand"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/prequel-db/prequel/lowering/phys"
	"github.com/prequel-db/prequel/luagen"
	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqllogic/testdb"
	"github.com/prequel-db/prequel/sqlparse/bound"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

var (
	boolean = value.Of(value.Bool)
	integer = value.Of(value.Int4)
	bigint  = value.Of(value.Int8)
	text    = value.Of(value.Text)
	double  = value.Of(value.Float8)
)

func node(t value.Type) scalar.Node { return scalar.Node{Typ: t} }

func param(n int, t value.Type) scalar.Expr { return &scalar.Param{Node: node(t), Number: n} }

func constant(t value.Type, s string) scalar.Expr { return &scalar.Const{Node: node(t), Text: s} }

func fn(proc string) *scalar.Func { return &scalar.Func{Name: proc, Proc: proc, Strict: true} }

func apply(t value.Type, proc string, args ...scalar.Expr) scalar.Expr {
	return &scalar.Call{Node: node(t), Fn: fn(proc), Args: args}
}

// variable is an input of random expressions.
type variable struct {
	name   string
	typ    value.Type
	null   bool
	values []string // as SQL literals; "" is NULL
}

var variables = []variable{
	{"p", boolean, true, []string{"", "t", "f"}},
	{"q", boolean, true, []string{"", "t", "f"}},
	{"r", boolean, false, []string{"t", "f"}},
	{"a", integer, true, []string{"", "1", "2"}},
	{"b", integer, false, []string{"1", "2"}},
	{"w", bigint, true, []string{"", "2", "9223372036854775807", "-9007199254740993"}},
	{"v", bigint, false, []string{"2", "9007199254740993"}},
	{"s", text, true, []string{"", "x", "Y"}},
	{"u", text, false, []string{"x", "~"}},
	{"f", double, true, []string{"", "1.5", "NaN", "-0"}},
	{"ps", value.ArrayOf(integer), true, []string{"", "{}", "{1,2}", "{3,NULL}"}},
}

// randomExpr makes expressions and their SQL.
type randomExpr struct{ *rand.Rand }

type both struct {
	e   scalar.Expr
	sql string
}

func (r randomExpr) leaf(t value.Type) both {
	var fits []int
	for i, v := range variables {
		if v.typ.Equal(t) {
			fits = append(fits, i)
		}
	}
	if r.Intn(5) > 0 {
		i := fits[r.Intn(len(fits))]
		return both{param(i+1, t), variables[i].name}
	}
	if r.Intn(4) == 0 {
		return both{&scalar.Const{Node: node(t), Null: true}, "NULL::" + t.String()}
	}
	v := variables[fits[r.Intn(len(fits))]]
	x := v.values[r.Intn(len(v.values))]
	if x == "" {
		x = v.values[1]
	}
	return both{constant(t, x), fmt.Sprintf("'%s'::%s", x, t)}
}

// compared are the types with their comparison functions.
var compared = []struct {
	typ   value.Type
	procs [6]string
}{
	{integer, [6]string{"int4eq", "int4ne", "int4lt", "int4le", "int4gt", "int4ge"}},
	{bigint, [6]string{"int8eq", "int8ne", "int8lt", "int8le", "int8gt", "int8ge"}},
	{text, [6]string{"texteq", "textne", "text_lt", "text_le", "text_gt", "text_ge"}},
	{double, [6]string{"float8eq", "float8ne", "float8lt", "float8le", "float8gt", "float8ge"}},
	{boolean, [6]string{"booleq", "boolne", "boollt", "boolle", "boolgt", "boolge"}},
}

var sqlOps = [6]string{"=", "<>", "<", "<=", ">", ">="}

func (r randomExpr) list(n int, f func() both) ([]scalar.Expr, []string) {
	var es []scalar.Expr
	var ss []string
	for range n {
		x := f()
		es, ss = append(es, x.e), append(ss, x.sql)
	}
	return es, ss
}

func (r randomExpr) boolean(depth int) both {
	if depth == 0 {
		return r.leaf(boolean)
	}
	sub := func() both { return r.boolean(depth - 1) }
	switch r.Intn(14) {
	case 0, 1:
		es, ss := r.list(2+r.Intn(2), sub)
		return both{&scalar.And{Node: node(boolean), Args: es}, "(" + strings.Join(ss, " AND ") + ")"}
	case 2, 3:
		es, ss := r.list(2+r.Intn(2), sub)
		return both{&scalar.Or{Node: node(boolean), Args: es}, "(" + strings.Join(ss, " OR ") + ")"}
	case 4:
		x := sub()
		return both{&scalar.Not{Node: node(boolean), Arg: x.e}, "(NOT " + x.sql + ")"}
	case 5:
		x := r.any(depth - 1)
		neg := r.Intn(2) == 0
		return both{&scalar.IsNull{Node: node(boolean), Arg: x.e, Negated: neg}, "(" + x.sql + " IS " + not(neg) + "NULL)"}
	case 6:
		x := sub()
		neg := r.Intn(2) == 0
		var val *bool
		word := "UNKNOWN"
		if k := r.Intn(3); k < 2 {
			b := k == 0
			val = &b
			word = map[bool]string{true: "TRUE", false: "FALSE"}[b]
		}
		return both{&scalar.IsBool{Node: node(boolean), Arg: x.e, Value: val, Negated: neg}, "(" + x.sql + " IS " + not(neg) + word + ")"}
	case 7, 8, 9:
		c := compared[r.Intn(len(compared))]
		op := r.Intn(6)
		x, y := r.of(c.typ, depth-1), r.of(c.typ, depth-1)
		return both{apply(boolean, c.procs[op], x.e, y.e), "(" + x.sql + " " + sqlOps[op] + " " + y.sql + ")"}
	case 10:
		c := compared[r.Intn(len(compared))]
		x, y := r.of(c.typ, depth-1), r.of(c.typ, depth-1)
		neg := r.Intn(2) == 0
		return both{
			&scalar.IsDistinct{Node: node(boolean), Eq: fn(c.procs[0]), Left: x.e, Right: y.e, Negated: neg},
			"(" + x.sql + " IS " + not(neg) + "DISTINCT FROM " + y.sql + ")",
		}
	case 11:
		c := compared[r.Intn(3)]
		x := r.of(c.typ, depth-1)
		es, ss := r.list(1+r.Intn(7), func() both {
			if r.Intn(4) == 0 {
				return r.of(c.typ, depth-1)
			}
			return r.leafConst(c.typ)
		})
		if r.Intn(2) == 0 {
			return both{&scalar.InList{Node: node(boolean), Left: x.e, Op: named("=", c.procs[0]), List: es}, "(" + x.sql + " IN (" + strings.Join(ss, ", ") + "))"}
		}
		return both{&scalar.InList{Node: node(boolean), Left: x.e, Op: named("<>", c.procs[1]), List: es, All: true}, "(" + x.sql + " NOT IN (" + strings.Join(ss, ", ") + "))"}
	case 12:
		x, y := r.of(integer, depth-1), r.leaf(value.ArrayOf(integer))
		op := r.Intn(6)
		all := r.Intn(2) == 0
		word := map[bool]string{true: "ALL", false: "ANY"}[all]
		return both{
			&scalar.AnyArray{Node: node(boolean), Left: x.e, Array: y.e, Op: fn(compared[0].procs[op]), All: all},
			"(" + x.sql + " " + sqlOps[op] + " " + word + " (" + y.sql + "))",
		}
	}
	return r.conditional(boolean, depth)
}

func named(name, proc string) *scalar.Func { return &scalar.Func{Name: name, Proc: proc, Strict: true} }

func (r randomExpr) leafConst(t value.Type) both {
	for {
		if x := r.leaf(t); x.e.(interface{ Type() value.Type }) != nil {
			if _, ok := x.e.(*scalar.Const); ok {
				return x
			}
		}
	}
}

// conditional is CASE, COALESCE, NULLIF, GREATEST or LEAST.
func (r randomExpr) conditional(t value.Type, depth int) both {
	sub := func() both { return r.of(t, depth-1) }
	c := compared[0]
	for _, x := range compared {
		if x.typ.Equal(t) {
			c = x
		}
	}
	switch r.Intn(4) {
	case 0:
		e, s := &scalar.Case{Node: node(t)}, "CASE"
		for range 1 + r.Intn(2) {
			w, x := r.boolean(depth-1), sub()
			e.Whens = append(e.Whens, scalar.When{Cond: w.e, Then: x.e})
			s += " WHEN " + w.sql + " THEN " + x.sql
		}
		if r.Intn(2) == 0 {
			x := sub()
			e.Else = x.e
			s += " ELSE " + x.sql
		}
		return both{e, "(" + s + " END)"}
	case 1:
		es, ss := r.list(1+r.Intn(3), sub)
		return both{&scalar.Coalesce{Node: node(t), Args: es}, "COALESCE(" + strings.Join(ss, ", ") + ")"}
	case 2:
		x, y := sub(), sub()
		return both{&scalar.NullIf{Node: node(t), Eq: fn(c.procs[0]), Left: x.e, Right: y.e}, "NULLIF(" + x.sql + ", " + y.sql + ")"}
	}
	es, ss := r.list(1+r.Intn(3), sub)
	least := r.Intn(2) == 0
	return both{
		&scalar.MinMax{Node: node(t), Least: least, Less: fn(c.procs[2]), Args: es},
		map[bool]string{true: "LEAST", false: "GREATEST"}[least] + "(" + strings.Join(ss, ", ") + ")",
	}
}

func (r randomExpr) any(depth int) both {
	return r.of([]value.Type{boolean, integer, bigint, text, double}[r.Intn(5)], depth)
}

func (r randomExpr) of(t value.Type, depth int) both {
	if t.Kind == value.Bool {
		return r.boolean(depth)
	}
	if depth == 0 || r.Intn(2) == 0 {
		return r.leaf(t)
	}
	if r.Intn(2) == 0 {
		return r.conditional(t, depth)
	}
	switch t.Kind {
	case value.Int4:
		x, y := r.of(integer, depth-1), r.of(integer, depth-1)
		return both{apply(integer, "int4pl", x.e, y.e), "(" + x.sql + " + " + y.sql + ")"}
	case value.Text:
		if r.Intn(2) == 0 {
			x := r.of(text, depth-1)
			return both{apply(text, "lower", x.e), "lower(" + x.sql + ")"}
		}
		if r.Intn(2) == 0 {
			x := r.of([]value.Type{boolean, integer, bigint}[r.Intn(3)], depth-1)
			return both{&scalar.ViaText{Node: node(text), Arg: x.e}, "textin(" + map[value.Kind]string{
				value.Bool: "boolout", value.Int4: "int4out", value.Int8: "int8out",
			}[x.e.Type().Kind] + "(" + x.sql + "))"}
		}
		x, y := r.of(text, depth-1), r.of(text, depth-1)
		return both{apply(text, "textcat", x.e, y.e), "(" + x.sql + " || " + y.sql + ")"}
	}
	return r.leaf(t)
}

func not(neg bool) string {
	if neg {
		return "NOT "
	}
	return ""
}

// TestRandomLogic compares random expressions with PostgreSQL, as values and as conditions, on all engines.
func TestRandomLogic(t *testing.T) {
	const programs, width, tuples = 100, 8, 12
	ctx := context.Background()
	db, err := pgx.Connect(ctx, testdb.Database(t))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close(ctx)
	r := randomExpr{rand.New(rand.NewSource(77))}
	var progs []*phys.Program
	var queries [][]string
	for i := range programs {
		prog := &phys.Program{Name: fmt.Sprintf("Logic%d", i), Columns: &scalar.Columns{}, ReadOnly: true}
		for j, v := range variables {
			prog.Params = append(prog.Params, bound.Param{Number: j + 1, Name: v.name, Type: v.typ, Nullable: v.null})
		}
		var exprs []scalar.Expr
		var sqls []string
		for range width {
			x := r.any(3)
			exprs, sqls = append(exprs, x.e), append(sqls, "("+x.sql+")::text")
			c := r.boolean(3)
			exprs = append(exprs,
				&scalar.Case{Node: node(integer), Whens: []scalar.When{{Cond: c.e, Then: constant(integer, "1")}}, Else: constant(integer, "0")},
				&scalar.Case{Node: node(integer), Whens: []scalar.When{{Cond: &scalar.Not{Node: node(boolean), Arg: c.e}, Then: constant(integer, "1")}}, Else: constant(integer, "0")})
			sqls = append(sqls, "(CASE WHEN "+c.sql+" THEN 1 ELSE 0 END)::text", "(CASE WHEN NOT "+c.sql+" THEN 1 ELSE 0 END)::text")
		}
		prog.SQL = "SELECT ..."
		prog.Body = []phys.Op{&phys.EmitRow{Exprs: exprs}}
		prog.Reply = phys.Reply{Kind: phys.Flat, Outputs: make([]phys.ReplyColumn, len(exprs))}
		progs = append(progs, prog)
		queries = append(queries, sqls)
	}
	out, err := luagen.Generate(progs, luagen.Options{Root: root, Library: library})
	if err != nil {
		t.Fatal(err)
	}
	list := engines(t, out)
	for i := range progs {
		for range tuples {
			args, binds := randomTuple(r)
			want := askPostgres(t, db, "SELECT "+strings.Join(queries[i], ", ")+" FROM (SELECT "+binds+") x")
			for _, e := range list {
				reply, err := flat(e.call(&out.Functions[i], nil, args))
				if err != nil {
					t.Fatalf("%s: %v\n%s\n%s", e.name, err, binds, out.Functions[i].Script)
				}
				for k, got := range reply {
					if g := asText(progs[i].Body[0].(*phys.EmitRow).Exprs[k].Type(), got); g != want[k] {
						t.Fatalf("%s: got %s, want %s\n%s\nwith %s\n%s", e.name, g, want[k],
							queries[i][k], binds, scriptBody(out.Functions[i].Script))
					}
				}
			}
		}
	}
}

// randomTuple picks a value for every variable: the arguments, and the SQL that makes them columns.
func randomTuple(r randomExpr) ([]any, string) {
	var args []any
	var cols []string
	for _, v := range variables {
		s := v.values[r.Intn(len(v.values))]
		lit := "NULL"
		val := value.Null
		if s != "" {
			lit = "'" + s + "'"
			var err error
			if val, err = value.Parse(v.typ, s); err != nil {
				panic(err)
			}
		}
		cols = append(cols, fmt.Sprintf("%s::%s AS %s", lit, v.typ, v.name))
		var b []byte
		var err error
		if v.null {
			b, err = value.AppendArgvNullable(nil, v.typ, val)
		} else {
			b, err = value.AppendArgv(nil, v.typ, val)
		}
		if err != nil {
			panic(err)
		}
		args = append(args, string(b))
	}
	return args, strings.Join(cols, ", ")
}

// askPostgres returns a row of texts, "NULL" for NULL.
func askPostgres(t *testing.T, db *pgx.Conn, sql string) []string {
	t.Helper()
	rows, err := db.Query(context.Background(), sql)
	if err != nil {
		t.Fatalf("%v\n%s", err, sql)
	}
	defer rows.Close()
	var out []string
	for rows.Next() {
		vals, err := rows.Values()
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range vals {
			if v == nil {
				out = append(out, "NULL")
			} else {
				out = append(out, v.(string))
			}
		}
	}
	if err := rows.Err(); err != nil {
		t.Fatalf("%v\n%s", err, sql)
	}
	return out
}

// asText is a reply's value in PostgreSQL's text form.
func asText(typ value.Type, reply any) string {
	v, err := value.DecodeReply(typ, reply)
	if err != nil {
		return err.Error()
	}
	if v.IsNull() {
		return "NULL"
	}
	s := value.Format(typ, v)
	if typ.Kind == value.Bool {
		return map[string]string{"t": "true", "f": "false"}[s]
	}
	return s
}

// scriptBody is a script without its helpers.
func scriptBody(script string) string {
	if i := strings.Index(script, "-- Logic"); i >= 0 {
		return script[i:]
	}
	return script
}
