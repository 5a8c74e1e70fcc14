package prequel_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	prequel "github.com/prequel-db/prequel"
	"github.com/prequel-db/prequel/runtime"
	"github.com/prequel-db/prequel/sqllogic/testdb"
)

// required is a call of an atomic batch with the rows that are required of it, -1 for any.
type required struct {
	callOf
	rows int64
}

func (c required) String() string {
	if c.rows < 0 {
		return c.callOf.String()
	}
	return fmt.Sprintf("%s requiring %d rows", c.callOf, c.rows)
}

// runAtomic sends calls as one atomic batch and returns their answers.
func runAtomic(t *testing.T, db *runtime.DB, calls []required) ([]string, error) {
	t.Helper()
	b := db.Atomic()
	pending := make([]*runtime.Pending, len(calls))
	for i, c := range calls {
		pending[i] = b.Add(db.Program().MustStatement(c.fn.Name), c.args...)
		if c.rows >= 0 {
			b.Require(pending[i], c.rows)
		}
	}
	if err := b.Send(t.Context()); err != nil {
		for i, p := range pending {
			if _, got := p.Cursor(); !errors.Is(got, err) {
				t.Errorf("%s: error %v of the call, %v of the batch", calls[i], got, err)
			}
		}
		return nil, err
	}
	out := make([]string, len(calls))
	for i, p := range pending {
		cur, err := p.Cursor()
		out[i] = answer(t, calls[i].callOf, cur, err)
	}
	return out, nil
}

// TestAtomicBatch: a batch of random calls gives what its calls give one after another, or changes nothing and names the call that
// fails when they are made one after another, with the same error.
func TestAtomicBatch(t *testing.T) {
	addr := testdb.Redis(t)
	engines := append(packagings(addr), engineOf{"embedded", "embedded"})
	for _, p := range propertyPrograms(t) {
		for i, strategy := range []prequel.Strategy{prequel.Read, prequel.Maintain} {
			m := p.compile(t, strategy).Manifest
			for j, e := range engines {
				t.Run(fmt.Sprint(p.name, " ", strategy, " ", e.name), func(t *testing.T) {
					twin := fmt.Sprintf("redis://%s/%d", addr, 4+3*i+j)
					compareBatches(t, freshStore(t, e.url, m), freshStore(t, twin, m), newCaller(uint64(10*i+j), 5, m))
				})
			}
		}
	}
}

func compareBatches(t *testing.T, db, twin *runtime.DB, random *caller) {
	m := db.Program().Manifest()
	all := slices.DeleteFunc(declared(m), func(fn *runtime.Function) bool {
		return strings.Contains(fn.SQL, "RECURSIVE") // over random rows it need not end, in PostgreSQL either
	})
	done, failed, unmet := 0, 0, 0
	look := func(db *runtime.DB) snapshot { return takeSnapshot(t, db, "ready", "meta") }
	before := look(db)
	for range 150 {
		var calls []required
		for range 1 + random.r.IntN(4) {
			fn := all[random.r.IntN(len(all))]
			random.extremes = !fn.ReadOnly // a series up to the largest number has no end
			c := required{random.call(fn), -1}
			if random.r.IntN(4) == 0 {
				c.rows = int64(random.r.IntN(3))
			}
			calls = append(calls, c)
		}
		answers, err := runAtomic(t, db, calls)
		after := look(db)
		var failure *runtime.BatchError
		if err == nil {
			done++
			for i, c := range calls {
				cur, err := c.run(t.Context(), twin)
				if want := answer(t, c.callOf, cur, err); answers[i] != want {
					t.Fatalf("%v: call %d gives\n%s\nand alone\n%s", calls, i+1, answers[i], want)
				}
			}
			before = after
			if d := after.difference(look(twin), m); d != "" {
				t.Fatalf("%v: the batch leaves another store than its calls:\n%s", calls, d)
			}
			continue
		}
		if !errors.As(err, &failure) {
			t.Fatalf("%v: %v", calls, err)
		}
		if d := before.afterFailure(after, m); d != "" {
			t.Fatalf("%v: failed with %v, and changed\n%s", calls, err, d)
		}
		copySequences(t, db, twin) // what the batch drew is gone
		// The calls before it happen, and it fails alone as it did in the batch.
		prefix, last := calls[:failure.Call], calls[failure.Call]
		if failure.Statement != last.fn.Name {
			t.Fatalf("%v: %v names %s", calls, err, failure.Statement)
		}
		if _, err := runAtomic(t, db, prefix); err != nil {
			// What the client refuses is refused before the calls in front of it are run.
			known := last.fn.Reply.Count == runtime.CountFixed && last.rows >= 0 && last.rows != last.fn.Reply.Affected
			if known || len(last.fn.NotNull) > 0 {
				copySequences(t, db, twin)
				before = look(db)
				continue
			}
			t.Fatalf("%v: failed at call %d, and without it with %v", calls, failure.Call+1, err)
		}
		for _, c := range prefix {
			if _, err := c.run(t.Context(), twin); err != nil {
				t.Fatalf("%v: %s fails alone: %v", calls, c, err)
			}
		}
		cur, alone := last.run(t.Context(), twin)
		if errors.Is(err, runtime.ErrUnmet) {
			unmet++
			if alone != nil {
				t.Fatalf("%v: %v, but alone %v", calls, err, alone)
			}
			rows := cur.Affected()
			if last.fn.Reply.Count == runtime.CountNone {
				rows = int64(cur.Len())
			}
			if rows == last.rows {
				t.Fatalf("%v: %v, but it has as many rows", calls, err)
			}
			if _, err := last.run(t.Context(), db); err != nil {
				t.Fatal(err)
			}
		} else {
			failed++
			if got, want := refusal(t, last.callOf, errors.Unwrap(err)), refusal(t, last.callOf, alone); got != want {
				t.Fatalf("%v: %v, but alone %v", calls, err, alone)
			}
		}
		copySequences(t, twin, db) // which alone may have drawn more
		before = look(db)
	}
	if done < 5 || unmet < 3 {
		t.Errorf("%d batches happened, %d failed, %d were not met: too few of a kind", done, failed, unmet)
	}
	t.Logf("%d batches happened, %d failed, %d were not met", done, failed, unmet)
}

// TestAtomicBatchStores: a cold store and a foreign one are errors, a server that has lost the functions is given them again, and
// what makes no sense is refused.
func TestAtomicBatchStores(t *testing.T) {
	m := wideProgram(t).compile(t, prequel.Read).Manifest
	add := textCall(t, m, "AddMember", "id=1", "email=a@x", "name=ann", "grade=gold", "city=rome", "points=10", "balance=5")
	addr := testdb.Redis(t)
	for _, e := range append(packagings(addr), engineOf{"embedded", "embedded"}) {
		t.Run(e.name, func(t *testing.T) {
			db := openStore(t, e.url, m)
			if _, err := runAtomic(t, db, []required{{add, 1}}); !errors.Is(err, runtime.ErrNotHydrated) {
				t.Errorf("a cold store: %v", err)
			}
			if err := db.Initialize(t.Context()); err != nil {
				t.Fatal(err)
			}
			flush := "FUNCTION"
			if e.name != "library" {
				flush = "SCRIPT"
			}
			if err := db.Redis().Do(t.Context(), flush, "FLUSH").Err(); err != nil {
				t.Fatal(err)
			}
			if _, err := runAtomic(t, db, []required{{add, 1}}); err != nil {
				t.Errorf("after %s FLUSH: %v", flush, err)
			}
			before := takeSnapshot(t, db)
			again := textCall(t, m, "AddMember", "id=2", "email=b@x", "name=bob", "grade=gold", "points=1", "balance=5")
			_, err := runAtomic(t, db, []required{{again, 1}, {add, -1}})
			var batch *runtime.BatchError
			var refused *runtime.Error
			if !errors.As(err, &batch) || batch.Call != 1 || batch.Statement != "AddMember" || !errors.As(err, &refused) || refused.SQLSTATE != "23505" {
				t.Errorf("a key that is taken: %v", err)
			}
			if d := before.difference(takeSnapshot(t, db), m); d != "" {
				t.Errorf("a failed batch changed\n%s", d)
			}
			if err := db.Atomic().Send(t.Context()); err != nil {
				t.Errorf("an empty batch: %v", err)
			}
			b, other := db.Batch(), db.Atomic()
			p := b.Add(db.Program().MustStatement("AddMember"), add.args...)
			b.Require(p, 1)
			if err := b.Send(t.Context()); err == nil {
				t.Error("Require of a batch that is not atomic is accepted")
			}
			if _, err := p.Cursor(); err == nil {
				t.Error("a call of a batch that was refused has a result")
			}
			other.Require(p, 1)
			other.Add(db.Program().MustStatement("AddMember"), again.args...)
			if err := other.Send(t.Context()); err == nil {
				t.Error("Require of another batch's call is accepted")
			}
		})
	}
}
