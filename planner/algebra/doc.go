// Package algebra is the logical IR: relational operators over bags of rows, between the binder's statements and the
// lowering.
//
// # Invariants
//
// A column id is unique in its statement: no two operators of a tree produce the same id, and an id never means a
// position. Trees are immutable: every function that changes one returns a new tree that shares what did not change, and
// the same pointer when nothing changed. Filter conditions and join conditions are *scalar.And of conjuncts, in the
// order in which they were written. Expressions inside operators hold no aggregate and no window call; a subquery stays in
// an expression (scalar.Subquery with a Rel inside) only where PostgreSQL might not evaluate it and evaluating it
// could raise an error. Check verifies all of this.
//
// # Printed form
//
// Format prints one operator per line, inputs indented below their operator, columns as name:id:
//
//	topk [at:5 DESC] limit $2
//	  filter vehicle_id:4 = $1
//	    scan pings (vehicle_id:4, at:5, speed:8)
//
// The package rewrites nothing; package norm does, and props derives what is known about a tree.
package algebra
