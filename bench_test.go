package prequel_test

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"

	"github.com/prequel-db/prequel"
	"github.com/prequel-db/prequel/runtime"
	"github.com/prequel-db/prequel/runtime/meter"
	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqllogic/testdb"
	"github.com/prequel-db/prequel/sqlparse/diag"
)

// The sizes of the benchmark's data.
const (
	benchFleets   = 20
	benchVehicles = 2000
	benchPings    = 50 // per vehicle
)

// bench is one run's equipment: the compiled program and the hand-written one in one Redis.
type bench struct {
	db     *runtime.DB
	prog   *runtime.Program
	client *redis.Client
	at     int64 // the next ping's time, microseconds since 2000
}

func compileBench(tb testing.TB) *prequel.Compiled {
	tb.Helper()
	source := func(name string) *diag.Source {
		text, err := os.ReadFile("testdata/bench/" + name)
		if err != nil {
			tb.Fatal(err)
		}
		return &diag.Source{Name: name, Text: string(text)}
	}
	c, problems := prequel.Compile(prequel.Config{
		Schema: []*diag.Source{source("schema.sql")}, Queries: []*diag.Source{source("queries.sql")}, Root: "{b}",
		Rows: map[string]float64{"vehicles": benchVehicles, "positions": benchVehicles, "pings": benchVehicles * benchPings},
		Rate: map[string]float64{"PointRead": 1000, "RangeTopK": 1000, "JoinRead": 200, "AggregateRead": 1000, "InsertPing": 1000, "SetStatus": 100},
	})
	if c == nil {
		tb.Fatal(problems)
	}
	return c
}

var benchStatuses = []string{"idle", "moving", "parked", "service"}

func status(i int) string { return benchStatuses[i%len(benchStatuses)] }

// newBench fills a private Redis, whose settings config adds to, with the same data in both layouts.
func newBench(b *testing.B, config ...string) *bench {
	b.Helper()
	ctx := context.Background()
	addr := testdb.Redis(b, config...)
	c := compileBench(b)
	prog, err := runtime.NewProgram(c.Manifest)
	if err != nil {
		b.Fatal(err)
	}
	db, err := runtime.Open(ctx, "redis://"+addr, prog)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { db.Close() })
	e := &bench{db: db, prog: prog, client: redis.NewClient(&redis.Options{Addr: addr, PoolSize: 16})}
	b.Cleanup(func() { e.client.Close() })
	hand, err := os.ReadFile("testdata/bench/hand.lua")
	if err != nil {
		b.Fatal(err)
	}
	if err := e.client.FunctionLoadReplace(ctx, string(hand)).Err(); err != nil {
		b.Fatal(err)
	}
	e.fill(b)
	return e
}

// row packs the hand-written layout of a vehicle: id, fleet, label's length, label, status.
func handRow(id, fleet int, label, status string) string {
	return u32(uint32(id)) + u32(uint32(fleet)) + string([]byte{byte(len(label))}) + label + status
}

func u32(n uint32) string { return string([]byte{byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)}) }

func (e *bench) fill(b *testing.B) {
	b.Helper()
	ctx := context.Background()
	loader, err := e.db.BeginLoad(ctx)
	if err != nil {
		b.Fatal(err)
	}
	m := e.prog.Manifest()
	load := map[string]*runtime.Statement{}
	for _, t := range m.Tables {
		load[t.Name] = e.prog.MustStatement(t.Load)
	}
	batch := loader.DB().Batch()
	flush := func() {
		if err := batch.Send(ctx); err != nil {
			b.Fatal(err)
		}
		batch = loader.DB().Batch()
	}
	e.at = 700000000000000
	pipe := e.client.Pipeline()
	for id := 1; id <= benchVehicles; id++ {
		fleet := id % benchFleets
		label := "vehicle " + strconv.Itoa(id)
		batch.Add(load["vehicles"], value.Int(int64(id)), value.Int(int64(fleet)), value.String(label), value.String(status(id/benchFleets)))
		batch.Add(load["positions"], value.Int(int64(id)), value.Float(52.5), value.Float(13.25+float64(id)/1024))
		pipe.HSet(ctx, "{h}vehicles", id, handRow(id, fleet, label, status(id/benchFleets)))
		pipe.HSet(ctx, "{h}positions", id, "0123456789abcdef")
		pipe.SAdd(ctx, fmt.Sprint("{h}members:", fleet), id)
		pipe.HIncrBy(ctx, fmt.Sprint("{h}status:", fleet), status(id/benchFleets), 1)
		for p := range benchPings {
			e.at += 1000000
			speed := int64((id*7 + p*13) % 160)
			batch.Add(load["pings"], value.Int(int64(id)), value.Int(e.at), value.Int(int64(fleet)), value.Float(52.5), value.Float(13.25), value.Int(speed))
			key := u32(uint32(1<<31+e.at>>32)) + u32(uint32(e.at))
			pipe.ZAdd(ctx, fmt.Sprint("{h}pings:", id), redis.Z{Member: key + "0123456789abcdef" + u32(uint32(speed))})
			pipe.ZAdd(ctx, fmt.Sprint("{h}speed:", fleet), redis.Z{Member: u32(uint32(speed)) + u32(uint32(id)) + key})
		}
		if id%50 == 0 {
			flush()
			if _, err := pipe.Exec(ctx); err != nil {
				b.Fatal(err)
			}
		}
	}
	if err := loader.Finish(ctx, ""); err != nil {
		b.Fatal(err)
	}
}

// measured is one statement in both forms. n counts calls.
type measured struct {
	name     string
	compiled func(e *bench, n int) (string, []value.Value)
	hand     func(e *bench, n int) []any
}

func id(n int) int { return n*7919%benchVehicles + 1 }

var measuredStatements = []measured{
	{
		"PointRead", func(_ *bench, n int) (string, []value.Value) {
			return "PointRead", []value.Value{value.Int(int64(id(n)))}
		},
		func(_ *bench, n int) []any { return []any{"HGET", "{h}vehicles", id(n)} },
	},
	{"RangeTopK", func(e *bench, n int) (string, []value.Value) {
		return "RangeTopK", []value.Value{value.Int(int64(id(n))), value.Int(0), value.Int(e.at + 1)}
	}, func(e *bench, n int) []any {
		to := e.at + 1
		return []any{
			"ZRANGE", fmt.Sprint("{h}pings:", id(n)), "(" + u32(uint32(1<<31+to>>32)) + u32(uint32(to)), "[" + u32(1<<31) + u32(0),
			"BYLEX", "REV", "LIMIT", 0, 10,
		}
	}},
	{"JoinRead", func(_ *bench, n int) (string, []value.Value) {
		return "JoinRead", []value.Value{value.Int(int64(n % benchFleets))}
	}, func(_ *bench, n int) []any {
		return []any{"FCALL_RO", "join_read", 3, fmt.Sprint("{h}members:", n%benchFleets), "{h}positions", "{h}vehicles"}
	}},
	{"AggregateRead", func(_ *bench, n int) (string, []value.Value) {
		return "AggregateRead", []value.Value{value.Int(int64(n % benchFleets))}
	}, func(_ *bench, n int) []any {
		return []any{"FCALL_RO", "aggregate_read", 1, fmt.Sprint("{h}status:", n%benchFleets)}
	}},
	{"InsertPing", func(e *bench, n int) (string, []value.Value) {
		e.at += 1000
		return "InsertPing", []value.Value{value.Int(int64(id(n))), value.Int(e.at), value.Int(int64(id(n) % benchFleets)), value.Float(52.51), value.Float(13.37), value.Int(int64(n % 160))}
	}, func(e *bench, n int) []any {
		e.at += 1000
		v := id(n)
		return []any{
			"FCALL", "insert_ping", 3, fmt.Sprint("{h}pings:", v), fmt.Sprint("{h}speed:", v%benchFleets), fmt.Sprint("{h}sum:", v),
			v, e.at, v % benchFleets, "52.51", "13.37", n % 160,
		}
	}},
	{"SetStatus", func(_ *bench, n int) (string, []value.Value) {
		return "SetStatus", []value.Value{value.Int(int64(id(n))), value.String(status(n + n/benchVehicles))}
	}, func(_ *bench, n int) []any {
		return []any{"FCALL", "set_status", 1, "{h}vehicles", id(n), status(n + n/benchVehicles)}
	}},
}

// serverTime is the server's CPU time in microseconds that calls of the given commands took since the last reset, from INFO
// commandstats. Commands run inside functions are part of the function's time.
func (e *bench) serverTime(b *testing.B, outer map[string]bool) float64 {
	b.Helper()
	info, err := e.client.Info(context.Background(), "commandstats").Result()
	if err != nil {
		b.Fatal(err)
	}
	total := 0.0
	for _, line := range strings.Split(info, "\r\n") {
		name, stats, ok := strings.Cut(strings.TrimPrefix(line, "cmdstat_"), ":")
		if !ok || !outer[name] {
			continue
		}
		for _, f := range strings.Split(stats, ",") {
			if usec, ok := strings.CutPrefix(f, "usec="); ok {
				n, err := strconv.ParseFloat(usec, 64)
				if err != nil {
					b.Fatal(err)
				}
				total += n
			}
		}
	}
	return total
}

// commands are those with which the client runs calls n+1 to n+calls of a statement, as they are on their way to the server.
func (e *bench) commands(b *testing.B, m measured, n, calls int) [][]any {
	b.Helper()
	ctx := context.Background()
	batch := e.db.Batch()
	for range calls {
		n++
		name, args := m.compiled(e, n)
		batch.Add(e.prog.MustStatement(name), args...)
	}
	out := watched(b, e.client.Options().Addr, func() error { return batch.Send(ctx) })
	if len(out) < calls {
		b.Fatalf("%d commands of %d calls", len(out), calls)
	}
	return out
}

// watched are the commands that f sends to a server, but for how a connection begins.
func watched(b *testing.B, addr string, f func() error) [][]any {
	b.Helper()
	seen, err := meter.Watch(context.Background(), addr, f)
	if err != nil {
		b.Fatal(err)
	}
	var out [][]any
	for _, c := range seen {
		if form := c.Name(); c.Script || form == "GET" || form == "CLIENT" || form == "HELLO" {
			continue
		}
		args := make([]any, len(c.Args))
		for i, a := range c.Args {
			args[i] = a
		}
		out = append(out, args)
	}
	return out
}

// timed is the server's time for each of some commands, sent in pipelines of a length, in microseconds. Errors other than refused ones
// end the benchmark.
func (e *bench) timed(b *testing.B, commands [][]any, pipeline int, refused func(error) bool) float64 {
	b.Helper()
	ctx := context.Background()
	names := map[string]bool{}
	e.client.ConfigResetStat(ctx)
	for part := range slices.Chunk(commands, pipeline) {
		pipe := e.client.Pipeline()
		for _, c := range part {
			names[strings.ToLower(c[0].(string))] = true
			pipe.Do(ctx, c...)
		}
		replies, err := pipe.Exec(ctx)
		for _, r := range replies {
			if err := r.Err(); err != nil && !refused(err) {
				b.Fatal(err)
			}
		}
		if len(replies) == 0 && err != nil {
			b.Fatal(err)
		}
	}
	return e.serverTime(b, names) / float64(len(commands))
}

// BenchmarkServerTime compares the server's time per call of compiled statements with hand-written ones, in alternating
// rounds of the same length. Both sides' commands are sent by the same plain client, in pipelines of the same length, those of the
// compiled side as its client was seen to send them to another server: what else a client does while the server works, and how
// long the server sleeps between calls, would show in the server's time. Metrics: microseconds per call of each, and their ratio (the
// median of the rounds').
func BenchmarkServerTime(b *testing.B) {
	e, other := newBench(b, "--enable-debug-command", "yes"), newBench(b)
	ctx := context.Background()
	// Filling leaves the rows of either side scattered over memory in its own way, which a read feels; as after a restart, each
	// key's lie together.
	if err := e.client.Do(ctx, "DEBUG", "RELOAD").Err(); err != nil {
		b.Fatal(err)
	}
	for _, m := range measuredStatements {
		b.Run(m.name, func(b *testing.B) {
			const rounds, calls, pipeline = 10, 4000, 100
			var ratios, compiled, hand []float64
			n := 0
			time := func(commands [][]any) float64 {
				return e.timed(b, commands, pipeline, func(error) bool { return false })
			}
			for range b.N {
				for round := range rounds {
					byCompiler := other.commands(b, m, n, calls)
					byHand := make([][]any, calls)
					for i := range byHand {
						byHand[i] = m.hand(e, n+i+1)
					}
					n += calls
					var c, h float64
					if round%2 == 0 { // who comes first finds colder caches
						c, h = time(byCompiler), time(byHand)
					} else {
						h, c = time(byHand), time(byCompiler)
					}
					ratios, compiled, hand = append(ratios, c/h), append(compiled, c), append(hand, h)
				}
			}
			b.ReportMetric(median(compiled), "compiled-us")
			b.ReportMetric(median(hand), "hand-us")
			b.ReportMetric(median(ratios), "ratio")
			b.ReportMetric(0, "ns/op")
		})
	}
}

// median is the middle one of some values, which it sorts.
func median[T cmp.Ordered](xs []T) T {
	slices.Sort(xs)
	return xs[len(xs)/2]
}

// BenchmarkCompile compiles 1,000 distinct statements over 10 tables, from SQL text to Lua.
func BenchmarkCompile(b *testing.B) {
	var schema, queries strings.Builder
	for t := range 10 {
		fmt.Fprintf(&schema, "CREATE TABLE t%d (id integer PRIMARY KEY, a integer NOT NULL, b text, c numeric(12,2), d timestamptz, e bigint);\n", t)
	}
	for i := range 1000 {
		t, u := i%10, (i/10+1)%10
		switch i / 10 % 5 {
		case 0:
			fmt.Fprintf(&queries, "-- name: S%d :many\nSELECT id, b, c + %d FROM t%d WHERE a = $1 AND e > %d;\n", i, i, t, i)
		case 1:
			fmt.Fprintf(&queries, "-- name: S%d :many\nSELECT x.id, y.b FROM t%d x JOIN t%d y ON y.id = x.a WHERE x.id = $1 AND y.e < %d;\n", i, t, u, i)
		case 2:
			fmt.Fprintf(&queries, "-- name: S%d :many\nSELECT a, count(*), sum(c) FROM t%d WHERE a = $1 AND e <> %d GROUP BY a;\n", i, t, i)
		case 3:
			fmt.Fprintf(&queries, "-- name: S%d :exec\nUPDATE t%d SET b = $2, e = e + %d WHERE id = $1;\n", i, t, i)
		case 4:
			fmt.Fprintf(&queries, "-- name: S%d :many\nSELECT id, coalesce(b, 'x%d') FROM t%d WHERE a = $1 ORDER BY id LIMIT 5;\n", i, i, t)
		}
	}
	cfg := prequel.Config{
		Schema:  []*diag.Source{{Name: "schema.sql", Text: schema.String()}},
		Queries: []*diag.Source{{Name: "queries.sql", Text: queries.String()}}, AllowScan: true,
	}
	compileBench(b) // starts the parser, which is C
	for b.Loop() {
		if c, problems := prequel.Compile(cfg); c == nil {
			b.Fatal(problems)
		}
	}
}
