package verify

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/prequel-db/prequel/runtime"
	"github.com/prequel-db/prequel/runtime/value"
)

// row is a stored row. id is the hidden one of a table without a primary key, 0 otherwise. What no structure depends on has some value.
type row struct {
	id     int64
	values []value.Value
}

// rowsOf collects a table's rows, in the order of their ids if they have such. A row that one structure has and another lacks is a
// difference. The reason says what no structure has.
func rowsOf(m *runtime.Manifest, t *runtime.Table, kept contents, r *Report) (rows []row, reason string) {
	chosen, reason := choose(m, t)
	if reason != "" {
		return nil, reason
	}
	blank := row{values: make([]value.Value, len(t.Columns))}
	for i, c := range t.Columns {
		if !c.Nullable {
			blank.values[i] = some(c.Type)
		}
	}
	known := map[string]*row{}
	seen := map[string]int{} // how many of the chosen structures have the row
	for n, s := range chosen {
		for key, held := range kept[s.Fingerprint] {
			for part, text := range held {
				cols, err := s.decode(key, part, text)
				var id string
				if err == nil {
					id, err = identity(t, cols)
				}
				if err != nil {
					r.Differences = append(r.Differences, stray(s.Structure, key, part, text, "a row: "+err.Error()))
					continue
				}
				one := known[id]
				if one == nil {
					one = &row{values: slices.Clone(blank.values)}
					known[id] = one
				}
				if seen[id]++; seen[id] != n+1 {
					r.Differences = append(r.Differences, stray(s.Structure, key, part, text, onceEach))
				}
				for i, c := range t.Columns {
					if v, ok := cols[c.Name]; ok && slices.Contains(s.takes, i) {
						one.values[i] = v
					}
				}
				one.id = cols[runtime.RowID].Int()
			}
		}
	}
	for id, one := range known {
		if seen[id] == len(chosen) {
			rows = append(rows, *one)
		} else {
			r.Differences = append(r.Differences, stray(chosen[0].Structure, string(chosen[0].Prefix), id, "row", onceEach))
		}
	}
	slices.SortFunc(rows, func(a, b row) int { return int(a.id - b.id) })
	return rows, ""
}

const onceEach = "one entry for each row in each structure that rows are read from"

// stray is the difference of an entry that is no row or one that structures do not have exactly once each.
func stray(s *runtime.Structure, key, part, text, expected string) Difference {
	return Difference{Structure: s.Name, Key: key, Part: part, Stored: &text, Expected: &expected}
}

// source is a structure that rows are read from, and the table's columns that are taken from it.
type source struct {
	*runtime.Structure
	takes []int
}

// choose finds structures that together have all columns of a table that matter, and its key: one, if one has them.
func choose(m *runtime.Manifest, t *runtime.Table) (chosen []source, reason string) {
	var all []source
	viewed := false
	for i := range m.Structures {
		s := &m.Structures[i]
		if !slices.Contains(s.Of, t.Name) {
			continue
		}
		if s.View {
			viewed = true
			continue
		}
		if identifies(s, t) && complete(s, t) {
			all = append(all, source{Structure: s})
		}
	}
	// A value that equals the stored one will do where nothing but its order and name is kept.
	for _, exact := range []bool{true, false} {
		if !exact && viewed {
			break
		}
		left := slices.Clone(t.Needs)
		chosen = nil
		for len(left) > 0 || len(chosen) == 0 {
			best := source{}
			for _, s := range all {
				s.takes = slices.DeleteFunc(slices.Clone(left), func(c int) bool { return !has(s.Structure, t.Columns[c].Name, exact) })
				if best.Structure == nil || len(s.takes) > len(best.takes) {
					best = s
				}
			}
			if best.Structure == nil || len(best.takes) == 0 && len(left) > 0 {
				break
			}
			chosen = append(chosen, best)
			left = slices.DeleteFunc(left, func(c int) bool { return slices.Contains(best.takes, c) })
		}
		if len(left) == 0 && len(chosen) > 0 {
			return chosen, ""
		}
		reason = "no structure has its rows"
		if len(left) > 0 && len(all) > 0 {
			reason = "no structure has its rows with column " + t.Columns[left[0]].Name
		}
	}
	return nil, reason
}

// identifies reports whether a structure tells which row of the table each of its entries is.
func identifies(s *runtime.Structure, t *runtime.Table) bool {
	if len(t.Key) == 0 {
		return has(s, runtime.RowID, false) && !slices.ContainsFunc(t.Columns, func(c runtime.Column) bool { return c.Name == runtime.RowID })
	}
	return !slices.ContainsFunc(t.Key, func(c int) bool { return !has(s, t.Columns[c].Name, false) })
}

// complete reports whether a structure has all of the table's rows. A map by columns that are unique leaves those out that have NULL there;
// one by expressions may leave out any.
func complete(s *runtime.Structure, t *runtime.Table) bool {
	return !slices.ContainsFunc(s.Field, func(f runtime.Column) bool {
		i := slices.IndexFunc(t.Columns, func(c runtime.Column) bool { return c.Name == f.Name })
		if i < 0 {
			return f.Name != runtime.RowID
		}
		return !f.Nullable && t.Columns[i].Nullable
	})
}

// has reports whether a structure has a column's value: exactly, or at least one that is equal.
func has(s *runtime.Structure, name string, exact bool) bool {
	if slices.Contains(s.Fields, name) {
		return true
	}
	if slices.ContainsFunc(s.Order, func(o runtime.OrderColumn) bool { return o.Name == name && (!exact || o.Lossless()) }) {
		return true
	}
	return slices.ContainsFunc(slices.Concat(s.Partition, s.Field), func(c runtime.Column) bool {
		return c.Name == name && (!exact || value.SortCol{Type: c.Type}.Lossless())
	})
}

// decode takes an entry of a structure apart: its columns' values by name, the exact ones where there are several.
func (s source) decode(key, part, text string) (map[string]value.Value, error) {
	cols := map[string]value.Value{}
	if err := cutNames(cols, s.Partition, strings.TrimPrefix(strings.TrimPrefix(key, string(s.Prefix)), ":")); err != nil {
		return nil, err
	}
	packed := text
	if len(s.Order) > 0 {
		packed = part
		for _, o := range s.Order {
			v, rest, err := value.CutSort(o.SortCol, packed)
			if err != nil {
				return nil, err
			}
			cols[o.Name], packed = v, rest
		}
	} else if err := cutNames(cols, s.Field, part); err != nil {
		return nil, err
	}
	if s.Layout == nil {
		return cols, nil
	}
	values, err := s.Layout.Unpack(packed)
	if err != nil {
		return nil, err
	}
	for i, name := range s.Fields {
		cols[name] = values[i]
	}
	return cols, nil
}

// cutNames reads the name forms that ":" joins.
func cutNames(cols map[string]value.Value, names []runtime.Column, text string) error {
	for i, c := range names {
		more := i+1 < len(names)
		v, rest, err := value.CutName(value.NameCol{Type: c.Type, Nullable: c.Nullable, More: more}, text)
		if err != nil {
			return err
		}
		if more {
			rest = strings.TrimPrefix(rest, ":")
		}
		cols[c.Name], text = v, rest
	}
	return nil
}

// identity is the name of a row: that of its key, in which equal values are the same.
func identity(t *runtime.Table, cols map[string]value.Value) (string, error) {
	if len(t.Key) == 0 {
		return strconv.FormatInt(cols[runtime.RowID].Int(), 10), nil
	}
	var name []byte
	for _, c := range t.Key {
		var err error
		if name, err = value.AppendName(name, value.NameCol{Type: t.Columns[c].Type, More: true}, cols[t.Columns[c].Name]); err != nil {
			return "", fmt.Errorf("verify: key of table %s: %w", t.Name, err)
		}
		name = append(name, ':')
	}
	return string(name), nil
}

// some is any value of a type.
func some(t value.Type) value.Value {
	switch t.Kind {
	case value.Enum:
		return value.Int(1)
	case value.Bool, value.Int2, value.Int4, value.Int8, value.Date, value.Time, value.Timestamp, value.Timestamptz:
		return value.Int(0)
	case value.Float4, value.Float8:
		return value.Float(0)
	case value.Numeric:
		return value.FromNumeric("0")
	case value.UUID:
		return value.String(strings.Repeat("\x00", 16))
	case value.Interval:
		return value.FromInterval(0, 0, 0)
	case value.JSON, value.JSONB:
		return value.String("null")
	case value.Array:
		return value.FromList(*t.Elem, nil)
	}
	return value.String("")
}
