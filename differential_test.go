package prequel_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	prequel "github.com/prequel-db/prequel"
	"github.com/prequel-db/prequel/runtime"
	"github.com/prequel-db/prequel/runtime/verify"
	"github.com/prequel-db/prequel/sqllogic/testdb"
	"github.com/prequel-db/prequel/sqlparse/diag"
)

// store is a compiled case in a store of its own.
type store struct {
	label string
	db    *runtime.DB
	free  func(ctx context.Context) error
}

func (s *store) name() string { return s.label }
func (s *store) close()       { s.db.Close() }

func (s *store) verify(ctx context.Context, j *judge) string {
	for _, source := range []verify.Source{nil, j} {
		report, err := prequel.Verify(ctx, s.db, verify.Options{Source: source})
		if err != nil {
			return err.Error()
		}
		if len(report.Differences) == 0 {
			continue
		}
		of := "the rows in the store"
		if source != nil {
			of = "PostgreSQL's rows"
		}
		text := report.Summary() + ", of " + of
		for _, d := range report.Differences {
			text += "\n" + d.String()
		}
		return text
	}
	return ""
}

func (s *store) describe(st *statement) (types, bool) {
	fn := s.db.Program().Statement(st.name).Function()
	var t types
	for _, q := range fn.Params {
		if q.Hidden == "" {
			t.params = append(t.params, q.Type.Base().String()) // PostgreSQL's parameters have no modifiers
		}
	}
	for _, c := range fn.Columns {
		t.columns = append(t.columns, c.Type.String())
	}
	return t, true
}

func (s *store) call(ctx context.Context, st *step) outcome {
	args := map[string]*string{}
	for i, v := range st.values() {
		args[fmt.Sprintf("p%d", i+1)] = v
	}
	rows, err := s.db.Call(ctx, st.stmt.name, args)
	var refused *runtime.Error
	switch {
	case errors.As(err, &refused):
		return outcome{state: refused.SQLSTATE, message: refused.Message}
	case errors.Is(err, os.ErrDeadlineExceeded), err != nil && strings.Contains(err.Error(), "BUSY "): // it takes too long
		if err := s.free(ctx); err != nil {
			return outcome{state: "broken", message: err.Error()}
		}
		return outcome{state: tooMuch}
	case err != nil:
		return outcome{state: "broken", message: err.Error()}
	}
	out := outcome{rows: rows.Rows}
	if st.stmt.write != nil {
		out.affected = rows.Affected
	}
	return out
}

// strategies are compared with PostgreSQL side by side.
var strategies = []prequel.Strategy{prequel.Read, prequel.Maintain, prequel.Auto}

// compileCase compiles a case under one strategy. Each statement is a source of its own, so that a refusal can be told
// to belong to it; the refused ones are dropped and the rest is compiled again.
func compileCase(c *diffCase, strategy prequel.Strategy, root string, refused map[string]string) (*prequel.Compiled, error) {
	for {
		cfg := prequel.Config{
			Schema: []*diag.Source{{Name: "schema.sql", Text: c.schema()}}, Strategy: strategy, AllowScan: true, Root: root,
			Hot: c.hot(),
		}
		for _, r := range c.code() {
			cfg.Schema = append(cfg.Schema, &diag.Source{Name: r.name, Text: r.ddl() + ";"})
		}
		for _, s := range c.stmts {
			if refused[s.name] == "" {
				cfg.Queries = append(cfg.Queries, &diag.Source{Name: s.name, Text: s.declared()})
			}
		}
		program, problems := prequel.Compile(cfg)
		if !problems.HasErrors() {
			return program, nil
		}
		for _, p := range problems {
			if p.Severity != diag.Error { // a view that is not compiled is noted, and what reads it refused
				continue
			}
			// Without a statement's name, or where PostgreSQL would refuse the statement, it is no refusal.
			if p.Origin() == nil || p.Origin() == cfg.Schema[0] || p.SQLState != "" {
				return nil, problems
			}
			name := p.Origin().Name
			code := p.Code + " " + strings.TrimPrefix(p.Problem, name+": ")
			r := c.routine(name)
			if r == nil {
				refused[name] = code
				continue
			}
			before := len(refused)
			for _, s := range c.stmts { // what stands in a function is refused where it is called
				if s.call != nil && s.call.of.reaches(r) {
					refused[s.name] = code
				}
			}
			if len(refused) == before {
				return nil, problems
			}
		}
	}
}

// engine is where programs run. free ends what still runs of a call that was given up.
type engine struct {
	name string
	open func(ctx context.Context, p *runtime.Program) (*runtime.DB, error)
	free func(ctx context.Context) error
}

// patience is how long a call may take a server.
const patience = 30 * time.Second

// redisEngine is a server, by a scheme that says how functions get there.
func redisEngine(name, scheme, addr string) engine {
	return engine{
		name: name,
		open: func(ctx context.Context, p *runtime.Program) (*runtime.DB, error) {
			return runtime.Open(ctx, fmt.Sprintf("%s://%s?read_timeout=%s", scheme, addr, patience), p)
		},
		free: func(ctx context.Context) error { return freeServer(ctx, addr) },
	}
}

// freeServer ends the function or script that a server runs; one that has written ends by itself.
func freeServer(ctx context.Context, addr string) error {
	client := redis.NewClient(&redis.Options{Addr: addr, MaxRetries: -1})
	defer client.Close()
	for end := time.Now().Add(20 * patience); ; time.Sleep(100 * time.Millisecond) {
		err := client.Ping(ctx).Err()
		if err == nil || time.Now().After(end) {
			return err
		}
		client.Do(ctx, "SCRIPT", "KILL")
		client.Do(ctx, "FUNCTION", "KILL")
	}
}

// stores compiles cases under every strategy for an engine.
func stores(e engine) maker {
	return func(ctx context.Context, c *diffCase, only string) (out []subject, refused map[string]string, err error) {
		refused = map[string]string{}
		compiled := make([]*prequel.Compiled, len(strategies))
		for known := -1; known < len(refused); { // a statement takes part under all strategies or none
			known = len(refused)
			for i, s := range strategies {
				if only != "" && only != string(s) {
					continue
				}
				if compiled[i], err = compileCase(c, s, fmt.Sprintf("{s%d}", i), refused); err != nil {
					return nil, nil, err
				}
			}
		}
		defer func() {
			if err != nil {
				for _, s := range out {
					s.close()
				}
			}
		}()
		for i, p := range compiled {
			if p == nil {
				continue
			}
			program, err := runtime.NewProgram(p.Manifest)
			if err != nil {
				return out, nil, err
			}
			db, err := e.open(ctx, program)
			if err != nil {
				return out, nil, err
			}
			out = append(out, &store{string(strategies[i]), db, e.free})
			if err := db.Initialize(ctx); err != nil {
				return out, nil, err
			}
		}
		return out, refused, nil
	}
}

func TestMain(m *testing.M) { testdb.Main(m) }

// TestDifferential compares random programs with PostgreSQL, under every strategy, in the embedded engine and in Redis in both
// packagings. PREQUEL_FUZZ_TIME is how long (a minute of which is shared by the engines unless set); PREQUEL_FUZZ_CALLS is
// how many calls to make in PostgreSQL at least; PREQUEL_FUZZ_SEED is the first seed, so that a failure can be repeated;
// PREQUEL_FUZZ_FAILURES is how many different failures to look for.
func TestDifferential(t *testing.T) {
	budget := time.Minute
	if s := os.Getenv("PREQUEL_FUZZ_TIME"); s != "" {
		var err error
		if budget, err = time.ParseDuration(s); err != nil {
			t.Fatal(err)
		}
	}
	seed := uint64(time.Now().UnixNano())
	if s := os.Getenv("PREQUEL_FUZZ_SEED"); s != "" {
		var err error
		if seed, err = strconv.ParseUint(s, 10, 64); err != nil {
			t.Fatal(err)
		}
	}
	number := func(name string, otherwise int) int {
		s := os.Getenv(name)
		if s == "" {
			return otherwise
		}
		n, err := strconv.Atoi(s)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	calls, most := number("PREQUEL_FUZZ_CALLS", 0), number("PREQUEL_FUZZ_FAILURES", 1)
	ctx := context.Background()
	dsn := testdb.Database(t)
	addr := testdb.Redis(t)
	engines := []engine{
		{name: "embedded", open: func(ctx context.Context, p *runtime.Program) (*runtime.DB, error) {
			return runtime.Open(ctx, "embedded", p)
		}},
		redisEngine("library", "redis", addr),
		redisEngine("scripts", "redis+eval", addr),
	}
	for i, e := range engines {
		t.Run(e.name, func(t *testing.T) {
			j, err := newJudge(ctx, dsn)
			if err != nil {
				t.Fatal(err)
			}
			defer j.conn.Close(ctx)
			c := &contest{judge: j, make: stores(e), refusals: map[string]*refusedCase{}}
			first := seed
			if os.Getenv("PREQUEL_FUZZ_SEED") == "" {
				first += uint64(i) << 32
			}
			cases, reports := c.explore(ctx, first, budget/time.Duration(len(engines)), calls/len(engines), most)
			for _, report := range reports {
				t.Error(report)
			}
			t.Logf("seeds %d to %d: %d statements compiled, called %d times in PostgreSQL, %d answers compared, %d programs given up as too slow, statements refused: %s",
				first, first+uint64(cases)-1, c.compiled, c.called, c.compared, c.dropped, c.refusalSummary())
		})
	}
}
