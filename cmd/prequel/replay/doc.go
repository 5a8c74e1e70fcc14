// Package replay runs scripts of SQL statements through the whole pipeline, as an engine of sqllogic.
//
// A script that was written for a database sends one statement after another; Prequel wants all of them before the
// first runs. The engine is therefore given a segment at a time: schema changes, and the statements up to the next
// schema change. It compiles the segment as one program, literals lifted to parameters so that statements of one shape
// share a function, starts an empty store for it, carries over the rows that the store before held, and then answers
// the statements one by one.
//
//	engine := replay.New(script, replay.Options{Store: "embedded", Strategy: prequel.Maintain, Lift: prequel.Lift})
//	errs := engine.Prepare(ctx, segment)    // what compiling says of each statement
//	columns, rows, err := engine.Query(ctx, "SELECT count(*) FROM t")
//
// A statement that PostgreSQL refuses has PostgreSQL's SQLSTATE; one that only Prequel refuses is a sqllogic.Refusal with
// the code of the diagnostic.
package replay
