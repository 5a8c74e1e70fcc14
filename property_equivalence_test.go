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
		p = wholeRows(t, p)
		for _, strategy := range []prequel.Strategy{prequel.Read, prequel.Maintain, prequel.Auto} {
			m := p.compile(t, strategy).Manifest
			for seed := range uint64(4) {
				t.Run(fmt.Sprint(p.name, " ", strategy, " seed ", seed), func(t *testing.T) {
					kept := freshStore(t, "redis://"+addr+"/0", m)
					random := newCaller(seed, 3+int(seed)*3, m)
					if p.name != "constraints" { // random rows would break them
						random.load(t, kept, 10*int(seed))
					}
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

// tableRows decodes the rows of a table's row map, which has all columns thanks to wholeRows.
func tableRows(t *testing.T, db *runtime.DB, table runtime.Table) []tableRow {
	t.Helper()
	structures := db.Program().Manifest().Structures
	i := slices.IndexFunc(structures, func(s runtime.Structure) bool { return s.Name == table.Name && s.Redis == "hash" })
	if i < 0 {
		t.Fatalf("table %s has no row map", table.Name)
	}
	s := structures[i]
	packed, err := db.Redis().HGetAll(t.Context(), string(s.Prefix)).Result()
	if err != nil {
		t.Fatal(err)
	}
	fields := make([]string, 0, len(packed))
	for f := range packed {
		fields = append(fields, f)
	}
	slices.Sort(fields)
	var out []tableRow
	for _, f := range fields {
		stored, err := s.Layout.Unpack(packed[f])
		if err != nil {
			t.Fatal(err)
		}
		row := tableRow{values: make([]value.Value, len(table.Columns))}
		if len(table.Key) == 0 {
			row.id = f
		}
		for j, c := range table.Columns {
			at := slices.Index(s.Fields, c.Name)
			if at < 0 {
				t.Fatalf("the rows of %s are stored without %s", table.Name, c.Name)
			}
			row.values[j] = stored[at]
		}
		out = append(out, row)
	}
	return out
}

// wholeRows adds a statement for each table that needs all of its columns.
func wholeRows(t *testing.T, p propertyProgram) propertyProgram {
	t.Helper()
	for _, table := range p.compile(t, prequel.Read).Manifest.Tables {
		p.queries += fmt.Sprintf("\n-- name: rows_of_%s :many\n-- prequel: allow scan\nSELECT * FROM %s;\n", table.Name, table.Name)
	}
	return p
}

// counterKey is the key that draws a table's hidden row ids.
func counterKey(t *testing.T, m *runtime.Manifest, table string) string {
	t.Helper()
	for _, s := range m.Structures {
		if s.Name == table+"_row_ids" {
			return string(s.Prefix)
		}
	}
	t.Fatalf("table %s has no counter", table)
	return ""
}
