package bind

import (
	"github.com/prequel-db/prequel/sqlparse/catalog"
	"github.com/prequel-db/prequel/sqlparse/plpgsql"
	"github.com/prequel-db/prequel/sqlparse/token"

	pg "github.com/pganalyze/pg_query_go/v5"
)

// recursiveCall reports whether a call may be of a function that calls itself, or others that call it: such a call is one inside an
// expression, wherever it stands, as the body is written once.
func (s *stmt) recursiveCall(fc *pg.FuncCall) bool {
	names := stringsOf(fc.Funcname)
	return s.recursive(names[len(names)-1])
}

// recursive reports whether the functions of a name may call themselves.
func (s *stmt) recursive(name string) bool {
	seen := map[string]bool{}
	var reaches func(from string) bool
	reaches = func(from string) bool {
		for _, fn := range s.cat.Function(from) {
			for _, called := range mayCall(fn) {
				if called == name {
					return true
				}
				if !seen[called] {
					seen[called] = true
					if reaches(called) {
						return true
					}
				}
			}
		}
		return false
	}
	return reaches(name)
}

// mayCall lists the names in a function's body that stand in front of a parenthesis.
func mayCall(fn *catalog.Function) []string {
	var out []string
	last := ""
	for _, t := range token.Scan(fn.Body) {
		text := t.Text(fn.Body)
		switch {
		case t.Kind == token.Comment:
			continue
		case text == "(" && last != "":
			out = append(out, last)
		}
		last = ""
		if t.Kind == token.Ident || t.Kind == token.Quoted {
			last = plpgsql.Fold(text)
		}
	}
	return out
}
