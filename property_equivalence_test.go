package prequel_test

import (
	"fmt"
	"slices"
	"strconv"
	"testing"

	prequel "github.com/prequel-db/prequel"
	"github.com/prequel-db/prequel/runtime"
	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqllogic/testdb"
)

// TestMaintainedIsRecomputed: after any sequence of writes every structure holds what it would hold had the rows that are there
// now been loaded into an empty store.
func TestMaintainedIsRecomputed(t *testing.T) {
	addr := testdb.Redis(t)
	for _, p := range propertyPrograms(t) {
		for _, strategy := range []prequel.Strategy{prequel.Read, prequel.Maintain, prequel.Auto} {
			m := p.compile(t, strategy).Manifest
			for seed := range uint64(4) {
				t.Run(fmt.Sprint(p.name, " ", strategy, " seed ", seed), func(t *testing.T) {
					kept := freshStore(t, "redis://"+addr+"/0", m)
					random := newCaller(seed, 3+int(seed)*3, m)
					random.load(t, kept, 10*int(seed))
					for range 8 {
						random.fill(t, kept, 40)
						rebuilt := rebuild(t, kept, "redis://"+addr+"/1")
						before, after := stored(t, rebuilt), stored(t, kept)
						if d := before.difference(after, m); d != "" {
							t.Fatalf("what is recomputed (-) and what was maintained (+):\n%s", d)
						}
						if len(after) < 2 {
							t.Fatal("the store is empty: there is nothing to compare")
						}
					}
				})
			}
		}
	}
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

// rebuild loads the rows of a store into another one, as hydration does.
func rebuild(t *testing.T, from *runtime.DB, url string) *runtime.DB {
	t.Helper()
	m := from.Program().Manifest()
	db := openStore(t, url, m)
	loader, err := db.BeginLoad(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, table := range m.Tables {
		if table.Load == "" {
			continue
		}
		for _, row := range tableRows(t, from, table) {
			if row.id != "" { // the counter gives the row the id that it has
				n, err := strconv.Atoi(row.id)
				if err != nil {
					t.Fatal(err)
				}
				if err := db.Redis().Set(t.Context(), counterKey(t, m, table.Name), n-1, 0).Err(); err != nil {
					t.Fatal(err)
				}
			}
			if _, err := loader.DB().Query(t.Context(), db.Program().MustStatement(table.Load), row.values...); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := loader.Finish(t.Context(), ""); err != nil {
		t.Fatal(err)
	}
	return db
}

// tableRow is a row as it is stored; id is its hidden id, "" in a table with a primary key.
type tableRow struct {
	id     string
	values []value.Value
}

// tableRows decodes a table's rows from the structure that holds most of their columns. A column that no structure holds is NULL, or
// a value of its type where it must not be: nothing depends on it.
func tableRows(t *testing.T, db *runtime.DB, table runtime.Table) []tableRow {
	t.Helper()
	m := db.Program().Manifest()
	rows := map[string]*tableRow{}
	var ids []string
	for i := range m.Structures {
		s := &m.Structures[i]
		if s.Relation != table.Name || s.Redis == "string" {
			continue
		}
		for _, stored := range decodeStructure(t, db, s) {
			id := rowIdentity(table, stored)
			row := rows[id]
			if row == nil {
				row = &tableRow{id: stored["row id"].text, values: make([]value.Value, len(table.Columns))}
				rows[id] = row
				ids = append(ids, id)
			}
			for j, c := range table.Columns {
				if v, ok := stored[c.Name]; ok {
					row.values[j] = v.value
				}
			}
		}
	}
	slices.Sort(ids)
	out := make([]tableRow, 0, len(ids))
	for _, id := range ids {
		row := rows[id]
		for j, c := range table.Columns {
			if row.values[j].IsNull() && !c.Nullable {
				row.values[j] = newCaller(0, 1, m).value(c.Type)
			}
		}
		out = append(out, *row)
	}
	return out
}
