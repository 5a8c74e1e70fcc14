package prequel_test

import (
	"fmt"
	"slices"
	"strings"
)

// through is a view that rows of a table are written through. Its table stands for the table in writes: it has the view's name and columns.
type through struct {
	table *table
	of    *table
	where *expr
	check string
}

// ddl declares the view.
func (v *through) ddl() string {
	var p printer
	names := make([]string, len(v.table.cols))
	for i, c := range v.table.cols {
		names[i] = c.name
	}
	p.f("CREATE VIEW %s AS SELECT %s FROM %s", v.table.name, strings.Join(names, ", "), v.of.name)
	p.clause(" WHERE ", v.where)
	p.WriteString(v.check)
	return p.String()
}

// genThrough makes a view that a table is written through at times: all columns that a write must know, in another order, and some of the rows.
func (g *generator) genThrough(t *table) {
	if slices.ContainsFunc(t.cols, (*column).always) {
		return
	}
	as := *t
	as.name, as.cols = fmt.Sprintf("u%d", len(g.c.through)), nil
	for _, i := range g.r.Perm(len(t.cols)) {
		if c := t.cols[i]; t.inKey(c) || c.notNull || c.auto != "" || g.chance(75) {
			as.cols = append(as.cols, c)
		}
	}
	if len(as.cols) == 0 {
		return
	}
	v := &through{table: &as, of: t, check: pick(g.r, []string{"", " WITH CHECK OPTION", " WITH LOCAL CHECK OPTION"})}
	if g.chance(70) {
		v.where = g.rowCondition(t)
	}
	g.c.through = append(g.c.through, v)
}

// writeThrough lets a write name a view of its table.
func (g *generator) writeThrough(w *write) {
	for _, v := range g.c.through {
		if v.of == w.target.table && g.chance(40) {
			w.target.table = v.table
			return
		}
	}
}
