// Package bind is the analysis of parsed statements: names to columns, types to expressions, everything PostgreSQL's parse
// analysis does, over a schema's catalog.
//
// Input is one parsed statement with its text (Input), output a bound.Statement or a diag.Diagnostic. It follows PostgreSQL 15 in
// the order in which clauses are looked at, since the first use of a parameter decides its type, and in the wording of errors.
//
// How it is laid out: scope.go has the namespaces, from.go and join.go fill them, query.go runs the clauses of a SELECT, expr.go
// dispatches expressions to one file a family, coerce.go converts, nullable.go says what can be NULL, params.go types and names
// parameters, insert.go, conflict.go and modify.go bind writes.
//
// A Binder keeps what statements of one schema share: resolved functions, parsed defaults and views. The state of one statement is
// a stmt. Binding never changes the catalog or the parse tree it is given.
package bind
