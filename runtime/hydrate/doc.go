// Package hydrate fills a store from the SQL database that is its source of truth.
//
// Its input is a source, PostgreSQL or SQLite, read as of one moment, and a connection to a store; its result is a store
// whose structures hold every row, declared ready in one step at the end.
//
//	src, err := hydrate.Open(ctx, "postgres://app@db/shop")
//	defer src.Close()
//	stats, err := hydrate.Run(ctx, db, src, hydrate.Options{Progress: func(p hydrate.Progress) {
//		log.Printf("%s: %d of %d rows, %.0f a second", p.Table, p.Rows, p.Total, p.Rate())
//	}})
//
// It promises:
//   - One snapshot: all tables are read as of the same moment (REPEATABLE READ in PostgreSQL, one read transaction in SQLite).
//   - Nothing is guessed: a value that is not plainly one of the declared type stops the run with table, row and column, as
//     do a NULL in a NOT NULL column and rows that share a primary key. SQLite, which stores anything anywhere, is checked
//     value by value.
//   - Until the end the store's statements refuse to run; a run that fails leaves the store not hydrated.
//
// It does not follow changes made after the snapshot, and does not resume: an interrupted run is begun again.
package hydrate
