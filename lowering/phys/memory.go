package phys

import (
	"fmt"
	"math"

	"github.com/prequel-db/prequel/runtime/value"
)

// Memory is what a structure takes of a Redis 7 in bytes of used_memory, as Estimate gives it: the share of what the
// allocator rounds up to and of the server's table of keys included.
type Memory struct {
	// Large holds in keys that are hash tables or skip lists, Small in those that are listpacks: at most ListpackRows rows,
	// no field, value or member above ListpackBytes. Small is zero for a structure whose rows are expected to be longer.
	Large, Small Footprint
}

// Footprint is linear in a structure's rows and keys.
type Footprint struct{ Row, Key float64 }

// The limits of the compact encodings, which are Redis's defaults (hash-max-listpack-* and zset-max-listpack-*).
const (
	ListpackRows  = 128
	ListpackBytes = 64
)

// Bytes is what the given number of rows takes that is spread evenly over the given number of keys.
func (m Memory) Bytes(rows, keys float64) float64 {
	f := m.Large
	if m.Small.Key > 0 && rows <= keys*ListpackRows {
		f = m.Small
		if keys == 1 { // of a single allocation the class is known
			list := f.Row/listpackSlack*rows + listpackHeader
			return class(list) + f.Key - listpackHeader*listpackSlack
		}
	}
	return f.Row*rows + f.Key*keys
}

// The sizes of Redis 7.0's structs on 64-bit machines, as allocated by jemalloc with its default quantum of 16 bytes.
const (
	bytesObject    = 16       // robj
	bytesDict      = 64       // dict: 56
	bytesDictEntry = 32       // dictEntry: 24
	bytesBucket    = 8 * 1.44 // a pointer; a table has the next power of two of buckets: 1 to 2 an entry, 1/ln 2 on average
	// A skip list's node of n levels takes 24 + 16n bytes, in classes of 16; 4/3 levels on average.
	bytesNode     = 32 + 16*4.0/3
	bytesSkiplist = 16 + 32 + 640 // zset, zskiplist, and its head of 32 levels
	// A listpack's bytes are one allocation. From 128 bytes on, allocation classes are a fifth to a quarter apart.
	listpackSlack  = 1.09
	listpackHeader = 7
	countDigits    = 3
	rootLength     = 10 // the root of a program's keys: {program}
)

// Estimate computes a structure's memory from the widths of its columns and the expected number of rows.
func Estimate(s *Structure, rows float64) Memory {
	payload := packedLength(s.Payload)
	key := length{fixed: rootLength + float64(len(s.Fingerprint))}
	switch s.Kind {
	case Counter:
		key := keyBytes(key)
		return Memory{Large: Footprint{Key: key}, Small: Footprint{Key: key}}
	case RowMap, CountMap:
		field := nameLength(s.Field, rows)
		entry := listpackString(payload)
		if s.Kind == CountMap { // the value is a count's decimal digits
			payload = length{fixed: countDigits}
			entry = listpackInteger(countDigits)
			key = key.plus(nameLength(s.Partition, rows)).plus(length{fixed: 1})
		}
		few := nameLength(s.Field, math.Min(rows, ListpackRows-1)) // a listpack's rows are all that there are
		if len(s.Field) == 1 && integerName(s.Field[0].Type) && !s.Field[0].Nullable {
			entry += listpackInteger(few.mean())
		} else {
			entry += listpackString(few)
		}
		if s.Bucket > 0 {
			key = key.plus(nameLength(s.Field, rows)).plus(length{fixed: 1})
		}
		m := Memory{Large: Footprint{
			Row: bytesDictEntry + bytesBucket + stringBytes(field) + stringBytes(payload),
			Key: keyBytes(key) + bytesDict,
		}}
		if max(field.mean(), payload.mean()) <= ListpackBytes {
			m.Small = Footprint{Row: entry * listpackSlack, Key: keyBytes(key) + listpackHeader*listpackSlack}
		}
		return m
	case SortedSet:
		member := payload
		for _, c := range s.Order {
			member = member.plus(sortLength(c.Col))
		}
		if len(s.Partition) > 0 {
			key = key.plus(nameLength(s.Partition, rows)).plus(length{fixed: 1})
		}
		m := Memory{Large: Footprint{
			Row: bytesNode + bytesDictEntry + bytesBucket + stringBytes(member),
			Key: keyBytes(key) + bytesSkiplist + bytesDict,
		}}
		if member.mean() <= ListpackBytes {
			entry := listpackString(member) + listpackInteger(1) // the score
			m.Small = Footprint{Row: entry * listpackSlack, Key: keyBytes(key) + listpackHeader*listpackSlack}
		}
		return m
	}
	return Memory{}
}

// DescribeMemory prints the estimate of a structure's memory: the bytes a row, and those a key where a structure's rows are
// in many keys; then the same of keys that are listpacks.
func DescribeMemory(s *Structure) string {
	m := s.Memory
	switch {
	case s.Kind == Counter:
		return fmt.Sprintf("about %.0f bytes", m.Large.Key)
	case s.Bucket > 0:
		return fmt.Sprintf("about %.0f bytes a row, %s rows", m.Bytes(float64(s.Bucket), 1)/float64(s.Bucket), s.Rows)
	}
	large, small := m.Large.describe(s), ""
	if m.Small.Key > 0 {
		small = fmt.Sprintf("; %s in keys of at most %d rows", m.Small.describe(s), ListpackRows)
	}
	return fmt.Sprintf("about %s, %s rows%s", large, s.Rows, small)
}

func (f Footprint) describe(s *Structure) string {
	if len(s.Partition) == 0 {
		return fmt.Sprintf("%.0f bytes a row", f.Row)
	}
	return fmt.Sprintf("%.0f bytes a row and %.0f a key", f.Row, f.Key)
}

// length is a number of bytes of which a part is the same in all rows.
type length struct{ fixed, variable float64 }

func (l length) plus(m length) length { return length{l.fixed + m.fixed, l.variable + m.variable} }

func (l length) mean() float64 { return l.fixed + l.variable }

// packedLength is that of a packed row: see docs/values.md.
func packedLength(cols []Col) length {
	var l length
	nullable, variable := 0, 0
	for _, c := range cols {
		if c.Nullable {
			nullable++
		}
		if w := c.Type.FixedWidth(); w > 0 {
			l.fixed += float64(w)
		} else {
			l.variable += c.width()
			variable++
		}
	}
	l.fixed += math.Ceil(float64(nullable)/8) + float64(max(variable-1, 0))
	return l
}

// sortLength is that of a column in a sort key.
func sortLength(c Col) length {
	var l length
	switch w := float64(c.Type.FixedWidth()); {
	case w > 0:
		l.fixed = w
	case c.Type.Kind == value.Numeric:
		l = length{4, c.width() / 2}
	case c.Type.Kind == value.Interval:
		l.fixed = 16
	case c.Type.Kind == value.Bytea:
		l = length{2, c.width()}
	default:
		l = length{1, c.width()}
	}
	if c.Nullable {
		l.fixed++
	}
	return l
}

// nameLength is that of columns in name form. An integer that is a row's only name is taken to count the rows, several to
// have as many combinations as there are rows.
func nameLength(cols []Col, rows float64) length {
	l := length{fixed: float64(max(len(cols)-1, 0))}
	for i, c := range cols {
		if c.Nullable {
			l.fixed++
		}
		switch c.Type.Kind {
		case value.Bool, value.Enum:
			l.fixed++
		case value.Int2, value.Int4, value.Int8:
			l.fixed += math.Max(1, math.Log10(math.Max(rows, 1))/float64(len(cols)))
		case value.Date:
			l.fixed += 4
		case value.Timestamp, value.Timestamptz:
			l.fixed += 15
		case value.Time:
			l.fixed += 11
		case value.Float4, value.Float8:
			l.variable += 17
		case value.UUID:
			l.fixed += 16
		default:
			l.variable += c.width()
			if i < len(cols)-1 {
				l.fixed += 2 // its length before it
			}
		}
	}
	return l
}

// integerName reports whether the name form of a type is what a listpack holds as an integer.
func integerName(t value.Type) bool {
	switch t.Kind {
	case value.Bool, value.Enum, value.Int2, value.Int4, value.Int8, value.Date, value.Time, value.Timestamp, value.Timestamptz:
		return true
	}
	return false
}

// PackedWidth is the expected length in bytes of a packed row of the given columns.
func PackedWidth(cols []Col) float64 { return packedLength(cols).mean() }

// Width is the expected length in bytes of a value of a type whose length varies, as long as nobody says otherwise.
func Width(t value.Type) float64 {
	switch t.Kind {
	case value.Numeric:
		return 8
	case value.Interval:
		return 12
	case value.Varchar:
		if t.Mod > 0 {
			return math.Min(16, float64(t.Mod))
		}
	}
	return 16
}

func (c Col) width() float64 {
	if c.Width > 0 {
		return c.Width
	}
	return Width(c.Type)
}

// keyBytes is what the server's table of keys takes for a key, with the object that holds its value.
func keyBytes(name length) float64 {
	return bytesDictEntry + bytesBucket + stringBytes(name) + bytesObject
}

// stringBytes is what the allocator gives out for a string: its bytes, a header and a final NUL. Where the length varies
// the allocation is the mean over lengths of half to one and a half times the expected.
func stringBytes(l length) float64 {
	const steps = 8
	total := 0.0
	for i := range steps {
		n := l.fixed + l.variable*(0.5+(float64(i)+0.5)/steps)
		switch {
		case n < 32:
			n += 2
		case n < 256:
			n += 4
		default:
			n += 6
		}
		total += class(n)
	}
	return total / steps
}

// class is the size that jemalloc allocates for n bytes: multiples of 16 to 128, then four classes for each power of two.
func class(n float64) float64 {
	if n <= 8 {
		return 8
	}
	step := math.Max(16, math.Exp2(math.Floor(math.Log2(n-1))-2))
	return math.Ceil(n/step) * step
}

// listpackString is what an element takes that is no integer: its bytes, a header, and its length for reading backwards.
func listpackString(l length) float64 {
	if n := l.mean(); n < 64 {
		return n + 2
	}
	return l.mean() + 4
}

// listpackInteger is what an integer of that many digits takes.
func listpackInteger(digits float64) float64 {
	switch {
	case digits <= 2.2:
		return 2
	case digits <= 3.9:
		return 3
	case digits <= 4.8:
		return 4
	case digits <= 6.9:
		return 5
	case digits <= 9.6:
		return 6
	}
	return 10
}
