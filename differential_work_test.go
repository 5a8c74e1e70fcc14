package prequel_test

import (
	"context"

	"github.com/jackc/pgx/v5"
)

// mostWork is the work of a call, in combinations of rows, from which on a case is given up: a function that inserts what it
// reads doubles a table each time, and views join such tables with themselves.
const mostWork = 1e10

// load is how many rows a case's tables have, those of its recursive queries included once they have been asked for.
type load struct {
	rows map[*table]float64
	// count asks PostgreSQL for a number. What takes it too long is too much.
	count func(sql string) float64
}

// load counts the rows of all tables.
func (j *judge) load(ctx context.Context, c *diffCase) (load, error) {
	count := func(sql string) (n float64, err error) {
		err = j.conn.QueryRow(ctx, sql, pgx.QueryExecModeSimpleProtocol).Scan(&n)
		return n, err
	}
	l := load{map[*table]float64{}, func(sql string) float64 {
		n, err := count(sql)
		if err != nil {
			return mostWork
		}
		return n
	}}
	for _, t := range c.tables {
		var err error
		if l.rows[t], err = count("SELECT count(*) FROM " + t.name); err != nil {
			return load{}, err
		}
	}
	return l, nil
}

// work is an upper estimate of what a call does that found the tables as before and left them as after: for each row added, every
// query is computed anew.
func (c *diffCase) work(before, after load) float64 {
	most := 0.0
	for _, s := range c.stmts {
		if s.query != nil {
			most = max(most, after.query(s.query))
		}
	}
	for _, v := range c.views {
		most = max(most, after.query(v.query))
	}
	added := 1.0
	for t, n := range after.rows {
		added += max(0, n-before.rows[t])
	}
	return most * added
}

// query is the number of combinations of rows a query looks at.
func (l load) query(q *query) float64 {
	n := 1.0
	exprs := q.exprs()
	for _, f := range q.items() {
		n *= max(1, l.table(f.table))
		exprs = append(exprs, f.on)
	}
	inner := 0.0
	for _, e := range exprs {
		inner += l.expr(e)
	}
	n *= 1 + inner
	for _, s := range q.sets {
		n += l.query(s.right)
	}
	for _, c := range q.ctes {
		n += l.table(c.table)
	}
	return n
}

// table is the rows of a FROM item.
func (l load) table(t *table) float64 {
	switch {
	case t.query != nil:
		return l.query(t.query)
	case t.made != nil, t.part:
		return 10
	}
	if _, known := l.rows[t]; !known {
		l.rows[t] = l.count(t.most)
	}
	return l.rows[t]
}

// expr is what the subqueries of an expression look at.
func (l load) expr(e *expr) float64 {
	if e == nil {
		return 0
	}
	n := 0.0
	if e.sub != nil {
		n += l.query(e.sub)
	}
	for _, k := range e.kids {
		n += l.expr(k)
	}
	return n
}
