package isolation

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"

	"github.com/prequel-db/prequel/runtime"
	_ "github.com/prequel-db/prequel/runtime/embedded"
	"github.com/prequel-db/prequel/runtime/isolation/bankdb"
	"github.com/prequel-db/prequel/sqllogic/testdb"
)

// act is a call on registers or on the accounts of an owner; key is the register or the owner.
type act struct {
	what     string // read, write, swap, add; transfer, move, batch, list
	key      int32
	a, b     int64 // write: a; swap: a to b; add: a
	from, to int
	amount   int64
}

// seen is what a call gave.
type seen struct {
	done     bool
	value    int64
	balances [owned]int64
}

// owned is the number of accounts that an owner has.
const owned = 4

// registers is the model of a register with writes, compare-and-swap and a counter.
var registers = porcupine.Model{
	Partition: byKey,
	Init:      func() any { return int64(0) },
	Step: func(state, input, output any) (bool, any) {
		v, in, out := state.(int64), input.(act), output.(seen)
		switch in.what {
		case "read":
			return out.value == v, v
		case "write":
			return out.done, in.a
		case "add":
			return out.value == v+in.a, v + in.a
		}
		if v == in.a {
			return out.done, in.b
		}
		return !out.done, v
	},
}

// banks is the model of accounts with transfers between them: a call touches several keys at once.
var banks = porcupine.Model{
	Partition: byKey,
	Init:      func() any { return [owned]int64{100, 100, 100, 100} },
	Step: func(state, input, output any) (bool, any) {
		v, in, out := state.([owned]int64), input.(act), output.(seen)
		if in.what == "list" {
			return out.balances == v, v
		}
		if v[in.from] < in.amount {
			return !out.done, v
		}
		v[in.from] -= in.amount
		v[in.to] += in.amount
		return out.done, v
	},
}

func byKey(history []porcupine.Operation) [][]porcupine.Operation {
	parts := map[int32][]porcupine.Operation{}
	for _, o := range history {
		parts[o.Input.(act).key] = append(parts[o.Input.(act).key], o)
	}
	var out [][]porcupine.Operation
	for _, p := range parts {
		out = append(out, p)
	}
	return out
}

// record runs clients that each make a number of calls, and returns their history.
func record(t *testing.T, queries []*bankdb.Queries, seed uint64, calls int, draw func(*rand.Rand) act) []porcupine.Operation {
	t.Helper()
	var lock sync.Mutex
	var history []porcupine.Operation
	var work sync.WaitGroup
	start := time.Now()
	for id, q := range queries {
		random := rand.New(rand.NewPCG(seed, uint64(id)))
		work.Go(func() {
			for range calls {
				in := draw(random)
				began := time.Since(start)
				out, err := in.do(t.Context(), q)
				ended := time.Since(start)
				if err != nil {
					t.Errorf("%v: %v", in, err)
					return
				}
				lock.Lock()
				history = append(history, porcupine.Operation{
					ClientId: id, Input: in, Output: out, Call: began.Nanoseconds(), Return: ended.Nanoseconds(),
				})
				lock.Unlock()
			}
		})
	}
	work.Wait()
	return history
}

// do makes the call.
func (a act) do(ctx context.Context, q *bankdb.Queries) (out seen, err error) {
	var n int64
	var refused *runtime.Error
	base := a.key * owned
	source, target := base+int32(a.from), base+int32(a.to)
	switch a.what {
	case "read":
		row, err := q.ReadRegister(ctx, a.key)
		return seen{value: row.Value}, err
	case "write":
		n, err = q.WriteRegister(ctx, bankdb.WriteRegisterParams{ID: a.key, Value: a.a})
	case "swap":
		n, err = q.SwapRegister(ctx, bankdb.SwapRegisterParams{ID: a.key, Expected: a.a, Value: a.b})
	case "add":
		out.value, err = q.Increment(ctx, bankdb.IncrementParams{ID: a.key, By: a.a})
	case "transfer":
		done, err := q.Transfer(ctx, bankdb.TransferParams{Source: source, Target: target, Amount: a.amount})
		return seen{done: done.V}, err
	case "move":
		_, err = q.MoveMoney(ctx, bankdb.MoveMoneyParams{Source: source, Target: target, Amount: a.amount})
		if errors.As(err, &refused) && refused.SQLSTATE == "23514" {
			return out, nil
		}
		n = 1
	case "batch":
		err = q.Atomic(ctx, func(b *bankdb.Batch) error {
			b.Deposit(bankdb.DepositParams{ID: target, Amount: a.amount})
			b.Require(b.Withdraw(bankdb.WithdrawParams{ID: source, Amount: a.amount}), 1)
			return nil
		})
		if errors.Is(err, runtime.ErrUnmet) {
			return out, nil
		}
		n = 1
	case "list":
		rows, err := q.Balances(ctx, a.key)
		for i, row := range rows {
			out.balances[i] = row.Balance
		}
		return out, err
	}
	out.done = n == 1
	return out, err
}

// TestLinearizable: histories of random calls of several clients are those of calls made one after another.
func TestLinearizable(t *testing.T) {
	const clients, keys, calls = 8, 3, 60
	addr := testdb.Redis(t)
	for name, engine := range map[string]string{"library": "redis://" + addr + "/0", "scripts": "redis+eval://" + addr + "/1", "embedded": "embedded"} {
		t.Run(name, func(t *testing.T) {
			db, err := bankdb.Open(t.Context(), engine)
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			queries := []*bankdb.Queries{bankdb.New(db)}
			for len(queries) < clients {
				other := db
				if name != "embedded" { // half of the clients have connections of their own
					if len(queries)%2 == 0 {
						if other, err = bankdb.Open(t.Context(), engine); err != nil {
							t.Fatal(err)
						}
						defer other.Close()
					}
				}
				queries = append(queries, bankdb.New(other))
			}
			histories, operations := 0, 0
			for end := time.Now().Add(duration(t)); histories < 4 || time.Now().Before(end); histories++ {
				if err := db.Initialize(t.Context()); err != nil {
					t.Fatal(err)
				}
				for key := range int32(keys) {
					must(t, queries[0].AddRegister(t.Context(), bankdb.AddRegisterParams{ID: key}))
					for i := range int32(owned) {
						must(t, queries[0].AddAccount(t.Context(), bankdb.AddAccountParams{ID: key*owned + i, Owner: key, Balance: 100}))
					}
				}
				for _, kind := range []struct {
					model porcupine.Model
					draw  func(*rand.Rand) act
				}{{registers, drawRegister}, {banks, drawBank}} {
					h := record(t, queries, uint64(histories), calls, kind.draw)
					operations += len(h)
					if got := porcupine.CheckOperationsTimeout(kind.model, h, time.Minute); got != porcupine.Ok {
						t.Fatalf("history %d is not linearizable (%s)", histories, got)
					}
				}
			}
			t.Logf("%d histories of %d calls are linearizable", 2*histories, operations)
		})
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func drawRegister(r *rand.Rand) act {
	a := act{what: []string{"read", "read", "write", "swap", "swap", "add"}[r.IntN(6)], key: r.Int32N(3), a: r.Int64N(4), b: r.Int64N(4)}
	return a
}

func drawBank(r *rand.Rand) act {
	a := act{what: []string{"transfer", "move", "batch", "list", "list"}[r.IntN(5)], key: r.Int32N(3), from: r.IntN(owned), amount: 1 + r.Int64N(70)}
	a.to = (a.from + 1 + r.IntN(owned-1)) % owned
	return a
}

// TestCheckerFindsFaults: histories that could not have happened one call after another are found.
func TestCheckerFindsFaults(t *testing.T) {
	op := func(client int, call, ret int64, in act, out seen) porcupine.Operation {
		return porcupine.Operation{ClientId: client, Input: in, Output: out, Call: call, Return: ret}
	}
	for name, c := range map[string]struct {
		model   porcupine.Model
		history []porcupine.Operation
	}{
		"a stale read": {registers, []porcupine.Operation{
			op(0, 0, 10, act{what: "write", a: 1}, seen{done: true}), op(1, 20, 30, act{what: "read"}, seen{value: 0}),
		}},
		"two winners": {registers, []porcupine.Operation{
			op(0, 0, 10, act{what: "swap", a: 0, b: 1}, seen{done: true}), op(1, 5, 12, act{what: "swap", a: 0, b: 2}, seen{done: true}),
		}},
		"a lost addition": {registers, []porcupine.Operation{
			op(0, 0, 10, act{what: "add", a: 1}, seen{value: 1}), op(1, 0, 10, act{what: "add", a: 1}, seen{value: 1}),
		}},
		"half a transfer": {banks, []porcupine.Operation{
			op(0, 0, 10, act{what: "transfer", from: 0, to: 1, amount: 5}, seen{done: true}),
			op(1, 0, 10, act{what: "list"}, seen{balances: [owned]int64{95, 100, 100, 100}}),
		}},
	} {
		if porcupine.CheckOperations(c.model, c.history) {
			t.Errorf("%s is taken for linearizable", name)
		}
		if !porcupine.CheckOperations(c.model, slices.Clone(c.history[:1])) {
			t.Errorf("%s: its first call alone is not", name)
		}
	}
}

func (a act) String() string { return fmt.Sprintf("%s %d", a.what, a.key) }
