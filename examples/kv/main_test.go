package main

import (
	"bytes"
	"math/rand/v2"
	"regexp"
	"testing"

	"github.com/prequel-db/prequel/examples/kv/workload"
	"github.com/prequel-db/prequel/examples/sidebyside"
	"github.com/prequel-db/prequel/sqllogic/testdb"
)

// sizesOfTest make calls meet each other's keys.
var sizesOfTest = workload.Sizes{Tenants: 2, Keys: 12}

func TestMain(m *testing.M) { testdb.Main(m) }

// TestRun runs the whole example on a Redis: it fails by itself when something that must hold does not.
func TestRun(t *testing.T) {
	var out bytes.Buffer
	if err := run(t.Context(), &out, "redis://"+testdb.Redis(t), 8, 50); err != nil {
		t.Fatalf("%v\n%s", err, out.String())
	}
	if want := `(?s)no increment is lost.*never by two.*counted  to 1400.*read 100 entries`; !regexp.MustCompile(want).MatchString(out.String()) {
		t.Errorf("the output lacks %s:\n%s", want, out.String())
	}
}

// TestPostgres makes the same random calls in PostgreSQL and compiled.
func TestPostgres(t *testing.T) {
	addr := testdb.Redis(t)
	engines := []string{"embedded", "redis://" + addr, "redis+eval://" + addr}
	var calls []sidebyside.Call
	r := rand.New(rand.NewPCG(5, 6))
	for range 3000 {
		name, args := sizesOfTest.Call(r)
		calls = append(calls, sidebyside.Call{Name: name, Args: args})
	}
	sidebyside.Open(t, "prequel.yaml").Compare(t, testdb.Database(t), engines, calls)
}
