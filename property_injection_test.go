package prequel_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	prequel "github.com/prequel-db/prequel"
	"github.com/prequel-db/prequel/runtime"
	"github.com/prequel-db/prequel/sqllogic/testdb"
	"github.com/prequel-db/prequel/sqlparse/diag"
)

// injector stands for redis.call: the key ROOTinject holds the number of commands after which one fails, saying whether the call has
// written before it. inject_noted stands for it where the write is one that would be taken back; behind other writes nothing fails, unless ALL
// are taken back. Sequences, which are never taken back, do not count as written.
const injector = `local written, final = "nothing", false
local writes = {HSET = true, HDEL = true, HINCRBY = true, ZADD = true, ZREM = true, SET = true, DEL = true, INCR = true, DECR = true}
local function inject_noted(name, ...)
  if not final and redis.call("EXISTS", "ROOTinject") == 1 and redis.call("DECR", "ROOTinject") == 0 then
    local before = written
    written, final = "nothing", false
    error("injected after " .. before, 0)
  end
  if writes[name] then
    written = "a write"
  end
  return redis.call(name, ...)
end
local function inject(name, ...)
  local function replied(...)
    final = final or not ALL and writes[name]
    return ...
  end
  return replied(inject_noted(name, ...))
end
`

func injectorOf(m *runtime.Manifest, all bool) string {
	return strings.NewReplacer("ROOT", string(m.Root), "ALL", fmt.Sprint(all)).Replace(injector)
}

// notes are the calls of what keeps how a write is taken back.
var notes = regexp.MustCompile(`(function )?(undo_[a-z]+\()call, undo,`)

// takesBack is where a batch takes writes back, which does not fail.
var takesBack = regexp.MustCompile(`(function fail\(how, number, why\)\s+for i = #undo, 1, -1 do\s+)call\(`)

// inject puts the injector into every script of a program, and into its library for what runs there: atomic batches.
func inject(m *runtime.Manifest) {
	for i := range m.Functions {
		if s := m.Functions[i].Script; s != nil && !m.Functions[i].ReadOnly {
			c := *s
			source := strings.ReplaceAll(c.Source, "redis.call", "inject")
			source = notes.ReplaceAllStringFunc(source, func(call string) string {
				if strings.HasPrefix(call, "function ") {
					return call
				}
				return strings.Replace(call, "(call,", "(inject_noted,", 1)
			})
			// What takes writes back does not fail.
			c.Source = injectorOf(m, false) + strings.Replace(source, "return transact(inject,", "return transact(redis.call,", 1)
			m.Functions[i].Script = &c
		}
	}
	header, body, _ := strings.Cut(m.Library.Code, "\n")
	body = takesBack.ReplaceAllString(strings.ReplaceAll(body, "redis.call", "inject"), "${1}redis.call(")
	m.Library.Code = header + "\n" + injectorOf(m, true) + body
}

// TestNoInjection: what is released has no such hook.
func TestNoInjection(t *testing.T) {
	for _, p := range propertyPrograms(t) {
		m := p.compile(t, prequel.Auto).Manifest
		text, err := m.Encode()
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(text), "inject") {
			t.Errorf("%s: a released program can be made to fail", p.name)
		}
		inject(m)
		if m.Library.Code != "" && !strings.Contains(m.Library.Code, "injected after") {
			t.Errorf("%s: a program under test cannot", p.name)
		}
	}
}

// injected counts failures: all, and those after a write.
type injected struct{ all, undone int }

func (n *injected) add(m injected) {
	n.all += m.all
	n.undone += m.undone
}

// injectInto has each command of a call fail in turn, and compares the store before and afterwards, until the call gets through.
// It returns the call's own error.
func injectInto(t *testing.T, db *runtime.DB, name string, call func() error) (n injected, err error) {
	t.Helper()
	m := db.Program().Manifest()
	key := string(m.Root) + "inject"
	if strings.Contains(name, "setval(") { // which sets a sequence back, for good
		free := *m
		free.Sequences = slices.Clone(m.Sequences)
		for i := range free.Sequences {
			free.Sequences[i].Cycle = true
		}
		m = &free
	}
	before := takeSnapshot(t, db, "inject")
	for at := 1; ; at++ {
		if err := db.Redis().Set(t.Context(), key, at, 0).Err(); err != nil {
			t.Fatal(err)
		}
		err := call()
		if e := db.Redis().Del(t.Context(), key).Err(); e != nil {
			t.Fatal(e)
		}
		if err == nil {
			return n, nil
		}
		if d := before.afterFailure(takeSnapshot(t, db, "inject"), m); d != "" {
			t.Fatalf("%s: command %d failed (%v), and the store changed\n%s", name, at, err, d)
		}
		if !strings.Contains(err.Error(), "injected after") {
			return n, err
		}
		n.all++
		if strings.Contains(err.Error(), "after a write") {
			n.undone++
		}
	}
}

// TestInjectedFailures: each command of a call fails in turn, and what the call wrote until then is gone. Writes with no check behind them
// need no undo; the commands up to the first of those fail in turn, and no instruction behind it can raise, which phys.Check verifies.
// TestInjectedForms has the commands behind it fail too, in a batch.
func TestInjectedFailures(t *testing.T) {
	addr := testdb.Redis(t)
	var total injected
	for _, p := range propertyPrograms(t) {
		for _, strategy := range []prequel.Strategy{prequel.Read, prequel.Maintain} {
			t.Run(p.name+" "+string(strategy), func(t *testing.T) {
				m := p.compile(t, strategy).Manifest
				inject(m)
				db := freshStore(t, "redis+eval://"+addr, m)
				random := newCaller(7, 6, m)
				random.fill(t, db, 150)
				all := writes(m)
				var sum injected
				for i := range 8 * len(all) {
					c := random.call(all[i%len(all)])
					n, err := injectInto(t, db, c.String(), func() error {
						_, err := c.run(t.Context(), db)
						return err
					})
					refusal(t, c, err)
					sum.add(n)
				}
				t.Logf("%d failures injected, %d of them after a write", sum.all, sum.undone)
				if sum.all == 0 || (p.name == "constraints" || p.name == "triggers") && sum.undone == 0 {
					t.Error("too few failures were injected")
				}
				total.add(sum)
			})
		}
	}
	t.Logf("%d failures injected in all, %d of them after a write", total.all, total.undone)
}

// TestInjectedForms does the same for every form that a write has: the scripts of testdata/injection, of which each statement is
// called alone and in atomic batches, and those of testdata/routines. In a batch every command can fail, whether the statement
// itself takes writes back or not. To add a form, add its statements.
func TestInjectedForms(t *testing.T) {
	addr := testdb.Redis(t)
	var files []string
	for _, dir := range []string{"injection", "routines"} {
		found, err := filepath.Glob("testdata/" + dir + "/*.sql")
		if err != nil || len(found) == 0 {
			t.Fatal("no scripts: ", err)
		}
		files = append(files, found...)
	}
	var alone, batched injected
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		schema, body, ok := strings.Cut(string(text), "\n----\n")
		if !ok {
			t.Fatalf("%s has no line of dashes", file)
		}
		s := newRoutineScript(t, file, schema, body)
		for _, strategy := range []prequel.Strategy{prequel.Read, prequel.Maintain} {
			t.Run(strings.TrimSuffix(filepath.Base(file), ".sql")+" "+string(strategy), func(t *testing.T) {
				one, several := s.inject(t, strategy, addr)
				t.Logf("%d failures injected into calls, %d of them after a write; %d into batches, %d after a write",
					one.all, one.undone, several.all, several.undone)
				if one.all == 0 || several.undone == 0 {
					t.Error("too few failures were injected")
				}
				alone.add(one)
				batched.add(several)
			})
		}
	}
	t.Logf("%d failures injected into calls, %d of them after a write; %d into batches, %d after a write",
		alone.all, alone.undone, batched.all, batched.undone)
}

// inject runs the script's statements one after another with failures injected: each alone, and in another store two at a time.
func (s *routineScript) inject(t *testing.T, strategy prequel.Strategy, addr string) (alone, batched injected) {
	t.Helper()
	program, problems := prequel.Compile(prequel.Config{
		Schema: []*diag.Source{{Name: s.name, Text: s.schema}}, Queries: []*diag.Source{{Name: "calls.sql", Text: s.queries()}},
		Strategy: strategy, AllowScan: true,
	})
	if problems.HasErrors() {
		t.Fatal(render(problems))
	}
	m := program.Manifest
	inject(m)
	db := freshStore(t, "redis+eval://"+addr+"/2", m)
	for i, sql := range s.calls {
		n, err := injectInto(t, db, sql, func() error {
			_, err := db.Call(t.Context(), fmt.Sprintf("C%d", i), nil)
			return err
		})
		var refused *runtime.Error
		if err != nil && !errors.As(err, &refused) {
			t.Fatalf("%s: %v", sql, err)
		}
		alone.add(n)
	}
	db = freshStore(t, "redis://"+addr+"/3", m)
	for i := 0; i < len(s.calls); i += 2 {
		list := s.calls[i:min(i+2, len(s.calls))]
		names := fmt.Sprintf("%q", list)
		send := func(first, last int) func() error {
			return func() error {
				b := db.Atomic()
				for k := first; k < last; k++ {
					b.Add(db.Program().MustStatement(fmt.Sprintf("C%d", i+k)))
				}
				return b.Send(t.Context())
			}
		}
		n, err := injectInto(t, db, names, send(0, len(list)))
		batched.add(n)
		if err == nil {
			continue
		}
		for k := range list { // together they fail: each for itself, so that the next ones find what they need
			n, err := injectInto(t, db, list[k], send(k, k+1))
			var refused *runtime.Error
			if err != nil && !errors.As(err, &refused) {
				t.Fatalf("%s: %v", list[k], err)
			}
			batched.add(n)
		}
	}
	return alone, batched
}
