package prequel_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	goruntime "runtime"
	"sort"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/prequel-db/prequel/sqllogic/testdb"
)

// BenchmarkWorkloadPostgres measures the examples' functions with 8 clients: compiled, by hand, and in a PostgreSQL that is as durable as an
// installation is (fsync is on), which runs the same PL/pgSQL with the indexes of the schema. Metrics: calls per second and latencies of
// clients that call as fast as they can, and the 99th percentile at half of that rate (half-p99-ms). The clients run on one processor, which
// leaves the others to the server, or on all, whichever makes more calls: procs says which.
func BenchmarkWorkloadPostgres(b *testing.B) {
	ctx := context.Background()
	for i := range benchWorkloads {
		w := &benchWorkloads[i]
		s := newWorkloadStore(b, w)
		measure := func(name string, client func(int) func(name string, args []any) error) {
			b.Run(w.name+"/"+name, func(b *testing.B) { w.measure(b, client) })
		}
		measure("redis", func(int) func(string, []any) error {
			return func(name string, args []any) error {
				st := s.prog.MustStatement(name)
				cur, err := s.db.Query(ctx, st, workloadValues(b, st.Function(), args)...)
				if err != nil {
					return err
				}
				for cur.Next() {
					for i := range st.Function().Columns {
						cur.Value(i)
					}
				}
				return cur.Err()
			}
		})
		measure("redis-by-hand", func(int) func(string, []any) error {
			return func(name string, args []any) error { return s.client.Do(ctx, w.hand(name, args)...).Err() }
		})
		dsn := workloadPostgres(b, s)
		for _, commit := range []string{"on", "off"} {
			measure("postgres-commit-"+commit, func(int) func(string, []any) error {
				conn, err := pgx.Connect(ctx, dsn)
				if err != nil {
					b.Fatal(err)
				}
				b.Cleanup(func() { conn.Close(ctx) })
				if _, err := conn.Exec(ctx, "SET synchronous_commit = "+commit); err != nil {
					b.Fatal(err)
				}
				return func(name string, args []any) error {
					rows, err := conn.Query(ctx, s.prog.MustStatement(name).Function().SQL, args...)
					if err != nil {
						return err
					}
					for rows.Next() {
						if _, err := rows.Values(); err != nil {
							return err
						}
					}
					return rows.Err()
				}
			})
		}
	}
}

// workloadPostgres starts a PostgreSQL with a workload's data.
func workloadPostgres(b *testing.B, s *workloadStore) string {
	b.Helper()
	ctx := context.Background()
	dsn, stop, err := testdb.StartPostgres("fsync=on", "synchronous_commit=on", "full_page_writes=on", "wal_level=replica", "max_wal_size=4GB")
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(stop)
	conn, err := pgx.Connect(ctx, dsn)
	if err != nil {
		b.Fatal(err)
	}
	defer conn.Close(ctx)
	_, cfg := compileWorkload(b, s.name)
	exec := func(sql string) {
		if _, err := conn.Exec(ctx, sql); err != nil {
			b.Fatal(sql, err)
		}
	}
	for _, source := range cfg.Schema {
		exec(source.Text)
	}
	batch := &pgx.Batch{}
	flush := func() {
		if err := conn.SendBatch(ctx, batch).Close(); err != nil {
			b.Fatal(err)
		}
		batch = &pgx.Batch{}
	}
	exec("SET synchronous_commit = off")
	s.load(func(name string, args ...any) {
		if batch.Queue(s.prog.MustStatement(name).Function().SQL, args...); batch.Len() == 1000 {
			flush()
		}
	})
	flush()
	exec("VACUUM ANALYZE")
	exec("CHECKPOINT")
	return dsn
}

// workloadTime is how long clients call for each metric.
const workloadTime = 2 * time.Second

// measure calls as fast as clients can, and then at half of that rate.
func (w *benchWorkload) measure(b *testing.B, client func(int) func(name string, args []any) error) {
	calls := make([]func(string, []any) error, benchClients)
	for c := range calls {
		calls[c] = client(c)
	}
	var n atomic.Int64
	run := func(pause time.Duration) []time.Duration {
		var mu sync.Mutex
		var all []time.Duration
		var wg sync.WaitGroup
		begin := time.Now()
		for c, call := range calls {
			wg.Go(func() {
				var own []time.Duration
				r := rand.New(rand.NewPCG(uint64(c), uint64(n.Load())))
				due := begin.Add(pause * time.Duration(c) / benchClients)
				for time.Since(begin) < workloadTime {
					if pause > 0 {
						time.Sleep(time.Until(due))
						due = due.Add(pause)
					}
					name, args := w.call(r, int(n.Add(1)))
					start := time.Now()
					if err := call(name, args); err != nil && !refusedCall(err) && !refusedByPostgres(err) {
						b.Error(fmt.Errorf("%s: %w", name, err))
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
		return all
	}
	ms := func(all []time.Duration, percent int) float64 {
		return float64(all[len(all)*percent/100].Nanoseconds()) / 1e6
	}
	for range b.N {
		procs, all := 1, []time.Duration(nil)
		for _, n := range []int{1, goruntime.NumCPU()} {
			was := goruntime.GOMAXPROCS(n)
			if more := run(0); len(more) > len(all) {
				procs, all = n, more
			}
			goruntime.GOMAXPROCS(was)
		}
		defer goruntime.GOMAXPROCS(goruntime.GOMAXPROCS(procs))
		rate := float64(len(all)) / workloadTime.Seconds()
		half := run(time.Duration(benchClients * 2 / rate * float64(time.Second)))
		b.ReportMetric(rate, "calls/s")
		b.ReportMetric(ms(all, 50), "p50-ms")
		b.ReportMetric(ms(all, 99), "p99-ms")
		b.ReportMetric(ms(half, 99), "half-p99-ms")
		b.ReportMetric(float64(procs), "procs")
		b.ReportMetric(0, "ns/op")
	}
}

// refusedByPostgres reports whether PostgreSQL raised the workload's own error, or two calls were in each other's way.
func refusedByPostgres(err error) bool {
	var refused *pgconn.PgError
	return errors.As(err, &refused)
}
