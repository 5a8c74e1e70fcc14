package delta

import (
	"github.com/prequel-db/prequel/planner/algebra"
	"github.com/prequel-db/prequel/planner/props"
	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// identify adds to r's output the columns that tell its rows apart (the keys of the tables below, where projections dropped
// them) and returns those columns, none more than needed. ok is false for a relation whose rows may be equal in everything that is
// stored, such as UNION ALL.
func (s *splitter) identify(r algebra.Rel) (out algebra.Rel, key []algebra.ColumnID, ok bool) {
	out, key, ok = s.withKey(r)
	if !ok {
		return nil, nil, false
	}
	return out, props.Of(out).Reduce(scalar.SetOf(key...)).Ordered(), true
}

func (s *splitter) withKey(r algebra.Rel) (algebra.Rel, []algebra.ColumnID, bool) {
	switch x := r.(type) {
	case *algebra.Scan:
		out, key := s.scanKey(x)
		return out, key, true
	case *algebra.Values:
		return x, nil, len(x.Rows) == 1
	case *algebra.Filter:
		in, key, ok := s.withKey(x.In)
		return &algebra.Filter{In: in, Cond: x.Cond}, key, ok
	case *algebra.Window:
		c := *x
		var key []algebra.ColumnID
		var ok bool
		c.In, key, ok = s.withKey(x.In)
		return &c, key, ok
	case *algebra.Project:
		in, key, ok := s.withKey(x.In)
		p := &algebra.Project{In: in, Items: append([]algebra.Item(nil), x.Items...)}
		have := algebra.OutputSet(x)
		for _, id := range key {
			if !have.Has(id) {
				p.Items = append(p.Items, algebra.Item{ID: id, Expr: s.column(id)})
			}
		}
		return p, key, ok
	case *algebra.Join:
		c := *x
		var l, rt []algebra.ColumnID
		var ok bool
		if c.Left, l, ok = s.withKey(x.Left); !ok {
			return nil, nil, false
		}
		if x.Kind == algebra.Semi || x.Kind == algebra.Anti {
			return &c, l, true
		}
		c.Right, rt, ok = s.withKey(x.Right)
		return &c, append(append([]algebra.ColumnID(nil), l...), rt...), ok
	case *algebra.GroupBy:
		return x, x.Keys, true
	case *algebra.Distinct:
		if x.On != nil {
			return x, x.On, true
		}
		return x, algebra.OutputCols(x), true
	case *algebra.SetOp:
		return x, x.Cols, !x.All
	}
	return nil, nil, false
}

// scanKey adds a table's primary key, or its hidden row id, to a scan.
func (s *splitter) scanKey(x *algebra.Scan) (*algebra.Scan, []algebra.ColumnID) {
	c := *x
	c.Cols = append([]algebra.ColumnID(nil), x.Cols...)
	var key []algebra.ColumnID
	for _, k := range x.Table.PrimaryKey {
		if c.Cols[k] == 0 {
			col := x.Table.Columns[k]
			c.Cols[k] = s.cols.New(col.Name, col.Type, false)
		}
		key = append(key, c.Cols[k])
	}
	if len(key) == 0 {
		if c.RowID == 0 {
			c.RowID = s.cols.New("row id", value.Of(value.Int8), false)
		}
		key = []algebra.ColumnID{c.RowID}
	}
	return &c, key
}
