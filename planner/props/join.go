package props

import (
	"github.com/prequel-db/prequel/planner/algebra"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// join derives a join's properties, and an Apply's: the right side's facts hold for each left row, whose columns count as
// constants there. outer are the left columns that an Apply's right side refers to: its facts hold for given values of them.
func (p *Props) join(kind algebra.JoinKind, l, r *Props, on scalar.Expr, outer scalar.ColSet) {
	switch kind {
	case algebra.Semi:
		p.inherit(l)
		p.someRow = false
		p.NotNull.AddAll(scalar.Requires(on).Intersect(l.Out))
		p.holdsLeft(on)
		return
	case algebra.Anti:
		p.inherit(l)
		p.someRow = false
		return
	case algebra.Full:
		return
	}
	p.NotNull = l.NotNull.Copy()
	p.Deps = append(p.Deps, l.Deps...)
	for _, k := range l.Keys {
		p.addDep(k, l.Out)
	}
	p.lax = append(p.lax, l.lax...)
	if kind == algebra.Inner {
		p.NotNull.AddAll(r.NotNull)
		p.Deps = append(p.Deps, rightDeps(r, scalar.ColSet{}, false, outer)...)
		if outer.Empty() {
			p.lax = append(p.lax, r.lax...)
		}
	} else {
		p.someRow = l.someRow
		p.Deps = append(p.Deps, rightDeps(r, r.NotNull, true, outer)...)
	}
	if kind == algebra.Inner {
		p.someRow = on == nil && l.someRow && r.someRow
		p.holds(on)
	}
	if matchesOne(l, r, on) {
		for _, k := range l.Keys {
			p.addKey(k)
		}
	}
	for _, lk := range l.Keys {
		for _, rk := range r.Keys {
			p.addKey(lk.Union(rk))
		}
	}
	if kind == algebra.Inner && outer.Empty() && matchesOne(r, l, on) {
		for _, k := range r.Keys {
			p.addKey(k)
		}
	}
}

// holdsLeft adds constants that a semi join's condition fixes on the left side.
func (p *Props) holdsLeft(on scalar.Expr) {
	for _, c := range scalar.Conjuncts(on) {
		if scalar.ColumnsIn(c).SubsetOf(p.Out) {
			p.holds(c)
		}
	}
}

// rightDeps are the right side's dependencies. Under a left join the row of NULLs must not meet a row with NULLs, so only
// dependencies from columns that are not NULL survive. Dependencies hold for given values of the outer columns.
func rightDeps(r *Props, notNull scalar.ColSet, padded bool, outer scalar.ColSet) []Dependency {
	var out []Dependency
	add := func(d Dependency) {
		if !padded || !d.From.Empty() && d.From.Intersects(notNull) {
			d.From = d.From.Union(outer)
			out = append(out, d)
		}
	}
	for _, d := range r.Deps {
		add(d)
	}
	for _, k := range r.Keys {
		if to := r.Out.Minus(k); !to.Empty() {
			add(Dependency{k, to})
		}
	}
	return out
}

// matchesOne reports whether each row of l meets at most one row of r: with l's columns known, the condition and r's own
// dependencies fix a key of r.
func matchesOne(l, r *Props, on scalar.Expr) bool {
	if r.AtMostOne() {
		return true
	}
	given := &Props{Out: l.Out.Union(r.Out), Deps: append([]Dependency(nil), r.Deps...)}
	given.lax = r.lax
	given.NotNull = r.NotNull.Copy()
	for _, k := range r.Keys {
		given.addDep(k, r.Out)
	}
	given.holds(on)
	all := given.Closure(l.Out)
	for _, k := range r.Keys {
		if k.SubsetOf(all) {
			return true
		}
	}
	for _, d := range r.lax { // unique constraints that the condition made into keys
		if r.Out.SubsetOf(d.To) && d.From.SubsetOf(given.NotNull) && d.From.SubsetOf(all) {
			return true
		}
	}
	return false
}

// MatchesOne reports whether each row of left meets at most one row of right under the condition.
func (c Cache) MatchesOne(left, right algebra.Rel, on scalar.Expr) bool {
	return matchesOne(c.Of(left), c.Of(right), on)
}
