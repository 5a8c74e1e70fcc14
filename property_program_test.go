package prequel_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	prequel "github.com/prequel-db/prequel"
	"github.com/prequel-db/prequel/runtime"
	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqlparse/diag"
)

// The equipment of the property tests: programs, stores, random calls, and dumps of what a store holds.

// propertyProgram is a schema with statements, as text.
type propertyProgram struct {
	name            string
	schema, queries string
}

// propertyPrograms are the programs that every property is tested with: testdata/property, testdata/bench, testdata/constraints, testdata/triggers, the shapes of
// testdata/pipeline as one program, and examples/fleet.
func propertyPrograms(t testing.TB) []propertyProgram {
	t.Helper()
	return []propertyProgram{wideProgram(t), programIn(t, "testdata/bench"), programIn(t, "testdata/constraints"), programIn(t, "testdata/triggers"), pipelineProgram(t), fleetProgram(t)}
}

// wideProgram is made for the property tests: every kind of statement, over every kind of table.
func wideProgram(t testing.TB) propertyProgram {
	t.Helper()
	return programIn(t, "testdata/property")
}

// programIn reads schema.sql and queries.sql.
func programIn(t testing.TB, dir string) propertyProgram {
	t.Helper()
	p := propertyProgram{name: path.Base(dir)}
	for file, text := range map[string]*string{"schema.sql": &p.schema, "queries.sql": &p.queries} {
		data, err := os.ReadFile(dir + "/" + file)
		if err != nil {
			t.Fatal(err)
		}
		*text = string(data)
	}
	return p
}

// pipelineProgram makes one program of the statements in testdata/pipeline; their names get the file's behind them.
func pipelineProgram(t testing.TB) propertyProgram {
	t.Helper()
	schema, err := os.ReadFile("testdata/pipeline/schema.sql")
	if err != nil {
		t.Fatal(err)
	}
	shapes := propertyProgram{name: "pipeline", schema: string(schema)}
	entries, err := os.ReadDir("testdata/pipeline")
	if err != nil {
		t.Fatal(err)
	}
	statement := regexp.MustCompile(`(?m)^-- name: (\w+)`)
	for _, e := range entries {
		text, err := os.ReadFile("testdata/pipeline/" + e.Name())
		if err != nil {
			t.Fatal(err)
		}
		file, ok := strings.CutSuffix(e.Name(), ".test")
		_, input, found := strings.Cut(string(text), "\npipeline")
		if !ok || !found {
			continue
		}
		_, input, _ = strings.Cut(input, "\n") // the rest of the directive
		input, _, _ = strings.Cut(input, "\n----")
		shapes.queries += statement.ReplaceAllString(input, "-- name: ${1}_"+file) + "\n"
	}
	return shapes
}

// fleetProgram is the program of examples/fleet.
func fleetProgram(t testing.TB) propertyProgram {
	t.Helper()
	project, problems, err := prequel.ReadProject("examples/fleet/prequel.yaml")
	if err != nil || problems.HasErrors() {
		t.Fatal(err, problems)
	}
	cfg, problems := project.Config()
	if problems.HasErrors() {
		t.Fatal(problems)
	}
	p := propertyProgram{name: "fleet"}
	for _, s := range cfg.Schema {
		p.schema += s.Text + "\n"
	}
	for _, s := range cfg.Queries {
		p.queries += s.Text + "\n"
	}
	return p
}

func (p propertyProgram) config(strategy prequel.Strategy) prequel.Config {
	return prequel.Config{
		Schema:   []*diag.Source{{Name: "schema.sql", Text: p.schema}},
		Queries:  []*diag.Source{{Name: "queries.sql", Text: p.queries}},
		Strategy: strategy,
	}
}

func (p propertyProgram) compile(t testing.TB, strategy prequel.Strategy) *prequel.Compiled {
	t.Helper()
	return mustCompile(t, p.config(strategy))
}

func mustCompile(t testing.TB, cfg prequel.Config) *prequel.Compiled {
	t.Helper()
	c, problems := prequel.Compile(cfg)
	if problems.HasErrors() {
		t.Fatal(render(problems))
	}
	return c
}

// engineOf is a way to reach a store.
type engineOf struct{ name, url string }

// packagings are both ways to run a program in the Redis at addr, in a database of its own (from 0) each.
func packagings(addr string) []engineOf {
	return []engineOf{{"library", "redis://" + addr + "/0"}, {"scripts", "redis+eval://" + addr + "/1"}}
}

// openStore connects to a store.
func openStore(t testing.TB, url string, m *runtime.Manifest, opts ...runtime.Option) *runtime.DB {
	t.Helper()
	program, err := runtime.NewProgram(m)
	if err != nil {
		t.Fatal(err)
	}
	opts = append([]runtime.Option{runtime.WithClock(func() time.Time { return propertyNow })}, opts...)
	db, err := runtime.Open(t.Context(), url, program, opts...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

// propertyNow is now() in the property tests.
var propertyNow = time.Date(2024, 2, 29, 12, 0, 0, 0, time.UTC)

// freshStore connects to a store and makes it ready and empty.
func freshStore(t testing.TB, url string, m *runtime.Manifest, opts ...runtime.Option) *runtime.DB {
	t.Helper()
	db := openStore(t, url, m, opts...)
	if err := db.Initialize(t.Context()); err != nil {
		t.Fatal(err)
	}
	return db
}

// callOf is a call of a statement.
type callOf struct {
	fn   *runtime.Function
	args []value.Value
}

func (c callOf) String() string {
	var b strings.Builder
	b.WriteString(c.fn.Name + "(")
	for i, a := range c.args {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(c.fn.Params[i].Name + "=")
		if text := value.FormatPtr(c.fn.Params[i].Type, a); text == nil {
			b.WriteString("NULL")
		} else {
			fmt.Fprintf(&b, "%.60q", *text)
		}
	}
	return b.String() + ")"
}

// run makes the call.
func (c callOf) run(ctx context.Context, db *runtime.DB) (*runtime.Cursor, error) {
	return db.Query(ctx, db.Program().MustStatement(c.fn.Name), c.args...)
}

// textCall makes a call with parameters in text form, name=value; a name alone is NULL, as is one left out.
func textCall(t testing.TB, m *runtime.Manifest, name string, params ...string) callOf {
	t.Helper()
	program, err := runtime.NewProgram(m)
	if err != nil {
		t.Fatal(err)
	}
	s := program.Statement(name)
	if s == nil {
		t.Fatalf("no statement %s", name)
	}
	texts := map[string]*string{}
	for _, p := range params {
		key, v, given := strings.Cut(p, "=")
		texts[key] = nil
		if given {
			texts[key] = &v
		}
	}
	args, err := s.ParseParams(texts)
	if err != nil {
		t.Fatal(err)
	}
	return callOf{s.Function(), args}
}

// refusal is the SQLSTATE of a refused call and "" of one that succeeded; any other error ends the test.
func refusal(t testing.TB, c callOf, err error) string {
	t.Helper()
	var refused *runtime.Error
	switch {
	case err == nil:
		return ""
	case errors.As(err, &refused):
		return refused.SQLSTATE
	}
	t.Fatalf("%s: %v", c, err)
	return ""
}

// caller makes random calls. Values come from small domains, so that keys meet: span is the number of different keys.
type caller struct {
	r    *rand.Rand
	span int
	m    *runtime.Manifest
	// extremes mixes values in that statements cannot compute with or store.
	extremes bool
}

func newCaller(seed uint64, span int, m *runtime.Manifest) *caller {
	return &caller{r: rand.New(rand.NewPCG(seed, 0)), span: span, m: m}
}

// declared are the statements that programs declare: hydration's are left out.
func declared(m *runtime.Manifest) []*runtime.Function {
	loads := map[string]bool{}
	for _, t := range m.Tables {
		loads[t.Load] = true
	}
	for _, q := range m.Sequences {
		loads[q.Position] = true
	}
	var out []*runtime.Function
	for i := range m.Functions {
		if !loads[m.Functions[i].Name] {
			out = append(out, &m.Functions[i])
		}
	}
	return out
}

// writes are the declared statements that change rows.
func writes(m *runtime.Manifest) []*runtime.Function {
	return slices.DeleteFunc(declared(m), func(f *runtime.Function) bool { return f.ReadOnly })
}

// call makes a call of a statement with random parameters.
func (c *caller) call(fn *runtime.Function) callOf {
	out := callOf{fn: fn}
	for _, p := range fn.Params {
		if p.Hidden != "" {
			continue
		}
		switch {
		case p.Nullable && c.r.IntN(6) == 0:
			out.args = append(out.args, value.Null)
		case c.extremes && c.r.IntN(8) == 0:
			out.args = append(out.args, c.extreme(p.Type))
		default:
			out.args = append(out.args, c.value(p.Type))
		}
	}
	return out
}

// value is a random value of a type.
func (c *caller) value(t value.Type) value.Value {
	n := c.r.IntN(c.span)
	switch t.Kind {
	case value.Bool:
		return value.FromBool(n%2 == 0)
	case value.Int2, value.Int4, value.Int8:
		return value.Int(int64(n))
	case value.Float4, value.Float8:
		return value.Float(float64(n) / 4)
	case value.Numeric:
		return value.FromNumeric(fmt.Sprintf("%d.%02d", n%20, c.r.IntN(4)*25))
	case value.Text, value.Varchar, value.Char:
		return value.String(propertyWord(n))
	case value.Bytea:
		return value.String(string([]byte{byte(n), 0, 0xff}))
	case value.UUID:
		return value.String(fmt.Sprintf("%016d", n))
	case value.Date:
		return value.FromDate(propertyNow.AddDate(0, 0, -n%9))
	case value.Timestamp:
		return value.FromTimestamp(propertyNow.Add(-time.Duration(n) * time.Hour))
	case value.Timestamptz:
		return value.FromTimestamptz(propertyNow.Add(-time.Duration(n) * time.Hour))
	case value.Enum:
		return value.Int(int64(1 + n%len(t.Enum.Labels)))
	case value.JSON:
		return value.FromJSON(propertyJSON(n))
	case value.JSONB:
		return value.FromJSONB(propertyJSON(n))
	case value.Array:
		var elements []value.Value
		for range c.r.IntN(5) {
			elements = append(elements, c.value(*t.Elem))
		}
		return value.FromList(*t.Elem, elements)
	}
	panic("no random value of type " + t.String())
}

// propertyJSON is an object, an array of two, or a number.
func propertyJSON(n int) string {
	switch n % 3 {
	case 0:
		return fmt.Sprintf(`{"a": %d, "b": {"c": ["%s", null]}}`, n, propertyWord(n))
	case 1:
		return fmt.Sprintf(`[{"a": %d}, {"a": true}]`, n)
	}
	return strconv.Itoa(n)
}

// extreme is the largest value of a type, as far as it has one, or an ordinary value.
func (c *caller) extreme(t value.Type) value.Value {
	switch t.Kind {
	case value.Int2:
		return value.Int(math.MaxInt16)
	case value.Int4:
		return value.Int(math.MaxInt32)
	case value.Int8:
		return value.Int(math.MaxInt64)
	case value.Numeric:
		return value.FromNumeric("999999.99")
	case value.Text:
		return value.String(strings.Repeat("x", 300))
	case value.Timestamptz:
		return value.Int(math.MaxInt64)
	}
	return c.value(t)
}

var propertyWords = []string{"apple", "b", "", "Zoë", "a:1", "moving", "%d\t", "idle"}

// propertyWord is a text that no other number has.
func propertyWord(n int) string {
	word := propertyWords[n%len(propertyWords)]
	if n < len(propertyWords) {
		return word
	}
	return word + "'" + strconv.Itoa(n/len(propertyWords))
}

// load fills the store with about that many rows of each table (or of the named ones), which have as many different values as
// span says in the columns that are no keys.
func (c *caller) load(t testing.TB, db *runtime.DB, rows int, only ...string) {
	t.Helper()
	loader, err := db.BeginLoad(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	keys := &caller{r: c.r, span: rows}
	for _, table := range c.m.Tables {
		if table.Load == "" || len(only) > 0 && !slices.Contains(only, table.Name) {
			continue
		}
		load := db.Program().MustStatement(table.Load).Function()
		seen := map[string]bool{}
		batch := loader.DB().Batch()
		for i := range rows {
			row := callOf{fn: load}
			var key []string
			for j, col := range table.Columns {
				of := c
				if slices.Contains(table.Key, j) && j == table.Key[len(table.Key)-1] {
					of = keys
				}
				v := of.value(col.Type)
				if col.Nullable && c.r.IntN(5) == 0 {
					v = value.Null
				}
				if slices.Contains(propertyUniques, table.Name+"."+col.Name) {
					v = value.String(propertyWord(i))
				}
				if slices.Contains(table.Key, j) {
					key = append(key, value.Format(col.Type, v))
				}
				row.args = append(row.args, v)
			}
			if id := fmt.Sprintf("%q", key); len(table.Key) == 0 || !seen[id] {
				seen[id] = true
				batch.Add(loader.DB().Program().MustStatement(table.Load), row.args...)
			}
		}
		if err := batch.Send(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if err := loader.Finish(t.Context(), ""); err != nil {
		t.Fatal(err)
	}
}

// propertyUniques are the columns of the property tests' programs with a UNIQUE constraint.
var propertyUniques = []string{"members.email"}

// fill makes random calls of the statements that change rows; refusals count too.
func (c *caller) fill(t testing.TB, db *runtime.DB, calls int) {
	t.Helper()
	all := writes(c.m)
	for range calls {
		call := c.call(all[c.r.IntN(len(all))])
		_, err := call.run(t.Context(), db)
		refusal(t, call, err)
	}
}

// answer prints what a call returns: rows, count or refusal. Rows of statements without an order are sorted.
func answer(t testing.TB, c callOf, cur *runtime.Cursor, err error) string {
	t.Helper()
	var refused *runtime.Error
	if errors.As(err, &refused) {
		return fmt.Sprintf("%s %s (%s)", refused.SQLSTATE, refused.Message, refused.Detail)
	}
	if err != nil {
		t.Fatalf("%s: %v", c, err)
	}
	rows, err := cur.Rows()
	if err != nil {
		t.Fatalf("%s: %v", c, err)
	}
	printed := make([]string, 0, len(rows.Rows))
	for _, row := range rows.Rows {
		cells := make([]string, len(row))
		for i, v := range row {
			cells[i] = "NULL"
			if v != nil {
				cells[i] = strconv.Quote(*v)
			}
		}
		printed = append(printed, strings.Join(cells, " "))
	}
	if !strings.Contains(strings.ToUpper(c.fn.SQL), "ORDER BY") {
		slices.Sort(printed)
	}
	return fmt.Sprintf("%s\n(%d)", strings.Join(printed, "\n"), rows.Affected)
}

// snapshot is everything that a store holds: for each key its type and content in a fixed order.
type snapshot map[string][]string

// takeSnapshot reads every key under a program's root. Keys whose names begin with the root and one of skip are left out.
func takeSnapshot(t testing.TB, db *runtime.DB, skip ...string) snapshot {
	t.Helper()
	ctx := t.Context()
	client := db.Redis()
	root := string(db.Program().Manifest().Root)
	keys, err := client.Keys(ctx, "*").Result()
	if err != nil {
		t.Fatal(err)
	}
	keys = slices.DeleteFunc(keys, func(key string) bool {
		if !strings.HasPrefix(key, root) {
			t.Errorf("key %q is not under the root", key)
		}
		return slices.ContainsFunc(skip, func(s string) bool { return strings.HasPrefix(key, root+s) })
	})
	out := snapshot{}
	if len(keys) == 0 {
		return out
	}
	pipe := client.Pipeline()
	types := make([]*redis.StatusCmd, len(keys))
	for i, key := range keys {
		types[i] = pipe.Type(ctx, key)
	}
	if _, err := pipe.Exec(ctx); err != nil {
		t.Fatal(err)
	}
	pipe = client.Pipeline()
	contents := make([]redis.Cmder, len(keys))
	for i, key := range keys {
		switch kind := types[i].Val(); kind {
		case "string":
			contents[i] = pipe.Get(ctx, key)
		case "hash":
			contents[i] = pipe.HGetAll(ctx, key)
		case "zset":
			contents[i] = pipe.ZRangeWithScores(ctx, key, 0, -1)
		default:
			t.Fatalf("key %q is a %s", key, kind)
		}
	}
	if _, err := pipe.Exec(ctx); err != nil {
		t.Fatal(err)
	}
	for i, key := range keys {
		out[key] = append([]string{types[i].Val()}, contentLines(contents[i])...)
	}
	return out
}

// contentLines prints what a key holds, a line for each part, in an order that does not depend on history.
func contentLines(cmd redis.Cmder) []string {
	var out []string
	switch cmd := cmd.(type) {
	case *redis.StringCmd:
		out = append(out, strconv.Quote(cmd.Val()))
	case *redis.MapStringStringCmd:
		for f, v := range cmd.Val() {
			out = append(out, fmt.Sprintf("%q = %q", f, v))
		}
		slices.Sort(out)
	case *redis.ZSliceCmd:
		for _, m := range cmd.Val() {
			out = append(out, fmt.Sprintf("%g %q", m.Score, m.Member))
		}
	}
	return out
}

// difference lists what the other snapshot holds otherwise, "" when nothing.
func (s snapshot) difference(other snapshot, m *runtime.Manifest) string {
	var b strings.Builder
	show := func(sign, key string, from, without []string) {
		for _, line := range from {
			if !slices.Contains(without, line) {
				fmt.Fprintf(&b, "%s %s: %s\n", sign, describeKey(key, m), line)
			}
		}
	}
	keys := map[string]bool{}
	for k := range s {
		keys[k] = true
	}
	for k := range other {
		keys[k] = true
	}
	sorted := make([]string, 0, len(keys))
	for k := range keys {
		sorted = append(sorted, k)
	}
	slices.Sort(sorted)
	for _, k := range sorted {
		if !slices.Equal(s[k], other[k]) {
			show("-", k, s[k], other[k])
			show("+", k, other[k], s[k])
		}
	}
	return b.String()
}

// describeKey names the structure that a key belongs to.
func describeKey(key string, m *runtime.Manifest) string {
	for _, s := range m.Structures {
		if rest, ok := strings.CutPrefix(key, string(s.Prefix)); ok {
			return fmt.Sprintf("%s%q", s.Name, rest)
		}
	}
	return strconv.Quote(key)
}
