package algebra

import "github.com/prequel-db/prequel/sqlparse/scalar"

// Canonical prints a relation with its columns numbered in order of appearance: relations with the same text have the same rows, with
// their output columns in the same order. ok is false where no such text can be given: the relation depends on rows around it, may give
// other rows each time, or has relations inside expressions.
func Canonical(r Rel, cols *scalar.Columns) (text string, ok bool) {
	ids := map[ColumnID]ColumnID{}
	numbered := &scalar.Columns{}
	ok = FreeColumns(r).Empty()
	Walk(r, func(x Rel) bool {
		s, isScan := x.(*Scan)
		for _, id := range introduced(x) {
			name := "c"
			if isScan {
				name = scanned(s, id)
			}
			ids[id] = numbered.New(name, cols.Get(id).Type, true)
		}
		for _, e := range Exprs(x) {
			ok = ok && !scalar.HasVolatile(e) && !scalar.HasSubquery(e)
		}
		return ok
	})
	if !ok {
		return "", false
	}
	return Format(Rename(r, ids), numbered), true
}

func scanned(s *Scan, id ColumnID) string {
	for i, c := range s.Cols {
		if c == id {
			return s.Table.Columns[i].Name
		}
	}
	return "row id"
}
