package sqlparse_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// typeColumns has a column of every type.
const typeColumns = `
CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');
CREATE TABLE t (
  bool boolean, int2 smallint, int4 integer, int8 bigint, float4 real, float8 double precision, num numeric, num2 numeric(10,2),
  txt text, vc varchar, vc5 varchar(5), ch char(3), bytes bytea, dt date, tm time, ts timestamp, tstz timestamptz, iv interval,
  id uuid, md mood, js json, jb jsonb, ints integer[], bigs bigint[], txts text[], nums numeric[], moods mood[]
);`

var typeColumnNames = strings.Fields(`bool int2 int4 int8 float4 float8 num txt vc vc5 ch bytes dt tm ts tstz iv id md js jb ints bigs txts nums moods`)

// TestOperators resolves every operator over every pair of types, with untyped literals and parameters too, as PostgreSQL does.
func TestOperators(t *testing.T) {
	o := newOracle(t, typeColumns)
	var names []string
	o.scan(`SELECT 0::int8, oprname FROM pg_operator WHERE oprkind = 'b' GROUP BY oprname ORDER BY oprname`, func(_ int64, s string) {
		names = append(names, s)
	})
	operands := append(slices.Clone(typeColumnNames), "NULL", "'1'", "$1")
	accepted, total := 0, 0
	for _, op := range names {
		for _, l := range operands {
			for _, r := range operands {
				if testing.Short() && (len(l)+len(r))%5 != 0 {
					continue
				}
				total++
				if o.compareCalls(fmt.Sprintf("SELECT %s %s %s FROM t", l, op, r)) {
					accepted++
				}
			}
		}
	}
	t.Logf("%d of %d accepted", accepted, total)
}

// compareCalls compares types and, where both accept, the functions chosen.
func (o *oracle) compareCalls(sql string) bool {
	o.t.Helper()
	if !o.compare(sql) {
		return false
	}
	_, st := o.prequel(sql)
	if st == nil {
		return false
	}
	want, got := o.functions(sql), calls(outputs(st)[0].Expr)
	// Functions written in SQL are replaced by their bodies here and have no name of their own there.
	if slices.Contains(want, "") {
		return true
	}
	if !slices.Equal(want, got) {
		o.t.Errorf("%s\n  postgres calls %v\n  prequel calls  %v in %s", sql, want, got, scalar.Format(outputs(st)[0].Expr, st.Columns))
	}
	return true
}
