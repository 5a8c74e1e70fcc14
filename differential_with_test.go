package prequel_test

import (
	"fmt"
	"slices"
)

// part is a write in WITH; what it returns is a table to the rest of the statement.
type part struct {
	table *table
	write *write
}

func (p *printer) with(parts []*part) {
	for i, x := range parts {
		p.lead(i, ", ", "WITH ")
		p.WriteString(x.table.name + " AS (")
		p.write(x.write)
		p.WriteString(")")
	}
	if len(parts) > 0 {
		p.WriteString(" ")
	}
}

// genParts draws writes in WITH. No two parts of a statement write one table, as they may hand keys to each other, and no trigger reads
// or writes tables. What is left for the main statement to write comes back; nil when nothing can be written in WITH.
func (g *generator) genParts() (parts []*part, left []*table) {
	for _, t := range g.writable() {
		if !t.effectful() {
			left = append(left, t)
		}
	}
	g.r.Shuffle(len(left), func(i, j int) { left[i], left[j] = left[j], left[i] })
	defer func(only []*table, parts []*part) { g.only, g.parts = only, parts }(g.only, g.parts)
	g.parts = nil
	for range min(len(left), 1+g.r.IntN(2)) {
		g.only = left[:1]
		w := &write{target: &fromItem{table: left[0], alias: "n"}}
		left = left[1:]
		g.plainWrite(w)
		x := &part{write: w, table: &table{name: fmt.Sprintf("w%d", len(parts)), part: true}}
		if len(w.returning) == 0 {
			w.returning = []*expr{colExpr(pick(g.r, w.target.scope()))}
		}
		for i, e := range w.returning {
			x.table.cols = append(x.table.cols, &column{name: fmt.Sprintf("o%d", i), typ: e.typ, constant: !e.hasColumn()})
		}
		parts = append(parts, x)
		g.parts = append(g.parts, x)
	}
	return parts, left
}

// withQuery is a query of what writes in WITH return; nil when there is nothing to write.
func (g *generator) withQuery() *query {
	parts, _ := g.genParts()
	if len(parts) == 0 {
		return nil
	}
	g.parts = parts
	q := g.genQuery(false)
	g.parts = nil
	q.with = parts
	return q
}

// withWrite is a write behind writes in WITH; nil when there is none.
func (g *generator) withWrite() *write {
	parts, left := g.genParts()
	if len(parts) == 0 || len(left) == 0 {
		return nil
	}
	w := &write{target: &fromItem{table: left[0], alias: "n"}, with: parts}
	defer func(only []*table, parts []*part) { g.only, g.parts = only, parts }(g.only, g.parts)
	g.only, g.parts = left[:1], parts
	g.plainWrite(w)
	return w
}

// relations are what FROM can name: behind writes in WITH mostly what they return.
func (g *generator) relations(view bool) []*table {
	list := g.c.relations(!view)
	if len(g.parts) > 0 && g.chance(60) {
		list = nil
		for _, x := range g.parts {
			list = append(list, x.table)
		}
	}
	if len(g.ctes) > 0 && g.chance(60) {
		list = g.ctes
	}
	return list
}

// writable are the tables that writes may be about.
func (g *generator) writable() []*table {
	if g.only != nil {
		return slices.Clone(g.only)
	}
	return slices.Clone(g.c.tables)
}

// parts lets the shrinker into writes in WITH; PostgreSQL tells when one is still read.
func (s *shrinker) parts(list *[]*part) {
	removeRuns(s, list, 0)
	for _, x := range *list {
		s.write(x.write)
	}
}
