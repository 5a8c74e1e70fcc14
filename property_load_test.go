package prequel_test

import (
	"fmt"
	"testing"

	prequel "github.com/prequel-db/prequel"
	"github.com/prequel-db/prequel/runtime"
	"github.com/prequel-db/prequel/sqllogic/testdb"
)

// TestPackagingsAgree: every program loads in a real Redis as a function library and as scripts, and in the embedded engine, and
// the same calls give the same answers and leave the same store in all three.
func TestPackagingsAgree(t *testing.T) {
	addr := testdb.Redis(t)
	for _, p := range propertyPrograms(t) {
		for _, strategy := range []prequel.Strategy{prequel.Read, prequel.Maintain} {
			t.Run(p.name+" "+string(strategy), func(t *testing.T) {
				m := p.compile(t, strategy).Manifest
				engines := append(packagings(addr), engineOf{"embedded", "embedded"})
				var dbs []*runtime.DB
				for _, e := range engines {
					db := openStore(t, e.url, m)
					newCaller(6, 6, m).load(t, db, 25)
					dbs = append(dbs, db)
				}
				random := newCaller(7, 6, m)
				all := declared(m)
				for range 6 {
					for range 3 * len(all) {
						c := random.call(all[random.r.IntN(len(all))])
						var want string
						for i, db := range dbs {
							cur, err := c.run(t.Context(), db)
							switch got := answer(t, c, cur, err); {
							case i == 0:
								want = got
							case got != want:
								t.Errorf("%s: %s answers\n%s\n%s answers\n%s", c, engines[0].name, want, engines[i].name, got)
							}
						}
					}
					first := stored(t, dbs[0])
					for i, db := range dbs[1:] {
						if d := first.difference(stored(t, db), m); d != "" {
							t.Fatalf("%s holds otherwise than %s:\n%s", engines[i+1].name, engines[0].name, d)
						}
					}
				}
			})
		}
	}
}

// TestOneServerHoldsManyPrograms: the libraries of several programs stand beside each other on a server.
func TestOneServerHoldsManyPrograms(t *testing.T) {
	addr := testdb.Redis(t)
	var dbs []*runtime.DB
	var calls []callOf
	for i, p := range propertyPrograms(t) {
		cfg := p.config(prequel.Auto)
		cfg.Root = fmt.Sprintf("{program %d}", i)
		m := mustCompile(t, cfg).Manifest
		db := freshStore(t, "redis://"+addr, m)
		for _, fn := range declared(m) {
			dbs = append(dbs, db)
			calls = append(calls, newCaller(8, 4, m).call(fn))
		}
	}
	for i, c := range calls {
		_, err := c.run(t.Context(), dbs[i])
		refusal(t, c, err)
	}
}
