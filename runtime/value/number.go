package value

import (
	"bytes"
	"errors"
	"math"
	"math/bits"
	"strconv"
	"strings"
)

// intRange is the range of an integer kind.
func intRange(k Kind) (lo, hi int64) {
	switch k {
	case Int2:
		return math.MinInt16, math.MaxInt16
	case Int4:
		return math.MinInt32, math.MaxInt32
	}
	return math.MinInt64, math.MaxInt64
}

func parseInt(t Type, text string) (Value, error) {
	s := trimSpace(text)
	sign := 0
	if s != "" && (s[0] == '-' || s[0] == '+') {
		sign = 1
	}
	digits, rest := leadingDigits(s[sign:])
	if digits == "" {
		return Null, badSyntax(t.String(), text)
	}
	n, err := strconv.ParseInt(s[:sign+len(digits)], 10, 64)
	lo, hi := intRange(t.Kind)
	if err != nil || n < lo || n > hi { // before what follows is looked at, as PostgreSQL does
		return Null, errorf(stateOutOfRange, "value %q is out of range for type %s", quotable(text), t)
	}
	if rest != "" {
		return Null, badSyntax(t.String(), text)
	}
	return Int(n), nil
}

func parseBool(text string) (Value, error) {
	s := strings.ToLower(trimSpace(text))
	prefixOf := func(word string, least int) bool { return len(s) >= least && strings.HasPrefix(word, s) }
	switch {
	case s == "1", prefixOf("true", 1), prefixOf("yes", 1), s == "on":
		return FromBool(true), nil
	case s == "0", prefixOf("false", 1), prefixOf("no", 1), prefixOf("off", 2):
		return FromBool(false), nil
	}
	return Null, badSyntax("boolean", text)
}

// parseFloat reads what C's strtod reads, as PostgreSQL does: also hexadecimal numbers.
func parseFloat(t Type, text string) (Value, error) {
	width := 64
	if t.Kind == Float4 {
		width = 32
	}
	s := trimSpace(text)
	unsigned := s
	if unsigned != "" && (unsigned[0] == '-' || unsigned[0] == '+') {
		unsigned = unsigned[1:]
	}
	switch strings.ToLower(unsigned) {
	case "nan":
		return Float(math.NaN()), nil
	case "inf", "infinity":
		sign := 1
		if s[0] == '-' {
			sign = -1
		}
		return Float(math.Inf(sign)), nil
	}
	length, nonzero := floatPrefix(unsigned)
	if length == 0 {
		return Null, badSyntax(t.String(), text)
	}
	number := s[:len(s)-len(unsigned)+length]
	goNumber := number
	if lower := strings.ToLower(unsigned); strings.HasPrefix(lower, "0x") && length > 1 && !strings.Contains(lower[:length], "p") {
		goNumber += "p0" // Go wants the exponent that C leaves out
	}
	f, err := strconv.ParseFloat(goNumber, width)
	if err != nil && !errors.Is(err, strconv.ErrRange) {
		return Null, badSyntax(t.String(), text)
	}
	if math.IsInf(f, 0) || (f == 0 && nonzero) { // before what follows is looked at, as PostgreSQL does
		return Null, errorf(stateOutOfRange, "%q is out of range for type %s", quotable(number), t)
	}
	if length < len(unsigned) {
		return Null, badSyntax(t.String(), text)
	}
	return Float(f), nil
}

// floatPrefix is the length of the longest unsigned decimal or hexadecimal number that s begins with, and whether its digits are
// not all zero.
func floatPrefix(s string) (length int, nonzero bool) {
	if len(s) > 1 && s[0] == '0' && s[1]|0x20 == 'x' {
		if length, nonzero = numberPrefix(s[2:], "0123456789abcdefABCDEF", 'p'); length > 0 {
			return length + 2, nonzero
		}
	}
	return numberPrefix(s, "0123456789", 'e')
}

func numberPrefix(s, digits string, exponent byte) (length int, nonzero bool) {
	count, point, n := 0, false, 0
	for n < len(s) && (strings.IndexByte(digits, s[n]) >= 0 || (s[n] == '.' && !point)) {
		if s[n] == '.' {
			point = true
		} else {
			count++
			nonzero = nonzero || s[n] != '0'
		}
		n++
	}
	if count == 0 {
		return 0, false
	}
	if n < len(s) && s[n]|0x20 == exponent {
		e := n + 1
		if e < len(s) && (s[e] == '-' || s[e] == '+') {
			e++
		}
		if d, _ := leadingDigits(s[e:]); d != "" {
			n = e + len(d)
		}
	}
	return n, nonzero
}

// appendFloat writes a float as PostgreSQL prints it: the shortest digits that read back, in plain notation when the
// exponent is at least -4 and below 15 (below 6 for real), with at least two digits of exponent otherwise.
func appendFloat(dst []byte, k Kind, f float64) []byte {
	switch {
	case math.IsNaN(f):
		return append(dst, "NaN"...)
	case math.IsInf(f, 1):
		return append(dst, "Infinity"...)
	case math.IsInf(f, -1):
		return append(dst, "-Infinity"...)
	}
	width, most := 64, 15
	if k == Float4 {
		width, most = 32, 6
	}
	var buf [32]byte
	e := strconv.AppendFloat(buf[:0], f, 'e', -1, width)
	if onBoundary(f, width, e) {
		e = insideDigits(buf[:0], f, width, e)
	}
	e = evenTie(f, width, e)
	mark := len(e) - 1
	for e[mark] != 'e' {
		mark--
	}
	exponent, _ := strconv.Atoi(string(e[mark+1:]))
	if f != 0 && (exponent < -4 || exponent >= most) {
		return append(dst, e...)
	}
	return appendPlain(dst, e[:mark], exponent)
}

// appendPlain writes d.ddd times ten to the exponent, which is between -4 and 14, without an exponent.
func appendPlain(dst, mantissa []byte, exponent int) []byte {
	if mantissa[0] == '-' {
		dst, mantissa = append(dst, '-'), mantissa[1:]
	}
	digits := append([]byte{mantissa[0]}, mantissa[min(2, len(mantissa)):]...)
	switch {
	case exponent < 0:
		dst = append(dst, "0."...)
		for range -exponent - 1 {
			dst = append(dst, '0')
		}
		return append(dst, digits...)
	case exponent >= len(digits)-1:
		dst = append(dst, digits...)
		for range exponent - len(digits) + 1 {
			dst = append(dst, '0')
		}
		return dst
	}
	dst = append(append(dst, digits[:exponent+1]...), '.')
	return append(dst, digits[exponent+1:]...)
}

// onBoundary reports whether shortest digits, in the form d.ddde+dd, are exactly half way between f and a neighbour. They
// read back as f by the rule of the even mantissa, but PostgreSQL does not rely on that rule and prints more digits:
// 1e23 as 9.999999999999999e+22.
func onBoundary(f float64, width int, shortest []byte) bool {
	mantissa, exponent := mantissaOf(f, width)
	if mantissa%2 == 1 || mantissa == 0 {
		return false
	}
	below, belowExponent := 2*mantissa-1, exponent-1
	if mantissa == 1<<52 || width == 32 && mantissa == 1<<23 {
		below, belowExponent = 4*mantissa-1, exponent-2 // below a power of two the neighbour is closer
	}
	digits, power := digitsOf(shortest)
	return isProduct(digits, power, 2*mantissa+1, exponent-1) || isProduct(digits, power, below, belowExponent)
}

// evenTie takes digits that were rounded up from exactly half way down to the even digit below, as PostgreSQL rounds.
func evenTie(f float64, width int, shortest []byte) []byte {
	last := bytes.IndexByte(shortest, 'e') - 1
	if last < 0 || shortest[last]%2 == 0 {
		return shortest
	}
	digits, power := digitsOf(shortest)
	mantissa, exponent := mantissaOf(f, width)
	if !isProduct(10*digits-5, power-1, mantissa>>bits.TrailingZeros64(mantissa), exponent+bits.TrailingZeros64(mantissa)) {
		return shortest
	}
	shortest[last]--
	if back, err := strconv.ParseFloat(string(shortest), width); err != nil || back != f || onBoundary(f, width, shortest) {
		shortest[last]++
	}
	return shortest
}

// isProduct reports whether digits * 10^power = odd * 2^exponent, where odd is odd.
func isProduct(digits uint64, power int, odd uint64, exponent int) bool {
	left, leftFits := timesPower5(digits, power)
	right, rightFits := timesPower5(odd, -power)
	twos := bits.TrailingZeros64(left)
	return leftFits && rightFits && twos+power == exponent && left>>twos == right
}

// digitsOf splits d.ddde+dd into digits * 10^power, without zeros at the end.
func digitsOf(e []byte) (digits uint64, power int) {
	mark := bytes.IndexByte(e, 'e')
	power, _ = strconv.Atoi(string(e[mark+1:]))
	mantissa := bytes.TrimRight(e[:mark], "0.")
	point := false
	for _, c := range mantissa {
		switch {
		case c == '.':
			point = true
		case isDigit(c):
			digits = digits*10 + uint64(c-'0')
			if point {
				power--
			}
		}
	}
	return digits, power
}

// timesPower5 is n * 5^power, n itself for negative powers; fits is false when it needs more than 64 bits.
func timesPower5(n uint64, power int) (product uint64, fits bool) {
	for range power {
		hi, lo := bits.Mul64(n, 5)
		if hi != 0 {
			return 0, false
		}
		n = lo
	}
	return n, true
}

// mantissaOf takes a finite float apart: f = mantissa * 2^exponent.
func mantissaOf(f float64, width int) (mantissa uint64, exponent int) {
	if width == 32 {
		b := math.Float32bits(float32(f))
		mantissa, exponent = uint64(b&(1<<23-1)), int(b>>23&0xff)
		if exponent == 0 {
			return mantissa, -149
		}
		return mantissa | 1<<23, exponent - 150
	}
	b := math.Float64bits(f)
	mantissa, exponent = b&(1<<52-1), int(b>>52&0x7ff)
	if exponent == 0 {
		return mantissa, -1074
	}
	return mantissa | 1<<52, exponent - 1075
}

// insideDigits finds the shortest digits that read back as f and are not half way to a neighbour.
func insideDigits(dst []byte, f float64, width int, shortest []byte) []byte {
	digits := bytes.IndexByte(bytes.TrimLeft(shortest, "-"), 'e') // with the point, or 1
	for precision := max(digits-2, 0); ; precision++ {
		e := strconv.AppendFloat(dst, f, 'e', precision, width)
		if back, err := strconv.ParseFloat(string(e), width); precision >= 17 || err == nil && back == f && !onBoundary(f, width, e) {
			return e
		}
	}
}

func parseNumeric(t Type, text string) (Value, error) {
	d, err := parseDecimal(text)
	if err != nil {
		return Null, err
	}
	if d, err = d.fit(t); err != nil {
		return Null, err
	}
	return String(d.String()), nil
}
