// Package sqltype has the Go types that generated clients use where Go has none of its own: Numeric, UUID, Interval, and
// Null for values that may be NULL. It depends on the standard library alone.
//
//	type Payment struct {
//		ID     sqltype.UUID
//		Amount sqltype.Numeric
//		Note   sqltype.Null[string]
//	}
package sqltype
