package runtime_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/prequel-db/prequel/runtime"
)

// TestNeverEmpty: while a store is filled again and again and flushed in between, a read of what every filling has finds it or
// says that the store is not ready. It never finds nothing.
func TestNeverEmpty(t *testing.T) {
	for _, tg := range targets(t) {
		t.Run(tg.name, func(t *testing.T) {
			db := open(t, tg, testManifest())
			ctx, stop := context.WithTimeout(t.Context(), 700*time.Millisecond)
			defer stop()
			var done sync.WaitGroup
			var mu sync.Mutex
			found, refused := 0, 0
			for _, name := range []string{"GetAccount", "GetAccount", "CountAccounts", "Total"} {
				done.Go(func() {
					f := db.Program().Statement(name).Function()
					for ctx.Err() == nil {
						rows, err := db.Call(context.Background(), name, sampleParams(f))
						mu.Lock()
						switch {
						case errors.Is(err, runtime.ErrNotHydrated), errors.Is(err, runtime.ErrNotRun):
							refused++
						case err != nil:
							t.Errorf("%s: %v", name, err)
							stop()
						case len(rows.Rows) != 1 || name != "GetAccount" && *rows.Rows[0][0] != "1":
							t.Errorf("%s found nothing", name)
							stop()
						default:
							found++
						}
						mu.Unlock()
					}
				})
			}
			put := sampleParams(db.Program().Statement("PutAccount").Function())
			fillings := 0
			for ctx.Err() == nil {
				l, err := db.BeginLoad(context.Background())
				if err != nil {
					t.Fatal(err)
				}
				if _, err := l.DB().Call(context.Background(), "PutAccount", put); err != nil {
					t.Fatal(err)
				}
				if err := l.Finish(context.Background(), ""); err != nil {
					t.Fatal(err)
				}
				fillings++
				time.Sleep(time.Duration(fillings%4) * time.Millisecond)
				if fillings%3 == 0 {
					if err := db.Redis().FlushAll(context.Background()).Err(); err != nil {
						t.Fatal(err)
					}
				}
			}
			done.Wait()
			if found == 0 || refused == 0 || fillings < 10 {
				t.Errorf("%d found, %d refused, %d fillings: nothing was tested", found, refused, fillings)
			}
			t.Logf("%d found, %d refused, %d fillings", found, refused, fillings)
		})
	}
}

// TestNoWriteWithoutReady: writes race with flushes; one that comes after leaves nothing behind.
func TestNoWriteWithoutReady(t *testing.T) {
	for _, tg := range targets(t) {
		t.Run(tg.name, func(t *testing.T) {
			db := open(t, tg, testManifest())
			put := sampleParams(db.Program().Statement("PutAccount").Function())
			for range 60 {
				if err := db.Initialize(t.Context()); err != nil {
					t.Fatal(err)
				}
				var done, wrote sync.WaitGroup
				wrote.Add(3)
				for range 3 {
					done.Go(func() {
						for n := 0; ; n++ {
							_, err := db.Call(context.Background(), "PutAccount", put)
							if n == 3 {
								wrote.Done()
							}
							switch {
							case errors.Is(err, runtime.ErrNotHydrated) && n >= 3:
								return
							case err != nil && !errors.Is(err, runtime.ErrNotRun):
								t.Error(err)
								return
							}
						}
					})
				}
				wrote.Wait()
				if err := db.Redis().FlushAll(t.Context()).Err(); err != nil {
					t.Fatal(err)
				}
				done.Wait()
				if got := dump(t, db); got != "" {
					t.Fatalf("a write was left behind: %s", got)
				}
			}
		})
	}
}
