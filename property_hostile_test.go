package prequel_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	prequel "github.com/prequel-db/prequel"
	"github.com/prequel-db/prequel/runtime"
	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqllogic/testdb"
	"github.com/prequel-db/prequel/sqlparse/diag"
)

// hostileValues are input texts of a type, valid and not.
var hostileValues = []struct {
	typ    string
	values []string
}{
	{"text", slices.Concat(hostileTexts, []string{"a\x00b", "\x00", "\xff", "a\xc0\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe2\x82", strings.Repeat("y", 254), strings.Repeat("y", 255), strings.Repeat("ÿ", 300)})},
	{"varchar(5)", []string{"", "12345", "123456", "12345   ", "1234   x", "ëëëëë", "ëëëëëë", "a\x00", "\xff"}},
	{"bytea", []string{`\x`, `\x00`, `\x0000`, `\x0001`, `\x00ff00`, `\xFFfe`, `\x 41 42`, "abc", `\\`, `\000`, `\377\000`, `\xzz`, `\x0`, `\`, `\9`, "\xff", "ë", ""}},
	{"boolean", []string{"t", "F", "true", "yes", "of", "on", "o", "1", "0", "2", "maybe", "", " true ", "tru", "\x00"}},
	{"smallint", hostileIntegers},
	{"integer", hostileIntegers},
	{"bigint", hostileIntegers},
	{"numeric", slices.Concat(hostileIntegers, hostileNumbers)},
	{"numeric(10,2)", slices.Concat(hostileNumbers, []string{"12345678.901", "99999999.99", "99999999.994", "99999999.995", "-99999999.995", "0.005", "-0.005", "0.004999"})},
	{"real", slices.Concat(hostileNumbers, []string{"3.4028235e38", "3.4028236e38", "3.5e38", "1e-45", "1e-46", "16777217", "0.1", "-0"})},
	{"double precision", slices.Concat(hostileNumbers, []string{"1.7976931348623157e308", "1.7976931348623159e308", "5e-324", "2e-324", "0.30000000000000004", "1e22", "1e23", "9007199254740993", "0.1", "-0", "123456789012345678"})},
	{"date", []string{"2024-02-29", "2023-02-29", "2024-13-01", "0001-01-01 BC", "4714-11-24 BC", "4714-11-23 BC", "5874897-12-31", "5874898-01-01", "infinity", "-infinity", "epoch", "1/2/2024", "20240101", "", "garbage", "2024-01-01\x00"}},
	{"timestamp", []string{"294276-12-31 23:59:59.999999", "294277-01-01 00:00:00", "4714-11-24 00:00:00 BC", "4714-11-23 23:59:59 BC", "2000-01-01 00:00:00.0000005", "1999-12-31 23:59:59.9999995", "2024-01-01 24:00:00", "2024-01-01 24:00:01", "2024-01-01 12:60:00", "infinity", "-infinity", "2024-02-30", "1970-01-01", "", "x"}},
	{"timestamptz", []string{"294276-12-31 23:59:59.999999+00", "294277-01-01 00:00:00+00", "294276-12-31 23:59:59.999999-01", "4714-11-24 00:00:00+00 BC", "2024-01-01 12:00:00+14:30", "2024-01-01 12:00:00-15:59:59", "2024-01-01 12:00:00+16", "2024-01-01 12:00:00Z", "2024-01-01", "infinity", "-infinity", ""}},
	{"uuid", []string{"00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff", "A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11", "{a0eebc999c0b4ef8bb6d6bb9bd380a11}", "a0eebc99-9c0b4ef8-bb6d6bb9-bd380a11", "0-0", "00000000-0000-0000-0000-00000000000g", "", "00000a3a-0a00-0d0a-0000-000000000000"}},
}

var hostileTexts = []string{
	"", "'", `"`, "''", "]]", "[[", "]==]", "--", "--[[", "/*", "*/", ";", "\n", "\r\n", "\t", " ", "  x ", `\`, `\n`, `\x41`, "\u0001", "\u007f", "\u0080", "\uffff", "Zoë", "日本語", "😀", "e\u0301",
	"%s%d%%", "$1", "@a", "NULL", "nil", "~", "=", "=~", ":", "a:b", "3:abc", "1:a:b", "-", "+", "[a", "(a", "{prequel}", "*?[", "+inf",
	"redis.call('FLUSHALL')", "]]..redis.call('FLUSHALL')..[[", "'); DROP TABLE t; --", "\u2028",
}

var hostileIntegers = []string{
	"0", "-0", "+5", "-1", "007", "32767", "32768", "-32768", "-32769", "2147483647", "2147483648", "-2147483648", "-2147483649",
	"9007199254740992", "9007199254740993", "-9007199254740993", "9223372036854775807", "9223372036854775808", "-9223372036854775808",
	"-9223372036854775809", "99999999999999999999999", " 12 ", "\t7\n", "1.5", "1e3", "", " ", "abc", "0x10", "1_000", "１", "5\x00", "--1", "+-1",
}

var hostileNumbers = []string{
	"0.0", "-0.00", "1.50", ".5", "5.", ".", "1e400", "1e-400", "1e131071", "1e131072", "1e-16383", "1e-16384", "NaN", "nan", "Infinity", "-inf", "+Infinity", "infinit", "1e", "1e+", "1.5e3", "1E-3",
	"123456789012345678901234567890.123456789", "0.00000000000000000000000000000000000000001", "1e308", "1e309", "-1e309", "\x001",
}

// hostileProgram has a table for each type with the same statements: native writes and reads, reads by name and by sort key, and
// scripts.
func hostileProgram() propertyProgram {
	p := propertyProgram{name: "hostile"}
	for i, h := range hostileValues {
		p.schema += fmt.Sprintf("CREATE TABLE t%d (id integer PRIMARY KEY, v %s);\n", i, h.typ)
		p.queries += strings.NewReplacer("#T", h.typ, "#", strconv.Itoa(i)).Replace(`
-- name: Put# :exec
INSERT INTO t# (id, v) VALUES (@id, sqlc.narg(v)) ON CONFLICT (id) DO UPDATE SET v = EXCLUDED.v;
-- name: Get# :one
SELECT id, v FROM t# WHERE id = @id;
-- name: Change# :many
UPDATE t# SET v = sqlc.narg(v) WHERE id = @id RETURNING v;
-- name: Find# :many
SELECT id, v FROM t# WHERE v = @v ORDER BY id;
-- name: From# :many
SELECT v, id FROM t# WHERE v >= @v ORDER BY v, id LIMIT 30;
-- name: Below# :many
SELECT v, id FROM t# WHERE v < @v ORDER BY v DESC NULLS LAST, id LIMIT 30;
-- name: Count# :one
SELECT count(*), count(DISTINCT v) FROM t# WHERE v <> @v OR v IS NULL;
`)
	}
	return p
}

// oracle is the PostgreSQL that says what is right.
type oracle struct{ conn *pgconn.PgConn }

func newOracle(t *testing.T, schema string) *oracle {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), testdb.Database(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close(context.Background()) })
	if _, err := conn.PgConn().Exec(t.Context(), schema).ReadAll(); err != nil {
		t.Fatal(err)
	}
	return &oracle{conn.PgConn()}
}

// call runs a statement with parameters in text form and prints what comes of it, as answer does.
func (o *oracle) call(t *testing.T, sql string, args []*string) string {
	t.Helper()
	raw := make([][]byte, len(args))
	for i, a := range args {
		if a != nil {
			raw[i] = []byte(*a)
		}
	}
	r := o.conn.ExecParams(t.Context(), sql, raw, nil, nil, nil).Read()
	var refused *pgconn.PgError
	if errors.As(r.Err, &refused) {
		return "SQLSTATE " + refused.Code
	}
	if r.Err != nil {
		t.Fatalf("%s: %v", sql, r.Err)
	}
	var out []string
	for _, row := range r.Rows {
		cells := make([]*string, len(row))
		for i, v := range row {
			if v != nil {
				s := string(v)
				cells[i] = &s
			}
		}
		out = append(out, cellLine(cells))
	}
	return strings.Join(out, "\n")
}

func cellLine(cells []*string) string {
	words := make([]string, len(cells))
	for i, v := range cells {
		words[i] = "NULL"
		if v != nil {
			words[i] = shorten(strconv.Quote(*v))
		}
	}
	return strings.Join(words, " ")
}

// shorten keeps reports readable.
func shorten(s string) string {
	if len(s) > 400 {
		return fmt.Sprintf("%s...%s (%d bytes)", s[:100], s[len(s)-100:], len(s))
	}
	return s
}

// callText runs a statement by name and prints what comes of it as oracle.call does.
func callText(t *testing.T, db *runtime.DB, name string, params map[string]*string) string {
	t.Helper()
	rows, err := db.Call(t.Context(), name, params)
	var refused *runtime.Error
	if errors.As(err, &refused) {
		return "SQLSTATE " + refused.SQLSTATE
	}
	if err != nil {
		t.Errorf("%s: %v", name, err)
		return "broken"
	}
	var out []string
	for _, row := range rows.Rows {
		out = append(out, cellLine(row))
	}
	return strings.Join(out, "\n")
}

// paramNames are the names of a statement's parameters, in the order of their numbers in its SQL.
func paramNames(fn *runtime.Function) []string {
	var names []string
	for _, p := range fn.Params {
		names = append(names, p.Name)
	}
	return names
}

// TestHostileValues: whatever text is given for a parameter of whatever type, the statement answers, or refuses with the SQLSTATE, as
// PostgreSQL does.
func TestHostileValues(t *testing.T) {
	p := hostileProgram()
	addr := testdb.Redis(t)
	cfg := p.config(prequel.Read)
	cfg.AllowScan = true
	m := mustCompile(t, cfg).Manifest
	program, err := runtime.NewProgram(m)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range append(packagings(addr), engineOf{"embedded", "embedded"}) {
		t.Run(e.name, func(t *testing.T) {
			judge := newOracle(t, p.schema)
			db := freshStore(t, e.url, m)
			for i, h := range hostileValues {
				var statements []*runtime.Function
				for _, s := range []string{"Put", "Get", "Change", "Find", "From", "Below", "Count"} {
					statements = append(statements, program.MustStatement(s+strconv.Itoa(i)).Function())
				}
				for n, v := range h.values {
					for _, fn := range statements {
						sql, names := fn.SQL, paramNames(fn)
						id := strconv.Itoa(n)
						if strings.HasPrefix(fn.Name, "Change") {
							id = "0" // a row that is there: of others PostgreSQL may compute, or not, what it would set
						}
						given := map[string]*string{"id": &id, "v": &v}
						args := make([]*string, len(names))
						params := map[string]*string{}
						for k, name := range names {
							args[k], params[name] = given[name], given[name]
						}
						want := judge.call(t, sql, args)
						if got := callText(t, db, fn.Name, params); got != want {
							t.Errorf("%s, %s of %s: PostgreSQL answers\n%s\ngot\n%s", h.typ, fn.Name, shorten(strconv.Quote(v)), want, got)
						}
					}
				}
			}
		})
	}
}

// TestHostileGoValues: values that a generated client's types can hold and PostgreSQL cannot are refused as PostgreSQL refuses them.
func TestHostileGoValues(t *testing.T) {
	p := propertyProgram{
		schema: `CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE TABLE t (id integer PRIMARY KEY, s smallint, x text, v varchar(3), b bytea, n numeric, u uuid, m mood, a timestamptz, d date, f real, j bigint);`,
		queries: `
-- name: Put :exec
INSERT INTO t (id, s, x, v, b, n, u, m, a, d, f, j) VALUES ($1, sqlc.narg(s), sqlc.narg(x), sqlc.narg(v), sqlc.narg(b), sqlc.narg(n), sqlc.narg(u), sqlc.narg(m), sqlc.narg(a), sqlc.narg(d), sqlc.narg(f), sqlc.narg(j))
ON CONFLICT (id) DO UPDATE SET s = EXCLUDED.s, x = EXCLUDED.x, v = EXCLUDED.v, b = EXCLUDED.b, n = EXCLUDED.n, u = EXCLUDED.u, m = EXCLUDED.m, a = EXCLUDED.a, d = EXCLUDED.d, f = EXCLUDED.f, j = EXCLUDED.j;
-- name: Get :one
SELECT * FROM t WHERE id = $1;
-- name: Texts :many
-- prequel: allow scan
SELECT id FROM t WHERE x = ANY(@texts::text[]);`,
	}
	m := p.compile(t, prequel.Read).Manifest
	db := freshStore(t, "embedded", m)
	put := db.Program().MustStatement("Put")
	for _, c := range []struct {
		param string
		v     value.Value
		state string
	}{
		{"s", value.Int(1 << 15), "22003"},
		{"id", value.Int(1 << 31), "22003"},
		{"x", value.String("a\xff"), "22021"},
		{"x", value.String("a\x00"), "22021"},
		{"v", value.String("\xc3"), "22021"},
		{"v", value.String("1234"), "22001"},
		{"b", value.String("\xff\x00"), ""},
		{"n", runtime.NumericParam("12x"), "22P02"},
		{"n", runtime.NumericParam("1e999999"), "22003"},
		{"u", value.String("short"), "22P02"},
		{"m", value.Int(3), "22P02"},
		{"m", value.Int(0), "22P02"},
		{"a", runtime.TimestamptzParam(time.Date(294277, 1, 1, 0, 0, 0, 0, time.UTC)), "22008"},
		{"a", runtime.TimestamptzParam(time.Date(-4714, 1, 1, 0, 0, 0, 0, time.UTC)), "22008"},
		{"d", runtime.DateParam(time.Date(5874898, 1, 1, 0, 0, 0, 0, time.UTC)), "22008"},
		{"f", value.Float(1e300), "22003"},
		{"j", value.Int(-1 << 63), ""},
	} {
		args := make([]value.Value, len(put.Function().Params))
		args[0] = value.Int(1)
		for i, q := range put.Function().Params {
			if q.Name == c.param {
				args[i] = c.v
			}
		}
		call := callOf{put.Function(), args}
		_, err := call.run(t.Context(), db)
		if state := refusal(t, callOf{fn: put.Function()}, err); state != c.state {
			t.Errorf("%s = %#v: SQLSTATE %q (%v), want %q", c.param, c.v, state, err, c.state)
		}
	}
	texts := db.Program().MustStatement("Texts")
	for _, bad := range []string{"\xff", "a\x00"} {
		call := callOf{texts.Function(), []value.Value{value.FromList(value.Of(value.Text), []value.Value{value.String("ok"), value.String(bad)})}}
		_, err := call.run(t.Context(), db)
		if state := refusal(t, callOf{fn: texts.Function()}, err); state != "22021" {
			t.Errorf("an element %q: SQLSTATE %q (%v), want 22021", bad, state, err)
		}
	}
}

// TestLongValues: strings of 10 MB are stored, found, changed, and returned.
func TestLongValues(t *testing.T) {
	p := propertyProgram{
		schema: "CREATE TABLE t (id integer PRIMARY KEY, v text NOT NULL, b bytea);",
		queries: `
-- name: Put :exec
INSERT INTO t (id, v, b) VALUES ($1, $2, sqlc.narg(b)) ON CONFLICT (id) DO UPDATE SET v = EXCLUDED.v, b = EXCLUDED.b;
-- name: Get :one
SELECT v, b FROM t WHERE id = $1;
-- name: Length :one
SELECT length(v) FROM t WHERE id = $1;
-- name: Append :many
UPDATE t SET v = v || @more WHERE id = @id RETURNING octet_length(v);
-- name: Find :many
SELECT id FROM t WHERE v = $1;`,
	}
	long := strings.Repeat("\r\n'\"]]Ünïcødé\x7f", 10<<20/20)
	m := p.compile(t, prequel.Read).Manifest
	for _, e := range append(packagings(testdb.Redis(t)), engineOf{"embedded", "embedded"}) {
		t.Run(e.name, func(t *testing.T) {
			db := freshStore(t, e.url, m)
			run := func(name string, args ...value.Value) []string {
				t.Helper()
				s := db.Program().MustStatement(name)
				cur, err := db.Query(t.Context(), s, args...)
				if err != nil {
					t.Fatal(err)
				}
				var out []string
				for cur.Next() {
					for i := range s.Function().Columns {
						if text := cur.Text(i); text != nil {
							out = append(out, *text)
						}
					}
				}
				if err := cur.Err(); err != nil {
					t.Fatal(err)
				}
				return out
			}
			run("Put", value.Int(1), value.String(long), value.String(long[:1<<20]))
			if got, want := run("Get", value.Int(1)), []string{long, fmt.Sprintf(`\x%x`, long[:1<<20])}; !slices.Equal(got, want) {
				t.Errorf("what was put is not what is got: %d columns", len(got))
			}
			if e.name != "embedded" { // whose Lua takes hours: it copies a string for each replacement in it
				if got := run("Length", value.Int(1)); !slices.Equal(got, []string{strconv.Itoa(len([]rune(long)))}) {
					t.Errorf("length: %q", got)
				}
			}
			if got := run("Find", value.String(long)); !slices.Equal(got, []string{"1"}) {
				t.Errorf("find: %q", got)
			}
			if got := run("Append", value.String("ë"), value.Int(1)); !slices.Equal(got, []string{strconv.Itoa(len(long) + 2)}) {
				t.Errorf("append: %q", got)
			}
			if got := run("Get", value.Int(1)); len(got) == 0 || got[0] != long+"ë" {
				t.Error("append did not append")
			}
		})
	}
}

// hostileNames are identifiers that PostgreSQL takes in quotes.
var hostileNames = []string{
	"end", "nil", "local", "function", "and", "goto", "self", "KEYS", "ARGV", "redis", "call", "row", "rows", "key", "tostring", "string",
	`a"b`, "a'b", "new\nline", "tab\tand\rreturn", "a--b", "--[[x", "x]]y", "]==]", "[[", "a b", " ", "%s", "%", "$1", "@id", `\`, `\n`, `\\x`, "{a}", "a:b", "*", "a/b,c", "rows(t)",
	"Upper", "ÜNÏCÖDÉ", "日本語", "😀", "1st", "select", "table", "_", "ready:x", strings.Repeat("x", 63), "/*", "*/", ";", "'); --",
}

func quoteName(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

// TestHostileNames: tables, columns, constraints, enums, aliases and constants of any spelling work in every form of statement, and stand
// unchanged in results and errors.
func TestHostileNames(t *testing.T) {
	p := propertyProgram{name: "names"}
	type step struct {
		name string
		args []string
	}
	var steps []step
	for i, name := range hostileNames {
		n := strings.NewReplacer("#Q", quoteName(name), "#L", "'"+strings.ReplaceAll(name, "'", "''")+"'", "#", strconv.Itoa(i))
		p.schema += n.Replace(`
CREATE TYPE "enum #" AS ENUM (#L, 'other');
CREATE TABLE #Q (id integer PRIMARY KEY, #Q text NOT NULL, "of" "enum #", UNIQUE (#Q, "of"));
`)
		p.queries += n.Replace(`
-- name: Add# :exec
-- A comment with ]] and --[[ and ' and " in it.
INSERT INTO #Q (id, #Q, "of") VALUES ($1, sqlc.narg(name), sqlc.narg(kind));
-- name: Get# :many
SELECT * FROM #Q WHERE id = $1;
-- name: Find# :many
SELECT id, #Q.#Q AS #Q, #L AS "constant", "of" = #L AS same FROM #Q WHERE #Q.#Q = $1 /* ]] */ ORDER BY id DESC;
-- name: Groups# :many
SELECT #Q.#Q, count(*) AS #Q, max("of") AS "max" FROM #Q AS #Q WHERE #Q.#Q <> #L -- ]]
GROUP BY #Q.#Q ORDER BY 1;
-- name: Pairs# :many
SELECT a.#Q AS "a.#", b.id FROM #Q a JOIN #Q b ON b.#Q = a.#Q WHERE a.id = $1 ORDER BY b.id;
-- name: Change# :many
UPDATE #Q SET #Q = #Q.#Q || #L WHERE id = $1 RETURNING #Q;
`)
		add := "Add" + strconv.Itoa(i)
		for _, args := range [][]string{
			{"id=1", "name=a", "kind=" + name},
			{"id=2", "name=a", "kind=other"},
			{"id=3", "name=" + name},
			{"id=1", "name=b"},
			{"id=4"},
			{"id=5", "name=a", "kind=" + name},
			{"id=5", "name=a", "kind=none"},
		} {
			steps = append(steps, step{add, args})
		}
		for _, s := range []step{{"Get", []string{"id=1"}}, {"Get", []string{"id=3"}}, {"Find", []string{"1=a"}}, {"Find", []string{"1=" + name}}, {"Groups", nil}, {"Pairs", []string{"id=1"}}, {"Change", []string{"id=2"}}, {"Groups", nil}} {
			steps = append(steps, step{s.name + strconv.Itoa(i), s.args})
		}
	}
	addr := testdb.Redis(t)
	for _, strategy := range []prequel.Strategy{prequel.Read, prequel.Maintain} {
		cfg := p.config(strategy)
		cfg.AllowScan = true
		m := mustCompile(t, cfg).Manifest
		for _, e := range append(packagings(addr), engineOf{"embedded", "embedded"}) {
			t.Run(string(strategy)+" "+e.name, func(t *testing.T) {
				judge := newOracle(t, p.schema)
				db := freshStore(t, e.url, m)
				for _, s := range steps {
					fn := db.Program().MustStatement(s.name).Function()
					sql, names := fn.SQL, paramNames(fn)
					args := make([]*string, len(names))
					params := map[string]*string{}
					for _, a := range s.args {
						name, v, _ := strings.Cut(a, "=")
						k := slices.Index(names, name)
						if k < 0 && len(names) == 1 {
							k = 0
						}
						if k < 0 {
							t.Fatalf("%s has no parameter %s, but %q", s.name, name, names)
						}
						args[k], params[names[k]] = &v, &v
					}
					want := judge.explain(t, sql, args)
					if got := explainCall(t, db, s.name, params); got != want {
						t.Errorf("%s %q: PostgreSQL answers\n%s\ngot\n%s\n%s", s.name, s.args, want, got, fn.SQL)
					}
				}
			})
		}
	}
}

// explain is call with the columns' names, and with what an error says beside its SQLSTATE.
func (o *oracle) explain(t *testing.T, sql string, args []*string) string {
	t.Helper()
	raw := make([][]byte, len(args))
	for i, a := range args {
		if a != nil {
			raw[i] = []byte(*a)
		}
	}
	r := o.conn.ExecParams(t.Context(), sql, raw, nil, nil, nil).Read()
	var refused *pgconn.PgError
	if errors.As(r.Err, &refused) {
		if strings.HasPrefix(refused.Code, "22") {
			return refused.Code // the wording of input errors is tested with the values
		}
		return fmt.Sprintf("%s %q table %q column %q constraint %q", refused.Code, refused.Message, refused.TableName, refused.ColumnName, refused.ConstraintName)
	}
	if r.Err != nil {
		t.Fatalf("%s: %v", sql, r.Err)
	}
	var cols, lines []string
	for _, f := range r.FieldDescriptions {
		cols = append(cols, strconv.Quote(f.Name))
	}
	for _, row := range r.Rows {
		cells := make([]*string, len(row))
		for i, v := range row {
			if v != nil {
				s := string(v)
				cells[i] = &s
			}
		}
		lines = append(lines, cellLine(cells))
	}
	return strings.Join(append([]string{strings.Join(cols, " ")}, lines...), "\n")
}

// explainCall is explain for a store.
func explainCall(t *testing.T, db *runtime.DB, name string, params map[string]*string) string {
	t.Helper()
	rows, err := db.Call(t.Context(), name, params)
	var refused *runtime.Error
	if errors.As(err, &refused) {
		if strings.HasPrefix(refused.SQLSTATE, "22") {
			return refused.SQLSTATE
		}
		return fmt.Sprintf("%s %q table %q column %q constraint %q", refused.SQLSTATE, refused.Message, refused.Table, refused.Column, refused.Constraint)
	}
	if err != nil {
		t.Errorf("%s: %v", name, err)
		return "broken"
	}
	var cols []string
	for _, c := range rows.Cols {
		cols = append(cols, strconv.Quote(c))
	}
	lines := []string{strings.Join(cols, " ")}
	for _, row := range rows.Rows {
		lines = append(lines, cellLine(row))
	}
	return strings.Join(lines, "\n")
}

// TestHostileStatementNames: a statement may be called like a word of Lua or a function of the prelude.
func TestHostileStatementNames(t *testing.T) {
	var queries strings.Builder
	names := []string{"end", "nil", "local", "redis", "keys", "args", "call", "raise", "protect", "_", "load_t", "True", "math", "string", "unpack"}
	for _, name := range names {
		fmt.Fprintf(&queries, "-- name: %s :many\n-- prequel: allow scan\nSELECT v || '%s' AS v FROM t WHERE v <> $1;\n", name, name)
	}
	cfg := prequel.Config{
		Schema:  []*diag.Source{{Name: "s.sql", Text: "CREATE TABLE t (v text PRIMARY KEY);"}},
		Queries: []*diag.Source{{Name: "q.sql", Text: queries.String() + "-- name: function :exec\nINSERT INTO t VALUES ($1);\n"}},
	}
	m := mustCompile(t, cfg).Manifest
	for _, e := range append(packagings(testdb.Redis(t)), engineOf{"embedded", "embedded"}) {
		db := freshStore(t, e.url, m)
		if _, err := textCall(t, m, "function", "v=x").run(t.Context(), db); err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			y := "y"
			param := db.Program().MustStatement(name).Function().Params[0].Name
			if got := callText(t, db, name, map[string]*string{param: &y}); got != strconv.Quote("x"+name) {
				t.Errorf("%s, %s: %s", e.name, name, got)
			}
		}
	}
}
