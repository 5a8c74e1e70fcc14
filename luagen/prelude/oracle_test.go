package prelude_test

import (
	"context"
	"fmt"
	"math"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/jackc/pgx/v5"
	"github.com/redis/go-redis/v9"

	"github.com/prequel-db/prequel/luagen/prelude"
	"github.com/prequel-db/prequel/sqllogic/testdb"
)

// An oracle runs prelude functions in both engines and the SQL they stand for in PostgreSQL.
type oracle struct {
	pg      *pgx.Conn
	engines []engine
}

type engine struct {
	name string
	*redis.Client
	library bool // runs the definitions as libraries have them
}

func newOracle(t *testing.T) *oracle {
	t.Helper()
	ctx := context.Background()
	pg, err := pgx.Connect(ctx, testdb.Database(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { pg.Close(ctx) })
	return &oracle{pg: pg, engines: newEngines(t)}
}

// newEngines returns an embedded miniredis and a real server.
func newEngines(t *testing.T) []engine {
	t.Helper()
	mini := miniredis.RunT(t)
	engines := []engine{
		{"miniredis", redis.NewClient(&redis.Options{Addr: mini.Addr(), ReadTimeout: time.Minute}), false},
		{"redis", redis.NewClient(&redis.Options{Addr: testdb.Redis(t), ReadTimeout: time.Minute}), false},
	}
	for _, e := range engines {
		t.Cleanup(func() { e.Close() })
	}
	return engines
}

// withLibraries adds the real server once more, for the definitions as libraries have them.
func withLibraries(engines []engine) []engine {
	for _, e := range engines {
		if e.name == "redis" {
			engines = append(engines, engine{"redis, libraries", e.Client, true})
		}
	}
	return engines
}

// A check compares one Lua expression with one SQL expression over many rows of arguments.
type check struct {
	lua  string   // over a, b, c, d; a bare name stands for a call with all arguments
	sql  string   // over a, b, c, d
	args []string // SQL types of a, b, c, d
	ret  string   // SQL type of the result
	// ulps is the distance in which miniredis may answer a function of the C library; a real server must be exact.
	ulps int
}

// luaOfText turns an argument's text into the type's Lua form.
var luaOfText = map[string]string{
	"int2": "tonumber(%s)", "int4": "tonumber(%s)", "int8": "wide_parse(%s)", "numeric": "%s", "text": "%s",
	"float8": "arg_f8(%s)", "float4": "arg_f4(%s)", "bool": "%s == 't'",
}

// textOfLua turns a result into what PostgreSQL prints.
var textOfLua = map[string]string{
	"int2": "int4out(r)", "int4": "int4out(r)", "int8": "int8out(r)", "numeric": "r", "text": "r",
	"float8": "float8out(r)", "float4": "float4out(r)", "bool": "r and 'true' or 'false'",
}

const letters = "abcd"

// script is a script that evaluates the check for rows that stand one after another in ARGV.
func (c check) script(t *testing.T) string {
	t.Helper()
	expr := c.lua
	if !strings.Contains(expr, "(") {
		expr += "(" + strings.Join(strings.Split(letters[:len(c.args)], ""), ", ") + ")"
	}
	var loads strings.Builder
	for i, typ := range c.args {
		fmt.Fprintf(&loads, "  local %c = %s\n", letters[i], fmt.Sprintf(luaOfText[typ], fmt.Sprintf("ARGV[i + %d]", i)))
	}
	body := fmt.Sprintf(`
local out = {}
for i = 1, #ARGV, %d do
%s
  local ok, r = pcall(function() return %s end)
  if ok then
    out[#out + 1] = r == nil and "NULL" or %s
  elseif type(r) == "table" then
    out[#out + 1] = refused(r.sqlstate, r.message, r.fields).err
  else
    out[#out + 1] = "lua: " .. tostring(r)
  end
end
return out
`, len(c.args), loads.String(), expr, textOfLua[c.ret])
	return link(t, body)
}

// link puts before a script's body the definitions it mentions.
func link(t *testing.T, body string) string { return linkAs(t, body, false) }

// linkAs links the definitions as a library has them, or a script.
func linkAs(t *testing.T, body string, library bool) string {
	t.Helper()
	defs, err := prelude.Resolve(prelude.Mentioned(body))
	if err != nil {
		t.Fatal(err)
	}
	return prelude.Text(defs, library) + body
}

// run reports every row where an engine's answer is not PostgreSQL's.
func (o *oracle) run(t *testing.T, c check, rows [][]string) {
	t.Helper()
	ctx := context.Background()
	want := o.ask(t, c, rows)
	script := c.script(t)
	for _, e := range o.engines {
		failures := 0
		for from := 0; from < len(rows); from += 1000 {
			batch := rows[from:min(from+1000, len(rows))]
			var argv []any
			for _, row := range batch {
				for _, v := range row {
					argv = append(argv, v)
				}
			}
			got, err := e.Eval(ctx, script, nil, argv...).StringSlice()
			if err != nil {
				t.Fatalf("%s: %s: %v", e.name, c.lua, err)
			}
			for i, row := range batch {
				w := want[from+i]
				if got[i] == w || e.name == "miniredis" && near(got[i], w, c.ulps) {
					continue
				}
				if failures++; failures <= 5 {
					t.Errorf("%s: %s of %q: got %q, want %q", e.name, c.lua, row, got[i], w)
				}
			}
		}
		if failures > 5 {
			t.Errorf("%s: %s: %d of %d rows differ", e.name, c.lua, failures, len(rows))
		}
	}
}

// ask returns PostgreSQL's answers as text, errors in the form of refused.
func (o *oracle) ask(t *testing.T, c check, rows [][]string) []string {
	t.Helper()
	ctx := context.Background()
	params, fields := make([]string, len(c.args)), make([]string, len(c.args))
	columns := make([]any, len(c.args))
	for i, typ := range c.args {
		params[i] = fmt.Sprintf("%c %s", letters[i], typ)
		fields[i] = fmt.Sprintf("$%d::text[]", i+1)
		column := make([]string, len(rows))
		for r, row := range rows {
			column[r] = row[i]
		}
		columns[i] = column
	}
	typed := make([]string, len(c.args))
	for i, typ := range c.args {
		typed[i] = fmt.Sprintf("%c::%s", letters[i], typ)
	}
	names := strings.Join(strings.Split(letters[:len(c.args)], ""), ", ")
	_, err := o.pg.Exec(ctx, fmt.Sprintf(`create or replace function pg_temp.try(%s) returns text language plpgsql as $f$
declare r %s; detail text;
begin
  r := %s;
  return coalesce(r::text, 'NULL');
exception when others then
  get stacked diagnostics detail = pg_exception_detail;
  return 'PQ' || sqlstate || ' ' || replace(replace(replace(sqlerrm, '\', '\\'), E'\n', '\n'), E'\t', '\t') || case when detail <> '' then E'\tdetail=' || replace(detail, E'\n', '\n') else '' end;
end $f$`, strings.Join(params, ", "), c.ret, c.sql))
	if err != nil {
		t.Fatalf("%s: %v", c.sql, err)
	}
	result, err := o.pg.Query(ctx, fmt.Sprintf("select pg_temp.try(%s) from unnest(%s) with ordinality x(%s, row) order by row",
		strings.Join(typed, ", "), strings.Join(fields, ", "), names), columns...)
	if err != nil {
		t.Fatalf("%s: %v", c.sql, err)
	}
	answers, err := pgx.CollectRows(result, pgx.RowTo[string])
	if err != nil {
		t.Fatalf("%s: %v", c.sql, err)
	}
	if _, err := o.pg.Exec(ctx, fmt.Sprintf("drop function pg_temp.try(%s)", strings.Join(c.args, ", "))); err != nil {
		t.Fatal(err)
	}
	return answers
}

// near reports whether two texts are doubles at most ulps apart.
func near(a, b string, ulps int) bool {
	x, err := strconv.ParseFloat(a, 64)
	if err != nil {
		return false
	}
	y, err := strconv.ParseFloat(b, 64)
	if err != nil || ulps == 0 {
		return false
	}
	for range ulps {
		x = math.Nextafter(x, y)
	}
	return x == y
}

// rows pairs up generated values: every edge of each argument with every edge of the others, then n random rows.
func rows(seed uint64, n int, types ...string) [][]string {
	g := newGenerator(seed)
	out := [][]string{nil}
	for _, typ := range types {
		var next [][]string
		for _, row := range out {
			for _, e := range edges[typ] {
				next = append(next, append(row[:len(row):len(row)], e))
			}
		}
		out = next
	}
	for len(types) > 2 && len(out) > 3000 { // a sample of a cube of edges
		var kept [][]string
		for _, row := range out {
			if g.IntN(2) == 0 {
				kept = append(kept, row)
			}
		}
		out = kept
	}
	for range n {
		var row []string
		for _, typ := range types {
			row = append(row, g.value(typ))
		}
		out = append(out, row)
	}
	return out
}
