package value

import (
	"encoding/binary"
	"fmt"
	"math/big"
	"strings"
)

// A SortCol is one column of a sort key (docs/values.md).
type SortCol struct {
	Type     Type `json:"type"`
	Nullable bool `json:"nullable,omitempty"`
	// Desc complements every byte: greater values stand first in the order of the bytes.
	Desc bool `json:"desc,omitempty"`
	// NullsFirst says where NULL stands before any complement: with Desc, NULLs first here are last in the finished key.
	NullsFirst bool `json:"nullsFirst,omitempty"`
}

// Lossless reports whether a value can be read back from its sort key exactly: not numeric (the scale is lost), floats (the
// sign of zero), char(n) without a length (blanks) and interval (its parts).
func (c SortCol) Lossless() bool {
	switch c.Type.Kind {
	case Numeric, Float4, Float8, Interval:
		return false
	case Char:
		return c.Type.Mod > 0
	}
	return true
}

// The marker bytes of a nullable column before any complement.
const (
	markNullLow  = 0
	markValue    = 1
	markNullHigh = 2
)

// AppendSort appends the form of a value in a sort key. NULL needs a nullable column.
func AppendSort(dst []byte, c SortCol, v Value) ([]byte, error) {
	start := len(dst)
	switch {
	case v.IsNull() && !c.Nullable:
		return dst, fmt.Errorf("NULL in a sort key column of type %s, which is not nullable", c.Type)
	case v.IsNull():
		if c.NullsFirst {
			dst = append(dst, markNullLow)
		} else {
			dst = append(dst, markNullHigh)
		}
	default:
		if c.Nullable {
			dst = append(dst, markValue)
		}
		var err error
		if dst, err = appendSortForm(dst, c.Type, v); err != nil {
			return dst[:start], err
		}
	}
	if c.Desc {
		for i := start; i < len(dst); i++ {
			dst[i] ^= 0xff
		}
	}
	return dst, nil
}

func appendSortForm(dst []byte, t Type, v Value) ([]byte, error) {
	if err := check(t, v); err != nil {
		return dst, err
	}
	switch t.Kind {
	case Float4, Float8:
		if v.Float() == 0 {
			v = Float(0) // -0 sorts as 0
		}
		return AppendPacked(dst, t, v)
	case Numeric:
		return appendNumericKey(dst, splitDecimal(v.s)), nil
	case Text, Varchar, Char, JSON, JSONB, Unknown:
		s := bytesOrder(t, v.s)
		if strings.IndexByte(s, 0) >= 0 {
			return dst, CheckText(s)
		}
		return append(append(dst, s...), 0), nil
	case Bytea:
		for i := range len(v.s) {
			if dst = append(dst, v.s[i]); v.s[i] == 0 {
				dst = append(dst, 1)
			}
		}
		return append(dst, 0, 0), nil
	case Interval:
		p, err := splitInterval(v.s)
		if err != nil {
			return dst, err
		}
		n := p.total()
		n.Add(n, new(big.Int).Lsh(big.NewInt(1), 127)) // flips the sign bit of the 16 bytes
		return append(dst, n.FillBytes(make([]byte, 16))...), nil
	}
	if t.FixedWidth() > 0 {
		return AppendPacked(dst, t, v)
	}
	return dst, errorf(stateNotSupported, "values of type %s have no sort key", t)
}

// appendNumericKey writes the numeric key of docs/values.md.
func appendNumericKey(dst []byte, d decimal) []byte {
	class := d.rank()
	dst = append(dst, byte(class))
	if class != 2 && class != 4 {
		return dst
	}
	start := len(dst)
	digits, e := d.significant()
	switch {
	case e >= 32000:
		dst = binary.BigEndian.AppendUint32(append(dst, 0xff, 0xff), uint32(int64(e)+1<<31))
	case e <= -32000:
		dst = binary.BigEndian.AppendUint32(append(dst, 0, 0), uint32(int64(e)+1<<31))
	default:
		dst = binary.BigEndian.AppendUint16(dst, uint16(e+1<<15))
	}
	for i := 0; i < len(digits); i += 2 {
		pair := 10 * (digits[i] - '0')
		if i+1 < len(digits) {
			pair += digits[i+1] - '0'
		}
		dst = append(dst, pair+1)
	}
	dst = append(dst, 0)
	if class == 2 {
		for i := start; i < len(dst); i++ {
			dst[i] ^= 0xff
		}
	}
	return dst
}

// CutSort reads the first column of a key and returns what follows it. The value is exact when the column is Lossless;
// otherwise it is equal to what was written. It fails on bytes that AppendSort does not write.
func CutSort(c SortCol, key string) (v Value, rest string, err error) {
	n, null, err := sortLength(c, key)
	if err != nil {
		return Null, "", err
	}
	form, rest := key[:n], key[n:]
	if null {
		return Null, rest, nil
	}
	if c.Desc {
		form = complement(form)
	}
	if c.Nullable {
		form = form[1:]
	}
	v, err = decodeSortForm(c.Type, form)
	return v, rest, err
}

// SkipSort returns what follows the columns of a key.
func SkipSort(cols []SortCol, key string) (string, error) {
	for _, c := range cols {
		n, _, err := sortLength(c, key)
		if err != nil {
			return "", err
		}
		key = key[n:]
	}
	return key, nil
}

// sortLength is the number of bytes of the first column of a key, and whether it is NULL.
func sortLength(c SortCol, key string) (n int, null bool, err error) {
	bad := func() (int, bool, error) {
		return 0, false, fmt.Errorf("bad sort key column of type %s: %q", c.Type, key[:min(len(key), 32)])
	}
	flip := byte(0)
	if c.Desc {
		flip = 0xff
	}
	if c.Nullable {
		if key == "" {
			return bad()
		}
		switch key[0] ^ flip {
		case markNullLow, markNullHigh:
			return 1, true, nil
		case markValue:
			n = 1
		default:
			return bad()
		}
	}
	width := c.Type.FixedWidth()
	switch c.Type.Kind {
	case Interval:
		width = 16
	case Numeric:
		m := numericKeyLength(key[n:], flip)
		if m == 0 {
			return bad()
		}
		return n + m, false, nil
	case Bytea:
		for n < len(key) {
			if key[n]^flip != 0 {
				n++
				continue
			}
			if n+1 >= len(key) {
				break
			}
			if n += 2; key[n-1]^flip == 0 {
				return n, false, nil
			}
		}
		return bad()
	}
	if width > 0 {
		if n+width > len(key) {
			return bad()
		}
		return n + width, false, nil
	}
	end := strings.IndexByte(key[n:], flip)
	if end < 0 {
		return bad()
	}
	return n + end + 1, false, nil
}

// numericKeyLength is the length of a numeric key, 0 when it is not one.
func numericKeyLength(key string, flip byte) int {
	if key == "" {
		return 0
	}
	class := key[0] ^ flip
	if class != 2 && class != 4 {
		return 1
	}
	if class == 2 {
		flip ^= 0xff
	}
	if len(key) < 3 {
		return 0
	}
	n := 3
	if high := key[1] ^ flip; high == key[2]^flip && (high == 0 || high == 0xff) {
		n = 7
	}
	for ; n < len(key); n++ {
		if key[n]^flip == 0 {
			return n + 1
		}
	}
	return 0
}

func complement(s string) string {
	b := []byte(s)
	for i := range b {
		b[i] ^= 0xff
	}
	return string(b)
}

func decodeSortForm(t Type, s string) (Value, error) {
	switch t.Kind {
	case Numeric:
		return decodeNumericKey(s)
	case Bytea:
		return String(strings.ReplaceAll(s[:len(s)-2], "\x00\x01", "\x00")), nil
	case Interval:
		n := new(big.Int).SetBytes([]byte(s))
		n.Sub(n, new(big.Int).Lsh(big.NewInt(1), 127))
		days, micros := new(big.Int).QuoRem(n, big.NewInt(microsPerDay), new(big.Int))
		months, rest := new(big.Int).QuoRem(days, big.NewInt(30), new(big.Int))
		return FromInterval(int32(months.Int64()), int32(rest.Int64()), micros.Int64()), nil
	case Char:
		padded, err := fitText(t, s[:len(s)-1])
		return String(padded), err
	}
	if t.FixedWidth() > 0 {
		return DecodePacked(t, s)
	}
	return String(s[:len(s)-1]), nil
}

func decodeNumericKey(s string) (Value, error) {
	var d decimal
	switch s[0] {
	case 1:
		return String("-Infinity"), nil
	case 3:
		return String("0"), nil
	case 5:
		return String("Infinity"), nil
	case 6:
		return String("NaN"), nil
	case 2:
		d.neg = true
		s = complement(s[1:])
	case 4:
		s = s[1:]
	default:
		return Null, fmt.Errorf("numeric key of class %d", s[0])
	}
	e := int(s[0])<<8 + int(s[1]) - 1<<15
	s = s[2:]
	if e == 1<<15-1 || e == -1<<15 {
		e = int(int64(binary.BigEndian.Uint32([]byte(s[:4]))) - 1<<31)
		s = s[4:]
	}
	digits := make([]byte, 0, 2*len(s))
	for i := range len(s) - 1 {
		pair := s[i] - 1
		digits = append(digits, '0'+pair/10, '0'+pair%10)
	}
	trimmed := strings.TrimRight(string(digits), "0")
	d, err := d.shift("", trimmed, e)
	return String(d.String()), err
}

// Succ is the least string greater than every string that begins with prefix. ok is false when there is none: the prefix is
// empty or all its bytes are 255.
func Succ(prefix string) (succ string, ok bool) {
	n := len(prefix)
	for n > 0 && prefix[n-1] == 0xff {
		n--
	}
	if n == 0 {
		return "", false
	}
	b := []byte(prefix[:n])
	b[n-1]++
	return string(b), true
}
