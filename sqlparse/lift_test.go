package sqlparse_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/prequel-db/prequel/sqllogic"
	"github.com/prequel-db/prequel/sqlparse"
	"github.com/prequel-db/prequel/sqlparse/diag"
)

func TestLift(t *testing.T) {
	for _, c := range []struct{ sql, shape, params string }{
		{"SELECT id FROM t WHERE n > 5 AND s = 'x'", "SELECT id FROM t WHERE n > (@p1::int4) AND s = (@p2)", "int4 5, string x"},
		{"SELECT id FROM t WHERE n = 3000000000", "SELECT id FROM t WHERE n = (@p1::int8)", "int8 3000000000"},
		{"SELECT id FROM t WHERE n = 99999999999999999999", "SELECT id FROM t WHERE n = (@p1::numeric)", "numeric 99999999999999999999"},
		{"SELECT id FROM t WHERE n = 1.50", "SELECT id FROM t WHERE n = (@p1::numeric)", "numeric 1.50"},
		{"SELECT id FROM t WHERE n = -5 AND m = 1 - 5", "SELECT id FROM t WHERE n = (@p1::int4) AND m = (@p2::int4) - (@p3::int4)", "int4 -5, int4 1, int4 5"},
		{"SELECT id FROM t WHERE n = - 2147483648", "SELECT id FROM t WHERE n = (@p1::int4)", "int4 -2147483648"},
		{"SELECT 1", `SELECT (@p1::int4) AS "?column?"`, "int4 1"},
		{"SELECT 1 AS one, 'a', 2 two", "SELECT (@p1::int4) AS one, (@p2), (@p3::int4) two", "int4 1, string a, int4 2"},
		{"SELECT a + 1 FROM t GROUP BY a + 1", "SELECT a + 1 FROM t GROUP BY a + 1", ""},
		{"SELECT a + 1 FROM t GROUP BY 1 ORDER BY 1", "SELECT a + 1 FROM t GROUP BY 1 ORDER BY 1", ""},
		{
			"SELECT a, sum(b + 1) FROM t WHERE c = 2 GROUP BY a HAVING count(*) > 3 ORDER BY 1",
			"SELECT a, sum(b + (@p1::int4)) FROM t WHERE c = (@p2::int4) GROUP BY a HAVING count(*) > (@p3::int4) ORDER BY 1", "int4 1, int4 2, int4 3",
		},
		{"SELECT DISTINCT a + 1 FROM t ORDER BY a + 1", "SELECT DISTINCT a + 1 FROM t ORDER BY a + 1", ""},
		{"SELECT id FROM t LIMIT 10 OFFSET 5", "SELECT id FROM t LIMIT (@p1) OFFSET (@p2)", "int4 10, int4 5"},
		{
			"SELECT * FROM t WHERE d > date '2020-01-01' AND e < '2020-01-02'::date", "SELECT * FROM t WHERE d > (@p1::date) AND e < (@p2)::date",
			"string 2020-01-01, string 2020-01-02",
		},
		{"SELECT * FROM t WHERE d > now() - interval '1 day'", "SELECT * FROM t WHERE d > now() - (@p1::interval)", "string 1 day"},
		{"SELECT interval '1' day", "SELECT interval '1' day", ""},
		{"SELECT * FROM t WHERE a IS NULL OR b = NULL OR c = true", "SELECT * FROM t WHERE a IS NULL OR b = NULL OR c = true", ""},
		{"SELECT * FROM t WHERE s LIKE 'a%' AND date_part('year', d) = 2020", "SELECT * FROM t WHERE s LIKE 'a%' AND date_part('year', d) = (@p1::int4)", "int4 2020"},
		{"SELECT * FROM t WHERE a IN (1, 2) AND b NOT IN ('x')", "SELECT * FROM t WHERE a IN ((@p1::int4), (@p2::int4)) AND b NOT IN ((@p3))", "int4 1, int4 2, string x"},
		{"SELECT lag(a, 1) OVER (ORDER BY b) FROM t", "SELECT lag(a, 1) OVER (ORDER BY b) FROM t", ""},
		{
			"INSERT INTO t VALUES (1, 'a''b', NULL), (2, E'x\\ny', DEFAULT)", "INSERT INTO t VALUES ((@p1::int4), (@p2), NULL), ((@p3::int4), (@p4), DEFAULT)",
			"int4 1, string a'b, int4 2, string x\ny",
		},
		{"UPDATE t SET (a, b) = (1, 'x') WHERE c = 2", "UPDATE t SET (a, b) = ((@p1::int4), (@p2)) WHERE c = (@p3::int4)", "int4 1, string x, int4 2"},
		{"DELETE FROM t WHERE a = 1 RETURNING 5", `DELETE FROM t WHERE a = (@p1::int4) RETURNING (@p2::int4) AS "?column?"`, "int4 1, int4 5"},
		{"SELECT a::numeric(10,2) FROM t WHERE b = 5::bigint", "SELECT a::numeric(10,2) FROM t WHERE b = (@p1::int4)::bigint", "int4 5"},
		{"CREATE TABLE t (a integer DEFAULT 5)", "CREATE TABLE t (a integer DEFAULT 5)", ""},
		{"SELEC 5", "SELEC 5", ""},
		{"SELECT $1 + 5", "SELECT $1 + 5", ""},
		{"SELECT é FROM t WHERE s = 'ü' AND n = 5", "SELECT é FROM t WHERE s = (@p1) AND n = (@p2::int4)", "string ü, int4 5"},
	} {
		shape, params, err := sqlparse.Lift(c.sql)
		if err != nil {
			t.Errorf("%s: %v", c.sql, err)
			continue
		}
		var list []string
		for i, p := range params {
			if p.Name != fmt.Sprintf("p%d", i+1) {
				t.Errorf("%s: parameter %d is %s", c.sql, i+1, p.Name)
			}
			list = append(list, p.Kind+" "+p.Text)
		}
		if got := strings.Join(list, ", "); shape != c.shape || got != c.params {
			t.Errorf("%s\n  gives %s [%s]\n  not   %s [%s]", c.sql, shape, got, c.shape, c.params)
		}
	}
}

// TestLiftCorpus lifts the statements of the corpora: a shape must have the columns that the statement has, and be accepted
// where the statement is.
func TestLiftCorpus(t *testing.T) {
	statements, shapes := 0, 0
	for _, folder := range []string{"risinglight", "risingwave", "sqlite-slt"} {
		err := filepath.WalkDir(filepath.Join(corpora, folder), func(path string, d os.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.Contains(path, ".slt") && !strings.HasSuffix(path, ".test") {
				return err
			}
			script, err := sqllogic.Read(path, sqllogic.ReadOptions{})
			if err != nil {
				return nil // not a script
			}
			if strings.Contains(path, "random") {
				// Random expressions: hardly two have one shape.
				script.Records = script.Records[:min(len(script.Records), maxRecords())]
				liftScript(t, script)
				return nil
			}
			if !*exhaustive {
				script.Records = script.Records[:min(len(script.Records), 1500)]
			}
			n, m := liftScript(t, script)
			if strings.Contains(path, "/index/") { // the same queries again and again, with other values
				statements, shapes = statements+n, shapes+m
			}
			return nil
		})
		if err != nil {
			t.Fatalf("the test corpora are missing: %v", err)
		}
	}
	t.Logf("%d statements have %d shapes", statements, shapes)
	if shapes*10 > statements*7 {
		t.Errorf("%d statements have as many as %d shapes", statements, shapes)
	}
}

func liftScript(t *testing.T, script *sqllogic.Script) (statements, shapes int) {
	cat, _ := sqlparse.ParseSchema(nil)
	b := sqlparse.NewBinder(cat)
	seen := map[string]bool{}
	for _, r := range script.Records {
		if r.Kind != sqllogic.KindStatement && r.Kind != sqllogic.KindQuery {
			continue
		}
		if definition.MatchString(r.SQL) {
			sqlparse.Extend(cat, []*diag.Source{{Name: "schema.sql", Text: r.SQL}})
			b = sqlparse.NewBinder(cat)
			continue
		}
		shape, params, err := sqlparse.Lift(r.SQL)
		if err != nil {
			t.Errorf("%s: %v", r.SQL, err)
			continue
		}
		statements++
		if seen[shape] {
			continue
		}
		seen[shape] = true
		plain, errs := b.Bind(&diag.Source{Name: "statement", Text: r.SQL}, sqlparse.Options{})
		if len(errs) > 0 || len(params) == 0 {
			continue
		}
		lifted, errs := b.Bind(&diag.Source{Name: "shape", Text: shape}, sqlparse.Options{})
		if len(errs) > 0 {
			t.Errorf("%s\nis refused when lifted:\n%v", r.SQL, errs)
			continue
		}
		var want, got []string
		for _, c := range outputs(plain) {
			want = append(want, c.Name+" "+c.Expr.Type().String())
		}
		for _, c := range outputs(lifted) {
			got = append(got, c.Name+" "+c.Expr.Type().String())
		}
		if !slices.Equal(want, got) {
			t.Errorf("%s\n  has columns %v\n  lifted as   %s\n  it has      %v", r.SQL, want, shape, got)
		}
		for i, p := range lifted.Params {
			if p.Name != params[i].Name {
				t.Errorf("%s: parameter %d is named %s", shape, i+1, p.Name)
			}
		}
	}
	return statements, len(seen)
}
