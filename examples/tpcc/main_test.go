package main

import (
	"bytes"
	"flag"
	"strings"
	"testing"

	"github.com/prequel-db/prequel/examples/sidebyside"
	"github.com/prequel-db/prequel/examples/tpcc/tpccdb"
	"github.com/prequel-db/prequel/examples/tpcc/workload"
	"github.com/prequel-db/prequel/sqllogic/testdb"
)

// sizesOfTest have transactions meet: several for each customer, and many for each item.
var sizesOfTest = workload.Sizes{Warehouses: 2, Items: 30, Customers: 10}

var calls = flag.Int("calls", 300, "how many transactions to compare with PostgreSQL")

func TestMain(m *testing.M) { testdb.Main(m) }

// TestRun runs the whole example on a Redis: it fails by itself when a consistency condition is violated.
func TestRun(t *testing.T) {
	var out bytes.Buffer
	if err := run(t.Context(), &out, "redis://"+testdb.Redis(t), sizesOfTest, 500); err != nil {
		t.Fatalf("%v\n%s", err, out.String())
	}
	if want := "conditions: all hold"; !strings.Contains(out.String(), want) {
		t.Errorf("the output lacks %s:\n%s", want, out.String())
	}
}

// TestConditions has every consistency condition find what violates it.
func TestConditions(t *testing.T) {
	ctx := t.Context()
	db, err := tpccdb.Open(ctx, "redis://"+testdb.Redis(t))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.Initialize(ctx); err != nil {
		t.Fatal(err)
	}
	s := &supplier{q: tpccdb.New(db)}
	if _, err := load(ctx, s.q, sizesOfTest); err != nil {
		t.Fatal(err)
	}
	if found, err := s.violations(ctx, sizesOfTest); err != nil || found != [workload.Conditions]int{} {
		t.Fatal(found, err)
	}
	batch := s.q.Batch()
	sizesOfTest.Spoil(func(name string, args ...any) { add(batch, name, args) })
	if err := batch.Send(ctx); err != nil {
		t.Fatal(err)
	}
	found, err := s.violations(ctx, sizesOfTest)
	if err != nil {
		t.Fatal(err)
	}
	for i, n := range found {
		if n == 0 {
			t.Errorf("condition %d finds nothing", i+1)
		}
	}
}

// TestPostgres makes the same random calls in PostgreSQL and compiled. The consistency conditions are among them, and again behind rows
// that violate them.
func TestPostgres(t *testing.T) {
	addr := testdb.Redis(t)
	engines := []string{"embedded", "redis://" + addr, "redis+eval://" + addr}
	var all []sidebyside.Call
	add := func(name string, args ...any) { all = append(all, sidebyside.Call{Name: name, Args: args}) }
	sizesOfTest.Load(add)
	random := sizesOfTest.Calls(5)
	for range *calls {
		name, args := random.Next()
		add(name, args...)
	}
	conditions := func() {
		for i := range workload.Conditions {
			name, args := sizesOfTest.Condition(i + 1)
			add(name, args...)
		}
	}
	conditions()
	sizesOfTest.Spoil(add)
	conditions()
	sidebyside.Open(t, "prequel.yaml").Compare(t, testdb.Database(t), engines, all)
}
