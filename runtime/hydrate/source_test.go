package hydrate_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/prequel-db/prequel/runtime"
	"github.com/prequel-db/prequel/runtime/hydrate"
	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqllogic/testdb"
)

func TestMain(m *testing.M) { testdb.Main(m) }

var mood = value.Type{Kind: value.Enum, Enum: &value.EnumType{Name: "mood", Labels: []string{"sad", "ok"}}}

// readAll reads a table as text, sorted.
func readAll(t *testing.T, address string, table *runtime.Table) ([]string, error) {
	t.Helper()
	ctx := context.Background()
	src, err := hydrate.Open(ctx, address)
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	var out []string
	err = src.Rows(ctx, table, func(row []value.Value) error {
		cells := make([]string, len(row))
		for i, v := range row {
			cells[i] = "NULL"
			if !v.IsNull() {
				cells[i] = value.Format(table.Columns[i].Type, v)
			}
		}
		out = append(out, strings.Join(cells, "|"))
		return nil
	})
	slices.Sort(out)
	return out, err
}

func sqliteFile(t *testing.T, script string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "a b%c?.db")
	db, err := sql.Open("sqlite", "file:"+(&url.URL{Path: file}).EscapedPath())
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(script); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestSQLiteValues(t *testing.T) {
	tests := []struct {
		typ     value.Type
		stored  string // an SQLite expression
		want    string // PostgreSQL's text, or part of the error after "error: "
		nullsOK bool
	}{
		{value.Of(value.Bool), "1", "t", false},
		{value.Of(value.Bool), "'false'", "f", false},
		{value.Of(value.Bool), "2", "error: the integer 2", false},
		{value.Of(value.Int2), "32767", "32767", false},
		{value.Of(value.Int2), "32768", "error: out of range", false},
		{value.Of(value.Int8), "-9223372036854775808", "-9223372036854775808", false},
		{value.Of(value.Int4), "1.5", "error: the floating-point number 1.5", false},
		{value.Of(value.Int4), "'12'", `error: the text "12"`, false},
		{value.Of(value.Int4), "NULL", "error: NOT NULL", false},
		{value.Of(value.Int4), "NULL", "NULL", true},
		{value.Of(value.Float8), "0.1", "0.1", false},
		{value.Of(value.Float8), "9007199254740993", "error: not exact", false},
		{value.Of(value.Float4), "0.1", "0.1", false},
		{value.Of(value.Float4), "0.5", "0.5", false},
		{value.Of(value.Float4), "0.123456789012", "error: more digits", false},
		{value.Of(value.Numeric), "'1.500'", "1.500", false},
		{value.Of(value.Numeric), "12.25", "12.25", false},
		{value.Of(value.Numeric), "0.1 + 0.2", "error: store it as TEXT", false},
		{value.Type{Kind: value.Numeric, Mod: 6, Scale: 2}, "7", "7.00", false},
		{value.Of(value.Text), "'é'", "é", false},
		{value.Of(value.Text), "5", "error: the integer 5", false},
		{value.Of(value.Text), "CAST(x'ff' AS TEXT)", "error: invalid byte sequence", false},
		{value.Type{Kind: value.Varchar, Mod: 2}, "'abc'", "error: too long", false},
		{value.Of(value.Bytea), "x'00ff'", `\x00ff`, false},
		{value.Of(value.Bytea), "'00ff'", "error: BLOB", false},
		{value.Of(value.Date), "'2024-02-29'", "2024-02-29", false},
		{value.Of(value.Date), "'yesterday or so'", "error: date", false},
		{value.Of(value.Timestamptz), "'2024-02-29T12:00:00Z'", "2024-02-29 12:00:00+00", false},
		{value.Of(value.Timestamp), "1709208000", "error: the integer", false},
		{value.Of(value.UUID), "x'a0eebc999c0b4ef8bb6d6bb9bd380a11'", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", false},
		{value.Of(value.UUID), "'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", false},
		{mood, "'ok'", "ok", false},
		{mood, "'glad'", "error: glad", false},
	}
	for _, tt := range tests {
		t.Run(tt.typ.String()+" "+tt.stored, func(t *testing.T) {
			// The declared type TIMESTAMP would make the driver convert; the column's affinity would convert too.
			file := sqliteFile(t, `CREATE TABLE "t ""x" (id INTEGER PRIMARY KEY, v); INSERT INTO "t ""x" VALUES (7, `+tt.stored+`)`)
			table := &runtime.Table{Name: `t "x`, Key: []int{0}, Columns: []runtime.Column{
				{Name: "id", Type: value.Of(value.Int4)}, {Name: "v", Type: tt.typ, Nullable: tt.nullsOK},
			}}
			rows, err := readAll(t, "sqlite://"+file, table)
			if part, isError := strings.CutPrefix(tt.want, "error: "); isError {
				var bad *hydrate.ValueError
				if !errors.As(err, &bad) || bad.Column != "v" || bad.Key != "id=7" || !strings.Contains(err.Error(), part) {
					t.Fatalf("rows %q, error %v; want an error with %q", rows, err, part)
				}
				return
			}
			if err != nil || len(rows) != 1 || rows[0] != "7|"+tt.want {
				t.Fatalf("rows %q, error %v; want %q", rows, err, tt.want)
			}
		})
	}
}

func TestSQLiteDeclaredTimes(t *testing.T) {
	file := sqliteFile(t, `CREATE TABLE t (at TIMESTAMP, d DATE); INSERT INTO t VALUES ('2024-02-29 12:34:56.789', '2024-02-29')`)
	rows, err := readAll(t, "sqlite://"+file, &runtime.Table{Name: "t", Columns: []runtime.Column{
		{Name: "at", Type: value.Of(value.Timestamp)}, {Name: "d", Type: value.Of(value.Date)},
	}})
	if err != nil || len(rows) != 1 || rows[0] != "2024-02-29 12:34:56.789|2024-02-29" {
		t.Fatalf("%q, %v", rows, err)
	}
}

func TestOpenErrors(t *testing.T) {
	for address, part := range map[string]string{
		"sqlite://" + filepath.Join(t.TempDir(), "none.db"): "no such file",
		"mysql://root:secret@host/db":                       "mysql://root:xxxxx@host/db: the address begins with sqlite:// or postgres://",
		"postgres://u:secret@127.0.0.1:1/db":                "127.0.0.1",
	} {
		_, err := hydrate.Open(context.Background(), address)
		if err == nil || !strings.Contains(err.Error(), part) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v", address, err)
		}
	}
}

func TestMissingTable(t *testing.T) {
	file := sqliteFile(t, "CREATE TABLE t (a)")
	_, err := readAll(t, "sqlite://"+file, &runtime.Table{Name: "u", Columns: []runtime.Column{{Name: "a", Type: value.Of(value.Int4)}}})
	if err == nil || !strings.Contains(err.Error(), "source table u:") {
		t.Fatal(err)
	}
}

// everyType declares one column of each type, and a row whose text forms depend on the session's settings.
const everyType = `
CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE TABLE t (a boolean, b bigint, c numeric, d real, e double precision, f text, g bytea, h date, i timestamp, j timestamptz, k uuid, l mood);
INSERT INTO t VALUES
  (true, 9223372036854775807, 1.50, 0.1, 0.1, 'é', '\x00ff', '2024-02-29', '2024-02-29 12:34:56.789', '2024-02-29 12:00:00+02', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', 'ok'),
  (NULL, NULL, 'NaN', 'Infinity', NULL, '', '\x', '0044-03-15 BC', 'infinity', NULL, NULL, NULL);`

func TestPostgres(t *testing.T) {
	ctx := context.Background()
	dsn := testdb.Database(t)
	conn, err := pgx.Connect(ctx, dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	// The source's settings must not matter.
	if _, err := conn.Exec(ctx, `DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET datestyle = ''German''', current_database());
		EXECUTE format('ALTER DATABASE %I SET bytea_output = ''escape''', current_database());
		EXECUTE format('ALTER DATABASE %I SET timezone = ''Asia/Tokyo''', current_database()); END $$;`+everyType); err != nil {
		t.Fatal(err)
	}
	table := &runtime.Table{Name: "t"}
	for i, typ := range []value.Type{
		value.Of(value.Bool), value.Of(value.Int8), value.Of(value.Numeric), value.Of(value.Float4), value.Of(value.Float8), value.Of(value.Text),
		value.Of(value.Bytea), value.Of(value.Date), value.Of(value.Timestamp), value.Of(value.Timestamptz), value.Of(value.UUID), mood,
	} {
		table.Columns = append(table.Columns, runtime.Column{Name: fmt.Sprintf("%c", 'a'+i), Type: typ, Nullable: true})
	}
	rows, err := readAll(t, dsn, table)
	want := []string{
		`NULL|NULL|NaN|Infinity|NULL||\x|0044-03-15 BC|infinity|NULL|NULL|NULL`,
		`t|9223372036854775807|1.50|0.1|0.1|é|\x00ff|2024-02-29|2024-02-29 12:34:56.789|2024-02-29 10:00:00+00|a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11|ok`,
	}
	if err != nil || !slices.Equal(rows, want) {
		t.Fatalf("%v\n%s", err, strings.Join(rows, "\n"))
	}
	table.Columns[1].Nullable = false
	if _, err := readAll(t, dsn, table); err == nil || !strings.Contains(err.Error(), "row number 2: column b is declared bigint") {
		t.Fatal(err)
	}
}

// TestPostgresSnapshot: what is written after the source is opened is not seen, in whatever table.
func TestPostgresSnapshot(t *testing.T) {
	ctx := context.Background()
	dsn := testdb.Database(t)
	conn, err := pgx.Connect(ctx, dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	if _, err := conn.Exec(ctx, "CREATE TABLE a (n integer); CREATE TABLE b (n integer); INSERT INTO a VALUES (1); INSERT INTO b VALUES (1)"); err != nil {
		t.Fatal(err)
	}
	src, err := hydrate.Open(ctx, dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	count := func(name string) (n int) {
		table := &runtime.Table{Name: name, Columns: []runtime.Column{{Name: "n", Type: value.Of(value.Int4)}}}
		if err := src.Rows(ctx, table, func([]value.Value) error { n++; return nil }); err != nil {
			t.Fatal(err)
		}
		return n
	}
	a := count("a")
	if _, err := conn.Exec(ctx, "INSERT INTO b VALUES (2)"); err != nil {
		t.Fatal(err)
	}
	if b := count("b"); a != 1 || b != 1 {
		t.Fatalf("%d rows in a, %d in b", a, b)
	}
}

func TestCheckKey(t *testing.T) {
	ctx := context.Background()
	dsn := testdb.Database(t)
	conn, err := pgx.Connect(ctx, dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	for _, tt := range []struct {
		name, ddl string
		bad       bool
	}{
		{"primary key", "CREATE TABLE t (b integer, a integer, PRIMARY KEY (a, b)); INSERT INTO t VALUES (1, 1), (1, 2)", false},
		{"unique index", "CREATE TABLE t (a integer, b integer); CREATE UNIQUE INDEX u ON t (b, a); INSERT INTO t VALUES (1, 1), (1, 2)", false},
		{"no constraint", "CREATE TABLE t (a integer, b integer); INSERT INTO t VALUES (1, 1), (1, 2)", false},
		{"duplicates", "CREATE TABLE t (a integer, b integer); INSERT INTO t VALUES (1, 1), (1, 2), (1, 1)", true},
		{"partial index", "CREATE TABLE t (a integer, b integer); CREATE UNIQUE INDEX u ON t (a, b) WHERE a > 1; INSERT INTO t VALUES (1, 1), (1, 1)", true},
		{"expression index", "CREATE TABLE t (a integer, b integer, c integer); CREATE UNIQUE INDEX u ON t (a, b, (a + c)); INSERT INTO t VALUES (1, 1, 1), (1, 1, 2)", true},
		{"wider index", "CREATE TABLE t (a integer, b integer, c integer UNIQUE); INSERT INTO t VALUES (1, 1, 1), (1, 1, 2)", true},
	} {
		if _, err := conn.Exec(ctx, "DROP TABLE IF EXISTS t; "+tt.ddl); err != nil {
			t.Fatal(err)
		}
		table := &runtime.Table{Name: "t", Key: []int{0, 1}, Columns: []runtime.Column{
			{Name: "a", Type: value.Of(value.Int4)}, {Name: "b", Type: value.Of(value.Int4)},
		}}
		for _, address := range []string{dsn, "sqlite://" + sqliteFile(t, tt.ddl)} {
			src, err := hydrate.Open(ctx, address)
			if err != nil {
				t.Fatal(err)
			}
			err = src.CheckKey(ctx, table)
			if (err != nil) != tt.bad || err != nil && !strings.Contains(err.Error(), `several rows have the same "a", "b"`) {
				t.Errorf("%s, %s: %v", tt.name, address, err)
			}
			src.Close()
		}
	}
}
