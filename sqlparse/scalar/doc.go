// Package scalar is the typed scalar expression, shared by the front end and the planner.
//
// Expr is a sealed set of nodes with a type and a place in the text. Columns are ids into a statement's column table (Columns), never
// positions. Functions are PostgreSQL's, named by their implementation (pg_proc.prosrc), with operands converted to exactly the
// types it takes. Expressions are immutable: rewriting copies (Map, Substitute), so parts may be shared.
//
// Walk, Map and Children traverse; Equal compares but for positions; Format prints; ComparisonOf, Negator and Commutator know the six
// comparisons of every type. A Subquery holds a query of the stage at hand, which it sees as a Relation only.
package scalar
