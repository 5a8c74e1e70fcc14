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
	if x.s.Layout().Decimal {
		fmt.Fprintln(&b, "decimal")
	}
	return digest(b.String())
}

// sequenceFingerprint names a sequence by its name and what the number in its key means. Other limits leave it as it is.
func sequenceFingerprint(s *phys.Structure) string {
	return digest(fmt.Sprintf("format 1\nsequence %q first %d by %d\n", s.Name, s.Sequence.First, s.Sequence.By))
}

func digest(definition string) string {
	sum := sha256.Sum256([]byte(definition))
	return strings.ToLower(base32.StdEncoding.EncodeToString(sum[:])[:fingerprintLength])
}
