package prequel_test

import (
	"runtime"
	"strings"
	"testing"

	prequel "github.com/prequel-db/prequel"
)

// TestSparseKeys: grouping, joining and counting by large numbers costs the embedded engine no more than by small ones. Its Lua
// keeps a table's positive integer keys below 2^26 in an array that reaches up to the largest.
func TestSparseKeys(t *testing.T) {
	for _, column := range []struct{ typ, small, large string }{
		{"smallint", "3", "32000"},
		{"integer", "3", "67000000"},
		{"bigint", "3", "67000000"},
		{"real", "3", "66000000"},
		{"double precision", "3", "67000000"},
		{"date", "2000-01-04", "5874000-01-01"},
		{"timestamp", "2000-01-01 00:00:00", "2000-01-01 00:01:06"},
		{"numeric", "3", "67000000"},
	} {
		t.Run(column.typ, func(t *testing.T) {
			p := propertyProgram{
				schema: strings.ReplaceAll("CREATE TABLE t (id integer PRIMARY KEY, a TYPE); CREATE TABLE u (id integer PRIMARY KEY, a TYPE);", "TYPE", column.typ),
				queries: `
-- name: PutT :exec
INSERT INTO t (id, a) VALUES (@id, @a);
-- name: PutU :exec
INSERT INTO u (id, a) VALUES (@id, @a);
-- name: Groups :many
-- prequel: allow scan
SELECT a, count(*), count(DISTINCT a) FROM t GROUP BY a;
-- name: Same :many
-- prequel: allow scan
SELECT t.id, u.id AS other FROM t JOIN u ON t.a = u.a;
-- name: Different :many
-- prequel: allow scan
SELECT DISTINCT a FROM t EXCEPT SELECT a FROM u WHERE id = 2;
`,
			}
			db := freshStore(t, "embedded", p.compile(t, prequel.Read).Manifest)
			call := func(name string, params ...string) string {
				c := textCall(t, db.Program().Manifest(), name, params...)
				cur, err := c.run(t.Context(), db)
				return answer(t, c, cur, err)
			}
			for _, table := range []string{"PutT", "PutU"} {
				call(table, "id=1", "a="+column.small)
				call(table, "id=2", "a="+column.large)
			}
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			groups, same, different := call("Groups"), call("Same"), call("Different")
			runtime.ReadMemStats(&after)
			if n := strings.Count(groups, "\n"); n != 2 {
				t.Errorf("Groups has %d rows:\n%s", n, groups)
			}
			if n := strings.Count(same, "\n"); n != 2 {
				t.Errorf("Same has %d rows:\n%s", n, same)
			}
			if n := strings.Count(different, "\n"); n != 1 {
				t.Errorf("Different has %d rows:\n%s", n, different)
			}
			if used := after.TotalAlloc - before.TotalAlloc; used > 16<<20 {
				t.Errorf("three small reads allocate %d MB", used>>20)
			}
		})
	}
}
