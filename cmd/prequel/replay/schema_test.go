package replay

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	prequel "github.com/prequel-db/prequel"
	"github.com/prequel-db/prequel/sqlparse/diag"
)

// TestFollow: what becomes of rows when the schema changes.
func TestFollow(t *testing.T) {
	table := func(name, columns string) tableShape { return tableShape{name: name, columns: strings.Fields(columns)} }
	tests := []struct {
		name          string
		before, after []tableShape
		want          string
	}{
		{"nothing", []tableShape{table("t", "a b")}, []tableShape{table("t", "a b")}, "t(a b): 1 2"},
		{"another table", []tableShape{table("t", "a b")}, []tableShape{table("t", "a b"), table("u", "a")}, "t(a b): 1 2"},
		{"dropped", []tableShape{table("t", "a b")}, nil, ""},
		{"renamed", []tableShape{table("t", "a b")}, []tableShape{table("u", "a b")}, "u(a b): 1 2"},
		{"column added", []tableShape{table("t", "a b")}, []tableShape{table("t", "a b c")}, "t(a b): 1 2"},
		{"column dropped", []tableShape{table("t", "a b")}, []tableShape{table("t", "b")}, "t(b): 2"},
		{"column renamed", []tableShape{table("t", "a b")}, []tableShape{table("t", "x b")}, "t(x b): 1 2"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			one, two := "1", "2"
			rows := carried{"t": {[]string{"a", "b"}, [][]*string{{&one, &two}}}}
			rows.follow(tt.before, tt.after)
			var got []string
			for name, set := range rows {
				var cells []string
				for _, v := range set.rows[0] {
					cells = append(cells, *v)
				}
				got = append(got, fmt.Sprintf("%s(%s): %s", name, strings.Join(set.columns, " "), strings.Join(cells, " ")))
			}
			slices.Sort(got)
			if strings.Join(got, "; ") != tt.want {
				t.Errorf("%q, want %q", got, tt.want)
			}
		})
	}
}

func TestClassify(t *testing.T) {
	for sql, want := range map[string]struct{ ddl, rows bool }{
		"CREATE TABLE t (a int)":                  {true, true},
		"-- a comment\n  alter table t add b int": {true, true},
		"SELECT 1":                                     {false, true},
		"(SELECT 1) UNION SELECT 2":                    {false, true},
		"values (1)":                                   {false, true},
		"INSERT INTO t VALUES (1)":                     {false, false},
		"insert\ninto t values (1) RETURNING a":        {false, true},
		"DELETE FROM t":                                {false, false},
		"update t set a = 1 where b = 'no_returning_'": {false, false},
	} {
		if isDDL(sql) != want.ddl || !want.ddl && returnsRows(sql) != want.rows {
			t.Errorf("%s: ddl %v, rows %v", sql, isDDL(sql), returnsRows(sql))
		}
	}
}

// TestForget: what is kept of a schema when a table is dropped.
func TestForget(t *testing.T) {
	for _, tt := range []struct{ name, schema, table, want string }{
		{"with its indexes", "CREATE TABLE t (a int); CREATE INDEX i ON t (a); CREATE TABLE u (a int); DROP INDEX i; DROP TABLE t", "t", "CREATE TABLE u (a int)"},
		{"the only one", "CREATE TABLE t (a int); DROP TABLE t", "t", ""},
		{"created again", "CREATE TABLE t (a int); DROP TABLE t; CREATE TABLE t (b int); DROP TABLE T", "t", ""},
		{
			"renamed", "CREATE TABLE t (a int); ALTER TABLE t RENAME TO u", "t",
			"CREATE TABLE t (a int); ALTER TABLE t RENAME TO u",
		},
		{
			"another table's default says its name", "CREATE TABLE t (a int); CREATE TABLE u (a text DEFAULT 't'); DROP TABLE t", "t",
			"CREATE TABLE t (a int); CREATE TABLE u (a text DEFAULT 't'); DROP TABLE t",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var schema []*diag.Source
			for _, text := range strings.Split(tt.schema, "; ") {
				schema = append(schema, &diag.Source{Name: "s", Text: text})
			}
			now, problems := prequel.ReadSchema(schema)
			if len(problems) > 0 {
				t.Fatal(problems)
			}
			var got []string
			for _, src := range forget(schema, now, tt.table) {
				got = append(got, src.Text)
			}
			if strings.Join(got, "; ") != tt.want {
				t.Errorf("%q, want %q", strings.Join(got, "; "), tt.want)
			}
		})
	}
}
