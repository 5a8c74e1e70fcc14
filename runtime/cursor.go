package runtime

import (
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"github.com/prequel-db/prequel/runtime/sqltype"
	"github.com/prequel-db/prequel/runtime/value"
)

// A Cursor walks the rows of a reply. The whole reply is in memory; columns are decoded when they are asked for, from the
// packed rows as Redis stores them.
//
//	for c.Next() {
//		id, at := c.Int64(0), c.Timestamp(1)
//	}
//	return c.Err()
//
// The accessors of a column give the zero value for NULL; ask IsNull, or use NullOf. An accessor that does not suit the
// column's type, or bytes that are no row of the layout, make the cursor stop: Next gives false and Err says why.
type Cursor struct {
	stmt     *Statement
	params   []value.Value
	raw      []any // values or packed rows
	step     int   // elements of raw per row
	at       int   // element of the current row
	affected int64
	err      error

	reader value.RowReader
	keys   []value.Value // of the current row, those that some column reads
}

// newCursor reads a reply. missing is the reply of a command that found nothing.
func newCursor(s *Statement, params []value.Value, reply any) (*Cursor, error) {
	r := &s.fn.Reply
	c := &Cursor{stmt: s, params: params, step: 1, affected: r.Affected}
	elements, isArray := flatten(reply, r.Score)
	if r.Count == CountReply {
		count := reply
		if isArray {
			count = nil
			if len(elements) > 0 {
				count, elements = elements[0], elements[1:]
			}
		}
		n, err := replyCount(count)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", s.fn.Name, err)
		}
		c.affected = n
		if !isArray {
			elements, isArray = nil, true // the count alone
		}
	}
	switch r.Shape {
	case ShapeNone:
		return c, nil
	case ShapePacked:
		if !isArray && reply != nil {
			elements = []any{reply}
		}
		if r.Score {
			c.step = 2
		}
		if r.Layout != nil {
			c.reader = s.reader.Clone()
		}
		if s.keysNeeded > 0 {
			c.keys = make([]value.Value, s.keysNeeded)
		}
		elements = dropNil(elements, c.step)
	case ShapeFlat:
		c.step = r.Width
		if !isArray {
			elements = []any{reply}
			if reply == nil {
				elements = make([]any, r.Width)
			}
		}
		if r.Present > 0 {
			elements = dropAbsent(elements, r.Width, r.Present-1)
		}
	}
	if len(elements)%c.step != 0 {
		return nil, fmt.Errorf("%s: reply of %d values, %d a row", s.fn.Name, len(elements), c.step)
	}
	c.raw, c.at = elements, -c.step
	if r.Count == CountRows {
		c.affected = int64(len(elements) / c.step)
	}
	return c, nil
}

// flatten makes one list of an array or map reply. Scores come as pairs in RESP3 and as neighbours in RESP2.
func flatten(reply any, score bool) (elements []any, isArray bool) {
	switch r := reply.(type) {
	case []any:
		if score && len(r) > 0 {
			if _, pairs := r[0].([]any); pairs {
				for _, p := range r {
					pair, _ := p.([]any)
					elements = append(elements, pair...)
				}
				return elements, true
			}
		}
		return r, true
	case map[any]any:
		for k, v := range r {
			elements = append(elements, k, v)
		}
		return elements, true
	}
	return nil, false
}

func replyCount(reply any) (int64, error) {
	switch n := reply.(type) {
	case int64:
		return n, nil
	case string:
		return strconv.ParseInt(n, 10, 64)
	case nil:
		return 0, nil
	}
	return 0, fmt.Errorf("reply %T is no count", reply)
}

// dropNil removes rows that are nil: fields that a hash does not have.
func dropNil(elements []any, step int) []any { return dropAbsent(elements, step, 0) }

// dropAbsent removes the rows whose value at a position is nil. It copies only when there is one.
func dropAbsent(elements []any, width, position int) []any {
	for i := position; i < len(elements); i += width {
		if elements[i] == nil {
			kept := append([]any(nil), elements[:i-position]...)
			for j := i - position; j+width <= len(elements); j += width {
				if elements[j+position] != nil {
					kept = append(kept, elements[j:j+width]...)
				}
			}
			return kept
		}
	}
	return elements
}

// Len is the number of rows.
func (c *Cursor) Len() int { return len(c.raw) / c.step }

// Affected is the number of rows that the statement inserted, updated or deleted.
func (c *Cursor) Affected() int64 { return c.affected }

// Next moves to the next row and reports whether there is one.
func (c *Cursor) Next() bool {
	if c.err != nil || c.at+c.step >= len(c.raw) {
		return false
	}
	c.at += c.step
	if c.stmt.fn.Reply.Shape == ShapePacked {
		c.moveReader()
	}
	return c.err == nil
}

// moveReader splits the packed row that the cursor stands on.
func (c *Cursor) moveReader() {
	row, ok := c.raw[c.at].(string)
	if !ok {
		c.fail(fmt.Errorf("reply %T is no packed row", c.raw[c.at]))
		return
	}
	key := c.stmt.fn.Reply.Key
	for i := range c.stmt.keysNeeded {
		var err error
		if c.keys[i], row, err = value.CutSort(key[i], row); err != nil {
			c.fail(err)
			return
		}
	}
	if c.stmt.reader == nil {
		return
	}
	if c.stmt.keysNeeded < len(key) {
		var err error
		if row, err = value.SkipSort(key[c.stmt.keysNeeded:], row); err != nil {
			c.fail(err)
			return
		}
	}
	c.reader.Reset(row)
}

func (c *Cursor) fail(err error) {
	if c.err == nil {
		c.err = fmt.Errorf("%s: %w", c.stmt.fn.Name, err)
	}
}

// Err is the error that stopped the cursor.
func (c *Cursor) Err() error { return c.err }

// Value is column i of the current row; NULL after an error.
func (c *Cursor) Value(i int) value.Value {
	f := &c.stmt.fn.Reply.From[i]
	var v value.Value
	var err error
	switch f.Kind {
	case FromRow:
		v, err = c.reader.Value(f.Index)
	case FromKey:
		v = c.keys[f.Index]
	case FromScore:
		v, err = scoreValue(c.raw[c.at+1])
	case FromValue:
		if raw := c.raw[c.at+f.Index]; raw != nil {
			v, err = value.DecodeReply(c.stmt.fn.Columns[i].Type, raw)
		} else {
			v = c.stmt.defaults[i]
		}
	case FromName:
		name, ok := c.raw[c.at+f.Index].(string)
		if !ok {
			err = fmt.Errorf("reply %T is no name", c.raw[c.at+f.Index])
			break
		}
		col := &c.stmt.fn.Columns[i]
		v, _, err = value.CutName(value.NameCol{Type: col.Type, Nullable: col.Nullable}, name)
	case FromParam:
		v = c.params[f.Index-1]
	case FromConst:
		v = c.stmt.defaults[i]
	}
	if err != nil {
		c.fail(fmt.Errorf("column %s: %w", c.stmt.fn.Columns[i].Name, err))
		return value.Null
	}
	return v
}

func scoreValue(raw any) (value.Value, error) {
	switch s := raw.(type) {
	case float64:
		return value.Int(int64(s)), nil
	case string:
		f, err := strconv.ParseFloat(s, 64)
		return value.Int(int64(f)), err
	case int64:
		return value.Int(s), nil
	}
	return value.Null, fmt.Errorf("reply %T is no score", raw)
}

// Text is column i in PostgreSQL's text form, nil for NULL.
func (c *Cursor) Text(i int) *string { return value.FormatPtr(c.stmt.fn.Columns[i].Type, c.Value(i)) }

// IsNull reports whether column i is NULL.
func (c *Cursor) IsNull(i int) bool { return c.Value(i).IsNull() }

// Bool is column i, a boolean.
func (c *Cursor) Bool(i int) bool { return c.Value(i).Bool() }

// Int16 is column i, a smallint.
func (c *Cursor) Int16(i int) int16 { return int16(c.Value(i).Int()) }

// Int32 is column i, an integer.
func (c *Cursor) Int32(i int) int32 { return int32(c.Value(i).Int()) }

// Int64 is column i, a bigint.
func (c *Cursor) Int64(i int) int64 { return c.Value(i).Int() }

// Float32 is column i, a real.
func (c *Cursor) Float32(i int) float32 { return float32(c.Value(i).Float()) }

// Float64 is column i, a double precision.
func (c *Cursor) Float64(i int) float64 { return c.Value(i).Float() }

// String is column i, a text.
func (c *Cursor) String(i int) string { return c.Value(i).Str() }

// Bytes is column i, a bytea; nil for NULL.
func (c *Cursor) Bytes(i int) []byte {
	v := c.Value(i)
	if v.IsNull() {
		return nil
	}
	return []byte(v.Str())
}

// JSON is column i, a json or jsonb; nil for NULL.
func (c *Cursor) JSON(i int) json.RawMessage { return c.Bytes(i) }

// Numeric is column i, a numeric.
func (c *Cursor) Numeric(i int) sqltype.Numeric { return sqltype.Numeric(c.Value(i).Str()) }

// UUID is column i, a uuid.
func (c *Cursor) UUID(i int) sqltype.UUID {
	var u sqltype.UUID
	copy(u[:], c.Value(i).Str())
	return u
}

// Label is column i, an enum, as its label.
func (c *Cursor) Label(i int) string {
	v := c.Value(i)
	if v.IsNull() {
		return ""
	}
	return value.Format(c.stmt.fn.Columns[i].Type, v)
}

// Date is column i, a date, as midnight UTC. The infinities are an error.
func (c *Cursor) Date(i int) time.Time { return c.time(i, value.ToDate) }

// Timestamp is column i, a timestamp or timestamptz, in UTC. The infinities are an error.
func (c *Cursor) Timestamp(i int) time.Time { return c.time(i, value.ToTimestamp) }

func (c *Cursor) time(i int, convert func(value.Value) (time.Time, error)) time.Time {
	v := c.Value(i)
	if v.IsNull() {
		return time.Time{}
	}
	t, err := convert(v)
	if err != nil {
		c.fail(fmt.Errorf("column %s: %w", c.stmt.fn.Columns[i].Name, err))
	}
	return t
}

// Time is column i, a time of day, as the duration since midnight.
func (c *Cursor) Time(i int) time.Duration { return value.ToTime(c.Value(i)) }

// Interval is column i, an interval.
func (c *Cursor) Interval(i int) sqltype.Interval {
	v := c.Value(i)
	if v.IsNull() {
		return sqltype.Interval{}
	}
	months, days, micros, err := value.IntervalParts(v)
	if err != nil {
		c.fail(fmt.Errorf("column %s: %w", c.stmt.fn.Columns[i].Name, err))
	}
	return sqltype.Interval{Months: months, Days: days, Microseconds: micros}
}

// NullOf is a column that may be NULL: NullOf(c, 2, (*runtime.Cursor).Int32).
func NullOf[T any](c *Cursor, i int, get func(*Cursor, int) T) sqltype.Null[T] {
	if c.IsNull(i) {
		return sqltype.Null[T]{}
	}
	return sqltype.From(get(c, i))
}

// ArrayOf is a column that is an array: ArrayOf(c, 2, (*runtime.Cursor).Int32). A NULL array is nil; a NULL element, for which
// T has no place, is an error.
func ArrayOf[T any](c *Cursor, i int, get func(*Cursor, int) T) []T {
	v := c.Value(i)
	if v.IsNull() {
		return nil
	}
	col := &c.stmt.fn.Columns[i]
	elements, err := value.Elements(*col.Type.Elem, v.Str())
	if err != nil {
		c.fail(fmt.Errorf("column %s: %w", col.Name, err))
		return nil
	}
	out := make([]T, 0, len(elements))
	// The accessors read columns, so the elements are laid out as rows of one column.
	one := &Cursor{stmt: &Statement{fn: &Function{
		Name: c.stmt.fn.Name, Columns: []Column{{Name: col.Name, Type: *col.Type.Elem}},
		Reply: Reply{From: []From{{Kind: FromParam, Index: 1}}},
	}}}
	for _, e := range elements {
		if e.IsNull() {
			c.fail(fmt.Errorf("column %s: array with a NULL element", col.Name))
			return nil
		}
		one.params = []value.Value{e}
		out = append(out, get(one, 0))
		if one.err != nil {
			c.fail(one.err)
			return nil
		}
	}
	return out
}
