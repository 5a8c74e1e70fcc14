package sqllogic

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/prequel-db/prequel/sqllogic/testdb"
)

func TestMain(m *testing.M) { testdb.Main(m) }

// corpora is where the public test corpora are, beside the repository.
const corpora = "../../shared/corpora"

func noSleep(time.Duration) {}

var state = regexp.MustCompile(`\(SQLSTATE (.....)\)$`)

// TestCorpora runs the public corpora with PostgreSQL as the engine. That tests this package: a script that PostgreSQL
// does not pass was misread, or is one that PostgreSQL really disagrees with. The latter are few and listed in
// testdata/corpora, each with what PostgreSQL says.
func TestCorpora(t *testing.T) {
	for _, name := range []string{"risinglight", "risingwave", "pg-regress14", "sqlite-slt"} {
		t.Run(name, func(t *testing.T) {
			root := filepath.Join(corpora, name)
			files, err := Files([]string{root})
			if err != nil {
				t.Fatalf("the public test corpora are expected beside the repository, in ../shared/corpora: %v", err)
			}
			oracle, err := NewOracle(testdb.Database(t))
			if err != nil {
				t.Fatal(err)
			}
			runner := Runner{
				Open:  func(ctx context.Context, _ *Script) (Engine, error) { return oracle.Open(ctx) },
				Sleep: noSleep,
			}
			report, err := runner.Run(context.Background(), files)
			if err != nil {
				t.Fatal(err)
			}
			var got strings.Builder
			for _, f := range report.Files {
				for _, v := range f.Verdicts {
					reason, _, _ := strings.Cut(v.Reason, ":")
					if m := state.FindStringSubmatch(v.Reason); m != nil {
						reason = "SQLSTATE " + m[1]
					} else if strings.HasPrefix(reason, "failed with") {
						reason = "another error"
					}
					fmt.Fprintf(&got, "%s: %s\n", strings.TrimPrefix(v.Pos, root+"/"), reason)
				}
			}
			if err := report.WriteSummary(&got); err != nil {
				t.Fatal(err)
			}
			golden := filepath.Join("testdata", "corpora", name+".txt")
			if rewriting() {
				if err := os.WriteFile(golden, []byte(got.String()), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if got.String() != string(want) {
				t.Errorf("differs:\n%s", diff(strings.Split(string(want), "\n"), strings.Split(got.String(), "\n")))
			}
		})
	}
}
