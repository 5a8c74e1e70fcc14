package clientgen

import (
	"fmt"
	"go/token"
	"slices"

	"github.com/prequel-db/prequel/runtime"
	"github.com/prequel-db/prequel/runtime/value"
)

// declare gives everything its Go name, in the order of the manifest.
func (g *generator) declare() error {
	for _, e := range g.manifest.Enums {
		g.enums[e.Name] = g.types.pick(g.exported(e.Name))
	}
	for i := range g.manifest.Tables {
		t := &g.manifest.Tables[i]
		md := &model{table: t, goName: g.types.pick(g.modelName(t.Name))}
		var err error
		if md.fields, err = g.fields(t.Columns); err != nil {
			return fmt.Errorf("table %s: %w", t.Name, err)
		}
		g.models[t.Name] = md
	}
	methods := namespace{}
	stmts := namespace{"program": true}
	for i := range g.manifest.Functions {
		fn := &g.manifest.Functions[i]
		if isLoader(g.manifest, fn) {
			continue
		}
		name := exported(fn.Name)
		if token.IsIdentifier(fn.Name) && token.IsExported(fn.Name) {
			name = fn.Name
		}
		if slices.Contains(reservedStatements, name) || methods[name] {
			return fmt.Errorf("statement %s: the client has a method %s already", fn.Name, name)
		}
		m := &method{fn: fn, goName: methods.pick(name), stmt: stmts.pick(unexported(name)), file: g.options.sourceFile(fn)}
		if err := g.signature(m); err != nil {
			return fmt.Errorf("statement %s: %w", fn.Name, err)
		}
		g.methods = append(g.methods, m)
	}
	return nil
}

// isLoader reports whether a function is there to fill the store, not for callers.
func isLoader(m *runtime.Manifest, fn *runtime.Function) bool {
	return slices.ContainsFunc(m.Tables, func(t runtime.Table) bool { return t.Load == fn.Name }) ||
		slices.ContainsFunc(m.Sequences, func(q runtime.Sequence) bool { return q.Position == fn.Name })
}

// fields decides the Go names and types of columns. Columns that sqlc.embed gathers are one field.
func (g *generator) fields(cols []runtime.Column) ([]field, error) {
	names := namespace{}
	var out []field
	for i := 0; i < len(cols); i++ {
		c := cols[i]
		if c.Embed != "" {
			f, err := g.embedded(cols, i)
			if err != nil {
				return nil, err
			}
			f.goName = names.pick(f.goName)
			out = append(out, f)
			i += len(f.embed.model.fields) - 1
			continue
		}
		typ, err := g.column(c.Type, c.Nullable, c.Table, c.Source)
		if err != nil {
			return nil, fmt.Errorf("column %s: %w", c.Name, err)
		}
		f := field{sql: c.Name, goName: names.pick(g.exported(c.Name)), typ: typ, nullable: c.Nullable, comment: c.Comment, at: i}
		f.tag = g.options.columnTag(c.Table, c.Source)
		out = append(out, f)
	}
	return out, nil
}

// embedded is the field of the columns from i on that are a table's row.
func (g *generator) embedded(cols []runtime.Column, i int) (field, error) {
	md := g.models[cols[i].Table]
	if md == nil || i+len(md.fields) > len(cols) {
		return field{}, fmt.Errorf("column %s: there is no table to embed", cols[i].Name)
	}
	e := &embed{model: md}
	missing := false
	for j, c := range md.table.Columns {
		missing = missing || cols[i+j].Nullable && !c.Nullable
		if !c.Nullable && len(e.present) == 0 {
			e.present = []int{i + j}
		}
	}
	f := field{sql: unexported(md.goName), goName: md.goName, typ: goType{name: md.goName}, at: i, embed: e}
	if !missing {
		e.present = nil
		return f, nil
	}
	f.typ.name = "*" + md.goName
	if len(e.present) == 0 {
		for j := range md.table.Columns {
			e.present = append(e.present, i+j)
		}
	}
	f.comment = f.goName + " is nil when the join found no row."
	return f, nil
}

// signature decides the Go types of a statement's parameters and result.
func (g *generator) signature(m *method) error {
	names := namespace{}
	for _, p := range m.fn.Params {
		if p.Hidden != "" {
			continue
		}
		typ, err := g.column(p.Type, p.Nullable, p.Table, p.Source)
		if err != nil {
			return fmt.Errorf("parameter %s: %w", p.Name, err)
		}
		m.params = append(m.params, field{sql: p.Name, goName: names.pick(g.exported(p.Name)), typ: typ, nullable: p.Nullable})
	}
	if len(m.params) > g.options.parameterLimit() || m.fn.Mode.Several() && len(m.params) > 1 {
		m.argName = g.types.pick(m.goName + "Params")
	}
	var err error
	if m.columns, err = g.fields(m.fn.Columns); err != nil {
		return err
	}
	if m.fn.Mode.Several() && m.fn.Mode != runtime.CopyFrom {
		m.results = g.types.pick(m.goName + "BatchResults")
	}
	if mode := m.fn.Mode.Call(); mode != runtime.One && mode != runtime.Many {
		return nil
	}
	switch {
	case len(m.columns) == 0:
		return fmt.Errorf("it is :%s and has no columns", m.fn.Mode)
	case m.single():
		m.rowType = m.columns[0].typ.field(m.columns[0].nullable)
		return nil
	}
	for _, t := range g.manifest.Tables {
		if sameColumns(t, m.fn.Columns) {
			m.model = g.models[t.Name]
			m.rowType = g.rowPointer() + m.model.goName
			return nil
		}
	}
	m.rowName = g.types.pick(m.goName + "Row")
	m.rowType = g.rowPointer() + m.rowName
	return nil
}

// single reports whether a row is one plain column.
func (m *method) single() bool { return len(m.columns) == 1 && m.columns[0].embed == nil }

// rowPointer stands before the type of a row.
func (g *generator) rowPointer() string {
	if g.options.ResultPointers {
		return "*"
	}
	return ""
}

// sameColumns reports whether a result is a table's whole row.
func sameColumns(t runtime.Table, cols []runtime.Column) bool {
	return slices.EqualFunc(t.Columns, cols, func(a, b runtime.Column) bool {
		return a.Name == b.Name && a.Type.SameBase(b.Type) && a.Nullable == b.Nullable && b.Table == t.Name && b.Embed == ""
	})
}

// used lists the enums and the structs of tables that some statement uses.
func (g *generator) used() (enums, models map[string]bool) {
	enums, models = map[string]bool{}, map[string]bool{}
	see := func(t value.Type) {
		if t.Kind == value.Array {
			t = *t.Elem
		}
		if t.Kind == value.Enum {
			enums[t.Enum.Name] = true
		}
	}
	row := func(m *model) {
		models[m.table.Name] = true
		for _, c := range m.table.Columns {
			see(c.Type)
		}
	}
	for _, m := range g.methods {
		for _, p := range m.fn.Params {
			see(p.Type)
		}
		for _, c := range m.fn.Columns {
			see(c.Type)
		}
		if m.model != nil {
			row(m.model)
		}
		for _, c := range m.columns {
			if c.embed != nil {
				row(c.embed.model)
			}
		}
	}
	return enums, models
}
