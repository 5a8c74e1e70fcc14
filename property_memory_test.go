package prequel_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	prequel "github.com/prequel-db/prequel"
	"github.com/prequel-db/prequel/lowering/phys"
	"github.com/prequel-db/prequel/runtime"
	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqllogic/testdb"
)

// memoryTolerance is how far the compiler's estimate of a structure's memory may be from what Redis uses.
const memoryTolerance = 0.15

// memoryData is a filling of the tables that examples/fleet and testdata/bench have.
type memoryData struct {
	name                    string
	vehicles, fleets        int
	reporting, pingsPerEach int // vehicles with pings; how many each on average
}

var memoryFillings = []memoryData{
	{"short histories", 3000, 8, 1000, 25},
	{"long histories", 3000, 200, 60, 400},
}

// memoryWidths are the mean lengths of the texts in the data.
var memoryWidths = map[string]map[string]float64{"vehicles": {"label": 11, "status": 5.75}}

// TestMemoryEstimate: what a structure takes in a Redis is within memoryTolerance of what explain says, with many rows in a key
// and with few.
func TestMemoryEstimate(t *testing.T) {
	for _, p := range []propertyProgram{programIn(t, "testdata/bench"), fleetProgram(t)} {
		for _, strategy := range []prequel.Strategy{prequel.Auto, prequel.Read} {
			for _, data := range memoryFillings {
				t.Run(fmt.Sprintf("%s %s, %s", p.name, strategy, data.name), func(t *testing.T) {
					for _, m := range measureMemory(t, p, strategy, data) {
						t.Log(m)
						if math.Abs(m.estimated/m.measured-1) > memoryTolerance {
							t.Errorf("not within %g%%: %s\n%s", 100*memoryTolerance, m, phys.DescribeMemory(m.structure))
						}
					}
				})
			}
		}
	}
}

// measuredMemory is a structure's memory: bytes a row, keys included.
type measuredMemory struct {
	structure           *phys.Structure
	rows, keys          int
	estimated, measured float64
}

func (m measuredMemory) String() string {
	return fmt.Sprintf("%s: %d rows in %d keys, measured %.1f bytes a row, estimated %.1f (%+.0f%%)",
		phys.Summary(m.structure), m.rows, m.keys, m.measured, m.estimated, 100*(m.estimated/m.measured-1))
}

// measureMemory loads the data into a Redis and measures each structure.
func measureMemory(tb testing.TB, p propertyProgram, strategy prequel.Strategy, data memoryData) []measuredMemory {
	tb.Helper()
	cfg := p.config(strategy)
	cfg.Rows = data.rows()
	cfg.Widths = memoryWidths
	c := mustCompile(tb, cfg)
	addr := testdb.Redis(tb)
	db := openStore(tb, "redis://"+addr, c.Manifest)
	data.load(tb, db)
	client := redis.NewClient(&redis.Options{Addr: addr, DB: 1})
	tb.Cleanup(func() { client.Close() })
	var out []measuredMemory
	for _, s := range c.Module.Structures {
		if m := measureStructure(tb, db, client, s); m.rows > 0 {
			out = append(out, m)
		}
	}
	return out
}

// measureStructure copies a structure's keys into an empty database, many times over if they are small, and takes the
// growth of the server's used_memory.
func measureStructure(tb testing.TB, db *runtime.DB, scratch *redis.Client, s *phys.Structure) measuredMemory {
	tb.Helper()
	const enough = 3 << 20 // bytes: what else moves in a server meanwhile is below 100 kB
	ctx := context.Background()
	prefix := string(db.Program().Manifest().Root) + s.Fingerprint
	all, err := db.Redis().Keys(ctx, prefix+"*").Result()
	if err != nil {
		tb.Fatal(err)
	}
	m := measuredMemory{structure: s}
	var keys []string
	for _, key := range all {
		if rest := key[len(prefix):]; rest == "" || rest[0] == ':' {
			keys = append(keys, key)
		}
	}
	m.keys = len(keys)
	sizes := make([]*redis.IntCmd, len(keys))
	_, err = db.Redis().Pipelined(ctx, func(pipe redis.Pipeliner) error {
		for i, key := range keys {
			switch s.Kind {
			case phys.RowMap, phys.CountMap:
				sizes[i] = pipe.HLen(ctx, key)
			case phys.SortedSet:
				sizes[i] = pipe.ZCard(ctx, key)
			case phys.Counter:
				sizes[i] = pipe.StrLen(ctx, key)
			}
		}
		return nil
	})
	if err != nil && len(keys) > 0 {
		tb.Fatal(err)
	}
	for _, n := range sizes {
		m.rows += int(n.Val())
	}
	if m.rows == 0 {
		return m
	}
	estimate := s.Memory.Bytes(float64(m.rows), float64(m.keys))
	copies := int(math.Ceil(enough / estimate))
	if err := scratch.FlushDB(ctx).Err(); err != nil {
		tb.Fatal(err)
	}
	before := usedMemory(tb, scratch)
	for n := 0; n < copies*len(keys); {
		_, err := db.Redis().Pipelined(ctx, func(pipe redis.Pipeliner) error {
			for range min(1000, copies*len(keys)-n) {
				key := keys[n%len(keys)]
				name := fmt.Sprintf("%06d", n) // in place of the root, so that no other copy has the name, and it is as long
				pipe.Copy(ctx, key, name+key[min(len(name), len(key)):], 1, false)
				n++
			}
			return nil
		})
		if err != nil {
			tb.Fatal(err)
		}
	}
	m.measured = (usedMemory(tb, scratch) - before) / float64(copies) / float64(m.rows)
	m.estimated = estimate / float64(m.rows)
	return m
}

// usedMemory is a server's used_memory, once it has stopped moving tables about.
func usedMemory(tb testing.TB, client *redis.Client) float64 {
	tb.Helper()
	last := -1.0
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(120 * time.Millisecond) {
		info, err := client.Info(context.Background(), "memory").Result()
		if err != nil {
			tb.Fatal(err)
		}
		_, rest, _ := strings.Cut(info, "used_memory:")
		text, _, _ := strings.Cut(rest, "\r\n")
		used, err := strconv.ParseFloat(text, 64)
		if err != nil {
			tb.Fatal(err)
		}
		if math.Abs(used-last) < 4096 {
			return used
		}
		last = used
	}
	tb.Fatal("the server's used_memory does not come to rest")
	return 0
}

func (d memoryData) rows() map[string]float64 {
	return map[string]float64{
		"vehicles": float64(d.vehicles), "positions": float64(d.vehicles), "pings": float64(d.reporting * d.pingsPerEach),
	}
}

// load fills the store.
func (d memoryData) load(tb testing.TB, db *runtime.DB) {
	tb.Helper()
	ctx := context.Background()
	loader, err := db.BeginLoad(ctx)
	if err != nil {
		tb.Fatal(err)
	}
	random := rand.New(rand.NewPCG(1, 2))
	batch := loader.DB().Batch()
	queued := 0
	send := func() {
		if err := batch.Send(ctx); err != nil {
			tb.Fatal(err)
		}
		batch, queued = loader.DB().Batch(), 0
	}
	m := db.Program().Manifest()
	add := func(table runtime.Table, row map[string]value.Value) {
		args := make([]value.Value, len(table.Columns))
		for i, c := range table.Columns {
			v, ok := row[c.Name]
			if !ok {
				tb.Fatalf("the data has no column %s of %s", c.Name, table.Name)
			}
			args[i] = v
		}
		batch.Add(db.Program().MustStatement(table.Load), args...)
		if queued++; queued == 500 {
			send()
		}
	}
	for _, table := range m.Tables {
		for vehicle := range d.vehicles {
			fleet := value.Int(int64(random.IntN(d.fleets)))
			row := map[string]value.Value{
				"id": value.Int(int64(vehicle)), "vehicle_id": value.Int(int64(vehicle)), "fleet_id": fleet,
				"label": value.String(fmt.Sprintf("vehicle %d", vehicle)), "status": value.String(status(random.IntN(4))),
				"lat": value.Float(random.Float64() * 90), "lon": value.Float(random.Float64() * 180),
			}
			if status, ok := columnType(table, "status"); ok && status.Kind == value.Enum {
				row["status"] = value.Int(int64(1 + random.IntN(4)))
			}
			if table.Name != "pings" {
				add(table, row)
				continue
			}
			if vehicle >= d.reporting {
				break
			}
			at := int64(700000000000000)
			for range d.pingsPerEach/2 + random.IntN(d.pingsPerEach) {
				at += 1000000 + random.Int64N(1000000)
				row["at"] = value.Int(at)
				row["speed"] = value.Int(random.Int64N(160))
				row["heading"] = value.Int(random.Int64N(360))
				if speed, ok := columnType(table, "speed"); ok && speed.Kind == value.Float4 {
					row["speed"] = value.Float(float64(random.IntN(320)) / 2)
				}
				add(table, row)
			}
		}
	}
	send()
	if err := loader.Finish(ctx, ""); err != nil {
		tb.Fatal(err)
	}
}

func columnType(table runtime.Table, name string) (value.Type, bool) {
	for _, c := range table.Columns {
		if c.Name == name {
			return c.Type, true
		}
	}
	return value.Type{}, false
}

// BenchmarkMemory prints the bytes a row that every structure takes, beside the compiler's estimate; explain shows what the
// names stand for.
func BenchmarkMemory(b *testing.B) {
	for _, p := range []propertyProgram{programIn(b, "testdata/bench"), fleetProgram(b)} {
		for _, data := range memoryFillings {
			b.Run(p.name+" "+data.name, func(b *testing.B) {
				for _, m := range measureMemory(b, p, prequel.Auto, data) {
					b.Run(m.structure.Name, func(b *testing.B) {
						b.ReportMetric(float64(m.rows)/float64(m.keys), "rows/key")
						b.ReportMetric(m.measured, "B/row")
						b.ReportMetric(m.estimated, "estimated-B/row")
						b.ReportMetric(0, "ns/op")
					})
				}
			})
		}
	}
}
