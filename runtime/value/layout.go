package value

import (
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"
)

// A Layout describes packed rows: a null bitmap, then the fixed columns, then the variable ones. See docs/values.md.
// The columns stand in layout order: NewLayout sorts fixed-width columns first and keeps the order otherwise.
type Layout struct {
	Cols []LayoutCol `json:"cols"`
	// Decimal says that the row is no more than the decimal text of its only column, an integer that is not nullable.
	Decimal bool `json:"decimal,omitempty"`
}

// A LayoutCol is one column of a packed row.
type LayoutCol struct {
	Type     Type `json:"type"`
	Nullable bool `json:"nullable,omitempty"`
}

// NewLayout makes the layout of cols and returns, for each position in cols, its position in the layout.
func NewLayout(cols ...LayoutCol) (Layout, []int) {
	l := Layout{Cols: make([]LayoutCol, 0, len(cols))}
	pos := make([]int, len(cols))
	for _, fixed := range []bool{true, false} {
		for i, c := range cols {
			if (c.Type.FixedWidth() > 0) == fixed {
				pos[i] = len(l.Cols)
				l.Cols = append(l.Cols, c)
			}
		}
	}
	return l, pos
}

// Check reports whether fixed columns stand before variable ones, as every layout's must.
func (l *Layout) Check() error {
	if l.Decimal && (len(l.Cols) != 1 || l.Cols[0].Nullable || !l.Cols[0].Type.IsInteger()) {
		return fmt.Errorf("a decimal layout of more or other than an integer")
	}
	variable := false
	for i, c := range l.Cols {
		if c.Type.FixedWidth() == 0 {
			variable = true
		} else if variable {
			return fmt.Errorf("layout column %d (%s) has a fixed width but follows a variable one", i, c.Type)
		}
	}
	return nil
}

// BitmapSize is the number of bytes of the null bitmap.
func (l *Layout) BitmapSize() int {
	n := 0
	for _, c := range l.Cols {
		if c.Nullable {
			n++
		}
	}
	return (n + 7) / 8
}

// FixedSize is the number of bytes before the first variable column, bitmap included.
func (l *Layout) FixedSize() int {
	n := l.BitmapSize()
	for _, c := range l.Cols {
		n += c.Type.FixedWidth()
	}
	return n
}

// Place says where column i stands in a row: its null bit (-1 when it is not nullable), and the offset of its first byte
// when it is fixed, or its number among the variable columns.
type Place struct {
	NullBit  int
	Offset   int // -1 for a variable column
	Variable int // -1 for a fixed column
	Last     bool
}

// Places computes the place of every column.
func (l *Layout) Places() []Place {
	places := make([]Place, len(l.Cols))
	bit, offset, variable := 0, l.BitmapSize(), 0
	for i, c := range l.Cols {
		p := Place{NullBit: -1, Offset: -1, Variable: -1}
		if c.Nullable {
			p.NullBit = bit
			bit++
		}
		if w := c.Type.FixedWidth(); w > 0 {
			p.Offset = offset
			offset += w
		} else {
			p.Variable = variable
			p.Last = i == len(l.Cols)-1
			variable++
		}
		places[i] = p
	}
	return places
}

// Describe says what each byte of a row means, a line per item. names has a name for each column.
func (l *Layout) Describe(names []string) string {
	if l.Decimal {
		return fmt.Sprintf("%-8s %s %s, decimal\n", "0..", names[0], l.Cols[0].Type)
	}
	var b strings.Builder
	line := func(at, what string) { fmt.Fprintf(&b, "%-8s %s\n", at, what) }
	span := func(from, width int) string {
		if width == 1 {
			return fmt.Sprint(from)
		}
		return fmt.Sprintf("%d..%d", from, from+width-1)
	}
	for i, p := range l.Places() {
		if p.NullBit >= 0 {
			line(fmt.Sprintf("%d.%d", p.NullBit/8, p.NullBit%8), names[i]+" is null")
		}
	}
	at := l.BitmapSize()
	rest := ""
	for i, p := range l.Places() {
		c := l.Cols[i]
		what := names[i] + " " + c.Type.String()
		switch {
		case p.Offset >= 0:
			line(span(p.Offset, c.Type.FixedWidth()), what+", "+fixedForm(c.Type))
			at = p.Offset + c.Type.FixedWidth()
		case p.Last && rest == "":
			line(fmt.Sprintf("%d..", at), what+", "+variableForm(c.Type)+", to the end")
		case p.Last:
			line("then", what+", "+variableForm(c.Type)+", to the end")
		default:
			first := fmt.Sprintf("%d..", at)
			if rest != "" {
				first = "then"
			}
			rest = names[i]
			line(first, what+", length (1 byte, or 255 and 4), "+variableForm(c.Type))
		}
	}
	return b.String()
}

func fixedForm(t Type) string {
	switch t.Kind {
	case Bool:
		return "0 or 1"
	case Enum:
		return "ordinal"
	case Float4, Float8:
		return "IEEE big-endian, ordered"
	case UUID:
		return "its bytes"
	case Date:
		return "days since 2000-01-01, big-endian, sign flipped"
	case Time:
		return "microseconds since midnight, big-endian, sign flipped"
	case Timestamp, Timestamptz:
		return "microseconds since 2000-01-01 UTC, big-endian, sign flipped"
	}
	return "big-endian, sign flipped"
}

func variableForm(t Type) string {
	switch t.Kind {
	case Numeric:
		return "decimal text"
	case Interval:
		return "months/days/microseconds"
	case Array:
		return "list of netstrings"
	}
	return "its bytes"
}

// AppendRow appends the packed row of values, which stand in layout order, and returns the extended slice.
// It fails when a value is NULL in a column that is not nullable, or does not have the column's form.
func (l *Layout) AppendRow(dst []byte, values []Value) ([]byte, error) {
	if len(values) != len(l.Cols) {
		return dst, fmt.Errorf("row has %d values, its layout %d columns", len(values), len(l.Cols))
	}
	if l.Decimal {
		if values[0].IsNull() {
			return dst, fmt.Errorf("NULL in a decimal row")
		}
		if err := check(l.Cols[0].Type, values[0]); err != nil {
			return dst, err
		}
		return strconv.AppendInt(dst, values[0].Int(), 10), nil
	}
	start := len(dst)
	for range l.BitmapSize() {
		dst = append(dst, 0)
	}
	bit := 0
	for i, c := range l.Cols {
		v := values[i]
		if v.IsNull() && !c.Nullable {
			return dst, fmt.Errorf("NULL in column %d of a packed row, which is not nullable", i)
		}
		if c.Nullable {
			if v.IsNull() {
				dst[start+bit/8] |= 1 << (bit % 8)
			}
			bit++
		}
		if w := c.Type.FixedWidth(); w > 0 {
			if v.IsNull() {
				dst = append(dst, make([]byte, w)...)
				continue
			}
		} else if i < len(l.Cols)-1 {
			dst = appendLength(dst, len(v.s))
		}
		if v.IsNull() {
			continue
		}
		var err error
		if dst, err = AppendPacked(dst, c.Type, v); err != nil {
			return dst, fmt.Errorf("column %d: %w", i, err)
		}
	}
	return dst, nil
}

// Pack is AppendRow into a new string.
func (l *Layout) Pack(values []Value) (string, error) {
	row, err := l.AppendRow(make([]byte, 0, l.FixedSize()+16), values)
	return string(row), err
}

func appendLength(dst []byte, n int) []byte {
	if n < 255 {
		return append(dst, byte(n))
	}
	return binary.BigEndian.AppendUint32(append(dst, 255), uint32(n))
}

// Unpack decodes a whole row, in layout order. It fails when the row is shorter than its layout says or holds an
// impossible value: the store was written by something else.
func (l *Layout) Unpack(row string) ([]Value, error) {
	r := NewRowReader(l)
	r.Reset(row)
	values := make([]Value, len(l.Cols))
	for i := range values {
		v, err := r.Value(i)
		if err != nil {
			return nil, err
		}
		values[i] = v
	}
	return values, nil
}

// A RowReader decodes columns of packed rows one at a time without unpacking the rest. It holds what is the same for
// every row of a layout; Reset moves it to another row.
type RowReader struct {
	cols    []LayoutCol
	places  []Place
	fixed   int // size of bitmap and fixed columns
	vars    int // number of variable columns
	decimal bool
	row     string
	ends    []int // [start,end) pairs of the variable columns found so far
}

// NewRowReader makes a reader for rows of a layout.
func NewRowReader(l *Layout) *RowReader {
	r := &RowReader{cols: l.Cols, places: l.Places(), fixed: l.FixedSize(), decimal: l.Decimal}
	for _, p := range r.places {
		if p.Variable >= 0 {
			r.vars++
		}
	}
	return r
}

// Clone makes a reader for the same layout that stands on no row. It shares what does not change.
func (r *RowReader) Clone() RowReader {
	return RowReader{cols: r.cols, places: r.places, fixed: r.fixed, vars: r.vars, decimal: r.decimal}
}

// Reset moves the reader to a row.
func (r *RowReader) Reset(row string) {
	r.row = row
	r.ends = r.ends[:0]
}

// Field returns the packed bytes of column i, and whether it is NULL.
func (r *RowReader) Field(i int) (field string, null bool, err error) {
	p := &r.places[i]
	if len(r.row) < r.fixed {
		return "", false, r.short(i)
	}
	if p.NullBit >= 0 && r.row[p.NullBit/8]&(1<<(p.NullBit%8)) != 0 {
		return "", true, nil
	}
	if p.Offset >= 0 {
		return r.row[p.Offset : p.Offset+r.cols[i].Type.FixedWidth()], false, nil
	}
	for len(r.ends) <= 2*p.Variable {
		if !r.nextVariable() {
			return "", false, r.short(i)
		}
	}
	return r.row[r.ends[2*p.Variable]:r.ends[2*p.Variable+1]], false, nil
}

// nextVariable finds the bounds of the next variable column.
func (r *RowReader) nextVariable() bool {
	at := r.fixed
	if n := len(r.ends); n > 0 {
		at = r.ends[n-1]
	}
	if len(r.ends)/2 == r.vars-1 {
		r.ends = append(r.ends, at, len(r.row))
		return true
	}
	if at >= len(r.row) {
		return false
	}
	n := int(r.row[at])
	at++
	if n == 255 {
		if at+4 > len(r.row) {
			return false
		}
		n = int(binary.BigEndian.Uint32([]byte(r.row[at : at+4])))
		at += 4
	}
	if n > len(r.row)-at {
		return false
	}
	r.ends = append(r.ends, at, at+n)
	return true
}

func (r *RowReader) short(i int) error {
	return fmt.Errorf("packed row of %d bytes ends before column %d of its layout", len(r.row), i)
}

// Value decodes column i.
func (r *RowReader) Value(i int) (Value, error) {
	if r.decimal {
		return Parse(r.cols[i].Type, r.row)
	}
	field, null, err := r.Field(i)
	if err != nil || null {
		return Value{}, err
	}
	return DecodePacked(r.cols[i].Type, field)
}
