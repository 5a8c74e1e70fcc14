package prequel_test

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	prequel "github.com/prequel-db/prequel"
	"github.com/prequel-db/prequel/runtime"
	"github.com/prequel-db/prequel/sqllogic/testdb"
)

// loadPrograms are all programs that the tests have: those of the properties, the shapes of testdata/pipeline as one, and the
// example.
func loadPrograms(t *testing.T) []propertyProgram {
	t.Helper()
	out := propertyPrograms(t)
	schema, err := os.ReadFile("testdata/pipeline/schema.sql")
	if err != nil {
		t.Fatal(err)
	}
	shapes := propertyProgram{name: "pipeline", schema: string(schema)}
	entries, err := os.ReadDir("testdata/pipeline")
	if err != nil {
		t.Fatal(err)
	}
	statement := regexp.MustCompile(`(?m)^-- name: (\w+)`)
	for _, e := range entries {
		text, err := os.ReadFile("testdata/pipeline/" + e.Name())
		if err != nil {
			t.Fatal(err)
		}
		file, ok := strings.CutSuffix(e.Name(), ".test")
		_, input, found := strings.Cut(string(text), "\npipeline")
		if !ok || !found {
			continue
		}
		_, input, _ = strings.Cut(input, "\n") // the rest of the directive
		input, _, _ = strings.Cut(input, "\n----")
		shapes.queries += statement.ReplaceAllString(input, "-- name: ${1}_"+file) + "\n"
	}
	return append(out, shapes, fleetProgram(t))
}

// fleetProgram is the program of examples/fleet.
func fleetProgram(t *testing.T) propertyProgram {
	t.Helper()
	project, problems, err := prequel.ReadProject("examples/fleet/prequel.yaml")
	if err != nil || problems.HasErrors() {
		t.Fatal(err, problems)
	}
	cfg, problems := project.Config()
	if problems.HasErrors() {
		t.Fatal(problems)
	}
	p := propertyProgram{name: "fleet"}
	for _, s := range cfg.Schema {
		p.schema += s.Text + "\n"
	}
	for _, s := range cfg.Queries {
		p.queries += s.Text + "\n"
	}
	return p
}

// TestPackagingsAgree: every program loads in a real Redis as a function library and as scripts, and in the embedded engine, and
// the same calls give the same answers and leave the same store in all three.
func TestPackagingsAgree(t *testing.T) {
	addr := testdb.Redis(t)
	for _, p := range loadPrograms(t) {
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
	for i, p := range loadPrograms(t) {
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
