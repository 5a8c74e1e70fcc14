package sqlparse

import (
	"slices"
	"strings"

	"github.com/prequel-db/prequel/sqlparse/catalog"
	"github.com/prequel-db/prequel/sqlparse/diag"

	pg "github.com/pganalyze/pg_query_go/v5"
)

// The bits of LIKE ... INCLUDING, as PostgreSQL's parsenodes.h has them. The others change how rows are stored.
const (
	likeConstraints = 1 << 2
	likeDefaults    = 1 << 3
	likeGenerated   = 1 << 4
	likeIdentity    = 1 << 5
	likeIndexes     = 1 << 6
)

// like adds the columns of another table, and what INCLUDING names of it.
func (d *ddl) like(t *catalog.Table, n *pg.TableLikeClause) error {
	from, err := d.table(n.Relation)
	if err != nil {
		return err
	}
	if len(from.Opaques) > 0 {
		return from.Opaques[0].Reason
	}
	base := len(t.Columns)
	for _, c := range from.Columns {
		if t.Column(c.Name) >= 0 {
			return diag.DuplicateColumn.At(d.at(n.Relation.Location), "column %q specified more than once", c.Name)
		}
		own := &catalog.Column{Name: c.Name, Type: c.Type, Domain: c.Domain, NotNull: c.NotNull, Span: d.at(n.Relation.Location)}
		t.Columns = append(t.Columns, own)
		if n.Options&likeDefaults != 0 && !c.Identity && c.Generated == "" {
			own.Default, own.DefaultSpan, own.Sequence = c.Default, c.DefaultSpan, c.Sequence
		}
		if n.Options&likeGenerated != 0 {
			own.Generated, own.GeneratedSpan = c.Generated, c.GeneratedSpan
		}
		if n.Options&likeIdentity != 0 && c.Identity {
			own.Identity, own.Always = true, c.Always
			if err := d.ownSequence(t, own, nil); err != nil {
				return err
			}
			name, owner := own.Sequence.Name, own.Sequence.Table
			*own.Sequence = *c.Sequence
			own.Sequence.Name, own.Sequence.Table, own.Sequence.Column = name, owner, own
		}
	}
	shifted := func(cols []int) []int {
		out := slices.Clone(cols)
		for i := range out {
			out[i] += base
		}
		return out
	}
	if n.Options&likeConstraints != 0 {
		for _, k := range from.Checks {
			if !k.Partition {
				t.Checks = append(t.Checks, &catalog.Check{Name: k.Name, Text: k.Text, TextSpan: k.TextSpan, Span: k.Span})
			}
		}
	}
	if n.Options&likeIndexes == 0 {
		return nil
	}
	if len(from.PrimaryKey) > 0 {
		if len(t.PrimaryKey) > 0 {
			return diag.BadDefinition.At(d.whole(), "multiple primary keys for table %q are not allowed", t.Name)
		}
		t.PrimaryKey, t.PrimaryKeyName = shifted(from.PrimaryKey), d.freeName(objectName(t.Name, "", "pkey"))
	}
	for _, u := range from.Uniques {
		label := "key"
		if u.Index {
			label = "idx"
		}
		own := *u
		own.Columns, own.Predicate, own.Exprs = shifted(u.Columns), nil, nil
		var names []string
		for i, c := range u.Columns {
			var x *catalog.IndexExpr
			if c >= 0 {
				names = append(names, distinctName(names, from.Columns[c].Name))
			} else {
				own.Table, own.Columns[i] = t, -1
				x = &catalog.IndexExpr{Text: u.Exprs[i].Text, TextSpan: u.Exprs[i].TextSpan, Name: u.Exprs[i].Name}
				names = append(names, distinctName(names, x.Name))
			}
			if u.Exprs != nil {
				own.Exprs = append(own.Exprs, x)
			}
		}
		own.Name = d.freeName(objectName(t.Name, strings.Join(names, "_"), label))
		t.Uniques = append(t.Uniques, &own)
	}
	return nil
}
