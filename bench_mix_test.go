package prequel_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	prequel "github.com/prequel-db/prequel"
	tatp "github.com/prequel-db/prequel/examples/tatp/workload"
	tpcc "github.com/prequel-db/prequel/examples/tpcc/workload"
	"github.com/prequel-db/prequel/runtime"
	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqllogic/testdb"
)

// benchMix is an example's mix of transactions.
type benchMix struct {
	name string
	// queries are the files of the project that are compiled: those that a service has.
	queries []string
	// counted is the transaction whose calls are counted and whose latencies are taken, "" for all.
	counted string
	load    func(call func(name string, args ...any))
	calls   func(seed uint64) func() (name string, args []any)
}

var benchMixes = []benchMix{
	{
		name: "tpcc", queries: []string{"load.sql", "transactions.sql"}, counted: "NewOrder",
		load: tpccSizes.Load, calls: func(seed uint64) func() (string, []any) { return tpccSizes.Calls(seed).Next },
	},
	{
		name: "tatp", queries: []string{"load.sql", "transactions.sql"},
		load: tatpSize.Load, calls: func(seed uint64) func() (string, []any) { return tatpSize.Calls(seed).Next },
	},
}

var tpccSizes = tpcc.Sizes{Warehouses: 2, Items: 5000, Customers: 150}

const tatpSize = tatp.Subscribers(5000)

// compile compiles the mix's statements.
func (m *benchMix) compile(b *testing.B) (*prequel.Compiled, prequel.Config) {
	b.Helper()
	project, problems, err := prequel.ReadProject("examples/" + m.name + "/prequel.yaml")
	if err != nil || problems.HasErrors() {
		b.Fatal(err, problems)
	}
	cfg, problems := project.Config()
	if problems.HasErrors() {
		b.Fatal(problems)
	}
	cfg.Queries = slices.DeleteFunc(cfg.Queries, func(s *prequel.Source) bool { return !slices.Contains(m.queries, filepath.Base(s.Name)) })
	c, problems := prequel.Compile(cfg)
	if problems.HasErrors() {
		b.Fatal(problems)
	}
	return c, cfg
}

// texts are parameters in PostgreSQL's text form.
func texts(args []any) [][]byte {
	out := make([][]byte, len(args))
	for i, a := range args {
		switch a := a.(type) {
		case nil:
		case time.Time:
			out[i] = []byte(a.UTC().Format("2006-01-02 15:04:05.999999"))
		default:
			out[i] = fmt.Append(nil, a)
		}
	}
	return out
}

// values are parameters for the compiled statement.
func values(b *testing.B, s *runtime.Statement, args []any) []value.Value {
	params := map[string]*string{}
	for i, text := range texts(args) {
		if text != nil {
			t := string(text)
			params[s.Function().Params[i].Name] = &t
		}
	}
	out, err := s.ParseParams(params)
	if err != nil {
		b.Fatal(err)
	}
	return out
}

// BenchmarkMix runs the mixes of TPC-C and TATP, compiled and as PL/pgSQL in PostgreSQL, from benchClients clients for two seconds. It
// reports calls per second of the wall clock and of the server's own processor time, and latencies; of TPC-C those of new orders alone.
// A call that the workload makes fail counts, and one that PostgreSQL ends because of a deadlock is repeated.
func BenchmarkMix(b *testing.B) {
	for i := range benchMixes {
		m := &benchMixes[i]
		b.Run(m.name+"/redis", func(b *testing.B) { m.redis(b) })
		b.Run(m.name+"/redis-log-everysec", func(b *testing.B) { m.redis(b, "--appendonly", "yes", "--appendfsync", "everysec") })
		m.postgres(b)
	}
}

func (m *benchMix) redis(b *testing.B, config ...string) {
	ctx := context.Background()
	c, _ := m.compile(b)
	db := freshStore(b, "redis://"+testdb.Redis(b, config...), c.Manifest)
	b.Cleanup(func() { db.Close() })
	batch, n := db.Batch(), 0
	m.load(func(name string, args ...any) {
		s := db.Program().MustStatement(name)
		batch.Add(s, values(b, s, args)...)
		if n++; n%1000 == 0 {
			if err := batch.Send(ctx); err != nil {
				b.Fatal(err)
			}
			batch = db.Batch()
		}
	})
	if err := batch.Send(ctx); err != nil {
		b.Fatal(err)
	}
	spent := func() float64 {
		info, err := db.Redis().Info(ctx, "cpu").Result()
		if err != nil {
			b.Fatal(err)
		}
		seconds := 0.0
		for line := range strings.Lines(info) {
			name, text, _ := strings.Cut(strings.TrimSpace(line), ":")
			if name == "used_cpu_user" || name == "used_cpu_sys" {
				s, _ := strconv.ParseFloat(text, 64)
				seconds += s
			}
		}
		return seconds
	}
	m.measure(b, spent, func(int) func(name string, args []any) error {
		return func(name string, args []any) error {
			s := db.Program().MustStatement(name)
			cur, err := db.Query(ctx, s, values(b, s, args)...)
			if err != nil {
				if errors.As(err, new(*runtime.Error)) {
					return nil
				}
				return err
			}
			for cur.Next() {
				for i := range s.Function().Columns {
					cur.Value(i)
				}
			}
			return cur.Err()
		}
	})
}

// postgres runs the mix in a durable PostgreSQL of its own.
func (m *benchMix) postgres(b *testing.B) {
	ctx := context.Background()
	dsn, stop, err := testdb.StartPostgres("fsync=on", "synchronous_commit=on", "full_page_writes=on", "wal_level=replica", "max_wal_size=4GB")
	if err != nil {
		b.Fatal(err)
	}
	defer stop()
	c, cfg := m.compile(b)
	connect := func() *pgconn.PgConn {
		conn, err := pgx.Connect(ctx, dsn)
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(func() { conn.Close(ctx) })
		return conn.PgConn()
	}
	exec := func(conn *pgconn.PgConn, sql string) {
		if _, err := conn.Exec(ctx, sql).ReadAll(); err != nil {
			b.Fatalf("%s: %v", sql, err)
		}
	}
	prepare := func(conn *pgconn.PgConn) {
		for i := range c.Statements {
			fn := &c.Manifest.Functions[i]
			if _, err := conn.Prepare(ctx, fn.Name, fn.SQL, nil); err != nil {
				b.Fatal(err)
			}
		}
	}
	first := connect()
	for _, source := range cfg.Schema {
		exec(first, source.Text)
	}
	prepare(first)
	exec(first, "BEGIN")
	m.load(func(name string, args ...any) {
		if res := first.ExecPrepared(ctx, name, texts(args), nil, nil).Read(); res.Err != nil {
			b.Fatal(name, res.Err)
		}
	})
	for _, sql := range []string{"COMMIT", "VACUUM ANALYZE", "CHECKPOINT"} {
		exec(first, sql)
	}
	conns := make([]*pgconn.PgConn, benchClients)
	for i := range conns {
		conns[i] = connect()
		prepare(conns[i])
	}
	for _, commit := range []string{"on", "off"} {
		b.Run(m.name+"/postgres-commit-"+commit, func(b *testing.B) {
			for _, conn := range conns {
				exec(conn, "SET synchronous_commit = "+commit)
			}
			m.measure(b, func() float64 { return processorTime(b, first.PID()) }, func(client int) func(name string, args []any) error {
				return func(name string, args []any) error {
					for {
						err := conns[client].ExecPrepared(ctx, name, texts(args), nil, nil).Read().Err
						var refused *pgconn.PgError
						if errors.As(err, &refused) {
							if refused.Code == "40P01" {
								continue
							}
							return nil
						}
						return err
					}
				}
			})
		})
	}
}

// processorTime is what a PostgreSQL's processes have used, in seconds; backend is one of them.
func processorTime(b *testing.B, backend uint32) float64 {
	b.Helper()
	// The fields behind the name, which stands in parentheses: state, parent, ..., and from the 12th the times of the process and of its
	// children that have ended.
	fields := func(pid string) []string {
		text, err := os.ReadFile("/proc/" + pid + "/stat")
		if err != nil {
			return nil
		}
		return strings.Fields(string(text[strings.LastIndexByte(string(text), ')')+1:]))
	}
	parent := fields(strconv.Itoa(int(backend)))[1]
	all, err := filepath.Glob("/proc/[0-9]*")
	if err != nil {
		b.Fatal(err)
	}
	ticks := 0
	for _, dir := range all {
		pid := filepath.Base(dir)
		f := fields(pid)
		if len(f) < 15 || pid != parent && f[1] != parent {
			continue
		}
		for i, text := range f[11:15] {
			if n, err := strconv.Atoi(text); err == nil && (i < 2 || pid == parent) {
				ticks += n
			}
		}
	}
	return float64(ticks) / 100
}

// measure makes calls from all clients and reports.
func (m *benchMix) measure(b *testing.B, spent func() float64, client func(int) func(name string, args []any) error) {
	b.Helper()
	const duration = 2 * time.Second
	for n := range b.N {
		var mu sync.Mutex
		var all []time.Duration
		var wg sync.WaitGroup
		before := spent()
		stop := time.Now().Add(duration)
		for i := range benchClients {
			call, next := client(i), m.calls(uint64(1+n*benchClients+i))
			wg.Go(func() {
				var own []time.Duration
				for time.Now().Before(stop) {
					name, args := next()
					start := time.Now()
					if err := call(name, args); err != nil {
						b.Errorf("%s%v: %v", name, args, err)
						return
					}
					if m.counted == "" || m.counted == name {
						own = append(own, time.Since(start))
					}
				}
				mu.Lock()
				all = append(all, own...)
				mu.Unlock()
			})
		}
		wg.Wait()
		used := spent() - before
		if len(all) == 0 {
			b.Fatal("no call succeeded")
		}
		slices.Sort(all)
		b.ReportMetric(float64(len(all))/duration.Seconds(), "calls/s")
		b.ReportMetric(float64(len(all))/used, "calls/cpu-s")
		b.ReportMetric(float64(all[len(all)/2].Nanoseconds())/1e6, "p50-ms")
		b.ReportMetric(float64(all[len(all)*99/100].Nanoseconds())/1e6, "p99-ms")
		b.ReportMetric(0, "ns/op")
	}
}
