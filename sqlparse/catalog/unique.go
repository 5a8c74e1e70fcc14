package catalog

import (
	"slices"

	"github.com/prequel-db/prequel/sqlparse/diag"
)

// IndexExpr is an expression of a unique index.
type IndexExpr struct {
	Name     string // of the index's column, from which unnamed indexes have theirs
	Text     string // unparsed
	TextSpan diag.Span
	Bound    *Condition
	// Key is how PostgreSQL prints it in the detail of an error.
	Key string
}

// Plain reports whether a unique constraint is over columns alone.
func (u *Unique) Plain() bool { return u.Exprs == nil }

// Full reports whether it is over columns alone and of all rows: a key that foreign keys can refer to.
func (u *Unique) Full() bool { return u.Plain() && u.Where == "" }

// Reads are the positions of the columns whose values decide whether two rows conflict, in table order. The constraint is bound.
func (u *Unique) Reads() []int {
	var out []int
	for i, c := range u.Columns {
		if c >= 0 {
			out = append(out, c)
		} else {
			out = append(out, u.Exprs[i].Bound.Reads()...)
		}
	}
	if u.Predicate != nil {
		out = append(out, u.Predicate.Reads()...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}
