package sqlparse_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/prequel-db/prequel/sqlparse"
	"github.com/prequel-db/prequel/sqlparse/diag"
)

// thousand is a schema of 10 tables and 1,000 distinct annotated statements over them.
func thousand() (schema, queries string) {
	var ddl, sql strings.Builder
	for t := range 10 {
		fmt.Fprintf(&ddl, "CREATE TABLE t%d (id bigint PRIMARY KEY, name text NOT NULL, kind varchar(20), n integer, amount numeric(10,2), at timestamptz NOT NULL DEFAULT now());\n", t)
	}
	for i := range 1000 {
		a, b := i%10, i/10%10
		fmt.Fprintf(&sql, "-- name: S%d :many\n", i)
		switch i % 5 {
		case 0:
			fmt.Fprintf(&sql, "SELECT * FROM t%d WHERE id = $1 AND n > %d ORDER BY at DESC LIMIT $2;\n", a, i)
		case 1:
			fmt.Fprintf(&sql, "SELECT a.id, b.name, a.amount * %d AS x FROM t%d a JOIN t%d b ON b.id = a.n WHERE a.kind = $1 AND b.at > now() - interval '1 day';\n", i, a, b)
		case 2:
			fmt.Fprintf(&sql, "SELECT kind, count(*), avg(amount), max(n) FROM t%d WHERE n IN (%d, 2, 3) GROUP BY kind HAVING count(*) > $1;\n", a, i)
		case 3:
			fmt.Fprintf(&sql, "INSERT INTO t%d (id, name, n) VALUES ($1, $2, %d) ON CONFLICT (id) DO UPDATE SET name = excluded.name RETURNING *;\n", a, i)
		case 4:
			fmt.Fprintf(&sql, "UPDATE t%d SET n = n + %d, name = COALESCE($1, name) WHERE id = $2 RETURNING id, name;\n", a, i)
		}
	}
	return ddl.String(), sql.String()
}

func BenchmarkThousandStatements(b *testing.B) {
	schema, queries := thousand()
	b.ReportAllocs()
	for b.Loop() {
		cat, errs := sqlparse.ParseSchema([]*diag.Source{{Name: "schema.sql", Text: schema}})
		if len(errs) > 0 {
			b.Fatal(errs)
		}
		statements, errs := sqlparse.ParseQueries(cat, []*diag.Source{{Name: "queries.sql", Text: queries}})
		if len(errs) > 0 || len(statements) != 1000 {
			b.Fatal(len(statements), errs)
		}
	}
}
