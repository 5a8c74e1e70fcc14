package luagen_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"

	"github.com/prequel-db/prequel/lowering/phys"
	"github.com/prequel-db/prequel/luagen"
	"github.com/prequel-db/prequel/luagen/prelude"
	"github.com/prequel-db/prequel/sqllogic/testdb"
	"github.com/prequel-db/prequel/sqlparse/bound"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// TestLargeLibrary puts the whole prelude into one library, with more constants than Lua's locals: what does not fit at the
// top level stands beside the functions that use it.
func TestLargeLibrary(t *testing.T) {
	var names []string
	for _, n := range prelude.Names() {
		if loadable(t, n) && !luagen.Polymorphic(n) {
			names = append(names, n)
		}
	}
	var progs []*phys.Program
	params := []bound.Param{{Number: 1, Name: "a", Type: bigint}, {Number: 2, Name: "s", Type: text}}
	for i := 0; i < len(names); i += 3 {
		p := &phys.Program{Name: fmt.Sprintf("Part%d", i), Columns: &scalar.Columns{}, Params: params, ReadOnly: true}
		var exprs []scalar.Expr
		for _, n := range names[i:min(i+3, len(names))] {
			exprs = append(exprs, apply(bigint, n, param(1, bigint), param(1, bigint)))
		}
		// A list of its own, and one that it shares with one other function.
		for _, k := range []int{i, i / 6} {
			in := &scalar.InList{Node: node(boolean), Left: param(2, text), Op: named("=", "texteq")}
			for j := range 6 {
				in.List = append(in.List, constant(text, fmt.Sprintf("%d-%d", k, j)))
			}
			exprs = append(exprs, in)
		}
		p.Body = []phys.Op{&phys.EmitRow{Exprs: exprs}}
		p.Reply = phys.Reply{Kind: phys.Flat, Outputs: make([]phys.ReplyColumn, len(exprs))}
		progs = append(progs, p)
	}
	last := pointRead()
	out, err := luagen.Generate(append(progs, last), luagen.Options{Root: root, Library: library})
	if err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	client := redis.NewClient(&redis.Options{Addr: testdb.Redis(t), Protocol: 2})
	defer client.Close()
	if err := client.FunctionLoad(ctx, out.Library).Err(); err != nil {
		t.Fatalf("%v\n%s", err, near(out.Library, err.Error()))
	}
	client.Set(ctx, root+"ready:x", "1", 0)
	reply, err := client.FCall(ctx, last.Name, []string{root + "ready:x", root + "3f9a01"}, "1").Result()
	if got := show(reply, err); got != "[]" {
		t.Errorf("got %s", got)
	}
}

// loadable reports whether a helper can be defined while a library is loaded: Redis has no standard library then.
func loadable(t *testing.T, name string) bool {
	t.Helper()
	defs, err := prelude.Resolve([]string{name})
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range defs {
		if !strings.HasPrefix(d.Source, "local function") && strings.Contains(d.Source, "math.") {
			return false
		}
	}
	d, _ := prelude.Lookup(name)
	return strings.HasPrefix(d.Source, "local function")
}

// near shows the line of a library that an error names.
func near(text, message string) string {
	var line int
	if _, after, ok := strings.Cut(message, "user_function:"); ok {
		fmt.Sscan(after, &line)
	}
	lines := strings.Split(text, "\n")
	return strings.Join(lines[max(0, line-4):min(len(lines), line+4)], "\n")
}
