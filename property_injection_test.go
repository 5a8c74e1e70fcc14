package prequel_test

import (
	"fmt"
	"strings"
	"testing"

	prequel "github.com/prequel-db/prequel"
	"github.com/prequel-db/prequel/runtime"
	"github.com/prequel-db/prequel/sqllogic/testdb"
)

// injector stands for redis.call in a script: it counts the commands of a call and refuses the one whose number the key
// ROOTinject holds, saying whether the call has written before it. A script that takes no writes back is left alone after the
// first.
const injector = `local injected, written = 0, "nothing"
local writes = {HSET = true, HDEL = true, ZADD = true, ZREM = true, SET = true, DEL = true, INCR = true, DECR = true}
local function inject(name, ...)
  injected = injected + 1
  if injected == tonumber(redis.call("GET", "ROOTinject") or 0) and (UNDOES or written == "nothing") then
    error("injected after " .. written, 0)
  end
  if writes[name] then
    written = "a write"
  end
  return redis.call(name, ...)
end
`

// inject puts the injector into every script of a program.
func inject(m *runtime.Manifest) {
	for i := range m.Functions {
		if s := m.Functions[i].Script; s != nil {
			c := *s
			undoes := strings.Contains(c.Source, "return transact(redis.call,")
			hook := strings.NewReplacer("ROOT", string(m.Root), "UNDOES", fmt.Sprint(undoes)).Replace(injector)
			source := strings.ReplaceAll(c.Source, "redis.call", "inject")
			// What takes writes back does not fail.
			c.Source = hook + strings.Replace(source, "return transact(inject,", "return transact(redis.call,", 1)
			m.Functions[i].Script = &c
		}
	}
}

// TestInjectedFailures: each command of a call fails in turn, and what the call wrote until then is gone. A function that
// checks everything before its first write needs no undo; there the commands up to the first write fail in turn, and no
// instruction behind it can raise, which phys.Check verifies.
func TestInjectedFailures(t *testing.T) {
	addr := testdb.Redis(t)
	for _, p := range propertyPrograms(t) {
		for _, strategy := range []prequel.Strategy{prequel.Read, prequel.Maintain} {
			t.Run(p.name+" "+string(strategy), func(t *testing.T) {
				m := p.compile(t, strategy).Manifest
				inject(m)
				db := freshStore(t, "redis+eval://"+addr, m)
				key := string(m.Root) + "inject"
				random := newCaller(7, 6, m)
				random.fill(t, db, 150)
				all := writes(m)
				injections, undone := 0, 0
				for i := range 8 * len(all) {
					c := random.call(all[i%len(all)])
					before := takeSnapshot(t, db, "inject")
					for n := 1; ; n++ {
						if err := db.Redis().Set(t.Context(), key, n, 0).Err(); err != nil {
							t.Fatal(err)
						}
						_, err := c.run(t.Context(), db)
						if err == nil || !strings.Contains(err.Error(), "injected after") {
							if refusal(t, c, err) != "" {
								if d := before.afterFailure(takeSnapshot(t, db, "inject"), m); d != "" {
									t.Errorf("%s: %v, and changed\n%s", c, err, d)
								}
							}
							break
						}
						injections++
						if strings.Contains(err.Error(), "after a write") {
							undone++
						}
						if d := before.afterFailure(takeSnapshot(t, db, "inject"), m); d != "" {
							t.Fatalf("%s: command %d failed (%v), and the store changed\n%s", c, n, err, d)
						}
					}
					db.Redis().Del(t.Context(), key)
				}
				t.Logf("%d failures injected, %d of them after a write", injections, undone)
				if injections == 0 || (p.name == "constraints" || p.name == "triggers") && undone == 0 {
					t.Error("too few failures were injected")
				}
			})
		}
	}
}
