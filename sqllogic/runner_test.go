package sqllogic

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/prequel-db/prequel/sqllogic/testdb"
)

// refusal is what a compiler says about SQL that it does not support.
type refusal struct{ code string }

func (r refusal) Error() string       { return "not supported" }
func (r refusal) RefusalCode() string { return r.code }

// stateError is an error with a SQLSTATE.
type stateError string

func (e stateError) Error() string    { return "state " + string(e) }
func (e stateError) SQLState() string { return string(e) }

// faulty is PostgreSQL with mistakes: SQL that contains a key of one of its maps behaves differently.
type faulty struct {
	Engine
	refuse map[string]string                // refused with the code
	fail   map[string]error                 // fails
	answer map[string]func(*string) *string // changes every value
}

func (f *faulty) fault(sql string) error {
	for part, code := range f.refuse {
		if strings.Contains(sql, part) {
			return refusal{code}
		}
	}
	for part, err := range f.fail {
		if strings.Contains(sql, part) {
			return err
		}
	}
	return nil
}

func (f *faulty) Exec(ctx context.Context, sql string) (int64, error) {
	if err := f.fault(sql); err != nil {
		return 0, err
	}
	return f.Engine.Exec(ctx, sql)
}

func (f *faulty) Query(ctx context.Context, sql string) ([]Column, [][]*string, error) {
	if err := f.fault(sql); err != nil {
		return nil, nil, err
	}
	columns, rows, err := f.Engine.Query(ctx, sql)
	for part, change := range f.answer {
		if strings.Contains(sql, part) {
			for _, row := range rows {
				for i := range row {
					row[i] = change(row[i])
				}
			}
		}
	}
	return columns, rows, err
}

// preparing is an engine that compiles ahead of time and remembers what it was given.
type preparing struct {
	Engine
	segments [][]string
	refuse   string
}

func (p *preparing) Prepare(_ context.Context, segment []Statement) []error {
	var texts []string
	errs := make([]error, len(segment))
	for i, s := range segment {
		texts = append(texts, fmt.Sprintf("%d %s", s.Pos.Line, s.SQL))
		if p.refuse != "" && strings.Contains(s.SQL, p.refuse) {
			errs[i] = refusal{"PQ9"}
		}
	}
	p.segments = append(p.segments, texts)
	return errs
}

// runText runs one script on an engine made from PostgreSQL and returns the report and the log.
func runText(t *testing.T, runner Runner, script string, wrap func(Engine) Engine) (*Report, string) {
	t.Helper()
	oracle, err := NewOracle(testdb.Database(t))
	if err != nil {
		t.Fatal(err)
	}
	if runner.Oracle != nil { // the caller asks for one; the server is known here only
		runner.Oracle = oracle
	}
	runner.Open = func(ctx context.Context, _ *Script) (Engine, error) {
		e, err := oracle.Open(ctx)
		if err != nil {
			return nil, err
		}
		return wrap(e), nil
	}
	var log strings.Builder
	runner.Log, runner.LogRefused = &log, true
	file := filepath.Join(t.TempDir(), "x.slt")
	if err := os.WriteFile(file, []byte(script), 0o644); err != nil {
		t.Fatal(err)
	}
	report, err := runner.Run(context.Background(), []string{file})
	if err != nil {
		t.Fatal(err)
	}
	report.Files[0].File = "x.slt"
	return report, strings.ReplaceAll(log.String(), file, "x.slt")
}

func summary(t *testing.T, r *Report) string {
	t.Helper()
	var out strings.Builder
	if err := r.WriteSummary(&out); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

const runnerScript = `statement ok
create table t (a int, b numeric)

statement count 2
insert into t values (1, 1.50), (2, null)

query IR
select a, b from t order by a
----
1 1.50
2 NULL

statement error division
select 1 / 0

query I
select a + 40 from t where a = 2
----
99

skipif postgresql
query I
select 1
----
2

statement ok
create table m (v int)

query I
select count(*) from m
----
0
`

func TestRunner(t *testing.T) {
	plain := func(e Engine) Engine { return e }
	with := func(f faulty) func(Engine) Engine {
		return func(e Engine) Engine { f.Engine = e; return &f }
	}
	halve := func(v *string) *string {
		if v == nil {
			return nil
		}
		return text(strings.TrimSuffix(*v, "0"))
	}
	oracle := &Oracle{}
	for _, tc := range []struct {
		name   string
		runner Runner
		wrap   func(Engine) Engine
		want   string   // the summary
		log    []string // parts of the log
	}{
		{
			"the script's mistake fails without an oracle",
			Runner{},
			plain,
			"skipped 1: skipif postgresql x1\n6 passed, 1 failed, 1 skipped\n",
			[]string{"x.slt:16: failed: the answer differs\n", "- 99\n", "+ 42\n"},
		},
		{
			"with an oracle both answers are known",
			Runner{Oracle: oracle},
			plain,
			"skipped 1: skipif postgresql x1\n6 passed, 1 failed, 1 skipped\n",
			[]string{"(PostgreSQL answers the same)"},
		},
		{
			"a score leaves it out",
			Runner{Oracle: oracle, Score: true},
			plain,
			"skipped 2: postgresql disagrees x1, skipif postgresql x1\n6 passed, 0 failed, 2 skipped\n", nil,
		},
		{
			"a wrong answer",
			Runner{Oracle: oracle, Score: true},
			with(faulty{answer: map[string]func(*string) *string{"select a, b": halve}}),
			"skipped 2: postgresql disagrees x1, skipif postgresql x1\n5 passed, 1 failed, 2 skipped\n",
			[]string{`x.slt:7: failed: the answer differs`, `- "1" | "1.50"`, `+ "1" | "1.5"`},
		},
		{
			"an error where PostgreSQL has none, and another SQLSTATE",
			Runner{Oracle: oracle, Score: true},
			with(faulty{fail: map[string]error{"count(*)": stateError("XX000"), "1 / 0": stateError("22003")}}),
			"skipped 2: postgresql disagrees x1, skipif postgresql x1\nother SQLSTATE 1: 22003 for 22012 x1\n5 passed, 1 failed, 2 skipped\n",
			[]string{"failed where PostgreSQL succeeds: state XX000 (SQLSTATE XX000)"},
		},
		{
			"refusals fail a run",
			Runner{Oracle: oracle, Score: true},
			with(faulty{refuse: map[string]string{"create table m": "PQ7", "1 / 0": "PQ8"}}),
			"skipped 2: postgresql disagrees x1, skipif postgresql x1\nrefused 3: PQ7 x2, PQ8 x1\n3 passed, 3 failed, 2 skipped\n",
			[]string{"x.slt:27: refused: not supported", "x.slt:30: refused: depends on a statement that was refused"},
		},
		{
			"unless they are to be skipped",
			Runner{SkipRefused: true},
			with(faulty{refuse: map[string]string{"create table m": "PQ7"}}),
			"skipped 1: skipif postgresql x1\nrefused 2: PQ7 x2\n4 passed, 1 failed, 3 skipped\n", nil,
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			report, log := runText(t, tc.runner, runnerScript, tc.wrap)
			if got := summary(t, report); got != tc.want {
				t.Errorf("got\n%swant\n%s", got, tc.want)
			}
			for _, part := range tc.log {
				if !strings.Contains(log, part) {
					t.Errorf("the log lacks %q:\n%s", part, log)
				}
			}
			for _, v := range report.Files[0].Verdicts {
				if v.Pos == "" || v.Reason == "" {
					t.Errorf("a verdict without its place or reason: %+v", v)
				}
			}
		})
	}
}

func TestSegments(t *testing.T) {
	const script = `statement ok
create table a (x int)

statement ok
create table b (x int)

statement ok
insert into a values (1)

sleep 1s

query I
select x from a
----
1

statement ok
create table c (x int)

query I
select x from b
----
`
	var engine *preparing
	wrap := func(e Engine) Engine {
		engine = &preparing{Engine: e, refuse: "from b"}
		return engine
	}
	report, _ := runText(t, Runner{Sleep: noSleep}, script, wrap)
	want := [][]string{
		{"2 create table a (x int)", "5 create table b (x int)", "8 insert into a values (1)", "13 select x from a"},
		{"18 create table c (x int)", "21 select x from b"},
	}
	if !reflect.DeepEqual(engine.segments, want) {
		t.Errorf("got %q", engine.segments)
	}
	if got, want := summary(t, report), "refused 1: PQ9 x1\n5 passed, 1 failed, 0 skipped\n"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestConnections(t *testing.T) {
	const script = `statement ok
create table a (x int)

connection one
statement ok
begin

connection one
statement ok
insert into a values (1)

query I
select count(*) from a
----
0

connection one
query I
select count(*) from a
----
1

connection one
statement ok
commit

query I
select count(*) from a
----
1
`
	report, log := runText(t, Runner{}, script, func(e Engine) Engine { return e })
	if got := summary(t, report); got != "7 passed, 0 failed, 0 skipped\n" {
		t.Errorf("%s%s", got, log)
	}
}

func TestLabels(t *testing.T) {
	const script = `hash-threshold 8

query I rowsort x
select 1 union all select 2
----
1
2

query I rowsort x
select 2 union all select 1

query I rowsort x
select 2 union all select 3
`
	report, log := runText(t, Runner{}, script, func(e Engine) Engine { return e })
	if report.Files[0].Failed != 1 || !strings.Contains(log, "x.slt:12: failed: the answer differs from an earlier one with the label x") {
		t.Errorf("%s%s", summary(t, report), log)
	}
}

func TestJSON(t *testing.T) {
	report, _ := runText(t, Runner{}, "query T\nselect '<a>'\n----\nb\n", func(e Engine) Engine { return e })
	report.Files[0].Seconds = 0
	report.Files[0].Verdicts[0].Pos = "x.slt:1"
	var out bytes.Buffer
	if err := report.WriteJSON(&out); err != nil {
		t.Fatal(err)
	}
	var got map[string]any
	if err := json.Unmarshal(out.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	want := map[string]any{
		"passed": 0.0, "failed": 1.0, "skipped": 0.0, "skip_refused": false,
		"files": []any{map[string]any{
			"file": "x.slt", "passed": 0.0, "failed": 1.0, "seconds": 0.0,
			"verdicts": []any{map[string]any{
				"outcome": "failed", "pos": "x.slt:1", "sql": "select '<a>'", "reason": "the answer differs", "detail": "- b\n+ <a>",
			}},
		}},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %s", out.String())
	}
}

func TestTimeout(t *testing.T) {
	oracle, err := NewOracle(testdb.Database(t))
	if err != nil {
		t.Fatal(err)
	}
	s, err := Parse("x.slt", "statement error\nselect pg_sleep(60)\n", ReadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	runner := Runner{
		Open:    func(ctx context.Context, _ *Script) (Engine, error) { return oracle.Open(ctx) },
		Timeout: 50 * time.Millisecond,
	}
	report, err := runner.RunScript(context.Background(), s)
	if err != nil {
		t.Fatal(err)
	}
	if report.Failed != 1 || !strings.Contains(report.Verdicts[0].Reason, "no answer after 50ms") {
		t.Errorf("got %+v", report)
	}
}

func TestOracleLeavesNothing(t *testing.T) {
	ctx := context.Background()
	oracle, err := NewOracle(testdb.Database(t))
	if err != nil {
		t.Fatal(err)
	}
	s, err := oracle.Open(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for _, sql := range []string{
		"create table t (a int)", "create view v as select a from t", "set search_path = pg_catalog", "begin", "select 1/0",
	} {
		if _, err := s.Exec(ctx, sql); (err != nil) != (sql == "select 1/0") {
			t.Fatalf("%s: %v", sql, err)
		}
	}
	var server *ServerError
	if _, err := s.Exec(ctx, "select 1"); !errors.As(err, &server) || sqlState(err) != "25P02" || strings.Contains(err.Error(), "ERROR") {
		t.Errorf("got %v", err)
	}
	if err := s.Close(ctx); err != nil {
		t.Fatal(err)
	}
	s, err = oracle.Open(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close(ctx)
	columns, rows, err := s.Query(ctx, "select count(*)::int, '' as e, null as n from pg_namespace where nspname like 'sqllogic%'")
	if err != nil {
		t.Fatal(err)
	}
	if want := []Column{{"count", "int4"}, {"e", "text"}, {"n", "text"}}; !reflect.DeepEqual(columns, want) {
		t.Errorf("columns %v", columns)
	}
	if *rows[0][0] != "1" || *rows[0][1] != "" || rows[0][2] != nil {
		t.Errorf("rows %v", exactRows(Answer{Columns: columns, Rows: rows}))
	}
}

// TestAnyRowsDo judges an engine that takes other rows than PostgreSQL where LIMIT leaves the choice.
func TestAnyRowsDo(t *testing.T) {
	oracle, err := NewOracle(testdb.Database(t))
	if err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	session, err := oracle.Open(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer session.Close(ctx)
	run := &scriptRun{Runner: &Runner{Oracle: oracle}, oracle: session}
	rows := func(values ...string) Answer {
		a := Answer{Columns: []Column{{Name: "v"}}}
		for _, v := range values {
			a.Rows = append(a.Rows, []*string{&v})
		}
		return a
	}
	const query = "select v from (values (1), (2), (2), (3)) t(v) limit 2"
	for _, tc := range []struct {
		sql  string
		got  Answer
		want bool
	}{
		{query, rows("3", "2"), true},
		{query, rows("2", "2"), true},
		{query, rows("3", "3"), false},
		{query, rows("4", "1"), false},
		{query, rows("1"), false},
		{"select v from (values (1), (2), (3)) t(v) order by v limit 2", rows("3", "2"), false},
	} {
		r := &Record{Kind: KindQuery, SQL: tc.sql}
		if got := run.anyRowsDo(ctx, r, tc.got, rows("1", "2")); got != tc.want {
			t.Errorf("%s: %v, want %v", tc.sql, got, tc.want)
		}
	}
}
