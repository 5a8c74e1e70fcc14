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

	"github.com/prequel-db/prequel/examples/smallbank/smallbankdb"
	"github.com/prequel-db/prequel/examples/smallbank/workload"
	"github.com/prequel-db/prequel/runtime"
	_ "github.com/prequel-db/prequel/runtime/embedded" // an engine
)

func main() {
	engine := flag.String("engine", "embedded", "where to run: embedded or redis://host:port")
	customers := flag.Int("customers", 10_000, "how many customers the bank has")
	calls := flag.Int("calls", 20_000, "how many transactions to run")
	flag.Parse()
	sizes := workload.Sizes{Customers: *customers, Hot: max(2, *customers/100)}
	if err := run(context.Background(), os.Stdout, *engine, sizes, *calls); err != nil {
		fmt.Fprintln(os.Stderr, "smallbank:", err)
		os.Exit(1)
	}
}

// run is the whole example.
func run(ctx context.Context, out io.Writer, engine string, sizes workload.Sizes, calls int) error {
	db, err := smallbankdb.Open(ctx, engine)
	if err != nil {
		return err
	}
	defer db.Close()
	if err := db.Initialize(ctx); err != nil {
		return err
	}
	b := &bank{q: smallbankdb.New(db), sizes: sizes}
	start := time.Now()
	if err := b.open(ctx); err != nil {
		return err
	}
	fmt.Fprintf(out, "loaded   %d customers in %s\n", sizes.Customers, time.Since(start).Round(time.Millisecond))
	start = time.Now()
	r := rand.New(rand.NewPCG(7, 8))
	for range calls {
		if err := b.call(ctx, r); err != nil {
			return err
		}
	}
	fmt.Fprintf(out, "called   %d transactions in %s, of which %d were refused\n", calls, time.Since(start).Round(time.Millisecond), b.refused)
	if err := b.check(ctx); err != nil {
		return err
	}
	fmt.Fprintf(out, "checked  %d.%02d is in the bank and nobody's savings are negative: all hold\n", b.total/100, b.total%100)
	return nil
}

// bank calls the statements and keeps count of the money that came and went.
type bank struct {
	q       *smallbankdb.Queries
	sizes   workload.Sizes
	total   int64
	refused int
}

// open fills the store.
func (b *bank) open(ctx context.Context) error {
	b.total = b.sizes.Initial()
	batch := b.q.Batch()
	b.sizes.Load(func(name string, args ...any) {
		switch name {
		case "AddAccount":
			batch.AddAccount(smallbankdb.AddAccountParams{Custid: args[0].(int64), Name: args[1].(string)})
		case "AddSavings":
			batch.AddSavings(smallbankdb.AddSavingsParams{Custid: args[0].(int64), Bal: args[1].(int64)})
		case "AddChecking":
			batch.AddChecking(smallbankdb.AddCheckingParams{Custid: args[0].(int64), Bal: args[1].(int64)})
		}
	})
	return batch.Send(ctx)
}

// call makes one transaction.
func (b *bank) call(ctx context.Context, r *rand.Rand) error {
	name, args := b.sizes.Call(r)
	customer := args[0].(string)
	var err error
	change := int64(0) // of all the money in the bank
	switch name {
	case "Balance":
		_, err = b.q.Balance(ctx, customer)
	case "DepositChecking":
		change = args[1].(int64)
		err = b.q.DepositChecking(ctx, smallbankdb.DepositCheckingParams{Customer: customer, Amount: change})
	case "TransactSavings":
		change = args[1].(int64)
		err = b.q.TransactSavings(ctx, smallbankdb.TransactSavingsParams{Customer: customer, Amount: change})
	case "Amalgamate":
		err = b.q.Amalgamate(ctx, smallbankdb.AmalgamateParams{Customer: customer, Beneficiary: args[1].(string)})
	case "WriteCheck":
		change, err = b.writeCheck(ctx, customer, args[1].(int64))
	case "SendPayment":
		err = b.q.SendPayment(ctx, smallbankdb.SendPaymentParams{Sender: customer, Receiver: args[1].(string), Amount: args[2].(int64)})
	}
	var refused *runtime.Error
	if errors.As(err, &refused) { // there is no such customer, or not enough money: then nothing happened
		b.refused++
		return nil
	}
	b.total += change
	return err
}

// writeCheck draws a check and tells what it took, a cent more than its amount where the accounts did not cover it.
func (b *bank) writeCheck(ctx context.Context, customer string, amount int64) (change int64, err error) {
	before, err := b.q.Balance(ctx, customer)
	if err != nil {
		return 0, err
	}
	if before.V < amount {
		change--
	}
	return change - amount, b.q.WriteCheck(ctx, smallbankdb.WriteCheckParams{Customer: customer, Amount: amount})
}

// check compares what all customers have with what there should be. That no savings are negative the schema sees to; a deposit of
// what is missing would be refused otherwise.
func (b *bank) check(ctx context.Context) error {
	sum := int64(0)
	for id := range b.sizes.Customers {
		held, err := b.q.Balance(ctx, workload.Name(id))
		if err != nil {
			return err
		}
		sum += held.V
		// Drawing more than there is of savings is refused; drawing nothing is not, unless they were negative.
		if err := b.q.TransactSavings(ctx, smallbankdb.TransactSavingsParams{Customer: workload.Name(id), Amount: 0}); err != nil {
			return fmt.Errorf("the savings of customer %d are negative: %w", id, err)
		}
	}
	if sum != b.total {
		return fmt.Errorf("the bank holds %d cents instead of %d", sum, b.total)
	}
	return nil
}
