// Package sqlparse turns SQL text into bound statements: names and types resolved, parameters typed, conversions explicit, as
// PostgreSQL 15 would resolve them. It is the only user of pg_query, PostgreSQL's parser.
//
//	cat, errs := sqlparse.ParseSchema(schemaFiles)        // CREATE TABLE, TYPE, VIEW, INDEX, ALTER ...
//	stmts, errs := sqlparse.ParseQueries(cat, queryFiles)  // "-- name: GetUser :one" above each statement
//	stmt, errs := sqlparse.Bind(cat, source, options)      // one bare statement
//	shape, literals, err := sqlparse.Lift(sql)             // literals to parameters, for the test runner
//
// A statement that PostgreSQL refuses is refused with PostgreSQL's message and SQLSTATE; one that PostgreSQL runs and Prequel
// does not is refused with a code of its own, a reason and a way out. Every error has a position. One error a statement is
// reported, as PostgreSQL does, and all statements are looked at.
//
// Example: over
//
//	CREATE TABLE users (id bigint PRIMARY KEY, name text NOT NULL);
//
// the declared statement
//
//	-- name: GetName :one
//	SELECT name FROM users WHERE id = @id;
//
// becomes a bound.Query with From users, Where int8eq(id, $1) and one target, name, which is not nullable; $1 is bigint and named
// id.
//
// The steps: token (scanning), files and annotations (here), pg_query (parsing), package bind (analysis) with package builtin
// (PostgreSQL's own catalogs and resolution rules). What it does not do: constant folding beyond literals, planning, or any check that
// needs data.
package sqlparse
