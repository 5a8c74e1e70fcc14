package sqlparse_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqlparse"
	"github.com/prequel-db/prequel/sqlparse/bound"
	"github.com/prequel-db/prequel/sqlparse/diag"
)

// sqlcColumn is what sqlc infers for a column or parameter.
type sqlcColumn struct {
	Number  int
	Name    string
	Type    string
	NotNull bool `json:"not_null"`
	IsArray bool `json:"is_array"`
}

type sqlcQuery struct {
	Name, Cmd       string
	Columns, Params []sqlcColumn
}

// sqlcTypes are PostgreSQL's names of the types that sqlc writes in its own way.
var sqlcTypes = map[string]string{
	"pg_catalog.varchar": "character varying", "pg_catalog.int8": "bigint", "bigserial": "bigint", "pg_catalog.bool": "boolean",
	"bool": "boolean", "pg_catalog.timestamptz": "timestamp with time zone", "timestamptz": "timestamp with time zone",
}

func sqlcType(c sqlcColumn) string {
	name := strings.TrimPrefix(c.Type, "public.")
	if n, ok := sqlcTypes[name]; ok {
		name = n
	}
	if c.IsArray {
		name += "[]"
	}
	return name
}

// comparedColumns are nullable columns that a statement both returns and compares with a parameter.
var comparedColumns = map[string]bool{
	"secret_value_sha256": true, "google_hosted_domain": true, "microsoft_tenant_id": true, "one_time_token_sha256": true,
	"access_token_sha256": true, "bearer_token_sha256": true,
}

// sqlcDifference explains a difference where PostgreSQL agrees with Prequel, "" when there is no explanation.
func sqlcDifference(what string, want sqlcColumn, name, typ string, notNull bool) string {
	isText := sqlcType(want) == "character varying" && typ == "text"
	switch {
	case what == "param" && want.Name == "" && name == "dollar_1" && sqlcType(want) == typ:
		return "the name that sqlc's generated code has"
	case what == "param" && sqlcType(want) == "integer" && typ == "bigint" && (name == "limit" || name == "offset"):
		return "LIMIT and OFFSET are bigint"
	case what == "param" && name == want.Name && (isText || sqlcType(want) == typ) && notNull && !want.NotNull:
		return "a comparison with NULL is never true: there is no use in passing it"
	case what == "param" && isText && name == want.Name && notNull == want.NotNull:
		return "varchar is compared as text, and a parameter takes the operator's type"
	case what == "column" && name == want.Name && sqlcType(want) == typ && notNull && !want.NotNull && comparedColumns[name]:
		return "WHERE compares the column, so its value is not NULL"
	}
	return ""
}

// TestSqlcProjects binds whole sqlc projects and compares with what sqlc infers, and with what PostgreSQL describes.
func TestSqlcProjects(t *testing.T) {
	for _, project := range []string{"techschool__simplebank", "ssoready__ssoready"} {
		t.Run(project, func(t *testing.T) {
			dir := filepath.Join(corpora, "sqlc", project)
			var config struct {
				Packages []struct{ Schema, Queries []string }
			}
			readJSON(t, filepath.Join(dir, "corpus.json"), &config)
			var golden []sqlcQuery
			readJSON(t, filepath.Join(dir, "sqlc_golden.json"), &golden)
			schema, queries := sources(t, dir, config.Packages[0].Schema), sources(t, dir, config.Packages[0].Queries)
			cat, errs := sqlparse.ParseSchema(schema)
			if len(errs) > 0 {
				t.Fatal(errs)
			}
			statements, errs := sqlparse.ParseQueries(cat, queries)
			if len(errs) > 0 {
				t.Fatal(errs)
			}
			if len(statements) != len(golden) {
				t.Fatalf("%d statements, sqlc has %d", len(statements), len(golden))
			}
			o := newOracle(t, "")
			for _, s := range schema {
				for _, sql := range sqlparse.Statements(withoutPsql(s.Text)) {
					if !strings.HasPrefix(sql, "SET ") { // settings of newer servers among them
						o.exec(sql)
					}
				}
			}
			o.exec("SET search_path = public")
			o.scan("SELECT oid::int8, format_type(oid, NULL) FROM pg_type", func(oid int64, name string) { o.names[uint32(oid)] = name })
			for i, st := range statements {
				compareSqlc(t, golden[i], st)
				compareDescribed(t, o, st)
			}
		})
	}
}

func readJSON(t *testing.T, path string, into any) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("the test corpora are missing: %v", err)
	}
	if err := json.Unmarshal(text, into); err != nil {
		t.Fatal(err)
	}
}

func sources(t *testing.T, dir string, names []string) []*diag.Source {
	t.Helper()
	var out []*diag.Source
	for _, n := range names {
		text, err := os.ReadFile(filepath.Join(dir, n))
		if err != nil {
			t.Fatalf("the test corpora are missing: %v", err)
		}
		out = append(out, &diag.Source{Name: n, Text: string(text)})
	}
	return out
}

func compareSqlc(t *testing.T, want sqlcQuery, got *bound.Statement) {
	if want.Name != got.Name || want.Cmd != ":"+got.Command {
		t.Errorf("%s %s, not %s :%s", want.Name, want.Cmd, got.Name, got.Command)
		return
	}
	differ := func(what string, w sqlcColumn, name string, typ value.Type, notNull bool) {
		a := fmt.Sprintf("%s %s notnull=%v", w.Name, sqlcType(w), w.NotNull)
		b := fmt.Sprintf("%s %s notnull=%v", name, plain(typ), notNull)
		if a != b && sqlcDifference(what, w, name, plain(typ), notNull) == "" {
			t.Errorf("%s: %s: sqlc %s, prequel %s", got.Name, what, a, b)
		}
	}
	outs := outputs(got)
	if len(outs) != len(want.Columns) || len(got.Params) != len(want.Params) {
		t.Errorf("%s: %d columns and %d parameters, sqlc has %d and %d", got.Name, len(outs), len(got.Params), len(want.Columns), len(want.Params))
		return
	}
	for i, w := range want.Columns {
		g := got.Columns.Get(outs[i].ID)
		differ("column", w, outs[i].Name, g.Type, !g.Nullable)
	}
	for _, w := range want.Params {
		g := got.Params[w.Number-1]
		differ("param", w, g.Name, g.Type, !g.Nullable)
	}
}

// compareDescribed compares a bound statement with PostgreSQL's description of its text.
func compareDescribed(t *testing.T, o *oracle, st *bound.Statement) {
	want := o.postgres(st.SQL)
	var got described
	for _, c := range outputs(st) {
		got.columns = append(got.columns, c.Name+" "+plain(c.Expr.Type()))
	}
	for _, p := range st.Params {
		got.params = append(got.params, plain(p.Type))
	}
	if !slices.Equal(want.columns, got.columns) || !slices.Equal(want.params, got.params) {
		t.Errorf("%s\n  postgres: %s\n  prequel:  %s", st.Name, want, got)
	}
}
