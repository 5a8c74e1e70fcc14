package prequel

import (
	"github.com/prequel-db/prequel/runtime"
	"github.com/prequel-db/prequel/sqlparse/bound"
	"github.com/prequel-db/prequel/sqlparse/catalog"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// origin is the table column that a column of a statement shows.
type origin struct {
	table  *catalog.Table
	column int
}

// setOrigins notes which result columns are columns of tables, unchanged: whole rows of a table then have the table's type
// in generated clients.
func setOrigins(columns []runtime.Column, s *bound.Statement) {
	origins := map[scalar.ColumnID]origin{}
	add := func(t *catalog.Table, ids []scalar.ColumnID) {
		for i, id := range ids {
			if id != 0 {
				origins[id] = origin{t, i}
			}
		}
	}
	body := s.Body
	if c, ok := body.(*bound.Compound); ok {
		body = c.Main
	}
	switch b := body.(type) {
	case *bound.Query:
		for _, f := range b.From {
			tables(f, add)
		}
	case *bound.Insert:
		add(b.Table, b.New)
	case *bound.Update:
		add(b.Table, b.New)
	case *bound.Delete:
		add(b.Table, b.Old)
	}
	i := 0
	for _, t := range bound.Results(body) {
		if t.Hidden {
			continue
		}
		if i == len(columns) {
			return
		}
		columns[i].Embed = t.Embed
		if c, ok := t.Expr.(*scalar.Column); ok {
			if o, ok := origins[c.ID]; ok {
				columns[i].Table, columns[i].Source = o.table.Name, o.table.Columns[o.column].Name
			}
		}
		i++
	}
}

// tables calls add for every base table of a FROM item.
func tables(f bound.From, add func(*catalog.Table, []scalar.ColumnID)) {
	switch f := f.(type) {
	case *bound.TableRef:
		add(f.Table, f.Cols)
	case *bound.JoinRef:
		tables(f.Left, add)
		tables(f.Right, add)
	case *bound.SubqueryRef, *bound.CTERef, *bound.FuncRef:
	}
}
