package lowering

import (
	"math"
	"slices"

	"github.com/prequel-db/prequel/planner/algebra"
	"github.com/prequel-db/prequel/sqlparse/catalog"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// How many values a column has is known where that is declared, where it is a key, or where it refers to another table and the sizes of both
// are declared. All else is guessed.

// noteValues fills in what is known of a base table's columns.
func (m *module) noteValues(r *relation) {
	r.values = map[int]float64{}
	for c := range r.table.Columns {
		if n := m.valuesOf(r.table, c, map[*catalog.Table]bool{}); n > 0 {
			r.values[c] = n
		}
	}
}

// valuesOf is the number of values of a base table's column, 0 when it is not known. The tables in seen refer to this one.
func (m *module) valuesOf(t *catalog.Table, col int, seen map[*catalog.Table]bool) float64 {
	if n := m.opts.Values[t.Name][t.Columns[col].Name]; n > 0 {
		return n
	}
	rows, declared := m.opts.Rows[t.Name]
	if !declared || seen[t] {
		return 0
	}
	if len(t.PrimaryKey) == 1 && t.PrimaryKey[0] == col {
		return rows
	}
	seen[t] = true
	for _, f := range t.ForeignKeys {
		to := m.cat.Table(f.RefTable)
		if i := slices.Index(f.Columns, col); i >= 0 && to != nil {
			if n := m.valuesOf(to, f.RefColumns[i], seen); n > 0 {
				return math.Min(n, rows)
			}
		}
	}
	return 0
}

// valuesIn is what is known or guessed of the columns of the relations that r scans, and which are known.
func (m *module) valuesIn(r algebra.Rel) (out map[algebra.ColumnID]float64, known scalar.ColSet) {
	out = map[algebra.ColumnID]float64{}
	algebra.Walk(r, func(x algebra.Rel) bool {
		if s, ok := x.(*algebra.Scan); ok {
			rel := m.relationOf(s.Table)
			for c, id := range s.Cols {
				if id != 0 {
					out[id] = rel.distinct(c)
					if rel.values[c] > 0 || stamps(rel.cols[c].Type) {
						known.Add(id)
					}
				}
			}
		}
		return true
	})
	return out, known
}

// inheritValues notes what is known of a view's columns.
func (m *module) inheritValues(v *view) {
	v.rel.values = map[int]float64{}
	values, known := m.valuesIn(v.Core)
	for i, id := range v.Cols {
		if n := values[id]; known.Has(id) {
			v.rel.values[i] = n
		}
	}
}

// groups estimates how many groups rows make: as many as their keys have combinations of values, if there are not fewer rows. Where that is
// not known of all keys a group is expected to have ten rows at least. What is computed has as many values as guess says.
func (m *module) groups(in algebra.Rel, keys []algebra.ColumnID, cols *scalar.Columns, rows, guess float64) float64 {
	values, known := m.valuesIn(in)
	n, most := 1.0, rows
	for _, k := range keys {
		v, ok := values[k]
		if !ok {
			v = math.Min(room(cols.Get(k).Type), math.Max(2, guess))
		}
		if !known.Has(k) {
			most = rows / 10
		}
		n *= v
	}
	return math.Max(1, math.Min(n, most))
}
