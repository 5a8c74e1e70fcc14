package clientgen

import (
	"fmt"
	"strings"

	"github.com/prequel-db/prequel/runtime"
)

func (g *generator) writeModels() error {
	enums, models := g.used()
	for _, e := range g.manifest.Enums {
		if g.options.OmitUnused && !enums[e.Name] {
			continue
		}
		name := g.enums[e.Name]
		g.imports[pkgRuntime] = true
		g.printf("// %s is the enum %s.\ntype %s string\n\n", name, oneLine(e.Name), name)
		g.printf("// The labels of %s, in order.\nconst (\n", name)
		for i, c := range enumNames(name, e) {
			g.printf("%s %s = %q\n", g.types.pick(c), name, e.Labels[i])
		}
		g.printf(")\n\n")
		g.printf("var %s = runtime.EnumOf(%q", enumVar(name), e.Name)
		for _, l := range e.Labels {
			g.printf(", %q", l)
		}
		g.printf(")\n\n// Valid reports whether e is one of the labels.\nfunc (e %s) Valid() bool { return %s.Enum.Ordinal(string(e)) > 0 }\n\n", name, enumVar(name))
		if g.options.AllEnumValues {
			g.printf("// All%sValues lists the labels in order.\nfunc All%sValues() []%s {\nreturn []%s{\n", name, name, name, name)
			for _, l := range e.Labels {
				g.printf("%q,\n", l)
			}
			g.printf("}\n}\n\n")
		}
	}
	for i := range g.manifest.Tables {
		m := g.models[g.manifest.Tables[i].Name]
		if g.options.OmitUnused && !models[m.table.Name] {
			continue
		}
		comment := m.table.Comment
		switch {
		case comment == "":
			comment = fmt.Sprintf("%s is a row of the table %s.", m.goName, m.table.Name)
		case !strings.HasPrefix(comment, m.goName+" "):
			comment = m.goName + ": " + comment
		}
		for _, line := range commentLines(comment) {
			g.printf("%s\n", line)
		}
		g.structType(m.goName, m.fields)
	}
	return nil
}

func (g *generator) writeDB() error {
	g.imports["context"], g.imports["embed"], g.imports["sync"], g.imports[pkgRuntime] = true, true, true, true
	g.printf(`//go:embed %s
var manifest string

// statements are the program's statements, looked up once.
type statements struct {
	program *runtime.Program
`, ManifestFile)
	for _, m := range g.methods {
		g.printf("%s *runtime.Statement\n", m.stmt)
	}
	g.printf(`}

var load = sync.OnceValue(func() *statements {
	p := runtime.MustLoad(manifest)
	return &statements{
		program: p,
`)
	for _, m := range g.methods {
		g.printf("%s: p.MustStatement(%q),\n", m.stmt, m.fn.Name)
	}
	g.printf(`}
})

// Program is the compiled program that this package calls.
func Program() *runtime.Program { return load().program }

// Open connects to a store of this program. See runtime.Open for the URLs.
func Open(ctx context.Context, url string, opts ...runtime.Option) (*runtime.DB, error) {
	return runtime.Open(ctx, url, Program(), opts...)
}

// New makes Queries that run on db, which Open gives.
func New(db runtime.Caller) *Queries { return &Queries{db: db, stmts: load()} }

// Queries has a method for every declared statement. Each is one round trip. It is safe for concurrent use.
type Queries struct {
	db    runtime.Caller
	stmts *statements
}
`)
	return nil
}

func (g *generator) writeQuerier() error {
	g.printf("// Querier is what Queries does, for those who put something else in its place.\ntype Querier interface {\n")
	for _, m := range g.methods {
		g.imports["context"] = true
		if m.fn.Mode == runtime.ExecResult {
			g.imports[pkgRuntime] = true
		}
		g.useSignature(m)
		g.doc(m)
		g.printf("%s(%s) %s\n", m.goName, g.signatureArguments(m), m.result())
	}
	g.printf("}\n\nvar _ Querier = (*Queries)(nil)\n")
	return nil
}

// useSignature notes what a method's signature needs to be imported.
func (g *generator) useSignature(m *method) {
	if m.argName == "" {
		g.use(m.params...)
	}
	if m.rowType != "" && m.single() {
		g.use(m.columns[0])
	}
}

// arguments is a method's list of parameters.
func (g *generator) arguments(m *method, ctx bool) string {
	var list []string
	if ctx {
		list = append(list, "ctx context.Context")
	}
	if m.argName != "" {
		pointer := ""
		if g.options.ParamPointers {
			pointer = "*"
		}
		return strings.Join(append(list, "arg "+pointer+m.argName), ", ")
	}
	for i, name := range g.localNames(m) {
		list = append(list, name+" "+m.params[i].typ.field(m.params[i].nullable))
	}
	return strings.Join(list, ", ")
}

// signatureArguments is the list of parameters of a method of Queries: a statement that is called several times has a list of them.
func (g *generator) signatureArguments(m *method) string {
	if !m.fn.Mode.Several() {
		return g.arguments(m, true)
	}
	name, typ, _ := strings.Cut(g.arguments(m, false), " ")
	return fmt.Sprintf("ctx context.Context, %s []%s", name, typ)
}

// localNames are the Go names of parameters that are given one by one.
func (g *generator) localNames(m *method) []string {
	names := namespace{}
	out := make([]string, len(m.params))
	for i, p := range m.params {
		out[i] = names.pick(g.local(p.sql))
	}
	return out
}

// given is how a method passes its parameters on.
func (g *generator) given(m *method) string {
	if m.argName != "" {
		return "arg"
	}
	return strings.Join(g.localNames(m), ", ")
}

// result is a method's result.
func (m *method) result() string {
	switch m.fn.Mode {
	case runtime.BatchExec, runtime.BatchMany, runtime.BatchOne:
		return "*" + m.results
	case runtime.CopyFrom:
		return "(int64, error)"
	case runtime.ExecResult:
		return "(runtime.Result, error)"
	case runtime.One:
		return "(" + m.rowType + ", error)"
	case runtime.Many:
		return "([]" + m.rowType + ", error)"
	case runtime.ExecRows:
		return "(int64, error)"
	}
	return "error"
}

// doc writes the comment of a method: the statement's own, its SQL and what a call costs.
func (g *generator) doc(m *method) {
	if text := strings.TrimSpace(strings.Join(m.fn.Comments, "\n")); text != "" {
		if !strings.HasPrefix(text, m.goName) {
			text = m.goName + ": " + text
		}
		for _, line := range commentLines(text) {
			g.printf("%s\n", line)
		}
	} else {
		g.printf("// %s runs\n", m.goName)
	}
	g.printf("//\n")
	for _, line := range commentLines(m.fn.SQL) {
		g.printf("//\t%s\n", strings.TrimPrefix(strings.TrimPrefix(line, "//"), " "))
	}
	if m.fn.Class != "" {
		g.printf("//\n// Cost: %s", oneLine(m.fn.Class))
		if m.fn.Bound != "" {
			g.printf(", %s", oneLine(m.fn.Bound))
		}
		g.printf(".\n")
	}
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// writeQueries writes the methods of one file.
func (g *generator) writeQueries(file string) error {
	for _, m := range g.methods {
		if m.file != file {
			continue
		}
		g.imports["context"], g.imports[pkgRuntime] = true, true
		if m.argName != "" {
			g.printf("// %s are the parameters of %s.\n", m.argName, m.goName)
			g.structType(m.argName, m.params)
		}
		if m.rowName != "" {
			g.printf("// %s is a row of %s.\n", m.rowName, m.goName)
			g.structType(m.rowName, m.columns)
		}
		g.writeScan(m)
		g.writeArgs(m)
		g.useSignature(m)
		g.writeResults(m)
		g.doc(m)
		g.printf("func (q *Queries) %s(%s) %s {\n", m.goName, g.signatureArguments(m), m.result())
		if m.fn.Mode.Several() {
			g.writeSeveral(m)
			continue
		}
		query := fmt.Sprintf("q.db.Query(ctx, q.stmts.%s", m.stmt)
		if len(m.params) > 0 {
			query += fmt.Sprintf(", args%s(%s)...", m.goName, g.given(m))
		}
		query += ")"
		switch m.fn.Mode {
		case runtime.One:
			g.printf("c, err := %s\nreturn runtime.First(c, err, scan%s)\n", query, m.goName)
		case runtime.Many:
			collect := fmt.Sprintf("runtime.Collect(c, err, scan%s)", m.goName)
			if g.options.EmptySlices {
				collect = "runtime.NonNil(" + collect + ")"
			}
			g.printf("c, err := %s\nreturn %s\n", query, collect)
		case runtime.ExecResult:
			g.printf("return runtime.ResultOf(%s)\n", query)
		case runtime.ExecRows:
			g.printf("c, err := %s\nif err != nil {\nreturn 0, err\n}\nreturn c.Affected(), nil\n", query)
		default:
			g.printf("_, err := %s\nreturn err\n", query)
		}
		g.printf("}\n\n")
	}
	return nil
}

// writeResults declares the results of a statement that is called several times.
func (g *generator) writeResults(m *method) {
	made := map[runtime.Mode]string{
		runtime.BatchExec: "runtime.BatchResults", runtime.BatchMany: "runtime.BatchRows[" + m.rowType + "]",
		runtime.BatchOne: "runtime.BatchRow[" + m.rowType + "]",
	}[m.fn.Mode]
	if made != "" {
		g.printf("// %s are the results of %s.\ntype %s = %s\n\n", m.results, m.goName, m.results, made)
	}
}

// writeSeveral writes the body of a method that calls a statement for each of a list of parameters.
func (g *generator) writeSeveral(m *method) {
	name, _, _ := strings.Cut(g.arguments(m, false), " ")
	calls := fmt.Sprintf("runtime.SendAll(ctx, q.db, q.stmts.%s, %s, args%s)", m.stmt, name, m.goName)
	switch m.fn.Mode {
	case runtime.BatchExec:
		g.printf("return &%s{Calls: %s}\n", m.results, calls)
	case runtime.CopyFrom:
		g.printf("return %s.Affected()\n", calls)
	default:
		g.printf("return &%s{Calls: %s, Scan: scan%s}\n", m.results, calls, m.goName)
	}
	g.printf("}\n\n")
}

// writeScan writes the function that reads a row.
func (g *generator) writeScan(m *method) {
	if m.rowType == "" {
		return
	}
	for _, c := range m.columns {
		g.useConversions(c)
		if c.embed != nil {
			g.useConversions(c.embed.model.fields...)
		}
	}
	if m.single() {
		c := m.columns[0]
		g.printf("func scan%s(c *runtime.Cursor) %s { return %s }\n\n", m.goName, m.rowType, c.typ.read(0, c.nullable))
		return
	}
	made := m.rowType
	if g.options.ResultPointers {
		made = "&" + m.rowType[1:]
	}
	g.printf("func scan%s(c *runtime.Cursor) %s {\nreturn %s{\n", m.goName, m.rowType, made)
	for _, c := range m.columns {
		switch {
		case c.embed == nil:
			g.printf("%s: %s,\n", c.goName, c.typ.read(c.at, c.nullable))
		case c.embed.present != nil:
			g.printf("%s: scan%s%s(c),\n", c.goName, m.goName, c.goName)
		default:
			g.printf("%s: %s{\n", c.goName, c.embed.model.goName)
			g.writeEmbedded(c)
			g.printf("},\n")
		}
	}
	g.printf("}\n}\n\n")
	for _, c := range m.columns {
		if c.embed == nil || c.embed.present == nil {
			continue
		}
		var absent []string
		for _, i := range c.embed.present {
			absent = append(absent, fmt.Sprintf("c.IsNull(%d)", i))
		}
		g.printf("func scan%s%s(c *runtime.Cursor) %s {\nif %s {\nreturn nil\n}\n", m.goName, c.goName, c.typ.name, strings.Join(absent, " && "))
		g.printf("return &%s{\n", c.embed.model.goName)
		g.writeEmbedded(c)
		g.printf("}\n}\n\n")
	}
}

// writeEmbedded writes the fields of a row within a row.
func (g *generator) writeEmbedded(f field) {
	for _, c := range f.embed.model.fields {
		g.printf("%s: %s,\n", c.goName, c.typ.read(f.at+c.at, c.nullable))
	}
}

// writeArgs writes the function that makes the list of parameters.
func (g *generator) writeArgs(m *method) {
	if len(m.params) == 0 {
		return
	}
	g.imports[pkgValue] = true
	g.useConversions(m.params...)
	g.printf("func args%s(%s) []value.Value {\nreturn []value.Value{\n", m.goName, g.arguments(m, false))
	names := g.localNames(m)
	for i, p := range m.params {
		x := "arg." + p.goName
		if m.argName == "" {
			x = names[i]
		}
		g.printf("%s,\n", p.typ.write(x, p.nullable))
	}
	g.printf("}\n}\n\n")
}

func (g *generator) writeBatch() error {
	g.imports["context"], g.imports[pkgRuntime] = true, true
	g.printf(`// A Batch collects calls and sends them in one write. They run in the order in which they were added; each succeeds or fails
// by itself. Its methods return what the calls give once Send was called. A batch is used once.
type Batch struct {
	calls *runtime.Batch
	stmts *statements
}

// Batch starts a batch.
func (q *Queries) Batch() *Batch { return &Batch{calls: q.db.Batch(), stmts: q.stmts} }

// Send sends the calls and waits for their replies. Its error is that of the connection.
func (b *Batch) Send(ctx context.Context) error { return b.calls.Send(ctx) }

// Len is the number of calls.
func (b *Batch) Len() int { return b.calls.Len() }

// Atomic runs the calls that declare adds as one: all of them happen, in order and with nobody in between, or none does. The error is
// then a *runtime.BatchError that says because of which call. What the calls give is there when Atomic has returned. An error of declare
// is returned, and nothing is sent.
func (q *Queries) Atomic(ctx context.Context, declare func(b *Batch) error) error {
	b := &Batch{calls: q.db.Atomic(), stmts: q.stmts}
	if err := declare(b); err != nil {
		return err
	}
	return b.Send(ctx)
}

// Require has an atomic batch fail unless the call changes, or as a read returns, as many rows.
func (b *Batch) Require(call runtime.Call, rows int64) { b.calls.Require(call, rows) }

`)
	for _, m := range g.methods {
		if m.argName == "" {
			g.use(m.params...)
		}
		pending := fmt.Sprintf("b.calls.Add(b.stmts.%s", m.stmt)
		if len(m.params) > 0 {
			pending += fmt.Sprintf(", args%s(%s)...", m.goName, g.given(m))
		}
		pending += ")"
		future, result := "", ""
		switch m.fn.Mode.Call() {
		case runtime.One:
			future, result = fmt.Sprintf("runtime.FutureOne(%s, scan%s)", pending, m.goName), m.rowType
		case runtime.Many:
			future, result = fmt.Sprintf("runtime.FutureMany(%s, scan%s)", pending, m.goName), "[]"+m.rowType
			if g.options.EmptySlices {
				future = "runtime.NonNilFuture(" + future + ")"
			}
		default:
			future, result = fmt.Sprintf("runtime.FutureRows(%s)", pending), "int64"
		}
		if m.rowType != "" && m.single() {
			g.use(m.columns[0])
		}
		g.printf("// %s adds a call of the statement %s.\n", m.goName, oneLine(m.fn.Name))
		g.printf("func (b *Batch) %s(%s) *runtime.Future[%s] {\nreturn %s\n}\n\n", m.goName, g.arguments(m, false), result, future)
	}
	return nil
}
