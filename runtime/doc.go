// Package runtime runs compiled programs: it is what generated clients link, and what `prequel call`, the sqllogictest runner and
// tests use to call statements by name. It knows a program by its Manifest alone; no part of the compiler comes along.
//
//	program, err := runtime.LoadProgram(manifestJSON)
//	db, err := runtime.Open(ctx, "redis://localhost:6379", program)
//	rows, err := db.Call(ctx, "RecentPings", map[string]*string{"vehicle_id": &id})
//
// A statement is one exchange with the server: a native command, a few of them in MULTI/EXEC, or a function. Its parameters are
// checked here as PostgreSQL checks its input, and written into the templates of the manifest in the forms of docs/values.md; the
// reply is decoded column by column when it is asked for (Cursor).
//
// # Ready or an error, never an empty answer
//
// While a store holds the complete data of a program, the key Manifest.ReadyKey exists; its name has the program's fingerprint, its
// value an epoch that no other filling has. Every call must see it, or return ErrNotHydrated or ErrStaleProgram:
//
//   - A function looks for the key before anything else (EXISTS, 0.3 us). A script is atomic, so nothing can come between.
//   - A native read must not cost a second command. On each connection the server was asked once to tell when the key changes
//     (CLIENT TRACKING, OPTIN: no other key is tracked). It puts that word into the stream of replies at the moment of the
//     change, so a reply that was not preceded by it was computed while the key stood. The call is the bare command. Until the
//     server gave its promise, and where it gives none (embedded, WithoutTracking), GET of the key follows the command in the
//     same write: when it gives the epoch that was known before the command was sent, the key stood in between, since an epoch
//     never comes back. When it gives another, the read is repeated.
//   - A native write must not happen at all without the key. It is sent as MULTI, commands, EXEC under a WATCH of the key, which the
//     exchange before it on the same connection set (WATCH and GET follow EXEC in the same write). When the key was touched the
//     server drops the transaction.
//
// What was considered and is not right: to take a reply that is not empty as proof (a structure that a later program no longer
// maintains is stale but not empty), and to ask for the key before the command in one pipeline (the store may be flushed in
// between). A marker field in every structure is right for hashes alone, and costs memory in each.
//
// While a store is being filled, another key stands in place of the ready key (Manifest.LoadingKey), for the calls of the Loader.
//
// # Repetition
//
// A call is repeated by itself only when nothing of it ran: its script was not on the server (they are loaded again, all at once),
// the transaction was dropped, or a read came without proof. Reads are repeated once on a new connection when theirs breaks, but
// not when the reply does not come in time: the server may still be at them. A write whose connection breaks is ErrUnknownOutcome.
// In a Batch the order of calls is kept: where repeating a call would put it behind a later write that has run, it is ErrNotRun
// instead.
//
// # Invariants
//
//   - A call's parameters never become code, and travel as arguments of their own.
//   - One call, one write, one read; tests count it through meter.Proxy.
//   - Errors of statements are *Error with PostgreSQL's SQLSTATE; those of connections are wrapped, not replaced.
//
// The package does not hydrate (it gives hydrators a Loader) and does not follow sources. Redis Cluster is not supported yet.
package runtime
