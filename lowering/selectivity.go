package lowering

import (
	"math"
	"slices"

	"github.com/prequel-db/prequel/planner/algebra"
	"github.com/prequel-db/prequel/planner/props"
	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// The shares of rows that conditions leave, where nothing better is known: a range's end leaves a third, what is told from NULL a tenth.
const (
	shareRange = 1.0 / 3
	shareNull  = 0.1
	shareOther = 0.4
)

// distinct estimates how many values a column has: what is declared or follows from keys, else what its type has room for.
func (r *relation) distinct(col int) float64 {
	if n := r.values[col]; n > 0 {
		return n
	}
	if stamps(r.cols[col].Type) {
		return math.Max(1, r.rows)
	}
	return math.Min(room(r.cols[col].Type), math.Max(2, math.Sqrt(math.Max(r.rows, 1))))
}

// stamps reports whether values of a type are expected to differ in about every row, as the times of events do.
func stamps(t value.Type) bool { return t.Kind == value.Timestamp || t.Kind == value.Timestamptz }

// room is the number of values that a type has, or is expected to be used for.
func room(t value.Type) float64 {
	switch {
	case t.Kind == value.Bool:
		return 2
	case t.Kind == value.Enum:
		return math.Max(2, float64(len(t.Enum.Labels)))
	case (t.Kind == value.Char || t.Kind == value.Varchar) && t.Mod >= 1 && t.Mod <= 3: // a code
		return math.Pow(8, float64(t.Mod))
	}
	return math.Inf(1)
}

// selectivity estimates the share of a scan's rows that meet a condition.
func (r *relation) selectivity(scan *algebra.Scan, e scalar.Expr) float64 {
	each := func(es []scalar.Expr, share func(float64) float64) float64 {
		out := 1.0
		for _, a := range es {
			out *= share(r.selectivity(scan, a))
		}
		return out
	}
	switch x := e.(type) {
	case *scalar.And:
		return each(x.Args, func(s float64) float64 { return s })
	case *scalar.Or:
		return 1 - each(x.Args, func(s float64) float64 { return 1 - s })
	case *scalar.Not:
		return 1 - r.selectivity(scan, x.Arg)
	case *scalar.IsNull:
		if x.Negated {
			return 1 - shareNull
		}
		return shareNull
	case *scalar.InList:
		if n := r.distinctOf(scan, x.Left); n > 0 && !x.All && scalar.ComparisonOf(x.Op) == scalar.EQ {
			return math.Min(1, float64(len(x.List))/n)
		}
	case *scalar.Call:
		if len(x.Args) != 2 {
			break
		}
		n := math.Max(r.distinctOf(scan, x.Args[0]), r.distinctOf(scan, x.Args[1]))
		switch op := scalar.ComparisonOf(x.Fn); {
		case op == scalar.EQ && n > 0:
			return 1 / n
		case op == scalar.NE && n > 0:
			return 1 - 1/n
		case op != scalar.NotComparison && op != scalar.EQ && op != scalar.NE:
			return shareRange
		}
	}
	return shareOther
}

// distinctOf is the number of values of a column of a scan, 0 for any other expression.
func (r *relation) distinctOf(scan *algebra.Scan, e scalar.Expr) float64 {
	c, ok := asStored(e).(*scalar.Column)
	if !ok {
		return 0
	}
	for i, id := range scan.Cols {
		if id == c.ID {
			return r.distinct(i)
		}
	}
	return 0
}

// matching estimates how many of a leaf's rows have the given values of hash keys.
func (g *gen) matching(leaf algebra.Rel, rows float64, keys []hashKey) float64 {
	var cols scalar.ColSet
	match := rows
	for _, k := range keys {
		n := math.Max(2, math.Sqrt(rows))
		if c, ok := k.inner.(*scalar.Column); ok {
			cols.Add(c.ID)
			if scan, ok := leaf.(*algebra.Scan); ok {
				n = math.Max(1, math.Min(rows, g.m.relationOf(scan.Table).distinctOf(scan, c)))
			}
		}
		match /= n
	}
	if !cols.Empty() && props.Of(leaf).Unique(cols) {
		return math.Min(match, 1)
	}
	return match
}

// implied adds to a join's conditions what its disjunctions say of one relation alone, so that it can be asked of that relation before it
// is joined: of (a.x = 1 AND b.y = 2) OR (a.x = 3 AND b.y = 4) that a.x is 1 or 3. The disjunction stays.
func (c *cluster) implied() {
	if len(c.leaves) < 2 {
		return
	}
	c.source = map[int]int{}
	for at, e := range slices.Clone(c.conjuncts) {
		or, ok := e.(*scalar.Or)
		if !ok || scalar.HasSubquery(e) || scalar.HasVolatile(e) {
			continue
		}
		for i, own := range c.outs {
			if _, scan := c.leaves[i].(*algebra.Scan); !scan || scalar.ColumnsIn(e).SubsetOf(own) {
				continue
			}
			var arms []scalar.Expr
			for _, arm := range or.Args {
				var mine []scalar.Expr
				for _, cond := range scalar.Conjuncts(arm) {
					if in := scalar.ColumnsIn(cond); !in.Empty() && in.SubsetOf(own) && props.Total(cond) {
						mine = append(mine, cond)
					}
				}
				if len(mine) == 0 {
					arms = nil
					break
				}
				arms = append(arms, scalar.Conjunction(mine...))
			}
			if len(arms) > 0 {
				c.source[len(c.conjuncts)] = at
				c.conjuncts = append(c.conjuncts, disjunction(arms))
			}
		}
	}
}

// disjunction is an OR of different conditions.
func disjunction(arms []scalar.Expr) scalar.Expr {
	var out []scalar.Expr
next:
	for _, a := range arms {
		for _, b := range out {
			if scalar.Equal(a, b) {
				continue next
			}
		}
		out = append(out, a)
	}
	if len(out) == 1 {
		return out[0]
	}
	return &scalar.Or{Node: scalar.Node{Typ: value.Of(value.Bool)}, Args: out}
}
