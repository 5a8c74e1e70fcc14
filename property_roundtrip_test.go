package prequel_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"

	prequel "github.com/prequel-db/prequel"
	"github.com/prequel-db/prequel/runtime"
	"github.com/prequel-db/prequel/runtime/meter"
	"github.com/prequel-db/prequel/sqllogic/testdb"
)

// TestOneRoundTrip: every statement is one exchange with the server, and what is sent is one command, or one transaction,
// in the form that explain names.
func TestOneRoundTrip(t *testing.T) {
	addr := testdb.Redis(t)
	proxy, err := meter.NewProxy(addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { proxy.Close() })
	forms := map[string]int{}
	for _, p := range propertyPrograms(t) {
		for _, strategy := range []prequel.Strategy{prequel.Read, prequel.Maintain, prequel.Auto} {
			c := p.compile(t, strategy)
			for _, e := range packagings(proxy.Addr()) {
				t.Run(p.name+" "+string(strategy)+" "+e.name, func(t *testing.T) {
					db := freshStore(t, e.url, c.Manifest, runtime.WithRedis(func(o *redis.Options) { o.PoolSize = 1 }))
					random := newCaller(1, 6, c.Manifest)
					random.fill(t, db, 60)
					for _, fn := range declared(c.Manifest) { // a connection's first native call learns the epoch
						_, err := random.call(fn).run(t.Context(), db)
						refusal(t, callOf{fn: fn}, err)
					}
					for _, fn := range declared(c.Manifest) {
						for range 4 {
							oneRoundTrip(t, proxy, addr, db, random.call(fn))
						}
						forms[fn.Form()]++
					}
				})
			}
		}
	}
	for _, form := range []string{"native", "multi", "function"} {
		if forms[form] == 0 {
			t.Errorf("no statement has the form %s: the test does not reach it", form)
		}
	}
}

// oneRoundTrip makes a call and counts. A call that the client refuses or answers by itself because of a NULL takes none.
func oneRoundTrip(t *testing.T, proxy *meter.Proxy, addr string, db *runtime.DB, c callOf) {
	t.Helper()
	want := int64(1)
	for i, a := range c.args {
		refused := slices.ContainsFunc(c.fn.NotNull, func(n runtime.NotNull) bool { return n.Param == i+1 })
		if a.IsNull() && (refused || slices.Contains(c.fn.EmptyIfNull, i+1)) {
			want = 0
		}
	}
	before := proxy.RoundTrips()
	var trips int64
	commands, err := meter.Watch(t.Context(), addr, func() error {
		_, err := c.run(t.Context(), db)
		refusal(t, c, err)
		trips = proxy.RoundTrips() - before
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if trips != want {
		t.Errorf("%s: %d round trips, want %d", c, trips, want)
	}
	var sent []string
	for _, command := range commands {
		if !command.Script {
			sent = append(sent, command.Name())
		}
	}
	if !lightForm(c.fn, sent) && want > 0 {
		t.Errorf("%s of form %s was sent as %s", c, c.fn.Form(), strings.Join(sent, ", "))
	}
}

// lightForm reports whether the commands sent are what a statement's form allows: one command, or a transaction whose
// commands are the manifest's, with the WATCH that guards the next one behind it.
func lightForm(fn *runtime.Function, sent []string) bool {
	switch {
	case fn.Script != nil:
		return len(sent) == 1 && (strings.HasPrefix(sent[0], "FCALL") || strings.HasPrefix(sent[0], "EVALSHA"))
	case fn.ReadOnly:
		return len(sent) == 1
	}
	want := []string{"MULTI"}
	for _, c := range fn.Commands {
		want = append(want, string(c.Args[0].Parts[0].Lit))
	}
	return slices.Equal(sent, append(want, "EXEC", "WATCH", "GET"))
}
