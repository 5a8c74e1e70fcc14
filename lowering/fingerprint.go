package lowering

import (
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"strings"

	"github.com/prequel-db/prequel/lowering/phys"
)

// fingerprintLength is the number of base-32 characters in a key: 40 bits, so that the chance of a collision among a
// thousand structures is below one in a million. lower checks for one all the same.
const fingerprintLength = 8

// fingerprint names a structure by its definition: relation (a view's by its algebra), column types, partition, order
// and layout. Table and column names take part because a key must change when its meaning does.
func fingerprint(x *index) string {
	var b strings.Builder
	fmt.Fprintln(&b, "format 1")
	fmt.Fprintln(&b, x.rel.table.Name, x.rel.def, x.s.Kind, x.s.Bucket)
	if x.s.Kind == phys.Counter && x.id != "" {
		fmt.Fprintf(&b, "%q\n", x.id)
	}
	cols := func(label string, cs []phys.Col) {
		for _, c := range cs {
			fmt.Fprintf(&b, "%s %q %s %v\n", label, c.Name, c.Type, c.Nullable)
		}
	}
	cols("partition", x.s.Partition)
	cols("field", x.s.Field)
	for _, o := range x.s.Order {
		cols(fmt.Sprint("order ", o.Desc, o.NullsFirst), []phys.Col{o.Col})
	}
	cols("payload", x.s.Payload)
	sum := sha256.Sum256([]byte(b.String()))
	return strings.ToLower(base32.StdEncoding.EncodeToString(sum[:])[:fingerprintLength])
}

// memoryPerRow estimates the bytes that one row takes in a structure, from the figures measured on Redis 7.0: an entry of
// a big hash costs about 66 bytes beside its field and value, one of a big sorted set about 100 beside its member.
func memoryPerRow(s *phys.Structure) float64 {
	width := func(c phys.Col, sortKey bool) float64 {
		w := float64(c.Type.FixedWidth())
		if w == 0 {
			w = 16
			if !sortKey {
				w++
			}
		}
		if sortKey && c.Nullable {
			w++
		}
		return w
	}
	total := 0.0
	for _, c := range s.Payload {
		total += width(c, false)
	}
	switch s.Kind {
	case phys.RowMap:
		for _, c := range s.Field {
			total += width(c, false)
		}
		return total + 66
	case phys.SortedSet:
		for _, c := range s.Order {
			total += width(c.Col, true)
		}
		return total + 100
	}
	return 0
}
