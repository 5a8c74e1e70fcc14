package sqlparse_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
)

// samples are rows of typeColumns without NULLs, with the values that make functions give up: empty, zero, infinite, missing keys.
const samples = `
INSERT INTO t VALUES
 (true, 1, 2, 3, 1.5, 2.5, 3.5, 1.25, 'abc', 'de', 'f', 'gh', '\x01', '2020-01-01', '10:00', '2020-01-01 10:00', '2020-01-01 10:00+00', '1 day',
  'c0ffee00-0000-4000-8000-000000000000', 'ok', '{"a": 1}', '{"a": {"b": [1]}}', '{1,2}', '{3}', '{a,b}', '{1.5}', '{ok,sad}'),
 (false, 0, 0, 0, 0, 0, 0, 0, '', '', '', '', '', '1999-12-31', '00:00', '1999-12-31 23:59', '1999-12-31 23:59+00', '0',
  '00000000-0000-0000-0000-000000000000', 'sad', '[]', '[]', '{}', '{}', '{}', '{}', '{}'),
 (true, -1, -1, -1, 'NaN', 'Infinity', 'NaN', 5, 'a=b,c', '%', 'x', 'z', '\xff00', 'infinity', '23:59:59', 'infinity', '-infinity', '-5 months',
  'ffffffff-ffff-ffff-ffff-ffffffffffff', 'happy', 'null', 'null', '{NULL}', '{NULL,1}', '{NULL}', '{NULL}', '{NULL}');
`

// TestNullableOutputs runs every function and operator over rows without NULLs: where a result is NULL, the output column must be
// known as nullable.
func TestNullableOutputs(t *testing.T) {
	schema := typeColumns
	for _, c := range typeColumnNames {
		schema += "\nALTER TABLE t ALTER " + c + " SET NOT NULL;"
	}
	o := newOracle(t, schema)
	o.exec(samples)
	run, nulls, strict := 0, 0, 0
	check := func(call string) {
		sql := "SELECT " + call + " FROM t"
		_, st := o.prequel(sql)
		if st == nil {
			return
		}
		run++
		nullable := st.Columns.Get(outputs(st)[0].ID).Nullable
		if !nullable {
			strict++
		}
		if o.givesNull(call) {
			nulls++
			if !nullable {
				t.Errorf("%s gives NULL, but its column is not nullable", call)
			}
		}
	}
	for _, sig := range o.signatures() {
		check(fmt.Sprintf("%q(%s)", sig.name, strings.Join(sig.args, ", ")))
	}
	var operators []string
	o.scan(`SELECT 0::int8, oprname FROM pg_operator WHERE oprkind = 'b' GROUP BY oprname ORDER BY oprname`, func(_ int64, s string) {
		operators = append(operators, s)
	})
	operands := slices.Clone(typeColumnNames)
	for _, op := range operators {
		for i, l := range operands {
			for j, r := range operands {
				if i == j || sampled(i+j, 5) {
					check(fmt.Sprintf("%s %s %s", l, op, r))
				}
			}
		}
	}
	t.Logf("%d calls, %d of them give NULL, %d never do", run, nulls, strict)
	if strict*2 < run {
		t.Errorf("only %d of %d calls are known to give values", strict, run)
	}
}

// givesNull runs an expression over each row; rows for which it fails do not count.
func (o *oracle) givesNull(call string) bool {
	o.t.Helper()
	for _, row := range []string{"int2 = 1", "int2 = 0", "int2 = -1"} {
		var null bool
		err := o.conn.QueryRow(context.Background(), "SELECT ("+call+") IS NULL FROM t WHERE "+row, pgx.QueryExecModeSimpleProtocol).Scan(&null)
		if err == nil && null {
			return true
		}
	}
	return false
}
