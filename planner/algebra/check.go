package algebra

import (
	"fmt"

	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// CheckStatement verifies the invariants of the package on a whole statement.
func CheckStatement(s *Statement) error {
	c := checker{cols: s.Columns, produced: map[ColumnID]bool{}}
	switch b := s.Body.(type) {
	case *Routine:
		b.Each(func(inner Body) {
			if c.err == nil {
				part := *s
				part.Body = inner
				c.err = CheckStatement(&part)
			}
		})
	case *Query:
		c.root(b.Root)
		for _, o := range b.Outputs {
			c.need(OutputSet(b.Root), scalar.SetOf(o.ID), "the statement's output")
		}
	case *Insert:
		c.root(b.Source)
		for _, e := range b.Assign {
			c.expr(e, OutputSet(b.Source), "insert")
		}
	case *Update:
		c.root(b.Source)
		c.need(OutputSet(b.Source), scalar.SetOf(b.Old...).Union(scalar.SetOf(b.RowID)), "update")
		for _, a := range b.Set {
			c.expr(a.Expr, OutputSet(b.Source), "update")
		}
	case *Delete:
		c.root(b.Source)
		c.need(OutputSet(b.Source), scalar.SetOf(b.Old...).Union(scalar.SetOf(b.RowID)), "delete")
	case *Compound:
		bodies := []Body{b.Main}
		for _, p := range b.Parts {
			bodies = append(bodies, p.Body)
		}
		for _, w := range bodies {
			part := *s
			if part.Body = w; c.err == nil {
				c.err = CheckStatement(&part)
			}
		}
	}
	for _, t := range EffectsOf(s.Body).Triggers {
		part := *s
		part.Body = &Routine{t.Body}
		if c.err == nil {
			c.err = CheckStatement(&part)
		}
	}
	return c.err
}

// Check verifies that in r every column used is produced below or is in outer, that no id is produced twice, that types are
// what operators need, and that expressions hold only what the algebra allows.
func Check(r Rel, cols *scalar.Columns, outer scalar.ColSet) error {
	c := checker{cols: cols, produced: map[ColumnID]bool{}}
	c.rel(r, outer)
	return c.err
}

type checker struct {
	cols     *scalar.Columns
	produced map[ColumnID]bool
	err      error
}

func (c *checker) failf(r Rel, format string, args ...any) {
	if c.err != nil {
		return
	}
	where := ""
	if r != nil {
		where = " in\n" + Format(r, c.cols)
	}
	c.err = fmt.Errorf("algebra: %s%s", fmt.Sprintf(format, args...), where)
}

func (c *checker) root(r Rel) { c.rel(r, scalar.ColSet{}) }

func (c *checker) need(have, want scalar.ColSet, where string) {
	if missing := want.Minus(have); !missing.Empty() {
		c.failf(nil, "%s uses %s, which nothing produces", where, scalar.FormatColumn(missing.Ordered()[0], c.cols))
	}
}

func (c *checker) rel(r Rel, outer scalar.ColSet) {
	visible := outer.Copy()
	for i, in := range Children(r) {
		seen := outer
		if a, ok := r.(*Apply); ok && i == 1 {
			seen = outer.Union(OutputSet(a.Left))
		}
		c.rel(in, seen)
		visible.AddAll(OutputSet(in))
	}
	if missing := Uses(r).Minus(visible); !missing.Empty() {
		c.failf(r, "%s is used and nothing produces it", scalar.FormatColumn(missing.Ordered()[0], c.cols))
	}
	for _, id := range introduced(r) {
		if int(id) >= len(c.cols.Infos) || id <= 0 {
			c.failf(r, "column %d is not in the column table", id)
			return
		}
		if c.produced[id] {
			c.failf(r, "%s is produced twice", scalar.FormatColumn(id, c.cols))
		}
		c.produced[id] = true
	}
	for _, e := range Exprs(r) {
		c.expr(e, visible, "")
	}
	c.shape(r)
}

// shape checks what the operators' comments promise.
func (c *checker) shape(r Rel) {
	switch x := r.(type) {
	case *Scan:
		if len(x.Cols) != len(x.Table.Columns) {
			c.failf(r, "%d columns for a table of %d", len(x.Cols), len(x.Table.Columns))
		}
	case *Values:
		for _, row := range x.Rows {
			if len(row) != len(x.Cols) {
				c.failf(r, "a row of %d values for %d columns", len(row), len(x.Cols))
			}
		}
	case *Filter:
		c.condition(r, x.Cond)
	case *Join:
		if x.On != nil {
			c.condition(r, x.On)
		}
		if FreeColumns(x.Right).Intersects(OutputSet(x.Left)) || FreeColumns(x.Left).Intersects(OutputSet(x.Right)) {
			c.failf(r, "a join's input refers to the other")
		}
	case *Apply:
		if x.Kind == Full {
			c.failf(r, "a full Apply")
		}
		if x.On != nil {
			c.condition(r, x.On)
		}
	case *GroupBy:
		if x.Scalar != (len(x.Keys) == 0) && x.Scalar {
			c.failf(r, "a scalar aggregation with keys")
		}
	case *RecursiveUnion:
		if len(x.Cols) != len(x.SeedCols) || len(x.Cols) != len(x.StepCols) {
			c.failf(r, "sides of different width")
		}
		c.inputs(r, x.Seed, x.SeedCols)
		c.inputs(r, x.Step, x.StepCols)
	case *SetOp:
		if len(x.Cols) != len(x.LeftCols) || len(x.Cols) != len(x.RightCols) {
			c.failf(r, "sides of different width")
		}
		c.inputs(r, x.Left, x.LeftCols)
		c.inputs(r, x.Right, x.RightCols)
	case *TopK:
		if bound := Uses(&TopK{In: x.In, Limit: x.Limit, Offset: x.Offset}); bound.Intersects(OutputSet(x.In)) {
			c.failf(r, "a limit that depends on the row")
		}
	case *Project:
		seen := map[ColumnID]bool{}
		for _, it := range x.Items {
			if seen[it.ID] {
				c.failf(r, "%s occurs twice", scalar.FormatColumn(it.ID, c.cols))
			}
			seen[it.ID] = true
			if want, got := c.cols.Get(it.ID).Type, it.Expr.Type(); !want.SameBase(got) {
				c.failf(r, "%s has type %s and its expression %s", scalar.FormatColumn(it.ID, c.cols), want, got)
			}
		}
	}
}

func (c *checker) inputs(r, in Rel, ids []ColumnID) {
	if !scalar.SetOf(ids...).SubsetOf(OutputSet(in)) {
		c.failf(r, "a column that its side does not produce")
	}
}

func (c *checker) condition(r Rel, e scalar.Expr) {
	and, ok := e.(*scalar.And)
	if !ok {
		c.failf(r, "a condition that is not a conjunction")
		return
	}
	for _, a := range and.Args {
		if _, nested := a.(*scalar.And); nested {
			c.failf(r, "a conjunction in a conjunction")
		}
		if a.Type().Kind != value.Bool {
			c.failf(r, "a condition of type %s", a.Type())
		}
	}
}

func (c *checker) expr(e scalar.Expr, visible scalar.ColSet, where string) {
	if where != "" {
		c.need(visible, scalar.ColumnsIn(e), where)
	}
	scalar.Walk(e, func(x scalar.Expr) bool {
		switch x := x.(type) {
		case *scalar.Agg, *scalar.WindowCall, *scalar.Grouping:
			c.failf(nil, "%s in an expression of the algebra", scalar.Format(x, c.cols))
		case *scalar.Column:
			if int(x.ID) < len(c.cols.Infos) && !c.cols.Get(x.ID).Type.SameBase(x.Typ) {
				c.failf(nil, "%s is used as %s and is %s", scalar.FormatColumn(x.ID, c.cols), x.Typ, c.cols.Get(x.ID).Type)
			}
		case *scalar.Subquery:
			inner, ok := x.Query.(Rel)
			if !ok {
				c.failf(nil, "a subquery that is not translated")
				return false
			}
			c.rel(inner, visible)
		}
		return true
	})
}
