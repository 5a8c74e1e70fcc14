package sqllogic

import (
	"reflect"
	"testing"
)

func TestScanEnds(t *testing.T) {
	for _, tc := range []struct {
		sql  string
		open bool
	}{
		{`select 'a''b', "c""d", e'\'', $$ ' $$, $x$ $$ $x$`, false},
		{`select 'a`, true},
		{`select "a`, true},
		{`select e'a\'`, true},
		{`select 'a\'`, false}, // a backslash is an ordinary character in a plain string
		{`select /* a /* b */`, true},
		{`select /* a /* b */ */ 1 -- '`, false},
		{`select $x$ $$`, true},
		{`select $1, a$b$c`, false},
		{`select (1`, true},
	} {
		if _, open := scan(tc.sql); open != tc.open {
			t.Errorf("%s: open %v, want %v", tc.sql, open, tc.open)
		}
	}
}

func TestTarget(t *testing.T) {
	for sql, want := range map[string]string{
		"insert into t values (1)":                                 "t",
		"INSERT INTO public.T(a) SELECT 1":                         "t",
		`update only "My T" set a = 1`:                             "My T",
		"delete from t where a in (select a from u)":               "t",
		"with x as (select 1) insert into t select * from x":       "t",
		"with x as (select 1) select * from x":                     "",
		"create table if not exists t (a int)":                     "t",
		"create or replace temp view v as select 1":                "v",
		"create index i on t (a)":                                  "",
		"create unique index i on t (a)":                           "",
		"drop table if exists t cascade":                           "t",
		"alter table t add a int":                                  "t",
		"create type e as enum ('a')":                              "e",
		"select 1":                                                 "",
		"with x as (delete from u returning a) update t set a = 1": "t",
		"": "",
	} {
		if got := target(sql); got != want {
			t.Errorf("%s: got %q, want %q", sql, got, want)
		}
	}
}

func TestWithoutLimit(t *testing.T) {
	for sql, want := range map[string]string{
		"select a from t limit 3":                              "select a from t ",
		"SELECT a FROM t OFFSET 1 ROWS FETCH FIRST 1 ROW ONLY": "SELECT a FROM t ",
		"select a from (select 1 as a limit 1) t offset 2":     "select a from (select 1 as a limit 1) t ",
		"select a from t order by a limit 3":                   "",
		"select a from t":                                      "",
		"select a from (select b from u limit 1) t":            "",
		"insert into t select a from u limit 1":                "",
	} {
		if got, ok := withoutLimit(sql); got != want || ok != (want != "") {
			t.Errorf("%s: got %q, want %q", sql, got, want)
		}
	}
}

func TestOrderOf(t *testing.T) {
	columns := []Column{{Name: "a"}, {Name: "b"}, {Name: "c"}, {Name: "c"}}
	for _, tc := range []struct {
		sql  string
		want rowOrder
	}{
		{"select a, b, c, c from t", rowOrder{}},
		{"select a from (select a from t order by a) x", rowOrder{}},
		{"select row_number() over (order by a), b from t", rowOrder{}},
		{"select ... order by 1, b desc nulls last limit 3", rowOrder{true, []int{0, 1}}},
		{`select ... ORDER BY t.b, "a" ASC;`, rowOrder{true, []int{1, 0}}},
		{"(select ... order by a)", rowOrder{true, []int{0}}},
		{"(select a from t order by a) union (select b from t order by b)", rowOrder{}},
		{"select ... order by a + 1", rowOrder{true, nil}},
		{"select ... order by a, d", rowOrder{true, nil}},
		{"select ... order by c", rowOrder{true, nil}}, // which one?
		{"select ... order by 5", rowOrder{true, nil}},
		{"select ... order by coalesce(a, b), 1 fetch first row only", rowOrder{true, nil}},
		{"select ... where x = 'order by a'", rowOrder{}},
	} {
		if got := orderOf(tc.sql, columns); !reflect.DeepEqual(got, tc.want) {
			t.Errorf("%s: got %v, want %v", tc.sql, got, tc.want)
		}
	}
}

func TestPlainView(t *testing.T) {
	for sql, want := range map[string]string{
		"create materialized view v as select 1":       "create              view v as select 1",
		"DROP MATERIALIZED VIEW v":                     "DROP              VIEW v",
		"select 'create materialized view v'":          "select 'create materialized view v'",
		"create table materialized (view int)":         "create table materialized (view int)",
		"with x as materialized (select 1) select '1'": "with x as materialized (select 1) select '1'",
	} {
		if got := plainView(sql); got != want {
			t.Errorf("%s: got %q, want %q", sql, got, want)
		}
	}
}

func TestTaint(t *testing.T) {
	var tt taint
	if code := tt.reaches("select * from t"); code != "" {
		t.Fatalf("tainted from the start: %s", code)
	}
	tt.refused("create table t (a money)", "PQ1")
	for _, tc := range []struct{ sql, code string }{
		{"select * from T where a = 1", "PQ1"},
		{"select 't' from u", ""},
		{"create view v as select a from t", "PQ1"},
		{"select * from v", "PQ1"}, // through the view
		{"insert into w select * from v", "PQ1"},
		{"select * from w", "PQ1"},
		{"drop table t", "PQ1"}, // not there to be dropped
		{"create table t (a int)", ""},
		{"select * from t", ""},
		{"select * from v", "PQ1"},
		{"select * from parent", ""},
	} {
		if code := tt.reaches(tc.sql); code != tc.code {
			t.Errorf("%s: got %q, want %q", tc.sql, code, tc.code)
		}
	}
	tt.refused("create table child (a int) inherits (parent)", "PQ2")
	if code := tt.reaches("select * from parent"); code != "PQ2" {
		t.Errorf("a table that another one inherits from: got %q", code)
	}
}
