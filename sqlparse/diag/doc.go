// Package diag is how the compiler speaks: sources, spans of bytes in them, diagnostics and their printed form.
//
//	queries.sql:12:31: error[PQ1204]: WITH in a data-modifying statement is not supported
//	  12 | WITH gone AS (DELETE FROM t RETURNING id) SELECT id FROM gone
//	     |               ^^^^^^
//	help: declare the write as a statement of its own
//
// A Diagnostic has a code, a severity, a span, the problem, and what to do. Codes are declared in one table (Codes), each
// with a title and an example, from which docs/unsupported.md is generated; a stage that reports a code that is not in the
// table fails its tests. When PostgreSQL refuses the same text, SQLState is its error code, so that a caller can tell a wrong
// statement from an unsupported one.
//
// Lines and columns count from 1; columns count characters. A List is an error when one of its diagnostics is.
package diag
