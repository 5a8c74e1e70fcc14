package sidebyside

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	prequel "github.com/prequel-db/prequel"
	"github.com/prequel-db/prequel/runtime"
	_ "github.com/prequel-db/prequel/runtime/embedded" // an engine
)

// A Call is a call of a declared statement. Args are its parameters in the order of their numbers: nil for NULL, a time.Time, or what
// fmt.Sprint writes in a form that PostgreSQL reads.
type Call struct {
	Name string
	Args []any
}

// texts are the arguments in text form.
func (c Call) texts() []*string {
	out := make([]*string, len(c.Args))
	for i, a := range c.Args {
		var text string
		switch a := a.(type) {
		case nil:
			continue
		case time.Time:
			text = a.UTC().Format("2006-01-02 15:04:05.999999+00")
		default:
			text = fmt.Sprint(a)
		}
		out[i] = &text
	}
	return out
}

// A Project is what is compared.
type Project struct {
	cfg    prequel.Config
	tables []string
}

// Open reads the project that a prequel.yaml describes.
func Open(t testing.TB, yaml string) *Project {
	t.Helper()
	read, problems, err := prequel.ReadProject(yaml)
	if err != nil || problems.HasErrors() {
		t.Fatal(err, problems)
	}
	cfg, problems := read.Config()
	if problems.HasErrors() {
		t.Fatal(problems)
	}
	schema, problems := prequel.ReadSchema(cfg.Schema)
	if problems.HasErrors() {
		t.Fatal(problems)
	}
	p := &Project{cfg: cfg}
	var all strings.Builder
	for _, table := range schema.Tables {
		p.tables = append(p.tables, table.Name)
		fmt.Fprintf(&all, "-- name: %s :many\nSELECT * FROM %s;\n", content(table.Name), table.Name)
	}
	p.cfg.Queries = append(slices.Clone(cfg.Queries), &prequel.Source{Name: "contents.sql", Text: all.String()})
	p.cfg.AllowScan = true
	return p
}

// content is the name of the statement that reads a table.
func content(table string) string { return "ContentOf_" + table }

// Compare makes the calls in the PostgreSQL database at dsn, which is empty, and in each of the engines, and reports every difference.
func (p *Project) Compare(t *testing.T, dsn string, engines []string, calls []Call) {
	t.Helper()
	for _, table := range p.tables {
		calls = append(calls[:len(calls):len(calls)], Call{Name: content(table)})
	}
	var want []string
	for _, strategy := range []prequel.Strategy{prequel.Read, prequel.Maintain} {
		cfg := p.cfg
		cfg.Strategy = strategy
		compiled, problems := prequel.Compile(cfg)
		if problems.HasErrors() {
			t.Fatal(problems)
		}
		if want == nil {
			want = p.postgres(t, dsn, compiled.Manifest, calls)
		}
		for _, engine := range engines {
			name, _, _ := strings.Cut(engine, ":")
			t.Run(string(strategy)+"/"+name, func(t *testing.T) {
				got := p.compiled(t, engine, compiled.Manifest, calls)
				differences := 0
				for i := range want {
					if got[i] == want[i] {
						continue
					}
					t.Errorf("call %d: %s%v\nPostgreSQL:\n%s\ncompiled:\n%s", i, calls[i].Name, calls[i].Args, want[i], got[i])
					if differences++; differences == 5 {
						t.Fatal("and perhaps more")
					}
				}
			})
		}
	}
}

// rendered is a result as text. Rows of statements without ORDER BY have no order.
func rendered(sql string, rows [][]string) string {
	lines := make([]string, len(rows))
	for i, r := range rows {
		lines[i] = strings.Join(r, " | ")
	}
	if !strings.Contains(strings.ToUpper(sql), "ORDER BY") {
		slices.Sort(lines)
	}
	return strings.Join(lines, "\n")
}

// postgres makes the calls in PostgreSQL.
func (p *Project) postgres(t *testing.T, dsn string, m *runtime.Manifest, calls []Call) []string {
	t.Helper()
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	exec := func(sql string) {
		if _, err := conn.PgConn().Exec(ctx, sql).ReadAll(); err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
	}
	exec("SET TIME ZONE 'UTC'")
	for _, source := range p.cfg.Schema {
		exec(source.Text)
	}
	prepared := map[string]*runtime.Function{}
	for i := range m.Functions {
		prepared[m.Functions[i].Name] = &m.Functions[i]
	}
	for _, c := range calls {
		if fn := prepared[c.Name]; fn == nil || len(fn.Params) != len(c.Args) {
			t.Fatalf("there is no statement %s of %d parameters", c.Name, len(c.Args))
		}
	}
	for name, fn := range prepared {
		if !slices.ContainsFunc(calls, func(c Call) bool { return c.Name == name }) {
			continue
		}
		if _, err := conn.PgConn().Prepare(ctx, name, fn.SQL, nil); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
	}
	out := make([]string, len(calls))
	for i, c := range calls {
		fn := prepared[c.Name]
		args := make([][]byte, len(c.Args))
		for k, a := range c.texts() {
			if a != nil {
				args[k] = []byte(*a)
			}
		}
		res := conn.PgConn().ExecPrepared(ctx, c.Name, args, nil, nil).Read()
		var refused *pgconn.PgError
		switch {
		case errors.As(res.Err, &refused):
			out[i] = refusal(refused.Code, refused.Message)
		case res.Err != nil:
			t.Fatal(res.Err)
		case len(fn.Columns) == 0:
			out[i] = fmt.Sprint(res.CommandTag.RowsAffected(), " rows")
		default:
			rows := make([][]string, len(res.Rows))
			for k, r := range res.Rows {
				for _, v := range r {
					if v == nil {
						rows[k] = append(rows[k], "NULL")
					} else {
						rows[k] = append(rows[k], string(v))
					}
				}
			}
			out[i] = rendered(fn.SQL, rows)
		}
	}
	return out
}

// compiled makes the calls on an engine, with an empty store.
func (p *Project) compiled(t *testing.T, url string, m *runtime.Manifest, calls []Call) []string {
	t.Helper()
	ctx := context.Background()
	program, err := runtime.NewProgram(m)
	if err != nil {
		t.Fatal(err)
	}
	db, err := runtime.Open(ctx, url, program)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.Redis().FlushDB(ctx).Err(); err != nil {
		t.Fatal(err)
	}
	if err := db.Initialize(ctx); err != nil {
		t.Fatal(err)
	}
	out := make([]string, len(calls))
	for i, c := range calls {
		fn := program.MustStatement(c.Name).Function()
		params := map[string]*string{}
		for k, a := range c.texts() {
			params[fn.Params[k].Name] = a
		}
		res, err := db.Call(ctx, c.Name, params)
		var refused *runtime.Error
		switch {
		case errors.As(err, &refused):
			out[i] = refusal(refused.SQLSTATE, refused.Message)
		case err != nil:
			t.Fatalf("%s: %v", c.Name, err)
		case len(fn.Columns) == 0:
			out[i] = fmt.Sprint(res.Affected, " rows")
		default:
			rows := make([][]string, len(res.Rows))
			for k, r := range res.Rows {
				for _, v := range r {
					if v == nil {
						rows[k] = append(rows[k], "NULL")
					} else {
						rows[k] = append(rows[k], *v)
					}
				}
			}
			out[i] = rendered(fn.SQL, rows)
		}
	}
	return out
}

// refusal is an error as text; the messages of those that a statement's own text raises are compared too.
func refusal(state, message string) string {
	if strings.HasPrefix(state, "P0") {
		return "error " + state + " " + message
	}
	return "error " + state
}
