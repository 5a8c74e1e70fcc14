package sqlparse_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"regexp"
	"slices"
	"sort"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqllogic/testdb"
	"github.com/prequel-db/prequel/sqlparse"
	"github.com/prequel-db/prequel/sqlparse/bound"
	"github.com/prequel-db/prequel/sqlparse/catalog"
	"github.com/prequel-db/prequel/sqlparse/diag"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

func TestMain(m *testing.M) { testdb.Main(m) }

// exhaustive makes the tests against PostgreSQL try every combination; by default they try a fixed sample.
var exhaustive = flag.Bool("exhaustive", false, "compare every combination of types and every record of the corpora with PostgreSQL")

// sampled tells whether the n-th combination is tried.
func sampled(n, every int) bool { return *exhaustive || n%every == 0 }

// oracle is a PostgreSQL with a schema, which describes statements without running them.
type oracle struct {
	t     *testing.T
	conn  *pgx.Conn
	cat   *catalog.Catalog
	b     *sqlparse.Binder
	names map[uint32]string // format_type of every type
	srcs  map[string]string // pg_proc.prosrc, or the unique name of functions without one, by oid
	logs  []string
	n     int
}

func newOracle(t *testing.T, schema string) *oracle {
	t.Helper()
	o := &oracle{t: t, names: map[uint32]string{}, srcs: map[string]string{}}
	cfg, err := pgx.ParseConfig(testdb.Database(t))
	if err != nil {
		t.Fatal(err)
	}
	cfg.OnNotice = func(_ *pgconn.PgConn, n *pgconn.Notice) { o.logs = append(o.logs, n.Message+"\n"+n.Detail) }
	o.conn, err = pgx.ConnectConfig(context.Background(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { o.conn.Close(context.Background()) })
	o.exec("SET timezone = 'UTC'")
	o.exec(schema)
	var errs diag.List
	o.cat, errs = sqlparse.ParseSchema([]*diag.Source{{Name: "schema.sql", Text: schema}})
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	o.b = sqlparse.NewBinder(o.cat)
	o.scan("SELECT oid::int8, format_type(oid, NULL) FROM pg_type", func(oid int64, name string) { o.names[uint32(oid)] = name })
	o.scan(`SELECT 0::int8, p.oid || ' ' || CASE WHEN p.prokind = 'a' THEN 'aggregate ' || p.proname WHEN p.prosqlbody IS NULL AND p.prolang <> (SELECT oid FROM pg_language WHERE lanname = 'sql')
	  THEN p.prosrc ELSE '' END FROM pg_proc p`, func(_ int64, line string) {
		oid, src, _ := strings.Cut(line, " ")
		o.srcs[oid] = src
	})
	return o
}

func (o *oracle) exec(sql string) {
	o.t.Helper()
	if _, err := o.conn.Exec(context.Background(), sql); err != nil {
		o.t.Fatalf("%s: %v", sql, err)
	}
}

func (o *oracle) scan(sql string, f func(int64, string)) {
	o.t.Helper()
	rows, err := o.conn.Query(context.Background(), sql)
	if err != nil {
		o.t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var n int64
		var s string
		if err := rows.Scan(&n, &s); err != nil {
			o.t.Fatal(err)
		}
		f(n, s)
	}
	if err := rows.Err(); err != nil {
		o.t.Fatal(err)
	}
}

// described is what either side says of a statement.
type described struct {
	columns []string // name type
	params  []string
	state   string // SQLSTATE of the refusal
	code    string // Prequel's code
	message string
	at      int // character position from 1, 0 when unknown
}

func (d described) String() string {
	if d.message != "" {
		return fmt.Sprintf("%s %s %s (at %d)", d.code, d.state, d.message, d.at)
	}
	return fmt.Sprintf("columns [%s] params [%s]", strings.Join(d.columns, ", "), strings.Join(d.params, ", "))
}

// postgres describes a statement in PostgreSQL.
func (o *oracle) postgres(sql string) described {
	o.n++
	name := fmt.Sprintf("s%d", o.n)
	sd, err := o.conn.Prepare(context.Background(), name, sql)
	var refused *pgconn.PgError
	if errors.As(err, &refused) {
		return described{state: refused.Code, message: refused.Message, at: int(refused.Position)}
	}
	if err != nil {
		o.t.Fatalf("%s: %v", sql, err)
	}
	var d described
	for _, f := range sd.Fields {
		d.columns = append(d.columns, f.Name+" "+o.names[f.DataTypeOID])
	}
	for _, p := range sd.ParamOIDs {
		d.params = append(d.params, o.names[p])
	}
	if err := o.conn.Deallocate(context.Background(), name); err != nil {
		o.t.Fatal(err)
	}
	return d
}

// prequel describes a statement here.
func (o *oracle) prequel(sql string) (described, *bound.Statement) {
	src := &diag.Source{Name: "query.sql", Text: sql}
	st, errs := o.b.Bind(src, sqlparse.Options{})
	if len(errs) > 0 {
		e := errs[0]
		return described{state: e.SQLState, code: e.Code, message: e.Problem, at: len([]rune(sql[:e.Span.Start])) + 1}, nil
	}
	var d described
	for _, t := range outputs(st) {
		d.columns = append(d.columns, t.Name+" "+plain(t.Expr.Type()))
	}
	for _, p := range st.Params {
		d.params = append(d.params, plain(p.Type))
	}
	return d, st
}

// plain is a type's name without modifiers.
func plain(t value.Type) string {
	if t.Kind == value.Array {
		return plain(*t.Elem) + "[]"
	}
	return t.Base().String()
}

// outputs are the columns a statement returns.
func outputs(st *bound.Statement) []bound.Target {
	switch b := st.Body.(type) {
	case *bound.Routine:
		var out []bound.Target
		for _, r := range b.Results {
			out = append(out, bound.Target{Name: r.Name, Expr: scalar.NullOf(r.Type)})
		}
		return out
	case *bound.Query:
		return slices.DeleteFunc(slices.Clone(b.Targets), func(t bound.Target) bool { return t.Hidden })
	case *bound.Insert:
		return b.Returning
	case *bound.Update:
		return b.Returning
	case *bound.Delete:
		return b.Returning
	}
	return nil
}

// unsupported reports whether a refusal says that only Prequel refuses.
func (d described) unsupported() bool { return strings.HasPrefix(d.code, "PQ02") }

// compare checks one statement. It reports whether Prequel accepts it.
func (o *oracle) compare(sql string) (accepted bool) {
	o.t.Helper()
	want := o.postgres(sql)
	got, _ := o.prequel(sql)
	switch {
	case got.unsupported():
		return false
	case want.message != "" && got.message == "", want.message == "" && got.message != "":
		o.t.Errorf("%s\n  postgres: %s\n  prequel:  %s", sql, want, got)
	case want.message != "":
		if want.state != got.state || !sameMessage(want.message, got.message) {
			o.t.Errorf("%s\n  postgres: %s\n  prequel:  %s", sql, want, got)
		}
	case !slices.Equal(want.columns, got.columns) || !slices.Equal(want.params, got.params):
		o.t.Errorf("%s\n  postgres: %s\n  prequel:  %s", sql, want, got)
	}
	return got.message == ""
}

// sameMessage compares messages but for PostgreSQL's own place names.
func sameMessage(a, b string) bool { return a == b }

var funcIDs = regexp.MustCompile(`:(?:opfuncid|funcid|aggfnoid|winfnoid) (\d+)`)

// functions lists the implementations that PostgreSQL chose for a statement, sorted.
func (o *oracle) functions(sql string) []string {
	o.t.Helper()
	o.exec("SET debug_print_parse = on; SET client_min_messages = log")
	o.logs = nil
	_, err := o.conn.Prepare(context.Background(), "", sql)
	o.exec("RESET client_min_messages; RESET debug_print_parse")
	if err != nil {
		o.t.Fatalf("%s: %v", sql, err)
	}
	var out []string
	for _, m := range funcIDs.FindAllStringSubmatch(strings.Join(o.logs, "\n"), -1) {
		out = append(out, o.srcs[m[1]])
	}
	sort.Strings(out)
	return out
}

// calls lists the functions of an expression here, sorted.
func calls(e scalar.Expr) []string {
	var out []string
	scalar.Walk(e, func(x scalar.Expr) bool {
		switch x := x.(type) {
		case *scalar.Call:
			out = append(out, x.Fn.Proc)
		case *scalar.Modify:
			t := x.Typ
			if t.Kind == value.Array {
				t = *t.Elem
			}
			out = append(out, modifiers[t.Kind])
		case *scalar.Agg:
			out = append(out, "aggregate "+x.Name)
		}
		return true
	})
	sort.Strings(out)
	return out
}

// modifiers are PostgreSQL's functions that adjust a value to its type's length or precision.
var modifiers = map[value.Kind]string{
	value.Varchar: "varchar", value.Char: "bpchar", value.Numeric: "numeric", value.Time: "time_scale", value.Timestamp: "timestamp_scale",
	value.Timestamptz: "timestamptz_scale", value.Interval: "interval_scale",
}
