package luagen_test

import (
	"testing"

	"github.com/prequel-db/prequel/lowering/phys"
	"github.com/prequel-db/prequel/luagen"
	"github.com/prequel-db/prequel/luagen/prelude"
	"github.com/prequel-db/prequel/sqlparse/bound"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// TestCrowded: one program uses the whole prelude, more than Lua's locals and outer variables; a second one shares most of it.
func TestCrowded(t *testing.T) {
	var all []scalar.Expr
	for _, n := range prelude.Names() {
		if loadable(t, n) && !luagen.Polymorphic(n) {
			all = append(all, apply(bigint, n, param(1, bigint), param(1, bigint)))
		}
	}
	if len(all) < 200 {
		t.Fatalf("%d helpers are too few for the test", len(all))
	}
	isZero := &phys.IsTrue{Expr: apply(boolean, "int8eq", param(1, bigint), constant(bigint, "0"))}
	var progs []*phys.Program
	for _, name := range []string{"Everything", "Again"} {
		var never []phys.Op
		for i := 0; i < len(all); i += 20 {
			never = append(never, &phys.EmitRow{Exprs: all[i:min(i+20, len(all))]})
		}
		progs = append(progs, &phys.Program{
			Name: name, Columns: &scalar.Columns{}, Params: []bound.Param{{Number: 1, Name: "a", Type: bigint}}, ReadOnly: true,
			Body:  []phys.Op{&phys.If{Cond: isZero, Then: never}, &phys.EmitRow{Exprs: []scalar.Expr{param(1, bigint)}}},
			Reply: phys.Reply{Kind: phys.Flat, Outputs: make([]phys.ReplyColumn, 1)},
		})
	}
	out, err := luagen.Generate(progs, luagen.Options{Root: root, Library: library})
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range engines(t, out) {
		for i := range out.Functions {
			if got := show(e.call(&out.Functions[i], nil, []any{"7"})); got != "[7]" {
				t.Errorf("%s: %s returned %s", e.name, out.Functions[i].Name, got)
			}
		}
	}
}
