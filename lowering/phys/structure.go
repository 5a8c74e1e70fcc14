package phys

import (
	"github.com/prequel-db/prequel/lowering/cost"
	"github.com/prequel-db/prequel/runtime/value"
)

// StructureKind is the kind of a Redis data structure.
type StructureKind uint8

// The kinds.
const (
	// RowMap is one hash (or one for each bucket): field = name form of Field columns, value = packed Payload.
	RowMap StructureKind = iota
	// SortedSet is one sorted set for each value of Partition, all scores 0: member = sort key of Order followed by the
	// packed Payload. Order ends in a unique key of the relation, so members are distinct.
	SortedSet
	// Counter is a string holding a bigint: hidden row ids.
	Counter
	// CountMap is one hash for each value of Partition: field = name form of the only Field column, value = the only Payload
	// column, a count, in decimal, so that HINCRBY changes it. A count of zero has no field.
	CountMap
)

// Structure is a Redis data structure that holds (part of) a relation.
type Structure struct {
	Kind     StructureKind
	Relation string // table or view
	Name     string // for people: pings_by_vehicle_id_at
	// Fingerprint names the structure in keys: a short hash of its definition. Same definition, same fingerprint.
	Fingerprint string
	// Partition columns stand in the key's name in name form.
	Partition []Col
	// Field columns are a RowMap's hash field in name form.
	Field []Col
	// Order columns are a SortedSet's sort key.
	Order []OrderCol
	// Payload is the packed row: fixed-width columns first. It may be empty.
	Payload []Col
	// Bucket, when over 0, splits a RowMap into hashes of that many consecutive values of its only, integer, field column.
	Bucket int

	// Sequence describes a Counter that is a sequence, nil for one of row ids.
	Sequence *Sequence

	// Memory is the estimate of its bytes; Rows the number of rows.
	Memory Memory
	Rows   cost.Poly
	// Why names the statements that asked for the structure.
	Why []string
}

// Sequence is what a sequence draws: First, then on by By as far as Min and Max, and with Cycle from the other end again. A restart
// goes to Start. The key, when it is there, holds the value that was drawn last, or would have been.
type Sequence struct {
	Name                       string
	First, Start, By, Min, Max int64
	Cycle                      bool
}

// Counts reports whether the sequence is 1, 2, 3, ..., so that adding one to a missing key gives its first value.
func (s *Sequence) Counts() bool { return s.First == 1 && s.By == 1 && s.Min <= 1 && !s.Cycle }

// Col is a column of the stored relation.
type Col struct {
	Name     string
	Index    int // position in the relation's columns
	Type     value.Type
	Nullable bool
	// Width is the expected length in bytes of a value whose type has no fixed one; 0: what Width assumes of the type.
	Width float64
}

// OrderCol is a column of a sort key.
type OrderCol struct {
	Col
	Desc       bool // bytes complemented
	NullsFirst bool // where NULLs stand in the key's byte order, before complementing
}
