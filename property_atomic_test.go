package prequel_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	prequel "github.com/prequel-db/prequel"
	"github.com/prequel-db/prequel/runtime"
	"github.com/prequel-db/prequel/sqllogic/testdb"
)

// failingCase is a call that PostgreSQL refuses, on the rows of atomicRows.
type failingCase struct {
	state string
	name  string
	args  []string
}

// atomicRows are the calls that fill the store. Rome's members and member 1's purchases are such that a statement over all of
// them gets past the first before it fails.
var atomicRows = []failingCase{
	{"", "AddMember", []string{"id=1", "email=a@x", "name=ann", "grade=gold", "city=rome", "points=10", "balance=5", "since=2020-01-01"}},
	{"", "AddMember", []string{"id=2", "email=b@x", "name=bob", "grade=silver", "city=rome", "points=2147483647", "balance=999999.99"}},
	{"", "AddMember", []string{"id=3", "email=c@x", "name=cyd", "grade=bronze", "city=oslo", "points=7", "balance=1.25"}},
	{"", "AddMember", []string{"id=4", "email=d@x", "name=locked", "grade=gold", "points=2147483647", "balance=0"}},
	{"", "Buy", []string{"member=1", "number=1", "product=apple", "units=5", "price=2.50", "placed=2024-01-01"}},
	{"", "Buy", []string{"member=1", "number=2", "product=pear", "units=0", "price=0", "placed=2024-01-02", "note=free"}},
	{"", "Buy", []string{"member=1", "number=102", "product=fig", "units=1", "price=1", "placed=2024-01-03"}},
	{"", "Buy", []string{"member=2", "number=1", "product=apple", "units=2147483647", "price=999999.99", "placed=2024-01-04"}},
	{"", "PutProduct", []string{"name=apple", "stock=9223372036854775807", "weight=1.5", `photo=\x00ff`}},
	{"", "PutProduct", []string{"name=pear", "stock=-5"}},
	{"", "PutSession", []string{"id=00000000-0000-0000-0000-000000000001", "data=x"}},
	{"", "PutSetting", []string{"name=s", "value=v", "level=1"}},
	{"", "AddMark", []string{"topic=go", "score=3", "at=2024-01-01"}},
	{"", "AddMark", []string{"topic=go", "score=3", "at=2024-01-01"}},
}

// failingCases are one call at least for each statement that can fail and each way it can.
var failingCases = []failingCase{
	// A key that is taken, by a stored row or by an earlier one of the same statement.
	{"23505", "AddMember", []string{"id=1", "email=z@x", "name=new", "grade=gold", "points=1", "balance=1"}},
	{"23505", "AddMember", []string{"id=9", "email=a@x", "name=new", "grade=gold", "city=rome", "points=1", "balance=1"}},
	{"23505", "SaveMember", []string{"id=9", "email=a@x", "name=new"}},
	{"23505", "AddMembers", []string{"a=7", "a_email=7", "a_name=g", "a_points=1", "b=8", "b_email=8", "b_name=h", "b_points=1", "c=7", "c_email=9", "c_name=i", "c_points=1"}},
	{"23505", "AddMembers", []string{"a=7", "a_email=7", "a_name=g", "a_points=1", "b=8", "b_email=8", "b_name=h", "b_points=1", "c=9", "c_email=8", "c_name=i", "c_points=1"}},
	{"23505", "AddMembers", []string{"a=7", "a_email=7", "a_name=g", "a_points=1", "b=8", "b_email=8", "b_name=h", "b_points=1", "c=3", "c_email=9", "c_name=i", "c_points=1"}},
	{"23505", "TouchMembers", []string{"a=1", "a_email=z", "b=9", "b_email=c@x"}},
	{"23505", "TouchMembers", []string{"a=8", "a_email=z", "b=9", "b_email=z"}},
	{"23505", "Buy", []string{"member=1", "number=1", "product=x", "units=1", "price=1", "placed=2024-01-01"}},
	{"23505", "Rebuy", []string{"member=1"}},
	{"23505", "ChangeEmail", []string{"email=new@x", "city=rome"}},
	{"23505", "ChangeEmail", []string{"email=a@x", "city=oslo"}},
	{"23505", "Renumber", []string{"by=2", "city=rome"}},
	// ON CONFLICT DO UPDATE that meets the same row twice.
	{"21000", "TouchMembers", []string{"a=1", "a_email=a@x", "b=1", "b_email=b"}},
	{"21000", "TouchMembers", []string{"a=8", "a_email=z", "b=8", "b_email=y"}},
	// NULL in a column that must not be.
	{"23502", "AddMember", []string{"id=9", "email=z@x", "grade=gold", "city=rome", "points=1", "balance=1"}},
	{"23502", "AddMembers", []string{"a=7", "a_email=7", "a_name=g", "a_points=1", "b=8", "b_email=8", "b_name=h", "b_points=1", "c=9", "c_email=9", "c_points=1"}},
	{"23502", "PutSetting", []string{"name=s", "value=w"}},
	{"23502", "PutSetting", []string{"name=t", "value=w"}},
	// A value that does not fit its column.
	{"22001", "AddMember", []string{"id=9", "email=z@x", "name=thirteen char", "grade=gold", "points=1", "balance=1"}},
	{"22001", "SaveMember", []string{"id=1", "email=z@x", "name=thirteen char"}},
	{"22001", "AddMembers", []string{"a=7", "a_email=7", "a_name=g", "a_points=1", "b=8", "b_email=8", "b_name=h", "b_points=1", "c=9", "c_email=9", "c_name=thirteen char", "c_points=1"}},
	{"22001", "Rename", []string{"id=1", "name=thirteen char"}},
	{"22003", "AddMember", []string{"id=9", "email=z@x", "name=n", "grade=gold", "points=1", "balance=1000000"}},
	{"22003", "PayOut", []string{"id=2", "amount=0.01"}},
	{"22003", "PayOut", []string{"id=1", "amount=999999"}},
	// Overflow, for the first row or for a later one.
	{"22003", "SaveMember", []string{"id=2", "email=z@x", "name=new"}},
	{"22003", "TouchMembers", []string{"a=3", "a_email=z", "b=4", "b_email=y"}},
	{"22003", "TouchMembers", []string{"a=9", "a_email=z", "b=4", "b_email=y"}},
	{"22003", "AddPoints", []string{"more=1", "city=rome"}},
	{"22003", "ScalePoints", []string{"factor=2", "divisor=2", "city=rome"}},
	{"22003", "Renumber", []string{"by=2147483646", "city=rome"}},
	{"22003", "PutProduct", []string{"name=apple", "stock=1"}},
	{"22003", "PutProduct", []string{"name=pear", "stock=-9223372036854775808"}},
	// Division by zero, in SET and in RETURNING.
	{"22012", "ScalePoints", []string{"factor=2", "divisor=0", "city=oslo"}},
	{"22012", "CutPurchases", []string{"member=1", "placed=2025-01-01"}},
}

// TestAllOrNothing: a call that is refused leaves every key as it was, whatever refused it.
func TestAllOrNothing(t *testing.T) {
	p := wideProgram(t)
	for _, strategy := range []prequel.Strategy{prequel.Read, prequel.Maintain} {
		m := p.compile(t, strategy).Manifest
		for _, e := range append(packagings(testdb.Redis(t)), engineOf{"embedded", "embedded"}) {
			t.Run(fmt.Sprint(strategy, " ", e.name), func(t *testing.T) {
				db := freshStore(t, e.url, m)
				for _, f := range atomicRows {
					c := textCall(t, m, f.name, f.args...)
					if _, err := c.run(t.Context(), db); err != nil {
						t.Fatal(err)
					}
				}
				before := takeSnapshot(t, db)
				for _, f := range failingCases {
					c := textCall(t, m, f.name, f.args...)
					_, err := c.run(t.Context(), db)
					if state := refusal(t, c, err); state != f.state {
						t.Errorf("%s: SQLSTATE %q (%v), want %s", c, state, err, f.state)
					}
					after := takeSnapshot(t, db)
					if d := before.difference(after, m); d != "" {
						t.Errorf("%s: refused with %s, and changed\n%s", c, f.state, d)
						before = after
					}
				}
			})
		}
	}
}

// TestAllOrNothingRandom: the same of random calls, many of which fail.
func TestAllOrNothingRandom(t *testing.T) {
	addr := testdb.Redis(t)
	for _, p := range propertyPrograms(t) {
		for _, strategy := range []prequel.Strategy{prequel.Read, prequel.Maintain} {
			t.Run(p.name+" "+string(strategy), func(t *testing.T) {
				m := p.compile(t, strategy).Manifest
				db := freshStore(t, "redis://"+addr, m)
				random := newCaller(2, 5, m)
				random.extremes = true
				states := map[string]int{}
				before := takeSnapshot(t, db)
				for range 300 {
					all := writes(m)
					c := random.call(all[random.r.IntN(len(all))])
					_, err := c.run(t.Context(), db)
					state := refusal(t, c, err)
					states[state]++
					after := takeSnapshot(t, db)
					if d := before.afterFailure(after, m); d != "" && state != "" {
						t.Fatalf("%s: refused with %s, and changed\n%s", c, state, d)
					}
					before = after
				}
				if len(states) < 2 || states[""] < 50 {
					t.Errorf("outcomes by SQLSTATE: %v: too few are refused, or too few run", states)
				}
			})
		}
	}
}

// TestAllOrNothingRefusingServer: the same when the server itself takes no writes.
func TestAllOrNothingRefusingServer(t *testing.T) {
	for _, refuse := range []struct {
		name        string
		do, undo    []any
		deletesPass bool // commands that free memory are let through
		says        string
	}{
		{"out of memory", []any{"CONFIG", "SET", "maxmemory", "1"}, []any{"CONFIG", "SET", "maxmemory", "0"}, true, "OOM"},
		{"replica", []any{"REPLICAOF", "127.0.0.1", "1"}, []any{"REPLICAOF", "NO", "ONE"}, false, "READONLY"},
		{"too few replicas", []any{"CONFIG", "SET", "min-replicas-to-write", "1"}, []any{"CONFIG", "SET", "min-replicas-to-write", "0"}, false, "NOREPLICAS"},
	} {
		addr := testdb.Redis(t)
		for _, strategy := range []prequel.Strategy{prequel.Read, prequel.Maintain} {
			m := wideProgram(t).compile(t, strategy).Manifest
			for _, e := range packagings(addr) {
				t.Run(fmt.Sprint(refuse.name, " ", strategy, " ", e.name), func(t *testing.T) {
					db := freshStore(t, e.url, m)
					random := newCaller(3, 4, m)
					random.fill(t, db, 80)
					if err := db.Redis().Do(t.Context(), refuse.do...).Err(); err != nil {
						t.Fatal(err)
					}
					before := takeSnapshot(t, db)
					for _, fn := range writes(m) {
						refused := 0
						for range 5 {
							c := random.call(fn)
							_, err := c.run(t.Context(), db)
							after := takeSnapshot(t, db)
							d := before.difference(after, m)
							before = after
							var statement *runtime.Error
							switch {
							case err == nil && d != "" && !refuse.deletesPass:
								t.Errorf("%s succeeds on a server that takes no writes", c)
							case err != nil && d != "":
								t.Errorf("%s: %v, and changed\n%s", c, err, d)
							case err != nil && !errors.As(err, &statement):
								if !strings.Contains(err.Error(), refuse.says) {
									t.Errorf("%s: %v, want %s", c, err, refuse.says)
								}
								refused++
							}
						}
						if refused == 0 && e.name == "library" {
							t.Errorf("%s is never refused with %s", fn.Name, refuse.says)
						}
					}
					if err := db.Redis().Do(t.Context(), refuse.undo...).Err(); err != nil {
						t.Fatal(err)
					}
					random.fill(t, db, 20) // connections recover
				})
			}
		}
	}
}
