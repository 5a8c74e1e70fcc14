package prequel_test

import (
	"slices"
	"testing"

	prequel "github.com/prequel-db/prequel"
	"github.com/prequel-db/prequel/sqlparse/diag"
)

// TestHotColumns: which columns live apart depends on how wide the rest of the row is, and on how often statements change them
// against how often others read them with the rest.
func TestHotColumns(t *testing.T) {
	const schema = `CREATE TABLE accounts (id bigint PRIMARY KEY, profile text NOT NULL, balance bigint NOT NULL, seen timestamptz);`
	const charge = "-- name: Charge :execrows\nUPDATE accounts SET balance = balance - $1 WHERE id = $2 AND balance >= $1;\n"
	const touch = "-- name: Touch :exec\nUPDATE accounts SET seen = now() WHERE id = $1;\n"
	const whole = "-- name: Whole :one\nSELECT * FROM accounts WHERE id = $1;\n"
	for _, c := range []struct {
		name    string
		queries string
		width   float64
		rates   map[string]float64
		hot     map[string][]string
		want    []string
	}{
		{"narrow", charge + touch + whole, 16, map[string]float64{"Charge": 1000}, nil, nil},
		{"wide", charge + whole, 800, map[string]float64{"Charge": 1000}, nil, []string{"balance"}},
		{"two", charge + touch + whole, 800, map[string]float64{"Charge": 1000, "Touch": 1000}, nil, []string{"balance", "seen"}},
		{"read as often as changed", charge + whole, 800, nil, nil, nil},
		{"never read whole", charge + "-- name: P :one\nSELECT profile FROM accounts WHERE id = $1;\n", 800, nil, nil, []string{"balance"}},
		{"forced", whole, 16, nil, map[string][]string{"accounts": {"seen"}}, []string{"seen"}},
		{"forbidden", charge + whole, 800, map[string]float64{"Charge": 1000}, map[string][]string{"accounts": {}}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			program, problems := prequel.Compile(prequel.Config{
				Schema:  []*diag.Source{{Name: "schema.sql", Text: schema}},
				Queries: []*diag.Source{{Name: "queries.sql", Text: c.queries}},
				Widths:  map[string]map[string]float64{"accounts": {"profile": c.width}},
				Rate:    c.rates, Hot: c.hot,
			})
			if problems.HasErrors() {
				t.Fatal(render(problems))
			}
			var got []string
			for _, s := range program.Module.Structures {
				if s.Name == "accounts_cells" {
					for _, col := range s.Payload {
						got = append(got, col.Name)
					}
				}
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("apart: %v, want %v", got, c.want)
			}
		})
	}
}
