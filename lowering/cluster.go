package lowering

import (
	"math"
	"slices"
	"strconv"

	"github.com/prequel-db/prequel/lowering/cost"
	"github.com/prequel-db/prequel/planner/algebra"
	"github.com/prequel-db/prequel/planner/delta"
	"github.com/prequel-db/prequel/planner/props"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// A cluster is a maximal tree of inner joins, filters and inner Applys: a set of leaves and conjuncts, joined in the order that costs
// least, each step by index lookup, hash lookup or loop over a buffered list. An Apply's right side is a leaf that is evaluated for each
// row of what is joined before it, which must bind the columns that it depends on: a subquery for each part comes before the join
// with the part's lines. It may then run for rows that the join drops, so that it must not raise an error.
type cluster struct {
	leaves    []algebra.Rel
	conjuncts []scalar.Expr
	outs      []scalar.ColSet
	narrowed  map[string]algebra.Rel // leaves under conditions, by their text
	source    map[int]int            // of a conjunct that another one implies, which one that is
}

func (c *cluster) flatten(rel algebra.Rel) {
	switch x := rel.(type) {
	case *algebra.Filter:
		c.flatten(x.In)
		c.conjuncts = append(c.conjuncts, scalar.Conjuncts(x.Cond)...)
	case *algebra.Join:
		if x.Kind == algebra.Inner {
			c.flatten(x.Left)
			c.flatten(x.Right)
			c.conjuncts = append(c.conjuncts, scalar.Conjuncts(x.On)...)
			return
		}
		c.leaf(rel)
	case *algebra.Apply:
		if x.Kind == algebra.Inner && !x.NullAware && props.TotalRel(x.Right) {
			c.flatten(x.Left)
			c.leaf(x.Right)
			c.conjuncts = append(c.conjuncts, scalar.Conjuncts(x.On)...)
			return
		}
		c.leaf(rel)
	case *algebra.Delta: // one row whose columns are bound already
	default:
		c.leaf(rel)
	}
}

func (c *cluster) leaf(rel algebra.Rel) {
	c.leaves = append(c.leaves, rel)
	c.outs = append(c.outs, algebra.OutputSet(rel))
}

// step joins one more leaf to what is bound so far.
type step struct {
	leaf    int
	access  *access // a scan read by its own access path
	in      node    // any other leaf, or a scan that is buffered
	keys    []hashKey
	lookUp  algebra.Rel   // what in is then: evaluated for each row before it
	filters []scalar.Expr // conjuncts that can be decided after this step
	n       float64       // rows after the step
	micros  float64       // cost of the step for all rows before it
	fetched cost.Poly     // rows looked at for each row before the step
}

// hashKey is an equality between a leaf's expression and one over what is bound before.
type hashKey struct {
	inner, outer scalar.Expr
	eq           *scalar.Func
	cond         scalar.Expr // the conjunct it came from
}

// clusterNode runs the steps as nested loops.
type clusterNode struct {
	estimate
	c     *cluster
	steps []*step
	// before are conjuncts that need none of the leaves.
	before []scalar.Expr
}

func (g *gen) buildCluster(rel algebra.Rel, avail scalar.ColSet, want *wanted) node {
	c := &cluster{}
	c.flatten(rel)
	c.implied()
	n := &clusterNode{c: c}
	all := scalar.ColSet{}
	for _, o := range c.outs {
		all.AddAll(o)
	}
	used := make([]bool, len(c.conjuncts))
	for i, e := range c.conjuncts {
		if !scalar.ColumnsIn(e).Intersects(all) && (!scalar.HasSubquery(e) || !props.Total(e)) {
			n.before = append(n.before, e)
			used[i] = true
		}
	}
	if len(c.leaves) == 1 {
		n.steps = []*step{g.planStep(c, 0, avail, used, 1, want)}
	} else {
		n.steps = g.inOrder(c, g.order(c, avail, slices.Clone(used)), avail, used, want)
	}
	n.n, n.size = 1, cost.Const(1)
	for _, s := range n.steps {
		n.n = s.n
		n.micros += s.micros
		n.size = n.size.Mul(s.fetched)
	}
	if len(n.steps) == 1 || want.limit() && len(n.steps) > 0 {
		s := n.steps[0]
		n.inOrder = s.access != nil && s.access.sorted || len(n.steps) == 1 && s.in != nil && s.in.ordered()
	}
	return n
}

// inOrder reads the first leaf of a join in the order that a LIMIT wants the rows in, where it is that leaf's to give: the others' rows
// follow its rows one by one, and most of them are never looked at.
func (g *gen) inOrder(c *cluster, steps []*step, avail scalar.ColSet, used []bool, want *wanted) []*step {
	if !want.limit() || len(steps) == 0 || want.of(c.outs[steps[0].leaf]) == nil {
		return steps
	}
	first := steps[0]
	u := slices.Clone(used)
	s := g.planStep(c, first.leaf, avail, u, 1, want)
	if s.access == nil || !s.access.sorted {
		return steps
	}
	out := []*step{s}
	bound := avail.Union(c.outs[s.leaf])
	for _, old := range steps[1:] {
		next := g.planStep(c, old.leaf, bound, u, out[len(out)-1].n, nil)
		bound = bound.Union(c.outs[old.leaf])
		out = append(out, next)
	}
	return out
}

// orderLimit is the number of leaves up to which all join orders are tried.
const orderLimit = 7

// order finds the cheapest left-deep join order: exactly for few leaves (dynamic programming over subsets), greedily for
// many.
func (g *gen) order(c *cluster, avail scalar.ColSet, used []bool) []*step {
	if len(c.leaves) > orderLimit {
		return g.greedy(c, avail, used)
	}
	type state struct {
		steps  []*step
		used   []bool
		micros float64
		n      float64
		avail  scalar.ColSet
	}
	states := map[uint]*state{0: {used: used, n: 1, avail: avail}}
	full := uint(1)<<len(c.leaves) - 1
	for set := uint(0); set < full; set++ {
		s := states[set]
		if s == nil {
			continue
		}
		for i := range c.leaves {
			bit := uint(1) << i
			if set&bit != 0 || !g.ready(c, i, s.avail, avail) {
				continue
			}
			u := append([]bool(nil), s.used...)
			st := g.planStep(c, i, s.avail, u, s.n, nil)
			t := &state{
				steps: append(append([]*step(nil), s.steps...), st), used: u,
				micros: s.micros + st.micros, n: st.n, avail: s.avail.Union(c.outs[i]),
			}
			if old := states[set|bit]; old == nil || t.micros < old.micros {
				states[set|bit] = t
			}
		}
	}
	return states[full].steps
}

func (g *gen) greedy(c *cluster, avail scalar.ColSet, used []bool) []*step {
	var steps []*step
	done := make([]bool, len(c.leaves))
	n, bound := 1.0, avail
	for range c.leaves {
		var best *step
		var bestUsed []bool
		score := math.Inf(1)
		for i := range c.leaves {
			if done[i] || !g.ready(c, i, bound, avail) {
				continue
			}
			u := append([]bool(nil), used...)
			st := g.planStep(c, i, bound, u, n, nil)
			if s := st.micros + st.n*costRow; s < score {
				best, bestUsed, score = st, u, s
			}
		}
		steps = append(steps, best)
		used, n = bestUsed, best.n
		done[best.leaf] = true
		bound = bound.Union(c.outs[best.leaf])
	}
	return steps
}

// refused is what reading a whole table costs where it is not allowed: more than any other order of a join.
const refused = 1e9

// whole reports whether a path may read a whole table that is not declared small.
func (a *access) whole() bool { return a.kind != accessRow && len(a.eq) == 0 && !a.rel.small() }

// scans reports whether a statement may read whole tables.
func (m *module) scans(s *algebra.Statement) bool { return m.opts.AllowScan || s.Options.AllowScan }

// ready reports whether a leaf's outer references (of a derived table that looks at its neighbours) are bound.
func (g *gen) ready(c *cluster, leaf int, bound, outer scalar.ColSet) bool {
	if _, ok := c.leaves[leaf].(*algebra.Scan); ok {
		return true
	}
	return algebra.FreeColumns(c.leaves[leaf]).Minus(outer).SubsetOf(bound)
}

// planStep joins a leaf to n rows over the bound columns. It marks the conjuncts it takes care of.
func (g *gen) planStep(c *cluster, leaf int, bound scalar.ColSet, used []bool, n float64, want *wanted) *step {
	s := &step{leaf: leaf}
	visible := bound.Union(c.outs[leaf])
	var mine []scalar.Expr
	last := true
	for i := range c.leaves {
		last = last && (i == leaf || c.outs[i].SubsetOf(visible))
	}
	for i, e := range c.conjuncts {
		if !used[i] && (scalar.ColumnsIn(e).SubsetOf(visible) || last) {
			used[i] = true
			if from, implied := c.source[i]; implied && scalar.ColumnsIn(c.conjuncts[from]).SubsetOf(visible) {
				continue // it is decided here itself
			}
			mine = append(mine, e)
		}
	}
	scan, isScan := c.leaves[leaf].(*algebra.Scan)
	if isScan {
		g.rawNullability(scan)
		a := chooseAccess(scan, g.m.relationOf(scan.Table), mine, bound, want, g.nullable)
		s.access, s.filters, s.fetched = a, a.residual, a.fetched
		s.n = math.Max(1, n*a.estimate)
		s.micros = n * a.probeCost
		if len(a.eq) == 0 && !a.rel.small() && !bound.Intersects(c.others(leaf)) {
			if or, rest := g.splitOr(scan, mine, bound); or != nil {
				s.access, s.in, s.filters, s.fetched = nil, or, rest, or.bound()
				s.n, s.micros = math.Max(1, n*or.n), n*or.micros
				return s
			}
		}
		if a.whole() && !g.scans && !(a.sorted && want.limit()) {
			s.micros += refused
		}
		if n < 4 || a.kind == accessRow && n < 50 {
			return s
		}
	}
	keys, rest := hashKeys(c, leaf, mine, bound)
	alone := scalar.ColSet{}
	if outer := algebra.FreeColumns(c.leaves[leaf]); !isScan && !outer.Empty() {
		alone = bound // a lateral derived table: evaluated anew for every row
		keys, rest = nil, mine
	}
	var local, later []scalar.Expr
	for _, e := range rest {
		if scalar.ColumnsIn(e).SubsetOf(c.outs[leaf]) && !scalar.HasSubquery(e) {
			local = append(local, e)
		} else {
			later = append(later, e)
		}
	}
	var in node
	if isScan {
		leaf := g.buildLeaf(scan, local, scalar.ColSet{})
		if leaf.steps[0].access.whole() && !g.scans {
			leaf.micros += refused
		}
		in = leaf
	} else {
		in = g.build(c.leaves[leaf], alone.Union(g.defined), want)
		later = rest
	}
	rows := math.Max(1, in.rows())
	match := g.matching(c.leaves[leaf], rows, keys)
	for range later {
		match *= shareOther
	}
	micros := in.time() + rows*costRow + n*costLua*2 + n*math.Max(match, 1)*costLua
	if n <= 1 || !alone.Empty() {
		micros = n * (in.time() + rows*costLua)
	}
	if isScan && micros >= s.micros {
		return s
	}
	s.access, s.in, s.keys, s.filters = nil, in, keys, later
	s.n, s.micros, s.fetched = math.Max(1, n*match), micros, in.bound()
	if !isScan && alone.Empty() && len(keys) > 0 {
		g.lookUp(c, s, bound, n)
	}
	return s
}

// lookUp makes of a step that reads a derived table into a map one that evaluates the derived table for each row, under the equalities
// with what is bound, when these reach an index and that is cheaper: a few of a maintained relation's groups, say.
func (g *gen) lookUp(c *cluster, s *step, bound scalar.ColSet, n float64) {
	var conds []scalar.Expr
	for _, k := range s.keys {
		conds = append(conds, k.cond)
	}
	rel := c.restricted(g, s.leaf, conds)
	if f, ok := rel.(*algebra.Filter); ok && !flattened(f.In) { // nothing reaches further down
		return
	}
	in := g.build(rel, bound.Union(g.defined), nil)
	micros := n * (in.time() + in.rows()*costLua)
	if micros >= s.micros {
		return
	}
	s.in, s.keys, s.lookUp, s.fetched, s.micros = in, nil, rel, in.bound(), micros
	s.n = math.Max(1, math.Min(s.n, n*in.rows()))
}

// flattened reports whether a cluster takes a relation apart or reads it by an access path.
func flattened(r algebra.Rel) bool {
	switch x := r.(type) {
	case *algebra.Scan:
		return true
	case *algebra.Join:
		return x.Kind == algebra.Inner
	}
	return false
}

// restricted is a leaf under conditions, pushed down as far as they go.
func (c *cluster) restricted(g *gen, leaf int, conds []scalar.Expr) algebra.Rel {
	key := strconv.Itoa(leaf)
	for _, e := range conds {
		key += " " + scalar.Format(e, g.cols)
	}
	if c.narrowed == nil {
		c.narrowed = map[string]algebra.Rel{}
	}
	if c.narrowed[key] == nil {
		c.narrowed[key] = delta.Restrict(c.leaves[leaf], conds, g.cols)
	}
	return c.narrowed[key]
}

// others are the columns of all leaves but one.
func (c *cluster) others(leaf int) scalar.ColSet {
	out := scalar.ColSet{}
	for i := range c.leaves {
		if i != leaf {
			out.AddAll(c.outs[i])
		}
	}
	return out
}

// rawNullability describes a scan's columns as they are stored: what a filter rules out is still there while it is tested.
func (g *gen) rawNullability(scan *algebra.Scan) {
	for i, id := range scan.Cols {
		if id != 0 {
			g.cols.Get(id).Nullable = g.m.relationOf(scan.Table).cols[i].Nullable
		}
	}
}

// buildLeaf is a scan with its own filters, read on its own.
func (g *gen) buildLeaf(scan *algebra.Scan, filters []scalar.Expr, avail scalar.ColSet) *clusterNode {
	c := &cluster{conjuncts: filters}
	c.leaf(scan)
	g.rawNullability(scan)
	a := chooseAccess(scan, g.m.relationOf(scan.Table), filters, avail, nil, g.nullable)
	st := &step{access: a, filters: a.residual, n: a.estimate, micros: a.probeCost, fetched: a.fetched}
	return &clusterNode{estimate: estimate{n: a.estimate, size: a.fetched, micros: a.probeCost}, c: c, steps: []*step{st}}
}

// hashKeys splits off the equalities between an expression over the leaf and one over what is bound.
func hashKeys(c *cluster, leaf int, conjuncts []scalar.Expr, bound scalar.ColSet) (keys []hashKey, rest []scalar.Expr) {
	for _, e := range conjuncts {
		call, ok := e.(*scalar.Call)
		if ok && len(call.Args) == 2 && scalar.ComparisonOf(call.Fn) == scalar.EQ && !scalar.HasSubquery(e) &&
			equatable(call.Args[0].Type(), call.Args[1].Type()) {
			l, r := scalar.ColumnsIn(call.Args[0]), scalar.ColumnsIn(call.Args[1])
			switch {
			case !l.Empty() && l.SubsetOf(c.outs[leaf]) && !r.Empty() && r.SubsetOf(bound):
				keys = append(keys, hashKey{inner: call.Args[0], outer: call.Args[1], eq: call.Fn, cond: e})
				continue
			case !r.Empty() && r.SubsetOf(c.outs[leaf]) && !l.Empty() && l.SubsetOf(bound):
				keys = append(keys, hashKey{inner: call.Args[1], outer: call.Args[0], eq: call.Fn, cond: e})
				continue
			}
		}
		rest = append(rest, e)
	}
	return keys, rest
}
