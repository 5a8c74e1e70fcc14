package prequel_test

import (
	"fmt"
	"slices"
	"strings"
)

// constraint is a CHECK, a unique index or a foreign key of a random table, declared after all tables.
type constraint struct {
	name  string
	cols  []*column // of the unique index or the referencing side
	exprs []*indexKey
	where *expr // the CHECK, or the predicate of a partial index
	// nulls says NULLS NOT DISTINCT, unique that it is a unique index.
	nulls, unique bool
	parent        *table // of a foreign key
	actions       string
}

// ddl declares the constraint.
func (k *constraint) ddl(t *table) string {
	var p printer
	names := make([]string, len(k.cols))
	for i, c := range k.cols {
		names[i] = c.name
	}
	list := strings.Join(names, ", ")
	switch {
	case k.parent != nil:
		p.f("ALTER TABLE %s ADD CONSTRAINT %s FOREIGN KEY (%s) REFERENCES %s%s", t.name, k.name, list, k.parent.name, k.actions)
	case !k.unique:
		p.f("ALTER TABLE %s ADD CONSTRAINT %s CHECK (", t.name, k.name)
		p.expr(k.where)
		p.WriteString(")")
	default:
		p.f("CREATE UNIQUE INDEX %s ON %s (%s)", k.name, t.name, k.keyList())
		if k.nulls {
			p.WriteString(" NULLS NOT DISTINCT")
		}
		p.clause(" WHERE ", k.where)
	}
	return p.String()
}

// arbiter is what ON CONFLICT says to mean the constraint.
func (k *constraint) arbiter() string {
	var p printer
	p.f("(%s)", k.keyList())
	p.clause(" WHERE ", k.where)
	return p.String()
}

// genConstraints gives a case's tables constraints: to each other and to themselves, in circles too.
func (g *generator) genConstraints() {
	for _, t := range g.c.tables {
		for n := g.r.IntN(3); n > 0; n-- {
			k := &constraint{name: fmt.Sprintf("%s_x%d", t.name, len(t.constraints))}
			switch g.r.IntN(4) {
			case 0:
				k.where = g.rowCondition(t)
			case 1:
				k.unique = true
				k.cols = g.someColumns(t)
				if g.chance(50) {
					if x := g.indexKey(t); x != nil {
						k.exprs, k.cols = append(k.exprs, x), k.cols[g.r.IntN(len(k.cols)+1):]
					}
				}
				k.nulls = g.chance(40)
				if g.chance(60) {
					k.where = g.rowCondition(t)
				}
			default:
				g.foreignKey(t, k)
			}
			if k.cols != nil || k.where != nil || k.exprs != nil {
				t.constraints = append(t.constraints, k)
			}
		}
	}
}

// someColumns are one or two columns for a unique index.
func (g *generator) someColumns(t *table) []*column {
	list := slices.Clone(t.cols)
	g.r.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
	return list[:min(len(list), 1+g.r.IntN(2))]
}

// foreignKey adds columns that refer to a table's primary key.
func (g *generator) foreignKey(t *table, k *constraint) {
	parent := pick(g.r, g.c.tables)
	if parent.key == nil {
		return
	}
	k.parent = parent
	for i, ref := range parent.key {
		c := &column{name: fmt.Sprintf("%s_%d", strings.TrimPrefix(k.name, t.name+"_"), i), typ: ref.typ, notNull: g.chance(15)}
		if g.chance(30) {
			c.hasDflt, c.dflt = true, c.typ.pick(g.r)
		}
		t.cols = append(t.cols, c)
		k.cols = append(k.cols, c)
	}
	actions := []string{"", "", "CASCADE", "CASCADE", "SET NULL", "SET DEFAULT", "RESTRICT", "NO ACTION"}
	for _, on := range []string{"DELETE", "UPDATE"} {
		if a := pick(g.r, actions); a != "" {
			k.actions += " ON " + on + " " + a
		}
	}
}

// referenceCond is the condition that a row of one side refers to one of the other by a foreign key, nil where there is none.
func referenceCond(left, right []*scopeColumn) *expr {
	find := func(list []*scopeColumn, f *fromItem, c *column) *scopeColumn {
		i := slices.IndexFunc(list, func(s *scopeColumn) bool { return s.from == f && s.col == c })
		if i < 0 {
			return nil
		}
		return list[i]
	}
	along := func(children, parents []*scopeColumn) *expr {
		for _, child := range children {
			for _, k := range child.from.table.constraints {
				if k.parent == nil || k.cols[0] != child.col {
					continue
				}
				for _, parent := range parents {
					if parent.from.table != k.parent || parent.col != k.parent.key[0] {
						continue
					}
					var e *expr
					for i, c := range k.cols {
						from, to := find(children, child.from, c), find(parents, parent.from, k.parent.key[i])
						if from == nil || to == nil {
							return nil
						}
						same := op(tBool, "(%s = %s)", colExpr(to), colExpr(from))
						if e == nil {
							e = same
						} else {
							e = op(tBool, "(%s AND %s)", e, same)
						}
					}
					return e
				}
			}
		}
		return nil
	}
	if e := along(right, left); e != nil {
		return e
	}
	return along(left, right)
}

// rowCondition is a condition over a table's row that most rows satisfy, without parameters and immutable.
func (g *generator) rowCondition(t *table) *expr {
	cols := (&fromItem{table: t, alias: t.name, bare: true}).scope()
	simple := func() *expr {
		c := pick(g.r, cols)
		switch g.r.IntN(4) {
		case 0:
			return op(tBool, "(%s IS NOT NULL)", colExpr(c))
		case 1:
			return op(tBool, "(%s IS NULL)", colExpr(c))
		}
		return op(tBool, "(%s "+pick(g.r, comparisons)+" %s)", colExpr(c), litExpr(c.col.typ, c.col.typ.pick(g.r)))
	}
	e := op(tBool, "(%s OR %s)", simple(), simple())
	if g.chance(30) {
		e = op(tBool, "(%s AND %s)", e, simple())
	}
	return e
}

// reads reports whether an expression has a column.
func (e *expr) reads(c *column) bool {
	if e == nil {
		return false
	}
	if e.col != nil && e.col.col == c {
		return true
	}
	return slices.ContainsFunc(e.kids, func(k *expr) bool { return k.reads(c) })
}

// indexed tells whether a unique index is over the column, or its predicate reads it.
func (t *table) indexed(c *column) bool {
	return slices.ContainsFunc(t.constraints, func(k *constraint) bool {
		return k.unique && (k.over(c) || k.where.reads(c))
	})
}

// constrained reports whether a table has constraints beyond keys.
func (c *diffCase) constrained() bool {
	return slices.ContainsFunc(c.tables, func(t *table) bool { return len(t.constraints) > 0 })
}

// several reports whether a write can meet several rows: which of their errors comes first is then left open, by PostgreSQL for
// the rows that a condition finds, by Prequel, which computes all rows before it checks the first, for those of VALUES.
func (w *write) several() bool {
	if w.target.table.firesSeveral() || len(w.with) > 0 {
		return true
	}
	return w.verb != "INSERT" || len(w.rows) > 1 || w.from != nil
}
