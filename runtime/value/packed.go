package value

import (
	"encoding/binary"
	"fmt"
	"math"
)

const signBit = 1 << 63

// AppendPacked appends the packed form of a value that is not NULL, without the length of a variable column.
func AppendPacked(dst []byte, t Type, v Value) ([]byte, error) {
	if err := check(t, v); err != nil {
		return dst, err
	}
	switch t.FixedWidth() {
	case 1:
		return append(dst, byte(v.n)), nil
	case 2:
		if t.Kind == Enum {
			return binary.BigEndian.AppendUint16(dst, uint16(v.n)), nil
		}
		return binary.BigEndian.AppendUint16(dst, uint16(v.n)^1<<15), nil
	case 4:
		if t.Kind == Float4 {
			return binary.BigEndian.AppendUint32(dst, orderedFloat32(v.Float())), nil
		}
		return binary.BigEndian.AppendUint32(dst, uint32(v.n)^1<<31), nil
	case 8:
		if t.Kind == Float8 {
			return binary.BigEndian.AppendUint64(dst, orderedFloat64(v.Float())), nil
		}
		return binary.BigEndian.AppendUint64(dst, uint64(v.n)^signBit), nil
	case 16:
		if len(v.s) != 16 {
			return dst, fmt.Errorf("uuid of %d bytes", len(v.s))
		}
	}
	return append(dst, v.s...), nil
}

// orderedFloat64 is the float's bits, changed so that they order as PostgreSQL orders floats: NaN last.
func orderedFloat64(f float64) uint64 {
	if math.IsNaN(f) {
		return 0x7ff8<<48 | signBit
	}
	bits := math.Float64bits(f)
	if bits&signBit != 0 {
		return ^bits
	}
	return bits | signBit
}

func orderedFloat32(f float64) uint32 {
	if math.IsNaN(f) {
		return 0x7fc0<<16 | 1<<31
	}
	bits := math.Float32bits(float32(f))
	if bits&(1<<31) != 0 {
		return ^bits
	}
	return bits | 1<<31
}

// DecodePacked reads the packed form of a value. It fails on a wrong width and on impossible values.
func DecodePacked(t Type, s string) (Value, error) {
	w := t.FixedWidth()
	if w == 0 {
		return String(s), nil
	}
	if len(s) != w {
		return Null, fmt.Errorf("packed %s has %d bytes, not %d", t, len(s), w)
	}
	if t.Kind == UUID {
		return String(s), nil
	}
	var bits uint64
	for i := range w {
		bits = bits<<8 | uint64(s[i])
	}
	switch t.Kind {
	case Bool:
		return Int(int64(bits)), nil
	case Enum:
		if bits == 0 || bits > uint64(len(t.Enum.Labels)) {
			return Null, fmt.Errorf("packed enum %s has ordinal %d", t, bits)
		}
		return Int(int64(bits)), nil
	case Float8:
		if bits&signBit != 0 {
			return Float(math.Float64frombits(bits &^ signBit)), nil
		}
		return Float(math.Float64frombits(^bits)), nil
	case Float4:
		b := uint32(bits)
		if b&(1<<31) != 0 {
			return Float(float64(math.Float32frombits(b &^ (1 << 31)))), nil
		}
		return Float(float64(math.Float32frombits(^b))), nil
	}
	shift := 64 - 8*w
	return Int(int64((bits<<shift)^signBit) >> shift), nil
}
