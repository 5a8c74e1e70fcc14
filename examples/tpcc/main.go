package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"time"

	"github.com/prequel-db/prequel/examples/tpcc/tpccdb"
	"github.com/prequel-db/prequel/examples/tpcc/workload"
	"github.com/prequel-db/prequel/runtime"
	_ "github.com/prequel-db/prequel/runtime/embedded" // an engine
)

func main() {
	engine := flag.String("engine", "embedded", "where to run: embedded or redis://host:port")
	warehouses := flag.Int("warehouses", 1, "how many warehouses there are")
	items := flag.Int("items", 1000, "how many items there are; the specification asks for 100000")
	customers := flag.Int("customers", 30, "how many customers a district has; the specification asks for 3000")
	calls := flag.Int("calls", 2000, "how many transactions to run")
	flag.Parse()
	sizes := workload.Sizes{Warehouses: *warehouses, Items: *items, Customers: *customers}
	if err := run(context.Background(), os.Stdout, *engine, sizes, *calls); err != nil {
		fmt.Fprintln(os.Stderr, "tpcc:", err)
		os.Exit(1)
	}
}

// run is the whole example.
func run(ctx context.Context, out io.Writer, engine string, sizes workload.Sizes, calls int) error {
	db, err := tpccdb.Open(ctx, engine)
	if err != nil {
		return err
	}
	defer db.Close()
	if err := db.Initialize(ctx); err != nil {
		return err
	}
	s := &supplier{q: tpccdb.New(db), took: map[string][]time.Duration{}}
	start := time.Now()
	rows, err := load(ctx, s.q, sizes)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "loaded   %d rows in %s\n", rows, time.Since(start).Round(time.Millisecond))
	start = time.Now()
	random := sizes.Calls(7)
	for range calls {
		name, args := random.Next()
		if err := s.call(ctx, name, args); err != nil {
			return fmt.Errorf("%s%v: %w", name, args, err)
		}
	}
	fmt.Fprintf(out, "called   %d transactions in %s; %d new orders had an item that does not exist\n", calls,
		time.Since(start).Round(time.Millisecond), s.invalid)
	s.latencies(out)
	if err := s.check(ctx, sizes); err != nil {
		return err
	}
	fmt.Fprintln(out, "checked  the twelve consistency conditions: all hold")
	return nil
}

// supplier calls the transactions.
type supplier struct {
	q       *tpccdb.Queries
	took    map[string][]time.Duration
	invalid int
}

// call makes one call. That a new order has an item that does not exist is part of the workload.
func (s *supplier) call(ctx context.Context, name string, a []any) error {
	n := func(i int) int32 { return a[i].(int32) }
	start := time.Now()
	var err error
	switch name {
	case "NewOrder":
		_, err = s.q.NewOrder(ctx, tpccdb.NewOrderParams{
			WarehouseID: n(0), DistrictID: n(1), CustomerID: n(2), Items: a[3].(workload.Ints), Supply: a[4].(workload.Ints),
			Quantities: a[5].(workload.Ints), At: a[6].(time.Time),
		})
		var refused *runtime.Error
		if errors.As(err, &refused) && refused.SQLSTATE == "P0404" {
			s.invalid++
			err = nil
		}
	case "Payment":
		_, err = s.q.Payment(ctx, tpccdb.PaymentParams{
			WarehouseID: n(0), DistrictID: n(1), CustomerWarehouseID: n(2), CustomerDistrictID: n(3), CustomerNumber: given[int32](a[4]),
			CustomerLastName: given[string](a[5]), Amount: number(a[6]), At: a[7].(time.Time),
		})
	case "OrderStatus":
		_, err = s.q.OrderStatus(ctx, tpccdb.OrderStatusParams{
			WarehouseID: n(0), DistrictID: n(1), CustomerNumber: given[int32](a[2]), CustomerLastName: given[string](a[3]),
		})
	case "Delivery":
		_, err = s.q.Delivery(ctx, tpccdb.DeliveryParams{WarehouseID: n(0), Carrier: n(1), At: a[2].(time.Time)})
	case "StockLevel":
		_, err = s.q.StockLevel(ctx, tpccdb.StockLevelParams{WarehouseID: n(0), DistrictID: n(1), Threshold: n(2)})
	}
	s.took[name] = append(s.took[name], time.Since(start))
	return err
}

func (s *supplier) latencies(out io.Writer) {
	for _, name := range []string{"NewOrder", "Payment", "OrderStatus", "Delivery", "StockLevel"} {
		if took := s.took[name]; len(took) > 0 {
			slices.Sort(took)
			fmt.Fprintf(out, "  %-12s %6d calls, p50 %s, p99 %s\n", name, len(took), took[len(took)/2].Round(time.Microsecond),
				took[len(took)*99/100].Round(time.Microsecond))
		}
	}
}

// check asks for what violates the consistency conditions.
func (s *supplier) check(ctx context.Context, sizes workload.Sizes) error {
	found, err := s.violations(ctx, sizes)
	if err != nil {
		return err
	}
	for i, n := range found {
		if n > 0 {
			return fmt.Errorf("consistency condition %d is violated %d times", i+1, n)
		}
	}
	return nil
}

// violations counts what violates each of the consistency conditions.
func (s *supplier) violations(ctx context.Context, sizes workload.Sizes) (found [workload.Conditions]int, err error) {
	q := s.q
	eleventh := func(ctx context.Context) ([]tpccdb.Condition11Row, error) {
		return q.Condition11(ctx, sizes.Delivered())
	}
	for i, condition := range [workload.Conditions]func(context.Context) (int, error){
		count(q.Condition1), count(q.Condition2), count(q.Condition3), count(q.Condition4), count(q.Condition5), count(q.Condition6),
		count(q.Condition7), count(q.Condition8), count(q.Condition9), count(q.Condition10), count(eleventh), count(q.Condition12),
	} {
		if found[i], err = condition(ctx); err != nil {
			return found, err
		}
	}
	return found, nil
}

// count counts a statement's rows.
func count[T any](statement func(context.Context) ([]T, error)) func(context.Context) (int, error) {
	return func(ctx context.Context) (int, error) {
		rows, err := statement(ctx)
		return len(rows), err
	}
}
