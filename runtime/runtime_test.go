package runtime_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sort"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/prequel-db/prequel/runtime"
	_ "github.com/prequel-db/prequel/runtime/embedded"
	"github.com/prequel-db/prequel/runtime/meter"
	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqllogic/testdb"
)

func TestMain(m *testing.M) { testdb.Main(m) }

func ptr(s string) *string { return &s }

// target is one of the ways to run a program. addr is "" when the server is in process.
type target struct {
	name string
	url  string
	addr string
	opts []runtime.Option
}

// targets starts a server of its own for each way that needs one.
func targets(t *testing.T) []target {
	all := []target{{name: "embedded", url: "embedded"}}
	for _, c := range []struct {
		name, scheme string
		opts         []runtime.Option
	}{
		{"library", "redis", nil},
		{"scripts", "redis+eval", nil},
		{"library untracked", "redis", []runtime.Option{runtime.WithoutTracking()}},
	} {
		addr := testdb.Redis(t)
		all = append(all, target{c.name, c.scheme + "://" + addr, addr, c.opts})
	}
	return all
}

var fixedNow = time.Date(2024, 5, 6, 7, 8, 9, 123456000, time.UTC)

func open(t *testing.T, tg target, m *runtime.Manifest) *runtime.DB {
	t.Helper()
	p, err := runtime.NewProgram(m)
	if err != nil {
		t.Fatal(err)
	}
	opts := append([]runtime.Option{runtime.WithClock(func() time.Time { return fixedNow })}, tg.opts...)
	db, err := runtime.Open(t.Context(), tg.url, p, opts...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

// call runs a statement by name with parameters name=value and prints what came of it.
func call(db *runtime.DB, name string, params ...string) string {
	args := map[string]*string{}
	for _, p := range params {
		name, v, given := strings.Cut(p, "=")
		args[name] = nil
		if given {
			args[name] = &v
		}
	}
	rows, err := db.Call(context.Background(), name, args)
	if err != nil {
		return "error: " + err.Error()
	}
	var b strings.Builder
	for _, row := range rows.Rows {
		for i, v := range row {
			if i > 0 {
				b.WriteByte('|')
			}
			if v == nil {
				b.WriteString("NULL")
			} else {
				b.WriteString(*v)
			}
		}
		b.WriteByte('\n')
	}
	fmt.Fprintf(&b, "(%d)", rows.Affected)
	return b.String()
}

func expect(t *testing.T, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestCalls(t *testing.T) {
	for _, tg := range targets(t) {
		t.Run(tg.name, func(t *testing.T) {
			db := open(t, tg, testManifest())
			for _, f := range testManifest().Functions {
				if _, err := db.Call(t.Context(), f.Name, sampleParams(&f)); !errors.Is(err, runtime.ErrNotHydrated) {
					t.Fatalf("%s on an empty store: %v", f.Name, err)
				}
			}
			expect(t, dump(t, db), "")
			if err := db.Initialize(t.Context()); err != nil {
				t.Fatal(err)
			}
			expect(t, call(db, "CountAccounts"), "0\n(0)")
			expect(t, call(db, "GetAccount", "id=1"), "(0)")
			expect(t, call(db, "PutAccount", "id=1", "mood=ok", "balance=9223372036854775807", "label=x\ty", "rate=1.50"), "(1)")
			expect(t, call(db, "PutAccount", "id=2", "mood=sad", "balance=-5", "label", "rate=NaN"), "(1)")
			expect(t, call(db, "GetAccount", "id=1"), "1|ok|9223372036854775807|x\ty|1.50\n(0)")
			expect(t, call(db, "GetAccount", "id=2"), "2|sad|-5|NULL|NaN\n(0)")
			expect(t, call(db, "GetAccount", "id=3"), "(0)")
			expect(t, call(db, "GetAccount", "id"), "(0)")
			expect(t, call(db, "GetAccounts", "ids={2,NULL,7,1,2}"), "-5\n9223372036854775807\n(0)")
			expect(t, call(db, "GetAccounts", "ids={}"), "(0)")
			expect(t, call(db, "Total"), "2|NULL\n(0)")
			expect(t, call(db, "AddNote", "account=1", "note=a\x01b"), "2024-05-06 07:08:09.123456+00\n(1)")
			expect(t, call(db, "AddNote", "account=9", "note=b"),
				"error: AddNote: no account\tn (SQLSTATE 23503): Key (account)=(9) is missing.")
			expect(t, call(db, "RecentNotes", "account=1", "since=2024-05-06 07:08:09.123456+00", "limit"), "2024-05-06 07:08:09.123456+00|a\x01b\n(0)")
			expect(t, call(db, "RecentNotes", "account=1", "since=2024-05-06 07:08:09.123457+00", "limit=5"), "(0)")
			expect(t, call(db, "RecentNotes", "account=1", "since=-infinity", "limit=0"), "(0)")
			expect(t, call(db, "RecentNotes", "account=1", "since=-infinity", "limit=-1"), "error: RecentNotes: LIMIT must not be negative (SQLSTATE 2201W)")
			expect(t, call(db, "DropAccount", "id=1"), "(1)")
			expect(t, call(db, "DropAccount", "id=1"), "(0)")
			expect(t, call(db, "CountAccounts"), "1\n(0)")

			// A flush turns every answer into the error, at once.
			if err := db.Redis().FlushAll(t.Context()).Err(); err != nil {
				t.Fatal(err)
			}
			for _, f := range testManifest().Functions {
				if _, err := db.Call(t.Context(), f.Name, sampleParams(&f)); !errors.Is(err, runtime.ErrNotHydrated) {
					t.Fatalf("%s after a flush: %v", f.Name, err)
				}
			}
			expect(t, dump(t, db), "")
			if err := db.Initialize(t.Context()); err != nil {
				t.Fatal(err)
			}
			expect(t, call(db, "CountAccounts"), "0\n(0)")
		})
	}
}

// sampleParams are values that every statement of the test program takes.
func sampleParams(f *runtime.Function) map[string]*string {
	params := map[string]*string{}
	for _, p := range f.Params {
		if p.Hidden != "" {
			continue
		}
		switch p.Type.Kind {
		case value.Array:
			params[p.Name] = ptr("{1}")
		case value.Enum:
			params[p.Name] = ptr("ok")
		case value.Timestamptz:
			params[p.Name] = ptr("2024-01-01")
		default:
			params[p.Name] = ptr("1")
		}
	}
	return params
}

// dump is the content of the store, but for what it says of itself.
func dump(t *testing.T, db *runtime.DB) string {
	t.Helper()
	ctx := t.Context()
	m := db.Program().Manifest()
	keys, err := db.Redis().Keys(ctx, "*").Result()
	if err != nil {
		t.Fatal(err)
	}
	sort.Strings(keys)
	var b strings.Builder
	for _, k := range keys {
		switch k {
		case m.MetaKey(), m.ReadyKey(), m.LoadingKey():
			continue
		}
		s, err := db.Redis().Dump(ctx, k).Result()
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&b, "%q %q\n", k, s)
	}
	return b.String()
}

func TestStaleProgram(t *testing.T) {
	for _, tg := range targets(t)[1:] {
		t.Run(tg.name, func(t *testing.T) {
			old := open(t, tg, testManifest())
			if err := old.Initialize(t.Context()); err != nil {
				t.Fatal(err)
			}
			expect(t, call(old, "PutAccount", "id=1", "mood=ok", "balance=1", "label", "rate=1"), "(1)")
			expect(t, call(old, "CountAccounts"), "1\n(0)")
			next := testManifest()
			next.Program, next.Library.Name = "p2", "prequel_p2"
			for i := range next.Functions {
				if s := next.Functions[i].Script; s != nil {
					s.Function = strings.Replace(s.Function, "p1", "p2", 1)
				}
			}
			next.Library.Code = libraryOf(next)
			newer := open(t, tg, next)
			for _, f := range next.Functions {
				if _, err := newer.Call(t.Context(), f.Name, sampleParams(&f)); !errors.Is(err, runtime.ErrStaleProgram) {
					t.Fatalf("%s on the store of another program: %v", f.Name, err)
				}
			}
			if err := newer.Initialize(t.Context()); err != nil {
				t.Fatal(err)
			}
			for _, f := range next.Functions {
				if _, err := old.Call(t.Context(), f.Name, sampleParams(&f)); !errors.Is(err, runtime.ErrStaleProgram) {
					t.Fatalf("%s after another program took the store: %v", f.Name, err)
				}
			}
			expect(t, call(newer, "CountAccounts"), "0\n(0)")
		})
	}
}

func TestLoading(t *testing.T) {
	for _, tg := range targets(t) {
		t.Run(tg.name, func(t *testing.T) {
			db := open(t, tg, testManifest())
			ctx := t.Context()
			first, err := db.BeginLoad(ctx)
			if err != nil {
				t.Fatal(err)
			}
			expect(t, call(first.DB(), "PutAccount", "id=1", "mood=ok", "balance=1", "label", "rate=1"), "(1)")
			expect(t, call(first.DB(), "AddNote", "account=1", "note=n"), "2024-05-06 07:08:09.123456+00\n(1)")
			expect(t, call(first.DB(), "CountAccounts"), "1\n(0)")
			for _, name := range []string{"CountAccounts", "Total"} {
				if _, err := db.Call(ctx, name, nil); !errors.Is(err, runtime.ErrNotHydrated) || !strings.Contains(err.Error(), "being filled") {
					t.Fatalf("%s while filling: %v", name, err)
				}
			}
			second, err := db.BeginLoad(ctx)
			if err != nil {
				t.Fatal(err)
			}
			expect(t, dump(t, db), "")
			if err := first.Finish(ctx, "1"); err == nil {
				t.Error("the first loader finished although a second had begun")
			}
			expect(t, call(second.DB(), "PutAccount", "id=2", "mood=ok", "balance=7", "label", "rate=1"), "(1)")
			if err := second.Finish(ctx, "0/16B3748"); err != nil {
				t.Fatal(err)
			}
			expect(t, call(db, "GetAccount", "id=2"), "2|ok|7|NULL|1\n(0)")
			state, err := db.State(ctx)
			if err != nil || state.Program != "p1" || state.Position != "0/16B3748" || strings.Join(state.Structures, " ") != "aaaa bbbb" || state.Loading != "" {
				t.Errorf("%+v (%v)", state, err)
			}
			if _, err := second.DB().Call(ctx, "Total", nil); err == nil {
				t.Error("the loader's connection works after Finish")
			}
		})
	}
}

// TestRoundTrips: every call is one exchange, whatever the connection went through before.
func TestRoundTrips(t *testing.T) {
	for _, tg := range targets(t) {
		if tg.addr == "" {
			continue
		}
		t.Run(tg.name, func(t *testing.T) {
			proxy, err := meter.NewProxy(tg.addr)
			if err != nil {
				t.Fatal(err)
			}
			defer proxy.Close()
			through := tg
			through.url = strings.Replace(tg.url, tg.addr, proxy.Addr(), 1)
			db := open(t, through, testManifest())
			if err := db.Initialize(t.Context()); err != nil {
				t.Fatal(err)
			}
			run := func(name string) {
				f := db.Program().Statement(name).Function()
				if _, err := db.Call(t.Context(), name, sampleParams(f)); err != nil && name != "AddNote" { // its account is dropped before
					t.Fatal(err)
				}
			}
			for _, f := range db.Program().Manifest().Functions { // the first call on a connection may ask for more
				run(f.Name)
			}
			for _, f := range db.Program().Manifest().Functions {
				before := proxy.RoundTrips()
				run(f.Name)
				if got := proxy.RoundTrips() - before; got != 1 {
					t.Errorf("%s takes %d round trips", f.Name, got)
				}
			}
			// A batch of everything is one exchange too.
			b := db.Batch()
			var calls []*runtime.Pending
			for _, f := range db.Program().Manifest().Functions {
				s := db.Program().Statement(f.Name)
				args, err := s.ParseParams(sampleParams(&f))
				if err != nil {
					t.Fatal(err)
				}
				calls = append(calls, b.Add(s, args...))
			}
			before := proxy.RoundTrips()
			if err := b.Send(t.Context()); err != nil {
				t.Fatal(err)
			}
			if got := proxy.RoundTrips() - before; got != 1 {
				t.Errorf("a batch takes %d round trips", got)
			}
			for i, p := range calls {
				if _, err := p.Cursor(); err != nil && i != 5 {
					t.Errorf("call %d of the batch: %v", i, err)
				}
			}
		})
	}
}

// TestCommands: what a call makes the server do, seen from the server.
func TestCommands(t *testing.T) {
	want := map[string]map[string]string{
		"library": {
			"GetAccount": "HGET", "CountAccounts": "HLEN", "RecentNotes": "ZRANGE", "Total": "FCALL_RO EXISTS HLEN",
			"AddNote": "FCALL EXISTS HEXISTS ZADD", "PutAccount": "MULTI HSET EXEC WATCH GET", "DropAccount": "MULTI DEL HDEL EXEC WATCH GET",
		},
		"scripts":           {"GetAccount": "HGET", "Total": "EVALSHA_RO EXISTS HLEN", "AddNote": "EVALSHA EXISTS HEXISTS ZADD"},
		"library untracked": {"GetAccount": "HGET GET", "Total": "FCALL_RO EXISTS HLEN"},
	}
	for _, tg := range targets(t) {
		if tg.addr == "" {
			continue
		}
		t.Run(tg.name, func(t *testing.T) {
			db := open(t, tg, testManifest())
			if err := db.Initialize(t.Context()); err != nil {
				t.Fatal(err)
			}
			put := db.Program().Statement("PutAccount")
			for _, name := range []string{"PutAccount", "GetAccount", "CountAccounts", "RecentNotes", "Total", "AddNote", "PutAccount", "DropAccount"} {
				f := db.Program().Statement(name).Function()
				if name == "AddNote" {
					if _, err := db.Call(t.Context(), "PutAccount", sampleParams(put.Function())); err != nil {
						t.Fatal(err)
					}
				}
				call := func() error { _, err := db.Call(t.Context(), name, sampleParams(f)); return err }
				if err := call(); err != nil {
					t.Fatal(err)
				}
				commands, err := meter.Watch(t.Context(), tg.addr, call)
				if err != nil {
					t.Fatal(err)
				}
				var names []string
				for _, c := range commands {
					names = append(names, c.Name())
				}
				if w, ok := want[tg.name][name]; ok && strings.Join(names, " ") != w {
					t.Errorf("%s runs %v, want %s", name, names, w)
				}
			}
		})
	}
}

// TestLostScripts: scripts that the server forgot are loaded again, also in the middle of a batch, and calls are never
// repeated or reordered.
func TestLostScripts(t *testing.T) {
	for _, tg := range targets(t) {
		t.Run(tg.name, func(t *testing.T) {
			db := open(t, tg, testManifest())
			ctx := t.Context()
			if err := db.Initialize(ctx); err != nil {
				t.Fatal(err)
			}
			forget := func() {
				t.Helper()
				if err := db.Redis().ScriptFlush(ctx).Err(); err != nil {
					t.Fatal(err)
				}
				if strings.HasPrefix(tg.name, "library") {
					if err := db.Redis().FunctionFlush(ctx).Err(); err != nil {
						t.Fatal(err)
					}
				}
			}
			forget()
			expect(t, call(db, "Total"), "0|NULL\n(0)")
			expect(t, call(db, "PutAccount", "id=1", "mood=ok", "balance=1", "label", "rate=1"), "(1)")

			stmt := db.Program().Statement
			add := func(b *runtime.Batch, name string, params map[string]*string) *runtime.Pending {
				args, err := stmt(name).ParseParams(params)
				if err != nil {
					t.Fatal(err)
				}
				return b.Add(stmt(name), args...)
			}
			// All that follows the lost script are reads: everything is repeated in order.
			forget()
			b := db.Batch()
			note := add(b, "AddNote", map[string]*string{"account": ptr("1"), "note": ptr("n")})
			notes := add(b, "RecentNotes", map[string]*string{"account": ptr("1"), "since": ptr("2000-01-01"), "limit": nil})
			if err := b.Send(ctx); err != nil {
				t.Fatal(err)
			}
			if n, err := note.Affected(); n != 1 || err != nil {
				t.Errorf("note: %d, %v", n, err)
			}
			if c, err := notes.Cursor(); err != nil || c.Len() != 1 {
				t.Errorf("notes after the note: %v", err)
			}
			// A write has run behind the lost script: running it now would turn the order around.
			forget()
			b = db.Batch()
			note = add(b, "AddNote", map[string]*string{"account": ptr("1"), "note": ptr("n2")})
			drop := add(b, "DropAccount", map[string]*string{"id": ptr("1")})
			if err := b.Send(ctx); err != nil {
				t.Fatal(err)
			}
			if _, err := note.Cursor(); !errors.Is(err, runtime.ErrNotRun) {
				t.Errorf("note before a write that ran: %v", err)
			}
			if n, err := drop.Affected(); n != 1 || err != nil {
				t.Errorf("drop: %d, %v", n, err)
			}
			expect(t, call(db, "Total"), "0|NULL\n(0)")
		})
	}
}

// TestRefusedParameters: nothing is sent that PostgreSQL would refuse.
func TestRefusedParameters(t *testing.T) {
	db := open(t, target{url: "embedded"}, testManifest())
	if err := db.Initialize(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name   string
		params []string
		want   string
	}{
		{"AddNote", []string{"account=1", "note=a\x00b"}, `AddNote: invalid byte sequence for encoding "UTF8": 0x00 (SQLSTATE 22021)`},
		{"AddNote", []string{"account=1", "note=\xff"}, `AddNote: invalid byte sequence for encoding "UTF8": 0xff (SQLSTATE 22021)`},
		{"AddNote", []string{"account=x", "note=a"}, `AddNote: invalid input syntax for type bigint: "x" (SQLSTATE 22P02)`},
		{"AddNote", []string{"account", "note=a"}, `AddNote: parameter account must not be NULL (SQLSTATE 22004)`},
		{"AddNote", []string{"account=1", "note=a", "other=1", "more"}, `AddNote: no parameter more, other`},
		{"PutAccount", []string{"id", "mood=ok", "balance=1", "rate=1"}, `PutAccount: null value in column "id" of relation "accounts" violates not-null constraint (SQLSTATE 23502)`},
		{"PutAccount", []string{"id=1", "mood=bad", "balance=1", "rate=1"}, `PutAccount: invalid input value for enum mood: "bad" (SQLSTATE 22P02)`},
		{"Missing", nil, "no statement Missing is declared"},
	} {
		expect(t, call(db, c.name, c.params...), "error: "+c.want)
	}
	if _, err := db.Query(t.Context(), db.Program().Statement("Total"), value.Int(1)); err == nil {
		t.Error("a parameter too many was accepted")
	}
	other, err := runtime.NewProgram(testManifest())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Query(t.Context(), other.Statement("Total")); err == nil {
		t.Error("a statement of another program was accepted")
	}
	expect(t, dump(t, db), "")
}

func TestLargeValues(t *testing.T) {
	large := strings.Repeat("ü", 5<<20)
	for _, tg := range targets(t)[:3] {
		t.Run(tg.name, func(t *testing.T) {
			db := open(t, tg, testManifest())
			if err := db.Initialize(t.Context()); err != nil {
				t.Fatal(err)
			}
			expect(t, call(db, "PutAccount", "id=1", "mood=ok", "balance=1", "label="+large, "rate=1"), "(1)")
			if got := call(db, "GetAccount", "id=1"); got != "1|ok|1|"+large+"|1\n(0)" {
				t.Errorf("a text of 10 MB came back as %d bytes", len(got))
			}
			expect(t, call(db, "AddNote", "account=1", "note="+large), "2024-05-06 07:08:09.123456+00\n(1)")
		})
	}
}

// TestBrokenConnection: a server that goes away is a clear error; reads come back with it, writes are not repeated.
func TestBrokenConnection(t *testing.T) {
	addr := testdb.Redis(t)
	proxy, err := meter.NewProxy(addr)
	if err != nil {
		t.Fatal(err)
	}
	defer proxy.Close()
	db := open(t, target{url: "redis://" + proxy.Addr()}, testManifest())
	ctx := t.Context()
	if err := db.Initialize(ctx); err != nil {
		t.Fatal(err)
	}
	expect(t, call(db, "CountAccounts"), "0\n(0)")
	proxy.Cut()
	expect(t, call(db, "CountAccounts"), "0\n(0)")
	proxy.Cut()
	put := db.Program().Statement("PutAccount").Function()
	if _, err := db.Call(ctx, "PutAccount", sampleParams(put)); !errors.Is(err, runtime.ErrUnknownOutcome) {
		t.Errorf("write on a broken connection: %v", err)
	}
	if _, err := db.Call(ctx, "PutAccount", sampleParams(put)); err != nil {
		t.Errorf("write on a new connection: %v", err)
	}
	proxy.Close()
	_, err = db.Call(ctx, "CountAccounts", nil)
	if err == nil || !strings.Contains(err.Error(), "CountAccounts: ") || errors.Is(err, runtime.ErrUnknownOutcome) {
		t.Errorf("read without a server: %v", err)
	}
	short, cancel := context.WithTimeout(ctx, 50*time.Millisecond)
	defer cancel()
	if _, err := db.Call(short, "Total", nil); err == nil {
		t.Error("a call without a server succeeded")
	}
}

// TestSlowServer: a read whose reply does not come in time is an error, and is not sent a second time.
func TestSlowServer(t *testing.T) {
	addr := testdb.Redis(t)
	db := open(t, target{url: "redis://" + addr + "?read_timeout=800ms"}, testManifest())
	ctx := t.Context()
	if err := db.Initialize(ctx); err != nil {
		t.Fatal(err)
	}
	expect(t, call(db, "CountAccounts"), "0\n(0)")
	other := redis.NewClient(&redis.Options{Addr: addr})
	defer other.Close()
	if err := other.Do(ctx, "CLIENT", "PAUSE", 2500, "ALL").Err(); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	_, err := db.Call(ctx, "CountAccounts", nil)
	var slow net.Error
	if took := time.Since(began); !errors.As(err, &slow) || !slow.Timeout() || took > 1500*time.Millisecond {
		t.Errorf("a read without a reply: %v after %v", err, took)
	}
	if err := other.Ping(ctx).Err(); err != nil { // when the pause is over
		t.Fatal(err)
	}
	expect(t, call(db, "CountAccounts"), "0\n(0)")
}

func TestManifestRoundTrip(t *testing.T) {
	m := testManifest()
	data, err := m.Encode()
	if err != nil {
		t.Fatal(err)
	}
	back, err := runtime.DecodeManifest(strings.NewReader(string(data)))
	if err != nil {
		t.Fatal(err)
	}
	again, err := back.Encode()
	if err != nil || string(again) != string(data) {
		t.Errorf("a manifest changes when it is read and written (%v)", err)
	}
	if _, err := runtime.DecodeManifest(strings.NewReader(`{"version":99}`)); err == nil {
		t.Error("another version was read")
	}
	if _, err := runtime.DecodeManifest(strings.NewReader(`{"version":1,"extra":1}`)); err == nil {
		t.Error("an unknown field was read")
	}
	var all []byte
	for i := range 256 {
		all = append(all, byte(i))
	}
	in := runtime.Bytes(all)
	data, err = in.MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	var out runtime.Bytes
	if err := out.UnmarshalJSON(data); err != nil || out != in {
		t.Errorf("bytes %q became %q (%v)", in, out, err)
	}
	if err := out.UnmarshalJSON([]byte(`"ā"`)); err == nil {
		t.Error("a character beyond a byte was read")
	}
}

func TestBadManifests(t *testing.T) {
	for _, c := range []struct {
		change func(m *runtime.Manifest)
		want   string
	}{
		{func(m *runtime.Manifest) { m.Functions[1].Name = "GetAccount" }, "declared twice"},
		{func(m *runtime.Manifest) { m.Functions[0].Commands = nil }, "neither commands nor a script"},
		{func(m *runtime.Manifest) { m.Functions[0].Reply.From[1].Index = 4 }, "comes from row 4 of 4"},
		{func(m *runtime.Manifest) { m.Functions[0].Reply.From[0].Index = 2 }, "comes from param 2"},
		{func(m *runtime.Manifest) { m.Functions[0].Reply.Shape = "odd" }, `shape "odd"`},
		{func(m *runtime.Manifest) { m.Functions[0].EmptyIfNull = []int{2} }, "parameter $2 of 1"},
		{func(m *runtime.Manifest) { m.Functions[0].Commands[0].Args[2].Parts[0].Form = "odd" }, `form "odd"`},
		{func(m *runtime.Manifest) { m.Functions[5].Script.Keys = nil }, "first key is not the ready key"},
		{func(m *runtime.Manifest) { m.Functions[6].Reply.Key[0].Type = value.Of(value.Numeric) }, "does not hold it exactly"},
		{func(m *runtime.Manifest) { m.Functions[2].Reply.From[0].Text = ptr("x") }, "constant"},
	} {
		m := testManifest()
		for i := range m.Functions { // the fixtures share their key
			m.Functions[i].Reply.Key = append([]value.SortCol(nil), m.Functions[i].Reply.Key...)
		}
		c.change(m)
		if _, err := runtime.NewProgram(m); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("error %v, want %q", err, c.want)
		}
	}
}
