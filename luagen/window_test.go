package luagen_test

import (
	"fmt"
	"math/rand"
	"strings"
	"testing"

	"github.com/prequel-db/prequel/lowering/phys"
	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// windowCase makes a program that computes functions over one window of the sample table, and its query.
type windowCase struct {
	partition []string
	order     []scalarOrder
	frame     scalar.Frame
	frameSQL  string
	funcs     []phys.WindowFunc
	calls     []string
}

type scalarOrder struct {
	name             string
	desc, nullsFirst bool
}

func (w windowCase) build(t *testing.T, n int) sqlCase {
	t.Helper()
	tab := sampleTable()
	prog := &phys.Program{Name: fmt.Sprintf("Window%d", n), Columns: tab.cols, ReadOnly: true, Body: tab.fill()}
	var partition, order []phys.RowKey
	var sqlOrder, sqlPartition []string
	for _, p := range w.partition {
		partition = append(partition, tab.key(p, false, false))
		sqlPartition = append(sqlPartition, collated(tab, p))
	}
	for _, o := range w.order {
		order = append(order, tab.key(o.name, o.desc, o.nullsFirst))
		s := collated(tab, o.name)
		if o.desc {
			s += " DESC"
		}
		if o.nullsFirst {
			s += " NULLS FIRST"
		} else {
			s += " NULLS LAST"
		}
		sqlOrder = append(sqlOrder, s)
	}
	keys := append(append([]phys.RowKey(nil), partition...), order...)
	if len(keys) > 0 {
		prog.Body = append(prog.Body, &phys.SortRows{List: 1, Keys: keys})
	}
	prog.Body = append(prog.Body, &phys.WindowRows{
		List: 1, Width: len(tab.ids), Partition: partition, Order: order,
		Frame: w.frame, Funcs: w.funcs, Cols: tab.ids,
	})
	ids := append([]scalar.ColumnID(nil), tab.ids...)
	exprs := []scalar.Expr{tab.col("id")}
	types := []value.Type{integer}
	over := "OVER ("
	if len(sqlPartition) > 0 {
		over += "PARTITION BY " + strings.Join(sqlPartition, ", ") + " "
	}
	if len(sqlOrder) > 0 {
		over += "ORDER BY " + strings.Join(sqlOrder, ", ") + " "
	}
	over += w.frameSQL + ")"
	selects := []string{"id::text"}
	for i, f := range w.funcs {
		id := tab.cols.New(f.Name, f.Type, true)
		ids = append(ids, id)
		exprs = append(exprs, &scalar.Column{Node: node(f.Type), ID: id})
		types = append(types, f.Type)
		selects = append(selects, "("+w.calls[i]+" "+over+")::text")
	}
	prog.Body = append(prog.Body, &phys.SortRows{List: 1, Keys: []phys.RowKey{{Pos: 0, Type: integer}}},
		&phys.ForRows{List: 1, Cols: ids, Body: []phys.Op{&phys.EmitRow{Exprs: exprs}}})
	prog.Reply = phys.Reply{Kind: phys.Flat, Outputs: make([]phys.ReplyColumn, len(exprs))}
	return sqlCase{prog, types, "SELECT " + strings.Join(selects, ", ") + " FROM " + tab.from() + " ORDER BY t.id"}
}

func collated(tab *table, name string) string {
	if tab.types[tab.pos(name)].IsText() {
		return name + ` COLLATE "C"`
	}
	return name
}

func (w *windowCase) add(f phys.WindowFunc, call string) {
	w.funcs, w.calls = append(w.funcs, f), append(w.calls, call)
}

// ranking adds the functions that depend on peers alone; positional those that need a total order.
func (w *windowCase) ranking() {
	for _, name := range []string{"rank", "dense_rank"} {
		w.add(phys.WindowFunc{Name: name, Type: bigint}, name+"()")
	}
	for _, name := range []string{"percent_rank", "cume_dist"} {
		w.add(phys.WindowFunc{Name: name, Type: double}, name+"()")
	}
}

func (w *windowCase) positional(tab *table) {
	two, dflt := constant(integer, "2"), constant(integer, "99")
	w.add(phys.WindowFunc{Name: "row_number", Type: bigint}, "row_number()")
	w.add(phys.WindowFunc{Name: "ntile", Args: []scalar.Expr{constant(integer, "3")}, Type: integer}, "ntile(3)")
	w.add(phys.WindowFunc{Name: "lag", Args: []scalar.Expr{tab.col("i")}, Type: integer}, "lag(i)")
	w.add(phys.WindowFunc{Name: "lead", Args: []scalar.Expr{tab.col("i"), two, dflt}, Type: integer}, "lead(i, 2, 99)")
	w.add(phys.WindowFunc{Name: "lag", Args: []scalar.Expr{tab.col("i"), tab.col("i"), tab.col("id")}, Type: integer}, "lag(i, i, id)")
	w.values(tab)
}

func (w *windowCase) values(tab *table) {
	w.add(phys.WindowFunc{Name: "first_value", Args: []scalar.Expr{tab.col("s")}, Type: text}, "first_value(s)")
	w.add(phys.WindowFunc{Name: "last_value", Args: []scalar.Expr{tab.col("s")}, Type: text}, "last_value(s)")
	w.add(phys.WindowFunc{Name: "nth_value", Args: []scalar.Expr{tab.col("id"), constant(integer, "2")}, Type: integer}, "nth_value(id, 2)")
}

func (w *windowCase) aggregates(tab *table) {
	agg := func(name string, t value.Type, call string, args ...scalar.Expr) {
		w.add(phys.WindowFunc{Name: name, Type: t, Agg: &phys.Agg{Name: name, Args: args, Type: t}}, call)
	}
	agg("count", bigint, "count(*)")
	agg("sum", bigint, "sum(i)", tab.col("i"))
	agg("min", bigint, "min(w)", tab.col("w"))
	agg("max", text, `max(s COLLATE "C")`, tab.col("s"))
	agg("avg", value.Of(value.Numeric), "avg(h)", tab.col("h"))
	agg("sum", value.Of(value.Numeric), "sum(w)", tab.col("w"))
	w.add(phys.WindowFunc{Name: "count", Type: bigint, Agg: &phys.Agg{
		Name: "count", Args: []scalar.Expr{tab.col("b")}, Type: bigint,
		Filter: tab.col("b"),
	}}, "count(b) FILTER (WHERE b)")
}

func TestWindowFunctions(t *testing.T) {
	tab := sampleTable()
	var cases []sqlCase
	for _, partition := range [][]string{nil, {"g"}, {"g", "b"}, {"f"}} {
		w := windowCase{partition: partition}
		w.aggregates(tab)
		w.ranking()
		cases = append(cases, w.build(t, len(cases)))
		for _, order := range [][]scalarOrder{{{"i", false, false}}, {{"i", true, true}}, {{"s", false, true}, {"n", true, false}}, {{"f", true, false}}} {
			w := windowCase{partition: partition, order: order}
			w.ranking()
			w.aggregates(tab)
			cases = append(cases, w.build(t, len(cases)))
			u := windowCase{partition: partition, order: append(order[:len(order):len(order)], scalarOrder{"id", false, false})}
			u.positional(tab)
			u.ranking()
			cases = append(cases, u.build(t, len(cases)))
		}
	}
	compareCases(t, cases)
}

func TestWindowFrames(t *testing.T) {
	r := rand.New(rand.NewSource(3))
	tab := sampleTable()
	words := map[scalar.FrameBound]string{
		scalar.UnboundedPreceding: "UNBOUNDED PRECEDING", scalar.OffsetPreceding: " PRECEDING",
		scalar.CurrentRow: "CURRENT ROW", scalar.OffsetFollowing: " FOLLOWING", scalar.UnboundedFollowing: "UNBOUNDED FOLLOWING",
	}
	var cases []sqlCase
	for len(cases) < 120 {
		mode := []string{"rows", "range", "groups"}[r.Intn(3)]
		start, end := scalar.FrameBound(r.Intn(4)), scalar.FrameBound(1+r.Intn(4))
		if start > end || start == scalar.CurrentRow && end == scalar.OffsetPreceding {
			continue
		}
		frame := scalar.Frame{Mode: mode, Start: start, End: end, Exclude: []string{"", "", "current row", "group", "ties"}[r.Intn(5)]}
		order := []scalarOrder{{[]string{"i", "w", "n", "f", "h"}[r.Intn(5)], r.Intn(2) == 0, r.Intn(2) == 0}}
		if mode == "rows" {
			order = append(order, scalarOrder{"id", false, false})
		}
		offsetType := bigint
		if mode == "range" {
			offsetType = tab.types[tab.pos(order[0].name)]
		}
		bound := func(b scalar.FrameBound) (scalar.Expr, string) {
			if b != scalar.OffsetPreceding && b != scalar.OffsetFollowing {
				return nil, words[b]
			}
			k := fmt.Sprint(r.Intn(4))
			return constant(offsetType, k), "'" + k + "'::" + offsetType.String() + words[b]
		}
		var a, b string
		frame.StartOffset, a = bound(start)
		frame.EndOffset, b = bound(end)
		w := windowCase{order: order, frame: frame, frameSQL: mode + " BETWEEN " + a + " AND " + b}
		if r.Intn(2) == 0 {
			w.partition = []string{"g"}
		}
		if frame.Exclude != "" {
			w.frameSQL += " EXCLUDE " + frame.Exclude
		}
		w.aggregates(tab)
		if mode == "rows" {
			w.values(tab)
		}
		cases = append(cases, w.build(t, len(cases)))
	}
	compareCases(t, cases)
}
