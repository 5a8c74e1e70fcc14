package hydrate

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"

	_ "modernc.org/sqlite" // the driver named sqlite

	"github.com/prequel-db/prequel/runtime"
	"github.com/prequel-db/prequel/runtime/value"
)

type sqlite struct {
	db   *sql.DB
	conn *sql.Conn
}

// OpenSQLite takes a snapshot of a SQLite file, which must exist. Writers are not held up in WAL mode.
func OpenSQLite(ctx context.Context, file string) (Source, error) {
	if _, err := os.Stat(file); err != nil {
		return nil, fmt.Errorf("source sqlite://%s: %w", file, err)
	}
	db, err := sql.Open("sqlite", (&url.URL{Scheme: "file", Opaque: (&url.URL{Path: file}).EscapedPath(), RawQuery: "mode=ro&_pragma=busy_timeout(5000)"}).String())
	if err != nil {
		return nil, err
	}
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	// BEGIN alone does not read; the first SELECT fixes what the transaction sees.
	for _, q := range []string{"BEGIN", "SELECT count(*) FROM sqlite_schema"} {
		if _, err := conn.ExecContext(ctx, q); err != nil {
			return nil, errors.Join(fmt.Errorf("source sqlite://%s: %w", file, err), conn.Close(), db.Close())
		}
	}
	return &sqlite{db, conn}, nil
}

func (s *sqlite) Close() error {
	_, err := s.conn.ExecContext(context.Background(), "ROLLBACK")
	return errors.Join(err, s.conn.Close(), s.db.Close())
}

// Position: SQLite has no sequences. The rows that are loaded move those that their columns draw from.
func (s *sqlite) Position(context.Context, string, int64) (int64, bool, error) { return 0, false, nil }

func (s *sqlite) Count(ctx context.Context, table string) (n int64, err error) {
	err = s.conn.QueryRowContext(ctx, "SELECT count(*) FROM "+quote(table)).Scan(&n)
	if err != nil {
		return -1, fmt.Errorf("source table %s: %w", table, err)
	}
	return n, nil
}

func (s *sqlite) CheckKey(ctx context.Context, t *runtime.Table) error {
	if len(t.Key) == 0 {
		return nil
	}
	// Unique indexes, the primary key's among them, and a rowid that is the key have one line for each of their columns.
	rows, err := s.conn.QueryContext(ctx, `
		SELECT l.name, coalesce(i.name, '(expression)') FROM pragma_index_list(?1) l, pragma_index_info(l.name) i WHERE l."unique" AND NOT l.partial
		UNION ALL SELECT '', name FROM pragma_table_info(?1) WHERE pk > 0`, t.Name)
	if err != nil {
		return fmt.Errorf("source table %s: %w", t.Name, err)
	}
	defer rows.Close()
	unique := map[string][]string{}
	for rows.Next() {
		var index, column string
		if err := rows.Scan(&index, &column); err != nil {
			return fmt.Errorf("source table %s: %w", t.Name, err)
		}
		unique[index] = append(unique[index], column)
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("source table %s: %w", t.Name, err)
	}
	for _, columns := range unique {
		slices.Sort(columns)
		if slices.Equal(columns, keyNames(t)) {
			return nil
		}
	}
	var one int
	switch err := s.conn.QueryRowContext(ctx, duplicates(t)).Scan(&one); {
	case errors.Is(err, sql.ErrNoRows):
		return nil
	case err != nil:
		return fmt.Errorf("source table %s: %w", t.Name, err)
	}
	return notUnique(t)
}

func (s *sqlite) Rows(ctx context.Context, t *runtime.Table, yield func([]value.Value) error) error {
	// A unary plus takes the column's declaration away, so that the driver does not turn texts into times.
	rows, err := s.conn.QueryContext(ctx, "SELECT "+columnList(t, "+%s")+" FROM "+quote(t.Name))
	if err != nil {
		return fmt.Errorf("source table %s: %w", t.Name, err)
	}
	defer rows.Close()
	raw := make([]any, len(t.Columns))
	into := make([]any, len(raw))
	for i := range raw {
		into[i] = &raw[i]
	}
	row := make([]value.Value, len(raw))
	for n := int64(1); rows.Next(); n++ {
		if err := rows.Scan(into...); err != nil {
			return fmt.Errorf("source table %s: %w", t.Name, err)
		}
		for i, c := range t.Columns {
			if row[i], err = fromSQLite(c.Type, raw[i]); err == nil && row[i].IsNull() && !c.Nullable {
				err = errNull
			}
			if err != nil {
				return &ValueError{t.Name, c.Name, c.Type, rowKey(t, n, func(i int) string { return fmt.Sprint(raw[i]) }), err}
			}
		}
		if err := yield(row); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("source table %s: %w", t.Name, err)
	}
	return nil
}

var errNull = errors.New("the value is NULL, the column is NOT NULL")

// fromSQLite converts a value of one of SQLite's storage classes to a declared type. SQLite stores anything anywhere:
// what is not plainly a value of the type is an error and never a guess.
func fromSQLite(t value.Type, raw any) (value.Value, error) {
	switch x := raw.(type) {
	case nil:
		return value.Null, nil
	case int64:
		return fromSQLiteInteger(t, x)
	case float64:
		return fromSQLiteReal(t, x)
	case string:
		return fromSQLiteText(t, x)
	case []byte:
		switch {
		case t.Kind == value.Bytea:
			return value.String(string(x)), nil
		case t.Kind == value.UUID && len(x) == 16:
			return value.String(string(x)), nil
		}
		return value.Null, fmt.Errorf("the value is a BLOB of %d bytes", len(x))
	}
	return value.Null, fmt.Errorf("the value has the unknown class %T", raw)
}

func fromSQLiteInteger(t value.Type, n int64) (value.Value, error) {
	switch t.Kind {
	case value.Bool:
		if n == 0 || n == 1 {
			return value.Int(n), nil
		}
		return value.Null, fmt.Errorf("the value is the integer %d, a boolean is 0 or 1", n)
	case value.Float4, value.Float8:
		if f := float64(n); math.Abs(f) < 1<<63 && int64(f) == n {
			return value.Parse(t, strconv.FormatInt(n, 10))
		}
		return value.Null, fmt.Errorf("the integer %d is not exact as a floating-point number", n)
	case value.Int2, value.Int4, value.Int8, value.Numeric:
		return value.Parse(t, strconv.FormatInt(n, 10))
	}
	return value.Null, fmt.Errorf("the value is the integer %d", n)
}

func fromSQLiteReal(t value.Type, f float64) (value.Value, error) {
	text := strconv.FormatFloat(f, 'g', -1, 64)
	switch t.Kind {
	case value.Float8:
		return value.Float(f), nil
	case value.Float4:
		if g := float64(float32(f)); g == f {
			return value.Float(f), nil
		}
		// A real that was written in decimal has more digits as a double; it is exact if it reads back as the same real.
		if len(significand(text)) <= 9 {
			return value.Parse(t, text)
		}
		return value.Null, fmt.Errorf("%s has more digits than a real holds", text)
	case value.Numeric:
		// NUMERIC affinity makes doubles of decimals; 15 digits survive that.
		if len(significand(text)) <= 15 {
			return value.Parse(t, text)
		}
		return value.Null, fmt.Errorf("%s is a double of more than 15 digits, its decimal is not known exactly; store it as TEXT", text)
	}
	return value.Null, fmt.Errorf("the value is the floating-point number %s", text)
}

// significand is the digits of a decimal number without sign, point, exponent and leading zeros.
func significand(text string) string {
	mantissa, _, _ := strings.Cut(text, "e")
	return strings.TrimLeft(strings.NewReplacer(".", "", "-", "").Replace(mantissa), "0")
}

func fromSQLiteText(t value.Type, s string) (value.Value, error) {
	switch t.Kind {
	case value.Bytea:
		return value.Null, fmt.Errorf("the value is the text %s, bytes are stored as BLOB", clip(s))
	case value.Int2, value.Int4, value.Int8, value.Float4, value.Float8:
		return value.Null, fmt.Errorf("the value is the text %s", clip(s))
	case value.Text, value.Varchar, value.Char, value.JSON, value.JSONB:
		if err := value.CheckText(s); err != nil {
			return value.Null, err
		}
	}
	return value.Parse(t, s)
}

// clip quotes a text for a message, at most 40 bytes of it.
func clip(s string) string {
	if len(s) > 40 {
		return strconv.Quote(s[:40]) + "..."
	}
	return strconv.Quote(s)
}
