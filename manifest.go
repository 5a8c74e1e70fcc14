package prequel

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"github.com/prequel-db/prequel/lowering/phys"
	"github.com/prequel-db/prequel/luagen"
	"github.com/prequel-db/prequel/runtime"
	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqlparse/bound"
	"github.com/prequel-db/prequel/sqlparse/catalog"
)

// libraryName stands in the generated library until the program's fingerprint is known.
const libraryName = "prequel"

// Function is the translation of one program: a script, or the commands that make one unnecessary.
type Function struct {
	Program *phys.Program
	Lua     *luagen.Function // nil when Direct is set
	Direct  *luagen.Direct
}

// assemble generates the functions of a lowered program and describes it in a manifest.
func (c *Compiled) assemble(root string) error {
	opts := luagen.Options{Root: root, Library: libraryName}
	if slices.ContainsFunc(c.Module.Programs, func(p *phys.Program) bool { return !p.ReadOnly }) {
		opts.Callable = map[string]bool{}
		for _, p := range c.Module.Programs {
			opts.Callable[p.Name] = true
		}
	}
	programs, loads, positions := c.functions()
	var scripts []*phys.Program
	for i, p := range programs {
		f := Function{Program: p}
		if i < len(c.Module.Programs) { // what hydration runs in batches is always a function
			p.Form, p.FormWhy, f.Direct = luagen.Classify(p, opts)
		}
		if f.Direct == nil {
			scripts = append(scripts, p)
		}
		c.Functions = append(c.Functions, f)
	}
	out, err := luagen.Generate(scripts, opts)
	if err != nil {
		return err
	}
	m := &runtime.Manifest{Root: runtime.Bytes(root), Functions: make([]runtime.Function, 0, len(programs))}
	for _, e := range c.Catalog.Enums {
		m.Enums = append(m.Enums, *e)
	}
	for _, t := range c.Catalog.ParentsFirst() {
		m.Tables = append(m.Tables, table(t, loads[t.Name], c.Module.Needs[t.Name]))
	}
	for _, s := range c.Module.Structures {
		m.Structures = append(m.Structures, c.structure(s, root))
		if s.Sequence != nil {
			m.Sequences = append(m.Sequences, runtime.Sequence{
				Name: s.Sequence.Name, By: s.Sequence.By, Cycle: s.Sequence.Cycle, Key: runtime.Bytes(root + s.Fingerprint), Position: positions[s.Sequence.Name],
			})
		}
	}
	next := 0
	for i := range c.Functions {
		f := &c.Functions[i]
		if f.Direct == nil {
			f.Lua = &out.Functions[next]
			next++
		}
		var declared *bound.Statement
		if i < len(c.Statements) {
			declared = c.Statements[i]
		}
		m.Functions = append(m.Functions, function(f, declared))
	}
	m.Library.Atomic = out.Atomic
	if err := fingerprint(m, out.Library); err != nil {
		return err
	}
	c.Manifest = m
	return nil
}

// functions are the programs that get a function: the statements', in order, and behind them one for each table that
// hydration fills and each sequence that it moves. loads names the former by table, positions the latter by sequence.
func (c *Compiled) functions() (programs []*phys.Program, loads, positions map[string]string) {
	programs = slices.Clone(c.Module.Programs)
	taken := map[string]bool{}
	for _, p := range programs {
		taken[p.Name] = true
	}
	add := func(prefix, of string, p *phys.Program) string {
		named := *p
		for n := 1; ; n++ {
			named.Name = prefix + identifier(of)
			if n > 1 {
				named.Name += fmt.Sprint(n)
			}
			if !taken[named.Name] {
				break
			}
		}
		taken[named.Name] = true
		programs = append(programs, &named)
		return named.Name
	}
	loads, positions = map[string]string{}, map[string]string{}
	for _, t := range c.Catalog.Tables {
		if p := c.Module.Loads[t.Name]; p != nil {
			loads[t.Name] = add("load_", t.Name, p)
		}
	}
	for _, q := range c.Catalog.Sequences {
		if p := c.Module.Positions[q.Name]; p != nil {
			positions[q.Name] = add("position_", q.Name, p)
		}
	}
	return programs, loads, positions
}

// identifier replaces what the name of a Redis function cannot hold.
func identifier(name string) string {
	return strings.Map(func(r rune) rune {
		if r == '_' || '0' <= r && r <= '9' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' {
			return r
		}
		return '_'
	}, name)
}

func table(t *catalog.Table, load string, needs []int) runtime.Table {
	out := runtime.Table{Name: t.Name, Comment: t.Comment, Key: t.PrimaryKey, Load: load, Needs: needs}
	for i, c := range t.Columns {
		nullable := !c.NotNull && !slices.Contains(t.PrimaryKey, i)
		out.Columns = append(out.Columns, runtime.Column{Name: c.Name, Type: c.Type, Nullable: nullable, Table: t.Name, Source: c.Name, Comment: c.Comment})
	}
	return out
}

func (c *Compiled) structure(s *phys.Structure, root string) runtime.Structure {
	out := runtime.Structure{
		Name: s.Name, Fingerprint: s.Fingerprint, Kind: s.Kind.String(), Prefix: runtime.Bytes(root + s.Fingerprint),
		Partition: storedColumns(s.Partition), Field: storedColumns(s.Field),
	}
	if s.Kind != phys.Counter {
		out.Of = []string{s.Relation}
	} else if s.Name == s.Relation+"_row_ids" {
		out.Draws = s.Relation
	}
	for _, v := range c.Module.Views {
		if v.Name == s.Relation {
			out.Of, out.View = v.Of, true
		}
	}
	switch s.Kind {
	case phys.RowMap, phys.CountMap:
		out.Redis = "hash"
	case phys.SortedSet:
		out.Redis = "sorted set"
	case phys.Counter:
		out.Redis = "string"
	}
	for _, c := range s.Order {
		out.Order = append(out.Order, runtime.OrderColumn{Name: c.Name, SortCol: sortColumn(c)})
	}
	if len(s.Payload) > 0 && s.Kind != phys.CountMap {
		layout := s.Layout()
		out.Layout = &layout
		for _, c := range s.Payload {
			out.Fields = append(out.Fields, c.Name)
		}
	}
	return out
}

func storedColumns(cols []phys.Col) []runtime.Column {
	var out []runtime.Column
	for _, c := range cols {
		out = append(out, runtime.Column{Name: c.Name, Type: c.Type, Nullable: c.Nullable})
	}
	return out
}

func sortColumn(c phys.OrderCol) value.SortCol {
	return value.SortCol{Type: c.Type, Nullable: c.Nullable, Desc: c.Desc, NullsFirst: c.NullsFirst}
}

// function describes one program. declared is nil for a program that hydration runs.
func function(f *Function, declared *bound.Statement) runtime.Function {
	p := f.Program
	fn := runtime.Function{
		Name: p.Name, SQL: strings.TrimSpace(p.SQL), Mode: runtime.Exec, ReadOnly: p.ReadOnly,
		Class: string(p.Bound.Class), Bound: commandCount(p.Bound.Commands.String()), Reply: replyOf(p),
	}
	if declared != nil {
		fn.Mode = runtime.Mode(declared.Command)
		for line := range strings.Lines(declared.Comment) {
			fn.Comments = append(fn.Comments, strings.TrimSpace(line))
		}
	}
	for _, q := range p.Params {
		fn.Params = append(fn.Params, runtime.Param{Name: q.Name, Type: q.Type, Nullable: q.Nullable, Table: q.Table, Source: q.Column})
	}
	if f.Lua != nil && f.Lua.UsesNow || f.Direct != nil && f.Direct.UsesNow {
		fn.Params = append(fn.Params, runtime.Param{Name: "now", Type: value.Of(value.Timestamptz), Hidden: runtime.HiddenNow})
	}
	for _, o := range p.Reply.Outputs {
		fn.Columns = append(fn.Columns, runtime.Column{Name: o.Name, Type: o.Type, Nullable: o.Nullable})
	}
	if declared != nil {
		setOrigins(fn.Columns, declared)
	}
	if f.Direct != nil {
		direct(&fn, f.Direct)
		return fn
	}
	fn.Script = &runtime.Script{
		Function: f.Lua.Function, Source: f.Lua.Script, Keys: []runtime.Arg{{Parts: []runtime.Part{{Form: runtime.FormReady}}}},
	}
	phys.Walk(p.Body, func(op phys.Op) bool {
		_, recursion := op.(*phys.Recursion)
		fn.Script.Recursive = fn.Script.Recursive || recursion
		return true
	})
	for _, k := range f.Lua.Keys {
		fn.Script.Keys = append(fn.Script.Keys, argument(k))
	}
	return fn
}

// commandCount says how many commands a bound allows.
func commandCount(bound string) string {
	if bound == "1" {
		return "1 command"
	}
	return bound + " commands"
}

// direct describes a program that is no more than commands.
func direct(fn *runtime.Function, d *luagen.Direct) {
	for _, c := range d.Commands {
		var command runtime.Command
		for _, a := range c.Args {
			command.Args = append(command.Args, argument(a))
		}
		fn.Commands = append(fn.Commands, command)
	}
	fn.EmptyIfNull = d.EmptyIfNull
	for _, n := range d.NotNull {
		refused := runtime.NotNull{Param: n.Param, Table: n.Table, Column: n.Column}
		for _, v := range n.Row {
			refused.Row = append(refused.Row, runtime.RowCol{Param: v.Param, Text: v.Text})
		}
		fn.NotNull = append(fn.NotNull, refused)
	}
	if fn.Reply.Count == runtime.CountReply && !d.Counted {
		fn.Reply.Count, fn.Reply.Affected = runtime.CountFixed, int64(d.Affected)
	}
}

// replyOf says how the client reads a program's reply.
func replyOf(p *phys.Program) runtime.Reply {
	r := runtime.Reply{Shape: runtime.ShapeNone}
	if p.Reply.Count {
		r.Count = runtime.CountReply
	}
	switch p.Reply.Kind {
	case phys.NoRows:
	case phys.Flat:
		r.Shape, r.Width = runtime.ShapeFlat, max(1, len(p.Reply.Outputs)) // a row without columns counts all the same
		for i := range p.Reply.Outputs {
			r.From = append(r.From, runtime.From{Kind: runtime.FromValue, Index: i})
		}
	case phys.Packed:
		if p.Reply.Source.Kind == phys.CountMap {
			return countReply(p)
		}
		r.Shape = runtime.ShapePacked
		for _, c := range p.Reply.Source.Order {
			r.Key = append(r.Key, sortColumn(c))
		}
		if len(p.Reply.Source.Payload) > 0 {
			layout := p.Reply.Source.Layout()
			r.Layout = &layout
		}
		for _, o := range p.Reply.Outputs {
			switch {
			case o.Param > 0:
				r.From = append(r.From, runtime.From{Kind: runtime.FromParam, Index: o.Param})
			case o.InKey:
				r.From = append(r.From, runtime.From{Kind: runtime.FromKey, Index: o.Pos})
			default:
				r.From = append(r.From, runtime.From{Kind: runtime.FromRow, Index: o.Pos})
			}
		}
	}
	return r
}

// countReply reads the fields and values of a count map.
func countReply(p *phys.Program) runtime.Reply {
	r := runtime.Reply{Shape: runtime.ShapeFlat, Width: 2, Present: 1} // where no command is sent there is no pair
	for _, o := range p.Reply.Outputs {
		switch {
		case o.Param > 0:
			r.From = append(r.From, runtime.From{Kind: runtime.FromParam, Index: o.Param})
		case o.InKey:
			r.From = append(r.From, runtime.From{Kind: runtime.FromName, Index: 0})
		default:
			r.From = append(r.From, runtime.From{Kind: runtime.FromValue, Index: 1})
		}
	}
	return r
}

func argument(a luagen.Arg) runtime.Arg {
	out := runtime.Arg{Prefix: runtime.Bytes(a.Prefix), Succ: a.Succ}
	for _, p := range a.Parts {
		part := runtime.Part{
			Lit: runtime.Bytes(p.Lit), Param: p.Param, Form: runtime.Form(p.Form), Type: p.Type, Nullable: p.Nullable, Desc: p.Desc,
			NullsFirst: p.NullsFirst, More: p.More, Size: p.Size,
		}
		if p.Row != nil {
			part.Row = &runtime.Row{Layout: p.Row.Layout}
			for _, c := range p.Row.Cols {
				part.Row.Cols = append(part.Row.Cols, runtime.RowCol{Param: c.Param, Text: c.Text})
			}
		}
		out.Parts = append(out.Parts, part)
	}
	return out
}

// fingerprint names the program by the hash of everything that it is: statements, scripts and structures. The function
// library and its functions carry the name, because a server's libraries share one space of names and two versions
// of a program may stand on it at once.
func fingerprint(m *runtime.Manifest, library string) error {
	sorted := *m // the order of declarations does not make another program
	sorted.Functions = slices.SortedFunc(slices.Values(m.Functions), func(a, b runtime.Function) int { return strings.Compare(a.Name, b.Name) })
	sorted.Tables = slices.SortedFunc(slices.Values(m.Tables), func(a, b runtime.Table) int { return strings.Compare(a.Name, b.Name) })
	sorted.Enums = slices.SortedFunc(slices.Values(m.Enums), func(a, b value.EnumType) int { return strings.Compare(a.Name, b.Name) })
	text, err := sorted.Encode()
	if err != nil {
		return err
	}
	sum := sha256.Sum256(text)
	m.Program = hex.EncodeToString(sum[:6])
	header, body, ok := strings.Cut(library, "\n")
	if !ok || header != "#!lua name="+libraryName {
		return fmt.Errorf("the function library begins with %q", header)
	}
	const mark = `function_name = "`
	pieces := strings.Split(body, mark)
	registered := map[string]bool{}
	for i, piece := range pieces[1:] {
		name, rest, _ := strings.Cut(piece, `"`)
		registered[name] = true
		pieces[i+1] = name + "_" + m.Program + `"` + rest
	}
	body = strings.Join(pieces, mark)
	scripts := 0
	for i := range m.Functions {
		s := m.Functions[i].Script
		if s == nil {
			continue
		}
		scripts++
		if !registered[s.Function] {
			return fmt.Errorf("the function library does not register %s", m.Functions[i].Name)
		}
		s.Function += "_" + m.Program
	}
	if scripts > 0 || m.Library.Atomic != "" {
		atomic := m.Library.Atomic
		if atomic != "" {
			if !registered[atomic] {
				return fmt.Errorf("the function library does not register %s", atomic)
			}
			atomic += "_" + m.Program
		}
		m.Library = runtime.Library{Atomic: atomic, Name: libraryName + "_" + m.Program, Code: "#!lua name=" + libraryName + "_" + m.Program + "\n" + body}
	}
	return nil
}
