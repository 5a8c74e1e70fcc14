package prelude_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
)

// groups are lists of values to aggregate: empty, single, equal, short, long, with and without special values.
func groups(seed uint64, typ string) [][]string {
	g := newGenerator(seed)
	edge := edges[typ]
	out := [][]string{{edge[0]}, {edge[0], edge[0]}, {edge[3], edge[3], edge[3]}, {edge[len(edge)-1], edge[1]}, {edge[len(edge)-2], edge[len(edge)-2]}}
	for range 150 {
		values := make([]string, 1+g.IntN(12))
		plain := g.IntN(3) > 0
		for i := range values {
			for values[i] = g.value(typ); plain && strings.ContainsAny(values[i], "aIx"); {
				values[i] = g.value(typ)
			}
		}
		out = append(out, values)
	}
	return out
}

// aggregate compares a Lua loop over each group with PostgreSQL's aggregate. step and final are statements over the table
// state and the value x; final assigns r.
func (o *oracle) aggregate(t *testing.T, name, typ, step, final, sql, ret string, groups [][]string) {
	t.Helper()
	ctx := context.Background()
	var argv []any
	queries := make([]string, len(groups))
	for i, values := range groups {
		argv = append(argv, len(values))
		rows := make([]string, len(values))
		for j, v := range values {
			argv = append(argv, v)
			rows[j] = fmt.Sprintf("('%s'::%s)", v, typ)
		}
		queries[i] = fmt.Sprintf("select %s::text from (values %s) x(a)", sql, strings.Join(rows, ","))
	}
	script := link(t, fmt.Sprintf(`
local out = {}
local i = 1
while i <= #ARGV do
  local n = tonumber(ARGV[i])
  local ok, r = pcall(function()
    local state
    for k = i + 1, i + n do
      local x = %s
      %s
    end
    local r
    %s
    return r == nil and "NULL" or %s
  end)
  out[#out + 1] = ok and r or type(r) == "table" and refused(r.sqlstate, r.message, r.fields).err or "lua: " .. tostring(r)
  i = i + n + 1
end
return out
`, fmt.Sprintf(luaOfText[typ], "ARGV[k]"), step, final, textOfLua[ret]))
	_, err := o.pg.Exec(ctx, `create or replace function pg_temp.run(q text) returns text language plpgsql as $f$
declare r text;
begin
  execute q into r;
  return coalesce(r, 'NULL');
exception when others then
  return 'PQ' || sqlstate || ' ' || sqlerrm;
end $f$`)
	if err != nil {
		t.Fatal(err)
	}
	result, err := o.pg.Query(ctx, "select pg_temp.run(q) from unnest($1::text[]) with ordinality u(q, i) order by i", queries)
	if err != nil {
		t.Fatal(err)
	}
	want, err := pgx.CollectRows(result, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range o.engines {
		got, err := e.Eval(ctx, script, nil, argv...).StringSlice()
		if err != nil {
			t.Fatalf("%s: %s: %v", e.name, name, err)
		}
		for i := range groups {
			if got[i] != want[i] {
				t.Errorf("%s: %s of %q: got %q, want %q", e.name, name, groups[i], got[i], want[i])
			}
		}
	}
}

func TestNumericAggregates(t *testing.T) {
	o := newOracle(t)
	for i, typ := range []string{"int2", "int4", "int8", "numeric"} {
		data := canonical(groups(uint64(i), typ))
		text := "wide_text(x)"
		if typ == "numeric" {
			text = "x"
		}
		for _, f := range []string{"var_samp", "var_pop", "stddev_samp", "stddev_pop"} {
			o.aggregate(t, f, typ, "state = numeric_accum(state, "+text+")", "r = numeric_"+f+"(state)", f+"(a)", "numeric", data)
		}
		if typ == "numeric" {
			continue
		}
		o.aggregate(t, "avg", typ, "state = int8pl(state or 0, x)", "r = int8_avg(state, n)", "avg(a)", "numeric", inRange(data))
	}
	data := canonical(groups(9, "numeric"))
	data = append(data, canonical([][]string{
		{"0.00", "0.10", "-0.05"},
		{"-0.05"},
		{"999999999999.99", "999999999999.99", "-0.01"},
		{"99999999999999", "99999999999999", "1.5"},
		{"1.5", "1.50", "-3"},
		{"NaN", "1.5"},
		{"1.5", "Infinity"},
		{"-Infinity", "Infinity"},
		{"-0.01", "-99999999999.99"},
		{"0.00000000000000000001", "1", "-1"},
	})...)
	o.aggregate(t, "sum", "numeric", "state = numeric_tally(state, x)", "r = numeric_total(state)", "sum(a)", "numeric", data)
	o.aggregate(t, "avg", "numeric", "state = numeric_tally(state, x)", "r = numeric_avg(numeric_total(state), n)", "avg(a)", "numeric", data)
}

// inRange leaves out groups of bigints whose sum may not be one.
func inRange(groups [][]string) [][]string {
	var kept [][]string
	for _, values := range groups {
		if !strings.Contains(fmt.Sprint(values), "922337203685477580") {
			for i, v := range values {
				values[i] = v[:min(len(v), 17)]
			}
			kept = append(kept, values)
		}
	}
	return kept
}

func TestFloatAggregates(t *testing.T) {
	o := newOracle(t)
	for i, typ := range []string{"float8", "float4"} {
		data := groups(uint64(i), typ)
		for _, f := range []string{"avg", "var_samp", "var_pop", "stddev_samp", "stddev_pop"} {
			o.aggregate(t, f, typ, "state = "+typ+"_accum(state, x)", "r = float8_"+f+"(state)", f+"(a)", "float8", data)
		}
		o.aggregate(t, "sum", typ, "state = state and "+typ+"pl(state, x) or x", "r = state", "sum(a)", typ, data)
	}
}

// TestNumericSumState adds every value and takes half of them out again: what is left must be the sum of the other half.
func TestNumericSumState(t *testing.T) {
	o := newOracle(t)
	data := canonical(groups(10, "numeric"))
	for i, values := range data {
		if len(values) < 2 {
			data[i] = append(values, "1.5", "-0.25")
		}
	}
	var odd [][]string
	for _, values := range data {
		var kept []string
		for k, v := range values {
			if k%2 == 0 {
				kept = append(kept, v)
			}
		}
		odd = append(odd, kept)
	}
	o.numsum(t, "numsum", data, odd)
	o.numsum(t, "scalesum", [][]string{
		{"1.25", "NaN", "-3.50", "NaN", "0.00", "99999999999999999999.99"},
		{"NaN", "NaN", "NaN"},
		{"-0.01", "NaN", "0.01", "0.25"},
	}, [][]string{{"1.25", "-3.50", "0.00"}, {"NaN", "NaN"}, {"-0.01", "0.01"}})
}

// numsum compares a kind of sum: the state after adding all values and taking out every second with PostgreSQL's sum of the others, and
// with the state that those alone make.
func (o *oracle) numsum(t *testing.T, kind string, all, left [][]string) {
	t.Helper()
	ctx := context.Background()
	script := link(t, strings.ReplaceAll(`
local state, alone = "0", "0"
for k = 1, #ARGV do state = KIND_add(state, ARGV[k]) end
for k = 1, #ARGV, 2 do alone = KIND_add(alone, ARGV[k]) end
for k = #ARGV - #ARGV % 2, 2, -2 do state = KIND_sub(state, ARGV[k]) end
local empty = alone
for k = 1, #ARGV, 2 do empty = KIND_sub(empty, ARGV[k]) end
return {KIND_value(state), state, alone, KIND_value(empty) or "0.00"}
`, "KIND", kind))
	for i, values := range all {
		var want string
		if err := o.pg.QueryRow(ctx, "select sum(a::numeric)::text from unnest($1::text[]) u(a)", left[i]).Scan(&want); err != nil {
			t.Fatal(err)
		}
		argv := make([]any, len(values))
		for k, v := range values {
			argv[k] = v
		}
		for _, e := range o.engines {
			got, err := e.Eval(ctx, script, nil, argv...).StringSlice()
			if err != nil {
				t.Fatalf("%s: %q: %v", e.name, values, err)
			}
			if got[0] != want || got[1] != got[2] || got[3] != "0" && got[3] != "0.00" {
				t.Errorf("%s: %q: got %q, want %q from equal states, nothing in the end", e.name, values, got, want)
			}
		}
	}
}

func TestWidthBucketNumeric(t *testing.T) {
	o := newOracle(t)
	args := []string{"numeric", "numeric", "numeric", "int4"}
	data := canonical(sample(rows(11, 2000, args...), 3))
	for _, row := range canonical(rows(12, 300, "numeric", "int4")) {
		data = append(data, []string{row[0], "-3.5", "100", row[1]}, []string{row[0], "100", "0", row[1]})
	}
	o.run(t, check{lua: "width_bucket_numeric", sql: "width_bucket(a, b, c, d)", args: args, ret: "int4"}, data)
}
