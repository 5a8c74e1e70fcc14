package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"time"

	"github.com/prequel-db/prequel/examples/offer/offerdb"
	"github.com/prequel-db/prequel/examples/offer/workload"
	"github.com/prequel-db/prequel/runtime"
	_ "github.com/prequel-db/prequel/runtime/embedded" // an engine
)

func main() {
	engine := flag.String("engine", "embedded", "where to run: embedded or redis://host:port")
	customers := flag.Int("customers", 10_000, "how many customers there are")
	calls := flag.Int("calls", 20_000, "how many calls to make")
	flag.Parse()
	sizes := workload.Full
	sizes.Customers = *customers
	if err := run(context.Background(), os.Stdout, *engine, sizes, *calls); err != nil {
		fmt.Fprintln(os.Stderr, "offer:", err)
		os.Exit(1)
	}
}

// run is the whole example.
func run(ctx context.Context, out io.Writer, engine string, sizes workload.Sizes, calls int) error {
	db, err := offerdb.Open(ctx, engine)
	if err != nil {
		return err
	}
	defer db.Close()
	if err := db.Initialize(ctx); err != nil {
		return err
	}
	a := &agency{q: offerdb.New(db), sizes: sizes, shown: map[shownTo][]time.Time{}}
	start := time.Now()
	if err := a.open(ctx); err != nil {
		return err
	}
	fmt.Fprintf(out, "loaded   %d campaigns, %d customers in %s\n", sizes.Campaigns, sizes.Customers, time.Since(start).Round(time.Millisecond))
	start = time.Now()
	r := rand.New(rand.NewPCG(7, 8))
	for n := range calls {
		if err := a.call(ctx, r, n); err != nil {
			return err
		}
	}
	fmt.Fprintf(out, "called   %d statements in %s: %d impressions, %d customers with nothing to see, %d who do not exist\n", calls,
		time.Since(start).Round(time.Millisecond), a.impressions, a.nothing, a.strangers)
	if err := a.check(ctx); err != nil {
		return err
	}
	fmt.Fprintf(out, "checked  caps, budgets, %d charged for %d impressions: all hold\n", a.charged, a.impressions)
	return nil
}

// shownTo is a campaign and a customer who sees it.
type shownTo struct {
	customer int64
	campaign int32
}

// agency calls the statements and keeps count of what they answered.
type agency struct {
	q                               *offerdb.Queries
	sizes                           workload.Sizes
	shown                           map[shownTo][]time.Time
	charged                         int64
	impressions, nothing, strangers int
}

// open fills the store.
func (a *agency) open(ctx context.Context) error {
	batch := a.q.Batch()
	a.sizes.Load(func(name string, args ...any) {
		switch name {
		case "AddCampaign":
			batch.AddCampaign(offerdb.AddCampaignParams{
				ID: args[0].(int32), Segment: args[1].(int32), Score: args[2].(int32), Price: args[3].(int32), Budget: args[4].(int64),
				Cap: args[5].(int32),
			})
		case "AddCustomer":
			batch.AddCustomer(offerdb.AddCustomerParams{ID: args[0].(int64), Segment: args[1].(int32)})
		}
	})
	return batch.Send(ctx)
}

// call makes one call.
func (a *agency) call(ctx context.Context, r *rand.Rand, n int) error {
	name, args := a.sizes.Call(r, n)
	var err error
	switch name {
	case "Decide":
		return a.decide(ctx, args[0].(int64), args[1].(time.Time))
	case "SetActive":
		_, err = a.q.SetActive(ctx, offerdb.SetActiveParams{ID: args[0].(int32), Active: args[1].(bool)})
	case "TopUp":
		_, err = a.q.TopUp(ctx, offerdb.TopUpParams{Amount: args[0].(int64), ID: args[1].(int32)})
	case "ShownTo":
		_, err = a.q.ShownTo(ctx, offerdb.ShownToParams{CustomerID: args[0].(int64), Since: args[1].(time.Time)})
	}
	return err
}

func (a *agency) decide(ctx context.Context, customer int64, now time.Time) error {
	offer, err := a.q.Decide(ctx, offerdb.DecideParams{Customer: customer, NowAt: now})
	var refused *runtime.Error
	switch {
	case errors.As(err, &refused) && refused.SQLSTATE == "P0002":
		a.strangers++
		return nil
	case err != nil:
		return err
	case !offer.Campaign.Valid:
		a.nothing++
		return nil
	}
	a.impressions++
	a.charged += int64(offer.Price.V)
	key := shownTo{customer, offer.Campaign.V}
	a.shown[key] = append(a.shown[key], now)
	return nil
}

// check compares campaigns, customers and impressions with what was decided.
func (a *agency) check(ctx context.Context) error {
	caps := map[int32]int32{}
	spent := int64(0)
	for id := int32(1); id <= int32(a.sizes.Campaigns); id++ {
		c, err := a.q.GetCampaign(ctx, id)
		if err != nil {
			return err
		}
		if c.Remaining < 0 {
			return fmt.Errorf("campaign %d has spent more than its budget of %d", id, c.Budget)
		}
		caps[id] = c.Cap
		spent += c.Budget - c.Remaining
	}
	if spent != a.charged {
		return fmt.Errorf("%d was charged, and %d is spent", a.charged, spent)
	}
	for key, times := range a.shown {
		within := 0 // the first impression of the 24 hours before the last
		for i, at := range times {
			for !times[within].After(at.Add(-24 * time.Hour)) {
				within++
			}
			if i-within+1 > int(caps[key.campaign]) {
				return fmt.Errorf("customer %d saw campaign %d oftener than %d times", key.customer, key.campaign, caps[key.campaign])
			}
		}
	}
	recorded := 0
	for id := int64(1); id <= int64(a.sizes.Customers); id++ {
		c, err := a.q.GetCustomer(ctx, id)
		if err != nil {
			return err
		}
		seen, err := a.q.ShownTo(ctx, offerdb.ShownToParams{CustomerID: id})
		if err != nil {
			return err
		}
		if len(seen) != int(c.Impressions) {
			return fmt.Errorf("customer %d was shown %d campaigns, and %d are recorded", id, c.Impressions, len(seen))
		}
		recorded += len(seen)
	}
	if recorded != a.impressions {
		return fmt.Errorf("%d impressions were decided, and %d are recorded", a.impressions, recorded)
	}
	return nil
}
