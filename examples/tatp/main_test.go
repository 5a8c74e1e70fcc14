package main

import (
	"bytes"
	"flag"
	"strings"
	"testing"

	"github.com/prequel-db/prequel/examples/sidebyside"
	"github.com/prequel-db/prequel/examples/tatp/workload"
	"github.com/prequel-db/prequel/sqllogic/testdb"
)

// subscribersOfTest are few, so that forwardings meet.
const subscribersOfTest = workload.Subscribers(40)

var calls = flag.Int("calls", 2000, "how many transactions to compare with PostgreSQL")

func TestMain(m *testing.M) { testdb.Main(m) }

// TestRun runs the whole example on a Redis: it fails by itself when a call does what it should not.
func TestRun(t *testing.T) {
	var out bytes.Buffer
	if err := run(t.Context(), &out, "redis://"+testdb.Redis(t), subscribersOfTest, 5000); err != nil {
		t.Fatalf("%v\n%s", err, out.String())
	}
	if want := "all hold"; !strings.Contains(out.String(), want) {
		t.Errorf("the output lacks %s:\n%s", want, out.String())
	}
}

// TestPostgres makes the same random calls in PostgreSQL and compiled.
func TestPostgres(t *testing.T) {
	addr := testdb.Redis(t)
	engines := []string{"embedded", "redis://" + addr, "redis+eval://" + addr}
	var all []sidebyside.Call
	add := func(name string, args ...any) { all = append(all, sidebyside.Call{Name: name, Args: args}) }
	subscribersOfTest.Load(add)
	random := subscribersOfTest.Calls(5)
	for range *calls {
		name, args := random.Next()
		add(name, args...)
	}
	sidebyside.Open(t, "prequel.yaml").Compare(t, testdb.Database(t), engines, all)
}
