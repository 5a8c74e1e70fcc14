package prelude

import "testing"

// The files resolve: every helper they name exists.
func TestTimeResolves(t *testing.T) {
	for _, name := range []string{
		"timestamptz_out", "timestamptz_pl_interval", "timestamptz_trunc", "extract_timestamptz", "interval_out",
		"extract_date", "float8_timestamptz", "date_pl_interval",
	} {
		if _, err := Resolve([]string{name}); err != nil {
			t.Error(err)
		}
	}
}
