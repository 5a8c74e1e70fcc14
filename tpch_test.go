package prequel_test

import (
	"bytes"
	"context"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	prequel "github.com/prequel-db/prequel"
	"github.com/prequel-db/prequel/runtime"
	"github.com/prequel-db/prequel/runtime/hydrate"
	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqllogic/testdb"
)

// TestTPCH: TPC-H's 22 queries answer as PostgreSQL does, to the last digit, right after every refresh, under all strategies, on
// the embedded engine and in Redis in both packagings. PREQUEL_TPCH_SCALE is the scale factor.
func TestTPCH(t *testing.T) {
	scale := tpchScale(t, 0.0001)
	for _, strategy := range []prequel.Strategy{prequel.Read, prequel.Maintain, prequel.Auto} {
		t.Run(string(strategy), func(t *testing.T) {
			d := newTPCH(scale)
			pg := newTPCHPostgres(t, testdb.Database(t), d)
			c := mustCompile(t, tpchConfig(t, strategy, d))
			engines := append(packagings(testdb.Redis(t)), engineOf{"embedded", "embedded"})
			stores := make([]*runtime.DB, len(engines))
			for i, e := range engines {
				stores[i] = pg.hydrate(t, e.url, c.Manifest)
			}
			filled := map[string]bool{}
			ask := func() {
				t.Helper()
				for _, q := range tpchQueries {
					params := q.validation
					if len(filled) == len(tpchQueries) {
						params = q.other(d)
					}
					want := pg.ask(t, c.Manifest, q.name, params)
					filled[q.name] = filled[q.name] || len(want.rows) > 1 || len(want.rows) == 1 && want.rows[0][0] != nil
					for i, db := range stores {
						got := tpchAsk(t, db, textCall(t, c.Manifest, q.name, params...))
						if want, got := tpchLines(want.rows), tpchLines(got); !slices.Equal(want, got) {
							t.Fatalf("%s %v, %s: %s", q.name, params, engines[i].name, rowsDiffer(want, got))
						}
					}
				}
			}
			write := func(name string, args []string) {
				t.Helper()
				pg.write(t, c.Manifest, name, args)
				for _, db := range stores {
					tpchWrite(t, db, name, args)
				}
			}
			ask()
			for range 3 {
				for range max(2, int(1500*scale)) {
					o := d.order()
					write("RF1Order", o.order)
					for _, line := range o.lines {
						write("RF1Line", line)
					}
				}
				ask()
				for range max(2, int(1500*scale)) {
					key := d.forget()
					write("RF2Lines", []string{key})
					write("RF2Order", []string{key})
				}
				ask()
			}
			for _, q := range tpchQueries {
				if !filled[q.name] {
					t.Errorf("%s had no row to compare", q.name)
				}
			}
		})
	}
}

// tpchConfig is the program, with the sizes that the tables have and the numbers of values that their columns have.
func tpchConfig(t testing.TB, strategy prequel.Strategy, d *tpchData) prequel.Config {
	t.Helper()
	cfg := programIn(t, "testdata/tpch").config(strategy)
	cfg.Rows = map[string]float64{}
	cfg.Values = map[string]map[string]float64{}
	for table, rows := range d.tables {
		cfg.Rows[table], cfg.Values[table] = float64(len(rows)), map[string]float64{}
		_, text, _ := strings.Cut(programIn(t, "testdata/tpch").schema, "CREATE TABLE "+table+" (")
		text, _, _ = strings.Cut(text, ";")
		columns := regexp.MustCompile(`(?m)^ {4}([a-z]+_[a-z]+) `).FindAllStringSubmatch(text, -1)
		for i := range rows[0] {
			values := map[string]bool{}
			for _, r := range rows {
				values[r[i]] = true
			}
			cfg.Values[table][columns[i][1]] = float64(len(values))
		}
	}
	return cfg
}

// tpchPostgres is a PostgreSQL database with TPC-H's tables.
type tpchPostgres struct {
	dsn      string
	conn     *pgx.Conn
	prepared map[string]bool
}

func newTPCHPostgres(t testing.TB, dsn string, d *tpchData) *tpchPostgres {
	t.Helper()
	ctx := t.Context()
	conn, err := pgx.Connect(ctx, dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close(context.Background()) })
	if _, err := conn.Exec(ctx, programIn(t, "testdata/tpch").schema); err != nil {
		t.Fatal(err)
	}
	for _, table := range tpchTables {
		var text bytes.Buffer
		for _, row := range d.tables[table] {
			text.WriteString(strings.Join(row, "\t") + "\n")
		}
		if _, err := conn.PgConn().CopyFrom(ctx, &text, "COPY "+table+" FROM STDIN"); err != nil {
			t.Fatal(table, err)
		}
	}
	if _, err := conn.Exec(ctx, "ANALYZE"); err != nil {
		t.Fatal(err)
	}
	return &tpchPostgres{dsn, conn, map[string]bool{}}
}

// hydrate fills a store with the database's rows.
func (p *tpchPostgres) hydrate(t testing.TB, url string, m *runtime.Manifest) *runtime.DB {
	t.Helper()
	db := openStore(t, url, m)
	src, err := hydrate.OpenPostgres(t.Context(), p.dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	if _, err := hydrate.Run(t.Context(), db, src, hydrate.Options{}); err != nil {
		t.Fatal(err)
	}
	return db
}

// prepare makes a statement known to the server, under its name.
func (p *tpchPostgres) prepare(t testing.TB, m *runtime.Manifest, name string) *runtime.Function {
	t.Helper()
	i := slices.IndexFunc(m.Functions, func(f runtime.Function) bool { return f.Name == name })
	fn := &m.Functions[i]
	if !p.prepared[name] {
		if _, err := p.conn.PgConn().Prepare(t.Context(), name, fn.SQL, nil); err != nil {
			t.Fatal(err)
		}
		p.prepared[name] = true
	}
	return fn
}

// ask calls a query with parameters given as name=value.
func (p *tpchPostgres) ask(t testing.TB, m *runtime.Manifest, name string, params []string) outcome {
	t.Helper()
	fn := p.prepare(t, m, name)
	out := outcomeOf(p.conn.PgConn().ExecPrepared(t.Context(), name, tpchArgs(fn, params), nil, nil).Read())
	if out.state != "" {
		t.Fatalf("%s: %s", name, out.message)
	}
	return out
}

func (p *tpchPostgres) write(t testing.TB, m *runtime.Manifest, name string, args []string) {
	t.Helper()
	p.prepare(t, m, name)
	values := make([][]byte, len(args))
	for i, a := range args {
		values[i] = []byte(a)
	}
	if out := outcomeOf(p.conn.PgConn().ExecPrepared(t.Context(), name, values, nil, nil).Read()); out.state != "" {
		t.Fatalf("%s: %s", name, out.message)
	}
}

// tpchArgs are parameters given as name=value, in the order of the function's parameters.
func tpchArgs(fn *runtime.Function, params []string) [][]byte {
	var out [][]byte
	for _, p := range fn.Params {
		for _, text := range params {
			if v, ok := strings.CutPrefix(text, p.Name+"="); ok {
				out = append(out, []byte(v))
			}
		}
	}
	return out
}

// tpchAsk calls a query and returns its rows in text form.
func tpchAsk(t testing.TB, db *runtime.DB, c callOf) [][]*string {
	t.Helper()
	cur, err := c.run(t.Context(), db)
	if err != nil {
		t.Fatalf("%s: %v", c, err)
	}
	var rows [][]*string
	for cur.Next() {
		row := make([]*string, len(c.fn.Columns))
		for i, col := range c.fn.Columns {
			row[i] = value.FormatPtr(col.Type, cur.Value(i))
		}
		rows = append(rows, row)
	}
	if err := cur.Err(); err != nil {
		t.Fatalf("%s: %v", c, err)
	}
	return rows
}

func tpchLines(rows [][]*string) []string {
	out := make([]string, len(rows))
	for i, row := range rows {
		cells := make([]string, len(row))
		for j, v := range row {
			if cells[j] = "NULL"; v != nil {
				cells[j] = strconv.Quote(*v)
			}
		}
		out[i] = strings.Join(cells, " ")
	}
	return out
}

// tpchWrite calls a statement with parameters in text form, in their order.
func tpchWrite(t testing.TB, db *runtime.DB, name string, args []string) {
	t.Helper()
	s := db.Program().MustStatement(name)
	texts := map[string]*string{}
	for i := range args {
		texts[s.Function().Params[i].Name] = &args[i]
	}
	values, err := s.ParseParams(texts)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Query(t.Context(), s, values...); err != nil {
		t.Fatalf("%s%q: %v", name, args, err)
	}
}

// tpchScale is the scale factor to test at.
func tpchScale(t testing.TB, scale float64) float64 {
	t.Helper()
	if text := os.Getenv("PREQUEL_TPCH_SCALE"); text != "" {
		var err error
		if scale, err = strconv.ParseFloat(text, 64); err != nil {
			t.Fatal(err)
		}
	}
	return scale
}
