package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"time"

	"github.com/prequel-db/prequel/examples/tatp/tatpdb"
	"github.com/prequel-db/prequel/examples/tatp/workload"
	"github.com/prequel-db/prequel/runtime"
	_ "github.com/prequel-db/prequel/runtime/embedded" // an engine
)

func main() {
	engine := flag.String("engine", "embedded", "where to run: embedded or redis://host:port")
	subscribers := flag.Int("subscribers", 1000, "how many subscribers there are")
	calls := flag.Int("calls", 20_000, "how many transactions to run")
	flag.Parse()
	if err := run(context.Background(), os.Stdout, *engine, workload.Subscribers(*subscribers), *calls); err != nil {
		fmt.Fprintln(os.Stderr, "tatp:", err)
		os.Exit(1)
	}
}

// run is the whole example.
func run(ctx context.Context, out io.Writer, engine string, subscribers workload.Subscribers, calls int) error {
	db, err := tatpdb.Open(ctx, engine)
	if err != nil {
		return err
	}
	defer db.Close()
	if err := db.Initialize(ctx); err != nil {
		return err
	}
	r := &register{
		q: tatpdb.New(db), facilities: map[facility]bool{}, forwarded: map[forwarding]bool{}, places: map[int64]int64{},
		took: map[string][]time.Duration{},
	}
	start := time.Now()
	rows, err := r.load(ctx, subscribers)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "loaded   %d rows in %s\n", rows, time.Since(start).Round(time.Millisecond))
	start = time.Now()
	random := subscribers.Calls(7)
	for range calls {
		name, args := random.Next()
		began := time.Now()
		if err := r.call(ctx, name, args); err != nil {
			return fmt.Errorf("%s%v: %w", name, args, err)
		}
		r.took[name] = append(r.took[name], time.Since(began))
	}
	fmt.Fprintf(out, "called   %d transactions in %s\n", calls, time.Since(start).Round(time.Millisecond))
	for _, name := range []string{
		"GetSubscriberData", "GetNewDestination", "GetAccessData", "UpdateSubscriberData", "UpdateLocation", "InsertCallForwarding",
		"DeleteCallForwarding",
	} {
		if took := r.took[name]; len(took) > 0 {
			slices.Sort(took)
			fmt.Fprintf(out, "  %-21s %6d calls, p50 %s, p99 %s\n", name, len(took), took[len(took)/2].Round(time.Microsecond),
				took[len(took)*99/100].Round(time.Microsecond))
		}
	}
	if err := r.check(ctx); err != nil {
		return err
	}
	fmt.Fprintf(out, "checked  %d subscribers' places, and each forwarding as it was made and ended: all hold\n", len(r.places))
	return nil
}

type facility struct {
	subscriber int64
	kind       int16
}

type forwarding struct {
	facility
	begin int16
}

// register calls the transactions and keeps what they should have written.
type register struct {
	q          *tatpdb.Queries
	facilities map[facility]bool
	forwarded  map[forwarding]bool
	places     map[int64]int64 // last known place by subscriber
	took       map[string][]time.Duration
}

// call makes one call and checks whether it did what it should have done: some fail, as the workload has it.
func (r *register) call(ctx context.Context, name string, a []any) error {
	n := func(i int) int16 { return a[i].(int16) }
	switch name {
	case "GetSubscriberData":
		_, err := r.q.GetSubscriberData(ctx, a[0].(int64))
		return err
	case "GetNewDestination":
		_, err := r.q.GetNewDestination(ctx, tatpdb.GetNewDestinationParams{SID: a[0].(int64), SfType: n(1), StartTime: n(2), EndTime: n(3)})
		return err
	case "GetAccessData":
		_, err := r.q.GetAccessData(ctx, tatpdb.GetAccessDataParams{SID: a[0].(int64), AiType: n(1)})
		if errors.Is(err, runtime.ErrNoRows) { // not all subscribers have all kinds
			return nil
		}
		return err
	case "UpdateSubscriberData":
		err := r.q.UpdateSubscriberData(ctx, tatpdb.UpdateSubscriberDataParams{SID: a[0].(int64), Bit1: n(1), DataA: n(2), SfType: n(3)})
		return expect(err, r.facilities[facility{a[0].(int64), n(3)}], "P0002")
	case "UpdateLocation":
		changed, err := r.q.UpdateLocation(ctx, tatpdb.UpdateLocationParams{VlrLocation: a[0].(int64), SubNbr: a[1].(string)})
		if err == nil && changed != 1 {
			return fmt.Errorf("%d subscribers have the number", changed)
		}
		r.places[subscriber(a[1])] = a[0].(int64)
		return err
	case "InsertCallForwarding":
		f := forwarding{facility{subscriber(a[0]), n(1)}, n(2)}
		err := r.q.InsertCallForwarding(ctx, tatpdb.InsertCallForwardingParams{
			SubNbr: a[0].(string), SfType: n(1), StartTime: n(2), EndTime: n(3), Numberx: a[4].(string),
		})
		if r.forwarded[f] {
			return expect(err, false, "23505")
		}
		r.forwarded[f] = r.facilities[f.facility]
		return expect(err, r.facilities[f.facility], "23503")
	case "DeleteCallForwarding":
		f := forwarding{facility{subscriber(a[0]), n(1)}, n(2)}
		deleted, err := r.q.DeleteCallForwarding(ctx, tatpdb.DeleteCallForwardingParams{SubNbr: a[0].(string), SfType: n(1), StartTime: n(2)})
		if err == nil && (deleted.V == 1) != r.forwarded[f] {
			return fmt.Errorf("%d forwardings were deleted", deleted.V)
		}
		delete(r.forwarded, f)
		return err
	}
	return fmt.Errorf("there is no such transaction")
}

// subscriber is whose number it is.
func subscriber(number any) int64 {
	id, _ := strconv.ParseInt(number.(string), 10, 64)
	return id
}

// expect is nil when a call succeeded that had to, or failed with an SQLSTATE when it had to.
func expect(err error, success bool, state string) error {
	var refused *runtime.Error
	switch {
	case success:
		return err
	case err == nil:
		return fmt.Errorf("the call succeeded, where error %s was expected", state)
	case errors.As(err, &refused) && refused.SQLSTATE == state:
		return nil
	}
	return err
}

// check compares the places of subscribers with those that were set.
func (r *register) check(ctx context.Context) error {
	for id, place := range r.places {
		got, err := r.q.GetSubscriberData(ctx, id)
		if err != nil {
			return err
		}
		if got.VlrLocation != place {
			return fmt.Errorf("subscriber %d is at %d, not at %d", id, got.VlrLocation, place)
		}
	}
	return nil
}
