package cost

import (
	"fmt"
	"math"
	"sort"
	"strings"
)

// Poly is a polynomial with non-negative coefficients over named sizes: rows(vehicles), pings/vehicle_id, $limit. A key is
// a monomial, its factors sorted and joined by "*"; "" is the constant term. The zero value is 0.
type Poly map[string]float64

// Const is a constant.
func Const(c float64) Poly {
	if c == 0 {
		return Poly{}
	}
	return Poly{"": c}
}

// Size is one named size.
func Size(name string) Poly { return Poly{name: 1} }

// Add is the sum.
func (p Poly) Add(q Poly) Poly {
	r := make(Poly, len(p)+len(q))
	for m, c := range p {
		r[m] += c
	}
	for m, c := range q {
		r[m] += c
	}
	return r
}

// Mul is the product.
func (p Poly) Mul(q Poly) Poly {
	r := make(Poly, len(p)*len(q))
	for m, c := range p {
		for n, d := range q {
			r[mulMonomials(m, n)] += c * d
		}
	}
	return r
}

// Max is an upper bound of both: coefficient by coefficient.
func (p Poly) Max(q Poly) Poly {
	r := make(Poly, len(p)+len(q))
	for m, c := range p {
		r[m] = c
	}
	for m, c := range q {
		r[m] = math.Max(r[m], c)
	}
	return r
}

func mulMonomials(m, n string) string {
	switch {
	case m == "":
		return n
	case n == "":
		return m
	}
	fs := append(strings.Split(m, "*"), strings.Split(n, "*")...)
	sort.Strings(fs)
	return strings.Join(fs, "*")
}

// Eval gives the value for concrete sizes; a size that is missing counts as fallback.
func (p Poly) Eval(sizes map[string]float64, fallback float64) float64 {
	total := 0.0
	for m, c := range p {
		if m != "" {
			for _, f := range strings.Split(m, "*") {
				if v, ok := sizes[f]; ok {
					c *= v
				} else {
					c *= fallback
				}
			}
		}
		total += c
	}
	return total
}

// Sizes lists the named sizes that occur, sorted.
func (p Poly) Sizes() []string {
	set := map[string]bool{}
	for m, c := range p {
		if m == "" || c == 0 {
			continue
		}
		for _, f := range strings.Split(m, "*") {
			set[f] = true
		}
	}
	names := make([]string, 0, len(set))
	for n := range set {
		names = append(names, n)
	}
	sort.Strings(names)
	return names
}

// IsConst reports whether no size occurs.
func (p Poly) IsConst() bool { return len(p.Sizes()) == 0 }

// String prints the terms, constant first, then by name: 3 + 2*rows(t).
func (p Poly) String() string {
	ms := make([]string, 0, len(p))
	for m, c := range p {
		if c != 0 {
			ms = append(ms, m)
		}
	}
	if len(ms) == 0 {
		return "0"
	}
	sort.Strings(ms)
	out := make([]string, len(ms))
	for i, m := range ms {
		c := p[m]
		switch {
		case m == "":
			out[i] = number(c)
		case c == 1:
			out[i] = m
		default:
			out[i] = number(c) + "*" + m
		}
	}
	return strings.Join(out, " + ")
}

func number(c float64) string {
	if c == math.Trunc(c) {
		return fmt.Sprintf("%.0f", c)
	}
	return fmt.Sprintf("%.2g", c)
}
