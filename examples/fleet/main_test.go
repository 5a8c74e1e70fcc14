package main

import (
	"bytes"
	"context"
	"regexp"
	"testing"

	"github.com/prequel-db/prequel/sqllogic/testdb"
)

// TestFleet runs the whole example on a Redis: it fails by itself on an answer that is not the source's.
func TestFleet(t *testing.T) {
	var out bytes.Buffer
	if err := run(context.Background(), &out, "redis://"+testdb.Redis(t), "", 20); err != nil {
		t.Fatalf("%v\n%s", err, out.String())
	}
	for _, want := range []string{
		`compiled  14 statements to \d+ structures`,
		`pings\s+1\d{5} rows`, // more than 100,000
		`LatestPosition\s+native`,
		`RecentPings\s+native`,
		`checked   465 answers against the source: all equal`,
		`duplicate key value violates unique constraint "pings_pkey" \(23505\)`,
		`1 vehicle retired with 1000 pings`,
	} {
		if !regexp.MustCompile(want).MatchString(out.String()) {
			t.Errorf("the output lacks %s:\n%s", want, out.String())
		}
	}
}
