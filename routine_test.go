package prequel_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	prequel "github.com/prequel-db/prequel"
	"github.com/prequel-db/prequel/runtime"
	"github.com/prequel-db/prequel/sqllogic/testdb"
	"github.com/prequel-db/prequel/sqlparse"
	"github.com/prequel-db/prequel/sqlparse/diag"
)

// TestRoutines runs every script of testdata/routines in PostgreSQL and compiled, under both strategies, on the embedded engine and
// on Redis, and compares each call's rows or SQLSTATE, and after each call the content of all tables. A script is a schema with
// functions, a line of dashes, and the calls.
func TestRoutines(t *testing.T) {
	ctx := context.Background()
	dsn := testdb.Database(t)
	addr := testdb.Redis(t)
	files, err := filepath.Glob("testdata/routines/*.sql")
	if err != nil || len(files) == 0 {
		t.Fatal("there are no scripts", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".sql"), func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			schema, body, ok := strings.Cut(string(text), "\n----\n")
			if !ok {
				t.Fatal("there is no line of dashes")
			}
			s := newRoutineScript(t, file, schema, body)
			want := s.inPostgres(ctx, t, dsn)
			for _, strategy := range []prequel.Strategy{prequel.Read, prequel.Maintain} {
				for _, url := range []string{"embedded", "redis://" + addr, "redis+eval://" + addr} {
					got := s.compiled(ctx, t, strategy, url)
					for i := range want {
						if got[i] != want[i] {
							t.Errorf("%s, %s: call %d: %s\nPostgreSQL:\n%s\ngot:\n%s", strategy, strings.Split(url, ":")[0], i, s.calls[i], want[i], got[i])
							break
						}
					}
				}
			}
		})
	}
}

// routineScript is one script: statements to call one after another, and one that reads each table.
type routineScript struct {
	name, schema string
	calls        []string
	tables       []string
}

func newRoutineScript(t *testing.T, name, schema, body string) *routineScript {
	t.Helper()
	s := &routineScript{name: name, schema: schema, calls: sqlparse.Statements(body)}
	cat, problems := sqlparse.ParseSchema([]*diag.Source{{Name: name, Text: schema}})
	if problems.HasErrors() {
		t.Fatal(render(problems))
	}
	for _, table := range cat.Tables {
		s.tables = append(s.tables, table.Name)
	}
	return s
}

// routineRows makes rows comparable; those of statements without ORDER BY have no order.
func routineRows(rows [][]string, ordered bool) string {
	var lines []string
	for _, r := range rows {
		lines = append(lines, "  "+strings.Join(r, " | "))
	}
	if !ordered {
		slices.Sort(lines)
	}
	return strings.Join(lines, "\n")
}

func ordered(sql string) bool {
	upper := strings.ToUpper(sql)
	return strings.Contains(upper, "ORDER BY") || strings.HasPrefix(upper, "SELECT * FROM")
}

func (s *routineScript) inPostgres(ctx context.Context, t *testing.T, dsn string) []string {
	t.Helper()
	config, err := pgx.ParseConfig(dsn)
	if err != nil {
		t.Fatal(err)
	}
	config.DefaultQueryExecMode = pgx.QueryExecModeSimpleProtocol
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	if _, err := conn.Exec(ctx, "SET client_min_messages = warning; SET statement_timeout = 10000; DROP SCHEMA IF EXISTS routines CASCADE; CREATE SCHEMA routines; SET search_path = routines"); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Exec(ctx, s.schema); err != nil {
		t.Fatalf("PostgreSQL refuses the schema: %v", err)
	}
	query := func(sql string) ([][]string, error) {
		var out [][]string
		rows, err := conn.Query(ctx, sql)
		if err != nil {
			return nil, err
		}
		defer rows.Close()
		for rows.Next() {
			var r []string
			for _, v := range rows.RawValues() {
				if v == nil {
					r = append(r, "NULL")
				} else {
					r = append(r, string(v))
				}
			}
			out = append(out, r)
		}
		return out, rows.Err()
	}
	var out []string
	for _, sql := range s.calls {
		var b strings.Builder
		rows, err := query(sql)
		var pgErr *pgconn.PgError
		switch {
		case errors.As(err, &pgErr):
			b.WriteString(refusalLines(&runtime.Error{
				SQLSTATE: pgErr.Code, Message: pgErr.Message, Detail: pgErr.Detail, Constraint: pgErr.ConstraintName,
				Table: pgErr.TableName, Column: pgErr.ColumnName,
			}))
		case err != nil:
			t.Fatal(err)
		default:
			fmt.Fprintf(&b, "%s\n", routineRows(rows, ordered(sql)))
		}
		for _, table := range s.tables {
			rows, err := query("SELECT * FROM " + table)
			if err != nil {
				t.Fatal(err)
			}
			fmt.Fprintf(&b, "%s:\n%s\n", table, routineRows(rows, false))
		}
		out = append(out, b.String())
	}
	return out
}

// refusalLines is what is compared of an error: all fields where a constraint or a sequence refuses, the message where the function's
// own text is it, and the SQLSTATE of others.
func refusalLines(e *runtime.Error) string {
	switch {
	case strings.HasPrefix(e.SQLSTATE, "23"), e.SQLSTATE == "2200H", e.SQLSTATE == "55000":
		return fmt.Sprintf("error %s %s\n  detail %s\n  constraint %s table %s column %s\n", e.SQLSTATE, e.Message, e.Detail, e.Constraint, e.Table, e.Column)
	case strings.HasPrefix(e.SQLSTATE, "P0"):
		return fmt.Sprintf("error %s %s\n", e.SQLSTATE, e.Message)
	}
	return "error " + e.SQLSTATE + "\n"
}

// queries declares the calls, as C0, C1 and so on, and the reads of whole tables, as T_ and the table's name.
func (s *routineScript) queries() string {
	var queries strings.Builder
	for i, sql := range s.calls {
		command := ":execrows"
		if upper := mainStatement(strings.ToUpper(sql)); strings.HasPrefix(upper, "SELECT") || strings.Contains(upper, "RETURNING") {
			command = ":many"
		}
		fmt.Fprintf(&queries, "-- name: C%d %s\n%s;\n", i, command, sql)
	}
	for _, table := range s.tables {
		fmt.Fprintf(&queries, "-- name: T_%s :many\nSELECT * FROM %s;\n", table, table)
	}
	return queries.String()
}

func (s *routineScript) compiled(ctx context.Context, t *testing.T, strategy prequel.Strategy, url string) []string {
	t.Helper()
	program, problems := prequel.Compile(prequel.Config{
		Schema:  []*diag.Source{{Name: s.name, Text: s.schema}},
		Queries: []*diag.Source{{Name: "calls.sql", Text: s.queries()}}, Strategy: strategy, AllowScan: true,
	})
	if problems.HasErrors() {
		t.Fatal(render(problems))
	}
	db := freshStore(t, url, program.Manifest)
	defer db.Close()
	call := func(name string) (*runtime.Rows, error) { return db.Call(ctx, name, nil) }
	var out []string
	for i, sql := range s.calls {
		var b strings.Builder
		res, err := call(fmt.Sprintf("C%d", i))
		var refused *runtime.Error
		switch {
		case errors.As(err, &refused):
			b.WriteString(refusalLines(refused))
		case err != nil:
			t.Fatalf("%s: %v", sql, err)
		default:
			fmt.Fprintf(&b, "%s\n", routineRows(textRows(res), ordered(sql)))
		}
		for _, table := range s.tables {
			res, err := call("T_" + table)
			if err != nil {
				t.Fatal(err)
			}
			fmt.Fprintf(&b, "%s:\n%s\n", table, routineRows(textRows(res), false))
		}
		out = append(out, b.String())
	}
	return out
}

func textRows(res *runtime.Rows) [][]string {
	var out [][]string
	for _, r := range res.Rows {
		var line []string
		for _, v := range r {
			if v == nil {
				line = append(line, "NULL")
			} else {
				line = append(line, *v)
			}
		}
		out = append(out, line)
	}
	return out
}

// mainStatement is a statement without its WITH.
func mainStatement(sql string) string {
	depth, start := 0, 0
	for i, c := range sql {
		switch c {
		case '(':
			depth++
		case ')':
			depth--
			if rest := strings.TrimSpace(sql[i+1:]); depth == 0 && strings.HasPrefix(sql, "WITH") && start == 0 && !strings.HasPrefix(rest, ",") {
				start = i + 1
			}
		}
	}
	return strings.TrimSpace(sql[start:])
}
