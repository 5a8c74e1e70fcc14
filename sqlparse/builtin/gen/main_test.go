package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/prequel-db/prequel/sqllogic/testdb"
)

func TestMain(m *testing.M) { testdb.Main(m) }

// TestTablesAreCurrent: the tables in the tree are what PostgreSQL's catalogs say.
func TestTablesAreCurrent(t *testing.T) {
	dir := t.TempDir()
	if err := run(testdb.Database(t), dir); err != nil {
		t.Fatal(err)
	}
	for _, table := range tables {
		want, err := os.ReadFile(filepath.Join(dir, table.file))
		if err != nil {
			t.Fatal(err)
		}
		have, err := os.ReadFile(filepath.Join("..", table.file))
		if err != nil {
			t.Fatal(err)
		}
		if string(have) != string(want) {
			t.Errorf("%s is stale: run go generate in its folder", table.file)
		}
	}
}
