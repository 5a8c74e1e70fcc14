// Package value is the Go half of docs/values.md: the types of SQL and the forms their values take on the way between
// PostgreSQL's text, a caller's Go values, the arguments and replies of Redis commands, and the bytes that are stored.
//
// A Value is small and does not know its type; every function takes the Type beside it. Parse and Format are PostgreSQL's
// text input and output, with PostgreSQL's errors (*Error). For the wire there are AppendArgv, DecodeArgv and DecodeReply,
// for stored bytes AppendPacked and DecodePacked within a Layout, for order AppendSort and CutSort, for names AppendName and
// CutName. Compare is SQL's order; bytes of sort keys agree with it.
//
// Invariants, each held by a fuzz test:
//
//   - Parse(t, Format(t, v)) is v for every v that Parse gives;
//   - Unpack(Pack(row)) is the row, column by column as well as whole;
//   - the order of sort keys is the order of Compare, NULLs and directions included;
//   - two values have the same name form exactly when Compare says they are equal.
//
// For example, the row (7, 'ab', NULL) of (integer, text, smallint null) packs fixed columns first:
//
//	01           bitmap: the first nullable column, the smallint, is NULL
//	80 00 00 07  integer
//	00 00        smallint, zero bytes for NULL
//	61 62        text, the last column, to the end
//
// The package does not convert between types, except as Assign says, nor compute: that is the compiler's and the
// script's work.
package value
