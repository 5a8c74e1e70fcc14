package prequel_test

import (
	"errors"
	"reflect"
	"testing"

	prequel "github.com/prequel-db/prequel"
	"github.com/prequel-db/prequel/runtime"
	_ "github.com/prequel-db/prequel/runtime/embedded"
	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqlparse/diag"
)

// TestSeveralCalls: the calls of :batchexec, :batchone, :batchmany and :copyfrom; those that write happen all or not at all.
func TestSeveralCalls(t *testing.T) {
	compiled := mustCompile(t, prequel.Config{
		Schema: []*diag.Source{{Name: "schema.sql", Text: "CREATE TABLE t (a integer PRIMARY KEY, b text)"}},
		Queries: []*diag.Source{{Name: "queries.sql", Text: `
-- name: Load :copyfrom
INSERT INTO t (a, b) VALUES ($1, $2);
-- name: Drop :batchexec
DELETE FROM t WHERE a = $1;
-- name: Get :batchone
SELECT b FROM t WHERE a = $1;
-- name: Near :batchmany
SELECT a FROM t WHERE a = ANY(ARRAY[$1, $1 + 1]);
`}},
	})
	db := freshStore(t, "embedded", compiled.Manifest)
	statement := func(name string) *runtime.Statement { return db.Program().MustStatement(name) }
	load := func(keys ...int64) (int64, error) {
		row := func(a int64) []value.Value { return []value.Value{value.Int(a), value.String("x")} }
		return runtime.SendAll(t.Context(), db, statement("Load"), keys, row).Affected()
	}
	key := func(a int64) []value.Value { return []value.Value{value.Int(a)} }
	text := func(c *runtime.Cursor) string { return c.String(0) }
	held := func() (found []int64) {
		calls := runtime.SendAll(t.Context(), db, statement("Near"), []int64{1, 3, 5}, key)
		rows := runtime.BatchRows[int64]{Calls: calls, Scan: func(c *runtime.Cursor) int64 { return c.Int64(0) }}
		rows.Query(func(_ int, list []int64, err error) {
			if err != nil {
				t.Fatal(err)
			}
			found = append(found, list...)
		})
		return found
	}
	if n, err := load(1, 2, 3); n != 3 || err != nil {
		t.Fatalf("loaded %d, %v", n, err)
	}
	var refused *runtime.Error
	if _, err := load(4, 2, 5); !errors.As(err, &refused) || refused.SQLSTATE != "23505" {
		t.Fatalf("a row that exists: %v", err)
	}
	if got, want := held(), []int64{1, 2, 3}; !reflect.DeepEqual(got, want) {
		t.Fatalf("rows %v, want %v: a load that fails leaves nothing", got, want)
	}
	if n, err := load(); n != 0 || err != nil {
		t.Fatalf("no rows: %d, %v", n, err)
	}
	drop := runtime.BatchResults{Calls: runtime.SendAll(t.Context(), db, statement("Drop"), []int64{1, 9}, key)}
	drop.Exec(func(i int, err error) {
		if err != nil {
			t.Errorf("call %d: %v", i, err)
		}
	})
	if err := drop.Close(); err != nil {
		t.Fatal(err)
	}
	get := runtime.BatchRow[string]{Calls: runtime.SendAll(t.Context(), db, statement("Get"), []int64{1, 2}, key), Scan: text}
	get.QueryRow(func(i int, b string, err error) {
		if i == 0 && !errors.Is(err, runtime.ErrNoRows) || i == 1 && (err != nil || b != "x") {
			t.Errorf("call %d: %q, %v", i, b, err)
		}
	})
}
