package prelude

import (
	"context"
	"fmt"
	"math/rand"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/jackc/pgx/v5"
	"github.com/redis/go-redis/v9"
)

type call struct{ lua, sql string }

type oracle struct {
	pg   *pgx.Conn
	mini *redis.Client
	real *redis.Client
}

var shared *oracle

func newOracle(t *testing.T) *oracle {
	if shared != nil {
		return shared
	}
	ctx := context.Background()
	pg, err := pgx.Connect(ctx, "host=127.0.0.1 port=54329 user=postgres dbname=postgres")
	if err != nil {
		t.Fatal(err)
	}
	_, err = pg.Exec(ctx, `create or replace function pg_temp.try(q text) returns text language plpgsql as $$
declare r text; d text; begin execute 'select '||q into r; return coalesce('V'||r, 'N');
exception when others then get stacked diagnostics d = pg_exception_detail; return 'E'||sqlstate||' '||sqlerrm||coalesce(nullif(' | '||d, ' | '),''); end $$`)
	if err != nil {
		t.Fatal(err)
	}
	m := miniredis.NewMiniRedis()
	if err := m.Start(); err != nil {
		t.Fatal(err)
	}
	dir, _ := os.MkdirTemp("", "prel")
	sock := dir + "/s"
	cmd := exec.Command("redis-server", "--port", "0", "--unixsocket", sock, "--dir", dir, "--save", "")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go cmd.Wait()
	real := redis.NewClient(&redis.Options{Network: "unix", Addr: sock})
	for i := 0; i < 100 && real.Ping(ctx).Err() != nil; i++ {
		time.Sleep(20 * time.Millisecond)
	}
	shared = &oracle{pg, redis.NewClient(&redis.Options{Addr: m.Addr()}), real}
	stop = func() { cmd.Process.Kill(); os.RemoveAll(dir) }
	return shared
}

var stop = func() {}

func TestMain(m *testing.M) {
	code := m.Run()
	stop()
	os.Exit(code)
}

func (o *oracle) check(t *testing.T, fns []string, calls []call) {
	t.Helper()
	ctx := context.Background()
	defs, err := Resolve(append([]string{"raise"}, fns...))
	if err != nil {
		t.Fatal(err)
	}
	lib := Text(defs, false) + `
local function show(v)
  local ty = type(v)
  if ty == "nil" then return "N" end
  if ty == "boolean" then return v and "Vtrue" or "Vfalse" end
  if ty == "number" then return ("V%.0f"):format(v) end
  if ty == "table" then
    local parts = {}
    for i = 1, v.n do parts[i] = v[i] == nil and "~" or #v[i] .. ":" .. v[i] end
    return "V" .. table.concat(parts)
  end
  return "V" .. v
end
local function try(f)
  local ok, r = pcall(f)
  if ok then return show(r) end
  if type(r) == "table" then return "E" .. r.sqlstate .. " " .. r.message .. (r.fields and r.fields.detail and " | " .. r.fields.detail or "") end
  return "X" .. tostring(r)
end
`
	fails := 0
	for from := 0; from < len(calls); from += 150 {
		part := calls[from:min(from+150, len(calls))]
		var b strings.Builder
		b.WriteString(lib)
		b.WriteString("local r = {}\n")
		sqls := make([]string, len(part))
		for i, c := range part {
			fmt.Fprintf(&b, "r[%d] = try(function() return %s end)\n", i+1, c.lua)
			sqls[i] = c.sql
		}
		b.WriteString("return r\n")
		rows, err := o.pg.Query(ctx, `select pg_temp.try(q) from unnest($1::text[]) with ordinality u(q, i) order by i`, sqls)
		if err != nil {
			t.Fatal(err)
		}
		want, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil {
			t.Fatal(err)
		}
		for name, c := range map[string]*redis.Client{"miniredis": o.mini, "redis": o.real} {
			got, err := c.Eval(ctx, b.String(), nil).StringSlice()
			if err != nil {
				os.WriteFile("/tmp/lt/script.lua", []byte(b.String()), 0o644)
				t.Fatalf("%s: %v", name, err)
			}
			for i := range part {
				if got[i] != want[i] {
					fails++
					if fails < 5 {
						t.Errorf("%s: %s\n  sql  %s\n  got  %q\n  want %q", name, part[i].lua, part[i].sql, got[i], want[i])
					}
				}
			}
		}
	}
	if fails > 0 {
		t.Errorf("%v: %d failures of %d", fns, fails, len(calls)*2)
	}
}

func luaText(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for i := 0; i < len(s); i++ {
		if s[i] < 32 || s[i] > 126 || s[i] == '"' || s[i] == '\\' {
			fmt.Fprintf(&b, "\\%03d", s[i])
		} else {
			b.WriteByte(s[i])
		}
	}
	b.WriteByte('"')
	return b.String()
}
func sqlText(s string) string  { return "'" + strings.ReplaceAll(s, "'", "''") + "'::text" }
func sqlBytea(s string) string { return fmt.Sprintf("'\\x%x'::bytea", s) }

// gen yields a value's Lua and SQL forms
type gen func(r *rand.Rand) (string, string)

func pick(vs ...string) func(r *rand.Rand) string {
	return func(r *rand.Rand) string { return vs[r.Intn(len(vs))] }
}

func words(alphabet []string, max int) gen {
	return func(r *rand.Rand) (string, string) {
		n := r.Intn(max + 1)
		var b strings.Builder
		for range n {
			b.WriteString(alphabet[r.Intn(len(alphabet))])
		}
		return luaText(b.String()), sqlText(b.String())
	}
}
func rawBytes(max int) gen {
	return func(r *rand.Rand) (string, string) {
		b := make([]byte, r.Intn(max+1))
		for i := range b {
			b[i] = byte(r.Intn(256))
			if r.Intn(3) == 0 {
				b[i] = "\x00\\ab% _"[r.Intn(7)]
			}
		}
		return luaText(string(b)), sqlBytea(string(b))
	}
}
func ints(lo, hi int64, extra ...int64) gen {
	return func(r *rand.Rand) (string, string) {
		v := lo + r.Int63n(hi-lo+1)
		if len(extra) > 0 && r.Intn(6) == 0 {
			v = extra[r.Intn(len(extra))]
		}
		return fmt.Sprint(v), fmt.Sprintf("(%d)", v)
	}
}
func bools() gen {
	return func(r *rand.Rand) (string, string) {
		if r.Intn(2) == 0 {
			return "true", "true"
		}
		return "false", "false"
	}
}
func oneOf(vs ...string) gen {
	return func(r *rand.Rand) (string, string) { v := vs[r.Intn(len(vs))]; return luaText(v), sqlText(v) }
}
func mix(gs ...gen) gen {
	return func(r *rand.Rand) (string, string) { return gs[r.Intn(len(gs))](r) }
}
func orNull(g gen, typ string) gen {
	return func(r *rand.Rand) (string, string) {
		if r.Intn(5) == 0 {
			return "nil", "null::" + typ
		}
		return g(r)
	}
}

// spec: lua "f($1,$2)", sql "f($1,$2)::text"
type spec struct {
	lua, sql string
	args     []gen
	n        int
}

func (o *oracle) run(t *testing.T, s spec, fns ...string) {
	t.Helper()
	t.Run(s.lua, func(t *testing.T) {
		r := rand.New(rand.NewSource(7))
		n := s.n
		if n == 0 {
			n = 3000
		}
		var calls []call
		for range n {
			l, q := s.lua, s.sql
			for i, g := range s.args {
				gl, gs := g(r)
				l = strings.ReplaceAll(l, fmt.Sprintf("$%d", i+1), gl)
				q = strings.ReplaceAll(q, fmt.Sprintf("$%d", i+1), gs)
			}
			calls = append(calls, call{l, q})
		}
		if len(fns) == 0 {
			for _, id := range identifiers(s.lua) {
				if Has(id) {
					fns = append(fns, id)
				}
			}
		}
		o.check(t, fns, calls)
	})
}
