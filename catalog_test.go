package prequel_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	prequel "github.com/prequel-db/prequel"
	"github.com/prequel-db/prequel/runtime"
	"github.com/prequel-db/prequel/sqllogic/testdb"
	"github.com/prequel-db/prequel/sqlparse/diag"
)

// catalogType is a type with values.
type catalogType struct {
	name   string
	values []string
}

// catalogTypes are the types that functions are called with, each with values at which functions change their behaviour.
var catalogTypes = []catalogType{
	{"boolean", []string{"t", "f"}},
	{"smallint", []string{"0", "1", "-1", "2", "32767", "-32768"}},
	{"integer", []string{"0", "1", "-1", "2", "3", "10", "-2147483648", "2147483647"}},
	{"bigint", []string{"0", "1", "-1", "5", "9007199254740993", "9223372036854775807", "-9223372036854775808"}},
	{"real", []string{"0", "1", "-1.5", "2.5", "0.1", "3e38", "NaN", "Infinity", "-Infinity"}},
	{"double precision", []string{"0", "-0", "1", "-1.5", "2.5", "0.1", "0.5", "-1", "1e30", "NaN", "Infinity", "-Infinity"}},
	{"numeric", []string{"0", "1", "-1.50", "2.5", "0.5", "123456.789", "10", "99999999999999999999", "NaN", "Infinity", "-Infinity"}},
	{"text", []string{"", "a", "abc", "aBc d", "é", "%a_", "1.5", " 12 ", `{"a":1}`, "2020-01-01", "YYYY-MM-DD", "hex", "day", "b", "9.99", "a,b", "(.)"}},
	{"character", []string{"a", "b", " "}},
	{"bytea", []string{`\x`, `\x00`, `\x616263`, `\xff`, `\xc3a9`}},
	{"date", []string{"2000-01-01", "1999-12-31", "2024-02-29", "0044-03-15 BC", "infinity", "-infinity"}},
	{"time without time zone", []string{"00:00:00", "24:00:00", "12:34:56.789"}},
	{"timestamp without time zone", []string{"2000-01-01 00:00:00", "2024-02-29 12:34:56.789", "0044-03-15 12:00:00 BC", "infinity", "-infinity"}},
	{"timestamp with time zone", []string{"2000-01-01 00:00:00+00", "2024-02-29 12:34:56.789+00", "1969-07-20 20:17:40+00", "infinity", "-infinity"}},
	{"interval", []string{"0", "1 day", "-1 mon", "1 year 2 mons 3 days 04:05:06.789", "-25:00:00", "100 years"}},
	{"uuid", []string{"00000000-0000-0000-0000-000000000000", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"}},
	{"json", []string{`{"a": 1, "b" : [1, 2.50, null], "a": "x"}`, `[1,"a",{"b":null}]`, `"a\u00e9"`, "1.0", "null", "{}", "[]"}},
	{"jsonb", []string{`{"a": 1, "b": [1, 2.50, null], "c": {"d": "x"}}`, `[1, "a", {"b": null}]`, `"aé"`, "1.0", "null", "{}", "[]", "true", `{"a": 1.00}`}},
	{"integer[]", []string{"{}", "{1}", "{1,2,3}", "{3,NULL,1}", "{2,2}"}},
	{"text[]", []string{"{}", "{a}", "{a,NULL,b}", `{"",abc}`, "{c,1}", "{a,b}"}},
	{"double precision[]", []string{"{}", "{0.5}", "{0,NULL,1}", "{NaN,-Infinity}"}},
	{"mood", []string{"sad", "ok", "happy"}},
}

// anyType are the types that stand for a polymorphic one, in variants that go together.
var anyType = map[string][]string{
	"anyelement": {"integer", "text"}, "anynonarray": {"integer", "text"}, "anyarray": {"integer[]", "text[]"},
	"anycompatible": {"integer", "text"}, "anycompatiblenonarray": {"integer", "text"}, "anycompatiblearray": {"integer[]", "text[]"},
	`"any"`: {"text", "integer"}, "anyenum": {"mood", "mood"},
}

// catalogQuery lists the functions that a statement may call: not those that serve the server's own machinery, those that give the time,
// and make_interval, which overflows as the C compiler likes.
const catalogQuery = `
SELECT p.proname, array(SELECT format_type(a, NULL) FROM unnest(p.proargtypes::oid[]) WITH ORDINALITY u(a, n) ORDER BY n),
  p.provariadic <> 0
FROM pg_proc p
WHERE p.pronamespace = 'pg_catalog'::regnamespace AND p.prokind = 'f' AND NOT p.proretset AND p.provolatile <> 'v'
  AND p.prorettype NOT IN ('internal'::regtype, 'trigger'::regtype, 'cstring'::regtype, 'void'::regtype)
  AND p.proname !~ '^(pg_(?!size)|has_|inet_|hash|in_range|current|session|ts_|txid|gin|gist|brin|spg|row_security|version|getdatabase|query_to|table_to|schema_to|database_to|cursor_to|to_reg|xml|shobj|obj_d|col_d|format_type|max_|lo_|now$|statement_timestamp|transaction_timestamp|make_interval$)'
  AND p.proname !~ '(send|recv|_hash|_hash_extended|accum|accum_inv|_sum|transfn|finalfn|subdiff|combine|_inv|serialize|sel|support|inc_any|dec_any|inc_float8_float8|cmp|_out|_in)$'
ORDER BY p.proname, p.oid`

// catalogCall is one function with arguments of certain types.
type catalogCall struct {
	name     string
	types    []string
	variadic bool
}

func (c catalogCall) String() string { return c.name + "(" + strings.Join(c.types, ", ") + ")" }

// catalogCalls are the functions of PostgreSQL's catalog whose arguments have types of catalogTypes.
func catalogCalls(ctx context.Context, t *testing.T, conn *pgx.Conn) []catalogCall {
	t.Helper()
	rows, err := conn.Query(ctx, catalogQuery)
	if err != nil {
		t.Fatal(err)
	}
	known := func(name string) bool {
		return slices.ContainsFunc(catalogTypes, func(c catalogType) bool { return c.name == name })
	}
	var out []catalogCall
	var c catalogCall
	if _, err := pgx.ForEachRow(rows, []any{&c.name, &c.types, &c.variadic}, func() error {
		variants := 1
		for _, typ := range c.types {
			if anyType[typ] != nil {
				variants = 2
			}
		}
		for v := range variants {
			call := catalogCall{name: c.name, variadic: c.variadic}
			for _, typ := range c.types {
				if chosen := anyType[typ]; chosen != nil {
					typ = chosen[v]
				}
				if !known(typ) {
					return nil
				}
				call.types = append(call.types, typ)
			}
			out = append(out, call)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return out
}

// TestCatalog calls every function of PostgreSQL's catalog that has arguments of known types, with parameters and with columns,
// and compares each answer with PostgreSQL's. testdata/catalog.txt lists the functions that are refused.
func TestCatalog(t *testing.T) {
	ctx := context.Background()
	j, err := newJudge(ctx, testdb.Database(t))
	if err != nil {
		t.Fatal(err)
	}
	defer j.conn.Close(ctx)
	var columns, fill []string
	most := 0
	for _, c := range catalogTypes {
		most = max(most, len(c.values))
	}
	for i, c := range catalogTypes {
		columns = append(columns, fmt.Sprintf("c%d %s", i, c.name))
	}
	for n := range most {
		cells := []string{fmt.Sprint(n + 1)}
		for _, c := range catalogTypes {
			cells = append(cells, "'"+strings.ReplaceAll(c.values[n%len(c.values)], "'", "''")+"'")
		}
		fill = append(fill, "("+strings.Join(cells, ", ")+")")
	}
	schema := typeDDL + ";\nCREATE TABLE pool (id integer PRIMARY KEY, " + strings.Join(columns, ", ") + ");"
	insert := "INSERT INTO pool VALUES " + strings.Join(fill, ", ")
	for _, sql := range []string{"DROP SCHEMA IF EXISTS diff CASCADE; CREATE SCHEMA diff; SET search_path = diff; SET statement_timeout = '5s'", schema, insert} {
		if _, err := j.conn.PgConn().Exec(ctx, sql).ReadAll(); err != nil {
			t.Fatal(err)
		}
	}
	calls := catalogCalls(ctx, t, j.conn)
	if only := os.Getenv("PREQUEL_CATALOG"); only != "" {
		calls = slices.DeleteFunc(calls, func(c catalogCall) bool { return c.name != only })
	}
	addr := testdb.Redis(t)
	var refused []string
	compared := 0
	for from := 0; from < len(calls); from += 60 {
		batch := calls[from:min(from+60, len(calls))]
		b := &catalogBatch{t: t, judge: j, schema: schema, insert: insert, addr: addr, calls: batch, refusals: map[string]string{}}
		b.run(ctx)
		compared += b.compared
		for i, c := range batch {
			if why := b.refusals[fmt.Sprintf("F%d", i)]; why != "" {
				refused = append(refused, c.String()+": "+why)
			}
		}
	}
	t.Logf("%d of %d functions supported, %d calls compared", len(calls)-len(refused), len(calls), compared)
	if os.Getenv("PREQUEL_CATALOG") == "" {
		golden(t, filepath.Join("testdata", "catalog.txt"), fmt.Sprintf("%d of %d functions are supported; refused are:\n%s\n",
			len(calls)-len(refused), len(calls), strings.Join(refused, "\n")))
	}
}

// catalogBatch is one program with a function to a statement.
type catalogBatch struct {
	t                    *testing.T
	judge                *judge
	schema, insert, addr string
	calls                []catalogCall
	refusals             map[string]string
	compared             int
}

// sources are the statements of a function: over parameters, and over columns of rows found by key.
func (c catalogCall) sources(name string) (overParams, overColumns string) {
	var params, cols, from, where []string
	for i, typ := range c.types {
		params = append(params, fmt.Sprintf("sqlc.narg(p%d)::%s", i+1, typ))
		at := slices.IndexFunc(catalogTypes, func(k catalogType) bool { return k.name == typ })
		cols = append(cols, fmt.Sprintf("t%d.c%d", i, at))
		from = append(from, fmt.Sprintf("pool t%d", i))
		where = append(where, fmt.Sprintf("t%d.id = @p%d", i, i+1))
	}
	if c.variadic && len(params) > 0 && strings.HasSuffix(c.types[len(params)-1], "[]") {
		params[len(params)-1] = "VARIADIC " + params[len(params)-1]
		cols[len(cols)-1] = "VARIADIC " + cols[len(cols)-1]
	}
	call := `"` + c.name + `"`
	overParams = fmt.Sprintf("-- name: %s :one\nSELECT %s(%s);", name, call, strings.Join(params, ", "))
	if len(from) > 0 {
		overColumns = fmt.Sprintf("-- name: %sc :many\nSELECT %s(%s) FROM %s WHERE %s;", name, call, strings.Join(cols, ", "),
			strings.Join(from, ", "), strings.Join(where, " AND "))
	}
	return overParams, overColumns
}

func (b *catalogBatch) compile() *prequel.Compiled {
	for {
		cfg := prequel.Config{Schema: []*diag.Source{{Name: "schema.sql", Text: b.schema}}, Strategy: prequel.Read, AllowScan: true}
		cfg.Queries = append(cfg.Queries, &diag.Source{Name: "fill", Text: "-- name: Fill :exec\n" + b.insert + ";"})
		for i, c := range b.calls {
			name := fmt.Sprintf("F%d", i)
			if b.refusals[name] != "" {
				continue
			}
			p, q := c.sources(name)
			cfg.Queries = append(cfg.Queries, &diag.Source{Name: name, Text: p}, &diag.Source{Name: name, Text: q})
		}
		program, problems := prequel.Compile(cfg)
		if !problems.HasErrors() {
			return program
		}
		for _, p := range problems {
			if p.Span.Source == nil || p.Span.Source.Name == "fill" || p.Span.Source == cfg.Schema[0] {
				b.t.Fatal(problems)
			}
			b.refusals[p.Span.Source.Name] = p.Code + " " + strings.TrimPrefix(p.Problem, p.Span.Source.Name+": ")
		}
	}
}

func (b *catalogBatch) run(ctx context.Context) {
	program, err := runtime.NewProgram(b.compile().Manifest)
	if err != nil {
		b.t.Fatal(err)
	}
	db, err := runtime.Open(ctx, "redis://"+b.addr, program)
	if err != nil {
		b.t.Fatal(err)
	}
	defer db.Close()
	if err := db.Redis().FlushAll(ctx).Err(); err != nil {
		b.t.Fatal(err)
	}
	if err := db.Initialize(ctx); err != nil {
		b.t.Fatal(err)
	}
	if _, err := db.Call(ctx, "Fill", nil); err != nil {
		b.t.Fatal(err)
	}
	for i, c := range b.calls {
		if name := fmt.Sprintf("F%d", i); b.refusals[name] == "" {
			b.compare(ctx, db, c, name)
		}
	}
}

// compare calls one function a number of times, the first time with the first values, one time for each argument with a NULL.
func (b *catalogBatch) compare(ctx context.Context, db *runtime.DB, c catalogCall, name string) {
	r := rand.New(rand.NewPCG(1, uint64(len(c.String()))))
	times := 1
	if n := len(c.types); n > 0 {
		times = 12 + 3*n
	}
	failures := 0
	for k := range times {
		args, keys := map[string]*string{}, map[string]*string{}
		var placeholders []string
		var values [][]byte
		for i, typ := range c.types {
			for _, known := range catalogTypes {
				if known.name != typ {
					continue
				}
				n := 0
				if k > 0 {
					n = r.IntN(len(known.values))
				}
				key := fmt.Sprint(n + 1)
				args[fmt.Sprintf("p%d", i+1)], keys[fmt.Sprintf("p%d", i+1)] = &known.values[n], &key
				values = append(values, []byte(known.values[n]))
			}
			if k == i+1 {
				args[fmt.Sprintf("p%d", i+1)], values[i] = nil, nil
			}
			variadic := ""
			if c.variadic && i == len(c.types)-1 && strings.HasSuffix(typ, "[]") {
				variadic = "VARIADIC "
			}
			placeholders = append(placeholders, fmt.Sprintf("%s$%d::%s", variadic, i+1, typ))
		}
		want := b.ask(ctx, fmt.Sprintf(`SELECT "%s"(%s)`, c.name, strings.Join(placeholders, ", ")), values)
		if want.state == "57014" || want.state == "XX000" || want.state == "0A000" { // too slow, too large, or refused by PostgreSQL itself
			continue
		}
		check := func(statement string, args map[string]*string) {
			b.compared++
			got := callOutcome(ctx, db, statement, args)
			if got.state == "0A000" { // refused at run time
				return
			}
			if strings.HasPrefix(got.state, "22") && want.state == "" && slices.ContainsFunc(values, isNil) {
				return // PostgreSQL does not evaluate what it knows to be NULL while it plans
			}
			if got.state == want.state && (want.state != "" || slices.EqualFunc(got.rows, want.rows, sameRow)) {
				return
			}
			if failures++; failures <= 2 {
				b.t.Errorf("%s%s %s: PostgreSQL: %s; got: %s", c, strings.TrimPrefix(statement, name), showValues(values), showOutcome(want), showOutcome(got))
			}
		}
		check(name, args)
		if len(c.types) > 0 && (k == 0 || k > len(c.types)) {
			check(name+"c", keys)
		}
	}
	if failures > 2 {
		b.t.Errorf("%s: %d differences", c, failures)
	}
}

func (b *catalogBatch) ask(ctx context.Context, sql string, values [][]byte) outcome {
	r := b.judge.conn.PgConn().ExecParams(ctx, sql, values, nil, nil, nil).Read()
	return outcomeOf(r)
}

func callOutcome(ctx context.Context, db *runtime.DB, statement string, args map[string]*string) outcome {
	rows, err := db.Call(ctx, statement, args)
	var refused *runtime.Error
	switch {
	case errors.As(err, &refused):
		return outcome{state: refused.SQLSTATE, message: refused.Message}
	case err != nil:
		return outcome{state: "broken", message: err.Error()}
	}
	return outcome{rows: rows.Rows}
}

func isNil(b []byte) bool { return b == nil }

func sameRow(a, b []*string) bool {
	return slices.EqualFunc(a, b, func(x, y *string) bool { return (x == nil) == (y == nil) && (x == nil || *x == *y) })
}

func showOutcome(o outcome) string {
	if o.state != "" {
		return o.state + " " + o.message
	}
	if len(o.rows) != 1 {
		return fmt.Sprintf("%d rows", len(o.rows))
	}
	if o.rows[0][0] == nil {
		return "NULL"
	}
	return fmt.Sprintf("%q", *o.rows[0][0])
}

func showValues(values [][]byte) string {
	var parts []string
	for _, v := range values {
		if v == nil {
			parts = append(parts, "NULL")
			continue
		}
		parts = append(parts, fmt.Sprintf("%q", v))
	}
	return "(" + strings.Join(parts, ", ") + ")"
}
