package prequel_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	prequel "github.com/prequel-db/prequel"
	"github.com/prequel-db/prequel/runtime"
	"github.com/prequel-db/prequel/sqllogic/testdb"
)

// BenchmarkTPCH measures TPC-H's queries, with the specification's validation parameters, and the refresh functions, under all
// strategies in Redis and in PostgreSQL, with the keys' indexes that the schema declares and with one on each foreign key besides. It
// prints the table of docs/benchmarks.md: the time of a call as a client sees it, in ratios to PostgreSQL's. Within a run the calls of one
// kind take turns and the medians make the run's ratio; the table has the medians of -benchtime 5x runs.
func BenchmarkTPCH(b *testing.B) {
	scale := tpchScale(b, 0.001)
	d := newTPCH(scale)
	pg := newTPCHPostgres(b, testdb.Database(b), d)
	for _, on := range []string{
		"nation (n_regionkey)", "supplier (s_nationkey)", "partsupp (ps_suppkey)", "customer (c_nationkey)", "orders (o_custkey)",
		"lineitem (l_partkey, l_suppkey)",
	} {
		if _, err := pg.conn.Exec(b.Context(), "CREATE INDEX ON "+on); err != nil {
			b.Fatal(err)
		}
	}
	if _, err := pg.conn.Exec(b.Context(), "VACUUM ANALYZE"); err != nil {
		b.Fatal(err)
	}
	strategies := []prequel.Strategy{prequel.Read, prequel.Maintain, prequel.Auto}
	stores := make([]*runtime.DB, len(strategies))
	t := tpchTable{classes: map[string][]string{}, runs: map[string][][]time.Duration{}}
	for i, strategy := range strategies {
		c := mustCompile(b, tpchConfig(b, strategy, d))
		start := time.Now()
		stores[i] = pg.hydrate(b, "redis://"+testdb.Redis(b, "--save", ""), c.Manifest)
		b.Logf("%s: hydrated in %s", strategy, time.Since(start).Round(time.Second))
		for _, f := range c.Functions {
			t.classes[f.Program.Name] = append(t.classes[f.Program.Name], string(f.Program.Bound.Class))
		}
	}
	m := stores[0].Program().Manifest()
	start := time.Now()
	for b.Loop() {
		for _, q := range tpchQueries {
			calls := make([]callOf, len(stores))
			for i, db := range stores {
				calls[i] = textCall(b, db.Program().Manifest(), q.name, q.validation...)
			}
			t.run(q.name, 5, len(stores)+1, func(target int) {
				if target == len(stores) {
					pg.ask(b, m, q.name, q.validation)
				} else {
					tpchAsk(b, stores[target], calls[target])
				}
			})
		}
		write := func(target int, name string, args []string) {
			if target == len(stores) {
				pg.write(b, m, name, args)
			} else {
				tpchWrite(b, stores[target], name, args)
			}
		}
		var o tpchOrder
		const orders = 30
		t.run("RF1: an order with its lines, about 5 calls", orders, len(stores)+1, func(target int) {
			if target == 0 {
				o = d.order()
			}
			write(target, "RF1Order", o.order)
			for _, line := range o.lines {
				write(target, "RF1Line", line)
			}
		})
		var key string
		t.run("RF2: the same, 2 calls", orders, len(stores)+1, func(target int) {
			if target == 0 {
				key = d.forget()
			}
			write(target, "RF2Lines", []string{key})
			write(target, "RF2Order", []string{key})
		})
	}
	megabytes := make([]float64, len(stores)+1)
	for i, db := range stores {
		info, err := db.Redis().Info(b.Context(), "memory").Result()
		if err != nil {
			b.Fatal(err)
		}
		_, used, _ := strings.Cut(info, "used_memory:")
		fmt.Sscan(used, &megabytes[i])
	}
	if err := pg.conn.QueryRow(b.Context(), "SELECT pg_database_size(current_database())").Scan(&megabytes[len(stores)]); err != nil {
		b.Fatal(err)
	}
	fmt.Printf("scale factor %g, %d runs in %s\n%s", scale, b.N, time.Since(start).Round(time.Second), t.String())
	fmt.Printf("| megabytes |")
	for _, bytes := range megabytes {
		fmt.Printf(" %.0f |", bytes/1e6)
	}
	fmt.Println()
	b.ReportMetric(0, "ns/op")
}

// tpchTable collects the times of calls on several targets, of which the last is PostgreSQL.
type tpchTable struct {
	names   []string
	runs    map[string][][]time.Duration // by name, run and target
	classes map[string][]string
}

// run takes the times of one run: calls on each target, in turn.
func (t *tpchTable) run(name string, calls, targets int, call func(target int)) {
	times := make([][]time.Duration, targets)
	for range calls {
		for target := range times {
			start := time.Now()
			call(target)
			times[target] = append(times[target], time.Since(start))
		}
	}
	if len(t.runs[name]) == 0 {
		t.names = append(t.names, name)
	}
	medians := make([]time.Duration, targets)
	for i := range times {
		medians[i] = median(times[i])
	}
	t.runs[name] = append(t.runs[name], medians)
}

// String is the table of docs/benchmarks.md.
func (t *tpchTable) String() string {
	var out strings.Builder
	out.WriteString("| | read | maintain | auto | PostgreSQL, ms |\n|---|---|---|---|---|\n")
	for _, name := range t.names {
		runs := t.runs[name]
		last := len(runs[0]) - 1
		fmt.Fprintf(&out, "| %s |", name)
		for target := range last {
			ratios := make([]float64, len(runs))
			for i, r := range runs {
				ratios[i] = r[target].Seconds() / r[last].Seconds()
			}
			fmt.Fprintf(&out, " %s", twoDigits(median(ratios)))
			if len(t.classes[name]) > 0 {
				fmt.Fprintf(&out, " %s", t.classes[name][target])
			}
			out.WriteString(" |")
		}
		ms := make([]float64, len(runs))
		for i, r := range runs {
			ms[i] = r[last].Seconds() * 1000
		}
		fmt.Fprintf(&out, " %s |\n", twoDigits(median(ms)))
	}
	return out.String()
}

// twoDigits writes a positive number with two digits that count.
func twoDigits(x float64) string {
	switch {
	case x >= 10:
		return fmt.Sprintf("%.0f", x)
	case x >= 1:
		return fmt.Sprintf("%.1f", x)
	}
	return strings.TrimPrefix(fmt.Sprintf("%.2f", x), "0")
}
