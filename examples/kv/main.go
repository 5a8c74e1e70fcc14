package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prequel-db/prequel/examples/kv/kvdb"
	"github.com/prequel-db/prequel/runtime"
	_ "github.com/prequel-db/prequel/runtime/embedded" // an engine
)

func main() {
	engine := flag.String("engine", "embedded", "where to run: embedded or redis://host:port")
	clients := flag.Int("clients", 8, "how many clients there are")
	rounds := flag.Int("rounds", 200, "how often each of them writes")
	flag.Parse()
	if err := run(context.Background(), os.Stdout, *engine, *clients, *rounds); err != nil {
		fmt.Fprintln(os.Stderr, "kv:", err)
		os.Exit(1)
	}
}

// run is the whole example.
func run(ctx context.Context, out io.Writer, engine string, clients, rounds int) error {
	db, err := kvdb.Open(ctx, engine)
	if err != nil {
		return err
	}
	defer db.Close()
	if err := db.Initialize(ctx); err != nil {
		return err
	}
	s := &store{q: kvdb.New(db), tenant: 7, clients: clients, rounds: rounds}
	for _, part := range []func(context.Context, io.Writer) error{s.swap, s.lock, s.count, s.several} {
		start := time.Now()
		if err := part(ctx, out); err != nil {
			return err
		}
		fmt.Fprintf(out, " (%s)\n", time.Since(start).Round(time.Millisecond))
	}
	return nil
}

// store runs the clients of one tenant.
type store struct {
	q               *kvdb.Queries
	tenant          int64
	clients, rounds int
}

// each runs f for all clients at once.
func (s *store) each(f func(client int) error) error {
	errs := make([]error, s.clients)
	var wg sync.WaitGroup
	for i := range s.clients {
		wg.Go(func() { errs[i] = f(i) })
	}
	wg.Wait()
	return errors.Join(errs...)
}

// swap has the clients count in one entry by compare-and-swap: no increment may be lost.
func (s *store) swap(ctx context.Context, out io.Writer) error {
	if n, err := s.q.PutIfAbsent(ctx, kvdb.PutIfAbsentParams{Tenant: s.tenant, Key: "sum", Value: "0"}); err != nil || n != 1 {
		return fmt.Errorf("put if absent: %d rows, %w", n, err)
	}
	var again atomic.Int64
	err := s.each(func(int) error {
		for done := 0; done < s.rounds; {
			row, err := s.q.Get(ctx, kvdb.GetParams{Tenant: s.tenant, Key: "sum"})
			if err != nil {
				return err
			}
			n, err := strconv.Atoi(row.Value)
			if err != nil {
				return err
			}
			swapped, err := s.q.CompareAndSwap(ctx, kvdb.CompareAndSwapParams{
				Value: strconv.Itoa(n + 1), Tenant: s.tenant, Key: "sum", Version: row.Version,
			})
			if err != nil {
				return err
			}
			done += int(swapped)
			again.Add(1 - swapped)
		}
		return nil
	})
	if err != nil {
		return err
	}
	row, err := s.q.Get(ctx, kvdb.GetParams{Tenant: s.tenant, Key: "sum"})
	if want := s.clients * s.rounds; err != nil || row.Value != strconv.Itoa(want) || row.Version != int64(want)+1 {
		return fmt.Errorf("the sum is %q of version %d, not %d: %w", row.Value, row.Version, want, err)
	}
	fmt.Fprintf(out, "swapped  %s times, %d of the attempts came too late, no increment is lost", row.Value, again.Load())
	return nil
}

// lock has the clients take a lock in turn: no two may hold it at a time.
func (s *store) lock(ctx context.Context, out io.Writer) error {
	var inside, taken atomic.Int64
	err := s.each(func(client int) error {
		name := strconv.Itoa(client)
		for range s.rounds {
			n, err := s.q.Acquire(ctx, kvdb.AcquireParams{Tenant: s.tenant, Name: "lock", Holder: name})
			if err != nil {
				return err
			}
			if n == 0 {
				continue
			}
			if inside.Add(1) != 1 {
				return errors.New("two clients hold the lock")
			}
			taken.Add(1)
			inside.Add(-1)
			if n, err := s.q.Release(ctx, kvdb.ReleaseParams{Tenant: s.tenant, Name: "lock", Holder: name}); err != nil || n != 1 {
				return fmt.Errorf("release: %d rows, %w", n, err)
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	if _, err := s.q.Holder(ctx, kvdb.HolderParams{Tenant: s.tenant, Name: "lock"}); !errors.Is(err, runtime.ErrNoRows) {
		return fmt.Errorf("the lock is still held: %w", err)
	}
	fmt.Fprintf(out, "locked   %d times, never by two", taken.Load())
	return nil
}

// count has the clients count.
func (s *store) count(ctx context.Context, out io.Writer) error {
	err := s.each(func(client int) error {
		for range s.rounds {
			if _, err := s.q.Add(ctx, kvdb.AddParams{Tenant: s.tenant, Name: "calls", N: int64(client)}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	n, err := s.q.Count(ctx, kvdb.CountParams{Tenant: s.tenant, Name: "calls"})
	if want := int64(s.rounds * s.clients * (s.clients - 1) / 2); err != nil || n != want {
		return fmt.Errorf("counted %d, not %d: %w", n, want, err)
	}
	fmt.Fprintf(out, "counted  to %d", n)
	return nil
}

// several writes and reads several entries at a time.
func (s *store) several(ctx context.Context, out io.Writer) error {
	var keys, values []string
	for i := range 100 {
		keys, values = append(keys, fmt.Sprintf("user:%d", i)), append(values, strconv.Itoa(i*i))
	}
	if err := s.q.MultiPut(ctx, kvdb.MultiPutParams{Tenant: s.tenant, Keys: keys, Vals: values}); err != nil {
		return err
	}
	rows, err := s.q.MultiGet(ctx, kvdb.MultiGetParams{Tenant: s.tenant, Keys: append(keys, "nobody")})
	if err != nil {
		return err
	}
	if len(rows) != len(keys) {
		return fmt.Errorf("read %d entries of %d", len(rows), len(keys))
	}
	// Another tenant's entries are others.
	if rows, err = s.q.MultiGet(ctx, kvdb.MultiGetParams{Tenant: s.tenant + 1, Keys: keys}); err != nil || len(rows) > 0 {
		return fmt.Errorf("another tenant has %d entries, %w", len(rows), err)
	}
	fmt.Fprintf(out, "wrote    and read %d entries at a time", len(keys))
	return nil
}
