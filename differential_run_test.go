package prequel_test

import (
	"context"
	"fmt"
	"runtime/debug"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prequel-db/prequel/sqllogic/testdb"
)

// subject is an implementation that is compared with PostgreSQL. One holds one case's rows.
type subject interface {
	name() string
	// describe is how the implementation types a statement; false when it does not say.
	describe(s *statement) (types, bool)
	call(ctx context.Context, s *step) outcome
	// verify compares everything that is maintained with what PostgreSQL's rows and its own give; "" when there is no difference.
	verify(ctx context.Context, j *judge) string
	close()
}

// maker compiles a case for every subject, or for the one that is named. Statements that a compiler refuses are returned by name
// with the code; they then take no part.
type maker func(ctx context.Context, c *diffCase, only string) (subjects []subject, refused map[string]string, err error)

// contest runs cases.
type contest struct {
	judge *judge
	make  maker
	// refusals are the refused statements by code, compared the calls compared.
	refusals map[string]*refusedCase
	compared int
	// compiled counts the statements that took part, called their calls in PostgreSQL.
	compiled, called int
	// dropped counts cases that were given up because a call read more than a server stands.
	dropped int
}

// refusedCase counts the statements that are refused for one reason.
type refusedCase struct {
	n     int
	first string
}

// tooMuch is the state of a call that was given up.
const tooMuch = "too much"

// failure is a difference found.
type failure struct {
	kind   string // what must persist while shrinking
	detail string
	// subject is the one that differs, "" when it is none's own; step is the call that showed it, len(steps) the end.
	subject string
	step    int
}

// types describe a statement's parameters and columns, as PostgreSQL's format_type prints them.
type types struct{ params, columns []string }

func (t types) equal(u types) bool {
	return slices.Equal(t.params, u.params) && slices.Equal(t.columns, u.columns)
}

// run compares one case from the start, of all subjects or of the one that is named; nil when there is no difference.
func (t *contest) run(ctx context.Context, c *diffCase, only string) (f *failure) {
	defer func() {
		if r := recover(); r != nil {
			f = &failure{kind: fmt.Sprintf("panic %v", r), detail: fmt.Sprintf("panic: %v\n%s", r, debug.Stack()), step: len(c.steps)}
		}
	}()
	early := func(kind string, detail string) *failure {
		return &failure{kind: kind, detail: detail, step: len(c.steps)}
	}
	if err := t.judge.begin(ctx, c); err != nil {
		return early("judge "+firstWords(err), "PostgreSQL refuses the schema: "+err.Error())
	}
	known := map[*statement]types{}
	for _, s := range c.stmts {
		params, columns, err := t.judge.prepare(ctx, s)
		if err != nil {
			return early("judge "+firstWords(err), fmt.Sprintf("PostgreSQL refuses %s: %v", s.name, err))
		}
		known[s] = types{params, columns}
	}
	subjects, refused, err := t.make(ctx, c, only)
	if err != nil {
		return early("compile "+firstWords(err), err.Error())
	}
	defer func() {
		for _, s := range subjects {
			s.close()
		}
	}()
	for _, s := range c.stmts {
		if code := refused[s.name]; code != "" {
			// All that is drawn has a translation, and finds room but for functions that call others again and again.
			if strings.HasPrefix(code, "PQ0901") || strings.HasPrefix(code, "PQ0902") && !strings.Contains(code, "declarations of locals") {
				return early("refused "+code, s.name+" is refused: "+code)
			}
			if strings.HasPrefix(code, "PQ0902") {
				code = "PQ0902"
			}
			if t.refusals[code] == nil {
				t.refusals[code] = &refusedCase{first: fmt.Sprintf("seed %d, %s", c.seed, s.name)}
			}
			t.refusals[code].n++
		}
	}
	for _, sub := range subjects {
		for _, s := range c.stmts {
			if refused[s.name] != "" {
				continue
			}
			if got, ok := sub.describe(s); ok && !got.equal(known[s]) {
				return early("types", fmt.Sprintf("%s: PostgreSQL's types: %v; got: %v", s.name, known[s], got))
			}
		}
	}
	t.compiled += len(c.stmts) - len(refused)
	over := false
	before, err := t.judge.load(ctx, c)
	if err != nil {
		return early("judge "+firstWords(err), err.Error())
	}
	for i, st := range c.steps {
		if refused[st.stmt.name] != "" {
			continue
		}
		if over {
			break
		}
		want := t.judge.call(ctx, st.stmt, st.values())
		t.called++
		after, err := t.judge.load(ctx, c)
		if err != nil {
			return early("judge "+firstWords(err), err.Error())
		}
		if want.state == tooMuch || c.work(before, after) > mostWork {
			t.dropped++
			return nil
		}
		before = after
		over = want.state != "" && c.drawn() && st.stmt.several()
		for _, sub := range subjects {
			got := sub.call(ctx, st)
			if got.state == tooMuch {
				t.dropped++
				return nil
			}
			t.compared++
			if d := difference(st.stmt, known[st.stmt].columns, want, got); d != "" {
				return &failure{
					kind:   sub.name() + " " + kindOf(want, got),
					detail: fmt.Sprintf("%s: step %d, %s(%s): %s", sub.name(), i, st.stmt.name, showArgs(st), d),

					subject: sub.name(),
					step:    i,
				}
			}
		}
	}
	if over {
		return nil
	}
	for _, sub := range subjects {
		if d := sub.verify(ctx, t.judge); d != "" {
			return &failure{
				kind: sub.name() + " structures", detail: sub.name() + ": at the end: " + d,
				subject: sub.name(), step: len(c.steps),
			}
		}
	}
	return nil
}

// firstWords are the words of an error's first line that name no statement.
func firstWords(err error) string {
	line, _, _ := strings.Cut(err.Error(), "\n")
	words := strings.Fields(line)
	return strings.Join(words[:min(4, len(words))], " ")
}

// kindOf tells failures apart, so that shrinking does not slip from one to another.
func kindOf(want, got outcome) string {
	if want.state != got.state {
		return "state " + want.state + "/" + got.state
	}
	return "rows"
}

// explore runs seeds until the time is up and so many calls are made, or a number of failures is found, and reports them shrunk. Of
// failures that look alike three are reported.
func (t *contest) explore(ctx context.Context, seed uint64, budget time.Duration, calls, most int) (cases int, reports []string) {
	seen := map[string]int{}
	end := time.Now().Add(budget)
	for ; (time.Now().Before(end) || t.called < calls) && ctx.Err() == nil && len(reports) < most; seed++ {
		cases++
		c := generate(seed)
		f := t.run(ctx, c, "")
		if f == nil || seen[f.kind] == 3 {
			continue
		}
		seen[f.kind]++
		shrink(c, f.step, time.Minute, func(c *diffCase) bool {
			g := t.run(ctx, c, f.subject)
			return g != nil && g.kind == f.kind
		})
		final := t.run(ctx, c, "")
		if final == nil {
			final = &failure{detail: "the shrunk case passes: the failure depends on chance"}
		}
		reports = append(reports, fmt.Sprintf("PREQUEL_FUZZ_SEED=%d: %s\n\nshrunk: %s\n%s", seed, f.detail, final.detail, c))
	}
	return cases, reports
}

// refusalSummary lists codes with their counts.
func (t *contest) refusalSummary() string {
	var codes []string
	for code, n := range t.refusals {
		codes = append(codes, fmt.Sprintf("\n  %s: %d times, first in %s", code, n.n, n.first))
	}
	slices.Sort(codes)
	return strings.Join(codes, "")
}

// faulty is PostgreSQL again, with one fault: it takes >= for >.
type faulty struct{ *judge }

func (faulty) name() string                          { return "faulty" }
func (faulty) describe(*statement) (types, bool)     { return types{}, false }
func (faulty) verify(context.Context, *judge) string { return "" }

func (f faulty) close() { f.conn.Close(context.Background()) }

func (f faulty) call(ctx context.Context, s *step) outcome {
	return f.judge.call(ctx, s.stmt, s.values())
}

// TestDifferentialFindsFaults: the generator reaches a small fault soon, and what is reported is small.
func TestDifferentialFindsFaults(t *testing.T) {
	ctx := context.Background()
	dsn := testdb.Database(t)
	j, err := newJudge(ctx, dsn)
	if err != nil {
		t.Fatal(err)
	}
	other := testdb.Database(t)
	c := &contest{judge: j, refusals: map[string]*refusedCase{}, make: func(ctx context.Context, c *diffCase, _ string) ([]subject, map[string]string, error) {
		k, err := newJudge(ctx, other)
		if err != nil {
			return nil, nil, err
		}
		if err := k.begin(ctx, c); err != nil {
			return nil, nil, err
		}
		for _, s := range c.stmts {
			text, _ := s.sql()
			if s.query != nil {
				text = strings.ReplaceAll(text, " >= ", " > ")
			}
			if _, err := k.conn.PgConn().Prepare(ctx, s.name, text, nil); err != nil {
				return nil, nil, err
			}
		}
		return []subject{faulty{k}}, nil, nil
	}}
	cases, reports := c.explore(ctx, 1, 30*time.Second, 0, 1)
	if len(reports) == 0 {
		t.Fatalf("%d cases and no difference found", cases)
	}
	report := reports[0]
	if _, shrunk, _ := strings.Cut(report, "shrunk:"); strings.Count(shrunk, "\n") > 30 || !strings.Contains(shrunk, ">=") {
		t.Errorf("the report should be small and show the comparison:\n%s", report)
	}
}
