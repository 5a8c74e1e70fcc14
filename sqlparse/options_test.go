package sqlparse_test

import (
	"strings"
	"testing"

	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqlparse"
	"github.com/prequel-db/prequel/sqlparse/bound"
	"github.com/prequel-db/prequel/sqlparse/diag"
)

// TestParamTypes: a declared type wins over inference, and expressions follow it.
func TestParamTypes(t *testing.T) {
	cat, errs := sqlparse.ParseSchema([]*diag.Source{{Name: "schema.sql", Text: "CREATE TABLE t (a integer, s text)"}})
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	for _, c := range []struct {
		sql   string
		types []value.Type
		want  string
	}{
		{"SELECT $1 + 1", []value.Type{value.Of(value.Int8)}, "$1 dollar_1 bigint | target ?column?:1 bigint = $1 + 1"},
		{"SELECT $1 + 1", nil, "$1 dollar_1 integer | target ?column?:1 integer = $1 + 1"},
		{"SELECT $1 + $2", []value.Type{{}, value.Of(value.Numeric)}, "$1 column_1 numeric | $2 column_2 numeric | target ?column?:1 numeric = $1 + $2"},
		{"SELECT $1 IS NULL", []value.Type{value.Of(value.UUID)}, "$1 dollar_1 uuid? | target ?column?:1 boolean = $1 IS NULL"},
		{"SELECT a FROM t WHERE s = $1", []value.Type{value.Of(value.Int4)}, `operator does not exist: text = integer`},
	} {
		st, errs := sqlparse.Bind(cat, &diag.Source{Name: "q", Text: c.sql}, sqlparse.Options{ParamTypes: c.types})
		got := ""
		if st != nil {
			lines := strings.Split(strings.TrimSpace(bound.Format(st)), "\n")
			var parts []string
			for _, l := range lines[1:] {
				if l = strings.TrimSpace(l); l != "query" {
					parts = append(parts, l)
				}
			}
			got = strings.Join(parts, " | ")
		} else {
			got = errs[0].Problem
		}
		if got != c.want {
			t.Errorf("%s\n  gives %s\n  not   %s", c.sql, got, c.want)
		}
	}
}

// TestDeterminism: the same text binds to the same statements, and a binder's earlier statements do not show.
func TestDeterminism(t *testing.T) {
	schema, queries := thousand()
	printed := func() string {
		cat, errs := sqlparse.ParseSchema([]*diag.Source{{Name: "schema.sql", Text: schema}})
		if len(errs) > 0 {
			t.Fatal(errs)
		}
		statements, errs := sqlparse.ParseQueries(cat, []*diag.Source{{Name: "queries.sql", Text: queries}})
		if len(errs) > 0 {
			t.Fatal(errs)
		}
		var b strings.Builder
		for i, st := range statements {
			text := bound.Format(st)
			b.WriteString(text)
			if i%97 == 0 {
				alone, errs := sqlparse.Bind(cat, &diag.Source{Name: "alone", Text: st.SQL}, sqlparse.Options{})
				if len(errs) > 0 {
					t.Fatal(errs)
				}
				alone.Name, alone.Command = st.Name, st.Command
				if got := bound.Format(alone); got != text {
					t.Errorf("%s alone binds to\n%snot\n%s", st.Name, got, text)
				}
			}
		}
		return b.String()
	}
	if first, second := printed(), printed(); first != second {
		t.Error("two runs differ")
	}
}
