package value

import (
	"cmp"
	"math"
	"strings"
)

// Compare orders two values of a type, neither NULL, as PostgreSQL does: negative, 0 or positive. Text orders by bytes
// (collation "C"), NaN is equal to itself and greater than every number, char(n) ignores blanks at the end. Types without
// an order in PostgreSQL (json) compare by their text.
func Compare(t Type, a, b Value) int {
	switch a.form {
	case formInt:
		return cmp.Compare(a.n, b.n)
	case formFloat:
		return compareFloats(a.Float(), b.Float())
	}
	switch t.Kind {
	case Numeric:
		return splitDecimal(a.s).compare(splitDecimal(b.s))
	case Interval:
		x, errX := splitInterval(a.s)
		y, errY := splitInterval(b.s)
		if errX == nil && errY == nil {
			return x.total().Cmp(y.total())
		}
	case Array:
		x, errX := Elements(*t.Elem, a.s)
		y, errY := Elements(*t.Elem, b.s)
		if errX == nil && errY == nil {
			return compareElements(*t.Elem, x, y)
		}
	}
	return strings.Compare(bytesOrder(t, a.s), bytesOrder(t, b.s))
}

func compareFloats(a, b float64) int {
	switch {
	case math.IsNaN(a) && math.IsNaN(b):
		return 0
	case math.IsNaN(a):
		return 1
	case math.IsNaN(b):
		return -1
	}
	return cmp.Compare(a, b)
}

// compareElements orders arrays by their elements, NULL greater than every value, then by length.
func compareElements(elem Type, a, b []Value) int {
	for i := range min(len(a), len(b)) {
		c := 0
		switch {
		case a[i].IsNull() && b[i].IsNull():
		case a[i].IsNull():
			c = 1
		case b[i].IsNull():
			c = -1
		default:
			c = Compare(elem, a[i], b[i])
		}
		if c != 0 {
			return c
		}
	}
	return len(a) - len(b)
}
