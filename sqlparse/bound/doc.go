// Package bound is the front end's output: statements with every name, type and conversion resolved.
//
// It is close to the text: a Query has the clauses of a SELECT in the order in which SQL applies them, and nothing has been
// rewritten beyond what PostgreSQL's own parse analysis does (BETWEEN, row comparisons and USING are expanded, * is
// expanded, views are in place of their names).
//
// Invariants:
//   - Columns are ids into Statement.Columns, unique in the statement. Every use of a table, view or WITH query has ids of its own,
//     and a query stands in one place only.
//   - No expression has type unknown. Operands have exactly the types that the chosen function takes.
//   - With grouping, output expressions refer to grouping expressions (scalar.Equal) and aggregates only. Columns that depend on a
//     grouped primary key have been added to GroupBy.
//   - A sort key is an expression over From, or an output column's id: always the id with DISTINCT, DISTINCT ON, set operations and
//     VALUES, and wherever the output column holds a query. DistinctOn follows the same rule.
//
// Format prints a statement; the printed form is what the goldens hold. It shows names with ids, types of outputs and parameters,
// and marks what may be NULL with ?:
//
//	statement GetName :one
//	  $1 id bigint
//	  query
//	    from users(id:1, name:2)
//	    where id:1 = $1
//	    target name:3 text = name:2
package bound
