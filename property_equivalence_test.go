package prequel_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"

	prequel "github.com/prequel-db/prequel"
	"github.com/prequel-db/prequel/runtime"
	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/runtime/verify"
	"github.com/prequel-db/prequel/sqllogic/testdb"
	"github.com/prequel-db/prequel/sqlparse/diag"
)

// TestMaintainedIsRecomputed: after any sequence of writes every structure holds what it would hold had the rows that are there
// now been loaded into an empty store.
func TestMaintainedIsRecomputed(t *testing.T) {
	addr := testdb.Redis(t)
	for _, p := range propertyPrograms(t) {
		whole := wholeRows(t, p)
		for _, strategy := range []prequel.Strategy{prequel.Read, prequel.Maintain, prequel.Auto} {
			m, bare := whole.compile(t, strategy).Manifest, p.compile(t, strategy).Manifest
			for seed := range uint64(4) {
				t.Run(fmt.Sprint(p.name, " ", strategy, " seed ", seed), func(t *testing.T) {
					if seed == 3 { // structures have the columns that statements need, and no structure may have all
						m = bare
					}
					kept := freshStore(t, "redis://"+addr+"/0", m)
					random := newCaller(seed, 3+int(seed)*3, m)
					if p.name != "constraints" { // random rows would break them
						random.load(t, kept, 10*int(seed))
					}
					for range 8 {
						random.fill(t, kept, 40)
						report := verified(t, kept, verify.Options{Scratch: "redis://" + addr + "/1", Atomic: seed == 1})
						if report.Structures < 1 || report.Rows < 1 || seed != 3 && len(report.Unchecked) > 0 {
							t.Fatal("too little to compare: ", report.Summary())
						}
					}
				})
			}
		}
	}
}

// verified fails the test when a store's structures are not what its rows give.
func verified(t testing.TB, db *runtime.DB, o verify.Options) *verify.Report {
	t.Helper()
	report, err := prequel.Verify(t.Context(), db, o)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range report.Differences {
		t.Error(d)
	}
	if t.Failed() {
		t.FailNow()
	}
	return report
}

// TestVerifyUniqueExpressions: the map of a unique index over an expression, which has no row where that is NULL, is not where rows are
// read from.
func TestVerifyUniqueExpressions(t *testing.T) {
	compiled := mustCompile(t, prequel.Config{
		Schema: []*diag.Source{{Name: "schema.sql", Text: "CREATE TABLE t (id bigint PRIMARY KEY, s text, doc jsonb); CREATE UNIQUE INDEX ON t ((doc -> 'a'));"}},
		Queries: []*diag.Source{{Name: "queries.sql", Text: `
-- name: Put :execrows
INSERT INTO t AS n (id, s, doc) VALUES ($1, $2, $3) ON CONFLICT ((doc -> 'a')) DO UPDATE SET s = (SELECT max(s) FROM t);
`}},
	})
	db := freshStore(t, "embedded", compiled.Manifest)
	for i, doc := range []string{"{}", `{"a": 1}`, `{"b": 1}`, `{"a": 1}`} {
		call := runtime.SendAll(t.Context(), db, db.Program().MustStatement("Put"), []string{doc}, func(doc string) []value.Value {
			return []value.Value{value.Int(int64(i)), value.String("x"), value.String(doc)}
		})
		if _, err := call.Affected(); err != nil {
			t.Fatal(err)
		}
	}
	verified(t, db, verify.Options{})
}

// TestVerifyFindsFaults: whatever is changed in whatever structure behind the program's back is reported, and nothing else once it is
// changed back.
func TestVerifyFindsFaults(t *testing.T) {
	addr := testdb.Redis(t)
	p := wholeRows(t, programIn(t, "testdata/constraints"))
	for _, strategy := range []prequel.Strategy{prequel.Read, prequel.Maintain} {
		m := p.compile(t, strategy).Manifest
		for _, engine := range []string{"redis://" + addr, "embedded"} {
			t.Run(fmt.Sprint(strategy, " ", engine), func(t *testing.T) {
				db := freshStore(t, engine, m)
				newCaller(4, 5, m).fill(t, db, 400)
				verified(t, db, verify.Options{})
				faults := 0
				for key, lines := range stored(t, db) {
					for _, fault := range faultsOf(t, db, key, lines[0]) {
						fault.do()
						report, err := prequel.Verify(t.Context(), db, verify.Options{Atomic: faults%2 == 0})
						if err != nil {
							t.Fatal(err)
						}
						if len(report.Differences) == 0 {
							t.Errorf("%s of %s: no difference found", fault.name, describeKey(key, m))
						}
						fault.undo()
						faults++
					}
				}
				if faults < 20 {
					t.Errorf("only %d faults were tried", faults)
				}
				verified(t, db, verify.Options{})
			})
		}
	}
}

type fault struct {
	name     string
	do, undo func()
}

// faultsOf are ways to damage a key.
func faultsOf(t *testing.T, db *runtime.DB, key, kind string) []fault {
	t.Helper()
	ctx, client := t.Context(), db.Redis()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	switch kind {
	case "hash":
		for f, v := range client.HGetAll(ctx, key).Val() {
			set := func(v string) func() { return func() { must(client.HSet(ctx, key, f, v).Err()) } }
			return []fault{
				{"a lost field", func() { must(client.HDel(ctx, key, f).Err()) }, set(v)},
				{"another value", set(v + "0"), set(v)},
			}
		}
	case "zset":
		member := client.ZRange(ctx, key, 0, 0).Val()[0]
		add := func(m string) func() { return func() { must(client.ZAdd(ctx, key, redis.Z{Member: m}).Err()) } }
		remove := func(m string) func() { return func() { must(client.ZRem(ctx, key, m).Err()) } }
		return []fault{
			{"a lost member", remove(member), add(member)},
			{"a stale member", add(member + "0"), remove(member + "0")},
		}
	}
	return nil
}

// stored is a snapshot of a store's structures: without the keys that say what it holds, and without the counters of row ids,
// which go on counting when rows are deleted.
func stored(t *testing.T, db *runtime.DB) snapshot {
	t.Helper()
	m := db.Program().Manifest()
	skip := []string{"ready:", "meta", "loading:"}
	for _, s := range m.Structures {
		if s.Redis == "string" {
			skip = append(skip, s.Fingerprint)
		}
	}
	return takeSnapshot(t, db, skip...)
}

// wholeRows adds a statement for each table that needs all of its columns.
func wholeRows(t *testing.T, p propertyProgram) propertyProgram {
	t.Helper()
	var more strings.Builder
	for _, table := range p.compile(t, prequel.Read).Manifest.Tables {
		fmt.Fprintf(&more, "\n-- name: rows_of_%s :many\n-- prequel: allow scan\nSELECT * FROM %s;\n", table.Name, table.Name)
	}
	p.queries += more.String()
	return p
}
