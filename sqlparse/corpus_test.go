package sqlparse_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/prequel-db/prequel/sqllogic"
	"github.com/prequel-db/prequel/sqlparse"
	"github.com/prequel-db/prequel/sqlparse/diag"
)

// corpora is where test input written by other projects is found.
const corpora = "../../shared/corpora"

func corpusFiles(t *testing.T, folder, suffix string) []string {
	t.Helper()
	var out []string
	err := filepath.WalkDir(filepath.Join(corpora, folder), func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() && strings.HasSuffix(path, suffix) {
			out = append(out, path)
		}
		return err
	})
	if err != nil {
		t.Fatalf("the test corpora are missing: %v", err)
	}
	if len(out) == 0 {
		t.Fatalf("the test corpora are missing: no %s in %s", suffix, folder)
	}
	return out
}

// sweep runs statements through both sides: DDL is applied, the others are described and compared.
type sweep struct {
	*oracle
	partial bool // a definition that PostgreSQL takes was refused, so names may be missing here
	refused map[string]int
	counts  map[string]int
}

// onEmpty starts a sweep on a server that other sweeps have used.
func onEmpty(t *testing.T, o *oracle) *sweep {
	t.Helper()
	o.t = t
	o.exec("RESET ALL; DROP SCHEMA public CASCADE; CREATE SCHEMA public; SET timezone = 'UTC'")
	o.cat, _ = sqlparse.ParseSchema(nil)
	o.b = sqlparse.NewBinder(o.cat)
	return &sweep{oracle: o, refused: map[string]int{}, counts: map[string]int{}}
}

var (
	readsOrWrites = regexp.MustCompile(`(?is)^\s*(--[^\n]*\n\s*|/\*.*?\*/\s*)*\(*\s*(select|values|with|insert|update|delete|table)\b`)
	definition    = regexp.MustCompile(`(?is)^\s*(--[^\n]*\n\s*|/\*.*?\*/\s*)*(create|alter|drop)\b`)
)

func (s *sweep) run(sql string) {
	s.t.Helper()
	switch {
	case readsOrWrites.MatchString(sql):
		s.describe(sql)
	case definition.MatchString(sql):
		s.define(sql)
	}
}

func (s *sweep) define(sql string) {
	_, err := s.conn.Exec(context.Background(), sql)
	var refused *pgconn.PgError
	if err != nil && !errors.As(err, &refused) {
		s.t.Fatalf("%s: %v", sql, err)
	}
	errs := sqlparse.Extend(s.cat, []*diag.Source{{Name: "schema.sql", Text: sql}})
	s.b = sqlparse.NewBinder(s.cat)
	switch {
	case err == nil && len(errs) > 0:
		s.partial = true
		if errs[0].SQLState != "" && !s.known(errs[0].SQLState) {
			s.t.Errorf("%s\n  postgres: accepted\n  prequel:  %v", sql, errs)
		}
		s.refused[errs[0].Code]++
	case err != nil && len(errs) == 0 && !s.partial:
		s.counts["definitions that only PostgreSQL refuses"]++
		s.t.Logf("%s\n  postgres: %v\n  prequel:  accepted", sql, err)
	}
	if rows, err := s.conn.Query(context.Background(), "SELECT oid::int8, format_type(oid, NULL) FROM pg_type WHERE oid > 16000"); err == nil {
		for rows.Next() {
			var oid int64
			var name string
			if rows.Scan(&oid, &name) == nil {
				s.names[uint32(oid)] = name
			}
		}
		rows.Close()
	}
}

// known reports whether a refusal may come from a definition that was refused before.
func (s *sweep) known(state string) bool {
	if !s.partial {
		return false
	}
	switch state {
	case "42P01", "42704", "42883", "42703", "42P02":
		return true
	}
	return false
}

func (s *sweep) describe(sql string) {
	s.t.Helper()
	want := s.postgres(sql)
	got, _ := s.prequel(sql)
	if got.state == "22012" && want.message == "" {
		want = s.planned(sql)
	}
	mismatch := func() { s.t.Errorf("%s\n  postgres: %s\n  prequel:  %s", strings.TrimSpace(sql), want, got) }
	switch {
	case got.unsupported():
		s.refused[got.code]++
	case got.message != "" && s.known(got.state) && got.message != want.message:
		s.counts["missing names"]++
	case want.message != "" && got.message == "", want.message == "" && got.message != "":
		mismatch()
	case want.message != "":
		if want.state != got.state || !sameMessage(want.message, got.message) {
			mismatch()
		}
		s.counts["both refuse"]++
	case !slices.Equal(want.columns, got.columns) || !slices.Equal(want.params, got.params):
		mismatch()
	default:
		s.counts["same"]++
	}
}

// planned is what PostgreSQL's planner refuses, which computes constants.
func (s *sweep) planned(sql string) described {
	var refused *pgconn.PgError
	if _, err := s.conn.Exec(context.Background(), "EXPLAIN "+sql); errors.As(err, &refused) {
		return described{state: refused.Code, message: refused.Message}
	}
	return described{}
}

func (s *sweep) report() {
	var parts []string
	for _, k := range slices.Sorted(maps.Keys(s.counts)) {
		parts = append(parts, fmt.Sprintf("%s %d", k, s.counts[k]))
	}
	for _, k := range slices.Sorted(maps.Keys(s.refused)) {
		parts = append(parts, fmt.Sprintf("%s %d", k, s.refused[k]))
	}
	s.t.Log(strings.Join(parts, ", "))
}

// TestCorpusScripts compares every statement of the sqllogictest scripts with PostgreSQL's own analysis.
func TestCorpusScripts(t *testing.T) {
	o := newOracle(t, "")
	for _, folder := range []string{"risinglight", "risingwave", "sqlite-slt"} {
		for _, suffix := range []string{".slt", ".slt.part", ".test"} {
			paths, _ := filepath.Glob(filepath.Join(corpora, folder))
			if len(paths) == 0 {
				t.Fatalf("the test corpora are missing: %s", folder)
			}
			_ = filepath.WalkDir(filepath.Join(corpora, folder), func(path string, d os.DirEntry, err error) error {
				if err == nil && !d.IsDir() && strings.HasSuffix(path, suffix) {
					t.Run(strings.TrimPrefix(path, corpora+"/"), func(t *testing.T) { sweepScript(t, o, path) })
				}
				return err
			})
		}
	}
}

// maxRecords bounds how many records of one script are compared: the long ones repeat a few shapes thousands of times.
func maxRecords() int {
	if *exhaustive {
		return math.MaxInt
	}
	return 60
}

func sweepScript(t *testing.T, o *oracle, path string) {
	script, err := sqllogic.Read(path, sqllogic.ReadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	s := onEmpty(t, o)
	n := 0
	for _, r := range script.Records {
		if r.Kind != sqllogic.KindStatement && r.Kind != sqllogic.KindQuery {
			continue
		}
		if n++; n > maxRecords() {
			break
		}
		s.run(r.SQL)
	}
	s.report()
}

// TestCorpusRegress does the same for PostgreSQL's regression suite, without psql's commands and COPY data.
func TestCorpusRegress(t *testing.T) {
	o := newOracle(t, "")
	for _, path := range corpusFiles(t, "pg-regress14/sql", ".sql") {
		t.Run(filepath.Base(path), func(t *testing.T) {
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			s := onEmpty(t, o)
			for _, sql := range sqlparse.Statements(withoutPsql(string(text))) {
				s.run(sql)
			}
			s.report()
		})
	}
}

// withoutPsql removes backslash commands and the data lines of COPY FROM stdin.
func withoutPsql(text string) string {
	var out strings.Builder
	data := false
	for line := range strings.Lines(text) {
		lower := strings.ToLower(line)
		switch {
		case data:
			data = !strings.HasPrefix(line, `\.`)
		case strings.HasPrefix(line, `\`):
		case strings.HasPrefix(lower, "copy ") && strings.Contains(lower, "from stdin"):
			data = true
		default:
			out.WriteString(line)
		}
	}
	return out.String()
}
