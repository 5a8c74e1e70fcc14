package prequel_test

import (
	"errors"
	"testing"

	prequel "github.com/prequel-db/prequel"
	"github.com/prequel-db/prequel/runtime"
	_ "github.com/prequel-db/prequel/runtime/embedded"
	"github.com/prequel-db/prequel/sqlparse/diag"
)

// TestGeneratedRows: a call makes as many rows as the limit says, and fails with 53400 beyond; a LIMIT that ends a recursion first
// makes no error of it.
func TestGeneratedRows(t *testing.T) {
	const recursion = "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r"
	cases := []struct {
		query string
		rows  int
		state string
	}{
		{recursion + " WHERE n < 10) SELECT n FROM r", 10, ""},
		{recursion + " WHERE n < 11) SELECT n FROM r", 0, "53400"},
		{recursion + ") SELECT n FROM r", 0, "53400"},
		{recursion + ") SELECT n FROM r LIMIT 4", 4, ""},
		{recursion + ") SELECT EXISTS (SELECT 1 FROM r WHERE n > 2)", 1, ""},
		{"SELECT g FROM generate_series(1, 12) g WHERE g < 3", 0, "53400"},
		{"SELECT a, b FROM generate_series(1, 5) a, generate_series(1, a) b WHERE a + b = 0", 0, "53400"},
		{"SELECT g FROM generate_series(1.5, 9) g", 8, ""},
		{"SELECT generate_series(1, 10)", 10, ""},
	}
	for _, c := range cases {
		t.Run(c.query, func(t *testing.T) {
			compiled := mustCompile(t, prequel.Config{
				Queries:       []*diag.Source{{Name: "queries.sql", Text: "-- name: Q :many\n" + c.query + ";"}},
				GeneratedRows: 10,
			})
			db := freshStore(t, "embedded", compiled.Manifest)
			got, err := db.Call(t.Context(), "Q", nil)
			var refused *runtime.Error
			switch {
			case c.state == "" && err != nil:
				t.Fatal(err)
			case c.state == "" && len(got.Rows) != c.rows:
				t.Errorf("%d rows, want %d", len(got.Rows), c.rows)
			case c.state != "" && (!errors.As(err, &refused) || refused.SQLSTATE != c.state):
				t.Errorf("error %v, want SQLSTATE %s", err, c.state)
			}
		})
	}
}
