package isolation

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prequel-db/prequel/runtime"
	"github.com/prequel-db/prequel/runtime/isolation/bankdb"
	"github.com/prequel-db/prequel/sqllogic/testdb"
)

func TestMain(m *testing.M) { testdb.Main(m) }

const (
	clients  = 50
	accounts = 20
	each     = 1000 // the money of each account in the beginning
	budget   = 997
)

// duration is how long a race lasts.
func duration(t *testing.T) time.Duration {
	t.Helper()
	text := os.Getenv("PREQUEL_ISOLATION_TIME")
	if text == "" {
		return 2 * time.Second
	}
	d, err := time.ParseDuration(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// race is what all clients of one store share.
type race struct {
	t    *testing.T
	url  string
	stop atomic.Bool
	// swaps and names have who won what; winning twice is an error. The numbers are of calls.
	swaps, names, seats  sync.Map
	swapped, claimed     atomic.Int64
	taken, moved, denied atomic.Int64
	nextName, nextSeat   atomic.Int64
	budget               atomic.Int32
	spent, charged       [1 << 16]atomic.Int64 // by budget
	calls                atomic.Int64
}

// TestRaces: clients that race for the same rows find exactly one winner each and keep every sum.
func TestRaces(t *testing.T) {
	addr := testdb.Redis(t)
	for i, scheme := range []string{"redis", "redis+eval"} {
		t.Run(scheme, func(t *testing.T) {
			r := &race{t: t, url: fmt.Sprintf("%s://%s/%d", scheme, addr, i)}
			q := r.open()
			r.fill(q)
			var work sync.WaitGroup
			for id := range int32(clients) {
				mine := r.open()
				work.Go(func() { r.client(mine, id) })
			}
			checker := r.open()
			work.Go(func() { r.watch(checker) })
			time.Sleep(duration(t))
			r.stop.Store(true)
			work.Wait()
			r.settle(q)
			t.Logf("%d clients, %d calls: %d versions swapped, %d names claimed, %d seats taken, %d transfers, %d refused, %d budgets",
				clients, r.calls.Load(), r.swapped.Load(), r.claimed.Load(), r.taken.Load(), r.moved.Load(), r.denied.Load(), r.budget.Load()+1)
		})
	}
}

// open connects a client of its own.
func (r *race) open() *bankdb.Queries {
	r.t.Helper()
	db, err := bankdb.Open(r.t.Context(), r.url)
	if err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(func() { db.Close() })
	if state, err := db.State(r.t.Context()); err != nil || state.Program == "" {
		if err := db.Initialize(r.t.Context()); err != nil {
			r.t.Fatal(err)
		}
	}
	return bankdb.New(db)
}

func (r *race) fill(q *bankdb.Queries) {
	ctx := r.t.Context()
	for id := range int32(accounts) {
		r.must(q.AddAccount(ctx, bankdb.AddAccountParams{ID: id, Owner: id % 3, Balance: each}))
	}
	r.must(q.AddRegister(ctx, bankdb.AddRegisterParams{ID: 1}))
	r.must(q.AddBudget(ctx, bankdb.AddBudgetParams{ID: 0, Remaining: budget}))
}

// must fails the race for an error that nobody expects: there is no retry anywhere.
func (r *race) must(err error) bool {
	r.calls.Add(1)
	if err != nil {
		r.t.Error(err)
		r.stop.Store(true)
	}
	return err == nil
}

// client calls at random until the race is over.
func (r *race) client(q *bankdb.Queries, id int32) {
	random := rand.New(rand.NewPCG(7, uint64(id)))
	ctx := r.t.Context()
	for !r.stop.Load() {
		switch random.IntN(5) {
		case 0:
			r.swap(ctx, q, id)
		case 1:
			r.claim(ctx, q, id)
		case 2:
			r.spend(ctx, q, id, random)
		default:
			r.transfer(ctx, q, random)
		}
	}
}

// swap: of all who have read a version, one sets the next.
func (r *race) swap(ctx context.Context, q *bankdb.Queries, id int32) {
	row, err := q.ReadRegister(ctx, 1)
	if !r.must(err) {
		return
	}
	n, err := q.SwapVersion(ctx, bankdb.SwapVersionParams{ID: 1, Value: int64(id), Version: row.Version})
	if !r.must(err) || n == 0 {
		return
	}
	r.swapped.Add(1)
	if other, twice := r.swaps.LoadOrStore(row.Version, id); twice {
		r.t.Errorf("version %d was swapped by %v and by %d", row.Version, other, id)
	}
}

// claim: of all who insert a key, one does; the others are told, by ON CONFLICT or by the error.
func (r *race) claim(ctx context.Context, q *bankdb.Queries, id int32) {
	name := fmt.Sprint("name ", r.nextName.Add(1)/8) // several clients are at each
	n, err := q.Claim(ctx, bankdb.ClaimParams{Name: name, Winner: id})
	if r.must(err) && n == 1 {
		r.claimed.Add(1)
		if other, twice := r.names.LoadOrStore(name, id); twice {
			r.t.Errorf("%s was claimed by %v and by %d", name, other, id)
		}
	}
	place := fmt.Sprint("seat ", r.nextSeat.Add(1)/8)
	seat, err := q.TakeSeat(ctx, bankdb.TakeSeatParams{Place: place, Guest: id})
	var refused *runtime.Error
	if errors.As(err, &refused) && refused.SQLSTATE == "23505" {
		return
	}
	if r.must(err) {
		r.taken.Add(1)
		if other, twice := r.seats.LoadOrStore(place, id); twice {
			r.t.Errorf("%s was taken by %v and by %d", place, other, id)
		}
		if other, twice := r.seats.LoadOrStore(seat, id); twice {
			r.t.Errorf("seat number %d was drawn by %v and by %d", seat, other, id)
		}
	}
}

// spend takes from the budget of the moment, by the statement whose condition guards it or the function that fails inside.
func (r *race) spend(ctx context.Context, q *bankdb.Queries, id int32, random *rand.Rand) {
	at := r.budget.Load()
	amount := 1 + random.Int64N(20)
	if random.IntN(2) == 0 {
		n, err := q.Spend(ctx, bankdb.SpendParams{ID: at, Amount: amount})
		if r.must(err) && n == 1 {
			r.spent[at].Add(amount)
			return
		}
	} else {
		done, err := q.Charge(ctx, bankdb.ChargeParams{Budget: at, Client: id, Amount: amount})
		if r.must(err) && done.V {
			r.spent[at].Add(amount)
			r.charged[at].Add(amount)
			return
		}
	}
	left, err := q.Remaining(ctx, at)
	if r.must(err) && left < 20 && int(at)+1 < len(r.spent) {
		err := q.AddBudget(ctx, bankdb.AddBudgetParams{ID: at + 1, Remaining: budget}) // one opens the next
		var refused *runtime.Error
		if errors.As(err, &refused) && refused.SQLSTATE == "23505" {
			return
		}
		if r.must(err) {
			r.budget.Store(at + 1)
		}
	}
}

// transfer moves money by a function, by one statement, or by an atomic batch.
func (r *race) transfer(ctx context.Context, q *bankdb.Queries, random *rand.Rand) {
	source, target := random.Int32N(accounts), random.Int32N(accounts-1)
	if target >= source {
		target++
	}
	amount := 1 + random.Int64N(400)
	moved := false
	var refused *runtime.Error
	switch random.IntN(3) {
	case 0:
		done, err := q.Transfer(ctx, bankdb.TransferParams{Source: source, Target: target, Amount: amount})
		moved = r.must(err) && done.V
	case 1:
		n, err := q.MoveMoney(ctx, bankdb.MoveMoneyParams{Source: source, Target: target, Amount: amount})
		if errors.As(err, &refused) && refused.SQLSTATE == "23514" {
			break
		}
		moved = r.must(err) && n == 2
	default:
		err := q.Atomic(ctx, func(b *bankdb.Batch) error {
			// The target is paid first, so that a source with too little has something taken back.
			b.Require(b.Deposit(bankdb.DepositParams{ID: target, Amount: amount}), 1)
			b.Require(b.Withdraw(bankdb.WithdrawParams{ID: source, Amount: amount}), 1)
			return nil
		})
		if errors.Is(err, runtime.ErrUnmet) {
			break
		}
		moved = r.must(err)
	}
	if moved {
		r.moved.Add(1)
	} else {
		r.denied.Add(1)
	}
}

// watch reads the sum of all money while it is moved.
func (r *race) watch(q *bankdb.Queries) {
	ctx := r.t.Context()
	for !r.stop.Load() {
		row, err := q.Money(ctx)
		if r.must(err) && (row.Money.V != accounts*each || row.Accounts != accounts) {
			r.t.Errorf("%d accounts have %d", row.Accounts, row.Money.V)
			r.stop.Store(true)
		}
		var sum int64
		var lists [3]*runtime.Future[[]bankdb.BalancesRow]
		r.must(q.Atomic(ctx, func(b *bankdb.Batch) error {
			for owner := range lists {
				lists[owner] = b.Balances(int32(owner))
			}
			return nil
		}))
		for _, list := range lists {
			rows, err := list.Get()
			r.must(err)
			for _, row := range rows {
				if sum += row.Balance; row.Balance < 0 {
					r.t.Errorf("account %d has %d", row.ID, row.Balance)
				}
			}
		}
		if sum != accounts*each {
			r.t.Errorf("the accounts together have %d", sum)
			r.stop.Store(true)
		}
	}
}

// settle compares what clients were told with what is there.
func (r *race) settle(q *bankdb.Queries) {
	t, ctx := r.t, r.t.Context()
	row, err := q.ReadRegister(ctx, 1)
	if r.must(err) && row.Version != r.swapped.Load() {
		t.Errorf("%d swaps succeeded, the version is %d", r.swapped.Load(), row.Version)
	}
	for v := range row.Version {
		if _, ok := r.swaps.Load(v); !ok {
			t.Errorf("nobody swapped version %d", v)
		}
	}
	claims, err := q.Claims(ctx)
	r.must(err)
	var names int64
	for _, c := range claims {
		names += c.Names
	}
	if names != r.claimed.Load() {
		t.Errorf("%d claims succeeded, there are %d", r.claimed.Load(), names)
	}
	r.names.Range(func(name, id any) bool {
		if winner, err := q.Winner(ctx, name.(string)); r.must(err) && winner != id {
			t.Errorf("%v was claimed by %v, it has %d", name, id, winner)
		}
		return true
	})
	seats, err := q.Seats(ctx)
	if r.must(err) && int64(len(seats)) != r.taken.Load() {
		t.Errorf("%d seats were taken, there are %d", r.taken.Load(), len(seats))
	}
	for _, s := range seats {
		if who, ok := r.seats.Load(s.Place); !ok || who != s.Guest {
			t.Errorf("%s is %d's, but %v took it", s.Place, s.Guest, who)
		}
	}
	for at := range r.budget.Load() + 1 {
		left, err := q.Remaining(ctx, at)
		if r.must(err) && (left < 0 || left != budget-r.spent[at].Load()) {
			t.Errorf("budget %d has %d left, %d were spent of %d", at, left, r.spent[at].Load(), budget)
		}
		charged, err := q.Charged(ctx, at)
		if r.must(err) && charged.Charged != r.charged[at].Load() {
			t.Errorf("budget %d was charged %d, there are charges of %d", at, r.charged[at].Load(), charged.Charged)
		}
	}
	for what, n := range map[string]int64{
		"swaps": r.swapped.Load(), "claims": r.claimed.Load(), "seats": r.taken.Load(), "transfers": r.moved.Load(), "refusals": r.denied.Load(),
	} {
		if n == 0 {
			t.Errorf("there were no %s", what)
		}
	}
}
