// Package builtin holds what PostgreSQL 15 itself declares: its types, functions, operators, aggregates and casts, and the
// documented rules that choose among them.
//
// The tables are the rows of pg_type, pg_proc, pg_operator, pg_cast and the default btree operator classes, written by
// the gen command and embedded. They are complete, types that Prequel has no values for included: whether a call is
// ambiguous depends on every candidate, so a table of the supported ones only would choose differently.
//
// A Universe adds a schema's enum types to the tables and answers:
//
//	Operator(name, left, right)   PostgreSQL documentation, 10.2
//	Function(name, args)          10.3
//	Path(target, source, context) which conversion leads from one type to another (pg_cast, 10.4)
//	CommonType(types)             10.5: UNION, CASE, VALUES, IN
//	Generic(declared, actual)     38.2.5: anyelement and its family
//
// Types are OIDs here, since unsupported ones take part. Types of values (value.Type) are converted by OID and TypeOf.
// Errors carry PostgreSQL's SQLSTATE and message; positions are the caller's.
package builtin

//go:generate go run ./gen -o . -dsn $PREQUEL_TEST_PG
