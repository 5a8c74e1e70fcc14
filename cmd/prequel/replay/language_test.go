package replay

import (
	"context"
	"io"
	"path/filepath"
	"strings"
	"testing"

	prequel "github.com/prequel-db/prequel"
	"github.com/prequel-db/prequel/sqllogic"
	"github.com/prequel-db/prequel/sqllogic/testdb"
)

func TestMain(m *testing.M) { testdb.Main(m) }

// TestLanguage runs the scripts of testdata/slt/language, one for each part of the language, under both strategies. PostgreSQL's answer is
// the expectation to every record, and nothing may be refused.
func TestLanguage(t *testing.T) {
	scripts, err := filepath.Glob("../../../testdata/slt/language/*.slt")
	if err != nil || len(scripts) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	files, err := sqllogic.Files(scripts)
	if err != nil {
		t.Fatal(err)
	}
	oracle, err := sqllogic.NewOracle(testdb.Database(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, strategy := range []prequel.Strategy{prequel.Read, prequel.Maintain} {
		var log strings.Builder
		runner := sqllogic.Runner{
			Open: func(_ context.Context, script *sqllogic.Script) (sqllogic.Engine, error) {
				return New(script, Options{Store: "embedded", Strategy: strategy, Lift: prequel.Lift}), nil
			},
			Oracle: oracle, Trust: true, Log: io.Writer(&log), LogRefused: true,
		}
		report, err := runner.Run(context.Background(), files)
		if err != nil {
			t.Fatal(err)
		}
		passed, failed, skipped := report.Totals()
		if failed > 0 || skipped > 0 || passed == 0 {
			t.Errorf("%v: %d passed, %d failed, %d skipped\n%s", strategy, passed, failed, skipped, log.String())
		}
	}
}
