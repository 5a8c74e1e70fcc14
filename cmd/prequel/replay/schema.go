package replay

import (
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"

	prequel "github.com/prequel-db/prequel"
	"github.com/prequel-db/prequel/sqllogic"
	"github.com/prequel-db/prequel/sqlparse/diag"
)

// isDDL reports whether a statement changes the schema, as sqllogic segments scripts.
func isDDL(sql string) bool {
	first, _, _ := strings.Cut(strings.TrimLeft(withoutComments(sql), " \t\r\n"), " ")
	first = strings.ToLower(strings.TrimSpace(strings.SplitN(first, "\n", 2)[0]))
	return slices.Contains([]string{"create", "drop", "alter", "comment"}, first)
}

// withoutComments drops comment lines in front of a statement.
func withoutComments(sql string) string {
	for {
		sql = strings.TrimLeft(sql, " \t\r\n")
		if !strings.HasPrefix(sql, "--") {
			return sql
		}
		_, rest, _ := strings.Cut(sql, "\n")
		sql = rest
	}
}

// tableShape is a table's name and columns.
type tableShape struct {
	name      string
	columns   []string
	generated []string // of them
}

// carried are rows in text form by table.
type carried map[string]*rowSet

type rowSet struct {
	columns []string
	rows    [][]*string
}

// change applies one schema change, unless it has an error, and lets the rows follow it.
func (e *Engine) change(s sqllogic.Statement) error {
	src := &diag.Source{Name: fmt.Sprintf("%s:%d", s.Pos.File, s.Pos.Line), Text: s.SQL}
	schema := append(slices.Clone(e.schema), src)
	now, problems := prequel.ReadSchema(schema)
	if err := firstError(problems); err != nil {
		return err
	}
	var tables []tableShape
	for _, t := range now.Tables {
		shape := tableShape{name: t.Name}
		for _, c := range t.Columns {
			shape.columns = append(shape.columns, c.Name)
			if c.Generated != "" {
				shape.generated = append(shape.generated, c.Name)
			}
		}
		tables = append(tables, shape)
	}
	for _, t := range e.tables {
		if now.Table(t.name) == nil {
			schema = forget(schema, now, t.name)
		}
	}
	e.rows.follow(e.tables, tables)
	e.schema, e.tables = schema, tables
	return nil
}

// word is an identifier, or a part of a quoted one.
var word = regexp.MustCompile(`[\pL_][\pL\pN_$]*`)

// indexName is what follows in the creation of an index.
var indexName = regexp.MustCompile(`(?i)^\s*create\s+(?:unique\s+)?index\s+(?:if\s+not\s+exists\s+)?"?([\pL_][\pL\pN_$]*)`)

// forget leaves out the changes that concern a dropped table alone, so that a script which creates and drops tables all the
// time is not read from its beginning at each change. The schema stays as it is unless what is left makes the same catalog.
func forget(schema []*diag.Source, now *prequel.Schema, table string) []*diag.Source {
	gone := map[string]bool{strings.ToLower(table): true}
	var left []*diag.Source
	for _, src := range schema {
		if !slices.ContainsFunc(word.FindAllString(src.Text, -1), func(w string) bool { return gone[strings.ToLower(w)] }) {
			left = append(left, src)
		} else if m := indexName.FindStringSubmatch(src.Text); m != nil {
			gone[strings.ToLower(m[1])] = true
		}
	}
	same, problems := prequel.ReadSchema(left)
	if len(same.Tables) == 0 && len(now.Tables) == 0 {
		same.Tables = now.Tables // nil or empty
	}
	if len(problems) == 0 && reflect.DeepEqual(same, now) {
		return left
	}
	return schema
}

// follow moves rows along one schema change: a table that is gone takes its rows with it, unless it has another name
// now; a column that is gone takes its values, and one that is new has its default.
func (c carried) follow(before, after []tableShape) {
	find := func(list []tableShape, name string) *tableShape {
		for i := range list {
			if list[i].name == name {
				return &list[i]
			}
		}
		return nil
	}
	var created []string
	for _, t := range after {
		if find(before, t.name) == nil {
			created = append(created, t.name)
		}
	}
	for _, old := range before {
		set := c[old.name]
		if set == nil {
			continue
		}
		now := find(after, old.name)
		if now == nil {
			delete(c, old.name)
			if len(created) != 1 { // dropped
				continue
			}
			now = find(after, created[0]) // renamed
			c[now.name] = set
		}
		set.follow(old.columns, now.columns)
	}
}

func (r *rowSet) follow(before, after []string) {
	switch {
	case slices.Equal(before, after):
	case len(before) == len(after): // a column was renamed: its position stays
		for i, name := range r.columns {
			r.columns[i] = after[slices.Index(before, name)]
		}
	default:
		var keep []int
		for i, name := range r.columns {
			if slices.Contains(after, name) {
				keep = append(keep, i)
			}
		}
		if len(keep) == len(r.columns) {
			return
		}
		r.columns = pickColumns(r.columns, keep)
		for i, row := range r.rows {
			r.rows[i] = pickColumns(row, keep)
		}
	}
}

func pickColumns[T any](list []T, positions []int) []T {
	out := make([]T, len(positions))
	for i, p := range positions {
		out[i] = list[p]
	}
	return out
}
