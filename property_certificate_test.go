package prequel_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	prequel "github.com/prequel-db/prequel"
	"github.com/prequel-db/prequel/lowering/cost"
	"github.com/prequel-db/prequel/lowering/phys"
	"github.com/prequel-db/prequel/runtime"
	"github.com/prequel-db/prequel/runtime/meter"
	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqllogic/testdb"
)

// TestCertificate: no call runs more commands, or reads more rows, than its program's bound gives for the sizes that the store
// really has; and a program of class constant or log has a bound without sizes.
func TestCertificate(t *testing.T) {
	addr := testdb.Redis(t)
	for _, p := range append(propertyPrograms(t), programIn(t, "testdata/tpch")) {
		for _, strategy := range []prequel.Strategy{prequel.Read, prequel.Maintain, prequel.Auto} {
			t.Run(p.name+" "+string(strategy), func(t *testing.T) {
				c := p.compile(t, strategy)
				for _, f := range c.Functions {
					classMatchesBound(t, f.Program)
				}
				db := freshStore(t, "redis://"+addr, c.Manifest)
				j := &certificateJudge{db: db, addr: addr, structures: c.Module.Structures, programs: map[string]*phys.Program{}}
				for _, f := range c.Functions {
					j.programs[f.Program.Name] = f.Program
				}
				stages := []certificateStage{{rows: 0, span: 4}, {rows: 12, span: 4}, {rows: 100, span: 8}, {rows: 400, span: 12}}
				for _, table := range c.Manifest.Tables { // no other table's rows leave room in the bound
					stages = append(stages, certificateStage{rows: 120, span: 3, only: []string{table.Name}})
				}
				for n, stage := range stages {
					random := newCaller(uint64(n), stage.span, c.Manifest)
					random.load(t, db, stage.rows, stage.only...)
					for _, fn := range declared(c.Manifest) { // the first native calls on a filled store learn its epoch
						if warm := random.call(fn); fn.Script == nil {
							_, err := warm.run(t.Context(), db)
							refusal(t, warm, err)
						}
					}
					for range 2 {
						for _, fn := range declared(c.Manifest) {
							j.call(t, random.call(fn))
						}
					}
				}
				if j.largest < 300 {
					t.Errorf("the largest size reached is %g: the data is too small to tell growth", j.largest)
				}
			})
		}
	}
}

// certificateStage is a filling of the store; only names the tables that get rows, all when empty.
type certificateStage struct {
	rows, span int
	only       []string
}

// classMatchesBound checks what a class promises: constant and log do not grow with any size.
func classMatchesBound(t *testing.T, p *phys.Program) {
	t.Helper()
	free := p.Bound.Commands.IsConst() && p.Bound.Rows.IsConst()
	switch p.Bound.Class {
	case phys.Constant, phys.Log:
		if !free {
			t.Errorf("%s is %s, its bound %s commands, %s rows", p.Name, p.Bound.Class, p.Bound.Commands, p.Bound.Rows)
		}
	case phys.Output, phys.Bounded:
		for _, s := range append(p.Bound.Commands.Sizes(), p.Bound.Rows.Sizes()...) {
			if strings.HasPrefix(s, "rows(") {
				t.Errorf("%s is %s, and grows with %s", p.Name, p.Bound.Class, s)
			}
		}
	case phys.ScanCls:
	default:
		t.Errorf("%s has the class %q", p.Name, p.Bound.Class)
	}
}

// certificateJudge counts what calls do.
type certificateJudge struct {
	db         *runtime.DB
	addr       string
	structures []*phys.Structure
	programs   map[string]*phys.Program
	largest    float64
}

// mostCalls is how many calls of functions that call themselves one call may make.
const mostCalls = 1e6

// call makes a call and compares its commands and rows with the bound. A call that changes rows is judged by the larger
// of the sizes before and after.
func (j *certificateJudge) call(t *testing.T, c callOf) {
	t.Helper()
	sizes := j.sizes(t)
	commands, err := meter.Watch(t.Context(), j.addr, func() error {
		_, err := c.run(t.Context(), j.db)
		refusal(t, c, err)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if !c.fn.ReadOnly {
		for name, n := range j.sizes(t) {
			sizes[name] = max(sizes[name], n)
		}
	}
	for name, n := range parameterSizes(t, c) {
		sizes[name] = n
	}
	for _, n := range sizes {
		if !math.IsInf(n, 0) {
			j.largest = max(j.largest, n)
		}
	}
	var ran []string
	rows := 0.0
	for _, cmd := range commands {
		switch name := cmd.Name(); {
		case strings.HasPrefix(name, "FCALL") || strings.HasPrefix(name, "EVALSHA"):
		case slices.Contains([]string{"MULTI", "EXEC", "WATCH", "CLIENT"}, name):
		default:
			ran = append(ran, name)
			if c.fn.ReadOnly {
				rows += j.rowsOf(t, cmd)
			}
		}
	}
	bound := j.programs[c.fn.Name].Bound
	for _, size := range append(bound.Commands.Sizes(), bound.Rows.Sizes()...) {
		if strings.HasPrefix(size, "calls of ") { // nothing in the store tells how often a function calls itself
			sizes[size] = mostCalls
		}
	}
	j.compare(t, c, "commands", bound.Commands, float64(len(ran)), sizes, strings.Join(ran, " "))
	j.compare(t, c, "rows", bound.Rows, rows, sizes, strings.Join(ran, " "))
}

func (j *certificateJudge) compare(t *testing.T, c callOf, what string, bound cost.Poly, got float64, sizes map[string]float64, ran string) {
	t.Helper()
	var named []string
	for _, s := range bound.Sizes() {
		n, ok := sizes[s]
		if !ok {
			t.Errorf("%s: the bound %s has the size %s, which nothing in the store has", c.fn.Name, bound, s)
		}
		named = append(named, fmt.Sprintf("%s = %g", s, n))
	}
	if limit := bound.Eval(sizes, 0); got > limit {
		t.Errorf("%s: %g %s, the bound is %s = %g with %s\n%.300s", c, got, what, bound, limit, strings.Join(named, ", "), ran)
	}
}

// rowsOf is how many rows a read command returns, which is run again for that: nothing has changed since.
func (j *certificateJudge) rowsOf(t *testing.T, cmd meter.Command) float64 {
	t.Helper()
	switch cmd.Name() {
	case "HVALS", "ZRANGE", "HMGET", "HGETALL", "SMEMBERS":
	default:
		return 0
	}
	args := make([]any, len(cmd.Args))
	for i, a := range cmd.Args {
		args[i] = a
	}
	reply, err := j.db.Redis().Do(t.Context(), args...).Result()
	if err != nil {
		t.Fatal(err)
	}
	switch reply := reply.(type) {
	case []any:
		return float64(len(reply))
	case map[any]any: // HGETALL
		return float64(len(reply))
	}
	t.Fatalf("%s answers %T", cmd.Name(), reply)
	return 0
}

// sizes are the named sizes of the store: rows(relation), and relation/columns for the largest number of rows that share a
// value of a structure's partition.
func (j *certificateJudge) sizes(t *testing.T) map[string]float64 {
	t.Helper()
	ctx := t.Context()
	client := j.db.Redis()
	keys, err := client.Keys(ctx, "*").Result()
	if err != nil {
		t.Fatal(err)
	}
	root := string(j.db.Program().Manifest().Root)
	type counted struct {
		s *phys.Structure
		n interface{ Val() int64 }
	}
	var counts []counted
	pipe := client.Pipeline()
	for _, key := range keys {
		for _, s := range j.structures {
			if !strings.HasPrefix(key, root+s.Fingerprint) {
				continue
			}
			switch s.Kind {
			case phys.RowMap, phys.CountMap:
				counts = append(counts, counted{s, pipe.HLen(ctx, key)})
			case phys.SortedSet:
				counts = append(counts, counted{s, pipe.ZCard(ctx, key)})
			}
		}
	}
	if len(counts) > 0 {
		if _, err := pipe.Exec(ctx); err != nil {
			t.Fatal(err)
		}
	}
	out := map[string]float64{}
	total := map[*phys.Structure]float64{}
	for _, s := range j.structures {
		out["rows("+s.Relation+")"] = 0
		if name := partitionSize(s); name != "" {
			out[name] = 0
		}
	}
	for _, c := range counts {
		n := float64(c.n.Val())
		total[c.s] += n
		if name := partitionSize(c.s); name != "" {
			out[name] = max(out[name], n)
		}
	}
	for s, n := range total {
		name := "rows(" + s.Relation + ")"
		out[name] = max(out[name], n)
	}
	// The recursions of the programs here follow stored rows, each at most once.
	out["rounds"] = 1
	for _, n := range total {
		out["rounds"] = max(out["rounds"], n+1)
	}
	out["rows per round"] = out["rounds"]
	return out
}

func partitionSize(s *phys.Structure) string {
	if len(s.Partition) == 0 {
		return ""
	}
	var cols []string
	for _, c := range s.Partition {
		cols = append(cols, c.Name)
	}
	return s.Relation + "/" + strings.Join(cols, ",")
}

// parameterSizes are the sizes that a call's parameters give: $name for each number, elements for the longest list. A limit of
// NULL is none.
func parameterSizes(t *testing.T, c callOf) map[string]float64 {
	t.Helper()
	out := map[string]float64{"elements": 0, "series": 0}
	for i, a := range c.args {
		p := c.fn.Params[i]
		switch {
		case a.IsNull():
			out["$"+p.Name] = math.Inf(1)
		case p.Type.Kind == value.Array:
			elements, err := value.Elements(*p.Type.Elem, a.Str())
			if err != nil {
				t.Fatal(err)
			}
			out["elements"] = max(out["elements"], float64(len(elements)))
		case slices.Contains([]value.Kind{value.Int2, value.Int4, value.Int8}, p.Type.Kind):
			out["$"+p.Name] = float64(a.Int())
		}
	}
	return out
}
