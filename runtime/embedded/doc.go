// Package embedded is the engine "embedded": a Redis in this process (miniredis), for first steps, tests and the edge. Import
// it for its side effect:
//
//	import _ "github.com/prequel-db/prequel/runtime/embedded"
//
//	db, err := runtime.Open(ctx, "embedded", program)
//
// Connections are pipes in memory. Each Open starts a server of its own, which is empty and ends with the DB. It has no
// FUNCTION, so that programs run as scripts, and it differs from a real Redis in ways that docs name; what must hold in
// production is tested against a real one.
package embedded
