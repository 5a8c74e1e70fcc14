package sqlparse_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/prequel-db/prequel/runtime/value"
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
	accepted, total, n := 0, 0, 0
	for _, op := range names {
		for _, l := range operands {
			for _, r := range operands {
				if n++; !sampled(n, 11) {
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
	// Functions written in SQL are replaced by their bodies here and have no name of their own there. Arrays are converted
	// by way of their text here.
	if slices.Contains(want, "") || scalar.Any(outputs(st)[0].Expr, isArrayViaText) {
		return true
	}
	if !slices.Equal(want, got) {
		o.t.Errorf("%s\n  postgres calls %v\n  prequel calls  %v in %s", sql, want, got, scalar.Format(outputs(st)[0].Expr, st.Columns))
	}
	return true
}

func isArrayViaText(e scalar.Expr) bool {
	v, ok := e.(*scalar.ViaText)
	return ok && v.Typ.Kind == value.Array && v.Arg.Type().Kind == value.Array
}

// TestPrefixOperators resolves every prefix operator over every type.
func TestPrefixOperators(t *testing.T) {
	o := newOracle(t, typeColumns)
	var names []string
	o.scan(`SELECT 0::int8, oprname FROM pg_operator WHERE oprkind = 'l' GROUP BY oprname ORDER BY oprname`, func(_ int64, s string) {
		names = append(names, s)
	})
	for _, op := range names {
		for _, x := range append(slices.Clone(typeColumnNames), "NULL", "'1'", "$1") {
			o.compareCalls(fmt.Sprintf("SELECT %s %s FROM t", op, x))
		}
	}
}

// signature is a function with a column of typeColumns for each of its parameters.
type signature struct {
	name string
	args []string
}

// signatures lists PostgreSQL's functions and aggregates over supported types.
func (o *oracle) signatures() []signature {
	byType := map[string]string{
		"boolean": "bool", "smallint": "int2", "integer": "int4", "bigint": "int8", "real": "float4", "double precision": "float8",
		"numeric": "num", "text": "txt", "character varying": "vc", "character": "ch", "bytea": "bytes", "date": "dt",
		"time without time zone": "tm", "timestamp without time zone": "ts", "timestamp with time zone": "tstz", "interval": "iv",
		"uuid": "id", "json": "js", "jsonb": "jb", "integer[]": "ints", "text[]": "txts", "anyelement": "int4", "anynonarray": "int4",
		"anyarray": "ints", "anyenum": "md", `"any"`: "txt", "anycompatible": "int4", "anycompatiblearray": "ints",
		"anycompatiblenonarray": "int4",
	}
	var list []signature
	o.scan(`SELECT 0::int8, concat_ws('|', proname, prokind, (SELECT string_agg(format_type(a, NULL), '|' ORDER BY i) FROM unnest(proargtypes) WITH ORDINALITY u(a, i)))
	  FROM pg_proc p WHERE pronamespace = 'pg_catalog'::regnamespace AND prokind IN ('f', 'a') AND NOT proretset AND pronargs BETWEEN 1 AND 5
	    AND proname NOT LIKE 'pg\_%' AND proname NOT LIKE 'has\_%' AND NOT EXISTS (SELECT FROM pg_aggregate a WHERE a.aggfnoid = p.oid AND aggkind <> 'n')
	  ORDER BY proname, oid`, func(_ int64, s string) {
		f := strings.Split(s, "|")
		sig := signature{name: f[0]}
		for _, a := range f[2:] {
			c, ok := byType[a]
			if !ok {
				return
			}
			sig.args = append(sig.args, c)
		}
		list = append(list, sig)
	})
	return list
}

// TestFunctions calls every function with arguments of the types it declares, then with each argument replaced by every
// type, an untyped literal and a parameter.
func TestFunctions(t *testing.T) {
	o := newOracle(t, typeColumns)
	list := o.signatures()
	accepted, total := 0, 0
	run := func(sig signature, args []string) {
		total++
		if o.compareCalls(fmt.Sprintf("SELECT %q(%s) FROM t", sig.name, strings.Join(args, ", "))) {
			accepted++
		}
	}
	for i, sig := range list {
		run(sig, sig.args)
		for at := range sig.args {
			for j, x := range append(slices.Clone(typeColumnNames), "NULL", "'1'", "$1") {
				if !sampled(i+j, 11) {
					continue
				}
				args := slices.Clone(sig.args)
				args[at] = x
				run(sig, args)
			}
		}
	}
	t.Logf("%d functions, %d of %d calls accepted", len(list), accepted, total)
}

// TestCasts converts every type to every other in each of the three contexts.
func TestCasts(t *testing.T) {
	o := newOracle(t, typeColumns)
	targets := strings.Split("boolean,smallint,integer,bigint,real,double precision,numeric,numeric(10,2),text,varchar,varchar(5),char(3),"+
		"bytea,date,time,timestamp,timestamp(3),timestamptz,interval,uuid,mood,json,jsonb,integer[],bigint[],text[],varchar(5)[]", ",")
	for i, c := range append(slices.Clone(typeColumnNames), "NULL", "'1'", "$1", "1", "1.5", "true") {
		for j, to := range targets {
			if !sampled(i+j, 3) {
				continue
			}
			// Constants are converted when they are bound, so that there is no call to compare.
			if cast := fmt.Sprintf("SELECT (%s)::%s FROM t", c, to); i < len(typeColumnNames) {
				o.compareCalls(cast)
			} else {
				o.compare(cast)
			}
			o.compare(fmt.Sprintf("SELECT CASE WHEN bool THEN %s ELSE NULL::%s END FROM t", c, to))
			o.compare(fmt.Sprintf("SELECT %s FROM t UNION SELECT NULL::%s", c, to))
			o.compare(fmt.Sprintf("SELECT %s IN (%s, NULL::%s) FROM t", c, c, to))
			o.compare(fmt.Sprintf("SELECT coalesce(%s, NULL::%s) FROM t", c, to))
			if to != "json" { // PostgreSQL refuses GREATEST over json too, but later
				o.compare(fmt.Sprintf("SELECT greatest(%s, NULL::%s) FROM t", c, to))
			}
		}
		for j, column := range typeColumnNames {
			if !sampled(i+j, 3) {
				continue
			}
			o.compare(fmt.Sprintf("INSERT INTO t (%s) SELECT %s FROM t", column, c))
			o.compare(fmt.Sprintf("UPDATE t SET %s = %s", column, c))
		}
	}
}
