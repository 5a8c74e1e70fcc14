package hydrate

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/jackc/pgx/v5"

	"github.com/prequel-db/prequel/runtime"
	"github.com/prequel-db/prequel/runtime/value"
)

type postgres struct{ conn *pgx.Conn }

// OpenPostgres takes a snapshot in a REPEATABLE READ transaction, which lasts until Close.
func OpenPostgres(ctx context.Context, dsn string) (Source, error) {
	cfg, err := pgx.ParseConfig(dsn)
	if err != nil {
		return nil, fmt.Errorf("source %s: %w", Redact(dsn), err)
	}
	// The text forms that value.Parse reads must not depend on the server's configuration.
	for name, setting := range map[string]string{
		"timezone": "UTC", "datestyle": "ISO, MDY", "intervalstyle": "postgres", "bytea_output": "hex",
		"extra_float_digits": "1", "client_encoding": "UTF8",
	} {
		cfg.RuntimeParams[name] = setting
	}
	conn, err := pgx.ConnectConfig(ctx, cfg)
	if err != nil {
		return nil, fmt.Errorf("source %s: %w", Redact(dsn), err)
	}
	if _, err := conn.Exec(ctx, "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY"); err != nil {
		return nil, errors.Join(fmt.Errorf("source %s: %w", Redact(dsn), err), conn.Close(ctx))
	}
	return &postgres{conn}, nil
}

func (p *postgres) Close() error { return p.conn.Close(context.Background()) }

func (p *postgres) Count(ctx context.Context, table string) (int64, error) {
	// The planner's estimate costs nothing; a table that was never analysed has none.
	var n int64
	err := p.conn.QueryRow(ctx, "SELECT coalesce((SELECT reltuples::bigint FROM pg_class WHERE oid = to_regclass($1)), -1)", quote(table)).Scan(&n)
	if err != nil {
		return -1, fmt.Errorf("source table %s: %w", table, err)
	}
	return n, nil
}

func (p *postgres) CheckKey(ctx context.Context, t *runtime.Table) error {
	if len(t.Key) == 0 {
		return nil
	}
	var found bool
	err := p.conn.QueryRow(ctx, `
		SELECT EXISTS (
			SELECT FROM pg_index i
			WHERE i.indrelid = to_regclass($1) AND i.indisunique AND i.indimmediate AND i.indpred IS NULL AND i.indexprs IS NULL
			AND (SELECT array_agg(a.attname::text ORDER BY a.attname::text COLLATE "C") FROM pg_attribute a
			     WHERE a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey[0:i.indnkeyatts - 1])) = $2::text[])`,
		quote(t.Name), keyNames(t)).Scan(&found)
	if err != nil {
		return fmt.Errorf("source table %s: %w", t.Name, err)
	}
	if found {
		return nil
	}
	var one int
	switch err := p.conn.QueryRow(ctx, duplicates(t)).Scan(&one); {
	case errors.Is(err, pgx.ErrNoRows):
		return nil
	case err != nil:
		return fmt.Errorf("source table %s: %w", t.Name, err)
	}
	return notUnique(t)
}

func (p *postgres) Rows(ctx context.Context, t *runtime.Table, yield func([]value.Value) error) error {
	r := p.conn.PgConn().ExecParams(ctx, "SELECT "+columnList(t, "%s")+" FROM "+quote(t.Name), nil, nil, nil, nil)
	row := make([]value.Value, len(t.Columns))
	for n := int64(1); r.NextRow(); n++ {
		raw := r.Values()
		for i, c := range t.Columns {
			var err error
			switch {
			case raw[i] != nil:
				row[i], err = value.Parse(c.Type, string(raw[i]))
			case c.Nullable:
				row[i] = value.Null
			default:
				err = errNull
			}
			if err != nil {
				key := rowKey(t, n, func(i int) string { return strconv.Quote(string(raw[i])) })
				return p.abandon(&ValueError{t.Name, c.Name, c.Type, key, err})
			}
		}
		if err := yield(row); err != nil {
			return p.abandon(err)
		}
	}
	if _, err := r.Close(); err != nil {
		return fmt.Errorf("source table %s: %w", t.Name, err)
	}
	return nil
}

// Position reads the sequence as it is now: sequences are not part of the snapshot, and a later position is as good.
func (p *postgres) Position(ctx context.Context, sequence string, by int64) (int64, bool, error) {
	var found bool
	err := p.conn.QueryRow(ctx, "SELECT EXISTS (SELECT FROM pg_class WHERE oid = to_regclass($1) AND relkind = 'S')", quote(sequence)).Scan(&found)
	if err != nil || !found {
		return 0, false, err
	}
	var last int64
	var called bool
	if err := p.conn.QueryRow(ctx, "SELECT last_value, is_called FROM "+quote(sequence)).Scan(&last, &called); err != nil {
		return 0, false, fmt.Errorf("source sequence %s: %w", sequence, err)
	}
	if !called {
		last -= by
	}
	return last, true, nil
}

// abandon gives a scan up and returns err. It cuts the connection, because reading the rest of a large table would take
// long; the snapshot has no further use.
func (p *postgres) abandon(err error) error {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_ = p.conn.Close(ctx)
	return err
}
