package sqllogic

import (
	"errors"
	"regexp"
	"strings"
	"testing"
)

// answerOf makes an answer from columns "name type, ..." and rows of words, where NULL stands for NULL.
func answerOf(columns string, rows ...string) Answer {
	var a Answer
	for _, c := range strings.Split(columns, ",") {
		name, typ, _ := strings.Cut(strings.TrimSpace(c), " ")
		a.Columns = append(a.Columns, Column{name, typ})
	}
	for _, r := range rows {
		var row []*string
		for _, v := range strings.Split(r, "|") {
			if v == "NULL" {
				row = append(row, nil)
			} else {
				row = append(row, text(v))
			}
		}
		a.Rows = append(a.Rows, row)
	}
	return a
}

func queryOf(t *testing.T, path, script string) *Record {
	t.Helper()
	s, err := Parse(path, script, ReadOptions{})
	if err != nil || len(s.Records) != 1 {
		t.Fatalf("%v, %d records", err, len(s.Records))
	}
	return &s.Records[0]
}

func TestCheck(t *testing.T) {
	failure := func(message string) Answer { return Answer{Err: errors.New(message)} }
	for _, tc := range []struct {
		name   string
		path   string
		script string
		answer Answer
		want   string // part of the mismatch, "" when the answer is right
	}{
		{"rows", "a.slt", "query IT\nselect a, b from t order by a\n----\n1 x\n2 y", answerOf("a int4, b text", "1|x", "2|y"), ""},
		{"a row's text with blanks", "a.slt", "query IT\nselect a, b from t\n----\n1 x  y", answerOf("a int4, b text", "1|x y"), ""},
		{"missing row", "a.slt", "query I\nselect a from t\n----\n1\n2", answerOf("a int4", "1"), "  1\n- 2"},
		{"extra row", "a.slt", "query I\nselect a from t\n----\n1", answerOf("a int4", "1", "2"), "+ 2"},
		{"order without ORDER BY", "a.slt", "query I\nselect a from t\n----\n1\n2", answerOf("a int4", "2", "1"), ""},
		{"wrong order", "a.slt", "query I\nselect a from t order by a\n----\n1\n2", answerOf("a int4", "2", "1"), "another order"},
		{"ties", "a.slt", "query II\nselect a, b from t order by a\n----\n1 1\n1 2\n2 1", answerOf("a int4, b int4", "1|2", "1|1", "2|1"), ""},
		{"no ties", "a.slt", "query II\nselect a, b from t order by a, b\n----\n1 1\n1 2", answerOf("a int4, b int4", "1|2", "1|1"), "another order"},
		{"unknown keys", "a.slt", "query II\nselect a, b from t order by a+b\n----\n1 2\n2 1", answerOf("a int4, b int4", "2|1", "1|2"), "another order"},
		{"rowsort", "a.slt", "query I rowsort\nselect a from t order by a\n----\n1\n2", answerOf("a int4", "2", "1"), ""},
		{"valuesort", "a.test", "query II valuesort\nselect a, b from t\n----\n1\n2\n3\n4", answerOf("a int4, b int4", "4|1", "3|2"), ""},
		{"rowsort keeps rows together", "a.test", "query II rowsort\nselect a, b from t\n----\n1\n2\n3\n4", answerOf("a int4, b int4", "4|1", "3|2"), "differs"},
		{"classic values", "a.test", "query IRT\nselect 1\n----\n1\n2.500\nNULL", answerOf("a numeric, b float8, c text", "1.9|2.5|NULL"), ""},
		{"classic columns", "a.test", "query II\nselect 1\n----\n1", answerOf("a int4", "1"), "1 columns, expected 2"},
		// printf '1\n2\n' | md5sum
		{"digest", "a.test", "query I rowsort\nselect 1\n----\n2 values hashing to 6ddb4095eb719e2a9f0a3f95677d24e0", answerOf("a int4", "2", "1"), ""},
		{"other digest", "a.test", "query I rowsort\nselect 1\n----\n2 values hashing to 6ddb4095eb719e2a9f0a3f95677d24e0", answerOf("a int4", "2", "3"), "hashing to"},
		{"no answer stated", "a.test", "query I\nselect 1", answerOf("a int4", "2"), ""},
		{"no rows stated", "a.slt", "query I\nselect 1", answerOf("a int4", "2"), "+ 2"},
		{"an error", "a.slt", "statement error\nselect 1", failure("no"), ""},
		{"no error", "a.slt", "statement error\nselect 1", Answer{}, "succeeded"},
		{"the error", "a.slt", "statement error d.v\nselect 1", failure("div by zero"), ""},
		{"another error", "a.slt", "query error d.v\nselect 1", failure("overflow"), `failed with "overflow"`},
		{"error by mistake", "a.slt", "query I\nselect 1\n----\n1", failure("overflow"), "failed: overflow"},
		{"count", "a.slt", "statement count 2\ndelete from t", Answer{Affected: 3}, "affected 3 rows, expected 2"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			m := Check(queryOf(t, tc.path, tc.script), tc.answer)
			if (m == nil) != (tc.want == "") || m != nil && !strings.Contains(m.String(), tc.want) {
				t.Errorf("got %v, want %q", m, tc.want)
			}
		})
	}
}

func TestSame(t *testing.T) {
	fails := Answer{Err: errors.New("no")}
	query := &Record{Kind: KindQuery, SQL: "select a from t order by a", Want: Want{Format: FormatClassic}}
	for _, tc := range []struct {
		name      string
		want, got Answer
		mismatch  string
	}{
		{"both fail", fails, Answer{Err: errors.New("other words")}, ""},
		{"one fails", answerOf("a int4", "1"), fails, "failed where PostgreSQL succeeds"},
		{"one succeeds", fails, answerOf("a int4", "1"), "succeeded where PostgreSQL fails"},
		{"scale", answerOf("a numeric", "1.50"), answerOf("a numeric", "1.5"), `- "1.50"`},
		{"NULL is not the text", answerOf("a text", "NULL"), Answer{Columns: []Column{{"a", "text"}}, Rows: [][]*string{{text("NULL")}}}, "- NULL"},
		{"blanks", answerOf("a text", "a  b"), answerOf("a text", "a b"), "differs"},
		{"order", answerOf("a int4", "1", "2"), answerOf("a int4", "2", "1"), "another order"},
		{"columns", answerOf("a int4"), answerOf("a int4, b int4"), "2 columns"},
		{"equal", answerOf("a int4", "1", "NULL"), answerOf("a int4", "1", "NULL"), ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			m := Same(query, tc.want, tc.got)
			if (m == nil) != (tc.mismatch == "") || m != nil && !strings.Contains(m.String(), tc.mismatch) {
				t.Errorf("got %v, want %q", m, tc.mismatch)
			}
		})
	}
}

func TestErrorMatch(t *testing.T) {
	for _, tc := range []struct {
		match ErrorMatch
		text  string
		want  bool
	}{
		{ErrorMatch{}, "anything", true},
		{ErrorMatch{Pattern: regexp.MustCompile("b+")}, "abbc", true},
		{ErrorMatch{Pattern: regexp.MustCompile("^b")}, "abbc", false},
		{ErrorMatch{Text: "all of it"}, " all of it\n", true},
		{ErrorMatch{Text: "all"}, "all of it", false},
	} {
		if got := tc.match.Matches(tc.text); got != tc.want {
			t.Errorf("%v on %q: got %v", &tc.match, tc.text, got)
		}
	}
}

func TestDiffIsShort(t *testing.T) {
	var want, got []string
	for i := range 2000 {
		want = append(want, strings.Repeat("w", i%7))
		got = append(got, strings.Repeat("g", i%5))
	}
	if n := strings.Count(diff(want, got), "\n"); n > maxDiffLines+1 {
		t.Errorf("%d lines", n)
	}
	if got, want := diff([]string{"a", "b", "c", "d"}, []string{"a", "b", "x", "d"}), "  ... 1 equal rows\n  b\n- c\n+ x\n  d"; got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
