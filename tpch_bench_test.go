package prequel_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	prequel "github.com/prequel-db/prequel"
	"github.com/prequel-db/prequel/runtime"
	"github.com/prequel-db/prequel/sqllogic/testdb"
)

// BenchmarkTPCH measures TPC-H's queries, with the specification's validation parameters, and the refresh functions, under all
// strategies in Redis and in PostgreSQL, with the keys' indexes that the schema declares and with one on each foreign key besides:
// milliseconds of a call as a client sees it, the median of several that take turns, and the bytes that Redis holds.
func BenchmarkTPCH(b *testing.B) {
	scale := tpchScale(b, 0.01)
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
	classes := map[string][]string{}
	for i, strategy := range strategies {
		c := mustCompile(b, tpchConfig(b, strategy, d))
		start := time.Now()
		stores[i] = pg.hydrate(b, "redis://"+testdb.Redis(b, "--save", ""), c.Manifest)
		b.Logf("%s: hydrated in %s", strategy, time.Since(start).Round(time.Second))
		for _, f := range c.Functions {
			classes[f.Program.Name] = append(classes[f.Program.Name], string(f.Program.Bound.Class))
		}
	}
	m := stores[0].Program().Manifest()
	var table strings.Builder
	row := func(name string, calls int, call func(target int)) {
		times := make([][]time.Duration, len(stores)+1)
		for range calls {
			for target := range times {
				start := time.Now()
				call(target)
				times[target] = append(times[target], time.Since(start))
			}
		}
		fmt.Fprintf(&table, "| %s |", name)
		for i, t := range times {
			slices.Sort(t)
			fmt.Fprintf(&table, " %.2f", t[len(t)/2].Seconds()*1000)
			if i < len(stores) && len(classes[name]) > 0 {
				fmt.Fprintf(&table, " %s", classes[name][i])
			}
			table.WriteString(" |")
		}
		table.WriteString("\n")
	}
	for b.Loop() {
		table.Reset()
		for _, q := range tpchQueries {
			calls := make([]callOf, len(stores))
			for i, db := range stores {
				calls[i] = textCall(b, db.Program().Manifest(), q.name, q.validation...)
			}
			row(q.name, 5, func(target int) {
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
		row("RF1, an order with its lines", orders, func(target int) {
			if target == 0 {
				o = d.order()
			}
			write(target, "RF1Order", o.order)
			for _, line := range o.lines {
				write(target, "RF1Line", line)
			}
		})
		var key string
		row("RF2, an order with its lines", orders, func(target int) {
			if target == 0 {
				key = d.forget()
			}
			write(target, "RF2Lines", []string{key})
			write(target, "RF2Order", []string{key})
		})
	}
	fmt.Fprintf(&table, "| MB |")
	for _, db := range stores {
		info, err := db.Redis().Info(b.Context(), "memory").Result()
		if err != nil {
			b.Fatal(err)
		}
		_, used, _ := strings.Cut(info, "used_memory:")
		var bytes float64
		fmt.Sscan(used, &bytes)
		fmt.Fprintf(&table, " %.0f |", bytes/1e6)
	}
	var bytes float64
	if err := pg.conn.QueryRow(b.Context(), "SELECT pg_database_size(current_database())").Scan(&bytes); err != nil {
		b.Fatal(err)
	}
	fmt.Fprintf(&table, " %.0f |\n", bytes/1e6)
	fmt.Printf("scale factor %g\n| | read | maintain | auto | PostgreSQL |\n|---|---|---|---|---|\n%s", scale, table.String())
	b.ReportMetric(0, "ns/op")
}
