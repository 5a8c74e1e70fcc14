package runtime_test

import (
	"fmt"
	"testing"

	"github.com/redis/go-redis/v9"

	"github.com/prequel-db/prequel/runtime"
	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqllogic/testdb"
)

// BenchmarkCall compares a call with the bare command through the same Redis client.
func BenchmarkCall(b *testing.B) {
	addr := testdb.Redis(b)
	for _, c := range []struct{ name, url string }{{"redis", "redis://" + addr}, {"embedded", "embedded"}} {
		p, err := runtime.NewProgram(testManifest())
		if err != nil {
			b.Fatal(err)
		}
		db, err := runtime.Open(b.Context(), c.url, p)
		if err != nil {
			b.Fatal(err)
		}
		defer db.Close()
		if err := db.Initialize(b.Context()); err != nil {
			b.Fatal(err)
		}
		mood := runtime.LabelParam(moodType, "ok")
		for i := range 100 {
			if _, err := db.Exec(b.Context(), p.Statement("PutAccount"), value.Int(int64(i)), mood, value.Int(1), value.String("a label"), value.String("1.5")); err != nil {
				b.Fatal(err)
			}
		}
		get := p.Statement("GetAccount")
		b.Run(c.name+"/call", func(b *testing.B) {
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				cur, err := db.Query(b.Context(), get, value.Int(int64(i%100)))
				if err != nil || !cur.Next() || cur.Int64(2) != 1 || cur.String(3) != "a label" {
					b.Fatal(err, cur.Err())
				}
			}
		})
		b.Run(c.name+"/bare", func(b *testing.B) {
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				if _, err := db.Redis().HGet(b.Context(), "{t}aaaa", fmt.Sprint(i%100)).Result(); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(c.name+"/parallel call", func(b *testing.B) {
			b.RunParallel(func(pb *testing.PB) {
				for i := 0; pb.Next(); i++ {
					if _, err := db.Query(b.Context(), get, value.Int(int64(i%100))); err != nil {
						b.Error(err)
					}
				}
			})
		})
		b.Run(c.name+"/batch of 100", func(b *testing.B) {
			for b.Loop() {
				batch := db.Batch()
				for i := range 100 {
					batch.Add(get, value.Int(int64(i)))
				}
				if err := batch.Send(b.Context()); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(c.name+"/pipeline of 100", func(b *testing.B) {
			for b.Loop() {
				if _, err := db.Redis().Pipelined(b.Context(), func(pipe redis.Pipeliner) error {
					for i := range 100 {
						pipe.HGet(b.Context(), "{t}aaaa", fmt.Sprint(i))
					}
					return nil
				}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
