package workload

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// Ints is an integer[] in PostgreSQL's text form.
type Ints []int32

func (a Ints) String() string {
	return "{" + strings.Trim(strings.ReplaceAll(fmt.Sprint([]int32(a)), " ", ","), "[]") + "}"
}

// Decimal is a number in units of the last of its digits behind the point.
type Decimal struct {
	Units int64
	Scale int
}

func (d Decimal) String() string {
	sign, units := "", d.Units
	if units < 0 {
		sign, units = "-", -units
	}
	text := fmt.Sprintf("%0*d", d.Scale+1, units)
	return sign + text[:len(text)-d.Scale] + "." + text[len(text)-d.Scale:]
}

// cents is an amount of money.
func cents(n int64) Decimal { return Decimal{Units: n, Scale: 2} }

// random draws the values of the specification's clause 4.3.2.
type random struct{ *rand.Rand }

// between is a number from lo to hi, both included.
func (r random) between(lo, hi int) int { return lo + r.IntN(hi-lo+1) }

// nonUniform is NURand: some numbers come far oftener than others.
func (r random) nonUniform(a, c, lo, hi int) int {
	return (((r.between(0, a) | r.between(lo, hi)) + c) % (hi - lo + 1)) + lo
}

const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"

// text is a string of lo to hi letters and digits.
func (r random) text(lo, hi int) string { return r.of(letters, r.between(lo, hi)) }

// digits is a string of n digits.
func (r random) digits(n int) string { return r.of("0123456789", n) }

func (r random) of(alphabet string, n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = alphabet[r.IntN(len(alphabet))]
	}
	return string(b)
}

// data is a text that has ORIGINAL inside in one of ten cases.
func (r random) data() string {
	text := r.text(26, 50)
	if r.IntN(10) > 0 {
		return text
	}
	at := r.IntN(len(text) - 8)
	return text[:at] + "ORIGINAL" + text[at+8:]
}

// lastName is the name of a number below 1000: a syllable for each digit.
func lastName(n int) string {
	syllables := [10]string{"BAR", "OUGHT", "ABLE", "PRI", "PRES", "ESE", "ANTI", "CALLY", "ATION", "EING"}
	return syllables[n/100] + syllables[n/10%10] + syllables[n%10]
}
