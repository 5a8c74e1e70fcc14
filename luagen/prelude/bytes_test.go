package prelude_test

import (
	"context"
	"fmt"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"

	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqllogic/testdb"
)

// byteStrings are strings in whose order collations differ, and random ones.
func byteStrings() []string {
	out := []string{
		"", "a", "B", "A", "b", "Z", "z", "a-c", "ab", "a b", "a_", "aB", "\x00", "a\x00", "a\x00b", "\x7f", "\x80", "\xff", "\xff\xff", "\xfe", "é", "e", "f", "ß", "ss",
		strings.Repeat("x", 31) + "a", strings.Repeat("x", 31) + "b", strings.Repeat("x", 32), strings.Repeat("x", 64) + "\xff", strings.Repeat("x", 64) + "y",
	}
	g := newGenerator(31)
	for range 40 {
		b := make([]byte, g.IntN(40))
		for i := range b {
			b[i] = byte([]int{'x', 'x', 'x', g.IntN(256)}[g.IntN(4)])
		}
		out = append(out, string(b))
	}
	return out
}

const orderScript = `
local out = {}
for i = 1, #ARGV do
  for j = 1, #ARGV do
    assert(bytes_lt(ARGV[i], ARGV[j]) == (bytes_cmp(ARGV[i], ARGV[j]) < 0))
    out[#out + 1] = bytes_cmp(ARGV[i], ARGV[j])
  end
end
out[#out + 1] = bytes_native and 1 or 0
return out
`

func checkOrder(t *testing.T, client *redis.Client, script string) (native bool) {
	t.Helper()
	list := byteStrings()
	var argv []any
	var want []int64
	for _, a := range list {
		argv = append(argv, a)
		for _, b := range list {
			want = append(want, int64(strings.Compare(a, b)))
		}
	}
	got, err := client.Eval(context.Background(), script, nil, argv...).Int64Slice()
	if err != nil {
		t.Fatal(err)
	}
	last := len(got) - 1
	if !slices.Equal(got[:last], want) {
		t.Errorf("order differs from byte order (native: %v)", got[last])
	}
	return got[last] == 1
}

func TestByteOrder(t *testing.T) {
	script := link(t, orderScript)
	for _, e := range newEngines(t) {
		t.Run(e.name, func(t *testing.T) { checkOrder(t, e.Client, script) })
		// The comparison for servers of another locale, whatever this one's is.
		slow := strings.Replace(script, "local bytes_native = ", "local bytes_native = false and ", 1)
		t.Run(e.name+" by hand", func(t *testing.T) {
			if checkOrder(t, e.Client, slow) {
				t.Error("the comparison by hand was not taken")
			}
		})
	}
}

// TestByteOrderForeignLocale runs a server whose Lua compares strings by a language's rules, where one is installed.
func TestByteOrderForeignLocale(t *testing.T) {
	installed, err := exec.Command("locale", "-a").Output()
	if err != nil {
		t.Fatal(err)
	}
	script := link(t, orderScript)
	for _, locale := range strings.Fields(string(installed)) {
		t.Run(locale, func(t *testing.T) {
			t.Setenv("LC_ALL", locale)
			client := redis.NewClient(&redis.Options{Addr: testdb.Redis(t)})
			defer client.Close()
			checkOrder(t, client, script)
		})
	}
}

func TestSuccAndJoin(t *testing.T) {
	script := link(t, `
local out = {}
for i = 1, #ARGV do out[i] = bytes_succ(ARGV[i]) or "none" end
local parts = {}
for i = 1, 12345 do parts[i] = "p" end
assert(bytes_join(parts, 12345) == ("p"):rep(12345) and bytes_join(parts, 0) == "" and bytes_join(parts, 3) == "ppp")
assert(bytes_invert(("\0\255a"):rep(500)) == ("\255\0\158"):rep(500) and bytes_invert("") == "")
return out
`)
	list := byteStrings()
	var argv []any
	var want []string
	for _, s := range list {
		argv = append(argv, s)
		succ, ok := value.Succ(s)
		if !ok {
			succ = "none"
		}
		want = append(want, succ)
	}
	for _, e := range newEngines(t) {
		got, err := e.Eval(context.Background(), script, nil, argv...).StringSlice()
		if err != nil {
			t.Fatalf("%s: %v", e.name, err)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: got %q, want %q", e.name, got, want)
		}
	}
}

// TestSortRows sorts by a key with many ties: rows of one key must stay in their order.
func TestSortRows(t *testing.T) {
	script := link(t, `
local rows = {n = #ARGV}
for i = 1, #ARGV do rows[i] = {key = tonumber(ARGV[i]), at = i} end
local sorted = sort_rows(rows, function(a, b) return a.key < b.key end)
assert(sorted == rows)
local out = {}
for i = 1, #ARGV do out[i] = ("%.0f:%.0f"):format(rows[i].key, rows[i].at) end
-- An order that contradicts itself must end all the same.
sort_rows({3, 1, 2, 5, 4, 9, 8, 7, 6, 0, 11, 10}, function() return true end)
return out
`)
	g := newGenerator(41)
	for _, size := range []int{0, 1, 2, 7, 8, 9, 16, 17, 31, 64, 65, 100, 1000} {
		type row struct{ key, at int }
		var list []row
		var argv []any
		for i := range size {
			list = append(list, row{g.IntN(10), i + 1})
			argv = append(argv, list[i].key)
		}
		slices.SortStableFunc(list, func(a, b row) int { return a.key - b.key })
		var want []string
		for _, r := range list {
			want = append(want, strconv.Itoa(r.key)+":"+strconv.Itoa(r.at))
		}
		for _, e := range newEngines(t) {
			got, err := e.Eval(context.Background(), script, nil, argv...).StringSlice()
			if err != nil {
				t.Fatalf("%s: %v", e.name, err)
			}
			if fmt.Sprint(got) != fmt.Sprint(want) {
				t.Errorf("%s: %d rows: got %v, want %v", e.name, size, got, want)
			}
		}
	}
}

func TestErrors(t *testing.T) {
	script := link(t, `
return protect(function(kind, a, b)
  if kind == "raise" then
    raise("23505", "duplicate\tkey \\ \r\n", {detail = "Key (a)=(1\n2)", constraint = "t_pkey", table = a, column = b})
  elseif kind == "plain" then
    raise("22012", "division by zero")
  elseif kind == "other" then
    error("something else")
  end
  return a .. b
end, ARGV[1], ARGV[2], ARGV[3])
`)
	for _, e := range newEngines(t) {
		for _, c := range []struct{ kind, want string }{
			{"raise", "PQ23505 duplicate\\tkey \\\\ \\r\\n\tdetail=Key (a)=(1\\n2)\tconstraint=t_pkey\ttable=x\tcolumn=y"},
			{"plain", "PQ22012 division by zero"},
		} {
			want := c.want
			if e.name == "miniredis" { // it makes spaces of an error reply's tabs; package runtime copes
				want = strings.ReplaceAll(want, "\t", " ")
			}
			_, err := e.Eval(context.Background(), script, nil, c.kind, "x", "y").Result()
			if err == nil || err.Error() != want {
				t.Errorf("%s: %s: got %q, want %q", e.name, c.kind, err, want)
			}
		}
		if _, err := e.Eval(context.Background(), script, nil, "other", "x", "y").Result(); err == nil || !strings.Contains(err.Error(), "something else") {
			t.Errorf("%s: other errors must pass through, got %v", e.name, err)
		}
		if got, err := e.Eval(context.Background(), script, nil, "fine", "x", "y").Result(); err != nil || got != "xy" {
			t.Errorf("%s: got %v, %v", e.name, got, err)
		}
	}
}
