package luagen_test

import (
	"context"
	"fmt"
	"math/rand"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/prequel-db/prequel/lowering/phys"
	"github.com/prequel-db/prequel/luagen"
	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqllogic/testdb"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// table is a small relation of constants that programs buffer and PostgreSQL reads as VALUES.
type table struct {
	names []string
	types []value.Type
	rows  [][]string // text form, "" for NULL
	cols  *scalar.Columns
	ids   []scalar.ColumnID
}

func newTable(names []string, types []value.Type, rows [][]string) *table {
	t := &table{names: names, types: types, rows: rows, cols: &scalar.Columns{}}
	for i, n := range names {
		t.ids = append(t.ids, t.cols.New(n, types[i], true))
	}
	return t
}

func (t *table) col(name string) scalar.Expr {
	for i, n := range t.names {
		if n == name {
			return &scalar.Column{Node: node(t.types[i]), ID: t.ids[i]}
		}
	}
	panic(name)
}

func (t *table) pos(name string) int {
	for i, n := range t.names {
		if n == name {
			return i
		}
	}
	panic(name)
}

func (t *table) key(name string, desc, nullsFirst bool) phys.RowKey {
	return phys.RowKey{Pos: t.pos(name), Type: t.types[t.pos(name)], Nullable: true, Desc: desc, NullsFirst: nullsFirst}
}

// fill buffers the rows in register 1.
func (t *table) fill() []phys.Op {
	ops := []phys.Op{&phys.NewList{Dst: 1}}
	for _, r := range t.rows {
		var es []scalar.Expr
		for i, s := range r {
			es = append(es, &scalar.Const{Node: node(t.types[i]), Text: s, Null: s == ""})
		}
		ops = append(ops, &phys.AppendRow{List: 1, Exprs: es})
	}
	return ops
}

func (t *table) from() string {
	var rows []string
	for _, r := range t.rows {
		var vs []string
		for i, s := range r {
			if s == "" {
				vs = append(vs, "NULL::"+t.types[i].String())
			} else {
				vs = append(vs, fmt.Sprintf("'%s'::%s", s, t.types[i]))
			}
		}
		rows = append(rows, "("+strings.Join(vs, ", ")+")")
	}
	return "(VALUES " + strings.Join(rows, ", ") + ") t(" + strings.Join(t.names, ", ") + ")"
}

// sqlCase is a program with a Flat reply of values of the given types, and the query that gives the same.
type sqlCase struct {
	prog  *phys.Program
	types []value.Type
	sql   string // SELECT list is cast to text already
}

// compareCases runs the programs on all engines and compares their replies with PostgreSQL's answers. An error is compared
// by its SQLSTATE.
func compareCases(t *testing.T, cases []sqlCase) {
	t.Helper()
	ctx := context.Background()
	db, err := pgx.Connect(ctx, testdb.Database(t))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close(ctx)
	var progs []*phys.Program
	for _, c := range cases {
		progs = append(progs, c.prog)
	}
	out, err := luagen.Generate(progs, luagen.Options{Root: root, Library: library})
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range engines(t, out) {
		for i, c := range cases {
			want, state := tryPostgres(t, db, c.sql)
			reply, err := flat(e.call(&out.Functions[i], nil, nil))
			if state != "" || err != nil {
				if err == nil || !strings.HasPrefix(err.Error(), "PQ"+state+" ") {
					t.Errorf("%s: %s\ngot %s, want error %s\n%s", e.name, c.sql, show(reply, err), state, out.Functions[i].Script)
				}
				continue
			}
			var got []string
			for k, x := range reply {
				got = append(got, asText(c.types[k%len(c.types)], x))
			}
			if strings.Join(got, "|") != strings.Join(want, "|") {
				t.Errorf("%s: %s\ngot  %s\nwant %s\n%s", e.name, c.sql, strings.Join(got, "|"), strings.Join(want, "|"), out.Functions[i].Script)
				return
			}
		}
	}
}

func tryPostgres(t *testing.T, db *pgx.Conn, sql string) (values []string, state string) {
	t.Helper()
	rows, err := db.Query(context.Background(), sql)
	if err == nil {
		defer rows.Close()
		for rows.Next() {
			vals, err := rows.Values()
			if err != nil {
				t.Fatal(err)
			}
			for _, v := range vals {
				if v == nil {
					values = append(values, "NULL")
				} else {
					values = append(values, v.(string))
				}
			}
		}
		err = rows.Err()
	}
	if err != nil {
		var pg interface{ SQLState() string }
		if !asError(err, &pg) {
			t.Fatalf("%v\n%s", err, sql)
		}
		if pg.SQLState() == "42883" || pg.SQLState() == "42601" || pg.SQLState() == "42804" {
			t.Fatalf("%v\n%s", err, sql)
		}
		return nil, pg.SQLState()
	}
	return values, ""
}

func asError(err error, target *interface{ SQLState() string }) bool {
	for err != nil {
		if e, ok := err.(interface{ SQLState() string }); ok {
			*target = e
			return true
		}
		u, ok := err.(interface{ Unwrap() error })
		if !ok {
			return false
		}
		err = u.Unwrap()
	}
	return false
}

var samples = newSamples(rand.New(rand.NewSource(5)), 14)

// newSamples makes rows of all types with ties, NULLs and odd values.
func newSamples(r *rand.Rand, n int) [][]string {
	pick := func(vs ...string) string { return vs[r.Intn(len(vs))] }
	var rows [][]string
	for i := range n {
		rows = append(rows, []string{
			fmt.Sprint(i + 1), pick("a", "b", "", "B"), pick("1", "2", "2", "3", "", "-7", "2147483647"),
			pick("5", "9223372036854775807", "9223372036854775806", "-9223372036854775808", "", "5"),
			pick("1.50", "1.5", "-3", "", "100000000000000000000.01"), pick("0.5", "-0.25", "", "0.5", "8"),
			pick("t", "f", ""), pick("x", "Y", "", "zz", "x"), pick("2024-01-01", "2023-12-31", ""),
			pick("1", "2", "30000", ""),
		})
	}
	return rows
}

func sampleTable() *table {
	return newTable([]string{"id", "g", "i", "w", "n", "f", "b", "s", "d", "h"}, []value.Type{
		integer, text, integer, bigint,
		value.Of(value.Numeric), double, boolean, text, value.Of(value.Date), value.Of(value.Int2),
	}, samples)
}

func TestAggregates(t *testing.T) {
	numeric := value.Of(value.Numeric)
	type agg struct {
		name, arg string
		typ       value.Type
		extra     string // further SQL argument
	}
	aggs := []agg{
		{"count", "", bigint, ""},
		{"count", "i", bigint, ""},
		{"count", "s", bigint, ""},
		{"sum", "h", bigint, ""},
		{"sum", "i", bigint, ""},
		{"sum", "w", numeric, ""},
		{"sum", "n", numeric, ""},
		{"sum", "f", double, ""},
		{"avg", "h", numeric, ""},
		{"avg", "i", numeric, ""},
		{"avg", "w", numeric, ""},
		{"avg", "n", numeric, ""},
		{"min", "i", integer, ""},
		{"max", "i", integer, ""},
		{"min", "w", bigint, ""},
		{"max", "w", bigint, ""},
		{"max", "f", double, ""},
		{"min", "f", double, ""},
		{"min", "s", text, ""},
		{"max", "s", text, ""},
		{"min", "d", value.Of(value.Date), ""},
		{"max", "d", value.Of(value.Date), ""},
		{"bool_and", "b", boolean, ""},
		{"bool_or", "b", boolean, ""},
		{"every", "b", boolean, ""},
		{"stddev", "i", numeric, ""},
		{"var_pop", "w", numeric, ""},
		{"variance", "n", numeric, ""},
		{"stddev_pop", "h", numeric, ""},
		{"var_samp", "f", double, ""},
		{"stddev_samp", "f", double, ""},
		{"string_agg", "s", text, "','"},
		{"array_agg", "i", value.ArrayOf(integer), ""},
		{"array_agg", "s", value.ArrayOf(text), ""},
	}
	var cases []sqlCase
	for _, grouped := range []bool{false, true} {
		for _, a := range aggs {
			for variant := range 4 {
				tab := sampleTable()
				if grouped && variant == 3 {
					tab.rows = nil
				}
				pa := phys.Agg{Name: a.name, Type: a.typ}
				call := a.name + "("
				if variant == 2 && a.arg != "" {
					pa.Distinct = true
					call += "DISTINCT "
				}
				if a.arg == "" {
					call += "*"
				} else {
					pa.Args = append(pa.Args, tab.col(a.arg))
					call += a.arg
				}
				if a.extra != "" {
					pa.Args = append(pa.Args, constant(text, ","))
					call += ", " + a.extra
				}
				if (a.name == "string_agg" || a.name == "array_agg") && !pa.Distinct || variant == 1 && a.arg != "" {
					pa.OrderBy = []scalar.SortKey{{Expr: tab.col("id"), Desc: variant == 1}}
					call += " ORDER BY id"
					if variant == 1 {
						call += " DESC"
					}
				}
				call += ")"
				if variant == 3 {
					pa.Filter = apply(boolean, "int4gt", tab.col("i"), constant(integer, "1"))
					call += " FILTER (WHERE i > 1)"
				}
				if len(tab.rows) == 0 {
					continue
				}
				cases = append(cases, aggregateCase(tab, pa, call, grouped, len(cases)))
			}
		}
	}
	compareCases(t, cases)
}

func aggregateCase(tab *table, agg phys.Agg, call string, grouped bool, n int) sqlCase {
	result := tab.cols.New("result", agg.Type, true)
	prog := &phys.Program{Name: fmt.Sprintf("Aggregate%d", n), Columns: tab.cols, ReadOnly: true, Body: tab.fill()}
	aggs := []phys.Agg{agg}
	out := &scalar.Column{Node: node(agg.Type), ID: result}
	if !grouped {
		prog.Body = append(prog.Body, &phys.NewGroups{Dst: 2, Aggs: aggs, Scalar: true},
			&phys.ForRows{List: 1, Cols: tab.ids, Body: []phys.Op{&phys.GroupRow{Groups: 2, Aggs: aggs}}},
			&phys.ForGroups{Groups: 2, Aggs: aggs, Cols: []scalar.ColumnID{result}, Body: []phys.Op{&phys.EmitRow{Exprs: []scalar.Expr{out}}}})
		prog.Reply = phys.Reply{Kind: phys.Flat, Outputs: make([]phys.ReplyColumn, 1)}
		return sqlCase{prog, []value.Type{agg.Type}, "SELECT " + textOf(agg.Type, call) + " FROM " + tab.from()}
	}
	g := tab.cols.New("g", text, true)
	key := &scalar.Column{Node: node(text), ID: g}
	prog.Body = append(prog.Body, &phys.NewGroups{Dst: 2, Aggs: aggs},
		&phys.ForRows{List: 1, Cols: tab.ids, Body: []phys.Op{&phys.GroupRow{Groups: 2, Keys: []scalar.Expr{tab.col("g")}, Aggs: aggs}}},
		&phys.NewList{Dst: 3},
		&phys.ForGroups{
			Groups: 2, Aggs: aggs, Keys: []scalar.ColumnID{g}, Cols: []scalar.ColumnID{result},
			Body: []phys.Op{&phys.AppendRow{List: 3, Exprs: []scalar.Expr{key, out}}},
		},
		&phys.SortRows{List: 3, Keys: []phys.RowKey{{Pos: 0, Type: text, Nullable: true}}},
		&phys.ForRows{List: 3, Cols: []scalar.ColumnID{g, result}, Body: []phys.Op{&phys.EmitRow{Exprs: []scalar.Expr{key, out}}}})
	prog.Reply = phys.Reply{Kind: phys.Flat, Outputs: make([]phys.ReplyColumn, 2)}
	return sqlCase{prog, []value.Type{text, agg.Type}, "SELECT g, " + textOf(agg.Type, call) + " FROM " + tab.from() + " GROUP BY g ORDER BY g COLLATE \"C\""}
}

// textOf casts an SQL expression to the text that asText makes.
func textOf(_ value.Type, sql string) string { return "(" + sql + ")::text" }
