package prequel_test

import (
	"context"
	"fmt"
	"math/rand"
	"os"
	"sort"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/prequel-db/prequel/runtime"
	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqllogic/testdb"
)

// benchClients is the number of connections that call at the same time, to Redis and to PostgreSQL.
const benchClients = 8

// BenchmarkPostgres measures calls per second and latencies of the six statements, compiled and in a PostgreSQL that is as
// durable as an installation is: fsync is on. The clients, the machine, the data and the values are the same, statements are
// prepared, and each client decodes every column of every row.
//
// Redis runs as a cache (nothing is written to disk), and for the writes also with its log: written every second, which
// promises what synchronous_commit = off does, and with every call, which promises what on does.
func BenchmarkPostgres(b *testing.B) {
	postgres := benchPostgres(b)
	engines := []struct {
		name   string
		config []string
	}{
		{"redis", nil},
		{"redis-log-everysec", []string{"--appendonly", "yes", "--appendfsync", "everysec"}},
		{"redis-log-always", []string{"--appendonly", "yes", "--appendfsync", "always"}},
	}
	var stores []*bench
	for _, e := range engines {
		stores = append(stores, newBench(b, e.config...))
	}
	for _, m := range measuredStatements {
		fn := stores[0].prog.MustStatement(m.name).Function()
		for i, e := range stores {
			if i > 0 && fn.ReadOnly {
				continue
			}
			b.Run(m.name+"/"+engines[i].name, func(b *testing.B) { e.callsPerSecond(b, m) })
		}
		for _, commit := range []string{"on", "off"} {
			b.Run(m.name+"/postgres-commit-"+commit, func(b *testing.B) { postgres.callsPerSecond(b, stores[0], m, fn, commit) })
		}
	}
}

// callsPerSecond calls the compiled statement.
func (e *bench) callsPerSecond(b *testing.B, m measured) {
	var mu sync.Mutex
	stmt := e.prog.MustStatement(m.name)
	concurrently(b, func(int) func(n int) error {
		return func(n int) error {
			mu.Lock()
			_, args := m.compiled(e, n)
			mu.Unlock()
			cur, err := e.db.Query(context.Background(), stmt, args...)
			if err != nil {
				return err
			}
			for cur.Next() {
				for i := range stmt.Function().Columns {
					cur.Value(i)
				}
			}
			return cur.Err()
		}
	})
}

// postgresBench is a PostgreSQL with the benchmark's data.
type postgresBench struct{ dsn string }

// benchPostgres starts a server of its own, whatever PREQUEL_TEST_PG says: that one need not be durable.
func benchPostgres(b *testing.B) *postgresBench {
	b.Helper()
	dsn, stop, err := testdb.StartPostgres("fsync=on", "synchronous_commit=on", "full_page_writes=on", "wal_level=replica", "max_wal_size=4GB")
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(stop)
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, dsn)
	if err != nil {
		b.Fatal(err)
	}
	defer conn.Close(ctx)
	schema, err := os.ReadFile("testdata/bench/schema.sql")
	if err != nil {
		b.Fatal(err)
	}
	for _, sql := range []string{
		string(schema),
		"CREATE INDEX ON vehicles (fleet_id, status)",
		"CREATE INDEX ON pings (fleet_id, speed DESC)",
		fmt.Sprintf("INSERT INTO vehicles SELECT i, i %% %d, 'vehicle ' || i, (ARRAY['idle','moving','parked','service'])[i / %d %% 4 + 1] FROM generate_series(1, %d) i", benchFleets, benchFleets, benchVehicles),
		fmt.Sprintf("INSERT INTO positions SELECT i, 52.5, 13.25 + i / 1024.0 FROM generate_series(1, %d) i", benchVehicles),
		fmt.Sprintf("INSERT INTO pings SELECT i, '2022-01-01'::timestamptz + (i * 100 + p) * interval '1 second', i %% %d, 52.5, 13.25, (i * 7 + p * 13) %% 160 FROM generate_series(1, %d) i, generate_series(1, %d) p", benchFleets, benchVehicles, benchPings),
		"VACUUM ANALYZE",
		"CHECKPOINT",
	} {
		if _, err := conn.Exec(ctx, sql); err != nil {
			b.Fatal(sql, err)
		}
	}
	return &postgresBench{dsn}
}

// callsPerSecond calls the statement's SQL, prepared, with the parameters that the compiled statement gets.
func (p *postgresBench) callsPerSecond(b *testing.B, e *bench, m measured, fn *runtime.Function, commit string) {
	ctx := context.Background()
	conns := make([]*pgx.Conn, benchClients)
	for i := range conns {
		conn, err := pgx.Connect(ctx, p.dsn)
		if err != nil {
			b.Fatal(err)
		}
		defer conn.Close(ctx)
		if _, err := conn.Exec(ctx, "SET synchronous_commit = "+commit); err != nil {
			b.Fatal(err)
		}
		if _, err := conn.Prepare(ctx, "s", fn.SQL); err != nil {
			b.Fatal(err)
		}
		conns[i] = conn
	}
	var mu sync.Mutex
	concurrently(b, func(client int) func(n int) error {
		row := scanTargets(fn)
		return func(n int) error {
			mu.Lock()
			_, args := m.compiled(e, n)
			mu.Unlock()
			rows, err := conns[client].Query(ctx, "s", goArgs(fn, args)...)
			if err != nil {
				return err
			}
			for rows.Next() {
				if err := rows.Scan(row...); err != nil {
					return err
				}
			}
			return rows.Err()
		}
	})
}

// goArgs translates parameters for pgx.
func goArgs(fn *runtime.Function, args []value.Value) []any {
	out := make([]any, len(args))
	for i, a := range args {
		switch fn.Params[i].Type.Kind {
		case value.Float8:
			out[i] = a.Float()
		case value.Text:
			out[i] = a.Str()
		case value.Timestamptz:
			out[i] = time.UnixMicro(a.Int() + 946684800000000)
		default:
			out[i] = a.Int()
		}
	}
	return out
}

// scanTargets are what pgx scans a row into.
func scanTargets(fn *runtime.Function) []any {
	out := make([]any, len(fn.Columns))
	for i, c := range fn.Columns {
		switch c.Type.Kind {
		case value.Float8:
			out[i] = new(float64)
		case value.Text:
			out[i] = new(string)
		case value.Timestamptz:
			out[i] = new(time.Time)
		default:
			out[i] = new(int64)
		}
	}
	return out
}

// concurrently runs calls from benchClients clients for two seconds and reports calls per second and latencies.
func concurrently(b *testing.B, client func(client int) func(n int) error) {
	b.Helper()
	const duration = 2 * time.Second
	for range b.N {
		var mu sync.Mutex
		var all []time.Duration
		var wg sync.WaitGroup
		stop := time.Now().Add(duration)
		for c := range benchClients {
			call := client(c)
			wg.Go(func() {
				var own []time.Duration
				r := rand.New(rand.NewSource(int64(c)))
				for time.Now().Before(stop) {
					start := time.Now()
					if err := call(r.Intn(1 << 20)); err != nil {
						b.Error(err)
						return
					}
					own = append(own, time.Since(start))
				}
				mu.Lock()
				all = append(all, own...)
				mu.Unlock()
			})
		}
		wg.Wait()
		if len(all) == 0 {
			b.Fatal("no call succeeded")
		}
		sort.Slice(all, func(i, j int) bool { return all[i] < all[j] })
		b.ReportMetric(float64(len(all))/duration.Seconds(), "calls/s")
		b.ReportMetric(float64(all[len(all)/2].Nanoseconds())/1e6, "p50-ms")
		b.ReportMetric(float64(all[len(all)*99/100].Nanoseconds())/1e6, "p99-ms")
		b.ReportMetric(0, "ns/op")
	}
}
