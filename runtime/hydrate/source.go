package hydrate

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/prequel-db/prequel/runtime"
	"github.com/prequel-db/prequel/runtime/value"
)

// A Source is a consistent snapshot of SQL tables: everything read from it is as of one moment, whatever is written
// meanwhile. It is used by one goroutine at a time.
type Source interface {
	// Count is the number of rows of a table, exact or an estimate; -1 when unknown. It is used for progress only.
	Count(ctx context.Context, table string) (int64, error)
	// CheckKey fails when rows of the table share the declared primary key. Where the source enforces it, nothing is read.
	CheckKey(ctx context.Context, t *runtime.Table) error
	// Rows calls yield for every row of the table, in no particular order, with a value for each of its columns. The
	// slice is reused. A value that is not one of its column's type is a *ValueError; an error of yield ends the scan
	// and is returned.
	Rows(ctx context.Context, t *runtime.Table, yield func(row []value.Value) error) error
	// Position is the value that a sequence drew last, or that stands in front of its first one; false when the source has no such
	// sequence. It may be later than the snapshot, never earlier. by is the sequence's increment.
	Position(ctx context.Context, sequence string, by int64) (last int64, ok bool, err error)
	// Close ends the snapshot.
	Close() error
}

// A ValueError says which value of a source does not fit the declared schema.
type ValueError struct {
	Table, Column string
	Type          value.Type
	Key           string // the row, as "id=7"
	Err           error
}

func (e *ValueError) Error() string {
	return fmt.Sprintf("source table %s, row %s: column %s is declared %s: %v", e.Table, e.Key, e.Column, e.Type, e.Err)
}

func (e *ValueError) Unwrap() error { return e.Err }

// Open takes a snapshot of the database at an address: sqlite://FILE or postgres://....
func Open(ctx context.Context, address string) (Source, error) {
	scheme, rest, _ := strings.Cut(address, "://")
	switch scheme {
	case "sqlite":
		return OpenSQLite(ctx, rest)
	case "postgres", "postgresql":
		return OpenPostgres(ctx, address)
	}
	return nil, fmt.Errorf("source %s: the address begins with sqlite:// or postgres://", Redact(address))
}

// Redact is an address without its password, for messages.
func Redact(address string) string {
	if u, err := url.Parse(address); err == nil {
		return u.Redacted()
	}
	scheme, _, _ := strings.Cut(address, "://")
	return scheme + "://..."
}

// quote writes a name as an SQL identifier.
func quote(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

// columnList writes a table's columns for SELECT, each as format says.
func columnList(t *runtime.Table, format string) string {
	names := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		names[i] = fmt.Sprintf(format, quote(c.Name))
	}
	return strings.Join(names, ", ")
}

// rowKey shows which row it is, by its primary key or its position.
func rowKey(t *runtime.Table, n int64, text func(i int) string) string {
	if len(t.Key) == 0 {
		return fmt.Sprintf("number %d", n)
	}
	parts := make([]string, len(t.Key))
	for i, k := range t.Key {
		parts[i] = t.Columns[k].Name + "=" + text(k)
	}
	return strings.Join(parts, ", ")
}

// duplicates is the query for keys that several rows share.
func duplicates(t *runtime.Table) string {
	key := keyList(t)
	return "SELECT 1 FROM " + quote(t.Name) + " GROUP BY " + key + " HAVING count(*) > 1 LIMIT 1"
}

func keyList(t *runtime.Table) string {
	names := make([]string, len(t.Key))
	for i, k := range t.Key {
		names[i] = quote(t.Columns[k].Name)
	}
	return strings.Join(names, ", ")
}

// keyNames are the names of the key's columns, sorted.
func keyNames(t *runtime.Table) []string {
	var names []string
	for _, k := range t.Key {
		names = append(names, t.Columns[k].Name)
	}
	slices.Sort(names)
	return names
}

// notUnique is the error of a table whose rows share keys.
func notUnique(t *runtime.Table) error {
	return fmt.Errorf("source table %s: several rows have the same %s, which is declared as its primary key", t.Name, keyList(t))
}
