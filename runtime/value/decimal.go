package value

import (
	"math"
	"strings"
)

// PostgreSQL's limits of numeric without a precision: digits before the point and after it.
const (
	maxWeight = 131072
	maxScale  = 16383
)

// A decimal is a numeric value taken apart. The digits are ASCII.
type decimal struct {
	class decimalClass
	neg   bool
	whole string // digits before the point, without leading zeros
	frac  string // digits after the point, as many as the scale
}

type decimalClass uint8

const (
	finite decimalClass = iota
	infinite
	notANumber
)

// splitDecimal takes numeric's canonical text apart.
func splitDecimal(text string) decimal {
	switch text {
	case "NaN":
		return decimal{class: notANumber}
	case "Infinity":
		return decimal{class: infinite}
	case "-Infinity":
		return decimal{class: infinite, neg: true}
	}
	var d decimal
	text, d.neg = strings.CutPrefix(text, "-")
	d.whole, d.frac, _ = strings.Cut(text, ".")
	d.whole = strings.TrimLeft(d.whole, "0")
	return d
}

func (d decimal) zero() bool {
	return d.class == finite && d.whole == "" && strings.Trim(d.frac, "0") == ""
}

// String is numeric's canonical text, which is PostgreSQL's output.
func (d decimal) String() string {
	switch {
	case d.class == notANumber:
		return "NaN"
	case d.class == infinite && d.neg:
		return "-Infinity"
	case d.class == infinite:
		return "Infinity"
	}
	var b strings.Builder
	b.Grow(len(d.whole) + len(d.frac) + 3)
	if d.neg && !d.zero() {
		b.WriteByte('-')
	}
	if d.whole == "" {
		b.WriteByte('0')
	}
	b.WriteString(d.whole)
	if d.frac != "" {
		b.WriteByte('.')
		b.WriteString(d.frac)
	}
	return b.String()
}

// round gives the value with the scale, rounding half away from zero. A negative scale rounds to tens, hundreds, ....
func (d decimal) round(scale int) decimal {
	if d.class != finite {
		return d
	}
	if scale >= len(d.frac) {
		d.frac += strings.Repeat("0", scale-len(d.frac))
		return d
	}
	digits := d.whole + d.frac
	keep := len(d.whole) + scale
	kept, up := "", false
	if keep >= 0 {
		kept, up = digits[:keep], digits[keep] >= '5'
	}
	if up {
		kept = increment(kept)
	}
	if scale <= 0 {
		kept += strings.Repeat("0", -scale)
		d.whole, d.frac = strings.TrimLeft(kept, "0"), ""
		return d
	}
	d.whole, d.frac = strings.TrimLeft(kept[:len(kept)-scale], "0"), kept[len(kept)-scale:]
	return d
}

// increment adds one to a string of digits.
func increment(digits string) string {
	b := []byte(digits)
	for i := len(b) - 1; i >= 0; i-- {
		if b[i] != '9' {
			b[i]++
			return string(b)
		}
		b[i] = '0'
	}
	return "1" + string(b)
}

// parseDecimal reads PostgreSQL's numeric input.
func parseDecimal(text string) (decimal, error) {
	s := trimSpace(text)
	var d decimal
	rest := s
	switch {
	case strings.HasPrefix(rest, "-"):
		d.neg, rest = true, rest[1:]
	case strings.HasPrefix(rest, "+"):
		rest = rest[1:]
	}
	switch lower := strings.ToLower(rest); {
	case lower == "nan" && rest == s:
		return decimal{class: notANumber}, nil
	case lower == "infinity" || lower == "inf":
		d.class = infinite
		return d, nil
	}
	whole, rest := leadingDigits(rest)
	frac := ""
	if strings.HasPrefix(rest, ".") {
		frac, rest = leadingDigits(rest[1:])
	}
	if whole == "" && frac == "" {
		return d, badSyntax("numeric", text)
	}
	exponent := 0
	if rest != "" && rest[0]|0x20 == 'e' {
		sign := 1
		rest = rest[1:]
		if rest != "" && (rest[0] == '-' || rest[0] == '+') {
			if rest[0] == '-' {
				sign = -1
			}
			rest = rest[1:]
		}
		var digits string
		digits, rest = leadingDigits(rest)
		if digits == "" {
			return d, badSyntax("numeric", text)
		}
		for _, c := range digits {
			if exponent = exponent*10 + int(c-'0'); exponent >= math.MaxInt32/2 {
				exponent = math.MaxInt32 / 2
			}
		}
		exponent *= sign
	}
	if rest != "" {
		return d, badSyntax("numeric", text)
	}
	if exponent >= math.MaxInt32/2 || exponent <= -math.MaxInt32/2 {
		return d, errorf(stateOutOfRange, "value overflows numeric format")
	}
	return d.shift(whole, frac, exponent)
}

// shift sets the digits to whole.frac times ten to the exponent, checking PostgreSQL's limits before it writes zeros.
func (d decimal) shift(whole, frac string, exponent int) (decimal, error) {
	overflow := errorf(stateOutOfRange, "value overflows numeric format")
	scale := max(len(frac)-exponent, 0)
	digits := strings.TrimLeft(whole+frac, "0")
	before := len(digits) - len(frac) + exponent // digits before the point
	if scale > maxScale || (digits != "" && before > maxWeight) {
		return d, overflow
	}
	switch {
	case digits == "":
		d.frac = strings.Repeat("0", scale)
	case before <= 0:
		d.frac = strings.Repeat("0", -before) + digits
		d.frac += strings.Repeat("0", max(0, scale-len(d.frac)))
	case before >= len(digits):
		d.whole = digits + strings.Repeat("0", before-len(digits))
		d.frac = strings.Repeat("0", scale)
	default:
		d.whole, d.frac = digits[:before], digits[before:]
		d.frac += strings.Repeat("0", max(0, scale-len(d.frac)))
	}
	return d, nil
}

// fit rounds to the scale of a numeric(p,s) and refuses what needs more digits than its precision.
func (d decimal) fit(t Type) (decimal, error) {
	if t.Mod == 0 || d.class == notANumber {
		return d, nil
	}
	if d.class == infinite {
		return d, errorf(stateOutOfRange, "numeric field overflow").
			detail("A field with precision %d, scale %d cannot hold an infinite value.", t.Mod, t.Scale)
	}
	d = d.round(t.Scale)
	limit := t.Mod - t.Scale // digits before the point
	digits := len(d.whole)
	if d.whole == "" && limit < 0 && !d.zero() {
		digits = -(len(d.frac) - len(strings.TrimLeft(d.frac, "0")))
	} else if d.whole == "" {
		return d, nil
	}
	if digits > limit {
		power := "10^"
		if limit == 0 {
			return d, errorf(stateOutOfRange, "numeric field overflow").
				detail("A field with precision %d, scale %d must round to an absolute value less than 1.", t.Mod, t.Scale)
		}
		return d, errorf(stateOutOfRange, "numeric field overflow").
			detail("A field with precision %d, scale %d must round to an absolute value less than %s%d.", t.Mod, t.Scale, power, limit)
	}
	return d, nil
}

// compare orders decimals as PostgreSQL orders numeric: -Infinity, finite, Infinity, NaN.
func (d decimal) compare(e decimal) int {
	if r := d.rank() - e.rank(); r != 0 {
		return r
	}
	if d.class != finite || d.zero() {
		return 0
	}
	c := compareMagnitude(d, e)
	if d.neg {
		return -c
	}
	return c
}

// rank is the class byte of the numeric key.
func (d decimal) rank() int {
	switch {
	case d.class == notANumber:
		return 6
	case d.class == infinite && d.neg:
		return 1
	case d.class == infinite:
		return 5
	case d.zero():
		return 3
	case d.neg:
		return 2
	}
	return 4
}

func compareMagnitude(d, e decimal) int {
	if len(d.whole) != len(e.whole) {
		return len(d.whole) - len(e.whole)
	}
	if c := strings.Compare(d.whole, e.whole); c != 0 {
		return c
	}
	return strings.Compare(strings.TrimRight(d.frac, "0"), strings.TrimRight(e.frac, "0"))
}

// significant returns the digits without leading and trailing zeros, and the exponent e of 0.d1d2d3... x 10^e.
func (d decimal) significant() (digits string, e int) {
	all := d.whole + d.frac
	digits = strings.TrimLeft(all, "0")
	e = len(d.whole) - (len(all) - len(digits))
	return strings.TrimRight(digits, "0"), e
}

func leadingDigits(s string) (digits, rest string) {
	n := 0
	for n < len(s) && s[n] >= '0' && s[n] <= '9' {
		n++
	}
	return s[:n], s[n:]
}

// trimSpace trims what C's isspace takes for white space in the C locale.
func trimSpace(s string) string { return strings.Trim(s, " \t\n\v\f\r") }
