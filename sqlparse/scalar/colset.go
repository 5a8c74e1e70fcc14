package scalar

import "math/bits"

// ColSet is a set of column ids. The zero value is empty and ready to use. Sets are small (one bit for each column of a
// statement); methods that combine two sets return a new one and leave their operands alone.
type ColSet struct{ words []uint64 }

// SetOf is the set of the given ids; 0 is left out.
func SetOf(ids ...ColumnID) ColSet {
	var s ColSet
	for _, id := range ids {
		s.Add(id)
	}
	return s
}

// Add puts id into the set; 0 is ignored.
func (s *ColSet) Add(id ColumnID) {
	if id <= 0 {
		return
	}
	w := int(id) / 64
	if w >= len(s.words) {
		grown := make([]uint64, w+1)
		copy(grown, s.words)
		s.words = grown
	}
	s.words[w] |= 1 << (uint(id) % 64)
}

// AddAll puts all of t into the set.
func (s *ColSet) AddAll(t ColSet) {
	if len(t.words) > len(s.words) {
		grown := make([]uint64, len(t.words))
		copy(grown, s.words)
		s.words = grown
	}
	for i, w := range t.words {
		s.words[i] |= w
	}
}

// Remove takes id out of the set.
func (s *ColSet) Remove(id ColumnID) {
	if w := int(id) / 64; id > 0 && w < len(s.words) {
		s.words[w] &^= 1 << (uint(id) % 64)
	}
}

// Has reports whether id is in the set.
func (s ColSet) Has(id ColumnID) bool {
	w := int(id) / 64
	return id > 0 && w < len(s.words) && s.words[w]&(1<<(uint(id)%64)) != 0
}

// Empty reports whether the set has no member.
func (s ColSet) Empty() bool {
	for _, w := range s.words {
		if w != 0 {
			return false
		}
	}
	return true
}

// Len is the number of members.
func (s ColSet) Len() int {
	n := 0
	for _, w := range s.words {
		n += bits.OnesCount64(w)
	}
	return n
}

// Copy is an independent copy.
func (s ColSet) Copy() ColSet { return ColSet{words: append([]uint64(nil), s.words...)} }

// Union is the set of members of either set.
func (s ColSet) Union(t ColSet) ColSet {
	u := s.Copy()
	u.AddAll(t)
	return u
}

// Intersect is the set of members of both sets.
func (s ColSet) Intersect(t ColSet) ColSet {
	n := min(len(s.words), len(t.words))
	u := ColSet{words: make([]uint64, n)}
	for i := range n {
		u.words[i] = s.words[i] & t.words[i]
	}
	return u
}

// Minus is the set of members of s that are not in t.
func (s ColSet) Minus(t ColSet) ColSet {
	u := s.Copy()
	for i := range u.words {
		if i < len(t.words) {
			u.words[i] &^= t.words[i]
		}
	}
	return u
}

// Intersects reports whether the sets have a common member.
func (s ColSet) Intersects(t ColSet) bool {
	for i := range min(len(s.words), len(t.words)) {
		if s.words[i]&t.words[i] != 0 {
			return true
		}
	}
	return false
}

// SubsetOf reports whether every member of s is in t.
func (s ColSet) SubsetOf(t ColSet) bool {
	for i, w := range s.words {
		var o uint64
		if i < len(t.words) {
			o = t.words[i]
		}
		if w&^o != 0 {
			return false
		}
	}
	return true
}

// Equal reports whether the sets have the same members.
func (s ColSet) Equal(t ColSet) bool { return s.SubsetOf(t) && t.SubsetOf(s) }

// Ordered lists the members in ascending order.
func (s ColSet) Ordered() []ColumnID {
	ids := make([]ColumnID, 0, s.Len())
	for i, w := range s.words {
		for w != 0 {
			b := bits.TrailingZeros64(w)
			ids = append(ids, ColumnID(i*64+b))
			w &^= 1 << uint(b)
		}
	}
	return ids
}
